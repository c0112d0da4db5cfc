"""How a request went, step by step, and whether that was usual.

Time in which the clock was stopped is taken out, steps done again are kept apart in order, and steps and requests that
are still open count as "at least this long" (censored) rather than being left out.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from rca_lib.analysis.clock import as_moment, hours_between, moments, paused_hours, pauses, text_column
from rca_lib.analysis.detection import DetectionLag, detection_lag
from rca_lib.analysis.steps import step_durations

__all__ = [
    "ENOUGH_TO_COMPARE",
    "PLACES",
    "DetectionLag",
    "against_usual",
    "comparable_requests",
    "detection_lag",
    "step_durations",
    "turnaround",
    "usual_times",
]

PLACES: tuple[tuple[float, str], ...] = (
    (0.10, "faster than usual"),
    (0.90, "usual"),
    (0.99, "slower than usual"),
    (1.00, "far slower than usual"),
)
"""Where a time lies among those of comparable requests: the word holds up to the percentile."""

TOO_FEW = "too few to compare"

FEWEST_FOR_A_PLACE = 20
"""Fewer comparable times than this (domain brief, section 1.6) give no place."""

ENOUGH_TO_COMPARE = 200
"""So many comparable requests are looked for before the choice is widened."""

QUANTILES: dict[str, float] = {"p10": 0.10, "p25": 0.25, "p50": 0.50, "p75": 0.75, "p90": 0.90, "p95": 0.95}

BoolArray = npt.NDArray[np.bool_]
FloatArray = npt.NDArray[np.float64]


def usual_times(durations: pd.DataFrame, comparison_ids: Iterable[str]) -> pd.DataFrame:
    """Describe how long each step usually takes among comparable requests.

    Quantiles are those of Kaplan and Meier, so steps still open count as lasting at least as long as they have; a
    quantile that was not reached is missing. Where a step was measured in two ways, the more frequent one is used.

    Returns
    -------
    Frame, in the order in which the steps usually come: step, measured, n, p10, p25, p50, p75, p90, p95 (hours).
    """
    known = durations[durations["request_id"].isin(list(comparison_ids)) & _comparable(durations)]
    records = []
    place = known.groupby("step")["order"].median()
    for step, rows in _by_main_measure(known).items():
        times = _Times(rows["hours"].to_numpy(), rows["open"].to_numpy())
        quantiles = {name: times.quantile(share) for name, share in QUANTILES.items()}
        measured = rows["measured"].iloc[0]
        records.append({"step": step, "measured": measured, "n": times.n, **quantiles, "place": place[step]})
    columns = ["step", "measured", "n", *QUANTILES]
    if not records:
        return pd.DataFrame(
            {name: pd.Series(dtype="str" if name in ("step", "measured") else "float64") for name in columns}
        )
    return pd.DataFrame(records).sort_values(["place", "step"], kind="stable")[columns].reset_index(drop=True)


def against_usual(durations: pd.DataFrame, request_ids: Iterable[str], comparison_ids: Iterable[str]) -> pd.DataFrame:
    """Put each step of some requests beside the usual time for that step.

    Returns
    -------
    Frame, by request and order: the columns of `step_durations`, then n, p10, p50, p90 (hours), percentile (0 to 1,
    ties at their middle) and place (a word of `PLACES`, or "too few to compare"). Steps without a known time, and those
    after closing, have no percentile and an empty place.
    """
    wanted = list(dict.fromkeys(request_ids))
    mine = durations[durations["request_id"].isin(wanted)].copy()
    others = set(comparison_ids) - set(wanted)
    known = durations[durations["request_id"].isin(others) & _comparable(durations)]
    known = known[known["step"].isin(mine["step"])]
    groups = {
        (step, rows["measured"].iloc[0]): _Times(rows["hours"].to_numpy(), rows["open"].to_numpy())
        for step, rows in _by_main_measure(known).items()
    }
    nobody = _Times(np.array([]), np.array([], dtype=bool))
    times = [groups.get(key, nobody) for key in zip(mine["step"], mine["measured"], strict=True)]
    _place(mine, times)
    rank = {request_id: place for place, request_id in enumerate(wanted)}
    mine["place"] = mine["place"].mask(~_comparable(mine), "")
    mine = mine.assign(rank=mine["request_id"].map(rank)).sort_values(["rank", "order"], kind="stable")
    return mine.drop(columns="rank").reset_index(drop=True)


def turnaround(
    requests: pd.DataFrame,
    request_ids: Iterable[str],
    comparison_ids: Iterable[str],
    *,
    as_of: Any,
    events: pd.DataFrame | None = None,
) -> pd.DataFrame:
    """Put the whole time of some requests, from receipt to closing, beside that of comparable requests.

    Returns
    -------
    Frame, one row per request: request_id, started (receipt), ended (closing; missing while open), hours (pauses taken
    out), paused_hours, open, n, p10, p50, p90, percentile, place.
    """
    as_of = as_moment(as_of)
    wanted, others = list(dict.fromkeys(request_ids)), set(comparison_ids)
    rows = requests[requests["request_id"].isin(others.union(wanted)) & (requests["received_at"] <= as_of)]
    closed = moments(rows, "closed_at")
    closed = closed.where(closed <= as_of)
    # A request that is on record as answered but not when it was closed has no known end.
    is_open = closed.isna() & text_column(rows, "outcome").isin(["", "open"])
    frame = pd.DataFrame({"request_id": rows["request_id"], "started": rows["received_at"], "ended": closed})
    frame["open"] = is_open
    until = closed.mask(is_open, as_of)
    spans = pauses(events, as_of=as_of) if events is not None else pd.DataFrame()
    frame["paused_hours"] = paused_hours(spans, frame["request_id"], frame["started"], until)
    frame["hours"] = (hours_between(frame["started"], until) - frame["paused_hours"]).clip(lower=0)
    frame = frame[["request_id", "started", "ended", "hours", "paused_hours", "open"]]
    known = frame[frame["request_id"].isin(others - set(wanted)) & frame["hours"].notna()]
    mine = frame[frame["request_id"].isin(wanted)].drop_duplicates("request_id").copy()
    times = _Times(known["hours"].to_numpy(), known["open"].to_numpy())
    _place(mine, [times] * len(mine))
    return mine.set_index("request_id").reindex([i for i in wanted if i in set(mine["request_id"])]).reset_index()


def comparable_requests(
    requests: pd.DataFrame,
    request_ids: Iterable[str],
    failed_ids: Iterable[str],
    *,
    enough: int = ENOUGH_TO_COMPARE,
) -> tuple[list[str], str]:
    """Choose comparable requests that did not fail, and say how.

    Requests of the same process type and urgency are taken where there are enough of them; else of the same process
    type; else all. Requests that were withdrawn, and those not yet finished where closing is on record, are left out:
    they did not run the whole way.

    Returns
    -------
    The ids in the order of the table, and a clause such as "1,204 requests of the same process type and urgency that
    did not fail".
    """
    wanted = set(request_ids)
    mine = requests[requests["request_id"].isin(wanted)]
    usable = ~requests["request_id"].isin(wanted.union(failed_ids))
    usable &= text_column(requests, "outcome") != "withdrawn"
    closed = moments(requests, "closed_at").notna()
    if bool(closed.any()):
        usable &= closed
    process, urgency = text_column(requests, "process_type"), text_column(requests, "urgency")
    kinds = process + "\n" + urgency
    named = "process type" if bool((urgency != "").any()) else ""
    tries: list[tuple[pd.Series, str]] = []
    if named:
        tries.append((kinds.isin(kinds[mine.index]), "of the same process type and urgency "))
    if bool((process != "").any()):
        tries.append((process.isin(process[mine.index]), "of the same process type "))
    tries = tries if len(mine) else []
    tries.append((pd.Series(True, index=requests.index), ""))
    same, words = next((one for one in tries if int((usable & one[0]).sum()) >= enough), tries[-1])
    chosen = requests.loc[usable & same, "request_id"]
    some = f"{len(chosen):,} requests" if len(chosen) != 1 else "1 request"
    return chosen.tolist(), f"{some} {words}that did not fail"


def _comparable(durations: pd.DataFrame) -> pd.Series:
    # What happens after closing waits for a date, not for work: there is no usual pace.
    return durations["hours"].notna() & (durations["measured"] != "since closing")


def _by_main_measure(rows: pd.DataFrame) -> dict[str, pd.DataFrame]:
    """Split rows by step, each with the rows measured in the way that most of its rows are."""
    groups: dict[str, pd.DataFrame] = {}
    for step, part in rows.groupby("step", sort=True):
        worked = part["measured"] == "work"
        groups[str(step)] = part[worked] if 2 * int(worked.sum()) >= len(part) else part[~worked]
    return groups


class _Times:
    """Distribution of times of which some are only known to be at least so long (Kaplan and Meier 1958)."""

    def __init__(self, hours: FloatArray, still_open: BoolArray) -> None:
        self.n = len(hours)
        self.values, index = np.unique(hours, return_inverse=True)
        ended = np.bincount(index, weights=~still_open, minlength=len(self.values))
        every = np.bincount(index, minlength=len(self.values))
        at_risk = self.n - np.append([0], np.cumsum(every)[:-1]) if self.n else every
        self.done = 1.0 - np.cumprod(1.0 - ended / np.maximum(at_risk, 1))

    def quantile(self, share: float) -> float:
        """Return the least time by which this share is done; ``nan`` where so many were never seen to end."""
        # The product above falls short of round shares by rounding alone.
        position = int(np.searchsorted(self.done, share - 1e-9))
        return float(self.values[position]) if position < len(self.values) else float("nan")

    def percentile(self, hours: float) -> float:
        """Return the share done before `hours`, and half of those done exactly then."""
        if not self.n:
            return float("nan")
        below = int(np.searchsorted(self.values, hours, side="left"))
        upto = int(np.searchsorted(self.values, hours, side="right"))
        return float((self._done(below) + self._done(upto)) / 2)

    def _done(self, position: int) -> float:
        return float(self.done[position - 1]) if position else 0.0


def _place(frame: pd.DataFrame, times: list[_Times]) -> None:
    frame["n"] = [each.n for each in times]
    for name in ("p10", "p50", "p90"):
        frame[name] = [each.quantile(QUANTILES[name]) for each in times]
    hours = frame["hours"].tolist()
    shares = [
        each.percentile(value) if value == value else float("nan") for each, value in zip(times, hours, strict=True)
    ]
    frame["percentile"] = shares
    words = [
        _word(share, each.n) if value == value else "" for share, each, value in zip(shares, times, hours, strict=True)
    ]
    frame["place"] = pd.Series(words, index=frame.index, dtype="str")


def _word(share: float, n: int) -> str:
    if n < FEWEST_FOR_A_PLACE:
        return TOO_FEW
    # Slower than all of twenty is not yet slower than 99 of a hundred: the share is drawn in by half a request.
    share = (share * n + 0.5) / (n + 1)
    return next(word for limit, word in PLACES if share <= limit)
