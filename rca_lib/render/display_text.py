"""Blocks as plain text: for a terminal, a log, or a screen reader in a console."""

from __future__ import annotations

import textwrap
from typing import Any

from rca_lib.render.text import plain, shorten
from rca_lib.review.blocks import Blocks, Figure, Prose, Quote, Table, Timeline
from rca_lib.review.format import format_value

__all__ = ["text_of"]

_WIDTH = 96
_CELL = 36
_RIGHT = frozenset({"count", "number", "percent", "hours"})


def text_of(blocks: Blocks) -> str:
    """Write blocks as text, in reading order.

    >>> print(text_of(Blocks([Prose(id="a.b", section="a", title="Extent", paragraphs=(("It spread.",),))])))
    EXTENT
    It spread.
    """
    said = {claim.id: claim.text for claim in blocks.claims}
    return "\n\n".join(_block(block, said) for block in blocks)


def _block(block: Prose | Table | Figure | Timeline, said: dict[str, str]) -> str:
    lines = [_line(block.title).upper() if isinstance(block, Prose) else _line(block.title)] if block.title else []
    if isinstance(block, Prose):
        lines += _prose(block, said)
    elif isinstance(block, Table):
        lines += [_filled(block.caption), *_table(block), *([_filled(block.note)] if block.note else [])]
    elif isinstance(block, Timeline):
        lines += [_filled(block.caption), *_timeline(block)]
    else:
        lines += [_filled(f"[figure] {block.alt}"), *([_filled(block.caption)] if block.caption else [])]
    return "\n".join(lines)


def _line(value: Any) -> str:
    return plain(str(value))


def _filled(value: str, first: str = "", later: str = "") -> str:
    return textwrap.fill(_line(value), _WIDTH, initial_indent=first, subsequent_indent=later)


def _prose(block: Prose, said: dict[str, str]) -> list[str]:
    lines = []
    for count, paragraph in enumerate(block.paragraphs, start=1):
        words = " ".join(
            said.get(part.claim, f"[{part.claim}]") if isinstance(part, Quote) else part for part in paragraph
        )
        first = {"list": "- ", "steps": f"{count}. "}.get(block.style, "")
        lines.append(_filled(words, first, " " * len(first)))
    return lines


def _table(block: Table) -> list[str]:
    cells = [[shorten(_line(column.label), _CELL) for column in block.columns]]
    cells += [
        [shorten(_line(format_value(row.get(column.key), column.kind)), _CELL) for column in block.columns]
        for row in block.rows
    ]
    widths = [max(len(row[index]) for row in cells) for index in range(len(block.columns))]
    right = [column.kind in _RIGHT for column in block.columns]
    written = [
        "  ".join(
            cell.rjust(width) if flush else cell.ljust(width)
            for cell, width, flush in zip(row, widths, right, strict=True)
        ).rstrip()
        for row in cells
    ]
    return [written[0], "-" * min(_WIDTH, len(written[0])), *written[1:]]


def _timeline(block: Timeline) -> list[str]:
    room = max((len(_line(entry.when)) for entry in block.entries), default=0)
    lines = []
    for entry in block.entries:
        mark = "" if entry.mark == "step" else f" ({entry.mark})"
        detail = f". {entry.detail}" if entry.detail else ""
        lines.append(_filled(f"{entry.what}{mark}{detail}", _line(entry.when).ljust(room) + "  ", " " * (room + 2)))
    return lines
