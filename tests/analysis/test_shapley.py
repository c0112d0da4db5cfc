"""The Shapley engine keeps its four properties, and the E-value its published example."""

import numpy as np
import pytest

from rca_lib.analysis.evalue import evalue, evalue_of_interval
from rca_lib.analysis.mix import kitagawa
from rca_lib.analysis.shapley import shapley


def _metric(before, after, fold):
    return lambda s: fold(np.where(s, after, before))


def test_parts_sum_dummy_symmetry_relabelling():
    rng = np.random.default_rng(3)
    b, a = rng.random(5), rng.random(5)
    a[4] = b[4]
    b[1], a[1] = b[0], a[0]
    parts = shapley(_metric(b, a, lambda x: x.prod(axis=1)), 5)
    assert parts.sum() == pytest.approx(a.prod() - b.prod(), abs=1e-14)
    assert parts[4] == pytest.approx(0, abs=1e-15)
    assert parts[0] == pytest.approx(parts[1])
    order = rng.permutation(5)
    assert shapley(_metric(b[order], a[order], lambda x: x.prod(axis=1)), 5) == pytest.approx(parts[order])


def test_two_factors_are_kitagawa():
    s0, r0, s1, r1 = (np.array(x) for x in ([0.5, 0.5], [0.1, 0.3], [0.2, 0.8], [0.2, 0.25]))
    both = shapley(lambda s: np.where(s[:, :1], s1, s0) * np.where(s[:, 1:], r1, r0), 2)
    mix, rates = kitagawa(s0, r0, s1, r1)
    assert both[0] == pytest.approx(mix)
    assert both[1] == pytest.approx(rates)


@pytest.mark.parametrize("factors", [0, 13])
def test_number_of_factors_is_checked(factors):
    with pytest.raises(ValueError, match="1 to 12"):
        shapley(lambda s: s.sum(axis=1).astype(float), factors)


def test_evalue():
    assert round(evalue(3.9), 2) == round(evalue(1 / 3.9), 2) == 7.26
    assert round(evalue_of_interval(1.8, 8.7), 1) == 3.0
    assert evalue_of_interval(0.8, 2.0) == evalue(1.0) == 1.0
    assert evalue(3.9, truth=3.9) == 1.0
    with pytest.raises(ValueError, match="above 0"):
        evalue(0.0)
