"""What the check of wording says about one sentence."""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["Remark"]


@dataclass(frozen=True)
class Remark:
    """One remark on one sentence.

    Attributes
    ----------
    rule : a key of `rca_lib.review.language.RULES`.
    sentence : the whole sentence.
    found : the words that the remark is about; empty when something is missing.
    why : the rule, in one line.
    better : the sentence in a better form, with what the writer must fill in in square brackets; or how to word it.
    """

    rule: str
    sentence: str
    found: str
    why: str
    better: str
