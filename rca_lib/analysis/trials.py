"""The rows of an outcome that an estimate may rest on, and their totals by group.

An outcome holds every request at risk. Estimates of how often it fails leave out requests whose outcome may still
change and, where the outcome was found by assessment, those that were picked because something looked wrong. This is
the one place for that rule.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from rca_lib.analysis.intervals import EFFECTIVE_N, Estimate, rate, rate_bounds

if TYPE_CHECKING:
    from rca_lib.analysis.outcome import Outcome

__all__ = [
    "RANDOM_ARM",
    "complement",
    "day_numbers",
    "days_to_timestamps",
    "effective_estimate",
    "group_sums",
    "tally",
    "trials",
]

RANDOM_ARM = "random"
COMPARABLE_ARMS = frozenset({RANDOM_ARM, "targeted", "calibration"})
"""Arms that are drawn before anyone knows what went wrong; the arm of escalations is picked by what went wrong."""


def trials(outcome: Outcome, *, mature: bool = True, comparing: bool = False) -> pd.DataFrame:
    """Rows of `outcome` from which a rate may be estimated.

    Parameters
    ----------
    mature : leave out requests whose outcome may still change.
    comparing : also keep the arms that a rule picked, for a comparison within each arm. How often requests fail cannot
        be read from them, but what goes with failing can: an odds ratio does not hang on how many of each were drawn.

    Returns
    -------
    DataFrame with ``request_id, at, day`` (days since 1970-01-01, UTC), ``failed`` (bool), ``mature`` (bool), ``n``
    (float), ``weight`` (float) and ``arm``, one row per request, ordered by time and id. Where any row was drawn at
    random, only those rows are kept: requests assessed for a reason say nothing about how common the failure is.
    """
    frame = outcome.frame if outcome.all_arms is None or not comparing else outcome.all_arms
    keep = np.ones(len(frame), dtype=bool)
    arm = pd.Series("", index=frame.index, dtype="str")
    if "arm" in frame.columns:
        arm = frame["arm"].fillna("").astype("str")
        if bool((arm == RANDOM_ARM).any()):
            keep &= arm.isin(COMPARABLE_ARMS if comparing else {RANDOM_ARM}).to_numpy()
    if mature:
        keep &= frame["mature"].fillna(False).to_numpy(dtype=bool)
    keep &= frame["at"].notna().to_numpy()
    kept = frame.loc[keep]
    rows = pd.DataFrame(
        {
            "request_id": kept["request_id"].to_numpy(),
            "at": kept["at"].to_numpy() if kept["at"].dt.tz is None else kept["at"].array,
            "failed": kept["failed"].fillna(False).to_numpy(dtype=bool),
            "mature": kept["mature"].fillna(False).to_numpy(dtype=bool),
            "n": _numbers(kept, "n"),
            "weight": _numbers(kept, "weight"),
            "arm": arm[keep].to_numpy(),
        }
    )
    rows["day"] = day_numbers(rows["at"])
    rows = rows.sort_values(["at", "request_id"], kind="stable", ignore_index=True)
    if comparing and rows["arm"].nunique() > 1:
        # A request that was looked at more than once counts once, by the draw that says most about the others.
        drawn = rows["arm"].isin([RANDOM_ARM])
        rows = pd.concat([rows[drawn], rows[~drawn]]).drop_duplicates("request_id").sort_index(ignore_index=True)
    return rows


def tally(rows: pd.DataFrame, group: npt.NDArray[np.int64], groups: int) -> pd.DataFrame:
    """Totals of `rows` by group number.

    Parameters
    ----------
    rows : a frame from `trials`.
    group : group number of each row, 0 to ``groups - 1``.
    groups : how many groups there are; empty ones stay.

    Returns
    -------
    DataFrame indexed by group number: ``n`` and ``failed`` (raw counts), ``rate`` (weighted where weights differ),
    ``n_effective`` (Kish; equals ``n`` where weights are equal), ``low`` and ``high`` (95 %).
    """
    return _rates(_sums(rows, group, groups))


def complement(rows: pd.DataFrame, group: npt.NDArray[np.int64], groups: int) -> pd.DataFrame:
    """Totals as in `tally`, for each group over all rows outside it."""
    sums = _sums(rows, group, groups)
    return _rates(sums.sum(axis=1, keepdims=True) - sums)


def effective_estimate(rows: pd.DataFrame) -> Estimate:
    """The rate over all of `rows`, weighted where they were drawn with unequal probabilities.

    ``n`` and ``k`` are the requests looked at and those that failed; the interval rests on the effective sample size.
    """
    total = tally(rows, np.zeros(len(rows), dtype=np.int64), 1).iloc[0]
    n, k, effective = float(total["n"]), float(total["failed"]), float(total["n_effective"])
    if n == 0 or effective == n:
        return rate(k, n)
    inner = rate(float(total["rate"]) * effective, effective)
    return Estimate(float(total["rate"]), inner.low, inner.high, n, k, f"{inner.method}, {EFFECTIVE_N}", inner.level)


def group_sums(group: npt.NDArray[np.int64], values: npt.NDArray[np.float64], groups: int) -> npt.NDArray[np.float64]:
    """Sum of `values` by group number; empty groups sum to 0."""
    sums: npt.NDArray[np.float64] = np.bincount(group, values, groups).astype(np.float64)
    return sums


def _sums(rows: pd.DataFrame, group: npt.NDArray[np.int64], groups: int) -> npt.NDArray[np.float64]:
    """By group: requests, failures, weighted requests, weighted failures, squared weights."""
    n, weight = rows["n"].to_numpy(float), rows["weight"].to_numpy(float)
    if len(weight) and weight.min() == weight.max():
        weight = np.ones_like(weight)
    failed = rows["failed"].to_numpy(bool) * n
    parts = (n, failed, weight * n, weight * failed, weight**2 * n)
    return np.vstack([group_sums(group, part, groups) for part in parts])


def _rates(sums: npt.NDArray[np.float64]) -> pd.DataFrame:
    n, failed, weighted, hits, squares = sums
    with np.errstate(divide="ignore", invalid="ignore"):
        share = np.where(n > 0, hits / weighted, np.nan)
        effective = np.where(n > 0, weighted**2 / squares, 0.0)
    # Taking a group out of a total leaves rounding behind; none and all are exact.
    share = np.clip(share, 0.0, 1.0)
    share[(n > 0) & (failed == 0)] = 0.0
    share[(n > 0) & (failed == n)] = 1.0
    low, high = rate_bounds(np.nan_to_num(share) * effective, effective)
    return pd.DataFrame({"n": n, "failed": failed, "rate": share, "n_effective": effective, "low": low, "high": high})


def day_numbers(at: pd.Series[Any]) -> npt.NDArray[np.int64]:
    """Days since 1970-01-01 in UTC, whatever precision the timestamps have."""
    naive = at.dt.tz_convert("UTC").dt.tz_localize(None) if at.dt.tz is not None else at
    return naive.to_numpy(dtype="datetime64[D]").astype(np.int64)


def days_to_timestamps(days: npt.ArrayLike) -> pd.DatetimeIndex:
    """Midnight, UTC, of each day number."""
    return pd.DatetimeIndex(
        np.asarray(days, dtype=np.int64).astype("datetime64[D]").astype("datetime64[us]")
    ).tz_localize("UTC")


def _numbers(frame: pd.DataFrame, column: str) -> npt.NDArray[np.float64]:
    if column not in frame.columns:
        return np.ones(len(frame))
    return np.asarray(frame[column].astype("Float64").fillna(1.0), dtype=np.float64)
