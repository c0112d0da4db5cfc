"""The Case: everything known about one escalation as of one moment, and the verbs that ask about it."""

from __future__ import annotations

import difflib
from collections.abc import Sequence
from dataclasses import replace
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pandas as pd

from rca_lib.analysis.causes import CauseTable, candidate_causes
from rca_lib.analysis.change_points import onset_for
from rca_lib.analysis.controls import ControlStates, control_states
from rca_lib.analysis.dimensions import dimensions, segment_frame
from rca_lib.analysis.extent import (
    PERIODS,
    Contrast,
    RateSeries,
    SameFailure,
    Verdict,
    before_after,
    concentration,
    rate_series,
    same_failure,
    verdict,
)
from rca_lib.analysis.outcome import Outcome, outcome_of
from rca_lib.analysis.timeline import comparable_requests, step_durations
from rca_lib.data.as_of import read_as_of, tables_as_of
from rca_lib.data.source import Source, open_source
from rca_lib.data.taxonomy import FAILURE_MODES
from rca_lib.errors import UsageError
from rca_lib.review.blocks import Blocks
from rca_lib.review.sections import (
    actions,
    changed,
    controls,
    core,
    extent,
    flow,
    happened,
    how_sure,
    interrupted,
    limits,
    method,
    mix,
    segments_combined,
    signals,
    since_when,
    turnaround,
    why,
)

if TYPE_CHECKING:
    from rca_lib.analysis.onset import Onset

__all__ = ["Case", "open_case"]


class Case:
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

    def __init__(self, source: Source, escalation_id: str, as_of: pd.Timestamp) -> None:
        self.id = escalation_id
        self.as_of = as_of
        self.source = source
        self.tables = tables_as_of(source.tables, as_of)
        self.escalation = self._row(source)

    def __repr__(self) -> str:
        return f"<Case {self.id} as of {self.as_of:%Y-%m-%d}: {self.escalation.get('title') or self.failure_mode}>"

    def _row(self, source: Source) -> dict[str, Any]:
        listed = self.tables.get("escalations", pd.DataFrame({"escalation_id": []}))
        rows = listed[listed["escalation_id"] == self.id]
        if rows.empty:
            everything = source.tables.get("escalations", listed)["escalation_id"].astype(str).tolist()
            if self.id in everything:
                raise UsageError(f"{self.id} was opened after {self.as_of:%Y-%m-%d}; give a later --as-of.")
            close = difflib.get_close_matches(self.id, everything, n=3, cutoff=0.0)
            raise UsageError(
                f"There is no escalation {self.id} in {source.name}; the nearest are: {', '.join(close) or 'none'}."
            )
        row = rows.iloc[0]
        return {str(key): None if pd.isna(value) else value for key, value in row.items()}

    # What the verbs share. Each is worked out once a case.

    @property
    def failure_mode(self) -> str:
        """The code of the failure mode, or the name of an outcome of the source."""
        return str(self.escalation.get("failure_mode") or "")

    @property
    def failure_label(self) -> str:
        """The failure mode in words."""
        mode = FAILURE_MODES.get(self.failure_mode)
        return mode.label if mode else self.failure_mode.replace("_", " ").capitalize() or "Not recorded"

    @cached_property
    def occurred_at(self) -> pd.Timestamp:
        """When it happened: as recorded, else when it was detected or opened."""
        for key in ("occurred_at", "detected_at", "opened_at"):
            if self.escalation.get(key) is not None:
                return pd.Timestamp(self.escalation[key])
        return self.as_of

    def requests_in(self, *roles: str) -> tuple[str, ...]:
        """Ids of the requests that the escalation names, in the given roles, ``index`` or ``sibling``."""
        links = self.tables.get("escalation_requests")
        if links is None:
            return ()
        mine = links[(links["escalation_id"] == self.id) & links["role"].fillna("index").isin(roles)]
        requests = self.tables.get("requests")
        if requests is not None:
            # The first is told step by step, so which one that is must not hang on the order of a file.
            mine = mine.merge(
                requests[["request_id", "received_at"]].drop_duplicates("request_id"), "left", "request_id"
            )
            mine = mine.sort_values(["received_at", "request_id"], kind="stable")
        return tuple(mine["request_id"].astype(str).drop_duplicates())

    @cached_property
    def index_ids(self) -> tuple[str, ...]:
        """The requests that the escalation is about."""
        return self.requests_in("index")

    @cached_property
    def named_failed(self) -> bool | None:
        """Whether a request that the escalation names failed in this way; ``None`` where that is not known."""
        if not self.outcome.ok or not self.index_ids:
            return None
        frame = self.outcome.frame if self.outcome.all_arms is None else self.outcome.all_arms
        mine = frame[frame["request_id"].isin(self.index_ids)]
        return None if mine.empty else bool(mine["failed"].any())

    @cached_property
    def named_problem(self) -> str:
        """Why nothing can be said of the request that the escalation names, in a sentence; else an empty text."""
        if self.requests is None:
            return ""
        if not self.index_ids:
            return "The escalation names no request that can be used, so its own request is not looked at."
        known = self.requests["request_id"].isin(self.index_ids).any()
        return (
            ""
            if known
            else "The request that the escalation names is not among the usable rows, so it is not looked at."
        )

    @cached_property
    def requests(self) -> pd.DataFrame | None:
        """The requests, with the site and tenure band of who held them where staff were supplied; or ``None``."""
        return segment_frame(self.tables, self.source.config) if "requests" in self.tables else None

    @cached_property
    def outcome(self) -> Outcome:
        """Which requests could have failed in this way, and which did."""
        found = outcome_of(
            self.tables,
            self.failure_mode,
            as_of=self.as_of,
            config=self.source.config,
            outcomes=self.source.outcomes_as_of(self.as_of),
        )
        if found.ok and not found.frame["mature"].any():
            return replace(
                found,
                ok=False,
                frame=found.frame.iloc[:0],
                reason="Every request is too recent for its outcome to be known.",
                would_allow="Looking again later, or requests from longer ago, would allow it.",
            )
        return found

    @cached_property
    def dimensions(self) -> list[str]:
        """The request columns that causes are looked for in; never a person."""
        return list(dimensions(self.tables, self.source.config).columns)

    @cached_property
    def onset(self) -> Onset | None:
        """When the failure rate rose to the level that still held when it occurred, or ``None`` when no rise stands out."""
        if not self.outcome.ok:
            return None
        known = pd.Timestamp(self.escalation.get("detected_at") or self.occurred_at)
        return onset_for(self.outcome, occurred_at=self.occurred_at, known=known)

    @cached_property
    def series(self) -> RateSeries | None:
        """The failure rate over time with its limits."""
        return self.rate_series() if self.outcome.ok else None

    def rate_series(self, period: int | None = None) -> RateSeries:
        """The failure rate by periods of so many weeks; the data choose when ``period`` is ``None``."""
        until = self.onset.low if self.onset is not None else None
        return rate_series(self.outcome, period=period, baseline_until=until)

    @cached_property
    def contrast(self) -> Contrast | None:
        """The rate before and after the onset, or ``None`` without an onset."""
        return before_after(self.outcome, self.onset.when) if self.onset is not None else None

    def concentration(self, by: Sequence[str]) -> pd.DataFrame:
        """The failure rate in each segment of the columns given against all others, since the onset where there is one."""
        assert self.requests is not None
        since = self.onset.when if self.onset is not None else None
        return concentration(self.outcome, self.requests, by, since=since)

    @cached_property
    def segments(self) -> pd.DataFrame:
        """The failure rate in each segment of every known dimension."""
        return self.concentration(self.dimensions)

    @cached_property
    def same_failure(self) -> SameFailure:
        """How many requests show the same failure, since the onset where there is one."""
        return same_failure(self.outcome, since=self.onset.when if self.onset is not None else None)

    @cached_property
    def verdict(self) -> Verdict:
        """Whether the failure is isolated or systemic."""
        assert self.series is not None
        return verdict(self.series, self.onset, self.contrast, self.segments)

    @cached_property
    def comparison(self) -> tuple[tuple[str, ...], str]:
        """Ids of comparable requests that did not fail, and how they were chosen."""
        if self.requests is None:
            return (), ""
        failed = self.outcome.frame.loc[self.outcome.frame["failed"], "request_id"] if self.outcome.ok else []
        ids, note = comparable_requests(self.requests, self.index_ids, tuple(failed))
        return tuple(ids), note

    @cached_property
    def durations(self) -> pd.DataFrame | None:
        """How long each step of each request took, or ``None`` without workflow events."""
        events = self.tables.get("events")
        if events is None or events.empty:
            return None
        return step_durations(events, as_of=self.as_of, requests=self.tables.get("requests"))

    @cached_property
    def cause_table(self) -> CauseTable | None:
        """Candidate causes over every known dimension, or ``None`` without requests."""
        return self.find_causes(self.dimensions)

    def find_causes(self, by: Sequence[str]) -> CauseTable | None:
        """Candidate causes over the dimensions given."""
        if self.requests is None:
            return None
        return candidate_causes(
            self.outcome,
            self.requests,
            by,
            onset=self.onset,
            changes=self.tables.get("changes"),
            staff=self.tables.get("staff"),
            around=self.occurred_at,
            request_ids=self.index_ids,
            events=self.tables.get("events"),
            as_of=self.as_of,
        )

    @cached_property
    def control_states(self) -> ControlStates:
        """What became of each control of the pipeline for the requests of the escalation."""
        return control_states(
            self.tables.get("events"),
            self.index_ids,
            self.comparison[0],
            self.failure_mode,
            near_miss=self.escalation.get("severity") == "S4",
            as_of=self.as_of,
        )

    def _chosen(self, verb: str, by: str | Sequence[str] | None) -> list[str] | None:
        """Check the columns that a question names: a mistyped one would find nothing, and no rate is by person."""
        if by is not None and not all(isinstance(one, str) for one in (by if isinstance(by, list | tuple) else [by])):
            raise UsageError(f"{verb}: by is {by!r}; give the name of a request column, or a list of names.")
        names = [by] if isinstance(by, str) else list(by or ())
        for name in names:
            if self.requests is not None and name not in self.dimensions:
                close = difflib.get_close_matches(name, self.dimensions, n=1, cutoff=0.5)
                meant = f"did you mean “{close[0]}”? " if close else ""
                raise UsageError(
                    f"{verb}: “{name}” is not a column to look in; {meant}there are: {', '.join(self.dimensions)}."
                )
        return names or None

    # The verbs, in the order of the notebook.

    def core_message(self) -> Blocks:
        """Say what happened, how far it reached, why, what is done and what is not known, in five sentences.

        >>> case.core_message()  # doctest: +SKIP
        """
        return core.core_message(self)

    def timeline(self) -> Blocks:
        """Show how the request went, step by step, against what is usual for comparable requests.

        >>> case.timeline()  # doctest: +SKIP
        """
        return happened.timeline(self)

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

    def since_when(self) -> Blocks:
        """Date every change of the failure rate, each with an interval, and show which entries of the log lie within.

        >>> case.since_when()  # doctest: +SKIP
        """
        return since_when.since_when(self)

    def changes(self, window_days: int = 56) -> Blocks:
        """Show the entries of the change log near the onset, with the rate ``window_days`` before and after each.

        >>> case.changes(window_days=28)  # doctest: +SKIP
        """
        if not isinstance(window_days, int) or window_days < 1:
            raise UsageError(
                f"changes: window_days is {window_days}; give the number of days before and after, such as 56."
            )
        return changed.changes(self, window_days=window_days)

    def interrupted_series(self, change_id: str | None = None, segment: str | None = None) -> Blocks:
        """Estimate what a change did to the rate, with placebo dates; ``segment`` says what it reached if the log does not.

        >>> case.interrupted_series("CHG-134")  # doctest: +SKIP
        """
        return interrupted.interrupted_series(self, change_id=change_id, segment=segment)

    def mix(self, by: str | Sequence[str] | None = None) -> Blocks:
        """Split the change of the rate into a different mix of requests and different rates within groups.

        Parameters
        ----------
        by : the request columns along which the mix is compared; all known dimensions by default.

        >>> case.mix(by=["process_type", "language"])  # doctest: +SKIP
        """
        return mix.mix(self, by=self._chosen("mix", by))

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

    def causes(self, by: str | Sequence[str] | None = None) -> Blocks:
        """Rank candidate causes by the evidence, each with its adjusted effect, its interval and its grade.

        Parameters
        ----------
        by : one request column, or several, to look in; all known dimensions by default.

        >>> case.causes(by=["tool_version", "team_id"])  # doctest: +SKIP
        """
        return why.causes(self, by=self._chosen("causes", by))

    def how_sure(self, rank: int | None = None) -> Blocks:
        """Put one candidate to the five tests: chance, what would explain it away, one specialist less, placebos.

        Parameters
        ----------
        rank : the candidate's rank in `causes`; the first by default.

        >>> case.how_sure(rank=2)  # doctest: +SKIP
        """
        return how_sure.how_sure(self, rank=rank)

    def flow(self) -> Blocks:
        """Show which steps were left out, repeated or out of turn, which go with the failure, and where time goes.

        >>> case.flow()  # doctest: +SKIP
        """
        return flow.flow(self)

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

    def controls(self) -> Blocks:
        """Show which controls of the pipeline were on record, skipped or let it through.

        >>> case.controls()  # doctest: +SKIP
        """
        return controls.controls(self)

    def actions(self) -> Blocks:
        """List the actions on record with owner role, date and strength, and the decisions that they leave open.

        >>> case.actions()  # doctest: +SKIP
        """
        return actions.actions(self)

    def limits(self) -> Blocks:
        """Say what bounds this review: data set aside, immature weeks, tables that were not supplied.

        >>> case.limits()  # doctest: +SKIP
        """
        return limits.limits(self)

    def method(self) -> Blocks:
        """Say how each number was made, for readers who ask.

        >>> case.method()  # doctest: +SKIP
        """
        return method.method(self)


def open_case(escalation_id: str, source: str | Path | Source = "examples/lert", as_of: str | None = None) -> Case:
    """Open one escalation.

    Parameters
    ----------
    escalation_id : an id of the escalations table.
    source : a source folder (a relative path is looked for here and in the folders above), or an opened source.
    as_of : ISO date or moment (UTC); nothing recorded later is used. By default, the newest moment that the source records.

    Raises
    ------
    UsageError : for an unknown id (with the nearest ones), a date that is not one, or an escalation opened after ``as_of``.
    SourceError : when the source cannot be read.

    Examples
    --------
    >>> case = open_case("ESC-0042", source="examples/lert")  # doctest: +SKIP
    >>> case.timeline()  # doctest: +SKIP
    """
    opened = source if isinstance(source, Source) else open_source(source)
    moment = opened.latest_moment() if as_of is None else pd.Timestamp(read_as_of(as_of))
    if moment is None:
        raise UsageError(f"{opened.name} records no moment to look from; give as_of, such as 2025-03-31.")
    return Case(opened, escalation_id, moment)
