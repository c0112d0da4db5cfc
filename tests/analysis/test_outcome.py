from datetime import timedelta
from types import SimpleNamespace

import pandas as pd
import pytest

from rca_lib.analysis.outcome import REOPENED, outcome_of

REQUEST = "request_id received_at due_at closed_at outcome"
ASSESSMENT = "assessment_id request_id assessed_at sample_arm inclusion_prob status"
ITEM = "assessment_id item_id result failure_mode"
AS_OF = "2025-03-31"


def failed(outcome):
    return dict(zip(outcome.frame["request_id"], outcome.frame["failed"].tolist(), strict=True))


@pytest.fixture
def late(table):
    def judge(*rows, **more):
        return outcome_of({"requests": table(REQUEST, *rows), **more}, "LAT", as_of=AS_OF)

    return judge


@pytest.fixture
def requests(table):
    return table(
        REQUEST, *((f"r{i}", f"2025-01-{i:02}T09", None, f"2025-01-{i + 1:02}T09", "full") for i in range(1, 11))
    )


def test_late_is_closed_after_or_still_open_past_the_deadline(late):
    outcome = late(
        ("in time", "2025-03-01", "2025-03-10", "2025-03-10", "full"),
        ("late", "2025-03-02", "2025-03-10", "2025-03-11", "full"),
        ("open overdue", "2025-03-03", "2025-03-10", None, "open"),
        ("open not due", "2025-03-04", "2025-04-10", None, "open"),
        ("closed early", "2025-03-05", "2025-04-10", "2025-03-06", "rejected"),
        ("no deadline", "2025-03-06", None, "2025-03-07", "full"),
    )
    assert failed(outcome) == {"in time": False, "late": True, "open overdue": True, "closed early": False}
    assert outcome.unit_label == "requests that fell due"
    assert outcome.basis == (
        "A request is late when it was closed after its deadline, or was still open past it on 31 March 2025; requests "
        "withdrawn in time are left out. The deadline is the one on the request."
    )
    assert outcome.failed_ids == ("late", "open overdue")


def test_withdrawn_requests_leave_the_denominator_unless_late_already(late):
    outcome = late(
        ("withdrawn in time", "2025-03-01", "2025-03-10", "2025-03-05", "withdrawn"),
        ("withdrawn late", "2025-03-01", "2025-03-10", "2025-03-12", "withdrawn"),
        ("withdrawn, day unknown", "2025-03-01", "2025-03-10", None, "withdrawn"),
        ("answered, day unknown", "2025-03-01", "2025-03-10", None, "full"),
    )
    assert failed(outcome) == {"withdrawn late": True}


def test_what_comes_after_as_of_is_not_known(late):
    outcome = late(
        ("closed later", "2025-03-01", "2025-03-10", "2025-04-05", "full"),
        ("not yet due", "2025-03-01", "2025-04-02", "2025-04-05", "full"),
        ("not yet received", "2025-04-01", "2025-04-02", "2025-04-01", "full"),
        ("closed", "2025-03-02", "2025-03-10", "2025-03-05", "full"),
    )
    assert failed(outcome) == {"closed later": True, "closed": False}


def test_the_newest_requests_are_immature(late):
    rows = [(f"r{day:02}", f"2025-03-{day:02}", None, f"2025-03-{day + 1:02}", "full") for day in range(1, 30)]
    rows = [
        (i, at, (pd.Timestamp(at) + pd.Timedelta(days=10)).isoformat(), closed, word) for i, at, _, closed, word in rows
    ]
    outcome = late(*rows)
    assert outcome.matures_after == pd.Timedelta(days=10)
    assert outcome.frame.loc[outcome.frame["mature"], "request_id"].tolist() == [f"r{day:02}" for day in range(1, 22)]


def test_targets_take_out_the_paused_time(table):
    requests = table(
        "request_id received_at closed_at process_type",
        ("paused", "2025-03-03T09", "2025-03-05T08", "warrant"),
        ("not paused", "2025-03-03T09", "2025-03-05T08", "warrant"),
    )
    events = table(
        "request_id activity ts lifecycle",
        ("paused", "clarify", "2025-03-03T12", "pause"),
        ("paused", "clarify", "2025-03-04T12", "resume"),
    )
    policies = table("process_type target_hours", ("warrant", 24))
    tables = {"requests": requests, "events": events, "sla_policies": policies}
    outcome = outcome_of(tables, "LAT", as_of=AS_OF)
    assert failed(outcome) == {"paused": False, "not paused": True}
    assert "paused does not count" in outcome.basis
    without = outcome_of({"requests": requests, "sla_policies": policies}, "LAT", as_of=AS_OF)
    assert failed(without) == {"paused": True, "not paused": True}
    assert "No pauses of the clock are on record" in without.basis


def test_assessed_failures_are_counted_in_the_random_sample_only(table, requests):
    assessments = table(
        ASSESSMENT,
        ("a1", "r1", "2025-02-01", "random", 0.1, "final"),
        ("a2", "r2", "2025-02-01", "random", 0.5, "disputed"),
        ("a3", "r3", "2025-02-01", "random", 0.5, "overturned"),
        ("a4", "r4", "2025-02-01", "targeted", 1.0, "final"),
        ("a5", "r5", "2025-02-01", "random", 0.5, "final"),
        ("a6", "r6", "2025-04-01", "random", 0.5, "final"),
        ("a7", "r7", "2025-02-01", "random", 0.5, "final"),
    )
    items = table(
        ITEM,
        ("a1", "C4", "fail", "OVP"),
        ("a1", "C9", "pass", None),
        ("a2", "C4", "fail", "UNP"),
        ("a3", "C4", "fail", "OVP"),
        ("a4", "C4", "fail", "OVP"),
        ("a5", "C4", "na", None),
        ("a5", "C9", "fail", "WRC"),
        ("a6", "C4", "fail", "OVP"),
        ("a7", "C4", "fail", None),
    )
    outcome = outcome_of(
        {"requests": requests, "assessments": assessments, "assessment_items": items}, "OVP", as_of=AS_OF
    )
    assert failed(outcome) == {"r1": True, "r2": False}
    assert outcome.frame["weight"].tolist() == [10.0, 2.0]
    assert outcome.sampled
    assert outcome.unit_label == "requests assessed at random"
    assert outcome.basis == (
        "A request counts as failed when an assessment that stands failed it in this way on item C4. Rates rest on the "
        "random sample alone; targeted assessments are kept apart."
    )
    assert outcome.all_arms.set_index("request_id")["arm"].to_dict() == {
        "r1": "random",
        "r2": "random",
        "r4": "targeted",
    }
    assert outcome.failed_ids == ("r1", "r4")


def test_the_worst_of_several_assessments_counts_once_an_arm(table, requests):
    assessments = table(
        "assessment_id request_id assessed_at sample_arm",
        ("a1", "r1", "2025-02-01", "random"),
        ("a2", "r1", "2025-02-02", "random"),
        ("a3", "r1", "2025-02-03", "calibration"),
    )
    items = table(ITEM, ("a1", "C4", "pass", None), ("a2", "C4", "fail", "OVP"), ("a3", "C4", "pass", None))
    tables = {"requests": requests, "assessments": assessments, "assessment_items": items}
    outcome = outcome_of(tables, "OVP", as_of=AS_OF)
    assert failed(outcome) == {"r1": True}
    assert len(outcome.all_arms) == 2
    assert outcome.basis.endswith("Where the chance of being sampled is not on record, each request counts once.")
    assert outcome.would_allow == "The inclusion probability of each assessment would allow counts to be scaled up."


def test_an_item_overturned_on_dispute_is_no_failure(table, requests):
    assessments = table(ASSESSMENT, *((f"a{i}", f"r{i}", "2025-02-01", "random", 0.5, "final") for i in (1, 2)))
    items = table(ITEM, ("a1", "C4", "fail", "OVP"), ("a2", "C4", "fail", "OVP"))
    disputes = table(
        "dispute_id assessment_id item_id resolved_at outcome", ("d1", "a1", "C4", "2025-02-09", "overturned")
    )
    tables = {"requests": requests, "assessments": assessments, "assessment_items": items, "disputes": disputes}
    assert failed(outcome_of(tables, "OVP", as_of=AS_OF)) == {"r2": True}
    assert failed(outcome_of(tables, "OVP", as_of="2025-02-05")) == {"r1": True, "r2": True}


def test_a_sample_chosen_for_a_reason_says_so(table, requests):
    assessments = table(
        ASSESSMENT,
        ("a1", "r1", "2025-02-01", "targeted", None, None),
        ("a2", "r2", "2025-02-01", "escalation", None, None),
    )
    items = table(ITEM, ("a1", "C4", "fail", "OVP"), ("a2", "C4", "pass", None))
    outcome = outcome_of(
        {"requests": requests, "assessments": assessments, "assessment_items": items}, "OVP", as_of=AS_OF
    )
    assert failed(outcome) == {"r1": True, "r2": False}
    assert "chosen for a reason" in outcome.basis
    assert outcome.would_allow == "A random sample of assessments would allow the rate of all requests to be estimated."


def test_escalations_stand_in_where_nothing_else_is_supplied(table, requests):
    escalations = table(
        "escalation_id opened_at failure_mode",
        ("E1", "2025-02-01", "WRC"),
        ("E2", "2025-02-01", "OVP"),
        ("E3", "2025-04-01", "WRC"),
    )
    links = table(
        "escalation_id request_id role",
        ("E1", "r2", None),
        ("E1", "r3", "control"),
        ("E2", "r4", "index"),
        ("E3", "r5", "index"),
    )
    tables = {"requests": requests, "escalations": escalations, "escalation_requests": links}
    outcome = outcome_of(tables, "WRC", as_of=AS_OF)
    assert outcome.ok
    assert outcome.failed_ids == ("r2",)
    assert len(outcome.frame) == 10
    assert outcome.phrase == "were escalated because they were delivered to the wrong recipient"
    assert outcome.basis == (
        "No assessments with item results were supplied, so failures are counted from escalations; those that nobody "
        "escalated are not seen."
    )
    assert outcome_of(tables, None, as_of=AS_OF).failed_ids == ("r2", "r4")
    assert outcome_of(tables, None, as_of=AS_OF).phrase == "were escalated"
    assert "no deadline" in outcome_of(tables, "LAT", as_of=AS_OF).reason


def test_an_outcome_of_the_source_goes_first(table, requests):
    rule = SimpleNamespace(matures_after=timedelta(days=85), phrase="were worked again")
    rows = table("request_id failed known_at", ("r1", True, None), ("r2", False, None), ("r3", True, "2025-04-02"))
    outcome = outcome_of(
        {"requests": requests},
        "rework",
        as_of=AS_OF,
        config=SimpleNamespace(outcomes={"rework": rule}),
        outcomes={"rework": rows},
    )
    assert failed(outcome) == {"r1": True, "r2": False}
    assert outcome.frame["mature"].tolist() == [True, True]
    assert outcome_of(
        {"requests": requests},
        "rework",
        as_of="2025-03-01",
        config=SimpleNamespace(outcomes={"rework": rule}),
        outcomes={"rework": rows},
    ).frame["mature"].tolist() == [False, False]
    assert outcome.phrase == "were worked again"
    assert outcome.basis.endswith("It is taken as final 85 days after receipt.")
    assert (
        outcome_of({"requests": requests}, "rework", as_of=AS_OF, outcomes={"rework": rows}).phrase
        == "show the outcome “rework”"
    )
    assert not outcome_of({"requests": requests}, "rework", as_of=AS_OF, outcomes={"rework": rows[:0]}).ok


def test_reopened_within_thirty_days_of_closing(table):
    requests = table(
        "request_id received_at closed_at reopened_from",
        ("soon", "2025-01-01", "2025-01-10", None),
        ("late", "2025-01-01", "2025-01-10", None),
        ("never", "2025-01-01", "2025-01-10", None),
        ("itself", "2025-01-01", "2025-02-10", None),
        ("new", "2025-03-20", "2025-03-21", None),
        ("open", "2025-03-20", None, None),
        ("again", "2025-01-20", "2025-01-25", "soon"),
        ("again, late", "2025-03-10", "2025-03-12", "late"),
    )
    events = table("request_id activity ts", ("itself", "reopen", "2025-01-15"), ("never", "reopen", "2025-04-15"))
    outcome = outcome_of({"requests": requests, "events": events}, REOPENED, as_of=AS_OF)
    assert outcome.failed_ids == ("itself", "soon")
    assert "open" not in failed(outcome)
    assert outcome.frame.loc[~outcome.frame["mature"], "request_id"].tolist() == ["again, late", "new"]


def test_counted_rows_keep_their_multiplicity(table):
    requests = table(
        "request_id received_at due_at closed_at n",
        ("a", "2025-03-01", "2025-03-05", "2025-03-06", 40),
        ("b", "2025-03-01", "2025-03-05", "2025-03-04", None),
    )
    assert outcome_of({"requests": requests}, "LAT", as_of=AS_OF).frame["n"].tolist() == [40, 1]


@pytest.mark.parametrize("mode", ["LAT", "OVP", "reopened", "nonesuch", None])
def test_nothing_to_go_by_is_said_in_plain_words(table, requests, mode):
    for tables in ({}, {"requests": requests[:0]}, {"requests": requests}):
        outcome = outcome_of(tables, mode, as_of=AS_OF)
        assert not outcome.ok
        assert outcome.frame.empty
        assert outcome.reason.endswith(".")
        assert outcome.would_allow.endswith(".")
    assert not outcome_of({"requests": requests}, mode, as_of="2020-01-01").ok


def test_order_and_names_of_rows_change_nothing(table, requests):
    requests = requests.assign(due_at=requests["closed_at"] - pd.to_timedelta([0, 1] * 5, unit="h"))
    one = outcome_of({"requests": requests}, "LAT", as_of=AS_OF).frame
    other = outcome_of({"requests": requests.sample(frac=1, random_state=3)}, "LAT", as_of=AS_OF).frame
    pd.testing.assert_frame_equal(one, other)
    twice = outcome_of({"requests": pd.concat([requests, requests], ignore_index=True)}, "LAT", as_of=AS_OF).frame
    pd.testing.assert_frame_equal(one, twice)
