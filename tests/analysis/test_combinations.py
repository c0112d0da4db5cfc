"""Combinations of dimension values: planted causes are found, and nothing is said where nothing can be."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from rca_lib.analysis.combinations import Combinations, combination_candidates, leading_combinations

DIMENSIONS = ("queue", "tool", "template", "agency", "site")


def planted(
    cause: dict[str, str], *, rows: int = 6000, base: float = 0.05, after: float = 0.35, seed: int = 1
) -> tuple[pd.DataFrame, np.ndarray, np.ndarray]:
    """Single requests over five dimensions of four values; those in `cause` fail more often in the later half."""
    rng = np.random.default_rng(seed)
    levels = pd.DataFrame({name: rng.choice(list("abcd"), rows, p=[0.4, 0.3, 0.2, 0.1]) for name in DIMENSIONS})
    later = rng.random(rows) < 0.5
    inside = np.logical_and.reduce([(levels[name] == value).to_numpy() for name, value in cause.items()])
    return levels, later, rng.random(rows) < np.where(inside & later, after, base)


def ask(levels: pd.DataFrame, later: np.ndarray, failed: np.ndarray, **options: int) -> Combinations:
    return combination_candidates(~later, failed & ~later, later, failed & later, levels, **options)


CAUSES = [
    {"tool": "b"},
    {"queue": "a", "tool": "b"},
    {"queue": "a", "tool": "b", "template": "a"},
]


@pytest.mark.parametrize("cause", CAUSES)
@pytest.mark.parametrize("seed", range(5))
def test_planted_cause_ranks_first(cause: dict[str, str], seed: int) -> None:
    table = ask(*planted(cause, seed=seed))
    assert dict(table.found[0].segment) == {name: (value,) for name, value in cause.items()}
    assert table.found[0].p_adjusted < 0.01
    assert table.found[0].rate_after.low > table.found[0].rate_before.high


@pytest.mark.parametrize("cause", CAUSES[1:])
def test_leading_combination_marks_its_rows(cause: dict[str, str]) -> None:
    levels, later, failed = planted(cause)
    labels = [sorted(levels[name].unique()) for name in DIMENSIONS]
    codes = [pd.Categorical(levels[name], names).codes for name, names in zip(DIMENSIONS, labels, strict=True)]
    found = leading_combinations(codes, labels, DIMENSIONS, np.ones(len(later)), failed, later)
    segment, rows = found[0]
    assert segment == cause
    expected = np.logical_and.reduce([(levels[name] == value).to_numpy() for name, value in cause.items()])
    assert (rows == expected).all()


def test_expected_counts_take_out_a_main_effect() -> None:
    levels, later, failed = planted({"tool": "b"})
    labels = [sorted(levels[name].unique()) for name in DIMENSIONS]
    codes = [pd.Categorical(levels[name], names).codes for name, names in zip(DIMENSIONS, labels, strict=True)]
    known = np.where((levels["tool"] == "b").to_numpy() & later, 0.35, 0.05)
    assert leading_combinations(codes, labels, DIMENSIONS, np.ones(len(later)), failed, later, expected=known) == []
