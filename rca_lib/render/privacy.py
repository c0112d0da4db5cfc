"""Small counts withheld from readers who must not be able to tell single requests apart.

The rule is that of the CMS cell-size policy: no count from 1 to the limit is shown, nor a value from which it follows.
"""

from __future__ import annotations

from typing import Any

from rca_lib.review.blocks import Figure

__all__ = ["WITHHELD", "is_small", "mask_figure", "withhold"]

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
    return isinstance(count, int | float) and not isinstance(count, bool) and 0 < count <= limit


def withhold(count: Any, limit: int) -> str:
    """Return what stands in place of a small count.

    Examples
    --------
    >>> withhold(7, 10)
    '1–10'
    """
    return WITHHELD if isinstance(count, list | tuple) else f"1–{limit}"


def mask_figure(figure: Figure, limit: int) -> Figure | None:
    """Return `figure` without the rows that rest on a small count; the same object if there are none.

    ``None`` means that nothing is left to draw. Rows stand under ``rows``, or under the ``rows`` of each of ``groups``.
    """
    data = figure.data
    if "periods" in data and _few_in_all(data["periods"], limit):
        return None
    dropped, masked = 0, dict(data)
    if "rows" in data:
        masked["rows"] = [row for row in data["rows"] if not _rests_on_few(row, limit)]
        dropped += len(data["rows"]) - len(masked["rows"])
    if "groups" in data:
        groups = [
            {**group, "rows": [row for row in group["rows"] if not _rests_on_few(row, limit)]}
            for group in data["groups"]
        ]
        dropped += sum(len(old["rows"]) - len(new["rows"]) for old, new in zip(data["groups"], groups, strict=True))
        masked["groups"] = [group for group in groups if group["rows"]]
    if not dropped:
        return figure
    if _flags(data) > _flags(masked):
        # The title tells of a row that is flagged; without the row, it would tell what is withheld.
        return None
    # What is left must not give the dropped rows away by subtraction.
    for rows in ([masked["rows"]] if "rows" in masked else []) + [group["rows"] for group in masked.get("groups", ())]:
        rows[:] = [{**row, **{key: None for key in _COUNTS if key in row}} for row in rows]
    if "overall" in masked:
        masked["overall"] = None
    if not (masked.get("rows") or masked.get("groups")):
        return None
    note = f"Rows that rest on 1 to {limit} requests or failures are left out."
    caption = f"{figure.caption} {note}" if figure.caption else note
    return figure.model_copy(update={"data": masked, "caption": caption})


def _flags(data: dict[str, Any]) -> int:
    rows = [*data.get("rows", ()), *(row for group in data.get("groups", ()) for row in group["rows"])]
    return sum(bool(row.get("flag")) for row in rows)


def _few_in_all(periods: list[dict[str, Any]], limit: int) -> bool:
    """Whether a series holds so few failures, or requests, that its rates give their number away."""
    return any(is_small(sum(period.get(key) or 0 for period in periods), limit) for key in ("n", "failed"))


_COUNTS = ("n", "failed", "n_before", "failed_before", "n_after", "failed_after")


def _rests_on_few(row: dict[str, Any], limit: int) -> bool:
    return any(is_small(row.get(key), limit) for key in _COUNTS)
