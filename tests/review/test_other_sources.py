"""Cases that the small source does not hold: a rise that is counted in full, few failures after a rise, rows set aside."""

import re
from datetime import datetime, timedelta

import pytest

from rca_lib.review.case import open_case
from rca_lib.review.record import merge_records
from tests.builders import END, said
from tests.review.conftest import Answers


def late_from(tables, day, share):
    """Let every so-many-th request received from a day on miss its deadline of two weeks, and no other."""
    for number, row in enumerate(tables["requests"]):
        received = datetime.fromisoformat(row["received_at"])
        took = timedelta(days=15 if row["received_at"] >= day and number % share == 0 else 6)
        row["due_at"] = said(received + timedelta(days=14))
        row["closed_at"] = said(received + took) if received + took < END else ""
    next(row for row in tables["escalations"] if row["escalation_id"] == "ESC-0003")["failure_mode"] = "LAT"
    return {name: tables[name] for name in ("requests", "escalations", "escalation_requests", "changes")}


@pytest.fixture
def rising(small_tables, make_source):
    def make(share, day, as_of=None):
        return Answers(open_case("ESC-0003", make_source(late_from(small_tables, day, share)), as_of=as_of))

    return make


def test_a_rise_that_is_counted_in_full_says_how_many_of_how_many(rising):
    answers = rising(share=2, day="2025-08-04")
    text = next(claim.text for claim in answers.claims if claim.id == "core.affected")
    extent = merge_records(answer.record for answer in answers.values())["extent"]

    assert answers.case.onset is not None
    assert "since the week of" in text
    assert f"({extent['failures']} of {extent['at_risk']} requests that fell due)" in text
    assert extent["rate_before"] == 0
    assert "at least" in next(claim.text for claim in answers.claims if claim.id == "extent.ratio")
    assert "∞" not in "".join(claim.text for claim in answers.claims)


def test_a_rise_of_few_failures_withholds_their_number_and_what_would_tell_it(rising):
    answers = rising(share=4, day="2025-09-29", as_of="2025-10-31")
    said = {claim.id: claim for claim in answers.claims}
    extent = merge_records(answer.record for answer in answers.values())["extent"]

    assert answers.case.onset is not None
    assert 0 < extent["failures"] <= 10
    for name in ("core.affected", "extent.failures", "extent.after"):
        assert said[name].masked, name
        assert "%" not in said[name].masked
        assert not re.search(rf"\b{extent['failures']}\b of", said[name].masked)
    assert said["extent.ratio"].sensitivity == "case"
    assert "%" not in next(block.title for block in answers.blocks if block.id == "extent.chart")


def test_requests_that_are_all_too_recent_are_not_made_into_a_rate(small_tables, make_source):
    tables = {name: small_tables[name] for name in ("requests", "escalations")}
    tables["escalations"].append({"escalation_id": "ESC-0009", "opened_at": "2025-01-14", "failure_mode": "rework"})
    answers = Answers(open_case("ESC-0009", make_source(tables), as_of="2025-01-16"))
    said = {claim.id: claim.text for claim in answers.claims}

    assert "too recent" in said["core.affected"]
    assert "too recent" in said["extent.not_assessed"]


def test_rows_that_broke_a_rule_are_counted_in_what_every_reader_sees(small_tables, make_source):
    tables = {name: small_tables[name] for name in ("requests", "escalations", "escalation_requests")}
    for row in tables["requests"][:3]:
        row["received_at"] = "some day"
    answers = Answers(open_case("ESC-0001", make_source(tables)))
    said = {claim.id: claim for claim in answers.claims}
    record = merge_records(answer.record for answer in answers.values())

    assert said["core.confidence_data"].value == said["limits.set_aside"].value == record["set_aside_rows"] == 3
    assert "requests" in said["limits.set_aside"].text
    assert ("requests", 3) in [(limit["table"], limit["rows"]) for limit in record["limits"] if limit["kind"] == "data"]


def test_words_of_a_source_stay_as_they_are(small_tables, make_source):
    """Scripts that a font may lack, markup and braces are text like any other."""
    odd = "截止日期 – عاجل 🚨 <b>{n}</b> & [x](y) 50 % $x$ #1 \\n"
    for row in small_tables["escalations"]:
        row["title"] = odd
    answers = Answers(open_case("ESC-0001", make_source({"escalations": small_tables["escalations"]}, settings=None)))

    assert answers["core_message"].claims[0].text.startswith(odd)
    assert answers["core_message"].record["title"] == odd
