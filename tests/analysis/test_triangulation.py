"""Counts and evidence: how each side is heard, how the two meet, and the grade that both bear."""

import itertools

import pytest

from rca_lib.analysis.averted import averted_in_a_quarter, failures_in_a_quarter
from rca_lib.analysis.cause_table import Candidate, Test
from rca_lib.analysis.grading import TESTS, grade_of
from rca_lib.analysis.intervals import Estimate
from rca_lib.analysis.triangulation import (
    GRADES,
    MEETINGS,
    Piece,
    Voice,
    combined_tests,
    lower_grade,
    meeting,
    voice_of,
    voice_of_counts,
)


def estimate(value, low, high):
    return Estimate(value, low, high, 100.0, None, "made up")


def candidate(
    effect=(4.0, 2.0, 8.0), grade="possible", kinds=("outcome data",), passed=("signal", "timing"), share=None
):
    return Candidate(
        rank=1, kind="change", label="a change", segment={}, change_id="CHG-1", since=None,
        effect=None if effect is None else estimate(*effect), share=None if share is None else estimate(*share),
        n=100, failed=20, evidence=5.0, stands_out=True, holds_requests=1.0, collinear_with=(), grade=grade, method="", caution="",
        tests=tuple(Test(name, name in passed, f"{name} found") for name in TESTS), kinds=kinds,
    )  # fmt: skip


def pieces(*told):
    return [Piece(f"E{at}", kind, rating, weight) for at, (kind, rating, weight) in enumerate(told, start=1)]


@pytest.mark.parametrize(
    ("told", "says"),
    [
        ([], "silent"),
        ([("log", "N", 1.0)], "silent"),
        ([("log", "CC", 0.0)], "silent"),
        ([("log", "C", 1.0), ("chat", "I", 0.25)], "supports"),
        ([("log", "C", 1.0), ("interview", "I", 0.75)], "divided"),
        ([("log", "II", 1.0), ("chat", "C", 0.5)], "against"),
        ([("log", "I", 1.0), ("chat", "C", 0.75)], "divided"),
    ],
)
def test_what_rated_pieces_amount_to(told, says):
    assert voice_of(pieces(*told)).says == says


def test_only_firm_pieces_count_as_a_kind_of_evidence():
    voice = voice_of(pieces(("log", "C", 1.0), ("chat", "CC", 0.375), ("interview", "I", 1.0), ("interview", "N", 1.0)))

    assert voice.kinds == ("log",)
    assert voice.speak_for == ("E1", "E2")
    assert voice.against == ("E3",)


@pytest.mark.parametrize(
    ("made", "says"),
    [
        (candidate(), "supports"),
        (candidate(effect=(2.0, 0.7, 6.0)), "silent"),
        (candidate(effect=(0.4, 0.2, 0.8)), "against"),
        (candidate(grade="refuted"), "against"),
        (candidate(effect=None, share=(0.4, 0.1, 0.7)), "supports"),
        (candidate(effect=None, share=(0.1, -0.2, 0.4)), "silent"),
    ],
)
def test_what_a_candidate_of_the_counts_says(made, says):
    assert voice_of_counts(made).says == says
    assert voice_of_counts(made).tested


def test_without_a_candidate_the_rated_claims_speak():
    assert voice_of_counts(None).says == "silent"
    voice = voice_of_counts(None, pieces(("counts", "C", 1.0)))
    assert voice.says == "supports"
    assert not voice.tested


def test_every_pair_of_voices_meets_in_one_way():
    states = ("supports", "against", "divided", "silent")
    found = {(one, two): meeting(Voice(one, tested=True), Voice(two)) for one, two in itertools.product(states, states)}

    assert set(found.values()) == set(MEETINGS) - {"complement"}
    assert found["supports", "supports"] == found["against", "against"] == "converge"
    assert found["supports", "against"] == found["against", "supports"] == "disagree"
    assert all(how == "disagree" for pair, how in found.items() if "divided" in pair)
    assert all(how == "silent" for pair, how in found.items() if "silent" in pair and "divided" not in pair)
    assert meeting(Voice("supports", tested=False), Voice("supports")) == "complement"


def grade(**given):
    return grade_of(combined_tests(**given))


def test_evidence_from_people_is_a_second_kind_and_a_rejected_rival_refutes():
    counts = candidate(passed=("signal", "timing", "control"))
    voice = voice_of(pieces(("interview", "C", 1.0)))

    assert grade(candidate=counts, evidence=Voice("silent")) == "probable"
    assert grade(candidate=counts, evidence=voice) == "probable"
    assert (
        grade(candidate=counts, evidence=voice, refuted_rivals=["It was the mix. This was rejected: it did not move."])
        == "established"
    )


def test_evidence_never_makes_up_for_a_signal_that_the_counts_lack():
    counts = candidate(passed=("timing", "control"))
    voice = voice_of(pieces(("interview", "CC", 1.0), ("log", "CC", 1.0), ("document", "CC", 1.0)))

    assert grade(candidate=counts, evidence=voice, refuted_rivals=["Rejected."]) == "probable"


def test_a_cause_that_no_count_shows_is_at_most_probable():
    voice = voice_of(pieces(("interview", "CC", 1.0), ("log", "CC", 1.0)))
    timing = Test("timing", True, "It was so before.")

    assert grade(candidate=None, evidence=voice, refuted_rivals=["Rejected."], timing=timing) == "probable"
    assert grade(candidate=None, evidence=voice, refuted_rivals=["Rejected."]) == "possible"


def test_hearsay_alone_is_no_second_kind():
    voice = voice_of(pieces(("chat", "CC", 0.25)))

    tests = {test.name: test for test in combined_tests(candidate(kinds=("outcome data",)), voice)}
    assert not tests["kinds"].passed


def test_figures_on_record_are_no_second_kind_beside_outcome_data():
    tests = {test.name: test for test in combined_tests(candidate(), voice_of(pieces(("metric", "CC", 1.0))))}

    assert not tests["kinds"].passed


def test_the_tests_come_in_their_order_and_say_what_was_found():
    tests = combined_tests(candidate(), voice_of(pieces(("log", "C", 1.0))))

    assert [test.name for test in tests] == list(TESTS)
    assert all(test.finding.endswith((".", "found")) for test in tests)


@pytest.mark.parametrize("borne", GRADES)
@pytest.mark.parametrize("asked", [*GRADES, None])
def test_a_grade_can_be_lowered_and_never_raised(borne, asked):
    stands = lower_grade(borne, asked)

    assert GRADES.index(stands) <= GRADES.index(borne)
    assert stands in (borne, asked)


def test_what_could_be_averted_is_the_share_of_the_failures_of_a_quarter():
    failures = failures_in_a_quarter(estimate(0.05, 0.04, 0.06), at_risk=2000, weeks=26)
    assert (failures.value, failures.low, failures.high) == pytest.approx((50, 40, 60))

    found = averted_in_a_quarter(estimate(0.8, 0.7, 0.9), failures)
    assert found.value == pytest.approx(40)
    assert 0 <= found.low < found.value < found.high <= failures.high


def test_a_certain_share_keeps_the_interval_of_the_failures():
    failures = failures_in_a_quarter(estimate(0.05, 0.04, 0.06), at_risk=1300, weeks=13)
    found = averted_in_a_quarter(estimate(0.5, 0.5, 0.5), failures)

    assert (found.low, found.high) == pytest.approx((failures.low / 2, failures.high / 2))


def test_nothing_is_averted_by_acting_on_what_goes_with_fewer_failures():
    found = averted_in_a_quarter(estimate(-0.2, -0.5, 0.1), failures_in_a_quarter(estimate(0.05, 0.04, 0.06), 1000, 13))

    assert found.value == 0
    assert found.low == 0


@pytest.mark.parametrize("seed", range(3))
def test_the_interval_of_what_could_be_averted_covers_the_truth(seed):
    import numpy as np

    random = np.random.default_rng(seed)
    true_share, true_failures, covered, runs = 0.6, 80.0, 0, 2000
    for _ in range(runs):
        share, failures = random.normal(true_share, 0.06), random.normal(true_failures, 9.0)
        found = averted_in_a_quarter(
            estimate(share, share - 0.1176, share + 0.1176), estimate(failures, failures - 17.64, failures + 17.64)
        )
        covered += found.low <= true_share * true_failures <= found.high
    assert 0.93 < covered / runs < 0.97
