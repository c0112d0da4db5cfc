"""The order of moments: what must come before what, and clocks that can't be right."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal

from rca_lib.data.contract import TABLES
from rca_lib.data.engine import identifier
from rca_lib.data.ground import Ground
from rca_lib.data.values import EARLIEST, LATEST, ROW, RowProblems

__all__ = ["clock_skew", "events_in_order", "moments_in_order", "pauses_balance", "placeholder_dates"]

_ORDERED: tuple[tuple[str, str, str, Literal["error", "warning"]], ...] = (
    # Turnaround and lateness of such a request would both be wrong, and nobody can say which moment is the right one.
    ("requests", "received_at", "closed_at", "error"),
    # An escalation is worth a review even where its moments contradict each other; the lag between them is not computed.
    ("escalations", "occurred_at", "detected_at", "warning"),
    ("escalations", "detected_at", "opened_at", "warning"),
    ("escalations", "occurred_at", "opened_at", "warning"),
    ("escalations", "opened_at", "closed_at", "warning"),
    ("requests", "scope_from", "scope_to", "warning"),
    ("disputes", "raised_at", "resolved_at", "warning"),
    ("changes", "effective_from", "effective_to", "warning"),
    ("sla_policies", "effective_from", "effective_to", "warning"),
    ("feedback", "given_at", "acknowledged_at", "warning"),
)
"""Pairs of moments of one row: table, the earlier, the later, and how grave it is when they are the other way round."""

_SKEW = "INTERVAL 1 MINUTE"  # clocks of two systems that differ by less than this are taken to agree


def moments_in_order(ground: Ground) -> Iterator[RowProblems]:
    """Find rows in which a later moment comes before an earlier one, such as closed before received."""
    for table, earlier, later, severity in _ORDERED:
        if not ground.has(table, earlier, later):
            continue
        if (earlier, later) == ("occurred_at", "opened_at") and ground.has(table, "detected_at"):
            continue  # told already by the two pairs with detected_at
        key = ", ".join(identifier(column) for column in TABLES[table].key if column not in (earlier, later))
        yield from ground.find(
            f"SELECT {ROW}, {key}, {earlier}, {later} FROM {table} WHERE {later} < {earlier} ORDER BY {ROW}",
            check="moments_in_order",
            table=table,
            column=later,
            severity=severity,
            rule=f"{later} is not before {earlier}",
            message=f"{table}.{later} is before {earlier} in {{rows}}, "
            f"the first {{first_{later}}} before {{first_{earlier}}}",
            fix=f"Correct {earlier} or {later}, or leave the one that is not known empty.",
        )


def placeholder_dates(ground: Ground) -> Iterator[RowProblems]:
    """Find moments that no system can have recorded, such as 1900-01-01 or 9999-12-31.

    An error for recorded moments: such a date stands for "not known" or "not yet", and as a moment it would move every
    figure that rests on it. A warning for other moments that lie too early, such as the scope of a request; late ones may
    mean "without end".
    """
    for name, table in TABLES.items():
        for column in table.columns:
            if column.kind != "timestamp" or not ground.has(name, column.name):
                continue
            mine = column.name
            late = f" OR {mine} >= TIMESTAMP '{LATEST}'" if column.recorded else ""
            yield from ground.find(
                f"SELECT {ROW}, {mine} FROM {name} WHERE {mine} < TIMESTAMP '{EARLIEST}'{late} ORDER BY {ROW}",
                check="placeholder_date",
                table=name,
                column=mine,
                severity="error" if column.recorded else "warning",
                rule=f"{mine} is not before {EARLIEST}" + (f" nor after {LATEST}" if late else ""),
                message=f"{name}.{mine} holds a date that can't be meant in {{rows}}, the first {{first_{mine}}}",
                fix=f"Leave {mine} empty where it is not known or has not come yet; in a query, nullif({mine}, ...).",
            )


def events_in_order(ground: Ground) -> Iterator[RowProblems]:
    """Find events that come before the event that their ``seq`` puts ahead of them.

    A warning: which of the two, the clock or the number, is wrong can't be told. Reviews order events by their moment.
    """
    if not ground.has("events", "seq"):
        return
    yield from ground.find(
        f"SELECT {ROW}, request_id, activity, ts, seq FROM events WHERE seq IS NOT NULL "
        f"QUALIFY ts < max(ts) OVER (PARTITION BY request_id ORDER BY seq, {ROW} "
        f"ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING) ORDER BY {ROW}",
        check="events_in_order",
        table="events",
        column="ts",
        severity="warning",
        rule="events of a request that are later by seq are not earlier by ts",
        message="ts goes back where seq goes on in {rows} of events, the first for request “{first_request_id}”",
        fix="Compare the clocks of the systems that wrote them, or correct seq.",
    )


def pauses_balance(ground: Ground) -> Iterator[RowProblems]:
    """Find pauses without a resume, and resumes without a pause.

    A warning: paused time can't be told for these requests, so their waiting counts as working time.
    """
    if not ground.has("events", "lifecycle"):
        return
    closed = "SELECT request_id FROM requests WHERE closed_at IS NOT NULL"
    ended = f" OR (is_last AND depth > 0 AND request_id IN ({closed}))" if ground.has("requests", "closed_at") else ""
    order = f"PARTITION BY request_id ORDER BY ts, seq, {ROW}"
    yield from ground.find(
        f"SELECT {ROW}, request_id, activity, lifecycle, ts FROM (SELECT {ROW}, request_id, activity, lifecycle, ts, "
        f"sum(CASE lifecycle WHEN 'pause' THEN 1 ELSE -1 END) OVER ({order} ROWS UNBOUNDED PRECEDING) AS depth, "
        f"lead({ROW}) OVER ({order}) IS NULL AS is_last FROM events WHERE lifecycle IN ('pause', 'resume')) "
        f"WHERE depth < 0 OR depth > 1{ended} ORDER BY {ROW}",
        check="pauses_balance",
        table="events",
        column="lifecycle",
        severity="warning",
        rule="each pause of a request is followed by one resume before the next pause or the closing",
        message="pause and resume do not balance at {rows} of events, the first for request “{first_request_id}”",
        fix="Add the missing pause or resume, or leave out the one that is repeated.",
    )


def clock_skew(ground: Ground) -> Iterator[RowProblems]:
    """Find events that come before their request was received, by more than a minute.

    A warning: the clocks of two systems differ, or a time zone was read wrongly, so times between such events mislead.
    """
    if not ground.has("events") or not ground.has("requests"):
        return
    system = ", e.system_id" if ground.has("events", "system_id") else ""
    yield from ground.find(
        f"SELECT e.{ROW}, e.request_id, e.activity, e.ts, r.received_at{system} FROM events e "
        f"JOIN requests r USING (request_id) WHERE e.ts < r.received_at - {_SKEW} ORDER BY e.{ROW}",
        check="clock_skew",
        table="events",
        column="ts",
        severity="warning",
        rule="no event of a request comes before the request was received",
        message="ts is before the request's received_at in {rows} of events, the first for request “{first_request_id}”",
        fix="Compare the clocks and time zones of the systems; a difference of whole hours points to a time zone.",
    )
