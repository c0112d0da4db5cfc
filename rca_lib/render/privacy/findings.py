"""All that was found of a case, for readers from whom small counts are withheld."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from functools import lru_cache
from typing import Any

from rca_lib.analysis.disclosure import gives_away
from rca_lib.render.findings import Findings
from rca_lib.render.privacy import figures, tables
from rca_lib.review.blocks import Figure, Prose, Table, Timeline
from rca_lib.review.claims import Claim

__all__ = ["TOO_SMALL", "withhold_small"]

Block = Prose | Table | Figure | Timeline

TOO_SMALL = "The counts behind a figure that stood here are too small to state."
"""What stands in place of a share that gives a small count away and has no wording of its own that withholds it."""


@lru_cache(maxsize=2)
def withhold_small(findings: Findings, limit: int) -> Findings:
    """Return `findings` without counts from 1 to `limit` and without what would give one away.

    Each claim reads as its ``masked`` text, tables and charts lose the counts that are small and those from which they follow, and
    requests whose counts one table or chart withholds are withheld wherever they are counted. The findings are not changed by who
    reads them, so all readers from whom small counts are withheld are told the same.

    Examples
    --------
    >>> claim = Claim(id="c.a", section="c", text="3 failed.", masked="Few failed.")
    >>> withhold_small(Findings((), {"c.a": claim}, {}), 10).claims["c.a"].text
    'Few failed.'
    """
    elsewhere = _withheld_somewhere(findings.blocks, limit)
    blocks = [masked for block in findings.blocks if (masked := _masked(block, limit, elsewhere)) is not None]
    before = {block.id: block for block in findings.blocks}
    return replace(
        findings,
        blocks=tuple(blocks),
        claims={name: _told(claim, limit) for name, claim in findings.claims.items()},
        record={**findings.record, "facts": [_fact(fact) for fact in findings.record.get("facts") or ()]},
        svgs={name: svg for name, svg in findings.svgs.items() if _as_drawn(before.get(name), blocks)},
    )


def _withheld_somewhere(blocks: tuple[Block, ...], limit: int) -> frozenset[tuple[Any, ...]]:
    """Requests whose failures are withheld in some table or chart, and so in every other."""
    found: frozenset[tuple[Any, ...]] = frozenset()
    while True:
        more = set(found)
        for block in blocks:
            if isinstance(block, Table) and block.parts is not None:
                more |= tables.withheld_requests(block, limit, found)
            elif isinstance(block, Figure) and block.parts is not None:
                more |= figures.withheld_requests(block, limit, found)
        if more == found:
            return found
        found = frozenset(more)


def _masked(block: Block, limit: int, elsewhere: frozenset[tuple[Any, ...]]) -> Block | None:
    if isinstance(block, Table):
        return tables.mask_table(block, limit, elsewhere=elsewhere)
    if isinstance(block, Figure):
        return figures.mask_figure(block, limit, elsewhere=elsewhere)
    return block


def _as_drawn(block: Block | None, masked: list[Block]) -> bool:
    """Whether a drawing that was made is that of the figure as it is shown now."""
    return any(block is one for one in masked)


def _told(claim: Claim, limit: int) -> Claim:
    masked = claim.masked
    if masked is None and _share_gives_away(claim, limit):
        masked = TOO_SMALL
    if masked is None:
        return claim
    return claim.model_copy(update={"text": masked, "masked": None, "value": None, "ci": None, "n": None})


def _share_gives_away(claim: Claim, limit: int) -> bool:
    if claim.unit != "share" or claim.n is None or not isinstance(claim.value, int | float):
        return False
    return gives_away(claim.value * claim.n, claim.n, limit)


def _fact(fact: Mapping[str, Any]) -> dict[str, Any]:
    return {**fact, "value": fact["masked"]} if fact.get("masked") is not None else dict(fact)
