"""A deck made from a view in the plainest way: a slide a block, its texts parted between sentences, headings repeated."""

from __future__ import annotations

import re
from typing import Any
from xml.sax.saxutils import escape, quoteattr

from rca_lib.render.view import Review
from tests.render.gate.files import A, P, deck


def deck_of(review: Review) -> bytes:
    """Return the presentation of a view: everything in it but code, parted over slides."""
    slides = [_slide(review, [review["kicker"], review["title"], _line(review), review["banner"], *_facts(review)], 1)]
    media: dict[str, str | bytes] = {}
    for section in review["sections"]:
        for block in section["blocks"]:
            if block["kind"] == "code":
                continue
            number = len(slides) + 1
            if block["kind"] == "figure":
                media[f"ppt/media/image{number}.svg"] = block["svg"]
            slides.append(_slide(review, [section["title"], *_texts(block)], number, block))
    return deck({**{f"ppt/slides/slide{n}.xml": body for n, body in enumerate(slides, start=1)}, **media})


def _line(review: Review) -> str:
    simulated = ". Simulated data: no real request, person or agency" if review["simulated"] else ""
    return f"{review['escalation_id']}, as of {review['as_of']}{simulated}"


def _facts(review: Review) -> list[str]:
    return [text for fact in review["facts"] for text in (fact["label"], fact["value"])]


def _texts(block: dict[str, Any]) -> list[str]:
    title = [f"{block['title']} (1 of 2)"] if block.get("title") else []
    if block["kind"] == "prose":
        return title + [part for text in block["paragraphs"] for part in re.split(r"(?<=[.;:])\s+", text)]
    if block["kind"] == "table":
        return [
            *title,
            block["caption"],
            *(column["label"] for column in block["columns"]),
            *(cell for row in block["rows"] for cell in row),
            block["note"],
        ]
    if block["kind"] == "timeline":
        marks = {"delay": "Delay", "failure": "Failure", "detected": "Detected", "change": "Change", "action": "Action"}
        told = [
            text
            for entry in block["entries"]
            for text in (
                entry["when"],
                entry["what"],
                ". ".join(filter(None, (marks.get(entry["mark"], ""), entry["detail"]))),
            )
        ]
        return [*title, block["caption"], *told]
    return [*title, block["caption"] or ""]


def _slide(review: Review, texts: list[str], number: int, block: dict[str, Any] | None = None) -> str:
    alt = ""
    if block and block["kind"] == "figure":
        alt = f'<p:pic><p:nvPicPr><p:cNvPr id="9" name="Chart" descr={quoteattr(block["alt"])}/></p:nvPicPr></p:pic>'
    paragraphs = "".join(f"<a:p><a:r><a:t>{escape(text)}</a:t></a:r></a:p>" for text in texts if text)
    counted = f'<a:p><a:fld type="slidenum"><a:t>{number}</a:t></a:fld></a:p>'
    foot = f"<a:p><a:r><a:t>{escape(review['kicker'])} · {review['escalation_id']} · as of {review['as_of']}</a:t></a:r></a:p>"
    body = f"<p:sp><p:txBody>{paragraphs}{foot}{counted}</p:txBody></p:sp>"
    return f"<p:sld {A} {P}><p:cSld><p:spTree>{alt}{body}</p:spTree></p:cSld></p:sld>"
