"""The self-audit: twenty questions that a good root-cause analysis answers with yes, and what stands before approval.

The questions follow the Learning Response Review and Improvement Tool of NHS England and RCA2 (National Patient Safety
Foundation, 2015). Where an answer can be worked out it is; the rest is what the case file says.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import pandas as pd

from rca_lib.review.blocks import Blocks, Column
from rca_lib.review.casefile.hierarchy import STRENGTHS
from rca_lib.review.casefile.model import CaseFile
from rca_lib.review.draft import SectionDraft
from rca_lib.review.judgement import Judgement
from rca_lib.review.language import check_language
from rca_lib.review.sections.actions import case_actions
from rca_lib.review.standing import FEWEST_HYPOTHESES, file_remarks, source_remarks
from rca_lib.review.wording import counted

if TYPE_CHECKING:
    from rca_lib.review.case import Case

__all__ = ["QUESTIONS", "audit"]

Answer = tuple[bool, str]
"""Yes or no, and how that is known."""

_CAUSATION = frozenset({"link", "descriptor", "human_error", "procedure", "duty"})
_MEASURED = frozenset({"core", "extent", "since_when", "changed", "interrupted", "mix", "why", "how_sure"})
"""Sections whose rates and ratios a judgement rests on."""

SUITE_RULES = ("blame", "counterfactual", "normative", "named", "graphic")


def _timeline(case: Case, file: CaseFile) -> Answer:
    bare = [each.what for each in file.timeline if not each.evidence]
    events = case.tables.get("events")
    told = events is not None and events["request_id"].isin(case.told_ids).any()
    if bare:
        return False, f"{counted(len(bare), 'moment')} added by hand {'has' if len(bare) == 1 else 'have'} no evidence."
    return bool(
        told
    ), "Steps come from workflow events, additions from evidence." if told else "No workflow events are on record."


def _controls(case: Case, _: CaseFile) -> Answer:
    found = len(case.comparison[0])
    return found > 0, f"{counted(found, 'comparable request')} that did not fail are set beside it."


def _rivals(_: Case, file: CaseFile) -> Answer:
    return len(file.hypotheses) >= FEWEST_HYPOTHESES, f"{counted(len(file.hypotheses), 'explanation')} set down."


def _refuted(case: Case, file: CaseFile) -> Answer:
    judgement = case.judgement
    against = (
        {each.hypothesis: each.against for each in judgement.ranking.order} if judgement and judgement.ranking else {}
    )
    firm = [each.id for each in file.hypotheses if each.verdict == "rejected" and against.get(each.id)]
    return bool(
        firm
    ), f"{counted(len(firm), 'rival')} rejected with evidence against {'it' if len(firm) == 1 else 'them'}."


def _five_rules(case: Case, file: CaseFile) -> Answer:
    broken = [remark for _, remark in file_remarks(file, case.staff_names) if remark.rule in _CAUSATION]
    if not file.causes:
        return bool(file.no_cause), "No cause is stated, with the reason." if file.no_cause else "No cause is stated."
    return not broken, "Checked by rule." if not broken else f"{counted(len(broken), 'remark')} on causal statements."


def _trap_words(case: Case, file: CaseFile) -> Answer:
    remarks = [remark for _, remark in file_remarks(file, case.staff_names) if remark.rule not in _CAUSATION]
    remarks += [remark for _, remark in source_remarks(case)]
    said = [claim.text for claim in case.said_in_all()]
    remarks += [remark for text in said for remark in check_language(text, names=case.staff_names, rules=SUITE_RULES)]
    checked = f"{counted(len(said) + sum(1 for _ in file.sentences()), 'text')} checked"
    return not remarks, f"{checked}, {counted(len(remarks), 'remark')}."


def _judged(case: Case) -> Judgement:
    assert case.judgement is not None
    return case.judgement


def _actions(case: Case) -> pd.DataFrame:
    table = case_actions(case)
    return pd.DataFrame({"cause": [], "strength": [], "_state": []}) if table is None else table


def _each_has_action(case: Case, file: CaseFile) -> Answer:
    tied = set(_actions(case)["cause"].dropna())
    without = [each.id for each in file.causes if each.id not in tied]
    if not file.causes:
        return bool(file.no_cause), "No cause is stated, so none is acted on."
    return not without, "Each stated cause has one." if not without else f"Without: {', '.join(without)}."


def _strong(case: Case, file: CaseFile) -> Answer:
    table = _actions(case)
    strong = set(table.loc[table["strength"].isin(STRENGTHS[:2]) & (table["_state"] != "dropped"), "cause"].dropna())
    without = [each.id for each in file.causes if each.id not in strong]
    if not file.causes:
        return bool(file.no_cause), "No cause is stated, so none is acted on."
    return not without, "Each stated cause has one." if not without else f"Without: {', '.join(without)}."


def _complete(case: Case, _: CaseFile) -> Answer:
    table = _actions(case)
    tied = table[table["cause"].notna()]
    bare = int(tied.reindex(columns=["owner_role", "due_at", "metric"]).isna().to_numpy().sum())
    return len(
        tied
    ) > 0 and not bare, f"{counted(len(tied), 'action')} tied to a cause; {counted(bare, 'entry', 'entries')} missing."


def _escape(_: Case, file: CaseFile) -> Answer:
    missed = [each for each in file.barriers if each.state not in ("held", None) and each.because]
    return bool(missed), f"{counted(len(missed), 'barrier')} that did not hold, each with the reason."


def _contained(_: Case, file: CaseFile) -> Answer:
    return bool(file.containment), f"{counted(len(file.containment), 'measure')} of containment noted."


def _luck(_: Case, file: CaseFile) -> Answer:
    well, luck = len(file.went_well), len(file.luck)
    return bool(well or luck), f"{counted(well, 'thing')} that went well, {luck} where luck helped."


def _uncertain(case: Case, _: CaseFile) -> Answer:
    stated = [
        claim
        for claim in case.said_in_all()
        if claim.unit in ("share", "odds ratio") and isinstance(claim.value, float)
    ]
    bare = [claim.id for claim in stated if claim.ci is None]
    whole = bool(stated) and len(bare) <= len(stated) // 10
    return (
        whole,
        f"{len(stated) - len(bare)} of {counted(len(stated), 'rate and ratio', 'rates and ratios')} carry an interval.",
    )


def _limits(case: Case, _: CaseFile) -> Answer:
    count = len(case.limits().claims)
    return count > 0, f"{counted(count, 'limit')} stated."


def _agreement(case: Case, _: CaseFile) -> Answer:
    codings = case.codings
    coders = 0 if codings is None else codings["coder_id"].nunique()
    return (
        coders > 1,
        f"{counted(coders, 'coder')}; agreement is stated by code." if coders > 1 else "Fewer than two coders.",
    )


def _private(case: Case, _: CaseFile) -> Answer:
    found = [name for name in case.identifiers if len(name) > 4]
    said = " ".join(claim.text for claim in case.said_in_all() if claim.sensitivity in ("general", "operational"))
    hits = sum(name in said for name in found)
    return (
        not hits,
        f"{counted(len(found), 'identifier')} looked for in what wider audiences may read, {hits} found. The gate reads each file again.",
    )


def _content_note(_: Case, file: CaseFile) -> Answer:
    return bool(file.content_note), file.content_note or "Open."


def _independent(_: Case, file: CaseFile) -> Answer:
    count = sum(each.independent for each in file.reviewers)
    return count > 0, f"{counted(count, 'reader')} who took no part in the work or the review."


def _involved(_: Case, file: CaseFile) -> Answer:
    count = sum(each.involved for each in file.consulted)
    return count > 0, f"{counted(count, 'role')} that took part {'was' if count == 1 else 'were'} asked."


def _feedback(case: Case, _: CaseFile) -> Answer:
    table = case.tables.get("feedback")
    count = 0 if table is None else int((table["escalation_id"] == case.id).sum())
    return count > 0, f"{counted(count, 'note')} of feedback on record."


QUESTIONS: tuple[tuple[str, Callable[[Case, CaseFile], Answer]], ...] = (
    ("Does every moment of the timeline rest on evidence?", _timeline),
    ("Are requests that did not fail set beside those that did?", _controls),
    (f"Are at least {FEWEST_HYPOTHESES} explanations set against one another?", _rivals),
    ("Is at least one rival rejected with evidence against it?", _refuted),
    ("Do the causal statements follow the five rules of causation?", _five_rules),
    ("Is every sentence free of blame, hindsight and vague words?", _trap_words),
    ("Does each stated cause have an action?", _each_has_action),
    ("Does each stated cause have a stronger or intermediate action?", _strong),
    ("Does each of these actions have an owner, a date and a measure?", _complete),
    ("Is it said why the controls did not catch it?", _escape),
    ("Is it said what was contained at once?", _contained),
    ("Is it said what went well, or where luck helped?", _luck),
    ("Are figures given with their uncertainty?", _uncertain),
    ("Are the limits of the review stated?", _limits),
    ("Is agreement between coders stated?", _agreement),
    ("Are wider audiences spared the identifiers of the case?", _private),
    ("Is it settled whether a content note is needed?", _content_note),
    ("Has someone independent read it?", _independent),
    ("Were people who were involved asked?", _involved),
    ("Was feedback given to those concerned?", _feedback),
)
"""The twenty questions, each with the function that answers it."""


def audit(case: Case) -> Blocks:
    """Answer twenty questions about the review itself. See `Case.audit`."""
    draft = SectionDraft("audit", sensitivity="case")
    file = case.case_file
    answers: list[tuple[str, bool, str]] = []
    for question, answer in QUESTIONS:
        yes, how = answer(case, file if file is not None else _nothing(case))
        answers.append((question, yes, how))
    good = sum(yes for _, yes, _ in answers)
    state = draft.say(
        "score",
        f"{good} of {len(answers)} questions are answered with yes.",
        value=good,
        unit="questions",
        n=len(answers),
    )
    draft.prose("summary", [[state, draft.say("state", _STATES[case.state], value=case.state)]])
    draft.table(
        "questions",
        "What a good review answers with yes",
        [
            Column(key="number", label="No."),
            Column(key="question", label="Question"),
            Column(key="answer", label="Answer"),
            Column(key="how", label="How it is known"),
        ],
        [
            {"number": str(at), "question": question, "answer": "yes" if yes else "no", "how": how}
            for at, (question, yes, how) in enumerate(answers, start=1)
        ],
    )
    draft.table(
        "reasons",
        "What stands before approval",
        [
            Column(key="key", label="In the case file"),
            Column(key="text", label="What"),
            Column(key="fix", label="What to do"),
        ],
        [{"key": each.key or None, "text": each.text, "fix": each.fix} for each in case.reasons],
    )
    draft.record(
        audit=[
            {"number": at, "question": question, "answer": yes, "how": how}
            for at, (question, yes, how) in enumerate(answers, start=1)
        ]
    )
    return draft.build()


_STATES = {
    "draft": "The case is a draft.",
    "reviewed": "The case is reviewed, and not yet approved.",
    "approved": "The case is approved: nothing stands against it.",
}


def _nothing(case: Case) -> CaseFile:
    """A case file in which everything is open, so that each question is asked the same way."""
    return CaseFile(case=case.id, as_of=case.as_of.date())
