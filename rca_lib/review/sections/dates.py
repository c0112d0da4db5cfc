"""The dates of a case on one axis: changes, what happened, what was found, and the response."""

from __future__ import annotations

from datetime import date, datetime
from typing import TYPE_CHECKING, Any

import pandas as pd

from rca_lib.analysis.detection import detection_lag
from rca_lib.review.blocks import Blocks, Entry
from rca_lib.review.draft import SectionDraft, records
from rca_lib.review.format import format_value, spell_hours

if TYPE_CHECKING:
    from rca_lib.review.case import Case

__all__ = ["case_dates"]

BEFORE_DAYS = 70
"""How long before the rise, or the failure, the strip begins."""

MOST_CHANGES = 8
_DAY = "%Y-%m-%d"
_LABEL = 46


def case_dates(case: Case) -> Blocks:
    """Show the dates of a case on one axis, with the corrections of the case file. See `Case.case_dates`."""
    draft = SectionDraft("dates", sensitivity="operational")
    lanes: list[dict[str, Any]] = [
        {"label": "Changes", "entries": _changes(case)},
        {"label": "The case", "entries": _moments(case)},
        {"label": "What people saw", "entries": _seen(case)},
        {"label": "Response", "entries": _response(case)},
    ]
    lanes = [lane for lane in lanes if lane["entries"]]
    days = sorted(entry["when"] for lane in lanes for entry in lane["entries"])
    if len(days) > 1:
        title = _title(case)
        ends = [entry["until"] for lane in lanes for entry in lane["entries"] if entry["until"]]
        draft.figure(
            "strip",
            "case_timeline",
            {
                "lanes": lanes,
                "start": days[0],
                "end": min(max([*days, *ends]), f"{case.as_of:{_DAY}}"),
                "window": [f"{case.onset.low:{_DAY}}", f"{case.onset.high:{_DAY}}"] if case.onset is not None else None,
            },
            title=title,
            alt=f"{title}. "
            + " ".join(f"{lane['label']}: " + "; ".join(_said(one) for one in lane["entries"]) + "." for lane in lanes),
            caption="The tinted span is the time in which the rate rose." if case.onset is not None else None,
        )
    _corrections(case, draft)
    if not len(draft.build()):
        return draft.not_assessed(
            "Only one date of this case is on record.", "With dates of changes and actions, they stand on one axis."
        )
    return draft.build()


def _title(case: Case) -> str:
    """Say how long it took to be found, in the words of the core message."""
    lag = detection_lag(case.escalation, case.tables["escalations"])
    if lag.hours is None or lag.hours < 0:
        return "When it happened, when it was found, and what was done since"
    return f"It was found {spell_hours(lag.hours)} after it happened" if lag.hours else "It was found as it happened"


def _said(entry: dict[str, Any]) -> str:
    return f"{format_value(entry['when'], 'date')}, {entry['label']}"


def _entry(when: Any, label: str, mark: str, until: Any = None) -> dict[str, Any]:
    end = None if until is None or pd.isna(until) else f"{pd.Timestamp(until):{_DAY}}"
    return {"when": f"{pd.Timestamp(when):{_DAY}}", "label": _short(label), "mark": mark, "until": end}


def _short(text: str) -> str:
    words = " ".join(text.split()).rstrip(".")
    if len(words) <= _LABEL:
        return words
    return f"{words[:_LABEL].rsplit(' ', 1)[0].rstrip(' ,;:')}…"


def _window(case: Case) -> tuple[pd.Timestamp, pd.Timestamp]:
    begin = case.occurred_at if case.onset is None else min(case.onset.low, case.occurred_at)
    return begin - pd.Timedelta(days=BEFORE_DAYS), case.as_of


def _changes(case: Case) -> list[dict[str, Any]]:
    """Entries of the change log near the case: those that are candidates or stated, else the nearest before it."""
    table = case.tables.get("changes")
    if table is None:
        return []
    low, _ = _window(case)
    until = case.occurred_at
    near = table[(table["effective_from"] >= low) & (table["effective_from"] <= until)]
    file = case.case_file
    named = {each.about.change for each in file.hypotheses if each.about is not None} if file is not None else set()
    stated = table[table["change_id"].isin({name for name in named if name})]
    around = pd.Timestamp(case.onset.when) if case.onset is not None else case.occurred_at
    rest = near.assign(_far=(near["effective_from"] - around).abs()).sort_values(["_far", "change_id"], kind="stable")
    kept = pd.concat([stated, rest.drop(columns="_far")]).drop_duplicates("change_id").head(MOST_CHANGES)
    # A change of long before would squeeze what matters into a corner.
    kept = kept[kept["effective_from"] >= low - pd.Timedelta(days=120)]
    return [
        _entry(row["effective_from"], str(row["component"] or row["kind"]), "change", row["effective_to"])
        for row in records(kept.sort_values(["effective_from", "change_id"]))
    ]


def _moments(case: Case) -> list[dict[str, Any]]:
    row = case.escalation
    told = [_entry(case.occurred_at, "It happened", "failure")] if row.get("occurred_at") is not None else []
    if row.get("detected_at") is not None:
        told.append(_entry(row["detected_at"], "Found", "detected"))
    told.append(_entry(row["opened_at"], "Escalation opened", "step"))
    if row.get("closed_at") is not None:
        told.append(_entry(row["closed_at"], "Escalation closed", "step"))
    return told


def _seen(case: Case) -> list[dict[str, Any]]:
    """Moments that the case file adds or corrects."""
    file = case.case_file
    return [] if file is None else [_entry(_moment(each.when), each.what, "step") for each in file.timeline]


def _response(case: Case) -> list[dict[str, Any]]:
    table = case.tables.get("actions")
    if table is None:
        return []
    mine = table[table["escalation_id"] == case.id]
    done = mine[mine["done_at"].notna() & (mine["done_at"] <= case.as_of)]
    return [
        _entry(row["done_at"], str(row["description"]), "action")
        for row in records(done.sort_values(["done_at", "action_id"]))
    ]


def _moment(when: date | datetime) -> pd.Timestamp:
    moment = pd.Timestamp(when)
    return moment.tz_localize("UTC") if moment.tzinfo is None else moment.tz_convert("UTC")


def _corrections(case: Case, draft: SectionDraft) -> None:
    file = case.case_file
    listed = sorted(file.timeline, key=lambda each: _moment(each.when)) if file is not None else []
    draft.timeline(
        "corrections",
        "What the records lack or have otherwise, as the analyst established it",
        [
            Entry(
                when=format_value(_moment(each.when), "moment" if isinstance(each.when, datetime) else "date"),
                what=each.what,
                detail=f"On record: {each.corrects}" if each.corrects else "",
                mark="step",
                sensitivity="case" if isinstance(each.when, datetime) else "operational",
            )
            for each in listed
        ],
        title="Corrections to the timeline",
    )
