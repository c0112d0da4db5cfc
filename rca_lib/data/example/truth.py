"""What was planted, for those who check the analysis; the analysis itself never reads it."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from rca_lib.data.example.failures import at_risk, in_force, in_segment
from rca_lib.data.example.incidents import Incident
from rca_lib.data.example.mechanisms import FAMILIES, Mechanism, mechanisms_of
from rca_lib.data.example.quality import FAIL, Assessments
from rca_lib.data.example.rubric import ITEMS
from rca_lib.data.example.workflow import Simulation

__all__ = ["measured_shares", "truth_record"]


def _exposed(simulation: Simulation, mode: str) -> NDArray[np.bool_]:
    """Requests that can fail in a mode: for lateness, all."""
    if mode == "LAT":
        return np.ones(len(simulation.columns["received"]), dtype=bool)
    return at_risk(mode, simulation.columns) | simulation.failures[mode]


def _mechanism_record(simulation: Simulation, mechanism: Mechanism) -> dict[str, Any]:
    columns, failed = simulation.columns, simulation.failures[mechanism.failure_mode]
    exposed = _exposed(simulation, mechanism.failure_mode)
    acts = in_segment(mechanism, columns) & in_force(mechanism, columns) & exposed
    return {
        "family": mechanism.family,
        "family_in_words": FAMILIES[mechanism.family],
        "kind": mechanism.kind,
        "mechanism": mechanism.words,
        "segment": dict(mechanism.segment),
        "change_id": mechanism.change_id,
        "onset": mechanism.onset,
        "ended": mechanism.ended,
        "dated_by": "receipt" if mechanism.clock == "received" else "start of work",
        "odds_ratio": mechanism.odds_ratio,
        "decoys": list(mechanism.decoys),
        "expected_extent": {
            "exposed": int(acts.sum()),
            "failed": int((acts & failed).sum()),
            "exposed_elsewhere": int((exposed & ~acts).sum()),
            "failed_elsewhere": int((exposed & ~acts & failed).sum()),
        },
    }


def measured_shares(simulation: Simulation, assessments: Assessments, incidents: list[Incident]) -> dict[str, float]:
    """Share of failures that the random arm, or the deadlines, showed between onset and opening; the actions' baseline."""
    shares: dict[str, float] = {}
    for incident in incidents:
        mode = incident.story["failure_mode"]
        mechanism = mechanisms_of(mode)[0]
        until = incident.opened
        start = in_force(mechanism, simulation.columns)
        if mode == "LAT":
            closed = start & (simulation.columns["received"] < until)
            shares[incident.story["escalation_id"]] = round(float(simulation.failures["LAT"][closed].mean()), 4)
            continue
        tied = [i for i, item in enumerate(ITEMS) if item.failure_mode == mode]
        rows = (assessments.arm == "random") & (assessments.assessed < until)
        if mode != "NDV":
            rows &= start[assessments.request]
        results = assessments.results[rows][:, tied]
        assessed = (results <= FAIL).any(axis=1)
        shares[incident.story["escalation_id"]] = round(float((results[assessed] == FAIL).any(axis=1).mean()), 4)
    return shares


def truth_record(
    simulation: Simulation,
    incidents: list[Incident],
    request_ids: NDArray[np.object_],
    **rest: Any,
) -> dict[str, Any]:
    """Everything that was planted, by escalation; `rest` is added as it is."""
    escalations: dict[str, Any] = {}
    for incident in incidents:
        mode = incident.story["failure_mode"]
        failed = simulation.failures[mode] & ~np.isnan(simulation.columns["closed"])
        escalations[incident.story["escalation_id"]] = {
            "failure_mode": mode,
            "mechanisms": [_mechanism_record(simulation, mechanism) for mechanism in mechanisms_of(mode)],
            "index_requests": request_ids[incident.index].tolist(),
            "sibling_requests": request_ids[incident.siblings].tolist(),
            "failing_requests": request_ids[np.flatnonzero(failed)].tolist(),
        }
    return {"simulated": True, **rest, "escalations": escalations}
