"""Reviews that read as they should pass in every format; whatever was changed on the way is found, and named."""

from __future__ import annotations

import copy
import re
from collections.abc import Callable
from typing import Any

import pytest

from rca_lib.errors import ConsistencyError
from rca_lib.render.audience import load_audience
from rca_lib.render.consistency import Printed, check_consistency, differences
from rca_lib.render.findings import Findings, merge_findings
from rca_lib.render.gate import read_file
from rca_lib.render.page import render_html
from rca_lib.render.paper import render_pdf
from rca_lib.render.view import Review, assemble
from tests.render.decks import deck_of

AUDIENCES = ("analyst", "leadership", "specialists")
MAKERS: dict[str, Callable[[Review], bytes]] = {
    "html": lambda view: render_html(view).encode(),
    "pdf": render_pdf,
    "pptx": deck_of,
    "slides": render_pdf,
}
SUFFIXES = {"slides": "slides.pdf"}
CAUSES = (
    (
        "C1",
        "established",
        "Export tool 4.2 reads scope dates in UTC, in 41 of 52 exports looked at. Grade: established.",
    ),
    ("C2", "probable", "The second check opens the form and not the files. Grade: probable."),
    ("C3", "possible", "The note on the release went to 3 of 9 team leads. Grade: possible."),
)


@pytest.fixture
def case(payload: dict[str, Any]) -> Findings:
    """Findings with three stated causes and a core message that withholds a small count from some."""
    made = copy.deepcopy(payload)
    names = [f"stated.cause_{number}" for number in (1, 2, 3)]
    for name, (_, grade, text) in zip(names, CAUSES, strict=True):
        made["claims"].append({"id": name, "section": "stated", "text": text, "value": grade})
    quotes = [[{"claim": name}] for name in names]
    made["blocks"].append(
        {
            "kind": "prose",
            "id": "stated.summary",
            "section": "stated",
            "style": "steps",
            "paragraphs": quotes,
            "claims": names,
        }
    )
    made["record"]["statements"] = [
        {"id": cause, "grade": grade, "text": text, "claims": [name]}
        for name, (cause, grade, text) in zip(names, CAUSES, strict=True)
    ]
    return merge_findings([made])


def printed(
    findings: Findings, audience: str, form: str, change: Callable[[Review], None] | None = None, *edits
) -> Printed:
    """A review as it is printed: from a view that was changed first, or with bytes replaced afterwards."""
    profile = load_audience(audience)
    view = assemble(findings, profile)
    shown = copy.deepcopy(view)
    if change is not None:
        change(shown)
    content = MAKERS[form](shown)
    for before, after in edits:
        assert before.encode() in content
        content = content.replace(before.encode(), after.encode(), 1)
    name = f"{audience}.{SUFFIXES.get(form, form)}"
    return Printed(name, profile, form, view, read_file(name, content))


@pytest.mark.parametrize("form", MAKERS)
@pytest.mark.parametrize("audience", AUDIENCES)
def test_a_review_that_was_not_touched_passes(case, audience, form):
    assert differences([printed(case, audience, form)], case) == []


def test_all_reviews_of_a_case_pass_together(case):
    every = [printed(case, audience, form) for audience in AUDIENCES for form in ("html", "pdf")]

    check_consistency(every, case)


def texts(view: Review) -> list[tuple[list[Any], int]]:
    """Every place of a view that holds a paragraph or a cell."""
    return [
        (holder, at)
        for section in view["sections"]
        for block in section["blocks"]
        for holder in ([block["paragraphs"]] if block["kind"] == "prose" else block.get("rows", []))
        for at in range(len(holder))
    ]


def replaced(before: str, after: str) -> Callable[[Review], None]:
    """A change of the first paragraph or cell that holds a text."""

    def change(view: Review) -> None:
        holder, at = next((holder, at) for holder, at in texts(view) if before in holder[at])
        holder[at] = holder[at].replace(before, after, 1)

    return change


def block_of(view: Review, name: str) -> dict[str, Any]:
    return next(block for section in view["sections"] for block in section["blocks"] if block["id"] == name)


def causes_swapped(view: Review) -> None:
    paragraphs = block_of(view, "stated.summary")["paragraphs"]
    paragraphs[0], paragraphs[1] = paragraphs[1], paragraphs[0]


ODDS = "the odds of a production beyond scope are 6."
CHANGES = {
    "a number": (replaced(f"{ODDS}1", f"{ODDS}7"), "analyst", "a number", "why.first"),
    "a number of a cause": (replaced("41 of 52", "47 of 52"), "specialists", "a number", "stated.cause_1"),
    "a strength word": (
        replaced("Grade: probable", "Grade: established"),
        "specialists",
        "the strength of a cause",
        "stated.cause_2",
    ),
    "the order of causes": (causes_swapped, "specialists", "the order of causes", ""),
    "a word of the core message": (
        replaced("were produced in answer", "were withheld in answer"),
        "leadership",
        "the core message",
        "core.what",
    ),
    "a number of the core message": (
        replaced("23 of 412", "13 of 412"),
        "leadership",
        "the core message",
        "core.how_far",
    ),
    "a count that is withheld": (
        replaced("They went to fewer than 11 agencies.", "They went to at least 4 agencies."),
        "leadership",
        "a withheld count",
        "exp.agencies",
    ),
    "a word": (replaced("Scope review passed it", "Scope review sent it back"), "specialists", "words", "ctl.sum"),
}


@pytest.mark.parametrize("form", MAKERS)
@pytest.mark.parametrize("change", CHANGES)
def test_a_change_is_found_and_named(case, change, form):
    how, audience, what, claim = CHANGES[change]
    found = differences([printed(case, audience, form, how)], case)

    assert what in [each.what for each in found], found
    assert claim in [each.claim for each in found] or not claim
    assert all(each.file.startswith(audience) for each in found)


@pytest.mark.parametrize("form", MAKERS)
def test_a_cell_that_reads_like_another_is_found(case, form):
    """Both numbers stand in the table; the rows tell that they have changed places."""

    def change(view: Review) -> None:
        rows = block_of(view, "extent.series_table")["rows"]
        column = next(at for at, cell in enumerate(rows[0]) if cell != rows[1][at] and cell.isdigit())
        rows[0][column], rows[1][column] = rows[1][column], rows[0][column]

    found = differences([printed(case, "analyst", form, change)], case)
    assert [each.where for each in found] == ["extent.series_table"]


def taken_out(view: Review) -> None:
    block_of(view, "extent.exposure")["paragraphs"].pop()


def put_in(view: Review) -> None:
    block_of(view, "extent.exposure")["paragraphs"].append("Another 38 requests were found on the last day.")


@pytest.mark.parametrize("form", MAKERS)
@pytest.mark.parametrize("change", [taken_out, put_in])
def test_what_is_lost_or_added_is_found(case, change, form):
    found = differences([printed(case, "leadership", form, change)], case)

    assert found
    assert change is taken_out or any("38" in each.reads for each in found)


def other_day(view: Review) -> None:
    view["as_of"] = "1 January 2026"
    view["footer"] = view["footer"].replace("as of", "as of 1 January 2026 –")


def signed(view: Review) -> None:
    view["banner"], view["state"] = "", "approved"


def half_signed(view: Review) -> None:
    view["banner"] = "Reviewed, not yet approved"


@pytest.mark.parametrize("form", ["html", "pdf", "pptx"])
@pytest.mark.parametrize(
    ("change", "what"), [(other_day, "the date"), (signed, "the state"), (half_signed, "the state")]
)
def test_another_state_or_date_is_found(case, change, what, form):
    found = differences([printed(case, "leadership", form, change)], case)

    assert what in [each.what for each in found]


def case_words(view: Review) -> None:
    block_of(view, "core.message")["paragraphs"].append("Request R-20417 was pulled twice: the first pull timed out.")


@pytest.mark.parametrize("form", MAKERS)
def test_a_statement_that_is_not_for_its_reader_is_found_and_not_repeated(case, form):
    found = differences([printed(case, "leadership", form, case_words)], case)
    barred = [each for each in found if each.what == "a statement of others"]

    assert [each.claim for each in barred] == ["hap.case"]
    assert "R-20417" not in str(barred[0])


def alt_changed(view: Review) -> None:
    block = block_of(view, "extent.chart")
    block["alt"] = re.sub(r"\d+", "99", block["alt"])


def drawing_changed(view: Review) -> None:
    block = block_of(view, "extent.chart")
    block["svg"] = block["svg"].replace("extent.chart</text>", "98% of 77</text>")


@pytest.mark.parametrize("form", ["html", "pdf", "pptx"])
@pytest.mark.parametrize("change", [alt_changed, drawing_changed])
def test_a_drawing_or_its_words_with_other_numbers_are_found(case, change, form):
    found = differences([printed(case, "leadership", form, change)], case)

    assert found
    assert "98" in str(found) or "99" in str(found) or "a drawing" in str(found)


def test_bytes_that_were_changed_after_rendering_are_found(case):
    found = differences([printed(case, "leadership", "html", None, ("5.6%", "9.6%"))], case)

    assert {(each.what, each.claim) for each in found} == {("the core message", "core.how_far")}
    assert "9.6%" in found[0].reads
    assert "5.6%" in found[0].expected


def test_a_core_message_that_one_review_words_otherwise_is_found(case):
    """Both files read as their views; the views differ."""
    one, other = printed(case, "leadership", "html"), printed(case, "specialists", "html")
    view = copy.deepcopy(other.review)
    block_of(view, "core.message")["paragraphs"][0] += " So it is."
    changed = Printed(other.name, other.audience, "html", view, read_file(other.name, render_html(view).encode()))

    found = differences([one, changed], case)
    assert [(each.file, each.what) for each in found] == [("specialists.html", "the core message")]
    assert "as in leadership.html" in found[0].expected


def test_a_cause_whose_words_and_record_disagree_is_found(case):
    case.record["statements"][1]["grade"] = "possible"
    found = differences([printed(case, "specialists", "html")], case)

    assert [(each.what, each.claim, each.reads, each.expected) for each in found] == [
        ("the strength of a cause", "stated.cause_2", "probable", "possible")
    ]


def test_blocks_that_a_short_paper_leaves_out_are_no_difference(case):
    profile = load_audience("leadership").model_copy(
        update={"max_pages": 1, "spare": ("limits.*", "extent.*", "actions.*")}
    )
    view = assemble(case, profile)
    content = render_pdf(view)
    read = Printed("leadership.pdf", profile, "pdf", view, read_file("leadership.pdf", content))

    assert any("Left out here for want of space" in text for text in read.of_kind("text"))
    assert differences([read], case) == []


def test_the_error_names_the_file_the_claim_and_both_readings_and_counts_the_rest(case):
    wrong = printed(case, "leadership", "pdf", replaced("5.6%", "6.6%"))
    with pytest.raises(ConsistencyError) as refused:
        check_consistency([wrong, printed(case, "specialists", "html")], case)

    said = str(refused.value)
    assert said.startswith("Nothing was published: leadership.pdf reads “")
    for part in ("6.6%", "5.6%", "core.how_far"):
        assert part in said
    assert refused.value.exit_code == 1


def test_a_difference_is_a_record_for_programs(case):
    (found,) = differences([printed(case, "leadership", "html", None, ("5.6%", "9.6%"))], case)

    assert found.as_json() == {
        "file": "leadership.html",
        "what": "the core message",
        "where": "core.message",
        "claim": "core.how_far",
        "reads": found.reads,
        "expected": found.expected,
    }
