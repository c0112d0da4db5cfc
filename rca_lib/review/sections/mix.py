"""Mix or rate: how much of a change comes from a different mix of requests, and how much from rates within groups."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from rca_lib.analysis.failures_change import FEWEST_WEEKS_AFTER, FEWEST_WEEKS_BEFORE
from rca_lib.analysis.intervals import Estimate
from rca_lib.analysis.mix import MixSplit
from rca_lib.analysis.rate_change import RateChange, rate_change
from rca_lib.review.blocks import Blocks, Column, Quote
from rca_lib.review.draft import SectionDraft, finite, finite_pair
from rca_lib.review.format import format_value
from rca_lib.review.wording import counted, dimension_label, joined, percent_with_interval, week

if TYPE_CHECKING:
    from rca_lib.review.case import Case

__all__ = ["mix"]

MOST_ROWS, MOST_LEFT_OUT = 12, 3


def mix(case: Case, *, by: Sequence[str] | None = None) -> Blocks:
    """Answer mix or rate. See `Case.mix`."""
    draft = SectionDraft("mix")
    if not case.outcome.ok or case.requests is None:
        return draft.not_assessed(case.outcome.reason or "No requests were supplied.", case.outcome.would_allow)
    onset = case.onset
    found = rate_change(
        case.outcome, case.requests, by or case.dimensions, when=onset.when if onset is not None else None
    )
    if not found.ok:
        return draft.not_assessed(found.reason, found.would_allow, masked="Too few requests to split the change.")
    main = found.main
    if main is None:
        return draft.not_assessed(
            " ".join(found.left_out[:MOST_LEFT_OUT]) or "No column that tells requests apart was supplied.",
            "A column with at least two values on both sides, such as the type of request, would allow it.",
        )
    few = _few(case, found)
    draft.prose(
        "summary", [_change(case, draft, found, few), _parts(draft, found, main, few), _numbers(draft, found, few)]
    )
    _chart(case, draft, found, main, few)
    _table(draft, found, few)
    _failures_table(draft, found, few)
    if found.left_out:
        draft.prose("left_out", [[draft.say("left_out", " ".join(found.left_out[:MOST_LEFT_OUT]))]], style="note")
    return draft.build()


def _few(case: Case, found: RateChange) -> bool:
    """Say whether the two sides give a small count away: either is small, or they part at a day at which no counts are told."""
    return case.small.behind(found.before, found.after) or not case.joined.holds(found.when, None)


def _change(case: Case, draft: SectionDraft, found: RateChange, few: bool) -> list[str | Quote]:
    before, after = found.before, found.after
    assert before is not None
    assert after is not None
    since = f"{'since' if case.onset is not None else 'in the last quarter, from'} {week(found.when)}"
    since += "" if case.onset is not None else " on"
    rates = percent_with_interval(before), percent_with_interval(after)
    if before.value == after.value:
        text = f"The rate was {rates[0]} before and is the same {since}."
    else:
        text = f"The rate {'rose' if after.value > before.value else 'fell'} from {rates[0]} to {rates[1]} {since}."
    hidden = "The failures on one side are too few to give the rates here." if few else None
    return [draft.say("change", text, after, unit="share", masked=hidden)]


def _parts(draft: SectionDraft, found: RateChange, main: MixSplit, few: bool) -> list[str | Quote]:
    hidden = "The failures are too few to split the change here." if few else None
    told: list[str | Quote] = [
        draft.say("parts", _split_told(main), main.mix, unit="difference of shares", masked=hidden),
        " ",
    ]
    moved = [one for one in found.splits if one.mix.low > 0 or one.mix.high < 0]
    if moved:
        first = moved[0]
        text = (
            f"One column at a time, the mix moved the rate beyond chance along {len(moved)} of {len(found.splits)}, most along "
            f"{_names(first)} ({_points(first.mix.value)} points, 95% interval {_span(first.mix)})."
        )
        masked = "The mix moved the rate." if few else None
        told.append(draft.say("moved", text, first.mix, unit="difference of shares", masked=masked))
    else:
        text = f"One column at a time, a different mix moved the rate beyond chance along none of {len(found.splits)}."
        told.append(draft.say("moved", text))
    return told


def _split_told(split: MixSplit) -> str:
    """The change and its two parts, each in the direction in which it moved the rate."""
    mix_named = f"a different mix of requests by {_names(split)}"
    if split.mix.value * split.rate.value >= 0:
        what = "rise" if split.total >= 0 else "fall"
        return (
            f"Of the {what} of {_points(abs(split.total))} points, {_signed(split.mix, split.total)} came from {mix_named}, and "
            f"{_signed(split.rate, split.total)} from rates within the groups."
        )
    total = f"a {'rise' if split.total >= 0 else 'fall'} of {_points(abs(split.total))} points"
    named = [(mix_named, split.mix), ("rates within the groups", split.rate)]
    (large, one), (small, other) = sorted(named, key=lambda part: -abs(part[1].value))
    return (
        f"{large[:1].upper()}{large[1:]} moved the rate {_way(one)} by {_signed(one, one.value, ' points')}, and {small} moved it "
        f"{_way(other)} by {_signed(other, other.value)}: together {total}."
    )


def _way(part: Estimate) -> str:
    return "up" if part.value >= 0 else "down"


def _names(split: MixSplit) -> str:
    return joined([dimension_label(name).lower() for name in split.dimensions or (split.dimension,)])


def _numbers(draft: SectionDraft, found: RateChange, few: bool) -> list[str | Quote]:
    parts = found.failures
    if parts is None:
        return [
            draft.say(
                "failures",
                f"Whether more requests failed because more came in was not assessed: that takes {FEWEST_WEEKS_BEFORE} whole weeks before "
                f"and {FEWEST_WEEKS_AFTER} since.",
            )
        ]
    text = (
        f"In numbers, about {_tenth(parts.before)} requests failed in a week before, and {_tenth(parts.after)} since. Of the difference, "
        f"{_per_week(parts.volume)} comes from the number of requests ({_count(parts.requests_before)} a week before, "
        f"{_count(parts.requests_after)} since), {_per_week(parts.mix)} from their mix, and {_per_week(parts.rate)} from rates within the "
        "groups."
    )
    hidden = "The failures are too few to say here how their number changed." if few else None
    return [draft.say("failures", text, parts.volume, unit="failures a week", masked=hidden)]


def _count(value: float) -> str:
    return format_value(value, "count")


def _tenth(value: float, *, sign: bool = False) -> str:
    return f"{value:{'+' if sign else ''}.1f}".replace("-", "−")


def _per_week(part: Estimate) -> str:
    return f"{_tenth(part.value, sign=True)} (95% interval {_tenth(part.low)} to {_tenth(part.high)})"


def _points(value: float) -> str:
    return f"{value * 100:.2f}".replace("-", "−")


def _span(part: Estimate) -> str:
    return f"{_points(part.low)} to {_points(part.high)}"


def _signed(part: Estimate, total: float, unit: str = "") -> str:
    """A part in the direction of a change, with its interval."""
    sign = 1 if total >= 0 else -1
    ends = sorted((sign * part.low, sign * part.high))
    return f"{_points(sign * part.value)}{unit} (95% interval {_points(ends[0])} to {_points(ends[1])})"


def _chart(case: Case, draft: SectionDraft, found: RateChange, split: MixSplit, few: bool) -> None:
    before, after = found.before, found.after
    assert before is not None
    assert after is not None
    clear = [part for part in (split.mix, split.rate) if part.low > 0 or part.high < 0]
    larger = max((split.mix, split.rate), key=lambda part: abs(part.value))
    mostly = "rates within groups" if larger is split.rate else "a different mix of requests"
    if any(part is larger for part in clear):
        title = f"The change comes mostly from {mostly}"
    elif clear:
        title = f"Of the two parts of the change, only {'the mix' if clear[0] is split.mix else 'the rates'} is beyond chance"
        title = title.replace("the rates is", "the rates are")
    else:
        title = "Neither part of the change is clear of chance"
    parts = [
        {"label": label, "value": finite(part.value), "low": finite(part.low), "high": finite(part.high)}
        for label, part in (("Different mix", split.mix), ("Rates within groups", split.rate))
    ]
    data = {
        **_rate("before", before),
        **_rate("after", after),
        "before_label": "Before",
        "after_label": f"Since {format_value(found.when, 'week')}",
        "parts": parts,
        "x_label": f"share that {case.outcome.phrase}",
    }
    draft.figure(
        "chart",
        "waterfall",
        data,
        title=title,
        alt=f"{title}: {_points(split.mix.value)} points (95% interval {_span(split.mix)}) from the mix and "
        f"{_points(split.rate.value)} ({_span(split.rate)}) from the rates, of {_points(split.total)}.",
        caption=f"By {_names(split)}. The two parts add up to the change; {_count(before.n)} requests before and {_count(after.n)} since.",
        # Both rates are told in the sentences above.
        masked={"data": data},
        sensitivity="case" if few else "operational",
    )


def _rate(name: str, rate: Estimate) -> dict[str, float | None]:
    return {name: finite(rate.value), f"{name}_low": finite(rate.low), f"{name}_high": finite(rate.high)}


def _table(draft: SectionDraft, found: RateChange, few: bool) -> None:
    listed = [*([found.joint] if found.joint is not None else []), *found.splits[:MOST_ROWS]]
    note = (
        "Mix and rates add up to the change (Kitagawa); intervals by simulation of the counts, each for its row alone."
    )
    more = len(found.splits) - MOST_ROWS
    draft.table(
        "table",
        "Mix and rate along each column, in percentage points",
        [
            Column(key="dimension", label="Column"),
            Column(key="mix", label="Mix", kind="number"),
            Column(key="mix_interval", label="95% interval", kind="number"),
            Column(key="rate", label="Rates", kind="number"),
            Column(key="rate_interval", label="95% interval", kind="number"),
            Column(key="total", label="Together", kind="number"),
        ],
        [
            {
                "dimension": joined([dimension_label(name) for name in one.dimensions or (one.dimension,)]),
                "mix": finite(one.mix.value * 100),
                "mix_interval": finite_pair(one.mix.low * 100, one.mix.high * 100),
                "rate": finite(one.rate.value * 100),
                "rate_interval": finite_pair(one.rate.low * 100, one.rate.high * 100),
                "total": finite(one.total * 100),
            }
            for one in listed
        ],
        note=note + (f" {counted(more, 'column')} whose mix moved the rate least not shown." if more > 0 else ""),
        sensitivity="case" if few else "operational",
    )


def _failures_table(draft: SectionDraft, found: RateChange, few: bool) -> None:
    parts = found.failures
    if parts is None:
        return
    named = (
        ("Number of requests", parts.volume),
        ("Different mix", parts.mix),
        ("Rates within groups", parts.rate),
    )
    draft.table(
        "failures",
        "What moved the number of failures in a week",
        [
            Column(key="part", label="From"),
            Column(key="failures", label="Failures a week", kind="number"),
            Column(key="interval", label="95% interval", kind="number"),
        ],
        [
            {"part": "Before", "failures": finite(parts.before), "interval": None},
            *(
                {"part": name, "failures": finite(one.value), "interval": finite_pair(one.low, one.high)}
                for name, one in named
            ),
            {"part": "Since", "failures": finite(parts.after), "interval": None},
        ],
        note="The three parts add up to the change: requests in a week, times the share of each group, times its rate (exact "
        "Shapley parts; intervals by simulation). Where a sample was assessed, the numbers are scaled up from it.",
        sensitivity="case" if few else "operational",
    )
