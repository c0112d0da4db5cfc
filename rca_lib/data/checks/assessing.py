"""Whether assessments can bear the figures that rest on them."""

from __future__ import annotations

import re
from collections.abc import Iterator

from rca_lib.data.config import nearest
from rca_lib.data.engine import identifier, literal
from rca_lib.data.ground import Ground, typed_name
from rca_lib.data.taxonomy import FAILURE_MODES
from rca_lib.data.values import ROW, RowProblems

__all__ = [
    "assessor_is_independent",
    "failed_items_name_a_mode",
    "failure_modes_are_known",
    "rubric_in_force",
    "rubric_is_known",
]


def assessor_is_independent(ground: Ground) -> Iterator[RowProblems]:
    """Find assessments by someone who worked on the request.

    A warning: the assessment stands, and a reader should know that it was not independent.
    """
    if not ground.has("assessments", "assessor_id"):
        return
    acted = []
    if ground.has("events", "actor_id"):
        acted.append("SELECT request_id, actor_id FROM events WHERE actor_id IS NOT NULL")
    if ground.has("requests", "specialist_id"):
        acted.append("SELECT request_id, specialist_id AS actor_id FROM requests WHERE specialist_id IS NOT NULL")
    if not acted:
        return
    yield from ground.find(
        f"SELECT a.{ROW}, a.assessment_id, a.request_id, a.assessor_id FROM assessments a SEMI JOIN "
        f"({' UNION ALL '.join(acted)}) w ON w.request_id = a.request_id AND w.actor_id = a.assessor_id "
        f"ORDER BY a.{ROW}",
        check="assessor_is_independent",
        table="assessments",
        column="assessor_id",
        severity="warning",
        rule="the assessor did not work on the request",
        message="the assessor also worked on the request in {rows} of assessments, the first “{first_assessment_id}”",
        fix="Have these assessed again by someone else, or correct assessor_id.",
    )


def failed_items_name_a_mode(ground: Ground) -> Iterator[RowProblems]:
    """Find failed items that do not say how they failed.

    A warning: the item still counts as failed, but for no failure mode, so rates by mode are too low.
    """
    if not ground.has("assessment_items"):
        return
    condition = "AND failure_mode IS NULL" if ground.has("assessment_items", "failure_mode") else ""
    yield from ground.find(
        f"SELECT {ROW}, assessment_id, item_id FROM assessment_items WHERE result = 'fail' {condition} ORDER BY {ROW}",
        check="failed_item_without_mode",
        table="assessment_items",
        column="failure_mode",
        severity="warning",
        rule="a failed item names a failure mode",
        message="a failed item names no failure mode in {rows} of assessment_items, the first in “{first_assessment_id}”",
        fix="Fill failure_mode where the result is fail.",
    )


def failure_modes_are_known(ground: Ground) -> Iterator[RowProblems]:
    """Find failure modes that are neither in the taxonomy nor an outcome of the source.

    A warning: how such a failure is recognised in other requests is not known. Rows that were set aside for something else
    are looked at too, so that one round of mending is enough.
    """
    known = (*FAILURE_MODES, *ground.config.outcomes)
    for table in ("escalations", "assessment_items"):
        if not ground.has(table, "failure_mode"):
            continue
        rows = identifier(typed_name(table))
        found = ground.memory.rows(
            f"SELECT min(failure_mode) AS mode FROM {rows} WHERE failure_mode NOT IN ({', '.join(map(repr, known))})"
        )
        if found[0]["mode"] is None:
            continue
        yield from ground.find(
            f"SELECT {ROW}, failure_mode FROM {rows} "
            f"WHERE failure_mode NOT IN ({', '.join(map(repr, known))}) ORDER BY {ROW}",
            check="unknown_failure_mode",
            table=table,
            column="failure_mode",
            severity="warning",
            rule="failure_mode is a code of the taxonomy or the name of an outcome in source.toml",
            message=f"{table}.failure_mode is not known in {{rows}}, the first “{{first_failure_mode}}”",
            fix=f"Map it under [enums.{table}.failure_mode], or declare it under [outcomes]; "
            f"for “{found[0]['mode']}”, {nearest(found[0]['mode'], known)}",
        )


def rubric_is_known(ground: Ground) -> Iterator[RowProblems]:
    """Find assessments by a rubric version, and assessed items, that are not in ``rubric_items``.

    A warning: the assessment stands, but how grave each item is can't be told.
    """
    if not ground.has("rubric_items") or not ground.has("assessments", "rubric_version"):
        return
    yield from ground.find(
        f"SELECT {ROW}, assessment_id, rubric_version FROM assessments WHERE rubric_version IS NOT NULL "
        f"AND rubric_version NOT IN (SELECT rubric_version FROM rubric_items) ORDER BY {ROW}",
        check="unknown_rubric",
        table="assessments",
        column="rubric_version",
        severity="warning",
        rule="assessments.rubric_version is in rubric_items",
        message="assessments.rubric_version is not in rubric_items in {rows}, the first “{first_rubric_version}”",
        fix="Add the version's items to rubric_items, or correct rubric_version.",
    )
    if not ground.has("assessment_items"):
        return
    yield from ground.find(
        f"SELECT i.{ROW}, i.assessment_id, i.item_id, a.rubric_version FROM assessment_items i "
        "JOIN assessments a USING (assessment_id) "
        "WHERE a.rubric_version IN (SELECT rubric_version FROM rubric_items) "
        "AND NOT EXISTS (SELECT 1 FROM rubric_items r "
        f"WHERE r.rubric_version = a.rubric_version AND r.item_id = i.item_id) ORDER BY i.{ROW}",
        check="unknown_rubric_item",
        table="assessment_items",
        column="item_id",
        severity="warning",
        rule="an assessed item is an item of the rubric version that the assessment used",
        message="item_id is not in the rubric version used in {rows} of assessment_items, the first “{first_item_id}”",
        fix="Add the item to rubric_items, or correct item_id or rubric_version.",
    )


def rubric_in_force(ground: Ground) -> Iterator[RowProblems]:
    """Find assessments by a rubric version that was not in force when they were made.

    When a version came into force is told by the change of kind ``rubric`` that names it in its component or
    description; it is in force until the next such change, or its own ``effective_to``. A version that no change names
    was there before the first. A warning: the assessment stands, but the series of its figures mixes two rubrics.
    """
    if not ground.has("changes") or not ground.has("assessments", "rubric_version"):
        return
    spans = _spans_in_force(ground)
    if not spans:
        return
    listed = ", ".join(
        f"({literal(version)}, TIMESTAMP {literal(start)}, TIMESTAMP {literal(end)})" for version, start, end in spans
    )
    yield from ground.find(
        f"SELECT a.{ROW}, a.assessment_id, a.rubric_version, a.assessed_at FROM assessments a "
        f"JOIN (VALUES {listed}) AS force(version, began, ended) ON force.version = a.rubric_version "
        f"WHERE a.assessed_at < force.began OR a.assessed_at >= force.ended ORDER BY a.{ROW}",
        check="rubric_in_force",
        table="assessments",
        column="rubric_version",
        severity="warning",
        rule="the rubric version was in force when the assessment was made",
        message="the rubric version was not in force in {rows} of assessments, the first “{first_assessment_id}”",
        fix="Correct rubric_version or assessed_at, or the change of kind rubric that names the version.",
    )


def _spans_in_force(ground: Ground) -> list[tuple[str, str, str]]:
    """Say for each rubric version from when until when it was in force, where the changes tell it."""
    used = "SELECT rubric_version AS version FROM assessments WHERE rubric_version IS NOT NULL"
    listed = " UNION SELECT rubric_version FROM rubric_items" if ground.has("rubric_items") else ""
    versions = [
        row["version"] for row in ground.memory.rows(f"SELECT DISTINCT * FROM ({used}{listed}) ORDER BY version")
    ]
    rubrics = ground.memory.rows(
        "SELECT concat_ws(' ', component, description) AS said, effective_from AS began, effective_to AS ended "
        "FROM changes WHERE kind = 'rubric' ORDER BY began"
    )
    began: dict[str, tuple[str, str | None]] = {}
    for version in versions:
        # "2025.1" is named by "rubric 2025.1." and not by "2025.10" or "12025.1".
        named = re.compile(rf"(?<![\w.]){re.escape(version)}(?!\w|\.\w)")
        change = next((row for row in rubrics if named.search(row["said"])), None)
        if change:
            began[version] = (str(change["began"]), str(change["ended"]) if change["ended"] else None)
    starts = sorted(start for start, _ in began.values())
    spans = []
    for version, (start, ended) in began.items():
        following = next((other for other in starts if other > start), "infinity")
        spans.append((version, start, min(ended, following) if ended else following))
    before = [version for version in versions if version not in began]
    if len(before) == 1 and starts:
        spans.append((before[0], "-infinity", starts[0]))
    return spans
