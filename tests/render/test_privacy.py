"""What is withheld with a small count, so that it does not follow from what is shown."""

from __future__ import annotations

from itertools import combinations_with_replacement

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from rca_lib.render.privacy import LEAST_RANGE, complement, is_small, mask_figure, mask_table
from rca_lib.review.blocks import Column, Figure, Table

LIMIT = 10
columns = st.lists(st.integers(0, 60), min_size=1, max_size=9)


def held(counts: list[int]) -> tuple[set[int], bool]:
    """Which counts are withheld, and whether all of them are written alike."""
    hidden, alike = {at for at, count in enumerate(counts) if is_small(count, LIMIT)}, False
    while further := complement(counts, hidden, LIMIT):
        hidden |= further
    alike = any(not is_small(counts[at], LIMIT) for at in hidden)
    return hidden, alike


def values_left(counts: list[int], hidden: set[int], alike: bool, at: int) -> int:
    """How many values a reader who knows the total can still think of for one withheld count."""
    total, others = sum(counts[one] for one in hidden), len(hidden) - 1
    low, high = (0, total) if alike else (1, LIMIT)
    return sum(others * low <= total - value <= others * high for value in range(low, high + 1))


@given(columns)
def test_a_withheld_count_keeps_several_values_for_a_reader_who_knows_the_total(counts: list[int]) -> None:
    hidden, alike = held(counts)
    if hidden and len(hidden) < len(counts):
        assert all(values_left(counts, hidden, alike, at) >= LEAST_RANGE for at in hidden)


@given(columns)
def test_nothing_is_withheld_where_no_count_is_small(counts: list[int]) -> None:
    large = [count if not is_small(count, LIMIT) else 0 for count in counts]

    assert held(large) == (set(), False)


def test_withholding_small_counts_alone_would_be_undone_by_subtraction() -> None:
    counts = [40, 7, 22, 95]

    assert values_left(counts, {1}, False, 1) == 1
    assert values_left(counts, *held(counts), 1) >= LEAST_RANGE


def test_every_way_to_split_few_failures_over_three_teams_stays_open() -> None:
    for counts in combinations_with_replacement(range(13), 3):
        hidden, alike = held(list(counts))
        if hidden and len(hidden) < len(counts):
            assert min(values_left(list(counts), hidden, alike, at) for at in hidden) >= LEAST_RANGE, counts


def table(rows: list[dict[str, object]], **more: object) -> Table:
    kinds = (("team", "text"), ("n", "count"), ("failed", "count"), ("rate", "percent"), ("odds", "number"))
    named = tuple(Column(key=key, label=key.title(), kind=kind) for key, kind in kinds)
    return Table(id="a.b", section="a", caption="By team", columns=named, rows=tuple(rows), **more)


def test_every_figure_that_follows_from_a_withheld_count_goes_with_it() -> None:
    rows = [
        {"team": "A", "n": 400, "failed": 7, "rate": 7 / 400, "odds": 0.4},
        {"team": "B", "n": 500, "failed": 22, "rate": 22 / 500, "odds": 1.2},
        {"team": "C", "n": 900, "failed": 80, "rate": 80 / 900, "odds": 2.4},
    ]
    masked = mask_table(table(rows), rows, LIMIT)

    assert set(masked) == {(at, key) for at in (0, 1) for key in ("failed", "rate", "odds")}
    assert set(masked.values()) == {"withheld"}


def test_rows_that_are_no_parts_of_a_whole_stand_alone() -> None:
    rows = [{"team": "A", "n": 400, "failed": 7}, {"team": "B", "n": 500, "failed": 22}]

    assert mask_table(table(rows, apart=True), rows, LIMIT) == {(0, "failed"): "1–10"}


def test_counts_that_add_up_within_a_row_are_withheld_together() -> None:
    named = (Column(key="failed", label="All", kind="count"), Column(key="failed_after", label="Since", kind="count"))
    rows = [{"failed": 30, "failed_after": 24, "failed_before": 6}]
    made = Table(
        id="a.b",
        section="a",
        caption="x",
        columns=(*named, Column(key="failed_before", label="Before", kind="count")),
        rows=tuple(rows),
    )

    assert {key for _, key in mask_table(made, rows, LIMIT)} == {"failed", "failed_after", "failed_before"}


def figure(chart: str, data: dict[str, object]) -> Figure:
    return Figure(id="a.b", section="a", chart=chart, data=data, alt="A chart of the rate by week and team.")


def test_a_course_with_a_point_of_few_failures_is_not_drawn() -> None:
    many = [{"n": 300, "failed": int(count)} for count in np.full(5, 20)]

    assert mask_figure(figure("rate_over_time", {"periods": many}), LIMIT) is not None
    few = [*many, {"n": 300, "failed": 3}]
    assert mask_figure(figure("rate_over_time", {"periods": few}), LIMIT) is None


def test_a_chart_of_a_shape_that_nobody_knows_is_not_drawn() -> None:
    assert mask_figure(figure("new_chart", {"slices": [{"n": 300}]}), LIMIT) is None
    assert mask_figure(figure("cause_chart", {"nodes": [], "links": []}), LIMIT) is not None
