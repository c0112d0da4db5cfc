"""Small counts of a case: what the numbers of a section would give away to readers from whom small counts are withheld."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from rca_lib.analysis.disclosure import gives_away, is_small, publishable
from rca_lib.analysis.segments import level_codes
from rca_lib.analysis.trials import trials

if TYPE_CHECKING:
    import pandas as pd

    from rca_lib.analysis.intervals import Estimate
    from rca_lib.analysis.outcome import Outcome

__all__ = ["SmallCounts", "kept_apart", "shown_segments"]

FEWEST_IN_SEGMENT = 20
"""Requests below which `rca_lib.analysis.segments.concentration` pools a level."""


@dataclass(frozen=True)
class SmallCounts:
    """Which counts are small, and what readers know of the wholes that smaller counts are parts of.

    Attributes
    ----------
    limit : counts from 1 to it are withheld; 0 withholds none.
    wholes : requests and failures, in this order, of what is published as a whole: since the onset, before it, in all.

    Examples
    --------
    >>> small = SmallCounts(10, ((859, 29),))
    >>> small.few(7), small.gives_away(25, 414), small.gives_away(29, 491)
    (True, True, False)
    """

    limit: int
    wholes: tuple[tuple[float, float], ...] = ()

    def few(self, *counts: float | None) -> bool:
        """Say whether one of the counts is small."""
        return any(is_small(count, self.limit) for count in counts)

    def gives_away(
        self, failed: float | None, n: float | None = None, *, wholes: Iterable[tuple[float, float]] | None = None
    ) -> bool:
        """Say whether failures, or failures of so many requests, give a small count away; see `rca_lib.analysis.disclosure`."""
        return gives_away(failed, n, self.limit, self.wholes if wholes is None else wholes)

    def behind(self, *rates: Estimate | None) -> bool:
        """Say whether one of the rates rests on counts that give a small count away."""
        return any(rate is not None and self.gives_away(rate.k, rate.n) for rate in rates)


def shown_segments(
    outcome: Outcome, requests: pd.DataFrame, where: pd.DataFrame, limit: int, *, since: pd.Timestamp | None = None
) -> tuple[list[bool], list[bool]]:
    """Say of which segments the failures, and of which the requests, may be known where small counts are withheld.

    Segments lie in one another, as a team in its site, and those of one column add up to the whole; what is shown must not let
    the count of another be worked out. Segments are taken in the order given.

    Parameters
    ----------
    outcome, requests, since : what `rca_lib.analysis.segments.concentration` was given.
    where : the rows of its answer that are shown somewhere.
    limit : counts from 1 to it are small.
    """
    rows = trials(outcome)
    if since is not None:
        rows = rows.loc[(rows["at"] >= since).to_numpy(bool)].reset_index(drop=True)
    n, failed = rows["n"].to_numpy(float), rows["failed"].to_numpy(bool)
    columns = requests.drop_duplicates("request_id").set_index("request_id").reindex(rows["request_id"])
    coded = {
        str(name): level_codes(columns[name], min_n=FEWEST_IN_SEGMENT, weights=n)
        for name in where["dimension"].unique()
    }
    members = np.zeros((len(where), len(rows)), dtype=bool)
    for at, (name, value) in enumerate(zip(where["dimension"], where["value"], strict=True)):
        codes, labels = coded[str(name)]
        members[at] = codes == labels.index(str(value)) if str(value) in labels else False
    groups = where["dimension"].astype(str).tolist()
    hits = failed * n
    told = not gives_away(float(hits.sum()), float(n.sum()), limit)
    return (
        publishable(members, hits, n, groups, limit, whole=told),
        publishable(members, n, n, groups, limit),
    )


def kept_apart(
    counts: Sequence[tuple[float, float]], limit: int, *, shown: Sequence[tuple[float, float]] = ()
) -> list[bool]:
    """Say which pairs of requests and failures may be shown when it is not known which requests lie in which.

    Pairs are taken in order; one is shown when it differs from every pair that is shown, and that could hold it or lie in it, by
    no small number of requests or failures.

    Parameters
    ----------
    counts : requests and failures, in this order.
    limit : counts from 1 to it are small.
    shown : pairs that are shown elsewhere.

    Examples
    --------
    >>> kept_apart([(329, 28), (293, 27), (600, 28), (900, 60)], 10)
    [True, False, True, True]
    """
    taken = list(shown)
    kept = []
    for n, failed in counts:
        near = any(
            (n - other_n) * (failed - other_failed) >= 0
            and (is_small(abs(failed - other_failed), limit) or is_small(abs(n - other_n), limit))
            for other_n, other_failed in taken
        )
        kept.append(not near)
        if not near:
            taken.append((n, failed))
    return kept
