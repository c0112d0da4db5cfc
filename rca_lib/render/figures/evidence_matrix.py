"""Evidence against competing explanations, and how much speaks against each.

After R. J. Heuer, Psychology of Intelligence Analysis (1999), chapter 8: the explanation with the least evidence
against it leads, not the one with the most for it.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from rca_lib.render import style
from rca_lib.render.figures import marks, scales
from rca_lib.render.figures import text as words
from rca_lib.render.figures.series_axes import number_ticks
from rca_lib.render.figures.sheet import Sheet

__all__ = ["draw"]

_RATINGS = {
    "CC": "strongly for",
    "C": "for",
    "N": "neither",
    "I": "against",
    "II": "strongly against",
    "": "not rated",
}
_STATES = ("leading", "open", "rejected")
_LINE = 10.0
_GUTTER = 12.0
_TELLS = 54.0
_WIDEST = 86.0
_LABEL = (118.0, 190.0)
_PANEL = 84.0
_KEY = 25.0
_PAGE = 640.0


@dataclass(frozen=True)
class _Grid:
    """The measures of the matrix: where labels end, the columns, and the bars at the right."""

    left: float
    width: float
    count: int

    @property
    def right(self) -> float:
        return self.left + self.width * self.count

    def middle(self, index: int) -> float:
        return self.left + self.width * (index + 0.5)


def draw(data: dict[str, Any]) -> Sheet:
    """Draw a row for each piece of evidence, a column for each explanation, and below what speaks against each.

    ``hypotheses`` hold ``id, label, state`` (leading, open or rejected), ``score`` (the weighted sum of what speaks
    against it) and its range ``low`` to ``high`` when any one piece is left out. ``evidence`` holds ``id, label,
    ratings`` by hypothesis (CC, C, N, I, II or nothing), ``weight`` and ``diagnosticity`` (0 to 1).

    Raises
    ------
    TypeError
        When a rating is not known.
    """
    hypotheses, evidence = data["hypotheses"], data["evidence"]
    if not hypotheses or not evidence:
        return Sheet.saying("There is no evidence set against explanations to draw.")
    count = len(hypotheses)
    width = min(_WIDEST, (style.TEXT_WIDTH - _TELLS - _GUTTER - _LABEL[0]) / count)
    grid = _Grid(min(_LABEL[1], style.TEXT_WIDTH - _TELLS - _GUTTER - width * count), width, count)
    heads = [
        words.wrap(words.clean(one.get("label")) or words.clean(one["id"]), width - 6, style.SIZE_NOTE, lines=3)
        for one in hypotheses
    ]
    top = _KEY + _LINE * (2 + max(map(len, heads))) + 5.0
    rows, pad = _rows(evidence, grid.left - _GUTTER, _PAGE - top - _PANEL)
    heights = [_LINE * len(lines) + 2 * pad for lines in rows]
    bottom = top + sum(heights)
    sheet = Sheet(bottom + _PANEL + 6.0)
    _draw_key(sheet)
    _draw_heads(sheet, grid, hypotheses, heads, top)
    _draw_leading(sheet, grid, hypotheses, top - 3, bottom + _PANEL)
    y = top
    for item, lines, height in zip(evidence, rows, heights, strict=True):
        _draw_row(sheet, grid, [words.clean(one["id"]) for one in hypotheses], item, lines, y, height)
        y += height
    _draw_scores(sheet, grid, hypotheses, bottom)
    return sheet


def _rows(evidence: Sequence[dict[str, Any]], room: float, page: float) -> tuple[list[list[str]], float]:
    """Return the lines that label each row and the space above and below them, closer when a page needs it."""
    rows = [_labelled(item, room, 2) for item in evidence]
    if sum(_LINE * len(lines) + 7.0 for lines in rows) <= page:
        return rows, 3.5
    return [_labelled(item, room, 1) for item in evidence], 1.5


def _labelled(item: dict[str, Any], room: float, lines: int) -> list[str]:
    label = words.clean(item.get("label")) or "no words yet"
    weight = scales.number_of(item.get("weight"))
    small = words.clean(item["id"]) + ("" if weight in (None, 1.0) else f", weight {weight:g}")
    return [
        *words.wrap(label, room, style.SIZE_VALUE, lines=lines),
        words.shorten(small, room, style.SIZE_NOTE),
    ]


def _rating(item: dict[str, Any], name: str) -> str:
    given = {words.clean(key): value for key, value in (item.get("ratings") or {}).items()}
    rating = words.clean(given.get(name))
    if rating not in _RATINGS:
        raise TypeError(f"a rating among {', '.join(filter(None, _RATINGS))} or nothing ({rating!r} is none of them)")
    return rating


def _draw_heads(
    sheet: Sheet, grid: _Grid, hypotheses: Sequence[dict[str, Any]], heads: list[list[str]], top: float
) -> None:
    sheet.write(0, top - 6, "Evidence, most telling first", size=style.SIZE_NOTE, color=style.MUTED)
    for index, (one, lines) in enumerate(zip(hypotheses, heads, strict=True)):
        x = grid.middle(index)
        state = words.clean(one.get("state")) or "open"
        muted = state == "rejected"
        base = top - 6 - _LINE * (1 + max(map(len, heads)))
        name = words.shorten(words.clean(one["id"]), grid.width - 6, style.SIZE_LABEL, bold=True)
        sheet.write(x, base, name, size=style.SIZE_LABEL, bold=True, align="center")
        for number, line in enumerate(lines):
            color = style.MUTED if muted else style.INK
            sheet.write(x, base + _LINE * (number + 1), line, size=style.SIZE_NOTE, color=color, align="center")
        said = words.shorten(state, grid.width - 6, style.SIZE_NOTE, bold=state == "leading")
        color = style.ACCENT if state == "leading" else style.MUTED
        sheet.write(x, top - 6, said, size=style.SIZE_NOTE, color=color, bold=state == "leading", align="center")
    for number, line in enumerate(("tells them", "apart")):
        edge = style.TEXT_WIDTH
        sheet.write(edge, top - 6 - _LINE * (1 - number), line, size=style.SIZE_NOTE, color=style.MUTED, align="right")
    sheet.stroke([0, style.TEXT_WIDTH], [top, top], color=style.MUTED, linewidth=0.8)


def _draw_leading(sheet: Sheet, grid: _Grid, hypotheses: Sequence[dict[str, Any]], top: float, bottom: float) -> None:
    for index, one in enumerate(hypotheses):
        left = grid.left + grid.width * index
        if one.get("state") == "leading":
            sheet.box(left + 1, top + 3, left + grid.width - 1, bottom, facecolor=style.BAND, zorder=0)


def _draw_row(
    sheet: Sheet, grid: _Grid, names: list[str], item: dict[str, Any], lines: list[str], top: float, height: float
) -> None:
    base = top + (height - _LINE * len(lines)) / 2 + 7.6
    for index, line in enumerate(lines):
        last = index == len(lines) - 1
        size, color = (style.SIZE_NOTE, style.MUTED) if last else (style.SIZE_VALUE, style.INK)
        sheet.write(0, base + _LINE * index, line, size=size, color=color)
    middle = top + height / 2
    for index, name in enumerate(names):
        _SYMBOLS[_rating(item, name)](sheet, grid.middle(index), middle)
    tells = scales.number_of(item.get("diagnosticity"))
    left = style.TEXT_WIDTH - _TELLS + 8
    if tells is not None:
        share = min(max(tells, 0.0), 1.0)
        sheet.box(left, middle - 2.5, style.TEXT_WIDTH, middle + 2.5, facecolor=style.GRID)
        end = left + share * (style.TEXT_WIDTH - left)
        sheet.box(left, middle - 2.5, end, middle + 2.5, facecolor=style.MUTED, zorder=2)
    y = top + height
    sheet.stroke([0, style.TEXT_WIDTH], [y, y], color=style.GRID, linewidth=0.6)


def _draw_scores(sheet: Sheet, grid: _Grid, hypotheses: Sequence[dict[str, Any]], top: float) -> None:
    """Draw, under each column, the dot of what speaks against it with its range."""
    sheet.stroke([0, style.TEXT_WIDTH], [top, top], color=style.MUTED, linewidth=0.8)
    upper, lower = top + 13, top + _PANEL - 8
    values = scales.finite(one.get(key) for one in hypotheses for key in ("score", "low", "high"))
    most = max([1.0, *values]) * 1.08
    least = min([0.0, *values])

    def at(value: float) -> float:
        return lower - (value - least) / (most - least) * (lower - upper)

    sheet.write(0, top + 17, "Evidence against", size=style.SIZE_NOTE, bold=True)
    said = "by weight; lower is better. Line: range when any one piece is left out"
    for number, line in enumerate(words.wrap(said, grid.left - 26, style.SIZE_NOTE, lines=5), start=1):
        sheet.write(0, top + 17 + _LINE * number, line, size=style.SIZE_NOTE, color=style.MUTED)
    for tick in number_ticks(least, most, most=4):
        y = at(tick.at)
        color = style.RULE if tick.at else style.MUTED
        sheet.stroke([grid.left, grid.right], [y, y], color=color, linewidth=0.7, zorder=0.5)
        sheet.write(grid.left - 5, y + 2.8, tick.label, size=style.SIZE_NOTE, color=style.MUTED, align="right")
    for index, one in enumerate(hypotheses):
        score, low, high = (scales.number_of(one.get(key)) for key in ("score", "low", "high"))
        x = grid.middle(index)
        leading = one.get("state") == "leading"
        color = style.ACCENT if leading else style.MUTED
        if low is not None and high is not None:
            sheet.stroke([x, x], [at(high), at(low)], color=color, linewidth=1.5, zorder=3)
            for end in (low, high):
                sheet.stroke([x - 3, x + 3], [at(end), at(end)], color=color, linewidth=1.2, zorder=3)
        if score is None:
            sheet.write(x, lower - 4, "not scored", size=style.SIZE_NOTE, color=style.MUTED, align="center")
            continue
        sheet.mark(x, at(score), **(marks.VALUE if leading else marks.HOLLOW))
        sheet.write(x + 7, at(score) + 2.8, f"{score:.1f}", bold=leading, color=style.INK)


_Symbol = Callable[[Sheet, float, float], None]


def _tick(sheet: Sheet, x: float, y: float) -> None:
    look: dict[str, Any] = {"color": style.ACCENT, "linewidth": 1.6, "solid_capstyle": "round", "zorder": 4}
    sheet.stroke([x - 3.2, x - 0.8, x + 3.4], [y + 0.2, y + 2.8, y - 3.0], **look)


def _cross(sheet: Sheet, x: float, y: float) -> None:
    look: dict[str, Any] = {"color": style.ALERT, "linewidth": 1.7, "solid_capstyle": "round", "zorder": 4}
    sheet.stroke([x - 2.7, x + 2.7], [y - 2.7, y + 2.7], **look)
    sheet.stroke([x - 2.7, x + 2.7], [y + 2.7, y - 2.7], **look)


def _dash(sheet: Sheet, x: float, y: float) -> None:
    sheet.stroke([x - 3.2, x + 3.2], [y, y], color=style.MUTED, linewidth=1.5, zorder=4)


def _dot(sheet: Sheet, x: float, y: float) -> None:
    sheet.mark(x, y, marker="o", markersize=2.2, markerfacecolor=style.MUTED, markeredgewidth=0)


def _twice(symbol: _Symbol) -> _Symbol:
    def draw_two(sheet: Sheet, x: float, y: float) -> None:
        symbol(sheet, x - 4.6, y)
        symbol(sheet, x + 4.6, y)

    return draw_two


_SYMBOLS: dict[str, _Symbol] = {
    "CC": _twice(_tick),
    "C": _tick,
    "N": _dash,
    "I": _cross,
    "II": _twice(_cross),
    "": _dot,
}


def _draw_key(sheet: Sheet) -> None:
    x, base = 0.0, 10.0
    for rating, label in _RATINGS.items():
        wide = 9.0 if len(rating) == 2 else 4.5
        _SYMBOLS[rating](sheet, x + wide, base - 2.9)
        x += 2 * wide + 4
        sheet.write(x, base, label, size=style.SIZE_NOTE, color=style.MUTED)
        x += words.width(label, style.SIZE_NOTE) + 14
