"""Are the planted mechanisms of the example's escalations found, and is a planted non-cause ever called established?

    python benchmarks/example_causes.py [--source examples/lert] [--show]

The example is simulated; `examples/lert_truth.json`, written beside it by `rca demo`, says what was planted.
"""

from __future__ import annotations

import argparse
import json
from pathlib import Path
from typing import Any

from rca_lib import open_case
from rca_lib.analysis.causes import Candidate


def matches(candidate: Candidate, mechanism: dict[str, Any]) -> bool:
    """Whether a candidate is the planted mechanism: its change, or just the segment that it reached."""
    if mechanism["change_id"] and candidate.change_id == mechanism["change_id"]:
        return True
    planted = {key: str(value) for key, value in (mechanism["segment"] or {}).items()}
    if mechanism["kind"] in ("mix", "measurement"):
        return candidate.kind == mechanism["kind"] and (
            candidate.kind != "mix" or candidate.segment.keys() == planted.keys()
        )
    if mechanism["kind"] == "load":
        # The backlog of one team: named as the team, as the load, or as both.
        reached = {"team_id": planted["team_id"]}
        return candidate.kind == "load" or reached.items() <= candidate.segment.items()
    if mechanism["kind"] == "flow" and candidate.kind == "flow":
        # The planted bypass leaves out the call-back.
        return candidate.segment == {"flow": "skipped:callback"}
    return candidate.change_id is None and bool(planted) and candidate.segment == planted


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--source", default="examples/lert")
    parser.add_argument("--show", action="store_true", help="list the leading candidates of each escalation")
    options = parser.parse_args()
    truth = json.loads(Path(f"{options.source}_truth.json").read_text(encoding="utf-8"))["escalations"]
    first = third = established = wrongly = 0
    for name, planted in truth.items():
        mechanisms = planted["mechanisms"]
        decoys = {decoy for mechanism in mechanisms for decoy in mechanism["decoys"]}
        table = open_case(name, source=options.source).cause_table
        if all(mechanism["kind"] == "none" for mechanism in mechanisms):
            # Nothing was planted beyond the one request: to name nothing is right.
            right = table is None or table.answer in ("none", "too little")
            first, third = first + right, third + right
            print(
                f"{name}  {planted['failure_mode']}  isolated; {'no cause is named' if right else 'A CAUSE IS NAMED'}"
            )
            continue
        if table is None or not table.ok:
            print(f"{name}  {planted['failure_mode']}  not assessed: {table.reason if table else 'no requests'}")
            continue
        places = [each.rank for each in table.candidates if any(matches(each, m) for m in mechanisms)]
        place = min(places, default=0)
        first, third = first + (place == 1), third + (0 < place <= 3)
        right = [each for each in table.candidates if each.rank in places]
        established += any(each.grade == "established" for each in right)
        false = [each for each in table.candidates if each.grade == "established" and each.rank not in places]
        wrongly += bool(false)
        grade = next((each.grade for each in right if each.rank == place), "-")
        print(f"{name}  {planted['failure_mode']}  rank {place or '-'}  {grade:12} set {table.credible_set}", end="")
        print("".join(f"  FALSELY ESTABLISHED: {each.label}" for each in false))
        if options.show:
            for each in table.candidates[:5]:
                mark = "*" if each.rank in places else "d" if each.change_id in decoys else " "
                effect = (
                    f"{each.effect.value:.1f} ({each.effect.low:.1f}-{each.effect.high:.1f})" if each.effect else "-"
                )
                passed = "".join({True: "+", False: "-", None: "?"}[test.passed] for test in each.tests)
                print(
                    f"   {mark} {each.rank} {each.kind:11} {each.grade:11} {passed:5} "
                    f"evidence {each.evidence:6.1f} p {each.probability:.2f} "
                    f"OR {effect:18} {each.change_id or ''} {each.segment} {each.label[:50]} | {each.collinear_with}"
                )
    print(
        f"\nof {len(truth)}: planted mechanism first {first}, among the first three {third}, established {established}; "
    )
    print(f"escalations with a non-cause established: {wrongly}")


if __name__ == "__main__":
    main()
