"""What each request says: who asks, on what authority, for what, through which channel."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from rca_lib.data.example.arrivals import new_regions_share
from rca_lib.data.example.calendar import FloatArray, hours_at
from rca_lib.data.example.process_types import PROCESS_TYPES

__all__ = ["Columns", "assign_teams", "describe_requests", "pick"]

Columns = dict[str, NDArray[Any]]
"""A table in the making: column name to array; moments are hours, missing ones ``NaN``."""

_STATES = (
    ("US-CA", 12), ("US-TX", 15), ("US-FL", 9), ("US-NY", 8), ("US-PA", 5), ("US-OH", 5), ("US-IL", 5), ("US-GA", 4.5),
    ("US-NC", 4), ("US-MI", 4), ("US-VA", 3.5), ("US-WA", 3), ("US-AZ", 3), ("US-TN", 3), ("US-CO", 2.5), ("US-MN", 2.5),
    ("US-MO", 2.5), ("US-WI", 2), ("US-OR", 2), ("US-UT", 1.5), ("US-NV", 1.5), ("US-FED", 9),
)  # fmt: skip
# jurisdiction, legal entity, language, weight before, weight among the regions that came on in spring 2025
_COUNTRIES = (
    ("GB", "UK", "en", 30, 3), ("IE", "EU", "en", 4, 1), ("DE", "EU", "de", 9, 19), ("FR", "EU", "fr", 8, 15),
    ("ES", "EU", "es", 7, 11), ("NL", "EU", "nl", 4, 6), ("SE", "EU", "sv", 3, 4), ("IT", "EU", "it", 2, 8),
    ("AU", "SG", "en", 11, 1), ("CA", "SG", "en", 8, 1), ("IN", "SG", "en", 6, 3), ("MX", "SG", "es", 3, 8),
    ("CL", "SG", "es", 2, 4), ("BR", "SG", "pt", 2, 9), ("JP", "SG", "ja", 1, 7),
)  # fmt: skip
_US_AGENCIES, _AGENCIES_ABROAD = 640, 260
_AGENCY_TYPES = (("county", 0.40), ("municipal", 0.27), ("state", 0.33))
_CHANNELS = (("portal", 0.63), ("email", 0.32), ("mail", 0.05))
_EMERGENCY_CHANNELS = (("portal", 0.58), ("email", 0.42))
_BULK_SHARE, _BULK_RAMP_DAYS = 0.21, 60.0
_IDENTIFIERS = (("username", 0.47), ("user_id", 0.13), ("email", 0.11), ("phone", 0.10), ("vanity_url", 0.19))
_SURFACES = (("messages", 0.42), ("stories", 0.20), ("saved_media", 0.16), ("map", 0.09), ("groups", 0.13))
_SENSITIVITY = (("none", 0.865), ("csam_adjacent", 0.07), ("graphic", 0.03), ("self_harm", 0.02), ("terror", 0.015))
_US_TEAMS = {
    "search_warrant": (0.37, 0.37, 0.26),
    "subpoena": (0.18, 0.30, 0.52),
    "summons": (0.18, 0.30, 0.52),
}
_OTHER_US_TEAMS = (0.5, 0.5, 0.0)


def pick(options: tuple[tuple[str, float], ...], count: int, rng: np.random.Generator) -> NDArray[np.object_]:
    """Draw values with weights."""
    weights = np.array([weight for _, weight in options], dtype=float)
    values = np.array([value for value, _ in options], dtype=object)
    return np.asarray(values[rng.choice(len(values), count, p=weights / weights.sum())])


def _zipf(count: int) -> FloatArray:
    weights = 1.0 / (np.arange(count) + 6.0)
    return np.asarray(weights / weights.sum())


def _agencies(rng: np.random.Generator) -> Columns:
    """The agencies that write to the team; opaque ids, no names."""
    states = pick(_STATES, _US_AGENCIES, rng)
    home = np.where(states == "US-FED", "federal", pick(_AGENCY_TYPES, _US_AGENCIES, rng))
    countries = rng.integers(0, len(_COUNTRIES), _AGENCIES_ABROAD)
    # Every country has an agency, so that none of its requests lacks a sender.
    countries[: len(_COUNTRIES)] = np.arange(len(_COUNTRIES))
    abroad = pick((("national", 0.7), ("regional", 0.3)), _AGENCIES_ABROAD, rng)
    numbers = rng.permutation(np.arange(1000, 1000 + 7 * (_US_AGENCIES + _AGENCIES_ABROAD), 7))
    return {
        "agency_id": np.array([f"AG-{number}" for number in numbers], dtype=object),
        "jurisdiction": np.concatenate([states, np.array([_COUNTRIES[i][0] for i in countries], dtype=object)]),
        "agency_type": np.concatenate([home, abroad]),
    }


def _senders(
    agencies: Columns, received: FloatArray, kind: NDArray[np.int64], rng: np.random.Generator
) -> NDArray[np.int64]:
    """Position of the agency behind each request."""
    international = np.array([t.international for t in PROCESS_TYPES])[kind]
    sender = np.empty(len(kind), dtype=np.int64)
    states = np.array([state for state, _ in _STATES], dtype=object)
    drawn = pick(_STATES, len(kind), rng)
    country_of = np.array([row[0] for row in _COUNTRIES], dtype=object)
    before, after = (np.array([row[i] for row in _COUNTRIES], dtype=float) for i in (3, 4))
    new_region = rng.random(len(kind)) < new_regions_share(received)
    country = np.where(
        new_region,
        rng.choice(len(country_of), len(kind), p=after / after.sum()),
        rng.choice(len(country_of), len(kind), p=before / before.sum()),
    )
    place = np.where(international, country_of[country], drawn)
    for name in np.concatenate([states, country_of]):
        here, who = np.flatnonzero(place == name), np.flatnonzero(agencies["jurisdiction"] == name)
        if len(here):
            sender[here] = who[rng.choice(len(who), len(here), p=_zipf(len(who)))]
    return sender


def describe_requests(received: FloatArray, kind: NDArray[np.int64], rng: np.random.Generator) -> Columns:
    """Fill in what is known about each request on arrival."""
    count = len(received)
    agencies = _agencies(rng)
    sender = _senders(agencies, received, kind, rng)
    types = np.array([t.code for t in PROCESS_TYPES], dtype=object)[kind]
    emergency = np.array([t.emergency for t in PROCESS_TYPES])[kind]
    international = np.array([t.international for t in PROCESS_TYPES])[kind]
    jurisdiction = agencies["jurisdiction"][sender]
    entity_of = {row[0]: row[1] for row in _COUNTRIES}
    language_of = {row[0]: row[2] for row in _COUNTRIES}
    spanish = ~international & (rng.random(count) < 0.06)
    language = np.array([language_of.get(place, "en") for place in jurisdiction], dtype=object)
    content = rng.random(count) < np.array([t.content for t in PROCESS_TYPES])[kind]
    columns: Columns = {
        "received": received,
        "kind": kind,
        "process_type": types,
        "agency_id": agencies["agency_id"][sender],
        "agency_type": agencies["agency_type"][sender],
        "jurisdiction": jurisdiction,
        "legal_entity": np.array([entity_of.get(place, "US") for place in jurisdiction], dtype=object),
        "language": np.where(spanish, "es", language),
        "urgency": np.where(emergency, "emergency", np.where(rng.random(count) < 0.06, "expedited", "routine")),
        "channel": _channels(received, emergency, international, rng),
        "identifier_type": pick(_IDENTIFIERS, count, rng),
        "surface": pick(_SURFACES, count, rng),
        "sensitivity": pick(_SENSITIVITY, count, rng),
        "content": content,
        "authority": _authorities(kind, rng),
        "n_identifiers": rng.geometric(0.62, count),
        "emergency": emergency,
        "international": international,
    }
    return columns | _orders(received, kind, content, rng)


def _channels(
    received: FloatArray, emergency: NDArray[np.bool_], international: NDArray[np.bool_], rng: np.random.Generator
) -> NDArray[np.object_]:
    """Channel of each request; bulk files begin in September 2024 and replace portal and e-mail."""
    count = len(received)
    channel = np.where(emergency, pick(_EMERGENCY_CHANNELS, count, rng), pick(_CHANNELS, count, rng))
    ramp = np.clip((received - hours_at("2024-09-09")) / (24.0 * _BULK_RAMP_DAYS), 0.0, 1.0)
    ramp = np.where(received < hours_at("2024-09-09"), 0.0, np.maximum(ramp, 0.15))
    bulk = ~emergency & ~international & (rng.random(count) < _BULK_SHARE * ramp)
    return np.where(bulk, "bulk_file", channel)


def _authorities(kind: NDArray[np.int64], rng: np.random.Generator) -> NDArray[np.object_]:
    authority = np.empty(len(kind), dtype=object)
    for position, process in enumerate(PROCESS_TYPES):
        here = np.flatnonzero(kind == position)
        authority[here] = pick(process.authorities, len(here), rng)
    return authority


def _orders(
    received: FloatArray, kind: NDArray[np.int64], content: NDArray[np.bool_], rng: np.random.Generator
) -> Columns:
    """Dates and limits on the face of the process: return date, nondisclosure order, scope."""
    count = len(received)
    days = np.array([t.return_days or 0 for t in PROCESS_TYPES])[kind]
    dated = rng.random(count) < np.array([t.dated for t in PROCESS_TYPES])[kind]
    due_day = np.floor(received / 24.0) + days + rng.choice([-4, -3, 0, 0, 0, 0, 0, 7], count)
    due = np.where(dated, due_day * 24.0 + 23.0, np.nan)
    ndo = rng.random(count) < np.array([t.ndo for t in PROCESS_TYPES])[kind]
    ends = np.floor(received / 24.0) * 24.0 + 24.0 * rng.choice([90, 90, 90, 180, 180, 365], count)
    scope_to = np.floor(received / 24.0 - rng.exponential(18.0, count) - 1.0) * 24.0
    scope_from = scope_to - 24.0 * np.maximum(1, np.round(rng.lognormal(3.6, 0.9, count)))
    plain = rng.random(count) < 0.72
    categories = np.where(
        content, "subscriber;non_content;content", np.where(plain, "subscriber", "subscriber;non_content")
    )
    return {
        "due": due,
        "ndo": ndo,
        "ndo_expires": np.where(ndo, ends, np.nan),
        "scope_from": scope_from,
        "scope_to": scope_to,
        "data_categories": categories.astype(object),
    }


def assign_teams(columns: Columns, rng: np.random.Generator) -> NDArray[np.object_]:
    """Team of each request: emergencies to TEAM-R, abroad by legal entity, the rest by kind with a surge in the east."""
    count = len(columns["received"])
    team = np.empty(count, dtype=object)
    for process in PROCESS_TYPES:
        here = np.flatnonzero(columns["process_type"] == process.code)
        shares = _US_TEAMS.get(process.code, _OTHER_US_TEAMS)
        team[here] = pick(tuple(zip(("TEAM-A", "TEAM-B", "TEAM-C"), shares, strict=True)), len(here), rng)
    surge = (columns["received"] >= hours_at("2024-10-14")) & (columns["received"] < hours_at("2024-12-20"))
    team[surge & (team != "TEAM-B") & (rng.random(count) < 0.06)] = "TEAM-B"
    abroad = columns["international"]
    team[abroad] = np.where(columns["legal_entity"][abroad] == "SG", "TEAM-E", "TEAM-D")
    team[columns["emergency"]] = "TEAM-R"
    return team
