"""How long requests take, whether that changed, and how many meet their deadline."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from rca_lib.analysis.outcome import outcome_of
from rca_lib.analysis.survival import restricted_mean_difference
from rca_lib.analysis.turnaround import FEWEST, Comparison, GroupTime, attainment, compare_times, request_times
from rca_lib.review.blocks import Blocks, Quote
from rca_lib.review.draft import SectionDraft
from rca_lib.review.format import format_value
from rca_lib.review.sections.turnaround_display import (
    AFTER,
    ALL,
    BEFORE,
    REST,
    UNKNOWN,
    chart,
    p_text,
    span,
    table,
    within,
)
from rca_lib.review.wording import counted, dimension_label, in_words, is_few, joined, lowered, percent_with_interval

if TYPE_CHECKING:
    from rca_lib.analysis.intervals import Estimate
    from rca_lib.analysis.outcome import Outcome
    from rca_lib.analysis.turnaround import RequestTimes
    from rca_lib.review.case import Case

__all__ = ["turnaround"]

SIGNIFICANT = 0.05
"""Adjusted p below which times are said to differ."""

MOST_GROUPS = 6
"""Curves that a reader can tell apart; smaller groups are pooled."""


def turnaround(case: Case, *, by: str | None = None) -> Blocks:
    """Answer how long requests take, from receipt to closing without pauses, before and since the onset or by a column."""
    draft = SectionDraft("turnaround", sensitivity="general")
    times = request_times(case.tables, as_of=case.as_of, config=case.source.config)
    if not times.ok:
        return draft.not_assessed(times.reason, times.would_allow)
    if not bool(times.frame["closed"].any()):
        n = int(times.frame["n"].sum())
        small = is_few(n, case.source.config.small_cell)
        return draft.not_assessed(
            f"none of {counted(n, 'request')} was closed by {format_value(case.as_of, 'date')}.",
            "Closing times of some requests would allow it.",
            masked="no request was closed yet." if small else None,
        )
    late = _late(case)
    whole = compare_times(times.frame, np.full(len(times.frame), ALL))
    groups, order = _groups(case, times.frame, by)
    compared = compare_times(times.frame, groups.to_numpy(), order=order) if len(order) > 1 else None
    draft.prose("summary", [_overall(case, draft, times, whole), _deadlines(case, draft, times, whole, late)])
    if compared is not None:
        draft.prose("comparison", [_compared(case, draft, compared, by)])
    elif by is not None or case.onset is not None:
        text = f"Fewer than two groups have {FEWEST} requests or more, so there is nothing to compare."
        draft.prose("comparison", [[draft.say("nothing_to_compare", text)]], style="note")
    shown = compared or whole
    chart(case, draft, times, shown, by)
    names = pd.Series(ALL, index=groups.index) if compared is None else groups
    in_time = {} if late is None else attainment(late, names.set_axis(times.frame["request_id"]))
    table(draft, shown, in_time)
    return draft.build()


def _late(case: Case) -> Outcome | None:
    """Which requests were late; nothing where that could only be told from escalations."""
    found = case.outcome if case.failure_mode == "LAT" else outcome_of(
        case.tables, "LAT", as_of=case.as_of, config=case.source.config
    )  # fmt: skip
    return found if found.ok and found.unit_label == "requests that fell due" else None


def _groups(case: Case, frame: pd.DataFrame, by: str | None) -> tuple[pd.Series[Any], list[str]]:
    """Name the group of each request, and the groups in the order shown; small ones are pooled."""
    if by is None:
        if case.onset is None:
            return pd.Series(ALL, index=frame.index), [ALL]
        periods = pd.Series(np.where(frame["at"] < case.onset.when, BEFORE, AFTER), index=frame.index)
        numbers = frame["n"].groupby(periods).sum()
        both = len(numbers) == 2 and int(numbers.min()) >= FEWEST
        return periods, [BEFORE, AFTER] if both else [ALL]
    assert case.requests is not None
    values = case.requests.drop_duplicates("request_id").set_index("request_id")[by].reindex(frame["request_id"])
    words = [UNKNOWN if pd.isna(value) else str(in_words(value)) for value in values]
    names = pd.Series(words, index=frame.index, dtype="str")
    sizes = frame["n"].groupby(names).sum().sort_values(ascending=False, kind="stable")
    big = sizes[sizes >= FEWEST].index.tolist()
    kept = big if len(big) == len(sizes) <= MOST_GROUPS else big[: MOST_GROUPS - 1]
    pooled = names.where(names.isin(kept), REST)
    rest = int(frame.loc[pooled == REST, "n"].sum())
    return pooled, [*kept, REST] if rest and kept else kept or [REST]


def _with_interval(estimate: Estimate) -> str:
    pair = format_value((estimate.low, estimate.high), "hours")
    return f"{span(estimate.value)} (95% interval {pair})"


def _overall(case: Case, draft: SectionDraft, times: RequestTimes, whole: Comparison) -> list[str | Quote]:
    curve, limit = whole.groups[0].curve, case.source.config.small_cell
    half, most = curve.quantile(0.5), curve.quantile(0.9)
    text = f"Half of the requests are closed within {_with_interval(half)}" if math.isfinite(half.value) else (
        "Fewer than half of the requests were closed while they were watched"
    )  # fmt: skip
    if math.isfinite(most.value):
        text += f", and nine in ten within {_with_interval(most)}"
    waiting = curve.n - curve.k - times.withdrawn
    open_text = f"Of {counted(curve.n, 'request')}, {format_value(waiting, 'count') if waiting else 'none'} "
    open_text += f"{'was' if waiting <= 1 else 'were'} still open on {format_value(case.as_of, 'date')}"
    open_text += {0: ".", 1: "; it counts for as long as it has run."}.get(
        waiting, "; they count for as long as they have run."
    )
    small = is_few(waiting, limit) or is_few(curve.k, limit) or is_few(curve.n, limit)
    hidden = "Requests still open count for as long as they have run." if small else None
    few = "Too few requests were closed to say how long they take." if is_few(curve.k, limit) else None
    row: list[str | Quote] = [
        draft.say("median", text + ".", half, unit="hours", masked=few),
        draft.say("open", open_text, value=waiting, unit="requests", n=curve.n, masked=hidden),
    ]
    if whole.horizon > 0:
        mean = curve.restricted_mean(whole.horizon)
        text = f"Counted up to {span(whole.horizon)}, a request takes {_with_interval(mean)} on average."
        row.append(draft.say("mean", text, mean, unit="hours", masked=few))
    text = (
        f"Time is that of the calendar; the time in which the clock was paused is taken out, for {counted(times.paused, 'request')}."
        if times.paused
        else "Time is that of the calendar. No pauses of the clock are on record, so all of it counts."
    )
    if is_few(times.paused, limit):
        hidden = "Time is that of the calendar; the time in which the clock was paused is taken out."
    row.append(draft.say("pauses", text, masked=hidden if is_few(times.paused, limit) else None))
    aside = [
        (times.withdrawn, "withdrawn", "count until then"),
        (times.left_out, "without a usable closing time", "are left out"),
    ]
    for count, kind, fate in aside:
        if count:
            text = f"{format_value(count, 'count')} {kind} {fate}."
            masked = f"Requests {kind} {fate}." if is_few(count, limit) else None
            row.append(draft.say(kind.split()[0], text, value=count, unit="requests", masked=masked))
    return row


def _deadlines(
    case: Case, draft: SectionDraft, times: RequestTimes, whole: Comparison, late: Outcome | None
) -> list[str | Quote]:
    limit = case.source.config.small_cell
    met = None if late is None else attainment(late).get("")
    if met is None or not met.n:
        return [
            draft.say(
                "attainment",
                "How many met their deadline is not assessed: no request of those supplied has a deadline that has passed. "
                "Deadlines (due_at) or service targets (sla_policies) would allow it.",
            )
        ]
    assert late is not None
    lag = late.matures_after
    since = "" if lag is None else format_value(case.as_of - lag, "date")
    recent = f", and all received after {since}, as many of them are not due yet" if since else ""
    text = (
        f"{percent_with_interval(met)} of {counted(met.n, 'request')} that fell due met their deadline. One still open past its "
        f"deadline counts as missed; open ones that are not due yet are left out{recent}."
    )
    missed = met.n - (met.k or 0)
    small = any(is_few(count, limit) for count in (met.k or 0, missed, met.n))
    hidden = "The counts behind the share that met their deadline are too small to state here." if small else None
    row: list[str | Quote] = [draft.say("attainment", text, met, unit="share", masked=hidden)]
    if times.target is not None:
        left = whole.groups[0].curve.at(times.target)
        if math.isfinite(left.value):
            text = f"Nearly all are allowed about {span(times.target)}; by then {percent_with_interval(left)} are still open."
            row.append(draft.say("at_target", text, left, unit="share", masked=hidden))
    return row


def _compared(case: Case, draft: SectionDraft, compared: Comparison, by: str | None) -> list[str | Quote]:
    limit = case.source.config.small_cell
    row: list[str | Quote]
    told = [group for group in compared.groups if group.log_rank is not None]
    if len(compared.groups) == 2:
        row = [_ratio(draft, told[0], compared.groups[0], 1, limit)]
        return [*row, *_mean_difference(draft, compared, limit)]
    differing = [group for group in told if group.p_adjusted < SIGNIFICANT]
    name = lowered(dimension_label(by or ""))
    overall = compared.overall
    test = (
        ""
        if math.isnan(overall.p)
        else f" (log-rank chi-squared {format_value(overall.chi2, 'number')}, {p_text(overall.p)})"
    )
    text = f"{len(told)} groups by {name} were compared, each with all others{test}; "
    text += (
        f"{joined([within(group.name) for group in differing])} differ{'s' if len(differing) == 1 else ''} beyond chance."
        if differing
        else "none differs beyond chance."
    )
    row = [
        draft.say(
            "groups", text, value=len(differing), unit="groups", n=overall.n, method="log-rank, Benjamini-Hochberg"
        )
    ]
    with_ratio = [group for group in differing if group.against_others is not None and group.against_others.ok]
    for position, group in enumerate(sorted(with_ratio, key=_distance, reverse=True)[:2], start=1):
        row.append(_ratio(draft, group, None, position, limit))
    return row


def _mean_difference(draft: SectionDraft, compared: Comparison, limit: int) -> list[str | Quote]:
    """Compare the means, which holds whether or not the ratio changes with age."""
    first, second = compared.groups
    if not compared.horizon > 0:
        return []
    found = restricted_mean_difference(first.curve, second.curve, compared.horizon)
    near, far = sorted((found.low, found.high), key=abs)
    apart = near * far > 0
    interval = f"{_shift(near, not apart)} to {_shift(far, not apart)}"
    text = (
        f"Counted up to {span(compared.horizon)}, the mean is {_shift(found.value)} in “{within(second.name)}” "
        f"than in “{within(first.name)}” (95% interval {interval})."
    )
    small = is_few(first.curve.k, limit) or is_few(second.curve.k, limit)
    masked = "The counts behind the difference of the means are too small to state here." if small else None
    return [draft.say("mean_difference", text, found, unit="hours", masked=masked)]


def _shift(hours: float, named: bool = True) -> str:
    return format_value(abs(hours), "hours") + ((" longer" if hours >= 0 else " shorter") if named else "")


def _distance(group: GroupTime) -> float:
    assert group.against_others is not None
    return abs(float(group.against_others.coefficients[0]))


def _ratio(draft: SectionDraft, group: GroupTime, other: GroupTime | None, position: int, limit: int) -> Quote:
    fit, test = group.against_others, group.log_rank
    assert fit is not None
    assert test is not None
    name, against = within(group.name), within(other.name) if other is not None else "all others"
    if not fit.ok:
        text = f"How fast requests close cannot be compared between “{name}” and "
        text += f"“{against}”: {fit.reason}. {fit.would_allow}"
        return draft.say(f"ratio_{position}", text)
    ratio = fit.hazard_ratio()
    p = test.p if math.isnan(group.p_adjusted) else group.p_adjusted
    text = (
        f"Requests open at the same age close at {format_value(ratio.value, 'number')} times the pace in "
        f"“{name}”"
        f" that they have in “{against}” (95% interval {format_value((ratio.low, ratio.high), 'number')}; log-rank {p_text(p)})."
    )
    changing = float(fit.proportional_p[0])
    if changing < SIGNIFICANT:
        text += (
            f" The ratio changes with age ({p_text(changing)}), so it is an average; the means below do not rest on it."
        )
    small = is_few(group.curve.k, limit) or is_few(fit.k - group.curve.k, limit)
    masked = f"The counts behind “{name}” are too small to state here." if small else None
    return draft.say(f"ratio_{position}", text, ratio, unit="hazard ratio", masked=masked)
