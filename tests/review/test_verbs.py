import ast
import re
from collections import Counter
from fnmatch import fnmatchcase
from functools import cache
from pathlib import Path

import pytest

import rca_lib.review.sections
from rca_lib.errors import UsageError
from rca_lib.render.audience import audiences, load_audience
from rca_lib.review.blocks import Blocks, Figure, Prose, Quote, Table
from rca_lib.review.case import open_case

SECTIONS = Path(rca_lib.review.sections.__file__).parent

ANALYST_ONLY = {
    # Judgement in full, and what says how it came about.
    "actions.averts",
    "actions.measures",
    "learned.contained",
    "learned.not_assessed",
    "learned.people",
    "stated.boxes",
    "stated.factors",
    "stated.figures",
    "stated.not_assessed",
    "stated.prompts",
    "stated.scope",
    "together.not_assessed",
    "together.summary",
    "together.table",
    "together.tests",
    # Single records, or more detail than a reader acts on: the full analysis alone shows them.
    "changed.table",
    "controls.table",
    "extent.concentration_table",
    "extent.series_table",
    "extent.siblings",
    "happened.detection",
    "happened.requests",
    "happened.steps_table",
    "happened.summary",
    "limits.data",
    "limits.table",
    "method.summary",
    "method.table",
    "why.caution",
    "why.chart",
    "why.not_assessed",
    "why.summary",
    "why.table",
    "why.tests",
}

ANALYST_SECTIONS = {
    "audit",
    "combinations",
    "dates",
    "find",
    "flow",
    "how_sure",
    "interrupted",
    "mix",
    "ruled_out",
    "said",
    "signals",
    "since_when",
    "suggested",
    "turnaround",
}
"""Sections that are the full analysis from end to end; the core message carries what they come to."""


@cache
def block_ids():
    """Read from the code of the sections which block ids they can make."""
    trees = {path.stem: ast.parse(path.read_text(encoding="utf-8")) for path in SECTIONS.glob("*.py")}
    calls = {name: [node for node in ast.walk(tree) if isinstance(node, ast.Call)] for name, tree in trees.items()}
    drafts = {
        name: {ast.literal_eval(call.args[0]) for call in made if getattr(call.func, "id", "") == "SectionDraft"}
        for name, made in calls.items()
    }
    found = set()
    for name, sections in drafts.items():
        # A module that is given a draft adds to the section of the module that calls it.
        helpers = {
            node.module.rsplit(".", 1)[1]
            for node in ast.walk(trees[name])
            if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("rca_lib.review.sections.")
        }
        added = [name, *(helper for helper in helpers if not drafts[helper])]
        found |= {f"{section}.{block}" for section in sections for one in added for block in _made_by(calls[one])}
    return found


def _made_by(calls):
    names = {
        ast.literal_eval(call.args[0])
        for call in calls
        if getattr(call.func, "attr", "") in ("prose", "table", "figure", "timeline")
        and isinstance(call.func.value, ast.Name)
        and call.func.value.id == "draft"
    }
    return (
        names | {"not_assessed"} if any(getattr(call.func, "attr", "") == "not_assessed" for call in calls) else names
    )


def patterns(audience):
    return [
        one for section in load_audience(audience).sections for pattern in section.blocks for one in pattern.split("|")
    ]


def test_every_verb_answers_with_blocks(answers):
    assert all(isinstance(answer, Blocks) and len(answer) for answer in answers.values())


def test_block_ids_are_told_apart(answers):
    assert [name for name, times in Counter(block.id for block in answers.blocks).items() if times > 1] == []


def test_claim_ids_are_told_apart(answers):
    assert [name for name, times in Counter(claim.id for claim in answers.claims).items() if times > 1] == []


def test_every_quote_and_every_claim_of_a_block_is_stated(answers):
    stated = {claim.id for claim in answers.claims}
    quoted = {
        part.claim
        for block in answers.blocks
        if isinstance(block, Prose)
        for row in block.paragraphs
        for part in row
        if isinstance(part, Quote)
    }
    rested_on = {name for block in answers.blocks for name in block.claims}

    assert quoted | rested_on <= stated


def test_every_claim_is_quoted_somewhere(answers):
    shown = {name for block in answers.blocks for name in block.claims}

    assert {claim.id for claim in answers.claims} - shown == set()


def test_blocks_and_claims_stand_in_the_section_that_their_id_names(answers):
    for one in (*answers.blocks, *answers.claims):
        assert one.id.startswith(f"{one.section}.")


def test_the_blocks_of_a_verb_that_is_asked_twice_are_the_same(answers):
    for verb, answer in answers.items():
        assert getattr(answers.case, verb)().as_json() == answer.as_json()


def test_every_block_made_is_one_that_the_code_of_the_sections_names(answers):
    assert {block.id for block in answers.blocks} <= block_ids()


def test_every_block_is_for_some_audience_or_for_analysts_alone_on_purpose():
    chosen = {
        block
        for block in block_ids()
        for audience in set(audiences()) - {"analyst"}
        if any(fnmatchcase(block, pattern) for pattern in patterns(audience))
    }

    alone = {block for block in block_ids() - chosen if block.partition(".")[0] not in ANALYST_SECTIONS}
    assert alone == ANALYST_ONLY


def test_analysts_see_every_block_under_a_heading_of_its_own():
    named = [pattern for pattern in patterns("analyst") if pattern != "*"]
    # A search is asked by hand and stands under what is asked.
    named.append("find.*")

    assert [block for block in sorted(block_ids()) if not any(fnmatchcase(block, one) for one in named)] == []


@pytest.mark.parametrize("audience", audiences())
def test_no_audience_asks_for_a_block_that_nothing_makes(audience):
    idle = [one for one in patterns(audience) if not any(fnmatchcase(block, one) for block in block_ids())]

    assert idle == []


def test_no_sentence_holds_a_value_that_was_not_written_for_a_reader(answers):
    texts = [claim.text for claim in answers.claims] + [claim.masked for claim in answers.claims if claim.masked]
    texts += [block.title for block in answers.blocks if block.title]
    for text in texts:
        assert not re.search(r"\b(nan|None(?! of)|NaT|inf|<NA>|Timestamp)\b|\d\.\d{5}|  |\.\.|\{|\[\]", text), text


def test_every_sentence_begins_with_a_capital_or_follows_on_and_ends_with_a_stop(answers):
    for claim in answers.claims:
        for text in filter(None, (claim.text, claim.masked)):
            assert text.strip() == text
            assert text[-1] in ".?!", text


def test_a_figure_says_its_finding_in_its_title_and_its_words(answers):
    for block in answers.blocks:
        if isinstance(block, Figure):
            assert block.title
            assert block.alt.startswith(block.title)


def test_a_value_of_a_table_stands_under_a_column_or_guards_one(answers):
    for block in answers.blocks:
        if isinstance(block, Table):
            named = {column.key for column in block.columns}
            guards = {column.guard for column in block.columns if column.guard}
            # The last two are named only by rows that withhold what they guard.
            assert guards <= {key for row in block.rows for key in row} | {"either", "beyond"}
            assert named <= {key for row in block.rows for key in row}, block.id


def test_extent_answers_for_one_column_and_for_another_length_of_period(asked):
    case = asked("ESC-0003").case
    by_team = case.extent(by="team_id")
    table = next(block for block in by_team if block.id == "extent.concentration_table")

    assert {row["dimension"] for row in table.rows} == {"Team"}
    assert len(chart_points(case.extent(period=13))) < len(chart_points(case.extent(period=1)))


def chart_points(blocks):
    return next(block for block in blocks if block.id == "extent.chart").data["periods"]


def test_a_column_that_is_not_there_is_named_with_the_nearest_one(asked):
    case = asked("ESC-0003").case

    with pytest.raises(UsageError, match="team_id"):
        case.extent(by="team")
    with pytest.raises(UsageError, match="tool_version"):
        case.causes(by=["tool_versoin"])


def test_a_length_of_period_that_cannot_be_drawn_is_refused(asked):
    with pytest.raises(UsageError, match="1, 2, 4 or 13"):
        asked("ESC-0003").case.extent(period=0)


def test_a_window_without_days_is_refused(asked):
    with pytest.raises(UsageError, match="window_days"):
        asked("ESC-0003").case.changes(window_days=0)


def test_the_planted_rise_is_found_near_the_day_it_began(asked):
    case = asked("ESC-0003").case

    assert case.onset is not None
    assert case.onset.low <= case.onset.when <= case.onset.high
    assert abs((case.onset.when - case.tables["changes"]["effective_from"].iloc[3]).days) <= 42
    assert case.contrast.after.value > 3 * case.contrast.before.value


def test_a_rate_that_stays_the_same_is_not_called_a_rise(asked):
    assert asked("ESC-0001").case.onset is None


def test_opening_a_case_by_a_wrong_id_names_the_nearest(small_source):
    with pytest.raises(UsageError, match=r"ESC-003\b.*ESC-0003"):
        open_case("ESC-003", small_source)


def test_a_case_opened_after_the_moment_asked_for_says_so(small_source):
    with pytest.raises(UsageError, match="ESC-0005 was opened after 2025-10-01"):
        open_case("ESC-0005", small_source, as_of="2025-10-01")


@pytest.mark.parametrize("text", ["soon", "2025-13-01", "31.12.2025x", ""])
def test_a_moment_that_is_no_date_is_refused(small_source, text):
    with pytest.raises(UsageError, match="as_of"):
        open_case("ESC-0003", small_source, as_of=text)


def test_a_day_means_its_end_and_an_offset_is_read(small_source):
    assert f"{open_case('ESC-0001', small_source, as_of='2025-06-30').as_of}" == "2025-06-30 23:59:59.999999+00:00"
    assert f"{open_case('ESC-0001', small_source, as_of='2025-06-30T12:00+02:00').as_of}" == "2025-06-30 10:00:00+00:00"


def test_without_a_moment_the_newest_one_on_record_counts(small_source):
    assert open_case("ESC-0001", small_source).as_of == small_source.latest_moment()
