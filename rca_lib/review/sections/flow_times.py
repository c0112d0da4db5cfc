"""Where requests spend their time, and which step moved the time of the mean request."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from rca_lib.analysis.bottlenecks import StepTime, mean_change, step_times
from rca_lib.analysis.clock import span_quantile
from rca_lib.analysis.intervals import Estimate
from rca_lib.data.taxonomy import ACTIVITIES
from rca_lib.review.blocks import Column, Quote
from rca_lib.review.draft import SectionDraft, finite, finite_pair
from rca_lib.review.format import format_value, spell_hours
from rca_lib.review.wording import is_few, lowered

if TYPE_CHECKING:
    import pandas as pd

    from rca_lib.review.case import Case

__all__ = ["add_times", "capital", "step_label"]

MOST_STEPS = 14
FOLLOWED = 0.95
"""Requests count for a change in time when they began so long ago that this share of all were closed by that age."""


def add_times(case: Case, draft: SectionDraft) -> None:
    """Add what is known of the time in each step, if anything."""
    if case.durations is None:
        return
    since = case.onset.when if case.onset is not None else None
    until = _long_ago(case)
    times = step_times(case.durations, since, until=until)
    if times:
        total = mean_change(case.durations, since, until=until)
        draft.prose("time", [_time(draft, times, total, case.source.config.small_cell)], title="Where the time goes")
        _times(draft, times, total)


def _long_ago(case: Case) -> pd.Timestamp | None:
    """Latest beginning that gives a request the time in which most are closed."""
    if case.requests is None or "closed_at" not in case.requests.columns:
        return None
    took = (case.requests["closed_at"] - case.requests["received_at"])[case.requests["closed_at"] <= case.as_of]
    longest = span_quantile(took, FOLLOWED)
    return None if took.empty else case.as_of - longest


def capital(text: str) -> str:
    """Begin a text with a capital.

    >>> capital("scope review left out")
    'Scope review left out'
    """
    return text[:1].upper() + text[1:]


def step_label(step: str) -> str:
    """Name a step for a reader.

    >>> step_label("qc"), step_label("In work")
    ('Second-person check', 'In work')
    """
    return ACTIVITIES.get(step, step.replace("_", " ").capitalize())


def _where(one: StepTime) -> str:
    return f"waiting for {lowered(step_label(one.step))}" if one.waiting else lowered(step_label(one.step))


def _time(draft: SectionDraft, times: Sequence[StepTime], total: Estimate | None, few: int) -> list[str | Quote]:
    first = times[0]
    start = f"The largest share of the measured time, {format_value(first.share, 'percent')}, goes into {_where(first)}"
    told: list[str | Quote] = [
        draft.say(
            "bottleneck",
            f"{start}: half of the requests within {spell_hours(first.median)}, nine in ten within {spell_hours(first.p90)}.",
            value=first.share,
            unit="share",
            n=first.requests,
            method="share of all measured hours, pauses taken out",
            masked=f"{start}." if is_few(first.requests, few) else None,
        )
    ]
    if total is None:
        return told
    up = total.value > 0
    if total.low <= 0 <= total.high:
        text = "Since the rate rose the measured time of the mean request has not clearly changed"
    else:
        text = f"Since the rate rose the mean request takes {_hours(abs(total.value))} {'longer' if up else 'less'}"
    told.append(
        draft.say(
            "change",
            f"{text} (95% interval of the change {_hours(total.low)} to {_hours(total.high)}).",
            total,
            unit="hours",
        )
    )
    moved = [one for one in times if one.change is not None and (one.change.low > 0 if up else one.change.high < 0)]
    if moved:
        one = max(moved, key=lambda each: abs(each.change.value) if each.change else 0.0)
        change = one.change
        assert change is not None
        told.append(
            draft.say(
                "grown" if up else "fallen",
                f"{capital(_where(one))} {'grew' if up else 'fell'} most, by {_hours(abs(change.value))} a request (95% interval of the "
                f"change {_hours(change.low)} to {_hours(change.high)}).",
                change,
                unit="hours",
            )
        )
    return told


def _hours(hours: float) -> str:
    return f"{hours:.1f} hours".replace("-", "\u2212")


def _times(draft: SectionDraft, times: Sequence[StepTime], total: Estimate | None) -> None:
    shown = times[:MOST_STEPS]
    labels = [capital(_where(one)) for one in shown]
    title = f"{labels[0]} takes the largest share of the time"
    draft.figure(
        "time_chart",
        "step_times",
        {
            "steps": [
                {
                    "step": label,
                    "p10": finite(one.p10),
                    "p50": finite(one.median),
                    "p90": finite(one.p90),
                    "share": finite(one.share),
                    "flag": position == 0,
                }
                for position, (label, one) in enumerate(zip(labels, shown, strict=True))
            ]
        },
        title=title,
        alt=f"{title}: {format_value(shown[0].share, 'percent')} of all measured hours. For each of {len(shown)} steps a tick "
        "marks the median and a bar the middle four fifths.",
        caption="Over all requests with a known beginning and end of the step; pauses taken out.",
        counts=False,
    )
    draft.table(
        "time_table",
        "Time by step",
        [
            Column(key="step", label="Step"),
            Column(key="n", label="Requests", kind="count"),
            Column(key="median", label="Median", kind="hours", guard="n"),
            Column(key="p90", label="Nine in ten within", kind="hours", guard="n"),
            Column(key="share", label="Share of time", kind="percent"),
            Column(key="change", label="Change, hours a request", kind="number"),
            Column(key="interval", label="95% interval", kind="number"),
        ],
        [
            {
                "step": capital(_where(one)),
                "n": one.requests,
                "median": finite(one.median),
                "p90": finite(one.p90),
                "share": finite(one.share),
                "change": finite(one.change.value) if one.change else None,
                "interval": finite_pair(one.change.low, one.change.high) if one.change else None,
            }
            for one in times
        ],
        apart=True,
        note="Changes since the rate rose, of requests that began long enough ago to be finished; they add up to the change of the mean "
        "request."
        if total is not None
        else None,
    )
