import numpy as np
import pandas as pd
import pytest

from rca_lib.analysis.outcome import Outcome

MOMENTS = {
    "received_at",
    "due_at",
    "closed_at",
    "ts",
    "assessed_at",
    "opened_at",
    "occurred_at",
    "detected_at",
    "effective_from",
    "effective_to",
    "tenure_start",
    "resolved_at",
    "known_at",
}
WHOLE = {"n", "seq", "target_working_days"}
NUMBERS = {"inclusion_prob", "target_hours"}


@pytest.fixture
def table():
    """Make a table with the types that a source gives, from "a b c" and rows of values; ``None`` is missing."""

    def make(columns, *rows):
        names = columns.split()
        frame = pd.DataFrame([dict(zip(names, row, strict=True)) for row in rows], columns=names)
        for name in names:
            if name in MOMENTS:
                frame[name] = pd.to_datetime(frame[name], utc=True, format="ISO8601").astype("datetime64[us, UTC]")
            elif name in WHOLE:
                frame[name] = frame[name].astype("Int64")
            elif name in NUMBERS:
                frame[name] = frame[name].astype("float64")
            elif name != "failed":
                frame[name] = frame[name].astype("str")
        return frame

    return make


@pytest.fixture
def planted():
    """Simulate an outcome and its requests over whole weeks, with a cause planted where and when one is asked for.

    ``planted(seed, requests=..., weeks=..., base=..., cause={"team_id": "A"}, week=60, odds=3.0, weights=False)`` fails
    the requests of `cause` (all of them for an empty one) `odds` times as often, in odds, from `week` on.
    """

    def make(seed=0, *, requests=12_000, weeks=104, base=0.05, cause=None, week=60, odds=3.0, weights=False):
        random = np.random.default_rng(seed)
        second = np.sort(random.integers(0, weeks * 7 * 86_400, requests))
        levels = {
            "process_type": (["subpoena", "warrant", "order"], [0.3, 0.6, 0.1]),
            "team_id": (list("ABCDE"), [0.2] * 5),
            "language": (["en", "es", "fr"], [0.7, 0.2, 0.1]),
            "tool_version": (["4.0", "4.1", "4.2"], [0.5, 0.3, 0.2]),
        }
        table = pd.DataFrame({"request_id": [f"R{number:06d}" for number in range(requests)]}, dtype="str")
        table["received_at"] = (pd.Timestamp("2024-01-01", tz="UTC") + pd.to_timedelta(second, unit="s")).as_unit("us")
        for name, (values, shares) in levels.items():
            table[name] = pd.Series(random.choice(values, requests, p=shares), dtype="str")
        logit = np.log(base / (1 - base)) + 0.3 * (table["process_type"] == "warrant") + 0.2 * (table["team_id"] == "B")
        if cause is not None:
            reached = np.logical_and.reduce([np.ones(requests, bool), *(table[k] == v for k, v in cause.items())])
            logit = logit + np.log(odds) * (reached & (second >= week * 7 * 86_400))
        failed = random.random(requests) < 1 / (1 + np.exp(-logit))
        weight = random.choice([2.0, 10.0], requests) if weights else np.ones(requests)
        frame = pd.DataFrame(
            {
                "request_id": table["request_id"],
                "at": table["received_at"],
                "failed": failed,
                "mature": True,
                "weight": weight,
                "n": 1,
                "arm": "random" if weights else "",
            }
        )
        return Outcome("LAT", "missed their deadline", "requests", frame, "simulated", sampled=weights), table

    return make
