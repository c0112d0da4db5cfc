"""Claims: each number or finding of a review, stated once and quoted everywhere."""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

__all__ = ["SENSITIVITIES", "Claim", "Sensitivity"]

Sensitivity = Literal["general", "operational", "case", "sealed"]
"""Who a statement is fit for.

general
    Aggregates, roles, weeks: fit for every audience.
operational
    Steps, days, segments, tool and policy versions: fit for those who run the work.
case
    Identifiers of requests, exact times, single records: analysts and counsel.
sealed
    Anything that shows that a sealed or nondisclosure matter exists in a given request: counsel alone.
"""

SENSITIVITIES: tuple[Sensitivity, ...] = ("general", "operational", "case", "sealed")


class Claim(BaseModel):
    """One statement with its evidence.

    Attributes
    ----------
    id : dotted and stable, such as ``extent.rate_after``.
    section : the section that makes the claim.
    text : the whole sentence as every review prints it, numbers included.
    masked : the sentence for readers from whom small counts are withheld; ``None`` when ``text`` holds no small count.
    value, unit, ci, n, method : the number behind the sentence, its unit, 95 % interval, sample size and method.
    sensitivity : what a reader must be allowed to see it.
    detail : how closely it could tell of harmful matter; in a case with such matter it is shown from that level on.
    audiences : names of the audience profiles that may see it; filled in when ``case.json`` is written.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    id: str = Field(pattern=r"^[a-z0-9_]+(\.[a-z0-9_]+)+$")
    section: str
    text: str
    masked: str | None = None
    value: float | int | str | None = None
    unit: str | None = None
    ci: tuple[float, float] | None = None
    n: int | None = None
    method: str | None = None
    sensitivity: Sensitivity = "general"
    detail: Literal[0, 1, 2] = 0
    audiences: tuple[str, ...] = ()
