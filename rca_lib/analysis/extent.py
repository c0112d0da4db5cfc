"""Is it isolated or systemic: the failure's rate over time, around a moment, and how many requests show it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt
import pandas as pd

from rca_lib.analysis.charts import (
    Runs,
    laney_sigma_z,
    overdispersion_limit,
    p_chart_limits,
    run_rule_false_alarm,
    runs_about,
    sigma_rule_false_alarm,
)
from rca_lib.analysis.intervals import Estimate, newcombe_difference, rate_ratio
from rca_lib.analysis.segments import concentration
from rca_lib.analysis.trials import day_numbers, days_to_timestamps, effective_estimate, group_sums, tally, trials

if TYPE_CHECKING:
    from rca_lib.analysis.onset import Onset
    from rca_lib.analysis.outcome import Outcome

__all__ = [
    "PERIODS",
    "Contrast",
    "RateSeries",
    "SameFailure",
    "Verdict",
    "before_after",
    "concentration",
    "rate_series",
    "same_failure",
    "verdict",
]

PERIODS: dict[int, str] = {1: "week", 2: "two weeks", 4: "four weeks", 13: "quarter"}
"""Lengths in weeks that a series may be cut into, with the words for them."""

EXPECTED_FAILURES = 5
"""Failures that a typical period should hold for limits from a normal approximation to be fair (Montgomery, chapter 7)."""

FEWEST_PERIODS, MOST_PERIODS = 10, 60
"""Periods below which run rules have little to go on, and above which a chart is hard to read."""

FEWEST_BASELINE_PERIODS = 8
SELDOM = 0.1
"""A signal counts towards a verdict when it fires in fewer stable series than this."""

MARKED_RATIO = 1.5
"""How many times as often as the rest, at the least, a segment must fail to count towards a verdict."""

MATURE_SHARE = 0.9
"""Share of a period's requests whose outcome must be final for the period to count."""

FIRST_MONDAY = 4
"""Day number of 5 January 1970, a Monday."""


@dataclass(frozen=True)
class RateSeries:
    """The failure's rate by period, with limits.

    Attributes
    ----------
    frame : one row per period: ``start, end`` (UTC, end excluded), ``n, failed`` (raw counts), ``n_effective``,
        ``rate, low, high`` (95 %), ``centre, lcl, ucl``, ``outside``, ``mature``, ``baseline`` (whether it set the
        limits).
    weeks, period_label, period_reason : the length of a period, its name, and why it was chosen.
    centre : the rate over the baseline periods.
    baseline : which periods set the centre and the limits.
    sigma_z : Laney's factor (1 on a plain p chart).
    runs : the run-rule counts over mature periods.
    signal : one sentence when a rule fired, else ``None``.
    rule : ``"shift"`` (run rules), ``"outside limits"`` or ``None``.
    false_alarm : how often the rule that fired would fire in a series like this if nothing had changed.
    method : how limits and signal were made.
    """

    frame: pd.DataFrame
    weeks: int
    period_label: str
    period_reason: str
    centre: Estimate
    baseline: str
    sigma_z: float
    runs: Runs
    signal: str | None
    rule: str | None
    false_alarm: float | None
    method: str


@dataclass(frozen=True)
class Contrast:
    """The rate before and after a moment.

    Attributes
    ----------
    before, after : rates with their intervals.
    difference, ratio : after minus before (Newcombe), after over before (log interval).
    when : the moment; it belongs to the second part.
    dispersion : how much weeks vary beyond sampling (1 when sampling explains it all).
    note : what to mind when reading the intervals, or an empty text.
    """

    before: Estimate
    after: Estimate
    difference: Estimate
    ratio: Estimate
    when: pd.Timestamp
    dispersion: float
    note: str


@dataclass(frozen=True)
class SameFailure:
    """How many other requests show the same failure.

    Attributes
    ----------
    failures : requests known to have failed, however they came to be looked at.
    at_risk : requests looked at from which the rate is estimated.
    rate : the rate among them.
    population : requests at risk in all, estimated from the sampling weights where only a sample was looked at.
    total : failures in that population with an interval; ``None`` where every request was looked at.
    undetermined : requests at risk whose outcome may still change.
    """

    failures: int
    at_risk: int
    rate: Estimate
    population: float
    total: Estimate | None
    undetermined: int


@dataclass(frozen=True)
class Verdict:
    """Whether the failure is isolated or systemic, and why.

    Attributes
    ----------
    kind : ``"isolated"``, ``"systemic"`` or ``"unclear"``.
    why : one sentence without figures.
    signs : the signs of a systemic failure that were found, among ``"onset"``, ``"signal"``, ``"rise"``,
        ``"concentration"``.
    """

    kind: str
    why: str
    signs: tuple[str, ...]


def rate_series(
    outcome: Outcome, *, period: int | None = None, baseline_until: pd.Timestamp | None = None
) -> RateSeries:
    """Rate of the failure by period with three-sigma limits and run rules.

    Periods start on Mondays (UTC). Limits come from the mature periods before `baseline_until`, or from all mature ones
    where it is not given or leaves too few. They are those of a p chart, or of Laney's p' chart where periods vary more
    than sampling alone would make them. Run rules are asked first, then the limits.

    Parameters
    ----------
    outcome : the failure, one row per request at risk.
    period : weeks per period; chosen from the data where not given.
    baseline_until : the onset or the occurrence; periods that end after it do not set the limits.

    References
    ----------
    Anhoej and Wentzel-Larsen, BMC Medical Research Methodology 2018;18:104. Laney, Quality Engineering 2002;14:531-537.
    """
    rows = trials(outcome, mature=False)
    weeks, reason = (period, "the length that was asked for") if period else _choose_period(rows)
    table = _by_period(rows, weeks)
    mature = table["mature"].to_numpy(bool) & (table["n"].to_numpy() > 0)
    baseline, baseline_label = _baseline(table, mature, baseline_until)
    centre = effective_estimate(rows.loc[baseline[_group(rows, weeks)]]) if len(rows) else effective_estimate(rows)
    sigma_z = _dispersion_factor(table, baseline, centre.value)
    lower, upper = p_chart_limits(centre.value, table["n_effective"].to_numpy(), sigma_z=sigma_z)
    table = table.assign(centre=centre.value, lcl=lower, ucl=upper)
    share = table["rate"].to_numpy(float)
    table["outside"] = mature & ((share > upper) | (share < lower))
    table["baseline"] = baseline
    runs = runs_about(share[mature], float(np.median(share[baseline])) if baseline.any() else centre.value)
    rule, signal, false_alarm = _signal(table, mature, runs, sigma_z)
    chart = "Laney p' chart" if sigma_z > 1 else "p chart"
    return RateSeries(
        frame=table,
        weeks=weeks,
        period_label=PERIODS.get(weeks, f"{weeks} weeks"),
        period_reason=reason,
        centre=centre,
        baseline=baseline_label,
        sigma_z=sigma_z,
        runs=runs,
        signal=signal,
        rule=rule,
        false_alarm=false_alarm,
        method=f"{chart} with limits that follow the size of each period, set by {baseline_label}; Anhoej run rules "
        f"about the median of the same periods; unfinished periods are shown and not judged",
    )


def before_after(outcome: Outcome, when: pd.Timestamp, *, window_days: int | None = None) -> Contrast:
    """Rate before and after `when`, with the difference and the ratio.

    Parameters
    ----------
    when : start of the second part.
    window_days : how far to look on each side; everything where not given.
    """
    rows = trials(outcome)
    split = int(day_numbers(pd.Series([when]))[0])
    day = rows["day"].to_numpy()
    near = np.ones(len(rows), dtype=bool) if window_days is None else np.abs(day - split + 0.5) <= window_days
    earlier, later = rows.loc[near & (day < split)], rows.loc[near & (day >= split)]
    before, after = effective_estimate(earlier), effective_estimate(later)
    (k0, n0), (k1, n1) = _effective_counts(earlier), _effective_counts(later)
    dispersion = _week_dispersion(rows.loc[near], split)
    note = ""
    if dispersion > 1.5:
        note = "Weeks vary more than sampling alone would make them, so the intervals are narrower than they should be."
    return Contrast(
        before=before,
        after=after,
        difference=newcombe_difference(k1, n1, k0, n0),
        ratio=rate_ratio(k1, n1, k0, n0),
        when=when,
        dispersion=dispersion,
        note=note,
    )


def same_failure(
    outcome: Outcome, *, since: pd.Timestamp | None = None, until: pd.Timestamp | None = None
) -> SameFailure:
    """Count the requests that show the same failure between `since` and `until` (end excluded).

    Where only a sample was assessed, the number in the whole population is estimated: the weighted rate times the sum
    of the weights, with the interval of the rate at the effective sample size.
    """
    frame = outcome.frame if outcome.all_arms is None else outcome.all_arms
    inside = np.ones(len(frame), dtype=bool)
    if since is not None:
        inside &= (frame["at"] >= since).to_numpy(bool)
    if until is not None:
        inside &= (frame["at"] < until).to_numpy(bool)
    known = frame.loc[inside]
    failures = int((known["failed"].fillna(False).to_numpy(bool) * known["n"].to_numpy(float)).sum())
    rows = trials(outcome, mature=False)
    chosen = np.ones(len(rows), dtype=bool)
    if since is not None:
        chosen &= (rows["at"] >= since).to_numpy(bool)
    if until is not None:
        chosen &= (rows["at"] < until).to_numpy(bool)
    rows = rows.loc[chosen]
    mature = rows["mature"].to_numpy(bool)
    share = effective_estimate(rows.loc[mature])
    population = float((rows["n"] * rows["weight"]).sum()) if outcome.sampled else float(rows["n"].sum())
    total = None
    if outcome.sampled and share.n:
        low = max(share.low * population, float(failures))
        total = Estimate(
            max(share.value * population, float(failures)),
            low,
            max(share.high * population, low),
            share.n,
            share.k,
            f"weighted rate times the requests at risk; {share.method}",
        )
    return SameFailure(failures, int(share.n), share, population, total, int(rows.loc[~mature, "n"].sum()))


def verdict(series: RateSeries, onset: Onset | None, contrast: Contrast | None, where: pd.DataFrame | None) -> Verdict:
    """Weigh the signs: systemic, isolated, or unclear.

    Systemic: an onset, a signal that is a rise and seldom fires by chance, a rate that rose beyond its interval, or a
    segment that fails at least half as often again as the rest, after correction for everything searched. Unclear: too
    few failures or periods for any of these to show. Isolated: enough to look at, and none of them.

    Parameters
    ----------
    series : from `rate_series`.
    onset : from `rca_lib.analysis.onset.onset`, or ``None``.
    contrast : from `before_after` at the onset or the occurrence, or ``None``.
    where : from `concentration`, or ``None``.
    """
    signs = []
    if onset is not None and onset.direction == "rise":
        signs.append("onset")
    rare = series.rule == "shift" or (series.false_alarm is not None and series.false_alarm < SELDOM)
    if series.rule is not None and rare and _last_side(series) > 0:
        signs.append("signal")
    if contrast is not None and contrast.difference.low > 0 and (contrast.after.k or 0) >= EXPECTED_FAILURES:
        signs.append("rise")
    if where is not None and len(where):
        marked = (where["ratio_low"] >= MARKED_RATIO) & (where["failed"] >= EXPECTED_FAILURES)
        if bool((marked & (where["p_adjusted"] < 0.05)).any()):
            signs.append("concentration")
    mature = series.frame.loc[series.frame["mature"]]
    few = mature["failed"].sum() < 2 * EXPECTED_FAILURES or (mature["n"] > 0).sum() < FEWEST_BASELINE_PERIODS
    if signs:
        words = {
            "onset": "the rate rose at a point in time",
            "signal": "the run of periods is longer or higher than chance allows",
            "rise": "the rate afterwards lies above the rate before",
            "concentration": "some segments fail more often than the rest",
        }
        return Verdict("systemic", _sentence([words[sign] for sign in signs]), tuple(signs))
    if few:
        return Verdict("unclear", "There are too few failures or periods for a pattern to show, if there is one.", ())
    return Verdict("isolated", "The rate stays within what chance allows, and no segment stands out from the rest.", ())


def _choose_period(rows: pd.DataFrame) -> tuple[int, str]:
    if not len(rows):
        return 4, "there is nothing to divide"
    span = int(rows["day"].max() - rows["day"].min()) // 7 + 1
    per_week = float((rows["failed"] * rows["n"]).sum()) / span
    fitting = [weeks for weeks in PERIODS if span / weeks >= FEWEST_PERIODS] or [1]
    for weeks in fitting:
        if per_week * weeks >= EXPECTED_FAILURES and span / weeks <= MOST_PERIODS:
            return weeks, f"the shortest that holds {EXPECTED_FAILURES} failures or more and reads well"
    if per_week * fitting[-1] >= EXPECTED_FAILURES:
        return fitting[-1], "the longest in use, for a series this long"
    return fitting[-1], "the longest that leaves enough periods; failures are few, so the limits are rough"


def _group(rows: pd.DataFrame, weeks: int) -> npt.NDArray[np.int64]:
    if not len(rows):
        return np.zeros(0, dtype=np.int64)
    week = (rows["day"].to_numpy(dtype=np.int64) - FIRST_MONDAY) // 7
    return np.asarray((week - week.min()) // weeks, dtype=np.int64)


def _by_period(rows: pd.DataFrame, weeks: int) -> pd.DataFrame:
    group = _group(rows, weeks)
    groups = int(group.max()) + 1 if len(group) else 0
    table = tally(rows, group, groups)
    first = ((int(rows["day"].min()) - FIRST_MONDAY) // 7 * 7 + FIRST_MONDAY) if len(rows) else 0
    starts = first + np.arange(groups) * 7 * weeks
    table.insert(0, "start", days_to_timestamps(starts))
    table.insert(1, "end", days_to_timestamps(starts + 7 * weeks))
    finished = group_sums(group, rows["mature"].to_numpy(bool) * rows["n"].to_numpy(), groups)
    table["mature"] = finished >= MATURE_SHARE * table["n"].to_numpy()
    return table


def _baseline(
    table: pd.DataFrame, mature: npt.NDArray[np.bool_], until: pd.Timestamp | None
) -> tuple[npt.NDArray[np.bool_], str]:
    if until is not None:
        earlier = mature & (table["end"] <= until).to_numpy(bool)
        if earlier.sum() >= FEWEST_BASELINE_PERIODS:
            return earlier, "the finished periods before the change"
    return mature, "all finished periods"


def _dispersion_factor(table: pd.DataFrame, baseline: npt.NDArray[np.bool_], centre: float) -> float:
    used = table.loc[baseline]
    if len(used) < FEWEST_BASELINE_PERIODS or float((used["n_effective"] * centre).median()) < EXPECTED_FAILURES:
        return 1.0
    factor = laney_sigma_z(used["rate"], used["n_effective"], centre)
    return factor if factor > overdispersion_limit(len(used)) else 1.0


def _signal(
    table: pd.DataFrame, mature: npt.NDArray[np.bool_], runs: Runs, sigma_z: float
) -> tuple[str | None, str | None, float | None]:
    if mature.sum() < FEWEST_BASELINE_PERIODS:
        return None, None, None
    if runs.signal:
        chance = run_rule_false_alarm(runs.useful)
        what = (
            f"{runs.longest} periods in a row lie on one side of the median, where chance gives at most "
            f"{runs.longest_allowed}"
            if runs.longest > runs.longest_allowed
            else f"the median is crossed {runs.crossings} times, where chance gives {runs.crossings_needed} or more"
        )
        return "shift", f"Run rule: {what}; it fires in about {chance:.0%} of stable series.", chance
    if table["outside"].any():
        used = table.loc[mature]
        chance_outside: float | None = None
        odds = ""
        if sigma_z == 1.0:
            centre = float(used["centre"].iloc[0])
            chance_outside = sigma_rule_false_alarm(centre, used["n_effective"], used["lcl"], used["ucl"])
            odds = f"; in a stable series of this length at least one does so {_odds(chance_outside)}"
        count = int(table["outside"].sum())
        noun = "period lies" if count == 1 else "periods lie"
        return "outside limits", f"Three-sigma rule: {count} {noun} outside the limits{odds}.", chance_outside
    return None, None, None


def _odds(chance: float) -> str:
    return f"about {chance:.0%} of the time" if chance >= 0.01 else "less than 1% of the time"


def _last_side(series: RateSeries) -> float:
    """Whether the mature periods after the baseline, or else the latest third, lie above the centre."""
    table = series.frame.loc[series.frame["mature"] & (series.frame["n"] > 0)]
    later = table.loc[~table["baseline"]] if not table["baseline"].all() else table.iloc[-max(len(table) // 3, 1) :]
    if not len(later):
        return 0.0
    return float((later["rate"] * later["n"]).sum() / later["n"].sum() - float(table["centre"].iloc[0]))


def _effective_counts(rows: pd.DataFrame) -> tuple[float, float]:
    total = tally(rows, np.zeros(len(rows), dtype=np.int64), 1).iloc[0]
    n = float(total["n_effective"])
    return (float(total["rate"]) * n if n else 0.0), n


def _week_dispersion(rows: pd.DataFrame, split: int) -> float:
    """Pearson dispersion of weekly counts about the rate of their side of `split`."""
    if not len(rows):
        return 1.0
    week = (rows["day"].to_numpy() - split) // 7
    table = tally(rows, week - week.min(), int(week.max() - week.min()) + 1)
    table = table.loc[table["n_effective"] > 0]
    after = table.index.to_numpy() + week.min() >= 0
    squares, freedom = 0.0, 0
    for side in (after, ~after):
        part = table.loc[side]
        n, share = part["n_effective"].to_numpy(), part["rate"].to_numpy()
        centre = float((n * share).sum() / n.sum()) if len(part) else 0.0
        if len(part) > 1 and 0 < centre < 1:
            squares += float((n * (share - centre) ** 2 / (centre * (1 - centre))).sum())
            freedom += len(part) - 1
    return max(squares / freedom, 1.0) if freedom else 1.0


def _sentence(parts: list[str]) -> str:
    text = parts[0] if len(parts) == 1 else ", ".join(parts[:-1]) + " and " + parts[-1]
    return text[0].upper() + text[1:] + "."
