"""A request's way through the reference pipeline: when each step was done, by whom, and what it left in the log."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from rca_lib.data.example.attributes import Columns
from rca_lib.data.example.calendar import END, FloatArray, hours_at, team_clocks
from rca_lib.data.example.event_log import EventLog
from rca_lib.data.example.failures import draw_failures, in_force, in_segment
from rca_lib.data.example.lateness import missed_deadline
from rca_lib.data.example.mechanisms import mechanisms_of
from rca_lib.data.example.people import Roster, choose_people, learning
from rca_lib.data.example.process_types import PROCESS_TYPES
from rca_lib.data.example.queues import advance, begin_work, draw_effort
from rca_lib.data.example.versions import policy_versions, template_versions, tool_versions

__all__ = ["Simulation", "simulate"]

_EMERGENCY_PACE = 0.075
_TOUCH_LEARNING = 0.8
_CLARIFIED, _QC_FINDING, _QC_AT_RANDOM, _REOPENED = 0.13, 0.06, 0.06, 0.004
_NOT_ON_RECORD = {
    "authenticate": 0.004,
    "ndo_check": 0.012,
    "preserve": 0.010,
    "resolve_identifier": 0.006,
    "redact": 0.008,
}
"""Share of requests in which a step was done, or not, without leaving an event."""

# Where a request ends, by the last step it passes.
_AUTHENTICATE, _LEGAL, _SCOPE, _PULL, _ALL = 1, 2, 3, 4, 5


@dataclass
class Simulation:
    """Everything the generator knows about the requests.

    Attributes
    ----------
    columns : the requests, one array a column; moments in hours.
    failures : failure mode to one boolean a request; lateness under ``LAT``.
    log : the event log.
    times : step to the moment it was done.
    people : role to the position in the roster of who did it.
    """

    columns: Columns
    failures: dict[str, NDArray[np.bool_]]
    log: EventLog
    times: dict[str, FloatArray]
    people: dict[str, NDArray[np.int64]]


def simulate(columns: Columns, roster: Roster, rng: np.random.Generator) -> Simulation:
    """Run every request through the pipeline."""
    log = EventLog()
    times: dict[str, FloatArray] = {}
    _dispose(columns, rng)
    people = _front_people(columns, roster, rng)
    _front(columns, times, rng)
    _take_up(columns, times, roster, people, rng)
    failures = draw_failures(columns, rng.spawn(1)[0])
    _hold_emergencies(columns, failures["EMR"], rng)
    _work(columns, times, failures, rng)
    _log_front(columns, times, people, log, failures, rng)
    _log_work(columns, times, people, log, failures, rng)
    _finish(columns, times, people, log, rng)
    _log_duties(columns, times, people, log, failures, rng)
    pause = np.clip(np.minimum(times["answered"], END) - times["asked"], 0.0, None)
    failures["LAT"] = missed_deadline(columns, np.where(columns["asked"], pause, 0.0))
    return Simulation(columns, failures, log, times, people)


def _spread(median: float | FloatArray, sigma: float, count: int, rng: np.random.Generator) -> FloatArray:
    return np.asarray(median * rng.lognormal(0.0, sigma, count))


def _dispose(columns: Columns, rng: np.random.Generator) -> None:
    """Decide what becomes of each request and the last step that it passes."""
    count = len(columns["received"])
    produced = rng.random(count) < np.array([t.produced for t in PROCESS_TYPES])[columns["kind"]]
    other = np.array(["rejected", "no_data", "withdrawn"], dtype=object)[rng.choice(3, count, p=[0.55, 0.31, 0.14])]
    full = np.where(rng.random(count) < 0.74, "full", "partial")
    columns["disposition"] = np.where(produced, full, other).astype(object)
    draw = rng.random(count)
    rejected_at = np.where(columns["emergency"] & (draw < 0.5), _AUTHENTICATE, np.where(draw < 0.78, _LEGAL, _SCOPE))
    last = np.full(count, _ALL)
    last[columns["disposition"] == "no_data"] = _PULL
    rejected = columns["disposition"] == "rejected"
    last[rejected] = rejected_at[rejected]
    columns["last"] = last
    columns["difficulty"] = rng.lognormal(0.0, 0.5, count)


def _front_people(columns: Columns, roster: Roster, rng: np.random.Generator) -> dict[str, NDArray[np.int64]]:
    received = columns["received"]
    return {
        "intake": choose_people(roster, roster.of("intake specialist"), received, rng),
        "legal": choose_people(roster, roster.of("legal reviewer"), received, rng),
        "quality": choose_people(roster, roster.of("quality reviewer"), received, rng),
    }


def _front(columns: Columns, times: dict[str, FloatArray], rng: np.random.Generator) -> None:
    """Intake to routing."""
    count, team = len(columns["received"]), columns["team_id"]
    pace = np.where(columns["emergency"], _EMERGENCY_PACE, 1.0) * columns["difficulty"]
    by_machine = np.isin(columns["channel"], ("portal", "bulk_file"))
    waiting = np.where(by_machine, 0.0, _spread(1.4, 0.7, count, rng)) * pace
    times["intake"] = advance(team, columns["received"] + rng.uniform(0.01, 0.06, count), waiting)
    times["triage"] = advance(team, times["intake"], _spread(1.3, 0.75, count, rng) * pace)
    times["authenticate"] = advance(team, times["triage"], _spread(1.0, 0.75, count, rng) * pace)
    times["callback"] = times["triage"] + 0.6 * (times["authenticate"] - times["triage"])
    times["legal_review"] = advance(team, times["authenticate"], _spread(5.0, 0.8, count, rng) * pace)
    times["route"] = advance(team, times["legal_review"], _spread(0.3, 0.6, count, rng) * pace)


def _take_up(
    columns: Columns,
    times: dict[str, FloatArray],
    roster: Roster,
    people: dict[str, NDArray[np.int64]],
    rng: np.random.Generator,
) -> None:
    """Wait in the team's queue, be taken up by a specialist, with the versions in force then."""
    reaches = columns["last"] >= _SCOPE
    effort = draw_effort(columns, rng) * np.where(reaches, 1.0, 0.0)
    begun = begin_work(columns, times["route"], effort)
    held = np.zeros(len(begun), dtype=bool)
    for mechanism in mechanisms_of("LAT"):
        held |= in_segment(mechanism, columns) & in_force(mechanism, columns) & ~columns["emergency"]
    columns["held"] = held & (rng.random(len(begun)) < 0.9)
    wait = _spread(84.0, 0.45, len(begun), rng)
    begun = np.where(columns["held"], advance(columns["team_id"], begun, wait), begun)
    columns["queue_hours"] = _worked_between(columns, times["route"], begun)
    columns["begun"] = begun
    team = columns["team_id"]
    who = np.zeros(len(begun), dtype=np.int64)
    for name in team_clocks():
        here = np.flatnonzero(team == name)
        who[here] = choose_people(roster, roster.of("specialist", name), begun[here], rng)
    people["specialist"] = who
    columns["tenure_days"] = np.maximum(begun - roster.arrived[who], 0.0) / 24.0
    columns["policy_version"] = policy_versions(begun)
    columns["tool_version"] = tool_versions(begun, team)
    columns["template_version"] = template_versions(begun, columns["tool_version"], columns["content"])


def _worked_between(columns: Columns, start: FloatArray, end: FloatArray) -> FloatArray:
    hours = np.zeros(len(start))
    for name, clock in team_clocks().items():
        here = columns["team_id"] == name
        hours[here] = clock.worked(end[here]) - clock.worked(start[here])
    return hours


def _hold_emergencies(columns: Columns, failed: NDArray[np.bool_], rng: np.random.Generator) -> None:
    """An emergency that was valid and not treated as one was sent back, or waited for someone who reads its language."""
    sent_back = failed & (rng.random(len(failed)) < 0.5)
    columns["disposition"][sent_back] = "rejected"
    columns["last"][sent_back] = _SCOPE
    waited = failed & ~sent_back
    columns["begun"] = np.where(waited, columns["begun"] + rng.uniform(9.0, 34.0, len(failed)), columns["begun"])
    columns["language_queue"] = waited | (columns["emergency"] & (columns["language"] != "en"))


def _work(
    columns: Columns, times: dict[str, FloatArray], failures: dict[str, NDArray[np.bool_]], rng: np.random.Generator
) -> None:
    """Scope review to closure."""
    count, team = len(columns["received"]), columns["team_id"]
    pace = np.where(columns["emergency"], _EMERGENCY_PACE, 1.0) * columns["difficulty"]
    touch = pace * learning(columns["tenure_days"], _TOUCH_LEARNING)
    content = np.where(columns["content"], 1.5, 1.0)
    times["scope_review"] = advance(team, columns["begun"], _spread(0.9, 0.5, count, rng) * touch)
    asked = ~columns["emergency"] & (columns["last"] >= _PULL) & (rng.random(count) < _CLARIFIED)
    columns["asked"] = asked
    times["asked"] = advance(team, times["scope_review"], _spread(0.5, 0.5, count, rng))
    times["answered"] = times["asked"] + 24.0 * _spread(3.2, 0.8, count, rng)
    times["clarify"] = advance(team, times["answered"], _spread(1.2, 0.6, count, rng) * pace)
    free = np.where(asked, times["clarify"], times["scope_review"])
    times["preserve"] = advance(team, free, _spread(0.3, 0.5, count, rng) * touch)
    times["ndo_check"] = advance(team, times["preserve"], _spread(0.2, 0.5, count, rng) * touch)
    times["resolve_identifier"] = advance(team, times["ndo_check"], _spread(0.5, 0.7, count, rng) * touch)
    times["pull_start"] = advance(team, times["resolve_identifier"], _spread(1.2, 0.7, count, rng) * pace)
    export = _spread(4.0, 0.85, count, rng) * pace * content * np.where(failures["UNP"], 0.25, 1.0)
    times["pull"] = advance(team, times["pull_start"], export)
    times["redact"] = advance(team, times["pull"], _spread(0.9, 0.6, count, rng) * touch * content)
    sealed = columns["ndo"] & (columns["authority"] == "federal_court")
    checked = columns["content"] | columns["emergency"] | sealed | (rng.random(count) < _QC_AT_RANDOM)
    columns["checked"] = checked & (columns["last"] == _ALL)
    times["qc"] = advance(team, times["redact"], _spread(3.4, 0.75, count, rng) * pace)
    columns["found"] = columns["checked"] & (rng.random(count) < _QC_FINDING)
    times["redo"] = advance(team, times["qc"], _spread(2.0, 0.6, count, rng) * touch)
    times["qc_again"] = advance(team, times["redo"], _spread(1.5, 0.6, count, rng) * pace)
    ready = np.where(columns["found"], times["qc_again"], np.where(columns["checked"], times["qc"], times["redact"]))
    ready = np.where(columns["last"] == _PULL, times["pull"], ready)
    times["notice_decision"] = advance(team, ready, _spread(0.3, 0.5, count, rng) * touch)
    times["deliver"] = advance(team, times["notice_decision"], _spread(0.5, 0.6, count, rng) * touch)
    times["confirm"] = advance(team, times["deliver"], _spread(1.6, 0.9, count, rng) * pace)
    times["close"] = advance(team, times["confirm"], _spread(0.4, 0.6, count, rng) * pace)


def _log_front(
    columns: Columns,
    times: dict[str, FloatArray],
    people: dict[str, NDArray[np.int64]],
    log: EventLog,
    failures: dict[str, NDArray[np.bool_]],
    rng: np.random.Generator,
) -> None:
    everyone = np.ones(len(columns["received"]), dtype=bool)
    channel, last = columns["channel"], columns["last"]
    loader = {"portal": "agency-portal", "bulk_file": "bulk-loader", "email": "mail-intake", "mail": "mail-intake"}
    system = np.array([loader[c] for c in channel], dtype=object)
    front_queue = np.where(columns["emergency"], "Q-EMERGENCY", np.where(channel == "bulk_file", "Q-BULK", "Q-INTAKE"))
    log.add("intake", times["intake"], everyone, queue=front_queue.astype(object), system=system)
    log.add("triage", times["triage"], everyone, actors=people["intake"], queue=front_queue.astype(object))
    called = columns["emergency"] & (rng.random(len(everyone)) < 0.985)
    for mechanism in mechanisms_of("FRE"):
        passed_by = in_segment(mechanism, columns) & in_force(mechanism, columns)
        called &= ~(passed_by & (failures["FRE"] | (rng.random(len(everyone)) < 0.72)))
    called &= ~(failures["FRE"] & (rng.random(len(everyone)) < 0.5))
    columns["called_back"] = called
    log.add("callback", times["callback"], called, actors=people["intake"], queue="Q-EMERGENCY", system="telephony")
    on_record = rng.random(len(everyone)) >= _NOT_ON_RECORD["authenticate"]
    log.add("authenticate", times["authenticate"], on_record, actors=people["intake"], system="agency-directory")
    legal = last >= _LEGAL
    log.add("legal_review", times["legal_review"], legal, actors=people["legal"], queue="Q-LEGAL")
    team_queue = np.array([f"Q-{name[-1]}" for name in columns["team_id"]], dtype=object)
    team_queue[columns["held"]] = "Q-D2"
    team_queue[columns["language_queue"]] = "Q-LANGUAGE"
    columns["queue_id"] = team_queue
    log.add("route", times["route"], last >= _SCOPE, actors=people["legal"], queue=team_queue, system="router")


def _log_work(
    columns: Columns,
    times: dict[str, FloatArray],
    people: dict[str, NDArray[np.int64]],
    log: EventLog,
    failures: dict[str, NDArray[np.bool_]],
    rng: np.random.Generator,
) -> None:
    count, last, mine = len(columns["received"]), columns["last"], people["specialist"]
    recorded = {step: rng.random(count) >= share for step, share in _NOT_ON_RECORD.items()}
    scoped, searched, disclosed = last >= _SCOPE, last >= _PULL, last == _ALL
    queue = columns["queue_id"]
    log.add("scope_review", columns["begun"], scoped, lifecycle="start", actors=mine, queue=queue)
    log.add("scope_review", times["scope_review"], scoped, actors=mine, queue=queue)
    asked = columns["asked"]
    log.add("clarify", times["scope_review"], asked, lifecycle="start", actors=mine, queue=queue)
    log.add("clarify", times["asked"], asked, lifecycle="pause", actors=mine, queue=queue)
    log.add("clarify", times["answered"], asked, lifecycle="resume", queue=queue, system="agency-portal")
    log.add("clarify", times["clarify"], asked, actors=mine, queue=queue)
    kept = searched & recorded["preserve"] & ~failures["PRF"]
    log.add("preserve", times["preserve"], kept, actors=mine, system="preserver")
    log.add("ndo_check", times["ndo_check"], searched & recorded["ndo_check"], actors=mine)
    found = searched & recorded["resolve_identifier"]
    log.add("resolve_identifier", times["resolve_identifier"], found, actors=mine, system="resolver")
    log.add("pull", times["pull_start"], searched, lifecycle="start", actors=mine, system="exporter")
    log.add("pull", times["pull"], searched, actors=mine, system="exporter")
    log.add("redact", times["redact"], disclosed & recorded["redact"], actors=mine, system=_viewer(columns))
    checker = people["quality"]
    log.add("qc", times["qc"], columns["checked"], actors=checker, queue="Q-QC")
    again = columns["found"]
    log.add("pull", times["redo"], again & (rng.random(count) < 0.4), actors=mine, system="exporter")
    log.add("redact", times["redo"] + 0.02, again, actors=mine, system=_viewer(columns))
    log.add("qc", times["qc_again"], again, actors=checker, queue="Q-QC")
    log.add("notice_decision", times["notice_decision"], searched, actors=mine, queue=_notice_queue(columns, times))
    by = np.where(np.isin(columns["channel"], ("portal", "bulk_file")), "agency-portal", "secure-mail").astype(object)
    log.add("deliver", times["deliver"], searched, actors=mine, system=by)
    confirmed = searched & ~failures["WRC"] & (rng.random(count) < 0.97)
    log.add("confirm", times["confirm"], confirmed, system=by)


def _viewer(columns: Columns) -> NDArray[np.object_]:
    """Redaction viewer in use: version 3 in the pilot of TEAM-A, version 2 elsewhere."""
    pilot = np.zeros(len(columns["received"]), dtype=bool)
    for mechanism in mechanisms_of("RED"):
        if "team_id" in mechanism.segment:
            pilot |= in_segment(mechanism, columns) & in_force(mechanism, columns)
    return np.where(pilot, "redaction-viewer-3", "redaction-viewer-2").astype(object)


def _notice_queue(columns: Columns, times: dict[str, FloatArray]) -> NDArray[np.object_]:
    """Queue that holds the notice timer: one for all until the reorganisation of February 2025, then one a team."""
    queue = np.array([f"Q-NOTICE-{team[-1]}" for team in columns["team_id"]], dtype=object)
    queue[times["notice_decision"] < hours_at("2025-02-24")] = "Q-NOTICE"
    queue[~columns["ndo"]] = None
    return queue


def _finish(
    columns: Columns,
    times: dict[str, FloatArray],
    people: dict[str, NDArray[np.int64]],
    log: EventLog,
    rng: np.random.Generator,
) -> None:
    """End each request: by delivery, by return to the agency, or by withdrawal; some are opened again."""
    count, last = len(columns["received"]), columns["last"]
    disposition = columns["disposition"]
    withdrawn = disposition == "withdrawn"
    at = times["legal_review"] + rng.random(count) * np.maximum(times["pull"] - times["legal_review"], 0.5)
    log.keep(~withdrawn, at)
    waiting = withdrawn & columns["asked"] & (times["asked"] < at) & (times["answered"] >= at)
    log.add("clarify", at, waiting, lifecycle="resume", system="agency-portal")
    log.add("withdraw", at, withdrawn, system="agency-portal")
    rejected = disposition == "rejected"
    reached = np.select(
        [last == _AUTHENTICATE, last == _LEGAL], [times["authenticate"], times["legal_review"]], times["scope_review"]
    )
    back = advance(
        columns["team_id"], reached, _spread(0.6, 0.6, count, rng) * np.where(columns["emergency"], 0.2, 1.0)
    )
    who = np.where(
        last == _AUTHENTICATE, people["intake"], np.where(last == _LEGAL, people["legal"], people["specialist"])
    )
    log.add("reject", back, rejected, actors=who)
    ended = np.where(withdrawn, at, np.where(rejected, back, times["close"]))
    ended = np.where(withdrawn | rejected, advance(columns["team_id"], ended, _spread(0.3, 0.5, count, rng)), ended)
    log.add("close", ended, np.ones(count, dtype=bool), actors=people["specialist"])
    ended = _reopen(columns, ended, people, log, rng)
    columns["closed"] = np.where(ended < END, np.round(ended * 3600.0) / 3600.0, np.nan)
    columns["outcome"] = np.where(ended < END, disposition, "open").astype(object)


def _reopen(
    columns: Columns, ended: FloatArray, people: dict[str, NDArray[np.int64]], log: EventLog, rng: np.random.Generator
) -> FloatArray:
    """Open a few finished requests again under the same id; returns the final closure."""
    count, team, mine = len(ended), columns["team_id"], people["specialist"]
    again = np.isin(columns["disposition"], ("full", "partial")) & (rng.random(count) < _REOPENED)
    opened = ended + 24.0 * rng.uniform(2.0, 24.0, count)
    again &= opened < END
    scope = advance(team, opened, _spread(5.0, 0.6, count, rng))
    pull = advance(team, scope, _spread(3.0, 0.6, count, rng))
    deliver = advance(team, pull, _spread(4.0, 0.6, count, rng))
    close = advance(team, deliver, _spread(2.0, 0.6, count, rng))
    log.add("reopen", opened, again, system="agency-portal")
    log.add("scope_review", scope, again, actors=mine, queue=columns["queue_id"])
    log.add("pull", pull, again, actors=mine, system="exporter")
    log.add("deliver", deliver, again, actors=mine, system="secure-mail")
    log.add("close", close, again, actors=mine)
    return np.where(again, close, ended)


def _log_duties(
    columns: Columns,
    times: dict[str, FloatArray],
    people: dict[str, NDArray[np.int64]],
    log: EventLog,
    failures: dict[str, NDArray[np.bool_]],
    rng: np.random.Generator,
) -> None:
    """Log what runs beside the pipeline: notice to users, child-safety reports, word from counsel."""
    count, mine = len(columns["received"]), people["specialist"]
    disclosed = np.isin(columns["disposition"], ("full", "partial"))
    decided = times["notice_decision"]
    at_once = (
        disclosed & ~columns["ndo"] & ~columns["emergency"] & ~columns["international"] & (rng.random(count) < 0.45)
    )
    log.add("notify_user", decided + rng.uniform(0.3, 3.0, count), at_once, system="notifier")
    due = disclosed & columns["ndo"]
    late, lost = failures["UNM"] & (rng.random(count) < 0.4), failures["UNM"]
    on_time = columns["ndo_expires"] + 24.0 * rng.uniform(0.1, 4.0, count)
    told = np.where(late, columns["ndo_expires"] + 24.0 * rng.uniform(36.0, 80.0, count), on_time)
    early = decided + rng.uniform(2.0, 90.0, count)
    told = np.where(failures["NDV"], np.minimum(early, columns["ndo_expires"] - 12.0), np.maximum(told, decided + 1.0))
    times["notified"] = told
    log.add("notify_user", told, due & (late | ~lost), system="notifier")
    reported = (
        (columns["sensitivity"] == "csam_adjacent")
        & (columns["last"] >= _PULL)
        & ~(columns["disposition"] == "withdrawn")
    )
    log.add(
        "report_ncmec",
        times["scope_review"] + rng.uniform(0.4, 6.0, count),
        reported,
        actors=mine,
        queue="Q-CHILD-SAFETY",
    )
    extended = reported & ~failures["CSM"] & (rng.random(count) < 0.99)
    log.add(
        "extend_preservation", times["preserve"] + 24.0 * rng.uniform(78.0, 88.0, count), extended, system="preserver"
    )
    hard = (columns["last"] >= _SCOPE) & (rng.random(count) < 0.012)
    log.add("counsel_escalation", times["legal_review"] + 0.05, hard, actors=people["legal"], queue="Q-COUNSEL")
