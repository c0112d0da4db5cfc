"""Opening a source: a folder of tables, as files or queries, with an optional ``source.toml``."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import asdict, dataclass
from functools import cached_property, partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from rca_lib.data.config import CONFIG_NAME, SourceConfig, load_config, nearest
from rca_lib.data.contract import TABLES
from rca_lib.data.problems import Problem
from rca_lib.errors import SourceError, UsageError

if TYPE_CHECKING:
    import pandas as pd
    import pyarrow as pa

    from rca_lib.data.loading import Loaded

__all__ = ["EscalationSummary", "Source", "find_source", "open_source"]

_SUFFIXES = (".parquet", ".csv", ".xlsx", ".sql")
_WHAT = (
    "a source is a folder with at least escalations or requests, each as a .parquet, .csv or .xlsx file or as a .sql "
    "query, and an optional source.toml"
)


@dataclass(frozen=True)
class EscalationSummary:
    """An escalation as a list shows it.

    Attributes
    ----------
    escalation_id : its id.
    opened_at : when it was opened, in UTC, as ISO 8601 text.
    severity, failure_mode, title, status : as recorded, or ``None``.
    """

    escalation_id: str
    opened_at: str
    severity: str | None = None
    failure_mode: str | None = None
    title: str | None = None
    status: str | None = None

    def as_json(self) -> dict[str, Any]:
        """Give the summary as plain values, ready for JSON."""
        return asdict(self)


class Source:
    """A folder of tables. Nothing is read before it is asked for; what was read is kept.

    Parameters
    ----------
    path : the folder.
    config : what its ``source.toml`` says.
    files : the file or query of each table that it supplies.
    """

    def __init__(self, path: Path, config: SourceConfig, files: Mapping[str, Path]) -> None:
        self.path = path
        self.config = config
        self.files = dict(files)

    def __repr__(self) -> str:
        return f"<Source {self.name}: {', '.join(self.files)}>"

    @property
    def name(self) -> str:
        """The folder's name."""
        return self.path.name

    @property
    def tables(self) -> Mapping[str, pd.DataFrame]:
        """The usable rows of each table that was supplied, with every column of the contract and the dimensions."""
        return self._loaded.tables

    @property
    def supplied(self) -> dict[str, frozenset[str]]:
        """The columns really supplied, by table."""
        return self._loaded.supplied

    @property
    def problems(self) -> tuple[Problem, ...]:
        """Everything that the checks found, errors first."""
        return self._loaded.problems

    @property
    def set_aside(self) -> dict[str, int]:
        """How many rows were left out because of errors, by table."""
        return self._loaded.set_aside

    @property
    def outcomes(self) -> dict[str, pd.DataFrame]:
        """The named outcomes: one row per request at risk, with ``request_id``, ``failed`` and ``known_at``."""
        return self._loaded.outcomes

    def outcomes_as_of(self, as_of: pd.Timestamp) -> dict[str, pd.DataFrame]:
        """The named outcomes as far as they were known at ``as_of``, worked out on the rows as they stood then."""
        from rca_lib.data.outcomes import evaluate_outcomes

        return evaluate_outcomes(self._loaded.ground, as_of)[0]

    @cached_property
    def digest(self) -> str:
        """SHA-256 over the names and bytes of everything that is read; it depends on no path and no clock."""
        summed = hashlib.sha256()
        for label, data in self._bytes():
            summed.update(f"{label}\0{len(data)}\0".encode())
            summed.update(data)
        return summed.hexdigest()

    def escalations(self) -> tuple[EscalationSummary, ...]:
        """List the escalations, oldest first, without reading another table.

        Rows that could not be used are left out, as in ``tables``.
        """
        if "escalations" not in self.files:
            return ()
        from rca_lib.data.listing import list_rows

        return tuple(EscalationSummary(**row) for row in list_rows(self._reader("escalations"), self.config))

    def latest_moment(self) -> pd.Timestamp | None:
        """Return the newest moment at which something was recorded, in UTC; due and planned moments don't count."""
        moments = [
            self.tables[name][column.name].max()
            for name, table in TABLES.items()
            for column in table.columns
            if column.recorded and name in self.tables and len(self.tables[name])
        ]
        found = [moment for moment in moments if moment == moment]  # a column without a moment gives NaT
        return max(found) if found else None

    @cached_property
    def _loaded(self) -> Loaded:
        from rca_lib.data.loading import load

        return load({name: self._reader(name) for name in self.files}, self.config, self._misnamed())

    @cached_property
    def _queries(self) -> Any:
        from rca_lib.data.engine import Queries
        from rca_lib.data.files import read_files

        loaders: dict[str, Callable[[], pa.Table]] = {
            name: partial(read_files, spec, self.path, name) for name, spec in self.config.files.items()
        }
        loaders |= {path.stem: partial(self._run, path) for path in self._helpers}
        loaders |= {name: self._reader(name) for name in self.files}
        return Queries(self.path, self.config.url, self.config.timezone, loaders)

    def _reader(self, name: str) -> Callable[[], pa.Table]:
        """Return how one table is read; it is read once."""
        return partial(self._read, name)

    def _read(self, name: str) -> pa.Table:
        if name not in self._came:
            from rca_lib.data.files import read_file

            path = self.files[name]
            self._came[name] = self._queries.run(path) if path.suffix == ".sql" else read_file(path)
        return self._came[name]

    def _run(self, path: Path) -> pa.Table:
        return self._queries.run(path)

    @cached_property
    def _helpers(self) -> tuple[Path, ...]:
        """The queries that give no table of the contract, only something for other queries to read."""
        return tuple(sorted(path for path in self.path.glob("*.sql") if path.stem not in TABLES))

    @cached_property
    def _query_text(self) -> str:
        queries = [path for path in self.files.values() if path.suffix == ".sql"]
        return "\n".join(path.read_text(errors="replace") for path in (*queries, *self._helpers))

    def _is_read(self, path: Path) -> bool:
        """Tell whether a query reads a file of the folder."""
        return bool(re.search(rf"\b{re.escape(path.stem if path.suffix == '.sql' else path.name)}\b", self._query_text))

    @cached_property
    def _came(self) -> dict[str, pa.Table]:
        return {}

    def _bytes(self) -> Iterator[tuple[str, bytes]]:
        """Give the name and bytes of everything that is read, in a fixed order."""
        from rca_lib.data.files import find_files

        paths = set(self.files.values())
        if (self.path / CONFIG_NAME).is_file():
            paths.add(self.path / CONFIG_NAME)
        paths |= {path for path in self.path.iterdir() if path.is_file() and self._is_read(path)}
        for path in sorted(paths, key=lambda path: path.name):
            yield path.name, path.read_bytes()
        for name, spec in sorted(self.config.files.items()):
            for path in find_files(spec, self.path, name):
                yield f"{name}/{path.name}", path.read_bytes()
        if self.config.url is not None:
            for name, path in self.files.items():
                if path.suffix == ".sql":
                    yield f"rows of {name}", "\n".join(map(str, self._read(name).to_pylist())).encode()

    def _misnamed(self) -> tuple[Problem, ...]:
        """Find data files that no table and no query uses."""
        used = {path.name for path in self.files.values()}
        return tuple(
            Problem(
                table=path.stem,
                column="",
                rule="a file is named after a table of the contract",
                severity="warning",
                count=1,
                rows=(),
                message=f"{path.name} is not a table of the contract and no query reads it, so it is ignored",
                fix=f"Name it after its table; {nearest(path.stem, TABLES)}",
                check="unknown_file",
            )
            for path in sorted(self.path.iterdir())
            if path.suffix in _SUFFIXES and path.name not in used and not self._is_read(path)
        )


def find_source(path: str | Path) -> Path:
    """Find a source's folder; a relative path is looked for here and in the folders above.

    Raises
    ------
    UsageError
        When there is no such folder.
    """
    wanted = Path(path).expanduser()
    here = Path.cwd()
    places = [wanted] if wanted.is_absolute() else [place / wanted for place in (here, *here.parents)]
    for place in places:
        if place.is_dir():
            return place.resolve()
    if any(place.exists() for place in places):
        raise UsageError(f"{wanted.name} is a file, not a source; {_WHAT}.")
    raise UsageError(f"There is no source at “{path}”; {_WHAT} (rca demo makes an example, --source names yours).")


def open_source(path: str | Path | Source) -> Source:
    """Open a source.

    Parameters
    ----------
    path : its folder; a relative path is looked for here and in the folders above. An opened one comes back as it is.

    Raises
    ------
    UsageError
        When there is no such folder.
    SourceError
        When the folder holds neither escalations nor requests, or its ``source.toml`` can't be read.
    """
    if isinstance(path, Source):
        return path
    folder = find_source(path)
    config = load_config(folder)
    files = _table_files(folder)
    if not {"escalations", "requests"} & files.keys():
        raise SourceError(f"{folder.name} holds neither escalations nor requests; {_WHAT}.")
    return Source(folder, config, files)


def _table_files(folder: Path) -> dict[str, Path]:
    """Find the file or query of each table."""
    files = {}
    for name in TABLES:
        found = [folder / f"{name}{suffix}" for suffix in _SUFFIXES if (folder / f"{name}{suffix}").is_file()]
        if len(found) > 1:
            said = " and ".join(path.name for path in found)
            raise SourceError(f"{folder.name} holds {said} for the same table; keep one of them.")
        if found:
            files[name] = found[0]
    return files
