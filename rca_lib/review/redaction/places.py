"""Places on earth, told from ratios and intervals: pairs of degrees, in decimals or in minutes and seconds."""

from __future__ import annotations

import re

__all__ = ["place_end"]

_MAYBE = re.compile(r"[-+]?\d{1,3}(?:\.\d| ?(?:°|deg|[nsew]\b))")

_ANGLE = (
    r"\d{1,3} ?(?:°|deg(?:rees)?\b) ?\d{1,2}(?:\.\d+)? ?(?:'|min(?:utes)?\b) ?"
    r"(?:\d{1,2}(?:\.\d+)? ?(?:\"|''|sec(?:onds)?\b))? ?[nsew]?(?!\w)"
)
_IN_MINUTES = re.compile(rf"{_ANGLE}(?:[,;/ ]{{0,3}}{_ANGLE})?")

_SIDED = r"\d{1,3}(?:\.\d+)? ?°? ?"
_WITH_SIDES = re.compile(rf"{_SIDED}[ns][,;/ ]{{0,3}}{_SIDED}[ew](?!\w)|\d{{1,3}}\.\d{{2,}} ?° ?[nsew](?!\w)")

_SIDE, _BARE = r" ?°? ?[nsew]?", r"[-+]?\d{1,3}\.\d"
_FINE_PAIR = re.compile(rf"(?P<a>{_BARE}{{4,}}){_SIDE}[,;/ ] ?(?P<b>{_BARE}{{4,}}){_SIDE}(?!\w|\.\d)")
_PAIR = re.compile(
    rf"(?P<a>{_BARE}{{2,}}){_SIDE}(?:[,;/ ]| and | by )+(?:long?(?:itude)?\W{{0,3}})?(?P<b>{_BARE}{{2,}}){_SIDE}(?!\w|\.\d)"
)
_SAYS_PLACE = re.compile(
    r"\b(?:lat(?:itude)?|lon(?:g(?:itude)?)?|coord(?:inate)?s?|gps|geo|located|location|position|pin)\b\W{0,3}(?:[a-z]+\W{1,2}){0,3}\Z"
)
_SAYS_INTERVAL = re.compile(r"\b(?:ci|interval|confidence|between|range|from|ratio|estimate)\b[^.]{0,20}\Z")
_NEAR = 40


def place_end(text: str, start: int) -> int:
    """Give where coordinates end that begin here in a folded text; 0 where there are none.

    A pair of decimals needs four places each, or words before it that say what it is; one that words call an interval is none.

    Examples
    --------
    >>> text = "51.50740, -0.12780 or 51°30'26\\" n 0°7'39\\" w; 95% ci 1.2345, 2.3456"
    >>> [text[at : place_end(text, at)] for at in (0, 22)], place_end(text, len(text) - 14)
    (['51.50740, -0.12780', '51°30\\'26" n 0°7\\'39" w'], 0)
    """
    if not _MAYBE.match(text, start):
        return 0
    for pattern in (_IN_MINUTES, _WITH_SIDES):
        found = pattern.match(text, start)
        if found:
            return found.end()
    before = text[max(0, start - _NEAR) : start]
    found = _FINE_PAIR.match(text, start)
    if found and _on_earth(found) and _is_no_measure(found) and not _SAYS_INTERVAL.search(before):
        return found.end()
    found = _PAIR.match(text, start) if _SAYS_PLACE.search(before) else None
    return found.end() if found and _on_earth(found) else 0


def _on_earth(pair: re.Match[str]) -> bool:
    return abs(float(pair["a"])) <= 180 and abs(float(pair["b"])) <= 180


def _is_no_measure(pair: re.Match[str]) -> bool:
    """Shares, ratios and other measures are small; few places on earth are as near to the origin."""
    return abs(float(pair["a"])) >= 10 or abs(float(pair["b"])) >= 10
