"""Causal statements: the five rules of causation, and the statement as one sentence."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from rca_lib.review.language.check import PASSIVE_BEFORE, check_language, doer_after, find_words
from rca_lib.review.language.clauses import is_clause, shows_link
from rca_lib.review.language.people import actor, nouns
from rca_lib.review.language.remark import Remark
from rca_lib.review.language.rules import RULES
from rca_lib.review.language.sentences import LONGEST, hide_quotations, lowered_alike, plain_marks, word_set
from rca_lib.review.language.terms import hide_terms

__all__ = ["causal_sentence", "check_causation"]

_SMALL = word_set(
    """
    the a an of to in on at by for from with and or that which was were is are be been being it its this these those had has have
    did do as
    """
)
_DESCRIPTOR = re.compile(
    r"\b(?:unclear(?:ly)?|confusing(?:ly)?|mess(?:y|ily)|chaotic(?:ally)?|hectic|cumbersome|bad|worse|"
    r"worst|weak(?:ly|ness|nesses)?|unreliable|unhelpful|clunky|ineffective(?:ly)?|inefficient(?:ly)?|"
    r"inconsistent(?:ly)?|too (?:complex|complicated|difficult|hard|vague|loose|lax)|overly \w+|"
    r"overcomplicated|user-?unfriendly|unintuitive|counter-?intuitive|low[- ]quality|wrongly|incorrectly|"
    r"haphazard(?:ly)?|sub-?optimal|immature|broken|dysfunctional|toxic|problematic|difficult|hard to use|"
    r"vague(?:ly)?)\b"
)
_WORK_STEP = (
    r"(?:procedures?|checklists?|steps?|polic(?:y|ies)|protocols?|instructions?|guidelines?|guidance|"
    r"rules?|manuals?|playbooks?|process(?:es)?|workflows?|sops?|standards?|guides?|runbooks?|routines?|"
    r"requirements?|"
    r"scripts?|handbooks?|directives?|work instructions?)"
)
_CHECK = (
    r"(?:checks?|reviews?|verifications?|confirmations?|calls?|call-?backs?|approvals?|sign-?offs?|tests?|"
    r"comparisons?|looks?|controls?|hand-?overs?|oversight|supervision|follow-?ups?|monitoring|"
    r"inspections?|audits?|escalations?|read-?backs?|assessments?|validations?|double-?checks?|reminders?|"
    r"replies|reply|action|actions|response|notification)"
)
_HUMAN_ERROR = re.compile(
    r"(?<!\w)(?:mis-?(?:typ|read|enter|ke(?:y|yed)|click|hear|heard|count|judg|interpret|underst|rememb|"
    r"identif|label|fil|plac|rout|address|dial|spel[lt]|calculat|cop|match|dat|transcri|recogni|perceiv|"
    r"took|take|apprehen|wr[io]t)\w*|"
    r"over-?look\w*|forg[eo]t\w*|miss(?:ed|es|ing) (?=the|a|an|this|that|it|one|two|his|her|their|its|"
    r"both|every|when|while|\w+s\b)|missed(?= by)|(?:was|were|been|being|got) (?:\w+ly )?missed|missed|"
    r"(?:the |an? )?(?:\w+ )?wrong (?:\w+ ){1,3}?(?:was|were|got|being|had been) (?:\w+ly )?(?:entered|"
    r"typed|picked|chosen|selected|clicked|sent|attached|used|opened|pasted|copied|ticked|set|keyed|put|"
    r"written|dialled|marked|assigned|taken|applied|uploaded)|"
    r"(?:typ|pick|choos|chos|select|click|send|sent|attach|us|open|past|copi|copy|enter|tak|took|tick|key|"
    r"put|wr[io]t|dial|mark|assign|upload|chose|set|appl)(?:ed|ied|es|s|ing|e|en|ting|te|ying|y|ked)?\b "
    r"(?:in )?(?:the |an? |his |her |their )?(?:\w+ )?wrong(?:ly)?|"
    r"(?:wrongly|incorrectly|mistakenly|erroneously) (?:entered|typed|picked|chosen|selected|clicked|sent|"
    r"attached|used|copied|ticked|keyed|read|marked|set|assumed|believed|recorded|dated|addressed)|"
    r"(?:entered|typed|keyed|recorded|copied|written|set|read) (?:wrongly|incorrectly|mistakenly)|"
    r"slip(?:s|ped)?(?: of (?!paper)\w+| up|-ups?|s)?|lapses?|lapsed concentration|"
    r"(?:human |typing |user |operator |manual |clerical |data[- ]entry |copying |transcription |keying |"
    r"judge?ment |reading |copy-paste |personal )?errors?(?! (?:messages?|codes?|logs?|pages?|rates?|"
    r"handling|texts?|screens?|reports?|dialogs?|budgets?|margins?|bars?|types?|class(?:es)?|states?))|"
    r"typos?|mistakes?|mistaken(?:ly)?|by mistake|blunders?|"
    r"confus(?:ed|es)|confusi(?:on|ng) (?:of|between|the \w+ with|\w+ with|by|among)|mix(?:ed|es|ing|"
    r"-?ups?)(?: \w+)*? ?(?:up|with)|mix-?ups?|mixups?|(?:swapp|transpos|exchang|interchang|invert|"
    r"revers)(?:ed|es|ing|e)|transpositions?|swaps?|"
    r"inadverten(?:t|tly|ce)|accidental(?:ly)?|by accident|unintentional(?:ly)?|absent-?minded\w*|"
    r"inattenti\w+|distract(?:ed|ion)|lost (?:track|count|sight)|(?:jumped|drew) to (?:the )?(?:\w+ "
    r")?conclusions?|"
    r"(?:did not|didn't|failed to|fails to|failing to|never) (?:\w+ly )?(?:notice|spot|see|reali[sz]e|"
    r"recogni[sz]e|remember)|(?:unnoticed|oversights?)|assumed (?:wrongly|incorrectly))(?!\w)"
)
_PROCEDURE = re.compile(
    r"(?<!\w)(?:(?:did not|didn't|not|never|failed to|fails to|failing to|failure to|without|refused to|"
    r"nobody|no one|had not|hadn't) (?:\w+ly |having )?(?:follow(?:ed|ing|s)?|compl(?:y|ied|ying)(?: "
    r"with)?|adher(?:e|ed|ing)(?: to)?|observ(?:e|ed|ing)|stick(?:ing)?(?: to)?|stuck(?: to)?|kept? to|"
    r"abid(?:e|ed|ing)(?: by)?|obey(?:ed|ing)?|respect(?:ed|ing)?)|"
    r"skip(?:ped|ping|s)?|by-?pass(?:ed|ing|es)?|circumvent(?:ed|ing|s|ion)?|side-?step(?:ped|ping|s)?|"
    r"short-?circuit(?:ed|ing)?|deviat(?:e|ed|es|ing|ions?)|depart(?:ed|ing|s|ures?) from|work-?arounds?|"
    r"(?:work(?:ed|ing|s)?|went|going|go|got|get) a?round(?= )|"
    r"non-?complian(?:ce|t)|not (?:in )?complian(?:ce|t)|non-?adheren(?:ce|t)|non-?observance|"
    r"non-?conform\w+|violat(?:e|ed|es|ing|ions?)|(?:breach(?:ed|es|ing)?|infring(?:ed|ement|ing)|"
    r"contraven(?:ed|tion|ing)) (?:of )?(?:the |a |an |our )?(?:\w+ )?" + _WORK_STEP + r"|"
    r"(?:broke|breaking|breaks|broken|bent|bending|flout(?:ed|ing|s)?|disobey(?:ed|ing)?|defied|"
    r"ignor(?:ed|ing|es)|disregard(?:ed|ing|s)?) (?:with )?(?:the |a |an |our |all |this |that |every "
    r")?(?:\w+ ){0,2}?" + _WORK_STEP + r"|"
    r"(?:was|were|been|being) (?:\w+ly )?(?:ignored|disregarded|overridden|circumvented)|(?:take|took|"
    r"taking|taken|takes) (?:a |the |several )?short-?cuts?|short-?cuts? (?:was|were|taken|by)|(?:cut|"
    r"cutting|cuts) corners|"
    r"(?:contrary to|in breach of|in violation of|in contravention of|against|outside|departure from|out of line with|"
    r"not according to|not as per|not in line with|not in accordance with|in disregard of|regardless of) (?:the |a |an |our |"
    r"prescribed |required |written |standard |documented |set )*(?:\w+ )?" + _WORK_STEP + r"|"
    r"(?:omit(?:ted|ting|s)?|left out|leaving out|missed out|jump(?:ed|ing)|dropp(?:ed|ing)) (?:the |a |"
    r"an |one |this |that )?(?:\w+[- ]){0,3}?(?:steps?|" + _CHECK + r")|"
    r"(?:" + _CHECK + r"|steps?) (?:was|were|had been|has been|being) (?:\w+ly )?(?:skipped|omitted|left out|bypassed|"
    r"missed out|passed over|avoided)|"
    r"(?:overrode|overrid(?:e|den|ing)|disabl(?:ed|ing)|switched off|turned off|muted|silenced|clicked "
    r"(?:through|past|away)|dismissed) (?:the |a |an )?(?:\w+ ){0,2}?(?:warnings?|blocks?|alerts?|"
    + _CHECK
    + r"|safeguards?|prompts?)|"
    r"out of (?:sequence|order)|instead of (?:the |following the )?(?:prescribed|required|approved|"
    r"standard|official|set|written|documented)|unauthori[sz]ed|off-?script|improvis(?:ed|ing|ation)|"
    r"(?:his|her|their) own (?:method|way|process|template|spreadsheet|list) (?:instead|in place|"
    r"rather))(?!\w)"
)
_DUTY = re.compile(
    r"(?<!\w)(?:did not|didn't|did nothing|had not|hadn't|have not|haven't|has not|hasn't|nobody|no[ "
    r"-]one|none of (?:the|us|them)|(?<!has )(?<!have )(?<!had )(?<!with )(?<!is )(?<!was )(?<!on )(?<!to "
    r")no (?:specialist|reviewer|analyst|engineer|manager|assessor|team|lead|colleague|person|member|"
    r"supervisor|owner)s?|neither|"
    r"(?:was|were|been)(?:n't| not| never) (?!the\b|an?\b|in\b|on\b|for\b|to\b|at\b|part\b)(?:\w+ly "
    r")?(?:\w+ed|done|made|taken|given|told|sent|run|kept|set|read|held|seen|caught|found|carried out|put|"
    r"drawn|shown|written)|had(?:n't| not| never) been|"
    r"never(?= \w)|omi(?:t|ts|tted|tting|ssions?)(?: of)?|fail(?:ed|s|ing)? to|failures? to|failure (?:of|"
    r"by) (?:the |an? )?(?:\w+ )?(?:specialist|reviewer|team|staff|analyst|manager|lead)s?|neglect(?:ed|s|"
    r"ing)?(?: to)?|forgot(?:ten)? to|"
    r"(?:absence|lack|want|omission) of (?:an? |any |the )?(?:\w+[- ]){0,3}?"
    + _CHECK
    + r"|(?:missing|absent|omitted|skipped) (?:\w+[- ]){0,3}?"
    + _CHECK
    + r"|no (?:\w+[- ]){0,3}?"
    + _CHECK
    + r" (?:\w+ )?(?:was|were|had been|took place|happened|occurred|came|followed|done|made)|"
    r"without (?:first |even |ever )?(?:\w+ing)(?<!without warning)(?<!nothing)(?<!anything)|without "
    r"(?:an? |any |the )?(?:\w+[- ]){0,2}?"
    + _CHECK
    + r"|inaction|(?:took|take|taken|taking) no \w+|made no \w+|gave no \w+|sent no \w+|raised no \w+|left "
    r"(?:\w+ly )?un\w+ed|(?:went|remained|stayed|left) un\w+ed|"
    r"left out|(?:were|was|had) (?:\w+ly )?(?:omitted|skipped|neglected|forgotten|left undone)|not "
    r"(?:checking|doing|asking|calling|telling|reading|reviewing|escalating|verifying|comparing|"
    r"confirming|having|acting|performing|completing|following|notifying|informing|looking|testing|"
    r"updating|reporting))(?!\w)"
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
    >>> causal_sentence("the preset all_content", "exports wider than the warrant", "disclosure of messages from outside its range")
    'The preset all_content increased the likelihood of exports wider than the warrant, which led to disclosure of messages from
    outside its range.'
    >>> causal_sentence("The field shows no month name.", "Day and month were exchanged.", "A user was notified early.")
    'The field shows no month name; this increased the likelihood that day and month were exchanged, which led to a user being
    notified early.'
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


def _plain(text: str) -> str:
    written = " ".join(text.split())[:LONGEST]
    return hide_terms(written, lowered_alike(plain_marks(hide_quotations(written))))


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


def _words(text: str) -> frozenset[str]:
    words = re.findall(r"[a-z0-9][\w-]*", _plain(text))
    return frozenset(
        re.sub(r"(?:ing|ed|es|s|e)$", "", word) if len(word) > 4 else word for word in words if word not in _SMALL
    )


def _link(parts: dict[str, str]) -> Iterator[Remark]:
    said = {name: part for name, part in parts.items() if _bare(part)}
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
            if _same(_words(said[one]), _words(said[other])):
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


def _same(one: frozenset[str], other: frozenset[str]) -> bool:
    if not one or not other:
        return False
    shared, small, large = len(one & other), min(len(one), len(other)), max(len(one), len(other))
    return (
        one == other
        or (shared == small >= 2 and large - small <= 1)
        or (shared / len(one | other) >= 0.75 and small >= 3)
    )


def _descriptors(parts: dict[str, str]) -> Iterator[Remark]:
    for name in ("cause", "effect"):
        text = " ".join(parts[name].split())
        lowered = _plain(text)
        spans = [hit.span() for rule in ("blame", "normative", "vague") for hit, _ in find_words(rule, lowered)]
        spans += [hit.span() for hit in _DESCRIPTOR.finditer(lowered)]
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
    for hit in _HUMAN_ERROR.finditer(lowered):
        if hit[0].startswith(("miss", "missed")) and re.match(
            r"\s*(?:\w+ ){0,2}(?:deadlines?|values?|data|month|field)", lowered[hit.end() :]
        ):
            continue
        if not _is_of_the_system(lowered, hit, passive=True):
            return hit
    return None


def _departure(lowered: str) -> re.Match[str] | None:
    return next(
        (hit for hit in _PROCEDURE.finditer(lowered) if not _is_of_the_system(lowered, hit, passive=True)), None
    )


def _inaction(lowered: str) -> re.Match[str] | None:
    for hit in _DUTY.finditer(lowered):
        passive = re.match(r"(?:was|were|been|had|no |went|left)", hit[0]) is not None
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
