"""The exporter ``rca-pdf``.

::

    jupyter nbconvert --to rca-pdf --PDFReviewExporter.audience=specialists executed.ipynb
"""

from __future__ import annotations

from rca_lib.render.exporter import ReviewExporter
from rca_lib.render.paper import render_pdf

__all__ = ["PDFReviewExporter", "render_pdf"]


class PDFReviewExporter(ReviewExporter):
    """Makes a review as a tagged PDF, under PDF/UA-1 and PDF/A-2a, without TeX or a browser."""

    export_from_notebook = "Case review (PDF)"
    output_mimetype = "application/pdf"
    suffix = ".pdf"
    renderer = staticmethod(render_pdf)
