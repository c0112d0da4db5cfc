"""Share of requests still open as time passes, with how many are still watched below the axis."""

from __future__ import annotations

import math
from typing import Any

from rca_lib.render import style
from rca_lib.render.figures import scales
from rca_lib.render.figures import text as words
from rca_lib.render.figures.sheet import Sheet

__all__ = ["draw"]

_PLOT, _MARGIN, _ROW = 165.0, 124.0, 11.0
_LEFT = 116.0
_LOOKS = ("-", (0, (5, 1.5)), (0, (2, 1.2)), (0, (6, 1.5, 1.5, 1.5)))


def draw(data: dict[str, Any]) -> Sheet:
    """Draw a step curve with its 95% band for each group.

    `data` holds ``unit`` ("hours" or "days"), ``end`` (where the axis ends), ``target`` (or ``None``) and ``groups``: label,
    times, share, low, high and at_risk (at the ticks that `ticks` gives), in that unit.
    """
    groups, end = data["groups"], scales.number_of(data["end"])
    if not groups or not end:
        return Sheet.saying("There is no request to draw.")
    right, top = style.TEXT_WIDTH - _MARGIN, 22.0
    sheet = Sheet(top + _PLOT + 47 + _ROW * len(groups))
    axes = sheet.axes(_LEFT, top, right, top + _PLOT)
    axes.set_xlim(0, end)
    axes.set_ylim(0, 1)
    sheet.write(0, 9, "share still open, with 95% bands", size=style.SIZE_NOTE, color=style.MUTED)
    _scales(sheet, axes, data["ticks"], end, str(data["unit"]))
    _target(sheet, axes, scales.number_of(data.get("target")), end, str(data.get("target_label") or "target"))
    ends = []
    for index, group in enumerate(groups):
        ends.append(_curve(axes, group, index, end))
    _names(sheet, axes, groups, ends, right + 6)
    _at_risk(sheet, axes, groups, data["ticks"], top + _PLOT + 40)
    return sheet


def _look(index: int) -> tuple[str, Any]:
    return style.SEQUENCE[index % 5], _LOOKS[(index // 5 + index) % len(_LOOKS)]


def _scales(sheet: Sheet, axes: Any, ticks: list[float], end: float, unit: str) -> None:
    axes.set_axis_off()
    for share in (0.0, 0.25, 0.5, 0.75, 1.0):
        color = style.GRID if share else style.MUTED
        axes.plot([0, end], [share] * 2, color=color, linewidth=0.8, zorder=1, clip_on=False)
        x, y = axes.transData.transform((0, share))
        sheet.write(x - 5, sheet.height - y + 2.8, f"{share:.0%}", color=style.MUTED, align="right")
    for tick in ticks:
        x, y = axes.transData.transform((tick, 0))
        base = sheet.height - y
        sheet.stroke([x, x], [base, base + 3.5], color=style.MUTED)
        sheet.write(x, base + 12.5, f"{tick:,g}", color=style.MUTED, align="center")
    x, y = axes.transData.transform((end, 0))
    label = f"{unit} since receipt"
    sheet.write(x + 12, sheet.height - y + 12.5, label, size=style.SIZE_NOTE, color=style.MUTED)


def _target(sheet: Sheet, axes: Any, target: float | None, end: float, label: str) -> None:
    if target is None or not 0 < target <= end:
        return
    axes.plot([target] * 2, [0, 1], color=style.ALERT, linewidth=1.1, linestyle=(0, (2, 2)), zorder=2, clip_on=False)
    x, y = axes.transData.transform((target, 1))
    sheet.write(x, sheet.height - y - 4, label, size=style.SIZE_NOTE, color=style.ALERT, align="center")


def _curve(axes: Any, group: dict[str, Any], index: int, end: float) -> float:
    """Draw one curve up to where it is known, and return the share at its end."""
    color, dashes = _look(index)
    until = min(scales.number_of(group.get("until")) or end, end)
    kept = [place for place, time in enumerate(group["times"]) if time <= until]
    last = kept[-1] if kept else None
    xs = [0.0, *(group["times"][place] for place in kept), until]
    lines = []
    for key in ("share", "low", "high"):
        values = [group[key][place] for place in kept]
        lines.append([1.0, *values, group[key][last] if last is not None else 1.0])
    share, low, high = ([math.nan if value is None else value for value in line] for line in lines)
    axes.fill_between(xs, low, high, step="post", facecolor=color, alpha=0.14, linewidth=0, zorder=1.5, clip_on=False)
    axes.step(xs, share, where="post", color=color, linewidth=1.5, linestyle=dashes, zorder=3, clip_on=False)
    return float(share[-1])


def _names(sheet: Sheet, axes: Any, groups: list[dict[str, Any]], ends: list[float], x: float) -> None:
    """Set the names at the ends of the curves, pushed apart where they would touch."""
    wanted = [(sheet.height - axes.transData.transform((0, end))[1] + 2.8, index) for index, end in enumerate(ends)]
    lowest = max(y for y, _ in wanted)
    spots: list[tuple[float, int]] = []
    for y, index in sorted(wanted, reverse=True):
        spots.append((min(y, spots[-1][0] - 10.5) if spots else min(y, lowest), index))
    for y, index in spots:
        color, dashes = _look(index)
        sheet.stroke([x, x + 12], [y - 2.8] * 2, color=color, linewidth=1.5, linestyle=dashes)
        name = words.shorten(words.clean(groups[index]["label"]), _MARGIN - 22, style.SIZE_VALUE)
        sheet.write(x + 16, y, name)


def _at_risk(sheet: Sheet, axes: Any, groups: list[dict[str, Any]], ticks: list[float], top: float) -> None:
    sheet.write(0, top - 11, "Still open, by then:", size=style.SIZE_NOTE, color=style.MUTED)
    for row, group in enumerate(groups):
        y = top + _ROW * row
        name = words.shorten(words.clean(group["label"]), _LEFT - 26, style.SIZE_NOTE)
        sheet.write(0, y, name, size=style.SIZE_NOTE)
        for tick, count in zip(ticks, group["at_risk"], strict=True):
            x, _ = axes.transData.transform((tick, 0))
            text = "" if count is None else str(count) if isinstance(count, str) else f"{count:,.0f}"
            sheet.write(x, y, text, size=style.SIZE_NOTE, color=style.MUTED, align="center")
