"""The case record: ``case.json``, which other programs and our own checks read. Its keys stay."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from rca_lib.review.claims import Claim

__all__ = [
    "Action",
    "Audited",
    "CaseRecord",
    "Cause",
    "Extent",
    "HypothesisRecord",
    "Limit",
    "NotAssessed",
    "Stated",
    "Triangulated",
    "case_schema",
    "merge_records",
]

JOINED = frozenset({"limits", "not_assessed"})
"""The parts that several verbs add to; every other part belongs to one verb."""

State = Literal["draft", "reviewed", "approved"]
Interval = tuple[float, float]


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Extent(_Part):
    """How far the failure reaches: counts since the onset, or over the whole period when there is none."""

    outcome: str
    failures: int
    at_risk: int
    rate_before: float | None = None
    rate_after: float | None = None
    signal: str | None = Field(default=None, description="the rule that fired, in words; empty when none did")
    onset: str | None = Field(default=None, description="ISO date of the most likely start")
    onset_ci: tuple[str, str] | None = Field(default=None, description="95 % interval of the start, ISO dates")


class Cause(_Part):
    """One candidate cause, ranked."""

    rank: int
    kind: Literal["segment", "change", "mix", "measurement", "load", "flow", "staffing", "none"]
    segment: dict[str, str] = Field(default_factory=dict)
    change_id: str | None = None
    grade: Literal["established", "probable", "possible", "refuted"]
    share: float | None = Field(default=None, description="share of the failures that goes with it")
    share_ci: Interval | None = None
    effect: float | None = Field(default=None, description="adjusted odds ratio")
    effect_ci: Interval | None = None
    claims: tuple[str, ...] = ()


class Action(_Part):
    """One action on record."""

    action_id: str
    description: str
    domain: str | None = None
    strength: str | None = None
    owner_role: str | None = None
    due_at: str | None = None
    status: str | None = None
    done_at: str | None = None
    cause: str | None = Field(default=None, description="id of the stated cause that it acts on")
    reason: str | None = Field(default=None, description="why it has its strength")
    metric: str | None = None
    averts: float | None = Field(default=None, description="failures a quarter that go with its cause: an upper bound")
    averts_ci: Interval | None = None


class Limit(_Part):
    """One thing that bounds what the review can say."""

    kind: Literal["data", "method", "scope"]
    text: str
    table: str | None = None
    rows: int | None = None


class NotAssessed(_Part):
    """A section that could not be answered, what is missing, and what supplying it would allow."""

    section: str
    missing: str
    would_allow: str


class Stated(_Part):
    """A cause as a person states it."""

    id: str
    text: str
    level: str
    grade: Literal["established", "probable", "possible", "refuted"]
    meeting: Literal["converge", "complement", "disagree", "silent"]
    claims: tuple[str, ...] = ()


class HypothesisRecord(_Part):
    """An explanation that was set against others, and how much evidence speaks against it."""

    id: str
    statement: str
    verdict: Literal["open", "leading", "contributes", "rejected"]
    reason: str | None = None
    inconsistency: float | None = None
    range: Interval | None = None


class Triangulated(_Part):
    """What counts and evidence say of a stated cause."""

    statement: str
    counts: Literal["supports", "against", "divided", "silent"]
    evidence: Literal["supports", "against", "divided", "silent"]
    meeting: Literal["converge", "complement", "disagree", "silent"]
    grade: str
    grade_of_evidence: str


class Audited(_Part):
    """One question of the self-audit."""

    number: int
    question: str
    answer: bool
    how: str


class CaseRecord(_Part):
    """Everything that a review of one escalation states, as data."""

    escalation_id: str
    as_of: str
    notebook: str
    state: State
    source_digest: str
    versions: dict[str, str]
    claims: tuple[Claim, ...]
    extent: Extent | None
    causes: tuple[Cause, ...]
    actions: tuple[Action, ...]
    limits: tuple[Limit, ...]
    not_assessed: tuple[NotAssessed, ...]
    statements: tuple[Stated, ...] = ()
    hypotheses: tuple[HypothesisRecord, ...] = ()
    triangulation: tuple[Triangulated, ...] = ()
    audit: tuple[Audited, ...] = ()
    case_file: str | None = Field(default=None, description="SHA-256 of the case file")

    def as_bytes(self) -> bytes:
        """Return the record as UTF-8 JSON that is the same for the same findings."""
        return (self.model_dump_json(indent=1) + "\n").encode()


def case_schema() -> dict[str, Any]:
    """Return the JSON Schema of ``case.json``, as published in ``docs/case.schema.json``."""
    schema = CaseRecord.model_json_schema(mode="serialization")
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", "$id": "case.schema.json", **schema}


def merge_records(records: Iterable[Mapping[str, Any] | None]) -> dict[str, Any]:
    """Merge the parts that the verbs of one case contribute: limits and gaps are joined in order, the rest set by the last.

    An item that two verbs state alike is kept once, so that asking a verb twice changes nothing; asked with other arguments
    it answers anew, as its blocks and claims do.

    >>> merge_records([{"limits": [1]}, None, {"limits": [1, 2], "state": "draft"}])
    {'limits': [1, 2], 'state': 'draft'}
    """
    merged: dict[str, Any] = {}
    for record in records:
        for key, value in (record or {}).items():
            if key in JOINED:
                known = merged.setdefault(key, [])
                known.extend(item for item in value if item not in known)
            elif isinstance(value, Mapping):
                merged[key] = {**merged.get(key, {}), **value}
            else:
                merged[key] = value
    return merged


if __name__ == "__main__":
    # What `make schema` writes to docs/case.schema.json.
    print(json.dumps(case_schema(), indent=1, ensure_ascii=False))
