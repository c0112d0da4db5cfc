"""How a rate changed from one time to another: along each dimension, and jointly, what is mix and what is rate."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import combinations
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt
import pandas as pd

from rca_lib.analysis.failures_change import FailuresChange, failures_change, weekly_volumes
from rca_lib.analysis.intervals import Estimate
from rca_lib.analysis.mix import MixSplit, mix_split
from rca_lib.analysis.segments import level_codes
from rca_lib.analysis.trials import effective_estimate, group_sums, trials

if TYPE_CHECKING:
    from rca_lib.analysis.outcome import Outcome

__all__ = ["RateChange", "last_quarter", "rate_change"]

FEWEST_PER_SIDE = 20
FEWEST_FAILURES = 5
FEWEST_PER_LEVEL = 20
PER_CELL = 10
"""Requests that a cell of a cross table should hold on average for its rate to say anything."""

COMMON, ABSENT = 0.05, 0.005
"""Share of one side's requests above which a value is common, and of the other's below which it is not there."""

LACKING = 0.1
"""Share of one side's requests that may lie in cells that the other side lacks."""

MOST_TOGETHER = 3
RECENT = pd.Timedelta(weeks=13)
FloatArray = npt.NDArray[np.float64]
Coded = dict[str, tuple[npt.NDArray[np.int64], list[str]]]


@dataclass(frozen=True)
class RateChange:
    """The change of a rate and what moved it.

    Attributes
    ----------
    when : the moment that parts the two sides.
    before, after : the rate on each side.
    splits : one split per dimension, the largest part of the mix first.
    joint : the split over the cells of three or two dimensions at once, where the counts bear it.
    failures : the change in failures a week, as requests, mix and rates, over the cells of `main`; ``None`` where there
        are too few whole weeks.
    ok, reason, would_allow : whether it could be told; if not, why, and what would allow it.
    left_out : sentences on dimensions that could not be used.
    """

    when: pd.Timestamp
    before: Estimate | None = None
    after: Estimate | None = None
    splits: tuple[MixSplit, ...] = ()
    joint: MixSplit | None = None
    ok: bool = True
    reason: str = ""
    would_allow: str = ""
    left_out: tuple[str, ...] = ()
    failures: FailuresChange | None = None

    @property
    def main(self) -> MixSplit | None:
        """The split that says most: jointly where the counts bear it, else along the column whose mix moved most."""
        return self.joint or (self.splits[0] if self.splits else None)


def rate_change(
    outcome: Outcome, requests: pd.DataFrame, dimensions: Sequence[str], *, when: pd.Timestamp | None = None
) -> RateChange:
    """Split the change of a rate at a moment into mix and rate.

    Parameters
    ----------
    outcome : the failure; where a sample was drawn with unequal probabilities, its weights are used.
    requests : request_id and the columns named in `dimensions`.
    when : the moment; by default the last quarter is compared with all before.

    Notes
    -----
    A split over two dimensions at once counts a different mix of their combinations as mix, which neither alone sees.

    References
    ----------
    Kitagawa, Journal of the American Statistical Association 1955;50:1168-1194.
    """
    listed = requests.drop_duplicates("request_id")
    rows = trials(outcome)
    rows = rows[rows["request_id"].isin(listed["request_id"]).to_numpy()].reset_index(drop=True)
    moment = when if when is not None else _last_quarter(rows)
    later = (rows["at"] >= moment).to_numpy(bool)
    reason = _too_few(rows, later, moment)
    if reason:
        allow = f"At least {FEWEST_PER_SIDE} on each side and {FEWEST_FAILURES} failures would allow a split."
        return RateChange(moment, ok=False, reason=reason, would_allow=allow)
    size = _effective(rows, later)
    counts = _Counts(later, size, size * rows["failed"].to_numpy(bool))
    position = pd.Index(listed["request_id"]).get_indexer(pd.Index(rows["request_id"]))
    coded, left_out = _coded(listed.iloc[position], dimensions, counts)
    splits = [counts.split(name, codes, labels) for name, (codes, labels) in coded.items()]
    known = tuple(sorted((one for one in splits if one is not None), key=lambda one: -abs(one.mix.value)))
    change = RateChange(
        moment,
        effective_estimate(rows[~later]),
        effective_estimate(rows[later]),
        known,
        _joint(known, coded, counts),
        left_out=tuple(left_out),
    )
    main = change.main
    if main is None:
        return change
    codes, labels = _together(main.dimensions or (main.dimension,), coded)
    every = trials(outcome, mature=False)
    known_ids = every["request_id"].isin(listed["request_id"])
    every = every[known_ids & every["at"].between(rows["at"].min(), rows["at"].max())].reset_index(drop=True)
    volumes = weekly_volumes(every["at"], (every["weight"] * every["n"]).to_numpy(float), moment, rows["at"].max())
    return replace(change, failures=failures_change(*volumes, *counts.by(codes, len(labels))))


def last_quarter(outcome: Outcome) -> pd.Timestamp | None:
    """Return the day on which the last quarter begins, or ``None`` without a request whose outcome is final."""
    rows = trials(outcome)
    return _last_quarter(rows) if len(rows) else None


def _last_quarter(rows: pd.DataFrame) -> pd.Timestamp:
    # A whole day, as every other moment at which a series is cut.
    return pd.Timestamp(rows["at"].max() - RECENT).floor("D")


def _too_few(rows: pd.DataFrame, later: npt.NDArray[np.bool_], moment: pd.Timestamp) -> str:
    """Say what is too little for a split, or nothing."""
    if rows.empty:
        return "No request at risk has a final outcome yet."
    before, after = (float(rows["n"][part].sum()) for part in (~later, later))
    if min(before, after) < FEWEST_PER_SIDE:
        side = "before" if before < after else "from"
        few = round(min(before, after))
        return f"Only {few} of the requests at risk came in {side} {moment:%Y-%m-%d}{'' if before < after else ' on'}."
    failed = float((rows["n"] * rows["failed"]).sum())
    return "" if failed >= FEWEST_FAILURES else f"Only {round(failed)} of the requests at risk failed."


@dataclass(frozen=True)
class _Counts:
    """Requests and failures row by row, and which rows are later."""

    later: npt.NDArray[np.bool_]
    size: FloatArray
    hits: FloatArray

    def by(self, codes: npt.NDArray[np.int64], levels: int) -> tuple[FloatArray, FloatArray, FloatArray, FloatArray]:
        """Requests and failures before, then after, by level."""
        n0, k0, n1, k1 = (
            group_sums(codes[part], values[part], levels)
            for part in (~self.later, self.later)
            for values in (self.size, self.hits)
        )
        return n0, k0, n1, k1

    def split(self, name: str, codes: npt.NDArray[np.int64], labels: list[str]) -> MixSplit | None:
        return mix_split(name, labels, *self.by(codes, len(labels)))


def _effective(rows: pd.DataFrame, later: npt.NDArray[np.bool_]) -> FloatArray:
    """Weighted requests, scaled on each side to its effective sample size, so that intervals are as wide as it makes them."""
    weight = rows["weight"].to_numpy(float)
    size = np.asarray(weight * rows["n"].to_numpy(float))
    for part in (later, ~later):
        squares = float((weight[part] * size[part]).sum())
        size[part] *= size[part].sum() / squares if squares > 0 else 1.0
    return size


def _coded(values: pd.DataFrame, dimensions: Sequence[str], counts: _Counts) -> tuple[Coded, list[str]]:
    """Levels of each dimension that has a mix, and a sentence on each that has none."""
    coded: Coded = {}
    left_out = []
    for name in dict.fromkeys(dimensions):
        codes, labels = level_codes(values[name].reset_index(drop=True), min_n=FEWEST_PER_LEVEL)
        if len(labels) < 2:
            left_out.append(f"“{name}” has a single value with enough requests, so it has no mix.")
        elif _comes_and_goes(*counts.by(codes, len(labels))[::2]):
            left_out.append(
                f"“{name}” has values that one side lacks: something new or gone, not another mix of the same."
            )
        else:
            coded[name] = codes, labels
    return coded, left_out


def _comes_and_goes(n0: FloatArray, n1: FloatArray) -> bool:
    """Whether some value is common on one side and hardly there on the other, as versions are."""
    shares = n0 / n0.sum(), n1 / n1.sum()
    return bool(((np.maximum(*shares) > COMMON) & (np.minimum(*shares) < ABSENT)).any())


def _joint(splits: Sequence[MixSplit], coded: Coded, counts: _Counts) -> MixSplit | None:
    """The split over the first three, or two, dimensions by their own mix whose cells are large enough."""
    first = [split.dimension for split in splits[:4]]
    for names in (chosen for order in range(MOST_TOGETHER, 1, -1) for chosen in combinations(first, order)):
        codes, labels = _together(names, coded)
        n0, k0, n1, k1 = counts.by(codes, len(labels))
        if min(n0.sum(), n1.sum()) < PER_CELL * len(labels):
            continue
        if max(n0[n1 == 0].sum() / n0.sum(), n1[n0 == 0].sum() / n1.sum()) > LACKING:
            continue
        split = mix_split(" and ".join(names), labels, n0, k0, n1, k1)
        return None if split is None else replace(split, dimensions=tuple(names))
    return None


def _together(names: Sequence[str], coded: Coded) -> tuple[npt.NDArray[np.int64], list[str]]:
    """Number the combinations of values that occur."""
    codes, labels = coded[names[0]]
    for name in names[1:]:
        more, words = coded[name]
        cells, inverse = np.unique(codes * len(words) + more, return_inverse=True)
        labels = [f"{labels[cell // len(words)]}, {words[cell % len(words)]}" for cell in cells.tolist()]
        codes = np.asarray(inverse, dtype=np.int64)
    return codes, labels
