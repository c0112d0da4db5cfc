"""Reading values as what the contract says they are, without losing one.

A value that can't be read as its column's kind is looked up as it came, so that it can be counted, shown and explained.
Dates are read as ISO 8601 only: a date such as ``02/03/2024`` could be either of two days, so a query has to say which.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from rca_lib.data.contract import ColumnSpec, TableSpec
from rca_lib.data.engine import Memory, identifier, literal
from rca_lib.data.problems import FIRST_ROWS, Problem, rows_said

__all__ = ["EARLIEST", "LATEST", "ROW", "RowProblems", "numbered", "read_values"]

ROW = "row"
"""The column that numbers the rows of a table from 1, in the order in which they came."""

EARLIEST, LATEST = "1980-01-01", "2100-01-01"
"""A recorded moment outside these stands for "not known" or "not yet"."""

_ISO_MOMENT = r"\d{4}[-/]\d{1,2}[-/]\d{1,2}([T ]\d{1,2}:\d{2}(:\d{2}(\.\d+)?)?)? ?(Z|[+-]\d{2}(:?\d{2})?)?"
_TRUE, _FALSE = ("true", "t", "yes", "y", "1"), ("false", "f", "no", "n", "0")

_FIXES = {
    "timestamp": "Write it as year-month-day with an optional time, for example 2026-03-09 14:30; in a query, "
    "strptime(column, '%d/%m/%Y %H:%M') reads a day-first date.",
    "integer": "Write a whole number without separators or units.",
    "float": "Write a number with a point as the decimal mark, without separators or units.",
    "boolean": "Write true or false.",
}


@dataclass(frozen=True)
class RowProblems:
    """A problem, and the numbers of the rows that it sets aside; none of them for a warning."""

    problem: Problem
    rows: tuple[int, ...] = ()


def numbered(came: pa.Table) -> pa.Table:
    """Number the rows of a table from 1, in the order in which they came."""
    kept = came.drop_columns([ROW]) if ROW in came.column_names else came
    numbers = np.arange(1, came.num_rows + 1, dtype="int64")
    return kept.append_column(ROW, pa.array(numbers))


def read_values(
    memory: Memory, source: str, target: str, table: TableSpec, extra: tuple[str, ...], words: dict[str, dict[str, str]]
) -> list[RowProblems]:
    """Make a table of typed columns from a table as it came, and say what could not be read.

    Parameters
    ----------
    memory : where both tables are.
    source, target : the name of the table as it came, its rows numbered, and of the table to make.
    table : what the columns should hold.
    extra : further columns, kept as they came.
    words : the organisation's words to ours, by column.
    """
    types = memory.types(source)
    present = [column for column in table.columns if column.name in types]
    columns = [f"{_value(column, types[column.name], words)} AS {identifier(column.name)}" for column in present]
    absent = [column for column in table.columns if column not in present]
    columns += [
        f"CAST({literal(column.default) if column.default else 'NULL'} AS {_STORED[column.kind]}) "
        f"AS {identifier(column.name)}"
        for column in absent
    ]
    columns += [identifier(name) for name in extra]
    memory.execute(f"CREATE TABLE {identifier(target)} AS SELECT {ROW}, {', '.join(columns)} FROM {identifier(source)}")
    problems = []
    for column in present:
        if column.kind in _FIXES and _may_fail(column, types[column.name]):
            problems += _unreadable(memory, source, target, table, column)
        if column.kind == "timestamp" and _is_text(types[column.name]):
            problems += _mixed(memory, source, table, column)
    return problems


_STORED = {
    "id": "VARCHAR",
    "text": "VARCHAR",
    "enum": "VARCHAR",
    "timestamp": "TIMESTAMP",
    "integer": "BIGINT",
    "float": "DOUBLE",
    "boolean": "BOOLEAN",
}


def _is_text(kind: str) -> bool:
    return kind == "VARCHAR"


def _may_fail(column: ColumnSpec, kind: str) -> bool:
    """Tell whether a column of some type of the engine can hold a value that can't be read."""
    if column.kind == "timestamp":
        return not kind.startswith(("TIMESTAMP", "DATE"))
    if column.kind == "boolean":
        return kind != "BOOLEAN"
    return not kind.endswith(("INT", "INTEGER"))


def _value(column: ColumnSpec, kind: str, words: dict[str, dict[str, str]]) -> str:
    """Write the SQL expression that reads a column."""
    name = identifier(column.name)
    text = f"nullif(CAST({name} AS VARCHAR), '')"
    if column.kind == "timestamp":
        return _moment(name, kind)
    if column.kind == "integer":
        number = f"TRY_CAST({text} AS DOUBLE)"
        return f"CASE WHEN {number} = trunc({number}) AND abs({number}) < 9e15 THEN CAST({number} AS BIGINT) END"
    if column.kind == "float":
        number = f"TRY_CAST({text} AS DOUBLE)"
        return f"CASE WHEN isfinite({number}) THEN {number} END"
    if column.kind == "boolean":
        said = f"lower(trim({text}))"
        return f"CASE WHEN {said} IN {_TRUE} THEN true WHEN {said} IN {_FALSE} THEN false END"
    if kind in ("DOUBLE", "FLOAT"):  # ids that a spreadsheet or a data frame turned into numbers
        text = f"CASE WHEN {name} = trunc({name}) THEN CAST(CAST({name} AS BIGINT) AS VARCHAR) ELSE {text} END"
    elif kind.endswith("[]"):
        text = f"nullif(array_to_string({name}, '; '), '')"
    ours = words.get(column.name, {})
    if ours:
        cases = " ".join(f"WHEN {literal(theirs)} THEN {literal(word)}" for theirs, word in ours.items())
        text = f"CASE {text} {cases} ELSE {text} END"
    return f"coalesce({text}, {literal(column.default)})" if column.default else text


def _moment(name: str, kind: str) -> str:
    if _is_text(kind):
        # The engine reads an offset only after seconds and without a space: "10:00 +01" becomes "10:00:00+01".
        text = f"regexp_replace(trim({name}), '^([^:]*:[0-9]{{2}}) ?(Z|[+-].*)$', '\\1:00\\2')"
        text = f"regexp_replace({text}, ' (Z|[+-])', '\\1')"
        read = f"TRY_CAST({text} AS TIMESTAMPTZ) AT TIME ZONE 'UTC'"
        return f"CASE WHEN regexp_full_match(trim({name}), {literal(_ISO_MOMENT)}) THEN {read} END"
    if kind.startswith(("TIMESTAMP", "DATE")):
        return f"CAST({name} AS TIMESTAMPTZ) AT TIME ZONE 'UTC'"
    return "NULL::TIMESTAMP"


def _unreadable(memory: Memory, source: str, target: str, table: TableSpec, column: ColumnSpec) -> list[RowProblems]:
    """Find the values of a column that are there and can't be read."""
    name = identifier(column.name)
    text = f"nullif(trim(CAST({name} AS VARCHAR)), '')"
    if memory.types(source)[column.name] in ("DOUBLE", "FLOAT"):
        text = f"nullif({text}, 'nan')"  # how a data frame writes a missing number
    found = memory.rows(
        f"WITH origin AS (SELECT {ROW}, {text} AS came FROM {identifier(source)}) "
        f"SELECT {ROW}, came FROM {identifier(target)} JOIN origin USING ({ROW}) "
        f"WHERE {name} IS NULL AND came IS NOT NULL ORDER BY {ROW}"
    )
    if not found:
        return []
    what = {"timestamp": "a date", "integer": "a whole number", "float": "a number", "boolean": "true or false"}[
        column.kind
    ]
    first = found[0]
    problem = Problem(
        table=table.name,
        column=column.name,
        rule=column.rule,
        severity="error",
        count=len(found),
        rows=tuple({"row": row[ROW], column.name: row["came"]} for row in found[:FIRST_ROWS]),
        message=f"{table.name}.{column.name} can't be read as {what} in {rows_said(len(found))}, "
        f"the first “{first['came']}” in row {first[ROW]}",
        fix=_FIXES[column.kind],
        check="unreadable_value",
    )
    return [RowProblems(problem, tuple(row[ROW] for row in found))]


def _mixed(memory: Memory, source: str, table: TableSpec, column: ColumnSpec) -> list[RowProblems]:
    """Find columns in which some dates carry a time, or an offset from UTC, and others don't."""
    name = f"trim({identifier(column.name)})"
    counts = memory.rows(
        f"SELECT count(*) FILTER (length({name}) > 0) AS total, "
        f"count(*) FILTER (length({name}) > 0 AND NOT contains({name}, ':')) AS dates, "
        f"count(*) FILTER (regexp_matches({name}, ':.*(Z|[+-]\\d{{2}}(:?\\d{{2}})?)$')) AS offsets "
        f"FROM {identifier(source)}"
    )[0]
    found = []
    for part, check, what, reading in (
        ("dates", "mixed_precision", "a date without a time", "those are read as the first moment of the day"),
        ("offsets", "mixed_offset", "an offset from UTC", "the others are read in the source's time zone"),
    ):
        if 0 < counts[part] < counts["total"]:
            problem = Problem(
                table=table.name,
                column=column.name,
                rule=f"every value of {column.name} is written with the same precision and format",
                severity="warning",
                count=counts[part],
                rows=(),
                message=f"{table.name}.{column.name} holds {what} in {rows_said(counts[part])} of {counts['total']:,}; "
                f"{reading}",
                fix="Write every value of the column in the same way, with time and offset.",
                check=check,
            )
            found.append(RowProblems(problem))
    return found
