"""Competing hypotheses: which one the evidence contradicts least, and how much that hangs on single pieces.

Evidence is set against every hypothesis at once. What is consistent with all of them says nothing; what is inconsistent
counts. The hypothesis with the least weight of inconsistent evidence leads, and is not thereby proven.

References
----------
Heuer, Psychology of Intelligence Analysis, Center for the Study of Intelligence, 1999, chapter 8. Weighting by
credibility and relevance follows the ACH 2.0 software of Heuer and Palo Alto Research Center (2005).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import pandas as pd

__all__ = ["VALUES", "Matrix", "Ranked", "Ranking", "evidence_weight", "matrix_of", "rank_hypotheses"]

VALUES: dict[str, int] = {"CC": 2, "C": 1, "N": 0, "I": -1, "II": -2}
"""Ratings as numbers: above 0 consistent, below 0 inconsistent."""

_RELIABILITY = {"A": 1.0, "B": 1.0, "C": 0.75, "D": 0.5, "E": 0.25, "F": 0.25}
_CREDIBILITY = {"1": 1.0, "2": 1.0, "3": 0.75, "4": 0.5, "5": 0.25, "6": 0.25}
_UNRATED = 0.75


@dataclass(frozen=True)
class Matrix:
    """Evidence by hypothesis.

    Attributes
    ----------
    ratings : a row for each piece of evidence, a column for each hypothesis; a key of `VALUES`, or missing.
    weights : how much each piece counts, from 0 to 1, by the same index.
    """

    ratings: pd.DataFrame
    weights: pd.Series[float]


@dataclass(frozen=True)
class Ranked:
    """One hypothesis in the ranking.

    Attributes
    ----------
    hypothesis : its id.
    inconsistency : weight of the evidence that speaks against it; *II* counts twice.
    low, high : the same when any single piece is left out.
    support : weight of the evidence that speaks for it; *CC* counts twice. It does not enter the order.
    rated : pieces that were rated against it.
    against, speak_for : ids of the pieces that speak against and for it, the weightiest first.
    """

    hypothesis: str
    inconsistency: float
    low: float
    high: float
    support: float
    rated: int
    against: tuple[str, ...]
    speak_for: tuple[str, ...]


@dataclass(frozen=True)
class Ranking:
    """Hypotheses in order, and what the order hangs on.

    Attributes
    ----------
    order : the least contradicted first; equal ones by more support, then by id.
    diagnosticity : for each piece, from 0 (says the same of all) to 1 (as far apart as can be), the most telling first.
    pivotal : pieces without which another hypothesis would lead.
    tied : whether rivals are contradicted alike at the head.
    """

    order: tuple[Ranked, ...]
    diagnosticity: pd.Series[float]
    pivotal: tuple[str, ...]
    tied: bool

    @property
    def leader(self) -> str | None:
        """The id of the hypothesis that leads, no rival beside it, or ``None``."""
        return None if self.tied or not self.order else self.order[0].hypothesis


def evidence_weight(reliability: object = None, credibility: object = None) -> float:
    """Weigh a piece of evidence by the Admiralty code: reliability of the source A to F, credibility 1 to 6.

    Examples
    --------
    >>> evidence_weight("A", 1), evidence_weight("C", 3), evidence_weight(None, None)
    (1.0, 0.5625, 0.5625)
    """
    source = _RELIABILITY.get(str(reliability).strip().upper(), _UNRATED)
    return source * _CREDIBILITY.get(str(credibility).strip().removesuffix(".0"), _UNRATED)


def rank_hypotheses(matrix: Matrix, *, together: Sequence[str] = ()) -> Ranking:
    """Rank hypotheses by the evidence that speaks against them.

    Parameters
    ----------
    matrix : evidence by hypothesis.
    together : hypotheses that can be true at once: they do not compete with one another for the lead.

    Examples
    --------
    >>> ratings = pd.DataFrame({"H1": ["C", "C"], "H2": ["I", "C"]}, index=["log", "chat"])
    >>> found = rank_hypotheses(Matrix(ratings, pd.Series({"log": 1.0, "chat": 0.5})))
    >>> found.leader, found.pivotal, found.diagnosticity.to_dict()
    ('H1', ('log',), {'log': 0.5, 'chat': 0.0})
    """
    # By id, so that the order of the rows of a file decides nothing.
    values = matrix.ratings.replace(VALUES).apply(pd.to_numeric).sort_index()
    weights = matrix.weights.reindex(values.index).fillna(0.0)
    order = _ordered(values, weights)
    without = {piece: _ordered(values.drop(index=piece), weights.drop(piece)) for piece in values.index}
    leader = _leader(order, together)
    pivotal = [
        str(piece) for piece, others in without.items() if not _same(_leader(others, together), leader, together)
    ]
    ranked = tuple(_ranked(name, values, weights, without) for name in order)
    spread = ((values.max(axis=1) - values.min(axis=1)) / 4).where(values.notna().sum(axis=1) > 1, 0.0).fillna(0.0)
    told = pd.DataFrame({"spread": spread, "weight": weights}).sort_values(
        ["spread", "weight"], ascending=False, kind="stable"
    )
    tied = len(ranked) > 1 and leader is None
    return Ranking(ranked, told["spread"], tuple(pivotal) if leader is not None else (), tied)


def _against(values: pd.DataFrame, weights: pd.Series[float]) -> pd.Series[float]:
    return (-values.clip(upper=0)).mul(weights, axis=0).sum().round(6)


def _for(values: pd.DataFrame, weights: pd.Series[float]) -> pd.Series[float]:
    return values.clip(lower=0).mul(weights, axis=0).sum().round(6)


def _ordered(values: pd.DataFrame, weights: pd.Series[float]) -> dict[str, tuple[float, float]]:
    """Return inconsistency and support by hypothesis, the least contradicted first."""
    against, support = _against(values, weights), _for(values, weights)
    names = sorted(map(str, values.columns), key=lambda name: (against[name], -support[name], _number(name)))
    return {name: (float(against[name]), float(support[name])) for name in names}


def _leader(order: Mapping[str, tuple[float, float]], together: Sequence[str]) -> str | None:
    """Return the hypothesis that is contradicted least, or ``None`` where rivals are contradicted alike."""
    least = min((score[0] for score in order.values()), default=0.0)
    front = [name for name, score in order.items() if score[0] == least]
    alone = len(front) == 1 or set(front) <= set(together)
    return front[0] if front and alone else None


def _same(one: str | None, other: str | None, together: Sequence[str]) -> bool:
    return one == other or (one in together and other in together)


def _ranked(
    name: str,
    values: pd.DataFrame,
    weights: pd.Series[float],
    without: Mapping[object, Mapping[str, tuple[float, float]]],
) -> Ranked:
    column = values[name]
    scores = [each[name][0] for each in without.values()]
    own = float(_against(values, weights)[name])
    return Ranked(
        hypothesis=name,
        inconsistency=own,
        low=min([own, *scores]),
        high=max([own, *scores]),
        support=float(_for(values, weights)[name]),
        rated=int(column.notna().sum()),
        against=_pieces(column, weights, sign=-1),
        speak_for=_pieces(column, weights, sign=1),
    )


def _pieces(column: pd.Series[float], weights: pd.Series[float], *, sign: int) -> tuple[str, ...]:
    told = (column * sign).clip(lower=0) * weights
    named = sorted((-float(told[piece]), str(piece)) for piece in told.index[told > 0])
    return tuple(piece for _, piece in named)


def _number(name: str) -> tuple[int, str]:
    digits = "".join(character for character in name if character.isdigit())
    return int(digits or 0), name


def matrix_of(ratings: Mapping[str, Mapping[str, str]], weights: Mapping[str, float], names: Sequence[str]) -> Matrix:
    """Lay ratings out as a matrix: by piece of evidence, by hypothesis.

    Examples
    --------
    >>> matrix_of({"log": {"H1": "C"}}, {"log": 1.0}, ["H1", "H2"]).ratings.loc["log"].tolist()
    ['C', None]
    """
    frame = pd.DataFrame(
        [[ratings[piece].get(name) for name in names] for piece in ratings],
        index=pd.Index(list(ratings), dtype=object),
        columns=list(names),
        dtype=object,
    )
    return Matrix(frame, pd.Series({piece: weights.get(piece, 0.0) for piece in ratings}, dtype=float))
