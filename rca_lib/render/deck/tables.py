"""Tables on slides: columns as wide as their words ask for, and rows parted over slides under the same heads."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from rca_lib.render.deck import measure
from rca_lib.render.deck.records import SMALLEST, GridColumn

__all__ = ["PAD_X", "PAD_Y", "Laid", "head_height", "head_size", "lay_rows", "row_height"]

PAD_X, PAD_Y = 7.0, 5.5
"""Points between the words of a cell and its edges."""
_SIZES = (18.0, 16.0, 15.0, 14.0, 13.0, SMALLEST)
"""Sizes in which a table is tried, the largest first."""
_WHOLE = 13.0
"""A table stands on one slide in no smaller size, unless it is as wide as that; else it is parted, and set larger."""
_MOST_ROWS = 12
"""Rows on a slide: more are not read from a wall."""
_SHARE = 0.66
"""A table that asks for less than this share of the slide gets it; figures far from their labels are hard to follow."""
_LOOSE = 0.06
"""How much wider than its words a table is set where there is room, so that none wraps in another font."""
_LEAST = 40.0


@dataclass(frozen=True)
class Laid:
    """A table as set: its columns, the rows of each slide, the size of its words and where long words are broken.

    ``origins`` holds, for each row of each slide, the number of the row that it is, or is a part of.
    """

    columns: tuple[GridColumn, ...]
    slides: tuple[tuple[tuple[str, ...], ...], ...]
    origins: tuple[tuple[int, ...], ...]
    size: float
    breaks: int

    def height(self, rows: Sequence[tuple[str, ...]]) -> float:
        """Return the points that the heads and these rows take."""
        return head_height(self.columns, self.size) + sum(row_height(row, self.columns, self.size) for row in rows)


def lay_rows(block: dict[str, Any], room: float, first: float, later: float) -> Laid:
    """Return a table as set on as many slides as it takes.

    Parameters
    ----------
    block : a table as `rca_lib.render.view.assemble` gives it.
    room : points from side to side.
    first, later : points from top to bottom, on the first slide and on those after it.
    """
    rows = [tuple(row) for row in block["rows"]]
    tried: list[Laid] = []
    for size in _SIZES:
        columns = _columns(block, size, room)
        if columns is None:
            continue
        laid = _laid(rows, columns, size, first, later)
        if len(laid.slides) == 1 and (size >= _WHOLE or not tried):
            return laid
        tried.append(laid)
    if not tried:
        return _laid(rows, _squeezed(block, SMALLEST, room), SMALLEST, first, later)
    # Of those that need no more slides than the smallest size above the least, the largest.
    fewest = min(len(laid.slides) for laid in tried if laid.size >= _WHOLE or laid is tried[0])
    return next(laid for laid in tried if len(laid.slides) <= fewest)


def row_height(row: Sequence[str], columns: Sequence[GridColumn], size: float) -> float:
    """Return the points that a row takes."""
    cells = zip(row, columns, strict=True)
    count = max(len(measure.lines(cell, size, column.room, column.face)) for cell, column in cells)
    return count * size * measure.LEADING["sans"] + 2 * PAD_Y


def _laid(
    rows: Sequence[tuple[str, ...]], columns: tuple[GridColumn, ...], size: float, first: float, later: float
) -> Laid:
    numbered = list(_small_enough(rows, columns, size, min(first, later)))
    pieces, numbers = [piece for _, piece in numbered], [number for number, _ in numbered]
    spans = _spread(pieces, columns, size, first, later)
    slides = tuple(tuple(pieces[begin:end]) for begin, end in spans)
    origins = tuple(tuple(numbers[begin:end]) for begin, end in spans)
    return Laid(columns, slides, origins, size, _breaks(rows, columns, size))


def head_height(columns: Sequence[GridColumn], size: float) -> float:
    """Return the points that the heads of columns take."""
    return row_height([column.label for column in columns], columns, head_size(size))


def head_size(size: float) -> float:
    """Return the size of the heads of a table whose cells have `size`."""
    return max(SMALLEST, size - 2)


def _breaks(rows: Sequence[tuple[str, ...]], columns: Sequence[GridColumn], size: float) -> int:
    cells = [
        (cell, column)
        for row in [tuple(c.label for c in columns), *rows]
        for cell, column in zip(row, columns, strict=True)
    ]
    found = [measure.overlong(cell, size, column.room, column.face) for cell, column in cells]
    return min((count for count in found if count), default=0)


def _needs(block: dict[str, Any], size: float) -> list[tuple[float, float]]:
    """Return for each column the least width that breaks no word, and the width at which nothing wraps."""
    needs = []
    small = head_size(size)
    for at, column in enumerate(block["columns"]):
        cells, face = [row[at] for row in block["rows"]], column.get("face", "sans")
        words = (
            [measure.widest_word(cell, size, face) for cell in cells]
            if column["wrap"]
            else [measure.width(cell, size, face) for cell in cells]
        )
        least = max([_LEAST, measure.widest_word(column["label"], small), *words])
        whole = max(
            [least, measure.width(column["label"], small), *(measure.width(cell, size, face) for cell in cells)]
        )
        # A hair more, so that what just fits is not broken by rounding.
        pad = column.get("pad", 2 * PAD_X) + 0.1
        needs.append((least + pad, whole + pad))
    return needs


def _columns(block: dict[str, Any], size: float, room: float) -> tuple[GridColumn, ...] | None:
    """Return columns in which no word is broken, or nothing where the slide is too narrow for that."""
    needs = _needs(block, size)
    least, whole = sum(need[0] for need in needs), sum(need[1] for need in needs)
    if least > room:
        return None
    if whole <= room:
        spare = max(room * _SHARE - whole, min(room - whole, whole * _LOOSE)) / len(needs)
        return _made(block, [need[1] + spare for need in needs])
    return _made(block, _shared(needs, room))


def _shared(needs: Sequence[tuple[float, float]], room: float) -> list[float]:
    """Give each column what it cannot do without, and the rest by how much it has to say."""
    spare = room - sum(need[0] for need in needs)
    # By the square root: a column of long sentences gets more, and does not starve the others.
    wishes = [(whole - least) ** 0.5 for least, whole in needs]
    widths = [least for least, _ in needs]
    while spare > 0.5 and sum(wishes) > 0:
        total, given = sum(wishes), 0.0
        for at, (_, whole) in enumerate(needs):
            more = min(spare * wishes[at] / total, whole - widths[at])
            widths[at] += more
            given += more
            if widths[at] >= whole - 0.01:
                wishes[at] = 0.0
        spare -= given
    return widths


def _squeezed(block: dict[str, Any], size: float, room: float) -> tuple[GridColumn, ...]:
    """Return columns on a slide that is too narrow for their words: the widest give way first."""
    widths = [least for least, _ in _needs(block, size)]
    low, high = 0.0, max(widths)
    for _ in range(40):
        cap = (low + high) / 2
        low, high = (cap, high) if sum(min(wide, cap) for wide in widths) <= room else (low, cap)
    return _made(block, [min(wide, low) for wide in widths])


def _made(block: dict[str, Any], widths: Sequence[float]) -> tuple[GridColumn, ...]:
    return tuple(
        GridColumn(
            column["label"], round(wide, 2), column["align"], column.get("pad", 2 * PAD_X), column.get("face", "sans")
        )
        for column, wide in zip(block["columns"], widths, strict=True)
    )


def _small_enough(
    rows: Sequence[tuple[str, ...]], columns: Sequence[GridColumn], size: float, room: float
) -> Iterator[tuple[int, tuple[str, ...]]]:
    """Give rows of which each stands on one slide under the heads; the rest of a longer one is given as a further row."""
    most = max(1, int((room - head_height(columns, size) - 2 * PAD_Y) / (size * measure.LEADING["sans"])))
    for number, row in enumerate(rows):
        rest = row
        while any(rest):
            parts = [
                measure.break_after(cell, size, column.room, most, column.face)
                for cell, column in zip(rest, columns, strict=True)
            ]
            yield number, tuple(part[0] for part in parts)
            rest = tuple(part[1] for part in parts)
        if not any(row):
            yield number, row


def _spread(
    rows: Sequence[tuple[str, ...]], columns: Sequence[GridColumn], size: float, first: float, later: float
) -> list[tuple[int, int]]:
    """Return where slides begin and end: the fewest that hold all rows, about as high on each."""
    head = head_height(columns, size)
    heights = [row_height(row, columns, size) for row in rows]
    best: dict[int, tuple[int, float, list[tuple[int, int]]]] = {0: (0, 0.0, [])}
    for end in range(1, len(rows) + 1):
        options = []
        for begin in range(max(0, end - _MOST_ROWS), end):
            free = (first if begin == 0 else later) - head - sum(heights[begin:end])
            if begin in best and free >= -0.01:
                slides, uneven, spans = best[begin]
                options.append((slides + 1, uneven + free**2, [*spans, (begin, end)]))
        best[end] = min(options, key=lambda option: option[:2])
    return best[len(rows)][2]
