"""The case file: an analyst's judgement on one escalation, as typed records.

A piece of evidence is named by its id: that of a row of ``evidence`` (``EV-0042-01``), or that of a claim of the review
(``why.candidate_1``). Figures stand in claims alone; a sentence of a case file points to them and never repeats them.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from datetime import date, datetime
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, field_validator, model_validator

from rca_lib.review.casefile.hierarchy import Means

__all__ = [
    "LEVELS",
    "RATINGS",
    "About",
    "Barrier",
    "CaseFile",
    "CodeDecision",
    "Consulted",
    "Contained",
    "Correction",
    "Factor",
    "Hypothesis",
    "Learned",
    "Node",
    "PlannedAction",
    "RatedEvidence",
    "Reviewer",
    "Scope",
    "SignOff",
    "Statement",
    "case_file_schema",
]

Rating = Literal["CC", "C", "N", "I", "II"]
RATINGS: dict[str, str] = {
    "CC": "strongly consistent",
    "C": "consistent",
    "N": "says nothing either way",
    "I": "inconsistent",
    "II": "strongly inconsistent",
}
"""How one piece of evidence may bear on one hypothesis (Heuer, Psychology of Intelligence Analysis, 1999, chapter 8)."""

Level = Literal["sharp_end", "supervision", "process", "policy", "tool", "product", "organisation", "external"]
LEVELS: tuple[Level, ...] = (
    "sharp_end",
    "supervision",
    "process",
    "policy",
    "tool",
    "product",
    "organisation",
    "external",
)
"""Levels at which a cause may lie, those of the codebook."""

Grade = Literal["established", "probable", "possible", "refuted"]
Domain = Literal["policy", "process", "system", "product"]

Text = Annotated[str, Field(min_length=1)]
EvidenceId = Annotated[
    str, Field(min_length=1, description="Id of a piece of evidence, or of a claim (why.candidate_1)")
]
HypothesisId = Annotated[str, Field(pattern=r"^H\d+$")]
CauseId = Annotated[str, Field(pattern=r"^C\d+$")]
NodeId = Annotated[str, Field(pattern=r"^[A-Z][A-Z0-9]*$")]
RoleText = Annotated[str, Field(min_length=2, description="A role, never a name")]
Evidence = Annotated[tuple[EvidenceId, ...], Field(description="Ids of evidence and claims that it rests on")]


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", str_strip_whitespace=True)

    @model_validator(mode="before")
    @classmethod
    def _left_open(cls, given: Any) -> Any:
        """A key that was left empty counts as not given."""
        if isinstance(given, dict):
            return {key: value for key, value in given.items() if value is not None}
        return given


class Scope(_Part):
    """What the review covers, what it leaves out, and the questions that it answers."""

    covers: str = Field(default="", description="What is looked into, and over which time")
    leaves_out: str = Field(default="", description="What is not looked into, and why")
    questions: tuple[Text, ...] = Field(default=(), description="The questions that this review answers")


class Correction(_Part):
    """A moment of the timeline that the records lack or have otherwise."""

    when: datetime | date = Field(description="2025-09-10, or 2025-09-10T22:40 in UTC")
    what: Text = Field(description="What happened then, in one sentence")
    corrects: str = Field(default="", description="What the record says instead, when it says something else")
    evidence: Evidence = ()


class About(_Part):
    """The candidate of the counts that a hypothesis is about, so that its tests are shared."""

    change: str | None = Field(default=None, description="An entry of the change log, such as CHG-134")
    segment: dict[str, str] = Field(default={}, description="Values of request columns: {team_id: TEAM-B}")
    kind: Literal["mix", "measurement", "load", "staffing", "flow"] | None = Field(
        default=None, description="The best ranked candidate of that kind"
    )

    @model_validator(mode="after")
    def _says_one(self) -> About:
        if sum((self.change is not None, bool(self.segment), self.kind is not None)) != 1:
            raise ValueError("give just one of change, segment and kind")
        return self


class Hypothesis(_Part):
    """One explanation that might be true, with what one would see if it were."""

    id: HypothesisId
    statement: Text = Field(description="The explanation, in one sentence that could turn out false")
    about: About | None = Field(default=None, description="The candidate of the counts that this is, if it is one")
    predicts: tuple[Text, ...] = Field(default=(), description="What one would see if it were true, and not otherwise")
    verdict: Literal["open", "leading", "contributes", "rejected"] = Field(
        default="open", description="leading: the best supported; contributes: true as well; rejected: with a reason"
    )
    reason: str = Field(default="", description="Why it is rejected, or why it leads")


class RatedEvidence(_Part):
    """One piece of evidence, and how it bears on each hypothesis."""

    id: EvidenceId
    what: str = Field(default="", description="What it says, as it read when it was rated; written by rca new")
    ratings: dict[HypothesisId, Rating] = Field(default={}, description="For each hypothesis: CC, C, N, I or II")
    repeats: str = Field(default="", description="Id of the piece that it repeats; it is then not counted again")
    note: str = Field(default="", description="Why it was rated so, where that is not plain")

    @field_validator("ratings", mode="before")
    @classmethod
    def _not_yet_rated(cls, given: Any) -> Any:
        return {key: value for key, value in given.items() if value is not None} if isinstance(given, dict) else given


class Statement(_Part):
    """A causal statement: <cause> increased the likelihood of <effect>, which led to <event>."""

    id: CauseId
    hypothesis: HypothesisId
    cause: Text = Field(description="What was so, in exact words: a condition or a change, not a person")
    effect: Text = Field(description="What it made more likely")
    event: Text = Field(description="What happened then: the failure")
    preceded_by: tuple[Text, ...] = Field(
        default=(), description="What made a slip or a departure from a procedure likely, when the cause names one"
    )
    duty: str = Field(default="", description="What gave someone the duty to act, when the cause is that nobody acted")
    level: Level
    began: date | None = Field(default=None, description="Since when it was so, if the change log does not say")
    evidence: Evidence = ()
    grade: Grade | None = Field(
        default=None, description="Leave it empty, or lower what the evidence gives; never raise it"
    )
    lowered_because: str = Field(default="", description="Why the grade is lowered")
    disagreement: str = Field(default="", description="What explains it when counts and people disagree")


class Node(_Part):
    """One box of the cause chart. ``leads_to`` points from a cause to its effects."""

    id: NodeId
    what: Text = Field(description="What was so or what was done, in at most sixteen words")
    kind: Literal["event", "condition", "action", "cause", "question"]
    level: Level | None = None
    leads_to: tuple[NodeId, ...] = ()
    evidence: Evidence = ()
    cause: CauseId | None = Field(default=None, description="The causal statement that this box stands for")
    ruled_out: bool = False


class Factor(_Part):
    """A contributory factor in the SEIPS frame."""

    element: Literal["person", "tasks", "tools", "organisation", "environment", "external"]
    what: Text
    helps: bool = Field(default=False, description="true for what made the work easier or safer")
    evidence: Evidence = ()


class Barrier(_Part):
    """A control that was there to stop it, its state and why."""

    barrier: Text = Field(description="The control, by name or by its step of the pipeline (qc)")
    expected: Text = Field(description="What it was there to do")
    state: Literal["held", "absent", "failed", "bypassed", "not used"] | None = Field(
        default=None, description="What became of it"
    )
    because: str = Field(
        default="", description="Why it was in that state: what the check looks at, when it runs, who has it"
    )
    evidence: Evidence = ()


class Learned(_Part):
    """Something that went well, or where luck helped."""

    what: Text
    evidence: Evidence = ()


class Contained(_Part):
    """What was done at once for the requests that might be affected too."""

    what: Text
    done: date | None = None
    evidence: Evidence = ()


class PlannedAction(_Part):
    """An action: on record under the same id, or proposed here."""

    id: Text
    cause: CauseId | None = Field(default=None, description="The cause that it acts on")
    means: Means | None = Field(default=None, description="How it works; its strength follows from this")
    description: str = Field(default="", description="What is done; left empty, that of the record")
    domain: Domain | None = None
    owner_role: str | None = Field(default=None, description="The role that owns it; left empty, that of the record")
    due: date | None = Field(default=None, description="When it is due; left empty, that of the record")
    metric: str | None = Field(default=None, description="The figure that will show that it worked")
    baseline: EvidenceId | None = Field(
        default=None, description="The claim that states the figure before: extent.after"
    )
    target: float | None = Field(default=None, gt=0, lt=1, description="The share aimed at, as a number: 0.006")


class Consulted(_Part):
    """Someone who was asked, by role."""

    role: RoleText
    how: Text = Field(description="interview, in writing, read the draft")
    on: date | None = None
    involved: bool = Field(default=False, description="true for people who worked on the request or the tool")


class Reviewer(_Part):
    """Someone who read the review critically, by role."""

    role: RoleText
    independent: bool = Field(description="true for someone who took no part in the work or the review")
    on: date | None = None
    remark: str = ""


class CodeDecision(_Part):
    """A suggested code that the analyst accepted or refused."""

    evidence: EvidenceId
    code: Text
    phrase: str = Field(default="", description="The words that carry it; the whole text when empty")
    decision: Literal["accept", "refuse"] | None = None


class SignOff(_Part):
    """A signature by role. A case is a draft until it is reviewed and then approved by another role."""

    state: Literal["reviewed", "approved"]
    role: RoleText
    on: date
    of: str | None = Field(
        default=None,
        pattern=r"^J-[0-9a-f]{8}$",
        description="The mark of what was signed, as rca new prints it: a signature holds for that text alone",
    )


class CaseFile(_Part):
    """An analyst's judgement on one escalation."""

    case: Text = Field(description="The escalation's id")
    as_of: date = Field(description="Judgement rests on what was recorded until this day")
    scope: Scope = Field(default_factory=Scope, description="What is looked into, what is not, and the questions")
    timeline: tuple[Correction, ...] = Field(default=(), description="Moments that the records lack or have otherwise")
    hypotheses: tuple[Hypothesis, ...] = Field(default=(), description="Explanations set against one another")
    evidence: tuple[RatedEvidence, ...] = Field(
        default=(), description="Evidence and claims, each rated against each hypothesis"
    )
    causes: tuple[Statement, ...] = Field(default=(), description="Causal statements")
    no_cause: str = Field(default="", description="Why no cause is stated, where that is the conclusion")
    chart: tuple[Node, ...] = Field(default=(), description="The boxes of the cause chart")
    factors: tuple[Factor, ...] = Field(default=(), description="What shaped the work, by element of SEIPS")
    barriers: tuple[Barrier, ...] = Field(default=(), description="Controls that stood between cause and event")
    went_well: tuple[Learned, ...] = Field(default=(), description="What went well")
    luck: tuple[Learned, ...] = Field(default=(), description="Where luck helped")
    containment: tuple[Contained, ...] = Field(
        default=(), description="What was done at once for others that might be affected"
    )
    actions: tuple[PlannedAction, ...] = Field(default=(), description="Actions, tied to causes")
    consulted: tuple[Consulted, ...] = Field(default=(), description="Who was asked, by role")
    content_note: str = Field(default="", description="What a reader should know before reading, or: none needed")
    codings: tuple[CodeDecision, ...] = Field(default=(), description="Suggested codes, accepted or refused")
    reviewers: tuple[Reviewer, ...] = Field(default=(), description="Who read it critically, by role")
    sign_off: tuple[SignOff, ...] = Field(default=(), description="Signatures, by role and date")

    @property
    def mark(self) -> str:
        """A short digest of the whole judgement but its signatures: what a signature is for."""
        told = self.model_dump_json(exclude={"sign_off"}, exclude_defaults=True)
        return f"J-{hashlib.sha256(told.encode()).hexdigest()[:8]}"

    def hypothesis(self, name: str) -> Hypothesis | None:
        """Return one hypothesis by its id."""
        return next((each for each in self.hypotheses if each.id == name), None)

    def cause(self, name: str) -> Statement | None:
        """Return one causal statement by its id."""
        return next((each for each in self.causes if each.id == name), None)

    def sentences(self) -> Iterator[tuple[tuple[str | int, ...], str]]:
        """Give everything that a person wrote in sentences, each with its place in the file."""
        yield from _sentences(self.model_dump(), ())


_NOT_WRITTEN = frozenset(
    {"id", "case", "hypothesis", "evidence", "ratings", "repeats", "about", "code", "leads_to", "baseline", "phrase"}
)
"""Keys that hold ids and quotations rather than an analyst's sentences."""
_READ_OFF = ("evidence", "codings")
"""Parts whose texts are written by `rca new`, but for the notes."""


def _sentences(value: Any, place: tuple[str | int, ...]) -> Iterator[tuple[tuple[str | int, ...], str]]:
    if isinstance(value, str):
        if value and " " in value:
            yield place, value
    elif isinstance(value, dict):
        for key, part in value.items():
            if key in _NOT_WRITTEN and place:
                continue
            if place[:1] and place[0] in _READ_OFF and key != "note":
                continue
            yield from _sentences(part, (*place, key))
    elif isinstance(value, tuple | list):
        for at, part in enumerate(value):
            yield from _sentences(part, (*place, at))


def case_file_schema() -> dict[str, Any]:
    """Return the JSON Schema of a case file, with which an editor completes and explains its keys."""
    schema = CaseFile.model_json_schema(mode="validation")
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": "case_file.schema.json",
        **_openable(schema),
    }


def _openable(schema: Any) -> Any:
    """Let an editor accept a key that is still empty."""
    if isinstance(schema, dict):
        made = {key: _openable(value) for key, value in schema.items()}
        if "properties" in made:
            made["properties"] = {
                key: part if key in made.get("required", ()) else {"anyOf": [part, {"type": "null"}], **_hover(part)}
                for key, part in made["properties"].items()
            }
        values = made.get("additionalProperties")
        if isinstance(values, dict):
            made["additionalProperties"] = {"anyOf": [values, {"type": "null"}]}
        for pattern, value in made.get("patternProperties", {}).items():
            made["patternProperties"][pattern] = {"anyOf": [value, {"type": "null"}]}
        return made
    return [_openable(part) for part in schema] if isinstance(schema, list) else schema


def _hover(part: Any) -> dict[str, Any]:
    return {"description": part["description"]} if isinstance(part, dict) and "description" in part else {}
