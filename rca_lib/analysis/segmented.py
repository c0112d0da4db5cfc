"""Segmented regression of counts: quasi-Poisson with an exposure offset, and errors that resemble their neighbours."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy import special

__all__ = ["SegmentedFit", "fit_segmented", "harmonics"]

FloatArray = npt.NDArray[np.float64]

CORRELATIONS = np.linspace(-0.2, 0.9, 23)
"""Autocorrelations from one period to the next over which the likelihood is averaged."""


@dataclass(frozen=True, eq=False)
class SegmentedFit:
    """A fitted regression of counts on a design.

    Attributes
    ----------
    coefficients, covariance : on the log scale, one for each column of the design.
    critical : how many standard errors an interval reaches on each side.
    freedom : residual degrees of freedom.
    dispersion : Pearson's, 1 when periods vary as Poisson counts do.
    correlation : of neighbouring periods, the mean over its likelihood; 0 where errors are taken as independent.
    residuals : Pearson's, one a period.
    """

    coefficients: FloatArray
    covariance: FloatArray
    critical: float
    freedom: int
    dispersion: float
    correlation: float
    residuals: FloatArray

    def combination(self, weights: npt.ArrayLike) -> tuple[float, float]:
        """Value and standard error of a weighted sum of coefficients."""
        row = np.asarray(weights, float)
        return float(row @ self.coefficients), math.sqrt(max(float(row @ self.covariance @ row), 0.0))

    def p_value(self, weights: npt.ArrayLike) -> float:
        """Two-sided p-value that a weighted sum of coefficients is 0."""
        value, error = self.combination(weights)
        return float(2 * special.stdtr(self.freedom, -abs(value) / error)) if error > 0 else math.nan


def fit_segmented(
    failed: npt.ArrayLike,
    exposure: npt.ArrayLike,
    design: FloatArray,
    *,
    errors: str = "ar1",
    quantile: str = "t",
    scale: str = "pearson",
    level: float = 0.95,
) -> SegmentedFit:
    """Fit ``log(expected failed / exposure) = design @ coefficients``.

    Parameters
    ----------
    failed, exposure : counts and exposures (requests, or people) by period, in order; no exposure may be 0.
    design : one row a period, one column a term, the intercept included.
    errors : ``"ar1"`` lets neighbouring periods resemble one another: the fit of the working model is repeated for
        autocorrelations from -0.2 to 0.9 and averaged by their restricted likelihood, so that not knowing the
        autocorrelation widens the interval. ``"independent"`` is the ordinary model.
    quantile : ``"t"`` with the residual degrees of freedom, or ``"normal"``.
    scale : ``"pearson"`` (quasi-Poisson) or ``"one"`` (Poisson); only for independent errors.

    Raises
    ------
    ValueError
        When there are no more periods than terms, or the terms cannot be told apart.

    References
    ----------
    Lopez Bernal, Cummins and Gasparrini, International Journal of Epidemiology 2017;46:348-355 (the model). Harville,
    Journal of the American Statistical Association 1977;72:320-338 (restricted likelihood).
    """
    import statsmodels.api as sm

    y, size = np.asarray(failed, float), np.asarray(exposure, float)
    periods, terms = design.shape
    if periods <= terms:
        raise ValueError(f"{periods} periods cannot carry a model of {terms} terms.")
    scaled = design / np.maximum(np.abs(design).max(axis=0), 1e-300)
    if np.linalg.matrix_rank(scaled) < terms:
        raise ValueError("The terms of the model cannot be told apart in these periods.")
    fitted = sm.GLM(y, design, family=sm.families.Poisson(), offset=np.log(size)).fit(
        scale="X2" if scale == "pearson" else None
    )
    mean = np.asarray(fitted.mu, float)
    residuals = (y - mean) / np.sqrt(mean)
    freedom = periods - terms
    dispersion = float((residuals**2).sum() / freedom)
    reach = float(special.stdtrit(freedom, (1 + level) / 2) if quantile == "t" else special.ndtri((1 + level) / 2))
    if errors == "independent":
        return SegmentedFit(
            np.asarray(fitted.params, float), np.asarray(fitted.cov_params(), float), reach, freedom, dispersion, 0.0,
            residuals,
        )  # fmt: skip
    root = np.sqrt(mean)
    coefficients, covariance, correlation = _averaged(root * np.log(mean / size) + residuals, root[:, None] * design)
    return SegmentedFit(coefficients, covariance, reach, freedom, dispersion, correlation, residuals)


def harmonics(phase: npt.ArrayLike, pairs: int) -> FloatArray:
    """Sine and cosine terms of a yearly season.

    Parameters
    ----------
    phase : the time of year of each period, as a share of the year.
    pairs : how many pairs of terms.

    Examples
    --------
    >>> harmonics([0.0, 0.25], 1).round(3).tolist()
    [[0.0, 1.0], [1.0, 0.0]]
    """
    turn = 2 * np.pi * np.asarray(phase, float)[:, None] * np.arange(1, pairs + 1)
    return np.stack([np.sin(turn), np.cos(turn)], axis=2).reshape(len(turn), 2 * pairs)


def _averaged(response: FloatArray, design: FloatArray) -> tuple[FloatArray, FloatArray, float]:
    """Generalised least squares under each autocorrelation, averaged by restricted likelihood."""
    periods, terms = design.shape
    freedom = periods - terms
    fits, logs = [], []
    for rho in CORRELATIONS:
        keep = math.sqrt(1 - rho**2)
        x = np.vstack([design[:1] * keep, design[1:] - rho * design[:-1]]) / keep
        y = np.concatenate([response[:1] * keep, response[1:] - rho * response[:-1]]) / keep
        information = x.T @ x
        inverse = np.linalg.inv(information)
        beta = inverse @ (x.T @ y)
        rest = max(float(((y - x @ beta) ** 2).sum()), 1e-12)
        fits.append((beta, inverse * rest / freedom))
        determinant = float(np.linalg.slogdet(information)[1])
        logs.append(-(periods - 1) / 2 * math.log(1 - rho**2) - determinant / 2 - freedom / 2 * math.log(rest))
    weight = np.exp(np.asarray(logs) - max(logs))
    weight /= weight.sum()
    betas = np.array([beta for beta, _ in fits])
    mean = weight @ betas
    within = np.tensordot(weight, np.array([spread for _, spread in fits]), axes=1)
    apart = betas - mean
    between = (weight[:, None] * apart).T @ apart
    return mean, within + between, float(weight @ CORRELATIONS)
