"""Slides against the review that they show: texts are parted over slides there, and headings and heads come again."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING

from rca_lib.render.expected import SENTENCE, Part, is_furniture
from rca_lib.render.gate.folding import letters

if TYPE_CHECKING:
    from rca_lib.render.printed import Printed

__all__ = ["check_parted"]

_COUNTED = re.compile(r"\(?\d{1,3}(?:of|/)\d{1,3}\)?$|\(?continued\)?$")
_PART = re.compile(r"^Part\d{1,3}of\d{1,3}(?:\.|ofthefigurethatthefirstpartdescribes:)")
"""How the words for a part of a drawing begin."""
_ALONE = re.compile(r"\d{1,3}$")
_DIGIT = re.compile(r"\d")
_KEY = 3
_LEAST_CUT = 12
"""Letters that must stand before an ellipsis for a text to be known by its beginning."""


def check_parted(printed: Printed, parts: Sequence[Part]) -> Iterator[tuple[str, str]]:
    """Give every text of a deck, with its place, that is not put together from texts of the review.

    A text passes when it is a run of whole statements, cells, moments and headings of the review, in any order; a heading
    may be counted (“2 of 3”) or end in an ellipsis. So does a short label without a number.
    """
    known = _Known(printed, parts)
    for passage in printed.passages:
        text = letters(passage.text)
        if passage.kind == "furniture" and _ALONE.fullmatch(text):
            continue
        if passage.kind in ("text", "notes", "furniture", "alt") and not known.accounts_for(_PART.sub("", text)):
            yield passage.where, passage.text
        if passage.kind == "figure" and not known.drawn(text):
            yield passage.where, passage.text


class _Known:
    """The texts of a review, by their first letters."""

    def __init__(self, printed: Printed, parts: Sequence[Part]) -> None:
        self._furniture = printed.furniture
        pieces = set(printed.furniture)
        words: set[str] = set()
        for part in parts:
            pieces.add(letters(part.alt))
            words.update(part.words)
            for unit in part.units:
                pieces.add(letters(unit.text))
                pieces.update(letters(piece) for piece in SENTENCE.split(unit.text))
        self._texts, self._words = _Pieces(pieces), _Pieces(words)

    def accounts_for(self, text: str) -> bool:
        """Return whether a text is put together from known ones, or from the words of drawings."""
        if is_furniture(text, self._furniture):
            return True
        bare = _COUNTED.sub("", text)
        if not bare or bare in self._texts.whole:
            return True
        if (
            bare.endswith("…")
            and len(bare) > _LEAST_CUT
            and any(one.startswith(bare[:-1]) for one in self._texts.whole)
        ):
            return True
        return self._texts.make(bare) or self._words.make(text)

    def drawn(self, text: str) -> bool:
        """Return whether words of a drawing are words of a drawing of the review."""
        return self._words.make(text) or not _DIGIT.search(text)


class _Pieces:
    """Texts that others are put together from."""

    def __init__(self, pieces: Iterable[str]) -> None:
        self.whole = set(pieces) - {""}
        self._short = [piece for piece in self.whole if len(piece) < _KEY]
        self._by_start: dict[str, list[str]] = defaultdict(list)
        for piece in self.whole:
            self._by_start[piece[:_KEY]].append(piece)

    def make(self, text: str) -> bool:
        """Return whether a text is a run of whole pieces."""
        reached = {0}
        for at in range(len(text)):
            if at in reached:
                for piece in (*self._by_start.get(text[at : at + _KEY], ()), *self._short):
                    if text.startswith(piece, at):
                        reached.add(at + len(piece))
        return len(text) in reached
