"""How the work flows: steps left out, repeated or out of turn, which go with the failure, and where time goes."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from rca_lib.analysis.bottlenecks import StepTime, step_times
from rca_lib.analysis.conformance import Conformance, conformance
from rca_lib.analysis.deviations import THE_FAILURE_ITSELF, DeviationEffect, deviation_effects
from rca_lib.analysis.intervals import rate
from rca_lib.data.taxonomy import ACTIVITIES
from rca_lib.review.blocks import Blocks, Column, Quote
from rca_lib.review.draft import SectionDraft, finite, finite_pair
from rca_lib.review.format import format_value, spell_hours
from rca_lib.review.wording import counted, is_few, joined, lowered, percent_with_interval

if TYPE_CHECKING:
    from rca_lib.review.case import Case

__all__ = ["flow"]

KINDS = {"skipped": "left out", "repeated": "done again", "out_of_order": "done too early"}
MOST_TOLD = 3
MOST_STEPS = 14
CLEAR = 0.05


def flow(case: Case) -> Blocks:
    """Answer how the work flows. See `Case.flow`."""
    draft = SectionDraft("flow", sensitivity="operational")
    events = case.tables.get("events")
    if events is None or events.empty or case.requests is None:
        return draft.not_assessed(
            "No workflow events were supplied.",
            "With them, steps left out or repeated and the time in each step could be shown.",
        )
    found = conformance(events, case.requests, as_of=case.as_of)
    if not found.usual.any():
        return draft.not_assessed(
            "No step is usual for any type of request, so there is no usual way to compare with.",
            "A log in which most finished requests of a type pass the same steps would allow it.",
        )
    effects = deviation_effects(case.outcome, found.flags, case.requests) if case.outcome.ok else ()
    few = case.source.config.small_cell
    draft.prose("summary", [_followed(draft, found), _going_with(draft, effects, few), _own(case, draft, found)])
    _chart(draft, [one for one in effects if one.ratio is not None][:8])
    _table(draft, found, effects)
    times = (
        step_times(case.durations, case.onset.when if case.onset is not None else None)
        if case.durations is not None
        else ()
    )
    if times:
        draft.prose("time", [_time(draft, times)], title="Where the time goes")
        _times(draft, times)
    return draft.build()


def _name(deviation: str) -> str:
    kind, _, step = deviation.partition(":")
    return f"{lowered(_step(step))} {KINDS[kind]}"


def _step(step: str) -> str:
    return ACTIVITIES.get(step, step.replace("_", " ").capitalize())


def _followed(draft: SectionDraft, found: Conformance) -> list[str | Quote]:
    finished = found.finished
    clean = rate(float((found.fitness[finished] >= 1).sum()), float(finished.sum()))
    told: list[str | Quote] = []
    if clean.n:
        told.append(
            draft.say(
                "followed",
                f"{percent_with_interval(clean)} of {format_value(clean.n, 'count')} finished requests took the usual way of their "
                "type from end to end.",
                clean,
                unit="share",
            )
        )
    counts = found.flags.sum().sort_values(ascending=False)
    if len(counts):
        most = [
            f"{_name(str(name))} ({format_value(int(count), 'count')})"
            for name, count in counts.head(MOST_TOLD).items()
        ]
        told.append(
            draft.say(
                "most", f"What departs from it most often: {joined(most)}.", value=int(counts.iloc[0]), unit="requests"
            )
        )
    return told


def _going_with(draft: SectionDraft, effects: Sequence[DeviationEffect], few: int) -> list[str | Quote]:
    if not effects:
        return []
    clear = [one for one in effects if one.ratio is not None and one.ratio.low > 1 and one.p_adjusted < CLEAR]
    early = [
        one for one in clear if one.before_delivery and one.ratio is not None and one.ratio.value < THE_FAILURE_ITSELF
    ]
    if not clear:
        return [
            draft.say(
                "none",
                f"None of {counted(len(effects), 'departure')} compared goes with the failure more than chance gives.",
            )
        ]
    told: list[str | Quote] = []
    for number, one in enumerate(early[:MOST_TOLD], start=1):
        assert one.ratio is not None
        small = is_few(one.failed, few)
        start = f"With {_name(one.name)}, the odds of failing are"
        told.append(
            draft.say(
                f"deviation_{number}",
                f"{start} {format_value(one.ratio.value, 'number')} times as high (95% interval "
                f"{format_value((one.ratio.low, one.ratio.high), 'number')}), among requests of the same type.",
                one.ratio,
                unit="odds ratio",
                masked=f"{start} higher; the failures are too few to give figures here." if small else None,
            )
        )
    after = [_name(one.name) for one in clear if not one.before_delivery]
    if after:
        told.append(
            draft.say(
                "after",
                f"Also seen with the failure, but after the answer went out, so no cause of it: {joined(after[:MOST_TOLD])}.",
            )
        )
    return told


def _own(case: Case, draft: SectionDraft, found: Conformance) -> list[str | Quote]:
    """Say whether the escalation's own requests took the usual way."""
    mine = found.request_ids.isin(case.index_ids)
    if not mine.any():
        return []
    flags = found.flags.loc[found.request_ids[mine]]
    shown = [_name(str(name)) for name in flags.columns if flags[name].any()]
    whose = "The escalation's own request" if mine.sum() == 1 else "The escalation's own requests"
    text = f"{whose} took the usual way." if not shown else f"{whose} departed from it: {joined(shown)}."
    return [draft.say("own", text, sensitivity="case")]


def _chart(draft: SectionDraft, shown: Sequence[DeviationEffect]) -> None:
    if not shown:
        return
    clear = [
        one
        for one in shown
        if one.ratio is not None and one.ratio.low > 1 and one.p_adjusted < CLEAR and one.before_delivery
    ]
    title = (
        f"Requests with {_name(clear[0].name)} fail more often than others of their type"
        if clear
        else "No departure from the usual way before delivery goes clearly with the failure"
    )
    draft.figure(
        "chart",
        "forest",
        {
            "rows": [
                {
                    "label": _name(one.name)[:1].upper() + _name(one.name)[1:],
                    "n": one.n,
                    "failed": one.failed,
                    "effect": finite(one.ratio.value) if one.ratio else None,
                    "low": finite(one.ratio.low) if one.ratio else None,
                    "high": finite(one.ratio.high) if one.ratio else None,
                    "share": None,
                    "flag": one in clear,
                }
                for one in shown
            ],
            "x_label": "odds ratio within process types (logarithmic scale)",
            "label_head": "Departure",
            "reference": 1.0,
        },
        title=title,
        alt=f"{title}. For each of {len(shown)} departures a dot marks the odds ratio of failing and a line its 95% interval; 1 means no "
        "difference.",
        caption="Right of 1: failing is more likely with it. What comes after delivery cannot have made the answer wrong.",
    )


def _table(draft: SectionDraft, found: Conformance, effects: Sequence[DeviationEffect]) -> None:
    known = {one.name: one for one in effects}
    counts = found.flags.sum().sort_values(ascending=False)
    rows = []
    for name, count in counts.items():
        one = known.get(str(name))
        ratio = one.ratio if one is not None else None
        rows.append(
            {
                "what": _name(str(name))[:1].upper() + _name(str(name))[1:],
                "requests": int(count),
                "n": one.n if one is not None else None,
                "failed": one.failed if one is not None else None,
                "ratio": finite(ratio.value) if ratio else None,
                "interval": finite_pair(ratio.low, ratio.high) if ratio else None,
                "p": finite(one.p_adjusted) if one is not None else None,
            }
        )
    draft.table(
        "table",
        "Departures from the usual way",
        [
            Column(key="what", label="Departure"),
            Column(key="requests", label="Requests", kind="count"),
            Column(key="n", label="At risk", kind="count"),
            Column(key="failed", label="Failed", kind="count"),
            Column(key="ratio", label="Odds ratio", kind="number", guard="failed"),
            Column(key="interval", label="95% interval", kind="number", guard="failed"),
            Column(key="p", label="Adjusted p", kind="number", guard="failed"),
        ],
        rows,
        note="Usual: a step that four in five finished requests of the type had in some quarter. Odds ratios within process types; p "
        "adjusted for all that were compared (Benjamini and Hochberg).",
    )


def _time(draft: SectionDraft, times: Sequence[StepTime]) -> list[str | Quote]:
    first = times[0]
    what = f"waiting for {lowered(_step(first.step))}" if first.waiting else lowered(_step(first.step))
    told: list[str | Quote] = [
        draft.say(
            "bottleneck",
            f"Most of the measured time, {format_value(first.share, 'percent')}, goes into {what}: half of the requests within "
            f"{spell_hours(first.median)}, nine in ten within {spell_hours(first.p90)}.",
            value=first.share,
            unit="share",
            n=first.requests,
            method="share of all measured hours, pauses taken out",
        )
    ]
    changes = [(one.change.value, one) for one in times if one.change is not None and one.change.low > 0]
    if changes:
        one = max(changes, key=lambda pair: pair[0])[1]
        change = one.change
        assert change is not None
        where = f"waiting for {lowered(_step(one.step))}" if one.waiting else lowered(_step(one.step))
        total = sum(each.change.value for each in times if each.change is not None)
        told.append(
            draft.say(
                "grown",
                f"Since the rate rose the mean request takes {abs(total):.1f} hours {'longer' if total > 0 else 'less'} in all; "
                f"{where} grew most, by {change.value:.1f} hours a request (95% interval {change.low:.1f} to {change.high:.1f}).",
                change,
                unit="hours",
            )
        )
    return told


def _times(draft: SectionDraft, times: Sequence[StepTime]) -> None:
    shown = times[:MOST_STEPS]
    labels = [f"Waiting for {lowered(_step(one.step))}" if one.waiting else _step(one.step) for one in shown]
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
                "step": f"Waiting for {lowered(_step(one.step))}" if one.waiting else _step(one.step),
                "n": one.requests,
                "median": finite(one.median),
                "p90": finite(one.p90),
                "share": finite(one.share),
                "change": finite(one.change.value) if one.change else None,
                "interval": finite_pair(one.change.low, one.change.high) if one.change else None,
            }
            for one in times
        ],
        note="Changes since the rate rose; they add up to the change of the mean request.",
    )
