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

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
import pandas as pd

from rca_lib.analysis.combination_cells import Cells, Codes, Counts, expected_rates
from rca_lib.analysis.combination_search import search
from rca_lib.analysis.combination_table import Combination, Combinations, Rates, combination_table
from rca_lib.analysis.segments import NOT_RECORDED, OTHERS
from rca_lib.analysis.trials import group_sums

__all__ = ["Combination", "Combinations", "Rates", "combination_candidates", "leading_combinations"]

MOST_LEVELS = 20
"""Levels kept apart in one dimension; rarer ones are pooled, so that 5,000 levels cost no more than 20."""

MOST_TRIPLES = 600
"""Triples of dimensions searched; with more dimensions only pairs are."""

LEAST_FAILURES = 20


def combination_candidates(
    n_before: npt.ArrayLike | None,
    failed_before: npt.ArrayLike | None,
    n_after: npt.ArrayLike,
    failed_after: npt.ArrayLike,
    levels: pd.DataFrame,
    *,
    max_order: int = 3,
    limit: int = 10,
    least_n: int = 0,
) -> Combinations:
    """Rank the combinations of dimension values that best explain a rise in the share that fails.

    Parameters
    ----------
    n_before, failed_before, n_after, failed_after : counts, one per row of `levels`; rows may repeat and may be single requests.
        Without a before (``None``) every cell is expected to fail as often as all requests do.
    levels : one column per dimension; a missing value is a level of its own.
    max_order : the most dimensions in one combination, 1 to 3.
    limit : how many to return.
    least_n : the fewest requests after in a combination that is returned.

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
    without = n_before is None or failed_before is None
    pair = (np.zeros(len(levels)),) * 2 if without else (n_before, failed_before)
    counts = [np.asarray(part, float) for part in (*pair, n_after, failed_after)]
    _check(counts, len(levels))
    coded = [_codes(levels[name], counts[0] + counts[2]) for name in levels.columns]
    kept = [index for index, (_, names, _) in enumerate(coded) if len(names) > 1]
    names = [str(levels.columns[index]) for index in kept]
    pooled = tuple(
        f"{levels.columns[index]}: the {rare:,} rarest values were taken together."
        for index, (_, _, rare) in enumerate(coded)
        if rare
    )
    problem = _problem(counts, names, without=without)
    if problem is not None:
        return Combinations(
            n=int(counts[2].sum()), failed=int(counts[3].sum()), pooled=pooled, ok=False, reason=problem[0], would_allow=problem[1]
        )  # fmt: skip
    cells = Cells.of([coded[index][0] for index in kept], [len(coded[index][1]) for index in kept], counts)
    usual = float(counts[3].sum() / counts[2].sum()) if without else expected_rates(cells)
    expected = cells.n_after * usual
    scored = search(cells, cells.failed_after, expected, max_order=_order(len(names), max_order))
    labels = [coded[index][1] for index in kept]
    return combination_table(cells, expected, scored, names, labels, pooled, limit, least_n)


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
    least_n: int = 20,
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
    least_n : the fewest later requests in one.

    Returns
    -------
    list of the segment (dimension to value) and the rows, early and late, that are in it; the best supported first. Only
    combinations with more evidence than every part of them are listed, and none of pooled values.
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
        segment = {names[usable[dim]]: labels[usable[dim]][value] for dim, value in pairs}
        if n[inside & later].sum() < least_n or OTHERS in segment.values():
            continue
        found.append((segment, inside))
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


def _problem(counts: Sequence[Counts], names: Sequence[str], *, without: bool) -> tuple[str, str] | None:
    n_before, failed_before, n_after, failed_after = (float(part.sum()) for part in counts)
    if not names:
        return (
            "No dimension has two or more values, so there is nothing to combine.",
            "A column that tells requests apart would allow it.",
        )
    if n_after <= 0 or (n_before <= 0 and not without):
        return (
            f"There are no requests {'after' if n_after <= 0 else 'before'} the moment compared.",
            "Requests on both sides of it would allow it.",
        )
    if failed_after < LEAST_FAILURES:
        return (
            f"Only {failed_after:.0f} of the requests after the moment failed.",
            f"At least {LEAST_FAILURES} failures would allow it.",
        )
    if failed_before >= n_before and failed_after >= n_after:
        return "Every request failed, so none did so more than another.", "Requests that did not fail would allow it."
    return None
