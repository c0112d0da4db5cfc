"""Words that name nobody: what a single word of a name, or a piece cut off an identifier, must not be taken for."""

from __future__ import annotations

from functools import cache
from pathlib import Path

__all__ = ["is_ordinary", "words_in"]

_ENDINGS = ("s", "es", "ed", "d", "ing", "ly", "er")


@cache
def _words() -> frozenset[str]:
    return frozenset(Path(__file__).with_name("ordinary_words.txt").read_text(encoding="utf-8").split())


def is_ordinary(word: str) -> bool:
    """Tell whether a folded word is a word of the language, or of the trade, in one of its common forms.

    Examples
    --------
    >>> [is_ordinary(word) for word in ("page", "pages", "requested", "raghunathan", "0042")]
    [True, True, True, False, False]
    """
    words = _words()
    return word in words or any(
        word.endswith(ending) and len(word) > len(ending) + 2 and word[: -len(ending)] in words for ending in _ENDINGS
    )


def words_in(text: str) -> frozenset[str]:
    """Give the words of a list.

    Examples
    --------
    >>> sorted(words_in("mr mrs"))
    ['mr', 'mrs']
    """
    return frozenset(text.split())
