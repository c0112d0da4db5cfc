"""Redaction: what is taken out of a text, and what stays."""

import pytest

from rca_lib.review.redaction import MARKS, redact


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("Write to ann.o'neil+le@mail.desk.example.", "Write to [e-mail]."),
        ("ann [at] desk [dot] example", "[e-mail]"),
        ("ann＠desk.example", "[e-mail]"),
        ("a\u200bnn@de\u00adsk.example", "[e-mail]"),
        ("See https://desk.example/c?id=1#x, or www.desk.example/y.", "See [link], or [link]."),
        ("It is on files.desk.example/a b", "It is on [link] b"),
        ("From 10.20.30.40 and 2001:db8::1 and aa:bb:cc:00:11:22.", "From [address] and [address] and [address]."),
        ("Call +44 20 7946 0958 or (555) 010-0199.", "Call [phone] or [phone]."),
        ("Call 555-010-0199, 020 7946 0958, 555-0100, 530/555-0100", "Call [phone], [phone], [phone], [phone]"),
        ("@ann_b said so", "[handle] said so"),
        ("4111 1111 1111 1111 and 4111111111111111", "[card] and [card]"),
        ("GB82 WEST 1234 5698 7654 32 was paid", "[account] was paid"),
        ("DE89370400440532013000", "[account]"),
        ("Number 123-45-6789", "Number [number]"),
        ("account no. 4711, ticket #98765, case 2024-00017", "account no. [number], ticket #[number], case [number]"),
        ("LER-2024-001234 of 9912345678", "[number] of [number]"),
        ("device 2f0a96f1-a8a3-07aa-755d-4570c5dab93d", "device [number]"),
        ("１２３４５６７８９", "[number]"),
    ],
)
def test_what_has_the_shape_of_an_identifier_is_taken_out(text, said):
    assert redact(text) == said


@pytest.mark.parametrize(
    "text",
    [
        "On 2024-05-14, 14.05.2024, 14/05/24 and 5/14/2024 at 10:32, 10:32:05 and 9:05.",
        "From 1000hrs-1100hrs or 1700-2400 on 6/23-6/24/00.",
        "2025-06-09T14:05:00Z and 2025-06-09 14:05 and 2025-06-09T14:05:00+02:00",
        "On 8 April 2024, a Monday; week of 9 June 2025; FY2018-2019; 2019–2023.",
        "Versions 4.2, 4.2.1, version 4.2.0.1 and content-7.0.",
        "Queue Q-D2 held 3% (1.9% to 4.4%) for 90 days; 12,480 of 1,234,567 requests, 250000 lines, 0.123456789.",
        "CHG-134 and ESC-0042 by rule known_domain; U.S. no. 12; e.g. at 5 p.m. @ noon.",
        "I took it that the hold came with the request, because it always has.",
        "Señor Müller's “own words” – naïve… ﷽ 你好",
        "",
    ],
)
def test_ordinary_words_dates_times_versions_and_counts_stay(text):
    assert redact(text) == text


def test_known_identifiers_go_as_whole_words_whatever_their_case_and_spacing():
    known = ["Élise Müller", "SPC-1", "spc-12", "", "  ", None, float("nan")]

    said = redact("ÉLISE   MÜLLER (spc-1) met SPC-12, not SPC-123 or xSPC-1.", known)

    assert said == "[identifier] ([identifier]) met [identifier], not SPC-123 or xSPC-1."


def test_an_identifier_with_marks_of_its_own_is_read_as_written():
    assert redact("It was (.*) and a+b, not aab.", ["(.*)", "a+b"]) == "It was [identifier] and [identifier], not aab."


def test_what_was_taken_out_is_not_read_again():
    words = list(MARKS)

    assert redact("ann@desk.example 10.0.0.1", words) == "[e-mail] [address]"


def test_redacting_twice_changes_no_more():
    text = "Ann of ann@desk.example, +1 555 010 0199, https://desk.example/x, account 12345678."

    assert redact(redact(text, ["ann"]), ["ann"]) == redact(text, ["ann"])


def test_characters_used_inside_can_not_be_planted():
    planted = "".join(MARKS.values())

    assert redact(f"a{planted}b") == "ab"


@pytest.mark.parametrize(
    "part",
    ["a", "1", "1-", "a.b-", "@", "a@", ":", "ab:", "0 0 ", "(0)", "a.com.", "case ", "id-", "+1 (", "#", "%'", " "],
)
def test_a_long_hostile_text_is_read_to_its_end(part):
    assert redact(part * 20_000 + " the end").endswith("the end")
