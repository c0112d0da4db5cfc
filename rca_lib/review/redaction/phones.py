"""Phone numbers, told from counts, dates and ranges by their grouping and the words beside them."""

from __future__ import annotations

import re

__all__ = ["COUNTED", "phone_end"]

COUNTED = re.compile(
    r"\s(?:of\b|(?:[a-z-]+\s)?(?:requests?|records?|lines?|rows?|files?|pages?|messages?|users?|accounts?|bytes|events?|items?|pieces?"
    r"|people|persons?|hours?|days?|minutes?|seconds?|cases?|documents?|entries|words?|dollars|euros|pounds|times|units|samples?)\b)"
)
"""What follows a number that counts something."""

_EXTENSION = re.compile(r"(?:,? ?(?:x|ext\.?|extension|#) ?\d{1,6}+)?")
_ABROAD = re.compile(
    r"(?:\+ ?|00)[1-9]\d{0,14}+(?:[ .\-/]{0,2}\(\d{1,5}\)[ .\-/]{0,2}\d{1,12}+|[ .\-/]{1,2}\d{2,12}+){0,7}"
)
_GROUP = re.compile(r"\d+")
_NORTH_AMERICA = re.compile(r"(?:1[ .\-])?(?:\(\d{3}\) ?|\d{3}[ ./\-])\d{3}[ .\-]\d{4}(?!\d)")
_BRACKETED = re.compile(r"\((?!(?:19|20)\d\d\))\d{2,5}\)[ \-]?\d{2,5}+(?:[ \-]\d{2,5}+){0,3}")
_LED_BY_ZERO = re.compile(r"(?:\(0\d{1,4}\)|0\d{1,4})[ ./\-]\d{2,8}+(?:[ .\-]\d{2,4}+){0,4}")
_GROUPED = re.compile(r"\d{2,4}(?P<sign>[ .\-])\d{2,4}+(?:(?P=sign)\d{2,4}+){0,4}(?![.,]?\d)")
_GOES_ON = re.compile(r"[^\W_]|[.,]\d|[-/]\d|\s?%")
_MEASURED = re.compile(rf"\s?%|[.,:]\d|{COUNTED.pattern}")
_CUE = re.compile(
    r"\b(?:call(?:ed|ing|s)?|(?:tele)?phone[ds]?|tel|mobile|cell|fax|desk|office|home|work|direct|reach(?:ed)?|dial(?:led|ed)?|ring"
    r"|rang|text(?:ed)?|sms|whatsapp|signal|contact|answering|registered|landline|voicemail|pager|hotline|helpline|messages to|number)"
    r"\b[^\d]{0,25}\Z"
)
_CUE_AFTER = re.compile(r"[ \-,(]{1,3}(?:office|fax|mobile|cell|home|work|desk|direct|landline)\b")
_LISTED_BEFORE, _LISTED = re.compile(r"\d[ |]\Z"), re.compile(r"[ |]\d")
_NEXT_WORD = re.compile(r",? [^\W\d]")

_NEAR = 48
_DIGITS_ABROAD = range(8, 16)


def phone_end(text: str, start: int) -> int:
    """Give where a phone number ends that begins here in a folded text; 0 where none does.

    Examples
    --------
    >>> text = "+44 20 7946 0958 or 555-0100x12; 120 450 000 lines, 2018 2019"
    >>> [text[at : phone_end(text, at)] for at in (0, 20)], phone_end(text, 33), phone_end(text, 52)
    (['+44 20 7946 0958', '555-0100x12'], 0, 0)
    """
    if text[start] == "+" or text.startswith("00", start):
        end = _abroad(text, start)
        if end:
            return _with_extension(text, end)
    for pattern, fewest, most in ((_NORTH_AMERICA, 10, 11), (_BRACKETED, 7, 13), (_LED_BY_ZERO, 9, 13)):
        found = pattern.match(text, start)
        if found and fewest <= sum(map(str.isdigit, found.group())) <= most and not _is_listed(text, start, found):
            end = _with_extension(text, found.end())
            if not _GOES_ON.match(text, end):
                return end
    found = _GROUPED.match(text, start)
    if found and 7 <= sum(map(str.isdigit, found.group())) <= 12 and not _is_listed(text, start, found):
        end = _with_extension(text, found.end())
        if not _GOES_ON.match(text, end) and _is_a_phone(text, start, found.end(), found.group(), found["sign"]):
            return end
    return 0


def _abroad(text: str, start: int) -> int:
    found = _ABROAD.match(text, start)
    if not found:
        return 0
    digits, ends = 0, []
    prefix = 2 if text.startswith("00", start) else 0
    most = 11 if re.match(r"(?:\+ ?|00)1(?!\d)|(?:\+ ?|00)1\d{10}", found.group()) else _DIGITS_ABROAD[-1]
    for group in _GROUP.finditer(text, start, found.end()):
        digits += group.end() - group.start()
        if _MEASURED.match(text, group.end()):
            break
        if _DIGITS_ABROAD[0] <= digits - prefix <= most:
            ends.append(group.end())
    return ends[-1] if ends and not text[ends[-1] : ends[-1] + 1].isdigit() else 0


def _with_extension(text: str, end: int) -> int:
    found = _EXTENSION.match(text, end)
    return found.end() if found and not text[found.end() : found.end() + 1].isalnum() else end


def _is_listed(text: str, start: int, found: re.Match[str]) -> bool:
    """Whether numbers with blanks between are part of a longer list that nothing says is a phone number."""
    return (
        " " in found.group()
        and _LISTED_BEFORE.search(text, max(0, start - 2), start) is not None
        and _CUE.search(text, max(0, start - _NEAR), start) is None
    )


def _is_a_phone(text: str, start: int, end: int, number: str, sign: str) -> bool:
    """Tell a national number from a list, a range, years and a count whose thousands are set apart."""
    groups = number.split(sign)
    sizes = [len(group) for group in groups]
    if _CUE.search(text, max(0, start - _NEAR), start) or _CUE_AFTER.match(text, end):
        return True
    if sign == "." or (
        sign == " " and (_LISTED_BEFORE.search(text, max(0, start - 2), start) or _LISTED.match(text, end))
    ):
        return False
    if len(sizes) == 2:
        if sign == " " and _NEXT_WORD.match(text, end):
            # The numbers of a house and a street, or of a place.
            return False
        if sizes == [4, 4]:
            return not _is_a_range(*groups)
        return sizes == [3, 4] and groups[1][:2] not in ("19", "20")
    if sign == "-":
        return len(sizes) > 2
    if set(sizes[1:]) == {3}:
        return len(sizes) == 3 and not COUNTED.match(text, end)
    return set(sizes) != {2} and sum(sizes) >= 8


def _is_a_range(first: str, last: str) -> bool:
    """Whether two numbers of four digits are years, times of day, or round numbers that rise."""
    years = all(number[:2] in ("17", "18", "19", "20") for number in (first, last))
    times = all(number[:2] <= "24" and number[2:] < "60" for number in (first, last))
    return years or times or (first < last and first[-1] == last[-1] == "0")
