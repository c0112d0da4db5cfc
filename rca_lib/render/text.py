"""Text made safe to print: no control characters, no hidden or reordering marks, nothing that a font cannot show.

`plain` is for every format. `shown` is for PDF, where a character that no font has would stop the file from being made.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from functools import cache
from itertools import groupby
from pathlib import Path
from typing import Any

__all__ = ["clean", "plain", "shorten", "shown"]

_SPACES = re.compile("[\t\n\r\v\f\x1c-\x1f\x85\u2028\u2029]+")
_HIDDEN = re.compile(
    "[\x00-\x08\x0e-\x1b\x7f-\x84\x86-\x9f"  # controls
    "\u00ad\u061c\u180e\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufeff"  # zero width, and marks that reorder what follows
    "\ufdd0-\ufdef\ufff9-\ufffb\ufffe\uffff"  # noncharacters and annotation marks
    "\U000e0000-\U000e0fff]"  # tags: a hiding place for text
)
_SURROGATES = re.compile("[\ud800-\udfff]")
_REFERENCE = re.compile(r"&#(x[0-9A-Fa-f]+|[0-9]+);")
_COMMON = frozenset("–—‘’“”•…−×≤≥≈→ ")
"""Characters beyond Latin-1 that reviews use on every page and both fonts have; they spare a look into the fonts."""

_SCRIPTS = {
    "CJK": "Chinese",
    "HIRAGANA": "Japanese",
    "KATAKANA": "Japanese",
    "HANGUL": "Korean",
}
_SEVERAL = 3
"""From how many characters on a run in one script is counted rather than spelled out."""


def plain(text: str, *, lines: bool = False) -> str:
    """Return `text` without control characters, zero-width characters and marks that reorder what follows.

    Half a surrogate pair becomes the replacement character; line breaks and tabs one space, unless `lines` is true.

    Examples
    --------
    >>> plain("annex\\u202egpj.exe\\x00")
    'annexgpj.exe'
    """
    if text.isascii() and text.isprintable():
        return text
    if lines:
        text = text.replace("\r\n", "\n").replace("\t", "    ")
        return "\n".join(plain(line) for line in text.split("\n"))
    return _SURROGATES.sub("\ufffd", _HIDDEN.sub("", _SPACES.sub(" ", text)))


def clean(value: Any, how: Callable[[str], str] = plain) -> Any:
    """Return `value`, a tree of lists and dictionaries, with `how` applied to every text in it; keys are left alone."""
    if isinstance(value, str):
        return how(value)
    if isinstance(value, dict):
        return {key: clean(item, how) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [clean(item, how) for item in value]
    return value


def shorten(text: str, limit: int) -> str:
    """Return `text` cut at a word near `limit` characters, with an ellipsis when something was cut.

    Examples
    --------
    >>> shorten("Records beyond the authorised dates were produced", 24)
    'Records beyond the…'
    """
    if len(text) <= limit:
        return text
    cut = text[:limit]
    return (cut.rsplit(" ", 1)[0] if " " in cut[limit // 2 :] else cut[:-1]).rstrip(" ,;:") + "…"


def shown(text: str) -> str:
    """Return `text` with every character that the fonts lack written in a way that they can show.

    A compatibility form is used where there is one (a full-width letter becomes a letter, an unknown accent is left
    out); else the character is named, and a run in one script is counted.

    Examples
    --------
    >>> shown("Ｆｕｌｌ width, 中文地址 and 中")
    'Full width, [4 Chinese characters] and [CJK character U+4E2D]'
    >>> shown("late 😀")
    'late [grinning face]'
    """
    if text.isascii() or not (set(text) - _COMMON - _latin()):
        return text
    if "&#" in text:
        text = _REFERENCE.sub(_dereferenced, text)
    text = unicodedata.normalize("NFC", text)
    has = _coverage()
    out: list[str] = []
    for fits, run in groupby(text, key=lambda c: c in has):
        part = "".join(run)
        out.append(part if fits else _substitute(part, has))
    return _join_runs("".join(out))


@cache
def _latin() -> frozenset[str]:
    return frozenset(chr(c) for c in (*range(0x20, 0x7F), *range(0xA0, 0x100)) if c != 0xAD) | {"\n"}


@cache
def _coverage() -> frozenset[str]:
    """Return the characters that both weights of the text font have."""
    import font_source_sans_pro
    from fontTools.ttLib import TTFont  # type: ignore[import-untyped]

    folder = Path(font_source_sans_pro.__file__).parent / "files"
    sets = []
    for face in ("Regular", "Semibold"):
        with TTFont(folder / f"SourceSansPro-{face}.otf", lazy=True) as font:
            sets.append(set(font.getBestCmap()))
    return frozenset(chr(c) for c in set.intersection(*sets)) | {"\n"}


def _dereferenced(match: re.Match[str]) -> str:
    """Return the character behind a numeric reference of XML, unless it is one that marks text up."""
    code = match.group(1)
    number = int(code[1:], 16) if code.startswith("x") else int(code)
    return chr(number) if 0x7F < number < 0x110000 and not 0xD800 <= number < 0xE000 else match.group(0)


def _substitute(run: str, has: frozenset[str]) -> str:
    out: list[str] = []
    # Japanese mixes Chinese characters with its own.
    japanese = any(_script(c) == "Japanese" for c in run)

    def kind(character: str) -> str | bool:
        script = _folded(character, has) is None and _script(character)
        return "Japanese" if japanese and script == "Chinese" else script

    for script, group in groupby(run, key=kind):
        part = "".join(group)
        if script is False:
            out.append("".join(_folded(c, has) or "" for c in part))
        elif script and len(part) >= _SEVERAL:
            out.append(f"[{len(part)} {script} characters]")
        else:
            out.extend(_named(c) for c in part)
    return "".join(out)


def _folded(character: str, has: frozenset[str]) -> str | None:
    """Return a form of `character` that the fonts have, empty for a mark that may be left out, or ``None``."""
    for form in ("NFKC", "NFKD"):
        folded = unicodedata.normalize(form, character)
        if folded != character and all(c in has for c in folded):
            return folded
    bare = "".join(c for c in unicodedata.normalize("NFKD", character) if not unicodedata.combining(c))
    if bare != character and all(c in has for c in bare):
        return bare
    if unicodedata.category(character) in ("Mn", "Me", "Cf"):
        return ""
    return " " if unicodedata.category(character) == "Zs" else None


def _script(character: str) -> str:
    """Return the name of the script of a letter, or nothing for symbols, which are named one by one."""
    if unicodedata.category(character)[0] not in "LMN":
        return ""
    word = unicodedata.name(character, "").split(" ")[0].split("-")[0]
    return _SCRIPTS.get(word, word.capitalize()) if word else ""


def _named(character: str) -> str:
    name = unicodedata.name(character, "")
    if not name:
        return f"[character U+{ord(character):04X}]"
    if unicodedata.category(character)[0] in "LMN":
        word = name.split(" ")[0].split("-")[0]
        return f"[{word if word == 'CJK' else word.capitalize()} character U+{ord(character):04X}]"
    return f"[{shorten(name.lower(), 40)}]"


_ADJACENT = re.compile(r"\[(\d+) ([A-Z][a-z]+) characters\]((?: \[\d+ \2 characters\])+)")


def _join_runs(text: str) -> str:
    """Count words of one script that stand side by side as one run."""

    def joined(match: re.Match[str]) -> str:
        total = sum(int(count) for count in re.findall(r"\[(\d+) ", match.group(0)))
        return f"[{total} {match.group(2)} characters]"

    return _ADJACENT.sub(joined, text)
