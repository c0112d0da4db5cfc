"""The search behind `combinations`: every cell of every cross table up to three dimensions, scored at once."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations

import numpy as np
import numpy.typing as npt
from scipy import special

from rca_lib.analysis.trials import group_sums

__all__ = ["Cells", "Scored", "expected_rates", "search"]

Counts = npt.NDArray[np.float64]
Codes = npt.NDArray[np.int64]

LEAST_PART = 0.1
"""The rest of a combination counts as risen with one of its parts when it rose by at least this share of the rise of that part."""

STRENGTHS = 10.0 ** np.arange(0.0, 5.01, 0.5)
"""Requests' worth of belief in the predicted rate of a cell that are tried; the history chooses."""

TINY = 1e-9


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


@dataclass(frozen=True)
class Scored:
    """Every combination compared, as flat arrays.

    Attributes
    ----------
    tables : the dimensions of each cross table.
    table, cell : which cross table and which cell of it a combination is.
    failed, expected : failures after and failures expected.
    gain : log-likelihood gained over one factor for all.
    evidence : log Bayes factor against no combination (BIC approximation), overdispersion allowed for.
    beyond : whether the evidence is above that of every part of the combination.
    dispersion : variance over that of a Poisson count.
    """

    tables: tuple[tuple[int, ...], ...]
    sizes: tuple[int, ...]
    table: Codes
    cell: Codes
    failed: Counts
    expected: Counts
    gain: Counts
    evidence: Counts
    beyond: npt.NDArray[np.bool_]
    dispersion: float

    def dims(self, one: int) -> tuple[int, ...]:
        """The dimensions of a combination."""
        return self.tables[self.table[one]]

    def values(self, one: int) -> tuple[int, ...]:
        """The level numbers of a combination, in the order of `dims`."""
        shape = tuple(self.sizes[dim] for dim in self.dims(one))
        return tuple(int(code) for code in np.unravel_index(int(self.cell[one]), shape))

    def ranked(self, *, beyond_parts: bool = False) -> Iterator[int]:
        """Positions of the combinations that rose, the best supported first; the one with fewer dimensions where equal."""
        order = np.array([len(dims) for dims in self.tables])[self.table]
        use = self.gain > 0
        if beyond_parts:
            use &= self.beyond & (order > 1)
        where = np.flatnonzero(use)
        ranks = np.lexsort((self.cell[where], self.table[where], order[where], -np.round(self.evidence[where], 9)))
        yield from (int(one) for one in where[ranks])


def expected_rates(cells: Cells) -> Counts:
    """Rate of failing that each cell would have had with nothing changed.

    The rate before, drawn towards the rate that the cell's values predict (a log-linear model of main effects, fitted by
    iterative proportional fitting with one failure's worth of caution). How far it is drawn is chosen by the beta-binomial
    likelihood of the counts before.

    Returns
    -------
    One rate per cell, above 0 and below 1.
    """
    n, failed = cells.n_before, cells.failed_before
    overall = (failed.sum() + 0.5) / (n.sum() + 1.0)
    predicted = np.full(len(n), overall)
    for _ in range(8):
        for code, size in zip(cells.codes, cells.sizes, strict=True):
            seen = np.bincount(code, failed, size) + 1.0
            fitted = np.bincount(code, n * predicted, size) + 1.0
            predicted = np.clip(predicted * (seen / fitted)[code], 1e-6, 0.99)
    known = n > 0
    if not known.any():
        return predicted
    fits = [_beta_binomial(n[known], failed[known], predicted[known], strength) for strength in STRENGTHS]
    # Where the history cannot tell, the last and strongest belief is kept: nothing then speaks for more than main effects.
    best = int(len(fits) - 1 - np.argmax(np.round(fits, 6)[::-1]))
    strength = STRENGTHS[best]
    rates: Counts = np.clip((failed + strength * predicted) / (n + strength), 1e-6, 0.99)
    return rates


def search(cells: Cells, failed: Counts, expected: Counts, *, max_order: int) -> Scored:
    """Score every combination of up to `max_order` dimensions by how well it alone explains where failures exceed `expected`.

    Inside a combination all requests share one factor on what was expected, outside another. A combination may also be
    supported by a picture in which one of its own parts rose by a factor of its own, at the price of that part: a cause that
    bears on some of its requests harder than on others is still one cause.

    Parameters
    ----------
    failed, expected : failures and expected failures of each cell.
    """
    used = expected > TINY
    cells_used = int(used.sum())
    failed, expected = np.where(used, failed, 0.0), np.where(used, expected, 0.0)
    tables = tuple(dims for order in range(1, max_order + 1) for dims in combinations(range(len(cells.sizes)), order))
    sums = {dims: _sums(cells, dims, failed, expected) for dims in tables}
    total_failed, total = float(failed.sum()), float(expected.sum())
    base = float(_gain(np.array([total_failed]), np.array([total]))[0])
    gains = {dims: _two_rates(*sums[dims], total_failed, total) - base for dims in tables}
    parted = _parted(cells.sizes, tables, sums, total_failed, total, base)
    best = max((float(part.max()) for part in (*gains.values(), *parted.values()) if part.size), default=0.0)
    deviance = float(2 * _gain(failed, expected).sum()) - 2 * base
    # No less dispersion than a Poisson count has: sparse cells would otherwise look better explained than they can be.
    deviance = max(deviance, cells_used + 2 * max(best, 0.0))
    price = np.log(max(cells_used, 2)) / 2

    def evidence(gain: Counts, parameters: float) -> Counts:
        left = np.maximum(1 - 2 * np.maximum(gain, 0.0) / deviance, TINY)
        scores: Counts = -cells_used / 2 * np.log(left) - parameters * price
        return scores

    scores = {
        dims: np.maximum(evidence(gains[dims], len(dims) + 1), np.where(parted[dims] > 0, evidence(parted[dims], len(dims) + 3), -np.inf))
        for dims in tables
    }  # fmt: skip
    beyond = {dims: _beyond(cells.sizes, dims, scores) for dims in tables}
    dispersion = max(1.0, (deviance - 2 * max(best, 0.0)) / max(cells_used, 1))
    return Scored(
        tables,
        cells.sizes,
        np.concatenate([np.full(len(gains[dims]), index) for index, dims in enumerate(tables)]),
        np.concatenate([np.arange(len(gains[dims])) for dims in tables]),
        np.concatenate([sums[dims][0] for dims in tables]),
        np.concatenate([sums[dims][1] for dims in tables]),
        np.concatenate([gains[dims] for dims in tables]),
        np.concatenate([scores[dims] for dims in tables]),
        np.concatenate([beyond[dims] for dims in tables]),
        float(dispersion),
    )


def _beta_binomial(n: Counts, failed: Counts, mean: Counts, strength: float) -> float:
    a, b = mean * strength, (1 - mean) * strength
    return float((special.betaln(a + failed, b + n - failed) - special.betaln(a, b)).sum())


def _sums(cells: Cells, dims: tuple[int, ...], failed: Counts, expected: Counts) -> tuple[Counts, Counts]:
    key = cells.codes[dims[0]]
    size = cells.sizes[dims[0]]
    for dim in dims[1:]:
        key = key * cells.sizes[dim] + cells.codes[dim]
        size *= cells.sizes[dim]
    return group_sums(key, failed, size), group_sums(key, expected, size)


def _gain(failed: Counts, expected: Counts) -> Counts:
    """Poisson log-likelihood at the observed factor less that at the expected count."""
    floor = np.maximum(expected, TINY)
    gain: Counts = special.xlogy(failed, failed / floor) - (failed - expected)
    return gain


def _two_rates(inside_failed: Counts, inside: Counts, total_failed: float, total: float) -> Counts:
    outside_failed, outside = np.maximum(total_failed - inside_failed, 0.0), np.maximum(total - inside, 0.0)
    factor, other = inside_failed / np.maximum(inside, TINY), outside_failed / np.maximum(outside, TINY)
    risen = (inside > TINY) & (outside > TINY) & (factor > np.maximum(other, 1.0))
    gain: Counts = np.where(risen, _gain(inside_failed, inside) + _gain(outside_failed, outside), 0.0)
    return gain


def _parted(
    sizes: tuple[int, ...],
    tables: tuple[tuple[int, ...], ...],
    sums: dict[tuple[int, ...], tuple[Counts, Counts]],
    total_failed: float,
    total: float,
    base: float,
) -> dict[tuple[int, ...], Counts]:
    """For each combination, the gain when one value of one further dimension has a factor of its own inside it."""
    best = {dims: np.zeros(len(sums[dims][0])) for dims in tables}
    for dims in tables:
        if len(dims) == 1:
            continue
        shape = tuple(sizes[dim] for dim in dims)
        failed, expected = (part.reshape(shape) for part in sums[dims])
        for axis in range(len(dims)):
            wider = dims[:axis] + dims[axis + 1 :]
            whole_shape = tuple(1 if index == axis else size for index, size in enumerate(shape))
            whole_failed, whole = (part.reshape(whole_shape) for part in sums[wider])
            rest_failed, rest = np.maximum(whole_failed - failed, 0.0), np.maximum(whole - expected, 0.0)
            outside_failed, outside = np.maximum(total_failed - whole_failed, 0.0), np.maximum(total - whole, 0.0)
            other = np.maximum(outside_failed / np.maximum(outside, TINY), 1.0)
            one = failed / np.maximum(expected, TINY) - other
            two = rest_failed / np.maximum(rest, TINY) - other
            least, most = np.minimum(one, two), np.maximum(one, two)
            risen = (expected > TINY) & (rest > TINY) & (outside > TINY) & (least > 0) & (least >= LEAST_PART * most)
            gain = _gain(failed, expected) + _gain(rest_failed, rest) + _gain(outside_failed, outside) - base
            found = np.where(risen, gain, 0.0).max(axis=axis).ravel()
            np.maximum(best[wider], found, out=best[wider])
    return best


def _beyond(
    sizes: tuple[int, ...], dims: tuple[int, ...], scores: dict[tuple[int, ...], Counts]
) -> npt.NDArray[np.bool_]:
    own = scores[dims]
    if len(dims) == 1:
        return np.ones(len(own), dtype=bool)
    shape = tuple(sizes[dim] for dim in dims)
    above = np.ones(shape, dtype=bool)
    for order in range(1, len(dims)):
        for axes in combinations(range(len(dims)), order):
            part = tuple(dims[axis] for axis in axes)
            part_shape = tuple(size if index in axes else 1 for index, size in enumerate(shape))
            above &= own.reshape(shape) > scores[part].reshape(part_shape)
    return above.ravel()
