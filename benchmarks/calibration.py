"""How often simulated 95 % intervals cover the truth: rates, odds ratios, attributable fractions, interrupted series.

    python -m benchmarks.calibration [--simulations 2000] [--series 1000] [--no-series]

Everything is simulated. A coverage is marked where it lies outside 93 to 97 %, and the exit code is then 1.
"""

from __future__ import annotations

import argparse
import math
import sys
from collections.abc import Callable, Iterator
from functools import partial

import numpy as np

from benchmarks.calibration_its import its_coverage
from rca_lib.analysis.attributable import attributable_fraction
from rca_lib.analysis.intervals import Estimate, rate, weighted_rate
from rca_lib.analysis.models import adjusted_odds_ratio, attributable_share

LOW, HIGH = 0.93, 0.97
Draw = Callable[[np.random.Generator], tuple[Estimate | None, float]]


def one_rate(random: np.random.Generator, n: int, p: float) -> tuple[Estimate | None, float]:
    # Sizes vary by a fifth: for one fixed n the coverage of any interval for a count jumps with n (Brown et al. 2001).
    size = int(random.integers(round(0.8 * n), round(1.2 * n)))
    return rate(int(random.binomial(size, p)), size), p


def one_weighted_rate(random: np.random.Generator, n: int, p: float) -> tuple[Estimate | None, float]:
    """Requests of three types drawn with probabilities of 5, 10 and 20 %."""
    share = np.array([0.5, 0.3, 0.2])
    drawn = np.array([0.05, 0.1, 0.2])
    sampled = share * drawn / (share * drawn).sum()
    kind = random.choice(3, n, p=sampled)
    each = np.clip(p * np.array([0.7, 1.0, 1.75]), 0, 1)
    return weighted_rate(random.random(n) < each[kind], 1 / drawn[kind]), float(share @ each)


def one_odds_ratio(
    random: np.random.Generator, n: int, p: float, odds: float, *, spread: float = 0.0, people: int = 40
) -> tuple[Estimate | None, float]:
    """An exposure beside a confounder and time; with `spread`, specialists differ and each is exposed or not."""
    week = random.integers(0, 52, n)
    kind = random.integers(0, 3, n)
    who = random.integers(0, people, n)
    exposed = random.random(n) < np.array([0.1, 0.2, 0.4])[kind]
    if spread:
        exposed = (np.arange(people) < round(0.3 * people))[random.permutation(people)][who]
    person = spread * random.standard_normal(people)[who]
    logit = math.log(p / (1 - p)) + np.array([0.0, 0.3, 0.6])[kind] + math.log(odds) * exposed + person
    failed = (random.random(n) < 1 / (1 + np.exp(-logit))).astype(float)
    found = adjusted_odds_ratio(
        exposed, [kind, week // 13], np.ones(n), failed, week=week, cluster=who if spread else None
    )
    truth = _marginal(p, odds, spread) if spread else odds
    return (found.estimate if found is not None else None), truth


def _marginal(p: float, odds: float, spread: float) -> float:
    """The odds ratio over all specialists, a little nearer to 1 than that within one of them."""
    nodes, weights = np.polynomial.hermite_e.hermegauss(40)
    base = math.log(p / (1 - p)) + 0.3
    low, high = (
        float((weights / weights.sum() / (1 + np.exp(-(base + shift + spread * nodes)))).sum())
        for shift in (0.0, math.log(odds))
    )
    return high / (1 - high) / (low / (1 - low))


def one_fraction(
    random: np.random.Generator, n: int, share: float, p: float, ratio: float
) -> tuple[Estimate | None, float]:
    exposed = int(random.binomial(n, share))
    k1, k0 = int(random.binomial(exposed, p * ratio)), int(random.binomial(n - exposed, p))
    return attributable_fraction(k1, exposed, k0, n - exposed), 1 - p / (share * p * ratio + (1 - share) * p)


def one_share(random: np.random.Generator, n: int, p: float, odds: float) -> tuple[Estimate | None, float]:
    """The share that a candidate cause of a review is given, adjusted for a confounder and time."""
    week, kind = random.integers(0, 52, n), random.integers(0, 3, n)
    exposed = random.random(n) < np.array([0.1, 0.2, 0.4])[kind]
    logit = math.log(p / (1 - p)) + np.array([0.0, 0.3, 0.6])[kind]
    chance = 1 / (1 + np.exp(-(logit + math.log(odds) * exposed)))
    failed = (random.random(n) < chance).astype(float)
    found = adjusted_odds_ratio(exposed, [kind, week // 13], np.ones(n), failed, week=week)
    if found is None:
        return None, 0.0
    share = attributable_share(
        found, exposed_n=float(exposed.sum()), exposed_failed=float(failed[exposed].sum()), failed=float(failed.sum())
    )
    # The truth over the population that the requests were drawn from.
    weights = np.array([0.1, 0.2, 0.4])
    low = 1 / (1 + np.exp(-(math.log(p / (1 - p)) + np.array([0.0, 0.3, 0.6]))))
    high = 1 / (1 + np.exp(-(math.log(p / (1 - p)) + np.array([0.0, 0.3, 0.6]) + math.log(odds))))
    return share, float((weights * (high - low)).sum() / (weights * high + (1 - weights) * low).sum())


def cases() -> Iterator[tuple[str, Draw]]:
    """What is simulated, by name."""
    for n, p in ((60, 0.2), (200, 0.05), (600, 0.04), (2_000, 0.02)):
        yield f"rate, n about {n}, {p:.0%}", partial(one_rate, n=n, p=p)
    for n, p in ((200, 0.1), (800, 0.05)):
        yield f"weighted rate, n {n}, about {p:.0%}", partial(one_weighted_rate, n=n, p=p)
    for n, p, odds in ((800, 0.1, 1.0), (1_500, 0.06, 3.0), (4_000, 0.04, 5.0)):
        yield f"odds ratio {odds:g}, n {n}, {p:.0%}", partial(one_odds_ratio, n=n, p=p, odds=odds)
    for people, n, odds in ((15, 1_500, 3.0), (40, 1_500, 1.0), (40, 3_000, 3.0)):
        name = f"odds ratio {odds:g}, n {n}, {people} specialists who differ"
        yield name, partial(one_odds_ratio, n=n, p=0.08, odds=odds, spread=0.5, people=people)
    for n, share, p, ratio in ((1_000, 0.2, 0.05, 3.0), (3_000, 0.1, 0.03, 4.0), (600, 0.3, 0.1, 2.0)):
        name = f"attributable fraction, n {n}, {share:.0%} exposed, ratio {ratio:g}"
        yield name, partial(one_fraction, n=n, share=share, p=p, ratio=ratio)
    for n, p, odds in ((1_500, 0.06, 3.0), (4_000, 0.04, 5.0), (800, 0.1, 2.0)):
        yield f"share of a candidate cause, n {n}, odds ratio {odds:g}", partial(one_share, n=n, p=p, odds=odds)


def coverage(draw: Draw, simulations: int, seed: int) -> tuple[float, int]:
    """Share of intervals that hold the truth, and how many could be computed."""
    random = np.random.default_rng(seed)
    held = done = 0
    for _ in range(simulations):
        found, truth = draw(random)
        if found is None or not math.isfinite(found.value):
            continue
        done += 1
        held += found.low <= truth <= found.high
    return held / max(done, 1), done


def main() -> None:
    """Simulate, print, and exit with 1 where a coverage is out of bounds."""
    parser = argparse.ArgumentParser(description="Coverage of simulated 95 % intervals.")
    parser.add_argument("--simulations", type=int, default=2_000)
    parser.add_argument("--series", type=int, default=1_000, help="simulated series a cell for the interrupted series")
    parser.add_argument("--no-series", action="store_true", help="leave the interrupted series out, which take longest")
    options = parser.parse_args()
    print("Simulated data; coverage of 95 % intervals, and its Monte Carlo error (95 %).")
    out = 0
    for seed, (name, draw) in enumerate(cases(), start=1):
        share, done = coverage(draw, options.simulations, seed)
        out += _print(name, share, done)
    if not options.no_series:
        for row in its_coverage(options.series):
            out += _print(f"step of a series, {row['periods']} periods, {row['kind']}", row["coverage"], row["series"])
    sys.exit(1 if out else 0)


def _print(name: str, share: float, done: int) -> bool:
    error = 1.96 * math.sqrt(share * (1 - share) / max(done, 1))
    wrong = not LOW <= share <= HIGH
    print(f"{name:58} {share:6.1%} ± {error:.1%}  ({done}){'   OUT OF 93-97 %' if wrong else ''}", flush=True)
    return wrong


if __name__ == "__main__":
    main()
