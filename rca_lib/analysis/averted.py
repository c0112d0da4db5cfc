"""How many failures in a quarter go with a cause: what an action on it could avert at most."""

from __future__ import annotations

import math

from rca_lib.analysis.intervals import Estimate

__all__ = ["QUARTER_WEEKS", "averted_in_a_quarter", "failures_in_a_quarter"]

QUARTER_WEEKS = 13
_Z95 = 1.959963984540054


def failures_in_a_quarter(rate: Estimate, at_risk: float, weeks: float) -> Estimate:
    """Failures to expect in thirteen weeks at a rate, with its interval.

    Parameters
    ----------
    rate : failures per request at risk.
    at_risk : requests at risk in the time looked at, in the whole population.
    weeks : how long that time is.

    Examples
    --------
    >>> round(failures_in_a_quarter(Estimate(0.04, 0.03, 0.05, 500, 20, "Wilson score interval"), 2600, 26).value)
    52
    """
    each = at_risk / weeks * QUARTER_WEEKS if weeks > 0 else math.nan
    method = f"{rate.method}, times the requests of a quarter"
    return Estimate(rate.value * each, rate.low * each, rate.high * each, rate.n, None, method)


def averted_in_a_quarter(share: Estimate, failures: Estimate) -> Estimate:
    """Failures in a quarter that would not occur without the cause: its share of the failures, times the failures.

    The two intervals are put together as those of independent estimates (the variance of a product, Goodman, Journal of
    the American Statistical Association 1960;55:708-713), and kept between 0 and the failures.

    Parameters
    ----------
    share : attributable fraction of the cause.
    failures : failures to expect in a quarter, see `failures_in_a_quarter`.

    Examples
    --------
    >>> half = Estimate(0.5, 0.4, 0.6, 500, None, "attributable fraction")
    >>> found = averted_in_a_quarter(half, Estimate(100.0, 80.0, 120.0, 500, None, "Poisson"))
    >>> round(found.value), round(found.low), round(found.high)
    (50, 36, 64)
    """
    value = max(share.value, 0.0) * failures.value
    a, b = (share.high - share.low) / (2 * _Z95), (failures.high - failures.low) / (2 * _Z95)
    error = math.sqrt((share.value * b) ** 2 + (failures.value * a) ** 2 + (a * b) ** 2)
    low, high = max(value - _Z95 * error, 0.0), min(value + _Z95 * error, failures.high)
    method = "attributable fraction times the failures of a quarter; variance of a product (Goodman 1960)"
    return Estimate(value, min(low, value), max(high, value), failures.n, None, method)
