"""Running SQL: the queries of a source through Ibis, and the library's own on tables in memory.

A source's queries run on DuckDB in-process, or on the engine that ``url`` names. The library's own checks always run on
DuckDB in-process, on what those queries gave; they ask it directly, since Ibis takes longer to import than they to run.
"""

from __future__ import annotations

import warnings
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa

from rca_lib.errors import SourceError

__all__ = ["Memory", "Queries", "identifier", "literal"]


def identifier(name: str) -> str:
    """Quote a name for SQL.

    >>> identifier('a "b"')
    '"a ""b\"""'
    """
    return '"' + name.replace('"', '""') + '"'


def literal(text: str) -> str:
    """Quote a text for SQL.

    >>> literal("it's")
    "'it''s'"
    """
    return "'" + text.replace("'", "''") + "'"


def _first_line(error: Exception) -> str:
    lines = str(error).strip().splitlines()
    return lines[0].strip().rstrip(".") if lines else type(error).__name__


class Memory:
    """Tables in memory, asked in DuckDB's SQL.

    Parameters
    ----------
    timezone : how timestamps without an offset are read when they are cast to a moment.
    """

    def __init__(self, timezone: str = "UTC") -> None:
        self._engine = duckdb.connect()
        self._engine.execute(f"SET TimeZone = {literal(timezone)}")

    def execute(self, sql: str) -> None:
        """Run a statement that gives nothing back."""
        self._engine.execute(sql)

    def arrow(self, sql: str) -> pa.Table:
        """Run a query and return its rows."""
        return self._engine.execute(sql).to_arrow_table()

    def rows(self, sql: str) -> list[dict[str, Any]]:
        """Run a query and return its rows as mappings."""
        return list(self.arrow(sql).to_pylist())

    def register(self, name: str, table: pa.Table) -> None:
        """Make a table known under a name; its rows stay where they are."""
        self._engine.register(name, table)

    def types(self, name: str) -> dict[str, str]:
        """Return the columns of a table with the engine's names of their types."""
        return {row["column_name"]: row["column_type"] for row in self.rows(f"DESCRIBE {identifier(name)}")}


class Queries:
    """The ``.sql`` files of one source, run by the engine that it names.

    A query may read the tables of ``[files]``, files next to it, and the tables that the other queries give; what it
    reads is loaded when it is first needed.

    Parameters
    ----------
    folder : the source's folder, in which file names in queries are looked for.
    url : the engine, as Ibis names it; DuckDB in-process when ``None``.
    timezone : the time zone of the session.
    loaders : how to load each table that a query may name.
    """

    def __init__(
        self, folder: Path, url: str | None, timezone: str, loaders: Mapping[str, Callable[[], pa.Table]]
    ) -> None:
        self._folder = folder
        self._url = url
        self._timezone = timezone
        self._loaders = loaders
        self._loaded: set[str] = set()
        self._engine: Any = None

    def run(self, path: Path) -> pa.Table:
        """Run the query in a file and return its rows.

        Raises
        ------
        SourceError
            Naming the file and the first line of what the engine said.
        """
        label = f"{self._folder.name}/{path.name}"
        try:
            sql = path.read_text(encoding="utf-8-sig").strip().rstrip(";")
        except UnicodeDecodeError:
            raise SourceError(f"{label} is not UTF-8 text; save it as UTF-8.") from None
        if not sql:
            raise SourceError(f"{label} is empty; write a query in it, or remove the file.")
        engine = self._connected()
        if self._url is None:
            for name in _tables_in(sql):
                self._load(name, of=path.stem)
        try:
            if self._url is None:
                return engine.raw_sql(sql).to_arrow_table()
            with warnings.catch_warnings():
                # Ibis 12 still calls functions that the newer releases of some engines' drivers have renamed.
                warnings.simplefilter("ignore", DeprecationWarning)
                return engine.sql(sql).to_pyarrow()
        except Exception as error:  # every engine has its own exceptions; a reader needs one sentence
            raise SourceError(f"The query {label} failed: {_first_line(error)}.") from None

    def _connected(self) -> Any:
        if self._engine is None:
            import ibis

            try:
                self._engine = ibis.duckdb.connect() if self._url is None else ibis.connect(self._url)
            except Exception as error:
                # The message of an engine may repeat the URL, and the URL may hold a password.
                said = type(error).__name__ if self._url and self._url in str(error) else _first_line(error)
                raise SourceError(f"The engine in {self._folder.name}/source.toml can't be reached: {said}.") from None
            if self._url is None:
                self._engine.raw_sql(f"SET file_search_path = {literal(str(self._folder))}")
                self._engine.raw_sql(f"SET TimeZone = {literal(self._timezone)}")
        return self._engine

    def _load(self, name: str, *, of: str) -> None:
        if name in self._loaded or name == of or name not in self._loaders:
            return
        self._loaded.add(name)
        self._engine.con.register(name, self._loaders[name]())


def _tables_in(sql: str) -> Iterator[str]:
    """Name the tables that a query reads, as far as they can be told without running it."""
    import sqlglot
    from sqlglot import exp

    try:
        parsed = sqlglot.parse_one(sql, dialect="duckdb")
    except sqlglot.errors.SqlglotError:
        return  # the engine says what is wrong with it
    yield from dict.fromkeys(table.name for table in parsed.find_all(exp.Table))
