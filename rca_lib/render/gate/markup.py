"""Web pages and drawings, read as they are written: every tag, attribute, comment, style rule and data address.

The reader takes the narrow form of markup that our templates write. What it does not understand, it refuses: a browser would
guess, and a guess can show what a search has missed.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from functools import cache
from urllib.parse import unquote_to_bytes

from rca_lib.render.gate.passages import Budget, Kind, Passage, UnreadableError
from rca_lib.render.gate.sheets import hiding_rules, hiding_style
from rca_lib.render.gate.within import read_within

__all__ = ["read_markup"]

_TOKEN = re.compile(
    r"<!--(?P<comment>.*?)-->|<!doctype\s[^<>\[]*>|<\?xml\s[^<>]*\?>"
    r"|<(?P<shut>/?)(?P<name>[A-Za-z][\w:.-]*)(?P<rest>(?:[^<>\"']++|\"[^\"]*+\"|'[^']*+')*+)>",
    re.DOTALL | re.IGNORECASE,
)
_ATTRIBUTE = re.compile(r"""\s*([^\s=<>"'/]+)(?:\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s"'<>=`]+)))?""")
_BLANK = re.compile(r"[\s/]*")
_DATA = re.compile(r"data:([\w.+-]+/[\w.+-]+)?((?:;[\w=.+-]+)*),([^\"'\s)<>]*)", re.IGNORECASE)
_WORDS = re.compile(r"\S+")
_VOID = frozenset(_WORDS.findall("area base br col embed hr img input link meta param source track wbr"))
_INLINE = frozenset(
    _WORDS.findall("a abbr b bdi cite code em i kbd mark q s small span strong sub sup time tspan u var wbr")
)
"""Elements that stand within a line; every other one begins and ends a text."""
_BARRED = frozenset(
    _WORDS.findall(
        "script iframe object embed applet frame frameset template noscript form input textarea base foreignobject"
    )
)
"""Elements with something to run, to load, or to keep from sight; no review has one."""
_DRAWN = frozenset({"text", "tspan"})
_NUMERIC = frozenset(
    _WORDS.findall("d points transform viewBox viewbox x y x1 x2 y1 y2 cx cy r rx ry dx dy width height class offset")
)
"""Attributes of places and shapes: searched in the source alone."""
_SAID = ("alt", "aria-label", "title", "aria-description", "placeholder", "summary", "label")
"""Attributes whose words reach a reader."""


def read_markup(content: bytes, budget: Budget) -> list[Passage]:
    """Return the passages of a web page or an SVG drawing.

    Raises
    ------
    UnreadableError : when the text is no UTF-8, or not the plain markup that our templates write.

    Examples
    --------
    >>> [(each.kind, each.text) for each in read_markup(b"<p>Be<b>fore</b></p><i title='x'>-</i>", Budget())]
    [('source', "<p>Be<b>fore</b></p><i title='x'>-</i>"), ('alt', 'x'), ('text', 'Before'), ('text', '-')]
    """
    budget.spend(len(content))
    try:
        source = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise UnreadableError("text that is no UTF-8") from None
    if "\0" in source:
        raise UnreadableError("a null character, at which some programs stop reading")
    reader = _Reader(source, budget)
    reader.read()
    whole = Passage("the source", source, "source", finer=lambda: _finer(source))
    return [whole, *reader.passages, *reader.units()]


class _Reader:
    """Goes through the tokens of a page once."""

    def __init__(self, source: str, budget: Budget) -> None:
        self.source = source
        self.budget = budget
        self.passages: list[Passage] = []
        self._parts: list[tuple[str, str, bool]] = []
        self._open: list[str] = []
        self._unseen: int | None = None

    def read(self) -> None:
        at = 0
        for token in _tokens(self.source):
            if token.start() > at:
                self._text(self.source[at : token.start()])
            at = token.end()
            if token["comment"] is not None:
                self.passages.append(Passage("a comment", token["comment"], "hidden"))
            elif token["name"]:
                at = self._tag(token, at)
        self._text(self.source[at:])
        if self._open:
            raise UnreadableError(f"a <{self._open[-1]}> that is not closed")

    def _tag(self, token: re.Match[str], at: int) -> int:
        name = token["name"].lower()
        if name in _BARRED:
            raise UnreadableError(f"a <{name}>, which no review has")
        if token["shut"]:
            if not self._open or self._open.pop() != name:
                raise UnreadableError(f"a </{name}> that closes nothing")
            if self._unseen is not None and len(self._open) < self._unseen:
                self._unseen = None
            self._break(name)
            return at
        self._break(name)
        rest = token["rest"]
        attributes = _attributes(rest)
        if name in _VOID or rest.endswith("/"):
            self._tell(name, attributes)
            return at
        self._open.append(name)
        if self._tell(name, attributes) and self._unseen is None:
            self._unseen = len(self._open)
        return self._sheet(at) if name == "style" else at

    def _sheet(self, at: int) -> int:
        """Read a style sheet to its end; within it nothing is markup."""
        end = self.source.lower().find("</style", at)
        if end < 0:
            raise UnreadableError("a style sheet without an end")
        sheet = self.source[at:end]
        self.passages.append(Passage("a style sheet", sheet, "aside"))
        self.passages += [Passage("a style rule that hides", rule, "hidden") for rule in hiding_rules(sheet)]
        self._data(sheet, "a style sheet")
        return end

    def _break(self, name: str) -> None:
        if name not in _INLINE:
            self._parts.append(("\n", "", False))

    def _text(self, text: str) -> None:
        if "<" in text:
            raise UnreadableError("a “<” that begins no tag")
        if text:
            drawn = bool(self._open) and self._open[-1] in _DRAWN
            self._parts.append((html.unescape(text), self._open[-1] if self._open else "", drawn))
            if self._unseen is not None and text.strip():
                self.passages.append(Passage("text that is kept from sight", html.unescape(text), "hidden"))

    def _tell(self, name: str, attributes: tuple[tuple[str, str], ...]) -> bool:
        """Keep what the attributes of an element say; return whether they keep the element from sight."""
        unseen = False
        for key, raw in attributes:
            if key in _NUMERIC:
                continue
            value = html.unescape(raw)
            lower = key.lower()
            place = f"an attribute ({lower} of <{name}>)"
            if lower.startswith("on") or "javascript:" in "".join(value.split()).lower():
                raise UnreadableError(f"a script in {place}")
            if lower == "hidden" or (lower == "style" and hiding_style(value)):
                unseen = True
            kind: Kind = "alt" if lower in _SAID else "aside"
            if value and not value.isspace():
                self.passages.append(Passage(place, value, kind))
            self._data(value, place)
        return unseen

    def _data(self, text: str, place: str) -> None:
        """Read what a data address holds as the file that it is."""
        if "data:" not in text.lower():
            return
        for media, options, packed in _DATA.findall(text):
            if not media and not packed:
                continue
            content = unquote_to_bytes(packed)
            if "base64" in options.lower():
                content = _unpacked(content, place)
            self.passages += read_within(
                content, media.lower() or "text/plain", f"a data address in {place}", self.budget
            )

    def units(self) -> Iterator[Passage]:
        """Give the texts that a reader sees, each paragraph, cell and line whole."""
        kinds: dict[str, Kind] = {"pre": "code", "code": "code", "title": "aside", "desc": "aside", "metadata": "aside"}
        words: list[str] = []
        kind: Kind = "text"
        for text, element, drawn in [*self._parts, ("\n", "", False)]:
            if text == "\n" and not element:
                said = "".join(words) if kind == "code" else " ".join("".join(words).split())
                if said.strip():
                    yield Passage("the text of the page", said, kind)
                words, kind = [], "text"
            elif element != "style":
                words.append(text)
                if text.strip():
                    kind = "figure" if drawn else kinds.get(element, kind)


@cache
def _attributes(rest: str) -> tuple[tuple[str, str], ...]:
    found, at = [], 0
    rest = rest.rstrip()
    rest = rest.removesuffix("/").rstrip() if rest.endswith("/") else rest
    while at < len(rest):
        one = _ATTRIBUTE.match(rest, at)
        if one is None:
            raise UnreadableError("a tag that is not written as a tag is")
        found.append((one[1], one[2] or one[3] or one[4] or ""))
        at = one.end()
    if len({key.lower() for key, _ in found}) < len(found):
        raise UnreadableError("a tag that says an attribute twice")
    return tuple(found)


def _tokens(source: str) -> Iterator[re.Match[str]]:
    """Give tags, comments and declarations, without what stands in style sheets."""
    at = 0
    while (found := _TOKEN.search(source, at)) is not None:
        yield found
        at = found.end()
        if (found["name"] or "").lower() == "style" and not found["shut"]:
            end = source.lower().find("</style", at)
            at = end if end >= 0 else at


def _finer(source: str) -> Iterator[tuple[str, str]]:
    """Give each token of a page with its place."""
    at = 0
    for token in _tokens(source):
        yield "the text of the page", source[at : token.start()]
        at = token.end()
        if token["comment"] is not None:
            yield "a comment", token["comment"]
        elif token["name"]:
            name = token["name"].lower()
            for key, value in _attributes(token["rest"]):
                yield f"an attribute ({key.lower()} of <{name}>)", value
            yield f"a tag <{name}>", token[0]
    yield "the text of the page", source[at:]


def _unpacked(content: bytes, place: str) -> bytes:
    import base64
    import binascii

    try:
        return base64.b64decode(content + b"=" * (-len(content) % 4), validate=True)
    except (binascii.Error, ValueError):
        raise UnreadableError(f"a data address in {place} that is no base64") from None
