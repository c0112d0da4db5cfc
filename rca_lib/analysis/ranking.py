"""The order of possible causes: each next one is what adds most to those already taken."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from rca_lib.analysis.exposures import ALWAYS, FEWEST_WEEKS_BEFORE, Dimension, Exposure
from rca_lib.analysis.resampling import ScannedGroup, SearchNull, TestedGroup, search_null
from rca_lib.analysis.screening import UNIDENTIFIED as LITTLE
from rca_lib.analysis.screening import Base, Scores, base_model, evidence_of_a_rise, score_tests

__all__ = ["INSEPARABLE", "Ground", "Ranked", "Ranking", "index_evidence", "lasting", "rank_exposures"]

FloatArray = npt.NDArray[np.float64]
Codes = npt.NDArray[np.int64]

INSEPARABLE = 0.9
"""Correlation of two exposures above which the data cannot tell them apart."""

TAKEN_Z = 3.0
"""An exposure with a z above this joins the model before the next is looked for."""

ROSE_Z = 1.96
OVER_TIME_COST = 2 * math.log(6)
"""What a comparison with the time before takes off the evidence: whatever else began then would look the same."""

MOST_TAKEN = 3
SHORT_LIST = 40
EVERYWHERE = 0.95
SAME_MOMENT_DAYS = 56
NEAR_WEEKS = 4
USUAL_DIFFERENCE = 0.3
"""Standard deviation, on the log odds, by which segments differ from one another without anything being wrong."""

CLEARLY = 2.0
"""Evidence above which something more definite comes before a rise that is everywhere."""

MISSED = 0.05
"""How often a request that a cause made fail is recorded outside the segment that the cause reached."""


@dataclass(frozen=True, eq=False)
class Ground:
    """What every comparison rests on.

    Attributes
    ----------
    dimensions : what the base model adjusts for.
    week, n, failed : per row: week number, requests, failures.
    base : the model of the dimensions and periods.
    index : marks the escalation's own requests.
    """

    dimensions: Sequence[Dimension]
    week: Codes
    n: FloatArray
    failed: FloatArray
    base: Base
    index: npt.NDArray[np.bool_]


@dataclass(frozen=True, eq=False)
class Ranked:
    """An exposure with its evidence.

    Attributes
    ----------
    exposure : what was compared.
    z : signed z of its score test given the base model and those taken before it.
    evidence : twice the log Bayes factor of a rise, less the cost of the search, plus what the escalation's own requests
        say.
    over_time : whether it was compared with the time before it, for want of requests that it did not reach.
    collinear_with : labels of what cannot be told apart from it.
    left : share of its information that the base model does not already hold.
    alone, z_alone : evidence and z before any other exposure was taken into account.
    family : the exposures that cannot be told apart from it, itself left out.
    taken : whether it joined the model before others were looked at.
    """

    exposure: Exposure
    z: float
    evidence: float
    over_time: bool
    collinear_with: tuple[str, ...]
    left: float = 1.0
    alone: float = 0.0
    z_alone: float = 0.0
    family: tuple[Exposure, ...] = ()
    taken: bool = False


@dataclass(frozen=True, eq=False)
class Ranking:
    """The order of exposures.

    Attributes
    ----------
    items : the best supported first.
    alone : every exposure before any other was taken into account, the best supported first.
    given : exposures of the short list that were not taken, given those that were.
    null : what chance reaches in the same search.
    """

    items: tuple[Ranked, ...]
    alone: tuple[Ranked, ...]
    given: tuple[Ranked, ...]
    null: SearchNull


def rank_exposures(exposures: Sequence[Exposure], ground: Ground, *, last_week: int, limit: int) -> Ranking:
    """Order `exposures` by what each adds.

    Exposures that reach only some requests are compared with the others in the same four weeks (a difference in
    differences). Those that reach all are compared with the time before them, given a trend and the season.

    Parameters
    ----------
    last_week : the latest week at which a segment was allowed to begin to fail more.
    limit : how many to return.
    """
    own = [index_evidence(exposure, ground.week, ground.n, ground.index) for exposure in exposures]
    pool = list(zip(exposures, own, strict=True))
    taken: list[Ranked] = []
    scored, tested = _score(pool, taken, ground)
    null = search_null(tested, _scanned(pool, ground, last_week))
    first = tuple(sorted((replace(item, alone=item.evidence, z_alone=item.z) for item in scored), key=_order))
    alone = {id(item.exposure): item for item in first}
    scored = list(first[:SHORT_LIST])
    short = {id(item.exposure) for item in scored}
    pool = [pair for pair in pool if id(pair[0]) in short]
    for step in range(MOST_TAKEN + 1):
        if step:
            scored = [
                replace(item, alone=alone[id(item.exposure)].alone, z_alone=alone[id(item.exposure)].z)
                for item in _score(pool, taken, ground)[0]
            ]
        scored.sort(key=_order)
        if scored and scored[0].exposure.kind == "none":
            # A rise everywhere says only when; anything definite that has evidence says more.
            scored.sort(key=lambda item: (item.evidence <= CLEARLY or item.exposure.kind == "none", _order(item)))
        if step == MOST_TAKEN or not scored or scored[0].z < TAKEN_Z or scored[0].evidence <= 0:
            break
        lead, pool = _lead_and_rest(scored, pool, ground.n)
        taken += [replace(item, taken=True) for item in lead]
    rest = _without_partners(scored, ground.n) if scored else []
    ordered = _behind_what_began(_first_of_each([*taken, *rest]), ground.n)
    items = tuple(sorted(ordered, key=_position(taken))[:limit])
    return Ranking(items, first, tuple(scored) if taken else (), null)


def lasting(exposure: Exposure) -> bool:
    """Whether an exposure is a segment as such, with no beginning."""
    return exposure.standing and exposure.kind == "segment"


def index_evidence(exposure: Exposure, week: Codes, n: FloatArray, index: npt.NDArray[np.bool_]) -> float:
    """What the escalation's own requests say about an exposure: twice a log-likelihood ratio.

    If the exposure caused them they nearly all lie in it; if not, they lie in it as often as the other requests of
    the weeks around. At most three requests count, since the requests of one escalation were not picked
    independently.
    """
    gains = []
    for position in np.flatnonzero(index):
        near = np.where((np.abs(week - week[position]) <= NEAR_WEEKS) & ~index, n, 0.0)
        total = near.sum()
        usual = float(np.clip(near[exposure.mask].sum() / total if total else 0.5, 0.02, 0.98))
        inside = bool(exposure.mask[position])
        gains.append(math.log((1 - MISSED) / usual) if inside else math.log(MISSED / (1 - usual)))
    return 2 * min(len(gains), 3) * float(np.mean(gains)) if gains else 0.0


def _score(
    pool: Sequence[tuple[Exposure, float]], taken: Sequence[Ranked], ground: Ground
) -> tuple[list[Ranked], list[TestedGroup]]:
    n, failed, week, start = ground.n, ground.failed, ground.week, ground.base.coefficients
    always = [dimension.held for dimension in ground.dimensions if dimension.role in ALWAYS]
    joined = [item.exposure.mask for item in taken]
    groups: dict[str, list[tuple[Exposure, float]]] = {"beside": [], "over time": [], "standing": []}
    for exposure, gain in pool:
        if lasting(exposure):
            groups["standing"].append((exposure, gain))
        elif (n * exposure.reached).sum() >= EVERYWHERE * n.sum():
            groups["over time"].append((exposure, gain))
        else:
            groups["beside"].append((exposure, gain))
    found: list[Ranked] = []
    tested: list[TestedGroup] = []
    rows = len(n)
    if groups["beside"]:
        segments = _distinct([e.reached for e, _ in groups["beside"] if e.kind == "change" and not e.new])
        base = base_model([*always, week // 4], n, failed, extra=_stack([*joined, *segments], rows), start=start)
        scores = score_tests(base, _stack([exposure.mask for exposure, _ in groups["beside"]], rows), week)
        # Where levels follow the calendar closely, only time itself is left to compare with.
        groups["over time"] += [
            pair for pair, left in zip(groups["beside"], scores.left, strict=True) if left <= LITTLE
        ]
        found += [item for item in _ranked(groups["beside"], scores, False) if item.left > LITTLE]
        tested.append(_tested(groups["beside"], base, scores))
    if groups["over time"]:
        base = base_model(always, n, failed, extra=np.column_stack([_stack(joined, rows), _time(week)]), start=start)
        scores = score_tests(base, _stack([exposure.mask for exposure, _ in groups["over time"]], rows), week)
        found += _ranked(groups["over time"], scores, True)
        tested.append(_tested(groups["over time"], base, scores, OVER_TIME_COST))
    if groups["standing"]:
        arms = [dimension.codes for dimension in ground.dimensions if dimension.role == "arm"]
        base = base_model([*arms, week // 4], n, failed, extra=_stack(joined, rows))
        scores = score_tests(base, _stack([exposure.mask for exposure, _ in groups["standing"]], rows), week)
        # Segments always differ by about so much; and what was always so comes after whatever began and has evidence.
        error = np.sqrt(scores.error**2 + USUAL_DIFFERENCE**2)
        known = np.isfinite(error)
        part = np.divide(scores.error, error, out=np.zeros_like(error), where=known)
        scores = replace(scores, z=scores.z * part, error=error)
        found += [
            replace(item, evidence=-1 / (1 + item.evidence)) if item.evidence > 0 else item
            for item in _ranked(groups["standing"], scores, False)
        ]
    return found, tested


def _tested(pairs: Sequence[tuple[Exposure, float]], base: Base, scores: Scores, extra: float = 0.0) -> TestedGroup:
    """What the search would do again on other residuals; scanned segments are scanned anew instead."""
    used = (scores.left > LITTLE) & np.asarray([not exposure.scanned for exposure, _ in pairs], dtype=bool)
    bonus = np.asarray([gain - exposure.cost - extra for exposure, gain in pairs])
    return TestedGroup(base, scores.adjusted[:, used], scores.kept[used], scores.error[used], bonus[used])


def _scanned(pool: Sequence[tuple[Exposure, float]], ground: Ground, last_week: int) -> ScannedGroup | None:
    pairs = [(exposure, gain) for exposure, gain in pool if exposure.scanned]
    if not pairs:
        return None
    members = [np.flatnonzero(exposure.reached) for exposure, _ in pairs]
    bonus = np.asarray([gain - exposure.cost for exposure, gain in pairs])
    return ScannedGroup(ground.base, members, ground.week, FEWEST_WEEKS_BEFORE, last_week, bonus)


def _ranked(pairs: Sequence[tuple[Exposure, float]], scores: Scores, over_time: bool) -> list[Ranked]:
    found = []
    for (exposure, gain), z, error, left in zip(pairs, scores.z, scores.error, scores.left, strict=True):
        cost = exposure.cost + (OVER_TIME_COST if over_time else 0.0)
        evidence = float(evidence_of_a_rise(z, error)) - cost + gain
        found.append(Ranked(exposure, float(z), evidence, over_time, (), float(left)))
    return found


def _order(item: Ranked) -> tuple[float, bool, str, str]:
    """By evidence; between equals, what requests carry themselves before what is derived from who held them."""
    derived = not {"site", "tenure"}.isdisjoint(item.exposure.segment)
    return -round(item.evidence, 6), derived, item.exposure.kind, item.exposure.label


def _lead_and_rest(
    scored: list[Ranked], pool: list[tuple[Exposure, float]], n: FloatArray
) -> tuple[list[Ranked], list[tuple[Exposure, float]]]:
    """Take the best with what cannot be told apart from it; a change speaks for the segment that it reached."""
    best = scored[0]
    partners = [item for item in scored[1:] if _inseparable(best.exposure, item.exposure, n)]
    family = [best, *partners]
    leaders = [item for item in family if item.exposure.kind == "change"] or [best]
    lead = []
    for item in leaders:
        others = tuple(
            other.exposure.label
            for other in family
            if other.exposure.label != item.exposure.label and not _speaks_for(item.exposure, other.exposure)
        )
        kin = tuple(other.exposure for other in family if other is not item)
        lead.append(replace(item, collinear_with=others, family=kin))
    gone = {id(item.exposure) for item in family}
    return lead, [(exposure, gain) for exposure, gain in pool if id(exposure) not in gone]


def _without_partners(scored: list[Ranked], n: FloatArray) -> list[Ranked]:
    kept: list[Ranked] = []
    waiting = list(scored)
    while waiting and len(kept) < 12:
        lead, rest = _lead_and_rest(waiting, [(item.exposure, 0.0) for item in waiting], n)
        kept += lead
        left = {id(exposure) for exposure, _ in rest}
        waiting = [item for item in waiting if id(item.exposure) in left]
    return kept


def _behind_what_began(ranked: list[Ranked], n: FloatArray) -> list[Ranked]:
    """Put a lasting difference behind anything that began in the same segment and rose: that says more."""
    dated = [item for item in ranked if not lasting(item.exposure) and item.z > ROSE_Z]
    found = []
    for item in ranked:
        same = [x for x in dated if _correlation(x.exposure.reached, item.exposure.reached, n) > INSEPARABLE]
        limits = [other.evidence - 0.01 for other in same] if lasting(item.exposure) else []
        found.append(replace(item, evidence=min([item.evidence, *limits])))
    return found


def _position(taken: Sequence[Ranked]) -> Callable[[Ranked], tuple[float, float]]:
    """Those taken in turn come first, the rest by evidence."""
    places = {id(item.exposure): float(place) for place, item in enumerate(taken)}
    return lambda item: (places.get(id(item.exposure), math.inf), -item.evidence)


def _first_of_each(ranked: Sequence[Ranked]) -> list[Ranked]:
    """A level may come twice, from a moment on and throughout; the better supported stays."""
    kept: dict[object, Ranked] = {}
    for item in ranked:
        exposure = item.exposure
        kept.setdefault(exposure.change_id or (exposure.kind, *sorted(exposure.segment.items())), item)
    return list(kept.values())


def _inseparable(one: Exposure, other: Exposure, n: FloatArray) -> bool:
    if abs(_correlation(one.mask, other.mask, n)) > INSEPARABLE:
        return True
    return _same_segment(one, other, n)


def _same_segment(one: Exposure, other: Exposure, n: FloatArray) -> bool:
    """Whether one is a change and the other the segment that it reached, from about the same time."""
    if {one.kind, other.kind} != {"change", "segment"} or one.since is None or other.since is None:
        return False
    near = abs((one.since - other.since).days) <= SAME_MOMENT_DAYS
    return near and _correlation(one.reached, other.reached, n) > INSEPARABLE


def _speaks_for(leader: Exposure, other: Exposure) -> bool:
    """Whether `other` is the segment that a change is known to have reached, or a narrower form of the same segment."""
    if other.kind != "segment" or other.change_id is not None or not leader.segment:
        return False
    named = all(level in leader.segment.get(name, "").split(", ") for name, level in other.segment.items())
    narrower = all(other.segment.get(name, "") in level.split(", ") for name, level in leader.segment.items())
    return (named and leader.kind == "change") or (narrower and len(other.segment) > len(leader.segment))


def _correlation(one: npt.NDArray[np.bool_], other: npt.NDArray[np.bool_], n: FloatArray) -> float:
    total = n.sum()
    p, q, both = (float((n * mask).sum() / total) for mask in (one, other, one & other))
    spread = p * (1 - p) * q * (1 - q)
    if spread <= 0:
        return 1.0 if p == q == both else 0.0
    return (both - p * q) / math.sqrt(spread)


def _distinct(masks: Sequence[npt.NDArray[np.bool_]]) -> list[npt.NDArray[np.bool_]]:
    return list({mask.tobytes(): mask for mask in masks}.values())


def _stack(masks: Sequence[npt.NDArray[np.bool_]], rows: int) -> FloatArray:
    return np.column_stack(masks).astype(float) if len(masks) else np.zeros((rows, 0))


def _time(week: Codes) -> FloatArray:
    number = week.astype(float)
    last = float(number.max()) or 1.0
    columns = [number / last - 0.5]
    if last >= 78:
        columns += [np.sin(2 * math.pi * number / 52.18), np.cos(2 * math.pi * number / 52.18)]
    return np.column_stack(columns)
