"""Harmful matter is announced first, named by its kind, and told no more closely than the reader is to be told."""

from __future__ import annotations

from typing import Any

import pytest

from rca_lib.render.audience import Audience, load_audience
from rca_lib.render.findings import merge_findings
from rca_lib.render.view import assemble

QUOTES: dict[str, Any] = {
    "kind": "table",
    "id": "said.quotations",
    "section": "said",
    "caption": "What was said",
    "columns": [{"key": "code", "label": "Code"}, {"key": "words", "label": "Words", "detail": 2}],
    "rows": [{"code": "K1", "words": "the-words-themselves"}],
}


def view(detail: int, note: dict[str, Any] | None, text: str = "It was seen.", **more: Any) -> dict[str, Any]:
    base = load_audience("leadership").model_dump()
    sections = ({"id": "all", "title": "All", "blocks": ("*",)},)
    reader = Audience.model_validate({**base, "detail": detail, "sections": sections, "spare": (), **more})
    record = {"title": "A case", "as_of": "2025-12-31", "escalation_id": "ESC-1", "content_note": note}
    prose = {"kind": "prose", "id": "a.b", "section": "a", "paragraphs": [[text]]}
    return assemble(merge_findings([{"blocks": [prose, QUOTES], "record": record}]), reader)


@pytest.mark.parametrize("detail", [0, 1, 2])
def test_a_note_comes_first_in_a_case_with_harmful_matter(detail: int) -> None:
    first = view(detail, {"kinds": ["self_harm"], "said": ""}, support="Talk to someone.")["sections"][0]["blocks"][0]

    assert first["title"] == "Content note"
    assert first["paragraphs"][-1] == "Talk to someone."
    assert ("self-harm" in first["paragraphs"][0]) == (detail > 0)
    assert ("M2" in first["paragraphs"][0]) == (detail == 0)


def test_no_note_stands_where_there_is_nothing_to_announce() -> None:
    assert [block["id"] for block in view(1, None)["sections"][0]["blocks"]] == ["a.b", "said.quotations"]


def test_words_of_others_are_quoted_in_such_a_case_for_the_closest_level_alone() -> None:
    note = {"kinds": ["graphic"], "said": ""}

    assert "the-words-themselves" not in str(view(1, note))
    assert "the-words-themselves" in str(view(2, note))
    assert "the-words-themselves" in str(view(1, None))


def test_graphic_words_become_neutral_ones_below_the_closest_level() -> None:
    told = view(1, {"kinds": ["csam_adjacent"], "said": ""}, "A report of child porn was forwarded.")

    assert "CSAM" in str(told)
    assert "porn" not in str(told)
    assert "child porn" in str(view(2, None, "A report of child porn was forwarded."))
