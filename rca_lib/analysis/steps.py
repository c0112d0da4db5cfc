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


def step_durations(events: pd.DataFrame, *, as_of: Any = None, requests: pd.DataFrame | None = None) -> pd.DataFrame:
    """Measure every step of every request.

    A step that has a ``start`` and a ``complete`` lasts from the one to the other ("work"). One that is only on record
    as complete lasts from the step completed before it, so that waiting and work are in one ("since previous step").
    A step that was started, never completed, and followed by other steps has no known end.

    Parameters
    ----------
    events : request_id, activity, ts, and lifecycle (complete unless said) and seq (breaks ties) where known.
    as_of : nothing later is used, and open steps last at least until then; the newest event by default.
    requests : where given, `received_at` is the start of a first step that is only on record as complete.

    Returns
    -------
    Frame, by request and order: request_id, step (the activity), started, ended (missing while open), hours (pauses
    taken out), paused_hours, order (1, 2, ... within the request), occurrence (2 or more where a step was done again),
    open, measured.
    """
    as_of = as_moment(events["ts"].max() if as_of is None else as_of) if len(events) else as_moment(as_of or 0)
    log = _sorted_log(events[events["ts"] <= as_of])
    open_or_lost, started_by = _match_starts(log)
    before = _previous_complete(log)
    complete = log.complete
    worked = complete & (started_by >= 0)
    since = complete & ~worked
    at = np.concatenate([log.at, [_MISSING]])
    started = np.where(worked, at[started_by], np.where(since, at[before], log.at))
    chosen = complete | open_or_lost
    frame = pd.DataFrame(
        {
            "request_id": log.ids.take(log.request[chosen]),
            "step": log.steps.take(log.step[chosen]),
            "started": _as_moments(started[chosen]),
            "ended": _as_moments(np.where(complete, log.at, _MISSING)[chosen]),
            "open": (open_or_lost & log.last)[chosen],
            "measured": pd.Series(np.where(since[chosen], "since previous step", "work"), dtype="str"),
        }
    )
    if requests is not None and bool(frame["started"].isna().any()):
        received = requests.drop_duplicates("request_id").set_index("request_id")["received_at"]
        first = frame["started"].isna()
        frame.loc[first, "started"] = frame.loc[first, "request_id"].map(received)
    until = frame["ended"].mask(frame["open"], as_of)
    frame["paused_hours"] = paused_hours(pauses(events, as_of=as_of), frame["request_id"], frame["started"], until)
    frame["hours"] = (hours_between(frame["started"], until) - frame["paused_hours"]).clip(lower=0)
    return _numbered(frame, log.request[chosen], log.step[chosen])


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


def _sorted_log(events: pd.DataFrame) -> _Log:
    kind = text_column(events, "lifecycle").replace("", "complete")
    work = kind.isin(["start", "complete"]).to_numpy()
    events, complete = events[work], (kind[work] == "complete").to_numpy()
    request, ids = pd.factorize(events["request_id"])
    step, steps = pd.factorize(events["activity"])
    at = events["ts"].astype("datetime64[us, UTC]").astype("int64").to_numpy(dtype=np.int64)
    seq = np.zeros(len(events), dtype=float)
    if "seq" in events.columns:
        seq[:] = events["seq"].astype("Float64").fillna(0).to_numpy(dtype=float)
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


def _numbered(frame: pd.DataFrame, request: IntArray, step: IntArray) -> pd.DataFrame:
    begun = frame["started"].fillna(frame["ended"]).astype("int64").to_numpy()
    finished = frame["ended"].astype("int64").to_numpy()
    finished = np.where(frame["ended"].isna(), np.iinfo(np.int64).max, finished)
    order = np.lexsort((finished, begun, request))
    frame = frame.iloc[order].reset_index(drop=True)
    request, step = request[order], step[order]
    frame["order"] = _count_within(request)
    by_step = np.argsort(request.astype(np.int64) * (int(step.max(initial=0)) + 1) + step, kind="stable")
    occurrence = np.empty(len(step), dtype=np.int64)
    occurrence[by_step] = _count_within(request[by_step], step[by_step])
    frame["occurrence"] = occurrence
    return frame[list(COLUMNS)]


def _count_within(*keys: IntArray) -> IntArray:
    """Number the rows of each run of equal keys from 1."""
    n = len(keys[0])
    begins = np.ones(n, dtype=bool)
    if n:
        begins[1:] = np.any([key[1:] != key[:-1] for key in keys], axis=0)
    position = np.arange(n, dtype=np.int64)
    return position - np.maximum.accumulate(np.where(begins, position, 0)) + 1
