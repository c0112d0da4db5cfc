"""Why: candidate causes, ranked by adjusted effect, each graded and none stated as more than the evidence bears."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from rca_lib.analysis.causes import Candidate, CauseTable
from rca_lib.analysis.grading import TESTS
from rca_lib.review.blocks import Blocks, Column, Quote
from rca_lib.review.draft import SectionDraft, finite, finite_pair
from rca_lib.review.format import format_value
from rca_lib.review.small_counts import kept_apart
from rca_lib.review.wording import counted, dimension_label, in_words, is_few, joined, lowered

if TYPE_CHECKING:
    from rca_lib.review.case import Case

__all__ = ["TEST_STATES", "candidate_name", "causes", "refusal", "tells_few"]

MOST_TOLD = 3
TEST_STATES = {True: "passed", False: "no", None: "not tried"}


def causes(case: Case, *, by: Sequence[str] | None = None) -> Blocks:
    """Answer why. See `Case.causes`."""
    draft = SectionDraft("why", sensitivity="operational")
    table = case.find_causes(by) if by else case.cause_table
    if table is None or not table.ok:
        allow = table.would_allow if table else case.outcome.would_allow
        reason, masked = refusal(case, table)
        return draft.not_assessed(reason, allow, masked=masked)
    listed = [candidate for candidate in table.candidates if candidate.effect is not None]
    told = [each for each in table.candidates if each.effect is not None or each.share is not None]
    draft.prose(
        "summary", [[_overview(draft, table)], *[[_told(case, draft, table, each)] for each in told[:MOST_TOLD]]]
    )
    _chart(case, draft, table, listed)
    _table(case, draft, table)
    _tests(draft, listed)
    draft.prose("caution", _cautions(draft, table), style="note")
    draft.record(causes=[_record(each) for each in table.candidates])
    return draft.build()


def refusal(case: Case, table: CauseTable | None) -> tuple[str, str | None]:
    """Say why causes could not be looked for, and the same without a small count where it holds one."""
    if table is None:
        return case.outcome.reason, None
    small = is_few(table.failures, case.source.config.small_cell) or is_few(
        table.at_risk, case.source.config.small_cell
    )
    return table.reason, "Too few requests failed to compare causes." if small else None


def tells_few(case: Case, table: CauseTable, candidate: Candidate) -> bool:
    """Say whether figures of a candidate give a small count away: of failures with it, without it, or beside another candidate.

    An odds ratio with its interval tells the smallest of its four counts, and a share of the failures tells what is left.
    Candidates reach requests that lie in one another, so those ranked later must also stand apart from earlier ones.
    """
    told = [
        (each.rank, (each.n, each.failed))
        for each in table.candidates
        if not case.small.gives_away(each.failed, each.n, wholes=[(table.at_risk, table.failures)])
    ]
    kept = kept_apart([counts for _, counts in told], case.small.limit)
    return candidate.rank not in {rank for (rank, _), apart in zip(told, kept, strict=True) if apart}


def candidate_name(candidate: Candidate) -> str:
    """Name a candidate inside a sentence.

    A segment is named by its dimensions and values, anything else by its label.
    """
    if candidate.kind == "segment" and candidate.segment:
        return joined([f"{dimension_label(key).lower()} {in_words(value)}" for key, value in candidate.segment.items()])
    return candidate.label


def _overview(draft: SectionDraft, table: CauseTable) -> Quote:
    leading = sum(candidate.stands_out for candidate in table.candidates)
    established = sum(candidate.grade == "established" for candidate in table.candidates)
    text = (
        f"{counted(table.searched, 'possible explanation')} were compared over {format_value(table.at_risk, 'count')} requests; "
        + (f"{leading} {'stands' if leading == 1 else 'stand'} out. " if leading else "none stands out. ")
        + (f"{table.answer_text} " if table.answer_text and table.answer != "none" else "")
        + (
            f"{counted(established, 'cause')} {'passes' if established == 1 else 'pass'} all five tests; a person states the cause."
            if established
            else "No cause is established: that needs all five tests to be passed."
        )
    )
    return draft.say("searched", text, value=leading, unit="candidates", n=table.at_risk, method=table.method)


def _told(case: Case, draft: SectionDraft, table: CauseTable, candidate: Candidate) -> Quote:
    effect, share = candidate.effect, candidate.share
    name = candidate_name(candidate)
    start = f"{candidate.rank}. {name[:1].upper()}{name[1:]}"
    few = tells_few(case, table, candidate)
    if effect is None:
        # A different mix has no odds ratio: it is read from the split of the rate.
        assert share is not None
        text = (
            f"{start}: it goes with {format_value(share.value, 'percent')} of the failures "
            f"(95% interval {format_value((share.low, share.high), 'percent')}). Grade: {candidate.grade}."
        )
        hidden = f"{start}: the failures are too few to give figures here." if few else None
        return draft.say(f"candidate_{candidate.rank}", text, share, unit="share", masked=hidden)
    text = (
        f"{start}: the odds of failing are {format_value(effect.value, 'number')} times as high "
        f"(95% interval {format_value((effect.low, effect.high), 'number')}), adjusted for time and the other dimensions"
    )
    if share is not None:
        text += (
            f"; it goes with {format_value(share.value, 'percent')} of the failures (95% interval "
            f"{format_value((share.low, share.high), 'percent')})"
        )
    if candidate.collinear_with:
        text += f"; these data cannot tell it apart from {joined(list(candidate.collinear_with[:2]), 'or')}"
    return draft.say(
        f"candidate_{candidate.rank}",
        f"{text}. Grade: {candidate.grade}.",
        effect,
        unit="odds ratio",
        masked=f"{start}: {_too_few(case, candidate)}. Grade: {candidate.grade}." if few else None,
    )


def _too_few(case: Case, candidate: Candidate) -> str:
    """Say what of a candidate may be said without its figures."""
    if case.small.few(candidate.failed) or candidate.effect is None or candidate.effect.low <= 1:
        return "the failures are too few to give figures here"
    return "the odds of failing are higher, beyond what chance gives; too few failed without it to give figures here"


def _chart(case: Case, draft: SectionDraft, table: CauseTable, listed: Sequence[Candidate]) -> None:
    if not listed:
        return
    leading = [candidate for candidate in listed if candidate.stands_out]
    title = (
        f"{_capital(candidate_name(leading[0]))} stands out most among the candidates"
        if leading
        else "No candidate stands out, allowing for how many were compared"
    )
    draft.figure(
        "chart",
        "forest",
        {
            "rows": [
                {
                    "label": _capital(candidate_name(each)),
                    "n": each.n,
                    "failed": each.failed,
                    "effect": finite(each.effect.value) if each.effect else None,
                    "low": finite(each.effect.low) if each.effect else None,
                    "high": finite(each.effect.high) if each.effect else None,
                    "share": finite(each.share.value) if each.share else None,
                    "flag": each.stands_out,
                    "withhold": ["failed"] if tells_few(case, table, each) else [],
                }
                for each in listed
            ],
            "x_label": "adjusted odds ratio (logarithmic scale)",
            "reference": 1.0,
        },
        title=title,
        alt=f"{title}. For each of {len(listed)} candidates a dot marks the adjusted odds ratio and a line its 95% interval; 1 means no "
        "difference.",
        apart=True,
        caption="Right of 1: failing is more likely with it. An association is not yet a cause.",
    )


def _table(case: Case, draft: SectionDraft, table: CauseTable) -> None:
    draft.table(
        "table",
        "Candidate causes, the best supported first",
        [
            Column(key="rank", label="Rank", kind="count"),
            Column(key="label", label="Candidate"),
            Column(key="effect", label="Odds ratio", kind="number", guard="failed"),
            Column(key="interval", label="95% interval", kind="number", guard="failed"),
            Column(key="share", label="Share of failures", kind="percent", guard="failed"),
            Column(key="n", label="Requests", kind="count"),
            Column(key="failed", label="Failed", kind="count"),
            Column(key="grade", label="Grade"),
        ],
        [
            {
                "rank": f"{each.rank}",
                "label": _capital(candidate_name(each)),
                "effect": finite(each.effect.value) if each.effect else None,
                "interval": finite_pair(each.effect.low, each.effect.high) if each.effect else None,
                "share": finite(each.share.value) if each.share else None,
                "n": each.n,
                "failed": each.failed,
                "grade": each.grade,
                "withhold": ["n", "failed"] if tells_few(case, table, each) else [],
            }
            for each in table.candidates
        ],
        apart=True,
        note="Odds ratios are adjusted for time, the dimensions that matter most and better-ranked candidates.",
    )


def _tests(draft: SectionDraft, listed: Sequence[Candidate]) -> None:
    """Which of the five tests each candidate passes; `how_sure` says what each of them found."""
    draft.table(
        "tests",
        "The five tests of a cause",
        [
            Column(key="label", label="Candidate"),
            *(Column(key=name, label=name.capitalize()) for name in TESTS),
            Column(key="grade", label="Grade"),
        ],
        [
            {
                "label": _capital(candidate_name(each)),
                **{test.name: TEST_STATES[test.passed] for test in each.tests},
                "grade": each.grade,
            }
            for each in listed
        ],
        note="; ".join(f"{name.capitalize()}: {lowered(words)}" for name, words in TESTS.items())
        + ". Established: all five. Probable: timing, with the signal or a second kind of evidence. Possible: less.",
    )


def _cautions(draft: SectionDraft, table: CauseTable) -> list[list[str | Quote]]:
    told: list[str] = []
    for candidate in table.candidates[:MOST_TOLD]:
        if candidate.caution and candidate.caution not in told:
            told.append(candidate.caution)
    told += [sentence for sentence in table.left_out[:2] if sentence not in told]
    return [[draft.say(f"caution_{position}", sentence)] for position, sentence in enumerate(told, start=1)]


def _record(candidate: Candidate) -> dict[str, Any]:
    effect, share = candidate.effect, candidate.share
    return {
        "rank": candidate.rank,
        "kind": candidate.kind,
        "segment": dict(candidate.segment),
        "change_id": candidate.change_id,
        "grade": candidate.grade,
        "share": finite(share.value) if share else None,
        "share_ci": finite_pair(share.low, share.high) if share else None,
        "effect": finite(effect.value) if effect else None,
        "effect_ci": finite_pair(effect.low, effect.high) if effect else None,
        "claims": [f"why.candidate_{candidate.rank}"] if (effect or share) and candidate.rank <= MOST_TOLD else [],
    }


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]
