"""Presentations: every part of the package, whether or not a slide shows it.

A presentation is a zip file of XML parts, drawings and pictures. Slides are read in their order; notes, comments, properties,
targets of links, names of parts and what the zip file says of itself are read too.
"""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Iterator
from xml.etree import ElementTree as ET

from rca_lib.render.gate.passages import MOST_PARTS, Budget, Kind, Passage, UnreadableError

__all__ = ["read_pptx"]

_A = "{http://schemas.openxmlformats.org/drawingml/2006/main}"
_P = "{http://schemas.openxmlformats.org/presentationml/2006/main}"
_SLIDE = re.compile(
    r"ppt/(slides|notesSlides|slideLayouts|slideMasters|notesMasters|handoutMasters|comments)/[^/]+\.xml"
)
_NUMBER = re.compile(r"(\d+)")
_BARRED = re.compile(
    r"\.(?:bin|vml|exe|dll|js|vbs|wmf|emf|ole|ttf|otf|fntdata|xlsx|docx|mp4|mp3|wav)$|vbaProject|activeX|embeddings/",
    re.I,
)
_MEDIA = {"png": "image/png", "jpg": "image/jpeg", "jpeg": "image/jpeg", "svg": "image/svg+xml"}
_MOST_LEVELS = 200
_SAID = ("descr", "title")
"""Attributes of a shape that say what it shows to those who cannot see it."""
_KINDS: dict[str, Kind] = {"slides": "text", "notesSlides": "notes"}
_FURNITURE = frozenset({"sldNum", "ftr", "dt", "hdr"})


def read_pptx(content: bytes, budget: Budget) -> list[Passage]:
    """Return the passages of a presentation.

    Raises
    ------
    UnreadableError : when it is locked, cut off, unpacks to too much, or holds a part that cannot be read.
    """
    budget.spend(len(content))
    try:
        return list(_read(content, budget))
    except UnreadableError:
        raise
    except Exception:
        # Whatever goes wrong in a file that is not as it should be, it has not been read to its end.
        raise UnreadableError("a part that is not written as the format asks") from None


def _read(content: bytes, budget: Budget) -> Iterator[Passage]:
    with zipfile.ZipFile(io.BytesIO(content)) as package:
        entries = package.infolist()
        names = [entry.filename for entry in entries]
        if len(set(names)) < len(names) or len(names) > MOST_PARTS:
            raise UnreadableError(
                "a part that comes twice" if len(names) <= MOST_PARTS else "more parts than can be read"
            )
        if "[Content_Types].xml" not in names or "ppt/presentation.xml" not in names:
            raise UnreadableError("no presentation")
        _check_gaps(content, package)
        yield Passage("the comment of the zip file", package.comment.decode("latin-1"), "aside")
        for entry in sorted(entries, key=lambda each: _order(each.filename)):
            yield from _entry(package, entry, budget)


def _check_gaps(content: bytes, package: zipfile.ZipFile) -> None:
    """Refuse bytes that belong to no part: a zip file is read from its end, and what stands between its parts is not met."""
    at = 0
    for entry in sorted(package.infolist(), key=lambda each: each.header_offset):
        if entry.header_offset != at or entry.flag_bits & 0x8:
            raise UnreadableError("bytes that belong to no part")
        names = int.from_bytes(content[at + 26 : at + 28], "little") + int.from_bytes(
            content[at + 28 : at + 30], "little"
        )
        at += 30 + names + entry.compress_size
    if package.start_dir != at:
        raise UnreadableError("bytes that belong to no part")
    end = content.rfind(b"PK\x05\x06")
    if end < 0 or end + 22 + len(package.comment) != len(content):
        raise UnreadableError("something after its end")


def _order(name: str) -> tuple[str, int, str]:
    """Slides before the rest, and the tenth after the ninth."""
    number = _NUMBER.search(name.rpartition("/")[2])
    return (
        "" if name.startswith("ppt/slides/slide") else name.rpartition("/")[0] or "~",
        int(number[1]) if number else 0,
        name,
    )


def _entry(package: zipfile.ZipFile, entry: zipfile.ZipInfo, budget: Budget) -> Iterator[Passage]:
    name = entry.filename
    yield Passage(
        "the name of a part", f"{name}\n{entry.comment.decode('latin-1')}\n{entry.extra.decode('latin-1')}", "aside"
    )
    if entry.flag_bits & 0x1:
        raise UnreadableError("parts that are locked")
    if _BARRED.search(name):
        raise UnreadableError("a part of a kind that no review has")
    if entry.is_dir():
        return
    budget.spend(entry.file_size)
    with package.open(entry) as part:
        body = part.read(entry.file_size + 1)
    if len(body) != entry.file_size:
        raise UnreadableError("a part that is longer or shorter than it says")
    suffix = name.rpartition(".")[2].lower()
    if suffix in ("xml", "rels"):
        yield from _part(name, body)
    elif suffix in _MEDIA:
        from rca_lib.render.gate.within import read_within

        yield from read_within(body, _MEDIA[suffix], _place(name), budget)
    else:
        raise UnreadableError("a part of a kind that no review has")


def _place(name: str) -> str:
    """Name a part for a reader.

    >>> _place("ppt/slides/slide3.xml"), _place("docProps/app.xml"), _place("ppt/notesSlides/notesSlide2.xml")
    ('slide 3', 'its properties', 'the notes of slide 2')
    """
    number = _NUMBER.search(name.rpartition("/")[2])
    digits = f" {number[1]}" if number else ""
    for start, words in (
        ("ppt/slides/_rels/", "the links of slide"),
        ("ppt/slides/", "slide"),
        ("ppt/notesSlides/", "the notes of slide"),
        ("ppt/comments/", "the comments of slide"),
        ("ppt/media/", "picture"),
        ("ppt/slideLayouts/", "layout"),
        ("ppt/slideMasters/", "master"),
    ):
        if name.startswith(start):
            return words + digits
    return "its properties" if name.startswith("docProps/") else "its structure"


def _part(name: str, body: bytes) -> Iterator[Passage]:
    if b"<!DOCTYPE" in body.upper() or b"<!ENTITY" in body.upper():
        raise UnreadableError("a part that declares words of its own")
    text = body.decode("utf-8-sig")
    place = _place(name)
    builder = ET.TreeBuilder(insert_comments=True, insert_pis=True)
    root = ET.fromstring(body, ET.XMLParser(target=builder))
    yield Passage(f"the source of {place}", text, "source")
    yield from _tree(root, place)
    if _SLIDE.fullmatch(name):
        yield from _shapes(root, place, _KINDS.get(name.split("/")[1], "aside"))


def _tree(root: ET.Element, place: str) -> Iterator[Passage]:
    """Give what every element and attribute says, and refuse what nests without end."""
    values: list[str] = []
    waiting = [(root, 0)]
    while waiting:
        element, level = waiting.pop()
        if level > _MOST_LEVELS:
            raise UnreadableError("parts within parts, deeper than can be read")
        if not isinstance(element.tag, str):
            yield Passage(f"a comment in {place}", element.text or "", "hidden")
            continue
        if element.get("show") == "0" or (element.get("hidden") or "").lower() in ("1", "true"):
            yield Passage(f"{place} (hidden)", " ".join(element.itertext()), "hidden")
        values += [value for value in element.attrib.values() if not value.isdigit()]
        if element.tag not in (f"{_A}t",) and element.text and element.text.strip():
            values.append(element.text)
        waiting += [(child, level + 1) for child in element]
    yield Passage(f"attributes of {place}", "\n".join(values), "aside")


def _shapes(root: ET.Element, place: str, kind: Kind) -> Iterator[Passage]:
    """Give the paragraphs of a part in the order written, and what stands for its drawings."""
    furniture = {
        id(paragraph)
        for shape in root.iter(f"{_P}sp")
        if (mark := shape.find(f".//{_P}nvPr/{_P}ph")) is not None and mark.get("type") in _FURNITURE
        for paragraph in shape.iter(f"{_A}p")
    }
    bare = set() if root.find(f"{_P}cSld/{_P}bg") is not None else _without_ground(root)
    for about in root.iter(f"{_P}cNvPr"):
        for key in _SAID:
            if about.get(key):
                yield Passage(f"the words for a drawing on {place}", about.get(key, ""), "alt")
    for paragraph in root.iter(f"{_A}p"):
        text = " ".join("".join(_letters(paragraph)).split())
        if not text:
            continue
        numbered = paragraph.find(f"{_A}fld") is not None
        yield Passage(f"the text of {place}", text, "furniture" if numbered or id(paragraph) in furniture else kind)
        if any(_unseen(run) for run in paragraph.iter(f"{_A}rPr")):
            yield Passage(f"the text of {place} (letters without ink or too small)", text, "hidden")
        if id(paragraph) in bare and any(_white(run) for run in paragraph.iter(f"{_A}rPr")):
            yield Passage(f"the text of {place} (white letters on white)", text, "hidden")


def _letters(paragraph: ET.Element) -> Iterator[str]:
    for element in paragraph.iter():
        if element.tag == f"{_A}t":
            yield element.text or ""
        elif element.tag in (f"{_A}br", f"{_A}tab"):
            yield " "


def _unseen(run: ET.Element) -> bool:
    size = run.get("sz")
    alpha = run.find(f"{_A}solidFill//{_A}alpha")
    return (
        (size is not None and int(size) < 150)
        or run.find(f"{_A}noFill") is not None
        or (alpha is not None and int(alpha.get("val", "100000")) < 5000)
    )


def _without_ground(root: ET.Element) -> set[int]:
    """Return the paragraphs that stand in no shape or cell with a colour of its own."""
    grounded = {
        id(paragraph)
        for tag, look in ((f"{_P}sp", f"{_P}spPr"), (f"{_A}tc", f"{_A}tcPr"))
        for owner in root.iter(tag)
        if owner.find(f"{look}/{_A}solidFill") is not None or owner.find(f"{look}/{_A}gradFill") is not None
        for paragraph in owner.iter(f"{_A}p")
    }
    return {id(paragraph) for paragraph in root.iter(f"{_A}p")} - grounded


def _white(run: ET.Element) -> bool:
    colour = run.find(f"{_A}solidFill/{_A}srgbClr")
    value = "" if colour is None else colour.get("val", "")
    return len(value) == 6 and min(bytes.fromhex(value)) >= 0xF7
