import zlib

import pytest

from rca_lib.errors import GateError
from rca_lib.render.gate import check_file

IDS = ("REQ-00413", "AGY-017", "SPC-05", "17")
SOURCE = "examples/lert"
SHOWN = {"title": "Overproduction", "sections": []}


def pdf(*streams, plain=b""):
    """The shape of a PDF: text outside of streams, and streams that are compressed."""
    parts = [b"stream\n" + zlib.compress(text.encode("latin-1")) + b"\nendstream" for text in streams]
    return b"%PDF-1.7\n" + plain + b"\n".join(parts)


def let_through(content, name="leadership.html", shows=SHOWN):
    check_file(name, content, shows=shows, identifiers=IDS, forbidden=(SOURCE,))


LEAKS = {
    "an identifier": ("The request REQ-00413 was late.", "an identifier"),
    "an identifier in other letters": ("the request req-00413", "an identifier"),
    "an identifier in wide letters": ("the request ＲＥＱ-００４１３", "an identifier"),
    "an agency": ('<td title="AGY-017">agency</td>', "an identifier"),
    "a person": ("<!-- SPC-05 -->", "an identifier"),
    "the place of the source": ("read from examples/lert today", "the place of the source"),
    "an identifier in a file name": ("see REQ-00413_export.zip", "an identifier"),
    "an identifier with another dash": ("see REQ\u201300413", "an identifier"),
    "a path of a home": ("see /home/ana/desk/x.csv", "a path"),
    "a path of a temporary folder": ('<a href="/tmp/pytest-1/x">', "a path"),
    "a path of a disk": (r"C:\Users\ana\x.csv", "a path"),
    "a file address": ('<a href="file:///Users/ana/x.csv">', "a path"),
    "a call": ("case = open_case(escalation_id)", "code"),
    "an import": ("<pre>\nimport pandas as pd\n</pre>", "code"),
    "an import from": ("from rca_lib import open_case", "code"),
    "parameters": ("# Parameters\nescalation_id = 'x'", "code"),
    "a tag of a cell": ('<div class="celltag_injected-parameters">', "code"),
    "a traceback": ("Traceback (most recent call last):", "code"),
}


@pytest.mark.parametrize("leak", LEAKS)
def test_a_page_that_leaks_is_refused(leak):
    text, what = LEAKS[leak]

    with pytest.raises(GateError, match=what):
        let_through(f"<html><body><p>Fine.</p>{text}</body></html>".encode())


@pytest.mark.parametrize("leak", ["an identifier", "an agency", "a path of a home", "a call"])
def test_a_leak_that_a_pdf_holds_only_as_glyphs_is_found_in_what_it_shows(leak):
    text, what = LEAKS[leak]

    with pytest.raises(GateError, match=what):
        let_through(pdf("q 1 0 0 1"), "leadership.pdf", {"sections": [{"blocks": [{"alt": text}]}]})


@pytest.mark.parametrize("leak", ["an identifier", "an agency", "a path of a home", "a call"])
def test_a_leak_in_a_compressed_stream_of_a_pdf_is_found(leak):
    text, what = LEAKS[leak]

    with pytest.raises(GateError, match=what):
        let_through(pdf("q 1 0 0 1", f"<x:xmpmeta>{text}</x:xmpmeta>"), "leadership.pdf")


def test_a_leak_in_the_plain_part_of_a_pdf_is_found():
    with pytest.raises(GateError, match="a path"):
        let_through(pdf("q", plain=b"/Title (/home/ana/review)"), "leadership.pdf")


@pytest.mark.parametrize(
    "text", ["REQ&#45;00413", "REQ&#x2d;00413", "REQ\u00ad-00413", "REQ\u2011" + "00413", "REQ\u200b-00413"]
)
def test_an_identifier_in_disguise_is_found(text):
    with pytest.raises(GateError, match="an identifier"):
        let_through(f"<p>{text}</p>".encode())


def test_the_name_of_a_file_is_searched():
    with pytest.raises(GateError, match="an identifier"):
        let_through(b"<p>Fine.</p>", "REQ-00413.html")


@pytest.mark.parametrize("leak", LEAKS)
def test_the_message_names_the_file_and_does_not_repeat_what_was_found(leak):
    with pytest.raises(GateError) as refused:
        let_through(LEAKS[leak][0].encode())

    said = str(refused.value)
    assert "leadership.html" in said
    assert not any(part.casefold() in said.casefold() for part in (*IDS[:3], SOURCE, "/home", "open_case", "pandas"))


@pytest.mark.parametrize(
    "text",
    [
        "17 of 120 requests were late, 2.4% (95% interval 1.2% to 4.1%).",
        "REQ-004130 and XREQ-00413 are others.",
        "the import of goods and an important point",
        "and/or, 24/7, km/h, either/home",
        "https://www.example.org/home/page and </var>",
        "Tool 4.2 / home office / work from home",
    ],
)
def test_what_only_resembles_a_leak_passes(text):
    let_through(f"<p>{text}</p>".encode())
    let_through(pdf(text), "leadership.pdf", {"alt": text})


def test_a_stream_that_cannot_be_inflated_is_passed_over():
    let_through(b"%PDF-1.7\nstream\nnot compressed\nendstream", "leadership.pdf")


def test_packed_data_that_happens_to_look_like_a_path_is_no_leak():
    let_through(pdf("\x01\x02C:\\x\x03\xff"), "leadership.pdf")


def test_without_identifiers_nothing_is_mistaken_for_one():
    check_file("leadership.html", b"<p>Fine.</p>", shows=SHOWN, identifiers=(), forbidden=())
