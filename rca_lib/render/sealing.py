"""What is for counsel alone, taken out of the notebook that is published, and kept apart for counsel's own review."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from copy import deepcopy
from typing import Any

from rca_lib.review.blocks import MIME, Block, Blocks, Figure, Prose, Quote, Table, Timeline
from rca_lib.review.claims import Claim

__all__ = ["SEALED_RECORD", "open_part", "split_sealed"]

SEALED_RECORD = ("pseudonym_key",)
"""Parts of the record that are counsel's, beside the identifiers of requests under an order."""
_BLOCKS: dict[str, Any] = {"prose": Prose, "table": Table, "figure": Figure, "timeline": Timeline}


def split_sealed(notebook: Mapping[str, Any]) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    """Return the notebook without anything sealed, and what was taken out, as payloads.

    An output that held something sealed shows itself anew from what is left. Read after the outputs of the notebook, the
    payloads make the findings whole again, see `rca_lib.render.findings.merge_findings`.
    """
    made: dict[str, Any] = deepcopy(dict(notebook))
    taken: list[dict[str, Any]] = []
    for cell in made.get("cells", ()):
        kept = []
        for output in cell.get("outputs") or ():
            data = output.get("data") or {}
            payload = data.get(MIME)
            if not isinstance(payload, Mapping):
                kept.append(output)
                continue
            left, sealed = open_part(payload)
            if sealed is not None:
                taken.append(sealed)
                if not left["blocks"] and not left["claims"] and not left.get("record"):
                    continue
                output["data"] = _shown(left)
            kept.append(output)
        if "outputs" in cell:
            cell["outputs"] = kept
    return made, taken


def open_part(payload: Mapping[str, Any]) -> tuple[dict[str, Any], dict[str, Any] | None]:
    """Return a payload without what is sealed, and what was taken out; ``None`` where nothing was."""
    read = Blocks(
        [_BLOCKS[block["kind"]].model_validate(block) for block in payload.get("blocks") or ()],
        [Claim.model_validate(claim) for claim in payload.get("claims") or ()],
        dict(payload.get("record") or {}) or None,
    )
    blocks, whole = [], []
    sealed_claims = {claim.id for claim in read.claims if claim.sensitivity == "sealed"}
    for block in read:
        left = _without(block, sealed_claims)
        if left is not block:
            whole.append(block)
        if left is not None:
            blocks.append(left)
    closed = [claim for claim in read.claims if claim.sensitivity == "sealed"]
    claims = [claim for claim in read.claims if claim.sensitivity != "sealed"]
    record, kept_record = dict(read.record or {}), {}
    for key in SEALED_RECORD:
        if record.get(key):
            kept_record[key] = record.pop(key)
    named = dict(record.get("identifiers") or {})
    if named.get("sealed"):
        kept_record["identifiers"] = {"sealed": named.pop("sealed")}
        record["identifiers"] = named
    if not (whole or closed or kept_record):
        return dict(payload), None
    drawings = payload.get("svgs") or {}
    names = {block.id for block in blocks}
    left_over = Blocks(blocks, claims, record or None).as_json()
    left_over["svgs"] = {name: svg for name, svg in drawings.items() if name in names}
    sealed = Blocks(whole, closed, kept_record or None).as_json()
    sealed["svgs"] = {name: svg for name, svg in drawings.items() if name not in names}
    return left_over, sealed


def _without(block: Block, sealed_claims: Collection[str]) -> Block | None:
    """Return a block without its sealed parts, the same object where it has none, and ``None`` where nothing is left."""
    if block.sensitivity == "sealed":
        return None
    if isinstance(block, Prose):
        return _unquoted(block, sealed_claims)
    if isinstance(block, Table):
        columns = tuple(column for column in block.columns if column.sensitivity != "sealed")
        hidden = {column.key for column in block.columns} - {column.key for column in columns}
        levels = block.row_sensitivity or ()
        keep = [at for at in range(len(block.rows)) if at >= len(levels) or levels[at] != "sealed"]
        if len(keep) == len(block.rows) and not hidden:
            return block
        if not keep or not columns:
            return None
        rows = tuple({key: value for key, value in block.rows[at].items() if key not in hidden} for at in keep)
        kept_levels = tuple(levels[at] for at in keep) if levels else None
        return block.model_copy(update={"columns": columns, "rows": rows, "row_sensitivity": kept_levels})
    if isinstance(block, Timeline):
        entries = tuple(entry for entry in block.entries if entry.sensitivity != "sealed")
        if len(entries) == len(block.entries):
            return block
        return block.model_copy(update={"entries": entries}) if entries else None
    return block


def _unquoted(block: Prose, sealed_claims: Collection[str]) -> Prose | None:
    """Return prose without the quotations of sealed claims; a paragraph that held nothing else goes with them."""
    rows, changed = [], False
    for row in block.paragraphs:
        kept = tuple(part for part in row if not (isinstance(part, Quote) and part.claim in sealed_claims))
        changed |= len(kept) < len(row)
        if len(kept) == len(row) or any(isinstance(part, Quote) for part in kept):
            rows.append(kept)
    if not changed:
        return block
    return block.model_copy(update={"paragraphs": tuple(rows)}) if rows else None


def _shown(payload: dict[str, Any]) -> dict[str, Any]:
    """Return the bundle of an output from its payload; drawings are those that it holds already."""
    from rca_lib.render.display import show_drawn

    blocks = Blocks(
        [_BLOCKS[block["kind"]].model_validate(block) for block in payload["blocks"]],
        [Claim.model_validate(claim) for claim in payload["claims"]],
        payload.get("record"),
    )
    return show_drawn(blocks, payload["svgs"])
