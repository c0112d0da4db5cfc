"""Did more failures come to light because the work got worse, or because people looked harder?"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt
import pandas as pd

from rca_lib.analysis.intervals import Estimate, rate_ratio
from rca_lib.analysis.trials import trials

if TYPE_CHECKING:
    from rca_lib.analysis.outcome import Outcome

__all__ = ["Looking", "looking_effort"]

FEWEST_FOUND = 5


@dataclass(frozen=True)
class Looking:
    """How looking and finding changed at one moment.

    Attributes
    ----------
    looked : share of requests that were looked at, after against before, as a ratio.
    found : share of requests in which a failure was found, in whatever way, as a ratio.
    rate : share of failures among requests that were drawn at random, as a ratio.
    """

    looked: Estimate
    found: Estimate
    rate: Estimate

    @property
    def found_by_looking(self) -> bool:
        """Whether more was found, more was looked at, and requests drawn at random fail no more often than before."""
        return self.found.low > 1 and self.looked.low > 1 and self.rate.low <= 1 and self.rate.value < self.found.low


def looking_effort(outcome: Outcome, received: pd.Series, when: pd.Timestamp, *, days: int = 182) -> Looking | None:
    """Compare how many requests were looked at, and what was found, on the two sides of a moment.

    Parameters
    ----------
    outcome : the failure, with every arm in which requests were looked at.
    received : when each request was received, looked at or not.
    when : the moment, for example the onset.
    days : how far to look on each side; both sides are equally long.

    Returns
    -------
    `Looking`, or ``None`` where every request is looked at, no arm was drawn at random, or too little was found.
    """
    if not outcome.ok or not outcome.sampled or outcome.all_arms is None:
        return None
    every = outcome.all_arms.drop_duplicates("request_id")
    drawn = trials(outcome)
    if not (drawn["arm"] == "random").any():
        return None
    reach = min(pd.Timedelta(days=days), when - received.min(), received.max() - when)
    sides = []
    for low, high in ((when - reach, when), (when, when + reach)):
        seen = every[_within(every["at"], low, high)]
        sample = drawn[_within(drawn["at"], low, high)]
        sides.append(
            [
                float(_within(received, low, high).sum()),
                float(len(seen)),
                float(seen["failed"].sum()),
                float(len(sample)),
                float(sample["failed"].sum()),
            ]
        )
    before, after = sides
    if min(before[0], after[0], before[3], after[3]) == 0 or before[2] + after[2] < FEWEST_FOUND:
        return None
    return Looking(
        rate_ratio(min(after[1], after[0]), after[0], min(before[1], before[0]), before[0]),
        rate_ratio(after[2], after[0], before[2], before[0]),
        rate_ratio(after[4], after[3], before[4], before[3]),
    )


def _within(at: pd.Series, low: pd.Timestamp, high: pd.Timestamp) -> npt.NDArray[np.bool_]:
    inside: npt.NDArray[np.bool_] = ((at >= low) & (at < high)).to_numpy(bool)
    return inside
