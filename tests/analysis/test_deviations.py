import numpy as np
import pandas as pd
import pytest

from rca_lib.analysis.bottlenecks import mean_change, step_times
from rca_lib.analysis.deviations import deviation_effects, failure_moments, steps_after_delivery
from rca_lib.analysis.outcome import Outcome

START = pd.Timestamp("2025-01-06", tz="UTC")


def outcome_with(marks, effect, *, kinds=2, base=0.1, seed=3):
    """An outcome in which marked requests fail `effect` times as often, in odds, and a second type fails more."""
    random = np.random.default_rng(seed)
    rows = len(marks)
    kind = random.integers(0, kinds, rows)
    logit = np.log(base / (1 - base)) + np.log(effect) * marks + 1.0 * kind
    failed = random.random(rows) < 1 / (1 + np.exp(-logit))
    ids = pd.Series([f"R{number}" for number in range(rows)], dtype="str")
    at = START + pd.to_timedelta(np.arange(rows), unit="h")
    frame = pd.DataFrame(
        {"request_id": ids, "at": at, "failed": failed, "mature": True, "weight": 1.0, "n": 1, "arm": ""}
    )
    requests = pd.DataFrame({"request_id": ids, "process_type": pd.Series(list("ab"))[kind].to_numpy()})
    return Outcome("X", "failed", "requests", frame, "simulated"), requests


def test_a_deviation_that_goes_with_the_failure_is_told_with_its_size():
    marks = np.random.default_rng(1).random(6_000) < 0.1
    outcome, requests = outcome_with(marks, 4.0)
    idle = np.random.default_rng(2).random(6_000) < 0.1
    flags = pd.DataFrame({"skipped:qc": marks, "repeated:pull": idle}, index=outcome.frame["request_id"])
    first, second = deviation_effects(outcome, flags, requests)
    assert first.name == "skipped:qc"
    assert first.ratio.low < 4.0 < first.ratio.high
    assert first.p_adjusted < 0.001
    assert second.ratio.low < 1 < second.ratio.high
    assert second.p_adjusted >= second.p


def test_a_type_that_fails_more_and_deviates_more_is_no_effect():
    outcome, requests = outcome_with(np.zeros(8_000), 1.0, base=0.05)
    kind = (requests["process_type"] == "b").to_numpy()
    marks = np.random.default_rng(5).random(8_000) < np.where(kind, 0.5, 0.02)
    flags = pd.DataFrame({"skipped:qc": marks}, index=outcome.frame["request_id"])
    (only,) = deviation_effects(outcome, flags, requests)
    assert only.failed / only.n > 1.5 * only.failed_without / only.n_without
    assert only.ratio.low < 1 < only.ratio.high


def test_what_comes_after_delivery_is_marked_as_such():
    assert "confirm" in steps_after_delivery()
    assert "qc" not in steps_after_delivery()
    marks = np.arange(500) < 50
    outcome, requests = outcome_with(marks, 3.0)
    flags = pd.DataFrame({"skipped:confirm": marks}, index=outcome.frame["request_id"])
    assert not deviation_effects(outcome, flags, requests)[0].before_delivery


@pytest.mark.parametrize("failed", [True, False])
def test_one_class_only_gives_no_ratio(failed):
    marks = np.arange(300) < 50
    outcome, requests = outcome_with(marks, 3.0)
    outcome.frame["failed"] = failed
    flags = pd.DataFrame({"skipped:qc": marks}, index=outcome.frame["request_id"])
    (only,) = deviation_effects(outcome, flags, requests)
    assert (only.ratio, only.p) == (None, 1.0)


def test_where_every_request_with_it_failed_the_test_still_tells():
    marks = np.arange(600) < 30
    outcome, requests = outcome_with(marks, 1.0)
    outcome.frame["failed"] = outcome.frame["failed"].to_numpy() | marks
    flags = pd.DataFrame({"skipped:qc": marks}, index=outcome.frame["request_id"])
    (only,) = deviation_effects(outcome, flags, requests)
    assert only.ratio is None
    assert only.p < 1e-20
    assert only.higher
    assert only.itself


def test_a_lower_rate_is_not_a_higher_one():
    marks = np.random.default_rng(7).random(6_000) < 0.2
    outcome, requests = outcome_with(marks, 0.2, base=0.3)
    flags = pd.DataFrame({"skipped:qc": marks}, index=outcome.frame["request_id"])
    (only,) = deviation_effects(outcome, flags, requests)
    assert only.p_adjusted < 0.001
    assert not only.higher


def test_the_ratio_is_the_mantel_haenszel_sum_over_types():
    marks = np.random.default_rng(9).random(2_000) < 0.15
    outcome, requests = outcome_with(marks, 2.0)
    flags = pd.DataFrame({"skipped:qc": marks}, index=outcome.frame["request_id"])
    (only,) = deviation_effects(outcome, flags, requests)
    failed, kind = outcome.frame["failed"].to_numpy(), requests["process_type"].to_numpy()
    above = below = 0.0
    for one in ("a", "b"):
        size = (kind == one).sum()
        above += (marks & failed & (kind == one)).sum() * (~marks & ~failed & (kind == one)).sum() / size
        below += (marks & ~failed & (kind == one)).sum() * (~marks & failed & (kind == one)).sum() / size
    assert only.ratio.value == pytest.approx(above / below)


def test_a_late_request_failed_at_its_deadline_and_others_at_no_known_moment():
    outcome, _ = outcome_with(np.zeros(3), 1.0)
    due = START + pd.to_timedelta([1, 2, 3], unit="D")
    requests = pd.DataFrame({"request_id": ["R0", "R1", "R2"], "received_at": START, "due_at": due})
    events = pd.DataFrame({"request_id": ["R0"], "activity": ["intake"], "ts": [START]})
    late = Outcome("LAT", "missed their deadline", "requests", outcome.frame, "simulated")
    assert failure_moments(outcome, events, requests, as_of=due[-1]) is None
    assert failure_moments(late, events, requests, as_of=due[-1]).to_dict() == dict(
        zip(requests["request_id"], due, strict=True)
    )


def test_without_deviations_or_with_a_handful_there_is_nothing_to_compare():
    outcome, requests = outcome_with(np.zeros(100), 1.0)
    index = outcome.frame["request_id"]
    assert deviation_effects(outcome, pd.DataFrame(index=index), requests) == ()
    assert deviation_effects(outcome, pd.DataFrame({"skipped:qc": np.arange(100) < 5}, index=index), requests) == ()


def durations(steps, requests=60, slow=0.0):
    """Step times of requests; the first step grows by `slow` hours from the middle on."""
    rows = []
    for number in range(requests):
        begun = START + pd.Timedelta(days=number)
        for place, (step, hours) in enumerate(steps.items()):
            grown = hours + (slow if place == 0 and number >= requests // 2 else 0.0) + 0.01 * (number % 7)
            rows.append(
                {
                    "request_id": f"R{number}",
                    "step": step,
                    "started": begun,
                    "hours": grown,
                    "open": False,
                    "measured": "work",
                }
            )
    return pd.DataFrame(rows)


def test_the_shares_of_all_steps_sum_to_one_and_the_changes_to_the_change_of_the_mean():
    table = durations({"triage": 1.0, "wait_for_qc": 5.0, "qc": 2.0}, slow=3.0)
    middle = START + pd.Timedelta(days=30)
    found = step_times(table, middle)
    assert [one.step for one in found] == ["qc", "triage", "qc"]
    assert [one.waiting for one in found] == [True, False, False]
    assert sum(one.share for one in found) == pytest.approx(1)
    per_request = table.groupby("request_id").agg(hours=("hours", "sum"), started=("started", "min"))
    later = per_request["started"] >= middle
    change = per_request.loc[later, "hours"].mean() - per_request.loc[~later, "hours"].mean()
    assert sum(one.change.value for one in found) == pytest.approx(change)
    total = mean_change(table, middle)
    assert total.value == pytest.approx(change)
    assert total.low < change < total.high
    triage = found[1]
    assert triage.change.low < 3.0 < triage.change.high


def test_open_steps_and_what_follows_the_closing_are_left_out():
    table = durations({"triage": 1.0, "notify_user": 900.0})
    table.loc[table["step"] == "notify_user", "measured"] = "since closing"
    table.loc[0, "open"] = True
    (only,) = step_times(table)
    assert (only.step, only.requests, only.change) == ("triage", 59, None)
    assert step_times(table.iloc[:0]) == ()
    assert step_times(table, START - pd.Timedelta(days=1))[0].change is None


def test_requests_too_recent_to_show_long_steps_are_left_out_of_the_change():
    table = durations({"triage": 1.0, "qc": 10.0}, requests=120)
    # The newest have not come to the long step yet, which looks like a fall.
    young = table["started"] >= START + pd.Timedelta(days=100)
    table = table[~(young & (table["step"] == "qc"))]
    middle, until = START + pd.Timedelta(days=60), START + pd.Timedelta(days=99)
    assert mean_change(table, middle).value < -3
    assert mean_change(table, middle, until=until).value == pytest.approx(0, abs=0.1)
    found = step_times(table, middle, until=until)
    assert sum(one.change.value for one in found) == pytest.approx(mean_change(table, middle, until=until).value)
    assert mean_change(table, None) is None
    assert mean_change(table, middle, until=middle) is None
    assert mean_change(table.iloc[:0], middle) is None
