"""A review as a tagged PDF, made by Typst under PDF/UA-1 and PDF/A-2a: the standards are the gate."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from datetime import date
from fnmatch import fnmatchcase
from functools import cache
from pathlib import Path
from typing import Any, Literal

import typst

from rca_lib.errors import RenderError
from rca_lib.render import style
from rca_lib.render.page import MARKS
from rca_lib.render.text import clean, plain, shorten, shown
from rca_lib.render.view import Review
from rca_lib.resources import templates

__all__ = [
    "STANDARDS",
    "TOKENS",
    "check_review",
    "compiler",
    "explain",
    "page_count",
    "printable",
    "render_pdf",
    "without_spare",
]

STANDARDS: list[Literal["a-2a", "ua-1"]] = ["a-2a", "ua-1"]
"""PDF/A-2a for keeping, PDF/UA-1 for readers who use assistive technology."""

TOKENS = {
    "accent": style.ACCENT,
    "ink": style.INK,
    "muted": style.MUTED,
    "rule": style.RULE,
    "alert": style.ALERT,
    "band": style.BAND,
    "tint": style.ALERT_TINT,
}
"""The colours of the house, as templates see them."""
_WORTH_CLOSING = range(3, 7)
"""How many pages a review has that is worth setting closer to save one: a few lines on a last page look forgotten."""
_FLOWING = 5
"""Up to how many figures a layout in which each may move can be found; the compiler gives up after five rounds."""
_PAGE = re.compile(rb"/Type ?/Page\b(?!s)")
_MISSING_GLYPH = re.compile(r"the text [`\"“]+(.*?)[`\"”]+ could not be displayed")


def render_pdf(review: Review) -> bytes:
    """Return the PDF of a review; the same bytes for the same review, on every machine.

    A short review is set a little closer when that saves a page. One that runs over the pages that its profile allows is
    set tighter still, and then goes without the blocks that the profile can spare.

    Parameters
    ----------
    review : what `rca_lib.render.view.assemble` returns.

    Raises
    ------
    RenderError
        When the review breaks a standard, such as a figure without an alternative text, or has too many pages.
    """
    data = json.dumps(_for_paper(review), ensure_ascii=False)
    limit = review.get("max_pages")
    made = _compile(data, 0, review)
    pages = page_count(made)
    fits = limit is None or pages <= limit
    wanted = pages - 1 if limit is None or fits else limit
    for density in (1, 2) if not fits or pages in _WORTH_CLOSING else ():
        closer = _compile(data, density, review)
        if page_count(closer) <= wanted:
            return closer
    if fits:
        return made
    for shorter in without_spare(review):
        closer = _compile(json.dumps(_for_paper(shorter), ensure_ascii=False), 2, shorter)
        if page_count(closer) <= wanted:
            return closer
    raise RenderError(
        f"The {review['audience']} review of {review['escalation_id']} runs to {pages} pages, its profile allows "
        f"{limit}; name fewer blocks in the profile, lower its max_rows, or raise its max_pages."
    )


def without_spare(review: Review) -> Iterator[Review]:
    """Give the review without the first of its spare blocks, then without the first two, and so on; each says so."""
    spare = list(review.get("spare") or ())
    for count in range(1, len(spare) + 1):
        gone = spare[:count]
        sections, left_out = [], []
        for section in review["sections"]:
            kept = [block for block in section["blocks"] if not any(fnmatchcase(block["id"], one) for one in gone)]
            if len(kept) < len(section["blocks"]):
                left_out.append(section["title"] if not kept else _named(section, gone))
            if kept:
                sections.append({**section, "blocks": kept})
        if left_out and sections:
            said = f"Left out here for want of space, and in the web page: {'; '.join(left_out)}."
            note = {"kind": "prose", "id": "spare.note", "title": None, "style": "note", "paragraphs": [said]}
            sections[-1] = {**sections[-1], "blocks": [*sections[-1]["blocks"], note]}
            yield {**review, "sections": sections}


def _named(section: dict[str, Any], gone: list[str]) -> str:
    """Name a block that is left out of a section that stays."""
    titles = [
        block.get("title") or block.get("caption")
        for block in section["blocks"]
        if any(fnmatchcase(block["id"], one) for one in gone)
    ]
    return (
        f"{section['title']}, in part"
        if not titles[0]
        else f"{section['title']}, {titles[0][:1].lower()}{titles[0][1:]}"
    )


def page_count(pdf: bytes) -> int:
    """Return how many pages a PDF made here has."""
    return len(_PAGE.findall(pdf))


def _compile(data: str, density: int, review: Review) -> bytes:
    figures = sum(block["kind"] == "figure" for section in review["sections"] for block in section["blocks"])
    for flowing in ("yes", "no") if figures <= _FLOWING else ("no",):
        inputs = {"review": data, "tokens": json.dumps(TOKENS), "density": str(density), "flowing": flowing}
        try:
            made, warnings = compiler().compile_with_warnings(
                _source(), format="pdf", pdf_standards=[*STANDARDS], timestamp=0, sys_inputs=inputs
            )
        except typst.TypstError as error:
            raise RenderError(explain(error, review)) from error
        if not any("converge" in str(warning) for warning in warnings):
            break
    if not isinstance(made, bytes):
        raise RenderError(f"The PDF of {review['escalation_id']} came out empty; the review has no sections to print.")
    return made


@cache
def compiler() -> typst.Compiler:
    """Return the compiler, with the house fonts and no other; one for the process."""
    import font_source_sans_pro
    import font_source_serif_pro

    folders = [
        str(Path(package.__file__).parent / "files") for package in (font_source_sans_pro, font_source_serif_pro)
    ]
    return typst.Compiler(root=str(templates() / "typst"), font_paths=folders, ignore_system_fonts=True)


@cache
def _source() -> bytes:
    return (templates() / "typst" / "review.typ").read_bytes()


def _for_paper(review: Review) -> Review:
    """Return the view with every text printable by the fonts, and what only paper needs, such as a running head."""
    check_review(review)
    view: Review = clean({**review, "sections": []}, printable)
    view["running_title"] = shorten(view["title"], 70)
    view["banner_short"] = view["banner"].split(":")[0]
    view["sections"] = [
        {
            **clean({**section, "blocks": []}, printable),
            "blocks": [_block_for_paper(block) for block in section["blocks"]],
        }
        for section in review["sections"]
    ]
    return view


def _block_for_paper(block: dict[str, Any]) -> dict[str, Any]:
    if block["kind"] == "figure":
        return {**clean({**block, "svg": ""}, printable), "svg": shown(block["svg"])}
    if block["kind"] == "code":
        return {**block, "source": shown(plain(block["source"], lines=True))}
    made: dict[str, Any] = clean(block, printable)
    if block["kind"] == "timeline":
        made["entries"] = [{**entry, "word": MARKS[entry["mark"]]} for entry in made["entries"]]
    return made


def printable(text: str) -> str:
    """Return a line of text as the fonts can show it."""
    return shown(plain(text))


def check_review(review: Review) -> None:
    """Refuse what the standards would refuse, with the name of the block that it concerns."""
    if not review.get("title", "").strip():
        raise RenderError("The review has no title; give the case record a title.")
    try:
        date.fromisoformat(review["as_of_date"])
    except ValueError:
        raise RenderError(
            f"The review is as of {review['as_of_date']!r}, which is not an ISO date; run the notebook again."
        ) from None
    for section in review["sections"]:
        for block in section["blocks"]:
            if block["kind"] == "figure" and not (block.get("alt") or "").strip():
                raise RenderError(
                    f"The figure {block.get('id')} has no alternative text; say its finding in its block's alt."
                )


def explain(error: typst.TypstError, review: Review) -> str:
    """Return a compiler's complaint as a sentence with the block that it concerns and the remedy."""
    message = str(getattr(error, "message", error)).strip()
    missing = _MISSING_GLYPH.search(message)
    if missing:
        text, where = missing.group(1), _block_with(missing.group(1), review)
        return f"The PDF of {review['escalation_id']} holds {text!r}{where}, which no font can show; replace it."
    hints = "; ".join(getattr(error, "hints", None) or ())
    return (
        f"The PDF of {review['escalation_id']} for {review['audience']} does not meet PDF/UA-1 and PDF/A-2a: {message}"
        + (f" ({hints})" if hints else "")
        + "; correct the block that it names."
    )


def _block_with(text: str, review: Review) -> str:
    for section in review["sections"]:
        for block in section["blocks"]:
            if text in json.dumps(block, ensure_ascii=False):
                return f" in the block {block.get('id')}"
    return ""
