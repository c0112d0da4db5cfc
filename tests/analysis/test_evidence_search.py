"""Search in the evidence: what matches, in which order, and what is refused."""

import math

import pandas as pd
import pytest

from rca_lib.analysis.evidence_search import search_evidence
from rca_lib.errors import UsageError


@pytest.fixture
def evidence():
    texts = {
        "E1": "The hold ended after 90 days. Nobody held it again.",
        "E2": "Holds are set by hand. The screen shows nothing of them, and nothing else does either, as far as we know.",
        "E3": "La señal llegó tarde. The timer had stopped.",
        "E4": "A shift plan without names. The plan for the shift came later.",
        "E5": "The plan of the next shift.",
        "E6": None,
    }
    return pd.DataFrame({"evidence_id": list(texts), "text": list(texts.values())})


def ids(evidence, query, **more):
    return search_evidence(evidence, query, **more)["evidence_id"].tolist()


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("holding", ["E1", "E2"]),
        ("SENAL", ["E3"]),
        ("señal", ["E3"]),
        ("timers stop", ["E3"]),
        ('"shift plan"', ["E4"]),
        ("“the next shift”", ["E5"]),
        ("unheard", []),
    ],
)
def test_words_match_whatever_their_ending_case_and_accents_and_phrases_word_for_word(evidence, query, found):
    assert ids(evidence, query) == found


def test_a_score_is_that_of_the_published_formula():
    evidence = pd.DataFrame({"evidence_id": ["a", "b", "c"], "text": ["gap gap two", "gap one two three four", "five"]})

    found = search_evidence(evidence, "gap").set_index("evidence_id")["score"]

    rarity = math.log(1 + (3 - 2 + 0.5) / (2 + 0.5))
    for piece, often, length in (("a", 2, 3), ("b", 1, 5)):
        whole = rarity * often * 2.2 / (often + 1.2 * (0.25 + 0.75 * length / 3))
        assert found[piece] == pytest.approx(whole, abs=1e-4)


def test_the_snippet_is_the_sentence_that_matches_best(evidence):
    found = search_evidence(evidence, "timer stopped")

    assert found["snippet"].tolist() == ["The timer had stopped."]


def test_equal_scores_stand_in_order_of_id_and_row_order_changes_nothing(evidence):
    twins = pd.DataFrame({"evidence_id": ["b", "c", "a"], "text": "The same words."})

    assert ids(twins, "words") == ["a", "b", "c"]
    pd.testing.assert_frame_equal(
        search_evidence(evidence, "the shift hold"),
        search_evidence(evidence.sample(frac=1, random_state=2), "the shift hold"),
    )


def test_no_more_than_the_limit_is_shown_the_best_first(evidence):
    every = search_evidence(evidence, "the hold")

    assert ids(evidence, "the hold", limit=2) == every["evidence_id"].tolist()[:2]
    assert every["score"].is_monotonic_decreasing


@pytest.mark.parametrize("query", ["", "   ", '""', "?!", "“ ”", "\u200b", "(.*", "\\"])
def test_a_query_without_a_word_is_refused_with_what_to_give(evidence, query):
    with pytest.raises(UsageError, match="give a word or two"):
        search_evidence(evidence, query)


def test_a_limit_below_one_is_refused(evidence):
    with pytest.raises(UsageError, match="limit of 0"):
        search_evidence(evidence, "hold", limit=0)


@pytest.mark.parametrize("query", ["[a-", "a" * 5000, '"hold', "hold'; DROP TABLE evidence", "<b>hold</b>"])
def test_a_hostile_query_is_only_words(evidence, query):
    found = search_evidence(evidence, query)

    assert ("E1" in set(found["evidence_id"])) == ("hold" in query)


def test_evidence_without_text_is_never_found():
    nothing = pd.DataFrame({"evidence_id": ["a", "b"], "text": [None, ""]})

    assert search_evidence(nothing, "word").empty
    assert search_evidence(nothing.iloc[:0], "word").empty
