"""What withholding reviews of one case tell of sets of its requests, and which sets they must not tell of."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from rca_lib.analysis.dimensions import dimensions
from rca_lib.analysis.segments import NOT_RECORDED, level_codes
from rca_lib.analysis.trials import trials
from rca_lib.review.blocks import Figure, Prose, Table, Timeline
from rca_lib.review.case import Case
from rca_lib.review.wording import dimension_label, in_words
from tests.attack import Known, Members, counts_said, told

Block = Prose | Table | Figure | Timeline

OVER_TIME = ("extent.chart", "since_when.chart", "signals.chart", "signals.cusum_chart")
"""Charts whose periods hold all requests that were received in them."""


@dataclass(frozen=True)
class Requests:
    """The requests of a case whose outcome is final, and the sets of them that its reviews count."""

    case: Case
    rows: pd.DataFrame
    columns: pd.DataFrame

    @classmethod
    def of(cls, case: Case) -> Requests:
        rows = trials(case.outcome)
        names = list(dimensions(case.tables, case.source.config).columns)
        listed = case.requests.drop_duplicates("request_id").set_index("request_id")
        return cls(case, rows, listed[names].reindex(rows["request_id"]).reset_index(drop=True))

    @property
    def n(self) -> Any:
        return self.rows["n"].to_numpy(float)

    def failed(self, members: Members) -> int:
        return int((self.rows["failed"].to_numpy(bool) * self.n)[members].sum())

    @property
    def everything(self) -> Members:
        return np.ones(len(self.rows), dtype=bool)

    @property
    def since(self) -> Members:
        """Requests since the onset, or all of them where there is none."""
        onset = self.case.onset
        return self.everything if onset is None else (self.rows["at"] >= onset.when).to_numpy(bool)

    def between(self, start: Any, end: Any) -> Members:
        at = self.rows["at"]
        inside = self.everything
        if start is not None:
            inside &= (at >= pd.Timestamp(start, tz="UTC")).to_numpy(bool)
        if end is not None:
            inside &= (at < pd.Timestamp(end, tz="UTC")).to_numpy(bool)
        return inside

    def segments(self) -> dict[tuple[str, str], Members]:
        """Requests since the onset with each value of each column, by the words for both."""
        found: dict[tuple[str, str], Members] = {}
        since = np.flatnonzero(self.since)
        for name in self.columns:
            values = self.columns[name].iloc[since]
            codes, labels = level_codes(values, min_n=20, weights=self.n[since])
            text = values.astype("str").where(values.notna(), NOT_RECORDED)
            for at, label in enumerate(labels):
                found[dimension_label(name), str(in_words(label))] = self._since(since[codes == at])
            for label in text.unique():
                key = dimension_label(name), str(in_words(label))
                found.setdefault(key, self._since(since[(text == label).to_numpy()]))
        return found

    def _since(self, places: Any) -> Members:
        members = np.zeros(len(self.rows), dtype=bool)
        members[places] = True
        return members

    def named(self, what: str) -> Members | None:
        """Requests with a value or a combination of values, as the table of combinations names them."""
        words = {f"{name.lower()} {value.lower()}": members for (name, value), members in self.segments().items()}
        sought = what.lower()
        if sought in words:
            return words[sought]
        for text, members in words.items():
            rest = sought.removeprefix(f"{text} and ")
            if rest != sought and rest in words:
                return members & words[rest]
        return None


def known_sets(requests: Requests, blocks: Sequence[Block], texts: Sequence[str], limit: int) -> list[Known]:
    """Collect what reviews tell of sets of requests: in sentences, in tables, and by the marks of charts."""
    found = [*_from_sentences(requests, texts, limit)]
    for block in blocks:
        if isinstance(block, Figure) and block.id in OVER_TIME:
            found += _from_periods(requests, block, limit)
        elif block.id in ("extent.concentration_table", "extent.concentration"):
            found += _from_segments(requests, block, limit)
        elif isinstance(block, Table) and block.id == "combinations.table":
            found += _from_combinations(requests, block, limit)
        elif isinstance(block, Table) and block.id == "since_when.points":
            found += _from_points(requests, block, limit)
        elif isinstance(block, Table) and block.id == "extent.exposure":
            counts = told(block.rows[2]["count"], limit)
            found += [Known(requests.since, *counts, block.id)] if counts else []
    for each in found:
        true = requests.failed(each.members)
        assert each.low <= true <= each.high, (
            f"{each.said} tells {each.low} to {each.high} of a set in which {true} failed"
        )
    return found


def _from_sentences(requests: Requests, texts: Sequence[str], limit: int) -> Iterator[Known]:
    bases = {"since": requests.since, "before": ~requests.since, "all": requests.everything}
    for low, high, n in counts_said(texts, limit):
        for name, members in bases.items():
            if requests.n[members].sum() == n and low <= requests.failed(members) <= high:
                yield Known(members, low, high, f"a sentence on {name}")


def _from_periods(requests: Requests, block: Figure, limit: int) -> Iterator[Known]:
    """The height of a mark and its bar tell how many of how many failed."""
    for period in block.data["periods"]:
        members = requests.between(period["start"], period["end"])
        yield Known(members, period["failed"], period["failed"], block.id)
    for stretch in block.data.get("ranges") or ():
        yield Known(requests.between(stretch["start"], stretch["end"]), 1, limit, block.id)


def _from_segments(requests: Requests, block: Block, limit: int) -> Iterator[Known]:
    segments = requests.segments()
    rows = (
        [(row["dimension"], row["value"], row.get("failed")) for row in block.rows]
        if isinstance(block, Table)
        else [
            (group["dimension"], row["value"], _drawn(requests, segments, group, row))
            for group in block.data["groups"]
            for row in group["rows"]
        ]
    )
    for name, value, count in rows:
        counts = told(count, limit)
        if counts is not None:
            yield Known(segments[name, value], *counts, f"{block.id}: {name} {value}")


def _drawn(requests: Requests, segments: dict[tuple[str, str], Members], group: Any, row: Any) -> int:
    """The number that a mark stands for: its place is the rate, its bar the number of requests."""
    assert row["rate"] is not None
    return requests.failed(segments[group["dimension"], row["value"]])


def _from_combinations(requests: Requests, block: Table, limit: int) -> Iterator[Known]:
    for row in block.rows:
        members = requests.named(row["what"])
        for key, side in (("failed", requests.since), ("failed_before", ~requests.since)):
            counts = told(row.get(key), limit)
            # Before the onset the names stand for other requests, which are not followed here.
            if members is not None and counts is not None and key == "failed":
                yield Known(members & side, *counts, f"{block.id}: {row['what']}")


def _from_points(requests: Requests, block: Table, limit: int) -> Iterator[Known]:
    edges = [None, *(row["when"] for row in block.rows), None]
    for at, row in enumerate(block.rows):
        for key, (start, end) in (("failed_before", edges[at : at + 2]), ("failed_after", edges[at + 1 : at + 3])):
            counts = told(row[key], limit)
            if counts is not None:
                yield Known(requests.between(start, end), *counts, f"{block.id}: {key}")


def secret_sets(requests: Requests, blocks: Sequence[Block], limit: int) -> dict[str, Members]:
    """The sets with a small number of failures that the full analysis counts, and what any of its sets leaves of the whole."""
    sets: dict[str, Members] = {"since the onset": requests.since, "before it": ~requests.since}
    segments = requests.segments()
    for block in blocks:
        if block.id == "extent.concentration_table":
            sets |= {
                f"{row['dimension']} {row['value']}": segments[row["dimension"], row["value"]] for row in block.rows
            }
        elif block.id == "extent.concentration":
            sets |= {
                f"{group['dimension']} {row['value']}": segments[group["dimension"], row["value"]]
                for group in block.data["groups"]
                for row in group["rows"]
            }
        elif block.id == "combinations.table":
            named = {row["what"]: requests.named(row["what"]) for row in block.rows}
            sets |= {what: members for what, members in named.items() if members is not None}
        elif block.id == "extent.chart":
            sets |= {
                f"{period['start']} to {period['end']}": requests.between(period["start"], period["end"])
                for period in block.data["periods"]
            }
    rest = {
        f"not {name}": requests.since & ~members
        for name, members in sets.items()
        if not (members & ~requests.since).any()
    }
    return {name: members for name, members in {**sets, **rest}.items() if 1 <= requests.failed(members) <= limit}
