"""Each check is silent on a good source and speaks on the smallest bad one."""

import pytest

from rca_lib.data.checks import CHECKS
from rca_lib.data.source import open_source


def found(source):
    return [
        (problem.check, problem.table, problem.column, problem.severity, problem.count) for problem in source.problems
    ]


def test_a_good_source_has_no_problem(make_source, good):
    source = make_source(good)
    assert source.problems == ()
    assert source.set_aside == {}
    assert {name: len(table) for name, table in source.tables.items()} == {
        name: len(text.splitlines()) - 1 for name, text in good.items()
    }


CHANGED = [
    ("requests", 1, {"urgency": "rutine"}, ("bad_word", "requests", "urgency", "error", 1)),
    ("requests", 1, {"received_at": "03/04/2025"}, ("unreadable_value", "requests", "received_at", "error", 1)),
    ("requests", 1, {"received_at": "2025-02-30"}, ("unreadable_value", "requests", "received_at", "error", 1)),
    ("requests", 1, {"received_at": ""}, ("missing_value", "requests", "received_at", "error", 1)),
    ("requests", 1, {"ndo": "perhaps"}, ("unreadable_value", "requests", "ndo", "error", 1)),
    ("requests", 1, {"n_identifiers": "1.5"}, ("unreadable_value", "requests", "n_identifiers", "error", 1)),
    ("requests", 1, {"n_identifiers": "-1"}, ("out_of_bounds", "requests", "n_identifiers", "error", 1)),
    ("requests", 1, {"closed_at": "2025-03-02 10:00"}, ("moments_in_order", "requests", "closed_at", "error", 1)),
    ("requests", 3, {"closed_at": "9999-12-31 00:00"}, ("placeholder_date", "requests", "closed_at", "error", 1)),
    ("requests", 1, {"scope_from": "1924-01-01"}, ("placeholder_date", "requests", "scope_from", "warning", 1)),
    ("requests", 1, {"specialist_id": "P9"}, ("orphan", "requests", "specialist_id", "warning", 1)),
    ("requests", 1, {"reopened_from": "R9"}, ("orphan", "requests", "reopened_from", "warning", 1)),
    ("requests", 1, {"agency_id": " AG1"}, ("padded_id", "requests", "agency_id", "warning", 1)),
    ("events", 1, {"request_id": "R9"}, ("orphan", "events", "request_id", "error", 1)),
    ("events", 3, {"ts": "2025-03-03 10:30"}, ("events_in_order", "events", "ts", "warning", 1)),
    ("events", 3, {"lifecycle": "pause"}, ("pauses_balance", "events", "lifecycle", "warning", 1)),
    ("events", 2, {"lifecycle": "resume"}, ("pauses_balance", "events", "lifecycle", "warning", 2)),
    ("events", 3, {"lifecycle": "complete"}, ("pauses_balance", "events", "lifecycle", "warning", 1)),
    ("events", 1, {"ts": "2025-03-03 09:00"}, ("clock_skew", "events", "ts", "warning", 1)),
    ("events", 1, {"activity": "withdraw"}, ("disclosure_after_withdrawal", "events", "activity", "warning", 1)),
    ("events", 5, {"ts": "2025-08-31 08:00"}, ("notice_under_order", "events", "ts", "warning", 1)),
    ("assessments", 1, {"assessor_id": "P1"}, ("assessor_is_independent", "assessments", "assessor_id", "warning", 1)),
    ("assessments", 1, {"inclusion_prob": "0"}, ("out_of_bounds", "assessments", "inclusion_prob", "error", 1)),
    ("assessments", 1, {"rubric_version": "2025.1"}, ("rubric_in_force", "assessments", "rubric_version", "warning", 1)),
    ("assessments", 2, {"rubric_version": "2024.2"}, ("rubric_in_force", "assessments", "rubric_version", "warning", 1)),
    ("assessments", 1, {"rubric_version": "2019"}, ("unknown_rubric", "assessments", "rubric_version", "warning", 1)),
    ("assessment_items", 1, {"failure_mode": ""}, ("failed_item_without_mode", "assessment_items", "failure_mode", "warning", 1)),
    ("assessment_items", 1, {"failure_mode": "OVR"}, ("unknown_failure_mode", "assessment_items", "failure_mode", "warning", 1)),
    ("assessment_items", 2, {"item_id": "C7"}, ("unknown_rubric_item", "assessment_items", "item_id", "warning", 1)),
    ("escalations", 1, {"occurred_at": "2025-03-08 11:00"}, ("moments_in_order", "escalations", "detected_at", "warning", 1)),
    ("escalations", 1, {"detected_at": "2025-03-09 11:00"}, ("moments_in_order", "escalations", "opened_at", "warning", 1)),
    ("escalations", 1, {"failure_mode": "late"}, ("unknown_failure_mode", "escalations", "failure_mode", "warning", 1)),
    ("evidence", 1, {"escalation_id": "ESC-9"}, ("orphan", "evidence", "escalation_id", "error", 1)),
    ("evidence", 1, {"credibility": "7"}, ("bad_word", "evidence", "credibility", "error", 1)),
    ("sla_policies", 1, {"target_working_days": ""}, ("target_missing", "sla_policies", "target_hours, target_working_days", "error", 1)),
    ("requests", 1, {"colour": "red"}, ("unknown_column", "requests", "colour", "warning", 1)),
    ("requests", 1, {"received_at": "2025-03-03"}, ("mixed_precision", "requests", "received_at", "warning", 1)),
    ("requests", 1, {"received_at": "2025-03-03T10:00Z"}, ("mixed_offset", "requests", "received_at", "warning", 1)),
]  # fmt: skip


@pytest.mark.parametrize(("table", "row", "cells", "problem"), CHANGED)
def test_one_bad_cell_is_found(make_source, changed, table, row, cells, problem):
    source = make_source(changed(table, row, **cells))
    assert problem in found(source)
    if problem[3] == "error":
        assert source.set_aside[problem[1]] == problem[4]
    else:
        assert problem[1] not in source.set_aside


def test_every_check_speaks_in_these_tests():
    quiet_here = {
        "export_limit",
        "sparse_ends",
        "no_open_requests",
        "counts_add_up",
        "duplicate_keys",
        "duplicate_rows",
    }
    names = {check.__name__ for check in CHECKS} - quiet_here
    renamed = {
        "orphans": "orphan",
        "padded_ids": "padded_id",
        "placeholder_dates": "placeholder_date",
        "targets_are_given": "target_missing",
        "failed_items_name_a_mode": "failed_item_without_mode",
        "failure_modes_are_known": "unknown_failure_mode",
        "rubric_is_known": "unknown_rubric",
    }
    # It speaks of a whole table that is missing, and has a test of its own below.
    alone = {"parents_are_supplied"}
    assert {renamed.get(name, name) for name in names} - alone <= {problem[0] for *_, problem in CHANGED}


def test_all_problems_are_reported_at_once(make_source, good):
    text = good["requests"].replace("R1,2025-03-03 10:00,subpoena,routine", "R1,03/03/2025,subpoena,rutine")
    source = make_source(good | {"requests": text})
    assert {("unreadable_value", "received_at"), ("bad_word", "urgency")} <= {
        (problem.check, problem.column) for problem in source.problems if problem.table == "requests"
    }
    assert source.set_aside["requests"] == 1


def test_a_key_that_comes_twice_keeps_the_first_row(make_source, repeated):
    source = make_source(repeated("requests", 1, process_type="warrant"))
    assert ("duplicate_key", "requests", "request_id", "error", 1) in found(source)
    assert "for 1 of them the rows differ" in source.problems[0].message
    assert source.tables["requests"].set_index("request_id").loc["R1", "process_type"] == "subpoena"


def test_a_file_taken_in_twice_is_told_apart(make_source, repeated):
    assert "taken in twice" in make_source(repeated("requests", 1)).problems[0].message


def test_an_event_taken_in_twice_is_set_aside(make_source, repeated):
    source = make_source(repeated("events", 6))
    assert found(source) == [("duplicate_row", "events", "", "error", 1)]


def test_events_of_a_request_that_was_set_aside_are_orphans_and_say_so(make_source, changed):
    source = make_source(changed("requests", 2, urgency="soon"))
    orphans = [problem for problem in source.problems if problem.check == "orphan" and problem.table == "events"]
    assert orphans[0].count == 2
    assert "1 row of requests had to be set aside" in orphans[0].message


def test_a_missing_required_column_leaves_the_table_out(make_source, good):
    source = make_source(good | {"events": "request_id,ts\nR1,2025-03-03 10:00\n"})
    assert ("missing_column", "events", "activity", "error", 1) in found(source)
    assert "events" not in source.tables
    assert source.set_aside["events"] == 1


def test_words_of_the_organisation_are_mapped(make_source, changed):
    toml = '[enums.requests.urgency]\n"normal" = "routine"\n[enums.requests.process_type]\n"subpoena" = "LE subpoena"\n'
    source = make_source(changed("requests", 1, urgency="normal"), toml)
    assert source.problems == ()
    assert source.tables["requests"].loc[0, ["urgency", "process_type"]].tolist() == ["routine", "LE subpoena"]


def test_a_request_reopened_after_withdrawal_may_be_delivered(make_source, good):
    events = good["events"] + "R3,withdraw,2025-03-06 13:00,complete,3,P2\nR3,reopen,2025-03-06 14:00,complete,4,P2\n"
    source = make_source(good | {"events": events + "R3,deliver,2025-03-07 14:00,complete,5,P2\n"})
    assert "disclosure_after_withdrawal" not in {problem.check for problem in source.problems}


def monthly(counts, closed=True):
    rows = ["request_id,received_at,closed_at"]
    for month, count in counts.items():
        for i in range(count):
            day = 1 + i * 27 // max(count - 1, 1)
            rows.append(f"{month}-{i},{month}-{day:02d} 10:00,{f'{month}-28 20:00' if closed or i % 2 else ''}")
    return "\n".join(rows) + "\n"


FULL = {f"2025-{month:02d}": 80 for month in range(1, 7)}


def test_months_after_a_cut_are_warned_about(make_source):
    source = make_source({"requests": monthly(FULL | {"2025-07": 2, "2025-08": 1}, closed=False)})
    assert [(p.check, p.count) for p in source.problems] == [("sparse_ends", 3)]
    assert "cut off after June 2025" in source.problems[0].message


def test_months_before_a_cut_are_warned_about(make_source):
    source = make_source({"requests": monthly({"2024-11": 1, "2024-12": 2} | FULL, closed=False)})
    assert [(p.check, p.count) for p in source.problems] == [("sparse_ends", 3)]
    assert "cut off before January 2025" in source.problems[0].message


def test_a_record_that_ends_within_a_month_is_not_cut_off(make_source):
    part = monthly(FULL, closed=False) + "".join(f"X{i},2025-07-0{1 + i // 3} 10:00,\n" for i in range(9))
    assert make_source({"requests": part}).problems == ()


def test_an_extract_of_closed_requests_only_is_warned_about(make_source):
    assert [p.check for p in make_source({"requests": monthly(FULL)}).problems] == ["no_open_requests"]


def test_months_with_nothing_but_open_requests_are_warned_about(make_source):
    text = monthly(FULL, closed=False).replace("2025-01-28 20:00", "")
    assert [(p.check, p.count) for p in make_source({"requests": text}).problems] == [("only_open_requests", 80)]


@pytest.mark.parametrize(("rows", "warned"), [(1000, True), (1001, False)])
def test_a_round_number_of_rows_is_warned_about(make_source, rows, warned):
    text = "actor_id\n" + "".join(f"P{i}\n" for i in range(rows))
    source = make_source({"requests": "request_id,received_at\nR1,2025-01-01\n", "staff": text})
    assert [p.check for p in source.problems] == (["export_limit"] if warned else [])


def test_more_disclosed_than_received_is_refused(make_source):
    source = make_source(
        {
            "requests": "request_id,received_at,process_type,outcome,n\n"
            "a,2020-01-01,subpoena,,10\nb,2020-01-01,subpoena,full,8\n"
            "c,2021-01-01,subpoena,,10\nd,2021-01-01,subpoena,full,11\n"
        }
    )
    assert found(source) == [("counts_add_up", "requests", "n", "error", 2)]
    assert source.tables["requests"]["request_id"].tolist() == ["a", "b"]


def test_links_to_a_table_that_is_not_there_are_named(tmp_path):
    (tmp_path / "escalations.csv").write_text("escalation_id,opened_at\nE-1,2025-03-20\n", encoding="utf-8")
    (tmp_path / "escalation_requests.csv").write_text("escalation_id,request_id\nE-1,R-2\n", encoding="utf-8")

    found = [problem for problem in open_source(tmp_path).problems if problem.check == "parent_not_supplied"]

    assert [(problem.table, problem.column, problem.count, problem.severity) for problem in found] == [
        ("escalation_requests", "request_id", 1, "warning")
    ]
    assert "requests was not supplied" in found[0].message


def test_two_mistakes_in_one_row_are_both_named(tmp_path):
    (tmp_path / "escalations.csv").write_text(
        "escalation_id,opened_at,severity,failure_mode\nE-1,2025-03-20,High,LATE\n", encoding="utf-8"
    )

    columns = {problem.column for problem in open_source(tmp_path).problems}

    assert {"severity", "failure_mode"} <= columns
