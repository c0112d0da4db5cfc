"""The core message: five sentences that are the same in every review, and how sure we are of them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pandas as pd

from rca_lib.analysis.detection import detection_lag
from rca_lib.data.taxonomy import SEVERITIES
from rca_lib.review.blocks import Blocks, Quote
from rca_lib.review.casefile.hierarchy import STRENGTHS
from rca_lib.review.content_note import content_note
from rca_lib.review.draft import SectionDraft
from rca_lib.review.format import format_value, spell_hours
from rca_lib.review.pseudonyms import case_key
from rca_lib.review.sealed import SEALED_COLUMN
from rca_lib.review.sections.actions import case_actions
from rca_lib.review.sections.extent import failures_found, findings
from rca_lib.review.sections.limits import set_aside, tables_missing
from rca_lib.review.sections.stated import stated_sentence
from rca_lib.review.sections.why import candidate_name, refusal, tells_few
from rca_lib.review.source_texts import source_texts
from rca_lib.review.wording import counted, few_of, is_few, joined, lowered, percent_with_interval, person, week

if TYPE_CHECKING:
    from rca_lib.analysis.causes import Candidate
    from rca_lib.review.case import Case
    from rca_lib.review.judgement import Judgement

__all__ = ["core_message"]


def core_message(case: Case) -> Blocks:
    """Say the whole of it in five sentences. See `Case.core_message`."""
    draft = SectionDraft("core")
    message = [
        _happened(case, draft),
        _affected(case, draft),
        _why(case, draft),
        _done(case, draft),
        _unknown(case, draft),
    ]
    draft.prose("message", [message[:2], message[2:4], message[4:]], style="lead", alike=True)
    draft.prose("confidence", [_confidence(case, draft)])
    draft.record(**_record(case))
    return draft.build()


def _happened(case: Case, draft: SectionDraft) -> Quote:
    row = case.escalation
    said = row.get("title") or (case.failure_label if case.failure_mode else "What happened is not on record")
    title = str(said).strip().rstrip(".")
    parts = [f"{title}."]
    if row.get("occurred_at") is not None:
        parts.append(f"It happened in {week(case.occurred_at)}")
        lag = detection_lag(row, case.tables["escalations"])
        found = person(row.get("detected_by"))
        if lag.hours is not None and lag.hours >= 0:
            later = f"{spell_hours(lag.hours)} later" if lag.hours else "at once"
            parts[-1] += f" and was found {later}{f' by {found}' if found else ''}"
        parts[-1] += "."
        if lag.hours is not None and lag.hours < 0:
            parts.append("The dates on record put its detection before that.")
    if case.named_failed is False:
        parts.append("The request that it names is not on record as failing in this way.")
    if case.named_problem:
        parts.append(case.named_problem)
    return draft.say("happened", " ".join(parts), value=case.failure_mode or None, unit="failure mode")


def _affected(case: Case, draft: SectionDraft) -> Quote:
    if not case.outcome.ok:
        return draft.say("affected", f"How far it reaches could not be assessed: {lowered(case.outcome.reason)}")
    same, judged = findings(case)
    outcome = case.outcome
    found = failures_found(same)
    looked = f"{format_value(same.at_risk, 'count')} {outcome.unit_label}"
    if case.onset is not None and case.contrast is not None:
        estimate = case.contrast.after
        lead = f"It is not a single event: since {week(case.onset.when)},"
        what = "of all such requests" if outcome.sampled else f"of {outcome.unit_label}"
        text = f"{lead} {percent_with_interval(estimate)} {what} {outcome.phrase}"
        against = f", against {format_value(case.contrast.before.value, 'percent')} before"
    else:
        estimate = same.rate
        lead, against = f"{_VERDICTS[judged.kind]}:", ""
        what = "of all such requests" if outcome.sampled else f"of {looked}"
        text = f"{lead} {percent_with_interval(estimate)} {what} {outcome.phrase}"
    scaled = ""
    if same.total is not None:
        scaled = (
            f"; that is about {format_value(same.total.value, 'count')} requests "
            f"({format_value((same.total.low, same.total.high), 'count')}), from {format_value(found, 'count')} found "
            f"among {looked}"
        )
    elif case.onset is not None:
        scaled = f" ({format_value(found, 'count')} of {looked})"
    return draft.say(
        "affected",
        f"{text}{against}{scaled}.",
        estimate,
        unit="share",
        masked=_affected_masked(case, lead, f"{text}{{}}{scaled}."),
    )


def _affected_masked(case: Case, lead: str, told: str) -> str | None:
    """Say who was affected where a count is small; ``told`` is the sentence with a gap for the rate before."""
    outcome, same, limit = case.outcome, case.same_failure, case.small.limit
    if is_few(same.at_risk, limit):
        return f"{lead} there are too few {outcome.unit_label} to state numbers here."
    if case.small.behind(same.rate):
        known = few_of(same.at_risk, failures_found(same), limit)
        more = ", more often than before" if case.onset is not None else ""
        return f"{lead} {known} {outcome.unit_label} {outcome.phrase}{more}."
    earlier = case.contrast.before if case.contrast is not None else None
    if earlier is not None and case.small.behind(earlier):
        looked = "looked at before" if outcome.sampled else "before"
        return told.format(f", against {few_of(earlier.n, earlier.k or 0, limit)} {looked}")
    return None


_VERDICTS = {
    "systemic": "It is part of a pattern",
    "isolated": "It stands alone as far as the data show",
    "unclear": "Whether it stands alone cannot be told yet",
}


def _why(case: Case, draft: SectionDraft) -> Quote:
    if case.judgement is not None and (case.judgement.causes or case.judgement.file.no_cause):
        return _why_stated(case, draft, case.judgement)
    table = case.cause_table
    if table is None or not table.ok:
        reason, masked = refusal(case, table)
        start = "Why it happened could not be assessed:"
        return draft.say("why", f"{start} {lowered(reason)}", masked=f"{start} {lowered(masked)}" if masked else None)
    top = next((candidate for candidate in table.candidates if candidate.stands_out), None)
    if table.answer == "mix":
        return draft.say("why", f"No cause in the process stands out: {lowered(table.answer_text)}", value="mix")
    if top is None or top.effect is None:
        return draft.say(
            "why",
            f"No cause stands out from the data: {format_value(table.searched, 'count')} possible explanations were compared.",
            value="none",
        )
    if SEALED_COLUMN in top.segment:
        # The message is the same for all, and what sets such requests apart is for counsel alone.
        return draft.say("why", "The strongest candidate for a cause is told to counsel alone.", value=top.grade)
    late = f" {table.answer_text}" if table.answer == "measurement" else ""
    if case.onset is not None and top.since is not None and top.since > case.onset.high:
        late += (
            f" It began in {week(top.since)}, after the rate had first risen, so it cannot account for all of the rise."
        )
    strength = {
        "established": "The evidence establishes a cause",
        "probable": "The cause is probable, not established",
        "possible": "The cause is not established",
    }[top.grade if top.grade in ("established", "probable") else "possible"]
    lead = "it is" if top.grade == "established" else "the strongest candidate is"
    return draft.say(
        "why",
        f"{strength}: {lead} {candidate_name(top)}, where the odds of this failure are "
        f"{format_value(top.effect.value, 'number')} times as high (95% interval "
        f"{format_value((top.effect.low, top.effect.high), 'number')}); {_grade_in_words(top)}.{late}",
        top.effect,
        unit="odds ratio",
        masked=f"{strength}: {lead} {candidate_name(top)}, where the odds of this failure are higher, beyond what chance gives; "
        f"{_grade_in_words(top)}.{late}"
        if tells_few(case, table, top)
        else None,
    )


def _why_stated(case: Case, draft: SectionDraft, judgement: Judgement) -> Quote:
    """Say the cause as a person states it; the first words say whether anyone has signed it."""
    lead = {
        "draft": "As stated so far, not signed: ",
        "reviewed": "As stated and reviewed, not yet approved: ",
        "approved": "",
    }
    start = lead[case.state]
    if "causes" in case.barred_parts:
        text = "A cause is being stated, and its wording is not yet exact and fair, so only the full analysis has it."
        return draft.say("why", text, value="being worded")
    if not judgement.causes:
        reason = judgement.file.no_cause.strip().rstrip(".")
        return draft.say("why", _opened(start, f"No cause is stated. {reason[:1].upper()}{reason[1:]}."), value="none")
    leading = judgement.leading
    assert leading is not None
    text = _opened(start, stated_sentence(leading))
    others = [each for each in judgement.causes if each is not leading]
    held = {each.id for each in judgement.file.hypotheses if each.verdict in ("leading", "contributes")}
    for said, some in (
        ("What also had a part", [each for each in others if each.statement.hypothesis in held]),
        ("Also looked into, and still open", [each for each in others if each.statement.hypothesis not in held]),
    ):
        if some:
            causes = joined(
                [f"{lowered(each.statement.cause.strip().rstrip('.'))} ({each.grade})" for each in some[:2]]
            )
            text += f" {said}: {causes}."
    effect = leading.candidate.effect if leading.candidate is not None else None
    return (
        draft.say("why", text, effect, unit="odds ratio")
        if effect is not None
        else draft.say("why", text, value=leading.grade)
    )


def _opened(start: str, sentence: str) -> str:
    return f"{start}{lowered(sentence)}" if start else sentence


def _grade_in_words(top: Candidate) -> str:
    """What the grade of the leading candidate rests on."""
    passed = sum(test.passed is True for test in top.tests)
    if top.grade == "established":
        return "it passes all five tests of a cause, and a person has yet to state it"
    if top.collinear_with:
        return f"these data cannot tell it apart from {joined(list(top.collinear_with[:2]), 'or')}"
    return f"it passes {passed} of the five tests of a cause"


def _done(case: Case, draft: SectionDraft) -> Quote:
    table = case_actions(case)
    if table is None:
        return draft.say("done", "What is being done is not known here: no actions were supplied.")
    if table.empty:
        return draft.say("done", "No action is on record yet.", value=0, unit="actions")
    live = table[~table["_state"].isin(["dropped", "proposed"])]
    done = int((live["_state"] == "done").sum())
    text = f"Of {counted(len(live), 'action')} on record, {done} {'is' if done == 1 else 'are'} done"
    ahead = live[(live["_state"] == "planned") & live["due_at"].notna()]
    if len(ahead):
        nearest = ahead.sort_values(["due_at", "action_id"]).iloc[0]
        text += f"; the next is due in {week(nearest['due_at'])}"
    overdue = int((live["_state"] == "overdue").sum())
    if overdue:
        text += f"; {overdue} {'is' if overdue == 1 else 'are'} past due"
    text += "."
    strongest = live.iloc[0] if len(live) and live["cause"].notna().any() else None
    if strongest is not None and pd.notna(strongest["cause"]) and strongest["strength"] == STRENGTHS[0]:
        when = {"done": "done", "planned": "planned", "overdue": "past due"}.get(
            str(strongest["_state"]), "without a date"
        )
        text += f" The strongest ({when}): {lowered(str(strongest['description']).strip().rstrip('.'))}."
    return draft.say("done", text, value=done, unit="actions", n=len(live))


def _unknown(case: Case, draft: SectionDraft) -> Quote:
    gaps = _cause_gaps(case)
    if case.outcome.ok and case.outcome.sampled:
        gaps.append("which of the requests that nobody assessed failed")
    if not case.outcome.ok:
        gaps.append("how many requests are affected")
    missing = [
        name.replace("_", " ")
        for name in tables_missing(case)
        if name in ("events", "changes", "assessments", "evidence")
    ]
    if missing:
        gaps.append(f"what the {joined(missing)} would show, since none were supplied")
    return draft.say("unknown", f"Not known: {joined(gaps)}." if gaps else "No question is left open.")


def _cause_gaps(case: Case) -> list[str]:
    """What is not known of the cause."""
    judgement, table = case.judgement, case.cause_table
    if judgement is None or not (judgement.causes or judgement.file.no_cause):
        leading = table is not None and table.ok and any(candidate.stands_out for candidate in table.candidates)
        return ["which candidate, if any, is the cause" if leading else "why it happened"]
    gaps = []
    weak = [each.statement.id for each in judgement.causes if each.grade not in ("established", "probable")]
    if weak:
        gaps.append(f"whether {joined(weak)} had the part that is stated")
    if judgement.disagreements:
        gaps.append(
            f"why counts and people disagree on {joined([each.statement.id for each in judgement.disagreements])}"
        )
    asked = sum(node.kind == "question" for node in judgement.file.chart)
    if asked:
        gaps.append(f"the answer to {counted(asked, 'question')} of the cause chart")
    return gaps


def _confidence(case: Case, draft: SectionDraft) -> list[str | Quote]:
    sentences: list[str | Quote] = []
    if case.outcome.ok:
        same, judged = findings(case)
        wide = same.rate.high - same.rate.low > same.rate.value
        sentences.append(
            draft.say(
                "confidence_extent",
                f"The extent rests on {format_value(same.at_risk, 'count')} {case.outcome.unit_label}; "
                + (
                    "the interval is wide, so read it as an order of size."
                    if wide
                    else "the interval is narrow enough to plan by."
                ),
                value=same.at_risk,
                unit="requests",
                masked=f"The extent rests on very few {case.outcome.unit_label}."
                if is_few(same.at_risk, case.source.config.small_cell)
                else None,
            )
        )
        if judged.kind == "unclear":
            sentences.append("Too few failures are on record to tell a pattern from chance.")
    sentences.append(_signed(case, draft))
    count = set_aside(case)
    if count:
        sentences.append(
            draft.say(
                "confidence_data",
                f"{counted(count, 'row')} of data could not be used.",
                value=count,
                unit="rows",
                masked="A few rows of data could not be used." if case.small.few(count) else None,
            )
        )
    return sentences


def _signed(case: Case, draft: SectionDraft) -> Quote:
    """Say who stands for the cause, by role."""
    file = case.case_file
    signed = [each for each in file.sign_off if each.on <= case.as_of.date()] if file is not None else []
    if case.state != "draft":
        roles = joined([f"{each.role} ({each.state} in {week(pd.Timestamp(each.on))})" for each in signed])
        return draft.say(
            "confidence_cause", f"The cause is stated by a person and signed by role: {roles}.", value=case.state
        )
    if signed and signed[-1].state == "approved":
        against = (
            f"{counted(len(case.reasons), 'thing')} now {'stands' if len(case.reasons) == 1 else 'stand'} against it"
        )
        text = f"The cause was signed, but {against}."
        return draft.say("confidence_cause", text, value=len(case.reasons), unit="reasons")
    later = file is not None and len(file.sign_off) > len(signed)
    table = case.cause_table
    leading = [each for each in table.candidates if each.stands_out] if table is not None and table.ok else []
    best = leading[0].grade if leading else None
    if later or signed:
        why = "it was signed after the moment of this review" if later else "it was changed after it was signed"
        text = f"The cause is a matter of judgement, and no signature holds for it here: {why}."
        return draft.say("confidence_cause", text, value=best)
    return draft.say(
        "confidence_cause",
        "The cause is a matter of judgement that no one has signed yet"
        + (f"; the strongest candidate is graded {best}." if best else "."),
        value=best,
    )


def _record(case: Case) -> dict[str, Any]:
    row, key = case.escalation, case.source.config.pseudonym_key
    return {
        "title": str(row.get("title") or f"{case.failure_label}, {case.id}"),
        "escalation_id": case.id,
        "as_of": case.as_of.isoformat(),
        "state": case.state,
        "case_file": case.case_file_digest,
        "source_name": case.source.name,
        "source_digest": case.source.digest,
        "simulated": case.source.config.simulated,
        "small_cell": case.source.config.small_cell,
        "set_aside_rows": set_aside(case),
        "facts": _facts(case),
        "content_note": content_note(case),
        "identifiers": {kind: list(names) for kind, names in case.identifiers_by_kind.items()},
        "days": list(case.request_days),
        "texts": source_texts(case.tables, case.id, case.index_ids),
        "pseudonym_key": None if key is None else case_key(key, case.id),
    }


def _facts(case: Case) -> list[dict[str, Any]]:
    row = case.escalation
    facts: list[dict[str, Any]] = []

    def add(key: str, label: str, value: object, sensitivity: str = "general") -> None:
        if value is not None and not pd.isna(value):  # type: ignore[call-overload]
            facts.append({"key": key, "label": label, "value": str(value), "sensitivity": sensitivity})

    severity = row.get("severity")
    gravest, *_, least = SEVERITIES
    add("severity", "Severity", f"{severity} (of {gravest} to {least})" if severity in SEVERITIES else severity)
    add("failure_mode", "Failure", case.failure_label)
    add("harm", "Harm", _capital(str(row.get("harm") or "")) or None)
    if row.get("occurred_at") is not None:
        add("occurred", "Happened", _capital(format_value(row["occurred_at"], "week")))
    if row.get("detected_at") is not None:
        add("detected", "Found", _capital(format_value(row["detected_at"], "week")))
    add("detected_by", "Found by", _capital(person(row.get("detected_by"))) or None)
    add("status", "Escalation", _capital(str(row.get("status") or "")) or None)
    add("opened", "Opened", format_value(row["opened_at"], "date"), "operational")
    if case.requests is not None and case.told_ids:
        kinds = case.requests.loc[case.requests["request_id"].isin(case.told_ids), "process_type"].dropna().unique()
        add(
            "process_type",
            "Request",
            joined([str(kind).replace("_", " ") for kind in sorted(kinds)]) or None,
            "operational",
        )
    add("privilege", "Privilege", _PRIVILEGE.get(str(row.get("privilege"))), "case")
    return facts


_PRIVILEGE = {"acp": "Attorney-client", "work_product": "Work product"}


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]
