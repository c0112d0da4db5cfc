import dataclasses

import numpy as np
import pandas as pd
import pytest

from rca_lib.analysis.cause_table import Test as Verdict
from rca_lib.analysis.causes import candidate_causes
from rca_lib.analysis.grading import TESTS, grade_of
from rca_lib.analysis.models import adjusted_odds_ratio
from rca_lib.analysis.onset import onset
from rca_lib.analysis.robustness import Observed, placebo_dates, placebo_segments, ratio_of_observed_to_expected
from rca_lib.analysis.screening import base_model, rise_profile, scan_onset

START = pd.Timestamp("2024-01-01", tz="UTC")
DIMENSIONS = ["process_type", "team_id", "language", "tool_version"]


def log(*entries):
    rows = [
        {
            "change_id": name,
            "effective_from": START + pd.Timedelta(weeks=week),
            "effective_to": pd.NaT,
            "kind": kind,
            "component": "case tool",
            "description": f"Change {name}.",
            "segment": segment,
        }
        for name, week, segment, kind in entries
    ]
    return pd.DataFrame(rows).astype({"segment": "str", "effective_from": "datetime64[us, UTC]"})


CHANGES = (
    ("C1", 60, "team_id = 'A'", "tool"),
    ("C2", 60, None, "policy"),
    ("C3", 30, "language = 'es'", "tool"),
    ("C4", 61, "process_type = 'warrant'", "workflow"),
)


def find(outcome, requests, changes=CHANGES, **options):
    options = {"around": START + pd.Timedelta(weeks=80), "limit": 6} | options
    table = log(*changes) if changes else None
    return candidate_causes(
        outcome, requests, DIMENSIONS, onset=onset(outcome, permutations=199), changes=table, **options
    )


@pytest.fixture(scope="module")
def staffed():
    """Add specialists, nested in teams, to the requests of a simulated outcome."""

    def add(requests, seed=1, each=6):
        number = np.random.default_rng(seed).integers(0, each, len(requests))
        return requests.assign(specialist_id=requests["team_id"] + "-" + pd.Series(number.astype(str)))

    return add


@pytest.mark.slow
def test_a_cause_in_the_log_that_passes_all_five_tests_is_established(planted, staffed):
    outcome, requests = planted(40, cause={"team_id": "A"}, odds=5.0)
    first = find(outcome, staffed(requests)).candidates[0]
    assert first.change_id == "C1"
    assert {test.name: test.passed for test in first.tests} == dict.fromkeys(TESTS, True)
    assert first.grade == "established"
    assert first.kinds == ("outcome data", "change log")
    assert all(test.finding.endswith(".") for test in first.tests)
    assert first.without_one is not None
    assert first.without_one.value <= first.effect.value
    assert first.p_search < 0.05
    assert first.p_adjusted < 0.01
    assert 0 < first.averted.low < first.averted.value < first.averted.high


@pytest.mark.slow
def test_without_a_second_kind_of_evidence_nothing_is_established(planted):
    table = find(*planted(41, cause={"team_id": "A"}, odds=5.0), changes=())
    first = table.candidates[0]
    assert first.segment == {"team_id": "A"}
    assert first.grade == "probable"
    assert [test.name for test in first.tests if not test.passed] == ["kinds"]


@pytest.mark.slow
def test_a_change_that_reached_everything_is_not_established(planted):
    table = find(*planted(42, cause={}, odds=3.0), changes=(("C1", 60, None, "tool"), ("C3", 30, None, "tool")))
    assert all(candidate.grade != "established" for candidate in table.candidates)


@pytest.mark.slow
def test_what_cannot_be_told_apart_is_not_established(planted):
    changes = (("C1", 60, "team_id = 'A'", "tool"), ("C2", 60, "team_id = 'A'", "policy"))
    table = find(*planted(43, cause={"team_id": "A"}, odds=5.0), changes=changes)
    assert [candidate.grade for candidate in table.candidates[:2]] == ["probable", "probable"]
    assert all("cannot tell it apart" in candidate.tests[3].finding for candidate in table.candidates[:2])


@pytest.mark.slow
def test_nothing_is_established_where_nothing_was_planted(planted):
    for seed in range(50, 58):
        table = find(*planted(seed, requests=5_000))
        assert all(candidate.grade != "established" for candidate in table.candidates)


@pytest.mark.slow
def test_a_cause_that_missed_the_escalations_requests_fails_on_timing(planted):
    outcome, requests = planted(44, cause={"team_id": "A"}, odds=5.0)
    late = requests[(requests["received_at"] > START + pd.Timedelta(weeks=70)) & (requests["team_id"] == "C")]
    table = find(outcome, requests, request_ids=tuple(late["request_id"].head(2)))
    mine = next(candidate for candidate in table.candidates if candidate.change_id == "C1")
    assert mine.tests[1] == Verdict("timing", False, "None of the escalation's own requests were exposed to it.")
    assert mine.grade != "established"


@pytest.mark.parametrize(
    ("passed", "grade"),
    [
        ("signal timing kinds rival control", "established"),
        ("signal timing kinds rival", "probable"),
        ("timing kinds", "probable"),
        ("timing signal", "probable"),
        ("signal kinds rival control", "possible"),
        ("timing rival control", "possible"),
        ("", "possible"),
    ],
)
def test_a_grade_follows_from_the_tests_passed(passed, grade):
    assert grade_of([Verdict(name, name in passed.split(), "") for name in TESTS]) == grade
    assert grade_of([Verdict(name, None, "") for name in TESTS]) == "possible"
    assert grade_of([Verdict(name, True, "") for name in TESTS], refuted=True) == "refuted"


def test_probabilities_and_the_set_belong_together(planted):
    table = find(*planted(45, requests=4_000, cause={"team_id": "A"}, odds=2.0))
    shares = [candidate.probability for candidate in table.candidates]
    assert 0 < sum(shares) <= 1
    if table.credible_set:
        held = sum(candidate.probability for candidate in table.candidates if candidate.rank in table.credible_set)
        assert held >= 0.8 or set(table.credible_set) == {candidate.rank for candidate in table.candidates}


def test_requests_that_a_rule_picked_are_compared_within_their_arm(planted):
    outcome, requests = planted(46, requests=6_000, cause={"team_id": "A"}, odds=4.0)
    frame = outcome.frame.assign(arm="random")
    # A rule that takes failures five times as often changes how often they fail, not what goes with failing.
    taken = np.random.default_rng(46).random(len(frame)) < np.where(frame["failed"], 0.8, 0.16)
    arms = frame.assign(arm=np.where(taken, "targeted", np.where(np.arange(len(frame)) % 3 == 0, "random", "no")))
    arms = arms[arms["arm"] != "no"]
    outcome = dataclasses.replace(outcome, frame=arms[arms["arm"] == "random"], all_arms=arms)
    first = find(outcome, requests).candidates[0]
    assert first.change_id == "C1"
    assert first.effect.low < 4.0 < first.effect.high
    alone = dataclasses.replace(outcome, all_arms=None)
    wider = next(c for c in find(alone, requests).candidates if c.change_id == "C1").effect
    assert np.log(first.effect.high / first.effect.low) < np.log(wider.high / wider.low)


# Robust errors and leaving one out


def test_what_one_specialist_does_does_not_pass_for_a_cause_of_all():
    random = np.random.default_rng(3)
    rows = 4_000
    exposed = random.random(rows) < 0.3
    who = random.integers(0, 20, rows)
    rate = np.where(exposed & (who == 4), 0.7, 0.05)
    failed = (random.random(rows) < rate).astype(float)
    week = random.integers(0, 50, rows)
    plain = adjusted_odds_ratio(exposed, [], np.ones(rows), failed, week=week)
    robust = adjusted_odds_ratio(exposed, [], np.ones(rows), failed, week=week, cluster=who)
    assert plain.estimate.low > 1
    assert robust.estimate.low < plain.estimate.low
    assert robust.without_one.low < 1
    assert robust.without_one.value < robust.estimate.value
    assert robust.clusters == 20


def test_leaving_out_nobody_in_particular_changes_little():
    random = np.random.default_rng(4)
    rows = 20_000
    exposed = random.random(rows) < 0.3
    failed = (random.random(rows) < np.where(exposed, 0.15, 0.05)).astype(float)
    who, week = random.integers(0, 40, rows), random.integers(0, 50, rows)
    found = adjusted_odds_ratio(exposed, [], np.ones(rows), failed, week=week, cluster=who)
    keep = [who != one for one in range(40)]
    refitted = [
        adjusted_odds_ratio(exposed[k], [], np.ones(k.sum()), failed[k], week=week[k]).estimate.value for k in keep
    ]
    assert found.without_one.value == pytest.approx(min(refitted), rel=0.01)
    assert found.without_one.value > 0.9 * found.estimate.value


# Placebos


@pytest.fixture(scope="module")
def risen():
    """Weekly counts of two segments; the first rises threefold at week 50."""
    random = np.random.default_rng(5)
    rows = 20_000
    week, segment = random.integers(0, 80, rows), random.integers(0, 5, rows)
    rate = np.where((segment == 0) & (week >= 50), 0.15, 0.05)
    failed = (random.random(rows) < rate).astype(float)
    base = base_model([segment, week // 4], np.ones(rows), failed)
    usual = base_model([segment], np.ones(rows), failed)
    return segment, Observed(week, failed, usual.expected), base


def test_observed_against_expected_sees_the_rise_where_it_is(risen):
    segment, counts, _ = risen
    own = ratio_of_observed_to_expected(segment == 0, 50, counts)
    other = ratio_of_observed_to_expected(segment != 0, 50, counts)
    assert own.low < 3.0 < own.high
    assert other.low < 1.0 < other.high
    assert ratio_of_observed_to_expected(segment == 0, 80, counts) is None
    assert ratio_of_observed_to_expected(segment == 9, 50, counts) is None


def test_placebos_are_flat_where_nothing_happened(risen):
    segment, counts, base = risen
    dates = placebo_dates(base, segment == 0, 50, counts.week, z=8.0)
    assert dates.tried > 30
    assert dates.as_large == 0
    late = placebo_dates(base, segment == 0, 75, counts.week, z=8.0)
    assert late.as_large > 0
    others = placebo_segments(segment, list("abcde"), segment == 0, 50, counts)
    assert (others.tried, others.as_large) == (4, 0)
    assert placebo_dates(base, segment == 0, 9, counts.week, z=8.0) is None


def test_a_scan_says_between_which_weeks_the_rise_began(risen):
    segment, counts, base = risen
    scan = scan_onset(base, segment == 0, counts.week, first=8, last=77)
    assert scan.low <= 50 <= scan.high
    assert scan.low <= scan.week <= scan.high
    z, error = rise_profile(np.array([0.0, 0.0, 5.0]), np.array([0.0, 4.0, 4.0]))
    assert z[0] == -np.inf
    assert error[0] == np.inf
    assert z[2] == pytest.approx(2.5 / np.sqrt(2))
