"""Keys and references: every row has one name, what a row names is there, and nothing was taken in twice."""

from __future__ import annotations

from collections.abc import Iterator

from rca_lib.data.contract import TABLES
from rca_lib.data.engine import identifier
from rca_lib.data.ground import Ground
from rca_lib.data.problems import rows_said
from rca_lib.data.values import ROW, RowProblems

__all__ = ["duplicate_keys", "duplicate_rows", "orphans", "padded_ids", "parents_are_supplied"]


def duplicate_keys(ground: Ground) -> Iterator[RowProblems]:
    """Find rows whose key another row before them has.

    An error: nobody can say which of two rows under one name is right, and counting both counts one thing twice. The
    first row is kept.
    """
    for name, table in TABLES.items():
        if name not in ground.supplied or not table.key:
            continue
        key, said = ", ".join(identifier(column) for column in table.key), ", ".join(table.key)
        everything = ", ".join(identifier(column) for column in ground.known(name))
        if not _any_twice(ground, name, key):
            continue
        differing = ground.memory.rows(
            f"SELECT count(*) AS n FROM (SELECT 1 FROM {identifier(name)} GROUP BY {key} "
            f"HAVING count(DISTINCT hash({everything})) > 1)"
        )[0]["n"]
        nature = (
            f"for {differing:,} of them the rows differ"
            if differing
            else "the rows are the same, as when a file is taken in twice"
        )
        yield from ground.find(
            f"SELECT {ROW}, {key} FROM {identifier(name)} "
            f"QUALIFY row_number() OVER (PARTITION BY {key} ORDER BY {ROW}) > 1 ORDER BY {ROW}",
            check="duplicate_key",
            table=name,
            column=said,
            severity="error",
            rule=f"no two rows of {name} have the same {said}",
            message=f"the {said} of an earlier row comes again in {{rows}} of {name}; {nature}, and the first is kept",
            fix=f"Keep one row for each {said}; in a query, QUALIFY row_number() OVER (...) = 1 does so.",
        )


def duplicate_rows(ground: Ground) -> Iterator[RowProblems]:
    """Find rows of tables without a key that repeat an earlier row in every column.

    An error: such a row says nothing that the first does not, and steps that were taken in twice would be counted twice.
    """
    for name, table in TABLES.items():
        if name not in ground.supplied or table.key:
            continue
        columns = ", ".join(identifier(column) for column in ground.known(name))
        if not _any_twice(ground, name, columns):
            continue
        yield from ground.find(
            f"SELECT {ROW}, {', '.join(identifier(column) for column in table.required)} FROM {identifier(name)} "
            f"QUALIFY row_number() OVER (PARTITION BY {columns} ORDER BY {ROW}) > 1 ORDER BY {ROW}",
            check="duplicate_row",
            table=name,
            column="",
            severity="error",
            rule=f"no two rows of {name} are the same in every column",
            message=f"an earlier row comes again, the same in every column, in {{rows}} of {name}; the first is kept",
            fix="Look whether a file was taken in twice. Steps that did happen twice are told apart by `seq`.",
        )


def _any_twice(ground: Ground, table: str, columns: str) -> bool:
    """Tell whether any two rows agree on some columns; quick, so that the costly question is asked only where needed."""
    return bool(
        ground.memory.rows(
            f"SELECT 1 AS found FROM (SELECT hash({columns}) AS h FROM {identifier(table)}) GROUP BY h "
            "HAVING count(*) > 1 LIMIT 1"
        )
    )


def orphans(ground: Ground) -> Iterator[RowProblems]:
    """Find rows that name a row which is not there.

    An error where the row is of no use without the other, such as an event without its request; a warning where the row
    still counts, such as a request whose specialist is not in the staff list.
    """
    for name, table in TABLES.items():
        for column in table.columns:
            reference = column.reference
            if reference is None or not ground.has(name, column.name):
                continue
            if not ground.has(reference.table, reference.column):
                continue
            mine, theirs = identifier(column.name), identifier(reference.column)
            left_out = ground.aside.get(reference.table)
            why = f"; {rows_said(len(left_out))} of {reference.table} had to be set aside" if left_out else ""
            yield from ground.find(
                f"SELECT {ROW}, {mine} FROM {identifier(name)} AS mine WHERE {mine} IS NOT NULL AND NOT EXISTS "
                f"(SELECT 1 FROM {identifier(reference.table)} AS theirs WHERE theirs.{theirs} = mine.{mine}) "
                f"ORDER BY {ROW}",
                check="orphan",
                table=name,
                column=column.name,
                severity="error" if reference.binding else "warning",
                rule=f"{name}.{column.name} names a usable row of {reference.table}",
                message=f"{name}.{column.name} names something that is not in {reference.table} in {{rows}}, "
                f"the first “{{first_{column.name}}}”{why}",
                fix=f"Add the missing rows to {reference.table}, or correct {name}.{column.name}.",
            )


def parents_are_supplied(ground: Ground) -> Iterator[RowProblems]:
    """Find tables whose rows are of no use without a table that was not supplied, such as links without requests.

    A warning: sections that need both are left out, and say so.
    """
    for name, table in TABLES.items():
        for column in table.columns:
            reference = column.reference
            if reference is None or not reference.binding or not ground.has(name, column.name):
                continue
            if reference.table in ground.supplied or not ground.count(name):
                continue
            yield from ground.find(
                f"SELECT {ROW}, {identifier(column.name)} FROM {identifier(name)} ORDER BY {ROW}",
                check="parent_not_supplied",
                table=name,
                column=column.name,
                severity="warning",
                rule=f"the table {reference.table}, which {name}.{column.name} names rows of, is supplied",
                message=f"{reference.table} was not supplied or can't be used, and {{rows}} of {name} name rows of it",
                fix=f"Supply {reference.table}, or check how its file is named.",
            )


def padded_ids(ground: Ground) -> Iterator[RowProblems]:
    """Find ids that begin or end with a space.

    A warning: the row can be used, but ids that look the same do not match. Ids are opaque, so they are not trimmed here.
    """
    for name, table in TABLES.items():
        for column in table.columns:
            if column.kind != "id" or not ground.has(name, column.name):
                continue
            mine = identifier(column.name)
            yield from ground.find(
                f"SELECT {ROW}, {mine} FROM {identifier(name)} WHERE {mine} <> trim({mine}) ORDER BY {ROW}",
                check="padded_id",
                table=name,
                column=column.name,
                severity="warning",
                rule="an id neither begins nor ends with a space",
                message=f"{name}.{column.name} begins or ends with a space in {{rows}}, "
                f"the first “{{first_{column.name}}}”",
                fix=f"Trim it in a query: trim({column.name}).",
            )
