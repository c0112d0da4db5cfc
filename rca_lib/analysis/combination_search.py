"""The search behind `combinations`: every cell of every cross table up to three dimensions, scored at once."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import combinations

import numpy as np
import numpy.typing as npt
from scipy import special

from rca_lib.analysis.combination_cells import Cells, Codes, Counts
from rca_lib.analysis.trials import group_sums

__all__ = ["Pair", "Price", "Scored", "search", "two_values"]

LEAST_PART = 0.05
"""The rest of a combination counts as risen with one of its parts when it rose by at least this share of the rise of that part."""

LEAST_SHARE = 0.2
LEAST_RISE = 0.25
"""Of two values taken together, the least share of their excess in each, and the least rise of one over that of the other."""

TINY = 1e-9


@dataclass(frozen=True)
class Price:
    """What turns a gain in log-likelihood into evidence: the dispersion that is left, and the cost of a parameter.

    Attributes
    ----------
    cells : how many cells had anything to expect.
    deviance : deviance of the picture in which one factor holds for all requests.
    alike : log-likelihood of that picture over one in which nothing changed.
    """

    cells: int
    deviance: float
    alike: float

    @property
    def parameter(self) -> float:
        """The cost of one parameter (Schwarz)."""
        return float(np.log(max(self.cells, 2)) / 2)

    def evidence(self, gain: Counts, parameters: float) -> Counts:
        """Log Bayes factor of a picture with that gain over one factor for all (BIC approximation, quasi-likelihood)."""
        left = np.maximum(1 - 2 * np.maximum(gain, 0.0) / self.deviance, TINY)
        scores: Counts = -self.cells / 2 * np.log(left) - parameters * self.parameter
        return scores


@dataclass(frozen=True)
class Pair:
    """Two values of one dimension, under the same other conditions, that explain a rise together.

    Attributes
    ----------
    one, other : positions in `Scored`.
    gain, evidence : as there, for both together.
    beyond : whether the evidence is above that of every part that has fewer dimensions.
    """

    one: int
    other: int
    gain: float
    evidence: float
    beyond: bool


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
    totals : failures and expected failures of all cells.
    price : what turns gain into evidence.
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
    totals: tuple[float, float]
    price: Price

    def dims(self, one: int) -> tuple[int, ...]:
        """The dimensions of a combination."""
        return self.tables[self.table[one]]

    def values(self, one: int) -> tuple[int, ...]:
        """The level numbers of a combination, in the order of `dims`."""
        shape = tuple(self.sizes[dim] for dim in self.dims(one))
        return tuple(int(code) for code in np.unravel_index(int(self.cell[one]), shape))

    def position(self, dims: tuple[int, ...], values: tuple[int, ...]) -> int:
        """Where a combination stands in the flat arrays."""
        table = self.tables.index(dims)
        shape = tuple(self.sizes[dim] for dim in dims)
        return int(np.searchsorted(self.table, table)) + int(np.ravel_multi_index(values, shape))

    def ranked(self, *, beyond_parts: bool = False) -> Iterator[int]:
        """Positions of the combinations that rose, the best supported first; the one with fewer dimensions where equal."""
        order = np.array([len(dims) for dims in self.tables])[self.table]
        use = self.gain > 0
        if beyond_parts:
            use &= self.beyond & (order > 1)
        where = np.flatnonzero(use)
        ranks = np.lexsort((self.cell[where], self.table[where], order[where], -np.round(self.evidence[where], 9)))
        yield from (int(one) for one in where[ranks])


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
    failed, expected = np.where(used, failed, 0.0), np.where(used, expected, 0.0)
    tables = tuple(dims for order in range(1, max_order + 1) for dims in combinations(range(len(cells.sizes)), order))
    sums = {dims: _sums(cells, dims, failed, expected) for dims in tables}
    totals = float(failed.sum()), float(expected.sum())
    alike = float(_gain(np.array([totals[0]]), np.array([totals[1]]))[0])
    gains = {dims: _two_rates(*sums[dims], totals, alike) for dims in tables}
    parted = _parted(cells.sizes, tables, sums, totals, alike)
    best = max((float(part.max()) for part in (*gains.values(), *parted.values()) if part.size), default=0.0)
    # No less dispersion than a Poisson count has: sparse cells would otherwise look better explained than they can be.
    deviance = max(float(2 * _gain(failed, expected).sum()) - 2 * alike, int(used.sum()) + 2 * max(best, 0.0), TINY)
    price = Price(int(used.sum()), deviance, alike)
    scores = {}
    for dims in tables:
        # A part costs its own rate, its condition, and having been picked out of every value of the other dimensions.
        parts = sum(size for dim, size in enumerate(cells.sizes) if dim not in dims)
        whole = price.evidence(gains[dims], len(dims) + 1)
        split = price.evidence(parted[dims], len(dims) + 3) - np.log(max(parts, 2))
        scores[dims] = np.maximum(whole, np.where(parted[dims] > 0, split, -np.inf))
    return Scored(
        tables,
        cells.sizes,
        np.concatenate([np.full(len(gains[dims]), index) for index, dims in enumerate(tables)]),
        np.concatenate([np.arange(len(gains[dims])) for dims in tables]),
        np.concatenate([sums[dims][0] for dims in tables]),
        np.concatenate([sums[dims][1] for dims in tables]),
        np.concatenate([gains[dims] for dims in tables]),
        np.concatenate([scores[dims] for dims in tables]),
        np.concatenate([_beyond(cells.sizes, dims, scores) for dims in tables]),
        max(1.0, (deviance - 2 * max(best, 0.0)) / max(price.cells, 1)),
        totals,
        price,
    )


def two_values(scored: Scored, *, barred: frozenset[tuple[int, int]] = frozenset(), tried: int = 6) -> Pair | None:
    """The best pair of values of one dimension, where it has more evidence than either alone; for example two queues.

    Both values must matter: each holds at least a fifth of the excess of both, and rose at least a quarter as far as the other.

    Parameters
    ----------
    barred : dimension and value pairs that make no pair, such as values already pooled.
    tried : how many of the best supported combinations are given a second value.
    """
    best: Pair | None = None
    for one, _ in zip(scored.ranked(), range(tried), strict=False):
        shape = tuple(scored.sizes[dim] for dim in scored.dims(one))
        values = scored.values(one)
        for axis, size in enumerate(shape):
            dim = scored.dims(one)[axis]
            usable = {value for value in range(size) if (dim, value) not in barred}
            for value in sorted(usable - {values[axis]}) if values[axis] in usable else ():
                other = scored.position(scored.dims(one), (*values[:axis], value, *values[axis + 1 :]))
                found = _pair(scored, one, other, size)
                if found is not None and (best is None or found.evidence > best.evidence):
                    best = found
    return best


def _pair(scored: Scored, one: int, other: int, choices: int) -> Pair | None:
    failed, expected = scored.failed[[one, other]], scored.expected[[one, other]]
    if scored.gain[other] <= 0 or bool((expected <= TINY).any()):
        return None
    outside = np.array(
        [max(whole - part, 0.0) for whole, part in zip(scored.totals, (failed.sum(), expected.sum()), strict=True)]
    )
    usual = max(outside[0] / max(outside[1], TINY), 1.0)
    rise, excess = failed / expected - usual, failed - usual * expected
    if rise.min() < LEAST_RISE * rise.max() or excess.min() < LEAST_SHARE * excess.sum() or excess.min() <= 0:
        return None
    rest = float(_gain(outside[:1], outside[1:])[0]) - scored.price.alike
    together = _gain(failed.sum(keepdims=True), expected.sum(keepdims=True)) + rest
    apart = _gain(failed, expected).sum(keepdims=True) + rest
    conditions = len(scored.dims(one)) + 2
    evidence = np.maximum(
        scored.price.evidence(together, conditions + 1), scored.price.evidence(apart, conditions + 2)
    ) - np.log(choices)
    if evidence[0] <= max(scored.evidence[one], scored.evidence[other]):
        return None
    return Pair(
        one, other, float(together[0]), float(evidence[0]), bool(evidence[0] > _best_part(scored, (one, other)))
    )


def _best_part(scored: Scored, members: tuple[int, ...]) -> float:
    """The most evidence that a combination with some of the dimensions of these has."""
    dims = scored.dims(members[0])
    best = -np.inf
    for order in range(1, len(dims)):
        for axes in combinations(range(len(dims)), order):
            for values in {tuple(scored.values(one)[axis] for axis in axes) for one in members}:
                part = scored.position(tuple(dims[axis] for axis in axes), values)
                best = max(best, float(scored.evidence[part]))
    return best


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


def _two_rates(inside_failed: Counts, inside: Counts, totals: tuple[float, float], alike: float) -> Counts:
    outside_failed, outside = np.maximum(totals[0] - inside_failed, 0.0), np.maximum(totals[1] - inside, 0.0)
    factor, other = inside_failed / np.maximum(inside, TINY), outside_failed / np.maximum(outside, TINY)
    risen = (inside > TINY) & (outside > TINY) & (factor > np.maximum(other, 1.0))
    gain: Counts = np.where(risen, _gain(inside_failed, inside) + _gain(outside_failed, outside) - alike, 0.0)
    return gain


def _parted(
    sizes: tuple[int, ...],
    tables: tuple[tuple[int, ...], ...],
    sums: dict[tuple[int, ...], tuple[Counts, Counts]],
    totals: tuple[float, float],
    alike: float,
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
            outside_failed, outside = np.maximum(totals[0] - whole_failed, 0.0), np.maximum(totals[1] - whole, 0.0)
            other = np.maximum(outside_failed / np.maximum(outside, TINY), 1.0)
            one = failed / np.maximum(expected, TINY) - other
            two = rest_failed / np.maximum(rest, TINY) - other
            least, most = np.minimum(one, two), np.maximum(one, two)
            risen = (expected > TINY) & (rest > TINY) & (outside > TINY) & (least > 0) & (least >= LEAST_PART * most)
            gain = _gain(failed, expected) + _gain(rest_failed, rest) + _gain(outside_failed, outside) - alike
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
