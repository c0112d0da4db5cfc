import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rca_lib.analysis.intervals import (
    clopper_pearson_interval,
    newcombe_difference,
    odds_ratio,
    poisson_interval,
    rate,
    rate_bounds,
    rate_ratio,
    weighted_rate,
    wilson_interval,
)

# Newcombe, Statistics in Medicine 1998;17:857-872, table I.
NEWCOMBE = [
    (81, 263, (0.2553, 0.3662), (0.2527, 0.3676)),
    (15, 148, (0.0624, 0.1605), (0.0578, 0.1617)),
    (0, 20, (0.0, 0.1611), (0.0, 0.1684)),
    (1, 29, (0.0061, 0.1718), (0.0009, 0.1776)),
]

counts = st.integers(0, 400).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n)))
some_counts = st.integers(1, 400).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n)))


@pytest.mark.parametrize(("k", "n", "wilson", "exact"), NEWCOMBE)
def test_single_proportions_reach_the_published_digits(k, n, wilson, exact):
    by_score, by_beta = wilson_interval(k, n), clopper_pearson_interval(k, n)
    assert (round(by_score.low, 4), round(by_score.high, 4)) == wilson
    assert (round(by_beta.low, 4), round(by_beta.high, 4)) == exact


# Newcombe, Statistics in Medicine 1998;17:873-890, table II, method 10.
@pytest.mark.parametrize(
    ("counts", "limits"),
    [
        ((56, 70, 48, 80), (0.0524, 0.3339)),
        ((9, 10, 3, 10), (0.1705, 0.8090)),
        ((6, 7, 2, 7), (0.0582, 0.8062)),
        ((5, 56, 0, 29), (-0.0381, 0.1926)),
        ((0, 10, 0, 20), (-0.1611, 0.2775)),
        ((10, 10, 0, 10), (0.6075, 1.0)),
    ],
)
def test_differences_reach_the_published_digits(counts, limits):
    gap = newcombe_difference(*counts)
    assert (round(gap.low, 4), round(gap.high, 4)) == limits


def test_oswego_and_doll_and_hill():
    vanilla = rate_ratio(43, 54, 3, 21)
    assert [round(x, 2) for x in (vanilla.value, vanilla.low, vanilla.high)] == [5.57, 1.94, 16.03]
    assert round(odds_ratio(43, 54, 3, 21).value, 2) == 23.45
    assert round(odds_ratio(647, 649, 622, 649).value, 2) == 14.04


def test_statsmodels_agrees():
    from statsmodels.stats.proportion import confint_proportions_2indep, proportion_confint

    for k, n in [(1, 29), (7, 31), (400, 5000)]:
        assert proportion_confint(k, n, method="wilson") == pytest.approx(
            (wilson_interval(k, n).low, wilson_interval(k, n).high)
        )
        assert proportion_confint(k, n, method="beta") == pytest.approx(
            (clopper_pearson_interval(k, n).low, clopper_pearson_interval(k, n).high)
        )
    gap = newcombe_difference(31, 400, 12, 350)
    assert confint_proportions_2indep(31, 400, 12, 350, method="newcomb") == pytest.approx((gap.low, gap.high))
    ratio = rate_ratio(31, 400, 12, 350)
    assert confint_proportions_2indep(31, 400, 12, 350, compare="ratio", method="log") == pytest.approx(
        (ratio.low, ratio.high)
    )
    odds = odds_ratio(31, 400, 12, 350)
    assert confint_proportions_2indep(31, 400, 12, 350, compare="odds-ratio", method="logit") == pytest.approx(
        (odds.low, odds.high)
    )


def test_exact_poisson_limits_equal_those_of_the_chi_square_tables():
    # Garwood 1936: 10 events give 4.7954 to 18.3904.
    events = poisson_interval(10, 1)
    assert (round(events.low, 4), round(events.high, 4)) == (4.7954, 18.3904)
    assert poisson_interval(10, 4).value == 2.5


def test_rate_turns_exact_when_none_or_all_count():
    assert rate(0, 20) == clopper_pearson_interval(0, 20)
    assert rate(20, 20) == clopper_pearson_interval(20, 20)
    assert rate(1, 20) == wilson_interval(1, 20)


def test_nothing_observed_is_nothing_known():
    share = rate(0, 0)
    assert math.isnan(share.value)
    assert (share.low, share.high, share.n) == (0.0, 1.0, 0)
    assert (newcombe_difference(0, 0, 1, 2).low, newcombe_difference(0, 0, 1, 2).high) == (-1.0, 1.0)
    assert (rate_ratio(0, 0, 1, 2).low, rate_ratio(0, 0, 1, 2).high) == (0.0, math.inf)
    assert poisson_interval(0, 0).high == math.inf


def test_impossible_counts_are_refused():
    for call in (
        lambda: wilson_interval(3, 2),
        lambda: clopper_pearson_interval(-1, 2),
        lambda: rate_ratio(1, 0, 1, 2),
        lambda: rate_bounds([1, 5], [2, 4]),
        lambda: poisson_interval(-1, 2),
    ):
        with pytest.raises(ValueError, match=r"between 0 and its total|negative"):
            call()


def test_ratios_with_empty_cells_keep_a_finite_side():
    none_after = rate_ratio(0, 50, 5, 50)
    assert none_after.value == 0
    assert none_after.low == 0
    assert 0 < none_after.high < math.inf
    none_before = rate_ratio(5, 50, 0, 50)
    assert none_before.value == none_before.high == math.inf
    assert none_before.low > 0
    assert math.isnan(rate_ratio(0, 5, 0, 5).value)
    certain = rate_ratio(5, 5, 7, 7)
    assert certain.low < certain.value == 1 < certain.high


@given(counts)
@settings(max_examples=60, deadline=None)
def test_an_interval_holds_its_estimate(pair):
    k, n = pair
    for share in (wilson_interval(k, n), clopper_pearson_interval(k, n)):
        assert 0 <= share.low <= share.high <= 1
        if n:
            assert share.low <= share.value <= share.high


@given(some_counts, some_counts)
@settings(max_examples=60, deadline=None)
def test_a_comparison_holds_its_estimate_and_turns_round(first, second):
    forth, back = newcombe_difference(*first, *second), newcombe_difference(*second, *first)
    assert forth.low <= forth.value <= forth.high
    assert (forth.low, forth.high) == pytest.approx((-back.high, -back.low))
    for ratio in (rate_ratio(*first, *second), odds_ratio(*first, *second)):
        assert math.isnan(ratio.value) or ratio.low <= ratio.value <= ratio.high


@given(some_counts, st.integers(2, 9))
@settings(max_examples=60, deadline=None)
def test_more_data_narrows(pair, times):
    k, n = pair
    small, large = rate(k, n), rate(k * times, n * times)
    assert large.high - large.low < small.high - small.low


@given(some_counts)
@settings(max_examples=60, deadline=None)
def test_counting_the_others_mirrors_the_interval(pair):
    k, n = pair
    share, others = rate(k, n), rate(n - k, n)
    assert (share.low, share.high) == pytest.approx((1 - others.high, 1 - others.low), abs=1e-12)


@given(st.lists(counts, min_size=1, max_size=20))
@settings(max_examples=40, deadline=None)
def test_many_at_once_equal_one_by_one(pairs):
    low, high = rate_bounds([k for k, _ in pairs], [n for _, n in pairs])
    singles = [rate(k, n) for k, n in pairs]
    assert low == pytest.approx([share.low for share in singles])
    assert high == pytest.approx([share.high for share in singles])


def test_unequal_weights_widen_and_equal_weights_change_nothing():
    failed = np.arange(200) % 10 == 0
    assert weighted_rate(failed, np.full(200, 4.0)) == rate(20, 200)
    uneven = weighted_rate(failed, np.tile([1.0, 9.0], 100))
    assert uneven.value == pytest.approx(20 / 1000)
    assert uneven.n == 200
    assert uneven.k == 20
    plain = rate(4, 200)
    assert uneven.high - uneven.low > plain.high - plain.low
    assert weighted_rate([False, False], [1.0, 3.0]).value == 0
    assert weighted_rate([True, True], [1.0, 3.0]).high == 1
    assert math.isnan(weighted_rate([], []).value)


def test_simulated_intervals_cover():
    rng = np.random.default_rng(7)
    k = rng.binomial(400, 0.06, 4000)
    low, high = rate_bounds(k, np.full(4000, 400))
    assert 0.93 <= float(((low <= 0.06) & (high >= 0.06)).mean()) <= 0.97
