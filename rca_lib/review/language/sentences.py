"""Sentences of a text, and the parts of a sentence that are somebody else's words."""

from __future__ import annotations

import re

__all__ = ["LONGEST", "hide_quotations", "lowered_alike", "plain_marks", "split_sentences", "word_set"]

LONGEST = 1_000
"""Characters that are looked at in one piece: a longer sentence is looked at in pieces, so that no text takes long."""

_MARKS = str.maketrans({"’": "'", "‘": "'", "ʼ": "'", "“": '"', "”": '"', "„": '"', "‐": "-", "‑": "-", "\xa0": " "})
_QUOTATION = re.compile(
    r"""
    “[^“”]*”
    | „[^„“”]*[“”]
    | «[^«»]*»
    | (?<!\w)"[^"]*"
    | (?<![\w’'])‘(?:[^‘’]|’(?=\w)){0,240}’(?!\w)
    | (?<![\w’'])'(?=\S)(?:[^'\n]|'(?=\w)){0,240}?(?<=\S)'(?!\w)
    """,
    re.VERBOSE,
)
_ADOPTED = re.compile(
    r"\s+(?:(?:is|was|would be|seems|remains) (?:perhaps |surely )?(?:the|an?|my|our) "
    r"(?:only|right|best|fair|apt|fitting|kind|kindest|mild|mildest|exact|first) (?:words?|terms?|verdict|"
    r"description|label)|"
    r"(?:best |aptly |fairly |rightly |hardly )?(?:describes?|sums? up|fits|characteri[sz]es|captures|covers))\b"
)
"""What follows a word in quotation marks that the writer makes their own."""
_STOP = re.compile(r"""(?<![.!?…])[.!?…]+["'”’»)\]]*(?=\s)""")
_BREAK = re.compile(r"\n\s*\n\s*|\n\s*(?=(?:[-*•–]|\d{1,2}[.)]|\#{1,6})\s)")
_LISTED = re.compile(r"^(?:[-*•–]|\#{1,6})\s+")
_ABBREVIATION = re.compile(
    r"(?:\b(?:e\.g|i\.e|cf|vs|v|approx|no|nos|art|arts|sec|para|ch|fig|tab|vol|pp?|ed|al|dr|mrs?|ms|mx|"
    r"prof|sgt|lt|capt|det|insp|cpl|supt|cmdr|col|maj|hon|rev|st|inc|ltd|"
    r"co|corp|dept|govt|jan|feb|mar|apr|jun|jul|aug|sept?|oct|nov|dec|u\.s\.c|c\.f\.r|u\.s|u\.k|[a-z])|§)\.$",
    re.IGNORECASE,
)
_MAY_END = re.compile(
    r"(?:\b(?:etc|a\.m|p\.m|asap|a\.s\.a\.p|u\.s|u\.k|e\.u)|\b(?i:item|option|part|form|annex|team|box|"
    r"column) [A-Z])\.$"
)
_BEGINS = re.compile(r"""\s+["'“‘«„(\[]*[A-Z0-9À-ÞŒŠŽ]""")


def plain_marks(text: str) -> str:
    """Write curly quotation marks, apostrophes and hard hyphens as plain ones; no character moves.

    >>> plain_marks("didn’t")
    "didn't"
    """
    return text.translate(_MARKS)


def lowered_alike(text: str) -> str:
    """Lower a text without moving a character: a letter whose lower case is longer stays.

    >>> lowered_alike("The TOOL"), len(lowered_alike("İ"))
    ('the tool', 1)
    """
    lowered = text.lower()
    return (
        lowered if len(lowered) == len(text) else "".join(one if len(one.lower()) > 1 else one.lower() for one in text)
    )


def word_set(text: str) -> frozenset[str]:
    """Read a list of words as a set.

    >>> sorted(word_set("one two"))
    ['one', 'two']
    """
    return frozenset(text.split())


def hide_quotations(text: str) -> str:
    """Put a neutral character for each one inside quotation marks; no character moves.

    >>> hide_quotations("She wrote ‘a careless slip’ twice.")
    'She wrote ‘···············’ twice.'
    >>> hide_quotations("It's the team's list.")
    "It's the team's list."

    A word that the writer makes their own is not hidden.

    >>> hide_quotations("“Careless” is the only word for it.")
    '“Careless” is the only word for it.'
    """
    if not any(mark in text for mark in "\"'“‘«„"):
        return text

    def hidden(found: re.Match[str]) -> str:
        own = _ADOPTED.match(text, found.end()) is not None
        return found[0] if own else found[0][0] + "·" * (len(found[0]) - 2) + found[0][-1]

    return _QUOTATION.sub(hidden, text)


def split_sentences(text: str) -> tuple[str, ...]:
    """Split a text into sentences.

    Abbreviations, initials, versions, dates, ids and ellipses do not end a sentence; nor does a full stop inside a quotation that
    goes on. A blank line and a new item of a list end one.

    Parameters
    ----------
    text : any text, with or without line breaks.

    Returns
    -------
    The sentences in their order, each on one line, without empty ones; one longer than `LONGEST` in pieces.

    Examples
    --------
    >>> split_sentences("Tool 4.2 was released on 2. June, e.g. in Dublin. It held. See p. 3.")
    ('Tool 4.2 was released on 2. June, e.g. in Dublin.', 'It held.', 'See p. 3.')
    >>> split_sentences('The note said “It works. We are done.” Nobody asked.')
    ('The note said “It works. We are done.”', 'Nobody asked.')
    """
    found: list[str] = []
    for part in _BREAK.split(text):
        line = _LISTED.sub("", " ".join(part.split()))
        if line:
            found.extend(piece for sentence in _split_line(line) for piece in _pieces(sentence))
    return tuple(found)


def _pieces(sentence: str) -> list[str]:
    pieces = []
    while len(sentence) > LONGEST:
        cut = sentence.rfind(" ", LONGEST // 2, LONGEST)
        cut = LONGEST if cut < 0 else cut
        pieces.append(sentence[:cut].strip())
        sentence = sentence[cut:].strip()
    return [*pieces, sentence]


def _split_line(line: str) -> list[str]:
    hidden = hide_quotations(line)
    sentences, start = [], 0
    for stop in _STOP.finditer(hidden):
        begins = _BEGINS.match(line, stop.end())
        if begins is None or _goes_on(line[start : stop.end()], line[stop.end() :]):
            continue
        sentences.append(line[start : stop.end()].strip())
        start = stop.end()
    # A full stop inside closing marks is hidden with the quotation; the quotation then ends the sentence.
    pieces = [piece for one in [*sentences, line[start:].strip()] for piece in _after_quotation(one)]
    return [piece for piece in pieces if piece]


_CLOSED = re.compile(r"""(?<=[.!?…][”"’'»])\s+(?=["'“‘«„(\[]?[A-ZÀ-Þ])""")


def _after_quotation(sentence: str) -> list[str]:
    hidden = hide_quotations(sentence)
    if hidden == sentence:
        return [sentence]
    pieces, start = [], 0
    for gap in _CLOSED.finditer(sentence):
        # The mark before the gap closes a quotation when what stands before it is hidden.
        if hidden[gap.start() - 2] == "·" and hidden[gap.end()] != "·":
            pieces.append(sentence[start : gap.start()])
            start = gap.end()
    return [*pieces, sentence[start:]]


def _goes_on(before: str, after: str) -> bool:
    """Tell whether a stop belongs to an abbreviation, an initial or a number of an order, so that the sentence goes on."""
    begins, before = len(before) <= 3, before[-24:]
    if _MAY_END.search(before):
        return False
    if re.search(r"\b\d{1,2}\.$", before):
        return re.match(r"\s+(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)", after) is not None or begins
    if re.search(r"\b[Nn]o\.$", before):
        return re.match(r"\s+\d", after) is not None
    return _ABBREVIATION.search(before) is not None
