"""How many codes the evidence had yielded after each piece, and since when no piece has brought a new one."""

from __future__ import annotations

from typing import Any

from rca_lib.render import style
from rca_lib.render.figures import marks, scales
from rca_lib.render.figures import text as words
from rca_lib.render.figures.series_axes import number_ticks
from rca_lib.render.figures.sheet import Sheet

__all__ = ["draw"]

_LEFT, _TOP, _PLOT = 30.0, 31.0, 92.0
_RIGHT = style.TEXT_WIDTH - 8.0
_EXPECTED = "#7FA6BF"


def draw(data: dict[str, Any]) -> Sheet:
    """Draw the number of distinct codes found so far as steps, and what any order would give as a thin line.

    ``found`` and ``expected`` hold one number for each piece of evidence, in the order collected; ``last_new`` is the
    piece, counted from one, that brought the last new code.
    """
    found = [scales.number_of(value) for value in data["found"]]
    expected = [scales.number_of(value) for value in data.get("expected") or ()]
    known = scales.finite(found)
    if not known:
        return Sheet.saying("There is no coded evidence to draw.")
    count = max(len(found), len(expected))
    most = max([*known, *scales.finite(expected), 1.0])
    sheet = Sheet(_TOP + _PLOT + 28)
    axes = sheet.axes(_LEFT, _TOP, _RIGHT, _TOP + _PLOT)
    axes.set_xlim(0, count)
    axes.set_ylim(0, most * 1.12)
    axes.set_axis_off()
    # Above the grid, which is drawn on the sheet.
    axes.set_zorder(2)
    _draw_scales(sheet, axes, count, most)
    if len(scales.finite(expected)) > 1:
        points = [(place, value) for place, value in enumerate(expected, start=1) if value is not None]
        axes.plot(*zip(*points, strict=True), color=_EXPECTED, linewidth=1.1, linestyle=(0, (4, 2)), clip_on=False)
    _draw_steps(axes, found)
    _draw_key(sheet, bool(len(scales.finite(expected)) > 1))
    _draw_last(sheet, axes, data.get("last_new"), found)
    return sheet


def _draw_steps(axes: Any, found: list[float | None]) -> None:
    xs, ys, level = [0.0], [0.0], 0.0
    for place, value in enumerate(found, start=1):
        after = level if value is None else value
        xs += [float(place), float(place)]
        ys += [level, after]
        level = after
    axes.plot(xs, ys, color=style.ACCENT, linewidth=1.8, solid_joinstyle="miter", clip_on=False, zorder=3)
    if len(found) <= 40:
        for place, value in enumerate(found, start=1):
            if value is not None:
                marks.put(axes, place, value, marks.VALUE | {"markersize": 5.0})


def _draw_scales(sheet: Sheet, axes: Any, count: int, most: float) -> None:
    for tick in number_ticks(0, most * 1.12, most=5):
        y = sheet.height - float(axes.transData.transform((0, tick.at))[1])
        color = style.GRID if tick.at else style.MUTED
        sheet.stroke([_LEFT, _RIGHT], [y, y], color=color, zorder=0.5)
        sheet.write(_LEFT - 5, y + 2.8, tick.label, color=style.MUTED, align="right")
    step = next(step for step in (1, 2, 5, 10, 20, 50, 100, 200, 500, 10**9) if count / step <= 12)
    bottom = _TOP + _PLOT
    for place in range(step, count + 1, step):
        x = float(axes.transData.transform((place, 0))[0])
        sheet.stroke([x, x], [bottom, bottom + 3.5], color=style.MUTED)
        sheet.write(x, bottom + 12.5, f"{place:,}", color=style.MUTED, align="center")
    name = "pieces of evidence, in the order collected"
    sheet.write(_LEFT, bottom + 25, name, size=style.SIZE_NOTE, color=style.MUTED)


def _draw_key(sheet: Sheet, any_expected: bool) -> None:
    sheet.write(0, 24, "distinct codes so far", size=style.SIZE_NOTE, color=style.MUTED)
    sheet.stroke([0, 14], [7, 7], color=style.ACCENT, linewidth=1.8)
    sheet.write(19, 10, "found", size=style.SIZE_NOTE, color=style.MUTED)
    if any_expected:
        x = 19 + words.width("found", style.SIZE_NOTE) + 13
        sheet.stroke([x, x + 14], [7, 7], color=_EXPECTED, linewidth=1.1, linestyle=(0, (4, 2)))
        sheet.write(x + 19, 10, "expected, in any order", size=style.SIZE_NOTE, color=style.MUTED)


def _draw_last(sheet: Sheet, axes: Any, last_new: Any, found: list[float | None]) -> None:
    """Mark the last piece that brought a new code, and say how many have come since."""
    last = scales.number_of(last_new)
    if last is None or not 1 <= last <= len(found):
        return
    since = len(found) - int(last)
    x = float(axes.transData.transform((last, 0))[0])
    if since:
        said = f"no new code after piece {int(last):,} ({since:,} since)"
        end = float(axes.transData.transform((len(found), 0))[0])
        sheet.box(x, _TOP, end, _TOP + _PLOT, facecolor=style.BAND, zorder=0)
    else:
        said = "the last piece still brought a new code"
    sheet.stroke([x, x], [_TOP, _TOP + _PLOT], color=style.MUTED, linewidth=0.9, zorder=1)
    span = words.width(said, style.SIZE_VALUE, bold=True)
    left = x if x + span <= style.TEXT_WIDTH else style.TEXT_WIDTH - span
    sheet.write(left, 24, said, bold=True)
