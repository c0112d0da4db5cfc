"""PDF files: the words of their pages, and everything else that they hold.

The words are read by following the file as a viewer does; the rest by going through its bytes from first to last, so that
nothing is missed that no pointer leads to. Passed over are the outlines of letters in embedded fonts and the points of
pictures: neither is text.
"""

from __future__ import annotations

import io
import logging
import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from rca_lib.render.gate.passages import Budget, Kind, Passage, UnreadableError
from rca_lib.render.gate.pdf_fonts import Font
from rca_lib.render.gate.pdf_syntax import Sweep, key_values, strings, sweep
from rca_lib.render.gate.pdf_text import PageReader, Run

__all__ = ["read_pdf"]

_TAG = re.compile(r"<[^<>]*>")
_ACTIVE = re.compile(rb"/(?:JavaScript|JS|Launch|RichMedia|XFA|SubmitForm|ImportData|GoToR|GoToE|Movie|Sound|AA)\b")
_LAYERS = re.compile(rb"/(?:OCProperties|OCG|OCMD)\b")
_OPENING = re.compile(rb"/OpenAction\s*<<(?![^>]*/GoTo\b)")


def read_pdf(content: bytes, budget: Budget) -> list[Passage]:
    """Return the passages of a PDF file.

    Raises
    ------
    UnreadableError : when it is locked, cut off, was changed after it was made, or holds a part that cannot be read.
    """
    budget.spend(len(content))
    swept = sweep(content)
    if re.search(rb"/Encrypt\b", swept.plain):
        raise UnreadableError("pages that are locked")
    try:
        with _no_guessing():
            return list(_read(content, swept, budget))
    except UnreadableError:
        raise
    except Exception:
        # Whatever goes wrong in a file that is not as it should be, it has not been read to its end.
        raise UnreadableError("a part that is not written as the format asks") from None


class _Listener(logging.Handler):
    """Keeps warnings."""

    def __init__(self, said: list[logging.LogRecord]) -> None:
        super().__init__(logging.WARNING)
        self._said = said

    def emit(self, record: logging.LogRecord) -> None:
        """Keep one."""
        self._said.append(record)


@contextmanager
def _no_guessing() -> Iterator[None]:
    """Refuse what the parser would make up for: it logs a warning where it passes over something that it cannot read."""
    said: list[logging.LogRecord] = []
    listener = _Listener(said)
    parser = logging.getLogger("pypdf")
    before, parser.propagate = parser.propagate, False
    parser.addHandler(listener)
    try:
        yield
    finally:
        parser.removeHandler(listener)
        parser.propagate = before
    if said:
        raise UnreadableError("a part that is not written as the format asks")


def _read(content: bytes, swept: Sweep, budget: Budget) -> Iterator[Passage]:
    from pypdf import PdfReader

    file = _File(PdfReader(io.BytesIO(content), strict=True), budget)
    file.check_contents(swept)
    yield from _pages(file)
    pieces = [swept.plain, *file.packed_objects(swept)]
    for piece in pieces:
        yield from _structure(piece)
    yield from _streams(file, swept)


def _structure(piece: bytes) -> Iterator[Passage]:
    """Give the texts of dictionaries: metadata, outlines, structure, annotations, names."""
    texts = strings(piece)
    if _ACTIVE.search(piece) or _OPENING.search(piece) or re.search(_ACTIVE.pattern.decode(), texts):
        raise UnreadableError("something that acts when it is opened")
    if _LAYERS.search(piece) or re.search(_LAYERS.pattern.decode(), texts):
        yield Passage("a layer that can be switched off", "", "hidden")
    yield Passage("its metadata and structure", texts, "aside", finer=lambda: _finer(piece))
    yield Passage("its structure", piece.decode("latin-1"), "packed")
    for key, text in key_values(piece):
        if key == "Alt":
            yield Passage("the words for a drawing", text, "alt")


def _finer(piece: bytes) -> Iterator[tuple[str, str]]:
    names = {"Title": "a title", "Alt": "the words for a drawing", "ActualText": "words that stand for others"}
    names |= {"URI": "a link", "Contents": "a note", "F": "the name of a file", "UF": "the name of a file"}
    keys = frozenset({*names, "Author", "Subject", "Keywords", "Creator", "Producer", "T", "TU", "E", "Lang", "ID"})
    for key, text in key_values(piece):
        yield names.get(key, f"its metadata ({key})" if key in keys else "its structure"), text


class _File:
    """A PDF file with what has been read of it."""

    def __init__(self, reader: Any, budget: Budget) -> None:
        self.reader = reader
        self.budget = budget
        self.read: set[int] = set()
        self.fonts: dict[Any, Font] = {}
        self._parents = self._parent_tree()

    def check_contents(self, swept: Sweep) -> None:
        """Refuse a file that holds an object which its table of contents does not name, or names elsewhere."""
        listed = {number: at for table in self.reader.xref.values() for number, at in table.items()}
        if any(listed.get(number) != at for number, at in swept.objects.items()):
            raise UnreadableError("an object that its table of contents does not name")

    def stream(self, number: int) -> Any:
        from pypdf.generic import IndirectObject

        return self.reader.get_object(IndirectObject(number, 0, self.reader))

    def unpacked(self, held: Any) -> bytes:
        """Return the content of a stream, and note that it has been read."""
        number = getattr(held, "idnum", None)
        if number is not None:
            self.read.add(number)
        stream = held.get_object()
        plain: bytes = stream.get_data()
        self.budget.spend(len(plain))
        return plain

    def packed_objects(self, swept: Sweep) -> Iterator[bytes]:
        """Give the content of the streams that hold objects."""
        for number in swept.streams:
            stream = self.stream(number)
            if stream.get("/Type") == "/ObjStm":
                yield self.unpacked(stream.indirect_reference)
            elif stream.get("/Type") == "/XRef":
                self.read.add(number)

    def element(self, key: Any, mark: int) -> Any:
        """Return the number of the element of the structure that marked content belongs to."""
        marks = self._parents.get(key)
        if marks is None or mark >= len(marks):
            return None
        # Reading the entry itself would open the element, of which a review has thousands.
        return getattr(list.__getitem__(marks, mark), "idnum", None)

    def _parent_tree(self) -> dict[Any, Any]:
        root = self.reader.trailer["/Root"].get("/StructTreeRoot")
        tree = None if root is None else root.get_object().get("/ParentTree")
        return {} if tree is None else dict(_numbered(tree.get_object(), 0))


def _numbered(node: Any, depth: int) -> Iterator[tuple[Any, Any]]:
    if depth > 20:
        raise UnreadableError("a structure without an end")
    numbers = list(node.get("/Nums", ()))
    for key, value in zip(numbers[::2], numbers[1::2], strict=True):
        yield key, value.get_object()
    for kid in node.get("/Kids", ()):
        yield from _numbered(kid.get_object(), depth + 1)


def _pages(file: _File) -> Iterator[Passage]:
    """Give the words of the pages, each element of the structure whole, even where it runs over a page."""
    told: dict[Any, _Told] = {}
    for number, page in enumerate(file.reader.pages, start=1):
        box = tuple(float(edge) for edge in page.mediabox)
        reader = PageReader((box[0], box[1], box[2], box[3]), file.element, file.unpacked, file.fonts)
        content = b"\n".join(file.unpacked(part) for part in _contents(page))
        resources = page.get("/Resources")
        reader.read(content, resources.get_object() if resources is not None else {}, page.get("/StructParents"))
        _read_more(page, reader)
        place = f"the text of page {number}"
        for run in reader.runs:
            if run.unseen:
                yield Passage(f"{place} ({run.unseen})", run.text, "hidden")
            key = (
                ("furniture", number, run.furniture)
                if run.furniture
                else (run.element, number if run.element is None else 0)
            )
            told.setdefault(key, _Told(place, "furniture" if run.furniture else "text")).add(run)
        yield from (Passage(place, text, "aside") for text in reader.beside)
        yield from (Passage("the words for a drawing", text, "alt") for text in reader.alt)
    for each in told.values():
        if each.text.strip():
            yield Passage(each.place, each.text, each.kind)


class _Told:
    """The words of one element, put together line by line."""

    def __init__(self, place: str, kind: Kind) -> None:
        self.place, self.kind = place, kind
        self._parts: list[str] = []
        self._line: float | None = None

    def add(self, run: Run) -> None:
        if self._line is not None and run.line != self._line:
            self._parts.append(" ")
        self._line = run.line
        self._parts.append(run.text)

    @property
    def text(self) -> str:
        return " ".join("".join(self._parts).split())


def _contents(page: Any) -> Iterator[Any]:
    if "/Contents" not in page:
        return
    held = page.raw_get("/Contents")
    found = held.get_object()
    if isinstance(found, list):
        yield from list.__iter__(found)
    else:
        yield held


def _read_more(page: Any, reader: PageReader) -> None:
    """Read what a page draws beside its content: notes on it, patterns, masks."""
    for note in page.get("/Annots") or ():
        looks = note.get_object().get("/AP")
        for held in _forms(looks.get_object() if looks is not None else {}):
            form = held.get_object()
            reader.read(reader.unpacked(held), _own(form), form.get("/StructParents"), depth=1)
    for held in _drawn_beside(_own(page), 0):
        reader.read(reader.unpacked(held), _own(held.get_object()), None, depth=1)


def _forms(looks: Any) -> Iterator[Any]:
    for key in looks:
        held = looks.raw_get(key)
        found = held.get_object()
        if hasattr(found, "get_data"):
            yield held
        else:
            yield from _forms(found)


def _own(held: Any) -> Any:
    resources = held.get("/Resources")
    return {} if resources is None else resources.get_object()


def _drawn_beside(resources: Any, depth: int) -> Iterator[Any]:
    """Give tiles of patterns and drawings that serve as masks."""
    if depth > 12:
        raise UnreadableError("drawings within drawings, deeper than can be read")
    for kind in ("/Pattern", "/ExtGState", "/XObject"):
        listed: Any = resources.get(kind)
        listed = listed.get_object() if listed is not None else {}
        for name in listed:
            held = listed.raw_get(name)
            found = held.get_object()
            if kind == "/Pattern" and hasattr(found, "get_data"):
                yield held
                yield from _drawn_beside(_own(found), depth + 1)
            elif kind == "/XObject" and found.get("/Subtype") == "/Form":
                yield from _drawn_beside(_own(found), depth + 1)
            elif kind == "/ExtGState" and hasattr(found.get("/SMask"), "raw_get"):
                mask = found["/SMask"]
                yield mask.raw_get("/G")
                yield from _drawn_beside(_own(mask["/G"]), depth + 1)


def _streams(file: _File, swept: Sweep) -> Iterator[Passage]:
    """Give what the streams hold that no page has drawn; refuse those of which nobody can say what they are."""
    fonts, profiles = _referred(file, swept)
    for number in swept.streams:
        if number in file.read or number in fonts:
            continue
        stream = file.stream(number)
        kind, sub = stream.get("/Type"), stream.get("/Subtype")
        if kind == "/Metadata" or sub == "/XML":
            text = file.unpacked(stream.indirect_reference).decode("utf-8")
            yield Passage("its metadata (XMP)", text, "source")
            yield Passage("its metadata (XMP)", _TAG.sub("\n", text), "aside")
        elif sub == "/Image":
            yield from _picture(file, stream)
        elif kind == "/CMap" or number in profiles:
            yield Passage(
                "a table of a font or of colours", file.unpacked(stream.indirect_reference).decode("latin-1"), "packed"
            )
        elif kind in ("/EmbeddedFile", "/Filespec"):
            yield from _attachment(file, stream)
        else:
            raise UnreadableError("a part that no page shows")


def _referred(file: _File, swept: Sweep) -> tuple[set[int], set[int]]:
    """Return the numbers of the streams that hold fonts, and of those that hold colour profiles or tables of fonts."""
    texts = [swept.plain, *file.packed_objects(swept)]
    fonts, tables = set(), set()
    for text in texts:
        fonts |= {int(found) for found in re.findall(rb"/FontFile[23]?\s+(\d+)\s+\d+\s+R", text)}
        tables |= {
            int(found)
            for found in re.findall(rb"/(?:ICCBased|DestOutputProfile|ToUnicode|CIDSet)\s+(\d+)\s+\d+\s+R", text)
        }
        tables |= {int(found) for found in re.findall(rb"\[\s*/ICCBased\s+(\d+)", text)}
    return fonts, tables


def _picture(file: _File, stream: Any) -> Iterator[Passage]:
    from rca_lib.render.gate.within import read_within

    filters = stream.get("/Filter", ())
    last = filters if isinstance(filters, str) else (list(filters) or [""])[-1]
    if last == "/DCTDecode":
        yield from read_within(bytes(stream._data), "image/jpeg", "a picture", file.budget)
    elif last in ("/JPXDecode", "/JBIG2Decode", "/CCITTFaxDecode"):
        raise UnreadableError("a picture of a kind that nothing here can read")
    else:
        file.unpacked(stream.indirect_reference)


def _attachment(file: _File, stream: Any) -> Iterator[Passage]:
    from rca_lib.render.gate.within import kind_of, read_as

    content = file.unpacked(stream.indirect_reference)
    yield Passage("an attachment", "", "hidden")
    for each in file.budget.within(lambda: read_as(kind_of(content), content, file.budget)):
        yield Passage(
            f"an attachment: {each.where}", each.text, "aside" if each.kind == "text" else each.kind, each.finer
        )
