"""Did the rate step when something changed: an interrupted time series for each candidate change."""

from __future__ import annotations

import difflib
import math
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from rca_lib.analysis.changes import change_segments, changes_near
from rca_lib.analysis.did import DifferenceInDifferences, difference_in_differences
from rca_lib.analysis.interrupted_series import InterruptedSeries, periods_about
from rca_lib.analysis.interrupted_series import interrupted_series as fit_interrupted_series
from rca_lib.analysis.placebo import PlaceboDates, placebo_dates
from rca_lib.analysis.trials import trials
from rca_lib.errors import UsageError
from rca_lib.review.blocks import Blocks, Column, Quote
from rca_lib.review.draft import SectionDraft, finite, records
from rca_lib.review.format import format_value
from rca_lib.review.sections.changed import change_name
from rca_lib.review.sections.since_when import charted_periods
from rca_lib.review.wording import counted, lowered, times

if TYPE_CHECKING:
    from rca_lib.analysis.intervals import Estimate
    from rca_lib.review.case import Case

__all__ = ["interrupted_series"]

MOST_CHANGES = 3
AUTOCORRELATED = 0.05
MOST_EVENTS = 10
FEWER = re.compile(r"(?i)fewer than \d+ failures(?= lie)")
"""How a text says that a count lies below a bound, which is closer than that it is small."""
_TOO_FEW = "Too few failed on a side to give figures here."


@dataclass(frozen=True, eq=False)
class _Assessed:
    """One change with everything that was asked of it."""

    row: dict[str, Any]
    series: InterruptedSeries
    within: bool
    why_not_within: str
    placebo: PlaceboDates
    did: DifferenceInDifferences | None
    problem: str
    sides: tuple[tuple[float, float], ...] = ()
    """Failures and requests before and after the change, in what it reached and elsewhere."""

    @property
    def name(self) -> str:
        return change_name(self.row)


def interrupted_series(case: Case, *, change_id: str | None = None, segment: str | None = None) -> Blocks:
    """Answer whether the rate stepped when something changed.

    Parameters
    ----------
    change_id : an entry of the change log; by default the candidates nearest the onset, at most three.
    segment : a condition on request columns that says what the change reached, in place of what the log says.

    Raises
    ------
    UsageError : when there is no such change, or the condition cannot be read.
    """
    draft = SectionDraft("interrupted", sensitivity="operational")
    log = case.tables.get("changes")
    if log is None or log.empty:
        if change_id is not None:
            raise UsageError(f"There is no change {change_id}: no change log was supplied.")
        return draft.not_assessed(
            "no change log was supplied.", "With it the review asks whether the rate stepped at each change."
        )
    chosen = _chosen(case, log, change_id)
    if not case.outcome.ok or case.requests is None:
        return draft.not_assessed(case.outcome.reason, case.outcome.would_allow)
    if chosen.empty:
        missing = "no entry of the change log stands near a rise of the rate."
        return draft.not_assessed(missing, "Naming a change would allow its step to be estimated.")
    rows = trials(case.outcome)
    assessed = [_assess(case, rows, chosen.iloc[[position]], segment) for position in range(len(chosen))]
    draft.prose("summary", [_told(case, draft, one, number) for number, one in enumerate(assessed, start=1)])
    # The first is drawn; the others stand beside it in the table and are drawn where they are asked for by name.
    shown = next((one for one in assessed if one.series.ok), assessed[0])
    _chart(case, draft, shown)
    _events(draft, shown)
    _table(case, draft, assessed)
    _not_told(draft, assessed)
    return draft.build()


def _chosen(case: Case, log: pd.DataFrame, change_id: str | None) -> pd.DataFrame:
    if change_id is not None:
        named = log[log["change_id"].astype(str) == change_id]
        if named.empty:
            close = difflib.get_close_matches(change_id, log["change_id"].astype(str).tolist(), n=3, cutoff=0.0)
            raise UsageError(
                f"There is no change {change_id} in the change log; the nearest are: {', '.join(close) or 'none'}."
            )
        return named.head(1)
    if not case.outcome.ok or case.requests is None or case.onset is None:
        return log.iloc[:0]
    table = changes_near(log, case.outcome, case.requests, onset=case.onset, around=case.occurred_at)
    near = table[table["candidate"].astype(bool) & table["in_onset_window"].astype(bool)]
    near = near.sort_values(["rate_after_low", "change_id"], ascending=[False, True], na_position="last")
    ids = near["change_id"].head(MOST_CHANGES)
    return log.set_index("change_id", drop=False).loc[ids].reset_index(drop=True)


def _assess(case: Case, rows: pd.DataFrame, change: pd.DataFrame, segment: str | None) -> _Assessed:
    assert case.requests is not None
    if segment is not None:
        change = change.assign(segment=segment)
    row = records(change)[0]
    at = row.get("effective_from")
    mask, _, problem = change_segments(change, case.requests, rows["request_id"])[0]
    if segment is not None and mask is None:
        raise UsageError(f"interrupted_series: the segment cannot be read. {problem}")
    nothing = PlaceboDates(False)
    if not isinstance(at, pd.Timestamp):
        missing = InterruptedSeries(False, "The change log gives it no date.", "A date would allow it.")
        return _Assessed(row, missing, False, "", nothing, None, problem)
    inside: npt.NDArray[np.bool_] = np.ones(len(rows), bool) if mask is None else mask
    until = row.get("effective_to")
    if isinstance(until, pd.Timestamp) and until > at:
        # What came after the end of a change says nothing of its effect.
        held = (rows["at"] < until).to_numpy(bool)
        rows, inside = rows.loc[held].reset_index(drop=True), inside[held]
    partial = bool(inside.any()) and not bool(inside.all())
    within, why = partial, ""
    if partial:
        own = periods_about(rows.loc[inside], at)
        weeks = round((own["end"] - own["start"]).iloc[0] / pd.Timedelta(weeks=1)) if len(own) else None
        series = fit_interrupted_series(own, at=at, control=periods_about(rows.loc[~inside], at, weeks=weeks))
        if not series.ok:
            within, why = False, series.reason
    if not within:
        series = fit_interrupted_series(periods_about(rows, at), at=at)
    did = None
    if partial:
        owners = case.requests.set_index("request_id").get("specialist_id")
        cluster = None if owners is None else rows["request_id"].map(owners[~owners.index.duplicated()])
        did = difference_in_differences(rows, inside, at=at, cluster=cluster)
    after = (rows["at"] >= at).to_numpy(bool)
    parts = [group & side for group in (inside, ~inside) for side in (~after, after)]
    sides = tuple((float((rows["n"] * rows["failed"])[part].sum()), float(rows["n"][part].sum())) for part in parts)
    return _Assessed(row, series, within, why, placebo_dates(series), did, problem, sides)


def _few(case: Case, one: _Assessed) -> bool:
    """Say whether what is told of the step gives away how few failed before or after the change."""
    counts = one.sides if one.did is not None and one.did.ok else ()
    if one.series.ok:
        held = one.series.frame["after"].to_numpy(bool)
        counts += tuple(
            (float(one.series.frame["failed"][part].sum()), float(one.series.frame["n"][part].sum()))
            for part in (held, ~held)
        )
    return any(case.small.gives_away(*each) for each in counts)


def _told(case: Case, draft: SectionDraft, one: _Assessed, number: int) -> list[str | Quote]:
    series, said = one.series, []
    where = "in what it reached" if one.within else "over all requests"
    if not series.ok or series.effect is None:
        text = f"{one.name}: the step at it could not be estimated. {series.reason} {series.would_allow}"
        return [draft.say(f"effect_{number}", text, masked=f"{one.name}: the step at it could not be estimated.")]
    verdict, few = _verdict(series.effect), _few(case, one)
    said.append(
        draft.say(
            f"effect_{number}",
            f"{one.name}: {where}, the rate after it is {times(series.effect)} what the earlier "
            f"{'trend' if series.trend is not None else 'level'} leads one to expect; {verdict}.",
            series.effect,
            unit="ratio",
            masked=f"{one.name}: {where}, {verdict}; too few failed on a side to give figures here." if few else None,
        )
    )
    if series.added is not None and (series.effect.low > 1 or series.effect.high < 1):
        said.append(_added(case, draft, series.added, number, few=few))
    if series.against_control is not None:
        said.append(
            draft.say(
                f"control_{number}",
                f"Against requests that it did not reach, the step is {times(series.against_control)} as large.",
                series.against_control,
                unit="ratio",
                masked=_TOO_FEW if few else None,
            )
        )
    if one.placebo.ok:
        said.append(_placebo(draft, one.placebo, number))
    if one.did is not None and one.did.ok and one.did.effect is not None:
        said.append(_did(draft, one.did, number, few=few))
    return [*said]


def _verdict(effect: Estimate) -> str:
    if effect.low > 1:
        return "the rate stepped up"
    if effect.high < 1:
        return "the rate stepped down"
    return "this is compatible with no step"


def _added(case: Case, draft: SectionDraft, added: Estimate, number: int, *, few: bool) -> Quote:
    ends = sorted((abs(added.low), abs(added.high)))
    kind = "more" if added.value > 0 else "fewer"
    count = format_value(round(abs(added.value)), "count")
    interval = format_value((round(ends[0]), round(ends[1])), "count")
    small = few or case.small.few(abs(added.value))
    return draft.say(
        f"added_{number}",
        f"That is {count} {kind} failures since than expected without it (95% interval {interval}).",
        added,
        unit="failures",
        masked=f"That is {kind} failures since than expected without it; how many is withheld here." if small else None,
    )


def _placebo(draft: SectionDraft, placebo: PlaceboDates, number: int) -> Quote:
    dates = len(placebo.frame)
    beyond = placebo.rank - 1
    what = "none shows" if beyond == 0 else f"{beyond} {'shows' if beyond == 1 else 'show'}"
    return draft.say(
        f"placebo_{number}",
        f"Of {counted(dates, 'placebo date')} before the change, {what} a step as clear (p {placebo.p_value:.2g}).",
        value=finite(placebo.p_value),
        unit="p",
        n=dates,
        method="the same model at every earlier date, with the periods before the change alone",
    )


def _did(draft: SectionDraft, did: DifferenceInDifferences, number: int, *, few: bool) -> Quote:
    assert did.effect is not None
    parallel = {
        True: "the two ran in parallel before, as far as can be told",
        False: "the two already drew apart before it, so this comparison does not hold",
        None: "there is too little before it to tell whether the two ran in parallel",
    }[did.parallel]
    return draft.say(
        f"did_{number}",
        f"Difference in differences: the odds of failing changed {times(did.effect)} as much where it reached as elsewhere; "
        f"{parallel}.",
        did.effect,
        unit="ratio of odds ratios",
        masked=f"Difference in differences: {_TOO_FEW[:1].lower()}{_TOO_FEW[1:]}" if few else None,
    )


def _chart(case: Case, draft: SectionDraft, one: _Assessed) -> None:
    series = one.series
    if not series.ok or series.effect is None:
        return
    effect = f"{format_value(series.effect.value, 'number')} times"
    finding = {
        "the rate stepped up": f"{one.name}: the rate stepped up, to {effect} what was to be expected",
        "the rate stepped down": f"{one.name}: the rate stepped down, to {effect} what was to be expected",
    }.get(_verdict(series.effect), f"{one.name}: no step beyond chance is shown")
    lines = ("fitted", "expected", "expected_low", "expected_high")
    rows = [
        point | {key: finite(row[key]) for key in lines}
        for point, row in zip(charted_periods(series.frame), records(series.frame), strict=True)
    ]
    control = charted_periods(series.control.frame) if series.control is not None and series.control.ok else []
    weeks = round((series.frame["end"] - series.frame["start"]).iloc[0] / pd.Timedelta(weeks=1))
    draft.figure(
        "chart",
        "interrupted_series",
        {
            "periods": rows,
            "control": control,
            "change": {"when": f"{one.row['effective_from']:%Y-%m-%d}", "label": _label(one.row)},
            "occurred": f"{case.occurred_at:%Y-%m-%d}",
            "period_label": "week" if weeks == 1 else f"{weeks} weeks",
            "y_label": f"share that {case.outcome.phrase}" + (", in what the change reached" if one.within else ""),
        },
        title=finding,
        alt=f"{finding}. {counted(len(rows), 'period')} about the change, with the fitted rate, and after the change the rate to be "
        "expected without it and its 95% interval.",
        caption=f"{series.method[:1].upper()}{series.method[1:]}.",
        masked=None
        if not one.within and not _few(case, one) and case.joined.same_as(list(series.frame["start"]))
        else {},
    )


def _events(draft: SectionDraft, one: _Assessed) -> None:
    """The event study: odds where the change reached over odds elsewhere, by time from the change."""
    did = one.did
    if did is None or not did.ok or did.events.empty:
        return
    at = one.row["effective_from"].floor("D")
    events = did.events
    nearest = (events["start"] - at).abs().sort_values(kind="stable").index[:MOST_EVENTS]
    rows = [
        {
            "label": f"week {_weeks(row['start'] - at)} to {_weeks(row['end'] - at)}",
            "effect": finite(row["ratio"]), "low": finite(row["low"]), "high": finite(row["high"]),
        }
        for row in records(events.loc[sorted(nearest)])
    ]  # fmt: skip
    title = f"{one.name}: how far what it reached drew away from the rest"
    draft.figure(
        "events",
        "forest",
        {"rows": rows, "reference": 1.0, "x_label": "odds where it reached over odds elsewhere, against before"},
        title=title,
        alt=f"{title}. {counted(len(rows), 'period')} about the change, each with its 95% interval; 1 is the gap before it.",
        caption="Event study. Before the change the ratios should lie about 1.",
        # A single period of what a change reached rests on few failures.
        masked={},
    )


def _weeks(gap: pd.Timedelta) -> str:
    weeks = round(gap / pd.Timedelta(weeks=1))
    return f"{weeks:+d}".replace("-", "−") if weeks else "0"


def _label(row: dict[str, Any]) -> str:
    return str(row["component"] if pd.notna(row["component"]) else row["kind"] if pd.notna(row["kind"]) else "change")


def _table(case: Case, draft: SectionDraft, assessed: list[_Assessed]) -> None:
    rows = []
    for one in assessed:
        series, did = one.series, one.did
        held = series.frame["after"].to_numpy(bool) if series.ok else np.zeros(0, bool)
        failed = series.frame["failed"].to_numpy(float) if series.ok else np.zeros(0)
        rows.append(
            {
                "what": f"{one.name}, {'among what it reached' if one.within else 'over all requests'}",
                "failed_before": round(failed[~held].sum()) if series.ok else None,
                "failed_after": round(failed[held].sum()) if series.ok else None,
                "effect": finite(series.effect.value) if series.effect else None,
                "interval": _ends(series.effect),
                "placebo": finite(one.placebo.p_value) if one.placebo.ok else None,
                "did": finite(did.effect.value) if did is not None and did.effect else None,
                "did_interval": _ends(did.effect) if did is not None else None,
                "withhold": _withheld(case, one),
            }
        )
    draft.table(
        "table",
        "The step of the rate at each change",
        [
            Column(key="what", label="Change"),
            Column(key="failed_before", label="Failed before", kind="count"),
            Column(key="failed_after", label="Failed after", kind="count"),
            Column(key="effect", label="Rate ratio", kind="number", guard="figures"),
            Column(key="interval", label="95% interval", kind="number", guard="figures"),
            Column(key="placebo", label="p, placebo dates", kind="number"),
            Column(key="did", label="Difference in differences", kind="number", guard="figures"),
            Column(key="did_interval", label="95% interval", kind="number", guard="figures"),
        ],
        rows,
        apart=True,
        note="Rate ratio: after the change over what was to be expected without it. Difference in differences: a ratio of odds ratios.",
    )


def _withheld(case: Case, one: _Assessed) -> list[str]:
    """Return the keys of what gives a small count away; the counts over all requests part at a day at which none are told."""
    if _few(case, one):
        return ["failed_before", "failed_after", "figures"]
    at = one.row.get("effective_from")
    apart = one.within or case.joined.holds(at if isinstance(at, pd.Timestamp) else None, None)
    return [] if apart else ["failed_before", "failed_after"]


def _ends(estimate: Estimate | None) -> list[float | None] | None:
    if estimate is None or not math.isfinite(estimate.value):
        return None
    return [finite(estimate.low), finite(estimate.high)]


def _not_told(draft: SectionDraft, assessed: list[_Assessed]) -> None:
    """Say, for each change, what could not be assessed and what the model leaves open."""
    paragraphs: list[list[str | Quote]] = []
    for number, one in enumerate(assessed, start=1):
        gaps = []
        series = one.series
        ended = one.row.get("effective_to")
        if isinstance(ended, pd.Timestamp):
            gaps.append(f"it ended on {format_value(ended, 'date')}; later requests are left out.")
        if one.problem:
            gaps.append(f"what it reached is not known: {lowered(one.problem)}")
        if one.why_not_within:
            gaps.append(f"not estimated within what it reached: {lowered(one.why_not_within)}")
        if series.ok and series.trend is None:
            gaps.append(
                "too few failures on a side for a trend or a season, so a rise under way would pass for a step."
            )
        if series.ok and series.ljung_box_p < AUTOCORRELATED:
            gaps.append(
                f"periods resemble their neighbours beyond the step and the trend (Ljung-Box p {series.ljung_box_p:.2g}, Durbin-Watson "
                f"{series.durbin_watson:.2f}); the interval {'allows' if series.trend is not None else 'does not allow'} for it."
            )
        if series.control is not None and not series.control.ok:
            gaps.append(f"no control series: {lowered(series.control.reason)}")
        if series.ok and not one.placebo.ok:
            gaps.append(f"no placebo dates: {lowered(one.placebo.reason)}")
        if one.did is not None and not one.did.ok:
            gaps.append(f"no difference in differences: {lowered(one.did.reason)}")
        elif one.did is None and series.ok:
            gaps.append("no difference in differences: the change reached every request, or it is not known which.")
        if gaps:
            whole = [gap if gap.endswith(".") else f"{gap}." for gap in gaps]
            text = f"{one.name}: " + " ".join([whole[0], *(gap[:1].upper() + gap[1:] for gap in whole[1:])])
            hidden = FEWER.sub("too few failures", text)
            paragraphs.append([draft.say(f"open_{number}", text, masked=hidden if hidden != text else None)])
    draft.prose("open", paragraphs, style="note", title="What could not be told")
