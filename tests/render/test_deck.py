"""The plan of a deck, and the deck as PDF."""

from __future__ import annotations

import io
from collections.abc import Callable
from dataclasses import FrozenInstanceError
from itertools import combinations, pairwise
from typing import Any

import nbformat
import pypdf
import pytest

from rca_lib.errors import RenderError
from rca_lib.render import deck_pdf
from rca_lib.render.audience import load_audience
from rca_lib.render.deck import HEIGHT, SMALLEST, WIDTH, Frame, Grid, Picture, Slide, Text, measure, plan_deck
from rca_lib.render.deck.drawings import read_drawing
from rca_lib.render.deck.sentences import sentences
from rca_lib.render.deck_pdf import render_slides
from rca_lib.render.figures import draw
from rca_lib.render.findings import Findings
from rca_lib.render.slides import SlidesReviewExporter
from rca_lib.render.view import assemble
from rca_lib.review.blocks import Figure
from tests.render.views import minimal

AUDIENCES = ("analyst", "leadership", "specialists")
NOTE = "Seven words make up this one sentence."


def prose(*paragraphs: str, style: str = "body", title: str | None = None) -> dict[str, Any]:
    return {"kind": "prose", "id": "a.b", "title": title, "style": style, "paragraphs": list(paragraphs)}


def table(rows: list[list[str]], **changes: Any) -> dict[str, Any]:
    columns = [{"label": "What", "align": "left", "wrap": True}, {"label": "Number", "align": "right", "wrap": False}]
    made = {"kind": "table", "id": "a.t", "title": None, "caption": "A caption", "columns": columns, "rows": rows}
    return {**made, "note": ""} | changes


def figure(width: float = 482, height: float = 200, **changes: Any) -> dict[str, Any]:
    svg = (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}">'
        f'<text x="9" y="20" font-size="8">label</text><rect y="0" width="{width}" height="{height}"/></svg>'
    )
    made = {
        "kind": "figure",
        "id": "a.f",
        "title": "It rose",
        "alt": "It rose in June.",
        "caption": "By week.",
        "svg": svg,
    }
    return made | changes


def timeline(count: int, **changes: Any) -> dict[str, Any]:
    entries = [{"when": f"+{n} d", "what": f"Step {n}", "detail": "took 1 h", "mark": "delay"} for n in range(count)]
    return {"kind": "timeline", "id": "a.l", "title": None, "caption": "From receipt", "entries": entries} | changes


def said(slides: tuple[Slide, ...]) -> str:
    """Every word of the texts and tables of a deck, in order."""
    parts: list[str] = []
    for slide in slides:
        for element in slide.elements:
            if isinstance(element, Text):
                parts += [words.text for words in element.words]
            elif isinstance(element, Grid):
                parts += [cell for row in element.rows for cell in row]
    return " ".join(parts)


def pages(pdf: bytes) -> list[str]:
    return [" ".join(page.extract_text().split()) for page in pypdf.PdfReader(io.BytesIO(pdf)).pages]


def steps(count: int) -> str:
    """The drawing of a chart with a row for each of so many steps."""
    rows = [
        {
            "step": f"Step number {n}",
            "hours": 1.0 + n,
            "p10": 0.5,
            "p50": 1.0,
            "p90": 9.0,
            "place": "usual",
            "percentile": 0.5,
        }
        for n in range(count)
    ]
    return draw(
        Figure(
            id="a.steps",
            section="a",
            title="Steps",
            chart="steps_against_usual",
            data={"steps": rows},
            alt="Steps beside others.",
        )
    )


@pytest.fixture(params=AUDIENCES)
def view(request: pytest.FixtureRequest, findings: Findings) -> dict[str, Any]:
    return assemble(findings, load_audience(request.param))


# The plan


def test_the_same_review_gives_the_same_slides_and_is_left_as_it_was(view: dict[str, Any]) -> None:
    before = repr(view)

    assert plan_deck(view) == plan_deck(view)
    assert repr(view) == before


def test_a_slide_cannot_be_changed() -> None:
    with pytest.raises(FrozenInstanceError):
        plan_deck(minimal(prose(NOTE)))[0].title = "Another"  # type: ignore[misc]


def test_nothing_is_left_out_or_worded_anew(view: dict[str, Any]) -> None:
    slides = plan_deck(view)
    text = said(slides)
    titles = {slide.title for slide in slides}

    for section in view["sections"]:
        for block in section["blocks"]:
            for paragraph in block.get("paragraphs", ()):
                for sentence in sentences(paragraph):
                    assert sentence in text
            for row in block.get("rows", ()):
                assert all(cell in text for cell in row)
            for entry in block.get("entries", ()):
                assert entry["when"] in text
                assert entry["what"] in text
                assert entry["detail"] in text
            if block["kind"] == "figure":
                assert (block["title"] or section["title"]) in titles
                assert block["caption"] is None or block["caption"] in text


def test_the_core_message_read_from_slide_to_slide_is_the_same_text_in_every_deck(findings: Findings) -> None:
    told = []
    for name in AUDIENCES:
        review = assemble(findings, load_audience(name))
        core = next(
            block for section in review["sections"] for block in section["blocks"] if block["id"] == "core.message"
        )
        section = next(section for section in review["sections"] if core in section["blocks"])
        alone = plan_deck({**review, "sections": [{**section, "blocks": [core]}], "facts": []})
        told.append(said(alone[1:]))
        assert told[-1] == " ".join(core["paragraphs"])
        assert alone[1].notes == tuple(core["paragraphs"])

    assert len(set(told)) == 1


def test_a_core_message_of_several_paragraphs_has_a_slide_for_each() -> None:
    slides = plan_deck(minimal(prose(f"It happened. {NOTE}", "It is why.", "Not known: the rest.", style="lead")))

    assert [(slide.title, slide.suffix) for slide in slides[1:]] == [
        ("All", f" ({n}\u00a0of\u00a03)") for n in (1, 2, 3)
    ]
    assert said(slides[1:2]) == f"It happened. {NOTE}"
    assert slides[1].elements[0].words[0].face == "serif"


def test_no_text_is_smaller_than_twelve_points_nor_any_in_a_drawing(view: dict[str, Any]) -> None:
    for slide in plan_deck(view):
        assert slide.title_size >= 14
        for element in slide.elements:
            if isinstance(element, Text):
                assert min(words.size for words in element.words) >= SMALLEST
            elif isinstance(element, Grid):
                assert element.size >= SMALLEST
            else:
                drawing = read_drawing(element.svg, slide.title)
                assert drawing.smallest * element.frame.width / drawing.width >= SMALLEST - 1e-6 or not drawing.smallest


def test_everything_stands_on_its_slide_and_nothing_over_anything_else(view: dict[str, Any]) -> None:
    for slide in plan_deck(view):
        frames = [slide.title_frame, *(element.frame for element in slide.elements)]
        for frame in frames:
            assert frame.x >= 0
            assert frame.y >= 0
            assert frame.x + frame.width <= WIDTH
            assert frame.bottom <= HEIGHT - 20
        for one, other in combinations(frames, 2):
            assert not _overlap(one, other), (slide.title, one, other)


def _overlap(one: Frame, other: Frame) -> bool:
    beside = one.x + one.width <= other.x + 0.5 or other.x + other.width <= one.x + 0.5
    above = one.bottom <= other.y + 0.5 or other.bottom <= one.y + 0.5
    return not beside and not above


def test_slides_with_the_same_heading_in_a_section_are_numbered() -> None:
    one = prose(NOTE, style="note", title="Same")
    slides = plan_deck(minimal(one, figure(), one))

    assert [slide.title + slide.suffix for slide in slides[1:]] == [
        "Same (1\u00a0of\u00a02)",
        "It rose",
        "Same (2\u00a0of\u00a02)",
    ]


def test_a_heading_of_its_own_stands_under_that_of_the_section_and_the_first_slide_opens_it() -> None:
    slides = plan_deck(minimal(figure(), prose(NOTE)))

    assert [(slide.title, slide.section, slide.opens) for slide in slides[1:]] == [
        ("It rose", "All", True),
        ("All", "", False),
    ]


def test_what_has_a_heading_takes_nothing_up_from_what_follows() -> None:
    slides = plan_deck(
        minimal(
            prose("Who read it?", "Who did not?", style="list", title="Open"), prose("Ruled out.", "Too.", style="list")
        )
    )

    assert [slide.title for slide in slides[1:]] == ["Open", "All"]
    assert said(slides[1:2]) == "Who read it? Who did not?"


def test_a_short_paragraph_before_a_table_stands_above_it() -> None:
    slides = plan_deck(minimal(prose("3 actions are on record."), table([["a", "1"]])))

    assert len(slides) == 2
    assert [type(element) for element in slides[1].elements] == [Text, Grid]
    assert slides[1].title == "A caption"
    assert len(plan_deck(minimal(prose("3 actions are on record. " * 9), table([["a", "1"]])))) == 3


def test_code_has_no_slide() -> None:
    code = {"kind": "code", "id": "a.c", "source": "case.extent()"}

    assert len(plan_deck(minimal(code))) == 1
    assert "case.extent" not in said(plan_deck(minimal(code, prose(NOTE))))


def test_a_long_table_goes_on_under_the_same_heads_and_loses_no_row() -> None:
    slides = plan_deck(minimal(table([[f"row {n:03d}", str(n)] for n in range(150)], note="A note.")))
    grids = [element for slide in slides for element in slide.elements if isinstance(element, Grid)]
    rows = [row for grid in grids for row in grid.rows]

    assert rows == [(f"row {n:03d}", str(n)) for n in range(150)]
    assert {grid.columns for grid in grids} == {grids[0].columns}
    assert max(len(grid.rows) for grid in grids) <= 12
    assert min(len(grid.rows) for grid in grids) >= 11
    assert "A note." in said(slides[-1:])
    assert "A note." not in said(slides[:-1])


def test_a_table_is_set_as_large_as_it_can_be() -> None:
    def size(*rows: list[str], **changes: Any) -> float:
        return next(
            e.size for s in plan_deck(minimal(table(list(rows), **changes))) for e in s.elements if isinstance(e, Grid)
        )

    wide = [{"label": f"Column {n}", "align": "left", "wrap": False} for n in range(9)]

    assert size(["a", "1"]) == 18
    assert 12 <= size(["between 1 and 2"] * 9, columns=wide) < 18


def test_a_row_that_is_longer_than_a_slide_goes_on_in_a_further_row() -> None:
    slides = plan_deck(minimal(table([[f"{NOTE} " * 200, "1"], ["last", "2"]])))
    rows = [row for slide in slides for element in slide.elements if isinstance(element, Grid) for row in element.rows]

    assert len(rows) > 3
    assert " ".join(row[0].strip() for row in rows[:-1]) == (f"{NOTE} " * 200).strip()
    assert [row[1] for row in rows] == ["1", *[""] * (len(rows) - 2), "2"]


def test_a_sentence_that_is_longer_than_a_slide_is_parted_between_words() -> None:
    text = "word " * 900 + "end."
    slides = plan_deck(minimal(prose(text)))

    assert len(slides) > 2
    assert said(slides[1:]) == text


def test_a_text_is_parted_between_its_sentences_and_the_speaker_has_it_whole() -> None:
    text = " ".join(f"Sentence number {n} has these seven words." for n in range(60))
    slides = plan_deck(minimal(prose(text)))

    assert said(slides[1:]) == text
    assert all(element.words[-1].text.endswith(".") for slide in slides[1:] for element in slide.elements)
    assert slides[1].notes == (text,)
    assert all(slide.notes == () for slide in slides[2:])


def test_numbers_of_steps_go_on_from_slide_to_slide() -> None:
    slides = plan_deck(minimal(prose(*[f"{NOTE} " * 6 + f"Step {n}." for n in range(12)], style="steps")))
    marks = [words.mark for slide in slides[1:] for element in slide.elements for words in element.words]

    assert len(slides) > 2
    assert marks == [f"{n}." for n in range(1, 13)]


def test_a_timeline_keeps_the_mark_of_each_moment_from_slide_to_slide() -> None:
    slides = plan_deck(minimal(timeline(30)))
    grids = [element for slide in slides for element in slide.elements if isinstance(element, Grid)]

    assert len(grids) > 2
    assert [row[:2] for grid in grids for row in grid.rows] == [(f"+{n} d", f"Step {n}") for n in range(30)]
    assert all(grid.marks == ("delay",) * len(grid.rows) for grid in grids)
    assert grids[0].rows[0][2] == "Delay. took 1 h"


def test_a_figure_has_its_own_title_and_the_words_for_those_who_cannot_see_it() -> None:
    slide = plan_deck(minimal(figure()))[1]
    picture = next(element for element in slide.elements if isinstance(element, Picture))

    assert slide.title == "It rose"
    assert picture.alt == "It rose in June."
    assert slide.notes == ("By week.", "It rose in June.")
    assert picture.frame.width / 482 == pytest.approx(picture.frame.height / 200, rel=1e-3)
    assert picture.frame.width > 0.75 * WIDTH


def test_a_tall_figure_has_its_heading_beside_it() -> None:
    slide = plan_deck(minimal(figure(height=300)))[1]
    picture = next(element for element in slide.elements if isinstance(element, Picture))

    assert slide.title_frame.x + slide.title_frame.width <= picture.frame.x
    assert picture.frame.height >= 300 * 1.5 - 0.1


def test_a_chart_with_many_rows_goes_on_under_the_same_heads_and_over_the_same_axis() -> None:
    slides = plan_deck(minimal(figure(svg=steps(40))))[1:]
    drawn = [next(e for e in slide.elements if isinstance(e, Picture)) for slide in slides]

    assert len(drawn) > 2
    for picture in drawn:
        assert "this request" in picture.svg
        assert "logarithmic scale" in picture.svg
    shown = [n for n in range(40) for picture in drawn if f">Step number {n}<" in picture.svg]
    assert shown == list(range(40))
    assert drawn[0].alt.startswith("Part 1 of")
    assert all("that the first part describes: It rose" in picture.alt for picture in drawn[1:])
    assert [slide.part for slide in slides] == [(n, len(slides)) for n in range(1, len(slides) + 1)]


def test_a_drawing_is_never_cut_through_words_or_boxes() -> None:
    drawing = read_drawing(steps(40), "a.steps")
    tops = [float(y) for part, _ in drawing.parts(200) for y in _text_positions(part)]

    assert all(high <= 200 for _, high in drawing.parts(200))
    assert min(tops) >= 0
    solid = read_drawing(figure(height=900)["svg"], "a.f")
    assert solid.parts(200)[0][1] == 900


def _text_positions(svg: str) -> list[str]:
    import re

    return re.findall(r'<text[^>]* y="([\d.]+)"', svg)


def test_an_upright_line_that_is_cut_ends_at_the_cut() -> None:
    svg = (
        '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 100 200"><path d="M 50 10 L 50 190" style="stroke: #000"/>'
        '<text x="1" y="50" font-size="9">upper</text><text x="1" y="150" font-size="9">lower</text></svg>'
    )
    (upper, high), (lower, low) = read_drawing(svg, "a.f").parts(120)

    assert "upper" in upper
    assert "lower" not in upper
    assert "lower" in lower
    assert high + low == 200
    assert f"L 50 {high:g}" in upper


@pytest.mark.parametrize("svg", ["<svg", '<svg xmlns="http://www.w3.org/2000/svg"/>', '<svg viewBox="0 0 0 9"/>'])
def test_a_drawing_that_cannot_be_read_is_named(svg: str) -> None:
    with pytest.raises(RenderError, match=r"The figure a\.f "):
        plan_deck(minimal(figure(svg=svg)))


def test_few_facts_stand_on_the_first_slide_and_many_on_one_of_their_own() -> None:
    facts = [{"label": f"Label {n}", "value": f"Value {n}"} for n in range(9)]
    few, many = plan_deck(minimal(prose(NOTE), facts=facts[:6])), plan_deck(minimal(prose(NOTE), facts=facts))

    assert "Value 5" in said(few[:1])
    assert [slide.title for slide in many] == ["A title", "Facts", "All"]
    assert "Label 8 Value 8" in said(many)


def test_the_first_slide_says_state_and_simulation() -> None:
    draft, approved = said(plan_deck(minimal())), said(plan_deck(minimal(state="approved", banner="", simulated=False)))

    assert (
        draft == "Board ESC-1, as of 9 March 2026 Simulated data: no real request, person or agency Draft: not signed"
    )
    assert approved == "Board ESC-1, as of 9 March 2026. Approved"


def test_only_a_long_section_of_a_long_deck_has_a_divider() -> None:
    blocks = [prose(NOTE, title=f"Heading {n}") for n in range(8)]
    sections = [{"id": f"s{n}", "title": f"Section {n}", "blocks": blocks if n < 6 else blocks[:2]} for n in range(7)]

    assert [s.title for s in plan_deck(minimal(sections=sections)) if s.layout == "divider"] == [
        f"Section {n}" for n in range(6)
    ]
    assert [s.title for s in plan_deck(minimal(sections=sections[:4])) if s.layout == "divider"] == []


def test_a_heading_that_no_size_can_show_stands_in_full_as_text() -> None:
    title = "It is long. " * 60
    slides = plan_deck(minimal(prose(NOTE, title=title.strip())))

    assert slides[1].title.endswith("…")
    assert title.strip() in said(slides)


# Words and sentences


def test_sentences_joined_are_the_paragraph() -> None:
    text = "It is 0.5% (95% interval 0.3 to 0.9) of all, e.g. “these.” Was it so? No. 5 says: yes. R. Heuer wrote it."

    assert " ".join(sentences(text)) == text
    assert sentences("One. Two.") == ["One.", "Two."]
    assert sentences("one. two.") == ["one. two."]


def test_lines_hold_all_words_and_none_is_wider_than_its_room() -> None:
    text = f"{NOTE} " * 20 + "x" * 300
    made = measure.lines(text, 20, 300)

    assert "".join(made).replace(" ", "") == text.replace(" ", "")
    assert all(measure.width(line, 20) <= 300.01 for line in made)


def test_lines_leave_room_for_the_fonts_of_others() -> None:
    assert measure.width("Arial runs wider than this", 20) > 20 * 0.43 * len("Arial runs wider than this")
    assert measure.width("2025", 20) == pytest.approx(4 * 20 * 0.557)


# The PDF


def test_a_deck_is_tagged_archivable_and_names_itself(view: dict[str, Any]) -> None:
    pdf = render_slides(view)
    reader = pypdf.PdfReader(io.BytesIO(pdf))
    xmp = reader.root_object["/Metadata"].get_object().get_data().decode()
    slides = plan_deck(view)

    assert reader.metadata is not None
    assert reader.metadata.title == view["title"]
    assert reader.metadata.author is None
    assert reader.root_object["/Lang"] == "en"
    assert reader.root_object["/MarkInfo"]["/Marked"].value
    assert "<pdfuaid:part>1</pdfuaid:part>" in xmp
    assert "<pdfaid:part>2</pdfaid:part>" in xmp
    assert "<pdfaid:conformance>A</pdfaid:conformance>" in xmp
    assert len(reader.pages) == len(slides)
    assert {(float(page.mediabox.width), float(page.mediabox.height)) for page in reader.pages} == {(960.0, 540.0)}


def test_the_outline_names_sections_and_the_slides_below_them() -> None:
    pdf = render_slides(minimal(figure(), prose(NOTE, title="What else"), prose(NOTE)))
    outline = pypdf.PdfReader(io.BytesIO(pdf)).outline

    assert [item.title for item in outline if not isinstance(item, list)] == ["A title"]
    sections = next(item for item in outline if isinstance(item, list))
    assert [item.title for item in sections if not isinstance(item, list)] == ["All"]
    assert [item.title for item in next(item for item in sections if isinstance(item, list))] == [
        "It rose",
        "What else",
        "All",
    ]


def test_every_slide_carries_the_case_the_draft_mark_the_simulation_and_its_number(findings: Findings) -> None:
    made = pages(render_slides(assemble(findings, load_audience("specialists"))))

    for number, text in enumerate(made, start=1):
        assert "ESC-0042" in text
        assert "Draft" in text
        assert f"{number} of {len(made)}" in text
        assert "Case review for specialists" in text
    simulated = pages(render_slides(minimal(prose(NOTE), prose(NOTE, title="B"))))
    assert all("simulated data" in text for text in simulated)
    assert not any("simulated" in text for text in pages(render_slides(minimal(prose(NOTE), simulated=False))))
    assert not any("Draft" in text for text in pages(render_slides(minimal(prose(NOTE), banner="", state="approved"))))


def test_the_same_review_gives_the_same_bytes(view: dict[str, Any]) -> None:
    assert render_slides(view) == render_slides(view)


def test_the_words_of_the_plan_are_those_of_the_pages(findings: Findings) -> None:
    view = assemble(findings, load_audience("leadership"))
    slides, made = plan_deck(view), pages(render_slides(view))

    for slide, page in zip(slides, made, strict=True):
        assert slide.title in page
        for element in slide.elements:
            if isinstance(element, Text):
                assert all(_letters(words.text) in _letters(page) for words in element.words)


def _letters(text: str) -> str:
    return "".join(text.split()).replace("ﬁ", "fi").replace("ﬂ", "fl").replace("ﬀ", "ff").replace("-", "")


@pytest.mark.parametrize(
    "text",
    [
        "x" * 300,
        "W" * 60 + " " + "iii " * 30,
        "nul \x00 bell \x07 half \ud83d tag \U000e0041 end",
        "\u202eright to left\u202c",
        "العربية עברית 中文 한국어 ไทย हिन्दी",
        "😀👨‍👩‍👧🏳️‍🌈",
        "\U0001f9ff\U000f0000\ue000\uffff",
        "a" + "\u0301" * 50,
        "  two  spaces  " * 9,
        "= not a heading #panic() #sys.inputs $x^2$ *b* _i_ `c` <l> @ref [x] ~ // c /* d */ \\u{41}",
        f"{NOTE} " * 40,
    ],
)
def test_a_deck_is_made_whatever_the_text_holds_and_nothing_runs_over(text: str) -> None:
    entry = {"when": text, "what": text, "detail": text, "mark": "failure"}
    blocks = [
        prose(text, style="lead", title=text),
        prose(text, text, style="list"),
        table([[text, text]] * 2, title=text, caption=text, note=text),
        figure(title=text, alt="A finding. " + text, caption=text),
        timeline(1, title=text, caption=text, entries=[entry, entry]),
    ]
    view = minimal(*blocks, title="T " + text, banner=text, kicker="K " + text, facts=[{"label": text, "value": text}])

    assert len(pages(render_slides(view))) >= 6


def test_what_does_not_fit_its_place_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    def squeezed(review: dict[str, Any]) -> tuple[Slide, ...]:
        first, *rest = plan_deck(review)
        frame = Frame(40, 100, 60, 20)
        return first, *(
            Slide(s.layout, s.title, s.title_frame, s.title_size, (Text(frame, s.elements[0].words),)) for s in rest
        )

    monkeypatch.setattr(deck_pdf, "plan_deck", squeezed)

    with pytest.raises(RenderError, match=r"The slides of ESC-1 do not hold what is put on them \(slide 2 by "):
        render_slides(minimal(prose(NOTE)))


def test_what_the_standards_refuse_is_named_with_its_block() -> None:
    with pytest.raises(RenderError, match=r"figure a.f has no alternative text; say its finding"):
        render_slides(minimal(figure(alt=" ")))
    with pytest.raises(RenderError, match="has no title"):
        render_slides(minimal(title=" "))


def test_the_exporter_prints_what_the_function_prints(
    payload: dict[str, Any], notebook: Callable[..., dict[str, Any]], findings: Findings
) -> None:
    node = nbformat.from_dict(notebook(payload))  # type: ignore[no-untyped-call]
    made, resources = SlidesReviewExporter(audience="specialists").from_notebook_node(node)

    assert made == render_slides(assemble(findings, load_audience("specialists")))
    assert resources["output_extension"] == ".slides.pdf"


def test_parts_of_a_section_follow_one_another_in_the_order_of_the_review(view: dict[str, Any]) -> None:
    order = [section["title"] for section in view["sections"]]
    seen = [slide.section or slide.title for slide in plan_deck(view) if (slide.section or slide.title) in order]

    assert all(order.index(one) <= order.index(other) for one, other in pairwise(seen))
