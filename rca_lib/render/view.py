"""The view of a review: what one audience sees, as plain text in a plain dictionary, before any template runs.

`assemble` is the allow-list. What it leaves out is not hidden later on; it is not there.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from fnmatch import fnmatchcase
from functools import lru_cache
from typing import Any

from rca_lib.errors import RenderError
from rca_lib.render.audience import Audience
from rca_lib.render.findings import Findings
from rca_lib.render.privacy import withhold_small
from rca_lib.render.svg import clean_svg
from rca_lib.render.telling import TOLD_ALIKE, Telling
from rca_lib.render.text import clean, plain
from rca_lib.review.blocks import Column, ColumnKind, Figure, Prose, Quote, Table, Timeline
from rca_lib.review.content_note import content_note_text
from rca_lib.review.format import format_value

__all__ = ["Review", "assemble"]

Review = dict[str, Any]
"""What a template sees: title, facts, sections and their blocks; every value is text that may be shown."""

SMALL_CELL = 10
"""The limit up to which counts are withheld where a source sets none."""

_CLOSEST: tuple[ColumnKind, ...] = ("week", "date", "moment")
_CLOSENESS: dict[str, ColumnKind] = {
    "week": "week",
    "day": "date",
    "exact": "moment",
    "date": "date",
    "moment": "moment",
}
"""How moments are written for readers who may know the week, the day, or the minute; the least close comes first."""

_RIGHT = frozenset({"count", "number", "percent", "hours"})
_DATES = frozenset({"date", "week", "moment"})
_ONE_LINE, _ONE_LINE_FIGURE = 16, 22
"""Up to how many characters the values of a column stay on one line: words, and figures or dates."""
BANNERS = {
    "draft": "Draft: the cause has not been confirmed and signed by a person",
    "reviewed": "Reviewed, not yet approved",
    "approved": "",
}


def assemble(findings: Findings, audience: Audience) -> Review:
    """Return what `audience` sees of `findings`.

    A sentence whose claim may not be seen is left out; so is a paragraph, block or section that is empty then. Counts
    up to the limit of the source are withheld, with every value that rests on them, when the profile says so.

    Raises
    ------
    RenderError
        When a block quotes a claim that is not among the findings, or the record lacks its title or date.
    """
    if audience.small_cells == "withhold":
        findings = withhold_small(findings, int(findings.record.get("small_cell") or SMALL_CELL))
    record = findings.record
    day = _day(record)
    tell = Telling(audience, record)
    view: dict[str, Any] = {
        "title": tell(_needed(record, "title")),
        "kicker": audience.title,
        "audience": audience.name,
        "escalation_id": str(_needed(record, "escalation_id")),
        "as_of": format_value(day, "date"),
        "as_of_date": day.isoformat(),
        "state": str(record.get("state") or "draft"),
        "banner": BANNERS.get(str(record.get("state") or "draft"), BANNERS["draft"]),
        "source": str(record.get("source_name") or ""),
        "simulated": bool(record.get("simulated")),
        "language": "en",
        "max_pages": audience.max_pages,
        "spare": list(audience.spare),
        "facts": _facts(record, audience, tell),
        "sections": [section for section in _sections(findings, audience, tell) if section["blocks"]],
    }
    _note_first(view, record, audience, tell)
    view["footer"] = " · ".join(
        part for part in (view["escalation_id"], f"as of {view['as_of']}", view["source"]) if part
    )
    cleaned: Review = clean(view, _kept_lines)
    return cleaned


def _note_first(view: Review, record: Any, audience: Audience, tell: Telling) -> None:
    """Put the content note before everything else, in a case that needs one."""
    note = record.get("content_note")
    said = [tell(text) for text in content_note_text(note, audience)] if note else []
    if said and view["sections"]:
        block = {"kind": "prose", "id": "content.note", "title": "Content note", "style": "note", "paragraphs": said}
        first = view["sections"][0]
        view["sections"][0] = {**first, "blocks": [block, *first["blocks"]]}


@lru_cache(maxsize=64)
def _drawn(figure: str) -> str:
    """Draw a figure that no kernel has drawn, such as one with segments withheld; once for all formats."""
    from rca_lib.render.figures import draw

    return draw(Figure.model_validate_json(figure))


def _heading(column: Column, texts: list[str]) -> dict[str, Any]:
    """Return a column as templates see it; short values and figures stay on one line."""
    longest = max(len(text) for text in [*texts, *column.label.split()])
    right = column.kind in _RIGHT
    wrap = longest > (_ONE_LINE_FIGURE if right or column.kind in _DATES else _ONE_LINE)
    return {"label": column.label, "align": "right" if right else "left", "wrap": wrap}


def _kept_lines(text: str) -> str:
    return plain(text, lines=True) if "\n" in text else plain(text)


def _needed(record: Any, key: str) -> Any:
    value = record.get(key)
    if not value or not plain(str(value)).strip():
        raise RenderError(
            f"The findings name no {key} of the case; run the notebook again, its first cell opens the case."
        )
    return value


def _day(record: Any) -> date:
    text = str(_needed(record, "as_of"))
    try:
        return date.fromisoformat(text[:10])
    except ValueError:
        raise RenderError(
            f"The findings are as of {text!r}, which is not an ISO date; run the notebook again"
        ) from None


def _facts(record: Any, audience: Audience, tell: Telling) -> list[dict[str, str]]:
    shown, seen = [], set()
    for pattern in audience.facts:
        for fact in record.get("facts") or ():
            key = fact.get("key", "")
            if key in seen or not fnmatchcase(key, pattern) or not audience.may_see(fact.get("sensitivity", "general")):
                continue
            seen.add(key)
            value = fact.get("value")
            if value not in (None, ""):
                shown.append({"label": str(fact.get("label") or key), "value": tell(str(value))})
    return shown


def _sections(findings: Findings, audience: Audience, tell: Telling) -> Iterator[dict[str, Any]]:
    """Yield each section of the profile; a block stands in the first section that names it."""
    selection = _Selection(findings, audience, tell, Telling(TOLD_ALIKE, findings.record))
    taken: set[str] = set()
    for choice in audience.sections:
        blocks: list[dict[str, Any]] = []
        for pattern in choice.blocks:
            for one in pattern.split("|"):
                found: list[dict[str, Any]] = []
                for block in findings.blocks:
                    if block.id not in taken and choice.picks(one, block.id) and audience.may_see(block.sensitivity):
                        taken.add(block.id)
                        found.extend(selection.view_of(block))
                blocks += found
                if found:
                    break
        yield {"id": choice.id, "title": choice.title, "blocks": blocks}


@dataclass(frozen=True)
class _Selection:
    """What one audience may see of each block."""

    findings: Findings
    audience: Audience
    tell: Telling
    tell_alike: Telling

    def view_of(self, block: Prose | Table | Figure | Timeline) -> list[dict[str, Any]]:
        """Return the block as templates see it, after its code if that is asked for; empty when nothing is left."""
        ways: dict[str, Callable[[Any], dict[str, Any] | None]] = {
            "prose": self._prose,
            "table": self._table,
            "figure": self._figure,
            "timeline": self._timeline,
        }
        made = ways[block.kind](block)
        if made is None:
            return []
        title = self.tell(block.title) if block.title else block.title
        views = [{"kind": block.kind, "id": block.id, "title": title, **made}]
        source = self.findings.sources.get(block.id) if self.audience.code else None
        return [{"kind": "code", "id": f"{block.id}.code", "source": source}, *views] if source else views

    def _too_close(self, detail: int) -> bool:
        """Whether something tells of harmful matter more closely than this audience is told."""
        return bool(self.findings.record.get("content_note")) and detail > self.audience.detail

    def _prose(self, block: Prose) -> dict[str, Any] | None:
        paragraphs = [text for row in block.paragraphs if (text := self._paragraph(row, block))]
        return {"style": block.style, "paragraphs": paragraphs} if paragraphs else None

    def _paragraph(self, row: tuple[str | Quote, ...], block: Prose) -> str:
        sentences, quoted, kept = [], 0, 0
        for part in row:
            text: str | None
            if isinstance(part, Quote):
                text = self._quoted(part.claim, block.id, alike=block.alike)
                quoted += 1
                kept += text is not None
            else:
                text = part
            if text and text.strip():
                sentences.append(text.strip())
        # What is left of a paragraph whose every claim is gone would lead up to nothing.
        if quoted and not kept:
            return ""
        return (self.tell_alike if block.alike else self.tell)(" ".join(sentences))

    def _quoted(self, claim_id: str, block_id: str, *, alike: bool = False) -> str | None:
        claim = self.findings.claims.get(claim_id)
        if claim is None:
            raise RenderError(
                f"The block {block_id} quotes the claim {claim_id}, which is not among the findings; "
                "let the cell that states it run, or correct the name."
            )
        if not self.audience.may_see(claim.sensitivity) or self._too_close(claim.detail):
            return None
        return claim.masked if alike and claim.masked is not None else claim.text

    def _table(self, block: Table) -> dict[str, Any] | None:
        columns = [
            column
            for column in block.columns
            if self.audience.may_see(column.sensitivity) and not self._too_close(column.detail)
        ]
        levels = block.row_sensitivity or ()
        rows = [
            row
            for at, row in enumerate(block.rows)
            if self.audience.may_see(levels[at] if at < len(levels) else "general")
        ]
        if not columns or not rows:
            return None
        cells = [[self._cell(row, column) for column in columns] for row in rows]
        notes = [block.note] if block.note else []
        more = len(cells) - (self.audience.max_rows or len(cells))
        if more > 0:
            cells = cells[: self.audience.max_rows]
            notes.append(
                f"{more} more {'row stands' if more == 1 else 'rows stand'} in the fuller reviews of this case."
            )
        return {
            "caption": self.tell(block.caption),
            "columns": [_heading(column, [row[at] for row in cells]) for at, column in enumerate(columns)],
            "rows": cells,
            "note": self.tell(" ".join(notes)),
        }

    def _cell(self, row: dict[str, Any], column: Column) -> str:
        """Return the text of a cell."""
        value = row.get(column.key)
        kind = column.kind
        if kind in _CLOSENESS and not column.exact:
            kind = min(kind, _CLOSENESS[self.audience.dates], key=_CLOSEST.index)
        try:
            text = format_value(value, kind)
        except (ValueError, TypeError):
            text = str(value)
        return text if column.exact else self.tell(text)

    def _figure(self, block: Figure) -> dict[str, Any] | None:
        figure = self._told(block)
        svg = self.findings.svgs.get(block.id) if figure.data == block.data else None
        if svg is None:
            svg = _drawn(figure.model_dump_json())
        prefix = block.id.replace(".", "-") + "-"
        drawing = clean_svg(plain(svg, lines=True), prefix, label=f"The figure {block.id}")
        return {"alt": figure.alt, "caption": figure.caption, "svg": drawing}

    def _told(self, figure: Figure) -> Figure:
        """Return the figure with its words and days as this audience may read them."""
        words = {
            "alt": self.tell(figure.alt),
            "caption": self.tell(figure.caption) if figure.caption else figure.caption,
        }
        return figure.model_copy(
            update={**words, "title": self.tell(figure.title or "") or None, "data": self.tell.data(figure.data)}
        )

    def _timeline(self, block: Timeline) -> dict[str, Any] | None:
        entries = [
            {
                "when": self.tell(entry.when),
                "what": self.tell(entry.what),
                "detail": self.tell(entry.detail),
                "mark": entry.mark,
            }
            for entry in block.entries
            if self.audience.may_see(entry.sensitivity)
        ]
        return {"caption": self.tell(block.caption), "entries": entries} if entries else None
