"""A review as one HTML file: no script, no request to anywhere, its own small style."""

from __future__ import annotations

import re
from functools import cache

import jinja2
from markupsafe import Markup, escape

from rca_lib.errors import RenderError
from rca_lib.render import style
from rca_lib.render.view import Review
from rca_lib.resources import templates

__all__ = ["MARKS", "page_template", "render_html"]

MARKS = {
    "step": "",
    "delay": "Delay",
    "failure": "Failure",
    "detected": "Detected",
    "change": "Change",
    "action": "Action",
}
"""The word for each mark of a timeline, so that no reader depends on its colour."""


def render_html(review: Review) -> str:
    """Return the whole page of a review.

    Parameters
    ----------
    review : what `rca_lib.render.view.assemble` returns.

    Raises
    ------
    RenderError
        When a figure has no alternative text, or the review no title.
    """
    if not review.get("title"):
        raise RenderError("The review has no title; give the case record a title.")
    for section in review["sections"]:
        for block in section["blocks"]:
            if block["kind"] == "figure" and not block.get("alt"):
                raise RenderError(
                    f"The figure {block.get('id')} has no alternative text; say its finding in its block's alt."
                )
    return page_template("review.html.j2").render(review=review)


@cache
def page_template(name: str) -> jinja2.Template:
    """Return a template of ours by name, with the house style at hand; compiled once a process."""
    folder = templates() / "html"
    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(folder),
        autoescape=True,
        auto_reload=False,
        undefined=jinja2.StrictUndefined,
        keep_trailing_newline=True,
    )
    environment.filters["drawing"] = _drawing
    environment.globals.update(style=_style((folder / "review.css").read_text(encoding="utf-8")), marks=MARKS)
    return environment.get_template(name)


def _style(css: str) -> Markup:
    """Return the style sheet with the house tokens before it, without comments and needless spaces."""
    css = f":root{{{style.css_variables()}}}{css}"
    css = re.sub(r"/\*.*?\*/", "", css, flags=re.DOTALL)
    css = re.sub(r"\s+", " ", css)
    return Markup(re.sub(r" ?([{};,]) ?", r"\1", css).replace(";}", "}").strip())


def _drawing(svg: str, alt: str) -> Markup:
    """Return a drawing as an image that says `alt` to those who cannot see it."""
    return Markup(svg.replace("<svg ", f'<svg role="img" aria-label="{escape(alt)}" ', 1))
