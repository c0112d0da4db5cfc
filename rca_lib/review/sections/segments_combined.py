"""Which combination of two or three values holds the rise, beyond what each value does alone."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from rca_lib.analysis.combinations import Combination, Combinations, combination_candidates
from rca_lib.analysis.segments import OTHERS
from rca_lib.analysis.trials import trials
from rca_lib.review.blocks import Blocks, Column, Parts, Quote
from rca_lib.review.draft import SectionDraft, finite, finite_pair
from rca_lib.review.format import format_value
from rca_lib.review.sections.extent import failures_found, told_segments
from rca_lib.review.small_counts import kept_apart
from rca_lib.review.wording import counted, dimension_label, in_words, is_few, joined, lowered, percent_with_interval

if TYPE_CHECKING:
    import pandas as pd

    from rca_lib.analysis.intervals import Estimate
    from rca_lib.review.case import Case

__all__ = ["combinations"]

SIGNIFICANT = 0.05
"""Adjusted p below which a combination is said to stand out."""

MOST_ROWS = 8

FEWEST = 20
"""Requests that a combination needs to be worth a rate of its own, as a value does."""


def combinations(case: Case, *, by: Sequence[str] | None = None, order: int = 2) -> Blocks:
    """Answer where the rise concentrates when two or three dimensions are taken together; without an onset, the failures."""
    draft = SectionDraft("combinations", sensitivity="operational")
    if case.requests is None:
        return draft.not_assessed(
            "no requests were supplied.", "With them the review compares combinations of their values."
        )
    if not case.outcome.ok:
        return draft.not_assessed(case.outcome.reason, case.outcome.would_allow)
    names = [name for name in (by or case.dimensions) if name in case.requests.columns]
    if len(names) < 2:
        return draft.not_assessed(
            "fewer than two dimensions are known, so there is nothing to combine.",
            "Two or more columns that describe the requests would allow it.",
        )
    rows = trials(case.outcome)
    table = _asked(case, rows, names, order)
    if not table.ok:
        small = is_few(table.failed, case.source.config.small_cell)
        masked = "Too few requests failed to compare combinations." if small else None
        return draft.not_assessed(table.reason, table.would_allow, masked=masked)
    listed = _told_apart(table.found)[:MOST_ROWS]
    alone = max((each.evidence for each in listed if len(each.segment) == 1), default=0.0)
    leading = [each for each in listed if _stands_out(each) and each.evidence > alone]
    draft.prose(
        "summary",
        [[_searched(case, draft, table, listed, leading)], *_told(case, draft, listed, leading[:1], table.found)],
    )
    if case.onset is not None and leading:
        _chart(case, draft, leading[0], few=any(_withheld(case, listed)[listed.index(leading[0])]))
    _table(case, draft, listed)
    _limits(draft, table, min(order, len(names), 3), weighted=rows["weight"].nunique() > 1)
    return draft.build()


def _asked(case: Case, rows: pd.DataFrame, names: Sequence[str], order: int) -> Combinations:
    assert case.requests is not None
    levels = (
        case.requests.drop_duplicates("request_id").set_index("request_id")[list(names)].reindex(rows["request_id"])
    )
    n, failed = rows["n"].to_numpy(float), rows["failed"].to_numpy(bool)
    levels = levels.rename(columns=dimension_label).map(in_words, na_action="ignore")
    if case.onset is None:
        return combination_candidates(
            None, None, n, n * failed, levels, max_order=order, limit=3 * MOST_ROWS, least_n=FEWEST
        )
    later = (rows["at"] >= case.onset.when).to_numpy(bool)
    before, after = n * ~later, n * later
    return combination_candidates(
        before, before * failed, after, after * failed, levels, max_order=order, limit=3 * MOST_ROWS, least_n=FEWEST
    )  # fmt: skip


def _told_apart(found: Sequence[Combination]) -> list[Combination]:
    """Keep one of the combinations that hold the same requests, the shortest."""
    kept: dict[tuple[float, ...], Combination] = {}
    for each in found:
        same = _requests(each)
        if same not in kept or len(each.segment) < len(kept[same].segment):
            kept[same] = each
    return sorted(kept.values(), key=lambda each: -each.evidence)


def _requests(each: Combination) -> tuple[float, ...]:
    """What tells the requests of one combination from those of another, as far as counts can."""
    return (each.n, each.failed, each.rate_before.n, each.rate_before.k or 0, each.excess.value)


def _limits(draft: SectionDraft, table: Combinations, order: int, *, weighted: bool) -> None:
    sentences = list(table.pooled)
    if weighted:
        sentences.append(
            "Requests were drawn with unequal chances; these are counts of the ones looked at, not scaled up."
        )
    if table.ok and 1 < table.order < order:
        sentences.append(
            "Triples of values were not compared: with so many dimensions there are too many of them. Naming fewer would allow it."
        )
    if sentences:
        draft.prose("limits", [[draft.say("limits", " ".join(sentences))]], style="note")


def _stands_out(each: Combination) -> bool:
    """Two or more dimensions, more likely than any part of it alone, and beyond what chance brings over all compared."""
    return len(each.segment) > 1 and each.beyond_parts and each.evidence > 0 and _clear(each)


def _clear(each: Combination) -> bool:
    return each.p_adjusted < SIGNIFICANT


def _named(each: Combination, *, without: str | None = None) -> str:
    """Name a combination; with a dimension given, its requests with every other value of that one."""
    parts = []
    for name, values in each.segment.items():
        if name == without:
            parts.append(f"any other {lowered(name)}")
        elif values == (OTHERS,):
            parts.append(f"any rare {lowered(name)}")
        else:
            parts.append(f"{lowered(name)} {joined(list(values), 'or')}")
    return joined(parts)


def _searched(
    case: Case, draft: SectionDraft, table: Combinations, listed: Sequence[Combination], leading: Sequence[Combination]
) -> Quote:
    period = "since the rate rose" if case.onset is not None else "over the whole period"
    words = {1: "single values", 2: "values and pairs of values", 3: "values, pairs and triples of values"}[table.order]
    text = (
        f"{format_value(table.searched, 'count')} {words} were compared over {counted(table.n, 'request')} {period}. "
    )
    alone = next((each for each in listed if len(each.segment) == 1 and _clear(each)), None)
    if len(leading) == 1:
        text += "One combination holds more failures than its parts explain."
    elif leading:
        text += f"{len(leading)} of the first {len(listed)} hold more failures than their parts explain; the clearest is told here."
    elif alone is not None:
        text += f"No combination says more than a single value does; {_named(alone)} stands out by itself."
    else:
        text += "No value and no combination stands out, allowing for how many were compared."
    return draft.say("searched", text, value=len(leading), unit="combinations", n=table.n, method=table.method)


def _withheld(case: Case, listed: Sequence[Combination]) -> list[list[str]]:
    """Return, for each combination, the keys of the counts that would give a small one away.

    Combinations lie in one another and in the segments of the extent, so one is told only where it stands apart from all that is
    told before it.
    """
    told = [each for each in listed if not case.small.gives_away(each.failed, each.n)]
    apart = kept_apart([(each.n, each.failed) for each in told], case.small.limit, shown=told_segments(case))
    kept = {id(each) for each, alone in zip(told, apart, strict=True) if alone}
    return [
        [
            *([] if id(each) in kept else ["n", "failed"]),
            *(["failed_before"] if case.small.behind(each.rate_before) or id(each) not in kept else []),
        ]
        for each in listed
    ]


def _told(
    case: Case,
    draft: SectionDraft,
    listed: Sequence[Combination],
    leading: Sequence[Combination],
    found: Sequence[Combination],
) -> list[list[str | Quote]]:
    told: list[list[str | Quote]] = []
    for each in leading:
        name = _named(each)
        start = f"{name[:1].upper()}{name[1:]}"
        before = f", against {percent_with_interval(each.rate_before)} before" if each.rate_before.n else ""
        text = (
            f"{start}: {format_value(each.failed, 'count')} of {counted(each.n, 'request')} {case.outcome.phrase}, "
            f"{percent_with_interval(each.rate_after)}{before}; that is about {format_value(max(each.excess.value, 0.0), 'count')} more "
            f"than expected (95% interval {format_value((each.excess.low, each.excess.high), 'count')})."
        )
        small = bool(_withheld(case, listed)[listed.index(each)])
        row: list[str | Quote] = [
            draft.say(
                "leading",
                text,
                each.rate_after,
                unit="share",
                masked=f"{start}: the counts are too small to state here." if small else None,
            )
        ]
        for position, (dimension, rates) in enumerate(each.elsewhere.items(), start=1):
            row.append(_beside(case, draft, each, dimension, rates.after, position))
        same = [_named(other) for other in found if other is not each and _requests(other) == _requests(each)]
        if same:
            text = f"The same requests are those with {joined(same[:2], 'or')}; these data cannot tell them apart."
            row.append(draft.say("same", text, value=len(same), unit="combinations"))
        told.append(row)
    return told


def _beside(
    case: Case, draft: SectionDraft, each: Combination, dimension: str, other: Estimate, position: int
) -> Quote:
    name = _named(each, without=dimension)
    if not other.n:
        text = f"There are no requests with {name}, so the two cannot be told apart."
        return draft.say(f"beside_{position}", text, value=0, unit="requests")
    small = case.small.behind(other) or case.small.behind(each.rate_after)
    return draft.say(
        f"beside_{position}",
        f"With {name} it is {percent_with_interval(other)}, over {counted(other.n, 'request')}.",
        other,
        unit="share",
        masked=f"With {name} the counts are too small to state here." if small else None,
    )


def _chart(case: Case, draft: SectionDraft, each: Combination, *, few: bool) -> None:
    rows = [_charted(_capital(_named(each)), each.rate_before, each.rate_after, flag=True)]
    for dimension, rates in each.elsewhere.items():
        if rates.after.n:
            rows.append(_charted(_capital(_named(each, without=dimension)), rates.before, rates.after, flag=False))
    apart = all(rates.after.high < each.rate_after.low for rates in each.elsewhere.values() if rates.after.n)
    title = f"{_capital(_named(each))}: " + (
        "the rate there is higher than in all that lies beside it" if apart else "the rise is best explained together"
    )
    draft.figure(
        "chart",
        "before_after",
        {"rows": rows, "x_label": f"share that {case.outcome.phrase}", "label_head": "Requests"},
        title=title,
        alt=f"{title}. The share before and after the rise, with 95% intervals, in the combination and in the requests that differ from "
        "it in one value.",
        apart=True,
        caption="Each row below the first differs from it in one dimension only.",
        masked={} if few else None,
    )


def _charted(label: str, before: Estimate, after: Estimate, *, flag: bool) -> dict[str, Any]:
    row: dict[str, Any] = {"label": label, "flag": flag}
    for key, one in (("before", before), ("after", after)):
        known = one.n > 0
        row |= {
            key: finite(one.value),
            f"{key}_low": one.low if known else None,
            f"{key}_high": one.high if known else None,
        }
        row |= {f"n_{key}": round(one.n), f"failed_{key}": round(one.k or 0)}
    return row


def _table(case: Case, draft: SectionDraft, listed: Sequence[Combination]) -> None:
    began = case.onset is not None
    before = [Column(key="before", label="Before", kind="percent", guard="failed_before")] if began else []
    counts = [Column(key="failed_before", label="Failed before", kind="count")] if began else []
    draft.table(
        "table",
        "Values and combinations that best explain "
        + ("the rise" if began else "where it failed")
        + ", the best supported first",
        [
            Column(key="what", label="Requests with"),
            Column(key="n", label="Requests", kind="count"),
            Column(key="failed", label="Failed", kind="count"),
            *counts,
            *before,
            Column(key="after", label="Since" if began else "Rate", kind="percent", guard="failed"),
            Column(key="interval", label="95% interval", kind="percent", guard="failed"),
            Column(key="excess", label="More than expected", kind="count", guard="failed"),
            Column(key="excess_interval", label="95% interval", kind="count", guard="failed"),
            Column(key="stands_out", label="Stands out"),
        ],
        [
            {
                "what": _capital(_named(each)),
                "n": each.n,
                "failed": each.failed,
                "failed_before": round(each.rate_before.k or 0),
                "before": finite(each.rate_before.value),
                "after": finite(each.rate_after.value),
                "interval": finite_pair(each.rate_after.low, each.rate_after.high),
                "excess": round(each.excess.value),
                "excess_interval": (round(each.excess.low), round(each.excess.high)),
                "stands_out": "yes" if _clear(each) else "no",
                "withhold": withhold,
            }
            for each, withhold in zip(listed, _withheld(case, listed), strict=True)
        ],
        parts=Parts(totals={"n": case.same_failure.at_risk, "failed": failures_found(case.same_failure)}),
        note="Wider and narrower combinations overlap, so their excesses do not add up. Expected: "
        + ("the rate that the same requests had before." if began else "the rate of all requests."),
    )


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]
