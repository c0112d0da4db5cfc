"""Adjusted odds ratios from a binomial model on grouped counts, and the share of failures that goes with each."""

from __future__ import annotations

import math
import warnings
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy import special

from rca_lib.analysis.intervals import Estimate
from rca_lib.analysis.trials import group_sums

__all__ = ["AdjustedEffect", "adjusted_odds_ratio", "attributable_share", "grouped_counts"]

FloatArray = npt.NDArray[np.float64]
Codes = npt.NDArray[np.int64]

Z95 = 1.959963984540054
PER_COLUMN = 10
"""Failures per column of the model below which every column is penalised (Peduzzi et al. 1996)."""

SPARSE = 5
"""Fewer failures than this on any side of the comparison call for the penalty."""

WINSORISED = 0.1
"""Share of weeks, those that fit worst, whose part in the scale is cut to that of the next."""

WINSORISED_MEAN = 0.832
"""Mean of a chi-squared value with one degree of freedom when its upper tenth is cut, so that 1 stays 1."""

FEWEST_CLUSTERS = 3
WITHOUT_ONE = "leave-one-specialist-out, one Newton step (Pregibon 1981)"
DRAWS, SEED = 2000, 20240229


@dataclass(frozen=True)
class AdjustedEffect:
    """An adjusted log odds ratio.

    Attributes
    ----------
    log_odds, error : the coefficient and its standard error.
    estimate : the odds ratio with its 95 % interval.
    penalised : whether a weak penalty held the estimate finite.
    clusters : how many specialists the exposed requests belong to; 0 where that is not known.
    without_one : the odds ratio when the specialist whose requests speak most for it is left out, its n the number of
        specialists; ``nan`` where nearly all rests on one, ``None`` where there are fewer than three.
    """

    log_odds: float
    error: float
    estimate: Estimate
    penalised: bool
    clusters: int = 0
    without_one: Estimate | None = None


def grouped_counts(
    factors: Sequence[Codes], n: FloatArray, failed: FloatArray
) -> tuple[list[Codes], FloatArray, FloatArray]:
    """Totals over every combination of `factors` that occurs.

    Returns
    -------
    The level of each factor per combination, then requests and failures per combination.
    """
    sizes = [int(factor.max()) + 1 for factor in factors]
    key = np.zeros(len(n), dtype=np.int64)
    for factor, size in zip(factors, sizes, strict=True):
        key = key * size + factor
    _, first, group = np.unique(key, return_index=True, return_inverse=True)
    count = len(first)
    return [factor[first] for factor in factors], group_sums(group, n, count), group_sums(group, failed, count)


def adjusted_odds_ratio(
    exposure: npt.NDArray[np.bool_],
    factors: Sequence[Codes],
    n: FloatArray,
    failed: FloatArray,
    *,
    week: Codes,
    smooth: FloatArray | None = None,
    cluster: Codes | None = None,
) -> AdjustedEffect | None:
    """Odds of failing for exposed requests against the others, adjusted for `factors`.

    Parameters
    ----------
    exposure : whether a row is exposed.
    factors : level numbers per row, one array per categorical covariate.
    n, failed : requests and failures per row.
    week : week number per row; the spread of weekly counts about the model widens the interval (Pearson scale).
    smooth : one row of smooth terms per week number (trend, season), where time is not one of the factors.
    cluster : who handled each row, numbered, negative where not known. The interval is then the wider of the two: by the
        weekly spread, and robust to whatever the requests of one specialist have in common.

    Returns
    -------
    `AdjustedEffect`, or ``None`` when the data do not determine it. With few failures on a side, or few per column of the
    model, a log-F penalty joins as one observation per column: log-F(2,2) for the exposure, which keeps its odds ratio
    within about 1/40 and 40, and log-F(1,1) for the others.

    References
    ----------
    McCullagh and Nelder, Generalized Linear Models, 1989. Greenland and Mansournia, Statistics in Medicine
    2015;34:3133. Liang and Zeger, Biometrika 1986;73:13-22 (cluster-robust variance). Bell and McCaffrey, Survey
    Methodology 2002;28:169-181 (jackknife and degrees of freedom with few clusters).
    """
    keys = [exposure.astype(np.int64), *factors]
    levels, size, hits = grouped_counts([*keys, week] if smooth is not None else keys, n, failed)
    design = _design(levels[: len(keys)], smooth[levels[-1]] if smooth is not None else None)
    if design is None:
        return None
    sides = [float(failed[exposure].sum()), float(failed[~exposure].sum())]
    sides += [float(n[exposure].sum()) - sides[0], float(n[~exposure].sum()) - sides[1]]
    penalised = min(sides) < SPARSE or min(sides[0] + sides[1], sides[2] + sides[3]) < PER_COLUMN * design.shape[1]
    fitted = _fit(design, size, hits, penalised)
    if fitted is None and not penalised:
        penalised, fitted = True, _fit(design, size, hits, True)
    if fitted is None:
        return None
    coefficient, variance, expected = fitted
    group = _row_groups(keys, week if smooth is not None else None)
    scale = _weekly_scale(expected[group] * n, failed, week, exposure, expected[group])
    error = math.sqrt(variance * scale)
    method = "binomial model on grouped counts, Pearson scale"
    clusters, without = 0, None
    if cluster is not None and (cluster >= 0).any():
        clusters = len(np.unique(cluster[exposure & (cluster >= 0) & (n > 0)]))
        adjusted = _adjusted_exposure(design, expected * (1 - expected) * size)[group]
        share = expected[group]
        parts, weights = adjusted * (failed - share * n), adjusted**2 * share * (1 - share) * n
        robust, without = _by_cluster(cluster, parts, weights, coefficient, error)
        if robust > error:
            error, method = robust, "binomial model on grouped counts, robust to clusters by specialist"
    method += ", log-F penalty" if penalised else ""
    estimate = _ratio(coefficient, error, float(n.sum()), float(failed.sum()), method)
    return AdjustedEffect(coefficient, error, estimate, penalised, clusters, without)


def _adjusted_exposure(design: FloatArray, weight: FloatArray) -> FloatArray:
    """The exposure less what the other columns say of it, under the weights of the model."""
    root = np.sqrt(np.maximum(weight, 0.0))[:, None]
    others = np.delete(design, 1, axis=1)
    solution = np.linalg.lstsq(others * root, design[:, 1] * root[:, 0], rcond=1e-9)[0]
    return np.asarray(design[:, 1] - others @ solution, dtype=float)


def _by_cluster(
    cluster: Codes, parts: FloatArray, weights: FloatArray, coefficient: float, error: float
) -> tuple[float, Estimate | None]:
    """The cluster-robust error, and the lowest odds ratio that leaving out one cluster gives (one Newton step each)."""
    known, information = cluster >= 0, float(weights.sum())
    sums = group_sums(cluster[known], parts[known], int(cluster.max()) + 1)
    held = group_sums(cluster[known], weights[known], int(cluster.max()) + 1)
    sums, held = sums[held > 0], held[held > 0]
    if len(held) < FEWEST_CLUSTERS or information <= 0:
        return 0.0, None
    # Few clusters, or unequal ones, make the plain sandwich too narrow: jackknife sums, and Student's t with as many
    # degrees of freedom as the clusters' information bears.
    part = held / information
    sums_out = sums / np.maximum(1 - part, 0.05)
    freedom = max(1 / float((part**2).sum()) - 1, 1.0)
    # What a row without a specialist has in common with others is not known: it counts on its own.
    squares = float((sums_out**2).sum()) + float((parts[~known] ** 2).sum())
    robust = math.sqrt(squares) / information * float(special.stdtrit(freedom, 0.975)) / Z95
    left = information - held
    if float(left.min()) < 0.05 * information:
        return robust, Estimate(math.nan, 0.0, math.inf, len(held), None, WITHOUT_ONE)
    moved = coefficient - sums / left
    worst = int(np.argmin(moved))
    spread = max(error, robust) * math.sqrt(information / float(left[worst]))
    return robust, _ratio(float(moved[worst]), spread, len(held), None, WITHOUT_ONE)


def _ratio(log_odds: float, error: float, n: float, k: float | None, method: str) -> Estimate:
    low, high = (math.exp(min(max(log_odds + side * Z95 * error, -20.0), 20.0)) for side in (-1, 1))
    return Estimate(math.exp(min(max(log_odds, -20.0), 20.0)), low, high, n, k, method)


def attributable_share(effect: AdjustedEffect, *, exposed_n: float, exposed_failed: float, failed: float) -> Estimate:
    """Share of `failed` that would not have failed had exposed requests failed like the others.

    The case-based attributable fraction: the share of failures that are exposed, times one less the ratio of the rate
    that the odds ratio implies without exposure to the rate seen. Its interval is simulated with a fixed seed.

    References
    ----------
    Miettinen, American Journal of Epidemiology 1974;99:325-332.
    """
    if failed <= 0 or exposed_failed <= 0:
        return Estimate(0.0, 0.0, 1.0 if failed <= 0 else 3.0 / failed, failed, 0.0, "attributable fraction")
    random = np.random.default_rng(SEED)
    own, shared = random.standard_normal((2, DRAWS))
    log_odds = effect.log_odds + effect.error * shared
    hits, others = exposed_failed + 0.5, max(failed - exposed_failed, 0.0) + 0.5
    spread = math.sqrt(1 / hits + 1 / others)
    # More failures among the exposed raise both the odds ratio and their share of all failures.
    common = min(spread, effect.error) / max(spread, effect.error)
    inside = special.expit(math.log(hits / others) + spread * (common * shared + math.sqrt(1 - common**2) * own))
    rate = min(exposed_failed / exposed_n, 1 - 1e-9) if exposed_n else 0.0
    draws = inside * _excess(log_odds, rate)
    value = exposed_failed / failed * float(_excess(np.asarray(effect.log_odds), rate))
    low, high = np.quantile(draws, [0.025, 0.975])
    value = min(max(value, 0.0), 1.0)
    return Estimate(
        value,
        min(max(float(low), 0.0), value),
        max(min(float(high), 1.0), value),
        failed,
        exposed_failed,
        "case-based attributable fraction (Miettinen), interval by simulation",
    )


def _excess(log_odds: FloatArray, rate: float) -> FloatArray:
    odds = rate / (1 - rate) * np.exp(-log_odds)
    without = odds / (1 + odds)
    return np.asarray(1 - without / rate if rate else np.zeros_like(odds))


def _design(levels: list[Codes], smooth: FloatArray | None) -> FloatArray | None:
    """Intercept, exposure, columns per level and smooth terms; ``None`` where the exposure is not separate from them."""
    rows = len(levels[0])
    columns = [np.ones(rows), levels[0].astype(float)]
    for factor in levels[1:]:
        present = np.unique(factor)
        columns += [(factor == level).astype(float) for level in present[1:]]
    design = np.column_stack(columns + ([smooth] if smooth is not None else []))
    others = np.delete(design, 1, axis=1)
    basis, triangle = np.linalg.qr(others)
    basis = basis[:, np.abs(np.diag(triangle)) > 1e-9 * max(rows, 1)]
    exposed = design[:, 1]
    left = exposed - basis @ (basis.T @ exposed)
    if float(left @ left) < 1e-6 * max(float(exposed @ exposed), 1.0):
        return None
    return design


def _fit(
    design: FloatArray, n: FloatArray, failed: FloatArray, penalised: bool
) -> tuple[float, float, FloatArray] | None:
    """Coefficient of the exposure, its variance and the fitted rate of each group (0 where it holds no request)."""
    from statsmodels.genmod.families import Binomial
    from statsmodels.genmod.generalized_linear_model import GLM

    used = n > 0
    rows = int(used.sum())
    design, n, failed = design[used], n[used], failed[used]
    response = np.column_stack([failed, np.maximum(n - failed, 0.0)])
    if penalised:
        columns = design.shape[1]
        prior = np.full((columns - 1, 2), 0.5)
        prior[0] = 1.0
        design, response = np.vstack([design, np.eye(columns)[1:]]), np.vstack([response, prior])
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            model = GLM(response, design, family=Binomial()).fit(maxiter=50)
        except (np.linalg.LinAlgError, ValueError, FloatingPointError):
            return None
    coefficient, variance = float(model.params[1]), float(model.cov_params()[1, 1])
    if not (math.isfinite(coefficient) and math.isfinite(variance)) or variance <= 0 or variance > 25:
        return None
    fitted = np.zeros(len(used))
    fitted[used] = model.fittedvalues[:rows]
    return coefficient, variance, fitted


def _row_groups(keys: list[Codes], week: Codes | None) -> Codes:
    key = np.zeros(len(keys[0]), dtype=np.int64)
    for factor in [*keys, week] if week is not None else keys:
        key = key * (int(factor.max()) + 1) + factor
    return np.asarray(np.unique(key, return_inverse=True)[1], dtype=np.int64)


def _weekly_scale(
    expected: FloatArray, failed: FloatArray, week: Codes, exposure: npt.NDArray[np.bool_], share: FloatArray
) -> float:
    """Pearson scale over weeks, exposed and unexposed apart, from cells large enough to tell; 1 or above."""
    cell = week * 2 + exposure
    size = int(cell.max()) + 1
    seen, mean = group_sums(cell, failed, size), group_sums(cell, expected, size)
    variance = group_sums(cell, expected * (1 - share), size)
    used = variance >= 1
    if used.sum() < 8:
        return 1.0
    squares = (seen - mean)[used] ** 2 / variance[used]
    # A few weeks of another kind should not speak for all the others (Spiegelhalter, Statistics in Medicine 2005;24:1185).
    squares = np.minimum(squares, np.quantile(squares, 1 - WINSORISED))
    return max(float(squares.sum() / (used.sum() - 1)) / WINSORISED_MEAN, 1.0)
