"""Which requests were assessed for a failure mode, in which sample, and with what result."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from rca_lib.analysis.clock import as_moment, moments, multiplicity, text_column

__all__ = ["AssessedRequests", "assessed_requests"]


@dataclass(frozen=True, eq=False)
class AssessedRequests:
    """Results of assessments for one failure mode.

    Attributes
    ----------
    rows : one row per request and arm, the worst result counting: request_id, at (receipt), arm, assessed_at, failed,
        weight (1 / probability of being drawn; missing where that is not on record), n.
    items : the rubric items that are tied to the failure mode: those that failed in this way at least once.
    missing : why there are no rows, as a clause; "" where there are some.
    """

    rows: pd.DataFrame
    items: tuple[str, ...]
    missing: str = ""


def assessed_requests(
    tables: Mapping[str, pd.DataFrame], mode: str, requests: pd.DataFrame, *, as_of: Any
) -> AssessedRequests:
    """Collect the assessments in which an item tied to a failure mode was passed or failed.

    Final and disputed assessments count; overturned ones, and items overturned on dispute, do not. A failed item that
    names no failure mode may or may not be this failure, so it is left out.
    """
    as_of = as_moment(as_of)
    assessments, items = tables.get("assessments"), tables.get("assessment_items")
    if assessments is None or items is None or assessments.empty or items.empty:
        return AssessedRequests(pd.DataFrame(), (), "no assessments with item results were supplied")
    usable = (assessments["assessed_at"] <= as_of) & (text_column(assessments, "status") != "overturned")
    assessments = assessments[usable]
    items = items[items["assessment_id"].isin(assessments["assessment_id"]) & items["result"].isin(["pass", "fail"])]
    items = _without_overturned(items, tables.get("disputes"), as_of)
    modes = text_column(items, "failure_mode")
    this_way = (items["result"] == "fail") & (modes == mode)
    tied = items.loc[this_way, "item_id"].unique()
    if not len(tied):
        return AssessedRequests(pd.DataFrame(), (), "no assessed item failed in this way")
    known = items["item_id"].isin(tied) & ((items["result"] == "pass") | (modes != ""))
    rows = _one_row_per_request_and_arm(items[known].assign(failed=this_way[known]), assessments, requests)
    if rows.empty:
        return AssessedRequests(pd.DataFrame(), (), "no assessed request is among the requests supplied")
    return AssessedRequests(rows, tuple(sorted(map(str, tied))))


def _without_overturned(items: pd.DataFrame, disputes: pd.DataFrame | None, as_of: pd.Timestamp) -> pd.DataFrame:
    if disputes is None or disputes.empty or "item_id" not in disputes.columns:
        return items
    gone = disputes[(text_column(disputes, "outcome") == "overturned") & disputes["item_id"].notna()]
    gone = gone[~(moments(gone, "resolved_at") > as_of)]
    if gone.empty:
        return items
    pairs = pd.MultiIndex.from_frame(gone[["assessment_id", "item_id"]])
    return items[~pd.MultiIndex.from_frame(items[["assessment_id", "item_id"]]).isin(pairs)]


def _one_row_per_request_and_arm(
    items: pd.DataFrame, assessments: pd.DataFrame, requests: pd.DataFrame
) -> pd.DataFrame:
    failed = items.groupby("assessment_id", sort=False)["failed"].max()
    scored = assessments[assessments["assessment_id"].isin(failed.index)].drop_duplicates("assessment_id")
    chance = pd.Series(np.nan, index=scored.index)
    if "inclusion_prob" in scored.columns:
        chance = scored["inclusion_prob"].astype(float)
    scored = pd.DataFrame(
        {
            "request_id": scored["request_id"],
            "arm": text_column(scored, "sample_arm"),
            "assessed_at": scored["assessed_at"],
            "failed": failed.reindex(scored["assessment_id"]).to_numpy(dtype=bool),
            "weight": (1.0 / chance.where(chance > 0)).astype(float),
        }
    )
    worst = scored.groupby(["request_id", "arm"], as_index=False, sort=False).agg(
        failed=("failed", "max"), weight=("weight", "mean"), assessed_at=("assessed_at", "min")
    )
    known = requests.drop_duplicates("request_id")[["request_id", "received_at"]]
    rows = worst.merge(known.assign(n=multiplicity(requests).reindex(known.index)), on="request_id")
    return rows.rename(columns={"received_at": "at"})
