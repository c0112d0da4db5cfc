"""Which control chart suits a series, and why.

References
----------
Montgomery, Introduction to Statistical Quality Control, chapter 7. Provost and Murray, The Health Care Data Guide,
chapter 5 (rare events). Mohammed et al., BMJ Quality and Safety 2013;22:362-368 (large denominators).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from rca_lib.analysis.charts import laney_sigma_z, overdispersion_limit
from rca_lib.analysis.control_charts import CHARTS, moving_range_mean

if TYPE_CHECKING:
    from rca_lib.analysis.series import RateSeries

__all__ = ["FEWEST_EXPECTED", "FEWEST_GAPS", "ChartChoice", "chart_choice_sentence", "choose_chart", "typical_size"]

EXPECTED_FAILURES = 5
"""Failures that a typical period should hold for limits from a normal approximation to be fair (Montgomery, 7.3)."""

FEWEST_EXPECTED = 2
"""Failures a period below which one period in seven or more holds none and the limits are those of chance alone."""

FEWEST_GAPS = 10
"""Gaps between failures that a chart of gaps needs."""

EQUAL_SIZES = 0.25
"""Share by which sizes may differ from their mean and still count as equal (Montgomery, 7.3.2)."""


@dataclass(frozen=True, slots=True)
class ChartChoice:
    """A chart and the reason for it.

    Attributes
    ----------
    chart : a key of `rca_lib.analysis.control_charts.CHARTS`.
    reason : one sentence.
    sigma_z : Laney's factor of the series; 1 where it does not apply.
    """

    chart: str
    reason: str
    sigma_z: float = 1.0

    @property
    def label(self) -> str:
        """The chart's name."""
        return CHARTS[self.chart]


def choose_chart(
    n: npt.ArrayLike | None = None,
    failed: npt.ArrayLike | None = None,
    *,
    values: npt.ArrayLike | None = None,
    kind: str = "share",
    baseline: npt.ArrayLike | None = None,
    overrule: str | None = None,
) -> ChartChoice:
    """Choose the control chart for a series.

    Parameters
    ----------
    n : units (or exposure) of each period; ``None`` where only events are counted.
    failed : failures or events of each period.
    values : measurements, in place of counts.
    kind : ``"share"`` where a unit fails at most once, ``"rate"`` where events are counted over exposure.
    baseline : periods from which it is read, as booleans, whether they vary more than sampling; all by default.
    overrule : a chart to use whatever the data say.

    Raises
    ------
    ValueError
        For an `overrule` that is no chart, or with neither counts nor values.

    Examples
    --------
    >>> choose_chart([200] * 24, [10, 12, 9, 11, 8, 10] * 4).chart
    'p'
    >>> choose_chart([100] * 24, [0, 1, 0, 0, 2, 0] * 4).chart
    'g'
    """
    if overrule is not None:
        if overrule not in CHARTS:
            raise ValueError(f"There is no {overrule!r} chart; there are {', '.join(CHARTS)}.")
        chosen = None if failed is None else choose_chart(n, failed, kind=kind, baseline=baseline)
        usual = f"; the data suggest a {chosen.label}" if chosen is not None and chosen.chart != overrule else ""
        return ChartChoice(overrule, f"A {CHARTS[overrule]} was asked for{usual}.", chosen.sigma_z if chosen else 1.0)
    if values is not None:
        return ChartChoice("i", "An XmR chart, because each point is a measurement and not a count.")
    if failed is None:
        raise ValueError("A chart is chosen from counts or from values.")
    events = np.asarray(failed, float)
    if n is None:
        return _without_sizes(events)
    size = np.asarray(n, float)
    base = np.ones(len(size), bool) if baseline is None else np.asarray(baseline, bool)
    known = size > 0
    size, events, base = size[known], events[known], base[known]
    if not len(size) or events.sum() == 0:
        return ChartChoice("run", "A run chart, because nothing was counted that could set limits.")
    return _with_sizes(size, events, base if events[base].sum() else np.ones(len(size), bool), kind)


def typical_size(sizes: npt.ArrayLike) -> float:
    """Size of the period in which the middle one of all units lies.

    A long tail of nearly empty periods does not make a full series a sparse one.

    Examples
    --------
    >>> typical_size([500, 480, 1, 2, 1, 3])
    500.0
    """
    size = np.sort(np.asarray(sizes, float))
    if not len(size):
        return 0.0
    return float(size[np.searchsorted(np.cumsum(size), size.sum() / 2)])


def chart_choice_sentence(series: RateSeries) -> str:
    """Say in one sentence which chart a rate over time is drawn on and why.

    Parameters
    ----------
    series : from `rca_lib.analysis.series.rate_series`.
    """
    return series.chart_reason


def _without_sizes(events: npt.NDArray[np.float64]) -> ChartChoice:
    typical = float(events.mean()) if len(events) else 0.0
    if typical < FEWEST_EXPECTED and events.sum() > FEWEST_GAPS:
        return ChartChoice(
            "t",
            f"A t chart of the days between events, because a period holds {typical:.1f} events on average: too few to count.",
        )
    return ChartChoice("c", "A c chart, because events are counted and nothing says out of how many.")


def _with_sizes(
    size: npt.NDArray[np.float64], events: npt.NDArray[np.float64], base: npt.NDArray[np.bool_], kind: str
) -> ChartChoice:
    expected = typical_size(size) * float(events.sum() / size.sum())
    letter = "p" if kind == "share" else "u"
    if expected < FEWEST_EXPECTED:
        if events.sum() > FEWEST_GAPS:
            between = "requests" if kind == "share" else "units"
            return ChartChoice(
                "g",
                f"A g chart of the {between} between failures, because a typical period holds {expected:.1f} failures: too few for "
                "a rate to have limits.",
            )
        return ChartChoice(
            "run", f"A run chart, because {int(events.sum())} failures are too few for limits of any kind."
        )
    size, events = size[base], events[base]
    centre = float(events.sum() / size.sum())
    if kind == "rate":
        equal = bool((np.abs(size / size.mean() - 1) <= EQUAL_SIZES).all())
        factor = _laney_u(events / size, size, centre)
        if equal and factor <= overdispersion_limit(len(size)):
            return ChartChoice("c", "A c chart, because periods are of about equal size.")
    else:
        factor = laney_sigma_z(events / size, size, centre)
    if expected >= EXPECTED_FAILURES and factor > overdispersion_limit(len(size)):
        return ChartChoice(
            f"{letter}'",
            f"A Laney {letter}' chart, because periods hold about {typical_size(size):,.0f} requests each and vary {factor:.1f} times as "
            "much as sampling alone would make them.",
            factor,
        )
    words = "shares of requests" if kind == "share" else "rates over an exposure"
    if expected < EXPECTED_FAILURES:
        return ChartChoice(
            letter, f"A {letter} chart, because the points are {words}; failures are few, so its limits are rough."
        )
    return ChartChoice(
        letter, f"A {letter} chart, because the points are {words} that vary no more than sampling alone makes them."
    )


def _laney_u(rate: npt.NDArray[np.float64], size: npt.NDArray[np.float64], centre: float) -> float:
    if len(rate) < 2 or centre <= 0:
        return 1.0
    return moving_range_mean((rate - centre) / np.sqrt(centre / size)) / 1.128
