"""Exact Shapley attribution of the change of a metric to its factors; the parts sum to the whole."""

from __future__ import annotations

from collections.abc import Callable
from math import factorial

import numpy as np
import numpy.typing as npt

__all__ = ["MOST_EXACT", "shapley"]

FloatArray = npt.NDArray[np.float64]
MOST_EXACT = 12


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
