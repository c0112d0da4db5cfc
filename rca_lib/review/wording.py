"""Small wording that several sections share."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import pandas as pd

from rca_lib.review.format import format_value

if TYPE_CHECKING:
    from rca_lib.analysis.intervals import Estimate

__all__ = [
    "FEW",
    "counted",
    "dimension_label",
    "few",
    "few_of",
    "in_words",
    "is_few",
    "joined",
    "lowered",
    "percent_with_interval",
    "person",
    "times",
    "week",
]

FEW = "between 1 and {limit}"
"""What stands for a small count where small counts are withheld."""

_LABELS = {
    "process_type": "Type of request",
    "agency_id": "Agency",
    "legal_entity": "Legal entity",
    "team_id": "Team",
    "policy_version": "Policy version",
    "tool_version": "Tool version",
    "template_version": "Template version",
    "ndo": "Nondisclosure order",
    "n_identifiers": "Identifiers asked for",
}

_DETECTED_BY = {
    "QA": "a quality assessment",
    "specialist self-report": "a specialist who reported it",
    "agency": "the agency",
    "user": "the user",
    "counsel": "counsel",
    "audit": "an audit",
    "press": "the press",
}


def dimension_label(column: str) -> str:
    """Name a request column for a reader.

    >>> dimension_label("tool_version"), dimension_label("assignment_group")
    ('Tool version', 'Assignment group')
    """
    return _LABELS.get(column, column.replace("_", " ").capitalize())


def counted(count: float, one: str, many: str | None = None) -> str:
    """Write a count with its noun.

    >>> counted(1, "request"), counted(1200, "entry", "entries")
    ('1 request', '1,200 entries')
    """
    return f"{format_value(count, 'count')} {one if count == 1 else many or one + 's'}"


def is_few(count: float, limit: int) -> bool:
    """Say whether a count is small enough to point at single people.

    >>> is_few(0, 10), is_few(10, 10), is_few(11, 10)
    (False, True, False)
    """
    return 1 <= count <= limit


def few(limit: int) -> str:
    """Write a withheld small count."""
    return FEW.format(limit=limit)


def few_of(n: float, failed: float, limit: int) -> str:
    """Write how many of some requests failed where saying it plainly would give a small count away.

    >>> few_of(1962, 7, 10), few_of(300, 296, 10), few_of(9, 2, 10)
    ('between 1 and 10 of 1,962', 'nearly all of 300', 'some of very few')
    """
    if is_few(n, limit):
        return "some of very few" if failed else "none of very few"
    known = few(limit) if is_few(failed, limit) else "nearly all"
    return f"{known} of {format_value(n, 'count')}"


def percent_with_interval(estimate: Estimate) -> str:
    """Write a share with its 95 % interval."""
    return f"{format_value(estimate.value, 'percent')} (95% interval {format_value((estimate.low, estimate.high), 'percent')})"


def times(estimate: Estimate) -> str:
    """Write a ratio with its 95 % interval."""
    return f"{format_value(estimate.value, 'number')} times (95% interval {format_value((estimate.low, estimate.high), 'number')})"


def lowered(sentence: str) -> str:
    """Begin a sentence in lower case, to follow a colon.

    >>> lowered("No events were supplied.")
    'no events were supplied.'
    """
    return sentence[:1].lower() + sentence[1:]


def in_words(value: object) -> str | None:
    """Write an enum's value for a reader, and nothing for a missing one.

    >>> in_words("search_warrant")
    'search warrant'
    """
    return None if value is None or pd.isna(value) else str(value).replace("_", " ").replace(";", ", ")  # type: ignore[call-overload]


def joined(parts: Sequence[str], last: str = "and") -> str:
    """Join words as a sentence does.

    >>> joined(["a", "b", "c"])
    'a, b and c'
    """
    return parts[0] if len(parts) == 1 else f"{', '.join(parts[:-1])} {last} {parts[-1]}" if parts else ""


def week(moment: pd.Timestamp) -> str:
    """Write a moment at the precision that every reader may see: ``the week of 9 June 2025``."""
    return f"the {format_value(moment, 'week')}"


def person(detected_by: object) -> str:
    """Write who or what found it, or an empty text."""
    return "" if detected_by is None else _DETECTED_BY.get(str(detected_by), str(detected_by))
