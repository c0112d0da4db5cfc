"""How far a case has come: draft, reviewed or approved, and what stands between a draft and its approval.

A signature alone does not approve a case. What is signed must hold: fair wording, causal statements that follow the five
rules, rivals weighed, evidence rated as it reads now, actions with owner, date and measure. Where something is missing the
review stays a draft, and says what.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from rca_lib.analysis.triangulation import GRADES
from rca_lib.review.casefile.links import same_role
from rca_lib.review.casefile.model import CaseFile, SignOff
from rca_lib.review.casefile.reading import key_of
from rca_lib.review.draft import records
from rca_lib.review.evidence import evidence_sensitivity
from rca_lib.review.judgement import JudgedCause, Judgement, is_claim
from rca_lib.review.language import Remark, check_causation, check_language
from rca_lib.review.redaction import redact
from rca_lib.review.wording import counted

if TYPE_CHECKING:
    from rca_lib.analysis.hypotheses import Ranking
    from rca_lib.review.case import Case

__all__ = [
    "FEWEST_HYPOTHESES",
    "Reason",
    "file_remarks",
    "reads_now",
    "reasons_against_approval",
    "source_remarks",
    "state_of",
]

FEWEST_HYPOTHESES = 3
"""Explanations that are set against one another before one is stated as the cause."""

_FIGURE = re.compile(r"(?<![\w.-])(?!95% interval)[−+-]?\d[\d,]*(?:\.\d+)?%?")
_GRADE = re.compile(r" Grade: \w+\.")
_WORDS = 18
_LISTED = 5


@dataclass(frozen=True)
class Reason:
    """One thing that stands against approval.

    Attributes
    ----------
    key : where in the case file, such as ``causes[1].effect``; empty for the file as a whole.
    text : what it is, in a sentence.
    fix : what to do.
    """

    key: str
    text: str
    fix: str


def state_of(case: Case) -> str:
    """Return ``"draft"``, ``"reviewed"`` or ``"approved"``, by the signatures until the moment of the case.

    An approval counts only where nothing stands against it.
    """
    signed = _signatures(case)
    if not signed or case.case_file is None:
        return "draft"
    if signed[-1].state == "reviewed":
        return "reviewed" if signed[-1].of == case.case_file.mark else "draft"
    return "draft" if case.reasons else "approved"


def _signatures(case: Case) -> list[SignOff]:
    file = case.case_file
    return [each for each in file.sign_off if each.on <= case.as_of.date()] if file is not None else []


def reads_now(case: Case, name: str) -> str | None:
    """Return what a piece of evidence or a claim says now, in short and without figures; ``None`` where there is none.

    Figures are left out because a claim keeps them up to date by itself: a rating holds while the finding is the same.
    """
    evidence = case.evidence
    if evidence is not None and name in set(evidence["evidence_id"]):
        row = evidence[evidence["evidence_id"] == name].iloc[0]
        about = f"{str(row['kind']).replace('_ref', '')}, {row['source_role'] or 'source not recorded'}"
        if evidence_sensitivity(evidence[evidence["evidence_id"] == name]).iloc[0] == "sealed":
            return f"{about}: sealed"
        words = redact(
            " ".join(str(row["text"] or "").split()), (*case.identifiers, *case.staff_names), whole=True
        ).split(" ")
        said = " ".join(words[:_WORDS])
        return f"{about}: {said}{'…' if len(words) > _WORDS else ''}"
    claim = case.claim(name)
    # A grade follows from the judgement itself, so a rating cannot hang on it.
    return None if claim is None else _FIGURE.sub("[n]", _GRADE.sub("", claim.text))


def file_remarks(file: CaseFile, names: tuple[str, ...]) -> tuple[tuple[str, Remark], ...]:
    """Return what the language check says of a case file: the key and the remark."""
    found = [
        (key_of(place), remark) for place, text in file.sentences() for remark in check_language(text, names=names)
    ]
    for at, each in enumerate(file.causes):
        remarks = check_causation(each.cause, each.effect, each.event, preceded_by=each.preceded_by, duty=each.duty)
        found += [(f"causes[{at + 1}]", remark) for remark in remarks if remark.rule in _CAUSATION]
    return tuple(dict.fromkeys(found))


_CAUSATION = frozenset({"link", "descriptor", "human_error", "procedure", "duty"})
_SOURCE_RULES = ("blame", "counterfactual", "normative", "named", "graphic")
"""Rules for what stands in the source's own tables: figures there are the record's, and vague words its writers'."""


def source_remarks(case: Case) -> tuple[tuple[str, Remark], ...]:
    """Return what the language check says of the escalation's title, summary and actions on record."""
    texts = [(name, case.escalation.get(name)) for name in ("title", "summary")]
    table = case.tables.get("actions")
    if table is not None:
        mine = table[table["escalation_id"] == case.id]
        texts += [(f"action {row.action_id}", row.description) for row in mine.itertuples()]
    return tuple(
        (place, remark)
        for place, text in texts
        if isinstance(text, str)
        for remark in check_language(text, names=case.staff_names, rules=_SOURCE_RULES)
    )


def reasons_against_approval(case: Case) -> tuple[Reason, ...]:
    """Return everything that stands against approving a case, in the order of the case file."""
    file, judgement = case.case_file, case.judgement
    if file is None or judgement is None:
        return (_no_file(case),)
    return tuple(
        dict.fromkeys(
            [
                *_scope(file),
                *_weighing(case, file),
                *_causes(file, judgement),
                *_barriers(file),
                *_doing(case, file, judgement),
                *_people(file),
                *_signed(case, file),
                *_wording(case, file),
            ]
        )
    )


def _no_file(case: Case) -> Reason:
    written = case.written_case_file
    if written is not None:
        text = f"The case file rests on what was known on {written.as_of}, later than this review looks."
        return Reason("as_of", text, "Look again with a later --as-of.")
    return Reason("", "There is no case file, so nobody has stated a cause.", f"Begin one with rca new {case.id}.")


def _scope(file: CaseFile) -> Iterator[Reason]:
    if not file.scope.covers or not file.scope.questions:
        yield Reason("scope", "Scope and questions are open.", "Say what is looked into, and what is asked.")


def _weighing(case: Case, file: CaseFile) -> Iterator[Reason]:
    names = [each.id for each in file.hypotheses]
    if len(names) < FEWEST_HYPOTHESES:
        text = f"Fewer than {FEWEST_HYPOTHESES} explanations are set against one another."
        yield Reason("hypotheses", text, "Add rivals: another cause, a change of measurement or mix, chance.")
    if names and not any(each.verdict == "rejected" for each in file.hypotheses):
        yield Reason("hypotheses", "No rival is rejected.", "Say which rivals the evidence speaks against, and why.")
    ranking = case.judgement.ranking if case.judgement is not None else None
    against = {one.hypothesis: one.against for one in ranking.order} if ranking is not None else {}
    yield from _led(file, ranking)
    for at, each in enumerate(file.hypotheses):
        if each.verdict == "rejected" and not against.get(each.id):
            text = f"{each.id} is rejected, and no rated piece speaks against it."
            yield Reason(f"hypotheses[{at + 1}].verdict", text, "Rate what speaks against it, or leave it open.")
        if each.verdict == "open":
            yield Reason(f"hypotheses[{at + 1}].verdict", f"{each.id} is still open.", "Give a verdict.")
        if each.verdict in ("leading", "contributes") and not each.predicts:
            text = f"{each.id} predicts nothing that could turn out false."
            yield Reason(f"hypotheses[{at + 1}].predicts", text, "Say what one would see if it were true.")
    yield from _ratings(case, file, names)


def _led(file: CaseFile, ranking: Ranking | None) -> Iterator[Reason]:
    """Where the ratings speak less against a rival than against what is held to be true."""
    if ranking is None:
        return
    scores = {one.hypothesis: one.inconsistency for one in ranking.order}
    rivals = [each.id for each in file.hypotheses if each.verdict in ("open", "rejected")]
    for at, each in enumerate(file.hypotheses):
        better = [name for name in rivals if scores[name] <= scores[each.id]]
        if each.verdict == "leading" and better:
            text = f"{each.id} is held to lead, and the ratings speak no more against {', '.join(better)}."
            yield Reason(f"hypotheses[{at + 1}].verdict", text, "Rate the evidence again, or change the verdict.")


def _ratings(case: Case, file: CaseFile, names: list[str]) -> Iterator[Reason]:
    evidence = case.evidence
    table = {} if evidence is None else dict(zip(evidence["evidence_id"], evidence_sensitivity(evidence), strict=True))
    listed = {each.id for each in file.evidence}
    unrated: list[tuple[str, str]] = []
    for name, sensitivity in table.items():
        if name not in listed and sensitivity != "sealed":
            fix = f"Run rca new {case.id}; it is added, and what you wrote stays."
            yield Reason("evidence", f"{name} has come in and is not weighed.", fix)
    for at, piece in enumerate(file.evidence):
        key = f"evidence[{at + 1}]"
        if table.get(piece.id) == "sealed":
            yield Reason(key, f"{piece.id} is sealed: counsel weighs it.", "Take it out of the list.")
            continue
        now = reads_now(case, piece.id)
        if now is None:
            yield Reason(f"{key}.id", f"There is no evidence or claim {piece.id} now.", _nearest(case, piece.id))
        elif piece.what and piece.what != now:
            text = f"{piece.id} reads differently from when it was rated: “{now}”"
            yield Reason(f"{key}.what", text, "Rate it again, and copy the new words to what.")
        if any(name not in piece.ratings for name in names):
            unrated.append((key, piece.id))
    if unrated:
        some = ", ".join(name for _, name in unrated[:_LISTED]) + (" and more" if len(unrated) > _LISTED else "")
        many = f"{counted(len(unrated), 'piece')} of evidence {'is' if len(unrated) == 1 else 'are'}"
        text = f"{many} not rated for every explanation: {some}."
        yield Reason(f"{unrated[0][0]}.ratings", text, "Write CC, C, N, I or II for each.")
    for place, name in _quoted(file):
        if name not in table and (not is_claim(name) or case.claim(name) is None):
            yield Reason(place, f"There is no evidence or claim {name}.", _nearest(case, name))
        elif table.get(name) == "sealed":
            yield Reason(place, f"{name} is sealed and cannot be pointed to here.", "Point to what is not sealed.")


def _quoted(file: CaseFile) -> Iterator[tuple[str, str]]:
    """Every id of evidence that a part points to."""
    for part in ("timeline", "causes", "chart", "factors", "barriers", "went_well", "luck", "containment"):
        for at, item in enumerate(getattr(file, part)):
            for name in item.evidence:
                yield f"{part}[{at + 1}].evidence", name
    for at, action in enumerate(file.actions):
        if action.baseline is not None:
            yield f"actions[{at + 1}].baseline", action.baseline


def _nearest(case: Case, name: str) -> str:
    from difflib import get_close_matches

    known = [] if case.evidence is None else case.evidence["evidence_id"].astype(str).tolist()
    if is_claim(name, known):
        from rca_lib.review.case import EVIDENCE_SECTIONS

        section = name.partition(".")[0]
        verbs = [EVIDENCE_SECTIONS[section]] if section in EVIDENCE_SECTIONS else []
        known = [claim.id for verb in verbs for claim in getattr(case, verb)().claims]
        if not known:
            return f"Point to a claim of one of: {', '.join(EVIDENCE_SECTIONS)}."
    close = get_close_matches(name, known, n=3, cutoff=0.3)
    return f"The nearest are {', '.join(close)}." if close else "Take it out."


def _causes(file: CaseFile, judgement: Judgement) -> Iterator[Reason]:
    if not file.causes and not file.no_cause:
        yield Reason("causes", "No cause is stated.", "State one, or say under no_cause why there is none.")
    for at, each in enumerate(judgement.causes):
        key = f"causes[{at + 1}]"
        asked = each.statement.grade
        if asked is not None and GRADES.index(asked) > GRADES.index(each.borne):
            text = f"{each.statement.id} is graded {asked}, above the {each.borne} that the evidence bears."
            yield Reason(f"{key}.grade", text, "Leave grade empty, or lower it; it cannot be raised.")
        if not each.statement.evidence:
            yield Reason(f"{key}.evidence", f"{each.statement.id} points to no evidence.", "Name what it rests on.")
        if each.meeting == "disagree" and not each.statement.disagreement:
            text = f"Counts and evidence disagree on {each.statement.id}, and that is not discussed."
            yield Reason(f"{key}.disagreement", text, "Say what may explain it.")
        boxes = [node for node in file.chart if node.cause == each.statement.id]
        if any(node.level != each.statement.level for node in boxes):
            text = f"{each.statement.id} lies at the level {each.statement.level}, its box of the chart at another."
            yield Reason("chart", text, "Give both the same level.")
        if not boxes:
            yield Reason("chart", f"{each.statement.id} is not on the cause chart.", "Add a box of kind cause for it.")
    for at, node in enumerate(file.chart):
        if node.kind not in ("question", "event") and not node.ruled_out and not node.evidence:
            text = f"{node.id} has no evidence and is not marked as a question."
            yield Reason(f"chart[{at + 1}].evidence", text, "Name its evidence, or make it a question.")


def _doing(case: Case, file: CaseFile, judgement: Judgement) -> Iterator[Reason]:
    table = case.tables.get("actions")
    mine = [] if table is None else records(table[table["escalation_id"] == case.id])
    record = {str(row["action_id"]): row for row in mine}
    for at, action in enumerate(file.actions):
        if action.id not in record and not action.description:
            text = f"{action.id} is neither on record nor described."
            yield Reason(f"actions[{at + 1}].description", text, "Describe it, or take it out.")
    for each in judgement.causes:
        if _wants_action(each) and not any(action.cause == each.statement.id for action in file.actions):
            yield Reason("actions", f"No action acts on {each.statement.id}.", "Tie one to it, or propose one.")
    for at, action in enumerate(file.actions):
        if action.cause is None:
            continue
        row = record.get(action.id, {})
        missing = [
            words
            for words, value in (
                ("how it works (means)", action.means),
                ("an owner (owner_role)", action.owner_role or row.get("owner_role")),
                ("a date (due)", action.due or row.get("due_at")),
                ("a measure (metric)", action.metric or row.get("metric")),
            )
            if value is None or value != value or value == ""
        ]
        if missing:
            text = f"{action.id} lacks {', '.join(missing)}."
            yield Reason(f"actions[{at + 1}]", text, "Fill it in here, or in the actions table.")


def _wants_action(each: JudgedCause) -> bool:
    return each.grade in ("established", "probable")


def _barriers(file: CaseFile) -> Iterator[Reason]:
    if not file.barriers:
        yield Reason("barriers", "Why the controls did not catch it is open.", "Name each control, its state and why.")
    for at, each in enumerate(file.barriers):
        if each.state is not None and not each.evidence:
            text = f"The state of the barrier “{each.barrier}” rests on no evidence."
            yield Reason(
                f"barriers[{at + 1}].evidence", text, "Name what shows it; a claim such as controls.guards will do."
            )
        if each.state is None or not each.because:
            text = f"What became of the barrier “{each.barrier}”, and why, is open."
            yield Reason(f"barriers[{at + 1}]", text, "Write held, absent, failed, bypassed or not used, and why.")


def _people(file: CaseFile) -> Iterator[Reason]:
    if not any(each.involved for each in file.consulted):
        yield Reason(
            "consulted", "Nobody who was involved was asked.", "Ask those who did the work, and note it by role."
        )
    if not any(each.independent for each in file.reviewers):
        yield Reason("reviewers", "Nobody independent has read it.", "Let someone read it who took no part.")
    if not file.went_well and not file.luck:
        yield Reason("went_well", "What went well, and where luck helped, is open.", "Name at least one of the two.")
    if not file.content_note:
        yield Reason("content_note", "Whether a content note is needed is open.", "Write one, or: none needed.")


def _signed(case: Case, file: CaseFile) -> Iterator[Reason]:
    """What keeps a signature from counting: its date, its mark, or that the one who signed was involved."""
    day = case.as_of.date()
    involved = [each.role for each in file.consulted if each.involved]
    newest = {each.state: at for at, each in enumerate(file.sign_off)}
    for at, each in enumerate(file.sign_off):
        key = f"sign_off[{at + 1}]"
        if each.on > day:
            text = f"It was signed on {each.on}, after {day}, the moment of this review, so it does not count in it."
            yield Reason(f"{key}.on", text, f"Make the review with --as-of {each.on}.")
        if any(same_role(each.role, role) for role in involved):
            text = f"The {each.role} signed and was involved."
            yield Reason(f"{key}.role", text, "Let someone sign who took no part in the work.")
        if at == newest[each.state] and each.of != file.mark:
            text = "The judgement was changed after it was signed." if each.of else "It is not said what was signed."
            yield Reason(f"{key}.of", text, f"Let the {each.role} read it as it stands and sign with of: {file.mark}.")
    states = [each.state for each in file.sign_off]
    if "reviewed" not in states:
        yield Reason("sign_off", "It has not been signed as reviewed.", "Let a reviewer sign, by role and date.")
    if "approved" not in states:
        yield Reason("sign_off", "It has not been signed as approved.", "Let another role sign, by date.")


def _wording(case: Case, file: CaseFile) -> Iterator[Reason]:
    for key, remark in file_remarks(file, case.staff_names):
        text = f"“{remark.found}” ({remark.rule.replace('_', ' ')}): {remark.why}"
        yield Reason(key, text, remark.better)
    for place, remark in source_remarks(case):
        text = f"In the {place} on record, “{remark.found}” ({remark.rule.replace('_', ' ')}): {remark.why}"
        yield Reason("", text, f"Change it in the source: {remark.better}")
