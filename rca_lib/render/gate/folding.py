"""Texts brought to one form, so that a disguise of a word is found as the word."""

from __future__ import annotations

import base64
import binascii
import html
import re
import unicodedata
from collections.abc import Iterator
from urllib.parse import unquote

__all__ = ["fold", "letters", "readings", "squeeze", "words"]

_LOOKALIKES = dict(
    zip(
        "аеорсухіјѕԁԛԝһӏкмтвнАЕОРСУХІЈЅВНКМТҮαορεικντυχηωγβΑΒΕΖΗΙΚΜΝΟΡΤΥΧıłøđħŧɑɡɩʟǀ∣│❘",
        "aeopcyxijsdqwhlkmtbhaeopcyxijsbhkmtyaopeikvtuxnwybabezhikmnoptyxilodhtagilllll",
        strict=True,
    )
)
"""Letters that look like Latin ones, without accents: those of Cyrillic and Greek, and some of Latin itself.

A cheap part of the confusables of Unicode (UTS 39): what a person would type or paste to get past a search.
"""
_DASHES = frozenset("\u2010\u2011\u2012\u2013\u2014\u2015\u2212\ufe58\ufe63\uff0d\u00ad\u30fc\u2500\u02d7\u06d4")
_UNSEEN = frozenset("\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180e\u3164\ufeff\uffa0\u2800")
_BEYOND = re.compile(r"[^\x00-\x7f]+")
_SPLIT = re.compile(r"[^\W_]+")
_NOT_ALNUM = re.compile(r"[\W_]+")
_PERCENT = re.compile(r"%[0-9a-fA-F]{2}")
_BACKSLASH = re.compile(r"\\(?:u\{?([0-9a-fA-F]{4,6})\}?|x([0-9a-fA-F]{2})|([0-9a-fA-F]{1,6}) ?|U([0-9a-fA-F]{8}))")
_BASE64 = re.compile(r"(?<![A-Za-z0-9+/_=-])[A-Za-z0-9+/_-]{12,}={0,2}(?![A-Za-z0-9+/_=-])")
_LONGEST_PACKED = 400
"""Characters up to which a word is tried as base64: an identifier or a path is short, and a drawing's numbers are not."""


class _Table(dict[int, str]):
    """What each character folds to, worked out when it is met first."""

    def __missing__(self, code: int) -> str:
        self[code] = folded = _folded(chr(code))
        return folded


def _folded(character: str) -> str:
    if character in _UNSEEN or unicodedata.category(character) in ("Cf", "Mn", "Me"):
        return ""
    if character in _DASHES:
        return "-"
    if character in _LOOKALIKES:
        return _LOOKALIKES[character]
    plain = "".join(one for one in unicodedata.normalize("NFKD", character) if not unicodedata.combining(one))
    made = []
    for one in plain.casefold():
        if one in _LOOKALIKES:
            made.append(_LOOKALIKES[one])
        elif not one.isascii() and one.isdecimal():
            made.append(str(unicodedata.decimal(one)))
        else:
            made.append("-" if one in _DASHES else one)
    return "".join(made)


_TABLE = _Table()


def fold(text: str) -> str:
    """Return a text in one form: letter case, wide letters, accents, kinds of dash, lookalikes and unseen characters aside.

    Examples
    --------
    >>> fold("ＲＥＱ–００４１３"), fold("RЕQ\\u200b-00413")
    ('req-00413', 'req-00413')
    """
    return (text if text.isascii() else _BEYOND.sub(lambda found: found[0].translate(_TABLE), text)).lower()


def squeeze(text: str) -> str:
    """Return a folded text with nothing in it but letters and digits.

    Examples
    --------
    >>> squeeze("r.e.q - 0 0413")
    'req00413'
    """
    return _NOT_ALNUM.sub("", text)


def words(text: str) -> set[str]:
    """Return the runs of letters and digits in a folded text.

    Examples
    --------
    >>> sorted(words("req-00413_export"))
    ['00413', 'export', 'req']
    """
    return set(_SPLIT.findall(text))


def letters(text: str) -> str:
    """Return a text without what a page may break it by: spaces, hyphens that are not seen, ligatures, kinds of quote.

    Two printings of one sentence are alike in this form, and no two numbers are. The minus of a number stays, as a hyphen.

    Examples
    --------
    >>> letters("the ﬁrst 2.4 %") == letters("the first\\u00ad 2.4%")
    True
    """
    if not text.isascii():
        text = unicodedata.normalize("NFKC", text).translate(_SAME)
    return "".join(text.split())


_SAME = {ord(mark): None for mark in "\u00ad\u200b\u200c\u200d\u2060\ufeff"} | {
    ord(mark): "-" for mark in "\u2010\u2011\u2212"
}


def readings(text: str, *, packed: bool = True) -> Iterator[str]:
    """Give a text as it is written, and as each decoding of it reads where that is another text.

    References of markup (twice over), percent-encoding, backslash escapes of style sheets and scripts, and words in base64.

    Examples
    --------
    >>> list(readings("REQ&#45;00413"))
    ['REQ&#45;00413', 'REQ-00413']
    >>> list(readings("UkVRLTAwNDEz", packed=True))
    ['UkVRLTAwNDEz', 'REQ-00413']
    """
    yield text
    decoded = text
    if "&" in decoded:
        decoded = html.unescape(html.unescape(decoded))
    for _ in range(2):
        if _PERCENT.search(decoded):
            decoded = unquote(decoded, errors="replace")
    if "\\" in decoded:
        decoded = _BACKSLASH.sub(_escaped, decoded)
    if decoded != text:
        yield decoded
    if packed:
        found = "\n".join(filter(None, map(_from_base64, _BASE64.findall(decoded))))
        if found:
            yield found


def _escaped(found: re.Match[str]) -> str:
    code = int(next(group for group in found.groups() if group), 16)
    return chr(code) if code < 0x110000 and not 0xD800 <= code < 0xE000 else found[0]


def _from_base64(word: str) -> str:
    """Return what a word in base64 says, where that is text."""
    if len(word) > _LONGEST_PACKED or (word.isalpha() and word.islower()):
        return ""
    plain = word.rstrip("=").replace("-", "+").replace("_", "/")
    if len(plain) % 4 == 1:
        return ""
    try:
        said = base64.b64decode(plain + "=" * (-len(plain) % 4), validate=True).decode("utf-8")
    except (binascii.Error, UnicodeDecodeError):
        return ""
    return said if said.isprintable() else ""
