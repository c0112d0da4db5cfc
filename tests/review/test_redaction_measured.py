"""The redactor on 1,500 labelled texts, half of them held out; benchmarks/redaction.py prints the whole table."""

import json

import pytest

from benchmarks.redaction import (
    DATA,
    LEAST_PRECISION,
    LEAST_RECALL,
    OTHERS,
    STRUCTURED,
    covered,
    main,
    measure,
    records,
)
from rca_lib.review.redaction import Found

pytestmark = pytest.mark.real
needs_data = pytest.mark.skipif(not DATA.exists(), reason="the labelled texts are not here")
HALVES = pytest.mark.parametrize("held_out", [False, True], ids=["developed on", "held out"])


@needs_data
@HALVES
def test_what_is_known_to_the_case_is_found_every_time(held_out):
    measured = measure(records(DATA, held_out=held_out), known=True)

    assert sum(measured.labels.values()) > 1000
    assert measured.misses == []
    assert measured.recall(STRUCTURED + OTHERS) == 1.0


@needs_data
@HALVES
def test_structured_identifiers_are_found_with_nothing_known(held_out):
    measured = measure(records(DATA, held_out=held_out), known=False)

    assert sum(measured.labels[kind] for kind in STRUCTURED) >= 170
    assert measured.recall(STRUCTURED) >= LEAST_RECALL
    assert measured.precision >= LEAST_PRECISION
    for kind in STRUCTURED:
        assert measured.recall([kind]) >= 0.9, kind


@needs_data
def test_the_halves_are_apart_and_together_all():
    first, second, every = records(DATA, held_out=False), records(DATA, held_out=True), records(DATA)

    assert (len(first), len(second), len(every)) == (750, 750, 1500)
    assert [each for pair in zip(first, second, strict=True) for each in pair] == every


def one(text, *spans):
    labels = [
        {
            "entity_type": kind,
            "entity_value": value,
            "start_position": text.index(value),
            "end_position": text.index(value) + len(value),
        }
        for kind, value in spans
    ]
    return {"full_text": text, "spans": labels}


def test_a_label_is_found_only_when_the_whole_of_it_is():
    assert covered("a-b c", 0, 3, [Found("number", 0, 1), Found("number", 2, 3)])
    assert not covered("a-b c", 0, 3, [Found("number", 0, 2)])


def test_finds_beside_the_labels_count_as_false():
    texts = [
        one("Call 555-0100 or 98765432.", ("PHONE_NUMBER", "555-0100")),
        one("Ann of zip code 12345-6789", ("PERSON", "Ann"), ("ZIP_CODE", "12345-6789")),
    ]

    measured = measure(texts, known=False)

    assert (measured.finds, measured.right, measured.precision) == (3, 1, pytest.approx(1 / 3))
    assert measured.recall(STRUCTURED) == 1.0
    assert measured.misses == [("PERSON", "Ann")]
    assert [value for _, value in measured.false] == ["98765432", "12345-6789"]
    assert measure(texts, known=True).misses == []


def test_the_table_is_printed_and_a_figure_below_the_bar_fails_it(tmp_path, capsys):
    good, bad = one("Call 555-0100.", ("PHONE_NUMBER", "555-0100")), one("Mail ann.", ("EMAIL_ADDRESS", "ann"))
    file = tmp_path / "texts.json"

    file.write_text(json.dumps([good, good]), encoding="utf-8")
    assert main(["--data", str(file), "--no-speed"]) == 0
    file.write_text(json.dumps([good, bad]), encoding="utf-8")
    assert main(["--data", str(file), "--no-speed"]) == 1
    assert "all structured" in capsys.readouterr().out
