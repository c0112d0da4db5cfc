"""The columns of a request by which a failure rate can be split, and their values ready to split by."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from rca_lib.analysis.clock import multiplicity, text_column

__all__ = [
    "LEFT_OUT",
    "LOADS",
    "MOST_LEVELS",
    "REQUEST_DIMENSIONS",
    "TENURE_BANDS",
    "Dimensions",
    "dimension_columns",
    "dimensions",
    "pool_rare",
    "segment_frame",
]

REQUEST_DIMENSIONS: tuple[str, ...] = (
    "process_type",
    "authority",
    "jurisdiction",
    "legal_entity",
    "channel",
    "urgency",
    "language",
    "ndo",
    "sensitivity",
    "data_categories",
    "team_id",
    "policy_version",
    "tool_version",
    "template_version",
)
"""Columns of the data contract that describe the work; who did it is never one of them."""

LEFT_OUT: frozenset[str] = frozenset({"request_id", "specialist_id", "actor_id", "agency_id", "reopened_from"})
"""Columns that name single requests, people or requesters, which no source may declare as a dimension."""

TENURE_BANDS: tuple[tuple[float, str], ...] = (
    (3, "0-3 months"),
    (12, "3-12 months"),
    (24, "1-2 years"),
    (float("inf"), "2+ years"),
)
"""Tenure at receipt: the band holds up to so many months."""

LOADS: tuple[str, ...] = ("light", "medium", "heavy")

MOST_LEVELS = 200
"""A column with more values than this names cases rather than kinds of case."""

_DERIVED = ("site", "tenure", "load")
_MONTH_DAYS = 365.25 / 12


@dataclass(frozen=True, eq=False)
class Dimensions:
    """Request columns that a rate can be split by.

    Attributes
    ----------
    frame : one row per request: request_id, then a text column per dimension ("not recorded" where it has no value).
    columns : names of the dimensions.
    left_out : why each other candidate was left out: column -> clause.
    """

    frame: pd.DataFrame
    columns: tuple[str, ...]
    left_out: dict[str, str]


NOT_RECORDED = "not recorded"


def dimensions(tables: Mapping[str, pd.DataFrame], config: Any = None) -> Dimensions:
    """Collect the dimensions of the requests, with those derived from the staff table and from the team's load.

    Beside the columns of the contract and those declared under ``[dimensions]``, there are ``site`` and ``tenure`` of
    the specialist at receipt (bands, never the person), and ``load``: thirds of the number of requests that the team
    received per working day over the seven days before. Columns without a value, with one value only, or with more
    than `MOST_LEVELS` values are left out, with the reason.
    """
    requests = tables.get("requests")
    if requests is None or requests.empty:
        return Dimensions(pd.DataFrame({"request_id": pd.Series(dtype="str")}), (), {})
    declared = tuple((getattr(config, "dimensions", None) or {}).get("requests", ()))
    derived = _staff_columns(requests, tables.get("staff")) | _load_column(requests)
    kept: dict[str, pd.Series] = {}
    left_out: dict[str, str] = {}
    for name in dict.fromkeys((*REQUEST_DIMENSIONS, *declared, *_DERIVED)):
        values = derived.get(name)
        if values is None and name in requests.columns:
            values = requests[name]
        if values is None:
            continue
        reason = _why_left_out(name, values)
        if reason:
            left_out[name] = reason
        else:
            kept[name] = _as_words(values)
    frame = pd.DataFrame({"request_id": requests["request_id"], **kept})
    return Dimensions(frame, tuple(kept), left_out)


def dimension_columns(tables: Mapping[str, pd.DataFrame], config: Any = None) -> list[str]:
    """Name the columns of the requests table that a rate can be split by; see `dimensions` for the derived ones.

    Examples
    --------
    >>> requests = pd.DataFrame({"request_id": ["1", "2"], "channel": ["portal", "mail"], "language": ["en", "en"]})
    >>> dimension_columns({"requests": requests})
    ['channel']
    """
    requests = tables.get("requests")
    if requests is None or requests.empty:
        return []
    declared = tuple((getattr(config, "dimensions", None) or {}).get("requests", ()))
    names = [name for name in dict.fromkeys((*REQUEST_DIMENSIONS, *declared)) if name in requests.columns]
    return [name for name in names if not _why_left_out(name, requests[name])]


def segment_frame(tables: Mapping[str, pd.DataFrame], config: Any = None) -> pd.DataFrame:
    """Return the requests with the derived dimensions (site, tenure, load) as further columns."""
    found = dimensions(tables, config)
    extra = [name for name in _DERIVED if name in found.columns]
    return tables["requests"].assign(**{name: found.frame[name] for name in extra})


def pool_rare(
    values: pd.Series, *, min_n: int = 20, weights: pd.Series | None = None, other: str = "other"
) -> pd.Series:
    """Put values that are rarer than `min_n` into one value, so that a model is not asked about a handful.

    Parameters
    ----------
    values : one text value per row; missing ones become "not recorded".
    min_n : rows (or the sum of `weights`) that a value needs to stand for itself.
    weights : how many requests each row stands for.

    Examples
    --------
    >>> pool_rare(pd.Series(["a", "a", "b", "c"]), min_n=2).tolist()
    ['a', 'a', 'other', 'other']
    """
    words = _as_words(values)
    counted = pd.Series(1, index=words.index) if weights is None else weights
    size = counted.groupby(words).sum()
    rare = size.index[size < min_n]
    return words.mask(words.isin(rare), other)


def _as_words(values: pd.Series) -> pd.Series:
    if str(values.dtype) in ("boolean", "bool"):
        values = values.astype("boolean").map({True: "yes", False: "no"})
    return values.astype("str").fillna(NOT_RECORDED)


def _why_left_out(name: str, values: pd.Series) -> str:
    if name in LEFT_OUT:
        return "it names single cases or people"
    levels = int(values.nunique(dropna=True))
    if levels == 0:
        return "it was not supplied"
    if levels + int(values.isna().any()) == 1:
        return "it has the same value for every request"
    if levels > MOST_LEVELS:
        return f"it has {levels:,} values, more than the {MOST_LEVELS} that can be compared"
    return ""


def _staff_columns(requests: pd.DataFrame, staff: pd.DataFrame | None) -> dict[str, pd.Series]:
    if staff is None or staff.empty or "specialist_id" not in requests.columns:
        return {}
    people = staff.drop_duplicates("actor_id").set_index("actor_id")
    derived = {}
    if "site" in people.columns:
        derived["site"] = requests["specialist_id"].map(people["site"])
    if "tenure_start" in people.columns:
        begun = requests["specialist_id"].map(people["tenure_start"])
        months = (requests["received_at"] - begun).dt.total_seconds() / 86_400 / _MONTH_DAYS
        edges = [-np.inf, *(limit for limit, _ in TENURE_BANDS)]
        bands = pd.cut(months, edges, right=False, labels=[label for _, label in TENURE_BANDS])
        derived["tenure"] = bands.astype("str")
    return derived


def _load_column(requests: pd.DataFrame) -> dict[str, pd.Series]:
    """Thirds of what each team received over the seven days before, in requests per working day."""
    teams = text_column(requests, "team_id")
    if not bool((teams != "").any()):
        return {}
    days = requests["received_at"].dt.floor("D")
    counts = multiplicity(requests).groupby([teams, days]).sum()
    load = pd.Series(np.nan, index=requests.index)
    for team, per_day in counts.groupby(level=0):
        if not team:
            continue
        daily = per_day.droplevel(0).asfreq("D", fill_value=0)
        week = daily.shift(1).rolling(7).sum() / 5
        mine = teams == team
        load[mine] = days[mine].map(week)
    if load.nunique() < len(LOADS):
        return {}
    # A team is compared with itself: what is heavy for a small team is light for a large one.
    share = load.groupby(teams).rank(pct=True)
    bands = pd.cut(share, [0, 1 / 3, 2 / 3, 1], labels=list(LOADS))
    return {"load": bands.astype("str").where(load.notna())}
