"""Method: how each number was made, for readers who ask."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rca_lib.review.blocks import Blocks, Column, Quote
from rca_lib.review.draft import SectionDraft
from rca_lib.review.format import format_value
from rca_lib.review.wording import dimension_label, joined

if TYPE_CHECKING:
    from rca_lib.review.case import Case

__all__ = ["method"]


def method(case: Case) -> Blocks:
    """Say how each number was made. See `Case.method`."""
    draft = SectionDraft("method")
    sentences: list[str | Quote] = [
        "Every rate is set against the requests that could have failed and did not. Intervals are 95% intervals.",
        "Sections that could not be answered say so. Causes are ranked by what the data show and graded by fixed rules; a person "
        "states the cause.",
    ]
    draft.prose("summary", [sentences])
    draft.table(
        "table",
        "How each question was answered",
        [Column(key="question", label="Question"), Column(key="how", label="How")],
        [{"question": question, "how": how} for question, how in _rows(case)],
    )
    return draft.build()


def _rows(case: Case) -> list[tuple[str, str]]:
    rows: list[tuple[str, str]] = []
    if case.outcome.ok:
        rows.append(("What counts as the failure", case.outcome.basis))
    _, note = case.comparison
    if note:
        rows.append(("Which requests it is compared with", note))
    if case.series is not None:
        reason = f"Periods of {case.series.period_label}: {case.series.period_reason}."
        rows.append(("The rate over time", f"{case.series.method}. {reason}"))
    if case.onset is not None:
        rows.append(("Since when", f"{case.onset.method}; p = {format_value(case.onset.p_value, 'number')}."))
    if case.contrast is not None:
        rows.append(
            (
                "Before and after",
                f"Rates: {case.contrast.before.method}. Difference: {case.contrast.difference.method}.",
            )
        )
    if case.outcome.ok and case.dimensions:
        looked = joined([dimension_label(name).lower() for name in case.dimensions])
        rows.append(
            (
                "Where it concentrates",
                f"Each segment against all others, adjusted for everything searched. Looked in: {looked}.",
            )
        )
    table = case.cause_table
    if table is not None and table.ok:
        rows.append(("Why", table.method))
    return rows
