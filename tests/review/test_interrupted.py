"""The sections on when the rate changed and whether it stepped at a change, on every escalation of the small source."""

import pandas as pd
import pytest

from rca_lib.errors import UsageError
from rca_lib.render.figures import draw
from rca_lib.review.case import open_case
from rca_lib.review.sections.interrupted import interrupted_series
from rca_lib.review.sections.since_when import since_when

SECTIONS = {"since_when": since_when, "interrupted": interrupted_series}


@pytest.fixture(scope="module", params=[f"ESC-000{number}" for number in range(1, 6)])
def case(request, small_source):
    return open_case(request.param, small_source)


@pytest.mark.parametrize("name", SECTIONS)
def test_every_escalation_is_answered_in_claims_and_charts_that_draw(case, name):
    answer = SECTIONS[name](case)
    quoted = {claim for block in answer for claim in block.claims}
    assert len(answer)
    assert {block.id.split(".")[0] for block in answer} == {name}
    assert quoted == {claim.id for claim in answer.claims}
    assert not any("nan" in claim.text.split() or "None " in claim.text for claim in answer.claims)
    for block in answer:
        if block.kind == "figure":
            assert draw(block).startswith("<svg")


def test_a_named_change_is_assessed_and_an_unknown_one_names_the_nearest(case):
    log = case.tables["changes"]
    first = str(log["change_id"].iloc[0])
    assert len(interrupted_series(case, change_id=first))
    with pytest.raises(UsageError, match="the nearest are"):
        interrupted_series(case, change_id="CHG-NO")


def test_a_segment_that_cannot_be_read_is_refused(case):
    if not case.outcome.ok:
        pytest.skip("this escalation has no outcome")
    first = str(case.tables["changes"]["change_id"].iloc[0])
    with pytest.raises(UsageError, match="cannot be read"):
        interrupted_series(case, change_id=first, segment="no_such_column = 1")


def test_without_a_change_log_it_is_said(case):
    case = open_case(case.id, case.source)
    case.tables = {name: table for name, table in case.tables.items() if name != "changes"}
    assert "no change log" in interrupted_series(case).claims[0].text
    assert all(block.id != "since_when.changes" for block in since_when(case))


def test_a_change_on_the_last_day_is_said(case):
    if not case.outcome.ok:
        pytest.skip("this escalation has no outcome")
    case = open_case(case.id, case.source)
    log = case.tables["changes"].copy()
    log["effective_from"] = pd.Series(case.as_of.floor("D"), index=log.index).astype(log["effective_from"].dtype)
    case.tables = {**case.tables, "changes": log}
    answer = interrupted_series(case, change_id=str(log["change_id"].iloc[0]))
    assert any("could not be estimated" in claim.text for claim in answer.claims)
