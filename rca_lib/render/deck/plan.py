"""The plan of a deck: which block of a review stands on which slide, and where it is parted."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

from rca_lib.render.deck import cover, figures, measure, prose, tables, timelines
from rca_lib.render.deck.layout import BODY_BOTTOM, NOTE_SIZE, WIDE, X, heading, small_print
from rca_lib.render.deck.records import Element, Frame, Grid, Slide, Text
from rca_lib.render.view import Review

__all__ = ["plan_deck"]

_INTRO, _INTRO_SIZE = 200, 16.0
"""Up to how many characters a paragraph stands above the table that follows it, and not on a slide of its own."""
_LONGEST_NOTE = 4
"""Lines that a caption or a note may take; a longer one has a slide of its own."""
_GAP = 12.0
_LOWER = 0.16
"""How far down its slide a statement stands that is alone there, as a share of the room."""
_LONG_DECK, _LONG_SECTION = 40, 6
"""A deck of more slides than the first has a divider before each section of as many as the second."""
_NUMBERED = " (20\u00a0of\u00a020)"
"""The room kept behind a heading that more than one slide has."""


def plan_deck(review: Review) -> tuple[Slide, ...]:
    """Return the slides of a review, in order; the same for the same review.

    No sentence is shortened or worded anew: what does not fit goes on to a further slide with the same heading. Code is
    left out.

    Parameters
    ----------
    review : what `rca_lib.render.view.assemble` returns.

    Raises
    ------
    RenderError
        When a figure is not a drawing that can be read.

    Examples
    --------
    >>> block = {"kind": "prose", "id": "a.b", "title": None, "style": "body", "paragraphs": ["It holds. It stays."]}
    >>> view = {"title": "A case", "kicker": "Briefing", "escalation_id": "ESC-1", "as_of": "9 March 2026", "banner": "",
    ...         "state": "approved", "simulated": False, "facts": [],
    ...         "sections": [{"id": "limits", "title": "Limits", "blocks": [block]}]}
    >>> [(slide.layout, slide.title) for slide in plan_deck(view)]
    [('cover', 'A case'), ('content', 'Limits')]
    """
    first, told = cover.open_deck(review)
    made = [first]
    if first.title != review["title"]:
        made += _section({"title": "Title in full", "blocks": [_said(review["title"])]})
    if review["facts"] and not told:
        made += _section({"title": "Facts", "blocks": [cover.facts_as_table(review["facts"])]})
    sections = [(section["title"], slides) for section in review["sections"] if (slides := _section(section))]
    long = sum(len(slides) for _, slides in sections) > _LONG_DECK
    for title, slides in sections:
        if long and len(slides) >= _LONG_SECTION:
            made.append(cover.divide(title))
            slides[0] = replace(slides[0], opens=False)
        made += slides
    return tuple(made)


def _section(section: dict[str, Any]) -> list[Slide]:
    """Return the slides of a section; those with the same heading are numbered."""
    same: frozenset[str] = frozenset()
    while True:
        slides = list(_Section(section["title"], same).slides(section["blocks"]))
        counts = Counter(slide.title for slide in slides)
        several = same | {title for title, count in counts.items() if count > 1}
        if several == same:
            break
        same = several
    seen: Counter[str] = Counter()
    for at, slide in enumerate(slides):
        seen[slide.title] += 1
        slides[at] = replace(slide, part=(seen[slide.title], counts[slide.title]), opens=at == 0)
    return slides


def _said(text: str) -> dict[str, Any]:
    return {"kind": "prose", "id": "said.full", "title": None, "style": "body", "paragraphs": [text]}


def _is_long(text: str) -> bool:
    return len(text) > _LONGEST_NOTE * 40 and len(measure.lines(text, NOTE_SIZE, WIDE)) > _LONGEST_NOTE


def _go_together(block: dict[str, Any], following: dict[str, Any]) -> bool:
    """Whether two blocks may share a slide: plain prose, neither with a heading of its own nor told one a slide."""
    plain = all(
        one["kind"] == "prose" and not one["title"] and one["style"] == "body" and len(prose.slides_of(one)) == 1
        for one in (block, following)
    )
    return plain and (len(block["paragraphs"]) == 1) == (len(following["paragraphs"]) == 1)


def _is_intro(block: dict[str, Any], following: dict[str, Any] | None) -> bool:
    return (
        block["kind"] == "prose"
        and not block["title"]
        and block["style"] in ("body", "lead")
        and following is not None
        and following["kind"] == "table"
        and sum(map(len, block["paragraphs"])) <= _INTRO
        and len(block["paragraphs"]) == 1
    )


@dataclass(frozen=True)
class _Section:
    """A section whose slides are made; ``same`` are the headings that more than one of them has."""

    title: str
    same: frozenset[str]

    def slides(self, blocks: Sequence[dict[str, Any]]) -> Iterator[Slide]:
        rest = [block for block in blocks if block["kind"] != "code"]
        while rest:
            block = rest.pop(0)
            following = rest[0] if rest else None
            if following is not None and _is_intro(block, following):
                yield from self._table(rest.pop(0), block["paragraphs"][0])
            elif block["kind"] == "prose":
                together = [block]
                while rest and _go_together(together[-1], rest[0]) and self._fit([*together, rest[0]]):
                    if _is_intro(rest[0], rest[1] if len(rest) > 1 else None):
                        break
                    together.append(rest.pop(0))
                yield from self._prose(together)
            else:
                make = {"table": self._table, "figure": self._figure, "timeline": self._timeline}[block["kind"]]
                yield from make(block)

    def _heading(self, title: str, *, led: bool = False) -> tuple[str, float, Frame, float]:
        return heading(title, _NUMBERED if title in self.same else "", led=led)

    def _slide(self, title: str, elements: tuple[Element, ...], notes: Sequence[str], *, led: bool = False) -> Slide:
        shown, size, frame, _ = self._heading(title, led=led)
        above = "" if title == self.title else self.title
        said = tuple(note for note in notes if note)
        return Slide("content", shown, frame, size, elements, said, section=above)

    def _in_full(self, title: str) -> Iterator[Slide]:
        """Give a heading that is too long for one on slides of its own, as text."""
        if self._heading(title)[0] != title:
            yield from self._texts(title, prose.units_of(_said(title)), ())

    def _fit(self, blocks: Sequence[dict[str, Any]]) -> bool:
        *_, top = self._heading(blocks[0]["title"] or self.title)
        return prose.fits([unit for block in blocks for unit in prose.units_of(block)], BODY_BOTTOM - top)

    def _prose(self, blocks: Sequence[dict[str, Any]]) -> Iterator[Slide]:
        title = blocks[0]["title"] or self.title
        yield from self._in_full(title)
        whole = tuple(text for block in blocks for text in block["paragraphs"])
        slides = prose.slides_of(blocks[0]) if len(blocks) == 1 else []
        if len(slides) > 1:
            for at, one in enumerate(slides):
                yield from self._texts(title, prose.units_of(one), whole if at == 0 else (), parted=at == 0)
            return
        yield from self._texts(title, [unit for block in blocks for unit in prose.units_of(block)], whole)

    def _texts(
        self, title: str, units: Sequence[prose.Unit], whole: tuple[str, ...], *, parted: bool = False
    ) -> Iterator[Slide]:
        """Give the slides of a text; where it is parted, the speaker has it whole beside its beginning."""
        led = units[0].leads
        *_, top = self._heading(title, led=led)
        frame = Frame(X, top, WIDE, round(BODY_BOTTOM - top, 2))
        slides = prose.laid_out(units, frame.height)
        if prose.stands_alone(units):
            # A statement with nothing below it stands nearer to the middle.
            frame = Frame(X, round(top + _LOWER * frame.height, 2), WIDE, round(frame.height * (1 - _LOWER), 2))
        for at, words in enumerate(slides):
            notes = whole if at == 0 and (parted or len(slides) > 1) else ()
            yield self._slide(title, (Text(frame, words),), notes, led=led)

    def _figure(self, block: dict[str, Any]) -> Iterator[Slide]:
        title = block["title"] or self.title
        yield from self._in_full(title)
        caption = block["caption"] or ""
        kept = {**block, "caption": "" if _is_long(caption) else caption}
        for made in figures.lay_figure(kept, title, _NUMBERED if title in self.same else ""):
            yield replace(made, section="" if title == self.title else self.title)
        yield from self._apart(title, caption)

    def _table(self, block: dict[str, Any], intro: str = "") -> Iterator[Slide]:
        title = block["title"] or block["caption"] or self.title
        yield from self._in_full(title)
        caption = block["caption"] if block["title"] else ""
        yield from self._apart(title, caption)
        above = [text for text in (intro, caption) if text and not _is_long(text)]
        yield from self._grids(block, title, above, "" if _is_long(block["note"]) else block["note"])
        yield from self._apart(title, block["note"])

    def _timeline(self, block: dict[str, Any]) -> Iterator[Slide]:
        title, caption = block["title"] or self.title, block["caption"]
        yield from self._in_full(title)
        yield from self._apart(title, caption)
        above = [caption] if caption and not _is_long(caption) else []
        yield from self._grids(timelines.as_table(block), title, above, "", timelines.marks_of(block))

    def _apart(self, title: str, text: str) -> Iterator[Slide]:
        """Give a caption or a note that is too long to stand beside what it is about on slides of its own."""
        if _is_long(text):
            yield from self._texts(title, prose.units_of(_said(text)), ())

    def _grids(
        self, table: dict[str, Any], title: str, above: Sequence[str], note: str, marks: tuple[str, ...] = ()
    ) -> Iterator[Slide]:
        *_, top = self._heading(title)
        intro, begin = _stacked(above, top)
        words, high = small_print(note, WIDE) if note else (None, 0.0)
        foot = BODY_BOTTOM - (high + 8 if note else 0.0)
        laid = tables.lay_rows(table, WIDE, foot - begin, foot - top)
        wide = round(sum(column.width for column in laid.columns), 2)
        last = len(laid.slides) - 1
        for at, (rows, origins) in enumerate(zip(laid.slides, laid.origins, strict=True)):
            y = begin if at == 0 else top
            grid = Grid(
                Frame(X, y, wide, round(laid.height(rows), 2)),
                title,
                laid.columns,
                rows,
                laid.size,
                look="timeline" if marks else "table",
                marks=tuple(marks[number] for number in origins) if marks else (),
                breaks=laid.breaks,
            )
            elements: tuple[Element, ...] = (*(intro if at == 0 else ()), grid)
            if words is not None and at == last:
                elements = (
                    *elements,
                    Text(Frame(X, round(grid.frame.bottom + 8, 2), WIDE, round(high, 2)), (words,), "caption"),
                )
            yield self._slide(title, elements, [*above, note] if at == 0 else ())


def _stacked(texts: Sequence[str], top: float) -> tuple[tuple[Text, ...], float]:
    """Return texts one below another from `top` on, and where the slide goes on below them."""
    made: list[Text] = []
    for text in texts:
        words, high = small_print(text, WIDE, size=_INTRO_SIZE)
        made.append(Text(Frame(X, round(top, 2), WIDE, round(high, 2)), (words,), "intro"))
        top += high + _GAP
    return tuple(made), round(top, 2)
