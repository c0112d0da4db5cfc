"""Time to an event when some have not had it yet: Kaplan-Meier, its quantiles, restricted means and the log-rank test.

The curve and the log-rank test are those of statsmodels. Quantile limits are read off log-log bands here, because
statsmodels leaves them undefined where the curve falls in one step; the restricted mean it does not have.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
from scipy import special

from rca_lib.analysis.intervals import Estimate

__all__ = [
    "GREENWOOD",
    "LOG_LOG",
    "QUANTILE",
    "LogRank",
    "SurvivalCurve",
    "kaplan_meier",
    "log_rank",
    "restricted_mean_difference",
]

LOG_LOG = "Kaplan-Meier, log-log interval"
QUANTILE = "Kaplan-Meier, Brookmeyer-Crowley interval with the log-log transform"
GREENWOOD = "area under the Kaplan-Meier curve, Greenwood's variance"

FloatArray = npt.NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class SurvivalCurve:
    """A Kaplan-Meier curve.

    Attributes
    ----------
    times : moments at which an event happened, ascending; in the unit of the input.
    survival, low, high : share that has not had the event just after each, with log-log limits.
    at_risk, events : how many were watched just before each, and how many had the event at it.
    durations : how long each unit was watched, ascending.
    n, k : units, and those that had the event.
    level : the coverage that the intervals aim at.
    """

    times: FloatArray
    survival: FloatArray
    low: FloatArray
    high: FloatArray
    at_risk: FloatArray
    events: FloatArray
    durations: FloatArray
    n: int
    k: int
    level: float = 0.95

    def quantile(self, share: float) -> Estimate:
        """Time by which `share` of the units have had the event.

        It is ``inf`` where the curve does not fall so far, and so is a limit that cannot be bounded.

        References
        ----------
        Brookmeyer and Crowley, Biometrics 1982;38:29-41; the log-log transform as in Klein and Moeschberger 2003, 4.5.

        Examples
        --------
        >>> kaplan_meier([1, 2, 3, 4, 5], [1, 1, 1, 1, 1]).quantile(0.5).value
        3.0
        """
        if not self.n:
            return Estimate(math.nan, 0.0, math.inf, 0, 0, QUANTILE, self.level)
        value, low, high = (
            _first_at_most(self.times, curve, 1 - share) for curve in (self.survival, self.low, self.high)
        )
        return Estimate(value, min(low, value), max(high, value), self.n, self.k, QUANTILE, self.level)

    def at(self, time: float) -> Estimate:
        """Share that has not had the event by `time`; beyond the longest time watched only its bounds are known."""
        if not self.n:
            return Estimate(math.nan, 0.0, 1.0, 0, 0, LOG_LOG, self.level)
        place = int(np.searchsorted(self.times, time, side="right")) - 1
        value, low, high = (1.0, 1.0, 1.0) if place < 0 else (
            float(self.survival[place]), float(self.low[place]), float(self.high[place])
        )  # fmt: skip
        if time > self.durations[-1] and value > 0:
            return Estimate(math.nan, 0.0, high, self.n, self.k, LOG_LOG, self.level)
        return Estimate(value, low, high, self.n, self.k, LOG_LOG, self.level)

    def restricted_mean(self, horizon: float) -> Estimate:
        """Mean time to the event, counted up to `horizon`: the area under the curve.

        Raises
        ------
        ValueError
            When `horizon` is not above 0, or lies beyond what was watched of a curve that has not reached 0.

        References
        ----------
        Klein and Moeschberger, Survival Analysis, 2003, section 4.5; Royston and Parmar, BMC Med Res Methodol 2013;13:152.

        Examples
        --------
        >>> kaplan_meier([1, 2, 3], [1, 1, 1]).restricted_mean(3).value
        2.0
        """
        if not self.n:
            return Estimate(math.nan, 0.0, horizon, 0, 0, GREENWOOD, self.level)
        value, variance = self._area(horizon)
        reach = _z(self.level) * math.sqrt(variance)
        return Estimate(
            value, max(value - reach, 0.0), min(value + reach, horizon), self.n, self.k, GREENWOOD, self.level
        )

    def _area(self, horizon: float) -> tuple[float, float]:
        """Area under the curve up to `horizon`, and its variance by Greenwood."""
        if not horizon > 0 or (horizon > self.durations[-1] and (not len(self.times) or self.survival[-1] > 0)):
            raise ValueError(f"The horizon must lie between 0 and the longest time watched: got {horizon}.")
        inside = self.times < horizon
        edges = np.concatenate([[0.0], self.times[inside], [horizon]])
        heights = np.concatenate([[1.0], self.survival[inside]])
        areas = np.diff(edges) * heights
        later = areas[::-1].cumsum()[::-1][1:]
        left = self.at_risk[inside] - self.events[inside]
        some = left > 0  # where nobody is left, no area is left either
        jumps = self.events[inside][some] / (self.at_risk[inside][some] * left[some])
        variance = float(np.sum(later[some] ** 2 * jumps))
        return float(areas.sum()), variance

    def watched(self, times: npt.ArrayLike) -> npt.NDArray[np.int64]:
        """How many units are still watched, without the event, just before each of `times`."""
        return len(self.durations) - np.searchsorted(self.durations, np.asarray(times, float), side="left")


@dataclass(frozen=True)
class LogRank:
    """Whether curves differ: chi-squared on `df` degrees of freedom and its p-value; ``nan`` where nothing compares."""

    chi2: float
    df: int
    p: float
    n: int
    method: str = "log-rank test"


def kaplan_meier(time: npt.ArrayLike, event: npt.ArrayLike, *, level: float = 0.95) -> SurvivalCurve:
    """Estimate the share that has not had the event, over time.

    Parameters
    ----------
    time : how long each unit was watched, none negative; units without a time are left out.
    event : whether the event ended the watching; otherwise the unit is censored.

    Raises
    ------
    ValueError
        When a time is negative or the lengths differ.

    References
    ----------
    Kaplan and Meier, JASA 1958;53:457-481; limits of Kalbfleisch and Prentice 1980 on log(-log S).

    Examples
    --------
    >>> curve = kaplan_meier([6, 6, 6, 6, 7, 9], [1, 1, 1, 0, 1, 0])
    >>> curve.survival.tolist()
    [0.5, 0.25]
    """
    times, events = _checked(time, event)
    durations = np.sort(times)
    if not events.any():
        none = np.zeros(0)
        return SurvivalCurve(none, none, none, none, none, none, durations, len(times), 0, level)
    from statsmodels.duration.survfunc import SurvfuncRight

    with np.errstate(divide="ignore", invalid="ignore"):
        found = SurvfuncRight(times, events.astype(int))
    happened = np.asarray(found.n_events, float) > 0
    survival = np.asarray(found.surv_prob, float)[happened]
    survival = np.where(survival < 1e-12, 0.0, survival)
    low, high = _log_log(survival, np.asarray(found.surv_prob_se, float)[happened], level)
    return SurvivalCurve(
        np.asarray(found.surv_times, float)[happened],
        survival,
        low,
        high,
        np.asarray(found.n_risk, float)[happened],
        np.asarray(found.n_events, float)[happened],
        durations,
        len(times),
        int(events.sum()),
        level,
    )


def restricted_mean_difference(first: SurvivalCurve, second: SurvivalCurve, horizon: float) -> Estimate:
    """Mean time to the event up to `horizon` in `second` less that in `first`, in the unit of the curves.

    It needs no proportional hazards. Where a curve has no units it is ``nan``, with the widest interval possible.

    Raises
    ------
    ValueError
        As `SurvivalCurve.restricted_mean`.

    References
    ----------
    Royston and Parmar, BMC Med Res Methodol 2013;13:152.

    Examples
    --------
    >>> one, other = kaplan_meier([1, 2, 3], [1, 1, 1]), kaplan_meier([2, 3, 4], [1, 1, 1])
    >>> round(restricted_mean_difference(one, other, 4).value, 6)
    1.0
    """
    n, k = first.n + second.n, first.k + second.k
    if not first.n or not second.n:
        return Estimate(math.nan, -horizon, horizon, n, k, GREENWOOD, first.level)
    (start, start_variance), (end, end_variance) = first._area(horizon), second._area(horizon)
    value, reach = end - start, _z(first.level) * math.sqrt(start_variance + end_variance)
    low, high = max(value - reach, -horizon), min(value + reach, horizon)
    return Estimate(value, low, high, n, k, GREENWOOD, first.level)


def log_rank(time: npt.ArrayLike, event: npt.ArrayLike, group: npt.ArrayLike) -> LogRank:
    """Compare the curves of two or more groups with equal weight to every event.

    Examples
    --------
    >>> test = log_rank([1, 2, 3, 4, 5, 6], [1] * 6, [0, 0, 0, 1, 1, 1])
    >>> round(test.chi2, 2), test.df
    (5.05, 1)
    """
    times, events = _checked(time, event)
    groups = np.unique(np.asarray(group), return_inverse=True)[1]
    df = int(groups.max()) if len(groups) else 0
    if df < 1 or not events.any():
        return LogRank(math.nan, df, math.nan, len(times))
    from statsmodels.duration.survfunc import survdiff

    try:
        with np.errstate(divide="ignore", invalid="ignore"):
            chi2, p = survdiff(times, events.astype(int), groups)
    except np.linalg.LinAlgError:  # a group in which nobody was ever at risk when an event happened
        return LogRank(math.nan, df, math.nan, len(times))
    return LogRank(float(chi2), df, float(p), len(times))


def _checked(time: npt.ArrayLike, event: npt.ArrayLike) -> tuple[FloatArray, npt.NDArray[np.bool_]]:
    times, events = np.asarray(time, float), np.asarray(event).astype(bool)
    if times.shape != events.shape:
        raise ValueError("Times and events must be of equal length.")
    if bool((times < 0).any() or np.isnan(times).any()):
        raise ValueError("A time to an event cannot be negative or missing.")
    return times, events


def _log_log(survival: FloatArray, error: FloatArray, level: float) -> tuple[FloatArray, FloatArray]:
    """Limits on log(-log S); once the curve reaches 0 the upper limit stays where it last was."""
    some = (survival > 0) & (survival < 1)
    inner = np.where(some, survival, 0.5)
    power: Any = np.exp(_z(level) * np.where(some, error, 0.0) / (inner * np.abs(np.log(inner))))
    low = np.where(some, inner**power, survival)
    high = np.where(some, inner ** (1 / power), survival)
    if len(survival) and survival[-1] == 0:
        high[-1] = high[-2] if len(survival) > 1 else 1.0
    return low, high


def _first_at_most(times: FloatArray, curve: FloatArray, level: float) -> float:
    # A share such as 0.5 may come out a rounding error above itself.
    reached = np.flatnonzero(curve <= level + 1e-12)
    return float(times[reached[0]]) if reached.size else math.inf


def _z(level: float) -> float:
    return float(special.ndtri((1 + level) / 2))
