"""Charts of change points and of interrupted time series."""

import datetime
import math

import pytest

from rca_lib.render.figures import draw
from rca_lib.review.blocks import Figure

WORDS = {"title": "The rate rose.", "alt": "The rate rose from three to nine per cent, in twenty points."}


def day(number):
    return (datetime.date(2025, 1, 6) + datetime.timedelta(weeks=number)).isoformat()


def period(number, rate, **more):
    return {
        "start": day(number),
        "end": day(number + 1),
        "rate": rate,
        "low": rate / 2,
        "high": rate * 1.8,
        "n": 90,
        **more,
    }


def figure(chart, data):
    return Figure(id=f"test.{chart}", section="test", chart=chart, data=data, **WORDS)


def points(**more):
    data = {
        "periods": [period(number, 0.03 if number < 10 else 0.09, mature=number < 18) for number in range(20)],
        "levels": [
            {"start": day(0), "end": day(10), "rate": 0.03, "low": 0.02, "high": 0.04},
            {"start": day(10), "end": day(20), "rate": 0.09, "low": 0.07, "high": 0.12},
        ],
        "windows": [{"when": day(10), "low": day(8), "high": day(11), "direction": "rise"}],
        "markers": [{"when": day(9), "label": "case tool 4.2"}],
        "occurred": day(14),
        "period_label": "one week",
        "y_label": "share that failed",
    }
    return data | more


def interrupted(**more):
    nothing = {"expected": None, "expected_low": None, "expected_high": None}
    something = {"expected": 0.03, "expected_low": 0.02, "expected_high": 0.045}
    data = {
        "periods": [
            period(number, 0.03 if number < 10 else 0.09, fitted=0.03 if number < 10 else 0.09)
            | (nothing if number < 10 else something)
            for number in range(20)
        ],
        "control": [period(number, 0.02) for number in range(20)],
        "change": {"when": day(10), "label": "case tool 4.2"},
        "occurred": day(14),
        "period_label": "week",
        "y_label": "share that failed",
    }
    return data | more


def test_change_points_name_windows_levels_and_entries():
    drawn = draw(figure("change_points", points()))
    for words in ("rise, 3 Mar to 24 Mar 2025", "case tool 4.2", "this escalation", "level of a stretch", "share that failed",
                  "not yet complete", "95% confidence"):  # fmt: skip
        assert words in drawn


def test_an_interrupted_series_names_the_change_and_what_was_expected():
    drawn = draw(figure("interrupted_series", interrupted()))
    for words in (
        "17 Mar 2025: case tool 4.2",
        "without the change",
        "its 95% interval",
        "not reached",
        "one dot per week",
    ):
        assert words in drawn
    assert "not reached" not in draw(figure("interrupted_series", interrupted(control=[])))


@pytest.mark.parametrize(("chart", "data"), [("change_points", points()), ("interrupted_series", interrupted())])
def test_nothing_to_draw_is_said_and_odd_values_are_drawn(chart, data):
    assert "There is no period to draw." in draw(figure(chart, data | {"periods": []}))
    odd = [row | {"rate": None, "low": math.nan, "high": None} for row in data["periods"]]
    assert draw(figure(chart, data | {"periods": odd, "occurred": None})).startswith("<svg")
    assert draw(figure(chart, data)) == draw(figure(chart, data))
