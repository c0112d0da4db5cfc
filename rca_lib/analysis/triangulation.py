"""Triangulation: what the counts say of a cause, what people and records say, and whether the two meet.

A cause is graded by five tests (see `rca_lib.analysis.grading`). Counts alone can pass those on signal and control; evidence
from people and records adds to the kinds of evidence, refutes rivals, and speaks on timing where no figure can.

References
----------
O'Cathain, Murphy and Nicholl, BMJ 2010;341:c4587 (convergence, complementarity, discrepancy, silence). The test of timing
asks for mechanism as well: Hill, Proceedings of the Royal Society of Medicine 1965;58:295-300.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from rca_lib.analysis.cause_table import Candidate, Test
from rca_lib.analysis.grading import TESTS
from rca_lib.analysis.hypotheses import VALUES

__all__ = [
    "GRADES",
    "MEETINGS",
    "Piece",
    "Voice",
    "combined_tests",
    "lower_grade",
    "meeting",
    "voice_of",
    "voice_of_counts",
]

GRADES = ("refuted", "possible", "probable", "established")
"""Grades of a cause, the least first."""

MEETINGS: dict[str, str] = {
    "converge": "Counts and evidence say the same",
    "complement": "Counts and evidence each show a part that the other cannot",
    "disagree": "Counts and evidence say different things, or the evidence is divided",
    "silent": "Only one of the two speaks",
}
"""How the two may meet."""

DIVIDED = 1 / 3
"""Evidence is divided when the lesser side weighs more than this share of the greater."""

FIRM = 0.5
"""Weight from which on a piece counts as a kind of evidence of its own, or refutes a rival: better than hearsay."""

COUNTED = frozenset({"metric"})
"""Kinds of evidence that are counts themselves, and so no second kind beside outcome data."""


@dataclass(frozen=True)
class Piece:
    """One rated piece of evidence, for one hypothesis.

    Attributes
    ----------
    id : its id.
    kind : its kind, such as ``"interview"``; ``"counts"`` for a claim of the review.
    rating : a key of `rca_lib.analysis.hypotheses.VALUES`.
    weight : from 0 to 1; 0 for one that repeats another.
    """

    id: str
    kind: str
    rating: str
    weight: float


@dataclass(frozen=True)
class Voice:
    """What one side says of a cause.

    Attributes
    ----------
    says : ``"supports"``, ``"against"``, ``"divided"`` or ``"silent"``.
    speak_for, against : ids of the pieces that do, the weightiest first.
    kinds : kinds of evidence among those that firmly speak for it.
    tested : whether it rests on the tests of a candidate, and not on claims that a person rated.
    """

    says: str
    speak_for: tuple[str, ...] = ()
    against: tuple[str, ...] = ()
    kinds: tuple[str, ...] = ()
    tested: bool = False


def voice_of(pieces: Iterable[Piece]) -> Voice:
    """Say what rated pieces amount to.

    Examples
    --------
    >>> voice_of([Piece("EV-1", "log", "CC", 1.0), Piece("EV-2", "chat", "I", 0.5)]).says
    'supports'
    >>> voice_of([Piece("EV-1", "log", "C", 1.0), Piece("EV-2", "interview", "I", 1.0)]).says
    'divided'
    """
    told = sorted(pieces, key=lambda piece: (-piece.weight * abs(VALUES[piece.rating]), piece.id))
    speak_for = [piece for piece in told if VALUES[piece.rating] * piece.weight > 0]
    against = [piece for piece in told if VALUES[piece.rating] * piece.weight < 0]
    pro = sum(VALUES[piece.rating] * piece.weight for piece in speak_for)
    contra = -sum(VALUES[piece.rating] * piece.weight for piece in against)
    if not pro and not contra:
        says = "silent"
    elif min(pro, contra) > DIVIDED * max(pro, contra):
        says = "divided"
    else:
        says = "supports" if pro > contra else "against"
    kinds = tuple(sorted({piece.kind for piece in speak_for if piece.weight >= FIRM}))
    return Voice(says, tuple(one.id for one in speak_for), tuple(one.id for one in against), kinds)


def voice_of_counts(candidate: Candidate | None, claims: Iterable[Piece] = ()) -> Voice:
    """Say what the counts amount to: the tests of the candidate, or the claims that a person rated where there is none."""
    if candidate is None:
        return voice_of(claims)
    if candidate.grade == "refuted" or (candidate.effect is not None and candidate.effect.high < 1):
        return Voice("against", tested=True)
    split = candidate.effect is None and candidate.share is not None and candidate.share.low > 0
    shown = candidate.effect is not None and candidate.effect.low > 1
    return Voice("supports" if shown or split else "silent", kinds=candidate.kinds, tested=True)


def meeting(counts: Voice, evidence: Voice) -> str:
    """Say how the two meet, a key of `MEETINGS`.

    Examples
    --------
    >>> meeting(Voice("supports", tested=True), Voice("supports"))
    'converge'
    >>> meeting(Voice("supports", tested=True), Voice("divided"))
    'disagree'
    """
    if "divided" in (counts.says, evidence.says):
        return "disagree"
    if "silent" in (counts.says, evidence.says):
        return "silent"
    if counts.says != evidence.says:
        return "disagree"
    return "converge" if counts.tested else "complement"


def combined_tests(
    candidate: Candidate | None,
    evidence: Voice,
    *,
    refuted_rivals: Sequence[str] = (),
    timing: Test | None = None,
) -> tuple[Test, ...]:
    """Put a cause to the five tests with everything known: counts, people and records.

    Parameters
    ----------
    candidate : the candidate of the counts that is this cause, with its tests; ``None`` for one that no count shows.
    evidence : what people and records say.
    refuted_rivals : what is known against each rival hypothesis that was rejected, a sentence each.
    timing : the test of timing from dates and mechanism on record, for a cause that no count shows.
    """
    base = {test.name: test for test in (candidate.tests if candidate is not None else ())}
    none = "No count bears on it."
    made = {
        "signal": base.get("signal", Test("signal", None, none)),
        "timing": base.get("timing") or timing or Test("timing", None, "Since when it was so is not on record."),
        "kinds": _kinds(candidate, evidence, base),
        "rival": _rival(refuted_rivals, base),
        "control": base.get("control", Test("control", None, none)),
    }
    return tuple(made[name] for name in TESTS)


def _kinds(candidate: Candidate | None, evidence: Voice, base: Mapping[str, Test]) -> Test:
    counted = candidate.kinds if candidate is not None else ()
    said = [kind for kind in evidence.kinds if not (kind in COUNTED and counted)]
    kinds = [*counted, *(_PLURAL.get(kind, kind) for kind in said)]
    if not said and "kinds" in base:
        return base["kinds"]
    if len(kinds) < 2:
        what = f"Only one kind of evidence speaks for it, {kinds[0]}" if kinds else "Nothing firm speaks for it"
        return Test("kinds", False, f"{what}; a second kind would be needed.")
    listed = f"{', '.join(kinds[:-1])} and {kinds[-1]}"
    return Test("kinds", True, f"{listed[:1].upper()}{listed[1:]} speak for it.")


_PLURAL = {
    "interview": "interviews",
    "chat": "chats",
    "ticket": "tickets",
    "log": "logs",
    "email": "e-mails",
    "document": "documents",
    "screenshot_ref": "screenshots",
    "metric": "figures on record",
}


def _rival(refuted_rivals: Sequence[str], base: Mapping[str, Test]) -> Test:
    known = base.get("rival")
    if known is not None and known.passed:
        return known
    if refuted_rivals:
        return Test("rival", True, " ".join(refuted_rivals))
    return known or Test("rival", False, "No rival explanation was rejected with evidence against it.")


def lower_grade(found: str, asked: str | None) -> str:
    """Return the grade that the evidence gives, or a lower one that was asked for; it is never raised.

    Examples
    --------
    >>> lower_grade("established", "probable"), lower_grade("possible", "established"), lower_grade("probable", None)
    ('probable', 'possible', 'probable')
    """
    return found if asked is None else min(found, asked, key=GRADES.index)
