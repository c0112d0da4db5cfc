"""Why: candidate causes, ranked by the evidence in the counts, each with an adjusted effect, none more than possible.

The order of work: grouped counts, a base model of what always matters, a score test for each change, segment,
version, load and tenure given that base, and for the leading ones an adjusted odds ratio and the share of failures
that goes with them.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt
import pandas as pd

from rca_lib.analysis.cause_table import Candidate, CauseTable
from rca_lib.analysis.dimensions import segment_frame
from rca_lib.analysis.exposures import (
    LOAD,
    Dimension,
    Exposure,
    change_exposures,
    cramers_v,
    dimension_levels,
    level_exposures,
    load_bands,
    onset_exposures,
    standing_exposures,
)
from rca_lib.analysis.mix import MixSplit, mix_split
from rca_lib.analysis.models import AdjustedEffect, adjusted_odds_ratio, attributable_share
from rca_lib.analysis.ranking import Ranked, lasting, rank_exposures
from rca_lib.analysis.screening import Base, base_model, evidence_of_a_rise
from rca_lib.analysis.trials import day_numbers, group_sums, tally, trials

if TYPE_CHECKING:
    from rca_lib.analysis.onset import Onset
    from rca_lib.analysis.outcome import Outcome

__all__ = ["Candidate", "CauseTable", "candidate_causes"]

FEWEST_FAILURES = 20
FEWEST_WEEKS = 8
STANDS_OUT_Z = 2.5
WORTH_NAMING = 0.1
"""Share of the rate before by which a different mix must have raised it to be listed."""

MOST_PERIODS = 30
PER_PERIOD = 10
NOT_APART = 0.7
"""Cramér's V above which a dimension is too close to an exposure to adjust for."""

DERIVED = ("tenure", "site", LOAD)

CONFOUNDERS = 3
"""Dimensions, those that matter most for the failure, that an adjusted odds ratio is adjusted for beside time."""

METHOD = (
    "score tests of every change, segment, version, load and tenure level given a binomial model of the dimensions and "
    "four-week periods; odds ratios from a binomial model on grouped counts adjusted for time, {confounders} and any "
    "better-ranked candidate"
)


@dataclass(frozen=True, eq=False)
class _Data:
    rows: pd.DataFrame
    n: npt.NDArray[np.float64]
    failed: npt.NDArray[np.float64]
    week: npt.NDArray[np.int64]
    dimensions: list[Dimension]
    index: npt.NDArray[np.bool_]

    @property
    def period(self) -> npt.NDArray[np.int64]:
        return self.week // 4

    @property
    def coarse_period(self) -> npt.NDArray[np.int64]:
        """Periods of equal length, as many as the failures bear: ten for each, four weeks at the least."""
        weeks = int(self.week.max()) + 1
        periods = int(np.clip(self.failed.sum() // PER_PERIOD, 2, min(MOST_PERIODS, max(weeks // 4, 2))))
        return np.asarray(self.week * periods // weeks, dtype=np.int64)


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
    limit : how many candidates to estimate.

    Notes
    -----
    The screening ignores sampling weights: it conditions on the dimensions by which samples are drawn, which is more
    precise. Rates elsewhere use them.
    """
    rows = trials(outcome)
    refusal = _refusal(outcome, rows)
    if refusal is not None:
        return refusal
    columns = _columns(requests, staff)
    data, left_out = _assemble(rows, columns, dimensions, request_ids)
    base = base_model(
        [dimension.codes for dimension in data.dimensions if dimension.role == "segment"] + [data.period],
        data.n,
        data.failed,
    )
    exposures, more = _exposures(data, base, columns, changes, onset, around)
    left_out += more
    ranked = rank_exposures(
        exposures,
        dimensions=data.dimensions,
        week=data.week,
        n=data.n,
        failed=data.failed,
        base=base,
        index=data.index,
        limit=limit,
    )
    confounders = _confounders(data)
    candidates = [_candidate(item, data, ranked, confounders, onset) for item in ranked[:limit]]
    later = _later(data, onset, around)
    split = None if later is None else _mix(data, later)
    if later is not None and split is not None and split.mix.low > 0 and split.mix.value > WORTH_NAMING * split.before:
        candidates.append(_mix_candidate(split, data, later, onset))
    candidates = _in_order(candidates)[:limit]
    names = [dimension.name.removesuffix("_id").replace("_", " ") for dimension in confounders]
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
    )


def _refusal(outcome: Outcome, rows: pd.DataFrame) -> CauseTable | None:
    n, failures = float(rows["n"].sum()), float((rows["n"] * rows["failed"]).sum())
    weeks = int(rows["day"].max() - rows["day"].min()) // 7 + 1 if len(rows) else 0
    reason, allow = "", ""
    if not outcome.ok:
        reason, allow = outcome.reason, outcome.would_allow
    elif failures < FEWEST_FAILURES:
        reason = f"Only {int(failures)} of {int(n)} requests at risk failed, too few to compare causes."
        allow = f"At least {FEWEST_FAILURES} failures, from a longer time or a larger sample, would allow it."
    elif failures > n - FEWEST_FAILURES:
        reason = "Nearly every request at risk failed, so there is nothing to compare the failures with."
        allow = "Requests of the same kind that did not fail would allow it."
    elif weeks < FEWEST_WEEKS:
        reason = f"The requests at risk span {weeks} weeks, too short to see what changed."
        allow = f"At least {FEWEST_WEEKS} weeks of requests would allow it."
    if not reason:
        return None
    return CauseTable((), False, reason, allow, "", 0, int(failures), int(n), None, ())


def _columns(requests: pd.DataFrame, staff: pd.DataFrame | None) -> pd.DataFrame:
    """`requests` with tenure, site and the load of the week, where they can be told."""
    columns = requests
    if staff is not None and "tenure" not in columns.columns:
        columns = segment_frame({"requests": requests, "staff": staff})
    if LOAD not in columns.columns and "received_at" in columns.columns and len(columns):
        columns = columns.assign(**{LOAD: load_bands(columns)})
    return columns


def _assemble(
    rows: pd.DataFrame, columns: pd.DataFrame, dimensions: Iterable[str], request_ids: Sequence[str]
) -> tuple[_Data, list[str]]:
    """Number everything. The escalation's own requests that are not at risk join with a count of 0."""
    wanted = set(request_ids)
    missing = sorted(wanted - set(rows["request_id"]))
    extra = columns.loc[columns["request_id"].isin(missing), ["request_id", "received_at"]]
    if len(extra):
        more = pd.DataFrame({"request_id": extra["request_id"].to_numpy(), "at": extra["received_at"].array})
        more = more.assign(failed=False, mature=True, n=0.0, weight=0.0, day=day_numbers(more["at"]))
        rows = pd.concat([rows, more[rows.columns]], ignore_index=True)
    n = rows["n"].to_numpy(float)
    monday = int(rows["day"].min()) - (int(rows["day"].min()) - 4) % 7
    week = ((rows["day"].to_numpy() - monday) // 7).astype(np.int64)
    position = pd.Index(columns["request_id"]).get_indexer(pd.Index(rows["request_id"]))
    names = [*dict.fromkeys([*dimensions, *DERIVED])]
    joined = columns[[name for name in names if name in columns.columns]].iloc[position].reset_index(drop=True)
    found, left_out = dimension_levels(joined, names, n, week // 4)
    index = rows["request_id"].isin(wanted).to_numpy(bool)
    return _Data(rows, n, rows["failed"].to_numpy(bool) * n, week, found, index), left_out


def _exposures(
    data: _Data,
    base: Base,
    columns: pd.DataFrame,
    changes: pd.DataFrame | None,
    onset: Onset | None,
    around: pd.Timestamp | None,
) -> tuple[list[Exposure], list[str]]:
    last_week = int(data.week.max()) - 3
    if around is not None:
        before = (data.rows["at"] <= around).to_numpy(bool)
        last_week = min(last_week, int(data.week[before].max())) if before.any() else 0
    exposures: list[Exposure] = []
    left_out: list[str] = []
    if changes is not None and len(changes):
        exposures, left_out = change_exposures(changes, columns, data.rows, around)
    exposures += level_exposures(data.dimensions, base, data.rows, data.week, last_week)
    exposures += standing_exposures(data.dimensions, data.n)
    if onset is not None and onset.direction == "rise":
        exposures.append(onset_exposures(data.rows, onset.when))
    return exposures, left_out


def _confounders(data: _Data) -> list[Dimension]:
    """The dimensions along which the failure differs most, few-levelled ones that are always there."""
    overall = data.failed.sum() / data.n.sum()
    strength = []
    for dimension in data.dimensions:
        if dimension.role != "segment" or len(dimension.labels) > 12:
            continue
        n = group_sums(dimension.codes, data.n, len(dimension.labels))
        k = group_sums(dimension.codes, data.failed, len(dimension.labels))
        used = n > 0
        chi_squared = float(((k - n * overall)[used] ** 2 / (n[used] * overall * (1 - overall))).sum())
        strength.append((chi_squared - used.sum() + 1, dimension))
    strength.sort(key=lambda pair: -pair[0])
    kept, room = [], data.failed.sum() / PER_PERIOD
    for gain, dimension in strength[:CONFOUNDERS]:
        room -= len(dimension.labels) - 1
        if gain > 0 and room >= 0:
            kept.append(dimension)
    return kept


def _candidate(
    item: Ranked, data: _Data, ranked: Sequence[Ranked], confounders: list[Dimension], onset: Onset | None
) -> Candidate:
    exposure = item.exposure
    mask = exposure.mask
    leader = ranked[0].exposure
    factors = [
        dimension.codes
        for dimension in confounders
        if dimension.name != exposure.dimension
        and cramers_v(dimension.codes, exposure.reached.astype(np.int64), data.n) < NOT_APART
    ]
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
    effect = adjusted_odds_ratio(mask, factors, data.n, data.failed, week=data.week, smooth=smooth)
    since = exposure.since if exposure.since is not None else (onset.when if onset is not None else None)
    later = np.ones(len(mask), dtype=bool) if since is None else (data.rows["at"] >= since).to_numpy(bool)
    exposed_n, exposed_failed = float(data.n[mask & later].sum()), float(data.failed[mask & later].sum())
    share = None
    if effect is not None:
        share = attributable_share(
            effect, exposed_n=exposed_n, exposed_failed=exposed_failed, failed=float(data.failed[later].sum())
        )
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
        stands_out=_stands_out(item, ranked, onset) and effect is not None and effect.estimate.low > 1,
        holds_requests=float(mask[data.index].mean()) if data.index.any() else None,
        collinear_with=item.collinear_with,
        grade="possible",
        method=effect.estimate.method if effect else "no adjusted effect could be determined",
        caution=_caution(item, data, bool(effect), item.over_time),
    )


def _evidence(item: Ranked, effect: AdjustedEffect | None) -> float:
    """A lasting difference was screened without adjustment, so its adjusted effect may take evidence away."""
    if effect is None or not lasting(item.exposure):
        return item.evidence
    adjusted = float(evidence_of_a_rise(effect.log_odds / effect.error, effect.error)) - item.exposure.cost
    return min(item.evidence, adjusted)


def _stands_out(item: Ranked, ranked: Sequence[Ranked], onset: Onset | None) -> bool:
    if not lasting(item.exposure):
        return item.evidence > 0
    # A lasting difference explains no rise, and is no news beside something that began.
    return onset is None and item.z > 2 * STANDS_OUT_Z and not any(other.evidence > 0 for other in ranked)


def _caution(item: Ranked, data: _Data, determined: bool, over_time: bool) -> str:
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
            if over_time
            else "Anything unrecorded that began in the same segment about then would look the same."
        )
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


def _mix(data: _Data, later: npt.NDArray[np.bool_]) -> MixSplit | None:
    """The split along the dimension whose mix accounts for most of the rise."""
    best: MixSplit | None = None
    for dimension in data.dimensions:
        if dimension.role in ("version", "load"):
            continue
        n0, k0, n1, k1 = (
            group_sums(dimension.codes[part], values[part], len(dimension.labels))
            for part in (~later, later)
            for values in (data.n, data.failed)
        )
        split = mix_split(dimension.name, dimension.labels, n0, k0, n1, k1)
        if split is not None and (best is None or split.mix.value > best.mix.value):
            best = split
    return best


def _later(data: _Data, onset: Onset | None, around: pd.Timestamp | None) -> npt.NDArray[np.bool_] | None:
    when = onset.when if onset is not None else None
    if when is None and around is not None:
        when = around - pd.Timedelta(days=91)
    if when is None:
        return None
    later = (data.rows["at"] >= when).to_numpy(bool)
    return later if later.any() and not later.all() else None


def _mix_candidate(split: MixSplit, data: _Data, later: npt.NDArray[np.bool_], onset: Onset | None) -> Candidate:
    part = data.rows.loc[later]
    seen = tally(part, np.zeros(len(part), dtype=np.int64), 1).iloc[0]
    after = float(seen["rate"])
    size0, size1 = float(data.n[~later].sum()), float(data.n[later].sum())
    pooled = float(data.failed.sum() / data.n.sum())
    error = max((split.mix.high - split.mix.low) / 3.92, math.sqrt(pooled * (1 - pooled) * (1 / size0 + 1 / size1)))
    z = split.mix.value / error
    reached = next(d for d in data.dimensions if d.name == split.dimension)
    inside = (reached.codes == reached.labels.index(split.level)) & later
    share = replace(
        split.mix,
        value=min(max(split.mix.value / after, 0.0), 1.0),
        low=min(max(split.mix.low / after, 0.0), 1.0),
        high=min(max(split.mix.high / after, 0.0), 1.0),
        n=float(seen["failed"]),
    )
    name = split.dimension.removesuffix("_id").replace("_", " ")
    return Candidate(
        rank=0,
        kind="mix",
        label=f"a different mix of requests by {name}, with more of {split.level}",
        segment={split.dimension: split.level},
        change_id=None,
        since=onset.when if onset is not None else None,
        effect=None,
        share=share,
        n=int(data.n[inside].sum()),
        failed=int(data.failed[inside].sum()),
        evidence=z**2 - 2 * math.log(max(len(data.dimensions), 2)),
        stands_out=z > STANDS_OUT_Z and split.mix.value > 0.5 * split.total,
        holds_requests=float(inside[data.index].mean()) if data.index.any() else None,
        collinear_with=(),
        grade="possible",
        method=split.mix.method,
        caution="A different mix moves the rate without anything in the work having changed.",
    )


def _in_order(candidates: list[Candidate]) -> list[Candidate]:
    """Those taken one after the other, each given those before, keep their order; the rest follow their evidence."""
    first = [candidate for candidate in candidates if candidate.evidence > 0 and candidate.kind != "mix"]
    others = [candidate for candidate in candidates if not (candidate.evidence > 0 and candidate.kind != "mix")]
    ordered = first + sorted(others, key=lambda candidate: -candidate.evidence)
    return [replace(candidate, rank=rank) for rank, candidate in enumerate(ordered, start=1)]
