"""Find identifiers in a text, those known to a case and what has the shape of one, and put a word in their place."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Iterable
from functools import lru_cache

from rca_lib.review.redaction.folding import readings
from rca_lib.review.redaction.forms import bare
from rca_lib.review.redaction.known import KnownIdentifiers
from rca_lib.review.redaction.marks import HIDDEN, MARKS, PROTECTED, Found
from rca_lib.review.redaction.shapes import shapes_in

__all__ = ["covers", "find_identifiers", "redact"]

_RANK = {kind: rank for rank, kind in enumerate(MARKS)}


def find_identifiers(text: str, known: Iterable[object] = (), *, whole: bool = False) -> tuple[Found, ...]:
    """Find the identifiers in a text.

    Parameters
    ----------
    known : identifiers of the case, as text or whole numbers; blank ones are passed over. Each is found in every form: in
        any case, spelling of its letters, grouping and punctuation, encoded, cut off at the edge of the text, and by a part
        that gives it away, such as the last digits that are said to be such.
    whole : the text is not cut out of a longer one, so that no identifier is cut off at its edges, only at an ellipsis.

    Returns
    -------
    What was found, in order and apart from each other. Where finds overlap, they are one, of the kind of the longest.

    Examples
    --------
    >>> find_identifiers("Mail ann@desk.example on req 2025.0042", ["REQ-2025-0042"])
    (Found(kind='e-mail', start=5, end=21), Found(kind='identifier', start=25, end=38))
    """
    listed = tuple(known)
    index = _made_ready(listed, tuple(map(type, listed))) if listed else None
    spans: list[tuple[int, int, str]] = []
    for reading in readings(text):
        spans += [(*reading.place(start, end), kind) for kind, start, end in shapes_in(reading, text)]
        if index is not None:
            spans += [
                (*reading.place(start, end), "identifier") for start, end in index.spans(reading, text, whole=whole)
            ]
    if not spans:
        return ()
    if "[" in text:
        marked = [each.span() for each in PROTECTED.finditer(text)]
        spans = [each for each in spans if not _inside(each, marked)]
    return tuple(_apart(spans))


@lru_cache(maxsize=32)
def _made_ready(known: tuple[object, ...], _: tuple[type, ...]) -> KnownIdentifiers:
    """Make identifiers ready once; their types tell one from true, which are equal."""
    return KnownIdentifiers(dict.fromkeys(name for name in map(bare, known) if name is not None))


def _inside(span: tuple[int, int, str], marked: list[tuple[int, int]]) -> bool:
    at = bisect_right(marked, span[0], key=lambda each: each[0]) - 1
    return at >= 0 and span[1] <= marked[at][1]


def _apart(spans: list[tuple[int, int, str]]) -> Iterable[Found]:
    """Make one of what overlaps, of the kind of the longest; among equals, of the kind that is named first."""
    together: list[list[tuple[int, int, str]]] = []
    reach = -1
    for span in sorted(spans):
        if span[0] < reach:
            together[-1].append(span)
        else:
            together.append([span])
        reach = max(reach, span[1])
    for group in together:
        *_, kind = min(group, key=lambda each: (each[0] - each[1], _RANK[each[2]]))
        yield Found(kind, group[0][0], max(end for _, end, _ in group))


def covers(known: Iterable[object] = (), *, whole: bool = False) -> Callable[[str], list[tuple[int, int, str]]]:
    """Give a function that tells which stretches of a text must not be shown, and what is shown in place of each.

    Whoever cuts a quotation out of a text covers it first, so that no identifier is cut in two.

    Examples
    --------
    >>> covers(["SPC-77"])("SPC-77 rang 555-0100.")
    [(0, 6, '[identifier]'), (12, 20, '[phone]')]
    """
    listed = tuple(known)

    def cover(text: str) -> list[tuple[int, int, str]]:
        found = [(each.start, each.end, each.mark) for each in find_identifiers(text, listed, whole=whole)]
        hidden = [(*each.span(), "") for each in HIDDEN.finditer(text)]
        if not hidden:
            return found
        at, kept = 0, []
        for span in hidden:
            while at < len(found) and found[at][1] <= span[0]:
                at += 1
            if at == len(found) or span[0] < found[at][0]:
                kept.append(span)
        return sorted(found + kept)

    return cover


def redact(text: str, identifiers: Iterable[object] = (), *, whole: bool = False) -> str:
    """Put a word in brackets in the place of every identifier in a text.

    Parameters
    ----------
    identifiers, whole : those known to the case, and whether the text is uncut; see `find_identifiers`.

    Returns
    -------
    The text with one of `MARKS` in brackets where an identifier was. Characters that are not seen are dropped.

    Examples
    --------
    >>> redact("Write to ann@desk.example or call +1 555 010 0199 about REQ-7.", ["req-7"])
    'Write to [e-mail] or call [phone] about [identifier].'
    >>> redact("On 2024-05-14 at 10:32 version 4.2 of content-7.0 held 3% of Q-D2 for 90 days.")
    'On 2024-05-14 at 10:32 version 4.2 of content-7.0 held 3% of Q-D2 for 90 days.'
    """
    parts, last = [], 0
    for start, end, word in covers(identifiers, whole=whole)(text):
        parts += [text[last:start], word]
        last = end
    return "".join([*parts, text[last:]])
