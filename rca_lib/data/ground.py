"""The tables of a source while they are being checked: which rows stand, which are set aside, and what was found."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

import pyarrow as pa

from rca_lib.data.config import SourceConfig
from rca_lib.data.contract import TABLES
from rca_lib.data.engine import Memory, identifier
from rca_lib.data.problems import FIRST_ROWS, Problem
from rca_lib.data.values import ROW, RowProblems

__all__ = ["Ground", "typed_name"]


def typed_name(table: str) -> str:
    """Name the table in memory that holds every row of a table of the contract, usable or not."""
    return f"typed {table}"


@dataclass
class Ground:
    """What the checks stand on.

    Attributes
    ----------
    memory : where the tables are. Under its own name, each holds the rows that can be used so far.
    config : the source's settings.
    supplied : the columns really supplied, by table; only usable tables are keys.
    extra : the columns beyond the contract that are kept, by table.
    problems : what was found so far.
    aside : the numbers of the rows set aside, by table.
    unreadable : the numbers of the rows whose value could not be read, by table and column.
    """

    memory: Memory
    config: SourceConfig
    supplied: dict[str, frozenset[str]] = field(default_factory=dict)
    extra: dict[str, tuple[str, ...]] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)
    aside: dict[str, set[int]] = field(default_factory=dict)
    unreadable: dict[str, dict[str, tuple[int, ...]]] = field(default_factory=dict)

    def has(self, table: str, *columns: str) -> bool:
        """Tell whether a table and these of its columns were supplied."""
        return table in self.supplied and self.supplied[table].issuperset(columns)

    def count(self, table: str) -> int:
        """Count the rows of a table that can be used so far."""
        return int(self.memory.rows(f"SELECT count(*) AS n FROM {identifier(table)}")[0]["n"])

    def record(self, found: Iterable[RowProblems]) -> None:
        """Keep what a check found, and set its rows aside."""
        for one in found:
            self.problems.append(one.problem)
            if one.rows:
                self.aside.setdefault(one.problem.table, set()).update(one.rows)
                self.show(one.problem.table)

    def show(self, table: str) -> None:
        """Let the table's own name stand for the rows that can be used."""
        typed, left_out = identifier(typed_name(table)), self.aside.get(table)
        condition = ""
        if left_out:
            name = f"aside {table}"
            self.memory.register(name, pa.table({ROW: pa.array(sorted(left_out), pa.int64())}))
            condition = f" WHERE {ROW} NOT IN (SELECT {ROW} FROM {identifier(name)})"
        self.memory.execute(f"CREATE OR REPLACE VIEW {identifier(table)} AS SELECT * FROM {typed}{condition}")

    def find(
        self,
        sql: str,
        *,
        check: str,
        table: str,
        column: str,
        severity: Literal["error", "warning"],
        rule: str,
        message: str,
        fix: str,
    ) -> list[RowProblems]:
        """Ask for the rows that break a rule, and make one problem of them, or none.

        Parameters
        ----------
        sql : a query whose first column is the row's number; its other columns are shown.
        check, table, column, severity, rule, fix : as in `Problem`.
        message : what was found, with ``{rows}`` where the number of rows goes.
        """
        found = self.memory.arrow(sql)
        if not found.num_rows:
            return []
        first: list[dict[str, Any]] = found.slice(0, FIRST_ROWS).to_pylist()
        said = f"{found.num_rows:,} row{'' if found.num_rows == 1 else 's'}"
        problem = Problem(
            table=table,
            column=column,
            rule=rule,
            severity=severity,
            count=found.num_rows,
            rows=tuple({key: _plain(value) for key, value in row.items()} for row in first),
            message=message.format(rows=said, **{f"first_{key}": _plain(value) for key, value in first[0].items()}),
            fix=fix,
            check=check,
        )
        rows: Sequence[int] = found.column(0).to_pylist() if severity == "error" else ()
        return [RowProblems(problem, tuple(rows))]

    def known(self, table: str) -> tuple[str, ...]:
        """Name the columns of a table that were supplied, in the order of the contract."""
        return tuple(name for name in TABLES[table].column_names if name in self.supplied[table])


def _plain(value: Any) -> Any:
    """Give a value as JSON can hold it."""
    return value if value is None or isinstance(value, (bool, int, float, str)) else str(value)
