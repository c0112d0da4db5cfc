from __future__ import annotations

import io
from typing import Any

import pypdf
import pytest

from rca_lib.errors import RenderError
from rca_lib.render.audience import load_audience
from rca_lib.render.findings import Findings
from rca_lib.render.paper import page_count, render_pdf
from rca_lib.render.view import assemble
from tests.render.views import minimal


def read(pdf: bytes) -> pypdf.PdfReader:
    return pypdf.PdfReader(io.BytesIO(pdf))


def words(pdf: bytes) -> str:
    return " ".join(" ".join(page.extract_text() for page in read(pdf).pages).split())


def prose(text: str, style: str = "body", **changes: Any) -> dict[str, Any]:
    return {"kind": "prose", "id": "a.b", "title": None, "style": style, "paragraphs": [text]} | changes


def table(rows: list[list[str]], **changes: Any) -> dict[str, Any]:
    columns = [{"label": "What", "align": "left", "wrap": True}, {"label": "Number", "align": "right", "wrap": False}]
    return {
        "kind": "table",
        "id": "a.t",
        "title": None,
        "caption": "A caption",
        "columns": columns,
        "rows": rows,
        "note": "",
    } | changes


@pytest.mark.parametrize("name", ["analyst", "leadership", "specialists"])
def test_a_review_is_tagged_archivable_and_names_itself(findings: Findings, name: str) -> None:
    pdf = render_pdf(assemble(findings, load_audience(name)))
    reader = read(pdf)
    xmp = reader.root_object["/Metadata"].get_object().get_data().decode()

    assert reader.metadata is not None
    assert reader.metadata.title == "Records beyond the authorised dates were produced"
    assert reader.root_object["/Lang"] == "en"
    assert reader.root_object["/MarkInfo"]["/Marked"].value
    assert "<pdfuaid:part>1</pdfuaid:part>" in xmp
    assert "<pdfaid:part>2</pdfaid:part>" in xmp
    assert "<pdfaid:conformance>A</pdfaid:conformance>" in xmp
    assert [item.title for item in reader.outline if not isinstance(item, list)] == [reader.metadata.title]


def test_the_same_review_gives_the_same_bytes(findings: Findings) -> None:
    view = assemble(findings, load_audience("specialists"))

    assert render_pdf(view) == render_pdf(view)


def test_leadership_fits_two_pages(findings: Findings) -> None:
    pdf = render_pdf(assemble(findings, load_audience("leadership")))

    assert len(read(pdf).pages) == page_count(pdf) == 2


def test_every_page_carries_the_case_the_draft_mark_and_its_number(findings: Findings) -> None:
    pages = [page.extract_text() for page in read(render_pdf(assemble(findings, load_audience("specialists")))).pages]

    for number, text in enumerate(pages, start=1):
        assert "ESC-0042" in text
        assert "Draft" in text
        assert f"{number} of {len(pages)}" in text
        assert "Case review for specialists" in text
    assert all("Records beyond the authorised dates were produced" in text for text in pages[1:])


def test_a_long_table_breaks_between_rows_and_loses_none() -> None:
    pdf = render_pdf(minimal(table([[f"row {n:03d}", str(n)] for n in range(150)])))
    pages = [page.extract_text() for page in read(pdf).pages]

    assert len(pages) > 2
    assert [n for n in range(150) if f"row {n:03d}" not in " ".join(pages)] == []
    assert all("Number" in text for text in pages)


def test_a_review_that_runs_over_is_set_tighter_and_then_refused() -> None:
    text = "Seven words make up this one sentence. " * 40
    blocks = [prose(text, id=f"a.b{n}") for n in range(9)]

    assert page_count(render_pdf(minimal(*blocks[:3]))) == 2
    assert page_count(render_pdf(minimal(*blocks[:3], max_pages=1))) == 1
    with pytest.raises(RenderError, match=r"board review of ESC-1 runs to 3 pages, its profile allows 1; name fewer"):
        render_pdf(minimal(*blocks, max_pages=1))


def test_a_review_that_runs_over_goes_without_what_can_be_spared_and_says_so() -> None:
    long = [prose("Word " * 400, id=f"a.p{number}", title=f"Part {number}") for number in range(4)]
    made = render_pdf(minimal(*long, max_pages=1, spare=["a.p1", "a.p3", "a.p2"]))

    assert page_count(made) == 1
    assert "Left out here for want of space, and in the web page: All, part 1" in words(made)
    assert "Part 0" in words(made)
    assert page_count(render_pdf(minimal(*long, max_pages=9, spare=["a.p1"]))) > 1
    assert "Left out" not in words(render_pdf(minimal(*long, max_pages=9, spare=["a.p1"])))


@pytest.mark.parametrize(
    "text",
    [
        "= not a heading",
        "#panic() #sys.inputs $x^2$ *b* _i_ `c` <l> @ref [x] ~ // c /* d */ \\u{41}",
        '"); #import "x"',
        "<script>alert(1)</script>",
        "{{ 7 * 7 }}",
    ],
)
def test_markup_in_text_is_printed_as_it_is(text: str) -> None:
    pdf = render_pdf(
        minimal(
            prose(text, "lead", title=text),
            prose(text, "list"),
            table([[text, text]], caption=text, note=text),
            title=text,
            facts=[{"label": text, "value": text}],
        )
    )

    assert words(pdf).replace(" ", "").count(text.replace(" ", "")) >= 6


@pytest.mark.parametrize(
    "text",
    [
        "x" * 10_000,
        "nul \x00 bell \x07 half \ud83d tag \U000e0041 end",
        "\u202eright to left\u202c",
        "العربية עברית 中文 한국어 ไทย हिन्दी",
        "😀👨‍👩‍👧🏳️‍🌈",
        "\U0001f9ff\U000f0000\ue000\uffff",
        "a" + "\u0301" * 50,
        " \u200b\u200d ",
    ],
)
def test_a_pdf_is_made_whatever_the_text_holds(text: str) -> None:
    figure = {
        "kind": "figure",
        "id": "a.f",
        "title": text,
        "alt": "A finding. " + text,
        "caption": text,
        "svg": '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 400 40"><text x="9" y="20">label</text></svg>',
    }
    entry = {"when": text, "what": text, "detail": text, "mark": "failure"}
    timeline = {"kind": "timeline", "id": "a.l", "title": text, "caption": text, "entries": [entry]}
    blocks = [prose(text, "lead", title=text), table([[text, text]]), figure, timeline]

    pdf = render_pdf(minimal(*blocks, {"kind": "code", "id": "a.c", "source": text}, title="T " + text))

    assert page_count(pdf) >= 1


def test_characters_that_no_font_has_are_named(findings: Findings) -> None:
    svg = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 400 40"><text x="9" y="20">地址</text></svg>'
    figure = {"kind": "figure", "id": "a.f", "title": "F", "alt": "A finding", "caption": None, "svg": svg}
    text = words(render_pdf(minimal(prose("To 中文地址, late 😀"), figure)))

    assert "To [4 Chinese characters], late [grinning face]" in text
    assert "中" not in text


def test_what_the_standards_refuse_is_named_with_its_block() -> None:
    figure = {"kind": "figure", "id": "a.f", "title": "F", "alt": " ", "caption": None, "svg": "<svg/>"}

    with pytest.raises(RenderError, match=r"figure a.f has no alternative text; say its finding"):
        render_pdf(minimal(figure))
    with pytest.raises(RenderError, match="has no title"):
        render_pdf(minimal(title=" "))
    with pytest.raises(RenderError, match="which is not an ISO date"):
        render_pdf(minimal(as_of_date="9 March"))


def test_a_drawing_that_cannot_be_read_is_a_render_error() -> None:
    figure = {"kind": "figure", "id": "a.f", "title": "F", "alt": "A finding", "caption": None, "svg": "<svg"}

    with pytest.raises(RenderError, match="The PDF of ESC-1 for board does not meet PDF/UA-1"):
        render_pdf(minimal(figure))


def test_a_word_longer_than_the_line_is_broken_and_stays_one_word_to_a_search() -> None:
    word = "".join(f"{n:04d}" for n in range(120))
    pdf = render_pdf(minimal(prose(word), table([[word, "1"]]), title=word))
    lines = [line for page in read(pdf).pages for line in page.extract_text().splitlines()]

    assert "".join(lines).count(word) >= 2
    assert max(map(len, lines)) < 140
    assert read(pdf).outline[0].title == word


def test_a_few_lines_are_not_left_alone_on_a_last_page() -> None:
    paragraph = "Seven words make up this one sentence. " * 12
    counts = [page_count(render_pdf(minimal(*[prose(paragraph)] * n))) for n in range(20, 34)]

    assert counts == sorted(counts)
    assert set(counts) == {2, 3}


def drawing(name: str, height: int) -> dict[str, Any]:
    svg = f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 482 {height}"><rect width="482" height="{height}"/></svg>'
    return {"kind": "figure", "id": name, "title": f"Title of {name}", "alt": "A finding", "caption": None, "svg": svg}


def test_a_figure_that_does_not_fit_lets_the_text_after_it_come_first() -> None:
    filling = [prose("Seven words make up this one sentence. " * 40, id=f"a.b{n}") for n in range(2)]
    after = prose("What follows the figure.", id="a.after")
    pages = [page.extract_text() for page in read(render_pdf(minimal(*filling, drawing("a.tall", 400), after))).pages]

    assert len(pages) == 2
    assert "What follows the figure." in pages[0]
    assert "Title of a.tall" in pages[1]


def test_a_figure_that_nearly_fits_stays_where_it_is_named() -> None:
    filling = [prose("Seven words make up this one sentence. " * 40, id=f"a.b{n}") for n in range(2)]
    after = prose("What follows the figure.", id="a.after")
    texts = {}
    for height in range(120, 400, 20):
        pages = [p.extract_text() for p in read(render_pdf(minimal(*filling, drawing("a.f", height), after))).pages]
        texts[height] = next(at for at, text in enumerate(pages) if "Title of a.f" in text)

    assert list(texts.values()) == sorted(texts.values())
    assert set(texts.values()) == {0, 1}
