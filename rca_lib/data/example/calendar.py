"""Time in the example: one epoch, the sites' holidays, and clocks that run only while a team is at work.

Inside the generator a moment is a float: hours since midnight UTC on the first day. ``NaN`` is "never". Working time is
mapped to wall-clock time and back by interpolation over an hourly grid, so that a duration drawn in working hours lands
where a team with weekends, holidays and a time zone would have finished it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

import holidays
import numpy as np
import pandas as pd
from numpy.typing import NDArray

__all__ = [
    "DAYS",
    "END",
    "GRID",
    "SITES",
    "START",
    "TEAM_SITES",
    "FloatArray",
    "WorkClock",
    "date_of",
    "holiday_mask",
    "hours_at",
    "site_open",
    "team_clocks",
    "weekday_of",
]

FloatArray = NDArray[np.float64]

START = np.datetime64("2024-01-01T00:00:00", "us")
DAYS = 731
END = DAYS * 24.0
"""Midnight UTC after the last day; nothing recorded later exists."""

_MARGIN_DAYS = 240
GRID: FloatArray = np.arange(0.0, (DAYS + _MARGIN_DAYS) * 24.0 + 1.0)
"""Hour marks of the two years and a margin in which unfinished work would end."""

SITES: Mapping[str, tuple[str, str]] = {
    "Los Angeles": ("America/Los_Angeles", "US"),
    "Washington": ("America/New_York", "US"),
    "Dublin": ("Europe/Dublin", "IE"),
    "Singapore": ("Asia/Singapore", "SG"),
}
"""Site to its time zone and holiday calendar."""

TEAM_SITES: Mapping[str, str] = {
    "TEAM-A": "Los Angeles",
    "TEAM-B": "Washington",
    "TEAM-C": "Los Angeles",
    "TEAM-D": "Dublin",
    "TEAM-E": "Singapore",
    "TEAM-R": "all sites",
}
"""Working teams. TEAM-R answers emergencies around the clock from every site."""

OPENING, CLOSING = 8, 18
NIGHT_STRENGTH = 0.75


def hours_at(moment: str) -> float:
    """Hours from the start of the example to a moment written as ISO 8601 in UTC.

    >>> hours_at("2024-01-02T06:00")
    30.0
    """
    return float((np.datetime64(moment, "us") - START) / np.timedelta64(1, "h"))


def date_of(hours: float) -> str:
    """Write the UTC calendar day of a moment.

    >>> date_of(30.0)
    '2024-01-02'
    """
    return str(START + np.timedelta64(round(hours * 3600), "s"))[:10]


def weekday_of(days: NDArray[np.int64]) -> NDArray[np.int64]:
    """Day of the week, Monday = 0, of day numbers (day 0 is a Monday)."""
    return np.asarray(days % 7, dtype=np.int64)


@cache
def holiday_mask(country: str) -> NDArray[np.bool_]:
    """Which of the days, margin included, are public holidays of a country."""
    calendar = holidays.country_holidays(country, years=[2024, 2025, 2026])
    known = {np.datetime64(day) for day in calendar}
    days = START.astype("datetime64[D]") + np.arange(DAYS + _MARGIN_DAYS)
    return np.array([day in known for day in days], dtype=bool)


@cache
def site_open(site: str) -> NDArray[np.bool_]:
    """Whether a site is at work in each hour of the grid: weekdays, office hours, not on its holidays."""
    zone, country = SITES[site]
    stamps = pd.date_range(pd.Timestamp(str(START)), periods=len(GRID), freq="h", tz="UTC").tz_convert(zone)
    local_day = np.asarray((stamps.tz_localize(None).normalize() - pd.Timestamp(str(START))).days)
    off = holiday_mask(country)[np.clip(local_day, 0, DAYS + _MARGIN_DAYS - 1)]
    hour = np.asarray(stamps.hour)
    return np.asarray((stamps.day_of_week < 5) & (hour >= OPENING) & (hour < CLOSING) & ~off, dtype=bool)


@dataclass(frozen=True)
class WorkClock:
    """Working time of one team.

    Attributes
    ----------
    cumulative : working hours passed at each mark of `GRID`; never falls.
    """

    cumulative: FloatArray

    @classmethod
    def from_hourly(cls, hourly: FloatArray) -> WorkClock:
        """Build a clock from the working hours (or the capacity) in each hour of the grid."""
        return cls(np.concatenate(([0.0], np.cumsum(hourly[:-1]))))

    def worked(self, moment: FloatArray) -> FloatArray:
        """Working hours that had passed at wall-clock moments."""
        return np.interp(moment, GRID, self.cumulative)

    def moment(self, worked: FloatArray) -> FloatArray:
        """Wall-clock moment at which working hours had passed; outside hours, the next opening."""
        return np.interp(worked, self.cumulative, GRID)

    def advance(self, moment: FloatArray, duration: FloatArray) -> FloatArray:
        """Moment at which a task of so many working hours, begun at `moment`, is done."""
        return np.maximum(moment, self.moment(self.worked(moment) + duration))


@cache
def team_clocks() -> Mapping[str, WorkClock]:
    """One clock for each working team. The emergency team never closes, and is slower at night."""
    clocks = {
        team: WorkClock.from_hourly(site_open(site).astype(float)) for team, site in TEAM_SITES.items() if site in SITES
    }
    staffed = np.any([site_open(site) for site in SITES], axis=0)
    clocks["TEAM-R"] = WorkClock.from_hourly(np.where(staffed, 1.0, NIGHT_STRENGTH))
    return clocks
