"""A CUSUM chart: the sum for a rise above the line, the one for a fall below it, and the limit of each."""

from __future__ import annotations

from typing import Any

from rca_lib.render import style
from rca_lib.render.figures import marks, scales
from rca_lib.render.figures import text as words
from rca_lib.render.figures.series_axes import SeriesAxes, number_ticks
from rca_lib.render.figures.sheet import Sheet

__all__ = ["draw"]

_LOWER = "#8A6D3B"
_DASH = (0, (4, 2))


def draw(data: dict[str, Any]) -> Sheet:
    """Draw both sums over time with their limits; ``periods`` hold ``start, end, upper, lower``, ``limit`` is h.

    ``lower`` may be missing throughout, for a chart that looks for a rise alone.
    """
    points = []
    for row in data["periods"]:
        start, end = scales.day_of(row.get("start")), scales.day_of(row.get("end"))
        if start is not None:
            upper, lower = scales.number_of(row.get("upper")), scales.number_of(row.get("lower"))
            points.append((start if end is None else (start + end) / 2, upper or 0.0, lower))
    limit = scales.number_of(data["limit"])
    if not points or limit is None:
        return Sheet.saying("There is no point to draw.")
    two = any(point[2] is not None for point in points)
    high = max(limit, *(point[1] for point in points)) * 1.1
    low = -max(limit, *(point[2] or 0.0 for point in points)) * 1.1 if two else 0.0
    markers = [
        (at, f"{scales.day_written(at)}: {words.clean(marker.get('label'))}")
        for marker in data.get("markers") or ()
        if (at := scales.day_of(marker.get("when"))) is not None
    ]
    chart = SeriesAxes(
        days=[point[0] for point in points],
        low=low,
        high=high,
        ticks=number_ticks(low, high),
        head=words.clean(data.get("y_label") or "cumulative sum"),
        foot=[line for line in [words.clean(data.get("x_label"))] if line],
        markers=markers,
        plot=150.0 if two else 120.0,
    )
    ends = [chart.first, chart.last]
    for at in (limit, -limit) if two else (limit,):
        chart.axes.plot(ends, [at] * 2, color=style.ALERT, linewidth=1.0, linestyle=_DASH, zorder=2, clip_on=False)
    _sum(chart, [(x, upper) for x, upper, _ in points], limit, style.ACCENT)
    key: list[tuple[float, str, dict[str, Any] | None, str]] = [
        (limit, "limit", {"dash": True}, style.ALERT),
        (points[-1][1] if points[-1][1] < 0.8 * limit else 0.6 * limit, "sum for a rise", None, style.ACCENT),
    ]
    if two:
        _sum(chart, [(x, -(lower or 0.0)) for x, _, lower in points], limit, _LOWER)
        key.append((-0.5 * limit, "sum for a fall", None, _LOWER))
        key.append((-limit, "limit", {"dash": True}, style.ALERT))
    chart.key(key)
    return chart.sheet


def _sum(chart: SeriesAxes, points: list[tuple[float, float]], limit: float, color: str) -> None:
    xs, ys = [x for x, _ in points], [y for _, y in points]
    chart.axes.plot(xs, ys, color=color, linewidth=1.4, zorder=3, clip_on=False)
    size = 3.0 if len(points) > 60 else 4.0
    for x, y in points:
        look = marks.ALERT if abs(y) > limit else marks.VALUE | {"markerfacecolor": color}
        marks.put(chart.axes, x, y, look | {"markersize": size * (1.3 if abs(y) > limit else 1.0)})
