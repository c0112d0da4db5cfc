"""What a number is said to be by the words before it."""

from __future__ import annotations

import re

from rca_lib.review.redaction.folding import AsWritten

__all__ = ["labelled"]

_LABELS = {
    "number": (
        "account acct case docket warrant subpoena ticket file badge reference ref user customer id matter complaint incident citation "
        "booking inmate prisoner claim invoice policy member employee patient client imei imsi iccid serial ssn "
        "security ext extension no nr"
    ),
    "document": "passport licence license dl dln permit identity",
    "plate": "plate plates registration reg tag vrm",
}
_ANY = frozenset(word for words in _LABELS.values() for word in words.split())
_WORDS = re.compile(r"[a-z]+")
_NAMED = re.compile(
    r"\b(?:" + "|".join(f"(?P<{kind}>{'|'.join(words.split())})" for kind, words in _LABELS.items()) + r")"
    r"(?:'s)?(?:\s{0,2}(?:card|number|num|no\b\.?|nr\b\.?|id|#)){0,2}\.?(?:\s(?:is|was|of))?\s{0,2}[:#=]?\s{0,2}[\"'(]?"
    r"(?P<letters>[a-z]{1,3}[ -])?\Z"
)
_FOUR_DIGITS = re.compile(r"\d{4}")
_YEAR = re.compile(r"(?:19|20)\d\d(?:-(?:0[1-9]|1[0-2])\Z|(?![-\w]))")
_MORE = re.compile(r"[ -][a-z0-9]{1,4}(?![a-z0-9])")
_NEAR = 40


def labelled(text: str, as_written: AsWritten, start: int, end: int) -> tuple[str, int, int]:
    """Give what the words before a token say that it is, one of the marks, and where it begins and ends.

    A token that is named as a number needs four digits together and may not be a year. That of a plate or a document needs
    letters and digits, or several digits. The mark is empty where the words say nothing.

    Examples
    --------
    >>> labelled("account no. 4711", lambda start, end: "account no. 4711"[start:end], 12, 16)
    ('number', 12, 16)
    >>> labelled("plate ab12 cde was seen", lambda start, end: "plate AB12 CDE was seen"[start:end], 6, 10)
    ('plate', 6, 14)
    """
    token, before = text[start:end], text[max(0, start - _NEAR) : start]
    if before.endswith("#"):
        return ("number" if _is_a_number(token) else ""), start, end
    if _ANY.isdisjoint(_WORDS.findall(before)[-5:]):
        return "", start, end
    named = _NAMED.search(before)
    if not named:
        return "", start, end
    kind = next(each for each in _LABELS if named[each])
    letters = len(named["letters"] or "")
    if kind == "number":
        return ("number" if not letters and _is_a_number(token) and not before.endswith("in case ") else ""), start, end
    if letters and not _is_in_capitals(as_written, start - letters, start):
        return "", start, end
    more = _MORE.match(text, end)
    if more and kind == "plate" and _is_in_capitals(as_written, end, more.end()):
        end = more.end()
    plain = "".join(filter(str.isalnum, text[start - letters : end]))
    long_enough = len(plain) >= (6 if plain.isdigit() else 5) and "/" not in token
    return (kind if long_enough else "number" if _is_a_number(token) else ""), start - letters, end


def _is_in_capitals(as_written: AsWritten, start: int, end: int) -> bool:
    written = as_written(start, end)
    return written == written.upper()


def _is_a_number(token: str) -> bool:
    return _FOUR_DIGITS.search(token) is not None and _YEAR.match(token) is None
