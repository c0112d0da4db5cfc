"""Files that are not what they should be: each is refused in one sentence, quickly, and without trouble."""

from __future__ import annotations

import base64
import contextlib
import io
import time
import zipfile
import zlib

import pytest
from pypdf import PdfReader, PdfWriter

from rca_lib.errors import GateError
from rca_lib.render.gate import check_file, passages
from tests.render.gate.files import CLEAN, A, deck, drawn_pdf, page, paper, png, rewritten


def locked() -> bytes:
    writer = PdfWriter(clone_from=PdfReader(io.BytesIO(paper())))
    writer.encrypt("x", algorithm="RC4-128")
    made = io.BytesIO()
    writer.write(made)
    return made.getvalue()


def bomb(size: int) -> bytes:
    packed = zlib.compress(b" " * size, 9)
    return drawn_pdf(packed, filters=b"/Filter/FlateDecode")


def zip_bomb(size: int) -> bytes:
    return deck({"ppt/media/image1.svg": b"<svg>" + b" " * size + b"</svg>"})


def lying_zip() -> bytes:
    made = bytearray(deck({"ppt/x.xml": "<x/>" + " " * 500}, method=zipfile.ZIP_STORED))
    at = made.rfind(b"ppt/x.xml") - 46
    made[at + 24 : at + 28] = (100).to_bytes(4, "little")
    return bytes(made)


def circle() -> bytes:
    form = b"<</Type/XObject/Subtype/Form/BBox[0 0 9 9]/Resources<</XObject<</X 6 0 R>>>>/Length 5>>stream\n/X Do\nendstream"
    return drawn_pdf(b"/X Do", more={6: form})


def nested() -> bytes:
    made = f"<svg><text>{CLEAN}</text></svg>".encode()
    for _ in range(6):
        made = b"<svg><image href='data:image/svg+xml;base64,%s'/></svg>" % base64.b64encode(made)
    return made


HOSTILE = {
    "nothing": ("a.html", lambda: b""),
    "an empty paper": ("a.pdf", lambda: b""),
    "a page with another name": ("a.pdf", page),
    "a paper with another name": ("a.html", paper),
    "a deck with another name": ("a.pdf", deck),
    "a kind that no review has": ("a.docx", deck),
    "a name without an ending": ("a", page),
    "a page cut off": ("a.html", lambda: page()[:-20]),
    "a page cut off within a tag": ("a.html", lambda: page('<p class="x">x</p>')[:-40]),
    "a page cut off within a comment": ("a.html", lambda: page("<!-- x")),
    "a page in another encoding": ("a.html", lambda: page("<p>é</p>").decode().encode("latin-1")),
    "a page with a null": ("a.html", lambda: page("<p>a\0b</p>")),
    "a page with an attribute twice": ("a.html", lambda: page("<p class='a' class='b'>x</p>")),
    "a page that is closed in another order": ("a.html", lambda: page("<b><i>x</b></i>")),
    "a page with half a tag": ("a.html", lambda: page("<p>1 < 2</p>")),
    "a data address that is no base64": ("a.html", lambda: page('<img alt="" src="data:image/png;base64,***">')),
    "a data address of another kind": ("a.html", lambda: page('<img alt="" src="data:image/png,abc">')),
    "a data address of no known kind": ("a.html", lambda: page('<img alt="" src="data:image/webp;base64,UklGRg==">')),
    "a picture cut off": ("a.png", lambda: png()[:-6]),
    "a picture with another sum": ("a.png", lambda: png((b"tEXt", b"abc")).replace(b"abc", b"abd")),
    "a picture that unpacks to too much": ("a.png", lambda: png((b"zTXt", b"a\0\0" + zlib.compress(b" " * 110_000_000, 9)))),
    "packed text cut off": ("a.png", lambda: png((b"zTXt", b"a\0\0" + zlib.compress(b"abc" * 99)[:-9]))),
    "a photograph cut off": ("a.jpg", lambda: b"\xff\xd8\xff\xe1\x00\x50abc"),
    "a paper cut off": ("a.pdf", lambda: paper()[: len(paper()) // 2]),
    "a paper without a table of contents": ("a.pdf", lambda: paper().replace(b"startxref", b"startxxxx")),
    "a locked paper": ("a.pdf", locked),
    "a paper with a broken stream": ("a.pdf", lambda: drawn_pdf(b"not packed", filters=b"/Filter/FlateDecode")),
    "a stream packed in an unknown way": ("a.pdf", lambda: drawn_pdf(b"x", filters=b"/Filter/Mystery")),
    "a stream of another length": ("a.pdf", lambda: drawn_pdf(b"q Q").replace(b"/Length 3", b"/Length 2")),
    "a page that unpacks to too much": ("a.pdf", lambda: bomb(120_000_000)),
    "a drawing that draws itself": ("a.pdf", circle),
    "a page that ends in a drawing": ("a.pdf", lambda: drawn_pdf(b"q q Q")),
    "a page that goes back too far": ("a.pdf", lambda: drawn_pdf(b"Q")),
    "letters without a font": ("a.pdf", lambda: drawn_pdf(b"BT (x) Tj ET")),
    "a font that is not there": ("a.pdf", lambda: drawn_pdf(b"BT /G 12 Tf (x) Tj ET")),
    "a font that says nothing of its letters": (
        "a.pdf",
        lambda: drawn_pdf(b"BT /F 12 Tf (x) Tj ET", more={5: b"<</Type/Font/Subtype/Type0/Encoding/Identity-H>>"}),
    ),
    "letters that are drawn": ("a.pdf", lambda: drawn_pdf(b"BT /F 12 Tf (x) Tj ET", more={5: b"<</Type/Font/Subtype/Type3>>"})),
    "a picture among words": ("a.pdf", lambda: drawn_pdf(b"BI /W 1 /H 1 ID x EI")),
    "numbers in place of a matrix": ("a.pdf", lambda: drawn_pdf(b"BT /F 12 Tf 1 0 Tm (x) Tj ET")),
    "an object twice": ("a.pdf", lambda: drawn_pdf(b"").replace(b"xref\n0", b"5 0 obj\n<<>>\nendobj\nxref\n0", 1)),
    "brackets without end": ("a.pdf", lambda: drawn_pdf(b"", more={8: b"[" * 50_000}, page_more=b"/Annots 8 0 R")),
    "a deck cut off": ("a.pptx", lambda: deck()[:-40]),
    "no deck": ("a.pptx", lambda: deck().replace(b"ppt/presentation.xml", b"ppt/presentatiom.xml")),
    "a deck that unpacks to too much": ("a.pptx", lambda: zip_bomb(120_000_000)),
    "a part that says another length": ("a.pptx", lying_zip),
    "a part that comes to nothing": ("a.pptx", lambda: deck({"ppt/slides/slide2.xml": "<p:sld>"})),
    "a part in another encoding": ("a.pptx", lambda: deck({"ppt/slides/slide2.xml": b"<x>\xff</x>"})),
    "parts within parts": ("a.pptx", lambda: deck({"ppt/presentation.xml": "<x>" * 5_000 + "</x>" * 5_000})),
    "words that grow": (
        "a.pptx",
        lambda: deck({"ppt/presentation.xml": f"<!DOCTYPE x [<!ENTITY a 'aaaaaaaaaa'><!ENTITY b '&a;&a;'>]><x {A}>&b;</x>"}),
    ),
    "parts without number": ("a.pptx", lambda: deck({f"ppt/x{number}.xml": "<x/>" for number in range(passages.MOST_PARTS + 1)})),
    "files in files": (
        "a.svg",
        nested,
    ),
}  # fmt: skip


@pytest.mark.parametrize("what", HOSTILE)
def test_it_is_refused_in_one_sentence(what):
    name, make = HOSTILE[what]
    content = make()
    started = time.process_time()
    with pytest.raises(GateError) as refused:
        check_file(name, content, shows={}, identifiers=["REQ-00413"])

    said = str(refused.value)
    assert said.startswith(f"Nothing was published: {name} cannot be read completely, since it holds ")
    assert said.count(". ") == 0
    assert "\n" not in said
    assert time.process_time() - started < 5


def test_a_deep_page_is_read():
    deep = "<div>" * 20_000 + "x" + "</div>" * 20_000
    assert check_file("a.html", page(deep), shows={}, identifiers=["REQ-00413"])


@pytest.mark.parametrize("cut", range(1, 12))
def test_no_beginning_of_a_paper_is_taken_for_the_whole(cut):
    whole = paper()
    with pytest.raises(GateError):
        check_file("a.pdf", whole[: len(whole) * cut // 12], shows={}, identifiers=())


@pytest.mark.parametrize(
    "make", [paper, rewritten, deck, png, page], ids=["paper", "rewritten", "deck", "picture", "page"]
)
def test_no_changed_byte_makes_trouble(make):
    """A file with one byte changed is read or refused; it never raises anything else."""
    whole, name = make(), {paper: "a.pdf", rewritten: "a.pdf", deck: "a.pptx", png: "a.png", page: "a.html"}[make]
    for at in range(0, len(whole), max(1, len(whole) // 40)):
        changed = whole[:at] + bytes([whole[at] ^ 0x15]) + whole[at + 1 :]
        with contextlib.suppress(GateError):
            check_file(name, changed, shows={}, identifiers=["REQ-00413"])
