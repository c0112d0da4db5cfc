"""Mix or rate: how much of a change comes from a different mix of requests, and how much from rates within groups."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from rca_lib.analysis.intervals import Estimate
from rca_lib.analysis.mix import MixSplit
from rca_lib.analysis.rate_change import RateChange, rate_change
from rca_lib.review.blocks import Blocks, Column, Quote
from rca_lib.review.draft import SectionDraft, finite, finite_pair
from rca_lib.review.wording import counted, dimension_label, is_few, joined, percent_with_interval, week

if TYPE_CHECKING:
    from rca_lib.review.case import Case

__all__ = ["mix"]

MOST_ROWS = 12


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
    if not found.splits:
        return draft.not_assessed(
            "No column has two values with enough requests, so there is no mix to look at.",
            "A column that tells requests apart, such as their type, would allow it.",
        )
    few = _few(case, found)
    draft.prose("summary", [_change(case, draft, found, few), _parts(draft, found, few)])
    chosen = found.joint or found.splits[0]
    _chart(draft, found, chosen, few)
    _table(draft, found, few)
    if found.left_out:
        draft.prose("left_out", [[draft.say("left_out", " ".join(found.left_out[:3]))]], style="note")
    return draft.build()


def _few(case: Case, found: RateChange) -> bool:
    limit = case.source.config.small_cell
    return any(
        side is not None and side.k is not None and is_few(side.k, limit) for side in (found.before, found.after)
    )


def _change(case: Case, draft: SectionDraft, found: RateChange, few: bool) -> list[str | Quote]:
    before, after = found.before, found.after
    assert before is not None
    assert after is not None
    moved = "rose" if after.value > before.value else "fell"
    since = "since the rate rose" if case.onset is not None else f"in the last quarter, from {week(found.when)} on,"
    text = f"The rate {moved} from {percent_with_interval(before)} to {percent_with_interval(after)} {since}.".replace(
        ",.", "."
    )
    hidden = "The failures on one side are too few to give the rates here." if few else None
    return [draft.say("change", text, after, unit="share", masked=hidden)]


def _parts(draft: SectionDraft, found: RateChange, few: bool) -> list[str | Quote]:
    split = found.joint or found.splits[0]
    what = "rise" if split.total > 0 else "fall"
    names = joined([dimension_label(name).lower() for name in split.dimension.split(" and ")])
    text = (
        f"Of the {what} of {_points(abs(split.total))} points, {_signed(split.mix, split.total)} came from a different mix of requests by "
        f"{names}, and {_signed(split.rate, split.total)} from rates within the groups."
    )
    hidden = "The failures are too few to split the change here." if few else None
    told = [draft.say("parts", text, split.mix, unit="share", masked=hidden)]
    moved = [one for one in found.splits if one.mix.low > 0 or one.mix.high < 0]
    if moved:
        first = moved[0]
        told.append(
            draft.say(
                "moved",
                f"The mix moved the rate clearly along {counted(len(moved), 'column')} of {len(found.splits)}, most along "
                f"{dimension_label(first.dimension).lower()} ({_points(first.mix.value)} points, 95% interval {_span(first.mix)}).",
                first.mix,
                unit="share",
                masked="The mix moved the rate." if few else None,
            )
        )
    else:
        told.append(
            draft.say(
                "moved",
                f"A different mix moved the rate clearly along no column ({len(found.splits)} compared).",
            )
        )
    return [part for quote in told for part in (quote, " ")][:-1]


def _points(value: float) -> str:
    return f"{value * 100:.2f}".replace("-", "−")


def _span(part: Estimate) -> str:
    return f"{_points(part.low)} to {_points(part.high)}"


def _signed(part: Estimate, total: float) -> str:
    """A part in the direction of the change, with its interval."""
    sign = 1 if total >= 0 else -1
    ends = sorted((sign * part.low, sign * part.high))
    return f"{_points(sign * part.value)} (95% interval {_points(ends[0])} to {_points(ends[1])})"


def _chart(draft: SectionDraft, found: RateChange, split: MixSplit, few: bool) -> None:
    assert found.before is not None
    clear = [part for part in (split.mix, split.rate) if part.low > 0 or part.high < 0]
    larger = max((split.mix, split.rate), key=lambda part: abs(part.value))
    mostly = "rates within groups" if larger is split.rate else "a different mix of requests"
    title = (
        f"The change comes mostly from {mostly}" if larger in clear else "Neither part of the change is clear of chance"
    )
    draft.figure(
        "chart",
        "waterfall",
        {
            "before": finite(split.before),
            "after": finite(split.before + split.total),
            "before_label": "Before",
            "after_label": "After",
            "parts": [
                {"label": label, "value": finite(part.value), "low": finite(part.low), "high": finite(part.high)}
                for label, part in (("Different mix", split.mix), ("Rates within groups", split.rate))
            ],
            "n": round(found.before.n),
            "failed": round(found.before.k or 0),
            "x_label": "share that failed",
        },
        title=title,
        alt=f"{title}: {_points(split.mix.value)} points from the mix and {_points(split.rate.value)} from the rates, "
        f"of {_points(split.total)}.",
        caption="The two parts add up to the change.",
        sensitivity="case" if few else "operational",
    )


def _table(draft: SectionDraft, found: RateChange, few: bool) -> None:
    listed = [*([found.joint] if found.joint is not None else []), *found.splits[:MOST_ROWS]]
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
                "dimension": " and ".join(dimension_label(name) for name in one.dimension.split(" and ")),
                "mix": finite(one.mix.value * 100),
                "mix_interval": finite_pair(one.mix.low * 100, one.mix.high * 100),
                "rate": finite(one.rate.value * 100),
                "rate_interval": finite_pair(one.rate.low * 100, one.rate.high * 100),
                "total": finite(one.total * 100),
            }
            for one in listed
        ],
        note="Mix and rates add up to the change (Kitagawa); intervals by simulation of the counts.",
        sensitivity="case" if few else "operational",
    )
