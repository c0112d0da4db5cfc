"""What each request was exposed to that may have made it fail: changes, segments from a moment on, load and tenure."""

from __future__ import annotations

import math
import re
from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from rca_lib.analysis.changes import change_segments
from rca_lib.analysis.clock import multiplicity
from rca_lib.analysis.screening import Base, scan_onset
from rca_lib.analysis.segments import NOT_RECORDED, OTHERS, level_codes
from rca_lib.analysis.trials import day_numbers, days_to_timestamps, group_sums

__all__ = [
    "ALWAYS",
    "FEWEST_REQUESTS",
    "FEWEST_WEEKS_BEFORE",
    "LOAD",
    "TIMED_LOOKS",
    "Dimension",
    "Exposure",
    "change_exposures",
    "condition_as_segment",
    "cramers_v",
    "dimension_levels",
    "first_seen",
    "level_exposures",
    "load_bands",
    "onset_exposures",
    "standing_exposures",
]

ALWAYS = ("segment", "arm")
"""Roles of the dimensions that every model holds."""

LOAD = "load"
STAFFING = ("tenure", "tenure_band")
MEASUREMENT = "rubric"
"""Kind of change that moves what assessments count."""

MOST_LEVELS = 30
"""Levels of a dimension that are looked at one by one; the rarest beyond that are pooled."""

FEWEST_REQUESTS = 20
FEWEST_WEEKS_BEFORE = 8
ABSENT, TIME_BOUND = 0.01, 0.25
"""A level comes and goes when it has less than this share of the requests in this share of the periods or more."""

NEW_SHARE = 0.01
"""Share of a level's requests that may come before it is taken to have begun."""

TIMED_LOOKS = 4.0
"""What a search over starting weeks takes off the evidence: about what chance gives to the best of many weeks."""

Codes = npt.NDArray[np.int64]
Mask = npt.NDArray[np.bool_]


@dataclass(frozen=True, eq=False)
class Dimension:
    """One column of the requests at risk, numbered.

    Attributes
    ----------
    name : the column.
    codes, labels : level number per row, and the levels' names.
    role : ``"segment"`` (always there), ``"version"`` (levels that follow the calendar), ``"load"``, ``"staffing"`` or
        ``"arm"`` (how the request came to be looked at: adjusted for, never a cause).
    new : numbers of the levels that came into being within the data.
    """

    name: str
    codes: Codes
    labels: list[str]
    role: str
    new: tuple[int, ...] = ()

    @property
    def held(self) -> Codes:
        """Level numbers for a model: a new level joins the most common one, so that its own effect can be asked for."""
        if not self.new:
            return self.codes
        sizes = np.bincount(self.codes, minlength=len(self.labels))
        sizes[list(self.new)] = 0
        return np.where(np.isin(self.codes, self.new), int(np.argmax(sizes)), self.codes)


@dataclass(frozen=True, eq=False)
class Exposure:
    """A possible cause as a mark on each request.

    Attributes
    ----------
    kind : ``"change"``, ``"segment"``, ``"load"``, ``"staffing"`` or ``"none"``.
    label : how it is called.
    segment : the levels that it reaches, empty when it reaches all.
    change_id : the entry of the change log, if any.
    since : when it began, if it began within the data.
    mask : exposed, per row.
    reached : belongs to the segment whatever the date, per row.
    cost : what the search for it takes off the evidence (twice a log-likelihood).
    dimension : the dimension whose levels it compares, which is then not adjusted for.
    standing : whether it has no beginning within the data.
    measurement : whether it changed what is counted as a failure rather than the work.
    new : whether its segment came into being with it, so that there is no time before to compare with.
    scanned : whether its beginning was searched for in the outcome.
    """

    kind: str
    label: str
    segment: dict[str, str]
    change_id: str | None
    since: pd.Timestamp | None
    mask: Mask
    reached: Mask
    cost: float
    dimension: str = ""
    standing: bool = False
    new: bool = False
    measurement: bool = False
    scanned: bool = False


def dimension_levels(
    columns: pd.DataFrame, dimensions: Iterable[str], n: npt.NDArray[np.float64], period: Codes
) -> tuple[list[Dimension], list[str]]:
    """Number the levels of each dimension, and say which could not be used.

    Parameters
    ----------
    columns : one row per request at risk.
    n : requests per row.
    period : period number per row, to see which dimensions follow the calendar.
    """
    found: list[Dimension] = []
    left_out: list[str] = []
    for name in dict.fromkeys(dimensions):
        if name not in columns.columns:
            continue
        counts = columns[name].value_counts()
        floor = FEWEST_REQUESTS
        if len(counts) > MOST_LEVELS:
            floor = max(floor, int(counts.iloc[MOST_LEVELS - 1]))
        codes, labels = level_codes(columns[name], min_n=floor, weights=n)
        if len(labels) < 2:
            why = "has too few requests in each of its values" if labels == [OTHERS] else "has a single value"
            left_out.append(f"“{name}” {why}, so it cannot tell requests apart.")
            continue
        role = "segment"
        if name == LOAD:
            role = "load"
        elif name in STAFFING:
            role = "staffing"
        elif _follows_calendar(codes, period, n):
            role = "version"
        new = _new_levels(codes, labels, period, n) if role == "segment" else ()
        found.append(Dimension(name, codes, labels, role, new))
    return found, left_out


def change_exposures(
    changes: pd.DataFrame, requests: pd.DataFrame, rows: pd.DataFrame, around: pd.Timestamp | None
) -> tuple[list[Exposure], list[str]]:
    """One exposure per change that came into force before the occurrence, and why others were left out."""
    found: list[Exposure] = []
    left_out: list[str] = []
    at = rows["at"]
    for change, (inside, _, problem) in zip(
        changes.to_dict("records"), change_segments(changes, requests, rows["request_id"]), strict=True
    ):
        name, when = str(change["change_id"]), change.get("effective_from")
        if inside is None:
            left_out.append(f"{name}: {problem}")
            continue
        if not isinstance(when, pd.Timestamp) or (around is not None and when > around):
            continue
        later = (at >= when).to_numpy(bool)
        ended = change.get("effective_to")
        active = later & (at < ended).to_numpy(bool) if isinstance(ended, pd.Timestamp) else later
        mask = inside & active
        n = rows["n"].to_numpy(float)
        # A segment that comes into being with the change, such as a version, is compared with the others of its time.
        new = bool(n[inside & ~later].sum() < FEWEST_REQUESTS < n[~inside & later].sum())
        if n[mask].sum() < FEWEST_REQUESTS or (not new and n[inside & ~later].sum() < FEWEST_REQUESTS):
            left_out.append(f"{name}: too few requests at risk before or after it in the segment that it reaches.")
            continue
        condition = change.get("segment")
        segment = condition_as_segment(condition) if isinstance(condition, str) else {}
        cost = 2 * math.log(max(len(changes), 2))
        label = _change_label(change)
        found.append(
            Exposure(
                "change",
                label,
                segment,
                name,
                when,
                mask,
                inside,
                cost,
                new=new,
                measurement=change.get("kind") == MEASUREMENT,
            )
        )
    return found, left_out


def level_exposures(
    dimensions: Sequence[Dimension], base: Base, rows: pd.DataFrame, week: Codes, last_week: int
) -> list[Exposure]:
    """One exposure per level: from the week at which it begins to fail more; throughout for version, load, tenure."""
    levels = sum(len(dimension.labels) for dimension in dimensions)
    first_day = int(rows["day"].min()) - (int(rows["day"].min()) - 4) % 7
    n = rows["n"].to_numpy(float)
    found = []
    for dimension in dimensions:
        for code, label in enumerate(dimension.labels):
            reached = dimension.codes == code
            if dimension.role == "arm" or label in (OTHERS, NOT_RECORDED):
                continue
            if not FEWEST_REQUESTS <= n[reached].sum() <= n.sum() - FEWEST_REQUESTS:
                continue
            cost = 2 * math.log(levels)
            since: pd.Timestamp | None
            scanned = dimension.role == "segment" and code not in dimension.new
            if scanned:
                scan = scan_onset(base, reached, week, first=FEWEST_WEEKS_BEFORE, last=last_week)
                if scan is None or scan.z <= 0:
                    continue
                since = days_to_timestamps([first_day + 7 * scan.week])[0]
                mask, cost, standing = reached & (week >= scan.week), cost + TIMED_LOOKS, False
            else:
                mask = reached
                since = first_seen(rows["at"], reached, week) if dimension.role in ("version", "segment") else None
                standing = since is None
            kind = dimension.role if dimension.role in ("load", "staffing") else "segment"
            name, segment = _level_label(dimension.name, label), {dimension.name: label}
            found.append(
                Exposure(
                    kind, name, segment, None, since, mask, reached, cost, dimension.name, standing, scanned=scanned
                )
            )
    return found


def standing_exposures(dimensions: Sequence[Dimension], n: npt.NDArray[np.float64]) -> list[Exposure]:
    """One exposure per level of the dimensions that are always there, without a beginning."""
    levels = sum(len(dimension.labels) for dimension in dimensions)
    found = []
    for dimension in dimensions:
        for code, label in enumerate(dimension.labels):
            reached = dimension.codes == code
            if dimension.role != "segment" or code in dimension.new or label in (OTHERS, NOT_RECORDED):
                continue
            if n[reached].sum() < FEWEST_REQUESTS:
                continue
            name = _level_label(dimension.name, label)
            segment, cost = {dimension.name: label}, 2 * math.log(levels)
            found.append(Exposure("segment", name, segment, None, None, reached, reached, cost, dimension.name, True))
    return found


def onset_exposures(rows: pd.DataFrame, when: pd.Timestamp) -> Exposure:
    """Everything from the onset on: what is left when no segment and no change accounts for a rise."""
    mask = (rows["at"] >= when).to_numpy(bool)
    everything = np.ones(len(rows), dtype=bool)
    cost = 2 * math.log(max(len(rows) ** 0.5, 2)) + TIMED_LOOKS
    return Exposure("none", "a rise in every segment", {}, None, when, mask, everything, cost)


def load_bands(requests: pd.DataFrame) -> pd.Series:
    """How much work waited in a request's team when it arrived, against the team's half year before.

    Work that waits is the requests open at the start of the day, or, where closings are not recorded, those received in
    the seven days before.

    Returns
    -------
    Text per row of `requests`: ``"usual or quiet"``, ``"busy"`` (a quarter or more above the usual) or ``"very busy"``
    (half or more above); missing in the first weeks of a team.
    """
    team = requests["team_id"] if "team_id" in requests.columns else pd.Series("", index=requests.index)
    codes, names = level_codes(team, min_n=0)
    day = day_numbers(requests["received_at"])
    first, size = int(day.min()), int(day.max()) - int(day.min()) + 1
    weight = np.asarray(multiplicity(requests), dtype=np.float64)

    def by_day(days: Codes, used: Mask) -> pd.DataFrame:
        cell = codes[used] * size + np.clip(days[used] - first, 0, size - 1)
        return pd.DataFrame(group_sums(cell, weight[used], len(names) * size).reshape(len(names), size).T)

    received = by_day(day, np.ones(len(day), dtype=bool))
    closed = requests["closed_at"] if "closed_at" in requests.columns else pd.Series(pd.NaT, index=requests.index)
    if closed.notna().any():
        ended = closed.notna().to_numpy(bool)
        waiting = (received - by_day(day_numbers(closed.fillna(requests["received_at"])), ended)).cumsum().shift(1)
    else:
        waiting = received.rolling(7).sum().shift(1)
    usual = waiting.rolling(182, min_periods=49).median().shift(7)
    with np.errstate(divide="ignore", invalid="ignore"):
        ratio = (waiting / usual).to_numpy()[day - first, codes]
    band = np.select([ratio >= 1.5, ratio >= 1.25, ratio >= 0], ["very busy", "busy", "usual or quiet"], "")
    return pd.Series(band, index=requests.index, dtype="str").where(band != "")


def condition_as_segment(condition: str) -> dict[str, str]:
    """Read a condition such as ``team_id = 'A' AND urgency IN ('a', 'b')`` as levels by dimension.

    Parts that are not equalities or lists are left out.

    Examples
    --------
    >>> condition_as_segment("team_id = 'A' AND channel IN ('mail', 'portal')")
    {'team_id': 'A', 'channel': 'mail, portal'}
    """
    found = {}
    for part in re.split(r"\s+and\s+", condition.strip(), flags=re.IGNORECASE):
        equal = re.fullmatch(r"\(?\s*(\w+)\s*=\s*'([^']*)'\s*\)?", part.strip())
        listed = re.fullmatch(r"\(?\s*(\w+)\s+in\s*\(([^)]*)\)\s*\)?", part.strip(), flags=re.IGNORECASE)
        if equal:
            found[equal[1]] = equal[2]
        elif listed:
            found[listed[1]] = ", ".join(item.strip().strip("'") for item in listed[2].split(","))
    return found


def cramers_v(left: Codes, right: Codes, n: npt.NDArray[np.float64]) -> float:
    """Cramér's V between two numbered columns: 0 when unrelated, 1 when one follows from the other."""
    rows, columns = int(left.max()) + 1, int(right.max()) + 1
    table = group_sums(left * columns + right, n, rows * columns).reshape(rows, columns)
    table = table[table.sum(axis=1) > 0][:, table.sum(axis=0) > 0]
    if min(table.shape) < 2:
        return 0.0
    expected = table.sum(axis=1, keepdims=True) * table.sum(axis=0) / table.sum()
    chi_squared = float(((table - expected) ** 2 / expected).sum())
    return math.sqrt(chi_squared / (float(table.sum()) * (min(table.shape) - 1)))


def _follows_calendar(codes: Codes, period: Codes, n: npt.NDArray[np.float64]) -> bool:
    """Whether most requests are in levels that come and go, as versions do."""
    levels, periods = int(codes.max()) + 1, int(period.max()) + 1
    table = group_sums(codes * periods + period, n, levels * periods).reshape(levels, periods)
    table = table[:, table.sum(axis=0) > 0]
    passing = ((table / table.sum(axis=0)) < ABSENT).mean(axis=1) >= TIME_BOUND
    return bool(table[passing].sum() > 0.5 * table.sum())


def _new_levels(codes: Codes, labels: list[str], period: Codes, n: npt.NDArray[np.float64]) -> tuple[int, ...]:
    """Levels that hardly any request had in the first periods, unless every level is one."""
    levels, periods = len(labels), int(period.max()) + 1
    table = group_sums(codes * periods + period, n, levels * periods).reshape(levels, periods)
    before = np.cumsum(table, axis=1) <= NEW_SHARE * table.sum(axis=1, keepdims=True)
    new = tuple(np.flatnonzero(before[:, : max(FEWEST_WEEKS_BEFORE // 4, 1)].all(axis=1)).tolist())
    return new if len(new) < levels else ()


def first_seen(at: pd.Series, reached: Mask, week: Codes) -> pd.Timestamp | None:
    """When a level comes into use; ``None`` when it was there from the start."""
    weeks = np.sort(week[reached])
    begins = int(weeks[int(0.01 * len(weeks))])
    if begins < FEWEST_WEEKS_BEFORE:
        return None
    return pd.Timestamp(at[reached & (week >= begins)].min())


def _level_label(dimension: str, level: str) -> str:
    return f"{dimension.removesuffix('_id').replace('_', ' ')} {level}"


def _change_label(change: Mapping[Hashable, object]) -> str:
    for name in ("description", "component", "kind"):
        value = change.get(name)
        if isinstance(value, str) and value.strip():
            return value.strip().rstrip(".")
    return str(change["change_id"])
