import time

import numpy as np
import pandas as pd
import pytest

from rca_lib.analysis.conformance import conformance, deviation_flags

START = pd.Timestamp("2025-01-06", tz="UTC")
WAY = ("intake", "triage", "scope_review", "pull", "qc", "deliver")


@pytest.fixture
def flow():
    """Events and requests that follow the usual way, and a place to change single ones."""

    def make(count=200, changed=None, *, kind="subpoena", open_from=None):
        rows, requests = [], []
        for number in range(count):
            name = f"R{number:04d}"
            begun = START + pd.Timedelta(hours=12 * number)
            steps = (changed or {}).get(number, WAY)
            if open_from is not None and number >= open_from:
                steps = steps[:3]
            rows += [
                {"request_id": name, "activity": step, "ts": begun + pd.Timedelta(hours=place), "seq": place}
                for place, step in enumerate(steps)
            ]
            done = open_from is None or number < open_from
            closed = begun + pd.Timedelta(hours=len(steps) - 1) if done else pd.NaT
            requests.append({"request_id": name, "process_type": kind, "closed_at": closed})
        return pd.DataFrame(rows), pd.DataFrame(requests)

    return make


def ask(events, requests, as_of=None):
    return conformance(events, requests, as_of=as_of or events["ts"].max())


def test_requests_that_follow_the_usual_way_show_no_deviation(flow):
    found = ask(*flow())
    assert list(found.flags.columns) == []
    assert (found.fitness == 1).all()
    assert found.steps == WAY


def test_each_kind_of_deviation_is_named_where_it_is(flow):
    skipped = ("intake", "triage", "scope_review", "pull", "deliver")
    again = ("intake", "triage", "scope_review", "pull", "pull", "qc", "deliver")
    turned = ("intake", "triage", "pull", "scope_review", "qc", "deliver")
    changed = dict.fromkeys(range(10, 18), skipped) | dict.fromkeys(range(20, 27), again)
    changed |= dict.fromkeys(range(30, 36), turned)
    flags = ask(*flow(changed=changed)).flags
    assert set(flags.columns) == {"skipped:qc", "repeated:pull", "out_of_order:pull"}
    for name, rows in (("skipped:qc", range(10, 18)), ("repeated:pull", range(20, 27))):
        assert flags.index[flags[name]].tolist() == [f"R{number:04d}" for number in rows]
    assert flags["out_of_order:pull"].sum() == 6


def test_a_deviation_of_a_handful_is_not_listed_and_still_lowers_the_fitness(flow):
    changed = {3: ("intake", "triage", "scope_review", "pull", "deliver")}
    found = ask(*flow(changed=changed))
    assert list(found.flags.columns) == []
    assert found.fitness[3] == pytest.approx(5 / 6)


def test_an_open_request_is_judged_up_to_where_it_is(flow):
    events, requests = flow(open_from=180)
    found = ask(events, requests)
    assert list(found.flags.columns) == []
    assert not found.finished[190]
    # A later step on record shows that the one before it was left out.
    more = pd.DataFrame(
        [
            {"request_id": f"R{number:04d}", "activity": "qc", "ts": events["ts"].max(), "seq": 9}
            for number in range(185, 195)
        ]
    )
    flags = ask(pd.concat([events, more]), requests).flags
    assert flags.columns.tolist() == ["skipped:pull"]
    assert flags["skipped:pull"].sum() == 10


def test_what_is_usual_for_one_type_is_not_asked_of_another(flow):
    events, requests = flow()
    short = dict.fromkeys(range(200), ("intake", "triage", "deliver"))
    other, others = flow(changed=short, kind="preservation")
    other["request_id"], others["request_id"] = "P" + other["request_id"], "P" + others["request_id"]
    found = ask(pd.concat([events, other]), pd.concat([requests, others], ignore_index=True))
    assert list(found.flags.columns) == []
    assert found.types == ("preservation", "subpoena")


def test_a_refused_request_is_not_asked_for_the_steps_after_the_refusal(flow):
    refused = dict.fromkeys(range(100), ("intake", "triage", "scope_review", "deliver"))
    events, requests = flow(changed=refused)
    requests["outcome"] = np.where(np.arange(len(requests)) < 100, "rejected", "full")
    assert list(ask(events, requests).flags.columns) == []


def test_a_step_that_was_dropped_for_good_was_usual_once(flow):
    short = ("intake", "triage", "scope_review", "pull", "deliver")
    events, requests = flow(count=900, changed=dict.fromkeys(range(300, 900), short))
    assert ask(events, requests).flags["skipped:qc"].sum() == 600


def test_what_comes_after_the_end_is_no_deviation(flow):
    again = (*WAY, "pull", "deliver")
    assert list(ask(*flow(changed=dict.fromkeys(range(20, 30), again))).flags.columns) == []


def test_a_step_that_is_new_is_not_asked_of_what_came_before_it(flow):
    short = ("intake", "triage", "scope_review", "pull", "deliver")
    events, requests = flow(count=900, changed=dict.fromkeys(range(500), short))
    assert list(ask(events, requests).flags.columns) == []


def test_in_a_first_quarter_too_thin_to_tell_the_next_one_stands_in(flow):
    short = ("intake", "triage", "scope_review", "pull", "deliver")
    events, requests = flow(count=400, changed=dict.fromkeys([*range(185, 190), 300], short))
    number = events["request_id"].str[1:].astype(int)
    kept = number >= 170
    flags = ask(events[kept], requests[170:]).flags
    assert flags["skipped:qc"].sum() == 6
    # The first day is moved back, so that the quarter from it holds few requests.
    events.loc[number == 170, "ts"] -= pd.Timedelta(days=85)
    assert ask(events[kept], requests[170:]).flags["skipped:qc"].sum() == 6


@pytest.mark.parametrize("again", ["reopen", "Reopened"])
def test_what_follows_a_reopening_cannot_have_led_to_it(flow, again):
    reopened = ("intake", "triage", "scope_review", "pull", "pull", again, "pull", "qc", "qc", "deliver")
    flags = ask(*flow(changed=dict.fromkeys(range(20, 30), reopened))).flags
    assert flags.columns.tolist() == ["repeated:pull"]
    assert flags["repeated:pull"].sum() == 10


def test_with_a_moment_of_failure_only_what_came_before_it_counts(flow):
    twice = ("intake", "intake", "triage", "scope_review", "pull", "pull", "qc", "deliver")
    events, requests = flow(changed=dict.fromkeys(range(20, 30), twice))
    begun = events.groupby("request_id")["ts"].min()
    flags = deviation_flags(events, requests, as_of=events["ts"].max(), until=begun + pd.Timedelta(hours=4))
    assert flags.columns.tolist() == ["repeated:intake"]
    # A step that came only after the moment was late, not left out, though a later one is on record before it.
    turned = ("intake", "triage", "scope_review", "qc", "pull", "deliver")
    events, requests = flow(changed=dict.fromkeys(range(20, 30), turned))
    begun = events.groupby("request_id")["ts"].min()
    found = deviation_flags(events, requests, as_of=events["ts"].max(), until=begun + pd.Timedelta(hours=3))
    assert list(found.columns) == []


def test_nothing_later_than_the_moment_is_used_and_order_of_rows_changes_nothing(flow):
    events, requests = flow(
        changed=dict.fromkeys(range(150, 160), ("intake", "triage", "scope_review", "pull", "deliver"))
    )
    early = deviation_flags(events, requests, as_of=START + pd.Timedelta(hours=12 * 140))
    assert "skipped:qc" not in early
    assert len(early) == 141
    mixed = deviation_flags(
        events.sample(frac=1, random_state=1), requests.sample(frac=1, random_state=2), as_of=events["ts"].max()
    )
    pd.testing.assert_frame_equal(mixed, deviation_flags(events, requests, as_of=events["ts"].max()))


def test_no_events_and_unknown_requests_are_no_trouble(flow):
    events, requests = flow(count=40)
    assert deviation_flags(events.iloc[:0], requests, as_of=START).empty
    assert len(deviation_flags(events, requests.iloc[:10], as_of=events["ts"].max())) == 40
    assert len(deviation_flags(events, requests[["request_id"]], as_of=events["ts"].max())) == 40
    assert len(deviation_flags(events, requests.iloc[:0], as_of=events["ts"].max())) == 40


def test_a_request_listed_twice_and_events_of_no_request_change_nothing(flow):
    events, requests = flow(
        changed=dict.fromkeys(range(10, 18), ("intake", "triage", "scope_review", "pull", "deliver"))
    )
    expected = ask(events, requests).flags
    nameless = events.tail(20).assign(request_id=None)
    found = ask(pd.concat([events, nameless]), pd.concat([requests, requests.head(3)]), as_of=events["ts"].max())
    pd.testing.assert_frame_equal(found.flags, expected, check_index_type=False)


def test_an_event_ingested_twice_is_one_event(flow):
    events, requests = flow()
    twins = events[events["request_id"] <= "R0009"]
    assert list(ask(pd.concat([events, twins]), requests).flags.columns) == []
    renumbered = pd.concat([events, twins.assign(seq=twins["seq"] + 100)])
    assert list(ask(renumbered, requests).flags.columns) == []


def test_steps_of_one_moment_have_no_order_unless_it_is_on_record(flow):
    turned = ("intake", "triage", "pull", "scope_review", "qc", "deliver")
    events, requests = flow(changed=dict.fromkeys(range(30, 36), turned))
    together = events["activity"].isin(["pull", "scope_review"])
    events.loc[together, "ts"] = events[together].groupby("request_id")["ts"].transform("max")
    assert list(ask(events, requests).flags.columns) == ["out_of_order:pull"]
    assert list(ask(events.drop(columns="seq"), requests).flags.columns) == []
    assert list(ask(events.assign(seq=pd.NA), requests).flags.columns) == []


def test_thousands_of_activities_that_few_requests_share_take_no_time(flow):
    events, requests = flow(count=300)
    events["activity"] = [f"step {number % 1500}" for number in range(len(events))]
    started = time.perf_counter()
    assert list(ask(events, requests).flags.columns) == []
    assert time.perf_counter() - started < 1.0
