"""Suggested codes: what is suggested, what is not, and whether the figures are those of unseen pieces."""

import numpy as np
import pandas as pd
import pytest

from rca_lib.analysis.code_suggestions import FEWEST_DOCUMENTS, OVERALL, suggest_codes
from rca_lib.analysis.coding import votes

TALK = {
    "RADIO": ["the radio was silent", "no channel reached dispatch", "the repeater was down"],
    "TYRE": ["a tyre burst on the road", "the brakes of the truck failed", "the engine was towed"],
    "SLEEP": ["nobody had slept", "we drove after a long night", "the crew was tired"],
}
FILLER = [
    "It was a Tuesday.",
    "We met at the gate.",
    "The day began early.",
    "Someone made coffee.",
    "The form was filled in.",
]


def made(pieces=80, escalations=10, seed=1, known=True):
    random = np.random.default_rng(seed)
    evidence, codings = [], []
    for at in range(pieces):
        codes = [code for code in TALK if random.random() < 0.3]
        said = [str(random.choice(TALK[code])).capitalize() + "." for code in codes] if known else []
        said += [str(one) for one in random.choice(FILLER, 3)]
        random.shuffle(said)
        evidence.append((f"E{at:03}", f"ESC-{at % escalations}", " ".join(said)))
        codings += [(f"E{at:03}", code, coder) for code in codes for coder in ("K1", "K2")]
        codings.append((f"E{at:03}", "READ", "K1"))
    return (
        pd.DataFrame(evidence, columns=["evidence_id", "escalation_id", "text"]),
        pd.DataFrame(codings, columns=["evidence_id", "code_id", "coder_id"]),
    )


@pytest.fixture(scope="module")
def tables():
    return made()


@pytest.fixture(scope="module")
def found(tables):
    return suggest_codes(*tables)


def test_words_that_go_with_a_code_are_learnt(found):
    figures = found.figures.set_index("code_id")

    for code in TALK:
        assert figures.loc[code, "average_precision"] > 0.9
        assert figures.loc[code, "average_precision"] > figures.loc[code, "base_rate"] + 0.4
    assert figures.loc[OVERALL[1], "average_precision"] > 0.9
    assert (found.ok, found.reason, found.grouped, found.documents) == (True, "", True, 80)


def test_figures_are_of_unseen_pieces_so_noise_reaches_no_more_than_guessing():
    evidence, codings = made(pieces=150, known=False)

    figures = suggest_codes(evidence, codings).figures.set_index("code_id").loc[list(TALK)]

    assert (figures["average_precision"] < figures["base_rate"] + 0.15).all()


def test_what_a_majority_gave_is_not_suggested_and_what_it_left_out_is(tables):
    evidence, codings = tables
    hidden = codings[codings["code_id"] == "RADIO"]["evidence_id"].iloc[0]
    fewer = codings[~((codings["evidence_id"] == hidden) & (codings["code_id"] == "RADIO"))]

    rows = suggest_codes(evidence, fewer).rows

    given = votes(fewer, evidence)
    settled = set(given.loc[given["coded"], ["evidence_id", "code_id"]].itertuples(index=False, name=None))
    assert not settled & set(rows[["evidence_id", "code_id"]].itertuples(index=False, name=None))
    row = rows[(rows["evidence_id"] == hidden) & (rows["code_id"] == "RADIO")].iloc[0]
    assert row["phrase"].rstrip(".").lower() in TALK["RADIO"]


def test_pieces_that_nobody_read_get_suggestions_too(tables):
    evidence, codings = tables
    new = pd.DataFrame(
        {"evidence_id": ["NEW"], "escalation_id": ["ESC-NEW"], "text": ["We ate. The radio was silent."]}
    )

    rows = suggest_codes(pd.concat([evidence, new]), codings, among=["NEW"]).rows

    assert rows[["evidence_id", "code_id", "phrase"]].values.tolist() == [["NEW", "RADIO", "The radio was silent."]]


def test_the_same_input_in_any_order_gives_the_same(tables, found):
    evidence, codings = tables

    again = suggest_codes(evidence.sample(frac=1, random_state=4), codings.sample(frac=1, random_state=5))

    pd.testing.assert_frame_equal(again.figures, found.figures)
    pd.testing.assert_frame_equal(again.rows, found.rows)


def test_a_code_with_few_pieces_is_left_out_and_said(tables):
    evidence, codings = tables
    rare = pd.DataFrame({"evidence_id": ["E000", "E001"], "code_id": "RARE", "coder_id": "K1"})

    more = suggest_codes(evidence, pd.concat([codings, rare]))

    assert more.left_out == ("RARE", "READ")
    assert not {"RARE", "READ"} & set(more.figures["code_id"])


def test_a_code_of_a_single_escalation_is_left_out():
    evidence, codings = made()
    one = evidence.loc[evidence["escalation_id"] == "ESC-0", "evidence_id"]
    local = pd.DataFrame({"evidence_id": one, "code_id": "LOCAL", "coder_id": "K1"})

    assert "LOCAL" in suggest_codes(evidence, pd.concat([codings, local])).left_out


def test_with_few_escalations_pieces_are_told_apart_one_by_one():
    assert not suggest_codes(*made(escalations=3)).grouped


def test_too_few_codings_are_said_in_a_sentence(tables):
    evidence, codings = made(pieces=FEWEST_DOCUMENTS - 1)
    few = suggest_codes(evidence, codings)
    none = suggest_codes(tables[0], tables[1].iloc[:0])
    thin = suggest_codes(tables[0], tables[1][tables[1]["code_id"] == "READ"])

    for each in (few, none, thin):
        assert not each.ok
        assert each.reason.endswith(".")
        assert each.rows.empty
        assert each.figures.empty
    assert "19 pieces" in few.reason


def test_the_codebooks_words_are_ranked_for_comparison(tables):
    book = pd.DataFrame({"code_id": ["TYRE"], "definition": ["Tyre, brake or engine."], "include": [None]})

    figures = suggest_codes(*tables, book).figures.set_index("code_id")

    assert figures.loc["TYRE", "keyword_precision"] > 0.9
    assert figures.loc["SLEEP", "keyword_precision"] < 0.6


def test_hostile_texts_are_only_words(tables):
    evidence, codings = tables
    hostile = ["", "   ", "\x00\x01", "a" * 100_000, "<script>alert(1)</script>", "﷽ \u202e xyz", "...", None]
    more = pd.DataFrame({"evidence_id": [f"H{at}" for at in range(8)], "escalation_id": "ESC-H", "text": hostile})
    read = pd.DataFrame({"evidence_id": more["evidence_id"], "code_id": "READ", "coder_id": "K1"})

    found = suggest_codes(pd.concat([evidence, more]), pd.concat([codings, read]))

    assert found.ok
    assert found.documents == 80 + 3
    assert found.rows["score"].between(0, 1).all()
