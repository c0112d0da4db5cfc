"""Sentences written without sight of the check: each that breaks a rule is remarked on, and each that keeps it is left alone.

They were first used once, as a blind measure. Since then the check was mended by them, so they now guard what it can do and measure it
no longer.
"""

import tomllib
from pathlib import Path

import pytest

from rca_lib.review.language import RULES, check_causation, check_language
from rca_lib.review.language.rules import FAMILIES, compiled, quick
from rca_lib.review.language.sentences import lowered_alike, plain_marks

STAFF = ("SPC-21", "ACT-114", "U-2291")
CAUSATION = frozenset({"link", "descriptor", "human_error", "procedure", "duty"})
FILES = [
    tomllib.loads(path.read_text(encoding="utf-8"))
    for path in sorted((Path(__file__).parent / "sentences").glob("*.toml"))
]


def entries(kind):
    return [
        pytest.param(file["rule"], entry, id=f"{file['rule']}-{number}")
        for file in FILES
        for number, entry in enumerate(file[kind], start=1)
    ]


def rules_broken(rule, entry):
    if rule not in CAUSATION:
        return {one.rule for one in check_language(entry, names=STAFF, rules=[rule])}
    return {one.rule for one in check_causation(**entry)}


@pytest.mark.parametrize(("rule", "entry"), entries("fires"))
def test_what_breaks_a_rule_is_remarked_on(rule, entry):
    assert rule in rules_broken(rule, entry)


@pytest.mark.parametrize(("rule", "entry"), entries("silent"))
def test_what_keeps_a_rule_is_left_alone(rule, entry):
    assert rule not in rules_broken(rule, entry)


def test_each_rule_has_its_sentences():
    assert sorted(file["rule"] for file in FILES) == sorted(RULES)
    assert all(len(file["fires"]) >= 60 and len(file["silent"]) >= 60 for file in FILES)


@pytest.mark.parametrize("rule", sorted(FAMILIES))
def test_the_quick_look_passes_over_no_sentence_with_words_of_a_rule(rule):
    texts = [
        lowered_alike(plain_marks(text))
        for file in FILES
        for entry in [*file["fires"], *file["silent"]]
        for text in ([entry] if isinstance(entry, str) else [entry["cause"], entry["effect"], entry["event"]])
    ]

    assert [text for text in texts if compiled(rule).search(text) and not quick((rule,)).search(text)] == []
