"""What would not have happened without a cause: the attributable fraction and failures averted."""

from __future__ import annotations

import math
from dataclasses import replace

from rca_lib.analysis.intervals import Estimate

__all__ = ["attributable_fraction", "failures_averted"]

CASE_BASED = "case-based attributable fraction (Miettinen), log-complement interval"
Z95 = 1.959963984540054


def attributable_fraction(k1: float, n1: float, k0: float, n0: float) -> Estimate:
    """Share of all failures that would not have occurred had the exposed failed like the others.

    Parameters
    ----------
    k1, n1 : failures and requests among the exposed.
    k0, n0 : failures and requests among the others.

    Returns
    -------
    ``Estimate`` of p (1 - 1/RR), where p is the share of failures that are exposed; below 0 where the exposed fail less
    often. ``nan`` with the interval 0 to 1 where nothing failed, or nothing was left unexposed.

    References
    ----------
    Miettinen, American Journal of Epidemiology 1974;99:325-332. Greenland, Statistics in Medicine 1987;6:701-708
    (variance on the scale of log(1 - fraction)).

    Examples
    --------
    Vanilla ice cream at Oswego, 1940:

    >>> round(attributable_fraction(43, 54, 3, 21).value, 3)
    0.767
    """
    failures, n = k1 + k0, n1 + n0
    if failures == 0 or n1 == 0 or n0 == 0:
        return Estimate(math.nan, 0.0, 1.0, n, None, CASE_BASED)
    value = 1 - (k0 / n0) / (failures / n)
    # A half added to each cell keeps the interval finite where one of them is empty.
    a, b, c, d = (k1, n1 - k1, k0, n0 - k0)
    if min(a, b, c, d) == 0:
        a, b, c, d = (cell + 0.5 for cell in (a, b, c, d))
    left = (c / (c + d)) / ((a + c) / (a + b + c + d))
    # Delta method for the log of the rate of the others over the rate of all, with multinomial cells.
    variance = a / (a + c) ** 2 + c * (1 / c - 1 / (c + d) - 1 / (a + c)) ** 2 + d / (c + d) ** 2 - 1 / (a + b + c + d)
    reach = Z95 * math.sqrt(max(variance, 0.0))
    low, high = 1 - left * math.exp(reach), 1 - left * math.exp(-reach)
    return Estimate(value, min(low, value), max(high, value), n, None, CASE_BASED)


def failures_averted(fraction: Estimate, failures: float) -> Estimate:
    """Of `failures`, how many would not have occurred, by an attributable fraction.

    Examples
    --------
    >>> round(failures_averted(attributable_fraction(43, 54, 3, 21), 46).value, 1)
    35.3
    """
    return replace(
        fraction,
        value=fraction.value * failures,
        low=fraction.low * failures,
        high=fraction.high * failures,
        k=None,
        method=f"{fraction.method}, times the failures seen",
    )
