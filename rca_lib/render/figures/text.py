"""Words on a chart: measured, shortened and wrapped with the metrics of the house font."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

from rca_lib.render import style
from rca_lib.render.text import plain

__all__ = ["STRETCH", "clean", "font", "shorten", "width", "wrap"]

STRETCH = 1.1
"""Room kept for a reader whose browser has none of the preferred fonts: Arial runs a tenth wider than Source Sans."""


@lru_cache(maxsize=32)
def font(size: float, *, bold: bool = False) -> Any:
    """Return the matplotlib font of one size, by file, so that no other font of the machine can take its place."""
    from matplotlib.font_manager import FontProperties

    return FontProperties(fname=str(style.font_file(bold=bold)), size=size, weight=600 if bold else 400)


@lru_cache(maxsize=4096)
def width(words: str, size: float, *, bold: bool = False) -> float:
    """Measure a line in points, with `STRETCH` on top."""
    from matplotlib.textpath import text_to_path

    measured, _, _ = text_to_path.get_text_width_height_descent(words, font(size, bold=bold), False)
    return float(measured) * STRETCH


def clean(value: Any) -> str:
    """Return one line of text that XML and readers can bear."""
    return "" if value is None else " ".join(plain(str(value)).split())


def shorten(words: str, room: float, size: float, *, bold: bool = False) -> str:
    """Cut a line with an ellipsis so that it fits into ``room`` points."""
    if width(words, size, bold=bold) <= room:
        return words
    low, high = 0, len(words)
    while low < high:
        middle = (low + high + 1) // 2
        fits = width(words[:middle].rstrip() + "…", size, bold=bold) <= room
        low, high = (middle, high) if fits else (low, middle - 1)
    return words[:low].rstrip(" ,;:–-") + "…"


def wrap(words: str, room: float, size: float, *, lines: int = 2, bold: bool = False) -> list[str]:
    """Break a label into at most ``lines`` lines; the last is shortened where words remain."""
    rows: list[str] = []
    rest = words.split(" ")
    while rest and len(rows) < lines - 1:
        count = len(rest)
        while count > 1 and width(" ".join(rest[:count]), size, bold=bold) > room:
            count -= 1
        rows.append(shorten(" ".join(rest[:count]), room, size, bold=bold))
        rest = rest[count:]
    if rest:
        rows.append(shorten(" ".join(rest), room, size, bold=bold))
    return rows or [""]
