"""Every escalation of the example, for every reader in every format: the gate lets all through, and nothing reads otherwise."""

from __future__ import annotations

from pathlib import Path

import pytest

from rca_lib.data.example import make_example
from rca_lib.data.source import Source, open_source
from rca_lib.render.audience import audiences, load_audience
from rca_lib.render.consistency import differences
from rca_lib.render.deck_pdf import render_slides
from rca_lib.render.findings import merge_findings
from rca_lib.render.page import render_html
from rca_lib.render.paper import render_pdf
from rca_lib.render.pptx import render_pptx
from rca_lib.render.view import assemble
from rca_lib.review.case import open_case
from rca_lib.run.execute import read_notebook
from rca_lib.run.review import file_name, find_notebook, read_review

pytestmark = pytest.mark.slow

ESCALATIONS = [f"ESC-{number:04d}" for number in (3, 9, 12, 14, 18, 21, 25, 27, 29, 31, 34, 37, 39, 42, 48)]
MAKERS = {
    "html": lambda view: render_html(view).encode(),
    "pdf": render_pdf,
    "slides": render_slides,
    "pptx": render_pptx,
}
VERBS = [
    cell.source.removeprefix("case.").removesuffix("()")
    for cell in read_notebook(find_notebook("case_review")).cells
    if cell.source.startswith("case.")
]


@pytest.fixture(scope="module")
def source(tmp_path_factory: pytest.TempPathFactory) -> Source:
    folder: Path = tmp_path_factory.mktemp("example") / "lert"
    make_example(folder)
    return open_source(folder)


def test_these_are_the_escalations_of_the_example(source):
    assert sorted(row.escalation_id for row in source.escalations()) == ESCALATIONS


@pytest.mark.parametrize("escalation", ESCALATIONS)
def test_an_escalation_passes_gate_and_comparison_in_every_form(source, escalation):
    case = open_case(escalation, source)
    findings = merge_findings([getattr(case, verb)().as_json() for verb in VERBS])
    printed = []
    for name in audiences():
        profile = load_audience(name)
        view = assemble(findings, profile)
        for form in dict.fromkeys(("html", *profile.formats)):
            content = MAKERS[form](view)
            printed.append(read_review(file_name(name, form), content, profile, form, view, findings))

    assert [str(each) for each in differences(printed, findings)] == []
    assert len({each.name for each in printed}) == len(printed) >= 2 * len(audiences())
