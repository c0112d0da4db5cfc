"""The exporter ``rca-html``.

::

    jupyter nbconvert --to rca-html --HTMLReviewExporter.audience=specialists executed.ipynb
"""

from __future__ import annotations

from rca_lib.render.exporter import ReviewExporter
from rca_lib.render.page import render_html

__all__ = ["HTMLReviewExporter", "render_html"]


class HTMLReviewExporter(ReviewExporter):
    """Makes a review as one HTML file, with no script and no request to anywhere."""

    export_from_notebook = "Case review (HTML)"
    output_mimetype = "text/html"
    suffix = ".html"
    renderer = staticmethod(render_html)
