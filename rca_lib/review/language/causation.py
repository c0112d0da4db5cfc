"""Causal statements: the five rules of causation, and the statement as one sentence."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from rca_lib.review.language.check import PASSIVE_BEFORE, check_language, doer_after, find_words
from rca_lib.review.language.clauses import is_clause, shows_link
from rca_lib.review.language.people import actor, nouns
from rca_lib.review.language.remark import Remark
from rca_lib.review.language.rules import RULES
from rca_lib.review.language.sameness import says_the_same
from rca_lib.review.language.sentences import LONGEST, hide_quotations, lowered_alike, plain_marks
from rca_lib.review.language.terms import hide_codes, hide_terms
from rca_lib.review.language.words_causal import DESCRIPTOR, DUTY, HUMAN_ERROR, PROCEDURE, SLIP, SLOT

__all__ = ["causal_sentence", "check_causation"]

_DOING = re.compile(
    r"(?!(?:routing|tooling|timing|staffing|wording|training|existing|missing|missing|following|"
    r"during)\b)[a-z]{2,}ing\b"
)
_SUBORDINATE = re.compile(
    r"\b(?:when|whenever|if|that|so|where|whose|which|after|even|although|though|whether|before|to|for|as|"
    r"against|between)\b"
)


def check_causation(
    cause: str, effect: str, event: str, *, preceded_by: Sequence[str] = (), duty: str = ""
) -> tuple[Remark, ...]:
    """Hold a causal statement against the five rules of causation, and its parts against the rules of wording.

    The statement reads "<cause> increased the likelihood of <effect>, which led to <event>".

    Parameters
    ----------
    cause, effect, event : the three parts, each a clause or a noun with what is said of it.
    preceded_by : the causes that stand before this one; a human error or a departure from a procedure needs one.
    duty : the rule, agreement or instruction under which somebody was to act; a failure to act needs one.

    Returns
    -------
    Remarks of the rules ``link``, ``descriptor``, ``human_error``, ``procedure`` and ``duty``, then those of wording.

    Examples
    --------
    >>> [one.rule for one in check_causation("Training.", "the dates were read in the other order", "a user was told early")]
    ['link']
    >>> check_causation(
    ...     "The date field shows day and month as digits",
    ...     "the two were exchanged",
    ...     "a user was notified while the order still stood",
    ... )
    ()
    """
    parts = {"cause": cause, "effect": effect, "event": event}
    remarks = list(_link(parts))
    remarks.extend(_descriptors(parts))
    lowered = _plain(cause)
    preceded = any(part.strip() for part in preceded_by)
    better = "Add the cause that preceded it to preceded_by: what made this the likely thing to do."
    if not preceded:
        remarks.extend(_first("human_error", cause, _human_error(lowered), better))
        remarks.extend(_first("procedure", cause, _departure(lowered), better))
    if not duty.strip():
        better = (
            "Name the duty that existed before (a rule, an assignment, a service level), or state the condition "
            "of the system instead."
        )
        remarks.extend(_first("duty", cause, _inaction(lowered), better))
    for part in parts.values():
        remarks.extend(check_language(part, rules=("blame", "counterfactual", "named", "graphic", "figure")))
    return tuple(dict.fromkeys(remarks))


def causal_sentence(cause: str, effect: str, event: str) -> str:
    """Write a causal statement as one sentence.

    Parameters
    ----------
    cause, effect, event : the three parts, as clauses or as nouns with what is said of them; full stops are taken off.

    Returns
    -------
    "<cause> increased the likelihood of <effect>, which led to <event>.", with "that" before a clause.

    Examples
    --------
    >>> causal_sentence("the preset", "exports wider than the warrant", "disclosure of other messages")
    'The preset increased the likelihood of exports wider than the warrant, which led to disclosure of other messages.'
    >>> causal_sentence("The field shows digits.", "The dates were exchanged.", "A user was told early.")
    'The field shows digits; this increased the likelihood that the dates were exchanged, which led to a user being told early.'
    """
    first = re.sub(r"[,;]?\s*(?:which |this |that )?increase[sd]? the likelihood(?: of| that)?$", "", _bare(cause))
    second = re.sub(
        r"^(?:(?:which |this )?increase[sd]? the likelihood )?(?:of|that) ", "", _lower_first(_bare(effect))
    )
    third = re.sub(r"^(?:(?:and |which |this |that )*(?:led|leads) to |to )", "", _lower_first(_bare(event)))
    joint = "; this increased the likelihood" if is_clause(first) else " increased the likelihood"
    second = f"that {second}" if is_clause(second) else f"of {second}"
    sentence = f"{first}{joint} {second}, which led to {_as_noun(third)}."
    sentence = re.sub(r"\b(\w+)(?: \1\b)+", r"\1", sentence, flags=re.IGNORECASE)
    return sentence[:1].upper() + sentence[1:]


_LABEL = re.compile(
    r"^[\"'“‘]((?:[^\"“”]|(?<=\w)['’](?=\w)){4,200})[\"'”’](?=,? (?:at|in|by|of|on|during|from|"
    r"among|within|as (?:the|our|an?|one) [\w ]{2,30}(?:put|say|call)))"
)
"""Words in quotation marks that open a part and are its subject: what the part says, and not the label of a thing."""


def _plain(text: str) -> str:
    written = _LABEL.sub(lambda label: f" {label[1]} ", " ".join(text.split())[:LONGEST])
    return hide_terms(lowered_alike(plain_marks(hide_quotations(written))))


_NOTHING = re.compile(
    r"[-–—?.…_/ ]*|(?i:none|nil|null|n\.?/?a|not applicable|unknown|not known|tb[acd]|to be (?:decided|confirmed|"
    r"added|written|determined)|"
    r"open|pending|x+|same|ditto|see above|as above|nothing|later|\[.*\]|<.*>)"
)
"""A part that is left open."""


def _bare(text: str) -> str:
    return " ".join(text.split()).strip(" .;,:!?")


_KEPT = re.compile(
    r"[A-Z](?:[A-Z]|\w*\d|-|\b(?!\s)|\w*[A-Z])|(?:January|February|March|April|May|June|July|August|"
    r"September|October|November|December|"
    r"Monday|Tuesday|Wednesday|Thursday|Friday|Saturday|Sunday|Dublin|English|Spanish|Italian|German|"
    r"French|I\b|Papermill|Jupyter)"
)


def _lower_first(text: str) -> str:
    return text if _KEPT.match(text) else text[:1].lower() + text[1:]


_PASSIVE = re.compile(
    r"^((?:(?!\b(?:who|which|that|was|were|had|has|have)\b).)+?) (?:was|were|had been|has been|have been) "
    r"((?:not |no longer |\w+ly )?(?:\w+(?:ed|en|wn|ne|ld|nt|de|id|t|ad)|put|set|cut|read|seen|told|"
    r"held)\b.*)$"
)


def _as_noun(event: str) -> str:
    """Turn a clause into what can follow "led to"."""
    passive = _PASSIVE.match(event)
    if passive:
        return f"{passive[1]} being {passive[2]}"
    return f"this: {event}" if is_clause(event) else event


def _link(parts: dict[str, str]) -> Iterator[Remark]:
    said = {name: part for name, part in parts.items() if not _NOTHING.fullmatch(_bare(part))}
    whole = " → ".join(_bare(part) or "[…]" for part in parts.values())
    for name in parts:
        if name not in said:
            yield Remark(
                "link",
                whole,
                "",
                RULES["link"],
                f"Add the {name}: “[cause] increased the likelihood of [effect], which led to [event]”.",
            )
    names = list(said)
    for place, one in enumerate(names):
        for other in names[place + 1 :]:
            if says_the_same(_plain(said[one]), _plain(said[other])):
                yield Remark(
                    "link",
                    whole,
                    _bare(said[other]),
                    RULES["link"],
                    f"The {one} and the {other} say the same; say how the one brought about the other.",
                )
    if "cause" in said and not shows_link(_plain(_bare(said["cause"]))):
        found = _bare(said["cause"])
        yield Remark(
            "link",
            whole,
            found,
            RULES["link"],
            f"Say what about “{found}” made the effect likelier, for whom and since when.",
        )


def _descriptors(parts: dict[str, str]) -> Iterator[Remark]:
    for name in ("cause", "effect"):
        text = " ".join(parts[name].split())
        lowered = hide_codes(text, _plain(text))
        spans = [hit.span() for rule in ("blame", "normative", "vague") for hit, _ in find_words(rule, lowered)]
        spans += [hit.span() for hit in DESCRIPTOR.finditer(lowered)]
        for found in dict.fromkeys(text[start:end].strip() for start, end in sorted(spans)):
            yield Remark(
                "descriptor",
                text,
                found,
                RULES["descriptor"],
                f"Put what was so in place of “{found}”: what was shown, set, absent or counted, and where.",
            )


def _first(rule: str, cause: str, hit: re.Match[str] | None, better: str) -> Iterator[Remark]:
    if hit is not None:
        text = " ".join(cause.split())
        yield Remark(rule, text, text[hit.start() : hit.end()].strip(), RULES[rule], better)


def _human_error(lowered: str) -> re.Match[str] | None:
    for hit in HUMAN_ERROR.finditer(lowered):
        if hit[0].startswith(("miss", "missed")) and re.match(
            r"\s*(?:\w+ ){0,2}(?:deadlines?|values?|data|month|field)", lowered[hit.end() :]
        ):
            continue
        if not _is_of_the_system(lowered, hit, passive=True):
            return hit
    return next((hit for hit in SLIP.finditer(lowered) if _is_by_people(lowered, hit) and not _in_its_field(hit)), None)


def _is_by_people(lowered: str, hit: re.Match[str]) -> bool:
    """Tell whether people do it: they are the subject, or the cause opens with what somebody was doing ("reading the wrong row")."""
    who = actor(lowered, hit.start())
    return who == "people" or (who == "" and _DOING.match(lowered) is not None)


def _in_its_field(hit: re.Match[str]) -> bool:
    """Tell whether words are put in the field that is meant for them, or in one whose meaning cannot be told."""
    what, field = hit["what"], hit["field"]
    return field is not None and (field in what or SLOT.search(what) is None)


def _departure(lowered: str) -> re.Match[str] | None:
    return next((hit for hit in PROCEDURE.finditer(lowered) if not _is_of_the_system(lowered, hit, passive=True)), None)


def _inaction(lowered: str) -> re.Match[str] | None:
    for hit in DUTY.finditer(lowered):
        passive = (
            re.match(
                r"(?:was|were|been|had(?:n't| not| never) been|no |went|left un|stayed|remained|lay|"
                r"sat|stood)",
                hit[0],
            )
            is not None
        )
        if passive or not _is_of_the_system(lowered, hit, passive=True):
            return hit
    return None


def _is_of_the_system(lowered: str, hit: re.Match[str], *, passive: bool = False) -> bool:
    """Tell whether the words are about what a part of the system does, or name a circumstance that the system allows for."""
    doer = doer_after(lowered, hit.end())
    if doer:
        return doer == "system"
    if passive and PASSIVE_BEFORE.search(lowered, 0, hit.start()):
        return False
    if passive and re.match(r"(?:\w+ )?(?:was|were|had been|has been|being) ", hit[0]):
        return False
    who = actor(lowered, hit.start())
    kinds = nouns(lowered[: hit.start()])
    if who == "system" and "people" not in kinds:
        return True
    if who == "system" and kinds and kinds[0] == "system":
        return True
    subordinate = _SUBORDINATE.search(lowered, 0, hit.start())
    return bool(subordinate and kinds and kinds[0] == "system" and actor(lowered, subordinate.start()) == "system")
