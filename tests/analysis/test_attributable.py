import math
from itertools import pairwise

import numpy as np
import pytest

from rca_lib.analysis.attributable import attributable_fraction, failures_averted
from rca_lib.analysis.evalue import e_value, evalue
from rca_lib.analysis.intervals import Estimate


def test_the_fraction_is_what_miettinen_says():
    k1, n1, k0, n0 = 30, 200, 24, 800
    ratio = (k1 / n1) / (k0 / n0)

    assert attributable_fraction(k1, n1, k0, n0).value == pytest.approx(k1 / (k1 + k0) * (1 - 1 / ratio))


def test_the_interval_holds_0_where_rates_are_alike_and_narrows_with_more_requests():
    found = [attributable_fraction(20 * times, 200 * times, 80 * times, 800 * times) for times in (1, 4, 16)]

    assert all(one.value == pytest.approx(0) and one.low < 0 < one.high for one in found)
    widths = [one.high - one.low for one in found]
    assert all(later == pytest.approx(earlier / 2, rel=0.1) for earlier, later in pairwise(widths))


def test_the_interval_agrees_with_resampled_requests():
    k1, n1, k0, n0 = 60, 600, 50, 2_400
    random = np.random.default_rng(5)
    cells = random.multinomial(n1 + n0, np.array([k1, n1 - k1, k0, n0 - k0]) / (n1 + n0), 20_000)
    drawn = 1 - cells[:, 2] / cells[:, 2:].sum(axis=1) / (cells[:, 0] + cells[:, 2]) * (n1 + n0)

    found = attributable_fraction(k1, n1, k0, n0)

    assert (found.low, found.high) == pytest.approx(tuple(np.quantile(drawn, [0.025, 0.975])), abs=0.015)


@pytest.mark.parametrize("counts", [(0, 50, 0, 50), (0, 0, 5, 50), (5, 50, 0, 0)])
def test_without_failures_or_without_one_of_the_groups_there_is_no_fraction(counts):
    found = attributable_fraction(*counts)

    assert math.isnan(found.value)
    assert (found.low, found.high) == (0, 1)


@pytest.mark.parametrize("counts", [(10, 50, 0, 50), (0, 50, 10, 50), (50, 50, 10, 50), (50, 50, 50, 50)])
def test_an_empty_cell_leaves_the_interval_finite_and_around_the_fraction(counts):
    found = attributable_fraction(*counts)

    assert found.low <= found.value <= found.high <= 1
    assert math.isfinite(found.low)


def test_failures_averted_are_the_fraction_times_the_failures():
    fraction = attributable_fraction(43, 54, 3, 21)
    averted = failures_averted(fraction, 46)

    assert (averted.value, averted.low, averted.high) == pytest.approx(
        (46 * fraction.value, 46 * fraction.low, 46 * fraction.high)
    )
    assert (averted.n, averted.level) == (fraction.n, fraction.level)


def test_a_common_failure_takes_the_square_root_of_the_odds_ratio():
    rare = e_value(Estimate(4.0, 2.25, 9.0, 500), common=False)
    common = e_value(Estimate(4.0, 2.25, 9.0, 500), common=True)

    assert rare == (evalue(4.0), evalue(2.25))
    assert common == (evalue(2.0), evalue(1.5))


def test_an_odds_ratio_below_1_is_as_strong_as_its_inverse():
    below = e_value(Estimate(1 / 4.0, 1 / 9.0, 1 / 2.25, 500), common=False)

    assert below == pytest.approx(e_value(Estimate(4.0, 2.25, 9.0, 500), common=False))


@pytest.mark.parametrize("common", [True, False])
def test_edges_of_the_e_value(common):
    assert e_value(Estimate(1.4, 0.9, 2.2, 500), common=common)[1] == 1.0
    assert e_value(Estimate(0.0, 0.0, 0.5, 500), common=common)[0] == math.inf
    assert e_value(Estimate(math.inf, 2.0, math.inf, 500), common=common)[0] == math.inf
    assert all(math.isnan(one) for one in e_value(Estimate(math.nan, 0.0, math.inf, 0), common=common))
    with pytest.raises(ValueError, match="below 0"):
        e_value(Estimate(-0.5, -1.0, 0.5, 500), common=common)
