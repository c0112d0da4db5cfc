"""A sheet to draw on: a matplotlib figure measured in points from its top left corner, and its SVG.

The figure is made without pyplot, so a chart draws the same in a kernel with the inline backend, a worker and a test.
"""

from __future__ import annotations

import hashlib
import io
import re
import warnings
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any
from xml.etree import ElementTree

from rca_lib.render import style
from rca_lib.render.figures import text as words

__all__ = ["Sheet", "house_rc"]

_SVG = "http://www.w3.org/2000/svg"
_HREF = "{http://www.w3.org/1999/xlink}href"
_NUMBER = re.compile(r"-?\d+\.\d{3,}")
_COORDINATES = frozenset({"d", "x", "y", "transform", "width", "height", "viewBox", "points"})


@contextmanager
def house_rc(salt: str) -> Iterator[None]:
    """Draw under the house settings alone, whatever the surrounding notebook has set."""
    import matplotlib as mpl

    # Settings that concern windows and files stay as they are: resetting them could switch the notebook's backend.
    keep = (
        "backend",
        "interactive",
        "toolbar",
        "timezone",
        "webagg",
        "tk.",
        "savefig.directory",
        "docstring",
        "macosx",
        "keymap",
        "animation",
    )
    defaults = {key: value for key, value in mpl.rcParamsDefault.items() if not key.startswith(keep)}
    with mpl.rc_context(), warnings.catch_warnings():
        # A character that the font lacks is drawn by whatever the reader's own machine has.
        warnings.filterwarnings("ignore", message=r"Glyph .* missing from")
        dict.update(mpl.rcParams, defaults)
        mpl.rcParams.update(style.matplotlib_rc() | {"svg.hashsalt": salt})
        yield


class Sheet:
    """A drawing of the width of a text column.

    Positions are in points from the top left corner. Data are drawn on `axes`; words beside them are set with `write`.
    """

    width = style.TEXT_WIDTH

    def __init__(self, height: float) -> None:
        from matplotlib.backends.backend_svg import FigureCanvasSVG
        from matplotlib.figure import Figure
        from matplotlib.transforms import Affine2D

        self.height = height
        self.figure = Figure(figsize=(self.width / 72, height / 72), dpi=72)
        self.canvas = FigureCanvasSVG(self.figure)
        self.points = Affine2D().scale(1, -1).translate(0, height)

    @classmethod
    def saying(cls, line: str) -> Sheet:
        """Return a sheet that says in words that there is nothing to draw."""
        sheet = cls(30)
        sheet.write(0, 18, line, size=style.SIZE_LABEL, color=style.MUTED)
        return sheet

    def axes(self, left: float, top: float, right: float, bottom: float) -> Any:
        """Add axes between four edges, all of them positions on the sheet."""
        share = (left / self.width, 1 - bottom / self.height, (right - left) / self.width, (bottom - top) / self.height)
        return self.figure.add_axes(share)

    def write(
        self,
        x: float,
        y: float,
        line: str,
        *,
        size: float = style.SIZE_VALUE,
        color: str = style.INK,
        bold: bool = False,
        align: str = "left",
    ) -> None:
        """Set one line with its baseline at ``y``; ``align`` is left, center or right."""
        if line:
            font = words.font(size, bold=bold)
            self.figure.text(
                x, y, line, transform=self.points, fontproperties=font, color=color, ha=align, va="baseline", zorder=6
            )

    def stroke(self, xs: Sequence[float], ys: Sequence[float], **look: Any) -> None:
        """Draw a line through points of the sheet."""
        from matplotlib.lines import Line2D

        full: dict[str, Any] = {"color": style.RULE, "linewidth": 0.8, "solid_capstyle": "butt", "zorder": 1} | look
        self.figure.add_artist(Line2D(xs, ys, transform=self.points, **full))

    def mark(self, x: float, y: float, **look: Any) -> None:
        """Draw one marker at a point of the sheet."""
        self.stroke([x], [y], **({"linestyle": "none", "zorder": 5} | look))

    def box(self, left: float, top: float, right: float, bottom: float, **look: Any) -> None:
        """Draw a rectangle."""
        from matplotlib.patches import Rectangle

        full: dict[str, Any] = {"facecolor": "none", "edgecolor": "none", "zorder": 1} | look
        self.figure.add_artist(Rectangle((left, top), right - left, bottom - top, transform=self.points, **full))

    def svg(self, prefix: str) -> str:
        """Return the drawing as SVG text without clock, creator or fixed size; no other figure has its ids."""
        buffer = io.BytesIO()
        nothing = dict.fromkeys(("Date", "Creator", "Format", "Type"))
        self.canvas.print_svg(buffer, metadata=nothing)
        return _tidy(buffer.getvalue(), prefix, self.width, self.height)


def _tidy(raw: bytes, prefix: str, width: float, height: float) -> str:
    ElementTree.register_namespace("", _SVG)
    root = ElementTree.fromstring(raw)
    # Inline in a page, a style element inside an SVG would restyle the whole page.
    for parent in root.iter():
        for child in list(parent):
            if child.tag.rsplit("}", 1)[-1] in {"metadata", "style"}:
                parent.remove(child)
    # The digest keeps two drawings of one block apart when they meet in a page.
    drawing = hashlib.sha256(ElementTree.tostring(root)).hexdigest()[:8]
    named = {child.get("id"): f"{prefix}-{drawing}-{count}" for count, child in enumerate(_definitions(root), start=1)}
    for element in root.iter():
        _tidy_element(element, named)
    root[:] = _flat(root)
    root.attrib.clear()
    root.set("viewBox", f"0 0 {width:g} {height:g}")
    root.set("font-family", style.FONT_STACK)
    root.set("stroke-linejoin", "round")
    return ElementTree.tostring(root, encoding="unicode")


def _definitions(root: ElementTree.Element) -> list[ElementTree.Element]:
    return [child for defs in root.iter(f"{{{_SVG}}}defs") for child in defs if child.get("id")]


def _tidy_element(element: ElementTree.Element, named: dict[str | None, str]) -> None:
    own = element.attrib.pop("id", None)
    if own in named:
        element.set("id", named[own])
    target = element.attrib.pop(_HREF, None)
    if target is not None:
        element.set("href", f"#{named[target[1:]]}")
    clip = re.fullmatch(r"url\(#(.+)\)", element.get("clip-path", ""))
    if clip:
        element.set("clip-path", f"url(#{named[clip[1]]})")
    if element.tag == f"{{{_SVG}}}text":
        _plain_text_attributes(element)
    for key in _COORDINATES & element.attrib.keys():
        rounded = _NUMBER.sub(lambda found: f"{float(found[0]):.2f}", element.attrib[key])
        element.set(key, " ".join(rounded.split()))
    element.tail = None
    if element.text and not element.text.strip():
        element.text = None


def _plain_text_attributes(element: ElementTree.Element) -> None:
    """Replace the style of a text by attributes, the family left to the root, so that every renderer reads it alike."""
    declared = element.attrib.pop("style", "")
    size = re.search(r"([\d.]+)px", declared)
    weight = re.search(r"\b([6-9]00)\b", declared)
    anchor = re.search(r"text-anchor:\s*(\w+)", declared)
    fill = re.search(r"fill:\s*(#\w+)", declared)
    element.attrib.pop("transform", None)
    element.set("font-size", size[1] if size else "9")
    if weight:
        element.set("font-weight", weight[1])
    if anchor and anchor[1] != "start":
        element.set("text-anchor", anchor[1])
    element.set("fill", fill[1] if fill else "#000000")


def _flat(parent: ElementTree.Element) -> list[ElementTree.Element]:
    """Take the groups away that say nothing, and what cannot be seen."""
    kept: list[ElementTree.Element] = []
    for child in parent:
        child[:] = _flat(child)
        kind = child.tag.rsplit("}", 1)[-1]
        if kind == "g" and not child.attrib:
            kept.extend(child)
        elif not (kind == "defs" and len(child) == 0) and child.get("style") != "fill: none":
            kept.append(child)
    return kept
