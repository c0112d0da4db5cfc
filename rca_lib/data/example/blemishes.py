"""A handful of honest data problems, so that the checks and the limits of a review have something real to say."""

from __future__ import annotations

from typing import Any

import numpy as np

from rca_lib.data.example.event_log import Coded
from rca_lib.data.example.tables import Table

__all__ = ["add_blemishes"]

Problem = dict[str, Any]


def _texts(column: Any) -> np.ndarray:
    return column.texts() if isinstance(column, Coded) else column


def add_blemishes(tables: dict[str, Table], rng: np.random.Generator) -> list[Problem]:
    """Spoil a few rows in place, none of which belongs to an escalation, and say which.

    Returns
    -------
    list of dict
        ``table``, ``column``, ``rule``, ``rows`` (how many) and ``ids``.
    """
    safe = _untouched(tables)
    spare = iter(rng.choice(safe, 40, replace=False))
    return [
        _misspelt_urgency(tables["requests"], [next(spare), next(spare)]),
        _closed_before_received(tables["requests"], next(spare)),
        _date_of_another_century(tables["requests"], next(spare)),
        _orphan_events(tables["events"]),
        _assessment_twice(tables),
        _fail_without_mode(tables, rng),
        _unknown_assessor(tables["assessments"], rng),
    ]


def _untouched(tables: dict[str, Table]) -> np.ndarray:
    """Positions of finished requests that no escalation or assessment is about."""
    named = set(_texts(tables["escalation_requests"]["request_id"])) | set(_texts(tables["assessments"]["request_id"]))
    named |= {parent for parent in _texts(tables["requests"]["reopened_from"]) if parent is not None}
    ids = _texts(tables["requests"]["request_id"])
    free = np.array([request not in named for request in ids])
    return np.flatnonzero(free & ~np.isnan(np.asarray(tables["requests"]["closed_at"], dtype=float)))


def _problem(table: str, column: str, rule: str, ids: list[Any]) -> Problem:
    return {"table": table, "column": column, "rule": rule, "rows": len(ids), "ids": [str(i) for i in ids]}


def _misspelt_urgency(requests: Table, rows: list[Any]) -> Problem:
    for row in rows:
        _texts(requests["urgency"])[row] = "rutine"
    return _problem("requests", "urgency", "enum", list(_texts(requests["request_id"])[rows]))


def _closed_before_received(requests: Table, row: Any) -> Problem:
    closed, received = _texts(requests["closed_at"]), _texts(requests["received_at"])
    closed[row] = received[row] - 26.0
    return _problem("requests", "closed_at", "closed before received", [_texts(requests["request_id"])[row]])


def _date_of_another_century(requests: Table, row: Any) -> Problem:
    """A date of another century, as a typing slip leaves it."""
    _texts(requests["scope_from"])[row] = -24.0 * 365.25 * 100
    return _problem(
        "requests",
        "scope_from",
        "implausible date (1920s); allowed by the contract",
        [_texts(requests["request_id"])[row]],
    )


def _orphan_events(events: Table) -> Problem:
    """Three events of a request that is not in the extract."""
    request = events["request_id"]
    assert isinstance(request, Coded)
    words = (*request.words, "REQ-099871")
    rows = np.array([4, 5, 6])
    for name, column in events.items():
        if isinstance(column, Coded):
            codes = np.concatenate([column.codes, column.codes[rows]])
            if name == "request_id":
                codes[-3:] = len(words) - 1
            events[name] = Coded(codes, words if name == "request_id" else column.words)
        else:
            events[name] = np.concatenate([column, column[rows]])
    return _problem("events", "request_id", "orphan", ["REQ-099871"] * 3)


def _assessment_twice(tables: dict[str, Table]) -> Problem:
    """One assessment that was loaded twice."""
    head = tables["assessments"]
    row = int(np.flatnonzero(_texts(head["sample_arm"]) == "random")[700])
    for name, column in head.items():
        head[name] = np.concatenate([_texts(column), _texts(column)[row : row + 1]])
    return _problem("assessments", "assessment_id", "duplicate key", [_texts(head["assessment_id"])[row]])


def _fail_without_mode(tables: dict[str, Table], rng: np.random.Generator) -> Problem:
    """Two failed items that name no failure mode."""
    items, head = tables["assessment_items"], tables["assessments"]
    at_random = _texts(head["assessment_id"])[_texts(head["sample_arm"]) == "random"]
    modes, item_ids = items["failure_mode"], _texts(items["item_id"])
    assert isinstance(modes, Coded)
    ours = np.isin(_texts(items["assessment_id"]), at_random)
    rows = rng.choice(np.flatnonzero((modes.codes >= 0) & (item_ids == "N1") & ours), 2, replace=False)
    modes.codes[rows] = -1
    return _problem(
        "assessment_items",
        "failure_mode",
        "a failed item names a failure mode",
        list(_texts(items["assessment_id"])[rows]),
    )


def _unknown_assessor(head: Table, rng: np.random.Generator) -> Problem:
    """One assessor id that is not in the staff list."""
    row = int(rng.choice(np.flatnonzero(_texts(head["sample_arm"]) == "targeted")))
    _texts(head["assessor_id"])[row] = "P-999"
    return _problem("assessments", "assessor_id", "orphan", [_texts(head["assessment_id"])[row]])
