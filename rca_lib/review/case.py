"""The Case: everything known about one escalation as of one moment, and the verbs that ask about it."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from copy import copy
from functools import cached_property, wraps
from pathlib import Path
from typing import Concatenate, ParamSpec

import pandas as pd

from rca_lib.analysis.extent import PERIODS
from rca_lib.data.as_of import read_as_of
from rca_lib.data.source import Source, open_source
from rca_lib.errors import UsageError
from rca_lib.review.blocks import Blocks
from rca_lib.review.casefile.place import find_case_file
from rca_lib.review.claims import Claim
from rca_lib.review.facts import CaseFacts
from rca_lib.review.sealed import seal
from rca_lib.review.sections import (
    actions,
    audit,
    changed,
    controls,
    core,
    dates,
    extent,
    flow,
    found,
    happened,
    how_sure,
    interrupted,
    learned,
    limits,
    method,
    mix,
    ruled_out,
    said,
    segments_combined,
    signals,
    since_when,
    stated,
    suggested,
    together,
    turnaround,
    why,
)
from rca_lib.review.standing import Reason, file_remarks, reasons_against_approval, state_of

__all__ = ["EVIDENCE_SECTIONS", "Case", "open_case"]

EVIDENCE_SECTIONS: dict[str, str] = {
    "happened": "timeline",
    "extent": "extent",
    "signals": "signals",
    "since_when": "since_when",
    "changed": "changes",
    "interrupted": "interrupted_series",
    "mix": "mix",
    "combinations": "combinations",
    "why": "causes",
    "how_sure": "how_sure",
    "flow": "flow",
    "turnaround": "turnaround",
    "controls": "controls",
}
"""Sections whose claims a case file may point to, and the verb that states them. What rests on judgement is not among them."""


_JUDGED = (
    "written_case_file",
    "case_file",
    "judgement",
    "cause_table",
    "codings",
    "accepted_codes",
    "reasons",
    "barred_parts",
    "state",
)
_COUNTED = frozenset(EVIDENCE_SECTIONS.values()) - {"causes", "how_sure", "controls"}
"""What rests on the case file, and verbs that do not."""

_SAID = (
    "core_message",
    *EVIDENCE_SECTIONS.values(),
    "case_dates",
    "said",
    "ruled_out",
    "cause_chart",
    "triangulation",
    "learned",
    "actions",
    "limits",
)
"""Verbs that a self-audit reads."""

_RESTS_ON: dict[str, frozenset[str]] = {
    "case_dates": frozenset({"timeline"}),
    "ruled_out": frozenset({"hypotheses"}),
    "cause_chart": frozenset({"causes", "chart", "factors", "scope", "no_cause"}),
    "triangulation": frozenset({"causes"}),
    "learned": frozenset({"went_well", "luck", "containment", "consulted", "reviewers"}),
}
"""Parts of the case file whose sentences a verb tells: with one that the wording check objects to, analysts alone see it."""

P = ParamSpec("P")


def _asked(verb: Callable[Concatenate[Case, P], Blocks]) -> Callable[Concatenate[Case, P], Blocks]:
    """Keep what a verb answered to the plain question, so that asking again, or looking up a claim, costs nothing."""

    @wraps(verb)
    def ask(case: Case, /, *args: P.args, **options: P.kwargs) -> Blocks:
        name = verb.__name__
        if not args and not options and name in case.answers:
            return case.answers[name]
        answer = verb(case, *args, **options)
        if case.barred_parts & _RESTS_ON.get(name, frozenset()):
            answer = answer.for_analysts_alone()
        answer = seal(answer, case.under_order)
        if not args and not options:
            case.answers[name] = answer
        return answer

    return ask


class Case(CaseFacts):
    """One escalation as of one moment, with the comparison requests that did not fail.

    Each verb answers one question and returns `Blocks`, which show themselves in JupyterLab. The verbs, in this order, are the
    notebook ``case_review``.

    Attributes
    ----------
    id : the escalation's id.
    as_of : the moment (UTC) after which nothing is used.
    tables : the valid tables as they stood at ``as_of``, by name.
    escalation : the escalation's own row, missing values as ``None``.
    source : where the tables came from, its settings and its problems.
    """

    def reread(self, cases: str | Path | None = None) -> Case:
        """Return the same case with its case file as it stands now; what rests on no judgement is not worked out again."""
        again = copy(self)
        again.case_path = find_case_file(self.source.path, self.id, cases)
        for name in _JUDGED:
            again.__dict__.pop(name, None)
        again.answers = {verb: answer for verb, answer in self.answers.items() if verb in _COUNTED}
        # Read now: the file may change again before the first question.
        _ = again.written_case_file
        return again

    @cached_property
    def reasons(self) -> tuple[Reason, ...]:
        """What stands against approving this case; empty where nothing does."""
        return reasons_against_approval(self)

    @cached_property
    def barred_parts(self) -> frozenset[str]:
        """Parts of the case file that hold a sentence to which the wording check objects: analysts alone see them."""
        file = self.case_file
        remarks = () if file is None else file_remarks(file, self.staff_names)
        return frozenset(re.split(r"[.\[]", key)[0] for key, _ in remarks)

    @cached_property
    def state(self) -> str:
        """``draft``, ``reviewed`` or ``approved``."""
        return state_of(self)

    def claim(self, name: str) -> Claim | None:
        """Return a claim by its id, asking the verb that states it; ``None`` where none does."""
        verb = EVIDENCE_SECTIONS.get(name.partition(".")[0])
        if verb is None:
            return None
        return next((claim for claim in getattr(self, verb)().claims if claim.id == name), None)

    def said_in_all(self) -> tuple[Claim, ...]:
        """Return every claim that the review makes before it looks at itself."""
        return tuple(claim for verb in _SAID for claim in getattr(self, verb)().claims)

    # The verbs, in the order of the notebook.

    @_asked
    def core_message(self) -> Blocks:
        """Say what happened, how far it reached, why, what is done and what is not known, in five sentences.

        >>> case.core_message()  # doctest: +SKIP
        """
        return core.core_message(self)

    @_asked
    def timeline(self) -> Blocks:
        """Show how the request went, step by step, against what is usual for comparable requests.

        >>> case.timeline()  # doctest: +SKIP
        """
        return happened.timeline(self)

    @_asked
    def case_dates(self) -> Blocks:
        """Show changes, the failure, its discovery and the response on one axis, with what the analyst corrected.

        >>> case.case_dates()  # doctest: +SKIP
        """
        return dates.case_dates(self)

    @_asked
    def extent(self, by: str | Sequence[str] | None = None, period: int | None = None) -> Blocks:
        """Show how far the failure reaches: its rate over time, the population at risk, and where it concentrates.

        Parameters
        ----------
        by : one request column, or several, to look for concentration in; all known dimensions by default.
        period : weeks per point, 1, 2, 4 or 13, to overrule the length that the data suggest.

        >>> case.extent(by="team_id")  # doctest: +SKIP
        """
        if period is not None and period not in PERIODS:
            raise UsageError(f"extent: a period of {period} weeks cannot be drawn; give 1, 2, 4 or 13.")
        return extent.extent(self, by=self._chosen("extent", by), period=period)

    @_asked
    def signals(self, chart: str | None = None, rebase_at: str | None = None, by: str | None = None) -> Blocks:
        """Show the control chart that fits the data, what it signals, and how often it would by chance.

        Parameters
        ----------
        chart : overrules the choice, for example ``"run"``, ``"p'"``, ``"u"``, ``"g"`` or ``"t"``.
        rebase_at : an ISO date or the id of a change, from which on limits are set anew.
        by : a request column whose values are compared on a funnel plot.

        >>> case.signals(chart="run")  # doctest: +SKIP
        """
        self._chosen("signals", by)
        return signals.signals(self, chart=chart, rebase_at=rebase_at, by=by)

    @_asked
    def since_when(self) -> Blocks:
        """Date every change of the failure rate, each with an interval, and show which entries of the log lie within.

        >>> case.since_when()  # doctest: +SKIP
        """
        return since_when.since_when(self)

    @_asked
    def changes(self, window_days: int = 56) -> Blocks:
        """Show the entries of the change log near the onset, with the rate ``window_days`` before and after each.

        >>> case.changes(window_days=28)  # doctest: +SKIP
        """
        if not isinstance(window_days, int) or window_days < 1:
            raise UsageError(
                f"changes: window_days is {window_days}; give the number of days before and after, such as 56."
            )
        return changed.changes(self, window_days=window_days)

    @_asked
    def interrupted_series(self, change_id: str | None = None, segment: str | None = None) -> Blocks:
        """Estimate what a change did to the rate, with placebo dates; ``segment`` says what it reached if the log does not.

        >>> case.interrupted_series("CHG-134")  # doctest: +SKIP
        """
        return interrupted.interrupted_series(self, change_id=change_id, segment=segment)

    @_asked
    def mix(self, by: str | Sequence[str] | None = None) -> Blocks:
        """Split the change of the rate into a different mix of requests and different rates within groups.

        Parameters
        ----------
        by : the request columns along which the mix is compared; all known dimensions by default.

        >>> case.mix(by=["process_type", "language"])  # doctest: +SKIP
        """
        return mix.mix(self, by=self._chosen("mix", by))

    @_asked
    def combinations(self, by: str | Sequence[str] | None = None, order: int = 2) -> Blocks:
        """Show which combination of values of two or three columns holds the rise beyond its parts.

        Parameters
        ----------
        by : the request columns to combine; all known dimensions by default.
        order : how many values a combination may have, 2 or 3.

        >>> case.combinations(by=["team_id", "channel"])  # doctest: +SKIP
        """
        if order not in (2, 3):
            raise UsageError(f"combinations: an order of {order} cannot be searched; give 2 or 3.")
        return segments_combined.combinations(self, by=self._chosen("combinations", by), order=order)

    @_asked
    def causes(self, by: str | Sequence[str] | None = None) -> Blocks:
        """Rank candidate causes by the evidence, each with its adjusted effect, its interval and its grade.

        Parameters
        ----------
        by : one request column, or several, to look in; all known dimensions by default.

        >>> case.causes(by=["tool_version", "team_id"])  # doctest: +SKIP
        """
        return why.causes(self, by=self._chosen("causes", by))

    @_asked
    def how_sure(self, rank: int | None = None) -> Blocks:
        """Put one candidate to the five tests: chance, what would explain it away, one specialist less, placebos.

        Parameters
        ----------
        rank : the candidate's rank in `causes`; the first by default.

        >>> case.how_sure(rank=2)  # doctest: +SKIP
        """
        return how_sure.how_sure(self, rank=rank)

    @_asked
    def flow(self) -> Blocks:
        """Show which steps were left out, repeated or out of turn, which go with the failure, and where time goes.

        >>> case.flow()  # doctest: +SKIP
        """
        return flow.flow(self)

    @_asked
    def turnaround(self, by: str | None = None) -> Blocks:
        """Show how long requests take, paused time taken out and open ones counted, and who met the deadline.

        Parameters
        ----------
        by : a request column whose values are compared; before and after the onset otherwise.

        >>> case.turnaround(by="process_type")  # doctest: +SKIP
        """
        if isinstance(by, list | tuple):
            raise UsageError("turnaround: by names one request column; call it again for another.")
        self._chosen("turnaround", by)
        return turnaround.turnaround(self, by=by)

    @_asked
    def controls(self) -> Blocks:
        """Show which controls of the pipeline were on record, skipped or let it through.

        >>> case.controls()  # doctest: +SKIP
        """
        return controls.controls(self)

    @_asked
    def said(self, by: str = "kind") -> Blocks:
        """Show what people and records said: the codes by segment with quotations, how far coders agree, and saturation.

        Parameters
        ----------
        by : the segment to count by: ``kind``, ``source_role`` or ``reliability``.

        >>> case.said(by="source_role")  # doctest: +SKIP
        """
        return said.said(self, by=by)

    @_asked
    def suggested_codes(self) -> Blocks:
        """Suggest codes for what no coder has coded, each with its score; a person accepts or refuses them in the case file.

        >>> case.suggested_codes()  # doctest: +SKIP
        """
        return suggested.suggested_codes(self)

    def find(self, query: str) -> Blocks:
        """Search the evidence of the case; words in quotation marks must stand together.

        Parameters
        ----------
        query : words to look for.

        >>> case.find("time zone")  # doctest: +SKIP
        """
        return found.find(self, query)

    @_asked
    def ruled_out(self) -> Blocks:
        """Show which explanations were set against one another, what tells them apart, and why rivals were rejected.

        >>> case.ruled_out()  # doctest: +SKIP
        """
        return ruled_out.ruled_out(self)

    @_asked
    def cause_chart(self) -> Blocks:
        """Say the cause as a person states it, with the chart that leads from the event to it, factors and open questions.

        >>> case.cause_chart()  # doctest: +SKIP
        """
        return stated.cause_chart(self)

    @_asked
    def triangulation(self) -> Blocks:
        """Set counts and evidence side by side for each stated cause: where they meet, and where they disagree.

        >>> case.triangulation()  # doctest: +SKIP
        """
        return together.triangulation(self)

    @_asked
    def learned(self) -> Blocks:
        """Say what went well, where luck helped, what was contained at once and who was asked.

        >>> case.learned()  # doctest: +SKIP
        """
        return learned.learned(self)

    @_asked
    def actions(self) -> Blocks:
        """List the actions on record with owner role, date and strength, and the decisions that they leave open.

        >>> case.actions()  # doctest: +SKIP
        """
        return actions.actions(self)

    @_asked
    def limits(self) -> Blocks:
        """Say what bounds this review: data set aside, immature weeks, tables that were not supplied.

        >>> case.limits()  # doctest: +SKIP
        """
        return limits.limits(self)

    @_asked
    def audit(self) -> Blocks:
        """Answer twenty questions about the review itself, and say what stands before its approval.

        >>> case.audit()  # doctest: +SKIP
        """
        return audit.audit(self)

    @_asked
    def method(self) -> Blocks:
        """Say how each number was made, for readers who ask.

        >>> case.method()  # doctest: +SKIP
        """
        return method.method(self)


def open_case(
    escalation_id: str,
    source: str | Path | Source = "examples/lert",
    as_of: str | None = None,
    cases: str | Path | None = None,
) -> Case:
    """Open one escalation.

    Parameters
    ----------
    escalation_id : an id of the escalations table.
    source : a source folder (a relative path is looked for here and in the folders above), or an opened source.
    as_of : ISO date or moment (UTC); nothing recorded later is used. By default, the newest moment that the source records.
    cases : the folder of case files; ``cases`` in the source by default.

    Raises
    ------
    UsageError : for an unknown id (with the nearest ones), a date that is not one, or an escalation opened after ``as_of``.
    SourceError : when the source cannot be read.
    CaseFileError : when the case file of this escalation holds a mistake.

    Examples
    --------
    >>> case = open_case("ESC-0042", source="examples/lert")  # doctest: +SKIP
    >>> case.timeline()  # doctest: +SKIP
    """
    opened = source if isinstance(source, Source) else open_source(source)
    moment = opened.latest_moment() if as_of is None else pd.Timestamp(read_as_of(as_of))
    if moment is None:
        raise UsageError(f"{opened.name} records no moment to look from; give as_of, such as 2025-03-31.")
    case = Case(opened, escalation_id, moment, cases)
    # A mistake in the case file is told at once, not at the first question that meets it.
    _ = case.written_case_file
    return case
