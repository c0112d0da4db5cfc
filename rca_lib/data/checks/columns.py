"""Rules for one column at a time: a value where one is required, a word of the fixed set, a number within bounds."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from functools import cache
from typing import Any

import pandas as pd
import pandera.pandas as pa
from pandera.errors import SchemaErrors

from rca_lib.data.config import nearest
from rca_lib.data.contract import TABLES, ColumnSpec, TableSpec
from rca_lib.data.problems import FIRST_ROWS, Problem, rows_said
from rca_lib.data.values import ROW, RowProblems

__all__ = ["check_columns", "frame_schema"]


@cache
def frame_schema(name: str) -> pa.DataFrameSchema:
    """Return the pandera schema of a table: the rules that each of its columns must keep.

    Examples
    --------
    >>> frame_schema("staff").columns["actor_id"].nullable
    False
    """
    rules = {}
    for column in TABLES[name].columns:
        checks = _checks(column)
        if checks or column.required:
            rules[column.name] = pa.Column(checks=checks, nullable=not column.required)
    return pa.DataFrameSchema(rules)


def _checks(column: ColumnSpec) -> list[pa.Check]:
    checks = []
    if column.values:
        checks.append(pa.Check.isin(column.values))
    if column.above is not None:
        checks.append(pa.Check.gt(column.above))
    if column.low is not None:
        checks.append(pa.Check.ge(column.low))
    if column.high is not None:
        checks.append(pa.Check.le(column.high))
    return checks


def check_columns(
    table: TableSpec, frame: pd.DataFrame, unreadable: Mapping[str, Collection[int]]
) -> list[RowProblems]:
    """Find the values of a table that break a rule of their column, all of them at once.

    Parameters
    ----------
    table : what the columns must hold.
    frame : the typed rows, with their numbers in ``row``.
    unreadable : by column, the numbers of the rows whose value could not be read; those were reported already.
    """
    try:
        frame_schema(table.name).validate(frame, lazy=True)
    except SchemaErrors as errors:
        found = []
        for name, cases in errors.failure_cases.groupby("column", sort=False):
            rows = frame.loc[sorted(set(cases["index"].astype(int)))]
            rows = rows[~rows[ROW].isin(unreadable.get(str(name), ()))]
            if len(rows):
                found.append(_problem(table, table.column(str(name)), rows))
        return found
    return []


def _problem(table: TableSpec, column: ColumnSpec, rows: pd.DataFrame) -> RowProblems:
    numbers = [int(number) for number in rows[ROW]]
    values: list[Any] = [_plain(value) for value in rows[column.name]]
    empty = sum(value is None for value in values)
    where = f"{table.name}.{column.name}"
    if empty == len(values):
        rule, check = f"{column.name} has a value in every row", "missing_value"
        message = f"{where} is empty in {rows_said(empty)}"
        fix = f"Fill {column.name}, or leave out the rows without it in a query."
    else:
        bad = next(value for value in values if value is not None)
        rule, check = column.rule, "bad_word" if column.values else "out_of_bounds"
        what = "a word that is not in the contract" if column.values else "a number out of bounds"
        message = f"{where} holds {what} in {rows_said(len(values))}, the first “{bad}”"
        fix = _fix(table, column, str(bad))
    shown = tuple({ROW: n, column.name: value} for n, value in list(zip(numbers, values, strict=True))[:FIRST_ROWS])
    problem = Problem(table.name, column.name, rule, "error", len(values), shown, message, fix, check)
    return RowProblems(problem, tuple(numbers))


def _plain(value: Any) -> Any:
    """Give a cell as JSON can hold it."""
    if pd.isna(value):
        return None
    value = value.item() if hasattr(value, "item") else value
    return value if isinstance(value, (bool, int, float, str)) else str(value)


def _fix(table: TableSpec, column: ColumnSpec, bad: str) -> str:
    if not column.values:
        return f"Correct {column.name}, or leave it empty where it is not known."
    close = nearest(bad, column.values)
    return f"Map the word to ours under [enums.{table.name}.{column.name}] in source.toml; for “{bad}”, {close}"
