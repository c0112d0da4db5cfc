"""Exposures that no table lists: combinations of two or three values, and deviations from the pipeline."""

from __future__ import annotations

import math
from collections.abc import Sequence
from itertools import combinations
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt
import pandas as pd

from rca_lib.analysis.cause_data import CauseData, first_monday
from rca_lib.analysis.combinations import leading_combinations
from rca_lib.analysis.conformance import deviation_flags
from rca_lib.analysis.deviations import THE_FAILURE_ITSELF, failure_moments, steps_after_delivery
from rca_lib.analysis.exposures import (
    FEWEST_REQUESTS,
    FEWEST_WEEKS_BEFORE,
    TIMED_LOOKS,
    Dimension,
    Exposure,
    first_seen,
)
from rca_lib.analysis.screening import Base, evidence_of_a_rise, rise_profile, scan_onset
from rca_lib.analysis.segments import NOT_RECORDED, OTHERS
from rca_lib.analysis.trials import days_to_timestamps, group_sums

if TYPE_CHECKING:
    from rca_lib.analysis.outcome import Outcome

__all__ = ["combination_exposures", "flow_exposures"]

MOST_COMBINATIONS = 8
MOST_CELLS = 1_000
LEAST_Z = 2.5
NEARLY = 0.7
"""Share of a value's requests in a combination above which the combination is not told apart from the value."""
MOST_ORDER = 3

Mask = npt.NDArray[np.bool_]


def combination_exposures(data: CauseData, base: Base, later: Mask | None, last_week: int) -> list[Exposure]:
    """One exposure per leading combination of values, from the week at which it began to fail more.

    Every combination of two values is scanned for a rise. Combinations of three are looked for among the requests since
    the rise, where they hold more than their parts.

    Parameters
    ----------
    later : rows from the rise on; without them no combination of three is looked for.
    last_week : the latest week at which a combination may have begun to fail more.
    """
    used = [dimension for dimension in data.dimensions if dimension.role in ("segment", "version", "staffing", "load")]
    if len(used) < 2 or last_week <= FEWEST_WEEKS_BEFORE:
        return []
    found = _scanned_pairs(used, data, base, last_week)
    if later is not None:
        found += leading_combinations(
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
    exposures: dict[tuple[tuple[str, str], ...], Exposure] = {}
    for segment, reached in found:
        size = data.n[reached].sum()
        if size < FEWEST_REQUESTS or _nearly_a_part(segment, size, used, data):
            continue
        scan = scan_onset(base, reached, data.week, first=FEWEST_WEEKS_BEFORE, last=last_week)
        if scan is None or scan.z <= 0:
            continue
        since = days_to_timestamps([first_monday(data.rows) + 7 * scan.week])[0]
        # Each further value multiplies what was searched, though far from every combination occurs.
        cost = (1 + len(segment)) * math.log(levels) + TIMED_LOOKS
        name = " and ".join(f"{key.removesuffix('_id').replace('_', ' ')} {value}" for key, value in segment.items())
        mask = reached & (data.week >= scan.week)
        key = tuple(sorted(segment.items()))
        exposures.setdefault(key, Exposure("segment", name, segment, None, since, mask, reached, cost))
    return list(exposures.values())


def _nearly_a_part(segment: dict[str, str], size: float, used: Sequence[Dimension], data: CauseData) -> bool:
    """Whether a combination is nearly the same requests as one of its values alone."""
    parts = [
        float(data.n[dimension.codes == dimension.labels.index(segment[dimension.name])].sum())
        for dimension in used
        if dimension.name in segment
    ]
    return size > NEARLY * min(parts)


def _scanned_pairs(
    used: Sequence[Dimension], data: CauseData, base: Base, last_week: int
) -> list[tuple[dict[str, str], Mask]]:
    """The pairs of values whose requests rose most clearly at some week."""
    weeks = int(data.week.max()) + 1
    leading: list[tuple[float, Dimension, int, Dimension, int]] = []
    for one, other in combinations(used, 2):
        width = len(other.labels)
        cells = len(one.labels) * width
        if cells > MOST_CELLS:
            continue
        cell = one.codes * width + other.codes
        score, information = (
            group_sums(cell * weeks + data.week, values, cells * weeks).reshape(cells, weeks)
            for values in (base.residual, base.variance)
        )
        z, error = (part[:, FEWEST_WEEKS_BEFORE : last_week + 1] for part in rise_profile(score, information))
        best = np.argmax(z, axis=1)
        z, error = (np.take_along_axis(part, best[:, None], axis=1)[:, 0] for part in (z, error))
        enough = (group_sums(cell, data.n, cells) >= FEWEST_REQUESTS) & np.isfinite(z) & (z > LEAST_Z)
        strength = evidence_of_a_rise(np.where(enough, z, 0.0), np.where(enough, error, np.inf))
        leading += [
            (float(strength[place]), one, place // width, other, place % width)
            for place in np.flatnonzero(enough).tolist()
            if not {one.labels[place // width], other.labels[place % width]} & {OTHERS, NOT_RECORDED}
        ]
    leading.sort(key=lambda entry: -entry[0])
    return [
        (
            {one.name: one.labels[a], other.name: other.labels[b]},
            np.asarray((one.codes == a) & (other.codes == b), dtype=bool),
        )
        for _, one, a, other, b in leading[:MOST_COMBINATIONS]
    ]


def flow_exposures(
    data: CauseData, outcome: Outcome, events: pd.DataFrame, requests: pd.DataFrame, as_of: pd.Timestamp | None
) -> tuple[list[Exposure], list[str]]:
    """One exposure per deviation from the pipeline, and which deviations are the failure itself."""
    moment = as_of if as_of is not None else events["ts"].max()
    until = failure_moments(outcome, events, requests, as_of=moment)
    flags = deviation_flags(events, requests, as_of=moment, until=until)
    if not len(flags.columns):
        return [], []
    flags = flags.reindex(data.rows["request_id"], fill_value=False)
    cost = 2 * math.log(max(len(flags.columns), 2))
    after = steps_after_delivery()
    exposures: list[Exposure] = []
    left_out: list[str] = []
    for name in flags.columns:
        mask = flags[name].to_numpy(bool)
        size, failed = data.n[mask].sum(), data.failed[mask].sum()
        what, _, step = str(name).partition(":")
        if step in after or not FEWEST_REQUESTS <= size <= data.n.sum() - FEWEST_REQUESTS:
            continue
        label = f"{step.replace('_', ' ')} {what.replace('_', ' ')}"
        outside, elsewhere = data.n.sum() - size, data.failed.sum() - failed
        odds = (failed + 0.5) * (outside - elsewhere + 0.5) / ((size - failed + 0.5) * (elsewhere + 0.5))
        if odds > THE_FAILURE_ITSELF:
            left_out.append(f"“{label}” is how the log shows the failure itself, so it explains nothing.")
            continue
        since = first_seen(data.rows["at"], mask, data.week)
        segment = {"flow": str(name)}
        exposures.append(Exposure("flow", label, segment, None, since, mask, mask, cost, standing=since is None))
    return exposures, left_out
