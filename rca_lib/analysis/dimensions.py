"""The columns of a request by which a failure rate can be split, and their values ready to split by."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

__all__ = [
    "LEFT_OUT",
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
    "data_categories",
    "team_id",
    "policy_version",
    "tool_version",
    "template_version",
)
"""Columns of the data contract that describe the work.

Who did it is never one of them, nor are nondisclosure and sensitivity: a rate by these would tell who may not know it
that such requests exist. A source can declare them.
"""

LEFT_OUT: frozenset[str] = frozenset({"request_id", "specialist_id", "actor_id", "agency_id", "reopened_from"})
"""Columns that name single requests, people or requesters, which no source may declare as a dimension."""

TENURE_BANDS: tuple[tuple[float, str], ...] = (
    (3, "0-3 months"),
    (12, "3-12 months"),
    (24, "1-2 years"),
    (float("inf"), "2+ years"),
)
"""Tenure at receipt: the band holds up to so many months."""

MOST_LEVELS = 200
"""A column with more values than this names cases rather than kinds of case, unless a few of them make up most cases."""

FEWEST_PER_LEVEL = 20
"""Requests that a value needs to be worth a rate of its own."""

NOT_RECORDED = "not recorded"

_DERIVED = ("site", "tenure")
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


def dimensions(tables: Mapping[str, pd.DataFrame], config: Any = None) -> Dimensions:
    """Collect the dimensions of the requests, with those derived from the staff table.

    Beside the columns of the contract and those declared under ``[dimensions]``, there are ``site`` and ``tenure`` of
    the specialist at receipt: bands, never the person. Columns without a value, with one value only, or with more than
    `MOST_LEVELS` values are left out, with the reason; where most requests share a few of many values, the rare values
    are pooled instead.
    """
    requests = tables.get("requests")
    if requests is None or requests.empty:
        return Dimensions(pd.DataFrame({"request_id": pd.Series(dtype="str")}), (), {})
    declared = tuple((getattr(config, "dimensions", None) or {}).get("requests", ()))
    derived = _staff_columns(requests, tables.get("staff"))
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
            words = _as_words(values)
            kept[name] = pool_rare(words, min_n=FEWEST_PER_LEVEL) if words.nunique() > MOST_LEVELS else words
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
    """Return the requests with the derived dimensions (site, tenure) as further columns."""
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
        sizes = values.value_counts()
        common = sizes[sizes >= FEWEST_PER_LEVEL]
        if len(common) > MOST_LEVELS or 2 * int(common.sum()) < len(values):
            return f"it has {levels:,} values, too many or too rare to compare"
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
