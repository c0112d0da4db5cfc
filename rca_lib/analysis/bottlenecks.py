"""Where requests spend their time, and which steps made a change of the mean time to closing."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from rca_lib.analysis.intervals import Estimate
from rca_lib.analysis.trials import group_sums

__all__ = ["StepTime", "mean_change", "step_times"]

Z95 = 1.959963984540054
WAITING = "wait_for_"
FEWEST_REQUESTS = 20
MEAN_DIFFERENCE = "difference of mean hours a request, normal interval (Welch)"


@dataclass(frozen=True)
class StepTime:
    """One step, or the wait before it.

    Attributes
    ----------
    step : the activity.
    waiting : whether this is the time before the step begins rather than the step.
    requests : how many requests passed through it.
    p10, median, p90 : hours that it takes where it occurs.
    share : its share of all measured hours.
    change : by how many hours a request it grew after the moment asked for, counting 0 for requests without it;
        ``None`` without a moment. The changes of all steps add up to the change of the mean.
    """

    step: str
    waiting: bool
    requests: int
    p10: float
    median: float
    p90: float
    share: float
    change: Estimate | None


def step_times(
    durations: pd.DataFrame, since: pd.Timestamp | None = None, *, until: pd.Timestamp | None = None
) -> tuple[StepTime, ...]:
    """Hours by step, the largest share of time first.

    Parameters
    ----------
    durations : from `rca_lib.analysis.steps.step_durations`; only steps with a known end count.
    since : compare requests whose first step began from then on with those before; without it no change is given.
    until : requests that began later are left out of the change: they have not had the time to show long steps.

    Returns
    -------
    One `StepTime` per step and per wait before a step.
    """
    rows = _measured(durations)
    if rows.empty:
        return ()
    request, ids = pd.factorize(rows["request_id"])
    step, names = pd.factorize(rows["step"], sort=True)
    hours = rows["hours"].to_numpy(float)
    cells = len(ids) * len(names)
    table = group_sums(np.asarray(request * len(names) + step, dtype=np.int64), hours, cells).reshape(len(ids), -1)
    later, kept = _sides(rows, request, len(ids), since, until)
    total = hours.sum()
    ordered = np.argsort(step, kind="stable")
    parts = np.split(hours[ordered], np.searchsorted(step[ordered], np.arange(1, len(names))))
    found = []
    for number, name in enumerate(names):
        p10, median, p90 = (float(value) for value in np.quantile(parts[number], [0.1, 0.5, 0.9]))
        text = str(name)
        found.append(
            StepTime(
                text.removeprefix(WAITING),
                text.startswith(WAITING),
                len(np.unique(request[step == number])),
                p10,
                median,
                p90,
                float(parts[number].sum() / total) if total else 0.0,
                None if later is None else _difference(table[kept, number], later),
            )
        )
    return tuple(sorted(found, key=lambda one: (-one.share, one.step, one.waiting)))


def mean_change(
    durations: pd.DataFrame, since: pd.Timestamp | None, *, until: pd.Timestamp | None = None
) -> Estimate | None:
    """By how many measured hours a request grew: the sum of the changes of `step_times`, with its own interval.

    Parameters
    ----------
    durations, since, until : as for `step_times`.

    Returns
    -------
    ``None`` without a moment, or with fewer than twenty requests on either side of it.
    """
    rows = _measured(durations)
    if rows.empty:
        return None
    request, ids = pd.factorize(rows["request_id"])
    later, kept = _sides(rows, request, len(ids), since, until)
    if later is None:
        return None
    hours = group_sums(np.asarray(request, dtype=np.int64), rows["hours"].to_numpy(float), len(ids))
    return _difference(hours[kept], later)


def _measured(durations: pd.DataFrame) -> pd.DataFrame:
    # What comes after closing, such as a notice that is due months later, is no part of the way to it.
    return durations[~durations["open"] & durations["hours"].notna() & (durations["measured"] != "since closing")]


def _sides(
    rows: pd.DataFrame,
    request: npt.NDArray[np.int64],
    count: int,
    since: pd.Timestamp | None,
    until: pd.Timestamp | None,
) -> tuple[npt.NDArray[np.bool_] | None, npt.NDArray[np.bool_]]:
    """Tell which of the requests compared began after the moment, and which are compared."""
    kept = np.ones(count, dtype=bool)
    if since is None:
        return None, kept
    begun = rows.groupby(np.asarray(request))["started"].min().reindex(range(count))
    kept = begun.notna().to_numpy(bool) if until is None else (begun <= until).to_numpy(bool)
    later = (begun >= since).to_numpy(bool)[kept]
    return (later if min(later.sum(), (~later).sum()) >= FEWEST_REQUESTS else None), kept


def _difference(hours: npt.NDArray[np.float64], later: npt.NDArray[np.bool_]) -> Estimate:
    after, before = hours[later], hours[~later]
    gap = float(after.mean() - before.mean())
    error = math.sqrt(float(after.var(ddof=1) / len(after) + before.var(ddof=1) / len(before)))
    return Estimate(gap, gap - Z95 * error, gap + Z95 * error, float(len(hours)), None, MEAN_DIFFERENCE)
