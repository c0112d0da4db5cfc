"""A realistic set of findings, and notebooks that carry it."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from rca_lib.render.findings import Findings, merge_findings
from rca_lib.review.blocks import MIME

HERE = Path(__file__).parent
DRAWING = (
    '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 482 160"><defs><clipPath id="p"><path d="M0 0h9v9z"/></clipPath></defs>'
    '<rect id="r" width="482" height="160" fill="#E3ECF2" clip-path="url(#p)"/><text x="9" y="20">{}</text></svg>'
)


@pytest.fixture
def payload() -> dict[str, Any]:
    """Findings of an overproduction as one payload, with plain drawings so that no chart has to be drawn."""
    made = json.loads((HERE / "overproduction.json").read_text(encoding="utf-8"))
    made["svgs"] = {block["id"]: DRAWING.format(block["id"]) for block in made["blocks"] if block["kind"] == "figure"}
    # Plain drawings stand for whole figures: none has segments that would have to be withheld.
    for block in made["blocks"]:
        if block.get("chart") == "segments":
            block["data"]["groups"] = []
        for period in block.get("data", {}).get("periods", ()):
            period |= {"n": max(period["n"], 400), "failed": 20}
    return made


@pytest.fixture
def findings(payload: dict[str, Any]) -> Findings:
    return merge_findings([payload])


@pytest.fixture
def notebook() -> Callable[..., dict[str, Any]]:
    """Return a function that wraps payloads into an executed notebook, one cell each."""

    def made(*payloads: dict[str, Any], source: str = "case.review()") -> dict[str, Any]:
        cells = [
            {
                "cell_type": "code",
                "id": f"cell{at}",
                "execution_count": at,
                "metadata": {},
                "source": source,
                "outputs": [{"output_type": "display_data", "metadata": {}, "data": {MIME: payload}}],
            }
            for at, payload in enumerate(payloads, start=1)
        ]
        return {"cells": cells, "metadata": {}, "nbformat": 4, "nbformat_minor": 5}

    return made
