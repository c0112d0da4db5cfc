"""Small counts withheld from readers who must not be able to tell single requests apart.

The rule is that of the CMS cell-size policy (ResDAC, article 1506): no count from 1 to the limit is shown, nor anything from
which it follows. A table of which only one cell were hidden would give it away by subtraction from its total, so others are
hidden with it; a rate, with its interval, gives its count away, and goes where the count goes.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Any

from rca_lib.review.blocks import Figure, Table

__all__ = ["WITHHELD", "complement", "is_small", "mask_figure", "mask_table", "withhold"]

WITHHELD = "withheld"

LEAST_RANGE = 3
"""How many values a withheld count must at least be able to have, for a reader who knows the total."""
_MOST_ROUNDS = 8
_FOLLOWS = frozenset({"percent", "number"})
"""Kinds of columns whose values follow from counts."""
_COUNTS = ("n", "failed", "n_before", "failed_before", "n_after", "failed_after")
_WITHOUT_COUNTS = frozenset({"cause_chart", "case_timeline", "controls", "evidence_matrix"})
"""Charts that show no counts of requests."""
_BY_ROWS = ("rows", "steps")


def is_small(count: Any, limit: int) -> bool:
    """Return whether `count`, or one end of an interval of counts, is from 1 to `limit`.

    Examples
    --------
    >>> is_small(7, 10), is_small(0, 10), is_small([8, 40], 10), is_small(None, 10)
    (True, False, True, False)
    """
    if isinstance(count, list | tuple):
        return any(is_small(end, limit) for end in count)
    return isinstance(count, int | float) and not isinstance(count, bool) and 0 < count <= limit


def withhold(count: Any, limit: int) -> str:
    """Return what stands in place of a small count.

    Examples
    --------
    >>> withhold(7, 10)
    '1–10'
    """
    return WITHHELD if isinstance(count, list | tuple) else f"1–{limit}"


def complement(counts: Sequence[float | None], hidden: Collection[int], limit: int) -> frozenset[int]:
    """Return which further counts of a column are withheld, so that none of `hidden` follows from the column's total.

    Parameters
    ----------
    counts : the column; ``None`` where there is no count.
    hidden : positions of those withheld for being small, or for another reason.

    Notes
    -----
    A reader who knows the total knows the sum of what is withheld. Small counts alone are told apart from others by how
    they are written, so each lies from 1 to `limit`; that must leave `LEAST_RANGE` values for each. Else the smallest count
    that is shown is withheld too, and all of them are written alike, so that any count may stand there.

    Examples
    --------
    >>> sorted(complement([40, 7, 22, 95], {1}, 10))
    [2]
    >>> sorted(complement([40, 7, 4, 95], {1, 2}, 10))
    []
    >>> sorted(complement([40, 1, 1, 95], {1, 2}, 10))
    [0]
    """
    hidden = frozenset(hidden)
    known = [at for at, count in enumerate(counts) if count is not None and at not in hidden]
    if not hidden or not known:
        return frozenset()
    sums = sum(float(counts[at] or 0) for at in hidden)
    small = all(is_small(counts[at], limit) for at in hidden)
    if small and _range_of_each(len(hidden), sums, limit) >= LEAST_RANGE:
        return frozenset()
    if not small and len(hidden) > 1 and sums - len(hidden) + 1 >= LEAST_RANGE:
        return frozenset()
    order = sorted(known, key=lambda at: (not counts[at], float(counts[at] or 0), at))
    return frozenset(order[:1])


def _range_of_each(many: int, total: float, limit: int) -> float:
    """How many values each of `many` counts from 1 to `limit` can have when their sum is known."""
    low = max(1.0, total - (many - 1) * limit)
    high = min(float(limit), total - (many - 1))
    return high - low + 1


def mask_table(table: Table, rows: Sequence[dict[str, Any]], limit: int) -> dict[tuple[int, str], str]:
    """Return what stands in place of the cells of a table that are withheld, by row and key.

    A count that is small is withheld; with it go the counts of its row that it is a part of, as many others of its column as
    its total asks for, and every share, ratio and p-value of the row.

    Parameters
    ----------
    rows : the rows that are shown.
    """
    shown = {column.key for column in table.columns if column.kind == "count"}
    keys = sorted(shown | {column.guard for column in table.columns if column.guard})
    hidden: set[tuple[int, str]] = {
        (at, key) for key in keys for at, row in enumerate(rows) if is_small(row.get(key), limit)
    }
    if not hidden:
        return {}
    widened: set[str] = set()
    for _ in range(_MOST_ROUNDS):
        before = len(hidden)
        for family in _families(keys):
            for at in range(len(rows)):
                held = [key for key in family if rows[at].get(key) is not None]
                if len(held) > 1 and any((at, key) in hidden for key in held):
                    hidden |= {(at, key) for key in held}
        for key in keys:
            counts = [_number(row.get(key)) for row in rows]
            mine = {at for at, one in hidden if one == key}
            further = frozenset() if table.apart else complement(counts, mine, limit)
            hidden |= {(at, key) for at in further}
            if any(not is_small(counts[at], limit) for at in mine | further):
                widened.add(key)
        if len(hidden) == before:
            break
    made = {
        (at, key): WITHHELD if key in widened else withhold(rows[at].get(key), limit)
        for at, key in hidden
        if key in shown
    }
    for at in {at for at, _ in hidden}:
        for column in table.columns:
            follows = column.kind in _FOLLOWS or (column.guard is not None and (at, column.guard) in hidden)
            if follows and rows[at].get(column.key) is not None:
                made[at, column.key] = WITHHELD
    return made


def _families(keys: Sequence[str]) -> list[list[str]]:
    """Group keys of counts that can add up: those of requests, and those of failures."""
    asked = [key for key in keys if key == "n" or key.startswith(("n_", "at_risk"))]
    return [asked, [key for key in keys if key not in asked]]


def _number(value: Any) -> float | None:
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    return float(value)


def mask_figure(figure: Figure, limit: int) -> Figure | None:
    """Return `figure` without what rests on a small count; the same object if there is nothing of the kind.

    ``None`` means that nothing is left to draw, or that nobody can say whether the chart gives a small count away: a
    chart of another shape than rows, groups of rows or periods states what it shows to such readers in ``masked``.
    """
    data = figure.data
    if figure.chart in _WITHOUT_COUNTS:
        return figure
    if "periods" in data:
        return None if any(_rests_on_few(period, limit) for period in data["periods"]) else figure
    keys = [key for key in _BY_ROWS if key in data]
    if not keys and "groups" not in data:
        return None
    masked, dropped = dict(data), 0
    for key in keys:
        masked[key] = _kept(data[key], limit)
        dropped += len(data[key]) - len(masked[key])
    if "groups" in data:
        if any("rows" not in group for group in data["groups"]):
            return None
        groups = [{**group, "rows": _kept(group["rows"], limit)} for group in data["groups"]]
        dropped += sum(len(old["rows"]) - len(new["rows"]) for old, new in zip(data["groups"], groups, strict=True))
        masked["groups"] = [group for group in groups if group["rows"]]
    if not dropped:
        return figure
    if _flags(data) > _flags(masked):
        # The title tells of a row that is flagged; without the row, it would tell what is withheld.
        return None
    for rows in [masked[key] for key in keys] + [group["rows"] for group in masked.get("groups", ())]:
        rows[:] = [{**row, **{key: None for key in _COUNTS if key in row}} for row in rows]
    if "overall" in masked:
        masked["overall"] = None
    if not any(masked.get(key) for key in (*_BY_ROWS, "groups")):
        return None
    note = f"Rows that rest on 1 to {limit} requests or failures, and others that would give them away, are left out."
    caption = f"{figure.caption} {note}" if figure.caption else note
    return figure.model_copy(update={"data": masked, "caption": caption})


def _kept(rows: list[dict[str, Any]], limit: int) -> list[dict[str, Any]]:
    """Return the rows that can be shown: a bar's length and its interval tell its count as a number would."""
    hidden = {at for at, row in enumerate(rows) if _rests_on_few(row, limit)}
    for _ in range(_MOST_ROUNDS):
        further: set[int] = set()
        for key in _COUNTS:
            if hidden and any(key in row for row in rows):
                # Which rows are small is not said, so any count may stand there.
                further |= complement([_number(row.get(key)) for row in rows], hidden, 0) - hidden
        if not further:
            break
        hidden |= further
    return [row for at, row in enumerate(rows) if at not in hidden]


def _flags(data: dict[str, Any]) -> int:
    rows = [*data.get("rows", ()), *(row for group in data.get("groups", ()) for row in group["rows"])]
    return sum(bool(row.get("flag")) for row in rows)


def _rests_on_few(row: dict[str, Any], limit: int) -> bool:
    return any(is_small(row.get(key), limit) for key in _COUNTS)
