"""Figures on slides: below their heading, or beside it where they are tall, and parted where they are taller still."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from rca_lib.render.deck import measure
from rca_lib.render.deck.drawings import Drawing, read_drawing
from rca_lib.render.deck.layout import BODY_BOTTOM, NOTE_SIZE, RULE, TITLE_TOP, WIDE, X, heading, small_print
from rca_lib.render.deck.records import SMALLEST, Element, Frame, Picture, Slide, Text
from rca_lib.render.deck.titles import SIDE, fit_title

__all__ = ["lay_figure"]

_BESIDE = 138.0
"""Room for a caption beside a drawing."""
_NARROWEST = 128.0
"""The least room for a heading beside a drawing."""
_GAP = 18.0
_CAPTION_ROOM = 780.0
_TALL_TOP = RULE + 6.0
_NUMBERED = " (2\u00a0of\u00a02)"


@dataclass(frozen=True)
class _Place:
    """Where the parts of one drawing stand: its heading, its caption, and the frame of the drawing."""

    title: str
    size: float
    heading: Frame
    room: Frame
    caption: Frame | None
    parts: list[tuple[str, float]]
    scale: float


def lay_figure(block: dict[str, Any], title: str, suffix: str) -> Iterator[Slide]:
    """Give the slides of a figure.

    Words in a drawing are never smaller than `SMALLEST` points; where a drawing as a whole would be, it is parted. Only one
    that cannot be parted is drawn smaller.

    Parameters
    ----------
    block : a figure as `rca_lib.render.view.assemble` gives it.
    title : the heading.
    suffix : what may stand behind the heading to number it.
    """
    drawing = read_drawing(block["svg"], block["id"])
    caption = block["caption"] or ""
    place = _best(drawing, title, suffix, caption)
    count = len(place.parts)
    for at, (svg, high) in enumerate(place.parts, start=1):
        frame = Frame(place.room.x, place.room.y, round(drawing.width * place.scale, 2), round(high * place.scale, 2))
        alt = block["alt"] if at == 1 else f"Part {at} of {count} of the figure that the first part describes: {title}"
        elements: list[Element] = [Picture(frame, svg, f"Part 1 of {count}. {alt}" if at == 1 < count else alt)]
        if place.caption is not None:
            words, _ = small_print(caption, place.caption.width)
            below = place.caption.y == 0
            under = Frame(X, round(frame.bottom + 8, 2), place.caption.width, place.caption.height)
            elements.append(Text(under if below else place.caption, (words,), "caption"))
        said = tuple(note for note in (caption, block["alt"]) if note) if at == 1 else ()
        yield Slide("content", place.title, place.heading, place.size, tuple(elements), said)


def _best(drawing: Drawing, title: str, suffix: str, caption: str) -> _Place:
    """Choose the place in which a drawing is whole, or else the one in which it has the fewest parts."""
    least = SMALLEST / drawing.smallest if drawing.smallest else 0.0
    whole = [place for place in _places(drawing, title, suffix, caption, whole=True) if place.scale >= least - 1e-6]
    if whole:
        return whole[0]
    parted = list(_places(drawing, title, suffix or _NUMBERED, caption, whole=False))
    readable = [place for place in parted if place.scale >= least - 1e-6]
    if readable:
        return min(readable, key=lambda place: len(place.parts))
    return max(_places(drawing, title, suffix, caption, whole=True), key=lambda place: place.scale)


def _places(drawing: Drawing, title: str, suffix: str, caption: str, *, whole: bool) -> Iterator[_Place]:
    shown, size, head, top = heading(title, suffix)
    below = measure.height(caption, NOTE_SIZE, _CAPTION_ROOM) if caption else 0.0
    room = Frame(X, top, WIDE, round(BODY_BOTTOM - top - (below + 8 if caption else 0.0), 2))
    under = Frame(X, 0.0, _CAPTION_ROOM, round(below, 2)) if caption else None
    yield _filled(drawing, shown, size, head, room, under, whole=whole)
    if caption:
        high = measure.height(caption, NOTE_SIZE, _BESIDE)
        if high <= BODY_BOTTOM - top:
            beside = Frame(X + WIDE - _BESIDE, top + 4, _BESIDE, round(high, 2))
            room = Frame(X, top, WIDE - _BESIDE - _GAP, round(BODY_BOTTOM - top, 2))
            yield _filled(drawing, shown, size, head, room, beside, whole=whole)
    yield from _tall(drawing, title, suffix, caption, whole=whole)


def _tall(drawing: Drawing, title: str, suffix: str, caption: str, *, whole: bool) -> Iterator[_Place]:
    """Give the place in which the heading and the caption stand in a column at the left of the drawing."""
    least = SMALLEST / drawing.smallest if drawing.smallest else 1.0
    column = WIDE - _GAP - drawing.width * least
    if column < _NARROWEST:
        return
    shown, size, high = fit_title(title, suffix, column, SIDE)
    below = measure.height(caption, NOTE_SIZE, column) if caption else 0.0
    if shown != title or TITLE_TOP + high + (12 + below if caption else 0.0) > BODY_BOTTOM:
        return
    head = Frame(X, TITLE_TOP, round(column, 2), round(high, 2))
    beside = Frame(X, round(TITLE_TOP + high + 12, 2), round(column, 2), round(below, 2)) if caption else None
    room = Frame(X + column + _GAP, _TALL_TOP, WIDE - column - _GAP, BODY_BOTTOM - _TALL_TOP)
    yield _filled(drawing, shown, size, head, room, beside, whole=whole)


def _filled(
    drawing: Drawing, title: str, size: float, head: Frame, room: Frame, caption: Frame | None, *, whole: bool
) -> _Place:
    """Return a drawing as large as a frame lets it be, whole or in parts."""
    least = SMALLEST / drawing.smallest if drawing.smallest else room.width / drawing.width
    parts = drawing.parts(drawing.height if whole else room.height / least)
    scale = min(room.width / drawing.width, *(room.height / high for _, high in parts))
    return _Place(title, size, head, room, caption, parts, scale)
