"""The mapped safety reports, against counts that these tests take from the raw files themselves."""

import csv
from collections import Counter
from pathlib import Path

import pytest

from rca_lib.analysis.code_suggestions import OVERALL, suggest_codes
from rca_lib.analysis.coding import code_counts, read_by, saturation
from rca_lib.data.source import open_source

EXAMPLE = Path(__file__).parents[2] / "examples" / "safenet"

pytestmark = [pytest.mark.real, pytest.mark.slow]


@pytest.fixture(scope="module")
def folder(shared_data):
    if not (shared_data / "safenet").is_dir():
        pytest.skip("the safety reports are not here")
    return shared_data / "safenet"


@pytest.fixture(scope="module")
def source(folder):
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("DATA", str(folder))
        source = open_source(EXAMPLE)
        source.tables  # noqa: B018  (read while DATA is set)
        yield source


@pytest.fixture(scope="module")
def reports(folder):
    rows = []
    for path in sorted(folder.glob("SAFENET_20*.csv")):
        with path.open(encoding="utf-8", newline="") as file:
            rows += [row for row in csv.DictReader(file, skipinitialspace=True) if row["SAFENET ID"].strip()]
    return rows


def ticked(row, column):
    return [factor.strip() for factor in row[column].split(";") if factor.strip()]


def test_every_report_is_a_request_a_link_and_a_piece_of_evidence(source, reports):
    tables = source.tables

    assert len(reports) == 1239
    for name, prefix in (("requests", "REPORT-"), ("escalation_requests", "REPORT-"), ("evidence", "NARRATIVE-")):
        column = "evidence_id" if name == "evidence" else "request_id"
        assert sorted(tables[name][column]) == sorted(prefix + row["SAFENET ID"].strip() for row in reports)


def test_nothing_is_wrong_with_the_mapping(source):
    assert [problem for problem in source.problems if problem.severity == "error"] == []


def test_narratives_are_kept_whole(source, reports):
    texts = source.tables["evidence"].set_index("evidence_id")["text"]

    for row in reports:
        text = texts["NARRATIVE-" + row["SAFENET ID"].strip()]
        told = row["Narrative"].strip(" ")
        assert (text if isinstance(text, str) else "").split() == told.split()


def test_each_ticked_factor_is_a_coding(source, reports):
    codings = source.tables["codings"]
    counted = Counter(
        factor.upper().replace(" ", "_")
        for row in reports
        for factor in {*ticked(row, "Contributing Factors"), *ticked(row, "Human Factors")}
    )

    assert codings["code_id"].value_counts().to_dict() == dict(counted)
    assert set(counted) <= set(source.tables["codebook"]["code_id"])
    assert set(codings["coder_id"]) == {"reporter"}


def test_escalations_are_themes_of_a_year_and_their_ids_hold_no_reports_number(source, reports):
    escalations = source.tables["escalations"]
    years = Counter(row["SAFENET Create Date"].strip()[6:10] for row in reports)
    per_year = source.tables["escalation_requests"]["escalation_id"].str[6:10].value_counts().to_dict()

    assert per_year == dict(years)
    assert escalations["escalation_id"].str.fullmatch(r"THEME-20\d\d-[A-Z-]+").all()
    evidence = source.tables["evidence"].merge(escalations[["escalation_id", "opened_at"]], on="escalation_id")
    assert (evidence["collected_at"] < evidence["opened_at"]).all()


def test_a_factor_named_is_an_outcome(source, reports):
    for factor, name in (("Communications", "communications"), ("Fire Behavior", "fire_behavior")):
        named = sum(factor in ticked(row, "Contributing Factors") for row in reports)
        assert len(source.outcomes[name]) == len(reports)
        assert source.outcomes[name]["failed"].sum() == named


def test_most_reporters_are_placed_in_a_role(source, reports):
    roles = source.tables["evidence"]["source_role"]

    assert roles.isna().sum() == sum(not row["Event Position Title"].strip() for row in reports)
    assert (roles == "other role").mean() < 0.25


def test_codes_of_a_theme_are_counted_as_they_were_ticked(source, reports):
    evidence, codings = source.tables["evidence"], source.tables["codings"]
    theme = evidence[evidence["escalation_id"] == "THEME-2005-FIRE-ROCKIES"]
    mine = codings[codings["evidence_id"].isin(theme["evidence_id"])]

    counts = code_counts(mine, theme, source.tables["codebook"], "source_role").drop_duplicates("code_id")

    direct = mine["code_id"].value_counts()
    for code, total in counts.set_index("code_id")["total"].items():
        assert total == direct[code] or code == "HUMAN_FACTORS"
    assert saturation(mine, theme).found[-1] == mine["code_id"].nunique()
    assert read_by(mine, theme)["evidence_id"].nunique() == len(theme)


def test_suggestions_beat_guessing_and_the_codebooks_words_by_far(source):
    tables = source.tables
    among = tables["evidence"]["evidence_id"].head(20).tolist()

    found = suggest_codes(tables["evidence"], tables["codings"], tables["codebook"], among=among)

    figures = found.figures.set_index("code_id")
    assert (found.ok, found.grouped, found.left_out) == (True, True, ())
    assert figures.loc[OVERALL[1], "average_precision"] > figures.loc[OVERALL[1], "base_rate"] + 0.18
    assert figures.loc[OVERALL[1], "average_precision"] > figures.loc[OVERALL[1], "keyword_precision"] + 0.07
    assert figures.loc[OVERALL[0], "average_precision"] > 0.5
    assert (figures["average_precision"] > figures["base_rate"] + 0.05).all()
    assert figures.loc["COMMUNICATIONS", "average_precision"] > 0.8
