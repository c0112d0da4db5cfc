"""What a change is made of: from the rate before to the rate after, part by part."""

from __future__ import annotations

from typing import Any

from rca_lib.render import style
from rca_lib.render.figures import marks, scales
from rca_lib.render.figures import text as words
from rca_lib.render.figures.rows import Row, RowChart, ValueColumn
from rca_lib.render.figures.sheet import Sheet
from rca_lib.review.format import format_value

__all__ = ["draw"]


def draw(data: dict[str, Any]) -> Sheet:
    """Draw the two rates as bars from zero and each part as a bar from where the one before it ended."""
    parts = data["parts"]
    before, after = scales.number_of(data["before"]), scales.number_of(data["after"])
    if before is None or after is None or not parts:
        return Sheet.saying("There is no change to draw.")
    ends, at = [], before
    for part in parts:
        value = scales.number_of(part["value"]) or 0.0
        ends.append((at, at + value))
        at += value
    known = [before, after, *(end for pair in ends for end in pair)]
    top = scales.share_top(known, [])
    low = min(0.0, *known) * 1.1
    rows = [
        Row(words.clean(data.get("before_label") or "Before"), (format_value(before, "percent"), "")),
        *(Row(words.clean(part["label"]), (_points(part["value"]), _ends(part))) for part in parts),
        Row(words.clean(data.get("after_label") or "After"), (format_value(after, "percent"), "")),
    ]
    chart = RowChart(
        rows=rows,
        columns=[ValueColumn("rate, or change in points"), ValueColumn("95% interval")],
        label_head="Part",
        axis_name=words.clean(data.get("x_label") or "share that failed"),
        ticks=scales.share_ticks(top),
        limits=(low, top),
    )
    chart.open()
    for (start, end), color, y in zip(
        [(0.0, before), *ends, (0.0, after)],
        [style.MUTED, *(style.ALERT if finish > start else style.ACCENT for start, finish in ends), style.MUTED],
        chart.ys,
        strict=True,
    ):
        span = [marks.clamp(start, chart.limits), marks.clamp(end, chart.limits)]
        chart.axes.plot(span, [y, y], color=color, linewidth=9, solid_capstyle="butt", zorder=3, clip_on=False)
    return chart.sheet


def _points(value: Any) -> str:
    number = scales.number_of(value)
    return "–" if number is None else f"{number * 100:+.2f}".replace("-", "−")


def _ends(part: dict[str, Any]) -> str:
    low, high = scales.number_of(part.get("low")), scales.number_of(part.get("high"))
    return "" if low is None or high is None else f"{_points(low)} to {_points(high)}"
