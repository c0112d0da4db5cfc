"""The field's fixed words: failure modes, severities, the reference pipeline and its controls.

The failure modes and the pipeline follow the domain brief (sections 1.1, 1.3 and 1.4). Every other module, the example
generator included, takes these words from here.
"""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["ACTIVITIES", "CONTROLS", "FAILURE_MODES", "PIPELINE", "SEVERITIES", "FailureMode", "Step", "failure_phrase"]


@dataclass(frozen=True)
class Step:
    """One activity of the reference pipeline.

    Attributes
    ----------
    activity : the name in the event log.
    label : how a review names the step.
    stage : the wider stage that it belongs to.
    role : the role that does it.
    control : what the step is there to catch, or ``None`` when it is work rather than a check.
    guards : codes of the failure modes that this control is there to stop.
    always : whether every fulfilled request passes through it.
    """

    activity: str
    label: str
    stage: str
    role: str
    control: str | None = None
    guards: tuple[str, ...] = ()
    always: bool = True


PIPELINE: tuple[Step, ...] = (
    Step("intake", "Intake", "intake", "intake specialist"),
    Step("triage", "Triage", "triage", "intake specialist", "type, urgency and entity are set", ("EMR", "LAT", "CSM")),
    Step(
        "authenticate",
        "Authenticate requester",
        "authentication",
        "intake specialist",
        "the requester is who they say they are",
        ("FRE", "WRC"),
    ),
    Step(
        "legal_review",
        "Legal validity review",
        "legal",
        "legal reviewer",
        "the process is valid and reaches the data asked for",
        ("JUR",),
    ),
    Step(
        "route",
        "Entity and queue routing",
        "legal",
        "legal reviewer",
        "the right entity and team hold it",
        ("JUR", "LAT"),
    ),
    Step(
        "scope_review",
        "Scope review",
        "scope",
        "specialist",
        "identifiers, categories and dates match the authority granted",
        ("OVP", "UNP", "JUR"),
    ),
    Step("clarify", "Clarification with the agency", "scope", "specialist", always=False),
    Step(
        "preserve",
        "Preservation snapshot",
        "preservation",
        "specialist",
        "data is held and its timer is set",
        ("PRF", "CSM"),
    ),
    Step(
        "ndo_check",
        "Nondisclosure check",
        "notice",
        "specialist",
        "a nondisclosure order and its expiry are recorded",
        ("NDV", "UNM"),
    ),
    Step(
        "resolve_identifier",
        "Identifier resolution",
        "resolution",
        "specialist",
        "the identifier is matched to the right account",
        ("WID",),
    ),
    Step("pull", "Data pull", "production", "specialist"),
    Step(
        "redact",
        "Minimise and redact",
        "production",
        "specialist",
        "data beyond scope and third parties is taken out",
        ("OVP", "RED"),
    ),
    Step(
        "qc",
        "Second-person check",
        "qc",
        "quality reviewer",
        "a second person checks the production before delivery",
        ("OVP", "UNP", "WID", "WRC", "RED", "JUR", "CSM"),
        always=False,
    ),
    Step(
        "notice_decision",
        "User notice decision",
        "notice",
        "specialist",
        "notice is sent, delayed or withheld as the orders require",
        ("NDV", "UNM"),
    ),
    Step(
        "deliver",
        "Secure delivery",
        "delivery",
        "specialist",
        "the recipient is verified again before data leaves",
        ("WRC", "FRE"),
    ),
    Step("confirm", "Delivery confirmed", "delivery", "specialist"),
    Step(
        "close",
        "Closure and record",
        "closure",
        "specialist",
        "the record and certificate are complete",
        ("DOC", "COM"),
    ),
)
"""The reference workflow in order. Side lanes use the activities named in ``ACTIVITIES`` beyond these."""

ACTIVITIES: dict[str, str] = {step.activity: step.label for step in PIPELINE} | {
    "withdraw": "Withdrawn by the agency",
    "reject": "Rejected or returned",
    "reopen": "Reopened",
    "notify_user": "User notified",
    "extend_preservation": "Preservation extended",
    "report_ncmec": "CyberTipline report",
    "counsel_escalation": "Escalated to counsel",
    "callback": "Out-of-band call-back",
}
"""Every activity that the suite knows by name, and how a review names it."""

CONTROLS: tuple[Step, ...] = tuple(step for step in PIPELINE if step.control)


@dataclass(frozen=True)
class FailureMode:
    """One way in which a legal request can go wrong.

    Attributes
    ----------
    code : the value of ``failure_mode`` in the tables.
    label : a short name.
    phrase : what happened, as a verb phrase that completes "requests that ...".
    stage : the stage at which it arises.
    floor : the least severity of an item that fails this way.
    """

    code: str
    label: str
    phrase: str
    stage: str
    floor: str


FAILURE_MODES: dict[str, FailureMode] = {
    mode.code: mode
    for mode in (
        FailureMode("OVP", "Overproduction", "disclosed data beyond the scope granted", "production", "critical"),
        FailureMode("UNP", "Underproduction", "left out responsive data", "production", "major"),
        FailureMode("WID", "Wrong account", "resolved to the wrong account", "resolution", "critical"),
        FailureMode("WRC", "Wrong recipient", "were delivered to the wrong recipient", "delivery", "critical"),
        FailureMode("LAT", "Deadline missed", "missed their deadline", "any queue", "major"),
        FailureMode("PRF", "Preservation lapse", "lost or missed a preservation", "preservation", "critical"),
        FailureMode(
            "NDV", "Nondisclosure breach", "led to notice while a nondisclosure order stood", "notice", "critical"
        ),
        FailureMode("UNM", "User notice missed", "missed or delayed a user notice that was due", "notice", "major"),
        FailureMode(
            "FRE",
            "Fraudulent request accepted",
            "were accepted from a requester who was not genuine",
            "authentication",
            "critical",
        ),
        FailureMode(
            "EMR", "Emergency delayed or refused", "delayed or refused a valid emergency", "triage", "critical"
        ),
        FailureMode(
            "JUR", "Authority or entity error", "went ahead on process that did not reach the data", "legal", "critical"
        ),
        FailureMode(
            "CSM",
            "Child-safety duty missed",
            "missed a child-safety reporting or preservation duty",
            "side lane",
            "critical",
        ),
        FailureMode(
            "RED", "Redaction failure", "left data readable that was to be taken out", "production", "critical"
        ),
        FailureMode("DOC", "Record incomplete", "closed with an incomplete record or certificate", "closure", "minor"),
        FailureMode("COM", "Misleading message", "carried a misleading or unsuitable message", "any", "minor"),
    )
}
"""Failure modes by code (taxonomy v0)."""

SEVERITIES: dict[str, str] = {
    "S1": "Actual or likely harm, or a breach of a legal duty",
    "S2": "Contained breach or court-visible failure",
    "S3": "Rework without effect outside the team",
    "S4": "Near miss",
}


def failure_phrase(code: str) -> str:
    """Say a failure mode, or a named outcome of a source, as a verb phrase.

    >>> failure_phrase("LAT")
    'missed their deadline'
    >>> failure_phrase("sla_missed")
    'show the outcome “sla missed”'
    """
    mode = FAILURE_MODES.get(code)
    return mode.phrase if mode else f"show the outcome “{code.replace('_', ' ')}”"
