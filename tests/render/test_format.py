from datetime import UTC, date, datetime

import pandas as pd
import pytest

from rca_lib.review.format import DASH, format_value


@pytest.mark.parametrize(
    ("value", "kind", "written"),
    [
        (30112, "count", "30,112"),
        (-3, "count", "−3"),
        (2.134, "number", "2.13"),
        (21.34, "number", "21.3"),
        (2134.4, "number", "2,134"),
        (0, "percent", "0%"),
        (1, "percent", "100%"),
        (0.0004, "percent", "0.04%"),
        (0.00001, "percent", "under 0.01%"),
        (0.0312, "percent", "3.1%"),
        (0.4249, "percent", "42%"),
        (0.9962, "percent", "99.6%"),
        (0.99999, "percent", "over 99.9%"),
        (-0.031, "percent", "−3.1%"),
        (0.5, "hours", "30 min"),
        (0.999, "hours", "1 h"),
        (23.9999, "hours", "1 d"),
        (76.2, "hours", "3 d 4 h"),
        (24 * 400.0, "hours", "400 d"),
        (date(2026, 3, 9), "date", "9 March 2026"),
        ("2026-03-09T23:30:00-05:00", "date", "10 March 2026"),
        ("2026-03-11", "week", "week of 9 March 2026"),
        (datetime(2026, 3, 9, 14, 5, tzinfo=UTC), "moment", "9 March 2026 14:05 UTC"),
        (pd.Timestamp("2026-03-09 14:05", tz="UTC"), "moment", "9 March 2026 14:05 UTC"),
        (True, "text", "yes"),
        (["a", "b"], "text", "a, b"),
        ("", "text", DASH),
    ],
)
def test_each_kind_is_written_for_a_reader(value, kind, written):
    assert format_value(value, kind) == written


@pytest.mark.parametrize("missing", [None, float("nan"), pd.NA, pd.NaT])
@pytest.mark.parametrize("kind", ["text", "count", "number", "percent", "hours", "date", "week", "moment"])
def test_a_missing_value_is_a_dash(missing, kind):
    assert format_value(missing, kind) == DASH


@pytest.mark.parametrize(
    ("pair", "kind", "written"),
    [
        ((0.021, 0.044), "percent", "2.1% to 4.4%"),
        ((0.096, 0.121), "percent", "9.6% to 12.1%"),
        ((0, 0.121), "percent", "0% to 12%"),
        ([1.4, 3.2], "number", "1.40 to 3.20"),
        ((1.4, None), "number", "1.40 or more"),
        ((1.4, float("inf")), "number", "1.40 or more"),
        ((None, 3), "count", "up to 3"),
        ((None, None), "count", DASH),
        (("2026-03-09", "2026-03-23"), "date", "9 March 2026 to 23 March 2026"),
    ],
)
def test_a_pair_is_written_as_an_interval(pair, kind, written):
    assert format_value(pair, kind) == written


def test_an_unknown_kind_is_named_with_the_known_ones():
    with pytest.raises(ValueError, match=r"'money'.*count, number, percent"):
        format_value(1, "money")
