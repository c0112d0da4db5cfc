"""Identifiers known to a case: found in every form that they can be given, with the text around them as it was."""

import re
import unicodedata

import pytest
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


def shown(text, *known):
    """The text with what is known marked, whatever its kind."""
    return re.sub(r"\[[a-z-]+\]", "▮", redact(text, known))


@pytest.mark.parametrize(
    ("known", "text", "said"),
    [
        # last digits that are said to be such
        ("REQ-2025-4711", "ending 4711, 4711 of them, last four digits: 4711", "ending ▮, 4711 of them, last four digits: ▮"),
        ("AG-1105", "agency 1105, xxxx1105, …1105, *1105 and 1105 (last four digits)", "agency ▮, xxxx▮, …▮, *▮ and ▮ (last four digits)"),
        ("AG-1105", "in 1105 rows, 11.05 and 1,105", "in 1105 rows, 11.05 and 1,105"),
        ("4111 1111 1111 1234", "the card ending in 1234", "the card ending in ▮"),
        # a number without what stands before it
        ("REQ-2025-0042", "2025-0042, 2025/0042 and 0042 by itself", "▮, ▮ and ▮ by itself"),
        ("REQ-125667", "it was 125667", "it was ▮"),
        ("REQ-2025-03", "in 2025-03, on 2025-03-14", "in 2025-03, on 2025-03-14"),
        ("REQ-2025-0314", "on 2025-03-14, but 2025-0314", "on 2025-03-14, but ▮"),
        # parts of addresses
        ("jane.doe77@desk.example", "jane.doe77 or jane doe77, jane.doe77 at desk dot example", "▮ or ▮, ▮"),
        ("records@desk.example", "The records of the desk", "The records of the desk"),
        ("@night_owl_77", "night_owl_77, nightowl77 and NIGHT OWL 77", "▮, ▮ and ▮"),
        ("https://social.example/u/night_owl?id=998877", "night.owl, a night owl, has 998877 on social", "▮, a night owl, has ▮ on social"),
        # names
        ("Élise Müller", "ELISE MUELLER; Müller, Élise; E. Müller’s; emuller", "▮; ▮; ▮’s; ▮"),
        ("Mueller, Élise", "Élise Müller and Müller", "▮ and ▮"),
        ("Élise Müller", "Müllerin, Muelheim and eliseanne", "Müllerin, Muelheim and eliseanne"),
        ("Faina D. Yefremova", "Faina Yefremova, Ms. Yefremova, yefremova faina", "▮, Ms. ▮, ▮"),
        ("Will Page", "Will Page; Page, Will; Officer Page; W. Page", "▮; ▮; Officer ▮; ▮"),
        ("Will Page", "On page 3 it will load the page: Page 4.", "On page 3 it will load the page: Page 4."),
        ("Det. Kim Lee", "Kim Lee, Ms. Lee, on the lee side", "▮, Ms. ▮, on the lee side"),
        ("Kate O'Brien", "OBrien and O’Brien", "▮ and ▮"),
        ("White, Willis and Hoffman", "Willis and the others, Hoffman too", "▮ and the others, ▮ too"),
        ("山田太郎", "昨日、山田太郎は、山田 太郎", "昨日、▮は、▮"),
        ("Иван Петров", "ИВАН ПЕТРОВ и Петров", "▮ и ▮"),
        ("Νίκος Παππάς", "ΝΙΚΟΣ ΠΑΠΠΑΣ", "▮"),
        # numbers of telephones and machines
        ("+1 555 010 0199", "5550100199, 555.010.0199", "▮, ▮"),
        ("+44 20 7946 0958", "020 7946 0958 and 02079460958", "▮ and ▮"),
        ("10.20.30.4", "10.20.30.4, 10-20-30-4, but 10203 rows", "▮, ▮, but 10203 rows"),
        ("2f0a96f1-a8a3-07aa-755d-4570c5dab93d", "2f0a96f1 and 2F0A96F1A8A307AA755D4570C5DAB93D", "▮ and ▮"),
        # what stands beside it
        ("REQ-2025-0042", "caseREQ20250042pdf, id_REQ-2025-0042_final, /REQ-2025-0042.pdf", "▮, ▮, /▮.pdf"),
        ("REQ-2025-0042", "REQ-2025-00421, 1REQ-2025-0042 and 9REQ", "[number], ▮ and 9REQ"),
        ("Élise Müller", "elisemuller77", "▮77"),
        ("P-104", "P 104, p104, P.104, but P-1045, xP-104 and 104", "▮, ▮, ▮, but P-1045, xP-104 and 104"),
        ("SPC-1", "spc 1, SPC–1 and SPC-12", "▮, ▮ and SPC-12"),
        ("42", "42 and #42, but 3.42, 10:42 and 42%", "▮ and #▮, but 3.42, 10:42 and 42%"),
        # letters and digits that look alike
        ("REQ-2025-0042", "REQ-2O25-OO42 and REQ-ZO25-0042", "▮ and ▮"),
        ("Maria Gomez", "M4ria G0mez", "▮"),
        ("tall tales", "tell tales", "tell tales"),
        # encodings in one another, and bytes that are not seen
        ("REQ-2025-0042", "REQ%252D2025%252D0042, REQ&amp;#45;2025-0042, REQ\\u002d2025-0042", "▮, ▮, ▮"),
        ("REQ-2025-0042", "REQ-20\r\n> 25-0042 and REQ-2025-\x000042", "▮ and ▮"),
    ],
)  # fmt: skip
def test_a_part_that_gives_an_identifier_away_is_found_and_what_only_resembles_it_stays(known, text, said):
    assert shown(text, known) == said.replace("[number]", "▮")


@pytest.mark.parametrize(
    "text", ["On page 3 of the request", "REQ is short", "a p.m. call", "It ends in 2025", "of 12,345 rows"]
)
def test_the_edges_of_an_ordinary_text_stay(text):
    known = ["REQ-2025-0042", "REQUEST-2025-7", "2025-77-A", "12.34.56.78", "Callum Requesty", "12345-6789-X"]

    assert redact(text, known) == text


def test_an_ellipsis_is_an_edge_as_well():
    said = shown(
        "…25-0042 was late, and REQ-2025… came; [...] 2025-0042, Ragh… said Raghunat...",
        "REQ-2025-0042",
        "Priya Raghunathan",
    )

    assert said == "…▮ was late, and ▮… came; [...] ▮, Ragh… said ▮..."


def test_whole_numbers_are_identifiers_and_other_things_are_passed_over():
    assert (
        shown("It was 12345678, 9876543 or True.", 12345678, 9876543.0, True, None, float("nan"), "", "  ")
        == "It was ▮, ▮ or True."
    )
    assert redact("1 and True", [True]) == redact("1 and True", [1]).replace("[identifier]", "1") == "1 and True"


def test_finds_are_in_order_and_apart_and_overlapping_ones_are_one():
    text = "REQ-1 https://desk.example/REQ-2025-0042 jane.doe@desk.example REQ-2025-0042"

    found = find_identifiers(text, ["REQ-2025-0042", "jane.doe@desk.example", "REQ-1"])

    assert [(each.kind, text[each.start : each.end]) for each in found] == [
        ("identifier", "REQ-1"),
        ("link", "https://desk.example/REQ-2025-0042"),
        ("e-mail", "jane.doe@desk.example"),
        ("identifier", "REQ-2025-0042"),
    ]


def test_places_are_those_of_the_text_as_written_whatever_stands_before():
    for before in ("ﬁ½…\u200b ", "&amp;%20 ", "é" * 600 + " &#82; ", "Ж" * 700 + " "):
        text = f"{before}R&#69;Q-7777 then"

        (found,) = find_identifiers(text, ["REQ-7777"])

        assert text[found.start : found.end] == "R&#69;Q-7777"


def test_thousands_of_identifiers_are_found_as_one_is():
    known = [f"REQ-{number}" for number in range(100_000, 103_000)]

    assert shown("It was req 102999, not REQ-103000.", *known) == "It was ▮, not REQ-103000."


ORDINARY = [
    *WORDS,
    "page",
    "will",
    "2025-03-14",
    "10:32",
    "4.2.1",
    "12,480",
    "90",
    "Title VII",
    "content-7.0",
    "night owl",
]


@settings(max_examples=200, deadline=None)
@given(st.lists(st.sampled_from(ORDINARY), max_size=30))
def test_ordinary_text_stays_as_it_is_whatever_is_known(words):
    text = " ".join(words)
    known = [
        "REQ-2025-0042",
        "Élise Müller",
        "AG-1105",
        "jane.doe@desk.example",
        "@night_owl_77",
        "10.20.30.40",
        "P-104",
        "Will Page",
    ]
    assume(not re.search(r"will page", text))

    assert redact(text, known) == text
