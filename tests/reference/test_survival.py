"""Rows 15 to 17 of the reference table, and the properties that hold on any data."""

from __future__ import annotations

import math

import numpy as np
import pytest

from rca_lib.analysis.cox import cox_regression
from rca_lib.analysis.survival import kaplan_meier, log_rank, restricted_mean_difference

# Freireich et al., Blood 1963;21:699-716: weeks of remission, as printed by Cox 1972, table 1 (42 children).
TREATED = [6, 6, 6, 6, 7, 9, 10, 10, 11, 13, 16, 17, 19, 20, 22, 23, 25, 32, 32, 34, 35]
RELAPSED = [1, 1, 1, 0, 1, 0, 1, 0, 0, 1, 1, 0, 0, 0, 1, 1, 0, 0, 0, 0, 0]
PLACEBO = [1, 1, 2, 2, 3, 4, 4, 5, 5, 8, 8, 8, 8, 11, 11, 12, 12, 15, 17, 22, 23]
TIME = np.array(TREATED + PLACEBO, float)
EVENT = np.array(RELAPSED + [1] * 21)
GROUP = np.array([0] * 21 + [1] * 21)


def test_row_15_kaplan_meier_of_6mp():
    curve = kaplan_meier(TREATED, RELAPSED)
    assert curve.survival.round(3).tolist() == [0.857, 0.807, 0.753, 0.690, 0.627, 0.538, 0.448]
    assert (curve.quantile(0.5).value, kaplan_meier(PLACEBO, [1] * 21).quantile(0.5).value) == (23, 8)


def test_row_15_log_rank():
    test = log_rank(TIME, EVENT, GROUP)
    assert (round(test.chi2, 2), test.df) == (16.79, 1)


def test_row_15_cox():
    fit = cox_regression(TIME, EVENT, GROUP)
    assert round(fit.hazard_ratio().value, 2) == 4.82
    assert round(float(fit.coefficients[0]), 3) == 1.572
    assert round(fit.likelihood_ratio, 2) == 16.35


def test_row_16_rossi():
    datasets = pytest.importorskip("lifelines.datasets", reason="the 432 rows come with lifelines")
    rossi = datasets.load_rossi()
    names = ["fin", "age", "race", "wexp", "mar", "paro", "prio"]
    fit = cox_regression(rossi["week"], rossi["arrest"], rossi[names])
    assert fit.coefficients.round(4).tolist() == [-0.3794, -0.0574, 0.3139, -0.1498, -0.4337, -0.0849, 0.0915]
    assert (round(fit.loglik, 2), round(fit.likelihood_ratio, 2)) == (-658.75, 33.27)
    risk, week, arrest = rossi[names].to_numpy() @ fit.coefficients, rossi["week"].to_numpy(), rossi["arrest"] == 1
    first = np.array(arrest)[:, None] & ((week[:, None] < week) | ((week[:, None] == week) & ~np.array(arrest)))
    agree = (risk[:, None] > risk) + 0.5 * (risk[:, None] == risk)
    assert round(float(agree[first].mean()), 3) == 0.640


def test_row_17_lung():
    datasets = pytest.importorskip("lifelines.datasets", reason="the 228 rows come with lifelines")
    lung = datasets.load_lung()
    dead = (lung["status"] == lung["status"].max()).astype(int)
    median = kaplan_meier(lung["time"], dead).quantile(0.5)
    assert (median.value, median.low, median.high) == (310, 284, 361)
    test = log_rank(lung["time"], dead, lung["sex"])
    assert (round(test.chi2, 1), round(test.p, 4)) == (10.3, 0.0013)


def test_row_17_lung_proportional_hazards():
    # R's survival 3 as printed in two tutorials: sthda.com "Cox model assumptions" and emilyzabor.com, "Survival analysis in R".
    datasets = pytest.importorskip("lifelines.datasets", reason="the 228 rows come with lifelines")
    lung = datasets.load_lung()
    lung["dead"] = (lung["status"] == lung["status"].max()).astype(int)
    for names, chi2 in (
        (["age", "sex", "wt.loss"], [0.5077, 2.5489, 0.0144]),
        (["age", "sex", "ph.ecog"], [0.1880, 2.3054, 2.0542]),
    ):
        known = lung.dropna(subset=names)
        fit = cox_regression(known["time"], known["dead"], known[names])
        assert fit.proportional_chi2.round(4).tolist() == chi2


def _random(seed: int, n: int = 120) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    draw = np.random.default_rng(seed)
    group = draw.integers(0, 2, n)
    time = np.ceil(draw.exponential(8, n) / np.exp(0.5 * group))
    return time, draw.random(n) < 0.7, group


@pytest.mark.parametrize("seed", range(4))
def test_cox_agrees_with_statsmodels(seed):
    from statsmodels.duration.hazard_regression import PHReg

    time, event, group = _random(seed)
    x = np.column_stack([group, np.random.default_rng(seed).normal(size=len(group))])
    ours = cox_regression(time, event, x)
    theirs = PHReg(time, x, event.astype(int), ties="efron").fit(disp=0)
    np.testing.assert_allclose(ours.coefficients, theirs.params, atol=1e-6)
    np.testing.assert_allclose(ours.errors, theirs.bse, atol=1e-6)
    assert ours.loglik == pytest.approx(theirs.llf, abs=1e-6)


def test_without_censoring_the_curve_is_the_share_left():
    time = np.random.default_rng(1).exponential(5, 200)
    curve = kaplan_meier(time, np.ones(200))
    assert curve.at(4.0).value == pytest.approx((time > 4).mean())
    assert curve.restricted_mean(4.0).value == pytest.approx(np.minimum(time, 4).mean())


def test_restricted_mean_covers_the_truth():
    inside = 0
    for seed in range(300):
        draw = np.random.default_rng(seed)
        time, end = draw.exponential(10, 150), draw.uniform(5, 40, 150)
        found = kaplan_meier(np.minimum(time, end), time <= end).restricted_mean(15.0)
        inside += found.low <= 10 * (1 - math.exp(-1.5)) <= found.high
    assert 0.92 <= inside / 300 <= 0.98


def test_the_difference_of_means_covers_the_truth_where_hazards_cross():
    inside = 0
    truth = 5.0 - 10 * (1 - math.exp(-1.0))
    for seed in range(300):
        draw = np.random.default_rng(seed)
        one, other, end = draw.exponential(10, 120), draw.uniform(0, 10, 120), draw.uniform(5, 40, (2, 120))
        curves = [
            kaplan_meier(np.minimum(time, stop), time <= stop) for time, stop in zip((one, other), end, strict=True)
        ]
        found = restricted_mean_difference(*curves, 10.0)
        back = restricted_mean_difference(*curves[::-1], 10.0)
        assert found.value == pytest.approx(-back.value)
        inside += found.low <= truth <= found.high
    assert 0.92 <= inside / 300 <= 0.98


def test_hazards_that_cross_are_found_and_proportional_ones_are_not():
    draw = np.random.default_rng(7)
    group = np.repeat([0, 1], 400)
    crossing = np.where(group == 1, draw.weibull(3.0, 800), draw.weibull(0.7, 800))
    assert cox_regression(crossing, np.ones(800), group).proportional_p[0] < 1e-6
    p = []
    for seed in range(200):
        time, event, group = _random(seed)
        p.append(cox_regression(time, event, group).proportional_p[0])
    assert 0.01 <= np.mean(np.array(p) < 0.05) <= 0.10


def test_swapping_the_groups_inverts_the_ratio():
    time, event, group = _random(3)
    one, other = cox_regression(time, event, group), cox_regression(time, event, 1 - group)
    assert one.hazard_ratio().value * other.hazard_ratio().value == pytest.approx(1)
    assert one.proportional_p == pytest.approx(other.proportional_p)


@pytest.mark.parametrize(
    ("time", "event", "group"),
    [
        ([1, 2, 3], [0, 0, 0], [0, 1, 1]),
        ([1, 2, 3], [1, 1, 1], [1, 1, 1]),
        ([1, 2, 3, 10, 11, 12], [1, 1, 1, 1, 1, 1], [0, 0, 0, 1, 1, 1]),
        ([1, 2, 3, 10], [1, 1, 1, 0], [0, 0, 0, 1]),
    ],
    ids=["no events", "one group", "apart", "nothing closed in one"],
)
def test_what_cannot_be_fitted_says_so(time, event, group):
    fit = cox_regression(time, event, group)
    assert not fit.ok
    assert fit.reason
    assert fit.would_allow
    assert math.isnan(fit.hazard_ratio().value)
    log_rank(time, event, group)


def test_a_finished_curve_has_a_mean_beyond_its_last_event():
    assert kaplan_meier([1, 2, 3], [1, 1, 1]).restricted_mean(8).value == pytest.approx(2)


def test_nothing_and_one_and_all_at_once():
    assert math.isnan(kaplan_meier([], []).quantile(0.5).value)
    still = kaplan_meier([3, 4], [0, 0])
    assert still.quantile(0.5).value == math.inf
    assert still.at(2).value == 1
    together = kaplan_meier([5, 5, 5], [1, 1, 1])
    median = together.quantile(0.5)
    assert (median.value, median.low, median.high) == (5, 5, math.inf)
    with pytest.raises(ValueError, match="horizon"):
        still.restricted_mean(9)
    with pytest.raises(ValueError, match="negative"):
        kaplan_meier([-1], [1])
