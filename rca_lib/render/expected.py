"""What a review is expected to read, text by text in the order printed, from its view and from no file.

`rca_lib.render.consistency` holds it against what was read out of the finished files.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal
from xml.etree import ElementTree as ET

from rca_lib.render.audience import Audience
from rca_lib.render.findings import Findings
from rca_lib.render.gate.folding import letters
from rca_lib.render.page import MARKS
from rca_lib.render.telling import TOLD_ALIKE, Telling
from rca_lib.render.text import plain, shorten, shown
from rca_lib.render.view import Review
from rca_lib.review.blocks import Prose, Quote

__all__ = ["SENTENCE", "Part", "Unit", "drawing_words", "expected_parts", "furniture", "is_furniture", "readings_of"]

SENTENCE = re.compile(r"(?<=[.!?:;])[”’\")\]]*\s+")
"""Where a text can be parted without parting a statement."""

_DIGIT = re.compile(r"\d")
_PAGES = re.compile(r"(?<!\d)\d{1,3}(?:of|/)\d{1,3}(?!\d)")
_LEAST = 3
_PLAIN = 90
"""Letters up to which a text without a number may stand beside the parts of a review: a link, a label of the template."""


@dataclass(frozen=True)
class Unit:
    """One text of a review.

    Attributes
    ----------
    text : what it reads.
    block : the block that it belongs to; empty at the head of a review.
    kind : what it is, in a word for a message: ``a paragraph``, ``a cell``.
    """

    text: str
    block: str
    kind: str


@dataclass(frozen=True)
class Part:
    """What stands together in a review: its head, the heading of a section, or a block.

    ``moves`` says that it may stand elsewhere on paper, as drawings do; ``row`` gives the rows of a table as one text each.
    """

    name: str
    section: str
    units: tuple[Unit, ...]
    moves: bool = False
    rows: tuple[str, ...] = ()
    words: tuple[str, ...] = ()
    alt: str = ""
    kind: Literal["head", "heading", "prose", "table", "figure", "timeline", "code"] = "prose"

    @property
    def drawn(self) -> str:
        """The words of its drawing, in the order drawn."""
        return "".join(self.words)

    @property
    def letters(self) -> str:
        """The whole of it, in the form in which two printings are alike."""
        return "".join(letters(unit.text) for unit in self.units)


def expected_parts(review: Review, form: str) -> Iterator[Part]:
    """Give the parts of a review in the order in which a format prints them.

    Parameters
    ----------
    review : what `rca_lib.render.view.assemble` returns.
    form : ``html``, ``pdf``, ``slides`` or ``pptx``; paper writes out what fonts lack, and numbers its lists.
    """
    paper = form != "html"
    say: Callable[[str], str] = (lambda text: shown(plain(text))) if paper else plain
    yield Part("head", "", tuple(_head(review, say)), kind="head")
    for section in review["sections"]:
        yield Part(section["id"], section["id"], (Unit(say(section["title"]), "", "a heading"),), kind="heading")
        for block in section["blocks"]:
            yield _part(block, section["id"], say, marked=paper)


def _head(review: Review, say: Callable[[str], str]) -> Iterator[Unit]:
    yield Unit(say(review["kicker"]), "", "the kind of review")
    yield Unit(say(review["title"]), "", "the title")
    simulated = ". Simulated data: no real request, person or agency" if review["simulated"] else ""
    yield Unit(say(f"{review['escalation_id']}, as of {review['as_of']}{simulated}"), "", "the line under the title")
    for fact in review["facts"]:
        yield Unit(say(fact["label"]), "", "the name of a fact")
        yield Unit(say(fact["value"]), "", f"the fact “{fact['label']}”")


def _part(block: Mapping[str, Any], section: str, say: Callable[[str], str], *, marked: bool) -> Part:
    name, kind = block["id"], block["kind"]
    title = [Unit(say(block["title"]), name, "a heading")] if block.get("title") else []
    if kind == "prose":
        return Part(name, section, (*title, *_paragraphs(block, say, marked=marked)))
    if kind == "table":
        heads = [Unit(say(column["label"]), name, "the head of a column") for column in block["columns"]]
        rows = [[Unit(say(cell), name, "a cell") for cell in row] for row in block["rows"]]
        note = [Unit(say(block["note"]), name, "a note")] if block["note"] else []
        caption = [Unit(say(block["caption"]), name, "a caption")] if block["caption"] else []
        units = (*title, *caption, *heads, *(cell for row in rows for cell in row), *note)
        told = tuple("".join(letters(cell.text) for cell in row) for row in rows)
        return Part(name, section, units, rows=told, kind="table")
    if kind == "figure":
        caption = [Unit(say(block["caption"]), name, "a note")] if block.get("caption") else []
        words = drawing_words(block["svg"])
        drawn = tuple(letters(say(word)) for word in words)
        return Part(name, section, (*title, *caption), moves=True, words=drawn, alt=say(block["alt"]), kind="figure")
    if kind == "timeline":
        caption = [Unit(say(block["caption"]), name, "a note")] if block["caption"] else []
        return Part(name, section, (*title, *caption, *_moments(block, say)), kind="timeline")
    return Part(name, section, (Unit(plain(block["source"], lines=True), name, "code"),), kind="code")


def _paragraphs(block: Mapping[str, Any], say: Callable[[str], str], *, marked: bool) -> Iterator[Unit]:
    for number, text in enumerate(block["paragraphs"], start=1):
        mark = {"list": "•", "steps": f"{number}."}.get(block["style"], "") if marked else ""
        if mark:
            yield Unit(mark, block["id"], "the mark of an item")
        yield Unit(say(text), block["id"], "a paragraph")


def _moments(block: Mapping[str, Any], say: Callable[[str], str]) -> Iterator[Unit]:
    for entry in block["entries"]:
        yield Unit(say(entry["when"]), block["id"], "a moment")
        yield Unit(say(entry["what"]), block["id"], "what happened at a moment")
        word, detail = MARKS[entry["mark"]], say(entry["detail"])
        told = f"{word}. {detail}" if word and detail else word or detail
        if told:
            yield Unit(told, block["id"], "the detail of a moment")


def drawing_words(svg: str) -> list[str]:
    """Return the words of a drawing, in the order drawn.

    >>> drawing_words('<svg xmlns="http://www.w3.org/2000/svg"><text>3<tspan>.5%</tspan></text></svg>')
    ['3.5%']
    """
    root = ET.fromstring(svg)
    return ["".join(text.itertext()) for text in root.iter() if text.tag.rpartition("}")[2] == "text"]


def furniture(review: Review) -> list[str]:
    """Return what may stand on any page of a review beside its parts, in letters, the longest first."""
    banner, title = review["banner"], review["title"]
    day = f"as of {review['as_of']}"
    said = [
        review["kicker"],
        title,
        shorten(title, 70),
        review["escalation_id"],
        f"{review['escalation_id']}, {day}",
        day,
        banner,
        banner.split(":")[0],
        review["footer"],
        review["source"],
        "Simulated data: no real request, person or agency",
        "simulated data",
        review["state"].capitalize(),
        *(section["title"] for section in review["sections"]),
    ]
    both = {letters(how(text)) for text in said if text for how in (plain, shown)}
    return sorted(both - {""}, key=len, reverse=True)


def is_furniture(text: str, known: Sequence[str]) -> bool:
    """Return whether a text may stand beside the parts of a review: known, or short and without a number.

    Parameters
    ----------
    text : the text in letters.
    known : what `furniture` returns.

    Examples
    --------
    >>> is_furniture("Briefing2of7", ["Briefing"]), is_furniture("3.5%", ["Briefing"])
    (True, False)
    """
    for one in known:
        if len(one) >= _LEAST and one in text:
            text = text.replace(one, "\n")
    rest = _PAGES.sub("", text, count=1)
    return not _DIGIT.search(rest) and len(rest) <= _PLAIN


def readings_of(
    findings: Findings, audience: Audience, names: Collection[str] | None = None
) -> dict[str, tuple[str, ...]]:
    """Return how this audience may read each claim: one way, or two where the core message withholds more; none means never.

    Parameters
    ----------
    names : the claims asked for; all of them by default.
    """
    tell, tell_alike = Telling(audience, findings.record), Telling(TOLD_ALIKE, findings.record)
    alike = {
        part.claim
        for block in findings.blocks
        if isinstance(block, Prose) and block.alike
        for row in block.paragraphs
        for part in row
        if isinstance(part, Quote)
    }
    withheld = audience.small_cells == "withhold"
    found: dict[str, tuple[str, ...]] = {}
    for claim in findings.claims.values():
        if names is not None and claim.id not in names:
            continue
        own = claim.masked if withheld and claim.masked is not None else claim.text
        if not audience.may_see(claim.sensitivity):
            found[claim.id] = ()
        elif claim.id in alike:
            same = claim.text if claim.masked is None else claim.masked
            found[claim.id] = tuple(dict.fromkeys((tell_alike(same), tell(own))))
        else:
            found[claim.id] = (tell(own),)
    return found
