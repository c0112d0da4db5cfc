"""How many more requests fail in a week, and why: more requests, a different mix of them, or higher rates within groups."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from rca_lib.analysis.intervals import Estimate
from rca_lib.analysis.metric_tree import estimate_change
from rca_lib.analysis.mix import DRAWS, SEED, drawn_counts, shares_and_rates
from rca_lib.analysis.trials import day_numbers

__all__ = ["FEWEST_WEEKS_AFTER", "FEWEST_WEEKS_BEFORE", "FailuresChange", "failures_change", "weekly_volumes"]

FloatArray = npt.NDArray[np.float64]
FEWEST_WEEKS_BEFORE, FEWEST_WEEKS_AFTER = 8, 4


@dataclass(frozen=True)
class FailuresChange:
    """The change in the number of failures in a week, in three parts.

    Attributes
    ----------
    before, after : failures in a week on each side: requests in a week times the rate.
    requests_before, requests_after : requests at risk in a week.
    volume, mix, rate : failures in a week that come from more requests, from another mix of them, and from other rates
        within the groups; their values sum to ``after - before``.
    """

    before: float
    after: float
    requests_before: float
    requests_after: float
    volume: Estimate
    mix: Estimate
    rate: Estimate


def weekly_volumes(
    at: pd.Series[Any], size: FloatArray, when: pd.Timestamp, until: pd.Timestamp
) -> tuple[FloatArray, FloatArray]:
    """Requests in each whole week before `when`, and from then up to `until`, counted from `when` in both directions.

    Parameters
    ----------
    at : when each request was received (UTC).
    size : requests that each row stands for.

    Returns
    -------
    Two series of weekly totals, the earliest week first; weeks that are not whole are left out.

    Examples
    --------
    >>> at = pd.Series(pd.date_range("2025-01-01", "2025-02-28", tz="UTC"))
    >>> one, other = weekly_volumes(at, np.ones(len(at)), pd.Timestamp("2025-02-01", tz="UTC"), at.max())
    >>> one.tolist(), other.tolist()
    ([7.0, 7.0, 7.0, 7.0], [7.0, 7.0, 7.0, 7.0])
    """
    days = day_numbers(at)
    zero, last = (int(day_numbers(pd.Series([moment]))[0]) for moment in (when, until))
    if not len(days):
        return np.zeros(0), np.zeros(0)
    week = np.floor_divide(days - zero, 7)
    back, on = (zero - int(days.min())) // 7, (last + 1 - zero) // 7
    keep = (week >= -back) & (week < on)
    if back + on <= 0 or back < 0 or on < 0:
        return np.zeros(0), np.zeros(0)
    totals = np.bincount(week[keep] + back, size[keep], back + on).astype(float)
    return totals[:back], totals[back:]


def failures_change(
    weekly0: FloatArray, weekly1: FloatArray, n0: FloatArray, k0: FloatArray, n1: FloatArray, k1: FloatArray
) -> FailuresChange | None:
    """Share out the change in failures a week among volume, mix and rates.

    Parameters
    ----------
    weekly0, weekly1 : requests in each week before and after (`weekly_volumes`).
    n0, k0, n1, k1 : requests and failures by group before and after, at their effective sample size.

    Returns
    -------
    `FailuresChange`, or ``None`` with fewer than 8 whole weeks before, 4 after, or a side without requests.

    Notes
    -----
    Failures in a week are requests in a week, times the share of each group, times its rate; the parts are the exact
    Shapley parts of these three factors. The mean of weekly requests varies by its standard error over the weeks,
    widened for their first-order autocorrelation; shares and rates vary as in `mix_split`.

    References
    ----------
    Das Gupta, Standardization and Decomposition of Rates, Census P23-186, 1993.

    Examples
    --------
    Twice the requests, of the same kinds, failing as often:

    >>> steady = np.resize([90.0, 110.0], 10)
    >>> found = failures_change(steady, 2 * steady, *(np.array(x, float) for x in ([500, 500], [50, 10]) * 2))
    >>> round(found.before, 1), round(found.after, 1), round(found.volume.value, 1), round(found.rate.value, 1)
    (6.0, 12.0, 6.0, 0.0)
    """
    if len(weekly0) < FEWEST_WEEKS_BEFORE or len(weekly1) < FEWEST_WEEKS_AFTER:
        return None
    if min(n0.sum(), n1.sum(), weekly0.sum(), weekly1.sum()) <= 0:
        return None
    random = np.random.default_rng(SEED)
    drawn = (drawn_counts(random, n0, k0), drawn_counts(random, n1, k1))
    sides = _sides((weekly0.mean(), weekly1.mean()), (n0, k0), (n1, k1))
    draws = _sides((_means(random, weekly0), _means(random, weekly1)), *drawn)
    n = float(n0.sum() + n1.sum())
    parts = estimate_change(_failures, *sides, *draws, n=n)
    return FailuresChange(
        float(_failures(**sides[0])),
        float(_failures(**sides[1])),
        float(weekly0.mean()),
        float(weekly1.mean()),
        parts["volume"],
        parts["share"],
        parts["rate"],
    )


def _failures(volume: Any, share: FloatArray, rate: FloatArray) -> Any:
    return volume * (share * rate).sum(axis=-1)


def _sides(
    volumes: tuple[Any, Any], one: tuple[FloatArray, FloatArray], other: tuple[FloatArray, FloatArray]
) -> tuple[dict[str, Any], dict[str, Any]]:
    share0, rate0, share1, rate1 = shares_and_rates(*one, *other)
    return (
        {"volume": volumes[0], "share": share0, "rate": rate0},
        {"volume": volumes[1], "share": share1, "rate": rate1},
    )


def _means(random: np.random.Generator, weekly: FloatArray) -> FloatArray:
    """Means that could as well have been seen over as many weeks."""
    apart = weekly - weekly.mean()
    square = float((apart**2).sum())
    echo = float((apart[1:] * apart[:-1]).sum()) / square if square > 0 else 0.0
    echo = min(max(echo, 0.0), 0.9)
    error = np.sqrt(square / (len(weekly) - 1) / len(weekly) * (1 + echo) / (1 - echo))
    return np.maximum(random.normal(weekly.mean(), error, DRAWS), 0.0)
