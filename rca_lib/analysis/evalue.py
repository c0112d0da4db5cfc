"""How strong an unmeasured confounder would have to be to explain a risk ratio away."""

from __future__ import annotations

import math

__all__ = ["evalue", "evalue_of_interval"]


def evalue(ratio: float, *, truth: float = 1.0) -> float:
    """E-value of a risk ratio against a true ratio of `truth`.

    Raises
    ------
    ValueError
        When a ratio is not above 0.

    References
    ----------
    VanderWeele and Ding, Annals of Internal Medicine 2017;167:268-274.

    Examples
    --------
    >>> round(evalue(3.9), 2)
    7.26
    """
    if not (ratio > 0 and truth > 0):
        raise ValueError("A risk ratio must be above 0.")
    apart = max(ratio / truth, truth / ratio)
    return math.inf if math.isinf(apart) else apart + math.sqrt(apart * (apart - 1))


def evalue_of_interval(low: float, high: float, *, truth: float = 1.0) -> float:
    """E-value of the interval's limit nearer to `truth`; 1 where the interval holds `truth`.

    Examples
    --------
    >>> round(evalue_of_interval(1.8, 8.7), 2)
    3.0
    """
    if low <= truth <= high:
        return 1.0
    return evalue(low if low > truth else high, truth=truth)
