"""Score tests for many possible causes at once, given what is known to matter for the failure.

One binomial model holds what is always there (the levels of each dimension, and time). Each exposure is then asked how
much it would add. A score test needs no new fit, so hundreds of exposures cost one model.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy import linalg, sparse, special

from rca_lib.analysis.trials import group_sums

__all__ = [
    "UNIDENTIFIED",
    "Base",
    "Scan",
    "Scores",
    "base_model",
    "evidence_of_a_rise",
    "rise_profile",
    "scan_onset",
    "score_tests",
]

FloatArray = npt.NDArray[np.float64]
Codes = npt.NDArray[np.int64]

PRIOR_MEAN, PRIOR_SPREAD = np.log(4.0), 0.8
RIDGE = 0.25
"""Precision of the prior on each coefficient of the base model: a standard deviation of 2 on the log odds."""

PROFILE_DROP = 3.84
"""The 95 % point of chi-squared with one degree of freedom."""

CONVERGED = 0.01
UNIDENTIFIED = 0.05
"""Share of an exposure's information that must be left after the base model for a test to be made."""


@dataclass(frozen=True)
class Base:
    """A fitted base model.

    Attributes
    ----------
    design : sparse matrix, one row per request: intercept, levels of each factor in order, further columns.
    coefficients : log odds per column.
    expected, variance, residual : expected failures, their variance and what was seen less what was expected, per row.
    """

    design: sparse.csr_array
    coefficients: FloatArray
    expected: FloatArray
    variance: FloatArray
    residual: FloatArray


@dataclass(frozen=True)
class Scan:
    """The best moment for an exposure to begin.

    Attributes
    ----------
    week : first week of the raised rate.
    z : signed root of the test statistic there.
    low, high : the first and the last week that the data support (95 %, by the profile of the statistic).
    """

    week: int
    z: float
    low: int
    high: int


@dataclass(frozen=True)
class Scores:
    """Score tests of several exposures.

    Attributes
    ----------
    z : positive where exposed requests fail more than expected; 0 where the base leaves too little to test.
    error : standard error of the log odds ratio that the test implies.
    left : share of the information of each exposure that the base model does not already hold.
    adjusted : the exposures less what the base model holds of them, one column per exposure.
    kept : the information about each exposure that this leaves.
    scale : by how much the weekly scores of each exposure vary beyond sampling, 1 or above.
    """

    z: FloatArray
    error: FloatArray
    left: FloatArray
    adjusted: FloatArray
    kept: FloatArray
    scale: FloatArray


def evidence_of_a_rise(z: npt.ArrayLike, error: npt.ArrayLike) -> FloatArray:
    """Twice the log Bayes factor of a cause of a size that matters against none, for each z and standard error.

    A cause that makes an escalation is taken to raise the odds about fourfold, give or take a factor of two or so (a
    normal prior on the log odds ratio). Little data leave the evidence near 0; much data without a rise make it negative.

    References
    ----------
    Wakefield, American Journal of Human Genetics 2007;81:208-227 (approximate Bayes factors).

    Examples
    --------
    >>> strong, weak = evidence_of_a_rise([4.0, 0.5], [0.3, 0.1])
    >>> bool(strong > 10 > 0 > weak)
    True
    """
    at, spread = np.asarray(z, float), np.asarray(error, float)
    known = np.isfinite(spread)
    spread = np.where(known, spread, 1.0)
    total = spread**2 + PRIOR_SPREAD**2
    gap = at * spread - PRIOR_MEAN
    # A fall is no evidence of a cause, however clear it is.
    gain = np.where(at > 0, at**2, 0.0)
    return np.where(known, gain - gap**2 / total - np.log(total / spread**2), 0.0)


def base_model(
    factors: Sequence[Codes],
    n: FloatArray,
    failed: FloatArray,
    *,
    extra: FloatArray | None = None,
    start: FloatArray | None = None,
) -> Base:
    """Fit log odds on one indicator per level of each factor and on `extra` columns, with a weak ridge.

    Parameters
    ----------
    factors : level numbers per row.
    n, failed : requests and failures per row.
    extra : further columns, one row per request.
    start : coefficients of a model that begins with the same factors, to begin the search from.
    """
    rows = len(n)
    blocks = [sparse.csr_array(np.ones((rows, 1)))]
    for factor in factors:
        levels = int(factor.max()) + 1
        blocks.append(sparse.csr_array((np.ones(rows), (np.arange(rows), factor)), shape=(rows, levels)))
    if extra is not None and extra.shape[1]:
        blocks.append(sparse.csr_array(extra))
    design = sparse.csr_array(sparse.hstack(blocks, format="csr"))
    penalty = np.full(design.shape[1], RIDGE)
    penalty[0] = 1e-6
    overall = min(max(failed.sum() / n.sum(), 1e-6), 1 - 1e-6)
    coefficients = np.zeros(design.shape[1])
    coefficients[0] = np.log(overall / (1 - overall))
    if start is not None:
        shared = min(len(start), 1 + sum(int(factor.max()) + 1 for factor in factors))
        coefficients[:shared] = start[:shared]
    for _ in range(8):
        rate = special.expit(design @ coefficients)
        weight = n * rate * (1 - rate)
        gradient = design.T @ (failed - n * rate) - penalty * coefficients
        step = _solve(_information(design, weight, penalty), gradient)
        # A bounded step keeps Newton's method from running off where a level holds no failures.
        step *= min(1.0, 4.0 / max(float(np.abs(step).max()), 1e-12))
        coefficients = coefficients + step
        # The likelihood has no more than this left to gain, and score tests project the base out.
        if float(gradient @ step) < CONVERGED:
            break
    rate = special.expit(design @ coefficients)
    return Base(design, coefficients, n * rate, n * rate * (1 - rate), failed - n * rate)


def score_tests(base: Base, exposures: FloatArray, week: Codes) -> Scores:
    """Test each exposure given the base model.

    Parameters
    ----------
    base : from `base_model`.
    exposures : one column per exposure.
    week : week number per row. Where the weekly scores of an exposure vary more than sampling would make them, its z is
        divided by that factor.

    Returns
    -------
    `Scores`, one value per exposure.
    """
    design, variance = base.design, base.variance
    information = _information(design, variance, np.full(design.shape[1], RIDGE))
    cross = np.asarray(design.T @ (exposures * variance[:, None]))
    adjusted = exposures - np.asarray(design @ _solve(information, cross))
    raw = (exposures**2 * variance[:, None]).sum(axis=0)
    kept = (adjusted**2 * variance[:, None]).sum(axis=0)
    # The spread of an exposure about its own mean is all that could ever be tested.
    mean = (exposures * variance[:, None]).sum(axis=0) / variance.sum()
    testable = raw - mean**2 * variance.sum()
    left = np.where(testable > 0, kept / np.maximum(testable, 1e-12), 0.0)
    score = (adjusted * base.residual[:, None]).sum(axis=0)
    weeks = int(week.max()) + 1
    scale = np.ones(exposures.shape[1])
    for column in range(exposures.shape[1]):
        by_week = group_sums(week, adjusted[:, column] * base.residual, weeks)
        spread = group_sums(week, adjusted[:, column] ** 2 * variance, weeks)
        if kept[column] > 0:
            centred = by_week - score[column] * spread / kept[column]
            scale[column] = max(float((centred**2).sum() / kept[column]), 1.0)
    ok = (kept > 1e-9) & (left > UNIDENTIFIED)
    z = np.where(ok, score / np.sqrt(np.maximum(kept, 1e-12) * scale), 0.0)
    error = np.where(ok, np.sqrt(scale / np.maximum(kept, 1e-12)), np.inf)
    return Scores(z, error, left, adjusted, kept, scale)


def scan_onset(base: Base, member: npt.NDArray[np.bool_], week: Codes, *, first: int, last: int) -> Scan | None:
    """The week from which the members of a segment fail more than the base model expects, and how clearly.

    Parameters
    ----------
    member : whether a row belongs to the segment.
    week : week number per row.
    first, last : the earliest and the latest week to consider, both included.

    Returns
    -------
    `Scan` at the week with the largest z for a rise, with the weeks that the data support, or ``None`` when the
    segment has nothing on either side.
    """
    weeks = int(week.max()) + 1
    score = group_sums(week[member], base.residual[member], weeks)
    information = group_sums(week[member], base.variance[member], weeks)
    window = rise_profile(score, information)[0][first : last + 1]
    if not len(window) or not np.isfinite(window).any():
        return None
    best = int(np.argmax(window))
    supported = np.flatnonzero((window > 0) & (window**2 >= window[best] ** 2 - PROFILE_DROP))
    low, high = (int(supported[0]), int(supported[-1])) if len(supported) else (best, best)
    return Scan(best + first, float(window[best]), low + first, high + first)


def rise_profile(score: FloatArray, information: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Test for a rise from each week on, along the last axis.

    Parameters
    ----------
    score, information : by week, what was seen less what was expected, and its variance. `information` may lack the
        leading axes of `score`.

    Returns
    -------
    z, and the standard error of the log odds ratio that it implies; -inf and inf where one side holds nothing.
    """
    total = information.sum(axis=-1, keepdims=True)
    later = np.cumsum(information[..., ::-1], axis=-1)[..., ::-1]
    spread = later * (total - later) / np.maximum(total, 1e-12)
    rise = np.cumsum(score[..., ::-1], axis=-1)[..., ::-1]
    rise = rise - score.sum(axis=-1, keepdims=True) * later / np.maximum(total, 1e-12)
    ok = spread > 1e-9
    root = np.sqrt(np.where(ok, spread, 1.0))
    return np.where(ok, rise / root, -np.inf), np.where(ok, 1 / root, np.inf)


def _information(design: sparse.csr_array, weight: FloatArray, penalty: FloatArray) -> FloatArray:
    weighted = sparse.csr_array(design.multiply(weight[:, None]))
    return np.asarray((design.T @ weighted).todense()) + np.diag(penalty)


def _solve(matrix: FloatArray, right: FloatArray) -> FloatArray:
    """Solve with a positive definite matrix, which the ridge makes it."""
    factor = linalg.cho_factor(matrix, lower=True, check_finite=False)
    return np.asarray(linalg.cho_solve(factor, right, check_finite=False), dtype=float)
