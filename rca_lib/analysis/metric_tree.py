"""What moved a metric: its change shared out among the factors that it is made of, by one exact Shapley engine.

A metric is any function of named factors: a number each, or an array over groups. Kitagawa's two parts, Das Gupta's
decompositions and the branches of a metric tree are all this.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
import numpy.typing as npt

from rca_lib.analysis.shapley import shapley

__all__ = ["attribute_change", "structure_factors"]

FloatArray = npt.NDArray[np.float64]


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
    The part of each factor, in the units of the metric. The parts sum to the change.

    Raises
    ------
    ValueError
        When the two sides name different factors, or more than twelve.

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
    if before.keys() != after.keys():
        raise ValueError(
            f"Both sides need the same factors; one side alone has {', '.join(before.keys() ^ after.keys())}."
        )
    names = list(before)

    def value(subsets: npt.NDArray[np.bool_]) -> FloatArray:
        return np.asarray(
            [
                metric(**{name: (after if late else before)[name] for name, late in zip(names, row, strict=True)})
                for row in subsets
            ],
            dtype=float,
        )

    parts = shapley(value, len(names))
    return {name: float(part) for name, part in zip(names, parts, strict=True)}


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
