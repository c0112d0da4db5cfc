"""The section on mix or rate, on the small source and on what can go wrong."""

from __future__ import annotations

from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest

from rca_lib.analysis.outcome import Outcome
from rca_lib.render.figures import draw
from rca_lib.review.blocks import Figure, Table
from rca_lib.review.case import open_case
from rca_lib.review.sections.mix import mix
from tests.facts import case_of

START = pd.Timestamp("2025-01-06", tz="UTC")
ONSET = "2025-05-05"


def fake(n=3000, *, failing=0.05, onset=ONSET, days=240, shift=0.0, times=1.0, by=("language", "team"), ok=True):
    """A case whose later requests are by `shift` more often of the kind that fails four times as often."""
    random = np.random.default_rng(6)
    day = np.sort(random.uniform(0, days, n))
    late = day >= (pd.Timestamp(ONSET, tz="UTC") - START).days
    hard = random.random(n) < np.where(late, 0.3 + shift, 0.3)
    failed = random.random(n) < np.minimum(failing * np.where(hard, 4, 1) * np.where(late, times, 1), 1.0)
    ids = [f"R{row}" for row in range(n)]
    frame = pd.DataFrame({"request_id": ids, "at": START + pd.to_timedelta(day, unit="D"), "failed": failed})
    frame = frame.assign(mature=True, weight=1.0, n=1, arm="")
    requests = pd.DataFrame(
        {
            "request_id": ids,
            "language": np.where(hard, "de", "en"),
            "team": random.choice(["T1", "T2"], n),
            "constant": "one",
            "own_id": ids,
            "tool_version": np.where(late, "2", "1"),
        }
    )
    outcome = Outcome("OVP", "disclosed too much", "requests", frame, "made")
    if not ok:
        outcome = Outcome(
            "OVP", "", "", frame.head(0), "", ok=False, reason="No requests.", would_allow="Requests would."
        )
    when = None if onset is None else pd.Timestamp(onset, tz="UTC")
    begun = None if when is None else SimpleNamespace(when=when, low=when, high=when)
    return case_of(outcome=outcome, requests=requests, onset=begun, dimensions=list(by))


def text_of(blocks, name):
    return next(claim for claim in blocks.claims if claim.id == f"mix.{name}").text


@pytest.mark.parametrize("escalation", ["ESC-0001", "ESC-0003", "ESC-0005"])
def test_it_answers_on_the_small_source(small_source, escalation):
    blocks = mix(open_case(escalation, small_source))
    quoted = {claim for block in blocks for claim in block.claims}
    assert quoted == {claim.id for claim in blocks.claims}
    for block in blocks:
        if isinstance(block, Figure):
            assert draw(block).startswith("<svg")


def test_a_mix_shift_is_said_as_such():
    blocks = mix(fake(shift=0.4))
    assert [block.id for block in blocks] == ["mix.summary", "mix.chart", "mix.table", "mix.failures"]
    assert text_of(blocks, "change").startswith("The rate rose from ")
    assert "since the week of 5 May 2025" in text_of(blocks, "change")
    assert text_of(blocks, "parts").startswith("A different mix of requests by language and team moved the rate up by ")
    assert "most along language" in text_of(blocks, "moved")
    figure = next(block for block in blocks if isinstance(block, Figure))
    assert figure.title == "The change comes mostly from a different mix of requests"
    assert draw(figure).startswith("<svg")


def test_parts_that_oppose_each_other_are_each_said_in_their_own_direction():
    told = text_of(mix(fake(n=8000, shift=0.3, times=0.3)), "parts")
    assert told.startswith("Rates within the groups moved the rate down by ")
    assert "moved it up by " in told
    assert "together a fall of " in told


@pytest.mark.parametrize("onset", [None, ONSET])
def test_tables_sum_to_the_whole(onset):
    tables = {block.id: block for block in mix(fake(shift=0.2, times=1.5, onset=onset)) if isinstance(block, Table)}
    for row in tables["mix.table"].rows:
        assert row["mix"] + row["rate"] == pytest.approx(row["total"])
    first, *parts, last = (row["failures"] for row in tables["mix.failures"].rows)
    assert first + sum(parts) == pytest.approx(last)


def test_without_an_onset_the_last_quarter_is_compared():
    assert "in the last quarter, from the week of " in text_of(mix(fake(onset=None)), "change")


CASES = {
    "few requests": ({"n": 15}, "Not assessed: only "),
    "no failures": ({"failing": 0.0}, "Not assessed: only 0 of the requests at risk failed."),
    "none": ({"n": 0}, "Not assessed: no request at risk has a final outcome yet."),
    "nothing before": ({"onset": "2024-12-30"}, "Not assessed: only 0 of the requests at risk came in before "),
    "a change on the last day": ({"onset": "2025-09-03"}, "Not assessed: only "),
    "not assessed": ({"ok": False}, "Not assessed: no requests."),
    "constant column": ({"by": ["constant"]}, "“constant” has a single value"),
    "a value for each": ({"by": ["own_id"]}, "“own_id” has a single value"),
    "new versions": ({"by": ["tool_version"]}, "“tool_version” has values that one side lacks"),
    "no columns": ({"by": []}, "Not assessed: no column that tells requests apart"),
}


@pytest.mark.parametrize("name", list(CASES))
def test_it_ends_in_a_sentence_that_says_what_is_missing(name):
    settings, expected = CASES[name]
    blocks = mix(fake(**settings))
    assert [block.id for block in blocks] == ["mix.not_assessed"]
    assert expected in text_of(blocks, "not_assessed")
    assert text_of(blocks, "not_assessed").endswith(".")


@pytest.mark.parametrize("settings", [{"failing": 1.0}, {"n": 60, "failing": 0.2}, {"failing": 0.9, "times": 0.01}])
def test_extremes_are_split_without_a_word_that_is_no_number(settings):
    blocks = mix(fake(**settings))
    assert not any(word in claim.text for claim in blocks.claims for word in ("nan", "inf "))
    for block in blocks:
        if isinstance(block, Figure):
            draw(block)


def test_too_few_weeks_leave_the_numbers_out():
    blocks = mix(fake(days=130))
    assert "that takes 8 whole weeks before and 4 since" in text_of(blocks, "failures")
    assert "mix.failures" not in [block.id for block in blocks]


def test_small_counts_can_be_withheld():
    case = fake(n=1200, failing=0.004, times=6.0)
    blocks = mix(case)
    assert 1 <= case.outcome.frame["failed"][case.outcome.frame["at"] < ONSET].sum() <= 10
    for claim in blocks.claims:
        assert bool(claim.masked) == (claim.value is not None)
        assert not any(letter.isdigit() for letter in claim.masked or "")
    assert {block.sensitivity for block in blocks if isinstance(block, Figure | Table)} == {"case"}
