"""A new case file is filled with evidence and can be read at once; merging adds lines and changes none."""

import datetime as dt
import json
from dataclasses import replace
from pathlib import Path

import jsonschema
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from ruamel.yaml import YAML

from rca_lib.review.casefile import CaseFileError, case_file_schema, parse_case_file
from rca_lib.review.casefile.writing import Filled, merge_case_file, new_case_file, scalar

FILLED = Filled(
    case="ESC-1",
    title="A date: missed by a week",
    as_of=dt.date(2025, 12, 31),
    hypotheses=(("It was the template", "{change: CHG-1}"), ("It was the mix", "{kind: mix}"), ("It was chance", "")),
    evidence=(
        ("EV-1", "log, engineer: the range starts at midnight"),
        ("why.candidate_1", "[n]. Template 7: Grade: possible."),
    ),
    barriers=(("qc", "a second person checks the production"),),
    actions=(("ACT-1", "Refuse what lies outside the scope"), ("ACT-2", "Send a memo")),
    consulted=(("specialist", dt.date(2025, 9, 15)), ("team lead", None)),
    codings=(("EV-1", "TOOL_DEFAULT", 'it says "UTC" \\ twice', 0.61),),
)


def lines_of(text):
    return [line.rstrip() for line in text.splitlines()]


def is_kept(before, after):
    """Whether every line of a text stands in the other, in the same order."""
    rest = iter(lines_of(after))
    return all(line in rest for line in lines_of(before))


def test_a_new_file_holds_what_is_known_and_leaves_judgement_open():
    file = parse_case_file(new_case_file(FILLED), "f.yaml", case="ESC-1")

    assert [each.id for each in file.hypotheses] == ["H1", "H2", "H3"]
    assert [each.about and (each.about.change or each.about.kind) for each in file.hypotheses] == ["CHG-1", "mix", None]
    assert [(each.id, each.what, each.ratings) for each in file.evidence] == [
        (one, what, {}) for one, what in FILLED.evidence
    ]
    assert [each.id for each in file.actions] == ["ACT-1", "ACT-2"]
    assert all(each.cause is None and each.means is None for each in file.actions)
    assert [(each.barrier, each.state) for each in file.barriers] == [("qc", None)]
    assert [(each.role, each.on) for each in file.consulted] == [
        ("specialist", dt.date(2025, 9, 15)),
        ("team lead", None),
    ]
    assert file.codings[0].phrase == 'it says "UTC" \\ twice'
    assert file.codings[0].decision is None
    assert file.causes == file.sign_off == ()
    assert file.chart[0].kind == "event"


def test_a_new_file_teaches_in_comments_and_names_its_schema():
    text = new_case_file(FILLED)

    assert text.startswith("# yaml-language-server: $schema=case_file.schema.json\n")
    for word in (
        "increased the likelihood of",
        "Work across",
        "SEIPS",
        "never type a number",
        "leads_to points to the effect",
    ):
        assert word in text
    assert max(map(len, text.splitlines())) < 160


def test_a_new_file_with_nothing_known_can_be_read():
    file = parse_case_file(new_case_file(Filled("ESC-1", "x", dt.date(2025, 1, 1))), "f.yaml")

    assert file.evidence == file.hypotheses == ()


def examples():
    """The examples that stand in the comments of a new file: the part, and its lines."""
    taken = []
    for line in new_case_file(Filled("ESC-1", "x", dt.date(2025, 1, 1))).splitlines():
        if line.startswith("#   "):
            taken.append(line[2:].replace("H9", "H1"))
        elif not line.startswith("#"):
            if taken:
                yield line.partition(":")[0], "\n".join(taken)
            taken = []


NEEDS = {
    "causes": "hypotheses: [{id: H1, statement: a}]\n",
    "actions": "hypotheses: [{id: H1, statement: a}]\n"
    "causes: [{id: C1, hypothesis: H1, cause: a, effect: b, event: c, level: tool}]\n",
}


@pytest.mark.parametrize(("part", "lines"), list(examples()), ids=lambda value: value if ":" not in value else "")
def test_the_examples_in_the_comments_are_valid(part, lines):
    more = "\n  - {id: E, kind: event, what: a}" if part == "chart" else ""
    text = f"case: ESC-1\nas_of: 2025-10-01\n{NEEDS.get(part, '')}{part}:\n{lines}{more}\n"

    assert getattr(parse_case_file(text, part), part)


def test_most_parts_have_an_example():
    assert {part for part, _ in examples()} >= {
        "timeline",
        "hypotheses",
        "causes",
        "chart",
        "factors",
        "actions",
        "sign_off",
    }


def test_the_schema_accepts_a_new_file_and_refuses_a_misspelt_word():
    schema = case_file_schema()
    jsonschema.Draft202012Validator.check_schema(schema)
    validator = jsonschema.Draft202012Validator(schema)
    values = json.loads(json.dumps(YAML(typ="safe").load(new_case_file(FILLED)), default=str))

    assert list(validator.iter_errors(values)) == []
    values["hypotheses"][0]["verdict"] = "maybe"
    assert list(validator.iter_errors(values))


def test_every_key_is_explained_to_an_editor():
    schema = case_file_schema()
    missing = [
        f"{name}.{key}"
        for name, part in schema["$defs"].items()
        for key, field in part.get("properties", {}).items()
        if "description" not in json.dumps(field)
        and "enum" not in json.dumps(field)
        and "pattern" not in json.dumps(field)
        and key not in ("what", "on", "done", "ruled_out", "remark", "code", "leads_to", "id")
    ]

    assert missing == []


def test_the_published_schema_is_that_of_the_code():
    path = Path(__file__).parents[3] / "docs" / "case_file.schema.json"

    assert json.loads(path.read_text(encoding="utf-8")) == case_file_schema()


WORKED_ON = (
    new_case_file(FILLED)
    .replace("ratings: {H1: , H2: , H3: }", "ratings: {H1: CC, H2: I, H3: N}  # seen twice", 1)
    .replace(
        "luck: []",
        "luck:   # a note of mine\n  - what: Someone was on shift\n\n    # and another\n  - {what: The file was small}",
    )
)


def test_merging_adds_what_is_new_and_keeps_every_line():
    later = replace(
        FILLED,
        evidence=(*FILLED.evidence, ("EV-2", "interview, specialist: I like it")),
        actions=(*FILLED.actions, ("ACT-3", "Train: everyone")),
    )
    merged = merge_case_file(WORKED_ON, "f.yaml", later)
    file = parse_case_file(merged.text, "f.yaml")

    assert set(merged.added) == {"EV-2", "ACT-3"}
    assert is_kept(WORKED_ON, merged.text)
    assert [each.id for each in file.evidence] == ["EV-1", "why.candidate_1", "EV-2"]
    assert file.evidence[0].ratings == {"H1": "CC", "H2": "I", "H3": "N"}
    assert file.evidence[2].ratings == {}
    assert [each.id for each in file.actions] == ["ACT-1", "ACT-2", "ACT-3"]
    assert len(file.luck) == 2


def test_merging_nothing_new_changes_no_byte():
    merged = merge_case_file(WORKED_ON, "f.yaml", FILLED)

    assert merged.added == ()
    assert merged.text == WORKED_ON


def test_merging_twice_adds_once():
    later = replace(FILLED, evidence=(*FILLED.evidence, ("EV-2", "chat: something")))
    once = merge_case_file(WORKED_ON, "f.yaml", later).text

    assert merge_case_file(once, "f.yaml", later).text == once


def test_merging_into_a_short_file_adds_the_parts_that_it_lacks():
    short = (
        "case: ESC-1  # mine\nas_of: 2025-11-01\nhypotheses:\n- {id: H1, statement: It was the template}\nevidence: []"
    )
    merged = merge_case_file(short, "f.yaml", FILLED)
    file = parse_case_file(merged.text, "f.yaml")

    assert is_kept(short.replace("evidence: []", "evidence:"), merged.text)
    assert [each.id for each in file.hypotheses] == ["H1"]
    assert [each.id for each in file.evidence] == ["EV-1", "why.candidate_1"]
    assert "scope" in merged.added
    assert file.as_of == dt.date(2025, 11, 1)


@pytest.mark.parametrize("indent", ["", "  ", "      "])
def test_new_items_stand_in_line_with_those_that_are_there(indent):
    text = (
        f"case: ESC-1\nas_of: 2025-11-01\nevidence:\n{indent}- id: EV-9\n{indent}  note: >-\n"
        f"{indent}    a text\n{indent}    # of two lines\n"
        "\n# on causes\n\ncauses: []\n"
    )
    merged = merge_case_file(text, "f.yaml", FILLED).text
    file = parse_case_file(merged, "f.yaml")

    assert is_kept(text, merged)
    assert [each.id for each in file.evidence] == ["EV-9", "EV-1", "why.candidate_1"]
    assert file.evidence[0].note == "a text # of two lines"
    assert merged.index("why.candidate_1") < merged.index("# on causes")


def test_a_list_in_brackets_is_refused_with_the_way_out_and_nothing_is_changed():
    text = "case: ESC-1\nas_of: 2025-11-01\nevidence: [{id: EV-9}]\n"
    with pytest.raises(
        CaseFileError, match=r"line 3, evidence: new items cannot be added to a list in brackets; write each item"
    ):
        merge_case_file(text, "f.yaml", FILLED)


def test_a_file_with_a_mistake_is_not_merged_into():
    with pytest.raises(CaseFileError, match="luck"):
        merge_case_file("case: ESC-1\nas_of: 2025-11-01\nluck: 3\n", "f.yaml", FILLED)


def test_windows_line_ends_are_kept():
    text = "case: ESC-1\r\nas_of: 2025-11-01\r\nevidence:\r\n  - id: EV-9\r\n"
    merged = merge_case_file(text, "f.yaml", FILLED)

    assert merged.text.startswith(text[:-1].rstrip("\r"))
    assert parse_case_file(merged.text, "f.yaml").evidence[0].id == "EV-9"


@settings(max_examples=200, deadline=None)
@given(st.text(max_size=80))
def test_any_text_is_written_so_that_it_reads_the_same(text):
    line = " ".join(text.split())
    value = YAML(typ="safe").load(f"key: {scalar(text)}\n")["key"]

    assert value == line


@settings(max_examples=60, deadline=None)
@given(
    st.lists(
        st.tuples(st.text(min_size=1, max_size=12), st.text(max_size=60)),
        max_size=4,
        unique_by=lambda pair: " ".join(pair[0].split()),
    )
)
def test_hostile_evidence_makes_a_file_that_can_be_read(pairs):
    kept = tuple((" ".join(one.split()), what) for one, what in pairs if one.strip())
    kept = tuple({one: (one, what) for one, what in kept}.values())
    text = new_case_file(replace(FILLED, title="".join(what for _, what in kept) or "x", evidence=kept))

    assert [each.id for each in parse_case_file(text, "f.yaml").evidence] == [one for one, _ in kept]
