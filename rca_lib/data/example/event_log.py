"""The event log in the making: rows are added step by step, then put in order once."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from rca_lib.data.example.calendar import END, FloatArray
from rca_lib.data.taxonomy import ACTIVITIES

__all__ = ["LIFECYCLES", "NOBODY", "Coded", "EventLog"]

LIFECYCLES = ("complete", "start", "pause", "resume")
NOBODY = -1
"""The actor of what a system does by itself."""

_ACTIVITY_CODES = {activity: code for code, activity in enumerate(ACTIVITIES)}


@dataclass(frozen=True)
class Coded:
    """A text column as positions in a short list of words; a negative position is missing."""

    codes: NDArray[np.int64]
    words: tuple[str, ...]

    def texts(self) -> NDArray[np.object_]:
        """The column in full."""
        words = np.array([*self.words, None], dtype=object)
        return np.asarray(words[self.codes])


@dataclass
class EventLog:
    """Rows of the event log, added in blocks of one activity.

    Attributes
    ----------
    queues, systems : words met so far; their positions are the codes.
    """

    queues: list[str] = field(default_factory=list)
    systems: list[str] = field(default_factory=list)
    _blocks: list[tuple[NDArray[np.int64], ...]] = field(default_factory=list)
    _moments: list[FloatArray] = field(default_factory=list)

    def add(
        self,
        activity: str,
        moments: FloatArray,
        where: NDArray[np.bool_],
        *,
        lifecycle: str = "complete",
        actors: NDArray[np.int64] | None = None,
        queue: NDArray[np.object_] | str | None = None,
        system: NDArray[np.object_] | str | None = None,
    ) -> None:
        """Add one event of an activity for each request of `where`."""
        rows = np.flatnonzero(where & (moments < END))
        who = np.full(len(rows), NOBODY) if actors is None else actors[rows]
        self._moments.append(moments[rows])
        self._blocks.append(
            (
                rows,
                np.full(len(rows), _ACTIVITY_CODES[activity]),
                np.full(len(rows), LIFECYCLES.index(lifecycle)),
                who,
                _codes(self.queues, queue, rows),
                _codes(self.systems, system, rows),
            )
        )

    def keep(self, alive: NDArray[np.bool_], until: FloatArray) -> None:
        """Drop what would have come at or after a moment of each request, such as its withdrawal; `alive` are spared."""
        for position, (block, moments) in enumerate(zip(self._blocks, self._moments, strict=True)):
            stay = alive[block[0]] | (moments < until[block[0]])
            self._blocks[position] = tuple(part[stay] for part in block)
            self._moments[position] = moments[stay]

    def ordered(self) -> tuple[FloatArray, tuple[NDArray[np.int64], ...], NDArray[np.int64]]:
        """Give all rows by request and moment: moments, (request, activity, lifecycle, actor, queue, system), sequence."""
        moments = np.round(np.concatenate(self._moments) * 3600.0) / 3600.0
        parts = tuple(np.concatenate([block[i] for block in self._blocks]) for i in range(6))
        order = np.lexsort((np.arange(len(moments)), moments, parts[0]))
        parts = tuple(part[order] for part in parts)
        first = np.r_[True, parts[0][1:] != parts[0][:-1]]
        start = np.maximum.accumulate(np.where(first, np.arange(len(first)), 0))
        return moments[order], parts, np.arange(len(first)) - start + 1


def _codes(words: list[str], values: NDArray[np.object_] | str | None, rows: NDArray[np.int64]) -> NDArray[np.int64]:
    """Positions of values in a growing list of words."""
    if values is None:
        return np.full(len(rows), -1)
    if isinstance(values, str):
        if values not in words:
            words.append(values)
        return np.full(len(rows), words.index(values))
    chosen = values[rows]
    codes = np.full(len(rows), -1)
    for word in sorted({value for value in chosen if value is not None}):
        if word not in words:
            words.append(word)
        codes[chosen == word] = words.index(word)
    return codes
