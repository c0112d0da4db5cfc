"""What is usual: the share of comparable requests in which each step is on record, until a given moment."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from rca_lib.analysis.intervals import Estimate, rate

__all__ = ["FEWEST_FOR_USUAL", "RECENT", "Practice", "practice"]

FEWEST_FOR_USUAL = 20
"""With fewer requests than this nothing is called usual (domain brief, section 1.6)."""

RECENT = pd.Timedelta(days=90)
"""How far back the recent practice reaches; a check that fades shows as a recent share below the usual one."""


@dataclass(frozen=True, eq=False)
class Practice:
    """Which steps are on record for each of many requests.

    Attributes
    ----------
    activities : the steps that are looked at.
    done : one row per request, one column per step.
    begun : first event of each request, in microseconds.
    delivered : whether each request was delivered.
    """

    activities: tuple[str, ...]
    done: npt.NDArray[np.bool_]
    begun: npt.NDArray[np.int64]
    delivered: npt.NDArray[np.bool_]

    def usual(self, activity: str, *, delivered: bool, until: pd.Timestamp | None = None) -> Estimate:
        """Share of requests with the step on record, of those that ended in the same way and began before `until`.

        A refused request does not come as far as the later steps, so it cannot say how usual they are for one that was
        delivered; and a later request cannot say what was usual then. Where too few are left, each condition in turn is
        let go.
        """
        same_end = self.delivered == delivered
        before = self.begun < _microseconds(until) if until is not None else np.ones(len(self.begun), dtype=bool)
        for chosen in (same_end & before, same_end, np.ones(len(self.begun), dtype=bool)):
            if int(chosen.sum()) >= FEWEST_FOR_USUAL:
                break
        return self._share(activity, chosen)

    def recent(self, activity: str, *, delivered: bool, until: pd.Timestamp | None = None) -> Estimate:
        """Share of such requests that began within `RECENT` before `until`; ``nan`` where there are none."""
        if until is None:
            return rate(0, 0)
        age = _microseconds(until) - self.begun
        return self._share(
            activity, (self.delivered == delivered) & (age > 0) & (age <= RECENT // pd.Timedelta(1, "us"))
        )

    def _share(self, activity: str, chosen: npt.NDArray[np.bool_]) -> Estimate:
        done = self.done[chosen, self.activities.index(activity)]
        return rate(int(done.sum()), len(done))


def practice(completed: pd.DataFrame, activities: Sequence[str], delivery: str) -> Practice:
    """Collect which of some steps are on record.

    Parameters
    ----------
    completed : completed steps: request_id, activity, ts.
    activities : the steps to look at.
    delivery : the step that makes a request delivered.
    """
    request, ids = pd.factorize(completed["request_id"])
    names = tuple(dict.fromkeys([*activities, delivery]))
    step = pd.Index(names, dtype="str").get_indexer(pd.Index(completed["activity"]))
    done = np.zeros((len(ids), len(names)), dtype=bool)
    done[request[step >= 0], step[step >= 0]] = True
    begun = np.full(len(ids), np.iinfo(np.int64).max)
    moments = completed["ts"].astype("datetime64[us, UTC]").astype("int64").to_numpy()
    np.minimum.at(begun, request, moments)
    return Practice(names, done, begun, done[:, names.index(delivery)])


def _microseconds(moment: pd.Timestamp) -> int:
    # `value` counts nanoseconds whatever the unit.
    return moment.value // 1000
