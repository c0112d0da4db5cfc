"""Since when: every moment at which the rate changed, as a window, and what came into force in it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import pandas as pd

from rca_lib.analysis.change_points import onset_for
from rca_lib.analysis.changes import join_changes
from rca_lib.analysis.onset import Onset
from rca_lib.review.blocks import Blocks, Column, Quote
from rca_lib.review.draft import SectionDraft, finite, records
from rca_lib.review.format import format_value
from rca_lib.review.sections.changed import change_name
from rca_lib.review.wording import counted, joined, week

if TYPE_CHECKING:
    from rca_lib.analysis.series import RateSeries
    from rca_lib.review.case import Case

__all__ = ["charted_periods", "since_when"]

MOST_MARKERS = 4
MOST_NAMED = 3


def since_when(case: Case) -> Blocks:
    """Answer since when: each change of the rate with its window, and the entries of the change log inside it."""
    draft = SectionDraft("since_when")
    outcome = case.outcome
    if not outcome.ok:
        return draft.not_assessed(outcome.reason, outcome.would_allow)
    known = case.escalation.get("detected_at")
    points = case.rate_changes
    bears = onset_for(
        outcome, occurred_at=case.occurred_at, known=pd.Timestamp(known) if known is not None else None, points=points
    )
    shown = points or ((bears,) if bears is not None else ())
    log = case.tables.get("changes")
    near = join_changes(bears, log) if bears is not None and log is not None and len(log) else None
    paragraphs = [_count(draft, shown), _told(case, draft, shown), _bearing(case, draft, bears, near)]
    draft.prose("summary", paragraphs)
    if case.series is not None:
        _chart(case, draft, case.series, shown, bears, near)
    _points_table(case, draft, shown)
    _changes_table(draft, near)
    if bears is not None and (log is None or log.empty):
        draft.prose(
            "no_log",
            [[draft.say("no_log", "No change log was supplied; with it the review lists what came into force then.")]],
            style="note",
        )
    return draft.build()


def charted_periods(frame: pd.DataFrame) -> list[dict[str, Any]]:
    """Periods as a chart reads them: days as text, numbers or nothing."""
    rows = []
    for row in records(frame):
        point: dict[str, Any] = {key: finite(row[key]) for key in ("rate", "low", "high")}
        point |= {"start": f"{row['start']:%Y-%m-%d}", "end": f"{row['end']:%Y-%m-%d}", "n": int(row["n"])}
        rows.append(point | {"mature": bool(row.get("mature", True))})
    return rows


def _count(draft: SectionDraft, shown: tuple[Onset, ...]) -> list[str | Quote]:
    if not shown:
        text = (
            "No change of the rate stands out from how much it varies anyway. A longer series, or more requests whose outcome is "
            "known, would show a smaller one."
        )
    else:
        text = (
            f"The rate changed {'once' if len(shown) == 1 else counted(len(shown), 'time')} in the period under review."
        )
    method = shown[0].method if shown else None
    return [draft.say("count", text, value=len(shown), unit="changes", method=method)]


def _told(case: Case, draft: SectionDraft, shown: tuple[Onset, ...]) -> list[str | Quote]:
    withheld = _withheld(case, shown)
    told: list[str | Quote] = []
    for position, point in enumerate(shown, start=1):
        verb = "rose" if point.direction == "rise" else "fell"
        window = (
            f"{week(point.low)} and {week(point.high)} (95% interval; most likely {week(point.when)})"
            if point.low != point.high
            else f"the start and the end of {week(point.when)}"
        )
        small = any(withheld[position - 1])
        rates = [format_value(side.value, "percent") for side in (point.rate_before, point.rate_after)]
        told.append(
            draft.say(
                f"point_{position}",
                f"It {verb} from {rates[0]} to {rates[1]} between {window}.",
                point.rate_after,
                unit="share",
                masked=f"It {verb} between {window}; too few failed on a side to state the rates here."
                if small
                else None,
            )
        )
    return told


def _withheld(case: Case, shown: Sequence[Onset]) -> list[tuple[bool, bool]]:
    """Say for each change whether the rate before it, and after it, would give a small count away.

    A stretch between two changes is a part of what is told since the onset, and before it, and of the joined periods of the chart,
    so its counts are told only where it begins and ends as these do.
    """
    edges = [None, *(point.when for point in shown), None]
    stretches = [(edges[at], edges[at + 1]) for at in range(len(edges) - 1)]
    fits = [case.joined.holds(*stretch) for stretch in stretches]
    return [
        (
            not fits[at] or case.small.behind(point.rate_before),
            not fits[at + 1] or case.small.behind(point.rate_after),
        )
        for at, point in enumerate(shown)
    ]


def _bearing(case: Case, draft: SectionDraft, bears: Onset | None, near: pd.DataFrame | None) -> list[str | Quote]:
    if bears is None:
        text = f"No rise still held its level when this happened, in {week(case.occurred_at)}, so no onset is taken for this escalation."
        return [draft.say("bears", text, value=None)]
    text = (
        f"The rise that bears on this escalation is that of {week(bears.when)}: the last one whose level still held in "
        f"{week(case.occurred_at)}, when it happened."
    )
    sentences: list[str | Quote] = [
        draft.say("bears", text, value=f"{bears.when:%G-W%V}", unit="week", method=bears.method)
    ]
    if near is not None:
        inside, close = near[near["inside"].astype(bool)], near[near["near"].astype(bool)]
        earlier = close[close["days_before"] >= 0]
        names = joined([change_name(row) for row in records(earlier.head(MOST_NAMED))])
        nearest = f" Nearest before the likeliest day: {names}." if len(earlier) else ""
        sentences.append(
            draft.say(
                "log",
                f"Of {counted(len(near), 'entry', 'entries')} in the change log, {len(inside)} came into force inside this window and "
                f"{len(close) - len(inside)} in the four weeks before it.{nearest}",
                value=len(close),
                unit="changes",
                n=len(near),
                sensitivity="operational",
            )
        )
        sentences.append("Standing in a window does not make a change a cause.")
    return sentences


def _chart(
    case: Case,
    draft: SectionDraft,
    series: RateSeries,
    shown: tuple[Onset, ...],
    bears: Onset | None,
    near: pd.DataFrame | None,
) -> None:
    what = f"The share that {case.outcome.phrase}"
    if bears is not None:
        title = f"{what} rose between {week(bears.low)} and {week(bears.high)}"
    elif shown:
        title = f"{what} changed {'once' if len(shown) == 1 else counted(len(shown), 'time')}, with no rise that bears on this"
    else:
        title = f"{what} shows no change beyond how much it varies anyway"
    periods = charted_periods(series.frame)
    if not periods:
        return
    edges = [periods[0]["start"], *(f"{point.when:%Y-%m-%d}" for point in shown), periods[-1]["end"]]
    rates = [shown[0].rate_before, *(point.rate_after for point in shown)] if shown else [series.centre]
    levels = [
        {"start": start, "end": end, "rate": finite(one.value), "low": finite(one.low), "high": finite(one.high)}
        for start, end, one in zip(edges, edges[1:], rates, strict=False)
    ]
    few = any(any(sides) for sides in _withheld(case, shown))
    windows = [
        {key: f"{getattr(point, key):%Y-%m-%d}" for key in ("when", "low", "high")} | {"direction": point.direction}
        for point in shown
    ]
    inside = near[near["inside"].astype(bool)] if near is not None else pd.DataFrame()
    markers = [
        {"when": f"{row['effective_from']:%Y-%m-%d}", "label": _label(row)}
        for row in records(inside.head(MOST_MARKERS))
    ]
    draft.figure(
        "chart",
        "change_points",
        {
            "periods": periods,
            "levels": levels,
            "windows": windows,
            "markers": markers,
            "occurred": f"{case.occurred_at:%Y-%m-%d}",
            "period_label": series.period_label,
            "y_label": f"share that {case.outcome.phrase}",
        },
        title=title,
        alt=f"{title}. {counted(len(periods), 'point')}, each with its 95% interval, and the level of "
        f"{counted(len(levels), 'stretch', 'stretches')}.",
        masked=None if case.joined.same_as(list(series.frame["start"])) and not few else {},
        sensitivity="operational" if markers else draft.sensitivity,
    )


def _label(row: dict[str, Any]) -> str:
    return str(row["component"] if pd.notna(row["component"]) else row["kind"] if pd.notna(row["kind"]) else "change")


def _points_table(case: Case, draft: SectionDraft, shown: tuple[Onset, ...]) -> None:
    draft.table(
        "points",
        "Changes of the rate, each with the window that holds its moment with 95% confidence",
        [
            Column(key="what", label="Change"),
            Column(key="low", label="Earliest", kind="week"),
            Column(key="when", label="Most likely", kind="week"),
            Column(key="high", label="Latest", kind="week"),
            Column(key="before", label="Rate before", kind="percent", guard="failed_before"),
            Column(key="after", label="Rate after", kind="percent", guard="failed_after"),
            Column(key="failed_before", label="Failed before", kind="count"),
            Column(key="failed_after", label="Failed after", kind="count"),
            Column(key="p", label="p", kind="number"),
        ],
        [
            {
                "what": point.direction,
                "low": f"{point.low:%Y-%m-%d}",
                "when": f"{point.when:%Y-%m-%d}",
                "high": f"{point.high:%Y-%m-%d}",
                "before": finite(point.rate_before.value),
                "after": finite(point.rate_after.value),
                "failed_before": round(point.rate_before.k or 0),
                "failed_after": round(point.rate_after.k or 0),
                "p": finite(point.p_value),
                "withhold": [key for key, few in zip(("failed_before", "failed_after"), sides, strict=True) if few],
            }
            for point, sides in zip(shown, _withheld(case, shown), strict=True)
        ],
        apart=True,
        note="p: how often weeks shuffled in blocks show a change as clear between the neighbouring changes.",
    )


def _changes_table(draft: SectionDraft, near: pd.DataFrame | None) -> None:
    if near is None:
        return
    close = near[near["near"].astype(bool)]
    draft.table(
        "changes",
        "Entries of the change log in the window of the rise, or in the four weeks before it",
        [
            Column(key="from", label="In force from", kind="date"),
            Column(key="what", label="What"),
            Column(key="days", label="Days before the likeliest day", kind="number"),
            Column(key="inside", label="Inside the window"),
            Column(key="segment", label="Reaches"),
        ],
        [
            {
                "from": f"{row['effective_from']:%Y-%m-%d}",
                "what": _label(row),
                "days": int(row["days_before"]),
                "inside": "yes" if row["inside"] else "before it",
                "segment": row["segment"] if isinstance(row.get("segment"), str) else "every request",
            }
            for row in records(close)
        ],
        sensitivity="operational",
    )
