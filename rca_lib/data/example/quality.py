"""Quality assessments: who was looked at, what the assessor marked, and which marks were disputed."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from rca_lib.data.example.attributes import Columns
from rca_lib.data.example.calendar import END, FloatArray, hours_at
from rca_lib.data.example.failures import at_risk
from rca_lib.data.example.people import Roster, choose_people
from rca_lib.data.example.process_types import PROCESS_TYPES
from rca_lib.data.example.rubric import ITEMS, MODE_ITEMS, WEIGHTS
from rca_lib.data.example.versions import SECOND_RUBRIC, rubric_versions
from rca_lib.data.example.workflow import Simulation

__all__ = ["FAIL", "NA", "NOT_ASSESSABLE", "PASS", "RESULTS", "Assessments", "assess", "disputes_of", "quality_scores"]

RESULTS = ("pass", "fail", "na", "not_assessable")
PASS, FAIL, NA, NOT_ASSESSABLE = range(4)

_SENSITIVE_FACTOR = 1.9
_TARGETED_SHARE = 0.03
_SENSITIVITY, _NOT_ASSESSABLE_SHARE = 0.94, 0.006
_TAG_MISSING = 0.075
"""Share of sound records without the transparency tag: a fail under the second rubric only."""

_ERROR_CLASSES = ("false_positive", "false_negative", "wrong_selection", "technical")
_ERROR_CLASS_SHARES = {
    "OVP": (0.35, 0.0, 0.15, 0.5), "UNP": (0.0, 0.7, 0.05, 0.25), "WID": (0.0, 0.0, 0.8, 0.2), "WRC": (0.0, 0.0, 0.75, 0.25),
    "LAT": (0.0, 0.2, 0.2, 0.6), "PRF": (0.0, 0.6, 0.0, 0.4), "NDV": (0.6, 0.0, 0.1, 0.3), "UNM": (0.0, 0.8, 0.0, 0.2),
    "FRE": (0.85, 0.0, 0.1, 0.05), "EMR": (0.0, 0.85, 0.1, 0.05), "JUR": (0.6, 0.0, 0.35, 0.05), "CSM": (0.0, 0.6, 0.1, 0.3),
    "RED": (0.0, 0.35, 0.05, 0.6), "DOC": (0.0, 0.5, 0.1, 0.4), "COM": (0.1, 0.1, 0.6, 0.2),
}  # fmt: skip


@dataclass
class Assessments:
    """Assessments in the making; one entry an assessment, results as a matrix with one column an item."""

    request: NDArray[np.int64]
    assessed: FloatArray
    assessor: NDArray[np.int64]
    arm: NDArray[np.object_]
    inclusion: FloatArray
    rubric: NDArray[np.object_]
    results: NDArray[np.int64]
    error_class: NDArray[np.object_]
    status: NDArray[np.object_]

    def ids(self) -> NDArray[np.object_]:
        """Assessment ids in the order of assessing."""
        return np.array([f"QA-{number:05d}" for number in range(1, len(self.request) + 1)], dtype=object)


def _finished(columns: Columns) -> NDArray[np.bool_]:
    return np.asarray(~np.isnan(columns["closed"]) & (columns["outcome"] != "withdrawn"))


def _random_arm(columns: Columns, rng: np.random.Generator) -> tuple[NDArray[np.int64], FloatArray]:
    """Requests of the random arm and their known inclusion probability: by process type, higher for sensitive matters."""
    share = np.array([t.sampled for t in PROCESS_TYPES])[columns["kind"]]
    share = share * np.where(columns["sensitivity"] == "csam_adjacent", _SENSITIVE_FACTOR, 1.0)
    chosen = np.flatnonzero(_finished(columns) & (rng.random(len(share)) < share))
    return chosen, np.round(share[chosen], 4)


def _targeted_arm(simulation: Simulation, rng: np.random.Generator) -> NDArray[np.int64]:
    """Requests picked because something about them looked risky; failures are found here more often."""
    columns = simulation.columns
    failed = np.any([flags for mode, flags in simulation.failures.items() if mode not in ("DOC", "COM", "LAT")], axis=0)
    risk = 1.0 + 1.5 * columns["content"] + 2.0 * columns["emergency"] + 2.0 * (columns["tenure_days"] < 90)
    risk = risk * np.where(failed, 3.2, 1.0) * _finished(columns)
    return np.flatnonzero(rng.random(len(risk)) < risk / risk.mean() * _TARGETED_SHARE)


def assess(
    simulation: Simulation,
    roster: Roster,
    escalated: tuple[NDArray[np.int64], FloatArray],
    rng: np.random.Generator,
) -> Assessments:
    """Assess the random, the targeted, the calibration and the escalation arm.

    Parameters
    ----------
    escalated : positions of the requests of escalations, and the moments at which they were looked at.
    """
    columns = simulation.columns
    sampled, inclusion = _random_arm(columns, rng)
    targeted = np.setdiff1d(_targeted_arm(simulation, rng), sampled)
    calibration, months = _calibration_arm(columns, rng)
    request = np.concatenate([sampled, targeted, calibration, escalated[0]])
    arm = np.repeat(
        np.array(["random", "targeted", "calibration", "escalation"], dtype=object),
        [len(sampled), len(targeted), len(calibration), len(escalated[0])],
    )
    after = 24.0 * (1.0 + rng.gamma(2.4, 2.6, len(request)))
    moment = _in_office(columns["closed"][request] + after, rng)
    moment[arm == "calibration"] = months
    moment[arm == "escalation"] = escalated[1]
    known = np.concatenate([inclusion, np.full(len(request) - len(sampled), np.nan)])
    keep = moment < END
    order = np.argsort(moment[keep], kind="stable")
    request, arm = request[keep][order], arm[keep][order]
    moment, known = moment[keep][order], known[keep][order]
    rubric = rubric_versions(moment)
    results = _mark(simulation, request, arm, rubric, rng)
    assessor = choose_people(roster, roster.of("assessor"), moment, rng)
    status = np.full(len(request), "final", dtype=object)
    return Assessments(request, moment, assessor, arm, known, rubric, results, _classes(results, rng), status)


def _in_office(moment: FloatArray, rng: np.random.Generator) -> FloatArray:
    """Move moments to a weekday between 14 and 23 hours UTC."""
    day = np.floor(moment / 24.0)
    day += np.select([day % 7 == 5, day % 7 == 6], [2.0, 1.0], 0.0)
    return np.asarray(np.round((day * 24.0 + rng.uniform(14.0, 23.0, len(day))) * 60.0) / 60.0)


def _calibration_arm(columns: Columns, rng: np.random.Generator) -> tuple[NDArray[np.int64], FloatArray]:
    """Four finished requests a month that every assessor rates."""
    chosen, moments = [], []
    for month in range(24):
        begin = hours_at(f"{2024 + month // 12}-{month % 12 + 1:02d}-20T15:00")
        ready = np.flatnonzero(_finished(columns) & (columns["closed"] < begin) & (columns["closed"] > begin - 1200.0))
        chosen.append(rng.choice(ready, 4, replace=False) if len(ready) >= 4 else ready)
        moments.append(np.full(len(chosen[-1]), begin) + np.arange(len(chosen[-1])) * 0.5)
    return np.concatenate(chosen), np.concatenate(moments)


def _applies(item_id: str, mode: str, columns: Columns, request: NDArray[np.int64]) -> NDArray[np.bool_]:
    """Whether an item has something to assess in a request."""
    if mode == "LAT":
        return np.ones(len(request), dtype=bool)
    if item_id == "M7":
        return np.asarray(columns["asked"][request])
    return at_risk(mode, columns)[request]


def _mark(
    simulation: Simulation,
    request: NDArray[np.int64],
    arm: NDArray[np.object_],
    rubric: NDArray[np.object_],
    rng: np.random.Generator,
) -> NDArray[np.int64]:
    """Mark every item: what truly failed is found most of the time, and what was sound is rarely marked as a fail."""
    columns, count = simulation.columns, len(request)
    position = {item.item_id: i for i, item in enumerate(ITEMS)}
    shown = _where_it_shows(simulation, request, rng)
    # Known failures of an escalation were looked at closely; nothing is overlooked there.
    found = np.where(arm == "escalation", 1.0, _SENSITIVITY)
    results = np.full((count, len(ITEMS)), NA)
    for item in ITEMS:
        column = position[item.item_id]
        truly = shown[:, column]
        noise = np.full(count, item.noise)
        if item.item_id == "M5":
            noise = np.where(rubric == SECOND_RUBRIC, noise + _TAG_MISSING, noise)
        if item.item_id == "M6":
            noise = np.where(columns["held"][request], 0.5, noise)
        fails = rng.random(count) < np.where(truly, np.where(item.item_id == "M3", 1.0, found), noise)
        marks = np.where(fails, FAIL, PASS)
        marks[rng.random(count) < _NOT_ASSESSABLE_SHARE] = NOT_ASSESSABLE
        marks[(arm == "escalation") & truly] = FAIL
        applies = _applies(item.item_id, item.failure_mode, columns, request) | truly
        results[:, column] = np.where(applies, marks, NA)
    return results


def _where_it_shows(simulation: Simulation, request: NDArray[np.int64], rng: np.random.Generator) -> NDArray[np.bool_]:
    """For each assessed request and item, whether a failure that happened shows on that item."""
    position = {item.item_id: i for i, item in enumerate(ITEMS)}
    shown = np.zeros((len(request), len(ITEMS)), dtype=bool)
    for mode, options in MODE_ITEMS.items():
        failed = simulation.failures[mode][request]
        columns = np.array([position[item] for item, _ in options])
        choice = columns[rng.choice(len(columns), len(request), p=[share for _, share in options])]
        shown[np.flatnonzero(failed), choice[failed]] = True
    return shown


def _classes(results: NDArray[np.int64], rng: np.random.Generator) -> NDArray[np.object_]:
    classes = np.full(results.shape, None, dtype=object)
    for column, item in enumerate(ITEMS):
        failed = np.flatnonzero(results[:, column] == FAIL)
        drawn = rng.choice(4, len(failed), p=_ERROR_CLASS_SHARES[item.failure_mode])
        classes[failed, column] = np.array(_ERROR_CLASSES, dtype=object)[drawn]
    return classes


def quality_scores(results: NDArray[np.int64]) -> tuple[FloatArray, NDArray[np.bool_]]:
    """Weighted quality score (1 minus failed over applicable weight) and whether a critical item failed."""
    weight = np.array([WEIGHTS[item.severity] for item in ITEMS])
    critical = np.array([item.severity == "critical" for item in ITEMS])
    failed, applicable = results == FAIL, results <= FAIL
    score = 1.0 - (failed * weight).sum(axis=1) / np.maximum((applicable * weight).sum(axis=1), 1.0)
    return np.round(score, 4), np.asarray((failed & critical).any(axis=1))


def disputes_of(assessments: Assessments, rng: np.random.Generator) -> Columns:
    """Disputes of failed assessments; an overturned one changes the status of its assessment."""
    failed = (
        (assessments.results == FAIL).any(axis=1)
        & (assessments.arm != "calibration")
        & (assessments.arm != "escalation")
    )
    rows = np.flatnonzero(failed & (rng.random(len(failed)) < 0.11))
    raised = assessments.assessed[rows] + 24.0 * rng.uniform(0.3, 7.0, len(rows))
    rows, raised = rows[raised < END], raised[raised < END]
    resolved = raised + 24.0 * rng.gamma(3.0, 2.5, len(rows))
    resolved[resolved >= END] = np.nan
    # A new rubric is argued about more, and loses more arguments, until people agree on its wording.
    fresh = (raised > hours_at("2025-01-06")) & (raised < hours_at("2025-05-01"))
    draw = rng.random(len(rows))
    overturned = draw < np.where(fresh, 0.24, 0.12)
    outcome = np.where(overturned, "overturned", np.where(draw > 0.88, "partial", "upheld")).astype(object)
    outcome[np.isnan(resolved)] = None
    item_ids = np.array([item.item_id for item in ITEMS], dtype=object)
    disputed = np.array([rng.choice(np.flatnonzero(assessments.results[row] == FAIL)) for row in rows], dtype=int)
    assessments.status[rows[overturned & ~np.isnan(resolved)]] = "overturned"
    assessments.status[rows[np.isnan(resolved)]] = "disputed"
    return {
        "dispute_id": np.array([f"DSP-{number:04d}" for number in range(1, len(rows) + 1)], dtype=object),
        "assessment_id": assessments.ids()[rows],
        "item_id": item_ids[disputed],
        "raised_at": raised,
        "resolved_at": resolved,
        "outcome": outcome,
    }
