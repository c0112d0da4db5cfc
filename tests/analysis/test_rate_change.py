"""The change of a rate split into mix and rate, jointly, and the number of failures into volume, mix and rate."""

import numpy as np
import pandas as pd
import pytest

from rca_lib.analysis.failures_change import failures_change, weekly_volumes
from rca_lib.analysis.outcome import Outcome
from rca_lib.analysis.rate_change import rate_change

START = pd.Timestamp("2025-01-06", tz="UTC")
WHEN = START + pd.Timedelta(weeks=26)
RATES = np.array([0.02, 0.05, 0.2])


def made(n=9000, *, mix=(0.2, 0.3, 0.5), after=RATES, more=1.0, seed=4, weight=1.0):
    """Requests over 52 weeks whose mix of languages, rates and number change at half time."""
    draw = np.random.default_rng(seed)
    late = draw.random(n) < more / (1 + more)
    day = draw.uniform(0, 182, n) + 182 * late
    language = np.where(late, draw.choice(3, n, p=mix), draw.choice(3, n, p=(0.5, 0.3, 0.2)))
    frame = pd.DataFrame({"request_id": [f"R{row}" for row in range(n)], "at": START + pd.to_timedelta(day, unit="D")})
    frame["failed"] = draw.random(n) < np.where(late, np.asarray(after)[language], RATES[language])
    requests = pd.DataFrame(
        {
            "request_id": frame["request_id"],
            "language": np.array(["a", "b", "c"])[language],
            "team": draw.choice(["x", "y"], n),
            "site": draw.choice(["n", "s"], n),
            "constant": "one",
            "version": np.where(late, "2.0", "1.0"),
        }
    )
    frame = frame.assign(mature=True, weight=weight, n=1, arm="")
    return Outcome("OVP", "failed", "requests", frame, "made"), requests


def test_a_different_mix_is_told_as_mix():
    found = rate_change(*made(), ["team", "language", "constant", "version"], when=WHEN)
    first = found.splits[0]
    truth = float((np.array([0.2, 0.3, 0.5]) - [0.5, 0.3, 0.2]) @ RATES)
    assert first.dimension == "language"
    assert first.mix.low <= truth <= first.mix.high
    assert first.rate.low <= 0 <= first.rate.high
    assert [name for name in ("constant", "version") if any(name in text for text in found.left_out)] == [
        "constant",
        "version",
    ]


def test_higher_rates_are_told_as_rates():
    found = rate_change(*made(mix=(0.5, 0.3, 0.2), after=2 * RATES), ["language", "team"], when=WHEN)
    assert found.main.rate.low > 0.03
    assert found.main.mix.low <= 0 <= found.main.mix.high


@pytest.mark.parametrize("weight", [1.0, 3.5])
def test_every_split_sums_to_the_change(weight):
    found = rate_change(*made(more=1.5, after=1.5 * RATES, weight=weight), ["language", "team", "site"], when=WHEN)
    for split in (*found.splits, found.joint):
        assert split.mix.value + split.rate.value == pytest.approx(found.after.value - found.before.value)
        assert split.mix.low <= split.mix.value <= split.mix.high
    parts = found.failures
    assert parts.volume.value + parts.mix.value + parts.rate.value == pytest.approx(parts.after - parts.before)
    assert parts.after == pytest.approx(parts.requests_after * found.after.value)
    assert parts.requests_before == pytest.approx(weight * 9000 / 2.5 / 26, rel=0.05)


def test_three_columns_are_taken_jointly_where_counts_bear_it_and_two_where_they_do_not():
    wide = rate_change(*made(), ["language", "team", "site"], when=WHEN).joint
    assert set(wide.dimensions) == {"language", "team", "site"}
    small = rate_change(*made(n=200), ["language", "team", "site"], when=WHEN).joint
    assert len(small.dimensions) == 2
    assert rate_change(*made(n=60), ["language", "team", "site"], when=WHEN).joint is None


def test_a_mix_that_only_the_combinations_show():
    """Shares of each column stay; the pairs change, and one pair fails far more often."""
    outcome, requests = made(mix=(0.5, 0.3, 0.2))
    late = (outcome.frame["at"] >= WHEN).to_numpy()
    draw = np.random.default_rng(2)
    one = draw.random(len(late)) < 0.5
    other = np.where(draw.random(len(late)) < np.where(late, 0.8, 0.2), one, ~one)
    outcome.frame["failed"] = draw.random(len(late)) < np.where(one & other, 0.3, 0.02)
    requests["one"], requests["other"] = np.where(one, "p", "q"), np.where(other, "p", "q")
    found = rate_change(outcome, requests, ["one", "other"], when=WHEN)
    truth = (0.4 - 0.1) * 0.28
    assert all(abs(split.mix.value) < 0.01 for split in found.splits)
    assert found.joint.mix.low <= truth <= found.joint.mix.high


def test_more_requests_are_told_as_volume():
    found = rate_change(*made(mix=(0.5, 0.3, 0.2), more=2.0), ["language", "team"], when=WHEN).failures
    truth = 9000 / 3 / 26 * float(np.array([0.5, 0.3, 0.2]) @ RATES)
    assert found.volume.low <= truth <= found.volume.high
    assert found.mix.low <= 0 <= found.mix.high
    assert found.rate.low <= 0 <= found.rate.high


def test_relabelling_changes_no_part_and_more_data_narrows():
    outcome, requests = made()
    renamed = requests.assign(language=requests["language"].map({"a": "z", "b": "y", "c": "x"}))
    one, other = (rate_change(outcome, table, ["language"], when=WHEN).splits[0] for table in (requests, renamed))
    assert one.mix.value == pytest.approx(other.mix.value)
    assert one.rate.value == pytest.approx(other.rate.value)
    small = rate_change(*made(n=900), ["language"], when=WHEN).splits[0].rate
    assert one.rate.high - one.rate.low < 0.5 * (small.high - small.low)


def test_unequal_weights_widen_the_intervals():
    outcome, requests = made()
    outcome.frame["weight"] = np.where(np.arange(len(outcome.frame)) % 4, 1.0, 12.0)
    weighted = rate_change(outcome, requests, ["language"], when=WHEN).splits[0].rate
    equal = rate_change(*made(), ["language"], when=WHEN).splits[0].rate
    assert weighted.high - weighted.low > 1.2 * (equal.high - equal.low)


def test_requests_missing_or_listed_twice_are_neither_guessed_nor_counted_twice():
    outcome, requests = made(n=3000)
    twice = pd.concat([requests, requests.head(500)])
    assert rate_change(outcome, twice, ["language"], when=WHEN) == rate_change(
        outcome, requests, ["language"], when=WHEN
    )
    kept = requests.iloc[:2000]
    part = Outcome("OVP", "failed", "requests", outcome.frame.iloc[:2000], "made")
    assert rate_change(outcome, kept, ["language"], when=WHEN) == rate_change(part, kept, ["language"], when=WHEN)


def test_the_volume_is_left_out_with_too_few_whole_weeks():
    at = pd.Series(pd.date_range(START, periods=100, freq="D"))
    before, after = weekly_volumes(at, np.ones(100), START + pd.Timedelta(days=80), at.max())
    assert [len(before), len(after)] == [11, 2]
    counts = [np.array(each, float) for each in ([40, 40], [2, 4], [10, 10], [1, 2])]
    assert failures_change(before, after, *counts) is None
    assert failures_change(before, np.zeros(6), *counts) is None
    assert weekly_volumes(at.head(0), np.ones(0), START, START)[0].size == 0
