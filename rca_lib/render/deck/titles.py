"""Headings of slides: as large as fits in two lines, then smaller, and in full elsewhere when nothing else helps."""

from __future__ import annotations

from functools import lru_cache

from rca_lib.render.deck import measure

__all__ = ["COVER", "LED", "SIDE", "TOP", "fit_title"]

Step = tuple[float, int]

TOP: tuple[Step, ...] = ((28.0, 2), (25.0, 2), (22.0, 3), (20.0, 4))
"""Sizes of a heading above a slide, with the lines that it may take in each."""
LED: tuple[Step, ...] = ((20.0, 4),)
"""The size of a heading above a sentence that is set large."""
SIDE: tuple[Step, ...] = ((20.0, 9), (18.0, 12), (16.0, 15), (14.0, 18))
"""Sizes of a heading beside a tall drawing."""
COVER: tuple[Step, ...] = ((44.0, 3), (38.0, 4), (32.0, 5))
"""Sizes of the title of the deck."""


@lru_cache(maxsize=512)
def fit_title(title: str, suffix: str, room: float, steps: tuple[Step, ...]) -> tuple[str, float, float]:
    """Return a heading as it can be shown, its size, and its height with `suffix` behind it.

    Only a heading that is too long for the last of `steps` is shortened; the caller puts it on a slide in full.

    Examples
    --------
    >>> fit_title("In short", " (1 of 2)", 880, TOP)[:2]
    ('In short', 28.0)
    """
    for size, most in steps:
        made = measure.lines(title + suffix, size, room, "serif")
        if len(made) <= most and not measure.overlong(title, size, room, "serif"):
            return title, size, len(made) * size * measure.LEADING["serif"]
    size, most = steps[-1]
    made = measure.lines(title + suffix, size, room, "serif")
    if len(made) <= most:
        return title, size, len(made) * size * measure.LEADING["serif"]
    first, _ = measure.break_after(title, size, room - measure.width(f"…{suffix}", size, "serif"), most, "serif")
    return f"{first.rstrip(' ,;:.')}…", size, most * size * measure.LEADING["serif"]
