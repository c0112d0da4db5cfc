import re

from rca_lib.review.blocks import Column, Figure, Prose, Table, Timeline
from rca_lib.review.case import open_case

IDENTIFIER = re.compile(r"\b(REQ|AGY|SPC|AST|EVD|DSP|ACT)-\d+")
"""The shapes of the ids of single requests, agencies, people and records in the small source."""

COUNT_OF_REQUESTS = re.compile(
    r"(?<![\d.,−–-])\b(?P<count>\d{1,2})\b(?![\d.,%]\d|%)"
    r"(?= (?:of (?:these|[\d,]+) )?(?:other |such |all )*(?:requests?|failures?|found|failed)\b)"
)
"""A number of requests, or of requests that failed, as a sentence writes it."""


def shown_to_all(block, level=("general", "operational")):
    """Everything in a block that a reader without access to single cases could be shown, one text each."""
    if block.sensitivity not in level:
        return
    yield from filter(None, (block.title, getattr(block, "caption", None), getattr(block, "note", None)))
    if isinstance(block, Prose):
        yield from (part for row in block.paragraphs for part in row if isinstance(part, str))
    elif isinstance(block, Table):
        open_columns = [column.key for column in block.columns if column.sensitivity in level]
        levels = block.row_sensitivity or ["general"] * len(block.rows)
        rows = [row for row, sensitivity in zip(block.rows, levels, strict=True) if sensitivity in level]
        yield from (str(row.get(key)) for row in rows for key in open_columns)
    elif isinstance(block, Timeline):
        entries = [entry for entry in block.entries if entry.sensitivity in level]
        yield from (text for entry in entries for text in (entry.when, entry.what, entry.detail))
    elif isinstance(block, Figure):
        yield block.alt
        yield str(block.data)


def test_no_identifier_is_in_a_statement_for_readers_who_see_no_single_case(answers):
    for claim in answers.claims:
        if claim.sensitivity in ("general", "operational"):
            assert not IDENTIFIER.search(f"{claim.text} {claim.masked} {claim.value} {claim.method}"), claim
    for block in answers.blocks:
        for text in shown_to_all(block):
            assert not IDENTIFIER.search(text), (block.id, text)


def test_facts_hold_no_identifier(answers):
    for fact in answers["core_message"].record["facts"]:
        assert not IDENTIFIER.search(str(fact["value"]))


def test_the_gate_knows_every_request_agency_and_person_of_the_escalation(asked):
    case = asked("ESC-0003").case
    listed = asked("ESC-0003")["core_message"].record["identifiers"]
    known = {name for names in listed.values() for name in names}
    mine = case.requests[case.requests["request_id"].isin(case.requests_in("index", "sibling", "control"))]

    assert {"request_id", "agency_id", "specialist_id"} <= set(mine.columns)
    for column in ("request_id", "agency_id", "specialist_id"):
        assert set(mine[column].dropna()) <= known
    assert set(case.outcome.failed_ids) <= known


def test_a_general_statement_names_weeks_and_not_days(answers):
    # What someone decided or is to do (actions, changes) is dated by the day; what happened to a request is not.
    for claim in answers.claims:
        if claim.sensitivity == "general" and claim.section in ("core", "happened", "extent"):
            days = re.findall(
                r"(?<!week of )\b\d{1,2} (?:January|February|March|April|May|June|July|August|September"
                r"|October|November|December) \d{4}",
                claim.text,
            )
            assert days == [], claim.text


def test_a_small_count_of_requests_has_a_wording_that_withholds_it(answers):
    limit = answers.case.source.config.small_cell
    for claim in answers.claims:
        small = [int(hit["count"]) for hit in COUNT_OF_REQUESTS.finditer(claim.text) if 0 < int(hit["count"]) <= limit]
        if small and claim.sensitivity in ("general", "operational"):
            assert claim.masked is not None, claim.text
        again = [int(hit["count"]) for hit in COUNT_OF_REQUESTS.finditer(claim.masked or "")]
        assert not [count for count in again if 0 < count <= limit and f"and {count}" not in claim.masked], claim.masked


def test_literal_text_titles_and_words_for_a_figure_hold_no_small_count_of_requests(answers):
    for block in answers.blocks:
        if block.sensitivity == "case" or isinstance(block, Table):
            continue
        texts = [text for text in shown_to_all(block) if not text.startswith("{")]
        for text in texts:
            small = [hit["count"] for hit in COUNT_OF_REQUESTS.finditer(text) if 0 < int(hit["count"]) <= 10]
            assert small == [], (block.id, text)


def test_a_number_that_rests_on_a_small_count_in_a_table_is_guarded_by_it(answers):
    """Beside a column that counts failures, a rate or an estimate goes when the count goes."""
    for block in answers.blocks:
        if isinstance(block, Table) and block.sensitivity != "case":
            counts = {
                column.key for column in block.columns if column.kind == "count" and column.key.startswith("fail")
            }
            rates = [column for column in block.columns if column.kind in ("percent", "number") and counts]
            assert [column.key for column in rates if column.guard not in counts] == [], block.id


def test_a_number_scaled_up_from_a_small_count_is_withheld_with_it(asked):
    found = asked("ESC-0005")
    limit = found.case.source.config.small_cell
    exposure = next(block for block in found.blocks if block.id == "extent.exposure")
    guards = {column.key: column.guard for column in exposure.columns}
    scaled = next(row for row in exposure.rows if "Estimated" in row["what"])

    assert 0 < scaled[guards["count"]] <= limit
    assert guards["interval"] == guards["count"]
    assert next(claim for claim in found.claims if claim.id == "extent.population").masked


def test_a_segment_with_few_failures_is_named_in_a_title_without_its_rate(small_tables, make_source):
    late = [row for row in small_tables["requests"] if row["process_type"] == "court_order" and row["closed_at"]][:8]
    for row in small_tables["requests"]:
        row["due_at"] = (
            row["received_at"] if row in late else "2026-12-31T00:00:00Z" if not row["closed_at"] else row["closed_at"]
        )
    case = open_case("ESC-0001", make_source(small_tables))
    title = next(block.title for block in case.extent() if block.id == "extent.concentration")

    assert "court order" in title
    assert "%" not in title


def test_the_text_of_the_account_is_for_analysts(answers):
    account = [claim for claim in answers.claims if claim.id == "happened.account"]

    assert all(claim.sensitivity == "case" for claim in account)


def test_an_exact_moment_is_for_analysts(answers):
    for block in answers.blocks:
        if isinstance(block, Table) and block.sensitivity != "case":
            kinds = [column.kind for column in block.columns if isinstance(column, Column)]
            assert "moment" not in kinds, block.id
