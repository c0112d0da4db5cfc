"""What a reader of files gives: every text that a file holds, with the place where it stands."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Literal

__all__ = ["MOST_BYTES", "MOST_LAYERS", "MOST_PARTS", "Budget", "Kind", "Passage", "UnreadableError"]

MOST_BYTES = 96_000_000
"""Bytes that a file may unpack to: twenty times the largest review; more is a bomb or a mistake."""
MOST_PARTS = 4_000
"""Parts (streams, entries, images) that a file may be made of."""
MOST_LAYERS = 3
"""How deep a file may stand within files: an image within a drawing within a deck."""

Kind = Literal["text", "figure", "alt", "furniture", "notes", "code", "aside", "hidden", "source", "packed"]
"""What a passage is to a reader.

text
    A paragraph, cell, heading or line that a reader sees.
figure
    Words in a drawing.
alt
    What stands for a drawing to those who cannot see it.
furniture
    What stands on every page: running heads, page numbers.
notes
    What a speaker reads beside a slide.
code
    A cell of the notebook, printed on purpose.
aside
    What no reader sees and every program can read: attributes, metadata, names of parts.
hidden
    What is there to be seen and is kept from sight: comments, layers, letters in the colour of the page. No file may hold any.
source
    The file, or a part of it, as it is written.
packed
    Bytes of a part that is no text; only runs of letters in it are text.
"""


class UnreadableError(Exception):
    """Raised when a file, or a part of it, cannot be read to its end; says what, in words that follow “holds”."""


@dataclass(frozen=True)
class Passage:
    """One text of a file.

    Attributes
    ----------
    where : its place, in words that follow “in”, such as ``the text of page 2``.
    text : what stands there.
    kind : what it is to a reader, see `Kind`.
    finer : gives the parts of a long passage with their own places, to name the place of a find more closely.
    """

    where: str
    text: str
    kind: Kind
    finer: Callable[[], Iterator[tuple[str, str]]] | None = None


class Budget:
    """Counts what has been unpacked from one file, and stops a bomb before it goes off.

    Examples
    --------
    >>> Budget(most_bytes=10).spend(11)
    Traceback (most recent call last):
        ...
    rca_lib.render.gate.passages.UnreadableError: more than can be read: it unpacks to over 0 MB
    """

    def __init__(self, *, most_bytes: int = MOST_BYTES, most_parts: int = MOST_PARTS) -> None:
        self.left = most_bytes
        self._most_bytes = most_bytes
        self._parts_left = most_parts
        self._layers = 0

    def spend(self, size: int) -> None:
        """Take the bytes of one more part out of what is left."""
        self.left -= size
        self._parts_left -= 1
        if self.left < 0:
            raise UnreadableError(f"more than can be read: it unpacks to over {self._most_bytes // 1_000_000} MB")
        if self._parts_left < 0:
            raise UnreadableError("more parts than can be read")

    def within(self, passages: Callable[[], Iterable[Passage]]) -> list[Passage]:
        """Read a file that stands within a file."""
        self._layers += 1
        if self._layers > MOST_LAYERS:
            raise UnreadableError("files within files, deeper than can be read")
        try:
            return list(passages())
        finally:
            self._layers -= 1
