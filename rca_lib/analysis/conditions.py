"""Which requests a SQL condition reaches, for example the segment of a change.

A condition comes from a table of the source. It is evaluated by DuckDB in memory with no access to files, the network
or variables of the program, as one expression over the columns of the requests.
"""

from __future__ import annotations

from collections.abc import Iterable

import duckdb
import numpy as np
import numpy.typing as npt
import pandas as pd

__all__ = ["requests_matching"]

SETTINGS = (
    "SET autoload_known_extensions = false",
    "SET autoinstall_known_extensions = false",
    "SET python_enable_replacements = false",
    "SET enable_external_access = false",
    "SET lock_configuration = true",
)


def requests_matching(
    requests: pd.DataFrame, conditions: Iterable[str]
) -> dict[str, tuple[npt.NDArray[np.bool_] | None, str]]:
    """Evaluate each condition on every request.

    Parameters
    ----------
    requests : the table of requests; its columns are what a condition may name.
    conditions : SQL conditions, such as ``"team_id = 'A' AND urgency <> 'routine'"``.

    Returns
    -------
    For each condition its mask over the rows of `requests` (a condition that is NULL does not hold) and an empty
    text, or ``None`` and a sentence that says why it cannot be evaluated.

    Examples
    --------
    >>> table = pd.DataFrame({"request_id": ["R1", "R2"], "team_id": ["A", "B"]})
    >>> requests_matching(table, ["team_id = 'B'"])["team_id = 'B'"][0].tolist()
    [False, True]
    """
    found: dict[str, tuple[npt.NDArray[np.bool_] | None, str]] = {}
    with duckdb.connect(":memory:") as connection:
        connection.execute("SET threads = 1")
        connection.register("supplied", requests)
        # Copied once: a registered frame would be converted again for each condition.
        connection.execute("CREATE TABLE requests AS SELECT * FROM supplied")
        connection.unregister("supplied")
        for setting in SETTINGS:
            connection.execute(setting)
        for condition in dict.fromkeys(conditions):
            found[condition] = _evaluate(connection, condition, len(requests))
    return found


def _evaluate(
    connection: duckdb.DuckDBPyConnection, condition: str, rows: int
) -> tuple[npt.NDArray[np.bool_] | None, str]:
    query = f"SELECT CAST(coalesce(({condition}\n), false) AS BOOLEAN) AS reached FROM requests"
    try:
        statements = connection.extract_statements(query)
        if len(statements) != 1 or statements[0].type != duckdb.StatementType.SELECT:
            return None, "The segment must be a single condition on columns of requests."
        answer = connection.execute(statements[0]).fetchnumpy()["reached"]
    except duckdb.Error as error:
        return None, f"The segment cannot be evaluated: {_first_line(error)}"
    mask = np.asarray(answer, dtype=bool)
    if len(mask) != rows:
        return None, "The segment must give one answer for each request."
    return mask, ""


def _first_line(error: Exception) -> str:
    line = str(error).strip().splitlines()[0].rstrip(".")
    return f"{line.removeprefix('Binder Error: ').removeprefix('Parser Error: ').removeprefix('Conversion Error: ')}."
