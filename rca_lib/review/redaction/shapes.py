"""What has the shape of an identifier, whoever's it is."""

from __future__ import annotations

from collections.abc import Iterable
from functools import partial

from rca_lib.review.redaction.contacts import emails, handles, links, machine_addresses, said_handles
from rca_lib.review.redaction.folding import Reading
from rca_lib.review.redaction.marks import MARKS
from rca_lib.review.redaction.numbers import numbers

__all__ = ["shapes_in"]


def shapes_in(reading: Reading, written: str) -> list[tuple[str, int, int]]:
    """Give what has the shape of an identifier in a reading of a text: the kind, and where each begins and ends.

    Kinds are looked for in turn. What was found is covered by its mark, so that it is not read again as something else.

    Parameters
    ----------
    written : the text as it stands, in which capital letters can be told.

    Examples
    --------
    >>> shapes_in(Reading("ann@desk.example or 555-0100"), "ann@desk.example or 555-0100")
    [('e-mail', 0, 16), ('phone', 20, 28)]
    """
    as_written = partial(reading.as_written, written)
    text = reading.text
    found: list[tuple[str, int, int]] = []

    def take(kind: str, spans: Iterable[tuple[int, int]]) -> None:
        nonlocal text
        new = [(kind, start, end) for start, end in spans]
        text = _covered(text, new)
        found.extend(new)

    take("e-mail", emails(text))
    take("link", links(text, as_written))
    take("address", machine_addresses(text))
    take("handle", handles(text))
    take("handle", said_handles(text))
    found.extend(numbers(text, as_written))
    return found


def _covered(text: str, found: list[tuple[str, int, int]]) -> str:
    if not found:
        return text
    parts, last = [], 0
    for kind, start, end in sorted(found, key=lambda each: each[1:]):
        if end > last:
            parts += [text[last : max(start, last)], MARKS[kind] * (end - max(start, last))]
            last = end
    return "".join([*parts, text[last:]])
