"""A branching cause chart: the event at the top, and below each box what it happened because of."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from rca_lib.render import style
from rca_lib.render.figures import text as words
from rca_lib.render.figures.cause_layout import Arrangement, arrange
from rca_lib.render.figures.cause_lines import Box, Placed, Segment, crossings, place
from rca_lib.render.figures.sheet import Sheet

__all__ = ["draw"]

_KINDS = ("event", "condition", "action", "cause", "question")
_PAGE = 640.0
_PAD = 7.0
_LEADING = 10.4
_SMALL = 9.8
_ARROW = 5.5
_NARROWEST = 68.0
_KEY = 40.0
_ROWS = (4, 5, 6, 3, 2)
"""Boxes in a row at most, as tried."""
_STAGES = ((9, 2), (6, 2), (4, 2), (3, 1))
"""Lines of text and of evidence in a box at most, as tried: words are cut only where a page has no room for all."""
_DASHED = (0, (4, 2.4))
_DOTTED = (0, (1, 2))
_LEVELS = {"sharp_end": "Sharp end"}


@dataclass(frozen=True)
class _Node:
    """A box as given, in clean words."""

    id: str
    kind: str
    text: str
    level: str
    evidence: str
    status: str
    ruled_out: bool

    @property
    def bold(self) -> bool:
        return self.kind == "event" or (self.kind == "cause" and not self.ruled_out)


@dataclass(frozen=True)
class _Words:
    """The lines of a box: small ones at the top (left, right), its text, small ones at the bottom."""

    head: tuple[tuple[str, str], ...]
    text: tuple[str, ...]
    foot: tuple[str, ...]

    @property
    def height(self) -> float:
        return 2 * _PAD + _SMALL * (len(self.head) + len(self.foot)) + _LEADING * len(self.text) + 1.0


def draw(data: dict[str, Any]) -> Sheet:
    """Draw boxes in rows, each with an arrow to what it led to.

    ``nodes`` hold ``id, kind, text, level, evidence, grade, ruled_out``; the kind is event, condition, action, cause or
    question. ``links`` are pairs of the id of a cause and the id of its effect. What was ruled out, and what is not yet
    known, is drawn with a broken line and said in words.

    Raises
    ------
    KeyError
        When a link names a box that is not there.
    TypeError
        When causes run in a circle, or a kind is not known.
    """
    nodes = {node.id: node for node in map(_node, data["nodes"])}
    if not nodes:
        return Sheet.saying("There is no cause chart to draw yet.")
    if len(nodes) < len(data["nodes"]):
        raise TypeError("an id of its own for each box")
    links = [(words.clean(cause), words.clean(effect)) for cause, effect in data["links"]]
    plan, wording, heights = _fitted(nodes, links)
    key = _key_rows(nodes)
    placed = place(plan, heights, 15.0 * len(key) + 7)
    sheet = Sheet(placed.height + 3)
    _draw_key(sheet, key)
    for segment in _by_weight(placed.segments, nodes):
        _draw_segment(sheet, segment, nodes)
    for x, y in crossings(placed.segments):
        # The level line passes under the upright one, so that no crossing reads as a meeting.
        sheet.stroke([x, x], [y - 2, y + 2], color=style.PAPER, linewidth=5.0, zorder=1.1)
    for effect, tip in placed.tips.items():
        _draw_tip(sheet, tip, _line(effect, _causes(placed, effect), nodes)[0])
    for name, box in placed.boxes.items():
        _draw_box(sheet, box, nodes[name], wording[name])
    return sheet


def _node(raw: dict[str, Any]) -> _Node:
    kind = raw["kind"]
    if kind not in _KINDS:
        raise TypeError(f"a kind of box among {', '.join(_KINDS)} ({kind!r} is none of them)")
    level = words.clean(raw.get("level"))
    ruled_out = bool(raw.get("ruled_out"))
    evidence = words.clean(raw.get("evidence")) or ("" if kind == "question" else "no evidence yet")
    status = "ruled out" if ruled_out else ("?" if kind == "question" else words.clean(raw.get("grade")))
    level = _LEVELS.get(level, level.replace("_", " ").capitalize())
    return _Node(words.clean(raw["id"]), kind, words.clean(raw["text"]), level, evidence, status, ruled_out)


def _fitted(
    nodes: Mapping[str, _Node], links: list[tuple[str, str]]
) -> tuple[Arrangement, dict[str, _Words], list[float]]:
    """Choose the first of several arrangements that fits a page, or else the lowest of them."""
    events = [name for name, node in nodes.items() if node.kind == "event"]
    others = [name for name in nodes if name not in events]
    plans = [arrange(events, others, links, most) for most in _ROWS]
    wide = [plan for plan in plans if plan.width >= _NARROWEST]
    found: list[tuple[float, Arrangement, dict[str, _Words], list[float]]] = []
    for lines, foot in _STAGES:
        for plan in wide or plans:
            wording = {
                slot.id: _worded(nodes[slot.id], plan.span(number, slot), lines, foot)
                for number, row in enumerate(plan.rows)
                for slot in row
                if slot.is_box
            }
            heights = [max((wording[slot.id].height for slot in row if slot.is_box), default=0.0) for row in plan.rows]
            total = place(plan, heights, _KEY).height
            if total <= _PAGE:
                return plan, wording, heights
            found.append((total, plan, wording, heights))
    _, plan, wording, heights = min(found, key=lambda item: item[0])
    return plan, wording, heights


def _worded(node: _Node, span: tuple[float, float], lines: int, foot_lines: int) -> _Words:
    room = span[1] - span[0] - 2 * _PAD
    level, status = node.level, node.status
    small = style.SIZE_NOTE
    beside = words.width(level, small) + 8 + words.width(status, small, bold=True) <= room
    if not (level and status) or beside:
        level = words.shorten(level, room, small)
        head = [(level, words.shorten(status, room, small, bold=True))] if level or status else []
    else:
        head = [(words.shorten(level, room, small), ""), ("", words.shorten(status, room, small, bold=True))]
    size = _size(node)
    text = words.wrap(node.text or "no words yet", room, size, lines=lines, bold=node.bold)
    # A count stays with what it counts.
    evidence = re.sub(r"(\d) (?=\w)", "\\1\u00a0", node.evidence)
    foot = words.wrap(evidence, room, small, lines=foot_lines) if evidence else []
    return _Words(tuple(head), tuple(text), tuple(foot))


def _size(node: _Node) -> float:
    return style.SIZE_LABEL if node.kind == "event" else style.SIZE_VALUE


def _line(effect: str, causes: frozenset[str], nodes: Mapping[str, _Node]) -> tuple[str, Any, float]:
    """Return colour, dashes and weight of a line: broken when all that it carries is ruled out or a question."""
    if nodes[effect].ruled_out or all(nodes[cause].ruled_out for cause in causes):
        return style.MUTED, _DASHED, 0.8
    if all(nodes[cause].kind == "question" or nodes[cause].ruled_out for cause in causes):
        return style.MUTED, _DOTTED, 1.2
    return style.INK, "solid", 1.0


def _causes(placed: Placed, effect: str) -> frozenset[str]:
    return frozenset[str]().union(*(part.causes for part in placed.segments if part.effect == effect))


def _by_weight(segments: tuple[Segment, ...], nodes: Mapping[str, _Node]) -> list[Segment]:
    """Put full lines last, so that no broken line lies on top of one."""
    return sorted(segments, key=lambda part: _line(part.effect, part.causes, nodes)[1] == "solid")


def _draw_segment(sheet: Sheet, part: Segment, nodes: Mapping[str, _Node]) -> None:
    color, dashes, weight = _line(part.effect, part.causes, nodes)
    cap = "projecting" if dashes == "solid" else "butt"
    sheet.stroke(
        [part.x0, part.x1],
        [part.y0, part.y1],
        color=color,
        linestyle=dashes,
        linewidth=weight,
        solid_capstyle=cap,
        zorder=1 if part.y0 == part.y1 else 1.2,
    )


def _draw_tip(sheet: Sheet, tip: tuple[float, float], color: str) -> None:
    from matplotlib.patches import Polygon

    x, y = tip
    corners = [(x, y + 1.2), (x - _ARROW / 2, y + 1.2 + _ARROW), (x + _ARROW / 2, y + 1.2 + _ARROW)]
    sheet.figure.add_artist(
        Polygon(corners, closed=True, facecolor=color, edgecolor="none", transform=sheet.points, zorder=2)
    )


def _draw_box(sheet: Sheet, box: Box, node: _Node, lines: _Words) -> None:
    _frame(sheet, box, node.kind, ruled_out=node.ruled_out)
    left, top, right, bottom = box
    dark = node.kind == "event" and not node.ruled_out
    soft = style.RULE if dark else style.MUTED
    ink = style.PAPER if dark else (style.MUTED if node.ruled_out else style.INK)
    base = top + _PAD + 6.6
    for level, status in lines.head:
        sheet.write(left + _PAD, base, level, size=style.SIZE_NOTE, color=soft)
        strong = style.MUTED if node.ruled_out else (style.PAPER if dark else style.ACCENT)
        edge = right - _PAD if level or len(lines.head) == 1 else left + _PAD
        align = "right" if level or len(lines.head) == 1 else "left"
        sheet.write(edge, base, status, size=style.SIZE_NOTE, color=strong, bold=True, align=align)
        base += _SMALL
    base = top + _PAD + _SMALL * len(lines.head) + 7.6
    for line in lines.text:
        sheet.write(left + _PAD, base, line, size=_size(node), color=ink, bold=node.bold)
        base += _LEADING
    missing = node.evidence == "no evidence yet" and not node.ruled_out and not dark
    base = bottom - _PAD - _SMALL * (len(lines.foot) - 1) - 0.6
    for line in lines.foot:
        sheet.write(left + _PAD, base, line, size=style.SIZE_NOTE, color=style.ALERT if missing else soft)
        base += _SMALL


def _frame(sheet: Sheet, box: Box, kind: str, *, ruled_out: bool) -> None:
    """Draw the outline that tells the kind of a box by its corners, its line and its ground."""
    from matplotlib.patches import FancyBboxPatch

    look: dict[str, Any] = {"facecolor": style.PAPER, "edgecolor": style.MUTED, "linewidth": 0.9, "linestyle": "solid"}
    if kind == "event":
        look |= {"facecolor": style.INK, "edgecolor": style.INK}
    elif kind == "cause":
        look |= {"facecolor": style.BAND, "edgecolor": style.ACCENT, "linewidth": 2.2}
    elif kind == "question":
        look |= {"edgecolor": style.ACCENT, "linestyle": _DOTTED, "linewidth": 1.4}
    if ruled_out:
        look |= {"facecolor": style.PAPER, "edgecolor": style.MUTED, "linewidth": 0.8, "linestyle": _DASHED}
    left, top, right, bottom = box
    inset = look["linewidth"] / 2
    left, top, right, bottom = left + inset, top + inset, right - inset, bottom - inset
    round_corners = min(9.0, (bottom - top) / 2) if kind == "action" else 0.01
    sheet.figure.add_artist(
        FancyBboxPatch(
            (left, top),
            right - left,
            bottom - top,
            boxstyle=f"round,pad=0,rounding_size={round_corners:g}",
            transform=sheet.points,
            mutation_aspect=1,
            zorder=3,
            **look,
        )
    )


_Glyph = Callable[[Sheet, float, float], None]


def _key_rows(nodes: Mapping[str, _Node]) -> list[list[tuple[_Glyph, str]]]:
    """Return the entries of the key, only of what occurs, in lines that fit."""
    named = {
        "event": "what happened",
        "condition": "condition",
        "action": "action",
        "cause": "stated cause, with its grade",
        "question": "open question",
    }
    kinds = {node.kind for node in nodes.values() if not node.ruled_out}
    entries = [(_swatch(kind), label) for kind, label in named.items() if kind in kinds]
    if any(node.ruled_out for node in nodes.values()):
        entries.append((_swatch("condition", ruled_out=True), "ruled out"))
    if len(nodes) > 1:
        entries.append((_arrow_swatch, "led to; read down as “because”"))
    rows: list[list[tuple[_Glyph, str]]] = [[]]
    x = 0.0
    for entry in entries:
        span = 20 + words.width(entry[1], style.SIZE_NOTE) + 13
        if x + span - 13 > style.TEXT_WIDTH:
            rows.append([])
            x = 0.0
        rows[-1].append(entry)
        x += span
    return rows


def _draw_key(sheet: Sheet, rows: list[list[tuple[_Glyph, str]]]) -> None:
    for number, row in enumerate(rows):
        x, base = 0.0, 10.0 + 15 * number
        for glyph, label in row:
            glyph(sheet, x, base - 2.9)
            sheet.write(x + 20, base, label, size=style.SIZE_NOTE, color=style.MUTED)
            x += 20 + words.width(label, style.SIZE_NOTE) + 13


def _swatch(kind: str, *, ruled_out: bool = False) -> _Glyph:
    def glyph(sheet: Sheet, x: float, y: float) -> None:
        _frame(sheet, (x, y - 4.5, x + 16, y + 4.5), kind, ruled_out=ruled_out)

    return glyph


def _arrow_swatch(sheet: Sheet, x: float, y: float) -> None:
    sheet.stroke([x + 10, x + 10], [y + 5.5, y - 2], color=style.INK, linewidth=1.0)
    _draw_tip(sheet, (x + 10, y - 6.5), style.INK)
