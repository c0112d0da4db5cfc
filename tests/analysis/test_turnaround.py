"""How long requests take: what counts, what is censored and who is compared."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from rca_lib.analysis.outcome import outcome_of
from rca_lib.analysis.turnaround import attainment, compare_times, request_times

AS_OF = "2025-04-01"


def requests(*rows: tuple[str, str, str | None, str, str | None]) -> pd.DataFrame:
    frame = pd.DataFrame(rows, columns=["request_id", "received_at", "closed_at", "outcome", "due_at"])
    for name in ("received_at", "closed_at", "due_at"):
        frame[name] = pd.to_datetime(frame[name], utc=True)
    return frame


ROWS = requests(
    ("A", "2025-03-01", "2025-03-03", "full", "2025-03-05"),
    ("B", "2025-03-01", None, "open", "2025-03-05"),
    ("C", "2025-03-30", None, "open", "2025-04-05"),
    ("D", "2025-03-01", "2025-03-02", "withdrawn", "2025-03-05"),
    ("E", "2025-03-05", "2025-03-04", "full", None),
    ("F", "2025-03-05", None, "full", None),
    ("G", "2025-03-10", "2025-04-20", "full", "2025-05-01"),
)


def test_open_requests_are_censored_and_unusable_ones_left_out():
    times = request_times({"requests": ROWS}, as_of=AS_OF)
    found = times.frame.set_index("request_id")
    assert found["hours"].to_dict() == {"A": 48, "B": 31 * 24, "C": 48, "D": 24, "G": 22 * 24}
    assert found.index[found["closed"]].tolist() == ["A"]
    assert (times.withdrawn, times.left_out, times.paused) == (1, 2, 0)


def test_a_withdrawal_that_is_yet_to_come_is_an_open_request():
    rows = ROWS.assign(outcome=ROWS["outcome"].mask(ROWS["request_id"] == "G", "withdrawn"))
    times = request_times({"requests": rows}, as_of=AS_OF)
    assert times.withdrawn == 1
    assert not times.frame.set_index("request_id").loc["G", "closed"]


def test_paused_time_is_taken_out():
    events = pd.DataFrame(
        {
            "request_id": ["A", "A", "B"],
            "activity": ["clarify"] * 3,
            "ts": pd.to_datetime(["2025-03-01 12:00", "2025-03-02 00:00", "2025-03-11 00:00"], utc=True),
            "lifecycle": ["pause", "resume", "pause"],
            "seq": [1, 2, 1],
        }
    )
    times = request_times({"requests": ROWS, "events": events}, as_of=AS_OF)
    hours = times.frame.set_index("request_id")["hours"]
    assert (hours["A"], hours["B"], times.paused) == (36, 240, 2)


def test_open_and_overdue_is_missed_and_not_yet_due_is_left_out():
    late = outcome_of({"requests": ROWS}, "LAT", as_of="2025-06-30")
    assert attainment(late)[""].n == 4  # D was withdrawn, E and F have no deadline
    assert attainment(late)[""].k == 2  # A and G; B and C are open past theirs
    parts = attainment(late, pd.Series({"A": "x", "B": "x", "C": "y", "G": "y"}))
    assert sum(each.n for each in parts.values()) == 4


@pytest.mark.parametrize("table", [None, ROWS.iloc[:0], ROWS.drop(columns=["closed_at", "outcome"])])
def test_what_is_missing_is_said(table):
    times = request_times({} if table is None else {"requests": table}, as_of=AS_OF)
    assert not times.ok
    assert times.reason
    assert times.would_allow


def frame(n: int, seed: int = 0, slower: float = 1.0) -> tuple[pd.DataFrame, np.ndarray]:
    draw = np.random.default_rng(seed)
    group = np.where(draw.random(n) < 0.4, "b", "a")
    hours = draw.exponential(50, n) * np.where(group == "b", slower, 1.0)
    ends = draw.uniform(20, 400, n)
    at = pd.Timestamp("2025-01-01", tz="UTC")
    rows = {"request_id": [f"R{each}" for each in range(n)], "at": at, "hours": np.minimum(hours, ends)}
    return pd.DataFrame(rows | {"closed": hours <= ends, "n": 1}), group


def test_a_group_at_half_the_pace_is_found():
    times, group = frame(3000, slower=2.0)
    found = compare_times(times, group, order=["a", "b"])
    ratio = found.groups[1].against_others.hazard_ratio()
    assert ratio.low <= 0.5 <= ratio.high
    assert found.groups[1].p_adjusted < 1e-6
    assert found.groups[0].log_rank is None


def test_a_row_that_stands_for_several_requests_counts_as_often():
    times, group = frame(200)
    doubled = compare_times(times.assign(n=2), group)
    listed = compare_times(pd.concat([times, times]), np.concatenate([group, group]))
    assert doubled.overall == listed.overall
    assert doubled.groups[0].curve.n == 2 * (group == "a").sum()


def test_relabelling_changes_nothing_and_more_data_narrows():
    times, group = frame(300)
    one, other = compare_times(times, group), compare_times(times, np.where(group == "a", "z", "y"))
    assert one.overall.chi2 == pytest.approx(other.overall.chi2)
    few, many = (compare_times(*frame(n)).groups[0].curve.quantile(0.5) for n in (100, 5000))
    assert many.high - many.low < few.high - few.low
