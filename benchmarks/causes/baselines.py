"""What people do without a model: the highest rate, the most excess failures, the latest change, one difference in differences."""

from __future__ import annotations

import numpy as np
import pandas as pd

from benchmarks.causes.families import Case, Truth
from rca_lib.analysis.conditions import requests_matching
from rca_lib.analysis.exposures import load_bands

FEWEST = 20
NAMES = ("raw rate", "excess count", "latest change", "difference in differences")


def candidates_of(case: Case) -> list[tuple[str, np.ndarray, np.ndarray]]:
    """Name, members and later members of every level and every change before the escalation; the same list for all methods."""
    table = case.requests
    begun = table["specialist_id"].map(case.staff.set_index("actor_id")["tenure_start"])
    months = (table["received_at"] - begun).dt.total_seconds() / 86_400 / (365.25 / 12)
    bands = pd.cut(
        months, [-np.inf, 3, 12, 24, np.inf], right=False, labels=["0-3 months", "3-12 months", "1-2 years", "2+ years"]
    )
    columns = {name: table[name] for name in case.dimensions}
    columns |= {"tenure": bands.astype("str"), "load": load_bands(table)}
    if case.events is not None:
        done = case.events.groupby("request_id")["activity"].agg(set).reindex(table["request_id"])
        for step in ("scope_review", "second_review"):
            columns[f"flow:{step}"] = pd.Series([step not in steps for steps in done]).map(
                {True: "skipped", False: "done"}
            )
    week = (table["received_at"] - table["received_at"].min()).dt.days.to_numpy() // 7
    found = []
    for name, values in columns.items():
        for level in sorted(values.dropna().unique()):
            if name.startswith("flow:") and level == "done":
                continue
            member = (values == level).to_numpy()
            if member.sum() >= FEWEST:
                found.append((f"{name}={level}", member, member))
    past = case.changes[case.changes["effective_from"] <= case.around]
    texts = [text for text in past["segment"] if isinstance(text, str)]
    masks = requests_matching(table, texts)
    for change in past.to_dict("records"):
        reached = masks[change["segment"]][0] if isinstance(change["segment"], str) else np.ones(len(week), dtype=bool)
        later = (table["received_at"] >= change["effective_from"]).to_numpy()
        found.append((str(change["change_id"]), reached, reached & later))
    return found


def is_right(name: str, truth: Truth) -> bool:
    """Whether the name of a candidate is that of a planted mechanism; a twin counts, since these methods cannot say so."""
    if name in truth.change_ids:
        return True
    answers = [
        f"{key}={level}"
        for segment in (*truth.segments, *truth.either)
        if len(segment) == 1
        for key, level in segment.items()
    ]
    answers += [
        answer.replace("flow=skipped:", "flow:") + "=skipped" for answer in answers if answer.startswith("flow=")
    ]
    return name in answers or (truth.kind == "load" and name in ("load=busy", "load=very busy"))


def orders(case: Case, onset: pd.Timestamp | None) -> dict[str, list[str]]:
    """The order of candidates by each naive method."""
    at, failed = case.requests["received_at"], case.outcome.frame["failed"].to_numpy(float)
    when = onset if onset is not None else case.around - pd.Timedelta(days=91)
    after = (at >= when).to_numpy()
    scores: dict[str, dict[str, float]] = {name: {} for name in NAMES}
    for name, member, changed in candidates_of(case):
        n1, n0 = (member & after).sum(), (member & ~after).sum()
        k1, k0 = failed[member & after].sum(), failed[member & ~after].sum()
        if n1 >= FEWEST:
            scores["raw rate"][name] = k1 / n1
            scores["excess count"][name] = k1 - n1 * (k0 / n0 if n0 else failed[~after].mean())
        # A change has a date of its own; a level is compared about the onset.
        since = after if changed is member else (at >= _moment(case, name)).to_numpy()
        cells = [member & since, member & ~since, ~member & since, ~member & ~since]
        if min(cell.sum() for cell in cells) >= FEWEST:
            hits = np.array([failed[cell].sum() for cell in cells]) + 0.5
            rest = np.array([cell.sum() for cell in cells]) + 1.0 - hits
            logit = np.log(hits / rest)
            gap = (logit[0] - logit[1]) - (logit[2] - logit[3])
            scores["difference in differences"][name] = gap / np.sqrt((1 / hits + 1 / rest).sum())
    past = case.changes[case.changes["effective_from"] <= case.around]
    scores["latest change"] = {
        str(row["change_id"]): row["effective_from"].timestamp() for row in past.to_dict("records")
    }
    return {name: sorted(values, key=lambda key: -values[key]) for name, values in scores.items()}


def _moment(case: Case, change_id: str) -> pd.Timestamp:
    return case.changes.set_index("change_id")["effective_from"][change_id]
