"""The exporter ``rca-slides``.

::

    jupyter nbconvert --to rca-slides --SlidesReviewExporter.audience=leadership executed.ipynb
"""

from __future__ import annotations

from rca_lib.render.deck_pdf import render_slides
from rca_lib.render.exporter import ReviewExporter

__all__ = ["SlidesReviewExporter", "render_slides"]


class SlidesReviewExporter(ReviewExporter):
    """Makes a review as 16:9 slides in a tagged PDF, under PDF/UA-1 and PDF/A-2a."""

    export_from_notebook = "Case review (slides)"
    output_mimetype = "application/pdf"
    suffix = ".slides.pdf"
    renderer = staticmethod(render_slides)
