"""What happened when: lanes of dated marks over one time axis, each mark with its words."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from rca_lib.render import style
from rca_lib.render.figures import scales
from rca_lib.render.figures import text as words
from rca_lib.render.figures.labels import DATE_GAP, Label, Laid, lay
from rca_lib.render.figures.sheet import Sheet

__all__ = ["draw"]

_FULL: dict[str, Any] = {"markeredgecolor": style.PAPER, "markeredgewidth": 0.7}
_MARKS: dict[str, dict[str, Any]] = {
    "change": _FULL | {"marker": "s", "markersize": 6.0, "markerfacecolor": style.ACCENT},
    "failure": _FULL | {"marker": "D", "markersize": 6.4, "markerfacecolor": style.ALERT},
    "delay": {
        "marker": "D",
        "markersize": 5.4,
        "markerfacecolor": style.PAPER,
        "markeredgecolor": style.ALERT,
        "markeredgewidth": 1.4,
    },
    "detected": _FULL | {"marker": "^", "markersize": 7.4, "markerfacecolor": style.INK},
    "action": _FULL | {"marker": "o", "markersize": 6.8, "markerfacecolor": style.ACCENT},
    "step": {
        "marker": "o",
        "markersize": 5.2,
        "markerfacecolor": style.PAPER,
        "markeredgecolor": style.MUTED,
        "markeredgewidth": 1.3,
    },
}
"""The look of each mark; all differ by shape or ground, not by colour alone."""
_NAME_ROOM = 78.0
_GUTTER = 12.0
_LINE = 10.0
_BAR = 6.5
_PAD = 8.0
_KEY = 15.0
_RIGHT = style.TEXT_WIDTH - 5.0


@dataclass(frozen=True)
class _Entry:
    """A dated mark at ``x``; ``end`` is where its bar ends, if it lasted."""

    x: float
    end: float | None
    mark: str
    label: Label


@dataclass(frozen=True)
class _Lane:
    """A lane with its measures: rows of words above the line of marks, and bars below it."""

    name: tuple[str, ...]
    entries: tuple[_Entry, ...]
    laid: tuple[Laid, ...]
    left_out: int
    bars: tuple[int, ...]

    @property
    def above(self) -> float:
        rows = max([0, *(place.top for place in self.laid)]) + (1 if self.left_out else 0)
        return max(_PAD + 7.0 + rows * _LINE, 16.0)

    @property
    def height(self) -> float:
        below = _PAD + 3.0 + _BAR * max([0, *(track + 1 for track in self.bars)])
        return max(self.above + below, 2 * _PAD + _LINE * len(self.name))


def draw(data: dict[str, Any]) -> Sheet:
    """Draw lanes of marks, each with its date and words; what lasted is a bar, and the window a tinted span.

    ``lanes`` hold a ``label`` and ``entries`` with ``when, label, mark`` and, for what lasted, ``until``; a mark is
    change, failure, delay, detected, action or step. ``start`` and ``end`` are those of the axis; ``window`` is when
    the rate rose.

    Raises
    ------
    TypeError
        When a mark is not known.
    """
    raw = data["lanes"]
    dated = [scales.day_of(entry.get("when")) for lane in raw for entry in lane["entries"]]
    days = [day for day in dated if day is not None]
    if not days:
        return Sheet.saying("There is no dated entry to draw.")
    first, last = _limits(data, days)
    names = [
        words.wrap(words.clean(lane.get("label")), _NAME_ROOM, style.SIZE_LABEL, lines=3, bold=True) for lane in raw
    ]
    left = max(words.width(line, style.SIZE_LABEL, bold=True) for lines in names for line in lines) + _GUTTER
    scale = _Scale(first, last, left)
    lanes = [_lane(tuple(name), lane, scale) for name, lane in zip(names, raw, strict=True)]
    window = _window(data, scale)
    undated = len(dated) - len(days)
    top = _KEY + (17.0 if window else 5.0)
    bottom = top + sum(lane.height for lane in lanes)
    sheet = Sheet(bottom + 27 + (12 if undated else 0))
    _draw_frame(sheet, scale, window, top, bottom)
    _draw_key(sheet, lanes)
    y = top
    for lane in lanes:
        sheet.stroke([0, style.TEXT_WIDTH], [y, y], color=style.RULE, linewidth=0.7, zorder=0.5)
        _draw_lane(sheet, lane, scale, y)
        y += lane.height
    sheet.stroke([0, style.TEXT_WIDTH], [y, y], color=style.MUTED, linewidth=0.8, zorder=0.5)
    if undated:
        line = f"{undated} more without a date, not drawn"
        sheet.write(left, bottom + 34, line, size=style.SIZE_NOTE, color=style.MUTED)
    return sheet


@dataclass(frozen=True)
class _Scale:
    first: float
    last: float
    left: float

    def x(self, day: float) -> float:
        share = (min(max(day, self.first), self.last) - self.first) / (self.last - self.first)
        return self.left + 6 + share * (_RIGHT - self.left - 10)


def _limits(data: dict[str, Any], days: list[float]) -> tuple[float, float]:
    start, end = scales.day_of(data.get("start")), scales.day_of(data.get("end"))
    first = min(days) if start is None else start
    last = max(days) if end is None else end
    return (first, last) if last > first else (first - 1, first + 1)


def _window(data: dict[str, Any], scale: _Scale) -> tuple[float, float, str] | None:
    """Return where the window lies on the sheet, and its words."""
    given = data.get("window")
    ends = [day for day in map(scales.day_of, given or ()) if day is not None]
    if len(ends) != 2 or ends[1] < scale.first or ends[0] > scale.last:
        return None
    low, high = scale.x(ends[0]), scale.x(ends[1])
    said = f"rate rose, {scales.day_written(ends[0])} to {scales.day_written(ends[1])}"
    return low, max(high, low + 3), said


def _lane(name: tuple[str, ...], raw: dict[str, Any], scale: _Scale) -> _Lane:
    entries = []
    for given in raw["entries"]:
        day = scales.day_of(given.get("when"))
        mark = given.get("mark") or "step"
        if mark not in _MARKS:
            raise TypeError(f"a mark among {', '.join(_MARKS)} ({mark!r} is none of them)")
        if day is None:
            continue
        until = scales.day_of(given.get("until"))
        end = scale.x(until) if until is not None and until > day else None
        label = Label(scale.x(day), _dated(day, scale), words.clean(given.get("label")) or "no words yet")
        entries.append(_Entry(scale.x(day), end, mark, label))
    entries.sort(key=lambda entry: (entry.x, entry.label.words, entry.mark, entry.end or 0.0))
    laid, left_out = lay([entry.label for entry in entries], scale.left, style.TEXT_WIDTH)
    return _Lane(name, tuple(entries), tuple(laid), left_out, _tracks(entries))


def _dated(day: float, scale: _Scale) -> str:
    """Write the date of an entry, with its year when it lies off the axis."""
    written = scales.day_written(day, year=not scale.first <= day <= scale.last)
    return written.replace(" ", "\u00a0")


def _tracks(entries: Sequence[_Entry]) -> tuple[int, ...]:
    """Give each bar a row below the line of marks: one that began later lies above, so no stem crosses it."""
    tracks: dict[int, int] = {}
    for index in range(len(entries) - 1, -1, -1):
        entry = entries[index]
        if entry.end is not None:
            met = [track for other, track in tracks.items() if entries[other].x <= entry.end + 4]
            tracks[index] = max(met, default=-1) + 1
    return tuple(tracks.get(index, -1) for index in range(len(entries)))


def _draw_frame(
    sheet: Sheet, scale: _Scale, window: tuple[float, float, str] | None, top: float, bottom: float
) -> None:
    if window:
        low, high, said = window
        sheet.box(low, top - 3, high, bottom, facecolor=style.ALERT_TINT, zorder=0)
        span = words.width(said, style.SIZE_NOTE, bold=True)
        x = min(max(low, 0.0), style.TEXT_WIDTH - span)
        sheet.write(x, top - 6, said, size=style.SIZE_NOTE, color=style.ALERT, bold=True)
    taken = -math.inf
    for tick in scales.month_ticks(scale.first, scale.last):
        x = scale.x(tick.at)
        sheet.stroke([x, x], [top, bottom], color=style.GRID, linewidth=0.7, zorder=0.2)
        for index, line in enumerate(tick.label.split("\n")):
            half = words.width(line, style.SIZE_VALUE) / 2
            if index == 0 and (x - half < taken or x + half > style.TEXT_WIDTH):
                break
            taken = max(taken, x + half + 3)
            sheet.write(x, bottom + 11 + 10 * index, line, size=style.SIZE_VALUE, color=style.MUTED, align="center")


def _draw_lane(sheet: Sheet, lane: _Lane, scale: _Scale, top: float) -> None:
    base = top + lane.above
    for index, line in enumerate(lane.name):
        sheet.write(0, top + _PAD + 7 + index * _LINE, line, size=style.SIZE_LABEL, bold=True)
    sheet.stroke([scale.left, style.TEXT_WIDTH], [base, base], color=style.RULE, linewidth=0.8, zorder=1)
    for place in lane.laid:
        _draw_label(sheet, place, base)
    if lane.left_out:
        line = f"{lane.left_out} more not labelled"
        sheet.write(style.TEXT_WIDTH, top + _PAD + 5, line, size=style.SIZE_NOTE, color=style.MUTED, align="right")
    for entry, track in zip(lane.entries, lane.bars, strict=True):
        look = _MARKS[entry.mark]
        if entry.end is not None:
            y = base + 6.5 + _BAR * track
            color = look["markerfacecolor"] if look["markerfacecolor"] != style.PAPER else look["markeredgecolor"]
            sheet.stroke([entry.x, entry.x], [base, y], color=color, linewidth=1.0, zorder=2)
            sheet.stroke([entry.x - 0.5, entry.end], [y, y], color=color, linewidth=2.6, zorder=2)
            sheet.stroke([entry.end, entry.end], [y - 2.6, y + 2.6], color=color, linewidth=1.2, zorder=2)
        sheet.mark(entry.x, base, **look)


def _draw_label(sheet: Sheet, place: Laid, base: float) -> None:
    foot = base - 7.0 - place.row * _LINE
    lines = place.lines
    x = place.label.x
    head = foot - _LINE * (len(lines) - 1)
    sheet.stroke([x, x], [base, head - 7.2], color=style.MUTED, linewidth=0.7, zorder=1.5)
    # The date stands next to the upright line, on whichever side of it the words are.
    sign, align = (1, "left") if place.on_the_right else (-1, "right")
    near = place.left if place.on_the_right else place.right
    sheet.write(near, head, place.label.date, size=style.SIZE_VALUE, bold=True, align=align)
    beside = near + sign * (words.width(place.label.date, style.SIZE_VALUE, bold=True) + DATE_GAP)
    for index, line in enumerate(lines):
        sheet.write(near if index else beside, head + _LINE * index, line, size=style.SIZE_VALUE, align=align)


def _draw_key(sheet: Sheet, lanes: Sequence[_Lane]) -> None:
    """Draw the marks that occur, with their words."""
    marks = {entry.mark for lane in lanes for entry in lane.entries}
    x, base = 0.0, 10.0
    for mark, look in _MARKS.items():
        if mark in marks:
            sheet.mark(x + 4, base - 2.9, **look)
            sheet.write(x + 11, base, mark, size=style.SIZE_NOTE, color=style.MUTED)
            x += 11 + words.width(mark, style.SIZE_NOTE) + 13
    if any(entry.end is not None for lane in lanes for entry in lane.entries):
        sheet.stroke([x, x + 14], [base - 2.9] * 2, color=style.MUTED, linewidth=2.6)
        sheet.stroke([x + 14] * 2, [base - 5.5, base - 0.3], color=style.MUTED, linewidth=1.2)
        sheet.write(x + 20, base, "lasted until the end of its bar", size=style.SIZE_NOTE, color=style.MUTED)
