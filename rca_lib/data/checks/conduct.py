"""What must not happen to a request. Such rows are kept: they may be the very failure that a review is about."""

from __future__ import annotations

from collections.abc import Iterator

from rca_lib.data.ground import Ground
from rca_lib.data.values import ROW, RowProblems

__all__ = ["disclosure_after_withdrawal", "notice_under_order"]


def disclosure_after_withdrawal(ground: Ground) -> Iterator[RowProblems]:
    """Find deliveries after the agency withdrew the request, unless it was reopened in between.

    A warning: it is either a wrong record or a failure that counts, and must not be left out of the figures.
    """
    if not ground.has("events"):
        return
    yield from ground.find(
        f"SELECT d.{ROW}, d.request_id, d.ts AS delivered, w.ts AS withdrawn FROM events d JOIN "
        "(SELECT request_id, min(ts) AS ts FROM events WHERE activity = 'withdraw' GROUP BY request_id) w "
        "USING (request_id) WHERE d.activity = 'deliver' AND d.ts > w.ts AND NOT EXISTS (SELECT 1 FROM events o "
        "WHERE o.request_id = d.request_id AND o.activity = 'reopen' AND o.ts BETWEEN w.ts AND d.ts) "
        f"ORDER BY d.{ROW}",
        check="disclosure_after_withdrawal",
        table="events",
        column="activity",
        severity="warning",
        rule="nothing is delivered after the agency withdrew the request",
        message="a delivery comes after a withdrawal in {rows} of events, the first for request “{first_request_id}”",
        fix="Look at these requests one by one: correct the record, or raise an escalation.",
    )


def notice_under_order(ground: Ground) -> Iterator[RowProblems]:
    """Find user notices before the request's nondisclosure order expired.

    A warning: it is either a wrong record or a failure that counts, and must not be left out of the figures.
    """
    if not ground.has("events") or not ground.has("requests", "ndo", "ndo_expires_at"):
        return
    yield from ground.find(
        f"SELECT e.{ROW}, e.request_id, e.ts, r.ndo_expires_at FROM events e JOIN requests r USING (request_id) "
        "WHERE e.activity = 'notify_user' AND e.lifecycle = 'complete' AND r.ndo AND e.ts < r.ndo_expires_at "
        f"ORDER BY e.{ROW}",
        check="notice_under_order",
        table="events",
        column="ts",
        severity="warning",
        rule="a user is not notified before the nondisclosure order expires",
        message="a notice comes before ndo_expires_at in {rows} of events, the first for request “{first_request_id}”",
        fix="Look at these requests one by one: correct the record, or raise an escalation.",
    )
