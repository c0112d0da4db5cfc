"""Exposures that no table lists: combinations of two or three values, and deviations from the pipeline."""

from __future__ import annotations

import math

import numpy as np
import numpy.typing as npt
import pandas as pd

from rca_lib.analysis.cause_data import CauseData, first_monday
from rca_lib.analysis.combinations import leading_combinations
from rca_lib.analysis.exposures import FEWEST_REQUESTS, FEWEST_WEEKS_BEFORE, TIMED_LOOKS, Exposure, first_seen
from rca_lib.analysis.screening import Base, scan_onset
from rca_lib.analysis.trials import days_to_timestamps

__all__ = ["combination_exposures", "flow_exposures"]

MOST_COMBINATIONS = 6
MOST_ORDER = 3
THE_FAILURE_ITSELF = 0.8
"""Share of the failures that show a deviation, and of the deviations that fail, from which on the two are one thing."""

Mask = npt.NDArray[np.bool_]


def combination_exposures(data: CauseData, base: Base, later: Mask | None, last_week: int) -> list[Exposure]:
    """One exposure per leading combination of values that rose beyond its parts, from the week at which it began.

    Parameters
    ----------
    later : rows from the rise on; without them nothing is looked for.
    """
    used = [dimension for dimension in data.dimensions if dimension.role in ("segment", "version", "staffing", "load")]
    if later is None or len(used) < 2:
        return []
    found = leading_combinations(
        [dimension.codes for dimension in used],
        [dimension.labels for dimension in used],
        [dimension.name for dimension in used],
        data.n,
        data.failed,
        later,
        expected=base.expected,
        max_order=MOST_ORDER,
        limit=MOST_COMBINATIONS,
    )
    levels = max(sum(len(dimension.labels) for dimension in used), 2)
    exposures = []
    for segment, reached in found:
        outside = data.n.sum() - data.n[reached].sum()
        if data.n[reached].sum() < FEWEST_REQUESTS or outside < FEWEST_REQUESTS:
            continue
        scan = scan_onset(base, reached, data.week, first=FEWEST_WEEKS_BEFORE, last=last_week)
        if scan is None or scan.z <= 0:
            continue
        since = days_to_timestamps([first_monday(data.rows) + 7 * scan.week])[0]
        # Each further value multiplies what was searched, though far from every combination occurs.
        cost = (1 + len(segment)) * math.log(levels) + TIMED_LOOKS
        name = " and ".join(f"{key.removesuffix('_id').replace('_', ' ')} {value}" for key, value in segment.items())
        mask = reached & (data.week >= scan.week)
        exposures.append(Exposure("segment", name, segment, None, since, mask, reached, cost))
    return exposures
