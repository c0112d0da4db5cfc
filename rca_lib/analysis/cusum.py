"""CUSUM charts: sums that gather small shifts until they pass a limit, and how long they run by chance.

References
----------
Page, Biometrika 1954;41:100-115. Montgomery, Introduction to Statistical Quality Control, chapter 9. Brook and Evans,
Biometrika 1972;59:539-549 (run length by Markov chain). Lucas and Crosier, Technometrics 1982;24:199-205 (head start).
Reynolds and Stoumbos, Journal of Quality Technology 1999;31:87-108 (Bernoulli CUSUM).
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import numpy.typing as npt
from scipy import special

__all__ = [
    "ALLOWANCE",
    "DECISION",
    "Cusum",
    "average_run_length",
    "bernoulli_cusum",
    "cusum_false_alarm",
    "tabular_cusum",
]

FloatArray = npt.NDArray[np.float64]

ALLOWANCE = 0.5
"""k in standard deviations: half the shift to be seen, one standard deviation (Montgomery, 9.1)."""

DECISION = 5.0
"""h in standard deviations: with k = 0.5 a stable process passes it once in 465 points."""

STATES = 200
SEED = 20240229


@dataclass(frozen=True, eq=False)
class Cusum:
    """The two sums of a series and where they pass their limit.

    Attributes
    ----------
    upper, lower : the sums after each point (none negative), in standard deviations (or log likelihood ratios).
    limit : h, on the same scale.
    signals : positions at which either sum lies above the limit.
    first : the first of them, or ``None``.
    direction : ``"rise"`` or ``"fall"`` at the first signal, else ``None``.
    since : the position after which the level most likely moved: where the sum that signalled last was zero.
    counts_upper, counts_lower : points since each sum was last zero (Montgomery's N).
    false_alarm : how often a stable series of this length passes the limit.
    arl : points until a stable process passes it, on average.
    """

    upper: FloatArray
    lower: FloatArray
    limit: float
    signals: tuple[int, ...]
    first: int | None
    direction: str | None
    since: int | None
    counts_upper: npt.NDArray[np.int64]
    counts_lower: npt.NDArray[np.int64]
    false_alarm: float
    arl: float


def tabular_cusum(
    values: npt.ArrayLike,
    *,
    target: float = 0.0,
    sigma: npt.ArrayLike = 1.0,
    allowance: float = ALLOWANCE,
    decision: float = DECISION,
    head_start: bool = False,
) -> Cusum:
    """Two-sided tabular CUSUM of a series.

    Parameters
    ----------
    values : the series, in order.
    target : its level when nothing has changed.
    sigma : standard deviation of the points, one for all or one each.
    allowance, decision : k and h, in standard deviations.
    head_start : start both sums at half the limit (fast initial response), to see at once a process that starts off
        target.

    Examples
    --------
    >>> chart = tabular_cusum([0, 0, 0, 2, 2, 2, 2])
    >>> chart.first, chart.direction, chart.since
    (6, 'rise', 3)
    """
    z = (np.asarray(values, float) - target) / np.asarray(sigma, float)
    z = np.where(np.isfinite(z), z, 0.0)
    start = decision / 2 if head_start else 0.0
    upper, counts_upper = _sum_up(z - allowance, start)
    lower, counts_lower = _sum_up(-z - allowance, start)
    return _cusum(
        upper,
        lower,
        counts_upper,
        counts_lower,
        decision,
        cusum_false_alarm(len(z), allowance=allowance, decision=decision, head_start=head_start),
        average_run_length(0.0, allowance=allowance, decision=decision, head_start=head_start),
    )


def bernoulli_cusum(
    failed: npt.ArrayLike, n: npt.ArrayLike, share: float, *, ratio: float = 2.0, level: float = 0.05, draws: int = 400
) -> Cusum:
    """One-sided CUSUM of rare failures for a rise of the odds by `ratio`, by log likelihood ratios.

    The limit is set by simulation with a fixed seed so that about `level` of stable series of this length pass it.

    Parameters
    ----------
    failed, n : failures and units of each point, in order; a point may be a single request.
    share : the share that fails when nothing has changed.
    ratio : how many times as high the odds are that are to be seen.
    level : share of stable series that may pass the limit.
    draws : simulated series.

    Examples
    --------
    >>> bernoulli_cusum([0] * 50 + [1] * 10, [1] * 60, 0.05).direction
    'rise'
    """
    x, size = np.asarray(failed, float), np.asarray(n, float)
    if not len(x) or not 0 < share < 1:
        return _cusum(*_nothing(len(x)), np.inf, 0.0, np.inf)
    raised = ratio * share / (1 - share + ratio * share)
    each, unit = np.log(ratio), np.log((1 - raised) / (1 - share))
    upper, counts = _sum_up(x * each + size * unit, 0.0)
    random = np.random.default_rng(SEED)
    drawn = random.binomial(size.astype(int), share, (draws, len(x))) * each + size * unit
    sums, highest = np.zeros(draws), np.zeros(draws)
    for column in drawn.T:
        sums = np.maximum(0.0, sums + column)
        highest = np.maximum(highest, sums)
    limit = float(np.quantile(highest, 1 - level, method="higher"))
    nothing = _nothing(len(x))
    return _cusum(upper, nothing[1], counts, nothing[3], limit, float((highest > limit).mean()), np.nan)


@lru_cache(maxsize=256)
def average_run_length(
    shift: float,
    *,
    allowance: float = ALLOWANCE,
    decision: float = DECISION,
    head_start: bool = False,
    states: int = STATES,
) -> float:
    """Points until a two-sided CUSUM passes its limit, on average, when the level is off target by `shift` (in sigma).

    By the Markov chain of Brook and Evans for each side; ``1 / ARL = 1 / ARL+ + 1 / ARL-``. With a head start the two
    sides do not combine exactly and the formula of Lucas and Crosier is used.

    Examples
    --------
    >>> round(average_run_length(0.0, decision=4), 2), round(average_run_length(1.0), 1)
    (167.67, 10.4)
    """
    cold_up, warm_up = _one_sided(shift, allowance, decision, states)
    cold_down, warm_down = _one_sided(-shift, allowance, decision, states)
    if not head_start:
        return 1 / (1 / cold_up + 1 / cold_down)
    return (warm_up * cold_down + warm_down * cold_up - cold_up * cold_down) / (cold_up + cold_down)


@lru_cache(maxsize=256)
def cusum_false_alarm(
    n: int, *, allowance: float = ALLOWANCE, decision: float = DECISION, head_start: bool = False
) -> float:
    """How often a two-sided CUSUM passes its limit within `n` points when nothing changed.

    By the same Markov chain; the two sides are taken as independent, which is slightly too many alarms.

    Examples
    --------
    >>> 0.01 < cusum_false_alarm(24) < 0.06
    True
    """
    moves = _moves(0.0, allowance, decision, STATES)
    where = np.zeros(STATES)
    where[STATES // 2 if head_start else 0] = 1.0
    for _ in range(n):
        where = where @ moves
    return 1 - min(float(where.sum()), 1.0) ** 2


def _moves(shift: float, allowance: float, decision: float, states: int) -> FloatArray:
    """Chances of moving between states below the limit: state 0 is a sum of zero, state j is centred at j w."""
    width = 2 * decision / (2 * states - 1)
    centres = np.arange(states) * width
    gap = centres[None, :] - centres[:, None] + allowance - shift
    moves = special.ndtr(gap + width / 2) - special.ndtr(gap - width / 2)
    moves[:, 0] = special.ndtr(gap[:, 0] + width / 2)
    return np.asarray(moves)


def _one_sided(shift: float, allowance: float, decision: float, states: int) -> tuple[float, float]:
    moves = _moves(shift, allowance, decision, states)
    lengths = np.linalg.solve(np.eye(states) - moves, np.ones(states))
    return float(lengths[0]), float(lengths[states // 2])


def _sum_up(steps: FloatArray, start: float) -> tuple[FloatArray, npt.NDArray[np.int64]]:
    sums, counts = np.zeros(len(steps)), np.zeros(len(steps), dtype=np.int64)
    level, count = start, 0
    for index, step in enumerate(steps.tolist()):
        level = max(0.0, level + step)
        count = count + 1 if level > 0 else 0
        sums[index], counts[index] = level, count
    return sums, counts


def _nothing(length: int) -> tuple[FloatArray, FloatArray, npt.NDArray[np.int64], npt.NDArray[np.int64]]:
    zeros, counts = np.zeros(length), np.zeros(length, dtype=np.int64)
    return zeros, zeros, counts, counts


def _cusum(
    upper: FloatArray,
    lower: FloatArray,
    counts_upper: npt.NDArray[np.int64],
    counts_lower: npt.NDArray[np.int64],
    limit: float,
    false_alarm: float,
    arl: float,
) -> Cusum:
    beyond = np.flatnonzero((upper > limit) | (lower > limit))
    first = int(beyond[0]) if len(beyond) else None
    direction, since = None, None
    if first is not None:
        rises = bool(upper[first] > limit)
        direction = "rise" if rises else "fall"
        since = first - int((counts_upper if rises else counts_lower)[first]) + 1
    signals = tuple(int(index) for index in beyond)
    return Cusum(upper, lower, limit, signals, first, direction, since, counts_upper, counts_lower, false_alarm, arl)
