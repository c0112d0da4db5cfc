"""Periods joined for readers who must not tell small counts."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from rca_lib.analysis.intervals import Estimate
from rca_lib.analysis.series import RateSeries, joined_series

MORE_THAN = 10
BASE = RateSeries(
    frame=pd.DataFrame(),
    weeks=1,
    period_label="week",
    period_reason="",
    centre=Estimate(0.02, 0.01, 0.03, 1000, 20, "Wilson"),
    baseline="all finished periods",
    sigma_z=1.0,
    runs=None,
    signal=None,
    rule=None,
    false_alarm=None,
    method="",
    joint_false_alarm=0.0,
    remark=None,
    chart="p",
    chart_reason="",
)


def series(failed: list[int], n: int = 300) -> RateSeries:
    start = pd.date_range("2025-01-06", periods=len(failed), freq="7D", tz="UTC")
    frame = pd.DataFrame(
        {
            "start": start,
            "end": start + pd.Timedelta(days=7),
            "n": n,
            "failed": failed,
            "n_effective": float(n),
            "rate": np.array(failed) / n,
            "mature": True,
        }
    )
    return replace(BASE, frame=frame)


@given(st.lists(st.integers(0, 30), min_size=1, max_size=30), st.integers(0, 30))
def test_no_joined_period_tells_of_few_failures_and_none_is_lost(failed: list[int], cut: int) -> None:
    made = series(failed)
    apart = made.frame["start"].iloc[cut] if cut < len(failed) else None
    joined = joined_series(made, MORE_THAN, apart=apart)

    told = joined[~joined["few"]]
    assert ((told["failed"] == 0) | (told["failed"] > MORE_THAN)).all()
    assert joined["failed"].sum() == sum(failed)
    assert joined["n"].sum() == 300 * len(failed)
    if apart is not None:
        assert not ((joined["start"] < apart) & (joined["end"] > apart)).any()


@given(st.lists(st.integers(0, 30), min_size=1, max_size=30))
def test_where_few_failed_in_all_only_a_range_is_told(failed: list[int]) -> None:
    joined = joined_series(series(failed), MORE_THAN)

    few = joined[joined["few"]]
    assert few["rate"].isna().all()
    assert np.allclose(few["low"] * few["n"], 1)
    assert np.allclose(few["high"] * few["n"], MORE_THAN)


def test_joined_rates_are_those_of_all_their_requests() -> None:
    joined = joined_series(series([4, 5, 6, 20, 3]), MORE_THAN)

    assert joined["failed"].tolist() == [15, 23]
    assert joined["rate"].tolist() == pytest.approx([15 / 900, 23 / 600])
    assert (joined["low"] < joined["rate"]).all()
    assert (joined["rate"] < joined["high"]).all()


def test_a_moment_within_a_period_leaves_nothing_to_join() -> None:
    made = series([20, 20, 20])

    assert joined_series(made, MORE_THAN, apart=made.frame["start"].iloc[1] + pd.Timedelta(days=2)).empty
