"""The failure's rate by period, with control limits and run rules."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt
import pandas as pd

from rca_lib.analysis.chart_choice import EXPECTED_FAILURES, choose_chart, typical_size
from rca_lib.analysis.charts import (
    Runs,
    laney_sigma_z,
    overdispersion_limit,
    p_chart_limits,
    runs_about,
    sigma_rule_false_alarm,
)
from rca_lib.analysis.control_charts import CHARTS
from rca_lib.analysis.intervals import Estimate
from rca_lib.analysis.signals import Judgement, judge, tails
from rca_lib.analysis.trials import days_to_timestamps, effective_estimate, group_sums, tally, trials

if TYPE_CHECKING:
    from rca_lib.analysis.outcome import Outcome

__all__ = ["EXPECTED_FAILURES", "FEWEST_BASELINE_PERIODS", "PERIODS", "RateSeries", "rate_series"]

PERIODS: dict[int, str] = {1: "week", 2: "two weeks", 4: "four weeks", 13: "quarter"}
"""Lengths in weeks that a series may be cut into, with the words for them."""

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
    runs : the run-rule counts over mature periods, about their own median.
    signal : one sentence when a rule fired, else ``None``.
    rule : ``"shift"`` (run rules), ``"outside limits"`` or ``None``.
    false_alarm : how often the rule that fired would fire in a series like this if nothing had changed.
    method : how limits and signal were made.
    joint_false_alarm : how often either rule would fire in a series like this if nothing had changed, at most.
    remark : one sentence on points that lie outside the limits without being a signal, else ``None``.
    chart : the chart that suits the data best, a key of `rca_lib.analysis.control_charts.CHARTS`; the limits drawn are
        those of a p or a Laney p' chart.
    chart_reason : why, in one sentence.
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
    joint_false_alarm: float = 0.0
    remark: str | None = None
    chart: str = "p"
    chart_reason: str = ""


def rate_series(
    outcome: Outcome, *, period: int | None = None, baseline_until: pd.Timestamp | None = None
) -> RateSeries:
    """Rate of the failure by period with three-sigma limits and run rules.

    Periods start on Mondays (UTC). Limits come from the mature periods before `baseline_until`, or from all mature ones
    where it is not given or leaves too few. They are those of a p chart, or of Laney's p' chart where periods vary more
    than sampling alone would make them. Run rules are asked first, about the median of all mature periods, then the
    limits; together they fire in at most one stable series out of ten (`rca_lib.analysis.signals.judge`).

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
    runs = runs_about(share[mature], float(np.median(share[mature])) if mature.any() else centre.value)
    found = _judged(table, mature, runs, sigma_z)
    drawn = "p'" if sigma_z > 1 else "p"
    best, why = _best_chart(table.loc[mature], baseline[mature], drawn)
    return RateSeries(
        frame=table,
        weeks=weeks,
        period_label=PERIODS.get(weeks, f"{weeks} weeks"),
        period_reason=reason,
        centre=centre,
        baseline=baseline_label,
        sigma_z=sigma_z,
        runs=runs,
        signal=found.sentence if found and found.rule else None,
        rule=found.rule if found else None,
        false_alarm=found.false_alarm if found else None,
        method=f"{CHARTS[drawn]} with limits that follow the size of each period, set by {baseline_label}; Anhoej run rules "
        f"about the median of all finished periods, then the limits; unfinished periods are shown and not judged",
        joint_false_alarm=found.joint_false_alarm if found else 0.0,
        remark=found.sentence if found and not found.rule and bool(table["outside"].any()) else None,
        chart=best,
        chart_reason=why,
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
    if len(used) < FEWEST_BASELINE_PERIODS or typical_size(used["n_effective"]) * centre < EXPECTED_FAILURES:
        return 1.0
    factor = laney_sigma_z(used["rate"], used["n_effective"], centre)
    return factor if factor > overdispersion_limit(len(used)) else 1.0


def _judged(table: pd.DataFrame, mature: npt.NDArray[np.bool_], runs: Runs, sigma_z: float) -> Judgement | None:
    if mature.sum() < FEWEST_BASELINE_PERIODS:
        return None
    used = table.loc[mature].reset_index(drop=True)
    n, share = used["n_effective"].to_numpy(float), used["rate"].to_numpy(float)
    centre = float(used["centre"].iloc[0])
    points = pd.DataFrame({"value": share, "size": n, "phase": 0, "baseline": used["baseline"], "centre": centre})
    points["sigma"] = sigma_z * np.sqrt(centre * (1 - centre) / n)
    low, high = tails("p'" if sigma_z > 1 else "p", points, share * n)
    usual = sigma_rule_false_alarm(centre, n, used["lcl"], used["ucl"]) if sigma_z == 1.0 else None
    above = int((used["outside"] & (used["rate"] > used["ucl"])).sum())
    return judge([runs], low, high, int(used["outside"].sum()), three_sigma=usual, above=above)


def _best_chart(table: pd.DataFrame, baseline: npt.NDArray[np.bool_], drawn: str) -> tuple[str, str]:
    if table.empty:
        return drawn, ""
    share, n = table["rate"].to_numpy(float), table["n_effective"].to_numpy(float)
    choice = choose_chart(n, share * n, baseline=baseline)
    if choice.chart in {"p", "p'"} and choice.chart != drawn:
        choice = choose_chart(n, share * n, baseline=baseline, overrule=drawn)
    return choice.chart, choice.reason
