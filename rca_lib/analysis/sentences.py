"""Text cut into sentences, words and short quotations, always by place, so that what is shown can be found again."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Sequence

__all__ = [
    "ELLIPSIS",
    "QUOTED_WORDS",
    "Cover",
    "excerpt",
    "fold",
    "sentence_spans",
    "sentences_touched",
    "stem",
    "words_of",
]

ELLIPSIS = "…"
"""What stands for words of a sentence that a quotation leaves out."""

QUOTED_WORDS = 25
"""How many words a quotation holds at most."""

Cover = Callable[[str], Sequence[tuple[int, int, str]]]
"""Tells of a text which stretches must not be shown, in order and apart, and what is shown in place of each."""

_BREAK = re.compile(r"[.!?…]+[\"'”’»)\]]*\s+|\n\s*\n\s*|\r?\n\s*(?=[-*•\d])")
_ABBREVIATED = re.compile(
    r"(?:^|[\s(])(?:[A-Za-z]|e\.g|i\.e|vs|no|nos|approx|dr|mr|mrs|ms|st|sgt|lt|dept|inc)\.$", re.I
)
_WORD = re.compile(r"\w+(?:['’]\w+)*")
_SUFFIXES = (
    "ations",
    "ation",
    "ingly",
    "ments",
    "ment",
    "ings",
    "edly",
    "ing",
    "ies",
    "ied",
    "ers",
    "es",
    "ed",
    "er",
    "ly",
    "s",
    "e",
)
_SHORTEST = 3


def fold(text: str) -> str:
    """Write text without accents and case, for comparing.

    >>> fold("Señal CAFÉ")
    'senal cafe'
    """
    apart = unicodedata.normalize("NFKD", text.casefold())
    return "".join(letter for letter in apart if not unicodedata.combining(letter))


def stem(word: str) -> str:
    """Take a common English ending off a folded word, so that forms of one word meet.

    Light on purpose: one ending, never below three letters, and a doubled last letter made single. A word with a digit
    is kept as it is.

    >>> [stem(word) for word in ("holds", "holding", "holder", "delayed", "delay", "stopped", "4.2")]
    ['hold', 'hold', 'hold', 'delay', 'delay', 'stop', '4.2']
    """
    if any(letter.isdigit() for letter in word):
        return word
    for ending in _SUFFIXES:
        if word.endswith(ending) and len(word) - len(ending) >= _SHORTEST and not word.endswith("ss"):
            word = word[: -len(ending)] + ("y" if ending in ("ies", "ied") else "")
            break
    return word[:-1] if len(word) > _SHORTEST and word[-1] == word[-2] and word[-1] not in "aeiou" else word


def words_of(text: str) -> list[str]:
    """Cut text into folded words, in order.

    >>> words_of("It wasn't 4.2, it was Café-time")
    ['it', "wasn't", '4', '2', 'it', 'was', 'cafe', 'time']
    """
    return [word.replace("’", "'") for word in _WORD.findall(fold(text))]


def sentence_spans(text: str) -> list[tuple[int, int]]:
    """Give the start and end of each sentence, in order; a blank line and a new item of a list also end one.

    Text without words has no sentences.

    >>> text = "It was late. Nobody saw it, e.g. at night!  Then 4.2 came."
    >>> [text[start:end] for start, end in sentence_spans(text)]
    ['It was late.', 'Nobody saw it, e.g. at night!', 'Then 4.2 came.']
    """
    spans, start = [], 0
    for found in _BREAK.finditer(text):
        end = start + len(text[start : found.end()].rstrip())
        if not _ABBREVIATED.search(text[max(start, end - 12) : end]) or "\n" in found.group():
            spans.append((start, end))
            start = found.end()
    spans.append((start, start + len(text[start:].rstrip())))
    led = [(begin + len(text[begin:end]) - len(text[begin:end].lstrip()), end) for begin, end in spans]
    return [(begin, end) for begin, end in led if _WORD.search(text, begin, end)]


def sentences_touched(sentences: Sequence[tuple[int, int]], spans: Sequence[tuple[int, int]]) -> int:
    """Count the sentences that at least one of the spans overlaps.

    >>> sentences_touched([(0, 10), (11, 20), (21, 30)], [(2, 5), (9, 12)])
    2
    """
    return sum(any(start < end_of and begin < end for begin, end_of in spans) for start, end in sentences)


def excerpt(text: str, start: int, end: int, words: int = QUOTED_WORDS, *, cover: Cover | None = None) -> str:
    """Quote a stretch of text in whole words, at most `words` of them, with an ellipsis where a sentence is cut.

    Parameters
    ----------
    cover : tells what must not be shown. It is covered in the whole text, before anything is cut out of it, so that what
        stands across an edge of the quotation is covered as well.

    Examples
    --------
    >>> excerpt("The list asks whether a match was saved. It does not show it.", 9, 30)
    '… asks whether a match …'
    >>> excerpt("One two three four five six.", 0, 28, words=3)
    'One two three …'
    >>> excerpt("Ring Ann Lee at noon.", 0, 8, cover=lambda text: [(5, 12, "[name]")])
    'Ring [name] …'
    """
    if cover is not None:
        text, start, end = _covered(text, start, end, cover(text))
    pieces = [(found.start(), found.end()) for found in re.finditer(r"\S+", text)]
    inside = [(begin, stop) for begin, stop in pieces if begin < end and stop > start]
    if not inside:
        return ""
    kept = inside[:words]
    first, last = kept[0][0], kept[-1][1]
    spans = sentence_spans(text)
    opens = first in {begin for begin, _ in spans} or first == pieces[0][0]
    closes = last in {stop for _, stop in spans} or last == pieces[-1][1]
    quoted = " ".join(text[first:last].split())
    return f"{'' if opens else f'{ELLIPSIS} '}{quoted}{'' if closes else f' {ELLIPSIS}'}"


def _covered(text: str, start: int, end: int, hidden: Sequence[tuple[int, int, str]]) -> tuple[str, int, int]:
    """Put other words in the place of some stretches; a place inside of one moves to its edge."""
    parts, last, moved, first, stop = [], 0, 0, start, end
    for begin, until, word in hidden:
        parts += [text[last:begin], word]
        last = until
        if begin < start:
            first = begin + moved if start < until else start + moved + len(word) - (until - begin)
        if begin < end:
            stop = begin + moved + len(word) if end < until else end + moved + len(word) - (until - begin)
        moved += len(word) - (until - begin)
    return "".join([*parts, text[last:]]), first, stop
