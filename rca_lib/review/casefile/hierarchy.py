"""The action hierarchy: how much an action of each kind changes the system, strongest first.

Source: VA National Center for Patient Safety, as printed in RCA2 (National Patient Safety Foundation, 2015), figure 3. An
action that changes the system holds without anyone remembering it; one that relies on memory and vigilance seldom does.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, get_args

__all__ = ["MEANS", "STRENGTHS", "Kind", "Means", "strength_of"]

STRENGTHS = ("stronger", "intermediate", "weaker")

Means = Literal[
    "change of structure",
    "forcing function",
    "standard equipment or process",
    "simpler process",
    "leadership takes part",
    "usability test",
    "redundancy",
    "software change",
    "workload or staffing",
    "fewer distractions",
    "checklist or aid",
    "no look-alikes",
    "simulation training",
    "read-back",
    "better record",
    "double check",
    "warning",
    "new rule or memo",
    "training",
]


@dataclass(frozen=True)
class Kind:
    """One kind of action.

    Attributes
    ----------
    strength : ``"stronger"``, ``"intermediate"`` or ``"weaker"``.
    reason : why, as a reader is told.
    """

    strength: str
    reason: str


MEANS: dict[str, Kind] = {
    "change of structure": Kind("stronger", "the place or system is built so that it cannot happen in the same way"),
    "forcing function": Kind("stronger", "the work cannot go on past it"),
    "standard equipment or process": Kind("stronger", "there is one way, so there is none to choose wrongly"),
    "simpler process": Kind("stronger", "steps that could go astray are gone"),
    "leadership takes part": Kind("stronger", "those who set priorities see it for themselves"),
    "usability test": Kind("stronger", "people tried the tool before it came into use"),
    "redundancy": Kind("intermediate", "a second, independent way catches it"),
    "software change": Kind("intermediate", "the tool helps, though the work can go on without it"),
    "workload or staffing": Kind("intermediate", "there is time for the step, as long as it lasts"),
    "fewer distractions": Kind("intermediate", "attention is less divided, as long as it lasts"),
    "checklist or aid": Kind("intermediate", "memory is supported, though the aid has to be used"),
    "no look-alikes": Kind("intermediate", "what was confused no longer looks alike"),
    "simulation training": Kind("intermediate", "the situation was practised, with refreshers"),
    "read-back": Kind("intermediate", "the other side says it again before it counts"),
    "better record": Kind("intermediate", "what was agreed can be seen by those who come after"),
    "double check": Kind("weaker", "it relies on a second person's vigilance"),
    "warning": Kind("weaker", "it relies on someone heeding it"),
    "new rule or memo": Kind("weaker", "it relies on people knowing and remembering it"),
    "training": Kind("weaker", "it relies on people remembering it"),
}
"""Kinds of action by name."""

assert tuple(MEANS) == get_args(Means)


def strength_of(means: str | None, recorded: str | None) -> tuple[str | None, str]:
    """Grade an action, with the reason.

    How it works decides; where that was not said, the strength on record stands, as such.

    >>> strength_of("forcing function", "intermediate")
    ('stronger', 'forcing function: the work cannot go on past it')
    >>> strength_of(None, "weaker")
    ('weaker', 'as recorded; how it works was not said')
    """
    if means is not None:
        kind = MEANS[means]
        return kind.strength, f"{means}: {kind.reason}"
    if recorded in STRENGTHS:
        return recorded, "as recorded; how it works was not said"
    return None, "not graded: how it works was not said"
