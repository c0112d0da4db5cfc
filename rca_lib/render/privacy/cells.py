"""Single counts, and the counts of rows that are parts of a whole: how each is told to readers of withheld counts."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Any

from rca_lib.analysis.disclosure import SHOWN, Sum, gives_away, suppress
from rca_lib.analysis.disclosure import is_small as is_small_count
from rca_lib.review.blocks import Parts

__all__ = [
    "WITHHELD",
    "few_did_not_fail",
    "few_in_all",
    "is_small",
    "number",
    "same_requests",
    "tell_column",
    "withhold",
]

WITHHELD = "withheld"


def is_small(count: Any, limit: int) -> bool:
    """Return whether `count`, or one end of an interval of counts, is from 1 to `limit`.

    Examples
    --------
    >>> is_small(7, 10), is_small(0, 10), is_small([8, 40], 10), is_small(None, 10)
    (True, False, True, False)
    """
    if isinstance(count, list | tuple):
        return any(is_small(end, limit) for end in count)
    return is_small_count(number(count), limit)


def withhold(count: Any, limit: int) -> str:
    """Return what stands in place of a small count.

    Examples
    --------
    >>> withhold(7, 10)
    '1–10'
    """
    return WITHHELD if isinstance(count, list | tuple) else f"1–{limit}"


def number(value: Any) -> float | None:
    """Return a value that counts something, and nothing for a truth, a text or a gap.

    Examples
    --------
    >>> number(7), number(True), number("7"), number(None)
    (7, None, None, None)
    """
    return value if isinstance(value, int | float) and not isinstance(value, bool) and value == value else None


def same_requests(row: Mapping[str, Any], parts: Parts | None) -> tuple[Any, ...] | None:
    """Return what tells that rows of several tables and charts are counts of the same requests, or nothing where that is open.

    Parts of the same whole with as many requests and as many failures are taken to be the same.

    Examples
    --------
    >>> parts = Parts(totals={"n": 859, "failed": 29})
    >>> same_requests({"n": 329, "failed": 28, "rate": 0.09}, parts)
    (859, 29, 329, 28)
    """
    if parts is None or not {"n", "failed"} <= parts.totals.keys():
        return None
    counts = number(row.get("n")), number(row.get("failed"))
    return None if None in counts else (parts.totals["n"], parts.totals["failed"], *counts)


def few_in_all(parts: Parts | None, limit: int) -> bool:
    """Return whether so few failed in all that where none did tells of those who know the requests where the few are.

    Examples
    --------
    >>> few_in_all(Parts(totals={"failed": 5}), 10), few_in_all(Parts(totals={"failed": 29}), 10), few_in_all(None, 10)
    (True, False, False)
    """
    return parts is not None and is_small(parts.totals.get("failed"), limit)


def tell_column(
    rows: Sequence[Mapping[str, Any]],
    key: str,
    limit: int,
    *,
    parts: Parts | None,
    apart: bool,
    kept_back: Collection[int] = (),
) -> dict[int, str]:
    """Return how the counts under one key are told, by row, for those that are not shown.

    Parameters
    ----------
    parts : what the rows are parts of; without it and unless they stand `apart`, their own sum is taken to be known.
    kept_back : rows whose count is withheld for another reason.

    Examples
    --------
    >>> rows = [{"team": "A", "failed": 28}, {"team": "B", "failed": 1}, {"team": "C", "failed": 0}]
    >>> tell_column(rows, "failed", 10, parts=Parts(totals={"failed": 29}, by=None), apart=False)
    {0: 'withheld', 1: 'range'}
    >>> tell_column(rows, "failed", 10, parts=None, apart=True)
    {1: 'range'}
    """
    places = [at for at, row in enumerate(rows) if number(row.get(key)) is not None]
    counts = [round(float(rows[at][key])) for at in places]
    sums: list[Sum] = []
    if parts is not None and key in parts.totals:
        for group in _groups(rows, places, parts.by):
            # What no row shows of the whole is a count as well, which nobody may work out.
            rest = parts.totals[key] - sum(counts[cell] for cell in group)
            if rest < 0:
                continue
            unseen = [len(counts)] if rest else []
            counts += [rest] if rest else []
            sums.append(Sum((*group, *unseen), parts.totals[key]))
    elif parts is None and not apart and places:
        sums.append(Sum(tuple(range(len(places))), sum(counts)))
    held = [cell for cell, at in enumerate(places) if at in kept_back]
    states = suppress(counts, sums, limit, kept_back=held, unseen=range(len(places), len(counts)))
    return {at: state for at, state in zip(places, states, strict=False) if state != SHOWN}


def _groups(rows: Sequence[Mapping[str, Any]], places: Sequence[int], by: str | None) -> list[list[int]]:
    """Positions among `places` of the rows that share no request; a row by itself where rows may overlap."""
    if by is None:
        return [[cell] for cell in range(len(places))]
    found: dict[Any, list[int]] = {}
    for cell, at in enumerate(places):
        if rows[at].get(by) is not None:
            found.setdefault(rows[at][by], []).append(cell)
    return list(found.values())


def few_did_not_fail(row: Mapping[str, Any], limit: int) -> bool:
    """Return whether so few of the requests of a row did not fail that their number follows from the other two.

    Examples
    --------
    >>> few_did_not_fail({"n": 300, "failed": 296}, 10), few_did_not_fail({"n": 300, "failed": 200}, 10)
    (True, False)
    """
    n, failed = number(row.get("n")), number(row.get("failed"))
    return n is not None and failed is not None and failed <= n and gives_away(failed, n, limit)
