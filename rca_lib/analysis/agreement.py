"""How far raters agree beyond chance: kappa, AC1 and AC2, Scott, Fleiss, Brennan-Prediger and Krippendorff's alpha.

Ratings are a table of units by raters, with missing values where a rater did not rate a unit.

References
----------
Gwet, Handbook of Inter-Rater Reliability, 4th edition, 2014, chapters 2 to 5. Krippendorff, Content Analysis, 4th
edition, 2018, chapter 12. Cohen, Educational and Psychological Measurement 1960;20:37-46.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy import special

from rca_lib.analysis.intervals import Estimate

__all__ = [
    "METRICS",
    "Ratings",
    "agreement",
    "cohen_kappa",
    "gwet_ac",
    "krippendorff_alpha",
    "ratings_of",
    "weights_of",
]

FloatArray = npt.NDArray[np.float64]

METRICS = ("nominal", "ordinal", "interval", "ratio")
"""Levels of measurement that Krippendorff's alpha knows."""

DRAWS, SEED = 1000, 20240229


@dataclass(frozen=True, eq=False)
class Ratings:
    """Ratings counted by unit and category.

    Attributes
    ----------
    counts : how many raters put each unit (row) into each category (column).
    categories : the categories, in order; numbers where every rating is one.
    """

    counts: FloatArray
    categories: tuple[object, ...]


def ratings_of(table: Any) -> Ratings:
    """Count ratings by unit and category.

    Parameters
    ----------
    table : one row per unit, one column per rater; missing where a rater did not rate.

    Examples
    --------
    >>> ratings_of([[1, 1], [1, 2]]).counts.tolist()
    [[2.0, 0.0], [1.0, 1.0]]
    """
    frame = pd.DataFrame(table)
    values = frame.to_numpy(dtype=object)
    known = frame.notna().to_numpy()
    if not known.any():
        return Ratings(np.zeros((len(frame), 0)), ())
    categories = sorted({values[place] for place in zip(*np.nonzero(known), strict=True)}, key=_sort_key)
    counts = np.stack([((values == category) & known).sum(axis=1) for category in categories], axis=1)
    return Ratings(counts.astype(float), tuple(categories))


def weights_of(categories: tuple[object, ...], kind: str = "unweighted") -> FloatArray:
    """How much two categories count as agreeing: 1 on the diagonal.

    Parameters
    ----------
    kind : ``"unweighted"``, ``"linear"`` or ``"quadratic"`` (in the values where they are numbers, else in the order).
    """
    size = len(categories)
    if kind == "unweighted":
        return np.eye(size)
    numeric = all(isinstance(one, int | float | np.number) for one in categories)
    at = np.asarray(categories, float) if numeric else np.arange(size, dtype=float)
    gap = np.abs(at[:, None] - at[None, :]) / max(float(at.max() - at.min()), 1e-12)
    if kind == "linear":
        return np.asarray(1 - gap)
    if kind == "quadratic":
        return np.asarray(1 - gap**2)
    raise ValueError(f"There are no weights named {kind!r}; choose unweighted, linear or quadratic.")


def agreement(ratings: Ratings, kind: str = "unweighted") -> dict[str, Estimate]:
    """Percent agreement, AC1 (AC2 with weights), Fleiss' kappa and Brennan-Prediger's coefficient, with intervals.

    With two raters Fleiss' kappa is Scott's pi. ``nan`` where no unit has two ratings, or only one category is used,
    since there is no agreement beyond chance to speak of.

    Examples
    --------
    >>> round(agreement(ratings_of([[1, 1], [2, 2], [1, 1], [2, 1]]))["percent agreement"].value, 2)
    0.75
    """
    weights = weights_of(ratings.categories, kind)
    size = len(ratings.categories)
    total = float(weights.sum())

    def gwet(share: FloatArray, each: FloatArray) -> tuple[float, FloatArray]:
        factor = total / max(size * (size - 1), 1)
        return factor * float((share * (1 - share)).sum()), factor * (each * (1 - share)).sum(axis=1)

    def fleiss(share: FloatArray, each: FloatArray) -> tuple[float, FloatArray]:
        expected = (weights @ share + weights.T @ share) / 2
        return float(share @ weights @ share), each @ expected

    def uniform(_: FloatArray, each: FloatArray) -> tuple[float, FloatArray]:
        return total / size**2, np.full(len(each), total / size**2)

    def none(_: FloatArray, each: FloatArray) -> tuple[float, FloatArray]:
        return 0.0, np.zeros(len(each))

    name = "AC1" if kind == "unweighted" else "AC2"
    return {
        "percent agreement": _chance_corrected(ratings, weights, none, "percent agreement"),
        name: _chance_corrected(ratings, weights, gwet, f"Gwet's {name}"),
        "Fleiss kappa": _chance_corrected(ratings, weights, fleiss, "Fleiss' kappa"),
        "Brennan-Prediger": _chance_corrected(ratings, weights, uniform, "Brennan-Prediger coefficient"),
    }


def gwet_ac(ratings: Ratings, kind: str = "unweighted") -> Estimate:
    """Gwet's AC1, or AC2 with weights: agreement beyond chance that holds where one category is rare."""
    return agreement(ratings, kind)["AC1" if kind == "unweighted" else "AC2"]


def cohen_kappa(
    table: npt.ArrayLike, kind: str = "unweighted", *, categories: tuple[object, ...] | None = None
) -> Estimate:
    """Cohen's kappa of two raters from their cross table (rows: the first rater).

    References
    ----------
    Fleiss, Cohen and Everitt, Psychological Bulletin 1969;72:323-327 (large-sample variance).

    Examples
    --------
    >>> round(cohen_kappa([[13, 0, 0], [0, 20, 7], [0, 4, 56]]).value, 4)
    0.7964
    """
    p = np.asarray(table, float)
    n = float(p.sum())
    if n == 0:
        return Estimate(math.nan, -1.0, 1.0, 0.0, None, "Cohen's kappa")
    p = p / n
    weights = weights_of(categories or tuple(range(len(p))), kind)
    rows, columns = p.sum(axis=1), p.sum(axis=0)
    seen, chance = float((weights * p).sum()), float(rows @ weights @ columns)
    if chance >= 1:
        return Estimate(math.nan, -1.0, 1.0, n, None, "Cohen's kappa; only one category was used")
    kappa = (seen - chance) / (1 - chance)
    marginal = (weights @ columns)[:, None] + (weights.T @ rows)[None, :]
    variance = float((p * (weights - marginal * (1 - kappa)) ** 2).sum()) - (kappa - chance * (1 - kappa)) ** 2
    return _estimate(kappa, math.sqrt(max(variance, 0.0) / n) / (1 - chance), n, "Cohen's kappa")


def krippendorff_alpha(ratings: Ratings, metric: str = "nominal") -> Estimate:
    """Krippendorff's alpha, with an interval by resampling units.

    Parameters
    ----------
    metric : one of `METRICS`; all but ``"nominal"`` and ``"ordinal"`` need numbers as categories.

    Examples
    --------
    >>> round(krippendorff_alpha(ratings_of([[1, 1], [2, 2], [1, 2], [2, 2]])).value, 3)
    0.533
    """
    if metric not in METRICS:
        raise ValueError(f"There is no metric named {metric!r}; choose from {', '.join(METRICS)}.")
    if metric in ("interval", "ratio") and not all(
        isinstance(one, int | float | np.number) for one in ratings.categories
    ):
        raise ValueError(f"The {metric} metric needs numbers as ratings; these are words, so use nominal or ordinal.")
    counts = ratings.counts[ratings.counts.sum(axis=1) >= 2]
    method = f"Krippendorff's alpha, {metric}; interval by resampling units"
    if not len(counts):
        return Estimate(math.nan, -1.0, 1.0, 0.0, None, method)
    value = _alpha(counts, ratings.categories, metric)
    random = np.random.default_rng(SEED)
    draws = [
        _alpha(counts[random.integers(0, len(counts), len(counts))], ratings.categories, metric) for _ in range(DRAWS)
    ]
    if math.isnan(value):
        return Estimate(value, -1.0, 1.0, len(counts), None, f"{method}; only one category was used")
    low, high = np.nanquantile(draws, [0.025, 0.975])
    return Estimate(value, min(float(low), value), max(float(high), value), len(counts), None, method)


def _alpha(counts: FloatArray, categories: tuple[object, ...], metric: str) -> float:
    size = counts.sum(axis=1)
    coincidence = (counts / (size - 1)[:, None]).T @ counts - np.diag((counts / (size - 1)[:, None]).sum(axis=0))
    each = coincidence.sum(axis=0)
    total = each.sum()
    distance = _distance(each, categories, metric)
    expected = float((np.outer(each, each) * distance).sum()) / (total - 1)
    return math.nan if expected <= 0 else float(1 - float((coincidence * distance).sum()) / expected)


def _distance(each: FloatArray, categories: tuple[object, ...], metric: str) -> FloatArray:
    size = len(categories)
    if metric == "nominal":
        return 1 - np.eye(size)
    if metric == "ordinal":
        upto = np.cumsum(each)
        between = np.abs(upto[:, None] - upto[None, :])
        low = np.minimum.outer(np.arange(size), np.arange(size))
        gap = between + each[low] - (each[:, None] + each[None, :]) / 2
        return np.asarray(np.where(np.eye(size, dtype=bool), 0.0, gap) ** 2)
    at = np.asarray(categories, float)
    if metric == "interval":
        return np.asarray((at[:, None] - at[None, :]) ** 2)
    whole = at[:, None] + at[None, :]
    return np.asarray(np.where(whole == 0, 0.0, (at[:, None] - at[None, :]) / np.where(whole == 0, 1.0, whole)) ** 2)


def _chance_corrected(
    ratings: Ratings,
    weights: FloatArray,
    chance: Callable[[FloatArray, FloatArray], tuple[float, FloatArray]],
    method: str,
) -> Estimate:
    """A coefficient and its standard error over units (Gwet, linearised)."""
    counts = ratings.counts[ratings.counts.sum(axis=1) > 0]
    size = counts.sum(axis=1)
    several = size >= 2
    n = len(counts)
    if not several.any():
        return Estimate(math.nan, -1.0, 1.0, float(n), None, f"{method}; no unit has two ratings")
    weighted = counts @ weights.T
    pairs = np.where(several, (counts * (weighted - 1)).sum(axis=1) / np.where(several, size * (size - 1), 1.0), 0.0)
    seen = float(pairs[several].mean())
    each = counts / size[:, None]
    share = each.mean(axis=0)
    expected, expected_each = chance(share, each)
    if expected >= 1 - 1e-12:
        return Estimate(math.nan, -1.0, 1.0, float(n), None, f"{method}; only one category was used")
    value = (seen - expected) / (1 - expected)
    if n < 2:
        return Estimate(value, -1.0, 1.0, float(n), None, method)
    scaled = np.where(several, pairs * n / several.sum(), 0.0)
    units = np.where(several, scaled - expected * n / several.sum(), 0.0) / (1 - expected)
    linear = units - 2 * (1 - value) * (expected_each - expected) / (1 - expected)
    error = math.sqrt(float(((linear - value) ** 2).sum()) / (n * (n - 1)))
    return _estimate(value, error, float(n), method)


def _estimate(value: float, error: float, n: float, method: str) -> Estimate:
    reach = float(special.stdtrit(max(n - 1, 1), 0.975)) * error
    return Estimate(value, max(value - reach, -1.0), min(value + reach, 1.0), n, None, f"{method}, t interval")


def _sort_key(value: object) -> tuple[bool, float, str]:
    number = isinstance(value, int | float | np.number)
    return not number, float(value) if number else 0.0, str(value)  # type: ignore[arg-type]
