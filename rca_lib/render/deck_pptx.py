"""A deck as a PowerPoint file that can be edited: real headings, tables and bullets, and notes for the speaker.

It is drawn from the plan that every format of slides shares. Figures are pictures of the very drawings of the review.
"""

from __future__ import annotations

import io
import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from xml.sax.saxutils import escape, quoteattr

from rca_lib.render import style
from rca_lib.render.deck import (
    Frame,
    Grid,
    Picture,
    Slide,
    Text,
    Words,
    layout,
    measure,
    plan_deck,
    prose,
    tables,
    timelines,
)
from rca_lib.render.deck_house import emu, finish, language_of, new_presentation, packed
from rca_lib.render.deck_pdf import footer
from rca_lib.render.page import MARKS
from rca_lib.render.paper import check_review, compiler
from rca_lib.render.text import clean, plain, shown
from rca_lib.render.view import Review

__all__ = ["pictures", "render_pptx"]

_PPI = 192
"""Pixels of a picture per inch of the slide."""
_PLAIN_TABLE = "{2D5ABB26-0587-4C30-8999-92F81FD0307C}"
"""PowerPoint's own name of the table style without colours and lines; the lines that we want are set on the cells."""
_TONES = {"ink": "tx1", "muted": "tx2", "accent": "accent1", "alert": "accent2"}
_LAYOUTS = {"cover": "Cover", "divider": "Section"}
_BULLETS = {"failure": ("◆", "accent2"), "delay": ("○", "accent2"), "step": ("○", "accent1")}
_EVERY_OTHER = ("●", "accent1")


def render_pptx(review: Review) -> bytes:
    """Return the slides of a review as a PowerPoint file; the same bytes for the same review.

    Parameters
    ----------
    review : what `rca_lib.render.view.assemble` returns.

    Raises
    ------
    RenderError
        When python-pptx is not installed, or a figure has no alternative text or cannot be drawn.
    """
    review = clean(review, _kept_lines)
    presentation = new_presentation(review)
    check_review(review)
    slides = plan_deck(review)
    drawn = iter(pictures(slides))
    writer = _Writer(presentation, review, language_of(review))
    for slide in slides:
        writer.add(slide, [next(drawn) for element in slide.elements if isinstance(element, Picture)])
    finish(presentation, language_of(review))
    return packed(presentation)


def _kept_lines(text: str) -> str:
    return plain(text, lines=True) if "\n" in text else plain(text)


def pictures(slides: Sequence[Slide]) -> list[bytes]:
    """Return every drawing of a deck as PNG, in order: pixels and nothing about where and when they were made."""
    found = [element for slide in slides for element in slide.elements if isinstance(element, Picture)]
    if not found:
        return []
    pages = [{"svg": shown(one.svg), "width": one.frame.width, "height": one.frame.height} for one in found]
    source = (
        "#let pages = json(bytes(sys.inputs.pages))\n"
        "#for one in pages { page(width: one.width * 1pt, height: one.height * 1pt, margin: 0pt,"
        ' image(bytes(one.svg), format: "svg", width: 100%, height: 100%)) }'
    )
    inputs = {"pages": json.dumps(pages, ensure_ascii=False)}
    made = compiler().compile(source.encode(), format="png", ppi=_PPI, sys_inputs=inputs)
    return [made] if isinstance(made, bytes) else [page for page in made or () if page is not None]


@dataclass(frozen=True)
class _Writer:
    """Puts slides into a presentation, one after the other."""

    presentation: Any
    review: Review
    language: str

    def add(self, slide: Slide, drawn: list[bytes]) -> None:
        bodies = [element for element in slide.elements if isinstance(element, Text) and element.role == "body"]
        name = _LAYOUTS.get(slide.layout) or ("Text" if len(bodies) == 1 else "Heading alone")
        made = self.presentation.slides.add_slide(self.presentation.slide_layouts.get_by_name(name))
        shapes = made.shapes
        _move(shapes.title, slide.title_frame)
        self._put(shapes.title, [self._heading(slide)])
        rest = list(drawn)
        for element in slide.elements:
            if isinstance(element, Picture):
                self._picture(shapes, element, rest.pop(0))
            elif isinstance(element, Grid):
                self._table(shapes, element)
            elif element.role == "body" and name == "Text":
                body = made.placeholders[1]
                _move(body, element.frame)
                self._put(body, [self._paragraph(words) for words in element.words])
            else:
                self._box(shapes, element)
        self._furniture(shapes, slide)
        if slide.notes:
            notes = made.notes_slide.notes_text_frame._txBody
            _paragraphs(notes, [self._run_in(note) for note in slide.notes])

    def _heading(self, slide: Slide) -> str:
        suffix = ""
        if slide.suffix:
            suffix = self._run(slide.suffix, slide.title_size * 0.72, tone="muted", font="+mn-lt")
        size = slide.title_size
        return _p(self._run(slide.title, size) + suffix, size * measure.LEADING["serif"])

    def _paragraph(self, words: Words) -> str:
        font = "+mj-lt" if words.face == "serif" else ""
        run = self._run(words.text, words.size, tone=words.tone, bold=words.face == "semibold", font=font)
        return _p(run, words.size * measure.LEADING[words.face], above=words.above, mark=words.mark, size=words.size)

    def _run(self, text: str, size: float = 0.0, *, tone: str = "ink", bold: bool = False, font: str = "") -> str:
        fill = "" if tone == "ink" else f'<a:solidFill><a:schemeClr val="{_TONES[tone]}"/></a:solidFill>'
        face = f'<a:latin typeface="{font}"/>' if font else ""
        sized = f' sz="{round(size * 100)}"' if size else ""
        strong = ' b="1"' if bold else ""
        return f'<a:r><a:rPr lang="{self.language}"{sized}{strong} dirty="0">{fill}{face}</a:rPr><a:t>{escape(text)}</a:t></a:r>'

    def _run_in(self, text: str) -> str:
        return f"<a:p>{self._run(text)}</a:p>"

    def _put(self, shape: Any, paragraphs: list[str]) -> None:
        _paragraphs(shape._element.txBody, paragraphs)
        if shape.is_placeholder:
            from pptx.enum.text import MSO_AUTO_SIZE

            # A machine without these fonts may set words wider; they get smaller then and stay in their place.
            shape.text_frame.auto_size = MSO_AUTO_SIZE.TEXT_TO_FIT_SHAPE

    def _box(self, shapes: Any, text: Text) -> None:
        notice = text.role == "notice"
        inset = 12.0 if notice else 0.0
        made = self._text_box(
            shapes, {"caption": "Caption", "notice": "State"}.get(text.role, "Text"), text.frame, inset
        )
        if notice:
            made.fill.solid()
            made.fill.fore_color.rgb = _rgb(style.ALERT_TINT)
        self._put(made, [self._paragraph(words) for words in text.words])

    def _text_box(self, shapes: Any, name: str, frame: Frame, inset: float = 0.0) -> Any:
        made = shapes.add_textbox(emu(frame.x), emu(frame.y), emu(frame.width), emu(frame.height))
        made.name = name
        made.text_frame.word_wrap = True
        made.text_frame.margin_left = made.text_frame.margin_right = emu(inset)
        made.text_frame.margin_top = made.text_frame.margin_bottom = emu(inset * 0.7)
        return made

    def _picture(self, shapes: Any, picture: Picture, png: bytes) -> None:
        frame = picture.frame
        made = shapes.add_picture(io.BytesIO(png), emu(frame.x), emu(frame.y), emu(frame.width), emu(frame.height))
        made.name = "Figure"
        made._element.nvPicPr.cNvPr.set("descr", picture.alt)

    def _table(self, shapes: Any, grid: Grid) -> None:
        frame = grid.frame
        made = shapes.add_table(
            len(grid.rows) + 1, len(grid.columns), emu(frame.x), emu(frame.y), emu(frame.width), emu(frame.height)
        )
        made.name = {"timeline": "Timeline", "facts": "Facts"}.get(grid.look, "Table")
        made._element.nvGraphicFramePr.cNvPr.set("descr", grid.name)
        table = made.table
        table.first_row, table.horz_banding = True, False
        table._tbl.tblPr.find("{http://schemas.openxmlformats.org/drawingml/2006/main}tableStyleId").text = _PLAIN_TABLE
        for column, wide in zip(table.columns, grid.columns, strict=True):
            column.width = emu(wide.width)
        heights = [tables.head_height(grid.columns, grid.size)]
        heights += [tables.row_height(row, grid.columns, grid.size) for row in grid.rows]
        for number, (row, high) in enumerate(zip(table.rows, heights, strict=True)):
            row.height = emu(high)
            for at, cell in enumerate(row.cells):
                self._cell(cell, grid, number, at)

    def _cell(self, cell: Any, grid: Grid, number: int, at: int) -> None:
        """Fill a cell; the first row holds the heads."""
        column, head = grid.columns[at], number == 0
        size = tables.head_size(grid.size) if head else grid.size
        if head:
            runs = self._run(column.label, size, tone="muted")
        elif grid.look == "timeline":
            runs = self._moment(grid, number - 1, at)
        else:
            runs = self._run(grid.rows[number - 1][at], size, bold=grid.look == "facts")
        bullet = ""
        if grid.look == "timeline" and at == 1 and not head:
            bullet = _bullet(*_BULLETS.get(grid.marks[number - 1], _EVERY_OTHER), timelines.MARK_ROOM)
        if head and grid.look == "timeline" and at == 1:
            bullet = f'marL="{emu(timelines.MARK_ROOM)}" indent="0">'
        pitch = size * measure.LEADING["sans"]
        _paragraphs(cell._tc.txBody, [_p(runs, pitch, right=column.align == "right", raw=bullet)])
        _edges(cell._tc, grid, number, at)

    def _moment(self, grid: Grid, index: int, at: int) -> str:
        text, mark = grid.rows[index][at], grid.marks[index]
        if at == 0:
            return self._run(text, grid.size, tone="muted")
        if at == 1:
            return self._run(text, grid.size, bold=True)
        word = MARKS[mark]
        if word and text.startswith(word):
            tone = "alert" if mark in ("failure", "delay") else "accent"
            rest = self._run(text[len(word) :], grid.size, tone="muted") if text != word else ""
            return self._run(word, grid.size, tone=tone, bold=True) + rest
        return self._run(text, grid.size, tone="muted")

    def _furniture(self, shapes: Any, slide: Slide) -> None:
        if slide.section:
            box = self._text_box(shapes, "Section", layout.EYEBROW)
            short = measure.cut(slide.section, 13.0, layout.EYEBROW.width, "semibold")
            self._put(box, [_p(self._run(short, 13.0, tone="accent", bold=True), 17.0)])
        if self.review["banner"] and slide.layout != "cover":
            box = self._text_box(shapes, "State", layout.BANNER)
            short = measure.cut(self.review["banner"], layout.FURNITURE, layout.BANNER.width, "semibold")
            self._put(box, [_p(self._run(short, layout.FURNITURE, tone="alert", bold=True), 17.0, right=True)])
        said = measure.cut(footer(self.review), layout.FURNITURE, layout.FOOTER.width)
        number = len(self.presentation.slides)
        field = (
            '<a:fld id="{0F0C8A1E-5B7D-4C3A-9E21-6D1A2B3C4D5E}" type="slidenum">'
            f'<a:rPr lang="{self.language}" sz="{layout.FURNITURE * 100:.0f}"><a:solidFill><a:schemeClr val="tx2"/></a:solidFill>'
            f'<a:latin typeface="+mn-lt"/></a:rPr><a:t>{number}</a:t></a:fld>'
        )
        for name, kind, words in (
            (
                "Footer",
                'type="ftr" sz="quarter" idx="11"',
                self._run(said, layout.FURNITURE, tone="muted", font="+mn-lt"),
            ),
            ("Slide number", 'type="sldNum" sz="quarter" idx="12"', field),
        ):
            shapes._spTree.append(_placeholder(shapes._next_shape_id, name, kind, words))


def _move(shape: Any, frame: Frame) -> None:
    shape.left, shape.top, shape.width, shape.height = (
        emu(value) for value in (frame.x, frame.y, frame.width, frame.height)
    )


def _p(
    runs: str,
    pitch: float,
    *,
    above: float = 0.0,
    mark: str = "",
    size: float = 0.0,
    right: bool = False,
    raw: str = "",
) -> str:
    """Return a paragraph whose lines are `pitch` points apart."""
    spaced = f'<a:lnSpc><a:spcPts val="{round(pitch * 100)}"/></a:lnSpc><a:spcBef><a:spcPts val="{round(above * 100)}"/></a:spcBef>'
    side = ' algn="r"' if right else ""
    if raw:
        attributes, _, inner = raw.partition(">")
        return f"<a:p><a:pPr{side} {attributes}>{spaced}{inner}</a:pPr>{runs}</a:p>"
    if mark:
        room = emu(size * prose.INDENT)
        number = f'<a:buAutoNum type="arabicPeriod" startAt="{mark.rstrip(".")}"/>'
        bullet = (
            '<a:buFont typeface="Arial"/><a:buChar char="•"/>'
            if mark == "•"
            else f'<a:buFont typeface="+mj-lt"/>{number}'
        )
        colour = '<a:buClr><a:schemeClr val="accent1"/></a:buClr>'
        return f'<a:p><a:pPr marL="{room}" indent="-{room}">{spaced}{colour}{bullet}</a:pPr>{runs}</a:p>'
    return f"<a:p><a:pPr{side}>{spaced}<a:buNone/></a:pPr>{runs}</a:p>"


def _bullet(sign: str, colour: str, room: float) -> str:
    return (
        f'marL="{emu(room)}" indent="-{emu(room)}"><a:buClr><a:schemeClr val="{colour}"/></a:buClr>'
        f'<a:buFont typeface="Arial"/><a:buChar char="{sign}"/>'
    )


def _paragraphs(body: Any, paragraphs: list[str]) -> None:
    """Put paragraphs in the place of those that a text holds."""
    from pptx.oxml import parse_xml
    from pptx.oxml.ns import nsdecls

    for old in list(body.p_lst):
        body.remove(old)
    for text in paragraphs:
        body.append(parse_xml(text.replace("<a:p>", f"<a:p {nsdecls('a')}>", 1)))


def _edges(cell: Any, grid: Grid, number: int, at: int) -> None:
    """Set the margins and lines of a cell."""
    from pptx.oxml import parse_xml
    from pptx.oxml.ns import nsdecls

    last = len(grid.columns) - 1
    left = 0.0 if at == 0 or grid.look == "timeline" else tables.PAD_X
    right = grid.columns[at].pad if grid.look == "timeline" and at != 1 else tables.PAD_X
    if at == last and grid.look == "table":
        right = 0.0
    for name, value in (("marL", left), ("marR", right), ("marT", tables.PAD_Y), ("marB", tables.PAD_Y)):
        cell.get_or_add_tcPr().set(name, str(emu(value)))
    properties = cell.get_or_add_tcPr()
    properties.set("anchor", "b" if number == 0 and grid.look == "table" else "t")
    lines: dict[str, tuple[float, str] | None] = {"lnL": None, "lnR": None, "lnT": None, "lnB": None}
    if grid.look == "table":
        lines["lnB"] = (1.0, style.INK) if number == 0 else (0.6, style.RULE)
    elif grid.look == "facts":
        lines["lnT" if number == 0 else "lnB"] = (0.6, style.RULE)
    for name, line in lines.items():
        inside = "<a:noFill/>"
        wide = 0
        if line is not None:
            wide, inside = emu(line[0]), f'<a:solidFill><a:srgbClr val="{line[1][1:]}"/></a:solidFill>'
        properties.append(parse_xml(f'<a:{name} {nsdecls("a")} w="{wide}">{inside}</a:{name}>'))


def _placeholder(number: int, name: str, kind: str, words: str) -> Any:
    from pptx.oxml import parse_xml
    from pptx.oxml.ns import nsdecls

    side = "r" if "sldNum" in kind else "l"
    return parse_xml(
        f'<p:sp {nsdecls("p", "a")}><p:nvSpPr><p:cNvPr id="{number}" name={quoteattr(name)}/><p:cNvSpPr>'
        f'<a:spLocks noGrp="1"/></p:cNvSpPr><p:nvPr><p:ph {kind}/></p:nvPr></p:nvSpPr><p:spPr/>'
        f'<p:txBody><a:bodyPr/><a:lstStyle/><a:p><a:pPr algn="{side}"/>{words}</a:p></p:txBody></p:sp>'
    )


def _rgb(colour: str) -> Any:
    from pptx.dml.color import RGBColor

    return RGBColor.from_string(colour[1:])
