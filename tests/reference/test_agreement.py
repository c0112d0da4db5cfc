"""Rows 26 to 28: agreement beyond chance against published values."""

import numpy as np
import pytest
from scipy import special

from rca_lib.analysis.agreement import Ratings, agreement, cohen_kappa, gwet_ac, krippendorff_alpha, ratings_of

# Twelve units by four raters, Krippendorff's example as in Gwet's handbook and the README of irrCAC.
FOUR = "1 1 . 1/2 2 3 2/3 3 3 3/3 3 3 3/2 2 2 2/1 2 3 4/4 4 4 4/1 1 2 1/2 2 2 2/. 5 5 5/. . 1 1/. . 3 ."
# Two abstractors and a hundred pregnancies: the cross table cont3x3abstractors of irrCAC.
TWO = [[13, 0, 0], [0, 20, 7], [0, 4, 56]]
# Fifteen patients, six raters, five diagnoses: the first half of Fleiss, Psychological Bulletin 1971;76:378-382.
SIX = [
    (0, 0, 0, 6, 0), (0, 3, 0, 0, 3), (0, 1, 4, 0, 1), (0, 0, 0, 0, 6), (0, 3, 0, 3, 0), (2, 0, 4, 0, 0), (0, 0, 4, 0, 2),
    (2, 0, 3, 1, 0), (2, 0, 0, 4, 0), (0, 0, 0, 0, 6), (1, 0, 0, 5, 0), (1, 1, 0, 4, 0), (0, 3, 3, 0, 0), (1, 0, 0, 5, 0),
    (0, 2, 0, 3, 1),
]  # fmt: skip
# Ten subjects, fourteen raters, five categories: the worked example of Fleiss' kappa.
FOURTEEN = [
    (0, 0, 0, 0, 14), (0, 2, 6, 4, 2), (0, 0, 3, 5, 6), (0, 3, 9, 2, 0), (2, 2, 8, 1, 1), (7, 7, 0, 0, 0), (3, 2, 6, 3, 0),
    (2, 5, 3, 2, 2), (6, 5, 2, 1, 0), (0, 2, 2, 3, 7),
]  # fmt: skip


@pytest.fixture
def four():
    return ratings_of([[np.nan if one == "." else int(one) for one in row.split()] for row in FOUR.split("/")])


@pytest.fixture
def pairs():
    return ratings_of([(i, j) for i in range(3) for j in range(3) for _ in range(TWO[i][j])])


def error(estimate):
    return (estimate.value - estimate.low) / special.stdtrit(estimate.n - 1, 0.975)


def test_row_26_four_raters_with_missing_ratings(four):
    found = agreement(four)
    assert round(found["AC1"].value, 5) == 0.77544
    assert round(error(found["AC1"]), 5) == 0.14295
    assert round(found["Fleiss kappa"].value, 5) == 0.76117
    assert round(found["percent agreement"].value, 5) == 0.81818
    assert round(gwet_ac(four, "quadratic").value, 3) == 0.914


@pytest.mark.parametrize(
    ("metric", "printed", "digits"),
    [("nominal", 0.74342, 5), ("ordinal", 0.815, 3), ("interval", 0.849, 3), ("ratio", 0.797, 3)],
)
def test_row_26_krippendorff_alpha(four, metric, printed, digits):
    assert round(krippendorff_alpha(four, metric).value, digits) == printed


def test_row_27_two_raters_and_a_cross_table(pairs):
    kappa = cohen_kappa(TWO)
    assert (round(kappa.value, 4), round(error(kappa), 4)) == (0.7964, 0.0589)
    assert (round(kappa.low, 3), round(kappa.high, 3)) == (0.680, 0.913)
    found = agreement(pairs)
    assert round(found["Fleiss kappa"].value, 4) == 0.7962  # Scott's pi
    assert round(found["AC1"].value, 4) == 0.8493
    # The published error of a cross table divides by n, that of ratings by n - 1.
    assert round(error(found["AC1"]) * np.sqrt(99 / 100), 4) == 0.0432
    assert round(found["Brennan-Prediger"].value, 3) == 0.835
    assert round(krippendorff_alpha(pairs).value, 4) == 0.7973
    assert round(found["percent agreement"].value, 2) == 0.89


def test_row_28_six_raters():
    ratings = Ratings(np.array(SIX, float), tuple(range(5)))
    found = agreement(ratings)
    assert round(found["AC1"].value, 4) == 0.4448
    assert round(found["Fleiss kappa"].value, 4) == 0.4139
    assert round(krippendorff_alpha(ratings).value, 4) == 0.4204
    assert round(found["Brennan-Prediger"].value, 4) == 0.4389


def test_row_28_fourteen_raters():
    ratings = Ratings(np.array(FOURTEEN, float), tuple(range(5)))
    assert round(agreement(ratings)["Fleiss kappa"].value, 3) == 0.210
