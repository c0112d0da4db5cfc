"""The two real inputs, from the publishers' files to every review, with figures counted here from the raw files."""

from __future__ import annotations

import csv
import io
import json
import os
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import openpyxl
import pypdf
import pytest

from rca_lib.data.source import open_source
from rca_lib.run.review import run_review

pytestmark = [pytest.mark.kernel, pytest.mark.real]

ROOT = Path(__file__).resolve().parents[2]
SHARED = Path(os.environ.get("RCA_SHARED_DATA", ROOT.parent / "shared" / "data"))
EXPECTED = {f"{name}.{each}" for name in ("analyst", "leadership", "specialists") for each in ("html", "pdf")}
EXPECTED |= {"leadership.slides.pdf"}


@pytest.fixture
def real_source(monkeypatch: pytest.MonkeyPatch) -> Callable[[str, str], Any]:
    def opened(mapping: str, folder: str) -> Any:
        if not (SHARED / folder).is_dir():
            pytest.skip(f"the real input {folder} is not here")
        monkeypatch.setenv("DATA", str(SHARED / folder))
        return open_source(ROOT / "examples" / mapping)

    return opened


def incidents() -> Iterator[dict[str, str]]:
    """The last state of each incident, straight from the publisher's file."""
    last: dict[str, dict[str, str]] = {}
    with zipfile.ZipFile(SHARED / "uci_incidents" / "incident_event_log.zip") as archive:
        (name,) = (each for each in archive.namelist() if each.endswith(".csv"))
        with archive.open(name) as file:
            for row in csv.DictReader(io.TextIOWrapper(file, "utf-8")):
                last[row["number"]] = row
    yield from last.values()


def appeals() -> tuple[set[str], dict[str, str]]:
    """Appeals received, and the disposition of each that was closed, straight from the publisher's workbooks."""
    received: set[str] = set()
    closed: dict[str, str] = {}
    for path in sorted((SHARED / "ice_foia_appeals").glob("*.xlsx")):
        book = openpyxl.load_workbook(path, read_only=True)
        for sheet, keep in (("Received", received), ("Closed", closed)):
            for row in list(book[sheet].iter_rows(values_only=True))[1:]:
                if row[0] is None:
                    continue
                number = str(row[0]).strip()
                if isinstance(keep, set):
                    keep.add(number)
                else:
                    keep[number] = str(row[3]).strip()
        book.close()
    return received, closed


def reviewed(source: Any, escalation_id: str, out: Path) -> dict[str, Any]:
    """Run one escalation to every review, check the files, and return its record."""
    review = run_review(escalation_id, source, out=out)
    assert set(review.files) >= EXPECTED
    text = "".join(page.extract_text() for page in pypdf.PdfReader(review.folder / "leadership.pdf").pages)
    assert "In short" in text
    return json.loads((review.folder / "case.json").read_text(encoding="utf-8"))


def test_incidents_run_to_every_review_with_the_publishers_counts(
    real_source: Callable[[str, str], Any], tmp_path: Path
) -> None:
    source = real_source("uci_incidents", "uci_incidents")
    rows = list(incidents())
    missed = sum(row["made_sla"] == "false" for row in rows)
    reopened = sum(int(row["reopen_count"]) > 0 for row in rows)
    assert (len(rows), missed, reopened) == (24_918, 9_115, 275)
    assert len(source.tables["requests"]) == len(rows)
    listed = source.escalations()
    chosen = [
        next(each for each in listed if each.failure_mode == "sla_missed"),
        next(each for each in listed if each.failure_mode == "reopened"),
        [each for each in listed if each.failure_mode == "sla_missed"][-1],
    ]

    for each in chosen:
        record = reviewed(source, each.escalation_id, tmp_path)
        known = {"sla_missed": missed, "reopened": reopened}[str(each.failure_mode)]
        assert record["extent"]["outcome"] == each.failure_mode
        assert int(source.outcomes[str(each.failure_mode)]["failed"].sum()) == known
        # Incidents at the cut end of the extract are too young to judge; none of the rest may be lost.
        assert 0.95 * known <= record["extent"]["failures"] <= known or record["extent"]["onset"] is not None
        assert any(part["section"] == "changed" for part in record["not_assessed"])


def test_appeals_run_to_every_review_with_the_publishers_counts(
    real_source: Callable[[str, str], Any], tmp_path: Path
) -> None:
    source = real_source("ice_appeals", "ice_foia_appeals")
    received, closed = appeals()
    reversed_ = sum("revers" in disposition.lower() for disposition in closed.values())
    assert (len(received), len(closed), reversed_) == (4_560, 4_395, 860)
    requests = source.tables["requests"]
    assert set(requests["request_id"]) == received | set(closed)
    assert int(requests["closed_at"].notna().sum()) == len(closed)
    assert int(source.outcomes["reversed"]["failed"].sum()) == reversed_
    listed = source.escalations()

    for each in (listed[400], listed[2_000], listed[4_000]):
        record = reviewed(source, each.escalation_id, tmp_path)
        assert record["extent"]["outcome"] == "reversed"
        assert 0.9 * reversed_ <= record["extent"]["failures"] <= reversed_ or record["extent"]["onset"] is not None
