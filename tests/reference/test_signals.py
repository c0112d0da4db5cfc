"""Published numbers of control charts, CUSUM and funnel plots; the row numbers are those of methods.md, section 3."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from rca_lib.analysis.chart_choice import choose_chart
from rca_lib.analysis.charts import anhoej_limits, laney_sigma_z, runs_about
from rca_lib.analysis.control_charts import control_limits, control_points, moving_range_mean
from rca_lib.analysis.cusum import average_run_length, tabular_cusum
from rca_lib.analysis.funnel import funnel_of_ratios
from rca_lib.analysis.signals import signal
from rca_lib.analysis.xmr import COMMON_CAUSE, XMR_RULES, assurance, point_rules, xmr

REFERENCE = Path(__file__).parents[2].parent / "shared" / "data" / "reference"


def table(name):
    path = REFERENCE / name
    if not path.exists():
        pytest.skip(f"{name} is not at hand")
    return pd.read_csv(path)


def numbers(text):
    return np.array([float(word) for word in text.split()])


COSTS = numbers(
    "310 288 297 298 307 303 294 297 308 306 294 299 297 299 314 295 293 306 301 304 305 282 305 296 314 295 287 301 298 "
    "311 310 292 305 299 304 310 304 305 333 328"
)
CANS = numbers("12 15 8 10 4 7 16 9 14 10 5 6 17 12 22 8 10 5 13 11 20 18 24 15 9 12 7 13 9 6")
CANS_LATER = numbers("9 6 12 5 6 4 6 3 7 6 2 4 3 6 5 4 8 5 6 7 5 6 3 5")
VALVES = numbers("286 948 536 124 816 729 4 143 431 8 2837 596 81 227 603 492 1199 1214 2831 96")


def test_row_1_individuals_and_moving_ranges():
    """Montgomery, example 6.5: costs of processing a mortgage loan, limits frozen at week 20."""
    first = np.arange(40) < 20
    limits = control_limits("i", COSTS, used=first)
    points = control_points("i", COSTS, baseline=first)
    runs = runs_about(COSTS, limits.centre)

    assert round(limits.centre, 1) == 300.5
    assert (round(limits.lower[0], 2), round(limits.upper[0], 2)) == (279.78, 321.22)
    assert (round(limits.moving_range, 2), round(limits.moving_range_limit, 2)) == (7.79, 25.45)
    assert (np.flatnonzero(points["outside"]) + 1).tolist() == [39, 40]
    assert (runs.longest, runs.longest_allowed, runs.crossings, runs.crossings_needed) == (6, 8, 20, 14)


def test_row_2_p_chart_of_equal_samples():
    """Montgomery, example 7.1: orange juice cans, 30 samples of 50, then 24 more after an adjustment."""
    all_30 = control_points("p", CANS, np.full(30, 50))
    assert (np.flatnonzero(all_30["outside"]) + 1).tolist() == [15, 23]
    assert all_30.loc[0, ["centre", "lcl", "ucl"]].astype(float).round(4).tolist() == [0.2313, 0.0524, 0.4102]

    without = control_points("p", CANS, np.full(30, 50), exclude=[14, 22])
    assert without.loc[0, ["centre", "lcl", "ucl"]].astype(float).round(4).tolist() == [0.2150, 0.0407, 0.3893]

    rebased = control_points("p", [*CANS, *CANS_LATER], np.full(54, 50), starts=[30], exclude=[14, 22])
    assert rebased.loc[53, ["centre", "lcl", "ucl"]].astype(float).round(4).tolist() == [0.1108, 0.0, 0.2440]
    assert rebased.loc[0, "centre"] == without.loc[0, "centre"]


@pytest.mark.real
def test_row_3_p_chart_of_unequal_samples():
    """Montgomery, table 7.4: purchase orders."""
    orders = table("montgomery_tbl_07.04.csv")
    points = control_points("p", orders["count"], orders["size"])
    of_110 = points[points["size"] == 110].iloc[0]

    assert round(points["centre"].iloc[0], 5) == 0.09551
    assert (np.flatnonzero(points["outside"]) + 1).tolist() == [11]
    assert (round(of_110["lcl"], 4), round(of_110["ucl"], 4)) == (0.0114, 0.1796)


@pytest.mark.real
def test_row_4_c_chart_with_excluded_points_and_a_frozen_baseline():
    """Montgomery, example 7.3: defects of printed circuit boards; samples 6 and 20 left out, limits frozen at 26."""
    boards = table("montgomery_tbl_07.08.csv")
    points = control_points("c", boards["count"], baseline=np.arange(46) < 26, exclude=[5, 19])
    kept = np.delete(boards["count"].to_numpy(float), [5, 19])
    runs = runs_about(kept, points["centre"].iloc[0])

    assert points.loc[0, ["centre", "lcl", "ucl"]].astype(float).round(2).tolist() == [19.67, 6.36, 32.97]
    assert runs.signal
    assert (runs.longest, runs.longest_allowed, runs.crossings, runs.crossings_needed) == (8, 8, 14, 16)


@pytest.mark.real
def test_row_5_u_charts():
    """Montgomery, examples 7.4 (supply chain errors) and 7.5 (dyed cloth, rolls of unequal length)."""
    errors = table("montgomery_tbl_07.10.csv")
    points = control_points("u", errors["count"], errors["size"])
    assert points.loc[0, ["centre", "lcl", "ucl"]].astype(float).round(4).tolist() == [0.074, 0.0, 0.1894]

    cloth = table("montgomery_tbl_07.11.csv")
    points = control_points("u", cloth["count"], cloth["meters"] / 50)
    assert points.loc[0, ["centre", "lcl", "ucl"]].astype(float).round(4).tolist() == [1.4233, 0.2915, 2.5550]


def test_row_6_t_chart():
    """Montgomery, example 7.6: hours between failures of a valve, by the power 1/3.6."""
    limits = control_limits("t", VALVES)

    assert (round(limits.centre, 2), round(limits.upper[0], 2), limits.lower[0]) == (430.04, 6937.93, 0.0)


@pytest.mark.real
def test_row_7_laney_p_prime_chart():
    """Mohammed et al. 2013: attendances at accident departments seen within four hours."""
    seen = table("qicharts2_nhs_accidents.csv")
    plain = control_points("p", seen["r"], seen["n"])
    laney = control_points("p'", seen["r"], seen["n"])
    runs = runs_about(laney["value"], laney["centre"].iloc[0])

    assert plain["outside"].sum() == 16
    assert laney["outside"].sum() == 0
    assert round(laney["sigma_z"].iloc[0], 2) == 10.64
    assert round(laney_sigma_z(plain["value"], seen["n"], plain["centre"].iloc[0]), 2) == 10.64
    assert round(laney["centre"].iloc[0], 5) == 0.95290
    assert (runs.longest, runs.longest_allowed, runs.crossings, runs.crossings_needed) == (5, 7, 9, 6)
    assert choose_chart(seen["n"], seen["r"]).chart == "p'"


@pytest.mark.parametrize(
    ("n", "longest", "crossings"),
    [(10, 6, 2), (12, 7, 3), (16, 7, 4), (20, 7, 6), (24, 8, 8), (30, 8, 10), (40, 8, 14), (60, 9, 23), (100, 10, 41)],
)
def test_row_8_anhoej_limits(n, longest, crossings):
    assert anhoej_limits(n) == (longest, crossings)


@pytest.mark.real
def test_row_9_infections_before_and_after_an_intervention():
    infections = table("qicharts2_cdi.csv")
    post = (infections["period"] == "post").to_numpy()
    before, after = (infections[post == flag] for flag in (False, True))
    points = control_points("u", infections["n"], infections["days"] / 10_000, starts=[int(post.argmax())])
    runs = runs_about(infections["n"], infections["n"].median())

    assert (before["n"].sum(), round(before["days"].sum(), 3)) == (449, 344_742.167)
    assert (after["n"].sum(), round(after["days"].sum(), 2)) == (85, 169_697.25)
    assert points.groupby("phase")["centre"].first().round(2).tolist() == [13.02, 5.01]
    assert infections["n"].median() == 17
    assert (runs.useful, runs.longest, runs.longest_allowed, runs.crossings, runs.crossings_needed) == (
        32,
        14,
        8,
        6,
        11,
    )
    assert signal("run", infections["n"]).rule == "shift"


def test_row_10_nhs_limits_with_screened_moving_ranges():
    """NHSRplotthedots: a moving range of 3.267 times the mean and more is left out once, the mean is not."""
    values = [10.0, 11, 10, 11, 10, 11, 10, 11, 10, 11, 10, 40]
    chart, plain = xmr(values), xmr(values, screened=False)

    assert chart.mean == plain.mean == np.mean(values)
    assert chart.mean_moving_range == pytest.approx(1.0)
    assert plain.mean_moving_range == pytest.approx(moving_range_mean(values)) == pytest.approx(40 / 11)
    assert (chart.lower, chart.upper) == pytest.approx((chart.mean - 2.66, chart.mean + 2.66))


@pytest.mark.parametrize(
    ("values", "named"),
    [
        ([0, 0.1, -0.1, 0, 0.1, -3.1, 0.1], {5: XMR_RULES[0]}),
        ([-1.5, -1.0, -0.5, -0.1, 0.5, 1.0, 1.5], dict.fromkeys(range(7), XMR_RULES[1])),
        ([-0.1, 2.5, 0.3, 2.2, -0.1], {1: XMR_RULES[2], 3: XMR_RULES[2]}),
        ([-0.1, 2.5, -0.3, 2.2, -0.1], {}),
        ([-0.1, 0.3, 0.1, 0.2, 0.3, 0.1, 0.4, 0.2, -0.1], dict.fromkeys(range(1, 8), XMR_RULES[3])),
        ([-0.1, 0.3, 0.1, 0.2, 0.3, 0.1, 0.4, -0.2, -0.1], {}),
    ],
)
def test_row_10_nhs_point_rules(values, named):
    rules = point_rules(values, 0.0, 3.0)

    assert {index: rule for index, rule in enumerate(rules) if rule != COMMON_CAUSE} == named


def test_row_10_nhs_rules_name_a_point_in_their_order():
    rising = [-1.5, -1.0, -0.5, -0.1, 0.5, 1.0, 9.0]
    assert point_rules(rising, 0.0, 3.0)[-1] == XMR_RULES[0]
    assert point_rules(rising, 0.0, 3.0)[0] == XMR_RULES[1]


@pytest.mark.parametrize(
    ("target", "better_high", "better_low"),
    [
        (95, "fail", "pass"),
        (75, "pass", "fail"),
        (85, "inconsistent", "inconsistent"),
        (90, "inconsistent", "inconsistent"),
    ],
)
def test_row_10_nhs_assurance(target, better_high, better_low):
    assert assurance(80, 90, target, True) == better_high
    assert assurance(80, 90, target, False) == better_low
    assert assurance(80, 90, target, None) is None


@pytest.mark.real
def test_row_11_tabular_cusum():
    """Montgomery, table 9.1 and 9.2: mean 10, k 0.5, h 5; the level rises by one after sample 20."""
    chart = tabular_cusum(table("montgomery_tbl_09.01.csv")["x"], target=10)

    assert round(chart.lower[1], 2) == 1.56
    assert (round(chart.upper[27], 2), round(chart.upper[28], 2)) == (4.47, 5.28)
    assert (chart.first, chart.direction) == (28, "rise")
    assert chart.counts_upper[28] == 7
    assert chart.since == 22


@pytest.mark.parametrize(
    ("decision", "printed"),
    [
        (4, "168 74.2 26.6 13.3 8.38 4.75 3.34 2.62 2.19"),
        (5, "465 139 38.0 17.0 10.4 5.75 4.01 3.11 2.57"),
    ],
)
def test_row_12_run_lengths_of_a_cusum(decision, printed):
    """Montgomery, table 9.3 (Lucas and Crosier 1982), two-sided, k 0.5."""
    shifts = (0, 0.25, 0.5, 0.75, 1, 1.5, 2, 2.5, 3)
    for shift, published in zip(shifts, printed.split(), strict=True):
        digits = len(published.partition(".")[2])
        # 17.05 is printed as 17.0; a unit of the last digit is allowed for it.
        assert average_run_length(shift, decision=decision) == pytest.approx(float(published), abs=0.6 * 10**-digits)


def test_row_12_run_lengths_by_markov_chain():
    assert round(average_run_length(0, decision=4), 2) == 167.67
    assert round(average_run_length(3, decision=4), 2) == 2.19
    assert round(average_run_length(0, decision=5), 2) == 465.37
    assert round(average_run_length(3, decision=5), 2) == 2.57


# Days in hospital, observed / expected, of the 54 providers of the medpar data (Hilbe; 1,495 Medicare stays in Arizona in
# 1991), summed here from the single stays; expected by the Poisson model of the README of FunnelPlotR.
PROVIDERS = """
406/523.70 642/612.98 46/53.79 764/763.72 82/120.94 201/250.19 193/155.49 569/484.71 404/362.22
134/188.93 614/554.38 491/616.74 501/360.15 131/245.61 274/263.56 124/154.66 456/475.02 48/38.93
429/445.10 14/28.80 369/347.54 8/7.56 37/73.21 128/118.11 145/273.34 493/449.79 104/172.38
6/19.20 308/321.86 34/36.56 7/19.96 935/851.72 134/198.94 339/302.39 458/410.16 22/45.87
2/9.67 160/212.34 87/38.92 55/31.74 252/285.64 174/186.66 43/33.98 228/255.65 210/242.03
321/279.48 631/619.26 543/626.13 105/145.67 389/413.86 92/111.26 1012/685.59 283/181.11 95/24.81
"""

# The same stays by what the model knows of them: hmo, died, age80, type; stays, days, days squared, and the sum of the
# first working response times its weight, from which R starts its iterations.
CELLS = """
0001 515 4943 68531 12236.009120
0002 114 1359 27199 3773.342678
0003 44 1049 48969 3754.961899
0011 120 1140 14888 2789.243053
0012 27 313 4501 811.810647
0013 5 56 712 140.261288
0101 195 1445 20923 3518.407358
0102 71 733 12881 1955.565488
0103 31 389 11567 1190.178617
0111 99 783 10057 1887.172330
0112 22 219 3441 571.026748
0113 13 230 10714 791.843682
1001 112 998 12318 2376.872043
1002 17 215 3869 591.504796
1003 2 22 314 56.657368
1011 23 209 2515 498.427223
1012 3 23 209 49.569506
1101 54 423 5907 1038.780353
1102 9 80 1186 204.556948
1103 1 5 25 8.209127
1111 16 73 515 132.640228
1112 2 25 493 71.719612
"""


def test_row_34_funnel_of_54_providers_with_the_shmi_method():
    observed, expected = np.array([pair.split("/") for pair in PROVIDERS.split()], float).T
    assert len(observed) == 54
    assert observed.sum() == pytest.approx(expected.sum(), abs=0.2)

    funnel = funnel_of_ratios(observed, expected)

    assert funnel.frame["unadjusted_998"].sum() == 25
    assert funnel.frame["outside_998"].sum() == 9
    assert funnel.dispersion.n == 42


def test_row_34_dispersion_of_the_model_of_length_of_stay():
    """R stops after five iterations and weighs by the fourth, which shows in the sixth digit of 6.240519."""
    rows = [line.split() for line in CELLS.strip().splitlines()]
    hmo, died, age80, kind = np.array([list(row[0]) for row in rows], float).T
    n, days, squares, start = np.array([row[1:] for row in rows], float).T
    design = np.column_stack([np.ones(len(n)), hmo, died, age80, kind == 2, kind == 3])
    # The first weights are the days plus a tenth of each stay.
    weight, response = days + 0.1 * n, start
    for _ in range(5):
        beta = np.linalg.solve(design.T @ (design * weight[:, None]), design.T @ response)
        mean = np.exp(design @ beta)
        before = weight / n
        weight, response = n * mean, n * mean * np.log(mean) + days - n * mean
    pearson = (before * (squares - 2 * days * mean + n * mean**2) / mean**2).sum()

    assert n.sum() == 1495
    assert beta.round(5).tolist() == [2.26875, -0.07637, -0.24574, -0.02141, 0.24921, 0.74869]
    assert round(pearson / (1495 - 6), 6) == 6.240519
