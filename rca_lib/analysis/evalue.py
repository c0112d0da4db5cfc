"""How strong an unmeasured confounder would have to be to explain a risk ratio away."""

from __future__ import annotations

import math

from rca_lib.analysis.intervals import Estimate

__all__ = ["COMMON", "e_value", "evalue", "evalue_of_interval"]

COMMON = 0.15
"""Share of requests that fail above which an odds ratio no longer stands for a risk ratio (VanderWeele and Ding 2017)."""


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


def e_value(estimate: Estimate, *, common: bool) -> tuple[float, float]:
    """E-values of an odds ratio and of its limit nearer to 1.

    Parameters
    ----------
    estimate : an odds ratio with its interval.
    common : whether the failure is common (more than `COMMON` of requests); the square root of the odds ratio then stands
        for the risk ratio, and otherwise the odds ratio itself.

    Returns
    -------
    E-value of the odds ratio and of the limit; the limit's is 1 where the interval includes 1. Both are ``nan`` where the
    odds ratio is.

    Raises
    ------
    ValueError
        When the odds ratio is below 0.

    References
    ----------
    VanderWeele and Ding, Annals of Internal Medicine 2017;167:268-274. VanderWeele, Epidemiology 2017;28:e58-e60 (square
    root).

    Examples
    --------
    >>> point, limit = e_value(Estimate(3.9, 1.8, 8.7, 500), common=False)
    >>> round(point, 2), round(limit, 2)
    (7.26, 3.0)
    """
    if math.isnan(estimate.value):
        return math.nan, math.nan
    if estimate.value < 0:
        raise ValueError("An odds ratio cannot be below 0.")
    value, low, high = (math.sqrt(x) if common else x for x in (estimate.value, max(estimate.low, 0.0), estimate.high))
    # No finite confounding takes a ratio of 0 to 1.
    point = math.inf if value == 0 else evalue(value)
    limit = math.inf if high == 0 else evalue_of_interval(low, high)
    return point, limit
