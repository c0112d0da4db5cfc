"""What failed to catch it: what became of each control of the pipeline on its way past a failure."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd

from rca_lib.analysis.clock import as_moment, text_column
from rca_lib.analysis.intervals import Estimate
from rca_lib.analysis.practice import FEWEST_FOR_USUAL, practice
from rca_lib.data.taxonomy import CONTROLS, FAILURE_MODES, PIPELINE, Step

__all__ = ["SIDE_CONTROLS", "STATES", "USUAL_SHARE", "ControlStates", "control_states"]

PASSED, SKIPPED, CAUGHT, OUT_OF_ORDER = "passed it through", "skipped", "caught it", "out of order"
NOT_USUAL, NOT_REACHED, ABSENT, NOT_ON_RECORD = "not usual here", "not reached", "absent", "not on record"

STATES: dict[str, str] = {
    SKIPPED: "not on record, though it usually is for comparable requests",
    OUT_OF_ORDER: "on record only after delivery, when it could stop nothing",
    PASSED: "on record as done, and did not stop the failure",
    ABSENT: "no request of this source has such a control on record",
    NOT_USUAL: "not on record, and often not done for comparable requests",
    NOT_REACHED: "the request ended, or is still, before this control",
    CAUGHT: "on record as done, and the request was sent back, narrowed or refused",
    NOT_ON_RECORD: "no workflow events are on record for the request",
}
"""What can become of a control, the most telling first, and what each word means."""

USUAL_SHARE = 0.80
"""A control on record for this share of comparable requests, four in five, counts as usual."""

SIDE_CONTROLS: tuple[Step, ...] = (
    Step(
        "callback",
        "Out-of-band call-back",
        "authentication",
        "intake specialist",
        "the requester is reached over a channel known beforehand",
        ("FRE",),
        always=False,
    ),
)
"""Controls of the side lanes; shown only where comparable requests have them on record."""

_PLACE = {step.activity: place for place, step in enumerate(PIPELINE)}
_PLACE |= {step.activity: _PLACE["authenticate"] for step in SIDE_CONTROLS}
_SENT_BACK = ("clarify", "reject", "reopen")
_ENDINGS = ("reject", "withdraw")
_DELIVERY = "deliver"


@dataclass(frozen=True, eq=False)
class ControlStates:
    """Every control of the pipeline for the requests of an escalation.

    Attributes
    ----------
    ok : whether there were workflow events to read.
    reason, would_allow : why not, and what would allow it; else "".
    frame : one row per control and request, in the order of the pipeline: control (activity), label, purpose,
        guards_mode (whether it is there to stop this failure), request_id, state (a word of `STATES`), when (first
        time done; missing if never), times (how often it was done), sent_back (how often the request went back from
        it), usual_share, usual_low, usual_high (share with it on record, with a 95 % interval, of the comparable
        requests that ended in the same way and began before this one), n (how many those are), recent_share, recent_n
        (the same for those that began within 90 days before it; a check that fades shows here).
    summary : one row per control: control, label, purpose, guards_mode, state (the most telling over the requests),
        requests, a count for each of `STATES` (spaces as underscores), and usual_share, usual_low, usual_high, n,
        recent_share, recent_n as for the first request.
    """

    ok: bool
    frame: pd.DataFrame
    summary: pd.DataFrame
    reason: str = ""
    would_allow: str = ""


def control_states(
    events: pd.DataFrame | None,
    request_ids: Iterable[str],
    comparison_ids: Iterable[str],
    failure_mode: str | None,
    *,
    near_miss: bool = False,
    as_of: Any = None,
) -> ControlStates:
    """Tell for each control whether it was done for some requests, and what came of it.

    A control counts as done when it is on record as complete. It sends a request back when the next step on record is a
    clarification, a refusal, or an earlier step that had been done before. A control that guards against this failure
    *caught it* when it sent the request back and nothing was delivered after that; a request that was delivered all the
    same was sent back for something else, or in vain, unless the failure is known to be a near miss. A control that is
    missing is judged by the earlier comparable requests that ended in the same way, delivered or not, and only if the
    request went on to a later step of the pipeline.

    Parameters
    ----------
    events : workflow events; ``None`` or empty where none were supplied.
    request_ids : the requests of the escalation, in the order in which they are to be shown.
    comparison_ids : comparable requests that did not fail.
    failure_mode : a code of the taxonomy; other names guard nothing.
    near_miss : whether the failure was stopped before it left the team.
    as_of : nothing later is used.
    """
    wanted = list(dict.fromkeys(request_ids))
    missing, would_allow = _why_not(events, wanted)
    if missing or events is None:
        return ControlStates(False, pd.DataFrame(), pd.DataFrame(), missing, would_allow)
    done = _completed(events, as_of)
    recorded = set(done["activity"].unique().tolist())
    others = done[done["request_id"].isin(set(comparison_ids) - set(wanted))]
    listed = _listed(set(others["activity"].unique().tolist()))
    habits = practice(others, [control.activity for control in listed], _DELIVERY)
    mine = done[done["request_id"].isin(wanted)]
    mine = mine.sort_values(["ts"] + (["seq"] if "seq" in mine.columns else []), kind="stable")
    by_request = {str(key): rows for key, rows in mine.groupby("request_id")}
    records = []
    for control in listed:
        guards = failure_mode in control.guards
        # Where the failure is not one of the taxonomy, any control that sent the request back may have caught it.
        may_catch = guards or failure_mode not in FAILURE_MODES
        for request_id in wanted:
            way = by_request.get(request_id)
            when: dict[str, Any] = {
                "delivered": way is not None and bool((way["activity"] == _DELIVERY).any()),
                "until": None if way is None else way["ts"].iloc[0],
            }
            usual, recent = habits.usual(control.activity, **when), habits.recent(control.activity, **when)
            found = _state(control, way, recorded, usual, may_catch, near_miss)
            records.append(
                {
                    "control": control.activity,
                    "label": control.label,
                    "purpose": control.control,
                    "guards_mode": guards,
                    "request_id": request_id,
                    "state": found.state,
                    "when": found.when,
                    "times": found.times,
                    "sent_back": found.sent_back,
                    "usual_share": usual.value,
                    "usual_low": usual.low,
                    "usual_high": usual.high,
                    "n": int(usual.n),
                    "recent_share": recent.value,
                    "recent_n": int(recent.n),
                }
            )
    frame = pd.DataFrame(records)
    frame["when"] = pd.to_datetime(frame["when"], utc=True).astype("datetime64[us, UTC]")
    return ControlStates(True, frame, _summary(frame))


def _why_not(events: pd.DataFrame | None, wanted: Sequence[str]) -> tuple[str, str]:
    if events is None or events.empty:
        return (
            "No workflow events were supplied.",
            "Workflow events (events) of these and of comparable requests would show which checks were done, and when.",
        )
    if not wanted:
        return "The escalation names no request.", "The requests concerned (escalation_requests) would allow it."
    if not bool(events["activity"].isin([control.activity for control in CONTROLS]).any()):
        return (
            "The workflow events name none of the controls of the reference pipeline.",
            "Activities under the names of the reference pipeline (triage, scope_review, qc and so on) would allow it.",
        )
    return "", ""


def _listed(recorded: set[str]) -> list[Step]:
    """Controls to look at, in the order of the pipeline; those of side lanes only where comparable requests take them."""
    side = [control for control in SIDE_CONTROLS if control.activity in recorded]
    return sorted([*side, *CONTROLS], key=lambda control: _PLACE[control.activity])


def _completed(events: pd.DataFrame, as_of: Any) -> pd.DataFrame:
    """Completed steps, in the order of the table."""
    kind = text_column(events, "lifecycle")
    counts = (kind == "complete") | (kind == "")
    if as_of is not None:
        counts &= events["ts"] <= as_moment(as_of)
    columns = ["request_id", "activity", "ts"] + (["seq"] if "seq" in events.columns else [])
    return events[columns][counts]


@dataclass(frozen=True, slots=True)
class _Found:
    state: str
    when: Any = pd.NaT
    times: int = 0
    sent_back: int = 0


def _state(
    control: Step, way: pd.DataFrame | None, recorded: set[str], usual: Estimate, may_catch: bool, near_miss: bool
) -> _Found:
    if control.activity not in recorded:
        return _Found(ABSENT)
    if way is None:
        return _Found(NOT_ON_RECORD)
    steps, moments = way["activity"].tolist(), way["ts"].tolist()
    places = [place for place, step in enumerate(steps) if step == control.activity]
    if not places:
        return _Found(_state_when_missing(control, steps, usual))
    back = [place for place in places if _sent_back(steps, place)]
    delivered = steps.index(_DELIVERY) if _DELIVERY in steps else len(steps)
    state = PASSED
    # Closing comes after delivery by design.
    if places[0] > delivered and _PLACE[control.activity] < _PLACE[_DELIVERY]:
        state = OUT_OF_ORDER
    elif may_catch and back:
        held = back[-1] == places[-1] and _DELIVERY not in steps[back[-1] :]
        state = CAUGHT if held or near_miss else PASSED
    return _Found(state, moments[places[0]], len(places), len(back))


def _state_when_missing(control: Step, steps: Sequence[str], usual: Estimate) -> str:
    # A request that was refused or withdrawn is closed without coming past what lies between.
    ended_early = _DELIVERY not in steps and any(step in _ENDINGS for step in steps)
    farthest = max((_PLACE.get(step, -1) for step in steps if not (ended_early and step == "close")), default=-1)
    if farthest < _PLACE[control.activity]:
        return NOT_REACHED
    # With few to compare, the reference pipeline says what is usual.
    expected = usual.value >= USUAL_SHARE if usual.n >= FEWEST_FOR_USUAL else control.always
    return SKIPPED if expected else NOT_USUAL


def _sent_back(steps: Sequence[str], place: int) -> bool:
    """Whether the step after this one asks again, refuses, or does again what had been done."""
    if place + 1 >= len(steps):
        return False
    following = steps[place + 1]
    earlier = _PLACE.get(following, len(PIPELINE)) < _PLACE[steps[place]]
    return following in _SENT_BACK or (earlier and following in steps[:place])


def _summary(frame: pd.DataFrame) -> pd.DataFrame:
    rank = {state: place for place, state in enumerate(STATES)}
    records = []
    shared = ["control", "label", "purpose", "guards_mode", "usual_share", "usual_low", "usual_high", "n"]
    shared += ["recent_share", "recent_n"]
    for _, rows in frame.groupby("control", sort=False):
        counts = rows["state"].value_counts()
        record = {name: rows[name].iloc[0] for name in shared}
        record["state"] = min(counts.index, key=rank.__getitem__)
        record["requests"] = len(rows)
        record |= {state.replace(" ", "_"): int(counts.get(state, 0)) for state in STATES}
        records.append(record)
    return pd.DataFrame(records)
