"""The same input says the same, whatever order its rows are in and whatever its requests are called."""

import copy
import json
import random
import re

import pytest

from rca_lib.review.case import open_case
from tests.case_files import write_case_file
from tests.review.conftest import Answers


def same_but_for_the_digest(answers):
    said = {verb: copy.deepcopy(answer.as_json()) for verb, answer in answers.items()}
    for answer in said.values():
        (answer["record"] or {}).pop("source_digest", None)
        (answer["record"] or {}).pop("source_name", None)
    return said


@pytest.fixture(scope="module")
def shuffled(tmp_path_factory):
    """The small source with the rows of every table in another order."""
    from rca_lib.data.source import open_source
    from tests.builders import small_tables, write_source

    tables = small_tables()
    for rows in tables.values():
        columns = list(rows[0])
        random.Random(3).shuffle(rows)
        rows[0] = {**dict.fromkeys(columns, ""), **rows[0]}
    folder = write_source(tmp_path_factory.mktemp("shuffled") / "small", tables)
    write_case_file(folder)
    return open_source(folder)


@pytest.fixture(scope="module")
def renamed(tmp_path_factory):
    """The small source with other names for its requests, in another order of names."""
    from rca_lib.data.source import open_source
    from tests.builders import small_tables, write_source

    tables = small_tables()
    names = [row["request_id"] for row in tables["requests"]]
    others = [f"REQ-7{number:04}" for number in range(len(names))]
    random.Random(5).shuffle(others)
    new = dict(zip(names, others, strict=True))
    for rows in tables.values():
        for row in rows:
            if row.get("request_id"):
                row["request_id"] = new[row["request_id"]]
    folder = write_source(tmp_path_factory.mktemp("renamed") / "small", tables)
    write_case_file(folder)
    return open_source(folder)


@pytest.mark.parametrize("escalation", ["ESC-0001", "ESC-0003"])
def test_the_order_of_rows_does_not_matter(asked, shuffled, escalation):
    before = same_but_for_the_digest(asked(escalation))
    after = same_but_for_the_digest(Answers(open_case(escalation, shuffled)))

    for verb in before:
        assert after[verb] == before[verb], verb


@pytest.mark.parametrize("escalation", ["ESC-0001", "ESC-0003"])
def test_what_requests_are_called_changes_no_number(asked, renamed, escalation):
    before = asked(escalation)
    after = Answers(open_case(escalation, renamed))

    assert [claim.model_dump() for claim in after.claims] == [claim.model_dump() for claim in before.claims]
    hidden = [
        re.sub(r"REQ-\d+", "REQ", json.dumps([b.model_dump(mode="json") for b in one.blocks]))
        for one in (after, before)
    ]
    assert hidden[0] == hidden[1]


def test_asking_again_from_the_start_says_the_same(asked, small_source):
    again = Answers(open_case("ESC-0003", small_source))

    assert same_but_for_the_digest(again) == same_but_for_the_digest(asked("ESC-0003"))


def test_the_core_message_is_the_same_whatever_was_asked_before(asked, small_source):
    case = open_case("ESC-0003", small_source)
    case.causes(by="team_id")
    case.changes(window_days=14)
    case.extent(by=["team_id", "process_type"], period=1)
    case.timeline()

    assert case.core_message().as_json() == asked("ESC-0003")["core_message"].as_json()


def test_the_core_message_is_five_claims_in_one_block(answers):
    message = next(block for block in answers["core_message"] if block.id == "core.message")

    assert message.claims == ("core.happened", "core.affected", "core.why", "core.done", "core.unknown")
    assert all(not isinstance(part, str) for row in message.paragraphs for part in row)
