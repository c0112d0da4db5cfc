"""A failure's rate over time, with its limits, its onset and the changes beside it."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

from rca_lib.render import style
from rca_lib.render.figures import marks, scales
from rca_lib.render.figures import text as words
from rca_lib.render.figures.annotations import LINE, Note, Placed, place
from rca_lib.render.figures.dated_rates import days_of
from rca_lib.render.figures.sheet import Sheet
from rca_lib.review.format import format_value

__all__ = ["MOST_MARKERS", "draw"]

MOST_MARKERS = 6
"""Changes that are labelled; of more, the nearest to the onset are taken and the others counted."""

_LEFT, _MARGIN, _PLOT = 34.0, 94.0, 150.0
_LABEL_ROOM = 195.0
_FAINT = "#8FB3CA"
_DASH = (0, (2, 2))
_NUMBERS = ("n", "rate", "low", "high", "lcl", "ucl")


@dataclass(frozen=True)
class _Period:
    """One period with its days as numbers; what is not known is ``None``."""

    start: float
    end: float
    n: float | None
    rate: float | None
    low: float | None
    high: float | None
    lcl: float | None
    ucl: float | None
    outside: bool = False
    mature: bool = True

    @property
    def middle(self) -> float:
        return (self.start + self.end) / 2


def draw(data: dict[str, Any]) -> Sheet:
    """Draw rates with intervals, the usual range as a band, the onset as a span and changes as labelled lines."""
    periods = _periods(data["periods"])
    if not periods:
        return Sheet.saying("There is no period to draw.")
    ranges = days_of(data.get("ranges") or [])
    first = min(periods[0].start, *(start for start, _, _ in ranges), math.inf)
    last = max(periods[-1].end, *(end for _, end, _ in ranges), -math.inf)
    right = style.TEXT_WIDTH - _MARGIN
    scale = (right - _LEFT) / (last - first)
    notes, hidden = _notes(data, first, last, scale)
    placed, dropped = place(notes, 0, style.TEXT_WIDTH)
    rows = max((label.row + 1 for label in placed), default=0)
    head = words.wrap(words.clean(data.get("y_label") or "share that failed"), style.TEXT_WIDTH, style.SIZE_NOTE)
    top = 9.0 + 10 * (len(head) - 1) + 8 + rows * LINE + (3 if rows else 0)
    limit = max(_top(periods, scales.number_of(data.get("centre"))), *(1.15 * row["high"] for _, _, row in ranges), 0.0)
    foot = _foot(data, periods, limit, hidden + dropped)
    sheet = Sheet(top + _PLOT + 31 + 10 * len(foot))
    axes = sheet.axes(_LEFT, top, right, top + _PLOT)
    axes.set_xlim(first, last)
    axes.set_ylim(0, limit)
    for index, line in enumerate(head):
        sheet.write(0, 9 + 10 * index, line, size=style.SIZE_NOTE, color=style.MUTED)
    _scales(sheet, axes, first, last, limit)
    _onset_span(axes, data.get("onset"), first, last, limit)
    _limits_band(axes, periods, scales.number_of(data.get("centre")), limit)
    _labels(sheet, axes, placed, top)
    _ranges(sheet, axes, ranges)
    _rates(axes, periods, limit, joined=bool(data.get("joined")))
    _key(sheet, axes, periods, scales.number_of(data.get("centre")), right + 7)
    for index, line in enumerate(foot):
        sheet.write(_LEFT, top + _PLOT + 38 + 10 * index, line, size=style.SIZE_NOTE, color=style.MUTED)
    return sheet


def _periods(rows: list[dict[str, Any]]) -> list[_Period]:
    starts = [scales.day_of(row.get("start")) for row in rows]
    periods = []
    for index, (row, start) in enumerate(zip(rows, starts, strict=True)):
        if start is None:
            continue
        following = starts[index + 1] if index + 1 < len(starts) else None
        end = scales.day_of(row.get("end")) or following or start + 7
        n, rate, low, high, lcl, ucl = (scales.number_of(row.get(key)) for key in _NUMBERS)
        mature = row.get("mature") is not False
        periods.append(
            _Period(start, max(end, start + 0.5), n, rate, low, high, lcl, ucl, bool(row.get("outside")), mature)
        )
    return periods


def _top(periods: list[_Period], centre: float | None) -> float:
    """Let the periods that hold most requests set the scale, so that a week of three requests does not flatten the rest.

    A period counts when it holds a fifth of what the period of the typical request holds. The others may leave the scale; they
    are marked where they do.
    """
    typical = _typical_count(periods)
    weighty = [period for period in periods if period.n is None or period.n >= typical / 5]
    firm = [centre, *(period.rate for period in weighty), *(period.ucl for period in weighty if period.mature)]
    return scales.share_top(firm, (period.high for period in weighty), room=1.5)


def _typical_count(periods: list[_Period]) -> float:
    """Return the size of the period in which the middle one of all requests lies."""
    counts = sorted(period.n for period in periods if period.n is not None)
    half, seen = sum(counts) / 2, 0.0
    for count in counts:
        seen += count
        if seen >= half:
            return count
    return 0.0


def _scales(sheet: Sheet, axes: Any, first: float, last: float, limit: float) -> None:
    axes.set_axis_off()
    for tick in scales.share_ticks(limit):
        axes.plot(
            [first, last],
            [tick.at] * 2,
            color=style.GRID if tick.at else style.MUTED,
            linewidth=0.8,
            zorder=1,
            clip_on=False,
        )
        x, y = axes.transData.transform((first, tick.at))
        sheet.write(x - 5, sheet.height - y + 2.8, tick.label, color=style.MUTED, align="right")
    for tick in scales.month_ticks(first, last):
        x, y = axes.transData.transform((tick.at, 0))
        base = sheet.height - y
        sheet.stroke([x, x], [base, base + 3.5], color=style.MUTED)
        for index, line in enumerate(tick.label.split("\n")):
            sheet.write(x, base + 12.5 + 10 * index, line, color=style.MUTED, align="center")


def _onset_span(axes: Any, onset: dict[str, Any] | None, first: float, last: float, limit: float) -> None:
    if not onset:
        return
    when, low, high = (scales.day_of(onset.get(key)) for key in ("when", "low", "high"))
    low, high = low or when, high or when
    if low is not None and high is not None and high >= first and low <= last:
        axes.fill_between(
            [max(low, first), min(high, last)],
            0,
            limit,
            facecolor=style.ALERT,
            alpha=0.12,
            linewidth=0,
            clip_on=False,
            zorder=0.7,
        )


def _limits_band(axes: Any, periods: list[_Period], centre: float | None, limit: float) -> None:
    days: list[float] = []
    lows: list[float] = []
    highs: list[float] = []
    for period in periods:
        known = period.lcl is not None and period.ucl is not None
        days += [period.start, period.end]
        lows += [max(period.lcl or 0.0, 0.0) if known else math.nan] * 2
        highs += [min(period.ucl or 0.0, limit) if known else math.nan] * 2
    axes.fill_between(days, lows, highs, facecolor=style.BAND, linewidth=0, clip_on=False, zorder=0.5)
    if centre is not None:
        axes.plot([days[0], days[-1]], [centre] * 2, color=style.MUTED, linewidth=1.0, zorder=1.5, clip_on=False)


def _ranges(sheet: Sheet, axes: Any, ranges: list[tuple[float, float, dict[str, Any]]]) -> None:
    """Tint where the rate of a stretch lies whose count is not told."""
    for start, end, row in ranges:
        axes.fill_between(
            [start, end], row["low"], row["high"], facecolor=style.ACCENT, alpha=0.22, linewidth=0, zorder=2
        )
        x, y = axes.transData.transform(((start + end) / 2, row["high"]))
        sheet.write(x, sheet.height - y - 4, words.clean(row.get("label")), size=style.SIZE_NOTE, align="center")


def _rates(axes: Any, periods: list[_Period], limit: float, *, joined: bool = False) -> None:
    many = len(periods) > 60
    shrink = 0.5 if many else 0.72 if len(periods) > 30 else 0.85
    width = 0.9 if many else 1.4
    kept = [period.mature and period.rate is not None and not _off(period, limit) for period in periods]
    days = [period.middle for period in periods]
    line = [period.rate if yes else math.nan for period, yes in zip(periods, kept, strict=True)]
    if joined:
        # A joined period is as long as it is drawn, and nothing is known of what lies within.
        days = [day for period in periods for day in (period.start, period.end, period.end)]
        line = [rate for one in line for rate in (one, one, math.nan)]
    axes.plot(days, line, color=style.ACCENT, linewidth=width, zorder=3, clip_on=False)
    for wanted, look, color in (
        (_usual, marks.VALUE, _FAINT),
        (_young, marks.HOLLOW, "#B9C0C7"),
        (_outlying, marks.ALERT, style.ALERT),
    ):
        chosen = [period for period in periods if period.rate is not None and wanted(period)]
        _whiskers(axes, chosen, limit, color, 0.4 if many else 1.2)
        size = look["markersize"] * (max(shrink, 0.65) if look is marks.ALERT else shrink)
        full = look | {"markersize": size, "markeredgewidth": 0.4 if many else look["markeredgewidth"]}
        for off, shape in ((False, {}), (True, {"marker": "^", "markersize": max(size, 5.0)})):
            here = [period for period in chosen if _off(period, limit) is off]
            xs, ys = [period.middle for period in here], [min(period.rate or 0.0, limit) for period in here]
            axes.plot(xs, ys, linestyle="none", clip_on=False, zorder=5, **(full | shape))


def _off(period: _Period, limit: float) -> bool:
    return period.rate is not None and period.rate > limit


def _usual(period: _Period) -> bool:
    return period.mature and not period.outside


def _outlying(period: _Period) -> bool:
    return period.mature and period.outside


def _young(period: _Period) -> bool:
    return not period.mature


def _whiskers(axes: Any, periods: list[_Period], limit: float, color: str, linewidth: float) -> None:
    xs: list[float] = []
    ys: list[float] = []
    beyond = []
    for period in periods:
        if period.low is None and period.high is None:
            continue
        low = 0.0 if period.low is None else max(period.low, 0.0)
        high = math.inf if period.high is None else period.high
        # The breaks between whiskers let all of them be one line, which keeps a chart of many periods small.
        xs += [period.middle, period.middle, math.nan]
        ys += [min(low, limit), min(high, limit), math.nan]
        if high > limit:
            beyond.append(period.middle)
    axes.plot(xs, ys, color=color, linewidth=linewidth, solid_capstyle="butt", zorder=2, clip_on=False)
    arrow = {"marker": "^", "markersize": 4, "markerfacecolor": color, "markeredgewidth": 0, "linestyle": "none"}
    axes.plot(beyond, [limit] * len(beyond), clip_on=False, zorder=2.5, **arrow)


def _notes(data: dict[str, Any], first: float, last: float, scale: float) -> tuple[list[Note], int]:
    """Collect what is to be labelled, and count the changes that are not."""

    def note(day: float, text: str, kind: str, rank: float = 0.0) -> Note:
        room = _LABEL_ROOM if kind == "change" else 220.0
        line = words.shorten(text, room, style.SIZE_VALUE, bold=kind != "change")
        return Note(_LEFT + (day - first) * scale, line, rank, kind)

    onset = data.get("onset") or {}
    when, low, high = (scales.day_of(onset.get(key)) for key in ("when", "low", "high"))
    occurred = scales.day_of(data.get("occurred"))
    notes: list[Note] = []
    if when is not None and first <= when <= last:
        spans = low is not None and high is not None and high - low >= 1
        text = (
            f"onset, {scales.day_written(low)} to {scales.day_written(high)}"
            if spans and low and high
            else f"onset, {scales.day_written(when)}"
        )
        notes.append(note(when, text, "onset"))
    if occurred is not None and first <= occurred <= last:
        notes.append(note(occurred, "this escalation", "occurred"))
    around = when if when is not None else occurred if occurred is not None else last
    changes = []
    for marker in data.get("markers") or ():
        day = scales.day_of(marker.get("when"))
        if day is not None and first <= day <= last:
            text = f"{scales.day_written(day)}: {words.clean(marker.get('label'))}"
            changes.append(note(day, text, "change", 1 + abs(day - around)))
    changes.sort(key=lambda change: change.rank)
    return notes + changes[:MOST_MARKERS], len(data.get("markers") or ()) - len(changes[:MOST_MARKERS])


def _labels(sheet: Sheet, axes: Any, placed: list[Placed], top: float) -> None:
    for label in placed:
        note = label.note
        y = top - 4 - label.row * LINE
        change = note.kind == "change"
        color = style.ALERT if note.kind == "onset" else style.INK
        look: dict[str, Any] = {
            "color": "#8A949E" if change else color,
            "linewidth": 0.8,
            "linestyle": _DASH if change else "-",
        }
        # Within the plot the line goes under the marks, so it belongs to the axes.
        day = axes.transData.inverted().transform((note.x, 0))[0]
        axes.plot([day, day], axes.get_ylim(), zorder=1.8, clip_on=False, **look)
        sheet.stroke([note.x, note.x], [y - 7.5, top], **look)
        x, align = (note.x + 3, "left") if label.on_the_right else (note.x - 3, "right")
        sheet.write(x, y, note.words, color=color, bold=not change, align=align)


def _key(sheet: Sheet, axes: Any, periods: list[_Period], centre: float | None, left: float) -> None:
    """Name the lines and marks at the right edge, where the lines end."""

    def height(value: float) -> float:
        return sheet.height - float(axes.transData.transform((0, value))[1])

    bounds = axes.get_ylim()
    wanted: list[tuple[float, str, dict[str, Any] | None, str]] = []
    last = periods[-1]
    if centre is not None:
        wanted.append(
            (height(marks.clamp(centre, bounds)), f"average {format_value(centre, 'percent')}", None, style.MUTED)
        )
    if last.ucl is not None and last.lcl is not None:
        wanted.append((height(min(last.ucl, bounds[1])), "usual range", {"box": True}, style.MUTED))
    floor = height(bounds[1]) + 4
    if any(period.outside and period.mature for period in periods):
        wanted.append((floor, "outside usual range", marks.ALERT, style.ALERT))
    if any(not period.mature for period in periods):
        wanted.append((floor + 1, "not yet complete", marks.HOLLOW, style.MUTED))
    y = -math.inf
    ordered = sorted(wanted, key=lambda entry: entry[0])
    shift = max(0.0, floor + (len(ordered) - 1) * 11 - height(0)) if ordered else 0.0
    for place_at, line, look, color in ordered:
        y = max(y + 11, place_at - shift)
        _key_entry(sheet, left, y, line, look, color)


def _key_entry(sheet: Sheet, left: float, y: float, line: str, look: dict[str, Any] | None, color: str) -> None:
    if look is None:
        sheet.stroke([left, left + 8], [y, y], color=style.MUTED, linewidth=1.0)
    elif "box" in look:
        sheet.box(left, y - 3.5, left + 8, y + 3.5, facecolor=style.BAND)
    else:
        sheet.mark(left + 4, y, **(look | {"markersize": look["markersize"] * 0.85}))
    sheet.write(left + 12, y + 2.8, line, size=style.SIZE_NOTE, color=color)


def _foot(data: dict[str, Any], periods: list[_Period], limit: float, hidden: int) -> list[str]:
    period = words.clean(data.get("period_label")).removeprefix("one ")
    dots = "; one line and dot per joined period" if data.get("joined") else f"; one dot per {period}" if period else ""
    parts = [f"when the request was received{dots}, bars are 95% intervals"]
    above = sum(_off(period, limit) for period in periods)
    if above:
        parts.append(
            f"{above} dot{'s' if above > 1 else ''} of few requests above the scale, drawn as triangles at the top"
        )
    if hidden > 0:
        parts.append(f"{hidden} more change{'s' if hidden > 1 else ''} not labelled")
    return words.wrap("; ".join(parts), style.TEXT_WIDTH - _LEFT, style.SIZE_NOTE)
