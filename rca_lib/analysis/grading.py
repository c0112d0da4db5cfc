"""How far a candidate cause is shown: five tests, and the grade that they bear.

A cause is *established* only by all five: (a) the signal survives adjustment, a shift of the mix and everything that was
searched; (b) timing and mechanism agree; (c) two independent kinds of evidence; (d) a rival was refuted; (e) where it
predicts no effect there is none. It is *probable* with (b) and either (a) or (c), else *possible*, or *refuted*.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from rca_lib.analysis.cause_data import CauseData, first_monday, week_number
from rca_lib.analysis.cause_table import Test
from rca_lib.analysis.exposures import FEWEST_WEEKS_BEFORE
from rca_lib.analysis.ranking import Ranked, Ranking, lasting
from rca_lib.analysis.robustness import (
    Observed,
    onset_window,
    placebo_dates,
    placebo_segments,
    ratio_of_observed_to_expected,
)
from rca_lib.analysis.screening import Base
from rca_lib.analysis.trials import days_to_timestamps

if TYPE_CHECKING:
    from rca_lib.analysis.intervals import Estimate
    from rca_lib.analysis.mix import MixSplit
    from rca_lib.analysis.models import AdjustedEffect
    from rca_lib.analysis.onset import Onset

__all__ = ["ALPHA", "TESTS", "Evidence", "five_tests", "grade_of", "kinds_of_evidence"]

TESTS = {
    "signal": "The signal survives adjustment, a shift of the mix and everything that was searched",
    "timing": "Timing and mechanism agree",
    "kinds": "Two independent kinds of evidence",
    "rival": "At least one rival was refuted",
    "control": "Where it predicts no effect, there is none",
}
"""The five tests of a cause, by name."""

ALPHA = 0.05
LEAD_WEEKS = 4
"""How long before the first failures a change may come into force: work in hand still follows the old way."""

RIVAL_Z = 1.96
REFUTED_Z = 1.64
MIX_REFUTED = 1 / 3
"""Share of the rise that the mix may account for, by its interval, and still be refuted as a rival."""

SPILL = 1 / 3
"""Share of the effect (on the log scale) that may show where none is predicted before it counts against a cause."""

Mask = npt.NDArray[np.bool_]
FloatArray = npt.NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Evidence:
    """What the tests of one search draw on.

    Attributes
    ----------
    data, base : the requests at risk and the base model of the search.
    expected : failures per row that the usual rates of its dimensions give.
    ranking : the order of the search.
    split : the rise, split into mix and rates; ``None`` without a rise.
    onset : when the overall rate rose, if it did.
    """

    data: CauseData
    base: Base
    expected: FloatArray
    ranking: Ranking
    split: MixSplit | None
    onset: Onset | None


def grade_of(tests: Sequence[Test], *, refuted: bool = False) -> str:
    """Grade that five tests bear.

    Examples
    --------
    >>> grade_of([Test(name, True, "") for name in TESTS])
    'established'
    >>> grade_of([Test(name, name in ("signal", "timing"), "") for name in TESTS])
    'probable'
    """
    passed = {test.name for test in tests if test.passed}
    if refuted:
        return "refuted"
    if len(passed) == len(TESTS):
        return "established"
    return "probable" if "timing" in passed and passed & {"signal", "kinds"} else "possible"


def kinds_of_evidence(item: Ranked, effect: AdjustedEffect | None) -> tuple[str, ...]:
    """Kinds of evidence in the tables that speak for a candidate."""
    kinds = ["outcome data"] if effect is not None and effect.estimate.low > 1 else []
    if item.exposure.change_id is not None:
        kinds.append("change log")
    if item.exposure.kind == "flow" or any(other.kind == "flow" for other in item.family):
        kinds.append("workflow events")
    return tuple(kinds)


def five_tests(
    item: Ranked, effect: AdjustedEffect | None, p_adjusted: float, holds: float | None, evidence: Evidence
) -> tuple[tuple[Test, ...], tuple[Estimate, ...]]:
    """Put a candidate to the five tests.

    Parameters
    ----------
    item : the candidate.
    effect : its adjusted effect.
    p_adjusted : its p-value over everything compared.
    holds : share of the escalation's own requests that were exposed to it.
    evidence : what the tests draw on.

    Returns
    -------
    The tests, and the ratio of the failures after it began to those before, at an unchanged mix, among the requests that
    it reached and among the others; empty where that could not be told.
    """
    own, elsewhere = _before_and_after(item, evidence)
    tests = (
        _signal(item, effect, p_adjusted, evidence),
        _timing(item, holds, evidence),
        _kinds(item, effect),
        _rival(item, evidence),
        _control(item, effect, own, elsewhere, evidence),
    )
    return tests, () if own is None or elsewhere is None else (own, elsewhere)


def _signal(item: Ranked, effect: AdjustedEffect | None, p_adjusted: float, evidence: Evidence) -> Test:
    if effect is None:
        return Test("signal", None, "The counts do not determine an adjusted effect.")
    # What is left of it beside those taken before it must also be more than chance gives.
    p_search = evidence.ranking.null.p_value(min(item.alone, item.evidence))
    low = effect.estimate.low > 1
    left = effect.without_one is None or effect.without_one.low > 1
    found = (
        f"A search as wide as this one finds as much by chance in {_percent(p_search)} of cases; "
        f"the adjusted p-value over everything compared is {_p(p_adjusted)}."
    )
    if not low:
        found += " The interval of the adjusted odds ratio includes 1."
    elif not left:
        found += " It does not hold when one specialist's requests are left out."
    return Test("signal", p_search < ALPHA and p_adjusted < ALPHA and low and left, found)


def _timing(item: Ranked, holds: float | None, evidence: Evidence) -> Test:
    exposure = item.exposure
    if holds == 0:
        return Test("timing", False, "None of the escalation's own requests were exposed to it.")
    if exposure.since is None:
        if lasting(exposure):
            return Test("timing", False, "The difference was there throughout, so it did not come before a rise.")
        return Test("timing", True, "It precedes each request that was exposed to it.")
    if exposure.new:
        return Test("timing", True, "What it reached came into being with it.")
    begun = week_number(evidence.data.rows, exposure.since)
    window = _rise_window(item, evidence)
    if window is None:
        return Test("timing", False, "No rise shows in what it reached.")
    low, high = window
    agrees = low - LEAD_WEEKS <= begun <= high
    words = "agrees with" if agrees else "does not agree with"
    reach = "the requests that it reached" if item.exposure.segment else "all requests"
    days = _days(first_monday(evidence.data.rows), low, high)
    return Test("timing", agrees, f"Its beginning {words} when {reach} began to fail more, between {days}.")


def _kinds(item: Ranked, effect: AdjustedEffect | None) -> Test:
    kinds = kinds_of_evidence(item, effect)
    if len(kinds) < 2:
        what = (
            f"Only one kind of evidence speaks for it, {kinds[0]}"
            if kinds
            else "Neither counts nor records speak for it"
        )
        return Test("kinds", False, f"{what}; a second kind would be needed.")
    return Test("kinds", True, f"{' and '.join(kinds).capitalize()} speak for it.")


def _rival(item: Ranked, evidence: Evidence) -> Test:
    if item.collinear_with:
        return Test("rival", False, f"These data cannot tell it apart from {' or '.join(item.collinear_with[:3])}.")
    if not item.taken:
        return Test("rival", False, "The search did not take it up, so no rival was tried against it.")
    kin = {id(item.exposure), *(id(other) for other in item.family)}
    alone = [each for each in evidence.ranking.alone if id(each.exposure) not in kin and each.z > RIVAL_Z]
    given = {id(each.exposure): each for each in evidence.ranking.given}
    refuted = [
        each
        for each in alone
        if id(each.exposure) in given
        and given[id(each.exposure)].z < REFUTED_Z
        and each.exposure.segment != item.exposure.segment
    ]
    found = []
    if refuted:
        found.append(
            f"{_capital(refuted[0].exposure.label)} looked likely by itself (z {refuted[0].z:.1f}) and shows no rise once this "
            f"is taken into account (z {given[id(refuted[0].exposure)].z:.1f})."
        )
    split = evidence.split
    mix_refuted = split is not None and split.total > 0 and split.mix.high < MIX_REFUTED * split.total
    if mix_refuted and split is not None:
        most = max(split.mix.high, 0.0) / split.total
        found.append(f"A different mix of requests accounts for at most {most:.0%} of the rise.")
    if found:
        return Test("rival", True, " ".join(found))
    if not alone and split is None:
        return Test("rival", None, "Nothing else was likely enough to be refuted.")
    return Test("rival", False, "No rival explanation is refuted by these data.")


def _before_and_after(item: Ranked, evidence: Evidence) -> tuple[Estimate | None, Estimate | None]:
    """After against before, at an unchanged mix: what a candidate reached, and what it did not."""
    exposure, data = item.exposure, evidence.data
    if exposure.since is None:
        return None, None
    begun = week_number(data.rows, exposure.since)
    others = [each.exposure.mask for each in evidence.ranking.items if each.taken and each is not item]
    aside = np.logical_or.reduce(others) if others else np.zeros(len(data.week), dtype=bool)
    counts = Observed(data.week, data.failed, evidence.expected)
    outside = ~exposure.reached & ~aside
    own = ratio_of_observed_to_expected(exposure.reached & ~aside, begun, counts)
    return own, ratio_of_observed_to_expected(outside, begun, counts) if outside.any() else None


def _control(
    item: Ranked, effect: AdjustedEffect | None, own: Estimate | None, elsewhere: Estimate | None, evidence: Evidence
) -> Test:
    exposure, data = item.exposure, evidence.data
    if exposure.since is None:
        return Test("control", None, "It has no beginning within the data, so there is no time without it to look at.")
    begun = week_number(data.rows, exposure.since)
    early = placebo_dates(evidence.base, exposure.reached, begun, data.week, z=item.z_alone)
    tried: list[bool] = []
    found: list[str] = []
    # A segment that came into being with its cause has no time before; its odds ratio stands in.
    size = own.value if own is not None else math.exp(effect.log_odds) if effect is not None else 1.0
    if elsewhere is not None:
        # Flat, and known well enough to tell: an interval that holds the effect itself shows nothing.
        flat = elsewhere.low <= 1 or math.log(elsewhere.value) <= SPILL * math.log(max(size, 1.0))
        tried.append(flat and elsewhere.high < size)
        found.append(
            f"Among requests that it did not reach the rate moved by a factor of {elsewhere.value:.2f} "
            f"({elsewhere.low:.2f} to {elsewhere.high:.2f}), "
            + (
                f"among those that it reached by {own.value:.2f}."
                if own is not None
                else "with nothing before to compare among those that it reached."
            )
        )
    if early is not None:
        tried.append(not early.as_large)
        what = "none shows a rise" if not early.as_large else f"{early.as_large} show a rise"
        found.append(f"Of {early.tried} earlier weeks tried in its place {what} that chance does not explain.")
    dimension = next((d for d in data.dimensions if d.name in exposure.segment and len(exposure.segment) == 1), None)
    if dimension is not None:
        counts = Observed(data.week, data.failed, evidence.expected)
        placebo = placebo_segments(dimension.codes, dimension.labels, exposure.reached, begun, counts)
        if placebo is not None:
            found.append(
                f"Of {placebo.tried} other segments at the same moment {placebo.as_large or 'none'} rose as much."
            )
    if elsewhere is None:
        words = " ".join(found) or "There were too few requests before it or beside it."
        return Test("control", None, f"No requests beyond its reach could be looked at. {words}")
    return Test("control", all(tried), " ".join(found))


def _rise_window(item: Ranked, evidence: Evidence) -> tuple[int, int] | None:
    """Weeks between which the rise of what a candidate reached began."""
    data, exposure = evidence.data, item.exposure
    if item.over_time:
        if evidence.onset is None or evidence.onset.direction != "rise":
            return None
        return week_number(data.rows, evidence.onset.low), week_number(data.rows, evidence.onset.high)
    last = int(data.week.max()) - 2
    window = onset_window(evidence.base, exposure.reached, data.week, first=FEWEST_WEEKS_BEFORE, last=last)
    return None if window is None else (window.low, window.high)


def _days(first: int, low: int, high: int) -> str:
    one, other = days_to_timestamps([first + 7 * low, first + 7 * high + 6])
    return f"{one:%Y-%m-%d} and {other:%Y-%m-%d}"


def _percent(p: float) -> str:
    return "less than 1%" if p < 0.01 else f"{p:.0%}"


def _p(p: float) -> str:
    return "below 0.001" if p < 0.001 else f"{p:.3f}"


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]
