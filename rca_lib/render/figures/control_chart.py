"""A control chart: points, centre and limits of each phase, and what lies outside."""

from __future__ import annotations

import itertools
import math
from typing import Any

from rca_lib.render import style
from rca_lib.render.figures import marks, scales
from rca_lib.render.figures import text as words
from rca_lib.render.figures.scales import Tick
from rca_lib.render.figures.series_axes import SeriesAxes, number_ticks
from rca_lib.render.figures.sheet import Sheet
from rca_lib.review.format import format_value

__all__ = ["draw"]

_ROOM = 1.6


def draw(data: dict[str, Any]) -> Sheet:
    """Draw one dot a point, joined within each phase, over the band between its limits.

    ``periods`` hold ``start`` (or ``number``, where points stand in order), ``value``, ``centre``, ``lcl``, ``ucl``,
    ``phase``, ``outside``, ``judged``; ``kind`` is ``percent`` or ``number``; ``markers`` hold ``when`` or ``number`` and
    ``label``; ``unfinished`` names the hollow dots.
    """
    order = bool(data.get("order"))
    points = [_read(row, order) for row in data["periods"]]
    points = [point for point in points if point["x"] is not None]
    if not points:
        return Sheet.saying("There is no point to draw.")
    percent = data.get("kind") == "percent"
    top = _top(points, percent)
    low = min([0.0, *scales.finite(point["value"] for point in points)])
    markers = [_marker(marker, order) for marker in data.get("markers") or ()]
    beyond = sum(point["value"] is not None and point["value"] > top for point in points)
    foot = [words.clean(data.get("x_label"))]
    if beyond:
        foot.append(f"{beyond} dot{'s' if beyond > 1 else ''} above the scale, drawn as triangles at the top")
    ticks: list[Tick] = scales.share_ticks(top) if percent else number_ticks(low, top)
    chart = SeriesAxes(
        days=[point["x"] for point in points],
        low=low,
        high=top,
        ticks=ticks,
        head=words.clean(data.get("y_label")),
        foot=[line for line in foot if line],
        markers=[(at, label) for at, label in markers if at is not None],
        order=order,
    )
    _phases(chart, points)
    _dots(chart, points)
    _key(chart, points, "percent" if percent else "number", words.clean(data.get("unfinished")) or "not yet complete")
    return chart.sheet


def _read(row: dict[str, Any], order: bool) -> dict[str, Any]:
    point: dict[str, Any] = {key: scales.number_of(row.get(key)) for key in ("value", "centre", "lcl", "ucl")}
    start, end = scales.day_of(row.get("start")), scales.day_of(row.get("end"))
    middle = start if start is None or end is None else (start + end) / 2
    point["x"] = scales.number_of(row.get("number")) if order else middle
    point["phase"] = row.get("phase") or 0
    point["judged"] = row.get("judged") is not False
    point["outside"] = bool(row.get("outside")) and point["judged"]
    return point


def _marker(marker: dict[str, Any], order: bool) -> tuple[float | None, str]:
    at = scales.number_of(marker.get("number")) if order else scales.day_of(marker.get("when"))
    when = scales.day_of(marker.get("when"))
    label = words.clean(marker.get("label"))
    return at, f"{scales.day_written(when)}: {label}" if when is not None else label


def _top(points: list[dict[str, Any]], percent: bool) -> float:
    """Let limits and values set the scale; a single value far beyond the limits runs off it."""
    limits = scales.finite(point[key] for point in points for key in ("ucl", "centre"))
    values = sorted(scales.finite(point["value"] for point in points))
    typical = values[int(0.9 * (len(values) - 1))] if values else 0.0
    usual = max([*sorted(limits)[: max(1, int(0.9 * len(limits)))], typical, 1e-9])
    top = min(max([usual, *values[-1:]]), _ROOM * usual) * 1.06
    return min(1.0, max(top, 0.002)) if percent else top


def _phases(chart: SeriesAxes, points: list[dict[str, Any]]) -> None:
    xs = [point["x"] for point in points]
    middles = [(a + b) / 2 for a, b in itertools.pairwise(xs)]
    edges = [chart.first, *middles, chart.last]
    band: tuple[list[float], list[float], list[float]] = ([], [], [])
    line: tuple[list[float], list[float]] = ([], [])
    for index, point in enumerate(points):
        left, right = edges[index], edges[index + 1]
        known = point["lcl"] is not None and point["ucl"] is not None
        band[0].extend([left, right])
        band[1].extend([max(point["lcl"] or 0.0, chart.low) if known else math.nan] * 2)
        band[2].extend([min(point["ucl"] or 0.0, chart.high) if known else math.nan] * 2)
        if index and point["phase"] != points[index - 1]["phase"]:
            line[0].append(left)
            line[1].append(math.nan)
        line[0].extend([left, right])
        line[1].extend([point["centre"] if point["centre"] is not None else math.nan] * 2)
    chart.axes.fill_between(*band, facecolor=style.BAND, linewidth=0, clip_on=False, zorder=0.5)
    chart.axes.plot(*line, color=style.MUTED, linewidth=1.0, zorder=1.5, clip_on=False)


def _dots(chart: SeriesAxes, points: list[dict[str, Any]]) -> None:
    shown = [point for point in points if point["value"] is not None]
    xs: list[float] = []
    ys: list[float] = []
    for before, point in zip([None, *shown[:-1]], shown, strict=True):
        if before is not None and (before["phase"] != point["phase"] or not point["judged"]):
            xs.append(point["x"])
            ys.append(math.nan)
        xs.append(point["x"])
        ys.append(min(point["value"], chart.high) if point["judged"] else math.nan)
    chart.axes.plot(xs, ys, color=style.ACCENT, linewidth=0.9 if len(shown) > 60 else 1.3, zorder=3, clip_on=False)
    shrink = 0.55 if len(shown) > 60 else 0.75 if len(shown) > 30 else 0.9
    for point in shown:
        look = marks.ALERT if point["outside"] else marks.VALUE if point["judged"] else marks.HOLLOW
        look = look | {"markersize": look["markersize"] * shrink}
        if point["value"] > chart.high:
            look = look | {"marker": "^"}
        marks.put(chart.axes, point["x"], min(point["value"], chart.high), look)


def _key(chart: SeriesAxes, points: list[dict[str, Any]], kind: str, unfinished: str) -> None:
    last = points[-1]
    entries: list[tuple[float, str, dict[str, Any] | None, str]] = []
    if last["centre"] is not None:
        entries.append((last["centre"], f"centre {format_value(last['centre'], kind)}", None, style.MUTED))
    if last["ucl"] is not None:
        entries.append((last["ucl"], "three-sigma limits", {"box": True}, style.MUTED))
    if any(point["outside"] for point in points):
        entries.append((chart.high, "outside the limits", marks.ALERT, style.ALERT))
    if any(not point["judged"] for point in points):
        entries.append((chart.high, unfinished, marks.HOLLOW, style.MUTED))
    chart.key(entries)
