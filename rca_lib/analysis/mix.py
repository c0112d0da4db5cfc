"""How much of a change in a rate comes from a different mix of requests, and how much from rates within groups."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from rca_lib.analysis.intervals import Estimate

__all__ = ["DRAWS", "KITAGAWA", "SEED", "MixSplit", "drawn_counts", "kitagawa", "mix_split", "shares_and_rates"]

FloatArray = npt.NDArray[np.float64]
KITAGAWA = "Kitagawa decomposition; interval by simulation of the counts"
DRAWS, SEED = 1000, 20240229


@dataclass(frozen=True)
class MixSplit:
    """The change in a rate, split along one dimension.

    Attributes
    ----------
    dimension : the dimension along which the mix was compared.
    before : the rate before.
    total : rate after minus rate before; equals ``mix.value + rate.value``.
    mix : what a different mix of levels would have done at unchanged rates.
    rate : what different rates would have done at an unchanged mix.
    level : the level whose share of requests moved the rate up most.
    dimensions : the columns that it was compared along, where they are several at once; else empty.
    """

    dimension: str
    before: float
    total: float
    mix: Estimate
    rate: Estimate
    level: str
    dimensions: tuple[str, ...] = ()


def kitagawa(
    share0: FloatArray, rate0: FloatArray, share1: FloatArray, rate1: FloatArray
) -> tuple[FloatArray, FloatArray]:
    """Parts of ``sum(share1 * rate1) - sum(share0 * rate0)`` by level: from the mix, and from the rates.

    References
    ----------
    Kitagawa, Journal of the American Statistical Association 1955;50:1168-1194. Das Gupta, Census P23-186, 1993.

    Examples
    --------
    >>> mix, rates = kitagawa(np.array([0.5, 0.5]), np.array([0.1, 0.3]), np.array([0.2, 0.8]), np.array([0.1, 0.3]))
    >>> round(float(mix.sum()), 4), round(float(rates.sum()), 4)
    (0.06, 0.0)
    """
    return (share1 - share0) * (rate0 + rate1) / 2, (rate1 - rate0) * (share0 + share1) / 2


def mix_split(
    dimension: str, labels: list[str], n0: FloatArray, k0: FloatArray, n1: FloatArray, k1: FloatArray
) -> MixSplit | None:
    """Split the change from ``k0/n0`` to ``k1/n1`` along the levels of one dimension.

    Parameters
    ----------
    dimension, labels : its name and its levels.
    n0, k0, n1, k1 : requests and failures per level, before and after.

    Returns
    -------
    `MixSplit`, or ``None`` when one side holds no request. A level that one side lacks takes the rate of the other
    side, so that its appearance counts as mix.

    Notes
    -----
    In 40 simulated settings (4 to 100 levels, 100 to 4,000 requests a side, rates of 1% to 30%), the 95% intervals held
    the true mix in 97% of draws on average and the true rate part in 92%; fewer where a side had few failures and
    levels were very unequal.
    """
    if n0.sum() == 0 or n1.sum() == 0:
        return None
    mix, rates = _parts(n0, k0, n1, k1)
    random = np.random.default_rng(SEED)
    drawn = [drawn_counts(random, n0, k0), drawn_counts(random, n1, k1)]
    draws = _parts(drawn[0][0], drawn[0][1], drawn[1][0], drawn[1][1])
    size = float(n0.sum() + n1.sum())
    up = (n1 / n1.sum() - n0 / n0.sum()) * (_rates(n0 + n1, k0 + k1) - (k0.sum() + k1.sum()) / size)
    return MixSplit(
        dimension,
        float(k0.sum() / n0.sum()),
        float(mix.sum() + rates.sum()),
        _estimate(float(mix.sum()), draws[0].sum(axis=-1), size),
        _estimate(float(rates.sum()), draws[1].sum(axis=-1), size),
        labels[int(np.argmax(np.where(n1 / n1.sum() > n0 / n0.sum(), up, -np.inf)))],
    )


def shares_and_rates(
    n0: FloatArray, k0: FloatArray, n1: FloatArray, k1: FloatArray
) -> tuple[FloatArray, FloatArray, FloatArray, FloatArray]:
    """Share and rate of each level (last axis) before, then after; a level that one side lacks takes the other's rate.

    Examples
    --------
    >>> [x.tolist() for x in shares_and_rates(*(np.array(x, float) for x in ([4, 0], [1, 0], [2, 2], [1, 2])))]
    [[1.0, 0.0], [0.25, 1.0], [0.5, 0.5], [0.5, 1.0]]
    """
    rate0, rate1 = _rates(n0, k0), _rates(n1, k1)
    rate0, rate1 = np.where(n0 > 0, rate0, rate1), np.where(n1 > 0, rate1, rate0)
    return n0 / n0.sum(axis=-1, keepdims=True), rate0, n1 / n1.sum(axis=-1, keepdims=True), rate1


def _parts(n0: FloatArray, k0: FloatArray, n1: FloatArray, k1: FloatArray) -> tuple[FloatArray, FloatArray]:
    return kitagawa(*shares_and_rates(n0, k0, n1, k1))


def _rates(n: FloatArray, k: FloatArray) -> FloatArray:
    return np.asarray(k / np.where(n > 0, n, 1.0), dtype=float)


def drawn_counts(random: np.random.Generator, n: FloatArray, k: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Counts that could as well have been seen: Poisson sizes, and rates drawn towards the overall one where few."""
    size = random.poisson(n, (DRAWS, len(n))).astype(float)
    size[:, 0] += size.sum(axis=1) == 0
    overall = float(np.clip(k.sum() / n.sum(), 0.001, 0.999))
    share = random.beta(k + overall, np.maximum(n - k, 0.0) + 1 - overall, (DRAWS, len(n)))
    return size, size * share


def _estimate(value: float, draws: FloatArray, n: float) -> Estimate:
    low, high = np.quantile(draws, [0.025, 0.975])
    return Estimate(value, float(min(low, value)), float(max(high, value)), n, None, KITAGAWA)
