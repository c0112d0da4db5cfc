"""Quotations are cut out of a text whose identifiers are covered, wherever the cut falls."""

from hypothesis import given
from hypothesis import strategies as st

from rca_lib.analysis.sentences import excerpt

NAME = "Xanthippe Ferrowhistle"


def cover(text):
    at = text.find(NAME)
    return [(at, at + len(NAME), "[name]")] if at >= 0 else []


@given(
    st.lists(st.sampled_from(["it", "was", "late.", "Nobody", "saw", "\n\n"]), max_size=12),
    st.lists(st.sampled_from(["it", "was", "late.", "Nobody", "saw", "\n\n"]), max_size=12),
    st.integers(0, 120),
    st.integers(0, 120),
    st.integers(1, 12),
)
def test_no_part_of_what_is_covered_is_quoted_and_all_else_is_as_without_it(before, after, start, length, words):
    text = " ".join([*before, NAME, *after])
    stop = start + length

    quoted = excerpt(text, start, stop, words, cover=cover)

    assert not any(piece in quoted for piece in ("Xan", "hip", "Fer", "row", "istle"))
    begin = text.index(NAME)
    if stop <= begin or start >= begin + len(NAME):
        assert quoted == excerpt(
            text.replace(NAME, "[name]"), *((start, stop) if stop <= begin else (start - 16, stop - 16)), words
        )
    elif start < stop:
        assert "[name]" in quoted or len(quoted.split()) >= words


def test_what_is_dropped_and_not_replaced_moves_the_cut_too():
    text = "a\u200bb cd\u200b ef. gh"

    assert excerpt(text, 0, 8, cover=lambda _: [(1, 2, ""), (6, 7, "")]) == "ab cd …"
