"""Turn what was simulated into the tables of the data contract."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from rca_lib.data.example.calendar import END, date_of, hours_at
from rca_lib.data.example.event_log import LIFECYCLES, NOBODY, Coded
from rca_lib.data.example.history import CHANGES
from rca_lib.data.example.lateness import EXPEDITED_WORKING_DAYS
from rca_lib.data.example.people import Roster
from rca_lib.data.example.process_types import PROCESS_TYPES
from rca_lib.data.example.quality import FAIL, NOT_ASSESSABLE, RESULTS, Assessments, quality_scores
from rca_lib.data.example.rubric import ITEMS
from rca_lib.data.example.versions import policy_versions, tool_versions
from rca_lib.data.example.workflow import Simulation
from rca_lib.data.taxonomy import ACTIVITIES

__all__ = [
    "Table",
    "assessment_tables",
    "change_table",
    "event_table",
    "feedback_on_assessments",
    "from_rows",
    "request_ids",
    "request_table",
    "sla_table",
    "staff_table",
]

Table = dict[str, NDArray[Any] | Coded]
"""A finished table: arrays, or coded texts; columns whose name is in `rca_lib.data.contract` as timestamps hold hours."""

_REOPENED_SHARE, _REOPENED_WITHIN_DAYS = 0.011, 45.0

_COMMENTS = {
    "C1": ("No call-back on file for this request.", "The check of the requester is not documented."),
    "C2": ("The form on file reaches subscriber data; the production holds more.", "No signature of a judge on the process."),
    "C3": ("The match on file belongs to an earlier holder of the name.", "Two accounts fit the identifier; the choice is not explained."),
    "C4": ("The production begins before the first day on the process.", "A category is included that the process does not name."),
    "C5": ("Text can be copied from under a box.", "A file property still holds a name."),
    "C6": ("Notice date lies before the end of the order.", "The end of the order was entered with another month."),
    "C7": ("No preservation on file.", "The preservation began after the retention limit."),
    "C8": ("The preservation ends after 90 days.", "The extension is missing."),
    "C9": ("The address differs from the one on the process.", "The recipient was not confirmed."),
    "C10": ("The request was returned; the danger was described.", "The decision came after the target and no reason is noted."),
    "M1": ("The archive part is missing.", "One identifier has no data and no explanation."),
    "M2": ("The notice timer has no owner.", "No timer for the notice."),
    "M3": ("Closed after the date it was due.",),
    "M4": ("The reasons for the decision are not noted.",),
    "M5": ("The certificate is attached, the tag is missing.", "The certificate is missing."),
    "M6": ("The request was moved between queues before work began.",),
    "M7": ("The question to the agency was answered on the fifth day.", "The question could be read in two ways."),
    "N1": ("The type tag is empty.",),
    "N2": ("An earlier version of the message was used.", "The translated message names an old form."),
    "N3": ("The wording is hard to follow for the reader.",),
}  # fmt: skip


def _where_known(known: NDArray[np.bool_], values: NDArray[Any]) -> NDArray[np.object_]:
    """Values where they are known, missing elsewhere."""
    filled = np.full(len(known), None, dtype=object)
    filled[known] = values[known]
    return filled


def from_rows(rows: Sequence[dict[str, Any]]) -> Table:
    """Make a table from rows."""
    names = list(dict.fromkeys(name for row in rows for name in row))
    table: Table = {}
    for name in names:
        values = [row.get(name) for row in rows]
        kinds = {type(value) for value in values if value is not None}
        plain = kinds <= {float} or (kinds <= {float, int} and float in kinds) or kinds == {np.float64}
        table[name] = (
            np.array([np.nan if v is None else v for v in values])
            if plain and kinds
            else np.array(values, dtype=object)
        )
    return table


def request_ids(count: int) -> NDArray[np.object_]:
    """Opaque ids in the order of arrival."""
    return np.array([f"REQ-{number:06d}" for number in range(100_001, 100_001 + count)], dtype=object)


def request_table(simulation: Simulation, roster: Roster, rng: np.random.Generator) -> Table:
    """Rows of ``requests``, with three more columns that the source declares as dimensions."""
    c, ids = simulation.columns, request_ids(len(simulation.columns["received"]))
    last_known = ~np.isnan(c["closed"]) | (c["begun"] < END)
    specialist = roster.actor_id[simulation.people["specialist"]]
    return {
        "request_id": ids,
        "received_at": c["received"],
        "process_type": c["process_type"],
        "authority": c["authority"],
        "agency_id": c["agency_id"],
        "jurisdiction": c["jurisdiction"],
        "legal_entity": c["legal_entity"],
        "channel": c["channel"],
        "urgency": c["urgency"],
        "due_at": c["due"],
        "closed_at": c["closed"],
        "outcome": c["outcome"],
        "ndo": c["ndo"],
        "ndo_expires_at": c["ndo_expires"],
        "data_categories": c["data_categories"],
        "scope_from": c["scope_from"],
        "scope_to": c["scope_to"],
        "n_identifiers": c["n_identifiers"],
        "language": c["language"],
        "sensitivity": c["sensitivity"],
        "team_id": c["team_id"],
        "specialist_id": _where_known((c["begun"] < END) & (c["last"] >= 3), specialist),
        "policy_version": _where_known(last_known, c["policy_version"]),
        "tool_version": _where_known(last_known, c["tool_version"]),
        "template_version": _where_known(last_known & (c["last"] >= 4), c["template_version"]),
        "reopened_from": _reopened_from(simulation, ids, rng),
        "agency_type": c["agency_type"],
        "identifier_type": c["identifier_type"],
        "surface": c["surface"],
    }


def _reopened_from(simulation: Simulation, ids: NDArray[np.object_], rng: np.random.Generator) -> NDArray[np.object_]:
    """Link some requests to an earlier one of the same agency and kind that they open again."""
    c = simulation.columns
    again = np.any([simulation.failures[mode] for mode in ("UNP", "OVP", "WID")], axis=0)
    links = np.full(len(ids), None, dtype=object)
    groups: dict[tuple[str, str], list[int]] = {}
    chosen = rng.random(len(ids)) < 4.0 * _REOPENED_SHARE
    draws = rng.random(len(ids))
    agencies, types, received, closed = c["agency_id"], c["process_type"], c["received"], c["closed"]
    disclosed = np.isin(c["outcome"], ("full", "partial"))
    for row in range(len(ids)):
        key = (agencies[row], types[row])
        if chosen[row]:
            earlier = [
                p
                for p in groups.get(key, ())[-12:]
                if closed[p] < received[row] < closed[p] + 24.0 * _REOPENED_WITHIN_DAYS
            ]
            wanted = [p for p in earlier if again[p]] or (earlier if draws[row] < 0.3 else [])
            if wanted:
                links[row] = ids[wanted[int(draws[row] * len(wanted)) % len(wanted)]]
        if disclosed[row]:
            groups.setdefault(key, []).append(row)
    return links


def event_table(simulation: Simulation, roster: Roster) -> Table:
    """Rows of ``events``."""
    moments, (request, activity, lifecycle, actor, queue, system), seq = simulation.log.ordered()
    roles = sorted(set(roster.role))
    role_of = np.array([*(roles.index(role) for role in roster.role), len(roles)])
    tool, policy = tool_versions(moments, simulation.columns["team_id"][request]), policy_versions(moments)
    count = len(simulation.columns["received"])
    return {
        "request_id": Coded(request, tuple(request_ids(count))),
        "activity": Coded(activity, tuple(ACTIVITIES)),
        "ts": moments,
        "lifecycle": Coded(lifecycle, LIFECYCLES),
        "seq": seq,
        "actor_id": Coded(np.where(actor == NOBODY, -1, actor), tuple(roster.actor_id)),
        "actor_role": Coded(role_of[actor], (*roles, "system")),
        "queue_id": Coded(queue, tuple(simulation.log.queues)),
        "system_id": Coded(system, tuple(simulation.log.systems)),
        "tool_version": tool,
        "policy_version": policy,
    }


def staff_table(roster: Roster) -> Table:
    """Rows of ``staff``: whoever had arrived by the end."""
    order = np.argsort(roster.actor_id)
    trained = [f"onboarding {date_of(max(t, -17_000.0))}" if t < END else "onboarding" for t in roster.trained]
    return {
        "actor_id": roster.actor_id[order],
        "role": roster.role[order],
        "team_id": roster.team_id[order],
        "site": roster.site[order],
        "tenure_start": roster.arrived[order],
        "trained_on": np.array(trained, dtype=object)[order],
    }


def assessment_tables(assessments: Assessments, roster: Roster, rng: np.random.Generator) -> tuple[Table, Table]:
    """Rows of ``assessments`` and ``assessment_items``."""
    ids, count = assessments.ids(), len(assessments.request)
    score, critical = quality_scores(assessments.results)
    everyone = request_ids(int(assessments.request.max()) + 1)
    head: Table = {
        "assessment_id": ids,
        "request_id": everyone[assessments.request],
        "assessed_at": assessments.assessed,
        "assessor_id": roster.actor_id[assessments.assessor],
        "rubric_version": assessments.rubric,
        "sample_arm": assessments.arm,
        "inclusion_prob": assessments.inclusion,
        "quality_score": score,
        "critical_fail": critical,
        "status": assessments.status,
    }
    flat = assessments.results.ravel()
    item = np.tile(np.arange(len(ITEMS)), count)
    modes = tuple(item.failure_mode for item in ITEMS)
    comment = np.full(len(flat), None, dtype=object)
    for row in np.flatnonzero((flat == FAIL) & (rng.random(len(flat)) < 0.9)):
        comment[row] = str(rng.choice(_COMMENTS[ITEMS[item[row]].item_id]))
    comment[(flat == NOT_ASSESSABLE)] = "What is needed to judge this is not in the file."
    items: Table = {
        "assessment_id": Coded(np.repeat(np.arange(count), len(ITEMS)), tuple(ids)),
        "item_id": Coded(item, tuple(i.item_id for i in ITEMS)),
        "result": Coded(flat, RESULTS),
        "failure_mode": Coded(np.where(flat == FAIL, item, -1), modes),
        "error_class": assessments.error_class.ravel(),
        "comment": comment,
    }
    return head, items


def change_table() -> Table:
    """Rows of ``changes``."""
    return from_rows(
        [
            {
                "change_id": change.change_id,
                "effective_from": hours_at(change.effective_from),
                "kind": change.kind,
                "component": change.component,
                "description": change.description,
                "effective_to": hours_at(change.effective_to) if change.effective_to else np.nan,
                "segment": change.segment,
                "owner_team": change.owner_team,
            }
            for change in CHANGES
        ]
    )


def sla_table() -> Table:
    """Rows of ``sla_policies``: internal targets of the simulated team, not law."""
    rows: list[dict[str, Any]] = []
    for kind in PROCESS_TYPES:
        base = {"process_type": kind.code, "effective_from": hours_at("2023-01-01"), "effective_to": np.nan}
        if kind.emergency:
            rows.append(
                {**base, "urgency": "emergency", "target_hours": kind.target_hours, "target_working_days": np.nan}
            )
            continue
        days = float(kind.target_working_days or 0)
        rows.append({**base, "urgency": "routine", "target_hours": np.nan, "target_working_days": days})
        days = min(days, float(EXPEDITED_WORKING_DAYS))
        rows.append({**base, "urgency": "expedited", "target_hours": np.nan, "target_working_days": days})
    return from_rows(rows)


def feedback_on_assessments(assessments: Assessments, rng: np.random.Generator) -> list[dict[str, Any]]:
    """Feedback given after assessments: what went well more often than what to change."""
    failed = (assessments.results == FAIL).any(axis=1)
    rows: list[dict[str, Any]] = []
    ids = assessments.ids()
    for row in np.flatnonzero(rng.random(len(failed)) < np.where(failed, 0.10, 0.035)):
        given = assessments.assessed[row] + 24.0 * rng.uniform(0.5, 6.0)
        seen = given + 24.0 * rng.uniform(0.1, 9.0)
        if given >= END:
            continue
        kind = "correct" if failed[row] else "reinforce"
        outcome = ("agreed; steps changed" if failed[row] else "thanks noted") if seen < END else None
        rows.append(
            {
                "feedback_id": f"FB-{ids[row][3:]}",
                "to_role": "specialist",
                "kind": kind,
                "given_at": given,
                "acknowledged_at": seen if seen < END else np.nan,
                "escalation_id": None,
                "assessment_id": ids[row],
                "outcome": outcome,
            }
        )
    return rows
