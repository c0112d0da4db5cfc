"""The first slide of a deck, and the slides that open long sections."""

from __future__ import annotations

from collections.abc import Sequence

from rca_lib.render.deck import measure, tables
from rca_lib.render.deck.layout import BODY_BOTTOM, WIDE, X
from rca_lib.render.deck.records import Element, Frame, Grid, GridColumn, Slide, Text, Words
from rca_lib.render.deck.titles import COVER, fit_title
from rca_lib.render.view import Review

__all__ = ["SIMULATED", "divide", "facts_as_table", "open_deck"]

SIMULATED = "Simulated data: no real request, person or agency"
_ROOM = 820.0
_KICKER_TOP, _TITLE_TOP, _DIVIDER_TOP = 84.0, 114.0, 190.0
_INSET = 12.0
"""Points between a notice and the edges of its ground."""
_ACROSS = 7
"""Facts side by side on the first slide; more have a slide of their own."""
_FACT_SIZES = (16.0, 15.0, 14.0, 13.0)


def open_deck(review: Review) -> tuple[Slide, bool]:
    """Return the first slide, and whether the facts of the review stand on it."""
    title, size, high = fit_title(review["title"], "", _ROOM, COVER)
    lines = [Words(f"{review['escalation_id']}, as of {review['as_of']}", 20.0)]
    if not review["banner"]:
        lines[0] = Words(f"{lines[0].text}. {review['state'].capitalize()}", 20.0)
    if review["simulated"]:
        lines.append(Words(SIMULATED, 16.0, tone="muted", above=5.0))
    y = _TITLE_TOP + high + 20
    elements: list[Element] = [_text(_KICKER_TOP, [Words(review["kicker"], 18.0, "semibold", "accent")], "intro")]
    elements.append(_text(y, lines, "intro"))
    y = elements[-1].frame.bottom + 16
    if review["banner"]:
        elements.append(_text(y, [Words(review["banner"], 17.0, "semibold", "alert")], "notice"))
        y = elements[-1].frame.bottom + 16
    facts = _facts(review["facts"], y)
    frame = Frame(X, _TITLE_TOP, _ROOM, round(high, 2))
    return Slide("cover", title, frame, size, (*elements, *facts)), bool(facts)


def divide(title: str) -> Slide:
    """Return the slide that opens a long section."""
    shown, size, high = fit_title(title, "", _ROOM, COVER)
    return Slide("divider", shown, Frame(X, _DIVIDER_TOP, _ROOM, round(high, 2)), size, opens=True)


def facts_as_table(facts: Sequence[dict[str, str]]) -> dict[str, object]:
    """Return facts as a table block, for a slide of their own."""
    columns = [{"label": label, "align": "left", "wrap": True} for label in ("Fact", "Value")]
    rows = [[fact["label"], fact["value"]] for fact in facts]
    return {
        "kind": "table",
        "id": "facts",
        "title": None,
        "caption": "Facts",
        "columns": columns,
        "rows": rows,
        "note": "",
    }


def _text(y: float, words: list[Words], role: str) -> Text:
    inset = _INSET if role == "notice" else 0.0
    high, set_words = 0.0, []
    for one in words:
        breaks = measure.overlong(one.text, one.size, _ROOM - 2 * inset, one.face)
        set_words.append(Words(one.text, one.size, one.face, one.tone, above=one.above, breaks=breaks))
        high += one.above + measure.height(one.text, one.size, _ROOM - 2 * inset, one.face)
    frame = Frame(X, round(y, 2), _ROOM, round(high + inset * 1.4, 2))
    return Text(frame, tuple(set_words), "notice" if role == "notice" else "intro")


def _facts(facts: Sequence[dict[str, str]], above: float) -> tuple[Grid, ...]:
    """Return facts side by side at the foot of the first slide, where they fit."""
    if not 0 < len(facts) <= _ACROSS:
        return ()
    wide = round(WIDE / max(len(facts), 4), 2)
    columns = tuple(GridColumn(fact["label"], wide, face="semibold") for fact in facts)
    row = tuple(fact["value"] for fact in facts)
    for size in _FACT_SIZES:
        high = tables.head_height(columns, size) + tables.row_height(row, columns, size)
        top = BODY_BOTTOM - 10 - high
        broken = any(measure.overlong(value, size, columns[0].room, "semibold") for value in row)
        if top >= above and not broken:
            frame = Frame(X, round(top, 2), round(wide * len(facts), 2), round(high, 2))
            return (Grid(frame, "Facts", columns, (row,), size, look="facts"),)
    return ()
