"""Reviews: one executed notebook, told to each audience as HTML, PDF or slides.

A notebook's findings are read (`read_findings`), chosen and masked for an audience (`assemble`), and printed
(`render_html`, `render_pdf`, `render_slides`, `render_pptx`). The exporters of `rca_lib.render.html` and its likes do
all three for ``jupyter nbconvert``.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from rca_lib.render.audience import Audience, audiences, load_audience
    from rca_lib.render.deck_pdf import render_slides
    from rca_lib.render.deck_pptx import render_pptx
    from rca_lib.render.findings import Findings, merge_findings, read_findings
    from rca_lib.render.page import render_html
    from rca_lib.render.paper import render_pdf
    from rca_lib.render.view import Review, assemble

__all__ = [
    "Audience",
    "Findings",
    "Review",
    "assemble",
    "audiences",
    "load_audience",
    "merge_findings",
    "read_findings",
    "render_html",
    "render_pdf",
    "render_pptx",
    "render_slides",
]

# Loaded when asked for: the notebook's kernel draws figures from this package and has no use for a PDF compiler.
_HOMES = {
    "Audience": "audience",
    "Findings": "findings",
    "Review": "view",
    "assemble": "view",
    "audiences": "audience",
    "load_audience": "audience",
    "merge_findings": "findings",
    "read_findings": "findings",
    "render_html": "page",
    "render_pdf": "paper",
    "render_pptx": "deck_pptx",
    "render_slides": "deck_pdf",
}


def __getattr__(name: str) -> Any:
    if name in _HOMES:
        return getattr(import_module(f"{__name__}.{_HOMES[name]}"), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
