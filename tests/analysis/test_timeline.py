import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rca_lib.analysis.timeline import (
    against_usual,
    comparable_requests,
    detection_lag,
    step_durations,
    turnaround,
    usual_times,
)

EVENT = "request_id activity ts lifecycle"


def shown(frame, *columns):
    return [tuple(getattr(row, name) for name in columns) for row in frame.itertuples()]


def test_work_runs_from_start_to_complete(table):
    events = table(
        EVENT,
        ("a", "triage", "2025-03-01T10", "complete"),
        ("a", "triage", "2025-03-01T08", "start"),
        ("a", "pull", "2025-03-01T13", "start"),
        ("a", "pull", "2025-03-01T18", None),
    )
    steps = step_durations(events)
    assert shown(steps, "step", "hours", "order", "occurrence", "measured") == [
        ("triage", 2.0, 1, 1, "work"),
        ("wait_for_pull", 3.0, 2, 1, "waiting"),
        ("pull", 5.0, 3, 1, "work"),
    ]
    assert list(steps.columns) == [
        "request_id", "step", "started", "ended", "hours", "paused_hours", "order", "occurrence", "open", "measured",
    ]  # fmt: skip


def test_steps_only_on_record_as_complete_last_since_the_step_before(table):
    events = table(
        EVENT,
        ("a", "pull", "2025-03-02T08", None),
        ("a", "intake", "2025-03-01T09", None),
        ("b", "intake", "2025-03-01T10", None),
    )
    steps = step_durations(events)
    assert shown(steps[steps["request_id"] == "a"], "step", "measured") == [
        ("intake", "since previous step"),
        ("pull", "since previous step"),
    ]
    assert steps.set_index(["request_id", "step"])["hours"].to_dict()["a", "pull"] == 23
    assert steps["hours"].isna().sum() == 2
    requests = table("request_id received_at", ("a", "2025-03-01T08"), ("b", "2025-03-01T08"))
    hours = step_durations(events, requests=requests).set_index(["request_id", "step"])["hours"]
    assert hours.to_dict() == {("a", "intake"): 1, ("a", "pull"): 23, ("b", "intake"): 2}


def test_pauses_are_taken_out(table):
    events = table(
        EVENT,
        ("a", "scope_review", "2025-03-01T08", "start"),
        ("a", "scope_review", "2025-03-01T09", "pause"),
        ("a", "scope_review", "2025-03-01T15", "resume"),
        ("a", "scope_review", "2025-03-01T16", "complete"),
    )
    assert shown(step_durations(events), "hours", "paused_hours") == [(2.0, 6.0)]


def test_work_done_again_is_kept_in_order(table):
    events = table(
        EVENT,
        ("a", "pull", "2025-03-01T08", "start"),
        ("a", "pull", "2025-03-01T09", "complete"),
        ("a", "qc", "2025-03-01T10", "start"),
        ("a", "qc", "2025-03-01T11", "complete"),
        ("a", "pull", "2025-03-01T12", "start"),
        ("a", "pull", "2025-03-01T15", "complete"),
    )
    assert shown(step_durations(events), "step", "hours", "order", "occurrence") == [
        ("pull", 1.0, 1, 1),
        ("wait_for_qc", 1.0, 2, 1),
        ("qc", 1.0, 3, 1),
        ("wait_for_pull", 1.0, 4, 1),
        ("pull", 3.0, 5, 2),
    ]


def test_the_parts_of_a_request_add_up_to_the_whole(table):
    events = table(
        EVENT,
        ("a", "intake", "2025-03-01T09", "complete"),
        ("a", "scope_review", "2025-03-01T12", "start"),
        ("a", "scope_review", "2025-03-01T13", "pause"),
        ("a", "scope_review", "2025-03-01T20", "resume"),
        ("a", "scope_review", "2025-03-02T02", "complete"),
        ("a", "pull", "2025-03-02T05", "complete"),
        ("a", "deliver", "2025-03-02T07", "start"),
    )
    requests = table("request_id received_at", ("a", "2025-03-01T08"))
    steps = step_durations(events, requests=requests, as_of="2025-03-02T08")
    assert shown(steps, "step", "hours") == [
        ("intake", 1.0),
        ("wait_for_scope_review", 3.0),
        ("scope_review", 7.0),
        ("pull", 3.0),
        ("wait_for_deliver", 2.0),
        ("deliver", 1.0),
    ]
    assert steps["hours"].sum() + steps["paused_hours"].sum() == 24
    assert steps["open"].tolist() == [False] * 5 + [True]


def test_what_follows_closing_waits_for_a_date_and_has_no_usual_pace(table):
    rows = []
    for i in range(30):
        way = (
            ("intake", "01-01"),
            ("close", "01-02"),
            ("notify_user", "06-01"),
            ("reopen", "06-02"),
            ("pull", "06-03"),
            ("close", "06-04"),
        )
        rows += [(f"r{i}", step, f"2025-{day}", None) for step, day in way]
    steps = step_durations(table(EVENT, *rows))
    assert steps["measured"].tolist()[:6] == [
        "since previous step",
        "since previous step",
        "since closing",
        "since closing",
        "since previous step",
        "since previous step",
    ]
    placed = against_usual(steps, ["r0"], steps["request_id"])
    assert placed["place"].tolist() == ["", "usual", "", "", "usual", "usual"]
    assert "notify_user" not in usual_times(steps, steps["request_id"])["step"].tolist()


def test_an_open_step_lasts_until_as_of_and_a_lost_end_is_not_guessed(table):
    events = table(
        EVENT,
        ("a", "triage", "2025-03-01T08", "start"),
        ("b", "triage", "2025-03-01T08", "start"),
        ("b", "pull", "2025-03-01T09", "start"),
        ("b", "pull", "2025-03-01T12", "complete"),
    )
    steps = step_durations(events, as_of="2025-03-02T08").set_index(["request_id", "step"])
    assert steps["hours"].dropna().to_dict() == {("a", "triage"): 24, ("b", "pull"): 3}
    assert steps["open"].to_dict() == {("a", "triage"): True, ("b", "triage"): False, ("b", "pull"): False}
    assert steps["ended"].isna().tolist() == [True, True, False]


def test_nothing_after_as_of_is_used(table):
    events = table(EVENT, ("a", "triage", "2025-03-01T08", "start"), ("a", "triage", "2025-03-05T08", "complete"))
    steps = step_durations(events, as_of="2025-03-02T08")
    assert shown(steps, "hours", "open") == [(24.0, True)]
    assert step_durations(events, as_of="2025-02-01").empty


def test_the_same_event_twice_is_one_event_and_a_second_start_begins_nothing(table):
    events = table(
        EVENT,
        ("a", "triage", "2025-03-01T08", "start"),
        ("a", "triage", "2025-03-01T08", "start"),
        ("a", "triage", "2025-03-01T09", "start"),
        ("a", "triage", "2025-03-01T10", "complete"),
        ("a", "triage", "2025-03-01T10", "complete"),
    )
    assert shown(step_durations(events), "step", "hours") == [("triage", 2.0)]


def test_seq_orders_events_of_one_moment(table):
    events = table(
        "request_id activity ts seq",
        ("a", "pull", "2025-03-01T10", 2),
        ("a", "triage", "2025-03-01T10", 1),
        ("a", "intake", "2025-03-01T09", 0),
    )
    steps = step_durations(events)
    assert shown(steps.dropna(), "step", "hours") == [("triage", 1.0), ("pull", 0.0)]


def test_no_events_give_no_steps(table):
    steps = step_durations(table("request_id activity ts lifecycle seq"))
    assert steps.empty
    assert usual_times(steps, []).empty
    assert against_usual(steps, ["a"], ["b"]).empty


@given(st.permutations(range(12)), st.integers(0, 5))
@settings(max_examples=25, deadline=None)
def test_neither_the_order_of_rows_nor_ids_change_a_duration(order, shift):
    moments = pd.date_range("2025-03-01", periods=12, freq="3h", tz="UTC").as_unit("us")
    events = pd.DataFrame(
        {
            "request_id": pd.Series([f"r{(i % 3 + shift) % 6}" for i in range(12)], dtype="str"),
            "activity": pd.Series(["triage", "pull", "qc", "deliver"] * 3, dtype="str"),
            "ts": moments,
        }
    )
    steps = step_durations(events.iloc[list(order)])
    by_request = steps.groupby("request_id")["hours"].sum()
    # The parts of each request sum to the time from its first to its last event.
    assert by_request.tolist() == [27.0, 27.0, 27.0]
    assert steps.groupby("request_id")["order"].max().tolist() == [4, 4, 4]


def usual_log(table, hours, step="pull"):
    rows = []
    for i, length in enumerate(hours):
        start = pd.Timestamp("2025-03-01", tz="UTC")
        rows += [
            (f"r{i}", step, start.isoformat(), "start"),
            (f"r{i}", step, (start + pd.Timedelta(hours=length)).isoformat(), "complete"),
        ]
    return table(EVENT, *rows)


def test_quantiles_and_place_among_comparable_requests(table):
    steps = step_durations(usual_log(table, range(1, 101)))
    others = [f"r{i}" for i in range(100)]
    usual = usual_times(steps, others)
    assert shown(usual, "step", "n", "p10", "p25", "p50", "p75", "p90", "p95") == [
        ("pull", 100, 10.0, 25.0, 50.0, 75.0, 90.0, 95.0)
    ]
    places = against_usual(steps, ["r99", "r94", "r49", "r2"], others)
    assert shown(places, "request_id", "n", "place") == [
        ("r99", 96, "far slower than usual"),
        ("r94", 96, "slower than usual"),
        ("r49", 96, "usual"),
        ("r2", 96, "faster than usual"),
    ]
    assert places["percentile"].tolist() == pytest.approx([1, 92 / 96, 48 / 96, 2 / 96])


def test_ties_count_half_and_few_have_no_place(table):
    steps = step_durations(usual_log(table, [4] * 30))
    place = against_usual(steps, ["r0"], [f"r{i}" for i in range(30)])
    assert shown(place, "percentile", "place") == [(0.5, "usual")]
    few = against_usual(steps, ["r0"], [f"r{i}" for i in range(10)])
    assert shown(few, "n", "place") == [(9, "too few to compare")]
    none = against_usual(steps, ["r0"], [])
    assert shown(none, "n", "place") == [(0, "too few to compare")]
    assert none["percentile"].isna().all()


def test_slower_than_a_handful_is_not_yet_far_slower(table):
    steps = step_durations(usual_log(table, range(1, 32)))
    places = against_usual(steps, ["r30"], [f"r{i}" for i in range(30)])
    assert shown(places, "percentile", "place") == [(1.0, "slower than usual")]


def test_open_steps_of_others_are_censored_not_dropped(table):
    closed = usual_log(table, [10] * 20)
    waiting = table(EVENT, *((f"w{i}", "pull", "2025-03-01", "start") for i in range(20)))
    steps = step_durations(pd.concat([closed, waiting], ignore_index=True), as_of="2025-03-03")
    usual = usual_times(steps, steps["request_id"])
    assert shown(usual, "n", "p10", "p50") == [(40, 10.0, 10.0)]
    # Half had taken longer than 48 hours, so three quarters were never seen to end.
    assert usual["p75"].isna().all()


def test_kaplan_and_meier_reproduce_the_leukaemia_trial(table):
    # Freireich 1963, 6-MP arm in weeks (negative: censored); published: 0.857 0.807 0.753 0.690 0.627 0.538 0.448, median 23.
    from rca_lib.analysis.timeline import _Times

    weeks = pd.Series(
        [6, 6, 6, -6, 7, -9, 10, -10, -11, 13, 16, -17, -19, -20, 22, 23, -25, -32, -32, -34, -35], dtype="float64"
    )
    times = _Times(weeks.abs().to_numpy(), (weeks < 0).to_numpy())
    at = {6: 0.857, 7: 0.807, 10: 0.753, 13: 0.690, 16: 0.627, 22: 0.538, 23: 0.448}
    values = dict(zip(times.values.tolist(), (1 - times.done).tolist(), strict=True))
    assert {week: round(values[week], 3) for week in at} == at
    assert times.quantile(0.5) == 23


def test_the_more_frequent_way_of_measuring_is_compared(table):
    both = pd.concat(
        [
            usual_log(table, [5] * 30),
            table(EVENT, ("x", "intake", "2025-03-01", None), ("x", "pull", "2025-03-05", None)),
        ],
        ignore_index=True,
    )
    steps = step_durations(both)
    usual = usual_times(steps, steps["request_id"])
    assert usual.set_index("step").loc["pull", "n"] == 30
    mine = against_usual(steps, ["x"], steps["request_id"]).set_index("step")
    assert mine.loc["pull", "n"] == 0
    assert mine.loc["intake", "place"] == ""


def test_turnaround_of_the_whole_request(table):
    requests = table(
        "request_id received_at closed_at outcome",
        ("a", "2025-03-01T00", "2025-03-03T00", "full"),
        ("b", "2025-03-01T00", None, "open"),
        ("lost", "2025-03-01T00", None, "full"),
        *((f"r{i}", "2025-03-01T00", f"2025-03-01T{i:02}", "full") for i in range(1, 24)),
    )
    events = table(EVENT, ("a", "clarify", "2025-03-01T12", "pause"), ("a", "clarify", "2025-03-02T12", "resume"))
    found = turnaround(requests, ["b", "a", "lost", "gone"], requests["request_id"], as_of="2025-03-05", events=events)
    assert shown(found, "request_id", "hours", "open", "n")[:2] == [("b", 96.0, True, 23), ("a", 24.0, False, 23)]
    assert found["place"].tolist() == ["slower than usual", "slower than usual", ""]
    assert found["hours"].isna().tolist() == [False, False, True]


REQUEST = "request_id received_at closed_at outcome process_type urgency"


def test_comparable_requests_widen_until_there_are_enough(table):
    rows = [(f"a{i}", "2025-03-01", "2025-03-02", "full", "warrant", "routine") for i in range(5)]
    rows += [(f"b{i}", "2025-03-01", "2025-03-02", "full", "warrant", "expedited") for i in range(5)]
    rows += [(f"c{i}", "2025-03-01", "2025-03-02", "full", "subpoena", "routine") for i in range(5)]
    requests = table(REQUEST, *rows)
    assert comparable_requests(requests, ["a0"], ["a1"], enough=3) == (
        ["a2", "a3", "a4"],
        "3 requests of the same process type and urgency that did not fail",
    )
    ids, note = comparable_requests(requests, ["a0"], ["a1"], enough=6)
    assert len(ids) == 8
    assert note == "8 requests of the same process type that did not fail"
    ids, note = comparable_requests(requests, ["a0"], [], enough=50)
    assert len(ids) == 14
    assert note == "14 requests that did not fail"
    assert comparable_requests(requests, [], [], enough=50)[1] == "15 requests that did not fail"


def test_withdrawn_and_unfinished_requests_are_not_comparable(table):
    requests = table(
        REQUEST,
        ("x", "2025-03-01", "2025-03-02", "full", None, None),
        ("open", "2025-03-01", None, "open", None, None),
        ("withdrawn", "2025-03-01", "2025-03-02", "withdrawn", None, None),
        ("fine", "2025-03-01", "2025-03-02", "full", None, None),
    )
    assert comparable_requests(requests, ["x"], []) == (["fine"], "1 request that did not fail")
    nothing_closed = requests.assign(closed_at=pd.NaT)
    assert comparable_requests(nothing_closed, ["x"], [])[0] == ["open", "fine"]


ESCALATION = "escalation_id occurred_at detected_at detected_by"


def test_detection_lag_beside_the_other_escalations(table):
    escalations = table(
        ESCALATION,
        ("E0", "2025-03-01", "2025-03-03", "agency"),
        ("E1", "2025-03-01", "2025-03-02", None),
        ("E2", "2025-03-01", "2025-03-03", None),
        ("E3", "2025-03-01", "2025-03-04", None),
        ("E4", "2025-03-04", "2025-03-01", None),
        ("E5", None, "2025-03-01", None),
    )
    lag = detection_lag(escalations.iloc[0], escalations)
    assert (lag.hours, lag.n, lag.detected_by, lag.reason) == (48.0, 3, "agency", "")
    assert (lag.low, lag.typical_hours, lag.high) == (36.0, 48.0, 60.0)
    assert lag.percentile == 0.5
    assert detection_lag(escalations.iloc[4], escalations).hours is None
    unknown = detection_lag(escalations.iloc[5], escalations)
    assert unknown.reason == "The escalation does not say when it happened, so how long it went unnoticed is not known."
    alone = detection_lag(escalations.iloc[0].to_dict(), escalations[:1])
    assert (alone.n, alone.percentile, alone.typical_hours) == (0, None, None)
