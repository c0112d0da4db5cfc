"""Drawings made fit to stand inside a document: only shapes and text, no style rules, ids that clash with nothing."""

from __future__ import annotations

import re
from xml.etree import ElementTree as ET

from rca_lib.errors import RenderError

__all__ = ["clean_svg"]

_SVG = "{http://www.w3.org/2000/svg}"
_SHAPES = frozenset(
    {"svg", "g", "path", "defs", "use", "symbol", "marker", "clipPath", "mask", "pattern", "text", "tspan"}
    | {"rect", "circle", "ellipse", "line", "polyline", "polygon", "linearGradient", "radialGradient", "stop"}
)
_DROPPED_ATTRIBUTES = frozenset({"class", "role", "tabindex", "style-src"})
_LOCAL_URL = re.compile(r"url\(\s*['\"]?#([^)'\"]+)['\"]?\s*\)")
_ANY_URL = re.compile(r"url\(|expression|javascript:|@import|/\*", re.IGNORECASE)


def clean_svg(svg: str, prefix: str, *, label: str = "The figure") -> str:
    """Return `svg` with nothing in it but shapes and text, and with every id begun by `prefix`.

    Parameters
    ----------
    svg : a drawing, as matplotlib or `rca_lib.render.figures` writes it.
    prefix : begins each id, so that two drawings can stand in one page.
    label : how an error names the drawing.

    Raises
    ------
    RenderError
        When the text is not SVG.

    Examples
    --------
    >>> clean_svg('<svg xmlns="http://www.w3.org/2000/svg" width="9"><!-- x --><g id="a" onload="x()"/></svg>', "f1-")
    '<svg xmlns="http://www.w3.org/2000/svg" width="9"><g id="f1-a" /></svg>'
    """
    try:
        root = ET.fromstring(svg)
    except ET.ParseError as error:
        raise RenderError(f"{label} is not a drawing that can be read ({error}); draw it again.") from error
    if root.tag != f"{_SVG}svg":
        raise RenderError(f"{label} is not an SVG drawing; its first element is <{root.tag.rpartition('}')[2]}>.")
    _clean(root, prefix)
    root.set("xmlns", _SVG[1:-1])
    # Serialised apart from ElementTree's namespaces, whose registry is shared by the whole process.
    attributes = {"xmlns": root.attrib.pop("xmlns")} | root.attrib
    root.attrib.clear()
    root.attrib.update(attributes)
    return ET.tostring(root, encoding="unicode")


def _clean(element: ET.Element, prefix: str) -> None:
    element.tag = element.tag.removeprefix(_SVG)
    for name in list(element.attrib):
        value = element.attrib.pop(name)
        plain = name.rpartition("}")[2]
        kept = _attribute(plain, value, prefix)
        if kept is not None:
            element.set(plain, kept)
    for child in list(element):
        if isinstance(child.tag, str) and child.tag.startswith(_SVG) and child.tag.removeprefix(_SVG) in _SHAPES:
            _clean(child, prefix)
            if child.tail and not child.tail.strip() and element.tag not in ("text", "tspan"):
                child.tail = "\n"
        else:
            _drop(element, child)
    if element.text and not element.text.strip() and element.tag not in ("text", "tspan"):
        element.text = None


def _drop(parent: ET.Element, child: ET.Element) -> None:
    """Take `child` out; text that followed it inside a line of text stays."""
    if child.tail and child.tail.strip() and parent.tag in ("text", "tspan"):
        at = list(parent).index(child)
        if at:
            parent[at - 1].tail = (parent[at - 1].tail or "") + child.tail
        else:
            parent.text = (parent.text or "") + child.tail
    parent.remove(child)


def _attribute(name: str, value: str, prefix: str) -> str | None:
    if name.lower().startswith(("on", "aria-", "data-")) or name in _DROPPED_ATTRIBUTES:
        return None
    if name == "id":
        return prefix + value
    if name == "href":
        return f"#{prefix}{value[1:]}" if value.startswith("#") else None
    value = _LOCAL_URL.sub(lambda match: f"url(#{prefix}{match.group(1)})", value)
    if _ANY_URL.search(_LOCAL_URL.sub("", value)):
        return None
    return value
