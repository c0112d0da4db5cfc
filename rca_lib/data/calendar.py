"""Working days: deadlines that skip weekends and public holidays."""

from __future__ import annotations

from functools import lru_cache

import holidays
import numpy as np
import numpy.typing as npt
import pandas as pd

__all__ = ["add_working_days", "public_holidays", "working_days_between"]


@lru_cache(maxsize=64)
def public_holidays(calendar: str, first_year: int, last_year: int) -> tuple[np.datetime64, ...]:
    """List the public holidays of a calendar, as observed.

    Parameters
    ----------
    calendar : a country such as ``"US"``, or a part of one such as ``"US-CA"``.
    first_year, last_year : the years to list, both included.

    Examples
    --------
    >>> str(public_holidays("US", 2026, 2026)[0])
    '2026-01-01'
    """
    country, _, part = calendar.partition("-")
    found = holidays.country_holidays(country, subdiv=part or None, years=range(first_year, last_year + 1))
    return tuple(np.datetime64(day, "D") for day in sorted(found))


def add_working_days(
    moments: pd.Series[pd.Timestamp],
    days: pd.Series[float] | float,
    *,
    calendar: str | None = None,
    timezone: str = "UTC",
) -> pd.Series[pd.Timestamp]:
    """Find when a deadline of some working days ends: with the last of them, at midnight local time.

    The day of receipt does not count; a receipt on a weekend or holiday counts from the next working day.

    Parameters
    ----------
    moments : when each clock starts, in UTC.
    days : how many working days; parts of a day count as a whole one.
    calendar : the holiday calendar; only weekends are skipped without one.
    timezone : where the days are counted.

    Returns
    -------
    pandas.Series
        The end of the last working day, in UTC; missing where a moment or a number of days is.

    Examples
    --------
    >>> friday = pd.Series(pd.to_datetime(["2026-07-02 18:00"], utc=True))
    >>> add_working_days(friday, 2, calendar="US", timezone="America/New_York")[0].isoformat()
    '2026-07-08T04:00:00+00:00'
    """
    amounts = pd.Series(days, index=moments.index, dtype="float64")
    known = moments.notna() & amounts.notna()
    ends = pd.Series(pd.NaT, index=moments.index, dtype="datetime64[us, UTC]")
    if not known.any():
        return ends
    local = _local_days(moments[known], timezone)
    counted = np.ceil(amounts[known].to_numpy()).astype("int64")
    last = np.busday_offset(local, counted, roll="backward", holidays=_holidays(calendar, local, int(counted.max())))
    midnight = pd.Series(last + np.timedelta64(1, "D"), index=moments.index[known]).astype("datetime64[us]")
    ends[known] = midnight.dt.tz_localize(timezone, ambiguous=True, nonexistent="shift_forward").dt.tz_convert("UTC")
    return ends


def working_days_between(
    start: pd.Series[pd.Timestamp],
    end: pd.Series[pd.Timestamp],
    *,
    calendar: str | None = None,
    timezone: str = "UTC",
) -> pd.Series[float]:
    """Count the working days after the day of one moment up to the day of another.

    Returns
    -------
    pandas.Series
        Whole days as float64; missing where either moment is; negative where the end comes first.

    Examples
    --------
    >>> start = pd.Series(pd.to_datetime(["2026-07-02 18:00"], utc=True))
    >>> end = pd.Series(pd.to_datetime(["2026-07-07 18:00"], utc=True))
    >>> working_days_between(start, end, calendar="US")[0]
    np.float64(2.0)
    """
    known = start.notna() & end.notna()
    counted = pd.Series(np.nan, index=start.index, dtype="float64")
    if not known.any():
        return counted
    # numpy counts from the first day up to, not with, the last: shifting both by a day counts what comes after the first.
    first, last = (_local_days(part[known], timezone) + np.timedelta64(1, "D") for part in (start, end))
    off = _holidays(calendar, np.concatenate([first, last]), 0)
    counted[known] = np.busday_count(first, last, holidays=off).astype("float64")
    return counted


def _local_days(moments: pd.Series[pd.Timestamp], timezone: str) -> npt.NDArray[np.datetime64]:
    local = moments.dt.tz_convert(timezone).dt.tz_localize(None)
    return local.to_numpy().astype("datetime64[D]")


def _holidays(calendar: str | None, days: npt.NDArray[np.datetime64], ahead: int) -> npt.NDArray[np.datetime64]:
    if calendar is None:
        return np.array([], dtype="datetime64[D]")
    years = days.astype("datetime64[Y]").astype(int) + 1970
    last = int(years.max()) + 1 + ahead // 200  # a year has more than 200 working days
    return np.array(public_holidays(calendar, int(years.min()) - 1, last), dtype="datetime64[D]")
