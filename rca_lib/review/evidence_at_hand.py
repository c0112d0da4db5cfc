"""What is known of an escalation before anyone has judged it: what a new case file is filled with."""

from __future__ import annotations

from datetime import date
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING

import pandas as pd

from rca_lib.analysis.cause_table import Candidate, CauseTable
from rca_lib.review.casefile.writing import Filled, scalar
from rca_lib.review.draft import records
from rca_lib.review.evidence import without_sealed
from rca_lib.review.sections.actions import case_actions
from rca_lib.review.sections.why import candidate_name
from rca_lib.review.standing import reads_now

if TYPE_CHECKING:
    from rca_lib.review.case import Case

__all__ = ["TELLING_CLAIMS", "evidence_at_hand"]

TELLING_CLAIMS = (
    "since_when.log",
    "changed.near_*",
    "interrupted.did_*",
    "mix.parts",
    "why.candidate_*",
    "how_sure.chance",
    "how_sure.without_one",
    "flow.deviation_*",
    "flow.own",
    "controls.state_*",
)
"""Claims that can tell explanations apart, in the order in which they are listed for rating."""

_CANDIDATES = 3
_SUGGESTIONS = 5
_NULLS = (
    (
        "The figures are what they are because the work is measured or looked at in another way, with the work itself unchanged",
        "measurement",
    ),
    ("The figures are what they are because another mix of requests came in, with the work on each unchanged", "mix"),
)


def evidence_at_hand(case: Case) -> Filled:
    """Gather evidence, claims, candidates, controls and actions for a case file; sealed evidence is left out."""
    return Filled(
        case=case.id,
        title=str(case.escalation.get("title") or case.failure_label),
        as_of=_weighed_until(case),
        hypotheses=_hypotheses(case),
        evidence=_evidence(case),
        claims=_claims(case),
        barriers=_barriers(case),
        actions=_actions(case),
        consulted=_consulted(case),
        codings=_codings(case),
    )


def _weighed_until(case: Case) -> date:
    """The day of the newest evidence, so that a signature of any later day can be for all of it."""
    evidence = case.evidence
    moments = [pd.Timestamp(case.escalation["opened_at"])]
    if evidence is not None:
        moments += list(without_sealed(evidence)["collected_at"].dropna())
    return min(max(moments), case.as_of).date()


def _hypotheses(case: Case) -> tuple[tuple[str, str], ...]:
    table = case.counted_causes
    phrase = case.outcome.phrase if case.outcome.ok else "failed in this way"
    found = []
    if table is not None and table.ok:
        leading = [each for each in table.candidates if each.stands_out] or list(table.candidates)
        kept = [each for each in leading if each.kind not in ("mix", "measurement")][:_CANDIDATES]
        for each in kept:
            name = candidate_name(each)
            found.append((f"More requests {phrase} because of {name[:1].lower()}{name[1:]}", _about(each)))
    return (*found, *((statement, _about_kind(kind, table)) for statement, kind in _NULLS))


def _about_kind(kind: str, table: CauseTable | None) -> str:
    """Tie an explanation without a cause in the work to the entry of the log that stands for it, where there is one."""
    entry = next((each for each in table.candidates if each.kind == kind and each.change_id), None) if table else None
    return _about(entry) if entry is not None else f"{{kind: {kind}}}"


def _about(candidate: Candidate) -> str:
    if candidate.change_id is not None:
        return f"{{change: {scalar(candidate.change_id)}}}"
    if candidate.segment:
        pairs = ", ".join(f"{key}: {scalar(value)}" for key, value in candidate.segment.items())
        return f"{{segment: {{{pairs}}}}}"
    return f"{{kind: {candidate.kind}}}" if candidate.kind in ("load", "staffing", "flow") else ""


def _evidence(case: Case) -> tuple[tuple[str, str], ...]:
    evidence = case.evidence
    if evidence is None:
        return ()
    shown = without_sealed(evidence)
    return tuple((name, reads_now(case, name) or "") for name in shown["evidence_id"].astype(str))


def _claims(case: Case) -> tuple[tuple[str, str], ...]:
    from rca_lib.review.case import EVIDENCE_SECTIONS

    found = []
    for pattern in TELLING_CLAIMS:
        verb = EVIDENCE_SECTIONS[pattern.partition(".")[0]]
        found += [
            (claim.id, reads_now(case, claim.id) or "")
            for claim in getattr(case, verb)().claims
            if fnmatchcase(claim.id, pattern)
        ]
    return tuple(found)


def _barriers(case: Case) -> tuple[tuple[str, str], ...]:
    states = case.control_states
    if not states.ok:
        return ()
    guards = states.summary[states.summary["guards_mode"].astype(bool)]
    return tuple((str(row["control"]), str(row["purpose"])) for row in records(guards))


def _actions(case: Case) -> tuple[tuple[str, str], ...]:
    table = case_actions(case)
    if table is None:
        return ()
    return tuple(
        (str(row["action_id"]), str(row["description"]))
        for row in records(table.sort_values("action_id", kind="stable"))
    )


def _consulted(case: Case) -> tuple[tuple[str, pd.Timestamp | None], ...]:
    evidence = case.evidence
    if evidence is None:
        return ()
    shown = without_sealed(evidence)
    talks = shown[shown["kind"] == "interview"]
    return tuple(
        (
            str(row["source_role"] or "role not recorded"),
            None if pd.isna(row["collected_at"]) else row["collected_at"].date(),
        )
        for row in records(talks)
    )


def _codings(case: Case) -> tuple[tuple[str, str, str, float], ...]:
    from rca_lib.analysis.code_suggestions import suggest_codes

    everything, codings = case.tables.get("evidence"), case.tables.get("codings")
    book, mine = case.tables.get("codebook"), case.evidence
    if everything is None or codings is None or book is None or mine is None:
        return ()
    open_to_all = without_sealed(everything)
    among = without_sealed(mine)["evidence_id"].astype(str).tolist()
    found = suggest_codes(
        open_to_all, codings[codings["evidence_id"].isin(open_to_all["evidence_id"])], book, among=among
    )
    if not found.ok:
        return ()
    rows = records(found.rows)[:_SUGGESTIONS]
    return tuple(
        (str(row["evidence_id"]), str(row["code_id"]), str(row["phrase"]), float(row["score"])) for row in rows
    )
