"""Short quotations of coded evidence: the words that most of those who gave a code marked."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import pairwise

import pandas as pd

from rca_lib.analysis.coding import votes
from rca_lib.analysis.sentences import QUOTED_WORDS, Cover, excerpt, sentence_spans, stem, words_of

__all__ = ["agreed_phrase", "codebook_words", "coded_spans", "quotations", "telling_phrase"]

_PLACE = ["evidence_id", "code_id"]


def coded_spans(codings: pd.DataFrame, evidence: pd.DataFrame) -> pd.DataFrame:
    """Give each coding its place in the text.

    A span that is missing, or that lies outside the text, stands for the whole text; one that reaches beyond it is cut.

    Returns
    -------
    evidence_id, code_id, coder_id, start, end, in order. Codings of pieces that are not in `evidence` are left out.
    """
    pieces = evidence.drop_duplicates("evidence_id").set_index("evidence_id")["text"]
    length = pieces.map(lambda text: len(text) if isinstance(text, str) else 0)
    found = codings.loc[codings["evidence_id"].isin(pieces.index), ["evidence_id", "code_id", "coder_id"]].copy()
    whole = found["evidence_id"].map(length).astype("int64")
    missing = pd.Series(pd.NA, index=codings.index, dtype="Float64")
    start, end = (
        pd.to_numeric(codings.get(name, missing), errors="coerce").astype("Float64").reindex(found.index)
        for name in ("span_start", "span_end")
    )
    start, end = start.fillna(0.0), end.fillna(whole.astype("Float64"))
    begin = start.astype("float64").clip(lower=0)
    stop = end.astype("float64").clip(upper=whole)
    outside = begin >= stop
    found["start"] = begin.mask(outside, 0).astype("int64")
    found["end"] = stop.mask(outside, whole).astype("int64")
    order = ["evidence_id", "code_id", "coder_id", "start", "end"]
    return found.drop_duplicates().sort_values(order, ignore_index=True)


def agreed_phrase(
    text: str, spans: Sequence[tuple[int, int]], words: int = QUOTED_WORDS, *, cover: Cover | None = None
) -> str:
    """Quote the stretch that most of the spans mark; the longest such stretch, and the first of equals.

    Parameters
    ----------
    cover : tells what of the text must not be shown.

    Examples
    --------
    >>> agreed_phrase("The flag was set. Nobody saw the flag at night.", [(0, 47), (18, 37)])
    'Nobody saw the flag …'
    """
    edges = sorted({edge for span in spans for edge in span})
    stretches: list[tuple[int, int, int]] = []
    for start, end in pairwise(edges):
        marked = sum(begin <= start and end <= stop for begin, stop in spans)
        goes_on = bool(stretches) and stretches[-1][0] == marked
        stretches.append((marked, stretches.pop()[1] if goes_on else start, end))
    if not stretches:
        return ""
    _, start, end = max(stretches, key=lambda one: (one[0], one[2] - one[1], -one[1]))
    return excerpt(text, start, end, words, cover=cover)


def codebook_words(codes: Iterable[str], codebook: pd.DataFrame | None) -> dict[str, str]:
    """Give what names and defines each code: its id in words, its definition and what it includes.

    Examples
    --------
    >>> codebook_words(["TOOL_DEFAULT"], None)
    {'TOOL_DEFAULT': 'TOOL DEFAULT'}
    """
    book = pd.DataFrame({"code_id": []}) if codebook is None else codebook.drop_duplicates("code_id")
    known = book.set_index("code_id").to_dict("index")
    return {
        code: " ".join(
            text
            for text in (code.replace("_", " "), *(known.get(code, {}).get(name) for name in ("definition", "include")))
            if isinstance(text, str)
        )
        for code in codes
    }


def telling_phrase(text: str, said: str, *, cover: Cover | None = None) -> str:
    """Quote the sentence that shares most words with what is `said` of a code; the first of equals.

    Parameters
    ----------
    cover : tells what of the text must not be shown.

    Examples
    --------
    >>> telling_phrase("We drove up. The radios were silent. It rained.", "RADIO silent radios")
    'The radios were silent.'
    """
    wanted = {stem(word) for word in words_of(said)}
    spans = sentence_spans(text) or [(0, len(text))]
    shared = [len(wanted & {stem(word) for word in words_of(text[start:end])}) for start, end in spans]
    return excerpt(text, *spans[shared.index(max(shared))], cover=cover)


def quotations(
    codings: pd.DataFrame,
    evidence: pd.DataFrame,
    codes: Sequence[str] | None = None,
    per_code: int = 2,
    *,
    codebook: pd.DataFrame | None = None,
    cover: Cover | None = None,
) -> pd.DataFrame:
    """Quote the evidence for each code, the best agreed first.

    Parameters
    ----------
    codes : the codes to quote for; all that were given by default.
    per_code : how many pieces are quoted for each code at most.
    codebook : where a code was given to a whole text, the sentence is quoted that shares most words with its definition.
    cover : tells what of a text must not be shown; the quotation is cut out of the covered text.

    Returns
    -------
    code_id, evidence_id, quotation (at most `QUOTED_WORDS` words), given and readers. For each code the piece comes first
    on which the larger share of readers agreed, and among equals the one with more of them.
    """
    given = votes(codings, evidence)
    if codes is not None:
        given = given[given["code_id"].isin(codes)]
    text = evidence.drop_duplicates("evidence_id").set_index("evidence_id")["text"]
    quotable = given["evidence_id"].map(text).map(lambda value: isinstance(value, str) and bool(value.strip()))
    order = ["code_id", "share", "given", "evidence_id"]
    given = given[quotable.astype(bool)].sort_values(order, ascending=[True, False, False, True])
    given = given.groupby("code_id").head(per_code)
    spans = coded_spans(codings[codings["evidence_id"].isin(given["evidence_id"])], evidence)
    marked_by = {key: list(zip(rows["start"], rows["end"], strict=True)) for key, rows in spans.groupby(_PLACE)}
    said = codebook_words(given["code_id"].unique(), codebook)
    rows = []
    for piece, code, agreed, readers in given[[*_PLACE, "given", "readers"]].itertuples(index=False):
        marked = marked_by[piece, code]
        whole = all(start == 0 and end == len(text[piece]) for start, end in marked)
        quoted = (
            telling_phrase(text[piece], said[code], cover=cover)
            if whole
            else agreed_phrase(text[piece], marked, cover=cover)
        )
        rows.append((code, piece, quoted, agreed, readers))
    return pd.DataFrame(rows, columns=["code_id", "evidence_id", "quotation", "given", "readers"])
