"""Where the identifiers known to a case stand in a text, in every form.

Text and identifiers are brought to their letters and digits alone, and looked up by four letters at a time; what is found is
held against the text for where it is parted, what stands beside it, and what the form needs besides.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from itertools import compress, pairwise
from typing import NamedTuple

from rca_lib.review.redaction.folding import Reading, readings
from rca_lib.review.redaction.forms import SHORTEST_KEY, TAIL, UNSPACED, Form, forms_of, like_a_date, tails_of
from rca_lib.review.redaction.ordinary import is_ordinary

__all__ = ["KnownIdentifiers"]

_GAP, _WIDEST_GAP = 8, 64
"""How many signs may part an identifier at most, and how many characters with the blanks between them."""

_JOINERS = frozenset(" \t\n\r-._/\\:#|~*+'`·•")
"""What parts a short identifier; a comma or a bracket begins something else."""

_FRAGMENT = 5
"""How many characters of an identifier that was cut off give it away."""

_SAME = str.maketrans("oilsbeatzg", "0115834729")
"""Letters brought to the digits that look like them, for looking up."""

_SWAPS = frozenset({("0", "o"), ("1", "i"), ("1", "l"), ("5", "s"), ("8", "b"), ("3", "e"), ("4", "a"), ("7", "t")})
_OCR = frozenset({("0", "o"), ("1", "i"), ("1", "l"), ("5", "s"), ("8", "b"), ("2", "z")})

_DIGITS = re.compile(rf"\d{{{TAIL},}}")
_OF = (
    r"(?:requests?|req|cases?|orders?|warrants?|subpoenas?|tickets?|accounts?|acct|agency|agencies|badges?|files?|refs?|references?|ids?"
    r"|users?|customers?|specialists?|officers?|dockets?|matters?|records?|phones?|cards?|lines?|cells?|mobiles?|numbers?|no|nos|nr|num)"
)
_CUE = re.compile(
    r"(?:\b(?:end(?:s|ed|ing)?|finish(?:es|ed|ing)?|last|final|closing|suffix|tail)\b[\s:=\"'(-]*(?:\w+[\s:=\"'(-]+){0,4}"
    rf"|[*#]+[\s-]*|\bx{{2,}}[\s-]*|(?:…|\.{{2,}})[\s-]*|\b{_OF}\b[\s.:=#\"'(-]{{0,4}})\Z"
)
_CUE_AFTER = re.compile(
    r"[\s,\"')]{0,3}(?:at the end\b|\(?(?:\w+ ){0,2}(?:last|final|closing) (?:\w+ )?(?:digits|numbers|figures)\b)"
)
_TITLED = re.compile(
    r"\b(?:mr|mrs|ms|miss|mx|dr|prof|rev|hon|det|sgt|cpl|lt|capt|cpt|col|maj|officer|agent|detective|sergeant|inspector|constable"
    r"|deputy|trooper|sheriff|judge|justice|captain|lieutenant|attorney|counsel|herr|frau|madame)\.?\s+(?:[^\W\d_]\.?\s+)?\Z"
)
_ELLIPSIS = re.compile(r"…|\.{3,}|\[(?:…|\.{3})\]")
_EDGE, _NEXT = 160, 40
"""How far from an edge a fragment reaches, and its first letters lie, at most."""


_BEFORE_POINT, _AFTER_POINT = re.compile(r"\d[.,:/-]\Z"), re.compile(r"[.,:/-]\d|\s?%")


class _Cut(NamedTuple):
    """A fragment of an identifier: where it is parted itself, and whether it was cut off at such a place."""

    cuts: frozenset[int]
    between: bool


class KnownIdentifiers:
    """The identifiers known to a case, made ready for being looked for in many texts.

    Examples
    --------
    >>> from rca_lib.review.redaction.folding import readings
    >>> known = KnownIdentifiers(["AG-1105"])
    >>> [reading.text[slice(*span)] for reading in readings("It is ag 1105.") for span in known.spans(reading)]
    ['ag 1105']
    """

    def __init__(self, identifiers: Iterable[str]) -> None:
        self.forms: dict[str, list[Form]] = {}
        self.short: dict[str, list[Form]] = {}
        self.tails: set[str] = set()
        self.starts: dict[str, set[_Cut]] = {}
        self.finishes: dict[str, set[_Cut]] = {}
        literal: set[str] = set()
        for identifier in identifiers:
            self.tails.update(tails_of(identifier))
            literal.update(_literal(identifier))
            for form in forms_of(identifier):
                if len(form.key) < SHORTEST_KEY:
                    self.short.setdefault(form.key, []).append(form)
                    literal.update(() if form.whole else _word(form.key))
                else:
                    self.forms.setdefault(form.key.translate(_SAME), []).append(form)
                    if form.whole or not (form.needs or form.cuts):
                        self._add_fragments(form)
        # The letters next to the cut, by which most texts are told to hold no fragment.
        self.cuts = {each[-SHORTEST_KEY:] for each in self.starts} | {each[:SHORTEST_KEY] for each in self.finishes}
        self._literal = _alternation(literal)
        self._lengths: dict[str, list[int]] = {}
        for key in self.forms:
            self._lengths.setdefault(key[:SHORTEST_KEY], []).append(len(key))
        for gram, lengths in self._lengths.items():
            self._lengths[gram] = sorted(set(lengths), reverse=True)
        self._grams = _starting_with(self._lengths)

    def _add_fragments(self, form: Form) -> None:
        size = len(form.key)
        # The beginning of an address of a machine is a decimal number.
        for length in range(_FRAGMENT + 1 if form.needs else SHORTEST_KEY, size):
            rest = size - length
            self.starts.setdefault(form.key[:length], set()).add(
                _Cut(frozenset(cut for cut in form.cuts if cut < length), length in form.cuts)
            )
            self.finishes.setdefault(form.key[rest:], set()).add(
                _Cut(frozenset(cut - rest for cut in form.cuts if cut > rest), rest in form.cuts)
            )

    def spans(self, reading: Reading, written: str | None = None, *, whole: bool = False) -> Iterator[tuple[int, int]]:
        """Give where they stand in a reading of a text; the same place may come more than once.

        Parameters
        ----------
        written : the text as it stands, in which capital letters can be told; as the reading has it by default.
        whole : nothing is cut off at the edges of the text.
        """
        found = _Search(self, reading, reading.text if written is None else written)
        yield from found.whole()
        yield from found.literal()
        yield from found.tails()
        yield from found.fragments(edges=not whole)


class _Search:
    """The search of one reading of one text."""

    def __init__(self, known: KnownIdentifiers, reading: Reading, written: str) -> None:
        self.known, self.reading, self.written, self.text = known, reading, written, reading.text

    def whole(self) -> Iterator[tuple[int, int]]:
        """Look for the forms that have a key."""
        known = self.known
        if known._grams is None:
            return
        flags = _flags(self.text)
        letters = "".join(compress(self.text, flags))
        same = letters.translate(_SAME)
        at: list[int] = []
        for hit in known._grams.finditer(same):
            start = hit.start()
            for length in known._lengths[same[start : start + SHORTEST_KEY]]:
                forms = known.forms.get(same[start : start + length])
                if forms is None:
                    continue
                at = at or list(compress(range(len(self.text)), flags))
                places = at[start : start + length]
                if len(places) == length and any(
                    self._stands(form, letters[start : start + length], places) for form in forms
                ):
                    yield places[0], places[-1] + 1
                    break

    def _stands(self, form: Form, letters: str, at: list[int]) -> bool:
        """Whether a form stands where its letters are: not inside of something else, and parted as it may be."""
        return (
            (letters == form.key or _swapped(form, letters))
            and self._stands_apart(form, at[0], at[-1] + 1)
            and self._is_parted_well(form, at)
            and self._has_what_it_needs(form, at)
        )

    def _stands_apart(self, form: Form, start: int, end: int) -> bool:
        if form.key.isdigit() and len(form.key) < 7 and _part_of_a_number(self.text, start, end):
            return False
        before, after = self.text[start - 1 : start], self.text[end : end + 1]
        return _apart(before, form.key[0], form) and _apart(after, form.key[-1], form)

    def _is_parted_well(self, form: Form, at: list[int]) -> bool:
        if at[-1] - at[0] == len(at) - 1:
            return "parted" not in form.needs
        inside = 0
        gaps = [self.text[first + 1 : second] for first, second in pairwise(at)]
        for place, gap in enumerate(gaps, start=1):
            if place in form.cuts:
                if (not gap and "parted" in form.needs) or not _is_gap(gap):
                    return False
                if len(form.key) < 7 and not _JOINERS.issuperset(gap):
                    return False
            elif gap and not (_is_gap(gap) and (form.anyhow or "\n" in gap or "\r" in gap)):
                inside += 1
        # Letter by letter: r-e-q.
        return not inside or (len(at) > 2 and all(gaps) and max(map(len, gaps)) <= 3)

    def _has_what_it_needs(self, form: Form, at: list[int]) -> bool:
        if "grouped" in form.needs:
            gaps = {place for place in range(1, len(at)) if at[place] - at[place - 1] > 1}
            own = {cut for cut in form.cuts if form.key[cut - 1].isdigit() == form.key[cut].isdigit()}
            if gaps != own:
                return False
        if "closed" in form.needs and any(map(str.isspace, self.text[at[0] : at[-1]])):
            return False
        if "capital" in form.needs and not all(self._is_capital(at[place]) for place in (0, *form.cuts)):
            return False
        return "title" not in form.needs or (
            self._is_capital(at[0]) and _TITLED.search(self.text, max(0, at[0] - 40), at[0]) is not None
        )

    def _is_capital(self, at: int) -> bool:
        letter = self.reading.as_written(self.written, at, at + 1)
        return letter != letter.lower()

    def literal(self) -> Iterator[tuple[int, int]]:
        """Look for what is too short to have a key."""
        if self.known._literal is None:
            return
        for hit in self.known._literal.finditer(self.text):
            key = "".join(filter(str.isalnum, hit.group()))
            if key.isdigit() and _part_of_a_number(self.text, *hit.span()):
                continue
            forms = self.known.short.get(key, ())
            at = [hit.start() + place for place, letter in enumerate(hit.group()) if letter.isalnum()]
            if not forms or any(form.whole or self._has_what_it_needs(form, at) for form in forms):
                yield hit.span()

    def tails(self) -> Iterator[tuple[int, int]]:
        """Look for last digits that are said to be such."""
        if not self.known.tails:
            return
        for hit in _DIGITS.finditer(self.text):
            start, end = hit.span()
            if hit.group() in self.known.tails and (
                _CUE.search(self.text, max(0, start - 48), start) or _CUE_AFTER.match(self.text, end)
            ):
                yield start, end

    def fragments(self, *, edges: bool) -> Iterator[tuple[int, int]]:
        """Look for what was cut off at an ellipsis in the text, or at its edges."""
        known, text, reading = self.known, self.text, self.reading
        if not known.starts:
            return
        gaps = [gap.span() for gap in _ELLIPSIS.finditer(text)] if "..." in text or "…" in text else []
        for begin in [0] * (edges and reading.opens) + [end for _, end in gaps]:
            yield from self._cut_off(begin, min(len(text), begin + _EDGE), last=False)
        for end in [start for start, _ in gaps] + [len(text)] * (edges and reading.closes):
            yield from self._cut_off(max(0, end - _EDGE), end, last=True)

    def _cut_off(self, begin: int, end: int, *, last: bool) -> Iterator[tuple[int, int]]:
        """Look for a fragment at the end, or at the beginning, of a stretch."""
        fragments = self.known.starts if last else self.known.finishes
        near = self.text[max(begin, end - _NEXT) : end] if last else self.text[begin : begin + _NEXT]
        nearest = "".join(filter(str.isalnum, near))
        if (nearest[-SHORTEST_KEY:] if last else nearest[:SHORTEST_KEY]) not in self.known.cuts:
            return
        at = [place for place in range(begin, end) if self.text[place].isalnum()]
        letters = "".join([self.text[place] for place in at])
        for length in range(len(at), SHORTEST_KEY - 1, -1):
            piece = letters[-length:] if last else letters[:length]
            if piece not in fragments:
                continue
            own = at[-length:] if last else at[:length]
            start, stop = own[0], own[-1] + 1
            beside = self.text[start - 1 : start] if last else self.text[stop : stop + 1]
            if (
                not beside.isalnum()
                and not all(map(is_ordinary, self.text[start:stop].split()))
                and self._is_long_enough(start, stop, piece, last=last)
                and any(self._is_cut_off(piece, own, cut) for cut in fragments[piece])
            ):
                yield start, stop
                return

    def _is_cut_off(self, piece: str, at: list[int], cut: _Cut) -> bool:
        gaps = {place: self.text[first + 1 : second] for place, (first, second) in enumerate(pairwise(at), start=1)}
        if not all(map(_is_gap, gaps.values())) or (cut.between and like_a_date(piece)):
            return False
        # A number is known however it is parted, a word only where it is parted itself.
        anyhow = not piece.isalpha() and not (piece.isdigit() and len(piece) < _FRAGMENT)
        return anyhow or all(place in cut.cuts for place, gap in gaps.items() if gap)

    def _is_long_enough(self, start: int, stop: int, piece: str, *, last: bool) -> bool:
        """Whether a fragment has as many characters as give it away, with the sign after which it was cut."""
        if len(piece) >= _FRAGMENT:
            return True
        if piece.isdigit() and piece[:2] in ("19", "20"):
            return False
        sign = self.text[stop : stop + 1] if last else self.text[start - 1 : start]
        signs = ("-", "_", "/", "#") if piece.isdigit() else ("-", "_", "/", "#", ".")
        return stop - start + (sign in signs) >= _FRAGMENT


_NOT_ASCII = re.compile(r"[^\x00-\x7f]+")
_ARE_LETTERS = bytes(chr(code).isalnum() for code in range(128)) + bytes(128)


def _flags(text: str) -> bytes | bytearray:
    """Tell of each character of a text whether it is a letter or a digit: 1 or 0."""
    flags = text.encode("ascii", "replace").translate(_ARE_LETTERS)
    if text.isascii():
        return flags
    changed = bytearray(flags)
    for run in _NOT_ASCII.finditer(text):
        changed[run.start() : run.end()] = bytes(map(str.isalnum, run.group()))
    return changed


def _part_of_a_number(text: str, start: int, end: int) -> bool:
    """Whether a number is part of a longer one, such as a time, an amount or a version, or a percentage."""
    return _BEFORE_POINT.search(text, max(0, start - 2), start) is not None or _AFTER_POINT.match(text, end) is not None


def _is_gap(between: str) -> bool:
    return len(between) <= 3 or (len(between) <= _WIDEST_GAP and len("".join(between.split())) <= _GAP)


def _apart(beside: str, own: str, form: Form) -> bool:
    """Whether what stands beside the edge of an identifier is no part of the same word or number."""
    if not beside.isalnum() or UNSPACED.match(beside) or UNSPACED.match(own):
        return True
    if beside.isdigit() and own.isdigit():
        return False
    return form.glued or (form.tells and beside.isdigit() != own.isdigit())


def _swapped(form: Form, letters: str) -> bool:
    """Whether letters and digits that look alike were taken for each other, and for no more than half of it."""
    if not form.swapped:
        return False
    pairs = [(one, other) for one, other in zip(letters, form.key, strict=True) if one != other]
    allowed = _SWAPS if form.digits < TAIL else _SWAPS | _OCR
    either = form.digits >= TAIL
    return 2 * len(pairs) <= len(letters) and all(
        pair in allowed or (either and pair[::-1] in allowed) for pair in pairs
    )


def _literal(identifier: str) -> Iterator[str]:
    """Give the pattern of an identifier with too few letters to have a key."""
    joiner = "[" + "".join(map(re.escape, sorted(_JOINERS))) + "]"
    for reading in readings(identifier):
        text = reading.text.strip()
        key = "".join(filter(str.isalnum, text))
        if len(key) >= SHORTEST_KEY or not text:
            continue
        mixed = any(letter.isdigit() for letter in key) and not key.isdigit()
        if mixed:
            pieces = re.findall(r"[^\W\d_]+|\d+|[\W_]+", text)
            parts = [piece for piece in pieces if piece[0].isalnum()]
            yield f"{joiner}{{0,3}}".join(map(re.escape, parts))
        elif UNSPACED.search(text):
            yield r"\s*".join(map(re.escape, "".join(text.split())))
        else:
            yield r"\s+".join(map(re.escape, text.split()))
        if len(key) == len(text) == 3:
            yield f"{joiner}{{1,2}}".join(map(re.escape, key))


def _word(key: str) -> Iterator[str]:
    yield re.escape(key)


def _alternation(patterns: Iterable[str]) -> re.Pattern[str] | None:
    ordered = sorted(patterns, key=lambda one: (-len(one), one))
    bounded = "|".join(one for one in ordered if not UNSPACED.search(one))
    parts = [rf"(?<![^\W_])(?:{bounded})(?![^\W_])"] * bool(bounded) + [one for one in ordered if UNSPACED.search(one)]
    return re.compile("|".join(parts)) if parts else None


def _starting_with(grams: Iterable[str]) -> re.Pattern[str] | None:
    """Make a pattern that stops at each place where one of these groups of letters begins."""
    after: dict[str, set[str]] = {}
    for gram in grams:
        after.setdefault(gram[0], set()).add(gram[1:])
    starts = [
        f"{re.escape(first)}(?={'|'.join(sorted(map(re.escape, rest)))})" for first, rest in sorted(after.items())
    ]
    return re.compile("|".join(starts)) if starts else None
