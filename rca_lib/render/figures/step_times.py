"""How long each step takes, and which of them hold most of the time."""

from __future__ import annotations

from typing import Any

from rca_lib.render import style
from rca_lib.render.figures import marks, scales
from rca_lib.render.figures import text as words
from rca_lib.render.figures.rows import Row, RowChart, ValueColumn
from rca_lib.render.figures.sheet import Sheet
from rca_lib.review.format import format_value

__all__ = ["draw"]

_SHORTEST = 1 / 60
_RANGE = "#C3D6E3"


def draw(data: dict[str, Any]) -> Sheet:
    """Draw the median of each step as a tick, and the tenth to ninetieth percentile as a bar."""
    steps = data["steps"]
    if not steps:
        return Sheet.saying("There is no step to draw.")
    known = [max(v, _SHORTEST) for step in steps for v in scales.finite(step.get(key) for key in ("p10", "p50", "p90"))]
    known = known or [1.0, 24.0]
    limits = (min(known) / 1.6, max(max(known) * 1.6, min(known) * 8))
    chart = RowChart(
        rows=[
            Row(
                words.clean(step.get("step")),
                (
                    format_value(scales.number_of(step.get("p50")), "hours"),
                    format_value(scales.number_of(step.get("p90")), "hours"),
                    format_value(scales.number_of(step.get("share")), "percent"),
                ),
                strong=bool(step.get("flag")),
            )
            for step in steps
        ],
        columns=[ValueColumn("half within"), ValueColumn("nine in ten within"), ValueColumn("share of all time")],
        key=ValueColumn("middle four fifths and median", _glyph),
        label_head="Step",
        axis_name="time in the step, pauses taken out (logarithmic scale)",
        ticks=scales.duration_ticks(*limits),
        limits=limits,
        log=True,
    )
    chart.open()
    for step, y in zip(steps, chart.ys, strict=True):
        low, middle, high = (scales.number_of(step.get(key)) for key in ("p10", "p50", "p90"))
        if low is not None and high is not None:
            ends = [marks.clamp(max(value, _SHORTEST), limits) for value in (low, max(high, low * 1.02))]
            chart.axes.plot(ends, [y, y], color=_RANGE, linewidth=8, solid_capstyle="butt", zorder=2, clip_on=False)
        if middle is not None:
            x = marks.clamp(max(middle, _SHORTEST), limits)
            color = style.ALERT if step.get("flag") else style.INK
            chart.axes.plot([x, x], [y - 5.5, y + 5.5], color=color, linewidth=1.6, zorder=3, clip_on=False)
    return chart.sheet


def _glyph(sheet: Sheet, x: float, y: float) -> None:
    sheet.box(x - 6, y - 3, x + 3, y + 3, facecolor=_RANGE, zorder=2)
    sheet.stroke([x - 2, x - 2], [y - 4, y + 4], color=style.INK, linewidth=1.2, zorder=3)
