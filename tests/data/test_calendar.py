import pandas as pd
import pytest

from rca_lib.data.calendar import add_working_days, public_holidays, working_days_between


def at(*moments):
    return pd.Series(pd.to_datetime(list(moments), utc=True)).astype("datetime64[us, UTC]")


@pytest.mark.parametrize(
    ("received", "days", "due"),
    [
        ("2026-03-02 15:00", 1, "2026-03-04 05:00"),  # Monday: the end of Tuesday, in Washington
        ("2026-03-06 15:00", 1, "2026-03-10 04:00"),  # Friday: the end of Monday, after the clocks changed
        ("2026-03-07 15:00", 1, "2026-03-10 04:00"),  # Saturday counts as Friday
        ("2026-07-02 15:00", 1, "2026-07-07 04:00"),  # Independence Day is observed on Friday the 3rd
        ("2026-03-03 04:30", 1, "2026-03-04 05:00"),  # still Monday evening in Washington
        ("2026-03-02 15:00", 1.5, "2026-03-05 05:00"),
    ],
)
def test_a_deadline_ends_with_its_last_working_day(received, days, due):
    ends = add_working_days(at(received), days, calendar="US", timezone="America/New_York")
    assert ends.tolist() == at(due).tolist()


def test_without_a_calendar_only_weekends_are_skipped():
    assert add_working_days(at("2026-07-02 15:00"), 1).tolist() == at("2026-07-04 00:00").tolist()


def test_missing_moments_and_days_stay_missing():
    moments = pd.Series([pd.NaT, at("2026-03-02")[0]], dtype="datetime64[us, UTC]", index=[7, 3])
    ends = add_working_days(moments, pd.Series([1.0, float("nan")], index=[7, 3]))
    assert ends.isna().all()
    assert str(ends.dtype) == "datetime64[us, UTC]"
    assert ends.index.tolist() == [7, 3]
    assert working_days_between(moments, moments).isna().tolist() == [True, False]


@pytest.mark.parametrize(
    ("start", "end", "days"),
    [
        ("2026-03-02 10:00", "2026-03-02 20:00", 0),
        ("2026-03-02 10:00", "2026-03-03 10:00", 1),
        ("2026-03-06 10:00", "2026-03-09 10:00", 1),
        ("2026-07-02 10:00", "2026-07-07 10:00", 2),
        ("2026-03-03 10:00", "2026-03-02 10:00", -1),
    ],
)
def test_working_days_after_the_first_day_are_counted(start, end, days):
    assert working_days_between(at(start), at(end), calendar="US").tolist() == [days]


def test_adding_and_counting_agree():
    moments = at(*pd.date_range("2025-01-01 12:00", periods=400, freq="D", tz="UTC"))
    for days in (1, 5, 20):
        ends = add_working_days(moments, days, calendar="US") - pd.Timedelta(hours=1)
        assert (working_days_between(moments, ends, calendar="US") == days).all()


def test_a_part_of_a_country_has_its_own_holidays():
    assert set(public_holidays("US-CA", 2026, 2026)) - set(public_holidays("US", 2026, 2026))
