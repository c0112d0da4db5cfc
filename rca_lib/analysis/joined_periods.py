"""The failure's rate over periods that are joined until none rests on a small count.

A point of a chart gives its count away: the height is the rate, the bar its interval, and the two together are the number of
requests and of failures. Two charts whose periods end on different days give away what lies between. So there is one way in
which the time of a case is cut for readers from whom small counts are withheld, and everything that they see of a stretch
of time begins and ends at its edges.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt
import pandas as pd

from rca_lib.analysis.disclosure import gives_away
from rca_lib.analysis.trials import day_numbers, days_to_timestamps, tally, trials

if TYPE_CHECKING:
    from rca_lib.analysis.outcome import Outcome

__all__ = ["LENGTHS", "JoinedPeriods", "joined_periods"]

LENGTHS = (1, 2, 4, 8, 13, 26, 52)
"""Weeks that a joined period may have, in the order in which they are tried."""


@dataclass(frozen=True, eq=False)
class JoinedPeriods:
    """The failure's rate over joined periods.

    Attributes
    ----------
    frame : one row per period: ``start, end`` (UTC, end excluded), ``n, failed`` (raw counts), ``n_effective``, ``rate, low,
        high`` (95 %), ``small`` (whether the period rests on a small count all the same, so that nothing of it may be
        shown but that it does). Requests whose outcome may still change are left out.
    edges : the days at which a stretch of time may begin or end whose counts are published.
    """

    frame: pd.DataFrame
    edges: tuple[pd.Timestamp, ...]

    def holds(self, start: pd.Timestamp | None, end: pd.Timestamp | None) -> bool:
        """Say whether the counts from `start` to `end` may be published: both are edges; ``None`` is either end."""
        return all(moment is None or moment.floor("D") in self.edges for moment in (start, end))

    def same_as(self, starts: Sequence[pd.Timestamp]) -> bool:
        """Say whether periods that start on these days are the ones that are published, with none that is small."""
        drawn = [pd.Timestamp(start).floor("D") for start in starts]
        return drawn == list(self.frame["start"]) and not self.frame["small"].any()


def joined_periods(
    outcome: Outcome,
    *,
    limit: int,
    split: pd.Timestamp | None = None,
    wished: Sequence[pd.Timestamp] = (),
    weeks: int = 4,
) -> JoinedPeriods:
    """Cut the time of a case so that no period rests on a small count.

    The cut at `split` is always made, because the counts before and after it are what a review is about; a side of it that is
    small as a whole is one period and marked. Each further moment is a cut where all that lies between cuts stays clear of
    small counts. Between two cuts, periods have the shortest of `LENGTHS` with which none is small; a rest shorter than a
    period belongs to its neighbour.

    Parameters
    ----------
    outcome : the failure; only rows from which a rate may be estimated and whose outcome is final are used.
    limit : counts from 1 to it are small.
    split : the onset.
    wished : further moments, the most wanted first, such as other changes of the rate.
    weeks : the length that a period has at the least.
    """
    rows = trials(outcome)
    if not len(rows):
        empty = pd.DataFrame({key: [] for key in ("start", "end", "n", "failed", "rate", "low", "high", "small")})
        return JoinedPeriods(empty, ())
    time = _Time(rows, limit)
    first, last = int(rows["day"].min()), int(rows["day"].max()) + 1
    middle = _day(split) if split is not None else first
    edges = sorted({first, middle, last}) if first < middle < last else [first, last]
    for moment in wished:
        wanted = sorted({*edges, _day(moment)})
        if first < _day(moment) < last and time.clear(wanted, standing=set(pairwise(edges))):
            edges = wanted
    stretches = [time.divided(*each, weeks, back=each[1] == middle) for each in pairwise(edges)]
    days = sorted({day for each in stretches for day in each})
    return JoinedPeriods(time.table(days), tuple(days_to_timestamps(edges)))


def _day(moment: pd.Timestamp) -> int:
    return int(day_numbers(pd.Series([moment]))[0])


class _Time:
    """Requests and failures by day."""

    def __init__(self, rows: pd.DataFrame, limit: int) -> None:
        self.rows, self.limit = rows, limit
        self.day = rows["day"].to_numpy(np.int64)
        self.n = rows["n"].to_numpy(float)
        self.failed = rows["failed"].to_numpy(bool) * self.n

    def few(self, start: int, end: int) -> bool:
        inside = (self.day >= start) & (self.day < end)
        return gives_away(float(self.failed[inside].sum()), float(self.n[inside].sum()), self.limit)

    def clear(self, edges: Sequence[int], *, standing: Collection[tuple[int, int]] = ()) -> bool:
        """Whether no stretch between edges is small, apart from those that stand as they are."""
        return not any(self.few(*each) for each in pairwise(edges) if each not in standing)

    def divided(self, start: int, end: int, weeks: int, *, back: bool) -> tuple[int, ...]:
        """The edges of the periods of a stretch: the shortest with which none is small, or the whole of it."""
        for length in (each for each in LENGTHS if each >= weeks):
            days = self._cut(start, end, length, back=back)
            if self.clear(days):
                return days
        return (start, end)

    @staticmethod
    def _cut(start: int, end: int, weeks: int, *, back: bool) -> tuple[int, ...]:
        """Cut a stretch into periods, counted back from its end where that is the moment of note."""
        step = 7 * weeks
        inner = list(range(end - step, start, -step))[::-1] if back else list(range(start + step, end, step))
        if inner and back and inner[0] - start < step:
            inner = inner[1:]
        if inner and not back and end - inner[-1] < step:
            inner = inner[:-1]
        return (start, *inner, end)

    def table(self, days: Sequence[int]) -> pd.DataFrame:
        edges: npt.NDArray[np.int64] = np.asarray(days, dtype=np.int64)
        group = (np.searchsorted(edges, self.day, side="right") - 1).astype(np.int64)
        table = tally(self.rows, group, len(edges) - 1)
        table.insert(0, "start", days_to_timestamps(edges[:-1]))
        table.insert(1, "end", days_to_timestamps(edges[1:]))
        table["small"] = [self.few(int(start), int(end)) for start, end in pairwise(edges)]
        return table
