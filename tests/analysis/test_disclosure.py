"""What a reader who knows how small counts are written can still work out of those withheld."""

from __future__ import annotations

from itertools import product

import pytest

from rca_lib.analysis.disclosure import NARROWEST, RANGE, SHOWN, WITHHELD, Sum, suppress

LIMIT, MOST = 4, 9


def possible(counts: tuple[int, ...], states: list[str]) -> list[tuple[int, ...]]:
    """Every way in which the counts can be, for a reader of their total and of how each is published.

    Beside a count that is given as a range, one that is withheld is known not to be small: it would be a range too.
    """
    large = [0, *range(LIMIT + 1, sum(counts) + 1)]
    open_to = {
        RANGE: range(1, LIMIT + 1),
        WITHHELD: large if RANGE in states else range(sum(counts) + 1),
    }
    ways = [[count] if state == SHOWN else open_to[state] for count, state in zip(counts, states, strict=True)]
    return [way for way in product(*ways) if sum(way) == sum(counts)]


def withheld(counts: tuple[int, ...]) -> list[str]:
    return suppress(counts, [Sum(tuple(range(len(counts))), sum(counts))], LIMIT)


@pytest.mark.parametrize("many", [2, 3])
def test_no_withheld_count_is_told_closely_by_the_total_and_by_how_the_others_are_written(many: int) -> None:
    tried = 0
    for counts in product(range(MOST + 1), repeat=many):
        if sum(counts) <= LIMIT:
            continue  # a total that is small is not published
        states = withheld(counts)
        hidden = [at for at, state in enumerate(states) if state != SHOWN]
        for at in hidden:
            tried += 1
            assert len({way[at] for way in possible(counts, states)}) >= NARROWEST, (counts, states)
    assert tried > 50


def test_a_lone_small_count_is_found_by_subtraction_unless_another_goes_with_it() -> None:
    counts = (30, 2, 7)

    assert {way[1] for way in possible(counts, [SHOWN, RANGE, SHOWN])} == {2}
    assert len({way[1] for way in possible(counts, withheld(counts))}) >= NARROWEST


def test_a_count_just_over_the_limit_does_not_hide_a_small_one_beside_it() -> None:
    # Of 1 and 5, were the 1 given as a range, the 5 would be known to be 5 or more, and so the 1 to be 1.
    counts = (1, LIMIT + 1, 30)

    assert {way[0] for way in possible(counts, [RANGE, WITHHELD, SHOWN])} == {1}
    assert len({way[0] for way in possible(counts, withheld(counts))}) >= NARROWEST
