"""A case file with a mistake says the line, the key, what is wrong and what to write; a good one gives what was typed."""

import datetime as dt
import pickle
import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rca_lib.review.casefile import CaseFileError, parse_case_file, read_case_file

HEAD = "case: ESC-1\nas_of: 2025-10-01\n"
TWO = "hypotheses:\n  - {id: H1, statement: It was the template}\n  - {id: H2, statement: It was the mix}\n"


def event(*more):
    return "chart:\n  - {id: E, kind: event, what: It happened}\n" + "".join(f"  - {line}\n" for line in more)


MISTAKES = {
    "a tab": ("case: ESC-1\n\tas_of: 2025-10-01\n", 2, "as_of", "a tab", "indent with spaces"),
    "indentation": (f"{HEAD}scope:\n  covers: a\n questions: []\n", 5, "questions", "indentation", "line it up"),
    "an open quotation mark": (f"{HEAD}no_cause: 'none found\n", 3, "no_cause", "is not closed", "close it"),
    "an open bracket": (f"{HEAD}luck: [{{what: a}}\n", 4, "", "bracket", "close"),
    "a colon in a text": (f"{HEAD}no_cause: see: this\n", 3, "no_cause", "a colon", "quotation marks"),
    "a key twice": (f"{HEAD}luck: []\nluck: []\n", 4, "luck", "stands twice", "keep one"),
    "an unknown key": (f"{HEAD}hypothesis: []\n", 3, "hypothesis", "is not a key", "did you mean hypotheses?"),
    "an unknown key within": (f"{HEAD}luck:\n  - wat: a\n", 4, "luck[1].wat", "is not a key", "did you mean what?"),
    "a missing key": ("case: ESC-1\n", 1, "as_of", "is missing", "such as 2025-10-01"),
    "a missing key within": (f"{HEAD}timeline:\n  - what: x\n", 4, "timeline[1].when", "is missing", "2025-09-10"),
    "a word not of the list": (
        f"{HEAD}hypotheses:\n  - id: H1\n    statement: x\n    verdict: reject\n",
        6,
        "hypotheses[1].verdict",
        "not one of its words",
        "did you mean rejected?",
    ),
    "one text for a list": (f"{HEAD}scope:\n  questions: why\n", 4, "scope.questions", "a list belongs", "[why]"),
    "a text for keys": (f"{HEAD}scope: all\n", 3, "scope", "keys and values", "covers, leaves_out, questions"),
    "a list for a text": (f"{HEAD}scope:\n  covers: [a, b]\n", 4, "scope.covers", "a text belongs", "write a text"),
    "no date": ("case: ESC-1\nas_of: tomorrow\n", 2, "as_of", "is not a date", "2025-10-01"),
    "a day that is none": (
        f"{HEAD}timeline:\n  - when: 2025-02-30\n    what: x\n",
        4,
        "when",
        "no day 2025-02-30",
        "2025-10-01",
    ),
    "an id of another shape": (
        f"{HEAD}hypotheses:\n  - {{id: X1, statement: a}}\n",
        4,
        "hypotheses[1].id",
        "not an id",
        "H1",
    ),
    "an id twice": (f"{HEAD}{TWO}  - {{id: H1, statement: b}}\n", 6, "hypotheses[3].id", "stands twice", "its own id"),
    "a rating for nothing": (
        f"{HEAD}{TWO}evidence:\n  - id: EV-1\n    ratings: {{H3: C}}\n",
        8,
        "evidence[1].ratings.H3",
        "no hypothesis H3",
        "there are: H1, H2",
    ),
    "a rating that is none": (
        f"{HEAD}{TWO}evidence:\n  - id: EV-1\n    ratings: {{H1: yes}}\n",
        8,
        "evidence[1].ratings.H1",
        "not one of its words",
        "CC, C, N, I, II",
    ),
    "a repeat of nothing": (
        f"{HEAD}evidence:\n  - {{id: EV-1, repeats: EV-2}}\n",
        4,
        "evidence[1].repeats",
        "no piece",
        "none yet",
    ),
    "rejected without a reason": (
        f"{HEAD}hypotheses: [{{id: H1, statement: a, verdict: rejected}}]\n",
        3,
        "hypotheses[1].reason",
        "without a reason",
        "what speaks against",
    ),
    "two things at once": (
        f"{HEAD}hypotheses:\n  - id: H1\n    statement: x\n    about: {{change: A, kind: mix}}\n",
        6,
        "hypotheses[1].about",
        "just one of",
        "keep one",
    ),
    "a cause of no hypothesis": (
        f"{HEAD}{TWO}causes:\n  - {{id: C1, hypothesis: H9, cause: a, effect: b, event: c, level: tool}}\n",
        7,
        "causes[1].hypothesis",
        "no hypothesis H9",
        "H1, H2",
    ),
    "a level that is none": (
        f"{HEAD}{TWO}causes:\n  - {{id: C1, hypothesis: H1, cause: a, effect: b, event: c, level: tools}}\n",
        7,
        "causes[1].level",
        "not one of its words",
        "did you mean tool?",
    ),
    "a grade by hand": (
        f"{HEAD}{TWO}causes:\n  - {{id: C1, hypothesis: H1, cause: a, effect: b, event: c, level: tool, grade: possible}}\n",
        7,
        "causes[1].lowered_because",
        "without a reason",
        "say why",
    ),
    "an action on no cause": (
        f"{HEAD}actions:\n  - {{id: A1, cause: C1}}\n",
        4,
        "actions[1].cause",
        "no cause C1",
        "none yet",
    ),
    "a means that is none": (
        f"{HEAD}actions:\n  - {{id: A1, means: trainings}}\n",
        4,
        "actions[1].means",
        "not one",
        "training",
    ),
    "a share in percent": (
        f"{HEAD}actions:\n  - {{id: A1, target: 12%}}\n",
        4,
        "actions[1].target",
        "between 0 and 1",
        "0.006",
    ),
    "two events": (f"{HEAD}{event('{id: F, kind: event, what: b}')}", 5, "chart[2].kind", "2 events", "one box"),
    "a box that leads to nothing": (
        f"{HEAD}{event('{id: N1, kind: condition, what: b, leads_to: [N2]}')}",
        5,
        "chart[2].leads_to[1]",
        "no box N2",
        "there are: E",
    ),
    "a box that leads nowhere": (
        f"{HEAD}{event('{id: N1, kind: condition, what: b}')}",
        5,
        "chart[2].leads_to",
        "nowhere",
        "name",
    ),
    "a circle": (
        HEAD
        + event(
            "{id: N1, kind: condition, what: b, leads_to: [N2, E]}", "{id: N2, kind: action, what: c, leads_to: [N1]}"
        ),
        5,
        "chart[2].leads_to",
        "a circle",
        "take one arrow out",
    ),
    "signed before the evidence": (
        f"{HEAD}sign_off:\n  - {{state: reviewed, role: lead, on: 2025-09-02}}\n",
        4,
        "sign_off[1].on",
        "before the evidence",
        "sign again",
    ),
    "approved by one alone": (
        f"{HEAD}sign_off:\n  - {{state: reviewed, role: lead, on: 2025-10-02}}\n"
        "  - {state: approved, role: lead, on: 2025-10-03}\n",
        5,
        "sign_off[2].state",
        "without having been reviewed by another role",
        "another role",
    ),
    "approved by one role in two spellings": (
        f"{HEAD}sign_off:\n  - {{state: reviewed, role: quality lead, on: 2025-10-02}}\n"
        "  - {state: approved, role: Quality  Lead, on: 2025-10-03}\n",
        5,
        "sign_off[2].state",
        "another role",
        "another role",
    ),
    "a mark that is none": (
        f"{HEAD}sign_off:\n  - {{state: reviewed, role: lead, on: 2025-10-02, of: all}}\n",
        4,
        "sign_off[1].of",
        "not an id",
        "J-3f2a91c0",
    ),
    "neither true nor false": (
        f"{HEAD}reviewers:\n  - role: lead\n    independent: maybe\n",
        5,
        "reviewers[1].independent",
        "neither true nor false",
        "true or false",
    ),
    "an empty text": (f"{HEAD}consulted: [{{role: '', how: x}}]\n", 3, "consulted[1].role", "empty", "a role"),
    "nothing": ("", 1, "", "is empty", "rca new"),
    "a list": ("- a\n", 1, "", "not a mapping", "rca new"),
}


@pytest.mark.parametrize(("text", "line", "key", "problem", "fix"), MISTAKES.values(), ids=MISTAKES)
def test_a_mistake_is_told_with_line_key_and_fix(text, line, key, problem, fix):
    with pytest.raises(CaseFileError) as caught:
        parse_case_file(text, "ESC-1.yaml")

    first = caught.value.mistakes[0]
    assert (first.line, first.key) == (line, key)
    assert problem in first.problem
    assert fix in first.fix
    assert str(caught.value).startswith(f"ESC-1.yaml, line {line}")
    assert "pydantic" not in str(caught.value)


def test_every_mistake_is_told_at_once_in_the_order_of_the_file():
    text = f"{HEAD}luck:\n  - wat: a\nhypotheses:\n  - {{id: X, statement: b}}\nfoo: 1\n"
    with pytest.raises(CaseFileError) as caught:
        parse_case_file(text, "f.yaml")

    lines = [each.line for each in caught.value.mistakes]
    assert lines == sorted(lines)
    assert {each.key for each in caught.value.mistakes} >= {"luck[1].wat", "luck[1].what", "hypotheses[1].id", "foo"}


def test_a_long_list_of_mistakes_is_cut_short_in_the_message_alone():
    text = HEAD + "".join(f"key{number}: 1\n" for number in range(9))
    with pytest.raises(CaseFileError, match="and 4 more") as caught:
        parse_case_file(text, "f.yaml")

    assert len(caught.value.mistakes) == 9


def test_a_file_about_another_case_is_refused():
    with pytest.raises(CaseFileError, match=r"line 1, case: it is about ESC-1; write case: ESC-2"):
        parse_case_file(HEAD, "ESC-2.yaml", case="ESC-2")


def test_a_file_that_is_not_text_names_its_line(tmp_path):
    path = tmp_path / "ESC-1.yaml"
    path.write_bytes(HEAD.encode() + b"no_cause: caf\xe9\n")
    with pytest.raises(CaseFileError, match=r"line 3: the file is not UTF-8 text; save it as UTF-8"):
        read_case_file(path)


def test_a_file_that_cannot_be_read_is_said_so(tmp_path):
    with pytest.raises(CaseFileError, match="cannot be read"):
        read_case_file(tmp_path / "none.yaml")


def test_an_error_survives_being_sent_between_processes():
    with pytest.raises(CaseFileError) as caught:
        parse_case_file("", "f.yaml")
    again = pickle.loads(pickle.dumps(caught.value))

    assert str(again) == str(caught.value)
    assert again.mistakes == caught.value.mistakes


def test_keys_left_open_count_as_not_given():
    text = f"{HEAD}scope:\n  covers:\n  questions:\nno_cause:\n{TWO}evidence:\n  - id: EV-1\n    ratings: {{H1: , H2: C}}\n"
    file = parse_case_file(text, "f.yaml")

    assert file.scope.covers == ""
    assert file.scope.questions == ()
    assert file.evidence[0].ratings == {"H2": "C"}


def test_words_that_other_yaml_takes_for_truth_values_stay_words():
    file = parse_case_file(f"{HEAD}{TWO}evidence:\n  - {{id: 'NO', ratings: {{H1: N}}}}\n", "f.yaml")

    assert file.evidence[0].id == "NO"
    assert file.evidence[0].ratings == {"H1": "N"}


def test_moments_and_days_are_told_apart_and_kept_in_utc():
    lines = ("2025-07-22T19:05", "2025-07-22T19:05Z", "2025-07-22T21:05+02:00", "2025-07-22")
    text = HEAD + "timeline:\n" + "".join(f"  - {{when: {when}, what: It was seen}}\n" for when in lines)
    found = [each.when for each in parse_case_file(text, "f.yaml").timeline]

    moment = dt.datetime(2025, 7, 22, 19, 5, tzinfo=dt.UTC)
    assert [each if each.tzinfo else each.replace(tzinfo=dt.UTC) for each in found[:3]] == [moment] * 3
    assert found[3] == dt.date(2025, 7, 22)


def test_sentences_are_all_that_a_person_wrote_and_nothing_else():
    text = f"""{HEAD}
scope: {{covers: What was looked into, questions: [What came first]}}
hypotheses:
  - {{id: H1, statement: It was the template, about: {{segment: {{team_id: Team of the north}}}}, reason: It came first}}
evidence:
  - {{id: EV-1, what: words of the suite, ratings: {{H1: C}}, note: Seen by two people}}
codings:
  - {{evidence: EV-1, code: TOOL, phrase: quoted words here}}
"""
    found = {said for _, said in parse_case_file(text, "f.yaml").sentences()}

    assert found == {
        "What was looked into",
        "What came first",
        "It was the template",
        "It came first",
        "Seen by two people",
    }


@settings(max_examples=150, deadline=None)
@given(st.text(max_size=200))
def test_whatever_is_typed_is_read_or_refused_in_words(text):
    refused = None
    try:
        parse_case_file(HEAD + text, "f.yaml")
    except CaseFileError as error:
        refused = error
    assert refused is None or re.match(r"f\.yaml, line \d+", str(refused))
    assert refused is None or all(each.problem and each.fix for each in refused.mistakes)
