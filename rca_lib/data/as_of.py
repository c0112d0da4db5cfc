"""The wall at ``as_of``: nothing recorded after that moment is used."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime, time
from typing import TYPE_CHECKING

from rca_lib.errors import UsageError

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["RECORDED_AT", "read_as_of", "standing_rows", "tables_as_of"]

RECORDED_AT: dict[str, str] = {
    "requests": "received_at",
    "events": "ts",
    "assessments": "assessed_at",
    "disputes": "raised_at",
    "escalations": "opened_at",
    "changes": "effective_from",
    "evidence": "collected_at",
    "feedback": "given_at",
}
"""The moment at which a row of each table came to be known."""

_FILLED_LATER: dict[str, dict[str, tuple[str, ...]]] = {
    "requests": {"closed_at": ("closed_at",)},
    "escalations": {"closed_at": ("closed_at",)},
    "actions": {"done_at": ("done_at",)},
    "disputes": {"resolved_at": ("resolved_at", "outcome")},
    "feedback": {"acknowledged_at": ("acknowledged_at", "outcome")},
    "changes": {"effective_to": ("effective_to",)},
}
"""Columns that are filled in after a row is made: table -> the moment it happens -> the columns that it fills."""

_STATUS_BEFORE: dict[str, tuple[str, str, str]] = {
    "requests": ("closed_at", "outcome", "open"),
    "escalations": ("closed_at", "status", "open"),
    "actions": ("done_at", "status", "open"),
}
"""What a row's status was before the moment in the first column came."""

_CHILDREN: tuple[tuple[str, str, str], ...] = (
    ("events", "requests", "request_id"),
    ("assessments", "requests", "request_id"),
    ("assessment_items", "assessments", "assessment_id"),
    ("disputes", "assessments", "assessment_id"),
    ("escalation_requests", "escalations", "escalation_id"),
    ("escalation_requests", "requests", "request_id"),
    ("actions", "escalations", "escalation_id"),
    ("evidence", "escalations", "escalation_id"),
    ("codings", "evidence", "evidence_id"),
)
"""Table, parent and the key between them: a row is not known before its parent is. Parents come before children."""


def read_as_of(text: str) -> datetime:
    """Read a moment that a user gave: an ISO date, which means the end of that day, or an ISO moment; in UTC.

    Raises
    ------
    UsageError : for anything else; a guess at another way of writing dates could move the wall by months.

    Examples
    --------
    >>> f"{read_as_of('2025-03-31')}", f"{read_as_of('2025-03-31T12:00+02:00')}"
    ('2025-03-31 23:59:59.999999+00:00', '2025-03-31 10:00:00+00:00')
    """
    try:
        return datetime.combine(date.fromisoformat(text.strip()), time.max, UTC)
    except ValueError:
        pass
    try:
        moment = datetime.fromisoformat(text.strip())
    except ValueError:
        raise UsageError(f"as_of: “{text}” is not a date; write it as 2025-03-31.") from None
    return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)


def standing_rows(table: str, rows: str, columns: Sequence[str], as_of: pd.Timestamp) -> str:
    """Write the SQL for the rows of a table as they stood at ``as_of``, by the same rules as `tables_as_of`.

    Parameters
    ----------
    table : a table of the contract.
    rows : SQL that gives its rows, with moments in UTC.
    columns : the columns that it has.
    as_of : a moment in UTC.

    Examples
    --------
    >>> import pandas as pd
    >>> standing_rows("events", "SELECT * FROM events", ["request_id", "ts"], pd.Timestamp("2025-01-01", tz="UTC"))
    "SELECT * FROM (SELECT * FROM events) WHERE ts IS NULL OR ts <= TIMESTAMP '2025-01-01 00:00:00.000000'"
    """
    wall = f"TIMESTAMP '{as_of.tz_convert('UTC'):%Y-%m-%d %H:%M:%S.%f}'"
    emptied = {
        column: f"CASE WHEN {moment} > {wall} THEN NULL ELSE {column} END AS {column}"
        for moment, filled in _FILLED_LATER.get(table, {}).items()
        for column in filled
        if moment in columns and column in columns
    }
    moment, status, before = _STATUS_BEFORE.get(table, ("", "", ""))
    if moment in columns and status in columns:
        emptied[status] = f"CASE WHEN {moment} > {wall} THEN '{before}' ELSE {status} END AS {status}"
    replaced = f" REPLACE ({', '.join(emptied.values())})" if emptied else ""
    recorded = RECORDED_AT.get(table)
    where = f" WHERE {recorded} IS NULL OR {recorded} <= {wall}" if recorded in columns else ""
    return f"SELECT *{replaced} FROM ({rows}){where}"


def tables_as_of(tables: Mapping[str, pd.DataFrame], as_of: pd.Timestamp) -> dict[str, pd.DataFrame]:
    """Return the tables as they stood at ``as_of``.

    Rows recorded later are left out, with the rows that belong to them; what was filled in later is empty again, so a request
    closed after ``as_of`` is open. Rows whose moment is not known are kept.

    Parameters
    ----------
    tables : valid tables by name, as `rca_lib.data.source.Source.tables` gives them.
    as_of : a moment in UTC.
    """
    stood = {name: _recorded(name, table, as_of) for name, table in tables.items()}
    for name, parent, key in _CHILDREN:
        if name in stood and parent in stood and len(stood[parent]) < len(tables[parent]):
            later = set(tables[parent][key]) - set(stood[parent][key])
            stood[name] = stood[name][~stood[name][key].isin(later)]
    if "assessments" in stood and "disputes" in tables:
        stood["assessments"] = _undisputed(stood["assessments"], tables["disputes"], as_of)
    return stood


def _undisputed(assessments: pd.DataFrame, disputes: pd.DataFrame, as_of: pd.Timestamp) -> pd.DataFrame:
    """Give assessments the status that they had before disputes that were raised, or settled, later."""
    raised = disputes.groupby("assessment_id")["raised_at"].min()
    settled = disputes[disputes["outcome"] == "overturned"].groupby("assessment_id")["resolved_at"].min()
    changed = assessments["status"].isin(["disputed", "overturned"])
    early = changed & (assessments["assessment_id"].map(raised) > as_of)
    pending = ~early & (assessments["status"] == "overturned") & (assessments["assessment_id"].map(settled) > as_of)
    if not (early.any() or pending.any()):
        return assessments
    return assessments.assign(status=assessments["status"].mask(early, "final").mask(pending, "disputed"))


def _recorded(name: str, table: pd.DataFrame, as_of: pd.Timestamp) -> pd.DataFrame:
    moment = RECORDED_AT.get(name)
    if moment is not None:
        table = table[~(table[moment] > as_of)]
    later = {column: table[column] > as_of for column in _FILLED_LATER.get(name, {})}
    if not any(mask.any() for mask in later.values()):
        return table
    table = table.copy()
    for column, mask in later.items():
        if name in _STATUS_BEFORE and _STATUS_BEFORE[name][0] == column:
            _, status, before = _STATUS_BEFORE[name]
            table.loc[mask, status] = before
        for filled in _FILLED_LATER[name][column]:
            table.loc[mask, filled] = None
    return table
