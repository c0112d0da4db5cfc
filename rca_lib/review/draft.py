"""Put one section of a review together: sentences become claims, and blocks quote them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any, Literal

from rca_lib.review.blocks import Blocks, Column, Entry, Figure, Prose, Quote, Table, Timeline
from rca_lib.review.claims import Claim, Sensitivity
from rca_lib.review.wording import lowered

if TYPE_CHECKING:
    import pandas as pd

    from rca_lib.analysis.intervals import Estimate

__all__ = ["SectionDraft", "finite", "finite_pair", "records"]

Paragraph = Sequence[str | Quote]


class SectionDraft:
    """Collects the claims and blocks of one section, in reading order.

    Examples
    --------
    >>> draft = SectionDraft("extent")
    >>> _ = draft.prose("summary", [[draft.say("rate", "It failed in 3% of requests.", value=0.03, unit="share")]])
    >>> draft.build()
    <Blocks: extent.summary>
    """

    def __init__(self, section: str, sensitivity: Sensitivity = "general") -> None:
        self.section = section
        self.sensitivity = sensitivity
        self._claims: list[Claim] = []
        self._blocks: list[Prose | Table | Figure | Timeline] = []
        self._record: dict[str, Any] = {}

    def say(
        self,
        name: str,
        text: str,
        estimate: Estimate | None = None,
        *,
        masked: str | None = None,
        sensitivity: Sensitivity | None = None,
        detail: Literal[0, 1, 2] = 0,
        value: float | int | str | None = None,
        unit: str | None = None,
        n: int | None = None,
        method: str | None = None,
    ) -> Quote:
        """State a claim and return the quotation of it that prose holds.

        With an ``estimate``, value, interval, n and method come from it.
        """
        ci = None
        if estimate is not None:
            value = finite(estimate.value)
            ci = finite_pair(estimate.low, estimate.high)
            n, method = round(estimate.n), estimate.method
        claim = Claim(
            id=f"{self.section}.{name}",
            section=self.section,
            text=text,
            masked=masked,
            value=value,
            unit=unit,
            ci=ci,
            n=n,
            method=method,
            sensitivity=sensitivity or self.sensitivity,
            detail=detail,
        )
        self._claims.append(claim)
        return Quote(claim=claim.id)

    def prose(
        self, name: str, paragraphs: Iterable[Paragraph], *, style: str = "body", title: str | None = None, **more: Any
    ) -> None:
        """Add paragraphs, unless there are none."""
        rows = tuple(tuple(paragraph) for paragraph in paragraphs if paragraph)
        if rows:
            self._blocks.append(Prose(**self._common(name, rows, more), style=style, title=title, paragraphs=rows))

    def table(
        self, name: str, caption: str, columns: Sequence[Column], rows: Iterable[dict[str, Any]], **more: Any
    ) -> None:
        """Add a table, unless it would have no rows."""
        filled = tuple(rows)
        if filled:
            self._blocks.append(
                Table(**self._common(name, (), more), caption=caption, columns=tuple(columns), rows=filled)
            )

    def figure(self, name: str, chart: str, data: dict[str, Any], *, title: str, alt: str, **more: Any) -> None:
        """Add a chart; ``title`` and ``alt`` say its finding."""
        self._blocks.append(Figure(**self._common(name, (), more), chart=chart, data=data, title=title, alt=alt))

    def timeline(self, name: str, caption: str, entries: Iterable[Entry], **more: Any) -> None:
        """Add moments in order, unless there are none."""
        listed = tuple(entries)
        if listed:
            self._blocks.append(Timeline(**self._common(name, (), more), caption=caption, entries=listed))

    def not_assessed(self, missing: str, would_allow: str, *, masked: str | None = None) -> Blocks:
        """End the section with what is missing and what would change with it; ``masked`` says it without small counts."""
        text = f"Not assessed: {lowered(missing)} {would_allow}".strip()
        hidden = f"Not assessed: {lowered(masked)} {would_allow}".strip() if masked else None
        self.prose("not_assessed", [[self.say("not_assessed", text, masked=hidden)]], style="note")
        self.record(not_assessed=[{"section": self.section, "missing": missing, "would_allow": would_allow}])
        return self.build()

    def record(self, **parts: Any) -> None:
        """Contribute parts of the case record."""
        for key, value in parts.items():
            if isinstance(value, list):
                self._record.setdefault(key, []).extend(value)
            else:
                self._record[key] = value

    def build(self) -> Blocks:
        """Return what was collected."""
        return Blocks(self._blocks, self._claims, self._record or None)

    def _common(self, name: str, rows: Sequence[Paragraph], more: dict[str, Any]) -> dict[str, Any]:
        quoted = tuple(part.claim for row in rows for part in row if isinstance(part, Quote))
        return {
            "id": f"{self.section}.{name}",
            "section": self.section,
            "sensitivity": self.sensitivity,
            "claims": quoted,
            **more,
        }


def finite(value: float | None) -> float | None:
    """Return the value, or ``None`` for one that JSON cannot hold."""
    return None if value is None or value != value or abs(value) == float("inf") else float(value)


def finite_pair(low: float, high: float) -> tuple[float, float] | None:
    """Return the pair, or ``None`` when an end is open or unknown."""
    ends = (finite(low), finite(high))
    return None if ends[0] is None or ends[1] is None else (ends[0], ends[1])


def records(frame: pd.DataFrame) -> list[dict[str, Any]]:
    """Return the rows of a frame, each as a mapping from column to value."""
    return [{str(key): value for key, value in row.items()} for row in frame.to_dict("records")]
