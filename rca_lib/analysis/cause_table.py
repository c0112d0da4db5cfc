"""What a search for causes finds: candidates in order, or the reason why none could be looked for."""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd

from rca_lib.analysis.intervals import Estimate
from rca_lib.analysis.mix import MixSplit

__all__ = ["Candidate", "CauseTable", "Test"]


@dataclass(frozen=True)
class Test:
    """One of the five tests that a cause must pass to be established.

    Attributes
    ----------
    name : ``"signal"``, ``"timing"``, ``"kinds"``, ``"rival"`` or ``"control"``.
    passed : whether it was passed; ``None`` where it could not be tried.
    finding : what was found, in a sentence.
    """

    __test__ = False

    name: str
    passed: bool | None
    finding: str


@dataclass(frozen=True)
class Candidate:
    """One candidate cause.

    Attributes
    ----------
    rank : 1 for the best supported.
    kind : ``"change"``, ``"measurement"`` (a change of rubric), ``"segment"``, ``"mix"``, ``"load"``, ``"staffing"``, ``"flow"``
        (a deviation from the pipeline) or ``"none"``.
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
    grade : ``"established"``, ``"probable"``, ``"possible"`` or ``"refuted"``; see `rca_lib.analysis.grading`.
    method : how the effect was estimated.
    caution : what to mind, in a sentence or two.
    tests : the five tests, where they were tried.
    kinds : kinds of evidence that speak for it.
    p_search : how often the best of a search as wide as this one looks as strong by chance.
    p_adjusted : p-value after Benjamini and Hochberg's adjustment for everything that was compared.
    e_value : strength (risk ratio) that an unmeasured confounder would need with both cause and failure to explain the
        effect away, and to move its interval to 1.
    without_one : odds ratio when the specialist who speaks most for it is left out.
    averted : failures since it began that would not have occurred without it.
    controls : ratio of the failures after it began to those before, at an unchanged mix, among the requests that it
        reached and among the others; empty where that could not be told.
    probability : that it is the cause, among all that was compared and no cause at all.
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
    tests: tuple[Test, ...] = ()
    kinds: tuple[str, ...] = ()
    p_search: float | None = None
    p_adjusted: float | None = None
    e_value: tuple[float, float] | None = None
    without_one: Estimate | None = None
    averted: Estimate | None = None
    controls: tuple[Estimate, ...] = ()
    probability: float = 0.0


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
    answer : what the counts say: ``"cause"``, ``"none"``, ``"mix"``, ``"measurement"``, ``"looking"`` (more looking
        found more) or ``"too little"``.
    answer_text : the same in a sentence.
    credible_set : ranks of the candidates that together hold the cause with a probability of 80 %, as far as this
        search can tell; empty where no cause is the likelier answer.
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
    answer: str = "none"
    answer_text: str = ""
    credible_set: tuple[int, ...] = ()
