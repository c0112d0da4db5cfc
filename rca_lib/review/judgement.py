"""What an analyst's judgement amounts to together with the counts: grades, rankings and where the two disagree."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import TYPE_CHECKING

import pandas as pd

from rca_lib.analysis.cause_table import Candidate, CauseTable, Test
from rca_lib.analysis.grading import grade_of
from rca_lib.analysis.hypotheses import Ranking, evidence_weight, matrix_of, rank_hypotheses
from rca_lib.analysis.triangulation import (
    FIRM,
    Piece,
    Voice,
    combined_tests,
    lower_grade,
    meeting,
    voice_of,
    voice_of_counts,
)
from rca_lib.review.casefile.model import About, CaseFile, Hypothesis, Node, Statement
from rca_lib.review.evidence import without_sealed

if TYPE_CHECKING:
    from rca_lib.analysis.intervals import Estimate

__all__ = [
    "COUNTS",
    "JudgedCause",
    "Judgement",
    "candidate_about",
    "evidence_facts",
    "is_claim",
    "judge",
    "judged_table",
]

COUNTS = "counts"
"""The kind of evidence that a claim of the review is."""

_CLAIM = re.compile(r"[a-z0-9_]+(\.[a-z0-9_]+)+")


@dataclass(frozen=True)
class JudgedCause:
    """A stated cause with everything that bears on it.

    Attributes
    ----------
    statement : as the analyst wrote it.
    candidate : the candidate of the counts that it is; ``None`` where no count shows it.
    tests : the five tests, with counts and evidence together.
    borne : the grade that the evidence bears.
    grade : the grade that stands: the same, or a lower one that the analyst set.
    counts, evidence : what counts, and what people and records say.
    meeting : how the two meet, a key of `rca_lib.analysis.triangulation.MEETINGS`.
    """

    statement: Statement
    candidate: Candidate | None
    tests: tuple[Test, ...]
    borne: str
    grade: str
    counts: Voice
    evidence: Voice
    meeting: str

    @property
    def share(self) -> Estimate | None:
        """Share of the failures that goes with it, where the counts give one."""
        return self.candidate.share if self.candidate is not None else None


@dataclass(frozen=True)
class Judgement:
    """A case file, weighed.

    Attributes
    ----------
    file : the case file.
    ranking : the hypotheses by how much evidence speaks against them; ``None`` where fewer than two were set down or
        nothing was rated.
    causes : the stated causes, in the order of the file.
    weights, kinds : weight and kind of each rated piece, by its id.
    """

    file: CaseFile
    ranking: Ranking | None
    causes: tuple[JudgedCause, ...]
    weights: Mapping[str, float]
    kinds: Mapping[str, str]

    @property
    def disagreements(self) -> tuple[JudgedCause, ...]:
        """Stated causes of which counts and evidence say different things."""
        return tuple(each for each in self.causes if each.meeting == "disagree")

    @property
    def is_measurement(self) -> bool:
        """Whether the best graded cause is that something else is counted, with the work as it was."""
        return (
            self.leading is not None
            and self.leading.candidate is not None
            and self.leading.candidate.kind == "measurement"
        )

    @property
    def leading(self) -> JudgedCause | None:
        """The stated cause with the best grade; the first of the file among equals."""
        order = ("established", "probable", "possible", "refuted")
        return min(self.causes, key=lambda each: order.index(each.grade), default=None)


def is_claim(name: str, known: Iterable[str] = ()) -> bool:
    """Say whether an id of evidence is that of a claim, given the ids of the evidence table.

    >>> is_claim("why.candidate_1"), is_claim("EV-0042-01")
    (True, False)
    """
    return name not in known and _CLAIM.fullmatch(name) is not None


def evidence_facts(evidence: pd.DataFrame | None) -> tuple[dict[str, float], dict[str, str]]:
    """Return weight and kind of each piece of evidence, by its id; sealed pieces are for counsel to weigh, and left out."""
    if evidence is None:
        return {}, {}
    evidence = without_sealed(evidence)
    ids = evidence["evidence_id"].astype(str)
    weights = [evidence_weight(*pair) for pair in zip(evidence["reliability"], evidence["credibility"], strict=True)]
    return dict(zip(ids, weights, strict=True)), dict(zip(ids, evidence["kind"].astype(str), strict=True))


def judge(
    file: CaseFile,
    evidence: pd.DataFrame | None,
    table: CauseTable | None,
    *,
    occurred_at: pd.Timestamp,
    changes: pd.DataFrame | None = None,
) -> Judgement:
    """Weigh a case file against the evidence and the candidates of the counts.

    Parameters
    ----------
    evidence : the escalation's evidence, as the contract has it.
    table : candidate causes as the counts alone give them.
    occurred_at : when the failure happened; a cause was so before.
    changes : the change log, for the beginning of a cause that is an entry of it.
    """
    weights, kinds = evidence_facts(evidence)
    for piece in file.evidence:
        if is_claim(piece.id, weights):
            weights[piece.id], kinds[piece.id] = 1.0, COUNTS
    for piece in file.evidence:
        if piece.repeats:
            weights[piece.id] = 0.0
    rated = {piece.id: dict(piece.ratings) for piece in file.evidence if piece.ratings and piece.id in weights}
    ranking = None
    if len(file.hypotheses) > 1 and rated:
        held = [each.id for each in file.hypotheses if each.verdict in ("leading", "contributes")]
        ranking = rank_hypotheses(matrix_of(rated, weights, [each.id for each in file.hypotheses]), together=held)
    rivals = _refuted(file, rated, weights, kinds)
    causes = tuple(
        _judged(
            statement,
            file,
            _pieces(statement.hypothesis, rated, weights, kinds),
            candidate_about(_about(file, statement), table),
            [words for name, words in rivals if name != statement.hypothesis],
            _began(statement, _about(file, statement), changes),
            occurred_at,
        )
        for statement in file.causes
    )
    return Judgement(file, ranking, causes, weights, kinds)


def candidate_about(about: About | None, table: CauseTable | None) -> Candidate | None:
    """Return the candidate that a hypothesis is about, or ``None`` where the counts have none."""
    if about is None or table is None:
        return None
    for candidate in table.candidates:
        if about.change is not None and candidate.change_id == about.change:
            return candidate
        if about.segment and dict(candidate.segment) == about.segment and candidate.change_id is None:
            return candidate
        if about.kind is not None and candidate.kind == about.kind:
            return candidate
    return None


def judged_table(table: CauseTable, judgement: Judgement | None) -> CauseTable:
    """Return the candidates with the tests and grades of the causes that were stated."""
    if judgement is None:
        return table
    stated = {_identity(each.candidate): each for each in reversed(judgement.causes) if each.candidate is not None}
    if not stated:
        return table
    candidates = tuple(
        replace(candidate, tests=known.tests, grade=known.grade)
        if (known := stated.get(_identity(candidate))) is not None
        else candidate
        for candidate in table.candidates
    )
    return replace(table, candidates=candidates)


def _identity(candidate: Candidate) -> tuple[object, ...]:
    return candidate.kind, candidate.change_id, candidate.label, tuple(sorted(candidate.segment.items()))


def _about(file: CaseFile, statement: Statement) -> About | None:
    hypothesis = file.hypothesis(statement.hypothesis)
    return hypothesis.about if hypothesis is not None else None


def _pieces(
    hypothesis: str, rated: Mapping[str, Mapping[str, str]], weights: Mapping[str, float], kinds: Mapping[str, str]
) -> list[Piece]:
    return [
        Piece(name, kinds[name], ratings[hypothesis], weights[name])
        for name, ratings in rated.items()
        if hypothesis in ratings
    ]


def _refuted(
    file: CaseFile, rated: Mapping[str, Mapping[str, str]], weights: Mapping[str, float], kinds: Mapping[str, str]
) -> list[tuple[str, str]]:
    """Rejected hypotheses against which firm evidence speaks, each with what is to be said of it."""
    found = []
    for each in file.hypotheses:
        voice = voice_of(_pieces(each.id, rated, weights, kinds))
        firm = any(weights[name] >= FIRM for name in voice.against)
        if each.verdict == "rejected" and voice.says == "against" and firm:
            found.append((each.id, f"{_sentence(each)} This was rejected: {each.reason.rstrip('.')}."))
    return found


def _sentence(hypothesis: Hypothesis) -> str:
    return f"{hypothesis.statement.rstrip('.')}."


def _judged(
    statement: Statement,
    file: CaseFile,
    pieces: list[Piece],
    candidate: Candidate | None,
    rivals: list[str],
    began: date | None,
    occurred_at: pd.Timestamp,
) -> JudgedCause:
    evidence = voice_of(piece for piece in pieces if piece.kind != COUNTS)
    counts = voice_of_counts(candidate, [piece for piece in pieces if piece.kind == COUNTS])
    tests = combined_tests(
        candidate, evidence, refuted_rivals=rivals, timing=_timing(statement, file, began, occurred_at)
    )
    refuted = candidate is not None and candidate.grade == "refuted" and evidence.says != "supports"
    borne = grade_of(tests, refuted=refuted or (evidence.says == "against" and counts.says != "supports"))
    return JudgedCause(
        statement=statement,
        candidate=candidate,
        tests=tests,
        borne=borne,
        grade=lower_grade(borne, statement.grade),
        counts=counts,
        evidence=evidence,
        meeting=meeting(counts, evidence),
    )


def _began(statement: Statement, about: About | None, changes: pd.DataFrame | None) -> date | None:
    if statement.began is not None:
        return statement.began
    if about is None or about.change is None or changes is None:
        return None
    rows = changes.loc[changes["change_id"] == about.change, "effective_from"]
    return None if rows.empty or pd.isna(rows.iloc[0]) else rows.iloc[0].date()


def _timing(statement: Statement, file: CaseFile, began: date | None, occurred_at: pd.Timestamp) -> Test | None:
    """Timing and mechanism of a cause that no count shows: it was so before, and each step to the event has evidence."""
    if began is None:
        return None
    if began > occurred_at.date():
        return Test("timing", False, "It began after the failure.")
    steps = _way(statement, file.chart)
    if steps is None:
        return Test("timing", None, "It was so before, and the chart does not yet lead from it to the event.")
    bare = [node for node in steps if node.kind not in ("event", "cause") and not node.evidence]
    if bare:
        return Test("timing", False, "It was so before, but not every step from it to the event has evidence.")
    return Test("timing", True, "It was so before, and each step from it to the event has evidence.")


def _way(statement: Statement, chart: tuple[Node, ...]) -> list[Node] | None:
    """Return the boxes of the chart from a cause to the event, the shortest way; ``None`` where there is none."""
    nodes = {node.id: node for node in chart}
    ways = [[node] for node in chart if node.cause == statement.id]
    seen = {way[0].id for way in ways}
    while ways:
        way = ways.pop(0)
        if way[-1].kind == "event":
            return way
        for name in way[-1].leads_to:
            if name not in seen and nodes[name].kind != "question" and not nodes[name].ruled_out:
                seen.add(name)
                ways.append([*way, nodes[name]])
    return None
