"""How long requests take: from receipt to closing, with paused time taken out and open requests kept in."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from rca_lib.analysis.clock import as_moment, hours_between, moments, multiplicity, paused_hours, pauses, text_column
from rca_lib.analysis.cox import CoxFit, cox_regression
from rca_lib.analysis.deadlines import deadline_settings, deadlines
from rca_lib.analysis.intervals import Estimate, rate
from rca_lib.analysis.outcome import Outcome
from rca_lib.analysis.segments import benjamini_hochberg
from rca_lib.analysis.survival import LogRank, SurvivalCurve, kaplan_meier, log_rank
from rca_lib.analysis.trials import trials

__all__ = [
    "FEWEST",
    "Comparison",
    "GroupTime",
    "RequestTimes",
    "attainment",
    "common_horizon",
    "compare_times",
    "request_times",
]

FEWEST = 20
"""Requests that a group needs for a curve of its own; smaller ones are pooled."""

TARGET_SPREAD = 0.2
"""Allowed times that lie this close to their median, for nine in ten requests, count as one target."""

_FINISHED = ("full", "partial", "rejected", "no_data")


@dataclass(frozen=True, eq=False)
class RequestTimes:
    """How long each request has run.

    Attributes
    ----------
    frame : one row per request: request_id, at (receipt, UTC), hours (run so far, pauses taken out), closed, n.
    paused : requests whose clock was stopped at least once.
    withdrawn : requests withdrawn, which are watched until then and not counted as closed.
    left_out : requests whose closing time is missing or before their receipt.
    target : hours allowed, where nearly all requests are allowed the same; else ``None``.
    ok, reason, would_allow : whether times could be worked out; if not, why and what would allow it.
    """

    frame: pd.DataFrame
    paused: int = 0
    withdrawn: int = 0
    left_out: int = 0
    target: float | None = None
    ok: bool = True
    reason: str = ""
    would_allow: str = ""


@dataclass(frozen=True, eq=False)
class GroupTime:
    """The times of one group, and how fast it closes requests against all others."""

    name: str
    curve: SurvivalCurve
    against_others: CoxFit | None = None
    log_rank: LogRank | None = None
    p_adjusted: float = math.nan


@dataclass(frozen=True, eq=False)
class Comparison:
    """Times of several groups: each of them, and whether they differ at all.

    ``horizon`` is the longest time, in hours, up to which the restricted mean of every group can be read.
    """

    groups: tuple[GroupTime, ...]
    overall: LogRank
    horizon: float


def request_times(tables: Mapping[str, pd.DataFrame], *, as_of: Any, config: Any = None) -> RequestTimes:
    """Work out how long each request has run, from receipt to closing or to `as_of`.

    Time in which the clock was paused does not count. A request that is open, or was closed after `as_of`, is censored
    there; a withdrawn one at its withdrawal, since nobody knows how long it would have taken.

    Parameters
    ----------
    tables : tables of the data contract: requests, and events and sla_policies where known.
    as_of : nothing recorded later is used.
    config : settings of the source (timezone, working_days).
    """
    as_of = as_moment(as_of)
    requests = tables.get("requests")
    if requests is None or requests.empty:
        return _unknown("No requests were supplied.", "Requests with times of receipt and closing would allow it.")
    requests = requests[requests["received_at"] <= as_of].drop_duplicates("request_id")
    received, closed_at = requests["received_at"], moments(requests, "closed_at")
    if requests.empty or not bool(closed_at.notna().any() or (text_column(requests, "outcome") == "open").any()):
        return _unknown("No request has a closing time.", "Closing times (closed_at) would allow it.")
    closed = (closed_at <= as_of).to_numpy()
    result = text_column(requests, "outcome")
    events = tables.get("events")
    spans = None if events is None else pauses(events, as_of=as_of)
    until = closed_at.where(closed, as_of)
    paused = 0.0 if spans is None else paused_hours(spans, requests["request_id"], received, until)
    hours = hours_between(received, until)
    withdrawn = (result == "withdrawn").to_numpy()
    unusable = ((closed_at.isna() & result.isin((*_FINISHED, "withdrawn"))) | (hours < 0)).to_numpy()
    frame = pd.DataFrame(
        {
            "request_id": requests["request_id"],
            "at": received,
            "hours": (hours - paused).clip(lower=0),
            "closed": closed & ~withdrawn,
            "n": multiplicity(requests),
        }
    )[~unusable]
    n = frame["n"].to_numpy()
    had_pause = frame["request_id"].isin([] if spans is None else spans["request_id"])
    return RequestTimes(
        frame.sort_values(["at", "request_id"], kind="stable", ignore_index=True),
        int(n[had_pause.to_numpy()].sum()),
        int(n[(withdrawn & closed)[~unusable]].sum()),
        int(multiplicity(requests)[unusable].sum()),
        _target(requests[~unusable], tables, spans, config),
        ok=not frame.empty,
        reason="" if len(frame) else "No request has a usable time of receipt and closing.",
        would_allow="" if len(frame) else "Closing times after the time of receipt would allow it.",
    )


def _target(requests: pd.DataFrame, tables: Mapping[str, pd.DataFrame], spans: Any, config: Any) -> float | None:
    due = deadlines(requests, policies=tables.get("sla_policies"), spans=spans, **deadline_settings(config))["due_at"]
    allowed = hours_between(requests["received_at"], due)
    if spans is not None:
        allowed = allowed - paused_hours(spans, requests["request_id"], requests["received_at"], due)
    known = allowed.dropna().to_numpy()
    if len(known) < max(len(requests) / 2, 1):
        return None
    low, middle, high = np.quantile(known, [0.05, 0.5, 0.95])
    return float(middle) if middle > 0 and (high - low) / 2 <= TARGET_SPREAD * middle else None


def compare_times(times: pd.DataFrame, group: npt.ArrayLike, *, order: Sequence[str] | None = None) -> Comparison:
    """Compare how long the requests of several groups run.

    Each group is set against all others by a log-rank test and a Cox hazard ratio (above 1: closed faster); p-values
    are adjusted over the groups by Benjamini and Hochberg. With two groups there is one comparison: the last against
    the first.

    Parameters
    ----------
    times : the frame of `RequestTimes`.
    group : the name of each row's group.
    order : groups in the order wanted; by default the largest first.
    """
    copies = times["n"].to_numpy()
    names = np.repeat(np.asarray(group, dtype=object).astype(str), copies)
    hours, closed = np.repeat(times["hours"].to_numpy(float), copies), np.repeat(times["closed"].to_numpy(bool), copies)
    listed = list(order) if order is not None else pd.Series(names).value_counts().index.tolist()
    curves = {name: kaplan_meier(hours[names == name], closed[names == name]) for name in listed}
    compared = [] if len(listed) < 2 else listed[1:] if len(listed) == 2 else listed
    tests = {name: log_rank(hours, closed, names == name) for name in compared}
    adjusted = dict.fromkeys(compared, math.nan)
    known = [name for name in compared if not math.isnan(tests[name].p)]
    if known:
        adjusted |= dict(zip(known, benjamini_hochberg(np.array([tests[name].p for name in known])), strict=True))
    groups = tuple(
        GroupTime(name, curves[name])
        if name not in tests
        else GroupTime(
            name,
            curves[name],
            cox_regression(hours, closed, (names == name).astype(float)),
            tests[name],
            float(adjusted[name]),
        )
        for name in listed
    )
    return Comparison(groups, log_rank(hours, closed, names), common_horizon(list(curves.values())))


def common_horizon(curves: Sequence[SurvivalCurve]) -> float:
    """Longest time up to which every curve is known and the largest group still watches a twentieth of its requests."""
    ends = [
        math.inf if curve.k and curve.survival[-1] == 0 else float(curve.durations[-1]) for curve in curves if curve.n
    ]
    largest = max(curves, key=lambda curve: curve.n, default=None)
    if largest is None or not largest.n:
        return math.nan
    return min([*ends, float(np.quantile(largest.durations, 0.95))])


def attainment(late: Outcome, group: pd.Series | None = None) -> dict[str, Estimate]:
    """Share of requests that were closed in time, by group.

    The rule is that of the outcome ``LAT``: open and overdue counts as missed; open and not yet due is left out, as are
    requests received so lately that most of their kind are not due yet.

    Parameters
    ----------
    late : the outcome ``LAT`` of `rca_lib.analysis.outcome.outcome_of`.
    group : the group of each request by request_id; ``None`` for all in one, named "".
    """
    if not late.ok:
        return {}
    rows = trials(late)
    names = pd.Series("", index=rows.index) if group is None else group.reindex(rows["request_id"]).set_axis(rows.index)
    in_time = (~rows["failed"]) * rows["n"]
    totals = pd.DataFrame({"k": in_time, "n": rows["n"]}).groupby(names).sum()
    return {str(name): rate(float(row["k"]), float(row["n"])) for name, row in totals.iterrows()}


def _unknown(reason: str, would_allow: str) -> RequestTimes:
    blank = pd.DataFrame({"request_id": [], "at": [], "hours": [], "closed": [], "n": []})
    return RequestTimes(blank, ok=False, reason=reason, would_allow=would_allow)
