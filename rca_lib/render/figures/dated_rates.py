"""What charts of a rate over time share: the scales, the dots with their intervals, and the labels above them."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

from rca_lib.render import style
from rca_lib.render.figures import marks, scales
from rca_lib.render.figures import text as words
from rca_lib.render.figures.annotations import LINE, Note, Placed, place
from rca_lib.render.figures.sheet import Sheet

__all__ = ["DatedChart", "days_of", "note"]

LEFT, MARGIN, PLOT = 34.0, 104.0, 150.0
_LABEL_ROOM = 200.0
_FAINT = "#8FB3CA"


def days_of(rows: Sequence[dict[str, Any]]) -> list[tuple[float, float, dict[str, Any]]]:
    """Start and end of each period as day numbers, with its row; rows without a start are left out."""
    found = []
    for row in rows:
        start = scales.day_of(row.get("start"))
        if start is not None:
            found.append((start, max(scales.day_of(row.get("end")) or start + 7, start + 0.5), row))
    return found


def note(
    day: float | None, line: str, *, kind: str = "change", rank: float = 0.0
) -> tuple[float, str, str, float] | None:
    """Ask for a label at a day; nothing where there is no day."""
    return None if day is None else (day, words.clean(line), kind, rank)


class DatedChart:
    """Axes of a rate by day on a sheet, with room for the labels above them and lines of note below."""

    def __init__(
        self,
        periods: list[tuple[float, float, dict[str, Any]]],
        top_value: float,
        y_label: str,
        notes: Sequence[tuple[float, str, str, float] | None],
        foot: str,
    ) -> None:
        self.periods = periods
        self.first, self.last = periods[0][0], periods[-1][1]
        self.limit = top_value
        self.right = style.TEXT_WIDTH - MARGIN
        scale = (self.right - LEFT) / (self.last - self.first)
        wanted = [
            Note(
                LEFT + (day - self.first) * scale,
                words.shorten(line, _LABEL_ROOM, style.SIZE_VALUE, bold=kind != "change"), rank, kind,
            )
            for day, line, kind, rank in filter(None, notes)
            if self.first <= day <= self.last
        ]  # fmt: skip
        placed, dropped = place(wanted, 0, style.TEXT_WIDTH)
        rows = max((label.row + 1 for label in placed), default=0)
        head = words.wrap(words.clean(y_label), style.TEXT_WIDTH, style.SIZE_NOTE)
        if dropped:
            foot += f"; {dropped} label{'s' if dropped > 1 else ''} left out for want of room"
        lines = words.wrap(foot, style.TEXT_WIDTH - LEFT, style.SIZE_NOTE)
        self.top = 9.0 + 10 * (len(head) - 1) + 8 + rows * LINE + (3 if rows else 0)
        self.sheet = Sheet(self.top + PLOT + 31 + 10 * len(lines))
        self.axes = self.sheet.axes(LEFT, self.top, self.right, self.top + PLOT)
        self.axes.set_xlim(self.first, self.last)
        self.axes.set_ylim(0, self.limit)
        for index, line in enumerate(head):
            self.sheet.write(0, 9 + 10 * index, line, size=style.SIZE_NOTE, color=style.MUTED)
        for index, line in enumerate(lines):
            self.sheet.write(LEFT, self.top + PLOT + 38 + 10 * index, line, size=style.SIZE_NOTE, color=style.MUTED)
        self._scales()
        self._labels(placed)

    def span(self, low: float, high: float) -> None:
        """Shade the days within which a change happened."""
        a, b = max(low, self.first), min(high, self.last)
        if a < b:
            self.axes.fill_between(
                [a, b], 0, self.limit, facecolor=style.ALERT, alpha=0.12, linewidth=0, clip_on=False, zorder=0.7
            )

    def band(self, days: Sequence[float], lows: Sequence[float], highs: Sequence[float]) -> None:
        """Shade an interval over days; what leaves the scale is cut."""
        cut = [
            [value if math.isnan(value) else min(max(value, 0.0), self.limit) for value in values]
            for values in (lows, highs)
        ]
        self.axes.fill_between(days, *cut, facecolor=style.BAND, linewidth=0, clip_on=False, zorder=0.5)

    def line(self, days: Sequence[float], values: Sequence[float], **look: Any) -> None:
        """Draw a line of rates; what leaves the scale is not drawn."""
        kept = [value if value <= self.limit else math.nan for value in values]
        full: dict[str, Any] = {"color": style.INK, "linewidth": 1.4, "zorder": 3} | look
        self.axes.plot(days, kept, clip_on=False, solid_capstyle="butt", **full)

    def dots(self) -> None:
        """Draw the rate of each period with its interval; hollow where it is not yet complete."""
        small = 0.5 if len(self.periods) > 60 else 0.7
        for mature, look, color in ((True, marks.VALUE, _FAINT), (False, marks.HOLLOW, "#B9C0C7")):
            for start, end, row in self.periods:
                rate = scales.number_of(row.get("rate"))
                if rate is None or (row.get("mature") is not False) is not mature:
                    continue
                low, high = (scales.number_of(row.get(key)) for key in ("low", "high"))
                x = (start + end) / 2
                if low is not None and high is not None:
                    self.axes.plot(
                        [x, x], [min(low, self.limit), min(high, self.limit)], color=color, linewidth=0.7, zorder=2,
                        clip_on=False,
                    )  # fmt: skip
                shape = look | {"markersize": look["markersize"] * small}
                if rate > self.limit:
                    shape = shape | {"marker": "^"}
                marks.put(self.axes, x, min(rate, self.limit), shape)

    def key(self, entries: Sequence[tuple[str, dict[str, Any]]]) -> None:
        """Name the marks at the right edge: each with a ``box`` colour, a ``mark``, or the look of a line."""
        left = self.right + 7
        for index, (line, look) in enumerate(entries):
            y = self.top + 10 + 12 * index
            if "box" in look:
                self.sheet.box(left, y - 3.5, left + 10, y + 3.5, facecolor=look["box"], alpha=look.get("alpha", 1.0))
            elif "mark" in look:
                self.sheet.mark(left + 5, y, **(look["mark"] | {"markersize": look["mark"]["markersize"] * 0.8}))
            else:
                self.sheet.stroke([left, left + 10], [y, y], **look)
            self.sheet.write(left + 14, y + 2.8, line, size=style.SIZE_NOTE, color=style.MUTED)

    def _scales(self) -> None:
        self.axes.set_axis_off()
        for tick in scales.share_ticks(self.limit):
            color = style.GRID if tick.at else style.MUTED
            self.axes.plot([self.first, self.last], [tick.at] * 2, color=color, linewidth=0.8, zorder=1, clip_on=False)
            y = self.sheet.height - float(self.axes.transData.transform((self.first, tick.at))[1])
            self.sheet.write(LEFT - 5, y + 2.8, tick.label, color=style.MUTED, align="right")
        base = self.top + PLOT
        for tick in scales.month_ticks(self.first, self.last):
            x = float(self.axes.transData.transform((tick.at, 0))[0])
            self.sheet.stroke([x, x], [base, base + 3.5], color=style.MUTED)
            for index, line in enumerate(tick.label.split("\n")):
                self.sheet.write(x, base + 12.5 + 10 * index, line, color=style.MUTED, align="center")

    def _labels(self, placed: Sequence[Placed]) -> None:
        for label in placed:
            item = label.note
            plain = item.kind == "change"
            color = style.MUTED if plain else style.ALERT if item.kind == "onset" else style.INK
            look: dict[str, Any] = {"color": color, "linewidth": 0.8 if plain else 1.1}
            if plain:
                look["linestyle"] = (0, (2, 2))
            y = self.top - 6 - label.row * LINE
            self.sheet.stroke([item.x, item.x], [y - 7.5, self.top + PLOT], zorder=1.8, **look)
            x, align = (item.x + 3, "left") if label.on_the_right else (item.x - 3, "right")
            self.sheet.write(x, y, item.words, color=color, bold=not plain, align=align)
