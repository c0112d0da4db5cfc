"""Did the rate move where a change reached and not elsewhere: difference in differences on grouped counts."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy import special

from rca_lib.analysis.intervals import Estimate
from rca_lib.analysis.trials import day_numbers, days_to_timestamps, group_sums

__all__ = ["DifferenceInDifferences", "difference_in_differences"]

FEWEST_FAILURES = 20
FEWEST_CLUSTERS = 20
"""Clusters below which a cluster-robust interval is too narrow to be trusted (Cameron and Miller, 2015)."""

FEWEST_FOR_TREND = 10
"""Failures that each group must hold before the change for its trend to be read."""

MOST_POINTS = 12
"""Points of the event study on either side of the change."""

PRE_TREND = 0.05
"""The p-value below which the two groups did not run in parallel before the change."""

FloatArray = npt.NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class DifferenceInDifferences:
    """What happened where a change reached, beyond what happened elsewhere.

    Attributes
    ----------
    ok : whether it could be estimated; if not, `reason` and `would_allow` say why.
    effect : odds of failing after against before where it reached, over the same elsewhere (ratio of odds ratios).
    p_value : that both moved alike.
    pre_trend : the ratio a year by which the two drew apart before the change, and `pre_trend_p` its p-value; ``None``
        and ``nan`` where there is too little before it.
    parallel : whether nothing speaks against the two having run in parallel; ``None`` where that cannot be told.
    events : the event study, one row a period: ``start, end`` (UTC), ``after, ratio, low, high`` (odds where it reached
        over odds elsewhere, as a multiple of that before the change), ``n, failed``.
    clusters : how many clusters the interval rests on; 0 where it rests on Pearson's dispersion.
    """

    ok: bool
    reason: str = ""
    would_allow: str = ""
    effect: Estimate | None = None
    p_value: float = math.nan
    pre_trend: Estimate | None = None
    pre_trend_p: float = math.nan
    parallel: bool | None = None
    events: pd.DataFrame = field(default_factory=pd.DataFrame)
    clusters: int = 0


def difference_in_differences(
    rows: pd.DataFrame,
    reached: npt.ArrayLike,
    *,
    at: pd.Timestamp,
    cluster: npt.ArrayLike | None = None,
    weeks: int = 4,
    level: float = 0.95,
) -> DifferenceInDifferences:
    """Compare the step at a change where it reached with that elsewhere.

    A binomial regression on counts by group and period: an effect for each period, one for the group, and one for the
    group after the change.

    Parameters
    ----------
    rows : a frame from `rca_lib.analysis.trials.trials`.
    reached : booleans, one per row: whether the change reached the request.
    at : the change, from the start of its day (UTC).
    cluster : whoever or whatever handled each request. With twenty clusters or more the interval is robust to
        resemblance within them; otherwise it is widened by Pearson's dispersion.
    weeks : the length of a period.

    References
    ----------
    Bertrand, Duflo and Mullainathan, Quarterly Journal of Economics 2004;119:249-275; Cameron and Miller, Journal of
    Human Resources 2015;50:317-372 (few clusters).
    """
    inside = np.asarray(reached, bool)
    split = int(day_numbers(pd.Series([at]))[0])
    day = rows["day"].to_numpy()
    after = day >= split
    problem = _problem(rows, inside, after)
    if problem:
        return DifferenceInDifferences(False, *problem)
    period = (day - split) // (7 * weeks)
    names, clusters = _clusters(cluster, len(rows))
    cells = _cells(rows, inside, after, period, names)
    effect, p_value = _fit(cells, clusters, "after", level)
    if effect is None:
        return DifferenceInDifferences(
            False, "The two groups and the periods cannot be told apart in so few failures.",
            "More requests whose outcome is known would allow it.",
        )  # fmt: skip
    trend, trend_p = _pre_trend(cells, clusters, weeks, level)
    return DifferenceInDifferences(
        True, effect=effect, p_value=p_value, pre_trend=trend, pre_trend_p=trend_p,
        parallel=None if trend is None else bool(trend_p >= PRE_TREND),
        events=_events(rows, inside, day - split, split, weeks, level), clusters=clusters,
    )  # fmt: skip


def _problem(rows: pd.DataFrame, inside: npt.NDArray[np.bool_], after: npt.NDArray[np.bool_]) -> tuple[str, str] | None:
    if not inside.any() or inside.all():
        where = "Every request" if len(rows) and inside.all() else "No request"
        return (
            f"{where} is in what the change reached, so there is no comparison.",
            "A change that reached some requests and not others would allow it.",
        )
    n = rows["n"].to_numpy(float)
    k = n * rows["failed"].to_numpy(bool)
    if k.sum() < FEWEST_FAILURES:
        return (
            f"There are fewer than {FEWEST_FAILURES} failures in all.",
            "More requests whose outcome is known would allow it.",
        )
    for group, name in ((inside, "in what the change reached"), (~inside, "elsewhere")):
        for side, moment in ((~after, "before it"), (after, "since")):
            here = group & side
            if not n[here].sum():
                return f"There is no request {name} {moment}.", "Requests from that side would allow it."
            if not k[here].sum() or k[here].sum() == n[here].sum():
                every = "Every" if k[here].sum() else "No"
                return (
                    f"{every} request {name} failed {moment}, so a ratio of odds has no bounds.",
                    "More requests from that side would allow it.",
                )
    return None


def _clusters(cluster: npt.ArrayLike | None, rows: int) -> tuple[npt.NDArray[np.int64], int]:
    if cluster is None:
        return np.zeros(rows, dtype=np.int64), 0
    codes, _ = pd.factorize(pd.Series(np.asarray(cluster, dtype=object)), use_na_sentinel=False)
    count = int(codes.max()) + 1 if rows else 0
    return (codes.astype(np.int64), count) if count >= FEWEST_CLUSTERS else (np.zeros(rows, dtype=np.int64), 0)


def _cells(
    rows: pd.DataFrame,
    inside: npt.NDArray[np.bool_],
    after: npt.NDArray[np.bool_],
    period: npt.NDArray[np.int64],
    cluster: npt.NDArray[np.int64],
) -> pd.DataFrame:
    n, weight = rows["n"].to_numpy(float), rows["weight"].to_numpy(float)
    # Scaled so that the cells add up to the effective sample size, not to the population.
    weight = weight * (weight * n).sum() / (weight**2 * n).sum()
    frame = pd.DataFrame(
        {
            "reached": inside, "after": after, "period": period, "cluster": cluster,
            "n": n * weight, "k": n * weight * rows["failed"].to_numpy(bool),
        }
    )  # fmt: skip
    return frame.groupby(["reached", "after", "period", "cluster"], as_index=False)[["n", "k"]].sum()


def _fit(cells: pd.DataFrame, clusters: int, term: str, level: float) -> tuple[Estimate | None, float]:
    """Odds ratio of ``reached x term`` given the group and the period, with its p-value."""
    totals = cells.groupby("period")[["n", "k"]].transform("sum")
    # A period in which none or all failed says nothing of the two groups, and its effect would have no bounds.
    cells = cells.loc[((totals["k"] > 0) & (totals["k"] < totals["n"])).to_numpy()]
    reached = cells["reached"].to_numpy(float)
    if not len(cells):
        return None, math.nan
    periods = (cells["period"].to_numpy()[:, None] == np.unique(cells["period"])[None, :]).astype(float)
    design = np.column_stack([periods, reached, reached * cells[term].to_numpy(float)])
    try:
        fit = _binomial(cells, design, clusters)
    except (ValueError, np.linalg.LinAlgError):
        return None, math.nan
    value, error = float(fit.params[-1]), float(fit.bse[-1])
    if not (math.isfinite(error) and 0 < error < 50):
        return None, math.nan
    freedom = clusters - 1 if clusters else max(int(fit.df_resid), 1)
    reach = float(special.stdtrit(freedom, (1 + level) / 2)) * error
    kind = f"robust to {clusters} clusters" if clusters else "widened by Pearson's dispersion"
    method = f"binomial regression on group and period, {kind}; t interval on {freedom} degrees of freedom"
    low, high = (math.exp(min(max(end, -700.0), 700.0)) for end in (value - reach, value + reach))
    estimate = Estimate(math.exp(value), low, high, float(cells["n"].sum()), None, method, level)
    return estimate, float(2 * special.stdtr(freedom, -abs(value) / error))


def _binomial(cells: pd.DataFrame, design: FloatArray, clusters: int) -> Any:
    import warnings

    import statsmodels.api as sm
    from statsmodels.tools.sm_exceptions import PerfectSeparationWarning

    if len(cells) <= design.shape[1] or np.linalg.matrix_rank(design) < design.shape[1]:
        raise ValueError("There are no more cells than terms.")
    counts = np.column_stack([cells["k"], cells["n"] - cells["k"]])
    model = sm.GLM(counts, design, family=sm.families.Binomial())
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", PerfectSeparationWarning)
        if clusters:
            return model.fit(
                cov_type="cluster", cov_kwds={"groups": cells["cluster"].to_numpy(), "df_correction": True}
            )
        pearson = model.fit(scale="X2")
        return pearson if pearson.scale > 1 else model.fit(scale=1.0)


def _pre_trend(cells: pd.DataFrame, clusters: int, weeks: int, level: float) -> tuple[Estimate | None, float]:
    """How the gap between the groups drifted before the change, as an odds ratio a year."""
    before = cells.loc[~cells["after"]].assign(year=lambda table: table["period"] * weeks * 7 / 365.25)
    seen = before.groupby("reached")["k"].sum()
    if before["period"].nunique() < 4 or len(seen) < 2 or float(seen.min()) < FEWEST_FOR_TREND:
        return None, math.nan
    return _fit(before, clusters, "year", level)


def _events(
    rows: pd.DataFrame,
    inside: npt.NDArray[np.bool_],
    since: npt.NDArray[np.int64],
    split: int,
    weeks: int,
    level: float,
) -> pd.DataFrame:
    """Odds where it reached over odds elsewhere by period, against the pooled gap before the change (Haldane, Woolf)."""
    longer = max(-int(since.min()), int(since.max()) + 1)
    length = 7 * weeks * max(1, math.ceil(longer / (7 * weeks * MOST_POINTS)))
    period = since // length
    k, n = _odds_cells(rows, inside, period < 0)
    base, base_error = _gap(k[1], n[1])
    z = float(special.ndtri((1 + level) / 2))
    records = []
    for number in range(int(period.min()), int(period.max()) + 1):
        k, n = _odds_cells(rows, inside, period == number)
        if not n[1].all():
            continue
        gap, error = _gap(k[1], n[1])
        value, reach = gap - base, z * math.sqrt(error**2 + (base_error**2 if number >= 0 else 0.0))
        records.append(
            {
                "start": split + number * length, "end": split + (number + 1) * length, "after": number >= 0,
                "ratio": math.exp(value), "low": math.exp(value - reach), "high": math.exp(value + reach),
                "n": float(n[1, 1]), "failed": float(k[1, 1]),
            }
        )  # fmt: skip
    table = pd.DataFrame(records)
    if len(table):
        table["start"], table["end"] = days_to_timestamps(table["start"]), days_to_timestamps(table["end"])
    return table


def _odds_cells(
    rows: pd.DataFrame, inside: npt.NDArray[np.bool_], chosen: npt.NDArray[np.bool_]
) -> tuple[FloatArray, FloatArray]:
    """Failures and requests; the second row holds those chosen, by elsewhere and reached."""
    n = rows["n"].to_numpy(float)
    k = n * rows["failed"].to_numpy(bool)
    group = (np.where(chosen, 2, 0) + inside).astype(np.int64)
    return group_sums(group, k, 4).reshape(2, 2), group_sums(group, n, 4).reshape(2, 2)


def _gap(k: FloatArray, n: FloatArray) -> tuple[float, float]:
    hits, misses = k + 0.5, n - k + 0.5
    logit = np.log(hits / misses)
    return float(logit[1] - logit[0]), math.sqrt(float((1 / hits + 1 / misses).sum()))
