"""Effect measures against published values."""

import pytest

from rca_lib.analysis.evalue import evalue, evalue_of_interval


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
