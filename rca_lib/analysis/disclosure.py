"""Which counts may be published when small ones may not: ranges that follow from totals, and what to withhold as well.

The rule is that of the CMS cell-size policy: no count from 1 to a limit is published, and none follows from what is, by
subtraction or from a share. A count of 0 is no secret. The functions here know nothing of tables or charts; they take
counts, what these add up to, and which requests they are counts of.

References
----------
Cox, Journal of the American Statistical Association 1980;75:377-385 (complementary suppression). Fischetti and
Salazar-Gonzalez, Management Science 2001;47:1008-1027 (protection as the width of the range that can be worked out).
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt

__all__ = [
    "NARROWEST",
    "RANGE",
    "SHOWN",
    "WITHHELD",
    "Sum",
    "feasible_ranges",
    "gives_away",
    "is_small",
    "publishable",
    "suppress",
]

SHOWN, RANGE, WITHHELD = "shown", "range", "withheld"
"""How a count is published: as it is, as lying from 1 to the limit, or not at all."""

NARROWEST = 3
"""Values that a withheld count must still be able to have, given all that is published."""

BoolArray = npt.NDArray[np.bool_]
FloatArray = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Sum:
    """Counts that add up to a published total.

    Attributes
    ----------
    cells : positions of the counts.
    total : what they add up to.
    """

    cells: tuple[int, ...]
    total: int


def is_small(count: float | None, limit: int) -> bool:
    """Say whether a count is from 1 to `limit`.

    Examples
    --------
    >>> [is_small(count, 10) for count in (0, 1, 10, 11, None)]
    [False, True, True, False, False]
    """
    return count is not None and 1 <= round(count) <= limit


def gives_away(failed: float | None, n: float | None, limit: int, wholes: Iterable[tuple[float, float]] = ()) -> bool:
    """Say whether `failed` of `n`, or a share worked out from them, gives a small count away.

    It does when one of the two is small, when so few did not fail, or when so few are left of a whole that is published and
    could hold them.

    Parameters
    ----------
    failed, n : the counts; ``None`` for one that is not known.
    wholes : requests and failures, in this order, of what the counts may be a part of.

    Examples
    --------
    28 of 329 failed; 29 of 859 are known to have failed in all, so the rest could be worked out to be 1 of 530:

    >>> gives_away(28, 329, 10), gives_away(28, 329, 10, [(859, 29)])
    (False, True)
    """
    if is_small(failed, limit) or is_small(n, limit):
        return True
    if failed is None or n is None:
        return False
    if is_small(n - failed, limit):
        return True
    return any(
        failed <= all_failed and n <= all_n and (is_small(all_failed - failed, limit) or is_small(all_n - n, limit))
        for all_n, all_failed in wholes
    )


def feasible_ranges(low: Sequence[float], high: Sequence[float], sums: Sequence[Sum]) -> tuple[list[int], list[int]]:
    """Return the least and the greatest value that each count can have, given bounds and totals.

    Bounds are tightened from one sum to the next until nothing moves. That is exact while no two sums share a count whose value
    is open; where they do, linear programming tightens the rest.

    Parameters
    ----------
    low, high : bounds of each count; an infinite upper bound is none.
    sums : totals that are known.

    Raises
    ------
    ValueError
        When no counts agree with the bounds and totals.

    Examples
    --------
    Two counts from 1 to 10 that add up to 18:

    >>> feasible_ranges([1, 1], [10, 10], [Sum((0, 1), 18)])
    ([8, 8], [10, 10])
    """
    lower, upper = np.asarray(low, float).copy(), np.asarray(high, float).copy()
    moved = True
    while moved:
        moved = False
        for each in sums:
            cells = list(each.cells)
            least, most = lower[cells], upper[cells]
            tight_low = np.maximum(least, each.total - _others(most))
            tight_high = np.minimum(most, each.total - _others(least))
            moved |= bool((tight_low > least).any() or (tight_high < most).any())
            lower[cells], upper[cells] = tight_low, tight_high
            if bool((tight_low > tight_high).any()):
                raise ValueError("No counts agree with these bounds and totals.")
    shared = _shared(lower, upper, sums)
    if shared:
        _tighten(lower, upper, sums, shared)
    top = max((each.total for each in sums), default=0)
    return [int(value) for value in lower], [int(value) if np.isfinite(value) else max(top, 2**31) for value in upper]


def _others(bounds: FloatArray) -> FloatArray:
    """Sum, for each bound, all the others, some of which may be infinite."""
    known = np.where(np.isfinite(bounds), bounds, 0.0)
    open_ones = ~np.isfinite(bounds)
    infinite = open_ones.sum() - open_ones > 0
    sums: FloatArray = np.where(infinite, np.inf, known.sum() - known)
    return sums


def _shared(lower: FloatArray, upper: FloatArray, sums: Sequence[Sum]) -> list[int]:
    """Open counts of every group of sums that hang together by an open count."""
    holding: dict[int, int] = {}
    for each in sums:
        for cell in each.cells:
            if lower[cell] < upper[cell]:
                holding[cell] = holding.get(cell, 0) + 1
    return sorted(holding) if any(count > 1 for count in holding.values()) else []


def _tighten(lower: FloatArray, upper: FloatArray, sums: Sequence[Sum], cells: Sequence[int]) -> None:
    from scipy.optimize import linprog

    place = {cell: at for at, cell in enumerate(cells)}
    rows, totals = [], []
    for each in sums:
        held = [place[cell] for cell in each.cells if cell in place]
        if held:
            row = np.zeros(len(cells))
            row[held] = 1.0
            rows.append(row)
            totals.append(each.total - sum(lower[cell] for cell in each.cells if cell not in place))
    bounds = [(lower[cell], upper[cell] if np.isfinite(upper[cell]) else None) for cell in cells]
    for at, cell in enumerate(cells):
        wanted = np.zeros(len(cells))
        wanted[at] = 1.0
        ends = [
            linprog(sign * wanted, A_eq=np.asarray(rows), b_eq=np.asarray(totals), bounds=bounds, method="highs")
            for sign in (1, -1)
        ]
        if all(end.status == 0 for end in ends):
            lower[cell] = max(lower[cell], np.ceil(ends[0].fun - 1e-6))
            upper[cell] = min(upper[cell], np.floor(-ends[1].fun + 1e-6))


@dataclass
class _Suppression:
    """Counts on their way to being withheld."""

    counts: Sequence[int]
    sums: tuple[Sum, ...]
    limit: int
    narrowest: int
    states: list[str]
    unseen: frozenset[int] = frozenset()
    stuck: set[int] = field(default_factory=set)

    def open_cells(self, each: Sum) -> list[int]:
        return [cell for cell in each.cells if self.states[cell] != SHOWN]

    def bounds(self) -> tuple[list[float], list[float]]:
        apart = self._told_apart()
        low: list[float] = [
            count if state == SHOWN else 1 if state == RANGE else self.limit + 1 if at in apart else 0
            for at, (count, state) in enumerate(zip(self.counts, self.states, strict=True))
        ]
        high: list[float] = [
            count if state == SHOWN else self.limit if state == RANGE else np.inf
            for count, state in zip(self.counts, self.states, strict=True)
        ]
        return low, high

    def _told_apart(self) -> set[int]:
        """Withheld counts of which a reader knows that they are not small, since a small one beside them is given as a range."""
        beside = {
            cell for each in self.sums if any(self.states[cell] == RANGE for cell in each.cells) for cell in each.cells
        }
        return {
            cell for cell in beside - self.unseen if self.states[cell] == WITHHELD and self.counts[cell] > self.limit
        }

    def weak(self) -> Iterator[int]:
        """Positions of the sums in which a withheld count, or all of them together, can be worked out too closely."""
        lows, highs = feasible_ranges(*self.bounds(), self.sums)
        for at, each in enumerate(self.sums):
            open_cells = self.open_cells(each)
            together = sum(self.counts[cell] for cell in open_cells)
            narrow = any(
                highs[cell] - lows[cell] + 1 < self.narrowest for cell in open_cells if cell not in self.unseen
            )
            if open_cells and at not in self.stuck and (narrow or is_small(together, self.limit)):
                yield at

    def strengthen(self, at: int) -> None:
        """Withhold the next smallest count of a sum; where that does not help, withhold that the others are small."""
        each = self.sums[at]
        shown = [cell for cell in each.cells if self.states[cell] == SHOWN]
        told = [cell for cell in each.cells if self.states[cell] == RANGE]
        chosen = -1
        if shown:
            # A count of 0 hides little, so the smallest that is not 0 goes first.
            chosen = min(shown, key=lambda cell: (self.counts[cell] == 0, self.counts[cell], cell))
            self.states[chosen] = WITHHELD
        if not shown or self.counts[chosen] == 0:
            # Beside counts given as ranges, one of 0 would be known to be 0 or large.
            for cell in told:
                self.states[cell] = WITHHELD
        if not shown and not told:
            self.stuck.add(at)


def suppress(
    counts: Sequence[int],
    sums: Iterable[Sum],
    limit: int,
    *,
    kept_back: Collection[int] = (),
    unseen: Collection[int] = (),
    narrowest: int = NARROWEST,
) -> list[str]:
    """Return how each count is published so that no small one follows from the totals.

    A small count is given as a range. Then the next smallest counts of a sum are withheld until every count that is not shown can
    have `narrowest` values at the least, given everything published, and those not shown do not add up to a small count.

    Parameters
    ----------
    counts : the true counts.
    sums : what is published of their totals. A total that is itself small is not: it is passed over.
    limit : counts from 1 to it are small.
    kept_back : positions of counts that are withheld for another reason.
    unseen : positions of counts that no one shows, such as what the rows of a table leave of its total. They may be worked out
        unless they are small.

    Returns
    -------
    ``"shown"``, ``"range"`` or ``"withheld"`` for each count.

    Examples
    --------
    Of 29 failures 28 are in one group and 1 in another. The 1 is given as a range, and the 28 must go as well:

    >>> suppress([28, 1, 0], [Sum((0, 1, 2), 29)], 10)
    ['withheld', 'range', 'shown']
    """
    held = {*kept_back, *unseen}
    states = [
        RANGE if is_small(count, limit) and at not in unseen else WITHHELD if at in held else SHOWN
        for at, count in enumerate(counts)
    ]
    published = tuple(each for each in sums if not is_small(each.total, limit))
    made = _Suppression(counts, published, limit, narrowest, states, frozenset(unseen))
    while True:
        weakest = next(made.weak(), None)
        if weakest is None:
            return made.states
        made.strengthen(weakest)


def publishable(
    members: BoolArray,
    failed: npt.ArrayLike,
    n: npt.ArrayLike,
    groups: Sequence[object],
    limit: int,
    *,
    whole: bool = True,
) -> list[bool]:
    """Say of which sets of requests the counts may be published, together with those of all requests where these are known.

    Sets are taken in order, and one is admitted when neither it, nor what it leaves of all requests, nor its difference from an
    admitted set that holds it or lies in it, nor what it leaves together with an admitted set, has a small count. In the
    end what all admitted sets of one group leave must not be small either, nor may the count of a set that is not admitted
    be a sum or difference of published ones.

    Parameters
    ----------
    members : one row per set, one column per request: whether the request is in the set.
    failed, n : failures and requests that each column stands for.
    groups : for each set what it belongs to; sets of one group share no request.
    limit : counts from 1 to it are small.
    whole : whether the counts of all requests together are published.

    Examples
    --------
    A team lies in a site that holds 3 more failures, so of the two only the first may be published:

    >>> members = np.array([[1, 0, 0, 0], [1, 1, 0, 0]], dtype=bool)
    >>> publishable(members, [20, 3, 0, 30], [200, 90, 400, 300], ["team", "site"], 10)
    [True, False]
    """
    hits, sizes = np.asarray(failed, float), np.asarray(n, float)
    return _Admission(np.asarray(members, bool), hits, sizes, tuple(groups), limit, whole).decide()


@dataclass
class _Admission:
    members: BoolArray
    hits: FloatArray
    sizes: FloatArray
    groups: tuple[object, ...]
    limit: int
    whole: bool
    admitted: list[int] = field(default_factory=list)

    def decide(self) -> list[bool]:
        for at in range(len(self.members)):
            if self._alone(at) and all(self._beside(at, other) for other in self.admitted):
                self.admitted.append(at)
        self._leave_enough()
        self._leave_nothing_to_add_up()
        chosen = set(self.admitted)
        return [at in chosen for at in range(len(self.members))]

    def _fine(self, mask: Any) -> bool:
        return not gives_away(float(self.hits[mask].sum()), float(self.sizes[mask].sum()), self.limit)

    def _alone(self, at: int) -> bool:
        return self._fine(self.members[at]) and (not self.whole or self._fine(~self.members[at]))

    def _beside(self, at: int, other: int) -> bool:
        """Whether two sets may be published side by side: what one holds of the other, and what both leave."""
        one, two = self.members[at], self.members[other]
        shared, either = one & two, one | two
        if self.whole and (not shared.any() or either.all()):
            return self._fine(~either) if not shared.any() else self._fine(shared)
        inside = not (one & ~two).any() or not (two & ~one).any()
        return not inside or self._fine(one ^ two)

    def _leave_enough(self) -> None:
        if not self.whole:
            return
        for group in dict.fromkeys(self.groups):
            mine = [at for at in self.admitted if self.groups[at] == group]
            while mine and not self._fine(~self.members[mine].any(axis=0)):
                self.admitted.remove(mine.pop())

    def _leave_nothing_to_add_up(self) -> None:
        """Give up the last sets while the count of another follows from published ones by adding and subtracting."""
        patterns, place = np.unique(self.members, axis=1, return_inverse=True)
        hits = np.bincount(place.ravel(), self.hits, patterns.shape[1])
        # Where nothing failed there is nothing to count, so such requests may be in any sum.
        kept = patterns[:, hits > 0].astype(float)
        secret = [
            at
            for at in range(len(self.members))
            if at not in self.admitted and is_small(float(self.hits[self.members[at]].sum()), self.limit)
        ]
        while self.admitted and secret and kept.size:
            published = np.vstack([np.ones((int(self.whole), kept.shape[1])), kept[self.admitted]])
            found = np.linalg.lstsq(published.T, kept[secret].T, rcond=None)[0]
            if bool((np.abs(published.T @ found - kept[secret].T).max(axis=0) > 1e-6).all()):
                return
            self.admitted.pop()
