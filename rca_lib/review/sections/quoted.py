"""Quotations of evidence in a review: redacted, and each as sensitive as the piece that it quotes."""

from __future__ import annotations

import pandas as pd

from rca_lib.review.blocks import Column
from rca_lib.review.claims import SENSITIVITIES
from rca_lib.review.draft import SectionDraft, records
from rca_lib.review.evidence import evidence_sensitivity
from rca_lib.review.sections.evidence_shown import code_name, kind_name
from rca_lib.review.wording import in_words

__all__ = ["quotation_table"]


def quotation_table(
    draft: SectionDraft,
    quoted: pd.DataFrame,
    evidence: pd.DataFrame,
    words: dict[str, str] | None = None,
) -> None:
    """Quote pieces, each row as sensitive as the piece that it quotes; the table itself as the least of them.

    Parameters
    ----------
    quoted : what `rca_lib.analysis.quotations.quotations` gives of covered texts, in the order to show.
    evidence : the pieces quoted.
    words : definitions of codes, for the note below.
    """
    if quoted.empty:
        return
    pieces = evidence.drop_duplicates("evidence_id").set_index("evidence_id")
    levels = dict(zip(evidence["evidence_id"], evidence_sensitivity(evidence), strict=True))
    each = [levels[piece] for piece in quoted["evidence_id"]]
    draft.table(
        "quotations",
        "What was said, in the words of the evidence",
        [
            Column(key="code", label="Code"),
            Column(key="quotation", label="In its own words", detail=2),
            Column(key="kind", label="Kind"),
            Column(key="role", label="From"),
            Column(key="evidence", label="Evidence", sensitivity="case"),
        ],
        [
            {
                "code": code_name(row["code_id"]),
                "quotation": f"“{row['quotation']}”",
                "kind": kind_name(pieces.at[row["evidence_id"], "kind"]),
                "role": in_words(pieces.at[row["evidence_id"], "source_role"]),
                "evidence": row["evidence_id"],
            }
            for row in records(quoted)
        ],
        sensitivity=min(each, key=SENSITIVITIES.index),
        row_sensitivity=tuple(each),
        note="; ".join(
            f"{code_name(code)}: {words[code].rstrip('.')}"
            for code in dict.fromkeys(quoted["code_id"])
            if code in words
        )
        + "."
        if words and not words.keys().isdisjoint(quoted["code_id"]) and len(set(each)) == 1
        else None,
    )
