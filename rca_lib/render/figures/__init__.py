"""Charts: one module for each, all on the same sheet, with the same marks, scales and words.

`draw` turns a `Figure` block into SVG text. The finding is not in the drawing: it is the title that the
page sets above it.
"""

from __future__ import annotations

from importlib import import_module

from rca_lib.errors import RenderError
from rca_lib.review.blocks import Figure

__all__ = ["CHARTS", "draw"]

CHARTS = (
    "before_after",
    "case_timeline",
    "cause_chart",
    "change_points",
    "control_chart",
    "controls",
    "cusum",
    "evidence_matrix",
    "forest",
    "funnel",
    "interrupted_series",
    "rate_over_time",
    "saturation",
    "segments",
    "step_times",
    "steps_against_usual",
    "survival",
    "waterfall",
)
"""Names that a `Figure` may ask for; each is a module here."""


def draw(figure: Figure) -> str:
    """Draw a figure as SVG text: the same bytes for the same figure, on every machine.

    The SVG has a ``viewBox`` and no size, so that it takes the width it is given; 170 mm is its true size. Its text is
    text. Ids carry a digest of the drawing, so figures can stand in one page. The alternative text is not in it: set it
    on the element around it (``role="img"`` and ``aria-label``), where the reader's audience decides its wording.

    Raises
    ------
    RenderError
        When there is no such chart, or its data are not what the chart draws.
    """
    if figure.chart not in CHARTS:
        raise RenderError(
            f"Figure {figure.id} asks for a chart named {figure.chart!r}, which does not exist; "
            f"known charts are {', '.join(CHARTS)}."
        )
    from rca_lib.render.figures.sheet import house_rc

    module = import_module(f"{__name__}.{figure.chart}")
    with house_rc(figure.id):
        try:
            sheet = module.draw(figure.data)
        except (KeyError, TypeError, AttributeError) as error:
            raise RenderError(
                f"Figure {figure.id} cannot be drawn as {figure.chart}: {error} is missing from its data or not of the "
                f"right kind; rca_lib.render.figures.{figure.chart} says what it draws."
            ) from error
        return str(sheet.svg(figure.id.replace(".", "-").replace("_", "-")))
