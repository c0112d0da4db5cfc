import re

import pytest

from rca_lib.errors import UsageError
from rca_lib.review.case import Case, open_case
from tests.builders import Tables


@pytest.fixture(scope="module")
def case(small_source) -> Case:
    return open_case("ESC-0001", source=small_source)


def test_flow_says_how_many_took_the_usual_way(case):
    blocks = case.flow()
    texts = {claim.id: claim.text for claim in blocks.claims}
    assert {"flow.summary", "flow.time_chart", "flow.time_table"} <= {block.id for block in blocks}
    assert re.match(r"\d+% \(95% interval .*\) of [\d,]+ finished requests took the usual way", texts["flow.followed"])
    assert all(claim.n is None or claim.n > 0 for claim in blocks.claims)


def test_without_events_flow_says_what_they_would_allow(small_tables: Tables, make_source):
    tables = {name: rows for name, rows in small_tables.items() if name != "events"}
    blocks = open_case("ESC-0001", source=make_source(tables)).flow()
    assert [block.id for block in blocks] == ["flow.not_assessed"]
    assert "No workflow events were supplied." in blocks.claims[0].text.replace("no workflow", "No workflow")


def test_how_sure_asks_for_a_rank_that_exists(case):
    table = case.cause_table
    if table is None or not table.ok:
        assert [block.id for block in case.how_sure()] == ["how_sure.not_assessed"]
        return
    with pytest.raises(UsageError, match="there is no candidate of rank 99; give one from 1 to"):
        case.how_sure(rank=99)
    assert "how_sure.tests" in {block.id for block in case.how_sure()}
