"""Signals: whether a series moves more than chance allows, by which rule, and how often that rule fires by chance.

Run rules are asked first, about the median of the points that are judged; the limits only where no run rule fires
(Anhoej and Wentzel-Larsen, BMC Medical Research Methodology 2018;18:104). Three-sigma limits alone fire in one stable
series of two dozen periods out of ten and more, so a point counts as a signal only when it lies so far out that few
stable series of the same length have one like it. Both rules together fire in at most `JOINT_FALSE_ALARM` of them.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy import special

from rca_lib.analysis.charts import (
    Runs,
    extreme_chance,
    run_rule_false_alarm,
    runs_about,
)
from rca_lib.analysis.control_charts import CHARTS, T_POWER, control_points

__all__ = ["FEWEST_POINTS", "JOINT_FALSE_ALARM", "Judgement", "Signal", "judge", "signal", "tails"]

FloatArray = npt.NDArray[np.float64]

JOINT_FALSE_ALARM = 0.10
"""Share of stable series in which the two rules together may fire."""

MOST_OUTSIDE, FEWEST_OUTSIDE = 0.05, 0.01
"""Bounds of the part of `JOINT_FALSE_ALARM` that the limits are given."""

FEWEST_POINTS = 8
"""Points below which rules have nothing to go on."""

MOVING_RANGE_FREEDOM = 1 / (2 * 0.826)
"""Degrees of freedom that each moving range is worth: the mean of m has a relative variance of 0.826 / m."""


@dataclass(frozen=True)
class Judgement:
    """What the rules say of a series.

    Attributes
    ----------
    rule : ``"shift"`` (run rules), ``"outside limits"`` or ``None``.
    sentence : what fired, and how often it does so by chance; or that nothing did.
    false_alarm : how often the rule that fired does so in a stable series of this length; ``None`` without one.
    joint_false_alarm : how often either rule fires in a stable series of this length, at most.
    direction : ``"rise"`` or ``"fall"`` of what is plotted, where the rule tells, else ``None``.
    """

    rule: str | None
    sentence: str
    false_alarm: float | None
    joint_false_alarm: float
    direction: str | None = None


@dataclass(frozen=True, eq=False)
class Signal:
    """A series on its chart, and what the rules say of it.

    Attributes
    ----------
    chart, label : the chart's letter (a key of `rca_lib.analysis.control_charts.CHARTS`) and its name.
    why : why this chart.
    points : one row per point: see `control_points`, with ``judged``.
    centre : the centre line of the last phase.
    runs : run counts of each phase, about its median.
    judgement : rule, sentence, false-alarm rates.
    method : how it was made.
    ok, reason, would_allow : whether it could be judged; if not, why, and what would allow it.
    """

    chart: str
    label: str
    why: str
    points: pd.DataFrame
    centre: float
    runs: tuple[Runs, ...]
    judgement: Judgement
    method: str
    ok: bool = True
    reason: str = ""
    would_allow: str = ""

    @property
    def rule(self) -> str | None:
        """The rule that fired."""
        return self.judgement.rule

    @property
    def sentence(self) -> str:
        """What fired, and how often it does so by chance."""
        return self.judgement.sentence

    @property
    def false_alarm(self) -> float | None:
        """How often the rule that fired does so in a stable series of this length."""
        return self.judgement.false_alarm

    @property
    def limits(self) -> tuple[FloatArray, FloatArray]:
        """Lower and upper three-sigma limits of each point."""
        return self.points["lcl"].to_numpy(float), self.points["ucl"].to_numpy(float)


def signal(
    chart: str,
    counts: npt.ArrayLike,
    sizes: npt.ArrayLike | None = None,
    *,
    starts: Sequence[int] = (),
    baseline: npt.ArrayLike | None = None,
    exclude: Sequence[int] = (),
    judged: npt.ArrayLike | None = None,
    screened: bool = False,
    why: str = "",
    unit: tuple[str, str] = ("period", "periods"),
) -> Signal:
    """Put a series on a chart and judge it.

    Parameters
    ----------
    chart, counts, sizes, starts, baseline, exclude, screened : as in `control_points`.
    judged : which points are judged, as booleans; unfinished ones are not. Points left out of the limits by `exclude` do
        not enter the run rules, and are judged by the limits.
    why : why this chart, for the record.
    unit : what a point is called.

    Examples
    --------
    >>> shifted = signal("c", [4, 5, 3, 4, 6, 3, 5, 4, 12, 11, 13, 12, 11, 14, 12, 13])
    >>> shifted.rule
    'shift'
    """
    points = control_points(chart, counts, sizes, starts=starts, baseline=baseline, exclude=exclude, screened=screened)
    looked = np.ones(len(points), bool) if judged is None else np.asarray(judged, bool)
    looked = looked & np.isfinite(points["value"].to_numpy(float))
    points["judged"] = looked
    points["outside"] = points["outside"].to_numpy(bool) & looked
    in_runs = looked.copy()
    in_runs[list(exclude)] = False
    values, phase = points["value"].to_numpy(float), points["phase"].to_numpy(int)
    runs = tuple(_runs(values[in_runs & (phase == one)]) for one in range(int(phase.max()) + 1 if len(phase) else 0))
    label = CHARTS[chart]
    centre = float(points["centre"].iloc[-1]) if len(points) else float("nan")
    method = f"{label}; run rules (Anhoej) about the median of each phase, then the limits"
    if looked.sum() < FEWEST_POINTS:
        reason = f"Only {int(looked.sum())} {unit[1] if looked.sum() != 1 else unit[0]} can be judged; rules need {FEWEST_POINTS}."
        nothing = Judgement(None, reason, None, 0.0)
        allow = f"{FEWEST_POINTS} finished {unit[1]} would allow it."
        return Signal(chart, label, why, points, centre, runs, nothing, method, False, reason, allow)
    low, high = tails(chart, points, np.asarray(counts, float))
    found = judge(
        runs,
        low[looked],
        high[looked],
        int(points["outside"].sum()),
        three_sigma=_three_sigma(chart, points[looked]),
        above=int((points["value"] > points["ucl"])[looked].sum()),
        high_side=_side_of_longest(values[in_runs], phase[in_runs]),
        unit=unit,
    )
    return Signal(chart, label, why, points, centre, runs, found, method)


def judge(
    runs: Sequence[Runs],
    lower_tail: FloatArray,
    upper_tail: FloatArray,
    outside: int,
    *,
    three_sigma: float | None = None,
    above: int = 0,
    high_side: bool | None = None,
    unit: tuple[str, str] = ("period", "periods"),
) -> Judgement:
    """Ask the run rules, then the limits.

    Parameters
    ----------
    runs : run counts of each phase, about the median of its own points.
    lower_tail, upper_tail : for each judged point, the chance of a value as low, and as high, when nothing changed.
    outside, above : how many points lie outside the three-sigma limits, and how many of these above.
    three_sigma : how often a stable series has a point outside these limits; ``None`` where that is not known.
    high_side : whether the longest run lies above the median.
    unit : what a point is called.

    Examples
    --------
    >>> judge([Runs(24, 5, 8, 12, 8)], np.array([0.4]), np.array([0.6]), 0).rule is None
    True
    """
    by_runs = _any_of([run_rule_false_alarm(one.useful, own_median=True) for one in runs])
    level = max(FEWEST_OUTSIDE, min(MOST_OUTSIDE, JOINT_FALSE_ALARM - by_runs))
    joint = _any_of([by_runs, level])
    fired = next((one for one in runs if one.signal), None)
    if fired is not None:
        too_long = fired.longest > fired.longest_allowed
        what = (
            f"{fired.longest} {unit[1]} in a row lie on one side of the median, where chance gives at most {fired.longest_allowed}"
            if too_long
            else f"the median is crossed {fired.crossings} times, where chance gives {fired.crossings_needed} or more"
        )
        direction = None if high_side is None or not too_long else "rise" if high_side else "fall"
        text = f"Run rule: {what}; it fires in {_about(by_runs)} of stable series."
        return Judgement("shift", text, by_runs, joint, direction)
    noun = f"{outside} {unit[0] if outside == 1 else unit[1]} {'lies' if outside == 1 else 'lie'} outside the limits"
    chance = extreme_chance(lower_tail, upper_tail)
    if outside and chance <= level:
        text = f"Three-sigma rule: {noun}, as far out as in {_about(chance)} of stable series of this length."
        direction = "rise" if 2 * above > outside else "fall" if 2 * above < outside else None
        return Judgement("outside limits", text, chance, joint, direction)
    if outside:
        usual = (
            ""
            if three_sigma is None
            else f"; in {_about(three_sigma)} of stable series of this length at least one does"
        )
        return Judgement(None, f"No rule fires: {noun}{usual}, so that alone is no signal.", None, joint)
    return Judgement(None, f"No rule fires: the {unit[1]} move as those of a stable series do.", None, joint)


def tails(chart: str, points: pd.DataFrame, counts: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Chance of a value as low, and as high, as each point's when nothing changed in its phase.

    Points that helped to set the centre are judged by the binomial, Poisson or geometric distribution about it; later
    points by its predictive distribution, since a centre from few failures is itself uncertain. Charts whose limits come
    from moving ranges use Student's t. A run chart gives ``nan``.

    Parameters
    ----------
    chart : the chart's letter.
    points : from `control_points`.
    counts : what was counted (or measured) at each point.
    """
    low, high = np.full(len(points), np.nan), np.full(len(points), np.nan)
    for _, rows in points.groupby("phase"):
        here = rows.index.to_numpy()
        below, above = _phase_tails(chart, rows, counts[here])
        low[here], high[here] = below, above
    return low, high


def _phase_tails(chart: str, rows: pd.DataFrame, x: FloatArray) -> tuple[FloatArray, FloatArray]:
    n, base = rows["size"].to_numpy(float), rows["baseline"].to_numpy(bool)
    centre = float(rows["centre"].iloc[0])
    # Weighted counts are not whole; the nearest whole number that is less extreme counts.
    down, up = np.floor(x + 1e-9), np.ceil(x - 1e-9) - 1
    if chart == "run" or not np.isfinite(centre):
        return np.full(len(x), np.nan), np.full(len(x), np.nan)
    if chart in {"i", "t", "p'", "u'"}:
        return _t_tails(chart, rows, base)
    if chart == "g":
        stay = centre / (centre + 1)
        return 1 - stay ** (down + 1), stay ** (up + 1)
    hits, units = float(x[base].sum()), float(n[base].sum())
    if chart == "p":
        known = special.bdtr(np.clip(down, 0, n), n.astype(int), centre), _binomial_above(up, n, centre)
        from scipy.stats import betabinom

        later = betabinom(np.round(n).astype(int), hits + 0.5, max(units - hits, 0.0) + 0.5)
    else:
        known = special.pdtr(down, centre * n), np.where(up >= 0, special.pdtrc(np.maximum(up, 0), centre * n), 1.0)
        from scipy.stats import nbinom

        later = nbinom(hits + 0.5, units / (units + n))
    if base.all():
        return known
    return np.where(base, known[0], later.cdf(down)), np.where(base, known[1], later.sf(up))


def _binomial_above(up: FloatArray, n: FloatArray, centre: float) -> FloatArray:
    return np.where(up >= 0, special.bdtrc(np.clip(up, 0, n), n.astype(int), centre), 1.0)


def _t_tails(chart: str, rows: pd.DataFrame, base: npt.NDArray[np.bool_]) -> tuple[FloatArray, FloatArray]:
    value, centre = rows["value"].to_numpy(float), float(rows["centre"].iloc[0])
    if chart == "t":
        value, centre = value**T_POWER, centre**T_POWER
    sigma = rows["sigma"].to_numpy(float)
    # A later point differs from the centre also by the error of the centre.
    sigma = np.where(base, sigma, sigma * np.sqrt(1 + 1 / max(base.sum(), 1)))
    with np.errstate(divide="ignore", invalid="ignore"):
        z = np.where(sigma > 0, (value - centre) / sigma, 0.0)
    freedom = max((base.sum() - 1) * MOVING_RANGE_FREEDOM, 1.0)
    return np.asarray(special.stdtr(freedom, z)), np.asarray(special.stdtr(freedom, -z))


def _three_sigma(chart: str, rows: pd.DataFrame) -> float | None:
    """How often a stable series has at least one point outside its three-sigma limits."""
    lower, upper = rows["lcl"].to_numpy(float), rows["ucl"].to_numpy(float)
    n, centre = rows["size"].to_numpy(float), rows["centre"].to_numpy(float)
    with np.errstate(invalid="ignore"):
        top, bottom = np.floor(upper * n + 1e-9), np.ceil(lower * n - 1e-9) - 1
        if chart == "p":
            out = _binomial_above(np.minimum(top, n), n, 0.5)
            out = np.where(top >= 0, special.bdtrc(np.clip(top, 0, n), n.astype(int), centre), 1.0)
            out = out + np.where(bottom >= 0, special.bdtr(np.clip(bottom, 0, n), n.astype(int), centre), 0.0)
        elif chart in {"u", "c"}:
            out = special.pdtrc(np.maximum(top, 0), centre * n)
            out = out + np.where(bottom >= 0, special.pdtr(np.maximum(bottom, 0), centre * n), 0.0)
        elif chart == "g":
            out = (centre / (centre + 1)) ** (np.floor(upper + 1e-9) + 1)
        elif chart in {"i", "t", "p'", "u'"}:
            freedom = max((rows["baseline"].sum() - 1) * MOVING_RANGE_FREEDOM, 1.0)
            out = np.full(len(rows), 2 * float(special.stdtr(freedom, -3.0)))
        else:
            return None
    return float(1 - np.prod(1 - np.clip(np.nan_to_num(out), 0, 1)))


def _runs(values: FloatArray) -> Runs:
    return runs_about(values, float(np.median(values)) if len(values) else 0.0)


def _side_of_longest(values: FloatArray, phase: npt.NDArray[np.int64]) -> bool | None:
    """Whether the longest run of the first phase that signals lies above its median."""
    for one in range(int(phase.max()) + 1 if len(phase) else 0):
        here = values[phase == one]
        if not _runs(here).signal:
            continue
        side = np.sign(here - np.median(here))
        side = side[side != 0]
        turns = np.concatenate([[-1], np.flatnonzero(np.diff(side)), [len(side) - 1]])
        return bool(side[turns[int(np.diff(turns).argmax()) + 1]] > 0)
    return None


def _any_of(chances: Sequence[float]) -> float:
    return float(1 - np.prod([1 - chance for chance in chances]))


def _about(chance: float) -> str:
    return f"about {chance:.0%}" if chance >= 0.01 else "less than 1%"
