import math

import numpy as np
import pytest

from rca_lib.analysis.agreement import (
    METRICS,
    agreement,
    cohen_kappa,
    gwet_ac,
    krippendorff_alpha,
    ratings_of,
    weights_of,
)


def drawn(seed, units, raters=3, right=0.8, categories=4):
    random = np.random.default_rng(seed)
    truth = random.integers(0, categories, units)
    guess = random.integers(0, categories, (units, raters))
    return np.where(random.random((units, raters)) < right, truth[:, None], guess)


def test_full_agreement_is_one_and_guessing_is_none():
    same = ratings_of(np.repeat(np.arange(4), 10)[:, None].repeat(3, axis=1))
    assert all(found.value == 1 for found in agreement(same).values())
    assert krippendorff_alpha(same).value == 1
    guessed = ratings_of(drawn(1, 4_000, right=0.0))
    for name, found in agreement(guessed).items():
        if name != "percent agreement":
            assert found.low < 0.02
            assert abs(found.value) < 0.03


def test_renaming_categories_and_turning_raters_change_nothing():
    table = drawn(2, 80)
    names = np.array(["d", "b", "a", "c"])[table]
    one, other = ratings_of(table), ratings_of(names[:, ::-1])
    for left, right in zip(agreement(one).values(), agreement(other).values(), strict=True):
        assert left.value == pytest.approx(right.value)
    assert krippendorff_alpha(one).value == pytest.approx(krippendorff_alpha(other).value)


def test_more_units_narrow_the_interval():
    few, many = (gwet_ac(ratings_of(drawn(3, size))) for size in (50, 800))
    assert many.high - many.low < 0.4 * (few.high - few.low)


def test_intervals_cover_what_a_very_large_table_gives():
    truth = gwet_ac(ratings_of(drawn(4, 40_000))).value
    inside = 0
    for seed in range(100, 300):
        found = gwet_ac(ratings_of(drawn(seed, 60)))
        inside += found.low <= truth <= found.high
    assert 0.90 <= inside / 200 <= 0.99


def test_a_rare_category_lowers_kappa_and_hardly_ac1():
    table = [[118, 5], [2, 0]]
    pairs = ratings_of([(i, j) for i in range(2) for j in range(2) for _ in range(table[i][j])])
    assert cohen_kappa(table).value < 0
    assert gwet_ac(pairs).value > 0.9


def test_one_rating_a_unit_one_category_or_nothing_are_said_as_such():
    assert math.isnan(gwet_ac(ratings_of([[1, np.nan], [np.nan, 2]])).value)
    assert math.isnan(krippendorff_alpha(ratings_of([[1, np.nan]])).value)
    assert "only one category" in krippendorff_alpha(ratings_of([[1, 1], [1, 1]])).method
    assert math.isnan(cohen_kappa([[0, 0], [0, 0]]).value)
    assert "only one category" in cohen_kappa([[5, 0], [0, 0]]).method
    assert math.isnan(gwet_ac(ratings_of([[np.nan, np.nan]])).value)
    assert math.isnan(krippendorff_alpha(ratings_of([])).value)
    with pytest.raises(ValueError, match="needs numbers as ratings"):
        krippendorff_alpha(ratings_of([["a", "b"]]), "ratio")


def test_unknown_weights_and_metrics_are_named_with_the_known_ones():
    with pytest.raises(ValueError, match="unweighted, linear or quadratic"):
        weights_of((1, 2), "cubic")
    with pytest.raises(ValueError, match=", ".join(METRICS)):
        krippendorff_alpha(ratings_of([[1, 1]]), "cubic")
