"""Why: candidate causes, ranked by the evidence in the counts, each with an adjusted effect, five tests and a grade.

The order of work: grouped counts, a base model of what always matters, a score test for each change, segment,
combination, version, deviation, load and tenure given that base, what chance reaches in the same search, and for the
leading ones an adjusted odds ratio, the share of failures that goes with them, and the tests of `rca_lib.analysis.grading`.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy import special

from rca_lib.analysis.attributable import failures_averted
from rca_lib.analysis.cause_data import CauseData, assemble, confounders, too_little, with_derived_columns
from rca_lib.analysis.cause_mix import WORTH_NAMING, mix_candidate, mix_of_the_rise, since_the_rise
from rca_lib.analysis.cause_table import Candidate, CauseTable, Test
from rca_lib.analysis.derived_exposures import combination_exposures, flow_exposures
from rca_lib.analysis.evalue import COMMON, e_value
from rca_lib.analysis.exposures import (
    Dimension,
    Exposure,
    change_exposures,
    cramers_v,
    level_exposures,
    onset_exposures,
    standing_exposures,
)
from rca_lib.analysis.grading import Evidence, five_tests, grade_of, kinds_of_evidence
from rca_lib.analysis.looking import looking_effort
from rca_lib.analysis.models import AdjustedEffect, adjusted_odds_ratio, attributable_share
from rca_lib.analysis.ranking import Ground, Ranked, Ranking, lasting, rank_exposures
from rca_lib.analysis.screening import Base, base_model, evidence_of_a_rise
from rca_lib.analysis.segments import benjamini_hochberg
from rca_lib.analysis.trials import trials

if TYPE_CHECKING:
    from rca_lib.analysis.mix import MixSplit
    from rca_lib.analysis.onset import Onset
    from rca_lib.analysis.outcome import Outcome

__all__ = ["Candidate", "CauseTable", "Test", "candidate_causes"]

STANDS_OUT_Z = 2.5
NOT_APART = 0.7
"""Cramér's V above which a dimension is too close to an exposure to adjust for."""

CREDIBLE = 0.8
NO_CAUSE = 1.0
"""Evidence, on the scale of twice a log Bayes factor, that no cause at all is given beforehand (set on simulated cases)."""

QUARTER = pd.Timedelta(days=91)
MORE_LOOKING = "More failures came to light because more requests were looked at; those drawn at random fail no more often than before."
METHOD = (
    "score tests of every change, segment, combination, version, deviation, load and tenure level given a binomial model "
    "of the dimensions and four-week periods; what chance reaches in the same search by dealing the residuals out anew; odds "
    "ratios from a binomial model on grouped counts adjusted for time, {confounders} and any better-ranked candidate"
)


@dataclass(frozen=True, eq=False)
class _Search:
    """One search: the data, what was compared and in which order it came out."""

    data: CauseData
    evidence: Evidence
    adjusted_for: list[Dimension]
    p_adjusted: dict[int, float]

    @property
    def ranking(self) -> Ranking:
        return self.evidence.ranking

    @property
    def onset(self) -> Onset | None:
        return self.evidence.onset


def candidate_causes(
    outcome: Outcome,
    requests: pd.DataFrame,
    dimensions: Iterable[str],
    *,
    onset: Onset | None = None,
    changes: pd.DataFrame | None = None,
    staff: pd.DataFrame | None = None,
    around: pd.Timestamp | None = None,
    request_ids: Sequence[str] = (),
    events: pd.DataFrame | None = None,
    as_of: pd.Timestamp | None = None,
    limit: int = 8,
) -> CauseTable:
    """Rank what may have made requests fail.

    Parameters
    ----------
    outcome : the failure, one row per request at risk.
    requests : the columns that dimensions and segments of changes name.
    dimensions : columns to look for causes in.
    onset : when the rate changed, if a change was found.
    changes : the change log; only entries that came into force before `around` are candidates.
    staff : gives tenure and site where `requests` does not have them yet.
    around : when the escalation occurred.
    request_ids : the escalation's own requests. A cause should have reached them: candidates that did not fall back.
    events : workflow events, from which deviations from the pipeline are read.
    as_of : the moment up to which open requests are judged; by default the last event.
    limit : how many candidates to estimate.

    Notes
    -----
    The screening ignores sampling weights: it conditions on the dimensions by which samples are drawn, which is more
    precise. It also compares requests that a rule picked, within their own arm: an odds ratio does not hang on how many
    of each were drawn. Shares of failures rest on requests drawn at random alone, and rates elsewhere use the weights.
    """
    rows = trials(outcome, comparing=True)
    refusal = too_little(outcome, rows)
    if refusal is not None:
        failures, at_risk = int((rows["n"] * rows["failed"]).sum()), int(rows["n"].sum())
        return CauseTable((), False, *refusal, "", 0, failures, at_risk, None, (), "too little", refusal[0])
    columns = with_derived_columns(requests, staff)
    data, left_out = assemble(rows, columns, dimensions, request_ids)
    base = base_model([*data.always, data.period], data.n, data.failed)
    exposures, more = _exposures(data, base, columns, changes, onset, around)
    later = since_the_rise(data, onset, around)
    exposures += combination_exposures(data, base, later, _last_week(data, around))
    left_out += more
    if events is not None and len(events):
        flow, more = flow_exposures(data, outcome, events, requests, as_of)
        exposures, left_out = exposures + flow, left_out + more
    ground = Ground(data.dimensions, data.week, data.n, data.failed, base, data.index)
    ranking = rank_exposures(exposures, ground, last_week=_last_week(data, around), limit=max(limit, 1))
    split = None if later is None else mix_of_the_rise(data, later)
    search = _searched(data, base, ranking, split, onset)
    candidates = [_candidate(item, search) for item in ranking.items[:limit]]
    if later is not None and split is not None and split.mix.low > 0 and split.mix.value > WORTH_NAMING * split.before:
        candidates.append(mix_candidate(split, data, later, onset))
    candidates = _with_probabilities(_in_order(candidates)[:limit])
    names = [dimension.name.removesuffix("_id").replace("_", " ") for dimension in search.adjusted_for]
    answer, text = _answer(candidates, split)
    if answer == "none" and around is not None and "received_at" in requests.columns:
        when = onset.when if onset is not None else around - QUARTER
        looking = looking_effort(outcome, requests["received_at"].dropna(), when)
        if looking is not None and looking.found_by_looking:
            answer, text = "looking", MORE_LOOKING
    return CauseTable(
        tuple(candidates),
        True,
        "",
        "",
        METHOD.format(confounders=", ".join(names) or "no other dimension"),
        len(exposures),
        int(data.failed.sum()),
        int(data.n.sum()),
        split,
        tuple(left_out),
        answer,
        text,
        _credible_set(candidates),
    )


def _last_week(data: CauseData, around: pd.Timestamp | None) -> int:
    """The latest week at which a segment may have begun to fail more: before the escalation, and not in the last weeks."""
    last = int(data.week.max()) - 3
    if around is None:
        return last
    before = (data.rows["at"] <= around).to_numpy(bool)
    return min(last, int(data.week[before].max())) if before.any() else 0


def _exposures(
    data: CauseData,
    base: Base,
    columns: pd.DataFrame,
    changes: pd.DataFrame | None,
    onset: Onset | None,
    around: pd.Timestamp | None,
) -> tuple[list[Exposure], list[str]]:
    exposures: list[Exposure] = []
    left_out: list[str] = []
    if changes is not None and len(changes):
        exposures, left_out = change_exposures(changes, columns, data.rows, around)
    exposures += level_exposures(data.dimensions, base, data.rows, data.week, _last_week(data, around))
    exposures += standing_exposures(data.dimensions, data.n)
    if onset is not None and onset.direction == "rise":
        exposures.append(onset_exposures(data.rows, onset.when))
    return exposures, left_out


def _searched(data: CauseData, base: Base, ranking: Ranking, split: MixSplit | None, onset: Onset | None) -> _Search:
    """Bring together what the tests of each candidate draw on."""
    usual = base_model(data.always, data.n, data.failed)
    items = ranking.alone
    p = [
        ranking.null.scan_p_value(item.z_alone) if item.exposure.scanned else float(special.ndtr(-item.z_alone))
        for item in items
    ]
    adjusted = benjamini_hochberg(p) if p else np.zeros(0)
    return _Search(
        data,
        Evidence(data, base, usual.expected, ranking, split, onset),
        confounders(data),
        {id(item.exposure): float(value) for item, value in zip(items, adjusted, strict=True)},
    )


def _candidate(item: Ranked, search: _Search) -> Candidate:
    exposure, data = item.exposure, search.data
    mask = exposure.mask
    effect = _effect(item, search)
    since = exposure.since
    if since is None and search.onset is not None:
        since = search.onset.when
    later = np.ones(len(mask), dtype=bool) if since is None else (data.rows["at"] >= since).to_numpy(bool)
    later = later & data.prevalent
    exposed_n, exposed_failed = float(data.n[mask & later].sum()), float(data.failed[mask & later].sum())
    share = averted = None
    if effect is not None:
        failed = float(data.failed[later].sum())
        share = attributable_share(effect, exposed_n=exposed_n, exposed_failed=exposed_failed, failed=failed)
        averted = failures_averted(share, failed)
    holds = float(mask[data.index].mean()) if data.index.any() else None
    p_adjusted = search.p_adjusted.get(id(exposure), 1.0)
    tests, controls = five_tests(item, effect, p_adjusted, holds, search.evidence)
    refuted = item.alone > 0 and not item.taken and effect is not None and effect.estimate.high < 1.5 and item.z < 1
    return Candidate(
        rank=0,
        kind="measurement" if exposure.measurement else exposure.kind,
        label=exposure.label,
        segment=dict(exposure.segment),
        change_id=exposure.change_id,
        since=exposure.since,
        effect=effect.estimate if effect else None,
        share=share,
        n=int(data.n[mask].sum()),
        failed=int(data.failed[mask].sum()),
        evidence=_evidence(item, effect),
        stands_out=_stands_out(item, search) and effect is not None and effect.estimate.low > 1,
        holds_requests=holds,
        collinear_with=item.collinear_with,
        grade=grade_of(tests, refuted=refuted),
        method=effect.estimate.method if effect else "no adjusted effect could be determined",
        caution=_caution(item, data, bool(effect)),
        tests=tests,
        kinds=kinds_of_evidence(item, effect),
        p_search=search.ranking.null.p_value(min(item.alone, item.evidence)),
        p_adjusted=p_adjusted,
        without_one=effect.without_one if effect else None,
        e_value=e_value(effect.estimate, common=exposed_failed > COMMON * exposed_n) if effect else None,
        averted=averted,
        controls=controls,
    )


def _effect(item: Ranked, search: _Search) -> AdjustedEffect | None:
    """The odds ratio, adjusted for time, what matters most for the failure, and the leading candidate."""
    exposure, data = item.exposure, search.data
    mask, leader = exposure.mask, search.ranking.items[0].exposure
    factors = [
        dimension.held
        for dimension in search.adjusted_for
        if dimension.name not in (exposure.dimension, *exposure.segment)
        and cramers_v(dimension.codes, exposure.reached.astype(np.int64), data.n) < NOT_APART
    ]
    factors += [dimension.codes for dimension in data.dimensions if dimension.role == "arm"]
    whole = bool(exposure.reached[data.n > 0].all())
    if not (whole or exposure.standing or exposure.new or np.array_equal(exposure.reached, mask)):
        factors.append(exposure.reached.astype(np.int64))
    if leader is not exposure and leader.label not in item.collinear_with:
        factors.append(leader.mask.astype(np.int64))
    smooth = None
    if item.over_time:
        smooth = _smooth(data.week)
    else:
        factors.append(data.coarse_period)
    return adjusted_odds_ratio(
        mask, factors, data.n, data.failed, week=data.week, smooth=smooth, cluster=data.specialist
    )


def _evidence(item: Ranked, effect: AdjustedEffect | None) -> float:
    """A lasting difference was screened without adjustment, so its adjusted effect may take evidence away."""
    if effect is None or not lasting(item.exposure):
        return item.evidence
    adjusted = float(evidence_of_a_rise(effect.log_odds / effect.error, effect.error)) - item.exposure.cost
    return min(item.evidence, adjusted)


def _stands_out(item: Ranked, search: _Search) -> bool:
    if not lasting(item.exposure):
        return item.evidence > 0
    # A lasting difference explains no rise, and is no news beside something that began.
    others = search.ranking.items
    return search.onset is None and item.z > 2 * STANDS_OUT_Z and not any(other.evidence > 0 for other in others)


def _caution(item: Ranked, data: CauseData, determined: bool) -> str:
    exposure = item.exposure
    parts = []
    if item.collinear_with:
        others = " or ".join(item.collinear_with[:3])
        parts.append(f"These data cannot tell it apart from {others}.")
    if data.index.any() and not exposure.mask[data.index].any():
        parts.append("None of the escalation's own requests were exposed to it.")
    if not determined:
        parts.append("The counts do not determine an adjusted effect.")
    if exposure.measurement:
        parts.append("A change of rubric changes what is counted as a failure, not the work.")
    elif exposure.kind == "change":
        parts.append(
            "It reached every request, so anything else that began about then would look the same."
            if item.over_time
            else "Anything unrecorded that began in the same segment about then would look the same."
        )
    elif exposure.kind == "flow":
        parts.append("Why the step was left out, or done out of turn, is for the people and the system to say.")
    elif exposure.kind == "none":
        parts.append("The rise is spread over the segments, and no recorded change accounts for it.")
    elif exposure.standing:
        parts.append("The difference was there throughout, so it does not by itself account for a rise.")
    else:
        parts.append("That a segment stands out does not say what in it makes requests fail.")
    return " ".join(parts)


def _smooth(week: npt.NDArray[np.int64]) -> npt.NDArray[np.float64]:
    """Trend and, for a year and a half or more, one yearly wave: a row per week number."""
    number = np.arange(int(week.max()) + 1, dtype=float)
    trend = (number - number.mean()) / max(len(number), 1)
    if len(number) < 78:
        return np.asarray(trend[:, None], dtype=float)
    angle = 2 * math.pi * number / 52.18
    return np.asarray(np.column_stack([trend, np.sin(angle), np.cos(angle)]), dtype=float)


def _in_order(candidates: list[Candidate]) -> list[Candidate]:
    """Those taken one after the other, each given those before, keep their order; the rest follow their evidence.

    A lasting difference explains no rise, so a different mix that does comes before it.
    """
    mix = max((candidate.evidence for candidate in candidates if candidate.kind == "mix"), default=math.inf)
    candidates = [
        replace(candidate, evidence=min(candidate.evidence, mix - 0.01))
        if candidate.kind == "segment" and candidate.since is None
        else candidate
        for candidate in candidates
    ]
    first = [candidate for candidate in candidates if candidate.evidence > 0 and candidate.kind != "mix"]
    others = [candidate for candidate in candidates if not (candidate.evidence > 0 and candidate.kind != "mix")]
    ordered = first + sorted(others, key=lambda candidate: -candidate.evidence)
    return [replace(candidate, rank=rank) for rank, candidate in enumerate(ordered, start=1)]


def _with_probabilities(candidates: list[Candidate]) -> list[Candidate]:
    """Share a probability of one among the candidates and no cause at all, by their evidence."""
    evidence = np.asarray([NO_CAUSE, *(candidate.evidence for candidate in candidates)])
    weight = np.exp((evidence - evidence.max()) / 2)
    weight /= weight.sum()
    return [replace(each, probability=float(share)) for each, share in zip(candidates, weight[1:], strict=True)]


def _credible_set(candidates: Sequence[Candidate]) -> tuple[int, ...]:
    """Ranks of the fewest candidates that hold the cause with the probability stated."""
    none = 1 - sum(candidate.probability for candidate in candidates)
    ordered = sorted(candidates, key=lambda each: (-each.probability, each.rank))
    if not ordered or none >= CREDIBLE:
        return ()
    ranks, held = [], 0.0
    for candidate in ordered:
        ranks.append(candidate.rank)
        held += candidate.probability
        if held >= CREDIBLE:
            break
    return tuple(ranks)


def _answer(candidates: Sequence[Candidate], split: MixSplit | None) -> tuple[str, str]:
    """What the counts say, in a word and in a sentence."""
    leading = [candidate for candidate in candidates if candidate.stands_out]
    if leading and leading[0].kind == "mix" and split is not None:
        part = min(split.mix.value / split.total, 1.0) if split.total > 0 else 0.0
        return "mix", (
            f"A different mix of requests accounts for about {part:.0%} of the rise; that is no fault of the process."
        )
    if leading and leading[0].kind == "measurement":
        return "measurement", "What is counted as a failure changed, so the rise need not mean that the work got worse."
    if leading:
        return "cause", ""
    return "none", "No candidate stands out from what chance gives to a search as wide as this one."
