"""Draft, reviewed, approved: a signature approves only what holds, and everything that stands against it is named."""

from datetime import date

import pytest

from rca_lib.review.case import open_case
from rca_lib.review.casefile import parse_case_file
from rca_lib.review.standing import reads_now
from tests.case_files import COMPLETE, SIGNED, write_case_file


def reasons(case):
    return {each.key: f"{each.text} {each.fix}" for each in case.reasons}


def test_a_complete_file_that_two_roles_signed_is_approved(judged):
    case = judged()

    assert [f"{each.key}: {each.text}" for each in case.reasons] == []
    assert case.state == "approved"


def test_without_signatures_it_is_a_draft_whatever_it_holds(judged):
    case = judged(COMPLETE)

    assert case.state == "draft"
    assert [each.key for each in case.reasons] == ["sign_off", "sign_off"]


def test_reviewed_is_not_yet_approved(judged):
    case = judged(
        SIGNED.replace("  - {state: approved, role: head of operations, on: 2025-12-03, of: J-00000000}\n", "")
    )

    assert case.state == "reviewed"
    assert list(reasons(case)) == ["sign_off"]


REFUSED = {
    "scope left open": (
        "covers: Productions under search warrants since the new export tool",
        "covers:",
        "scope",
        "are open",
    ),
    "no rival rejected": (
        "    verdict: rejected\n    reason: The rise began before the wording of the rubric changed\n",
        "    verdict: contributes\n",
        "hypotheses",
        "No rival is rejected",
    ),
    "a verdict left open": ("verdict: contributes", "verdict: open", "hypotheses[3].verdict", "H3 is still open"),
    "nothing predicted": (
        "    predicts: [Only exports made with the tool lack the field]\n",
        "",
        "hypotheses[1].predicts",
        "could turn out false",
    ),
    "a piece not rated": (
        "ratings: {H1: CC, H2: I, H3: N}",
        "ratings: {H1: CC, H3: N}",
        "evidence[2].ratings",
        "1 piece of evidence is not rated for every explanation: EVD-2",
    ),
    "a piece left out": ("  - id: EVD-2\n    ratings: {H1: CC, H2: I, H3: N}\n", "", "evidence", "EVD-2 has come in"),
    "evidence that is not there": (
        "evidence: [EVD-2, why",
        "evidence: [EVD-7, why",
        "causes[1].evidence",
        "no evidence or claim EVD-7",
    ),
    "a claim that is not there": ("why.candidate_1]", "why.candidate_99]", "causes[1].evidence", "why.candidate_1"),
    "a claim of what rests on judgement": (
        "why.candidate_1]",
        "core.why]",
        "causes[1].evidence",
        "Point to a claim of one of",
    ),
    "other words than those rated": (
        "  - id: since_when.point_1\n",
        "  - id: since_when.point_1\n    what: It fell.\n",
        "evidence[4].what",
        "reads differently from when it was rated",
    ),
    "blame": (
        "Seen" if False else "The agency asked within a week",
        "The careless reviewer was stopped",
        "went_well[1].what",
        "careless",
    ),
    "hindsight": (
        "which" if False else "The hearing was still ahead",
        "The reviewer should have opened the list",
        "luck[1].what",
        "should have",
    ),
    "a person": ("role: specialist, how", "role: specialist Jane Doe, how", "consulted[1].role", "Jane Doe"),
    "a figure by hand": (
        "Productions of the autumn were checked again",
        "12% of the productions of the autumn lacked data",
        "containment[1].what",
        "12%",
    ),
    "a slip as the cause": (
        "cause: The export of tool 4.2 leaves the attachments field unticked by default",
        "cause: The specialist overlooked the attachments field",
        "causes[1]",
        "human error",
    ),
    "a grade above the evidence": (
        "    level: process\n    began: 2025-01-06\n",
        "    level: process\n    began: 2025-01-06\n    grade: established\n    lowered_because: It is plain\n",
        "causes[2].grade",
        "cannot be raised",
    ),
    "a cause without evidence": ("    evidence: [EVD-1, EVD-3]\n", "", "causes[2].evidence", "points to no evidence"),
    "a cause that is not on the chart": (
        "kind: cause, cause: C2, ",
        "kind: cause, ",
        "chart",
        "C2 is not on the cause chart",
    ),
    "a box without evidence": (
        "leads_to: [E], evidence: [EVD-1]}",
        "leads_to: [E]}",
        "chart[2].evidence",
        "N1 has no evidence",
    ),
    "a barrier left open": (
        "    state: failed\n    because: It opens the files and not the warrant\n",
        "",
        "barriers[1]",
        "is open",
    ),
    "no action on a cause": ("id: ACT-2, cause: C2,", "id: ACT-2,", "actions", "No action acts on C2"),
    "an action without a measure": (
        ", metric: share of checked productions that lack data",
        "",
        "actions[2]",
        "a measure (metric)",
    ),
    "an action that is not graded": ("means: forcing function, ", "", "actions[1]", "how it works (means)"),
    "an action that nobody knows": (
        "  - {id: ACT-2, cause: C2",
        "  - {id: NEW-1}\n  - {id: ACT-2, cause: C2",
        "actions[2].description",
        "neither on record nor described",
    ),
    "nobody involved was asked": ("involved: true", "involved: false", "consulted", "Nobody who was involved"),
    "nobody independent read it": ("independent: true", "independent: false", "reviewers", "Nobody independent"),
    "another word than what was signed": (
        ", of: J-00000000}\n  - {state: approved",
        ", of: J-12345678}\n  - {state: approved",
        "sign_off[1].of",
        "was changed after it was signed",
    ),
    "a signature for nothing in particular": (
        "on: 2025-12-03, of: J-00000000}",
        "on: 2025-12-03}",
        "sign_off[2].of",
        "not said what was signed",
    ),
    "signed by one who was involved": (
        "role: head of operations, on",
        "role: Specialist, on",
        "sign_off[2].role",
        "signed and was involved",
    ),
    "a box at another level than its cause": (
        "cause: C1, level: tool",
        "cause: C1, level: product",
        "chart",
        "at another",
    ),
    "a barrier without evidence": (
        "    because: It opens the files and not the warrant\n    evidence: [EVD-3]\n",
        "    because: It opens the files and not the warrant\n",
        "barriers[1].evidence",
        "rests on no evidence",
    ),
    "no content note": ("content_note: none needed\n", "", "content_note", "content note"),
}


@pytest.mark.parametrize(("old", "new", "key", "says"), REFUSED.values(), ids=REFUSED)
def test_approval_is_refused_with_the_place_and_the_reason(judged, old, new, key, says):
    assert old in SIGNED
    case = judged(SIGNED.replace(old, new, 1))

    assert case.state == "draft"
    assert key in reasons(case)
    assert any(says in each.text or says in each.fix for each in case.reasons if each.key == key)
    assert all(each.text and each.fix for each in case.reasons)


def test_a_signature_of_after_the_moment_does_not_count_yet(small_source):
    case = open_case("ESC-0003", small_source, as_of="2025-12-02").reread()
    assert case.state == "draft"


def test_a_rejected_rival_needs_a_rated_piece_against_it(judged):
    case = judged(SIGNED.replace("H2: II", "H2: N").replace("H2: I", "H2: C"))

    assert case.state == "draft"
    assert "no rated piece speaks against it" in reasons(case)["hypotheses[2].verdict"]


def test_a_leading_explanation_needs_the_ratings_with_it(judged):
    turned = SIGNED.replace("H1: CC", "H1: II").replace("H1: C,", "H1: II,")
    discussed = turned.replace(
        "    level: tool\n", "    level: tool\n    disagreement: The records may describe another form\n", 1
    )
    case = judged(discussed)

    assert case.state == "draft"
    assert "held to lead, and the ratings speak no more against H2" in reasons(case)["hypotheses[1].verdict"]


def test_rewriting_the_cause_after_approval_makes_it_a_draft(judged, tmp_path):
    path = write_case_file(tmp_path, SIGNED)
    text = path.read_text(encoding="utf-8")
    case = judged()
    path.write_text(
        text.replace("leaves the attachments field unticked", "hides the attachments field"), encoding="utf-8"
    )
    changed = case.reread(path.parent)

    assert case.state == "approved"
    assert changed.state == "draft"
    assert {"sign_off[1].of", "sign_off[2].of"} <= reasons(changed).keys()
    assert changed.case_file.mark in reasons(changed)["sign_off[2].of"]
    assert "The cause was signed, but 2 things now stand against it." in " ".join(
        claim.text for claim in changed.core_message().claims
    )


def test_changing_a_comment_or_the_layout_leaves_signatures_as_they_are(tmp_path):
    path = write_case_file(tmp_path, SIGNED)
    path.write_text(f"# a note\n{path.read_text(encoding='utf-8')}\n\n", encoding="utf-8")

    assert parse_case_file(path.read_text(encoding="utf-8"), "f.yaml").mark == parse_case_file(SIGNED, "f.yaml").mark


def test_a_signature_of_after_the_moment_is_named_with_the_moment_it_needs(small_source, tmp_path):
    later = SIGNED.replace("on: 2025-12-02, of", "on: 2026-01-05, of").replace(
        "on: 2025-12-03, of", "on: 2026-01-07, of"
    )
    case = open_case("ESC-0003", small_source, cases=write_case_file(tmp_path, later).parent)

    assert case.state == "draft"
    assert "--as-of 2026-01-07" in reasons(case)["sign_off[2].on"]
    assert "signed after the moment of this review" in " ".join(claim.text for claim in case.core_message().claims)


def test_a_signature_counts_from_its_day_on(small_source, tmp_path):
    cases = write_case_file(tmp_path, SIGNED).parent

    assert open_case("ESC-0003", small_source, as_of="2025-12-02", cases=cases).state == "reviewed"


def test_judgement_of_after_the_moment_is_not_used(small_source):
    case = open_case("ESC-0003", small_source, as_of="2025-11-30")

    assert case.case_file is None
    assert case.judgement is None
    assert "2025-12-01, later than this review looks" in case.reasons[0].text
    assert "later knowledge" in case.cause_chart().claims[0].text


def test_evidence_of_after_the_judgement_stands_against_it(small_tables, make_source):
    late = {**small_tables["evidence"][0], "evidence_id": "EVD-4", "collected_at": "2025-12-10T10:00:00Z"}
    source = make_source({**small_tables, "evidence": [*small_tables["evidence"], late]})
    write_case_file(source.path, SIGNED)
    case = open_case("ESC-0003", source)

    assert case.state == "draft"
    assert "EVD-4 has come in and is not weighed." in [each.text for each in case.reasons]
    assert "was signed, but 1 thing now stands against it" in " ".join(
        claim.text for claim in case.core_message().claims
    )


def test_sealed_evidence_is_not_weighed_and_cannot_be_pointed_to(small_tables, make_source):
    small_tables["evidence"][1]["sensitivity"] = "sealed"
    source = make_source(small_tables)
    write_case_file(source.path, SIGNED)
    case = open_case("ESC-0003", source)

    assert case.state == "draft"
    assert "EVD-2 is sealed: counsel weighs it." in [each.text for each in case.reasons]
    assert "EVD-2" not in case.judgement.weights
    assert reads_now(case, "EVD-2").endswith(": sealed")


def test_what_a_claim_reads_leaves_figures_out_and_keeps_names(opened):
    now = reads_now(opened, "why.candidate_1")

    assert now.startswith("[n]. ")
    assert "95% interval" in now
    assert not any(character.isdigit() for character in now.replace("95% interval", "").replace("4.2", ""))


def test_rejecting_the_only_rival_without_evidence_against_it_refutes_nothing(judged):
    fair = judged()
    bare = judged(SIGNED.replace("H2: II", "H2: N").replace("H2: I", "H2: N"))

    passed = {test.name: test.passed for test in fair.judgement.causes[1].tests}
    assert passed["rival"]
    assert not {test.name: test.passed for test in bare.judgement.causes[1].tests}["rival"]


def test_an_analyst_can_lower_a_grade_everywhere_at_once(judged):
    before = judged()
    lowered = judged(
        SIGNED.replace(
            "    level: tool\n",
            "    level: tool\n    grade: possible\n    lowered_because: The tool was used by few\n",
            1,
        )
    )
    stood = before.judgement.causes[0]

    assert stood.grade in ("established", "probable")
    assert lowered.judgement.causes[0].grade == "possible"
    assert lowered.judgement.causes[0].borne == stood.grade
    top = next(each for each in lowered.cause_table.candidates if each.change_id == "CHG-4")
    assert top.grade == "possible"
    texts = " ".join(
        claim.text
        for verb in ("core_message", "causes", "cause_chart", "triangulation")
        for claim in getattr(lowered, verb)().claims
    )
    assert "lowered it from" in texts
    assert "evidence establishes" not in texts


def test_the_file_that_tests_begin_with_is_in_fair_words(opened):
    file = parse_case_file(COMPLETE, "f.yaml")

    assert file.as_of == date(2025, 12, 1)
    assert [each.text for each in opened.reasons if "(" in each.text] == []
