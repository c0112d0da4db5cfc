"""Which combination of dimension values holds a rise: search over one, two and three dimensions, each against its parts.

Counts before and after are compared with what each cell had before. A combination explains a rise when its own requests moved by
one factor and all others by another (the ripple effect: what lies inside a cause shares its rise). Every combination is scored by
the quasi-likelihood of that two-rate picture with the price of its conditions taken off (BIC), so a wider combination wins where a
narrower one adds nothing, and a narrower one wins where the rest of the wider one did not rise.

References
----------
Kulldorff, A spatial scan statistic, Communications in Statistics 1997;26:1481-1496 (the two-rate likelihood);
Sun and others, HotSpot, IEEE Access 2018;6:10909-10923 (the ripple effect);
McCullagh and Nelder, Generalized Linear Models, 1989, chapter 9 (quasi-likelihood); Schwarz, Annals of Statistics 1978;6:461-464.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy import special

from rca_lib.analysis.combination_cells import Cells, expected_rates
from rca_lib.analysis.combination_search import Scored, search, two_values
from rca_lib.analysis.intervals import Estimate, poisson_interval, rate
from rca_lib.analysis.segments import NOT_RECORDED, OTHERS, benjamini_hochberg
from rca_lib.analysis.trials import group_sums

__all__ = ["Combination", "Combinations", "combination_candidates", "leading_combinations"]

MOST_LEVELS = 20
"""Levels kept apart in one dimension; rarer ones are pooled, so that 5,000 levels cost no more than 20."""

MOST_TRIPLES = 300
"""Triples of dimensions searched; with more dimensions only pairs are."""

LEAST_FAILURES = 20

METHOD = (
    "quasi-likelihood of one factor inside and another outside, against expected counts, with the Bayesian information criterion; "
    "p-values adjusted over every combination compared (Benjamini and Hochberg)"
)

Counts = npt.NDArray[np.float64]
Codes = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Combination:
    """One combination of dimension values and what became of it.

    Attributes
    ----------
    segment : dimension to its values, one to three dimensions; one value each, or two in one of them where both rose alike.
    n, failed : requests and failures in it, after.
    rate_before, rate_after : the share that failed, with its interval.
    excess : failures in it beyond those expected, with the exact Poisson interval of the count less the expectation.
    share : the excess as a share of the excess of all requests.
    evidence : log Bayes factor (BIC approximation) of this combination against no combination; 3 is strong, 5 very strong.
    p, p_adjusted : of no higher factor inside than outside, overdispersion allowed for; adjusted over everything compared. The
        larger of two where two values are taken together.
    """

    segment: Mapping[str, tuple[str, ...]]
    n: int
    failed: int
    rate_before: Estimate
    rate_after: Estimate
    excess: Estimate
    share: float
    evidence: float
    p: float
    p_adjusted: float


@dataclass(frozen=True, slots=True)
class Combinations:
    """The combinations that explain a rise, the best supported first; or why none could be looked for.

    Attributes
    ----------
    found : the leading combinations.
    searched : how many were compared.
    n, failed, expected : requests and failures after, and the failures expected from before.
    dispersion : variance of the cell counts over that of a Poisson count, at least 1.
    pooled : one sentence for each dimension whose rare values were taken together.
    ok, reason, would_allow : when not `ok`, what could not be assessed and what would allow it.
    """

    found: tuple[Combination, ...] = ()
    searched: int = 0
    n: int = 0
    failed: int = 0
    expected: float = 0.0
    dispersion: float = 1.0
    pooled: tuple[str, ...] = ()
    ok: bool = True
    reason: str = ""
    would_allow: str = ""
    method: str = field(default=METHOD)


def combination_candidates(
    n_before: npt.ArrayLike,
    failed_before: npt.ArrayLike,
    n_after: npt.ArrayLike,
    failed_after: npt.ArrayLike,
    levels: pd.DataFrame,
    *,
    max_order: int = 3,
    limit: int = 10,
) -> Combinations:
    """Rank the combinations of dimension values that best explain a rise in the share that fails.

    Parameters
    ----------
    n_before, failed_before, n_after, failed_after : counts, one per row of `levels`; rows may repeat and may be single requests.
    levels : one column per dimension; a missing value is a level of its own.
    max_order : the most dimensions in one combination, 1 to 3.
    limit : how many to return.

    Raises
    ------
    ValueError : when lengths differ, or a count is negative or above its total.

    Examples
    --------
    >>> cells = pd.DataFrame({"queue": list("aabb"), "tool": list("xyxy")})
    >>> table = combination_candidates([500] * 4, [10] * 4, [500] * 4, [10, 60, 11, 9], cells)
    >>> dict(table.found[0].segment), round(table.found[0].excess.value)
    ({'queue': ('a',), 'tool': ('y',)}, 50)
    """
    if not 1 <= max_order <= 3:
        raise ValueError("max_order must be 1, 2 or 3.")
    counts = [np.asarray(part, float) for part in (n_before, failed_before, n_after, failed_after)]
    _check(counts, len(levels))
    coded = [_codes(levels[name], counts[0] + counts[2]) for name in levels.columns]
    kept = [index for index, (_, names, _) in enumerate(coded) if len(names) > 1]
    names = [str(levels.columns[index]) for index in kept]
    pooled = tuple(
        f"{levels.columns[index]}: {rare} rare values were taken together."
        for index, (_, _, rare) in enumerate(coded)
        if rare
    )
    problem = _problem(counts, names)
    if problem is not None:
        return Combinations(
            n=int(counts[2].sum()), failed=int(counts[3].sum()), pooled=pooled, ok=False, reason=problem[0], would_allow=problem[1]
        )  # fmt: skip
    cells = Cells.of([coded[index][0] for index in kept], [len(coded[index][1]) for index in kept], counts)
    expected = cells.n_after * expected_rates(cells)
    scored = search(cells, cells.failed_after, expected, max_order=_order(len(names), max_order))
    labels = [coded[index][1] for index in kept]
    return _table(cells, expected, scored, names, labels, pooled, limit)


def leading_combinations(
    codes: Sequence[npt.NDArray[np.integer]],
    labels: Sequence[Sequence[str]],
    names: Sequence[str],
    n: npt.ArrayLike,
    failed: npt.ArrayLike,
    later: npt.NDArray[np.bool_],
    *,
    expected: npt.ArrayLike | None = None,
    max_order: int = 3,
    limit: int = 5,
    least: float = 0.0,
) -> list[tuple[dict[str, str], npt.NDArray[np.bool_]]]:
    """Find the combinations of two or three values that hold a rise beyond their parts, as candidate exposures.

    Parameters
    ----------
    codes : for each dimension the level number of every row.
    labels : for each dimension the names of its levels.
    names : the dimensions' names.
    n, failed : requests and failures of each row.
    later : the rows since the onset.
    expected : failures expected in each row by a model that holds what is to be taken out, such as main effects and time; by
        default the rate of each cell among the earlier rows, drawn towards what its values predict.
    least : the least evidence (log Bayes factor) of a combination.

    Returns
    -------
    list of the segment (dimension to value) and the rows, early and late, that are in it; the best supported first. Only
    combinations with more evidence than every part of them are listed.
    """
    n, failed = np.asarray(n, float), np.asarray(failed, float)
    usable = [index for index, names_ in enumerate(labels) if len(names_) > 1]
    if len(usable) < 2 or not later.any():
        return []
    early = ~later
    counts = [
        np.where(early, n, 0.0),
        np.where(early, failed, 0.0),
        np.where(later, n, 0.0),
        np.where(later, failed, 0.0),
    ]
    arrays = [np.asarray(codes[index], np.int64) for index in usable]
    sizes = [len(labels[index]) for index in usable]
    cells = Cells.of(arrays, sizes, counts)
    if expected is None:
        means = cells.n_after * expected_rates(cells)
    else:
        means = group_sums(cells.row, np.where(later, np.asarray(expected, float), 0.0), len(cells.n_after))
    scored = search(cells, cells.failed_after, means, max_order=_order(len(usable), max_order))
    found: list[tuple[dict[str, str], npt.NDArray[np.bool_]]] = []
    for one in scored.ranked(beyond_parts=True):
        if scored.evidence[one] <= least or len(found) == limit:
            break
        pairs = list(zip(scored.dims(one), scored.values(one), strict=True))
        inside = np.logical_and.reduce([arrays[dim] == value for dim, value in pairs])
        found.append(({names[usable[dim]]: labels[usable[dim]][value] for dim, value in pairs}, inside))
    return found


def _check(counts: Sequence[Counts], rows: int) -> None:
    if any(part.shape != (rows,) for part in counts):
        raise ValueError("Give one count per row of levels.")
    for n, failed in (counts[:2], counts[2:]):
        if bool(((failed < 0) | (failed > n)).any()):
            raise ValueError("A count must lie between 0 and its total.")


def _codes(values: pd.Series, weight: Counts) -> tuple[Codes, list[str], int]:
    """Number the values of a dimension, the rarest beyond `MOST_LEVELS` pooled; also how many were pooled."""
    text = values.astype("str").where(values.notna(), NOT_RECORDED).to_numpy(dtype=object).astype(str)
    names, codes = np.unique(text, return_inverse=True)
    if len(names) <= MOST_LEVELS:
        return codes.astype(np.int64), [str(name) for name in names], 0
    totals = np.bincount(codes, weight, len(names))
    kept = np.sort(np.lexsort((names, -totals))[: MOST_LEVELS - 1])
    renumber = np.full(len(names), len(kept), dtype=np.int64)
    renumber[kept] = np.arange(len(kept))
    return renumber[codes], [*(str(name) for name in names[kept]), OTHERS], len(names) - len(kept)


def _order(dimensions: int, most: int) -> int:
    triples = dimensions * (dimensions - 1) * (dimensions - 2) // 6
    return min(most, dimensions, 2 if triples > MOST_TRIPLES else 3)


def _problem(counts: Sequence[Counts], names: Sequence[str]) -> tuple[str, str] | None:
    n_before, failed_before, n_after, failed_after = (float(part.sum()) for part in counts)
    if not names:
        return (
            "No dimension has two or more values, so there is nothing to combine.",
            "A column that tells requests apart would allow it.",
        )
    if n_before <= 0 or n_after <= 0:
        return (
            f"There are no requests {'before' if n_before <= 0 else 'after'} the moment compared.",
            "Requests on both sides of it would allow it.",
        )
    if failed_after < LEAST_FAILURES:
        return (
            f"Only {failed_after:.0f} of the requests after the moment failed.",
            f"At least {LEAST_FAILURES} failures would allow it.",
        )
    if failed_before >= n_before and failed_after >= n_after:
        return "Every request failed, before and after.", "Requests that did not fail would allow it."
    return None


def _table(
    cells: Cells,
    expected: Counts,
    scored: Scored,
    names: Sequence[str],
    labels: Sequence[Sequence[str]],
    pooled: tuple[str, ...],
    limit: int,
) -> Combinations:
    compared = scored.expected > 0
    p = np.where(scored.gain > 0, _p_value(scored.gain, scored.dispersion), 1.0)
    adjusted = np.ones(len(p))
    adjusted[compared] = benjamini_hochberg(p[compared])
    ranked: list[tuple[float, tuple[int, ...]]] = [
        (float(scored.evidence[one]), (one,)) for one, _ in zip(scored.ranked(), range(limit), strict=False)
    ]
    pair = two_values(scored)
    if pair is not None:
        ranked.append((pair.evidence, (pair.one, pair.other)))
        ranked.sort(key=lambda each: -round(each[0], 9))
    rise = float(cells.failed_after.sum() - expected.sum())
    found: list[Combination] = []
    for evidence, members in ranked[:limit]:
        segment: dict[str, tuple[str, ...]] = {}
        for position, dim in enumerate(scored.dims(members[0])):
            values = dict.fromkeys(labels[dim][scored.values(one)[position]] for one in members)
            segment[names[dim]] = tuple(sorted(values))
        inside = np.logical_or.reduce([_inside(cells, scored, one) for one in members])
        n, failed = float(cells.n_after[inside].sum()), float(cells.failed_after[inside].sum())
        usual = float(expected[inside].sum())
        found.append(
            Combination(
                segment=segment,
                n=round(n),
                failed=round(failed),
                rate_before=rate(float(cells.failed_before[inside].sum()), float(cells.n_before[inside].sum())),
                rate_after=rate(failed, n),
                excess=_excess(failed, usual, n),
                share=(failed - usual) / rise if rise > 0 else float("nan"),
                evidence=evidence,
                p=float(max(p[one] for one in members)),
                p_adjusted=float(max(adjusted[one] for one in members)),
            )
        )
    return Combinations(
        found=tuple(found),
        searched=int(compared.sum()),
        n=round(float(cells.n_after.sum())),
        failed=round(float(cells.failed_after.sum())),
        expected=float(expected.sum()),
        dispersion=scored.dispersion,
        pooled=pooled,
    )


def _inside(cells: Cells, scored: Scored, one: int) -> npt.NDArray[np.bool_]:
    pairs = zip(scored.dims(one), scored.values(one), strict=True)
    inside: npt.NDArray[np.bool_] = np.logical_and.reduce([cells.codes[dim] == value for dim, value in pairs])
    return inside


def _p_value(gain: Counts, dispersion: float) -> Counts:
    p: Counts = special.ndtr(-np.sqrt(2 * np.maximum(gain, 0.0) / dispersion))
    return p


def _excess(failed: float, expected: float, n: float) -> Estimate:
    count = poisson_interval(failed, 1.0)
    return Estimate(
        failed - expected, count.low - expected, count.high - expected, n, failed, f"{count.method}, less the count expected"
    )  # fmt: skip
