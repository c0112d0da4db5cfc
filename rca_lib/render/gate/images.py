"""Pictures: their chunks, comments and camera data are read; what their points show is not.

A review made here holds drawings as words and shapes. A picture of points can hold words that only a person, or a reader of
pictures, can see; there the allow-list alone decides.
"""

from __future__ import annotations

import re
import struct
import zlib

from rca_lib.render.gate.passages import Budget, Passage, UnreadableError

__all__ = ["inflate", "read_jpeg", "read_png"]

_BESIDE = re.compile(r"[^\t\n\r -\u024f]+")
_POINTS = frozenset({b"IHDR", b"PLTE", b"IDAT", b"IEND", b"tRNS", b"gAMA", b"cHRM", b"sRGB", b"pHYs", b"sBIT", b"bKGD"})
"""Chunks of measures and points; every other one is read for text."""
_ALONE = frozenset({0x01, 0xD8, *range(0xD0, 0xD8)})
"""Marks of a JPEG file that stand without a segment."""


def read_png(content: bytes, budget: Budget) -> list[Passage]:
    """Return what a PNG picture says beside its points: its text chunks, camera data and profiles.

    Raises
    ------
    UnreadableError : when it is cut off, a chunk does not match its sum, or something follows its end.
    """
    budget.spend(len(content))
    at, found, ended = 8, list[Passage](), False
    while at < len(content):
        if ended:
            raise UnreadableError("a picture that goes on after its end")
        if at + 12 > len(content):
            raise UnreadableError("a picture that is cut off")
        length, name = struct.unpack(">I4s", content[at : at + 8])
        body = content[at + 8 : at + 8 + length]
        check = content[at + 8 + length : at + 12 + length]
        if len(check) < 4 or zlib.crc32(name + body) != struct.unpack(">I", check)[0]:
            raise UnreadableError("a picture that is cut off or was changed")
        if name not in _POINTS:
            found += _chunk(name, body, budget)
        ended = name == b"IEND"
        at += 12 + length
    if not ended:
        raise UnreadableError("a picture that is cut off")
    return found


def _chunk(name: bytes, body: bytes, budget: Budget) -> list[Passage]:
    label = name.decode("latin-1")
    where = f"a chunk of a picture ({label})"
    if name == b"zTXt":
        key, _, packed = body.partition(b"\0")
        return [Passage(where, _decoded(key + b"\n" + inflate(packed[1:], budget)), "aside")]
    if name == b"iTXt":
        key, _, rest = body.partition(b"\0")
        is_packed, rest = rest[:1] == b"\x01", rest[2:]
        language, _, rest = rest.partition(b"\0")
        title, _, text = rest.partition(b"\0")
        said = inflate(text, budget) if is_packed else text
        return [Passage(where, _decoded(b"\n".join((key, language, title, said))), "aside")]
    if name == b"iCCP":
        key, _, packed = body.partition(b"\0")
        return _both(where, key + b"\n" + inflate(packed[1:], budget))
    if name in (b"tEXt", b"tIME"):
        return [Passage(where, _decoded(body.replace(b"\0", b"\n")), "aside")]
    return _both(where, body)


def read_jpeg(content: bytes, budget: Budget) -> list[Passage]:
    """Return what a JPEG picture says beside its points: comments, camera data and every other segment.

    Raises
    ------
    UnreadableError : when it is cut off, or something follows its end.
    """
    budget.spend(len(content))
    at, found = 2, list[Passage]()
    while at + 2 <= len(content):
        if content[at] != 0xFF:
            raise UnreadableError("a picture that is cut off or was changed")
        mark = content[at + 1]
        if mark == 0xFF:
            at += 1
            continue
        if mark == 0xD9:
            if content[at + 2 :].strip(b"\0"):
                raise UnreadableError("a picture that goes on after its end")
            return found
        if mark in _ALONE:
            at += 2
            continue
        length = int.from_bytes(content[at + 2 : at + 4], "big")
        if length < 2 or at + 2 + length > len(content):
            raise UnreadableError("a picture that is cut off")
        if mark == 0xFE or 0xE0 <= mark <= 0xEF:
            found += _both(f"a segment of a picture ({mark:02X})", content[at + 4 : at + 2 + length])
        at += 2 + length
        if mark == 0xDA:
            at = _after_points(content, at)
    raise UnreadableError("a picture that is cut off")


def _after_points(content: bytes, at: int) -> int:
    """Return where the next segment begins: within points, a mark is followed by zero or restarts them."""
    while True:
        at = content.find(b"\xff", at)
        if at < 0 or at + 1 >= len(content):
            raise UnreadableError("a picture that is cut off")
        if content[at + 1] == 0 or 0xD0 <= content[at + 1] <= 0xD7:
            at += 2
            continue
        return at


def inflate(packed: bytes, budget: Budget) -> bytes:
    """Unpack a zlib stream, no further than the budget goes.

    Raises
    ------
    UnreadableError : when it is no such stream, is cut off, or unpacks to too much.
    """
    unpacker = zlib.decompressobj()
    try:
        plain = unpacker.decompress(packed, max(1, budget.left + 1))
    except zlib.error:
        raise UnreadableError("packed data that cannot be unpacked") from None
    budget.spend(len(plain))
    if not unpacker.eof:
        raise UnreadableError("packed data that is cut off")
    return plain


def _decoded(body: bytes) -> str:
    try:
        return body.decode("utf-8")
    except UnicodeDecodeError:
        return body.decode("latin-1")


def _both(where: str, body: bytes) -> list[Passage]:
    """Give a body that may hold text in one byte a letter or in two, as camera data do."""
    texts = {body.decode("latin-1")}
    for code in ("utf-16-le", "utf-16-be"):
        # In pairs of bytes, what stands beside the text looks like letters of another script.
        texts |= {_BESIDE.sub("\n", part.decode(code, "ignore")) for part in (body, body[1:])}
    return [Passage(where, text, "packed") for text in sorted(texts)]
