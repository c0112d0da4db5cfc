"""Series of an outcome as control charts take them: rates by period, or gaps between failures."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt
import pandas as pd

from rca_lib.analysis.trials import trials

if TYPE_CHECKING:
    from rca_lib.analysis.outcome import Outcome
    from rca_lib.analysis.series import RateSeries

__all__ = ["SignalSeries", "failure_gaps", "rate_points"]

FloatArray = npt.NDArray[np.float64]

MOST_GAPS = 500
"""Gaps beyond which a chart of gaps says no more than one of rates; the newest are kept."""


@dataclass(frozen=True, eq=False)
class SignalSeries:
    """What is put on a chart, point by point.

    Attributes
    ----------
    counts, sizes : as `rca_lib.analysis.control_charts.control_limits` takes them.
    judged, baseline : which points are judged, and which set the limits; ``None`` for all.
    frame : one row per point: ``start, end`` (UTC), ``n, failed, rate, n_effective``.
    unit : what a point is called, in the singular and the plural.
    what : what is plotted, to begin a title with.
    y_label, x_label : the axes in words.
    shares : whether values are shares of one.
    order : whether points stand in order and not in time.
    """

    counts: FloatArray
    sizes: FloatArray | None
    judged: npt.NDArray[np.bool_]
    baseline: npt.NDArray[np.bool_] | None
    frame: pd.DataFrame
    unit: tuple[str, str]
    what: str
    y_label: str
    x_label: str
    shares: bool
    order: bool = False


def rate_points(series: RateSeries, chart: str) -> SignalSeries:
    """Rates by period, for p, p', u, u', run and XmR charts, or failures by period for a c chart.

    Parameters
    ----------
    series : from `rca_lib.analysis.series.rate_series`; periods without requests are passed over.
    chart : the chart's letter.
    """
    frame = series.frame[series.frame["n"] > 0].reset_index(drop=True)
    n, share = frame["n_effective"].to_numpy(float), frame["rate"].to_numpy(float)
    counted = chart == "c"
    over = chart in {"p", "p'", "u", "u'"}
    return SignalSeries(
        counts=frame["failed"].to_numpy(float) if counted else share * n if over else share,
        sizes=n if over else None,
        judged=frame["mature"].to_numpy(bool),
        baseline=frame["baseline"].to_numpy(bool),
        frame=frame,
        unit=("period", "periods"),
        what="The number of failures" if counted else "The rate",
        y_label="failures" if counted else "share that failed",
        x_label=f"when the request was received; one dot per {series.period_label}",
        shares=not counted,
    )


def failure_gaps(outcome: Outcome, chart: str) -> SignalSeries:
    """Requests (g) or days (t) between one failure and the next, in order of receipt.

    The stretch before the first failure counts as a gap on a g chart, where the start makes no difference. The stretch
    since the last failure is shown and not judged: it has not ended.

    Parameters
    ----------
    outcome : the failure, one row per request at risk; those whose outcome may still change are left out.
    chart : ``"g"`` or ``"t"``.
    """
    rows = trials(outcome)
    times = np.asarray(np.round(rows["n"].to_numpy(float) * rows["failed"].to_numpy(bool)), dtype=np.int64)
    passed = np.cumsum(rows["n"].to_numpy(float))
    at = rows["at"].to_numpy(dtype="datetime64[us]") if rows["at"].dt.tz is None else _naive(rows["at"])
    which = np.repeat(np.arange(len(rows)), times)[-MOST_GAPS - 1 :]
    moment = at[which]
    if chart == "g":
        # Requests of one row stand next to each other: the first of them closes the gap, the others follow at once.
        position = passed[which] - times[which] + _within(which) + 1
        start = np.concatenate([[0.0], position[:-1]]) if len(position) <= MOST_GAPS else position[:-1]
        gaps = (position if len(position) <= MOST_GAPS else position[1:]) - start - 1
        ends = moment if len(position) <= MOST_GAPS else moment[1:]
        open_gap = float(passed[-1] - position[-1]) if len(position) else float(passed[-1]) if len(passed) else 0.0
    else:
        gaps = np.diff(moment).astype("timedelta64[us]").astype(float) / 86_400e6
        ends = moment[1:]
        open_gap = float((at[-1] - moment[-1]) / np.timedelta64(1, "us")) / 86_400e6 if len(moment) else 0.0
    closed = len(gaps)
    last = at[-1:] if len(at) else ends[:0]
    frame = pd.DataFrame({"start": pd.DatetimeIndex(np.concatenate([ends, last])).tz_localize("UTC")})
    frame["end"] = frame["start"]
    values = np.concatenate([gaps, [open_gap] * len(last)])
    frame["failed"] = [1] * closed + [0] * len(last)
    frame["n"] = np.round(values) + frame["failed"] if chart == "g" else 1
    frame["n_effective"] = frame["n"]
    frame["rate"] = np.nan
    return SignalSeries(
        counts=values,
        sizes=None,
        judged=np.arange(len(values)) < closed,
        baseline=np.arange(len(values)) < closed,
        frame=frame,
        unit=("gap", "gaps"),
        what="The number of requests between failures" if chart == "g" else "The time between failures",
        y_label="requests between failures" if chart == "g" else "days between failures",
        x_label="failures in order; the hollow dot is the gap that has not ended",
        shares=False,
        order=True,
    )


def _naive(at: pd.Series) -> npt.NDArray[np.datetime64]:
    return np.asarray(at.dt.tz_convert("UTC").dt.tz_localize(None).to_numpy(dtype="datetime64[us]"))


def _within(which: npt.NDArray[np.int64]) -> npt.NDArray[np.int64]:
    """Number the entries of equal neighbours from 0."""
    if not len(which):
        return which
    first = np.flatnonzero(np.concatenate([[True], np.diff(which) != 0]))
    return np.arange(len(which)) - np.repeat(first, np.diff(np.concatenate([first, [len(which)]])))
