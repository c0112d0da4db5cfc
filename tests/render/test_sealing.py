"""What is for counsel alone is taken out of the published notebook, and the two parts together are the whole."""

from __future__ import annotations

import json
from typing import Any

from rca_lib.render.display import show
from rca_lib.render.findings import merge_findings, read_findings
from rca_lib.render.sealing import split_sealed
from rca_lib.review.blocks import MIME, Blocks, Column, Entry, Prose, Quote, Table, Timeline
from rca_lib.review.claims import Claim


def claim(name: str, text: str, sensitivity: str) -> Claim:
    return Claim(id=f"part.{name}", section="part", text=text, sensitivity=sensitivity)


def notebook() -> dict[str, Any]:
    """An executed notebook whose only output holds open and sealed parts of every kind."""
    blocks = Blocks(
        [
            Prose(id="part.mixed", section="part", paragraphs=((Quote(claim="part.open"), Quote(claim="part.shut")),)),
            Prose(id="part.shut_prose", section="part", sensitivity="sealed", paragraphs=(("secret-prose",),)),
            Table(
                id="part.table",
                section="part",
                caption="Requests",
                columns=(Column(key="a", label="A"), Column(key="b", label="B", sensitivity="sealed")),
                rows=({"a": "open-row", "b": "secret-cell"}, {"a": "secret-row", "b": "x"}),
                row_sensitivity=("general", "sealed"),
            ),
            Timeline(
                id="part.timeline",
                section="part",
                caption="When",
                entries=(
                    Entry(when="at receipt", what="open-entry"),
                    Entry(when="+1 h", what="secret-entry", sensitivity="sealed"),
                ),
            ),
        ],
        [claim("open", "open-claim", "general"), claim("shut", "secret-claim", "sealed")],
        {
            "title": "A case",
            "pseudonym_key": "secret-key",
            "identifiers": {"request": ["R-1"], "sealed": ["secret-id"]},
        },
    )
    bundle = show(blocks)
    output = {"output_type": "execute_result", "metadata": {}, "execution_count": 1, "data": bundle}
    cell = {"cell_type": "code", "id": "a", "metadata": {}, "source": "case.x()", "execution_count": 1}
    return {"cells": [{**cell, "outputs": [output]}], "metadata": {}, "nbformat": 4, "nbformat_minor": 5}


def test_nothing_sealed_is_left_in_any_media_type_of_the_notebook() -> None:
    made = notebook()
    assert json.dumps(made).count("secret-") >= 8

    public, _ = split_sealed(made)

    text = json.dumps(public)
    assert "secret-" not in text
    for open_word in ("open-claim", "open-row", "open-entry"):
        # Once in the payload, and shown as HTML and as text.
        assert text.count(open_word) >= 3


def test_the_notebook_that_was_executed_is_not_changed() -> None:
    made = notebook()
    before = json.dumps(made, sort_keys=True)
    split_sealed(made)

    assert json.dumps(made, sort_keys=True) == before


def test_the_two_parts_together_are_the_whole() -> None:
    made = notebook()
    public, sealed = split_sealed(made)
    payloads = [output["data"][MIME] for cell in public["cells"] for output in cell["outputs"]]
    whole, again = read_findings(made), merge_findings([*payloads, *sealed])

    assert {block.id: block for block in again.blocks} == {block.id: block for block in whole.blocks}
    assert again.claims == whole.claims
    assert again.record == whole.record


def test_a_notebook_without_anything_sealed_is_published_as_it_is() -> None:
    blocks = Blocks([Prose(id="a.b", section="a", paragraphs=(("Hello.",),))])
    output = {"output_type": "display_data", "metadata": {}, "data": show(blocks)}
    made = {"cells": [{"cell_type": "code", "id": "a", "metadata": {}, "source": "", "outputs": [output]}]}

    assert split_sealed(made) == (made, [])
