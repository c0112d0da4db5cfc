"""What a nondisclosure order covers is for counsel alone: that a given request is under one, and what became of it.

One rule for every verb. The way of a request under an order is not told (see `CaseFacts.told_ids`); what names one, and what
sets such requests apart from others, is ``sealed``. Counts over all requests hold them like any other.
"""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from rca_lib.review.blocks import Block, Blocks, Figure, Prose, Table, Timeline
from rca_lib.review.wording import dimension_label

__all__ = ["SEALED_COLUMN", "seal"]

SEALED_COLUMN = "ndo"
"""The column of requests that says whether one is under an order."""
_SIGN = dimension_label(SEALED_COLUMN)
"""How statements name that column; a title of somebody's own writes the words in lower case."""


def seal(blocks: Blocks, requests: Collection[str]) -> Blocks:
    """Return what a verb answered, with what only counsel may know marked ``sealed``.

    Parameters
    ----------
    requests : every request under an order; a row, a moment or a mark of a chart that names one is sealed.
    """
    if not requests:
        return blocks
    claims = [
        claim.model_copy(update={"sensitivity": "sealed"}) if _tells([claim.text], requests) else claim
        for claim in blocks.claims
    ]
    made = [_sealed(block, requests) for block in blocks]
    return Blocks(made, claims, blocks.record)


def _sealed(block: Block, requests: Collection[str]) -> Block:
    if block.sensitivity == "sealed":
        return block
    if isinstance(block, Table):
        levels = list(block.row_sensitivity or ["general"] * len(block.rows))
        raised = ["sealed" if _tells(row, requests) else level for row, level in zip(block.rows, levels, strict=True)]
        return block if raised == levels else block.model_copy(update={"row_sensitivity": tuple(raised)})
    if isinstance(block, Timeline):
        entries = tuple(
            entry.model_copy(update={"sensitivity": "sealed"})
            if _tells([entry.what, entry.detail], requests)
            else entry
            for entry in block.entries
        )
        return block.model_copy(update={"entries": entries})
    if isinstance(block, Figure):
        return _figure(block, requests)
    if isinstance(block, Prose) and _tells([part for row in block.paragraphs for part in row], requests):
        return block.model_copy(update={"sensitivity": "sealed"})
    return block


def _figure(block: Figure, requests: Collection[str]) -> Figure:
    """Take rows of requests under an order out of a chart; a chart that tells of them otherwise is sealed whole."""
    data = dict(block.data)
    for key in ("rows", "segments", "controls"):
        if isinstance(data.get(key), list):
            data[key] = [row for row in data[key] if not _tells(row, requests)]
    if isinstance(data.get("groups"), list):
        data["groups"] = [
            {**group, "rows": [row for row in group["rows"] if not _tells(row, requests)]}
            if isinstance(group, dict) and isinstance(group.get("rows"), list)
            else group
            for group in data["groups"]
            if not (isinstance(group, dict) and _tells(group.get("label", group.get("title", "")), requests))
        ]
    words = (block.title or "", block.alt, block.caption or "")
    if _tells(data, requests) or _tells(list(words), requests):
        return block.model_copy(update={"sensitivity": "sealed"})
    return block if data == block.data else block.model_copy(update={"data": data})


def _tells(value: Any, requests: Collection[str]) -> bool:
    """Whether a value names a request under an order, or sets such requests apart."""
    if isinstance(value, str):
        return value in requests or _SIGN in value
    if isinstance(value, dict):
        return any(_tells(item, requests) for item in value.values())
    if isinstance(value, list | tuple):
        return any(_tells(item, requests) for item in value)
    return False
