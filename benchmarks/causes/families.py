"""What is planted in a world, and what the right answer is."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

import numpy as np
import pandas as pd
from scipy import special

from benchmarks.causes.oracle import information
from benchmarks.causes.world import (
    DAY,
    DIMENSIONS,
    LEVELS,
    SEGMENT_DIMENSIONS,
    START,
    World,
    close,
    events_of,
    make_world,
)
from rca_lib.analysis.outcome import Outcome

FAMILIES = (
    "segment", "version", "mix", "rubric", "staffing", "bypass", "load", "volume", "two", "interaction", "decoy", "collinear",
    "null",
)  # fmt: skip
CAUSELESS = ("mix", "null")
TIERS = {"strong": (5.0, 8.0), "medium": (3.6, 4.95), "weak": (1.6, 3.55)}
"""Square root of the noncentrality of the oracle's test of one planted cause: power over .95, .6 to .95, and below .6 when
120 candidates are tested at a family-wise level of 5 %."""

SIZES = (1200, 2000, 3000, 4500, 6500)
LARGEST, SMALLEST = np.log(14.0), np.log(1.4)


@dataclass(frozen=True, eq=False)
class Truth:
    """One planted mechanism.

    Attributes
    ----------
    kind : what it is.
    mask : the requests that it made likelier to fail.
    segments : segments that name it; none for a cause that reached everything.
    change_ids : entries of the change log that name it.
    since : first week.
    log_odds : by how much the log odds of failing rose.
    over_time : whether it reached everything, so that only the time before compares.
    """

    kind: str
    mask: np.ndarray
    segments: tuple[dict[str, str], ...] = ()
    change_ids: tuple[str, ...] = ()
    since: int = 0
    log_odds: float = 0.0
    over_time: bool = False
    either: tuple[dict[str, str], ...] = ()
    share: float = 0.0
    root: float = 0.0


@dataclass(frozen=True, eq=False)
class Case:
    """One simulated escalation and its right answer."""

    family: str
    tier: str
    seed: int
    outcome: Outcome
    requests: pd.DataFrame
    staff: pd.DataFrame
    changes: pd.DataFrame
    events: pd.DataFrame | None
    around: pd.Timestamp
    request_ids: tuple[str, ...]
    truths: tuple[Truth, ...]
    base_logit: np.ndarray
    week: np.ndarray
    dimensions: tuple[str, ...] = field(default=DIMENSIONS)


def make_case(family: str, tier: str, seed: int) -> Case:
    """Draw one case; the same arguments give the same case."""
    for attempt in range(40):
        rng = np.random.default_rng([seed, FAMILIES.index(family), sorted(TIERS).index(tier), attempt])
        case = _try(family, tier, seed, rng)
        if case is not None:
            return case
    raise RuntimeError(f"No {family} case of the {tier} tier could be drawn from seed {seed}.")


def _try(family: str, tier: str, seed: int, rng: np.random.Generator) -> Case | None:
    surge = (0, int(rng.integers(7, 12)), float(rng.uniform(1.9, 2.8))) if family == "volume" else None
    world = make_world(rng, rows=int(rng.choice(SIZES)), volume=surge)
    truths = PLANTS[family](world)
    if "closed_at" not in world.requests.columns:
        close(world)
    base = world.logit
    low, high = TIERS[tier]
    grown = base.copy()
    sized = []
    for truth in truths:
        target = rng.uniform(low, high)
        found = _size(world, base, truth, target)
        if found is None:
            return None
        sized.append(replace(truth, log_odds=found, root=target))
        grown = grown + found * truth.mask
    chance, usual = special.expit(grown), special.expit(base)
    failed = rng.random(len(chance)) < chance
    around_week = min(world.onset + int(rng.integers(7, 14)), world.weeks - 2)
    around = START + pd.Timedelta(weeks=around_week)
    window = failed & (world.week >= world.onset) & (world.week < around_week)
    ids = _named(rng, world, window, sized, family)
    if ids is None or failed.sum() < 40:
        return None
    later = world.at(world.onset)
    sized = [
        replace(
            truth,
            share=float((special.expit(base + truth.log_odds * truth.mask) - usual)[later].sum() / chance[later].sum()),
        )
        for truth in sized
    ]
    weighted = rng.random() < 0.2
    frame = pd.DataFrame(
        {
            "request_id": world.requests["request_id"],
            "at": world.requests["received_at"],
            "failed": failed,
            "mature": True,
            "weight": rng.choice([4.0, 8.0], len(failed)) if weighted else 1.0,
            "n": 1,
            "arm": "random" if weighted else "",
        }
    )
    outcome = Outcome("SIM", "failed", "requests", frame, "simulated", sampled=weighted)
    changes = pd.DataFrame(world.log).astype({"segment": "str", "effective_from": "datetime64[us, UTC]"})
    order = rng.permutation(len(changes))
    events = events_of(world) if world.steps_skipped or rng.random() < 0.15 else None
    return Case(
        family, tier if family not in CAUSELESS else "none", seed, outcome, world.requests, world.staff,
        changes.iloc[order].reset_index(drop=True), events, around, ids, tuple(sized), base, world.week,
    )  # fmt: skip


def _size(world: World, base: np.ndarray, truth: Truth, target: float) -> float | None:
    """The log odds at which an oracle's test of the planted cause has the noncentrality asked for."""
    if truth.kind == "mix":
        return 0.0
    size = 1.0
    for _ in range(4):
        held = information(
            world.requests, world.week, truth.mask, special.expit(base + size * truth.mask), over_time=truth.over_time
        )
        if held <= 0:
            return None
        size = target / np.sqrt(held)
    return float(size) if SMALLEST <= size <= LARGEST else None


def _named(
    rng: np.random.Generator, world: World, window: np.ndarray, truths: list[Truth], family: str
) -> tuple[str, ...] | None:
    """One to four failed requests that the escalation is about, nearly always caused by what was planted."""
    reached = window & np.logical_or.reduce([truth.mask for truth in truths]) if truths else window
    if family in CAUSELESS or reached.sum() == 0 or rng.random() < 0.05:
        reached = window
    pool = np.flatnonzero(reached)
    if not len(pool):
        return None
    picked = np.sort(rng.choice(pool, min(len(pool), int(rng.integers(1, 5))), replace=False))
    return tuple(world.requests["request_id"].iloc[picked])


def _words(segment: dict[str, str]) -> str:
    return " AND ".join(f"{name} = '{level}'" for name, level in segment.items())


def _members(world: World, segment: dict[str, str]) -> np.ndarray:
    return np.logical_and.reduce([(world.requests[name] == level).to_numpy() for name, level in segment.items()])


def _logged(world: World, week: int, kind: str, segment: str | None, chance: float, words: str) -> tuple[str, ...]:
    return (world.change(week, kind, segment, words),) if world.rng.random() < chance else ()


def _segment(world: World, *, dimension: str | None = None, chance: float = 0.75) -> list[Truth]:
    name = dimension or str(world.rng.choice(SEGMENT_DIMENSIONS))
    segment = {name: str(world.rng.choice(LEVELS[name]))}
    ids = _logged(
        world, world.onset, str(world.rng.choice(["workflow", "policy", "routing"])), _words(segment), chance, "Planted"
    )
    return [Truth("segment", _members(world, segment) & world.at(world.onset), (segment,), ids, world.onset)]


def _version(world: World) -> list[Truth]:
    """A version that is rolled out team by team from the onset on, and fails more."""
    name = str(world.rng.choice(["tool_version", "template_version"]))
    teams = world.requests["team_id"].map({team: world.rng.integers(0, 9) for team in LEVELS["team_id"]}).to_numpy()
    new = (world.week >= world.onset + teams) & (world.rng.random(len(world.week)) < 0.9)
    new &= world.week < world.onset + 26
    world.requests[name] = world.requests[name].where(~new, "9.0").astype("str")
    segment = {name: "9.0"}
    ids = _logged(world, world.onset, "tool", _words(segment), 0.75, "Planted version")
    return [Truth("segment", new, (segment,), ids, world.onset)]


def _mix(world: World) -> list[Truth]:
    """A level that always fails more becomes more common."""
    name = str(world.rng.choice(["jurisdiction", "language", "process_type"]))
    level = str(world.rng.choice(LEVELS[name]))
    grows = world.at(world.onset) & (world.rng.random(len(world.week)) < world.rng.uniform(0.25, 0.4))
    world.requests[name] = world.requests[name].where(~grows, level).astype("str")
    world.logit = world.logit + world.rng.uniform(1.2, 1.8) * (world.requests[name] == level).to_numpy()
    return [Truth("mix", grows, ({name: level},), (), world.onset)]


def _rubric(world: World) -> list[Truth]:
    change = world.change(world.onset, "rubric", None, "Planted rubric")
    return [Truth("measurement", world.at(world.onset), (), (change,), world.onset, over_time=True)]


def _staffing(world: World) -> list[Truth]:
    """New colleagues start around the onset; whoever is new fails more."""
    new = world.at(world.onset) & (world.rng.random(len(world.week)) < world.rng.uniform(0.18, 0.35))
    names = [f"N{number}" for number in range(8)]
    starts = world.onset * 7 + world.rng.uniform(-20, 0, len(names))
    who = world.rng.integers(0, len(names), len(new))
    world.requests["specialist_id"] = (
        world.requests["specialist_id"].where(~new, pd.Series(np.asarray(names, dtype=object)[who])).astype("str")
    )
    world.tenure_days = np.where(new, world.seconds / DAY - starts[who], world.tenure_days)
    extra = pd.DataFrame(
        {"actor_id": names, "role": "specialist", "team_id": "T1", "site": "Site 1",
         "tenure_start": [START + pd.Timedelta(days=float(day)) for day in starts], "trained_on": pd.NaT}
    )  # fmt: skip
    world.staff = pd.concat([world.staff, extra], ignore_index=True)
    ids = _logged(world, world.onset, "staffing", None, 0.5, "Planted staffing")
    short = world.tenure_days < 3 * 365.25 / 12
    return [Truth("staffing", short, ({"tenure": "0-3 months"},), ids, world.onset)]


def _bypass(world: World) -> list[Truth]:
    """A step is left out for most requests of a segment from the onset on."""
    step = str(world.rng.choice(["scope_review", "second_review"]))
    name = str(world.rng.choice(["channel", "urgency", "team_id"]))
    segment = {name: str(world.rng.choice(LEVELS[name]))}
    skipped = _members(world, segment) & world.at(world.onset) & (world.rng.random(len(world.week)) < 0.75)
    skipped |= world.rng.random(len(world.week)) < 0.01
    world.steps_skipped[step] = skipped
    ids = _logged(world, world.onset, "routing", _words(segment), 0.7, "Planted bypass")
    return [Truth("flow", skipped, ({"flow": f"skipped:{step}"}, segment), ids, world.onset)]


def _load(world: World) -> list[Truth]:
    """The work of one or two teams stalls for some weeks; requests that arrive while much waits fail more."""
    teams = world.rng.choice(LEVELS["team_id"], int(world.rng.integers(1, 3)), replace=False)
    rows = world.requests["team_id"].isin([str(team) for team in teams]).to_numpy()
    first = world.onset
    last = min(first + int(world.rng.integers(5, 9)), world.weeks - 1)
    close(world, [(rows, first, last)])
    busy = _much_waits(world)
    segments = ({"load": "very busy"}, *({"team_id": str(team)} for team in teams[:1] if len(teams) == 1))
    return [Truth("load", busy, segments, (), first)]


def _volume(world: World) -> list[Truth]:
    """Many more requests arrive for some weeks, more than can be closed, and all fail more while much waits."""
    first, last = world.onset, min(world.onset + world.surge_weeks, world.weeks - 1)
    every = np.ones(len(world.week), dtype=bool)
    close(world, [(every & (world.rng.random(len(every)) < 0.6), first, last)])
    return [Truth("load", _much_waits(world), ({"load": "very busy"},), (), first, over_time=True)]


def _much_waits(world: World) -> np.ndarray:
    """Half again as much waits in a request's team when it arrives as in the half year before."""
    received = world.requests["received_at"].dt.floor("D")
    closed = world.requests["closed_at"].dt.floor("D")
    days = pd.date_range(received.min(), received.max(), freq="D")
    busy = np.zeros(len(world.week), dtype=bool)
    for team in LEVELS["team_id"]:
        mine = (world.requests["team_id"] == team).to_numpy()
        waiting = (
            (
                received[mine].value_counts().reindex(days, fill_value=0)
                - closed[mine].value_counts().reindex(days, fill_value=0)
            )
            .cumsum()
            .shift(1)
        )
        usual = waiting.rolling(182, min_periods=49).median().shift(7)
        ratio = (waiting / usual.where(usual > 0)).reindex(received[mine]).to_numpy()
        busy[mine] = np.nan_to_num(ratio) >= 1.5
    return busy


def _two(world: World) -> list[Truth]:
    names = world.rng.choice([name for name in SEGMENT_DIMENSIONS if name != "urgency"], 2, replace=False)
    first = _segment(world, dimension=str(names[0]))
    second = _segment(world, dimension=str(names[1]))
    return first + second


def _interaction(world: World) -> list[Truth]:
    names = [str(name) for name in world.rng.choice(SEGMENT_DIMENSIONS, 2, replace=False)]
    segment = {name: str(world.rng.choice(LEVELS[name])) for name in names}
    ids = _logged(world, world.onset, "workflow", _words(segment), 0.5, "Planted interaction")
    return [Truth("segment", _members(world, segment) & world.at(world.onset), (segment,), ids, world.onset)]


def _decoy(world: World) -> list[Truth]:
    """Another change comes into force in the same week, elsewhere or everywhere."""
    truths = _segment(world, chance=1.0)
    mine = next(iter(truths[0].segments[0]))
    other = str(world.rng.choice([name for name in SEGMENT_DIMENSIONS if name != mine]))
    segment = None if world.rng.random() < 0.4 else _words({other: str(world.rng.choice(LEVELS[other]))})
    world.change(world.onset, "policy", segment, "Decoy")
    return truths


def _collinear(world: World) -> list[Truth]:
    """Desk and queue are one thing; either is right if the other is named beside it."""
    world.requests["desk"] = world.requests["queue"].str.replace("Q", "D").astype("str")
    truths = _segment(world, dimension="queue", chance=0.0)
    level = truths[0].segments[0]["queue"]
    return [replace(truths[0], either=({"desk": level.replace("Q", "D")},))]


PLANTS = {
    "segment": _segment, "version": _version, "mix": _mix, "rubric": _rubric, "staffing": _staffing, "bypass": _bypass,
    "load": _load, "volume": _volume, "two": _two, "interaction": _interaction, "decoy": _decoy, "collinear": _collinear,
    "null": lambda _: [],
}  # fmt: skip
