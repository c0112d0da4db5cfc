"""The lines of a cause chart: upright and level parts that cross no box.

All causes of one effect meet on one level line below it, so that a row is passed by one line for each effect.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations, pairwise, permutations

from rca_lib.render.figures.cause_layout import Arrangement, Slot

__all__ = ["Box", "Placed", "Segment", "crossings", "place"]

_TRACK = 7.0
_ABOVE = 13.0
_BELOW = 9.0
_INSIDE = 9.0
_NEAR = 5.0
_PORT = 10.0
_FEW = 5
"""Level lines up to which every order of them is tried."""

Box = tuple[float, float, float, float]
"""Left, top, right and bottom."""


@dataclass(frozen=True)
class Segment:
    """A straight part of the lines to one effect, and the causes whose links run along it."""

    x0: float
    y0: float
    x1: float
    y1: float
    effect: str
    causes: frozenset[str]


@dataclass(frozen=True)
class Placed:
    """Boxes (left, top, right, bottom), the parts of the lines, the tips of arrows and the height of it all."""

    boxes: Mapping[str, Box]
    segments: tuple[Segment, ...]
    tips: Mapping[str, tuple[float, float]]
    height: float


@dataclass
class _Net:
    """The lines to one effect in the space between two rows: ``x`` above, and a port with its causes for each below."""

    effect: str
    above: Slot
    x: float
    below: dict[Slot, tuple[float, frozenset[str]]]
    track: int = 0

    @property
    def ports(self) -> list[float]:
        return [x for x, _ in self.below.values()]

    @property
    def ends(self) -> tuple[float, float]:
        return min(self.x, *self.ports), max(self.x, *self.ports)

    @property
    def straight(self) -> bool:
        return self.ends[1] - self.ends[0] < 0.01


def place(plan: Arrangement, heights: Sequence[float], top: float) -> Placed:
    """Stack the rows of an arrangement, given the height of each, and route the lines between them."""
    spaces = [_nets(plan, space) for space in range(len(plan.rows) - 1)]
    boxes: dict[str, Box] = {}
    segments: list[Segment] = []
    tips: dict[str, tuple[float, float]] = {}
    y = top
    for number, height in enumerate(heights):
        bottom = y + height
        for slot in plan.rows[number]:
            left, right = plan.span(number, slot)
            if slot.is_box:
                boxes[slot.id] = (left, y, right, bottom)
            else:
                segments.append(Segment(left, y, left, bottom, slot.id, _passing(plan, number, slot.id)))
        if number == len(heights) - 1:
            return Placed(boxes, tuple(segments), tips, bottom)
        nets = spaces[number]
        tracks = max([0, *(net.track for net in nets)])
        y = bottom + _ABOVE + _BELOW + _TRACK * max(0, tracks - 1)
        for net in nets:
            segments += _segments(net, bottom, y)
            if net.above.is_box:
                tips[net.effect] = (net.x, bottom)
    return Placed(boxes, tuple(segments), tips, y)


def crossings(segments: Sequence[Segment]) -> list[tuple[float, float]]:
    """Return where an upright part crosses a level part of the lines to another effect.

    Examples
    --------
    >>> upright = Segment(5, 0, 5, 9, "A", frozenset("C"))
    >>> crossings([upright, Segment(0, 4, 9, 4, "B", frozenset("D"))])
    [(5, 4)]
    """
    level = [part for part in segments if part.y0 == part.y1]
    return sorted(
        {
            (part.x0, other.y0)
            for part in segments
            for other in level
            if part.y0 != part.y1
            and part.effect != other.effect
            and min(other.x0, other.x1) < part.x0 < max(other.x0, other.x1)
            and min(part.y0, part.y1) < other.y0 < max(part.y0, part.y1)
        }
    )


def _row_of(plan: Arrangement) -> dict[str, int]:
    return {slot.id: number for number, row in enumerate(plan.rows) for slot in row if slot.is_box}


def _passing(plan: Arrangement, row: int, effect: str) -> frozenset[str]:
    """Return the causes of an effect that stand below a row."""
    at = _row_of(plan)
    return frozenset(cause for cause, other in plan.links if other == effect and at[cause] > row)


def _nets(plan: Arrangement, space: int) -> list[_Net]:
    at = _row_of(plan)
    nets: dict[str, _Net] = {}
    for cause, effect in plan.links:
        if not at[effect] <= space < at[cause]:
            continue
        above = Slot(effect, is_box=at[effect] == space)
        below = Slot(cause, is_box=True) if at[cause] == space + 1 else Slot(effect, is_box=False)
        net = nets.setdefault(effect, _Net(effect, above, plan.middles[space, above], {}))
        causes = frozenset({cause}) if below.is_box else _passing(plan, space + 1, effect)
        net.below[below] = (plan.middles[space + 1, below], causes)
    found = [nets[effect] for effect in sorted(nets)]
    _set_ports(plan, space, found)
    _set_tracks(found)
    return found


def _set_ports(plan: Arrangement, space: int, nets: list[_Net]) -> None:
    """Choose where lines leave and enter boxes: straight where that can be, and never on the line of another."""
    for net in nets:
        if net.above.is_box:
            left, right = plan.span(space, net.above)
            lines = [x for below, (x, _) in net.below.items() if not below.is_box]
            wish = next((x for x in lines if len(net.below) == 1 and left + _INSIDE <= x <= right - _INSIDE), net.x)
            net.x = _free(wish, (left + _INSIDE, right - _INSIDE), _lines_below(net, nets), [])
    for slot in plan.rows[space + 1]:
        if not slot.is_box:
            continue
        own = sorted((net for net in nets if slot in net.below), key=lambda net: (net.x, net.effect))
        left, right = plan.span(space + 1, slot)
        left, right = left + _INSIDE, right - _INSIDE
        apart = min(_PORT, (right - left) / max(1, len(own) - 1))
        taken: list[float] = []
        for index, net in sorted(enumerate(own), key=lambda item: not left <= item[1].x <= right):
            spread = (left + right) / 2 + (index - (len(own) - 1) / 2) * apart
            wish = net.x if left <= net.x <= right else spread
            port = _free(wish, (left, right), _foreign(net, nets), taken)
            taken.append(port)
            net.below[slot] = (port, net.below[slot][1])


def _foreign(net: _Net, nets: list[_Net]) -> list[float]:
    """Return where upright lines of other effects stand that cannot be moved."""
    return [*(other.x for other in nets if other is not net), *_lines_below(net, nets)]


def _lines_below(net: _Net, nets: list[_Net]) -> list[float]:
    return [x for other in nets if other is not net for slot, (x, _) in other.below.items() if not slot.is_box]


def _free(wish: float, span: tuple[float, float], foreign: list[float], taken: list[float]) -> float:
    """Return the place nearest to a wish that is apart from the lines of others."""
    steps = [wish] + [wish + sign * _NEAR * step / 2 for step in range(1, 80) for sign in (1, -1)]
    inside = [x for x in steps if span[0] <= x <= span[1] and all(abs(x - other) >= _PORT - 0.01 for other in taken)]
    clear = [x for x in inside if all(abs(x - other) >= _NEAR for other in foreign)]
    return next(iter(clear or inside or steps))


def _set_tracks(nets: list[_Net]) -> None:
    """Give level lines that share a stretch different heights, in the order that crosses least."""
    order = sorted((net for net in nets if not net.straight), key=lambda net: (net.ends, net.effect))
    if len(order) <= _FEW:
        order = list(min(permutations(order), key=_total_cost))
    else:
        # Taking out each in turn and putting it back at its best place settles after a few rounds.
        for net in order * 3:
            rest = [other for other in order if other is not net]
            order = min(([*rest[:at], net, *rest[at:]] for at in range(len(order))), key=_total_cost)
    for index, net in enumerate(order):
        met = [
            other.track
            for other in order[:index]
            if other.ends[0] < net.ends[1] + _NEAR and net.ends[0] < other.ends[1] + _NEAR
        ]
        net.track = 1 + max(met, default=0)


def _total_cost(order: Iterable[_Net]) -> int:
    return sum(_cost(upper, lower) for upper, lower in combinations(order, 2))


def _cost(upper: _Net, lower: _Net) -> int:
    """Count what goes wrong when the level line of one net is drawn above that of another."""
    crossed = sum(lower.ends[0] < x < lower.ends[1] for x in upper.ports)
    crossed += upper.ends[0] < lower.x < upper.ends[1]
    # Two upright lines on one spot would read as one.
    merged = sum(abs(lower.x - x) < _NEAR - 1 for x in upper.ports)
    return crossed + 50 * merged


def _segments(net: _Net, top: float, bottom: float) -> list[Segment]:
    causes = frozenset().union(*(served for _, served in net.below.values()))
    if net.straight:
        return [Segment(net.x, top, net.x, bottom, net.effect, causes)]
    y = top + _ABOVE + _TRACK * (net.track - 1)
    found = [Segment(net.x, top, net.x, y, net.effect, causes)]
    found += [Segment(x, y, x, bottom, net.effect, served) for x, served in net.below.values()]
    stops = sorted({net.x, *net.ports})
    for left, right in pairwise(stops):
        beyond = [served for x, served in net.below.values() if (x >= right if right > net.x else x <= left)]
        found.append(Segment(left, y, right, y, net.effect, frozenset().union(*beyond)))
    return found
