"""Style sheets: which of their rules keep something from sight."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache

from rca_lib.resources import templates

__all__ = ["hiding_rules", "hiding_style"]

_RULE = re.compile(r"([^{};]+)\{([^{}]*)\}")
_HIDES = re.compile(
    r"(?<![\w-])(?:display:none|visibility:(?:hidden|collapse)|content-visibility:hidden|opacity:0*(?:\.0*)?(?![.\d])"
    r"|font-size:0(?![.\d])|font:[^;]*(?<![\d.])0(?:px|pt|em|rem)?[\s/]|clip:rect\(0|clip-path:inset\((?:50|100)%"
    r"|text-indent:-\d{3,}|(?:left|right|top|margin-left|margin-top):-\d{3,}|(?:max-)?(?:height|width):0(?![.\d])"
    r"|transform:scale\(0\)|(?<!background-)color:(?:transparent|#fff(?:fff)?(?:[0-9a-f]{2})?(?![0-9a-f])|white(?!\w)"
    r"|rgba?\(255[ ,]+255[ ,]+255|hsla?\([^)]*100%\)|\w+\([^)]*[/,]\s*0(?:\.0*)?%?\)))",
)
_COMMENT = re.compile(r"/\*.*?\*/", re.DOTALL)
_GROUND = re.compile(r"(?<![\w-])(?:background(?:-color)?|fill):(?!none|transparent|white|#fff)")


def hiding_style(style: str) -> bool:
    """Return whether the style of one element keeps its words from sight; white letters on a ground of their own do not.

    Examples
    --------
    >>> hiding_style("color: #FFFFFF"), hiding_style("color: white; background: #0B5C8A"), hiding_style("fill: #fff")
    (True, False, False)
    """
    plain = _plain(style)
    found = _HIDES.findall(plain)
    if not found:
        return False
    return not (_GROUND.search(plain) and all(each.startswith("color:") for each in found))


def hiding_rules(sheet: str) -> Iterator[str]:
    """Give the rules of a style sheet that keep something from sight and are none of the house's own.

    Examples
    --------
    >>> list(hiding_rules(".a{color:red}.b { display : none }"))
    ['.b{display:none}']
    """
    house = _house()
    for selector, body in _rules(sheet):
        if hiding_style(body):
            rule = f"{selector}{{{body}}}"
            if rule not in house:
                yield rule


@cache
def _house() -> frozenset[str]:
    """The rules of our own style sheets, which hide some things by design, such as a menu on paper."""
    sheets = [path.read_text(encoding="utf-8") for path in sorted((templates() / "html").glob("*.css"))]
    return frozenset(f"{selector}{{{body}}}" for sheet in sheets for selector, body in _rules(sheet))


def _rules(sheet: str) -> Iterator[tuple[str, str]]:
    for selector, body in _RULE.findall(_COMMENT.sub("", sheet)):
        yield _plain(selector).split("}")[-1], _plain(body).strip(";")


def _plain(text: str) -> str:
    """Return a piece of a style sheet without needless spaces, comments and escapes, in lower case."""
    text = _COMMENT.sub("", text)
    text = re.sub(r"\\([0-9a-fA-F]{1,6}) ?", lambda found: chr(min(int(found[1], 16), 0x10FFFF)), text)
    text = re.sub(r"\s+", " ", text.replace("!important", "")).strip().lower()
    return re.sub(r" ?([{};:,>]) ?", r"\1", text)
