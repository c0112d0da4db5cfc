"""The Shapley engine keeps its four properties, and the E-value its published example."""

import numpy as np
import pytest

from rca_lib.analysis.evalue import evalue, evalue_of_interval
from rca_lib.analysis.metric_tree import attribute_change, estimate_change
from rca_lib.analysis.mix import kitagawa
from rca_lib.analysis.shapley import shapley, shapley_sampled


def _metric(before, after, fold):
    return lambda s: fold(np.where(s, after, before))


def test_parts_sum_dummy_symmetry_relabelling():
    rng = np.random.default_rng(3)
    b, a = rng.random(5), rng.random(5)
    a[4] = b[4]
    b[1], a[1] = b[0], a[0]
    parts = shapley(_metric(b, a, lambda x: x.prod(axis=1)), 5)
    assert parts.sum() == pytest.approx(a.prod() - b.prod(), abs=1e-14)
    assert parts[4] == pytest.approx(0, abs=1e-15)
    assert parts[0] == pytest.approx(parts[1])
    order = rng.permutation(5)
    assert shapley(_metric(b[order], a[order], lambda x: x.prod(axis=1)), 5) == pytest.approx(parts[order])


def test_two_factors_are_kitagawa():
    s0, r0, s1, r1 = (np.array(x) for x in ([0.5, 0.5], [0.1, 0.3], [0.2, 0.8], [0.2, 0.25]))
    both = shapley(lambda s: np.where(s[:, :1], s1, s0) * np.where(s[:, 1:], r1, r0), 2)
    mix, rates = kitagawa(s0, r0, s1, r1)
    assert both[0] == pytest.approx(mix)
    assert both[1] == pytest.approx(rates)


@pytest.mark.parametrize("factors", [0, 13])
def test_number_of_factors_is_checked(factors):
    with pytest.raises(ValueError, match="1 to 12"):
        shapley(lambda s: s.sum(axis=1).astype(float), factors)


def test_sampling_agrees_with_the_exact_parts_within_its_stated_error():
    rng = np.random.default_rng(8)
    before, after = rng.random(9) + 0.5, rng.random(9) + 0.5
    metric = _metric(before, after, lambda x: x.prod(axis=1))
    exact = shapley(metric, 9)
    parts, errors = shapley_sampled(metric, 9)
    assert parts.sum() == pytest.approx(exact.sum(), abs=1e-12)
    assert (np.abs(parts - exact) < 4 * errors).all()
    assert errors.max() < 0.05 * np.abs(exact).max()
    assert errors.max() > 0
    assert shapley_sampled(metric, 9, pairs=2000)[1].max() < 0.7 * errors.max()
    assert (shapley_sampled(metric, 9)[0] == parts).all()


def test_sampling_takes_fifteen_factors_with_a_closed_form():
    names = [f"f{place}" for place in range(15)]
    before, after = dict.fromkeys(names, 1.0), {name: float(place) for place, name in enumerate(names)}
    # Each factor of a sum brings its own change, in every order.
    parts = attribute_change(lambda **f: sum(f.values()), before, after)
    assert [parts[name] for name in names] == pytest.approx([after[name] - 1 for name in names])
    with pytest.raises(ValueError, match="at least 1 factor and 2 pairs"):
        shapley_sampled(lambda s: s.sum(axis=1).astype(float), 3, pairs=1)


def test_intervals_of_a_metric_cover_its_true_parts_and_narrow_with_more_data():
    def simulated(size, seed):
        rng = np.random.default_rng(seed)
        sides, drawn = [], []
        for volume, p in ((size, 0.05), (2 * size, 0.08)):
            seen = rng.poisson(volume)
            k = rng.binomial(seen, p)
            sides.append({"volume": seen / size, "rate": k / seen})
            again = rng.poisson(seen, 400)
            drawn.append({"volume": again / size, "rate": rng.beta(k + 0.5, seen - k + 0.5, 400)})
        return estimate_change(lambda volume, rate: volume * rate, *sides, *drawn, n=3 * size)

    truth = {"volume": 1.0 * 0.065, "rate": 1.5 * 0.03}
    found = [simulated(1500, seed) for seed in range(300)]
    for name, value in truth.items():
        covered = np.mean([parts[name].low <= value <= parts[name].high for parts in found])
        assert 0.91 <= covered <= 0.99
    wide, narrow = simulated(500, 1)["rate"], simulated(8000, 1)["rate"]
    assert narrow.high - narrow.low < 0.5 * (wide.high - wide.low)


def test_evalue():
    assert round(evalue(3.9), 2) == round(evalue(1 / 3.9), 2) == 7.26
    assert round(evalue_of_interval(1.8, 8.7), 1) == 3.0
    assert evalue_of_interval(0.8, 2.0) == evalue(1.0) == 1.0
    assert evalue(3.9, truth=3.9) == 1.0
    with pytest.raises(ValueError, match="above 0"):
        evalue(0.0)
