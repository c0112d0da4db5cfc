"""Where a paragraph may be parted: between its sentences, so that no slide ends within one."""

from __future__ import annotations

import re

__all__ = ["sentences"]

_END = re.compile(r"(?<=[.!?])([”’\")\]]*) (?=[A-Z0-9À-ÞΑ-ΩА-Я“‘\"'(\[])")
_SHORT = re.compile(
    r"(?:^|[\s(“])(?:[A-Za-z]|e\.g|i\.e|vs|cf|approx|no|nos|art|sec|ch|fig|p|pp|dr|mr|mrs|ms|st|jr|u\.s|u\.k)\.$",
    re.IGNORECASE,
)
"""Words that end in a dot without ending a sentence."""


def sentences(paragraph: str) -> list[str]:
    """Return the sentences of a paragraph; joined by single spaces they are the paragraph again.

    Examples
    --------
    >>> sentences("See no. 5, e.g. the log. It is “done.” Is it?")
    ['See no. 5, e.g. the log.', 'It is “done.”', 'Is it?']
    """
    found: list[str] = []
    begin = 0
    for match in _END.finditer(paragraph):
        end = match.end() - 1
        if not _SHORT.search(paragraph[begin : match.start()]):
            found.append(paragraph[begin:end])
            begin = match.end()
    return [*found, paragraph[begin:]]
