"""How far those who coded the evidence agree, code by code, and what they have to reconcile."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import TYPE_CHECKING

import pandas as pd

from rca_lib.analysis.code_agreement import ALL_CODES, benchmark, code_agreement, disagreements
from rca_lib.analysis.coding import read_by
from rca_lib.analysis.intervals import Estimate
from rca_lib.review.blocks import Column, Quote
from rca_lib.review.draft import SectionDraft, finite, finite_pair, records
from rca_lib.review.format import format_value
from rca_lib.review.sections.evidence_shown import BY_CASE_FILE, code_name, covered, kind_name
from rca_lib.review.wording import in_words, joined

if TYPE_CHECKING:
    from rca_lib.review.case import Case

__all__ = ["AGREE", "LOW_KAPPA", "coder_letters", "tell_agreement"]

LOW_KAPPA, AGREE = 0.4, 0.8
"""Kappa below the first while readers agree on more than the second is the paradox of a rare code (Feinstein and Cicchetti 1990)."""


def tell_agreement(case: Case, draft: SectionDraft, codings: pd.DataFrame, evidence: pd.DataFrame) -> None:
    """Say how far readers agree, show it code by code, and list what they have to reconcile."""
    readings = codings[codings["coder_id"] != BY_CASE_FILE]
    rated = code_agreement(readings, evidence)
    if rated.empty:
        return
    overall = rated[rated["code_id"] == ALL_CODES].iloc[0]
    if not overall["pieces"]:
        said = "One reader coded each piece, so how far readers agree is not known."
        draft.prose("agreement_told", [[draft.say("agreement", said, overall["ac1"], unit="AC1")]])
        return
    draft.prose("agreement_told", [[_overall(draft, overall), *_paradox(draft, rated)]])
    _agreement_table(draft, rated)
    _disagreements_table(case, draft, readings, evidence)


def coder_letters(codings: pd.DataFrame, evidence: pd.DataFrame) -> dict[str, str]:
    """Name coders by letters, those who read most first; ties go by what they coded, so that ids do not show.

    Examples
    --------
    >>> evidence = pd.DataFrame({"evidence_id": ["a", "b"], "escalation_id": ["E", "F"]})
    >>> codings = pd.DataFrame({"evidence_id": ["a", "b", "a"], "code_id": "X", "coder_id": ["kim", "kim", "bo"]})
    >>> coder_letters(codings, evidence)
    {'kim': 'coder A', 'bo': 'coder B'}
    """
    read = read_by(codings, evidence).groupby("coder_id").size()
    content = {
        coder: sorted(mine[["evidence_id", "code_id"]].astype(str).itertuples(index=False, name=None))
        for coder, mine in codings.groupby("coder_id")
    }
    order = sorted(read.index, key=lambda coder: (-int(read[coder]), content[coder], str(coder)))
    return {str(coder): f"coder {chr(65 + at)}" if at < 26 else f"coder {at + 1}" for at, coder in enumerate(order)}


def _overall(draft: SectionDraft, overall: pd.Series) -> Quote:
    ac1, share = overall["ac1"], overall["percent_agreement"]
    text = (
        f"Readers agree on {format_value(share.value, 'percent')} of all decisions whether a code fits a piece. Beyond what chance "
        f"would give that is {_with_interval(ac1)} on Gwet's AC1, where 1 is full agreement"
    )
    band = benchmark(ac1)
    text += f": with 95% probability {band} agreement or better." if band else "."
    method = f"{ac1.method}; band by cumulative probability on the scale of Landis and Koch"
    estimate = Estimate(ac1.value, ac1.low, ac1.high, ac1.n, None, method)
    return draft.say("agreement", text, estimate, unit="AC1")


def _paradox(draft: SectionDraft, rated: pd.DataFrame) -> list[Quote]:
    """Warn where kappa is low though readers mostly agree, so that nobody takes it for disagreement."""
    found = [
        row
        for row in records(rated)
        if row["code_id"] != ALL_CODES and row["kappa"].value < LOW_KAPPA and row["percent_agreement"].value > AGREE
    ]
    if not found:
        return []
    first = min(found, key=lambda row: (row["kappa"].value, row["code_id"]))
    others = len(found) - 1
    text = (
        f"Cohen's kappa is low for “{code_name(first['code_id'])}” ({format_value(first['kappa'].value, 'number')})"
        + (f" and {others} other {'code' if others == 1 else 'codes'}" if others else "")
        + f", though readers agree on {format_value(first['percent_agreement'].value, 'percent')} of pieces: kappa falls where a code is "
        "rare, even when readers agree, and AC1 does not."
    )
    return [draft.say("paradox", text, first["kappa"], unit="kappa")]


def _agreement_table(draft: SectionDraft, rated: pd.DataFrame) -> None:
    numbers = {"ac1": "AC1", "ac2": "AC2", "kappa": "Kappa", "alpha": "Alpha"}
    several = len(rated) > 2
    draft.table(
        "agreement",
        "How far readers agree on each code",
        [
            Column(key="code", label="Code"),
            Column(key="coded", label="Times given", kind="number"),
            Column(key="share", label="Agree", kind="percent"),
            *(
                column
                for key, label in numbers.items()
                for column in (
                    Column(key=key, label=label, kind="number"),
                    Column(key=f"{key}_interval", label=f"{label}, 95% interval", kind="number"),
                )
            ),
        ],
        [
            {
                "code": "All codes" if row["code_id"] == ALL_CODES else code_name(row["code_id"]),
                "coded": int(row["coded"]),
                "share": finite(row["percent_agreement"].value),
                **{key: finite(row[key].value) for key in numbers},
                **{f"{key}_interval": _pair(row[key]) for key in numbers},
            }
            for row in records(rated)
            if several or row["code_id"] != ALL_CODES
        ],
        sensitivity="case",
        note=f"Pieces read by two or more: {int(rated['pieces'].max())}. AC1, kappa (of the two readers with most pieces in common) and "
        "alpha (Krippendorff): whether a code was given. AC2: how much of a piece it covers, none, one sentence or several. "
        "A dash: not defined, as where only one answer was ever used.",
    )


def _disagreements_table(case: Case, draft: SectionDraft, codings: pd.DataFrame, evidence: pd.DataFrame) -> None:
    found = disagreements(codings, evidence, cover=covered(case))
    letters = coder_letters(codings, evidence)
    pieces = evidence.drop_duplicates("evidence_id").set_index("evidence_id")
    draft.table(
        "disagreements",
        "Where readers differ, the most disputed first: to be reconciled",
        [
            Column(key="evidence", label="Evidence"),
            Column(key="kind", label="Kind"),
            Column(key="role", label="From"),
            Column(key="code", label="Code"),
            Column(key="given", label="Given by"),
            Column(key="not_given", label="Not given by"),
            Column(key="phrase", label="What was coded"),
        ],
        [
            {
                "evidence": row["evidence_id"],
                "kind": kind_name(pieces.at[row["evidence_id"], "kind"]),
                "role": in_words(pieces.at[row["evidence_id"], "source_role"]),
                "code": code_name(row["code_id"]),
                "given": _names(row["coders_for"], letters),
                "not_given": _names(row["coders_against"], letters),
                "phrase": row["phrase"],
            }
            for row in records(found)
        ],
        sensitivity="case",
    )


def _names(coders: tuple[str, ...], letters: Mapping[str, str]) -> str:
    return joined(sorted(letters[str(coder)] for coder in coders))


def _with_interval(estimate: Estimate) -> str:
    ends = format_value((estimate.low, estimate.high), "number")
    return f"{format_value(estimate.value, 'number')} (95% interval {ends})"


def _pair(estimate: Estimate) -> tuple[float, float] | None:
    return None if math.isnan(estimate.value) else finite_pair(estimate.low, estimate.high)
