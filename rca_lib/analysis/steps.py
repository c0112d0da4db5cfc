"""How long each step of each request took, from the workflow events."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from rca_lib.analysis.clock import as_moment, hours_between, paused_hours, pauses, text_column

__all__ = ["step_durations"]

IntArray = npt.NDArray[np.int64]
BoolArray = npt.NDArray[np.bool_]

COLUMNS = (
    "request_id",
    "step",
    "started",
    "ended",
    "hours",
    "paused_hours",
    "order",
    "occurrence",
    "open",
    "measured",
)

_MISSING = np.iinfo(np.int64).min
"""How numpy writes a missing moment as a whole number."""

_NEVER = np.iinfo(np.int64).max


def step_durations(events: pd.DataFrame, *, as_of: Any = None, requests: pd.DataFrame | None = None) -> pd.DataFrame:
    """Measure every step of every request; where steps do not overlap, the parts add up to the whole.

    A step that has a ``start`` and a ``complete`` lasts from the one to the other ("work"), and the time from the step
    completed before it to its start is a row of its own, ``wait_for_<step>`` ("waiting"). A step that is only on record
    as complete lasts from the step completed before it, so that waiting and work are in one ("since previous step"), or
    "since closing", which is no work at all, where the request had been closed. A step that was started, never
    completed, and followed by other steps has no known end.

    Parameters
    ----------
    events : request_id, activity, ts, and lifecycle (complete unless said) and seq (breaks ties) where known.
    as_of : nothing later is used, and open steps last at least until then; the newest event by default.
    requests : where given, time runs from `received_at` to the first step; else that first wait is not known.

    Returns
    -------
    Frame, by request and order: request_id, step (the activity, or ``wait_for_`` and the activity), started, ended
    (missing while open), hours (pauses taken out), paused_hours, order (1, 2, ... within the request), occurrence (2 or
    more where a step was done again), open, measured.
    """
    as_of = as_moment(events["ts"].max() if as_of is None else as_of) if len(events) else as_moment(as_of or 0)
    log = _sorted_log(events, as_of)
    unfinished, started_by = _match_starts(log)
    before = _previous_complete(log)
    at = np.append(log.at, _MISSING)
    position = np.arange(len(log.at))
    alone = log.complete & (started_by < 0)
    late = alone & _after_closing(log, before)
    since, after = np.flatnonzero(alone & ~late), np.flatnonzero(late)
    worked = np.flatnonzero(log.complete & (started_by >= 0))
    left = np.flatnonzero(unfinished)
    begun = np.concatenate([started_by[worked], position[left]])
    parts = [
        _Part(since, at[before[since]], at[since], "since previous step"),
        _Part(after, at[before[after]], at[after], "since closing"),
        _Part(worked, at[started_by[worked]], at[worked], "work"),
        _Part(left, at[left], np.full(len(left), _MISSING), "work"),
        _Part(begun, at[before[begun]], at[begun], "waiting"),
    ]
    rows = np.concatenate([part.rows for part in parts])
    measured = np.repeat(np.arange(len(parts)), [len(part.rows) for part in parts])
    waiting = measured == len(parts) - 1
    request, step = log.request[rows], log.step[rows] + waiting * len(log.steps)
    names = log.steps.append(pd.Index("wait_for_" + log.steps.astype("str"), dtype=log.steps.dtype))
    started = np.concatenate([part.started for part in parts])
    if requests is not None:
        started = _from_receipt(started, request, log.ids, requests)
    ended = np.concatenate([part.ended for part in parts])
    order = _order(request, started, ended)
    known = order[~waiting[order] | (started[order] != _MISSING)]
    still_open = (ended == _MISSING) & log.last[rows]
    frame = pd.DataFrame(
        {
            "request_id": log.ids.take(request[known]),
            "step": names.take(step[known]),
            "started": _as_moments(started[known]),
            "ended": _as_moments(ended[known]),
            "order": _count_within(request[known]),
            "occurrence": _count_again(request[known], step[known]),
            "open": still_open[known],
            "measured": pd.Index([part.measured for part in parts], dtype="str").take(measured[known]),
        }
    )
    until = frame["ended"].mask(frame["open"], as_of)
    frame["paused_hours"] = paused_hours(pauses(events, as_of=as_of), frame["request_id"], frame["started"], until)
    frame["hours"] = (hours_between(frame["started"], until) - frame["paused_hours"]).clip(lower=0)
    return frame[list(COLUMNS)]


@dataclass(frozen=True, eq=False)
class _Part:
    """Spans measured in one way: the event each belongs to, and when it began and ended (microseconds)."""

    rows: IntArray
    started: IntArray
    ended: IntArray
    measured: str


def _from_receipt(started: IntArray, request: IntArray, ids: pd.Index, requests: pd.DataFrame) -> IntArray:
    """Let what has no step before it begin when the request was received."""
    first = started == _MISSING
    known = requests.drop_duplicates("request_id").set_index("request_id")["received_at"]
    received = known.reindex(ids).astype("datetime64[us, UTC]").astype("int64").to_numpy(dtype=np.int64)
    return np.where(first, received[request], started)


@dataclass(frozen=True, eq=False)
class _Log:
    """Work events in order: by request, time, seq, start before complete, and place in the table.

    `request` and `step` are positions in `ids` and `steps`; `at` is in microseconds; `last` marks the last event of a
    request.
    """

    ids: pd.Index
    steps: pd.Index
    request: IntArray
    step: IntArray
    at: IntArray
    complete: BoolArray
    last: BoolArray


def _sorted_log(events: pd.DataFrame, as_of: pd.Timestamp) -> _Log:
    kind = text_column(events, "lifecycle")
    begins = (kind == "start").to_numpy(dtype=bool)
    complete = ((kind == "complete") | (kind == "")).to_numpy(dtype=bool)
    work = (begins | complete) & (events["ts"] <= as_of).to_numpy(dtype=bool)
    request, ids = pd.factorize(events["request_id"])
    step, steps = pd.factorize(events["activity"])
    at = events["ts"].astype("datetime64[us, UTC]").astype("int64").to_numpy()
    seq = np.zeros(len(events), dtype=float)
    if "seq" in events.columns:
        seq[:] = events["seq"].astype("Float64").fillna(0).to_numpy(dtype=float)
    request, step, at, seq, complete = request[work], step[work], at[work], seq[work], complete[work]
    order = np.lexsort((complete, seq, at, request))
    at, request, step = at[order], request[order].astype(np.int64), step[order].astype(np.int64)
    complete = complete[order]
    # The same event ingested twice is one event; twins share a moment, so only those rows are compared.
    tied = np.append(at[1:] == at[:-1], False) | np.append(False, at[1:] == at[:-1])
    twins = pd.DataFrame({"request": request, "step": step, "at": at, "complete": complete})[tied[: len(at)]]
    once = np.ones(len(at), dtype=bool)
    once[twins.index[twins.duplicated()]] = False
    request = request[once]
    last = np.append(request[1:] != request[:-1], np.ones(min(len(request), 1), dtype=bool))
    return _Log(pd.Index(ids), pd.Index(steps), request, step[once], at[once].astype(np.int64), complete[once], last)


def _match_starts(log: _Log) -> tuple[BoolArray, IntArray]:
    """Pair each complete with the start of the same step before it; tell the starts that have no complete.

    Returns the starts that were left without a complete, and for each row the position of its start, or -1.
    """
    n = len(log.at)
    by_step = np.lexsort((np.arange(n), log.step, log.request))
    group = log.request[by_step].astype(np.int64) * (int(log.step.max(initial=0)) + 1) + log.step[by_step]
    starts = ~log.complete[by_step]
    follows = np.append(np.zeros(min(n, 1), dtype=bool), group[1:] == group[:-1])
    after_start = follows & np.append(np.zeros(min(n, 1), dtype=bool), starts[:-1])
    # Of several starts in a row the first counts: the work was picked up again, not begun anew.
    first = np.maximum.accumulate(np.where(starts & ~after_start, np.arange(n), -1)) if n else np.arange(0)
    started_by = np.full(n, -1, dtype=np.int64)
    paired = ~starts & after_start
    started_by[by_step[paired]] = by_step[first[paired]]
    left = np.zeros(n, dtype=bool)
    left[by_step[starts & ~after_start]] = True
    left[started_by[started_by >= 0]] = False
    return left, started_by


def _previous_complete(log: _Log) -> IntArray:
    """Position of the latest complete of the same request before each row, or -1."""
    n = len(log.at)
    if not n:
        return np.zeros(0, dtype=np.int64)
    seen = np.maximum.accumulate(np.where(log.complete, np.arange(n), -1))
    before = np.append([-1], seen[:-1])
    return np.where((before >= 0) & (log.request[before] == log.request), before, -1)


def _as_moments(microseconds: IntArray) -> pd.Series:
    return pd.Series(microseconds.astype("datetime64[us]")).dt.tz_localize("UTC")


def _after_closing(log: _Log, before: IntArray) -> BoolArray:
    """Tell the rows before which the request had been closed, and not been taken up again."""
    n = len(log.at)
    codes = log.steps.get_indexer(pd.Index(["close", "reopen"], dtype=log.steps.dtype))
    if n == 0 or codes[0] < 0:
        return np.zeros(n, dtype=bool)
    closed, again = (
        np.maximum.accumulate(np.where(log.complete & (log.step == code), np.arange(n), -1)) for code in codes
    )
    at_close, at_reopen = closed[before], again[before]
    same = (before >= 0) & (at_close >= 0)
    found: BoolArray = same & (log.request[at_close] == log.request) & (at_close > at_reopen)
    return found


def _order(request: IntArray, started: IntArray, ended: IntArray) -> IntArray:
    """Order spans by request, begin and end; one without a begin is placed by its end."""
    begun = np.where(started == _MISSING, ended, started)
    return np.lexsort((np.where(ended == _MISSING, _NEVER, ended), begun, request))


def _count_within(*keys: IntArray) -> IntArray:
    """Number the rows of each run of equal keys from 1."""
    n = len(keys[0])
    begins = np.ones(n, dtype=bool)
    if n:
        begins[1:] = np.any([key[1:] != key[:-1] for key in keys], axis=0)
    position = np.arange(n, dtype=np.int64)
    return position - np.maximum.accumulate(np.where(begins, position, 0)) + 1


def _count_again(request: IntArray, step: IntArray) -> IntArray:
    """Number the rows of each request and step from 1."""
    by_step = np.argsort(request * (int(step.max(initial=0)) + 1) + step, kind="stable")
    occurrence = np.empty(len(step), dtype=np.int64)
    occurrence[by_step] = _count_within(request[by_step], step[by_step])
    return occurrence
