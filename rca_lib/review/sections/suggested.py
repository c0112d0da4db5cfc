"""Codes that a small model suggests, after the figures that say how far to trust it; a person decides."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from rca_lib.analysis.code_suggestions import OVERALL, Suggestions, suggest_codes
from rca_lib.review.blocks import Blocks, Column, Quote
from rca_lib.review.draft import SectionDraft, finite, records
from rca_lib.review.evidence import without_sealed
from rca_lib.review.format import format_value
from rca_lib.review.sections.evidence_shown import NO_EVIDENCE, code_name, covered, open_evidence
from rca_lib.review.wording import counted, joined

if TYPE_CHECKING:
    from rca_lib.review.case import Case

__all__ = ["suggested_codes"]


def suggested_codes(case: Case) -> Blocks:
    """Answer which codes a model would suggest, and how far to trust it. See `Case.suggested_codes`."""
    draft = SectionDraft("suggested", sensitivity="case")
    mine = open_evidence(case)
    if mine is None:
        return draft.not_assessed(NO_EVIDENCE, "With evidence and codings, codes can be suggested for it.")
    evidence, codings = without_sealed(case.tables["evidence"]), case.tables.get("codings")
    if codings is None or codings.empty:
        return draft.not_assessed("No codings were supplied.", "From codings a model can learn to suggest codes.")
    if case.codings is not None:
        # What the case file accepts is no longer to be suggested.
        codings = pd.concat([codings, case.codings], ignore_index=True).drop_duplicates()
    found = suggest_codes(
        evidence, codings, case.tables.get("codebook"), among=mine["evidence_id"].tolist(), cover=covered(case)
    )
    if not found.ok:
        return draft.not_assessed(found.reason, "With more codings a model can learn to suggest codes.")
    draft.prose("summary", [_how_well(draft, found)])
    _figures_table(draft, found)
    _suggestions(case, draft, found)
    draft.prose("person", [["These are suggestions. A person accepts or refuses each in the case file."]], style="note")
    return draft.build()


def _suggestions(case: Case, draft: SectionDraft, found: Suggestions) -> None:
    """List what no reader has coded yet, without what the case file refused."""
    file = case.case_file
    refused = (
        {(each.evidence, each.code) for each in file.codings if each.decision == "refuse"}
        if file is not None
        else set()
    )
    rows = [row for row in records(found.rows) if (row["evidence_id"], row["code_id"]) not in refused]
    draft.table(
        "codes",
        "Codes suggested for this evidence, the highest score first",
        [
            Column(key="evidence", label="Evidence"),
            Column(key="code", label="Code"),
            Column(key="score", label="Score", kind="percent"),
            Column(key="phrase", label="The sentence that speaks most for it"),
        ],
        [
            {
                "evidence": row["evidence_id"],
                "code": code_name(row["code_id"]),
                "score": row["score"],
                "phrase": row["phrase"],
            }
            for row in rows
        ],
    )
    if not rows:
        draft.prose("none", [[draft.say("none", "No further code is suggested for this evidence.", value=0)]])


def _how_well(draft: SectionDraft, found: Suggestions) -> list[str | Quote]:
    overall = records(found.figures[found.figures["code_id"] == OVERALL[1]])[0]
    figures = {
        name: format_value(overall[name], "percent") for name in ("average_precision", "base_rate", "keyword_precision")
    }
    codes = len(found.figures) - len(OVERALL)
    text = (
        f"On evidence that it had not seen, the model reaches an average precision of {figures['average_precision']}, averaged over "
        f"{counted(codes, 'code')}; guessing reaches {figures['base_rate']}, looking for the "
        f"codebook's words {figures['keyword_precision']}."
    )
    weak = overall["average_precision"] < max(1.5 * overall["base_rate"], 1.1 * overall["keyword_precision"])
    told: list[str | Quote] = [
        draft.say(
            "average_precision",
            text,
            value=finite(overall["average_precision"]),
            unit="average precision",
            n=found.documents,
            method="one logistic regression a code on words and parts of words; cross-validated, "
            + ("pieces of one escalation kept together" if found.grouped else "by piece"),
        )
    ]
    if weak:
        told.append(
            draft.say("weak", "That is little better than what is simpler, so read the suggestions as places to look.")
        )
    if found.left_out:
        text = f"Given to too few pieces to learn from: {joined([code_name(code) for code in found.left_out])}."
        told.append(draft.say("left_out", text, value=len(found.left_out), unit="codes"))
    return told


def _figures_table(draft: SectionDraft, found: Suggestions) -> None:
    shares = {
        "average_precision": "Average precision",
        "base_rate": "By guessing",
        "keyword_precision": "By codebook words",
        "precision": "Right when suggested",
        "recall": "Found of all",
    }
    draft.table(
        "figures",
        "How well codes are suggested, on evidence that the model had not seen",
        [
            Column(key="code", label="Code"),
            Column(key="positives", label="Pieces", kind="number"),
            *(Column(key=key, label=label, kind="percent") for key, label in shares.items()),
        ],
        [
            {
                "code": row["code_id"].capitalize() if row["code_id"] in OVERALL else code_name(row["code_id"]),
                "positives": int(row["positives"]),
                **{key: finite(row[key]) for key in shares},
            }
            for row in records(found.figures)
        ],
        note="Average precision: down the list ranked by score, how many of the pieces met so far have the code, on average at each "
        "that has it.",
    )
