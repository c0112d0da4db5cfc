"""Is it isolated or systemic: the failure's rate over time, around a moment, and how many requests show it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from rca_lib.analysis.intervals import Estimate, newcombe_difference, rate_ratio
from rca_lib.analysis.segments import concentration
from rca_lib.analysis.series import EXPECTED_FAILURES, FEWEST_BASELINE_PERIODS, PERIODS, RateSeries, rate_series
from rca_lib.analysis.trials import day_numbers, effective_estimate, tally, trials

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

SELDOM = 0.1
"""A signal counts towards a verdict when it fires in fewer stable series than this."""

MARKED_RATIO = 1.5
"""How many times as often as the rest, at the least, a segment must fail to count towards a verdict."""


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
