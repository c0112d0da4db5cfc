"""The mapped publishers' files, against counts that these tests take from the raw files themselves."""

import csv
import io
import zipfile
from collections import Counter
from pathlib import Path

import openpyxl
import pytest

from rca_lib.data.source import open_source

EXAMPLES = Path(__file__).parents[2] / "examples"
REVERSED = ("Appeal Completely Reversed/Remanded", "Appeal Partially Affirmed & Partially Reversed/Remanded")

pytestmark = [pytest.mark.real, pytest.mark.slow]


@pytest.fixture(scope="module")
def incidents(shared_data):
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("DATA", str(shared_data / "uci_incidents"))
        source = open_source(EXAMPLES / "uci_incidents")
        source.tables  # noqa: B018  (read while DATA is set)
        yield source


@pytest.fixture(scope="module")
def log(shared_data):
    with zipfile.ZipFile(next((shared_data / "uci_incidents").glob("*.zip"))) as archive:
        text = archive.read(next(name for name in archive.namelist() if name.endswith(".csv"))).decode()
    header, *rows = csv.reader(io.StringIO(text))
    return header, rows


@pytest.fixture(scope="module")
def last_states(log):
    header, rows = log
    last = {}
    number, modified = header.index("number"), header.index("sys_mod_count")
    for row in rows:
        if row[number] not in last or int(row[modified]) >= int(last[row[number]][modified]):
            last[row[number]] = row
    return [dict(zip(header, row, strict=True)) for row in last.values()]


@pytest.fixture(scope="module")
def appeals(shared_data):
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("DATA", str(shared_data / "ice_foia_appeals"))
        source = open_source(EXAMPLES / "ice_appeals")
        source.tables  # noqa: B018
        yield source


@pytest.fixture(scope="module")
def sheets(shared_data):
    rows = {"Received": [], "Closed": []}
    for path in sorted((shared_data / "ice_foia_appeals").glob("*.xlsx")):
        book = openpyxl.load_workbook(path, read_only=True)
        for sheet, found in rows.items():
            found += [row for row in list(book[sheet].values)[1:] if row[0] is not None]
    return rows


def test_incidents_are_as_many_as_the_log_names(incidents, log, last_states):
    assert len(log[1]) == 141_712
    assert len(incidents.tables["requests"]) == len(last_states) == 24_918
    assert incidents.set_aside == {}


def test_missed_and_reopened_incidents_are_as_many_as_the_log_says(incidents, last_states):
    missed = sum(row["made_sla"] == "false" for row in last_states)
    reopened = sum(int(row["reopen_count"]) > 0 for row in last_states)
    assert (missed, reopened) == (9_115, 275)
    assert incidents.outcomes["sla_missed"]["failed"].sum() == missed
    assert incidents.outcomes["reopened"]["failed"].sum() == reopened
    assert {len(outcome) for outcome in incidents.outcomes.values()} == {24_918}


def test_incident_escalations_follow_their_rule(incidents, last_states):
    expected = Counter()
    for row in last_states:
        if row["made_sla"] == "false" and row["priority"] in "12":
            expected["sla_missed"] += 1
        elif int(row["reopen_count"]) > 0:
            expected["reopened"] += 1
    assert Counter(incidents.tables["escalations"]["failure_mode"]) == expected
    assert Counter(one.failure_mode for one in incidents.escalations()) == expected


def test_no_dimension_of_the_incidents_is_lost(incidents, last_states):
    requests = incidents.tables["requests"]
    for column, header in (("location", "location"), ("priority", "priority"), ("channel", "contact_type")):
        counted = Counter(row[header] for row in last_states if row[header] != "?")
        assert sorted(requests[column].value_counts().tolist()) == sorted(counted.values())


def test_the_log_s_state_changes_are_events(incidents, log):
    header, rows = log
    closed = sum(
        row[header.index("incident_state" if "incident_state" in header else "ident_state")] == "Closed" for row in rows
    )
    events = incidents.tables["events"]
    assert 24_918 <= (events["activity"] == "Closed").sum() <= closed
    assert events["request_id"].nunique() == 24_918


def test_the_cut_off_of_the_incident_log_is_warned_about(incidents):
    said = {problem.check: problem for problem in incidents.problems}
    assert {problem.severity for problem in incidents.problems} == {"warning"}
    assert "cut off after May 2016" in said["sparse_ends"].message
    assert said["sparse_ends"].count == 274
    assert "no_open_requests" in said


def test_appeals_are_as_many_as_the_sheets_hold(appeals, sheets):
    requests = appeals.tables["requests"]
    received = {row[0].strip() for row in sheets["Received"]}
    closed = {row[0].strip() for row in sheets["Closed"]}
    assert (len(sheets["Received"]), len(sheets["Closed"])) == (4_560, 4_395)
    assert set(requests["request_id"]) == received | closed
    assert (requests["received_at"] >= "2017-10-01").sum() == 4_560
    assert requests["closed_at"].notna().sum() == 4_395
    assert appeals.set_aside == {}


def test_reversed_appeals_are_as_many_as_the_sheets_say(appeals, sheets):
    reversals = sum(row[3].strip() in REVERSED for row in sheets["Closed"])
    outcome = appeals.outcomes["reversed"]
    assert (len(outcome), outcome["failed"].sum(), reversals) == (4_395, 860, 860)
    assert outcome["known_at"].notna().all()


def test_appeals_before_the_decision_they_appeal_are_warned_about(appeals, sheets):
    before = sum(hasattr(row[3], "year") and row[3] > row[1] for row in sheets["Received"])
    problem = next(problem for problem in appeals.problems if problem.table == "escalations")
    assert (problem.check, problem.severity, problem.count) == ("moments_in_order", "warning", before)


def test_every_appeal_is_an_escalation_of_itself(appeals):
    links = appeals.tables["escalation_requests"]
    index = links[links["role"] == "index"]
    assert len(appeals.tables["escalations"]) == len(index) == len(appeals.tables["requests"])
    assert (index["escalation_id"] == "ESC-" + index["request_id"]).all()
