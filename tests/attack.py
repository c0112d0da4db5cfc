"""An attacker who has all the reviews of a case together, and tries to work out the counts that they withhold.

What is known of a set of requests is how many of them failed, or between which bounds. Requests that lie in the same sets
cannot be told apart, so the unknowns are the failures in each such piece; linear programming gives the least and the
greatest number that a set can hold. Nothing here knows how counts are withheld.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
from scipy.optimize import linprog

Members = npt.NDArray[np.bool_]

SLACK = 1e-6


@dataclass(frozen=True, eq=False)
class Known:
    """What is known of the failures in a set of requests."""

    members: Members
    low: float
    high: float
    said: str = ""


def recover(known: Sequence[Known], secrets: Sequence[Members], sizes: npt.ArrayLike) -> list[tuple[int, int]]:
    """Return the least and the greatest number of failures that each set can hold, given all that is known.

    Parameters
    ----------
    known : every set has one flag for each request.
    secrets : the sets that the attacker is after.
    sizes : how many requests each flag stands for.
    """
    every = np.vstack([*(each.members for each in known), *secrets]).astype(bool)
    patterns, place = np.unique(every, axis=1, return_inverse=True)
    most = np.bincount(place.ravel(), np.asarray(sizes, float), patterns.shape[1])
    rows = patterns[: len(known)].astype(float)
    bounds = list(zip(np.zeros(len(most)), most, strict=True))
    limits = {
        "A_ub": np.vstack([rows, -rows]) if len(known) else None,
        "b_ub": np.array([each.high + SLACK for each in known] + [SLACK - each.low for each in known])
        if len(known)
        else None,
    }
    found = []
    for secret in patterns[len(known) :].astype(float):
        ends = [linprog(sign * secret, bounds=bounds, method="highs", **limits) for sign in (1, -1)]
        assert all(end.status == 0 for end in ends), "what is published contradicts itself"
        found.append((math.ceil(ends[0].fun - 1e-3), math.floor(-ends[1].fun + 1e-3)))
    return found


def told(text: Any, limit: int) -> tuple[float, float] | None:
    """Read what a cell of a table tells of its count; nothing where it is withheld.

    >>> told("1–10", 10), told("1,234", 10), told("withheld", 10), told(7, 10)
    ((1.0, 10.0), (1234.0, 1234.0), None, (7.0, 7.0))
    """
    if isinstance(text, int | float) and not isinstance(text, bool):
        return float(text), float(text)
    if text == f"1–{limit}":
        return 1.0, float(limit)
    plain = str(text).replace(",", "")
    return (float(plain), float(plain)) if re.fullmatch(r"\d+", plain) else None


def from_percent(text: str, n: float) -> tuple[float, float] | None:
    """Read between which numbers of `n` requests a printed share lies.

    >>> from_percent("3.4%", 859), from_percent("withheld", 859)
    ((28.7765, 29.6355), None)
    """
    found = re.fullmatch(r"(\d+)(?:\.(\d+))?%", text)
    if found is None:
        return None
    half = 0.5 * 10 ** -len(found[2] or "")
    share = float(text[:-1])
    return max(0.0, round((share - half) * n / 100, 6)), round((share + half) * n / 100, 6)


def from_wilson(rate: float, low: float, high: float) -> tuple[float, float] | None:
    """Work out how many of how many a share with its Wilson interval stands for, as far as rounding allows.

    >>> [round(value) for value in from_wilson(81 / 263, 0.2553, 0.3662)]
    [81, 263]
    """
    if not 0 < rate < 1 or high <= low:
        return None
    z2 = 1.959964**2
    width = high - low
    sizes = np.geomspace(1, 1e6, 4000)
    made = 2 * np.sqrt(z2 * rate * (1 - rate) / sizes + z2**2 / (4 * sizes**2)) / (1 + z2 / sizes)
    n = float(sizes[int(np.abs(made - width).argmin())])
    return rate * n, n


OF = re.compile(r"(?P<few>between 1 and \d+|\d[\d,]*)(?: found)? (?:of|among) (?:the )?(?P<n>\d[\d,]*)\b")
"""How a sentence says how many of how many."""


def counts_said(texts: Iterable[str], limit: int) -> list[tuple[float, float, float]]:
    """Return least, greatest and out of how many, for everything that sentences say.

    >>> counts_said(["29 of 859 requests failed.", "It was between 1 and 10 of 1,962 before."], 10)
    [(29.0, 29.0, 859.0), (1.0, 10.0, 1962.0)]
    """
    found = []
    for text in texts:
        for hit in OF.finditer(text):
            n = float(hit["n"].replace(",", ""))
            few = hit["few"].startswith("between")
            low, high = (1.0, float(limit)) if few else (float(hit["few"].replace(",", "")),) * 2
            if high <= n:
                found.append((low, high, n))
    return found


def sentences(view: Mapping[str, Any]) -> list[str]:
    """Every sentence of a review: prose, titles, captions, descriptions and notes."""
    texts: list[str] = [str(view.get("title") or "")]
    for section in view["sections"]:
        for block in section["blocks"]:
            texts += [str(block.get(key) or "") for key in ("title", "caption", "alt", "note")]
            texts += [str(text) for text in block.get("paragraphs") or ()]
            texts += [f"{entry['what']} {entry['detail']}" for entry in block.get("entries") or ()]
    return [text for text in texts if text]


def blocks_of(views: Iterable[Mapping[str, Any]]) -> dict[str, Mapping[str, Any]]:
    """Every block that is shown in any of the reviews, by its id."""
    return {block["id"]: block for view in views for section in view["sections"] for block in section["blocks"]}
