"""Whether finished reviews say what the findings say, and all of them the same.

Two roads to the same words: what each audience should read follows from the findings (`rca_lib.render.expected`); what it does
read is taken out of the bytes of the file by the readers of the gate. They are compared text by text, so that a number, a
word or an order that was changed on the way is found wherever it stands.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import replace
from difflib import SequenceMatcher
from itertools import chain
from typing import Any

from rca_lib.errors import ConsistencyError
from rca_lib.render.difference import Difference, Namer, What, apart, short
from rca_lib.render.expected import SENTENCE, Part, Unit, is_furniture, readings_of
from rca_lib.render.findings import Findings
from rca_lib.render.gate.folding import letters
from rca_lib.render.parted import check_parted
from rca_lib.render.printed import Printed
from rca_lib.render.view import Review

__all__ = ["Difference", "Printed", "check_consistency", "differences"]

_GRADE = re.compile(r"Grade: (\w+)")
_AS_OF = re.compile(r"as ?of ?(\d{1,2} ?[A-Z][a-z]+ ?\d{4})")

_ELSEWHERE = frozenset({"the mark of an item", "the line under the title"})
"""What slides say in another form: marks as signs, and the line under the title in two."""


def check_consistency(printed: Sequence[Printed], findings: Findings) -> None:
    """Let the reviews of a case pass, or raise.

    Raises
    ------
    ConsistencyError : names the file, the claim and both readings of the first difference, and says how many more there are.
    """
    found = differences(printed, findings)
    if found:
        more = f"; {len(found) - 1} more" if len(found) > 1 else ""
        raise ConsistencyError(
            f"Nothing was published: {found[0]}{more}; run it again, and correct the template or the profile if it comes again."
        )


def differences(printed: Sequence[Printed], findings: Findings) -> list[Difference]:
    """Return every place where a review does not read as the findings do, or as the other reviews of the case.

    What is compared, in each file: every text and number; the order; what stands for drawings; the state and the date. In all
    of them together: the words of the core message. And against the findings: that no statement is there which the audience
    may not see, nor a count that is withheld from it.
    """
    found = [each for one in printed for each in _in_file(one, findings)]
    return [*found, *_core_alike(printed, findings)]


def _in_file(printed: Printed, findings: Findings) -> list[Difference]:
    from rca_lib.render.paper import without_spare

    barred = list(_barred(printed, findings))
    best: list[Difference] | None = None
    shorter = without_spare(printed.review) if printed.form == "pdf" else iter(())
    for view in chain([printed.review], shorter):
        shown = printed if view is printed.review else replace(printed, review=view)
        found = _compared(shown, findings)
        if best is None or len(found) < len(best):
            best = found
        if not found:
            break
    return [*barred, *(best or ()), *_causes(printed, findings), *_state(printed)]


def _compared(printed: Printed, findings: Findings) -> list[Difference]:
    parts = printed.parts
    namer = Namer(printed, findings)
    if printed.parted:
        found = [namer.unexpected(text, place) for place, text in check_parted(printed, parts)]
        return [*found, *_missing(printed, parts, namer)]
    return [*_texts(printed, parts, namer), *_drawings(printed, parts)]


def _texts(printed: Printed, parts: Sequence[Part], namer: Namer) -> Iterator[Difference]:
    """Compare the texts of a page or a paper in order; what may move is taken out first."""
    units = _without_moving(printed, parts)
    text, starts = "".join(units), _starts(units)
    at, gaps = 0, list[tuple[int, int]]()
    late: list[Part] = []
    for part in parts:
        if (part.moves and printed.form == "pdf") or not part.letters:
            continue
        found = _find(text, part, at, starts)
        if found < 0:
            late.append(part)
            continue
        gaps.append((at, found))
        at = found + len(part.letters)
    gaps.append((at, len(text)))
    for part in late:
        yield from _missed(printed, part, text, namer)
    if not late:
        yield from _between(printed, gaps, units, namer)


def _find(text: str, part: Part, at: int, starts: frozenset[int]) -> int:
    """Return where a part begins: at a place, or after it at the beginning of a text; -1 where it does not."""
    sought = part.letters
    if text.startswith(sought, at):
        return at
    found = text.find(sought, at)
    while found >= 0 and found not in starts:
        found = text.find(sought, found + 1)
    return found


def _missed(printed: Printed, part: Part, text: str, namer: Namer) -> Iterator[Difference]:
    """Say what became of a part that does not stand in its place: it stands elsewhere, or reads otherwise."""
    if part.letters in text:
        what: What = "the order of causes" if _of_causes(part) else "the order"
        yield Difference(printed.name, what, part.name)
        return
    if sorted(_pieces(part)) == sorted(piece for piece in _pieces(part) if piece in text):
        what = "the order of causes" if _of_causes(part) else "the order"
        yield Difference(printed.name, what, part.name, reads="the same texts in another order")
        return
    strangers = _strangers(printed)
    for unit in part.units:
        if letters(unit.text) not in text or (unit.kind == "a cell" and _lost_row(part, text)):
            yield namer.changed(unit, _reading_near(unit, strangers))
            return
    yield Difference(printed.name, "words", part.name, expected=short(" ".join(unit.text for unit in part.units)))


def _pieces(part: Part) -> list[str]:
    return list(part.rows) or [letters(unit.text) for unit in part.units]


def _lost_row(part: Part, text: str) -> bool:
    return any(row not in text for row in part.rows)


def _strangers(printed: Printed) -> list[str]:
    """Return the texts of a file that no part of the review says, as they are written."""
    known = {letters(unit.text) for part in printed.parts for unit in part.units}
    return [each.text for each in printed.passages if each.kind == "text" and letters(each.text) not in known]


def _reading_near(unit: Unit, strangers: Sequence[str]) -> str:
    best = max(strangers, key=lambda text: SequenceMatcher(None, unit.text, text).ratio(), default="")
    return best if best and SequenceMatcher(None, unit.text, best).ratio() > 0.4 else ""


def _of_causes(part: Part) -> bool:
    return part.section in ("why", "stated", "together", "causes") or part.name.split(".")[0] in (
        "why",
        "stated",
        "together",
    )


def _between(
    printed: Printed, gaps: Sequence[tuple[int, int]], units: Sequence[str], namer: Namer
) -> Iterator[Difference]:
    """Check what stands beside the parts of a review: labels of the template, and no number that no finding says."""
    places = _places(units)
    said = {letters(each.text): each.text for each in printed.passages if each.kind in ("text", "code")}
    for begin, end in gaps:
        for at, unit in zip(places, units, strict=True):
            if unit and begin <= at < end and not is_furniture(unit, printed.furniture):
                yield namer.unexpected(said.get(unit, unit), "beside the parts of the review")
    heads = [letters(unit.text) for part in printed.parts for unit in part.units if unit.kind == "the head of a column"]
    for text in printed.of_kind("furniture"):
        # The heads of a table come again on each page that it runs over.
        if not is_furniture(letters(text), printed.furniture) and not any(letters(text) in head for head in heads):
            yield Difference(printed.name, "a number", "the head or foot of a page", reads=short(text))


def _without_moving(printed: Printed, parts: Sequence[Part]) -> list[str]:
    """Return the texts of a paper without those of its drawings, which a page break may move."""
    if printed.form != "pdf":
        return [unit for unit in printed.units if unit]
    gone = Counter(
        text
        for part in parts
        if part.moves
        for text in (*(letters(unit.text) for unit in part.units), part.drawn)
        if text
    )
    kept = []
    for unit in printed.units:
        if gone[unit]:
            gone[unit] -= 1
        elif unit:
            kept.append(unit)
    return kept


def _drawings(printed: Printed, parts: Sequence[Part]) -> Iterator[Difference]:
    """Compare the words of drawings, and what stands for them."""
    drawn = [part for part in parts if part.kind == "figure"]
    read = "".join(letters(text) for text in printed.of_kind("figure")) or "\n".join(printed.units)
    alts = {letters(text) for text in printed.of_kind("alt")}
    papers = Counter(printed.units)
    for part in drawn:
        if part.drawn and part.drawn not in read:
            yield Difference(printed.name, "a drawing", part.name, expected=short(part.drawn))
        if letters(part.alt) not in alts:
            yield Difference(printed.name, "a drawing", part.name, expected=short(part.alt))
        for unit in part.units if printed.form == "pdf" else ():
            if not papers[letters(unit.text)]:
                yield Difference(printed.name, "a drawing", part.name, expected=short(unit.text))
    if printed.form == "html" and len(read) != sum(len(part.drawn) for part in drawn) and printed.of_kind("figure"):
        yield Difference(printed.name, "a drawing", "the drawings", reads="more words than the findings draw")
    known = {letters(text) for text in _known_alts(parts)}
    for text in printed.of_kind("alt"):
        if letters(text) not in known and not is_furniture(letters(text), printed.furniture):
            yield Difference(printed.name, "a number", "the words for a drawing", reads=short(text))


def _known_alts(parts: Sequence[Part]) -> Iterator[str]:
    for part in parts:
        yield part.alt
        yield from (unit.text for unit in part.units)


def _missing(printed: Printed, parts: Sequence[Part], namer: Namer) -> Iterator[Difference]:
    """Say which sentences and rows of a review do not stand on its slides."""
    whole = "".join(printed.units) + "\n" + "\n".join(letters(text) for text in printed.of_kind("notes"))
    strangers = _strangers(printed)
    for part in parts:
        if part.kind in ("prose", "heading", "head", "timeline"):
            for unit in part.units:
                if (
                    any(letters(piece) not in whole for piece in SENTENCE.split(unit.text))
                    and unit.kind not in _ELSEWHERE
                ):
                    yield namer.changed(unit, _reading_near(unit, strangers))
        elif part.kind == "table" and any(row not in whole for row in part.rows if len(row) < 400):
            cell = next((unit for unit in part.units if letters(unit.text) not in whole), part.units[-1])
            yield namer.changed(cell, _reading_near(cell, strangers))


def _barred(printed: Printed, findings: Findings) -> Iterator[Difference]:
    """Find statements that the audience may not see, and sentences with counts that are withheld from it."""
    expected = _expected_letters(printed)
    withheld = printed.audience.small_cells == "withhold"
    for claim in findings.claims.values():
        allowed = printed.audience.may_see(claim.sensitivity)
        if allowed and not (withheld and claim.masked is not None):
            continue
        texts = [claim.text] if allowed else [claim.text, claim.masked or ""]
        for text in texts:
            for piece in (text, *_telling_sentences(text)):
                sought = letters(piece)
                if len(sought) >= 20 and sought in printed.whole and sought not in expected:
                    what: What = "a withheld count" if allowed else "a statement of others"
                    yield Difference(printed.name, what, claim.section, claim.id)
                    break
            else:
                continue
            break


def _expected_letters(printed: Printed) -> str:
    parts = printed.parts
    return "\n".join(text for part in parts for text in (part.letters, part.drawn, letters(part.alt)))


def _telling_sentences(text: str) -> list[str]:
    """Return the sentences of a text with two numbers or more: few others read like that by chance."""
    return [piece for piece in SENTENCE.split(text) if len(re.findall(r"\d[\d.,]*", piece)) >= 2]


def _causes(printed: Printed, findings: Findings) -> Iterator[Difference]:
    """Check that causes come in the order of the record, each with the strength that the record gives it."""
    listed_claims = {
        name
        for listed in ("statements", "causes")
        for cause in findings.record.get(listed) or ()
        for name in cause.get("claims") or ()
    }
    readings = readings_of(findings, printed.audience, listed_claims)
    text = "".join(printed.units)
    for listed in ("statements", "causes"):
        at = -1
        for cause in findings.record.get(listed) or ():
            for name in cause.get("claims") or ():
                way = next(iter(readings.get(name, ())), "")
                place = text.find(letters(way)) if way else -1
                if place < 0:
                    continue
                if place < at:
                    yield Difference(printed.name, "the order of causes", name.split(".")[0], name)
                at = max(at, place)
                told = _GRADE.search(way)
                if told is not None and told[1] != cause["grade"]:
                    yield Difference(
                        printed.name, "the strength of a cause", name.split(".")[0], name, told[1], cause["grade"]
                    )


def _core_alike(printed: Sequence[Printed], findings: Findings) -> Iterator[Difference]:
    """Check that the core message is the same, letter for letter, in every review."""
    told: dict[str, tuple[str, str]] = {}
    for one in printed:
        for block in _core_blocks(one.review):
            for number, text in enumerate(block["paragraphs"], start=1):
                key = f"{block['id']}, paragraph {number}"
                first, said = told.setdefault(key, (one.name, letters(text)))
                if said != letters(text):
                    a, b = apart(said, letters(text))
                    yield Difference(
                        one.name, "the core message", key, reads=short(b), expected=f"{short(a)}, as in {first}"
                    )
        if "core.message" in {block.id for block in findings.blocks} and not any(
            block["id"] == "core.message" for block in _core_blocks(one.review)
        ):
            yield Difference(one.name, "the core message", "core.message", expected="the core message")


def _core_blocks(review: Review) -> list[dict[str, Any]]:
    return [block for section in review["sections"] for block in section["blocks"] if block["id"] == "core.message"]


def _state(printed: Printed) -> Iterator[Difference]:
    """Check that a file bears the mark of its state, no other, and one date as of which it speaks."""
    from rca_lib.render.view import BANNERS

    review = printed.review
    for state, banner in BANNERS.items():
        if state != review["state"] and banner and letters(banner) in printed.whole:
            yield Difference(printed.name, "the state", "the mark of a draft", reads=banner, expected=review["state"])
    if review["banner"] and letters(review["banner"]) not in printed.whole:
        yield Difference(printed.name, "the state", "the mark of a draft", expected=review["banner"])
    days = {
        letters(day)
        for text in (*printed.of_kind("furniture"), *printed.of_kind("aside"))
        for day in _AS_OF.findall(text)
    }
    wrong = days - {letters(review["as_of"])}
    if wrong or letters(f"as of {review['as_of']}") not in printed.whole:
        yield Difference(printed.name, "the date", "as of", reads=", ".join(sorted(wrong)), expected=review["as_of"])


def _starts(units: Sequence[str]) -> frozenset[int]:
    return frozenset(_places(units))


def _places(units: Sequence[str]) -> list[int]:
    places, at = [], 0
    for unit in units:
        places.append(at)
        at += len(unit)
    return places
