"""Small counts hold against someone who has every review of a case from which they are withheld."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from functools import cache
from typing import Any

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from rca_lib.analysis.disclosure import NARROWEST, Sum, feasible_ranges, gives_away, publishable, suppress
from rca_lib.data.example import make_example
from rca_lib.data.source import open_source
from rca_lib.render.audience import Audience, load_audience
from rca_lib.render.findings import Findings, merge_findings
from rca_lib.render.privacy import withhold_small
from rca_lib.render.privacy.findings import TOO_SMALL
from rca_lib.render.view import assemble
from rca_lib.review.blocks import Column, Figure, Parts, Table
from rca_lib.review.case import Case, open_case
from rca_lib.review.claims import Claim
from tests.attack import Known, from_wilson, recover, sentences, told
from tests.render.conftest import DRAWING
from tests.small_cells import Requests, known_sets, secret_sets

ESCALATIONS = (
    "ESC-0003", "ESC-0009", "ESC-0012", "ESC-0014", "ESC-0018", "ESC-0021", "ESC-0025", "ESC-0027", "ESC-0029", "ESC-0031",
    "ESC-0034", "ESC-0037", "ESC-0039", "ESC-0042", "ESC-0048",
)  # fmt: skip

VERBS = (
    "core_message", "timeline", "case_dates", "extent", "signals", "since_when", "changes", "interrupted_series", "mix",
    "combinations", "causes", "how_sure", "flow", "turnaround", "controls", "said", "ruled_out", "cause_chart",
    "triangulation", "learned", "actions", "limits", "method",
)  # fmt: skip

WIDEST = Audience.model_validate(
    {
        "name": "widest",
        "title": "Widest",
        "sensitivity": ["general", "operational"],
        "small_cells": "withhold",
        "dates": "day",
        "fields": ["*.*"],
        "sections": [{"id": "all", "title": "All", "blocks": ["*"]}],
    }
)
"""Sees all that any reader of withheld counts may be shown, and so all that several of them hold together."""

COUNTED = (
    "core",
    "extent",
    "signals",
    "since_when",
    "changed",
    "interrupted",
    "mix",
    "combinations",
    "flow",
    "turnaround",
)
"""Sections whose shares are of requests."""

INTERVAL = re.compile(r"(?P<rate>\d+(?:\.\d+)?)% \(95% interval (?P<low>\d+(?:\.\d+)?)% to (?P<high>\d+(?:\.\d+)?)%\)")
PRINTED = re.compile(
    r"(?<![\d.,−–-])\b(?P<count>\d{1,2})\b(?! to \d)(?![\d.,%]\d|%)(?= (?:of (?:these|\d[\d,]*) )?(?:more |other |such |all )*"
    r"(?:requests?|failures?|found|failed)\b)"
)


# Random tables, whose rows are parts of one whole in several ways.


@st.composite
def partitions(draw: st.DrawFn) -> tuple[list[list[int]], int]:
    """Some ways of cutting the same failures into groups, and a limit."""
    limit = draw(st.integers(3, 12))
    cell = st.one_of(st.just(0), st.integers(1, limit), st.integers(limit + 1, 60))
    first = draw(st.lists(cell, min_size=2, max_size=6))
    total = sum(first)
    assume(total > limit)
    made = [first]
    for _ in range(draw(st.integers(1, 3))):
        cuts = sorted(draw(st.lists(st.integers(0, total), min_size=1, max_size=5)))
        made.append([b - a for a, b in zip([0, *cuts], [*cuts, total], strict=True)])
    return made, limit


def tables_of(made: list[list[int]], *, weak: bool = False) -> list[Table]:
    """One table for each way of cutting; a weak one says nothing of a whole, so that only what is small itself is withheld."""
    return [
        Table(
            id=f"c.table_{at}",
            section="c",
            caption="Cap",
            columns=(Column(key="name", label="Name"), Column(key="failed", label="Failed", kind="count")),
            rows=tuple({"name": f"{place}", "part": "all", "failed": count} for place, count in enumerate(counts)),
            parts=None if weak else Parts(totals={"failed": sum(counts)}, by="part"),
            apart=weak,
        )
        for at, counts in enumerate(made)
    ]


def attacked(tables: list[Table], made: list[list[int]], limit: int) -> list[tuple[int, int, int]]:
    """True count, and the least and the greatest that an attacker works out, for each small count."""
    shown = {block.id: block for block in withhold_small(Findings(tuple(tables), {}, {}), limit).blocks}
    found = []
    for table, counts in zip(tables, made, strict=True):
        rows = np.eye(len(counts), dtype=bool)
        known = [Known(np.ones(len(counts), dtype=bool), sum(counts), sum(counts), "the total")]
        block = shown[table.id]
        if isinstance(block, Table):
            cells = [told(row["failed"], limit) for row in block.rows]
            known += [Known(rows[at], *cell) for at, cell in enumerate(cells) if cell is not None]
        small = [at for at, count in enumerate(counts) if 1 <= count <= limit]
        ranges = recover(known, [rows[at] for at in small], [sum(counts)] * len(counts))
        found += [(counts[at], *ends) for at, ends in zip(small, ranges, strict=True)]
    return found


@settings(max_examples=60, deadline=None)
@given(partitions())
def test_no_small_count_of_a_table_follows_from_its_total(case: tuple[list[list[int]], int]) -> None:
    made, limit = case

    for true, low, high in attacked(tables_of(made), made, limit):
        assert low <= true <= high
        assert high - low + 1 >= NARROWEST


@settings(max_examples=60, deadline=None)
@given(partitions())
def test_the_attack_works_out_a_lone_small_count_that_nothing_else_is_withheld_with(
    case: tuple[list[list[int]], int],
) -> None:
    made, limit = case
    lone = [counts for counts in made if sum(1 <= count <= limit for count in counts) == 1]
    assume(lone)

    for true, low, high in attacked(tables_of(lone, weak=True), lone, limit):
        assert low == high == true


@pytest.mark.parametrize(
    ("counts", "expected"),
    [
        ([28, 1, 0], ["withheld", "range", "shown"]),
        ([1, 1, 40], ["range", "range", "withheld"]),
        ([10, 10, 40], ["range", "range", "withheld"]),
        ([10, 10], ["withheld", "withheld"]),
        ([7, 8, 40], ["range", "range", "shown"]),
        ([30, 15, 3, 2], ["shown", "withheld", "range", "range"]),
        ([20, 0, 30], ["shown", "shown", "shown"]),
    ],
)
def test_what_is_withheld_with_a_small_count(counts: list[int], expected: list[str]) -> None:
    assert suppress(counts, [Sum(tuple(range(len(counts))), sum(counts))], 10) == expected


def test_a_count_in_two_sums_is_bounded_by_both() -> None:
    # Bounds alone leave 0 to 10 for each; only both sums together say that the first and the third are equal.
    low, high = feasible_ranges([0, 0, 2], [10, 10, 4], [Sum((0, 1), 10), Sum((1, 2), 10)])

    assert (low, high) == ([2, 6, 2], [4, 8, 4])
    with pytest.raises(ValueError, match="No counts agree"):
        feasible_ranges([0, 0], [3, 3], [Sum((0, 1), 10)])


# Sets of requests that lie in one another.


@st.composite
def overlapping(draw: st.DrawFn) -> tuple[np.ndarray, list[int], list[int], int]:
    """Sets over pieces with failures, the group of each set, and a limit."""
    limit = draw(st.integers(3, 10))
    pieces = draw(st.integers(3, 7))
    failed = draw(st.lists(st.one_of(st.just(0), st.integers(1, 40)), min_size=pieces, max_size=pieces))
    assume(sum(failed) > limit)
    members, groups = [], []
    for group in range(draw(st.integers(1, 3))):
        labels = np.array(draw(st.lists(st.integers(0, 2), min_size=pieces, max_size=pieces)))
        for label in np.unique(labels):
            members.append(labels == label)
            groups.append(group)
    return np.array(members), groups, failed, limit


def worked_out(members: np.ndarray, failed: list[int], shown: list[bool], limit: int) -> list[tuple[int, int, int]]:
    hits = np.array(failed)
    everything = np.ones(members.shape[1], dtype=bool)
    known = [Known(everything, hits.sum(), hits.sum())]
    known += [Known(row, hits[row].sum(), hits[row].sum()) for row, seen in zip(members, shown, strict=True) if seen]
    secret = [row for row in [*members, *~members] if 1 <= hits[row].sum() <= limit]
    ends = recover(known, secret, [400] * len(failed))
    return [(int(hits[row].sum()), *each) for row, each in zip(secret, ends, strict=True)]


@settings(max_examples=80, deadline=None)
@given(overlapping())
def test_no_small_set_is_a_sum_or_difference_of_sets_that_may_be_published(
    case: tuple[np.ndarray, list[int], list[int], int],
) -> None:
    members, groups, failed, limit = case
    shown = publishable(members, failed, [400] * len(failed), groups, limit)

    assert all(low < high for _, low, high in worked_out(members, failed, shown, limit))


def test_the_attack_works_out_a_small_set_from_two_that_are_not_small() -> None:
    members = np.array([[1, 0, 0], [1, 1, 0]], dtype=bool)
    failed = [20, 3, 30]

    assert worked_out(members, failed, [True, True], 10) == []
    known = [Known(row, *(float(np.array(failed)[row].sum()),) * 2) for row in members]
    assert recover(known, [np.array([False, True, False])], [400] * 3) == [(3, 3)]
    assert publishable(members, failed, [400] * 3, ["team", "site"], 10) == [True, False]


@pytest.mark.parametrize(
    ("failed", "n", "wholes", "gives"),
    [
        (7, 300, [], True), (0, 300, [], False), (0, 7, [], True), (290, 300, [], True), (20, 300, [], False),
        (28, 329, [(859, 29)], True), (29, 329, [(859, 29)], False), (20, 855, [(859, 60)], True), (20, 329, [(859, 19)], False),
        (None, 300, [], False), (None, 3, [], True),
    ],
)  # fmt: skip
def test_counts_that_give_a_small_one_away(failed: Any, n: int, wholes: list[tuple[int, int]], gives: bool) -> None:
    assert gives_away(failed, n, 10, wholes) is gives


# All that was found.


def findings_of(*blocks: Any, claims: tuple[Claim, ...] = (), **record: Any) -> Findings:
    head = {"title": "A title", "escalation_id": "ESC-1", "as_of": "2026-03-09", "small_cell": 10}
    return Findings(blocks, {claim.id: claim for claim in claims}, head | record)


def figure(data: dict[str, Any], chart: str = "segments", **more: Any) -> Figure:
    return Figure(id="c.chart", section="c", chart=chart, data=data, alt="A description of the chart.", **more)


def only(findings: Findings) -> Any:
    [block] = withhold_small(findings, 10).blocks
    return block


def test_a_chart_of_a_shape_that_nobody_can_check_is_refused_unless_it_says_that_it_counts_nothing() -> None:
    unknown = figure({"curve": [1, 2, 3]}, chart="waterfall")

    assert withhold_small(findings_of(unknown), 10).blocks == ()
    assert only(findings_of(unknown.model_copy(update={"counts": False}))).data == {"curve": [1, 2, 3]}
    assert only(findings_of(unknown.model_copy(update={"masked": {"data": {"curve": [1]}}}))).data == {"curve": [1]}
    assert withhold_small(findings_of(unknown.model_copy(update={"masked": {}})), 10).blocks == ()


def test_periods_are_drawn_only_where_their_counts_are_known_and_none_is_small() -> None:
    def periods(*counts: Any) -> Figure:
        return figure(
            {"periods": [{"n": 400, "failed": count, "rate": 0.1, "low": 0.0, "high": 0.2} for count in counts]},
            chart="rate_over_time",
        )

    assert only(findings_of(periods(0, 11, 40))) == periods(0, 11, 40)
    assert withhold_small(findings_of(periods(0, 10, 40)), 10).blocks == ()
    assert withhold_small(findings_of(periods(40, None)), 10).blocks == ()
    assert withhold_small(findings_of(periods(40, 395)), 10).blocks == ()


def test_what_is_masked_of_a_chart_comes_with_its_words() -> None:
    row = {"value": "A", "n": 400, "failed": 40, "rate": 0.1}
    told_all = figure(
        {"groups": [{"dimension": "Team", "rows": [row]}]}, title="10% in A", masked={"title": "A stands out"}
    )

    assert only(findings_of(told_all)).title == "A stands out"


def test_requests_that_one_table_withholds_are_withheld_in_every_other() -> None:
    parts = Parts(totals={"n": 900, "failed": 50}, by="name")
    rows = [{"name": "team", "value": letter, "n": n, "failed": failed} for letter, n, failed in
            (("A", 300, 30), ("B", 250, 15), ("C", 200, 3), ("D", 150, 2))]  # fmt: skip
    columns = (
        Column(key="value", label="Value"),
        Column(key="n", label="Requests", kind="count"),
        Column(key="failed", label="Failed", kind="count"),
    )
    first = Table(id="c.one", section="c", caption="One", columns=columns, rows=tuple(rows), parts=parts)
    alone = {"name": "site", "value": "Dublin", "n": 250, "failed": 15}
    other = {"name": "site", "value": "Paris", "n": 400, "failed": 24}
    second = Table(id="c.two", section="c", caption="Two", columns=columns, rows=(alone, other), parts=parts)

    one, two = withhold_small(findings_of(first, second), 10).blocks

    assert [row["failed"] for row in one.rows] == [30, "withheld", "1–10", "1–10"]
    assert two.rows[0]["failed"] == "withheld"


def test_where_few_failed_in_all_no_segment_says_that_none_did() -> None:
    # Whoever knows which requests lie in which segments could tell the few from what is left.
    kinds = (("value", "text"), ("n", "count"), ("failed", "count"))
    rows = ({"value": "A", "n": 300, "failed": 0}, {"value": "B", "n": 400, "failed": 4})
    table = Table(
        id="a.table",
        section="a",
        caption="By team",
        columns=tuple(Column(key=key, label=key, kind=kind) for key, kind in kinds),
        rows=rows,
        parts=Parts(totals={"failed": 4}),
    )
    chart = figure({"rows": [dict(row, rate=0.01) for row in rows]}).model_copy(
        update={"parts": Parts(totals={"failed": 4})}
    )
    masked = withhold_small(findings_of(table, chart), 10)

    assert [block.id for block in masked.blocks] == ["a.table"]
    assert [row["n"] for row in masked.blocks[0].rows] == [300, 400]
    assert {row["failed"] for row in masked.blocks[0].rows} <= {"withheld", "1–10"}
    assert masked.blocks[0].rows[0]["failed"] == "withheld"


def test_of_three_columns_that_add_up_no_one_is_withheld_alone() -> None:
    columns = tuple(Column(key=key, label=key, kind="count") for key in ("before", "after", "in_all"))
    rows = ({"before": 4, "after": 50, "in_all": 54}, {"before": 20, "after": 60, "in_all": 80})
    table = Table(id="c.one", section="c", caption="One", columns=columns, rows=rows, apart=True)

    masked = only(findings_of(table))

    assert [masked.rows[0][key] for key in ("before", "after", "in_all")] == ["1–10", "withheld", 54]
    assert masked.rows[1] == rows[1]


def test_a_share_with_no_wording_that_withholds_it_is_not_told() -> None:
    told_away = Claim(id="c.a", section="c", text="It was 0.9%.", value=0.009, unit="share", n=330)
    fine = Claim(id="c.b", section="c", text="It was 9%.", value=0.09, unit="share", n=330)

    claims = withhold_small(findings_of(claims=(told_away, fine)), 10).claims

    assert claims["c.a"].text == TOO_SMALL
    assert (claims["c.a"].value, claims["c.a"].n) == (None, None)
    assert claims["c.b"] == fine


def test_drawings_of_charts_that_are_masked_are_not_used() -> None:
    groups = [{"dimension": "Team", "rows": [{"value": str(at), "n": 400, "failed": count, "rate": 0.1} for at, count in
                                             enumerate((3, 8, 40))]}]  # fmt: skip
    masked = figure({"groups": groups})
    found = Findings(
        (masked, figure({"groups": []}).model_copy(update={"id": "c.other"})), {}, {}, {"c.chart": "a", "c.other": "b"}
    )

    assert dict(withhold_small(found, 10).svgs) == {"c.other": "b"}


# The escalations of the example.


@pytest.fixture(scope="module")
def asked(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], tuple[Case, Findings]]:
    folder = tmp_path_factory.mktemp("example") / "lert"
    make_example(folder)
    source = open_source(folder)

    @cache
    def ask(name: str) -> tuple[Case, Findings]:
        case = open_case(name, source)
        found = merge_findings([getattr(case, verb)().as_json() for verb in VERBS])
        # Charts that stay as they are need no drawing here.
        drawn = {block.id: DRAWING.format("x") for block in found.blocks if isinstance(block, Figure)}
        return case, Findings(found.blocks, found.claims, found.record, drawn)

    return ask


def open_to_readers(findings: Findings) -> Iterator[Any]:
    yield from (block for block in findings.blocks if WIDEST.may_see(block.sensitivity))


@pytest.mark.slow
@pytest.mark.parametrize("name", ESCALATIONS)
def test_no_small_count_can_be_worked_out_from_all_reviews_together(
    name: str, asked: Callable[[str], tuple[Case, Findings]]
) -> None:
    case, findings = asked(name)
    limit = case.source.config.small_cell
    readers = [WIDEST, load_audience("leadership"), load_audience("specialists")]
    texts = [text for reader in readers for text in sentences(assemble(findings, reader))]
    requests = Requests.of(case)
    masked = withhold_small(findings, limit)
    known = known_sets(requests, list(open_to_readers(masked)), texts, limit)
    secrets = secret_sets(requests, findings.blocks, limit)

    ranges = dict(zip(secrets, recover(known, list(secrets.values()), requests.n), strict=True))

    assert {secret: ends for secret, ends in ranges.items() if ends[1] - ends[0] + 1 < NARROWEST} == {}


@pytest.mark.slow
def test_the_attack_works_out_small_counts_where_only_these_are_withheld(
    asked: Callable[[str], tuple[Case, Findings]],
) -> None:
    case, findings = asked("ESC-0042")
    requests = Requests.of(case)
    weak = [
        block.model_copy(
            update={"parts": None, "apart": True, "rows": tuple({**row, "withhold": []} for row in block.rows)}
        )
        for block in open_to_readers(findings)
        if isinstance(block, Table)
    ]
    masked = withhold_small(Findings(tuple(weak), {}, {}), 10)
    texts = [findings.claims["extent.failures"].text]
    known = known_sets(requests, masked.blocks, texts, 10)
    secrets = secret_sets(requests, findings.blocks, 10)

    ranges = dict(zip(secrets, recover(known, list(secrets.values()), requests.n), strict=True))

    assert ranges["not Template version content-7.0"] == (1, 1)
    assert sum(low == high for low, high in ranges.values()) > 3


@pytest.mark.slow
@pytest.mark.parametrize("name", ESCALATIONS)
def test_no_claim_states_or_allows_a_small_count(name: str, asked: Callable[[str], tuple[Case, Findings]]) -> None:
    case, findings = asked(name)
    limit = case.source.config.small_cell
    masked = withhold_small(findings, limit).claims

    for claim in masked.values():
        if not WIDEST.may_see(claim.sensitivity):
            continue
        assert claim.text != TOO_SMALL, claim.id
        small = [int(hit["count"]) for hit in PRINTED.finditer(claim.text)]
        assert not [count for count in small if 1 <= count <= limit and f"and {count} of" not in claim.text], claim.text
        if claim.section not in COUNTED:
            continue
        if claim.unit == "share" and claim.n is not None and isinstance(claim.value, float):
            # A weighted share of a whole is not quite its count, which is told beside it.
            parts_of = [whole for whole in case.small.wholes if whole[0] != claim.n]
            assert not case.small.gives_away(claim.value * claim.n, claim.n, wholes=parts_of), claim.text
        assert [hit[0] for hit in INTERVAL.finditer(claim.text) if most_behind(hit) < limit + 0.5] == [], claim.id


def most_behind(hit: re.Match[str]) -> float:
    """The most failures that a printed share and its interval can stand for, given how they are rounded; none stand for many."""
    rate, low, high = (float(hit[key]) / 100 for key in ("rate", "low", "high"))
    half = 0.005 * 10 ** -max(len(hit[key].partition(".")[2]) for key in ("rate", "low", "high"))
    counts = from_wilson(rate + half, low + half, high - half) if rate else None
    return counts[0] if counts is not None else float("inf")


def test_a_printed_share_with_its_interval_gives_its_count_away() -> None:
    def behind(text: str) -> float:
        hit = INTERVAL.search(text)
        assert hit
        return most_behind(hit)

    assert behind("It was 1.0% (95% interval 0.3% to 2.9%).") == pytest.approx(3.6, abs=0.4)
    assert behind("It was 3.5% (95% interval 2.4% to 5.0%).") > 25
    assert behind("It was 0% (95% interval 0% to 1.4%).") == float("inf")


@pytest.mark.slow
@pytest.mark.parametrize("name", ESCALATIONS)
def test_no_table_or_chart_holds_a_small_count(name: str, asked: Callable[[str], tuple[Case, Findings]]) -> None:
    case, findings = asked(name)
    limit = case.source.config.small_cell

    for block in open_to_readers(withhold_small(findings, limit)):
        if isinstance(block, Table):
            counts = [row.get(column.key) for row in block.rows for column in block.columns if column.kind == "count"]
            figures = [column for column in block.columns if column.kind in ("count", "number", "percent", "hours")]
            shown = [row.get(column.key) for row in block.rows for column in figures]
            hidden = ("withheld", f"1–{limit}")
            left = [value for value in shown if value is not None and value not in hidden]
            assert left or all(value not in hidden for value in shown), block.id
        elif isinstance(block, Figure):
            rows = [*block.data.get("periods", ()), *block.data.get("rows", ())]
            rows += [row for group in block.data.get("groups", ()) for row in group.get("rows", ())]
            counts = [
                row.get(key)
                for row in rows
                for key in ("n", "failed", "n_before", "failed_before", "n_after", "failed_after")
            ]
        else:
            continue
        small = [count for count in counts if isinstance(count, int | float) and 1 <= count <= limit]
        assert small == [], block.id


@pytest.mark.slow
@pytest.mark.parametrize("name", ESCALATIONS)
def test_two_readers_of_withheld_counts_are_told_the_same(
    name: str, asked: Callable[[str], tuple[Case, Findings]]
) -> None:
    _, findings = asked(name)
    one, other = (
        {block["id"]: block for section in assemble(findings, reader)["sections"] for block in section["blocks"]}
        for reader in (load_audience("leadership"), load_audience("specialists").model_copy(update={"dates": "week"}))
    )

    # A content note names the support that the readers of a profile have.
    both = [name for name in one.keys() & other.keys() - {"content.note"} if one[name]["kind"] != "table"]

    assert {"core.message", "core.confidence"} <= set(both)
    assert {name for name in both if one[name] != other[name]} == set()
