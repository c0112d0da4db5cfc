"""What people said: the codes met in the evidence, who they come from, how far readers agree, and what speaks against.

Beside it stand the search in the evidence and the codes that a model suggests.

Sealed pieces of evidence are left out of every count and table but those that are sealed themselves.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pandas as pd

from rca_lib.analysis.code_suggestions import OVERALL, Suggestions, suggest_codes
from rca_lib.analysis.coding import (
    NOT_ON_RECORD,
    SEGMENTS,
    Saturation,
    code_counts,
    negative_cases,
    read_by,
    saturation,
)
from rca_lib.analysis.evidence_search import search_evidence
from rca_lib.analysis.quotations import quotations
from rca_lib.errors import UsageError
from rca_lib.review.blocks import Blocks, Column, Quote
from rca_lib.review.claims import SENSITIVITIES, Sensitivity
from rca_lib.review.draft import SectionDraft, finite, records
from rca_lib.review.format import format_value
from rca_lib.review.redaction import redact
from rca_lib.review.sections.coders import tell_agreement
from rca_lib.review.sections.evidence_shown import (
    code_name,
    definitions,
    evidence_sensitivity,
    kind_name,
    known_names,
    open_codings,
    open_evidence,
    without_sealed,
)
from rca_lib.review.sections.stated import KIND_NAMES
from rca_lib.review.wording import counted, in_words, is_few, joined

if TYPE_CHECKING:
    from rca_lib.review.case import Case

__all__ = ["find", "said", "suggested_codes"]

MOST_TOLD, MOST_QUOTED, MOST_SEGMENTS = 4, 8, 8
NO_EVIDENCE = "There is no evidence to show on this escalation."
EVIDENCE_ALLOWS = "With pieces of evidence and their text, what people said can be counted and quoted."
CODINGS_ALLOW = "With the codings of at least two readers, the codes met, how far readers agree and what speaks against can be shown."

BY_WORDS = {
    "kind": "kind of evidence",
    "source_role": "role",
    "reliability": "reliability of the source",
    "credibility": "credibility of what is said",
    "failure_mode": "failure mode",
}
"""What codes are counted by, for a reader."""


def said(case: Case, by: str = "kind") -> Blocks:
    """Answer what people said. See `Case.said`."""
    if by not in SEGMENTS:
        raise UsageError(f"said: codes cannot be counted by “{by}”; there are: {', '.join(SEGMENTS)}.")
    draft = SectionDraft("said", sensitivity="operational")
    evidence = open_evidence(case)
    _sealed(case, draft)
    if evidence is None:
        return draft.not_assessed(NO_EVIDENCE, EVIDENCE_ALLOWS)
    draft.prose("summary", [[_pieces(draft, evidence), _roles(case, draft, evidence)]])
    codings = open_codings(case, evidence)
    if codings is None:
        return draft.not_assessed("The evidence has not been coded.", CODINGS_ALLOW)
    book, words = case.tables.get("codebook"), definitions(case)
    counts = code_counts(codings, evidence, book, by, escalations=case.tables.get("escalations"))
    leading = _leading(counts)
    new = saturation(codings, evidence)
    draft.prose("codes_told", [_codes(draft, codings, evidence, counts, leading)])
    _counts_table(draft, counts, by, words)
    _quotations(case, draft, codings, evidence, leading, words)
    _saturation(draft, new)
    tell_agreement(case, draft, codings, evidence)
    _negative(draft, codings, evidence, leading[:1])
    return draft.build()


def _sealed(case: Case, draft: SectionDraft) -> None:
    """Say to those who may know it that sealed pieces are left out, and quote them there alone."""
    evidence = case.evidence
    if evidence is None:
        return
    sealed = evidence[evidence_sensitivity(evidence) == "sealed"].reset_index(drop=True)
    if sealed.empty:
        return
    text = (
        f"{counted(len(sealed), 'sealed piece')} of evidence {'is' if len(sealed) == 1 else 'are'} left out of every "
        "other count, table and quotation of this section."
    )
    claim = draft.say("sealed", text, value=len(sealed), unit="pieces of evidence", sensitivity="sealed")
    draft.prose("sealed", [[claim]], style="note", sensitivity="sealed")
    if case.codings is not None:
        mine = case.codings[case.codings["evidence_id"].isin(sealed["evidence_id"])]
        _quotation_table(
            case,
            draft,
            "quotations_sealed",
            quotations(mine, sealed, codebook=case.tables.get("codebook")),
            sealed,
            "sealed",
        )


def _pieces(draft: SectionDraft, evidence: pd.DataFrame) -> Quote:
    kinds = evidence["kind"].astype(object).where(evidence["kind"].notna(), NOT_ON_RECORD).value_counts()
    told = []
    for kind, number in sorted(kinds.items(), key=lambda pair: (-pair[1], str(pair[0]))):
        one, many = KIND_NAMES.get(str(kind), (str(in_words(kind)), str(in_words(kind))))
        told.append(f"{number} {one if number == 1 else many}")
    # Pieces of evidence are records, not people or requests, so their number stands even where it is small.
    text = f"{counted(len(evidence), 'piece')} of evidence {'is' if len(evidence) == 1 else 'are'} on file: {joined(told)}."
    return draft.say("pieces", text, value=len(evidence), unit="pieces of evidence", n=len(evidence))


def _roles(case: Case, draft: SectionDraft, evidence: pd.DataFrame) -> Quote:
    roles = evidence["source_role"].dropna().value_counts() if "source_role" in evidence else pd.Series(dtype="int64")
    ordered = sorted(roles.items(), key=lambda pair: (-pair[1], str(pair[0])))
    if not ordered:
        return draft.say("roles", "The roles that they come from are not on record.", value=0, unit="roles")
    names = [str(in_words(role)) for role, _ in ordered]
    # A role with few pieces may be one person, so those who see no small counts get the roles alone.
    small = any(is_few(number, case.source.config.small_cell) for _, number in ordered)
    each = [f"{name} ({number})" for name, (_, number) in zip(names, ordered, strict=True)]
    return draft.say(
        "roles",
        f"They come from {counted(len(names), 'role')}: {joined(each)}.",
        masked=f"They come from these roles: {joined(sorted(names))}." if small else None,
        value=len(names),
        unit="roles",
        n=len(evidence),
    )


def _leading(counts: pd.DataFrame) -> list[str]:
    """Codes that were given themselves, the most met first; a parent only counts where nothing below it was met."""
    parents = set(counts["parent"].dropna())
    own = counts[~counts["code_id"].isin(parents)].drop_duplicates("code_id")
    return [str(code) for code in own.sort_values(["total", "code_id"], ascending=[False, True])["code_id"]]


def _codes(
    draft: SectionDraft, codings: pd.DataFrame, evidence: pd.DataFrame, counts: pd.DataFrame, leading: list[str]
) -> list[str | Quote]:
    readers = read_by(codings, evidence)
    read, coders = readers["evidence_id"].nunique(), readers["coder_id"].nunique()
    total = counts.drop_duplicates("code_id").set_index("code_id")["total"]
    unread = len(evidence) - read
    told: list[str | Quote] = [
        draft.say(
            "read",
            f"{counted(coders, 'reader')} coded {'all' if not unread else format(read)} of them"
            + (f"; {unread} {'is' if unread == 1 else 'are'} not coded yet." if unread else "."),
            value=read,
            unit="pieces of evidence",
            n=len(evidence),
        )
    ]
    if not leading:
        return [*told, draft.say("codes", "No code was given by at least half of a piece's readers.", value=0)]
    most = [f"“{code_name(code)}” in {total[code]}" for code in leading[:MOST_TOLD]]
    text = f"Met most, of {counted(read, 'piece')} read: {joined(most)}."
    return [*told, draft.say("codes", text, value=int(total[leading[0]]), unit="pieces of evidence", n=read)]


def _counts_table(draft: SectionDraft, counts: pd.DataFrame, by: str, words: dict[str, str]) -> None:
    if counts.empty:
        return
    read = counts.drop_duplicates("segment").set_index("segment")["read"]
    shown = sorted(read.index, key=lambda name: (-read[name], str(name)))
    shown, rest = shown[:MOST_SEGMENTS], shown[MOST_SEGMENTS:]
    labels = [str(KIND_NAMES[name][0] if name in KIND_NAMES else in_words(name)).capitalize() for name in shown]
    kind: Any = "count" if by == "source_role" else "number"
    rows = []
    for code, mine in counts.groupby("code_id", sort=False):
        pieces = mine.set_index("segment")["pieces"]
        first = mine.iloc[0]
        rows.append(
            {
                "code": ("– " * int(first["depth"])) + code_name(str(code)),
                "definition": words.get(str(code)),
                "level": in_words(first["level"]),
                **{f"segment_{at}": int(pieces[name]) for at, name in enumerate(shown)},
                **({"rest": int(pieces[rest].sum())} if rest else {}),
                "total": int(first["total"]),
            }
        )
    draft.table(
        "codes",
        f"Pieces of evidence with each code, by {BY_WORDS[by]}",
        [
            Column(key="code", label="Code"),
            Column(key="definition", label="What it means"),
            Column(key="level", label="Level"),
            *(Column(key=f"segment_{at}", label=label, kind=kind) for at, label in enumerate(labels)),
            *([Column(key="rest", label="Others", kind=kind)] if rest else []),
            Column(key="total", label="All", kind=kind),
        ],
        rows,
        note="A piece has a code when at least half of its readers gave it. Codes are listed below the broader code that they belong "
        "to, which counts a piece once. Read: "
        + ("; ".join(f"{label.lower()} {read[name]}" for label, name in zip(labels, shown, strict=True)))
        + "."
        if kind == "number"
        else "A piece has a code when at least half of its readers gave it.",
    )


def _quotations(
    case: Case,
    draft: SectionDraft,
    codings: pd.DataFrame,
    evidence: pd.DataFrame,
    leading: list[str],
    words: dict[str, str],
) -> None:
    chosen = leading[:MOST_QUOTED]
    quoted = quotations(codings, evidence, chosen, codebook=case.tables.get("codebook"))
    order = {code: at for at, code in enumerate(chosen)}
    quoted = quoted.sort_values("code_id", key=lambda codes: codes.map(order), kind="stable", ignore_index=True)
    _quotation_table(case, draft, "quotations", quoted, evidence, None, words)


def _quotation_table(
    case: Case,
    draft: SectionDraft,
    name: str,
    quoted: pd.DataFrame,
    evidence: pd.DataFrame,
    level: Sensitivity | None,
    words: dict[str, str] | None = None,
) -> None:
    """Quote pieces, each row as sensitive as the piece that it quotes; the table itself as the least of them."""
    if quoted.empty:
        return
    pieces = evidence.drop_duplicates("evidence_id").set_index("evidence_id")
    levels = dict(zip(evidence["evidence_id"], evidence_sensitivity(evidence), strict=True))
    each = [level or levels[piece] for piece in quoted["evidence_id"]]
    hidden = known_names(case)
    draft.table(
        name,
        "What was said, in the words of the evidence" if level is None else "What sealed evidence says",
        [
            Column(key="code", label="Code"),
            Column(key="quotation", label="In its own words"),
            Column(key="kind", label="Kind"),
            Column(key="role", label="From"),
            Column(key="evidence", label="Evidence", sensitivity=level or "case"),
        ],
        [
            {
                "code": code_name(row["code_id"]),
                "quotation": f"“{redact(row['quotation'], hidden)}”",
                "kind": kind_name(pieces.at[row["evidence_id"], "kind"]),
                "role": in_words(pieces.at[row["evidence_id"], "source_role"]),
                "evidence": row["evidence_id"],
            }
            for row in records(quoted)
        ],
        sensitivity=min(each, key=SENSITIVITIES.index),
        row_sensitivity=tuple(each),
        note="; ".join(
            f"{code_name(code)}: {words[code].rstrip('.')}"
            for code in dict.fromkeys(quoted["code_id"])
            if code in words
        )
        + "."
        if words and not words.keys().isdisjoint(quoted["code_id"]) and level is None and len(set(each)) == 1
        else None,
    )


def _saturation(draft: SectionDraft, new: Saturation) -> None:
    n = len(new.found)
    if n < 2 or not new.found[-1]:
        return
    if new.quiet:
        last = "The last piece" if new.quiet == 1 else f"The last {new.quiet} pieces"
        text = f"{last}, of {n} in the order collected, brought no new code."
    else:
        text = f"The last of {n} pieces still brought a new code, so more evidence may bring more."
    told = draft.say(
        "saturation",
        text,
        value=new.quiet,
        unit="pieces of evidence",
        n=n,
        method="distinct codes in the order collected, against exact rarefaction (Colwell and others 2004)",
    )
    draft.prose("saturation_told", [[told]])
    title = (
        f"No new code in the last {new.quiet} of {n} pieces" if new.quiet else "New codes were still coming at the end"
    )
    draft.figure(
        "saturation",
        "saturation",
        {"found": list(new.found), "expected": list(new.expected), "last_new": new.last_new},
        title=title,
        alt=f"{title}. {counted(new.found[-1], 'code')} were met in all; piece {new.last_new} brought the last new one. A second line "
        "shows how many would be expected after as many pieces in a random order.",
        caption="Steps: codes that at least one reader had given so far. Line: the average over all orders.",
    )


def _negative(draft: SectionDraft, codings: pd.DataFrame, evidence: pd.DataFrame, leading: list[str]) -> None:
    """Look for what speaks against the code met most: pieces that were read and not given it by anybody."""
    for code in leading:
        found = negative_cases(codings, evidence, code)
        read = read_by(codings, evidence)["evidence_id"].nunique()
        name = code_name(code)
        text = (
            f"“{name}” was met most, but not everywhere: of {counted(read, 'piece')} read, {len(found)} "
            f"{'was' if len(found) == 1 else 'were'} not given it by any reader."
            if len(found)
            else f"No piece stands against “{name}”: each that was read was given it by somebody."
        )
        claim = draft.say("negative", text, value=len(found), unit="pieces of evidence", n=read)
        draft.prose("negative_told", [[claim]])
        pieces = evidence.drop_duplicates("evidence_id").set_index("evidence_id")
        draft.table(
            "negative",
            f"Evidence that was read and not given “{name}” by any reader",
            [
                Column(key="evidence", label="Evidence"),
                Column(key="kind", label="Kind"),
                Column(key="role", label="From"),
                Column(key="instead", label="Coded instead"),
            ],
            [
                {
                    "evidence": row["evidence_id"],
                    "kind": kind_name(pieces.at[row["evidence_id"], "kind"]),
                    "role": in_words(pieces.at[row["evidence_id"], "source_role"]),
                    "instead": joined([code_name(one) for one in row["coded_instead"]]) or "no code",
                }
                for row in records(found)
            ],
            sensitivity="case",
        )


def find(case: Case, query: str, limit: int = 10) -> Blocks:
    """Answer where the evidence speaks of something. See `Case.find`."""
    draft = SectionDraft("find", sensitivity="case")
    evidence = open_evidence(case)
    if evidence is None:
        search_evidence(pd.DataFrame(columns=["evidence_id", "text"]), query, limit)
        return draft.not_assessed(NO_EVIDENCE, "With pieces of evidence and their text, they can be searched.")
    hidden = known_names(case)
    found = search_evidence(evidence, query, limit)
    asked = redact(" ".join(query.split()), hidden)
    text = (
        f"{counted(len(found), 'piece')} of {len(evidence)} {'holds' if len(found) == 1 else 'hold'} what was looked for: {asked}."
        if len(found) < limit
        else f"The {limit} best matches among {counted(len(evidence), 'piece')} for: {asked}."
    )
    claim = draft.say("found", text, value=len(found), unit="pieces of evidence", n=len(evidence), method="BM25")
    draft.prose("summary", [[claim]])
    pieces = evidence.drop_duplicates("evidence_id").set_index("evidence_id")
    draft.table(
        "hits",
        "Evidence that matches, the best first",
        [
            Column(key="evidence", label="Evidence"),
            Column(key="kind", label="Kind"),
            Column(key="role", label="From"),
            Column(key="snippet", label="Where it matches"),
            Column(key="score", label="Score", kind="number"),
        ],
        [
            {
                "evidence": row["evidence_id"],
                "kind": kind_name(pieces.at[row["evidence_id"], "kind"]),
                "role": in_words(pieces.at[row["evidence_id"], "source_role"]),
                "snippet": redact(row["snippet"], hidden),
                "score": row["score"],
            }
            for row in records(found)
        ],
        note="The score says how well a piece matches beside the others here; scores of two searches do not compare.",
    )
    return draft.build()


def suggested_codes(case: Case) -> Blocks:
    """Answer which codes a model would suggest, and how far to trust it. See `Case.suggested_codes`."""
    draft = SectionDraft("suggested", sensitivity="case")
    mine = open_evidence(case)
    if mine is None:
        return draft.not_assessed(NO_EVIDENCE, "With evidence and codings, codes can be suggested for it.")
    evidence, codings = without_sealed(case.tables["evidence"]), case.tables.get("codings")
    if codings is None or codings.empty:
        return draft.not_assessed("No codings were supplied.", "From codings a model can learn to suggest codes.")
    if case.codings is not None:
        # What the case file accepts is no longer to be suggested.
        codings = pd.concat([codings, case.codings], ignore_index=True).drop_duplicates()
    found = suggest_codes(evidence, codings, case.tables.get("codebook"), among=mine["evidence_id"].tolist())
    if not found.ok:
        return draft.not_assessed(found.reason, "With more codings a model can learn to suggest codes.")
    draft.prose("summary", [_how_well(draft, found)])
    _figures_table(draft, found)
    hidden = known_names(case)
    draft.table(
        "codes",
        "Codes suggested for this evidence, the highest score first",
        [
            Column(key="evidence", label="Evidence"),
            Column(key="code", label="Code"),
            Column(key="score", label="Score", kind="percent"),
            Column(key="phrase", label="The sentence that speaks most for it"),
        ],
        [
            {
                "evidence": row["evidence_id"],
                "code": code_name(row["code_id"]),
                "score": row["score"],
                "phrase": redact(row["phrase"], hidden),
            }
            for row in records(found.rows)
        ],
    )
    if found.rows.empty:
        draft.prose("none", [[draft.say("none", "No further code is suggested for this evidence.", value=0)]])
    draft.prose("person", [["These are suggestions. A person accepts or refuses each in the case file."]], style="note")
    return draft.build()


def _how_well(draft: SectionDraft, found: Suggestions) -> list[str | Quote]:
    overall = records(found.figures[found.figures["code_id"] == OVERALL[1]])[0]
    figures = {
        name: format_value(overall[name], "percent") for name in ("average_precision", "base_rate", "keyword_precision")
    }
    codes = len(found.figures) - len(OVERALL)
    text = (
        f"On evidence that it had not seen, the model reaches an average precision of {figures['average_precision']}, averaged over "
        f"{counted(codes, 'code')}; guessing reaches {figures['base_rate']}, looking for the "
        f"codebook's words {figures['keyword_precision']}."
    )
    weak = overall["average_precision"] < max(1.5 * overall["base_rate"], 1.1 * overall["keyword_precision"])
    told: list[str | Quote] = [
        draft.say(
            "average_precision",
            text,
            value=finite(overall["average_precision"]),
            unit="average precision",
            n=found.documents,
            method="one logistic regression a code on words and parts of words; cross-validated, "
            + ("pieces of one escalation kept together" if found.grouped else "by piece"),
        )
    ]
    if weak:
        told.append(
            draft.say("weak", "That is little better than what is simpler, so read the suggestions as places to look.")
        )
    if found.left_out:
        text = f"Given to too few pieces to learn from: {joined([code_name(code) for code in found.left_out])}."
        told.append(draft.say("left_out", text, value=len(found.left_out), unit="codes"))
    return told


def _figures_table(draft: SectionDraft, found: Suggestions) -> None:
    shares = {
        "average_precision": "Average precision",
        "base_rate": "By guessing",
        "keyword_precision": "By codebook words",
        "precision": "Right when suggested",
        "recall": "Found of all",
    }
    draft.table(
        "figures",
        "How well codes are suggested, on evidence that the model had not seen",
        [
            Column(key="code", label="Code"),
            Column(key="positives", label="Pieces", kind="number"),
            *(Column(key=key, label=label, kind="percent") for key, label in shares.items()),
        ],
        [
            {
                "code": row["code_id"].capitalize() if row["code_id"] in OVERALL else code_name(row["code_id"]),
                "positives": int(row["positives"]),
                **{key: finite(row[key]) for key in shares},
            }
            for row in records(found.figures)
        ],
        note="Average precision: down the list ranked by score, how many of the pieces met so far have the code, on average at each "
        "that has it.",
    )
