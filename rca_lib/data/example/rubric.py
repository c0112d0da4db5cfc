"""The rubric of the simulated team: twenty items in two versions."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from rca_lib.data.example.versions import FIRST_RUBRIC, SECOND_RUBRIC

__all__ = ["ITEMS", "MODE_ITEMS", "WEIGHTS", "RubricItem", "rubric_rows"]

WEIGHTS: Mapping[str, float] = {"critical": 5.0, "major": 3.0, "minor": 1.0}


@dataclass(frozen=True)
class RubricItem:
    """One item.

    Attributes
    ----------
    item_id, severity, pillar, description : as in ``rubric_items``.
    failure_mode : what a fail on it means.
    noise : share of sound requests that are marked as a fail by mistake.
    reworded : its description in the second version, where that differs.
    """

    item_id: str
    severity: str
    pillar: str
    failure_mode: str
    noise: float
    description: str
    reworded: str | None = None


ITEMS: tuple[RubricItem, ...] = (
    RubricItem(
        "C1",
        "critical",
        "Authentication",
        "FRE",
        0.0003,
        "The requester was authenticated to the level that policy sets for this type.",
    ),
    RubricItem(
        "C2",
        "critical",
        "Legal sufficiency",
        "JUR",
        0.0006,
        "The process is legally sufficient for every category produced.",
    ),
    RubricItem(
        "C3",
        "critical",
        "Scope and identifier accuracy",
        "WID",
        0.0004,
        "The identifier was resolved to the right account and the match is on file.",
    ),
    RubricItem(
        "C4",
        "critical",
        "Minimisation and redaction",
        "OVP",
        0.0008,
        "The production stays within dates, categories, accounts and third parties.",
    ),
    RubricItem(
        "C5",
        "critical",
        "Minimisation and redaction",
        "RED",
        0.0006,
        "What had to be taken out cannot be read in any layer, name or property of the files.",
    ),
    RubricItem(
        "C6",
        "critical",
        "Notice and nondisclosure",
        "NDV",
        0.0015,
        "No notice went out, or was set to go out, while a nondisclosure order stood.",
    ),
    RubricItem(
        "C7",
        "critical",
        "Preservation and timers",
        "PRF",
        0.0006,
        "The preservation was made in time and its timer runs.",
    ),
    RubricItem(
        "C8",
        "critical",
        "Preservation and timers",
        "CSM",
        0.0020,
        "Child-safety duties were met: report, file set, and the term of preservation.",
    ),
    RubricItem(
        "C9",
        "critical",
        "Delivery security",
        "WRC",
        0.0004,
        "The production went to a verified recipient by an approved channel.",
    ),
    RubricItem(
        "C10",
        "critical",
        "Authentication",
        "EMR",
        0.0020,
        "The decision on an emergency meets the imminence test and is documented.",
    ),
    RubricItem("M1", "major", "Data accuracy and completeness", "UNP", 0.0025, "Nothing responsive was left out."),
    RubricItem(
        "M2", "major", "Notice and nondisclosure", "UNM", 0.0030, "The timer for user notice is set and has an owner."
    ),
    RubricItem("M3", "major", "Timeliness", "LAT", 0.0, "The deadline was met."),
    RubricItem("M4", "major", "Documentation", "DOC", 0.0020, "The reasons for the decision are on record."),
    RubricItem(
        "M5",
        "major",
        "Documentation",
        "DOC",
        0.0030,
        "The certificate of authenticity is attached and the record is complete.",
        "The certificate of authenticity is attached, carries the transparency tag, and the record is complete.",
    ),
    RubricItem("M6", "major", "Timeliness", "LAT", 0.0040, "The request reached the right queue the first time."),
    RubricItem(
        "M7",
        "major",
        "Communication",
        "COM",
        0.0030,
        "Questions to the agency were clear and answered within two working days.",
    ),
    RubricItem("N1", "minor", "Documentation", "DOC", 0.0040, "The request type is tagged for transparency reporting."),
    RubricItem("N2", "minor", "Communication", "COM", 0.0040, "The message template in force was used."),
    RubricItem("N3", "minor", "Communication", "COM", 0.0030, "Tone and wording suit the reader."),
)
"""Every item; the same ids in both versions."""

MODE_ITEMS: Mapping[str, tuple[tuple[str, float], ...]] = {
    "FRE": (("C1", 1.0),), "JUR": (("C2", 1.0),), "WID": (("C3", 1.0),), "OVP": (("C4", 1.0),), "RED": (("C5", 1.0),),
    "NDV": (("C6", 1.0),), "PRF": (("C7", 1.0),), "CSM": (("C8", 1.0),), "WRC": (("C9", 1.0),), "EMR": (("C10", 1.0),),
    "UNP": (("M1", 1.0),), "UNM": (("M2", 1.0),), "LAT": (("M3", 1.0),),
    "DOC": (("M4", 0.3), ("M5", 0.45), ("N1", 0.25)), "COM": (("M7", 0.25), ("N2", 0.45), ("N3", 0.3)),
}  # fmt: skip
"""Failure mode to the items on which it shows, with shares."""


def rubric_rows() -> list[dict[str, object]]:
    """Rows of ``rubric_items``."""
    return [
        {
            "rubric_version": version,
            "item_id": item.item_id,
            "severity": item.severity,
            "pillar": item.pillar,
            "weight": WEIGHTS[item.severity],
            "description": (item.reworded if version == SECOND_RUBRIC and item.reworded else item.description),
        }
        for version in (FIRST_RUBRIC, SECOND_RUBRIC)
        for item in ITEMS
    ]
