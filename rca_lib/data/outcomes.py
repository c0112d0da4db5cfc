"""Named outcomes of ``source.toml``: which requests were at risk, and which failed."""

from __future__ import annotations

import re
from collections.abc import Sequence

import pandas as pd

from rca_lib.data.as_of import standing_rows
from rca_lib.data.config import OutcomeConfig, SourceConfig
from rca_lib.data.engine import identifier
from rca_lib.data.ground import Ground
from rca_lib.data.problems import FIRST_ROWS, Problem, rows_said
from rca_lib.data.values import RowProblems
from rca_lib.errors import SourceError

__all__ = ["columns_named", "evaluate_outcomes"]


def columns_named(config: SourceConfig, table: str, columns: Sequence[str]) -> list[str]:
    """Name those of some columns that an outcome's conditions on a table mention."""
    said = " ".join(
        text
        for outcome in config.outcomes.values()
        if outcome.table == table
        for text in (outcome.where, outcome.among, outcome.known_at)
        if text
    )
    return [column for column in columns if re.search(rf"(?<!\w){re.escape(column)}(?!\w)", said)]


def evaluate_outcomes(
    ground: Ground, as_of: pd.Timestamp | None = None
) -> tuple[dict[str, pd.DataFrame], list[RowProblems]]:
    """Work out every named outcome on the usable rows.

    Parameters
    ----------
    ground : the loaded tables.
    as_of : look at the rows as they stood then; what came to be known later is not known yet, whichever way it went.

    Returns
    -------
    tuple
        The outcomes by name, each one row per request at risk: ``request_id`` (str), ``failed`` (bool), ``known_at``
        (datetime64[us, UTC], missing where the source does not say from when it is known); and the problems found.

    Raises
    ------
    SourceError
        When a condition is not SQL or names a column that is not there.
    """
    outcomes, problems = {}, []
    for name, outcome in ground.config.outcomes.items():
        if not ground.has(outcome.table, "request_id"):
            problems.append(_not_supplied(name, outcome))
            continue
        frame = _evaluate(ground, name, outcome, as_of)
        unsettled = frame["failed"].isna()
        if unsettled.any():
            problems.append(_unsettled(name, outcome, frame[unsettled]))
        settled = frame[~unsettled].reset_index(drop=True)
        outcomes[name] = settled.assign(
            request_id=settled["request_id"].astype("str"),
            failed=settled["failed"].astype(bool),
            known_at=settled["known_at"].astype("datetime64[us, UTC]"),
        )
    return outcomes, problems


def _evaluate(ground: Ground, name: str, outcome: OutcomeConfig, as_of: pd.Timestamp | None) -> pd.DataFrame:
    rows, among = _rows(ground, outcome), f"({outcome.among or 'true'})"
    if as_of is not None:
        rows = standing_rows(outcome.table, rows, list(ground.memory.types(outcome.table)), as_of)
        if outcome.known_at:
            among += f" AND coalesce(({outcome.known_at}) <= TIMESTAMP '{as_of.tz_convert('UTC'):%Y-%m-%d %H:%M:%S.%f}', true)"
    known_at = f"CAST(({outcome.known_at}) AS TIMESTAMP)" if outcome.known_at else "NULL::TIMESTAMP"
    sql = (
        f"SELECT request_id, bool_or(CAST(({outcome.where}) AS BOOLEAN)) AS failed, max({known_at}) AS known_at "
        f"FROM ({rows}) WHERE {among} GROUP BY request_id ORDER BY request_id"
    )
    try:
        frame: pd.DataFrame = ground.memory.arrow(sql).to_pandas()
    except Exception as error:  # the engine's message names the column or the word that it does not know
        said = str(error).strip().splitlines()[0].rstrip(".")
        raise SourceError(f"[outcomes.{name}] in source.toml can't be worked out on {outcome.table}: {said}.") from None
    frame["known_at"] = frame["known_at"].dt.tz_localize("UTC")
    return frame


def _rows(ground: Ground, outcome: OutcomeConfig) -> str:
    """Give the table's rows, with the extra columns that hold nothing but numbers as numbers, so that they compare."""
    table = identifier(outcome.table)
    types = ground.memory.types(outcome.table)
    texts = [column for column in ground.extra[outcome.table] if types[column] == "VARCHAR"]
    if not texts:
        return f"SELECT * FROM {table}"
    tests = ", ".join(
        f"bool_and({identifier(c)} IS NULL OR {identifier(c)} = '' OR TRY_CAST({identifier(c)} AS DOUBLE) IS NOT NULL) "
        f"AS {identifier(c)}"
        for c in texts
    )
    numeric = ground.memory.rows(f"SELECT {tests} FROM {table}")[0]
    casts = [f"TRY_CAST({identifier(c)} AS DOUBLE) AS {identifier(c)}" for c in texts if numeric[c]]
    return f"SELECT * REPLACE ({', '.join(casts)}) FROM {table}" if casts else f"SELECT * FROM {table}"


def _not_supplied(name: str, outcome: OutcomeConfig) -> RowProblems:
    return RowProblems(
        Problem(
            table=outcome.table,
            column="",
            rule="the table of a named outcome is supplied",
            severity="warning",
            count=1,
            rows=(),
            message=f"the outcome “{name}” is about {outcome.table}, which was not supplied or can't be used",
            fix=f"Supply {outcome.table} with request_id, or remove [outcomes.{name}].",
            check="outcome_without_table",
        )
    )


def _unsettled(name: str, outcome: OutcomeConfig, frame: pd.DataFrame) -> RowProblems:
    return RowProblems(
        Problem(
            table=outcome.table,
            column="",
            rule=f"the condition of the outcome “{name}” is true or false for every request at risk",
            severity="warning",
            count=len(frame),
            rows=tuple({"request_id": request_id} for request_id in frame["request_id"].head(FIRST_ROWS)),
            message=f"the outcome “{name}” is neither true nor false for {rows_said(len(frame))}; they are not counted",
            fix="Fill the columns that the condition reads, or leave such rows out with `among`.",
            check="outcome_unsettled",
        )
    )
