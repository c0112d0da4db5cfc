"""Find the evidence that holds some words, the best match first."""

from __future__ import annotations

import re
from collections import Counter

import numpy as np
import pandas as pd

from rca_lib.analysis.sentences import Cover, excerpt, sentence_spans, stem, words_of
from rca_lib.errors import UsageError

__all__ = ["search_evidence"]

K1, B = 1.2, 0.75
"""How soon more of a word stops counting, and how much a long text is held back (Robertson's usual values)."""

SNIPPET_WORDS = 40
_QUOTED = re.compile(r"[\"“”„]([^\"“”„]*)[\"“”„]")


def search_evidence(evidence: pd.DataFrame, query: str, limit: int = 10, *, cover: Cover | None = None) -> pd.DataFrame:
    """Rank the pieces of evidence that hold at least one word of a query.

    Words match whatever their case, accents and common English endings; a phrase in quotation marks has to be there word
    for word, in order.

    Parameters
    ----------
    cover : tells what of a text must not be shown; it is searched all the same, and the snippet is cut out of the covered text.

    Returns
    -------
    evidence_id, score (above 0) and snippet (the sentence that matches best, cut to `SNIPPET_WORDS` words); equal scores
    stand in order of evidence_id.

    Raises
    ------
    UsageError : when the query holds no word, or `limit` is below 1.

    References
    ----------
    Robertson and Zaragoza, Foundations and Trends in Information Retrieval 2009;3:333-389 (BM25).

    Examples
    --------
    >>> evidence = pd.DataFrame({"evidence_id": ["a", "b"], "text": ["The hold ended early.", "Two holds. One held on."]})
    >>> search_evidence(evidence, "holds")["evidence_id"].tolist()
    ['a', 'b']
    >>> search_evidence(evidence, '"one held"')["snippet"].tolist()
    ['One held on.']
    """
    phrases = [_stems(phrase) for phrase in _QUOTED.findall(query)]
    exact = [words_of(phrase) for phrase in _QUOTED.findall(query)]
    terms = sorted({*_stems(_QUOTED.sub(" ", query)), *(word for phrase in phrases for word in phrase)})
    if not terms:
        raise UsageError("find: the query holds no word to look for; give a word or two, such as “shift plan”.")
    if limit < 1:
        raise UsageError(f"find: a limit of {limit} shows nothing; give 1 or more.")
    pieces = evidence.drop_duplicates("evidence_id").sort_values("evidence_id")
    ids = pieces["evidence_id"].tolist()
    texts = [text if isinstance(text, str) else "" for text in pieces["text"]]
    words = [words_of(text) for text in texts]
    counts = [Counter(stem(word) for word in each) for each in words]
    scores = _bm25(counts, terms)
    held = [all(_holds(each, phrase) for phrase in exact if phrase) for each in words]
    order = [at for at in np.lexsort((np.arange(len(ids)), -scores)) if held[at] and scores[at] > 0]
    weights = _rarity(counts, terms)
    rows = [(ids[at], round(float(scores[at]), 4), _snippet(texts[at], weights, exact, cover)) for at in order[:limit]]
    return pd.DataFrame(rows, columns=["evidence_id", "score", "snippet"])


def _stems(text: str) -> list[str]:
    return [stem(word) for word in words_of(text)]


def _rarity(counts: list[Counter[str]], terms: list[str]) -> dict[str, float]:
    """Weigh each term by how few pieces hold it; the one added keeps a term that most hold above nothing."""
    n = len(counts)
    holding = {term: sum(term in each for each in counts) for term in terms}
    return {term: float(np.log1p((n - k + 0.5) / (k + 0.5))) for term, k in holding.items()}


def _bm25(counts: list[Counter[str]], terms: list[str]) -> np.ndarray:
    lengths = np.array([sum(each.values()) for each in counts], float)
    usual = float(lengths.mean()) if lengths.sum() else 1.0
    scores = np.zeros(len(counts))
    for term, weight in _rarity(counts, terms).items():
        often = np.array([each[term] for each in counts], float)
        scores += weight * often * (K1 + 1) / (often + K1 * (1 - B + B * lengths / usual))
    # Rounded, so that a tie is a tie on every machine.
    return np.round(scores, 9)


def _holds(words: list[str], phrase: list[str]) -> bool:
    return any(words[at : at + len(phrase)] == phrase for at in range(len(words) - len(phrase) + 1))


def _snippet(text: str, weights: dict[str, float], phrases: list[list[str]], cover: Cover | None) -> str:
    """Quote the sentence that holds the phrases asked for, and then the rarest words; the first of equals."""
    best, found = (-1.0, -1.0), (0, len(text))
    for start, end in sentence_spans(text):
        words = words_of(text[start:end])
        held = float(sum(_holds(words, phrase) for phrase in phrases if phrase))
        stems = {stem(word) for word in words}
        value = (held, round(sum(weight for term, weight in weights.items() if term in stems), 9))
        if value > best:
            best, found = value, (start, end)
    return excerpt(text, *found, words=SNIPPET_WORDS, cover=cover)
