"""Every verb of every escalation of the small source, asked once."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path

import pytest

from rca_lib.data.source import Source
from rca_lib.review.blocks import Blocks
from rca_lib.review.case import Case, open_case
from tests.case_files import SIGNED, write_case_file

VERBS = (
    "core_message",
    "timeline",
    "case_dates",
    "extent",
    "changes",
    "causes",
    "controls",
    "said",
    "ruled_out",
    "cause_chart",
    "triangulation",
    "learned",
    "actions",
    "limits",
    "audit",
    "method",
)
"""The verbs of a case, in the order of the notebook."""

ESCALATIONS = ("ESC-0001", "ESC-0002", "ESC-0003", "ESC-0004", "ESC-0005", "ESC-0001 as of 2025-04-22")
"""Every escalation of the small source, and one when few requests had fallen due, so that its counts are small."""


class Answers(dict[str, Blocks]):
    """What each verb of one case answered, by the name of the verb."""

    def __init__(self, case: Case) -> None:
        super().__init__({verb: getattr(case, verb)() for verb in VERBS})
        self.case = case

    @property
    def blocks(self) -> list:
        return [block for answer in self.values() for block in answer]

    @property
    def claims(self) -> list:
        return [claim for answer in self.values() for claim in answer.claims]

    @property
    def stated(self) -> Iterator[dict]:
        """Everything that a reader could meet, without the record."""
        for answer in self.values():
            payload = answer.as_json()
            yield {key: payload[key] for key in ("blocks", "claims")}


@pytest.fixture(scope="session")
def asked(small_source: Source) -> Callable[[str], Answers]:
    """Ask every verb of an escalation of the small source, ``ID`` or ``ID as of DAY``; each is asked once."""

    @cache
    def ask(name: str) -> Answers:
        escalation, _, day = name.partition(" as of ")
        return Answers(open_case(escalation, small_source, as_of=day or None))

    return ask


@pytest.fixture(scope="session", params=ESCALATIONS)
def answers(request: pytest.FixtureRequest, asked: Callable[[str], Answers]) -> Answers:
    """What every verb answered, for each escalation in turn."""
    return asked(request.param)


@pytest.fixture(scope="session")
def opened(small_source: Source) -> Case:
    """The case of the small source that has a case file, which is complete and not signed."""
    return open_case("ESC-0003", small_source)


@pytest.fixture
def judged(opened: Case, tmp_path: Path) -> Callable[..., Case]:
    """The same case with another case file; signed by two roles where no text is given."""

    def make(text: str = SIGNED) -> Case:
        return opened.reread(write_case_file(tmp_path, text).parent)

    return make
