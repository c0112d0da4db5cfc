"""Actions on record, and the decisions that they leave open."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pandas as pd

from rca_lib.analysis.averted import averted_in_a_quarter, failures_in_a_quarter
from rca_lib.review.blocks import Blocks, Column, Quote
from rca_lib.review.casefile.hierarchy import STRENGTHS, strength_of
from rca_lib.review.casefile.model import PlannedAction
from rca_lib.review.draft import SectionDraft, finite, finite_pair, records
from rca_lib.review.format import format_value
from rca_lib.review.sections.extent import findings
from rca_lib.review.sections.why import tells_few
from rca_lib.review.wording import counted, in_words, is_few

if TYPE_CHECKING:
    from rca_lib.analysis.cause_table import Candidate
    from rca_lib.analysis.intervals import Estimate
    from rca_lib.review.case import Case
    from rca_lib.review.judgement import JudgedCause

__all__ = ["action_state", "actions", "case_actions", "quarter_averted"]

DONE = frozenset({"done", "closed", "complete", "completed", "implemented", "verified"})
DROPPED = frozenset({"cancelled", "canceled", "rejected", "withdrawn", "superseded"})
PROPOSED = "proposed"
"""The status of an action that stands in the case file alone."""
MOST_DECISIONS = 3


def case_actions(case: Case) -> pd.DataFrame | None:
    """Return the actions tied to this escalation, the strongest and earliest first, or ``None`` where none can be known.

    Those on record come from the actions table; the case file ties them to causes, grades them by how they work, and may
    propose more. ``_strength`` is the rank of the strength, ``_state`` where the action stands.
    """
    table, file = case.tables.get("actions"), case.case_file
    planned = {each.id: each for each in file.actions} if file is not None else {}
    if "actions" in case.barred_parts:
        # Until the wording is mended, actions are told in the words of the record.
        planned = {name: each.model_copy(update={"description": "", "metric": None}) for name, each in planned.items()}
    rows = records(table[table["escalation_id"] == case.id]) if table is not None else []
    known = {str(row["action_id"]) for row in rows}
    # One that is neither on record nor described says nothing.
    proposed = [name for name, each in planned.items() if name not in known and each.description]
    if table is None and not proposed:
        return None
    rows += [{"action_id": name, "status": PROPOSED} for name in proposed]
    made = pd.DataFrame([_merged(row, planned.get(str(row["action_id"]))) for row in rows], columns=list(_COLUMNS))
    for column in ("due_at", "done_at"):
        made[column] = pd.to_datetime(made[column], utc=True)
    made["_strength"] = made["strength"].map({name: rank for rank, name in enumerate(STRENGTHS)}).fillna(len(STRENGTHS))
    made["_state"] = [action_state(row, case.as_of) for row in records(made)]
    return made.sort_values(["_strength", "due_at", "action_id"], kind="stable", ignore_index=True)


_COLUMNS = (
    "action_id",
    "description",
    "domain",
    "owner_role",
    "due_at",
    "status",
    "done_at",
    "metric",
    "baseline",
    "target",
    "cause",
    "strength",
    "reason",
    "baseline_claim",
)


def _merged(row: dict[str, Any], planned: PlannedAction | None) -> dict[str, Any]:
    """One action: what the case file says of it goes before what the record says."""
    made = {key: row.get(key) for key in _COLUMNS}
    if planned is not None and planned.metric and planned.metric != _text(row.get("metric")):
        # The figures on record are of another measure.
        made |= {"baseline": None, "target": None}
    made["strength"], made["reason"] = strength_of(planned.means if planned else None, _text(row.get("strength")))
    if planned is not None:
        said = {
            "description": planned.description or None,
            "domain": planned.domain,
            "owner_role": planned.owner_role,
            "due_at": None if planned.due is None else pd.Timestamp(planned.due, tz="UTC"),
            "metric": planned.metric,
            "target": planned.target,
            "cause": planned.cause,
            "baseline_claim": planned.baseline,
        }
        made |= {key: value for key, value in said.items() if value is not None}
    made["description"] = _text(made["description"]) or "Not described"
    return made


def action_state(row: dict[str, Any], as_of: pd.Timestamp) -> str:
    """Say where an action stands at ``as_of``: done, dropped, proposed, overdue, planned, or no date set."""
    status = str(row["status"]).strip().lower() if pd.notna(row["status"]) else ""
    if pd.notna(row["done_at"]) or status in DONE:
        return "done"
    if status in DROPPED:
        return "dropped"
    if status == PROPOSED:
        return PROPOSED
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
    draft.prose("summary", [_summary(draft, table), _unmet(case, draft, table)])
    _decisions(case, draft, table)
    _table(case, draft, table)
    averted = _averted(case, draft, table)
    _measures(case, draft, table, averted)
    _changes(draft, table)
    draft.record(actions=[_record(row, averted) for row in records(table)])
    return draft.build()


def _summary(draft: SectionDraft, table: pd.DataFrame) -> list[str | Quote]:
    live = table[table["_state"] != "dropped"]
    states = live["_state"].value_counts()
    strong = int(live["strength"].isin(STRENGTHS[:2]).sum())
    parts = [f"{states[state]} {words}" for state, words in _STATE_WORDS if state in states]
    sentences: list[str | Quote] = [
        draft.say(
            "state",
            f"{counted(len(live), 'action')} {'is' if len(live) == 1 else 'are'} on record{' or proposed' if PROPOSED in states else ''}: "
            f"{', '.join(parts)}.",
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


_STATE_WORDS = (
    ("done", "done"),
    ("planned", "planned"),
    ("overdue", "past due"),
    ("no date set", "without a date"),
    (PROPOSED, "proposed here"),
)


def _decisions(case: Case, draft: SectionDraft, table: pd.DataFrame | None) -> None:
    """Ask what is to be decided; without a table of actions nothing is asked about them."""
    asked: list[list[str | Quote]] = []
    if case.outcome.ok and case.series is not None:
        same, judged = findings(case)
        limit = case.source.config.small_cell
        counted_otherwise = case.judgement is not None and case.judgement.is_measurement
        if (
            judged.kind == "systemic"
            and same.total is not None
            and same.population > same.at_risk
            and not counted_otherwise
        ):
            unseen = same.population - same.at_risk
            period = "since the rate rose" if case.onset is not None else "over the whole period"
            options = _recheck_options(case)
            asked.append(
                [
                    "Re-check the requests that nobody has assessed?",
                    draft.say(
                        "decide_recheck",
                        f"About {format_value(unseen, 'count')} requests {period} have not been looked at. {options}",
                        value=round(unseen),
                        unit="requests",
                        masked=options if is_few(unseen, limit) else None,
                    ),
                ]
            )
    if table is not None:
        _decisions_on(table[table["_state"] != "dropped"], draft, asked)
    draft.prose("decisions", asked[:MOST_DECISIONS], style="steps" if len(asked) > 1 else "body")


def _recheck_options(case: Case) -> str:
    """Say which requests could be re-checked first: those that a stated cause reaches, or a segment that stands out."""
    stated = case.judgement.causes if case.judgement is not None else ()
    graded = case.cause_table.candidates if case.cause_table is not None else ()
    if any(each.candidate is not None and each.candidate.kind in ("segment", "change") for each in stated):
        first, short = "those that the stated cause reaches", "those that the stated cause reaches, first"
    elif any(each.kind in ("segment", "change") and each.grade in ("established", "probable") for each in graded):
        first, short = "those that the strongest candidate cause reaches", "those that it reaches, first"
    else:
        first, short = "a random sample of them", "a random sample first, as no segment stands out"
    return f"Options: all of them; {first}; none. Proposed: {short}."


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


def _acts_on(case: Case) -> dict[str, str]:
    """Name each cause by its level, with its number where two lie at the same level."""
    stated = case.judgement.causes if case.judgement is not None else ()
    levels = [str(in_words(each.statement.level)) for each in stated]
    return {
        each.statement.id: level if levels.count(level) == 1 else f"{level} ({each.statement.id})"
        for each, level in zip(stated, levels, strict=True)
    }


def _table(case: Case, draft: SectionDraft, table: pd.DataFrame) -> None:
    acts_on = _acts_on(case)
    draft.table(
        "table",
        "Actions on record",
        [
            Column(key="description", label="Action"),
            *([Column(key="cause", label="Acts on")] if table["cause"].notna().any() else []),
            Column(key="owner_role", label="Owner"),
            Column(key="due", label="Due", kind="date", exact=True),
            Column(key="strength", label="Strength"),
            Column(key="state", label="State"),
        ],
        [
            {
                "description": row["description"],
                "cause": acts_on.get(_text(row["cause"]) or ""),
                "owner_role": _text(row["owner_role"]),
                "due": f"{row['due_at']:%Y-%m-%d}" if pd.notna(row["due_at"]) else None,
                "strength": _text(row["strength"]),
                "state": f"done {format_value(row['done_at'], 'date')}" if pd.notna(row["done_at"]) else row["_state"],
            }
            for row in records(table)
        ],
        note="Acts on: the level of the cause. Strength follows the action hierarchy: stronger actions change the system, weaker ones "
        "rely on people remembering."
        if acts_on
        else "Strength follows the action hierarchy: stronger actions change the system, weaker ones rely on people remembering.",
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


def _unmet(case: Case, draft: SectionDraft, table: pd.DataFrame) -> list[str | Quote]:
    """Say for which established causes no action changes the system."""
    told: list[str | Quote] = []
    live = table[table["_state"] != "dropped"]
    for each in case.judgement.causes if case.judgement is not None else ():
        on_it = live[live["cause"] == each.statement.id]
        if each.grade != "established" or on_it["strength"].isin(STRENGTHS[:2]).any():
            continue
        rest = "only weaker ones do, and they seldom hold alone" if len(on_it) else "none does at all"
        text = f"No stronger or intermediate action acts on {each.statement.id}, which is established: {rest}."
        told.append(draft.say(f"unmet_{each.statement.id.lower()}", text, value=each.statement.id))
    return told


def _averted(case: Case, draft: SectionDraft, table: pd.DataFrame) -> dict[str, Estimate]:
    """Say what could be averted in a quarter by acting on each cause, and return it by cause."""
    found: dict[str, Estimate] = {}
    told: list[list[str | Quote]] = []
    for each in case.judgement.causes if case.judgement is not None else ():
        if not (table["cause"] == each.statement.id).any():
            continue
        name = each.statement.id
        if each.candidate is not None and each.candidate.kind == "measurement":
            text = f"Acting on {name} changes what is counted as a failure; it averts none."
            told.append([draft.say(f"averts_{name.lower()}", text, value=name, sensitivity="operational")])
            continue
        quarter = quarter_averted(case, each)
        if quarter is None:
            text = f"How many failures acting on {name} could avert is not known: no candidate of the counts stands for it."
            told.append([draft.say(f"averts_{name.lower()}", text, value=name, sensitivity="operational")])
            continue
        found[name] = quarter
        small = _averts_few(case, each, quarter)
        past = each.candidate is not None and _ended(case, each.candidate) < case.as_of
        text = (
            f"While {name} {'stood' if past else 'stands'}, about {format_value(quarter.value, 'count')} failures a quarter "
            f"{'went' if past else 'go'} with it (95% interval {format_value((quarter.low, quarter.high), 'count')}): that is what "
            f"{'keeping it away' if past else 'acting on it'} could avert at most."
        )
        hidden = (
            f"How many failures a quarter {'went' if past else 'go'} with {name} is withheld here: it is a small number, or would give one "
            "away."
            if small
            else None
        )
        told.append(
            [
                draft.say(
                    f"averts_{name.lower()}",
                    text,
                    quarter,
                    unit="failures a quarter",
                    masked=hidden,
                    sensitivity="operational",
                )
            ]
        )
    draft.prose("averts", told, style="list", sensitivity="operational")
    return found


def _averts_few(case: Case, each: JudgedCause, quarter: Estimate) -> bool:
    """Say whether what could be averted rests on a small count, or on a share that would give one away."""
    table = case.cause_table
    few = each.candidate is not None and table is not None and tells_few(case, table, each.candidate)
    return few or case.small.few(quarter.value)


def quarter_averted(case: Case, each: JudgedCause) -> Estimate | None:
    """Return how many failures a quarter go with a stated cause while it stands, or ``None`` where no count shows it."""
    share, candidate = each.share, each.candidate
    if share is None or candidate is None or not case.outcome.ok or finite(share.value) is None:
        return None
    begin = case.onset.when if case.onset is not None else candidate.since
    begin = case.outcome.frame["at"].min() if begin is None else begin
    weeks = (_ended(case, candidate) - begin) / pd.Timedelta(weeks=1)
    if weeks < 1:
        return None
    same = case.same_failure
    return averted_in_a_quarter(share, failures_in_a_quarter(same.rate, same.population, weeks))


def _ended(case: Case, candidate: Candidate) -> pd.Timestamp:
    """Until when a cause stood: the end of its entry in the log, or the moment of the case."""
    changes = case.tables.get("changes")
    if changes is not None and candidate.change_id is not None:
        ends = changes.loc[changes["change_id"] == candidate.change_id, "effective_to"].dropna()
        if len(ends):
            return min(pd.Timestamp(ends.iloc[0]), case.as_of)
    return case.as_of


def _measures(case: Case, draft: SectionDraft, table: pd.DataFrame, averted: dict[str, Estimate]) -> None:
    live = table[table["_state"] != "dropped"]
    few = {
        each.statement.id
        for each in (case.judgement.causes if case.judgement is not None else ())
        if each.statement.id in averted and _averts_few(case, each, averted[each.statement.id])
    }
    draft.table(
        "measures",
        "How each action works, and what will show that it did",
        [
            Column(key="description", label="Action"),
            Column(key="domain", label="Kind"),
            Column(key="strength", label="Strength, and why"),
            Column(key="metric", label="Measure"),
            Column(key="baseline", label="Before", kind="percent", guard="behind"),
            Column(key="target", label="Target", kind="percent"),
            Column(key="averts", label="Averts a quarter, at most", kind="count"),
        ],
        [
            {
                "description": row["description"],
                "domain": _text(row["domain"]),
                "strength": f"{row['strength']}: {row['reason'].partition(': ')[2] or row['reason']}"
                if _text(row["strength"])
                else row["reason"],
                "metric": _text(row["metric"]),
                "baseline": _baseline(case, row),
                "target": finite(row["target"]) if pd.notna(row["target"]) else None,
                "averts": averted[row["cause"]].value if _text(row["cause"]) in averted else None,
                "behind": round(case.same_failure.rate.k or 0) if case.outcome.ok else None,
                "withhold": ["averts"] if row["cause"] in few else [],
            }
            for row in records(live)
        ],
        apart=True,
        note="What each averts is the figure of the cause that it acts on; actions on one cause share it, so it is not added up."
        if live["cause"].isin(averted).any()
        else None,
        sensitivity="operational",
    )


def _baseline(case: Case, row: dict[str, Any]) -> float | None:
    """The figure before: that of the claim pointed to, where every reader may see it, else the one on record."""
    claim = case.claim(row["baseline_claim"]) if _text(row["baseline_claim"]) else None
    if claim is not None:
        return float(claim.value) if isinstance(claim.value, int | float) and claim.masked is None else None
    return finite(row["baseline"]) if pd.notna(row["baseline"]) else None


def _record(row: dict[str, Any], averted: dict[str, Estimate]) -> dict[str, Any]:
    found = averted.get(row["cause"]) if _text(row["cause"]) else None
    return {
        "action_id": row["action_id"],
        "description": row["description"],
        **{key: _text(row[key]) for key in ("domain", "strength", "owner_role", "status", "cause", "reason", "metric")},
        **{key: f"{row[key]:%Y-%m-%d}" if pd.notna(row[key]) else None for key in ("due_at", "done_at")},
        "averts": None if found is None else finite(found.value),
        "averts_ci": None if found is None else finite_pair(found.low, found.high),
    }


def _text(value: object) -> str | None:
    return None if pd.isna(value) else str(value)  # type: ignore[call-overload]
