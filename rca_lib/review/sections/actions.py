"""Actions on record, and the decisions that they leave open."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pandas as pd

from rca_lib.review.blocks import Blocks, Column, Quote
from rca_lib.review.draft import SectionDraft, records
from rca_lib.review.format import format_value
from rca_lib.review.sections.extent import findings
from rca_lib.review.wording import counted, is_few

if TYPE_CHECKING:
    from rca_lib.review.case import Case

__all__ = ["action_state", "actions", "case_actions"]

STRENGTHS = ("stronger", "intermediate", "weaker")
"""The action hierarchy, strongest first (VA National Center for Patient Safety; RCA2)."""

DONE = frozenset({"done", "closed", "complete", "completed", "implemented", "verified"})
DROPPED = frozenset({"cancelled", "canceled", "rejected", "withdrawn", "superseded"})
MOST_DECISIONS = 3


def case_actions(case: Case) -> pd.DataFrame | None:
    """Return the actions tied to this escalation, the strongest and earliest first, or ``None`` without an actions table."""
    table = case.tables.get("actions")
    if table is None:
        return None
    mine = table[table["escalation_id"] == case.id].copy()
    mine["_strength"] = mine["strength"].map({name: rank for rank, name in enumerate(STRENGTHS)}).fillna(len(STRENGTHS))
    mine["_state"] = [action_state(row, case.as_of) for row in records(mine)]
    return mine.sort_values(["_strength", "due_at", "action_id"], kind="stable", ignore_index=True)


def action_state(row: dict[str, Any], as_of: pd.Timestamp) -> str:
    """Say where an action stands at ``as_of``: done, dropped, overdue, planned, or no date set."""
    status = str(row["status"]).strip().lower() if pd.notna(row["status"]) else ""
    if pd.notna(row["done_at"]) or status in DONE:
        return "done"
    if status in DROPPED:
        return "dropped"
    if pd.isna(row["due_at"]):
        return "no date set"
    return "overdue" if row["due_at"] < as_of else "planned"


def actions(case: Case) -> Blocks:
    """Answer what is being done. See `Case.actions`."""
    draft = SectionDraft("actions")
    table = case_actions(case)
    if table is None or table.empty:
        missing = "no actions table was supplied." if table is None else "no action is on record for this escalation."
        draft.not_assessed(
            missing[0].upper() + missing[1:], "With actions on record the review shows owner, date and strength."
        )
        _decisions(case, draft, table)
        return draft.build()
    draft.prose("summary", [_summary(draft, table)])
    _decisions(case, draft, table)
    _table(draft, table)
    _changes(draft, table)
    draft.record(actions=[_record(row) for row in records(table)])
    return draft.build()


def _summary(draft: SectionDraft, table: pd.DataFrame) -> list[str | Quote]:
    live = table[table["_state"] != "dropped"]
    states = live["_state"].value_counts()
    strong = int(live["strength"].isin(STRENGTHS[:2]).sum())
    parts = [f"{states[state]} {words}" for state, words in _STATE_WORDS if state in states]
    sentences: list[str | Quote] = [
        draft.say(
            "state",
            f"{counted(len(live), 'action')} {'is' if len(live) == 1 else 'are'} on record: {', '.join(parts)}.",
            value=len(live),
            unit="actions",
        )
    ]
    text = (
        f"{strong} of them {'is' if strong == 1 else 'are'} graded stronger or intermediate."
        if strong
        else "None of them is graded stronger or intermediate; weaker actions alone rarely hold."
    )
    sentences.append(draft.say("strength", text, value=strong, unit="actions", n=len(live)))
    return sentences


_STATE_WORDS = (("done", "done"), ("planned", "planned"), ("overdue", "past due"), ("no date set", "without a date"))


def _decisions(case: Case, draft: SectionDraft, table: pd.DataFrame | None) -> None:
    """Ask what is to be decided; without a table of actions nothing is asked about them."""
    asked: list[list[str | Quote]] = []
    if case.outcome.ok and case.series is not None:
        same, judged = findings(case)
        limit = case.source.config.small_cell
        if judged.kind == "systemic" and same.total is not None and same.population > same.at_risk:
            unseen = same.population - same.at_risk
            period = "since the rate rose" if case.onset is not None else "over the whole period"
            asked.append(
                [
                    "Re-check the requests that nobody has assessed?",
                    draft.say(
                        "decide_recheck",
                        f"About {format_value(unseen, 'count')} requests {period} have not been looked at. Options: all of "
                        "them; those in the segments where it concentrates; none. Proposed: the segments first.",
                        value=round(unseen),
                        unit="requests",
                        masked="Options: all of them; those in the segments where it concentrates; none. Proposed: the segments first."
                        if is_few(unseen, limit)
                        else None,
                    ),
                ]
            )
    if table is not None:
        _decisions_on(table[table["_state"] != "dropped"], draft, asked)
    draft.prose("decisions", asked[:MOST_DECISIONS], style="steps" if len(asked) > 1 else "body")


def _decisions_on(live: pd.DataFrame, draft: SectionDraft, asked: list[list[str | Quote]]) -> None:
    """Ask what the actions on record leave open."""
    if live.empty or not live["strength"].isin(STRENGTHS[:2]).any():
        asked.append(
            [
                "Ask for an action that changes the system?",
                draft.say(
                    "decide_strength",
                    "No action on record is graded stronger or intermediate. Options: ask the owning team for one; accept weaker "
                    "actions. Proposed: ask.",
                ),
            ]
        )
    overdue = int((live["_state"] == "overdue").sum())
    if overdue:
        asked.append(
            [
                "Set new dates or owners?",
                draft.say(
                    "decide_overdue",
                    f"{counted(overdue, 'action')} {'is' if overdue == 1 else 'are'} past due. Options: a new date; another owner; "
                    "stop the action. Proposed: a new date from each owner within a week.",
                    value=overdue,
                    unit="actions",
                ),
            ]
        )
    open_owner = int((live["owner_role"].isna() | live["due_at"].isna()).sum())
    if open_owner and len(asked) < MOST_DECISIONS:
        asked.append(
            [
                "Name an owner and a date?",
                draft.say(
                    "decide_owner",
                    f"{counted(open_owner, 'action')} {'has' if open_owner == 1 else 'have'} no owner or no date. Proposed: the team "
                    "that owns the step.",
                    value=open_owner,
                    unit="actions",
                ),
            ]
        )
    if not asked:
        asked.append(
            [
                draft.say(
                    "decide_none",
                    "No decision is asked now: every action has an owner and a date, and none is past due.",
                )
            ]
        )


def _table(draft: SectionDraft, table: pd.DataFrame) -> None:
    draft.table(
        "table",
        "Actions on record",
        [
            Column(key="description", label="Action"),
            Column(key="owner_role", label="Owner"),
            Column(key="due", label="Due", kind="date"),
            Column(key="strength", label="Strength"),
            Column(key="state", label="State"),
        ],
        [
            {
                "description": row["description"],
                "owner_role": _text(row["owner_role"]),
                "due": f"{row['due_at']:%Y-%m-%d}" if pd.notna(row["due_at"]) else None,
                "strength": _text(row["strength"]),
                "state": f"done {format_value(row['done_at'], 'date')}" if pd.notna(row["done_at"]) else row["_state"],
            }
            for row in records(table)
        ],
        note="Strength follows the action hierarchy: stronger actions change the system, weaker ones rely on people remembering.",
        claims=("actions.state", "actions.strength"),
    )


def _changes(draft: SectionDraft, table: pd.DataFrame) -> None:
    felt = table[table["_state"].isin(["done", "planned", "overdue"])]
    items: list[list[str | Quote]] = []
    for position, row in enumerate(records(felt), start=1):
        when = (
            f"In place since {format_value(row['done_at'], 'date')}"
            if pd.notna(row["done_at"])
            else f"Planned for {format_value(row['due_at'], 'date')}"
            if row["_state"] == "planned"
            else f"Was due on {format_value(row['due_at'], 'date')} and is not in place yet"
            if row["_state"] == "overdue"
            else "In place"
        )
        text = str(row["description"]).strip().rstrip(".")
        items.append([draft.say(f"change_{position}", f"{when}: {text}.", sensitivity="operational")])
    draft.prose("changes", items, style="list", sensitivity="operational")


def _record(row: dict[str, Any]) -> dict[str, Any]:
    return {
        "action_id": row["action_id"],
        "description": row["description"],
        **{key: _text(row[key]) for key in ("domain", "strength", "owner_role", "status")},
        **{key: f"{row[key]:%Y-%m-%d}" if pd.notna(row[key]) else None for key in ("due_at", "done_at")},
    }


def _text(value: object) -> str | None:
    return None if pd.isna(value) else str(value)  # type: ignore[call-overload]
