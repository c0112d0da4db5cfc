"""What went well, where luck helped, what was contained at once, and who was asked."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from rca_lib.review.blocks import Blocks, Quote
from rca_lib.review.casefile.model import Contained, Learned
from rca_lib.review.draft import SectionDraft
from rca_lib.review.format import format_value
from rca_lib.review.sections.stated import CASE_FILE_ALLOWS, no_case_file
from rca_lib.review.wording import counted, joined

if TYPE_CHECKING:
    from rca_lib.review.case import Case

__all__ = ["learned"]


def learned(case: Case) -> Blocks:
    """Say what went well, where luck helped, what was contained and who was asked. See `Case.learned`."""
    draft = SectionDraft("learned")
    file = case.case_file
    if file is None:
        return draft.not_assessed(no_case_file(case), CASE_FILE_ALLOWS)
    draft.prose("well", _items(draft, "well", file.went_well), style="list", title="What went well")
    draft.prose("luck", _items(draft, "luck", file.luck), style="list", title="Where luck helped")
    _contained(draft, file.containment)
    _people(case, draft)
    if not len(draft.build()):
        return draft.not_assessed("The case file does not say what went well.", "Whoever was there can say it.")
    return draft.build()


def _items(draft: SectionDraft, name: str, items: Sequence[Learned]) -> list[list[str | Quote]]:
    return [[draft.say(f"{name}_{at}", _sentence(each.what))] for at, each in enumerate(items, start=1)]


def _contained(draft: SectionDraft, items: Sequence[Contained]) -> None:
    rows: list[list[str | Quote]] = []
    for at, each in enumerate(items, start=1):
        when = "" if each.done is None else f"In the {format_value(each.done, 'week')}: "
        said = f"{when}{_sentence(each.what)}"
        rows.append([draft.say(f"contained_{at}", said, value=None if each.done is None else str(each.done))])
    draft.prose("contained", rows, style="list", title="What was contained")


def _people(case: Case, draft: SectionDraft) -> None:
    file = case.case_file
    assert file is not None
    said: list[str | Quote] = []
    if file.consulted:
        roles = joined(list(dict.fromkeys(each.role for each in file.consulted)))
        involved = sum(each.involved for each in file.consulted)
        said.append(
            draft.say(
                "consulted",
                f"Asked: {roles}; {counted(involved, 'of them was', 'of them were')} involved in the work or the tool."
                if involved
                else f"Asked: {roles}; none of them was involved in the work or the tool.",
                value=len(file.consulted),
                unit="people",
                sensitivity="operational",
            )
        )
    if file.reviewers:
        roles = joined(list(dict.fromkeys(each.role for each in file.reviewers)))
        alone = any(each.independent for each in file.reviewers)
        words = "; one of them took" if len(file.reviewers) > 1 else ", who took"
        text = f"Read critically by: {roles}" + (f"{words} no part in the work or the review." if alone else ".")
        said.append(draft.say("reviewers", text, value=len(file.reviewers), unit="people", sensitivity="operational"))
    draft.prose("people", [said] if said else [], sensitivity="operational")


def _sentence(text: str) -> str:
    said = text.strip()
    return said if said.endswith((".", "?", "!")) else f"{said}."
