"""The house style as PowerPoint holds it: theme, master and layouts, and a package without traces of a machine or a moment."""

from __future__ import annotations

import io
import re
import zipfile
from datetime import datetime
from typing import TYPE_CHECKING, Any
from xml.sax.saxutils import quoteattr

from rca_lib.errors import RenderError
from rca_lib.render import style
from rca_lib.render.deck import HEIGHT, WIDTH, Frame, layout
from rca_lib.render.text import shorten
from rca_lib.render.view import Review

if TYPE_CHECKING:
    from pptx.presentation import Presentation

__all__ = ["NEEDS", "emu", "finish", "language_of", "new_presentation", "packed"]

NEEDS = (
    "PowerPoint files need the package python-pptx, which is not installed; install it with pip install python-pptx."
)
_LANGUAGES = {"en": "en-GB"}
"""The dictionary that PowerPoint takes for a language that names no country."""

_NAMES = (
    'xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main" '
    'xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships" '
    'xmlns:p="http://schemas.openxmlformats.org/presentationml/2006/main"'
)
_FONTS = ("Georgia", "Arial")
"""Headings and text: a serif and a sans serif that every machine with PowerPoint has."""
_COLOURS = {
    "dk1": style.INK,
    "lt1": style.PAPER,
    "dk2": style.MUTED,
    "lt2": style.BAND,
    "accent1": style.ACCENT,
    "accent2": style.ALERT,
    "accent3": style.SEQUENCE[1],
    "accent4": style.SEQUENCE[2],
    "accent5": style.SEQUENCE[3],
    "accent6": style.SEQUENCE[4],
    "hlink": style.ACCENT,
    "folHlink": style.MUTED,
}
_KEPT = {
    "Title Slide": "Cover",
    "Title and Content": "Text",
    "Section Header": "Section",
    "Title Only": "Heading alone",
}
"""The layouts that a deck uses, by their names in the blank presentation."""
_LONGEST = 255
"""Characters that a property of a file may have."""
_NO_VIEW = f'<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n<p:{{0}} {_NAMES}/>'
_NO_FACTS = (
    '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
    '<Properties xmlns="http://schemas.openxmlformats.org/officeDocument/2006/extended-properties"/>'
)


def emu(points: float) -> int:
    """Return points in the unit of PowerPoint.

    Examples
    --------
    >>> emu(72)
    914400
    """
    return round(points * 12700)


def new_presentation(review: Review) -> Presentation:
    """Return a presentation in the house style, without a slide.

    Raises
    ------
    RenderError
        When python-pptx is not installed.
    """
    try:
        import pptx
    except ImportError:
        raise RenderError(NEEDS) from None
    made = pptx.Presentation()
    made.slide_width, made.slide_height = emu(WIDTH), emu(HEIGHT)
    for one in list(made.slide_layouts):
        if one.name in _KEPT:
            _lay(one._element, _KEPT[one.name])
        else:
            made.slide_layouts.remove(one)
    _set_master(made.slide_master._element)
    _clear(made)
    _set_properties(made, review)
    return made


def language_of(review: Review) -> str:
    """Return the language of a review as PowerPoint names it.

    Examples
    --------
    >>> language_of({"language": "en"})
    'en-GB'
    """
    language = str(review["language"])
    return _LANGUAGES.get(language, language)


def finish(presentation: Presentation, language: str) -> None:
    """Give the notes, which come with the first of them, the house style and no date, and every master its language."""
    from pptx.opc.package import XmlPart

    for part in presentation.part.package.iter_parts():
        name = str(part.partname)
        if not isinstance(part, XmlPart):
            continue
        if name.startswith("/ppt/theme/"):
            part._element = _parsed(_themed(part.blob))
        if name.startswith("/ppt/notesMasters/"):
            _bare_notes(part._element)
        for element in part._element.iter():
            if element.get("lang"):
                element.set("lang", language)


def _bare_notes(master: Any) -> None:
    """Take the date, the head and the mark of its making out of the master of the notes."""
    tree = master.cSld.spTree
    for shape in list(tree):
        if any(place.get("type") in ("dt", "hdr") for place in shape.iter(f"{{{_space('p')}}}ph")):
            tree.remove(shape)
    for element in list(master.iter()):
        element.attrib.pop("smtClean", None)
        if element.tag == f"{{{_space('p')}}}extLst":
            element.getparent().remove(element)


def packed(presentation: Presentation) -> bytes:
    """Return the file of a presentation: its parts in a fixed order, none with a time of its own."""
    raw, made = io.BytesIO(), io.BytesIO()
    presentation.save(raw)
    with zipfile.ZipFile(raw) as given, zipfile.ZipFile(made, "w") as fresh:
        first = ("[Content_Types].xml", "_rels/.rels")
        names = sorted(given.namelist(), key=lambda name: (first.index(name) if name in first else len(first), name))
        for name in names:
            entry = zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0))
            entry.create_system = 0
            # Packed by no library whose versions differ; the pictures are compressed already.
            entry.compress_type = zipfile.ZIP_STORED
            fresh.writestr(entry, given.read(name))
    return made.getvalue()


def _set_properties(presentation: Presentation, review: Review) -> None:
    facts = presentation.core_properties
    day = datetime.fromisoformat(review["as_of_date"])
    facts.title = shorten(review["title"], _LONGEST)
    facts.subject = shorten(f"{review['kicker']}, {review['escalation_id']}", _LONGEST)
    facts.language = language_of(review)
    facts.author = facts.last_modified_by = facts.comments = facts.keywords = facts.category = ""
    facts.created = facts.modified = day
    facts.revision = 1


def _clear(presentation: Presentation) -> None:
    """Take out what the blank presentation brings of the machine on which it was made, and of its views."""
    package = presentation.part.package
    for owner in (package, presentation.part):
        for key, relation in list(owner._rels.items()):
            if relation.reltype.endswith(("/thumbnail", "/printerSettings")):
                owner._rels.pop(key)
    blobs = {
        "/docProps/app.xml": _NO_FACTS,
        "/ppt/viewProps.xml": _NO_VIEW.format("viewPr"),
        "/ppt/presProps.xml": _NO_VIEW.format("presentationPr"),
    }
    for part in package.iter_parts():
        if str(part.partname) in blobs:
            part._blob = blobs[str(part.partname)].encode()
        elif str(part.partname).startswith("/ppt/theme/"):
            part._blob = _themed(part.blob)


def _themed(theme: bytes) -> bytes:
    """Return a theme with the colours and fonts of the house."""
    text = theme.decode("utf-8")
    scheme = "".join(f'<a:{name}><a:srgbClr val="{colour[1:]}"/></a:{name}>' for name, colour in _COLOURS.items())
    text = re.sub(
        r"<a:clrScheme.*?</a:clrScheme>", f'<a:clrScheme name="Review">{scheme}</a:clrScheme>', text, flags=re.DOTALL
    )
    fonts = "".join(
        f'<a:{kind}Font><a:latin typeface="{name}"/><a:ea typeface=""/><a:cs typeface=""/></a:{kind}Font>'
        for kind, name in zip(("major", "minor"), _FONTS, strict=True)
    )
    text = re.sub(
        r"<a:fontScheme.*?</a:fontScheme>", f'<a:fontScheme name="Review">{fonts}</a:fontScheme>', text, flags=re.DOTALL
    )
    return re.sub(r'(<a:theme [^>]*?)name="[^"]*"', r'\1name="Review"', text, count=1).encode()


def _lay(element: Any, name: str) -> None:
    """Give a layout its name and its places."""
    cover = name in ("Cover", "Section")
    title = Frame(layout.X, 114.0 if cover else layout.TITLE_TOP, layout.WIDE, 120.0 if cover else 40.0)
    kind = "ctrTitle" if name == "Cover" else "title"
    body = Frame(layout.X, 100.0, layout.WIDE, layout.BODY_BOTTOM - 100.0)
    shapes = [_place(2, "Title", f'type="{kind}"', title, "Heading")]
    if name == "Text":
        shapes.append(_place(3, "Text", 'idx="1"', body, "Text"))
    shapes += [_foot(4, "Footer", 'type="ftr" sz="quarter" idx="11"', layout.FOOTER)]
    shapes += [_foot(5, "Slide number", 'type="sldNum" sz="quarter" idx="12"', layout.NUMBER)]
    shapes.append(_bar(6) if cover else _rule(6))
    _fill(element, shapes)
    element.find(f"{{{_space('p')}}}cSld").set("name", name)


def _set_master(element: Any) -> None:
    title, body = Frame(layout.X, layout.TITLE_TOP, layout.WIDE, 40.0), Frame(layout.X, 100.0, layout.WIDE, 406.0)
    shapes = [
        _place(2, "Title", 'type="title"', title, "Heading"),
        _place(3, "Text", 'type="body" idx="1"', body, "Text"),
        _foot(4, "Footer", 'type="ftr" sz="quarter" idx="3"', layout.FOOTER),
        _foot(5, "Slide number", 'type="sldNum" sz="quarter" idx="4"', layout.NUMBER),
    ]
    _fill(element, shapes)
    styles = element.find(f"{{{_space('p')}}}txStyles")
    for tag, size, gap in (("titleStyle", 2800, 0), ("bodyStyle", 2000, 800)):
        first = styles.find(f"{{{_space('p')}}}{tag}")[0]
        first.getparent().replace(
            first, _parsed(_first_level(size, gap, "+mj-lt" if tag == "titleStyle" else "+mn-lt"))
        )


def _first_level(size: int, gap: int, font: str) -> str:
    return (
        f'<a:lvl1pPr {_NAMES} marL="0" indent="0" algn="l" defTabSz="914400" rtl="0" eaLnBrk="1" latinLnBrk="0" hangingPunct="1">'
        f'<a:spcBef><a:spcPts val="{gap}"/></a:spcBef><a:buNone/>'
        f'<a:defRPr sz="{size}" kern="1200"><a:solidFill><a:schemeClr val="tx1"/></a:solidFill><a:latin typeface="{font}"/>'
        '<a:ea typeface="+mn-ea"/><a:cs typeface="+mn-cs"/></a:defRPr></a:lvl1pPr>'
    )


def _fill(element: Any, shapes: list[str]) -> None:
    """Put shapes in the place of all that a master or layout shows."""
    tree = element.find(f"{{{_space('p')}}}cSld").find(f"{{{_space('p')}}}spTree")
    for child in list(tree)[2:]:
        tree.remove(child)
    tree.extend(_parsed(shape) for shape in shapes)
    for extra in list(element.iter(f"{{{_space('p')}}}extLst")):
        extra.getparent().remove(extra)


def _place(number: int, name: str, kind: str, frame: Frame, words: str) -> str:
    # Words that another font sets wider are set smaller, and do not run over their place.
    fit = "<a:normAutofit/>"
    body = f'<a:bodyPr vert="horz" wrap="square" lIns="0" tIns="0" rIns="0" bIns="0" rtlCol="0" anchor="t">{fit}</a:bodyPr>'
    return _shape(number, name, kind, frame, f"{body}<a:lstStyle/><a:p><a:r><a:rPr/><a:t>{words}</a:t></a:r></a:p>")


def _foot(number: int, name: str, kind: str, frame: Frame) -> str:
    side = "r" if "sldNum" in kind else "l"
    look = (
        f'<a:lstStyle><a:lvl1pPr algn="{side}"><a:defRPr sz="{layout.FURNITURE * 100:.0f}"><a:solidFill>'
        '<a:schemeClr val="tx2"/></a:solidFill></a:defRPr></a:lvl1pPr></a:lstStyle>'
    )
    field = '<a:fld id="{0F0C8A1E-5B7D-4C3A-9E21-6D1A2B3C4D5E}" type="slidenum"><a:rPr/><a:t>‹#›</a:t></a:fld>'
    words = field if "sldNum" in kind else ""
    body = '<a:bodyPr vert="horz" wrap="square" lIns="0" tIns="0" rIns="0" bIns="0" rtlCol="0" anchor="t"/>'
    return _shape(number, name, kind, frame, f"{body}{look}<a:p>{words}</a:p>")


def _shape(number: int, name: str, kind: str, frame: Frame, text: str) -> str:
    return (
        f'<p:sp {_NAMES}><p:nvSpPr><p:cNvPr id="{number}" name={quoteattr(name)}/><p:cNvSpPr><a:spLocks noGrp="1"/></p:cNvSpPr>'
        f"<p:nvPr><p:ph {kind}/></p:nvPr></p:nvSpPr><p:spPr>{_where(frame)}"
        f'<a:prstGeom prst="rect"><a:avLst/></a:prstGeom></p:spPr><p:txBody>{text}</p:txBody></p:sp>'
    )


def _rule(number: int) -> str:
    frame = Frame(layout.X, layout.RULE, layout.WIDE, 0.0)
    return (
        f'<p:cxnSp {_NAMES}><p:nvCxnSpPr><p:cNvPr id="{number}" name="Rule"/><p:cNvCxnSpPr/><p:nvPr userDrawn="1"/></p:nvCxnSpPr>'
        f'<p:spPr>{_where(frame)}<a:prstGeom prst="line"><a:avLst/></a:prstGeom><a:ln w="12700"><a:solidFill>'
        '<a:schemeClr val="tx1"/></a:solidFill></a:ln></p:spPr></p:cxnSp>'
    )


def _bar(number: int) -> str:
    frame = Frame(layout.X, layout.RULE, 72.0, 6.0)
    return (
        f'<p:sp {_NAMES}><p:nvSpPr><p:cNvPr id="{number}" name="Bar"/><p:cNvSpPr/><p:nvPr userDrawn="1"/></p:nvSpPr>'
        f'<p:spPr>{_where(frame)}<a:prstGeom prst="rect"><a:avLst/></a:prstGeom><a:solidFill><a:schemeClr val="accent1"/>'
        "</a:solidFill><a:ln><a:noFill/></a:ln></p:spPr></p:sp>"
    )


def _where(frame: Frame) -> str:
    return (
        f'<a:xfrm><a:off x="{emu(frame.x)}" y="{emu(frame.y)}"/>'
        f'<a:ext cx="{emu(frame.width)}" cy="{emu(frame.height)}"/></a:xfrm>'
    )


def _parsed(xml: str | bytes) -> Any:
    from pptx.oxml import parse_xml

    return parse_xml(xml)


def _space(prefix: str) -> str:
    found = re.search(rf'xmlns:{prefix}="([^"]+)"', _NAMES)
    assert found is not None
    return found[1]
