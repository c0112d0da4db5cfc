"""A team's requests before anything is planted: dimensions, staff, weeks, a change log, and rates that differ without a cause."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
import pandas as pd

START = pd.Timestamp("2024-01-01", tz="UTC")
DAY = 86_400.0

LEVELS: dict[str, tuple[str, ...]] = {
    "process_type": ("subpoena", "warrant", "order", "preservation"),
    "channel": ("portal", "email", "mail"),
    "urgency": ("routine", "expedited", "emergency"),
    "jurisdiction": ("J1", "J2", "J3", "J4", "J5", "J6", "J7", "J8"),
    "language": ("en", "es", "fr", "de"),
    "team_id": ("T1", "T2", "T3", "T4", "T5"),
    "legal_entity": ("US", "EU", "UK"),
    "queue": ("Q1", "Q2", "Q3", "Q4", "Q5", "Q6"),
}
"""What is known of every request, beside versions, a desk that nearly follows the queue, tenure, site and load."""

SEGMENT_DIMENSIONS = ("team_id", "queue", "channel", "jurisdiction", "language", "process_type", "urgency")
DIMENSIONS = (*LEVELS, "desk", "tool_version", "template_version")
KINDS = ("policy", "workflow", "tool", "template", "routing", "legal", "product")
SPECIALISTS_PER_TEAM = 6


@dataclass
class World:
    """Requests with their log odds of failing, to be changed by a family."""

    rng: np.random.Generator
    weeks: int
    requests: pd.DataFrame
    week: np.ndarray
    seconds: np.ndarray
    logit: np.ndarray
    staff: pd.DataFrame
    tenure_days: np.ndarray
    log: list[dict[str, object]] = field(default_factory=list)
    steps_skipped: dict[str, np.ndarray] = field(default_factory=dict)
    onset: int = 0
    surge_weeks: int = 0

    def change(self, week: int, kind: str, segment: str | None, words: str) -> str:
        """Enter a change in the log, and return its id."""
        name = f"C{len(self.log):03d}"
        moment = START + pd.Timedelta(weeks=week) + pd.Timedelta(hours=9)
        self.log.append(
            {"change_id": name, "effective_from": moment, "effective_to": pd.NaT, "kind": kind, "component": "workflow",
             "description": words, "segment": segment, "owner_team": None}
        )  # fmt: skip
        return name

    def at(self, week: int) -> np.ndarray:
        """Rows received from 9:00 on the Monday of `week` on."""
        return self.seconds >= week * 7 * DAY + 9 * 3600


def make_world(rng: np.random.Generator, *, rows: int, volume: tuple[int, int, float] | None = None) -> World:
    """Draw requests; `volume` is a first week, a last week and the factor by which arrivals grow between them."""
    weeks = int(rng.integers(60, 105))
    onset = int(rng.integers(int(weeks * 0.5), int(weeks * 0.78)))
    arrivals = np.exp(0.15 * rng.standard_normal(weeks) + 0.15 * np.sin(2 * np.pi * np.arange(weeks) / 52.18))
    if volume is not None:
        first, last, factor = onset + volume[0], onset + volume[1], volume[2]
        arrivals[first:last] *= factor
    drawn = rng.choice(weeks, rows, p=arrivals / arrivals.sum())
    seconds = np.sort(drawn * 7 * DAY + rng.random(rows) * 7 * DAY)
    week = (seconds // (7 * DAY)).astype(np.int64)
    table = pd.DataFrame({"request_id": [f"R{number:06d}" for number in range(rows)]}, dtype="str")
    table["received_at"] = (START + pd.to_timedelta(seconds, unit="s")).as_unit("us")
    logit = np.full(rows, np.log(rng.uniform(0.03, 0.07)))
    shifting = str(rng.choice(["jurisdiction", "language", "process_type"]))
    for name, levels in LEVELS.items():
        share = rng.dirichlet(np.full(len(levels), 3.0))
        share = np.clip(share, 0.06, None) / np.clip(share, 0.06, None).sum()
        code = rng.choice(len(levels), rows, p=share)
        if name == shifting:
            moved = int(rng.integers(0, len(levels)))
            later = week >= rng.integers(weeks // 4, weeks - 8)
            code = np.where(later & (rng.random(rows) < 0.25), moved, code)
        logit = logit + (0.25 * rng.standard_normal(len(levels)))[code]
        table[name] = pd.Series(np.asarray(levels, dtype=object)[code], dtype="str")
    desk = table["queue"].str.replace("Q", "D")
    other = rng.random(rows) < rng.uniform(0.06, 0.2)
    table["desk"] = desk.where(~other, "D" + pd.Series(rng.integers(1, 7, rows).astype(str))).astype("str")
    for name, first in (("tool_version", "4"), ("template_version", "7")):
        starts = np.sort(rng.choice(np.arange(6, weeks - 4), 2, replace=False))
        lag = rng.exponential(1.0, rows)
        number = np.searchsorted(starts, week - lag, side="right")
        table[name] = pd.Series([f"{first}.{value}" for value in number], dtype="str")
    staff, specialist, tenure = _staff(rng, table["team_id"], seconds, weeks)
    table["specialist_id"] = specialist
    logit = logit + _people(rng, specialist)
    logit = (
        logit + (0.12 * rng.standard_normal(weeks))[week] + 0.1 * np.sin(2 * np.pi * week / 52.18 + rng.uniform(0, 6))
    )
    world = World(
        rng,
        weeks,
        table,
        week,
        seconds,
        np.asarray(logit),
        staff,
        tenure,
        onset=onset,
        surge_weeks=volume[1] if volume else 0,
    )
    for _ in range(int(rng.integers(6, 15))):
        name = str(rng.choice(list(LEVELS)))
        level = str(rng.choice(LEVELS[name]))
        segment = f"{name} = '{level}'" if rng.random() < 0.6 else None
        world.change(int(rng.integers(2, weeks - 2)), str(rng.choice(KINDS)), segment, f"Background change, {name}")
    return world


def close(world: World, stalls: list[tuple[np.ndarray, int, int]] | None = None) -> None:
    """Give every request a closing moment; while a stall lasts, nothing of its rows is closed."""
    rng = world.rng
    done = world.seconds + rng.gamma(2.0, 2.5, len(world.seconds)) * DAY
    for rows, first, last in stalls or []:
        low, high = first * 7 * DAY, last * 7 * DAY
        held = rows & (done >= low) & (done < high)
        done = np.where(held, high + rng.random(len(done)) * 10 * DAY, done)
    world.requests["closed_at"] = (START + pd.to_timedelta(done, unit="s")).as_unit("us")


def events_of(world: World) -> pd.DataFrame:
    """The pipeline of every request, without the steps that were skipped."""
    steps = ("receive", "triage", "validate_authority", "scope_review", "second_review", "disclose", "close")
    begin = world.seconds
    end = (world.requests["closed_at"] - START).dt.total_seconds().to_numpy()
    parts = []
    for place, step in enumerate(steps):
        moment = begin + (end - begin) * place / (len(steps) - 1)
        kept = ~world.steps_skipped.get(step, np.zeros(len(begin), dtype=bool))
        parts.append(
            pd.DataFrame(
                {
                    "request_id": world.requests["request_id"][kept].to_numpy(),
                    "activity": step,
                    "ts": (START + pd.to_timedelta(moment[kept], unit="s")).as_unit("us"),
                    "seq": place,
                }
            )
        )
    events = pd.concat(parts, ignore_index=True)
    events["lifecycle"] = "complete"
    for name in ("actor_id", "actor_role", "queue_id", "system_id", "tool_version", "policy_version"):
        events[name] = pd.Series(pd.NA, index=events.index, dtype="str")
    events["seq"] = events["seq"].astype("Int64")
    return events.sort_values(["request_id", "ts", "seq"], ignore_index=True)


def _staff(
    rng: np.random.Generator, team: pd.Series, seconds: np.ndarray, weeks: int
) -> tuple[pd.DataFrame, pd.Series, np.ndarray]:
    people = []
    for number, name in enumerate(LEVELS["team_id"]):
        for each in range(SPECIALISTS_PER_TEAM):
            old = rng.random() < 0.8
            begun = -rng.uniform(100, 1500) if old else rng.uniform(0, weeks * 7 - 60)
            people.append({"actor_id": f"S{number}{each}", "role": "specialist", "team_id": name, "site": f"Site {number % 2}",
                           "tenure_start": START + pd.Timedelta(days=float(begun)), "begun": begun * DAY})  # fmt: skip
    staff = pd.DataFrame(people)
    code = team.map({name: number for number, name in enumerate(LEVELS["team_id"])}).to_numpy(np.int64)
    pick = rng.integers(0, SPECIALISTS_PER_TEAM, len(team))
    begun = staff["begun"].to_numpy().reshape(-1, SPECIALISTS_PER_TEAM)
    for _ in range(8):
        early = begun[code, pick] > seconds
        pick = np.where(early, rng.integers(0, SPECIALISTS_PER_TEAM, len(team)), pick)
    tenure = np.maximum(seconds - begun[code, pick], 0.0) / DAY
    specialist = pd.Series([f"S{a}{b}" for a, b in zip(code, pick, strict=True)], dtype="str")
    return staff.drop(columns="begun").assign(trained_on=pd.NaT), specialist, tenure


def _people(rng: np.random.Generator, specialist: pd.Series) -> np.ndarray:
    names = np.unique(specialist)
    effect = dict(zip(names, 0.2 * rng.standard_normal(len(names)), strict=True))
    return specialist.map(effect).to_numpy(float)
