"""The deck as a PowerPoint file: what can be edited, what readers without sight are told, and what is not in it."""

from __future__ import annotations

import importlib.util
import io
import re
import struct
import sys
import zipfile
from collections.abc import Callable
from typing import Any

import nbformat
import pytest

from rca_lib.errors import RenderError, UsageError
from rca_lib.render.audience import load_audience
from rca_lib.render.deck import Grid, Picture, Text, plan_deck
from rca_lib.render.deck_pptx import pictures, render_pptx
from rca_lib.render.findings import Findings
from rca_lib.render.pptx import PPTXReviewExporter
from rca_lib.render.view import assemble
from rca_lib.run.review import _check_packages, file_name
from tests.render.test_deck import AUDIENCES, NOTE, figure, prose, table, timeline
from tests.render.views import minimal

pptx = pytest.importorskip("pptx")

DRAWING = "{http://schemas.openxmlformats.org/drawingml/2006/main}"


def opened(content: bytes) -> Any:
    return pptx.Presentation(io.BytesIO(content))


def parts(content: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def made(*blocks: dict[str, Any], **changes: Any) -> Any:
    return opened(render_pptx(minimal(*blocks, **changes)))


@pytest.fixture(params=AUDIENCES)
def view(request: pytest.FixtureRequest, findings: Findings) -> dict[str, Any]:
    return assemble(findings, load_audience(request.param))


def test_it_has_the_slides_of_the_plan_with_the_same_words(view: dict[str, Any]) -> None:
    slides = plan_deck(view)
    written = opened(render_pptx(view)).slides

    assert len(written) == len(slides)
    for planned, slide in zip(slides, written, strict=True):
        assert slide.shapes.title.text_frame.text == planned.title + planned.suffix
        texts = [shape.text_frame.text for shape in slide.shapes if shape.has_text_frame]
        for element in planned.elements:
            if isinstance(element, Text):
                assert "\n".join(words.text for words in element.words) in texts
        tables = [shape.table for shape in slide.shapes if shape.has_table]
        grids = [element for element in planned.elements if isinstance(element, Grid)]
        assert len(tables) == len(grids)
        for grid, native in zip(grids, tables, strict=True):
            cells = [tuple(cell.text for cell in row.cells) for row in native.rows]
            assert cells == [tuple(column.label for column in grid.columns), *grid.rows]


def test_the_core_message_is_the_same_text_as_in_the_review(findings: Findings) -> None:
    for name in AUDIENCES:
        review = assemble(findings, load_audience(name))
        core = next(block for part in review["sections"] for block in part["blocks"] if block["id"] == "core.message")
        whole = "\n".join(core["paragraphs"])
        written = [
            "".join(words) for words in (
                (slide.notes_slide.notes_text_frame.text if slide.has_notes_slide else "",
                 *(shape.text_frame.text for shape in slide.placeholders if shape.placeholder_format.idx == 1))
                for slide in opened(render_pptx(review)).slides
            )
        ]  # fmt: skip
        assert any(whole in text or text.replace("\n", " ") == whole for text in written)


def test_titles_and_texts_are_placeholders_and_the_title_comes_first(view: dict[str, Any]) -> None:
    for planned, slide in zip(plan_deck(view), opened(render_pptx(view)).slides, strict=True):
        first = next(iter(slide.shapes))
        assert first.is_placeholder
        assert first == slide.shapes.title
        kinds = [shape.placeholder_format.type.name for shape in slide.placeholders]
        assert kinds[-2:] == ["FOOTER", "SLIDE_NUMBER"]
        bodies = [element for element in planned.elements if isinstance(element, Text) and element.role == "body"]
        assert ("OBJECT" in kinds) == (len(bodies) == 1)
        assert all(
            shape.text_frame.text
            for shape in slide.placeholders
            if shape.placeholder_format.type.name != "SLIDE_NUMBER"
        )


def test_lists_have_real_bullets_and_numbers_that_go_on() -> None:
    bulleted, numbered = (
        made(prose(*[f"{NOTE} " * 6 for _ in range(12)], style=style)).slides for style in ("list", "steps")
    )

    assert 'buChar char="•"' in bulleted[1].shapes[1]._element.xml
    assert "•" not in bulleted[1].shapes[1].text_frame.text
    starts = [
        int(n) for slide in list(numbered)[1:] for n in re.findall(r'startAt="(\d+)"', slide.shapes[1]._element.xml)
    ]
    assert starts == list(range(1, 13))


def test_the_first_row_of_a_table_is_marked_as_its_head() -> None:
    slide = made(table([["a", "1"], ["b", "2"]], note="A note.")).slides[1]
    frame = next(shape for shape in slide.shapes if shape.has_table)

    assert frame.table.first_row
    assert not frame.table.horz_banding
    assert [cell.text for cell in frame.table.rows[0].cells] == ["What", "Number"]
    assert frame._element.nvGraphicFramePr.cNvPr.get("descr") == "A caption"
    assert [cell.text_frame.paragraphs[0].alignment for cell in frame.table.rows[1].cells][
        1
    ] == pptx.enum.text.PP_ALIGN.RIGHT


def test_a_timeline_is_a_table_whose_marks_are_bullets_and_words() -> None:
    slide = made(timeline(2)).slides[1]
    native = next(shape for shape in slide.shapes if shape.has_table).table

    assert [cell.text for cell in native.rows[1].cells] == ["+0 d", "Step 0", "Delay. took 1 h"]
    assert 'buChar char="○"' in native._tbl.xml


def test_a_figure_is_a_picture_with_words_for_those_who_cannot_see_it() -> None:
    slide = made(figure()).slides[1]
    picture = next(shape for shape in slide.shapes if shape.shape_type == pptx.enum.shapes.MSO_SHAPE_TYPE.PICTURE)

    assert picture._element.nvPicPr.cNvPr.get("descr") == "It rose in June."
    assert slide.notes_slide.notes_text_frame.text == "By week.\nIt rose in June."
    assert picture.width / picture.height == pytest.approx(482 / 200, rel=1e-3)


def test_a_picture_is_sharp_and_says_nothing_but_its_pixels(findings: Findings) -> None:
    slides = plan_deck(assemble(findings, load_audience("specialists")))
    frames = [element.frame for slide in slides for element in slide.elements if isinstance(element, Picture)]
    drawn = pictures(slides)

    assert len(drawn) == len(frames) > 1
    for png, frame in zip(drawn, frames, strict=True):
        assert png.startswith(b"\x89PNG")
        assert {name for name, _ in chunks(png)} == {b"IHDR", b"IDAT", b"IEND"}
        wide, high = struct.unpack(">II", dict(chunks(png))[b"IHDR"][:8])
        assert wide == pytest.approx(frame.width * 192 / 72, abs=1)
        assert high == pytest.approx(frame.height * 192 / 72, abs=1)


def chunks(png: bytes) -> list[tuple[bytes, bytes]]:
    at, found = 8, []
    while at < len(png):
        size, name = struct.unpack(">I4s", png[at : at + 8])
        found.append((name, png[at + 8 : at + 8 + size]))
        at += 12 + size
    return found


def test_the_same_review_gives_the_same_bytes_in_a_fixed_order_and_time(view: dict[str, Any]) -> None:
    content = render_pptx(view)

    assert render_pptx(view) == content
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        entries = archive.infolist()
    assert {entry.date_time for entry in entries} == {(1980, 1, 1, 0, 0, 0)}
    names = [entry.filename for entry in entries]
    assert names[:2] == ["[Content_Types].xml", "_rels/.rels"]
    assert names[2:] == sorted(names[2:])


def test_it_says_its_title_and_language_and_neither_who_nor_where_nor_when_it_was_made(view: dict[str, Any]) -> None:
    content = render_pptx(view)
    facts = opened(content).core_properties

    assert facts.title == view["title"]
    assert facts.subject == f"{view['kicker']}, {view['escalation_id']}"
    assert facts.language == "en-GB"
    assert (facts.author, facts.last_modified_by, facts.comments, facts.keywords) == ("", "", "", "")
    assert facts.created == facts.modified
    assert facts.created.date().isoformat() == view["as_of_date"]
    held = parts(content)
    assert [name for name in held if re.search(r"thumbnail|printerSettings|customXml", name)] == []
    everything = b"\n".join(data for name, data in held.items() if not name.endswith(".png")).decode("utf-8")
    assert not re.search(
        r"Canny|python-pptx|Macintosh|1/27/13|datetime\w*\"|smtClean|Office Theme|creationId", everything
    )
    assert set(re.findall(r'lang="([^"]*)"', everything)) == {"en-GB"}


def test_every_part_that_is_named_is_there_and_none_besides(view: dict[str, Any]) -> None:
    held = parts(render_pptx(view))
    named = {name[1:] for name in re.findall(r'PartName="([^"]+)"', held["[Content_Types].xml"].decode())}

    assert named <= set(held)
    for name, data in held.items():
        if name.endswith(".rels"):
            folder = name.replace("_rels/", "").rpartition("/")[0]
            for target in re.findall(r'Target="([^"]+)"', data.decode()):
                assert _resolved(folder, target) in held, (name, target)


def _resolved(folder: str, target: str) -> str:
    if target.startswith("/"):
        return target[1:]
    steps: list[str] = []
    for step in [*folder.split("/"), *target.split("/")]:
        if step == "..":
            steps.pop()
        elif step:
            steps.append(step)
    return "/".join(steps)


def test_every_slide_says_case_state_simulation_and_number() -> None:
    slides = list(made(prose(NOTE), figure(), table([["a", "1"]])).slides)

    for number, slide in enumerate(slides, start=1):
        text = "\n".join(shape.text_frame.text for shape in slide.shapes if shape.has_text_frame)
        assert "Board · ESC-1 · as of 9 March 2026 · simulated data" in text
        assert "Draft: not signed" in text
        assert 'type="slidenum"' in slide.shapes._spTree.xml
        assert f"<a:t>{number}</a:t>" in slide.shapes._spTree.xml
    approved = made(prose(NOTE), banner="", state="approved").slides[1]
    assert not any("Draft" in shape.text_frame.text for shape in approved.shapes if shape.has_text_frame)


def test_colours_and_fonts_are_those_of_the_theme_so_that_a_deck_can_be_given_another() -> None:
    held = parts(render_pptx(minimal(prose(NOTE, NOTE), figure(), timeline(2))))
    theme = held["ppt/theme/theme1.xml"].decode()

    assert '<a:accent1><a:srgbClr val="0B5C8A"/></a:accent1>' in theme
    assert re.findall(r'<a:latin typeface="([^"]+)"', theme) == ["Georgia", "Arial"]
    slides = b"".join(data for name, data in held.items() if name.startswith("ppt/slides/slide")).decode()
    assert set(re.findall(r'<a:latin typeface="([^"]+)"', slides)) <= {"+mj-lt", "+mn-lt"}


def test_sixteen_by_nine_and_four_layouts_all_of_them_ours() -> None:
    presentation = made(prose(NOTE))

    assert (presentation.slide_width, presentation.slide_height) == (12192000, 6858000)
    assert [layout.name for layout in presentation.slide_layouts] == ["Cover", "Text", "Section", "Heading alone"]


@pytest.mark.parametrize(
    "text",
    [
        "x" * 300,
        "nul \x00 bell \x07 half \ud83d tag \U000e0041 end",
        "\u202eright to left\u202c",
        "العربية 中文 한국어",
        "\U0001f9ff\U000f0000\ue000\uffff",
        "<a:t>&amp; \"quoted\" 'single'</a:t> ]]>",
        f"{NOTE} " * 40,
    ],
)
def test_a_file_is_made_and_opens_whatever_the_text_holds(text: str) -> None:
    entry = {"when": text, "what": text, "detail": text, "mark": "failure"}
    blocks = [
        prose(text, style="lead", title=text),
        prose(text, text, style="list"),
        table([[text, text]], title=text, caption=text, note=text),
        figure(title=text, alt="A finding. " + text, caption=text),
        timeline(1, title=text, caption=text, entries=[entry]),
    ]
    view = minimal(*blocks, title="T " + text, banner=text, kicker="K " + text, facts=[{"label": text, "value": text}])

    assert len(opened(render_pptx(view)).slides) >= 6


def test_scripts_that_the_house_fonts_lack_stay_as_they_are_in_a_file_that_other_fonts_show() -> None:
    slide = made(prose("To 中文地址.")).slides[1]

    assert "To 中文地址." in [shape.text_frame.text for shape in slide.shapes if shape.has_text_frame]


def test_a_figure_without_words_is_refused() -> None:
    with pytest.raises(RenderError, match=r"figure a.f has no alternative text"):
        render_pptx(minimal(figure(alt=" ")))


def test_without_python_pptx_the_remedy_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "pptx", None)

    with pytest.raises(RenderError, match=r"need the package python-pptx, which is not installed; install it with pip"):
        render_pptx(minimal(prose(NOTE)))


def test_without_python_pptx_a_run_is_refused_before_it_begins(monkeypatch: pytest.MonkeyPatch) -> None:
    found = importlib.util.find_spec
    monkeypatch.setattr("rca_lib.run.review.find_spec", lambda name: None if name == "pptx" else found(name))

    with pytest.raises(UsageError, match="need the package python-pptx"):
        _check_packages({"html", "pptx"})
    _check_packages({"html", "pdf", "slides"})


def test_the_exporter_prints_what_the_function_prints(
    payload: dict[str, Any], notebook: Callable[..., dict[str, Any]], findings: Findings
) -> None:
    node = nbformat.from_dict(notebook(payload))  # type: ignore[no-untyped-call]
    content, resources = PPTXReviewExporter(audience="specialists").from_notebook_node(node)

    assert content == render_pptx(assemble(findings, load_audience("specialists")))
    assert resources["output_extension"] == ".pptx"


def test_each_format_has_a_file_name_of_its_own() -> None:
    names = [file_name("leadership", each) for each in ("html", "pdf", "slides", "pptx")]

    assert names == ["leadership.html", "leadership.pdf", "leadership.slides.pdf", "leadership.pptx"]
