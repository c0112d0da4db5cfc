"""A source in which every text of a person holds a mark of its own: who reads which marks is what the profiles say, no more, no less."""

from __future__ import annotations

import html
import io
import re
import zlib
from collections.abc import Iterator
from fnmatch import fnmatchcase
from pathlib import Path

import pypdf
import pytest

from rca_lib.data.source import open_source
from rca_lib.render.audience import audiences, load_audience
from rca_lib.review.source_texts import TEXT_COLUMNS
from rca_lib.run.review import run_review
from tests.builders import SETTINGS, small_tables, write_source

pytestmark = pytest.mark.kernel

CASE = "ESC-0003"
MARK = re.compile(r"kq(\d{4})")


@pytest.fixture(scope="module")
def marked(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, dict[str, str]]:
    """Return the folder of the reviews of a marked source, and the column in which each mark stands."""
    tables, columns = small_tables(), {}
    for table, names in TEXT_COLUMNS.items():
        for row in tables.get(table, ()):
            for name in names:
                mark = f"kq{len(columns):04d}"
                columns[mark] = f"{table}.{name}"
                first, _, rest = (row.get(name) or "Said so").partition(" ")
                # At both ends, as a quotation may hold a part of it.
                row[name] = f"{first} {mark} {rest} {mark}"
    folder = write_source(tmp_path_factory.mktemp("marked") / "source", tables, SETTINGS)
    out = tmp_path_factory.mktemp("reviews")
    run_review(CASE, open_source(folder), out=out, formats=("html", "pdf"))
    return out / CASE, columns


def texts_of(path: Path) -> Iterator[str]:
    """Give everything that a file holds, as text."""
    content = path.read_bytes()
    yield content.decode("utf-8", "replace")
    if path.suffix == ".html":
        yield html.unescape(content.decode("utf-8"))
    if path.suffix == ".pdf":
        pages = pypdf.PdfReader(io.BytesIO(content)).pages
        yield re.sub(r"\s+", " ", " ".join(page.extract_text() for page in pages))
        for stream in re.findall(rb"stream\r?\n(.*?)\r?\nendstream", content, re.DOTALL):
            try:
                yield zlib.decompress(stream).decode("latin-1")
            except zlib.error:
                continue


def found_columns(path: Path, columns: dict[str, str]) -> set[str]:
    marks = {f"kq{number}" for text in texts_of(path) for number in MARK.findall(text)}
    return {columns[mark] for mark in marks}


@pytest.mark.parametrize("form", ["html", "pdf"])
@pytest.mark.parametrize("audience", audiences())
def test_each_audience_reads_the_words_of_the_columns_that_its_profile_names_and_of_no_other(marked, audience, form):
    folder, columns = marked
    profile = load_audience(audience)
    named = {column for column in columns.values() if any(fnmatchcase(column, pattern) for pattern in profile.fields)}

    found = found_columns(folder / f"{audience}.{form}", columns)
    assert sorted(found - named) == []
    assert sorted(named - found) == []
