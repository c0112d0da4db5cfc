"""Write the tables as Parquet, the same bytes for the same input, and the whole folder at once or not at all."""

from __future__ import annotations

import json
import shutil
from collections.abc import Mapping
from importlib.resources import files
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from rca_lib.data.contract import TABLES
from rca_lib.data.example.calendar import START
from rca_lib.data.example.event_log import Coded
from rca_lib.data.example.tables import Table
from rca_lib.errors import UsageError

__all__ = ["README", "SOURCE_TOML", "replace_folder", "to_arrow", "write_cases", "write_json", "write_source"]

README = """All of it is simulated.

This folder holds two invented years (2024 and 2025) of a team that answers legal requests from law enforcement: requests,
workflow events, quality assessments, changes, escalations, evidence and actions. No row describes a real person, agency,
request or event. Volumes follow the mix of a published transparency report; everything else was made by a seeded generator
(rca_lib.data.example), which also wrote what it planted to a file beside this folder that the analysis never reads.
"""

SOURCE_TOML = """# See README.txt.
simulated = true
timezone = "UTC"
working_days = "US"
small_cell = 10
# A real source takes it from the environment: "${RCA_PSEUDONYM_KEY}".
pseudonym_key = "simulated"

[dimensions]
requests = ["agency_type", "identifier_type", "surface"]
"""


def to_arrow(name: str, table: Table) -> pa.Table:
    """Give a table its types: moments in UTC to the second, texts, numbers, booleans."""
    kinds = {column.name: column.kind for column in TABLES[name].columns}
    return pa.table({column: _array(values, kinds.get(column, "text")) for column, values in table.items()})


def _array(values: Any, kind: str) -> pa.Array:
    if isinstance(values, Coded):
        missing = values.codes < 0
        index = pa.array(np.where(missing, 0, values.codes).astype(np.int32), mask=missing)
        return pa.DictionaryArray.from_arrays(index, pa.array(values.words, pa.string())).cast(pa.string())
    if kind == "timestamp":
        hours = np.asarray(values, dtype=float)
        missing = np.isnan(hours)
        moments = START + np.where(missing, 0, np.round(hours * 3600.0)).astype("timedelta64[s]").astype(
            "timedelta64[us]"
        )
        return pa.array(moments, pa.timestamp("us", tz="UTC"), mask=missing)
    if kind in ("float", "integer", "boolean"):
        target = {"float": pa.float64(), "integer": pa.int64(), "boolean": pa.bool_()}[kind]
        return pa.array(values, target, from_pandas=True)
    return pa.array(values, pa.string())


def write_source(folder: Path, tables: Mapping[str, Table]) -> None:
    """Write every table, ``source.toml`` and the README into a new folder."""
    folder.mkdir(parents=True)
    for name, table in tables.items():
        pq.write_table(to_arrow(name, table), folder / f"{name}.parquet", compression="zstd", store_schema=False)
    (folder / "source.toml").write_text(SOURCE_TOML, encoding="utf-8")
    (folder / "README.txt").write_text(README, encoding="utf-8")


def write_cases(folder: Path, earlier: Path, *, shipped: bool = True) -> None:
    """Write the case files that come with the example into a new folder; those that someone worked on in an earlier one stay.

    Parameters
    ----------
    folder : the new example.
    earlier : the example that it takes the place of, where there is one.
    shipped : whether to write those that come with the example; they judge the two years of its own seed.
    """
    cases = folder / "cases"
    cases.mkdir()
    for entry in (files("rca_lib.data.example") / "cases").iterdir():
        if shipped and entry.name.endswith(".yaml"):
            (cases / entry.name).write_bytes(entry.read_bytes())
    for path in sorted((earlier / "cases").glob("*")):
        if path.is_file():
            shutil.copyfile(path, cases / path.name)


def write_json(path: Path, record: Mapping[str, Any]) -> None:
    """Write a record whole, by renaming a finished file."""
    part = path.with_name(f".{path.name}.part")
    part.write_text(json.dumps(record, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    part.replace(path)


def replace_folder(made: Path, folder: Path) -> None:
    """Put a finished folder in place of an earlier example, or of nothing.

    Raises
    ------
    UsageError
        If `folder` exists and is not an example made by this module.
    """
    if folder.exists():
        marker = folder / "README.txt"
        if not (marker.is_file() and marker.read_text(encoding="utf-8") == README) and any(folder.iterdir()):
            shutil.rmtree(made)
            raise UsageError(
                f"{folder.name} holds something other than the example; give a folder that does not exist yet."
            )
        old = folder.with_name(f".{folder.name}.old")
        shutil.rmtree(old, ignore_errors=True)
        folder.rename(old)
        made.rename(folder)
        shutil.rmtree(old)
    else:
        made.rename(folder)
