import math

import numpy as np
import pandas as pd
import pytest

from rca_lib.analysis.did import difference_in_differences
from rca_lib.analysis.interrupted_series import interrupted_series, periods_about
from rca_lib.analysis.placebo import placebo_dates
from rca_lib.analysis.segmented import fit_segmented
from rca_lib.analysis.trials import trials

START = pd.Timestamp("2024-01-01", tz="UTC")


def series(failed, n=100, weeks=2):
    start = START + pd.to_timedelta(np.arange(len(failed)) * weeks * 7, unit="D")
    return pd.DataFrame({"start": start, "end": start + pd.Timedelta(weeks=weeks), "n": n, "failed": failed})


def stepped(seed=1, before=24, after=20, step=2.0, expected=20.0):
    random = np.random.default_rng(seed)
    mean = expected * np.where(np.arange(before + after) < before, 1.0, step)
    table = series(random.poisson(mean), n=200)
    return table, table["start"].iloc[before]


def test_a_planted_step_is_found_with_its_size():
    table, at = stepped()
    found = interrupted_series(table, at=at)
    assert found.ok
    assert found.effect.low <= 2.0 <= found.effect.high
    assert found.effect.low > 1
    assert found.p_value < 0.05
    assert 0 < found.added.low < found.added.value < found.added.high
    after = found.frame[found.frame["after"]]
    assert (after["expected"] < after["fitted"]).all()
    assert (after["expected_low"] <= after["expected"]).all()
    assert (after["expected"] <= after["expected_high"]).all()
    assert found.frame.loc[~found.frame["after"], "expected"].isna().all()


def test_a_trend_is_not_a_step():
    time = np.arange(40)
    table = series(np.random.default_rng(3).poisson(4 * np.exp(0.03 * time)), n=200)
    found = interrupted_series(table, at=table["start"].iloc[20])
    assert found.effect.low < 1 < found.effect.high
    assert found.trend.low > 1


def test_the_fit_with_independent_errors_is_that_of_statsmodels():
    import statsmodels.api as sm

    table, at = stepped(4)
    after = (table["start"] >= at).to_numpy(float)
    design = np.column_stack([np.ones(len(table)), after, np.arange(len(table)) / 10])
    ours = fit_segmented(table["failed"], table["n"], design, errors="independent", quantile="normal")
    theirs = sm.GLM(table["failed"], design, family=sm.families.Poisson(), offset=np.log(table["n"])).fit(scale="X2")
    assert ours.coefficients == pytest.approx(theirs.params.to_numpy())
    assert np.sqrt(np.diag(ours.covariance)) == pytest.approx(theirs.bse.to_numpy())


def test_units_of_exposure_and_order_change_nothing():
    table, at = stepped(5)
    found = interrupted_series(table, at=at)
    scaled = interrupted_series(table.assign(n=table["n"] * 1_000).sample(frac=1, random_state=1), at=at)
    assert scaled.effect.value == pytest.approx(found.effect.value)
    assert scaled.effect.high == pytest.approx(found.effect.high)


def test_more_data_narrow_the_interval():
    widths = []
    for expected in (8.0, 80.0):
        table, at = stepped(6, expected=expected)
        effect = interrupted_series(table, at=at).effect
        widths.append(math.log(effect.high / effect.low))
    assert widths[1] < widths[0]


def test_a_control_that_stepped_too_takes_the_effect_away():
    table, at = stepped(7)
    other, _ = stepped(8)
    found = interrupted_series(table, at=at, control=other)
    assert found.control.ok
    assert found.effect.low > 1
    assert found.against_control.low < 1 < found.against_control.high


@pytest.mark.parametrize(
    ("failed", "at", "words"),
    [
        ([5] * 20, 19, "Only one whole period"),
        ([5] * 20, 20, "No whole period"),
        ([5] * 20, 3, "Only 3 whole periods"),
        ([0] * 10 + [1] * 10, 10, "fewer than 20 failures"),
        ([0] * 10 + [9] * 10, 10, "lie before the change"),
        ([100] * 20, 10, "Every request failed"),
        ([], 0, "No whole period"),
    ],
)
def test_what_cannot_be_estimated_ends_in_a_sentence(failed, at, words):
    found = interrupted_series(series(failed), at=START + pd.Timedelta(weeks=2 * at))
    assert not found.ok
    assert words in found.reason
    assert found.reason.endswith(".")
    assert found.would_allow.endswith(".")
    assert not placebo_dates(found).ok


def test_periods_without_requests_are_left_out():
    table, at = stepped(9)
    table.loc[[3, 30], ["n", "failed"]] = 0
    found = interrupted_series(table, at=at)
    assert found.ok
    assert len(found.frame) == len(table) - 2


def test_few_failures_give_a_step_without_a_trend():
    found = interrupted_series(series([0, 1] * 7 + [5] * 14), at=START + pd.Timedelta(weeks=28))
    assert found.ok
    assert found.trend is None
    assert "too few failures" in found.method
    assert found.effect.low > 1


def test_season_is_modelled_from_eighteen_months():
    phase = 2 * np.pi * np.arange(60) * 14 / 365.25
    table = series(np.random.default_rng(1).poisson(20 * np.exp(0.5 * np.sin(phase))), n=300)
    found = interrupted_series(table, at=table["start"].iloc[33])
    assert found.pairs == 1
    assert found.effect.low < 1 < found.effect.high
    assert interrupted_series(table.head(30), at=table["start"].iloc[15]).pairs == 0


def test_periods_meet_at_the_change_and_hold_every_request_of_whole_periods(planted):
    rows = trials(planted(1, requests=6_000)[0])
    at = START + pd.Timedelta(days=333, hours=15)
    table = periods_about(rows, at, weeks=2)
    assert at.floor("D") in set(table["start"])
    assert (table["end"] - table["start"] == pd.Timedelta(weeks=2)).all()
    inside = (rows["at"] >= table["start"].iloc[0]) & (rows["at"] < table["end"].iloc[-1])
    assert table["n"].sum() == inside.sum()
    assert table["failed"].sum() == rows.loc[inside, "failed"].sum()
    assert periods_about(rows.head(0), at).empty


def test_weights_scale_what_was_added_to_the_population(planted):
    outcome = planted(2, requests=6_000, cause={}, odds=4.0, weights=True)[0]
    rows = trials(outcome)
    at = START + pd.Timedelta(weeks=60)
    found = interrupted_series(periods_about(rows, at), at=at)
    after = rows[rows["at"] >= at]
    assert found.added.value < (after["weight"] * after["failed"]).sum()
    assert found.added.value > after["failed"].sum()


def test_placebo_dates_rank_a_real_step_first():
    table, at = stepped(10, step=3.0)
    found = interrupted_series(table, at=at)
    placebo = placebo_dates(found)
    assert placebo.ok
    assert placebo.rank == 1
    assert placebo.p_value == pytest.approx(1 / (1 + len(placebo.frame)))


def test_differences_in_differences_find_what_was_planted_in_a_segment(planted):
    outcome, requests = planted(3, requests=24_000, cause={"team_id": "A"}, odds=3.0)
    rows = trials(outcome)
    inside = rows["request_id"].isin(requests.loc[requests["team_id"] == "A", "request_id"]).to_numpy()
    at = START + pd.Timedelta(weeks=60)
    found = difference_in_differences(rows, inside, at=at)
    assert found.ok
    assert found.effect.low < 3 < found.effect.high
    assert found.effect.low > 1.5
    assert found.parallel
    events = found.events
    assert events.loc[events["after"], "low"].gt(1).mean() > 0.7
    early = (rows["at"] < at).to_numpy()
    placebo = difference_in_differences(rows[early], inside[early], at=at - pd.Timedelta(weeks=25))
    assert placebo.effect.low < 1 < placebo.effect.high


def test_clusters_are_used_where_there_are_enough(planted):
    outcome, requests = planted(4, requests=12_000, cause={"team_id": "A"}, odds=3.0)
    rows = trials(outcome)
    inside = rows["request_id"].isin(requests.loc[requests["team_id"] == "A", "request_id"]).to_numpy()
    at = START + pd.Timedelta(weeks=60)
    people = np.random.default_rng(1).integers(0, 30, len(rows))
    assert difference_in_differences(rows, inside, at=at, cluster=people).clusters == 30
    assert difference_in_differences(rows, inside, at=at, cluster=people % 5).clusters == 0


def test_no_comparison_ends_in_a_sentence(planted):
    rows = trials(planted(5, requests=3_000)[0])
    at = START + pd.Timedelta(weeks=60)
    everyone = np.ones(len(rows), bool)
    for inside, moment, words in (
        (everyone, at, "Every request is in"),
        (~everyone, at, "No request is in"),
        (rows["day"].to_numpy() % 2 == 0, START + pd.Timedelta(weeks=900), "no request"),
        ((rows["failed"] & (rows["at"] > at)).to_numpy(), at, "before it"),
    ):
        found = difference_in_differences(rows, inside, at=moment)
        assert not found.ok
        assert words in found.reason
        assert found.would_allow.endswith(".")


@pytest.mark.slow
def test_intervals_hold_the_truth_as_often_as_they_say():
    held = []
    for seed in range(300):
        table, at = stepped(seed)
        effect = interrupted_series(table, at=at).effect
        held.append(effect.low <= 2 <= effect.high)
    assert 0.92 <= np.mean(held) <= 0.985
