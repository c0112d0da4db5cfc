"""PDF files as they are written: what stands outside of streams, and the texts in it, whether or not anything points there.

A reader of PDF files follows pointers from the end of the file, and never meets what nothing points to: an older revision, an
object left behind. Here the file is gone through from its first byte to its last.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from rca_lib.render.gate.passages import UnreadableError

__all__ = ["STRING", "Sweep", "decoded", "key_values", "raw", "strings", "sweep", "text_of"]

_STREAM = re.compile(rb">>\s*stream(\r\n|\n)")
_OBJECT = re.compile(rb"(?<![^\s])(\d{1,10})\s+(\d{1,5})\s+obj\b")
_LENGTH = re.compile(rb"/Length\s+(\d+)(?!\s+\d+\s+R)(?!\d)")
_END = re.compile(rb"\s*endstream\b")

STRING = rb"\((?:[^()\\]++|\\.|\((?:[^()\\]++|\\.|\((?:[^()\\]++|\\.)*+\))*+\))*+\)"
"""A literal string, with brackets within it up to two deep."""
_KEYED = re.compile(rb"(?:/(\w+)\s*)?(?:(" + STRING + rb")|(?<!<)<([0-9A-Fa-f\s]*)>(?!>))", re.DOTALL)
_NAME = re.compile(rb"/[^\s()<>\[\]{}/%]*#[^\s()<>\[\]{}/%]*")
_HEX_IN_NAME = re.compile(rb"#([0-9A-Fa-f]{2})")
_ESCAPE = re.compile(rb"\\(?:[0-3]?[0-7]{1,2}|\r\n|.)", re.DOTALL)
_LETTERS = {b"n": b"\n", b"r": b"\r", b"t": b"\t", b"b": b"\b", b"f": b"\f"}


@dataclass(frozen=True)
class Sweep:
    """A file, parted into what stands outside of streams and where its objects stand.

    Attributes
    ----------
    plain : everything outside of streams.
    objects : the place of each object, by number; a number that comes again is refused.
    streams : the numbers of the objects that are streams.
    """

    plain: bytes
    objects: dict[int, int]
    streams: tuple[int, ...]


def sweep(content: bytes) -> Sweep:
    """Go through a PDF file from its first byte to its last.

    Raises
    ------
    UnreadableError : when a stream does not end where it says, when an object comes twice, as in a file that was changed and
        still holds what it said before, or when something stands after the end.
    """
    plain: list[bytes] = []
    objects: dict[int, int] = {}
    streams: list[int] = []
    at = 0
    while (begun := _STREAM.search(content, at)) is not None:
        piece = content[at : begun.end()]
        numbers = _place(piece, at, objects)
        if not numbers:
            raise UnreadableError("a stream that belongs to nothing")
        streams.append(numbers[-1])
        plain.append(piece)
        at = _end(content, begun.end(), piece)
    _place(content[at:], at, objects)
    plain.append(content[at:])
    if content[at:].count(b"%%EOF") != 1 or content.count(b"startxref") != 1 or content[at:].rstrip()[-5:] != b"%%EOF":
        raise UnreadableError("more than one revision, or something after its end")
    return Sweep(b"\n".join(plain), objects, tuple(streams))


def _place(piece: bytes, offset: int, objects: dict[int, int]) -> list[int]:
    numbers = []
    for found in _OBJECT.finditer(piece):
        number = int(found[1])
        if number in objects:
            raise UnreadableError("an object that comes twice")
        objects[number] = offset + found.start()
        numbers.append(number)
    return numbers


def _end(content: bytes, start: int, piece: bytes) -> int:
    """Return where a stream ends: where its dictionary says, or at the next mark where the length stands elsewhere."""
    said = _LENGTH.findall(piece[piece.rfind(b" obj") :])
    if said:
        end = start + int(said[-1])
        if not _END.match(content, end):
            raise UnreadableError("a stream that does not end where it says")
        return end
    end = content.find(b"endstream", start)
    if end < 0:
        raise UnreadableError("a stream without an end")
    return end


def strings(plain: bytes) -> str:
    """Return every text string, and every name with an escape in it, a line each.

    Examples
    --------
    >>> strings(b"<</Title(A \\\\(b\\\\))/S<FEFF00E9>/A#42C 1>>")
    'A (b)\\né\\n/ABC'
    """
    found = [decoded(literal, packed) for _, literal, packed in _KEYED.findall(plain)]
    names = [_HEX_IN_NAME.sub(lambda code: bytes.fromhex(code[1].decode()), name) for name in _NAME.findall(plain)]
    return "\n".join([*found, *(name.decode("latin-1") for name in names)])


def key_values(plain: bytes) -> Iterator[tuple[str, str]]:
    """Give the strings of dictionaries with their keys, in the order of the file; those of lists have an empty key.

    >>> list(key_values(b"<</Alt(A chart)/K[(x)]>>"))
    [('Alt', 'A chart'), ('', 'x')]
    """
    for key, literal, packed in _KEYED.findall(plain):
        yield key.decode("latin-1"), decoded(literal, packed)


def decoded(literal: bytes, packed: bytes = b"") -> str:
    """Return what a literal string, or the digits of a hexadecimal one, says.

    >>> decoded(b"(a\\\\051)"), decoded(b"", b"4 1")
    ('a)', 'A')
    """
    return text_of(raw(literal, packed))


def raw(literal: bytes, packed: bytes = b"") -> bytes:
    """Return the bytes of a literal string, or of the digits of a hexadecimal one."""
    if literal:
        body = literal[1:-1]
        return _ESCAPE.sub(_unescaped, body) if b"\\" in body else body
    digits = b"".join(packed.split())
    return bytes.fromhex((digits + b"0" * (len(digits) % 2)).decode("ascii"))


def text_of(content: bytes) -> str:
    """Return a text string by the mark at its beginning; without one, a letter a byte."""
    if content.startswith(b"\xfe\xff"):
        return content[2:].decode("utf-16-be", "replace")
    if content.startswith(b"\xff\xfe"):
        return content[2:].decode("utf-16-le", "replace")
    if content.startswith(b"\xef\xbb\xbf"):
        return content[3:].decode("utf-8", "replace")
    return content.decode("latin-1")


def _unescaped(found: re.Match[bytes]) -> bytes:
    written = found[0]
    known = _ESCAPED.get(written)
    return known if known is not None else b"" if written[1:2] in b"\r\n" else written[1:]


_ESCAPED = {b"\\%03o" % code: bytes([code]) for code in range(256)} | {
    b"\\" + (b"%o" % code).zfill(digits): bytes([code]) for digits in (1, 2) for code in range(8**digits)
}
_ESCAPED |= {b"\\" + letter: said for letter, said in _LETTERS.items()}
