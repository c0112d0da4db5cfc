import numpy as np
import pandas as pd

from rca_lib.analysis.clock import holiday_dates, paused_hours, pauses, working_days_later


def spans_of(table, *rows, as_of="2025-03-31"):
    events = table("request_id activity ts lifecycle seq", *rows)
    found = pauses(events, as_of=as_of)
    return [(row.request_id, f"{row.started:%dT%H}", f"{row.ended:%dT%H}") for row in found.itertuples()]


def test_a_pause_runs_to_the_next_resume(table):
    assert spans_of(
        table,
        ("b", "clarify", "2025-03-02T10", "resume", None),
        ("a", "clarify", "2025-03-01T08", "pause", None),
        ("b", "clarify", "2025-03-01T10", "pause", None),
        ("a", "pull", "2025-03-01T12", "resume", None),
        ("a", "clarify", "2025-03-03T08", "pause", None),
        ("a", "clarify", "2025-03-03T09", "resume", None),
    ) == [("a", "01T08", "01T12"), ("a", "03T08", "03T09"), ("b", "01T10", "02T10")]


def test_marks_without_a_partner_take_out_as_little_as_they_can(table):
    twice = [
        ("a", "x", f"2025-03-01T{hour}", kind, None)
        for hour, kind in (("08", "pause"), ("09", "pause"), ("10", "resume"))
    ]
    assert spans_of(table, *twice) == [("a", "01T08", "01T10")]
    assert spans_of(table, ("a", "x", "2025-03-01T08", "resume", None)) == []
    forgotten = ("a", "clarify", "2025-03-01T08", "pause", None)
    assert spans_of(table, forgotten, ("a", "pull", "2025-03-02T08", "complete", None)) == [("a", "01T08", "02T08")]
    assert spans_of(table, forgotten) == [("a", "01T08", "31T00")]


def test_nothing_after_as_of_is_used(table):
    rows = [("a", "x", "2025-03-01T08", "pause", None), ("a", "x", "2025-03-20T08", "resume", None)]
    assert spans_of(table, *rows, as_of="2025-03-10") == [("a", "01T08", "10T00")]
    assert spans_of(table, *rows, as_of="2025-02-10") == []


def test_seq_breaks_ties(table):
    rows = [
        ("a", "x", "2025-03-01T08", "resume", 3),
        ("a", "x", "2025-03-01T08", "pause", 4),
        ("a", "x", "2025-03-01T06", "pause", 1),
        ("a", "x", "2025-03-01T09", "resume", 5),
    ]
    assert spans_of(table, *rows) == [("a", "01T06", "01T08"), ("a", "01T08", "01T09")]


def test_only_the_paused_time_inside_a_span_counts(table):
    rows = [("a", "x", "2025-03-01T08", "pause", None), ("a", "x", "2025-03-01T12", "resume", None)]
    spans = pauses(table("request_id activity ts lifecycle seq", *rows), as_of="2025-03-31")
    asked = table(
        "request_id received_at closed_at",
        ("a", "2025-03-01T10", "2025-03-01T20"),
        ("a", "2025-03-01T00", "2025-03-01T09"),
        ("a", "2025-03-01T00", None),
        ("b", "2025-03-01T00", "2025-03-02T00"),
        ("a", "2025-03-01T13", "2025-03-02T00"),
    )
    hours = paused_hours(spans, asked["request_id"], asked["received_at"], asked["closed_at"])
    assert hours.tolist() == [2, 1, 0, 0, 0]


def test_working_days_skip_weekends_and_holidays():
    received = pd.Series(pd.to_datetime(["2025-07-02 15:00", "2025-07-05 15:00"], utc=True))
    plain = working_days_later(received, np.array([2, 1]))
    assert [f"{day:%Y-%m-%dT%H}" for day in plain] == ["2025-07-05T00", "2025-07-08T00"]
    fourth = working_days_later(received, np.array([2, 1]), holidays=holiday_dates("US", [2025]))
    assert [f"{day:%Y-%m-%dT%H}" for day in fourth] == ["2025-07-08T00", "2025-07-08T00"]


def test_working_days_end_by_the_local_calendar():
    # 3 am UTC on Tuesday is still Monday in New York, and daylight saving time puts midnight there at 4 am UTC.
    received = pd.Series(pd.to_datetime(["2025-07-08 03:00"], utc=True))
    due = working_days_later(received, np.array([1]), timezone="America/New_York")
    assert f"{due.iloc[0]:%Y-%m-%dT%H}" == "2025-07-09T04"


def test_holidays_of_a_country_or_a_part_of_it():
    assert len(holiday_dates(None, [2025])) == 0
    assert np.datetime64("2025-03-31") in holiday_dates("US-CA", [2025])
    assert np.datetime64("2025-03-31") not in holiday_dates("US", [2025])
