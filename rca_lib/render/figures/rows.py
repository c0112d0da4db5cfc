"""A chart in rows: a label, a mark on a shared scale, and the values in words beside it.

Steps, candidate causes, segments and before-and-after all read this way. The head of a value column carries the mark
that it belongs to, which does the work of a legend.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from rca_lib.render import style
from rca_lib.render.figures import text as words
from rca_lib.render.figures.scales import Tick
from rca_lib.render.figures.sheet import Sheet

__all__ = ["Row", "RowChart", "ValueColumn"]

_LABEL_ROOM = 150.0
_VALUE_ROOM = 96.0
_GUTTER = 14.0
_LINE = 10.5
_BREATH = 9.0


@dataclass(frozen=True)
class Row:
    """One row. A head has no mark and no values: it names the group below it. A note is a head in small type."""

    label: str
    values: tuple[str, ...] = ()
    kind: str = "row"
    strong: bool = False


@dataclass(frozen=True)
class ValueColumn:
    """A column of values at the right. ``glyph`` draws its mark before the head, at a point of the sheet."""

    head: str
    glyph: Callable[[Sheet, float, float], None] | None = None


@dataclass
class RowChart:
    """The frame of a row chart: makes room for words first, and gives the rest to the scale.

    ``key`` stands above the scale, ``notes`` below it: what a mark means that no column explains. Call `open`, draw on
    ``axes`` at ``ys`` (one for each row), then take the SVG from ``sheet``.
    """

    rows: Sequence[Row]
    columns: Sequence[ValueColumn]
    label_head: str
    axis_name: str
    ticks: Sequence[Tick]
    limits: tuple[float, float]
    log: bool = False
    key: ValueColumn | None = None
    notes: Sequence[ValueColumn] = ()
    row_gap: float = _BREATH
    sheet: Sheet = field(init=False)
    axes: Any = field(init=False)
    ys: list[float] = field(init=False)
    left: float = field(init=False)
    right: float = field(init=False)
    top: float = field(init=False)
    bottom: float = field(init=False)

    def open(self) -> None:
        """Lay out the sheet, its labels, values, scale and rules."""
        labels, heights, value_widths = self._measure()
        heads = [
            words.wrap(column.head, room + 1 - (11 if column.glyph else 0), style.SIZE_NOTE, lines=3)
            for column, room in zip(self.columns, value_widths, strict=True)
        ]
        head_lines = max([1, *map(len, heads)])
        self.top = 4 + head_lines * 9.5 + 5
        self.bottom = self.top + sum(heights)
        self.right = style.TEXT_WIDTH - sum(value_widths) - _GUTTER * len(value_widths) - (0 if value_widths else 8)
        name = words.wrap(self.axis_name, style.TEXT_WIDTH - self.left, style.SIZE_NOTE, lines=2)
        self.sheet = Sheet(self.bottom + 16 + 10 * len(name) + (12 if self.notes else 0) + 3)
        self._scale(name)
        self._heads(heads, head_lines, value_widths)
        self._rows(labels, heights, value_widths)

    def _measure(self) -> tuple[list[list[str]], list[float], list[float]]:
        size = style.SIZE_LABEL
        plain = [row for row in self.rows if row.kind == "row"]
        longest = max(
            [
                40.0,
                words.width(self.label_head, style.SIZE_NOTE),
                *(words.width(row.label, size, bold=row.strong) for row in plain),
            ]
        )
        label_room = min(_LABEL_ROOM, longest)
        self.left = label_room + _GUTTER
        labels = [
            words.wrap(row.label, label_room, size, lines=3, bold=row.strong)
            if row.kind == "row"
            else [words.shorten(row.label, style.TEXT_WIDTH, size, bold=row.kind == "head")]
            for row in self.rows
        ]
        heights = [
            _LINE * len(lines) + (self.row_gap if row.kind == "row" else 7.0)
            for lines, row in zip(labels, self.rows, strict=True)
        ]
        value_widths = []
        for index, column in enumerate(self.columns):
            cells = [words.width(row.values[index], style.SIZE_VALUE) for row in plain if index < len(row.values)]
            word = max(words.width(part, style.SIZE_NOTE) for part in column.head.split(" ")) + (
                11 if column.glyph else 0
            )
            whole = words.width(column.head, style.SIZE_NOTE) + (11 if column.glyph else 0)
            value_widths.append(min(_VALUE_ROOM, max([min(whole, 62.0), word, *cells])))
        return labels, heights, value_widths

    def _scale(self, name: list[str]) -> None:
        axes = self.axes = self.sheet.axes(self.left, self.top, self.right, self.bottom)
        axes.set_xscale("log" if self.log else "linear")
        axes.set_xlim(*self.limits)
        axes.set_ylim(self.bottom, self.top)
        axes.set_axis_off()
        for tick in self.ticks:
            axes.plot(
                [tick.at, tick.at], [self.top, self.bottom], color=style.GRID, linewidth=0.7, zorder=0, clip_on=False
            )
            self.sheet.write(
                self.x(tick.at), self.bottom + 11, tick.label, size=style.SIZE_VALUE, color=style.MUTED, align="center"
            )
        for index, line in enumerate(name):
            self.sheet.write(self.left, self.bottom + 23 + 10 * index, line, size=style.SIZE_NOTE, color=style.MUTED)

        x = self.left
        for note in self.notes:
            base = self.bottom + 25 + 10 * len(name)
            if note.glyph:
                note.glyph(self.sheet, x + 4, base - 2.8)
                x += 11
            self.sheet.write(x, base, note.head, size=style.SIZE_NOTE, color=style.MUTED)
            x += words.width(note.head, style.SIZE_NOTE) + _GUTTER

    def x(self, value: float) -> float:
        """Return where a value of the scale stands on the sheet."""
        return float(self.axes.transData.transform((value, 0))[0])

    def line_at(self, value: float) -> float:
        """Draw a line of reference over the height of the chart, under its marks, and return where it stands."""
        self.axes.plot(
            [value, value], [self.top, self.bottom], color=style.MUTED, linewidth=1.0, zorder=1, clip_on=False
        )
        return self.x(value)

    def _heads(self, heads: list[list[str]], lines: int, value_widths: list[float]) -> None:
        self.sheet.write(0, 4 + lines * 9.5, self.label_head, size=style.SIZE_NOTE, color=style.MUTED)
        for edge, head, column in zip(self._edges(value_widths), heads, self.columns, strict=True):
            for index, line in enumerate(reversed(head)):
                y = 4 + (lines - index) * 9.5
                self.sheet.write(edge, y, line, size=style.SIZE_NOTE, color=style.MUTED, align="right")
            if column.glyph:
                first = words.width(head[0], style.SIZE_NOTE)
                column.glyph(self.sheet, edge - first - 5, 4 + (lines - len(head) + 1) * 9.5 - 2.8)
        if self.key:
            base = 4 + lines * 9.5
            if self.key.glyph:
                self.key.glyph(self.sheet, self.left + 5, base - 2.8)
            room = self.right - self.left - 14
            line = words.shorten(self.key.head, room, style.SIZE_NOTE)
            self.sheet.write(self.left + 14, base, line, size=style.SIZE_NOTE, color=style.MUTED)
        self.sheet.stroke([0, style.TEXT_WIDTH], [self.top, self.top])

    def _edges(self, value_widths: list[float]) -> list[float]:
        edges, edge = [], style.TEXT_WIDTH
        for room in reversed(value_widths):
            edges.append(edge)
            edge -= room + _GUTTER
        return edges[::-1]

    def _rows(self, labels: list[list[str]], heights: list[float], value_widths: list[float]) -> None:
        self.ys = []
        y = self.top
        for row, lines, height in zip(self.rows, labels, heights, strict=True):
            middle = y + height / 2 + (2.0 if row.kind == "head" else 0)
            self.ys.append(middle)
            first = middle - (len(lines) - 1) * _LINE / 2 + 3.0
            bold = row.strong or row.kind == "head"
            ink = style.MUTED if row.kind == "note" else style.INK
            for index, line in enumerate(lines):
                self.sheet.write(0, first + index * _LINE, line, size=style.SIZE_LABEL, bold=bold, color=ink)
            for edge, value in zip(self._edges(value_widths), row.values, strict=False):
                self.sheet.write(
                    edge,
                    middle + 3.0,
                    words.shorten(value, _VALUE_ROOM, style.SIZE_VALUE),
                    align="right",
                    bold=row.strong,
                )
            y += height
            self.sheet.stroke(
                [0, style.TEXT_WIDTH], [y, y], color=style.RULE if row is self.rows[-1] else style.GRID, linewidth=0.6
            )
