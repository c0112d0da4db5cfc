"""Axes that control charts and CUSUM charts share: time or order along, phases and changes as labelled lines."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import Any

from rca_lib.render import style
from rca_lib.render.figures import marks, scales
from rca_lib.render.figures import text as words
from rca_lib.render.figures.annotations import LINE, Note, Placed, place
from rca_lib.render.figures.scales import Tick
from rca_lib.render.figures.sheet import Sheet

__all__ = ["KEY_ROOM", "MOST_MARKERS", "SeriesAxes", "number_ticks"]

MOST_MARKERS = 6
"""Changes that are labelled; the others are counted below the chart."""

KEY_ROOM = 100.0
"""Points kept at the right for the names of lines and marks."""

_LEFT, _PLOT = 36.0, 140.0
_DASH = (0, (2, 2))


@dataclass
class SeriesAxes:
    """A sheet with one plot on it, ready to draw points on.

    ``days`` are the positions of the points along; ``order`` says that they are numbers of points and not days.
    """

    days: list[float]
    low: float
    high: float
    ticks: list[Tick]
    head: str
    foot: list[str]
    markers: list[tuple[float, str]]
    order: bool = False
    plot: float = _PLOT
    first: float = field(init=False)
    last: float = field(init=False)
    right: float = field(init=False)
    top: float = field(init=False)
    sheet: Sheet = field(init=False)
    axes: Any = field(init=False)

    def __post_init__(self) -> None:
        apart = (max(self.days) - min(self.days)) / max(len(self.days) - 1, 1) or 1.0
        self.first, self.last = min(self.days) - apart / 2, max(self.days) + apart / 2
        self.right = style.TEXT_WIDTH - KEY_ROOM
        placed, hidden = self._placed()
        rows = max((label.row + 1 for label in placed), default=0)
        head = words.wrap(words.clean(self.head), style.TEXT_WIDTH, style.SIZE_NOTE)
        self.top = 9.0 + 10 * (len(head) - 1) + 8 + rows * LINE + (3 if rows else 0)
        if hidden:
            self.foot = [*self.foot, f"{hidden} more change{'s' if hidden > 1 else ''} not labelled"]
        foot = words.wrap("; ".join(self.foot), style.TEXT_WIDTH - _LEFT, style.SIZE_NOTE)
        self.sheet = Sheet(self.top + self.plot + 31 + 10 * len(foot))
        self.axes = self.sheet.axes(_LEFT, self.top, self.right, self.top + self.plot)
        self.axes.set_xlim(self.first, self.last)
        self.axes.set_ylim(self.low, self.high)
        self.axes.set_axis_off()
        for index, line in enumerate(head):
            self.sheet.write(0, 9 + 10 * index, line, size=style.SIZE_NOTE, color=style.MUTED)
        for index, line in enumerate(foot):
            y = self.top + self.plot + 38 + 10 * index
            self.sheet.write(_LEFT, y, line, size=style.SIZE_NOTE, color=style.MUTED)
        self._scales()
        self._labels(placed)

    def height(self, value: float) -> float:
        """Return where a value stands on the sheet, from its top."""
        inside = marks.clamp(value, (self.low, self.high))
        return self.sheet.height - float(self.axes.transData.transform((self.first, inside))[1])

    def key(self, entries: list[tuple[float, str, dict[str, Any] | None, str]]) -> None:
        """Name lines and marks at the right edge: (value, words, mark or line, colour), without overlap."""
        left, y = self.right + 7, -math.inf
        ordered = sorted(
            ((self.height(at), line, look, color) for at, line, look, color in entries), key=lambda entry: entry[0]
        )
        bottom = self.top + self.plot
        over = max(0.0, ordered[0][0] + 11 * (len(ordered) - 1) - bottom) if ordered else 0.0
        for at, line, look, color in ordered:
            y = max(y + 11, at - over)
            if look is None:
                self.sheet.stroke([left, left + 8], [y, y], color=color, linewidth=1.0)
            elif "box" in look:
                self.sheet.box(left, y - 3.5, left + 8, y + 3.5, facecolor=style.BAND)
            elif "dash" in look:
                self.sheet.stroke([left, left + 8], [y, y], color=color, linewidth=1.0, linestyle=_DASH)
            else:
                self.sheet.mark(left + 4, y, **(look | {"markersize": look["markersize"] * 0.85}))
            self.sheet.write(
                left + 12,
                y + 2.8,
                words.shorten(line, KEY_ROOM - 20, style.SIZE_NOTE),
                size=style.SIZE_NOTE,
                color=color,
            )

    def _placed(self) -> tuple[list[Placed], int]:
        scale = (self.right - _LEFT) / (self.last - self.first)
        inside = [(day, text) for day, text in self.markers if self.first <= day <= self.last]
        notes = [
            Note(_LEFT + (day - self.first) * scale, words.shorten(text, 195.0, style.SIZE_VALUE), 1.0 + index)
            for index, (day, text) in enumerate(inside[:MOST_MARKERS])
        ]
        placed, dropped = place(notes, 0, style.TEXT_WIDTH)
        return placed, dropped + len(inside[MOST_MARKERS:])

    def _scales(self) -> None:
        for tick in self.ticks:
            color = style.MUTED if tick.at == 0 else style.GRID
            self.axes.plot([self.first, self.last], [tick.at] * 2, color=color, linewidth=0.8, zorder=1, clip_on=False)
            self.sheet.write(_LEFT - 5, self.height(tick.at) + 2.8, tick.label, color=style.MUTED, align="right")
        along = _order_ticks(self.first, self.last) if self.order else scales.month_ticks(self.first, self.last)
        base = self.top + self.plot
        for tick in along:
            x = float(self.axes.transData.transform((tick.at, self.low))[0])
            self.sheet.stroke([x, x], [base, base + 3.5], color=style.MUTED)
            for index, line in enumerate(tick.label.split("\n")):
                self.sheet.write(x, base + 12.5 + 10 * index, line, color=style.MUTED, align="center")

    def _labels(self, placed: list[Placed]) -> None:
        for label in placed:
            x, y = label.note.x, self.top - 4 - label.row * LINE
            day = self.axes.transData.inverted().transform((x, 0))[0]
            look: dict[str, Any] = {"color": "#8A949E", "linewidth": 0.8, "linestyle": _DASH}
            self.axes.plot([day, day], [self.low, self.high], zorder=1.8, clip_on=False, **look)
            self.sheet.stroke([x, x], [y - 7.5, self.top], **look)
            at, align = (x + 3, "left") if label.on_the_right else (x - 3, "right")
            self.sheet.write(at, y, label.note.words, align=align)


def number_ticks(low: float, high: float, *, most: int = 5) -> list[Tick]:
    """Choose round ticks of a plain scale.

    >>> [tick.label for tick in number_ticks(0, 52)]
    ['0', '20', '40']
    """
    step = 10.0 ** math.floor(math.log10(max(high - low, 1e-9) / most))
    step = next(step * factor for factor in (1, 2, 5, 10, 20) if (high - low) / (step * factor) <= most)
    first = math.ceil(low / step - 1e-9)
    ticks = [step * index for index in range(first, math.floor(high / step + 1e-9) + 1)]
    digits = max(0, math.ceil(-math.log10(step) - 1e-9))
    return [Tick(at, f"{at:,.{digits}f}".replace("-", "−")) for at in ticks]


def _order_ticks(first: float, last: float) -> list[Tick]:
    return [tick for tick in number_ticks(first, last, most=9) if tick.at >= 1 and tick.at == int(tick.at)]
