"""What failed to catch it: the controls of the pipeline, and what good looks like at each."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pandas as pd

from rca_lib.analysis.controls import SIDE_CONTROLS, STATES, ControlStates
from rca_lib.data.taxonomy import CONTROLS
from rca_lib.review.blocks import Blocks, Column, Quote
from rca_lib.review.draft import SectionDraft, finite, records
from rca_lib.review.format import format_value
from rca_lib.review.sections.stated import kinds_said
from rca_lib.review.wording import counted, joined

if TYPE_CHECKING:
    from rca_lib.review.case import Case

__all__ = ["controls"]

FEWEST_COMPARED = 20
"""Comparable requests below which nothing is said of how many have a control on record."""

_WORDS = {
    "skipped": "was skipped, though it usually is done",
    "out of order": "was done only after delivery",
    "passed it through": "was done and let it through",
    "absent": "does not exist in this source",
    "not usual here": "was not done, as is common for such requests",
    "not reached": "was not reached",
    "caught it": "caught it",
    "not on record": "is not on record",
}


def controls(case: Case) -> Blocks:
    """Answer what failed to catch it. See `Case.controls`."""
    draft = SectionDraft("controls", sensitivity="operational")
    found = case.control_states
    if not found.ok:
        _barriers(case, draft)
        return draft.not_assessed(found.reason, found.would_allow)
    draft.prose("summary", [_summary(draft, found)])
    _chart(case, draft, found)
    draft.prose("good", _good(case, draft, found), style="list")
    _barriers(case, draft)
    _table(case, draft, found)
    return draft.build()


def _guards(found: ControlStates) -> pd.DataFrame:
    return found.summary[found.summary["guards_mode"].astype(bool)]


def _summary(draft: SectionDraft, found: ControlStates) -> list[str | Quote]:
    guards = _guards(found)
    if guards.empty:
        return [
            draft.say(
                "guards",
                "No control of the reference pipeline is there for a failure of this kind; that is itself a finding.",
                value=0,
            )
        ]
    sentences: list[str | Quote] = [
        draft.say(
            "guards",
            f"{counted(len(guards), 'control')} of the pipeline {'is' if len(guards) == 1 else 'are'} there to stop a failure of this "
            f"kind: {joined([label.lower() for label in guards['label']])}.",
            value=len(guards),
            unit="controls",
        )
    ]
    for state, rows in guards.groupby("state", sort=False):
        names = joined([f"“{label}”" for label in rows["label"]])
        words = _WORDS[str(state)]
        if len(rows) > 1:
            words = (
                words.replace("was ", "were ", 1).replace("is ", "are ", 1)
                if words.startswith(("was ", "is "))
                else words
            )
        where, hidden = _in_how_many(rows, str(state))
        sentences.append(
            draft.say(
                f"state_{str(state).replace(' ', '_')}",
                f"{names} {words}{where}.",
                value=str(state),
                n=int(rows["requests"].max()),
                masked=f"{names} {words}{hidden}." if where else None,
            )
        )
    return sentences


def _in_how_many(rows: pd.DataFrame, state: str) -> tuple[str, str]:
    """Say for how many of the requests that the escalation names a state holds, plainly and with the counts withheld.

    Nothing is said where it holds for all of them.
    """
    of, found = int(rows["requests"].max()), sorted({int(count) for count in rows[state.replace(" ", "_")]})
    if found == [of]:
        return "", ""
    counts = f"{found[0]}" if len(found) == 1 else f"{found[0]} to {found[-1]}"
    return f", in {counts} of the {of} requests named here", ", in some of the requests named here"


def _few_behind(case: Case, row: dict[str, Any]) -> bool:
    """Say whether the share of comparable requests with a control gives away how few have it, or lack it."""
    share, n = finite(row["usual_share"]), row["n"]
    return share is not None and case.small.gives_away(share * n, n, wholes=())


def _chart(case: Case, draft: SectionDraft, found: ControlStates) -> None:
    guards = _guards(found)
    states = set(guards["state"])
    if "skipped" in states:
        skipped = joined(guards.loc[guards["state"] == "skipped", "label"].tolist())
        title = f"{skipped} {'was' if (guards['state'] == 'skipped').sum() == 1 else 'were'} skipped"
    elif guards.empty:
        title = "No control of the pipeline is there for a failure of this kind"
    elif states <= {"passed it through"}:
        title = "Every control that guards against this was done, and each let it through"
    else:
        title = f"{joined(guards['label'].tolist())}: none stopped it"
    drawn = [
        {
            "label": row["label"],
            "state": row["state"],
            "usual_share": finite(row["usual_share"]),
            "guards": bool(row["guards_mode"]),
        }
        for row in records(found.summary)
    ]
    masked = [
        {**control, "usual_share": None} if _few_behind(case, row) else control
        for control, row in zip(drawn, records(found.summary), strict=True)
    ]
    draft.figure(
        "chart",
        "controls",
        {"controls": drawn},
        title=title,
        alt=f"{title}. The controls of the pipeline in order: "
        + "; ".join(f"{row['label']}, {row['state']}" for row in records(found.summary))
        + ".",
        caption="Marked: controls that are there to stop a failure of this kind. “Usual” is how often comparable requests have the "
        "control on record.",
        masked={"data": {"controls": masked}},
    )


def _good(case: Case, draft: SectionDraft, found: ControlStates) -> list[list[str | Quote]]:
    items: list[list[str | Quote]] = []
    for row in records(_guards(found)):
        text, masked = f"{row['label']}: {row['purpose']}.", None
        if row["n"] >= FEWEST_COMPARED:
            often = "nearly all" if row["usual_share"] > 0.5 else "hardly any"
            start, end = f"{text} It is on record for", "comparable requests that did not fail."
            text = f"{start} {format_value(row['usual_share'], 'percent')} of {end}"
            masked = f"{start} {often} {end}" if _few_behind(case, row) else None
        items.append(
            [
                draft.say(
                    f"good_{row['control']}",
                    text,
                    value=finite(row["usual_share"]),
                    unit="share",
                    n=int(row["n"]),
                    masked=masked,
                )
            ]
        )
    return items


def _table(case: Case, draft: SectionDraft, found: ControlStates) -> None:
    draft.table(
        "table",
        "Each control, and what became of it",
        [
            Column(key="label", label="Control"),
            Column(key="purpose", label="What it is there for"),
            Column(key="guards", label="Guards against this"),
            Column(key="state", label="State"),
            Column(key="usual_share", label="Usual", kind="percent", guard="n"),
            Column(key="interval", label="95% interval", kind="percent", guard="n"),
        ],
        [
            {
                "label": row["label"],
                "purpose": row["purpose"],
                "guards": "yes" if row["guards_mode"] else "",
                "state": row["state"],
                "usual_share": finite(row["usual_share"]),
                "interval": [finite(row["usual_low"]), finite(row["usual_high"])],
                "n": int(row["n"]),
                "withhold": ["n"] if _few_behind(case, row) else [],
            }
            for row in records(found.summary)
        ],
        apart=True,
        note="; ".join(f"{state}: {STATES[state]}" for state in dict.fromkeys(found.summary["state"])) + ".",
    )


def _barriers(case: Case, draft: SectionDraft) -> None:
    """The barriers as a person saw them: what each was there for, its state, and why it was in that state."""
    file = case.case_file
    if file is None:
        return
    labels = {step.activity: step.label for step in (*CONTROLS, *SIDE_CONTROLS)}
    draft.table(
        "barriers",
        "Barriers that stood between the cause and the event",
        [
            Column(key="barrier", label="Barrier"),
            Column(key="expected", label="What it was there to do"),
            Column(key="state", label="State"),
            Column(key="because", label="Why"),
            Column(key="evidence", label="Evidence"),
            Column(key="ids", label="Ids", sensitivity="case"),
        ],
        [
            {
                "barrier": labels.get(each.barrier, each.barrier),
                "expected": each.expected,
                "state": each.state,
                "because": each.because or None,
                "evidence": kinds_said(each.evidence, case),
                "ids": ", ".join(each.evidence) or None,
            }
            for each in file.barriers
            if each.state is not None
        ],
        sensitivity="case" if "barriers" in case.barred_parts else "operational",
    )
