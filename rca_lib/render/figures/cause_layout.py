"""Where the boxes and lines of a cause chart stand: rows of boxes, effects above and causes below.

A layered drawing after Sugiyama, Tagawa and Toda (IEEE Transactions on Systems, Man, and Cybernetics 11 (1981) 109):
boxes are put in rows, a line that passes a row has a place of its own in it, rows are ordered by the mean place of
their neighbours, and boxes get the columns, and lines the places, that are nearest to their
neighbours in this order. `cause_lines` draws the lines between.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

from rca_lib.render import style

__all__ = ["BETWEEN", "Arrangement", "Links", "Slot", "arrange"]

BETWEEN = 14.0
"""Points between two boxes of a row."""
_LINE_TO_BOX = 9.0
_LINE_TO_LINE = 8.0
_EDGE = 3.0
_WIDEST = 168.0
_EVENT = 330.0
_SWEEPS = 16
_SETTLE = 40

Links = Sequence[tuple[str, str]]
"""Pairs of a cause and its effect."""


@dataclass(frozen=True, order=True)
class Slot:
    """A place in a row: a box, or where the line to an effect in a higher row passes."""

    id: str
    is_box: bool


@dataclass(frozen=True)
class Arrangement:
    """Rows of slots from the top with the middle of each on the sheet, and the width of the boxes.

    ``event_width`` is the width of the box of the first row when it stands alone there.
    """

    rows: tuple[tuple[Slot, ...], ...]
    middles: Mapping[tuple[int, Slot], float]
    width: float
    event_width: float
    links: tuple[tuple[str, str], ...]

    def span(self, row: int, slot: Slot) -> tuple[float, float]:
        """Return the left and right edge of a slot; a line has no width."""
        middle = self.middles[row, slot]
        half = (self.event_width if row == 0 and len(self.rows[0]) == 1 else self.width) / 2 if slot.is_box else 0.0
        return middle - half, middle + half


def arrange(events: Iterable[str], others: Iterable[str], links: Links, most: int) -> Arrangement:
    """Put boxes into rows of at most ``most``, in an order that few lines cross, and give each its place.

    ``events`` stand in the first row. Neither the order of boxes nor that of links matters.

    Raises
    ------
    KeyError
        When a link names a box that is not there.
    TypeError
        When causes run in a circle, or two boxes have one id.

    Examples
    --------
    >>> found = arrange(["E"], ["A", "B", "C"], [("A", "E"), ("B", "E"), ("C", "A"), ("C", "E")], 4)
    >>> [[slot.id for slot in row if slot.is_box] for row in found.rows]
    [['E'], ['A', 'B'], ['C']]
    """
    first, rest = sorted(events, key=_natural), sorted(others, key=_natural)
    known = [*first, *rest]
    if len(set(known)) < len(known):
        twice = next(name for name in known if known.count(name) > 1)
        raise TypeError(f"an id of its own for each box ({twice!r} stands twice)")
    for name in (name for link in links for name in link):
        if name not in known:
            raise KeyError(f"the box {name!r} that a link names")
    unique = sorted(set(links), key=lambda link: (_natural(link[1]), _natural(link[0])))
    rank = _ranks(first, rest, unique, most)
    rows = _ordered(_slots(rank, unique), _edges(rank, unique))
    edges = _edges(rank, unique)
    columns = _columns(rows, edges)
    laid, width = _columns_laid(rows, columns)
    event_width = max(laid[-1] - laid[0] + width, _EVENT)
    middles = _middles(rows, edges, columns, laid, width)
    return Arrangement(tuple(map(tuple, rows)), middles, width, event_width, tuple(unique))


def _natural(name: str) -> tuple[tuple[int, int, str], ...]:
    """Sort C2 before C10."""
    return tuple((0, int(part), "") if part.isdecimal() else (1, 0, part) for part in re.split(r"(\d+)", name))


def _ranks(events: list[str], others: list[str], links: Links, most: int) -> dict[str, int]:
    """Give each box a row below all its effects; where a row is full, those with no causes of their own wait."""
    effects: dict[str, set[str]] = {name: set() for name in [*events, *others]}
    for cause, effect in links:
        effects[cause].add(effect)
    depth = _depths(effects)
    rank: dict[str, int] = {}
    waiting = [*events, *others]
    row = 0
    while waiting:
        ready = [name for name in waiting if all(rank.get(effect, row) < row for effect in effects[name])]
        if row == 0 and any(name in events for name in ready):
            ready = [name for name in ready if name in events]
        ready.sort(key=lambda name: (-depth[name], max((rank[e] for e in effects[name]), default=-1), _natural(name)))
        for name in ready[:most]:
            rank[name] = row
        waiting = [name for name in waiting if name not in rank]
        row += 1
    return rank


def _depths(effects: Mapping[str, set[str]]) -> dict[str, int]:
    """Return how many boxes the longest chain of causes below each box has."""
    depth: dict[str, int] = {}
    left = dict(effects)
    while left:
        free = [name for name in left if not any(name in above for above in left.values())]
        if not free:
            raise TypeError(f"a set of links in which causes do not run in a circle (now among {_circle(left)})")
        for name in free:
            below = [depth[cause] for cause, above in effects.items() if name in above]
            depth[name] = 1 + max(below, default=-1)
            del left[name]
    return depth


def _circle(left: Mapping[str, set[str]]) -> str:
    name = min(left, key=_natural)
    seen: list[str] = []
    while name not in seen:
        seen.append(name)
        name = min((cause for cause, above in left.items() if name in above), key=_natural)
    return ", ".join(seen[seen.index(name) :])


def _slots(rank: Mapping[str, int], links: Links) -> list[list[Slot]]:
    """List the slots of each row as a reader would meet them who follows each chain down from the top."""
    rows: list[list[Slot]] = [[] for _ in range(max(rank.values()) + 1)]

    def visit(name: str) -> None:
        slot = Slot(name, is_box=True)
        if slot in rows[rank[name]]:
            return
        rows[rank[name]].append(slot)
        for cause, effect in links:
            if effect == name:
                for row in range(rank[name] + 1, rank[cause]):
                    if Slot(name, is_box=False) not in rows[row]:
                        rows[row].append(Slot(name, is_box=False))
                visit(cause)

    for name in sorted(rank, key=lambda name: (rank[name], _natural(name))):
        visit(name)
    return rows


def _edges(rank: Mapping[str, int], links: Links) -> list[list[tuple[Slot, Slot]]]:
    """List, for each space between two rows, which slot above is joined to which below."""
    found: list[set[tuple[Slot, Slot]]] = [set() for _ in range(max(rank.values()))]
    for cause, effect in links:
        for space in range(rank[effect], rank[cause]):
            above = Slot(effect, is_box=space == rank[effect])
            below = Slot(cause, is_box=True) if space + 1 == rank[cause] else Slot(effect, is_box=False)
            found[space].add((above, below))
    return [sorted(edges) for edges in found]


def _ordered(rows: list[list[Slot]], edges: list[list[tuple[Slot, Slot]]]) -> list[list[Slot]]:
    """Order the rows so that few lines cross: sweeps down and up, the best of all kept."""
    best, least = [list(row) for row in rows], _crossings(rows, edges)
    rows = [list(row) for row in rows]
    for sweep in range(_SWEEPS):
        down = sweep % 2 == 0
        order = range(1, len(rows)) if down else range(len(rows) - 2, -1, -1)
        for row in order:
            fixed = rows[row - 1] if down else rows[row + 1]
            place = {slot: index for index, slot in enumerate(fixed)}
            pairs = edges[row - 1] if down else [(below, above) for above, below in edges[row]]
            rows[row] = _by_barycentre(rows[row], place, pairs)
        _transpose(rows, edges)
        count = _crossings(rows, edges)
        if count < least:
            best, least = [list(row) for row in rows], count
    return best


def _by_barycentre(row: list[Slot], place: Mapping[Slot, int], pairs: list[tuple[Slot, Slot]]) -> list[Slot]:
    means = {}
    for slot in row:
        near = [place[other] for other, own in pairs if own == slot]
        means[slot] = sum(near) / len(near) if near else None
    # A slot with no neighbour there keeps its place; the others share the rest in the order of their means.
    moving = iter(sorted((slot for slot in row if means[slot] is not None), key=lambda slot: means[slot] or 0.0))
    return [slot if means[slot] is None else next(moving) for slot in row]


def _transpose(rows: list[list[Slot]], edges: list[list[tuple[Slot, Slot]]]) -> None:
    for number, row in enumerate(rows):
        near = [*edges[max(0, number - 1) : number], *edges[number : number + 1]]
        around = rows[max(0, number - 1) : number + 2]
        for index in range(len(row) - 1):
            before = _crossings(around, near)
            row[index], row[index + 1] = row[index + 1], row[index]
            if _crossings(around, near) >= before:
                row[index], row[index + 1] = row[index + 1], row[index]


def _crossings(rows: Sequence[Sequence[Slot]], edges: Sequence[Sequence[tuple[Slot, Slot]]]) -> int:
    total = 0
    for (upper, lower), joined in zip(pairwise(rows), edges, strict=True):
        above = {slot: index for index, slot in enumerate(upper)}
        below = {slot: index for index, slot in enumerate(lower)}
        ends = [(above[one], below[two]) for one, two in joined]
        total += sum((a - c) * (b - d) < 0 for index, (a, b) in enumerate(ends) for c, d in ends[:index])
    return total


def _room_beside(lines: int, *, outer: bool) -> float:
    """Return how much room a number of lines take between two boxes, or between a box and the edge of the sheet."""
    if outer:
        return _EDGE + _LINE_TO_BOX + _LINE_TO_LINE * (lines - 1) if lines else 0.0
    return 2 * _LINE_TO_BOX + _LINE_TO_LINE * (lines - 1) if lines else BETWEEN


def _groups(row: Sequence[Slot]) -> list[list[Slot]]:
    """Return the lines before, between and after the boxes of a row: one group more than boxes."""
    groups: list[list[Slot]] = [[]]
    for slot in row:
        if slot.is_box:
            groups.append([])
        else:
            groups[-1].append(slot)
    return groups


def _columns(rows: list[list[Slot]], edges: list[list[tuple[Slot, Slot]]]) -> dict[tuple[int, Slot], int]:
    """Give every box a column: near its effects and causes, and in the order of its row."""
    count = max(sum(slot.is_box for slot in row) for row in rows)
    first = 1 if sum(slot.is_box for slot in rows[0]) == 1 else 0
    at: dict[tuple[int, Slot], float] = {}
    for number, row in enumerate(rows):
        boxes = sum(slot.is_box for slot in row)
        place = (count - boxes) / 2
        for slot in row:
            at[number, slot] = (count - 1) / 2 if number < first else place - (0 if slot.is_box else 0.5)
            place += slot.is_box
    for step in range(_SETTLE):
        order = range(first, len(rows)) if step % 2 == 0 else range(len(rows) - 1, first - 1, -1)
        for number in order:
            wishes = [_wish(number, slot, edges, at) for slot in rows[number]]
            at.update(_seated(number, rows[number], wishes, count))
    return {key: round(place) for key, place in at.items() if key[1].is_box}


def _wish(
    number: int, slot: Slot, edges: list[list[tuple[Slot, Slot]]], at: Mapping[tuple[int, Slot], float]
) -> tuple[float, float]:
    """Return the mean place of the neighbours of a slot and their weight; causes draw more than effects."""
    above = edges[number - 1] if number else []
    below = edges[number] if number < len(edges) else []
    pulls = [(at[number - 1, one], 1.0) for one, two in above if two == slot]
    pulls += [(at[number + 1, two], 2.0) for one, two in below if one == slot]
    total = sum(weight for _, weight in pulls)
    if not total:
        return at[number, slot], 0.2
    return sum(place * weight for place, weight in pulls) / total, total


def _seated(
    number: int, row: list[Slot], wishes: list[tuple[float, float]], count: int
) -> dict[tuple[int, Slot], float]:
    """Seat the boxes of a row in columns, in order, with the least sum of weighted squares; lines stay near."""
    boxes = [(slot, wish) for slot, wish in zip(row, wishes, strict=True) if slot.is_box]
    # best[c]: cost and columns of the boxes so far, the last of them in column c or before.
    best: list[tuple[float, tuple[int, ...]]] = [(0.0, ())] * (count + 1)
    for index, (_, (wish, weight)) in enumerate(boxes):
        following: list[tuple[float, tuple[int, ...]]] = [(float("inf"), ())]
        for column in range(count):
            before, seats = best[column]
            cost = round(before + weight * (column - wish) ** 2, 9) if column >= index else float("inf")
            following.append(min(following[-1], (cost, (*seats, column)), key=lambda entry: entry[0]))
        best = following
    at: dict[tuple[int, Slot], float] = {}
    seats = best[count][1]
    seen = 0
    for slot, (wish, _) in zip(row, wishes, strict=True):
        if slot.is_box:
            at[number, slot] = seats[seen]
            seen += 1
        else:
            low = seats[seen - 1] + 0.5 if seen else -0.5
            high = seats[seen] - 0.5 if seen < len(seats) else count - 0.5
            at[number, slot] = min(max(wish, low), high)
    return at


def _columns_laid(rows: list[list[Slot]], columns: Mapping[tuple[int, Slot], int]) -> tuple[list[float], float]:
    """Return the middle of each column and the width of a box, with room for the lines that pass beside boxes."""
    count = max(columns.values(), default=0) + 1
    gaps = [0.0, *[BETWEEN] * (count - 1), 0.0]
    for number, row in enumerate(rows):
        seats = [columns[number, slot] for slot in row if slot.is_box]
        for group, left, right in zip(_groups(row), [-1, *seats], [*seats, count], strict=True):
            if right == left + 1:
                gaps[right] = max(gaps[right], _room_beside(len(group), outer=right in (0, count)))
    width = min(_WIDEST, (style.TEXT_WIDTH - 2.0 - sum(gaps)) / count)
    x = (style.TEXT_WIDTH - sum(gaps) - width * count) / 2 + gaps[0] + width / 2
    middles = []
    for gap in gaps[1:]:
        middles.append(x)
        x += width + gap
    return middles, width


def _middles(
    rows: list[list[Slot]],
    edges: list[list[tuple[Slot, Slot]]],
    columns: Mapping[tuple[int, Slot], int],
    laid: list[float],
    width: float,
) -> dict[tuple[int, Slot], float]:
    """Return the middle of every slot: boxes in their columns, lines as straight as the boxes beside them allow."""
    at = {(number, slot): laid[column] for (number, slot), column in columns.items()}
    if sum(slot.is_box for slot in rows[0]) == 1:
        at.update({(0, slot): style.TEXT_WIDTH / 2 for slot in rows[0]})
    for number, row in enumerate(rows):
        at.update({(number, slot): at.get((number, slot), style.TEXT_WIDTH / 2) for slot in row})
    for step in range(_SETTLE):
        order = range(1, len(rows)) if step % 2 == 0 else range(len(rows) - 1, 0, -1)
        for number in order:
            boxes = [at[number, slot] for slot in rows[number] if slot.is_box]
            lows = [_EDGE, *(x + width / 2 + _LINE_TO_BOX for x in boxes)]
            highs = [*(x - width / 2 - _LINE_TO_BOX for x in boxes), style.TEXT_WIDTH - _EDGE]
            for group, low, high in zip(_groups(rows[number]), lows, highs, strict=True):
                wishes = [_line_wish(number, slot, edges, at) for slot in group]
                at.update(zip([(number, slot) for slot in group], _spaced(wishes, low, high), strict=True))
    return at


def _line_wish(
    number: int, slot: Slot, edges: list[list[tuple[Slot, Slot]]], at: Mapping[tuple[int, Slot], float]
) -> tuple[float, float]:
    # A long line that bends at each row is hard to follow, so its parts pull on each other most.
    pulls = [(at[number - 1, one], 1.0 if one.is_box else 8.0) for one, two in edges[number - 1] if two == slot]
    if number < len(edges):
        pulls += [(at[number + 1, two], 1.0 if two.is_box else 8.0) for one, two in edges[number] if one == slot]
    total = sum(weight for _, weight in pulls)
    return sum(place * weight for place, weight in pulls) / total, total


def _spaced(wishes: list[tuple[float, float]], low: float, high: float) -> list[float]:
    """Return the least-squares places that keep lines in order and apart (pool adjacent violators)."""
    if not wishes:
        return []
    apart = min(_LINE_TO_LINE, (high - low) / max(1, len(wishes) - 1))
    blocks: list[tuple[float, float, int]] = []
    for index, (wish, weight) in enumerate(wishes):
        value, mass, count = wish - apart * index, weight, 1
        while blocks and blocks[-1][0] >= value:
            other, more, several = blocks.pop()
            value = (value * mass + other * more) / (mass + more)
            mass, count = mass + more, count + several
        blocks.append((value, mass, count))
    most = high - apart * (len(wishes) - 1)
    values = [min(max(value, low), most) for value, _, count in blocks for _ in range(count)]
    return [value + apart * index for index, value in enumerate(values)]
