"""XmR charts read by the NHS rules of "Making data count": which points are special, and whether a target is met.

References
----------
NHS England, Making Data Count; the package NHSRplotthedots (point rules, screened moving ranges, assurance).
"""

from __future__ import annotations

import itertools
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import numpy.typing as npt
import pandas as pd

from rca_lib.analysis.control_charts import moving_range_mean

__all__ = ["COMMON_CAUSE", "XMR_RULES", "XmR", "assurance", "point_rules", "xmr", "xmr_false_alarm"]

FloatArray = npt.NDArray[np.float64]
BoolArray = npt.NDArray[np.bool_]

NATURAL_LIMITS = 2.66
"""Reach of the limits in mean moving ranges, as the NHS standard rounds it."""

COMMON_CAUSE = "common cause"
XMR_RULES = ("outside the limits", "seven points trending", "two of three near a limit", "seven points on one side")
"""Rules in the order in which they name a point."""

RUN = 7
SIMULATIONS = 2000
SEED = 20240229


@dataclass(frozen=True, eq=False)
class XmR:
    """A series of measurements on an XmR chart.

    Attributes
    ----------
    frame : one row per point: ``value, phase, mean, lpl, upl, moving_range, rule`` (one of `XMR_RULES` or
        `COMMON_CAUSE`), ``special`` and ``concern`` (special on the side that is worse; ``False`` without a direction).
    mean, lower, upper : of the last phase.
    mean_moving_range : of the last phase, screened where that was asked for.
    rule : the first rule of `XMR_RULES` that named a point, or ``None``.
    false_alarm : how often any rule names a point in a stable series of this length.
    assurance : ``"pass"``, ``"fail"``, ``"inconsistent"``, or ``None`` without a target.
    method : how it was made.
    """

    frame: pd.DataFrame
    mean: float
    lower: float
    upper: float
    mean_moving_range: float
    rule: str | None
    false_alarm: float
    assurance: str | None
    method: str


def xmr(
    values: npt.ArrayLike,
    *,
    starts: tuple[int, ...] = (),
    baseline: int | None = None,
    screened: bool = True,
    target: float | None = None,
    higher_is_better: bool | None = None,
) -> XmR:
    """Put measurements on an XmR chart and read it by the NHS rules.

    Parameters
    ----------
    values : one measurement per period, in order.
    starts : positions at which limits are worked out anew.
    baseline : how many first points of each phase set its limits; all by default.
    screened : leave moving ranges of 3.267 times their mean and more out of the mean, once.
    target : a value to be reached; needs `higher_is_better`.
    higher_is_better : which way improvement lies; ``None`` where neither way is.

    Raises
    ------
    ValueError
        When there are no values.

    Examples
    --------
    >>> chart = xmr([5, 6, 5, 4, 5, 6, 5, 4, 5, 6, 5, 14])
    >>> chart.frame["rule"].iloc[-1], chart.rule
    ('outside the limits', 'outside the limits')
    """
    y = np.asarray(values, float)
    if not len(y):
        raise ValueError("An XmR chart needs at least one value.")
    edges = [0, *sorted({start for start in starts if 0 < start < len(y)}), len(y)]
    parts: list[pd.DataFrame] = []
    rules_fired: list[str] = []
    chances = []
    for phase, (first, last) in enumerate(itertools.pairwise(edges)):
        here = y[first:last]
        mean, ranges = _limits(here[:baseline], screened)
        rules = point_rules(here, mean, NATURAL_LIMITS * ranges)
        rules_fired += [rule for rule in rules if rule != COMMON_CAUSE]
        chances.append(xmr_false_alarm(len(here), screened=screened, baseline=baseline))
        reach = NATURAL_LIMITS * ranges
        worse = np.sign(here - mean) * (0 if higher_is_better is None else -1 if higher_is_better else 1)
        frame = pd.DataFrame({"value": here, "phase": phase, "mean": mean, "lpl": mean - reach, "upl": mean + reach})
        frame["moving_range"] = np.concatenate([[np.nan], np.abs(np.diff(here))])
        frame["rule"] = rules
        frame["special"] = frame["rule"] != COMMON_CAUSE
        frame["concern"] = frame["special"] & (worse > 0)
        parts.append(frame)
    whole = pd.concat(parts, ignore_index=True)
    lower, upper = float(whole["lpl"].iloc[-1]), float(whole["upl"].iloc[-1])
    return XmR(
        frame=whole,
        mean=float(whole["mean"].iloc[-1]),
        lower=lower,
        upper=upper,
        mean_moving_range=(upper - lower) / (2 * NATURAL_LIMITS),
        rule=next((rule for rule in XMR_RULES if rule in rules_fired), None),
        false_alarm=1 - float(np.prod(1 - np.asarray(chances))),
        assurance=assurance(lower, upper, target, higher_is_better),
        method=f"XmR chart, limits mean ± 2.66 mean moving ranges{' (screened)' if screened else ''}; NHS point rules",
    )


def point_rules(values: npt.ArrayLike, mean: float, reach: float) -> list[str]:
    """Name the rule that makes each point special, or `COMMON_CAUSE`.

    In the order of `XMR_RULES`: outside the limits; part of seven points that all rise or all fall; beyond two thirds of
    the way to a limit, in three points on one side of which two or more are; part of seven on one side of the mean.

    Parameters
    ----------
    values, mean : the series and its centre.
    reach : from the mean to a limit.

    Examples
    --------
    >>> point_rules([1, 2, 3, 4, 5, 6, 7], 4, 9)[0]
    'seven points trending'
    """
    y = np.asarray(values, float)
    side = np.sign(y - mean)
    outside = np.abs(y - mean) > reach
    near = ~outside & (np.abs(y - mean) > 2 * reach / 3)
    named = np.full(len(y), COMMON_CAUSE, dtype=object)
    for rule, flags in (
        (XMR_RULES[3], _parts_of_runs(side, RUN)),
        (XMR_RULES[2], near & _two_of_three(near, side)),
        (XMR_RULES[1], _trends(y)),
        (XMR_RULES[0], outside),
    ):
        named[flags] = rule
    return [str(rule) for rule in named]


def assurance(lower: float, upper: float, target: float | None, higher_is_better: bool | None) -> str | None:
    """Say whether a stable process meets a target: always, never, or now and then.

    Examples
    --------
    >>> assurance(80, 90, 95, True), assurance(80, 90, 75, True), assurance(80, 90, 85, True)
    ('fail', 'pass', 'inconsistent')
    """
    if target is None or higher_is_better is None:
        return None
    if target > upper:
        return "fail" if higher_is_better else "pass"
    if target < lower:
        return "pass" if higher_is_better else "fail"
    return "inconsistent"


@lru_cache(maxsize=128)
def xmr_false_alarm(n: int, *, screened: bool = True, baseline: int | None = None) -> float:
    """How often the NHS rules name at least one point among `n` when nothing changed; simulated, with a fixed seed.

    Independent normal values, with limits from the same points (or from the first `baseline`).

    Examples
    --------
    >>> 0.1 < xmr_false_alarm(24) < 0.5
    True
    """
    random = np.random.default_rng(SEED)
    fired = 0
    for row in random.standard_normal((SIMULATIONS, n)):
        mean, ranges = _limits(row[:baseline], screened)
        fired += _any_rule(row, mean, NATURAL_LIMITS * ranges)
    return fired / SIMULATIONS


def _limits(values: FloatArray, screened: bool) -> tuple[float, float]:
    ranges = moving_range_mean(values, screened=screened) if len(values) > 1 else 0.0
    return float(values.mean()), ranges


def _any_rule(y: FloatArray, mean: float, reach: float) -> bool:
    far = np.abs(y - mean)
    if bool((far > reach).any()):
        return True
    side = np.sign(y - mean)
    near = far > 2 * reach / 3
    return bool(_parts_of_runs(side, RUN).any() or (near & _two_of_three(near, side)).any() or _trends(y).any())


def _windows(flags: BoolArray, length: int, n: int) -> BoolArray:
    """Mark every point of each window of `length` points that starts where `flags` is set."""
    marked = np.zeros(n, dtype=int)
    for offset in range(length):
        marked[offset : offset + len(flags)] += flags
    return np.asarray(marked > 0)


def _parts_of_runs(side: FloatArray, length: int) -> BoolArray:
    n = len(side)
    if n < length:
        return np.zeros(n, bool)
    sums = np.convolve(side, np.ones(length), "valid")
    return _windows(np.abs(sums) > length - 0.5, length, n)


def _trends(y: FloatArray) -> BoolArray:
    n = len(y)
    if n < RUN:
        return np.zeros(n, bool)
    sums = np.convolve(np.sign(np.diff(y)), np.ones(RUN - 1), "valid")
    return _windows(np.abs(sums) > RUN - 1.5, RUN, n)


def _two_of_three(near: BoolArray, side: FloatArray) -> BoolArray:
    n = len(side)
    if n < 3:
        return np.zeros(n, bool)
    together = np.abs(np.convolve(side, np.ones(3), "valid")) > 2.5
    enough = np.convolve(near.astype(float), np.ones(3), "valid") > 1.5
    return _windows(together & enough, 3, n)
