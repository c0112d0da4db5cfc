"""Labels above a line of marks: each beside an upright line from its mark, in as few rows as they need.

Unlike `annotations`, which leaves out what has no place in a few rows, rows are added until all have one.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from rca_lib.render import style
from rca_lib.render.figures import text as words

__all__ = ["DATE_GAP", "Label", "Laid", "lay"]

DATE_GAP = 3.0
"""Points between the date of a label and its words."""
_GAP = 4.0
_CLEAR = 6.0
_SHAPES = ((190.0, 1), (126.0, 2), (96.0, 3), (72.0, 4), (56.0, 5))
"""Room and lines of a label, as tried."""
_CUT = 4
"""Rows that a label may rise before its words are cut."""


@dataclass(frozen=True)
class Label:
    """A date and words for a mark at ``x``."""

    x: float
    date: str
    words: str


@dataclass(frozen=True)
class Laid:
    """A label in lines, its date beside the first; ``row`` is that of its lowest line, counted upwards."""

    label: Label
    lines: tuple[str, ...]
    row: int
    left: float
    right: float

    @property
    def on_the_right(self) -> bool:
        """Whether the words stand at the right of their line."""
        return self.left > self.label.x

    @property
    def cost(self) -> tuple[int, int]:
        """How much is against this place: height, words cut, lines; a date amid several lines reads less well."""
        amid = not self.on_the_right and len(self.lines) > 1
        return self.top + _CUT * self.lines[-1].endswith("…") + amid, len(self.lines)

    @property
    def top(self) -> int:
        """The first row above the label."""
        return self.row + len(self.lines)


def lay(labels: Sequence[Label], left: float, right: float) -> tuple[list[Laid], int]:
    """Place labels between two edges so that no words cover others or the line of another; count those left out.

    Examples
    --------
    >>> laid, left_out = lay([Label(20, "2 Jun", "Template 7.0"), Label(25, "3 Jun", "Roll-out note")], 0, 400)
    >>> [(place.label.date, place.row) for place in laid], left_out
    ([('2 Jun', 1), ('3 Jun', 0)], 0)
    """
    ordered = sorted(labels, key=lambda label: (label.x, label.words, label.date))
    found = [_laid(ordered[::-1], left, right), _laid(ordered, left, right)]
    best = min(found, key=lambda laid: (-len(laid), max((place.top for place in laid), default=0)))
    best.sort(key=lambda place: (place.label.x, place.label.words, place.label.date))
    return best, len(labels) - len(best)


def _laid(ordered: Sequence[Label], left: float, right: float) -> list[Laid]:
    done: list[Laid] = []
    for label in ordered:
        top = max((place.top for place in done), default=0)
        shapes = [place for shape in _SHAPES for place in _sides(label, *shape, left, right)]
        # A place among those there are, as low as can be and in few lines.
        free = [
            raised
            for row in range(top + 1)
            for raised in (replace(place, row=row) for place in shapes)
            if not any(_clash(raised, other) for other in done)
        ]
        if free:
            done.append(min(free, key=lambda place: place.cost))
            continue
        # Else below all others, which move up.
        for place in sorted(shapes, key=lambda place: place.cost):
            above = [replace(other, row=other.row + len(place.lines)) for other in done]
            if not any(_clash(place, other) for other in above):
                done = [*above, place]
                break
    return done


def _sides(label: Label, room: float, lines: int, left: float, right: float) -> list[Laid]:
    """Return a label in one shape, at the right and at the left of its line, where it stays between the edges."""
    size = style.SIZE_VALUE
    dated = words.width(label.date, size, bold=True) + DATE_GAP
    # The first line is broken with room for the date, which is set apart from it in bold.
    rest, broken = label.words.split(" "), [""]
    while rest and words.width(f"{broken[0]} {rest[0]}".strip(), size) <= room - dated:
        broken[0] = f"{broken[0]} {rest.pop(0)}".strip()
    if rest and lines > 1:
        broken += words.wrap(" ".join(rest), room, size, lines=lines - 1)
    elif rest:
        broken = [words.shorten(label.words, room - dated, size)]
    span = max([dated + words.width(broken[0], size), *(words.width(line, size) for line in broken[1:])])
    found = tuple(broken)
    sides = [Laid(label, found, 0, label.x + _GAP, label.x + _GAP + span)]
    sides.append(Laid(label, found, 0, label.x - _GAP - span, label.x - _GAP))
    return [side for side in sides if left <= side.left and side.right <= right]


def _clash(one: Laid, two: Laid) -> bool:
    if one.left < two.right + _CLEAR and two.left < one.right + _CLEAR and one.row < two.top and two.row < one.top:
        return True
    return _crosses(one, two) or _crosses(two, one)


def _crosses(line: Laid, label: Laid) -> bool:
    """Tell whether the upright line of one label runs through the words of another."""
    return label.left - 2 < line.label.x < label.right + 2 and label.row < line.top
