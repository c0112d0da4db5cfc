"""Effect measures against published values."""

import pytest

from rca_lib.analysis.evalue import evalue, evalue_of_interval
from rca_lib.analysis.intervals import clopper_pearson_interval, odds_ratio, wilson_interval


@pytest.mark.parametrize(
    ("ratio", "low", "high", "point", "limit", "digits"),
    [
        (10.73, 8.02, 14.36, 20.95, 15.52, 2),
        (3.9, 1.8, 8.7, 7.263, 3.0, 3),
        (0.80, 0.71, 0.91, 1.809, None, 3),
        (0.80, 0.71, 0.91, None, 1.4286, 4),
    ],
)
def test_row_29_evalue(ratio, low, high, point, limit, digits):
    """Published in the vignette of the EValue package."""
    if point is not None:
        assert round(evalue(ratio), digits) == point
    if limit is not None:
        assert round(evalue_of_interval(low, high), digits) == limit


def test_row_29_evalue_against_a_true_ratio():
    assert round(evalue(2.5, truth=1.5), 4) == 2.7208


def test_row_20_doll_and_hill():
    assert round(odds_ratio(647, 649, 622, 649).value, 2) == 14.04


@pytest.mark.parametrize(
    ("k", "n", "wilson", "exact"),
    [
        (81, 263, (0.2553, 0.3662), (0.2527, 0.3676)),
        (15, 148, (0.0624, 0.1605), (0.0578, 0.1617)),
        (0, 20, (0, 0.1611), (0, 0.1684)),
        (1, 29, (0.0061, 0.1718), (0.0009, 0.1776)),
    ],
)
def test_row_30_newcombe(k, n, wilson, exact):
    """Newcombe, Statistics in Medicine 1998;17:857-872, table I."""
    for found, printed in ((wilson_interval(k, n), wilson), (clopper_pearson_interval(k, n), exact)):
        assert (round(found.low, 4), round(found.high, 4)) == printed
