"""How a rate changed from one time to another: along each dimension, and jointly, what is mix and what is rate."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt
import pandas as pd

from rca_lib.analysis.intervals import Estimate
from rca_lib.analysis.mix import MixSplit, mix_split
from rca_lib.analysis.segments import level_codes
from rca_lib.analysis.trials import effective_estimate, group_sums, trials

if TYPE_CHECKING:
    from rca_lib.analysis.outcome import Outcome

__all__ = ["RateChange", "rate_change"]

FEWEST_PER_SIDE = 20
FEWEST_FAILURES = 5
FEWEST_PER_LEVEL = 20
PER_CELL = 10
"""Requests that a cell of a cross table should hold on average for its rate to say anything."""

COMMON, ABSENT = 0.05, 0.005
"""Share of one side's requests above which a value is common, and of the other's below which it is not there."""

RECENT = pd.Timedelta(weeks=13)


@dataclass(frozen=True)
class RateChange:
    """The change of a rate and what moved it.

    Attributes
    ----------
    when : the moment that parts the two sides.
    before, after : the rate on each side.
    splits : one split per dimension, the largest part of the mix first.
    joint : the split over the cells of two dimensions at once, where the counts bear it.
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
    rows = trials(outcome)
    moment = when if when is not None else (rows["at"].max() - RECENT if len(rows) else pd.Timestamp(0, tz="UTC"))
    later = (rows["at"] >= moment).to_numpy(bool)
    sides = [float(rows["n"][part].sum()) for part in (~later, later)]
    failures = float((rows["n"] * rows["failed"]).sum())
    if min(sides) < FEWEST_PER_SIDE or failures < FEWEST_FAILURES:
        return RateChange(
            moment,
            ok=False,
            reason=f"Only {int(min(sides))} of the requests at risk lie before or after {moment:%Y-%m-%d}."
            if min(sides) < FEWEST_PER_SIDE
            else f"Only {int(failures)} requests at risk failed.",
            would_allow=f"At least {FEWEST_PER_SIDE} on each side and {FEWEST_FAILURES} failures would allow a split.",
        )
    weight = rows["weight"].to_numpy(float) * rows["n"].to_numpy(float)
    # Scaled to the effective sample size, so that intervals are as wide as the sample makes them.
    size = weight * weight.sum() / (rows["weight"].to_numpy(float) * weight).sum()
    hits = size * rows["failed"].to_numpy(bool)
    position = pd.Index(requests["request_id"]).get_indexer(pd.Index(rows["request_id"]))
    coded: dict[str, tuple[npt.NDArray[np.int64], list[str]]] = {}
    left_out = []
    for name in dict.fromkeys(dimensions):
        codes, labels = level_codes(requests[name].iloc[position].reset_index(drop=True), min_n=FEWEST_PER_LEVEL)
        if len(labels) < 2:
            left_out.append(f"“{name}” has a single value with enough requests, so it has no mix.")
        elif _comes_and_goes(codes, len(labels), later, size):
            left_out.append(
                f"“{name}” has values that one side lacks: something new or gone, not another mix of the same."
            )
        else:
            coded[name] = codes, labels
    splits = [_split(name, codes, labels, later, size, hits) for name, (codes, labels) in coded.items()]
    known = tuple(sorted((one for one in splits if one is not None), key=lambda one: -abs(one.mix.value)))
    return RateChange(
        moment,
        effective_estimate(rows[~later]),
        effective_estimate(rows[later]),
        known,
        _joint(known, coded, later, size, hits),
        left_out=tuple(left_out),
    )


def _comes_and_goes(
    codes: npt.NDArray[np.int64], levels: int, later: npt.NDArray[np.bool_], size: npt.NDArray[np.float64]
) -> bool:
    """Whether some value is common on one side and hardly there on the other, as versions are."""
    shares = [group_sums(codes[part], size[part], levels) / size[part].sum() for part in (~later, later)]
    return bool(((np.maximum(*shares) > COMMON) & (np.minimum(*shares) < ABSENT)).any())


def _split(
    name: str,
    codes: npt.NDArray[np.int64],
    labels: list[str],
    later: npt.NDArray[np.bool_],
    size: npt.NDArray[np.float64],
    hits: npt.NDArray[np.float64],
) -> MixSplit | None:
    n0, k0, n1, k1 = (
        group_sums(codes[part], values[part], len(labels)) for part in (~later, later) for values in (size, hits)
    )
    return mix_split(name, labels, n0, k0, n1, k1)


def _joint(
    splits: Sequence[MixSplit],
    coded: dict[str, tuple[npt.NDArray[np.int64], list[str]]],
    later: npt.NDArray[np.bool_],
    size: npt.NDArray[np.float64],
    hits: npt.NDArray[np.float64],
) -> MixSplit | None:
    """The split over the first pair of dimensions, by their own mix, whose cells are large enough."""
    for one, other in combinations([split.dimension for split in splits[:4]], 2):
        (left, names), (right, more) = coded[one], coded[other]
        cells, codes = np.unique(left * len(more) + right, return_inverse=True)
        if min(size[later].sum(), size[~later].sum()) < PER_CELL * len(cells):
            continue
        labels = [f"{names[cell // len(more)]}, {more[cell % len(more)]}" for cell in cells.tolist()]
        return _split(f"{one} and {other}", np.asarray(codes, dtype=np.int64), labels, later, size, hits)
    return None
