"""How long it took until somebody noticed a failure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from rca_lib.analysis.clock import as_moment, hours_between, moments

__all__ = ["DetectionLag", "detection_lag"]


@dataclass(frozen=True, slots=True)
class DetectionLag:
    """Time from a failure to its detection, and how that compares.

    Attributes
    ----------
    hours : from occurrence to detection; ``None`` when either is not on record.
    percentile : share of the other escalations that were detected sooner (ties count half); ``None`` without any.
    n : other escalations with both moments on record.
    occurred_at, detected_at, detected_by : as recorded; ``None`` where missing.
    typical_hours : median of the other escalations.
    low, high : the middle half of the other escalations (first and third quartile).
    reason : why there is no lag, in a sentence; else "".
    """

    hours: float | None
    percentile: float | None
    n: int
    occurred_at: pd.Timestamp | None
    detected_at: pd.Timestamp | None
    detected_by: str | None
    typical_hours: float | None
    low: float | None
    high: float | None
    reason: str = ""


def detection_lag(escalation: Mapping[str, Any] | pd.Series, escalations: pd.DataFrame) -> DetectionLag:
    """Measure how long a failure went unnoticed, beside the other escalations on record.

    Parameters
    ----------
    escalation : one row: escalation_id, occurred_at, detected_at, detected_by.
    escalations : the table of all of them.
    """
    occurred, detected, found_by = (_value(escalation, name) for name in ("occurred_at", "detected_at", "detected_by"))
    others = escalations[escalations["escalation_id"] != escalation["escalation_id"]]
    lags = hours_between(moments(others, "occurred_at"), moments(others, "detected_at")).dropna()
    # A detection before the event is an error of the record; it says nothing on what is usual.
    hours = lags[lags >= 0].to_numpy(dtype=float)
    low, typical, high = (float(q) for q in np.quantile(hours, [0.25, 0.5, 0.75])) if hours.size else (None, None, None)
    occurred = None if occurred is None else as_moment(occurred)
    detected = None if detected is None else as_moment(detected)
    lag, share, reason = None, None, ""
    if occurred is None or detected is None:
        missing = "when it happened" if occurred is None else "when it was detected"
        reason = f"The escalation does not say {missing}, so how long it went unnoticed is not known."
    elif detected < occurred:
        reason = "The escalation was detected before it happened, so one of the two moments is not right."
    else:
        lag = (detected - occurred).total_seconds() / 3600
        if hours.size:
            share = float(((hours < lag).sum() + (hours == lag).sum() / 2) / hours.size)
    by = None if found_by is None else str(found_by)
    return DetectionLag(lag, share, int(hours.size), occurred, detected, by, typical, low, high, reason)


def _value(row: Mapping[str, Any] | pd.Series, name: str) -> Any:
    value = row.get(name)
    return None if value is None or pd.isna(value) else value
