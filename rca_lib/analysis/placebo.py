"""Placebo dates: would the same model find a step where nothing is known to have changed?"""

from __future__ import annotations

import math
from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from rca_lib.analysis.interrupted_series import FEWEST_PER_SIDE, InterruptedSeries
from rca_lib.analysis.segmented import fit_segmented

__all__ = ["PlaceboDates", "placebo_dates"]

FEWEST_PLACEBO_PERIODS = 4
"""Periods before the change that each side of a placebo date must hold."""

FEWEST_PLACEBOS = 4


@dataclass(frozen=True, eq=False)
class PlaceboDates:
    """How the step at a change compares with steps at dates when nothing is known to have changed.

    Attributes
    ----------
    ok : whether there were dates enough to compare with; if not, `reason` and `would_allow` say why.
    frame : one row a date: ``at, ratio, p_value`` (of the step in the model).
    rank : the place of the real step among all by its p-value in the model, 1 for the clearest.
    p_value : (1 + placebo dates with a step as clear) / (1 + placebo dates). It can be no smaller than 1 / (1 + dates).
    """

    ok: bool
    reason: str = ""
    would_allow: str = ""
    frame: pd.DataFrame = field(default_factory=pd.DataFrame)
    rank: int = 0
    p_value: float = math.nan


def placebo_dates(found: InterruptedSeries) -> PlaceboDates:
    """Fit the step at every earlier date that leaves four periods on each side, with the periods before the change alone.

    Parameters
    ----------
    found : the interrupted time series of the real change.

    References
    ----------
    Placebo tests in time: Abadie, Diamond and Hainmueller, American Journal of Political Science 2015;59:495-510.
    """
    if not found.ok or found.effect is None:
        return PlaceboDates(False, found.reason, found.would_allow)
    before = found.frame.loc[~found.frame["after"]].reset_index(drop=True)
    k, size = before["k"].to_numpy(float), before["size"].to_numpy(float)
    time = np.linspace(-1, 0, len(before))
    rows = []
    for first in range(FEWEST_PLACEBO_PERIODS, len(before) - FEWEST_PLACEBO_PERIODS + 1):
        if min(k[:first].sum(), k[first:].sum()) < FEWEST_PER_SIDE:
            continue
        step = (np.arange(len(before)) >= first).astype(float)
        try:
            fit = fit_segmented(k, size, np.column_stack([np.ones(len(before)), step, time]))
        except (ValueError, np.linalg.LinAlgError):
            continue
        value, error = fit.combination([0, 1, 0])
        if error > 0:
            ratio, p_value = math.exp(value), fit.p_value([0, 1, 0])
            rows.append({"at": before["start"].iloc[first], "ratio": ratio, "p_value": p_value})
    if len(rows) < FEWEST_PLACEBOS:
        return PlaceboDates(
            False, "There are too few periods and failures before the change to set it against other dates.",
            "A longer series before the change would allow it.", pd.DataFrame(rows),
        )  # fmt: skip
    frame = pd.DataFrame(rows)
    beyond = int((frame["p_value"] <= found.p_value).sum())
    return PlaceboDates(True, frame=frame, rank=1 + beyond, p_value=(1 + beyond) / (1 + len(frame)))
