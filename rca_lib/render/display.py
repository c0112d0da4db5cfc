"""How blocks show themselves to an analyst: in JupyterLab, light or dark, and as text in a terminal.

Here everything is seen: claims in full, small counts, every sensitivity. What other readers may see is chosen when a
review is rendered, from the same payload.
"""

from __future__ import annotations

import sys
from collections.abc import Iterable
from functools import cache
from html import escape
from pathlib import Path
from typing import Any

from rca_lib.errors import RenderError
from rca_lib.render import style
from rca_lib.render.display_text import text_of
from rca_lib.render.figures import draw
from rca_lib.render.text import plain
from rca_lib.review.blocks import MIME, Blocks, Figure, Prose, Quote, Table, Timeline
from rca_lib.review.claims import Claim
from rca_lib.review.format import format_value

__all__ = ["register", "show", "show_drawn"]

_Element = Prose | Table | Figure | Timeline

_RIGHT = frozenset({"count", "number", "percent", "hours"})
_MARKS = {"step": "○", "delay": "◐", "failure": "◆", "detected": "▲", "change": "■", "action": "●"}
_SEEN_BY = {"case": "analysts and counsel", "sealed": "counsel only"}


def show(value: Blocks | _Element) -> dict[str, Any]:
    """Return the mimebundle of blocks, or of a single one.

    It holds ``text/html`` for JupyterLab, ``text/plain`` for a terminal, and under `rca_lib.review.blocks.MIME` the
    payload that the renderers read: the blocks, their claims, the record, and ``svgs`` by block id.

    Examples
    --------
    >>> bundle = show(Blocks([Prose(id="a.b", section="a", paragraphs=(("Hello.",),))]))
    >>> sorted(bundle)
    ['application/vnd.rca.blocks+json', 'text/html', 'text/plain']
    >>> print(bundle["text/plain"])
    Hello.
    """
    blocks = value if isinstance(value, Blocks) else Blocks([value])
    svgs: dict[str, str] = {}
    unable: dict[str, str] = {}
    for block in blocks:
        if isinstance(block, Figure):
            try:
                svgs[block.id] = draw(block)
            except RenderError as error:
                # Raised from a display hook it would take the whole output, and every other block, with it.
                unable[block.id] = str(error)
    return _bundle(blocks, svgs, unable)


def show_drawn(blocks: Blocks, svgs: dict[str, str]) -> dict[str, Any]:
    """Return the mimebundle of blocks whose figures are drawn already, by block id."""
    return _bundle(blocks, svgs, {})


def _bundle(blocks: Blocks, svgs: dict[str, str], unable: dict[str, str]) -> dict[str, Any]:
    claims = {claim.id: claim for claim in blocks.claims}
    parts = "\n".join(_html(block, claims, svgs, unable) for block in blocks)
    return {
        "text/html": f'<div class="rca-blocks"><style>{_css()}</style>\n{parts}\n</div>',
        "text/plain": text_of(blocks),
        MIME: blocks.as_json() | {"svgs": svgs},
    }


def register() -> bool:
    """Let blocks show themselves in the running IPython, and say whether there is one; doing it twice is harmless."""
    ipython = sys.modules.get("IPython")
    shell = ipython.get_ipython() if ipython is not None else None
    if shell is None:
        return False
    formatter = shell.display_formatter.mimebundle_formatter
    for kind in (Blocks, Prose, Table, Figure, Timeline):
        formatter.for_type(kind, show)
    return True


@cache
def _css() -> str:
    rules = Path(__file__).with_suffix(".css").read_text(encoding="utf-8")
    tokens = " ".join(style.css_variables().splitlines())
    return f".rca-blocks {{ {tokens} }}\n{rules}"


def _html(block: _Element, claims: dict[str, Claim], svgs: dict[str, str], unable: dict[str, str]) -> str:
    title = f"<h4>{_text(block.title)}</h4>" if block.title else ""
    seen_by = _SEEN_BY.get(block.sensitivity)
    foot = f'<p class="rca-small">Seen by {seen_by}.</p>' if seen_by else ""
    if isinstance(block, Prose):
        body = _prose(block, claims)
    elif isinstance(block, Table):
        body = _table(block)
    elif isinstance(block, Timeline):
        body = _timeline(block)
    else:
        body = _figure(block, svgs.get(block.id), unable.get(block.id, ""))
    return f"<section>{title}{body}{foot}</section>"


def _text(value: Any) -> str:
    return escape(plain(str(value)))


def _prose(block: Prose, claims: dict[str, Claim]) -> str:
    rows = [" ".join(_sentence(part, claims) for part in paragraph) for paragraph in block.paragraphs]
    if block.style in ("list", "steps"):
        tag = "ul" if block.style == "list" else "ol"
        return f"<{tag}>{''.join(f'<li>{row}</li>' for row in rows)}</{tag}>"
    return f'<div class="rca-{block.style}">{"".join(f"<p>{row}</p>" for row in rows)}</div>'


def _sentence(part: str | Quote, claims: dict[str, Claim]) -> str:
    if isinstance(part, str):
        return _text(part)
    claim = claims.get(part.claim)
    if claim is None:
        return f"[{_text(part.claim)}]"
    ground = "; ".join(
        [*([claim.method] if claim.method else []), *([f"n {claim.n:,}"] if claim.n is not None else [])]
    )
    title = f"{claim.id}" + (f": {ground}" if ground else "")
    return f'<span class="rca-claim" title="{_text(title)}">{_text(claim.text)}</span>'


def _table(block: Table) -> str:
    right = {column.key: ' class="rca-right"' if column.kind in _RIGHT else "" for column in block.columns}
    head = "".join(f'<th scope="col"{right[column.key]}>{_text(column.label)}</th>' for column in block.columns)
    rows = _joined(f"<tr>{_joined(_cells(block, row, right))}</tr>" for row in block.rows)
    caption = f'<p class="rca-small">{_text(block.caption)}</p>'
    note = f'<p class="rca-small">{_text(block.note)}</p>' if block.note else ""
    named = _text(block.title or block.caption)
    table = f'<table aria-label="{named}"><thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table>'
    return f'{caption}<div class="rca-scroll">{table}</div>{note}'


def _cells(block: Table, row: dict[str, Any], right: dict[str, str]) -> list[str]:
    return [
        f"<td{right[column.key]}>{_text(format_value(row.get(column.key), column.kind))}</td>"
        for column in block.columns
    ]


def _timeline(block: Timeline) -> str:
    items = _joined(
        f'<li class="rca-{entry.mark}"><span class="rca-when">{_text(entry.when)}</span>'
        f'<span class="rca-mark" title="{entry.mark}" role="img" aria-label="{entry.mark}">{_MARKS[entry.mark]}</span>'
        f'<span class="rca-what">{_text(entry.what)}'
        + (f'<span class="rca-detail">{_text(entry.detail)}</span>' if entry.detail else "")
        + "</span></li>"
        for entry in block.entries
    )
    return f'<p class="rca-small">{_text(block.caption)}</p><ol class="rca-timeline">{items}</ol>'


def _figure(block: Figure, svg: str | None, unable: str) -> str:
    caption = f'<p class="rca-small">{_text(block.caption)}</p>' if block.caption else ""
    if svg is None:
        return f'<p class="rca-small">{_text(unable)}</p>{caption}'
    return f'<div class="rca-drawing" role="img" aria-label="{_text(block.alt)}">{svg}</div>{caption}'


def _joined(parts: Iterable[str]) -> str:
    return "".join(parts)
