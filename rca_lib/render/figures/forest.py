"""Candidate causes by their effect, with intervals."""

from __future__ import annotations

import math
from typing import Any

from rca_lib.render import style
from rca_lib.render.figures import marks, scales
from rca_lib.render.figures import text as words
from rca_lib.render.figures.rows import Row, RowChart, ValueColumn
from rca_lib.render.figures.sheet import Sheet
from rca_lib.review.format import format_value

__all__ = ["draw"]

_CLEAR = "interval wholly above the line"


def draw(data: dict[str, Any]) -> Sheet:
    """Draw each effect as a dot with its interval on a logarithmic scale, and a line where there is no difference."""
    rows = data["rows"]
    if not rows:
        return Sheet.saying("There is no candidate to draw.")
    reference = scales.number_of(data.get("reference")) or 1.0
    limits = _limits(rows, reference)
    heads = [ValueColumn("effect and 95% interval", marks.glyph(marks.VALUE))]
    shares = any(row.get("share") is not None for row in rows)
    if shares:
        heads.append(ValueColumn("share of failures"))
    chart = RowChart(
        rows=[_row(row, shares) for row in rows],
        columns=heads,
        label_head=words.clean(data.get("label_head") or "Candidate"),
        axis_name=words.clean(data.get("x_label") or "effect"),
        ticks=scales.ratio_ticks(*limits),
        limits=limits,
        notes=[ValueColumn(_CLEAR, marks.glyph(marks.ALERT))] if any(_clear(row, reference) for row in rows) else [],
        log=True,
    )
    chart.open()
    chart.line_at(reference)
    for row, y in zip(rows, chart.ys, strict=True):
        low, high, effect = (scales.number_of(row.get(key)) for key in ("low", "high", "effect"))
        if effect is None:
            continue
        clear = _clear(row, reference)
        color = style.ALERT if clear else style.ACCENT
        marks.interval(chart.axes, y, low, high, limits, color=color)
        if limits[0] <= effect <= limits[1]:
            marks.put(chart.axes, effect, y, marks.ALERT if clear else marks.VALUE)
    return chart.sheet


def _clear(row: dict[str, Any], reference: float) -> bool:
    low = scales.number_of(row.get("low"))
    return bool(row.get("flag", low is not None and low > reference))


def _row(row: dict[str, Any], shares: bool) -> Row:
    low, high, effect = (scales.number_of(row.get(key)) for key in ("low", "high", "effect"))
    value = "not estimated" if effect is None else scales.ratio_written(effect) + _ends(low, high)
    share = (format_value(scales.number_of(row.get("share")), "percent"),) if shares else ()
    return Row(words.clean(row.get("label")), (value, *share))


def _ends(low: float | None, high: float | None) -> str:
    if low is None:
        return ""
    if high is None or high == math.inf:
        return f" ({scales.ratio_written(low)} or more)"
    return f" ({scales.ratio_written(low)} to {scales.ratio_written(high)})"


def _limits(rows: list[dict[str, Any]], reference: float) -> tuple[float, float]:
    """Let the effects set the scale; intervals widen it up to three times beyond, then run off in an arrow."""
    effects = [value for value in scales.finite(row.get("effect") for row in rows) if value > 0] or [reference]
    lows = [value for value in scales.finite(row.get("low") for row in rows) if value > 0]
    highs = scales.finite(row.get("high") for row in rows)
    low = max(min([reference, *effects, *lows]), min([reference, *effects]) / 3, reference / 100)
    high = min(max([reference, *effects, *highs]), max([reference, *effects]) * 3, reference * 100)
    return min(low / 1.15, reference / 1.6), max(high * 1.15, reference * 1.6)
