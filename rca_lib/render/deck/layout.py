"""Where things stand on every slide, in points: one measure for all formats."""

from __future__ import annotations

from rca_lib.render.deck import measure
from rca_lib.render.deck.records import WIDTH, Frame, Words
from rca_lib.render.deck.titles import LED, TOP, fit_title

__all__ = [
    "BANNER",
    "BELOW_TITLE",
    "BODY_BOTTOM",
    "EYEBROW",
    "FOOTER",
    "FURNITURE",
    "NOTE_SIZE",
    "NUMBER",
    "RULE",
    "TITLE_TOP",
    "WIDE",
    "X",
    "heading",
    "small_print",
]

X, WIDE = 40.0, WIDTH - 80.0
"""The left edge of everything, and the room from side to side."""
FURNITURE = 12.0
"""The size of what stands on each slide: section, mark of a draft, case, number."""
EYEBROW = Frame(X, 15.0, 470.0, 17.0)
BANNER = Frame(WIDTH - X - 400.0, 15.0, 400.0, 17.0)
RULE = 36.0
"""The height of the rule above the heading."""
TITLE_TOP, BELOW_TITLE = 44.0, 14.0
BODY_BOTTOM = 506.0
FOOTER = Frame(X, 514.0, 760.0, 17.0)
NUMBER = Frame(WIDTH - X - 100.0, 514.0, 100.0, 17.0)
NOTE_SIZE = 13.0


def heading(title: str, suffix: str, *, led: bool = False) -> tuple[str, float, Frame, float]:
    """Return a heading as it can be shown, its size and frame, and where the slide begins below it.

    ``led`` says that a sentence set large follows, which the heading does not compete with.
    """
    shown, size, high = fit_title(title, suffix, WIDE, LED if led else TOP)
    return shown, size, Frame(X, TITLE_TOP, WIDE, round(high, 2)), round(TITLE_TOP + high + BELOW_TITLE, 2)


def small_print(text: str, room: float, *, size: float = NOTE_SIZE) -> tuple[Words, float]:
    """Return a caption or note as muted words, and the points that it takes from top to foot."""
    words = Words(text, size, tone="muted", breaks=measure.overlong(text, size, room))
    return words, measure.height(text, size, room)
