"""Estimates with their intervals: proportions, differences, ratios and rates per exposure.

Every number that a review prints carries an interval, its n and a method, so every function here returns an `Estimate`.
The formulae are closed forms on scipy's special functions, which import in a fraction of the time of a model library.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
from scipy import special

__all__ = [
    "CLOPPER_PEARSON",
    "EFFECTIVE_N",
    "NEWCOMBE",
    "ODDS_LOG",
    "POISSON_EXACT",
    "RATIO_ADJUSTED",
    "RATIO_LOG",
    "WILSON",
    "Estimate",
    "clopper_pearson_interval",
    "newcombe_difference",
    "odds_ratio",
    "poisson_interval",
    "rate",
    "rate_bounds",
    "rate_ratio",
    "weighted_rate",
    "wilson_interval",
]

WILSON = "Wilson score interval"
CLOPPER_PEARSON = "Clopper-Pearson exact interval"
NEWCOMBE = "Newcombe hybrid score interval"
POISSON_EXACT = "exact Poisson interval"
RATIO_LOG = "log interval (Katz)"
RATIO_ADJUSTED = "log interval, counts moved by a half"
ODDS_LOG = "log interval (Woolf)"
EFFECTIVE_N = "effective sample size (Kish)"

FloatArray = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Estimate:
    """A number, how far it may be off, and what it rests on.

    Attributes
    ----------
    value : the estimate; ``nan`` when nothing was observed.
    low, high : the interval at `level`; the widest possible one when nothing was observed.
    n : how many units it rests on (or the exposure, for a rate per exposure).
    k : how many of them count, where the estimate is a share or a rate; otherwise ``None``.
    method : how the interval was made, in words fit for a method note.
    level : the coverage that the interval aims at.
    """

    value: float
    low: float
    high: float
    n: float
    k: float | None = None
    method: str = ""
    level: float = 0.95


def wilson_interval(k: float, n: float, *, level: float = 0.95) -> Estimate:
    """Share of `n` units that count, with Wilson's score interval.

    With ``n == 0`` the value is ``nan`` and the interval 0 to 1.

    Raises
    ------
    ValueError
        When `k` is not between 0 and `n`; so do the other functions of this module.

    References
    ----------
    Newcombe, Statistics in Medicine 1998;17:857-872, method 3.

    Examples
    --------
    >>> share = wilson_interval(81, 263)
    >>> round(share.low, 4), round(share.high, 4)
    (0.2553, 0.3662)
    """
    _check_counts(k, n)
    low, high = _wilson(np.asarray([k], float), np.asarray([n], float), level)
    return Estimate(_share(k, n), float(low[0]), float(high[0]), n, k, WILSON, level)


def clopper_pearson_interval(k: float, n: float, *, level: float = 0.95) -> Estimate:
    """Share of `n` units that count, with the exact interval of Clopper and Pearson.

    It never covers less than `level`, so it is the one to quote when no unit, or every unit, counts.

    References
    ----------
    Newcombe, Statistics in Medicine 1998;17:857-872, method 5.

    Examples
    --------
    >>> share = clopper_pearson_interval(0, 20)
    >>> share.low, round(share.high, 4)
    (0.0, 0.1684)
    """
    _check_counts(k, n)
    low, high = _clopper_pearson(np.asarray([k], float), np.asarray([n], float), level)
    return Estimate(_share(k, n), float(low[0]), float(high[0]), n, k, CLOPPER_PEARSON, level)


def rate(k: float, n: float, *, level: float = 0.95) -> Estimate:
    """Share of `n` units that count: Wilson's interval, or the exact one when none or all count.

    Examples
    --------
    >>> rate(3, 50).method
    'Wilson score interval'
    >>> rate(0, 50).method
    'Clopper-Pearson exact interval'
    """
    if n and k in (0, n):
        return clopper_pearson_interval(k, n, level=level)
    return wilson_interval(k, n, level=level)


def rate_bounds(k: Any, n: Any, *, level: float = 0.95) -> tuple[FloatArray, FloatArray]:
    """Lower and upper limits of many shares at once, each by the rule of `rate`.

    Parameters
    ----------
    k, n : counts and totals of equal length; totals of 0 give the limits 0 and 1.
    """
    k, n = np.broadcast_arrays(np.asarray(k, float), np.asarray(n, float))
    if bool(((k < 0) | (k > n)).any()):
        raise ValueError("A count must lie between 0 and its total.")
    low, high = _wilson(k, n, level)
    edge = (n > 0) & ((k == 0) | (k == n))
    if bool(edge.any()):
        low[edge], high[edge] = _clopper_pearson(k[edge], n[edge], level)
    return low, high


def weighted_rate(failed: Any, weight: Any, *, level: float = 0.95) -> Estimate:
    """Share that failed when units were drawn with unequal probabilities.

    The share is the weighted mean; its interval is that of `rate` at Kish's effective sample size, so unequal weights
    widen it. With equal weights it equals `rate`. ``n`` and ``k`` are the units looked at and those that failed.

    Parameters
    ----------
    failed : booleans, one per unit.
    weight : 1 / probability of being drawn, one per unit, none negative.
    """
    flags, weights = np.asarray(failed, dtype=bool), np.asarray(weight, float)
    n, k = int(flags.size), int(flags.sum())
    total = float(weights.sum())
    if n == 0 or total <= 0:
        return wilson_interval(0, 0, level=level)
    if float(weights.min()) == float(weights.max()):
        return rate(k, n, level=level)
    share = min(max(float(weights[flags].sum()) / total, 0.0), 1.0)
    effective = total**2 / float((weights**2).sum())
    inner = rate(0.0 if k == 0 else effective if k == n else share * effective, effective, level=level)
    value = inner.value if k in (0, n) else share
    return Estimate(value, inner.low, inner.high, n, k, f"{inner.method}, {EFFECTIVE_N}", level)


def newcombe_difference(k1: float, n1: float, k0: float, n0: float, *, level: float = 0.95) -> Estimate:
    """Difference of two independent shares, ``k1/n1 - k0/n0``.

    References
    ----------
    Newcombe, Statistics in Medicine 1998;17:873-890, method 10.

    Examples
    --------
    >>> gap = newcombe_difference(56, 70, 48, 80)
    >>> round(gap.value, 4), round(gap.low, 4), round(gap.high, 4)
    (0.2, 0.0524, 0.3339)
    """
    one, zero = wilson_interval(k1, n1, level=level), wilson_interval(k0, n0, level=level)
    n = n1 + n0
    if n1 == 0 or n0 == 0:
        return Estimate(math.nan, -1.0, 1.0, n, None, NEWCOMBE, level)
    gap = one.value - zero.value
    low = gap - math.hypot(one.value - one.low, zero.high - zero.value)
    high = gap + math.hypot(one.high - one.value, zero.value - zero.low)
    return Estimate(gap, max(low, -1.0), min(high, 1.0), n, None, NEWCOMBE, level)


def rate_ratio(k1: float, n1: float, k0: float, n0: float, *, level: float = 0.95) -> Estimate:
    """Ratio of two independent shares, ``(k1/n1) / (k0/n0)``.

    Where a count is 0 a half is added to every count, and where both shares are 1 a half is taken from both counts, for
    the interval alone; the ratio itself is then 0, infinite or 1, and ``nan`` where both counts are 0.

    Examples
    --------
    Vanilla ice cream at Oswego, 1940:

    >>> ratio = rate_ratio(43, 54, 3, 21)
    >>> round(ratio.value, 2), round(ratio.low, 2), round(ratio.high, 2)
    (5.57, 1.94, 16.03)
    """
    _check_counts(k1, n1)
    _check_counts(k0, n0)
    n = n1 + n0
    if n1 == 0 or n0 == 0 or k1 == k0 == 0:
        return Estimate(math.nan, 0.0, math.inf, n, None, RATIO_ADJUSTED, level)
    value = math.inf if k0 == 0 else (k1 / n1) / (k0 / n0)
    method = RATIO_ADJUSTED
    if k1 == 0 or k0 == 0:
        k1, n1, k0, n0 = k1 + 0.5, n1 + 0.5, k0 + 0.5, n0 + 0.5
    elif k1 == n1 and k0 == n0:
        k1, k0 = k1 - 0.5, k0 - 0.5
    else:
        method = RATIO_LOG
    centre = math.log(k1 / n1) - math.log(k0 / n0)
    error = math.sqrt(max(1 / k1 - 1 / n1 + 1 / k0 - 1 / n0, 0.0))
    return _log_estimate(value, centre, error, n, method, level)


def odds_ratio(k1: float, n1: float, k0: float, n0: float, *, level: float = 0.95) -> Estimate:
    """Ratio of the odds ``k1 : n1 - k1`` to the odds ``k0 : n0 - k0``, with Woolf's log interval.

    Where a cell of the two-by-two table is 0, a half is added to every cell for the interval alone.

    Examples
    --------
    Smoking and lung cancer in men, Doll and Hill 1950:

    >>> round(odds_ratio(647, 649, 622, 649).value, 2)
    14.04
    """
    _check_counts(k1, n1)
    _check_counts(k0, n0)
    cells = np.asarray([k1, n1 - k1, k0, n0 - k0], float)
    n = n1 + n0
    over, under = float(cells[0] * cells[3]), float(cells[1] * cells[2])
    if over == under == 0.0:
        return Estimate(math.nan, 0.0, math.inf, n, None, RATIO_ADJUSTED, level)
    add = 0.5 if bool((cells == 0).any()) else 0.0
    logs = np.log(cells + add)
    error = math.sqrt(float((1 / (cells + add)).sum()))
    value = math.inf if under == 0 else over / under
    method = RATIO_ADJUSTED if add else ODDS_LOG
    return _log_estimate(value, float(logs[0] - logs[1] - logs[2] + logs[3]), error, n, method, level)


def poisson_interval(k: float, exposure: float, *, level: float = 0.95) -> Estimate:
    """Events per unit of exposure, with the exact (Garwood) interval.

    ``n`` of the result is the exposure. With an exposure of 0 the value is ``nan`` and the interval 0 to infinity.

    Raises
    ------
    ValueError
        When `k` or `exposure` is negative.

    Examples
    --------
    >>> events = poisson_interval(0, 100)
    >>> events.value, events.low, round(events.high, 4)
    (0.0, 0.0, 0.0369)
    """
    if k < 0 or exposure < 0:
        raise ValueError("A count of events and its exposure cannot be negative.")
    if exposure == 0:
        return Estimate(math.nan, 0.0, math.inf, exposure, k, POISSON_EXACT, level)
    tail = (1 - level) / 2
    low = float(special.gammaincinv(k, tail)) if k > 0 else 0.0
    high = float(special.gammainccinv(k + 1, tail))
    return Estimate(k / exposure, low / exposure, high / exposure, exposure, k, POISSON_EXACT, level)


def _wilson(k: FloatArray, n: FloatArray, level: float) -> tuple[FloatArray, FloatArray]:
    z2 = float(special.ndtri((1 + level) / 2)) ** 2
    some = np.where(n > 0, n, 1.0)
    share = k / some
    centre = (share + z2 / (2 * some)) / (1 + z2 / some)
    half = np.sqrt(z2 * share * (1 - share) / some + z2**2 / (4 * some**2)) / (1 + z2 / some)
    # At the edges rounding can push a limit a hair past the share itself.
    low = np.where(n > 0, np.clip(np.minimum(centre - half, share), 0.0, 1.0), 0.0)
    high = np.where(n > 0, np.clip(np.maximum(centre + half, share), 0.0, 1.0), 1.0)
    return low, high


def _clopper_pearson(k: FloatArray, n: FloatArray, level: float) -> tuple[FloatArray, FloatArray]:
    tail = (1 - level) / 2
    low, high = np.zeros(k.shape), np.ones(k.shape)
    above, below = k > 0, k < n
    low[above] = special.betaincinv(k[above], n[above] - k[above] + 1, tail)
    high[below] = special.betaincinv(k[below] + 1, n[below] - k[below], 1 - tail)
    return low, high


def _log_estimate(value: float, centre: float, error: float, n: float, method: str, level: float) -> Estimate:
    reach = float(special.ndtri((1 + level) / 2)) * error
    low, high = math.exp(centre - reach), math.exp(centre + reach)
    return Estimate(value, min(low, value), max(high, value), n, None, method, level)


def _share(k: float, n: float) -> float:
    return k / n if n else math.nan


def _check_counts(k: float, n: float) -> None:
    if not 0 <= k <= n:
        raise ValueError(f"A count must lie between 0 and its total: got {k} of {n}.")
