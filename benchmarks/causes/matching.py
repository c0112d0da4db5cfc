"""When an answer is right: see README.md for the rules in words."""

from __future__ import annotations

from benchmarks.causes.families import Case, Truth
from rca_lib.analysis.causes import Candidate


def is_right(candidate: Candidate, truth: Truth, case: Case) -> bool:
    """Whether a candidate names a planted mechanism."""
    if candidate.change_id is not None:
        return candidate.change_id in truth.change_ids
    if truth.kind == "mix":
        return candidate.kind == "mix" and candidate.segment.keys() == truth.segments[0].keys()
    if truth.kind == "load" and candidate.kind == "load":
        return True
    if candidate.kind == "mix":
        return False
    if case.family == "collinear":
        return candidate.segment in (*truth.segments, *truth.either) and names_the_tie(candidate, truth)
    return candidate.segment in truth.segments


def names_the_tie(candidate: Candidate, truth: Truth) -> bool:
    """Whether the twin of a collinear cause is named beside it."""
    levels = {next(iter(segment.values())) for segment in (*truth.segments, *truth.either)}
    told = " ".join((*candidate.segment.values(), *candidate.collinear_with))
    return all(level in told for level in levels)
