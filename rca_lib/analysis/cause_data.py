"""What a search for causes looks at: the requests at risk, numbered by dimension, week and specialist."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt
import pandas as pd

from rca_lib.analysis.dimensions import segment_frame
from rca_lib.analysis.exposures import ALWAYS, LOAD, Dimension, dimension_levels, load_bands
from rca_lib.analysis.segments import level_codes
from rca_lib.analysis.trials import RANDOM_ARM, day_numbers, group_sums

if TYPE_CHECKING:
    from rca_lib.analysis.outcome import Outcome

__all__ = ["CauseData", "assemble", "confounders", "first_monday", "too_little", "week_number", "with_derived_columns"]

FEWEST_FAILURES = 20
FEWEST_WEEKS = 8
MOST_PERIODS = 30
PER_PERIOD = 10
DERIVED = ("tenure", "site", LOAD)

CONFOUNDERS = 3
"""Dimensions, those that matter most for the failure, that an adjusted odds ratio is adjusted for beside time."""


@dataclass(frozen=True, eq=False)
class CauseData:
    """The requests at risk and what is known of each.

    Attributes
    ----------
    rows : from `rca_lib.analysis.trials.trials`, with the escalation's own requests that are not at risk at a count of 0.
    n, failed, week : requests, failures and week number per row.
    dimensions : the columns to look in, numbered.
    index : marks the escalation's own requests.
    specialist : who handled each row, numbered; -1 where not known.
    prevalent : marks the rows from which shares may be read: all, or those that were drawn at random.
    """

    rows: pd.DataFrame
    n: npt.NDArray[np.float64]
    failed: npt.NDArray[np.float64]
    week: npt.NDArray[np.int64]
    dimensions: list[Dimension]
    index: npt.NDArray[np.bool_]
    specialist: npt.NDArray[np.int64]
    prevalent: npt.NDArray[np.bool_]

    @property
    def always(self) -> list[npt.NDArray[np.int64]]:
        """Level numbers of the dimensions that every model holds."""
        return [dimension.held for dimension in self.dimensions if dimension.role in ALWAYS]

    @property
    def period(self) -> npt.NDArray[np.int64]:
        """Four-week period per row."""
        return self.week // 4

    @property
    def coarse_period(self) -> npt.NDArray[np.int64]:
        """Periods of equal length, as many as the failures bear: ten for each, four weeks at the least."""
        weeks = int(self.week.max()) + 1
        periods = int(np.clip(self.failed.sum() // PER_PERIOD, 2, min(MOST_PERIODS, max(weeks // 4, 2))))
        return np.asarray(self.week * periods // weeks, dtype=np.int64)


def too_little(outcome: Outcome, rows: pd.DataFrame) -> tuple[str, str] | None:
    """Why causes cannot be looked for in these data, and what would allow it; ``None`` where they can."""
    n, failures = float(rows["n"].sum()), float((rows["n"] * rows["failed"]).sum())
    weeks = int(rows["day"].max() - rows["day"].min()) // 7 + 1 if len(rows) else 0
    reason, allow = "", ""
    if not outcome.ok:
        reason, allow = outcome.reason, outcome.would_allow
    elif failures < FEWEST_FAILURES:
        reason = f"Only {int(failures)} of {int(n)} requests at risk failed, too few to compare causes."
        allow = f"At least {FEWEST_FAILURES} failures, from a longer time or a larger sample, would allow it."
    elif failures > n - FEWEST_FAILURES:
        reason = "Nearly every request at risk failed, so there is nothing to compare the failures with."
        allow = "Requests of the same kind that did not fail would allow it."
    elif weeks < FEWEST_WEEKS:
        reason = f"The requests at risk span {weeks} weeks, too short to see what changed."
        allow = f"At least {FEWEST_WEEKS} weeks of requests would allow it."
    return (reason, allow) if reason else None


def with_derived_columns(requests: pd.DataFrame, staff: pd.DataFrame | None) -> pd.DataFrame:
    """`requests` with tenure, site and the load of the week, where they can be told."""
    columns = requests
    if staff is not None and "tenure" not in columns.columns:
        columns = segment_frame({"requests": requests, "staff": staff})
    if LOAD not in columns.columns and "received_at" in columns.columns and len(columns):
        columns = columns.assign(**{LOAD: load_bands(columns)})
    return columns


def assemble(
    rows: pd.DataFrame, columns: pd.DataFrame, dimensions: Iterable[str], request_ids: Sequence[str]
) -> tuple[CauseData, list[str]]:
    """Number everything. The escalation's own requests that are not at risk join with a count of 0."""
    wanted = set(request_ids)
    missing = sorted(wanted - set(rows["request_id"]))
    extra = columns.loc[columns["request_id"].isin(missing), ["request_id", "received_at"]]
    if len(extra):
        more = pd.DataFrame({"request_id": extra["request_id"].to_numpy(), "at": extra["received_at"].array})
        more = more.assign(failed=False, mature=True, n=0.0, weight=0.0, arm="", day=day_numbers(more["at"]))
        rows = pd.concat([rows, more[rows.columns]], ignore_index=True)
    n = rows["n"].to_numpy(float)
    week = ((rows["day"].to_numpy() - first_monday(rows)) // 7).astype(np.int64)
    position = pd.Index(columns["request_id"]).get_indexer(pd.Index(rows["request_id"]))
    names = [*dict.fromkeys([*dimensions, *DERIVED])]
    joined = columns[[name for name in names if name in columns.columns]].iloc[position].reset_index(drop=True)
    found, left_out = dimension_levels(joined, names, n, week // 4)
    index = rows["request_id"].isin(wanted).to_numpy(bool)
    specialist = np.full(len(rows), -1, dtype=np.int64)
    if "specialist_id" in columns.columns:
        held = columns["specialist_id"].iloc[position].reset_index(drop=True)
        specialist = np.asarray(pd.factorize(held, sort=True)[0], dtype=np.int64)
    arm = rows["arm"].astype("str")
    if arm[n > 0].nunique() > 1:
        codes, labels = level_codes(arm.where(n > 0, RANDOM_ARM), min_n=0)
        found.append(Dimension("sample_arm", codes, labels, "arm"))
    prevalent = arm.isin(["", RANDOM_ARM]).to_numpy(bool)
    return CauseData(rows, n, rows["failed"].to_numpy(bool) * n, week, found, index, specialist, prevalent), left_out


def first_monday(rows: pd.DataFrame) -> int:
    """Day number of the Monday that week 0 begins with."""
    first = int(rows["day"].min())
    return first - (first - 4) % 7


def week_number(rows: pd.DataFrame, when: pd.Timestamp) -> int:
    """Number of the week that holds `when`, counted as in `CauseData.week`."""
    return (int(day_numbers(pd.Series([when]))[0]) - first_monday(rows)) // 7


def confounders(data: CauseData) -> list[Dimension]:
    """The dimensions along which the failure differs most, few-levelled ones that are always there."""
    overall = data.failed.sum() / data.n.sum()
    strength = []
    for dimension in data.dimensions:
        if dimension.role != "segment" or len(dimension.labels) > 12:
            continue
        n = group_sums(dimension.codes, data.n, len(dimension.labels))
        k = group_sums(dimension.codes, data.failed, len(dimension.labels))
        used = n > 0
        chi_squared = float(((k - n * overall)[used] ** 2 / (n[used] * overall * (1 - overall))).sum())
        strength.append((chi_squared - used.sum() + 1, dimension))
    strength.sort(key=lambda pair: -pair[0])
    kept, room = [], data.failed.sum() / PER_PERIOD
    for gain, dimension in strength[:CONFOUNDERS]:
        room -= len(dimension.labels) - 1
        if gain > 0 and room >= 0:
            kept.append(dimension)
    return kept
