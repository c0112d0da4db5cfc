"""Control limits and run rules for a series of shares.

References
----------
Montgomery, Introduction to Statistical Quality Control, chapter 7 (p chart). Laney, Quality Engineering 2002;14:531-537
(p'). Anhoej and Olesen, PLoS ONE 2014;9:e113825 (run rules), with limits as in the package qicharts2.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import numpy.typing as npt
from scipy import special

__all__ = [
    "Runs",
    "anhoej_limits",
    "extreme_chance",
    "laney_sigma_z",
    "overdispersion_limit",
    "p_chart_limits",
    "run_rule_false_alarm",
    "runs_about",
    "sigma_rule_false_alarm",
]

FloatArray = npt.NDArray[np.float64]
MOVING_RANGE_CONSTANT = 1.128
"""d2 for two observations: the mean moving range of standard normal values."""


@dataclass(frozen=True, slots=True)
class Runs:
    """How a series moves about its centre line.

    Attributes
    ----------
    useful : points that do not lie on the line.
    longest, longest_allowed : the longest run on one side, and the longest that chance is expected to give.
    crossings, crossings_needed : how often the line is crossed, and the fewest that chance is expected to give.
    """

    useful: int
    longest: int
    longest_allowed: int
    crossings: int
    crossings_needed: int

    @property
    def signal(self) -> bool:
        """Whether a run is too long or the line is crossed too seldom."""
        return self.useful > 1 and (self.longest > self.longest_allowed or self.crossings < self.crossings_needed)


def anhoej_limits(n: int) -> tuple[int, int]:
    """Longest run allowed and fewest crossings needed among `n` useful points.

    The longest run is ``round(log2(n)) + 3``, halves rounded to even; the crossings are the 5 % quantile of a binomial
    with ``n - 1`` trials and probability one half.

    Examples
    --------
    >>> anhoej_limits(24)
    (8, 8)
    """
    if n < 2:
        return n + 3, 0
    return round(math.log2(n)) + 3, _crossings_needed(n)


def runs_about(values: npt.ArrayLike, centre: float) -> Runs:
    """Count runs and crossings of `values` about `centre`; points on the line are passed over.

    Examples
    --------
    >>> runs_about([1, 2, 3, 9, 8, 7], 5).longest
    3
    """
    series = np.asarray(values, float)
    side = np.sign(series - centre)
    side = side[np.isfinite(side) & (side != 0)]
    n = len(side)
    if n == 0:
        return Runs(0, 0, *_order(anhoej_limits(0)))
    turns = np.flatnonzero(np.diff(side))
    longest = int(np.diff(np.concatenate([[-1], turns, [n - 1]])).max())
    longest_allowed, crossings_needed = anhoej_limits(n)
    return Runs(n, longest, longest_allowed, len(turns), crossings_needed)


def p_chart_limits(centre: float, n: npt.ArrayLike, *, sigma_z: float = 1.0) -> tuple[FloatArray, FloatArray]:
    """Three-sigma limits of a share around `centre` for periods of size `n`, cut at 0 and 1.

    Parameters
    ----------
    sigma_z : 1 for the p chart; Laney's factor for the p' chart.

    Examples
    --------
    >>> lower, upper = p_chart_limits(0.2313, [50])
    >>> round(float(lower[0]), 4), round(float(upper[0]), 4)
    (0.0524, 0.4102)
    """
    size = np.asarray(n, float)
    with np.errstate(divide="ignore"):
        reach = 3 * sigma_z * np.sqrt(centre * (1 - centre) / size)
    return np.clip(centre - reach, 0.0, 1.0), np.clip(centre + reach, 0.0, 1.0)


def laney_sigma_z(share: npt.ArrayLike, n: npt.ArrayLike, centre: float) -> float:
    """Laney's factor: by how much periods vary more than sampling alone would make them.

    Mean moving range of the standardised shares over 1.128; 1 when sampling explains all of it.
    """
    rates, size = np.asarray(share, float), np.asarray(n, float)
    used = (size > 0) & np.isfinite(rates)
    spread = centre * (1 - centre)
    if used.sum() < 2 or spread <= 0:
        return 1.0
    z = (rates[used] - centre) / np.sqrt(spread / size[used])
    return float(np.abs(np.diff(z)).mean() / MOVING_RANGE_CONSTANT)


def overdispersion_limit(periods: int) -> float:
    """Value of `laney_sigma_z` that sampling alone passes in about one series out of twenty.

    The mean of ``periods - 1`` moving ranges has a relative variance of 0.826 / (periods - 1) under a stable normal
    process.
    """
    return 1 + 1.645 * math.sqrt(0.826 / max(periods - 1, 1))


@lru_cache(maxsize=512)
def run_rule_false_alarm(n: int, *, own_median: bool = False) -> float:
    """How often the run rules fire in `n` useful points when nothing changed.

    Exact. About a centre that is known, sequences of `n` fair coin flips are counted by their number of runs, each no
    longer than allowed; about the median of the same points, the arrangements of equally many on both sides.

    Parameters
    ----------
    own_median : whether the centre is the median of the same points.

    Examples
    --------
    >>> 0.02 < run_rule_false_alarm(24, own_median=True) < run_rule_false_alarm(24) < 0.12
    True
    """
    if n < 2:
        return 0.0
    longest, crossings = anhoej_limits(n)
    if own_median:
        return 1.0 - _quiet_about_own_median(n // 2, longest, crossings)
    halves = 0.5 ** np.arange(1, longest + 1)
    ways = np.zeros(n + 1)
    ways[0] = 1.0
    quiet = 0.0
    for number_of_runs in range(1, n + 1):
        ways = np.convolve(ways, np.concatenate([[0.0], halves]))[: n + 1]
        if number_of_runs >= crossings + 1:
            quiet += 2 * float(ways[n])
    return 1.0 - quiet


def extreme_chance(lower_tail: npt.ArrayLike, upper_tail: npt.ArrayLike) -> float:
    """How often a stable series has a point at least as far out, in its own distribution, as the farthest of this one.

    Parameters
    ----------
    lower_tail, upper_tail : for each point, the chance of a value as low, and as high, as the one seen.

    Examples
    --------
    >>> round(extreme_chance([0.5, 0.999], [0.5, 0.001]), 4)
    0.004
    """
    tails = np.minimum(np.asarray(lower_tail, float), np.asarray(upper_tail, float))
    tails = tails[np.isfinite(tails)]
    if not len(tails):
        return 1.0
    smallest = min(float(tails.min()), 0.5)
    return float(-np.expm1(len(tails) * np.log1p(-2 * smallest))) if smallest < 0.5 else 1.0


def sigma_rule_false_alarm(centre: float, n: npt.ArrayLike, lower: npt.ArrayLike, upper: npt.ArrayLike) -> float:
    """How often at least one period leaves its limits when every period fails at the rate `centre`.

    Exact binomial tails; periods of size 0 cannot leave their limits.
    """
    size = np.round(np.asarray(n, float))
    size_used = size > 0
    size, low, high = size[size_used], np.asarray(lower, float)[size_used], np.asarray(upper, float)[size_used]
    if not len(size) or not 0 < centre < 1:
        return 0.0
    above = 1 - special.bdtr(np.clip(np.floor(high * size + 1e-9), 0, size), size.astype(int), centre)
    below_count = np.ceil(low * size - 1e-9) - 1
    below = np.where(below_count >= 0, special.bdtr(np.maximum(below_count, 0), size.astype(int), centre), 0.0)
    return float(1 - np.prod(1 - np.clip(above + below, 0, 1)))


def _quiet_about_own_median(each: int, longest: int, crossings: int) -> float:
    """Share of the arrangements of `each` points on both sides in which no rule fires."""
    ways = [0] * (each + 1)
    ways[0] = 1
    # parts[r] counts how `each` points make r runs, none longer than allowed.
    parts = [0]
    for _ in range(each):
        ways = [sum(ways[max(0, total - longest) : total]) for total in range(each + 1)]
        parts.append(ways[each])
    quiet = 0
    for runs, count in enumerate(parts):
        if 2 * runs >= crossings + 1:
            quiet += 2 * count * count
        if runs and 2 * runs - 1 >= crossings + 1:
            quiet += 2 * count * parts[runs - 1]
    return quiet / math.comb(2 * each, each)


@lru_cache(maxsize=512)
def _crossings_needed(n: int) -> int:
    counts = np.arange(n)
    cumulative = special.bdtr(counts.astype(float), n - 1, 0.5)
    return int(np.searchsorted(cumulative, 0.05 * (1 - 1e-12)))


def _order(limits: tuple[int, int]) -> tuple[int, int, int]:
    longest_allowed, crossings_needed = limits
    return longest_allowed, 0, crossings_needed
