"""Small files of each kind that a gate reads, sound ones, and ways to hide words in them."""

from __future__ import annotations

import io
import struct
import zipfile
import zlib
from collections.abc import Callable, Mapping
from functools import cache

from pypdf import PdfReader, PdfWriter

from rca_lib.render.paper import render_pdf
from rca_lib.render.view import Review

SECRET = "REQ-00413"
CLEAN = "The rate rose from 0.3% to 3.5%."
POINT = bytes.fromhex("0000000d49484452000000010000000108060000001f15c489")
"""The head of a picture of one point."""


def page(body: str = f"<p>{CLEAN}</p>", head: str = "") -> bytes:
    """A web page as our template writes one."""
    return (
        f'<!doctype html>\n<html lang="en"><head><meta charset="utf-8"><title>A review</title>{head}</head>'
        f"<body><main>{body}</main></body></html>"
    ).encode()


def review(paragraph: str = CLEAN) -> Review:
    """The view of a review of one paragraph."""
    block = {"kind": "prose", "id": "a.b", "title": None, "style": "body", "paragraphs": [paragraph]}
    return {
        "title": "A review",
        "kicker": "Briefing",
        "audience": "leadership",
        "escalation_id": "ESC-0003",
        "as_of": "31 December 2025",
        "as_of_date": "2025-12-31",
        "state": "approved",
        "banner": "",
        "source": "small",
        "simulated": False,
        "language": "en",
        "max_pages": None,
        "spare": [],
        "facts": [],
        "footer": "ESC-0003",
        "sections": [{"id": "a", "title": "In short", "blocks": [block]}],
    }


@cache
def paper(paragraph: str = CLEAN) -> bytes:
    """A PDF as our compiler makes one."""
    return render_pdf(review(paragraph))


def rewritten(change: Callable[[PdfWriter], object] | None = None) -> bytes:
    """The same PDF as another program writes it, after a change."""
    writer = PdfWriter(clone_from=PdfReader(io.BytesIO(paper())))
    if change is not None:
        change(writer)
    made = io.BytesIO()
    writer.write(made)
    return made.getvalue()


def drawn_pdf(
    content: bytes, *, filters: bytes = b"", more: Mapping[int, bytes] | None = None, page_more: bytes = b""
) -> bytes:
    """A PDF of one page with a content stream written by hand, and further objects by number."""
    stream = b"<</Length %d%s>>stream\n%s\nendstream" % (len(content), filters, content)
    held = more or {}
    named = (b"/XObject<</X 6 0 R>>" if 6 in held else b"") + (b"/Properties<</L 7 0 R>>" if 7 in held else b"")
    objects = {
        1: b"<</Type/Catalog/Pages 2 0 R>>",
        2: b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
        3: b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 300 300]/Contents 4 0 R/Resources<</Font<</F 5 0 R>>%s>>%s>>"
        % (named, page_more),
        4: stream,
        5: b"<</Type/Font/Subtype/Type1/BaseFont/Helvetica/Encoding/WinAnsiEncoding>>",
        **held,
    }
    return assembled(objects)


def assembled(objects: Mapping[int, bytes]) -> bytes:
    """Objects as a PDF with a table of contents."""
    made, places = b"%PDF-1.7\n", {}
    for number, body in sorted(objects.items()):
        places[number] = len(made)
        made += b"%d 0 obj\n%s\nendobj\n" % (number, body)
    start, size = len(made), max(objects) + 1
    rows = [b"%010d %05d n \n" % (places[n], 0) if n in places else b"0000000000 65535 f \n" for n in range(size)]
    table = b"xref\n0 %d\n%strailer\n<</Size %d/Root 1 0 R>>\nstartxref\n%d\n%%%%EOF" % (
        size,
        b"".join(rows),
        size,
        start,
    )
    return made + table


def packed_pdf(title: bytes) -> bytes:
    """A PDF whose metadata stand in an object stream, found through a table of contents that is a stream itself."""
    inner = b"<</Title(%s)>>" % title
    packed = zlib.compress(b"6 0 " + inner)
    objects = {
        1: b"<</Type/Catalog/Pages 2 0 R>>",
        2: b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
        3: b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 300 300]>>",
        4: b"<</Type/ObjStm/N 1/First 4/Filter/FlateDecode/Length %d>>stream\n%s\nendstream" % (len(packed), packed),
    }
    made, places = b"%PDF-1.7\n", {}
    for number, body in objects.items():
        places[number] = len(made)
        made += b"%d 0 obj\n%s\nendobj\n" % (number, body)
    places[5] = len(made)
    rows = b"".join(struct.pack(">BIH", 1, places[n], 0) for n in (1, 2, 3, 4, 5))
    table = zlib.compress(struct.pack(">BIH", 0, 0, 65535) + rows + struct.pack(">BIH", 2, 4, 0))
    head = b"<</Type/XRef/Size 7/W[1 4 2]/Root 1 0 R/Info 6 0 R/Filter/FlateDecode/Length %d>>" % len(table)
    return made + b"5 0 obj\n%sstream\n%s\nendstream\nendobj\nstartxref\n%d\n%%%%EOF" % (head, table, places[5])


def png(*chunks: tuple[bytes, bytes], after: bytes = b"") -> bytes:
    """A picture of one point with further chunks."""
    points = zlib.compress(b"\0\0\0\0\0")
    made = b"\x89PNG\r\n\x1a\n" + POINT
    for name, body in (*chunks, (b"IDAT", points), (b"IEND", b"")):
        made += struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))
    return made + after


def jpeg(mark: int = 0xFE, body: bytes = b"plain", after: bytes = b"") -> bytes:
    """The frame of a picture with one segment."""
    segment = bytes([0xFF, mark]) + struct.pack(">H", len(body) + 2) + body
    return b"\xff\xd8" + segment + b"\xff\xda\x00\x04ab\x11\xff\x00\x22\xff\xd9" + after


A = 'xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main"'
P = 'xmlns:p="http://schemas.openxmlformats.org/presentationml/2006/main"'
R = 'xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"'


def shape(text: str, *, about: str = "Text", run: str = "", fill: str = "") -> str:
    """A shape with one paragraph; `text` may hold several runs divided by “|”."""
    runs = "".join(f"<a:r><a:rPr lang='en'>{run}</a:rPr><a:t>{part}</a:t></a:r>" for part in text.split("|"))
    return (
        f'<p:sp><p:nvSpPr><p:cNvPr id="2" name="Text" descr="{about}"/><p:cNvSpPr/><p:nvPr/></p:nvSpPr>'
        f"<p:spPr>{fill}</p:spPr><p:txBody><a:bodyPr/><a:p>{runs}</a:p></p:txBody></p:sp>"
    )


def slide(*shapes: str, kind: str = "sld", more: str = "") -> str:
    """A slide, or notes of one, with shapes."""
    return f"<p:{kind} {A} {P} {R} {more}><p:cSld><p:spTree>{''.join(shapes)}</p:spTree></p:cSld></p:{kind}>"


def deck(
    parts: Mapping[str, str | bytes] | None = None,
    *,
    comment: bytes = b"",
    extra: bytes = b"",
    method: int = zipfile.ZIP_DEFLATED,
) -> bytes:
    """A presentation of one slide, with parts added or replaced."""
    held: dict[str, str | bytes] = {
        "[Content_Types].xml": '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"/>',
        "_rels/.rels": '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"/>',
        "ppt/presentation.xml": f"<p:presentation {P}/>",
        "ppt/slides/slide1.xml": slide(shape(CLEAN)),
        "docProps/core.xml": '<core xmlns:dc="http://purl.org/dc/elements/1.1/"><dc:title>A review</dc:title></core>',
    } | dict(parts or {})
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", method) as package:
        package.comment = comment
        for name, body in held.items():
            entry = zipfile.ZipInfo(name)
            entry.compress_type = method
            if extra and name == "ppt/presentation.xml":
                entry.extra = extra
            package.writestr(entry, body)
    return made.getvalue()
