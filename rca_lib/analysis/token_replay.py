"""How well a process model explains recorded traces: token replay on a Petri net."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

__all__ = ["PetriNet", "Replay", "replay"]


@dataclass(frozen=True)
class PetriNet:
    """Places that hold tokens, and transitions, one per activity, that move them.

    Attributes
    ----------
    start, end : the place that holds the first token, and the place in which the last one should end.
    transitions : for each activity, the places that it takes a token from and those that it puts one into.

    Examples
    --------
    >>> PetriNet("in", "out", {"a": (("in",), ("p",)), "b": (("p",), ("out",))}).start
    'in'
    """

    start: str
    end: str
    transitions: Mapping[str, tuple[tuple[str, ...], tuple[str, ...]]]

    @classmethod
    def sequence(cls, activities: Sequence[str]) -> PetriNet:
        """One activity after the other."""
        places = ["start", *(f"after {name}" for name in activities[:-1]), "end"]
        return cls(
            "start",
            "end",
            {name: ((places[i],), (places[i + 1],)) for i, name in enumerate(activities)},
        )


@dataclass(frozen=True)
class Replay:
    """Tokens counted while traces were replayed.

    Attributes
    ----------
    produced, consumed, missing, remaining : tokens put, taken, taken without being there, and left over.
    traces, fitting : how many traces were replayed, and how many needed nothing and left nothing.
    """

    produced: int
    consumed: int
    missing: int
    remaining: int
    traces: int
    fitting: int

    @property
    def fitness(self) -> float:
        """Half for tokens that were not missing, half for tokens that were not left; 1 where every trace fits."""
        if not self.consumed or not self.produced:
            return float("nan")
        return 0.5 * (1 - self.missing / self.consumed) + 0.5 * (1 - self.remaining / self.produced)


def replay(net: PetriNet, traces: Iterable[tuple[Sequence[str], int]]) -> Replay:
    """Replay traces on a net and count tokens.

    Parameters
    ----------
    net : the model. Activities that it does not know are passed over.
    traces : activities in order, each with the number of times that the trace occurs.

    References
    ----------
    Rozinat and van der Aalst, Information Systems 2008;33:64-95. van der Aalst, Process Mining, 2016, chapter 8.

    Examples
    --------
    >>> net = PetriNet.sequence(["a", "b", "c"])
    >>> replay(net, [("abc", 1)]).fitness
    1.0
    >>> round(replay(net, [("ac", 1)]).fitness, 4)
    0.6667
    """
    produced = consumed = missing = remaining = count = fitting = 0
    for trace, times in traces:
        found = _replay_one(net, trace)
        produced, consumed = produced + times * found[0], consumed + times * found[1]
        missing, remaining = missing + times * found[2], remaining + times * found[3]
        count += times
        fitting += times * (found[2] == found[3] == 0)
    return Replay(produced, consumed, missing, remaining, count, fitting)


def _replay_one(net: PetriNet, trace: Sequence[str]) -> tuple[int, int, int, int]:
    tokens = Counter({net.start: 1})
    produced, consumed, missing = 1, 0, 0
    for activity in trace:
        if activity not in net.transitions:
            continue
        takes, puts = net.transitions[activity]
        for place in takes:
            missing += tokens[place] == 0
            tokens[place] = max(tokens[place] - 1, 0)
        for place in puts:
            tokens[place] += 1
        consumed, produced = consumed + len(takes), produced + len(puts)
    missing += tokens[net.end] == 0
    tokens[net.end] = max(tokens[net.end] - 1, 0)
    return produced, consumed + 1, missing, sum(tokens.values())
