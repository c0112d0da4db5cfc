"""The list of escalations, read from their table alone."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from rca_lib.data.config import SourceConfig
from rca_lib.data.contract import TABLES
from rca_lib.data.engine import Memory, identifier
from rca_lib.data.values import EARLIEST, LATEST, ROW, numbered, read_values

if TYPE_CHECKING:
    import pyarrow as pa

__all__ = ["list_rows"]

_SHOWN = ("escalation_id", "severity", "failure_mode", "title", "status")


def list_rows(read: Callable[[], pa.Table], config: SourceConfig) -> list[dict[str, Any]]:
    """Read the escalations table and return its usable rows, oldest first."""
    table = TABLES["escalations"]
    came = read()
    if not set(table.required) <= set(came.column_names):
        return []
    memory = Memory(config.timezone)
    memory.register("came", numbered(came))
    words = config.enums.get(table.name, {})
    found = read_values(memory, "came", "escalations", table, (), words)
    left_out = {row for one in found for row in one.rows}
    rules = [f"{identifier(name)} IS NOT NULL" for name in table.required]
    rules += [
        f"({identifier(column.name)} IS NULL OR {identifier(column.name)} IN {column.values})"
        for column in table.columns
        if column.values
    ]
    rules += [
        f"({name} IS NULL OR ({name} >= TIMESTAMP '{EARLIEST}' AND {name} < TIMESTAMP '{LATEST}'))"
        for name in (column.name for column in table.columns if column.recorded)
    ]
    rows = memory.rows(
        f"SELECT {ROW}, {', '.join(_SHOWN)}, strftime(opened_at, '%Y-%m-%dT%H:%M:%SZ') AS opened_at FROM escalations "
        f"WHERE {' AND '.join(rules)} ORDER BY {ROW}"
    )
    first: dict[str, dict[str, Any]] = {}
    for row in rows:
        if row.pop(ROW) not in left_out:
            first.setdefault(row["escalation_id"], row)
    return sorted(first.values(), key=lambda row: (row["opened_at"], row["escalation_id"]))
