from __future__ import annotations

import base64
import io
import json
import os
import re
import subprocess
import sys
import tomllib
import zipfile
import zlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import nbformat
import pypdf
import pytest

from rca_lib.errors import RenderError, UsageError
from rca_lib.render.html import HTMLReviewExporter
from rca_lib.render.pdf import PDFReviewExporter
from rca_lib.render.pptx import PPTXReviewExporter
from rca_lib.render.slides import SlidesReviewExporter
from rca_lib.review.blocks import MIME

ROOT = Path(__file__).parents[2]
Made = Callable[..., dict[str, Any]]


def node(notebook: dict[str, Any]) -> nbformat.NotebookNode:
    return nbformat.from_dict(notebook)  # type: ignore[no-untyped-call]


def everything(pdf: bytes) -> str:
    """Return what a reader or an attacker could read in a PDF: bytes, decompressed streams, text and metadata."""
    parts = [pdf]
    for stream in re.findall(rb"stream\r?\n(.*?)\r?\nendstream", pdf, flags=re.DOTALL):
        try:
            parts.append(zlib.decompress(stream))
        except zlib.error:
            parts.append(stream)
    reader = pypdf.PdfReader(io.BytesIO(pdf))
    text = "\n".join(page.extract_text() for page in reader.pages)
    raw = b"\n".join(parts)
    return "\n".join([text, str(reader.metadata), raw.decode("latin-1"), raw.decode("utf-16-be", "ignore")])


def unpacked(pptx: bytes) -> str:
    """Return what a reader or an attacker could read in a PowerPoint file: the names and the bytes of its parts."""
    with zipfile.ZipFile(io.BytesIO(pptx)) as archive:
        return "\n".join([*archive.namelist(), *(archive.read(name).decode("latin-1") for name in archive.namelist())])


@pytest.fixture
def leaky(payload: dict[str, Any], notebook: Made) -> dict[str, Any]:
    """An executed notebook that holds a canary in every place that no reader of a review may see."""

    def canary(place: str) -> str:
        return f"CANARY{place}QZX"

    payload["claims"] += [
        {"id": "z.case", "section": "z", "text": canary("caseclaim"), "sensitivity": "case"},
        {"id": "z.sealed", "section": "z", "text": canary("sealedclaim"), "sensitivity": "sealed"},
        {"id": "z.unquoted", "section": "z", "text": canary("unquoted"), "method": canary("method")},
        {"id": "z.small", "section": "z", "text": canary("small"), "masked": "Fewer than 11."},
    ]
    quotes = [{"claim": f"z.{name}"} for name in ("case", "sealed", "small")]
    payload["blocks"] += [
        {"kind": "prose", "id": "core.message", "section": "core", "paragraphs": [["Seen.", *quotes]]},
        {
            "kind": "prose",
            "id": "extent.exposure",
            "section": "e",
            "sensitivity": "sealed",
            "paragraphs": [[canary("block")]],
        },
        {"kind": "prose", "id": "elsewhere.note", "section": "e", "title": canary("title"), "paragraphs": [["x"]]},
        {
            "kind": "table",
            "id": "actions.table",
            "section": "a",
            "caption": "Actions",
            "claims": ["z.unquoted"],
            "columns": [
                {"key": "a", "label": "Action"},
                {"key": "b", "label": canary("column"), "sensitivity": "sealed"},
            ],
            "rows": [{"a": "Seen", "b": canary("cell"), "c": canary("key")}, {"a": canary("row")}],
            "row_sensitivity": ["general", "sealed"],
        },
        {
            "kind": "timeline",
            "id": "happened.timeline",
            "section": "h",
            "caption": "Line",
            "entries": [{"when": "x", "what": canary("entry"), "sensitivity": "sealed"}, {"when": "y", "what": "Seen"}],
        },
    ]
    payload["svgs"]["extent.chart"] = (
        '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 9 9"><!-- CANARYsvgcommentQZX --><metadata>CANARYsvgmetaQZX'
        '</metadata><title>CANARYsvgtitleQZX</title><g id="g" data-x="CANARYsvgdataQZX"/></svg>'
    )
    payload["record"]["facts"].append({"key": "hidden", "label": "x", "value": canary("fact")})
    payload["record"]["facts"].append({"key": "harm", "label": canary("l"), "value": "v", "sensitivity": "sealed"})
    payload["record"]["path"] = "/home/CANARYpathQZX"
    made = notebook(payload, source=f"# {canary('source')}")
    made["metadata"] = {"papermill": {"parameters": {"x": canary("parameter")}}, "title": canary("notebooktitle")}
    cell = made["cells"][0]
    cell["id"] = canary("id")
    cell["metadata"] = {"tags": [canary("tag")], "note": canary("metadata")}
    cell["outputs"][0]["data"] |= {
        "text/plain": canary("plain"),
        "text/html": f"<b>{canary('html')}</b>",
        "image/png": base64.b64encode(canary("png").encode()).decode(),
        "application/json": {"x": canary("json")},
    }
    cell["outputs"][0]["metadata"] = {"x": canary("outputmetadata")}
    cell["outputs"] += [
        {"output_type": "stream", "name": "stderr", "text": canary("stderr")},
        {"output_type": "stream", "name": "stdout", "text": canary("stdout")},
        {
            "output_type": "error",
            "ename": canary("ename"),
            "evalue": canary("evalue"),
            "traceback": [canary("trace")],
        },
    ]
    parameters = {
        "cell_type": "code",
        "id": "p",
        "execution_count": None,
        "metadata": {"tags": ["injected-parameters"]},
        "source": f"x = '{canary('injected')}'",
        "outputs": [],
    }
    markdown = {
        "cell_type": "markdown",
        "id": "m",
        "metadata": {},
        "source": f"{canary('markdown')} <!-- {canary('comment')} -->",
        "attachments": {"a.png": {"image/png": canary("attachment")}},
    }
    made["cells"][:0] = [parameters, markdown]
    return made


@pytest.mark.parametrize("audience", ["leadership", "specialists"])
def test_no_canary_reaches_a_review(leaky: dict[str, Any], audience: str) -> None:
    resources = {"metadata": {"name": "CANARYnameQZX", "path": "/CANARYfolderQZX"}}

    page, _ = HTMLReviewExporter(audience=audience).from_notebook_node(node(leaky), dict(resources))
    pdf, _ = PDFReviewExporter(audience=audience).from_notebook_node(node(leaky), dict(resources))

    slides, _ = SlidesReviewExporter(audience=audience).from_notebook_node(node(leaky), dict(resources))
    pptx, _ = PPTXReviewExporter(audience=audience).from_notebook_node(node(leaky), dict(resources))

    assert "Seen. Fewer than 11." in page
    assert "Fewer than 11." in unpacked(pptx)
    assert "Fewer than 11." in " ".join(everything(slides).split())
    assert re.findall(r"CANARY\w+", page) == []
    assert re.findall(r"CANARY\w+", everything(pdf)) == []
    assert re.findall(r"CANARY\w+", everything(slides)) == []
    assert re.findall(r"CANARY\w+", unpacked(pptx)) == []


def test_the_analyst_gets_what_the_profile_allows_and_no_more(leaky: dict[str, Any]) -> None:
    allowed = {"source", "caseclaim", "small", "title", "fact"}

    page, _ = HTMLReviewExporter(audience="analyst").from_notebook_node(node(leaky))
    pdf, _ = PDFReviewExporter(audience="analyst").from_notebook_node(node(leaky))

    assert set(re.findall(r"CANARY(\w+)QZX", page)) == allowed
    assert set(re.findall(r"CANARY(\w+?)QZX", everything(pdf))) == allowed

    # Slides carry no code, whoever reads them.
    slides, _ = SlidesReviewExporter(audience="analyst").from_notebook_node(node(leaky))
    pptx, _ = PPTXReviewExporter(audience="analyst").from_notebook_node(node(leaky))

    assert set(re.findall(r"CANARY(\w+?)QZX", everything(slides))) == allowed - {"source"}
    assert set(re.findall(r"CANARY(\w+?)QZX", unpacked(pptx))) == allowed - {"source"}


def test_the_exporters_print_what_the_direct_functions_print(payload: dict[str, Any], notebook: Made) -> None:
    made = node(notebook(payload))
    exporter = HTMLReviewExporter(audience="leadership")

    first, resources = exporter.from_notebook_node(made)
    again, _ = exporter.from_notebook_node(made)

    assert first == again
    assert resources["output_extension"] == ".html"
    assert first.startswith("<!doctype html>")


def test_a_call_that_names_no_audience_gets_the_one_that_sees_least(payload: dict[str, Any], notebook: Made) -> None:
    page, _ = HTMLReviewExporter().from_notebook_node(node(notebook(payload)))

    assert "Leadership briefing" in page


def test_the_notebook_is_left_as_it_was(payload: dict[str, Any], notebook: Made) -> None:
    made = node(notebook(payload))
    before = json.dumps(made)
    HTMLReviewExporter(audience="analyst").from_notebook_node(made)

    assert json.dumps(made) == before


def test_an_exporter_refuses_a_notebook_without_findings_and_an_unknown_audience(notebook: Made) -> None:
    with pytest.raises(RenderError, match="holds no findings"):
        PDFReviewExporter().from_notebook_node(node(notebook()))
    with pytest.raises(UsageError, match="There is no audience 'nobody'"):
        HTMLReviewExporter(audience="nobody").from_notebook_node(node(notebook({"blocks": []})))


def test_the_media_type_is_the_one_that_blocks_carry() -> None:
    assert MIME == "application/vnd.rca.blocks+json"


@pytest.mark.kernel
@pytest.mark.parametrize(
    ("to", "option", "ending", "says"),
    [
        ("rca-html", "--HTMLReviewExporter.audience=specialists", "html", b"Case review for specialists"),
        ("rca-pdf", "--PDFReviewExporter.audience=leadership", "pdf", b"%PDF-1.7"),
        ("rca-slides", "--SlidesReviewExporter.audience=leadership", "slides.pdf", b"%PDF-1.7"),
        ("rca-pptx", "--PPTXReviewExporter.audience=leadership", "pptx", b"ppt/slides/slide1.xml"),
    ],
)
def test_nbconvert_finds_the_exporters(
    tmp_path: Path, payload: dict[str, Any], notebook: Made, to: str, option: str, ending: str, says: bytes
) -> None:
    # The entry points as pyproject.toml declares them, installed into a folder of this test.
    points = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]["entry-points"]
    info = tmp_path / "site" / "rca_under_test-0.dist-info"
    info.mkdir(parents=True)
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: rca-under-test\nVersion: 0\n", encoding="utf-8")
    lines = [f"{name} = {target}" for name, target in points["nbconvert.exporters"].items()]
    (info / "entry_points.txt").write_text("[nbconvert.exporters]\n" + "\n".join(lines) + "\n", encoding="utf-8")
    (tmp_path / "run.ipynb").write_text(json.dumps(notebook(payload)), encoding="utf-8")

    done = subprocess.run(
        [sys.executable, "-m", "nbconvert", "--to", to, option, "run.ipynb"],
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": os.pathsep.join([str(info.parent), str(ROOT)]), "HOME": str(tmp_path)},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )

    assert done.returncode == 0, done.stderr
    assert says in (tmp_path / f"run.{ending}").read_bytes()
