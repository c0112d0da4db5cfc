"""Whether two parts of a causal statement say the same in other forms of the same words."""

from __future__ import annotations

import re

from rca_lib.review.language.sentences import word_set

__all__ = ["says_the_same"]

_SMALL = word_set(
    """
    the a an of to in on at by for from with and or that which was were is are be been being it its this these those them they he she
    his her their him has had have having did do does doing as so no
    """
)
_LIGHT = word_set("go give get make")
"""Verbs that carry a noun and say little: "notice going to", "being given notice"."""

_FORMS = {
    form: verb
    for verb, forms in {
        "go": "went gone goes going",
        "give": "gave given gives giving",
        "get": "got gotten gets getting",
        "make": "made makes making",
        "send": "sent",
        "lose": "lost losing loss",
        "choose": "chose chosen choosing choice",
        "see": "saw seen",
        "take": "took taken",
        "find": "found",
        "leave": "left",
        "run": "ran running",
        "write": "wrote written writing",
        "keep": "kept",
        "hold": "held",
        "tell": "told",
        "break": "broke broken",
        "show": "shown",
        "know": "knew known",
        "begin": "began begun beginning",
        "put": "putting",
        "set": "setting",
        "pick": "picks picking",
        "bring": "brought",
        "say": "said",
        "fall": "fell fallen",
        "forget": "forgot forgotten forgetting",
        "extend": "extension extensions",
        "notify": "notification notified notifying",
        "omit": "omission omitted omitting",
        "deliver": "delivery delivered",
        "expire": "expiry expiration",
        "produce": "production",
        "receive": "receipt",
        "use": "used uses using usage",
        "not": "without never",
    }.items()
    for form in forms.split()
}
_ENDINGS = re.compile(r"(?:ations?|ions?|ures?|als?|ments?|ings?|ed|es|s|e|y)$")


def says_the_same(one: str, other: str) -> bool:
    """Tell whether two parts, in lower case, say the same: the words agree in their stems, or all but one of them.

    >>> says_the_same("page 61 being sent unredacted", "page 61 sent without redaction")
    True
    >>> says_the_same("the order was read", "the order was not read")
    False
    """
    left, right = _stems(one), _stems(other)
    if not left or not right or ("not" in left) != ("not" in right):
        return False
    shared, small, large = len(left & right), min(len(left), len(right)), max(len(left), len(right))
    return (
        left == right
        or (shared == small >= 2 and large - small <= 1)
        or (shared / len(left | right) >= 0.75 and small >= 3)
    )


def _stems(text: str) -> frozenset[str]:
    stems: set[str] = set()
    for word in re.findall(r"[a-z0-9][\w-]*", re.sub(r"'s?\b", "", text)):
        negated = re.fullmatch(r"un((?!der|it|ion|ique)\w{3,}(?:ed|en|n|d|t))", word)
        form = negated[1] if negated else word
        verb = _FORMS.get(form, form)
        if negated:
            stems.add("not")
        if verb not in _LIGHT and word not in _SMALL:
            stems.add(verb if len(verb) <= 4 and verb in _FORMS.values() else _stem(verb))
    return frozenset(stems)


def _stem(word: str) -> str:
    short = _ENDINGS.sub("", word)
    return short if len(short) >= 3 else word
