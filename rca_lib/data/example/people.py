"""Forty people in roles, who arrive, learn, and sometimes leave."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from rca_lib.data.example.calendar import END, FloatArray, hours_at

__all__ = ["NEWCOMER_DAYS", "Roster", "choose_people", "learning", "make_roster"]

NEWCOMER_DAYS = 120.0
"""Tenure below which someone counts as new in the planted mechanisms."""

_LEARNING_DAYS = 70.0

# role, team, site, arrival ("" = before the example begins), departure ("" = still here)
_SPECIALISTS: tuple[tuple[str, str, str, str], ...] = (
    ("TEAM-A", "Los Angeles", "", ""),
    ("TEAM-A", "Los Angeles", "", ""),
    ("TEAM-A", "Los Angeles", "", "2025-02-07"),
    ("TEAM-A", "Los Angeles", "2024-05-13", ""),
    ("TEAM-A", "Los Angeles", "2025-02-24", ""),
    ("TEAM-B", "Washington", "", ""),
    ("TEAM-B", "Washington", "", "2024-10-18"),
    ("TEAM-B", "Washington", "", ""),
    ("TEAM-B", "Washington", "2024-01-29", "2024-11-08"),
    ("TEAM-B", "Washington", "2025-02-03", ""),
    ("TEAM-B", "Washington", "2025-06-09", ""),
    ("TEAM-C", "Los Angeles", "", ""),
    ("TEAM-C", "Los Angeles", "", "2025-04-25"),
    ("TEAM-C", "Los Angeles", "2024-08-19", ""),
    ("TEAM-C", "Los Angeles", "2025-05-12", ""),
    ("TEAM-D", "Dublin", "", ""),
    ("TEAM-D", "Dublin", "2025-03-17", ""),
    ("TEAM-E", "Singapore", "", ""),
    ("TEAM-E", "Singapore", "2025-04-07", ""),
    ("TEAM-R", "Los Angeles", "", ""),
    ("TEAM-R", "Washington", "", ""),
    ("TEAM-R", "Dublin", "", ""),
    ("TEAM-R", "Singapore", "2024-03-11", ""),
)
_OTHERS: tuple[tuple[str, str, str, str, str], ...] = (
    ("intake specialist", "TEAM-I", "Los Angeles", "", ""),
    ("intake specialist", "TEAM-I", "Washington", "", "2025-01-17"),
    ("intake specialist", "TEAM-I", "Washington", "2024-07-22", ""),
    ("intake specialist", "TEAM-I", "Dublin", "", ""),
    ("intake specialist", "TEAM-I", "Singapore", "2025-01-27", ""),
    ("legal reviewer", "TEAM-L", "Los Angeles", "", ""),
    ("legal reviewer", "TEAM-L", "Washington", "", ""),
    ("legal reviewer", "TEAM-L", "Dublin", "", ""),
    ("legal reviewer", "TEAM-L", "Singapore", "2024-09-09", ""),
    ("quality reviewer", "TEAM-Q", "Los Angeles", "", ""),
    ("quality reviewer", "TEAM-Q", "Washington", "", ""),
    ("quality reviewer", "TEAM-Q", "Dublin", "2024-04-15", ""),
    ("assessor", "TEAM-Q", "Los Angeles", "", ""),
    ("assessor", "TEAM-Q", "Washington", "", ""),
    ("assessor", "TEAM-Q", "Dublin", "", "2025-05-30"),
    ("assessor", "TEAM-Q", "Singapore", "", ""),
    ("assessor", "TEAM-Q", "Dublin", "2025-05-19", ""),
)


@dataclass(frozen=True)
class Roster:
    """Everyone who worked in the team at some time; each array has one entry a person."""

    actor_id: NDArray[np.object_]
    role: NDArray[np.object_]
    team_id: NDArray[np.object_]
    site: NDArray[np.object_]
    arrived: FloatArray
    left: FloatArray
    trained: FloatArray

    def of(self, role: str, team: str | None = None) -> NDArray[np.int64]:
        """Positions of the people in a role, and in a team if one is named."""
        mask = self.role == role
        if team is not None:
            mask &= self.team_id == team
        return np.flatnonzero(mask)


def make_roster(rng: np.random.Generator) -> Roster:
    """Make the roster. Ids are opaque and carry no order of arrival."""
    rows = [("specialist", *row) for row in _SPECIALISTS] + list(_OTHERS)
    arrived = np.array([hours_at(row[3]) if row[3] else -24.0 * rng.integers(150, 2100) for row in rows])
    left = np.array([hours_at(row[4]) if row[4] else np.inf for row in rows])
    numbers = rng.permutation(np.arange(104, 104 + 3 * len(rows), 3))
    # The two arrivals of spring 2025 in TEAM-A and TEAM-C started on live work before their training date.
    trained = arrived + 24.0 * rng.integers(9, 26, len(rows))
    trained = np.where((arrived > hours_at("2025-02-01")) & (arrived < END), arrived + 24.0 * 75, trained)
    column = [np.array([row[i] for row in rows], dtype=object) for i in range(3)]
    ids = np.array([f"P-{number}" for number in numbers], dtype=object)
    return Roster(ids, column[0], column[1], column[2], arrived, left, trained)


def learning(tenure_days: FloatArray, extra: float) -> FloatArray:
    """Factor by which something is larger for a person who is new; it decays to 1 with tenure.

    >>> [round(float(x), 2) for x in learning(np.array([0.0, 70.0, 700.0]), 0.8)]
    [1.8, 1.29, 1.0]
    """
    return np.asarray(1.0 + extra * np.exp(-np.maximum(tenure_days, 0.0) / _LEARNING_DAYS))


def choose_people(
    roster: Roster, candidates: NDArray[np.int64], moments: FloatArray, rng: np.random.Generator
) -> NDArray[np.int64]:
    """Pick, for each moment, one of the candidates who was there; newcomers get a smaller share at first."""
    moment = moments[:, None]
    here = (moment >= roster.arrived[candidates]) & (moment < roster.left[candidates])
    tenure = (moment - roster.arrived[candidates]) / 24.0
    share = 1.0 - 0.55 * np.exp(-np.maximum(tenure, 0.0) / 40.0)
    weight = np.where(here, share, 1e-9)
    score = np.log(weight) + rng.gumbel(size=weight.shape)
    return np.asarray(candidates[np.argmax(score, axis=1)], dtype=np.int64)
