"""How much room words take, by the metrics of the house fonts, with some to spare for the fonts of others."""

from __future__ import annotations

from functools import cache, lru_cache
from pathlib import Path

from rca_lib.render import style
from rca_lib.render.deck.records import Face

__all__ = ["LEADING", "STRETCH", "break_after", "cut", "height", "lines", "overlong", "widest_word", "width"]

STRETCH: dict[Face, float] = {"sans": 1.1, "semibold": 1.13, "serif": 1.07}
"""Room kept for slides that are set in Arial and Georgia, which run wider than Source Sans and Source Serif."""
_DIGITS: dict[Face, float] = {"sans": 0.557, "semibold": 0.557, "serif": 0.6}
"""The widths of a digit in those fonts, for a size of one point: more than the rest of their letters would let one think."""
LEADING: dict[Face, float] = {"sans": 1.28, "semibold": 1.28, "serif": 1.18}
"""From line to line, as a multiple of the size."""


def width(text: str, size: float, face: Face = "sans") -> float:
    """Return the points that a line takes.

    Examples
    --------
    >>> width("ii", 20) < width("mm", 20)
    True
    """
    return sum(_word(word, face) for word in text.split(" ")) * size + text.count(" ") * _word(" ", face) * size


def widest_word(text: str, size: float, face: Face = "sans") -> float:
    """Return the points that the widest word of a text takes."""
    return max((_word(word, face) for word in text.split(" ")), default=0.0) * size


def lines(text: str, size: float, room: float, face: Face = "sans") -> list[str]:
    """Return the lines into which a text breaks in `room` points; a word that is too wide for a line is broken within.

    Examples
    --------
    >>> lines("one two three", 20, 80)
    ['one two', 'three']
    """
    made: list[str] = []
    line, used = "", 0.0
    gap = _word(" ", face) * size
    for word in text.split(" "):
        wide = _word(word, face) * size
        if line and used + gap + wide <= room:
            line, used = f"{line} {word}", used + gap + wide
            continue
        if line:
            made.append(line)
        *full, line = _pieces(word, size, room, face) if wide > room else (word,)
        made += full
        used = width(line, size, face)
    return [*made, line]


@lru_cache(maxsize=8192)
def height(text: str, size: float, room: float, face: Face = "sans") -> float:
    """Return the points from the top of the first line of a text to the foot of its last."""
    return len(lines(text, size, room, face)) * size * LEADING[face]


def overlong(text: str, size: float, room: float, face: Face = "sans") -> int:
    """Return how many characters the shortest word has that is too wide for `room`; 0 when every word fits.

    Examples
    --------
    >>> overlong("an identifier " + "x" * 40, 20, 100)
    40
    """
    return min((len(word) for word in text.split(" ") if _word(word, face) * size > room), default=0)


def cut(text: str, size: float, room: float, face: Face = "sans") -> str:
    """Return a line that fits into `room` points, with an ellipsis when something had to go."""
    if width(text, size, face) <= room:
        return text
    low, high = 0, len(text)
    while low < high:
        middle = (low + high + 1) // 2
        fits = width(text[:middle].rstrip() + "…", size, face) <= room
        low, high = (middle, high) if fits else (low, middle - 1)
    return text[:low].rstrip(" ,;:–-·") + "…"


def break_after(text: str, size: float, room: float, most: int, face: Face = "sans") -> tuple[str, str]:
    """Return the part of a text that fills at most `most` lines, and the rest; a broken word loses no character.

    Examples
    --------
    >>> break_after("one two three four", 20, 80, 1)
    ('one two', 'three four')
    """
    made = lines(text, size, room, face)
    if len(made) <= most:
        return text, ""
    # Counted by what is not a space: at the end of a line, spaces are dropped.
    wanted = sum(len(line.replace(" ", "")) for line in made[:most])
    at = 0
    while wanted:
        wanted -= text[at] != " "
        at += 1
    return text[:at], text[at:].lstrip(" ")


def _pieces(word: str, size: float, room: float, face: Face) -> list[str]:
    pieces: list[str] = []
    piece, used = "", 0.0
    for character in word:
        wide = _word(character, face) * size
        if piece and used + wide > room:
            pieces.append(piece)
            piece, used = "", 0.0
        piece, used = piece + character, used + wide
    return [*pieces, piece]


@lru_cache(maxsize=8192)
def _word(word: str, face: Face) -> float:
    """Return the width of a word for a size of one point; a character that the font lacks counts as wide as it is high."""
    advances = _advances(face)
    wide = 0.0
    for character in word:
        own = advances.get(ord(character), 1.0) * STRETCH[face]
        wide += max(own, _DIGITS[face]) if character in "0123456789" else own
    return wide


@cache
def _advances(face: Face) -> dict[int, float]:
    import font_source_serif_pro
    from fontTools.ttLib import TTFont  # type: ignore[import-untyped]

    serif = Path(font_source_serif_pro.__file__).parent / "files" / "SourceSerifPro-Semibold.ttf"
    with TTFont(serif if face == "serif" else style.font_file(bold=face == "semibold"), lazy=True) as font:
        units, widths = font["head"].unitsPerEm, font["hmtx"].metrics
        return {code: widths[name][0] / units for code, name in font.getBestCmap().items()}
