"""Where the identifiers known to a case stand in a text, in every form.

Text and identifiers are brought to their letters and digits alone, and looked up by four letters at a time; what is found is
held against the text for where it is parted, what stands beside it, and what the form needs besides.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from functools import lru_cache
from itertools import compress, pairwise

from rca_lib.review.redaction.folding import Reading, readings
from rca_lib.review.redaction.forms import SHORTEST_KEY, TAIL, Form, forms_of, like_a_date, tails_of
from rca_lib.review.redaction.ordinary import is_ordinary

__all__ = ["KnownIdentifiers", "known_identifiers"]

_GAP = 8
"""How many characters may part an identifier at most, where it is parted itself."""

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
_EDGE = 160


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
        # With whether the cut is where the identifier itself is parted.
        self.starts: dict[str, bool] = {}
        self.finishes: dict[str, bool] = {}
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
                    if form.whole or not form.needs:
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
        for length in range(SHORTEST_KEY, len(form.key)):
            self.starts.setdefault(form.key[:length], length in form.cuts)
            self.finishes.setdefault(form.key[-length:], len(form.key) - length in form.cuts)

    def spans(self, reading: Reading, written: str | None = None) -> Iterator[tuple[int, int]]:
        """Give where they stand in a reading of a text; the same place may come more than once.

        Parameters
        ----------
        written : the text as it stands, in which capital letters can be told; as the reading has it by default.
        """
        found = _Search(self, reading, reading.text if written is None else written)
        yield from found.whole()
        yield from found.literal()
        yield from found.tails()
        yield from found.fragments()


@lru_cache(maxsize=32)
def known_identifiers(identifiers: tuple[str, ...]) -> KnownIdentifiers:
    """Make identifiers ready for being looked for; the same ones are made ready once."""
    return KnownIdentifiers(identifiers)


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
        return _apart(before, form.key[0], form.glued) and _apart(after, form.key[-1], form.glued)

    def _is_parted_well(self, form: Form, at: list[int]) -> bool:
        if at[-1] - at[0] == len(at) - 1:
            return "parted" not in form.needs
        inside = 0
        gaps = [second - first - 1 for first, second in pairwise(at)]
        for place, gap in enumerate(gaps, start=1):
            if place in form.cuts:
                if (not gap and "parted" in form.needs) or gap > _GAP:
                    return False
                if gap and len(form.key) < 7 and not _JOINERS.issuperset(self.text[at[place - 1] + 1 : at[place]]):
                    return False
            elif gap:
                between = self.text[at[place - 1] + 1 : at[place]]
                if gap > _GAP or not ("\n" in between or "\r" in between or form.anyhow):
                    inside += 1
        # Letter by letter: r-e-q.
        return not inside or (len(at) > 2 and min(gaps) > 0 and max(gaps) <= 3)

    def _has_what_it_needs(self, form: Form, at: list[int]) -> bool:
        if "grouped" in form.needs:
            gaps = {place for place in range(1, len(at)) if at[place] - at[place - 1] > 1}
            own = {cut for cut in form.cuts if form.key[cut - 1].isdigit() == form.key[cut].isdigit()}
            if gaps != own:
                return False
        if "capital" in form.needs and not all(self._is_capital(at[place]) for place in (0, *form.cuts)):
            return False
        return "title" not in form.needs or (
            self._is_capital(at[0]) and _TITLED.search(self.text, max(0, at[0] - 40), at[0]) is not None
        )

    def _is_capital(self, at: int) -> bool:
        start, _ = self.reading.place(at, at + 1)
        return self.written[start : start + 1] != self.written[start : start + 1].lower()

    def literal(self) -> Iterator[tuple[int, int]]:
        """Look for what is too short to have a key."""
        if self.known._literal is None:
            return
        for hit in self.known._literal.finditer(self.text):
            forms = self.known.short.get("".join(filter(str.isalnum, hit.group())), ())
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

    def fragments(self) -> Iterator[tuple[int, int]]:
        """Look for what was cut off at the edge of the text, or at an ellipsis in it."""
        known, text, reading = self.known, self.text, self.reading
        if not known.starts:
            return
        gaps = [gap.span() for gap in _ELLIPSIS.finditer(text)] if "..." in text or "…" in text else []
        for begin in [0] * reading.opens + [end for _, end in gaps]:
            yield from self._cut_off(begin, min(len(text), begin + _EDGE), last=False)
        for end in [start for start, _ in gaps] + [len(text)] * reading.closes:
            yield from self._cut_off(max(0, end - _EDGE), end, last=True)

    def _cut_off(self, begin: int, end: int, *, last: bool) -> Iterator[tuple[int, int]]:
        """Look for a fragment at the end, or at the beginning, of a stretch."""
        fragments = self.known.starts if last else self.known.finishes
        at = [place for place in range(begin, end) if self.text[place].isalnum()]
        letters = "".join([self.text[place] for place in at])
        if (letters[-SHORTEST_KEY:] if last else letters[:SHORTEST_KEY]) not in self.known.cuts:
            return
        for length in range(len(at), SHORTEST_KEY - 1, -1):
            piece = letters[-length:] if last else letters[:length]
            if piece not in fragments or is_ordinary(piece):
                continue
            own = at[-length:] if last else at[:length]
            start, stop = own[0], own[-1] + 1
            beside = self.text[start - 1 : start] if last else self.text[stop : stop + 1]
            if (
                not beside.isalnum()
                and max(second - first for first, second in pairwise(own)) <= _GAP
                and self._is_long_enough(start, stop, piece, end if last else begin, last=last)
                and not (fragments[piece] and like_a_date(piece))
            ):
                yield start, stop
                return

    def _is_long_enough(self, start: int, stop: int, piece: str, edge: int, *, last: bool) -> bool:
        """Whether a fragment has as many characters as give it away, with the sign after which it was cut."""
        if len(piece) >= _FRAGMENT:
            return True
        sign = self.text[stop : stop + 1] if last else self.text[start - 1 : start]
        signed = sign in ("-", "_", "/", "#", ".") and abs(edge - (stop if last else start)) == 1
        if piece.isdigit():
            return signed and sign != "." and piece[:2] not in ("19", "20")
        return stop - start + signed >= _FRAGMENT


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
    """Whether a number is part of a longer one, such as a time, an amount or a version."""
    before, after = text[max(0, start - 2) : start], text[end : end + 2]
    return (before[-1:] in tuple(".,:/-") and before[:1].isdigit()) or (
        after[:1] in tuple(".,:/-") and after[1:].isdigit()
    )


def _apart(beside: str, own: str, glued: bool) -> bool:
    """Whether what stands beside the edge of an identifier is no part of the same word or number."""
    if not beside or not beside.isalnum():
        return True
    return glued and not (beside.isdigit() and own.isdigit())


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
        else:
            yield r"\s+".join(map(re.escape, text.split()))
        if len(key) == len(text) == 3:
            yield f"{joiner}{{1,2}}".join(map(re.escape, key))


def _word(key: str) -> Iterator[str]:
    yield re.escape(key)


def _alternation(patterns: Iterable[str]) -> re.Pattern[str] | None:
    ordered = sorted(patterns, key=lambda one: (-len(one), one))
    return re.compile(rf"(?<![^\W_])(?:{'|'.join(ordered)})(?![^\W_])") if ordered else None


def _starting_with(grams: Iterable[str]) -> re.Pattern[str] | None:
    """Make a pattern that stops at each place where one of these groups of letters begins."""
    after: dict[str, set[str]] = {}
    for gram in grams:
        after.setdefault(gram[0], set()).add(gram[1:])
    starts = [
        f"{re.escape(first)}(?={'|'.join(sorted(map(re.escape, rest)))})" for first, rest in sorted(after.items())
    ]
    return re.compile("|".join(starts)) if starts else None
