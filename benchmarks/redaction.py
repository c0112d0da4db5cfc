"""How many identifiers in free text are found, how many finds are right, and how fast. Prints one table.

    python -m benchmarks.redaction [--data FILE] [--show-misses] [--no-speed]

1,500 short texts whose labels say where each identifier is, made by the generator of the Presidio project from templates and lists
of invented names and numbers (synth_dataset_v2.json, MIT licence). Nothing of it is copied here: it is read from
../shared/data/pii_synthetic, or from the file given with --data.

The patterns were developed on the records with even numbers; those with odd ones are held out. Both halves are made from the same
templates, so the held-out half has other names and numbers in much the same sentences, and is kinder than texts of another
source would be. A labelled identifier counts as found only when each of its letters and digits is in a find. A find
counts as right when it overlaps a label of one of the structured kinds; anything else that is found, a postcode or the number of a
house included, counts as false.
"""

from __future__ import annotations

import argparse
import json
import sys
import timeit
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from rca_lib.review.redaction import Found, find_identifiers

DATA = Path(__file__).resolve().parents[2] / "shared" / "data" / "pii_synthetic" / "synth_dataset_v2.json"

STRUCTURED = (
    "EMAIL_ADDRESS",
    "PHONE_NUMBER",
    "IP_ADDRESS",
    "CREDIT_CARD",
    "IBAN_CODE",
    "US_SSN",
    "DOMAIN_NAME",
)
"""Kinds that patterns can find; web addresses are labelled as domain names."""

OTHERS = ("US_DRIVER_LICENSE", "PERSON", "STREET_ADDRESS", "ORGANIZATION", "ZIP_CODE")
"""Kinds that no pattern is made for here, or that are few; told as they come, and all of them findable when they are known."""

PROSE = Path(__file__).resolve().parents[1] / "docs"
LEAST_RECALL, LEAST_PRECISION, LEAST_SPEED = 0.98, 0.90, 2.0
KNOWN_NAMES = 50


@dataclass
class Measured:
    """Counts of labels and finds over some records.

    Attributes
    ----------
    labels, found : how many identifiers of each kind there are, and how many were found whole.
    finds, right : how many finds there are, and how many overlap a label of a structured kind.
    misses, false : the texts of what was not found, with its kind, and of finds that are not right, with their mark.
    """

    labels: Counter[str] = field(default_factory=Counter)
    found: Counter[str] = field(default_factory=Counter)
    finds: int = 0
    right: int = 0
    misses: list[tuple[str, str]] = field(default_factory=list)
    false: list[tuple[str, str]] = field(default_factory=list)

    def recall(self, kinds: Iterable[str]) -> float:
        """The share found of all labels of some kinds."""
        kinds = list(kinds)
        return sum(self.found[kind] for kind in kinds) / max(1, sum(self.labels[kind] for kind in kinds))

    @property
    def precision(self) -> float:
        """The share of finds that are right."""
        return self.right / max(1, self.finds)


def records(path: Path, *, held_out: bool | None = None) -> list[dict[str, Any]]:
    """Read the records: those held out (odd numbers), those developed on (even ones), or all."""
    found: list[dict[str, Any]] = json.loads(path.read_text(encoding="utf-8"))
    return found if held_out is None else found[int(held_out) :: 2]


def measure(found: Sequence[dict[str, Any]], *, known: bool) -> Measured:
    """Count what is found in records, with every labelled identifier of a record known to the case or with none."""
    measured = Measured()
    for record in found:
        text = record["full_text"]
        spans = [span for span in record["spans"] if span["entity_type"] in STRUCTURED + OTHERS]
        finds = find_identifiers(text, [span["entity_value"] for span in spans] if known else ())
        for span in spans:
            kind = span["entity_type"]
            measured.labels[kind] += 1
            if covered(text, span["start_position"], span["end_position"], finds):
                measured.found[kind] += 1
            else:
                measured.misses.append((kind, span["entity_value"]))
        structured = [span for span in spans if span["entity_type"] in STRUCTURED]
        for each in finds:
            measured.finds += 1
            if any(span["start_position"] < each.end and each.start < span["end_position"] for span in structured):
                measured.right += 1
            else:
                measured.false.append((each.kind, text[each.start : each.end]))
    return measured


def covered(text: str, start: int, end: int, finds: Iterable[Found]) -> bool:
    """Whether every letter and digit of a stretch of text is in a find."""
    inside = [range(each.start, each.end) for each in finds]
    return all(not text[at].isalnum() or any(at in each for each in inside) for at in range(start, end))


def speed(texts: Iterable[str], known: Sequence[str], repeat: int = 5) -> float:
    """Megabytes of text a second with some identifiers known, on one core: the best of some runs, each of a megabyte."""
    text = "\n".join(texts)
    text = "\n".join([text] * (1 + 1_000_000 // len(text)))
    best = min(timeit.repeat(lambda: find_identifiers(text, known), number=1, repeat=repeat))
    return len(text.encode()) / 1e6 / best


def known_names(found: Sequence[dict[str, Any]]) -> list[str]:
    """Give `KNOWN_NAMES` identifiers: numbers of requests, and names that stand in the records."""
    numbered = [f"REQ-2025-{1000 + 7 * at:05}" for at in range(KNOWN_NAMES // 2)]
    spans = [span for record in found for span in record["spans"] if span["entity_type"] == "PERSON"]
    return [*numbered, *dict.fromkeys(span["entity_value"] for span in spans)][:KNOWN_NAMES]


def main(arguments: Sequence[str] | None = None) -> int:
    """Print the table; the exit code is 1 where a figure is below what is asked."""
    parser = argparse.ArgumentParser(description=str(__doc__).splitlines()[0])
    parser.add_argument("--data", type=Path, default=DATA)
    parser.add_argument(
        "--show-misses", action="store_true", help="print what was missed and found wrongly, developed on only"
    )
    parser.add_argument("--no-speed", action="store_true")
    given = parser.parse_args(arguments)
    halves = {"developed on": records(given.data, held_out=False), "held out": records(given.data, held_out=True)}
    unknown = {name: measure(half, known=False) for name, half in halves.items()}
    known = {name: measure(half, known=True) for name, half in halves.items()}
    print(" " * 24 + "".join(f"{name:>22}" for name in halves))
    for kind in (*STRUCTURED, *OTHERS):
        print(f"{kind.lower():24}" + "".join(_share(each, [kind]) for each in unknown.values()))
    print(f"{'all structured':24}" + "".join(_share(each, STRUCTURED) for each in unknown.values()))
    print(
        f"{'precision':24}"
        + "".join(f"{each.right:>7} of {each.finds:<5}{each.precision:7.3f}" for each in unknown.values())
    )
    print(f"{'known to the case':24}" + "".join(_share(each, STRUCTURED + OTHERS) for each in known.values()))
    passed = all(
        each.recall(STRUCTURED) >= LEAST_RECALL and each.precision >= LEAST_PRECISION for each in unknown.values()
    )
    passed &= all(each.recall(STRUCTURED + OTHERS) == 1.0 for each in known.values())
    if not given.no_speed:
        names = known_names(halves["developed on"])
        prose = speed((path.read_text(encoding="utf-8") for path in sorted(PROSE.rglob("*.md"))), names)
        dense = speed((record["full_text"] for record in halves["developed on"]), names)
        passed &= prose >= LEAST_SPEED
        print(
            f"{'speed':24}{prose:.1f} MB a second of the pages in docs with {KNOWN_NAMES} identifiers known, {dense:.1f} of these records"
        )
    if given.show_misses:
        for kind, value in known["developed on"].misses:
            print(f"known and missed  {kind}: {value!r}")
        for kind, value in unknown["developed on"].misses:
            if kind in STRUCTURED:
                print(f"missed  {kind}: {value!r}")
        for mark, value in unknown["developed on"].false:
            print(f"false  {mark}: {value!r}")
    return 0 if passed else 1


def _share(measured: Measured, kinds: Sequence[str]) -> str:
    found, labels = sum(measured.found[kind] for kind in kinds), sum(measured.labels[kind] for kind in kinds)
    return f"{found:>7} of {labels:<5}{measured.recall(kinds):7.3f}"


if __name__ == "__main__":
    sys.exit(main())
