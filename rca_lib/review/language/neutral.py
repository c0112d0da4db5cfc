"""Graphic words put into neutral ones, for readers who are told of harmful matter by its kind."""

from __future__ import annotations

import re
from functools import cache

from rca_lib.review.language.words_graphic import GRAPHIC

__all__ = ["neutral"]

_STAND_IN = "[harmful matter]"


def neutral(text: str) -> str:
    """Return the text with each graphic word in its neutral form, or as ``[harmful matter]`` where it has none.

    Examples
    --------
    >>> neutral("The note says that he committed suicide.")
    'The note says that he died by suicide.'
    >>> neutral("The preset was stored in 2023.")
    'The preset was stored in 2023.'
    """
    found, better = _pattern()
    return found.sub(lambda match: better[str(match.lastgroup)], text)


@cache
def _pattern() -> tuple[re.Pattern[str], dict[str, str]]:
    parts, better = [], {}
    for at, family in enumerate(GRAPHIC):
        name = f"g{at}"
        parts.append(rf"(?P<{name}>(?<!\w)(?:{'|'.join(family.words)})(?!\w))")
        better[name] = family.better if family.swap else _STAND_IN
    return re.compile("|".join(parts), re.IGNORECASE), better
