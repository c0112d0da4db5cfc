"""What the command line shows of a source: the result of its checks, and the list of its escalations."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from rca_lib.data.problems import Problem
from rca_lib.data.source import EscalationSummary, Source, open_source

__all__ = ["CheckReport", "check", "list_escalations"]


@dataclass(frozen=True)
class CheckReport:
    """The result of checking a source.

    Attributes
    ----------
    source : the source's name.
    digest : SHA-256 over everything that was read.
    rows : how many rows can be used, by table.
    set_aside : how many rows were left out because of errors, by table.
    problems : everything that was found, errors first.
    """

    source: str
    digest: str
    rows: dict[str, int]
    set_aside: dict[str, int]
    problems: tuple[Problem, ...]

    @property
    def errors(self) -> int:
        """How many of the problems are errors."""
        return sum(problem.severity == "error" for problem in self.problems)

    @property
    def warnings(self) -> int:
        """How many of the problems are warnings."""
        return len(self.problems) - self.errors

    @property
    def ok(self) -> bool:
        """Whether nothing had to be set aside: no problem is an error."""
        return self.errors == 0

    @property
    def summary(self) -> str:
        """The result in one sentence."""
        used = sum(self.rows.values())
        left_out = sum(self.set_aside.values())
        return (
            f"{self.source}: {len(self.rows)} tables with {used:,} usable rows, {left_out:,} set aside; "
            f"{self.errors} error{'' if self.errors == 1 else 's'}, "
            f"{self.warnings} warning{'' if self.warnings == 1 else 's'}"
        )

    def table_rows(self) -> list[dict[str, str]]:
        """Give the problems as rows of text for a table: severity, table, column, rows, problem, rule, first rows, fix."""
        return [
            {
                "severity": problem.severity,
                "table": problem.table,
                "column": problem.column,
                "rows": f"{problem.count:,}",
                "problem": problem.message,
                "rule": problem.rule,
                "first rows": "; ".join(_said(row) for row in problem.rows),
                "fix": problem.fix,
            }
            for problem in self.problems
        ]

    def as_json(self) -> dict[str, Any]:
        """Give the report as plain values, ready for JSON."""
        return {
            "source": self.source,
            "digest": self.digest,
            "ok": self.ok,
            "errors": self.errors,
            "warnings": self.warnings,
            "rows": dict(self.rows),
            "set_aside": dict(self.set_aside),
            "problems": [problem.as_json() for problem in self.problems],
        }


def _said(row: Any) -> str:
    return ", ".join(f"{key} {'empty' if value is None else value}" for key, value in row.items())


def check(source: str | Path | Source) -> CheckReport:
    """Validate a source against the contract; everything is read and every check runs.

    Raises
    ------
    UsageError, SourceError
        When the source can't be opened, or one of its files or queries can't be read.
    """
    opened = open_source(source)
    return CheckReport(
        source=opened.name,
        digest=opened.digest,
        rows={name: len(table) for name, table in opened.tables.items()},
        set_aside=dict(opened.set_aside),
        problems=opened.problems,
    )


def list_escalations(source: str | Path | Source) -> list[EscalationSummary]:
    """List the escalations of a source, oldest first.

    Raises
    ------
    UsageError, SourceError
        When the source can't be opened, or its escalations can't be read.
    """
    return list(open_source(source).escalations())
