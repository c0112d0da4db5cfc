"""Requests under a nondisclosure order: their way is told to nobody, and what names them is sealed."""

from __future__ import annotations

import pytest

from rca_lib.review.blocks import Blocks, Column, Entry, Figure, Prose, Table, Timeline
from rca_lib.review.case import open_case
from rca_lib.review.claims import Claim
from rca_lib.review.sealed import seal

ORDER = frozenset({"REQ-9"})


def claim(text: str) -> Claim:
    return Claim(id="a.b", section="a", text=text)


@pytest.mark.parametrize("text", ["REQ-9", "Nondisclosure order: yes, where it failed more often"])
def test_what_names_such_a_request_or_sets_such_requests_apart_is_sealed(text: str) -> None:
    blocks = Blocks(
        [
            Prose(id="a.prose", section="a", paragraphs=((text,),)),
            Table(
                id="a.table",
                section="a",
                caption="x",
                columns=(Column(key="k", label="K"),),
                rows=({"k": text}, {"k": "REQ-1"}),
            ),
            Timeline(
                id="a.line", section="a", caption="x", entries=(Entry(when="x", what=text), Entry(when="y", what="z"))
            ),
            Figure(
                id="a.figure",
                section="a",
                chart="forest",
                data={"rows": [{"label": text}, {"label": "Team B"}]},
                alt="A chart of teams and other groups.",
            ),
        ],
        [claim(text)],
    )
    prose, table, line, figure = seal(blocks, ORDER)

    assert prose.sensitivity == "sealed"
    assert table.row_sensitivity == ("sealed", "general")
    assert [entry.sensitivity for entry in line.entries] == ["sealed", "general"]
    assert figure.data["rows"] == [{"label": "Team B"}]
    assert seal(blocks, ORDER).claims[0].sensitivity == "sealed"


def test_nothing_is_sealed_where_no_request_is_under_an_order() -> None:
    blocks = Blocks([Prose(id="a.prose", section="a", paragraphs=(("REQ-9",),))], [claim("REQ-9")])

    assert seal(blocks, frozenset()) is blocks


def test_the_way_of_a_request_under_an_order_is_not_told(small_tables, make_source) -> None:
    named = [row["request_id"] for row in small_tables["escalation_requests"] if row["escalation_id"] == "ESC-0003"]
    for row in small_tables["requests"]:
        if row["request_id"] in named:
            row["ndo"] = "true"
    case = open_case("ESC-0003", make_source(small_tables))

    assert case.index_ids
    assert case.told_ids == ()
    assert {block.id for block in case.timeline()} & {"happened.seen", "happened.steps", "happened.timeline"} == set()
    told = [block for block in case.timeline() if block.id == "happened.not_assessed"]
    assert "order" not in str(told).replace("ordered", "").casefold()
    rows = next(block for block in case.timeline() if block.id == "happened.requests")
    assert set(rows.row_sensitivity) == {"sealed"}
