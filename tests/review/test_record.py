import json
from pathlib import Path

import jsonschema
import pytest
from pydantic import ValidationError

from rca_lib.render.audience import audiences
from rca_lib.render.findings import merge_findings
from rca_lib.review.record import CaseRecord, case_schema, merge_records
from rca_lib.run.review import case_record

SCHEMA = Path(__file__).parents[2] / "docs" / "case.schema.json"

STABLE = {
    "escalation_id", "as_of", "notebook", "state", "source_digest", "versions", "claims", "extent", "causes", "actions",
    "limits", "not_assessed",
}  # fmt: skip


JUDGED = {"statements", "hypotheses", "triangulation", "audit", "case_file"}
"""Keys that came with the case file."""


@pytest.fixture
def record(answers) -> CaseRecord:
    return case_record(merge_findings(answer.as_json() for answer in answers.values()), "case_review")


def test_the_published_schema_is_that_of_the_code():
    """`make schema` writes it again."""
    assert json.loads(SCHEMA.read_text(encoding="utf-8")) == case_schema()


def test_the_schema_is_a_schema_and_allows_no_other_keys():
    jsonschema.Draft202012Validator.check_schema(case_schema())

    assert set(case_schema()["properties"]) == STABLE | JUDGED
    assert set(case_schema()["required"]) == STABLE
    assert case_schema()["additionalProperties"] is False


def test_a_record_keeps_its_keys_and_fits_the_schema(record):
    written = json.loads(record.as_bytes())
    jsonschema.validate(written, case_schema(), cls=jsonschema.Draft202012Validator)

    assert set(written) == STABLE | JUDGED
    assert set(written["claims"][0]) == {
        "id", "section", "text", "masked", "value", "unit", "ci", "n", "method", "sensitivity", "detail", "audiences",
    }  # fmt: skip


def test_a_record_that_is_read_back_is_the_same(record):
    assert CaseRecord.model_validate_json(record.as_bytes()) == record
    assert CaseRecord.model_validate_json(record.as_bytes()).as_bytes() == record.as_bytes()


def test_a_record_holds_nothing_that_json_has_no_word_for(record):
    written = json.loads(record.as_bytes(), parse_constant=pytest.fail)

    assert written["escalation_id"].startswith("ESC-")


def test_each_claim_names_the_audiences_that_may_see_it(record):
    everyone = set(audiences())
    seen = {claim.sensitivity: set(claim.audiences) for claim in record.claims}

    assert seen["general"] == everyone
    assert seen["operational"] == everyone - {"leadership"}
    assert seen.get("case", {"analyst"}) == {"analyst"}


def test_causes_are_ranked_graded_and_quoted(record):
    stated = {claim.id for claim in record.claims}

    assert [cause.rank for cause in record.causes] == list(range(1, len(record.causes) + 1))
    assert {cause.grade for cause in record.causes} <= {"established", "probable", "possible", "refuted"}
    assert {name for cause in record.causes for name in cause.claims} <= stated


def test_the_extent_agrees_with_the_claims(record):
    if record.extent is None:
        return
    said = {claim.id: claim for claim in record.claims}

    assert said["core.confidence_extent"].value == record.extent.at_risk
    assert said["extent.onset"].value == (record.extent.onset or "none")
    if record.extent.onset:
        assert said["extent.before"].value == record.extent.rate_before
        assert said["extent.after"].value == record.extent.rate_after
        assert record.extent.onset_ci[0] <= record.extent.onset <= record.extent.onset_ci[1]


def test_every_count_of_the_extent_is_the_one_that_its_sentence_says(record):
    if record.extent is not None:
        text = next(claim.text for claim in record.claims if claim.id == "extent.failures")

        assert f" {record.extent.failures:,} of {record.extent.at_risk:,} " in text


def test_an_unknown_key_is_refused():
    with pytest.raises(ValidationError, match="extra"):
        CaseRecord.model_validate({"colour": "blue"})


def test_records_are_merged_in_order_and_a_repeated_item_once():
    merged = merge_records(
        [
            {"limits": [{"text": "a"}], "state": "draft", "extent": {"failures": 1}},
            None,
            {"limits": [{"text": "a"}, {"text": "b"}], "state": "reviewed", "extent": {"at_risk": 9}},
            {},
        ]
    )

    assert merged == {
        "limits": [{"text": "a"}, {"text": "b"}],
        "state": "reviewed",
        "extent": {"failures": 1, "at_risk": 9},
    }


def test_merging_changes_none_of_the_records():
    first, second = {"limits": [1], "extent": {"n": 1}}, {"limits": [2], "extent": {"m": 2}}
    merge_records([first, second])

    assert (first, second) == ({"limits": [1], "extent": {"n": 1}}, {"limits": [2], "extent": {"m": 2}})


def test_asking_a_verb_again_with_other_arguments_keeps_one_record(asked):
    case = asked("ESC-0003").case
    once = merge_records([case.causes().record])
    twice = merge_records([case.causes().record, case.causes(by=["team_id", "channel"]).record])

    assert [cause["rank"] for cause in once["causes"]] == list(range(1, len(once["causes"]) + 1))
    assert [cause["rank"] for cause in twice["causes"]] == list(range(1, len(twice["causes"]) + 1))
