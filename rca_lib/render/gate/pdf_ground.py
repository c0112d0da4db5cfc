"""Whether white letters of a PDF stand on something darker, drawn before them. Asked only where letters are white."""

from __future__ import annotations

import re
from functools import lru_cache

__all__ = ["has_ground"]

_STEP = re.compile(
    rb"\((?:[^()\\]++|\\.)*+\)|(?P<numbers>(?:-?[\d.]+\s+)*)(?P<word>re|m|l|c|v|y|h|f\*?|F|B\*?|b\*?|n|S|s|W\*?|q|Q|cm|g|rg|k|scn?)(?![A-Za-z0-9*])",
    re.DOTALL,
)
_PAINTS = frozenset({b"f", b"f*", b"F", b"B", b"B*", b"b", b"b*"})
_ENDS = frozenset({b"n", b"S", b"s"})
_FILLS = frozenset({b"g", b"rg", b"k", b"sc", b"scn"})

Box = tuple[float, float, float, float]


def has_ground(content: bytes, before: int, moves: tuple[bytes, ...], point: tuple[float, ...]) -> bool:
    """Return whether a shape that is not white is painted under a point of the page before a place in a content stream.

    Parameters
    ----------
    moves : how the stream as a whole is moved on the page, and the letters within it.
    point : where the letters begin, on the page.

    Examples
    --------
    >>> dark = b"0 0 1 rg 0 0 100 100 re f 1 g "
    >>> has_ground(dark, len(dark), (), (5.0, 5.0)), has_ground(dark, len(dark), (), (500.0, 5.0))
    (True, False)
    """
    x, y = point
    return any(
        at < before and left - 1 <= x <= right + 1 and low - 1 <= y <= high + 1
        for at, (left, low, right, high) in _painted(content, _base(content, moves))
    )


def _base(content: bytes, moves: tuple[bytes, ...]) -> tuple[bytes, ...]:
    """Return the moves that were in force before the stream began: those that are no step of it."""
    kept: list[bytes] = []
    for move in moves:
        if move in content:
            break
        kept.append(move)
    return tuple(kept)


@lru_cache(maxsize=8)
def _painted(content: bytes, base: tuple[bytes, ...]) -> tuple[tuple[int, Box], ...]:
    """The boxes of the shapes that are filled with another colour than white, with the place where each is painted."""
    from rca_lib.render.gate.pdf_text import multiplied

    matrix = (1.0, 0.0, 0.0, 1.0, 0.0, 0.0)
    for move in base:
        matrix = multiplied(_six(_floats(move)), matrix)
    stack, path, white = [], list[tuple[float, float]](), False
    found: list[tuple[int, Box]] = []
    for step in _STEP.finditer(content):
        word = step["word"]
        if word is None:
            continue
        numbers = _floats(step["numbers"])
        if word == b"q":
            stack.append((matrix, white))
        elif word == b"Q" and stack:
            matrix, white = stack.pop()
        elif word == b"cm" and len(numbers) >= 6:
            matrix = multiplied(_six(numbers), matrix)
        elif word in _FILLS:
            white = bool(numbers) and (max(numbers) <= 0.03 if len(numbers) == 4 else min(numbers) >= 0.97)
        elif word == b"re" and len(numbers) >= 4:
            x, y, wide, high = numbers[-4:]
            path += [_on_page(matrix, x, y), _on_page(matrix, x + wide, y + high)]
        elif word in (b"m", b"l", b"c", b"v", b"y") and len(numbers) >= 2:
            path.append(_on_page(matrix, *numbers[-2:]))
        elif word in _PAINTS:
            if path and not white:
                across, up = zip(*path, strict=True)
                found.append((step.start(), (min(across), min(up), max(across), max(up))))
            path = []
        elif word in _ENDS:
            path = []
    return tuple(found)


def _floats(given: bytes) -> list[float]:
    return [float(word) for word in given.split()]


def _six(numbers: list[float]) -> tuple[float, float, float, float, float, float]:
    a, b, c, d, e, f = numbers[-6:]
    return (a, b, c, d, e, f)


def _on_page(matrix: tuple[float, ...], x: float, y: float) -> tuple[float, float]:
    a, b, c, d, e, f = matrix
    return a * x + c * y + e, b * x + d * y + f
