"""What a search for causes finds: candidates in order, or the reason why none could be looked for."""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd

from rca_lib.analysis.intervals import Estimate
from rca_lib.analysis.mix import MixSplit

__all__ = ["Candidate", "CauseTable"]


@dataclass(frozen=True)
class Candidate:
    """One candidate cause.

    Attributes
    ----------
    rank : 1 for the best supported.
    kind : ``"change"``, ``"measurement"`` (a change of rubric), ``"segment"``, ``"mix"``, ``"load"``, ``"staffing"`` or ``"none"``.
    label : how it is called.
    segment : the levels that it reaches, by dimension.
    change_id : the entry of the change log, if it is one.
    since : when it began, if it began within the data.
    effect : adjusted odds ratio of failing with it against without; ``None`` for a mix, or where it cannot be
        determined.
    share : share of the failures since then that goes with it.
    n, failed : requests at risk that were exposed to it, and those that failed.
    evidence : twice the log Bayes factor of a rise that matters, less what the search costs; above 0 it is worth a look.
    stands_out : whether the evidence is above 0 and the interval of the effect lies above 1.
    holds_requests : share of the escalation's own requests that were exposed to it; ``None`` where not known.
    collinear_with : what these data cannot tell it apart from.
    grade : ``"possible"``; counts alone show no more.
    method : how the effect was estimated.
    caution : what to mind, in a sentence or two.
    """

    rank: int
    kind: str
    label: str
    segment: dict[str, str]
    change_id: str | None
    since: pd.Timestamp | None
    effect: Estimate | None
    share: Estimate | None
    n: int
    failed: int
    evidence: float
    stands_out: bool
    holds_requests: float | None
    collinear_with: tuple[str, ...]
    grade: str
    method: str
    caution: str


@dataclass(frozen=True)
class CauseTable:
    """Candidate causes in order, or why none could be looked for.

    Attributes
    ----------
    candidates : the best supported first.
    ok, reason, would_allow : whether causes could be looked for; if not, why, and what would allow it.
    method : how they were found.
    searched : how many exposures were compared.
    failures, at_risk : what the comparison rests on.
    mix : how much of the rise a different mix accounts for along the dimension where that is most; ``None`` without a
        rise.
    left_out : sentences on what could not be compared and why.
    """

    candidates: tuple[Candidate, ...]
    ok: bool
    reason: str
    would_allow: str
    method: str
    searched: int
    failures: int
    at_risk: int
    mix: MixSplit | None
    left_out: tuple[str, ...]
