"""Prose on slides: as large as it can be set on one, or parted between sentences over several."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

from rca_lib.render.deck import measure
from rca_lib.render.deck.layout import WIDE
from rca_lib.render.deck.records import Face, Words
from rca_lib.render.deck.sentences import sentences

__all__ = ["INDENT", "Unit", "fits", "laid_out", "room_for", "slides_of", "stands_alone", "units_of"]

_HEAD, _BODY = 26.0, 20.0
_SCALES = (1.5, 1.35, 1.2, 1.1, 1.0, 0.92)
"""How much larger or smaller than usual prose may be set so that it stands on one slide."""
_FILLED = 0.72
"""How much of a slide prose fills that is set larger than usual."""
_MOST = {"lone": 1.5, "led": 1.35, "other": 1.2}
"""The largest scale of a statement that stands alone, of prose that a sentence leads, and of any other."""
_HEAD_ROOM, _BODY_ROOM = WIDE, 780.0
"""Points: lines of more than about eighty characters of the usual size are hard to follow on a wall."""
INDENT = 1.2
"""How far items stand in from their marks, as a multiple of the size."""
_SENTENCE, _ITEM, _PARAGRAPH, _UNDER_HEAD = 8.0, 11.0, 18.0, 14.0
"""Points above a sentence, an item, a paragraph, and what follows a headline."""
_WITHIN = 0.15
"""How much a slide that ends within a paragraph counts against a plan, where an empty slide counts one."""
_MOST_UNITS = 20
"""No slide holds more sentences or items than this."""
_HEADLINE = 400
_LONE = 240
"""Up to how many characters the first sentence on a slide is set large, and one that stands there alone."""

_LONG = 400
"""From how many characters on a paragraph has a slide of its own."""


@dataclass(frozen=True)
class Unit:
    """What is not parted: a sentence, a paragraph of several, or an item of a list.

    ``begins`` says that a paragraph, and ``parts`` that a block begins here; ``leads`` that it may be set large where it is
    the first on a slide.
    """

    text: str
    mark: str = ""
    begins: bool = True
    parts: bool = False
    leads: bool = False
    kind: str = "body"


def slides_of(block: dict[str, Any]) -> list[dict[str, Any]]:
    """Return a prose block as the blocks that stand on slides of their own.

    What happened, why and what is not known are told one a slide, and so is any other long paragraph.
    """
    style, paragraphs = block["style"], block["paragraphs"]
    apart = style == "lead" or (style in ("body", "note") and any(len(text) > _LONG for text in paragraphs))
    return [{**block, "paragraphs": [text]} for text in paragraphs] if apart else [block]


def units_of(block: dict[str, Any]) -> list[Unit]:
    """Return the units of a prose block: items, or sentences of what leads or stands alone, or whole paragraphs."""
    style, paragraphs = block["style"], block["paragraphs"]
    if style in ("list", "steps") and len(paragraphs) > 1:
        marks = (f"{at}." if style == "steps" else "•" for at in range(1, len(paragraphs) + 1))
        found = [Unit(text, mark, kind="item") for text, mark in zip(paragraphs, marks, strict=True)]
    elif style == "lead" or len(paragraphs) == 1:
        found = [
            Unit(text, begins=at == 0, leads=True)
            for paragraph in paragraphs
            for at, text in enumerate(sentences(paragraph))
        ]
    else:
        found = [Unit(text) for text in paragraphs]
    return [replace(found[0], parts=True), *found[1:]]


def room_for(size: float) -> float:
    """Return how wide a column of prose is in a size: the larger, the wider, up to the edges of the slide."""
    return round(min(WIDE, _BODY_ROOM * max(1.0, size / _BODY)), 2)


def fits(units: Sequence[Unit], room: float, *, scale: float = 1.0) -> bool:
    """Return whether units stand on one slide, with `room` points from top to bottom."""
    return _height(_set(units, scale)) <= room


def stands_alone(units: Sequence[Unit]) -> bool:
    """Return whether units are one short statement, which is set as large as a heading."""
    return len(units) == 1 and units[0].leads and len(units[0].text) <= _LONE


def laid_out(units: Sequence[Unit], room: float) -> list[tuple[Words, ...]]:
    """Return the words of each slide that the units take, evenly spread over as few slides as hold them."""
    most = _MOST["lone" if stands_alone(units) else "led" if units[0].leads else "other"]
    for scale in _SCALES:
        if scale <= most and fits(units, room * (_FILLED if scale > 1 else 1.0), scale=scale):
            return [_set(units, scale)]
    pieces = list(_small_enough(units, room))
    return [_set(pieces[begin:end], 1.0) for begin, end in _spread(pieces, room)]


def _set(units: Sequence[Unit], scale: float) -> tuple[Words, ...]:
    """Return units as words of one slide: the first may be its headline."""
    led = units[0].leads and len(units[0].text) <= _HEADLINE and (stands_alone(units) or len(units) > 1)
    return tuple(_words(unit, scale, at, led=led) for at, unit in enumerate(units))


def _words(unit: Unit, scale: float, at: int, *, led: bool) -> Words:
    """Return a unit as the words at one place of a slide; ``led`` says that the first of them is a headline."""
    face: Face = "serif" if led and at == 0 else "sans"
    size = round((_HEAD if face == "serif" else _BODY) * scale * 2) / 2
    above = 0.0
    if at:
        own = _ITEM if unit.kind == "item" else _PARAGRAPH if unit.begins else _SENTENCE
        above = max(_PARAGRAPH if unit.parts else own, _UNDER_HEAD if led and at == 1 else 0.0)
    breaks = measure.overlong(unit.text, size, _room(size, face, unit.mark), face)
    return Words(unit.text, size, face, mark=unit.mark, above=above * scale, breaks=breaks)


def _room(size: float, face: Face, mark: str) -> float:
    return _HEAD_ROOM if face == "serif" else room_for(size) - (size * INDENT if mark else 0.0)


def _height(words: Sequence[Words]) -> float:
    return sum(
        one.above + measure.height(one.text, one.size, _room(one.size, one.face, one.mark), one.face) for one in words
    )


def _small_enough(units: Sequence[Unit], room: float) -> Iterator[Unit]:
    """Give units of which each stands on one slide: sentences of one that does not, or lines of a sentence."""
    for unit in units:
        if fits([unit], room):
            yield unit
            continue
        for at, sentence in enumerate(sentences(unit.text)):
            piece = replace(
                unit,
                text=sentence,
                mark=unit.mark if at == 0 else "",
                begins=unit.begins and at == 0,
                parts=unit.parts and at == 0,
            )
            while not fits([piece], room):
                face: Face = "serif" if piece.leads else "sans"
                size = _HEAD if piece.leads else _BODY
                most = int(room / (size * measure.LEADING[face])) - 1
                text, rest = measure.break_after(piece.text, size, _room(size, face, piece.mark), max(most, 1), face)
                yield replace(piece, text=text)
                piece = replace(piece, text=rest, mark="", begins=False, parts=False)
            yield piece


def _spread(units: Sequence[Unit], room: float) -> list[tuple[int, int]]:
    """Return where slides begin and end: the fewest, and of those the evenest, rather between paragraphs than within."""
    # Past the second place, a unit takes the same height wherever its slide begins.
    later = [_height([_words(unit, 1.0, 2, led=False)]) for unit in units]
    best: dict[int, tuple[int, float, list[tuple[int, int]]]] = {0: (0, 0.0, [])}
    for end in range(1, len(units) + 1):
        options = []
        for begin in range(max(0, end - _MOST_UNITS), end):
            high = _height(_set(units[begin : min(begin + 2, end)], 1.0)) + sum(later[begin + 2 : end])
            if high <= room:
                slides, cost, found = best[begin]
                within = 0.0 if begin == 0 or units[begin].begins else _WITHIN
                options.append((slides + 1, cost + within + (1.0 - high / room) ** 2, [*found, (begin, end)]))
        best[end] = min(options, key=lambda option: option[:2])
    return best[len(units)][2]
