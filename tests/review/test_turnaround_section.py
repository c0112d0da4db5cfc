"""The section on time to completion, on the small source and on what can go wrong."""

from __future__ import annotations

import time
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest

from rca_lib.render.figures import draw
from rca_lib.review.blocks import Figure
from rca_lib.review.case import open_case
from rca_lib.review.sections.turnaround import turnaround


@pytest.mark.parametrize("by", [None, "process_type"])
def test_it_answers_on_the_small_source(small_source, by):
    blocks = turnaround(open_case("ESC-0001", small_source), by=by)
    names = [block.id for block in blocks]
    assert names[0] == "turnaround.summary"
    assert names[-1] == "turnaround.table"
    quoted = {claim for block in blocks for claim in block.claims}
    assert quoted == {claim.id for claim in blocks.claims}
    for block in blocks:
        if isinstance(block, Figure):
            assert draw(block).startswith("<svg")


def fake(frame: pd.DataFrame, onset: str | None = None) -> SimpleNamespace:
    as_of = pd.Timestamp("2025-12-31", tz="UTC")
    frame = frame.assign(request_id=[f"R{each}" for each in range(len(frame))])
    begun = None if onset is None else SimpleNamespace(when=pd.Timestamp(onset, tz="UTC"))
    config = SimpleNamespace(small_cell=10, timezone="UTC", working_days=None)
    return SimpleNamespace(
        tables={"requests": frame}, requests=frame, as_of=as_of, onset=begun, failure_mode="OVP",
        source=SimpleNamespace(config=config),
    )  # fmt: skip


def made(n: int, closed: float = 0.9, levels: int = 3) -> pd.DataFrame:
    draw = np.random.default_rng(5)
    received = pd.Timestamp("2025-01-01", tz="UTC") + pd.to_timedelta(draw.uniform(0, 300, n), unit="D")
    done = received + pd.to_timedelta(draw.exponential(60, n), unit="h")
    frame = pd.DataFrame({"received_at": received, "closed_at": pd.Series(done).where(draw.random(n) < closed)})
    return frame.assign(team_id=[f"T{each % levels}" for each in range(n)], due_at=received + pd.Timedelta(days=5))


CASES = {
    "all open": made(50, closed=0).assign(outcome="open"),
    "no closing times": made(50, closed=0),
    "one": made(1, closed=1),
    "few": made(12),
    "one group": made(100, levels=1),
    "many levels": made(2000, levels=1999),
    "all at once": made(60).assign(closed_at=lambda each: each["received_at"] + pd.Timedelta(hours=5)),
    "no time at all": made(60).assign(closed_at=lambda each: each["received_at"]),
}


@pytest.mark.parametrize("by", [None, "team_id"])
@pytest.mark.parametrize("onset", [None, "2025-06-01", "2025-12-31"])
@pytest.mark.parametrize("name", list(CASES))
def test_it_ends_in_a_sentence_whatever_it_is_given(name, onset, by):
    blocks = turnaround(fake(CASES[name], onset), by=by)
    assert blocks.claims
    assert not any("nan" in claim.text.split() for claim in blocks.claims)
    for block in blocks:
        if isinstance(block, Figure):
            draw(block)


def test_names_from_the_data_keep_their_letters():
    frame = made(900)
    slow = frame["team_id"] == "T0"
    frame["closed_at"] = frame["closed_at"].where(~slow, frame["closed_at"] + pd.Timedelta(days=3))
    text = " ".join(claim.text for claim in turnaround(fake(frame), by="team_id").claims)
    assert "“T0”" in text
    assert "t0" not in text


def test_before_and_since_are_set_apart_by_their_means():
    frame = made(900, closed=1)
    late = frame["received_at"] >= pd.Timestamp("2025-06-01", tz="UTC")
    frame["closed_at"] = frame["closed_at"].where(~late, frame["closed_at"] + pd.Timedelta(hours=24))
    blocks = turnaround(fake(frame, "2025-06-01"))
    claim = next(each for each in blocks.claims if each.id == "turnaround.mean_difference")
    assert 0 < claim.ci[0] < 24 < claim.ci[1]
    assert " longer in “since the rise” than in “before the rise”" in claim.text
    assert claim.masked is None
    same = next(
        each for each in turnaround(fake(made(300), "2025-06-01")).claims if each.id == "turnaround.mean_difference"
    )
    assert same.ci[0] < 0 < same.ci[1]
    assert "shorter to" in same.text or "longer to" in same.text


def test_an_axis_ends_where_the_curves_do():
    chart = next(block for block in turnaround(fake(made(160))) if isinstance(block, Figure))
    (line,) = chart.data["groups"]
    assert line["until"] <= chart.data["end"] <= 1.2 * max(line["until"], chart.data["target"])


def test_a_small_remainder_is_guarded():
    table = turnaround(fake(made(400, closed=0.985)))[-1]
    guards = {column.key: column.guard for column in table.columns}
    row = table.rows[0]
    assert 1 <= row[guards["closed"]] == row["n"] - row["closed"] <= 10
    assert row[guards["met"]] == min(row["missed"], row["due"] - row["missed"])


def test_small_counts_can_be_masked():
    blocks = turnaround(fake(made(12, closed=0.5)))
    by_name = {claim.id: claim for claim in blocks.claims}
    assert by_name["turnaround.open"].masked
    assert by_name["turnaround.attainment"].masked


def test_it_names_at_most_six_groups_and_pools_the_rest():
    table = turnaround(fake(made(3000, levels=20)), by="team_id")[-1]
    assert len(table.rows) == 6
    assert table.rows[-1]["group"] == "All others"
    assert sum(row["n"] for row in table.rows) == 3000


def test_it_is_fast_for_25000_requests():
    case = fake(made(25_000), "2025-06-01")
    turnaround(fake(made(100)))
    started = time.perf_counter()
    turnaround(case)
    assert time.perf_counter() - started < 1.0
