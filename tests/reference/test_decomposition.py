"""Decompositions against published values."""

import numpy as np
import pytest

from rca_lib.analysis.shapley import shapley


def test_row_25_supply_chain_closed_form():
    """Demand 2 to 4 and confirmed share 1 to 2 of DoWhy's supply chain, from its equation for the mean."""
    parts = shapley(lambda s: np.where(s[:, 1], 2.0, 1.0) * np.where(s[:, 0], 4.0, 2.0) + 0.2, 3)
    assert parts == pytest.approx([3.0, 3.0, 0.0])
