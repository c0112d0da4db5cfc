"""A table that was not supplied is said to be missing, with what it would allow; nothing crashes and nothing is made up."""

from collections.abc import Mapping

import pandas as pd
import pytest

from rca_lib.data.contract import TABLES
from rca_lib.data.problems import Problem
from rca_lib.data.source import Source
from rca_lib.review.case import open_case
from rca_lib.review.record import merge_records
from tests.review.conftest import Answers

pytestmark = pytest.mark.slow

CORE = ("core.happened", "core.affected", "core.why", "core.done", "core.unknown")

SAYS_SO = {
    "requests": ("extent", "changed", "why"),
    "events": ("happened", "controls"),
    "escalation_requests": ("happened", "controls"),
    "changes": ("changed",),
    "actions": ("actions",),
    "evidence": ("said",),
    "codings": ("said",),
}
"""The sections that cannot be answered without a table."""


class Without(Source):
    """A source that lacks some tables, without reading the others again."""

    def __init__(self, whole: Source, *gone: str) -> None:
        super().__init__(whole.path, whole.config, whole.files)
        self._whole, self._gone = whole, gone

    @property
    def tables(self) -> Mapping[str, pd.DataFrame]:
        return {name: table for name, table in self._whole.tables.items() if name not in self._gone}

    @property
    def outcomes(self) -> dict[str, pd.DataFrame]:
        return {} if "requests" in self._gone else self._whole.outcomes

    @property
    def problems(self) -> tuple[Problem, ...]:
        return self._whole.problems

    @property
    def set_aside(self) -> dict[str, int]:
        return self._whole.set_aside

    @property
    def digest(self) -> str:
        return self._whole.digest


@pytest.fixture(scope="module")
def without(small_source):
    made = {}

    def ask(name):
        if name not in made:
            gone = UNREAD if name in UNREAD else (name,)
            made[name] = Answers(open_case("ESC-0003", Without(small_source, *gone)))
        return made[name]

    return ask


UNREAD = ("rubric_items", "calibration_ratings")
"""Tables that no verb reads yet: they go together, to save time."""

tables = pytest.mark.parametrize(
    "table", [*(name for name in TABLES if name not in ("escalations", *UNREAD)), UNREAD[0]]
)


@tables
def test_every_verb_answers_and_the_core_message_stands(without, table):
    answers = without(table)

    assert [claim.id for claim in answers["core_message"].claims][:5] == list(CORE)
    assert all(len(answer) for answer in answers.values())


@tables
def test_the_sections_that_need_it_say_so_and_what_it_would_allow(without, table):
    answers = without(table)
    left = {claim.section: claim.text for claim in answers.claims if claim.id.endswith(".not_assessed")}

    assert set(SAYS_SO.get(table, ())) <= set(left)
    for section in SAYS_SO.get(table, ()):
        assert left[section].startswith("Not assessed: ")
        assert left[section].count(".") >= 2


@tables
def test_the_record_and_the_limits_name_what_is_missing(without, table):
    answers = without(table)
    record = merge_records(answer.record for answer in answers.values())
    listed = {claim.value for claim in answers["limits"].claims if claim.id.startswith("limits.without_")}

    assert all(entry["missing"] and entry["would_allow"] for entry in record["not_assessed"])
    assert table in listed
    assert f"The table “{table}” was not supplied." in [entry["missing"] for entry in record["not_assessed"]]


def test_a_question_that_cannot_be_asked_is_not_answered(without):
    """What looks like an answer ("none is on record", "as usual") would be one that the data do not give."""
    assert "No action is on record" not in without("actions")["core_message"].claims[3].text
    assert "actions.decide_strength" not in [claim.id for claim in without("actions").claims]
    assert not any("as it usually does" in claim.text for claim in without("requests").claims)
    assert not any("as it usually does" in (block.title or "") for block in without("requests").blocks)
    assert not any("every candidate" in claim.text for claim in without("requests").claims)


def test_tables_that_no_verb_reads_change_only_what_is_said_to_be_missing(without, asked):
    full, less = asked("ESC-0003"), without(UNREAD[0])

    for verb in set(full) - {"limits", "core_message", "audit"}:
        assert less[verb].as_json() == full[verb].as_json(), verb


def test_a_full_source_lacks_nothing(asked):
    answers = asked("ESC-0003")
    record = merge_records(answer.record for answer in answers.values())

    assert [claim.id for claim in answers.claims if claim.id.endswith("not_assessed")] == []
    assert "limits.data" not in [block.id for block in answers.blocks]
    assert record["not_assessed"] == []


@tables
def test_every_quote_resolves_when_it_is_missing(without, table):
    answers = without(table)
    stated = {claim.id for claim in answers.claims}

    assert {name for block in answers.blocks for name in block.claims} == stated


@tables
def test_sentences_are_whole_when_it_is_missing(without, table):
    for claim in without(table).claims:
        for text in filter(None, (claim.text, claim.masked)):
            assert "None " not in text.replace("None of", "")
            assert "nan" not in text.split()
            assert not text.endswith((" .", ":", ": ."))
            assert ".." not in text
            assert "  " not in text


def test_a_source_of_escalations_alone_still_gives_a_review(small_tables, make_source):
    source = make_source({"escalations": small_tables["escalations"]}, settings=None)
    answers = Answers(open_case("ESC-0003", source))
    core = {claim.id: claim.text for claim in answers["core_message"].claims}

    assert list(core)[:5] == list(CORE)
    assert "could not be assessed" in core["core.affected"]
    assert "how many requests are affected" in core["core.unknown"]


def test_an_escalation_with_its_id_and_day_alone_still_gives_a_review(small_tables, make_source):
    few = {"escalations": [{"escalation_id": "E-1", "opened_at": "2025-12-01"}], "requests": small_tables["requests"]}
    answers = Answers(open_case("E-1", make_source(few, settings=None)))

    assert all(len(answer) for answer in answers.values())
    assert [claim.id for claim in answers["core_message"].claims][:5] == list(CORE)
    assert [claim.text for claim in answers.claims if "None" in claim.text.replace("None of", "")] == []


def test_a_table_without_rows_reads_like_one_that_is_missing(small_source, without):
    class Empty(Without):
        @property
        def tables(self):
            return {name: t.head(0) if name in self._gone else t for name, t in self._whole.tables.items()}

    answers = Answers(open_case("ESC-0003", Empty(small_source, "events", "changes", "actions", "escalation_requests")))
    left = {claim.section for claim in answers.claims if claim.id.endswith(".not_assessed")}

    assert left == {"happened", "controls", "changed", "actions"}


@pytest.mark.parametrize(
    ("table", "columns"),
    [
        (
            "requests",
            ("process_type", "channel", "urgency", "team_id", "due_at", "closed_at", "outcome", "specialist_id"),
        ),
        ("events", ("seq", "lifecycle", "actor_id", "actor_role")),
        ("assessments", ("inclusion_prob", "sample_arm", "status", "rubric_version")),
        (
            "escalations",
            ("title", "summary", "severity", "occurred_at", "detected_at", "detected_by", "status", "harm"),
        ),
        ("changes", ("component", "description", "segment")),
        ("actions", ("strength", "owner_role", "due_at", "status", "done_at")),
        ("escalation_requests", ("role",)),
    ],
)
def test_columns_that_were_not_supplied_are_done_without(small_source, table, columns):
    class Bare(Without):
        @property
        def tables(self):
            bare = self._whole.tables[table].copy()
            for column in columns:
                bare[column] = pd.Series(None, index=bare.index, dtype=bare[column].dtype)
            return {**self._whole.tables, table: bare}

    answers = Answers(open_case("ESC-0003", Bare(small_source)))

    assert [claim.id for claim in answers["core_message"].claims][:5] == list(CORE)
    for claim in answers.claims:
        assert "None " not in claim.text.replace("None of", ""), claim.text
        assert not {"nan", "NaT", "<NA>"} & set(claim.text.split()), claim.text
