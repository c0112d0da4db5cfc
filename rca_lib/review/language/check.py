"""Check the wording of every sentence of a text."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from rca_lib.errors import UsageError
from rca_lib.review.language.family import Family
from rca_lib.review.language.figures import find_figures
from rca_lib.review.language.naming import find_named
from rca_lib.review.language.people import Actor, actor
from rca_lib.review.language.remark import Remark
from rca_lib.review.language.rules import FAMILIES, LANGUAGE, QUOTED_TOO, RULES, compiled, quick
from rca_lib.review.language.sentences import hide_quotations, lowered_alike, plain_marks, split_sentences
from rca_lib.review.language.terms import hide_codes, hide_names, hide_terms

__all__ = ["PASSIVE_BEFORE", "check_language", "doer_after", "find_words"]

PASSIVE_BEFORE = re.compile(
    r"\b(?:was|were|been|being|got)\s+(?:\w+ly\s+)?(?:(?:\w+ed|sent|made|put|given|read|done|set|run|taken|"
    r"written|begun|held|kept|told|left|drawn)\s+)?"
    r"(?:(?:to|from|at|in|on|after|before|with|for|under|by|via|through|over) (?:the |another |an? )?(?:\w+ ){1,2})?$"
)
"""The passive in front of words that name no doer: people did it, whatever the subject is."""


_DENIED = re.compile(
    r"(?:\b(?:no|not|never|without|nobody|neither|nor|none|rather than|instead of|free of|avoids?|"
    r"refrains? from)|n't)"
    r"(?:\s+(?:an?|any|the|to|be|been|being|is|was|were|one|anyone|who|about|for|of|individual|personal|"
    r"staff|case|matter|question|sign|evidence|"
    r"assign\w*|apportion\w*|plac\w*|put\w*|seek\w*|look\w*|attribut\w*|allocat\w*|find\w*|lay\w*|person|"
    r"words?|search|hunt|at|where|lies|concerned|with))*\s*$"
)
_DEFINING = re.compile(
    r"\b(?:data|contents?|material|records?|messages?|pages?|names?|lines?|fields?|rows?|passages?|details?|"
    r"information)\b"
    r"(?: [\w-]+){0,3} (?:that|which) $"
)
_CONTRASTED = re.compile(
    r"\b(?:one|a single|the same|a common) [\w -]{1,30} (?:for|to|across|over|with|of|"
    r"between|serves|covers|holds|feeds|names|runs) $"
)
_NOT_ONLY = re.compile(r"\bnot (?:only|just|merely)\s*(?:\w+\s*){0,2}$")
_ARTICLE = re.compile(r"\b[Aa]n? $")
_CLAUSE_ENDS = re.compile(r"\s*(?:[.,;:!?)”\"]|$|and\b|but\b|because\b|when\b|after\b|before\b|if\b|so\b)")
_BY_WHOM = re.compile(
    r"\s*(?:(?!(?:and|or|but|that|which|who|when|as|\w*(?:required|prescribed|demanded|"
    r"mandated|set|laid|named|meant|needed|asked|allowed))\b)[\w-]+\s+){0,4}?by\s+(?!\w+ing\b)"
    r"((?:(?!(?:for|in|at|on|with|of|to|from|as|when|after|before|who|which|that)\b)[\w'-]+ ?){1,4})"
)
"""The doer of a passive: "by reviewers", and not the way in which: "by reading"."""

_WORDED = tuple(FAMILIES)
_JUDGING = ("blame", "counterfactual", "normative", "vague")
_WHO = re.compile(
    r"\b(?:specialist|reviewer|analyst|assessor|lead|manager|engineer|team|colleague|counsel|supervisor|"
    r"operator|shift)\b"
)


def check_language(text: str, *, names: Iterable[str] = (), rules: Iterable[str] | None = None) -> tuple[Remark, ...]:
    """Say which sentences of a text are unfair or inexact, and how to put them better.

    Words inside quotation marks are somebody else's: there only the rules ``named`` and ``graphic`` hold.

    Parameters
    ----------
    text : one or more sentences.
    names : ids and names of the staff, each a person whom a review must not name.
    rules : which of the rules to use: ``blame``, ``counterfactual``, ``normative``, ``vague``, ``named``, ``graphic``, ``figure``;
        all of them when ``None``.

    Returns
    -------
    The remarks in the order of the sentences, the rules and the words; empty when there is nothing to say.

    Raises
    ------
    UsageError
        When a rule is not one of those above.

    Examples
    --------
    >>> [(one.rule, one.found) for one in check_language("The specialist was careless. The screen shows no month name.")]
    [('blame', 'careless')]
    >>> check_language("Answer in a timely manner.")[0].better
    'Answer within [time].'
    """
    wanted = LANGUAGE if rules is None else tuple(rules)
    unknown = sorted(set(wanted) - set(LANGUAGE))
    if unknown:
        raise UsageError(f"Rule “{unknown[0]}” is no rule of wording. Use one of {', '.join(LANGUAGE)}.")
    staff = tuple(names)
    remarks: list[Remark] = []
    for sentence in split_sentences(text):
        whole = lowered_alike(plain_marks(sentence))
        worded = _WORDED if rules is None else tuple(rule for rule in _WORDED if rule in wanted)
        clean = not worded or quick(worded).search(whole) is None
        if not clean or "figure" in wanted:
            # Hidden on the sentence as written: a curly apostrophe and a curly quotation mark are told apart there.
            hidden = lowered_alike(plain_marks(hide_quotations(sentence)))
        seen = (
            {}
            if clean
            else {"graphic": hide_names(sentence, whole)}
            | dict.fromkeys(_JUDGING, hide_codes(sentence, hide_terms(hidden)))
        )
        for rule in LANGUAGE:
            if rule in wanted and not (clean and rule in FAMILIES):
                remarks.extend(_remarks(rule, sentence, seen.get(rule, whole if rule in QUOTED_TOO else hidden), staff))
    return tuple(remarks)


def find_words(rule: str, lowered: str) -> Iterator[tuple[re.Match[str], Family]]:
    """Find the words of a rule in a sentence in lower case, each with the family it belongs to.

    >>> [found[0] for found, _ in find_words("vague", "various clicks, and so on")]
    ['various', 'and so on']
    """
    families = FAMILIES[rule]
    for found in compiled(rule).finditer(lowered):
        family = families[(found.lastindex or 1) - 1]
        if not _is_left_alone(family, lowered, found):
            yield found, family


def _is_left_alone(family: Family, lowered: str, found: re.Match[str]) -> bool:
    if family.unless == "denied":
        before = lowered[: found.start()]
        return _DENIED.search(before) is not None and _NOT_ONLY.search(before) is None
    if family.unless == "defining":
        return (
            found[0].startswith("should")
            and _DEFINING.search(lowered, max(0, found.start() - 60), found.start()) is not None
        )
    if family.unless == "contrasted":
        return _CONTRASTED.search(lowered, max(0, found.start() - 60), found.start()) is not None
    if family.unless == "system":
        doer = doer_after(lowered, found.end())
        if doer:
            return doer == "system"
        without = found[0].startswith("without") and PASSIVE_BEFORE.search(lowered, 0, found.start())
        return actor(lowered, found.start()) == "system" and not (_is_passive(found[0]) or without)
    return family.unless == "not people" and actor(lowered, found.start()) != "people"


def doer_after(lowered: str, end: int) -> Actor:
    """Tell whether the words after a passive name people or a part of the system as its doer, or nothing.

    >>> doer_after("was ignored by the reviewer", 11), doer_after("was ignored by reading on", 11)
    ('people', '')
    """
    by = _BY_WHOM.match(lowered, end)
    return actor(by[1], len(by[1])) if by is not None else ""


def _is_passive(words: str) -> bool:
    return re.match(r"(?:was|were|been|being|had)\b", words) is not None


def _remarks(rule: str, sentence: str, lowered: str, names: tuple[str, ...]) -> Iterator[Remark]:
    if rule == "named":
        for found, better in find_named(sentence, names):
            yield Remark(rule, sentence, found, RULES[rule], better)
    elif rule == "figure":
        for start, end in find_figures(lowered):
            words = sentence[start:end].strip()
            yield Remark(
                rule,
                sentence,
                words,
                RULES[rule],
                f"Refer to the claim that holds “{words}” by its id, so that the number is stated once.",
            )
    else:
        for hit, family in find_words(rule, lowered):
            yield Remark(
                rule, sentence, sentence[hit.start() : hit.end()].strip(), RULES[rule], _better(family, sentence, hit)
            )


def _better(family: Family, sentence: str, hit: re.Match[str]) -> str:
    start, end = hit.span()
    words = sentence[start:end].strip()
    if family.swap and family.at_end and not _CLAUSE_ENDS.match(sentence, end):
        return f"Write “{family.better}” in place of “{words}”" + (", with the value." if "[" in family.better else ".")
    if family.swap:
        inside = (
            family.better if start or not family.better[0].islower() else family.better[0].upper() + family.better[1:]
        )
        before = _ARTICLE.sub("", sentence[:start]) if family.at_end else sentence[:start]
        return " ".join(f"{before}{inside}{sentence[end:]}".split())
    who = _WHO.search(sentence.lower())
    return family.better.replace("{found}", words).replace("{who}", f"the {who[0]}" if who else "those at work")
