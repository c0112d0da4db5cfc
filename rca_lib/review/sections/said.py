"""What people said: the codes met in the evidence, who they come from, how far readers agree, and what speaks against.

Sealed pieces of evidence are left out of every count, table and quotation.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pandas as pd

from rca_lib.analysis.coding import (
    NOT_ON_RECORD,
    SEGMENTS,
    Saturation,
    code_counts,
    negative_cases,
    read_by,
    saturation,
)
from rca_lib.analysis.quotations import quotations
from rca_lib.errors import UsageError
from rca_lib.review.blocks import Blocks, Column, Quote
from rca_lib.review.draft import SectionDraft, records
from rca_lib.review.sections.coders import tell_agreement
from rca_lib.review.sections.evidence_shown import (
    BY_CASE_FILE,
    NO_EVIDENCE,
    code_name,
    covered,
    definitions,
    kind_name,
    open_codings,
    open_evidence,
)
from rca_lib.review.sections.quoted import quotation_table
from rca_lib.review.sections.stated import KIND_NAMES
from rca_lib.review.wording import counted, in_words, is_few, joined

if TYPE_CHECKING:
    from rca_lib.review.case import Case

__all__ = ["said"]

MOST_TOLD, MOST_QUOTED, MOST_SEGMENTS = 4, 8, 8
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
    read, coders = (
        readers["evidence_id"].nunique(),
        readers.loc[readers["coder_id"] != BY_CASE_FILE, "coder_id"].nunique(),
    )
    total = counts.drop_duplicates("code_id").set_index("code_id")["total"]
    unread = len(evidence) - read
    told: list[str | Quote] = [
        draft.say(
            "read",
            f"{counted(coders, 'reader')} coded "
            + (f"the {counted(read, 'piece')}" if not unread else f"{read} of {counted(len(evidence), 'piece')}")
            + f" of evidence{f'; {unread} are not coded yet' if unread > 1 else '; one is not coded yet' if unread else ''}.",
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
    quoted = quotations(codings, evidence, chosen, codebook=case.tables.get("codebook"), cover=covered(case))
    order = {code: at for at, code in enumerate(chosen)}
    quoted = quoted.sort_values("code_id", key=lambda codes: codes.map(order), kind="stable", ignore_index=True)
    quotation_table(draft, quoted, evidence, words)


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
        counts=False,
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
