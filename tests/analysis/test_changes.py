import math

import pandas as pd
import pytest

from rca_lib.analysis.changes import changes_near
from rca_lib.analysis.conditions import requests_matching
from rca_lib.analysis.exposures import condition_as_segment
from rca_lib.analysis.onset import onset

START = pd.Timestamp("2024-01-01", tz="UTC")


def log(*entries):
    rows = [
        {
            "change_id": name,
            "effective_from": START + pd.Timedelta(weeks=week),
            "kind": "tool",
            "component": "case tool",
            "description": f"change {name}",
            "segment": segment,
        }
        for name, week, segment in entries
    ]
    return pd.DataFrame(rows).astype({"segment": "str", "effective_from": "datetime64[us, UTC]"})


def test_the_planted_change_comes_first_and_its_segment_alone_moves(planted):
    outcome, requests = planted(1, requests=24_000, cause={"team_id": "A"}, odds=4.0)
    changes = log(
        ("C1", 60, "language = 'en'"), ("C2", 60, "team_id = 'A'"), ("C3", 58, None), ("C4", 30, "team_id = 'A'")
    )
    table = changes_near(changes, outcome, requests, onset=onset(outcome), around=START + pd.Timedelta(weeks=70))
    first = table.iloc[0]
    assert first["change_id"] == "C2"
    assert first["did_low"] > 1
    assert first["difference_low"] > 0
    assert first["rate_after"] > 2 * first["rate_after_elsewhere"]
    assert first["reach"] == pytest.approx(0.2, abs=0.02)
    assert first["in_onset_window"]


def test_both_sides_of_a_change_are_equally_long(planted):
    outcome, requests = planted(2)
    table = changes_near(log(("EARLY", 3, None), ("MIDDLE", 50, None), ("LATE", 102, None)), outcome, requests)
    assert table.set_index("change_id")["window_days"].to_dict() == {"EARLY": 21, "MIDDLE": 56, "LATE": 14}
    middle = table.set_index("change_id").loc["MIDDLE"]
    day = (outcome.frame["at"] - START) / pd.Timedelta(days=1)
    assert middle["n_before"] == ((day >= 350 - 56) & (day < 350)).sum()
    assert middle["n_after"] == ((day >= 350) & (day < 350 + 56)).sum()


def test_a_change_after_the_occurrence_is_no_candidate(planted):
    outcome, requests = planted(3)
    table = changes_near(
        log(("AFTER", 80, None), ("BEFORE", 40, None)), outcome, requests, around=START + pd.Timedelta(weeks=60)
    )
    assert table["change_id"].tolist() == ["BEFORE", "AFTER"]
    assert table["candidate"].tolist() == [True, False]


def test_a_change_on_the_last_day_or_outside_the_data_has_no_contrast(planted):
    outcome, requests = planted(4)
    table = changes_near(log(("LAST", 104, None), ("LONG AGO", -10, None)), outcome, requests).set_index("change_id")
    assert (table["window_days"] < 1).all()
    assert table["difference"].isna().all()


def test_a_change_for_all_has_nothing_to_compare_with(planted):
    outcome, requests = planted(5)
    row = changes_near(log(("ALL", 50, None)), outcome, requests).iloc[0]
    assert math.isnan(row["did_ratio"])
    assert math.isfinite(row["did_z"])
    assert row["reach"] == 1.0


def test_a_rare_segment_is_given_a_longer_window(planted):
    outcome, requests = planted(6, requests=2_000)
    segment = "team_id = 'A' AND language = 'fr' AND process_type = 'subpoena'"
    row = changes_near(log(("RARE", 50, segment)), outcome, requests).iloc[0]
    assert row["window_days"] == 182


def test_a_bad_segment_is_named_and_the_others_still_count(planted):
    outcome, requests = planted(7)
    table = changes_near(log(("BAD", 50, "no_such_column = 1"), ("GOOD", 50, "team_id = 'B'")), outcome, requests)
    table = table.set_index("change_id")
    assert "no_such_column" in table.loc["BAD", "segment_problem"]
    assert math.isnan(table.loc["BAD", "reach"])
    assert table.loc["GOOD", "segment_problem"] == ""
    assert table.loc["GOOD", "n_after"] > 0


@pytest.mark.parametrize(
    "condition",
    [
        "1=1); DROP TABLE requests; --",
        "(SELECT count(*) FROM read_csv('/etc/hostname')) > 0",
        "(SELECT count(*) FROM requests_of_the_caller) > 0",
        "true) FROM requests UNION ALL SELECT (true",
        "team_id = ",
    ],
)
def test_a_segment_reaches_nothing_but_the_requests(condition):
    requests_of_the_caller = pd.DataFrame({"request_id": ["R1", "R2"], "team_id": ["A", "B"]}, dtype="str")
    mask, problem = requests_matching(requests_of_the_caller, [condition])[condition]
    assert mask is None
    assert problem.endswith(".")


def test_missing_values_do_not_match():
    table = pd.DataFrame({"request_id": ["R1", "R2", "R3"], "team_id": ["A", None, "B"]}, dtype="str")
    assert requests_matching(table, ["team_id <> 'A'"])["team_id <> 'A'"][0].tolist() == [False, False, True]


def test_an_empty_log_gives_an_empty_table(planted):
    outcome, requests = planted(8, requests=500)
    table = changes_near(log(("C1", 1, None)).iloc[:0], outcome, requests)
    assert table.empty
    assert "did_ratio" in table.columns


def test_conditions_are_read_as_levels():
    assert condition_as_segment("team_id = 'A' AND urgency IN ('routine', 'expedited')") == {
        "team_id": "A",
        "urgency": "routine, expedited",
    }
    assert condition_as_segment("language <> 'en'") == {}
