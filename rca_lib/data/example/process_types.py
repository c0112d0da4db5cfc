"""The nine kinds of request: how many, what became of them, and how they are handled.

Volumes and shares with data produced are those of a published transparency report (Snap, first half of 2020; domain brief
1.2). Effort, targets and sampling rates are configuration of the simulated team.
"""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["PROCESS_TYPES", "PUBLISHED_TOTAL", "ProcessType"]


@dataclass(frozen=True)
class ProcessType:
    """One kind of request.

    Attributes
    ----------
    code : the value of ``process_type``.
    published : requests in the published half-year.
    produced : published share in which some data was produced.
    international : whether it comes from outside the United States.
    emergency : whether it is an emergency disclosure request.
    content : share that reaches content.
    effort : mean working hours of a specialist.
    return_days : days to the return date on the face of the process, or ``None`` where there is none.
    dated : share that carries a return date.
    target_hours, target_working_days : the internal target; exactly one is set.
    sampled : inclusion probability in the random arm.
    ndo : share that comes with a nondisclosure order.
    authorities : who issued it, with shares.
    """

    code: str
    published: int
    produced: float
    international: bool = False
    emergency: bool = False
    content: float = 0.0
    effort: float = 3.0
    return_days: int | None = None
    dated: float = 0.0
    target_hours: float | None = None
    target_working_days: int | None = None
    sampled: float = 0.10
    ndo: float = 0.0
    authorities: tuple[tuple[str, float], ...] = ()


PROCESS_TYPES: tuple[ProcessType, ...] = (
    ProcessType(
        "search_warrant", 11_033, 0.81, content=0.92, effort=3.6, return_days=14, dated=0.72, target_working_days=12,
        sampled=0.112, ndo=0.46, authorities=(("state_court", 0.78), ("federal_court", 0.22)),
    ),
    ProcessType(
        "subpoena", 3_702, 0.79, effort=2.0, return_days=18, dated=0.64, target_working_days=12, sampled=0.088, ndo=0.30,
        authorities=(("grand_jury", 0.46), ("administrative", 0.31), ("trial_court", 0.23)),
    ),
    ProcessType(
        "emergency_disclosure", 1_552, 0.67, emergency=True, content=0.55, effort=1.4, target_hours=8.0, sampled=0.235,
        authorities=(("voluntary", 1.0),),
    ),
    ProcessType(
        "court_order", 305, 0.86, effort=2.8, return_days=18, dated=0.7, target_working_days=12, sampled=0.2, ndo=0.55,
        authorities=(("state_court", 0.55), ("federal_court", 0.45)),
    ),
    ProcessType(
        "summons", 164, 0.88, effort=1.8, return_days=21, dated=0.6, target_working_days=12, sampled=0.2, ndo=0.12,
        authorities=(("administrative", 1.0),),
    ),
    ProcessType(
        "pen_register", 149, 0.92, effort=2.6, target_working_days=6, sampled=0.2, ndo=0.85,
        authorities=(("state_court", 0.5), ("federal_court", 0.5)),
    ),
    ProcessType(
        "wiretap", 26, 0.88, content=1.0, effort=6.0, target_working_days=5, sampled=0.4, ndo=1.0,
        authorities=(("federal_court", 0.7), ("state_court", 0.3)),
    ),
    ProcessType(
        "international_emergency", 1_157, 0.69, international=True, emergency=True, content=0.35, effort=1.6,
        target_hours=8.0, sampled=0.235, authorities=(("voluntary", 1.0),),
    ),
    ProcessType(
        "international_request", 3_153, 0.49, international=True, content=0.18, effort=3.2, return_days=18, dated=0.35,
        target_working_days=10, sampled=0.10, ndo=0.18,
        authorities=(("foreign_authority", 0.82), ("treaty", 0.12), ("agreement_order", 0.06)),
    ),
)  # fmt: skip
"""Every kind of request that the example holds."""

PUBLISHED_TOTAL = sum(kind.published for kind in PROCESS_TYPES)
