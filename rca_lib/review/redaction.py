"""Take identifiers out of free text before it is quoted: those that are known, and what has the shape of one.

It is a careful first line and no proof: a name that nobody listed stays. Dates, times, versions, percentages and ordinary
counts stay too.
"""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Iterable

__all__ = ["MARKS", "redact"]

MARKS = {
    "e-mail": "\ue000",
    "link": "\ue001",
    "identifier": "\ue002",
    "address": "\ue003",
    "account": "\ue004",
    "card": "\ue005",
    "phone": "\ue006",
    "handle": "\ue007",
    "number": "\ue008",
}
"""What can stand in brackets for something taken out, with the private character that holds its place meanwhile.

One character for each keeps what was taken out from being read again, and counts as no letter at the edge of a word.
"""

_HIDDEN = re.compile("[\u00ad\u200b\u2060\ufeff\u202a-\u202e\u2066-\u2069\ue000-\ue008]")
"""Characters that are not seen and would cut an identifier in two, and the ones used here."""

_AT = r"(?:@|＠|﹫|\s?[\[(]at[\])]\s?)"
_EMAIL = re.compile(rf"(?<![\w.+%'-])[\w.+%'-]+{_AT}[\w-]+(?:(?:\.|\s?[\[(]dot[\])]\s?)[\w-]+)+", re.I)
_ENDINGS = (
    "com|org|net|gov|mil|edu|info|biz|int|io|app|dev|eu|uk|us|ca|de|fr|es|it|nl|ie|ch|br|mx|in|jp|au|nz|test|example"
)
_LINK = re.compile(
    rf"(?<![\w@.-])(?:(?:[a-z][a-z0-9+]{{1,9}}://|www\.)[^\s<>\"]+|(?:[a-z0-9-]{{1,63}}\.){{1,8}}(?:{_ENDINGS})(?![\w-])(?:[/?#][^\s<>\"]*)?)",
    re.I,
)
_ADDRESS = re.compile(
    r"(?<![\w.:])(?:(?:[0-9a-f]{2}[:-]){5}[0-9a-f]{2}|[0-9a-f]{0,4}:[0-9a-f:.]{0,40}:[0-9a-f.]{0,15}|\d{1,3}(?:\.\d{1,3}){3})(?![\w:]|\.\d)",
    re.I,
)
_VERSIONED = re.compile(r"\b(?:v|versions?|releases?|build)[ .]*$", re.I)
_IBAN = re.compile(r"\b[a-z]{2}\d{2}(?:[ -]?[a-z0-9]{4}){2,7}(?:[ -]?[a-z0-9]{1,4})?\b", re.I)
_HANDLE = re.compile(r"(?<![\w@.])[@＠]\w[\w.-]*\w")

_DAY = r"(?:0?[1-9]|[12]\d|3[01])"
_DATE = rf"(?:(?:19|20)\d\d[-./](?:0?[1-9]|1[0-2])[-./]{_DAY}|{_DAY}[-./]{_DAY}[-./](?:19|20)?\d\d)"
_TIME = r"(?:[01]?\d|2[0-4]):[0-5]\d(?::[0-5]\d(?:[.,]\d+)?)?(?:Z\b|[+-]\d\d:?\d\d\b)?"
_KEPT = (
    rf"{_DATE}(?:T{_TIME})?(?![-./]?\w)|{_TIME}(?![:\w])"
    r"|\d{1,2}/\d{1,2} ?[-–] ?\d{1,2}/\d{1,2}(?:/(?:19|20)?\d\d)?(?![-./]?\w)"
    r"|[0-2]\d[0-5]\d(?: ?hrs?)? ?[-–] ?[0-2]\d[0-5]\d(?: ?hrs?)?(?![-./]?\w)"
    r"|(?:FY)?(?:19|20)\d\d ?[-–/] ?(?:19|20)\d\d(?![-./]?\w)"
    r"|\d{1,3}(?:,\d{3})+(?:\.\d+)?%?(?![\w,])|\d{1,3}\.\d+%?(?![\w.])"
)
_NUMBERS = re.compile(
    rf"(?<![\w.])(?:(?P<kept>{_KEPT})"
    r"|(?P<card>\d{4}(?P<gap>[ -])\d{4}(?P=gap)\d{4}(?P=gap)\d{1,7}(?!\w)|\d{4}[ -]\d{6}[ -]\d{5}(?!\w))"
    r"|(?P<phone>(?:\+|00)[1-9][\d ().\-/]{5,18}\d(?!\w)"
    r"|(?:1[ .-])?(?:\(\d{3}\) ?|\d{3}[ ./-])\d{3}[ .-]\d{4}(?!\w)"
    r"|\(?0\d{1,4}\)?[ /-]\d{2,4}(?:[ -]\d{2,4}){1,3}(?!\w)|\d{3}-\d{4}(?![\w-]))"
    r"|(?P<number>\d{3}-\d{2}-\d{4}(?!\w)|[^\W_]+(?:[-_/][^\W_]+)*))",
    re.I,
)
_LABELLED = re.compile(
    r"\b(?P<label>(?:account|acct|case|docket|warrant|subpoena|ticket|file|badge|passport|licen[cs]e|reference|ref|user|customer|id)"
    r"(?:\s{0,2}(?:number|no\.?|nr\.?|id|#))?\s{0,2}[:#]?\s{0,2}|#)(?P<what>(?=[\w/-]{0,40}\d{4})(?!(?:19|20)\d\d\b(?!-))[a-z0-9]+(?:[-/][a-z0-9]+)*)\b",
    re.I,
)
_MANY_DIGITS = 7
_CARD_DIGITS = range(13, 20)


def redact(text: str, identifiers: Iterable[object] = ()) -> str:
    """Replace known identifiers and what has the shape of one with a word in brackets.

    Parameters
    ----------
    identifiers : texts to take out wherever they stand as a whole word, whatever their case; blank ones are passed over.

    Returns
    -------
    The text with ``[e-mail]``, ``[link]``, ``[identifier]``, ``[address]`` (of a machine), ``[account]``, ``[card]``,
    ``[phone]``, ``[handle]`` or ``[number]`` in their place. Invisible characters inside it are dropped.

    Examples
    --------
    >>> redact("Write to ann@desk.example or call +1 555 010 0199 about REQ-7.", ["req-7"])
    'Write to [e-mail] or call [phone] about [identifier].'
    >>> redact("On 2024-05-14 at 10:32 version 4.2 of content-7.0 held 3% of Q-D2 for 90 days.")
    'On 2024-05-14 at 10:32 version 4.2 of content-7.0 held 3% of Q-D2 for 90 days.'
    """
    text = _HIDDEN.sub("", text)
    text = _EMAIL.sub(MARKS["e-mail"], text)
    text = _LINK.sub(_link, text)
    known = _known(identifiers)
    if known is not None:
        text = known.sub(MARKS["identifier"], text)
    text = _ADDRESS.sub(_address, text)
    text = _IBAN.sub(_iban, text)
    text = _HANDLE.sub(MARKS["handle"], text)
    text = _NUMBERS.sub(_number, text)
    text = _LABELLED.sub(lambda found: found["label"] + MARKS["number"], text)
    for word, mark in MARKS.items():
        text = text.replace(mark, f"[{word}]")
    return text


def _known(identifiers: Iterable[object]) -> re.Pattern[str] | None:
    named = {_HIDDEN.sub("", one).strip() for one in identifiers if isinstance(one, str)}
    # The longest first, so that a longer identifier is not left with its tail showing.
    parts = [r"\s+".join(map(re.escape, one.split())) for one in sorted(named, key=lambda one: (-len(one), one)) if one]
    return re.compile(rf"(?<!\w)(?:{'|'.join(parts)})(?!\w)", re.I) if parts else None


def _link(found: re.Match[str]) -> str:
    whole = found.group()
    bare = whole.rstrip(".,;:!?)]}'’”")
    return MARKS["link"] + whole[len(bare) :]


def _address(found: re.Match[str]) -> str:
    whole = found.group()
    bare = whole.rstrip(".")
    if re.fullmatch(r"(?:[0-9a-f]{2}[:-]){5}[0-9a-f]{2}", bare, re.I):
        return MARKS["address"] + whole[len(bare) :]
    try:
        ipaddress.ip_address(bare)
    except ValueError:
        return whole
    # A version may have four parts as well.
    versioned = "." in bare and _VERSIONED.search(found.string[max(0, found.start() - 12) : found.start()])
    return whole if versioned or bare == "::" else MARKS["address"] + whole[len(bare) :]


def _iban(found: re.Match[str]) -> str:
    """Take out the longest beginning whose check digits hold; what follows may be the next words of the sentence."""
    whole = found.group()
    for end in range(len(whole), 14, -1):
        bare = re.sub(r"[ -]", "", whole[:end]).upper()
        edge = end == len(whole) or not whole[end].isalnum()
        if len(bare) >= 15 and edge and whole[end - 1].isalnum():
            digits = "".join(str(int(letter, 36)) for letter in bare[4:] + bare[:4])
            if int(digits) % 97 == 1:
                return MARKS["account"] + whole[end:]
    return whole


def _number(found: re.Match[str]) -> str:
    whole = found.group()
    if found["kept"]:
        return whole
    for kind in ("card", "phone"):
        if found[kind]:
            return MARKS[kind]
    digits = [letter for letter in whole if letter.isdigit()]
    if len(digits) < _MANY_DIGITS and not re.fullmatch(r"\d{3}-\d{2}-\d{4}", whole):
        return whole
    card = len(digits) == len(whole) and len(digits) in _CARD_DIGITS and _luhn(digits)
    return MARKS["card" if card else "number"]


def _luhn(digits: list[str]) -> bool:
    doubled = [int(digit) * (1 + place % 2) for place, digit in enumerate(reversed(digits))]
    return sum(one - 9 if one > 9 else one for one in doubled) % 10 == 0
