"""Scales and their ticks, written as readers say them: shares from 0%, durations, ratios, months of a year."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any

__all__ = [
    "Tick",
    "day_of",
    "day_written",
    "duration_ticks",
    "finite",
    "month_ticks",
    "number_of",
    "ratio_ticks",
    "ratio_written",
    "share_ticks",
    "share_top",
]

_SHARE_STEPS = (0.0005, 0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.25)
_DURATIONS = (
    (1 / 60, "1 min"),
    (5 / 60, "5 min"),
    (0.25, "15 min"),
    (1.0, "1 h"),
    (4.0, "4 h"),
    (12.0, "12 h"),
    (24.0, "1 d"),
    (72.0, "3 d"),
    (168.0, "7 d"),
    (720.0, "30 d"),
    (2160.0, "90 d"),
    (8760.0, "1 year"),
    (43800.0, "5 years"),
)
_RATIOS = (0.01, 0.02, 0.05, 0.1, 0.2, 0.25, 0.5, 1.0, 2.0, 4.0, 5.0, 10.0, 20.0, 50.0, 100.0)
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


@dataclass(frozen=True)
class Tick:
    """A place on a scale and what is written there."""

    at: float
    label: str


def number_of(value: Any) -> float | None:
    """Return a finite or infinite number, or ``None`` for whatever is not one."""
    if value is None or isinstance(value, bool):
        return None
    try:
        number = float(value)
    except (TypeError, ValueError):
        return None
    return None if math.isnan(number) else number


def finite(values: Iterable[Any]) -> list[float]:
    """Keep the finite numbers."""
    return [number for number in map(number_of, values) if number is not None and math.isfinite(number)]


def day_of(value: Any) -> float | None:
    """Return a moment as days since year 1 (UTC), or ``None`` when there is no date in it."""
    if isinstance(value, datetime):
        moment = value
    elif isinstance(value, date):
        return float(value.toordinal())
    else:
        try:
            moment = datetime.fromisoformat(str(value).strip())
        except ValueError:
            return None
    if moment.tzinfo is not None:
        moment = moment.astimezone(UTC)
    return moment.toordinal() + (moment.hour + moment.minute / 60) / 24


def day_written(day: float, *, year: bool = False) -> str:
    """Write a day shortly.

    >>> day_written(739684.5), day_written(739684, year=True)
    ('9 Mar', '9 Mar 2026')
    """
    moment = date.fromordinal(math.floor(day))
    return f"{moment.day} {_MONTHS[moment.month - 1]}" + (f" {moment.year}" if year else "")


def share_top(values: Iterable[Any], bounds: Iterable[Any], *, room: float = 2.0) -> float:
    """Return the top of a scale of shares, at most 100%.

    The values set it. Upper bounds of their intervals may raise it to ``room`` times the largest value, so that one
    interval of a tiny group does not flatten the rest; where every value is 0 the bounds are all there is to see, and
    set it alone.

    >>> round(share_top([0.1, 0.2], [0.3, 0.9]), 3), round(share_top([0.0], [0.05]), 3)
    (0.424, 0.053)
    """
    largest = max(finite(values), default=0.0)
    bound = max(finite(bounds), default=largest)
    return min(1.0, max(0.002, largest, bound if largest == 0 else min(bound, room * largest)) * 1.06)


def share_ticks(top: float, *, most: int = 5) -> list[Tick]:
    """Choose percent ticks from 0 to ``top``."""
    step = next((step for step in _SHARE_STEPS if top / step <= most), 0.25)
    digits = max(0, math.ceil(-math.log10(step * 100) - 1e-9))
    digits = digits if step < 0.01 else 0
    count = math.floor(top / step + 1e-9)
    return [Tick(step * index, f"{step * index * 100:.{digits}f}%" if index else "0%") for index in range(count + 1)]


def duration_ticks(low: float, high: float, *, most: int = 4) -> list[Tick]:
    """Choose ticks of a logarithmic scale of hours, none closer than the ``most``-th part of it."""
    apart = math.log(high / low) / most
    chosen: list[Tick] = []
    for hours, label in _DURATIONS:
        if low <= hours <= high and (not chosen or math.log(hours / chosen[-1].at) >= apart):
            chosen.append(Tick(hours, label))
    return chosen


def ratio_ticks(low: float, high: float, *, most: int = 6) -> list[Tick]:
    """Choose ticks of a logarithmic scale of ratios; 1, where there is no difference, is always among them."""
    for family in (
        (0.25, 0.5, 1.0, 2.0, 4.0, 8.0, 16.0),
        (0.1, 0.2, 0.5, 1.0, 2.0, 5.0, 10.0, 20.0, 50.0),
        (0.01, 0.1, 1.0, 10.0, 100.0),
    ):
        inside = [value for value in family if low <= value <= high]
        if len(inside) <= most and low >= family[0] / 2 and high <= family[-1] * 2:
            return [Tick(value, ratio_written(value)) for value in inside]
    return [Tick(value, ratio_written(value)) for value in (0.01, 0.1, 1.0, 10.0, 100.0) if low <= value <= high]


def ratio_written(value: float) -> str:
    """Write a ratio with two or three digits.

    >>> ratio_written(2.134), ratio_written(0.25), ratio_written(12.4), ratio_written(240.0)
    ('2.1', '0.25', '12', '240')
    """
    if value == 0 or value >= 9.95:
        return f"{value:,.0f}"
    text = f"{value:.1f}" if value >= 0.995 else f"{value:.2f}"
    return text.rstrip("0").rstrip(".") if float(text) == int(float(text)) and value == int(value) else text


def month_ticks(first: float, last: float, *, most: int = 9) -> list[Tick]:
    """Choose date ticks: months with the year under the first of each, or days when the span is short."""
    if last - first < 75:
        return _day_ticks(first, last, most)
    start, end = date.fromordinal(math.ceil(first)), date.fromordinal(math.floor(last))
    months = (end.year - start.year) * 12 + end.month - start.month + 1
    step = next((step for step in (1, 2, 3, 6, 12, 24, 60, 120) if months / step <= most), 240)
    ticks: list[Tick] = []
    seen: set[int] = set()
    for index in range(start.year * 12 + start.month - 1, end.year * 12 + end.month + 1):
        year, month = divmod(index, 12)
        day = float(date(year, month + 1, 1).toordinal())
        if (index % step if step <= 12 else (year * 12 + month) % step) or not first <= day <= last:
            continue
        name = str(year) if step >= 12 else _MONTHS[month] + ("" if year in seen else f"\n{year}")
        seen.add(year)
        ticks.append(Tick(day, name))
    return ticks


def _day_ticks(first: float, last: float, most: int) -> list[Tick]:
    step = next((step for step in (1, 2, 7, 14, 28) if (last - first) / step <= most), 28)
    days = [math.ceil(first) + step * index for index in range(int((last - math.ceil(first)) // step) + 1)]
    if step >= 7 and days:
        shift = timedelta(days=(-date.fromordinal(days[0]).weekday()) % 7).days
        days = [day + shift for day in days if day + shift <= last]
    ticks: list[Tick] = []
    seen: set[int] = set()
    for day in days:
        year = date.fromordinal(day).year
        ticks.append(Tick(float(day), day_written(day) + ("" if year in seen else f"\n{year}")))
        seen.add(year)
    return ticks
