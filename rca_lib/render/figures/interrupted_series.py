"""An interrupted time series: what was seen, what the model fits, and what was to be expected without the change."""

from __future__ import annotations

import math
from typing import Any

from rca_lib.render import style
from rca_lib.render.figures import marks, scales
from rca_lib.render.figures.dated_rates import DatedChart, days_of, note
from rca_lib.render.figures.sheet import Sheet

__all__ = ["draw"]

_CONTROL = style.SEQUENCE[1]
_DASH = (0, (4, 2))


def draw(data: dict[str, Any]) -> Sheet:
    """Draw the rate by period with the fitted line, the expected line with its band, and the change as a labelled line.

    ``data`` holds ``periods`` (start, end, rate, low, high, fitted, expected, expected_low, expected_high), ``change``
    (when, label), ``control`` (start, end, rate; may be missing), ``occurred`` and ``y_label``.
    """
    periods = days_of(data["periods"])
    if not periods:
        return Sheet.saying("There is no period to draw.")
    control = days_of(data.get("control") or ())
    rates = [row.get(key) for _, _, row in periods for key in ("rate", "fitted", "expected")]
    rates += [row.get("rate") for _, _, row in control]
    bounds = (row.get(key) for _, _, row in periods for key in ("high", "expected_high"))
    change = data["change"]
    day = scales.day_of(change.get("when"))
    label = f"{scales.day_written(day, year=True)}: {change.get('label')}" if day is not None else ""
    notes = [
        note(day, label, kind="onset"),
        note(scales.day_of(data.get("occurred")), "this escalation", kind="occurred"),
    ]
    period = str(data.get("period_label") or "")
    foot = "when the request was received" + (f"; one dot per {period}" if period else "")
    chart = DatedChart(periods, scales.share_top(rates, bounds, room=1.4), data["y_label"], notes, foot)
    middles = [(start + end) / 2 for start, end, _ in periods]
    expected = [_pick(row, ("expected", "expected_low", "expected_high")) for _, _, row in periods]
    chart.band(middles, [row[1] for row in expected], [row[2] for row in expected])
    if control:
        seen = [((start + end) / 2, _pick(row, ("rate",))[0]) for start, end, row in control]
        chart.line(*zip(*seen, strict=True), color=_CONTROL, linewidth=1.0, zorder=2.2)
    fitted = [_pick(row, ("fitted",))[0] for _, _, row in periods]
    for side in (True, False):
        kept = [
            value if (x < (day or math.inf)) is side else math.nan for x, value in zip(middles, fitted, strict=True)
        ]
        chart.line(middles, kept, color=style.INK)
    chart.line(middles, [row[0] for row in expected], color=style.MUTED, linestyle=_DASH, linewidth=1.2)
    chart.dots()
    entries: list[tuple[str, dict[str, Any]]] = [
        ("rate, 95% interval", {"mark": marks.VALUE}),
        ("fitted", {"color": style.INK, "linewidth": 1.4}),
        ("without the change", {"color": style.MUTED, "linewidth": 1.2, "linestyle": _DASH}),
        ("its 95% interval", {"box": style.BAND}),
    ]
    if control:
        entries.append(("not reached", {"color": _CONTROL, "linewidth": 1.0}))
    chart.key(entries)
    return chart.sheet


def _pick(row: dict[str, Any], keys: tuple[str, ...]) -> list[float]:
    found = [scales.number_of(row.get(key)) for key in keys]
    return [math.nan if value is None else value for value in found]
