"""Labels of moments above a time chart, placed so that no label covers another or the line of another."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from rca_lib.render import style
from rca_lib.render.figures import text as words

__all__ = ["LINE", "MOST_ROWS", "Note", "Placed", "place"]

LINE = 11.5
"""Points from one row of labels to the next."""
MOST_ROWS = 6
_GAP = 3.0
_CLEAR = 4.0
_BUDGET = 4000


@dataclass(frozen=True)
class Note:
    """A moment to label, at ``x`` on the sheet; ``rank`` says how soon it may be left out (0 never)."""

    x: float
    words: str
    rank: float = 0.0
    kind: str = "change"


@dataclass(frozen=True)
class Placed:
    """A label with its place: ``row`` counts upward from the plot, ``left`` is where the words begin."""

    note: Note
    row: int
    left: float
    right: float
    on_the_right: bool


def place(notes: Sequence[Note], left: float, right: float, *, rows: int = MOST_ROWS) -> tuple[list[Placed], int]:
    """Place as many labels as fit between two edges and return them with the number that was left out.

    The notes with the highest rank go first when there are too many.
    """
    kept = sorted(notes, key=lambda note: (note.rank, note.x))
    while kept:
        ordered = sorted(kept, key=lambda note: note.x, reverse=True)
        for height in range(1, rows + 1):
            found = _search(ordered, [], left, right, height, [_BUDGET])
            if found is not None:
                return found, len(notes) - len(kept)
        kept = kept[:-1]
    return [], len(notes)


def _search(
    waiting: Sequence[Note], done: list[Placed], left: float, right: float, rows: int, budget: list[int]
) -> list[Placed] | None:
    if not waiting:
        return done
    note, rest = waiting[0], waiting[1:]
    for row in range(rows):
        for on_the_right in (True, False):
            budget[0] -= 1
            if budget[0] < 0:
                return None
            candidate = _put(note, row, on_the_right)
            if candidate.left < left or candidate.right > right or any(_clash(candidate, other) for other in done):
                continue
            found = _search(rest, [*done, candidate], left, right, rows, budget)
            if found is not None:
                return found
    return None


def _put(note: Note, row: int, on_the_right: bool) -> Placed:
    span = words.width(note.words, style.SIZE_VALUE, bold=note.kind != "change")
    if on_the_right:
        return Placed(note, row, note.x + _GAP, note.x + _GAP + span, True)
    return Placed(note, row, note.x - _GAP - span, note.x - _GAP, False)


def _clash(one: Placed, two: Placed) -> bool:
    if one.row == two.row:
        return one.left < two.right + _CLEAR and two.left < one.right + _CLEAR
    lower, upper = (one, two) if one.row < two.row else (two, one)
    # The line of the upper label runs down to the plot and must not cross the words of the lower one.
    return lower.left - 2 < upper.note.x < lower.right + 2
