"""Where a failure concentrates: levels of each dimension against the rest, corrected for everything searched."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy import special

from rca_lib.analysis.intervals import rate_ratio
from rca_lib.analysis.trials import complement, tally, trials

if TYPE_CHECKING:
    from rca_lib.analysis.outcome import Outcome

__all__ = ["NOT_RECORDED", "OTHERS", "benjamini_hochberg", "concentration", "fisher_exact", "level_codes"]

NOT_RECORDED = "not recorded"
OTHERS = "all others"
COLUMNS = [
    "dimension", "value", "n", "failed", "rate", "low", "high", "rest_rate", "ratio", "ratio_low", "ratio_high",
    "share_failures", "share_requests", "p", "p_adjusted",
]  # fmt: skip


def concentration(
    outcome: Outcome,
    requests: pd.DataFrame,
    dimensions: Iterable[str],
    *,
    since: pd.Timestamp | None = None,
    min_n: int = 20,
) -> pd.DataFrame:
    """Compare each level of each dimension with all other requests at risk.

    Parameters
    ----------
    outcome : the failure; unfinished and targeted rows are left out.
    requests : has ``request_id`` and the columns named in `dimensions`.
    since : look only at requests from then on, for example from the onset.
    min_n : levels with fewer requests, or that leave fewer outside them, are pooled or left out.

    Returns
    -------
    DataFrame ``dimension, value, n, failed, rate, low, high, rest_rate, ratio, ratio_low, ratio_high, share_failures,
    share_requests, p, p_adjusted``, the strongest first. ``p`` is Fisher's exact test (two-sided), or the score test on
    effective counts where the sample is weighted; ``p_adjusted`` is Benjamini and Hochberg's over every row.
    """
    rows = trials(outcome)
    if since is not None:
        rows = rows.loc[(rows["at"] >= since).to_numpy(bool)].reset_index(drop=True)
    wanted = [name for name in dict.fromkeys(dimensions) if name in requests.columns]
    if not len(rows) or not wanted:
        return pd.DataFrame(columns=COLUMNS)
    columns = requests.set_index("request_id")[wanted].reindex(rows["request_id"])
    parts = [_dimension(rows, name, columns[name], min_n) for name in wanted]
    found = pd.concat([part for part in parts if len(part)] or [pd.DataFrame(columns=COLUMNS)], ignore_index=True)
    if not len(found):
        return found
    found["p_adjusted"] = benjamini_hochberg(found["p"].to_numpy(float))
    return found.sort_values(
        ["p_adjusted", "p", "ratio", "dimension", "value"], ascending=[True, True, False, True, True], ignore_index=True
    )[COLUMNS]


def level_codes(
    values: pd.Series, *, min_n: int, weights: npt.NDArray[np.float64] | None = None
) -> tuple[npt.NDArray[np.int64], list[str]]:
    """Number the levels of a column, levels with fewer than `min_n` requests pooled into one.

    Returns
    -------
    codes : level number per row. Missing values are a level of their own, ``"not recorded"``.
    labels : the name of each level, in alphabetical order, the pooled one last.
    """
    text = values.astype("str").where(values.notna(), NOT_RECORDED).to_numpy(dtype=object)
    labels, codes = np.unique(text.astype(str), return_inverse=True)
    counts = np.bincount(codes, weights if weights is not None else np.ones(len(codes)), len(labels))
    small = counts < min_n
    if not small.any():
        return codes.astype(np.int64), [str(label) for label in labels]
    kept = np.flatnonzero(~small)
    renumber = np.full(len(labels), len(kept), dtype=np.int64)
    renumber[kept] = np.arange(len(kept))
    return renumber[codes], [str(labels[index]) for index in kept] + [OTHERS]


def benjamini_hochberg(p: npt.ArrayLike) -> npt.NDArray[np.float64]:
    """Adjusted p-values that bound the false discovery rate over all tests given.

    Examples
    --------
    >>> benjamini_hochberg([0.01, 0.04, 0.03, 0.5]).round(4).tolist()
    [0.04, 0.0533, 0.0533, 0.5]
    """
    values = np.asarray(p, float)
    order = np.argsort(values, kind="stable")[::-1]
    ranks = np.arange(len(values), 0, -1)
    adjusted = np.minimum.accumulate(values[order] * len(values) / ranks)
    result = np.empty_like(values)
    result[order] = np.minimum(adjusted, 1.0)
    return result


def fisher_exact(k1: float, n1: float, k0: float, n0: float) -> float:
    """Two-sided p-value of Fisher's exact test for ``k1`` of ``n1`` against ``k0`` of ``n0``.

    Examples
    --------
    >>> f"{fisher_exact(43, 54, 3, 21):.1e}"
    '2.6e-07'
    """
    total, hits = round(n1 + n0), round(k1 + k0)
    counts = np.arange(max(0, hits - round(n0)), min(round(n1), hits) + 1, dtype=float)
    log_ways = (
        _log_choose(round(n1), counts)
        + _log_choose(round(n0), hits - counts)
        - _log_choose(total, np.asarray([float(hits)]))
    )
    seen = log_ways[round(k1) - int(counts[0])]
    return float(min(np.exp(log_ways[log_ways <= seen + 1e-7]).sum(), 1.0))


def _dimension(rows: pd.DataFrame, name: str, values: pd.Series, min_n: int) -> pd.DataFrame:
    codes, labels = level_codes(values, min_n=min_n, weights=rows["n"].to_numpy())
    if len(labels) < 2:
        return pd.DataFrame(columns=COLUMNS)
    inside = tally(rows, codes, len(labels))
    rest = complement(rows, codes, len(labels))
    weighted = bool((inside["n_effective"] != inside["n"]).any())
    used = np.flatnonzero((inside["n"] >= min_n) & (rest["n"] >= min_n))
    found = [_against_rest(name, labels[code], inside.iloc[code], rest.iloc[code], weighted) for code in used]
    return pd.DataFrame(found, columns=COLUMNS)


def _against_rest(name: str, label: str, inside: pd.Series, rest: pd.Series, weighted: bool) -> dict[str, object]:
    n1, n0 = float(inside["n_effective"]), float(rest["n_effective"])
    k1, k0 = float(inside["rate"]) * n1, float(rest["rate"]) * n0
    ratio = rate_ratio(k1, n1, k0, n0)
    failures = float(inside["failed"] + rest["failed"])
    return {
        "dimension": name,
        "value": label,
        "n": int(inside["n"]),
        "failed": int(inside["failed"]),
        "rate": float(inside["rate"]),
        "low": float(inside["low"]),
        "high": float(inside["high"]),
        "rest_rate": float(rest["rate"]),
        "ratio": ratio.value,
        "ratio_low": ratio.low,
        "ratio_high": ratio.high,
        "share_failures": float(inside["failed"]) / failures if failures else float("nan"),
        "share_requests": float(inside["n"] / (inside["n"] + rest["n"])),
        "p": _score_test(k1, n1, k0, n0) if weighted else fisher_exact(k1, n1, k0, n0),
        "p_adjusted": float("nan"),
    }


def _score_test(k1: float, n1: float, k0: float, n0: float) -> float:
    pooled = (k1 + k0) / (n1 + n0)
    if not 0 < pooled < 1:
        return 1.0
    z = (k1 / n1 - k0 / n0) / float(np.sqrt(pooled * (1 - pooled) * (1 / n1 + 1 / n0)))
    return float(2 * special.ndtr(-abs(z)))


def _log_choose(n: int, k: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    ways: npt.NDArray[np.float64] = special.gammaln(n + 1) - special.gammaln(k + 1) - special.gammaln(n - k + 1)
    return ways
