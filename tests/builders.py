"""A small source with every table of the contract, the same every time: what the tests of cases and runs read.

Six hundred requests over fifty weeks. One failure rises on purpose: from `RISE` on, search warrants leave out data that
should have been produced (UNP), because tool 4.2 came into force that day. Deadlines are missed at the same rate all along.
"""

from __future__ import annotations

import copy
import csv
import random
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path

Row = dict[str, str]
Tables = dict[str, list[Row]]

START = datetime(2025, 1, 6, tzinfo=UTC)
RISE = datetime(2025, 8, 4, tzinfo=UTC)
END = datetime(2025, 12, 22, tzinfo=UTC)
PER_WEEK = 12

SETTINGS = """\
timezone = "UTC"
small_cell = 10
simulated = true

[dimensions]
requests = ["region"]

[outcomes.rework]
table = "requests"
where = "rework_count >= 2"
matures_after = "14d"
phrase = "were worked over twice or more"
"""

# Shares of the time from receipt to closing at which each step ends.
_STEPS = {
    "intake": 0.02,
    "triage": 0.06,
    "authenticate": 0.12,
    "legal_review": 0.2,
    "route": 0.26,
    "scope_review": 0.36,
    "preserve": 0.42,
    "ndo_check": 0.47,
    "resolve_identifier": 0.55,
    "pull": 0.68,
    "redact": 0.78,
    "qc": 0.86,
    "notice_decision": 0.9,
    "deliver": 0.95,
    "confirm": 0.98,
    "close": 1.0,
}
_DAYS = {"routine": 14, "expedited": 7, "emergency": 1}


def small_tables() -> Tables:
    """Return the tables, to be changed at will: every cell is text, an empty one is missing."""
    tables = copy.deepcopy(_tables())
    named = {row["request_id"] for row in tables["escalation_requests"]}
    for request in tables["requests"]:
        if request["request_id"] in named:
            # The way of a request under a nondisclosure order is not told; tests of that make their own.
            request["ndo"] = "false"
    return tables


def write_source(folder: Path, tables: Mapping[str, Iterable[Row]], settings: str | None = SETTINGS) -> Path:
    """Write tables as the CSV files of a source, and return its folder. A table without rows is not written."""
    folder.mkdir(parents=True, exist_ok=True)
    if settings is not None:
        (folder / "source.toml").write_text(settings, encoding="utf-8")
    for name, table in tables.items():
        rows = list(table)
        if rows:
            with (folder / f"{name}.csv").open("w", encoding="utf-8", newline="") as file:
                writer = csv.DictWriter(file, list(dict.fromkeys(key for row in rows for key in row)))
                writer.writeheader()
                writer.writerows(rows)
    return folder


def said(moment: datetime) -> str:
    """Write a moment as the tables hold it."""
    return f"{moment:%Y-%m-%dT%H:%M:%SZ}"


@cache
def _tables() -> Tables:
    chance = random.Random(20250106)
    requests, events = _work(chance)
    assessments, items = _assessments(chance, requests)
    return {
        "requests": requests,
        "events": events,
        "staff": _staff(),
        "assessments": assessments,
        "assessment_items": items,
        "rubric_items": [
            {"rubric_version": "R3", "item_id": item, "severity": severity, "pillar": pillar, "weight": weight}
            for item, severity, pillar, weight in (
                ("C4", "critical", "Scope", "5"),
                ("C5", "critical", "Completeness", "5"),
                ("M1", "minor", "Documentation", "1"),
            )
        ],
        "calibration_ratings": [
            {"unit_id": f"U{unit:02}", "rater_id": rater, "item_id": "C5", "rating": rating, "gold": "pass"}
            for unit in range(12)
            for rater, rating in (("SPC-21", "pass"), ("SPC-22", "fail" if unit % 5 == 0 else "pass"))
        ],
        "disputes": _disputes(assessments, items),
        **_escalations(requests, items, assessments),
        **_evidence(),
        "changes": _changes(),
        "actions": _actions(),
        "sla_policies": [
            {"process_type": kind, "urgency": urgency, "target_hours": str(days * 24), "effective_from": said(START)}
            for kind in ("subpoena", "search_warrant", "court_order")
            for urgency, days in _DAYS.items()
        ],
        "feedback": [
            {
                "feedback_id": "FBK-1",
                "to_role": "specialist",
                "kind": "system_fix_notice",
                "given_at": "2025-10-20T12:00:00Z",
                "escalation_id": "ESC-0003",
            }
        ],
    }


def _staff() -> list[Row]:
    return [
        {
            "actor_id": f"SPC-{number:02}",
            "role": "quality reviewer" if number > 20 else "specialist",
            "team_id": f"T{number % 3 + 1}",
            "site": ("Dublin", "Austin")[number % 2],
            "tenure_start": said(START - timedelta(days=90 * (number % 9) + 30)),
        }
        for number in (*range(1, 10), 21, 22)
    ]


def _work(chance: random.Random) -> tuple[list[Row], list[Row]]:
    requests: list[Row] = []
    events: list[Row] = []
    for number in range(50 * PER_WEEK):
        week, place = divmod(number, PER_WEEK)
        received = START + timedelta(weeks=week, days=place % 5, hours=8 + place // 2, minutes=chance.randrange(60))
        urgency = chance.choices(list(_DAYS), (80, 15, 5))[0]
        allowed = timedelta(days=_DAYS[urgency])
        took = allowed * (1 + chance.random() / 2 if chance.random() < 0.08 else 0.2 + 0.7 * chance.random())
        closed = received + took
        request = {
            "request_id": f"REQ-{number + 1:05}",
            "received_at": said(received),
            "process_type": chance.choices(("subpoena", "search_warrant", "court_order"), (45, 40, 15))[0],
            "agency_id": f"AGY-{chance.randrange(1, 40):03}",
            "jurisdiction": chance.choice(("US-CA", "US-NY", "US-TX")),
            "channel": chance.choice(("portal", "portal", "email")),
            "urgency": urgency,
            "due_at": said(received + allowed),
            "closed_at": said(closed) if closed <= END else "",
            "outcome": chance.choice(("full", "full", "partial", "no_data")) if closed <= END else "open",
            "ndo": "true" if chance.random() < 0.15 else "false",
            "n_identifiers": str(chance.randrange(1, 4)),
            "sensitivity": "none",
            "team_id": f"T{chance.randrange(1, 4)}",
            "specialist_id": f"SPC-{chance.randrange(1, 10):02}",
            "policy_version": "P7",
            "tool_version": "4.2" if received >= RISE else "4.1",
            "template_version": "L2",
            "region": chance.choice(("north", "south")),
            "rework_count": str(chance.choices((0, 1, 2, 3), (70, 20, 7, 3))[0]),
        }
        requests.append(request)
        events += _events(chance, request, received, took)
    return requests, events


def _events(chance: random.Random, request: Row, received: datetime, took: timedelta) -> list[Row]:
    skipped = {"qc"} if chance.random() < 0.4 else set()
    rows: list[Row] = []
    before = 0.0
    for place, (activity, share) in enumerate(_STEPS.items()):
        # Somewhere in the last half of the step's own time, so that the order of the steps holds.
        ended = received + took * (1.0 if share == 1 else share - (share - before) * chance.random() / 2)
        before = share
        if ended > END or activity in skipped:
            continue
        rows.append(
            {
                "request_id": request["request_id"],
                "activity": activity,
                "ts": said(ended),
                "lifecycle": "complete",
                "seq": str(place),
                "actor_id": request["specialist_id"],
                "actor_role": "specialist",
                "queue_id": "Q1",
            }
        )
    return rows


def _assessments(chance: random.Random, requests: list[Row]) -> tuple[list[Row], list[Row]]:
    assessments: list[Row] = []
    items: list[Row] = []
    for request in requests:
        drawn = chance.random() < 0.5
        looked_at_for_a_reason = chance.random() < 0.07
        closed = datetime.fromisoformat(request["closed_at"]) if request["closed_at"] else END
        assessed = closed + timedelta(days=3 + chance.randrange(4))
        if assessed > END or not (drawn or looked_at_for_a_reason):
            continue
        assessment = f"AST-{len(assessments) + 1:04}"
        fails = _fails(chance, request, 1 if drawn else 3)
        assessments.append(
            {
                "assessment_id": assessment,
                "request_id": request["request_id"],
                "assessed_at": said(assessed),
                "assessor_id": f"SPC-{chance.choice((21, 22))}",
                "rubric_version": "R3",
                "sample_arm": "random" if drawn else "targeted",
                "inclusion_prob": "0.5" if drawn else "",
                "quality_score": f"{1 - 0.3 * len(fails):.2f}",
                "critical_fail": "true" if {"C4", "C5"} & fails.keys() else "false",
                "status": "final",
            }
        )
        items += [
            {
                "assessment_id": assessment,
                "item_id": item,
                "result": "fail" if item in fails else "pass",
                "failure_mode": fails.get(item, ""),
            }
            for item in ("C4", "C5", "M1")
        ]
    return assessments, items


def _fails(chance: random.Random, request: Row, times: int) -> Row:
    """Return the items that a request fails, each with its failure mode; this is where the rise is planted."""
    reached = request["process_type"] == "search_warrant" and request["tool_version"] == "4.2"
    shares = {"C4": (0.02, "OVP"), "C5": (0.5 if reached else 0.03, "UNP"), "M1": (0.05, "DOC")}
    return {item: mode for item, (share, mode) in shares.items() if chance.random() < share * times}


def _disputes(assessments: list[Row], items: list[Row]) -> list[Row]:
    failed = [row["assessment_id"] for row in items if row["failure_mode"] == "DOC"]
    when = {row["assessment_id"]: datetime.fromisoformat(row["assessed_at"]) for row in assessments}
    return [
        {
            "dispute_id": f"DSP-{number}",
            "assessment_id": assessment,
            "item_id": "M1",
            "raised_at": said(when[assessment] + timedelta(days=1)),
            "resolved_at": said(when[assessment] + timedelta(days=3)),
            "outcome": ("upheld", "overturned")[number % 2],
        }
        for number, assessment in enumerate(failed[:4])
    ]


def _escalations(requests: list[Row], items: list[Row], assessments: list[Row]) -> Tables:
    of_assessment = {row["assessment_id"]: row["request_id"] for row in assessments}
    kinds = {row["request_id"]: row["process_type"] for row in requests}
    left_out = [of_assessment[row["assessment_id"]] for row in items if row["failure_mode"] == "UNP"]
    hit = [one for one in left_out if kinds[one] == "search_warrant" and one > "REQ-00400"]
    late = [row["request_id"] for row in requests if row["closed_at"] and row["closed_at"] > row["due_at"]]
    reworked = [row["request_id"] for row in requests if int(row["rework_count"]) > 1]
    return {
        "escalations": [
            _escalation(
                "ESC-0001",
                "2025-04-21",
                "LAT",
                "S3",
                "A court deadline passed",
                harm="potential",
                detected_by="counsel",
            ),
            _escalation("ESC-0002", "2025-06-16", "WRC", "S1", "Records reached another agency", harm="actual"),
            _escalation(
                "ESC-0003",
                "2025-10-13",
                "UNP",
                "S2",
                "Productions under search warrants left out data",
                harm="potential",
                detected_by="agency",
                privilege="work_product",
            ),
            _escalation("ESC-0004", "2025-11-10", "rework", "S3", "A production went back and forth", status="closed"),
            # As sparse as the contract allows.
            {"escalation_id": "ESC-0005", "opened_at": "2025-12-01T09:00:00Z", "failure_mode": "OVP", "severity": "S4"},
        ],
        "escalation_requests": [
            {"escalation_id": escalation, "request_id": request, "role": role}
            for escalation, request, role in (
                ("ESC-0001", late[2], "index"),
                ("ESC-0002", "REQ-00120", "index"),
                ("ESC-0003", hit[0], "index"),
                ("ESC-0003", hit[1], "index"),
                ("ESC-0003", hit[2], "sibling"),
                ("ESC-0003", "REQ-00300", "control"),
                ("ESC-0004", reworked[-20], "index"),
            )
        ],
    }


def _escalation(name: str, day: str, mode: str, severity: str, title: str, **more: str) -> Row:
    opened = datetime.fromisoformat(day).replace(hour=9, tzinfo=UTC)
    return {
        "escalation_id": name,
        "opened_at": said(opened),
        "title": title,
        "summary": f"{title}, as reported.",
        "severity": severity,
        "failure_mode": mode,
        "occurred_at": said(opened - timedelta(days=6, hours=3)),
        "detected_at": said(opened - timedelta(days=1)),
        "detected_by": "QA",
        "designated_rca": "true",
        "harm": "none",
        "privilege": "none",
        "status": "open",
        "closed_at": said(opened + timedelta(days=20)) if more.get("status") == "closed" else "",
        **more,
    }


def _changes() -> list[Row]:
    entries = (
        ("2025-02-03", "policy", "Retention policy", ""),
        ("2025-04-07", "routing", "Routing by region", "region = 'north'"),
        ("2025-06-02", "staffing", "New starters in team T2", "team_id = 'T2'"),
        (f"{RISE:%Y-%m-%d}", "tool", "Export tool 4.2", "process_type = 'search_warrant'"),
        ("2025-08-11", "template", "Cover letter", ""),
        ("2025-11-03", "rubric", "Rubric wording", ""),
    )
    return [
        {
            "change_id": f"CHG-{number}",
            "effective_from": f"{day}T00:00:00Z",
            "kind": kind,
            "component": component,
            "description": f"{component} changed",
            "segment": segment,
            "owner_team": "platform",
        }
        for number, (day, kind, component, segment) in enumerate(entries, start=1)
    ]


def _evidence() -> Tables:
    kinds = (("interview", "specialist", "B", "2"), ("log", "engineer", "A", "1"), ("document", "counsel", "A", "2"))
    evidence = [
        {
            "evidence_id": f"EVD-{number}",
            "escalation_id": "ESC-0003",
            "kind": kind,
            "collected_at": f"2025-10-{13 + number}T10:00:00Z",
            "source_role": role,
            "text": "The export showed every field that had been asked for.",
            "reliability": reliability,
            "credibility": credibility,
        }
        for number, (kind, role, reliability, credibility) in enumerate(kinds, start=1)
    ]
    codings = [
        {"evidence_id": row["evidence_id"], "code_id": "K1", "coder_id": "SPC-21", "span_start": "0", "span_end": "10"}
        for row in evidence
    ]
    codebook = [{"code_id": "K1", "definition": "What a tool shows and hides", "level": "tool"}]
    return {"evidence": evidence, "codings": codings, "codebook": codebook}


def _actions() -> list[Row]:
    entries = (
        ("ESC-0003", "Check each export against the fields asked for", "stronger", "2025-11-17", "done", "2025-11-14"),
        ("ESC-0003", "Warn when a field is left out", "stronger", "2026-02-02", "open", ""),
        ("ESC-0003", "Remind specialists of the export options", "weaker", "2025-12-01", "open", ""),
        ("ESC-0003", "Stop using the tool", "intermediate", "2025-11-03", "cancelled", ""),
        ("ESC-0001", "Show the days left in the queue", "", "", "open", ""),
    )
    return [
        {
            "action_id": f"ACT-{number}",
            "escalation_id": escalation,
            "description": description,
            "domain": "system",
            "strength": strength,
            "owner_role": "tool owner" if strength else "",
            "due_at": f"{due}T00:00:00Z" if due else "",
            "status": status,
            "done_at": f"{done}T00:00:00Z" if done else "",
        }
        for number, (escalation, description, strength, due, status, done) in enumerate(entries, start=1)
    ]
