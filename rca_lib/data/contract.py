"""The data contract: every table, column, fixed word, key and reference, declared once.

Other modules read it from here: the loader for types, the checks for rules, the documentation for its tables. Nothing
here looks at data.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

__all__ = ["DISCLOSED", "KINDS", "TABLES", "ColumnSpec", "Kind", "Reference", "TableSpec", "documentation_rows"]

Kind = Literal["id", "text", "enum", "timestamp", "integer", "float", "boolean"]

KINDS: dict[Kind, str] = {
    "id": "an opaque text that names one thing",
    "text": "text",
    "enum": "one of a fixed set of words",
    "timestamp": "a moment, kept in UTC",
    "integer": "a whole number",
    "float": "a number",
    "boolean": "true or false",
}
"""What each kind of column holds, in words."""

DISCLOSED: tuple[str, ...] = ("full", "partial")
"""Values of ``requests.outcome`` that mean some data was disclosed."""


@dataclass(frozen=True)
class Reference:
    """A column that names a row of another table.

    Attributes
    ----------
    table, column : what it points to.
    binding : whether the row is of no use without the row it names. A row that breaks a binding reference is set aside;
        one that breaks another reference is kept and warned about.
    """

    table: str
    column: str
    binding: bool = False


@dataclass(frozen=True)
class ColumnSpec:
    """One column of a table.

    Attributes
    ----------
    name : the column's name.
    kind : what it holds, a key of ``KINDS``.
    required : whether the table is of no use without it; in each row it must then hold a value.
    values : the words that it may hold, for an enum.
    default : the value that an empty cell means, or ``None``.
    reference : the row of another table that it names, or ``None``.
    low, high : the least and greatest value that it may hold.
    above : a value that it must exceed.
    recorded : whether it is the moment at which something was recorded, as opposed to one that is due or in force.
    """

    name: str
    kind: Kind = "text"
    required: bool = False
    values: tuple[str, ...] = ()
    default: str | None = None
    reference: Reference | None = None
    low: float | None = None
    high: float | None = None
    above: float | None = None
    recorded: bool = False

    @property
    def rule(self) -> str:
        """What the column must hold, in one sentence."""
        what = f"one of {', '.join(self.values)}" if self.values else KINDS[self.kind]
        bounds = [
            f"above {self.above:g}" if self.above is not None else "",
            f"at least {self.low:g}" if self.low is not None else "",
            f"at most {self.high:g}" if self.high is not None else "",
        ]
        said = " and ".join(bound for bound in bounds if bound)
        return f"{self.name} is {what} {said}".strip()


@dataclass(frozen=True)
class TableSpec:
    """One table of the contract.

    Attributes
    ----------
    name : the table's name, which is also its file's name.
    about : what one row is.
    columns : its columns, in order.
    key : the columns that together name a row; empty where rows have no name.
    one_of : sets of columns of which each row needs at least one.
    """

    name: str
    about: str
    columns: tuple[ColumnSpec, ...]
    key: tuple[str, ...] = ()
    one_of: tuple[tuple[str, ...], ...] = ()

    @property
    def column_names(self) -> tuple[str, ...]:
        """The names of its columns, in order."""
        return tuple(column.name for column in self.columns)

    @property
    def required(self) -> tuple[str, ...]:
        """The names of the columns that it can't do without."""
        return tuple(column.name for column in self.columns if column.required)

    def column(self, name: str) -> ColumnSpec:
        """Return one column by name.

        >>> TABLES["requests"].column("ndo").kind
        'boolean'
        """
        return next(column for column in self.columns if column.name == name)


def _id(name: str, *, to: str | None = None, required: bool = False, binding: bool = False) -> ColumnSpec:
    """Declare an id; `to` is ``table.column`` when it names a row of another table."""
    table, _, column = (to or "").partition(".")
    reference = Reference(table, column, binding) if to else None
    return ColumnSpec(name, "id", required=required, reference=reference)


def _text(*names: str) -> tuple[ColumnSpec, ...]:
    return tuple(ColumnSpec(name) for name in names)


def _enum(name: str, values: str, *, required: bool = False, default: str | None = None) -> ColumnSpec:
    return ColumnSpec(name, "enum", required=required, values=tuple(values.split()), default=default)


def _moment(name: str, *, required: bool = False, recorded: bool = False) -> ColumnSpec:
    return ColumnSpec(name, "timestamp", required=required, recorded=recorded)


_REQUEST = _id("request_id", to="requests.request_id", required=True, binding=True)
_ASSESSMENT = _id("assessment_id", to="assessments.assessment_id", required=True, binding=True)
_ESCALATION = _id("escalation_id", to="escalations.escalation_id", required=True, binding=True)

_REQUESTS = TableSpec(
    "requests",
    "one legal request, or a count of like requests",
    (
        _id("request_id", required=True),
        _moment("received_at", required=True, recorded=True),
        *_text("process_type", "authority"),
        _id("agency_id"),
        *_text("jurisdiction", "legal_entity", "channel"),
        _enum("urgency", "routine expedited emergency"),
        _moment("due_at"),
        _moment("closed_at", recorded=True),
        _enum("outcome", "full partial rejected withdrawn no_data open"),
        ColumnSpec("ndo", "boolean"),
        _moment("ndo_expires_at"),
        *_text("data_categories"),
        _moment("scope_from"),
        _moment("scope_to"),
        ColumnSpec("n_identifiers", "integer", low=0),
        *_text("language"),
        _enum("sensitivity", "none graphic csam_adjacent self_harm terror"),
        _id("team_id"),
        _id("specialist_id", to="staff.actor_id"),
        *_text("policy_version", "tool_version", "template_version"),
        _id("reopened_from", to="requests.request_id"),
        ColumnSpec("n", "integer", low=0),
    ),
    key=("request_id",),
)

_EVENTS = TableSpec(
    "events",
    "one thing that happened to a request in the workflow",
    (
        _REQUEST,
        ColumnSpec("activity", required=True),
        _moment("ts", required=True, recorded=True),
        _enum("lifecycle", "start complete pause resume", default="complete"),
        ColumnSpec("seq", "integer"),
        _id("actor_id", to="staff.actor_id"),
        *_text("actor_role"),
        _id("queue_id"),
        _id("system_id"),
        *_text("tool_version", "policy_version"),
    ),
)

_STAFF = TableSpec(
    "staff",
    "one person, by an opaque id",
    (
        _id("actor_id", required=True),
        *_text("role"),
        _id("team_id"),
        *_text("site"),
        _moment("tenure_start"),
        *_text("trained_on"),
    ),
    key=("actor_id",),
)

_ASSESSMENTS = TableSpec(
    "assessments",
    "one quality assessment of a request",
    (
        _id("assessment_id", required=True),
        _REQUEST,
        _moment("assessed_at", required=True, recorded=True),
        _id("assessor_id", to="staff.actor_id"),
        *_text("rubric_version"),
        _enum("sample_arm", "random targeted calibration escalation"),
        ColumnSpec("inclusion_prob", "float", above=0, high=1),
        ColumnSpec("quality_score", "float"),
        ColumnSpec("critical_fail", "boolean"),
        _enum("status", "final disputed overturned"),
    ),
    key=("assessment_id",),
)

_ASSESSMENT_ITEMS = TableSpec(
    "assessment_items",
    "one rubric item as assessed",
    (
        _ASSESSMENT,
        _id("item_id", required=True),
        _enum("result", "pass fail na not_assessable", required=True),
        *_text("failure_mode"),
        _enum("error_class", "false_positive false_negative wrong_selection technical"),
        *_text("comment"),
    ),
    key=("assessment_id", "item_id"),
)

_RUBRIC_ITEMS = TableSpec(
    "rubric_items",
    "one item of one version of the rubric",
    (
        ColumnSpec("rubric_version", required=True),
        _id("item_id", required=True),
        _enum("severity", "critical major minor", required=True),
        *_text("pillar"),
        ColumnSpec("weight", "float", low=0),
        *_text("description"),
    ),
    key=("rubric_version", "item_id"),
)

_CALIBRATION_RATINGS = TableSpec(
    "calibration_ratings",
    "one rater's rating of one unit on one item",
    (
        _id("unit_id", required=True),
        _id("rater_id", to="staff.actor_id", required=True),
        _id("item_id", required=True),
        ColumnSpec("rating", required=True),
        *_text("gold"),
    ),
    key=("unit_id", "rater_id", "item_id"),
)

_DISPUTES = TableSpec(
    "disputes",
    "one dispute of an assessment",
    (
        _id("dispute_id", required=True),
        _ASSESSMENT,
        _id("item_id"),
        _moment("raised_at"),
        _moment("resolved_at"),
        _enum("outcome", "upheld overturned partial"),
    ),
    key=("dispute_id",),
)

_ESCALATIONS = TableSpec(
    "escalations",
    "one escalation that is or may be reviewed",
    (
        _id("escalation_id", required=True),
        _moment("opened_at", required=True, recorded=True),
        *_text("title", "summary"),
        _enum("severity", "S1 S2 S3 S4"),
        *_text("failure_mode"),
        _moment("occurred_at"),
        _moment("detected_at", recorded=True),
        *_text("detected_by"),
        ColumnSpec("designated_rca", "boolean"),
        _enum("harm", "none potential actual"),
        _enum("privilege", "none acp work_product"),
        *_text("status"),
        _moment("closed_at", recorded=True),
    ),
    key=("escalation_id",),
)

_ESCALATION_REQUESTS = TableSpec(
    "escalation_requests",
    "one request that an escalation is about",
    (_ESCALATION, _REQUEST, _enum("role", "index sibling control", default="index")),
    key=("escalation_id", "request_id"),
)

_CHANGES = TableSpec(
    "changes",
    "one change to how the work is done",
    (
        _id("change_id", required=True),
        _moment("effective_from", required=True),
        _enum("kind", "policy workflow rubric tool template routing staffing vendor legal product", required=True),
        *_text("component", "description"),
        _moment("effective_to"),
        *_text("segment", "owner_team"),
    ),
    key=("change_id",),
)

_EVIDENCE = TableSpec(
    "evidence",
    "one piece of evidence on an escalation",
    (
        _id("evidence_id", required=True),
        _ESCALATION,
        _enum("kind", "interview chat ticket log email document screenshot_ref metric", required=True),
        _moment("collected_at"),
        *_text("source_role", "text", "locator", "sha256", "sensitivity"),
        _enum("reliability", "A B C D E F"),
        _enum("credibility", "1 2 3 4 5 6"),
    ),
    key=("evidence_id",),
)

_CODINGS = TableSpec(
    "codings",
    "one code that a coder gave to a piece of evidence",
    (
        _id("evidence_id", to="evidence.evidence_id", required=True, binding=True),
        _id("code_id", to="codebook.code_id", required=True),
        _id("coder_id", required=True),
        ColumnSpec("span_start", "integer", low=0),
        ColumnSpec("span_end", "integer", low=0),
    ),
    key=("evidence_id", "code_id", "coder_id", "span_start", "span_end"),
)

_CODEBOOK = TableSpec(
    "codebook",
    "one code of the codebook",
    (
        _id("code_id", required=True),
        _id("parent", to="codebook.code_id"),
        *_text("definition", "include", "exclude"),
        _enum("level", "sharp_end supervision process policy tool product organisation external"),
    ),
    key=("code_id",),
)

_ACTIONS = TableSpec(
    "actions",
    "one corrective action",
    (
        _id("action_id", required=True),
        _id("escalation_id", to="escalations.escalation_id"),
        _id("cause_id"),
        ColumnSpec("description", required=True),
        _enum("domain", "policy process system product"),
        _enum("strength", "stronger intermediate weaker"),
        *_text("owner_role"),
        _moment("due_at"),
        *_text("status"),
        _moment("done_at"),
        *_text("metric"),
        ColumnSpec("baseline", "float"),
        ColumnSpec("target", "float"),
    ),
    key=("action_id",),
)

_SLA_POLICIES = TableSpec(
    "sla_policies",
    "one target for how soon a type of request is answered",
    (
        ColumnSpec("process_type", required=True),
        _enum("urgency", "routine expedited emergency"),
        ColumnSpec("target_hours", "float", above=0),
        ColumnSpec("target_working_days", "float", above=0),
        _moment("effective_from"),
        _moment("effective_to"),
    ),
    key=("process_type", "urgency", "effective_from"),
    one_of=(("target_hours", "target_working_days"),),
)

_FEEDBACK = TableSpec(
    "feedback",
    "one message of feedback to a role",
    (
        _id("feedback_id", required=True),
        *_text("to_role"),
        _enum("kind", "reinforce correct system_fix_notice"),
        _moment("given_at"),
        _moment("acknowledged_at"),
        _id("escalation_id", to="escalations.escalation_id"),
        _id("assessment_id", to="assessments.assessment_id"),
        *_text("outcome"),
    ),
    key=("feedback_id",),
)

TABLES: dict[str, TableSpec] = {
    table.name: table
    for table in (
        _REQUESTS,
        _EVENTS,
        _STAFF,
        _ASSESSMENTS,
        _ASSESSMENT_ITEMS,
        _RUBRIC_ITEMS,
        _CALIBRATION_RATINGS,
        _DISPUTES,
        _ESCALATIONS,
        _ESCALATION_REQUESTS,
        _CHANGES,
        _EVIDENCE,
        _CODINGS,
        _CODEBOOK,
        _ACTIONS,
        _SLA_POLICIES,
        _FEEDBACK,
    )
}
"""Every table by name. A table's references only point to tables that it can be checked after."""


def documentation_rows() -> Iterator[dict[str, str]]:
    """Give the contract as rows for a table in the documentation.

    Yields
    ------
    dict
        ``table``, ``column``, ``kind``, ``required``, ``rule`` and ``names`` (the row of another table that it names).

    Examples
    --------
    >>> next(documentation_rows())["rule"]
    'request_id is an opaque text that names one thing'
    """
    for table in TABLES.values():
        for column in table.columns:
            reference = column.reference
            yield {
                "table": table.name,
                "column": column.name,
                "kind": column.kind,
                "required": "yes" if column.required else "",
                "rule": column.rule,
                "names": f"{reference.table}.{reference.column}" if reference else "",
            }
