import dataclasses
import math
from itertools import pairwise

import numpy as np
import pandas as pd
import pytest

from rca_lib.analysis.charts import (
    anhoej_limits,
    laney_sigma_z,
    overdispersion_limit,
    p_chart_limits,
    run_rule_false_alarm,
    runs_about,
    sigma_rule_false_alarm,
)
from rca_lib.analysis.extent import before_after, rate_series, same_failure, verdict
from rca_lib.analysis.onset import onset
from rca_lib.analysis.outcome import Outcome
from rca_lib.analysis.segments import NOT_RECORDED, OTHERS, benjamini_hochberg, concentration, level_codes

DIMENSIONS = ["process_type", "team_id", "language", "tool_version"]

# Montgomery, Introduction to Statistical Quality Control, example 7.1 (frozen juice cans): 50 units a sample.
CANS = [12, 15, 8, 10, 4, 7, 16, 9, 14, 10, 5, 6, 17, 12, 22, 8, 10, 5, 13, 11, 20, 18, 24, 15, 9, 12, 7, 13, 9, 6]
CANS_AFTER = [9, 6, 12, 5, 6, 4, 6, 3, 7, 6, 2, 4, 3, 6, 5, 4, 8, 5, 6, 7, 5, 6, 3, 5]
# Montgomery, table 7.4: purchase orders, size and count.
ORDERS = [
    (100, 12), (80, 8), (80, 6), (100, 9), (110, 10), (110, 12), (100, 11), (100, 16), (90, 10), (90, 6), (110, 20),
    (120, 15), (120, 9), (120, 8), (110, 6), (80, 8), (80, 10), (80, 7), (90, 5), (100, 8), (100, 5), (100, 8), (100, 10),
    (90, 6), (90, 9),
]  # fmt: skip
# Attendances within four hours, Mohammed et al., BMJ Quality & Safety 2013;22:362.
ATTENDANCES = [
    (266501, 280443), (264225, 276823), (276532, 291681), (281461, 296155), (269071, 282343), (261215, 275888),
    (270409, 283867), (279778, 295251), (270483, 284468), (270320, 282529), (267923, 279618), (271478, 283932),
    (255353, 266629), (256820, 268091), (261835, 276803), (259144, 271578), (255910, 266005), (260863, 273520),
    (264465, 278574), (260989, 273772),
]  # fmt: skip


def test_p_chart_of_equal_samples_has_the_published_limits():
    rate = sum(CANS) / (50 * len(CANS))
    lower, upper = p_chart_limits(rate, [50])
    assert (round(rate, 4), round(lower[0], 4), round(upper[0], 4)) == (0.2313, 0.0524, 0.4102)
    outside = [number for number, count in enumerate(CANS, 1) if not lower[0] <= count / 50 <= upper[0]]
    assert outside == [15, 23]


def test_p_chart_without_explained_points_has_the_published_limits():
    kept = [count for number, count in enumerate(CANS, 1) if number not in (15, 23)]
    rate = sum(kept) / (50 * len(kept))
    lower, upper = p_chart_limits(rate, [50])
    assert (round(rate, 4), round(lower[0], 4), round(upper[0], 4)) == (0.2150, 0.0407, 0.3893)
    later = sum(CANS_AFTER) / (50 * len(CANS_AFTER))
    assert (round(later, 4), round(p_chart_limits(later, [50])[1][0], 4)) == (0.1108, 0.2440)


def test_p_chart_of_unequal_samples_has_the_published_limits():
    size, count = np.array(ORDERS).T
    rate = count.sum() / size.sum()
    lower, upper = p_chart_limits(rate, size)
    assert round(rate, 5) == 0.09551
    assert (round(lower[4], 4), round(upper[4], 4)) == (0.0114, 0.1796)
    assert [int(number) + 1 for number in np.flatnonzero(count / size > upper)] == [11]


def test_laney_chart_of_large_samples_has_the_published_values():
    count, size = np.array(ATTENDANCES).T
    rate = count.sum() / size.sum()
    share = count / size
    sigma_z = laney_sigma_z(share, size, rate)
    plain, laney = p_chart_limits(rate, size), p_chart_limits(rate, size, sigma_z=sigma_z)
    runs = runs_about(share, rate)
    assert (round(rate, 5), round(sigma_z, 2)) == (0.95290, 10.64)
    assert [int(((share < low) | (share > high)).sum()) for low, high in (plain, laney)] == [16, 0]
    assert (runs.longest, runs.longest_allowed, runs.crossings, runs.crossings_needed) == (5, 7, 9, 6)
    assert not runs.signal


@pytest.mark.parametrize(
    ("n", "limits"),
    [
        (10, (6, 2)), (12, (7, 3)), (16, (7, 4)), (20, (7, 6)), (24, (8, 8)), (30, (8, 10)), (40, (8, 14)), (60, (9, 23)),
        (100, (10, 41)),
    ],
)  # fmt: skip
def test_run_rules_have_the_published_limits(n, limits):
    assert anhoej_limits(n) == limits


def test_run_rules_see_a_shift_in_published_counts():
    # Clostridium difficile infections by month (qicharts2, cdi).
    counts = [
        17, 12, 27, 20, 20, 18, 22, 19, 19, 24, 17, 16, 24, 19, 19, 22, 25, 19, 17, 6, 25, 17, 11, 14,
        9, 11, 9, 7, 7, 4, 8, 7, 8, 5, 4, 6,
    ]  # fmt: skip
    runs = runs_about(counts, float(np.median(counts)))
    assert runs.longest > runs.longest_allowed
    assert runs.crossings < runs.crossings_needed
    assert (runs.longest_allowed, runs.crossings_needed) == (8, 11)


def test_points_on_the_line_neither_break_nor_lengthen_a_run():
    assert runs_about([1, 1, 0, 1, -1], 0.0).longest == 3
    assert runs_about([0, 0, 0], 0.0).useful == 0


def test_exact_false_alarm_of_the_run_rules_agrees_with_simulation():
    draws = np.random.default_rng(1).random((2000, 24))
    fired = np.mean([runs_about(series, 0.5).signal for series in draws])
    assert abs(fired - run_rule_false_alarm(24)) < 0.015


def test_false_alarm_of_the_limits_grows_with_the_number_of_periods():
    chances = []
    for periods in (12, 24, 48):
        lower, upper = p_chart_limits(0.1, [100] * periods)
        chances.append(sigma_rule_false_alarm(0.1, [100] * periods, lower, upper))
    assert 0 < chances[0] < chances[1] < chances[2] < 0.5
    assert sigma_rule_false_alarm(0.0, [10], [0], [0]) == 0.0


def test_overdispersion_limit_is_passed_in_about_one_stable_series_in_twenty():
    random = np.random.default_rng(2)
    share = random.binomial(500, 0.1, (1000, 26)) / 500
    passed = np.mean([laney_sigma_z(row, np.full(26, 500), 0.1) > overdispersion_limit(26) for row in share])
    assert 0.02 < passed < 0.09


def test_series_counts_every_request_once_and_starts_on_mondays(planted):
    outcome, _ = planted(1)
    series = rate_series(outcome)
    assert series.frame["n"].sum() == len(outcome.frame)
    assert series.frame["failed"].sum() == outcome.frame["failed"].sum()
    assert set(series.frame["start"].dt.day_name()) == {"Monday"}
    assert (series.frame["end"].iloc[:-1].to_numpy() == series.frame["start"].iloc[1:].to_numpy()).all()
    assert series.period_label == "two weeks"


def test_period_grows_until_it_holds_enough_failures(planted):
    lengths = [rate_series(planted(2, requests=size)[0]).weeks for size in (12_000, 2_000, 400)]
    assert lengths == sorted(lengths)
    assert lengths[-1] >= 4
    assert rate_series(planted(2)[0], period=4).period_label == "four weeks"


def test_limits_come_from_the_baseline_and_a_shift_is_seen(planted):
    outcome, _ = planted(3, cause={}, odds=2.0)
    moment = pd.Timestamp("2025-02-24", tz="UTC")
    series = rate_series(outcome, baseline_until=moment)
    assert not series.frame.loc[series.frame["end"] > moment, "baseline"].any()
    assert series.rule is not None
    assert series.frame.loc[series.frame["start"] >= moment, "outside"].mean() > 0.3
    assert "before the change" in series.baseline


def test_stable_series_seldom_signal(planted):
    fired = [rate_series(planted(seed, requests=4_000)[0]).rule for seed in range(20)]
    assert fired.count("shift") <= 4


def test_unfinished_periods_are_shown_and_not_judged(planted):
    outcome, _ = planted(4)
    frame = outcome.frame.assign(mature=outcome.frame["at"] < pd.Timestamp("2025-11-01", tz="UTC"))
    frame.loc[~frame["mature"], "failed"] = False
    series = rate_series(dataclasses.replace(outcome, frame=frame))
    unfinished = series.frame.loc[~series.frame["mature"]]
    assert len(unfinished) > 2
    assert not unfinished["outside"].any()
    assert not unfinished["baseline"].any()
    assert series.rule is None


def test_weights_widen_the_intervals_and_keep_raw_counts(planted):
    outcome, _ = planted(5, weights=True, requests=3_000)
    series = rate_series(outcome)
    assert (series.frame["n_effective"] < series.frame["n"]).all()
    assert series.frame["n"].sum() == 3_000
    assert series.centre.high - series.centre.low > 2 * 1.96 * math.sqrt(series.centre.value * 0.95 / 3_000)


def test_requests_looked_at_for_a_reason_do_not_set_the_rate(planted):
    outcome, _ = planted(6, weights=True, requests=3_000)
    targeted = outcome.frame.head(200).assign(failed=True, arm="targeted")
    mixed = dataclasses.replace(outcome, frame=pd.concat([outcome.frame.iloc[200:], targeted], ignore_index=True))
    only = dataclasses.replace(outcome, frame=outcome.frame.iloc[200:])
    assert rate_series(mixed).centre == rate_series(only).centre


def test_order_of_rows_changes_nothing(planted):
    outcome, requests = planted(7, cause={"team_id": "A"})
    mixed = dataclasses.replace(outcome, frame=outcome.frame.sample(frac=1, random_state=0))
    pd.testing.assert_frame_equal(rate_series(outcome).frame, rate_series(mixed).frame)
    pd.testing.assert_frame_equal(
        concentration(outcome, requests, DIMENSIONS), concentration(mixed, requests, DIMENSIONS[::-1])
    )


def test_before_and_after_add_up_and_more_data_narrow_the_interval(planted):
    when = pd.Timestamp("2025-02-24", tz="UTC")
    widths = []
    for size in (1_000, 4_000, 16_000):
        outcome, _ = planted(8, requests=size, cause={}, odds=2.0)
        contrast = before_after(outcome, when)
        assert contrast.before.n + contrast.after.n == size
        assert contrast.difference.value == pytest.approx(contrast.after.value - contrast.before.value)
        assert contrast.ratio.value == pytest.approx(contrast.after.value / contrast.before.value)
        widths.append(contrast.difference.high - contrast.difference.low)
    assert all(wide > narrow for wide, narrow in pairwise(widths))
    near = before_after(outcome, when, window_days=28)
    assert near.before.n + near.after.n < size


def test_bursts_of_failures_are_noted_beside_the_interval(planted):
    outcome, _ = planted(9)
    week = (outcome.frame["at"] - outcome.frame["at"].min()).dt.days // 7
    burst = dataclasses.replace(outcome, frame=outcome.frame.assign(failed=outcome.frame["failed"] | (week % 9 == 0)))
    contrast = before_after(burst, pd.Timestamp("2025-02-24", tz="UTC"))
    assert contrast.dispersion > 1.5
    assert "narrower" in contrast.note


def test_concentration_finds_the_planted_level_first_and_corrects_for_all(planted):
    outcome, requests = planted(10, cause={"tool_version": "4.2"})
    table = concentration(outcome, requests, DIMENSIONS, since=pd.Timestamp("2025-02-24", tz="UTC"))
    assert (table.loc[0, "dimension"], table.loc[0, "value"]) == ("tool_version", "4.2")
    assert table.loc[0, "p_adjusted"] < 1e-6
    assert (table["p_adjusted"] >= table["p"]).all()
    assert table.groupby("dimension")["n"].sum().nunique() == 1
    assert table.groupby("dimension")["share_failures"].sum().tolist() == pytest.approx([1.0] * 4)


def test_names_of_levels_do_not_matter(planted):
    outcome, requests = planted(11, cause={"team_id": "A"})
    renamed = requests.assign(team_id=requests["team_id"].map(dict(zip("ABCDE", "QXYZW", strict=True))).astype("str"))
    one, other = (concentration(outcome, table, ["team_id"]) for table in (requests, renamed))
    assert (other.loc[0, "value"], other.loc[0, "p"]) == ("Q", one.loc[0, "p"])


def test_oswego_names_vanilla_ice_cream(planted):
    # Gross, Public Health Reports 1976;91:168: vanilla 43 of 54 ill against 3 of 21, chocolate 25 of 47 against 20 of 27.
    ill = [True] * 43 + [False] * 11 + [True] * 3 + [False] * 18
    requests = pd.DataFrame(
        {"request_id": [str(n) for n in range(75)], "vanilla": ["yes"] * 54 + ["no"] * 21}, dtype="str"
    )
    frame = pd.DataFrame(
        {"request_id": requests["request_id"], "at": pd.Timestamp("1940-04-18", tz="UTC"), "failed": ill}
    )
    outcome = Outcome("ill", "fell ill", "people", frame.assign(mature=True, weight=1.0, n=1, arm=""), "interview")
    table = concentration(outcome, requests, ["vanilla"])
    eaten = table.loc[table["value"] == "yes"].iloc[0]
    assert round(eaten["ratio"], 2) == 5.57
    assert (round(eaten["ratio_low"], 2), round(eaten["ratio_high"], 2)) == (1.94, 16.03)
    assert f"{eaten['p']:.1e}" == "2.6e-07"


def test_benjamini_and_hochberg_1995():
    p = [.0001, .0004, .0019, .0095, .0201, .0278, .0298, .0344, .0459, .3240, .4262, .5719, .6528, .7590, 1]  # fmt: skip
    adjusted = benjamini_hochberg(p)
    assert (adjusted <= 0.05).sum() == 4
    assert round(adjusted[3], 4) == 0.0356


def test_rare_and_missing_levels_are_pooled_and_named():
    codes, labels = level_codes(pd.Series(["a"] * 30 + ["b"] * 2 + ["c"] * 3 + [None] * 25, dtype="str"), min_n=20)
    assert labels == ["a", NOT_RECORDED, OTHERS]
    assert np.bincount(codes).tolist() == [30, 25, 5]


def test_five_thousand_levels_are_no_obstacle(planted):
    outcome, requests = planted(12, requests=6_000)
    names = pd.Series([f"agency {number % 5000}" for number in range(6_000)], dtype="str")
    assert concentration(outcome, requests.assign(agency=names), ["agency"]).empty


def test_same_failure_counts_what_is_known_and_estimates_the_rest(planted):
    outcome, _ = planted(13, weights=True, requests=3_000)
    found = same_failure(outcome)
    assert found.failures == outcome.frame["failed"].sum()
    assert found.population == outcome.frame["weight"].sum()
    assert found.total is not None
    assert found.total.low < found.total.value < found.total.high
    assert found.total.value == pytest.approx(found.rate.value * found.population)
    half = same_failure(outcome, since=pd.Timestamp("2025-01-01", tz="UTC"))
    rest = same_failure(outcome, until=pd.Timestamp("2025-01-01", tz="UTC"))
    assert half.failures + rest.failures == found.failures


def test_same_failure_of_a_whole_population_needs_no_estimate(planted):
    found = same_failure(planted(14)[0])
    assert found.total is None
    assert found.at_risk == 12_000


def test_verdict_weighs_the_signs(planted):
    outcome, requests = planted(15, cause={"tool_version": "4.2"}, odds=4.0)
    found = onset(outcome)
    assert found is not None
    table = concentration(outcome, requests, DIMENSIONS, since=found.when)
    systemic = verdict(rate_series(outcome), found, before_after(outcome, found.when), table)
    assert systemic.kind == "systemic"
    assert {"onset", "concentration"} <= set(systemic.signs)
    assert not any(character.isdigit() for character in systemic.why)


def test_verdict_of_a_stable_rate_is_isolated_and_of_a_handful_unclear(planted):
    quiet, _ = planted(16)
    assert verdict(rate_series(quiet), onset(quiet), None, None).kind == "isolated"
    few, _ = planted(16, requests=60)
    assert verdict(rate_series(few), None, None, None).kind == "unclear"


def test_nothing_at_risk_gives_an_empty_series():
    frame = pd.DataFrame(
        {
            "request_id": pd.Series(dtype="str"),
            "at": pd.Series(dtype="datetime64[us, UTC]"),
            "failed": pd.Series(dtype=bool),
            "mature": pd.Series(dtype=bool),
            "weight": pd.Series(dtype=float),
            "n": pd.Series(dtype=int),
            "arm": pd.Series(dtype="str"),
        }
    )
    outcome = Outcome("LAT", "missed their deadline", "requests", frame, "", ok=False)
    series = rate_series(outcome)
    assert series.frame.empty
    assert series.rule is None
    assert onset(outcome) is None
    assert same_failure(outcome).failures == 0
    assert verdict(series, None, None, None).kind == "unclear"
