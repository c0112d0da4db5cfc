"""What leads to somebody on a network: e-mail and web addresses, addresses of machines, and handles."""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Iterator

from rca_lib.review.redaction.folding import AsWritten
from rca_lib.review.redaction.ordinary import is_ordinary, words_in

__all__ = ["Span", "emails", "handles", "links", "machine_addresses", "said_handles"]

Span = tuple[int, int]

_DOT = r"(?:\.|\s?[\[({]\s?(?:dot|\.)\s?[\])}]\s?)"
_DOMAIN = re.compile(rf"[\w-]++(?:(?:{_DOT}| dot )[\w-]++)++")
_HOST = re.compile(r"[a-z][\w-]+")
_AT = re.compile(r"@")
_AT_IN_WORDS = re.compile(r"\s?[\[({]\s?(?:at|@)\s?[\])}]\s?| at (?=[\w-]++(?: dot [\w-]++)++)")
_LOCAL = frozenset(".+%'-_")

_COUNTRIES = (
    "ac ad ae af ag ai al am ao aq ar as at au aw ax az ba bb bd be bf bg bh bi bj bm bn bo br bs bt bw by bz ca cc cd cf cg ch ci ck cl "
    "cm cn co cr cu cv cw cx cy cz de dj dk dm do dz ec ee eg er es et eu fi fj fk fm fo fr ga gb gd ge gf gg gh gi gl gm gn gp gq gr gt "
    "gu gw gy hk hm hn hr ht hu id ie il im in io iq ir is it je jm jo jp ke kg kh ki km kn kp kr kw ky kz la lb lc li lk lr ls lt lu lv "
    "ly ma mc me mg mh mk ml mm mn mo mp mq mr mt mu mv mw mx my mz na nc ne nf ng ni nl no np nr nu nz om pa pe pf pg ph pk pl pn pr pt "
    "pw qa re ro ru rw sa sb sc sd se sg si sk sl sm sn sr ss st su sv sx sy sz tc td tf tg th tj tk tl tm tn to tr tt tv tw tz ua ug uk "
    "us uy uz va vc ve vg vi vn vu wf ws ye yt za zm zw"
)
_GENERIC = (
    "com org net gov mil edu info biz int app dev test example invalid localhost onion lan cloud online site shop store tech xyz club live "
    "news blog page link chat email social media agency law legal police group team world today space website digital network systems "
    "jobs mobi museum aero coop asia cat travel"
)
_WORDS = words_in(
    "am as at be by do id in is it la me my no so to us agency app dev info blog cat link live media news page team test today world"
)
"""Endings that are words: after one word and a full stop they may be the next sentence, with the space left out."""

_ENDINGS = "|".join(sorted({*_COUNTRIES.split(), *_GENERIC.split()}, key=lambda one: (-len(one), one)))
_ENDING = re.compile(rf"\.(?:{_ENDINGS})(?![\w-])")
_ENDING_DEFANGED = re.compile(rf"[\[({{]\s?(?:dot|\.)\s?[\])}}](?:{_ENDINGS})(?![\w-])")
_DEFANGED = re.compile(r"[\[({]\s?(?:dot|\.)\s?[\])}]")
_PATH = re.compile(r"(?::\d{1,5})?(?:[/?#][^\s<>\"]*)?")
_SCHEME_END = re.compile(r"\[?:\]?//")
_WWW = re.compile(r"www\d{0,2}[.\[(]")
_TO_SPACE = re.compile(r"[^\s<>\"]*")
_TRAILING = ".,;:!?)]}'\\*_|"

_COLONS = re.compile(r":[0-9a-f]{0,4}[:.]")
_COLON_RUN = re.compile(r"[0-9a-f:.]*")
_PAIRS = re.compile(r"[0-9a-f]{2}(?::[0-9a-f]{2}){5,}")
_DASHED_PAIRS = re.compile(r"-[0-9a-f]{2}(?:-[0-9a-f]{2}){4}(?![\w-])")
_DOTTED_FOURS = re.compile(r"\.[0-9a-f]{4}\.[0-9a-f]{4}(?![\w.])")
_LONGEST_ADDRESS = 46

_HANDLE = re.compile(r"@(?!\d+\b)\w(?:[\w.-]*\w)?")
_SAYS_HANDLE = re.compile(
    r"(?:user ?name|screen ?name|nick ?name|gamer ?tag|handle|login|alias)s?\"?(?: ?(?:is|was|[:=#]))\s{0,2}[\"']?(?P<what>[\w.-]*\w)"
)


def emails(text: str) -> Iterator[Span]:
    """Give the e-mail addresses of a folded text.

    Examples
    --------
    >>> text = "ann.lee+x@mail.desk.example or bo [at] desk [dot] example"
    >>> [text[start:end] for start, end in emails(text)]
    ['ann.lee+x@mail.desk.example', 'bo [at] desk [dot] example']
    """
    if "@" in text:
        yield from _emails_at(text, _AT)
    if any(sign in text for sign in ("at]", "at)", "at}", "at ]", "at )", "[@", "(@", " dot ")):
        yield from _emails_at(text, _AT_IN_WORDS)


def _emails_at(text: str, sign: re.Pattern[str]) -> Iterator[Span]:
    last = 0
    for at in sign.finditer(text):
        start = _start_of_local(text, at.start(), last)
        domain = _DOMAIN.match(text, at.end())
        if start < at.start():
            # With a name before it a host needs no dot.
            domain = domain or (_HOST.match(text, at.end()) if at.start() - start > 1 else None)
        elif text[start - 1 : start] == " ":
            # A space on both sides of the sign, where only a web address after it tells an e-mail.
            start = _start_of_local(text, start - 1, last)
            domain = _DOMAIN.match(text, at.end() + 1) if text[at.end() : at.end() + 1] == " " else domain
            domain = domain if domain and start < at.start() - 1 and _ENDING.search(domain.group()) else None
        if domain and start < at.start():
            yield start, domain.end()
        last = domain.end() if domain else at.end()


def _start_of_local(text: str, end: int, last: int) -> int:
    """Give where the part of an address before the sign begins; it may stand in quotation marks."""
    start = end
    if text[start - 1 : start] == '"' and (opens := text.rfind('"', max(last, end - 66), end - 1)) >= 0:
        return opens
    while start > last and (text[start - 1].isalnum() or text[start - 1] in _LOCAL):
        start -= 1
    while start < end and text[start] in ".'%-":
        start += 1
    return start


def links(text: str, as_written: AsWritten) -> Iterator[Span]:
    """Give the web addresses of a folded text, with a scheme or without; finds may overlap.

    Parameters
    ----------
    as_written : gives a stretch of the text as it stands, where a capital letter shows that a sentence begins.

    Examples
    --------
    >>> text = "see hxxps://desk/a?b=1, desk[.]example and www.desk/y. it was late.in the end"
    >>> [text[start:end] for start, end in links(text, lambda start, end: text[start:end])]
    ['hxxps://desk/a?b=1', 'www.desk/y', 'desk[.]example']
    """
    last = 0
    for sign in _SCHEME_END.finditer(text) if "//" in text else ():
        start = sign.start()
        while start > max(last, sign.start() - 20) and (text[start - 1].isalnum() or text[start - 1] in "+.-"):
            start -= 1
        end = _trimmed(text, start, _to_space(text, sign.end())) if start < sign.start() and start >= last else 0
        if end > sign.end():
            yield start, end
            last = end
    last = 0
    for sign in _WWW.finditer(text) if "www" in text else ():
        if sign.start() >= last and not _inside_a_word(text, sign.start()):
            last = _trimmed(text, sign.start(), _to_space(text, sign.end()))
            yield sign.start(), last
    yield from _domains(text, as_written, _ENDING)
    if _DEFANGED.search(text):
        yield from _domains(text, as_written, _ENDING_DEFANGED)


def _domains(text: str, as_written: AsWritten, ending: re.Pattern[str]) -> Iterator[Span]:
    before = (0, 0)
    for sign in ending.finditer(text):
        if sign.start() < before[1]:
            continue
        start, dots = _start_of_host(text, sign.start(), before[1])
        if start == before[1] and before[1]:
            # The same name goes on, as in “desk.co.uk”.
            start, dots = before[0], 1
        if start == sign.start() or text[start - 1 : start] == "@":
            continue
        path = _PATH.match(text, sign.end())
        end = path.end() if path else sign.end()
        name = sign.group().strip("[](){}. ").removeprefix("dot")
        written = as_written(sign.end() - len(name), sign.end())
        bare = end == sign.end() and not dots
        if bare and (
            written not in (name, name.upper()) or (name in _WORDS and is_ordinary(text[start : sign.start()]))
        ):
            continue
        yield start, _trimmed(text, start, end)
        before = (start, end)


def _start_of_host(text: str, at: int, last: int) -> tuple[int, int]:
    """Give where the name of a host begins that goes on to here, and how many dots are in it."""
    start, dots = at, 0
    while start > last:
        letter = text[start - 1]
        if letter.isalnum() or letter in "-_":
            start -= 1
        elif (
            letter == "." and start < at and start - 1 > last and (text[start - 2].isalnum() or text[start - 2] in "-_")
        ):
            start, dots = start - 1, dots + 1
        elif letter in "])}" and start < at and (dot := _dot_before(text, start)) > last:
            start, dots = dot, dots + 1
        else:
            break
    while start < at and text[start] in "-_.":
        start += 1
    return start, dots


def _dot_before(text: str, at: int) -> int:
    """Give where a dot in brackets begins that ends here; -1 where there is none."""
    near = max(0, at - 7)
    found = [sign.start() for sign in _DEFANGED.finditer(text, near, at) if sign.end() == at]
    return found[-1] if found else -1


def _to_space(text: str, at: int) -> int:
    found = _TO_SPACE.match(text, at)
    return found.end() if found else at


def _trimmed(text: str, start: int, end: int) -> int:
    """Give where an address ends when the punctuation of the sentence is left; a bracket that it opened itself stays."""
    own = text.count("(", start, end) - text.count(")", start, end)
    while end > start and text[end - 1] in _TRAILING:
        if text[end - 1] == ")":
            if own >= 0:
                break
            own += 1
        end -= 1
    return end


def _inside_a_word(text: str, at: int) -> bool:
    before = text[at - 1 : at]
    return bool(before) and (before.isalnum() or before in "_@.-")


def machine_addresses(text: str) -> Iterator[Span]:
    """Give the MAC and IPv6 addresses of a folded text.

    Examples
    --------
    >>> text = "2001:db8::1, aa:bb:cc:00:11:22 at 10:32:05 and aa-bb-cc-00-11-22"
    >>> [text[start:end] for start, end in machine_addresses(text)]
    ['2001:db8::1', 'aa:bb:cc:00:11:22', 'aa-bb-cc-00-11-22']
    """
    last = 0
    for sign in _COLONS.finditer(text):
        if sign.start() < last:
            continue
        start = sign.start()
        while start > last and text[start - 1] in "0123456789abcdef":
            start -= 1
        if start and text[start - 1].isalnum():
            # The end of a word, such as “mac:”; what follows the colon may be an address.
            start = sign.start() + 1
        run = _COLON_RUN.match(text, start)
        last = run.end() if run else sign.end()
        span = _colon_address(text, start, last)
        if span:
            yield span
    for pattern, before in ((_DASHED_PAIRS, 2), (_DOTTED_FOURS, 4)):
        for sign in pattern.finditer(text):
            start = sign.start() - before
            own = text[max(0, start) : sign.start()]
            if (
                len(own) == before
                and all(letter in "0123456789abcdef" for letter in own)
                and not _inside_a_word(text, start)
            ):
                yield start, sign.end()


def _colon_address(text: str, start: int, end: int) -> Span | None:
    while end > start and (text[end - 1] == "." or (text[end - 1] == ":" and text[end - 2 : end] != "::")):
        end -= 1
    if text[start] == ":" and text[start : start + 2] != "::":
        start += 1
    run = text[start:end]
    pairs = _PAIRS.fullmatch(run)
    if not pairs and len(run) > _LONGEST_ADDRESS:
        return None
    if not pairs:
        try:
            ipaddress.IPv6Address(run)
        except ValueError:
            return None
        if run == "::" or (not any(letter.isdigit() for letter in run) and run.count(":") < 4):
            return None
    return None if text[end : end + 1].isalnum() else (start, end)


def handles(text: str) -> Iterator[Span]:
    """Give the user names of a folded text that stand after the sign.

    Examples
    --------
    >>> text = "@ann_b wrote at 5 p.m. @ noon"
    >>> [text[start:end] for start, end in handles(text)]
    ['@ann_b']
    """
    if "@" in text:
        for found in _HANDLE.finditer(text):
            if not _inside_a_word(text, found.start()) and found.end() - found.start() > 2:
                yield found.span()


def said_handles(text: str) -> Iterator[Span]:
    """Give the user names of a folded text that are said to be such, and have a sign of one in them.

    Examples
    --------
    >>> text = "username: night_owl, handle is broken"
    >>> [text[start:end] for start, end in said_handles(text)]
    ['night_owl']
    """
    if any(word in text for word in ("name", "tag", "handle", "login", "alias")):
        for found in _SAYS_HANDLE.finditer(text):
            what = found["what"]
            if not what.isalpha() and not what.isdigit():
                yield found.span("what")
