"""Counts before and after by cell of dimension values, and the rate that each cell would have had with nothing changed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy import special

from rca_lib.analysis.trials import group_sums

__all__ = ["Cells", "expected_rates"]

Counts = npt.NDArray[np.float64]
Codes = npt.NDArray[np.int64]

CAUTION = 5.0
"""Failures' worth of belief that a value fails as often as any other: with few failures before, no value counts as safe."""

SWEEPS = 8

STRENGTHS = 10.0 ** np.arange(0.0, 5.01, 0.5)
"""Requests' worth of belief in the predicted rate of a cell that are tried; the history chooses."""


@dataclass(frozen=True)
class Cells:
    """Rows with equal values taken together.

    Attributes
    ----------
    codes : level number of each cell, one row per dimension.
    sizes : how many levels each dimension has.
    row : the cell of each input row.
    n_before, failed_before, n_after, failed_after : totals by cell.
    """

    codes: Codes
    sizes: tuple[int, ...]
    row: Codes
    n_before: Counts
    failed_before: Counts
    n_after: Counts
    failed_after: Counts

    @classmethod
    def of(cls, codes: Sequence[Codes], sizes: Sequence[int], counts: Sequence[Counts]) -> Cells:
        """Group rows by their codes."""
        key = np.zeros(len(counts[0]), dtype=np.int64)
        span = 1
        for code, size in zip(codes, sizes, strict=True):
            if span > 2**62 // max(size, 1):
                distinct, key = np.unique(key, return_inverse=True)
                span = len(distinct)
            key = key * size + code
            span *= size
        _, first, row = np.unique(key, return_index=True, return_inverse=True)
        totals = [group_sums(row, part, len(first)) for part in counts]
        return cls(np.vstack([code[first] for code in codes]), tuple(sizes), row, *totals)


def expected_rates(cells: Cells) -> Counts:
    """Rate of failing that each cell would have had with nothing changed.

    The rate before, drawn towards the rate that the cell's values predict: a log-linear model of main effects, fitted by
    iterative proportional fitting, the factor of each value drawn to 1 by a gamma prior worth `CAUTION` failures. How far a
    cell is drawn is chosen by the beta-binomial likelihood of the counts before.

    Returns
    -------
    One rate per cell, above 0 and below 1.
    """
    n, failed = cells.n_before, cells.failed_before
    overall = (failed.sum() + 0.5) / (n.sum() + 1.0)
    factors = [np.ones(size) for size in cells.sizes]
    predicted = np.full(len(n), overall)
    for _ in range(SWEEPS):
        for dim, code in enumerate(cells.codes):
            seen = group_sums(code, failed, len(factors[dim])) + CAUTION
            fitted = group_sums(code, n * predicted / factors[dim][code], len(factors[dim])) + CAUTION
            predicted = np.clip(predicted * (seen / fitted / factors[dim])[code], 1e-6, 0.99)
            factors[dim] = seen / fitted
    known = n > 0
    if not known.any():
        return predicted
    fits = [_beta_binomial(n[known], failed[known], predicted[known], strength) for strength in STRENGTHS]
    # Where the history cannot tell, the last and strongest belief is kept: nothing then speaks for more than main effects.
    best = int(len(fits) - 1 - np.argmax(np.round(fits, 6)[::-1]))
    strength = STRENGTHS[best]
    rates: Counts = np.clip((failed + strength * predicted) / (n + strength), 1e-6, 0.99)
    return rates


def _beta_binomial(n: Counts, failed: Counts, mean: Counts, strength: float) -> float:
    a, b = mean * strength, (1 - mean) * strength
    return float((special.betaln(a + failed, b + n - failed) - special.betaln(a, b)).sum())
