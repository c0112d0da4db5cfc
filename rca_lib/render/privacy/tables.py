"""Tables for readers from whom small counts are withheld."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from itertools import permutations
from typing import Any

from rca_lib.render.privacy.cells import (
    WITHHELD,
    few_did_not_fail,
    few_in_all,
    is_small,
    number,
    same_requests,
    tell_column,
    withhold,
)
from rca_lib.review.blocks import Column, Prose, Table

__all__ = ["mask_table", "withheld_requests"]

_FIGURES = frozenset({"count", "number", "percent", "hours"})
_FOLLOWS = frozenset({"percent", "number"})
"""Kinds of columns whose values follow from counts, guarded or not."""

Told = dict[tuple[int, str], str]


def mask_table(table: Table, limit: int, *, elsewhere: Collection[tuple[Any, ...]] = ()) -> Table | Prose:
    """Return `table` without its small counts and what would give them away; the same object if there are none.

    A small count is written as a range. A count that would give it away, by what the column adds up to or by another column, is
    withheld, and so is every share, ratio and p-value that rests on either. Where no figure is left, and the other columns
    are no more than names, a sentence stands in place of the table.

    Parameters
    ----------
    elsewhere : requests whose counts another table or chart withholds; see `rca_lib.render.privacy.cells.same_requests`.
    """
    told = _told(table, limit, elsewhere)
    cells = _texts(table, told, limit)
    if not cells:
        return table
    rows = tuple(
        {**row, **{key: text for (place, key), text in cells.items() if place == at}}
        for at, row in enumerate(table.rows)
    )
    note = f"Counts from 1 to {limit}, and what would give them away, are withheld."
    masked = table.model_copy(update={"rows": rows, "note": f"{table.note} {note}" if table.note else note})
    figures = [column for column in table.columns if column.kind in _FIGURES]
    if any(_stands(row.get(column.key)) for row in rows for column in figures):
        return masked
    rest = tuple(column for column in table.columns if column not in figures)
    if len(rest) > 1:
        return masked.model_copy(update={"columns": rest})
    said = f"“{table.caption}” is left out here: every figure of it rests on 1 to {limit} requests or failures, or would give them away."
    return Prose(
        id=table.id,
        section=table.section,
        title=table.title,
        sensitivity=table.sensitivity,
        style="note",
        paragraphs=((said,),),
    )


def withheld_requests(table: Table, limit: int, elsewhere: Collection[tuple[Any, ...]] = ()) -> set[tuple[Any, ...]]:
    """Return the requests, as `rca_lib.render.privacy.cells.same_requests` tells them, whose failures a table withholds."""
    told = _told(table, limit, elsewhere)
    found = {same_requests(table.rows[at], table.parts) for at, key in told if key == "failed"}
    return {each for each in found if each is not None}


def _stands(value: Any) -> bool:
    """Whether a figure is shown: there is one, and it is neither withheld nor a range of small counts."""
    return value is not None and not isinstance(value, str)


def _told(table: Table, limit: int, elsewhere: Collection[tuple[Any, ...]]) -> Told:
    """How the counts of a table are told that are not shown, of the columns and of what guards them."""
    rows = table.rows
    columns = {column.key for column in table.columns if column.kind == "count"}
    keys = sorted(columns | {column.guard for column in table.columns if column.guard})
    held = _held(rows, keys, limit, table, elsewhere)
    sums = _additive(rows, keys)
    while True:
        told: Told = {}
        for key in keys:
            back = {at for at, name in held if name == key}
            apart = table.apart or key not in columns
            found = tell_column(rows, key, limit, parts=table.parts, apart=apart, kept_back=back)
            told |= {(at, key): state for at, state in found.items()}
            told |= {(at, key): WITHHELD for at in back if number(rows[at].get(key)) is None}
        more = {each for each in _completing(rows, sums, told) if each not in held}
        if not more:
            return told
        held |= more


def _held(
    rows: Sequence[Mapping[str, Any]],
    keys: Sequence[str],
    limit: int,
    table: Table,
    elsewhere: Collection[tuple[Any, ...]],
) -> set[tuple[int, str]]:
    """Counts that are withheld whatever the totals: as the section asks, as few did not fail or did in all, or as another table does."""
    held: set[tuple[int, str]] = set()
    few = few_in_all(table.parts, limit)
    for at, row in enumerate(rows):
        held |= {(at, key) for key in row.get("withhold") or () if key in keys}
        if "failed" in keys and (few or few_did_not_fail(row, limit) or same_requests(row, table.parts) in elsewhere):
            held.add((at, "failed"))
    return held


def _additive(rows: Sequence[Mapping[str, Any]], keys: Sequence[str]) -> list[tuple[str, str, str]]:
    """Columns of which one is the sum of two others in every row, the sum last."""
    found = []
    for one, other, whole in permutations(keys, 3):
        counts = [[number(row.get(key)) for key in (one, other, whole)] for row in rows]
        held = [[float(value) for value in each if value is not None] for each in counts if None not in each]
        if one < other and held and all(a + b == c for a, b, c in held) and any(a and b for a, b, _ in held):
            found.append((one, other, whole))
    return found


def _completing(
    rows: Sequence[Mapping[str, Any]], sums: Sequence[tuple[str, str, str]], told: Told
) -> set[tuple[int, str]]:
    """Of three counts of which one is the sum of the others, a second where only one is withheld: the smaller one shown."""
    more = set()
    for keys in sums:
        for at, row in enumerate(rows):
            shown = [key for key in keys if (at, key) not in told and number(row.get(key)) is not None]
            if len(shown) == len(keys) - 1:
                more.add((at, min(shown, key=lambda key: (not row[key], row[key], key))))
    return more


def _texts(table: Table, told: Told, limit: int) -> dict[tuple[int, str], str]:
    """What stands in place of the cells that are withheld, by row and key."""
    texts: dict[tuple[int, str], str] = {}
    for at, row in enumerate(table.rows):
        for column in table.columns:
            value = row.get(column.key)
            state = told.get((at, column.key)) if column.kind == "count" else None
            if value is None:
                continue
            if state is not None:
                texts[at, column.key] = withhold(value, limit) if state == "range" else WITHHELD
            elif (column.kind == "count" and isinstance(value, list | tuple) and is_small(value, limit)) or _follows(
                table, column, at, told
            ):
                texts[at, column.key] = WITHHELD
    return texts


def _follows(table: Table, column: Column, at: int, told: Told) -> bool:
    """Whether the value of a column follows from a count that is withheld in its row."""
    if column.guard is not None:
        return (at, column.guard) in told or (column.kind in _FOLLOWS and (at, "n") in told)
    shown = {each.key for each in table.columns if each.kind == "count"}
    return column.kind in _FOLLOWS and any((at, key) in told for key in shown)
