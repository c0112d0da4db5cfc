"""How long each step took, against what is usual for comparable requests."""

from __future__ import annotations

from typing import Any

from rca_lib.render import style
from rca_lib.render.figures import marks, scales
from rca_lib.render.figures import text as words
from rca_lib.render.figures.rows import Row, RowChart, ValueColumn
from rca_lib.render.figures.sheet import Sheet
from rca_lib.review.format import format_value

__all__ = ["draw"]

_SLOW = frozenset({"slower than usual", "far slower than usual"})
_SHORTEST = 1 / 60
_RANGE = "#C3D6E3"


def draw(data: dict[str, Any]) -> Sheet:
    """Draw the tenth to ninetieth percentile of each step as a bar, its median as a tick, and the request as a dot."""
    steps = data["steps"]
    if not steps:
        return Sheet.saying("There is no step to draw.")
    limits = _limits(steps)
    chart = RowChart(
        rows=[_row(step) for step in steps],
        columns=[
            ValueColumn("this request", marks.glyph(marks.VALUE)),
            ValueColumn("usual (median)"),
            ValueColumn("longer than this share of others"),
        ],
        key=ValueColumn("usual range and median", _usual_glyph),
        label_head="Step",
        axis_name="time in the step, pauses taken out (logarithmic scale)",
        ticks=scales.duration_ticks(*limits),
        limits=limits,
        notes=[ValueColumn("slower than usual", marks.glyph(marks.ALERT))] if any(map(_slow, steps)) else [],
        log=True,
    )
    chart.open()
    for step, y in zip(steps, chart.ys, strict=True):
        _usual(chart, step, y, limits)
        hours = scales.number_of(step.get("hours"))
        if hours is not None:
            look = marks.ALERT if _slow(step) else marks.VALUE
            marks.put(chart.axes, marks.clamp(max(hours, _SHORTEST), limits), y, look)
    return chart.sheet


def _row(step: dict[str, Any]) -> Row:
    slow = _slow(step)
    percentile = scales.number_of(step.get("percentile"))
    middle = scales.number_of(step.get("p50"))
    usual = "not known" if middle is None else _short(middle)
    longer = "–" if percentile is None else _percentile(percentile)
    return Row(
        words.clean(step.get("step")),
        (format_value(scales.number_of(step.get("hours")), "hours"), usual, longer),
        strong=slow,
    )


def _slow(step: dict[str, Any]) -> bool:
    return step.get("place") in _SLOW


def _short(hours: float) -> str:
    """Write a duration with one unit, which is enough for what is usual."""
    if hours < 1:
        return f"{max(1, round(hours * 60)) if hours > 0 else 0} min"
    return f"{round(hours)} h" if hours < 48 else f"{round(hours / 24):,} d"


def _percentile(share: float) -> str:
    if share >= 0.995:
        return "over 99%" if share < 1 else "all"
    return f"{share * 100:.0f}%"


def _limits(steps: list[dict[str, Any]]) -> tuple[float, float]:
    known = [
        value for step in steps for value in scales.finite(step.get(key) for key in ("hours", "p10", "p50", "p90"))
    ]
    positive = [max(value, _SHORTEST) for value in known] or [1.0, 24.0]
    low, high = min(positive), max(positive)
    return low / 1.6, max(high * 1.6, low * 8)


def _usual(chart: RowChart, step: dict[str, Any], y: float, limits: tuple[float, float]) -> None:
    low, middle, high = (scales.number_of(step.get(key)) for key in ("p10", "p50", "p90"))
    if low is not None and high is not None:
        ends = [marks.clamp(max(value, _SHORTEST), limits) for value in (low, max(high, low * 1.02))]
        chart.axes.plot(ends, [y, y], color=_RANGE, linewidth=8, solid_capstyle="butt", zorder=2, clip_on=False)
    if middle is not None:
        x = marks.clamp(max(middle, _SHORTEST), limits)
        chart.axes.plot([x, x], [y - 5.5, y + 5.5], color=style.INK, linewidth=1.4, zorder=3, clip_on=False)


def _usual_glyph(sheet: Sheet, x: float, y: float) -> None:
    sheet.box(x - 6, y - 3, x + 3, y + 3, facecolor=_RANGE, zorder=2)
    sheet.stroke([x - 2, x - 2], [y - 4, y + 4], color=style.INK, linewidth=1.2, zorder=3)
