"""An identifier in each place where one could be hidden: every row is caught, and says where."""

from __future__ import annotations

import base64
import re
import struct
import zlib

import pytest
from pypdf.generic import (
    ArrayObject,
    DecodedStreamObject,
    DictionaryObject,
    NameObject,
    NumberObject,
    TextStringObject,
)

from rca_lib.errors import GateError
from rca_lib.render.gate import check_file
from tests.render.gate.files import (
    SECRET,
    A,
    deck,
    drawn_pdf,
    jpeg,
    packed_pdf,
    page,
    paper,
    png,
    rewritten,
    shape,
    slide,
)

IDENTIFIER = "an identifier of the case"
UNREAD = "cannot be read completely"
HIDDEN = "content that no reader sees"
PACKED = base64.b64encode(b"id " + SECRET.encode()).decode()
SPLIT = SECRET.encode("utf-16-le")


def data(media: str, content: bytes) -> str:
    return f"data:{media};base64,{base64.b64encode(content).decode()}"


def pictured(media: str, content: bytes) -> str:
    return f'<img alt="" src="{data(media, content)}">'


NESTED = f"<svg><image href='{data('image/png', png((b'tEXt', SECRET.encode())))}'/></svg>".encode()
DRAWING = f"<svg><text>{SECRET}</text></svg>".encode()
PAGES = {
    "the text": (f"<p>About {SECRET}.</p>", IDENTIFIER, "the text of the page"),
    "text across elements of a line": ("<p>REQ-<b>00</b>413</p>", IDENTIFIER, "the text of the page"),
    "text across cells": ("<table><tr><td>REQ</td><td>00413</td></tr></table>", IDENTIFIER, "several parts"),
    "a comment": (f"<!-- ask about {SECRET} -->", IDENTIFIER, "a comment"),
    "an attribute": (f'<p data-row="{SECRET}">x</p>', IDENTIFIER, r"data-row of <p>"),
    "a title of an element": (f"<p title='{SECRET}'>x</p>", IDENTIFIER, r"title of <p>"),
    "the words for a drawing": (f'<svg aria-label="{SECRET}"><g/></svg>', IDENTIFIER, "aria-label"),
    "the metadata of a drawing": (f"<svg><desc>{SECRET}</desc></svg>", IDENTIFIER, "text of the page"),
    "a class": (f'<p class="{SECRET}">x</p>', IDENTIFIER, "class of <p>"),
    "references of markup": ("<p>REQ&#45;&#x30;0413</p>", IDENTIFIER, "the text"),
    "references of references": ("<p title='REQ&amp;#45;00413'>x</p>", IDENTIFIER, "title"),
    "percent-encoding": ('<a href="/x?q=REQ%2D00413">x</a>', IDENTIFIER, "href"),
    "percent-encoding twice": ('<a href="/x?q=REQ%252D00413">x</a>', IDENTIFIER, "href"),
    "base64 in an attribute": (f"<p data-x='{PACKED}'>x</p>", IDENTIFIER, "data-x"),
    "a style": ("<p style='--x: \"\\52 EQ-00413\"'>x</p>", IDENTIFIER, "style"),
    "a style sheet": ('<style>p::after{content:"\\52\\45\\51-00413"}</style>', IDENTIFIER, "style"),
    "another case": ("<p>req-00413</p>", IDENTIFIER, "text"),
    "wide letters": ("<p>ＲＥＱ－００４１３</p>", IDENTIFIER, "text"),
    "letters of another script": ("<p>RЕQ-00413</p>", IDENTIFIER, "text"),
    "digits of another script": ("<p>REQ-٠٠٤١٣</p>", IDENTIFIER, "text"),
    "unseen characters": ("<p>RE\u200bQ-0\u20600413</p>", IDENTIFIER, "text"),
    "a soft hyphen": ("<p>REQ-00\u00ad413</p>", IDENTIFIER, "text"),
    "accents": ("<p>RE\u0301Q-0041\u03323</p>", IDENTIFIER, "text"),
    "other separators": ("<p>REQ 00 413, and R.E.Q/0.0.4.1.3</p>", IDENTIFIER, "text"),
    "no separator": ("<p>REQ00413</p>", IDENTIFIER, "text"),
    "text in a data address": (f"<a href='{data('text/plain', SECRET.encode())}'>x</a>", IDENTIFIER, "data address"),
    "a drawing in a data address": (pictured("image/svg+xml", DRAWING), IDENTIFIER, "data address"),
    "a picture's text": (pictured("image/png", png((b"tEXt", b"Note\0" + SECRET.encode()))), IDENTIFIER, "tEXt"),
    "a picture's packed text": (
        pictured("image/png", png((b"zTXt", b"Note\0\0" + zlib.compress(SECRET.encode())))),
        IDENTIFIER,
        "zTXt",
    ),
    "a picture's text in Unicode": (
        pictured("image/png", png((b"iTXt", b"Note\0\0\0\0\0" + SECRET.encode()))),
        IDENTIFIER,
        "iTXt",
    ),
    "a picture's camera data": (pictured("image/png", png((b"eXIf", b"II*" + SPLIT))), IDENTIFIER, "eXIf"),
    "a photograph's comment": (pictured("image/jpeg", jpeg(0xFE, SECRET.encode())), IDENTIFIER, "segment"),
    "a photograph's camera data": (pictured("image/jpeg", jpeg(0xE1, b"Exif" + SPLIT)), IDENTIFIER, "segment"),
    "what follows a picture": (pictured("image/png", png(after=SECRET.encode())), UNREAD, "after its end"),
    "a file in a file": (f'<img alt="" src="{data("image/svg+xml", NESTED)}">', IDENTIFIER, "tEXt"),
    "a comment without an identifier": ("<!-- ask Ann -->", HIDDEN, "a comment"),
    "an element that is not displayed": ("<p style='display: none'>see the log</p>", HIDDEN, "kept from sight"),
    "an element that is hidden": ("<p hidden>see the log</p>", HIDDEN, "kept from sight"),
    "white letters": ("<p style='color:#FFF'>see the log</p>", HIDDEN, "kept from sight"),
    "a rule that hides": ("<style>.x{visibility:hidden}</style><p class='x'>see the log</p>", HIDDEN, "a style rule"),
    "a template": ("<template><p>see the log</p></template>", UNREAD, "template"),
    "a script": ("<script>let x = 1</script>", UNREAD, "script"),
    "a handler": ("<p onclick='x()'>x</p>", UNREAD, "script"),
}  # fmt: skip


@pytest.mark.parametrize("place", PAGES)
def test_a_page_is_caught(place):
    body, what, where = PAGES[place]

    refused("leadership.html", page(body), what, where)


def refused(name: str, content: bytes, what: str, where: str) -> None:
    with pytest.raises(GateError, match=what) as caught:
        check_file(name, content, shows={}, identifiers=[SECRET])
    said = str(caught.value)
    assert name in said
    assert SECRET.casefold() not in said.casefold()
    assert re.search(where, said), said


def info(writer):
    writer.add_metadata({"/Keywords": SECRET})


def info_in_two_bytes(writer):
    writer.add_metadata({"/Subject": f"é {SECRET}"})


def xmp(writer):
    made = DecodedStreamObject()
    made.set_data(f"<x:xmpmeta xmlns:x='adobe:ns:meta/'><a b='{SECRET}'/></x:xmpmeta>".encode())
    made.update({NameObject("/Type"): NameObject("/Metadata"), NameObject("/Subtype"): NameObject("/XML")})
    writer.root_object[NameObject("/Metadata")] = writer._add_object(made.flate_encode())


def outline(writer):
    writer.add_outline_item(title=f"About {SECRET}", page_number=0)


def alt_text(writer):
    root = writer.root_object["/StructTreeRoot"].get_object()
    root[NameObject("/Alt")] = TextStringObject(f"A chart of {SECRET}")


def note(writer):
    from pypdf.annotations import FreeText

    writer.add_annotation(0, FreeText(text=f"ask about {SECRET}", rect=(50, 550, 200, 650)))


def link(writer):
    from pypdf.annotations import Link

    writer.add_annotation(0, Link(rect=(50, 550, 200, 650), url="https://example.org/?q=REQ%2D00413"))


def attachment(writer):
    writer.add_attachment("notes.txt", f"about {SECRET}".encode())


def plain_attachment(writer):
    writer.add_attachment("a.txt", b"see the log")


def attachment_name(writer):
    writer.add_attachment(f"{SECRET}.txt", b"nothing")


def key_of_its_own(writer):
    writer.root_object[NameObject("/Desk")] = DictionaryObject({NameObject("/Who"): TextStringObject(SECRET)})


def name_with_escapes(writer):
    writer.root_object[NameObject("/Desk")] = NameObject(f"/{SECRET}#x")


def page_piece(writer):
    writer.pages[0][NameObject("/PieceInfo")] = DictionaryObject({NameObject("/A"): TextStringObject(SECRET)})


def picture(writer):
    made = DecodedStreamObject()
    made.set_data(jpeg(0xFE, SECRET.encode()))
    for key, value in (("Type", "XObject"), ("Subtype", "Image"), ("Filter", "DCTDecode"), ("ColorSpace", "DeviceRGB")):
        made[NameObject(f"/{key}")] = NameObject(f"/{value}")
    for key in ("Width", "Height"):
        made[NameObject(f"/{key}")] = NumberObject(1)
    made[NameObject("/BitsPerComponent")] = NumberObject(8)
    writer.pages[0]["/Resources"].get_object()[NameObject("/XObject")] = DictionaryObject(
        {NameObject("/P"): writer._add_object(made)}
    )


def stray(writer):
    made = DecodedStreamObject()
    made.set_data(b"BT /f0 12 Tf (see the log) Tj ET")
    writer._root_object[NameObject("/Desk")] = ArrayObject([writer._add_object(made)])


TEXT = b"BT /F 12 Tf 20 20 Td (%s) Tj ET" % SECRET.encode()
FORM = b"<</Type/XObject/Subtype/Form/BBox[0 0 9 9]/Resources<</Font<</F 5 0 R>>>>/Length %d>>stream\n%s\nendstream" % (
    len(TEXT),
    TEXT,
)
PLAIN = b"BT /F 12 Tf 20 20 Td (see the log) Tj ET"
PAPERS = {
    "the text of a page": (lambda: paper(f"About {SECRET}."), IDENTIFIER, "the text of page 1"),
    "text in two runs": (lambda: drawn_pdf(b"BT /F 12 Tf 20 20 Td [(REQ) -20 (-00)] TJ (413) Tj ET"), IDENTIFIER, "page 1"),
    "text in digits": (lambda: drawn_pdf(b"BT /F 12 Tf 20 20 Td <" + SECRET.encode().hex().encode() + b"> Tj ET"), IDENTIFIER, "page 1"),
    "text in packed letters": (
        lambda: drawn_pdf(base64.a85encode(zlib.compress(TEXT)) + b"~>", filters=b"/Filter[/ASCII85Decode/FlateDecode]"),
        IDENTIFIER,
        "page 1",
    ),
    "text in digits of digits": (lambda: drawn_pdf(TEXT.hex().encode() + b">", filters=b"/Filter/ASCIIHexDecode"), IDENTIFIER, "page 1"),
    "a drawing on a page": (lambda: drawn_pdf(b"q /X Do Q", more={6: FORM}), IDENTIFIER, "page 1"),
    "the look of a note": (
        lambda: drawn_pdf(b"", more={6: FORM}, page_more=b"/Annots[<</Subtype/Stamp/Rect[0 0 9 9]/AP<</N 6 0 R>>>>]"),
        IDENTIFIER,
        "page 1",
    ),
    "words that stand for others": (
        lambda: drawn_pdf(b"/Span<</ActualText(%s)>>BDC %s EMC" % (SECRET.encode(), PLAIN)),
        IDENTIFIER,
        "page 1",
    ),
    "words for which others stand": (
        lambda: drawn_pdf(b"/Span<</ActualText(the case)>>BDC %s EMC" % TEXT),
        IDENTIFIER,
        "page 1",
    ),
    "a comment in a page": (lambda: drawn_pdf(b"%% %s\n%s" % (SECRET.encode(), PLAIN)), IDENTIFIER, "page 1"),
    "a comment in the file": (lambda: drawn_pdf(PLAIN, more={8: b"% " + SECRET.encode() + b"\n<<>>"}), IDENTIFIER, "structure"),
    "its metadata": (lambda: rewritten(info), IDENTIFIER, "Keywords"),
    "its metadata in two bytes a letter": (lambda: rewritten(info_in_two_bytes), IDENTIFIER, "Subject"),
    "its metadata in XML": (lambda: rewritten(xmp), IDENTIFIER, "XMP"),
    "its metadata in a packed object": (lambda: packed_pdf(SECRET.encode()), IDENTIFIER, "a title"),
    "an entry of its outline": (lambda: rewritten(outline), IDENTIFIER, "a title"),
    "the words for a drawing": (lambda: rewritten(alt_text), IDENTIFIER, "the words for a drawing"),
    "a note": (lambda: rewritten(note), IDENTIFIER, "a note|page"),
    "a link": (lambda: rewritten(link), IDENTIFIER, "a link"),
    "an attachment": (lambda: rewritten(attachment), IDENTIFIER, "an attachment"),
    "the name of an attachment": (lambda: rewritten(attachment_name), IDENTIFIER, "name of a file|structure"),
    "an attachment without an identifier": (lambda: rewritten(plain_attachment), HIDDEN, "an attachment"),
    "a key of its own": (lambda: rewritten(key_of_its_own), IDENTIFIER, "structure"),
    "a name": (lambda: rewritten(name_with_escapes), IDENTIFIER, "structure"),
    "a piece of a program": (lambda: rewritten(page_piece), IDENTIFIER, "structure"),
    "a picture's comment": (lambda: rewritten(picture), IDENTIFIER, "a picture"),
    "a part that no page shows": (lambda: rewritten(stray), UNREAD, "no page shows"),
    "an earlier revision": (lambda: paper(f"About {SECRET}.") + b"\n1 0 obj\n<<>>\nendobj\nstartxref\n0\n%%EOF", UNREAD, "revision|twice"),
    "what follows its end": (lambda: paper() + SECRET.encode(), UNREAD, "after its end"),
    "letters without ink": (lambda: drawn_pdf(b"BT 3 Tr /F 12 Tf 20 20 Td (see the log) Tj ET"), HIDDEN, "without ink"),
    "white letters": (lambda: drawn_pdf(b"1 1 1 rg " + PLAIN), HIDDEN, "white letters on white"),
    "letters too small": (lambda: drawn_pdf(b"BT /F 1 Tf 20 20 Td (see the log) Tj ET"), HIDDEN, "too small"),
    "letters shrunk": (lambda: drawn_pdf(b"0.05 0 0 0.05 0 0 cm " + PLAIN), HIDDEN, "too small"),
    "letters beside the page": (lambda: drawn_pdf(b"BT /F 12 Tf -500 20 Td (see the log) Tj ET"), HIDDEN, "beside the page"),
    "a layer": (lambda: drawn_pdf(b"/OC /L BDC " + PLAIN + b" EMC", more={7: b"<</Type/OCG/Name(x)>>"}), HIDDEN, "layer"),
    "something that acts": (lambda: drawn_pdf(PLAIN, page_more=b"/AA<</O<</S/JavaScript/JS(x)>>>>"), UNREAD, "acts"),
}  # fmt: skip


@pytest.mark.parametrize("place", PAPERS)
def test_a_paper_is_caught(place):
    make, what, where = PAPERS[place]

    refused("leadership.pdf", make(), what, where)


NOTES = slide(shape(f"Ask about {SECRET}"), kind="notes")
WHITE = "<a:solidFill><a:srgbClr val='FFFFFF'/></a:solidFill>"
DECKS = {
    "a slide": ({"ppt/slides/slide2.xml": slide(shape(f"About {SECRET}"))}, IDENTIFIER, "slide 2"),
    "text in three runs": ({"ppt/slides/slide2.xml": slide(shape("REQ|-00|413"))}, IDENTIFIER, "slide 2"),
    "the notes of a slide": ({"ppt/notesSlides/notesSlide1.xml": NOTES}, IDENTIFIER, "the notes of slide 1"),
    "comments": ({"ppt/comments/comment1.xml": f"<c><t>{SECRET}</t></c>"}, IDENTIFIER, "the comments of slide 1"),
    "its properties": ({"docProps/core.xml": f"<core><title>{SECRET}</title></core>"}, IDENTIFIER, "its properties"),
    "properties of its own": ({"docProps/custom.xml": f"<p name='case' value='{SECRET}'/>"}, IDENTIFIER, "its properties"),
    "the words for a drawing": ({"ppt/slides/slide2.xml": slide(shape("x", about=SECRET))}, IDENTIFIER, "slide 2"),
    "the target of a link": (
        {"ppt/slides/_rels/slide1.xml.rels": "<r><Relationship Target='https://x.example/REQ%2D00413'/></r>"},
        IDENTIFIER,
        "the links of slide 1",
    ),
    "a layout": ({"ppt/slideLayouts/slideLayout1.xml": slide(shape(SECRET), kind="sldLayout")}, IDENTIFIER, "layout 1"),
    "the name of a part": ({f"ppt/{SECRET}.xml": "<x/>"}, IDENTIFIER, "name of a part"),
    "a drawing": ({"ppt/media/image1.svg": f"<svg><text>{SECRET}</text></svg>"}, IDENTIFIER, "picture 1"),
    "a picture's text": ({"ppt/media/image1.png": png((b"tEXt", SECRET.encode()))}, IDENTIFIER, "picture 1"),
    "a comment in a part": ({"ppt/presentation.xml": f"<p><!-- {SECRET} --></p>"}, IDENTIFIER, "structure"),
    "a comment without an identifier": ({"ppt/presentation.xml": "<p><!-- ask Ann --></p>"}, HIDDEN, "a comment"),
    "a hidden slide": ({"ppt/slides/slide2.xml": slide(shape("see the log"), more='show="0"')}, HIDDEN, "slide 2"),
    "a hidden shape": ({"ppt/slides/slide2.xml": slide(shape("x", about='x" hidden="1'))}, HIDDEN, "slide 2"),
    "white letters": ({"ppt/slides/slide2.xml": slide(shape("see the log", run=WHITE))}, HIDDEN, "white letters on white"),
    "letters too small": ({"ppt/slides/slide2.xml": slide(shape("see").replace("lang=", "sz='100' lang="))}, HIDDEN, "too small"),
    "an embedded workbook": ({"ppt/embeddings/sheet1.xlsx": b"PK"}, UNREAD, "kind that no review has"),
    "a macro": ({"ppt/vbaProject.bin": b"x"}, UNREAD, "kind that no review has"),
    "a word of its own": ({"ppt/presentation.xml": f"<!DOCTYPE x [<!ENTITY a '{SECRET}'>]><x {A}>&a;</x>"}, UNREAD, "declares words"),
}  # fmt: skip


@pytest.mark.parametrize("place", DECKS)
def test_a_deck_is_caught(place):
    parts, what, where = DECKS[place]

    refused("leadership.pptx", deck(parts), what, where)


@pytest.mark.parametrize(
    ("content", "what", "where"),
    [
        (deck(comment=SECRET.encode()), IDENTIFIER, "comment of the zip file"),
        (deck(extra=struct.pack("<HH", 0xCAFE, len(SECRET)) + SECRET.encode()), IDENTIFIER, "name of a part"),
        (b"PK\x03\x04" + deck()[4:] + SECRET.encode(), UNREAD, "after its end"),
        (deck()[:0] + deck().replace(b"PK\x01\x02", SECRET.encode() + b"PK\x01\x02", 1), UNREAD, "no part|format"),
    ],
    ids=["its comment", "an extra field", "what follows its end", "bytes between its parts"],
)
def test_a_zip_file_is_caught(content, what, where):
    refused("leadership.pptx", content, what, where)


def test_a_drawing_and_a_picture_of_their_own_are_read_too():
    refused("chart.svg", f"<svg><text>{SECRET}</text></svg>".encode(), IDENTIFIER, "text of the page")
    refused("chart.png", png((b"tEXt", SECRET.encode())), IDENTIFIER, "tEXt")
    refused("chart.jpg", jpeg(0xFE, SECRET.encode()), IDENTIFIER, "segment")


def test_the_name_of_a_file_is_searched():
    with pytest.raises(GateError, match="in its name"):
        check_file(f"{SECRET}.html", page(), shows={}, identifiers=[SECRET])


def test_the_words_that_a_paper_was_made_from_are_searched():
    with pytest.raises(GateError, match="what it was made from"):
        check_file("a.pdf", paper(), shows={"sections": [{"alt": f"About {SECRET}"}]}, identifiers=[SECRET])
