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
    """Return `figure` without the segments whose rate would give a small count away; the same object if there are none.

    ``None`` means that nothing is left to draw.
    """
    if figure.chart != "segments":
        return figure
    groups, dropped = [], 0
    for group in figure.data.get("groups", ()):
        rows = [
            row for row in group["rows"] if not (is_small(row.get("failed"), limit) or is_small(row.get("n"), limit))
        ]
        dropped += len(group["rows"]) - len(rows)
        if rows:
            groups.append({**group, "rows": rows})
    if not dropped:
        return figure
    if not groups:
        return None
    note = f"Segments with 1 to {limit} requests or failures are left out."
    caption = f"{figure.caption} {note}" if figure.caption else note
    return figure.model_copy(update={"data": {**figure.data, "groups": groups}, "caption": caption})
