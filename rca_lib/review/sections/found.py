"""Where the evidence speaks of something: a search by words, the best match first."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from rca_lib.analysis.evidence_search import search_evidence
from rca_lib.review.blocks import Blocks, Column
from rca_lib.review.draft import SectionDraft, records
from rca_lib.review.redaction import redact
from rca_lib.review.sections.evidence_shown import NO_EVIDENCE, covered, kind_name, known_names, open_evidence
from rca_lib.review.wording import counted, in_words

if TYPE_CHECKING:
    from rca_lib.review.case import Case

__all__ = ["find"]


def find(case: Case, query: str, limit: int = 10) -> Blocks:
    """Answer where the evidence speaks of something. See `Case.find`."""
    draft = SectionDraft("find", sensitivity="case")
    evidence = open_evidence(case)
    if evidence is None:
        search_evidence(pd.DataFrame(columns=["evidence_id", "text"]), query, limit)
        return draft.not_assessed(NO_EVIDENCE, "With pieces of evidence and their text, they can be searched.")
    found = search_evidence(evidence, query, limit, cover=covered(case))
    asked = redact(" ".join(query.split()), known_names(case))
    text = (
        f"{counted(len(found), 'piece')} of {len(evidence)} {'holds' if len(found) == 1 else 'hold'} what was looked for: {asked}."
        if len(found) < limit
        else f"The {limit} best matches among {counted(len(evidence), 'piece')} for: {asked}."
    )
    claim = draft.say("found", text, value=len(found), unit="pieces of evidence", n=len(evidence), method="BM25")
    draft.prose("summary", [[claim]])
    pieces = evidence.drop_duplicates("evidence_id").set_index("evidence_id")
    draft.table(
        "hits",
        "Evidence that matches, the best first",
        [
            Column(key="evidence", label="Evidence"),
            Column(key="kind", label="Kind"),
            Column(key="role", label="From"),
            Column(key="snippet", label="Where it matches"),
            Column(key="score", label="Score", kind="number"),
        ],
        [
            {
                "evidence": row["evidence_id"],
                "kind": kind_name(pieces.at[row["evidence_id"], "kind"]),
                "role": in_words(pieces.at[row["evidence_id"], "source_role"]),
                "snippet": row["snippet"],
                "score": row["score"],
            }
            for row in records(found)
        ],
        note="The score says how well a piece matches beside the others here; scores of two searches do not compare.",
    )
    return draft.build()
