"""Competing hypotheses: what is inconsistent counts, what fits all tells nothing, and single pieces are tried one by one."""

import numpy as np
import pandas as pd
import pytest

from rca_lib.analysis.hypotheses import VALUES, Matrix, evidence_weight, matrix_of, rank_hypotheses

NAMES = ["H1", "H2", "H3"]


def ranking(rows, weights=None, names=NAMES):
    ratings = {f"E{at}": dict(zip(names, row.split(), strict=True)) for at, row in enumerate(rows, start=1)}
    return rank_hypotheses(matrix_of(ratings, weights or dict.fromkeys(ratings, 1.0), names))


def random_matrix(seed, pieces=12, hypotheses=4):
    random = np.random.default_rng(seed)
    names = [f"H{number}" for number in range(1, hypotheses + 1)]
    ratings = pd.DataFrame(
        random.choice([*VALUES], size=(pieces, hypotheses)), columns=names, index=[f"E{at:02}" for at in range(pieces)]
    )
    return Matrix(ratings, pd.Series(random.choice([0.25, 0.5, 1.0], pieces), index=ratings.index))


def test_the_least_contradicted_leads_however_much_speaks_for_another():
    found = ranking(["N CC CC", "N CC CC", "N I CC", "N CC II"])

    assert [each.hypothesis for each in found.order] == ["H1", "H2", "H3"]
    assert [each.inconsistency for each in found.order] == [0.0, 1.0, 2.0]
    assert [each.support for each in found.order] == [0.0, 6.0, 6.0]
    assert found.leader == "H1"


def test_weights_scale_what_speaks_against():
    found = ranking(["I C N", "C I N"], {"E1": 0.25, "E2": 1.0})

    assert {each.hypothesis: each.inconsistency for each in found.order} == {"H3": 0.0, "H1": 0.25, "H2": 1.0}


def test_what_fits_every_explanation_alike_is_not_telling_and_changes_nothing():
    alone = ranking(["C I N", "N I C"])
    more = ranking(["C I N", "N I C", "CC CC CC", "N N N"])

    assert more.diagnosticity["E3"] == more.diagnosticity["E4"] == 0
    assert [each.hypothesis for each in more.order] == [each.hypothesis for each in alone.order]
    assert [each.inconsistency for each in more.order] == [each.inconsistency for each in alone.order]


def test_the_most_telling_piece_comes_first():
    found = ranking(["C C N", "CC II N", "C I N"])

    assert list(found.diagnosticity.items()) == [("E2", 1.0), ("E3", 0.5), ("E1", 0.25)]


def test_a_piece_without_which_another_would_lead_is_named():
    found = ranking(["N II C", "N N I", "I N N", "N N I"])

    assert found.leader == "H1"
    assert found.pivotal == ("E1",) or set(found.pivotal) >= {"E1"}
    without = ranking(["N N I", "I N N", "N N I"])
    assert without.leader != "H1"


def test_the_range_is_that_of_leaving_out_each_piece():
    rows = ["I C N", "II N C", "N I I"]
    found = {each.hypothesis: each for each in ranking(rows).order}
    left_out = [
        {each.hypothesis: each.inconsistency for each in ranking(rows[:at] + rows[at + 1 :]).order} for at in range(3)
    ]

    for name, each in found.items():
        scores = [each.inconsistency, *(one[name] for one in left_out)]
        assert (each.low, each.high) == (min(scores), max(scores))


def test_a_tie_is_said_and_nobody_leads():
    found = ranking(["I I C", "N N II"])

    assert found.tied
    assert found.leader is None
    assert found.pivotal == ()


def test_a_missing_rating_is_not_taken_for_neutral_evidence():
    found = rank_hypotheses(
        matrix_of({"E1": {"H1": "C"}, "E2": {"H1": "C", "H2": "I"}}, {"E1": 1, "E2": 1}, ["H1", "H2"])
    )

    assert {each.hypothesis: each.rated for each in found.order} == {"H1": 2, "H2": 1}
    assert found.diagnosticity["E1"] == 0


@pytest.mark.parametrize("seed", range(25))
def test_neither_the_order_of_rows_nor_of_columns_changes_anything(seed):
    matrix = random_matrix(seed)
    random = np.random.default_rng(seed)
    rows, columns = random.permutation(matrix.ratings.index), random.permutation(matrix.ratings.columns)
    shuffled = Matrix(matrix.ratings.loc[rows, columns], matrix.weights.loc[rows])

    first, second = rank_hypotheses(matrix), rank_hypotheses(shuffled)
    assert first.order == second.order
    assert first.pivotal == second.pivotal
    pd.testing.assert_series_equal(first.diagnosticity.sort_index(), second.diagnosticity.sort_index())


@pytest.mark.parametrize("seed", range(25))
def test_a_piece_of_no_weight_changes_no_score(seed):
    matrix = random_matrix(seed)
    more = Matrix(
        pd.concat([matrix.ratings, pd.DataFrame([dict.fromkeys(matrix.ratings, "II")], index=["E99"])]),
        pd.concat([matrix.weights, pd.Series({"E99": 0.0})]),
    )

    assert [(each.hypothesis, each.inconsistency) for each in rank_hypotheses(more).order] == [
        (each.hypothesis, each.inconsistency) for each in rank_hypotheses(matrix).order
    ]


def test_weights_fall_with_reliability_and_credibility():
    by_source = [evidence_weight(letter, 1) for letter in "ABCDEF"]
    by_content = [evidence_weight("A", number) for number in range(1, 7)]

    assert by_source == sorted(by_source, reverse=True)
    assert by_content == sorted(by_content, reverse=True)
    assert evidence_weight("a", "2") == 1.0
    assert evidence_weight("A", 2.0) == 1.0
    assert 0 < evidence_weight(None, float("nan")) < 1


def test_explanations_that_can_be_true_together_do_not_compete():
    rows = ["N N II", "I N N", "N I I", "N N II"]
    apart = ranking(rows)
    held = rank_hypotheses(
        matrix_of(
            {f"E{at}": dict(zip(NAMES, row.split(), strict=True)) for at, row in enumerate(rows, start=1)},
            {"E1": 1.0, "E2": 1.0, "E3": 1.0, "E4": 1.0},
            NAMES,
        ),
        together=["H1", "H2"],
    )

    assert apart.tied
    assert not held.tied
    assert held.leader == "H1"
    assert held.pivotal == ()
    assert [each.inconsistency for each in held.order] == [each.inconsistency for each in apart.order]
