"""Identifiers known to a case: found in every form that they can be given, with the text around them as it was."""

import re
import unicodedata

from hypothesis import assume, given, settings
from hypothesis import strategies as st

from rca_lib.review.redaction import MARKS, find_identifiers, redact
from rca_lib.review.redaction.ordinary import is_ordinary

LETTERS = "abcdefghijklmnopqrstuvwxyz"
JOINERS = ["-", " ", "_", ".", "/", "–", "—", "‑", "\u00a0", "\n", "  ", " - ", "-\n", "\u2009", ""]
UNSEEN = ["\u200b", "\u00ad", "\u2060", "\ufeff", "\u200d", "\u202e"]
CYRILLIC = str.maketrans("aceopxyABCEHKMOPTX", "асеорхуАВСЕНКМОРТХ")
ACCENTS = ["\u0301", "\u0308", "\u0323"]
WORDS = [
    "the",
    "export",
    "was",
    "late",
    "and",
    "nobody",
    "saw",
    "it",
    "on",
    "Monday",
    "in",
    "queue",
    "with",
    "69%",
    "of",
    "rows",
]
AROUND = [
    ("", ""),
    ("(", ")"),
    ("“", "”"),
    ('"', '",'),
    ("", "."),
    ("", ","),
    ("[", "]"),
    ("‘", "’"),
    ("", "?"),
    ("<td>", "</td>"),
    ("", ";"),
]


def word(least, most):
    return st.text(LETTERS, min_size=least, max_size=most).filter(lambda one: not is_ordinary(one))


def name(one):
    return one.capitalize()


CODES = st.one_of(
    st.from_regex(r"[A-Z]{2,5}-(?:20[0-9]{2}-)?[0-9]{4,6}", fullmatch=True),
    st.from_regex(r"[A-Z]{1,3}[0-9]{5,8}", fullmatch=True),
    st.from_regex(r"[0-9]{3}-[0-9]{3}-[0-9]{5}", fullmatch=True),
    st.from_regex(r"[A-Z]{3}/[0-9]{2}/[A-Z]{2}/[0-9]{3,5}", fullmatch=True),
    st.uuids().map(str),
)
NAMES = st.tuples(word(4, 9), word(5, 10)).map(lambda two: " ".join(map(name, two)))
HANDLES = st.tuples(word(4, 7), word(3, 6), st.integers(10, 99)).map(lambda parts: "@{}_{}{}".format(*parts))
EMAILS = st.tuples(word(4, 8), word(4, 8), word(4, 8)).map(lambda parts: "{}.{}@{}.example".format(*parts))
IDENTIFIERS = st.one_of(CODES, NAMES, HANDLES, EMAILS)


def plain(text, draw):
    return text


def other_case(text, draw):
    return draw(st.sampled_from([str.upper, str.lower, str.swapcase, str.title]))(text)


def other_joiners(text, draw):
    """Write something else where the identifier is parted; names and codes only, as an address is held together by its signs."""
    joiner = draw(st.sampled_from(JOINERS))
    return text if "@" in text else re.sub(r"[-_/ ]", joiner, text)


def unseen(text, draw):
    sign = draw(st.sampled_from(UNSEEN))
    return "".join(letter + sign * draw(st.integers(0, 1)) for letter in text[:-1]) + text[-1]


def full_width(text, draw):
    return "".join(chr(ord(letter) + 0xFEE0) if "!" <= letter <= "~" else letter for letter in text)


def mathematical(text, draw):
    first = draw(
        st.sampled_from([(0x1D400, 0x1D41A, 0x1D7CE), (0x1D5D4, 0x1D5EE, 0x1D7EC), (0x1D670, 0x1D68A, 0x1D7F6)])
    )
    made = []
    for letter in text:
        place = 0 if "A" <= letter <= "Z" else 1 if "a" <= letter <= "z" else 2 if "0" <= letter <= "9" else None
        made.append(letter if place is None else chr(first[place] + ord(letter) - ord("Aa0"[place])))
    return "".join(made)


def look_alikes(text, draw):
    return text.translate(CYRILLIC)


def accents(text, draw):
    sign = draw(st.sampled_from(ACCENTS))
    made = "".join(letter + sign * (letter.isalpha() and draw(st.booleans())) for letter in text)
    return unicodedata.normalize(draw(st.sampled_from(["NFC", "NFD"])), made)


def entities(text, draw):
    style = draw(st.sampled_from(["&#{};", "&#x{:x};"]))
    return "".join(style.format(ord(letter)) if draw(st.booleans()) else letter for letter in text)


def percent(text, draw):
    def one(letter):
        return "".join(f"%{byte:02X}" for byte in letter.encode())

    return "".join(one(letter) if draw(st.booleans()) or not letter.isalnum() else letter for letter in text)


def letter_by_letter(text, draw):
    joiner = draw(st.sampled_from(["-", " ", ".", "_", "–"]))
    return joiner.join(filter(str.isalnum, text))


WRITTEN = [plain, other_case, other_joiners, unseen, full_width, mathematical, look_alikes, accents, letter_by_letter]
ENCODED = [plain, plain, entities, percent]


@st.composite
def surroundings(draw):
    """Words before and after, and what stands at the edge of the identifier."""
    before = " ".join(draw(st.lists(st.sampled_from(WORDS), min_size=1, max_size=6)))
    after = " ".join(draw(st.lists(st.sampled_from(WORDS), min_size=1, max_size=6)))
    opens, closes = draw(st.sampled_from(AROUND))
    # At the very edge stands what no identifier begins or ends with, so that no word there is taken for one that was cut off.
    return f"東京 {before} {opens}", f"{closes} {after} 東京"


@settings(max_examples=1000, deadline=None)
@given(
    IDENTIFIERS, st.sampled_from(WRITTEN), st.sampled_from(WRITTEN), st.sampled_from(ENCODED), surroundings(), st.data()
)
def test_a_known_identifier_is_found_in_every_form_and_the_text_around_it_is_untouched(
    identifier, first, second, last, around, data
):
    assume(first is not letter_by_letter or second is not other_joiners)
    written = last(second(first(identifier, data.draw), data.draw), data.draw)
    before, after = around

    said = redact(f"{before}{written}{after}", [identifier])

    assert said in {f"{before}[{mark}]{after}" for mark in MARKS}, (identifier, written)


@settings(max_examples=500, deadline=None)
@given(
    st.one_of(CODES, NAMES, HANDLES), st.integers(5, 40), st.booleans(), st.sampled_from(["", ".", "”", " …", "…", ")"])
)
def test_an_identifier_cut_off_at_the_edge_is_found_from_five_characters_on(identifier, length, at_the_end, sign):
    assume(length < len(identifier))
    piece = identifier[:length] if at_the_end else identifier[-length:]
    letters = "".join(filter(str.isalnum, piece)).casefold()
    assume(not is_ordinary(letters) and not re.fullmatch(r"(?:19|20)[0-9]{2}", letters))
    text = f"東京 saw {piece}{sign}" if at_the_end else f"{sign[::-1]}{piece} was 東京"

    found = find_identifiers(text, [identifier])

    hidden = {at for each in found for at in range(each.start, each.end)}
    at = text.index(piece)
    assert {place for place in range(at, at + len(piece)) if text[place].isalnum()} <= hidden, text
    assert not hidden & {
        place for place, letter in enumerate(text) if letter in "東京saw" and not at <= place < at + len(piece)
    }
