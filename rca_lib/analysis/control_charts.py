"""Control charts: centre and three-sigma limits of XmR, p, p', u, u', c, g and t charts, phase by phase.

References
----------
Montgomery, Introduction to Statistical Quality Control, chapters 6 and 7 (I-MR, p, u and c charts, time between events).
Laney, Quality Engineering 2002;14:531-537 (p', u'). Benneyan, Health Care Management Science 2001;4:305-318 (g). Nelson,
Journal of Quality Technology 1994;26:239-240 (t, by the power 1/3.6) and 1982;14:172-173 (screened moving ranges).
"""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from rca_lib.analysis.charts import MOVING_RANGE_CONSTANT

__all__ = ["CHARTS", "Limits", "control_limits", "control_points", "moving_range_mean"]

FloatArray = npt.NDArray[np.float64]
BoolArray = npt.NDArray[np.bool_]

CHARTS: dict[str, str] = {
    "run": "run chart",
    "i": "XmR chart",
    "p": "p chart",
    "p'": "Laney p' chart",
    "u": "u chart",
    "u'": "Laney u' chart",
    "c": "c chart",
    "g": "g chart",
    "t": "t chart",
}
"""Charts by the letter that they go by."""

WITH_SIZES = frozenset({"p", "p'", "u", "u'"})
"""Charts of counts over a denominator."""

NATURAL_LIMITS = 3 / MOVING_RANGE_CONSTANT
"""Three sigma in mean moving ranges, 2.66 (Montgomery, 6.4)."""

SCREEN = 3.267
"""D4 for two observations: the upper limit of moving ranges, in mean moving ranges."""

T_POWER = 1 / 3.6
"""Power that makes exponential times nearly normal (Nelson 1994)."""


@dataclass(frozen=True, eq=False)
class Limits:
    """Centre and three-sigma limits of one phase.

    Attributes
    ----------
    centre : the centre line: the mean or the share; for t the mean on the transformed scale, taken back.
    lower, upper : limits of each point; ``nan`` on a run chart.
    sigma : standard deviation of each point on the scale on which limits are set (transformed for t).
    sigma_z : Laney's factor; 1 on other charts.
    moving_range : mean moving range of XmR and t charts; ``nan`` on others.
    """

    centre: float
    lower: FloatArray
    upper: FloatArray
    sigma: FloatArray
    sigma_z: float = 1.0
    moving_range: float = float("nan")

    @property
    def moving_range_limit(self) -> float:
        """Upper limit of single moving ranges."""
        return SCREEN * self.moving_range


def moving_range_mean(values: npt.ArrayLike, *, screened: bool = False) -> float:
    """Mean moving range of two neighbours; `screened` leaves out, once, ranges above 3.267 times the mean.

    Examples
    --------
    >>> moving_range_mean([1, 2, 4, 3])
    1.3333333333333333
    """
    ranges = np.abs(np.diff(np.asarray(values, float)))
    if not len(ranges):
        return float("nan")
    mean = float(ranges.mean())
    kept = ranges[ranges < SCREEN * mean]
    return float(kept.mean()) if screened and len(kept) else mean


def control_limits(
    chart: str,
    counts: npt.ArrayLike,
    sizes: npt.ArrayLike | None = None,
    *,
    used: npt.ArrayLike | None = None,
    screened: bool = False,
) -> Limits:
    """Centre and three-sigma limits of one phase.

    Parameters
    ----------
    chart : a key of `CHARTS`.
    counts : failures or events of each point (p, p', u, u', c), units between failures (g), time between failures (t),
        or measurements (i, run).
    sizes : denominators of p, p', u and u' charts: units, or exposure.
    used : which points set the limits; all by default.
    screened : leave moving ranges above 3.267 times their mean out of the mean moving range (i, t, p', u').

    Raises
    ------
    ValueError
        For a chart that there is none of, or one that lacks its denominators.

    Examples
    --------
    >>> limits = control_limits("c", [4, 6, 5, 5])
    >>> limits.centre, round(float(limits.upper[0]), 2)
    (5.0, 11.71)
    """
    if chart not in CHARTS:
        raise ValueError(f"There is no {chart!r} chart; there are {', '.join(CHARTS)}.")
    y = np.asarray(counts, float)
    n = np.ones(len(y)) if sizes is None else np.asarray(sizes, float)
    if chart in WITH_SIZES and sizes is None:
        raise ValueError(f"A {chart} chart needs the size of each point.")
    base = np.ones(len(y), bool) if used is None else np.asarray(used, bool)
    base = base & np.isfinite(y) & (n > 0)
    if not base.any():
        nothing = np.full(len(y), np.nan)
        return Limits(float("nan"), nothing, nothing, nothing)
    if chart in WITH_SIZES:
        return _over_sizes(chart, y, n, base, screened)
    if chart == "t":
        return _times(y, base, screened)
    return _values(chart, y, base, screened)


def control_points(
    chart: str,
    counts: npt.ArrayLike,
    sizes: npt.ArrayLike | None = None,
    *,
    starts: Sequence[int] = (),
    baseline: npt.ArrayLike | None = None,
    exclude: Sequence[int] = (),
    screened: bool = False,
) -> pd.DataFrame:
    """Points of a chart with limits, rebased where a phase starts.

    Parameters
    ----------
    chart, counts, sizes, screened : as in `control_limits`.
    starts : positions at which a new phase begins, each with its own centre and limits.
    baseline : which points set the limits of their phase (a frozen baseline), as booleans; all by default. A phase in
        which none does takes all of its points.
    exclude : positions of points that set no limits but are shown and judged.

    Returns
    -------
    DataFrame, one row per point: ``value``, ``size``, ``phase`` (0, 1, ...), ``baseline``, ``centre``, ``lcl``, ``ucl``,
    ``sigma``, ``sigma_z``, ``moving_range`` (the mean moving range of the phase), ``outside``.

    Examples
    --------
    >>> control_points("c", [4, 6, 5, 5, 14, 16], starts=[4])["centre"].tolist()
    [5.0, 5.0, 5.0, 5.0, 15.0, 15.0]
    """
    y = np.asarray(counts, float)
    n = np.ones(len(y)) if sizes is None else np.asarray(sizes, float)
    base = np.ones(len(y), bool) if baseline is None else np.asarray(baseline, bool).copy()
    kept = np.ones(len(y), bool)
    kept[list(exclude)] = False
    base &= kept
    edges = [0, *sorted({start for start in starts if 0 < start < len(y)}), len(y)]
    parts = []
    for phase, (first, last) in enumerate(itertools.pairwise(edges)):
        here = slice(first, last)
        used = base[here] if base[here].any() else kept[here]
        limits = control_limits(chart, y[here], None if sizes is None else n[here], used=used, screened=screened)
        with np.errstate(divide="ignore", invalid="ignore"):
            value = y[here] / n[here] if chart in WITH_SIZES else y[here]
        parts.append(
            pd.DataFrame(
                {
                    "value": value,
                    "size": n[here],
                    "phase": phase,
                    "baseline": used,
                    "centre": limits.centre,
                    "lcl": limits.lower,
                    "ucl": limits.upper,
                    "sigma": limits.sigma,
                    "sigma_z": limits.sigma_z,
                    "moving_range": limits.moving_range,
                }
            )
        )
    points = pd.concat(parts, ignore_index=True)
    points["outside"] = (points["value"] > points["ucl"]) | (points["value"] < points["lcl"])
    return points


def _over_sizes(chart: str, y: FloatArray, n: FloatArray, base: BoolArray, screened: bool) -> Limits:
    centre = float(y[base].sum() / n[base].sum())
    spread = centre * (1 - centre) if chart.startswith("p") else centre
    with np.errstate(divide="ignore", invalid="ignore"):
        sigma = np.where(n > 0, np.sqrt(max(spread, 0.0) / n), np.nan)
    factor = 1.0
    if chart.endswith("'") and spread > 0 and base.sum() > 1:
        scores = (y[base] / n[base] - centre) / sigma[base]
        factor = moving_range_mean(scores, screened=screened) / MOVING_RANGE_CONSTANT
    sigma = sigma * factor
    top = 1.0 if chart.startswith("p") else np.inf
    lower, upper = np.clip(centre - 3 * sigma, 0.0, top), np.clip(centre + 3 * sigma, 0.0, top)
    return Limits(centre, lower, upper, sigma, factor)


def _values(chart: str, y: FloatArray, base: BoolArray, screened: bool) -> Limits:
    flat = np.ones(len(y))
    if chart == "run":
        return Limits(float(np.median(y[base])), flat * np.nan, flat * np.nan, flat * np.nan)
    centre = float(y[base].mean())
    if chart == "i":
        ranges = moving_range_mean(y[base], screened=screened)
        reach = NATURAL_LIMITS * ranges
        return Limits(centre, flat * (centre - reach), flat * (centre + reach), flat * reach / 3, 1.0, ranges)
    variance = centre if chart == "c" else centre * (centre + 1)
    sigma = float(np.sqrt(max(variance, 0.0)))
    return Limits(centre, flat * max(centre - 3 * sigma, 0.0), flat * (centre + 3 * sigma), flat * sigma)


def _times(y: FloatArray, base: BoolArray, screened: bool) -> Limits:
    inner = _values("i", y**T_POWER, base, screened)
    lower, upper = np.maximum(inner.lower, 0.0) ** (1 / T_POWER), np.maximum(inner.upper, 0.0) ** (1 / T_POWER)
    return Limits(inner.centre ** (1 / T_POWER), lower, upper, inner.sigma, 1.0, inner.moving_range)
