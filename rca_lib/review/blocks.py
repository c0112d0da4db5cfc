"""Blocks: what a review shows. Pure records; `rca_lib.render` draws them.

A verb of a `Case` returns `Blocks`. Each block names its section, its sensitivity and the claims that it rests on, so that an
audience profile can choose among blocks without knowing how they were made.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from rca_lib.review.claims import Claim, Sensitivity

__all__ = [
    "MIME",
    "Block",
    "Blocks",
    "Column",
    "ColumnKind",
    "Entry",
    "Figure",
    "Parts",
    "Prose",
    "Quote",
    "Table",
    "Timeline",
]

MIME = "application/vnd.rca.blocks+json"
"""The media type under which a notebook output carries blocks and claims to the renderer."""


class _Record(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Quote(_Record):
    """A place in prose where a claim is quoted: its text, or its masked text, is printed there."""

    claim: str


class _BlockBase(_Record):
    id: str = Field(pattern=r"^[a-z0-9_]+(\.[a-z0-9_]+)+$", description="dotted and stable, such as extent.chart")
    section: str
    title: str | None = None
    sensitivity: Sensitivity = "general"
    claims: tuple[str, ...] = ()


class Prose(_BlockBase):
    """Paragraphs, or list items, each a row of sentences: literal text or a quoted claim.

    ``style`` is ``lead`` (the first paragraph of a review), ``body``, ``list``, ``steps`` (numbered) or ``note`` (set apart).
    ``alike`` says that every audience reads the very same words: small counts are withheld from all of them.
    """

    kind: Literal["prose"] = "prose"
    alike: bool = False
    style: Literal["lead", "body", "list", "steps", "note"] = "body"
    paragraphs: tuple[tuple[str | Quote, ...], ...]


ColumnKind = Literal["text", "count", "number", "percent", "hours", "date", "week", "moment"]


class Column(_Record):
    """One column of a table.

    ``kind`` decides how values are written: ``text``, ``count``, ``number``, ``percent`` (a share of one), ``hours``, ``date`` (by
    day), ``week`` or ``moment`` (UTC to the minute). A pair of values is written as an interval; ``None`` as a dash.
    ``guard`` names the count column that, when small and withheld, takes this cell with it. ``exact`` marks days that a reader acts
    on, such as a due date: they are written as they are, while other dates are written as closely as the reader may know them.
    ``detail`` is how closely harmful matter could be told there: in a case with such matter it is shown from that level on.
    """

    key: str
    label: str
    kind: ColumnKind = "text"
    guard: str | None = None
    exact: bool = False
    detail: Literal[0, 1, 2] = 0
    sensitivity: Sensitivity = "general"


class Parts(_Record):
    """What the rows of a table or chart are parts of, for readers from whom small counts are withheld.

    ``totals`` gives, for a key of the rows, what its counts add up to and is known to those readers. Rows with the same value
    under ``by`` share no request; a row without one stands apart. Without ``by`` rows may overlap, and each is a part by itself.
    """

    totals: dict[str, int]
    by: str | None = None


class Table(_BlockBase):
    """Rows under typed columns. ``note`` stands below the table. ``row_sensitivity`` can raise single rows.

    ``parts`` says what the counts add up to; ``apart`` that the rows are no parts of a whole, so that a withheld count does not
    follow from the others. Without either, the sum of each column is taken to be known. A row may name, under ``withhold``, the keys
    whose counts, though not small, would give a small one away.
    """

    kind: Literal["table"] = "table"
    caption: str
    columns: tuple[Column, ...]
    rows: tuple[dict[str, Any], ...]
    note: str | None = None
    apart: bool = False
    row_sensitivity: tuple[Sensitivity, ...] | None = None
    parts: Parts | None = None


class Figure(_BlockBase):
    """A chart: what is drawn, and the words for those who cannot see it.

    ``title`` states the finding. ``chart`` names the drawing function of `rca_lib.render.figures`; ``data`` is what it draws, in
    plain JSON. ``alt`` says the finding in words. ``masked`` holds the ``data``, ``title``, ``alt`` and ``caption`` for readers from
    whom small counts are withheld, where they differ; an empty one means that nothing is left to draw. ``counts`` says whether it is
    drawn from counts of requests or failures: such a chart is not drawn for those readers unless it has ``masked`` or one of
    the shapes whose counts can be checked. ``parts``, ``apart`` and the key ``withhold`` of a row are those of a
    `Table`.
    """

    kind: Literal["figure"] = "figure"
    chart: str
    data: dict[str, Any]
    masked: dict[str, Any] | None = None
    counts: bool = True
    parts: Parts | None = None
    apart: bool = False
    alt: str = Field(min_length=20)
    caption: str | None = None


class Entry(_Record):
    """One moment of a timeline. ``mark`` is ``step``, ``delay``, ``failure``, ``detected``, ``change`` or ``action``."""

    when: str
    what: str
    detail: str = ""
    mark: Literal["step", "delay", "failure", "detected", "change", "action"] = "step"
    sensitivity: Sensitivity = "general"


class Timeline(_BlockBase):
    """Moments in order. ``when`` is already written at the precision that the sensitivity allows."""

    kind: Literal["timeline"] = "timeline"
    caption: str
    entries: tuple[Entry, ...]


Block = Annotated[Prose | Table | Figure | Timeline, Field(discriminator="kind")]


class Blocks(Sequence[Prose | Table | Figure | Timeline]):
    """What a verb returns: blocks in reading order, and every claim that they quote. Shows itself in JupyterLab.

    >>> Blocks([Prose(id="a.b", section="a", paragraphs=(("Hello.",),))])
    <Blocks: a.b>
    """

    def __init__(
        self,
        blocks: Iterable[Prose | Table | Figure | Timeline],
        claims: Iterable[Claim] = (),
        record: dict[str, Any] | None = None,
    ) -> None:
        self._blocks = tuple(blocks)
        self.claims = tuple(claims)
        self.record = record

    def __getitem__(self, index: Any) -> Any:
        return self._blocks[index]

    def __len__(self) -> int:
        return len(self._blocks)

    def __iter__(self) -> Iterator[Prose | Table | Figure | Timeline]:
        return iter(self._blocks)

    def __repr__(self) -> str:
        return f"<Blocks: {', '.join(block.id for block in self)}>"

    def for_analysts_alone(self) -> Blocks:
        """Return the same blocks and claims, fit for no wider reader than an analyst."""
        narrowed = {"sensitivity": "case"}
        return Blocks(
            [block.model_copy(update=narrowed) if block.sensitivity != "sealed" else block for block in self],
            [claim.model_copy(update=narrowed) if claim.sensitivity != "sealed" else claim for claim in self.claims],
            self.record,
        )

    def as_json(self) -> dict[str, Any]:
        """Return the payload that a notebook output carries under `MIME`."""
        return {
            "blocks": [block.model_dump(mode="json") for block in self],
            "claims": [claim.model_dump(mode="json") for claim in self.claims],
            "record": self.record,
        }
