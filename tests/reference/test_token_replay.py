"""Row 32: the log of van der Aalst, Process Mining (2016), chapter 8, and Communications of the ACM 2012;55(8):76-83."""

import pytest

from rca_lib.analysis.token_replay import PetriNet, replay

LOG = """
455 acdeh 191 abdeg 177 adceh 144 abdeh 111 acdeg 82 adceg 56 adbeh 47 acdefdbeh 38 adbeg 33 acdefbdeh 14 acdefbdeg
11 acdefdbeg 9 adcefcdeh 8 adcefdbeh 5 adcefbdeg 3 acdefbdefdbeg 2 adcefdbeg 2 adcefbdefbdeg 1 adcefdbefbdeh
1 adbefbdefdbeg 1 adcefdbefcdefdbeg
"""
WORDS = LOG.split()
TRACES = [(trace, int(times)) for times, trace in zip(WORDS[::2], WORDS[1::2], strict=True)]

BRANCHES = {
    "a": (("start",), ("examine", "check")),
    "b": (("examine",), ("examined",)),
    "c": (("examine",), ("examined",)),
    "d": (("check",), ("checked",)),
    "e": (("examined", "checked"), ("decided",)),
    "f": (("decided",), ("examine", "check")),
    "g": (("decided",), ("end",)),
    "h": (("decided",), ("end",)),
}
N1 = PetriNet("start", "end", BRANCHES)
N2 = PetriNet(
    "start",
    "end",
    {
        "a": (("start",), ("1",)),
        "b": (("1",), ("2",)),
        "c": (("1",), ("2",)),
        "d": (("2",), ("3",)),
        "e": (("3",), ("4",)),
        "f": (("4",), ("1",)),
        "g": (("4",), ("end",)),
        "h": (("4",), ("end",)),
    },
)
N3 = PetriNet("start", "end", {name: BRANCHES[name] for name in "acdeh"})


def test_row_32_the_log_has_1391_cases_of_21_variants():
    assert len(TRACES) == 21
    assert sum(times for _, times in TRACES) == 1391


def test_row_32_the_full_model_explains_every_case():
    found = replay(N1, TRACES)
    assert found.fitness == 1.0
    assert found.fitting == 1391


def test_row_32_the_sequential_model():
    found = replay(N2, TRACES)
    assert (found.missing, found.remaining, found.produced, found.consumed) == (443, 443, 8930, 8930)
    assert round(found.fitness, 4) == 0.9504
    assert found.fitting == 948


def test_row_32_the_model_without_b_f_and_g():
    found = replay(N3, TRACES)
    assert (found.produced, found.consumed, found.missing, found.remaining) == (9148, 9294, 1183, 1037)
    assert round(found.fitness, 4) == 0.8797
    assert found.fitting == 632


def test_row_32_single_traces():
    assert round(replay(N2, [("adceh", 1)]).fitness, 4) == 0.8333
    assert replay(N3, [("abdeg", 1)]).fitness == pytest.approx(0.6)
