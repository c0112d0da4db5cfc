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
    """Draw the two rates as bars from zero and each part as a bar from where the one before it ended.

    ``before`` and ``after`` are shares; each of ``parts`` has label, value, low and high, in shares, and they lead from
    one to the other. The line on a bar is its 95 % interval; ``before_low`` to ``after_high`` give those of the rates.
    """
    parts = data["parts"]
    before, after = scales.number_of(data["before"]), scales.number_of(data["after"])
    if before is None or after is None or not parts:
        return Sheet.saying("There is no change to draw.")
    ends, at = [], before
    for part in parts:
        value = scales.number_of(part["value"]) or 0.0
        ends.append((at, at + value))
        at += value
    rates = [(before, *_limits(data, "before")), (after, *_limits(data, "after"))]
    whiskers = [
        rates[0][1:],
        *(_moved(part, start) for part, (start, _) in zip(parts, ends, strict=True)),
        rates[1][1:],
    ]
    known = [before, after, *(end for pair in ends for end in pair)]
    top = scales.share_top(known, (high for _, high in whiskers))
    lowest = min(0.0, *known)
    reach = min([lowest, *scales.finite(low for low, _ in whiskers)])
    # An interval that reaches far below zero runs off in an arrow, so that it does not flatten the rest.
    low = max(reach, lowest - 0.25 * top) * 1.06
    rows = [
        Row(words.clean(data.get("before_label") or "Before"), (format_value(before, "percent"), _written(rates[0]))),
        *(Row(words.clean(part["label"]), (_points(part["value"]), _ends(part))) for part in parts),
        Row(words.clean(data.get("after_label") or "After"), (format_value(after, "percent"), _written(rates[1]))),
    ]
    chart = RowChart(
        rows=rows,
        columns=[ValueColumn("rate, or change in points"), ValueColumn("95% interval", _line)],
        label_head="Part",
        axis_name=words.clean(data.get("x_label") or "share that failed"),
        ticks=scales.share_ticks(top),
        limits=(low, top),
    )
    chart.open()
    chart.line_at(0.0)
    bars = [(0.0, before), *ends, (0.0, after)]
    inks = [style.MUTED, *(style.ALERT if end > start else style.ACCENT for start, end in ends), style.MUTED]
    for (start, end), (least, most), ink, y in zip(bars, whiskers, inks, chart.ys, strict=True):
        span = [marks.clamp(start, chart.limits), marks.clamp(end, chart.limits)]
        chart.axes.plot(span, [y, y], color=ink, linewidth=9, solid_capstyle="butt", zorder=2, clip_on=False)
        marks.interval(chart.axes, y, least, most, chart.limits, color=style.INK, linewidth=1.1)
    for (_, end), y, below in zip(bars[:-1], chart.ys, chart.ys[1:], strict=False):
        chart.axes.plot([end, end], [y, below], color=style.MUTED, linewidth=0.7, zorder=1, clip_on=False)
    return chart.sheet


def _limits(data: dict[str, Any], name: str) -> tuple[float | None, float | None]:
    return scales.number_of(data.get(f"{name}_low")), scales.number_of(data.get(f"{name}_high"))


def _moved(part: dict[str, Any], start: float) -> tuple[float | None, float | None]:
    low, high = scales.number_of(part.get("low")), scales.number_of(part.get("high"))
    return (None if low is None else start + low), (None if high is None else start + high)


def _written(rate: tuple[float | None, ...]) -> str:
    return "" if rate[1] is None or rate[2] is None else format_value((rate[1], rate[2]), "percent")


def _line(sheet: Sheet, x: float, y: float) -> None:
    sheet.stroke([x - 4, x + 4], [y, y], color=style.INK, linewidth=1.1)


def _points(value: Any) -> str:
    number = scales.number_of(value)
    return "–" if number is None else f"{number * 100:+.2f}".replace("-", "−")


def _ends(part: dict[str, Any]) -> str:
    low, high = scales.number_of(part.get("low")), scales.number_of(part.get("high"))
    return "" if low is None or high is None else f"{_points(low)} to {_points(high)}"
