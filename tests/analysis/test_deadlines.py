import pytest

from rca_lib.analysis.clock import pauses
from rca_lib.analysis.deadlines import deadlines

REQUEST = "request_id received_at due_at process_type urgency"
POLICY = "process_type urgency target_hours target_working_days effective_from effective_to"


@pytest.fixture
def due(table):
    def work_out(requests, policies, events=(), **settings):
        spans = pauses(table("request_id ts lifecycle", *events), as_of="2025-12-31") if events else None
        found = deadlines(table(REQUEST, *requests), policies=table(POLICY, *policies), spans=spans, **settings)
        return [
            (None if row.due_at is None or row.due_at != row.due_at else f"{row.due_at:%m-%dT%H}", row.rule)
            for row in found.itertuples()
        ]

    return work_out


def test_a_given_deadline_stands(due):
    request = ("a", "2025-03-03T09", "2025-03-20T00", "warrant", None)
    assert due([request], [("warrant", None, 24, None, None, None)]) == [("03-20T00", "given")]


def test_the_target_for_the_urgency_goes_before_the_general_one(due):
    requests = [
        ("a", "2025-03-03T09", None, "warrant", "expedited"),
        ("b", "2025-03-03T09", None, "warrant", "routine"),
    ]
    policies = [("warrant", "expedited", 12, None, None, None), ("warrant", None, 48, None, None, None)]
    assert due(requests, policies) == [("03-03T21", "hours"), ("03-05T09", "hours")]


def test_the_target_in_force_on_receipt_applies(due):
    requests = [
        ("a", "2025-03-03T09", None, "warrant", None),
        ("b", "2025-04-03T09", None, "warrant", None),
        ("c", "2025-06-03T09", None, "warrant", None),
    ]
    policies = [
        ("warrant", None, 24, None, "2025-04-01", "2025-06-01"),
        ("warrant", None, 48, None, None, "2025-04-01"),
    ]
    assert due(requests, policies) == [("03-05T09", "hours"), ("04-04T09", "hours"), (None, "")]


def test_no_target_is_no_deadline(due):
    assert due([("a", "2025-03-03T09", None, "subpoena", None)], [("warrant", None, 24, None, None, None)]) == [
        (None, "")
    ]
    assert due([("a", "2025-03-03T09", None, "subpoena", None)], []) == [(None, "")]


def test_a_pause_moves_the_deadline_and_may_bring_the_next_pause_before_it(due):
    request = ("a", "2025-03-03T09", None, "warrant", None)
    policy = ("warrant", None, 24, None, None, None)
    first = [("a", "2025-03-03T12", "pause"), ("a", "2025-03-03T22", "resume")]
    assert due([request], [policy], first) == [("03-04T19", "hours")]
    second = [*first, ("a", "2025-03-04T15", "pause"), ("a", "2025-03-04T16", "resume")]
    assert due([request], [policy], second) == [("03-04T20", "hours")]
    too_late = [*first, ("a", "2025-03-05T15", "pause"), ("a", "2025-03-05T16", "resume")]
    assert due([request], [policy], too_late) == [("03-04T19", "hours")]


def test_a_pause_moves_working_day_targets_by_working_days(due):
    # Received on Monday; paused from Thursday to the next Monday: two working days.
    request = ("a", "2025-03-03T09", None, "warrant", None)
    policy = ("warrant", None, None, 5, None, None)
    assert due([request], [policy]) == [("03-11T00", "working days")]
    weekend = [("a", "2025-03-06T12", "pause"), ("a", "2025-03-10T12", "resume")]
    assert due([request], [policy], weekend) == [("03-13T00", "working days")]


def test_holidays_do_not_count(due):
    request = ("a", "2025-07-01T15", None, "warrant", None)
    policy = ("warrant", None, None, 3, None, None)
    assert due([request], [policy]) == [("07-05T00", "working days")]
    assert due([request], [policy], working_days="US") == [("07-08T00", "working days")]


def test_the_requests_are_left_as_they_were(table):
    requests = table(REQUEST, ("a", "2025-03-03T09", None, "warrant", None))
    policies = table(POLICY, ("warrant", None, 24, None, None, None))
    deadlines(requests, policies=policies)
    assert requests["due_at"].isna().all()
