"""What changed: entries of the change log near the onset, and whether the rate moved with them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pandas as pd

from rca_lib.analysis.changes import changes_near
from rca_lib.review.blocks import Blocks, Column, Quote
from rca_lib.review.draft import SectionDraft, finite, records
from rca_lib.review.format import format_value
from rca_lib.review.wording import counted, week

if TYPE_CHECKING:
    from rca_lib.review.case import Case

__all__ = ["change_name", "changes"]

MOST_CHARTED = 6
MOST_TOLD = 2

NEARLY_ALL = 0.98
"""Share of the requests that a change reached from which on it counts as having reached all."""


def changes(case: Case, *, window_days: int = 56) -> Blocks:
    """Answer what changed. See `Case.changes`."""
    draft = SectionDraft("changed", sensitivity="operational")
    log = case.tables.get("changes")
    if log is None or log.empty:
        return draft.not_assessed(
            "no change log was supplied.", "With it the review sets each change beside the rate before and after it."
        )
    if not case.outcome.ok or case.requests is None:
        return draft.not_assessed(case.outcome.reason, case.outcome.would_allow)
    table = changes_near(
        log, case.outcome, case.requests, onset=case.onset, around=case.occurred_at, window_days=window_days
    )
    near = _near(table) if case.onset is not None else _recent(table)
    # A change that stands out among the causes is shown wherever the rate as a whole first rose.
    causes = case.cause_table.candidates if case.cause_table is not None else ()
    named = table[table["change_id"].isin([cause.change_id for cause in causes if cause.stands_out])]
    told = pd.concat([named, near]).drop_duplicates("change_id")
    draft.prose("summary", _summary(case, draft, table, near, told))
    _chart(draft, told, case)
    _table(case, draft, table, window_days)
    return draft.build()


def change_name(row: Any) -> str:
    """Name a change for a reader: its component, or its kind, and its date by day."""
    what = row["component"] if pd.notna(row["component"]) else row["kind"] if pd.notna(row["kind"]) else "change"
    return f"{what[:1].upper()}{what[1:]} ({format_value(row['effective_from'], 'date')})"


def _near(table: pd.DataFrame) -> pd.DataFrame:
    """The candidates near the onset, the one with the clearly highest rate after it first."""
    near = table[table["candidate"].astype(bool) & table["in_onset_window"].astype(bool)]
    return near.sort_values(["rate_after_low", "change_id"], ascending=[False, True], na_position="last")


def _recent(table: pd.DataFrame) -> pd.DataFrame:
    """Without an onset: the candidates that came into force last before the failure."""
    usable = table[table["candidate"].astype(bool)]
    return usable.sort_values(["effective_from", "change_id"], ascending=[False, True]).head(MOST_CHARTED)


def _summary(
    case: Case, draft: SectionDraft, table: pd.DataFrame, near: pd.DataFrame, told: pd.DataFrame
) -> list[list[str | Quote]]:
    entries = counted(len(table), "entry", "entries")
    if case.onset is not None:
        text = (
            f"Of {entries} in the change log, {len(near)} came into force in or up to four weeks before the window in which the rate "
            f"rose ({week(case.onset.low)} to {week(case.onset.high)})."
        )
    else:
        text = f"The change log holds {entries}; without a rise to date, none stands nearer than another."
    first: list[str | Quote] = [draft.say("count", text, value=len(near), unit="changes", n=len(table))]
    apart = len(told) - len(near)
    if apart and case.onset is not None:
        first.append(
            draft.say(
                "apart",
                f"{counted(apart, 'other')} came into force at another time and {'stands' if apart == 1 else 'stand'} out in what it "
                "reached.",
                value=apart,
                unit="changes",
            )
        )
    second: list[str | Quote] = []
    for position, row in enumerate(records(_measured(told).head(MOST_TOLD)), start=1):
        small = bool(_withheld(case, row))
        name = change_name(row)
        second.append(
            draft.say(
                f"near_{position}",
                _told(row, name),
                masked=f"{name}: the counts before and after are too small to state here." if small else None,
                value=finite(row["difference"]),
                unit="difference of shares",
                n=int(row["n_before"] + row["n_after"]),
                method=f"Newcombe interval; {int(row['window_days'])} days on each side",
            )
        )
    if second:
        second.append("A change that stands near a rise is not yet its cause.")
    return [first, second]


def _withheld(case: Case, row: dict[str, Any]) -> list[str]:
    """Return the keys of the counts around a change that would give a small one away; ``either`` when there are any.

    Where a change reached every request, its windows are stretches of time that end on other days than the joined periods do.
    """
    sides = (("n_before", "failed_before"), ("n_after", "failed_after"))
    known = [(n, failed) for n, failed in sides if pd.notna(row[n]) and pd.notna(row[failed])]
    everything = pd.isna(row["reach"]) or row["reach"] > NEARLY_ALL
    few = [
        key
        for n, failed in known
        if (everything and row[failed]) or case.small.gives_away(row[failed], row[n])
        for key in (n, failed)
    ]
    return [*few, "either"] if few else []


def _told(row: dict[str, Any], name: str) -> str:
    after = f"{format_value(row['rate_after'], 'percent')}"
    if not row["n_before"]:
        interval = format_value((row["rate_after_low"], row["rate_after_high"]), "percent")
        return (
            f"{name} was new, so there is no before; in what it reached, the rate is {after} (95% interval {interval})."
        )
    points = [format_value(row[key] * 100, "number") for key in ("difference", "difference_low", "difference_high")]
    return (
        f"{name}: in what it reached, the rate was {format_value(row['rate_before'], 'percent')} before and {after} after, a "
        f"difference of {points[0]} points (95% interval {points[1]} to {points[2]})."
    )


def _measured(table: pd.DataFrame) -> pd.DataFrame:
    return table[table["rate_after"].notna()]


def _chart(draft: SectionDraft, near: pd.DataFrame, case: Case) -> None:
    shown = _measured(near).head(MOST_CHARTED)
    if shown.empty:
        return
    usual = case.contrast.before.high if case.contrast else 1.0
    higher = (shown["difference_low"].astype(float) > 0) | (
        shown["rate_before"].isna() & (shown["rate_after_low"].astype(float) > usual)
    )
    listed = records(shown.assign(_higher=higher))
    first = next((row for row in listed if row["_higher"]), None)
    title = (
        f"{change_name(first)}: {format_value(first['rate_after'], 'percent')} since, beyond what was usual"
        if first is not None
        else "No change shown goes with a rate beyond what was usual"
    )
    rows = [
        {"label": change_name(row), "flag": bool(row["_higher"])}
        | {short: finite(row[long]) for short, long in _CHARTED.items()}
        | {key: _whole(row[key]) for key in ("n_before", "failed_before", "n_after", "failed_after")}
        | {"withhold": _withheld(case, row)}
        for row in listed
    ]
    draft.figure(
        "chart",
        "before_after",
        {"rows": rows, "x_label": f"share that {case.outcome.phrase}"},
        title=title,
        alt=f"{title}. For each change, the share before and after it among the requests it reached, with 95% "
        "intervals.",
        apart=True,
        caption="Among the requests that each change reached. Where nothing stands before, what it brought was new.",
    )


_CHARTED = {
    "before": "rate_before",
    "before_low": "rate_before_low",
    "before_high": "rate_before_high",
    "after": "rate_after",
    "after_low": "rate_after_low",
    "after_high": "rate_after_high",
}


def _whole(count: float) -> int | None:
    return None if pd.isna(count) else int(count)


def _table(case: Case, draft: SectionDraft, table: pd.DataFrame, window_days: int) -> None:
    rows = []
    for row in records(table):
        remark = row["segment_problem"] or (
            "after the failure" if not row["candidate"] else "near the onset" if row["in_onset_window"] else ""
        )
        rows.append(
            {
                "effective_from": f"{row['effective_from']:%Y-%m-%d}" if pd.notna(row["effective_from"]) else None,
                "what": row["component"] if pd.notna(row["component"]) else row["kind"],
                "description": row["description"] if pd.notna(row["description"]) else "",
                "reach": finite(row["reach"]),
                "failed_before": None if pd.isna(row["failed_before"]) else int(row["failed_before"]),
                "failed_after": None if pd.isna(row["failed_after"]) else int(row["failed_after"]),
                "before": finite(row["rate_before"]),
                "after": finite(row["rate_after"]),
                "difference": [_hundred(row["difference_low"]), _hundred(row["difference_high"])]
                if pd.notna(row["difference"])
                else None,
                "remark": remark,
                "withhold": _withheld(case, row),
            }
        )
    draft.table(
        "table",
        f"The change log: the rate {window_days} days before and after each entry, among the requests that it reached",
        [
            Column(key="effective_from", label="In force from", kind="date"),
            Column(key="what", label="What"),
            Column(key="reach", label="Reach", kind="percent"),
            Column(key="before", label="Before", kind="percent", guard="failed_before"),
            Column(key="after", label="After", kind="percent", guard="failed_after"),
            Column(key="difference", label="Difference, points", kind="number", guard="either"),
            Column(key="remark", label=""),
        ],
        rows,
        apart=True,
        note="The difference is given as its 95% interval (Newcombe). Windows are longer where few requests were at risk.",
    )


def _hundred(share: float) -> float | None:
    value = finite(share)
    return None if value is None else value * 100
