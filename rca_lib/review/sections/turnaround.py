"""How long requests take, whether that changed, and how many meet their deadline."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from rca_lib.analysis.outcome import outcome_of
from rca_lib.analysis.turnaround import FEWEST, Comparison, GroupTime, attainment, compare_times, request_times
from rca_lib.review.blocks import Blocks, Column, Quote
from rca_lib.review.draft import SectionDraft, finite, finite_pair
from rca_lib.review.format import format_value
from rca_lib.review.wording import counted, dimension_label, in_words, is_few, joined, lowered, percent_with_interval

if TYPE_CHECKING:
    from rca_lib.analysis.intervals import Estimate
    from rca_lib.analysis.outcome import Outcome
    from rca_lib.analysis.survival import SurvivalCurve
    from rca_lib.analysis.turnaround import RequestTimes
    from rca_lib.review.case import Case

__all__ = ["turnaround"]

SIGNIFICANT = 0.05
"""Adjusted p below which times are said to differ."""

MOST_GROUPS = 8
"""Curves that a reader can tell apart; smaller groups are pooled."""

ALL, BEFORE, AFTER, REST, UNKNOWN = "All requests", "Before the rise", "Since the rise", "All others", "Not recorded"

_DAYS_FROM = 72.0
"""Hours from which an axis counts in days."""


def turnaround(case: Case, *, by: str | None = None) -> Blocks:
    """Answer how long requests take, from receipt to closing without pauses, before and since the onset or by a column."""
    draft = SectionDraft("turnaround", sensitivity="general")
    times = request_times(case.tables, as_of=case.as_of, config=case.source.config)
    if not times.ok:
        return draft.not_assessed(times.reason, times.would_allow)
    if not bool(times.frame["closed"].any()):
        n = int(times.frame["n"].sum())
        small = is_few(n, case.source.config.small_cell)
        return draft.not_assessed(
            f"none of {counted(n, 'request')} was closed by {format_value(case.as_of, 'date')}.",
            "Closing times of some requests would allow it.",
            masked="no request was closed yet." if small else None,
        )
    late = _late(case)
    whole = compare_times(times.frame, np.full(len(times.frame), ALL))
    groups, order = _groups(case, times.frame, by)
    compared = compare_times(times.frame, groups.to_numpy(), order=order) if len(order) > 1 else None
    draft.prose("summary", [_overall(case, draft, times, whole), _deadlines(case, draft, times, whole, late)])
    if compared is not None:
        draft.prose("comparison", [_compared(case, draft, compared, by)])
    elif by is not None or case.onset is not None:
        text = f"Fewer than two groups have {FEWEST} requests or more, so there is nothing to compare."
        draft.prose("comparison", [[draft.say("nothing_to_compare", text)]], style="note")
    shown = compared or whole
    _chart(case, draft, times, shown, by)
    in_time = {} if late is None else attainment(late) if compared is None else attainment(late, _by_id(times, groups))
    _table(draft, whole if compared is None else compared, in_time, compared is None)
    return draft.build()


def _late(case: Case) -> Outcome | None:
    """Which requests were late; nothing where that could only be told from escalations."""
    found = case.outcome if case.failure_mode == "LAT" else outcome_of(
        case.tables, "LAT", as_of=case.as_of, config=case.source.config
    )  # fmt: skip
    return found if found.ok and found.unit_label == "requests that fell due" else None


def _by_id(times: RequestTimes, groups: pd.Series[Any]) -> pd.Series[Any]:
    return groups.set_axis(times.frame["request_id"])


def _groups(case: Case, frame: pd.DataFrame, by: str | None) -> tuple[pd.Series[Any], list[str]]:
    """Name the group of each request, and the groups in the order shown; small ones are pooled."""
    if by is None:
        if case.onset is None:
            return pd.Series(ALL, index=frame.index), [ALL]
        periods = pd.Series(np.where(frame["at"] < case.onset.when, BEFORE, AFTER), index=frame.index)
        numbers = frame["n"].groupby(periods).sum()
        both = len(numbers) == 2 and int(numbers.min()) >= FEWEST
        return periods, [BEFORE, AFTER] if both else [ALL]
    assert case.requests is not None
    values = case.requests.drop_duplicates("request_id").set_index("request_id")[by].reindex(frame["request_id"])
    words = [UNKNOWN if pd.isna(value) else str(in_words(value)) for value in values]
    names = pd.Series(words, index=frame.index, dtype="str")
    sizes = frame["n"].groupby(names).sum().sort_values(ascending=False, kind="stable")
    big = sizes[sizes >= FEWEST].index.tolist()
    kept = big if len(big) == len(sizes) <= MOST_GROUPS else big[: MOST_GROUPS - 1]
    pooled = names.where(names.isin(kept), REST)
    rest = int(frame.loc[pooled == REST, "n"].sum())
    return pooled, [*kept, REST] if rest and kept else kept or [REST]


def _span(value: float) -> str:
    return format_value(value, "hours") if math.isfinite(value) else "longer than was watched"


def _with_interval(estimate: Estimate) -> str:
    pair = format_value((estimate.low, estimate.high), "hours")
    return f"{_span(estimate.value)} (95% interval {pair})"


def _overall(case: Case, draft: SectionDraft, times: RequestTimes, whole: Comparison) -> list[str | Quote]:
    curve, limit = whole.groups[0].curve, case.source.config.small_cell
    half, most = curve.quantile(0.5), curve.quantile(0.9)
    text = f"Half of the requests are closed within {_with_interval(half)}" if math.isfinite(half.value) else (
        "Fewer than half of the requests were closed while they were watched"
    )  # fmt: skip
    if math.isfinite(most.value):
        text += f", and nine in ten within {_with_interval(most)}"
    waiting = curve.n - curve.k - times.withdrawn
    open_text = f"Of {counted(curve.n, 'request')}, {format_value(waiting, 'count')} were still open on "
    open_text += f"{format_value(case.as_of, 'date')}; "
    open_text += "they count for as long as they have run."
    small = is_few(waiting, limit) or is_few(curve.k, limit) or is_few(curve.n, limit)
    hidden = "The requests still open count for as long as they have run." if small else None
    few = "Too few requests were closed to say how long they take." if is_few(curve.k, limit) else None
    row: list[str | Quote] = [
        draft.say("median", text + ".", half, unit="hours", masked=few),
        draft.say("open", open_text, value=waiting, unit="requests", n=curve.n, masked=hidden),
    ]
    if whole.horizon > 0:
        mean = curve.restricted_mean(whole.horizon)
        text = f"Counted up to {_span(whole.horizon)}, a request takes {_with_interval(mean)} on average."
        row.append(draft.say("mean", text, mean, unit="hours", masked=few))
    text = (
        f"Time is that of the calendar; the time in which the clock was paused is taken out, for {counted(times.paused, 'request')}."
        if times.paused
        else "Time is that of the calendar. No pauses of the clock are on record, so all of it counts."
    )
    if is_few(times.paused, limit):
        hidden = "Time is that of the calendar; the time in which the clock was paused is taken out."
    row.append(draft.say("pauses", text, masked=hidden if is_few(times.paused, limit) else None))
    aside = [
        (times.withdrawn, "withdrawn", "count until then"),
        (times.left_out, "without a usable closing time", "are left out"),
    ]
    for count, kind, fate in aside:
        if count:
            text = f"{format_value(count, 'count')} {kind} {fate}."
            masked = f"Requests {kind} {fate}." if is_few(count, limit) else None
            row.append(draft.say(kind.split()[0], text, value=count, unit="requests", masked=masked))
    return row


def _deadlines(
    case: Case, draft: SectionDraft, times: RequestTimes, whole: Comparison, late: Outcome | None
) -> list[str | Quote]:
    limit = case.source.config.small_cell
    met = None if late is None else attainment(late).get("")
    if met is None or not met.n:
        return [
            draft.say(
                "attainment",
                "How many met their deadline is not assessed: no request of those supplied has a deadline that has passed. "
                "Deadlines (due_at) or service targets (sla_policies) would allow it.",
            )
        ]
    text = (
        f"{percent_with_interval(met)} of {counted(met.n, 'request')} that fell due met their deadline. One still open past its "
        "deadline counts as missed; one that is not due yet is left out."
    )
    missed = met.n - (met.k or 0)
    small = any(is_few(count, limit) for count in (met.k or 0, missed, met.n))
    hidden = "The counts behind the share that met their deadline are too small to state here." if small else None
    row: list[str | Quote] = [draft.say("attainment", text, met, unit="share", masked=hidden)]
    if times.target is not None:
        left = whole.groups[0].curve.at(times.target)
        if math.isfinite(left.value):
            text = f"Nearly all are allowed about {_span(times.target)}; by then {percent_with_interval(left)} are still open."
            row.append(draft.say("at_target", text, left, unit="share", masked=hidden))
    return row


def _compared(case: Case, draft: SectionDraft, compared: Comparison, by: str | None) -> list[str | Quote]:
    limit = case.source.config.small_cell
    told = [group for group in compared.groups if group.log_rank is not None]
    if len(compared.groups) == 2:
        return [_ratio(draft, told[0], compared.groups[0], 1, limit)]
    differing = [group for group in told if group.p_adjusted < SIGNIFICANT]
    name = lowered(dimension_label(by or ""))
    overall = compared.overall
    test = (
        ""
        if math.isnan(overall.p)
        else f" (log-rank chi-squared {format_value(overall.chi2, 'number')}, {_p(overall.p)})"
    )
    text = f"{len(told)} groups by {name} were compared, each with all others{test}; "
    text += (
        f"{joined([group.name for group in differing])} differ{'s' if len(differing) == 1 else ''} beyond chance."
        if differing
        else "none differs beyond chance."
    )
    row: list[str | Quote] = [
        draft.say(
            "groups", text, value=len(differing), unit="groups", n=overall.n, method="log-rank, Benjamini-Hochberg"
        )
    ]
    with_ratio = [group for group in differing if group.against_others is not None and group.against_others.ok]
    for position, group in enumerate(sorted(with_ratio, key=_distance, reverse=True)[:2], start=1):
        row.append(_ratio(draft, group, None, position, limit))
    return row


def _distance(group: GroupTime) -> float:
    assert group.against_others is not None
    return abs(float(group.against_others.coefficients[0]))


def _p(p: float) -> str:
    return "p under 0.001" if p < 0.001 else f"p {p:.3f}" if p < 0.1 else f"p {p:.2f}"


def _ratio(draft: SectionDraft, group: GroupTime, other: GroupTime | None, position: int, limit: int) -> Quote:
    fit, test = group.against_others, group.log_rank
    assert fit is not None
    assert test is not None
    against = lowered(other.name) if other is not None else "all others"
    if not fit.ok:
        text = f"How fast requests close cannot be compared between “{lowered(group.name)}” and "
        text += f"“{against}”: {fit.reason}. {fit.would_allow}"
        return draft.say(f"ratio_{position}", text)
    ratio = fit.hazard_ratio()
    p = test.p if math.isnan(group.p_adjusted) else group.p_adjusted
    text = (
        f"Requests open at the same age close at {format_value(ratio.value, 'number')} times the pace in "
        f"“{lowered(group.name)}”"
        f" that they have in “{against}” (95% interval {format_value((ratio.low, ratio.high), 'number')}; log-rank {_p(p)})."
    )
    changing = float(fit.proportional_p[0])
    if changing < SIGNIFICANT:
        text += f" The ratio changes with age ({_p(changing)}), so it is an average; the means below do not rest on it."
    small = is_few(group.curve.k, limit) or is_few(fit.k - group.curve.k, limit)
    masked = f"The counts behind “{lowered(group.name)}” are too small to state here." if small else None
    return draft.say(f"ratio_{position}", text, ratio, unit="hazard ratio", masked=masked)


def _chart(case: Case, draft: SectionDraft, times: RequestTimes, shown: Comparison, by: str | None) -> None:
    limit = case.source.config.small_cell
    drawn = [group for group in shown.groups if group.curve.k > limit]
    if not drawn:
        return
    reach = max(_reach(group.curve) for group in drawn)
    target = times.target if times.target is not None and times.target <= 2 * reach else None
    reach = max(reach, 1.1 * (target or 0.0))
    unit, size = ("days", 24.0) if reach > _DAYS_FROM else ("hours", 1.0)
    step = _tick_step(reach / size)
    end = max(reach / size, step)
    ticks = [step * place for place in range(int(end / step + 1e-9) + 1)]
    title = _title(shown, by)
    draft.figure(
        "chart",
        "survival",
        {
            "unit": unit,
            "end": end,
            "ticks": ticks,
            "target": None if target is None else target / size,
            "target_label": "" if target is None else f"target, {format_value(target, 'hours')}",
            "groups": [_line(group, ticks, size, limit) for group in drawn],
        },
        title=title,
        alt=f"{title}. The share of requests still open by {unit} since receipt, with 95% bands, and how many are still open and watched.",
        caption="Requests still open are counted for as long as they have run; paused time is taken out. A curve ends where few are "
        f"watched. Below the axis: requests watched and still open at that age; counts from 1 to {limit} are not shown.",
    )


def _reach(curve: SurvivalCurve) -> float:
    """Show a curve until it has fallen to a twentieth, or has run out."""
    until = curve.quantile(0.95).value
    return max(float(until if math.isfinite(until) else curve.durations[-1]), 1e-3)


def _tick_step(end: float) -> float:
    size = 10.0 ** math.floor(math.log10(end / 5))
    return next(size * each for each in (1, 2, 5, 10) if end / (size * each) <= 6)


def _line(group: GroupTime, ticks: list[float], size: float, limit: int) -> dict[str, Any]:
    curve = group.curve
    until = float(curve.durations[max(curve.n - limit - 1, 0)])
    places = np.unique(
        np.searchsorted(-curve.survival, np.linspace(-1, 0, 400), side="left").clip(max=len(curve.times) - 1)
    )
    return {
        "label": group.name,
        "until": until / size,
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
            f"Half of the requests are closed within {_span(value)}"
            if math.isfinite(value)
            else "Most requests are still open"
        )
    if by is None:
        return (
            f"Half are closed within {_span(medians[AFTER])} since the rise, against {_span(medians[BEFORE])} before it"
        )
    slow, fast = max(medians, key=lambda name: medians[name]), min(medians, key=lambda name: medians[name])
    halves = f"half are closed within {_span(medians[fast])} in {fast}, {_span(medians[slow])} in {slow}"
    return f"Time to closing by {lowered(dimension_label(by))}: {halves}"


def _table(draft: SectionDraft, shown: Comparison, met: dict[str, Estimate], single: bool) -> None:
    rows = []
    for group in shown.groups:
        half, most = group.curve.quantile(0.5), group.curve.quantile(0.9)
        mean = group.curve.restricted_mean(shown.horizon) if shown.horizon > 0 else None
        in_time = met.get("" if single else group.name)
        ratio = group.against_others.hazard_ratio() if group.against_others is not None else None
        rows.append(
            {
                "group": group.name,
                "n": group.curve.n,
                "closed": group.curve.k,
                "median": finite(half.value),
                "median_interval": _ends(half),
                "p90": finite(most.value),
                "p90_interval": _ends(most),
                "mean": finite(mean.value) if mean else None,
                "mean_interval": _ends(mean) if mean else None,
                "due": round(in_time.n) if in_time else 0,
                "met": finite(in_time.value) if in_time else None,
                "missed": round(in_time.n - (in_time.k or 0)) if in_time else 0,
                "ratio": finite(ratio.value) if ratio else None,
                "ratio_interval": finite_pair(ratio.low, ratio.high) if ratio else None,
                "p": finite(group.p_adjusted),
            }
        )
    due = [
        Column(key="due", label="Fell due", kind="count"),
        Column(key="missed", label="Missed", kind="count"),
        Column(key="met", label="Met", kind="percent", guard="missed"),
    ]
    ratios = [
        Column(key="ratio", label="Pace", kind="number", guard="closed"),
        Column(key="ratio_interval", label="95% interval", kind="number", guard="closed"),
        Column(key="p", label="Adjusted p", kind="number", guard="closed"),
    ]
    note = f"Mean: counted up to {_span(shown.horizon)}. "
    note += "" if single else "Pace: hazard ratio of closing, above 1 is faster; against " + (
        "the first row. " if len(shown.groups) == 2 else "all others. "
    )  # fmt: skip
    draft.table(
        "table",
        "Time from receipt to closing, without pauses",
        [
            Column(key="group", label="Requests"),
            Column(key="n", label="Received", kind="count"),
            Column(key="closed", label="Closed", kind="count"),
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


def _ends(estimate: Estimate) -> tuple[float | None, float | None]:
    return finite(estimate.low), finite(estimate.high)
