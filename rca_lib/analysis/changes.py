"""What changed near the onset, and whether the rate moved with it, where it reached and where it did not."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt
import pandas as pd

from rca_lib.analysis.conditions import requests_matching
from rca_lib.analysis.intervals import newcombe_difference, rate_bounds
from rca_lib.analysis.trials import day_numbers, tally, trials

if TYPE_CHECKING:
    from rca_lib.analysis.onset import Onset
    from rca_lib.analysis.outcome import Outcome

__all__ = ["CHANGE_COLUMNS", "change_segments", "changes_near", "join_changes"]

ONSET_LEAD_DAYS = 28
"""How long before the earliest day of the onset a change may come into force and still be near it."""

FEWEST_PER_SIDE = 20
LONGEST_WINDOW_DAYS = 182

CHANGE_COLUMNS = [
    "change_id", "effective_from", "kind", "component", "description",
    "segment", "segment_problem", "reach", "window_days",
    "n_before", "failed_before", "rate_before", "rate_before_low", "rate_before_high",
    "n_after", "failed_after", "rate_after", "rate_after_low", "rate_after_high",
    "difference", "difference_low", "difference_high",
    "rate_before_elsewhere", "rate_after_elsewhere", "n_before_elsewhere", "n_after_elsewhere",
    "did_ratio", "did_low", "did_high", "did_z",
    "days_from_onset", "in_onset_window", "candidate",
]  # fmt: skip


def changes_near(
    changes: pd.DataFrame,
    outcome: Outcome,
    requests: pd.DataFrame,
    *,
    onset: Onset | None = None,
    around: pd.Timestamp | None = None,
    window_days: int = 56,
) -> pd.DataFrame:
    """Rate before and after each change, in the segment that it reached and elsewhere.

    Parameters
    ----------
    changes : the change log.
    outcome : the failure, one row per request at risk.
    requests : the columns that segments name.
    onset : when the rate changed, if a change was found.
    around : when the escalation occurred. A change that came into force later cannot have caused it.
    window_days : how far to look on each side. Both sides are equally long, shorter where the data end sooner, and
        longer (up to half a year) where a side would hold fewer than 20 requests at risk.

    Returns
    -------
    One row per change, the most plausible first: those that could be a cause (``candidate``), within the onset window,
    with the clearest rise. ``reach`` is the share of requests in the segment. ``did_ratio`` is the odds ratio after
    against before in the segment, divided by that elsewhere (1 when both moved alike; ``nan`` where there is no
    elsewhere); ``did_z`` is its logarithm over its standard error, or that of the odds ratio in the segment where
    there is no elsewhere. ``segment_problem`` says in a sentence why a segment could not be evaluated, else it is
    empty.
    """
    if not len(changes):
        return pd.DataFrame(columns=CHANGE_COLUMNS)
    rows = trials(outcome)
    reached = change_segments(changes, requests, rows["request_id"])
    records = []
    for position, change in enumerate(changes.to_dict("records")):
        inside, reach, problem = reached[position]
        record = {
            name: change.get(name) for name in ("change_id", "effective_from", "kind", "component", "description")
        }
        record |= {"segment": _text(change.get("segment")), "segment_problem": problem, "reach": reach}
        when = change.get("effective_from")
        if inside is not None and isinstance(when, pd.Timestamp) and len(rows):
            record |= _contrast(rows, inside, when, window_days)
        records.append(record | _timing(when, onset, around))
    table = pd.DataFrame(records).reindex(columns=CHANGE_COLUMNS)
    order = pd.DataFrame(
        {
            "candidate": ~table["candidate"].astype(bool),
            "window": ~table["in_onset_window"].astype(bool),
            "z": -table["did_z"].astype(float).fillna(-math.inf),
            "id": table["change_id"].astype("str"),
        }
    )
    return table.loc[order.sort_values(list(order.columns), kind="stable").index].reset_index(drop=True)


def change_segments(
    changes: pd.DataFrame, requests: pd.DataFrame, request_ids: pd.Series
) -> list[tuple[npt.NDArray[np.bool_] | None, float, str]]:
    """For each change: the mask of its segment over `request_ids`, its share of all requests, what is wrong with it.

    A change without a segment reaches every request.
    """
    texts = [_text(value) for value in changes["segment"]] if "segment" in changes else [""] * len(changes)
    found = requests_matching(requests, [text for text in texts if text])
    position = pd.Index(requests["request_id"]).get_indexer(pd.Index(request_ids))
    result: list[tuple[npt.NDArray[np.bool_] | None, float, str]] = []
    for text in texts:
        if not text:
            result.append((np.ones(len(request_ids), dtype=bool), 1.0, ""))
            continue
        mask, problem = found[text]
        if mask is None:
            result.append((None, math.nan, problem))
        else:
            reach = float(mask.mean()) if len(mask) else math.nan
            result.append((np.where(position >= 0, mask[position], False), reach, ""))
    return result


def join_changes(onset: Onset, changes: pd.DataFrame, *, lead_days: int = ONSET_LEAD_DAYS) -> pd.DataFrame:
    """Join a change of the rate to the change log by its window, never by its date alone.

    Parameters
    ----------
    onset : the change of the rate, with its window.
    changes : the change log.
    lead_days : how long before the window an entry may have come into force and still show late, as work in hand takes
        time.

    Returns
    -------
    The entries, those nearest before the likeliest day first, with ``days_before`` (days from the entry to that day,
    below 0 where the entry is later), ``inside`` (within the window itself) and ``near`` (within it or the lead
    before it). Entries without a date are left out.

    Examples
    --------
    >>> from rca_lib.analysis.intervals import rate
    >>> from rca_lib.analysis.onset import Onset
    >>> day = lambda text: pd.Timestamp(text, tz="UTC")
    >>> rise = Onset(day("2025-06-09"), day("2025-06-01"), day("2025-06-17"), rate(1, 99), rate(9, 99), "rise", 0.01, 1.0, "")
    >>> log = pd.DataFrame({"change_id": ["A", "B", "C"],
    ...                     "effective_from": [day("2025-06-02"), day("2025-05-20"), day("2025-07-01")]})
    >>> join_changes(rise, log)[["change_id", "days_before", "inside", "near"]].values.tolist()
    [['A', 7, True, True], ['B', 20, False, True], ['C', -22, False, False]]
    """
    table = changes.loc[changes["effective_from"].notna()].copy() if len(changes) else changes.copy()
    if not len(table):
        return table.assign(days_before=[], inside=[], near=[])
    dates = pd.Series([onset.when, onset.low, onset.high])
    when, low, high = (int(number) for number in day_numbers(dates))
    day = day_numbers(table["effective_from"])
    table["days_before"] = when - day
    table["inside"] = (day >= low) & (day <= high)
    table["near"] = (day >= low - lead_days) & (day <= high)
    late = (table["days_before"] < 0).to_numpy()
    order = pd.DataFrame({"late": late, "gap": table["days_before"].abs(), "id": table["change_id"].astype("str")})
    return table.loc[order.sort_values(["late", "gap", "id"], kind="stable").index].reset_index(drop=True)


def _contrast(
    rows: pd.DataFrame, inside: npt.NDArray[np.bool_], when: pd.Timestamp, window_days: int
) -> dict[str, object]:
    day = rows["day"].to_numpy()
    split = int(day_numbers(pd.Series([when]))[0])
    allowed = min(split - int(day.min()), int(day.max()) + 1 - split)
    window = min(window_days, allowed)
    while (
        window < min(allowed, LONGEST_WINDOW_DAYS) and _smaller_side(rows, inside, day, split, window) < FEWEST_PER_SIDE
    ):
        window = min(window + 28, allowed, LONGEST_WINDOW_DAYS)
    if window < 1:
        return {"window_days": 0}
    near = (day >= split - window) & (day < split + window)
    group = np.where(inside, 0, 2) + (day >= split)
    table = tally(rows.loc[near], group[near], 4)
    n, failed, effective = (table[name].to_numpy(float) for name in ("n", "failed", "n_effective"))
    share = table["rate"].to_numpy(float)
    k = np.where(effective > 0, np.nan_to_num(share) * effective, 0.0)
    low, high = rate_bounds(k, effective)
    gap = newcombe_difference(k[1], effective[1], k[0], effective[0])
    return {
        "window_days": window,
        "n_before": int(n[0]), "failed_before": int(failed[0]), "rate_before": share[0],
        "rate_before_low": low[0], "rate_before_high": high[0],
        "n_after": int(n[1]), "failed_after": int(failed[1]), "rate_after": share[1],
        "rate_after_low": low[1], "rate_after_high": high[1],
        "difference": gap.value, "difference_low": gap.low, "difference_high": gap.high,
        "rate_before_elsewhere": share[2], "rate_after_elsewhere": share[3],
        "n_before_elsewhere": int(n[2]), "n_after_elsewhere": int(n[3]),
    } | _difference_in_differences(k, effective)  # fmt: skip


def _difference_in_differences(k: npt.NDArray[np.float64], n: npt.NDArray[np.float64]) -> dict[str, object]:
    """Ratio of odds ratios with half a failure and half a success added to each of the four groups (Woolf, Haldane)."""
    if n[0] == 0 or n[1] == 0:
        return {"did_ratio": math.nan, "did_low": math.nan, "did_high": math.nan, "did_z": math.nan}
    hits, misses = k + 0.5, n - k + 0.5
    logit, variance = np.log(hits / misses), 1 / hits + 1 / misses
    own = float(logit[1] - logit[0])
    own_variance = float(variance[0] + variance[1])
    if n[2] == 0 or n[3] == 0:
        return {
            "did_ratio": math.nan,
            "did_low": math.nan,
            "did_high": math.nan,
            "did_z": own / math.sqrt(own_variance),
        }
    gap = own - float(logit[3] - logit[2])
    error = math.sqrt(own_variance + float(variance[2] + variance[3]))
    reach = 1.959964 * error
    return {
        "did_ratio": math.exp(gap),
        "did_low": math.exp(gap - reach),
        "did_high": math.exp(gap + reach),
        "did_z": gap / error,
    }


def _timing(when: object, onset: Onset | None, around: pd.Timestamp | None) -> dict[str, object]:
    if not isinstance(when, pd.Timestamp):
        return {"days_from_onset": math.nan, "in_onset_window": False, "candidate": False}
    reference = onset.when if onset is not None else around
    distance = (when - reference) / pd.Timedelta(days=1) if reference is not None else math.nan
    in_window = False
    if onset is not None:
        in_window = bool(onset.low - pd.Timedelta(days=ONSET_LEAD_DAYS) <= when < onset.high + pd.Timedelta(days=1))
    return {
        "days_from_onset": float(distance),
        "in_onset_window": in_window,
        "candidate": around is None or bool(when <= around),
    }


def _smaller_side(
    rows: pd.DataFrame, inside: npt.NDArray[np.bool_], day: npt.NDArray[np.int64], split: int, window: int
) -> float:
    n = rows["n"].to_numpy(float) * inside
    return min(
        float(n[(day >= split - window) & (day < split)].sum()), float(n[(day >= split) & (day < split + window)].sum())
    )


def _text(value: object) -> str:
    return value.strip() if isinstance(value, str) else ""
