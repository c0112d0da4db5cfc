"""What has the shape of an identifier is found whole; counts, dates, versions and the like stay."""

import re
import time
from pathlib import Path

import pytest

from rca_lib.review.redaction import MARKS, find_identifiers, redact

SHAPES = {
    "e-mail": [
        "ann.o'neil+x@mail.desk.example", "ann@desk", "root@10.0.0.1", "ann [at] desk [dot] com", "ann(at)desk(dot)co(dot)uk",
        "ann at desk dot com", "ann @ desk.com", '"ann lee"@desk.example', "ann%40desk.example", "ann&#64;desk.example",
        "аnn@dеsk.cоm", "ａｎｎ＠ｄｅｓｋ．ｅｘａｍｐｌｅ",
    ],
    "link": [
        "https://desk.example/a?b=1#c", "hxxps://desk[.]example/x", "http://10.0.0.1:8080/x", "ftp://a.b/c", "www.desk.co.uk/a",
        "https://desk.example/a(b)c", "desk[.]example", "files.desk.co.uk", "desk.com.br", "t.me/ann", "x.com", "amazon.in",
    ],
    "address": [
        "10.20.30.40", "10.20.30.40:8080", "10.0.0.0/24", "10[.]20[.]30[.]40", "2001:db8::1", "::1", "fe80::a00:27ff:fe4e:66a1",
        "aa:bb:cc:dd:ee:ff", "AA-BB-CC-00-11-22", "aabb.cc00.1122",
    ],
    "handle": ["@ann_b", "@x9", "＠ann"],
    "phone": [
        "+1 555 010 0199", "+1(555)010-0199", "+15550100199", "+44 (0)20 7946 0958", "0044 20 7946 0958", "+49 30 901820",
        "(555) 010-0199", "555.010.0199", "1-555-010-0199 ext. 12", "(555) 010-0199x12", "020 7946 0958", "01 84 17 61 18",
        "0961-7596216", "555-0100", "+46 (0)8 928 571 38", "٠٢٠ ٧٩٤٦ ٠٩٥٨",
    ],
    "card": ["4111 1111 1111 1111", "4111-1111-1111-1111", "4111111111111111", "3782 822463 10005", "6011000990139424"],
    "account": ["GB82 WEST 1234 5698 7654 32", "DE89370400440532013000", "fr14 2004 1010 0505 0001 3m02 606"],
    "coordinates": [
        "51.5074, -0.1278", "40.7128° N, 74.0060° W", "51°30'26\"N 0°7'39\"W", "51° 30′ 26″ N", "40.71280,-74.00600",
    ],
    "wallet": [
        "1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNa", "bc1qar0srrr7xfkvy5l643lydnw9re59gtzzwf5mdq",
        "0x52908400098527886E0F7030069857D2E4169EE7",
    ],
    "number": [
        "123-45-6789", "123 45 6789", "12345678", "4111 1111 1111 1112", "GB82 WEST 1234 5698 7654 33", "1:24-cv-01234-ABC", "24-CR-118",
        "2:21-mj-456", "SW-2024-1187", "2f0a96f1-a8a3-07aa-755d-4570c5dab93d", "deadbeefcafe0123", "１２３４５６７８９",
    ],
}  # fmt: skip
NAMED = {
    "number": [
        "account no. {4711}", "acct #{98765}", "user id: {4711}", "badge number {AB1234}", "docket {22-1234}", "warrant {SW-1187}",
        "No. {4711}", "IMEI {356938035643809}", "case number is {24-1187}", "ticket “{98765}”", "ext. {4521}",
    ],
    "document": [
        "passport no. {C01X00T47}", "passport number is {123456789}", "driver's license number is {F162823540116}",
        "driving licence {MORGA657054SM9IJ}", "licence no. {D123-4567-8901}", "identity card {X1234567}",
    ],
    "plate": [
        "plate {AB12 CDE}", "license plate {ABC 1234}", "license plate: {7ABC123}", "number plate {AB12CDE}",
        "registration {AB12 CDE} was seen",
    ],
    "handle": ["username: {night_owl}", 'handle: "{x99y}"', "screen name is {the.real.ann}"],
    "coordinates": ["lat {51.50, lon -0.12}", "coordinates: {48.85, 2.35}", "located at {-1.29 and 36.82}"],
    "phone": ["call {467 3395} now", "Phone:\n{72 128 827}\n", "{781 1704} office", "text {9472 7916} Ann"],
}  # fmt: skip
ORDINARY = [
    "On 2024-05-14, 14.05.2024, 2024 05 14, 20240514 and 20240514T103205Z at 10:32:05.",
    "report-2024-05-14.pdf and export_2024-05-14_v2, README.md, main.py",
    "from 1500-2500 requests, 3000-4500 rows, pages 1200–1450 and 5,000-10,000 users",
    "1 234 567 requests, 120 450 000 lines, 1250000 lines, 12345678 bytes, $1234567.89, USD 1250000",
    "2018 2019 and 1700 2400, 1871-1970, the 1990s-2000s, FY2024/25, FY24, Q3 2024, case 2024-05",
    "rows 12 15 18 22 30 41 7 and 299 314 295 293 306 301 304",
    "OR 1.2345 (95% CI 1.1234, 2.3456), 0.2310, 0.3450, p = .9046968, 1e-10, -12.5 and +3.25",
    "under 18 U.S.C. 2703(d), section 2703, case 2703(d), 40 CFR 1500.1, EU Reg. 2023/1543, Article 50, 501(c)3",
    "in case 5000 requests come; file 1200 rows; 266501/280443 of them; 10 of 12",
    "version 4.2.0.1, build 10.0.0.1, content-7.0.1.2, iOS 17.4.1, ISO 27001, HTTP 404",
    "It was late.It came in.So it is, e.g. this, i.e. that, p.m. now, the user.id",
    "std::vector, a::b, Foo::bar, ratio 1:2:3, 12:30 to 14:45, 24/7, @28, 5 p.m. @ noon",
    "a handle is broken, username: see below, plate 12, passport needed, registration 2024, the license",
    "call 911 now, room 210 in 2019, No. 12 and #15, the last 4711 ones, KB4711, CHG-134",
]


CONCEPTS = Path(__file__).parents[2] / "docs" / "concepts.md"


def found_in(text):
    return [(each.kind, text[each.start : each.end]) for each in find_identifiers(text)]


@pytest.mark.parametrize(("kind", "shape"), [(kind, shape) for kind, shapes in SHAPES.items() for shape in shapes])
@pytest.mark.parametrize("frame", ["{}", "It was {}, they said.", "({})", "see “{}”?"])
def test_a_shape_is_found_whole_and_the_text_around_it_is_untouched(kind, shape, frame):
    assert redact(frame.format(shape)) == frame.format(f"[{kind}]")


@pytest.mark.parametrize(("kind", "text"), [(kind, text) for kind, texts in NAMED.items() for text in texts])
def test_what_is_named_as_an_identifier_is_found(kind, text):
    before, what, after = text.replace("}", "{").split("{")

    assert redact(f"The {before}{what}{after}") == f"The {before}[{kind}]{after}"


@pytest.mark.parametrize("text", ORDINARY)
def test_ordinary_numbers_and_words_stay(text):
    assert found_in(text) == []


def test_neighbours_are_told_apart():
    text = "+1 555 010 0199 on 2024-05-14, 4111 1111 1111 1111 and 10.0.0.1 at 10:32; 69% of 555-0100."

    assert redact(text) == "[phone] on 2024-05-14, [card] and [address] at 10:32; 69% of [phone]."


def test_what_an_earlier_redaction_left_stays():
    text = "[number] and [e-mail]@desk.example, [identifier] of [phone]"

    assert redact(text, ["number", "identifier", "phone"]) == "[number] and [e-mail][handle], [identifier] of [phone]"


def test_every_word_that_can_stand_in_brackets_is_documented():
    named = re.findall(r"`\[([a-z-]+)\]`", CONCEPTS.read_text(encoding="utf-8"))

    assert sorted(named) == sorted(MARKS)
    assert len(set(MARKS.values())) == len(MARKS)
    assert {kind for each in (SHAPES, NAMED) for kind in each} | {"identifier"} == set(MARKS)


KNOWN = [
    "REQ-2025-0042",
    "Élise Müller",
    "aaaa",
    "ann.lee@desk.example",
    "a a",
    "0000",
    "11111111",
    "+1 555 010 0199",
    "ann",
]


@pytest.mark.parametrize(
    "part",
    [
        "1", "1-", "1.", "1/1-", "0 0 ", "00 ", "55 ", "+1 ", "1,111,", "2024-", "12:", "1°1'", "1\u200b", "a.b-", "@", "a@", "@a", "a@b ",
        ":", "ab:", "//", "a://", "http://a.com)))", "www.", "a.com.", "a.com/", ".com", "[.]a", "[at]", " at a dot a", "ff-", "aaaa.",
        "a a ", "r-", "req-2025-", "0042 ", "a…", "... ", "&#82;", "%2541", "&amp;", "е", "e\u0301", "½", "\u200b", "[number]", "[",
        "plate a1 ", "handle: ....", "gb82 west 1234 5698 ", "4111 1111 1111 ", "东", '"@', "(", "bc1q",
    ],
)  # fmt: skip
def test_a_long_hostile_text_is_read_in_time_that_grows_with_it(part):
    text = part * (40_000 // len(part))
    begun = time.process_time()

    redact(text, KNOWN)

    # About half a second where it is slowest; what grows with the square of the length takes minutes.
    assert time.process_time() - begun < 10
