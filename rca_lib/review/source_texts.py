"""Texts of the source: the free text of its columns, as far as it concerns one case.

An audience profile names the columns whose own words may stand in its review; the words of all others are kept out of it,
and looked for once more in what was rendered.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd

from rca_lib.review.evidence import without_sealed

__all__ = ["TEXT_COLUMNS", "normalised", "source_texts"]

TEXT_COLUMNS: dict[str, tuple[str, ...]] = {
    "escalations": ("title", "summary"),
    "changes": ("component", "description", "owner_team"),
    "evidence": ("text", "locator", "sha256", "source_role"),
    "actions": ("description", "metric", "owner_role"),
    "assessment_items": ("comment",),
    "rubric_items": ("description",),
    "codebook": ("definition", "include", "exclude"),
    "feedback": ("outcome",),
}
"""Columns that hold words of people. What other columns hold are categories, versions, moments and identifiers."""

_SHORTEST, _FEWEST_WORDS = 12, 4
"""Characters from which a text can be told from words that a review uses anyway, and words, unless it holds a figure."""


def normalised(text: object) -> str:
    """Return a text in one form for comparing: case folded, spaces single.

    >>> normalised("  The  Cover\\nSheet ")
    'the cover sheet'
    """
    return " ".join(str(text).split()).casefold()


def source_texts(
    tables: Mapping[str, pd.DataFrame], escalation_id: str, request_ids: tuple[str, ...]
) -> dict[str, list[str]]:
    """Return the texts of the source that concern one case, by column (``table.column``).

    Sealed evidence is left out: its words never come into a notebook, so there is nothing to look for.

    Parameters
    ----------
    request_ids : the requests that the escalation names; comments on other requests are no part of the case.
    """
    found: dict[str, list[str]] = {}
    for table, columns in TEXT_COLUMNS.items():
        rows = tables.get(table)
        if rows is None or not len(rows):
            continue
        rows = _mine(table, rows, tables, escalation_id, request_ids)
        for column in columns:
            if column in rows:
                values = {str(value) for value in rows[column].dropna()}
                told = sorted(value for value in values if _is_distinct(normalised(value)))
                if told:
                    found[f"{table}.{column}"] = told
    return found


def _is_distinct(text: str) -> bool:
    """Whether a text is somebody's own words; a role or the name of a tool is not."""
    return len(text) >= _SHORTEST and (len(text.split()) >= _FEWEST_WORDS or any(letter.isdigit() for letter in text))


def _mine(table: str, rows: Any, tables: Mapping[str, Any], escalation_id: str, request_ids: tuple[str, ...]) -> Any:
    """Give the rows of a table that concern the case; tables that belong to no case are used whole."""
    if "escalation_id" in rows:
        rows = rows[rows["escalation_id"] == escalation_id]
    if table == "evidence":
        rows = without_sealed(rows)
    if table == "assessment_items":
        made = tables.get("assessments")
        mine = [] if made is None else made.loc[made["request_id"].isin(request_ids), "assessment_id"]
        rows = rows[rows["assessment_id"].isin(mine)]
    return rows
