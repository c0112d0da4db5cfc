"""The chart of the extent: the rate over time, and the same over joined periods where small counts are withheld."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pandas as pd

from rca_lib.review.draft import SectionDraft, finite, records
from rca_lib.review.format import format_value
from rca_lib.review.wording import counted, few, week

if TYPE_CHECKING:
    from rca_lib.analysis.series import RateSeries
    from rca_lib.review.case import Case

__all__ = ["chart", "joined_data"]

FEWEST_JOINED = 3
"""Joined periods below which a chart over time shows nothing, unless they are the two sides of a rise."""


def chart(case: Case, draft: SectionDraft, series: RateSeries) -> None:
    """Draw the rate over time with its limits, its onset and the changes beside it."""
    began = case.onset
    share = _share(case)
    if began is not None and case.contrast is not None:
        levels = (
            ""
            if case.small.few(case.same_failure.rate.k)
            else f" from {format_value(case.contrast.before.value, 'percent')} to {format_value(case.contrast.after.value, 'percent')}"
        )
        title = f"{share} rose{levels} around {week(began.when)}"
    else:
        title = f"{share} stayed near {format_value(series.centre.value, 'percent')}"
        if series.signal:
            title = f"{share} moved around {format_value(series.centre.value, 'percent')} more than chance allows"
    points = [_point(row) for row in records(series.frame)]
    about = {
        "y_label": f"share that {case.outcome.phrase}",
        "onset": {key: f"{getattr(began, key):%Y-%m-%d}" for key in ("when", "low", "high")} if began else None,
        "markers": _changes_near(case),
        "occurred": f"{case.occurred_at:%Y-%m-%d}",
    }
    joined = joined_data(case)
    draft.figure(
        "chart",
        "rate_over_time",
        {
            "periods": points,
            "centre": finite(series.centre.value),
            "period_label": series.period_label,
            **about,
        },
        title=title,
        alt=f"{title}. One point for every {series.period_label}, {len(points)} in all, with its 95% interval, and the limits "
        f"set by {series.baseline}.",
        caption=f"Requests by {series.period_label} of receipt. Band: three-sigma limits set by {series.baseline}. "
        "Hollow points are not yet complete.",
        masked={"data": {**joined, **about}, **_joined_words(case, joined, signal=series.signal is not None)}
        if joined
        else {},
    )


def joined_data(case: Case) -> dict[str, Any]:
    """Return what is drawn of the rate over joined periods, none of which rests on a small count; empty where too little is left.

    A stretch that rests on a small number of failures is drawn as the range that 1 to the limit of its requests would give, which
    says no more than that the number is small.
    """
    limit = case.source.config.small_cell
    rows = records(case.joined.frame)
    periods = [_joined_point(row) for row in rows if not row["small"] and row["n"]]
    ranges = [
        {
            "start": f"{row['start']:%Y-%m-%d}",
            "end": f"{row['end']:%Y-%m-%d}",
            "low": 1 / row["n"],
            "high": limit / row["n"],
            "label": f"1 to {limit} of {format_value(row['n'], 'count')}",
        }
        for row in rows
        if case.small.few(row["failed"]) and row["n"] > 2 * limit
    ]
    sides = case.onset is not None and periods and len(periods) + len(ranges) > 1
    if len(periods) < FEWEST_JOINED and not sides:
        return {}
    known = case.contrast.before if case.contrast is not None else case.same_failure.rate
    return {
        "periods": periods,
        "ranges": ranges,
        "joined": True,
        "centre": None if case.small.behind(known) else finite(known.value),
    }


def _share(case: Case) -> str:
    return f"The share of {case.outcome.unit_label} that {case.outcome.phrase}"


def _joined_words(case: Case, joined: dict[str, Any], *, signal: bool) -> dict[str, str]:
    limit = case.source.config.small_cell
    share = _share(case)
    if case.onset is not None and case.contrast is not None:
        levels = [
            f" {word} {format_value(rate.value, 'percent')}"
            for word, rate in (("from", case.contrast.before), ("to", case.contrast.after))
            if not case.small.behind(rate)
        ]
        title = f"{share} rose{''.join(levels)} around {week(case.onset.when)}"
    else:
        rate = format_value(case.same_failure.rate.value, "percent")
        title = f"{share} moved around {rate} more than chance allows" if signal else f"{share} stayed near {rate}"
    alt = f"{title}. {counted(len(joined['periods']), 'joined period')}, each with its 95% interval."
    caption = (
        f"Periods are joined so that no point rests on 1 to {limit} requests or failures. Requests whose outcome may still change are "
        "left out."
    )
    for one in joined["ranges"]:
        alt += f" In the tinted stretch {few(limit)} failed of {one['label'].rpartition(' ')[2]}."
    if joined["ranges"]:
        caption += f" Tinted: where the rate lies when 1 to {limit} failed."
    return {"title": title, "alt": alt, "caption": caption}


def _changes_near(case: Case) -> list[dict[str, Any]]:
    """Changes inside the window of the onset."""
    began, listed = case.onset, case.tables.get("changes")
    if began is None or listed is None:
        return []
    inside = listed[(listed["effective_from"] >= began.low) & (listed["effective_from"] <= began.high)]
    return [
        {
            "when": f"{row['effective_from']:%Y-%m-%d}",
            "label": str(row["component"] if pd.notna(row["component"]) else row["kind"]),
        }
        for row in records(inside.sort_values(["effective_from", "change_id"]))
    ]


def _point(row: dict[str, Any]) -> dict[str, Any]:
    point: dict[str, Any] = {key: finite(row[key]) for key in ("rate", "low", "high", "lcl", "ucl")}
    point |= {"start": f"{row['start']:%Y-%m-%d}", "end": f"{row['end']:%Y-%m-%d}", "n": int(row["n"])}
    return point | {"failed": int(row["failed"]), "outside": bool(row["outside"]), "mature": bool(row["mature"])}


def _joined_point(row: dict[str, Any]) -> dict[str, Any]:
    point: dict[str, Any] = {key: finite(row[key]) for key in ("rate", "low", "high")}
    point |= {"start": f"{row['start']:%Y-%m-%d}", "end": f"{row['end']:%Y-%m-%d}", "n": int(row["n"])}
    return point | {"failed": int(row["failed"]), "outside": False, "mature": True}
