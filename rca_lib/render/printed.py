"""A finished file with what was read in it, and the view that it was made from."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property

from rca_lib.render.audience import Audience
from rca_lib.render.expected import Part, expected_parts, furniture
from rca_lib.render.gate.folding import letters
from rca_lib.render.gate.passages import Passage
from rca_lib.render.view import Review

__all__ = ["Printed"]


@dataclass(frozen=True)
class Printed:
    """A finished file, with the view that it was made from.

    Parameters
    ----------
    name : the name of the file.
    audience : the profile of its readers.
    form : ``html``, ``pdf``, ``slides`` or ``pptx``.
    review : what `rca_lib.render.view.assemble` returns for that audience.
    passages : what `rca_lib.render.gate.read_file` read in it.
    """

    name: str
    audience: Audience
    form: str
    review: Review
    passages: Sequence[Passage] = field(repr=False)

    @property
    def parted(self) -> bool:
        """Whether texts may be parted over several slides, under repeated headings."""
        return self.form in ("slides", "pptx")

    @cached_property
    def units(self) -> list[str]:
        """The texts that a reader sees in order, in letters; drawings of a page apart."""
        return [letters(each.text) for each in self.passages if each.kind in ("text", "code")]

    @cached_property
    def parts(self) -> list[Part]:
        """What the review is expected to read, part by part."""
        return list(expected_parts(self.review, self.form))

    @cached_property
    def furniture(self) -> list[str]:
        """What may stand on any page beside the parts, in letters, the longest first."""
        return furniture(self.review)

    @cached_property
    def whole(self) -> str:
        """Everything that can be read in the file, in letters."""
        kinds = ("text", "code", "figure", "alt", "furniture", "notes", "aside", "hidden")
        return "".join(letters(each.text) for each in self.passages if each.kind in kinds)

    def of_kind(self, *kinds: str) -> list[str]:
        """Return the texts of some kinds of passage."""
        return [each.text for each in self.passages if each.kind in kinds]
