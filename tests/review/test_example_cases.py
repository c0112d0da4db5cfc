"""The case files that come with the example: five finished and signed ones that hold, one that is honestly unfinished."""

import re
from pathlib import Path

import pytest

from rca_lib.data.example import make_example
from rca_lib.data.source import open_source
from rca_lib.review.case import open_case
from rca_lib.review.casefile import read_case_file
from rca_lib.review.judgement import is_claim

pytestmark = pytest.mark.slow

FOLDER = Path(__file__).parents[2] / "rca_lib" / "data" / "example" / "cases"
FINISHED = ("ESC-0025", "ESC-0031", "ESC-0034", "ESC-0042", "ESC-0048")
BEGUN = "ESC-0003"
FILES = {path.stem: path for path in sorted(FOLDER.glob("*.yaml"))}


@pytest.fixture(scope="module")
def source(tmp_path_factory):
    folder = tmp_path_factory.mktemp("example") / "lert"
    make_example(folder)
    return open_source(folder)


@pytest.fixture(scope="module")
def cases(source):
    made = {}

    def ask(name):
        if name not in made:
            made[name] = open_case(name, source)
        return made[name]

    return ask


def test_the_example_comes_with_these_case_files(source):
    assert tuple(FILES) == (BEGUN, *FINISHED)
    assert {path.stem for path in (source.path / "cases").glob("*.yaml")} == set(FILES)


def test_every_escalation_of_the_example_has_evidence(source):
    evidence = source.tables["evidence"]

    assert set(evidence["escalation_id"]) == set(source.tables["escalations"]["escalation_id"])
    assert len(source.tables["escalations"]) == 15


@pytest.mark.parametrize("name", FINISHED)
def test_a_finished_file_is_approved_since_nothing_stands_against_it(cases, name):
    case = cases(name)

    assert [f"{each.key}: {each.text}" for each in case.reasons] == []
    assert case.state == "approved"


@pytest.mark.parametrize("name", FINISHED)
def test_a_finished_review_answers_at_least_nineteen_questions_with_yes(cases, name):
    record = cases(name).audit().record

    assert sum(each["answer"] for each in record["audit"]) >= 19


@pytest.mark.parametrize("name", FINISHED)
def test_a_finished_file_has_rivals_a_branching_chart_and_causes_at_several_levels(name):
    file = read_case_file(FILES[name], case=name)
    below = [effect for node in file.chart for effect in node.leads_to]

    assert len(file.hypotheses) >= 4
    assert any(each.verdict == "rejected" for each in file.hypotheses)
    assert len({each.level for each in file.causes}) >= 2
    assert len(file.chart) >= 9
    assert sum(below.count(node.id) > 1 for node in file.chart) >= 2
    assert any(node.kind == "question" for node in file.chart)
    assert any(node.ruled_out for node in file.chart)


@pytest.mark.parametrize("name", FILES)
def test_no_file_types_a_figure_that_was_counted(name):
    file = read_case_file(FILES[name], case=name)
    typed = [
        text for _, text in file.sentences() if re.search(r"\d\s?%|\b\d+ (of|out of) \d+\b|\b\d+(\.\d+)? times\b", text)
    ]

    assert typed == []
    assert any(is_claim(evidence) for each in file.causes for evidence in each.evidence)


def test_the_file_that_is_begun_is_a_draft_with_its_gaps_named(cases):
    case = cases(BEGUN)

    assert case.state == "draft"
    assert len(case.reasons) >= 5
    assert {"sign_off", "reviewers"} <= {each.key for each in case.reasons}
    assert not any("(" in each.text and "rule" in each.text for each in case.reasons)


@pytest.mark.parametrize("name", ["ESC-0009", "ESC-0012"])
def test_an_escalation_without_a_file_is_a_draft(cases, name):
    assert cases(name).state == "draft"
    assert [each.text for each in cases(name).reasons] == ["There is no case file, so nobody has stated a cause."]


def test_an_example_that_someone_worked_on_keeps_the_work(tmp_path):
    folder = tmp_path / "lert"
    make_example(folder)
    mine = folder / "cases" / f"{BEGUN}.yaml"
    text = mine.read_text(encoding="utf-8") + "\n# a note of mine\n"
    mine.write_text(text, encoding="utf-8")
    (folder / "cases" / "ESC-0009.yaml").write_text("case: ESC-0009\nas_of: 2025-12-01\n", encoding="utf-8")
    make_example(folder)

    assert mine.read_text(encoding="utf-8") == text
    assert (folder / "cases" / "ESC-0009.yaml").is_file()
