"""What was ruled out: explanations set against one another, and the evidence that tells them apart."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from rca_lib.analysis.hypotheses import Ranked, Ranking
from rca_lib.review.blocks import Blocks, Column, Quote
from rca_lib.review.casefile.model import RATINGS, CaseFile, Hypothesis
from rca_lib.review.draft import SectionDraft
from rca_lib.review.format import format_value
from rca_lib.review.judgement import COUNTS, Judgement
from rca_lib.review.sections.stated import CASE_FILE_ALLOWS, KIND_NAMES, no_case_file
from rca_lib.review.wording import counted, joined, lowered

if TYPE_CHECKING:
    from rca_lib.review.case import Case

__all__ = ["evidence_label", "ruled_out"]

SHOWN = 18
"""Rows of evidence that the chart shows, the most telling; the table has them all."""

VERDICTS = {
    "leading": "best supported",
    "contributes": "true as well",
    "open": "open",
    "rejected": "rejected",
}


def ruled_out(case: Case) -> Blocks:
    """Answer what else it could have been, and why it was not. See `Case.ruled_out`."""
    draft = SectionDraft("ruled_out", sensitivity="operational")
    file, judgement = case.case_file, case.judgement
    if file is None or judgement is None:
        return draft.not_assessed(no_case_file(case), CASE_FILE_ALLOWS)
    if not file.hypotheses:
        return draft.not_assessed(
            "The case file sets down no explanations.", "Three or more can be set against one another."
        )
    ranking = judgement.ranking
    draft.prose("summary", [_summary(draft, file, ranking)])
    draft.prose("rejected", _rejected(draft, file), style="list", sensitivity="general")
    draft.prose("in_short", [_in_short(draft, file)], sensitivity="general")
    if ranking is not None:
        _matrix(case, draft, file, judgement, ranking)
        draft.prose("hangs_on", [_hangs_on(case, draft, ranking)])
        _ratings(case, draft, file, judgement, ranking)
    _standing(draft, file, ranking)
    draft.record(hypotheses=[_record(each, ranking) for each in file.hypotheses])
    return draft.build()


def _summary(draft: SectionDraft, file: CaseFile, ranking: Ranking | None) -> list[str | Quote]:
    rejected = sum(each.verdict == "rejected" for each in file.hypotheses)
    told: list[str | Quote] = [
        draft.say(
            "count",
            f"{counted(len(file.hypotheses), 'explanation')} {'was' if len(file.hypotheses) == 1 else 'were'} set against one another; "
            f"{rejected} {'is' if rejected == 1 else 'are'} rejected.",
            value=rejected,
            unit="hypotheses",
            n=len(file.hypotheses),
            sensitivity="general",
        )
    ]
    if ranking is None:
        return [*told, draft.say("unrated", "Evidence has not been rated against them yet.")]
    by_id = {each.id: each for each in file.hypotheses}
    first = ranking.order[0]
    front = _front(ranking)
    if len(front) > 1:
        held = all(by_id[name].verdict in ("leading", "contributes") for name in front)
        text = (
            f"The evidence speaks least against {joined(front)}, which can be true together."
            if held
            else f"The evidence does not tell {joined(front)} apart: it speaks against each as little as against the others."
        )
        told.append(draft.say("leader", text, value=", ".join(front), unit="hypothesis"))
        return told
    told.append(
        draft.say(
            "leader",
            f"The evidence speaks least against {first.hypothesis}: {_in_line(by_id[first.hypothesis])}",
            value=first.hypothesis,
            unit="hypothesis",
            n=first.rated,
            method="weighted inconsistency (Heuer 1999)",
        )
    )
    leading = [each.id for each in file.hypotheses if each.verdict == "leading"]
    if leading and first.hypothesis not in leading:
        told.append(
            draft.say(
                "other_leader",
                f"The analyst holds {joined(leading)} to be the best supported, which the ratings do not show.",
            )
        )
    return told


def _front(ranking: Ranking) -> list[str]:
    """Ids of the explanations against which the least speaks."""
    least = ranking.order[0].inconsistency
    return [each.hypothesis for each in ranking.order if each.inconsistency == least]


def _in_line(hypothesis: Hypothesis) -> str:
    return f"{lowered(hypothesis.statement.rstrip('.'))}."


def _rejected(draft: SectionDraft, file: CaseFile) -> list[list[str | Quote]]:
    """Each rejected explanation with the reason: what a review ruled out is as much a finding as what it found."""
    return [
        [
            draft.say(
                f"rejected_{each.id.lower()}",
                f"Ruled out: {_in_line(each)} {_reason(each)}",
                value=each.id,
                unit="hypothesis",
                sensitivity="general",
            )
        ]
        for each in file.hypotheses
        if each.verdict == "rejected"
    ]


def _in_short(draft: SectionDraft, file: CaseFile) -> list[str | Quote]:
    """Name what was ruled out, for readers who leave the reasons to others."""
    named = [lowered(each.statement.rstrip(".")) for each in file.hypotheses if each.verdict == "rejected"]
    if not named:
        return []
    text = f"Looked into and ruled out, with the reasons in the fuller reviews: {'; '.join(named)}."
    return [draft.say("in_short", text, value=len(named), unit="hypotheses", sensitivity="general")]


def _reason(each: Hypothesis) -> str:
    said = each.reason.strip().rstrip(".")
    return f"{said[:1].upper()}{said[1:]}."


def evidence_label(case: Case, name: str) -> str:
    """Name a piece of evidence for a reader: kind and role of its source, or the claim that it is."""
    evidence = case.evidence
    if evidence is not None:
        rows = evidence[evidence["evidence_id"] == name]
        if len(rows):
            kind = KIND_NAMES.get(str(rows.iloc[0]["kind"]), (str(rows.iloc[0]["kind"]), ""))[0]
            role = rows.iloc[0]["source_role"]
            said = f"{kind[:1].upper()}{kind[1:]}"
            return f"{said}, {role}" if isinstance(role, str) and role else said
    return f"Count: {name.replace('.', ', ').replace('_', ' ')}"


def _rows(judgement: Judgement, ranking: Ranking) -> list[str]:
    """Rated pieces, the most telling first; those that are not weighed here are left out."""
    return [str(name) for name in ranking.diagnosticity.index if str(name) in judgement.kinds]


def _matrix(case: Case, draft: SectionDraft, file: CaseFile, judgement: Judgement, ranking: Ranking) -> None:
    ratings = {piece.id: dict(piece.ratings) for piece in file.evidence}
    ranked = {each.hypothesis: each for each in ranking.order}
    rows = _rows(judgement, ranking)
    front = _front(ranking)
    verdicts = {each.id: each.verdict for each in file.hypotheses}
    held = len(front) == 1 or all(verdicts[name] in ("leading", "contributes") for name in front)
    title = (
        f"The evidence speaks least against {joined(front)}"
        if held
        else "The evidence does not single out one explanation"
    )
    if ranking.pivotal:
        title += f"; that hangs on {counted(len(ranking.pivotal), 'piece')}"
    draft.figure(
        "matrix",
        "evidence_matrix",
        {
            "hypotheses": [
                {
                    "id": each.id,
                    "label": each.statement,
                    "state": "true as well" if each.verdict == "contributes" else each.verdict,
                    "score": ranked[each.id].inconsistency,
                    "low": ranked[each.id].low,
                    "high": ranked[each.id].high,
                }
                for each in file.hypotheses
            ],
            "evidence": [
                {
                    "id": name,
                    "label": evidence_label(case, name),
                    "ratings": {each.id: ratings[name].get(each.id, "") for each in file.hypotheses},
                    "weight": judgement.weights[name],
                    "diagnosticity": float(ranking.diagnosticity[name]),
                }
                for name in rows[:SHOWN]
            ],
        },
        title=title,
        alt=f"{title}. Weight of the evidence against each: "
        + "; ".join(f"{each.hypothesis} {format_value(each.inconsistency, 'number')}" for each in ranking.order)
        + ". The table of ratings has each piece.",
        caption="Evidence that is consistent with every explanation tells nothing; what is inconsistent counts. The dots below show how "
        "much speaks against each, and how far that moves when any single piece is left out."
        + (f" The {SHOWN} most telling of {len(rows)} pieces are shown." if len(rows) > SHOWN else ""),
        sensitivity="case",
    )


def _hangs_on(case: Case, draft: SectionDraft, ranking: Ranking) -> list[str | Quote]:
    silent = int((ranking.diagnosticity == 0).sum())
    told: list[str | Quote] = []
    if ranking.leader is not None:
        if ranking.pivotal:
            names = joined([lowered(evidence_label(case, name)) for name in ranking.pivotal[:3]])
            one = len(ranking.pivotal) == 1
            lead = "The order hangs on one piece" if one else f"The order hangs on {len(ranking.pivotal)} single pieces"
            text = f"{lead}: without {names}{'' if one else ', each by itself'}, {ranking.leader} would not lead."
        else:
            text = f"No single piece decides: whichever is left out, {ranking.leader} still leads."
        told.append(draft.say("pivotal", text, value=len(ranking.pivotal), unit="pieces", n=len(ranking.diagnosticity)))
    if silent:
        told.append(
            draft.say(
                "not_telling",
                f"{counted(silent, 'piece')} of {len(ranking.diagnosticity)} {'says' if silent == 1 else 'say'} the same of every "
                f"explanation and so {'tells' if silent == 1 else 'tell'} nothing between them.",
                value=silent,
                unit="pieces",
                n=len(ranking.diagnosticity),
            )
        )
    return told


def _ratings(case: Case, draft: SectionDraft, file: CaseFile, judgement: Judgement, ranking: Ranking) -> None:
    pieces = {piece.id: piece for piece in file.evidence}
    draft.table(
        "ratings",
        "Each piece of evidence against each explanation",
        [
            Column(key="id", label="Id"),
            Column(key="label", label="Evidence"),
            *(Column(key=each.id, label=each.id) for each in file.hypotheses),
            Column(key="weight", label="Weight", kind="number"),
            Column(key="telling", label="Telling", kind="number"),
            Column(key="note", label="Note"),
        ],
        [
            {
                "id": name,
                "label": evidence_label(case, name),
                **{each.id: pieces[name].ratings.get(each.id) for each in file.hypotheses},
                "weight": judgement.weights[name],
                "telling": float(ranking.diagnosticity[name]),
                "note": _note(pieces[name].repeats, pieces[name].note),
            }
            for name in _rows(judgement, ranking)
        ],
        note="; ".join(f"{key}: {words}" for key, words in RATINGS.items())
        + f". Weight: by reliability and credibility of the source, 1 for {KIND_NAMES[COUNTS][1]}. "
        "Telling: 0 says the same of all, 1 as far apart as can be.",
        sensitivity="case",
    )


def _note(repeats: str, note: str) -> str | None:
    return (
        " ".join(part for part in (f"Repeats {repeats}, not counted again." if repeats else "", note) if part) or None
    )


def _standing(draft: SectionDraft, file: CaseFile, ranking: Ranking | None) -> None:
    ranked: dict[str, Ranked] = {} if ranking is None else {each.hypothesis: each for each in ranking.order}
    rows: Sequence[Hypothesis] = (
        sorted(file.hypotheses, key=lambda each: list(ranked).index(each.id)) if ranked else file.hypotheses
    )
    draft.table(
        "hypotheses",
        "The explanations, the least contradicted first",
        [
            Column(key="id", label="Id"),
            Column(key="statement", label="Explanation"),
            Column(key="predicts", label="What one would see"),
            Column(key="against", label="Against", kind="number"),
            Column(key="range", label="Range", kind="number"),
            Column(key="for", label="For", kind="number"),
            Column(key="verdict", label="Verdict"),
            Column(key="reason", label="Reason"),
        ],
        [
            {
                "id": each.id,
                "statement": each.statement,
                "predicts": "; ".join(part.rstrip(".") for part in each.predicts) or None,
                "against": ranked[each.id].inconsistency if each.id in ranked else None,
                "range": (ranked[each.id].low, ranked[each.id].high) if each.id in ranked else None,
                "for": ranked[each.id].support if each.id in ranked else None,
                "verdict": VERDICTS[each.verdict],
                "reason": each.reason or None,
            }
            for each in rows
        ],
        note="Against and for: weight of the evidence. Range: when any single piece is left out. The order follows what speaks against.",
        sensitivity="case",
    )


def _record(each: Hypothesis, ranking: Ranking | None) -> dict[str, object]:
    ranked = {} if ranking is None else {one.hypothesis: one for one in ranking.order}
    score = ranked.get(each.id)
    return {
        "id": each.id,
        "statement": each.statement,
        "verdict": each.verdict,
        "reason": each.reason or None,
        "inconsistency": None if score is None else score.inconsistency,
        "range": None if score is None else (score.low, score.high),
    }
