"""Suggest codes for evidence from the codings at hand, with figures that say how far to trust the suggestions.

A small linear model per code learns which words and parts of words go with it, beginning from the words of the codebook,
which also lift a score by themselves. Its figures come from pieces that it had not seen: pieces of one escalation are kept
together, since they tell of the same events in the same words. Nothing is coded by it; a person accepts or refuses.
"""

from __future__ import annotations

import warnings
from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from rca_lib.analysis.coding import read_by, votes
from rca_lib.analysis.quotations import codebook_words
from rca_lib.analysis.sentences import Cover, excerpt, sentence_spans, stem, words_of

__all__ = ["FEWEST_DOCUMENTS", "FEWEST_POSITIVES", "OVERALL", "WORTH_SUGGESTING", "Suggestions", "suggest_codes"]

FEWEST_POSITIVES = 5
"""A code that fewer pieces have is not modelled."""

FEWEST_DOCUMENTS = 20
"""With fewer coded pieces no model is fitted."""

OVERALL = ("all codes, pooled", "all codes, averaged")
"""The rows of the figures over all codes: every score in one list (micro), and the average over codes (macro)."""

FIGURE_COLUMNS = (
    "code_id",
    "positives",
    "average_precision",
    "base_rate",
    "keyword_precision",
    "threshold",
    "precision",
    "recall",
)
WORTH_SUGGESTING = 0.1
"""A code is suggested where its average precision on unseen pieces is this far from the base rate to a perfect ranking."""

DEFINITION_WEIGHT, KEYWORD_WEIGHT = 2.0, 2.0
"""How many pieces a code's definition counts for, and how far its words lift a score, on the scale of log odds.

They carry a code that few pieces have, and hardly move one that many have.
"""

FOLDS, SEED = 5, 20240229
LONGEST = 20_000
_WORDS, _LETTERS = 30_000, 40_000
_MANY = 1500
"""Beyond so many documents words alone tell as much as with parts of words, in a fraction of the time."""

FloatArray = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Suggestions:
    """Codes that a model suggests, and how well it does on pieces that it had not seen.

    Attributes
    ----------
    ok : whether a model could be fitted.
    reason : in a sentence why not, else empty.
    rows : evidence_id, code_id, score (0 to 1) and phrase (the sentence that speaks most for the code), the highest
        score first; only codes that the readers of a piece did not give it by a majority, and that can be told from
        chance (`WORTH_SUGGESTING`).
    figures : one row per code and then those of `OVERALL`: code_id, positives, average_precision, base_rate (the share
        of pieces with the code, which is the average precision of a guess), keyword_precision (average precision when
        pieces are ranked by the codebook's words instead), and precision and recall at the threshold from which on a code
        is suggested. The threshold was chosen on other pieces than those that it was measured on.
    left_out : codes that too few pieces have to learn from, in order.
    documents : how many coded pieces the model rests on.
    grouped : whether pieces of one escalation were kept together when the figures were made.
    """

    ok: bool
    reason: str
    rows: pd.DataFrame
    figures: pd.DataFrame
    left_out: tuple[str, ...] = ()
    documents: int = 0
    grouped: bool = False


@dataclass(frozen=True)
class _Task:
    """What is learnt: one row of `given` per document, one column per code; the stems that each document holds."""

    ids: list[str]
    texts: list[str]
    groups: npt.NDArray[np.int64]
    codes: list[str]
    given: npt.NDArray[np.bool_]
    grouped: bool
    left_out: tuple[str, ...]
    keywords: tuple[str, ...]
    held: tuple[frozenset[str], ...]


class _Parts:
    """Words, pairs of words and parts of words, counted once for every document and definition."""

    def __init__(self, task: _Task) -> None:
        from sklearn.feature_extraction.text import CountVectorizer

        self.words = CountVectorizer(analyzer=_word_parts, min_df=2, max_features=_WORDS, dtype=np.float32)
        self.letters = CountVectorizer(
            analyzer="char_wb",
            ngram_range=(3, 5),
            min_df=3,
            max_df=0.5,
            max_features=_LETTERS,
            strip_accents="unicode",
            dtype=np.float32,
        )
        several = len(task.texts) <= _MANY
        self.counters = (self.words, self.letters) if several else (self.words,)
        # What a part of a word weighs is learnt without the documents that are scored; which parts there are is not.
        texts = [*task.texts, *task.keywords]
        self.counted = [one.fit_transform(texts) for one in self.counters]

    def count(self, texts: list[str]) -> list[Any]:
        """Count the parts of other texts."""
        return [one.transform(texts) for one in self.counters]

    def at(self, rows: Sequence[int] | npt.NDArray[np.int64]) -> list[Any]:
        """Give the counts of some documents."""
        return [counted[rows] for counted in self.counted]


class _Model:
    """What goes with each code, learnt from some documents and the codebook."""

    def __init__(self, task: _Task, parts: _Parts, chosen: npt.NDArray[np.int64]) -> None:
        from sklearn.feature_extraction.text import TfidfTransformer

        self.keywords = _Keywords([task.held[at] for at in chosen], task.keywords)
        defined = np.flatnonzero([bool(said) for said in task.keywords])
        learnt = parts.at(np.concatenate([chosen, len(task.texts) + defined]))
        self.weighing = [TfidfTransformer(sublinear_tf=True).fit(counted) for counted in learnt]
        given = np.vstack([task.given[chosen], np.eye(len(task.codes), dtype=bool)[defined]])
        weights = np.concatenate([np.ones(len(chosen)), np.full(len(defined), DEFINITION_WEIGHT)])
        features = self._features(learnt)
        self.models = [_fitted(features, column, weights) for column in given.T]

    def scores(self, counted: list[Any], held: Sequence[frozenset[str]]) -> FloatArray:
        """Score texts, 0 to 1, from the parts counted and the stems held: one column per code."""
        features = self._features(counted)
        odds = [
            np.full(len(held), -20.0) if model is None else model.decision_function(features) for model in self.models
        ]
        lifted = np.column_stack(odds) + KEYWORD_WEIGHT * self.keywords.scores(held)
        # Rounded, so that the order of equals hangs on ids and not on the last bits of a sum.
        return np.round(1 / (1 + np.exp(-lifted)), 6)

    def _features(self, counted: list[Any]) -> Any:
        from scipy import sparse

        return sparse.hstack([one.transform(part) for one, part in zip(self.weighing, counted, strict=True)]).tocsr()


class _Keywords:
    """How many of a code's words a text holds, rare words counting for more; 1 for the text that holds most."""

    def __init__(self, held: Sequence[frozenset[str]], said: tuple[str, ...]) -> None:
        number = Counter(one for stems in held for one in stems)
        self.weights = [
            {term: float(np.log(len(held) / number[term])) for term in sorted(set(_stems(one))) if term in number}
            for one in said
        ]
        self.most = np.ones(len(said))
        self.most = np.maximum(self.scores(held).max(axis=0, initial=0.0), 1e-9)

    def scores(self, held: Sequence[frozenset[str]]) -> FloatArray:
        """Score texts by the stems they hold: one column per code."""
        found = [[sum(each[one] for one in each if one in stems) for each in self.weights] for stems in held]
        return np.round(np.array(found, float).reshape(len(held), len(self.weights)) / self.most, 6)


def suggest_codes(
    evidence: pd.DataFrame,
    codings: pd.DataFrame,
    codebook: pd.DataFrame | None = None,
    among: Collection[str] | None = None,
    *,
    cover: Cover | None = None,
) -> Suggestions:
    """Suggest codes for pieces of evidence, from how the other pieces were coded.

    Parameters
    ----------
    codebook : its definitions are what the model begins from, and make the keyword ranking that it is compared with.
    among : ids of the pieces to suggest codes for; all of `evidence` by default. The model learns from every coded piece.
    cover : tells what of a text must not be shown; the model reads it all the same, and a phrase is cut out of the covered text.

    Notes
    -----
    TF-IDF of words and of parts of words, and one logistic regression a code (liblinear), weighted for rare codes.
    Average precision is the mean of the precision at each piece that has the code, down the list ranked by score.
    """
    task = _task(evidence, codings, codebook)
    if isinstance(task, str):
        return Suggestions(False, task, _no_rows(), _no_figures())
    parts = _Parts(task)
    unseen = _unseen_scores(task, parts)
    thresholds, flagged = _thresholds(task, unseen)
    keyword = _Keywords(task.held, task.keywords).scores(task.held)
    figures = _figures(task, unseen, thresholds, flagged, keyword)
    each = figures.set_index("code_id").reindex(task.codes)
    gained = (each["average_precision"] - each["base_rate"]) / (1 - each["base_rate"])
    limits = np.where(gained.to_numpy() >= WORTH_SUGGESTING, thresholds, np.inf)
    rows = _suggested(task, parts, evidence, votes(codings, evidence), limits, unseen, among, cover)
    return Suggestions(True, "", rows, figures, task.left_out, len(task.ids), task.grouped)


def _task(evidence: pd.DataFrame, codings: pd.DataFrame, codebook: pd.DataFrame | None) -> _Task | str:
    """Choose what can be learnt from, or say in a sentence why nothing can."""
    pieces = evidence.drop_duplicates("evidence_id").sort_values("evidence_id")
    pieces = pieces[pieces["text"].map(lambda text: isinstance(text, str) and bool(words_of(text)))]
    pieces = pieces[pieces["evidence_id"].isin(read_by(codings, evidence)["evidence_id"])]
    given = votes(codings, evidence)
    given = given[given["coded"] & given["evidence_id"].isin(pieces["evidence_id"])]
    if len(pieces) < FEWEST_DOCUMENTS:
        return f"Only {len(pieces)} pieces of evidence have been coded; {FEWEST_DOCUMENTS} are needed to learn from."
    home = pieces["escalation_id"].astype(object).where(pieces["escalation_id"].notna(), pieces["evidence_id"])
    names, groups = np.unique(home.astype(str).to_numpy(), return_inverse=True)
    grouped = FOLDS <= len(names) < len(pieces)
    groups = groups.astype(np.int64) if grouped else np.arange(len(pieces))
    number = given.groupby("code_id").size()
    placed = given.assign(group=given["evidence_id"].map(dict(zip(pieces["evidence_id"], groups, strict=True))))
    # With all its pieces in one group, a code is never both learnt and measured; nor is one that every piece has.
    spread = placed.groupby("code_id")["group"].nunique()
    fit = sorted(
        code for code in number.index if FEWEST_POSITIVES <= number[code] <= len(pieces) - FOLDS and spread[code] >= 2
    )
    if not fit:
        return (
            f"No code was given to {FEWEST_POSITIVES} pieces of evidence or more, in more than one escalation; "
            "that is the least to learn from."
        )
    table = pd.crosstab(given["evidence_id"], given["code_id"]).reindex(
        index=pieces["evidence_id"], columns=fit, fill_value=0
    )
    texts = [str(text)[:LONGEST] for text in pieces["text"]]
    left_out = tuple(sorted(set(codings["code_id"].dropna()) - set(fit)))
    said = tuple(codebook_words(fit, codebook).values())
    held = tuple(frozenset(_stems(text)) for text in texts)
    return _Task(list(pieces["evidence_id"]), texts, groups, fit, table.to_numpy() > 0, grouped, left_out, said, held)


def _stems(text: str) -> list[str]:
    return [stem(word) for word in words_of(text)]


def _word_parts(text: str) -> list[str]:
    words = _stems(text)
    return words + [f"{first} {second}" for first, second in pairwise(words)]


def _fitted(features: Any, given: npt.NDArray[np.bool_], weights: FloatArray) -> Any:
    """Fit the model of one code; ``None`` for a code that none, or all, of these pieces have."""
    from sklearn.exceptions import ConvergenceWarning
    from sklearn.linear_model import LogisticRegression

    if given.all() or not given.any():
        return None
    model = LogisticRegression(
        C=4.0, class_weight="balanced", solver="liblinear", dual=True, max_iter=300, tol=1e-2, random_state=SEED
    )
    with warnings.catch_warnings():
        # Where no words go with a code there is nothing to converge to; its figures say so.
        warnings.simplefilter("ignore", ConvergenceWarning)
        return model.fit(features, given, sample_weight=weights)


def _folds(task: _Task) -> npt.NDArray[np.int64]:
    """Deal groups to folds, the largest first to the emptiest fold."""
    names, sizes = np.unique(task.groups, return_counts=True)
    order = np.random.default_rng(SEED).permutation(len(names))
    order = order[np.argsort(-sizes[order], kind="stable")]
    held, fold = np.zeros(FOLDS), np.zeros(len(names), np.int64)
    for at in order:
        fold[at] = int(np.argmin(held))
        held[fold[at]] += sizes[at]
    return fold[np.searchsorted(names, task.groups)]


def _unseen_scores(task: _Task, parts: _Parts) -> FloatArray:
    """Score every document by models that were fitted without its fold."""
    fold = _folds(task)
    scores = np.zeros(task.given.shape)
    for one in range(FOLDS):
        inside, outside = np.flatnonzero(fold == one), np.flatnonzero(fold != one)
        if len(inside):
            held = [task.held[at] for at in inside]
            scores[inside] = _Model(task, parts, outside).scores(parts.at(inside), held)
    return scores


def _thresholds(task: _Task, scores: FloatArray) -> tuple[FloatArray, npt.NDArray[np.bool_]]:
    """Choose for each code the score with the best F1; say of each document whether it passes the one of other folds."""
    fold = _folds(task)
    chosen = np.array([_best_threshold(task.given[:, at], scores[:, at]) for at in range(len(task.codes))])
    flagged = np.zeros(task.given.shape, bool)
    for one in range(FOLDS):
        inside, outside = fold == one, fold != one
        for at in range(len(task.codes)):
            flagged[inside, at] = scores[inside, at] >= _best_threshold(task.given[outside, at], scores[outside, at])
    return chosen, flagged


def _best_threshold(given: npt.NDArray[np.bool_], scores: FloatArray) -> float:
    if not given.any():
        return 1.0
    order = np.argsort(-scores, kind="stable")
    hits = np.cumsum(given[order])
    f1 = 2 * hits / (np.arange(1, len(order) + 1) + given.sum())
    last = np.append(np.diff(scores[order]) != 0, True)
    return float(scores[order][int(np.argmax(np.where(last, f1, -1.0)))])


def _average_precision(given: npt.NDArray[np.bool_], scores: FloatArray) -> float:
    """Average precision with pieces of one score taken together, so that a ranking that says nothing gets the base rate."""
    from sklearn.metrics import average_precision_score

    return float(average_precision_score(given, scores)) if given.any() else float("nan")


def _figures(
    task: _Task, scores: FloatArray, thresholds: FloatArray, flagged: npt.NDArray[np.bool_], keyword: FloatArray
) -> pd.DataFrame:
    rows = [
        {
            "code_id": code,
            "positives": int(task.given[:, at].sum()),
            "average_precision": _average_precision(task.given[:, at], scores[:, at]),
            "base_rate": float(task.given[:, at].mean()),
            "keyword_precision": _average_precision(task.given[:, at], keyword[:, at]),
            "threshold": float(thresholds[at]),
            **_hits(task.given[:, at], flagged[:, at]),
        }
        for at, code in enumerate(task.codes)
    ]
    each = pd.DataFrame(rows, columns=FIGURE_COLUMNS)
    each = each.sort_values(["positives", "code_id"], ascending=[False, True], ignore_index=True)
    share = each[["average_precision", "base_rate", "keyword_precision", "precision", "recall"]].mean()
    pooled = {
        "code_id": OVERALL[0],
        "positives": int(task.given.sum()),
        "average_precision": _average_precision(task.given.ravel(), scores.ravel()),
        "base_rate": float(task.given.mean()),
        "keyword_precision": _average_precision(task.given.ravel(), keyword.ravel()),
        "threshold": float("nan"),
        **_hits(task.given.ravel(), flagged.ravel()),
    }
    averaged = {"code_id": OVERALL[1], "positives": int(task.given.sum()), "threshold": float("nan"), **share.to_dict()}
    return pd.concat([each, pd.DataFrame([pooled, averaged], columns=FIGURE_COLUMNS)], ignore_index=True)


def _hits(given: npt.NDArray[np.bool_], flagged: npt.NDArray[np.bool_]) -> dict[str, float]:
    both = float((given & flagged).sum())
    return {
        "precision": both / float(flagged.sum()) if flagged.any() else float("nan"),
        "recall": both / float(given.sum()) if given.any() else float("nan"),
    }


def _suggested(
    task: _Task,
    parts: _Parts,
    evidence: pd.DataFrame,
    given: pd.DataFrame,
    thresholds: FloatArray,
    unseen: FloatArray,
    among: Collection[str] | None,
    cover: Cover | None,
) -> pd.DataFrame:
    """Score the pieces asked for: coded ones by models that had not seen them, the others by one fitted on all."""
    pieces = evidence.drop_duplicates("evidence_id").sort_values("evidence_id")
    pieces = pieces[pieces["text"].map(lambda text: isinstance(text, str) and bool(words_of(text)))]
    if among is not None:
        pieces = pieces[pieces["evidence_id"].isin(list(among))]
    if pieces.empty:
        return _no_rows()
    model = _Model(task, parts, np.arange(len(task.ids)))
    ids, texts = pieces["evidence_id"].tolist(), [str(text)[:LONGEST] for text in pieces["text"]]
    place = {one: at for at, one in enumerate(task.ids)}
    scores = np.zeros((len(ids), len(task.codes)))
    new = [at for at, one in enumerate(ids) if one not in place]
    if new:
        unread = [texts[at] for at in new]
        scores[new] = model.scores(parts.count(unread), [frozenset(_stems(text)) for text in unread])
    for at, one in enumerate(ids):
        if one in place:
            scores[at] = unseen[place[one]]
    settled = set(given.loc[given["coded"], ["evidence_id", "code_id"]].itertuples(index=False, name=None))
    wanted: dict[int, list[int]] = {}
    for at, code in zip(*np.nonzero(scores >= thresholds[None, :]), strict=True):
        if scores[at, code] > 0 and (ids[at], task.codes[code]) not in settled:
            wanted.setdefault(int(at), []).append(int(code))
    rows = [
        (ids[at], task.codes[code], float(scores[at, code]), phrase)
        for at, codes in wanted.items()
        for code, phrase in zip(codes, _phrases(texts[at], codes, model, parts, cover), strict=True)
    ]
    rows.sort(key=lambda row: (-row[2], row[0], row[1]))
    return pd.DataFrame(rows, columns=["evidence_id", "code_id", "score", "phrase"])


def _phrases(text: str, codes: list[int], model: _Model, parts: _Parts, cover: Cover | None) -> list[str]:
    """Quote for each code the sentence with the highest score; the first of equals."""
    spans = sentence_spans(text)
    sentences = [text[start:end] for start, end in spans]
    scores = model.scores(parts.count(sentences), [frozenset(_stems(text)) for text in sentences])
    return [excerpt(text, *spans[int(np.argmax(scores[:, at]))], cover=cover) for at in codes]


def _no_rows() -> pd.DataFrame:
    return pd.DataFrame(columns=["evidence_id", "code_id", "score", "phrase"])


def _no_figures() -> pd.DataFrame:
    return pd.DataFrame(columns=FIGURE_COLUMNS)
