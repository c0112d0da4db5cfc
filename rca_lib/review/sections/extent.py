"""Extent: how often it fails, since when, how many other requests show it, and where it concentrates."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import pandas as pd

from rca_lib.analysis.extent import Contrast, RateSeries, SameFailure, Verdict
from rca_lib.analysis.intervals import rate
from rca_lib.review.blocks import Blocks, Column, Parts, Quote
from rca_lib.review.draft import SectionDraft, finite, records
from rca_lib.review.facts import NEWEST
from rca_lib.review.format import format_value
from rca_lib.review.sections.extent_chart import chart
from rca_lib.review.small_counts import shown_segments
from rca_lib.review.wording import (
    counted,
    dimension_label,
    few_of,
    in_words,
    is_few,
    percent_with_interval,
    times,
    week,
)

if TYPE_CHECKING:
    from rca_lib.analysis.outcome import Outcome
    from rca_lib.review.case import Case

__all__ = ["extent", "failures_found", "findings", "told_segments"]

MOST_SEGMENTS = 3
"""Dimensions that the concentration chart shows; the table holds them all."""

MOST_LEVELS = 8

FEWEST_NOW = 20
"""Requests in the newest finished periods below which nothing is said of them (domain brief, section 1.6)."""

SIGNIFICANT = 0.05
"""Adjusted p below which a segment is marked as standing out."""

MOST_ROWS = 15

_HIGHER = {True: "That is higher than before, beyond what chance gives.", False: "That is higher than before."}


def findings(case: Case) -> tuple[SameFailure, Verdict]:
    """Return how many requests show the same failure, and whether it is isolated or systemic."""
    return case.same_failure, case.verdict


def failures_found(same: SameFailure) -> int:
    """Return the failures among the requests that the rate rests on; others may be known from elsewhere."""
    return round(same.rate.k or 0)


def extent(case: Case, *, by: str | Sequence[str] | None = None, period: int | None = None) -> Blocks:
    """Answer how far the failure reaches. See `Case.extent`."""
    draft = SectionDraft("extent")
    outcome = case.outcome
    if not outcome.ok:
        return draft.not_assessed(outcome.reason, outcome.would_allow)
    series = case.rate_series(period) if period else case.series
    assert series is not None
    where = case.concentration([by] if isinstance(by, str) else by) if by else case.segments
    same, judged = findings(case)

    draft.prose("summary", [_summary(case, draft, series, same, judged), _timing(case, draft, series)])
    _now(case, draft, series)
    chart(case, draft, series)
    _exposure(case, draft, same)
    _concentration(case, draft, where)
    _series_table(draft, series)
    _siblings(case, draft)
    draft.record(extent=_record(case, series, same))
    return draft.build()


def _summary(
    case: Case, draft: SectionDraft, series: RateSeries, same: SameFailure, judged: Verdict
) -> list[str | Quote]:
    outcome = case.outcome
    meaning = {
        "systemic": "This is a pattern and not a single event.",
        "isolated": "Nothing shows that this goes beyond the requests named in the escalation.",
        "unclear": "Whether this goes beyond the requests named in the escalation cannot be told yet.",
    }
    kind = draft.say("verdict", f"{meaning[judged.kind]} {judged.why}", value=judged.kind, method=series.method)
    limit = case.source.config.small_cell
    since = "Since the rate rose" if case.onset is not None else "Over the whole period"
    rate = draft.say(
        "failures",
        _count_sentence(since, same, outcome, None),
        same.rate,
        unit="share",
        masked=_count_sentence(since, same, outcome, limit) if case.small.behind(same.rate) else None,
    )
    sentences: list[str | Quote] = [kind, rate]
    if same.failures > failures_found(same):
        others = same.failures - failures_found(same)
        newest = "among the newest requests, whose outcomes are not all in; they do not enter the rate."
        elsewhere = f"from targeted assessments or {newest}" if outcome.sampled else newest
        sentences.append(
            draft.say(
                "known",
                f"{format_value(others, 'count')} more {'is' if others == 1 else 'are'} known {elsewhere}",
                value=others,
                unit="requests",
                masked=f"More are known {elsewhere}" if is_few(others, limit) else None,
            )
        )
    if same.total is not None:
        total = same.total
        sentences.append(
            draft.say(
                "population",
                f"Scaled up to the {format_value(same.population, 'count')} requests from which they were drawn, about "
                f"{format_value(total.value, 'count')} {outcome.phrase} (95% interval "
                f"{format_value((total.low, total.high), 'count')}).",
                total,
                unit="requests",
                # The number found follows from the number scaled up.
                masked="The number in all requests is too small to state here."
                if case.small.behind(same.rate) or is_few(round(total.value), limit)
                else None,
            )
        )
    return sentences


def _count_sentence(since: str, same: SameFailure, outcome: Outcome, limit: int | None) -> str:
    """Say how many failed of how many; with a limit, a small count is withheld and so is the rate that would give it away."""
    found = failures_found(same)
    if limit is not None and is_few(same.at_risk, limit):
        return f"{since}, there are too few {outcome.unit_label} to state numbers here."
    if limit is not None:
        return f"{since}, {few_of(same.at_risk, found, limit)} {outcome.unit_label} {outcome.phrase}."
    text = f"{since}, {format_value(found, 'count')} of {format_value(same.at_risk, 'count')} {outcome.unit_label} {outcome.phrase}"
    if outcome.sampled:
        return f"{text}; allowing for how they were drawn, that is {percent_with_interval(same.rate)} of all such requests."
    return f"{text}: {percent_with_interval(same.rate)}."


def _timing(case: Case, draft: SectionDraft, series: RateSeries) -> list[str | Quote]:
    sentences: list[str | Quote] = []
    if case.onset is not None and case.contrast is not None:
        began = case.onset
        sentences.append(
            draft.say(
                "onset",
                f"The rate most likely rose in {week(began.when)}, and not before {week(began.low)} or after {week(began.high)} "
                "(95% interval).",
                value=f"{began.when:%Y-%m-%d}",
                unit="date",
                method=began.method,
            )
        )
        sentences += _before_and_after(case, draft, case.contrast)
    else:
        sentences.append(
            draft.say("onset", "No moment stands out at which the rate rose.", value="none", method=series.method)
        )
    if series.signal:
        sentences.append(draft.say("signal", series.signal, value=series.rule, method=series.method))
    return sentences


def _now(case: Case, draft: SectionDraft, series: RateSeries) -> None:
    """Say whether it still goes on: the newest finished periods against the rate that was usual."""
    finished = series.frame[series.frame["mature"].astype(bool) & (series.frame["n"] > 0)]
    newest = finished.tail(NEWEST)
    if len(finished) < 2 * NEWEST or newest["n"].sum() < FEWEST_NOW:
        return
    recent = rate(float((newest["rate"] * newest["n_effective"]).sum()), float(newest["n_effective"].sum()))
    usual = case.contrast.before.value if case.contrast is not None else series.centre.value
    where = (
        "stand above what was usual"
        if recent.low > usual
        else "stand below what was usual"
        if recent.high < usual
        else "no longer stand apart from what was usual"
        if case.onset is not None
        else "do not stand apart from what is usual"
    )
    start = f"The newest {NEWEST} finished periods, from {week(newest['start'].iloc[0])} on, {where}"
    told = case.joined.holds(newest["start"].iloc[0], None)
    few_now = not told or case.small.gives_away(int(newest["failed"].sum()), int(newest["n"].sum()))
    draft.prose(
        "now",
        [
            [
                draft.say(
                    "now",
                    f"{start}: {percent_with_interval(recent)}.",
                    recent,
                    unit="share",
                    masked=f"{start}." if few_now else None,
                )
            ]
        ],
        title="Does it still go on?",
    )


def _before_and_after(case: Case, draft: SectionDraft, contrast: Contrast) -> list[str | Quote]:
    """Say the rate before and after; where few failed on a side, its rate and the ratio would give their number away."""
    since, earlier = _few_since(case), case.small.behind(contrast.before)
    ratio = contrast.ratio
    return [
        draft.say(
            "before",
            f"Before, it was {percent_with_interval(contrast.before)}.",
            contrast.before,
            unit="share",
            masked=f"Before, it was {few_of(contrast.before.n, contrast.before.k or 0, case.small.limit)}."
            if earlier
            else None,
        ),
        draft.say(
            "after",
            f"Since, it is {percent_with_interval(contrast.after)}.",
            contrast.after,
            unit="share",
            masked="Since, it is higher; too few failed to say here by how much." if since else None,
        ),
        draft.say(
            "ratio",
            f"That is {times(ratio)} as high."
            if finite(ratio.value)
            else f"That is at least {format_value(ratio.low, 'number')} times as high (lower end of the 95% interval).",
            ratio,
            unit="ratio",
            masked=_HIGHER[ratio.low > 1] if earlier else None,
            sensitivity="case" if since else None,
        ),
    ]


def _few_since(case: Case) -> bool:
    return case.small.behind(case.same_failure.rate)


def _exposure(case: Case, draft: SectionDraft, same: SameFailure) -> None:
    rows: list[dict[str, Any]] = [
        {"what": "Requests named in the escalation", "count": len(case.index_ids) + len(case.requests_in("sibling"))},
        {"what": f"{_capital(case.outcome.unit_label)} in the period", "count": same.at_risk},
        {"what": f"of these, {case.outcome.phrase}", "count": failures_found(same), "failed": failures_found(same)},
    ]
    if same.total is not None:
        rows += [
            {"what": "Requests from which they were drawn", "count": round(same.population)},
            {
                "what": f"Estimated number that {case.outcome.phrase}",
                "count": round(same.total.value),
                "interval": [round(same.total.low), round(same.total.high)],
                "failed": failures_found(same),
            },
        ]
    if same.failures > failures_found(same):
        # The difference from the row above is a count too.
        others = same.failures - failures_found(same)
        rows.append({"what": "Known to have failed, however they were found", "count": same.failures, "failed": others})
    if same.undetermined:
        rows.append({"what": "Too recent to judge", "count": same.undetermined})
    draft.table(
        "exposure",
        "Exposure since the rate rose" if case.onset is not None else "Exposure over the whole period",
        [
            Column(key="what", label="Requests"),
            Column(key="count", label="Number", kind="count", guard="failed"),
            *(
                [Column(key="interval", label="95% interval", kind="count", guard="failed")]
                if same.total is not None
                else []
            ),
        ],
        rows,
        claims=("extent.failures",),
        apart=True,
    )


def _concentration(case: Case, draft: SectionDraft, where: pd.DataFrame) -> None:
    if where.empty:
        return
    strong = _strong(where)
    levels = {name: _levels(where, name) for name in _charted(where)}
    where = _with_withheld(case, where, _shown(where))
    overall = finite(case.same_failure.rate.value)
    parts = Parts(totals={"n": case.same_failure.at_risk, "failed": failures_found(case.same_failure)}, by="dimension")
    told, open_to_all = _concentration_title(case, where, strong)
    marked = " Dots show the share in each segment with its 95% interval; a line marks the share overall."
    caption = "Segments are not adjusted for one another here."
    draft.figure(
        "concentration",
        "segments",
        {
            "groups": [
                {
                    "dimension": dimension_label(name),
                    "rows": [_segment(row) for row in records(where.loc[each.index])],
                }
                for name, each in levels.items()
            ],
            "overall": overall,
            "x_label": f"share that {case.outcome.phrase}",
        },
        title=told,
        alt=f"{told}.{marked}",
        caption=caption,
        masked={"title": open_to_all, "alt": f"{open_to_all}.{marked}"},
        parts=parts,
        sensitivity="operational",
    )
    draft.table(
        "concentration_table",
        f"Where it concentrates, {_period(case)}: every segment against all others",
        [
            Column(key="dimension", label="Dimension"),
            Column(key="value", label="Value"),
            Column(key="n", label="Requests", kind="count"),
            Column(key="failed", label="Failed", kind="count"),
            Column(key="rate", label="Rate", kind="percent", guard="failed"),
            Column(key="interval", label="95% interval", kind="percent", guard="failed"),
            Column(key="ratio", label="Against the rest", kind="number", guard="failed"),
            Column(key="p_adjusted", label="Adjusted p", kind="number", guard="failed"),
        ],
        [
            {
                "dimension": dimension_label(row["dimension"]),
                "interval": [finite(row["low"]), finite(row["high"])],
                "value": in_words(row["value"]),
                "n": int(row["n"]),
                "failed": int(row["failed"]),
                "withhold": row["withhold"],
                **{key: finite(row[key]) for key in ("rate", "ratio", "p_adjusted")},
            }
            for row in records(where.head(MOST_ROWS))
        ],
        note=f"{counted(len(where), 'comparison')} made; p adjusted for all of them (Benjamini and Hochberg).",
        parts=parts,
        sensitivity="operational",
    )


def _strong(where: pd.DataFrame) -> pd.DataFrame:
    return where[(where["p_adjusted"] < SIGNIFICANT) & (where["ratio"] > 1)]


def _charted(where: pd.DataFrame) -> list[str]:
    """The columns that the chart shows."""
    strong = _strong(where)
    return list(dict.fromkeys((strong if len(strong) else where)["dimension"]))[:MOST_SEGMENTS]


def _shown(where: pd.DataFrame) -> list[Any]:
    """The segments that the table or the chart shows, in the order of the table."""
    charted = {at for name in _charted(where) for at in _levels(where, name).index}
    return sorted({*where.index[:MOST_ROWS], *charted})


def _period(case: Case) -> str:
    return "since the rate rose" if case.onset is not None else "over the whole period"


def _concentration_title(case: Case, where: pd.DataFrame, strong: pd.DataFrame) -> tuple[str, str]:
    """Say where it concentrates, with figures and, for readers from whom small counts are withheld, without."""
    period = _period(case)
    if strong.empty:
        return (f"No segment stands out {period}",) * 2
    top = where.loc[strong.index[0]]
    named = f"{dimension_label(top['dimension'])} {in_words(top['value'])}"
    plain = f"{named} stands out {period}"
    figures = (
        f"{named}: {format_value(top['rate'], 'percent')} against {format_value(top['rest_rate'], 'percent')} "
        f"elsewhere, {period}"
    )
    # What is withheld of the segment is decided later, so readers of withheld counts get no figures in the title.
    return (plain if case.small.few(top["failed"]) else figures, plain)


def _with_withheld(case: Case, where: pd.DataFrame, at: list[Any]) -> pd.DataFrame:
    """Note for each segment that is shown which of its counts would give a small one away."""
    assert case.requests is not None
    since = case.onset.when if case.onset is not None else None
    found = shown_segments(case.outcome, case.requests, where.loc[at], case.source.config.small_cell, since=since)
    keys = {
        place: [key for key, known in (("failed", failed), ("n", n)) if not known]
        for place, failed, n in zip(at, *found, strict=True)
    }
    return where.assign(withhold=pd.Series([keys.get(place, []) for place in where.index], where.index, dtype=object))


def told_segments(case: Case) -> list[tuple[float, float]]:
    """Return requests and failures, in this order, of the segments whose counts may be known where small ones are withheld."""
    where = case.segments
    if where.empty:
        return []
    shown = _with_withheld(case, where, _shown(where))
    kept = [row for row in records(shown.loc[_shown(where)]) if not row["withhold"]]
    return [(row["n"], row["failed"]) for row in kept]


def _segment(row: dict[str, Any]) -> dict[str, Any]:
    segment: dict[str, Any] = {"value": in_words(row["value"]), "n": int(row["n"]), "failed": int(row["failed"])}
    segment |= {key: finite(row[key]) for key in ("rate", "low", "high")}
    return segment | {"flag": bool(row["p_adjusted"] < SIGNIFICANT and row["ratio"] > 1), "withhold": row["withhold"]}


def _levels(where: pd.DataFrame, dimension: str) -> pd.DataFrame:
    """The levels of a dimension that are worth a line: the largest, ordered by their rate."""
    return where[where["dimension"] == dimension].nlargest(MOST_LEVELS, "n").sort_values("rate", ascending=False)


def _series_table(draft: SectionDraft, series: RateSeries) -> None:
    draft.table(
        "series_table",
        f"The rate by {series.period_label}",
        [
            Column(key="start", label="From", kind="date"),
            Column(key="n", label="Requests", kind="count"),
            Column(key="failed", label="Failed", kind="count"),
            Column(key="rate", label="Rate", kind="percent", guard="failed"),
            Column(key="interval", label="95% interval", kind="percent", guard="failed"),
            Column(key="limits", label="Limits", kind="percent"),
            Column(key="remark", label=""),
        ],
        [
            {
                "start": f"{row['start']:%Y-%m-%d}",
                "n": int(row["n"]),
                "failed": int(row["failed"]),
                "rate": finite(row["rate"]),
                "interval": [finite(row["low"]), finite(row["high"])],
                "limits": [finite(row["lcl"]), finite(row["ucl"])],
                "remark": "outside" if row["outside"] else "" if row["mature"] else "not complete",
            }
            for row in records(series.frame)
        ],
        sensitivity="case",
    )


def _siblings(case: Case, draft: SectionDraft) -> None:
    named = set(case.index_ids) | set(case.requests_in("sibling"))
    others = [request for request in case.outcome.failed_ids if request not in named]
    if case.requests is None or not others:
        return
    rows = case.requests[case.requests["request_id"].isin(others)].sort_values(["received_at", "request_id"])
    if case.onset is not None:
        rows = rows[rows["received_at"] >= case.onset.low]
    draft.table(
        "siblings",
        "Other requests that show the same failure",
        [
            Column(key="request_id", label="Request", sensitivity="case"),
            Column(key="received_at", label="Received", kind="date"),
            Column(key="process_type", label="Type"),
            Column(key="team_id", label="Team"),
        ],
        [
            {
                "request_id": row["request_id"],
                "received_at": f"{row['received_at']:%Y-%m-%d}",
                "process_type": in_words(row["process_type"]),
                "team_id": None if pd.isna(row["team_id"]) else row["team_id"],
            }
            for row in records(rows.head(MOST_ROWS))
        ],
        note=f"{counted(len(rows), 'request')} in all; the first {MOST_ROWS} are listed."
        if len(rows) > MOST_ROWS
        else None,
        sensitivity="case",
    )


def _record(case: Case, series: RateSeries, same: SameFailure) -> dict[str, Any]:
    began, contrast = case.onset, case.contrast
    return {
        "outcome": case.outcome.name or "escalated",
        "failures": failures_found(same),
        "at_risk": same.at_risk,
        "rate_before": finite(contrast.before.value) if contrast else None,
        "rate_after": finite(contrast.after.value) if contrast else finite(same.rate.value),
        "signal": series.signal,
        "onset": f"{began.when:%Y-%m-%d}" if began else None,
        "onset_ci": [f"{began.low:%Y-%m-%d}", f"{began.high:%Y-%m-%d}"] if began else None,
    }


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]
