"""A family of words that a review avoids, with its better form."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

__all__ = ["Family"]


@dataclass(frozen=True)
class Family:
    """Words that belong together.

    Attributes
    ----------
    words : regular expressions over lower-case text, without capturing groups; each is matched as whole words.
    better : what to write in their place, or how to word it.
    swap : whether ``better`` stands in the place of the words, so that the sentence can be given anew.
    unless : ``"system"`` leaves the words alone where a part of the system does it, ``"denied"`` where they are denied;
        ``"not people"`` keeps to clauses whose subject is people; ``"defining"`` leaves alone a clause that says which data are meant;
        ``"contrasted"`` leaves alone a number that is set against one ("one box for several kinds").
    at_end : whether the words can be swapped only at the end of a clause, as a date or a time can.
    """

    words: tuple[str, ...]
    better: str
    swap: bool = False
    unless: Literal["", "system", "denied", "not people", "defining", "contrasted"] = ""
    at_end: bool = False
