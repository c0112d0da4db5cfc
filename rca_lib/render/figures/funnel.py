"""A funnel plot: levels of a dimension by size, between limits that narrow as they grow."""

from __future__ import annotations

import math
from typing import Any

from rca_lib.render import style
from rca_lib.render.figures import marks, scales
from rca_lib.render.figures import text as words
from rca_lib.render.figures.series_axes import number_ticks
from rca_lib.render.figures.sheet import Sheet
from rca_lib.review.format import format_value

__all__ = ["draw"]

_LEFT, _PLOT, _KEY = 36.0, 170.0, 104.0
_DASH = (0, (4, 2))
_ALL_NAMED = 10
"""Levels up to which each is named on the chart; of more, only those outside are."""


def draw(data: dict[str, Any]) -> Sheet:
    """Draw one dot a level over its size.

    ``rows`` hold ``label, n, rate, flag`` (outside), ``curve`` holds ``n`` with ``lower_95, upper_95, lower_998,
    upper_998``; ``target`` is the line in the middle.
    """
    rows = [
        (n, rate, words.clean(row.get("label")), bool(row.get("flag")))
        for row in data["rows"]
        if (n := scales.number_of(row.get("n"))) is not None and (rate := scales.number_of(row.get("rate"))) is not None
    ]
    if not rows:
        return Sheet.saying("There is no level to draw.")
    target = scales.number_of(data.get("target"))
    wide = max(n for n, *_ in rows) * 1.08
    smallest = min(n for n, *_ in rows)
    curve = [point for point in data.get("curve") or () if (scales.number_of(point.get("n")) or 0) <= wide]
    near = [point for point in curve if (scales.number_of(point.get("n")) or 0) >= 0.7 * smallest]
    top = scales.share_top(
        [target, *(rate for _, rate, *_ in rows)], (point.get("upper_998") for point in near), room=1.5
    )
    foot = words.wrap(words.clean(data.get("x_label")), style.TEXT_WIDTH - _LEFT, style.SIZE_NOTE)
    right = style.TEXT_WIDTH - _KEY
    sheet = Sheet(17 + _PLOT + 21 + 10 * len(foot))
    sheet.write(0, 9, words.clean(data.get("y_label") or "share that failed"), size=style.SIZE_NOTE, color=style.MUTED)
    axes = sheet.axes(_LEFT, 17, right, 17 + _PLOT)
    axes.set_xlim(0, wide)
    axes.set_ylim(0, top)
    axes.set_axis_off()
    _grid(sheet, axes, wide, top)
    for index, line in enumerate(foot):
        sheet.write(_LEFT, 17 + _PLOT + 25 + 10 * index, line, size=style.SIZE_NOTE, color=style.MUTED)
    _limits(axes, curve, top)
    if target is not None:
        axes.plot([0, wide], [target] * 2, color=style.MUTED, linewidth=1.0, zorder=1.5, clip_on=False)
    for n, rate, _, flag in rows:
        marks.put(axes, n, min(rate, top), marks.ALERT if flag else marks.VALUE)
    _names(sheet, axes, rows, right, top)
    _key(sheet, right + 7, target, any(flag for *_, flag in rows))
    return sheet


def _grid(sheet: Sheet, axes: Any, wide: float, top: float) -> None:
    for tick in scales.share_ticks(top):
        color = style.GRID if tick.at else style.MUTED
        axes.plot([0, wide], [tick.at] * 2, color=color, linewidth=0.8, zorder=1, clip_on=False)
        y = sheet.height - float(axes.transData.transform((0, tick.at))[1])
        sheet.write(_LEFT - 5, y + 2.8, tick.label, color=style.MUTED, align="right")
    for tick in number_ticks(0, wide, most=7):
        x, y = (float(part) for part in axes.transData.transform((tick.at, 0)))
        sheet.stroke([x, x], [sheet.height - y, sheet.height - y + 3.5], color=style.MUTED)
        sheet.write(x, sheet.height - y + 12.5, tick.label, color=style.MUTED, align="center")


def _limits(axes: Any, curve: list[dict[str, Any]], top: float) -> None:
    for level, look in (("95", {"linestyle": _DASH}), ("998", {"linestyle": "-"})):
        for side in ("lower", "upper"):
            xs, ys = [], []
            for point in curve:
                n, value = scales.number_of(point.get("n")), scales.number_of(point.get(f"{side}_{level}"))
                if n is not None and value is not None:
                    xs.append(n)
                    ys.append(value if 0 <= value <= top else math.nan)
            axes.plot(xs, ys, color="#7FA6BF", linewidth=1.0, zorder=2, clip_on=False, **look)


def _names(sheet: Sheet, axes: Any, rows: list[tuple[float, float, str, bool]], right: float, top: float) -> None:
    """Name levels beside their dots, those outside first; a name that would cover another is left out."""
    taken: list[tuple[float, float, float]] = []
    every = len(rows) <= _ALL_NAMED
    for n, rate, label, flag in sorted(rows, key=lambda row: (not row[3], -row[0])):
        if not (flag or every):
            continue
        line = words.shorten(label, 110, style.SIZE_NOTE)
        span = words.width(line, style.SIZE_NOTE)
        x, y = (float(part) for part in axes.transData.transform((n, min(rate, top))))
        left = x + 6 if x + 6 + span <= right else x - 6 - span
        base = sheet.height - y + 2.8
        if any(abs(base - other) < 9 and left < end + 3 and start < left + span + 3 for start, end, other in taken):
            continue
        taken.append((left, left + span, base))
        sheet.write(left, base, line, size=style.SIZE_NOTE, color=style.ALERT if flag else style.MUTED, bold=flag)


def _key(sheet: Sheet, left: float, target: float | None, any_outside: bool) -> None:
    y = 24.0
    if target is not None:
        sheet.stroke([left, left + 8], [y, y], color=style.MUTED, linewidth=1.0)
        sheet.write(
            left + 12,
            y + 2.8,
            f"all together {format_value(target, 'percent')}",
            size=style.SIZE_NOTE,
            color=style.MUTED,
        )
        y += 11
    for line, look in (("99.8% limits", "-"), ("95% limits", _DASH)):
        sheet.stroke([left, left + 8], [y, y], color="#7FA6BF", linewidth=1.0, linestyle=look)
        sheet.write(left + 12, y + 2.8, line, size=style.SIZE_NOTE, color=style.MUTED)
        y += 11
    if any_outside:
        sheet.mark(left + 4, y, **(marks.ALERT | {"markersize": 5.2}))
        sheet.write(left + 12, y + 2.8, "beyond 99.8%", size=style.SIZE_NOTE, color=style.ALERT)
