import dataclasses

import numpy as np
import pandas as pd
import pytest

from rca_lib.analysis.causes import candidate_causes
from rca_lib.analysis.exposures import cramers_v, load_bands
from rca_lib.analysis.intervals import odds_ratio
from rca_lib.analysis.mix import kitagawa, mix_split
from rca_lib.analysis.models import AdjustedEffect, adjusted_odds_ratio, attributable_share
from rca_lib.analysis.onset import onset
from rca_lib.analysis.screening import base_model, evidence_of_a_rise, scan_onset, score_tests

START = pd.Timestamp("2024-01-01", tz="UTC")
DIMENSIONS = ["process_type", "team_id", "language", "tool_version"]


def log(*entries):
    rows = [
        {
            "change_id": name,
            "effective_from": START + pd.Timedelta(weeks=week),
            "effective_to": pd.NaT,
            "kind": kind,
            "component": "case tool",
            "description": f"Change {name}.",
            "segment": segment,
        }
        for name, week, segment, kind in entries
    ]
    return pd.DataFrame(rows).astype({"segment": "str", "effective_from": "datetime64[us, UTC]"})


def find(outcome, requests, **options):
    found = onset(outcome, permutations=199)
    options = {"onset": found, "around": START + pd.Timedelta(weeks=80), "limit": 4} | options
    return candidate_causes(outcome, requests, DIMENSIONS, **options)


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.slow
def test_a_planted_segment_comes_first_with_its_size(planted, seed):
    table = find(*planted(seed, cause={"tool_version": "4.2"}, odds=4.0))
    first = table.candidates[0]
    assert table.ok
    assert (first.kind, first.segment) == ("segment", {"tool_version": "4.2"})
    assert first.stands_out
    assert first.effect.low <= 4.0 <= first.effect.high
    assert 0 < first.share.low < first.share.value < first.share.high < 1
    assert abs(first.since - (START + pd.Timedelta(weeks=60))) < pd.Timedelta(weeks=6)
    # One kind of evidence alone establishes nothing.
    assert not any(candidate.grade == "established" for candidate in table.candidates)
    assert [candidate.rank for candidate in table.candidates] == list(range(1, len(table.candidates) + 1))


def test_a_change_speaks_for_the_segment_that_it_reached(planted):
    changes = log(
        ("C1", 60, "team_id = 'A'", "tool"), ("C2", 60, "language = 'es'", "policy"), ("C3", 30, None, "tool")
    )
    table = find(*planted(11, cause={"team_id": "A"}, odds=4.0), changes=changes)
    first = table.candidates[0]
    assert (first.kind, first.change_id, first.segment) == ("change", "C1", {"team_id": "A"})
    assert first.collinear_with == ()
    assert not any(c.segment == {"team_id": "A"} and c.stands_out for c in table.candidates[1:])
    assert not any(c.change_id == "C2" and c.stands_out for c in table.candidates)


def test_a_change_that_reached_all_is_compared_with_the_time_before(planted):
    changes = log(("C1", 60, None, "rubric"), ("C2", 20, "team_id = 'B'", "tool"))
    table = find(*planted(12, cause={}, odds=2.5), changes=changes)
    first = table.candidates[0]
    assert (first.kind, first.change_id) == ("measurement", "C1")
    assert "a rise in every segment" in first.collinear_with
    assert "rubric" in first.caution


@pytest.mark.slow
def test_a_decoy_that_moves_with_the_cause_is_reported_as_inseparable(planted):
    outcome, requests = planted(13, cause={"tool_version": "4.2"}, odds=4.0)
    decoy = requests["tool_version"].map({"4.0": "one", "4.1": "one", "4.2": "two"}).astype("str")
    found = onset(outcome, permutations=199)
    table = candidate_causes(outcome, requests.assign(queue=decoy), [*DIMENSIONS, "queue"], onset=found)
    first = table.candidates[0]
    assert {*first.segment, *first.collinear_with} & {"queue", "queue two"}
    assert "cannot tell it apart" in first.caution


def test_two_changes_of_the_same_week_are_not_told_apart(planted):
    changes = log(("C1", 60, "team_id = 'A'", "tool"), ("C2", 60, "team_id = 'A'", "policy"))
    table = find(*planted(14, cause={"team_id": "A"}, odds=4.0), changes=changes)
    assert {candidate.change_id for candidate in table.candidates[:2]} == {"C1", "C2"}
    assert all(len(candidate.collinear_with) == 1 for candidate in table.candidates[:2])


def test_changes_after_the_occurrence_are_no_candidates(planted):
    changes = log(("LATER", 90, "team_id = 'A'", "tool"))
    table = find(*planted(15, cause={"team_id": "A"}, odds=4.0), changes=changes)
    assert all(candidate.change_id is None for candidate in table.candidates)


def test_the_escalations_own_requests_decide_between_equals(planted):
    outcome, requests = planted(16, requests=4_000, cause={"team_id": "A"}, odds=2.0)
    late = requests[requests["received_at"] > START + pd.Timedelta(weeks=70)]
    for team in ("A", "C"):
        ids = tuple(late.loc[late["team_id"] == team, "request_id"].head(3))
        table = find(outcome, requests, request_ids=ids)
        teams = [candidate for candidate in table.candidates if "team_id" in candidate.segment]
        assert all(c.holds_requests == (1.0 if c.segment["team_id"] == team else 0.0) for c in teams)
        outside = [c for c in table.candidates if c.holds_requests == 0.0 and c.kind != "mix"]
        assert all("None of the escalation's own requests" in c.caution for c in outside)


@pytest.mark.slow
def test_no_cause_is_found_where_there_is_none(planted):
    standing = 0
    for seed in range(20, 26):
        changes = log(*((f"C{n}", 8 + 5 * n, f"team_id = '{'ABCDE'[n % 5]}'", "tool") for n in range(12)))
        table = find(*planted(seed, requests=5_000), changes=changes)
        standing += any(c.stands_out and c.since is not None for c in table.candidates)
    assert standing <= 1


@pytest.mark.slow
def test_order_of_rows_and_names_of_levels_change_nothing(planted):
    outcome, requests = planted(17, cause={"team_id": "A"}, odds=3.0)
    mixed = dataclasses.replace(outcome, frame=outcome.frame.sample(frac=1, random_state=2))
    one, other = find(outcome, requests), find(mixed, requests.sample(frac=1, random_state=3))
    assert one == other
    renamed = requests.assign(team_id=requests["team_id"].map(dict(zip("ABCDE", "ZYXWV", strict=True))).astype("str"))
    assert find(outcome, renamed).candidates[0].effect.value == pytest.approx(one.candidates[0].effect.value)


@pytest.mark.slow
def test_more_data_narrow_the_effect(planted):
    widths = []
    for size in (6_000, 24_000):
        effect = find(*planted(18, requests=size, cause={"team_id": "A"}, odds=4.0)).candidates[0].effect
        widths.append(np.log(effect.high / effect.low))
    assert widths[1] < 0.7 * widths[0]


def test_a_different_mix_is_named_as_such(planted):
    outcome, requests = planted(19, requests=12_000)
    random = np.random.default_rng(19)
    later = (requests["received_at"] >= START + pd.Timedelta(weeks=60)).to_numpy()
    hard = random.random(len(requests)) < np.where(later, 0.5, 0.05)
    failed = random.random(len(requests)) < np.where(hard, 0.25, 0.04)
    requests = requests.assign(language=pd.Series(np.where(hard, "es", "en"), dtype="str"))
    outcome = dataclasses.replace(outcome, frame=outcome.frame.assign(failed=failed))
    table = find(outcome, requests)
    mix = next(candidate for candidate in table.candidates if candidate.kind == "mix")
    assert mix.rank == 1
    assert mix.segment == {"language": "es"}
    assert table.mix.mix.value + table.mix.rate.value == pytest.approx(table.mix.total)
    assert table.mix.mix.low > 0.8 * table.mix.total


@pytest.mark.parametrize(
    ("options", "words"),
    [({"requests": 200}, "too few"), ({"weeks": 5}, "too short"), ({"base": 0.9999}, "nothing to compare")],
)
def test_too_little_ends_in_a_sentence(planted, options, words):
    outcome, requests = planted(21, **options)
    table = candidate_causes(outcome, requests, DIMENSIONS)
    assert not table.ok
    assert table.candidates == ()
    assert words in table.reason
    assert table.would_allow.endswith("would allow it.")


def test_an_outcome_that_cannot_be_assessed_says_why(planted):
    outcome, requests = planted(22, requests=500)
    closed = dataclasses.replace(
        outcome, ok=False, reason="No deadline is recorded.", would_allow="Deadlines would allow it."
    )
    table = candidate_causes(closed, requests, DIMENSIONS)
    assert (table.ok, table.reason, table.would_allow) == (
        False,
        "No deadline is recorded.",
        "Deadlines would allow it.",
    )


@pytest.mark.slow
def test_constant_and_countless_dimensions_are_left_out_with_a_reason(planted):
    outcome, requests = planted(23, requests=6_000)
    requests = requests.assign(
        site=pd.Series(["one"] * 6_000, dtype="str"),
        agency=pd.Series([f"agency {number % 5_000}" for number in range(6_000)], dtype="str"),
    )
    table = candidate_causes(outcome, requests, [*DIMENSIONS, "site", "agency"])
    assert table.ok
    assert any("“site” has a single value" in sentence for sentence in table.left_out)
    assert any("“agency” has too few requests" in sentence for sentence in table.left_out)


def test_a_segment_in_which_all_fail_has_a_finite_effect(planted):
    outcome, requests = planted(24, requests=6_000)
    later = outcome.frame["at"] >= START + pd.Timedelta(weeks=60)
    only = (requests["team_id"] == "A") & (requests["language"] == "fr") & later
    table = find(
        dataclasses.replace(outcome, frame=outcome.frame.assign(failed=outcome.frame["failed"] | only)), requests
    )
    assert all(np.isfinite([c.effect.low, c.effect.high]).all() for c in table.candidates if c.effect is not None)


def test_adjusted_odds_ratio_agrees_with_mantel_and_haenszel_on_admissions():
    # Bickel et al., Science 1975;187:398 (UCBAdmissions): admitted and refused, men and women, by department.
    men = [(512, 313), (353, 207), (120, 205), (138, 279), (53, 138), (22, 351)]
    women = [(89, 19), (17, 8), (202, 391), (131, 244), (94, 299), (24, 317)]
    department = np.repeat(np.arange(6), 2)
    male = np.tile([True, False], 6)
    counts = np.array([pair for both in zip(men, women, strict=True) for pair in both], float)
    n, admitted = counts.sum(axis=1), counts[:, 0]
    week = np.zeros(12, dtype=np.int64)
    crude = adjusted_odds_ratio(male, [], n, admitted, week=week)
    adjusted = adjusted_odds_ratio(male, [department], n, admitted, week=week)
    assert round(crude.estimate.value, 3) == 1.841
    assert abs(adjusted.estimate.value - 0.9047) < 0.003
    assert abs(adjusted.estimate.low - 0.7719) < 0.01
    assert abs(adjusted.estimate.high - 1.0603) < 0.01
    assert not adjusted.penalised


def test_an_exposure_that_equals_a_factor_is_not_estimated():
    group = np.array([0, 0, 1, 1])
    assert adjusted_odds_ratio(group == 1, [group], np.full(4, 50.0), np.array([5.0, 6, 9, 9]), week=group) is None


def test_separation_is_held_finite_by_the_penalty():
    exposure = np.array([True, False])
    effect = adjusted_odds_ratio(
        exposure, [], np.array([50.0, 500]), np.array([12.0, 0]), week=np.zeros(2, dtype=np.int64)
    )
    assert effect.penalised
    assert 1 < effect.estimate.low < effect.estimate.value < effect.estimate.high < np.inf


def test_attributable_share_of_oswego():
    # 46 fell ill, 43 of them after vanilla ice cream: case-based attributable fraction 0.767 (from the risk ratio).
    odds = odds_ratio(43, 54, 3, 21)
    error = np.log(odds.high / odds.low) / (2 * 1.96)
    effect = AdjustedEffect(np.log(odds.value), error, odds, penalised=False)
    share = attributable_share(effect, exposed_n=54, exposed_failed=43, failed=46)
    assert share.low < 0.767 < share.high
    assert round(share.value, 3) == 0.767


def test_score_test_and_scan_find_a_step():
    random = np.random.default_rng(3)
    week = np.repeat(np.arange(60), 200)
    group = random.integers(0, 4, len(week))
    rate = np.where((group == 2) & (week >= 40), 0.12, 0.05)
    failed = (random.random(len(week)) < rate).astype(float)
    base = base_model([group, week // 4], np.ones(len(week)), failed)
    scans = [scan_onset(base, group == level, week, first=8, last=56) for level in range(4)]
    assert max(range(4), key=lambda level: scans[level].z) == 2
    assert abs(scans[2].week - 40) <= 3
    masks = np.column_stack([(group == level) & (week >= 40) for level in range(4)]).astype(float)
    scores = score_tests(base, masks, week)
    assert scores.z[2] > 5
    assert abs(np.delete(scores.z, 2)).max() < scores.z[2]


def test_evidence_grows_with_a_rise_and_falls_with_a_precise_null():
    assert evidence_of_a_rise(5.0, 0.3) > evidence_of_a_rise(3.0, 0.3) > 0
    assert evidence_of_a_rise(0.2, 0.1) < evidence_of_a_rise(0.2, 1.5) < 1
    assert evidence_of_a_rise(-6.0, 0.2) < -10
    assert evidence_of_a_rise(0.0, np.inf) == 0


def test_kitagawa_splits_the_published_earnings():
    # Das Gupta, Census P23-186, example 2.1 (two factors as shares and rates of one level each).
    mix, rates = kitagawa(np.array([0.4, 0.6]), np.array([0.1, 0.2]), np.array([0.3, 0.7]), np.array([0.15, 0.2]))
    assert mix.sum() + rates.sum() == pytest.approx(0.3 * 0.15 + 0.7 * 0.2 - 0.4 * 0.1 - 0.6 * 0.2)


def test_a_level_that_appears_counts_as_mix():
    split = mix_split(
        "channel",
        ["old", "new"],
        np.array([1000.0, 0]),
        np.array([50.0, 0]),
        np.array([800.0, 200]),
        np.array([40.0, 40]),
    )
    assert split.mix.value == pytest.approx(split.total)
    assert split.level == "new"


def test_mix_of_an_empty_side_is_none():
    assert mix_split("channel", ["a"], np.zeros(1), np.zeros(1), np.ones(1), np.zeros(1)) is None


def test_load_is_told_from_what_waits(planted):
    _, requests = planted(25, requests=6_000)
    closed = requests["received_at"] + pd.Timedelta(days=2)
    slow = (requests["received_at"] >= START + pd.Timedelta(weeks=60)) & (requests["team_id"] == "A")
    closed = closed.where(~slow, requests["received_at"] + pd.Timedelta(days=9))
    bands = load_bands(requests.assign(closed_at=closed))
    weeks = (requests["received_at"] >= START + pd.Timedelta(weeks=63)) & (
        requests["received_at"] < START + pd.Timedelta(weeks=70)
    )
    assert (bands[weeks & (requests["team_id"] == "A")] == "very busy").mean() > 0.9
    assert (bands[weeks & (requests["team_id"] == "B")] == "very busy").mean() < 0.5


def test_cramers_v_runs_from_unrelated_to_the_same():
    codes = np.tile([0, 1], 50)
    assert cramers_v(codes, codes, np.ones(100)) == pytest.approx(1.0)
    assert cramers_v(codes, np.repeat([0, 1], 50), np.ones(100)) == pytest.approx(0.0)


@pytest.mark.slow
def test_a_combination_is_named_where_it_rises_and_its_parts_do_not(planted):
    outcome, requests = planted(60, requests=20_000, cause={"team_id": "A", "process_type": "warrant"}, odds=6.0)
    first = find(outcome, requests).candidates[0]
    assert first.segment == {"team_id": "A", "process_type": "warrant"}
    assert first.stands_out


@pytest.mark.slow
def test_a_segment_that_rises_as_a_whole_is_not_cut_into_combinations(planted):
    first = find(*planted(61, requests=20_000, cause={"team_id": "A"}, odds=4.0)).candidates[0]
    assert first.segment == {"team_id": "A"}


def test_what_the_data_say_is_an_answer_in_words(planted):
    table = find(*planted(62, requests=5_000))
    assert (table.answer, table.credible_set) == ("none", ())
    assert "No candidate stands out" in table.answer_text
    few, requests = planted(63, requests=300, base=0.02)
    table = find(few, requests)
    assert table.answer == "too little"
    assert table.answer_text == table.reason
