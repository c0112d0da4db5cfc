"""Counts and evidence side by side: where they meet, where they disagree, and the grade that both bear."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rca_lib.analysis.triangulation import MEETINGS, Voice
from rca_lib.review.blocks import Blocks, Column, Quote
from rca_lib.review.draft import SectionDraft, finite, finite_pair
from rca_lib.review.format import format_value
from rca_lib.review.judgement import JudgedCause
from rca_lib.review.sections.stated import CASE_FILE_ALLOWS, kinds_said, no_case_file
from rca_lib.review.sections.why import TEST_STATES, candidate_name, tells_few
from rca_lib.review.wording import lowered

if TYPE_CHECKING:
    from rca_lib.review.case import Case

__all__ = ["triangulation"]

_COUNTS_SAY = {
    "supports": "the counts speak for it",
    "against": "the counts speak against it",
    "divided": "the counts are divided",
    "silent": "no count speaks on it",
}
_EVIDENCE_SAYS = {
    "supports": "people and records speak for it",
    "against": "people and records speak against it",
    "divided": "people and records are divided",
    "silent": "people and records say nothing on it",
}


def triangulation(case: Case) -> Blocks:
    """Set counts and evidence side by side for each stated cause. See `Case.triangulation`."""
    draft = SectionDraft("together", sensitivity="operational")
    judgement = case.judgement
    if judgement is None:
        return draft.not_assessed(no_case_file(case), CASE_FILE_ALLOWS)
    if not judgement.causes:
        return draft.not_assessed("The case file states no cause.", "A stated cause is set beside the counts.")
    draft.prose("summary", [[_told(draft, at, each)] for at, each in enumerate(judgement.causes, start=1)])
    _disagreement(draft, judgement.causes)
    _table(case, draft, judgement.causes)
    _tests(draft, judgement.causes)
    draft.record(
        triangulation=[
            {
                "statement": each.statement.id,
                "counts": each.counts.says,
                "evidence": each.evidence.says,
                "meeting": each.meeting,
                "grade": each.grade,
                "grade_of_evidence": each.borne,
            }
            for each in judgement.causes
        ]
    )
    return draft.build()


def _told(draft: SectionDraft, at: int, each: JudgedCause) -> Quote:
    return draft.say(
        f"cause_{at}",
        f"{_named(each)}: {_COUNTS_SAY[each.counts.says]}, {_EVIDENCE_SAYS[each.evidence.says]}. {_meeting(each)} Grade: {each.grade}.",
        value=each.meeting,
        unit="meeting",
        method="triangulation (O'Cathain and others 2010)",
        sensitivity="general",
    )


def _named(each: JudgedCause) -> str:
    cause = each.statement.cause.strip().rstrip(".")
    return f"{each.statement.id}, {cause if cause.split()[0][1:2].isupper() else lowered(cause)}"


def _meeting(each: JudgedCause) -> str:
    if each.meeting != "silent":
        return f"{MEETINGS[each.meeting]}."
    if each.counts.says == each.evidence.says:
        return "Neither speaks."
    return f"{MEETINGS['silent']}."


def _disagreement(draft: SectionDraft, causes: tuple[JudgedCause, ...]) -> None:
    """Disagreement is shown in every review, with what may explain it."""
    told: list[list[str | Quote]] = []
    for at, each in enumerate(causes, start=1):
        if each.meeting != "disagree":
            continue
        said = each.statement.disagreement.strip()
        explained = said if said else "What explains it has not been discussed yet."
        sides = f"{_COUNTS_SAY[each.counts.says]}, and {_EVIDENCE_SAYS[each.evidence.says]}"
        text = f"On {each.statement.id} there is disagreement: {sides}. {explained}"
        told.append([draft.say(f"disagreement_{at}", text, value=each.statement.id, sensitivity="general")])
    draft.prose(
        "disagreement",
        told,
        style="note",
        sensitivity="general",
        title="Where counts and people disagree" if told else None,
    )


def _table(case: Case, draft: SectionDraft, causes: tuple[JudgedCause, ...]) -> None:
    draft.table(
        "table",
        "Counts and evidence on each stated cause",
        [
            Column(key="id", label="Cause"),
            Column(key="counts", label="What the counts say"),
            Column(key="effect", label="Odds ratio", kind="number", guard="failed"),
            Column(key="interval", label="95% interval", kind="number", guard="failed"),
            Column(key="evidence", label="What people and records say"),
            Column(key="meeting", label="Together"),
            Column(key="grade", label="Grade"),
        ],
        [
            {
                "id": each.statement.id,
                "counts": _counts(case, each),
                "effect": finite(each.candidate.effect.value) if each.candidate and each.candidate.effect else None,
                "interval": finite_pair(each.candidate.effect.low, each.candidate.effect.high)
                if each.candidate and each.candidate.effect
                else None,
                "failed": each.candidate.failed if each.candidate else None,
                "withhold": ["failed"] if _tells_few(case, each) else [],
                "evidence": _evidence(case, each.evidence),
                "meeting": each.meeting,
                "grade": each.grade if each.grade == each.borne else f"{each.grade} (lowered from {each.borne})",
            }
            for each in causes
        ],
        apart=True,
        note="; ".join(f"{word}: {lowered(said)}" for word, said in MEETINGS.items()) + ".",
    )


def _tells_few(case: Case, each: JudgedCause) -> bool:
    table = case.cause_table
    return each.candidate is not None and table is not None and tells_few(case, table, each.candidate)


def _counts(case: Case, each: JudgedCause) -> str:
    if each.candidate is None:
        said = _COUNTS_SAY[each.counts.says]
        return f"{said} (claims rated by the analyst)" if each.counts.says != "silent" else said
    share = each.candidate.share
    told = f"{candidate_name(each.candidate)}: {_COUNTS_SAY[each.counts.says]}"
    if share is not None and finite(share.value) is not None and not _tells_few(case, each):
        told += f"; it goes with {format_value(max(share.value, 0.0), 'percent')} of the failures"
    return told


def _evidence(case: Case, voice: Voice) -> str:
    told = _EVIDENCE_SAYS[voice.says]
    listed = kinds_said(voice.speak_for, case)
    if listed:
        told += f": {listed}"
    if voice.against:
        told += f"; against it: {kinds_said(voice.against, case)}"
    return told


def _tests(draft: SectionDraft, causes: tuple[JudgedCause, ...]) -> None:
    draft.table(
        "tests",
        "The five tests of each stated cause, with counts and evidence together",
        [
            Column(key="id", label="Cause"),
            Column(key="test", label="Test"),
            Column(key="state", label="State"),
            Column(key="finding", label="Finding"),
        ],
        [
            {
                "id": each.statement.id,
                "test": test.name.capitalize(),
                "state": TEST_STATES[test.passed],
                "finding": test.finding,
            }
            for each in causes
            for test in each.tests
        ],
        note="Established: all five. Probable: timing, with the signal or a second kind of evidence. Possible: less. "
        "A grade can be lowered with a reason; it is never raised.",
        sensitivity="case",
    )
