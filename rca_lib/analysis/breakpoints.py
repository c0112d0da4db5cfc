"""Where a series splits into stretches of one level each: optimal segments, and the tests that there is a break at all."""

from __future__ import annotations

import itertools
import math
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy import special

__all__ = [
    "Breaks",
    "binomial_costs",
    "least_squares_breaks",
    "least_squares_costs",
    "ols_cusum",
    "optimal_breaks",
    "sup_f",
]

FloatArray = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Breaks:
    """The best places to break a series, for each number of breaks.

    Attributes
    ----------
    positions : for 0, 1, 2 ... breaks, how many observations come before each break.
    rss : the residual sum of squares about the means of the stretches, for each number of breaks.
    bic : the criterion of Schwarz for each number of breaks; the smallest is best.
    best : the number of breaks with the smallest criterion.
    means : the mean of each stretch at that number.
    """

    positions: tuple[tuple[int, ...], ...]
    rss: tuple[float, ...]
    bic: tuple[float, ...]
    best: int
    means: tuple[float, ...]


def least_squares_breaks(values: npt.ArrayLike, *, most: int = 5, shortest: float = 0.15) -> Breaks:
    """Break a series into stretches of constant mean, by least squares, and choose how many by the criterion of Schwarz.

    Parameters
    ----------
    values : the series in order, one number an observation.
    most : the largest number of breaks to look at.
    shortest : the shortest stretch, as a share of the series (below 1) or as a count of observations.

    Raises
    ------
    ValueError
        When the series is shorter than two of the shortest stretches.

    References
    ----------
    Bai and Perron, Journal of Applied Econometrics 2003;18:1-22. The criterion counts a mean for each stretch, each break
    and the variance, as R's strucchange does.

    Examples
    --------
    >>> found = least_squares_breaks([1, 2, 1, 2, 1, 2, 8, 9, 8, 9, 8, 9], most=2, shortest=3)
    >>> found.positions[found.best], found.means
    ((6,), (1.5, 8.5))
    """
    series = np.asarray(values, float)
    total = len(series)
    length = math.floor(shortest * total) if shortest < 1 else int(shortest)
    length = max(length, 1)
    if total < 2 * length:
        raise ValueError(f"A series of {total} cannot hold two stretches of {length}.")
    costs = least_squares_costs(series)
    found = optimal_breaks(costs, most=most, shortest=length)
    rss = [cost for _, cost in found]
    bic = [
        total * (math.log(max(cost, 1e-300)) + 1 - math.log(total) + math.log(2 * math.pi))
        + math.log(total) * 2 * (breaks + 1)
        for breaks, cost in enumerate(rss)
    ]
    best = int(np.argmin(bic))
    edges = (0, *found[best][0], total)
    means = tuple(float(series[a:b].mean()) for a, b in itertools.pairwise(edges))
    return Breaks(tuple(places for places, _ in found), tuple(rss), tuple(bic), best, means)


def least_squares_costs(values: FloatArray) -> FloatArray:
    """Residual sum of squares of every stretch: row is its first observation, column its last."""
    ones = np.concatenate([[0.0], np.cumsum(values - values.mean())])
    twos = np.concatenate([[0.0], np.cumsum((values - values.mean()) ** 2)])
    first, after = np.arange(len(values))[:, None], np.arange(1, len(values) + 1)[None, :]
    size = after - first
    with np.errstate(divide="ignore", invalid="ignore"):
        cost = (twos[after] - twos[first]) - (ones[after] - ones[first]) ** 2 / size
    return np.where(size > 0, np.maximum(cost, 0.0), np.inf)


def binomial_costs(failed: npt.ArrayLike, n: npt.ArrayLike) -> FloatArray:
    """Minus twice the log-likelihood of every stretch at its own rate: row is its first point, column its last."""
    hits = np.concatenate([[0.0], np.cumsum(np.asarray(failed, float))])
    size = np.concatenate([[0.0], np.cumsum(np.asarray(n, float))])
    points = len(hits) - 1
    first, after = np.arange(points)[:, None], np.arange(1, points + 1)[None, :]
    k = np.maximum(hits[after] - hits[first], 0.0)
    total = size[after] - size[first]
    some = np.where(total > 0, total, 1.0)
    misses = np.maximum(total - k, 0.0)
    cost = -2 * (special.xlogy(k, k / some) + special.xlogy(misses, misses / some))
    return np.where(after > first, cost, np.inf)


def optimal_breaks(costs: FloatArray, *, most: int, shortest: int = 1) -> list[tuple[tuple[int, ...], float]]:
    """Break a series so that the stretches together cost least, for every number of breaks up to `most`.

    Parameters
    ----------
    costs : the cost of each stretch, first observation by last (see `least_squares_costs`, `binomial_costs`).
    most : the largest number of breaks; fewer are returned where more would not fit.
    shortest : observations that a stretch must hold.

    Returns
    -------
    For 0, 1, 2 ... breaks: how many observations come before each, and the total cost.

    References
    ----------
    Dynamic programming after Bai and Perron, Journal of Applied Econometrics 2003;18:1-22, section 3.
    """
    total = len(costs)
    blocked = costs.copy()
    first, last = np.indices(costs.shape)
    blocked[last - first + 1 < shortest] = np.inf
    best = blocked[0].copy()
    came: list[npt.NDArray[np.intp]] = []
    result: list[tuple[tuple[int, ...], float]] = [((), float(costs[0, -1]))]
    for breaks in range(1, most + 1):
        if (breaks + 1) * shortest > total:
            break
        # Cost up to and with each last observation, the newest stretch starting after each earlier one.
        table = best[:-1, None] + blocked[1:, :]
        step = np.argmin(table, axis=0)
        best = table[step, np.arange(total)]
        came.append(step)
        if not math.isfinite(best[-1]):
            break
        places, at = [], total - 1
        for steps in reversed(came):
            at = int(steps[at])
            places.append(at + 1)
        result.append((tuple(reversed(places)), float(best[-1])))
    return result


def sup_f(values: npt.ArrayLike, *, trim: float = 0.15) -> tuple[float, int, float]:
    """Test for one break in the mean at an unknown place: the largest F statistic over the middle of the series.

    Parameters
    ----------
    values : the series in order.
    trim : the share of observations at each end at which no break is looked for.

    Returns
    -------
    The statistic, how many observations come before the break, and the p-value.

    References
    ----------
    Andrews, Econometrica 1993;61:821-856. The p-value is the tail expansion of Estrella, Econometric Theory
    2003;19:1128-1143 (one parameter), good where it is small; above a tenth it is only an upper bound.

    Examples
    --------
    >>> statistic, position, p_value = sup_f([1, 2, 1, 2, 1, 2, 1, 5, 6, 5, 6, 5, 6, 5])
    >>> position, p_value < 0.001
    (7, True)
    """
    series = np.asarray(values, float)
    total = len(series)
    first, last = math.floor(trim * total), math.floor((1 - trim) * total)
    before = np.arange(max(first, 1), min(last, total - 1) + 1)
    sums = np.cumsum(series - series.mean())
    gained = sums[before - 1] ** 2 * (1 / before + 1 / (total - before))
    rest = float(((series - series.mean()) ** 2).sum()) - gained
    statistics = np.divide(gained, rest / (total - 2), out=np.full(len(before), np.inf), where=rest > 0)
    best = int(np.argmax(statistics))
    statistic = float(statistics[best])
    low, high = before[0] / total, before[-1] / total
    spread = math.log(high * (1 - low) / (low * (1 - high)))
    if statistic <= 2 or not math.isfinite(statistic):
        return statistic, int(before[best]), 1.0 if statistic <= 2 else 0.0
    tail = math.sqrt(statistic) * math.exp(-statistic / 2) / math.sqrt(2 * math.pi)
    p_value = tail * (spread * (1 - 1 / statistic) + 2 / statistic)
    return statistic, int(before[best]), min(max(p_value, 0.0), 1.0)


def ols_cusum(values: npt.ArrayLike) -> tuple[float, float]:
    """Test that the mean is constant by the cumulative sum of residuals from it.

    Returns
    -------
    The largest distance from 0 and its p-value, from the Brownian bridge.

    References
    ----------
    Ploberger and Kraemer, Econometrica 1992;60:271-285; computed by statsmodels.

    Examples
    --------
    >>> statistic, p_value = ols_cusum([1, 2, 1, 2, 1, 2, 8, 9, 8, 9, 8, 9])
    >>> round(statistic, 2), p_value < 0.05
    (1.64, True)
    """
    from statsmodels.stats.diagnostic import breaks_cusumolsresid

    series = np.asarray(values, float)
    statistic, p_value, _ = breaks_cusumolsresid(series - series.mean(), ddof=1)
    return float(statistic), float(p_value)
