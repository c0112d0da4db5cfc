"""What the gate looks for in the texts of a file: identifiers, words of the source, places, paths, code, hidden content."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass

from rca_lib.render.gate.folding import fold, readings, squeeze, words
from rca_lib.render.gate.passages import Passage

__all__ = ["SHORTEST", "Find", "Search"]

SHORTEST = 5
"""Identifiers shorter than this are words or numbers that a review uses for other things; the allow-list alone keeps them out."""
_SHORTEST_SPLIT = 6
"""Letters and digits from which an identifier is also looked for with other separators, or none, between them."""
_SHORTEST_RUN = 24
"""Letters and digits from which words of the source are also looked for across lines, elements and punctuation."""
_FEW = 400
"""Up to how many identifiers it is quicker to look for one by one than to look at every place of the text."""

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
_PATH = re.compile(
    rf"(?<![\w.:/<])/(?:{'|'.join(_TOPS)})/[\w.\-]+|file:///?[\w.\-/]+|\b[A-Z]:\\\\?\w|(?<![\w\\])\\\\[\w.-]{{2,}}\\\w"
)
_PATH_SIGNS = (*(f"/{top}/" for top in _TOPS), "file://", ":\\", "\\\\")
_READABLE = re.compile(r"[\t\n\r\x20-\x7e]{12,}")
"""Text inside a compiled file; in packed data, a few bytes look like a path by chance (in about one PDF of thirty)."""


@dataclass(frozen=True)
class Find:
    """One thing that a file may not hold: what kind of thing it is, and where it stands."""

    what: str
    where: str


@dataclass(frozen=True)
class _Form:
    """One reading of a text, in the forms that are searched."""

    said: str
    folded: str
    words: set[str]
    squeezed: str = ""


class Search:
    """Looks for what one audience may not see; made once for a file.

    Parameters
    ----------
    identifiers : identifiers of the case that are not shown to this audience.
    texts : words of the source that are not told to it.
    places : texts that no reader may see, such as the folder of the source.
    headed : the escalation's own id, which is passed over.
    code : whether code may stand in the file.

    Examples
    --------
    >>> from rca_lib.render.gate.passages import Passage
    >>> Search(["REQ-00413"]).first([Passage("a heading", "About req–00413", "text")])
    Find(what='an identifier of the case', where='a heading')
    """

    def __init__(
        self,
        identifiers: Iterable[str],
        texts: Iterable[str] = (),
        places: Iterable[str] = (),
        *,
        headed: str = "",
        code: bool = False,
    ) -> None:
        known = sorted({fold(text.strip()) for text in identifiers if len(text.strip()) >= SHORTEST})
        self._identifiers = [(name, words(name)) for name in known]
        self._split = {
            plain: name
            for name in known
            if len(plain := squeeze(name)) >= _SHORTEST_SPLIT and not plain.isdigit() and any(map(str.isdigit, plain))
        }
        self._texts = sorted({" ".join(fold(text).split()) for text in texts} - {""})
        self._runs = [run for text in self._texts if len(run := squeeze(text)) >= _SHORTEST_RUN]
        self._places = [fold(text) for text in places if len(text) >= SHORTEST]
        self._headed = fold(headed)
        self._code = code

    def first(self, passages: Sequence[Passage]) -> Find | None:
        """Return the first thing found that may not be there, or ``None``."""
        for seen, group in _groups(passages):
            text = "\n".join(each.text for each in group)
            what = self._in(text, seen=seen)
            if what is not None:
                return Find(what, self._place(what, group, seen=seen))
        for each in passages:
            if each.kind == "packed" and (what := self._in_packed(each.text)) is not None:
                return Find(what, each.where)
        hidden = next((each for each in passages if each.kind == "hidden"), None)
        return None if hidden is None else Find("content that no reader sees", hidden.where)

    def _place(self, what: str, group: Sequence[Passage], *, seen: bool) -> str:
        """Return the place of what was found in the texts of a group, as closely as it can be named."""
        for each in group:
            if self._in(each.text, seen=seen) == what:
                parts = each.finer() if each.finer is not None else ()
                return next((where for where, text in parts if self._in(text, seen=seen) == what), each.where)
        return group[0].where if len(group) == 1 else "words that run over several parts of it"

    def _in(self, text: str, *, seen: bool) -> str | None:
        for said in readings(text):
            form = self._form(said, seen=seen)
            for what, stands in self._tests:
                if stands(form):
                    return what
        return None

    def _in_packed(self, text: str) -> str | None:
        form = self._form(text, seen=False)
        if self._identifier(form):
            return "an identifier of the case"
        if any(place in form.folded for place in self._places):
            return "the place of the source"
        runs = "\n".join(_READABLE.findall(text))
        return next((what for what, stands in self._tests[3:] if stands(_Form(runs, "", set()))), None)

    @property
    def _tests(self) -> tuple[tuple[str, Callable[[_Form], bool]], ...]:
        return (
            ("an identifier of the case", self._identifier),
            ("the place of the source", lambda form: any(place in form.folded for place in self._places)),
            ("words of the source", self._source_words),
            ("a path of this machine", lambda form: _found(_PATH, _PATH_SIGNS, form.said)),
            ("code or parameters", lambda form: not self._code and _found(_CODE, _CODE_SIGNS, form.said)),
        )

    def _form(self, said: str, *, seen: bool) -> _Form:
        folded = fold(said)
        if self._headed:
            folded = folded.replace(self._headed, "")
        squeezed = squeeze(folded) if seen and (self._split or self._runs) else ""
        return _Form(said, folded, words(folded) if self._identifiers else set(), squeezed)

    def _identifier(self, form: _Form) -> bool:
        # The runs of letters and digits of an identifier are runs of the text that holds it: few get past that.
        if any(runs <= form.words and _stands_in(name, form.folded) for name, runs in self._identifiers):
            return True
        return any(_split_in(name, form.folded) for name in self._squeezed_in(form.squeezed))

    def _squeezed_in(self, text: str) -> Iterator[str]:
        """Give the identifiers whose letters and digits stand in a squeezed text, one after the other."""
        if len(self._split) <= _FEW:
            yield from (name for plain, name in self._split.items() if plain in text)
            return
        for length in sorted({len(plain) for plain in self._split}):
            for at in range(len(text) - length + 1):
                if text[at : at + length] in self._split:
                    yield self._split[text[at : at + length]]

    def _source_words(self, form: _Form) -> bool:
        if any(run in form.squeezed for run in self._runs):
            return True
        if not self._texts:
            return False
        lines = re.sub(r"[^\S\n]+", " ", form.folded)
        return any(text in lines and _stands_in(text, lines) for text in self._texts)


def _groups(passages: Sequence[Passage]) -> Iterator[tuple[bool, list[Passage]]]:
    """Give the passages that are searched together: what stands side by side may make a word."""
    for seen, kinds in (
        (True, ("text", "alt", "furniture", "notes", "code")),
        (True, ("figure",)),
        (True, ("aside", "hidden")),
        (False, ("source",)),
    ):
        group = [each for each in passages if each.kind in kinds]
        if group:
            yield seen, group


def _stands_in(identifier: str, text: str) -> bool:
    """Whether the identifier stands in the text as a whole word: one number does not match inside another."""
    return identifier in text and re.search(rf"(?<![^\W_]){re.escape(identifier)}(?![^\W_])", text) is not None


def _split_in(identifier: str, text: str) -> bool:
    """Whether the letters and digits of an identifier stand in the text with up to three other characters between each two."""
    parts = r"[\W_]{0,3}".join(map(re.escape, squeeze(identifier)))
    return re.search(rf"(?<![^\W_]){parts}(?![^\W_])", text) is not None


def _found(pattern: re.Pattern[str], signs: Iterable[str], text: str) -> bool:
    return any(sign in text for sign in signs) and pattern.search(text) is not None
