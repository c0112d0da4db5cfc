"""Which deviations from the usual way go with the failure, among requests of the same process type."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt
import pandas as pd

from rca_lib.analysis.clock import pauses
from rca_lib.analysis.deadlines import deadline_settings, deadlines
from rca_lib.analysis.intervals import Estimate
from rca_lib.analysis.segments import benjamini_hochberg
from rca_lib.analysis.trials import trials
from rca_lib.data.taxonomy import PIPELINE

if TYPE_CHECKING:
    from rca_lib.analysis.outcome import Outcome

__all__ = ["THE_FAILURE_ITSELF", "DeviationEffect", "deviation_effects", "failure_moments", "steps_after_delivery"]

MANTEL_HAENSZEL = "Mantel-Haenszel odds ratio within process types (Robins, Breslow and Greenland interval)"
FEWEST = 10
CLEAR = 0.05
THE_FAILURE_ITSELF = 50.0
"""Odds ratio above which a deviation and the failure are one thing, seen in two tables."""


@dataclass(frozen=True)
class DeviationEffect:
    """One deviation beside the requests without it.

    Attributes
    ----------
    name : such as ``skipped:qc``.
    n, failed : requests at risk that show it, and those of them that failed.
    n_without, failed_without : the same for those that do not.
    ratio : odds of failing with it against without, within process types; ``None`` where that cannot be told, as where
        every request with it failed, or none did.
    p, p_adjusted : of no difference within process types (Cochran, Mantel and Haenszel, continuity correction), and
        after Benjamini and Hochberg over all deviations compared.
    before_delivery : whether it comes before the answer goes out; what comes later cannot have made it wrong.
    """

    name: str
    n: int
    failed: int
    n_without: int
    failed_without: int
    ratio: Estimate | None
    p: float
    p_adjusted: float
    before_delivery: bool

    @property
    def higher(self) -> bool:
        """Whether requests with it fail more often: clearly so after adjusting for all that were compared."""
        if self.p_adjusted >= CLEAR:
            return False
        return self.ratio.low > 1 if self.ratio is not None else self.failed == self.n

    @property
    def itself(self) -> bool:
        """Whether it and the failure are one thing, seen in two tables."""
        return self.higher and (self.ratio is None or self.ratio.value >= THE_FAILURE_ITSELF)


def failure_moments(
    outcome: Outcome,
    events: pd.DataFrame,
    requests: pd.DataFrame,
    *,
    policies: pd.DataFrame | None = None,
    config: object = None,
    as_of: pd.Timestamp,
) -> pd.Series | None:
    """When each request could first be said to have failed, where the failure has such a moment.

    A request is late from its deadline on, so what it shows after that has not made it late. Reopenings are known from
    the log itself (see `rca_lib.analysis.conformance.conformance`). Other failures have no recorded moment.

    Parameters
    ----------
    outcome : the failure.
    events, requests, policies, config, as_of : as for `rca_lib.analysis.outcome.outcome_of`.

    Returns
    -------
    Deadline by request_id for lateness, else ``None``.
    """
    if outcome.name != "LAT":
        return None
    spans = pauses(events, as_of=as_of)
    due = deadlines(requests, policies=policies, spans=spans, **deadline_settings(config))
    return pd.Series(due["due_at"].array, index=pd.Index(due["request_id"]))


def steps_after_delivery() -> frozenset[str]:
    """Steps that come after the answer has gone out."""
    names = [step.activity for step in PIPELINE]
    return frozenset(names[names.index("deliver") + 1 :])


def deviation_effects(outcome: Outcome, flags: pd.DataFrame, requests: pd.DataFrame) -> tuple[DeviationEffect, ...]:
    """Compare requests with each deviation and without it.

    Parameters
    ----------
    outcome : the failure. Arms that a rule picked are compared within their arm.
    flags : from `rca_lib.analysis.conformance.deviation_flags`.
    requests : request_id, and process_type where known.

    Returns
    -------
    One `DeviationEffect` per deviation that at least ten requests at risk show, the clearest first.

    References
    ----------
    Mantel and Haenszel, Journal of the National Cancer Institute 1959;22:719-748.
    """
    rows = trials(outcome, comparing=True)
    if not len(rows) or not len(flags.columns):
        return ()
    marks = flags.reindex(rows["request_id"], fill_value=False)
    kind = pd.Series("", index=rows.index, dtype="str")
    if "process_type" in requests.columns:
        kind = rows["request_id"].map(requests.drop_duplicates("request_id").set_index("request_id")["process_type"])
    stratum = np.asarray(
        pd.factorize(kind.astype("str").fillna("") + "|" + rows["arm"].astype("str"))[0], dtype=np.int64
    )
    n, failed = rows["n"].to_numpy(float), rows["failed"].to_numpy(bool) * rows["n"].to_numpy(float)
    late = steps_after_delivery()
    found = []
    for name in marks.columns:
        mask = marks[name].to_numpy(bool)
        if n[mask].sum() < FEWEST:
            continue
        ratio, p = _mantel_haenszel(mask, stratum, n, failed)
        step = str(name).partition(":")[2]
        found.append(
            DeviationEffect(
                str(name),
                int(n[mask].sum()),
                int(failed[mask].sum()),
                int(n[~mask].sum()),
                int(failed[~mask].sum()),
                ratio,
                p,
                1.0,
                step not in late,
            )
        )
    adjusted = benjamini_hochberg([one.p for one in found]).tolist() if found else []
    told = [replace(one, p_adjusted=q) for one, q in zip(found, adjusted, strict=True)]
    return tuple(sorted(told, key=lambda one: (one.p_adjusted, one.p, one.name)))


def _mantel_haenszel(
    mask: npt.NDArray[np.bool_],
    stratum: npt.NDArray[np.int64],
    n: npt.NDArray[np.float64],
    failed: npt.NDArray[np.float64],
) -> tuple[Estimate | None, float]:
    """The pooled odds ratio and its p-value; ``None`` and 1 where no process type holds both sides and both outcomes."""
    from statsmodels.stats.contingency_tables import StratifiedTable

    tables = []
    for one in range(int(stratum.max()) + 1):
        inside = stratum == one
        cells = [[failed[inside & side].sum(), (n - failed)[inside & side].sum()] for side in (mask, ~mask)]
        table = np.asarray(cells, dtype=float)
        if (table.sum(axis=0) > 0).all() and (table.sum(axis=1) > 0).all():
            tables.append(table)
    if not tables:
        return None, 1.0
    pooled = StratifiedTable(tables)
    p = float(pooled.test_null_odds(correction=True).pvalue)
    p = p if math.isfinite(p) else 1.0
    # With every request of a side failing, or none, the odds ratio has no finite value; the test holds all the same.
    if not sum(table[0, 1] * table[1, 0] for table in tables) or not sum(table[0, 0] * table[1, 1] for table in tables):
        return None, p
    value = float(pooled.oddsratio_pooled)
    low, high = (float(end) for end in pooled.oddsratio_pooled_confint())
    total = float(sum(table.sum() for table in tables))
    return Estimate(value, low, high, total, None, MANTEL_HAENSZEL), p
