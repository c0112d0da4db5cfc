"""One review of the small source, made once, for all who read it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from rca_lib.data.source import Source
from rca_lib.run.review import Review, run_review


@pytest.fixture(scope="session")
def seen() -> list[tuple[str, int, int]]:
    """What the progress of the review below was told."""
    return []


@pytest.fixture(scope="session")
def published(
    tmp_path_factory: pytest.TempPathFactory, small_source: Source, seen: list[tuple[str, int, int]]
) -> Review:
    """ESC-0003 for every audience in every format."""
    out = tmp_path_factory.mktemp("published") / "reports"
    return run_review("ESC-0003", small_source, out=out, progress=lambda *at: seen.append(at))


@pytest.fixture
def reports(tmp_path: Path) -> Path:
    """A folder for reports that are not there yet."""
    return tmp_path / "reports"


@pytest.fixture
def bare_source(small_tables: dict, make_source: Callable[..., Source]) -> Source:
    """A source of escalations alone: the quickest to run."""
    return make_source({"escalations": small_tables["escalations"]}, settings=None, name="bare")
