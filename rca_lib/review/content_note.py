"""Content notes: what a reader should know before reading, so that nobody comes upon harmful matter unprepared.

Matter is named by its kind. It is never quoted at length, embedded or pictured; that knowing what is coming, and choosing how
closely to look, spares readers is reported by Das, Dang and Lease (HCOMP 2020) for moderators and by BMC Psychiatry 2023
(s12888-023-05445-w) for investigators.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from rca_lib.review.wording import joined

if TYPE_CHECKING:
    from rca_lib.render.audience import Audience
    from rca_lib.review.case import Case

__all__ = ["HARMFUL", "content_note", "content_note_text"]

HARMFUL: dict[str, tuple[str, str]] = {
    "graphic": ("M1", "graphic material"),
    "self_harm": ("M2", "self-harm"),
    "terror": ("M3", "terrorism"),
    "csam_adjacent": ("M4", "the sexual abuse of children"),
}
"""Kinds of harmful matter, as ``requests.sensitivity`` names them: a code, and a neutral word."""

_NONE = re.compile(r"(?:none|no|not|none needed|not needed|n/a|-)?\.?$|(?:none|not) needed\b", re.IGNORECASE)


def content_note(case: Case) -> dict[str, Any] | None:
    """Return the kinds of harmful matter that a case concerns and what its analyst says of them; ``None`` where there is none."""
    kinds: list[str] = []
    if case.requests is not None and "sensitivity" in case.requests:
        mine = case.requests[case.requests["request_id"].isin(case.index_ids)]
        found = {str(value) for value in mine["sensitivity"].dropna()}
        kinds = [kind for kind in HARMFUL if kind in found]
    file = case.case_file
    said = "" if file is None or "content_note" in case.barred_parts else file.content_note.strip()
    if _NONE.match(said):
        said = ""
    return {"kinds": kinds, "said": said} if kinds or said else None


def content_note_text(note: dict[str, Any], audience: Audience) -> list[str]:
    """Return the paragraphs that stand before a review with harmful matter, as closely as the audience is told of it.

    Examples
    --------
    >>> from rca_lib.render.audience import load_audience
    >>> profile = load_audience("leadership")
    >>> content_note_text({"kinds": ["self_harm"], "said": ""}, profile)[0]
    'The requests behind this case concern self-harm. It is named by its kind alone: nothing is quoted or shown.'
    """
    told = [HARMFUL[kind] for kind in note["kinds"] if kind in HARMFUL]
    what = joined([f"matter of kind {code}" if audience.detail == 0 else words for code, words in told])
    if audience.detail == 2:
        rest = "It is told as closely as the facts need, and each review made so is counted."
    else:
        rest = "It is named by its kind alone: nothing is quoted or shown."
    paragraphs = [f"The requests behind this case concern {what}. {rest}"] if told else []
    if note["said"] and audience.detail > 0:
        paragraphs.append(str(note["said"]))
    return [*paragraphs, *([audience.support] if audience.support and paragraphs else [])]
