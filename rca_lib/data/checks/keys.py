"""Keys and references: every row has one name, and what a row names is there."""

from __future__ import annotations

from collections.abc import Iterator

from rca_lib.data.contract import TABLES
from rca_lib.data.engine import identifier
from rca_lib.data.ground import Ground
from rca_lib.data.values import ROW, RowProblems

__all__ = ["duplicate_keys", "orphans"]


def duplicate_keys(ground: Ground) -> Iterator[RowProblems]:
    """Find rows whose key another row before them has.

    An error: nobody can say which of two rows under one name is right, and counting both counts one thing twice. The
    first row is kept.
    """
    for name, table in TABLES.items():
        if name not in ground.supplied or not table.key:
            continue
        key, said = ", ".join(identifier(column) for column in table.key), ", ".join(table.key)
        yield from ground.find(
            f"SELECT {ROW}, {key} FROM {identifier(name)} "
            f"QUALIFY row_number() OVER (PARTITION BY {key} ORDER BY {ROW}) > 1 ORDER BY {ROW}",
            check="duplicate_key",
            table=name,
            column=said,
            severity="error",
            rule=f"no two rows of {name} have the same {said}",
            message=f"the {said} of an earlier row comes again in {{rows}} of {name}; the first of each is kept",
            fix=f"Keep one row for each {said}; in a query, QUALIFY row_number() OVER (...) = 1 does so.",
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
            yield from ground.find(
                f"SELECT {ROW}, {mine} FROM {identifier(name)} AS mine WHERE {mine} IS NOT NULL AND NOT EXISTS "
                f"(SELECT 1 FROM {identifier(reference.table)} AS theirs WHERE theirs.{theirs} = mine.{mine}) "
                f"ORDER BY {ROW}",
                check="orphan",
                table=name,
                column=column.name,
                severity="error" if reference.binding else "warning",
                rule=f"{name}.{column.name} names a row of {reference.table}",
                message=f"{name}.{column.name} names something that is not in {reference.table} in {{rows}}, "
                f"the first “{{first_{column.name}}}”",
                fix=f"Add the missing rows to {reference.table}, or correct {name}.{column.name}.",
            )
