"""What was planted: one mechanism, sometimes two, behind each escalation.

This is the only place that says what is true. The generator acts on it, the truth file repeats it, the analysis never sees
it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

__all__ = ["FAMILIES", "MECHANISMS", "Mechanism", "mechanisms_of"]

Family = Literal[
    "template", "product", "timer", "policy", "directory", "bulk_import", "load", "legal_form", "routing", "isolated",
    "two_causes", "ownership", "mix", "measurement", "bypass",
]  # fmt: skip

Kind = Literal["segment", "change", "mix", "measurement", "load", "flow", "staffing", "none"]

FAMILIES: Mapping[str, str] = {
    "template": "a new version of an export template",
    "product": "a product change that a tool did not follow",
    "timer": "a legal change that a timer did not follow",
    "policy": "policy wording that reads two ways in one language queue",
    "directory": "a directory feed that went stale",
    "bulk_import": "a new intake channel without timers",
    "load": "more work than capacity",
    "legal_form": "a new form that looks like another",
    "routing": "a routing rule into a queue with a gap in its shifts",
    "isolated": "no systemic cause",
    "two_causes": "two causes at once",
    "ownership": "a queue that nobody owned after a reorganisation",
    "mix": "more requests of a kind that always failed more often",
    "measurement": "a change of rubric, not of the work",
    "bypass": "a control that a new fast path went round",
}


@dataclass(frozen=True)
class Mechanism:
    """One planted cause.

    Attributes
    ----------
    escalation_id, failure_mode : what it explains.
    family : its family.
    kind : the kind of cause that an analysis should name.
    segment : column to value; where the odds of failure rise. ``tenure`` and ``backlog`` are conditions, not columns.
    change_id : the entry of the change log that it belongs to, or ``None``.
    onset, ended : days (ISO, UTC) between which it acts; ``ended`` is ``None`` when it never stops.
    odds_ratio : by how much the odds of failure rise in the segment while it acts.
    clock : whether "while it acts" goes by when a request was received or when work on it began.
    words : the mechanism in words.
    decoys : entries of the change log that look like the cause and are not.
    """

    escalation_id: str
    failure_mode: str
    family: Family
    kind: Kind
    onset: str
    ended: str | None
    odds_ratio: float
    words: str
    segment: Mapping[str, str] = field(default_factory=dict)
    change_id: str | None = None
    clock: Literal["received", "worked"] = "received"
    decoys: tuple[str, ...] = ()


MECHANISMS: tuple[Mechanism, ...] = (
    Mechanism(
        "ESC-0003", "WID", "product", "segment", "2024-04-08", "2025-02-10", 26.0,
        "The product let people give up a vanity address and others claim it. The resolver kept the old owner of a vanity "
        "address in its cache, so requests by vanity address could match the account that had held the name before.",
        {"identifier_type": "vanity_url"}, "CHG-109", decoys=("CHG-107",),
    ),
    Mechanism(
        "ESC-0009", "CSM", "timer", "change", "2024-05-07", "2025-01-13", 9.0,
        "Preservation for child-safety reports became one year. The timer in the tool stayed at 90 days until release 4.1.2, "
        "so the extension was not made unless someone set it by hand.",
        {"sensitivity": "csam_adjacent"}, "CHG-111", decoys=("CHG-112",),
    ),
    Mechanism(
        "ESC-0012", "EMR", "policy", "segment", "2024-06-03", "2025-08-04", 14.0,
        "Policy 2024.2 gave the imminence test two wordings. The Spanish text asked for a stated time of harm where the "
        "English one asked for a credible danger, so valid emergencies in Spanish were sent back or waited.",
        {"language": "es"}, "CHG-113", "worked", decoys=("CHG-114",),
    ),
    Mechanism(
        "ESC-0014", "WRC", "directory", "segment", "2024-07-15", "2025-05-12", 14.0,
        "The vendor's directory feed stopped refreshing county agencies. Entries went stale and deliveries to county agencies "
        "could reach an address that had changed hands.",
        {"agency_type": "county"}, "CHG-115", decoys=("CHG-116",),
    ),
    Mechanism(
        "ESC-0018", "PRF", "bulk_import", "segment", "2024-09-09", "2025-09-15", 22.0,
        "The bulk file channel creates requests without the intake form, and the preservation timer was made by that form. "
        "Bulk requests had no timer unless a specialist added one.",
        {"channel": "bulk_file"}, "CHG-118", decoys=("CHG-119",),
    ),
    Mechanism(
        "ESC-0021", "UNP", "load", "load", "2024-10-14", "2025-02-07", 13.0,
        "Requests from the east grew while two specialists left. In TEAM-B the queue grew to several working days, and exports "
        "were closed before the slow archive part had arrived.",
        {"team_id": "TEAM-B", "backlog": "over a day and a half"}, None, "worked", decoys=("CHG-120", "CHG-121"),
    ),
    Mechanism(
        "ESC-0025", "DOC", "measurement", "measurement", "2025-01-06", None, 1.0,
        "Rubric 2025.1 counts a record as incomplete when the certificate lacks the transparency tag; rubric 2024.1 did not. "
        "The work did not change.",
        {"rubric_version": "2025.1"}, "CHG-123", decoys=("CHG-124",),
    ),
    Mechanism(
        "ESC-0027", "JUR", "legal_form", "segment", "2024-11-04", "2025-10-06", 22.0,
        "A combined state form covers both warrants and subpoenas with one tick box. The reading aid took every combined form "
        "from that state for a warrant, so content was released on subpoena-level process.",
        {"jurisdiction": "US-TX"}, "CHG-122", decoys=("CHG-121",),
    ),
    Mechanism(
        "ESC-0029", "NDV", "isolated", "none", "2025-03-18", "2025-03-19", 1.0,
        "One expiry date was typed with day and month exchanged. Nothing else of the kind was found: the rate did not move.",
    ),
    Mechanism(
        "ESC-0031", "LAT", "routing", "segment", "2025-02-17", "2025-08-25", 9.0,
        "Routing rule 12 sends the portal requests of TEAM-D to a new queue. Nobody was on shift for it in the European "
        "afternoon and on Mondays, so requests waited there for days.",
        {"team_id": "TEAM-D", "channel": "portal"}, "CHG-126", decoys=("CHG-127",),
    ),
    Mechanism(
        "ESC-0034", "RED", "two_causes", "segment", "2025-01-20", "2025-11-03", 12.0,
        "TEAM-A piloted the vendor's redaction viewer 3, which draws a box over text and leaves the text layer in the file.",
        {"team_id": "TEAM-A"}, "CHG-125", "worked", decoys=("CHG-124", "CHG-127"),
    ),
    Mechanism(
        "ESC-0034", "RED", "two_causes", "staffing", "2025-02-03", None, 11.0,
        "People who arrived from February 2025 began on live work before the redaction course, which had moved to week ten.",
        {"tenure": "under 120 days"}, "CHG-129", "worked", decoys=("CHG-127",),
    ),
    Mechanism(
        "ESC-0037", "UNM", "ownership", "segment", "2025-02-24", "2025-12-08", 14.0,
        "When the notice group was dissolved, the expiry queues of the teams were handed over one by one. TEAM-C's queue was on no "
        "list, so notices fell due there unseen.",
        {"team_id": "TEAM-C"}, "CHG-130", decoys=("CHG-127",),
    ),
    Mechanism(
        "ESC-0039", "COM", "mix", "mix", "2025-03-17", None, 1.0,
        "Requests in other languages than English always met translated messages that were out of date. New regions came on, so "
        "their share grew and the overall rate with it. Within each language nothing changed.",
        {"language": "other than en"}, "CHG-132", decoys=("CHG-130",),
    ),
    Mechanism(
        "ESC-0042", "OVP", "template", "segment", "2025-06-02", "2025-10-20", 20.0,
        "Export template content-7.0, shipped in tool 4.2, takes midnight UTC as the edge of the date range and starts from the preset "
        "\"all content\". Exports made with it could hold data outside the dates or categories of the process.",
        {"template_version": "content-7.0"}, "CHG-134", "worked", decoys=("CHG-135", "CHG-136"),
    ),
    Mechanism(
        "ESC-0048", "FRE", "bypass", "flow", "2025-05-05", "2025-12-01", 11.0,
        "A fast path for known domains closes the call-back task by itself. For emergencies by e-mail the call-back was then left "
        "out, and requests from a taken-over mailbox passed.",
        {"urgency": "emergency", "channel": "email"}, "CHG-137", decoys=("CHG-138",),
    ),
)  # fmt: skip
"""Everything that was planted, by escalation."""


def mechanisms_of(failure_mode: str) -> tuple[Mechanism, ...]:
    """Return the mechanisms behind a failure mode.

    >>> [m.segment for m in mechanisms_of("PRF")]
    [{'channel': 'bulk_file'}]
    """
    return tuple(m for m in MECHANISMS if m.failure_mode == failure_mode)
