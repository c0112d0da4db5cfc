"""How strong a candidate would look by chance, given everything that was searched.

The residuals of the base model are dealt out anew among the requests, many times, and the whole search is run again on
each deal: every change, segment, starting week, version, load and tenure. What the best of them reaches is what chance
reaches in a search as wide as this one.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy import sparse

from rca_lib.analysis.screening import Base, evidence_of_a_rise, rise_profile

__all__ = ["DRAWS", "ScannedGroup", "SearchNull", "TestedGroup", "search_null"]

FloatArray = npt.NDArray[np.float64]
Codes = npt.NDArray[np.int64]

DRAWS, SEED = 199, 20240229


@dataclass(frozen=True, eq=False)
class TestedGroup:
    """Exposures that were tested given one base model.

    Attributes
    ----------
    base : the base model.
    adjusted, kept, error : from `rca_lib.analysis.screening.score_tests`, one column or value per exposure.
    bonus : what is added to the evidence of each: what its own requests say, less what the search costs.
    """

    base: Base
    adjusted: FloatArray
    kept: FloatArray
    error: FloatArray
    bonus: FloatArray


@dataclass(frozen=True, eq=False)
class ScannedGroup:
    """Segments whose starting week was searched for.

    Attributes
    ----------
    base : the base model.
    members : row numbers of each segment.
    week : week number per row.
    first, last : the earliest and the latest week considered.
    bonus : as in `TestedGroup`.
    """

    base: Base
    members: Sequence[npt.NDArray[np.int64]]
    week: Codes
    first: int
    last: int
    bonus: FloatArray


@dataclass(frozen=True, eq=False)
class SearchNull:
    """What chance reaches.

    Attributes
    ----------
    best : the best evidence of the whole search in each deal, in order.
    scan_mean, scan_spread : mean and standard deviation of the best z of a scan over starting weeks, over all deals and
        segments.
    """

    best: FloatArray
    scan_mean: float
    scan_spread: float

    def p_value(self, evidence: float) -> float:
        """How often the best of a search as wide as this one reaches `evidence` by chance."""
        return float((1 + (self.best >= evidence - 1e-9).sum()) / (1 + len(self.best)))

    def scan_p_value(self, z: float) -> float:
        """How often one scan over starting weeks reaches `z` by chance: a Gumbel law with the moments of the deals."""
        if self.scan_spread <= 0:
            return 1.0
        beta = self.scan_spread * np.sqrt(6) / np.pi
        location = self.scan_mean - np.euler_gamma * beta
        return float(-np.expm1(-np.exp(-(z - location) / beta)))


def search_null(
    tested: Sequence[TestedGroup], scanned: ScannedGroup | None, *, draws: int = DRAWS, seed: int = SEED
) -> SearchNull:
    """Deal the residuals out anew and repeat the search.

    The residuals are scaled by their standard errors, shuffled over all requests at risk and scaled back. Weeks that
    vary beyond sampling widen the tests themselves and are not dealt out again.

    References
    ----------
    Freedman and Lane, Journal of Business and Economic Statistics 1983;1:292-298. Westfall and Young, Resampling-Based
    Multiple Testing, 1993.
    """
    random = np.random.default_rng(seed)
    groups: list[TestedGroup | ScannedGroup] = [group for group in tested if len(group.bonus)]
    if scanned is not None and len(scanned.members):
        groups.append(scanned)
    best = np.full(draws, -np.inf)
    scan_mean = scan_spread = 0.0
    if not groups:
        return SearchNull(best, 0.0, 0.0)
    rows = np.flatnonzero(groups[0].base.variance > 0)
    order = np.argsort(random.random((draws, len(rows))), axis=1)
    for group in groups:
        root = np.sqrt(np.maximum(group.base.variance, 1e-300))
        dealt = (group.base.residual / root)[rows][order] * root[rows]
        if isinstance(group, TestedGroup):
            z = dealt @ group.adjusted[rows] / np.sqrt(np.maximum(group.kept, 1e-12))
            best = np.maximum(best, (evidence_of_a_rise(z, group.error) + group.bonus).max(axis=1))
        else:
            z, error = _scan(group, rows, dealt)
            usable = np.isfinite(z).all(axis=0)
            evidence = np.where(usable, evidence_of_a_rise(np.where(usable, z, 0.0), error) + group.bonus, -np.inf)
            best = np.maximum(best, evidence.max(axis=1))
            if usable.any():
                scan_mean, scan_spread = float(z[:, usable].mean()), float(z[:, usable].std())
    return SearchNull(np.sort(best), scan_mean, scan_spread)


def _scan(group: ScannedGroup, rows: Codes, dealt: FloatArray) -> tuple[FloatArray, FloatArray]:
    """The best z of each segment in each deal, and the error of the log odds ratio there."""
    weeks, count = int(group.week.max()) + 1, len(group.members)
    place = np.full(len(group.week), -1, dtype=np.int64)
    place[rows] = np.arange(len(rows))
    cells, columns = [], []
    for number, members in enumerate(group.members):
        used = members[place[members] >= 0]
        cells.append(number * weeks + group.week[used])
        columns.append(place[used])
    cell, column = np.concatenate(cells), np.concatenate(columns)
    sums = sparse.csr_array((np.ones(len(cell)), (cell, column)), shape=(count * weeks, len(rows)))
    information = np.asarray(sums @ group.base.variance[rows]).reshape(count, weeks)
    score = np.asarray(sums @ dealt.T).T.reshape(len(dealt), count, weeks)
    z, error = rise_profile(score, information)
    z, error = z[..., group.first : group.last + 1], error[..., group.first : group.last + 1]
    at = np.argmax(z, axis=-1)
    return np.take_along_axis(z, at[..., None], axis=-1)[..., 0], error[np.arange(count), at]
