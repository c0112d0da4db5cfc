"""Since when: the point at which a failure's rate changed, with an interval and never a bare date."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy import special

from rca_lib.analysis.intervals import Estimate, rate
from rca_lib.analysis.series import RateSeries
from rca_lib.analysis.trials import days_to_timestamps, effective_estimate, group_sums, trials

if TYPE_CHECKING:
    from rca_lib.analysis.outcome import Outcome

__all__ = [
    "SUPPORTED",
    "Onset",
    "binomial_log_likelihood",
    "change_point_statistic",
    "dispersion_about",
    "onset",
    "permutation_p",
    "points_of",
    "pooled",
    "rows_until",
]

FloatArray = npt.NDArray[np.float64]
SUPPORTED = 7.35
"""Fall in twice the log-likelihood within which a day is still supported at 95 %: -2 log(1 - sqrt(0.95)).

The place of a change is no smooth parameter, so the 3.84 of chi-squared would cover it about four times in five only
(Siegmund, Biometrika 1988;75:31-48; Hansen, Econometrica 2000;68:575-603, table 1).
"""

FEWEST_WEEKS = 8
FEWEST_FAILURES = 8
EDGE_WEEKS = 3
"""Weeks that each side of a change must keep: a step in the last days cannot be told from a cluster."""

METHOD = (
    "binomial change point by maximum likelihood over days; interval by profile likelihood, widened for weeks that "
    "vary beyond sampling; p by {permutations} permutations of blocks of {block} week(s)"
)


@dataclass(frozen=True)
class Onset:
    """A change in the rate and when it happened.

    Attributes
    ----------
    when : the most likely first day of the new rate (midnight, UTC).
    low, high : the first and the last day that the data support (95 %).
    rate_before, rate_after : the rate on each side.
    direction : ``"rise"`` or ``"fall"``.
    p_value : how often a change this clear appears when the weeks are shuffled.
    dispersion : how much weeks vary beyond sampling, 1 when not at all.
    method : how it was found.
    """

    when: pd.Timestamp
    low: pd.Timestamp
    high: pd.Timestamp
    rate_before: Estimate
    rate_after: Estimate
    direction: str
    p_value: float
    dispersion: float
    method: str


def onset(
    data: Outcome | RateSeries,
    *,
    until: pd.Timestamp | None = None,
    alpha: float = 0.05,
    permutations: int = 999,
    seed: int = 20240229,
) -> Onset | None:
    """Find the one moment at which the rate most likely changed.

    Parameters
    ----------
    data : an outcome (searched by day) or a series from `rca_lib.analysis.extent.rate_series` (searched by period).
    until : leave out everything from then on.
    alpha : return ``None`` when the p-value is above it; 1 returns the best guess whatever it is worth.
    permutations, seed : of the permutation test; fixed, so that the same data give the same answer.

    Returns
    -------
    `Onset`, or ``None`` where no change is shown or there is too little to look at.

    References
    ----------
    Hinkley and Hinkley, Biometrika 1970;57:477-488 (binomial change point). The p-value shuffles whole blocks of
    weeks, so that neighbouring weeks that resemble one another are not taken for a change.
    """
    start, n, failed, step = points_of(data, until)
    if len(n) * step < FEWEST_WEEKS * 7 or failed.sum() < FEWEST_FAILURES or failed.sum() > n.sum() - 1:
        return None
    coarse = max(7 // step, 1)
    weekly_n, weekly_failed = pooled(n, coarse), pooled(failed, coarse)
    edge = min(EDGE_WEEKS if step <= 7 else 2, len(weekly_n) // 3)
    block = max(1, round(len(weekly_n) ** (1 / 3)))
    p_value = permutation_p(weekly_failed, weekly_n, edge, block, permutations, seed)
    if p_value > alpha:
        return None
    gain = change_point_statistic(failed, n, edge=edge * coarse)
    # A day without requests splits them as the next one does; the new rate begins with a request.
    gain[n <= 0] = np.nan
    best = int(np.nanargmax(gain))
    dispersion = dispersion_about(weekly_failed, weekly_n, best // coarse)
    supported = np.flatnonzero(gain >= gain[best] - SUPPORTED * dispersion)
    before, after = _sides(data, until, start, best, n, failed)
    days = days_to_timestamps(start[[best, int(supported[0]), int(supported[-1])]])
    return Onset(
        when=days[0],
        low=days[1],
        high=days[2],
        rate_before=before,
        rate_after=after,
        direction="rise" if after.value > before.value else "fall",
        p_value=p_value,
        dispersion=dispersion,
        method=METHOD.format(permutations=permutations, block=block),
    )


def change_point_statistic(failed: npt.ArrayLike, n: npt.ArrayLike, *, edge: int = 1) -> FloatArray:
    """Twice the gain in log-likelihood from a change of the rate at each position.

    Parameters
    ----------
    failed, n : counts per point in order; several series may be stacked along the first axis.
    edge : points that each side keeps; positions nearer to an end are ``nan``.

    Returns
    -------
    Array of the same shape; position ``i`` means that point ``i`` is the first of the new rate.
    """
    hits, size = np.asarray(failed, float), np.asarray(n, float)
    total_hits, total = hits.sum(axis=-1, keepdims=True), size.sum(axis=-1, keepdims=True)
    k0, n0 = np.cumsum(hits, axis=-1) - hits, np.cumsum(size, axis=-1) - size
    gain = 2 * (
        binomial_log_likelihood(k0, n0)
        + binomial_log_likelihood(total_hits - k0, total - n0)
        - binomial_log_likelihood(total_hits, total)
    )
    points = hits.shape[-1]
    gain[..., : max(edge, 1)] = np.nan
    gain[..., points - max(edge, 1) + 1 :] = np.nan
    gain[(n0 <= 0) | (total - n0 <= 0)] = np.nan
    return gain


def binomial_log_likelihood(failed: FloatArray, n: FloatArray) -> FloatArray:
    """Log-likelihood of counts at their own rate, without the constant; 0 where none or all failed."""
    hits, misses = np.maximum(failed, 0.0), np.maximum(n - failed, 0.0)
    size = np.where(n > 0, n, 1.0)
    value: FloatArray = special.xlogy(hits, hits / size) + special.xlogy(misses, misses / size)
    return value


def points_of(
    data: Outcome | RateSeries, until: pd.Timestamp | None
) -> tuple[npt.NDArray[np.int64], FloatArray, FloatArray, int]:
    """Start day, size and failures of each point, and how many days a point spans."""
    if isinstance(data, RateSeries):
        table = data.frame.loc[data.frame["mature"]]
        if until is not None:
            table = table.loc[table["end"] <= until]
        start = table["start"].dt.tz_localize(None).to_numpy(dtype="datetime64[D]").astype(np.int64)
        n = table["n_effective"].to_numpy(float)
        return start, n, np.nan_to_num(table["rate"].to_numpy(float)) * n, data.weeks * 7
    rows = rows_until(data, until)
    if not len(rows):
        return np.zeros(0, dtype=np.int64), np.zeros(0), np.zeros(0), 1
    day = rows["day"].to_numpy()
    first = int(day.min())
    weight = rows["weight"].to_numpy(float)
    # Scaled so that the points add up to the effective sample size, not to the population.
    weight = weight * (weight * rows["n"]).sum() / (weight**2 * rows["n"]).sum()
    days = int(day.max()) - first + 1
    n = group_sums(day - first, weight * rows["n"], days)
    failed = group_sums(day - first, weight * rows["n"] * rows["failed"], days)
    return first + np.arange(days), n, failed, 1


def rows_until(outcome: Outcome, until: pd.Timestamp | None) -> pd.DataFrame:
    """Trials of an outcome, those from `until` on left out."""
    rows = trials(outcome)
    return rows if until is None else rows.loc[(rows["at"] < until).to_numpy(bool)].reset_index(drop=True)


def pooled(values: FloatArray, size: int) -> FloatArray:
    """Sums over `size` neighbouring points; a short rest joins the last."""
    full = len(values) // size
    sums = values[: full * size].reshape(full, size).sum(axis=1)
    sums[-1] += values[full * size :].sum()
    return np.asarray(sums, dtype=float)


def permutation_p(failed: FloatArray, n: FloatArray, edge: int, block: int, permutations: int, seed: int) -> float:
    """How often the largest gain of any change is as large when blocks of neighbouring points are shuffled."""
    points = len(n)
    seen = np.nanmax(change_point_statistic(failed, n, edge=edge))
    blocks = np.arange(points) // block
    keys = np.random.default_rng(seed).random((permutations, int(blocks[-1]) + 1))
    order = np.argsort(keys[:, blocks], axis=1, kind="stable")
    null = np.nanmax(change_point_statistic(failed[order], n[order], edge=edge), axis=1)
    return float((1 + (null >= seen - 1e-9).sum()) / (1 + permutations))


def dispersion_about(failed: FloatArray, n: FloatArray, split: int) -> float:
    """Pearson dispersion of the points about the rate of their side."""
    squares, freedom = 0.0, 0
    for side in (slice(0, split), slice(split, None)):
        k, size = failed[side][n[side] > 0], n[side][n[side] > 0]
        centre = k.sum() / size.sum() if size.sum() else 0.0
        if len(size) > 1 and 0 < centre < 1:
            squares += float(((k - size * centre) ** 2 / (size * centre * (1 - centre))).sum())
            freedom += len(size) - 1
    return max(squares / freedom, 1.0) if freedom else 1.0


def _sides(
    data: Outcome | RateSeries,
    until: pd.Timestamp | None,
    start: npt.NDArray[np.int64],
    best: int,
    n: FloatArray,
    failed: FloatArray,
) -> tuple[Estimate, Estimate]:
    if isinstance(data, RateSeries):
        return rate(float(failed[:best].sum()), float(n[:best].sum())), rate(
            float(failed[best:].sum()), float(n[best:].sum())
        )
    rows = rows_until(data, until)
    earlier = rows["day"].to_numpy() < start[best]
    return effective_estimate(rows.loc[earlier]), effective_estimate(rows.loc[~earlier])
