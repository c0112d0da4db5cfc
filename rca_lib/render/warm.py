"""Get ready to render while something else is waited for."""

from __future__ import annotations

__all__ = ["warm_up"]


def warm_up() -> None:
    """Import, load and compile what the first review would otherwise wait for: exporters, templates, fonts and charts."""
    from rca_lib.render import html, pdf, slides
    from rca_lib.render.audience import Audience, SectionChoice
    from rca_lib.render.figures import draw
    from rca_lib.render.findings import merge_findings
    from rca_lib.render.gate import check_file
    from rca_lib.render.view import assemble
    from rca_lib.review.blocks import Figure

    row = {"value": "-", "n": 100, "failed": 50, "rate": 0.5, "low": 0.4, "high": 0.6}
    figure = Figure(
        id="warm.figure",
        section="warm",
        title="Nothing",
        chart="segments",
        data={"groups": [{"dimension": "-", "rows": [row]}], "overall": 0.5, "x_label": "-"},
        alt="A chart that no reader will ever see.",
    )
    draw(figure)
    record = {"title": "-", "escalation_id": "-", "as_of": "2000-01-01"}
    findings = merge_findings([{"blocks": [figure.model_dump(mode="json")], "claims": [], "record": record}])
    everyone = Audience(
        name="warm", title="-", sensitivity=("general",), sections=(SectionChoice(id="all", title="-", blocks=("*",)),)
    )
    review = assemble(findings, everyone)
    for name, content in (
        ("warm.html", html.render_html(review).encode()),
        ("warm.pdf", pdf.render_pdf(review)),
        ("warm.slides.pdf", slides.render_slides(review)),
    ):
        check_file(name, content, shows=review, identifiers=())
