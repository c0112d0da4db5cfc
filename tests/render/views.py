"""A review as templates see it, with nothing in it but the blocks that a test gives."""

from __future__ import annotations

from typing import Any


def minimal(*blocks: dict[str, Any], **changes: Any) -> dict[str, Any]:
    """Return the view of a draft of simulated data whose one section holds `blocks`."""
    return {
        "title": "A title",
        "kicker": "Board",
        "audience": "board",
        "escalation_id": "ESC-1",
        "as_of": "9 March 2026",
        "as_of_date": "2026-03-09",
        "state": "draft",
        "banner": "Draft: not signed",
        "source": "lert",
        "simulated": True,
        "language": "en",
        "max_pages": None,
        "facts": [],
        "sections": [{"id": "all", "title": "All", "blocks": list(blocks)}],
        "footer": "ESC-1",
    } | changes
