"""What moved a metric: its change shared out among the factors that it is made of, by one Shapley engine.

A metric is any function of named factors: a number each, or an array over groups. Kitagawa's two parts, Das Gupta's
decompositions and the branches of a metric tree are all this.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
import numpy.typing as npt

from rca_lib.analysis.intervals import Estimate
from rca_lib.analysis.shapley import MOST_EXACT, shapley, shapley_sampled

__all__ = ["SIMULATED", "attribute_change", "estimate_change", "structure_factors"]

FloatArray = npt.NDArray[np.float64]
SIMULATED = "Shapley attribution over the factors; interval by simulation"


def attribute_change(
    metric: Callable[..., float], before: Mapping[str, Any], after: Mapping[str, Any]
) -> dict[str, float]:
    """Share out ``metric(**after) - metric(**before)`` among the factors.

    Parameters
    ----------
    metric : takes the factors by name and returns a number.
    before, after : the same names, with the value of each factor on either side.

    Returns
    -------
    The part of each factor, in the units of the metric. The parts sum to the change. They are exact for up to twelve
    factors, and means over orders drawn with a fixed seed for more (`shapley_sampled` gives their standard errors).

    Raises
    ------
    ValueError
        When there is no factor, or the two sides name different ones.

    References
    ----------
    Das Gupta, Standardization and Decomposition of Rates, Census P23-186, 1993.

    Examples
    --------
    Mean earnings of black and white men in 1980, as earnings of those who earned times their share:

    >>> parts = attribute_change(lambda mean, share: mean * share, dict(mean=10930, share=0.717892),
    ...                          dict(mean=16591, share=0.825974))
    >>> {name: round(part, 3) for name, part in parts.items()}
    {'mean': 4369.913, 'share': 1487.262}
    """
    return {name: float(part) for name, part in zip(before, _parts(metric, before, after), strict=True)}


def estimate_change(
    metric: Callable[..., Any],
    before: Mapping[str, Any],
    after: Mapping[str, Any],
    drawn_before: Mapping[str, Any],
    drawn_after: Mapping[str, Any],
    *,
    n: float,
    level: float = 0.95,
) -> dict[str, Estimate]:
    """Share out the change of a metric as `attribute_change` does, with an interval for each part.

    Parameters
    ----------
    metric : takes the factors by name, and works along the last axis, so that it also takes many draws at once: ``(share
        * rate).sum(axis=-1)``.
    before, after : the factors as observed.
    drawn_before, drawn_after : the same names, each with a leading axis of draws: values that could as well have been
        observed. Factors that were drawn from the same counts keep the same draw, so that they vary together.
    n : what the estimate rests on.
    level : the coverage that the intervals aim at.

    Returns
    -------
    One estimate per factor; the values sum to the change, the intervals are percentiles over the draws.

    Raises
    ------
    ValueError
        As `attribute_change`.

    Examples
    --------
    >>> drawn = np.linspace(0.9, 1.1, 201)
    >>> parts = estimate_change(lambda volume, rate: volume * rate, dict(volume=100.0, rate=0.02),
    ...     dict(volume=200.0, rate=0.02), dict(volume=100 * drawn, rate=np.full(201, 0.02)),
    ...     dict(volume=200 * drawn, rate=np.full(201, 0.02)), n=300)
    >>> round(parts["volume"].value, 3), round(parts["volume"].low, 3), round(parts["volume"].high, 3)
    (2.0, 1.81, 2.19)
    """
    values = attribute_change(metric, before, after)
    draws = _parts(metric, drawn_before, drawn_after)
    low, high = np.quantile(draws, [(1 - level) / 2, (1 + level) / 2], axis=1)
    return {
        name: Estimate(value, min(float(low[i]), value), max(float(high[i]), value), n, None, SIMULATED, level)
        for i, (name, value) in enumerate(values.items())
    }


def _parts(metric: Callable[..., Any], before: Mapping[str, Any], after: Mapping[str, Any]) -> FloatArray:
    """Parts by factor, in the order of `before`; a metric of many draws keeps their axis."""
    if before.keys() != after.keys():
        alone = ", ".join(sorted(before.keys() ^ after.keys()))
        raise ValueError(f"Both sides need the same factors; one side alone has {alone}.")
    names = list(before)

    def value(subsets: npt.NDArray[np.bool_]) -> FloatArray:
        return np.asarray(
            [
                metric(**{name: (after if late else before)[name] for name, late in zip(names, row, strict=True)})
                for row in subsets
            ],
            dtype=float,
        )

    return shapley(value, len(names)) if len(names) <= MOST_EXACT else shapley_sampled(value, len(names))[0]


def structure_factors(size: npt.ArrayLike) -> tuple[FloatArray, ...]:
    """Write the share of each cell of a cross table as a product of one factor per dimension.

    Parameters
    ----------
    size : units by cell, one axis per dimension, two axes at the most.

    Returns
    -------
    One array per dimension; their product is the share of each cell (Das Gupta's symmetric factors).

    Examples
    --------
    >>> one, other = structure_factors([[10.0, 30.0], [20.0, 40.0]])
    >>> (one * other).round(2).tolist()
    [[0.1, 0.3], [0.2, 0.4]]
    """
    table = np.asarray(size, float)
    if table.ndim == 1:
        return (table / table.sum(),)
    if table.ndim != 2:
        raise ValueError(f"A structure has one or two dimensions here: got {table.ndim}.")
    rows, columns = table.sum(axis=1, keepdims=True), table.sum(axis=0, keepdims=True)
    total = table.sum()
    with np.errstate(divide="ignore", invalid="ignore"):
        first = np.sqrt((table / columns) * (rows / total))
        second = np.sqrt((table / rows) * (columns / total))
    return np.nan_to_num(first), np.nan_to_num(second)
