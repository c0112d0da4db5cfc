"""How sure: what chance would give, what would explain a candidate away, and where it predicts nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rca_lib.analysis.causes import Candidate, CauseTable
from rca_lib.analysis.intervals import Estimate
from rca_lib.errors import UsageError
from rca_lib.review.blocks import Blocks, Column, Quote
from rca_lib.review.draft import SectionDraft, finite
from rca_lib.review.format import format_value
from rca_lib.review.sections.why import TEST_STATES, candidate_name, refusal, tells_few
from rca_lib.review.wording import counted, joined, lowered

if TYPE_CHECKING:
    from rca_lib.review.case import Case

__all__ = ["how_sure"]

_FEW = "The failures are too few to give figures here."


def how_sure(case: Case, *, rank: int | None = None) -> Blocks:
    """Put one candidate to the tests of a cause. See `Case.how_sure`."""
    draft = SectionDraft("how_sure", sensitivity="operational")
    table = case.cause_table
    if table is None or not table.ok or not table.candidates:
        reason, masked = refusal(case, table)
        allow = table.would_allow if table else case.outcome.would_allow
        return draft.not_assessed(reason or "Nothing was there to compare.", allow, masked=masked)
    ranks = [candidate.rank for candidate in table.candidates]
    if rank is not None and (isinstance(rank, bool) or rank not in ranks):
        raise UsageError(f"how_sure: there is no candidate of rank {rank!r}; give one from 1 to {ranks[-1]}.")
    chosen = table.candidates[ranks.index(rank)] if rank is not None else table.candidates[0]
    few = tells_few(case, table, chosen)
    name = candidate_name(chosen)
    draft.prose(
        "summary",
        [[_set(draft, table)], [_chance(draft, chosen, name, table.searched)], _robust(case, draft, chosen, few)],
    )
    _chart(draft, chosen, name, few)
    draft.table(
        "tests",
        f"The five tests, for {name}",
        [
            Column(key="test", label="Test"),
            Column(key="passed", label="State"),
            Column(key="finding", label="Finding"),
        ],
        [
            {"test": test.name.capitalize(), "passed": TEST_STATES[test.passed], "finding": test.finding}
            for test in chosen.tests
        ],
        note=f"Grade: {chosen.grade}. Kinds of evidence: {joined(list(chosen.kinds)) or 'none'}.",
        sensitivity="case",
    )
    return draft.build()


def _set(draft: SectionDraft, table: CauseTable) -> Quote:
    if not table.credible_set:
        text = "As far as this search can tell, no cause at all is the likeliest answer."
        return draft.say("set", text, value=0, unit="candidates", n=table.searched, method=table.method)
    held = sum(each.probability for each in table.candidates if each.rank in table.credible_set)
    none = 1 - sum(each.probability for each in table.candidates)
    names = [candidate_name(each) for each in table.candidates if each.rank in table.credible_set]
    rest = len(names) - 3
    listed = [*names[:3], f"{counted(rest, 'other')}"] if rest > 0 else names
    count = counted(table.searched, "possible explanation")
    text = f"Among {count}, the cause lies with a probability of {format_value(held, 'percent')} in this set: {joined(listed)}."
    if none > 0.05:
        text += f" That there is no cause at all among what was compared has a probability of {format_value(none, 'percent')}."
    return draft.say("set", text, value=len(names), unit="candidates", n=table.searched, method=table.method)


def _chance(draft: SectionDraft, chosen: Candidate, name: str, searched: int) -> Quote:
    if chosen.p_search is None:
        return draft.say("chance", f"For {name} a search by chance says nothing: it is read from a split of the rate.")
    often = "less than 1%" if chosen.p_search < 0.01 else format_value(chosen.p_search, "percent")
    return draft.say(
        "chance",
        f"Dealing the failures out anew, a search as wide as this one finds something as strong as {name} in {often} of cases.",
        value=chosen.p_search,
        unit="p-value",
        n=searched,
        method="permutation of residuals over the whole search",
    )


def _robust(case: Case, draft: SectionDraft, chosen: Candidate, few: bool) -> list[str | Quote]:
    told: list[str | Quote] = []
    masked = _FEW if few else None
    if chosen.effect is None or chosen.effect.low <= 1:
        # What is not shown needs no explaining away.
        return ["The interval of its effect includes no difference, so there is no effect to test further."]
    if chosen.e_value is not None:
        point, limit = chosen.e_value
        told.append(
            draft.say(
                "e_value",
                f"Something unrecorded would explain it away only if it went with both the cause and the failure by a risk ratio of "
                f"{format_value(point, 'number')} ({format_value(limit, 'number')} to bring the interval to 1).",
                value=point,
                unit="E-value",
                method="VanderWeele and Ding 2017",
                masked=masked,
            )
        )
    without = chosen.without_one
    if without is not None and finite(without.value) is not None:
        holds = "holds" if without.low > 1 else "does not hold"
        told.append(
            draft.say(
                "without_one",
                f"The effect {holds} when the specialist who speaks most for it is left out: odds ratio "
                f"{format_value(without.value, 'number')} (95% interval {format_value((without.low, without.high), 'number')}).",
                without,
                unit="odds ratio",
                masked=masked,
            )
        )
    elif without is not None:
        told.append(
            draft.say("without_one", "Nearly all that speaks for it comes from few requests, handled in one place.")
        )
    graded = chosen.grade in ("probable", "established") and chosen.since is not None
    if graded and chosen.averted is not None and finite(chosen.averted.value) is not None:
        span = chosen.averted
        told.append(
            draft.say(
                "averted",
                f"If it is the cause, about {format_value(round(span.value), 'count')} of the failures found at random since then would "
                f"not have occurred without it (95% interval {round(span.low)} to {round(span.high)}).",
                span,
                unit="failures",
                masked=masked or (_FEW if case.small.few(span.value) else None),
            )
        )
    return told


def _chart(draft: SectionDraft, chosen: Candidate, name: str, few: bool) -> None:
    rows: list[tuple[str, Estimate]] = []
    if chosen.effect is not None:
        rows.append(("Adjusted odds ratio", chosen.effect))
    if chosen.without_one is not None and finite(chosen.without_one.value) is not None:
        rows.append(("The same without the specialist who speaks most for it", chosen.without_one))
    if chosen.controls:
        own, elsewhere = chosen.controls
        rows += [("Rate after against before, where it reached", own), ("The same where it did not reach", elsewhere)]
    if len(rows) < 2:
        return
    flat = len(chosen.controls) == 2 and chosen.controls[1].low <= 1
    title = f"The effect of {lowered(name)} " + (
        "shows where it reached and not elsewhere" if flat else "set beside where none is predicted"
    )
    draft.figure(
        "chart",
        "forest",
        {
            "rows": [
                {
                    "label": label,
                    "n": chosen.n,
                    "failed": chosen.failed,
                    "effect": finite(value.value),
                    "low": finite(value.low),
                    "high": finite(value.high),
                    "share": None,
                    "flag": value.low > 1,
                }
                for label, value in rows
            ],
            "x_label": "ratio (logarithmic scale)",
            "label_head": "Estimate",
            "reference": 1.0,
        },
        title=title,
        alt=f"{title}. Dots mark ratios and lines their 95% intervals; 1 means no difference. "
        + "; ".join(f"{label}: {format_value(value.value, 'number')}" for label, value in rows)
        + ".",
        apart=True,
        caption="A cause shows where it reached, rests on no one person, and leaves the others as they were.",
        masked={} if few else None,
    )
