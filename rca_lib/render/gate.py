"""The gate: reads what was rendered, before anyone else does, and lets nothing out that its audience may not see.

The allow-list decides what goes in; the gate checks what came out, by other means, and fails closed. It looks for the
identifiers of the case, for paths of this machine, and for code and parameters.
"""

from __future__ import annotations

import html
import json
import re
import unicodedata
import zlib
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from rca_lib.errors import GateError

__all__ = ["check_file"]

SHORTEST = 5
"""Identifiers shorter than this are words or numbers that a review uses for other things; the allow-list alone keeps them out."""

_CODE = re.compile(
    r"\bopen_case\s*\(|\brca_lib\b|\bfrom [\w.]+ import\b|^\s*import [\w.]+(?: as \w+)?\s*$|# Parameters\b|\bpapermill\b"
    r"|Traceback \(most recent|injected-parameters",
    re.MULTILINE,  # an import stands on a line of its own; “bulk import failed” is a sentence
)
_CODE_SIGNS = (
    "open_case",
    "rca_lib",
    "import ",
    "# Parameters",
    "papermill",
    "Traceback (most recent",
    "injected-parameters",
)
_TOPS = ("home", "root", "tmp", "Users", "var", "opt", "mnt", "private", "usr")
_PATH = re.compile(rf"(?<![\w.:/<])/(?:{'|'.join(_TOPS)})/[\w.\-]+|file:///?[\w.\-/]+|\b[A-Z]:\\\\?\w")
_PATH_SIGNS = (*(f"/{top}/" for top in _TOPS), "file://", ":\\")
_READABLE = re.compile(r"[\t\n\r\x20-\x7e]{12,}")
"""Text inside a compiled file; in packed data, a few bytes look like a path by chance (in about one PDF of thirty)."""

_DASHES = re.compile("[\u2010-\u2015\u2212\ufe58\ufe63\uff0d]")
_UNSEEN = re.compile("[\u00ad\u200b-\u200d\u2060\ufeff]")
_STREAM = re.compile(rb"stream\r?\n(.*?)\r?\nendstream", re.DOTALL)


def check_file(
    name: str,
    content: bytes,
    *,
    shows: Any,
    identifiers: Iterable[str],
    forbidden: Iterable[str] = (),
    headed: str = "",
) -> None:
    """Let a rendered file pass, or raise.

    Parameters
    ----------
    name : the file's name, for the message; it is searched too.
    content : the file, as it would be published.
    shows : the view that it was rendered from; text that a PDF holds only as glyphs is searched here.
    identifiers : identifiers of the case that this audience may not see.
    forbidden : other texts that may not appear, such as the folder of the source.
    headed : the escalation's own id, which stands at the head of every review; it is not searched, so a source should
        never make it from the id of a request.

    Raises
    ------
    GateError : names the file and what kind of thing was found, without repeating it.
    """
    known = sorted({_folded(text) for text in identifiers if len(text) >= SHORTEST})
    banned = [_folded(text) for text in forbidden if len(text) >= SHORTEST]
    for text, compiled in _texts(name, content, shows):
        folded = _folded(text).replace(_folded(headed), "") if headed else _folded(text)
        if any(_stands_in(identifier, folded) for identifier in known):
            raise GateError(_message(name, "an identifier of the case"))
        if any(text in folded for text in banned):
            raise GateError(_message(name, "the place of the source"))
        said = "\n".join(_READABLE.findall(text)) if compiled else text
        if _found(_PATH, _PATH_SIGNS, said):
            raise GateError(_message(name, "a path of this machine"))
        if _found(_CODE, _CODE_SIGNS, said):
            raise GateError(_message(name, "code or parameters"))


def _stands_in(identifier: str, text: str) -> bool:
    """Whether the identifier stands in the text as a whole word: one number does not match inside another."""
    # Looking for the letters first is many times faster than the expression, and nearly always all that is needed.
    return identifier in text and re.search(rf"(?<![^\W_]){re.escape(identifier)}(?![^\W_])", text) is not None


def _found(pattern: re.Pattern[str], signs: Iterable[str], text: str) -> bool:
    return any(sign in text for sign in signs) and pattern.search(text) is not None


def _message(name: str, what: str) -> str:
    return (
        f"Nothing was published: {name} holds {what}, which its audience may not see; look for it in the titles, descriptions and "
        "actions of the escalation, and take it out there."
    )


def _texts(name: str, content: bytes, shows: Any) -> Iterator[tuple[str, bool]]:
    """Give every text to search, and whether it comes out of a compiled file."""
    yield Path(name).name, False
    yield json.dumps(shows, ensure_ascii=False), False
    if not content.startswith(b"%PDF"):
        yield content.decode("utf-8", errors="replace"), False
        return
    yield _STREAM.sub(b"", content).decode("latin-1"), True
    for stream in _STREAM.findall(content):
        try:
            plain = zlib.decompress(stream)
        except zlib.error:
            plain = stream
        # Fonts and glyph runs are bytes with zeros among them; what they show is searched in the view.
        if b"\0" not in plain:
            yield plain.decode("latin-1"), True


def _folded(text: str) -> str:
    """Bring a text to one form: entities, letter case, wide letters, kinds of dash, and characters that are not seen."""
    plain = unicodedata.normalize("NFKC", html.unescape(text)).casefold()
    return _UNSEEN.sub("", _DASHES.sub("-", plain))
