"""From the files of a source to typed tables: read, type, check, and leave out what can't be used."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import pandas as pd
import pyarrow as pa

from rca_lib.data.checks import CHECKS, check_columns
from rca_lib.data.config import SourceConfig, nearest
from rca_lib.data.contract import TABLES, TableSpec
from rca_lib.data.engine import Memory, identifier
from rca_lib.data.ground import Ground, typed_name
from rca_lib.data.outcomes import columns_named, evaluate_outcomes
from rca_lib.data.problems import Problem, rows_said
from rca_lib.data.values import ROW, RowProblems, numbered, read_values

__all__ = ["Loaded", "load", "stage_table", "to_frame"]


@dataclass(frozen=True)
class Loaded:
    """The tables of a source, checked.

    Attributes
    ----------
    tables : the usable rows, by table, with every column of the contract and the declared dimensions.
    supplied : the columns really supplied, by table.
    problems : everything found, errors first.
    set_aside : how many rows were left out, by table.
    outcomes : the named outcomes: ``request_id``, ``failed`` and ``known_at``.
    ground : the tables in memory, to ask outcomes of as they stood at a moment.
    """

    tables: Mapping[str, pd.DataFrame]
    supplied: dict[str, frozenset[str]]
    problems: tuple[Problem, ...]
    set_aside: dict[str, int]
    outcomes: dict[str, pd.DataFrame]
    ground: Ground


def load(
    readers: Mapping[str, Callable[[], pa.Table]], config: SourceConfig, found: tuple[Problem, ...] = ()
) -> Loaded:
    """Read, type and check every table of a source.

    Parameters
    ----------
    readers : how to read each table that the source supplies, as it comes.
    config : the source's settings.
    found : problems that were found before, among the files.
    """
    ground = Ground(Memory(config.timezone), config, problems=list(found))
    for name in TABLES:
        if name in readers:
            stage_table(ground, TABLES[name], readers[name]())
    frames = {name: _every_row(ground, name) for name in ground.supplied}
    for name, frame in frames.items():
        ground.record(check_columns(TABLES[name], frame, ground.unreadable.get(name, {})))
    for check in CHECKS:
        ground.record(check(ground))
    outcomes, unsettled = evaluate_outcomes(ground)
    ground.record(unsettled)
    tables = {name: _usable(ground, name, frame) for name, frame in frames.items()}
    problems = sorted(ground.problems, key=lambda problem: problem.severity)
    set_aside = {name: len(rows) for name, rows in ground.aside.items() if rows}
    return Loaded(tables, dict(ground.supplied), tuple(problems), set_aside, outcomes, ground)


def stage_table(ground: Ground, table: TableSpec, came: pa.Table) -> None:
    """Type one table, and say which of its columns are unknown, missing or can't be read."""
    names = tuple(came.column_names)
    missing = [name for name in table.required if name not in names]
    if missing:
        ground.record([_missing_columns(table, names, missing, came.num_rows)])
        ground.aside[table.name] = set(range(1, came.num_rows + 1))
        return
    beyond = [name for name in names if name not in table.column_names]
    dimensions = ground.config.dimensions.get(table.name, ())
    used = columns_named(ground.config, table.name, beyond)
    extra = tuple(name for name in beyond if name != ROW and (name in dimensions or name in used))
    unknown = [name for name in beyond if name not in extra]
    absent = [name for name in dimensions if name not in names]
    came_name = f"came {table.name}"
    ground.memory.register(came_name, numbered(came))
    words = ground.config.enums.get(table.name, {})
    ground.supplied[table.name] = frozenset(name for name in names if name in table.column_names or name in extra)
    ground.extra[table.name] = extra
    problems = read_values(ground.memory, came_name, typed_name(table.name), table, extra, words)
    ground.show(table.name)
    if unknown:
        problems.append(_unknown_columns(table, unknown))
    if absent:
        problems.append(_absent_dimensions(table, absent, names))
    ground.record(problems)
    ground.unreadable[table.name] = {
        one.problem.column: one.rows for one in problems if one.problem.check == "unreadable_value"
    }


def to_frame(table: pa.Table) -> pd.DataFrame:
    """Turn typed columns into pandas' own: str, datetime64[us, UTC], Int64, float64 and boolean."""
    kinds = {pa.int64(): pd.Int64Dtype(), pa.bool_(): pd.BooleanDtype()}
    frame: pd.DataFrame = table.to_pandas(types_mapper=kinds.get)
    for name, kind in zip(table.column_names, table.schema.types, strict=True):
        if pa.types.is_timestamp(kind):
            frame[name] = frame[name].dt.as_unit("us").dt.tz_localize("UTC")
        elif pa.types.is_string(kind) or pa.types.is_large_string(kind):
            frame[name] = frame[name].astype("str")
    return frame


def _every_row(ground: Ground, name: str) -> pd.DataFrame:
    return to_frame(ground.memory.arrow(f"SELECT * FROM {identifier(typed_name(name))}"))


def _usable(ground: Ground, name: str, frame: pd.DataFrame) -> pd.DataFrame:
    left_out = ground.aside.get(name)
    kept = frame[~frame[ROW].isin(left_out)].reset_index(drop=True) if left_out else frame
    dimensions = [column for column in ground.config.dimensions.get(name, ()) if column in ground.extra[name]]
    kept = kept[[*TABLES[name].column_names, *dimensions]]
    texts = {column: "str" for column in dimensions if kept[column].dtype != "str"}
    return kept.astype(texts) if texts else kept


def _missing_columns(table: TableSpec, names: tuple[str, ...], missing: list[str], count: int) -> RowProblems:
    said = ", ".join(missing)
    return RowProblems(
        Problem(
            table=table.name,
            column=said,
            rule=f"{table.name} has the columns {', '.join(table.required)}",
            severity="error",
            count=count,
            rows=(),
            message=f"{table.name} lacks {said}, which it can't do without: none of its {rows_said(count)} can be used",
            fix=f"Add {said} to {table.name}, or name it so in a query; the columns found are {', '.join(names)}.",
            check="missing_column",
        )
    )


def _unknown_columns(table: TableSpec, unknown: list[str]) -> RowProblems:
    first = f"For “{unknown[0]}”, {nearest(unknown[0], table.column_names)}"
    return RowProblems(
        Problem(
            table=table.name,
            column=", ".join(unknown),
            rule=f"the columns of {table.name} are those of the contract",
            severity="warning",
            count=len(unknown),
            rows=(),
            message=f"the contract does not know these columns of {table.name}; they are ignored: {', '.join(unknown)}",
            fix=f"Name them under [dimensions] to look for causes in them, or rename them. {first}",
            check="unknown_column",
        )
    )


def _absent_dimensions(table: TableSpec, absent: list[str], names: tuple[str, ...]) -> RowProblems:
    return RowProblems(
        Problem(
            table=table.name,
            column=", ".join(absent),
            rule="a column named under [dimensions] is in its table",
            severity="warning",
            count=len(absent),
            rows=(),
            message=f"[dimensions] names {', '.join(absent)}, which {table.name} does not have",
            fix=f"Add the column to {table.name}, or correct [dimensions]: {nearest(absent[0], names)}",
            check="absent_dimension",
        )
    )
