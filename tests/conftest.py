"""What many tests share: a small source with every table, and ways to change it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from pathlib import Path

import pytest

from rca_lib.data.source import Source, open_source
from tests.builders import SETTINGS, Row, Tables, write_source
from tests.builders import small_tables as build_tables
from tests.case_files import write_case_file


@pytest.fixture(scope="session")
def small_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of the small source; read it, never write to it."""
    folder = write_source(tmp_path_factory.mktemp("sources") / "small", build_tables())
    write_case_file(folder)
    return folder


@pytest.fixture(scope="session")
def small_source(small_folder: Path) -> Source:
    """The small source, opened once: five escalations (LAT, WRC, UNP, the outcome rework, OVP), every table supplied."""
    return open_source(small_folder)


@pytest.fixture
def small_tables() -> Tables:
    """The tables of the small source as rows of text, to be changed at will."""
    return build_tables()


@pytest.fixture
def make_source(tmp_path: Path) -> Callable[..., Source]:
    """Write tables as a source of their own and open it."""

    def make(tables: Mapping[str, Iterable[Row]], settings: str | None = SETTINGS, name: str = "changed") -> Source:
        return open_source(write_source(tmp_path / name, tables, settings))

    return make
