"""The escalations: which requests they are about, when each was noticed, and the rows of their tables."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from rca_lib.data.example.calendar import FloatArray, hours_at
from rca_lib.data.example.failures import in_force, in_segment
from rca_lib.data.example.mechanisms import mechanisms_of
from rca_lib.data.example.narratives import stories
from rca_lib.data.example.workflow import Simulation

__all__ = ["Incident", "assessed_for_escalations", "choose_incidents", "escalation_rows", "link_rows"]

Row = dict[str, Any]

_SHOWS_AT = {
    "FRE": "deliver", "JUR": "deliver", "OVP": "deliver", "UNP": "deliver", "WID": "deliver", "WRC": "deliver",
    "RED": "deliver", "PRF": "preserve", "EMR": "scope_review", "DOC": "close", "COM": "close",
}  # fmt: skip
"""The step at which a failure comes about, where it is a step."""

_DISCLOSES = ("LAT", "OVP", "UNP", "JUR", "RED", "WID", "WRC", "FRE")
_LOOKED_BACK_DAYS = 75.0


@dataclass(frozen=True)
class Incident:
    """One escalation and its requests, by position."""

    story: Row
    index: NDArray[np.int64]
    siblings: NDArray[np.int64]
    controls: NDArray[np.int64]
    occurred: float
    detected: float
    opened: float


def _happened(simulation: Simulation, mode: str) -> FloatArray:
    """When a failure of a mode came about in each request."""
    columns, times = simulation.columns, simulation.times
    if mode == "LAT":
        return np.where(np.isnan(columns["due"]), np.nan, columns["due"])
    if mode == "NDV":
        return times["notified"]
    if mode == "UNM":
        return np.asarray(columns["ndo_expires"] + 24.0 * 5)
    if mode == "CSM":
        return times["preserve"] + 24.0 * 90
    return times[_SHOWS_AT[mode]]


def choose_incidents(simulation: Simulation, rng: np.random.Generator) -> list[Incident]:
    """Choose for each story real failing requests that show its mechanism, and comparable ones that did not fail."""
    taken = np.zeros(len(simulation.columns["received"]), dtype=bool)
    return [_incident(simulation, story, taken, rng) for story in stories()]


def _known_failures(
    simulation: Simulation, story: Row, happened: FloatArray, detected: float, taken: NDArray[np.bool_]
) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
    """Requests under the story's mechanism that were finished before it was noticed, and those of them that failed."""
    columns, mode = simulation.columns, story["failure_mode"]
    fits = np.zeros(len(taken), dtype=bool)
    for mechanism in mechanisms_of(mode):
        acted = in_force(mechanism, columns) if mechanism.family != "isolated" else np.ones(len(taken), dtype=bool)
        fits |= in_segment(mechanism, columns) & acted
    fits &= ~np.isnan(columns["closed"]) & (columns["closed"] < detected - 12.0) & (happened < detected - 20.0) & ~taken
    ends = ("full", "partial") if mode in _DISCLOSES else ("full", "partial", "rejected", "no_data")
    fits &= np.isin(columns["disposition"], ends)
    return fits, simulation.failures[mode] & fits


def _index_candidates(
    simulation: Simulation, story: Row, failed: NDArray[np.bool_], happened: FloatArray, since: float
) -> NDArray[np.int64]:
    """Failures that fit the story's words, recent ones where there are enough."""
    columns = simulation.columns
    fits = failed.copy()
    for column, value in story.get("where", {}).items():
        fits &= columns[column] == value
    if story["failure_mode"] == "LAT":
        fits &= columns["held"]
    latest = np.flatnonzero(fits)
    latest = latest[np.argsort(-happened[latest], kind="stable")]
    recent = latest[happened[latest] > since]
    return np.asarray(recent if len(recent) >= story["index"] else latest[: story["index"]])


def _incident(simulation: Simulation, story: Row, taken: NDArray[np.bool_], rng: np.random.Generator) -> Incident:
    columns, detected = simulation.columns, hours_at(story["detected"])
    happened = _happened(simulation, story["failure_mode"])
    fits, failed = _known_failures(simulation, story, happened, detected, taken)
    since = detected - 24.0 * story.get("looked_back_days", _LOOKED_BACK_DAYS)
    candidates = _index_candidates(simulation, story, failed, happened, since)
    index = np.sort(rng.choice(candidates, min(story["index"], len(candidates)), replace=False))
    rest = np.setdiff1d(np.flatnonzero(failed), index)
    siblings = np.sort(rng.choice(rest, min(story["siblings"], len(rest)), replace=False))
    sound = np.flatnonzero(fits & ~failed & (columns["process_type"] == columns["process_type"][index[0]]))
    controls = np.sort(rng.choice(sound, min(2, len(sound)), replace=False))
    taken[index] = taken[siblings] = True
    occurred = float(np.round(np.min(happened[index]) * 60.0) / 60.0)
    return Incident(story, index, siblings, controls, occurred, detected, hours_at(story["opened"]))


def assessed_for_escalations(
    incidents: list[Incident], rng: np.random.Generator
) -> tuple[NDArray[np.int64], FloatArray]:
    """Requests that were assessed because of an escalation, and when."""
    requests, moments = [], []
    for incident in incidents:
        known = np.concatenate([incident.index, incident.siblings])
        requests.append(known)
        moments.append(
            incident.opened + 24.0 * np.floor(rng.uniform(1.0, 12.0, len(known))) + rng.uniform(0.0, 2.0, len(known))
        )
    return np.concatenate(requests), np.concatenate(moments)


def escalation_rows(incidents: list[Incident]) -> list[Row]:
    """Rows of ``escalations``."""
    return [
        {
            "escalation_id": incident.story["escalation_id"],
            "opened_at": incident.opened,
            "title": incident.story["title"],
            "summary": " ".join(incident.story["summary"].split()),
            "severity": incident.story["severity"],
            "failure_mode": incident.story["failure_mode"],
            "occurred_at": incident.occurred,
            "detected_at": incident.detected,
            "detected_by": incident.story["detected_by"],
            "designated_rca": incident.story["severity"] in ("S1", "S2"),
            "harm": incident.story["harm"],
            "privilege": incident.story["privilege"],
            "status": "closed" if "closed" in incident.story else "open",
            "closed_at": hours_at(incident.story["closed"]) if "closed" in incident.story else np.nan,
        }
        for incident in incidents
    ]


def link_rows(incidents: list[Incident], request_ids: NDArray[np.object_]) -> list[Row]:
    """Rows of ``escalation_requests``."""
    return [
        {"escalation_id": incident.story["escalation_id"], "request_id": request_ids[position], "role": role}
        for incident in incidents
        for role, positions in (
            ("index", incident.index),
            ("sibling", incident.siblings),
            ("control", incident.controls),
        )
        for position in positions
    ]
