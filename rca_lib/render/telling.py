"""How the words of a review are told to one audience: identifiers, dates and source texts as closely as its profile allows.

Every text of a view passes through here before any template runs, whatever block it came from. What is known of the case
(identifiers, days of its requests, texts of the source) comes from the findings' record; what only has the shape of an
identifier is found by `rca_lib.review.redaction`.
"""

from __future__ import annotations

import calendar
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from fnmatch import fnmatchcase
from functools import cached_property
from typing import Any

from rca_lib.render.audience import Audience, IdentifierKind, SectionChoice
from rca_lib.review.format import format_value
from rca_lib.review.language.neutral import neutral
from rca_lib.review.pseudonyms import aliases
from rca_lib.review.redaction import redact
from rca_lib.review.source_texts import normalised

__all__ = ["TOLD_ALIKE", "WITHHELD_TEXT", "Telling", "forbidden_texts", "hidden_identifiers"]

WITHHELD_TEXT = "[withheld]"
"""What stands where the source's own words may not be told to a reader."""

_KINDS: dict[str, IdentifierKind] = {
    "request": "request",
    "failed": "request",
    "sealed": "request",
    "agency": "agency",
    "staff": "staff",
}
"""The kind of each list of identifiers in the record, as profiles name it."""
_NAMES: dict[IdentifierKind, str] = {"request": "Request", "agency": "Agency", "staff": "Specialist"}
_MOST_IN_EVERY_FORM = 300
"""Up to how many identifiers are looked for in every form; the requests that failed alike can be thousands, found as written."""

_WORD = re.compile(r"[^\W_](?:[\w.:/#-]*\w)?")
_MONTHS = tuple(calendar.month_name)[1:]
_MONTH = "|".join(f"{name}|{name[:3]}" for name in _MONTHS) + "|Sept"
_LEADS = "on|by|before|after|until|till|since|from|to|of|and|between"
_LEAD = rf"(?P<lead>\b(?:{_LEADS}|{'|'.join(word.capitalize() for word in _LEADS.split('|'))}) )?(?<![Ww]eek of )"
_CLOCK = r"(?P<clock>,?[ T](?:at )?[0-2]?\d:[0-5]\d(?::[0-5]\d(?:\.\d+)?)?(?: ?UTC|Z|[+-]\d\d:?\d\d)?)?"
_DAY = re.compile(
    rf"{_LEAD}(?<![\w-])(?:(?P<d1>\d{{1,2}})(?:st|nd|rd|th)? (?P<m1>{_MONTH})\.?,? (?P<y1>(?:19|20)\d\d)"
    rf"|(?P<m2>{_MONTH})\.? (?P<d2>\d{{1,2}})(?:st|nd|rd|th)?,? (?P<y2>(?:19|20)\d\d)"
    rf"|(?P<y3>(?:19|20)\d\d)[-/.](?P<m3>\d\d)[-/.](?P<d3>\d\d))(?!\d){_CLOCK}"
)


TOLD_ALIKE = Audience(
    name="alike",
    title="Told alike to every audience",
    sensitivity=("general",),
    fields=("escalations.title", "actions.description", "changes.component", "changes.description"),
    sections=(SectionChoice(id="in_short", title="In short", blocks=("core.message",)),),
)
"""The closest that every audience may know: what is told alike to all is told as it would be to this one."""


@dataclass(frozen=True)
class Telling:
    """What one audience reads in place of each text.

    Parameters
    ----------
    audience : its profile.
    record : the findings' record, with ``identifiers`` (lists by kind), ``days`` (ISO days of the requests of the case) and
        ``texts`` (values of the source's text columns).
    """

    audience: Audience
    record: Mapping[str, Any]
    _kept: dict[str, str] = field(default_factory=dict, repr=False)

    def __call__(self, text: str) -> str:
        """Return `text` as this audience may read it; the same text always reads the same.

        Examples
        --------
        >>> from rca_lib.render.audience import load_audience
        >>> record = {"identifiers": {"request": ["REQ-007"]}, "days": ["2025-07-16"]}
        >>> tell = Telling(load_audience("leadership"), record)
        >>> tell("REQ-007 was delivered on 16 July 2025 to ann@desk.example.")
        '[request] was delivered in the week of 14 July 2025 to [e-mail].'
        """
        if not text or not any(letter.isalnum() for letter in text):
            return text
        told = self._kept.get(text)
        if told is None:
            told = self._kept[text] = self._told(text)
        return told

    def data(self, value: Any) -> Any:
        """Return the data of a figure with every text in it told, and days of the case's requests no closer than allowed."""
        if isinstance(value, str):
            day = self._plain_day(value)
            return self(value) if day is None else day
        if isinstance(value, dict):
            return {key: self.data(item) for key, item in value.items()}
        if isinstance(value, list | tuple):
            return [self.data(item) for item in value]
        return value

    def _told(self, text: str) -> str:
        text = self._without_forbidden(text)
        if self._stand_ins:
            text = _WORD.sub(lambda word: self._stand_ins.get(word[0].casefold(), word[0]), text)
        text = redact(text, self._hidden, whole=True)
        if self.audience.detail < 2:
            text = neutral(text)
        return text if self.audience.dates == "exact" else _DAY.sub(self._coarser, text)

    @cached_property
    def _stand_ins(self) -> dict[str, str]:
        """What stands in place of each identifier as it is written, by its folded form."""
        found: dict[str, str] = {}
        for listed, names in self._identifiers.items():
            kind, policy = _KINDS[listed], _policy(self.audience, listed)
            if policy == "none":
                found |= {name.casefold(): f"[{_NAMES[kind].lower()}]" for name in names}
            elif policy == "alias":
                made = aliases(names, self.record.get("pseudonym_key"), kind=kind)
                found |= {name.casefold(): f"{_NAMES[kind]} {alias}" for name, alias in made.items()}
        return found

    @cached_property
    def _identifiers(self) -> dict[str, list[str]]:
        found = self.record.get("identifiers") or {}
        return {listed: [str(name) for name in found.get(listed) or ()] for listed in _KINDS}

    @cached_property
    def _hidden(self) -> tuple[str, ...]:
        """Identifiers that are looked for in every form in which they can be written."""
        return tuple(hidden_identifiers(self.audience, self.record)[:_MOST_IN_EVERY_FORM])

    @cached_property
    def _forbidden(self) -> re.Pattern[str] | None:
        texts = forbidden_texts(self.audience, self.record)
        if not texts:
            return None
        parts = (r"\s+".join(map(re.escape, text.split())) for text in sorted(texts, key=len, reverse=True))
        return re.compile("|".join(parts), re.IGNORECASE)

    def _without_forbidden(self, text: str) -> str:
        return text if self._forbidden is None else self._forbidden.sub(WITHHELD_TEXT, text)

    @cached_property
    def _days(self) -> frozenset[str]:
        return frozenset(str(day)[:10] for day in self.record.get("days") or ())

    def _coarser(self, found: re.Match[str]) -> str:
        lead = found["lead"] or ""
        year, month, day = (next(filter(None, (found[f"{part}{at}"] for at in "123"))) for part in "ymd")
        number = int(month) if month.isdigit() else _month_number(month)
        try:
            when = date(int(year), number, int(day))
        except ValueError:
            return found[0]
        if self.audience.dates == "day" or when.isoformat() not in self._days:
            # The hour of anything is closer than the day; other days than those of the requests are no secret.
            whole = found[0]
            return whole[: len(whole) - len(found["clock"])] if found["clock"] else whole
        written = format_value(when, "week")
        if lead.lower() == "on ":
            return f"{'In' if lead[0] == 'O' else 'in'} the {written}"
        return f"{lead}the {written}" if lead else written

    def _plain_day(self, text: str) -> str | None:
        """Return the Monday, for a text that is nothing but a day of the requests, where the reader knows weeks alone."""
        if self.audience.dates != "week" or text[:10] not in self._days or not re.fullmatch(r"[\d:TZ.+ -]+", text):
            return None
        when = date.fromisoformat(text[:10])
        return (when - timedelta(days=when.weekday())).isoformat()


def hidden_identifiers(audience: Audience, record: Mapping[str, Any]) -> list[str]:
    """Return the identifiers that this audience may not see as they are, those of the case's own requests first.

    Examples
    --------
    >>> from rca_lib.render.audience import load_audience
    >>> record = {"identifiers": {"request": ["REQ-007"], "agency": ["AG-1"]}}
    >>> hidden_identifiers(load_audience("leadership"), record), hidden_identifiers(load_audience("analyst"), record)
    (['AG-1', 'REQ-007'], [])
    """
    found = record.get("identifiers") or {}
    open_to_all = {name for listed, names in found.items() if _shown(audience, listed) for name in names}
    first: set[str] = set()
    then: set[str] = set()
    for listed, names in found.items():
        if not _shown(audience, listed):
            (then if listed == "failed" else first).update(name for name in names if name not in open_to_all)
    return [*sorted(first), *sorted(then - first)]


def _shown(audience: Audience, listed: str) -> bool:
    return _policy(audience, listed) == "shown"


def _policy(audience: Audience, listed: str) -> str:
    """How an audience is told the identifiers of a list: those under an order are for counsel alone."""
    if listed == "sealed" and not audience.may_see("sealed"):
        return "none"
    return audience.identifier(_KINDS[listed])


def forbidden_texts(audience: Audience, record: Mapping[str, Any]) -> tuple[str, ...]:
    """Return the source's own words that this audience may not read: those of text columns that its profile does not name.

    A text that an allowed column holds as well is no secret, and is left out; so is one that stands within such a text.
    """
    texts = record.get("texts") or {}
    kept: list[str] = []
    barred: set[str] = set()
    for column, values in texts.items():
        allowed = any(fnmatchcase(column, pattern) for pattern in (*audience.fields, *TOLD_ALIKE.fields))
        # A sentence that is quoted within another one loses its full stop, and is the same sentence still.
        told = [normalised(value).rstrip(" .;:,") for value in values]
        if allowed:
            kept += told
        else:
            barred.update(told)
    open_words = "\n".join(kept)
    return tuple(sorted(text for text in barred if text and text not in open_words))


def _month_number(name: str) -> int:
    return next(at for at, month in enumerate(_MONTHS, start=1) if month.startswith(name[:3]))
