"""A text brought to one form for finding, with the place in the text as written of every letter in it.

Full-width, mathematical and circled letters, accents, ligatures, digits of other scripts, kinds of dash, space and quotation
mark, and characters that are not seen are undone; so are, in readings of their own, letters that look like Latin ones and
what is written in HTML entities, percent-encoding and escapes.
"""

from __future__ import annotations

import html
import re
import unicodedata
from array import array
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from functools import lru_cache
from html.entities import html5
from urllib.parse import unquote

__all__ = ["AsWritten", "Reading", "readings"]

AsWritten = Callable[[int, int], str]
"""Gives a part of a reading as the text has it."""

_MANY = "\ue0ff"
"""Stands for a character that becomes none or several, until its place is looked up."""

_UNUSUAL = re.compile(r"[^\t-\r\x20-\x7e]+")
_ENCODED = re.compile(
    r"&(?:#[0-9]{1,10};?|#[xX][0-9a-fA-F]{1,8};?|[A-Za-z][A-Za-z0-9]{1,30};)|(?:%[0-9A-Fa-f]{2})+"
    r"|(?:\\u[0-9a-fA-F]{4})+|(?:\\x[0-9a-fA-F]{2})+"
)
_ROUNDS = 3
"""How often what was decoded is decoded again: encodings come nested."""


_NEAR = 256
"""How far around a difference a text is read again; no identifier is longer."""


def _pairs(written: str) -> dict[str, str]:
    """Read pairs of a letter and what it is read as, with spaces between."""
    return {pair[0]: pair[1:] for pair in written.split()}


_LETTERS = {
    **_pairs("øo Øo đd Đd łl Łl ħh Ħh ŧt Ŧt ıi ȷj ƒf ɡg ɑa ðd Ðd ŋn Ŋn æae Æae œoe Œoe þth Þth"),
    **_pairs("ᴀa ʙb ᴄc ᴅd ᴇe ꜰf ɢg ʜh ɪi ᴊj ᴋk ʟl ᴍm ɴn ᴏo ᴘp ꞯq ʀr ꜱs ᴛt ᴜu ᴠv ᴡw ʏy ᴢz"),
    **{chr(first + at): chr(97 + at) for first in (0x1F150, 0x1F170, 0x1F1E6) for at in range(26)},
    **dict.fromkeys(
        "\u2010\u2011\u2012\u2013\u2014\u2015\u2212\u2043\ufe58\ufe63\uff0d\u02d7\u2796\u05be\u1806\u2e3a\u2e3b\u30a0",
        "-",
    ),
    **dict.fromkeys("\u2018\u2019\u201a\u201b\u2032\u02bc\u02b9\uff07\xb4", "'"),
    **dict.fromkeys("\u201c\u201d\u201e\u201f\u2033\uff02\xab\xbb", '"'),
    **dict.fromkeys("\xba\u02da", "°"),
    "…": "…",
    **dict.fromkeys("\u2028\u2029\x85", "\n"),
    **dict.fromkeys("\u115f\u1160\u2800\u3164\uffa0", ""),
}
"""Letters that no decomposition undoes, and signs that are written in several ways.

Small capitals; white letters on black, and those that flags are made of; dashes; quotation marks; the ellipsis, left as one sign;
blanks that are letters.
"""

_LOOK_ALIKES = {
    **_pairs("аa Аa вb Вb сc Сc ԁd еe Еe ҽe һh Һh нh Нh іi Іi јj Јj кk Кk ӏl Ӏi мm Мm пn оo Оo ѳo рp Рp ԛq Ԛq гr"),
    **_pairs("ѕs Ѕs тt Тt уy Уy үy Үy ѵv Ѵv ԝw Ԝw хx Хx ьb Ьb ғf Ғf"),
    **_pairs("αa Αa βb Βb εe Εe ηn Ηh Ζz ιi Ιi κk Κk μu Μm νv Νn οo Οo ρp Ρp σo τt Τt υu Υy χx Χx γy ωw ϲc Ϲc ϳj Ϳj"),
    **_pairs("օo Օo ոn սu Սu հh ցg զq յj Տs Լl"),
    **_pairs("Ꭰd Ꭱr Ꭲt Ꭵi Ꭺa Ꭻj Ꭼe Ꮃw Ꮇm Ꮋh Ꮐg Ꮓz Ꮤw Ꮩv Ꮪs Ꮮl Ꮯc Ꮲp Ꮶk Ᏼb"),
    **_pairs("ꓐb ꓑp ꓓd ꓔt ꓖg ꓗk ꓙj ꓚc ꓜz ꓝf ꓟm ꓠn ꓡl ꓢs ꓣr ꓦv ꓧh ꓪw ꓫx ꓬy ꓮa ꓰe ꓲi ꓳo ꓴu"),
}
"""Letters that are taken for Latin ones at a glance: Cyrillic, Greek, Armenian, Cherokee and Lisu.

A capital may look like another letter than its small one.
"""


def _folded(letter: str, look_alikes: dict[str, str]) -> str:
    """Give what one character becomes: none, one or several."""
    if letter in _LETTERS:
        return _LETTERS[letter]
    value = unicodedata.decimal(letter, None)
    if value is not None:
        return str(value)
    category = unicodedata.category(letter)
    if category in ("Cf", "Cc", "Co", "Cn", "Mn", "Me"):
        return ""
    if category == "Zs":
        return " "
    parts = [each for each in unicodedata.normalize("NFKD", letter) if not unicodedata.combining(each)]
    plain = "".join(look_alikes.get(each, _LETTERS.get(each, each)) for each in parts).casefold()
    apart = unicodedata.normalize("NFKD", plain)
    return unicodedata.normalize("NFC", "".join(each for each in apart if not unicodedata.combining(each)))


_SHORT_RUN, _RUNS = 4, 4096


class _Table(dict[int, str]):
    """Looks up what a character becomes once; one that becomes none or several gives `_MANY`."""

    def __init__(self, look_alikes: dict[str, str]) -> None:
        super().__init__()
        self.look_alikes = look_alikes
        self.many: dict[str, str] = {}
        self.runs: dict[str, str] = {}

    def run(self, found: re.Match[str]) -> str:
        """Fold a run of unusual characters; most runs are short and come again."""
        written = found.group()
        folded = self.runs.get(written)
        if folded is None:
            folded = written.translate(self)
            if len(written) <= _SHORT_RUN and len(self.runs) < _RUNS:
                self.runs[written] = folded
        return folded

    def __missing__(self, code: int) -> str:
        letter = chr(code)
        folded = _folded(letter, self.look_alikes)
        if len(folded) != 1:
            self.many[letter] = folded
            folded = _MANY
        self[code] = folded
        return folded


_PLAIN, _LATIN = _Table({}), _Table(_LOOK_ALIKES)


@dataclass(frozen=True, slots=True)
class Reading:
    """A text, or a stretch of it, in one form, and where in the text as written each of its characters begins and ends.

    Attributes
    ----------
    text : the stretch in one form.
    starts, ends : a place in the stretch as written for each of its characters; ``None`` where they are the same.
    offset : where the stretch begins in the text as written.
    opens, closes : whether it begins and ends where the text does.
    """

    text: str
    starts: array[int] | None = None
    ends: array[int] | None = None
    offset: int = 0
    opens: bool = True
    closes: bool = True

    def place(self, start: int, end: int) -> tuple[int, int]:
        """Give the place in the text as written of a part of this reading, which must not be empty.

        Examples
        --------
        >>> [(each.text, each.place(2, 4)) for each in readings("xﬁ-1")]
        [('xfi-1', (1, 3))]
        """
        if self.starts is None or self.ends is None:
            return self.offset + start, self.offset + end
        return self.offset + self.starts[start], self.offset + self.ends[end - 1]

    def as_written(self, text: str, start: int, end: int) -> str:
        """Give a part of this reading as the text has it, with its capital letters.

        Examples
        --------
        >>> [each.as_written("Ann", 0, 2) for each in readings("Ann")]
        ['An']
        """
        begin, stop = self.place(start, end)
        return text[begin:stop]


def readings(text: str) -> Iterator[Reading]:
    """Give each way of reading a text: as it stands, and where they differ with look-alikes as Latin letters, and decoded.

    Of a long text only what lies around the differences is read again.

    Examples
    --------
    >>> [each.text for each in readings("ＲＥＱ–1 &#82;eq é")]
    ['req-1 &#82;eq e', 'req-1 req e']
    >>> [each.text for each in readings("РЕQ")]
    ['реq', 'peq']
    """
    yield _fold(Reading(text), _PLAIN)
    for begin, end in _around(text, _look_alikes_in(text)):
        yield _fold(_stretch(text, begin, end), _LATIN)
    encoded = [found.span() for found in _ENCODED.finditer(text)] if any(sign in text for sign in "&%\\") else []
    for begin, end in _around(text, encoded):
        decoded = _decoded(_stretch(text, begin, end))
        plain = _fold(decoded, _PLAIN)
        yield plain
        latin = _fold(decoded, _LATIN)
        if latin.text != plain.text:
            yield latin


def _stretch(text: str, begin: int, end: int) -> Reading:
    return Reading(text[begin:end], offset=begin, opens=begin == 0, closes=end == len(text))


def _look_alikes_in(text: str) -> list[tuple[int, int]]:
    return [run.span() for run in _UNUSUAL.finditer(text) if _is_read_twice(run.group())]


@lru_cache(maxsize=4096)
def _is_read_twice(run: str) -> bool:
    return run.translate(_PLAIN) != run.translate(_LATIN)


def _around(text: str, spans: list[tuple[int, int]]) -> list[tuple[int, int]]:
    """Give the stretches of a text around some places, in whole words where words are not very long."""
    found: list[tuple[int, int]] = []
    for start, end in spans:
        begin, stop = max(0, start - _NEAR), min(len(text), end + _NEAR)
        while begin and start - begin < 2 * _NEAR and not text[begin - 1].isspace():
            begin -= 1
        while stop < len(text) and stop - end < 2 * _NEAR and not text[stop].isspace():
            stop += 1
        if found and begin <= found[-1][1]:
            found[-1] = found[-1][0], max(stop, found[-1][1])
        else:
            found.append((begin, stop))
    return found


def _fold(written: Reading, table: _Table) -> Reading:
    """Fold a reading. Characters mostly become one each, so places are only looked up where some do not."""
    text = written.text
    folded = _UNUSUAL.sub(table.run, text).lower()
    if _MANY not in folded:
        return replace(written, text=folded)
    build = _Building(written)
    last, at = 0, folded.find(_MANY)
    while at >= 0:
        build.keep(folded[last:at], last, at)
        build.put(table.many[text[at]], at, at + 1)
        last, at = at + 1, folded.find(_MANY, at + 1)
    build.keep(folded[last:], last, len(text))
    return build.done()


def _decoded(written: Reading) -> Reading:
    """Decode entities, percent-encoding and escapes, nested ones too."""
    for _ in range(_ROUNDS):
        text, last = written.text, 0
        build = _Building(written)
        for each in _ENCODED.finditer(text):
            build.keep(text[last : each.start()], last, each.start())
            build.put(_decode(each.group()), *each.span())
            last = each.end()
        if not last:
            break
        build.keep(text[last:], last, len(text))
        written = build.done()
    return written


class _Building:
    """Builds a reading from another one, piece by piece."""

    def __init__(self, written: Reading) -> None:
        self.written = written
        if written.starts is None or written.ends is None:
            whole = array("l", range(len(written.text) + 1))
            self.begins, self.stops = whole[:-1], whole[1:]
        else:
            self.begins, self.stops = written.starts, written.ends
        self.parts: list[str] = []
        self.starts, self.ends = array("l"), array("l")

    def keep(self, letters: str, start: int, end: int) -> None:
        """Take over a stretch, letter by letter."""
        self.parts.append(letters)
        self.starts.extend(self.begins[start:end])
        self.ends.extend(self.stops[start:end])

    def put(self, letters: str, start: int, end: int) -> None:
        """Put none or several letters for a stretch; an accent goes with its letter."""
        self.parts.append(letters)
        self.starts.extend([self.begins[start]] * len(letters))
        self.ends.extend([self.stops[end - 1]] * len(letters))
        if not letters and self.ends and unicodedata.combining(self.written.text[start]):
            self.ends[-1] = self.stops[end - 1]

    def done(self) -> Reading:
        """Give the reading built."""
        return replace(self.written, text="".join(self.parts), starts=self.starts, ends=self.ends)


def _decode(written: str) -> str:
    if written[0] == "&":
        return html.unescape(written) if written[1] == "#" else html5.get(written[1:], written)
    if written[0] == "%":
        return unquote(written, errors="replace")
    parts = re.findall(r"[0-9a-fA-F]{2,4}", written)
    return "".join(chr(int(each, 16)) for each in parts)
