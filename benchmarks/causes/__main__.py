"""Run the benchmark: ``python -m benchmarks.causes --help``."""

from __future__ import annotations

import argparse
import json
import time
import warnings
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

from benchmarks.causes.families import CAUSELESS, FAMILIES, TIERS
from benchmarks.causes.report import print_report, show_misses
from benchmarks.causes.score import score_case

FIRST_SEED = {"tuning": 1_000, "held-out": 900_000}
NULLS = 3
"""Cases without a cause count three times, since a low rate of false answers needs many of them to be shown."""


def jobs(cases: int, seeds: str, family: str | None) -> list[tuple[str, str, int]]:
    """Families and tiers in turn, each with seeds of its own."""
    cells = [(name, tier) for name in FAMILIES if name not in CAUSELESS for tier in TIERS]
    cells += [(name, "strong") for name in CAUSELESS for _ in range(NULLS * len(TIERS) // 2)]
    cells = [cell for cell in cells if family in (None, cell[0])]
    each = -(-cases // len(cells))
    first = FIRST_SEED[seeds]
    listed = []
    for turn in range(each):
        used: dict[tuple[str, str], int] = {}
        for cell in cells:
            copy = used[cell] = used.get(cell, -1) + 1
            listed.append((*cell, first + turn + 10_000 * copy))
    return listed


def main() -> None:
    """Parse, run, print."""
    parser = argparse.ArgumentParser(description="Root-cause attribution on simulated escalations with planted causes.")
    parser.add_argument("--cases", type=int, default=660)
    parser.add_argument(
        "--seeds", choices=list(FIRST_SEED), default="held-out", help="tuning seeds are for those who change the engine"
    )
    parser.add_argument("--family", choices=FAMILIES)
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--json", type=Path, help="write every case here")
    parser.add_argument("--show-misses", action="store_true")
    options = parser.parse_args()
    begun = time.perf_counter()
    work = jobs(options.cases, options.seeds, options.family)
    with ProcessPoolExecutor(options.workers, initializer=warnings.simplefilter, initargs=("ignore",)) as pool:
        rows = list(pool.map(score_case, work, chunksize=4))
    print("Simulated data; the rules are in benchmarks/causes/README.md.")
    print_report(rows)
    if options.show_misses:
        show_misses(rows)
    if options.json:
        options.json.write_text(json.dumps(rows, default=str, indent=1), encoding="utf-8")
    print(f"\n{options.seeds} seeds, {options.workers} workers, {time.perf_counter() - begun:.0f} s in all")


if __name__ == "__main__":
    main()
