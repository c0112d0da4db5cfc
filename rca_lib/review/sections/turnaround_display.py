"""The figure and the table of the section on time to completion."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import numpy as np

from rca_lib.review.blocks import Column
from rca_lib.review.draft import SectionDraft, finite, finite_pair
from rca_lib.review.format import format_value
from rca_lib.review.wording import dimension_label, is_few, lowered

if TYPE_CHECKING:
    from collections.abc import Mapping

    from rca_lib.analysis.intervals import Estimate
    from rca_lib.analysis.survival import SurvivalCurve
    from rca_lib.analysis.turnaround import Comparison, GroupTime, RequestTimes
    from rca_lib.review.case import Case

__all__ = ["AFTER", "ALL", "BEFORE", "REST", "UNKNOWN", "chart", "p_text", "span", "table", "within"]

ALL, BEFORE, AFTER, REST, UNKNOWN = "All requests", "Before the rise", "Since the rise", "All others", "Not recorded"

_DAYS_FROM = 72.0
"""Hours from which an axis counts in days."""


def span(hours: float) -> str:
    """Write a time, and one that the curve never reaches as such."""
    return format_value(hours, "hours") if math.isfinite(hours) else "longer than was watched"


def p_text(p: float) -> str:
    """Write a p-value after its letter.

    >>> p_text(0.0004), p_text(0.0312), p_text(0.4)
    ('p under 0.001', 'p 0.031', 'p 0.40')
    """
    return "p under 0.001" if p < 0.001 else f"p {p:.3f}" if p < 0.1 else f"p {p:.2f}"


def within(name: str) -> str:
    """Write the name of a group inside a sentence; a value from the data keeps its letters.

    >>> within("All others"), within("TEAM-R")
    ('all others', 'TEAM-R')
    """
    return lowered(name) if name in (ALL, BEFORE, AFTER, REST, UNKNOWN) else name


def chart(case: Case, draft: SectionDraft, times: RequestTimes, shown: Comparison, by: str | None) -> None:
    """Draw the share still open over time, for each group with enough requests closed."""
    limit = case.source.config.small_cell
    drawn = [group for group in shown.groups if group.curve.k > limit]
    if not drawn:
        return
    reach = max(_reach(group.curve, limit) for group in drawn)
    target = times.target if times.target is not None and times.target <= 2 * reach else None
    reach = max(reach, 1.1 * (target or 0.0))
    unit, size = ("days", 24.0) if reach > _DAYS_FROM else ("hours", 1.0)
    step = _tick_step(reach / size)
    end = max(reach / size, step)
    ticks = [step * place for place in range(int(end / step + 1e-9) + 1)]
    title = _title(shown, by)
    data = {
        "unit": unit,
        "end": end,
        "ticks": ticks,
        "target": None if target is None else target / size,
        "target_label": "" if target is None else f"target, {format_value(target, 'hours')}",
        "groups": [_line(group, ticks, size, limit) for group in drawn],
    }
    draft.figure(
        "chart",
        "survival",
        data,
        title=title,
        alt=f"{title}. The share of requests still open by {unit} since receipt, with 95% bands, and how many are still open and watched.",
        caption="Requests still open are counted for as long as they have run; paused time is taken out. A curve ends where few are "
        f"watched. Below the axis: requests watched and still open at that age; counts from 1 to {limit} are not shown.",
        # No step of a curve rests on a small count, see `_line`.
        masked={"data": data},
    )


def _reach(curve: SurvivalCurve, limit: int) -> float:
    """Show a curve until it has fallen to a twentieth, or few are watched."""
    return max(min(curve.quantile(0.95).value, _until(curve, limit)), 1e-3)


def _until(curve: SurvivalCurve, limit: int) -> float:
    return float(curve.durations[max(curve.n - limit - 1, 0)])


def _tick_step(end: float) -> float:
    size = 10.0 ** math.floor(math.log10(end / 5))
    return next(size * each for each in (1, 2, 5, 10) if end / (size * each) <= 6)


def _line(group: GroupTime, ticks: list[float], size: float, limit: int) -> dict[str, Any]:
    curve = group.curve
    # A step of the curve tells how many were closed between its ends, so it spans more than a small count of them.
    steps = max(min(400, curve.n // (2 * limit + 1)), 2)
    places = np.unique(
        np.searchsorted(-curve.survival, np.linspace(-1, 0, steps), side="left").clip(max=len(curve.times) - 1)
    )
    return {
        "label": group.name,
        "until": _until(curve, limit) / size,
        "times": (curve.times[places] / size).tolist(),
        "share": curve.survival[places].tolist(),
        "low": curve.low[places].tolist(),
        "high": curve.high[places].tolist(),
        "at_risk": [
            f"≤{limit}" if is_few(count, limit) else int(count) for count in curve.watched(np.array(ticks) * size)
        ],
    }


def _title(shown: Comparison, by: str | None) -> str:
    medians = {group.name: group.curve.quantile(0.5).value for group in shown.groups}
    if len(shown.groups) == 1:
        value = next(iter(medians.values()))
        return (
            f"Half of the requests are closed within {span(value)}"
            if math.isfinite(value)
            else "Most requests are still open"
        )
    if by is None:
        return (
            f"Half are closed within {span(medians[AFTER])} since the rise, against {span(medians[BEFORE])} before it"
        )
    slow, fast = max(medians, key=lambda name: medians[name]), min(medians, key=lambda name: medians[name])
    halves = f"half are closed within {span(medians[fast])} in {within(fast)}, {span(medians[slow])} in {within(slow)}"
    return f"Time to closing by {lowered(dimension_label(by))}: {halves}"


def table(draft: SectionDraft, shown: Comparison, met: Mapping[str, Estimate]) -> None:
    """Set out times, deadlines met and pace by group; `met` holds the share in time by the name of the group."""
    single = len(shown.groups) == 1
    rows = []
    for group in shown.groups:
        half, most = group.curve.quantile(0.5), group.curve.quantile(0.9)
        mean = group.curve.restricted_mean(shown.horizon) if shown.horizon > 0 else None
        in_time = met.get(group.name)
        ratio = group.against_others.hazard_ratio() if group.against_others is not None else None
        rows.append(
            {
                "group": group.name,
                "n": group.curve.n,
                "closed": group.curve.k,
                "not_closed": group.curve.n - group.curve.k,
                "median": finite(half.value),
                "median_interval": _ends(half),
                "p90": finite(most.value),
                "p90_interval": _ends(most),
                "mean": finite(mean.value) if mean else None,
                "mean_interval": _ends(mean) if mean else None,
                "due": round(in_time.n) if in_time else 0,
                "met": finite(in_time.value) if in_time else None,
                "missed": round(in_time.n - (in_time.k or 0)) if in_time else 0,
                "fewer": _fewer(in_time) if in_time else 0,
                "ratio": finite(ratio.value) if ratio else None,
                "ratio_interval": finite_pair(ratio.low, ratio.high) if ratio else None,
                "p": None if math.isnan(group.p_adjusted) else p_text(group.p_adjusted).removeprefix("p "),
            }
        )
    due = [
        Column(key="due", label="Fell due", kind="count"),
        Column(key="missed", label="Missed", kind="count", guard="fewer"),
        Column(key="met", label="Met", kind="percent", guard="fewer"),
    ]
    ratios = [
        Column(key="ratio", label="Pace", kind="number", guard="closed"),
        Column(key="ratio_interval", label="95% interval", kind="number", guard="closed"),
        Column(key="p", label="Adjusted p", guard="closed"),
    ]
    note = f"Mean: counted up to {span(shown.horizon)}. "
    note += "" if single else "Pace: hazard ratio of closing, above 1 is faster; against " + (
        "the first row. " if len(shown.groups) == 2 else "all others. "
    )  # fmt: skip
    draft.table(
        "table",
        "Time from receipt to closing, without pauses",
        [
            Column(key="group", label="Requests"),
            Column(key="n", label="Received", kind="count"),
            Column(key="closed", label="Closed", kind="count", guard="not_closed"),
            Column(key="median", label="Half within", kind="hours", guard="closed"),
            Column(key="median_interval", label="95% interval", kind="hours", guard="closed"),
            Column(key="p90", label="Nine in ten within", kind="hours", guard="closed"),
            Column(key="p90_interval", label="95% interval", kind="hours", guard="closed"),
            Column(key="mean", label="Mean", kind="hours", guard="closed"),
            Column(key="mean_interval", label="95% interval", kind="hours", guard="closed"),
            *(due if met else []),
            *([] if single else ratios),
        ],
        rows,
        note=note.strip(),
    )


def _fewer(share: Estimate) -> int:
    """Count the smaller side of a share, of those that are not empty: either would give the other away."""
    met = round(share.k or 0)
    return min((side for side in (met, round(share.n) - met) if side), default=0)


def _ends(estimate: Estimate) -> tuple[float | None, float | None]:
    return finite(estimate.low), finite(estimate.high)
