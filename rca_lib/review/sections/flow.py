"""How the work flows: steps left out, repeated or out of turn, which go with the failure, and where time goes."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from rca_lib.analysis.conformance import Conformance, conformance
from rca_lib.analysis.deviations import DeviationEffect, deviation_effects, failure_moments
from rca_lib.analysis.intervals import Estimate, rate
from rca_lib.analysis.outcome import REOPENED
from rca_lib.review.blocks import Blocks, Column, Quote
from rca_lib.review.draft import SectionDraft, finite, finite_pair
from rca_lib.review.format import format_value
from rca_lib.review.sections.flow_times import add_times, capital, step_label
from rca_lib.review.small_counts import kept_apart
from rca_lib.review.wording import counted, is_few, joined, lowered, percent_with_interval

if TYPE_CHECKING:
    import pandas as pd

    from rca_lib.review.case import Case

__all__ = ["flow"]

KINDS = {"skipped": "left out", "repeated": "done again", "out_of_order": "done too early"}
MOST_TOLD = 3


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
    effects = _effects(case, events, found)
    few = case.source.config.small_cell
    followed = _followed(draft, found, few)
    withheld = _withheld(case, effects)
    told = _going_with(draft, effects, withheld)
    if any(one.higher for one in effects) and "deliver" not in found.steps and case.outcome.name != REOPENED:
        told.append("The log does not say when a request failed, so a departure may also have come after it.")
    draft.prose("summary", [followed, told, _own(case, draft, found)])
    _chart(draft, [one for one in effects if one.ratio is not None][:8], withheld)
    _table(draft, found, effects, withheld)
    add_times(case, draft)
    return draft.build()


def _effects(case: Case, events: pd.DataFrame, found: Conformance) -> tuple[DeviationEffect, ...]:
    """Compare departures on the way to the failure; those after its moment are not looked at."""
    if not case.outcome.ok or case.requests is None:
        return ()
    policies, config = case.tables.get("sla_policies"), case.source.config
    until = failure_moments(case.outcome, events, case.requests, policies=policies, config=config, as_of=case.as_of)
    if until is not None:
        found = conformance(events, case.requests, as_of=case.as_of, until=until)
    return deviation_effects(case.outcome, found.flags, case.requests)


def _name(deviation: str) -> str:
    kind, _, step = deviation.partition(":")
    return f"{lowered(step_label(step))} {KINDS[kind]}"


def _followed(draft: SectionDraft, found: Conformance, few: int) -> list[str | Quote]:
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
                masked=_followed_masked(clean, few),
            )
        )
    counts = found.flags.sum().sort_values(ascending=False)
    if len(counts):
        top = counts.head(MOST_TOLD)
        start = "What departs from it most often:"
        most = [f"{_name(str(name))} ({format_value(int(count), 'count')})" for name, count in top.items()]
        names = joined([_name(str(name)) for name in top.index])
        told.append(
            draft.say(
                "most",
                f"{start} {joined(most)}.",
                masked=f"{start} {names}." if any(is_few(count, few) for count in top) else None,
                value=int(counts.iloc[0]),
                unit="requests",
            )
        )
    return told


def _followed_masked(clean: Estimate, few: int) -> str | None:
    """Say the share without figures where it would give a small count away, on either side of it."""
    if is_few(clean.n, few):
        return "Too few requests are finished to state a share here."
    took = round(clean.k or 0)
    if is_few(clean.n - took, few):
        return "Nearly all finished requests took the usual way of their type from end to end."
    if is_few(took, few):
        return "Hardly any finished request took the usual way of its type from end to end."
    return None


def _withheld(case: Case, effects: Sequence[DeviationEffect]) -> frozenset[str]:
    """Return the departures whose failures would give a small count away, beside what is left or beside another departure."""
    told = [one for one in effects if not case.small.gives_away(one.failed, one.n)]
    apart = kept_apart([(one.n, one.failed) for one in told], case.small.limit)
    return frozenset(one.name for one in effects) - {one.name for one, kept in zip(told, apart, strict=True) if kept}


def _going_with(draft: SectionDraft, effects: Sequence[DeviationEffect], withheld: frozenset[str]) -> list[str | Quote]:
    if not effects:
        return []
    clear = [one for one in effects if one.higher]
    if not clear:
        return [
            draft.say(
                "none",
                f"None of {counted(len(effects), 'departure')} compared goes with the failure more than chance gives.",
            )
        ]
    told: list[str | Quote] = []
    early = [one for one in clear if one.before_delivery]
    for number, one in enumerate([one for one in early if not one.itself][:MOST_TOLD], start=1):
        assert one.ratio is not None
        small = one.name in withheld
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
    same = [_name(one.name) for one in early if one.itself]
    if same:
        told.append(
            draft.say(
                "itself",
                f"So closely tied to the failure that it is how the log shows it, and explains nothing: {joined(same[:MOST_TOLD])}.",
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
    mine = found.request_ids.isin(case.told_ids)
    if not mine.any():
        return []
    flags = found.flags.loc[found.request_ids[mine]]
    shown = [_name(str(name)) for name in flags.columns if flags[name].any()]
    whose = "The escalation's own request" if mine.sum() == 1 else "The escalation's own requests"
    if shown:
        text = f"{whose} departed from it: {joined(shown)}."
    elif (found.fitness[mine] < 1).any():
        text = f"{whose} departed from it in a way that fewer than five requests share."
    else:
        text = f"{whose} took the usual way{'' if found.finished[mine].all() else ', as far as it is on record'}."
    return [draft.say("own", text, sensitivity="case")]


def _chart(draft: SectionDraft, shown: Sequence[DeviationEffect], withheld: frozenset[str]) -> None:
    if not shown:
        return
    clear = [one for one in shown if one.higher and one.before_delivery]
    apart = [one for one in clear if not one.itself]
    title = "No departure from the usual way before delivery goes clearly with the failure"
    if apart:
        title = f"Requests with {_name(apart[0].name)} fail more often than others of their type"
    elif clear:
        title = f"{capital(_name(clear[0].name))} is how the log shows the failure itself"
    draft.figure(
        "chart",
        "forest",
        {
            "rows": [
                {
                    "label": capital(_name(one.name)),
                    "n": one.n,
                    "failed": one.failed,
                    "effect": finite(one.ratio.value) if one.ratio else None,
                    "low": finite(one.ratio.low) if one.ratio else None,
                    "high": finite(one.ratio.high) if one.ratio else None,
                    "share": None,
                    "flag": one in clear,
                    "withhold": ["failed"] if one.name in withheld else [],
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
        apart=True,
        caption="Right of 1: failing is more likely with it. What comes after delivery cannot have made the answer wrong.",
    )


def _table(
    draft: SectionDraft, found: Conformance, effects: Sequence[DeviationEffect], withheld: frozenset[str]
) -> None:
    known = {one.name: one for one in effects}
    counts = found.flags.sum().sort_values(ascending=False)
    rows = []
    for name, count in counts.items():
        one = known.get(str(name))
        ratio = one.ratio if one is not None else None
        rows.append(
            {
                "what": capital(_name(str(name))),
                "requests": int(count),
                "n": one.n if one is not None else None,
                "failed": one.failed if one is not None else None,
                "ratio": finite(ratio.value) if ratio else None,
                "interval": finite_pair(ratio.low, ratio.high) if ratio else None,
                "p": finite(one.p_adjusted) if one is not None else None,
                "withhold": ["n", "failed"] if name in withheld else [],
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
        apart=True,
        note="Usual: a step that four in five finished requests of the type had in that quarter or an earlier one. What came after the "
        "failure, where its moment is known, is not compared. Odds ratios within process types; p adjusted for all that were compared "
        "(Benjamini and Hochberg).",
    )
