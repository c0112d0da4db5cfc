"""A failure's rate over time, the level of each stretch, and the windows in which it changed."""

from __future__ import annotations

from typing import Any

from rca_lib.render import style
from rca_lib.render.figures import marks, scales
from rca_lib.render.figures.dated_rates import DatedChart, days_of, note
from rca_lib.render.figures.sheet import Sheet

__all__ = ["draw"]


def draw(data: dict[str, Any]) -> Sheet:
    """Draw rates with intervals, a line and band for the level of each stretch, and a span for each change's window.

    ``data`` holds ``periods`` (start, end, rate, low, high, mature), ``levels`` (start, end, rate, low, high),
    ``windows`` (when, low, high, direction, chosen), ``markers`` (when, label), ``occurred`` and ``y_label``.
    """
    periods = days_of(data["periods"])
    if not periods:
        return Sheet.saying("There is no period to draw.")
    levels, windows = days_of(data["levels"]), data["windows"]
    top = scales.share_top(
        [row.get("rate") for _, _, row in [*periods, *levels]], (row.get("high") for _, _, row in periods), room=1.3
    )
    chart = DatedChart(periods, top, data["y_label"], _notes(data, windows), _foot(data, windows))
    for window in windows:
        low, high = scales.day_of(window.get("low")), scales.day_of(window.get("high"))
        if low is not None and high is not None:
            chart.span(low, high + 1)
    for start, end, row in levels:
        rate, low, high = (scales.number_of(row.get(key)) for key in ("rate", "low", "high"))
        if rate is None:
            continue
        if low is not None and high is not None:
            chart.band([start, end], [low, low], [high, high])
        chart.line([start, end], [rate, rate])
    chart.dots()
    entries: list[tuple[str, dict[str, Any]]] = [
        ("rate, 95% interval", {"mark": marks.VALUE}),
        ("level of a stretch", {"color": style.INK, "linewidth": 1.4}),
        ("its 95% interval", {"box": style.BAND}),
    ]
    if windows:
        entries.append(("window of a change", {"box": style.ALERT, "alpha": 0.16}))
    if any(row.get("mature") is False for _, _, row in periods):
        entries.append(("not yet complete", {"mark": marks.HOLLOW}))
    chart.key(entries)
    return chart.sheet


def _notes(data: dict[str, Any], windows: list[dict[str, Any]]) -> list[tuple[float, str, str, float] | None]:
    notes = []
    for window in windows:
        low, high, when = (scales.day_of(window.get(key)) for key in ("low", "high", "when"))
        span = f", {scales.day_written(low)} to {scales.day_written(high, year=True)}" if low and high else ""
        notes.append(note(when, f"{window.get('direction') or 'change'}{span}", kind="onset"))
    notes.append(note(scales.day_of(data.get("occurred")), "this escalation", kind="occurred"))
    for rank, marker in enumerate(data.get("markers") or (), start=1):
        day = scales.day_of(marker.get("when"))
        notes.append(note(day, f"{scales.day_written(day)}: {marker.get('label')}" if day else "", rank=float(rank)))
    return notes


def _foot(data: dict[str, Any], windows: list[dict[str, Any]]) -> str:
    period = str(data.get("period_label") or "").removeprefix("one ")
    parts = ["when the request was received" + (f"; one dot per {period}" if period else "")]
    if windows:
        parts.append("a window holds the day of the change with 95% confidence")
    return "; ".join(parts)
