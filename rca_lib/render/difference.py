"""Places where a file does not read as it should, and what to call them."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from difflib import SequenceMatcher
from functools import cached_property
from typing import Literal

from rca_lib.render.expected import SENTENCE, Unit, readings_of
from rca_lib.render.findings import Findings
from rca_lib.render.gate.folding import letters
from rca_lib.render.printed import Printed

__all__ = ["CORE", "STRENGTHS", "Difference", "Namer", "What", "apart", "nearest", "short"]

CORE = "core."
"""How the ids of the claims of the core message begin."""
STRENGTHS = frozenset({"established", "probable", "possible", "refuted"})
"""The words for how strongly a cause is held, each for one grade."""

_SHOWN_AT_MOST = 160
_LEAST_OF_CLAIM = 15
"""Letters of a sentence from which it tells which claim it belongs to."""
_DIGIT = re.compile(r"\d")

What = Literal[
    "a number",
    "the strength of a cause",
    "the order",
    "the order of causes",
    "the core message",
    "a withheld count",
    "a statement of others",
    "the state",
    "the date",
    "words",
    "a drawing",
]


@dataclass(frozen=True)
class Difference:
    """One place where a file does not read as it should.

    Attributes
    ----------
    file : the name of the file.
    what : what kind of thing differs.
    where : the block, or another place in the review.
    claim : the claim that stands there; empty where none does.
    reads, expected : both readings; empty where one has nothing, or may not be repeated.
    """

    file: str
    what: What
    where: str
    claim: str = ""
    reads: str = ""
    expected: str = ""

    def __str__(self) -> str:
        place = f"{self.where}, claim {self.claim}" if self.claim else self.where
        if self.what in ("a withheld count", "a statement of others"):
            return f"{self.file} holds {self.what}, which its audience may not see ({place})"
        if self.what in ("the order", "the order of causes"):
            return f"{self.file} has {self.what} changed ({place})"
        there = f"reads “{self.reads}”" if self.reads else "has nothing"
        if not self.expected:
            return f"{self.file} {there}, which no finding says ({self.what}; {place})"
        return f"{self.file} {there} where the findings read “{self.expected}” ({self.what}; {place})"

    def as_json(self) -> dict[str, str]:
        """Return the difference for machine-readable output."""
        return dict(self.__dict__)


class Namer:
    """Says of two texts that differ what kind of thing differs, and which claim stands there."""

    def __init__(self, printed: Printed, findings: Findings) -> None:
        self._printed = printed
        self._findings = findings

    @cached_property
    def _readings(self) -> dict[str, tuple[str, ...]]:
        return readings_of(self._findings, self._printed.audience)

    def claim_in(self, text: str, reads: str) -> str:
        """Return the claim that stands in an expected text and not in what is read there."""
        expected, there = letters(text), letters(reads)
        told = [(name, letters(way)) for name, ways in self._readings.items() for way in ways if way]
        held = [name for name, way in told if way in expected and way not in there]
        if not held and len(expected) >= _LEAST_OF_CLAIM:
            held = [name for name, way in told if expected in way]
        return held[0] if held else ""

    def changed(self, unit: Unit, reads: str) -> Difference:
        """Return the difference between an expected text and what stands in its place."""
        claim = self.claim_in(unit.text, reads)
        one, other = apart(unit.text, reads)
        what: What = "words"
        if claim and (full := self._findings.claims[claim]).masked and self._withheld(full.text, reads):
            return Difference(self._printed.name, "a withheld count", unit.block or "the head", claim)
        if claim.startswith(CORE):
            what = "the core message"
        elif STRENGTHS & set(re.findall(r"[a-z]+", f"{one} {other}".lower())):
            what = "the strength of a cause"
        elif _DIGIT.search(one + other):
            what = "a number"
        return Difference(
            self._printed.name, what, unit.block or "the head", claim, short(other or reads), short(one or unit.text)
        )

    def _withheld(self, text: str, reads: str) -> bool:
        return self._printed.audience.small_cells == "withhold" and letters(text) in letters(reads)

    def unexpected(self, reads: str, place: str) -> Difference:
        """Return the difference of a text that no finding says, against the one that is nearest to it."""
        units = [unit for part in self._printed.parts for unit in part.units]
        if self._printed.parted:
            units += [
                replace(unit, text=piece) for unit in units for piece in SENTENCE.split(unit.text) if piece != unit.text
            ]
        near = nearest(reads, units)
        if near is not None:
            return self.changed(near, reads)
        what: What = "a number" if _DIGIT.search(reads) else "words"
        return Difference(self._printed.name, what, place, reads=short(reads))


def nearest(reads: str, units: Sequence[Unit]) -> Unit | None:
    """Return the expected text that is most like what is read, or ``None`` where none is much like it.

    Examples
    --------
    >>> nearest("It rose to 3.6%.", [Unit("It rose to 3.5%.", "a.b", "a paragraph"), Unit("Counsel", "", "a fact")]).text
    'It rose to 3.5%.'
    """
    best, share = None, 0.6
    for unit in units:
        matcher = SequenceMatcher(None, reads, unit.text)
        if matcher.real_quick_ratio() > share and matcher.quick_ratio() > share and (ratio := matcher.ratio()) > share:
            best, share = unit, ratio
    return best


def apart(expected: str, reads: str) -> tuple[str, str]:
    """Return the words in which two texts differ, with those between them."""
    one, other = expected.split(), reads.split()
    start = 0
    while start < min(len(one), len(other)) and one[start] == other[start]:
        start += 1
    end = 0
    while end < min(len(one), len(other)) - start and one[-1 - end] == other[-1 - end]:
        end += 1
    return " ".join(one[start : len(one) - end]), " ".join(other[start : len(other) - end])


def short(text: str) -> str:
    """Return a text as a message repeats it: long ones are cut at a word.

    Examples
    --------
    >>> len(short("word " * 100)) < 165
    True
    """
    return text if len(text) <= _SHOWN_AT_MOST else f"{text[:_SHOWN_AT_MOST].rsplit(' ', 1)[0]}…"
