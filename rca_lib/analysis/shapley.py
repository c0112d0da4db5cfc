"""Shapley attribution of the change of a metric to its factors, exact or by sampling; the parts sum to the whole."""

from __future__ import annotations

from collections.abc import Callable
from math import factorial

import numpy as np
import numpy.typing as npt

__all__ = ["MOST_EXACT", "shapley", "shapley_sampled"]

FloatArray = npt.NDArray[np.float64]
MOST_EXACT = 12
SEED = 20240229


def shapley(value: Callable[[npt.NDArray[np.bool_]], FloatArray], factors: int) -> FloatArray:
    """Part of ``value(all) - value(none)`` that each factor brings, averaged over every order of change.

    Parameters
    ----------
    value : takes subsets, booleans of shape (2**factors, factors), true where a factor has its later value, and
        returns the metric of each subset, shape (2**factors, ...).
    factors : how many factors, 1 to 12.

    Returns
    -------
    Parts, shape (factors, ...), in the units of the metric.

    Raises
    ------
    ValueError
        When `factors` is not between 1 and 12.

    References
    ----------
    Shapley, Contributions to the Theory of Games II, 1953:307-317. Das Gupta, Census P23-186, 1993.

    Examples
    --------
    >>> shapley(lambda s: np.where(s[:, 0], 3.0, 1.0) * np.where(s[:, 1], 4.0, 2.0), 2).tolist()
    [6.0, 4.0]
    """
    if not 1 <= factors <= MOST_EXACT:
        raise ValueError(f"An exact attribution takes 1 to {MOST_EXACT} factors: got {factors}.")
    codes = np.arange(2**factors)
    subsets = (codes[:, None] >> np.arange(factors)) & 1 == 1
    metric = np.asarray(value(subsets), dtype=float)
    size = subsets.sum(axis=1)
    share = np.array([factorial(s) * factorial(factors - s - 1) / factorial(factors) for s in range(factors)])
    parts = []
    for factor in range(factors):
        without = codes[~subsets[:, factor]]
        parts.append(np.tensordot(share[size[without]], metric[without | (1 << factor)] - metric[without], axes=1))
    return np.asarray(parts, dtype=float)


def shapley_sampled(
    value: Callable[[npt.NDArray[np.bool_]], FloatArray], factors: int, *, pairs: int = 500
) -> tuple[FloatArray, FloatArray]:
    """Estimate the parts of `shapley` from orders of change drawn at random, for more factors than it takes.

    Each order is drawn together with its reverse, which steadies the mean. The parts of every single order sum to the
    change, and so do their means. The seed is fixed: the same metric gives the same parts.

    Parameters
    ----------
    value : as in `shapley`; it is asked for ``factors + 1`` subsets at a time.
    factors : how many factors, 1 or more.
    pairs : how many orders to draw, each with its reverse, 2 or more.

    Returns
    -------
    parts, errors : estimates and their standard errors, shape (factors, ...), in the units of the metric.

    Raises
    ------
    ValueError
        When there is no factor, or fewer than two pairs.

    References
    ----------
    Castro, Gomez and Tejada, Computers & Operations Research 2009;36:1726-1730. Mitchell and others, Journal of Machine
    Learning Research 2022;23(43):1-46 (orders with their reverse).

    Examples
    --------
    >>> parts, errors = shapley_sampled(lambda s: s.sum(axis=1).astype(float), 20)
    >>> parts.round(9).tolist() == [1.0] * 20, float(errors.max()) < 1e-9
    (True, True)
    """
    if factors < 1 or pairs < 2:
        raise ValueError(f"Sampling takes at least 1 factor and 2 pairs of orders: got {factors} and {pairs}.")
    random = np.random.default_rng(SEED)
    total: FloatArray | None = None
    squares: FloatArray | None = None
    for _ in range(pairs):
        order = random.permutation(factors)
        both = (_in_order(value, order) + _in_order(value, order[::-1])) / 2
        total = both if total is None else total + both
        squares = both**2 if squares is None else squares + both**2
    assert total is not None
    assert squares is not None
    spread = np.maximum(squares - total**2 / pairs, 0.0) / (pairs - 1)
    return total / pairs, np.sqrt(spread / pairs)


def _in_order(value: Callable[[npt.NDArray[np.bool_]], FloatArray], order: npt.NDArray[np.int64]) -> FloatArray:
    """What each factor brings when they change one after another in this order."""
    place = np.empty(len(order), dtype=np.int64)
    place[order] = np.arange(len(order))
    metric = np.asarray(value(place[None, :] < np.arange(len(order) + 1)[:, None]), dtype=float)
    return np.asarray(np.diff(metric, axis=0)[place], dtype=float)
