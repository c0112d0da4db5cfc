"""Decompositions against published values.

The worked examples are those of Das Gupta, Standardization and Decomposition of Rates, Census P23-186 (1993), with the
digits printed in the README of the R package DasGuptR; more of them stand in test_das_gupta.py.
"""

import numpy as np
import pytest

from rca_lib.analysis.metric_tree import attribute_change
from rca_lib.analysis.mix import kitagawa
from rca_lib.analysis.shapley import shapley


def test_row_23_headship_mix_and_rates_are_not_confused():
    """Example 5.1: 1.2269 of the rise from 44.7268 to 47.6940 is age structure, 1.7403 is rates."""
    share0 = np.array([12.9, 10.9, 9.5, 8.0, 7.8, 8.4, 8.6, 7.8, 7.0, 5.9, 4.7, 3.6, 4.9]) / 100
    share1 = np.array([10.1, 11.2, 11.6, 10.9, 9.4, 7.7, 6.3, 6.0, 6.3, 5.9, 5.1, 4.0, 5.5]) / 100
    rate0 = np.array([1.9, 25.8, 45.7, 49.6, 51.2, 51.6, 51.8, 54.9, 58.7, 60.4, 62.8, 66.6, 66.8])
    rate1 = np.array([2.2, 24.3, 45.8, 52.5, 56.1, 55.6, 56.0, 57.4, 57.2, 61.2, 63.9, 68.6, 72.2])
    assert [round(float(share @ rate), 4) for share, rate in ((share0, rate0), (share1, rate1))] == [44.7268, 47.6940]
    mix, rates = kitagawa(share0, rate0, share1, rate1)
    assert [round(float(mix.sum()), 4), round(float(rates.sum()), 4)] == [1.2269, 1.7403]


def test_row_24_nonmarital_births_as_a_product_of_four_factors():
    """Example 2.3."""
    before = {"births": 25.3, "pregnancies": 0.214, "active": 0.279, "single": 0.949}
    after = {"births": 32.7, "pregnancies": 0.290, "active": 0.473, "single": 0.986}
    parts = attribute_change(
        lambda births, pregnancies, active, single: births * pregnancies * active * single, before, after
    )
    assert [round(part, 7) for part in parts.values()] == [0.6889411, 0.8125381, 1.3829055, 0.1047547]
    assert round(sum(parts.values()), 7) == 2.9891394


def test_row_24_birth_rates_as_a_sum_over_three_vector_factors():
    """Example 4.3."""
    births = [393, 407, 369, 274, 184, 90, 16], [488, 452, 338, 156, 63, 22, 3]
    married = [0.122, 0.622, 0.903, 0.930, 0.916, 0.873, 0.800], [0.082, 0.527, 0.866, 0.941, 0.942, 0.923, 0.876]
    women = [0.043, 0.041, 0.036, 0.032, 0.026, 0.020, 0.018], [0.058, 0.038, 0.032, 0.030, 0.026, 0.023, 0.019]
    sides = [
        {"births": np.array(births[side]), "married": np.array(married[side]), "women": np.array(women[side])}
        for side in (0, 1)
    ]
    parts = attribute_change(lambda births, married, women: float((births * married * women).sum()), *sides)
    assert [round(part, 6) for part in parts.values()] == [-7.285632, -2.720633, -1.565181]
    assert round(sum(parts.values()), 6) == -11.571446


def test_row_25_supply_chain_closed_form():
    """Demand 2 to 4 and confirmed share 1 to 2 of DoWhy's supply chain, from its equation for the mean."""
    parts = shapley(lambda s: np.where(s[:, 1], 2.0, 1.0) * np.where(s[:, 0], 4.0, 2.0) + 0.2, 3)
    assert parts == pytest.approx([3.0, 3.0, 0.0])
