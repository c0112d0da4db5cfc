"""Rows 23 and 24: the worked examples of Das Gupta, Census P23-186 (1993), by the numbers of its examples."""

import numpy as np
import pytest

from rca_lib.analysis.metric_tree import attribute_change, structure_factors
from rca_lib.analysis.mix import kitagawa


def product(**factors):
    return float(np.prod(list(factors.values())))


def parts_of(before, after, metric=product):
    found = attribute_change(metric, before, after)
    assert sum(found.values()) == pytest.approx(metric(**after) - metric(**before))
    return list(found.values())


def test_row_23_earnings_as_a_product_of_two_factors():
    parts = parts_of({"mean": 10930, "share": 0.717892}, {"mean": 16591, "share": 0.825974})
    assert [round(part, 3) for part in parts] == [4369.913, 1487.262]
    assert round(sum(parts), 3) == 5857.175
    assert [round(100 * part / sum(parts), 2) for part in parts] == [74.61, 25.39]


SHARE_1970 = [12.9, 10.9, 9.5, 8.0, 7.8, 8.4, 8.6, 7.8, 7.0, 5.9, 4.7, 3.6, 4.9]
SHARE_1985 = [10.1, 11.2, 11.6, 10.9, 9.4, 7.7, 6.3, 6.0, 6.3, 5.9, 5.1, 4.0, 5.5]
RATE_1970 = [1.9, 25.8, 45.7, 49.6, 51.2, 51.6, 51.8, 54.9, 58.7, 60.4, 62.8, 66.6, 66.8]
RATE_1985 = [2.2, 24.3, 45.8, 52.5, 56.1, 55.6, 56.0, 57.4, 57.2, 61.2, 63.9, 68.6, 72.2]


def test_row_23_headship_by_age():
    sides = [
        {"rate": np.array(rate), "age": np.array(share) / 100}
        for rate, share in ((RATE_1970, SHARE_1970), (RATE_1985, SHARE_1985))
    ]
    parts = parts_of(*sides, metric=lambda rate, age: float((rate * age).sum()))
    assert [round(part, 4) for part in sorted(parts)] == [1.2269, 1.7403]
    assert round(sum(parts), 4) == 2.9672
    mix, rates = kitagawa(sides[0]["age"], sides[0]["rate"], sides[1]["age"], sides[1]["rate"])
    assert [rates.sum(), mix.sum()] == pytest.approx(parts)


def test_row_24_birth_rate_as_a_product_of_three_factors():
    austria = {"births": 51.78746, "women": 0.45919, "share": 0.52638}
    chile = {"births": 84.90502, "women": 0.75756, "share": 0.51065}
    assert [round(part, 3) for part in parts_of(austria, chile)] == [10.434, 10.561, -0.667]


def test_row_24_fertility_as_a_product_of_five_factors():
    names = ("married", "no contraception", "abortion", "lactation", "fecundity")
    earlier = dict(zip(names, (0.72, 0.97, 0.97, 0.56, 16.158), strict=True))
    later = dict(zip(names, (0.58, 0.76, 0.84, 0.66, 16.573), strict=True))
    parts = parts_of(later, earlier)
    assert [round(part, 4) for part in parts] == [1.0910, 1.2298, 0.7278, -0.8399, -0.1290]


def test_row_24_a_ratio_of_sums_over_four_vector_factors():
    def ratio(women, unmarried, outside, within):
        without = (women * unmarried * outside).sum()
        return float(without / (without + (women * (1 - unmarried) * within).sum()))

    sides = [
        {name: np.array(values) for name, values in zip(("women", "unmarried", "outside", "within"), rows, strict=True)}
        for rows in (
            (
                [0.200, 0.163, 0.146, 0.154, 0.168, 0.169],
                [0.866, 0.325, 0.119, 0.099, 0.099, 0.121],
                [0.007, 0.021, 0.023, 0.015, 0.008, 0.002],
                [0.454, 0.326, 0.195, 0.107, 0.051, 0.015],
            ),
            (
                [0.169, 0.195, 0.190, 0.174, 0.150, 0.122],
                [0.931, 0.563, 0.311, 0.216, 0.199, 0.191],
                [0.018, 0.026, 0.023, 0.016, 0.008, 0.002],
                [0.380, 0.201, 0.149, 0.079, 0.025, 0.006],
            ),
        )
    ]
    parts = parts_of(*sides, metric=ratio)
    assert [round(part, 5) for part in parts] == [-0.00620, 0.04866, 0.02706, 0.02471]
    assert round(sum(parts), 5) == 0.09423


def test_row_24_death_rates_by_age_and_race():
    size_1985 = [
        [3041, 11577, 27450, 32711, 35480, 27411, 19555, 19795, 15254, 8022, 2472],
        [707, 2692, 6473, 6841, 6547, 4352, 3034, 2540, 1749, 804, 236],
    ]
    size_1970 = [
        [2968, 11484, 34614, 30992, 21983, 20314, 20928, 16897, 11339, 5720, 1315],
        [535, 2162, 6120, 4781, 3096, 2718, 2363, 1767, 1149, 448, 117],
    ]
    rate_1985 = [
        [9.163, 0.462, 0.248, 0.929, 1.084, 1.810, 4.715, 12.187, 27.728, 64.068, 157.570],
        [17.208, 0.738, 0.328, 1.103, 2.045, 3.724, 8.052, 17.812, 34.128, 68.276, 125.161],
    ]
    rate_1970 = [
        [18.469, 0.751, 0.391, 1.146, 1.287, 2.672, 6.636, 15.691, 34.723, 79.763, 176.837],
        [36.993, 1.352, 0.541, 2.040, 3.523, 6.746, 12.967, 24.471, 45.091, 74.902, 123.205],
    ]
    sides = []
    for size, rate in ((size_1970, rate_1970), (size_1985, rate_1985)):
        race, age = structure_factors(size)
        sides.append({"structure": age * race, "rate": np.array(rate), "age": age, "race": race})
    # Das Gupta splits rates from the structure first, and the structure by its dimensions at the mean of the rates.
    first = [{"structure": side["structure"], "rate": side["rate"]} for side in sides]
    structure, rates = parts_of(*first, metric=lambda structure, rate: float((structure * rate).sum()))
    mean = (sides[0]["rate"] + sides[1]["rate"]) / 2
    second = [{"age": side["age"], "race": side["race"]} for side in sides]
    parts = parts_of(*second, metric=lambda age, race: float((age * race * mean).sum()))
    assert sum(parts) == pytest.approx(structure)
    assert [round(part, 4) for part in (*parts, rates)] == [1.5217, 0.0198, -2.2277]
    assert round(structure + rates, 4) == -0.6862


def test_factors_must_be_the_same_on_both_sides():
    with pytest.raises(ValueError, match="one side alone has share"):
        attribute_change(product, {"mean": 1.0}, {"mean": 1.0, "share": 2.0})
