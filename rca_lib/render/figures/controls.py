"""The controls of the pipeline in order, and what became of the failure at each."""

from __future__ import annotations

from typing import Any

from rca_lib.render import style
from rca_lib.render.figures import scales
from rca_lib.render.figures import text as words
from rca_lib.render.figures.sheet import Sheet
from rca_lib.review.format import format_value

__all__ = ["draw"]

_COLUMNS = 4
_GAP = 16.0
_HEIGHT = 62.0
_SPACE = 14.0
_WIDTH = (style.TEXT_WIDTH - _GAP * (_COLUMNS - 1)) / _COLUMNS
_UNKNOWN = "not on record"


def draw(data: dict[str, Any]) -> Sheet:
    """Draw a strip of boxes in the order of the pipeline; each tells its state by shape, line, colour and word."""
    controls = data["controls"]
    if not controls:
        return Sheet.saying("There is no control to draw.")
    lines = max(1, -(-len(controls) // _COLUMNS))
    guards = any(control.get("guards") for control in controls)
    top = 16.0 if guards else 2.0
    sheet = Sheet(top + lines * _HEIGHT + (lines - 1) * _SPACE + 3)
    if guards:
        sheet.box(0, 3, 14, 6, facecolor=style.INK)
        sheet.write(19, 8, "bar on top: meant to guard against this failure", size=style.SIZE_NOTE, color=style.MUTED)
    for index, control in enumerate(controls):
        row, column = divmod(index, _COLUMNS)
        left, upper = column * (_WIDTH + _GAP), top + row * (_HEIGHT + _SPACE)
        _box(sheet, left, upper, control)
        if index + 1 < len(controls):
            _link(sheet, left, upper, last_in_line=column == _COLUMNS - 1)
    return sheet


def _look(control: dict[str, Any]) -> tuple[str, str, Any]:
    """Return colour, ground and line of a state."""
    state, guards = control.get("state"), bool(control.get("guards"))
    if state == "caught it":
        return style.ACCENT, style.BAND, "solid"
    if state in {"skipped", "absent"}:
        return (style.ALERT if guards or state == "skipped" else style.MUTED), style.PAPER, (0, (3, 2))
    if state == "passed it through":
        return (style.ALERT, style.ALERT_TINT, "solid") if guards else (style.MUTED, style.PAPER, "solid")
    return style.MUTED, style.PAPER, (0, (1, 2))


def _box(sheet: Sheet, left: float, top: float, control: dict[str, Any]) -> None:
    color, ground, line = _look(control)
    right, bottom = left + _WIDTH, top + _HEIGHT
    sheet.box(left + 0.5, top, right - 0.5, bottom, facecolor=ground, edgecolor=color, linewidth=1.0, linestyle=line)
    if control.get("guards"):
        sheet.box(left, top - 1.5, right, top + 2, facecolor=style.INK, zorder=2)
    room = _WIDTH - 14
    for index, words_line in enumerate(
        words.wrap(words.clean(control.get("label")), room, style.SIZE_LABEL, bold=True)
    ):
        sheet.write(left + 7, top + 14 + index * 10.5, words_line, size=style.SIZE_LABEL, bold=True)
    state = words.clean(control.get("state")) or _UNKNOWN
    _symbol(sheet, left + 11, bottom - 21.8, state, color)
    sheet.write(
        left + 19, bottom - 19, words.shorten(state, room - 12, style.SIZE_VALUE, bold=True), bold=True, color=color
    )
    share = scales.number_of(control.get("usual_share"))
    if share is not None:
        note = f"usually done: {format_value(share, 'percent')}"
        sheet.write(
            left + 7, bottom - 7, words.shorten(note, room, style.SIZE_NOTE), size=style.SIZE_NOTE, color=style.MUTED
        )


def _symbol(sheet: Sheet, x: float, y: float, state: str, color: str) -> None:
    look: dict[str, Any] = {"color": color, "linewidth": 1.6, "solid_capstyle": "round", "zorder": 4}
    if state == "caught it":
        sheet.mark(x, y, marker="s", markersize=7, markerfacecolor=color, markeredgewidth=0)
    elif state == "passed it through":
        sheet.stroke([x - 4, x + 3], [y, y], **look)
        sheet.stroke([x, x + 3.5, x], [y - 3, y, y + 3], **look)
    elif state == "skipped":
        sheet.mark(
            x, y, marker="o", markersize=6.5, markerfacecolor=style.PAPER, markeredgecolor=color, markeredgewidth=1.5
        )
    elif state == "absent":
        sheet.stroke([x - 3, x + 3], [y - 3, y + 3], **look)
        sheet.stroke([x - 3, x + 3], [y + 3, y - 3], **look)
    else:
        sheet.stroke([x - 3, x + 3], [y, y], **look)


def _link(sheet: Sheet, left: float, top: float, *, last_in_line: bool) -> None:
    look: dict[str, Any] = {"color": style.MUTED, "linewidth": 1.0}
    arrow = {"markersize": 4, "markerfacecolor": style.MUTED, "markeredgewidth": 0}
    if not last_in_line:
        y = top + _HEIGHT / 2
        start, end = left + _WIDTH + 3, left + _WIDTH + _GAP - 3
        sheet.stroke([start, end - 1], [y, y], **look)
        sheet.mark(end - 2, y, marker=">", **arrow)
        return
    # The line goes on at the left, as a reader's eye does.
    start, turn, end = top + _HEIGHT, top + _HEIGHT + _SPACE / 2, top + _HEIGHT + _SPACE
    x, to = left + _WIDTH / 2, _WIDTH / 2
    sheet.stroke([x, x, to, to], [start + 2, turn, turn, end - 3], **look)
    sheet.mark(to, end - 4, marker="v", **arrow)
