"""Findings: what an executed notebook found, read from its outputs and from nothing else in it.

A notebook holds much that no reader may see: parameters, warnings with paths, comments, the other media types of an
output. Nothing of that is filtered out here; it is never taken in. Only outputs under `rca_lib.review.blocks.MIME` are
read, and, for a profile that asks for code, the sources of the cells that gave them.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from pydantic import TypeAdapter, ValidationError

from rca_lib.errors import RenderError
from rca_lib.review.blocks import MIME, Block, Figure, Prose, Table, Timeline
from rca_lib.review.claims import Claim
from rca_lib.review.record import merge_records

__all__ = ["Findings", "merge_findings", "read_findings"]

_BLOCKS = TypeAdapter(list[Block])
_CLAIMS = TypeAdapter(list[Claim])
_PARAMETER_TAGS = frozenset({"parameters", "injected-parameters"})


@dataclass(frozen=True, eq=False)
class Findings:
    """Blocks in reading order, the claims that they quote, the record of the case, and drawings made in the kernel.

    ``sources`` maps the id of a block to the source of the cell that gave it, for the first block of each cell.
    """

    blocks: tuple[Prose | Table | Figure | Timeline, ...]
    claims: Mapping[str, Claim]
    record: Mapping[str, Any]
    svgs: Mapping[str, str] = field(default_factory=dict)
    sources: Mapping[str, str] = field(default_factory=dict)


def read_findings(notebook: Mapping[str, Any], *, more: Iterable[Mapping[str, Any]] = ()) -> Findings:
    """Return the findings of an executed notebook.

    Parameters
    ----------
    notebook : a notebook as nbformat or ``json`` reads it.
    more : payloads that were kept apart from it, such as what is sealed.

    Raises
    ------
    RenderError
        When the notebook holds no findings, or an output holds something that is not a block or a claim.
    """
    payloads: list[Mapping[str, Any]] = []
    sources: dict[str, str] = {}
    pending: list[str] = []
    for cell in notebook.get("cells", ()):
        if cell.get("cell_type") != "code":
            continue
        found = [payload for output in cell.get("outputs", ()) if (payload := _payload(output)) is not None]
        if not _PARAMETER_TAGS & set(cell.get("metadata", {}).get("tags", ())):
            pending.append(_joined(cell.get("source", "")).strip("\n"))
        first = next((block["id"] for payload in found for block in payload.get("blocks") or () if "id" in block), None)
        if first is not None:
            sources[first] = "\n\n".join(source for source in pending if source)
            pending = []
        payloads.extend(found)
    if not payloads:
        raise RenderError(
            "The notebook holds no findings to render; "
            "run it first (rca run, or papermill), then render the executed copy."
        )
    return merge_findings([*payloads, *more], sources=sources)


def merge_findings(payloads: Iterable[Mapping[str, Any]], *, sources: Mapping[str, str] | None = None) -> Findings:
    """Return the findings of several payloads; a block or claim that comes again replaces the earlier one.

    Raises
    ------
    RenderError
        When something in a payload is not a block or a claim.
    """
    blocks: dict[str, Any] = {}
    claims: dict[str, Claim] = {}
    records: list[Mapping[str, Any]] = []
    svgs: dict[str, str] = {}
    for payload in payloads:
        try:
            blocks.update((block.id, block) for block in _BLOCKS.validate_python(payload.get("blocks") or []))
            claims.update((claim.id, claim) for claim in _CLAIMS.validate_python(payload.get("claims") or []))
        except ValidationError as error:
            where = " > ".join(str(part) for part in error.errors()[0]["loc"])
            raise RenderError(
                f"The notebook holds a finding that cannot be read (at {where}: {error.errors()[0]['msg'].lower()}); "
                "run the notebook again with this version."
            ) from None
        records.append(payload.get("record") or {})
        svgs.update(payload.get("svgs") or {})
    return Findings(tuple(blocks.values()), claims, merge_records(records), svgs, dict(sources or {}))


def _payload(output: Mapping[str, Any]) -> Mapping[str, Any] | None:
    if output.get("output_type") not in ("execute_result", "display_data"):
        return None
    payload = output.get("data", {}).get(MIME)
    return payload if isinstance(payload, Mapping) else None


def _joined(source: Any) -> str:
    return source if isinstance(source, str) else "".join(source)
