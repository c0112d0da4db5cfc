"""How far coders agree on each code, and where they differ.

Presence is rated as given or not given, by everybody who read the piece. Extent is rated as none, one sentence or several
sentences touched by the code's spans. The coefficients are those of `rca_lib.analysis.agreement`.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from itertools import combinations
from typing import Any

import numpy as np
import pandas as pd

from rca_lib.analysis.agreement import Ratings, agreement, cohen_kappa, gwet_ac, krippendorff_alpha
from rca_lib.analysis.coding import read_by
from rca_lib.analysis.intervals import Estimate
from rca_lib.analysis.quotations import agreed_phrase, coded_spans
from rca_lib.analysis.sentences import Cover, sentence_spans, sentences_touched

__all__ = [
    "ALL_CODES",
    "BENCHMARKS",
    "COEFFICIENTS",
    "EXTENTS",
    "ONE_CODER",
    "benchmark",
    "code_agreement",
    "disagreements",
    "extent_ratings",
]

ALL_CODES = "all codes"
"""Names the row in which every code of every piece is one rating."""

COEFFICIENTS = ("percent_agreement", "kappa", "ac1", "ac2", "alpha")
"""The columns of `code_agreement` that hold an estimate."""

EXTENTS = ("none", "one sentence", "several sentences")
"""The ordered ratings behind AC2: how much of a piece a code covers."""

BENCHMARKS = (
    (0.8, "almost perfect"),
    (0.6, "substantial"),
    (0.4, "moderate"),
    (0.2, "fair"),
    (0.0, "slight"),
    (-1.0, "poor"),
)
"""Where each band of agreement begins, and its name (Landis and Koch)."""

ONE_CODER = "not estimated: one coder"
"""The method of an estimate where no piece was read by two."""


def code_agreement(codings: pd.DataFrame, evidence: pd.DataFrame, codes: Sequence[str] | None = None) -> pd.DataFrame:
    """Say how far coders agree, code by code and over all codes.

    Parameters
    ----------
    codes : the codes to rate; all that were given to some piece by default. A code that nobody used is left out.

    Returns
    -------
    One row per code, the most given first, and a last one for `ALL_CODES`: code_id, pieces (read by two or more), coded
    (times that a reader gave the code), and an `Estimate` in each of `COEFFICIENTS`. Kappa is that of the two coders with
    most pieces in common. Over all codes each code of each piece is a rating of its own, which makes those intervals
    narrower than they would be if codes of one piece were told apart.
    With pieces read by one coder alone every estimate is ``nan``, and its method says so.
    """
    ratings = extent_ratings(codings, evidence, codes)
    columns = ["code_id", "pieces", "coded", *COEFFICIENTS]
    if not ratings:
        return pd.DataFrame(columns=columns)
    pair = _closest_pair(ratings)
    several = next(iter(ratings.values())).notna().sum(axis=1) >= 2
    rows: list[dict[str, Any]] = [
        {
            "code_id": code,
            "pieces": int(several.sum()),
            "coded": int((table > 0).sum().sum()),
            **_estimates(table, pair),
        }
        for code, table in ratings.items()
    ]
    rows.sort(key=lambda row: (-row["coded"], row["code_id"]))
    together = pd.concat([ratings[code] for code in sorted(ratings)])
    coded = sum(row["coded"] for row in rows)
    rows.append({"code_id": ALL_CODES, "pieces": int(several.sum()), "coded": coded, **_estimates(together, pair)})
    return pd.DataFrame(rows, columns=columns)


def extent_ratings(
    codings: pd.DataFrame, evidence: pd.DataFrame, codes: Sequence[str] | None = None
) -> dict[str, pd.DataFrame]:
    """Rate every piece for every code: 0 not given, 1 for one sentence, 2 for several; missing where it was not read.

    Returns
    -------
    For each code that was given, in order: a table of pieces (rows) by coders (columns), as floats.
    """
    readers = read_by(codings, evidence)
    read = readers.assign(rating=0.0).pivot(index="evidence_id", columns="coder_id", values="rating")
    spans = coded_spans(codings, evidence)
    text = evidence.drop_duplicates("evidence_id").set_index("evidence_id")["text"]
    sentences = {piece: sentence_spans(_text(text[piece])) for piece in spans["evidence_id"].unique()}
    wanted = sorted(set(spans["code_id"]) & set(spans["code_id"] if codes is None else codes))
    touched = {
        key: 1.0
        if sentences_touched(sentences[str(key[0])], list(zip(rows["start"], rows["end"], strict=True))) <= 1
        else 2.0
        for key, rows in spans.groupby(["evidence_id", "code_id", "coder_id"])
    }
    tables = {}
    for code in wanted:
        table = read.to_numpy(copy=True)
        tables[code] = pd.DataFrame(table, index=read.index, columns=read.columns)
    for (piece, code, coder), rating in touched.items():
        if code in tables:
            tables[code].at[piece, coder] = rating
    return tables


def disagreements(
    codings: pd.DataFrame,
    evidence: pd.DataFrame,
    codes: Sequence[str] | None = None,
    *,
    cover: Cover | None = None,
) -> pd.DataFrame:
    """List the pieces and codes on which readers differ, the most disputed first.

    Parameters
    ----------
    cover : tells what of a text must not be shown; the phrase is cut out of the covered text.

    Returns
    -------
    evidence_id, code_id, coders_for and coders_against (tuples of coder ids), and the phrase that was coded. A dispute is
    the greater the nearer it is to an even split, and among equals the more readers it has.
    """
    ratings = extent_ratings(codings, evidence, codes)
    spans = coded_spans(codings, evidence).groupby(["evidence_id", "code_id"])
    text = evidence.drop_duplicates("evidence_id").set_index("evidence_id")["text"]
    rows = []
    for code, table in ratings.items():
        given, kept = (table > 0).sum(axis=1), (table == 0).sum(axis=1)
        for piece in table.index[(given > 0) & (kept > 0)]:
            mine = table.loc[piece]
            coded = spans.get_group((piece, code))
            marked = list(zip(coded["start"], coded["end"], strict=True))
            rows.append(
                {
                    "evidence_id": piece,
                    "code_id": code,
                    "coders_for": tuple(mine.index[mine > 0]),
                    "coders_against": tuple(mine.index[mine == 0]),
                    "phrase": agreed_phrase(_text(text[piece]), marked, cover=cover),
                }
            )
    rows.sort(key=_dispute)
    return pd.DataFrame(rows, columns=["evidence_id", "code_id", "coders_for", "coders_against", "phrase"])


def benchmark(estimate: Estimate) -> str | None:
    """Name the best band of agreement that an estimate reaches with 95% probability; ``None`` where it has no value.

    The bands are those of `BENCHMARKS`. The coefficient is taken as normal around its estimate, cut at -1 and 1, and
    probability is added up from the best band down, so that a coefficient from few pieces is not called good.

    References
    ----------
    Gwet, Handbook of Inter-Rater Reliability, 4th edition, 2014, chapter 6; bands: Landis and Koch, Biometrics
    1977;33:159-174.

    Examples
    --------
    >>> benchmark(Estimate(0.9, 0.86, 0.94, 200)), benchmark(Estimate(0.9, 0.3, 1.0, 8))
    ('almost perfect', 'moderate')
    """
    from scipy import special

    if math.isnan(estimate.value):
        return None
    reach = max(estimate.value - estimate.low, estimate.high - estimate.value)
    error = max(reach / float(special.stdtrit(max(estimate.n - 1, 1), 0.975)), 1e-9)
    low, high = (float(special.ndtr((edge - estimate.value) / error)) for edge in (-1.0, 1.0))
    for edge, name in BENCHMARKS:
        above = (high - float(special.ndtr((edge - estimate.value) / error))) / max(high - low, 1e-12)
        if above >= 0.95:
            return name
    return BENCHMARKS[-1][1]


def _dispute(row: dict[str, Any]) -> tuple[Any, ...]:
    first, second = len(row["coders_for"]), len(row["coders_against"])
    return (abs(first - second) / (first + second), -(first + second), row["evidence_id"], row["code_id"])


def _estimates(table: pd.DataFrame, pair: tuple[str, str] | None) -> dict[str, Estimate]:
    if pair is None:
        return {name: Estimate(math.nan, -1.0, 1.0, 0, None, ONE_CODER) for name in COEFFICIENTS}
    extent = table.to_numpy(float)
    presence = np.where(np.isnan(extent), np.nan, extent > 0)
    given = _rated(presence, (0, 1))
    first, second = (presence[:, table.columns.get_loc(one)] for one in pair)
    cross = np.array([[((first == a) & (second == b)).sum() for b in (0, 1)] for a in (0, 1)])
    return {
        "percent_agreement": agreement(given)["percent agreement"],
        "kappa": cohen_kappa(cross),
        "ac1": gwet_ac(given),
        "ac2": gwet_ac(_rated(extent, (0, 1, 2)), "quadratic"),
        "alpha": krippendorff_alpha(given),
    }


def _rated(values: np.ndarray, categories: tuple[int, ...]) -> Ratings:
    """Count ratings on a fixed scale, so that a category that nobody used still counts as one that could have been."""
    return Ratings(np.stack([(values == one).sum(axis=1) for one in categories], axis=1).astype(float), categories)


def _closest_pair(ratings: dict[str, pd.DataFrame]) -> tuple[str, str] | None:
    """Find the two coders with most pieces in common; ties go by what they coded, so that their names do not matter."""
    read = next(iter(ratings.values())).notna()
    common = {pair: int((read[pair[0]] & read[pair[1]]).sum()) for pair in combinations(read.columns, 2)}
    most = max(common.values(), default=0)
    tied = [pair for pair, number in common.items() if number == most]
    if not most:
        return None
    content = {
        coder: [tuple(ratings[code][coder].fillna(-1.0)) for code in sorted(ratings)]
        for coder in sorted({coder for pair in tied for coder in pair})
    }
    first, second = min(tied, key=lambda pair: sorted([content[pair[0]], content[pair[1]]]))
    return str(first), str(second)


def _text(value: object) -> str:
    return value if isinstance(value, str) else ""
