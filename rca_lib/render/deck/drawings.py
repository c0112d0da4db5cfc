"""Drawings on slides: as large as the slide lets them be, and parted between their rows where that is too small to read.

The drawings are those of the page, see `rca_lib.render.figures`. A row chart is parted under the same heads and over the same
axis; any other drawing where nothing but upright lines would be cut.
"""

from __future__ import annotations

import copy
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from xml.etree import ElementTree as ET

from rca_lib.errors import RenderError

__all__ = ["Drawing", "read_drawing"]

_SVG = "{http://www.w3.org/2000/svg}"
_NUMBER = re.compile(r"-?\d*\.?\d+(?:[eE][-+]?\d+)?")
_STEP = re.compile(r"([MLCQSTHVAZmlcqsthvaz])([^MLCQSTHVAZmlcqsthvaz]*)")
_LINE_WIDTH = re.compile(r"stroke-width:\s*([\d.]+)")
_AIR = 3.0
"""Units that stay free on either side of a cut."""
_HEAD_SHARE, _FOOT_SHARE = 0.3, 0.25
"""How much of a part its heads and its axis may take to be repeated on each."""


@dataclass(frozen=True)
class _Shape:
    """One element of a drawing, from its top to its foot; what is ``upright`` may be cut anywhere."""

    element: ET.Element
    top: float
    foot: float
    upright: bool = False


@dataclass(frozen=True)
class Drawing:
    """A drawing that can be parted.

    Attributes
    ----------
    width, height : its size in its own units.
    smallest : the size of its smallest words in these units; 0 where it has none.
    """

    width: float
    height: float
    smallest: float
    _root: ET.Element = field(repr=False)
    _defs: tuple[ET.Element, ...] = field(repr=False)
    _shapes: tuple[_Shape, ...] = field(repr=False)
    _rules: tuple[float, ...] = field(repr=False)

    def parts(self, room: float) -> list[tuple[str, float]]:
        """Return the SVG text and the height of each part: the fewest, evenly filled, of at most `room` units each.

        A drawing that cannot be parted so comes back whole.
        """
        if self.height <= room:
            return [self._whole()]
        head, foot = self._repeated(room)
        begin, end = head, self.height - foot
        inside = room - head - foot
        for cuts in (self._between_rows(begin, end), self._in_gaps(begin, end, inside)):
            ends = _evenly([begin, *cuts, end], inside)
            if ends is not None:
                return [self._part(top, bottom, head, foot) for top, bottom in pairwise([begin, *ends])]
        return [self._whole()]

    def _whole(self) -> tuple[str, float]:
        return ET.tostring(self._root, encoding="unicode"), self.height

    def _repeated(self, room: float) -> tuple[float, float]:
        """Return the heights of what stands above the first and below the last rule, where each part is to have it."""
        if len(self._rules) < 2:
            return 0.0, 0.0
        head, foot = self._rules[0] + 1.0, self.height - self._rules[-1] + 1.0
        return head if head <= _HEAD_SHARE * room else 0.0, foot if foot <= _FOOT_SHARE * room else 0.0

    def _between_rows(self, begin: float, end: float) -> Iterator[float]:
        """Give the rules between rows, but none between the name of a group and its first row."""
        for above, rule in pairwise(self._rules):
            held = [shape for shape in self._shapes if not shape.upright and above < shape.top and shape.foot < rule]
            if len(held) > 1 and begin < rule < end:
                yield rule

    def _in_gaps(self, begin: float, end: float, room: float) -> Iterator[float]:
        """Give the middle of every gap that only upright lines cross, and shapes that no part could hold."""
        reach = begin
        for shape in sorted(self._shapes, key=lambda one: one.top):
            if shape.upright or shape.foot - shape.top > room:
                continue
            if shape.top - reach >= 2 * _AIR and begin < reach and shape.top <= end:
                yield (reach + shape.top) / 2
            reach = max(reach, shape.foot)

    def _part(self, begin: float, end: float, head: float, foot: float) -> tuple[str, float]:
        height = round(head + end - begin + foot, 2)
        root = ET.Element(self._root.tag, {**self._root.attrib, "viewBox": f"0 0 {self.width:g} {height:g}"})
        root.extend(copy.deepcopy(list(self._defs)))
        # The rule under the last row of a part is that of the axis, where there is one.
        bare = [shape for shape in self._shapes if not (foot and shape.top < end < shape.foot and not shape.upright)]
        for top, bottom, shift, shapes in (
            (0.0, head, 0.0, self._shapes),
            (begin, end, head - begin, bare),
            (self.height - foot, self.height, height - self.height, self._shapes),
        ):
            if bottom > top:
                group = ET.SubElement(root, f"{_SVG}g", {"transform": f"translate(0 {shift:.2f})"})
                group.extend(_within(shapes, top, bottom))
        return ET.tostring(root, encoding="unicode"), height


def read_drawing(svg: str, name: str) -> Drawing:
    """Return a drawing from its SVG text.

    Parameters
    ----------
    svg : a drawing as `rca_lib.render.view.assemble` gives it.
    name : the id of its block, for the message of an error.

    Raises
    ------
    RenderError
        When the text is not a drawing, or says no size.
    """
    ET.register_namespace("", _SVG[1:-1])
    try:
        root = ET.fromstring(svg)
        _, _, width, height = map(float, root.attrib["viewBox"].replace(",", " ").split())
    except (ET.ParseError, KeyError, ValueError):
        raise RenderError(
            f"The figure {name} is not a drawing with a viewBox of four numbers; draw it again."
        ) from None
    if not (width > 0 and height > 0):
        raise RenderError(f"The figure {name} has no width or no height; draw it again.")
    defs = tuple(child for child in root if child.tag == f"{_SVG}defs")
    marks = {mark.get("id", ""): _extent(mark, {}) for part in defs for mark in part}
    shapes = tuple(_shape(child, marks, height) for child in root if child.tag != f"{_SVG}defs")
    sizes = [
        float(found[0]) for text in root.iter(f"{_SVG}text") if (found := _NUMBER.match(text.get("font-size", "")))
    ]
    rules = sorted({round(shape.top, 1) for shape in shapes if _is_rule(shape.element, width)})
    return Drawing(width, height, min(sizes, default=0.0), root, defs, shapes, tuple(rules))


def _shape(element: ET.Element, marks: dict[str, tuple[float, float] | None], height: float) -> _Shape:
    found = _extent(element, marks)
    if found is None:
        return _Shape(element, 0.0, height)
    points = _points(element)
    upright = len(points) > 1 and len({round(x, 1) for x, _ in points}) == 1
    loose = _stroke(element)
    return _Shape(element, found[0] - loose, found[1] + loose, upright=upright)


def _extent(element: ET.Element, marks: dict[str, tuple[float, float] | None]) -> tuple[float, float] | None:
    """Return the top and the foot of an element, or nothing where that is not plain to see."""
    kind = element.tag.removeprefix(_SVG)
    if element.get("transform"):
        return None
    try:
        y = float(element.get("y", "0"))
        if kind == "text":
            size = float(element.get("font-size", "9"))
            return y - 0.78 * size, y + 0.24 * size
        if kind == "use":
            mark = marks.get(element.get("href", "").removeprefix("#"))
            return None if mark is None else (y + mark[0], y + mark[1])
        if kind == "rect":
            return y, y + float(element.get("height", "0"))
    except ValueError:
        return None
    ys = [at for _, at in _points(element)]
    return (min(ys), max(ys)) if ys else None


def _points(element: ET.Element) -> list[tuple[float, float]]:
    """Return the points of a path in absolute coordinates; none for any other."""
    if element.tag != f"{_SVG}path" or element.get("transform"):
        return []
    points: list[tuple[float, float]] = []
    for step, numbers in _STEP.findall(element.get("d", "")):
        if step not in "MLCQZz":
            return []
        values = [float(number) for number in _NUMBER.findall(numbers)]
        points += zip(values[::2], values[1::2], strict=False)
    return points


def _stroke(element: ET.Element) -> float:
    style = element.get("style", "")
    found = _LINE_WIDTH.search(style)
    return (float(found[1]) if found else 1.0) / 2 if "stroke:" in style and len(_points(element)) > 1 else 0.0


def _is_rule(element: ET.Element, width: float) -> bool:
    """Whether an element is a level line from side to side: the frame of a row chart."""
    points = _points(element)
    return (
        len(points) == 2
        and points[0][1] == points[1][1]
        and min(x for x, _ in points) <= 1
        and max(x for x, _ in points) >= width - 1
    )


def _evenly(cuts: Sequence[float], room: float) -> list[float] | None:
    """Return where parts end: the fewest that hold all, and of those the evenest; nothing where a stretch is too long."""
    stops = sorted(set(cuts))
    best: dict[int, tuple[int, float, list[float]]] = {0: (0, 0.0, [])}
    for end in range(1, len(stops)):
        options = [
            (
                best[begin][0] + 1,
                best[begin][1] + (room - (stops[end] - stops[begin])) ** 2,
                [*best[begin][2], stops[end]],
            )
            for begin in range(end)
            if begin in best and stops[end] - stops[begin] <= room
        ]
        if options:
            best[end] = min(options, key=lambda option: option[:2])
    return best[len(stops) - 1][2] if len(stops) - 1 in best else None


def _within(shapes: Sequence[_Shape], top: float, bottom: float) -> Iterator[ET.Element]:
    """Give the shapes of a stretch, what is cut ended at its edges."""
    for shape in shapes:
        middle = (shape.top + shape.foot) / 2
        inside = top - _AIR <= shape.top and shape.foot <= bottom + _AIR
        if inside and top < middle <= bottom:
            yield copy.deepcopy(shape.element)
        elif not inside and shape.top < bottom and shape.foot > top:
            yield _ended(shape.element, top, bottom)


def _ended(element: ET.Element, top: float, bottom: float) -> ET.Element:
    """Return a line or a ground that runs beyond a stretch, ended at its edges."""
    made = copy.deepcopy(element)
    if element.tag == f"{_SVG}rect":
        y, foot = float(element.get("y", "0")), float(element.get("y", "0")) + float(element.get("height", "0"))
        made.set("y", f"{max(y, top):g}")
        made.set("height", f"{min(foot, bottom) - max(y, top):g}")
        return made
    steps = []
    for step, numbers in _STEP.findall(element.get("d", "")):
        values = [float(number) for number in _NUMBER.findall(numbers)]
        ended = [value if at % 2 == 0 else min(max(value, top), bottom) for at, value in enumerate(values)]
        steps.append(" ".join([step, *(f"{value:g}" for value in ended)]))
    made.set("d", " ".join(steps))
    return made
