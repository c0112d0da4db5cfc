import re
from dataclasses import replace

import numpy as np
import pytest

from rca_lib.analysis.deviations import DeviationEffect
from rca_lib.analysis.intervals import Estimate
from rca_lib.errors import UsageError
from rca_lib.review.case import Case, open_case
from rca_lib.review.sections import flow
from tests.builders import Tables


@pytest.fixture(scope="module")
def case(small_source) -> Case:
    return open_case("ESC-0001", source=small_source)


def test_flow_says_how_many_took_the_usual_way(case):
    blocks = flow.flow(case)
    texts = {claim.id: claim.text for claim in blocks.claims}
    assert {"flow.summary", "flow.time_chart", "flow.time_table"} <= {block.id for block in blocks}
    assert re.match(r"\d+% \(95% interval .*\) of [\d,]+ finished requests took the usual way", texts["flow.followed"])
    assert all(claim.n is None or claim.n > 0 for claim in blocks.claims)


def effect(name, ratio, *, failed=40, n=100, before_delivery=True):
    estimate = None if ratio is None else Estimate(ratio, ratio / 1.5, ratio * 1.5, 1000.0, None, "simulated")
    return DeviationEffect(name, n, failed, 900, 30, estimate, 0.001, 0.002, before_delivery)


def texts_with(monkeypatch, case, *effects):
    monkeypatch.setattr(flow, "deviation_effects", lambda *_: effects)
    blocks = flow.flow(case)
    return {claim.id: claim for claim in blocks.claims}, {block.id: block for block in blocks}


def test_what_goes_with_the_failure_is_told_apart_from_what_follows_it_and_from_the_failure_itself(monkeypatch, case):
    shown = (
        effect("skipped:callback", 4.0),
        effect("skipped:preserve", 400.0),
        effect("repeated:pull", None, failed=100),
        effect("skipped:confirm", 6.0, before_delivery=False),
    )
    claims, blocks = texts_with(monkeypatch, case, *shown)
    assert claims["flow.deviation_1"].text.startswith("With out-of-band call-back left out, the odds of failing are 4")
    assert "flow.deviation_2" not in claims
    assert "explains nothing: preservation snapshot left out and data pull done again." in claims["flow.itself"].text
    assert "no cause of it: delivery confirmed left out." in claims["flow.after"].text
    assert (
        blocks["flow.chart"].title
        == "Requests with out-of-band call-back left out fail more often than others of their type"
    )


def test_small_counts_of_failures_are_masked(monkeypatch, case):
    claims, _ = texts_with(monkeypatch, case, effect("skipped:callback", 4.0, failed=3))
    assert "too few" in claims["flow.deviation_1"].masked
    assert not re.search(r"\d", claims["flow.deviation_1"].masked)


@pytest.mark.parametrize(
    ("departed", "masked"),
    [
        (0, None),
        (3, "Nearly all finished requests took the usual way of their type from end to end."),
        (40, None),
        (-3, "Hardly any finished request took the usual way of its type from end to end."),
    ],
)
def test_a_share_that_gives_a_small_count_away_is_masked(monkeypatch, case, departed, masked):
    real = flow.conformance

    def asked(*given, **more):
        found = real(*given, **more)
        fitness = np.ones(len(found.request_ids))
        fitness[np.flatnonzero(found.finished)[:departed]] = 0.9
        return replace(found, fitness=fitness)

    monkeypatch.setattr(flow, "conformance", asked)
    claims = {claim.id: claim for claim in flow.flow(case).claims}
    assert claims["flow.followed"].masked == masked


def test_a_request_with_a_rare_departure_did_not_take_the_usual_way(monkeypatch, case):
    real = flow.conformance

    def with_fitness(value):
        def asked(*given, **more):
            found = real(*given, **more)
            flags = found.flags.iloc[:, :0]
            return replace(found, flags=flags, fitness=np.full(len(found.request_ids), value))

        return asked

    monkeypatch.setattr(flow, "conformance", with_fitness(0.9))
    own = {claim.id: claim.text for claim in flow.flow(case).claims}["flow.own"]
    assert "in a way that fewer than five requests share" in own
    monkeypatch.setattr(flow, "conformance", with_fitness(1.0))
    own = {claim.id: claim.text for claim in flow.flow(case).claims}["flow.own"]
    assert "took the usual way" in own


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
