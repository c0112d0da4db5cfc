"""Where a failure concentrates: its rate in each segment, with intervals, against the whole."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from rca_lib.render import style
from rca_lib.render.figures import marks, scales
from rca_lib.render.figures import text as words
from rca_lib.render.figures.rows import Row, RowChart, ValueColumn
from rca_lib.render.figures.sheet import Sheet
from rca_lib.review.format import format_value

__all__ = ["MOST_ROWS", "draw"]

_ABOVE = "interval wholly above the overall rate"
_FLAGGED = "stands out, allowing for all that were compared"
MOST_ROWS = 34
"""Rows that fit a page at a readable size; what is left out is said."""


def draw(data: dict[str, Any]) -> Sheet:
    """Draw a dot and interval for each segment, grouped by dimension, and the overall rate as a line."""
    overall = scales.number_of(data.get("overall"))
    entries = _entries(data["groups"])
    if not entries:
        return Sheet.saying("There is no segment to draw.")
    segments = [segment for _, segment in entries if segment]
    top = _top(segments, overall)
    limits = (0.0, top)
    above = _FLAGGED if any("flag" in segment for segment in segments) else _ABOVE
    # Where counts are withheld from the reader, their columns would hold nothing but dashes.
    counted = any(segment.get("n") is not None for segment in segments)
    chart = RowChart(
        rows=[row if counted else replace(row, values=row.values[:1]) for row, _ in entries],
        columns=[
            ValueColumn("rate", marks.glyph(marks.VALUE)),
            *([ValueColumn("failed"), ValueColumn("of")] if counted else []),
        ],
        label_head="Segment",
        axis_name=words.clean(data.get("x_label") or "share that failed"),
        ticks=scales.share_ticks(top, most=4),
        limits=limits,
        notes=[ValueColumn(above, marks.glyph(marks.ALERT))] if any(_above(row, overall) for row in segments) else [],
        row_gap=5.5,
    )
    chart.open()
    if overall is not None:
        x = chart.line_at(marks.clamp(overall, limits))
        room = chart.right - chart.left
        align = "right" if x > chart.left + room * 0.7 else "left"
        note = f"all {format_value(overall, 'percent')}"
        chart.sheet.write(
            x + (-3 if align == "right" else 3),
            chart.top - 5,
            note,
            size=style.SIZE_NOTE,
            color=style.MUTED,
            align=align,
        )
    for (_, segment), y in zip(entries, chart.ys, strict=True):
        if segment:
            _segment(chart, segment, y, overall, limits)
    return chart.sheet


def _entries(groups: list[dict[str, Any]]) -> list[tuple[Row, dict[str, Any] | None]]:
    several = len(groups) > 1
    room = MOST_ROWS - 2 * len(groups)
    each = max(3, room // max(1, len(groups)))
    entries: list[tuple[Row, dict[str, Any] | None]] = []
    for group in groups:
        rows = group["rows"]
        dimension = words.clean(group.get("dimension"))
        if several or dimension:
            entries.append((Row(dimension, kind="head"), None))
        shown = rows if len(rows) <= each + 1 else rows[:each]
        entries.extend((_row(row), row) for row in shown)
        if len(shown) < len(rows):
            entries.append((Row(f"and {len(rows) - len(shown)} more, not drawn", kind="note"), None))
    return entries


def _row(row: dict[str, Any]) -> Row:
    rate, failed, n = (scales.number_of(row.get(key)) for key in ("rate", "failed", "n"))
    values = (format_value(rate, "percent"), format_value(failed, "count"), format_value(n, "count"))
    return Row(words.clean(row.get("value")) or "not recorded", values)


def _top(segments: list[dict[str, Any]], overall: float | None) -> float:
    rates = [overall, *(segment.get("rate") for segment in segments)]
    return scales.share_top(rates, (segment.get("high") for segment in segments))


def _above(segment: dict[str, Any], overall: float | None) -> bool:
    low = scales.number_of(segment.get("low"))
    return bool(segment.get("flag", overall is not None and low is not None and low > overall))


def _segment(
    chart: RowChart, segment: dict[str, Any], y: float, overall: float | None, limits: tuple[float, float]
) -> None:
    low, high, rate = (scales.number_of(segment.get(key)) for key in ("low", "high", "rate"))
    above = _above(segment, overall)
    if rate is not None:
        marks.interval(chart.axes, y, low, high, limits, color=style.ALERT if above else style.ACCENT)
        marks.put(chart.axes, marks.clamp(rate, limits), y, marks.ALERT if above else marks.VALUE)
