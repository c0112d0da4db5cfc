"""The words that a PDF's pages show, in the order drawn, and whether an eye can see them.

One pass over each content stream keeps what decides about words: fonts, marks, places, colours. Lines and curves are passed
over, which makes the reading of a page of drawings as quick as that of a page of prose.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

from rca_lib.render.gate.passages import UnreadableError
from rca_lib.render.gate.pdf_fonts import Font, read_font
from rca_lib.render.gate.pdf_ground import has_ground
from rca_lib.render.gate.pdf_syntax import STRING, key_values

__all__ = ["Matrix", "PageReader", "Run", "multiplied"]

Matrix = tuple[float, float, float, float, float, float]
_LINES = rb"(?:re|[mlcvyhfFSsnbBWwJjMid])\*?(?![A-Za-z0-9*'\"])"
_STRINGS = rb"(?:" + STRING + rb"|<[0-9A-Fa-f\s]*+>)"
_TOKEN = re.compile(
    # The form in which our compiler writes nearly all words: one token in place of twenty.
    rb"(?<![^\s])q\s(?P<moved>[-\d.\s]++)cm(?P<colours>/\w+) cs(?P<fill>[-\d.\s]++)scn\s++BT\s(?P<mode>\d) Tr(?P<font>/\w+ [\d.]+) Tf"
    rb"(?P<placed>[-\d.\s]++)Tm(?P<shown>\[?(?:[-\d.\s]*+"
    + _STRINGS
    + rb")++[-\d.\s]*+\]?)T[jJ]\s++ET\s++(?P<whole>Q)(?![^\s/])|"
    # Strings with the gaps between them, as many as follow one another, are one token.
    + _STRINGS
    + rb"(?:[-\d.\s]*+"
    + _STRINGS
    + rb")*+|/[^\s()<>\[\]{}/%]*+"
    # So are lines and curves, as many as follow one another, are one token.
    rb"|(?P<lines>" + _LINES + rb"(?:[-\d.\s]*+" + _LINES + rb")*+)"
    rb"|(?P<word>[A-Za-z'\"][A-Za-z0-9*'\"]*)|(?P<comment>%[^\r\n]*)",
    re.DOTALL,
)
_SHOWN = re.compile(rb"(?P<lit>" + STRING + rb")|<(?P<hex>[0-9A-Fa-f\s]*)>|(?P<gap>-\d{3}[\d.]*)", re.DOTALL)
_MCID = re.compile(rb"/MCID\s+(\d+)")
_LAST_NAME = re.compile(rb"/([^\s()<>\[\]{}/%]*)[^/]*$")
_FILLS = frozenset({b"g", b"rg", b"k", b"sc", b"scn"})
_GAP = 280.0
"""Thousandths of the type size by which a gap between two letters is a space."""
_SMALLEST = 1.5
"""Points below which letters are specks."""
_DEEPEST = 12
_IDENTITY: Matrix = (1.0, 0.0, 0.0, 1.0, 0.0, 0.0)


@dataclass
class Run:
    """Words drawn in one go.

    Attributes
    ----------
    text : what they say.
    element : what they belong to in the structure of the file; ``None`` where that is not said.
    furniture : which piece they belong to of what stands outside of what is read, such as a page number; 0 for what is read.
    line : how high on the page they stand, in points.
    unseen : why no eye can see them; empty where one can.
    """

    text: str
    element: Any
    furniture: int
    line: float
    unseen: str = ""


@dataclass
class _Mark:
    """Marked content that is open."""

    element: Any
    furniture: int
    layer: bool
    actual: str | None
    begun: int


@dataclass
class PageReader:
    """Reads the words of one page.

    Parameters
    ----------
    box : left, bottom, right and top of the page.
    element_of : gives what marked content of a number belongs to, for the page or the form that a key names.
    unpacked : gives the content of a stream and notes that it has been read.
    """

    box: tuple[float, float, float, float]
    element_of: Callable[[Any, int], Any]
    unpacked: Callable[[Any], bytes]
    fonts: dict[Any, Font]
    runs: list[Run] = field(default_factory=list)
    beside: list[str] = field(default_factory=list)
    """Words that are searched and not read: those for which others stand (``ActualText``), comments, properties."""
    pieces: int = 0
    alt: list[str] = field(default_factory=list)
    """What stands for drawings."""

    def read(self, content: bytes, resources: Any, key: Any, base: tuple[bytes, ...] = (), depth: int = 0) -> None:
        """Go through a content stream, and the forms that it draws.

        Raises
        ------
        UnreadableError : when it holds what cannot be read, such as an inline picture, or draws forms within forms without end.
        """
        if depth > _DEEPEST:
            raise UnreadableError("drawings within drawings, deeper than can be read")
        _Stream(self, content, resources, key, depth, base).run()


class _Stream:
    """One content stream and what is open in it."""

    def __init__(
        self, page: PageReader, content: bytes, resources: Any, key: Any, depth: int, moves: tuple[bytes, ...]
    ) -> None:
        self.page, self.content, self.key, self.depth = page, content, key, depth
        self.resources = resources or {}
        # What a ``q`` keeps and a ``Q`` brings back.
        self.font: Font | None = None
        self.size, self.mode, self.clear = 1.0, 0, False
        self.fill: tuple[bytes, bytes] = (b"g", b"0")
        self.moves = moves
        self._kept: list[tuple[Any, ...]] = []
        self._marks: list[_Mark] = []
        self._fonts: dict[bytes, Font] = {}
        self._text = _Placing()
        self._at = self._from = 0
        self._ways: dict[bytes, Callable[[bytes], None]] = {
            b"q": self._keep,
            b"Q": self._bring_back,
            b"cm": self._move,
            b"gs": self._graphics_state,
            b"Do": self._draw,
            b"BT": lambda _: self._text.begin(),
            b"Tf": self._font,
            b"Tr": self._ink,
            b"Tm": lambda given: self._text.place(_six(given)),
            b"Td": lambda given: self._text.move(_numbers(given)),
            b"TD": lambda given: self._text.move(_numbers(given), leads=True),
            b"TL": lambda given: self._text.lead(_numbers(given)[0]),
            b"T*": lambda _: self._text.move(),
            b"Tj": self._show,
            b"TJ": self._show,
            b"'": self._show_next,
            b'"': self._show_next,
            b"BDC": self._mark,
            b"BMC": self._mark,
            b"EMC": self._unmark,
            b"BI": self._refuse,
            **{name: self._fill(name) for name in _FILLS},
        }

    def run(self) -> None:
        ways, content = self._ways, self.content
        for token in _TOKEN.finditer(content):
            kind = token.lastgroup
            if kind == "word":
                way = ways.get(token[0])
                if way is not None:
                    self._at = token.start()
                    way(content[self._from : self._at])
                self._from = token.end()
            elif kind == "whole":
                self._words(token)
                self._from = token.end()
            elif kind == "lines":
                self._from = token.end()
            elif kind == "comment":
                self.page.beside.append(token[0].decode("latin-1"))
        if self._marks or self._kept:
            raise UnreadableError("a page that ends in the middle of a drawing")

    def _words(self, token: re.Match[bytes]) -> None:
        """Do what the steps of a token that shows words would do, one after the other."""
        self._at = token.start("shown")
        self._keep(b"")
        self._move(token["moved"])
        self.fill = (b"scn", token["fill"])
        self.mode = int(token["mode"])
        self._font(token["font"])
        self._text.place(_six(token["placed"]))
        self._show(token["shown"])
        self._bring_back(b"")

    def _keep(self, _: bytes) -> None:
        self._kept.append((self.font, self.size, self.mode, self.clear, self.fill, self.moves))

    def _bring_back(self, _: bytes) -> None:
        if not self._kept:
            raise UnreadableError("a page that is not drawn in order")
        self.font, self.size, self.mode, self.clear, self.fill, self.moves = self._kept.pop()

    def _move(self, given: bytes) -> None:
        self.moves = (*self.moves, given)

    def _ink(self, given: bytes) -> None:
        self.mode = int(_numbers(given)[0])

    def _fill(self, name: bytes) -> Callable[[bytes], None]:
        def fill(given: bytes) -> None:
            self.fill = (name, given)

        return fill

    def _refuse(self, _: bytes) -> None:
        raise UnreadableError("a picture in the middle of a page's text")

    def _named(self, given: bytes, kind: str) -> Any:
        found = _LAST_NAME.search(given)
        listed = self.resources.get(kind)
        if found is None or listed is None:
            raise UnreadableError("a page that names what is not there")
        name = "/" + found[1].decode("latin-1")
        listed = listed.get_object()
        if name not in listed:
            raise UnreadableError("a page that names what is not there")
        return listed.raw_get(name)

    def _graphics_state(self, given: bytes) -> None:
        alpha = self._named(given, "/ExtGState").get_object().get("/ca", 1)
        self.clear = float(alpha) < 0.05

    def _font(self, given: bytes) -> None:
        name, _, size = given.strip().rpartition(b" ")
        font = self._fonts.get(name)
        if font is None:
            font = self._fonts[name] = self._read_font(name)
        self.font, self.size = font, float(size)

    def _read_font(self, name: bytes) -> Font:
        held = self._named(name, "/Font")
        number = getattr(held, "idnum", None)
        font = self.page.fonts.get(number) if number is not None else None
        if font is None:
            font = read_font(held.get_object(), self.page.unpacked)
            if number is not None:
                self.page.fonts[number] = font
        return font

    def _draw(self, given: bytes) -> None:
        held = self._named(given, "/XObject")
        drawn = held.get_object()
        if drawn.get("/Subtype") != "/Form":
            return
        if "/OC" in drawn:
            self.page.runs.append(Run("", None, 0, 0.0, "a layer that can be switched off"))
        moves = (*self.moves, " ".join(map(str, drawn.get("/Matrix", (1, 0, 0, 1, 0, 0)))).encode())
        key = drawn.get("/StructParents", self.key)
        own = drawn.get("/Resources")
        resources = self.resources if own is None else own.get_object()
        self.page.read(self.page.unpacked(held), resources, key, moves, self.depth + 1)

    def _mark(self, given: bytes) -> None:
        number = _MCID.search(given)
        above = self._marks[-1] if self._marks else _Mark(None, 0, False, None, 0)
        element = above.element if number is None else self.page.element_of(self.key, int(number[1]))
        tag, actual = given.lstrip(), None
        if b"(" in given or b"<" in given.replace(b"<<", b""):
            actual = self._told(given)
        self._marks.append(
            _Mark(
                element,
                above.furniture or self._piece(tag),
                above.layer or re.match(rb"/OC\b", tag) is not None,
                actual,
                len(self.page.runs),
            )
        )

    def _piece(self, tag: bytes) -> int:
        self.page.pieces += tag.startswith(b"/Artifact")
        return self.page.pieces if tag.startswith(b"/Artifact") else 0

    def _told(self, given: bytes) -> str | None:
        """Keep the words that stand beside marked content; return those that are read in place of it."""
        told = dict(key_values(given))
        self.page.alt += [text for key, text in told.items() if key == "Alt"]
        self.page.beside += [text for key, text in told.items() if key not in ("Alt", "ActualText")]
        return told.get("ActualText")

    def _unmark(self, _: bytes) -> None:
        if not self._marks:
            raise UnreadableError("a page that is not drawn in order")
        mark = self._marks.pop()
        if mark.actual is not None:
            drawn = self.page.runs[mark.begun :]
            self.page.beside.append("".join(run.text for run in drawn))
            del self.page.runs[mark.begun :]
            line = drawn[0].line if drawn else 0.0
            unseen = next((run.unseen for run in drawn if run.unseen), "")
            self.page.runs.append(Run(mark.actual, mark.element, mark.furniture, line, unseen))

    def _show_next(self, given: bytes) -> None:
        self._text.move()
        self._show(given)

    def _show(self, given: bytes) -> None:
        if self.font is None:
            raise UnreadableError("words without a font")
        text = _shown(given, self.font)
        mark = self._marks[-1] if self._marks else _Mark(None, 0, False, None, 0)
        matrix = multiplied(self._text.matrix, _moved(self.moves))
        unseen = self._unseen(matrix, layer=mark.layer) if text.strip() else ""
        self.page.runs.append(Run(text, mark.element, mark.furniture, round(matrix[5], 1), unseen))

    def _unseen(self, matrix: Matrix, *, layer: bool) -> str:
        if layer:
            return "a layer that can be switched off"
        if self.mode in (3, 7) or self.clear:
            return "letters without ink"
        size = self.size * max(abs(matrix[2]) + abs(matrix[3]), 0.0)
        if size < _SMALLEST:
            return "letters too small to see"
        left, bottom, right, top = self.page.box
        if not (left - size <= matrix[4] <= right + size and bottom - size <= matrix[5] <= top + size):
            return "letters beside the page"
        if _white(*self.fill) and not has_ground(self.content, self._at, self.moves, matrix[4:]):
            return "white letters on white"
        return ""


class _Placing:
    """Where the next letters stand, within a text object."""

    def __init__(self) -> None:
        self.begin()
        self._leading = 0.0

    def begin(self) -> None:
        self.matrix: Matrix = _IDENTITY

    def place(self, matrix: Matrix) -> None:
        self.matrix = matrix

    def lead(self, leading: float) -> None:
        self._leading = leading

    def move(self, by: list[float] | None = None, *, leads: bool = False) -> None:
        x, y = (0.0, -self._leading) if by is None else by
        if leads:
            self._leading = -y
        self.matrix = multiplied((1.0, 0.0, 0.0, 1.0, x, y), self.matrix)


def multiplied(one: Matrix, two: Matrix) -> Matrix:
    """Return the matrix that does what `one` does, and then what `two` does.

    >>> multiplied((2, 0, 0, 2, 1, 1), (1, 0, 0, 1, 5, 5))
    (2, 0, 0, 2, 6, 6)
    """
    a, b, c, d, e, f = one
    g, h, i, j, k, m = two
    return (a * g + b * i, a * h + b * j, c * g + d * i, c * h + d * j, e * g + f * i + k, e * h + f * j + m)


def _shown(given: bytes, font: Font) -> str:
    shown = font.shown
    return "".join(
        [
            shown(literal, packed) if literal or packed else " " if gap and float(gap) < -_GAP else ""
            for literal, packed, gap in _SHOWN.findall(given)
        ]
    )


def _moved(moves: tuple[bytes, ...]) -> Matrix:
    matrix = _IDENTITY
    for move in moves:
        matrix = multiplied(_six(move), matrix)
    return matrix


def _numbers(given: bytes) -> list[float]:
    """Return the numbers at the end of what stands before an operator."""
    words = given.split()
    try:
        return [float(word) for word in words]
    except ValueError:
        pass
    found = []
    for word in reversed(words):
        try:
            found.append(float(word))
        except ValueError:
            break
    return found[::-1]


@lru_cache(maxsize=4096)
def _six(given: bytes) -> Matrix:
    numbers = _numbers(given)
    if len(numbers) < 6:
        raise UnreadableError("a page that moves its words by too few numbers")
    a, b, c, d, e, f = numbers[-6:]
    return (a, b, c, d, e, f)


@lru_cache(maxsize=256)
def _white(name: bytes, given: bytes) -> bool:
    parts = _numbers(given)
    if name == b"k" or len(parts) == 4:
        return bool(parts) and max(parts) <= 0.03
    return bool(parts) and min(parts) >= 0.97
