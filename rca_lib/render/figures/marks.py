"""Marks of the house: a value, its interval, and the arrow of an interval that runs off the scale."""

from __future__ import annotations

from typing import Any

from rca_lib.render import style
from rca_lib.render.figures.sheet import Sheet

__all__ = ["ALERT", "HOLLOW", "VALUE", "clamp", "glyph", "interval", "put"]

VALUE: dict[str, Any] = {
    "marker": "o",
    "markersize": 6.0,
    "markerfacecolor": style.ACCENT,
    "markeredgecolor": style.PAPER,
    "markeredgewidth": 0.8,
}
"""A value."""
ALERT: dict[str, Any] = VALUE | {"marker": "D", "markersize": 6.2, "markerfacecolor": style.ALERT}
"""A value that needs attention: another shape, and darker in grey."""
HOLLOW: dict[str, Any] = VALUE | {
    "markersize": 5.4,
    "markerfacecolor": style.PAPER,
    "markeredgecolor": style.MUTED,
    "markeredgewidth": 1.2,
}
"""A value to compare with, or one that is not yet complete."""


def clamp(value: float, limits: tuple[float, float]) -> float:
    """Keep a value on its scale."""
    return min(max(value, limits[0]), limits[1])


def put(axes: Any, x: float, y: float, look: dict[str, Any], *, zorder: float = 5) -> None:
    """Draw one mark."""
    axes.plot([x], [y], linestyle="none", clip_on=False, zorder=zorder, **look)


def interval(
    axes: Any,
    y: float,
    low: float | None,
    high: float | None,
    limits: tuple[float, float],
    *,
    color: str = style.ACCENT,
    linewidth: float = 1.5,
) -> None:
    """Draw a horizontal interval; an end that lies beyond the scale, or is open, ends in an arrow.

    Nothing is drawn when both ends are missing.
    """
    if low is None and high is None:
        return
    start = limits[0] if low is None else low
    end = limits[1] if high is None else high
    left, right = clamp(start, limits), clamp(end, limits)
    axes.plot([left, right], [y, y], color=color, linewidth=linewidth, solid_capstyle="butt", clip_on=False, zorder=3)
    arrow = {"markersize": 4.5, "markerfacecolor": color, "markeredgecolor": color, "markeredgewidth": 0}
    if start < limits[0] or low is None:
        put(axes, limits[0], y, arrow | {"marker": "<"}, zorder=4)
    if end > limits[1] or high is None:
        put(axes, limits[1], y, arrow | {"marker": ">"}, zorder=4)


def glyph(look: dict[str, Any]) -> Any:
    """Return a drawer of one mark on a sheet, for the head of a value column."""

    def draw(sheet: Sheet, x: float, y: float) -> None:
        sheet.mark(x, y, **look)

    return draw
