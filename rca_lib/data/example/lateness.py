"""Which requests missed their deadline: the date on the process where there is one, else the internal target."""

from __future__ import annotations

import numpy as np

from rca_lib.data.example.attributes import Columns
from rca_lib.data.example.calendar import DAYS, END, START, FloatArray, holiday_mask
from rca_lib.data.example.process_types import PROCESS_TYPES

__all__ = ["EXPEDITED_WORKING_DAYS", "deadlines", "missed_deadline"]

EXPEDITED_WORKING_DAYS = 6


def _after_working_days(moment: FloatArray, working_days: FloatArray) -> FloatArray:
    """Same time of day so many US working days later."""
    first = START.astype("datetime64[D]")
    off = first + np.flatnonzero(holiday_mask("US")[: DAYS + 200])
    day = first + np.floor(moment / 24.0).astype(int)
    begin = np.busday_offset(day, 0, roll="forward", holidays=off)
    end = np.busday_offset(begin, working_days.astype(int), holidays=off)
    days = (end - first).astype(float)
    return np.asarray(days * 24.0 + moment % 24.0)


def deadlines(columns: Columns, paused: FloatArray) -> FloatArray:
    """Moment by which each request is due, in hours; a target moves by the time in which the request was paused."""
    kind = columns["kind"]
    hours = np.array([t.target_hours or np.nan for t in PROCESS_TYPES])[kind]
    days = np.array([float(t.target_working_days or 0) for t in PROCESS_TYPES])[kind]
    days = np.where((columns["urgency"] == "expedited"), np.minimum(days, EXPEDITED_WORKING_DAYS), days)
    target = np.where(np.isnan(hours), _after_working_days(columns["received"], days), columns["received"] + hours)
    return np.where(np.isnan(columns["due"]), target + paused, columns["due"])


def missed_deadline(columns: Columns, paused: FloatArray) -> np.ndarray:
    """Whether each request missed its deadline; one that is open and overdue has, one that is not yet due has not."""
    due = deadlines(columns, paused)
    finished = np.where(np.isnan(columns["closed"]), END, columns["closed"])
    return np.asarray((finished > due) & (due < END))
