"""The forms in which a known identifier may stand in a text: whole, or a part that gives it away."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import pairwise

from rca_lib.review.redaction.folding import readings
from rca_lib.review.redaction.ordinary import is_ordinary, words_in

__all__ = ["SHORTEST_KEY", "TAIL", "UNSPACED", "Form", "bare", "forms_of", "like_a_date", "tails_of"]

SHORTEST_KEY = 4
"""Identifiers with fewer letters and digits are looked for as they are written."""

TAIL = 4
"""How many of an identifier's last digits give it away when they are said to be such."""

UNSPACED = re.compile(
    "[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u2e80-\u312f\u3130-\u9fff\uac00-\ud7af\uf900-\ufaff\U00020000-\U0003ffff]"
)
"""Letters of scripts that put no space between words, or none before a particle: Thai, Lao, Burmese, Khmer, Chinese, Japanese, Korean."""

_PIECES = re.compile(r"[^\W\d_]+|\d+")
_EMAIL = re.compile(r"([^\s@]+)@([^\s@]+\.[^\s@]+)")
_URL = re.compile(r"(?:[a-z][a-z0-9+.-]*://|www\.)\S+|[a-z0-9-]+(?:\.[a-z0-9-]+)+/\S+")
_NAME_WORD = re.compile(r"[^\W\d_]+(?:['’-][^\W\d_]+)*\.?")
_TITLES = words_in(
    "mr mrs ms miss mx dr prof sir dame rev hon jr sr ii iii iv phd md esq det sgt cpl lt capt cpt col maj officer agent detective "
    "sergeant inspector constable deputy trooper sheriff judge justice herr frau monsieur madame don dona senor senora"
)
_JOINING = words_in("and of the for de la le du von van der den et und y e")
_DOTTED = re.compile(r"\d+(?:[.:]\d+){2,}")
_UMLAUTS = (("ä", "ae"), ("ö", "oe"), ("ü", "ue"), ("å", "aa"), ("ø", "oe"), ("æ", "ae"))
_DATE_GROUPS = ([4, 2], [4, 2, 2], [2, 2, 4], [6], [8])
_HEXADECIMAL = re.compile(r"[0-9a-f]{16,}")


@dataclass(frozen=True, slots=True)
class Form:
    """One form of an identifier.

    Attributes
    ----------
    key : its letters and digits alone, folded.
    cuts : the places in the key where the identifier itself is parted, or where letters meet digits.
    whole : whether it is the identifier itself, and not a part of it.
    needs : what must hold besides, in words: ``parted`` at every cut, ``capital`` letters at the beginning of its words,
        a ``title`` before it, ``grouped`` as it is written, or ``closed`` without blanks.
    """

    key: str
    cuts: frozenset[int]
    whole: bool = True
    needs: str = ""

    @property
    def digits(self) -> int:
        """How many digits it has."""
        return sum(letter.isdigit() for letter in self.key)

    @property
    def anyhow(self) -> bool:
        """Whether it is telling enough to be known however it is parted."""
        if self.needs:
            return False
        if UNSPACED.search(self.key):
            return True
        return len(self.key) >= 7 and (self.digits >= 3 or (self.whole and len(self.key) >= 8))

    @property
    def tells(self) -> bool:
        """Whether it is telling enough to be known between digits, when it ends in letters, and between letters, in digits."""
        return self.whole and not self.needs and len(self.key) >= 7

    @property
    def glued(self) -> bool:
        """Whether it is telling enough to be known with letters stuck to it, wherever it ends."""
        return self.tells and 4 <= self.digits < len(self.key)

    @property
    def swapped(self) -> bool:
        """Whether it is telling enough to be known with digits for letters that look alike, and letters for digits."""
        return not self.needs and len(self.key) >= 6 and self.digits != len(self.key)


def bare(identifier: object) -> str | None:
    """Give an identifier as text, whole numbers too; ``None`` for what is none.

    Examples
    --------
    >>> [bare(one) for one in (" REQ-1 ", 12345, 12345.0, float("nan"), None, True, "")]
    ['REQ-1', '12345', '12345', None, None, None, None]
    """
    if isinstance(identifier, str):
        return identifier.strip() or None
    if isinstance(identifier, bool):
        return None
    if isinstance(identifier, float):
        return str(int(identifier)) if identifier.is_integer() else None
    return str(identifier) if isinstance(identifier, int) else None


def forms_of(identifier: str) -> Iterator[Form]:
    """Give the forms of an identifier, itself first.

    Examples
    --------
    >>> sorted(form.key for form in forms_of("ann.lee@desk.example"))
    ['anndotleeatdeskdotexample', 'annlee', 'annleeatdeskdotexample', 'annleeatdeskexample', 'annleedeskexample']
    >>> [form.key for form in forms_of("REQ-2025-0042") if not form.whole]
    ['20250042', '0042']
    """
    seen = set()
    for text in (identifier, *_spelt_otherwise(identifier)):
        for reading in readings(text):
            for part, whole, needs in _texts(reading.text):
                form = _form(part, whole, needs)
                if form.key and form not in seen:
                    seen.add(form)
                    yield form


def _spelt_otherwise(identifier: str) -> Iterator[str]:
    """Give a name with its umlauts as two letters, or the other way round."""
    low = identifier.casefold()
    if not any(letter.isdigit() or letter == "@" for letter in low):
        yield from (low.replace(*pair) for pair in _UMLAUTS if pair[0] in low)
        yield from (low.replace(two, one) for one, two in _UMLAUTS if two in low)


def tails_of(identifier: str) -> Iterator[str]:
    """Give the last digits of an identifier, from `TAIL` of them to all.

    Examples
    --------
    >>> list(tails_of("REQ-2025-042"))
    ['5042', '25042', '025042', '2025042']
    """
    for reading in readings(identifier):
        digits = "".join(letter for letter in reading.text if letter.isdigit())
        yield from (digits[-length:] for length in range(TAIL, len(digits) + 1))


def _form(text: str, whole: bool, needs: str) -> Form:
    key, cuts, at = [], set(), 0
    for piece in _PIECES.finditer(text):
        if at:
            cuts.add(at)
        key.append(piece.group())
        at += len(piece.group())
    joined = "".join(key)
    if _DOTTED.fullmatch(text.strip()) or (cuts and is_ordinary(joined)):
        needs = f"{needs} parted".strip()
    return Form(joined, frozenset(cuts), whole, needs)


def _texts(text: str) -> Iterator[tuple[str, bool, str]]:
    """Give the texts whose forms an identifier has, whether each is the whole of it, and what it needs."""
    yield text, True, ""
    mail = _EMAIL.fullmatch(text)
    if mail:
        local, domain = mail.groups()
        yield f"{local} at {domain}", True, ""
        yield f"{local} at {domain.replace('.', ' dot ')}", True, ""
        yield f"{local.replace('.', ' dot ')} at {domain.replace('.', ' dot ')}", True, ""
        yield from _of_an_address(dict.fromkeys((local, local.split("+")[0])))
    elif _URL.fullmatch(text):
        yield from _of_an_address(re.split(r"[/?#&=;]+", text.split("://")[-1])[1:])
    elif text.startswith("@"):
        yield from _of_an_address(text.split("@")[1:2])
    else:
        words = text.replace(",", " ").split()
        if 2 <= len(words) <= 6 and all(_NAME_WORD.fullmatch(word) for word in words):
            named = [word for word in words if word.strip(".") not in _TITLES]
            if len(named) < len(words):
                yield " ".join(named), True, ""
            yield from _of_a_name(named, "," in text)
        elif any(letter.isdigit() for letter in text):
            yield from _of_a_code(text)


def _of_an_address(parts: Iterable[str]) -> Iterator[tuple[str, bool, str]]:
    """Give the parts of an address that give its owner away; ordinary words do where they are joined, as in night_owl."""
    for part in parts:
        key = "".join(filter(str.isalnum, part))
        words = _PIECES.findall(part)
        if key.isdigit():
            tells, needs = len(key) >= 5, ""
        elif all(len(word) < 3 or word.isdigit() or is_ordinary(word) for word in words):
            tells, needs = len(words) > 1 and len(key) >= 6, "closed"
        else:
            tells, needs = len(key) >= 3, ""
        if tells:
            yield part, False, needs


def _of_a_name(words: list[str], turned: bool) -> Iterator[tuple[str, bool, str]]:
    """Give the forms of a name: its words turned round, with initials, with one left out, and each that tells by itself."""
    words = [word.strip(".") for word in (words[1:] + words[:1] if turned else words)]
    if len(words) > 1:
        first, last = words[0], words[-1]
        for one, other in dict.fromkeys([(first, last), (last, first), *pairwise(words)]):
            if one in _JOINING or other in _JOINING:
                continue
            yield f"{one} {other}", False, "capital" if is_ordinary(one) and is_ordinary(other) else ""
        if len(words) > 2:
            yield " ".join((last, *words[:-1])), False, ""
        for one, other in ((first, last), (last, first)):
            for pair in ((one[0], other), (other, one[0])):
                if len(other) > 1:
                    yield " ".join(pair), False, "parted capital"
                if len(other) > 3:
                    yield "".join(pair), False, "" if not is_ordinary("".join(pair)) else "title"
    for word in words:
        needs = "title" if is_ordinary(word) else "capital" if len(word) < SHORTEST_KEY else ""
        if len(word) > 1:
            yield word, False, needs


def _of_a_code(text: str) -> Iterator[tuple[str, bool, str]]:
    """Give the parts of a numbered identifier that tell: its end without what comes before, and its last digits."""
    pieces = list(_PIECES.finditer(text))
    digits = "".join(piece.group() for piece in pieces if piece.group()[0].isdigit())
    for piece in pieces[1:]:
        rest = text[piece.start() :]
        key = "".join(filter(str.isalnum, rest))
        if sum(letter.isdigit() for letter in key) >= 5 and key[0] in "0123456789" and len(key) >= 6:
            groups = [len(group.group()) for group in _PIECES.finditer(rest)]
            if not like_a_date(key):
                yield rest, False, ""
            elif groups not in _DATE_GROUPS:
                yield rest, False, "grouped"
    tail = pieces[-1].group() if pieces else ""
    if len(pieces) > 1 and tail.isdigit() and (len(tail) >= 5 or (len(tail) == TAIL and tail[0] == "0")):
        yield tail, False, "grouped"
    if len(pieces) <= 6 and digits == "".join(filter(str.isalnum, text)) and len(digits) >= 10:
        # A phone number may be written without the code of its country, with a zero in its place.
        yield from (
            (zero + digits[cut:], False, "") for cut in (1, 2, 3) for zero in ("", "0") if len(digits) - cut >= 8
        )
    joined = "".join(piece.group() for piece in pieces)
    if _HEXADECIMAL.fullmatch(joined) and not joined.isdigit():
        yield joined[:8], False, ""


def like_a_date(digits: str) -> bool:
    """Whether digits may be a year and month, or a day.

    Examples
    --------
    >>> [like_a_date(digits) for digits in ("202503", "20250314", "14032025", "20250042", "2025")]
    [True, True, True, False, False]
    """
    if not digits.isdigit() or len(digits) not in (6, 8):
        return False
    months = {f"{month:02}" for month in range(1, 13)}
    days = {f"{day:02}" for day in range(1, 32)}
    year_first = digits[:2] in ("19", "20") and digits[4:6] in months and digits[6:] in days | {""}
    day_first = len(digits) == 8 and digits[4:6] in ("19", "20") and (digits[:2] in days and digits[2:4] in days)
    return year_first or day_first
