"""Deadlines of requests: as given, or from the service targets with paused time taken out."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from rca_lib.analysis.clock import holiday_dates, hours_between, moments, text_column, working_days_later

__all__ = ["deadline_settings", "deadlines"]

_ROUNDS = 20
"""A pause can move a deadline past the start of the next one, which moves it again; longer chains are data errors."""


def deadlines(
    requests: pd.DataFrame,
    *,
    policies: pd.DataFrame | None = None,
    spans: pd.DataFrame | None = None,
    timezone: str = "UTC",
    working_days: str | None = None,
) -> pd.DataFrame:
    """Work out when each request falls due.

    A `due_at` on the request stands as it is: it is a date that somebody else set. Where there is none, the target of
    the request's process type applies, the one for its urgency before the general one, if it was in force on receipt.
    Such a target counts hours, or working days from the day after receipt, and each pause that began before the
    deadline moves it by the hours, or the working days, that the pause took.

    Parameters
    ----------
    requests : request_id, received_at, and process_type, urgency, due_at where known.
    policies : ``sla_policies`` of the data contract.
    spans : pauses, from `rca_lib.analysis.clock.pauses`.
    timezone, working_days : the local calendar in which working days are counted; ``None`` is Monday to Friday.

    Returns
    -------
    Frame with the index of `requests`: request_id, due_at (UTC, missing where no rule applies), rule ("given",
    "hours", "working days" or "").
    """
    # pandas 3.1 lets a frame made of zoned columns write through to them, copy-on-write or not.
    due = moments(requests, "due_at").copy()
    result = pd.DataFrame({"request_id": requests["request_id"], "due_at": due, "rule": ""}, index=requests.index)
    result["rule"] = result["rule"].astype("str").mask(due.notna(), "given")
    if policies is None or policies.empty:
        return result
    todo = requests[due.isna() & requests["received_at"].notna()]
    hours, days = _targets(todo, policies)
    for amounts, name in ((hours, "hours"), (days, "working days")):
        rows = todo[~np.isnan(amounts)]
        if rows.empty:
            continue
        holidays = holiday_dates(working_days, _years(rows["received_at"]))
        moved = _moved(rows, amounts[~np.isnan(amounts)], name == "hours", spans, timezone, holidays)
        result.loc[rows.index, "due_at"] = moved
        result.loc[rows.index, "rule"] = name
    return result


def _targets(requests: pd.DataFrame, policies: pd.DataFrame) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.float64]]:
    """Find the target in hours and in working days of each request; ``nan`` where it has none."""
    kinds, urgencies = (text_column(requests, name).to_numpy() for name in ("process_type", "urgency"))
    received = requests["received_at"]
    hours, days = np.full(len(requests), np.nan), np.full(len(requests), np.nan)
    ordered = policies.assign(urgency=text_column(policies, "urgency"), specific=text_column(policies, "urgency") != "")
    sort_by = ["specific"] + (["effective_from"] if "effective_from" in policies.columns else [])
    # The more specific and the newer policy is written last, and so wins.
    for policy in ordered.sort_values(sort_by, kind="stable", na_position="first").to_dict("records"):
        applies = kinds == policy["process_type"]
        if policy["specific"]:
            applies &= urgencies == policy["urgency"]
        if pd.notna(policy.get("effective_from")):
            applies &= (received >= policy["effective_from"]).to_numpy()
        if pd.notna(policy.get("effective_to")):
            applies &= (received < policy["effective_to"]).to_numpy()
        in_hours, in_days = policy.get("target_hours"), policy.get("target_working_days")
        if pd.notna(in_hours):
            hours[applies], days[applies] = float(in_hours), np.nan
        elif pd.notna(in_days):
            hours[applies], days[applies] = np.nan, float(in_days)
    return hours, days


def _moved(
    requests: pd.DataFrame,
    amounts: npt.NDArray[np.float64],
    in_hours: bool,
    spans: pd.DataFrame | None,
    timezone: str,
    holidays: npt.NDArray[np.datetime64],
) -> pd.Series:
    received = requests["received_at"].astype("datetime64[us, UTC]")

    def due_after(extra: npt.NDArray[np.float64]) -> pd.Series:
        if in_hours:
            return received + pd.to_timedelta((amounts + extra) * 3600e6, unit="us").astype("timedelta64[us]")
        whole = np.ceil(amounts + extra).astype(np.int64)
        return working_days_later(received, whole, timezone=timezone, holidays=holidays)

    due = due_after(np.zeros(len(requests)))
    if spans is None or spans.empty:
        return due
    rows = pd.DataFrame({"row": np.arange(len(requests)), "request_id": requests["request_id"].to_numpy()})
    pairs = rows.merge(spans, on="request_id")
    if pairs.empty:
        return due
    if in_hours:
        cost = hours_between(pairs["started"], pairs["ended"]).to_numpy()
    else:
        local = [pairs[end].dt.tz_convert(timezone).dt.tz_localize(None) for end in ("started", "ended")]
        first, last = (day.to_numpy().astype("datetime64[D]") for day in local)
        cost = np.busday_count(first, last, holidays=holidays).astype(float)
    row = pairs["row"].to_numpy()
    for _ in range(_ROUNDS):
        begun = (pairs["started"] <= due.iloc[row].set_axis(pairs.index)).to_numpy(dtype=float)
        later = due_after(np.bincount(row, weights=cost * begun, minlength=len(requests)).astype(float))
        if later.equals(due):
            break
        due = later
    return due


def _years(moments: pd.Series) -> list[int]:
    # A target or a pause may reach into the years after receipt.
    return list(range(moments.dt.year.min() - 1, moments.dt.year.max() + 4))


def deadline_settings(config: Any) -> dict[str, Any]:
    """Read the local calendar of a source's configuration; UTC and Monday to Friday where it has none."""
    return {
        "timezone": getattr(config, "timezone", None) or "UTC",
        "working_days": getattr(config, "working_days", None),
    }
