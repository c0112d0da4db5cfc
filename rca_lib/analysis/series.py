"""The failure's rate by period, with control limits and run rules."""

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
from rca_lib.analysis.intervals import Estimate
from rca_lib.analysis.trials import days_to_timestamps, effective_estimate, group_sums, tally, trials

if TYPE_CHECKING:
    from rca_lib.analysis.outcome import Outcome

__all__ = ["EXPECTED_FAILURES", "FEWEST_BASELINE_PERIODS", "PERIODS", "RateSeries", "rate_series"]

PERIODS: dict[int, str] = {1: "week", 2: "two weeks", 4: "four weeks", 13: "quarter"}
"""Lengths in weeks that a series may be cut into, with the words for them."""

EXPECTED_FAILURES = 5
"""Failures that a typical period should hold for limits from a normal approximation to be fair (Montgomery, chapter 7)."""

FEWEST_PERIODS, MOST_PERIODS = 10, 60
"""Periods below which run rules have little to go on, and above which a chart is hard to read."""

FEWEST_BASELINE_PERIODS = 8
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
