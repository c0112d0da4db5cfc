"""Clocks: which time counts, which was paused, and when a target counted in working days runs out."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

__all__ = [
    "as_moment",
    "holiday_dates",
    "hours_between",
    "moments",
    "multiplicity",
    "paused_hours",
    "pauses",
    "span_quantile",
    "text_column",
    "working_days_later",
]


def as_moment(when: Any) -> pd.Timestamp:
    """Read a moment as a UTC timestamp; a naive one is taken as UTC.

    Examples
    --------
    >>> as_moment("2025-03-01")
    Timestamp('2025-03-01 00:00:00+0000', tz='UTC')
    """
    stamp = pd.Timestamp(when)
    return stamp.tz_localize("UTC") if stamp.tzinfo is None else stamp.tz_convert("UTC")


def hours_between(started: pd.Series, ended: pd.Series) -> pd.Series:
    """Hours from `started` to `ended`, row by row; ``nan`` where either is missing."""
    return (ended - started).dt.total_seconds() / 3600


def span_quantile(spans: pd.Series, share: float) -> pd.Timedelta:
    """Quantile of spans of time, never below zero; zero where none is known."""
    known = spans.dropna().dt.total_seconds().to_numpy()
    return pd.Timedelta(seconds=round(max(float(np.quantile(known, share)), 0.0)) if known.size else 0)


def text_column(frame: pd.DataFrame, name: str) -> pd.Series:
    """Return a text column of `frame`, with "" where a value or the whole column is missing."""
    if name not in frame.columns:
        return pd.Series("", index=frame.index, dtype="str")
    return frame[name].astype("str").fillna("")


def moments(frame: pd.DataFrame, name: str) -> pd.Series:
    """Return a column of moments of `frame`, all missing where the column is missing."""
    if name in frame.columns:
        return frame[name]
    return pd.Series(pd.NaT, index=frame.index, dtype="datetime64[us, UTC]")


def multiplicity(requests: pd.DataFrame) -> pd.Series:
    """Return how many requests each row stands for (column ``n``); 1 where it does not say."""
    if "n" not in requests.columns:
        return pd.Series(1, index=requests.index, dtype="int64")
    return requests["n"].astype("Int64").fillna(1).astype("int64")


def pauses(events: pd.DataFrame, *, as_of: Any) -> pd.DataFrame:
    """Find the spans in which the clock of a request was stopped.

    A span runs from a ``pause`` to the next ``resume`` of the same request; a second pause inside a span changes
    nothing. A pause that was never resumed ends with the next recorded work on the request, else at `as_of`, so that a
    forgotten entry takes out as little time as the record allows.

    Parameters
    ----------
    events : request_id, ts and lifecycle (and seq, which breaks ties).
    as_of : nothing later is used.

    Returns
    -------
    Frame of request_id, started, ended; by request and time, spans of one request never overlap.
    """
    as_of = as_moment(as_of)
    kind = text_column(events, "lifecycle")
    marking = (kind == "pause") | (kind == "resume")
    marks = events[marking]
    marks = marks[marks["ts"] <= as_of]
    if marks.empty:
        return pd.DataFrame({"request_id": pd.Series(dtype="str"), "started": marks["ts"], "ended": marks["ts"]})
    order = ["request_id", "ts"] + (["seq"] if "seq" in marks.columns else [])
    marks = marks.sort_values(order, kind="stable")
    stops = (marks["lifecycle"] == "pause").to_numpy()
    ids = marks["request_id"]
    same_as_before = (ids == ids.shift()).to_numpy()
    # Of several marks of one kind in a row the first counts; a resume with no pause before it counts for nothing.
    kept = marks[np.where(same_as_before, stops != np.roll(stops, 1), stops)]
    stops = (kept["lifecycle"] == "pause").to_numpy()
    resumed = (kept["request_id"] == kept["request_id"].shift(-1)).to_numpy()
    ended = kept["ts"].shift(-1).where(resumed)
    spans = pd.DataFrame({"request_id": kept["request_id"], "started": kept["ts"], "ended": ended})[stops]
    return _close_open_pauses(spans, events, ~marking, as_of).reset_index(drop=True)


def _close_open_pauses(spans: pd.DataFrame, events: pd.DataFrame, work: pd.Series, as_of: pd.Timestamp) -> pd.DataFrame:
    open_spans = spans["ended"].isna()
    if not bool(open_spans.any()):
        return spans
    waiting = spans.loc[open_spans, ["request_id", "started"]].reset_index()
    after = events.loc[work & events["request_id"].isin(waiting["request_id"]), ["request_id", "ts"]]
    later = waiting.merge(after, on="request_id")
    later = later[(later["ts"] > later["started"]) & (later["ts"] <= as_of)]
    spans.loc[open_spans, "ended"] = later.groupby("index")["ts"].min().reindex(spans.index[open_spans])
    spans["ended"] = spans["ended"].fillna(as_of)
    return spans


def paused_hours(spans: pd.DataFrame, request_ids: pd.Series, started: pd.Series, ended: pd.Series) -> pd.Series:
    """Hours of `spans` (from `pauses`) that lie between `started` and `ended`, for each row of `request_ids`.

    Rows without an end or without a pause get 0. Every series has the same index, which the result keeps.
    """
    result = pd.Series(0.0, index=request_ids.index)
    if spans.empty or request_ids.empty:
        return result
    paused = request_ids.isin(spans["request_id"]).to_numpy()
    rows = pd.DataFrame({"request_id": request_ids[paused], "from": started[paused], "to": ended[paused]})
    rows["row"] = np.flatnonzero(paused)
    pairs = rows.merge(spans, on="request_id")
    begin = pairs[["from", "started"]].max(axis=1)
    finish = pairs[["to", "ended"]].min(axis=1).where(pairs["to"].notna())
    shared = hours_between(begin, finish).clip(lower=0).fillna(0.0)
    total = shared.groupby(pairs["row"]).sum()
    values = result.to_numpy(copy=True)
    values[total.index.to_numpy()] = total.to_numpy()
    return pd.Series(values, index=request_ids.index)


def holiday_dates(country: str | None, years: Sequence[int]) -> npt.NDArray[np.datetime64]:
    """Public holidays of a country (``"US"``, ``"US-CA"``) in the given years; none without a country."""
    if not country or not years:
        return np.array([], dtype="datetime64[D]")
    from holidays import country_holidays

    name, _, region = country.partition("-")
    days = country_holidays(name, subdiv=region or None, years=list(years))
    return np.array(sorted(days), dtype="datetime64[D]")


def working_days_later(
    received: pd.Series,
    days: npt.NDArray[np.int64],
    *,
    timezone: str = "UTC",
    holidays: npt.NDArray[np.datetime64] | None = None,
) -> pd.Series:
    """End of the last of `days` working days after each moment of receipt.

    The first working day after the day of receipt is day one, and a target runs to midnight at the end of its last
    day, both by the local calendar of `timezone`.

    Examples
    --------
    A request of a Friday with one working day to go has until the end of Monday:

    >>> friday = pd.Series(pd.to_datetime(["2025-03-07 15:00"], utc=True))
    >>> working_days_later(friday, np.array([1])).iloc[0]
    Timestamp('2025-03-11 00:00:00+0000', tz='UTC')
    """
    closed = np.array([], dtype="datetime64[D]") if holidays is None else holidays
    local = received.dt.tz_convert(timezone).dt.tz_localize(None).to_numpy().astype("datetime64[D]")
    last = np.busday_offset(local, days, roll="backward", holidays=closed)
    midnight = pd.Series(last + np.timedelta64(1, "D"), index=received.index).astype("datetime64[us]")
    return midnight.dt.tz_localize(timezone, nonexistent="shift_forward", ambiguous=True).dt.tz_convert("UTC")
