"""Rates before and after each change."""

from __future__ import annotations

from typing import Any

from rca_lib.render import style
from rca_lib.render.figures import marks, scales
from rca_lib.render.figures import text as words
from rca_lib.render.figures.rows import Row, RowChart, ValueColumn
from rca_lib.render.figures.sheet import Sheet
from rca_lib.review.format import format_value

__all__ = ["draw"]

_OFFSET = 4.0
_LINK = "#A9B4BE"
_KEYS = ("before", "before_low", "before_high", "after", "after_low", "after_high")


def draw(data: dict[str, Any]) -> Sheet:
    """Draw a dumbbell for each change: a hollow dot before, a filled one after, each with its interval."""
    rows = data["rows"]
    if not rows:
        return Sheet.saying("There is no change to draw.")
    top = _top(rows)
    limits = (0.0, top)
    chart = RowChart(
        rows=[_row(row) for row in rows],
        columns=[ValueColumn("before", marks.glyph(marks.HOLLOW)), ValueColumn("after", marks.glyph(marks.VALUE))],
        label_head=words.clean(data.get("label_head") or "Change"),
        axis_name=words.clean(data.get("x_label") or "share that failed"),
        ticks=scales.share_ticks(top, most=4),
        limits=limits,
        notes=[ValueColumn("In bold: the two intervals do not meet.")] if any(map(_apart, rows)) else [],
        row_gap=12.0,
    )
    chart.open()
    for row, y in zip(rows, chart.ys, strict=True):
        _dumbbell(chart, row, y, limits)
    return chart.sheet


def _row(row: dict[str, Any]) -> Row:
    values = tuple(format_value(scales.number_of(row.get(key)), "percent") for key in ("before", "after"))
    return Row(words.clean(row.get("label")), values, strong=_apart(row))


def _apart(row: dict[str, Any]) -> bool:
    """Tell whether the two intervals do not meet."""
    numbers = {key: scales.number_of(row.get(key)) for key in _KEYS}
    low, high = numbers["after_low"], numbers["before_high"]
    if low is not None and high is not None and low > high:
        return True
    low, high = numbers["before_low"], numbers["after_high"]
    return low is not None and high is not None and low > high


def _top(rows: list[dict[str, Any]]) -> float:
    rates = [row.get(key) for row in rows for key in ("before", "after")]
    return scales.share_top(rates, (row.get(key) for row in rows for key in ("before_high", "after_high")))


def _dumbbell(chart: RowChart, row: dict[str, Any], y: float, limits: tuple[float, float]) -> None:
    before, before_low, before_high, after, after_low, after_high = (scales.number_of(row.get(key)) for key in _KEYS)
    if before is not None and after is not None:
        xs = [marks.clamp(before, limits), marks.clamp(after, limits)]
        chart.axes.plot(xs, [y - _OFFSET, y + _OFFSET], color=_LINK, linewidth=1.0, zorder=2, clip_on=False)
    if before is not None:
        marks.interval(chart.axes, y - _OFFSET, before_low, before_high, limits, color=style.MUTED, linewidth=1.1)
        marks.put(chart.axes, marks.clamp(before, limits), y - _OFFSET, marks.HOLLOW)
    if after is not None:
        marks.interval(chart.axes, y + _OFFSET, after_low, after_high, limits)
        marks.put(chart.axes, marks.clamp(after, limits), y + _OFFSET, marks.VALUE)
