import dataclasses
import itertools

import numpy as np
import pandas as pd
import pytest

from rca_lib.analysis.breakpoints import (
    binomial_costs,
    least_squares_breaks,
    least_squares_costs,
    ols_cusum,
    optimal_breaks,
    sup_f,
)
from rca_lib.analysis.change_points import change_points, onset_for
from rca_lib.analysis.changes import join_changes
from rca_lib.analysis.extent import rate_series
from rca_lib.analysis.onset import onset

START = pd.Timestamp("2024-01-01", tz="UTC")


def weeks(number):
    return START + pd.Timedelta(weeks=number)


def with_rates(outcome, rates, seed=0):
    """The outcome with failures drawn anew: `rates` maps the first week of a stretch to its rate."""
    week = ((outcome.frame["at"] - START).dt.days // 7).to_numpy()
    edges = sorted(rates)
    rate = np.array([rates[edge] for edge in edges])[np.searchsorted(edges, week, side="right") - 1]
    failed = np.random.default_rng(seed).random(len(week)) < rate
    return dataclasses.replace(outcome, frame=outcome.frame.assign(failed=failed))


@pytest.fixture
def backlog_then_rule(planted):
    """A pulse in weeks 35 to 50 that was put right, then a rise in week 70."""
    return with_rates(planted(1, requests=12_000)[0], {0: 0.04, 35: 0.12, 50: 0.04, 70: 0.12})


def test_a_pulse_is_a_rise_and_a_fall(planted):
    points = change_points(with_rates(planted(1, requests=8_000)[0], {0: 0.04, 40: 0.12, 60: 0.04}))
    assert [point.direction for point in points] == ["rise", "fall"]
    assert points[0].low <= weeks(40) <= points[0].high
    assert points[1].low <= weeks(60) <= points[1].high


def test_the_stretches_add_up_to_the_whole(backlog_then_rule):
    points = change_points(backlog_then_rule)
    stretches = [points[0].rate_before, *(point.rate_after for point in points)]
    assert sum(one.n for one in stretches) == len(backlog_then_rule.frame)
    assert sum(one.k for one in stretches) == backlog_then_rule.frame["failed"].sum()
    assert all(one.rate_after == two.rate_before for one, two in itertools.pairwise(points))


def test_the_last_rise_that_still_held_is_the_one_that_bears(backlog_then_rule):
    late = onset_for(backlog_then_rule, occurred_at=weeks(80))
    early = onset_for(backlog_then_rule, occurred_at=weeks(45))
    assert abs(late.when - weeks(70)) <= pd.Timedelta(weeks=2)
    assert abs(early.when - weeks(35)) <= pd.Timedelta(weeks=2)
    assert onset_for(backlog_then_rule, occurred_at=weeks(20)) is None


def test_a_stable_rate_has_no_change_points_more_often_than_not(planted):
    found = [bool(change_points(planted(seed, requests=3_000)[0])) for seed in range(30)]
    assert sum(found) <= 4


def test_order_and_repetition_change_nothing(backlog_then_rule):
    mixed = dataclasses.replace(backlog_then_rule, frame=backlog_then_rule.frame.sample(frac=1, random_state=3))
    assert change_points(backlog_then_rule) == change_points(mixed)


def test_a_series_by_period_can_be_searched_too(backlog_then_rule):
    points = change_points(rate_series(backlog_then_rule, period=2))
    assert [point.direction for point in points] == ["rise", "fall", "rise"]


@pytest.mark.parametrize(("requests", "length"), [(40, 104), (4_000, 6), (0, 104)])
def test_too_little_gives_none(planted, requests, length):
    outcome = planted(8, requests=max(requests, 1), weeks=length)[0]
    outcome = dataclasses.replace(outcome, frame=outcome.frame.head(requests))
    assert change_points(outcome) == ()
    assert onset_for(outcome, occurred_at=weeks(3)) is None


def test_all_failing_gives_none(planted):
    outcome, _ = planted(9, requests=500)
    assert change_points(dataclasses.replace(outcome, frame=outcome.frame.assign(failed=True))) == ()


def test_the_window_of_one_change_holds_it_as_often_as_it_says(planted):
    held = []
    for seed in range(60):
        found = onset(planted(seed, requests=4_000, cause={}, odds=2.5)[0], permutations=99, alpha=1)
        held.append(found.low <= weeks(60) <= found.high)
    assert 0.87 <= np.mean(held) <= 1


def test_changes_are_joined_by_the_window(planted):
    rise = onset(planted(1, cause={}, odds=3.0)[0])
    log = pd.DataFrame(
        {
            "change_id": ["IN", "JUST BEFORE", "LONG BEFORE", "AFTER", "NEVER"],
            "effective_from": [
                rise.when, rise.low - pd.Timedelta(days=10), rise.low - pd.Timedelta(days=60),
                rise.high + pd.Timedelta(days=5), pd.NaT,
            ],
        }
    )  # fmt: skip
    table = join_changes(rise, log).set_index("change_id")
    assert table.index[0] == "IN"
    assert "NEVER" not in table.index
    assert table["near"].to_dict() == {"IN": True, "JUST BEFORE": True, "LONG BEFORE": False, "AFTER": False}
    assert table.loc["AFTER", "days_before"] < 0
    assert join_changes(rise, log.head(0)).empty


def test_dynamic_programming_finds_what_trying_everything_finds():
    random = np.random.default_rng(4)
    failed, n = random.integers(0, 9, 14), random.integers(9, 15, 14)
    costs = binomial_costs(failed, n)
    best = min(
        (costs[0, a - 1] + costs[a, b - 1] + costs[b, 13], (a, b)) for a in range(2, 11) for b in range(a + 2, 13)
    )
    found = optimal_breaks(costs, most=2, shortest=2)[2]
    assert found[1] == pytest.approx(best[0])
    assert found[0] == best[1]


def test_costs_of_least_squares_are_the_squares_about_the_mean():
    values = np.array([1.0, 5.0, 2.0, 8.0])
    assert least_squares_costs(values)[1, 3] == pytest.approx(((values[1:] - 5) ** 2).sum())
    with pytest.raises(ValueError, match="cannot hold"):
        least_squares_breaks(values, shortest=3)


def test_a_flat_series_has_no_break():
    flat = np.random.default_rng(2).normal(0, 1, 120)
    assert least_squares_breaks(flat).best == 0
    assert sup_f(flat)[2] > 0.05
    assert ols_cusum(flat)[1] > 0.05
