"""Texts brought to one form, with the place of every letter in the text as written."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rca_lib.review.redaction.folding import readings


def forms(text):
    return [reading.text for reading in readings(text)]


@pytest.mark.parametrize(
    ("written", "form"),
    [
        ("ＲＥＱ－１", "req-1"),
        ("𝐑𝐄𝐐 𝟏 ⓡⓔⓠ ① 🅡🅔🅠 🇷🇪🇶", "req 1 req 1 req req"),
        ("ÉLISE Mu\u0308ller, İstanbul, Straße, Œuvre, Łódź", "elise muller, istanbul, strasse, oeuvre, lodz"),
        ("R\u200bE\u00adQ\u2060 1\ufeff\u202e", "req 1"),
        ("a‐b‑c–d—e−f", "a-b-c-d-e-f"),
        ("a\u00a0b\u2009c\u3000d\u2028e", "a b c d\ne"),
        ("٠١٢ ३४", "012 34"),
        ("‘a’ “b” ‹…›", "'a' \"b\" ‹…›"),
        ("한글 东京 Ж", "한글 东京 ж"),
        ("", ""),
    ],
)
def test_a_text_is_brought_to_one_form(written, form):
    assert forms(written)[0] == form


def test_look_alikes_are_read_as_latin_letters_besides():
    assert forms("РЕQ-Нέ") == ["реq-нε", "peq-he"]
    assert forms("Ann") == ["ann"]


@pytest.mark.parametrize(
    "written", ["R&#69;Q", "R&#x45;Q", "%52EQ", "R%45%51", "R%2545Q", "R&amp;#69;Q", "R\\u0045Q", "\\x52EQ"]
)
def test_what_is_encoded_is_decoded_besides(written):
    assert forms(written)[-1] == "req"
    assert forms(written)[0] == written.lower()


@pytest.mark.parametrize("written", ["50% of", "AT&T & co", "a\\b", "&nothing;", "100%"])
def test_signs_that_encode_nothing_change_nothing(written):
    assert forms(written)[-1] == written.lower()


@given(st.text())
def test_every_letter_has_a_place_in_the_text_and_they_are_in_order(text):
    for reading in readings(text):
        places = [reading.place(at, at + 1) for at in range(len(reading.text))]
        assert all(0 <= start < end <= len(text) for start, end in places)
        assert places == sorted(places)


def test_of_a_long_text_only_what_lies_around_a_difference_is_read_again():
    text = "a word " * 1000 + "РЕQ" + " a word" * 1000

    first, second = readings(text)

    assert len(first.text) == len(text)
    assert len(second.text) < 1200
    assert (second.opens, second.closes) == (False, False)
    at = second.text.index("peq")
    assert text[slice(*second.place(at, at + 3))] == "РЕQ"
