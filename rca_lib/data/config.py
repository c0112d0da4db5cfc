"""What ``source.toml`` may say, as a typed record; every key is optional and no other key is allowed.

::

    url = "${RCA_DATABASE_URL}"             # another engine than the built-in one; secrets come from the environment
    timezone = "America/Los_Angeles"        # how naive timestamps are read
    working_days = "US"                     # holiday calendar for deadlines counted in working days
    pseudonym_key = "${RCA_PSEUDONYM_KEY}"  # what the aliases of counsel's review are made with; whoever holds it can undo them
    small_cell = 10                         # counts from 1 to this are withheld from audiences that need it
    simulated = true                        # made-up data: every review says so

    [files.received]                        # a table that the queries can read, every column as text
    path = "${DATA}/*_AppealsLog.xlsx"      # a glob; the rows of every file that it names, with `filename` as a column
    sheet = "Received"                      # the sheet of a workbook; the first one unless named
    member = "*.csv"                        # the members of a zip file; every CSV file in it unless named
    encoding = "latin-1"                    # of text files; UTF-8 unless named
    delimiter = ";"                         # of text files; found from the header unless named
    rename = { ident_state = "state" }      # headers to other names, where a header is present

    [dimensions]                            # extra columns to look for causes in
    requests = ["location", "category"]

    [outcomes.rework]                       # a failure that the contract has no column for
    table = "requests"
    where = "reassignment_count >= 3"       # a SQL condition: the request failed
    among = "closed_at IS NOT NULL"         # a SQL condition: the request was at risk; every request unless named
    known_at = "closed_at"                  # a SQL expression: the moment from which it is known whether it failed
    matures_after = "14d"                   # how long after receipt most failures have shown

    [enums.requests.process_type]           # the organisation's words to ours
    "LE-SUBP" = "subpoena"
"""

from __future__ import annotations

import difflib
import os
import re
import tomllib
import zoneinfo
from collections.abc import Mapping
from datetime import timedelta
from pathlib import Path
from typing import Annotated, Any

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError, field_validator, model_validator

from rca_lib.data.contract import TABLES
from rca_lib.errors import SourceError

__all__ = ["CONFIG_NAME", "FileConfig", "OutcomeConfig", "SourceConfig", "load_config", "nearest"]

CONFIG_NAME = "source.toml"

_VARIABLE = re.compile(r"\$\{([^}]*)\}")
_DURATION = re.compile(r"\s*(\d+(?:\.\d+)?)\s*(h|d|w|hours?|days?|weeks?)\s*")
_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")


def nearest(name: str, known: Mapping[str, Any] | tuple[str, ...] | list[str]) -> str:
    """Say the known name that is nearest to a name, as the end of a sentence.

    >>> nearest("timezon", ["timezone", "url"])
    'did you mean “timezone”?'
    >>> nearest("x", ["timezone", "url"])
    'the known ones are timezone, url'
    """
    names = list(known)
    close = difflib.get_close_matches(name, names, n=1, cutoff=0.6)
    return f"did you mean “{close[0]}”?" if close else f"the known ones are {', '.join(names)}"


def _duration(value: object) -> object:
    """Read ``"14d"``, ``"36h"`` or ``"2w"`` as a span of time."""
    if not isinstance(value, str):
        return value
    found = _DURATION.fullmatch(value)
    if not found:
        raise ValueError(f"“{value}” is not a span of time such as “36h”, “14d” or “2w”")
    hours = {"h": 1, "d": 24, "w": 168}[found[2][0]]
    return timedelta(hours=float(found[1]) * hours)


class _Model(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class FileConfig(_Model):
    """One or more files that the queries read as one table.

    Attributes
    ----------
    path : a path or glob, relative to the source's folder; ``archive.zip!member.csv`` names a member of a zip file.
    sheet : the sheet of a workbook.
    member : the members of a zip file, as a glob.
    encoding : the encoding of text files.
    delimiter : the character between cells of text files.
    rename : headers to other names, applied where a header is present.
    """

    path: str
    sheet: str | None = None
    member: str | None = None
    encoding: str = "utf-8"
    delimiter: str | None = Field(default=None, min_length=1, max_length=1)
    rename: dict[str, str] = {}

    @model_validator(mode="before")
    @classmethod
    def _from_path(cls, value: object) -> object:
        return {"path": value} if isinstance(value, str) else value

    @field_validator("encoding")
    @classmethod
    def _known_encoding(cls, value: str) -> str:
        try:
            "".encode(value)
        except LookupError:
            raise ValueError(f"“{value}” is not an encoding; “utf-8”, “latin-1” and “cp1252” are common ones") from None
        return value


class OutcomeConfig(_Model):
    """A failure that the contract has no column for.

    Attributes
    ----------
    table : the table that the conditions are about; it must hold ``request_id``.
    where : a SQL condition on a row: it failed. A request failed when any of its rows did.
    among : a SQL condition on a row: it was at risk of failing. Every row is, when it is not given.
    known_at : a SQL expression on a row: the moment from which it is known whether it failed.
    matures_after : how long after receipt most failures have shown; requests younger than this are immature.
    phrase : what happened, to complete "requests that ...", for example ``"were reopened"``.
    """

    table: str = "requests"
    where: str
    among: str | None = None
    known_at: str | None = None
    matures_after: Annotated[timedelta | None, BeforeValidator(_duration)] = None
    phrase: str | None = None

    @field_validator("table")
    @classmethod
    def _table_of_requests(cls, value: str) -> str:
        tables = [name for name, table in TABLES.items() if "request_id" in table.column_names]
        if value not in tables:
            raise ValueError(f"“{value}” is not a table that holds request_id; {nearest(value, tables)}")
        return value


class SourceConfig(_Model):
    """Everything that ``source.toml`` says.

    Attributes
    ----------
    url : the engine that runs the queries, as Ibis names it; DuckDB in-process when it is not given.
    timezone : how timestamps without an offset are read.
    working_days : the holiday calendar, a country such as ``"US"`` or a part of one such as ``"US-CA"``.
    small_cell : counts from 1 to this are withheld from audiences that need it.
    pseudonym_key : the secret with which aliases are made; without one they are numbered, and say nothing either, but a
        reader with a list of the identifiers could guess them.
    files : what the queries can read as tables.
    dimensions : extra columns to look for causes in, by table.
    outcomes : named failures.
    enums : the organisation's words to ours, by table and column.
    simulated : the data are made up, for teaching or a demonstration; every review says so.
    """

    url: str | None = None
    timezone: str = "UTC"
    working_days: str | None = None
    small_cell: int = Field(default=10, ge=0)
    pseudonym_key: str | None = Field(default=None, repr=False)
    files: dict[str, FileConfig] = {}
    dimensions: dict[str, tuple[str, ...]] = {}
    outcomes: dict[str, OutcomeConfig] = {}
    enums: dict[str, dict[str, dict[str, str]]] = {}
    simulated: bool = False

    @field_validator("timezone")
    @classmethod
    def _known_zone(cls, value: str) -> str:
        if value not in zoneinfo.available_timezones():
            zones = sorted(zoneinfo.available_timezones())
            close = difflib.get_close_matches(value, zones, n=1, cutoff=0.5) or ["America/Los_Angeles"]
            raise ValueError(f"“{value}” is not a time zone; did you mean “{close[0]}”?")
        return value

    @field_validator("working_days")
    @classmethod
    def _known_calendar(cls, value: str | None) -> str | None:
        if value is None:
            return None
        import holidays

        country, _, part = value.partition("-")
        supported = holidays.list_supported_countries()
        if country not in supported:
            raise ValueError(f"“{value}” is not a holiday calendar; use a country code such as “US” or “US-CA”")
        parts = supported[country]
        if part and part not in parts:
            raise ValueError(f"“{part}” is not a part of {country} with its own holidays; {nearest(part, parts)}")
        return value

    @field_validator("files", "outcomes")
    @classmethod
    def _plain_names(cls, value: dict[str, Any]) -> dict[str, Any]:
        for name in value:
            if not _NAME.fullmatch(name):
                raise ValueError(f"“{name}” is not a plain name; use letters, digits and underscores")
        return value

    @field_validator("files")
    @classmethod
    def _no_table_names(cls, value: dict[str, Any]) -> dict[str, Any]:
        for name in value:
            if name in TABLES:
                raise ValueError(f"“{name}” is the name of a table of the contract; give the file another name")
        return value

    @field_validator("dimensions", "enums")
    @classmethod
    def _known_tables(cls, value: dict[str, Any]) -> dict[str, Any]:
        for name in value:
            if name not in TABLES:
                raise ValueError(f"“{name}” is not a table of the contract; {nearest(name, TABLES)}")
        return value

    @field_validator("enums")
    @classmethod
    def _known_words(cls, value: dict[str, dict[str, dict[str, str]]]) -> dict[str, dict[str, dict[str, str]]]:
        for table, columns in value.items():
            for column, words in columns.items():
                if column not in TABLES[table].column_names:
                    raise ValueError(f"“{table}.{column}” is no column; {nearest(column, TABLES[table].column_names)}")
                allowed = TABLES[table].column(column).values
                for word in words.values():
                    if allowed and word not in allowed:
                        raise ValueError(f"“{word}” is no value of {table}.{column}; {nearest(word, allowed)}")
        return value


def load_config(folder: Path) -> SourceConfig:
    """Read the ``source.toml`` of a folder; without one, every key has its default.

    Raises
    ------
    SourceError
        When the file can't be read, names an unknown key, or uses a variable that is not set.

    Examples
    --------
    >>> load_config(Path("/nowhere")).small_cell
    10
    """
    path = folder / CONFIG_NAME
    if not path.is_file():
        return SourceConfig()
    try:
        raw = tomllib.loads(path.read_text(encoding="utf-8"))
    except UnicodeDecodeError:
        raise SourceError(f"{folder.name}/{CONFIG_NAME} is not UTF-8 text; save it as UTF-8.") from None
    except tomllib.TOMLDecodeError as error:
        raise SourceError(f"{folder.name}/{CONFIG_NAME} is not valid TOML: {error}.") from None
    filled = _fill(raw, f"{folder.name}/{CONFIG_NAME}")
    try:
        return SourceConfig.model_validate(filled)
    except ValidationError as error:
        said = "; ".join(_say(dict(item)) for item in error.errors())
        raise SourceError(f"{folder.name}/{CONFIG_NAME}: {said}.") from None


def _fill(value: Any, where: str, key: str = "") -> Any:
    """Put environment variables in the place of ``${NAME}`` in every text value."""
    if isinstance(value, dict):
        return {name: _fill(inner, where, f"{key}.{name}".lstrip(".")) for name, inner in value.items()}
    if isinstance(value, list):
        return [_fill(inner, where, key) for inner in value]
    if not isinstance(value, str):
        return value
    for name in _VARIABLE.findall(value):
        if name not in os.environ:
            raise SourceError(
                f"{where} uses the environment variable {name} in “{key}”, and it is not set: set it, for example "
                f"with `export {name}=...`, and try again."
            )
    return _VARIABLE.sub(lambda found: os.environ[found[1]], value)


def _say(item: dict[str, Any]) -> str:
    """Say one validation error with its key and, for an unknown key, the nearest known one."""
    key = ".".join(str(part) for part in item["loc"])
    if item["type"] == "extra_forbidden":
        known = list(_model_at(tuple(item["loc"][:-1])).model_fields)
        return f"the key “{key}” is not known; {nearest(str(item['loc'][-1]), known)}"
    if item["type"] == "missing":
        return f"the key “{key}” is missing"
    return f"“{key}”: {str(item['msg']).removeprefix('Value error, ')}"


def _model_at(loc: tuple[Any, ...]) -> type[BaseModel]:
    """Return the model that a place in the file belongs to."""
    models: dict[str, type[BaseModel]] = {"files": FileConfig, "outcomes": OutcomeConfig}
    return models.get(str(loc[0]), SourceConfig) if loc else SourceConfig
