"""A deck as a tagged PDF, made by Typst under PDF/UA-1 and PDF/A-2a from the plan that every format of slides shares."""

from __future__ import annotations

import json
from dataclasses import asdict
from functools import cache
from typing import Any

import typst

from rca_lib.errors import RenderError
from rca_lib.render.deck import HEIGHT, WIDTH, Grid, Picture, Slide, Text, layout, measure, plan_deck, prose, tables
from rca_lib.render.page import MARKS
from rca_lib.render.paper import STANDARDS, TOKENS, check_review, compiler, explain, page_count, printable
from rca_lib.render.text import clean, shown
from rca_lib.render.view import Review
from rca_lib.resources import templates

__all__ = ["footer", "render_slides"]


def render_slides(review: Review) -> bytes:
    """Return the slides of a review as PDF; the same bytes for the same review, on every machine.

    Parameters
    ----------
    review : what `rca_lib.render.view.assemble` returns.

    Raises
    ------
    RenderError
        When the review breaks a standard, such as a figure without an alternative text, or a slide does not hold what is
        put on it.
    """
    check_review(review)
    printed = _printed(review)
    slides = plan_deck(printed)
    inputs = {"deck": json.dumps(_deck(printed, slides), ensure_ascii=False), "tokens": json.dumps(TOKENS)}
    try:
        made = compiler().compile(_source(), format="pdf", pdf_standards=[*STANDARDS], timestamp=0, sys_inputs=inputs)
    except typst.TypstError as error:
        raise RenderError(_explain(error, printed)) from error
    if not isinstance(made, bytes) or page_count(made) != len(slides):
        raise RenderError(
            f"The slides of {review['escalation_id']} did not come out one a page; report it with the review."
        )
    return made


def footer(review: Review) -> str:
    """Return what stands at the foot of each slide.

    Examples
    --------
    >>> footer({"kicker": "Briefing", "escalation_id": "ESC-1", "as_of": "9 March 2026", "simulated": True})
    'Briefing · ESC-1 · as of 9 March 2026 · simulated data'
    """
    simulated = "simulated data" if review["simulated"] else ""
    parts = (review["kicker"], review["escalation_id"], f"as of {review['as_of']}", simulated)
    return " · ".join(part for part in parts if part)


@cache
def _source() -> bytes:
    return (templates() / "typst" / "slides.typ").read_bytes()


def _printed(review: Review) -> Review:
    """Return the view with every text printable by the fonts; drawings keep their line breaks."""
    view: Review = clean({**review, "sections": []}, printable)
    view["sections"] = [
        {**clean({**section, "blocks": []}, printable), "blocks": [_block(block) for block in section["blocks"]]}
        for section in review["sections"]
    ]
    return view


def _block(block: dict[str, Any]) -> dict[str, Any]:
    if block["kind"] == "figure":
        return {**clean({**block, "svg": ""}, printable), "svg": shown(block["svg"])}
    made: dict[str, Any] = block if block["kind"] == "code" else clean(block, printable)
    return made


def _deck(review: Review, slides: tuple[Slide, ...]) -> dict[str, Any]:
    size = layout.FURNITURE
    return {
        **{key: review[key] for key in ("title", "kicker", "escalation_id", "as_of", "as_of_date", "language")},
        "banner": measure.cut(review["banner"], size, layout.BANNER.width, "semibold"),
        "footer": measure.cut(footer(review), size, layout.FOOTER.width),
        "width": WIDTH,
        "height": HEIGHT,
        "x": layout.X,
        "wide": layout.WIDE,
        "rule": layout.RULE,
        "furniture": size,
        "marks": MARKS,
        "banner_frame": asdict(layout.BANNER),
        "footer_frame": asdict(layout.FOOTER),
        "number_frame": asdict(layout.NUMBER),
        "eyebrow_frame": asdict(layout.EYEBROW),
        "slides": [_slide(slide) for slide in slides],
    }


def _slide(slide: Slide) -> dict[str, Any]:
    return {
        "layout": slide.layout,
        "title": slide.title,
        "title_frame": asdict(slide.title_frame),
        "title_size": slide.title_size,
        "title_breaks": measure.overlong(slide.title, slide.title_size, slide.title_frame.width, "serif"),
        "suffix": slide.suffix,
        "section": slide.section,
        "section_short": measure.cut(slide.section, 13.0, layout.EYEBROW.width, "semibold"),
        "opens": slide.opens,
        "elements": [_element(element) for element in slide.elements],
    }


def _element(element: Text | Grid | Picture) -> dict[str, Any]:
    kind = {Text: "text", Grid: "grid", Picture: "picture"}[type(element)]
    made = {"kind": kind, **asdict(element)}
    if isinstance(element, Grid):
        made["head_size"] = tables.head_size(element.size)
    if isinstance(element, Text):
        prosaic = element.role == "body"
        made["words"] = [
            {**asdict(one), "room": prose.room_for(one.size) if prosaic and one.face == "sans" else 0.0}
            for one in element.words
        ]
    return made


def _explain(error: typst.TypstError, review: Review) -> str:
    message = str(getattr(error, "message", error))
    if "overflow of" in message:
        where = message.partition("overflow of ")[2].partition("\n")[0]
        return f"The slides of {review['escalation_id']} do not hold what is put on them ({where}); report it with the review."
    return explain(error, review).replace("The PDF of", "The slides of", 1)
