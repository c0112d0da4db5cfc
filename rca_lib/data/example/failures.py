"""What went wrong: for each request and failure mode, whether it happened, with the planted mechanisms at work."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from rca_lib.data.example.attributes import Columns
from rca_lib.data.example.calendar import FloatArray, hours_at
from rca_lib.data.example.mechanisms import MECHANISMS, Mechanism, mechanisms_of
from rca_lib.data.example.people import NEWCOMER_DAYS, learning

__all__ = ["BACKLOG_HOURS", "SAMPLED_MODES", "at_risk", "draw_failures", "in_force", "in_segment", "odds_to_share"]

BACKLOG_HOURS = 15.0
"""A day and a half of ten hours: a queue longer than this is a backlog."""

SAMPLED_MODES = ("OVP", "UNP", "WID", "WRC", "PRF", "NDV", "UNM", "FRE", "EMR", "JUR", "CSM", "RED", "DOC", "COM")
"""Modes that show in assessments. Lateness is not drawn: it follows from the queues."""

_BASE = {
    "OVP": 0.0050, "UNP": 0.016, "WID": 0.0028, "WRC": 0.0028, "PRF": 0.0026, "NDV": 0.0025, "UNM": 0.014, "FRE": 0.0007,
    "EMR": 0.020, "JUR": 0.0040, "CSM": 0.022, "RED": 0.0032, "DOC": 0.024, "COM": 0.012,
}  # fmt: skip
"""Share of requests at risk that fail in each way without any planted cause, for a person of long service."""

_NEWCOMERS_FAIL_MORE = 0.5
_OTHER_LANGUAGES = 10.0
_EMERGENCY_SPOOFS = 22.0


def in_segment(mechanism: Mechanism, columns: Columns) -> NDArray[np.bool_]:
    """Requests that belong to the segment of a mechanism, whenever they came."""
    mask = np.ones(len(columns["received"]), dtype=bool)
    for column, value in mechanism.segment.items():
        if column == "tenure":
            mask &= columns["tenure_days"] < NEWCOMER_DAYS
        elif column == "backlog":
            mask &= columns["queue_hours"] > BACKLOG_HOURS
        elif column == "rubric_version":
            continue
        elif value == "other than en":
            mask &= columns[column] != "en"
        else:
            mask &= columns[column] == value
    return mask


def in_force(mechanism: Mechanism, columns: Columns) -> NDArray[np.bool_]:
    """Requests that came, or were worked on, while a mechanism acted."""
    moment = columns["received"] if mechanism.clock == "received" else columns["begun"]
    until = np.inf if mechanism.ended is None else hours_at(mechanism.ended)
    return np.asarray((moment >= hours_at(mechanism.onset)) & (moment < until))


def at_risk(mode: str, columns: Columns) -> NDArray[np.bool_]:
    """Requests in which a failure of a mode can happen at all."""
    outcome = columns["disposition"]
    disclosed = np.isin(outcome, ("full", "partial"))
    searched = disclosed | (outcome == "no_data")
    rules = {
        "OVP": disclosed,
        "UNP": disclosed,
        "RED": disclosed,
        "WRC": disclosed,
        "JUR": disclosed,
        "WID": searched,
        "PRF": searched,
        "NDV": disclosed & columns["ndo"],
        "UNM": disclosed & columns["ndo"],
        "FRE": searched,
        "EMR": columns["emergency"],
        "CSM": searched & (columns["sensitivity"] == "csam_adjacent"),
        "DOC": outcome != "withdrawn",
        "COM": outcome != "withdrawn",
    }
    return np.asarray(rules[mode])


def _base_odds(mode: str, columns: Columns) -> FloatArray:
    share = np.full(len(columns["received"]), _BASE[mode])
    if mode == "FRE":
        share = np.where(columns["emergency"], share * _EMERGENCY_SPOOFS, share)
    odds = share / (1.0 - share) * learning(columns["tenure_days"], _NEWCOMERS_FAIL_MORE)
    if mode == "COM":
        odds = np.where(columns["language"] != "en", odds * _OTHER_LANGUAGES, odds)
    return np.asarray(odds)


def odds_to_share(odds: FloatArray) -> FloatArray:
    """Probability from odds.

    >>> odds_to_share(np.array([1.0])).tolist()
    [0.5]
    """
    return np.asarray(odds / (1.0 + odds))


def draw_failures(columns: Columns, rng: np.random.Generator) -> dict[str, NDArray[np.bool_]]:
    """Draw every failure except lateness.

    Returns
    -------
    dict
        Failure mode to one boolean a request.
    """
    failures: dict[str, NDArray[np.bool_]] = {}
    for mode, own in zip(SAMPLED_MODES, rng.spawn(len(SAMPLED_MODES)), strict=True):
        odds = _base_odds(mode, columns)
        for mechanism in mechanisms_of(mode):
            acts = in_segment(mechanism, columns) & in_force(mechanism, columns)
            odds = np.where(acts, odds * mechanism.odds_ratio, odds)
        failures[mode] = at_risk(mode, columns) & (own.random(len(odds)) < odds_to_share(odds))
    _one_alone(columns, failures)
    # One failure of a kind tells the story; two of the same family on one request would blur it.
    failures["UNM"] &= ~failures["NDV"]
    failures["UNP"] &= ~failures["OVP"]
    return failures


def _one_alone(columns: Columns, failures: dict[str, NDArray[np.bool_]]) -> None:
    """Let the first request at risk on the day of an isolated case fail, whatever its odds."""
    for mechanism in MECHANISMS:
        if mechanism.family == "isolated":
            mode = mechanism.failure_mode
            day = np.flatnonzero(at_risk(mode, columns) & in_force(mechanism, columns))
            failures[mode][day[:1]] = True
