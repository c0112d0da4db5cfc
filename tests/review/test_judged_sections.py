"""What a review says once a person has judged: causes as stated, rivals, counts beside evidence, actions, and each gap."""

import re

import pytest

from rca_lib.render.audience import audiences, load_audience
from rca_lib.render.findings import merge_findings
from rca_lib.render.view import assemble
from rca_lib.review.case import open_case
from rca_lib.review.casefile.hierarchy import MEANS, STRENGTHS, strength_of
from rca_lib.review.sections.actions import case_actions
from rca_lib.review.sections.audit import QUESTIONS
from tests.case_files import COMPLETE, SIGNED
from tests.review.conftest import VERBS

pytestmark = pytest.mark.slow


def claims(blocks):
    return {claim.id: claim.text for claim in blocks.claims}


def block(blocks, name):
    return next((each for each in blocks if each.id == name), None)


def shown(case, audience):
    """Everything that one audience reads, as text."""
    findings = merge_findings(getattr(case, verb)().as_json() for verb in VERBS)
    return str(assemble(findings, load_audience(audience)))


def test_a_stated_cause_is_one_sentence_with_how_far_it_is_shown(judged):
    said = claims(judged().cause_chart())

    assert said["stated.cause_1"].startswith("The export of tool 4.2 leaves the attachments field unticked by default")
    assert "increased the likelihood" in said["stated.cause_1"]
    assert said["stated.cause_1"].endswith("The evidence makes it probable.")


def test_the_core_message_says_whether_anyone_signed_the_cause(judged):
    texts = {state: claims(judged(text).core_message())["core.why"] for state, text in (
        ("draft", COMPLETE),
        ("reviewed", SIGNED.rsplit("  - {state: approved", 1)[0]),
        ("approved", SIGNED),
    )}  # fmt: skip

    assert texts["draft"].startswith("As stated so far, not signed: the export of tool 4.2")
    assert texts["reviewed"].startswith("As stated and reviewed, not yet approved: the export of tool 4.2")
    assert texts["approved"].startswith("The export of tool 4.2")
    assert "What also had a part: the second check opens the files" in texts["approved"]


def test_no_cause_is_said_with_its_reason(judged):
    text = re.sub(
        r"causes:\n.*?chart:",
        "no_cause: The five failures have nothing in common that the records show\nchart:",
        COMPLETE,
        flags=re.S,
    )
    text = re.sub(r"cause: C\d, ", "", text).replace("kind: cause", "kind: condition")
    case = judged(text)

    assert "no cause is stated. The five failures have nothing in common" in claims(case.core_message())["core.why"]
    assert "nothing in common" in claims(case.cause_chart())["stated.none"]
    assert "states no cause" in claims(case.triangulation())["together.not_assessed"]


def test_claims_that_a_cause_points_to_are_quoted_and_not_typed(judged):
    quoted = block(judged().cause_chart(), "stated.figures")

    assert quoted.claims == ("why.candidate_1",)


def test_the_chart_draws_every_box_and_arrow_of_the_file(judged):
    case = judged()
    chart = block(case.cause_chart(), "stated.chart")

    assert [node["id"] for node in chart.data["nodes"]] == [node.id for node in case.case_file.chart]
    assert len(chart.data["links"]) == sum(len(node.leads_to) for node in case.case_file.chart)
    assert {node["id"]: node["grade"] for node in chart.data["nodes"] if node["grade"]} == {
        "N2": "probable",
        "N3": "probable",
    }
    assert chart.title == "2 causes are stated, at the level of tool and process; 1 question is open"
    assert all(node.what in chart.alt for node in case.case_file.chart)
    assert "EVD-" not in str(chart.data)


def test_why_is_asked_again_where_the_chart_stops_short(judged):
    text = COMPLETE.replace("leads_to: [N1], evidence: [EVD-2]}", "leads_to: [E], evidence: [EVD-2]}", 1)
    prompts = block(judged(text).cause_chart(), "stated.prompts")

    assert any("N1" in str(row) and "Nothing leads to it yet" in str(row) for row in prompts.paragraphs)
    assert prompts.sensitivity == "case"


def test_factors_stand_under_the_elements_of_the_work_system(judged):
    table = block(judged().cause_chart(), "stated.factors")

    assert [(row["element"], row["way"]) for row in table.rows] == [
        ("People", "helped"),
        ("Tools and technology", "made it harder"),
    ]
    assert "Nothing is noted for: tasks" in table.note


def test_rejected_rivals_are_told_to_every_reader_and_their_reasons_to_most(judged):
    case = judged()
    said = claims(case.ruled_out())

    assert said["ruled_out.rejected_h2"].startswith("Ruled out: the rubric reads completeness more strictly")
    assert said["ruled_out.rejected_h2"].endswith("The rise began before the wording of the rubric changed.")
    for audience in audiences():
        assert "he rubric reads completeness more strictly than before" in shown(case, audience)
    for audience in set(audiences()) - {"leadership"}:
        assert "The rise began before the wording of the rubric changed." in shown(case, audience)
    assert "with the reasons in the fuller reviews" in shown(case, "leadership")


def test_hypotheses_are_ranked_by_what_speaks_against_them(judged):
    table = block(judged().ruled_out(), "ruled_out.hypotheses")

    assert [row["id"] for row in table.rows] == ["H1", "H3", "H2"]
    assert [row["against"] for row in table.rows] == sorted(row["against"] for row in table.rows)


def test_a_verdict_that_the_ratings_do_not_bear_is_said(judged):
    text = COMPLETE.replace("H1: CC, H2: I, H3: N", "H1: II, H2: C, H3: N").replace(
        "H1: C, H2: II, H3: N", "H1: II, H2: C, H3: N"
    )
    said = claims(judged(text).ruled_out())

    assert "which the ratings do not show" in said["ruled_out.other_leader"]


DISCORD = COMPLETE.replace("{H1: C, H2: N, H3: C}", "{H1: II, H2: N, H3: C}").replace(
    "{H1: CC, H2: I, H3: N}", "{H1: I, H2: I, H3: N}"
)


def test_disagreement_is_shown_in_every_review(judged):
    case = judged(DISCORD)

    assert [each.statement.id for each in case.judgement.disagreements] == ["C1"]
    for audience in audiences():
        assert "On C1 there is disagreement: the counts speak for it" in shown(case, audience), audience
    assert "why counts and people disagree on C1" in claims(case.core_message())["core.unknown"]


def test_disagreement_that_is_discussed_is_told_with_what_explains_it(judged):
    told = "The interview was about an earlier release of the tool."
    text = DISCORD.replace("    level: tool\n", f"    level: tool\n    disagreement: {told}\n", 1)

    assert claims(judged(text).triangulation())["together.disagreement_1"].endswith(told)
    assert claims(judged(DISCORD).triangulation())["together.disagreement_1"].endswith("has not been discussed yet.")


def test_counts_and_evidence_stand_side_by_side(judged):
    table = block(judged().triangulation(), "together.table")

    assert [(row["id"], row["meeting"]) for row in table.rows] == [("C1", "converge"), ("C2", "silent")]
    assert table.rows[0]["effect"] > 1
    assert "interview" in table.rows[1]["evidence"]


def test_the_five_tests_are_the_same_wherever_they_stand(judged):
    case = judged()
    stated = {
        row["test"].lower(): row["state"]
        for row in block(case.triangulation(), "together.tests").rows
        if row["id"] == "C1"
    }
    why = next(row for row in block(case.causes(), "why.tests").rows if "xport tool 4.2" in row["label"])

    assert {name: why[name] for name in stated} == stated
    assert why["grade"] == case.judgement.causes[0].grade


def test_strength_follows_from_how_an_action_works(judged):
    table = case_actions(judged()).set_index("action_id")

    assert table.loc["ACT-1", "strength"] == "stronger"
    assert table.loc["ACT-2", "strength"] == "intermediate"
    assert table.loc["ACT-3", "strength"] == "weaker"
    assert "cannot go on" in table.loc["ACT-1", "reason"]
    assert table.loc["ACT-3", "reason"].startswith("as recorded")


@pytest.mark.parametrize("means", MEANS)
def test_every_kind_of_action_has_a_strength_and_a_reason(means):
    strength, reason = strength_of(means, None)

    assert strength in STRENGTHS
    assert reason.startswith(f"{means}: ")


def test_a_claimed_strength_does_not_outlive_how_the_action_works():
    assert strength_of("training", "stronger")[0] == "weaker"
    assert strength_of(None, "very strong") == (None, "not graded: how it works was not said")


def test_an_established_cause_without_a_system_change_is_said_so(judged):
    text = COMPLETE.replace("means: forcing function", "means: training")
    case = judged(text)
    established = [*case.judgement.causes]
    object.__setattr__(established[0], "grade", "established")
    said = claims(case.actions())

    assert "No stronger or intermediate action acts on C1, which is established" in said["actions.unmet_c1"]


def test_what_could_be_averted_carries_an_interval_and_is_masked_where_small(judged):
    case = judged()
    claim = next(each for each in case.actions().claims if each.id == "actions.averts_c1")

    assert claim.ci[0] <= claim.value <= claim.ci[1]
    assert "at most" in claim.text
    assert "no candidate of the counts stands for it" in claims(case.actions())["actions.averts_c2"]


def test_the_record_keeps_what_was_judged(judged):
    findings = merge_findings(getattr(judged(), verb)().as_json() for verb in VERBS)
    record = findings.record

    assert record["state"] == "approved"
    assert len(record["case_file"]) == 64
    assert [each["id"] for each in record["statements"]] == ["C1", "C2"]
    assert {each["id"]: each["verdict"] for each in record["hypotheses"]} == {
        "H1": "leading",
        "H2": "rejected",
        "H3": "contributes",
    }
    assert [each["meeting"] for each in record["triangulation"]] == ["converge", "silent"]
    assert len(record["audit"]) == 20


def test_a_sentence_that_the_wording_check_objects_to_reaches_analysts_alone(judged):
    bad = "The reviewer carelessly overlooked the field"
    text = COMPLETE.replace("The export of tool 4.2 leaves the attachments field unticked by default", bad)
    text = text.replace("The agency asked within a week", "The sloppy clerk was stopped")
    text = text.replace(
        "The rubric reads completeness more strictly than before", "The careless assessors read the rubric otherwise"
    )
    case = judged(text)

    for audience in set(audiences()) - {"analyst"}:
        seen = shown(case, audience)
        assert not re.search("careless|sloppy", seen), audience
        assert "its wording is not yet exact and fair" in seen
    assert "carelessly" in shown(case, "analyst")


def test_a_draft_says_so_at_the_head_and_an_approved_case_does_not(judged):
    assert "Draft" in shown(judged(COMPLETE), "leadership")
    assert "'banner': ''" in shown(judged(SIGNED), "leadership")


def test_the_audit_asks_twenty_questions_and_answers_each(judged):
    table = block(judged().audit(), "audit.questions")

    assert len(QUESTIONS) == len(table.rows) == 20
    assert {row["answer"] for row in table.rows} <= {"yes", "no"}
    assert all(row["how"] for row in table.rows)
    assert table.sensitivity == "case"


AUDITED = {
    1: ("    evidence: [EVD-3]\nhypotheses", "hypotheses"),
    3: ("  - id: H3\n", None),
    4: (
        "    verdict: rejected\n    reason: The rise began before the wording of the rubric changed\n",
        "    verdict: contributes\n",
    ),
    5: (
        "cause: The export of tool 4.2 leaves the attachments field unticked by default",
        "cause: The specialist overlooked the field",
    ),
    6: ("The agency asked within a week", "The careless reviewer was stopped"),
    7: ("id: ACT-2, cause: C2,", "id: ACT-2,"),
    8: ("means: software change", "means: training"),
    9: (", metric: share of checked productions that lack data", ""),
    10: ("    state: failed\n", "    state: held\n"),
    11: ("containment:\n  - {what: Productions of the autumn were checked again, done: 2025-11-14}\n", ""),
    17: ("content_note: none needed\n", ""),
    18: ("independent: true", "independent: false"),
    19: ("involved: true", "involved: false"),
}


@pytest.mark.parametrize("number", [number for number, (_, new) in AUDITED.items() if new is not None])
def test_a_gap_turns_the_answer_of_its_question_to_no(judged, number):
    old, new = AUDITED[number]
    assert old in SIGNED

    assert answer(judged(), number)
    assert not answer(judged(SIGNED.replace(old, new, 1)), number)


def answer(case, number):
    """Ask one question of the audit alone."""
    yes, how = QUESTIONS[number - 1][1](case, case.case_file)
    assert how
    return yes


def test_luck_and_what_went_well_are_asked_for(judged):
    text = SIGNED.replace(
        "went_well:\n  - {what: The agency asked within a week, evidence: [EVD-1]}\nluck:\n  - {what: The hearing was still ahead}\n",
        "",
    )
    case = judged(text)

    assert next(row for row in block(case.audit(), "audit.questions").rows if row["number"] == "12")["answer"] == "no"
    assert block(case.learned(), "learned.well") is None


def test_without_a_case_file_each_section_says_what_one_would_add(small_source):
    case = open_case("ESC-0001", small_source)

    for verb in ("cause_chart", "ruled_out", "triangulation", "learned"):
        texts = list(claims(getattr(case, verb)()).values())
        assert texts[0].startswith("Not assessed: no case file was supplied")
    assert case.state == "draft"
    assert len(case.reasons) == 1
    assert {
        row["answer"] for row in block(case.audit(), "audit.questions").rows if row["number"] in ("3", "7", "18")
    } == {"no"}
