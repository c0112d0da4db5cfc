from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from rca_lib.errors import RenderError
from rca_lib.render.audience import Audience, load_audience
from rca_lib.render.findings import Findings, merge_findings, read_findings
from rca_lib.render.view import Review, assemble


def audience(**changes: Any) -> Audience:
    profile = {
        "name": "board",
        "title": "Board",
        "sensitivity": ["general"],
        "sections": [{"id": "all", "title": "All", "blocks": ["*"]}],
    }
    return Audience.model_validate(profile | changes)


def record(**changes: Any) -> dict[str, Any]:
    return {
        "title": "A title",
        "escalation_id": "ESC-1",
        "as_of": "2026-03-09T10:00:00+00:00",
        "small_cell": 10,
    } | changes


def claim(name: str, text: str, **changes: Any) -> dict[str, Any]:
    return {"id": f"c.{name}", "section": "c", "text": text} | changes


def prose(*paragraphs: list[Any], **changes: Any) -> dict[str, Any]:
    return {"kind": "prose", "id": "c.prose", "section": "c", "paragraphs": list(paragraphs)} | changes


def table(columns: list[dict[str, Any]], rows: list[dict[str, Any]], **changes: Any) -> dict[str, Any]:
    return {
        "kind": "table",
        "id": "c.table",
        "section": "c",
        "caption": "Cap",
        "columns": columns,
        "rows": rows,
    } | changes


def view_of(*blocks: dict[str, Any], claims: tuple[dict[str, Any], ...] = (), **changes: Any) -> Review:
    findings = merge_findings([{"blocks": list(blocks), "claims": list(claims), "record": record()}])
    return assemble(findings, audience(**changes))


def only_block(view: Review) -> dict[str, Any]:
    [section] = view["sections"]
    [block] = section["blocks"]
    return dict(block)


def test_the_head_of_a_review_comes_from_the_record() -> None:
    view = assemble(merge_findings([{"record": record(state="draft", simulated=True, source_name="lert")}]), audience())

    assert view == {
        "title": "A title",
        "kicker": "Board",
        "audience": "board",
        "escalation_id": "ESC-1",
        "as_of": "9 March 2026",
        "as_of_date": "2026-03-09",
        "state": "draft",
        "banner": "Draft: the cause has not been confirmed and signed by a person",
        "source": "lert",
        "simulated": True,
        "language": "en",
        "max_pages": None,
        "spare": [],
        "facts": [],
        "sections": [],
        "footer": "ESC-1 · as of 9 March 2026 · lert",
    }


def test_only_an_approved_review_carries_no_banner() -> None:
    def banner(state: str) -> str:
        return str(assemble(merge_findings([{"record": record(state=state)}]), audience())["banner"])

    assert banner("approved") == ""
    assert banner("reviewed") == "Reviewed, not yet approved"
    assert banner("something else").startswith("Draft")


def test_facts_stand_in_the_order_of_the_profile_and_only_if_they_may_be_seen() -> None:
    facts = [
        {"key": "request", "label": "Request", "value": "R-1", "sensitivity": "case"},
        {"key": "count", "label": "Requests", "value": "3", "masked": "1–10"},
        {"key": "severity", "label": "Severity", "value": "S1"},
        {"key": "nothing", "label": "Nothing", "value": None},
    ]
    found = merge_findings([{"record": record(facts=facts)}])

    shown = assemble(found, audience(facts=["severity", "*"]))["facts"]

    assert shown == [{"label": "Severity", "value": "S1"}, {"label": "Requests", "value": "1–10"}]
    assert assemble(found, audience(facts=["count"], small_cells="show"))["facts"][0]["value"] == "3"


def test_nothing_is_shown_that_the_profile_does_not_name(findings: Findings) -> None:
    view = assemble(findings, load_audience("leadership"))

    assert [block["id"] for section in view["sections"] for block in section["blocks"]] == [
        "core.message",
        "actions.decisions",
        "extent.chart",
        "extent.exposure",
        "actions.summary",
        "actions.table",
        "core.confidence",
        "limits.summary",
    ]


def test_of_alternatives_the_first_that_is_there_is_shown(findings: Findings) -> None:
    def shown(pattern: str) -> list[str]:
        view = assemble(findings, audience(sections=[{"id": "one", "title": "One", "blocks": [pattern]}]))
        return [block["id"] for section in view["sections"] for block in section["blocks"]]

    assert shown("nothing.here|extent.chart|core.message") == ["extent.chart"]
    assert shown("core.message|extent.chart") == ["core.message"]
    assert shown("nothing.here|nothing.there") == []


def test_a_block_stands_once_where_it_is_first_named() -> None:
    sections = [
        {"id": "one", "title": "One", "blocks": ["d.b", "c.*"]},
        {"id": "two", "title": "Two", "blocks": ["*"]},
    ]
    blocks = [prose(["x"], id=name, section=name[0]) for name in ("c.a", "c.b", "d.a", "d.b")]

    view = view_of(*blocks, sections=sections)

    assert [[block["id"] for block in section["blocks"]] for section in view["sections"]] == [
        ["d.b", "c.a", "c.b"],
        ["d.a"],
    ]


def test_a_claim_reads_the_same_wherever_it_is_quoted() -> None:
    shown = only_block(view_of(prose(["First.", {"claim": "c.a"}]), claims=(claim("a", "It was 5%."),)))

    assert shown["paragraphs"] == ["First. It was 5%."]


def test_a_sentence_that_may_not_be_seen_goes_and_so_does_what_it_leaves_empty() -> None:
    claims = (claim("open", "Open."), claim("case", "R-1 was late.", sensitivity="case"))
    some = prose(["Lead.", {"claim": "c.open"}, {"claim": "c.case"}], ["It was so:", {"claim": "c.case"}])
    none = prose([{"claim": "c.case"}], id="c.gone")

    assert only_block(view_of(some, none, claims=claims))["paragraphs"] == ["Lead. Open."]
    assert view_of(none, claims=claims)["sections"] == []


def test_the_masked_sentence_stands_where_small_counts_are_withheld() -> None:
    told = claim("n", "It was 3 requests.", masked="It was fewer than 11 requests.")

    assert only_block(view_of(prose([{"claim": "c.n"}]), claims=(told,)))["paragraphs"] == [told["masked"]]
    assert only_block(view_of(prose([{"claim": "c.n"}]), claims=(told,), small_cells="show"))["paragraphs"] == [
        told["text"]
    ]


def test_a_claim_that_is_missing_is_named_with_its_block() -> None:
    with pytest.raises(RenderError, match=r"block c.prose quotes the claim c.gone, which is not among the findings"):
        view_of(prose([{"claim": "c.gone"}]))


def test_columns_rows_and_entries_that_may_not_be_seen_are_left_out() -> None:
    columns = [{"key": "id", "label": "Request", "sensitivity": "case"}, {"key": "what", "label": "What"}]
    rows = [{"id": "R-1", "what": "one"}, {"id": "R-2", "what": "two"}]
    entries = [
        {"when": "9 March", "what": "Seen"},
        {"when": "10 March", "what": "Unseen", "sensitivity": "operational"},
    ]
    timeline = {"kind": "timeline", "id": "c.line", "section": "c", "caption": "Cap", "entries": entries}

    view = view_of(table(columns, rows, row_sensitivity=["general", "case"]), timeline)
    shown, line = view["sections"][0]["blocks"]

    assert shown["columns"] == [{"label": "What", "align": "left", "wrap": False}]
    assert shown["rows"] == [["one"]]
    assert [entry["what"] for entry in line["entries"]] == ["Seen"]


def test_a_table_without_a_column_or_row_to_show_is_left_out() -> None:
    secret = [{"key": "id", "label": "Request", "sensitivity": "case"}]

    assert view_of(table(secret, [{"id": "R-1"}]))["sections"] == []
    assert view_of(table([{"key": "a", "label": "A"}], [{"a": 1}], row_sensitivity=["case"]))["sections"] == []


def test_small_counts_and_what_rests_on_them_are_withheld_with_a_note() -> None:
    columns = [
        {"key": "team", "label": "Team"},
        {"key": "failed", "label": "Failed", "kind": "count"},
        {"key": "rate", "label": "Share", "kind": "percent", "guard": "failed"},
    ]
    rows = [
        {"team": "A", "failed": 4, "rate": 0.04},
        {"team": "B", "failed": 0, "rate": 0.0},
        {"team": "C", "failed": 11, "rate": 0.11},
        {"team": "D", "failed": 40, "rate": 0.4},
    ]

    hidden = only_block(view_of(table(columns, rows, note="By team.")))
    told = only_block(view_of(table(columns, rows, note="By team."), small_cells="show"))

    # Of 55 in all, a lone count withheld would follow from the others; with the 11 withheld too it may be any from 1 to 10.
    assert hidden["rows"] == [
        ["A", "1–10", "withheld"],
        ["B", "0", "0%"],
        ["C", "withheld", "withheld"],
        ["D", "40", "40%"],
    ]
    assert hidden["note"] == "By team. Counts from 1 to 10, and what would give them away, are withheld."
    assert told["rows"][0] == ["A", "4", "4.0%"]
    assert told["note"] == "By team."


def test_a_guard_works_even_when_its_count_is_not_shown() -> None:
    columns = [
        {"key": "failed", "label": "Failed", "kind": "count", "sensitivity": "case"},
        {"key": "rate", "label": "Share", "kind": "percent", "guard": "failed"},
    ]
    rows = [{"failed": 2, "rate": 0.02}, {"failed": 40, "rate": 0.4}]

    assert only_block(view_of(table(columns, rows, apart=True)))["rows"] == [["withheld"], ["40%"]]


def test_in_place_of_a_table_of_nothing_but_withheld_figures_stands_a_sentence() -> None:
    columns = [{"key": "team", "label": "Team"}, {"key": "failed", "label": "Failed", "kind": "count"}]
    rows = [{"team": "A", "failed": 2}, {"team": "B", "failed": 9}]

    hidden = only_block(view_of(table(columns, rows)))

    assert hidden["kind"] == "prose"
    assert hidden["paragraphs"] == [
        "“Cap” is left out here: every figure of it rests on 1 to 10 requests or failures, or would give them away."
    ]
    assert only_block(view_of(table(columns, rows), small_cells="show"))["rows"] == [["A", "2"], ["B", "9"]]


def test_a_long_table_is_cut_where_the_profile_says_so_and_says_it() -> None:
    shown = only_block(view_of(table([{"key": "a", "label": "A"}], [{"a": n} for n in range(5)]), max_rows=3))

    assert len(shown["rows"]) == 3
    assert shown["note"] == "2 more rows stand in the fuller reviews of this case."


def test_segments_that_would_give_a_small_count_away_are_not_drawn() -> None:
    rows = [
        {"value": "Team A", "n": 90, "failed": 3, "rate": 0.03, "low": 0.01, "high": 0.09},
        {"value": "Team C", "n": 90, "failed": 20, "rate": 0.22, "low": 0.15, "high": 0.32},
        {"value": "Team B", "n": 90, "failed": 30, "rate": 0.33, "low": 0.24, "high": 0.44},
    ]
    figure = {
        "kind": "figure",
        "id": "c.figure",
        "section": "c",
        "chart": "segments",
        "alt": "Team B stands at a third of requests.",
        "data": {"groups": [{"dimension": "Team", "rows": rows}], "overall": 0.1, "x_label": "share"},
    }

    assert "Team A" not in only_block(view_of(figure))["svg"]
    assert only_block(view_of(figure))["caption"] == (
        "Rows that rest on 1 to 10 requests or failures, and others that would give them away, are left out."
    )
    assert "Team A" in only_block(view_of(figure, small_cells="show"))["svg"]


def test_code_stands_before_what_it_gave_for_those_who_asked_for_it(notebook: Callable[..., dict[str, Any]]) -> None:
    made = notebook({"blocks": [prose(["x"])], "record": record()}, source="case.extent()")
    made["cells"][:0] = [
        {"cell_type": "code", "metadata": {"tags": ["parameters"]}, "source": "secret = 1", "outputs": []},
        {"cell_type": "code", "metadata": {"tags": ["injected-parameters"]}, "source": "secret = 2", "outputs": []},
        {"cell_type": "code", "metadata": {}, "source": ["import a\n", "b = a"], "outputs": []},
    ]
    found = read_findings(made)

    with_code = assemble(found, audience(code=True))["sections"][0]["blocks"]
    without = assemble(found, audience())["sections"][0]["blocks"]

    assert [block["kind"] for block in with_code] == ["code", "prose"]
    assert with_code[0]["source"] == "import a\nb = a\n\ncase.extent()"
    assert [block["kind"] for block in without] == ["prose"]


def test_what_comes_again_replaces_what_came_before() -> None:
    found = merge_findings(
        [
            {"blocks": [prose(["old"]), prose(["other"], id="c.other")], "record": record(title="Old")},
            {"blocks": [prose(["new"])], "record": {"title": "New"}},
        ]
    )

    assert [block.id for block in found.blocks] == ["c.prose", "c.other"]
    assert assemble(found, audience())["title"] == "New"
    assert assemble(found, audience())["sections"][0]["blocks"][0]["paragraphs"] == ["new"]


@pytest.mark.parametrize("cells", [[], [{"cell_type": "code", "source": "", "outputs": [{"output_type": "stream"}]}]])
def test_a_notebook_without_findings_is_refused(cells: list[dict[str, Any]]) -> None:
    with pytest.raises(RenderError, match="holds no findings to render; run it first"):
        read_findings({"cells": cells})


def test_a_finding_of_another_shape_is_refused() -> None:
    with pytest.raises(RenderError, match=r"a finding that cannot be read \(at 0 > prose > style"):
        merge_findings([{"blocks": [prose(["x"], style="loud")]}])


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"title": " \u200b"}, "name no title of the case"),
        ({"as_of": "yesterday"}, "as of 'yesterday', which is not an ISO date"),
    ],
)
def test_a_record_without_title_or_date_is_refused(changes: dict[str, str], says: str) -> None:
    with pytest.raises(RenderError, match=says):
        assemble(merge_findings([{"record": record(**changes)}]), audience())


def test_counts_beside_a_row_left_out_do_not_give_it_away() -> None:
    rows = [
        {"value": "Team A", "n": 80, "failed": 3, "rate": 0.04, "low": 0.01, "high": 0.1},
        {"value": "Team C", "n": 70, "failed": 20, "rate": 0.29, "low": 0.2, "high": 0.4},
        {"value": "Team B", "n": 90, "failed": 30, "rate": 0.33, "low": 0.24, "high": 0.44},
    ]
    figure = {
        "kind": "figure",
        "id": "c.figure",
        "section": "c",
        "chart": "segments",
        "alt": "Team B stands at a third of requests.",
        "data": {"groups": [{"dimension": "Team", "rows": rows}], "overall": 0.194, "x_label": "share"},
    }

    drawn = only_block(view_of(figure))["svg"]

    assert "Team B" in drawn
    # What is drawn of one more team would give that of the first away to a reader who knows the total.
    assert "Team C" not in drawn
    assert ">90<" not in drawn
    assert "19%" not in drawn


def test_a_figure_whose_title_tells_of_a_row_left_out_is_not_shown() -> None:
    rows = [
        {"value": "Team A", "n": 80, "failed": 3, "rate": 0.04, "low": 0.01, "high": 0.1, "flag": True},
        {"value": "Team B", "n": 90, "failed": 0, "rate": 0.0, "low": 0.0, "high": 0.04, "flag": False},
    ]
    figure = {
        "kind": "figure",
        "id": "c.figure",
        "section": "c",
        "title": "Team A stands out",
        "chart": "segments",
        "alt": "Team A stands out from the other team.",
        "data": {"groups": [{"dimension": "Team", "rows": rows}], "overall": 0.02, "x_label": "share"},
    }

    assert "Team A" not in str(view_of(figure))
