"""Whether the rows are all there: exports that were cut off, and counts that can't be true."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Literal

from rca_lib.data.contract import DISCLOSED, TABLES
from rca_lib.data.ground import Ground
from rca_lib.data.problems import Problem
from rca_lib.data.values import ROW, RowProblems

__all__ = ["counts_add_up", "export_limit", "no_open_requests", "sparse_ends", "targets_are_given"]

_SHEET_LIMITS = (65_535, 65_536, 1_048_575, 1_048_576)  # rows of a worksheet, with and without its header
_ROUND = 1_000
_FEWEST_REQUESTS = 200  # below this, months are too small to tell a cut from chance
_MONTH = "strftime(received_at, '%B %Y')"
_FEW_OPEN = 10  # fewer old requests than this may all be open by chance
_SPARSE = 0.10  # of the usual number a day


def _warning(check: str, table: str, column: str, count: int, rule: str, message: str, fix: str) -> RowProblems:
    return RowProblems(Problem(table, column, rule, "warning", count, (), message, fix, check))


def export_limit(ground: Ground) -> Iterator[RowProblems]:
    """Find tables whose number of rows looks like the limit of an export.

    A warning: the rows that are there are right, but rates from a part that nobody chose may not be.
    """
    for name in TABLES:
        if name not in ground.supplied:
            continue
        count = ground.memory.rows(f'SELECT count(*) AS n FROM "typed {name}"')[0]["n"]
        if count in _SHEET_LIMITS or (count >= _ROUND and count % _ROUND == 0):
            yield _warning(
                "export_limit",
                name,
                "",
                count,
                "a table holds every row, not as many as an export allows",
                f"{name} has exactly {count:,} rows, as many as an export limit may have let through",
                "Look whether the export was cut off; if so, export in parts. If the number is right, nothing is to do.",
            )


def sparse_ends(ground: Ground) -> Iterator[RowProblems]:
    """Find months at the ends of the record in which far fewer requests were received than is usual.

    A warning: such months hold what an extract happened to catch, often only old or long-running requests, so their
    rates are biased. The usual number a day is that of the month in which the median request was received. The first and
    last month count from their first to their last request, so that a record may begin or end within a month.
    """
    if not ground.has("requests") or ground.count("requests") < _FEWEST_REQUESTS:
        return
    months = ground.memory.rows(
        f"SELECT {_MONTH} AS month, min(received_at) AS earliest, "
        f"sum({'coalesce(n, 1)' if ground.has('requests', 'n') else 1})::DOUBLE AS n, "
        "any_value(date_part('day', last_day(received_at))) AS days, "
        "date_diff('day', min(received_at), max(received_at)) + 1 AS covered FROM requests GROUP BY month ORDER BY earliest"
    )
    if len(months) < 4:
        return
    rates = _rates(months)
    usual = _median_request_rate(months, rates)
    thin = [rate < _SPARSE * usual for rate in rates]
    first = next(i for i, is_thin in enumerate(thin) if not is_thin)
    last = len(thin) - 1 - next(i for i, is_thin in enumerate(reversed(thin)) if not is_thin)
    ends: tuple[tuple[list[dict[str, Any]], Literal["before", "after"], str], ...] = (
        (months[:first], "before", months[first]["month"]),
        (months[last + 1 :], "after", months[last]["month"]),
    )
    for part, side, month in ends:
        if part:
            count = int(sum(row["n"] for row in part))
            yield _warning(
                "sparse_ends",
                "requests",
                "received_at",
                count,
                "the months at the ends of the record hold as many requests as other months",
                f"the record looks cut off {side} {month}: the {len(part)} month(s) {side} it hold {count:,} request(s), "
                f"where about {usual * 30:,.0f} a month is usual",
                f"Extract every request received {side} {month}, or read rates {side} it as biased.",
            )


def _rates(months: list[dict[str, Any]]) -> list[float]:
    """Give the number of requests a day in each month, the first and last counted over the days that they cover."""
    days = [row["days"] for row in months]
    days[0], days[-1] = months[0]["covered"], months[-1]["covered"]
    # A lone request covers one day; a handful of them must not look like a busy day.
    days = [max(day, min(7, full["days"])) if full["n"] < 10 else day for day, full in zip(days, months, strict=True)]
    return [row["n"] / day for row, day in zip(months, days, strict=True)]


def _median_request_rate(months: list[dict[str, Any]], rates: list[float]) -> float:
    half, reached = sum(row["n"] for row in months) / 2, 0.0
    for rate, n in sorted(zip(rates, (row["n"] for row in months), strict=True)):
        reached += n
        if reached >= half:
            return rate
    return rates[-1]


def no_open_requests(ground: Ground) -> Iterator[RowProblems]:
    """Find an extract in which even the newest requests are all closed, and one whose oldest are all open.

    A warning: where only closed requests were extracted, recent months hold only those that were closed quickly; where
    the oldest months hold only open ones, the closed ones have been removed. Either makes a change that is not there.
    """
    if not ground.has("requests", "closed_at") or ground.count("requests") < _FEWEST_REQUESTS:
        return
    seen = ground.memory.rows(
        "SELECT count(*) FILTER (WHERE closed_at IS NULL) AS open, "
        "median(date_diff('hour', received_at, closed_at)) AS hours FROM requests"
    )[0]
    if seen["open"] == 0 and (seen["hours"] or 0) >= 24:
        yield _warning(
            "no_open_requests",
            "requests",
            "closed_at",
            ground.count("requests"),
            "an extract holds open requests too",
            "every request is closed, the newest too, so open requests seem to be missing, and the newest months hold "
            "only those that were closed quickly",
            "Extract by received_at, open requests included; otherwise read the newest months as biased.",
        )
    months = ground.memory.rows(
        f"SELECT {_MONTH} AS month, min(received_at) AS earliest, count(*) AS n, "
        "count(*) FILTER (WHERE closed_at IS NULL) AS open FROM requests GROUP BY month ORDER BY earliest"
    )
    only_open = next((i for i, row in enumerate(months) if row["open"] < row["n"]), len(months))
    count = sum(row["n"] for row in months[:only_open])
    if count >= _FEW_OPEN and only_open < len(months):
        yield _warning(
            "only_open_requests",
            "requests",
            "closed_at",
            count,
            "the oldest months hold closed requests too",
            f"every request received before {months[only_open]['month']} is open ({count:,}), so closed ones seem to be "
            "missing",
            "Extract by received_at, closed requests included; otherwise leave these months out.",
        )


def counts_add_up(ground: Ground) -> Iterator[RowProblems]:
    """Find counts of disclosed requests that exceed the requests received.

    Applies to counted data, where ``n`` says how many requests a row stands for, and where, for one moment and type, a
    row without an outcome counts those received and rows with a disclosing outcome count those disclosed. An error: a
    rate above one is no rate, and nobody can say which of the counts is wrong.
    """
    if not ground.has("requests", "n", "outcome"):
        return
    group = "received_at, process_type" if ground.has("requests", "process_type") else "received_at"
    received = f"sum(n) FILTER (WHERE outcome IS NULL) OVER (PARTITION BY {group})"
    disclosed = f"sum(n) FILTER (WHERE outcome IN {DISCLOSED}) OVER (PARTITION BY {group})"
    yield from ground.find(
        f"SELECT {ROW}, request_id, {group}, {received} AS received, {disclosed} AS disclosed FROM requests "
        f"WHERE n IS NOT NULL QUALIFY {disclosed} > {received} ORDER BY {ROW}",
        check="counts_add_up",
        table="requests",
        column="n",
        severity="error",
        rule="no more requests were disclosed than received, for each moment and type",
        message="more requests were disclosed ({first_disclosed}) than received ({first_received}) in {rows} of "
        "requests, the first “{first_request_id}”",
        fix="Correct the counts at their source; leave the period out where they can't be corrected.",
    )


def targets_are_given(ground: Ground) -> Iterator[RowProblems]:
    """Find rows that need one of several columns and have none, such as a deadline policy without a target.

    An error: the row says nothing without it.
    """
    for name, table in TABLES.items():
        for choice in table.one_of if name in ground.supplied else ():
            key = ", ".join(table.key)
            empty = " AND ".join(f"{column} IS NULL" for column in choice)
            yield from ground.find(
                f"SELECT {ROW}, {key} FROM {name} WHERE {empty} ORDER BY {ROW}",
                check="target_missing",
                table=name,
                column=", ".join(choice),
                severity="error",
                rule=f"each row of {name} has one of {', '.join(choice)}",
                message=f"{' and '.join(choice)} are both empty in {{rows}} of {name}",
                fix=f"Fill {' or '.join(choice)}.",
            )
