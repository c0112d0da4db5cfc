"""Did each request follow the usual way: which steps were left out, done again, or done out of turn.

The reference is what is usual for requests of the same process type, in the order of the reference pipeline. A step that
the pipeline does not name takes the place that it usually has.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from rca_lib.analysis.clock import text_column
from rca_lib.data.taxonomy import PIPELINE

__all__ = ["DEVIATIONS", "Conformance", "conformance", "deviation_flags"]

BoolArray = npt.NDArray[np.bool_]
IntArray = npt.NDArray[np.int64]

DEVIATIONS = ("skipped", "repeated", "out_of_order")
USUAL = 0.8
"""Share of the finished requests of a type, in some quarter of a year, that makes a step usual for it."""

UNUSUAL_REPEAT = 0.2
"""Share of requests with a step above which doing it again is part of the work."""

KEPT_ORDER = 0.95
"""Share of requests in which one step comes before another that makes the order of the two a rule."""

UNFULFILLED = ("rejected", "withdrawn", "no_data")
TAKEN_UP_AGAIN = ("reopen", "reopened")
"""Steps, in any case of letters, by which a request is taken up again; what follows cannot have made it so."""

FEWEST_OF_A_TYPE = 20
FEWEST_DEVIATING = 5
QUARTER_DAYS = 91


@dataclass(frozen=True, eq=False)
class Conformance:
    """Every request beside the usual way.

    Attributes
    ----------
    request_ids : one per row of the arrays.
    steps : the activities in reference order.
    flags : one row per request (index ``request_id``), one boolean column per deviation that occurs, named like
        ``skipped:qc``.
    usual : which steps are or were usual, by process type (rows as in `types`) and step.
    types : the process types, with how the request ended where it was not fulfilled; ``""`` for rare or unrecorded ones.
    done : which steps each request has on record.
    finished : whether a request had run its course at the moment asked for.
    fitness : share of the expected and recorded steps of each request that are as they usually are, 0 to 1.
    """

    request_ids: pd.Index
    steps: tuple[str, ...]
    flags: pd.DataFrame
    usual: BoolArray
    types: tuple[str, ...]
    done: BoolArray
    finished: BoolArray
    fitness: npt.NDArray[np.float64]


def deviation_flags(
    events: pd.DataFrame, requests: pd.DataFrame, *, as_of: pd.Timestamp, until: pd.Series | None = None
) -> pd.DataFrame:
    """Which deviations from the usual way each request shows; see `conformance`.

    Returns
    -------
    One row per request with events (index ``request_id``), one boolean column per deviation that at least five requests
    show, named like ``skipped:qc``, ``repeated:pull`` or ``out_of_order:deliver``.
    """
    return conformance(events, requests, as_of=as_of, until=until).flags


def conformance(
    events: pd.DataFrame, requests: pd.DataFrame, *, as_of: pd.Timestamp, until: pd.Series | None = None
) -> Conformance:
    """Compare each request with what is usual for its process type.

    Parameters
    ----------
    events : request_id, activity, ts, and lifecycle and seq where known; only completed steps count.
    requests : request_id, and process_type and closed_at where known.
    as_of : nothing later is used. A request that is still open is judged only up to where it is.
    until : moment by request_id, such as that of its failure, after which the request is not looked at; it is then
        judged like an open one. Requests without a moment are judged whole.

    Notes
    -----
    What happens after a request was first finished, or taken up again, is no deviation of the way there. A step counts
    as skipped where at least 80 % of the finished requests of the type had it in the quarter of a year in which the
    request began or in an earlier one; as repeated where fewer than 20 % of requests do it again; as out of order where
    it comes before a step that precedes it in 95 %. The same event ingested twice is one event, as in
    `rca_lib.analysis.steps.step_durations`; steps of one moment have no order unless ``seq`` gives it.

    References
    ----------
    van der Aalst, Process Mining, 2016, chapter 8 (conformance checking).
    """
    log = _completed(events, as_of)
    request, ids = pd.factorize(log["request_id"], sort=True)
    activity, names = pd.factorize(log["activity"], sort=True)
    if not len(log):
        return _empty()
    request, activity = np.asarray(request, dtype=np.int64), np.asarray(activity, dtype=np.int64)
    steps, rank = _reference_order(request, activity, [str(name) for name in names], len(ids))
    step = rank[activity]
    place = _place_of_moment(log, _place(request, len(ids)))
    mine = requests.drop_duplicates("request_id").set_index("request_id").reindex(ids)
    kind, types = _types(mine)
    closed = _closed(mine, as_of)
    shape = (len(ids), len(steps))
    first = np.full(shape, np.iinfo(np.int64).max)
    np.minimum.at(first, (request, step), place)
    ending = _ending(first, closed, len(steps))
    again = _before(_first_of(first, steps))
    last = np.minimum(ending, np.minimum(again, _last_before(log, request, place, ids, until)))
    count = _counts(request, step, place <= last[request], shape)
    done = count > 0
    first = np.where(done, first, np.iinfo(np.int64).max)
    cut = last < ending
    finished = closed | (ending < np.iinfo(np.int64).max)
    begun = np.full(len(ids), np.iinfo(np.int64).max)
    np.minimum.at(begun, request, log["ts"].astype("datetime64[us, UTC]").astype("int64").to_numpy())
    cell, quarters = _cells(kind, begun)
    ever = _usual(done, finished & ~cut, cell, quarters, len(types))
    expected = ever.reshape(-1, len(steps))[cell]
    usual = np.asarray(ever.any(axis=1), dtype=bool)
    later = np.flip(np.logical_or.accumulate(np.flip(done, axis=1), axis=1), axis=1)
    skipped = expected & ~done & ((finished & ~cut)[:, None] | later)
    if until is not None:
        # What was done after the moment was late, not left out.
        skipped &= _counts(request, step, place <= np.minimum(ending, again)[request], shape) == 0
    repeats = (count > 1).sum(axis=0) / np.maximum(done.sum(axis=0), 1)
    repeated = (count > 1) & (repeats < UNUSUAL_REPEAT)
    early = _out_of_order(first, done)
    flags = _flags(ids, steps, {"skipped": skipped, "repeated": repeated, "out_of_order": early})
    wrong = (skipped | repeated | early).sum(axis=1)
    fitness = 1 - wrong / np.maximum((expected | done).sum(axis=1), 1)
    return Conformance(pd.Index(ids), steps, flags, usual, types, done, finished, fitness)


def _completed(events: pd.DataFrame, as_of: pd.Timestamp) -> pd.DataFrame:
    """Completed steps of a request up to the moment, in order and each once."""
    lifecycle = text_column(events, "lifecycle").fillna("complete").replace("", "complete")
    kept = (lifecycle == "complete").to_numpy() & (events["ts"] <= as_of).to_numpy(bool) & events["activity"].notna()
    kept &= events["request_id"].notna()
    log = events.loc[kept, ["request_id", "activity", "ts", *(["seq"] if "seq" in events.columns else [])]]
    order = ["request_id", "ts", *(["seq"] if "seq" in log.columns else [])]
    log = log.sort_values(order, kind="stable", ignore_index=True)
    # Twins share a moment, so only those rows are compared.
    tied = _same_moment(log)
    tied[:-1] |= tied[1:]
    shared = log.loc[tied, ["request_id", "activity", "ts"]]
    return log.drop(index=shared.index[shared.duplicated()]).reset_index(drop=True)


def _same_moment(log: pd.DataFrame, *more: str) -> BoolArray:
    """Tell the rows that follow one of the same request and moment, and of the same value in other columns."""
    same = np.zeros(len(log), dtype=bool)
    at = log["ts"].astype("datetime64[us, UTC]").astype("int64").to_numpy()
    rows = np.flatnonzero(at[1:] == at[:-1]) + 1
    alike = np.ones(len(rows), dtype=bool)
    for column in ("request_id", *more):
        one, other = (log[column].take(part).reset_index(drop=True) for part in (rows, rows - 1))
        alike &= ((one == other).fillna(False) | (one.isna() & other.isna())).to_numpy(bool)
    same[rows[alike]] = True
    return same


def _reference_order(
    request: IntArray, activity: IntArray, names: list[str], count: int
) -> tuple[tuple[str, ...], IntArray]:
    """Activities in the order of the pipeline; one that it does not name comes where it usually does."""
    pipeline = {step.activity: place for place, step in enumerate(PIPELINE)}
    place = _place(request, count)
    size = np.bincount(request, minlength=count)
    relative = place / np.maximum(size[request] - 1, 1)
    usual = pd.Series(relative).groupby(activity).median()
    named = [number for number, name in enumerate(names) if name in pipeline]
    keys = []
    for number, name in enumerate(names):
        if name in pipeline:
            keys.append((float(pipeline[name]), number))
            continue
        before = [other for other in named if usual[other] <= usual[number]]
        anchor = max((pipeline[names[other]] for other in before), default=-1)
        keys.append((anchor + 0.001 + 0.99 * float(usual[number]), number))
    order = [number for _, number in sorted(keys)]
    rank = np.empty(len(names), dtype=np.int64)
    rank[order] = np.arange(len(names))
    return tuple(names[number] for number in order), rank


def _place(request: IntArray, count: int) -> IntArray:
    """Position of each row within its request; rows are sorted by request."""
    starts = np.searchsorted(request, np.arange(count))
    return np.asarray(np.arange(len(request)) - starts[request], dtype=np.int64)


def _place_of_moment(log: pd.DataFrame, place: IntArray) -> IntArray:
    """Position within the request, one and the same for steps whose order is not on record."""
    tied = _same_moment(log, *(["seq"] if "seq" in log.columns else []))
    first = np.maximum.accumulate(np.where(tied, 0, np.arange(len(log))))
    return np.asarray(place[first], dtype=np.int64)


def _types(requests: pd.DataFrame) -> tuple[IntArray, tuple[str, ...]]:
    """Requests that can be compared: of one process type, and ended in the same way where that is recorded."""
    parts = []
    if "process_type" in requests.columns:
        parts.append(requests["process_type"].astype("str").fillna(""))
    if "outcome" in requests.columns:
        # A refused request does not come as far as the later steps; one that is open is on its way to being fulfilled.
        parts.append(requests["outcome"].astype("str").where(requests["outcome"].isin(UNFULFILLED), "").fillna(""))
    if not parts:
        return np.zeros(len(requests), dtype=np.int64), ("",)
    mine = (parts[0] if len(parts) == 1 else parts[0] + " " + parts[1]).str.strip()
    rare = mine.map(mine.value_counts()) < FEWEST_OF_A_TYPE
    codes, types = pd.factorize(mine.where(~rare, ""), sort=True)
    return np.asarray(codes, dtype=np.int64), tuple(str(one) for one in types)


def _closed(requests: pd.DataFrame, as_of: pd.Timestamp) -> BoolArray:
    if "closed_at" not in requests.columns:
        return np.zeros(len(requests), dtype=bool)
    return np.asarray((requests["closed_at"] <= as_of).to_numpy(bool), dtype=bool)


def _ending(first: IntArray, closed: BoolArray, steps: int) -> IntArray:
    """Position at which each request was first finished: its first closing step, where that is usual at all."""
    closing = (
        [number for number in range(steps) if (first[closed, number] < np.iinfo(np.int64).max).mean() >= USUAL]
        if closed.any()
        else []
    )
    return first[:, closing[-1]] if closing else np.full(len(first), np.iinfo(np.int64).max)


def _counts(request: IntArray, step: IntArray, counted: BoolArray, shape: tuple[int, int]) -> IntArray:
    cell = request[counted] * shape[1] + step[counted]
    return np.asarray(np.bincount(cell, minlength=shape[0] * shape[1]).reshape(shape), dtype=np.int64)


def _first_of(first: IntArray, steps: tuple[str, ...]) -> IntArray:
    """Position at which each request was taken up again, or the greatest number."""
    again = [number for number, name in enumerate(steps) if name.casefold() in TAKEN_UP_AGAIN]
    return first[:, again].min(axis=1) if again else np.full(len(first), np.iinfo(np.int64).max)


def _before(position: IntArray) -> IntArray:
    return np.asarray(np.where(position < np.iinfo(np.int64).max, position - 1, position), dtype=np.int64)


def _last_before(
    log: pd.DataFrame,
    request: IntArray,
    place: IntArray,
    ids: pd.Index | npt.NDArray[np.object_],
    until: pd.Series | None,
) -> IntArray:
    """Last position up to the moment given for each request; else the greatest number."""
    last = np.full(len(ids), np.iinfo(np.int64).max)
    if until is not None:
        known = until[~until.index.duplicated()].reindex(pd.Index(ids)).reset_index(drop=True)
        late = (log["ts"] > known.take(request).set_axis(log.index)).to_numpy(bool)
        np.minimum.at(last, request[late], place[late])
    return _before(last)


def _cells(kind: IntArray, begun: IntArray) -> tuple[IntArray, int]:
    """Number the process types by quarter of a year, and say how many quarters there are."""
    quarter = (begun - begun.min()) // (QUARTER_DAYS * 86_400_000_000)
    quarters = int(quarter.max()) + 1
    return np.asarray(kind * quarters + quarter, dtype=np.int64), quarters


def _usual(done: BoolArray, finished: BoolArray, cell: IntArray, quarters: int, types: int) -> BoolArray:
    """Which steps four in five finished requests of a type had in a quarter or in one before it (type, quarter, step).

    A check that fades stays usual, so that leaving it out shows; one that is new is not asked of what came before it.
    """
    cells = types * quarters
    size = np.bincount(cell[finished], minlength=cells)
    found = np.zeros((types, quarters, done.shape[1]), dtype=bool)
    for number in range(done.shape[1]):
        hits = np.bincount(cell[finished], done[finished, number], minlength=cells)
        share = np.where(size >= FEWEST_OF_A_TYPE, hits / np.maximum(size, 1), 0.0)
        found[:, :, number] = (share >= USUAL).reshape(types, quarters)
    # Before any quarter holds enough to tell, the first one that does stands in.
    enough = (size >= FEWEST_OF_A_TYPE).reshape(types, quarters)
    start = np.where(enough.any(axis=1), enough.argmax(axis=1), 0)
    early = np.arange(quarters) < start[:, None]
    found = np.where(early[:, :, None], found[np.arange(types), start][:, None, :], found)
    return np.asarray(np.logical_or.accumulate(found, axis=1), dtype=bool)


def _out_of_order(first: IntArray, done: BoolArray) -> BoolArray:
    """Steps that come before one which nearly always precedes them."""
    early = np.zeros(done.shape, dtype=bool)
    common = np.flatnonzero(done.sum(axis=0) >= FEWEST_OF_A_TYPE).tolist()
    for number, later in enumerate(common):
        for earlier in common[:number]:
            both = done[:, later] & done[:, earlier]
            total = int(both.sum())
            if total < FEWEST_OF_A_TYPE:
                continue
            wrong = both & (first[:, later] < first[:, earlier])
            if 0 < wrong.sum() <= (1 - KEPT_ORDER) * total:
                early[:, later] |= wrong
    return early


def _flags(
    ids: pd.Index | npt.NDArray[np.object_], steps: tuple[str, ...], found: dict[str, BoolArray]
) -> pd.DataFrame:
    columns = {
        f"{kind}:{step}": marks[:, number]
        for kind, marks in found.items()
        for number, step in enumerate(steps)
        if marks[:, number].sum() >= FEWEST_DEVIATING
    }
    return pd.DataFrame(columns, index=pd.Index(ids, name="request_id"))


def _empty() -> Conformance:
    index = pd.Index([], name="request_id", dtype="str")
    nothing = np.zeros((0, 0), dtype=bool)
    return Conformance(index, (), pd.DataFrame(index=index), nothing, (), nothing, np.zeros(0, dtype=bool), np.zeros(0))
