"""Identifiers, days and source texts as each audience may read them."""

from __future__ import annotations

import pytest

from rca_lib.render.audience import Audience, load_audience
from rca_lib.render.telling import Telling, forbidden_texts, hidden_identifiers

RECORD = {
    "identifiers": {
        "request": ["REQ-0042"],
        "failed": ["REQ-0043"],
        "sealed": ["REQ-0099"],
        "agency": ["AG-77"],
        "staff": ["SPC-21"],
    },
    "days": ["2025-07-16"],
    "texts": {
        "escalations.title": ["Data beyond the scope of a warrant were disclosed"],
        "escalations.summary": ["The agency wrote twice, and nobody had the mailbox open in August."],
        "actions.description": ["Open the mailbox twice a day"],
    },
    "pseudonym_key": "00ff",
}


def audience(**more: object) -> Audience:
    base = load_audience("leadership").model_dump()
    return Audience.model_validate({**base, **more})


def test_an_identifier_is_shown_aliased_or_left_out_as_the_profile_says() -> None:
    text = "REQ-0042 came from AG-77 and went to SPC-21."

    assert Telling(audience(), RECORD)(text) == "[request] came from [agency] and went to [specialist]."
    shown = audience(identifiers={"request": "shown", "agency": "shown", "staff": "shown"})
    assert Telling(shown, RECORD)(text) == text
    aliased = Telling(audience(identifiers={"request": "alias"}), RECORD)(text)
    assert aliased.startswith("Request ")
    assert "0042" not in aliased.replace(aliased.split()[1], "")


def test_an_alias_is_the_same_in_every_text_of_a_case_and_another_in_another_case() -> None:
    profile = audience(identifiers={"request": "alias"})
    tell, elsewhere = Telling(profile, RECORD), Telling(profile, {**RECORD, "pseudonym_key": "aa11"})

    first = tell("REQ-0042 was late")
    assert tell("see REQ-0042")[4:] == first[: len(tell("see REQ-0042")[4:])]
    assert elsewhere("REQ-0042 was late") != first


def test_a_request_under_an_order_is_shown_to_none_but_counsel() -> None:
    everything = {"request": "shown", "agency": "shown", "staff": "shown"}
    analyst = audience(identifiers=everything)
    counsel = audience(identifiers=everything, sensitivity=("general", "operational", "case", "sealed"))

    assert Telling(analyst, RECORD)("REQ-0099, REQ-0042") == "[request], REQ-0042"
    assert Telling(counsel, RECORD)("REQ-0099, REQ-0042") == "REQ-0099, REQ-0042"
    assert hidden_identifiers(analyst, RECORD) == ["REQ-0099"]


@pytest.mark.parametrize(
    ("text", "week", "day"),
    [
        ("on 16 July 2025", "in the week of 14 July 2025", "on 16 July 2025"),
        ("On 16 July 2025 at 10:32 UTC it left", "In the week of 14 July 2025 it left", "On 16 July 2025 it left"),
        ("since 2025-07-16T10:32:00Z", "since the week of 14 July 2025", "since 2025-07-16"),
        ("by July 16, 2025", "by the week of 14 July 2025", "by July 16, 2025"),
        ("16 Jul 2025 10:32 UTC", "week of 14 July 2025", "16 Jul 2025"),
        ("week of 14 July 2025", "week of 14 July 2025", "week of 14 July 2025"),
        # A day of nobody's request is no secret, its hour is closer than a day.
        ("due on 31 October 2025", "due on 31 October 2025", "due on 31 October 2025"),
        ("due on 31 October 2025 17:00 UTC", "due on 31 October 2025", "due on 31 October 2025"),
        ("31 February 2025 is no day", "31 February 2025 is no day", "31 February 2025 is no day"),
    ],
)
def test_days_of_the_requests_are_told_as_closely_as_the_reader_may_know(text: str, week: str, day: str) -> None:
    assert Telling(audience(dates="week"), RECORD)(text) == week
    assert Telling(audience(dates="day"), RECORD)(text) == day
    assert Telling(audience(dates="exact"), RECORD)(text) == text


@pytest.mark.parametrize("text", ["2025.2", "Policy version 2025.2", "2025.2 was in force"])
def test_a_version_is_no_part_of_a_request_that_ends_in_its_figures(text: str) -> None:
    record = {"identifiers": {"request": ["REQ-120252"]}}

    assert Telling(audience(), record)(text) == text
    assert Telling(audience(), record)("REQ 120252 was late") == "[identifier] was late"


def test_telling_a_text_again_changes_nothing() -> None:
    tell = Telling(audience(), RECORD)
    once = tell("REQ-0042 left on 16 July 2025 10:32 UTC for ann@desk.example")

    assert tell(once) == once


def test_words_of_a_column_that_the_profile_does_not_name_are_withheld_however_they_are_spaced() -> None:
    tell = Telling(audience(fields=("escalations.title", "actions.description")), RECORD)

    assert tell("Said: the agency wrote  twice,\nand nobody had the mailbox open in August.") == "Said: [withheld]."
    assert tell("Open the mailbox twice a day") == "Open the mailbox twice a day"


def test_a_text_that_an_open_column_holds_as_well_is_no_secret() -> None:
    summary = "the agency wrote twice, and nobody had the mailbox open in august"
    assert forbidden_texts(audience(fields=("actions.description",)), RECORD) == (summary,)
    told = {**RECORD, "texts": {**RECORD["texts"], "evidence.text": [f"{summary}."]}}
    assert forbidden_texts(audience(fields=("evidence.text",)), told) == ()


def test_the_data_of_a_figure_are_told_too_and_its_days_moved_to_the_monday() -> None:
    told = Telling(audience(), RECORD).data(
        {"occurred": "2025-07-16", "end": "2025-07-20", "rows": [{"label": "REQ-0042", "n": 12}]}
    )

    assert told == {"occurred": "2025-07-14", "end": "2025-07-20", "rows": [{"label": "[request]", "n": 12}]}
