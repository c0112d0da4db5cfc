"""The example: two simulated years of a team that answers legal requests, with known causes planted in them.

::

    calendar, people, process_types, versions, history   the world: time, staff, kinds of request, versions, changes
    arrivals, attributes                                  what comes in, and what it says
    queues, workflow, event_log, lateness                 how it is worked on, and what that leaves in the log
    mechanisms, failures                                  what was planted, and what went wrong
    rubric, quality, calibration                          what assessors saw and marked
    incidents, narratives, stories/                       the escalations, and what people said
    cases/                                                case files: five finished and signed, one begun
    tables, blemishes, write, truth                       the tables, a few honest flaws, the files, what was true

Everything follows from one seed. Each part draws from its own stream, so that a change to one leaves the others as they are.
"""

from __future__ import annotations

import shutil
from pathlib import Path

import numpy as np

from rca_lib.data.example.arrivals import sample_arrivals
from rca_lib.data.example.attributes import assign_teams, describe_requests
from rca_lib.data.example.blemishes import add_blemishes
from rca_lib.data.example.calibration import calibration_ratings
from rca_lib.data.example.incidents import assessed_for_escalations, choose_incidents, escalation_rows, link_rows
from rca_lib.data.example.narratives import action_rows, codebook_rows, coding_rows, evidence_rows, feedback_rows
from rca_lib.data.example.people import make_roster
from rca_lib.data.example.quality import assess, disputes_of
from rca_lib.data.example.rubric import rubric_rows
from rca_lib.data.example.tables import (
    Table,
    assessment_tables,
    change_table,
    event_table,
    feedback_on_assessments,
    from_rows,
    request_ids,
    request_table,
    sla_table,
    staff_table,
)
from rca_lib.data.example.truth import measured_shares, truth_record
from rca_lib.data.example.workflow import simulate
from rca_lib.data.example.write import replace_folder, write_cases, write_json, write_source

__all__ = ["EXAMPLE_SEED", "FLAGSHIP", "GENERATOR_VERSION", "make_example"]

EXAMPLE_SEED = 20240101
"""Seed of the example that ships with the project."""

FLAGSHIP = "ESC-0042"
"""The escalation that the demo shows."""

GENERATOR_VERSION = "1"

_PARTS = (
    "arrivals",
    "attributes",
    "teams",
    "people",
    "workflow",
    "incidents",
    "quality",
    "calibration",
    "words",
    "tables",
    "flaws",
)


def _streams(seed: int) -> dict[str, np.random.Generator]:
    children = np.random.SeedSequence(seed).spawn(len(_PARTS))
    return {part: np.random.default_rng(child) for part, child in zip(_PARTS, children, strict=True)}


def make_example(folder: Path, *, seed: int = EXAMPLE_SEED) -> None:
    """Write the example as a source folder, and what was planted beside it.

    Parameters
    ----------
    folder : where the source goes; an example that is already there is replaced, all at once. The truth goes to
        ``<folder>_truth.json``.
    seed : another seed gives another two years with the same mechanisms. The same seed gives the same bytes.

    Raises
    ------
    UsageError
        If `folder` holds something else.

    Examples
    --------
    >>> make_example(Path("examples/lert"))  # doctest: +SKIP
    """
    folder = Path(folder).absolute()
    tables, truth = _build(seed)
    folder.parent.mkdir(parents=True, exist_ok=True)
    made = folder.with_name(f".{folder.name}.part")
    shutil.rmtree(made, ignore_errors=True)
    write_source(made, tables)
    write_cases(made, folder, shipped=seed == EXAMPLE_SEED)
    replace_folder(made, folder)
    write_json(folder.with_name(f"{folder.name}_truth.json"), truth)


def _build(seed: int) -> tuple[dict[str, Table], dict[str, object]]:
    """Simulate everything and lay it out as tables, with the truth record."""
    rng = _streams(seed)
    received, kind = sample_arrivals(rng["arrivals"])
    columns = describe_requests(received, kind, rng["attributes"])
    columns["team_id"] = assign_teams(columns, rng["teams"])
    roster = make_roster(rng["people"])
    simulation = simulate(columns, roster, rng["workflow"])
    ids = request_ids(len(received))
    incidents = choose_incidents(simulation, rng["incidents"])
    assessments = assess(simulation, roster, assessed_for_escalations(incidents, rng["incidents"]), rng["quality"])
    disputes = disputes_of(assessments, rng["quality"])
    ratings, raters = calibration_ratings(assessments, roster, rng["calibration"])
    head, items = assessment_tables(assessments, roster, rng["tables"])
    actions, effects = action_rows(measured_shares(simulation, assessments, incidents))
    tables: dict[str, Table] = {
        "requests": request_table(simulation, roster, rng["tables"]),
        "events": event_table(simulation, roster),
        "staff": staff_table(roster),
        "assessments": head,
        "assessment_items": items,
        "rubric_items": from_rows(rubric_rows()),
        "calibration_ratings": dict(ratings),
        "disputes": dict(disputes),
        "escalations": from_rows(escalation_rows(incidents)),
        "escalation_requests": from_rows(link_rows(incidents, ids)),
        "changes": change_table(),
        "evidence": from_rows(evidence_rows()),
        "codings": from_rows(coding_rows(rng["words"])),
        "codebook": from_rows(codebook_rows()),
        "actions": from_rows(actions),
        "sla_policies": sla_table(),
        "feedback": from_rows(feedback_rows() + feedback_on_assessments(assessments, rng["words"])),
    }
    flaws = add_blemishes(tables, rng["flaws"])
    truth = truth_record(
        simulation,
        incidents,
        ids,
        seed=seed,
        generator_version=GENERATOR_VERSION,
        actions=effects,
        assessors=raters,
        data_problems=flaws,
    )
    return {name: table for name, table in tables.items() if table}, truth
