"""Nothing recorded after ``as_of`` changes what a review says, whatever it is."""

import pytest

from rca_lib.review.case import open_case
from tests.builders import small_tables
from tests.review.conftest import Answers

WALL = "2025-11-02"
NEXT_DAY = "2025-11-03T00:00:00Z"

MOMENTS = {
    "requests": "received_at",
    "events": "ts",
    "assessments": "assessed_at",
    "disputes": "raised_at",
    "escalations": "opened_at",
    "changes": "effective_from",
    "evidence": "collected_at",
    "feedback": "given_at",
}


def known(tables):
    """Cut tables down to what was on record by the wall, by hand and apart from the code under test."""
    kept = {
        name: [row for row in rows if name not in MOMENTS or row[MOMENTS[name]] < NEXT_DAY]
        for name, rows in tables.items()
    }
    for row in kept["requests"]:
        if row["closed_at"] > NEXT_DAY:
            row.update(closed_at="", outcome="open")
    for row in kept["escalations"]:
        if row.get("closed_at", "") > NEXT_DAY:
            row.update(closed_at="", status="open")
    for row in kept["actions"]:
        if row["done_at"] > NEXT_DAY:
            row.update(done_at="", status="open")
    for row in kept["disputes"]:
        if row["resolved_at"] > NEXT_DAY:
            row.update(resolved_at="", outcome="")
    for name, parent, key in (
        ("assessment_items", "assessments", "assessment_id"),
        ("escalation_requests", "escalations", "escalation_id"),
        ("actions", "escalations", "escalation_id"),
    ):
        there = {row[key] for row in kept[parent]}
        kept[name] = [row for row in kept[name] if row[key] in there]
    return kept


def with_a_wild_future(tables):
    """Add rows to every table that would change every answer, were they known."""
    first = tables["requests"][0]
    for number in range(80):
        request = f"REQ-9{number:04}"
        tables["requests"].append(
            {
                **first,
                "request_id": request,
                "received_at": f"2025-11-{number % 20 + 5:02}T09:00:00Z",
                "closed_at": "2025-12-19T09:00:00Z",
                "due_at": "2025-12-01T09:00:00Z",
                "process_type": "search_warrant",
                "team_id": "T9",
                "tool_version": "5.0",
                "rework_count": "9",
                "reopened_from": "REQ-00002",
            }
        )
        tables["events"].append(
            {"request_id": request, "activity": "close", "ts": "2025-12-19T09:00:00Z", "lifecycle": "complete"}
        )
        tables["escalation_requests"].append({"escalation_id": "ESC-0003", "request_id": request, "role": "index"})
    for number, request in enumerate(tables["requests"][:400]):
        assessment = f"AST-9{number:04}"
        tables["assessments"].append(
            {
                **tables["assessments"][0],
                "assessment_id": assessment,
                "request_id": request["request_id"],
                "assessed_at": "2025-12-15T09:00:00Z",
                "sample_arm": "random",
                "inclusion_prob": "0.9",
            }
        )
        tables["assessment_items"].append(
            {"assessment_id": assessment, "item_id": "C5", "result": "fail", "failure_mode": "UNP"}
        )
    disputed = {row["assessment_id"] for row in tables["disputes"]}
    for number, row in enumerate(row for row in tables["assessments"][:150] if row["assessment_id"] not in disputed):
        row["status"] = "overturned"
        tables["disputes"].append(
            {
                "dispute_id": f"DSP-9{number:03}",
                "assessment_id": row["assessment_id"],
                "item_id": "C5",
                "raised_at": max(said_day(row["assessed_at"]), "2025-11-20T00:00:00Z"),
                "resolved_at": "2025-12-19T00:00:00Z",
                "outcome": "overturned",
            }
        )
    for number in range(20):
        name = f"ESC-9{number:03}"
        tables["escalations"].append(
            {
                **tables["escalations"][2],
                "escalation_id": name,
                "opened_at": "2025-12-10T00:00:00Z",
                "occurred_at": "2025-06-01T00:00:00Z",
                "detected_at": "2025-12-09T00:00:00Z",
            }
        )
        tables["escalation_requests"].append({"escalation_id": name, "request_id": f"REQ-00{number + 100}", "role": ""})
        tables["actions"].append({**tables["actions"][0], "action_id": f"ACT-9{number}", "escalation_id": name})
        tables["changes"].append(
            {**tables["changes"][3], "change_id": f"CHG-9{number}", "effective_from": "2025-11-24T00:00:00Z"}
        )
        tables["evidence"].append(
            {**tables["evidence"][0], "evidence_id": f"EVD-9{number}", "collected_at": "2025-12-01T00:00:00Z"}
        )
        tables["feedback"].append(
            {**tables["feedback"][0], "feedback_id": f"FBK-9{number}", "given_at": "2025-12-01T00:00:00Z"}
        )
    tables["staff"].append(
        {"actor_id": "SPC-99", "team_id": "T9", "site": "Oslo", "tenure_start": "2025-12-01T00:00:00Z"}
    )
    tables["sla_policies"].append(
        {
            "process_type": "subpoena",
            "urgency": "routine",
            "target_hours": "1",
            "effective_from": "2025-12-01T00:00:00Z",
        }
    )
    return tables


def said_day(moment):
    return f"{moment[:10]}T23:59:59Z"


@pytest.fixture(scope="module")
def sources(tmp_path_factory):
    """What was on record by the wall, and the same with all that came later: under one name, so that both read alike."""
    from rca_lib.data.source import open_source
    from tests.builders import write_source

    folder = tmp_path_factory.mktemp("wall")
    past, future = known(small_tables()), with_a_wild_future(small_tables())
    return open_source(write_source(folder / "past" / "small", past)), open_source(
        write_source(folder / "future" / "small", future)
    )


@pytest.mark.parametrize("escalation", ["ESC-0001", "ESC-0002", "ESC-0003"])
def test_nothing_recorded_later_changes_what_is_said(sources, escalation):
    past, future = (Answers(open_case(escalation, source, as_of=WALL)) for source in sources)

    for verb in past:
        before, after = past[verb].as_json(), future[verb].as_json()
        for answer in (before, after):
            answer["record"] = {key: part for key, part in (answer["record"] or {}).items() if key != "source_digest"}
        assert after == before, verb
