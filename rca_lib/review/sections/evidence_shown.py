"""Which evidence a section may show, and how it and its codes are named for a reader."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from rca_lib.analysis.sentences import Cover
from rca_lib.review.evidence import without_sealed
from rca_lib.review.redaction import covers
from rca_lib.review.sections.stated import KIND_NAMES
from rca_lib.review.wording import in_words

if TYPE_CHECKING:
    from rca_lib.review.case import Case

__all__ = [
    "BY_CASE_FILE",
    "NO_EVIDENCE",
    "code_name",
    "covered",
    "definitions",
    "kind_name",
    "known_names",
    "open_codings",
    "open_evidence",
]

NO_EVIDENCE = "There is no evidence to show on this escalation."

BY_CASE_FILE = "case file"
"""The coder of codes that the case file accepts: a decision, made in view of the others, and no reading of its own."""


def open_evidence(case: Case) -> pd.DataFrame | None:
    """Give the pieces of a case that are not sealed, or ``None`` where there are none."""
    evidence = case.evidence
    found = None if evidence is None else without_sealed(evidence)
    return None if found is None or found.empty else found


def open_codings(case: Case, evidence: pd.DataFrame) -> pd.DataFrame | None:
    """Give the codings of the pieces given, or ``None`` where there are none."""
    codings = case.codings
    found = None if codings is None else codings[codings["evidence_id"].isin(evidence["evidence_id"])]
    return None if found is None or found.empty else found.reset_index(drop=True)


def definitions(case: Case) -> dict[str, str]:
    """Give the definition of each code, where the codebook has one."""
    book = case.tables.get("codebook")
    if book is None or "definition" not in book:
        return {}
    known = book.dropna(subset=["definition"]).drop_duplicates("code_id")
    return dict(zip(known["code_id"].astype(str), known["definition"].astype(str), strict=True))


def code_name(code: object) -> str:
    """Name a code for a reader.

    Examples
    --------
    >>> code_name("TOOL_DEFAULT"), code_name("QC_FOCUS")
    ('Tool default', 'QC focus')
    """
    words = str(code).replace("_", " ").replace("-", " ").split()
    # A word without a vowel is an abbreviation.
    written = [word.upper() if not set(word.lower()) & set("aeiouy") else word.lower() for word in words]
    named = " ".join(written)
    return named[:1].upper() + named[1:]


def kind_name(kind: object) -> str | None:
    """Name a kind of evidence for a reader.

    Examples
    --------
    >>> kind_name("email"), kind_name("voice_note")
    ('e-mail', 'voice note')
    """
    return KIND_NAMES[str(kind)][0] if str(kind) in KIND_NAMES else in_words(kind)


def covered(case: Case) -> Cover:
    """Tell what of a piece of evidence must not be quoted; a quotation is cut out of the covered text."""
    return covers(known_names(case))


def known_names(case: Case) -> tuple[str, ...]:
    """Give the identifiers of a case that no quotation may hold."""
    return (*case.identifiers, *case.staff_names)
