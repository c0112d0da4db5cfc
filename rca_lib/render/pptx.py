"""The exporter ``rca-pptx``.

::

    jupyter nbconvert --to rca-pptx --PPTXReviewExporter.audience=leadership executed.ipynb
"""

from __future__ import annotations

from rca_lib.render.deck_pptx import render_pptx
from rca_lib.render.exporter import ReviewExporter

__all__ = ["PPTXReviewExporter", "render_pptx"]


class PPTXReviewExporter(ReviewExporter):
    """Makes the same slides as a PowerPoint file that can be edited; needs python-pptx (the extra ``pptx``)."""

    export_from_notebook = "Case review (PowerPoint)"
    output_mimetype = "application/vnd.openxmlformats-officedocument.presentationml.presentation"
    suffix = ".pptx"
    renderer = staticmethod(render_pptx)
