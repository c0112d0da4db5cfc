"""What is known of one escalation as of one moment: what the verbs of a case share, each worked out once."""

from __future__ import annotations

import difflib
import hashlib
from collections.abc import Sequence
from dataclasses import replace
from functools import cached_property
from typing import TYPE_CHECKING, Any

import pandas as pd

from rca_lib.analysis.causes import CauseTable, candidate_causes
from rca_lib.analysis.change_points import change_points, onset_for
from rca_lib.analysis.controls import ControlStates, control_states
from rca_lib.analysis.dimensions import dimensions, segment_frame
from rca_lib.analysis.disclosure import gives_away
from rca_lib.analysis.extent import (
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
from rca_lib.analysis.joined_periods import JoinedPeriods, joined_periods
from rca_lib.analysis.outcome import Outcome, outcome_of
from rca_lib.analysis.rate_change import last_quarter
from rca_lib.analysis.timeline import comparable_requests, step_durations
from rca_lib.data.as_of import tables_as_of
from rca_lib.data.source import Source
from rca_lib.data.taxonomy import FAILURE_MODES
from rca_lib.errors import UsageError
from rca_lib.review.casefile.model import CaseFile
from rca_lib.review.casefile.place import find_case_file
from rca_lib.review.casefile.reading import read_case_file
from rca_lib.review.judgement import Judgement, judge, judged_table
from rca_lib.review.small_counts import SmallCounts

if TYPE_CHECKING:
    from pathlib import Path

    from rca_lib.analysis.onset import Onset
    from rca_lib.review.blocks import Blocks

__all__ = ["NEWEST", "CaseFacts"]

NEWEST = 2
"""Finished periods that stand for now: one alone moves too much by chance."""


class CaseFacts:
    """One escalation as of one moment: its tables, its outcome, and what is worked out from them.

    Attributes
    ----------
    id : the escalation's id.
    as_of : the moment (UTC) after which nothing is used.
    tables : the valid tables as they stood at ``as_of``, by name.
    escalation : the escalation's own row, missing values as ``None``.
    source : where the tables came from, its settings and its problems.
    case_path : the case file, where there is one.
    answers : what each verb answered to the plain question, by its name.
    """

    def __init__(
        self, source: Source, escalation_id: str, as_of: pd.Timestamp, cases: str | Path | None = None
    ) -> None:
        self.id = escalation_id
        self.as_of = as_of
        self.source = source
        self.case_path = find_case_file(source.path, escalation_id, cases)
        self.answers: dict[str, Blocks] = {}
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

    @cached_property
    def written_case_file(self) -> CaseFile | None:
        """The case file as it stands, or ``None`` where there is none."""
        return read_case_file(self.case_path, case=self.id) if self.case_path is not None else None

    @cached_property
    def case_file(self) -> CaseFile | None:
        """The case file, unless it was written on later knowledge than this case has."""
        file = self.written_case_file
        return file if file is not None and file.as_of <= self.as_of.date() else None

    @property
    def case_file_digest(self) -> str | None:
        """SHA-256 of the case file that is used, or ``None`` without one."""
        if self.case_file is None or self.case_path is None:
            return None
        return hashlib.sha256(self.case_path.read_bytes()).hexdigest()

    @cached_property
    def judgement(self) -> Judgement | None:
        """The case file weighed against evidence and counts, or ``None`` without one."""
        if self.case_file is None:
            return None
        return judge(
            self.case_file,
            self.evidence,
            self.counted_causes,
            occurred_at=self.occurred_at,
            changes=self.tables.get("changes"),
        )

    @cached_property
    def staff_names(self) -> tuple[str, ...]:
        """Ids of the staff, which no sentence may hold."""
        staff = self.tables.get("staff")
        return () if staff is None else tuple(sorted(staff["actor_id"].dropna().astype(str)))

    @cached_property
    def identifiers_by_kind(self) -> dict[str, tuple[str, ...]]:
        """Identifiers of the records of this case, by what they stand for.

        ``request`` are those that the escalation names, ``agency`` and ``staff`` those of these requests, ``failed`` the
        others that failed alike, and ``sealed`` those of all these requests that are under a nondisclosure order.
        """
        named = set(self.index_ids) | set(self.requests_in("sibling", "control"))
        found: dict[str, set[str]] = {"request": set(named), "agency": set(), "staff": set()}
        if self.requests is not None:
            mine = self.requests[self.requests["request_id"].isin(named)]
            for column, kind in (("agency_id", "agency"), ("specialist_id", "staff"), ("reopened_from", "request")):
                found[kind] |= {str(value) for value in mine[column].dropna()}
        found["failed"] = (set(self.outcome.failed_ids) if self.outcome.ok else set()) - found["request"]
        found["sealed"] = (found["request"] | found["failed"]) & self.under_order
        found["request"] -= found["sealed"]
        found["failed"] -= found["sealed"]
        return {kind: tuple(sorted(names)) for kind, names in found.items()}

    @cached_property
    def under_order(self) -> frozenset[str]:
        """Ids of the requests under a nondisclosure order: that there is one is for counsel alone to know."""
        if self.requests is None or "ndo" not in self.requests:
            return frozenset()
        return frozenset(self.requests.loc[self.requests["ndo"].fillna(False).astype(bool), "request_id"].astype(str))

    @cached_property
    def told_ids(self) -> tuple[str, ...]:
        """The requests that the escalation is about and whose way is told: those under no nondisclosure order."""
        return tuple(name for name in self.index_ids if name not in self.under_order)

    @cached_property
    def request_days(self) -> tuple[str, ...]:
        """Days (ISO) that could point to a single request: those of the requests named, and when it happened and was found."""
        days = {
            pd.Timestamp(self.escalation[key]) for key in ("occurred_at", "detected_at") if self.escalation.get(key)
        }
        if self.requests is not None:
            mine = self.requests[self.requests["request_id"].isin({*self.index_ids, *self.requests_in("sibling")})]
            for column in ("received_at", "due_at", "closed_at", "ndo_expires_at"):
                if column in mine:
                    days |= set(pd.to_datetime(mine[column], utc=True).dropna())
        return tuple(sorted({f"{day:%Y-%m-%d}" for day in days}))

    @cached_property
    def identifiers(self) -> tuple[str, ...]:
        """Every identifier of a record that must not reach a reader who sees no single records."""
        return tuple(sorted({name for names in self.identifiers_by_kind.values() for name in names}))

    @cached_property
    def evidence(self) -> pd.DataFrame | None:
        """The escalation's evidence in the order collected, or ``None`` where none was supplied."""
        table = self.tables.get("evidence")
        if table is None:
            return None
        mine = table[table["escalation_id"] == self.id]
        return mine.sort_values(["collected_at", "evidence_id"], kind="stable", ignore_index=True)

    @cached_property
    def codings(self) -> pd.DataFrame | None:
        """The codings of the escalation's evidence, with those that the case file accepted; ``None`` where there are none."""
        table, evidence = self.tables.get("codings"), self.evidence
        if evidence is None or table is None:
            return None
        mine = table[table["evidence_id"].isin(evidence["evidence_id"])]
        accepted = self.accepted_codes
        return pd.concat([mine, accepted], ignore_index=True) if len(accepted) else mine.reset_index(drop=True)

    @cached_property
    def accepted_codes(self) -> pd.DataFrame:
        """Codes that the case file accepts, as codings of a coder of their own."""
        texts = (
            {} if self.evidence is None else dict(zip(self.evidence["evidence_id"], self.evidence["text"], strict=True))
        )
        rows = []
        for each in self.case_file.codings if self.case_file is not None else ():
            text = texts.get(each.evidence)
            if each.decision == "accept" and isinstance(text, str):
                start = text.find(each.phrase) if each.phrase else 0
                end = start + len(each.phrase or text)
                span = (start, end) if start >= 0 else (0, len(text))
                rows.append((each.evidence, each.code, "case file", *span))
        return pd.DataFrame(rows, columns=["evidence_id", "code_id", "coder_id", "span_start", "span_end"])

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
        return onset_for(self.outcome, occurred_at=self.occurred_at, known=known, points=self.rate_changes)

    @cached_property
    def rate_changes(self) -> tuple[Onset, ...]:
        """Every moment at which the failure rate changed, in order of time."""
        return change_points(self.outcome)

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
    def small(self) -> SmallCounts:
        """Which counts are small, and what readers from whom these are withheld know all the same."""
        limit = self.source.config.small_cell
        if not self.outcome.ok:
            return SmallCounts(limit)
        sides = [self.same_failure.rate, *([self.contrast.before] if self.contrast is not None else [])]
        wholes = [(side.n, side.k or 0.0) for side in sides if not gives_away(side.k, side.n, limit)]
        if len(wholes) == len(sides) > 1:
            wholes.append((sum(n for n, _ in wholes), sum(failed for _, failed in wholes)))
        return SmallCounts(limit, tuple(wholes))

    @cached_property
    def joined(self) -> JoinedPeriods:
        """The periods over which readers from whom small counts are withheld see the rate."""
        assert self.series is not None
        frame = self.series.frame
        finished = frame.loc[frame["mature"].astype(bool) & (frame["n"] > 0), "start"]
        wished = [
            *([] if self.onset is not None else [last_quarter(self.outcome)]),
            *(point.when for point in self.rate_changes),
            *finished.tail(NEWEST).head(1),
        ]
        return joined_periods(
            self.outcome,
            limit=self.source.config.small_cell,
            split=self.onset.when if self.onset is not None else None,
            wished=[moment for moment in wished if moment is not None],
            weeks=self.series.weeks,
        )

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
        """Candidate causes over every known dimension, with the grades that stand; ``None`` without requests."""
        return None if self.counted_causes is None else judged_table(self.counted_causes, self.judgement)

    def find_causes(self, by: Sequence[str]) -> CauseTable | None:
        """Candidate causes over the dimensions given, with the grades that stand."""
        found = self._search_causes(by)
        return None if found is None else judged_table(found, self.judgement)

    @cached_property
    def counted_causes(self) -> CauseTable | None:
        """Candidate causes over every known dimension as the counts alone grade them."""
        return self._search_causes(self.dimensions) if self.requests is not None else None

    def _search_causes(self, by: Sequence[str]) -> CauseTable | None:
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
            self.told_ids,
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
