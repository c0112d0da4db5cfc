"""Numbers that stand for somebody: cards, accounts, phones, cases, documents, places, and whatever has many digits.

Dates, times, versions, amounts, percentages and counts are read first, and stay.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from rca_lib.review.redaction.checks import base58_holds, iban_end, is_moment, luhn_holds
from rca_lib.review.redaction.folding import AsWritten
from rca_lib.review.redaction.labels import labelled
from rca_lib.review.redaction.phones import COUNTED, phone_end
from rca_lib.review.redaction.places import place_end

__all__ = ["numbers"]

MANY_DIGITS = 7
"""A number with so many digits is no count that a text would spell out."""

_DAY, _MONTH, _YEAR = r"(?:0?[1-9]|[12]\d|3[01])", r"(?:0?[1-9]|1[0-2])", r"(?:19|20)\d\d"
_DATE = rf"(?:{_YEAR}(?P<d>[-./ ]){_MONTH}(?P=d){_DAY}|{_DAY}(?P<e>[-./ ]){_DAY}(?P=e)(?:19|20)?\d\d)"
_TIME = r"(?:[01]?\d|2[0-4]):[0-5]\d(?::[0-5]\d(?:[.,]\d+)?)?(?:z\b|[+-]\d\d:?\d\d\b)?"
_KEPT = re.compile(
    rf"{_DATE}(?:[t_]{_TIME})?(?![-./]?\w)|{_TIME}(?![:\w])"
    r"|\d{1,2}/\d{1,2} ?- ?\d{1,2}/\d{1,2}(?:/(?:19|20)?\d\d)?(?![-./]?\w)"
    r"|[0-2]\d[0-5]\d(?: ?hrs?)? ?- ?[0-2]\d[0-5]\d(?: ?hrs?)?(?![-./]?\w)"
    r"|(?:1[789]|20)\d\ds? ?[-/] ?(?:1[789]|20)\d\ds?(?![-./]?\w)"
    r"|\d{1,3}(?:,\d{3}){1,6}(?:\.\d+)?%?(?!\w|,\d)|\d{1,3}\.\d+%?(?!\w|\.\w)"
    r"|\d{4,6}0 ?- ?\d{4,6}0(?![-./]?\w)|\d{3}0 ?- ?\d{3,5}0(?![-./]?\w)"
)
_YEARS = re.compile(r"fy(?:19|20)\d\d(?: ?[-/] ?(?:(?:19|20)?\d\d))?(?![-./]?\w)")
_DATE_INSIDE = re.compile(
    rf"(?<!\d){_YEAR}([-_]?)(?:0[1-9]|1[0-2])\1(?:0[1-9]|[12]\d|3[01])(?!\d)"
    rf"|(?<!\d)(?:0[1-9]|[12]\d|3[01])-(?:0[1-9]|1[0-2])-{_YEAR}(?!\d)"
)
_DIGIT = re.compile(r"\d")
_TOKEN = re.compile(r"[^\W_]++(?:[-_/][^\W_]++)*+")
_COUNT = re.compile(r"\d{1,3}(?=[.,;:!?)]?\s[a-ce-z]{3}|[.,;:!?)]?\s?\Z|%|[.,;]\s[a-z])")
_AFTER_LETTERS = re.compile(r"[\s:#][a-z]{1,3} \Z")
_RATIO = re.compile(r"\d+/\d+")
_IPV4 = re.compile(r"\d{1,3}(?:(?:\.|\[\.\]|\(\.\))\d{1,3}){3}(?:/\d{1,2}(?!\d)|:\d{1,5}(?!\d))?(?!\w|\.\d)")
_VERSIONED = re.compile(r"\b(?:v|versions?|releases?|build)[ .:]*\Z")
_DOCKET = re.compile(
    r"(?:\d{1,2}:)?\d{2,4}-(?:cv|cr|mj|mc|md|ml|sw|gj|ms|po|misc|civ|crim|cf|cm|dr|jv|pr|sc|tr|ap|bk|adv|cas)-\d{1,7}+"
    r"(?:-[a-z0-9]{1,5}+)*+(?!\w)"
)
_CARD = re.compile(r"\d{4}(?P<gap>[ .\-])\d{4}(?P=gap)\d{4}(?P=gap)\d{1,7}(?!\w)|\d{4}([ \-])\d{6}\2\d{5}(?!\w)")
_CARD_DIGITS = range(13, 20)
_SOCIAL = re.compile(r"\d{3}([- ])\d{2}\1\d{4}(?!\w)")
_IBAN = re.compile(r"[a-z]{2}\d{2}(?:[ -]?[a-z0-9]{4}){2,7}(?:[ -]?[a-z0-9]{1,4})?(?![a-z0-9])")
_LIKE_IBAN = re.compile(r"[a-z]{2}\d{2}(?: [a-z0-9]{4}){0,2}(?: \d{4}){3,7}(?: \d{1,3})?(?!\w)")
_UUID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}(?!\w)")
_HEXADECIMAL = re.compile(r"(?:0x)?[0-9a-f]{16,}")
_ETHEREUM = re.compile(r"0x[0-9a-f]{40}")
_SEGWIT = re.compile(r"(?:bc|tb)1[ac-hj-np-z02-9]{11,87}")
_BASE58 = re.compile(r"[13][1-9a-z]{25,34}")
_MONEY = re.compile(r"[$€£¥]\s?\Z|\b(?:usd|eur|gbp)\s?\Z")
_STATUTE = re.compile(r"\([a-z0-9]\)")


def numbers(text: str, as_written: AsWritten) -> Iterator[tuple[str, int, int]]:
    """Give the numbers of a folded text that stand for somebody: the kind, and where each begins and ends.

    Parameters
    ----------
    as_written : gives a stretch of the text as it stands, where capital letters tell.

    Examples
    --------
    >>> text = "on 2024-05-14 at 10:32, account 4711 and 1:24-cv-00123 of 12,480 requests"
    >>> [(kind, text[start:end]) for kind, start, end in numbers(text, lambda start, end: text[start:end])]
    [('number', '4711'), ('number', '1:24-cv-00123')]
    """
    last = 0
    digit = _DIGIT.search(text)
    while digit:
        start = _start_of_token(text, digit.start(), last)
        kind, begin, end = _read(text, as_written, start, last)
        if kind:
            yield kind, begin, end
        last = max(end, digit.end())
        digit = _DIGIT.search(text, last)


def _start_of_token(text: str, at: int, last: int) -> int:
    """Go back from a digit to where its word begins; words joined by a dash, a stroke or a slash are one."""
    while at > last:
        letter = text[at - 1]
        if letter.isalnum() or (letter in "-_/" and at - 1 > last and text[at - 2].isalnum()):
            at -= 1
        else:
            break
    return at


def _end_of_token(text: str, start: int) -> int:
    token = _TOKEN.match(text, start)
    return token.end() if token else start + 1


def _read(text: str, as_written: AsWritten, start: int, last: int) -> tuple[str, int, int]:
    """Read what begins here: its kind, empty for what stays, where it begins and where the reading goes on."""
    if text[start].isdigit():
        before = text[max(last, start - 2) : start]
        count = _COUNT.match(text, start)
        if (
            count
            and before[-1:] not in ("+", "(", "#", "-", "/")
            and not _AFTER_LETTERS.search(text, max(0, start - 6), start)
        ):
            # Most numbers of a text are these, and nothing of what follows can be one.
            return "", start, count.end()
        sign = start - (before[-1:] in ("+", "-", "("))
        sign -= before in ("+(", "(0")
        if place := place_end(text, sign if before[-1:] in ("+", "-") else start):
            return "coordinates", sign if before[-1:] == "-" else start, place
        if before[-1:] == "." and not before[:1].isalpha():
            # What stands after a point is part of a decimal number.
            return "", start, _end_of_token(text, start)
        if found := _read_digits(text, start, sign):
            return found
    elif years := _YEARS.match(text, start):
        return "", start, years.end()
    return _read_token(text, as_written, start, _end_of_token(text, start))


def _read_digits(text: str, start: int, sign: int) -> tuple[str, int, int] | None:
    """Read what begins with a digit, or with the sign before it; ``None`` where it is none of these."""
    address = _IPV4.match(text, start)
    if address and all(int(part) < 256 for part in re.findall(r"\d+", address.group())[:4]):
        versioned = _VERSIONED.search(text, max(0, start - 12), start)
        return "" if versioned else "address", start, address.end()
    docket = _DOCKET.match(text, start)
    if docket:
        return "number", start, docket.end()
    kept = _KEPT.match(text, start)
    if kept and sign == start:
        return "", start, kept.end()
    card = _CARD.match(text, start)
    if card:
        digits = "".join(filter(str.isdigit, card.group()))
        if len(digits) in _CARD_DIGITS and luhn_holds(digits):
            return "card", start, card.end()
        if len(digits) in (15, 16, 19):
            return "number", start, card.end()
    social = _SOCIAL.match(text, start)
    if social:
        return "number", start, social.end()
    for begin in dict.fromkeys((sign, start)):
        if end := phone_end(text, begin):
            return "phone", begin, end
    return ("", start, kept.end()) if kept else None


def _read_token(text: str, as_written: AsWritten, start: int, end: int) -> tuple[str, int, int]:
    """Read a word with a digit in it, or several that are joined: its kind, empty for what stays, where it begins and ends."""
    token = text[start:end]
    iban = _IBAN.match(text, start)
    if iban and (stop := iban_end(iban.group())):
        return "account", start, start + stop
    grouped = _LIKE_IBAN.match(text, start)
    if grouped:
        return "number", start, grouped.end()
    uuid = _UUID.match(text, start)
    if uuid:
        return "number", start, uuid.end()
    if _ETHEREUM.fullmatch(token) or _SEGWIT.fullmatch(token):
        return "wallet", start, end
    if _BASE58.fullmatch(token) and base58_holds(as_written(start, end)):
        return "wallet", start, end
    counted = token.isdigit() and COUNTED.match(text, end)
    kind, begin, stop = labelled(text, as_written, start, end)
    if kind and not counted and not _STATUTE.match(text, end):
        return kind, begin, stop
    if is_moment(token) or counted:
        return "", start, end
    # Of two numbers with a slash between, each is one: a count of a total, or a number of a year.
    counted_apart = max(token.split("/"), key=len) if _RATIO.fullmatch(token) else token
    digits = "".join(filter(str.isdigit, _DATE_INSIDE.sub("", counted_apart)))
    if len(digits) >= MANY_DIGITS:
        if token.isdigit() and _MONEY.search(text, max(0, start - 5), start):
            return "", start, end
        return ("card" if len(token) == len(digits) in _CARD_DIGITS and luhn_holds(digits) else "number"), start, end
    return ("number" if _HEXADECIMAL.fullmatch(token) else ""), start, end
