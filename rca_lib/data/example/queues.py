"""Queues that build: each team works first come, first served, at a capacity that follows the load with a delay."""

from __future__ import annotations

import numpy as np

from rca_lib.data.example.attributes import Columns
from rca_lib.data.example.calendar import (
    DAYS,
    GRID,
    TEAM_SITES,
    FloatArray,
    WorkClock,
    hours_at,
    site_open,
    team_clocks,
)
from rca_lib.data.example.process_types import PROCESS_TYPES

__all__ = ["advance", "begin_work", "draw_effort", "served_in_order"]

_STAFFED_FOR_DAYS = {"TEAM-D": 28, "TEAM-E": 28}
_STAFFED_FOR_DAYS_ELSEWHERE = 84
_SLACK = {"TEAM-A": 1.17, "TEAM-B": 1.14, "TEAM-C": 1.12, "TEAM-D": 1.26, "TEAM-E": 1.32, "TEAM-R": 2.5}
"""Capacity over the load that a team was staffed for."""

# Days in which a team works below its usual strength: (team or None for all, from, to, factor).
_DIPS = (
    (None, "2024-08-05", "2024-08-23", 0.93),
    (None, "2025-08-04", "2025-08-22", 0.93),
    (None, "2024-12-20", "2025-01-02", 0.85),
    (None, "2025-12-19", "2026-01-02", 0.85),
    ("TEAM-B", "2024-10-14", "2024-12-01", 0.95),
    ("TEAM-C", "2025-04-21", "2025-05-23", 0.93),
    ("TEAM-A", "2025-02-10", "2025-03-07", 0.94),
)


def advance(team: np.ndarray, moment: FloatArray, duration: FloatArray) -> FloatArray:
    """Add working hours to moments, each on the clock of its team."""
    done = np.empty_like(moment)
    for name, clock in team_clocks().items():
        here = team == name
        done[here] = clock.advance(moment[here], duration[here])
    return done


def draw_effort(columns: Columns, rng: np.random.Generator) -> FloatArray:
    """Working hours that each request takes from its team: by kind, more with identifiers, uneven."""
    mean = np.array([t.effort for t in PROCESS_TYPES])[columns["kind"]]
    size = 1.0 + 0.15 * (columns["n_identifiers"] - 1)
    return np.asarray(mean * size * rng.lognormal(-0.125, 0.5, len(mean)))


def _capacity(team: str, arrived: FloatArray, effort: FloatArray) -> WorkClock:
    """Capacity in effort hours: staffed for the trailing quarter, spread over the hours in which the team works."""
    daily = np.bincount(np.clip(arrived // 24, 0, DAYS - 1).astype(int), weights=effort, minlength=DAYS)
    window = _STAFFED_FOR_DAYS.get(team, _STAFFED_FOR_DAYS_ELSEWHERE)
    padded = np.concatenate([np.full(window, daily[:window].mean()), daily])
    summed = np.concatenate([[0.0], np.cumsum(padded)])
    staffed_for = (summed[window:] - summed[:-window])[:DAYS] / window
    per_day = np.concatenate([staffed_for, np.full(len(GRID) // 24 + 1 - DAYS, staffed_for[-1])]) * _SLACK[team]
    for who, begin, end, factor in _DIPS:
        if who in (None, team):
            per_day[int(hours_at(begin) // 24) : int(hours_at(end) // 24)] *= factor
    hourly = per_day[(GRID // 24).astype(int)]
    if TEAM_SITES[team] == "all sites":
        return WorkClock.from_hourly(hourly / 24.0)
    return WorkClock.from_hourly(hourly * site_open(TEAM_SITES[team]) * 7.0 / 48.5)


def served_in_order(arrived: FloatArray, effort: FloatArray, capacity: WorkClock) -> FloatArray:
    """Moment at which work on each request begins when a team serves in the order of arrival.

    The recursion "a request begins when it has arrived and all before it are done", in capacity time, solved with one
    running maximum.

    Examples
    --------
    >>> clock = WorkClock.from_hourly(np.ones(len(GRID)))
    >>> served_in_order(np.array([0.0, 1.0, 10.0]), np.array([3.0, 3.0, 1.0]), clock).tolist()
    [0.0, 3.0, 10.0]
    """
    before = np.concatenate(([0.0], np.cumsum(effort)[:-1]))
    begin = before + np.maximum.accumulate(capacity.worked(arrived) - before)
    return np.maximum(arrived, capacity.moment(begin))


def begin_work(columns: Columns, arrived: FloatArray, effort: FloatArray) -> FloatArray:
    """Moment at which the team takes up each request after it has arrived in the team's queue."""
    begun = np.empty_like(arrived)
    for team in TEAM_SITES:
        here = np.flatnonzero(columns["team_id"] == team)
        order = here[np.argsort(arrived[here], kind="stable")]
        if len(order):
            begun[order] = served_in_order(
                arrived[order], effort[order], _capacity(team, arrived[order], effort[order])
            )
    return begun
