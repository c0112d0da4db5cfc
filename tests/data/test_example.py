"""The simulated example: what it holds, that it looks lived-in, and that what was planted shows in its tables."""

import hashlib
import json
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from rca_lib.data.contract import TABLES
from rca_lib.data.example import EXAMPLE_SEED, FLAGSHIP, make_example
from rca_lib.data.example.mechanisms import MECHANISMS
from rca_lib.data.example.process_types import PROCESS_TYPES, PUBLISHED_TOTAL
from rca_lib.data.taxonomy import ACTIVITIES, FAILURE_MODES
from rca_lib.errors import UsageError

NOT_SEEN_IN_A_SEGMENT = {"isolated", "measurement", "mix"}
BLAME = [
    "blame",
    "careless",
    "negligent",
    "incompetent",
    "lazy",
    "sloppy",
    "stupid",
    "inadequate",
    "poorly",
    "neglected",
    "culprit",
    "guilty",
]
COUNTERFACTUAL = ("should have", "could have", "failed to", "ought to")
GRAPHIC = [
    "blood",
    "corpse",
    "gore",
    "nude",
    "naked",
    "porn",
    "rape",
    "torture",
    "weapon",
    "wound",
    "suicide",
    "murder",
]


@dataclass(frozen=True)
class Example:
    folder: Path
    tables: dict[str, pd.DataFrame]
    truth: dict[str, Any]

    def __getitem__(self, name: str) -> pd.DataFrame:
        return self.tables[name]


@pytest.fixture(scope="module")
def example(tmp_path_factory: pytest.TempPathFactory) -> Example:
    folder = tmp_path_factory.mktemp("example") / "lert"
    make_example(folder)
    tables = {path.stem: pd.read_parquet(path) for path in sorted(folder.glob("*.parquet"))}
    truth = json.loads((folder.parent / "lert_truth.json").read_text(encoding="utf-8"))
    return Example(folder, tables, truth)


def digests(folder: Path) -> dict[str, str]:
    files = sorted(path for path in folder.rglob("*") if path.is_file())
    return {path.relative_to(folder).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest() for path in files}


def flawed(example: Example, table: str) -> set[str]:
    return {i for problem in example.truth["data_problems"] if problem["table"] == table for i in problem["ids"]}


@pytest.mark.slow
def test_same_seed_gives_the_same_bytes(example: Example, tmp_path: Path) -> None:
    make_example(tmp_path / "again")
    assert digests(tmp_path / "again") == digests(example.folder)
    assert (tmp_path / "again_truth.json").read_bytes() == (example.folder.parent / "lert_truth.json").read_bytes()


@pytest.mark.slow
def test_another_seed_gives_another_team(example: Example, tmp_path: Path) -> None:
    make_example(tmp_path / "other", seed=EXAMPLE_SEED + 1)
    other = pd.read_parquet(tmp_path / "other" / "requests.parquet")
    assert len(other) != len(example["requests"])
    assert len(pd.read_parquet(tmp_path / "other" / "escalation_requests.parquet").query("role == 'index'")) >= 15


@pytest.mark.slow
def test_an_example_is_replaced_and_anything_else_is_left_alone(tmp_path: Path) -> None:
    mine = tmp_path / "mine"
    mine.mkdir()
    (mine / "notes.txt").write_text("keep")
    with pytest.raises(UsageError, match="mine holds something other than the example"):
        make_example(mine)
    assert [path.name for path in tmp_path.iterdir()] == ["mine"]
    assert (mine / "notes.txt").read_text() == "keep"


def test_the_truth_lies_beside_the_folder_and_not_in_it(example: Example) -> None:
    names = {path.name for path in example.folder.iterdir()}
    assert names == {f"{table}.parquet" for table in TABLES} | {"source.toml", "README.txt", "cases"}
    readme = (example.folder / "README.txt").read_text(encoding="utf-8")
    assert readme.startswith("All of it is simulated.")


def test_every_table_holds_the_columns_of_the_contract(example: Example) -> None:
    extra = {"requests": {"agency_type", "identifier_type", "surface"}}
    for name, spec in TABLES.items():
        missing = set(spec.column_names) - set(example[name].columns) - {"n"}
        assert not missing, name
        assert set(example[name].columns) - set(spec.column_names) == extra.get(name, set()), name


def test_keys_are_unique_but_for_the_planted_flaw(example: Example) -> None:
    repeated = {
        name: example[name].duplicated(list(spec.key)).sum()
        for name, spec in TABLES.items()
        if spec.key and example[name].duplicated(list(spec.key)).any()
    }
    assert repeated == {"assessments": 1}


def test_references_hold_but_for_the_planted_flaws(example: Example) -> None:
    orphans: dict[str, int] = {}
    for name, spec in TABLES.items():
        for column in spec.columns:
            if column.reference is None:
                continue
            values = example[name][column.name].dropna()
            known = example[column.reference.table][column.reference.column]
            if count := int((~values.isin(known)).sum()):
                orphans[f"{name}.{column.name}"] = count
    assert orphans == {"events.request_id": 3, "assessments.assessor_id": 1}


def test_enum_words_are_those_of_the_contract_but_for_the_planted_flaw(example: Example) -> None:
    odd = {
        f"{name}.{column.name}": int((~example[name][column.name].dropna().isin(column.values)).sum())
        for name, spec in TABLES.items()
        for column in spec.columns
        if column.values and column.name in example[name]
    }
    assert {name: count for name, count in odd.items() if count} == {"requests.urgency": 2}


def test_planted_flaws_are_few_and_never_touch_an_escalation(example: Example) -> None:
    problems = example.truth["data_problems"]
    assert 5 <= sum(problem["rows"] for problem in problems) <= 15
    assert not set(example["escalation_requests"].request_id) & flawed(example, "requests")


def test_sizes_are_those_of_a_team_of_forty(example: Example) -> None:
    assert 28_000 < len(example["requests"]) < 32_000
    assert 350_000 < len(example["events"]) < 500_000
    assert len(example["staff"]) == 40
    assert len(example["changes"]) == 30
    assert len(example["escalations"]) == 15
    assert len(example["rubric_items"].query("rubric_version == '2025.1'")) == 20


def test_volume_mix_and_outcomes_follow_the_published_shares(example: Example) -> None:
    requests = example["requests"]
    share = requests.process_type.value_counts(normalize=True)
    finished = requests[requests.outcome != "open"]
    produced = finished.outcome.isin(["full", "partial"]).groupby(finished.process_type).mean()
    for kind in PROCESS_TYPES:
        assert share[kind.code] == pytest.approx(kind.published / PUBLISHED_TOTAL, abs=0.012), kind.code
        if kind.published > 1000:
            assert produced[kind.code] == pytest.approx(kind.produced, abs=0.035), kind.code


def test_weeks_holidays_and_growth_show(example: Example) -> None:
    requests = example["requests"]
    daily = requests[~requests.urgency.eq("emergency")].set_index("received_at").resample("D").size()
    weekday = daily.groupby(daily.index.day_of_week).mean()
    assert weekday[[5, 6]].max() < 0.25 * weekday[:5].min()
    for holiday in ("2024-07-04", "2024-11-28", "2025-05-26"):
        day = pd.Timestamp(holiday, tz="UTC")
        beside = daily[[day - pd.Timedelta(days=7), day + pd.Timedelta(days=7)]].mean()
        assert daily[day] < 0.75 * beside
    years = requests.groupby(requests.received_at.dt.year).size()
    assert 1.15 < years[2025] / years[2024] < 1.5


def test_emergencies_come_at_all_hours(example: Example) -> None:
    emergencies = example["requests"].query("urgency == 'emergency'")
    hours = emergencies.received_at.dt.hour.value_counts(normalize=True)
    assert len(hours) == 24
    assert hours.max() < 0.08
    assert emergencies.received_at.dt.day_of_week.ge(5).mean() > 0.22


def test_people_get_faster_with_tenure(example: Example) -> None:
    events, staff = example["events"], example["staff"]
    scope = events[(events.activity == "scope_review") & events.lifecycle.isin(["start", "complete"])]
    first = scope.drop_duplicates(["request_id", "lifecycle"])
    wide = first.pivot(index="request_id", columns="lifecycle", values="ts").dropna()
    hours = (wide["complete"] - wide["start"]).dt.total_seconds() / 3600
    who = first[first.lifecycle == "start"].set_index("request_id")
    arrived = who.actor_id.map(staff.set_index("actor_id").tenure_start).reindex(hours.index)
    tenure = (wide["start"] - arrived).dt.days
    same_day = (hours < 8) & ~who.queue_id.reindex(hours.index).isin(["Q-R", "Q-LANGUAGE"])
    assert hours[same_day & (tenure < 45)].median() > 1.25 * hours[same_day & (tenure > 365)].median()


def test_a_queue_builds_and_drains_in_the_east(example: Example) -> None:
    events = example["events"]
    route = events[events.activity == "route"].drop_duplicates("request_id").set_index("request_id")
    start = events[(events.activity == "scope_review") & (events.lifecycle == "start")].set_index("request_id").ts
    east = route[route.queue_id == "Q-B"]
    wait = (start.reindex(east.index) - east.ts).dt.total_seconds() / 86400
    month = wait.groupby(east.ts.dt.strftime("%Y-%m")).median()
    assert month["2024-11":"2024-12"].max() > 4 * month["2024-03":"2024-08"].median()
    assert month["2025-04"] < 0.5 * month["2024-11":"2024-12"].max()


def test_pauses_end_and_events_are_in_order(example: Example) -> None:
    events = example["events"][~example["events"].request_id.isin(flawed(example, "events"))]
    assert set(events.activity) <= set(ACTIVITIES)
    counts = events[events.lifecycle.isin(["pause", "resume"])].groupby(["request_id", "lifecycle"]).size().unstack()
    unbalanced = counts.index[counts["pause"].fillna(0) != counts["resume"].fillna(0)]
    requests = example["requests"].set_index("request_id")
    assert set(requests.outcome[unbalanced]) <= {"open", "withdrawn"}
    assert (events.groupby("request_id").ts.diff().dropna() >= pd.Timedelta(0)).all()
    assert (events.groupby("request_id").seq.diff().dropna() == 1).all()


def test_rework_reopening_withdrawal_and_open_requests_occur(example: Example) -> None:
    requests, events = example["requests"], example["events"]
    assert 50 < (requests.outcome == "open").sum() < 400
    assert requests.closed_at[requests.outcome == "open"].isna().all()
    assert (requests.outcome == "withdrawn").sum() > 500
    assert 100 < requests.reopened_from.notna().sum() < 600
    assert (events.activity == "reopen").sum() > 40
    checks = events[(events.activity == "qc")].groupby("request_id").size()
    assert 0.03 < (checks > 1).mean() < 0.10


def test_nothing_is_recorded_after_the_last_day(example: Example) -> None:
    end = pd.Timestamp("2026-01-01", tz="UTC")
    for name, spec in TABLES.items():
        for column in spec.columns:
            if column.recorded:
                assert (example[name][column.name].dropna() < end).all(), f"{name}.{column.name}"


def test_scores_agree_with_the_items(example: Example) -> None:
    items = example["assessment_items"].merge(
        example["rubric_items"].query("rubric_version == '2024.1'")[["item_id", "severity", "weight"]], on="item_id"
    )
    items["failed"] = items.result.eq("fail")
    items["lost"] = items.weight * items.failed
    items["applicable"] = items.weight * items.result.isin(["pass", "fail"])
    items["critical"] = items.failed & items.severity.eq("critical")
    by = items.groupby("assessment_id").agg({"lost": "sum", "applicable": "sum", "critical": "any"})
    heads = example["assessments"].drop_duplicates("assessment_id").set_index("assessment_id")
    by = by.reindex(heads.index)
    assert np.allclose(1 - by.lost / by.applicable, heads.quality_score, atol=1e-4)
    assert (by.critical == heads.critical_fail).all()


def test_assessors_look_at_work_that_is_not_their_own(example: Example) -> None:
    heads = example["assessments"]
    actors = example["events"][["request_id", "actor_id"]].drop_duplicates()
    own = heads.merge(actors, left_on=["request_id", "assessor_id"], right_on=["request_id", "actor_id"])
    assert own.empty
    rubric = np.where(heads.assessed_at < pd.Timestamp("2025-01-06", tz="UTC"), "2024.1", "2025.1")
    assert (heads.rubric_version == rubric).all()


def test_arms_are_apart_and_the_targeted_one_finds_more(example: Example) -> None:
    heads = example["assessments"]
    share = heads.groupby("sample_arm").critical_fail.mean()
    assert share["targeted"] > 1.6 * share["random"]
    random_arm = heads[heads.sample_arm == "random"]
    assert random_arm.inclusion_prob.between(0.05, 1.0).all()
    closed = example["requests"].closed_at.notna().sum()
    assert 0.10 < len(random_arm) / closed < 0.14


def test_inclusion_probabilities_recover_the_volume(example: Example) -> None:
    random_arm = example["assessments"].query("sample_arm == 'random'")
    finished = example["requests"].query("outcome not in ['open', 'withdrawn']")
    assert (1 / random_arm.inclusion_prob).sum() == pytest.approx(len(finished), rel=0.06)


def test_escalations_are_fifteen_one_for_each_failure_mode(example: Example) -> None:
    escalations = example["escalations"].set_index("escalation_id")
    assert set(escalations.failure_mode) == set(FAILURE_MODES)
    assert escalations.failure_mode[FLAGSHIP] == "OVP"
    assert escalations.severity[FLAGSHIP] == "S1"
    assert (escalations.occurred_at <= escalations.detected_at).all()
    assert (escalations.detected_at <= escalations.opened_at).all()
    assert escalations.detected_by.nunique() >= 5
    assert set(escalations.status) == {"open", "closed"}
    assert (example["escalation_requests"].query("role == 'index'").groupby("escalation_id").size() >= 1).all()


def test_index_requests_really_failed(example: Example) -> None:
    items = example["assessment_items"]
    heads = example["assessments"].drop_duplicates("assessment_id")
    failed = items[items.result.eq("fail")].merge(heads, on="assessment_id")
    requests = example["requests"].set_index("request_id")
    index = example["escalation_requests"].query("role == 'index'").merge(example["escalations"], on="escalation_id")
    for row in index.itertuples():
        request = requests.loc[row.request_id]
        assert request.received_at < row.detected_at
        if row.failure_mode == "LAT":
            assert request.closed_at > request.due_at
        else:
            shown = failed[(failed.request_id == row.request_id) & (failed.sample_arm == "escalation")]
            assert row.failure_mode in set(shown.failure_mode), row.escalation_id


def segment_mask(frame: pd.DataFrame, mechanism: dict[str, Any]) -> pd.Series:
    begin = pd.Timestamp(mechanism["onset"], tz="UTC") - pd.Timedelta(days=5)
    end = pd.Timestamp(mechanism["ended"] or "2027-01-01", tz="UTC")
    mask = (frame.received_at >= begin) & (frame.received_at < end)
    for column, value in mechanism["segment"].items():
        if column == "tenure":
            mask &= (frame.received_at - frame.tenure_start).dt.days < 120
        elif column != "backlog":
            mask &= frame[column] == value
    return mask


def measured(example: Example, failure_mode: str) -> pd.DataFrame:
    """Requests at risk of a failure mode with `failed`, as an analysis could see it in the tables."""
    requests = example["requests"].merge(
        example["staff"][["actor_id", "tenure_start"]], left_on="specialist_id", right_on="actor_id", how="left"
    )
    if failure_mode == "LAT":
        dated = requests[requests.due_at.notna() & requests.closed_at.notna()]
        return dated.assign(failed=dated.closed_at > dated.due_at)
    items = example["assessment_items"]
    tied = set(items.item_id[items.failure_mode == failure_mode])
    marks = items[items.item_id.isin(tied) & items.result.isin(["pass", "fail"])]
    failed = marks.result.eq("fail").groupby(marks.assessment_id).any().rename("failed")
    heads = (
        example["assessments"]
        .drop_duplicates("assessment_id")
        .query("sample_arm == 'random' and status != 'overturned'")
    )
    return heads.merge(failed, left_on="assessment_id", right_index=True).merge(requests, on="request_id")


def log_odds_ratio(frame: pd.DataFrame, inside: pd.Series) -> tuple[float, float]:
    table = pd.crosstab(inside, frame.failed).reindex(index=[True, False], columns=[True, False], fill_value=0)
    cells = table.to_numpy() + 0.5
    estimate = float(np.log(cells[0, 0] * cells[1, 1] / (cells[0, 1] * cells[1, 0])))
    return estimate, float(np.sqrt((1 / cells).sum()))


@pytest.mark.parametrize("escalation_id", sorted({m.escalation_id for m in MECHANISMS}))
def test_planted_mechanism_shows_in_the_measured_tables(example: Example, escalation_id: str) -> None:
    record = example.truth["escalations"][escalation_id]
    frame = measured(example, record["failure_mode"])
    for mechanism in record["mechanisms"]:
        if mechanism["family"] in NOT_SEEN_IN_A_SEGMENT:
            continue
        estimate, error = log_odds_ratio(frame, segment_mask(frame, mechanism))
        assert estimate - 1.96 * error > 0, f"{escalation_id}: {np.exp(estimate):.1f}"


def test_the_rubric_change_moves_the_measured_rate_and_not_the_work(example: Example) -> None:
    frame = measured(example, "DOC")
    by_rubric = frame.groupby("rubric_version").failed.mean()
    assert by_rubric["2025.1"] > 1.8 * by_rubric["2024.1"]
    failing = set(example.truth["escalations"]["ESC-0025"]["failing_requests"])
    requests = example["requests"]
    truly = requests.request_id.isin(failing).groupby(requests.received_at.dt.year).mean()
    assert truly[2025] == pytest.approx(truly[2024], abs=0.006)


def test_the_mix_shift_leaves_each_language_as_it_was(example: Example) -> None:
    requests = example["requests"]
    failing = requests.request_id.isin(example.truth["escalations"]["ESC-0039"]["failing_requests"])
    after = requests.received_at >= pd.Timestamp("2025-03-17", tz="UTC")
    other = requests.language != "en"
    assert other[after].mean() > 1.6 * other[~after].mean()
    for language in (other, ~other):
        assert failing[language & after].mean() == pytest.approx(failing[language & ~after].mean(), abs=0.025)
    assert failing[after].mean() > 1.2 * failing[~after].mean()


def test_controls_show_the_mechanism_in_the_log(example: Example) -> None:
    events, requests = example["events"], example["requests"].set_index("request_id")
    emergencies = requests[requests.urgency == "emergency"]
    called = emergencies.index.isin(events.request_id[events.activity == "callback"])
    since = emergencies.received_at.between(pd.Timestamp("2025-05-05", tz="UTC"), pd.Timestamp("2025-12-01", tz="UTC"))
    by_mail = emergencies.channel == "email"
    assert called[since & by_mail].mean() < 0.4 < 0.9 < called[~since & by_mail].mean()
    held = set(events.request_id[events.activity == "preserve"])
    failing = set(example.truth["escalations"]["ESC-0018"]["failing_requests"])
    assert not held & failing


def test_actions_are_of_every_kind(example: Example) -> None:
    actions, effects = example["actions"], example.truth["actions"]
    assert (actions.groupby("escalation_id").size() >= 2).all()
    assert set(actions.strength) == {"stronger", "intermediate", "weaker"}
    assert {"effective", "useless", "too early to tell", "planned"} <= set(effects.values())
    assert actions.done_at[actions.status == "done"].notna().all()
    assert actions.baseline.notna().all()


def test_evidence_is_hashed_coded_and_enough(example: Example) -> None:
    evidence, codings = example["evidence"].set_index("evidence_id"), example["codings"]
    assert evidence.groupby("escalation_id").size().between(5, 10).all()
    assert set(evidence.sensitivity) <= {"general", "operational", "case", "sealed"}
    assert all(hashlib.sha256(row.text.encode()).hexdigest() == row.sha256 for row in evidence.itertuples())
    length = codings.evidence_id.map(evidence.text.str.len())
    assert (codings.span_start < codings.span_end).all()
    assert (codings.span_end <= length).all()
    coders = codings.groupby("evidence_id").coder_id.nunique()
    assert (coders >= 2).mean() > 0.75
    assert 15 <= example["codebook"].parent.notna().sum() <= 20


def test_coders_mostly_agree(example: Example) -> None:
    codings = example["codings"].drop_duplicates(["evidence_id", "code_id", "coder_id"])
    sets = codings.groupby(["evidence_id", "coder_id"]).code_id.agg(set).unstack()
    pairs = sets[["CODER-1", "CODER-2"]].dropna()
    overlap = [len(a & b) / len(a | b) for a, b in zip(pairs["CODER-1"], pairs["CODER-2"], strict=True)]
    assert 0.55 < np.mean(overlap) < 0.95


def test_raters_differ_and_some_ratings_have_gold(example: Example) -> None:
    ratings = example["calibration_ratings"]
    gold = ratings[ratings.gold.notna()]
    assert 0.8 < (gold.rating == gold.gold).mean() < 0.98
    doubled = ratings[ratings.unit_id.str.startswith("DBL")].unit_id.nunique()
    assert 0.05 < doubled / (example["assessments"].sample_arm == "random").sum() < 0.10


def test_words_are_kind_and_never_graphic(example: Example) -> None:
    texts = [
        *example["escalations"].title,
        *example["escalations"].summary,
        *example["evidence"].text,
        *example["actions"].description,
        *example["changes"].description,
        *example["assessment_items"].comment.dropna().unique(),
        *example["feedback"].outcome.dropna().unique(),
    ]
    words = re.compile(r"\b(" + "|".join(BLAME + GRAPHIC) + r")", re.IGNORECASE)
    phrases = re.compile("|".join(COUNTERFACTUAL), re.IGNORECASE)
    assert [text for text in texts if words.search(text) or phrases.search(text)] == []
    staff = re.compile(r"\bP-\d+\b|@")
    assert [text for text in texts if staff.search(text)] == []
