"""Exposure: how often someone asked for harmful matter to be told closely, so that a team can see whom it may weigh on."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from rca_lib.render.audience import Audience

__all__ = ["CLOSEST", "EXPOSURE", "count_exposure"]

CLOSEST = 2
"""The level from which a review is counted."""
EXPOSURE = "exposure.jsonl"


def count_exposure(out: Path, escalation_id: str, reviews: Sequence[tuple[Audience, str]]) -> int:
    """Add a line to ``exposure.jsonl`` for each review of a case with harmful matter that tells it closely.

    A line names the escalation, the audience, the format and the moment; it names no reader, since whoever keeps the log
    knows to whom the audience's reviews go.

    Returns
    -------
    How many lines were added.
    """
    moment = datetime.now(UTC).isoformat(timespec="seconds")
    lines = [
        json.dumps({"escalation_id": escalation_id, "audience": profile.name, "format": form, "made_at": moment})
        for profile, form in reviews
        if profile.detail >= CLOSEST
    ]
    if lines:
        with (out / EXPOSURE).open("a", encoding="utf-8") as log:
            log.write("\n".join(lines) + "\n")
    return len(lines)
