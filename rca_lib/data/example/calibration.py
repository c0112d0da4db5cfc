"""Agreement between assessors: blind double scoring, and a monthly set with known answers."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from rca_lib.data.example.attributes import Columns
from rca_lib.data.example.people import Roster
from rca_lib.data.example.quality import FAIL, NA, RESULTS, Assessments
from rca_lib.data.example.rubric import ITEMS

__all__ = ["calibration_ratings"]

_DOUBLE_SCORED = 0.07
_SEVERITY = (0.0, 0.006, 0.028, 0.004, 0.012)
"""How often each assessor marks a sound item as a fail; the third is stricter than the others."""

_OVERLOOKS = (0.10, 0.13, 0.06, 0.24, 0.18)
_HARD_ITEMS = ("C2", "C10", "M7", "N3")
"""Items on which people differ more."""

_GOLD_FAILS = 0.16


def calibration_ratings(
    assessments: Assessments, roster: Roster, rng: np.random.Generator
) -> tuple[Columns, dict[str, Any]]:
    """Rows of ``calibration_ratings``, and for the truth file how strict each assessor was made.

    Double-scored units keep the first assessor's marks and add one by another assessor; units of the monthly set are rated by
    every assessor who was there and have a gold answer.
    """
    assessors = roster.of("assessor")
    blocks = [_monthly(assessments, roster, assessors, rng), _double_scored(assessments, roster, assessors, rng)]
    columns = {name: np.concatenate([block[name] for block in blocks]) for name in blocks[0]}
    truth = {
        str(roster.actor_id[a]): {"marks_sound_as_fail": _SEVERITY[i], "overlooks": _OVERLOOKS[i]}
        for i, a in enumerate(assessors)
    }
    return columns, truth


def _rate(
    truly: NDArray[np.bool_], rater: NDArray[np.int64], item: NDArray[np.int64], rng: np.random.Generator
) -> NDArray[np.object_]:
    """One rating each: pass or fail, with the rater's own leaning, more uneven on the hard items."""
    hard = np.isin(np.array([i.item_id for i in ITEMS], dtype=object)[item], _HARD_ITEMS)
    marks_sound = np.array(_SEVERITY)[rater] + np.where(hard, 0.05, 0.004)
    overlooks = np.minimum(np.array(_OVERLOOKS)[rater] + np.where(hard, 0.18, 0.0), 0.9)
    fails = rng.random(len(truly)) < np.where(truly, 1.0 - overlooks, marks_sound)
    return np.where(fails, "fail", "pass").astype(object)


def _monthly(
    assessments: Assessments, roster: Roster, assessors: NDArray[np.int64], rng: np.random.Generator
) -> Columns:
    """The calibration set: every assessor present, twelve items a unit, with gold."""
    units = np.flatnonzero(assessments.arm == "calibration")
    ids = assessments.ids()
    parts: list[Columns] = []
    for unit in units:
        present = np.flatnonzero(
            (roster.arrived[assessors] <= assessments.assessed[unit])
            & (roster.left[assessors] > assessments.assessed[unit])
        )
        applicable = np.flatnonzero(assessments.results[unit] != NA)
        items = np.sort(rng.choice(applicable, min(12, len(applicable)), replace=False))
        gold = rng.random(len(items)) < _GOLD_FAILS
        rater, item = np.repeat(present, len(items)), np.tile(items, len(present))
        truly = np.tile(gold, len(present))
        parts.append(
            _block(
                f"CAL-{ids[unit][3:]}",
                assessors[rater],
                item,
                _rate(truly, rater, item, rng),
                np.where(truly, "fail", "pass").astype(object),
                roster,
            )
        )
    return {name: np.concatenate([part[name] for part in parts]) for name in parts[0]}


def _double_scored(
    assessments: Assessments, roster: Roster, assessors: NDArray[np.int64], rng: np.random.Generator
) -> Columns:
    """Blind second scores on part of the random arm; no gold answer is known."""
    units = np.flatnonzero((assessments.arm == "random") & (rng.random(len(assessments.arm)) < _DOUBLE_SCORED))
    ids = assessments.ids()
    position_of = {int(person): position for position, person in enumerate(assessors)}
    parts: list[Columns] = []
    for unit in units:
        items = np.flatnonzero(assessments.results[unit] <= FAIL)
        first = int(assessments.assessor[unit])
        others = np.array(
            [a for a in assessors if a != first and roster.arrived[a] <= assessments.assessed[unit] < roster.left[a]]
        )
        second = int(rng.choice(others))
        marked = np.array(RESULTS, dtype=object)[assessments.results[unit][items]]
        again = _rate(marked == "fail", np.full(len(items), position_of[second]), items, rng)
        nothing = np.full(2 * len(items), None, dtype=object)
        rater = np.repeat([first, second], len(items))
        parts.append(
            _block(f"DBL-{ids[unit][3:]}", rater, np.tile(items, 2), np.concatenate([marked, again]), nothing, roster)
        )
    return {name: np.concatenate([part[name] for part in parts]) for name in parts[0]}


def _block(
    unit: str,
    rater: NDArray[np.int64],
    item: NDArray[np.int64],
    rating: NDArray[np.object_],
    gold: NDArray[np.object_],
    roster: Roster,
) -> Columns:
    item_ids = np.array([i.item_id for i in ITEMS], dtype=object)
    return {
        "unit_id": np.full(len(rater), unit, dtype=object),
        "rater_id": roster.actor_id[rater],
        "item_id": item_ids[item],
        "rating": rating,
        "gold": gold,
    }
