"""Timelines on slides: a moment a row, with its mark and the word for it."""

from __future__ import annotations

from typing import Any

from rca_lib.render.deck import tables
from rca_lib.render.page import MARKS

__all__ = ["MARK_ROOM", "as_table", "marks_of"]

MARK_ROOM = 22.0
"""Points kept on either side of the line on which the marks stand."""
_ONE_LINE = 24
"""Up to how many characters a moment stays on one line."""


def as_table(block: dict[str, Any]) -> dict[str, Any]:
    """Return a timeline as the table that it is on a slide.

    Examples
    --------
    >>> entry = {"when": "+2 h", "what": "Intake", "detail": "took 9 h", "mark": "delay"}
    >>> as_table({"entries": [entry]})["rows"]
    [['+2 h', 'Intake', 'Delay. took 9 h']]
    """
    short = max(len(entry["when"]) for entry in block["entries"]) <= _ONE_LINE
    columns = [
        {"label": "When", "align": "right", "wrap": not short, "pad": MARK_ROOM},
        {"label": "What", "align": "left", "wrap": True, "pad": MARK_ROOM + tables.PAD_X, "face": "semibold"},
        {"label": "Detail", "align": "left", "wrap": True},
    ]
    rows = [[entry["when"], entry["what"], _detail(entry)] for entry in block["entries"]]
    if not any(row[2] for row in rows):
        columns, rows = columns[:2], [row[:2] for row in rows]
    return {"columns": columns, "rows": rows}


def marks_of(block: dict[str, Any]) -> tuple[str, ...]:
    """Return the mark of each moment."""
    return tuple(entry["mark"] for entry in block["entries"])


def _detail(entry: dict[str, Any]) -> str:
    return ". ".join(part for part in (MARKS[entry["mark"]], entry["detail"]) if part)
