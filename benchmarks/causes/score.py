"""Run the engine, the naive methods and the oracle on one case, and say what each got right."""

from __future__ import annotations

import time
from typing import Any

import numpy as np
import pandas as pd

from benchmarks.causes import baselines
from benchmarks.causes.families import CAUSELESS, Case, make_case
from benchmarks.causes.matching import is_right, names_the_tie
from benchmarks.causes.oracle import oracle_order
from benchmarks.causes.world import START
from rca_lib.analysis.causes import CauseTable, candidate_causes
from rca_lib.analysis.change_points import onset_for
from rca_lib.analysis.onset import Onset


def answer(case: Case) -> tuple[Onset | None, CauseTable, float]:
    """What the library says of a case, asked as a review asks, and how long it took."""
    begun = time.perf_counter()
    found = onset_for(case.outcome, occurred_at=case.around)
    table = candidate_causes(
        case.outcome,
        case.requests,
        case.dimensions,
        onset=found,
        changes=case.changes,
        staff=case.staff,
        around=case.around,
        request_ids=case.request_ids,
        events=case.events,
    )
    return found, table, time.perf_counter() - begun


def score_case(job: tuple[str, str, int]) -> dict[str, Any]:
    """One line of the results."""
    case = make_case(*job)
    found, table, seconds = answer(case)
    listed = table.candidates
    right = [each for each in listed if any(is_right(each, truth, case) for truth in case.truths)]
    rank = min((each.rank for each in right), default=0)
    result: dict[str, Any] = {
        "family": case.family,
        "tier": case.tier,
        "seed": case.seed,
        "seconds": seconds,
        "assessed": table.ok,
        "rank": rank,
        "answer": table.answer,
        "stands_out": any(each.stands_out and each.kind != "mix" for each in listed),
        "established": [each.rank for each in listed if each.grade == "established"],
        "wrongly_established": any(each.grade == "established" and each not in right for each in listed),
        "rightly_established": any(each.grade == "established" and each in right for each in listed),
        "set": list(table.credible_set),
        "covered": _covered(case, table),
        "methods": _methods(case, found),
        "first": [
            f"{each.kind}:{each.change_id or ''}{each.segment} ev {each.evidence:.1f} z-p {each.p_search:.3f} {each.grade}"
            if each.p_search is not None
            else f"{each.kind}:{each.segment} ev {each.evidence:.1f}"
            for each in listed[:4]
        ],
        "truth": [
            f"{truth.kind} {truth.change_ids} {truth.segments} week {truth.since} OR {np.exp(truth.log_odds):.1f} root {truth.root:.1f}"
            for truth in case.truths
        ],
        "evidence": [[each.evidence, each in right] for each in listed],
        "size": [int(table.at_risk), int(table.failures)],
    }
    if case.truths and case.family not in CAUSELESS:
        result |= _precision(case, found, table, right)
    return result


def _covered(case: Case, table: CauseTable) -> bool:
    """Whether the stated set holds the answer; where there is no cause in the process, an empty set or the mix is right."""
    ranks = {each.rank for each in table.candidates if any(is_right(each, truth, case) for truth in case.truths)}
    if case.family == "null":
        return not table.credible_set
    if case.family == "mix":
        return not table.credible_set or bool(ranks & set(table.credible_set))
    return bool(ranks & set(table.credible_set))


def _methods(case: Case, found: Onset | None) -> dict[str, int]:
    """The rank that each naive method and the oracle give to what was planted; 0 for none."""
    if not case.truths or case.family in CAUSELESS:
        return {}
    when = found.when if found is not None else None
    orders = baselines.orders(case, when)
    later = case.week >= case.truths[0].since
    pool = []
    for name, member, changed in baselines.candidates_of(case):
        # Load and tenure act whenever they are there, before the onset too; other levels from the onset on.
        cut = changed if changed is not member or name.startswith(("load=", "tenure=")) else member & later
        pool.append((name, cut))
    truth = case.truths[0]
    if not any(baselines.is_right(name, truth) for name, _ in pool) or len(next(iter(truth.segments), {})) > 1:
        pool.append(("planted", truth.mask))
    orders["oracle"] = oracle_order(case, pool)
    orders["oracle told of requests"] = oracle_order(case, pool, picked=True)
    ranks = {}
    for method, order in orders.items():
        places = [
            place
            for place, name in enumerate(order, 1)
            if name == "planted" or any(baselines.is_right(name, truth) for truth in case.truths)
        ]
        ranks[method] = min(places, default=0)
    return ranks


def _precision(case: Case, found: Onset | None, table: CauseTable, right: list[Any]) -> dict[str, Any]:
    since = START + pd.Timedelta(weeks=case.truths[0].since)
    best = min(right, key=lambda each: each.rank) if right else None
    named = {each.rank for each in table.candidates if each.stands_out and each.kind != "mix"} | (
        {1} if table.candidates and table.candidates[0].grade in ("probable", "established") else set()
    )
    hit = [any(is_right(each, truth, case) for each in table.candidates if each.rank in named) for truth in case.truths]
    kept = [each for each in table.candidates if each.rank in named]
    correct = sum(any(is_right(each, truth, case) for truth in case.truths) for each in kept)
    return {
        "tie_named": names_the_tie(best, case.truths[0]) if best is not None and case.family == "collinear" else None,
        "onset_days": None if found is None else abs((found.when - since).days),
        "onset_inside": None
        if found is None
        else bool(found.low <= since + pd.Timedelta(days=1) and found.high >= since),
        "since_days": None if best is None or best.since is None else abs((best.since - since).days),
        "since_logged": best is not None and best.change_id is not None,
        "share_error": None
        if best is None or best.share is None or best.rank > 1
        else abs(best.share.value - sum(truth.share for truth in case.truths if is_right(best, truth, case))),
        "share_inside": None
        if best is None or best.share is None or best.rank > 1
        else bool(
            best.share.low
            <= sum(truth.share for truth in case.truths if is_right(best, truth, case))
            <= best.share.high
        ),
        "named": len(kept),
        "named_right": correct,
        "found": sum(hit),
        "planted": len(case.truths),
    }
