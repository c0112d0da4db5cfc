"""The records that a search for combinations ends in."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt
from scipy import special

from rca_lib.analysis.combination_cells import Cells, Counts
from rca_lib.analysis.combination_search import Scored, two_values
from rca_lib.analysis.intervals import Estimate, poisson_interval, rate
from rca_lib.analysis.segments import OTHERS, benjamini_hochberg

__all__ = ["Combination", "Combinations", "Rates", "combination_table"]

METHOD = (
    "quasi-likelihood of one factor inside and another outside, against expected counts, with the Bayesian information criterion; "
    "p-values adjusted over every combination compared (Benjamini and Hochberg)"
)


@dataclass(frozen=True, slots=True)
class Rates:
    """The share that failed before and after."""

    before: Estimate
    after: Estimate


@dataclass(frozen=True, slots=True)
class Combination:
    """One combination of dimension values and what became of it.

    Attributes
    ----------
    segment : dimension to its values, one to three dimensions; one value each, or two in one of them where both rose alike.
    n, failed : requests and failures in it, after.
    rate_before, rate_after : the share that failed, with its interval; before is not a number where there is no before.
    excess : failures in it beyond those expected, with the exact Poisson interval of the count less the expectation.
    share : the excess as a share of the excess of all requests.
    evidence : log Bayes factor (BIC approximation) of this combination against no combination; 3 is strong, 5 very strong.
    beyond_parts : whether it has more evidence than every part of it; true for a single dimension.
    elsewhere : for each dimension of it, the rates before and after of the requests that share everything else but that one.
    p, p_adjusted : of as many failures or more with the factor of all others; adjusted over everything compared. The
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
    beyond_parts: bool
    elsewhere: Mapping[str, Rates]
    p: float
    p_adjusted: float


@dataclass(frozen=True, slots=True)
class Combinations:
    """The combinations that explain a rise, the best supported first; or why none could be looked for.

    Attributes
    ----------
    found : the leading combinations.
    searched : how many were compared, of up to `order` dimensions.
    n, failed, expected : requests and failures after, and the failures expected from before.
    dispersion : variance of the cell counts over that of a Poisson count, at least 1.
    pooled : one sentence for each dimension whose rare values were taken together.
    ok, reason, would_allow : when not `ok`, what could not be assessed and what would allow it.
    """

    found: tuple[Combination, ...] = ()
    searched: int = 0
    order: int = 0
    n: int = 0
    failed: int = 0
    expected: float = 0.0
    dispersion: float = 1.0
    pooled: tuple[str, ...] = ()
    ok: bool = True
    reason: str = ""
    would_allow: str = ""
    method: str = field(default=METHOD)


def combination_table(
    cells: Cells,
    expected: Counts,
    scored: Scored,
    names: Sequence[str],
    labels: Sequence[Sequence[str]],
    pooled: tuple[str, ...],
    limit: int,
    least_n: int,
) -> Combinations:
    """Put the leading combinations into records.

    Parameters
    ----------
    expected : failures expected in each cell.
    names : the dimensions; `labels` are the names of their levels.
    pooled : sentences on rare values taken together.
    least_n : combinations with fewer requests after are not listed.
    """
    compared = scored.expected > 0
    p = _p_values(scored, float(cells.failed_before.sum()), scored.dispersion if cells.n_before.any() else 1.0)
    adjusted = np.ones(len(p))
    adjusted[compared] = benjamini_hochberg(p[compared])
    ranked: list[tuple[float, tuple[int, ...], bool]] = []
    for one in scored.ranked():
        if len(ranked) == limit:
            break
        if cells.n_after[_inside(cells, scored, (one,))].sum() >= least_n:
            ranked.append((float(scored.evidence[one]), (one,), bool(scored.beyond[one])))
    barred = frozenset((dim, len(each) - 1) for dim, each in enumerate(labels) if each[-1] == OTHERS)
    pair = two_values(scored, barred=barred)
    if pair is not None and cells.n_after[_inside(cells, scored, (pair.one, pair.other))].sum() >= least_n:
        ranked.append((pair.evidence, (pair.one, pair.other), pair.beyond))
        ranked.sort(key=lambda each: -round(each[0], 9))
    found: list[Combination] = []
    for evidence, members, beyond in ranked[:limit]:
        found.append(_combination(cells, expected, scored, names, labels, members, evidence, beyond, p, adjusted))
    return Combinations(
        found=tuple(found),
        searched=int(compared.sum()),
        order=max(len(dims) for dims in scored.tables),
        n=round(float(cells.n_after.sum())),
        failed=round(float(cells.failed_after.sum())),
        expected=float(expected.sum()),
        dispersion=scored.dispersion,
        pooled=pooled,
    )


def _combination(
    cells: Cells,
    expected: Counts,
    scored: Scored,
    names: Sequence[str],
    labels: Sequence[Sequence[str]],
    members: tuple[int, ...],
    evidence: float,
    beyond: bool,
    p: Counts,
    adjusted: Counts,
) -> Combination:
    dims = scored.dims(members[0])
    levels = {dim: tuple(dict.fromkeys(scored.values(one)[at] for one in members)) for at, dim in enumerate(dims)}
    held = {dim: np.isin(cells.codes[dim], values) for dim, values in levels.items()}
    inside: npt.NDArray[np.bool_] = np.logical_and.reduce(list(held.values()))
    elsewhere = {}
    for dim in dims:
        others = [mask for other, mask in held.items() if other != dim]
        elsewhere[names[dim]] = _rates(cells, np.logical_and.reduce([~held[dim], *others]))
    own = _rates(cells, inside)
    n, failed, usual = own.after.n, float(own.after.k or 0), float(expected[inside].sum())
    rise = float(cells.failed_after.sum() - expected.sum())
    return Combination(
        segment={names[dim]: tuple(sorted(labels[dim][value] for value in values)) for dim, values in levels.items()},
        n=round(n),
        failed=round(failed),
        rate_before=own.before,
        rate_after=own.after,
        excess=_excess(failed, usual, n),
        share=(failed - usual) / rise if rise > 0 else float("nan"),
        evidence=evidence,
        beyond_parts=beyond,
        elsewhere=elsewhere,
        p=float(max(p[one] for one in members)),
        p_adjusted=float(max(adjusted[one] for one in members)),
    )


def _rates(cells: Cells, inside: npt.NDArray[np.bool_]) -> Rates:
    before, after = (
        rate(float(failed[inside].sum()), float(n[inside].sum()))
        for failed, n in ((cells.failed_before, cells.n_before), (cells.failed_after, cells.n_after))
    )
    return Rates(before, after)


def _inside(cells: Cells, scored: Scored, members: tuple[int, ...]) -> npt.NDArray[np.bool_]:
    inside = np.zeros(cells.codes.shape[1], dtype=bool)
    for one in members:
        pairs = zip(scored.dims(one), scored.values(one), strict=True)
        inside |= np.logical_and.reduce([cells.codes[dim] == value for dim, value in pairs])
    return inside


def _p_values(scored: Scored, history: float, dispersion: float) -> Counts:
    """Chance of as many failures or more with the factor of all others: exact negative binomial, the expectation uncertain by the
    failures before; counts are scaled down by the dispersion.

    Without a before the dispersion is 1: differences between cells are then what is asked about, not noise."""
    outside = np.maximum(scored.totals[0] - scored.failed, 0.0) / np.maximum(scored.totals[1] - scored.expected, 1e-9)
    usual = np.maximum(scored.expected * np.maximum(outside, 1.0), 1e-12) / dispersion
    failed = scored.failed / dispersion
    with np.errstate(invalid="ignore"):
        if history > 0:
            shape = history / dispersion
            tail = special.betainc(np.maximum(failed, 1e-9), shape, usual / (usual + shape))
        else:
            tail = special.gammainc(np.maximum(failed, 1e-9), usual)
    p: Counts = np.where((scored.gain > 0) & (failed > 0), np.clip(tail, 0.0, 1.0), 1.0)
    return p


def _excess(failed: float, expected: float, n: float) -> Estimate:
    count = poisson_interval(failed, 1.0)
    return Estimate(
        failed - expected, count.low - expected, count.high - expected, n, failed, f"{count.method}, less the count expected"
    )  # fmt: skip
