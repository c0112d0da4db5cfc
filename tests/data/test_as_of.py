from datetime import UTC, datetime

import pandas as pd
import pytest

from rca_lib.data.as_of import RECORDED_AT, read_as_of, tables_as_of
from rca_lib.data.contract import TABLES
from rca_lib.data.source import open_source
from rca_lib.errors import UsageError

WALL = pd.Timestamp("2025-09-15T12:00:00Z")
LATE = "2025-10-01T00:00:00Z"
EARLY = "2025-02-01T00:00:00Z"


def frame(name, *rows):
    """A table of the contract with every column, as a source gives it."""
    kinds = {"timestamp": "datetime64[us, UTC]", "integer": "Int64", "float": "float64", "boolean": "boolean"}
    made = {}
    for column in TABLES[name].columns:
        values = [row.get(column.name) for row in rows]
        if column.kind == "timestamp":
            made[column.name] = pd.to_datetime(pd.Series(values), utc=True, format="ISO8601").astype(kinds["timestamp"])
        else:
            made[column.name] = pd.Series(values, dtype=kinds.get(column.kind, "str"))
    return pd.DataFrame(made)


def at_wall(**tables):
    return tables_as_of(tables, WALL)


@pytest.mark.parametrize("name", RECORDED_AT)
def test_a_row_recorded_later_is_not_there(small_source, name):
    moment = RECORDED_AT[name]
    before = small_source.tables[name]
    after = tables_as_of(small_source.tables, WALL)[name]

    assert (after[moment] <= WALL).all()
    assert len(after) <= (before[moment] <= WALL).sum()
    assert list(after.columns) == list(before.columns)
    assert after.dtypes.equals(before.dtypes)


def test_every_column_that_records_a_moment_is_walled(small_source):
    for name, table in tables_as_of(small_source.tables, WALL).items():
        for column in TABLES[name].columns:
            if column.recorded:
                assert not (table[column.name] > WALL).any(), f"{name}.{column.name}"


def test_the_tables_given_stay_as_they_are(small_source):
    before = {name: table.copy() for name, table in small_source.tables.items()}
    tables_as_of(small_source.tables, WALL)

    for name, table in small_source.tables.items():
        pd.testing.assert_frame_equal(table, before[name])


def test_a_wall_after_everything_changes_nothing(small_source):
    found = tables_as_of(small_source.tables, pd.Timestamp("2030-01-01", tz="UTC"))

    for name, table in small_source.tables.items():
        pd.testing.assert_frame_equal(found[name], table)


def test_a_wall_put_up_twice_is_one_wall(small_source):
    once = tables_as_of(small_source.tables, WALL)
    twice = tables_as_of(once, WALL)

    for name, table in once.items():
        pd.testing.assert_frame_equal(twice[name], table)


def test_a_row_recorded_at_that_very_moment_counts():
    row = {"request_id": "R", "received_at": WALL.isoformat()}

    assert len(at_wall(requests=frame("requests", row))["requests"]) == 1


def test_a_row_whose_moment_is_not_known_counts():
    row = {"evidence_id": "E", "escalation_id": "X", "kind": "chat"}

    assert len(at_wall(evidence=frame("evidence", row))["evidence"]) == 1


def test_a_request_closed_later_is_open():
    rows = [
        {"request_id": name, "received_at": EARLY, "closed_at": closed, "outcome": "full"}
        for name, closed in (("A", EARLY), ("B", LATE), ("C", None))
    ]
    found = at_wall(requests=frame("requests", *rows))["requests"]

    assert found["outcome"].tolist() == ["full", "open", "full"]
    assert found["closed_at"].isna().tolist() == [False, True, True]


def test_an_escalation_closed_and_an_action_done_later_are_open():
    found = at_wall(
        escalations=frame(
            "escalations", {"escalation_id": "X", "opened_at": EARLY, "closed_at": LATE, "status": "closed"}
        ),
        actions=frame(
            "actions", {"action_id": "1", "escalation_id": "X", "description": "d", "done_at": LATE, "status": "done"}
        ),
    )

    assert found["escalations"][["status"]].to_dict("records") == [{"status": "open"}]
    assert found["escalations"]["closed_at"].isna().all()
    assert found["actions"]["status"].tolist() == ["open"]
    assert found["actions"]["done_at"].isna().all()


def test_what_was_answered_later_has_no_answer_yet():
    found = at_wall(
        disputes=frame(
            "disputes",
            {"dispute_id": "D", "assessment_id": "A", "raised_at": EARLY, "resolved_at": LATE, "outcome": "overturned"},
        ),
        feedback=frame("feedback", {"feedback_id": "F", "given_at": EARLY, "acknowledged_at": LATE, "outcome": "read"}),
        changes=frame("changes", {"change_id": "C", "effective_from": EARLY, "effective_to": LATE, "kind": "tool"}),
    )

    assert found["disputes"][["resolved_at", "outcome"]].isna().all(axis=None)
    assert found["feedback"][["acknowledged_at", "outcome"]].isna().all(axis=None)
    assert found["changes"]["effective_to"].isna().all()


def test_rows_go_with_the_row_that_they_belong_to():
    found = at_wall(
        requests=frame(
            "requests", {"request_id": "R1", "received_at": EARLY}, {"request_id": "R2", "received_at": LATE}
        ),
        assessments=frame(
            "assessments",
            {"assessment_id": "A1", "request_id": "R1", "assessed_at": EARLY},
            {"assessment_id": "A2", "request_id": "R1", "assessed_at": LATE},
        ),
        assessment_items=frame(
            "assessment_items",
            *({"assessment_id": name, "item_id": "C4", "result": "fail"} for name in ("A1", "A2", "A2")),
        ),
        escalations=frame(
            "escalations", {"escalation_id": "X1", "opened_at": EARLY}, {"escalation_id": "X2", "opened_at": LATE}
        ),
        escalation_requests=frame(
            "escalation_requests",
            {"escalation_id": "X1", "request_id": "R1"},
            {"escalation_id": "X2", "request_id": "R1"},
            {"escalation_id": "X1", "request_id": "R2"},
        ),
        actions=frame(
            "actions",
            *(
                {"action_id": f"{at}", "escalation_id": name, "description": "d"}
                for at, name in enumerate(("X1", "X2", None))
            ),
        ),
    )

    assert found["assessment_items"]["assessment_id"].tolist() == ["A1"]
    assert found["escalation_requests"].iloc[:, :2].to_numpy().tolist() == [["X1", "R1"]]
    assert found["actions"]["action_id"].tolist() == ["0", "2"]


def test_rows_that_name_a_row_which_was_never_supplied_stay():
    found = at_wall(
        assessments=frame("assessments", {"assessment_id": "A1", "request_id": "R9", "assessed_at": EARLY}),
        assessment_items=frame("assessment_items", {"assessment_id": "A9", "item_id": "C4", "result": "fail"}),
    )

    assert len(found["assessments"]) == len(found["assessment_items"]) == 1


@pytest.mark.parametrize(
    ("status", "raised", "resolved", "then"),
    [
        ("overturned", EARLY, EARLY, "overturned"),
        ("overturned", EARLY, LATE, "disputed"),
        ("overturned", LATE, LATE, "final"),
        ("disputed", EARLY, None, "disputed"),
        ("disputed", LATE, None, "final"),
        ("final", EARLY, LATE, "final"),
        ("overturned", None, None, "overturned"),
    ],
)
def test_an_assessment_stands_until_its_dispute_is_settled(status, raised, resolved, then):
    found = at_wall(
        assessments=frame(
            "assessments", {"assessment_id": "A", "request_id": "R", "assessed_at": EARLY, "status": status}
        ),
        disputes=frame(
            "disputes",
            {"dispute_id": "C", "assessment_id": "A", "raised_at": raised, "resolved_at": raised, "outcome": "upheld"},
            {
                "dispute_id": "D",
                "assessment_id": "A",
                "raised_at": raised,
                "resolved_at": resolved,
                "outcome": "overturned",
            },
        ),
    )

    assert found["assessments"]["status"].tolist() == [then]


def test_a_day_means_its_end():
    assert read_as_of("2025-03-31") == datetime(2025, 3, 31, 23, 59, 59, 999999, UTC)
    assert read_as_of(" 20250331 ") == read_as_of("2025-03-31")


def test_a_moment_is_read_in_utc_unless_it_says_otherwise():
    assert read_as_of("2025-03-31T10:00") == datetime(2025, 3, 31, 10, tzinfo=UTC)
    assert read_as_of("2025-03-31T10:00:00Z") == datetime(2025, 3, 31, 10, tzinfo=UTC)
    assert read_as_of("2025-03-31 10:00+02:00") == datetime(2025, 3, 31, 8, tzinfo=UTC)


@pytest.mark.parametrize("text", ["", "today", "31/03/2025", "03-31-2025", "2025-02-30", "2025-03", "March 31"])
def test_a_date_written_in_another_way_is_not_guessed_at(text):
    with pytest.raises(UsageError, match=r"as_of: “.*” is not a date; write it as 2025-03-31"):
        read_as_of(text)


@pytest.mark.parametrize(
    ("as_of", "failed"), [("2025-01-02", {"R-1": False}), ("2025-01-12", {"R-1": True, "R-2": False})]
)
def test_a_named_outcome_is_worked_out_on_rows_as_they_stood(tmp_path, as_of, failed):
    (tmp_path / "source.toml").write_text(
        "[outcomes.empty_handed]\nwhere = \"outcome = 'no_data'\"\n", encoding="utf-8"
    )
    (tmp_path / "requests.csv").write_text(
        "request_id,received_at,closed_at,outcome\nR-1,2025-01-01,2025-01-10,no_data\nR-2,2025-01-05,2025-01-20,no_data\n",
        encoding="utf-8",
    )

    found = open_source(tmp_path).outcomes_as_of(pd.Timestamp(as_of, tz="UTC"))["empty_handed"]

    assert dict(zip(found["request_id"], found["failed"], strict=True)) == failed


def test_a_later_event_neither_adds_nor_takes_away_a_failure(tmp_path):
    (tmp_path / "source.toml").write_text(
        '[outcomes.sent_back]\ntable = "events"\nwhere = "activity = \'reject\'"\nknown_at = "ts"\n', encoding="utf-8"
    )
    (tmp_path / "requests.csv").write_text("request_id,received_at\nR-1,2025-01-01\nR-2,2025-01-01\n", encoding="utf-8")
    (tmp_path / "events.csv").write_text(
        "request_id,activity,ts\nR-1,reject,2025-01-02\nR-1,intake,2025-01-09\nR-2,intake,2025-01-02\nR-2,reject,2025-01-09\n",
        encoding="utf-8",
    )

    found = open_source(tmp_path).outcomes_as_of(pd.Timestamp("2025-01-05", tz="UTC"))["sent_back"]

    assert dict(zip(found["request_id"], found["failed"], strict=True)) == {"R-1": True, "R-2": False}
