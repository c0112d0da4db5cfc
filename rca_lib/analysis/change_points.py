"""Every moment at which a failure's rate changed, and the one that bears on an escalation."""

from __future__ import annotations

import itertools
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt
import pandas as pd

from rca_lib.analysis.breakpoints import binomial_costs, optimal_breaks
from rca_lib.analysis.intervals import Estimate, rate
from rca_lib.analysis.onset import (
    EDGE_WEEKS,
    FEWEST_FAILURES,
    FEWEST_WEEKS,
    SUPPORTED,
    Onset,
    change_point_statistic,
    dispersion_about,
    onset,
    permutation_p,
    points_of,
    pooled,
    rows_until,
)
from rca_lib.analysis.series import RateSeries
from rca_lib.analysis.trials import days_to_timestamps, effective_estimate

if TYPE_CHECKING:
    from rca_lib.analysis.outcome import Outcome

__all__ = ["MOST_CHANGES", "change_points", "onset_for"]

FloatArray = npt.NDArray[np.float64]

MOST_CHANGES = 5
PENALTY = 2.0
"""What a further change must gain in twice the log-likelihood, in units of the logarithm of the number of weeks."""

MOST_WEEKS = 320
"""Weeks beyond which neighbouring weeks are pooled for the search."""

AFTERMATH = pd.Timedelta(weeks=8)
"""How long after detection a failure is still looked for when asking when it began."""

METHOD = (
    "binomial change points by dynamic programming over weeks, as many as a penalty of {penalty:g} log(weeks) each leaves; each dated "
    "by likelihood over days between its neighbours, with the interval of Siegmund and Hansen, widened for weeks that "
    "vary beyond sampling; p by {permutations} permutations of blocks of weeks on either side"
)


def change_points(
    data: Outcome | RateSeries,
    *,
    until: pd.Timestamp | None = None,
    most: int = MOST_CHANGES,
    alpha: float = 0.05,
    permutations: int = 199,
    seed: int = 20240229,
) -> tuple[Onset, ...]:
    """Find every moment at which the rate changed, in order; a rise that was put right shows as a rise and a fall.

    Parameters
    ----------
    data : an outcome (dated by day) or a rate series (dated by period).
    until : leave out everything from then on.
    most : the largest number of changes to look for.
    alpha : a change whose two sides differ no more clearly than this is dropped.
    permutations, seed : of the permutation test of each change.

    Returns
    -------
    One `Onset` a change, whose rates are those of the stretches on either side; empty where no change is shown. Where
    the search over several finds none, the single one of `rca_lib.analysis.onset.onset` is returned if there is one.

    References
    ----------
    Bai and Perron, Journal of Applied Econometrics 2003;18:1-22 (the search); Yao, Statistics and Probability Letters
    1988;6:181-189 (the penalty); Hansen, Econometrica 2000;68:575-603 (the interval).
    """
    start, n, failed, step = points_of(data, until)
    if len(n) * step < FEWEST_WEEKS * 7 or failed.sum() < FEWEST_FAILURES or failed.sum() > n.sum() - 1:
        return ()
    coarse = max(7 // step, 1) * max(1, -(-len(n) * step // (7 * MOST_WEEKS)))
    places = _search(pooled(failed, coarse), pooled(n, coarse), most, max(1, EDGE_WEEKS * 7 // (coarse * step)))
    found: list[Onset] = []
    while places:
        edges = _refined([0, *(place * coarse for place in places), len(n)], failed, n, coarse)
        found = [
            _dated(data, until, start, edges, position, failed, n, coarse, permutations, seed)
            for position in range(1, len(edges) - 1)
        ]
        weakest = max(range(len(found)), key=lambda position: found[position].p_value)
        if found[weakest].p_value <= alpha:
            break
        places = [place for position, place in enumerate(places) if position != weakest]
        found = []
    if not found:
        single = onset(data, until=until, alpha=alpha, seed=seed)
        return (single,) if single is not None else ()
    return tuple(found)


def onset_for(
    data: Outcome | RateSeries,
    *,
    occurred_at: pd.Timestamp,
    known: pd.Timestamp | None = None,
    points: tuple[Onset, ...] | None = None,
) -> Onset | None:
    """Find the rise that bears on an escalation: the last one whose raised level still held when it occurred.

    Parameters
    ----------
    data : an outcome or a rate series.
    occurred_at : when the failure occurred.
    known : when it was detected, by default when it occurred; a rise that began later cannot have been noticed.
    points : the change points, where they have been worked out.

    Returns
    -------
    The rise, or ``None`` where none stands out. A level holds when the rate at the occurrence is nearer to that after
    the rise than to that before it. A rise that occurred between occurrence and detection is taken only where no
    earlier one holds. Without one, the weeks up to soon after detection are asked alone.
    """
    known = max(known, occurred_at) if known is not None else occurred_at
    points = change_points(data) if points is None else points
    for limit in (occurred_at, known):
        for rise in reversed(points):
            if rise.direction == "rise" and rise.low <= limit and _holds(rise, points, limit):
                return rise
    found = onset(data, until=known + AFTERMATH)
    return found if found is not None and found.direction == "rise" and found.low <= known else None


def _holds(rise: Onset, points: tuple[Onset, ...], at: pd.Timestamp) -> bool:
    level = rise.rate_after.value
    for point in points:
        if rise.when < point.when <= at:
            level = point.rate_after.value
    return level >= (rise.rate_before.value + rise.rate_after.value) / 2


def _search(failed: FloatArray, n: FloatArray, most: int, shortest: int) -> list[int]:
    """How many pooled points come before each change, for the number of changes that the penalty leaves."""
    found = optimal_breaks(binomial_costs(failed, n), most=most, shortest=shortest)
    spread = _dispersion(failed, n, (0, *found[-1][0], len(n)))
    price = PENALTY * np.log(max(len(n), 2))
    scores = [cost / spread + price * breaks for breaks, (_, cost) in enumerate(found)]
    return list(found[int(np.argmin(scores))][0])


def _dispersion(failed: FloatArray, n: FloatArray, edges: tuple[int, ...]) -> float:
    """Pearson dispersion about the rates of the stretches, by week or by blocks of neighbouring weeks, the larger."""
    squares = {1: 0.0, 4: 0.0}
    freedom = {1: 0, 4: 0}
    for a, b in itertools.pairwise(edges):
        share = failed[a:b].sum() / max(n[a:b].sum(), 1e-12)
        if not 0 < share < 1:
            continue
        for size in squares:
            if b - a < 2 * size:
                continue
            k, m = pooled(failed[a:b], size), pooled(n[a:b], size)
            some = m > 0
            squares[size] += float(((k[some] - m[some] * share) ** 2 / (m[some] * share * (1 - share))).sum())
            freedom[size] += int(some.sum()) - 1
    return max([1.0, *(squares[size] / freedom[size] for size in squares if freedom[size] >= 4)])


def _refined(edges: list[int], failed: FloatArray, n: FloatArray, coarse: int) -> list[int]:
    """Move each change to its most likely point between its neighbours; twice, as neighbours move too."""
    for _ in range(2):
        for position in range(1, len(edges) - 1):
            a, b = edges[position - 1], edges[position + 1]
            gain = _gain(failed[a:b], n[a:b], coarse)
            if not np.isnan(gain).all():
                edges[position] = a + int(np.nanargmax(gain))
    return edges


def _gain(failed: FloatArray, n: FloatArray, coarse: int) -> FloatArray:
    gain = change_point_statistic(failed, n, edge=min(coarse, max(len(n) // 4, 1)))
    # The new rate begins with a request.
    gain[n <= 0] = np.nan
    return gain


def _dated(
    data: Outcome | RateSeries,
    until: pd.Timestamp | None,
    start: npt.NDArray[np.int64],
    edges: list[int],
    position: int,
    failed: FloatArray,
    n: FloatArray,
    coarse: int,
    permutations: int,
    seed: int,
) -> Onset:
    a, at, b = edges[position - 1 : position + 2]
    gain = _gain(failed[a:b], n[a:b], coarse)
    weekly_failed, weekly_n = pooled(failed[a:b], coarse), pooled(n[a:b], coarse)
    split = min(max((at - a) // coarse, 1), len(weekly_n) - 1)
    spread = dispersion_about(weekly_failed, weekly_n, split)
    supported = np.flatnonzero(gain >= np.nanmax(gain) - SUPPORTED * spread)
    block = max(1, round(len(weekly_n) ** (1 / 3)))
    edge = max(1, min(EDGE_WEEKS, len(weekly_n) // 4))
    p_value = permutation_p(weekly_failed, weekly_n, edge, block, permutations, seed)
    before, after = (_rate(data, until, start, slice(*side), failed, n) for side in ((a, at), (at, b)))
    days = days_to_timestamps(start[[at, a + int(supported[0]), a + int(supported[-1])]])
    return Onset(
        when=days[0],
        low=days[1],
        high=days[2],
        rate_before=before,
        rate_after=after,
        direction="rise" if after.value > before.value else "fall",
        p_value=p_value,
        dispersion=spread,
        method=METHOD.format(penalty=PENALTY, permutations=permutations),
    )


def _rate(
    data: Outcome | RateSeries,
    until: pd.Timestamp | None,
    start: npt.NDArray[np.int64],
    side: slice,
    failed: FloatArray,
    n: FloatArray,
) -> Estimate:
    if isinstance(data, RateSeries):
        return rate(min(float(failed[side].sum()), float(n[side].sum())), float(n[side].sum()))
    rows = rows_until(data, until)
    day = rows["day"].to_numpy()
    days = start[side]
    return effective_estimate(rows.loc[(day >= days[0]) & (day <= days[-1])])
