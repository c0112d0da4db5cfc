"""How often the 95 % intervals of the step at a change, and of the moment of a change, hold the truth. Prints a table.

    python benchmarks/calibration_its.py [--series 1000] [--seed 11]

Series are counts of failures by period with a step of known size: plain binomial counts, counts that vary beyond sampling,
counts whose errors resemble their neighbours (first-order autocorrelation 0.3), and seasonal ones, over 26, 52 and 104
periods. Moments are those of one change and of two, over 104 weeks of requests.
"""

from __future__ import annotations

import argparse
import math
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from rca_lib.analysis.change_points import change_points, onset_for
from rca_lib.analysis.interrupted_series import interrupted_series
from rca_lib.analysis.onset import onset

FloatArray = npt.NDArray[np.float64]
START = pd.Timestamp("2024-01-01", tz="UTC")
KINDS = ("plain", "overdispersed", "autocorrelated", "seasonal")
SHAPES = ((26, 4, 8.0, 120), (52, 2, 5.0, 100), (104, 1, 5.0, 60))
"""Periods, weeks of a period, failures expected in one before the change, and requests in one."""


def periods(kind: str, shape: tuple[int, int, float, int], step: float, random: np.random.Generator) -> pd.DataFrame:
    """A table of periods with a step at 55 % of the series."""
    count, weeks, expected, requests = shape
    time = np.arange(count)
    rate = math.log(expected / requests) + 0.2 * (time / count - 0.5) + math.log(step) * (time >= _split(count))
    if kind == "seasonal":
        rate = rate + 0.3 * np.sin(2 * np.pi * time * weeks / 52.18)
    mean = np.exp(rate)
    if kind == "overdispersed":
        mean = mean * random.gamma(4, 0.25, count)
    if kind == "autocorrelated":
        error = np.empty(count)
        error[0] = random.normal(0, 0.3)
        for index in range(1, count):
            error[index] = 0.3 * error[index - 1] + random.normal(0, 0.3 * math.sqrt(1 - 0.3**2))
        mean = mean * np.exp(error - 0.045)
    size = random.integers(round(0.8 * requests), round(1.2 * requests) + 1, count)
    start = START + pd.to_timedelta(time * weeks * 7, unit="D")
    return pd.DataFrame(
        {
            "start": start, "end": start + pd.Timedelta(weeks=weeks), "n": size,
            "failed": random.binomial(size, np.minimum(mean, 1.0)),
        }
    )  # fmt: skip


def its_coverage(series: int = 1_000, seed: int = 11, *, step: float = 2.0) -> list[dict[str, Any]]:
    """Coverage and false alarms by shape and kind, over so many simulated series each."""
    found = []
    for shape in SHAPES:
        for kind in KINDS:
            random = np.random.default_rng([seed, shape[0], KINDS.index(kind)])
            at = START + pd.Timedelta(weeks=_split(shape[0]) * shape[1])
            held, alarms, done = 0, 0, 0
            for _ in range(series):
                one = interrupted_series(periods(kind, shape, step, random), at=at)
                none = interrupted_series(periods(kind, shape, 1.0, random), at=at)
                if one.effect is None or none.effect is None:
                    continue
                done += 1
                held += one.effect.low <= step <= one.effect.high
                alarms += not none.effect.low <= 1 <= none.effect.high
            found.append(
                {
                    "periods": shape[0],
                    "kind": kind,
                    "series": done,
                    "coverage": held / done,
                    "false alarms": alarms / done,
                }
            )
    return found


def moments(series: int = 300, seed: int = 11) -> list[dict[str, Any]]:
    """How far change points are off and how often their windows hold the truth, for one change and for two."""
    scenes: list[tuple[str, int, list[tuple[int, float]]]] = [
        ("one rise, odds 2", 4_000, [(400, 2.0)]),
        ("one rise, odds 4", 4_000, [(400, 4.0)]),
        ("a rise put right", 6_000, [(300, 3.0), (520, 1 / 3)]),
        ("two rises", 6_000, [(250, 2.0), (500, 2.0)]),
    ]
    result = []
    for name, requests, changes in scenes:
        random = np.random.default_rng([seed, requests, len(changes)])
        counts, off, held, off_for, held_for = [], [], [], [], []
        for _ in range(series):
            moved = [(int(day + random.integers(-30, 31)), odds) for day, odds in changes]
            outcome = _outcome(random, requests, moved)
            points = change_points(outcome)
            counts.append(len(points))
            if len(points) == len(moved):
                _compare(points, [day for day, _ in moved], off, held)
            last = [day for day, odds in moved if odds > 1][-1]
            occurred = START + pd.Timedelta(days=last + 60)
            rise = onset_for(outcome, occurred_at=occurred, points=points)
            if rise is not None:
                _compare((rise,), [last], off_for, held_for)
        result.append(
            {
                "scene": name, "right number": float(np.mean(np.array(counts) == len(changes))),
                "days off": float(np.median(off)), "window holds": float(np.mean(held)),
                "onset_for found": len(off_for) / series, "its days off": float(np.median(off_for)),
                "its window holds": float(np.mean(held_for)),
            }
        )  # fmt: skip
    return result


def false_changes(series: int = 300, seed: int = 11) -> dict[str, float]:
    """How often a rate that did not change is said to have."""
    random = np.random.default_rng([seed, 99])
    outcomes = [_outcome(random, 5_000, []) for _ in range(series)]
    several: Callable[[Any], bool] = lambda outcome: bool(change_points(outcome))  # noqa: E731
    return {
        "one change point": float(np.mean([onset(outcome) is not None for outcome in outcomes])),
        "several": float(np.mean([several(outcome) for outcome in outcomes])),
    }


def _split(count: int) -> int:
    return int(count * 0.55)


def _compare(points: Any, days: list[int], off: list[float], held: list[bool]) -> None:
    for point, day in zip(points, days, strict=True):
        truth = START + pd.Timedelta(days=day)
        off.append(abs((point.when - truth).days))
        held.append(bool(point.low <= truth <= point.high))


def _outcome(random: np.random.Generator, requests: int, changes: list[tuple[int, float]]) -> Any:
    day = np.sort(random.integers(0, 728, requests))
    logit = np.full(requests, math.log(0.05 / 0.95))
    for first, odds in changes:
        logit = logit + math.log(odds) * (day >= first)
    frame = pd.DataFrame(
        {
            "request_id": pd.Series([f"R{number:06d}" for number in range(requests)], dtype="str"),
            "at": (START + pd.to_timedelta(day * 86_400 + 3_600, unit="s")).as_unit("us"),
            "failed": random.random(requests) < 1 / (1 + np.exp(-logit)),
            "mature": True,
            "weight": 1.0,
            "n": 1,
        }
    )
    return SimpleNamespace(frame=frame, all_arms=None)


def main() -> None:
    """Print the tables."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--series", type=int, default=1_000)
    parser.add_argument("--seed", type=int, default=11)
    options = parser.parse_args()
    print(pd.DataFrame(its_coverage(options.series, options.seed)).round(3).to_string(index=False))
    fewer = max(options.series // 3, 10)
    print(pd.DataFrame(moments(fewer, options.seed)).round(3).to_string(index=False))
    print({name: round(value, 3) for name, value in false_changes(fewer, options.seed).items()})


if __name__ == "__main__":
    main()
