"""A different mix of requests as an answer to why a rate rose."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt
import pandas as pd

from rca_lib.analysis.cause_data import CauseData
from rca_lib.analysis.cause_table import Candidate
from rca_lib.analysis.exposures import NEW_SHARE
from rca_lib.analysis.mix import MixSplit, mix_split
from rca_lib.analysis.trials import group_sums, tally

if TYPE_CHECKING:
    from rca_lib.analysis.onset import Onset

__all__ = ["WORTH_NAMING", "mix_candidate", "mix_of_the_rise", "since_the_rise"]

STANDS_OUT_Z = 2.5
WORTH_NAMING = 0.1
"""Share of the rate before by which a different mix must have raised it to be listed."""


def mix_of_the_rise(data: CauseData, later: npt.NDArray[np.bool_]) -> MixSplit | None:
    """The split along the dimension whose mix accounts for most of the rise."""
    best: MixSplit | None = None
    for dimension in data.dimensions:
        if dimension.role in ("version", "load", "arm"):
            continue
        n0, k0, n1, k1 = (
            group_sums(dimension.codes[part], values[part], len(dimension.labels))
            for part in (~later & data.prevalent, later & data.prevalent)
            for values in (data.n, data.failed)
        )
        split = mix_split(dimension.name, dimension.labels, n0, k0, n1, k1)
        if split is None or n0[dimension.labels.index(split.level)] < NEW_SHARE * n0.sum():
            continue  # What had hardly been there before is something new, not another mix of the same.
        if best is None or split.mix.value > best.mix.value:
            best = split
    return best


def since_the_rise(data: CauseData, onset: Onset | None, around: pd.Timestamp | None) -> npt.NDArray[np.bool_] | None:
    """Rows from the onset on, or those of the quarter before the escalation; ``None`` where one side would be empty."""
    when = onset.when if onset is not None else None
    if when is None and around is not None:
        when = around - pd.Timedelta(days=91)
    if when is None:
        return None
    later = (data.rows["at"] >= when).to_numpy(bool)
    return later if later[data.prevalent].any() and not later[data.prevalent].all() else None


def mix_candidate(split: MixSplit, data: CauseData, later: npt.NDArray[np.bool_], onset: Onset | None) -> Candidate:
    """A different mix, told as a candidate: how much of the failures since the rise goes with it."""
    later = later & data.prevalent
    earlier = ~later & data.prevalent
    part = data.rows.loc[later]
    seen = tally(part, np.zeros(len(part), dtype=np.int64), 1).iloc[0]
    after = float(seen["rate"])
    size0, size1 = float(data.n[earlier].sum()), float(data.n[later].sum())
    pooled = float(data.failed[data.prevalent].sum() / data.n[data.prevalent].sum())
    error = max((split.mix.high - split.mix.low) / 3.92, math.sqrt(pooled * (1 - pooled) * (1 / size0 + 1 / size1)))
    z = split.mix.value / error
    reached = next(d for d in data.dimensions if d.name == split.dimension)
    inside = (reached.codes == reached.labels.index(split.level)) & later
    share = replace(
        split.mix,
        value=min(max(split.mix.value / after, 0.0), 1.0),
        low=min(max(split.mix.low / after, 0.0), 1.0),
        high=min(max(split.mix.high / after, 0.0), 1.0),
        n=float(seen["failed"]),
    )
    name = split.dimension.removesuffix("_id").replace("_", " ")
    return Candidate(
        rank=0,
        kind="mix",
        label=f"a different mix of requests by {name}, with more of {split.level}",
        segment={split.dimension: split.level},
        change_id=None,
        since=onset.when if onset is not None else None,
        effect=None,
        share=share,
        n=int(data.n[inside].sum()),
        failed=int(data.failed[inside].sum()),
        evidence=z**2 - 2 * math.log(max(len(data.dimensions), 2)),
        stands_out=z > STANDS_OUT_Z and split.mix.value > 0.5 * split.total,
        holds_requests=float(inside[data.index].mean()) if data.index.any() else None,
        collinear_with=(),
        grade="possible",
        method=split.mix.method,
        caution="A different mix moves the rate without anything in the work having changed.",
    )
