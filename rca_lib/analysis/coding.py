"""What the codings of the evidence hold: who read what, how often each code was met, and whether new codes still come.

A piece of evidence counts as coded with a code when at least half of those who read it gave it that code.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd

__all__ = [
    "MAJORITY",
    "NOT_ON_RECORD",
    "READ_ALL",
    "SEGMENTS",
    "Saturation",
    "code_counts",
    "negative_cases",
    "read_by",
    "saturation",
    "votes",
]

READ_ALL = 0.5
"""A coder who coded at least this share of an escalation's pieces counts as having read all of them.

A coding says that a code was given; nothing says that a piece was read and no code fitted. Without this rule a piece that
one coder left without a code would not count as read, and every agreement would look better than it is.
"""

MAJORITY = 0.5
"""The share of a piece's readers who must have given a code for the piece to count as coded with it."""

SEGMENTS = ("kind", "source_role", "reliability", "credibility", "failure_mode")
"""What codes can be counted by."""

NOT_ON_RECORD = "not on record"
"""Stands for a segment that a piece of evidence does not name."""


@dataclass(frozen=True)
class Saturation:
    """Whether more evidence still brought new codes.

    Attributes
    ----------
    found : distinct codes met after each piece that was read, in the order collected.
    expected : how many would be expected after as many pieces in a random order.
    last_new : which piece, counted from 1, brought the last new code; 0 where there is none.
    """

    found: tuple[int, ...]
    expected: tuple[float, ...]
    last_new: int

    @property
    def quiet(self) -> int:
        """How many of the last pieces brought no new code."""
        return len(self.found) - self.last_new


def read_by(codings: pd.DataFrame, evidence: pd.DataFrame) -> pd.DataFrame:
    """Say which coder read which piece of evidence.

    A coder who coded at least half of an escalation's pieces (`READ_ALL`) counts as having read all of them; otherwise
    only those that they coded.

    Returns
    -------
    One row per piece and reader, in order: evidence_id, coder_id. Codings of pieces that are not in `evidence` are left out.

    Examples
    --------
    >>> evidence = pd.DataFrame({"evidence_id": ["a", "b", "c"], "escalation_id": "E"})
    >>> codings = pd.DataFrame({"evidence_id": ["a", "b", "a"], "code_id": "X", "coder_id": ["k", "k", "m"]})
    >>> read_by(codings, evidence)["coder_id"].tolist()
    ['k', 'm', 'k', 'k']
    """
    pieces = evidence[["evidence_id", "escalation_id"]].drop_duplicates("evidence_id")
    pieces = pieces.assign(
        escalation_id=pieces["escalation_id"].astype(object).where(pieces["escalation_id"].notna(), "")
    )
    coded = codings[["evidence_id", "coder_id"]].drop_duplicates().merge(pieces, on="evidence_id")
    done = coded.groupby(["escalation_id", "coder_id"]).size().rename("done").reset_index()
    done["all"] = done["escalation_id"].map(pieces.groupby("escalation_id").size())
    whole = done.loc[done["done"] >= READ_ALL * done["all"], ["escalation_id", "coder_id"]].merge(
        pieces, on="escalation_id"
    )
    both = pd.concat([coded, whole])[["evidence_id", "coder_id"]].drop_duplicates()
    return both.sort_values(["evidence_id", "coder_id"], ignore_index=True)


def votes(codings: pd.DataFrame, evidence: pd.DataFrame) -> pd.DataFrame:
    """Count, for each piece of evidence and each code that a reader gave it, how many did and how many read it.

    Returns
    -------
    evidence_id, code_id, given, readers, share, coded (whether at least half of the readers gave it), in order.
    """
    readers = read_by(codings, evidence).groupby("evidence_id").size()
    given = codings.loc[codings["evidence_id"].isin(readers.index), ["evidence_id", "code_id", "coder_id"]]
    counted = given.drop_duplicates().groupby(["evidence_id", "code_id"]).size().rename("given").reset_index()
    counted["readers"] = counted["evidence_id"].map(readers).astype("int64")
    counted["share"] = counted["given"] / counted["readers"]
    counted["coded"] = counted["share"] >= MAJORITY
    return counted.sort_values(["evidence_id", "code_id"], ignore_index=True)


def code_counts(
    codings: pd.DataFrame,
    evidence: pd.DataFrame,
    codebook: pd.DataFrame | None = None,
    by: str = "kind",
    *,
    escalations: pd.DataFrame | None = None,
) -> pd.DataFrame:
    """Count the pieces coded with each code, by segment, with the parents of the codebook rolled up.

    Parameters
    ----------
    by : one of `SEGMENTS`; ``"failure_mode"`` needs `escalations`.

    Returns
    -------
    One row per code and segment in which it was read: code_id, parent, level, depth (0 for a code without a parent),
    segment, pieces, read (pieces read in the segment) and total (pieces over all segments). A parent counts each piece
    once that has the parent or any code below it, so it is not the sum of those. The most met parents come first, each
    followed by the codes below it.

    Raises
    ------
    ValueError : when the codes cannot be counted by `by`.
    """
    segment = _segments(evidence, by, escalations)
    parents, levels = _lineage(codebook)
    read = segment[segment.index.isin(read_by(codings, evidence)["evidence_id"])]
    given = votes(codings, evidence)
    given = given.loc[given["coded"], ["evidence_id", "code_id"]]
    pairs = {(piece, one) for piece, code in given.itertuples(index=False) for one in (code, *_above(code, parents))}
    met = pd.DataFrame(sorted(pairs), columns=["evidence_id", "code_id"])
    met["segment"] = met["evidence_id"].map(read)
    pieces = met.groupby(["code_id", "segment"]).size()
    total = met.groupby("code_id").size()
    each = read.value_counts()
    rows = [
        {
            "code_id": code,
            "parent": parents.get(code),
            "level": levels.get(code),
            "depth": len(_above(code, parents)),
            "segment": name,
            "pieces": int(pieces.get((code, name), 0)),
            "read": int(each[name]),
            "total": int(total[code]),
        }
        for code in _ordered(total, parents)
        for name in sorted(each.index)
    ]
    return pd.DataFrame(rows, columns=["code_id", "parent", "level", "depth", "segment", "pieces", "read", "total"])


def negative_cases(codings: pd.DataFrame, evidence: pd.DataFrame, code: str) -> pd.DataFrame:
    """Find the pieces that speak against a code: read, of the same escalations, and given the code by no reader.

    Returns
    -------
    evidence_id, escalation_id, readers and coded_instead (the codes that readers gave it, the most given first), in order.
    """
    readers = read_by(codings, evidence).groupby("evidence_id").size()
    home = evidence.drop_duplicates("evidence_id").set_index("evidence_id")["escalation_id"]
    given = votes(codings, evidence)
    with_code = set(given.loc[given["code_id"] == code, "evidence_id"])
    where = set(home.reindex(sorted(with_code)))
    instead = (
        given.sort_values(["given", "code_id"], ascending=[False, True]).groupby("evidence_id")["code_id"].agg(tuple)
    )
    rows = [
        {
            "evidence_id": piece,
            "escalation_id": home[piece],
            "readers": int(readers[piece]),
            "coded_instead": instead.get(piece, ()),
        }
        for piece in sorted(readers.index)
        if home[piece] in where and piece not in with_code
    ]
    return pd.DataFrame(rows, columns=["evidence_id", "escalation_id", "readers", "coded_instead"])


def saturation(codings: pd.DataFrame, evidence: pd.DataFrame) -> Saturation:
    """Say how the number of distinct codes grew with the pieces read, and how it would in a random order.

    Pieces are taken in the order collected, those without a date last; a code counts from the first piece to which any
    reader gave it. Far fewer codes early than expected means that the early pieces were alike.

    References
    ----------
    Colwell, Mao and Chang, Ecology 2004;85:2717-2727 (Mao's tau): over codes, one less the chance that none of k pieces
    drawn from n without replacement holds the code.

    Examples
    --------
    >>> evidence = pd.DataFrame({"evidence_id": list("abc"), "escalation_id": "E", "collected_at": pd.NaT})
    >>> codings = pd.DataFrame({"evidence_id": list("abc"), "code_id": ["X", "X", "Y"], "coder_id": "k"})
    >>> saturation(codings, evidence)
    Saturation(found=(1, 1, 2), expected=(1.0, 1.6667, 2.0), last_new=3)
    """
    pieces = evidence.drop_duplicates("evidence_id")
    pieces = pieces[pieces["evidence_id"].isin(read_by(codings, evidence)["evidence_id"])]
    order = ["collected_at", "evidence_id"] if "collected_at" in pieces else ["evidence_id"]
    place = {piece: at for at, piece in enumerate(pieces.sort_values(order)["evidence_id"], start=1)}
    given = votes(codings, evidence)
    first = given["evidence_id"].map(place).groupby(given["code_id"]).min().to_numpy(int)
    n = len(place)
    found = np.cumsum(np.bincount(first, minlength=n + 1)[1:]) if n else np.array([], int)
    holding = given.groupby("code_id").size().to_numpy(int)
    return Saturation(tuple(int(one) for one in found), _rarefied(holding, n), int(first.max()) if len(first) else 0)


def _rarefied(holding: np.ndarray, n: int) -> tuple[float, ...]:
    """Expected distinct codes in k of n pieces, for each k; rounded so that the last bits are no one's concern."""
    from scipy.special import gammaln

    k = np.arange(1, n + 1)[None, :]
    rest = (n - holding)[:, None]
    possible = rest >= k
    missing = gammaln(rest + 1) - gammaln(np.where(possible, rest - k, 0) + 1) + gammaln(n - k + 1) - gammaln(n + 1)
    expected = (1 - np.where(possible, np.exp(missing), 0.0)).sum(axis=0)
    return tuple(round(float(one), 4) for one in expected)


def _segments(evidence: pd.DataFrame, by: str, escalations: pd.DataFrame | None) -> pd.Series:
    if by not in SEGMENTS:
        raise ValueError(f"Codes cannot be counted by {by!r}; choose from {', '.join(SEGMENTS)}.")
    pieces = evidence.drop_duplicates("evidence_id").set_index("evidence_id")
    if by == "failure_mode":
        if escalations is None:
            raise ValueError("Codes can be counted by failure mode only with the escalations table.")
        known = escalations.drop_duplicates("escalation_id").set_index("escalation_id")
        values = pieces["escalation_id"].map(known["failure_mode"]) if "failure_mode" in known else None
    else:
        values = pieces.get(by)
    if values is None:
        return pd.Series(NOT_ON_RECORD, index=pieces.index, dtype=object)
    return values.astype(object).where(values.notna(), NOT_ON_RECORD)


def _lineage(codebook: pd.DataFrame | None) -> tuple[dict[str, str], dict[str, str]]:
    """Parent and level of each code, where the codebook names them."""
    if codebook is None:
        return {}, {}
    book = codebook.drop_duplicates("code_id").set_index("code_id")
    parents, levels = (
        {str(code): str(value) for code, value in book[name].dropna().items()} if name in book else {}
        for name in ("parent", "level")
    )
    return {code: parent for code, parent in parents.items() if parent != code}, levels


def _above(code: str, parents: Mapping[str, str]) -> tuple[str, ...]:
    """Every code above one, the nearest first; a codebook that goes in a circle is followed once round."""
    above: list[str] = []
    while (code := parents.get(code, "")) and code not in above:
        above.append(code)
    return tuple(above)


def _ordered(total: pd.Series, parents: Mapping[str, str]) -> list[str]:
    """Codes with those below them, the most met first at each depth."""

    def path(code: str) -> list[tuple[int, str]]:
        chain = [one for one in (*reversed(_above(code, parents)), code) if one in total.index]
        return [(-int(total[one]), one) for one in chain]

    return sorted(total.index, key=path)
