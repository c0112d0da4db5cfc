"""Whether a part of a causal statement is a clause or a noun, and whether it shows a link."""

from __future__ import annotations

import re

from rca_lib.review.language.people import noun_kind
from rca_lib.review.language.sentences import hide_quotations, word_set

__all__ = ["is_clause", "shows_link"]

_AUXILIARY = re.compile(
    r"\b(?:is|are|was|were|has|had|have|does|did|do|can|could|will|would|may|might|must|isn't|aren't|wasn't|weren't|"
    r"hasn't|hadn't|doesn't|didn't|can't|cannot)\b"
)
_PRESENT = word_set(
    """
    shows closes holds lists takes opens hides keeps reads asks sends sets starts ends uses fills maps routes
    skips stops runs lets allows needs requires copies drops ignores returns counts looks makes gives comes goes
    names matches converts truncates treats trims merges sorts folds lacks depends falls changes splits
    overrides rounds strips applies limits says puts leaves begins appears accepts displays contains includes
    covers offers expects assumes stores caches loads refuses removes adds points jumps moves passes stands lies
    works waits expires resets defaults suggests proposes presents places repeats differs ranks groups carries
    handles receives relies stays rests enters bypasses prints sees checks compares selects forwards delivers
    escalates assigns translates writes tells warns alerts sits draws belongs closes exists arrives produces
    causes disagrees agrees measures scores pulls pushes reloads saves refreshes sorts confirms marks locks
    unlocks conceals collapses exports imports deletes purges releases publishes updates describes means speaks
    mentions reaches calls
    """
)
_PAST = word_set(
    """
    found caught brought met spoke built forgot mistook misread misheard misunderstood overlooked missed ignored skipped bypassed
    omitted mistyped swapped confused typed entered sorted routed answered applied asked read wore drove thought felt heard paid
    kept held ran went took came left sent set began fell rose read lost gave made said put hid meant grew
    became got told saw knew chose wrote broke drew stood stopped ended expired lapsed started arrived remained
    stayed passed changed moved showed closed opened
    """
)
_ALONE = word_set(
    """
    ended expired lapsed failed stopped started began arrived fell rose remained stayed lapsed closed
    grew came went
    """
)
_NOUN_NEXT = word_set(
    """
    by to from in outside within without as on for with after before at under through beyond into of since until
    during
    """
)
_OBJECT_NEXT = word_set(
    """
    the a an its his her their it them him that no two both every each this these all
    """
)
_RELATIVE = re.compile(
    r"\b(?:that|which|who|whoever|whose|whom|what|whatever|where|when|if|whether|until|than|because|while|although)\b"
)
_ACTS_ON = re.compile(
    r"(?<!\bof )(?<!\bthe )(?<!\ba )(?<!\ban )(?<!\bto )\b[a-z]{3,}[^s\W]s (?:an?|the|its|no|each|every|both)\b"
)
"""A verb in the present and what it is done to: "answers an address"."""
_LINKS = re.compile(
    r"\b(?:in|of|on|with|from|for|to|between|that|which|under|by|at|without|after|before|where|when|than|as|into|per|"
    r"beside|behind|below|above|across|over|beyond|until|since|while|because|no|not|only)\b"
)
_GENERAL = word_set(
    """
    training workload staffing communication communications stress fatigue culture policy process procedure
    procedures tooling technology management leadership supervision people staff environment pressure time
    experience knowledge complexity resources turnover documentation quality human factor factors error errors
    work team teams organisation organization awareness attention system systems tool tools oversight planning
    handover
    """
)
_ID = re.compile(r"[a-z]+[-_]?[a-z]*\d[\w-]*")
_TRIMMINGS = word_set(
    """
    the a an our their its this that these high heavy new old low increased general some many more day daily
    busy specialist reviewer staff
    """
)
_NOUNS_IN_ING = word_set(
    """
    training staffing tooling routing handling planning reporting monitoring testing processing timing wording
    warning setting understanding engineering scheduling
    """
)


def is_clause(text: str) -> bool:
    """Tell whether a part is a clause, with a subject and a verb of its own, and not a noun with what is said of it.

    >>> is_clause("the screen shows no month name"), is_clause("messages sent to another agency"), is_clause("a user was told")
    (True, False, True)
    """
    text = hide_quotations(text)
    words = re.findall(r"[a-z][a-z'-]*", text.lower())
    if not words:
        return False
    relative = _RELATIVE.search(text.lower())
    main = text.lower()[: relative.start()] if relative and relative.start() else text.lower()
    acts = _ACTS_ON.search(main)
    if _AUXILIARY.search(main) or (acts is not None and acts.start() > 0 and not main.endswith("ing")):
        return True
    if relative is not None and relative.start():
        after = text.lower()[relative.end() :]
        return _has_verb(re.findall(r"[a-z][a-z'-]*", main)) or len(_AUXILIARY.findall(after)) > 1
    return _has_verb(words)


def _has_verb(words: list[str]) -> bool:
    if words and words[0].endswith("ing") and words[0] not in _NOUNS_IN_ING:
        return False
    for place, word in enumerate(words):
        after = words[place + 1] if place + 1 < len(words) else ""
        if (
            place
            and word in _PRESENT
            and not (after in {"of"} or words[place - 1] in {"the", "a", "an", "of", "no", "and", "to"})
        ):
            return True
        if place and (word in _PAST or (word.endswith("ed") and noun_kind(words[place - 1]))):
            if after == "":
                return word in _ALONE or word == "passed"
            if word in _ALONE or after in _OBJECT_NEXT or (word in _PAST and after not in _NOUN_NEXT):
                return True
    return False


def shows_link(cause: str) -> bool:
    """Tell whether a cause says something that could bring about an effect, and is not a bare noun such as "training".

    >>> shows_link("training"), shows_link("the date field shows digits only"), shows_link("high workload")
    (False, True, False)
    """
    if is_clause(cause):
        return True
    words = [word for word in re.findall(r"[a-z][\w'-]*", cause) if word not in _TRIMMINGS]
    content = [
        word for word in words if not _LINKS.fullmatch(word) and word not in {"and", "or"} and not _ID.fullmatch(word)
    ]
    if all(word in _GENERAL for word in content):
        return False
    described = any(
        "-" in word or "_" in word or (word.endswith(("ed", "ing")) and word not in _NOUNS_IN_ING) for word in content
    )
    if described and len(content) > 1:
        return True
    if _LINKS.search(cause):
        return len(content) > 2 or (len(content) == 2 and not any(word in _GENERAL for word in content))
    return len(content) > 3
