"""Reading files as tables: CSV, Excel, Parquet and JSON, plain or inside a zip, one row per row of the file.

Text stays text here; what it means is decided later, where a value that can't be read is reported instead of lost.
"""

from __future__ import annotations

import csv
import io
import zipfile
from collections.abc import Callable, Iterator, Sequence
from datetime import date, datetime, time
from fnmatch import fnmatch
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.csv
import pyarrow.json
import pyarrow.parquet

from rca_lib.data.config import FileConfig, nearest
from rca_lib.errors import SourceError

__all__ = ["FILENAME", "READERS", "find_files", "read_file", "read_files"]

FILENAME = "filename"
"""The column that says which file a row of ``[files]`` came from."""

READERS = (".csv", ".tsv", ".txt", ".parquet", ".xlsx", ".xlsm", ".json", ".ndjson", ".jsonl")
"""The suffixes that can be read."""

_OLD_OFFICE = b"\xd0\xcf\x11\xe0"  # the container of .xls files, and of .xlsx files that are locked with a password
_DELIMITERS = (",", ";", "\t", "|")


def find_files(spec: FileConfig, folder: Path, name: str) -> list[Path]:
    """List the files that one entry of ``[files]`` names, in order of name.

    Raises
    ------
    SourceError
        When it names none.
    """
    pattern = spec.path.partition("!")[0]
    full = pattern if Path(pattern).is_absolute() else str(folder / pattern)
    found = [Path(full)] if Path(full).is_file() else _matches(Path(full))
    found = [path for path in found if path.is_file()]
    if not found:
        raise SourceError(
            f"No file matches [files.{name}] in {folder.name}/source.toml, which looks for “{Path(pattern).name}”: "
            "check the path and the variables in it."
        )
    return found


def _matches(pattern: Path) -> list[Path]:
    """List what a pattern with an absolute path matches; a folder's name may hold wildcards too."""
    root = Path(pattern.anchor or ".")
    return sorted(root.glob(str(pattern.relative_to(root))))


def read_files(spec: FileConfig, folder: Path, name: str) -> pa.Table:
    """Read every file of one entry of ``[files]`` as one table in which each column is text.

    Columns that only some of the files have are empty for the others. The column ``filename`` says where a row is from.
    """
    parts = []
    for path in find_files(spec, folder, name):
        member = spec.member or spec.path.partition("!")[2] or None
        for label, table in _tables_of(path, spec, member):
            renamed = [spec.rename.get(column, column) for column in table.column_names]
            text = _as_text(table.rename_columns(_distinct(renamed)))
            if FILENAME not in text.column_names:
                text = text.append_column(FILENAME, pa.array([label] * text.num_rows, pa.string()))
            parts.append(text)
    return pa.concat_tables(parts, promote_options="default")


def read_file(path: Path) -> pa.Table:
    """Read one file; text cells stay text and typed files keep their types.

    Raises
    ------
    SourceError
        Naming the file and why it can't be read.
    """
    return next(_tables_of(path, FileConfig(path=path.name), None))[1]


def _tables_of(path: Path, spec: FileConfig, member: str | None) -> Iterator[tuple[str, pa.Table]]:
    """Give the tables in a file, each with the name of the file or member that it is from."""
    try:
        if path.suffix.lower() != ".zip":
            yield path.name, _parse(path.read_bytes(), path.name, spec)
            return
        with zipfile.ZipFile(path) as archive:
            names = [info.filename for info in archive.infolist() if not info.is_dir()]
            wanted = [name for name in names if _is_wanted(name, member)]
            if not wanted:
                raise SourceError(f"{path.name} holds no member “{member or '*.csv'}”; {nearest(member or '', names)}.")
            for name in wanted:
                yield Path(name).name, _parse(archive.read(name), f"{path.name}!{name}", spec)
    except zipfile.BadZipFile:
        raise SourceError(f"{path.name} can't be read: it is not a whole zip file; get it again.") from None
    except RuntimeError as error:  # zipfile's way of saying that a member is locked
        raise SourceError(f"{path.name} can't be read: {error}.") from None
    except OSError as error:
        raise SourceError(f"{path.name} can't be read: {error.strerror or error}.") from None


def _is_wanted(name: str, member: str | None) -> bool:
    if member is None:
        return name.lower().endswith(".csv") and not name.startswith("__MACOSX/")
    return fnmatch(name, member) or fnmatch(Path(name).name, member)


def _parse(data: bytes, label: str, spec: FileConfig) -> pa.Table:
    """Parse the bytes of one file by its suffix, and say any failure in a sentence with the file's name."""
    suffix = Path(label).suffix.lower()
    parser = _PARSERS.get(suffix)
    if parser is None:
        raise SourceError(f"{label} can't be read: “{suffix}” is none of {', '.join(READERS)}.")
    if not data:
        raise SourceError(f"{label} can't be read: the file is empty.")
    try:
        return parser(data, label, spec)
    except SourceError:
        raise
    except Exception as error:  # each format's library has its own exceptions; a reader needs one sentence
        said = str(error).strip().splitlines()[0] if str(error).strip() else type(error).__name__
        raise SourceError(f"{label} can't be read: {said.rstrip('.')}.") from None


def _parse_csv(data: bytes, label: str, spec: FileConfig) -> pa.Table:
    if b"\x00" in data[:65536] and not spec.encoding.lower().startswith(("utf-16", "utf-32", "utf16", "utf32")):
        raise SourceError(f"{label} can't be read: it is not a text file; it holds binary data.")
    if spec.encoding.lower().replace("_", "-") not in ("utf-8", "utf-8-sig"):
        data = _decoded(data, label, spec.encoding).encode()
    data = data.removeprefix(b"\xef\xbb\xbf")
    if not data.strip():
        raise SourceError(f"{label} can't be read: the file is empty.")
    try:
        opening = data[:65536].decode("utf-8", errors="ignore")
        delimiter = spec.delimiter or max(_DELIMITERS, key=opening.partition("\n")[0].count)
        header = next(csv.reader(io.StringIO(opening), delimiter=delimiter))
        options: dict[str, Any] = {
            "read_options": pyarrow.csv.ReadOptions(autogenerate_column_names=True, block_size=1 << 24),
            "parse_options": pyarrow.csv.ParseOptions(delimiter=delimiter, newlines_in_values=True),
            "convert_options": pyarrow.csv.ConvertOptions(
                column_types={f"f{i}": pa.string() for i in range(len(header))},
                null_values=[""],
                strings_can_be_null=True,
                quoted_strings_can_be_null=True,
            ),
        }
        table = pyarrow.csv.read_csv(io.BytesIO(data), **options)
    except pa.ArrowInvalid as error:
        raise SourceError(_csv_reason(str(error), data, label)) from None
    return table.rename_columns(_distinct([name.strip() for name in header])).slice(1)


def _decoded(data: bytes, label: str, encoding: str) -> str:
    try:
        return data.decode(encoding)
    except UnicodeDecodeError:
        raise SourceError(f"{label} can't be read: it is not {encoding} text; name its real encoding.") from None


def _csv_reason(message: str, data: bytes, label: str) -> str:
    """Say why a CSV file can't be read."""
    try:
        data.decode("utf-8")
    except UnicodeDecodeError as error:
        line = data[: error.start].count(b"\n") + 1
        return (
            f"{label} can't be read: line {line} is not UTF-8 text; save the file as UTF-8, or name it under [files] "
            "with its `encoding`."
        )
    said = message.splitlines()[0].removeprefix("CSV parse error: ")
    return f"{label} can't be read: {said.rstrip('.')}; give every row as many cells as the header."


def _parse_excel(data: bytes, label: str, spec: FileConfig) -> pa.Table:
    import openpyxl

    if data.startswith(_OLD_OFFICE):
        raise SourceError(
            f"{label} can't be read: it is locked with a password or in the old .xls format; "
            "save it as an unlocked .xlsx file."
        )
    try:
        book = openpyxl.load_workbook(io.BytesIO(data), read_only=True, data_only=True)
    except (zipfile.BadZipFile, KeyError):
        raise SourceError(f"{label} can't be read: it is not a whole Excel workbook; get it again.") from None
    if spec.sheet is not None and spec.sheet not in book.sheetnames:
        raise SourceError(f"{label} holds no sheet “{spec.sheet}”; {nearest(spec.sheet, book.sheetnames)}.")
    sheet = book[spec.sheet] if spec.sheet is not None else book.worksheets[0]
    rows = [row for row in sheet.iter_rows(values_only=True) if any(cell is not None for cell in row)]
    if not rows:
        raise SourceError(f"{label} can't be read: the sheet “{sheet.title}” is empty.")
    header = [_cell(cell) or "" for cell in rows[0]]
    columns = zip(*(tuple(row) + (None,) * (len(header) - len(row)) for row in rows[1:]), strict=False)
    cells = [[_cell(cell) for cell in column] for column in columns] or [[] for _ in header]
    kept = [i for i, name in enumerate(header) if name or any(cell is not None for cell in cells[i])]
    names = _distinct([header[i].strip() or f"column_{i + 1}" for i in kept])
    return pa.table({name: pa.array(cells[i], pa.string()) for name, i in zip(names, kept, strict=True)})


def _cell(value: object) -> str | None:
    """Say a cell of a workbook as text: dates as ISO 8601, whole numbers without a point."""
    if value is None or value == "":
        return None
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    if isinstance(value, datetime):
        return value.isoformat(sep=" ")
    if isinstance(value, (date, time)):
        return value.isoformat()
    return str(value)


def _parse_parquet(data: bytes, label: str, _: FileConfig) -> pa.Table:
    if not (data.startswith(b"PAR1") and data.endswith(b"PAR1")):
        raise SourceError(f"{label} can't be read: it is not a whole Parquet file; write it again.")
    return pyarrow.parquet.read_table(io.BytesIO(data))


def _parse_json(data: bytes, _label: str, _: FileConfig) -> pa.Table:
    if data.lstrip().startswith(b"["):
        import json

        return pa.Table.from_pylist(json.loads(data))
    return pyarrow.json.read_json(io.BytesIO(data))


_PARSERS: dict[str, Callable[[bytes, str, FileConfig], pa.Table]] = {
    ".csv": _parse_csv,
    ".tsv": _parse_csv,
    ".txt": _parse_csv,
    ".parquet": _parse_parquet,
    ".xlsx": _parse_excel,
    ".xlsm": _parse_excel,
    ".json": _parse_json,
    ".ndjson": _parse_json,
    ".jsonl": _parse_json,
}


def _distinct(names: Sequence[str]) -> list[str]:
    """Keep repeated header names apart: the second ``category`` becomes ``category_2``.

    >>> _distinct(["category", "category", "n"])
    ['category', 'category_2', 'n']
    """
    taken: list[str] = []
    for position, name in enumerate(names, start=1):
        plain = name or f"column_{position}"
        candidate, count = plain, 1
        while candidate in taken:
            count += 1
            candidate = f"{plain}_{count}"
        taken.append(candidate)
    return taken


def _as_text(table: pa.Table) -> pa.Table:
    """Give every column of a table as text."""
    columns = [
        column if pa.types.is_string(column.type) else pa.chunked_array([_text_of(column)], pa.string())
        for column in table.columns
    ]
    return pa.table(columns, names=table.column_names)


def _text_of(column: pa.ChunkedArray) -> pa.Array:
    return pa.array([_cell(value) for value in column.to_pylist()], pa.string())
