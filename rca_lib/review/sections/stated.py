"""The cause as a person states it: causal statements, the chart that leads to the event, factors and open questions."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from typing import TYPE_CHECKING

from rca_lib.review.blocks import Blocks, Column, Quote
from rca_lib.review.casefile.model import CaseFile, Node
from rca_lib.review.draft import SectionDraft
from rca_lib.review.evidence import without_sealed
from rca_lib.review.judgement import COUNTS, JudgedCause, Judgement, is_claim
from rca_lib.review.language import causal_sentence
from rca_lib.review.wording import counted, in_words, joined, lowered

if TYPE_CHECKING:
    from rca_lib.review.case import Case

__all__ = [
    "CASE_FILE_ALLOWS",
    "GRADE_WORDS",
    "KIND_NAMES",
    "cause_chart",
    "kinds_said",
    "no_case_file",
    "stated_sentence",
]

CASE_FILE_ALLOWS = (
    "With one, the review holds the cause as a person states it, what was ruled out, and how people saw it."
)
"""What a case file would add, for the sections that need one."""

GRADE_WORDS = {
    "established": "The evidence establishes it.",
    "probable": "The evidence makes it probable.",
    "possible": "The evidence leaves it possible.",
    "refuted": "The evidence speaks against it.",
}
"""How each grade is said of a stated cause."""

KIND_NAMES = {
    "interview": ("interview", "interviews"),
    "chat": ("chat", "chats"),
    "ticket": ("ticket", "tickets"),
    "log": ("log", "logs"),
    "email": ("e-mail", "e-mails"),
    "document": ("document", "documents"),
    "screenshot_ref": ("screenshot", "screenshots"),
    "metric": ("figure on record", "figures on record"),
    COUNTS: ("count", "counts"),
}
"""Kinds of evidence for a reader, one and many."""

ELEMENTS = {
    "person": "People",
    "tasks": "Tasks",
    "tools": "Tools and technology",
    "organisation": "Organisation",
    "environment": "Place and surroundings",
    "external": "Outside the organisation",
}
"""Elements of the work system in the SEIPS frame (Carayon and others, Quality and Safety in Health Care 2006;15:i50-i58)."""


def no_case_file(case: Case) -> str:
    """Say why no judgement can be shown."""
    written = case.written_case_file
    if written is not None:
        return "The case file rests on later knowledge than this review looks at."
    return "No case file was supplied, so no person has stated a cause."


def stated_sentence(each: JudgedCause) -> str:
    """Write a stated cause with how far it is shown."""
    made = causal_sentence(each.statement.cause, each.statement.effect, each.statement.event)
    return f"{made} {GRADE_WORDS[each.grade]}"


def cause_chart(case: Case) -> Blocks:
    """Say the cause as stated, and show what led to the event. See `Case.cause_chart`."""
    draft = SectionDraft("stated")
    file, judgement = case.case_file, case.judgement
    if file is None or judgement is None:
        return draft.not_assessed(no_case_file(case), CASE_FILE_ALLOWS)
    draft.prose("summary", _statements(draft, file, judgement), style="steps" if len(judgement.causes) > 1 else "body")
    _figures(case, draft, judgement)
    _scope(draft, file)
    _chart(case, draft, file, judgement)
    _questions(draft, file)
    _prompts(draft, file)
    _factors(case, draft, file)
    _nodes(draft, file)
    draft.record(
        statements=[
            {
                "id": each.statement.id,
                "text": causal_sentence(each.statement.cause, each.statement.effect, each.statement.event),
                "level": each.statement.level,
                "grade": each.grade,
                "meeting": each.meeting,
                "claims": [f"stated.cause_{at}"],
            }
            for at, each in enumerate(judgement.causes, start=1)
        ]
    )
    return draft.build()


def _statements(draft: SectionDraft, file: CaseFile, judgement: Judgement) -> list[list[str | Quote]]:
    if not judgement.causes:
        reason = file.no_cause or "No cause has been stated yet."
        return [[draft.say("none", _ended(reason), value="none")]]
    told: list[list[str | Quote]] = []
    for at, each in enumerate(judgement.causes, start=1):
        said: list[str | Quote] = [
            draft.say(
                f"cause_{at}", stated_sentence(each), value=each.grade, unit="grade", method="five tests of a cause"
            )
        ]
        if each.grade != each.borne:
            why = each.statement.lowered_because.rstrip(".")
            said.append(draft.say(f"lowered_{at}", f"The analyst lowered it from {each.borne}: {lowered(why)}."))
        told.append(said)
    return told


def _figures(case: Case, draft: SectionDraft, judgement: Judgement) -> None:
    """The claims that causes point to, quoted as they stand: a figure is never typed into a case file."""
    names = dict.fromkeys(name for each in judgement.causes for name in each.statement.evidence if is_claim(name))
    quotes = [[Quote(claim=name)] for name in names if case.claim(name) is not None]
    draft.prose("figures", quotes, style="list", title="What the counts say of it", sensitivity="operational")


def _scope(draft: SectionDraft, file: CaseFile) -> None:
    rows: list[list[str | Quote]] = []
    if file.scope.covers:
        rows.append([draft.say("covers", f"Covered: {lowered(_ended(file.scope.covers))}")])
    if file.scope.leaves_out:
        rows.append([draft.say("leaves_out", f"Left out: {lowered(_ended(file.scope.leaves_out))}")])
    rows += [
        [draft.say(f"question_{at}", f"Question {at}: {_ended(question, '?')}")]
        for at, question in enumerate(file.scope.questions, start=1)
    ]
    draft.prose("scope", rows, style="list", title="What this review looks into", sensitivity="operational")


def _ended(text: str, stop: str = ".") -> str:
    """Return a sentence with its stop."""
    said = text.strip()
    return said if said.endswith((".", "?", "!")) else f"{said}{stop}"


def kinds_said(names: Iterable[str], case: Case, *, fallback: str = "on file") -> str:
    """Say of what kinds some pieces of evidence are, without any that is sealed.

    One that rests on sealed pieces alone has evidence, and no more is said of it.
    """
    known, listed = {}, list(names)
    if case.judgement is not None:
        known = dict(case.judgement.kinds)
    evidence = case.evidence
    if evidence is not None:
        shown = without_sealed(evidence)
        known |= dict(zip(shown["evidence_id"].astype(str), shown["kind"].astype(str), strict=True))
    kinds = Counter(
        COUNTS if is_claim(name, known) else known[name] for name in listed if name in known or is_claim(name)
    )
    said = [
        KIND_NAMES[kind][0] if count == 1 else "counts" if kind == COUNTS else f"{count} {KIND_NAMES[kind][1]}"
        for kind, count in sorted(kinds.items(), key=lambda pair: (pair[0] == COUNTS, pair[0]))
        if kind in KIND_NAMES
    ]
    said = ["counts" if word == "count" else word for word in said]
    return ", ".join(said) if said else fallback if listed else ""


def _chart(case: Case, draft: SectionDraft, file: CaseFile, judgement: Judgement) -> None:
    if not file.chart:
        return
    grades = {each.statement.id: each.grade for each in judgement.causes}
    causes = [node for node in file.chart if node.kind == "cause" and not node.ruled_out]
    questions = sum(node.kind == "question" for node in file.chart)
    levels = list(dict.fromkeys(str(in_words(node.level)) for node in causes if node.level))
    title = (
        f"{counted(len(causes), 'cause')} {'is' if len(causes) == 1 else 'are'} stated, at the level of {joined(levels)}"
        if causes
        else "What led to it is not yet followed to a cause"
    ) + (f"; {counted(questions, 'question')} {'is' if questions == 1 else 'are'} open" if questions else "")
    draft.figure(
        "chart",
        "cause_chart",
        {
            "nodes": [
                {
                    "id": node.id,
                    "kind": node.kind,
                    "text": node.what,
                    "level": node.level,
                    "evidence": kinds_said(node.evidence, case) or ("the escalation" if node.kind == "event" else ""),
                    "grade": grades.get(node.cause or ""),
                    "ruled_out": node.ruled_out,
                }
                for node in file.chart
            ],
            "links": [[node.id, effect] for node in file.chart for effect in node.leads_to],
        },
        title=title,
        alt=f"{title}. Read from the event down: {_in_words(file.chart)}",
        caption="Read downwards: each box is there because of those below it. What set it off is an action, what made it possible a "
        "condition. Under each box stands what kinds of evidence speak for it.",
    )


def _in_words(chart: tuple[Node, ...]) -> str:
    """Tell a chart as sentences, for those who cannot see it."""
    texts = {node.id: node.what.rstrip(".") for node in chart}
    parts = []
    for node in chart:
        below = [
            f"{texts[other.id]}{' (ruled out)' if other.ruled_out else ' (an open question)' if other.kind == 'question' else ''}"
            for other in chart
            if node.id in other.leads_to
        ]
        if below:
            parts.append(f"“{texts[node.id]}” because of: {'; '.join(below)}.")
    return " ".join(parts)


def _questions(draft: SectionDraft, file: CaseFile) -> None:
    asked = [node for node in file.chart if node.kind == "question"]
    draft.prose(
        "questions",
        [[draft.say(f"open_{at}", _ended(node.what, "?"), value=node.id)] for at, node in enumerate(asked, start=1)],
        style="list",
        title="Open questions" if asked else None,
        sensitivity="operational",
    )


def _prompts(draft: SectionDraft, file: CaseFile) -> None:
    """Where the chart could be taken further: the question “why” is asked inside it, never as a chain of its own."""
    below = {effect for node in file.chart for effect in node.leads_to}
    items: list[list[str | Quote]] = []
    for node in file.chart:
        if node.ruled_out or node.kind in ("question", "cause") or node.level == "external":
            continue
        if node.id not in below:
            items.append([f"{node.id}, “{node.what.rstrip('.')}”: why was it so? Nothing leads to it yet."])
            continue
        kinds = {
            "action" if other.kind == "action" else "condition"
            for other in file.chart
            if node.id in other.leads_to and other.kind != "question"
        }
        if kinds == {"action"}:
            items.append([f"{node.id}, “{node.what.rstrip('.')}”: what made this possible? Only actions lead to it."])
    draft.prose("prompts", items, style="list", title="Where to ask why again" if items else None, sensitivity="case")


def _factors(case: Case, draft: SectionDraft, file: CaseFile) -> None:
    draft.table(
        "factors",
        "What shaped the work, by element of the work system (SEIPS)",
        [
            Column(key="element", label="Element"),
            Column(key="what", label="What was so"),
            Column(key="way", label="Its part"),
            Column(key="evidence", label="Evidence"),
            Column(key="ids", label="Ids", sensitivity="case"),
        ],
        [
            {
                "element": label,
                "what": each.what,
                "way": "helped" if each.helps else "made it harder",
                "evidence": kinds_said(each.evidence, case),
                "ids": ", ".join(each.evidence) or None,
            }
            for element, label in ELEMENTS.items()
            for each in file.factors
            if each.element == element
        ],
        sensitivity="operational",
        note=_without(file),
    )


def _without(file: CaseFile) -> str | None:
    named = {each.element for each in file.factors}
    missing = [label.lower() for element, label in ELEMENTS.items() if element not in named]
    return f"Nothing is noted for: {joined(missing)}." if missing and named else None


def _nodes(draft: SectionDraft, file: CaseFile) -> None:
    draft.table(
        "boxes",
        "The boxes of the cause chart, with their evidence",
        [
            Column(key="id", label="Box"),
            Column(key="what", label="What"),
            Column(key="kind", label="Kind"),
            Column(key="level", label="Level"),
            Column(key="leads_to", label="Leads to"),
            Column(key="evidence", label="Evidence"),
        ],
        [
            {
                "id": node.id,
                "what": node.what,
                "kind": f"{node.kind}, ruled out" if node.ruled_out else node.kind,
                "level": in_words(node.level),
                "leads_to": ", ".join(node.leads_to) or None,
                "evidence": ", ".join(node.evidence) or None,
            }
            for node in file.chart
        ],
        sensitivity="case",
    )
