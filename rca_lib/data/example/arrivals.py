"""When requests arrive: growth, seasons, weeks, holidays and hours of the day, for each kind of request."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from rca_lib.data.example.calendar import DAYS, FloatArray, holiday_mask, hours_at, weekday_of
from rca_lib.data.example.process_types import PROCESS_TYPES, PUBLISHED_TOTAL, ProcessType

__all__ = ["TOTAL", "daily_rate", "new_regions_share", "sample_arrivals"]

TOTAL = 29_500
"""Requests expected over the two years."""

_YEARLY_GROWTH = 0.21
_INTERNATIONAL_STEP = 1.75
_WEEKDAY = np.array([1.12, 1.10, 1.04, 0.98, 0.86, 0.10, 0.06])
_WEEKDAY_EMERGENCY = np.array([0.97, 0.95, 0.96, 1.0, 1.06, 1.07, 0.99])
_HOLIDAY = 0.22
_YEAR_END = 0.6
_SURGE = ("2024-10-14", "2024-12-20", 1.11)

_OFFICE = np.array([0, 0, 0, 0, 0, 0.1, 0.4, 1, 3, 6, 7, 7, 5, 6, 7, 7, 6, 4, 2, 1, 0.7, 0.5, 0.3, 0.1])
_AROUND_THE_CLOCK = np.array(
    [5, 4, 3.5, 3, 2.5, 2.5, 2.6, 3, 3.4, 3.8, 4, 4.1, 4.2, 4.3, 4.5, 4.6, 4.8, 5, 5.4, 5.8, 6, 6.2, 6, 5.6]
)
_US_ZONES, _US_ZONE_SHARES = np.array([5.0, 6.0, 7.0, 8.0]), np.array([0.44, 0.27, 0.07, 0.22])
_WORLD_ZONES, _WORLD_ZONE_SHARES = np.array([0.0, -1.0, -8.0, 3.0]), np.array([0.25, 0.4, 0.2, 0.15])


def new_regions_share(hours: FloatArray) -> FloatArray:
    """Share of international requests that come from the regions that came on in spring 2025."""
    start = hours_at("2025-03-17")
    return np.asarray(0.72 * np.clip((hours - start) / (42 * 24.0), 0.0, 1.0))


def _season(days: FloatArray) -> FloatArray:
    """Yearly course: a bump after New Year and in early autumn, a dip in high summer."""
    year = (days % 365.25) / 365.25
    return np.asarray(
        1.0 + 0.07 * np.exp(-(((year - 0.07) / 0.05) ** 2)) + 0.08 * np.exp(-(((year - 0.74) / 0.06) ** 2))
        - 0.09 * np.exp(-(((year - 0.56) / 0.06) ** 2))
    )  # fmt: skip


def _noise(rng: np.random.Generator) -> FloatArray:
    """Slow drift from week to week and a little from day to day."""
    weeks = DAYS // 7 + 2
    drift = np.zeros(weeks)
    steps = rng.normal(0.0, 0.045, weeks)
    for week in range(1, weeks):
        drift[week] = 0.6 * drift[week - 1] + steps[week]
    days = np.arange(DAYS)
    return np.asarray(np.exp(drift[days // 7] + rng.normal(0.0, 0.06, DAYS)))


def daily_rate(kind: ProcessType, rng: np.random.Generator) -> FloatArray:
    """Expected requests of one kind on each day; they sum to the kind's published share of `TOTAL`."""
    days = np.arange(DAYS)
    rate = (1.0 + _YEARLY_GROWTH) ** (days / 365.25) * _season(days.astype(float)) * _noise(rng)
    if kind.international:
        step = np.clip((days - hours_at("2025-03-17") / 24.0) / 42.0, 0.0, 1.0)
        rate = rate * (1.0 + (_INTERNATIONAL_STEP - 1.0) * step)
    if kind.emergency:
        rate = rate * _WEEKDAY_EMERGENCY[weekday_of(days)]
    else:
        rate = rate * _WEEKDAY[weekday_of(days)]
        if not kind.international:
            rate = rate * np.where(holiday_mask("US")[:DAYS], _HOLIDAY, 1.0)
            begin, end, factor = _SURGE
            rate = rate * np.where((days >= hours_at(begin) / 24) & (days < hours_at(end) / 24), factor, 1.0)
        late_december = np.isin(days % 366, np.arange(358, 366)) | (days >= DAYS - 8)
        rate = rate * np.where(late_december, _YEAR_END, 1.0)
    return np.asarray(rate / rate.sum() * TOTAL * kind.published / PUBLISHED_TOTAL)


def _time_of_day(kind: ProcessType, count: int, rng: np.random.Generator) -> FloatArray:
    """UTC hours (may pass midnight) at which `count` requests of a kind arrive within their local day."""
    shape = _AROUND_THE_CLOCK if kind.emergency else _OFFICE
    local = rng.choice(24, count, p=shape / shape.sum()) + rng.random(count)
    zones, shares = (_WORLD_ZONES, _WORLD_ZONE_SHARES) if kind.international else (_US_ZONES, _US_ZONE_SHARES)
    return np.asarray(local + rng.choice(zones, count, p=shares))


def sample_arrivals(rng: np.random.Generator) -> tuple[FloatArray, NDArray[np.int64]]:
    """Draw every arrival of the two years.

    Returns
    -------
    received : hours, ascending.
    kind : position in `PROCESS_TYPES`.
    """
    received, kinds = [], []
    for position, kind in enumerate(PROCESS_TYPES):
        counts = rng.poisson(daily_rate(kind, rng))
        moments = np.repeat(np.arange(DAYS), counts) * 24.0 + _time_of_day(kind, int(counts.sum()), rng)
        received.append(moments)
        kinds.append(np.full(len(moments), position))
    moment, position_of = np.concatenate(received), np.concatenate(kinds)
    inside = (moment >= 0.0) & (moment < DAYS * 24.0 - 0.5)
    order = np.argsort(moment[inside], kind="stable")
    return np.round(moment[inside][order] * 3600.0) / 3600.0, position_of[inside][order]
