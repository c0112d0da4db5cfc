"""Did the rate step when something changed: interrupted time series of failures by period, with a control where there is one."""

from __future__ import annotations

import math
from dataclasses import dataclass, field, replace

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy import special

from rca_lib.analysis.intervals import Estimate
from rca_lib.analysis.segmented import SegmentedFit, fit_segmented, harmonics
from rca_lib.analysis.trials import day_numbers, days_to_timestamps, group_sums, tally

__all__ = ["FEWEST_FAILURES", "FEWEST_PERIODS", "InterruptedSeries", "interrupted_series", "periods_about"]

FloatArray = npt.NDArray[np.float64]

FEWEST_PERIODS = 8
"""Periods that each side of a change must hold."""
FEWEST_FAILURES = 20
FEWEST_PER_SIDE = 5
"""Failures that each side must hold for a ratio of rates to have a footing."""
FEWEST_FOR_TREND = 10
"""Failures that each side must hold for a trend and a season to be told from the step (ten events a variable)."""
FAILURES_PER_PERIOD = 5
LONGEST_PERIOD = 4
"""Weeks."""

SEASON_MONTHS = 18
TWO_PAIRS_MONTHS = 36
_MONTH = 30.4375
_YEAR = 365.25
_TERMS = 3
"""Intercept, step and trend."""
_TREND = 2


@dataclass(frozen=True, eq=False)
class InterruptedSeries:
    """What a segmented regression says of a change.

    Attributes
    ----------
    ok : whether the effect could be estimated; if not, `reason` says why and `would_allow` what would allow it.
    effect : the rate after the change over what it would have been without it (rate ratio).
    p_value : that there was no step.
    trend : the ratio from one year to the next that the model takes as going on regardless; ``None`` where a side holds
        fewer than ten failures, too few for it, and the model is a step alone.
    slope : by how much the trend changed, as a ratio a year, from a second model that allows it; ``None`` where a side
        is too short for it. `slope_p` is its p-value.
    added : failures since the change beyond those expected without it; below 0 where failures were averted.
    against_control : the effect divided by that in the control series.
    control : the same model on the control series, or ``None``.
    frame : one row a period: ``start, end`` (UTC), ``n, failed, rate, after, fitted, expected, expected_low,
        expected_high``. The last three are the rate without the change and its interval, after it alone.
    dispersion : how much periods vary beyond Poisson counts.
    correlation : of neighbouring periods, by restricted likelihood.
    durbin_watson, ljung_box_p : of the residuals; a p above 0.05 shows no autocorrelation left unexplained.
    pairs : pairs of seasonal terms in the model.
    method : how it was estimated, in words fit for a method note.
    """

    ok: bool
    reason: str = ""
    would_allow: str = ""
    effect: Estimate | None = None
    p_value: float = math.nan
    trend: Estimate | None = None
    slope: Estimate | None = None
    slope_p: float = math.nan
    added: Estimate | None = None
    against_control: Estimate | None = None
    control: InterruptedSeries | None = None
    frame: pd.DataFrame = field(default_factory=pd.DataFrame)
    dispersion: float = math.nan
    correlation: float = math.nan
    durbin_watson: float = math.nan
    ljung_box_p: float = math.nan
    pairs: int = 0
    method: str = ""


def periods_about(rows: pd.DataFrame, at: pd.Timestamp, *, weeks: int | None = None) -> pd.DataFrame:
    """Cut trials into periods of equal length that begin or end at a change, so that none straddles it.

    Parameters
    ----------
    rows : a frame from `rca_lib.analysis.trials.trials`.
    at : the change; it counts from the start of its day (UTC).
    weeks : the length of a period; by default the shortest of 1, 2 and 4 weeks that holds five failures on average, but
        no longer than leaves eight periods on each side where that can be.

    Returns
    -------
    DataFrame with ``start, end, n, failed, rate, low, high, n_effective, population``: requests, failures, the rate
    (weighted where requests were drawn unequally) with its 95 % interval, the size of the sample that it is worth, and
    the requests that it stands for. Days that fill no whole period are left out; periods without requests stay, with
    ``n`` 0.
    """
    columns = ["start", "end", "n", "failed", "rate", "low", "high", "n_effective", "population"]
    if not len(rows):
        return pd.DataFrame(columns=columns)
    split = int(day_numbers(pd.Series([at]))[0])
    day = rows["day"].to_numpy()
    if weeks is None:
        weeks = _length(rows, day, split)
    length = 7 * weeks
    first, last = -((split - int(day.min())) // length), (int(day.max()) + 1 - split) // length
    number = (day - split) // length
    inside = (number >= first) & (number < last)
    groups = last - first
    if groups <= 0:
        return pd.DataFrame(columns=columns)
    kept = rows.loc[inside]
    group = (number[inside] - first).astype(np.int64)
    table = tally(kept, group, groups)
    weighted = kept["weight"].to_numpy(float) * kept["n"].to_numpy(float)
    population = group_sums(group, weighted, groups)
    starts = split + length * np.arange(first, last)
    return pd.DataFrame(
        {"start": days_to_timestamps(starts), "end": days_to_timestamps(starts + length)}
        | {name: table[name].to_numpy() for name in ("n", "failed", "rate", "low", "high", "n_effective")}
        | {"population": population}
    )


def interrupted_series(
    periods: pd.DataFrame,
    *,
    at: pd.Timestamp,
    season: int | None = None,
    control: pd.DataFrame | None = None,
    errors: str = "ar1",
    quantile: str = "t",
    level: float = 0.95,
) -> InterruptedSeries:
    """Estimate the step in the rate at a change, given the trend and the season that were there before.

    Parameters
    ----------
    periods : one row a period, ``start, end, n, failed``; where ``rate`` and ``n_effective`` are there (see
        `periods_about`) the counts are their product. ``n`` may be any exposure. Periods without exposure are left out.
    at : the change; periods that start on or after it come after it.
    season : pairs of yearly sine and cosine terms; by default 1 from 18 months of data and 2 from 36, else none.
    control : the same table for requests that the change did not reach.
    errors, quantile : see `rca_lib.analysis.segmented.fit_segmented`.

    References
    ----------
    Lopez Bernal, Cummins and Gasparrini, International Journal of Epidemiology 2017;46:348-355 and 2018;47:2082-2093
    (control series). Gasparrini and Leone, BMC Medical Research Methodology 2014;14:55 (failures added).

    Examples
    --------
    >>> start = pd.date_range("2024-01-01", periods=24, freq="14D", tz="UTC")
    >>> table = pd.DataFrame({"start": start, "end": start + pd.Timedelta(days=14), "n": 100,
    ...                       "failed": [4, 5, 6] * 4 + [9, 10, 11] * 4})
    >>> found = interrupted_series(table, at=start[12])
    >>> found.ok, found.effect.low > 1
    (True, True)
    """
    table = _usable(periods, at)
    problem = _problem(table)
    if problem:
        return InterruptedSeries(False, *problem, frame=table)
    after = table["after"].to_numpy(bool)
    y, size = table["k"].to_numpy(float), table["size"].to_numpy(float)
    rich = min(y[after].sum(), y[~after].sum()) >= FEWEST_FOR_TREND
    pairs = _pairs(table, season) if rich else 0
    middle, year, since = _clock(table, at)
    base = np.column_stack([np.ones(len(table)), after.astype(float), harmonics(year, pairs)])
    # Autocorrelation cannot be read from so few failures either.
    errors = errors if rich else "independent"
    if rich:
        base = np.insert(base, _TREND, middle, axis=1)
    try:
        fit = fit_segmented(y, size, base, errors=errors, quantile=quantile, level=level)
    except (ValueError, np.linalg.LinAlgError):
        return InterruptedSeries(
            False, "The trend, the season and the step cannot be told apart in so few periods.",
            "More periods on both sides would allow it.", frame=table,
        )  # fmt: skip
    name = _method(fit, pairs, rich, errors, quantile)
    effect = _ratio(fit, 1, float(size.sum()), name, level)
    slope, slope_p = None, math.nan
    if rich and len(y) > base.shape[1] + 4:
        slope, slope_p = _slope(y, size, np.column_stack([base, after * since]), errors, quantile, name, level)
    watson, box = _residual_tests(fit.residuals)
    found = InterruptedSeries(
        True, effect=effect, p_value=fit.p_value(np.eye(base.shape[1])[1]),
        trend=_ratio(fit, _TREND, float(size.sum()), name, level) if rich else None, slope=slope, slope_p=slope_p,
        added=_added(table, effect), frame=_lines(table, fit, base), dispersion=fit.dispersion,
        correlation=fit.correlation, durbin_watson=watson, ljung_box_p=box, pairs=pairs, method=name,
    )  # fmt: skip
    if control is None:
        return found
    other = interrupted_series(control, at=at, season=pairs, errors=errors, quantile=quantile, level=level)
    against = _against(effect, other.effect, level) if other.effect is not None else None
    return replace(found, control=other, against_control=against)


def _length(rows: pd.DataFrame, day: npt.NDArray[np.int64], split: int) -> int:
    span = int(day.max()) + 1 - int(day.min())
    failures = float((rows["failed"].to_numpy(bool) * rows["n"].to_numpy(float)).sum())
    shorter = min(split - int(day.min()), int(day.max()) + 1 - split)
    best = 1
    for weeks in (1, 2, LONGEST_PERIOD):
        if weeks > 1 and shorter < FEWEST_PERIODS * 7 * weeks:
            break
        best = weeks
        if failures * 7 * weeks / max(span, 1) >= FAILURES_PER_PERIOD:
            break
    return best


def _usable(periods: pd.DataFrame, at: pd.Timestamp) -> pd.DataFrame:
    """The periods with exposure, with counts ``k`` of ``size`` and whether each comes after the change."""
    table = periods.sort_values("start", kind="stable").reset_index(drop=True) if len(periods) else periods.copy()
    if not len(table):
        return table.assign(k=[], size=[], after=[])
    table["size"] = (table["n_effective"] if "n_effective" in table else table["n"]).astype(float)
    weighted = "rate" in table and "n_effective" in table
    table["k"] = (table["rate"].fillna(0.0) * table["n_effective"] if weighted else table["failed"]).astype(float)
    if "rate" not in table:
        table["rate"] = table["failed"] / table["n"].where(table["n"] > 0)
    table["after"] = table["start"] >= at.floor("D")
    return table.loc[table["size"] > 0].reset_index(drop=True)


def _problem(table: pd.DataFrame) -> tuple[str, str] | None:
    """Why no effect can be estimated, and what would allow it."""
    after = table["after"].to_numpy(bool) if len(table) else np.zeros(0, bool)
    failed, n = table["failed"].to_numpy(float), table["n"].to_numpy(float)
    sides = (("before", ~after), ("after", after))
    for name, side in sides:
        if int(side.sum()) < FEWEST_PERIODS:
            held = int(side.sum())
            lie = "No whole period with requests lies" if not held else f"Only {held} whole periods with requests lie"
            lie = "Only one whole period with requests lies" if held == 1 else lie
            return (
                f"{lie} {name} the change; a trend needs at least {FEWEST_PERIODS}.",
                "A longer series would allow it." if name == "before" else "Looking again later would allow it.",
            )
    if failed.sum() < FEWEST_FAILURES:
        return (
            f"There are fewer than {FEWEST_FAILURES} failures in all, too few to tell a step from chance.",
            "More requests whose outcome is known would allow it.",
        )
    for name, side in sides:
        if failed[side].sum() < FEWEST_PER_SIDE:
            return (
                f"Fewer than {FEWEST_PER_SIDE} failures lie {name} the change, so a ratio of rates has no footing.",
                "More requests from that side would allow it.",
            )
    if (failed >= n).all():
        return "Every request failed, so the rate could not step.", "Requests that did not fail would allow it."
    return None


def _pairs(table: pd.DataFrame, season: int | None) -> int:
    if season is not None:
        return season
    months = (table["end"].max() - table["start"].min()) / pd.Timedelta(days=_MONTH)
    wanted = 2 if months >= TWO_PAIRS_MONTHS else 1 if months >= SEASON_MONTHS else 0
    # Each pair takes two degrees of freedom: at least twelve must be left.
    return int(max(min(wanted, (len(table) - _TERMS - 12) // 2), 0))


def _clock(table: pd.DataFrame, at: pd.Timestamp) -> tuple[FloatArray, FloatArray, FloatArray]:
    """For each period: its middle in years from the change, its time of year, and years since the change."""
    half = (table["end"] - table["start"]) / 2
    middle: FloatArray = np.asarray((table["start"] + half - at) / pd.Timedelta(days=_YEAR), dtype=np.float64)
    offset = float(at.day_of_year) / _YEAR
    phase: FloatArray = np.mod(middle + offset, 1.0)
    since: FloatArray = np.maximum(middle, 0.0)
    return middle, phase, since


def _method(fit: SegmentedFit, pairs: int, trend: bool, errors: str, quantile: str) -> str:
    terms = "step and trend" if trend else "step (too few failures on a side for a trend)"
    season = f", {pairs} pair{'s' if pairs > 1 else ''} of yearly terms" if pairs else ""
    near = ", first-order autocorrelation averaged over its restricted likelihood" if errors == "ar1" else ""
    reach = f"t interval on {fit.freedom} degrees of freedom" if quantile == "t" else "normal interval"
    return f"segmented quasi-Poisson regression with exposure offset, {terms}{season}{near}; {reach}"


def _ratio(fit: SegmentedFit, column: int, n: float, method: str, level: float) -> Estimate:
    value, error = fit.combination(np.eye(len(fit.coefficients))[column])
    low, high = value - fit.critical * error, value + fit.critical * error
    return Estimate(_exp(value), _exp(low), _exp(high), n, None, method, level)


def _exp(value: float) -> float:
    return math.exp(min(max(value, -700.0), 700.0))


def _slope(
    y: FloatArray, size: FloatArray, design: FloatArray, errors: str, quantile: str, method: str, level: float
) -> tuple[Estimate | None, float]:
    try:
        fit = fit_segmented(y, size, design, errors=errors, quantile=quantile, level=level)
    except (ValueError, np.linalg.LinAlgError):
        return None, math.nan
    last = design.shape[1] - 1
    return _ratio(fit, last, float(size.sum()), f"{method}, with a change of trend", level), fit.p_value(
        np.eye(last + 1)[last]
    )


def _residual_tests(residuals: FloatArray) -> tuple[float, float]:
    """Durbin and Watson's statistic, and the p-value of Ljung and Box over a fifth of the periods, at most ten."""
    from statsmodels.stats.diagnostic import acorr_ljungbox
    from statsmodels.stats.stattools import durbin_watson

    if not float(np.abs(residuals).sum()) > 0:
        return math.nan, math.nan
    lags = max(1, min(10, len(residuals) // 5))
    return float(durbin_watson(residuals)), float(acorr_ljungbox(residuals, lags=[lags])["lb_pvalue"].iloc[0])


def _against(own: Estimate, other: Estimate, level: float) -> Estimate:
    """Ratio of two independent ratios, from their logarithms."""
    z = float(special.ndtri((1 + level) / 2))
    errors = [(math.log(one.high) - math.log(one.low)) / (2 * z) for one in (own, other)]
    centre = math.log(own.value) - math.log(other.value)
    reach = z * math.hypot(*errors)
    method = "step in the segment over the step elsewhere, each by segmented regression"
    return Estimate(_exp(centre), _exp(centre - reach), _exp(centre + reach), own.n + other.n, None, method, level)


def _added(table: pd.DataFrame, effect: Estimate) -> Estimate:
    """Failures since the change that the step accounts for, in the requests that the sample stands for."""
    since = table.loc[table["after"]]
    stands = since["population"].astype(float) if "population" in table else since["n"].astype(float)
    seen = float((since["rate"].fillna(0.0) * stands).sum())
    value, low, high = (seen * (1 - 1 / max(ratio, 1e-12)) for ratio in (effect.value, effect.low, effect.high))
    method = "failures since the change times (1 - 1 / rate ratio)"
    return Estimate(value, low, high, float(since["n"].sum()), None, method, effect.level)


def _lines(table: pd.DataFrame, fit: SegmentedFit, design: FloatArray) -> pd.DataFrame:
    """Add the fitted rate, and the rate without the change with its interval."""
    without = design.copy()
    without[:, 1] = 0.0
    line = without @ fit.coefficients
    error = np.sqrt(np.maximum(np.einsum("ij,jk,ik->i", without, fit.covariance, without), 0.0))
    hidden = ~table["after"].to_numpy(bool)
    bands = {
        "expected": np.exp(line),
        "expected_low": np.exp(line - fit.critical * error),
        "expected_high": np.exp(line + fit.critical * error),
    }
    table = table.assign(fitted=np.exp(design @ fit.coefficients))
    for name, values in bands.items():
        table[name] = np.where(hidden, np.nan, np.minimum(values, 1.0) if (table["rate"] <= 1).all() else values)
    return table
