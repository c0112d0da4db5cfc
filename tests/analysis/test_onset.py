import dataclasses

import numpy as np
import pandas as pd
import pytest

from rca_lib.analysis.extent import rate_series
from rca_lib.analysis.onset import change_point_statistic, onset

PLANTED = pd.Timestamp("2024-01-01", tz="UTC") + pd.Timedelta(weeks=60)


def test_a_planted_rise_lies_within_its_interval(planted):
    covered = 0
    for seed in range(10):
        found = onset(planted(seed, cause={}, odds=2.0)[0], permutations=199)
        assert found is not None
        assert found.direction == "rise"
        assert found.low <= found.when <= found.high
        assert found.rate_after.value > found.rate_before.value
        covered += found.low <= PLANTED <= found.high
    assert covered >= 8


def test_a_fall_is_called_a_fall(planted):
    found = onset(planted(1, cause={}, odds=0.4, base=0.1)[0])
    assert found is not None
    assert found.direction == "fall"


def test_a_stable_rate_has_an_onset_about_as_often_as_the_level_says(planted):
    found = [onset(planted(seed, requests=3_000)[0], permutations=199) for seed in range(60)]
    assert sum(one is not None for one in found) <= 8


def test_clustered_weeks_are_not_taken_for_an_onset(planted):
    fired = 0
    for seed in range(20):
        outcome, _ = planted(seed, requests=6_000)
        random = np.random.default_rng(seed)
        week = ((outcome.frame["at"] - outcome.frame["at"].min()).dt.days // 7).to_numpy()
        bad = np.repeat(random.random(27) < 0.2, 4)[week] & (random.random(len(week)) < 0.1)
        burst = dataclasses.replace(outcome, frame=outcome.frame.assign(failed=outcome.frame["failed"] | bad))
        fired += onset(burst, permutations=199) is not None
    assert fired <= 5


def test_the_whole_series_counts_as_one_piece(planted):
    outcome, _ = planted(2, cause={}, odds=2.0)
    found = onset(outcome)
    assert found.rate_before.n + found.rate_after.n == len(outcome.frame)
    assert found.rate_before.k + found.rate_after.k == outcome.frame["failed"].sum()


def test_same_data_give_the_same_answer_in_any_order(planted):
    outcome, _ = planted(3, cause={}, odds=2.0)
    mixed = dataclasses.replace(outcome, frame=outcome.frame.sample(frac=1, random_state=1))
    assert onset(outcome) == onset(outcome) == onset(mixed)


def test_more_data_narrow_the_window(planted):
    windows = []
    for size in (3_000, 30_000):
        found = onset(planted(4, requests=size, cause={}, odds=2.5)[0])
        windows.append(found.high - found.low)
    assert windows[1] < windows[0]


def test_what_comes_after_a_date_can_be_left_out(planted):
    outcome, _ = planted(5, cause={}, odds=2.0)
    assert onset(outcome, until=PLANTED) is None
    assert onset(outcome, until=PLANTED + pd.Timedelta(weeks=20)) is not None


def test_a_series_by_period_can_be_searched_too(planted):
    found = onset(rate_series(planted(6, cause={}, odds=2.0)[0], period=2))
    assert found is not None
    assert abs(found.when - PLANTED) <= pd.Timedelta(weeks=6)


def test_weighted_samples_widen_the_window(planted):
    equal = onset(planted(7, requests=6_000, cause={}, odds=3.0)[0])
    weighted = onset(planted(7, requests=6_000, cause={}, odds=3.0, weights=True)[0])
    assert equal is not None
    assert weighted is not None
    assert weighted.rate_after.method.endswith("effective sample size (Kish)")


@pytest.mark.parametrize(("requests", "weeks"), [(40, 104), (4_000, 6)])
def test_too_little_gives_no_onset(planted, requests, weeks):
    assert onset(planted(8, requests=requests, weeks=weeks)[0]) is None


def test_all_or_none_failing_gives_no_onset(planted):
    outcome, _ = planted(9, requests=500)
    for failed in (True, False):
        assert onset(dataclasses.replace(outcome, frame=outcome.frame.assign(failed=failed))) is None


def test_statistic_is_largest_at_the_step_and_keeps_its_edges():
    gain = change_point_statistic([1, 1, 1, 1, 5, 5, 5, 5], [20] * 8, edge=2)
    assert np.nanargmax(gain) == 4
    assert np.isnan(gain[:2]).all()
    assert np.isnan(gain[-1])
