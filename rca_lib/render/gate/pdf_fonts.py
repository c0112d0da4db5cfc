"""What the codes of a PDF's fonts stand for, as the file itself tells programs that copy text out of it."""

from __future__ import annotations

import re
from typing import Any

from rca_lib.render.gate.passages import UnreadableError
from rca_lib.render.gate.pdf_syntax import raw

__all__ = ["Font", "read_font"]

_SECTION = re.compile(rb"begin(bfchar|bfrange|codespacerange)(.*?)end\1", re.DOTALL)
_CHAR = re.compile(rb"<([0-9A-Fa-f\s]+)>\s*<([0-9A-Fa-f\s]*)>")
_RANGE = re.compile(rb"<([0-9A-Fa-f]+)>\s*<([0-9A-Fa-f]+)>\s*(?:<([0-9A-Fa-f]*)>|\[(.*?)\])", re.DOTALL)
_WIDEST = 65_536
"""Codes that one range may name."""
_ENCODINGS = {"/WinAnsiEncoding": "cp1252", "/MacRomanEncoding": "mac-roman", "/StandardEncoding": "latin-1"}


class Font:
    """Turns the codes of one font into letters; a code that stands for nothing gives the replacement character."""

    def __init__(self, letters: dict[bytes, str], width: int, encoding: str | None = None) -> None:
        self._letters = letters
        self._width = width
        self._encoding = encoding
        self._known: dict[bytes, str] = {}

    def shown(self, literal: bytes, packed: bytes = b"") -> str:
        """Return what a string says, as it is written in the file; most strings are a letter or two and come again."""
        said = self._known.get(literal) if literal else None
        if said is None:
            said = self.text(raw(literal, packed))
            if literal:
                self._known[literal] = said
        return said

    def text(self, codes: bytes) -> str:
        """Return what a string of codes says.

        Examples
        --------
        >>> Font({b"\\x00\\x01": "f"}, 2).text(b"\\x00\\x01\\x00\\x02")
        'f\ufffd'
        """
        if self._encoding is not None:
            return codes.decode(self._encoding, "replace")
        width, letters = self._width, self._letters
        return "".join([letters.get(codes[at : at + width], "\ufffd") for at in range(0, len(codes), width)])


def read_font(font: Any, unpacked: Any) -> Font:
    """Return what the codes of a font stand for.

    Parameters
    ----------
    font : its dictionary.
    unpacked : gives the content of a stream of the file.

    Raises
    ------
    UnreadableError : when the font does not say what its codes stand for, or draws its letters itself.
    """
    if font.get("/Subtype") == "/Type3":
        raise UnreadableError("letters that are drawn and not written")
    if "/ToUnicode" in font:
        return _mapped(unpacked(font["/ToUnicode"]), 2 if font.get("/Subtype") == "/Type0" else 1)
    encoding = font.get("/Encoding", "/StandardEncoding")
    if font.get("/Subtype") != "/Type0" and isinstance(encoding, str) and encoding in _ENCODINGS:
        return Font({}, 1, _ENCODINGS[encoding])
    raise UnreadableError("a font that does not say which letters it shows")


def _mapped(content: bytes, width: int) -> Font:
    letters: dict[bytes, str] = {}
    for kind, body in _SECTION.findall(content):
        if kind == b"codespacerange":
            widths = {len(b"".join(low.split())) // 2 for low, _ in _CHAR.findall(body)}
            if len(widths) != 1:
                raise UnreadableError("a font with codes of several lengths")
            width = widths.pop()
        elif kind == b"bfchar":
            for code, said in _CHAR.findall(body):
                letters[_bytes(code)] = _said(said)
        else:
            for low, high, first, listed in _RANGE.findall(body):
                _fill(letters, low, high, first, listed)
    return Font(letters, width)


def _fill(letters: dict[bytes, str], low: bytes, high: bytes, first: bytes, listed: bytes) -> None:
    size, start, end = len(low) // 2, int(low, 16), int(high, 16)
    if end - start > _WIDEST:
        raise UnreadableError("a font with more codes than can be read")
    each = [_said(one) for one in re.findall(rb"<([0-9A-Fa-f\s]*)>", listed)]
    base = _said(first) if first else ""
    for at in range(end - start + 1):
        code = (start + at).to_bytes(size, "big")
        if each:
            letters[code] = each[at] if at < len(each) else "\ufffd"
        elif base:
            letters[code] = base[:-1] + chr(ord(base[-1]) + at)


def _bytes(digits: bytes) -> bytes:
    return bytes.fromhex(b"".join(digits.split()).decode("ascii"))


def _said(digits: bytes) -> str:
    return _bytes(digits).decode("utf-16-be", "replace")
