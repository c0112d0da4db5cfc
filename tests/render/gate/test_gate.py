"""What the gate refuses, what it lets through, and how it says so."""

from __future__ import annotations

import base64

import pytest

from rca_lib.errors import GateError
from rca_lib.render.gate import check_file
from rca_lib.render.page import render_html
from tests.render.gate.files import (
    CLEAN,
    deck,
    drawn_pdf,
    jpeg,
    packed_pdf,
    page,
    paper,
    png,
    review,
    rewritten,
    shape,
    slide,
)

IDS = ("REQ-00413", "AGY-017", "SPC-05", "17")
SOURCE = "examples/lert"
WORDS = ("The desk told the agency that the export had been checked twice.", "case tool 4.1")


def let_through(content, name="leadership.html", shows=None, *, code=False):
    return check_file(
        name,
        content,
        shows=shows or {},
        identifiers=IDS,
        forbidden=(SOURCE,),
        forbidden_texts=WORDS,
        headed="ESC-0003",
        code=code,
    )


LEAKS = {
    "an identifier": ("The request REQ-00413 was late.", "an identifier"),
    "an agency": ('<td title="AGY-017">agency</td>', "an identifier"),
    "an identifier in a file name": ("see REQ-00413_export.zip", "an identifier"),
    "an identifier with another dash": ("see REQ\u201300413", "an identifier"),
    "the place of the source": ("read from examples/lert today", "the place of the source"),
    "words of the source": (f"It says: {WORDS[0]}", "words of the source"),
    "words of the source over two lines": (f"It says: {WORDS[0][:30]}<br/>{WORDS[0][30:]}", "words of the source"),
    "words of the source with other stops": (
        f"“{WORDS[0].upper().replace(' ', '  ').rstrip('.')}”",
        "words of the source",
    ),
    "few words of the source": ("It began with Case  tool 4.1 in May.", "words of the source"),
    "a path of a home": ("see /home/ana/desk/x.csv", "a path"),
    "a path of a temporary folder": ('<a href="/tmp/pytest-1/x">x</a>', "a path"),
    "a path of a disk": (r"C:\Users\ana\x.csv", "a path"),
    "a path of a share": (r"see \\desk\team\x.csv", "a path"),
    "a file address": ('<a href="file:///Users/ana/x.csv">x</a>', "a path"),
    "a call": ("case = open_case(escalation_id)", "code"),
    "an import": ("<pre>\nimport pandas as pd\n</pre>", "code"),
    "an import from": ("from rca_lib import open_case", "code"),
    "parameters": ("# Parameters\nescalation_id = 'x'", "code"),
    "a tag of a cell": ('<div class="celltag_injected-parameters">x</div>', "code"),
    "a traceback": ("Traceback (most recent call last):", "code"),
}


@pytest.mark.parametrize("leak", LEAKS)
def test_a_page_that_leaks_is_refused_by_name_and_place_and_without_what_was_found(leak):
    text, what = LEAKS[leak]
    with pytest.raises(GateError, match=what) as refused:
        let_through(page(f"<p>Fine.</p><div>{text}</div>"))

    said = str(refused.value)
    assert said.startswith("Nothing was published: leadership.html holds")
    assert ", in " in said
    assert not any(
        part.casefold() in said.casefold() for part in (*IDS[:3], *WORDS, SOURCE, "/home", "open_case", "pandas")
    )


PLAIN_LEAKS = [name for name in LEAKS if "<" not in LEAKS[name][0]]


@pytest.mark.parametrize("leak", PLAIN_LEAKS)
def test_a_paper_that_leaks_is_refused(leak):
    text, what = LEAKS[leak]
    with pytest.raises(GateError, match=what):
        let_through(paper(text), "leadership.pdf")


@pytest.mark.parametrize("leak", PLAIN_LEAKS)
def test_a_deck_that_leaks_is_refused(leak):
    text, what = LEAKS[leak]
    with pytest.raises(GateError, match=what):
        let_through(deck({"ppt/slides/slide2.xml": slide(shape(text))}), "leadership.pptx")


@pytest.mark.parametrize("leak", LEAKS)
def test_where_code_may_stand_everything_else_is_looked_for(leak):
    text, what = LEAKS[leak]
    if what == "code":
        let_through(page(f"<div>{text}</div>"), "analyst.html", code=True)
    else:
        with pytest.raises(GateError, match=what):
            let_through(page(f"<div>{text}</div>"), "analyst.html", code=True)


@pytest.mark.parametrize(
    "text",
    [
        CLEAN,
        "17 of 120 requests were late, 2.4% (95% interval 1.2% to 4.1%).",
        "REQ-004130 and XREQ-00413 are others.",
        "Of 00413 requests, REQ and more.",
        "the import of goods and an important point",
        "and/or, 24/7, km/h, either/home",
        "https://www.example.org/home/page and </var>",
        "Tool 4.2 / home office / work from home",
        "The desk told the agency that the import had been checked twice.",
        "the suitcase tool 4.1 and case tool 4.12",
        "About ESC-0003, which stands at the head of every review.",
        "Ünïcödé, ﬁgures and 漢字 – “quoted” … −3%",
    ],
)
def test_what_only_resembles_a_leak_passes(text):
    from html import escape

    let_through(page(f"<p>{escape(text)}</p>"))
    let_through(paper(text), "leadership.pdf")
    let_through(deck({"ppt/slides/slide2.xml": slide(shape(escape(text)))}), "leadership.pptx")


DARK = b"0 0 0.6 rg 10 10 80 40 re f 1 1 1 rg BT /F 12 Tf 20 20 Td (on a ground) Tj ET"
PICTURE = base64.b64encode(png()).decode()
SOUND = {
    "a page of ours": ("leadership.html", lambda: render_html(review()).encode()),
    "a page with a picture": ("leadership.html", lambda: page(f'<img alt="x" src="data:image/png;base64,{PICTURE}">')),
    "a paper of ours": ("leadership.pdf", paper),
    "a paper as another program writes it": ("leadership.pdf", rewritten),
    "a paper with packed objects": ("leadership.pdf", lambda: packed_pdf(b"A review")),
    "white letters on a ground": ("leadership.pdf", lambda: drawn_pdf(DARK)),
    "white letters on a ground that was moved": (
        "leadership.pdf",
        lambda: drawn_pdf(
            b"q 1 0 0 1 100 100 cm " + DARK.replace(b"1 1 1 rg BT", b"q 1 g BT").replace(b"ET", b"ET Q") + b" Q"
        ),
    ),
    "a deck": ("leadership.pptx", deck),
    "a deck of slides": ("leadership.slides.pdf", paper),
    "a drawing": ("chart.svg", lambda: b"<svg xmlns='http://www.w3.org/2000/svg'><text>3.5%</text></svg>"),
    "a picture": ("chart.png", png),
    "a photograph": ("chart.jpeg", jpeg),
}


@pytest.mark.parametrize("kind", SOUND)
def test_a_sound_file_passes(kind):
    name, make = SOUND[kind]

    assert let_through(make(), name)


def test_what_was_read_is_given_back_with_its_places():
    read = let_through(paper("One thing. Another, 3.5%."), "leadership.pdf")

    assert [each.text for each in read if each.kind == "text"] == [
        "Briefing",
        "A review",
        "ESC-0003, as of 31 December 2025",
        "In short",
        "One thing. Another, 3.5%.",
    ]
    assert {each.where for each in read if each.kind == "text"} == {"the text of page 1"}
    assert {each.text for each in read if each.kind == "furniture"} == {
        "ESC-0003",
        "Briefing · as of 31 December 20251 of 1",
    }


def test_a_paragraph_is_whole_though_it_runs_over_a_page():
    long = " ".join(f"Sentence {number} of a long paragraph that runs on and on." for number in range(120))
    read = let_through(paper(long), "leadership.pdf")

    assert long in [each.text for each in read]


def test_many_identifiers_are_looked_for_in_any_form():
    many = [f"CASE-{number:06d}" for number in range(5_000)]
    with pytest.raises(GateError, match="an identifier"):
        check_file("a.html", page("<p>see case 004 999 there</p>"), shows={}, identifiers=many)
    check_file("a.html", page("<p>see case 999 999 there</p>"), shows={}, identifiers=many)


def test_without_identifiers_nothing_is_mistaken_for_one():
    check_file("leadership.html", page(), shows={}, identifiers=(), forbidden=())
