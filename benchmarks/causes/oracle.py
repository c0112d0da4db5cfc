"""What could be known at best: tests that are given the true rates without a cause and the true first week."""

from __future__ import annotations

from math import lgamma
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from scipy import special

if TYPE_CHECKING:
    from benchmarks.causes.families import Case

ADJUSTED = ("process_type", "channel", "urgency", "jurisdiction", "language", "team_id", "legal_entity", "queue")


ANY_FAILURE = 0.05
"""How often an escalation is about any failures at all rather than about those that the cause reached, as `families._named` draws it."""


def information(
    requests: pd.DataFrame, week: np.ndarray, mask: np.ndarray, chance: np.ndarray, *, over_time: bool
) -> float:
    """Information about the log odds ratio of `mask` that is left after the dimensions and time."""
    variance = chance * (1 - chance)
    blocks = [np.ones((len(week), 1))]
    for name in ADJUSTED:
        codes = pd.factorize(requests[name])[0]
        blocks.append(np.eye(codes.max() + 1)[codes][:, 1:])
    if over_time:
        angle = 2 * np.pi * week / 52.18
        blocks.append(np.column_stack([week / week.max(), np.sin(angle), np.cos(angle)]))
    else:
        blocks.append(np.eye(week.max() // 4 + 1)[week // 4][:, 1:])
    design = np.column_stack(blocks)
    weighted = design * variance[:, None]
    gram = design.T @ weighted + 1e-8 * np.eye(design.shape[1])
    exposed = mask.astype(float)
    left = exposed - design @ np.linalg.solve(gram, weighted.T @ exposed)
    return float((left**2 * variance).sum())


def oracle_order(case: Case, candidates: list[tuple[str, np.ndarray]], *, picked: bool = False) -> list[str]:
    """Candidates by the likelihood-ratio statistic of one more odds ratio on top of the true rates without a cause.

    With `picked`, the statistic also holds how the escalation's own requests were picked, which the library sees too.
    """
    failed = case.outcome.frame["failed"].to_numpy(float)
    found = []
    for name, mask in candidates:
        offset, hits, n = case.base_logit[mask], failed[mask].sum(), int(mask.sum())
        if n == 0:
            continue
        size = 0.0
        for _ in range(25):
            rate = special.expit(offset + size)
            step = (hits - rate.sum()) / max((rate * (1 - rate)).sum(), 1e-9)
            size = float(np.clip(size + np.clip(step, -1, 1), -6, 6))
        gain = (failed[mask] * size).sum() - (np.logaddexp(0, offset + size) - np.logaddexp(0, offset)).sum()
        clue = _clue(case, mask) if picked else 0.0
        found.append(((2 * gain if size > 0 else -2 * gain) + clue, name))
    return [name for _, name in sorted(found, key=lambda pair: -pair[0])]


def _clue(case: Case, mask: np.ndarray) -> float:
    """Twice the log of how much likelier the picked requests are if `mask` holds the cause than if they are any failures."""
    within = (case.week >= case.truths[0].since) & (case.requests["received_at"] < case.around).to_numpy()
    window = within & case.outcome.frame["failed"].to_numpy(bool)
    chosen = case.requests["request_id"].isin(case.request_ids).to_numpy()
    count, every, reached = int(chosen.sum()), int(window.sum()), int((window & mask).sum())
    if not (chosen <= mask).all():
        return 2 * float(np.log(ANY_FAILURE))
    ways = lgamma(every + 1) - lgamma(every - count + 1) - lgamma(reached + 1) + lgamma(reached - count + 1)
    return 2 * float(np.logaddexp(np.log(ANY_FAILURE), np.log(1 - ANY_FAILURE) + ways))
