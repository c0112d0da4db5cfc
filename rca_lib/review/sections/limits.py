"""Limits: what bounds this review, and what would widen it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from rca_lib.data.contract import TABLES
from rca_lib.review.blocks import Blocks, Column, Parts, Quote
from rca_lib.review.draft import SectionDraft
from rca_lib.review.format import format_value
from rca_lib.review.wording import counted, joined

if TYPE_CHECKING:
    from rca_lib.review.case import Case

__all__ = ["limits", "set_aside", "tables_missing"]

_ALLOWS: dict[str, str] = {
    "requests": "rates against the requests that did not fail",
    "events": "the timeline, what is usual at each step, and which controls were on record",
    "staff": "team, site and experience as dimensions to look in",
    "assessments": "failures found by quality assessment, and how common they are",
    "assessment_items": "which rubric item failed, and in what way",
    "rubric_items": "which items are critical",
    "escalations": "the account of the escalation",
    "escalation_requests": "the requests that the escalation is about",
    "changes": "changes set beside the rate before and after them",
    "evidence": "what people and systems said",
    "actions": "owner, date and strength of what is being done",
    "sla_policies": "deadlines where a request carries none",
    "disputes": "assessments that were contested",
    "calibration_ratings": "how far assessors agree",
    "codings": "what people said, counted by code",
    "codebook": "what each code means, and at which level it lies",
    "feedback": "whether those concerned heard how it ended",
}
"""What each table makes possible, for the sentence that says what is missing."""


def set_aside(case: Case) -> int:
    """Return how many rows the checks set aside."""
    return sum(case.source.set_aside.values())


def tables_missing(case: Case) -> list[str]:
    """Return the tables of the contract that would widen this review and were not supplied."""
    return [name for name in TABLES if name in _ALLOWS and name not in case.tables]


def limits(case: Case) -> Blocks:
    """Say what bounds this review. See `Case.limits`."""
    draft = SectionDraft("limits")
    paragraphs = [_about_data(case, draft), _about_time(case, draft), _about_outcome(case, draft)]
    draft.prose("summary", [paragraph for paragraph in paragraphs if paragraph])
    missing = tables_missing(case)
    draft.prose(
        "data",
        [
            [
                draft.say(
                    f"without_{name}",
                    f"{_named(name)} was not supplied; it would allow {_ALLOWS[name]}.",
                    value=name,
                )
            ]
            for name in missing
        ],
        style="list",
        title="Not supplied" if missing else None,
    )
    _table(case, draft)
    _record(case, draft, missing)
    return draft.build()


def _about_data(case: Case, draft: SectionDraft) -> list[str | Quote]:
    sentences: list[str | Quote] = []
    if case.source.config.simulated:
        sentences.append(
            draft.say(
                "simulated", "The data are simulated; no request, person or agency here is real.", value="simulated"
            )
        )
    count = set_aside(case)
    if count:
        tables = joined([name.replace("_", " ") for name, rows in sorted(case.source.set_aside.items()) if rows])
        sentences.append(
            draft.say(
                "set_aside",
                f"{counted(count, 'row')} broke a rule of the data contract and {'was' if count == 1 else 'were'} set aside ({tables}).",
                value=count,
                unit="rows",
                masked=f"A few rows broke a rule of the data contract and were set aside ({tables})."
                if case.small.few(count)
                else None,
            )
        )
    warned = sum(problem.severity == "warning" for problem in case.source.problems)
    if warned:
        sentences.append(
            draft.say(
                "warnings",
                f"{counted(warned, 'check')} of the data gave a warning; those rows are used.",
                value=warned,
                unit="checks",
            )
        )
    return sentences


def _about_time(case: Case, draft: SectionDraft) -> list[str | Quote]:
    sentences: list[str | Quote] = [
        draft.say(
            "as_of",
            f"Nothing recorded after {format_value(case.as_of, 'date')} is used.",
            value=f"{case.as_of:%Y-%m-%d}",
            unit="date",
        )
    ]
    if case.outcome.ok and case.series is not None:
        unfinished = int((~case.series.frame["mature"].astype(bool)).sum())
        if unfinished:
            sentences.append(
                draft.say(
                    "immature",
                    f"Of the rates by {case.series.period_label}, the newest {f'{unfinished} are' if unfinished > 1 else 'is'} "
                    "not yet complete and may still change.",
                    value=unfinished,
                    unit="periods",
                )
            )
    return sentences


def _about_outcome(case: Case, draft: SectionDraft) -> list[str | Quote]:
    if not case.outcome.ok:
        return [draft.say("outcome", f"{case.outcome.reason} {case.outcome.would_allow}".strip())]
    sentences: list[str | Quote] = [draft.say("basis", case.outcome.basis)]
    if case.outcome.sampled:
        sentences.append(
            draft.say(
                "sampled",
                "Only a random sample was assessed, so counts for all requests are estimates with an interval.",
            )
        )
    if case.outcome.would_allow:
        sentences.append(draft.say("better", case.outcome.would_allow))
    return sentences


def _table(case: Case, draft: SectionDraft) -> None:
    draft.table(
        "table",
        "What the checks of the data found",
        [
            Column(key="table", label="Table"),
            Column(key="column", label="Column"),
            Column(key="message", label="Found", sensitivity="case"),
            Column(key="rule", label="Rule"),
            Column(key="count", label="Rows", kind="count"),
            Column(key="what", label="Done"),
        ],
        [
            {
                "table": problem.table,
                "column": problem.column,
                "message": problem.message,
                "rule": problem.rule,
                "count": problem.count,
                "what": "set aside" if problem.severity == "error" else "kept",
                "part": "set aside" if problem.severity == "error" else None,
            }
            for problem in case.source.problems
        ],
        parts=Parts(totals={"count": set_aside(case)}, by="part"),
        sensitivity="operational",
    )


def _named(table: str) -> str:
    return f"The table “{table}”"


def _record(case: Case, draft: SectionDraft, missing: list[str]) -> None:
    found: list[dict[str, Any]] = [
        {"kind": "data", "text": problem.rule, "table": problem.table, "rows": problem.count}
        for problem in case.source.problems
    ]
    if case.outcome.sampled:
        found.append(
            {"kind": "method", "text": "Only a random sample was assessed; counts for all requests are estimates."}
        )
    if case.source.config.simulated:
        found.append({"kind": "scope", "text": "The data are simulated."})
    draft.record(
        limits=found,
        not_assessed=[
            {
                "section": "limits",
                "missing": f"{_named(name)} was not supplied.",
                "would_allow": f"It would allow {_ALLOWS[name]}.",
            }
            for name in missing
        ],
    )
