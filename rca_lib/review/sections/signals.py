"""Signals: whether the failure's rate moves more than chance allows, on the chart that suits it, and by which rule."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from rca_lib.analysis.chart_choice import FEWEST_EXPECTED, ChartChoice, choose_chart, typical_size
from rca_lib.analysis.control_charts import CHARTS
from rca_lib.analysis.cusum import Cusum, bernoulli_cusum, tabular_cusum
from rca_lib.analysis.intervals import rate
from rca_lib.analysis.signal_series import SignalSeries, failure_gaps, rate_points
from rca_lib.analysis.signals import FEWEST_POINTS, Signal, signal
from rca_lib.analysis.trials import trials
from rca_lib.errors import UsageError
from rca_lib.review.blocks import Blocks, Column, Quote
from rca_lib.review.draft import SectionDraft, finite, records
from rca_lib.review.sections.funnel import about, add_funnel
from rca_lib.review.wording import counted, is_few, percent_with_interval, week

if TYPE_CHECKING:
    from rca_lib.review.case import Case

__all__ = ["signals"]

MOST_MARKERS = 4
_TOO_FEW = "The failures are too few to say more here."


def signals(case: Case, *, chart: str | None = None, rebase_at: str | None = None, by: str | None = None) -> Blocks:
    """Answer whether the rate moves more than chance allows. See `Case.signals`."""
    draft = SectionDraft("signals")
    outcome = case.outcome
    if chart is not None and chart not in CHARTS:
        raise UsageError(f"signals: there is no chart {chart!r}; there are {', '.join(CHARTS)}.")
    if by is not None and case.requests is not None and by not in case.dimensions:
        raise UsageError(f"signals: “{by}” is not a column to look in; there are: {', '.join(case.dimensions)}.")
    since = _moment(case, rebase_at)
    if not outcome.ok or case.series is None:
        return draft.not_assessed(outcome.reason, outcome.would_allow)
    table = case.series.frame
    known = table["mature"].to_numpy(bool) & (table["n"].to_numpy() > 0)
    n, share = table["n_effective"].to_numpy(float)[known], table["rate"].to_numpy(float)[known]
    base = table["baseline"].to_numpy(bool)[known]
    failures = int(trials(outcome)["failed"].sum())
    if not known.any() or failures == 0:
        return draft.not_assessed(
            "none of the requests whose outcome is final failed.", "Failures in the period would allow it."
        )
    choice = choose_chart(n, share * n, baseline=base, overrule=chart)
    points = (
        failure_gaps(outcome, choice.chart) if choice.chart in {"g", "t"} else rate_points(case.series, choice.chart)
    )
    starts, note = _phases(points, since)
    found = signal(
        choice.chart,
        points.counts,
        points.sizes,
        starts=starts,
        baseline=None if since is not None else points.baseline,
        judged=points.judged,
        why=choice.reason,
        unit=points.unit,
    )
    few = is_few(failures, case.source.config.small_cell)
    sides = [case.same_failure.rate, *([case.contrast.before] if case.contrast is not None else [])]
    draft.prose(
        "summary",
        [
            _summary(draft, choice, found, few, case.small.behind(*sides)),
            _since(case, draft, found, points, since, note, few),
        ],
    )
    _chart(case, draft, found, points, since, few)
    _cusum(case, draft, choice, few)
    if by is not None:
        add_funnel(case, draft, by)
    _table(draft, found, points)
    draft.record(signals=_record(found, choice))
    return draft.build()


def _moment(case: Case, rebase_at: str | None) -> pd.Timestamp | None:
    if rebase_at is None:
        return None
    if rebase_at == "onset":
        if case.onset is None:
            raise UsageError("signals: no onset was found to rebase at; give a date, such as 2025-06-09.")
        return case.onset.when
    try:
        moment = pd.Timestamp(rebase_at)
    except ValueError as error:
        raise UsageError(f"signals: rebase_at {rebase_at!r} is not a date, such as 2025-06-09.") from error
    return moment.tz_localize("UTC") if moment.tzinfo is None else moment.tz_convert("UTC")


def _phases(points: SignalSeries, since: pd.Timestamp | None) -> tuple[list[int], str]:
    """Where a phase begins, and why none does although one was asked for."""
    if since is None:
        return [], ""
    later = (points.frame["start"] >= since).to_numpy(bool)
    if not later.any() or later.all():
        return [], f"Limits were not set anew at {week(since)}: no {points.unit[1]} lie on one side of it."
    start = int(later.argmax())
    sides = (int(points.judged[:start].sum()), int(points.judged[start:].sum()))
    if min(sides) < FEWEST_POINTS:
        where = "before" if sides[0] < sides[1] else "since"
        return [], (
            f"Limits were not set anew at {week(since)}: fewer than {FEWEST_POINTS} finished {points.unit[1]} lie {where}; that many "
            "would allow it."
        )
    return [start], ""


def _summary(
    draft: SectionDraft, choice: ChartChoice, found: Signal, few: bool, few_on_a_side: bool
) -> list[str | Quote]:
    # How many failures a typical period holds tells how many there are in all, and so on the side that is small.
    hidden = f"The series is put on a {choice.label}." if few or few_on_a_side else None
    reason = draft.say("chart", choice.reason, value=choice.chart, masked=hidden)
    sentences: list[str | Quote] = [reason]
    rule = found.sentence if found.ok else f"{found.reason} {found.would_allow}"
    sentences.append(
        draft.say("rule", rule, value=found.rule or "none", method=found.method, masked=_TOO_FEW if few else None)
    )
    if found.ok:
        joint = found.judgement.joint_false_alarm
        sentences.append(
            draft.say(
                "false_alarm",
                f"Run rules and limits together fire in at most {joint:.0%} of stable series of this length.",
                value=round(joint, 4),
                unit="share of stable series",
                method="exact for the run rules (arrangements about their own median); Šidák for the limits",
            )
        )
    return sentences


def _since(
    case: Case,
    draft: SectionDraft,
    found: Signal,
    points: SignalSeries,
    since: pd.Timestamp | None,
    note: str,
    few: bool,
) -> list[str | Quote]:
    if note:
        return [draft.say("rebased", note, value="no")]
    if since is None or not points.shares:
        return []
    sentences: list[str | Quote] = []
    limit = case.source.config.small_cell
    for phase, words in ((0, f"Up to {week(since)}"), (1, "Since then")):
        rows = points.frame[(found.points["phase"] == phase).to_numpy() & found.points["baseline"].to_numpy(bool)]
        estimate = rate(float((rows["rate"] * rows["n_effective"]).sum()), float(rows["n_effective"].sum()))
        # The moment is one that the analyst chose, at which no counts are told elsewhere.
        hidden = few or is_few(int(rows["failed"].sum()), limit) or not case.joined.holds(since, None)
        sentences.append(
            draft.say(
                f"phase_{phase + 1}",
                f"{words}, the rate is {percent_with_interval(estimate)}.",
                estimate,
                unit="share",
                masked=f"{words}, too few failed to state a rate here." if hidden else None,
            )
        )
    return sentences


def _chart(
    case: Case, draft: SectionDraft, found: Signal, points: SignalSeries, since: pd.Timestamp | None, few: bool
) -> None:
    title = _title(found, points)
    rebased = int(found.points["phase"].max()) > 0
    name = f"{found.label[:1].upper()}{found.label[1:]}"
    lines = "the median" if found.chart == "run" else "the centre and the three-sigma limits"
    rows = [
        _drawn(row, place, number)
        for number, (row, place) in enumerate(zip(records(found.points), records(points.frame), strict=True), start=1)
    ]
    markers = [] if points.order else _markers(case)
    if rebased and since is not None:
        position = int((found.points["phase"] > 0).to_numpy().argmax()) + 0.5
        markers = [{"when": f"{since:%Y-%m-%d}", "number": position, "label": "limits set anew"}, *markers]
    draft.figure(
        "chart",
        "control_chart",
        {
            "periods": rows,
            "order": points.order,
            "kind": "percent" if points.shares else "number",
            "markers": markers,
            "y_label": f"share that {case.outcome.phrase}" if points.shares else points.y_label,
            "x_label": points.x_label,
            "unfinished": "has not ended" if points.order else "not yet complete",
        },
        title=title,
        alt=f"{title}. {name} of {counted(len(rows), 'point')}, with {lines} of each phase.",
        caption=f"{name}, with {lines}"
        + (
            " of each phase."
            if rebased
            else f" set by {case.series.baseline}."
            if case.series and points.shares
            else "."
        ),
        masked=None if case.joined.same_as(list(points.frame["start"])) else {},
        # A gap between two failures tells of single requests.
        sensitivity="case" if points.order or few else "general",
    )


def _title(found: Signal, points: SignalSeries) -> str:
    what = points.what
    if found.rule == "shift":
        fired = found.sentence.removeprefix("Run rule: ").split(",")[0]
        return f"{what} {'shifted' if 'in a row' in fired else 'moves too seldom'}: {fired}"
    if found.rule == "outside limits":
        return f"{what} left its limits, as few stable series do"
    return f"{what} moves no more than chance allows" if found.ok else f"{what}: too few {points.unit[1]} to judge"


def _drawn(row: dict[str, Any], place: dict[str, Any], number: int) -> dict[str, Any]:
    point: dict[str, Any] = {key: finite(row[key]) for key in ("value", "centre", "lcl", "ucl")}
    point |= {"start": f"{place['start']:%Y-%m-%d}", "end": f"{place['end']:%Y-%m-%d}", "number": number}
    point |= {"n": int(place["n"]), "failed": int(place["failed"]), "phase": int(row["phase"])}
    return point | {"outside": bool(row["outside"]), "judged": bool(row["judged"])}


def _markers(case: Case) -> list[dict[str, Any]]:
    """Changes in the window of the onset, or else the last before the failure."""
    log = case.tables.get("changes")
    if log is None or log.empty:
        return []
    if case.onset is not None:
        near = log[(log["effective_from"] >= case.onset.low) & (log["effective_from"] <= case.onset.high)]
    else:
        near = log[log["effective_from"] <= case.occurred_at]
    near = near.sort_values(["effective_from", "change_id"]).tail(MOST_MARKERS)
    return [
        {
            "when": f"{row['effective_from']:%Y-%m-%d}",
            "label": str(row["component"] if pd.notna(row["component"]) else row["kind"]),
        }
        for row in records(near)
    ]


def _cusum(case: Case, draft: SectionDraft, choice: ChartChoice, few: bool) -> None:
    assert case.series is not None
    table = case.series.frame
    known = table["mature"].to_numpy(bool) & (table["n"].to_numpy() > 0)
    used = table[known].reset_index(drop=True)
    base = used["baseline"].to_numpy(bool)
    n, share = used["n_effective"].to_numpy(float), used["rate"].to_numpy(float)
    if len(used) < FEWEST_POINTS or not base.any():
        return
    centre = float((share * n)[base].sum() / n[base].sum())
    if not 0 < centre < 1:
        return
    rare = choice.chart in {"g", "t"} or typical_size(n) * centre < FEWEST_EXPECTED
    if rare:
        found = bernoulli_cusum(np.round(share * n), np.round(n), centre)
        setting = "log likelihood ratios for twice the odds"
    else:
        found = tabular_cusum(share, target=centre, sigma=case.series.sigma_z * np.sqrt(centre * (1 - centre) / n))
        setting = "k = 0.5 and h = 5 standard deviations"
    claim = draft.say(
        "cusum",
        _cusum_told(found, used),
        value=found.direction or "none",
        method=f"CUSUM, {setting}, about the rate of {case.series.baseline}",
        masked=_TOO_FEW if few else None,
    )
    draft.prose("cusum", [[claim]], title="Small shifts that last")
    passed = "passes its limit" if found.first is not None else "stays within its limit"
    title = f"The cumulative sum of the rate {passed}"
    draft.figure(
        "cusum_chart",
        "cusum",
        {
            "periods": [
                {"start": f"{row['start']:%Y-%m-%d}", "end": f"{row['end']:%Y-%m-%d}"}
                | {"n": int(row["n"]), "failed": int(row["failed"]), "upper": float(found.upper[index])}
                | {"lower": None if rare else float(found.lower[index])}
                for index, row in enumerate(records(used))
            ],
            "limit": float(found.limit),
            "markers": _markers(case),
            "y_label": "cumulative sum, log likelihood ratio" if rare else "cumulative sum, standard deviations",
            "x_label": "when the request was received",
        },
        title=title,
        alt=f"{title}. One point for every {case.series.period_label}, {len(used)} in all.",
        caption=f"CUSUM with {setting}. Were the rate known and stable, a series of this length would pass the "
        f"limit in {about(found.false_alarm)} of cases.",
        masked=None if case.joined.same_as(list(used["start"])) else {},
        sensitivity="case" if few else "general",
    )


def _cusum_told(found: Cusum, used: pd.DataFrame) -> str:
    chance = f"a stable series of this length does so {about(found.false_alarm)} of the time"
    if found.first is None or found.since is None:
        return f"A CUSUM, which gathers small shifts that last, does not pass its limit; {chance}."
    return (
        f"A CUSUM, which gathers small shifts that last, passes its limit for a {found.direction} in the period from "
        f"{week(used['start'].iloc[found.first])}; the sum began to grow in the period from {week(used['start'].iloc[found.since])}; "
        f"{chance}."
    )


def _table(draft: SectionDraft, found: Signal, points: SignalSeries) -> None:
    kind = "percent" if points.shares else "number"
    draft.table(
        "points",
        f"Points of the {found.label}",
        [
            Column(key="start", label="From", kind="date"),
            Column(key="n", label="Requests", kind="count"),
            Column(key="failed", label="Failed", kind="count"),
            Column(key="value", label=points.y_label, kind="percent" if points.shares else "number", guard="failed"),
            Column(key="centre", label="Centre", kind=kind, guard="failed"),
            Column(key="limits", label="Limits", kind=kind, guard="failed"),
            Column(key="phase", label="Phase", kind="count"),
            Column(key="remark", label=""),
        ],
        [
            {
                "start": f"{place['start']:%Y-%m-%d}",
                "n": int(place["n"]),
                "failed": int(place["failed"]),
                "value": finite(row["value"]),
                "centre": finite(row["centre"]),
                "limits": [finite(row["lcl"]), finite(row["ucl"])],
                "phase": int(row["phase"]) + 1,
                "remark": "outside" if row["outside"] else "" if row["judged"] else "not complete",
            }
            for row, place in zip(records(found.points), records(points.frame), strict=True)
        ],
        sensitivity="case",
    )


def _record(found: Signal, choice: ChartChoice) -> dict[str, Any]:
    return {
        "chart": found.chart,
        "reason": choice.reason,
        "rule": found.rule,
        "sentence": found.sentence,
        "false_alarm": found.false_alarm,
        "joint_false_alarm": found.judgement.joint_false_alarm,
        "centre": finite(found.centre),
    }
