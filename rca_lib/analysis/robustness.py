"""Does a candidate's effect stay away where it should: before its time, in other segments, among requests not reached?

Observed failures are set against those that the usual mix of requests would give, so that a shift of the mix moves
neither side.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from rca_lib.analysis.intervals import Estimate
from rca_lib.analysis.screening import Base, rise_profile, scan_onset
from rca_lib.analysis.trials import group_sums

__all__ = [
    "Observed",
    "Placebos",
    "Window",
    "onset_window",
    "placebo_dates",
    "placebo_segments",
    "ratio_of_observed_to_expected",
]

FloatArray = npt.NDArray[np.float64]
Codes = npt.NDArray[np.int64]
Mask = npt.NDArray[np.bool_]

WINDOW_WEEKS = 26
"""How far before and after a moment observed and expected failures are compared."""

FEWEST_PLACEBO_WEEKS = 8
PLACEBO_EDGE = 3
PLACEBO_Z = 3.0
"""About what the largest of many starting weeks reaches once in twenty stable series."""

FEWEST_OBSERVED = 5
Z95 = 1.959963984540054
METHOD = "ratio of observed to expected failures, after against before, widened by the weekly spread"


@dataclass(frozen=True, eq=False)
class Observed:
    """What was seen beside what the usual rates of each request's dimensions give.

    Attributes
    ----------
    week, failed, expected : per row: week number, failures, expected failures.
    """

    week: Codes
    failed: FloatArray
    expected: FloatArray


@dataclass(frozen=True)
class Placebos:
    """A candidate beside moments or segments for which it predicts nothing.

    Attributes
    ----------
    tried : how many were tried.
    largest : the largest z among them.
    as_large : how many show an effect that chance does not explain, or one at least as large as the candidate's.
    """

    tried: int
    largest: float
    as_large: int


@dataclass(frozen=True)
class Window:
    """The weeks in which the requests that an exposure reached may have begun to fail more (95 %)."""

    low: int
    week: int
    high: int
    z: float


def onset_window(base: Base, reached: Mask, week: Codes, *, first: int, last: int) -> Window | None:
    """When the requests of a segment began to fail more than the others; ``None`` where no rise shows."""
    scan = scan_onset(base, reached, week, first=first, last=last)
    return None if scan is None or scan.z <= 0 else Window(scan.low, scan.week, scan.high, scan.z)


def ratio_of_observed_to_expected(member: Mask, since: int, counts: Observed) -> Estimate | None:
    """By how much `member` requests failed more often from week `since` on than before, at an unchanged mix.

    Parameters
    ----------
    member : which rows to look at.
    since : the week in question; half a year on each side is compared.

    Returns
    -------
    Ratio with its 95 % interval, ``None`` where fewer than five failures are seen or expected before or after.

    References
    ----------
    Breslow and Day, Statistical Methods in Cancer Research II, 1987 (comparison of standardised ratios).
    """
    seen, usual = [], []
    for low, high in ((since - WINDOW_WEEKS, since), (since, since + WINDOW_WEEKS)):
        part = member & (counts.week >= low) & (counts.week < high)
        seen.append(float(counts.failed[part].sum()))
        usual.append(float(counts.expected[part].sum()))
    if min(max(o, e) for o, e in zip(seen, usual, strict=True)) < FEWEST_OBSERVED or min(usual) <= 0:
        return None
    log_ratio = math.log((seen[1] + 0.5) / (usual[1] + 0.5)) - math.log((seen[0] + 0.5) / (usual[0] + 0.5))
    scale = _weekly_scale(member, since, seen, usual, counts)
    error = math.sqrt(scale * (1 / (seen[0] + 0.5) + 1 / (seen[1] + 0.5)))
    low_end, high_end = (math.exp(log_ratio + side * Z95 * error) for side in (-1, 1))
    return Estimate(math.exp(log_ratio), low_end, high_end, sum(usual), sum(seen), METHOD)


def placebo_dates(base: Base, reached: Mask, since: int, week: Codes, *, z: float) -> Placebos | None:
    """Look for a rise at each earlier week, in the time before `since` alone.

    Parameters
    ----------
    z : of the candidate itself, to compare with.

    Returns
    -------
    `Placebos`, or ``None`` with fewer than eight earlier weeks to try.
    """
    early = reached & (week < since)
    score = group_sums(week[early], base.residual[early], max(since, 1))
    information = group_sums(week[early], base.variance[early], max(since, 1))
    used = np.flatnonzero(information > 0)
    if len(used) < FEWEST_PLACEBO_WEEKS + 2 * PLACEBO_EDGE:
        return None
    score, information = score[used[0] :], information[used[0] :]
    # The segment's own level before the change is its reference.
    centred = score - score.sum() * information / information.sum()
    scale = max(float((centred**2).sum() / information.sum()), 1.0)
    profile = rise_profile(score, information)[0][PLACEBO_EDGE:-PLACEBO_EDGE] / math.sqrt(scale)
    profile = profile[np.isfinite(profile)]
    if len(profile) < FEWEST_PLACEBO_WEEKS:
        return None
    largest = float(profile.max())
    limit = min(PLACEBO_Z, max(z, 0.0)) if z < PLACEBO_Z else max(PLACEBO_Z, 0.5 * z)
    return Placebos(len(profile), largest, int((profile >= limit).sum()))


def placebo_segments(codes: Codes, labels: list[str], own: Mask, since: int, counts: Observed) -> Placebos | None:
    """The rise of every other level of the same dimension at the same moment, beside the candidate's own.

    Returns
    -------
    `Placebos` (z of the log ratio of observed to expected), or ``None`` with fewer than two levels to compare.
    """
    mine = ratio_of_observed_to_expected(own, since, counts)
    if mine is None:
        return None
    ratios, scores = [], []
    for code in range(len(labels)):
        member = codes == code
        if (member & own).sum() > 0.5 * member.sum():
            continue
        other = ratio_of_observed_to_expected(member, since, counts)
        if other is not None:
            ratios.append(other)
            scores.append(math.log(other.value) / ((math.log(other.high) - math.log(other.low)) / (2 * Z95)))
    if len(ratios) < 2:
        return None
    return Placebos(len(ratios), max(scores), sum(1 for other in ratios if other.value >= mine.value))


def _weekly_scale(member: Mask, since: int, seen: list[float], usual: list[float], counts: Observed) -> float:
    """Pearson scale of the weekly counts about their side's level, from weeks that expect one failure or more."""
    near = member & (np.abs(counts.week - since + 0.5) < WINDOW_WEEKS)
    if not near.any():
        return 1.0
    week = counts.week[near]
    weeks = int(week.max()) + 1
    observed, mean = group_sums(week, counts.failed[near], weeks), group_sums(week, counts.expected[near], weeks)
    mean = mean * np.where(np.arange(weeks) < since, seen[0] / usual[0], seen[1] / usual[1])
    used = mean >= 1
    if used.sum() < FEWEST_PLACEBO_WEEKS:
        return 1.0
    return max(float(((observed - mean)[used] ** 2 / mean[used]).sum() / max(used.sum() - 2, 1)), 1.0)
