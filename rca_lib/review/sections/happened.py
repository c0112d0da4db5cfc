"""What happened: the request's way through the pipeline against what is usual, and how long until someone noticed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal

import pandas as pd

from rca_lib.analysis.timeline import against_usual, detection_lag
from rca_lib.data.taxonomy import ACTIVITIES, CONTROLS, FAILURE_MODES
from rca_lib.review.blocks import Blocks, Column, Entry, Quote
from rca_lib.review.draft import SectionDraft, finite, records
from rca_lib.review.format import format_value, spell_hours
from rca_lib.review.wording import counted, in_words, joined, person, week

if TYPE_CHECKING:
    from rca_lib.review.case import Case

__all__ = ["timeline"]

MOST_STEPS = 24
SLOW = 0.9
"""A step slower than this share of comparable requests is called out (the top tenth)."""

FEWEST_COMPARED = 20
"""Comparable requests below which a step's place among them is not called out."""

FEWEST_LAGS = 5
"""Other escalations below which nothing is said of how long detection usually takes."""

SOON = pd.Timedelta(days=3)
"""An escalation opened so soon after detection is no moment of its own in a short timeline."""

WAITING = "wait_for_"
"""How the analysis names the time between two steps."""

_TELLING = frozenset({"deliver", "notify_user", "reopen", "withdraw", "reject", "counsel_escalation"})
"""Activities that a short timeline never leaves out."""

_MOMENTS: tuple[tuple[str, str, Literal["failure", "detected", "action"]], ...] = (
    ("occurred_at", "The failure happened", "failure"),
    ("detected_at", "It was noticed", "detected"),
    ("opened_at", "The escalation was opened", "action"),
)


def timeline(case: Case) -> Blocks:
    """Answer what happened. See `Case.timeline`."""
    draft = SectionDraft("happened")
    draft.prose("summary", [_summary(case, draft)])
    _detection(case, draft)
    steps = _steps(case)
    if steps is None:
        missing = (
            "no workflow events were supplied."
            if case.durations is None
            else "no request that the escalation names can be told of in this review."
            if case.index_ids and not case.told_ids
            else "the escalation names no request with events."
        )
        draft.not_assessed(
            f"Step by step, {missing}",
            "With them the review shows each step's time against what is usual, and where the way parted.",
        )
    else:
        _seen(case, draft, steps)
        _parted(case, draft)
        _steps_blocks(case, draft, steps)
        _timeline(case, draft, steps)
    _requests(case, draft)
    return draft.build()


def _summary(case: Case, draft: SectionDraft) -> list[str | Quote]:
    row = case.escalation
    sentences: list[str | Quote] = [
        draft.say(
            "event",
            _sentence(
                row.get("title") or (case.failure_label if case.failure_mode else "What happened is not on record")
            ),
            value=case.failure_mode or None,
            unit="failure mode",
        )
    ]
    if row.get("occurred_at") is not None:
        sentences.append(
            draft.say(
                "occurred", f"It happened in {week(case.occurred_at)}.", value=f"{case.occurred_at:%G-W%V}", unit="week"
            )
        )
    if row.get("summary"):
        sentences.append(draft.say("account", _sentence(str(row["summary"])), sensitivity="case", detail=2))
    return sentences


def _detection(case: Case, draft: SectionDraft) -> None:
    listed = case.tables.get("escalations")
    lag = None if listed is None else detection_lag(case.escalation, listed)
    if lag is None or lag.hours is None or lag.hours != lag.hours:
        return
    found = person(case.escalation.get("detected_by"))
    by = f" by {found}" if found else ""
    text = (
        f"It was found {spell_hours(lag.hours)} after it happened{by}." if lag.hours else f"It was found at once{by}."
    )
    sentences: list[str | Quote] = [draft.say("lag", text, value=finite(lag.hours), unit="hours", n=lag.n)]
    if lag.typical_hours and lag.low is not None and lag.high is not None and lag.n >= FEWEST_LAGS:
        sentences.append(
            draft.say(
                "lag_usual",
                f"The {lag.n} other escalations on record took {spell_hours(lag.typical_hours)} at the median "
                f"(middle half {spell_hours(lag.low)} to {spell_hours(lag.high)}).",
                value=finite(lag.typical_hours),
                unit="hours",
                n=lag.n,
                sensitivity="operational",
            )
        )
    draft.prose("detection", [sentences])


def _steps(case: Case) -> pd.DataFrame | None:
    if case.durations is None or not case.told_ids:
        return None
    comparison, _ = case.comparison
    steps = against_usual(case.durations, case.told_ids[:1], comparison)
    if steps.empty:
        return None
    # A first step has no start where the moment of receipt is not on record.
    order = steps.assign(_from=steps["started"].fillna(steps["ended"])).sort_values(["_from", "ended"], kind="stable")
    return order.drop(columns="_from").reset_index(drop=True)


def _seen(case: Case, draft: SectionDraft, steps: pd.DataFrame) -> None:
    request = _request(case)
    work = steps[~steps["measured"].isin(["waiting", "since closing"])]
    first, last = steps["started"].min(), work["ended"].max()
    names = [_step_name(step) for step in dict.fromkeys(work["step"])]
    walked = (
        f"It went through {counted(len(names), 'step')} in {spell_hours((last - first).total_seconds() / 3600)}, "
        f"from {names[0].lower()} to {names[-1].lower()}."
    )
    draft_sentences: list[str | Quote] = [
        draft.say("arrival", _kind_of_request(request), sensitivity="operational"),
        draft.say("walk", walked, value=len(names), unit="steps", sensitivity="operational"),
    ]
    slow = (
        steps[(steps["percentile"] >= SLOW) & (steps["n"] >= FEWEST_COMPARED)]
        .sort_values("percentile", ascending=False)
        .head(2)
    )
    draft_sentences += [
        draft.say(
            f"slow_{position}",
            f"{_step_name(row['step'])} took {spell_hours(row['hours'])}, longer than in "
            f"{format_value(row['percentile'], 'percent')} of comparable requests (median {spell_hours(row['p50'])}).",
            value=finite(row["hours"]),
            unit="hours",
            n=int(row["n"]),
            masked=f"{_step_name(row['step'])} took {spell_hours(row['hours'])}, longer than in nearly all comparable requests (median "
            f"{spell_hours(row['p50'])})."
            if _few_beyond(case, row)
            else None,
            sensitivity="operational",
        )
        for position, row in enumerate(records(slow.sort_values("started")), start=1)
    ]
    if slow.empty:
        draft_sentences.append(
            draft.say(
                "no_slow",
                "Every step took about as long as it usually does, so nothing in the pace of the work gave a warning."
                if _compared(steps)
                else "Too few comparable requests are on record to say whether a step took longer than usual.",
                sensitivity="operational",
            )
        )
    draft.prose("seen", [draft_sentences], sensitivity="operational")


def _few_beyond(case: Case, row: dict[str, Any]) -> bool:
    """Say whether the place of a step among comparable requests gives away how few took longer, or less."""
    share, n = finite(row["percentile"]), row["n"]
    return case.small.few(n) or (share is not None and case.small.gives_away(share * n, n, wholes=()))


def _parted(case: Case, draft: SectionDraft) -> None:
    mode = FAILURE_MODES.get(case.failure_mode)
    if mode is None:
        return
    sentences: list[str | Quote] = [
        draft.say("stage", f"A failure of this kind arises at the {mode.stage} stage.", sensitivity="operational")
        if mode.stage not in ("any", "any queue")
        else draft.say("stage", "A failure of this kind can arise at any step.", sensitivity="operational")
    ]
    found = case.control_states
    guards = found.summary[found.summary["guards_mode"].astype(bool)] if found.ok else None
    passed, skipped = (
        [] if guards is None else guards.loc[guards["state"] == state, "label"].tolist()
        for state in ("passed it through", "skipped")
    )
    if passed:
        sentences.append(
            draft.say(
                "passed",
                f"{joined(passed)} {'is' if len(passed) == 1 else 'are'} on record as done, and the request went on: what the check "
                "looks at did not show the problem.",
                sensitivity="operational",
            )
        )
    if skipped:
        sentences.append(
            draft.say(
                "skipped",
                f"{joined(skipped)} {'is' if len(skipped) == 1 else 'are'} not on record for this request, though usual for requests "
                "like it.",
                sensitivity="operational",
            )
        )
    draft.prose("parted", [sentences], sensitivity="operational")


def _compared(steps: pd.DataFrame) -> bool:
    """Say whether any step can be set against what is usual."""
    return bool((steps["n"] >= FEWEST_COMPARED).any())


def _steps_blocks(case: Case, draft: SectionDraft, steps: pd.DataFrame) -> None:
    _, note = case.comparison
    shown = steps.head(MOST_STEPS)
    far = shown[(shown["percentile"] >= SLOW) & (shown["n"] >= FEWEST_COMPARED)]
    slowest = far.sort_values("percentile").iloc[-1] if len(far) else None
    title = (
        f"{_step_name(slowest['step'])} took longer than usual; the other steps lie within their usual range"
        if slowest is not None and len(far) == 1
        else f"{counted(len(far), 'step')} took longer than in nine of ten comparable requests"
        if len(far)
        else "Every step took about as long as it usually does"
        if _compared(steps)
        else "How long each step took; comparable requests are too few to say what is usual"
    )
    drawn = [
        {"step": _step_name(row["step"]), "n": int(row["n"]), "place": row["place"]}
        | {key: finite(row[key]) for key in ("hours", "p10", "p50", "p90", "percentile")}
        for row in records(shown)
    ]
    masked = [
        step
        | ({"percentile": None} if _few_beyond(case, step) else {})
        | ({"p10": None, "p50": None, "p90": None} if case.small.few(step["n"]) else {})
        for step in drawn
    ]
    draft.figure(
        "steps",
        "steps_against_usual",
        {"unit": "hours", "steps": drawn},
        title=title,
        alt=f"{title}. For each of {len(shown)} steps a bar spans the middle four fifths of comparable requests and a dot marks this "
        "request, on a logarithmic scale of hours.",
        caption=note,
        masked={"data": {"unit": "hours", "steps": masked}},
        sensitivity="operational",
    )
    draft.table(
        "steps_table",
        "How long each step took, and what is usual",
        [
            Column(key="step", label="Step"),
            Column(key="hours", label="This request", kind="hours"),
            Column(key="p50", label="Median", kind="hours", guard="n"),
            Column(key="usual", label="Middle four fifths", kind="hours", guard="n"),
            Column(key="percentile", label="Slower than", kind="percent", guard="beyond"),
            Column(key="n", label="Compared with", kind="count"),
            Column(key="place", label=""),
        ],
        [
            {
                "step": _step_name(row["step"]),
                "hours": finite(row["hours"]),
                "p50": finite(row["p50"]),
                "usual": [finite(row["p10"]), finite(row["p90"])],
                "percentile": finite(row["percentile"]),
                "n": int(row["n"]),
                "place": row["place"],
                "withhold": ["beyond"] if _few_beyond(case, row) else [],
            }
            for row in records(steps)
        ],
        apart=True,
        note=note,
        sensitivity="operational",
    )


def _timeline(case: Case, draft: SectionDraft, steps: pd.DataFrame) -> None:
    """The moments that matter: first and last step, the controls that guard against this, delays, and what came of it."""
    start = steps["started"].min()
    guards = {step.activity for step in CONTROLS if case.failure_mode in step.guards}
    ended = steps[steps["ended"].notna()].reset_index(drop=True)
    moments: list[tuple[pd.Timestamp, Entry]] = []
    for position, row in enumerate(records(ended)):
        slow = row["percentile"] >= SLOW and row["n"] >= FEWEST_COMPARED
        edge = position in (0, len(ended) - 1)
        if slow or edge or row["step"] in guards or row["step"] in _TELLING:
            detail = "; ".join(part for part in (f"took {format_value(row['hours'], 'hours')}", row["place"]) if part)
            mark: Literal["delay", "step"] = "delay" if slow else "step"
            entry = Entry(when=_after(start, row["ended"]), what=_step_name(row["step"]), detail=detail, mark=mark)
            moments.append((row["ended"], entry))
    detected, opened = case.escalation.get("detected_at"), case.escalation.get("opened_at")
    soon = detected is not None and opened is not None and opened - detected < SOON
    for key, what, kind in _MOMENTS:
        if key == "opened_at" and soon:
            continue
        moment = case.escalation.get(key)
        if moment is not None and not (key == "occurred_at" and case.named_failed is False):
            moments.append((moment, Entry(when=_after(start, moment), what=what, mark=kind)))
    moments.sort(key=lambda moment: moment[0])
    draft.timeline(
        "timeline",
        "Days and hours from receipt: the first and the last step, the controls that guard against this failure, delays, and what "
        "came of it",
        [entry for _, entry in moments[:MOST_STEPS]],
        sensitivity="operational",
    )


def _requests(case: Case, draft: SectionDraft) -> None:
    links = [*((one, "index") for one in case.index_ids), *((one, "sibling") for one in case.requests_in("sibling"))]
    if case.requests is None or not links:
        return
    table = case.requests.set_index("request_id")
    rows: list[dict[str, Any]] = []
    for request_id, role in links:
        if request_id not in table.index:
            continue
        row = table.loc[request_id]
        shown = {key: in_words(row[key]) for key in ("process_type", "channel", "urgency", "outcome")}
        dates = {
            key: None if pd.isna(row[key]) else row[key].isoformat() for key in ("received_at", "due_at", "closed_at")
        }
        rows.append({"request_id": request_id, "role": role, **shown, **dates})
    draft.table(
        "requests",
        "Requests named in the escalation",
        [
            Column(key="request_id", label="Request", sensitivity="case"),
            Column(key="role", label="Role"),
            Column(key="process_type", label="Type"),
            Column(key="urgency", label="Urgency"),
            Column(key="received_at", label="Received", kind="moment"),
            Column(key="due_at", label="Due", kind="moment"),
            Column(key="closed_at", label="Closed", kind="moment"),
            Column(key="outcome", label="Outcome"),
        ],
        rows,
        sensitivity="case",
    )


def _request(case: Case) -> pd.Series | None:
    if case.requests is None or not case.told_ids:
        return None
    rows = case.requests[case.requests["request_id"] == case.told_ids[0]]
    return None if rows.empty else rows.iloc[0]


def _kind_of_request(request: pd.Series | None) -> str:
    def word(key: str) -> str:
        return in_words(None if request is None else request.get(key)) or ""

    parts = [f"was of type “{word('process_type')}”"] if word("process_type") else []
    parts += [f"came in by {word('channel')}"] if word("channel") else []
    parts += [f"was marked {word('urgency')}"] if word("urgency") else []
    return f"The request {joined(parts)}." if parts else "The request is on record without its type."


def _step_name(step: str) -> str:
    if step.startswith(WAITING):
        return f"Wait for {_step_name(step.removeprefix(WAITING)).lower()}"
    return ACTIVITIES.get(step, step.replace("_", " ").capitalize())


def _after(start: pd.Timestamp, moment: pd.Timestamp) -> str:
    hours = (moment - start).total_seconds() / 3600
    return "at receipt" if abs(hours) < 1 / 60 else f"{'+' if hours > 0 else ''}{format_value(hours, 'hours')}"


def _sentence(text: str) -> str:
    text = text.strip()
    return text if text.endswith((".", "!", "?")) else f"{text}."
