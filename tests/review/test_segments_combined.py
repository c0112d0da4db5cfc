"""The section on combinations: what it says of a planted pair, of nothing, and of too little."""

from __future__ import annotations

from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest

from rca_lib.analysis.outcome import Outcome
from rca_lib.review.sections.segments_combined import combinations
from tests.facts import case_of


def made(cause: dict[str, str], *, rows: int = 5000, base: float = 0.04, after: float = 0.3, onset: bool = True):
    """A case with three dimensions whose failures rise in `cause` half-way."""
    rng = np.random.default_rng(8)
    levels = pd.DataFrame({name: rng.choice(list("abc"), rows) for name in ("team_id", "tool_version", "channel")})
    at = pd.Timestamp("2025-01-06", tz="UTC") + pd.to_timedelta(np.sort(rng.integers(0, 364, rows)), unit="D")
    when = pd.Timestamp("2025-07-07", tz="UTC")
    inside = np.logical_and.reduce([(levels[name] == value).to_numpy() for name, value in cause.items()])
    failed = rng.random(rows) < np.where(inside & (at >= when), after, base)
    ids = [f"REQ-{row}" for row in range(rows)]
    frame = pd.DataFrame(
        {"request_id": ids, "at": at, "failed": failed, "mature": True, "weight": 1.0, "n": 1, "arm": ""}
    )
    return case_of(
        requests=levels.assign(request_id=ids),
        outcome=Outcome("late", "missed their deadline", "requests", frame, ""),
        onset=SimpleNamespace(when=when, low=when, high=when) if onset else None,
        dimensions=["team_id", "tool_version", "channel"],
    )


def texts(blocks) -> dict[str, str]:
    return {claim.id: claim.text for claim in blocks.claims}


@pytest.mark.parametrize("onset", [True, False])
def test_planted_pair_is_told_with_what_lies_beside_it(onset: bool) -> None:
    blocks = combinations(made({"team_id": "a", "tool_version": "b"}, after=0.45, onset=onset))
    said = texts(blocks)
    assert said["combinations.leading"].startswith("Team a and tool version b:")
    assert {"combinations.beside_1", "combinations.beside_2"} <= set(said)
    table = next(block for block in blocks if block.id == "combinations.table")
    assert table.rows[0]["what"] == "Team a and tool version b"
    assert ("combinations.chart" in [block.id for block in blocks]) is onset


def test_a_single_value_is_not_dressed_up_as_a_pair() -> None:
    said = texts(combinations(made({"team_id": "a"})))
    assert "team a stands out by itself" in said["combinations.searched"]
    assert "combinations.leading" not in said


def test_nothing_is_said_to_stand_out_where_nothing_does() -> None:
    said = texts(combinations(made({"team_id": "a"}, after=0.04)))
    assert "No value and no combination stands out" in said["combinations.searched"]


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"requests": None}, "no requests were supplied"),
        ({"dimensions": ["team_id"]}, "fewer than two dimensions"),
        (
            {"outcome": Outcome("late", "failed", "requests", pd.DataFrame(), "", ok=False, reason="No table.")},
            "no table",
        ),
    ],
)
def test_too_little_ends_in_a_sentence(change, words: str) -> None:
    case = made({"team_id": "a"}, rows=300)
    for key, value in change.items():
        setattr(case, key, value)
    blocks = combinations(case)
    assert [block.id for block in blocks] == ["combinations.not_assessed"]
    assert words in texts(blocks)["combinations.not_assessed"]


def test_too_few_failures_are_withheld_from_most_readers() -> None:
    blocks = combinations(made({"team_id": "a"}, rows=120))
    claim = blocks.claims[0]
    assert "failed" in claim.text
    if any(character.isdigit() for character in claim.text.split("At least")[0]):
        assert claim.masked
        assert not any(character.isdigit() for character in claim.masked.split("At least")[0])


def test_chosen_columns_and_triples() -> None:
    case = made({"team_id": "a", "tool_version": "b", "channel": "c"}, rows=9000, after=0.6)
    said = texts(combinations(case, order=3))
    assert said["combinations.leading"].startswith("Team a, tool version b and channel c:")
    two = combinations(case, by=["team_id", "tool_version"])
    table = next(block for block in two if block.id == "combinations.table")
    assert not any("hannel" in row["what"] for row in table.rows)
