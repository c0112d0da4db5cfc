"""A problem found in a source: what, where, how many rows, which rule and how to put it right."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

__all__ = ["FIRST_ROWS", "Problem", "rows_said"]

FIRST_ROWS = 5
"""How many offending rows a problem shows."""


@dataclass(frozen=True)
class Problem:
    """One rule that some rows of a table break.

    Attributes
    ----------
    table : the table concerned.
    column : the column concerned, or an empty text when the rule is about whole rows or files.
    rule : what should hold, as one plain sentence.
    severity : ``"error"`` when the rows can't be used and are set aside; ``"warning"`` when they are kept.
    count : how many rows break the rule.
    rows : the first few of them, each as a mapping; ``row`` counts data rows from 1.
    message : what was found, as one sentence.
    fix : what to do about it, as one sentence.
    check : the short name of the check that found it.
    """

    table: str
    column: str
    rule: str
    severity: Literal["error", "warning"]
    count: int
    rows: tuple[Mapping[str, Any], ...]
    message: str
    fix: str
    check: str = ""

    def as_json(self) -> dict[str, Any]:
        """Give the problem as plain values, ready for JSON."""
        return {
            "check": self.check,
            "table": self.table,
            "column": self.column,
            "severity": self.severity,
            "count": self.count,
            "rule": self.rule,
            "message": self.message,
            "fix": self.fix,
            "rows": [dict(row) for row in self.rows],
        }


def rows_said(count: int) -> str:
    """Say a number of rows.

    >>> rows_said(1), rows_said(1200)
    ('1 row', '1,200 rows')
    """
    return f"{count:,} row{'' if count == 1 else 's'}"
