"""Funnel plots: levels of a dimension against what their size allows, with overdispersion taken into account.

References
----------
Spiegelhalter, Statistics in Medicine 2005;24:1185-1202 (funnel plots) and Quality and Safety in Health Care
2005;14:347-351 (overdispersion); Spiegelhalter et al., Journal of the Royal Statistical Society A 2012;175:1-47. NHS
Digital, Summary Hospital-level Mortality Indicator (truncation and additive variance on the log scale), as in the
package FunnelPlotR.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy import special

__all__ = [
    "FEWEST_PER_LEVEL",
    "Funnel",
    "Overdispersion",
    "funnel_curve",
    "funnel_of_ratios",
    "funnel_of_shares",
    "overdispersion",
]

FloatArray = npt.NDArray[np.float64]

FEWEST_PER_LEVEL = 10
"""Units below which a level is pooled with the other small ones: none of them is told apart."""

FEWEST_LEVELS = 5
"""Levels below which one that stands apart cannot be told from a spread of all: limits are not widened."""

POOLED = "smaller levels together"
TRIM = 0.1
LIMITS = (0.95, 0.998)


@dataclass(frozen=True, slots=True)
class Overdispersion:
    """How much levels differ beyond sampling.

    Attributes
    ----------
    phi : mean squared score; 1 when sampling explains all of it. The multiplicative factor of the variance.
    tau2 : variance between levels on the transformed scale, added to that of sampling.
    n : levels that entered.
    """

    phi: float
    tau2: float
    n: int


@dataclass(frozen=True, eq=False)
class Funnel:
    """Levels of a dimension with their limits.

    Attributes
    ----------
    frame : one row per level, the largest first: ``level, n, failed`` (or ``expected, observed``), ``value, score``
        (standard deviations from the target), the limits ``lower_95, upper_95, lower_998, upper_998``, whether it lies
        beyond them (``outside_95, outside_998``), the same with limits that are not widened (``unadjusted_95,
        unadjusted_998``), and ``pooled``.
    target : what levels are compared with: the overall share, or 1.
    dispersion : how much levels differ beyond sampling.
    adjusted : whether limits were widened for it.
    adjust : how: ``"additive"``, ``"multiplicative"`` or ``"none"``.
    false_alarm : how often at least one level of so many lies outside the 99.8 % limits when none differs more than
        overdispersion allows.
    method : how it was made.
    ok, reason, would_allow : whether it could be assessed; if not, why, and what would allow it.
    """

    frame: pd.DataFrame
    target: float
    dispersion: Overdispersion
    adjusted: bool
    false_alarm: float
    method: str
    ok: bool = True
    reason: str = ""
    would_allow: str = ""
    adjust: str = "none"


def overdispersion(
    scores: npt.ArrayLike, sigma: npt.ArrayLike, *, trim: float = TRIM, truncate: bool = False
) -> Overdispersion:
    """Dispersion of scores about zero, from winsorised (or truncated) scores.

    Parameters
    ----------
    scores : one score per level, in standard deviations of sampling.
    sigma : those standard deviations, on the scale of the scores.
    trim : share at each end that is pulled in to its quantile.
    truncate : leave these out in place of pulling them in (the SHMI method).

    Examples
    --------
    >>> round(overdispersion([-1, 1, -1, 1, -1, 1], [0.1] * 6).tau2, 3)
    0.002
    """
    u, s = np.asarray(scores, float), np.asarray(sigma, float)
    keep = np.isfinite(u) & np.isfinite(s) & (s > 0)
    u, s = u[keep], s[keep]
    if len(u) < 2:
        return Overdispersion(1.0, 0.0, len(u))
    low, high = np.quantile(u, [trim, 1 - trim])
    if truncate:
        inside = (u > low) & (u < high)
        u, s = u[inside], s[inside]
    else:
        u = np.clip(u, low, high)
    n = len(u)
    if n < 2:
        return Overdispersion(1.0, 0.0, n)
    phi = float((u**2).mean())
    weight = 1 / s**2
    room = float(weight.sum() - (weight**2).sum() / weight.sum())
    return Overdispersion(phi, max(0.0, (n * phi - (n - 1)) / room) if room > 0 else 0.0, n)


def funnel_of_shares(
    failed: npt.ArrayLike,
    n: npt.ArrayLike,
    levels: Sequence[str] | None = None,
    *,
    adjust: str = "additive",
    fewest: int = FEWEST_PER_LEVEL,
) -> Funnel:
    """Shares that failed, level by level, on the arcsine scale about the overall share.

    Parameters
    ----------
    failed, n : counts of each level (effective sizes where weights differ).
    levels : their names; numbers by default.
    adjust : ``"additive"`` (a variance between levels is added), ``"multiplicative"`` (the variance of sampling is
        multiplied) or ``"none"``. Limits are never narrowed.
    fewest : levels with fewer units are pooled.

    Raises
    ------
    ValueError
        For another kind of adjustment.

    Examples
    --------
    >>> funnel_of_shares([5, 6, 4, 5, 40], [100] * 5, list("ABCDE")).frame["level"][0]
    'A'
    """
    if adjust not in {"additive", "multiplicative", "none"}:
        raise ValueError(f"There is no {adjust!r} adjustment; there are additive, multiplicative and none.")
    table = _pooled(np.asarray(failed, float), np.asarray(n, float), levels, fewest)
    total, hits = float(table["n"].sum()), float(table["failed"].sum())
    if len(table) < 2 or hits == 0 or hits >= total:
        why = (
            "fewer than two levels have enough requests to compare"
            if len(table) < 2
            else "none of the requests failed"
            if hits == 0
            else "every request failed"
        )
        allow = "More requests in more than one level, some of which failed and some not, would allow it."
        nothing = Overdispersion(1.0, 0.0, len(table))
        return Funnel(table, math.nan, nothing, False, 0.0, "", False, f"{why[:1].upper()}{why[1:]}.", allow)
    share = hits / total
    target = math.asin(math.sqrt(share))
    y, sigma = np.arcsin(np.sqrt(table["value"].to_numpy())), 1 / (2 * np.sqrt(table["n"].to_numpy()))
    named = ~table["pooled"].to_numpy()
    spread = overdispersion((y - target)[named] / sigma[named], sigma[named])
    use = adjust if spread.n >= FEWEST_LEVELS else "none"
    wide = _widened(sigma, spread, use)
    table["score"] = (y - target) / wide
    for level in LIMITS:
        name, z = _name(level), _z(level)
        for side, sign in (("lower", -1), ("upper", 1)):
            table[f"{side}_{name}"] = np.sin(np.clip(target + sign * z * wide, 0, math.pi / 2)) ** 2
        table[f"unadjusted_{name}"] = np.abs(y - target) > z * sigma
        table[f"outside_{name}"] = np.abs(y - target) > z * wide
    words = {"additive": "an additive variance between levels", "multiplicative": "a multiplied variance"}
    adjusted = use != "none" and bool((wide > sigma).any())
    return Funnel(
        frame=table,
        target=share,
        dispersion=spread,
        adjusted=adjusted,
        false_alarm=1 - LIMITS[1] ** len(table),
        method="funnel plot about the overall share, arcsine scale, 95% and 99.8% limits"
        + (f", widened for overdispersion by {words[use]} (scores winsorised by 10%)" if adjusted else ""),
        adjust=use,
    )


def funnel_curve(funnel: Funnel, n: npt.ArrayLike) -> pd.DataFrame:
    """Limits of a funnel of shares at any size, to draw its curves.

    Parameters
    ----------
    funnel : from `funnel_of_shares`.
    n : sizes above 0.

    Returns
    -------
    DataFrame with ``n, lower_95, upper_95, lower_998, upper_998``.
    """
    size = np.asarray(n, float)
    target = math.asin(math.sqrt(funnel.target))
    wide = _widened(1 / (2 * np.sqrt(size)), funnel.dispersion, funnel.adjust)
    table = pd.DataFrame({"n": size})
    for level in LIMITS:
        for side, sign in (("lower", -1), ("upper", 1)):
            edge = np.clip(target + sign * _z(level) * wide, 0, math.pi / 2)
            table[f"{side}_{_name(level)}"] = np.sin(edge) ** 2
    return table


def funnel_of_ratios(
    observed: npt.ArrayLike,
    expected: npt.ArrayLike,
    levels: Sequence[str] | None = None,
    *,
    adjust: str = "SHMI",
) -> Funnel:
    """Observed over expected counts, level by level, about 1: a funnel after adjustment for what levels handle.

    Parameters
    ----------
    observed, expected : counts of each level; expected ones from a model, above 0.
    levels : their names; numbers by default.
    adjust : ``"SHMI"`` (log scale, truncated scores, additive variance), ``"additive"`` or ``"multiplicative"`` (square
        root scale, winsorised scores) or ``"none"`` (log scale).

    Examples
    --------
    >>> int(funnel_of_ratios([10, 12, 9, 11, 30], [10] * 5, adjust="none").frame["outside_998"].sum())
    1
    """
    if adjust not in {"SHMI", "additive", "multiplicative", "none"}:
        raise ValueError(f"There is no {adjust!r} adjustment; there are SHMI, additive, multiplicative and none.")
    o, e = np.asarray(observed, float), np.asarray(expected, float)
    names = [str(index + 1) for index in range(len(o))] if levels is None else [str(level) for level in levels]
    table = pd.DataFrame({"level": names, "observed": o, "expected": e})
    table = table[table["expected"] > 0].sort_values("expected", ascending=False, kind="stable", ignore_index=True)
    o, e = table["observed"].to_numpy(), table["expected"].to_numpy()
    table["value"] = o / e
    root = adjust in {"additive", "multiplicative"}
    with np.errstate(divide="ignore"):
        y = np.sqrt(o / e) - 1 if root else np.log(o / e)
    sigma = 1 / (2 * np.sqrt(e)) if root else 1 / np.sqrt(e)
    spread = overdispersion(y / sigma, sigma, truncate=not root)
    wide = _widened(sigma, spread, "additive" if adjust == "SHMI" else adjust)
    table["score"] = y / wide
    for level in LIMITS:
        name, z = _name(level), _z(level)
        reach = z * wide
        table[f"lower_{name}"] = np.maximum(1 - reach, 0) ** 2 if root else np.exp(-reach)
        table[f"upper_{name}"] = (1 + reach) ** 2 if root else np.exp(reach)
        table[f"unadjusted_{name}"] = np.abs(y) > z * sigma
        table[f"outside_{name}"] = np.abs(y) > reach
    table["pooled"] = False
    scale = "square root" if root else "log"
    return Funnel(
        frame=table,
        target=1.0,
        dispersion=spread,
        adjusted=bool((wide > sigma).any()),
        false_alarm=1 - LIMITS[1] ** len(table),
        method=f"funnel plot of observed over expected, {scale} scale, {adjust} overdispersion",
        ok=len(table) > 1,
        reason="" if len(table) > 1 else "Fewer than two levels are expected to fail.",
        would_allow="" if len(table) > 1 else "More levels with expected failures would allow it.",
    )


def _widened(sigma: FloatArray, spread: Overdispersion, adjust: str) -> FloatArray:
    if adjust == "multiplicative":
        return np.asarray(sigma * math.sqrt(max(spread.phi, 1.0)))
    return np.asarray(np.sqrt(sigma**2 + (spread.tau2 if adjust == "additive" else 0.0)))


def _pooled(failed: FloatArray, n: FloatArray, levels: Sequence[str] | None, fewest: int) -> pd.DataFrame:
    names = [str(index + 1) for index in range(len(n))] if levels is None else [str(level) for level in levels]
    table = pd.DataFrame({"level": names, "n": n, "failed": failed})
    table = table[table["n"] > 0]
    small = (table["n"] < fewest).to_numpy()
    rest = table[small]
    kept = table[~small].assign(pooled=False)
    if len(rest):
        units, hits = float(rest["n"].sum()), float(rest["failed"].sum())
        # Too few even together, or one alone: then they are left out, as one could still be told from the rest.
        if units >= fewest and len(rest) > 1:
            one = pd.DataFrame([{"level": POOLED, "n": units, "failed": hits, "pooled": True}])
            kept = pd.concat([kept, one], ignore_index=True)
    kept = kept.sort_values(["n", "level"], ascending=[False, True], kind="stable", ignore_index=True)
    return kept.assign(value=kept["failed"] / kept["n"])


def _name(level: float) -> str:
    return f"{level:.3f}"[2:].rstrip("0")


def _z(level: float) -> float:
    return float(special.ndtri(0.5 + level / 2))
