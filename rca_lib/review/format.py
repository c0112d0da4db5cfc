"""How a value is written for a reader: one rule for each kind of column, the same in tables, charts and notebooks."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Any

__all__ = ["DASH", "format_value", "humanise_hours", "spell_hours"]

DASH = "–"
"""What stands in a cell that has no value."""

_MINUS = "−"


def format_value(value: Any, kind: str = "text") -> str:
    """Write one value the way its column kind asks for.

    Parameters
    ----------
    value
        A scalar, a pair (written as an interval), or ``None``, NaN, NaT or NA (written as a dash). An interval that is
        open on one side, by ``None`` or infinity, is written "a or more" or "up to b".
    kind
        A column kind of `rca_lib.review.blocks.Column`: ``text``, ``count``, ``number``, ``percent`` (a share of one),
        ``hours``, ``date``, ``week`` or ``moment`` (both in UTC).

    Raises
    ------
    ValueError
        When the kind is not one of these.

    Examples
    --------
    >>> format_value(12480, "count"), format_value(0.0312, "percent"), format_value((0.021, 0.044), "percent")
    ('12,480', '3.1%', '2.1% to 4.4%')
    >>> format_value(76.2, "hours"), format_value("2026-03-09T14:05:00Z", "moment"), format_value("2026-03-11", "week")
    ('3 d 4 h', '9 March 2026 14:05 UTC', 'week of 9 March 2026')
    >>> format_value(None, "count")
    '–'
    """
    if kind not in _WRITERS:
        raise ValueError(f"no way to write a {kind!r} value; the kinds are {', '.join(_WRITERS)}")
    if kind != "text" and isinstance(value, Sequence) and not isinstance(value, str):
        if len(value) != 2:
            raise ValueError(f"an interval has two ends, this {kind} value has {len(value)}")
        return _interval(value[0], value[1], kind)
    return DASH if _missing(value) else _WRITERS[kind](value)


def humanise_hours(hours: float) -> str:
    """Write a duration with its two largest units: hours and minutes, days and hours, and days alone from a fortnight.

    >>> humanise_hours(0.5), humanise_hours(5.25), humanise_hours(49), humanise_hours(24 * 30)
    ('30 min', '5 h 15 min', '2 d 1 h', '30 d')
    """
    minutes = abs(float(hours)) * 60
    sign = _MINUS if hours < 0 else ""
    if minutes == 0:
        return "0 min"
    if minutes < 1:
        return "under 1 min"
    if minutes < 59.5:
        return f"{sign}{round(minutes)} min"
    if round(minutes) < 24 * 60:
        return sign + _two(round(minutes), 60, "h", "min")
    whole_hours = round(minutes / 60)
    if whole_hours < 14 * 24:
        return sign + _two(whole_hours, 24, "d", "h")
    return f"{sign}{round(minutes / 1440):,} d"


def spell_hours(hours: float) -> str:
    """Write a duration for a sentence, with the units in full.

    >>> spell_hours(57 * 24), spell_hours(49), spell_hours(1.5)
    ('57 days', '2 days 1 hour', '1 hour 30 minutes')
    """
    words = {"d": "day", "h": "hour", "min": "minute"}
    parts = humanise_hours(hours).split(" ")
    for position, part in enumerate(parts):
        if part in words:
            parts[position] = words[part] if parts[position - 1].lstrip(_MINUS) == "1" else f"{words[part]}s"
    return " ".join(parts)


def _two(amount: int, base: int, large: str, small: str) -> str:
    whole, rest = divmod(amount, base)
    return f"{whole} {large} {rest} {small}" if rest else f"{whole} {large}"


def _missing(value: Any) -> bool:
    # pandas is not imported here, so its NA and NaT are known by the names of their types.
    return (
        value is None
        or type(value).__name__ in {"NAType", "NaTType"}
        or (isinstance(value, float) and math.isnan(value))
    )


def _interval(low: Any, high: Any, kind: str) -> str:
    no_low = _missing(low) or low in (-math.inf,)
    no_high = _missing(high) or high in (math.inf,)
    write = _WRITERS[kind]
    if no_low and no_high:
        return DASH
    if no_high:
        return f"{write(low)} or more"
    if no_low:
        return f"up to {write(high)}"
    if kind == "percent":
        digits = max(_percent_digits(float(low)), _percent_digits(float(high)))
        return f"{_percent(low, digits)} to {_percent(high, digits)}"
    return f"{write(low)} to {write(high)}"


def _text(value: Any) -> str:
    if isinstance(value, bool) or type(value).__name__ == "bool_":
        return "yes" if value else "no"
    if isinstance(value, Sequence) and not isinstance(value, str):
        return ", ".join(_text(part) for part in value) or DASH
    return str(value) or DASH


def _signed(text: str) -> str:
    return text.replace("-", _MINUS)


def _count(value: Any) -> str:
    return _signed(f"{round(float(value)):,}")


def _number(value: Any) -> str:
    number = float(value)
    if math.isinf(number):
        return "∞" if number > 0 else f"{_MINUS}∞"
    size = abs(number)
    digits = 0 if size >= 99.95 or number.is_integer() else 1 if size >= 9.995 else 2
    if 0 < size < 0.005:
        return _signed(f"{number:.1g}") if size >= 1e-4 else "under 0.0001"
    return _signed(f"{number:,.{digits}f}")


def _percent_digits(share: float) -> int:
    """Give one decimal to shares under a tenth or over nine tenths, two under a thousandth, none to the rest."""
    size = abs(share)
    if size in (0.0, 1.0):
        return 0
    if size < 0.0995 or 0.9 < size < 1:
        return 2 if size < 0.00095 else 1
    return 0


def _percent(value: Any, digits: int | None = None) -> str:
    share = float(value)
    if 0 < abs(share) < 0.00005:
        return "under 0.01%"
    if 0.9995 < share < 1:
        return "over 99.9%"
    digits = _percent_digits(share) if digits is None or share == 0 else digits
    return _signed(f"{share * 100:.{digits}f}%")


def _moment_of(value: Any) -> datetime:
    if isinstance(value, datetime):
        moment = value
    elif isinstance(value, date):
        moment = datetime(value.year, value.month, value.day)
    else:
        moment = datetime.fromisoformat(str(value).strip())
    return moment.astimezone(UTC) if moment.tzinfo else moment


def _date(value: Any) -> str:
    moment = _moment_of(value)
    return f"{moment.day} {moment:%B %Y}"


def _week(value: Any) -> str:
    moment = _moment_of(value)
    return f"week of {_date(moment - timedelta(days=moment.weekday()))}"


def _moment(value: Any) -> str:
    moment = _moment_of(value)
    return f"{_date(moment)} {moment:%H:%M} UTC"


_WRITERS: dict[str, Callable[[Any], str]] = {
    "text": _text,
    "count": _count,
    "number": _number,
    "percent": _percent,
    "hours": humanise_hours,
    "date": _date,
    "week": _week,
    "moment": _moment,
}
