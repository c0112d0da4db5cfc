"""The rules, with their sources, and the words of each.

The rules on blame, counterfactuals and norms follow S. Dekker, The Field Guide to Understanding "Human Error" (3rd ed., 2014),
and the NHS Patient Safety Incident Response Framework (2022). The rule on exact descriptors and the five rules of causation are those
of the VA National Center for Patient Safety, as in RCA2 (National Patient Safety Foundation, 2015) and in Patient Safety in Surgery
2016;10:20, table 2 (doi 10.1186/s13037-016-0107-8).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache

from rca_lib.review.language.family import Family
from rca_lib.review.language.words_exact import NORMATIVE, VAGUE
from rca_lib.review.language.words_graphic import GRAPHIC
from rca_lib.review.language.words_people import BLAME
from rca_lib.review.language.words_undone import COUNTERFACTUAL

__all__ = ["FAMILIES", "LANGUAGE", "QUOTED_TOO", "RULES", "compiled", "quick"]

RULES: dict[str, str] = {
    "blame": "Puts fault on people; a review looks for what made the step likely (PSIRF; Dekker 2014).",
    "counterfactual": "Tells what did not happen as if it explained what did (Dekker 2014).",
    "normative": "Judges against a norm that is not stated (Dekker 2014).",
    "vague": "Says nothing exact that a reader could check (rule 2 of causation, VA NCPS).",
    "named": "Names a member of the staff; a review names roles (RCA2: not about individual performance).",
    "graphic": "Graphic or demeaning wording; a review uses neutral code words (guidance on exposure to harmful "
    "material).",
    "figure": "A statistic typed by hand; every number that a reader sees comes from a claim (house rule).",
    "link": "Shows no link from a cause over an effect to the event (rule 1 of causation, VA NCPS).",
    "descriptor": "Negative or vague descriptors in place of what was so (rule 2 of causation, VA NCPS).",
    "human_error": "A human error needs the cause that preceded it (rule 3 of causation, VA NCPS).",
    "procedure": "A departure from a procedure needs the cause that preceded it (rule 4 of causation, VA NCPS).",
    "duty": "A failure to act is a cause only where a duty to act existed before (rule 5 of causation, VA NCPS).",
}
"""What each rule means, with its source."""

LANGUAGE = ("blame", "counterfactual", "normative", "vague", "named", "graphic", "figure")
"""The rules that look at one sentence, in the order of their remarks."""

QUOTED_TOO = frozenset({"named", "graphic"})
"""Rules that hold inside quotation marks too."""

FAMILIES: dict[str, tuple[Family, ...]] = {
    "blame": BLAME,
    "counterfactual": COUNTERFACTUAL,
    "normative": NORMATIVE,
    "vague": VAGUE,
    "graphic": GRAPHIC,
}
"""The word families of each rule that is a list of words."""


@cache
def quick(rules: tuple[str, ...]) -> re.Pattern[str]:
    """Compile rules into one expression that says fast whether any of their words stand in a sentence; it has no groups.

    Words are put together by their first letter, which is all that most places of a sentence are tried on.

    >>> quick(("blame", "vague")).search("The specialist typed the date.") is None
    True
    """
    by_letter: dict[str, list[str]] = {}
    for rule in rules:
        for words in (words for family in FAMILIES[rule] for words in family.words):
            for word in _alternatives(words):
                for letter, ends in _by_letter(word).items():
                    by_letter.setdefault(letter, []).extend(ends)
    rest = by_letter.pop("", [])
    grouped = [f"{letter}(?:{'|'.join(ends)})" for letter, ends in sorted(by_letter.items())]
    return re.compile(r"(?<!\w)(?:" + "|".join([*grouped, *rest]) + r")(?!\w)")


def _by_letter(word: str) -> dict[str, list[str]]:
    """Sort what an expression can begin with by its letter; what stands before the letter, looking ahead or back, is left out.

    An expression that begins with no plain letter stands under "".
    """
    while word.startswith(("(?<!", "(?<=", "(?!")):
        word = word[_closes(word) + 1 :]
    if word[:1].isalpha() and word[1:2] not in tuple("?*+{"):
        return {word[0]: [word[1:]]}
    if not word.startswith("(?:"):
        return {"": [word]}
    closes = _closes(word)
    rest = word[closes + 1 :]
    if rest[:1] in tuple("*+{"):
        return {"": [word]}
    found: dict[str, list[str]] = {}
    if rest[:1] == "?":
        rest = rest[2:] if rest[1:2] == "?" else rest[1:]
        found = _by_letter(rest) if rest else {"": [word]}
    inner: dict[str, list[str]] = {}
    for one in _alternatives(word[3:closes]):
        for letter, ends in _by_letter(one).items() if one else [("", [""])]:
            inner.setdefault(letter, []).extend(ends)
    for letter, ends in inner.items():
        found.setdefault(letter, []).append(f"(?:{'|'.join(ends)}){rest}")
    return found


def _closes(pattern: str) -> int:
    """Where the bracket closes that an expression opens with."""
    depth = 0
    for place, mark in _marks(pattern):
        depth += {"(": 1, ")": -1}.get(mark, 0)
        if depth == 0:
            return place
    raise ValueError(f"no bracket closes in {pattern}")


def _alternatives(pattern: str) -> list[str]:
    """Split an expression at the bars that stand in no bracket."""
    parts, depth, start = [], 0, 0
    for place, mark in _marks(pattern):
        depth += {"(": 1, ")": -1}.get(mark, 0)
        if mark == "|" and depth == 0:
            parts.append(pattern[start:place])
            start = place + 1
    return [*parts, pattern[start:]]


def _marks(pattern: str) -> Iterator[tuple[int, str]]:
    """Go through the marks of an expression that stand for themselves in no set of characters and behind no backslash."""
    place = 0
    while place < len(pattern):
        if pattern[place] == "\\":
            place += 2
        elif pattern[place] == "[":
            place = pattern.index("]", place + 2) + 1
        else:
            yield place, pattern[place]
            place += 1


@cache
def compiled(rule: str) -> re.Pattern[str]:
    """Compile a rule's families into one expression; the number of the group that matched is the family's, from 1.

    >>> compiled("blame").search("a careless reading").lastindex
    1
    """
    return re.compile(r"(?<!\w)(?:" + "|".join(f"({'|'.join(family.words)})" for family in FAMILIES[rule]) + r")(?!\w)")
