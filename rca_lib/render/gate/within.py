"""Files by what they are: which reader reads a content, as a whole or within another file."""

from __future__ import annotations

from collections.abc import Callable

from rca_lib.render.gate.passages import Budget, Passage, UnreadableError

__all__ = ["kind_of", "read_as", "read_within", "suffix_kind"]

_BEGINNINGS = (
    (b"%PDF-", "pdf"),
    (b"PK\x03\x04", "pptx"),
    (b"\x89PNG\r\n\x1a\n", "png"),
    (b"\xff\xd8\xff", "jpeg"),
)
_MEDIA = {
    "application/pdf": "pdf",
    "image/png": "png",
    "image/jpeg": "jpeg",
    "image/jpg": "jpeg",
    "image/svg+xml": "markup",
    "text/html": "markup",
    "application/xhtml+xml": "markup",
    "application/vnd.openxmlformats-officedocument.presentationml.presentation": "pptx",
}
_SUFFIXES = {
    "html": "markup",
    "htm": "markup",
    "svg": "markup",
    "pdf": "pdf",
    "pptx": "pptx",
    "png": "png",
    "jpg": "jpeg",
    "jpeg": "jpeg",
}


def kind_of(content: bytes) -> str:
    """Return what a content is by its first bytes: ``pdf``, ``pptx``, ``png``, ``jpeg``, ``markup``, ``text`` or ``unknown``.

    Examples
    --------
    >>> kind_of(b"%PDF-1.7"), kind_of(b"<!doctype html>"), kind_of(b"plain words"), kind_of(b"\\x00\\x01")
    ('pdf', 'markup', 'text', 'unknown')
    """
    for beginning, kind in _BEGINNINGS:
        if content.startswith(beginning):
            return kind
    start = content[:1024].removeprefix(b"\xef\xbb\xbf").lstrip()
    if start.startswith(b"<"):
        return "markup"
    try:
        text = content.decode("utf-8")
    except UnicodeDecodeError:
        return "unknown"
    return "text" if all(letter.isprintable() or letter in "\t\r\n" for letter in text) else "unknown"


def read_as(kind: str, content: bytes, budget: Budget) -> list[Passage]:
    """Read a content as one kind of file.

    Raises
    ------
    UnreadableError : when there is no reader for it, or it cannot be read to its end.
    """
    reader = _reader(kind)
    if reader is None:
        raise UnreadableError("a kind of content that nothing here can read")
    return reader(content, budget)


def read_within(content: bytes, media: str, place: str, budget: Budget) -> list[Passage]:
    """Read a file that stands within a file: its bytes decide what it is, and its media type must agree.

    The texts of a drawing in it are texts of a drawing to the reader of the whole.
    """
    kind = kind_of(content)
    said = _MEDIA.get(media)
    if media in ("text/plain", "text/css", "application/xml", "text/xml") and kind in ("text", "markup"):
        said = kind
    if said != kind:
        raise UnreadableError(f"a part ({place}) that is not what it says it is")
    found = budget.within(lambda: read_as(kind, content, budget))
    return [
        Passage(f"{place}: {each.where}", each.text, "figure" if each.kind == "text" else each.kind, each.finer)
        for each in found
    ]


def suffix_kind(name: str) -> str | None:
    """Return what a file is by its name, or ``None`` for a suffix that no review has.

    >>> suffix_kind("leadership.slides.pdf"), suffix_kind("x.exe")
    ('pdf', None)
    """
    return _SUFFIXES.get(name.rpartition(".")[2].lower())


def _reader(kind: str) -> Callable[[bytes, Budget], list[Passage]] | None:
    if kind == "markup":
        from rca_lib.render.gate.markup import read_markup

        return read_markup
    if kind == "pdf":
        from rca_lib.render.gate.pdf import read_pdf

        return read_pdf
    if kind == "pptx":
        from rca_lib.render.gate.pptx import read_pptx

        return read_pptx
    if kind in ("png", "jpeg"):
        from rca_lib.render.gate.images import read_jpeg, read_png

        return read_png if kind == "png" else read_jpeg
    return _read_text if kind == "text" else None


def _read_text(content: bytes, budget: Budget) -> list[Passage]:
    budget.spend(len(content))
    return [Passage("the text", content.decode("utf-8"), "text")]
