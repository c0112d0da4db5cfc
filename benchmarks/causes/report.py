"""The table that the benchmark prints."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from benchmarks.causes.families import CAUSELESS, FAMILIES
from rca_lib.analysis.intervals import clopper_pearson_interval

TIERS = ("strong", "medium", "weak")
ORACLES = ("oracle", "oracle told of requests")
Row = dict[str, Any]


def share(rows: list[Row], hit: Callable[[Row], bool]) -> str:
    """A share with its exact interval and n."""
    if not rows:
        return "-"
    count = sum(bool(hit(row)) for row in rows)
    found = clopper_pearson_interval(count, len(rows))
    return f"{found.value:.3f} ({found.low:.3f}-{found.high:.3f}, n {len(rows)})"


def print_report(rows: list[Row]) -> None:
    """Print every measure."""
    planted = [row for row in rows if row["family"] not in CAUSELESS]
    methods = ["raw rate", "excess count", "latest change", "difference in differences", *ORACLES]
    print(f"{len(rows)} cases, {sum(row['seconds'] for row in rows) / len(rows):.2f} s a case for the library alone\n")
    print(f"{'method':28}" + "".join(f"{tier:>12} top-1  top-3" for tier in TIERS))
    for method in ["this library", *methods]:
        line = f"{method:28}"
        for tier in TIERS:
            ranks = np.array([_rank(row, method) for row in planted if row["tier"] == tier])
            line += (
                f"{(ranks == 1).mean():18.3f} {((ranks > 0) & (ranks <= 3)).mean():6.3f}" if len(ranks) else " " * 25
            )
        print(line)
    for tier in TIERS:
        mine = [row for row in planted if row["tier"] == tier]
        print(
            f"\n{tier}: top-1 {share(mine, lambda row: row['rank'] == 1)}, top-3 {share(mine, lambda row: 0 < row['rank'] <= 3)}"
        )
        for family in FAMILIES:
            own = [row for row in mine if row["family"] == family]
            if own:
                top1, top3 = np.mean([row["rank"] == 1 for row in own]), np.mean([0 < row["rank"] <= 3 for row in own])
                print(f"   {family:12} n {len(own):3}  top-1 {top1:.2f}  top-3 {top3:.2f}  "
                      + "  ".join(f"{name} {np.mean([row['methods'].get(name) == 1 for row in own]):.2f}" for name in methods))  # fmt: skip
    _differences([row for row in planted if row["tier"] == "medium"], methods[: -len(ORACLES)])
    none = [row for row in rows if row["family"] in CAUSELESS]
    print("\nwithout a cause in the process (null and mix only)")
    print(f"   falsely established      {share(none, lambda row: bool(row['established']))}")
    print(f"   a candidate stands out   {share(none, lambda row: row['stands_out'])}")
    print(
        f"   null: no cause named     {share([r for r in none if r['family'] == 'null'], lambda row: row['answer'] == 'none')}"
    )
    print(
        f"   mix: named as the answer {share([r for r in none if r['family'] == 'mix'], lambda row: row['answer'] == 'mix')}"
    )
    print("\nestablished")
    for tier in TIERS:
        own = [row for row in planted if row["tier"] == tier]
        said = [row for row in own if row["established"]]
        right = share(said, lambda row: not row["wrongly_established"])
        print(f"   {tier:7} said in {share(own, lambda row: bool(row['established']))}; right in {right}")
    two = [row for row in rows if row["family"] == "two"]
    for tier in (*TIERS, "all"):
        own = [row for row in two if tier in (row["tier"], "all")]
        named, right = sum(row["named"] for row in own), sum(row["named_right"] for row in own)
        found, real = sum(row["found"] for row in own), sum(row["planted"] for row in own)
        precision, recall = right / max(named, 1), found / max(real, 1)
        f1 = 2 * precision * recall / max(precision + recall, 1e-9)
        print(f"two causes, {tier:7} precision {precision:.2f} recall {recall:.2f} F1 {f1:.3f} (n {len(own)})")
    collinear = [row for row in rows if row["family"] == "collinear" and row["rank"] == 1]
    print(f"collinear, ranked first: the twin is named {share(collinear, lambda row: bool(row['tie_named']))}")
    print("\nstated 80 % sets")
    for tier in TIERS:
        own = [row for row in planted if row["tier"] == tier]
        print(
            f"   {tier:7} cover {share(own, lambda row: row['covered'])}, mean size {np.mean([len(row['set']) for row in own]):.1f}"
        )
    print(f"   without a cause cover {share(none, lambda row: row['covered'])}")
    print(f"   all     cover {share(rows, lambda row: row['covered'])}")
    unsure = [row for row in rows if len(row["set"]) > 1]
    print(f"   sets of two or more cover {share(unsure, lambda row: row['covered'])}")
    strong = [row for row in planted if row["tier"] == "strong"]
    dated = [row for row in strong if row["since_days"] is not None and row["rank"] == 1]
    logged, estimated = [[row for row in dated if row["since_logged"] is told] for told in (True, False)]
    print(f"\nonset, strong: a right leading cause has a date in {len(dated)} of {len(strong)} cases")
    print(f"   dated by its entry in the log, within 7 days {share(logged, lambda row: row['since_days'] <= 7)}")
    print(f"   dated by estimate, within 7 days {share(estimated, lambda row: row['since_days'] <= 7)}")
    overall = [row for row in strong if row["onset_days"] is not None]
    median = np.median([row["onset_days"] for row in overall])
    print(
        f"   overall change point: found in {len(overall)} of {len(strong)}; median error {median:.0f} days, "
        f"within 7 {share(overall, lambda row: row['onset_days'] <= 7)}"
    )
    print(f"   overall change point inside its 95 % interval {share(overall, lambda row: row['onset_inside'])}")
    for tier in TIERS:
        errors = [row["share_error"] for row in planted if row["tier"] == tier and row.get("share_error") is not None]
        inside = [row for row in planted if row["tier"] == tier and row.get("share_inside") is not None]
        if errors:
            print(f"share of failures, {tier:7} mean absolute error {np.mean(errors):.3f} (n {len(errors)}), inside its 95 % interval "
                  f"{share(inside, lambda row: row['share_inside'])}")  # fmt: skip


def show_misses(rows: list[Row]) -> None:
    """List the cases in which the planted mechanism did not come first, or something was wrongly established."""
    for row in rows:
        if row["family"] in CAUSELESS:
            if not (row["stands_out"] or row["established"]):
                continue
        elif row["rank"] == 1 and not row["wrongly_established"]:
            continue
        print(
            f"\n{row['family']} {row['tier']} seed {row['seed']} rank {row['rank']} n {row['size']} methods {row['methods']}"
        )
        for line in row["truth"]:
            print(f"   truth {line}")
        for line in row["first"]:
            print(f"         {line}")


def _rank(row: Row, method: str) -> int:
    return int(row["rank"] if method == "this library" else row["methods"].get(method, 0))


def _differences(rows: list[Row], methods: list[str]) -> None:
    """Top-1 of the library less that of each naive method on the same cases, with a paired bootstrap interval."""
    if not rows:
        return
    random = np.random.default_rng(7)
    mine = np.array([row["rank"] == 1 for row in rows], float)
    print("\nmedium: top-1 of this library less that of a naive method, paired bootstrap")
    for method in methods:
        gap = mine - np.array([row["methods"].get(method) == 1 for row in rows], float)
        draws = gap[random.integers(0, len(gap), (4000, len(gap)))].mean(axis=1)
        low, high = np.quantile(draws, [0.025, 0.975])
        print(f"   {method:28} {gap.mean():+.3f} ({low:+.3f} to {high:+.3f})")
