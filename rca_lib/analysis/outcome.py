"""What counts as the failure under review, and for which requests it could have happened.

A rate needs the requests that did not fail as much as those that did. `outcome_of` therefore returns every request *at
risk*, with whether it failed, and says in one sentence how that was decided.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from rca_lib.analysis.assessed import assessed_requests
from rca_lib.analysis.clock import as_moment, moments, multiplicity, pauses, span_quantile, text_column
from rca_lib.analysis.deadlines import deadline_settings, deadlines
from rca_lib.data.taxonomy import FAILURE_MODES, failure_phrase

__all__ = ["REOPENED", "REOPEN_WINDOW", "Outcome", "outcome_of"]

REOPENED = "reopened"
"""Name of the outcome that is read from ``reopened_from`` and from ``reopen`` events."""

REOPEN_WINDOW = pd.Timedelta(days=30)
"""A reopening counts within this time of closing (domain brief, section 1.6)."""

COLUMNS = ("request_id", "at", "failed", "mature", "weight", "n", "arm")

Tables = Mapping[str, pd.DataFrame]


@dataclass(frozen=True, eq=False)
class Outcome:
    """The failure under review, request by request.

    Attributes
    ----------
    name : the failure mode or the named outcome.
    phrase : completes "requests that ...".
    unit_label : what one row of `frame` is, in the plural.
    frame : one row per request at risk, from which rates are estimated: request_id, at (receipt, UTC), failed, mature
        (False where the outcome may still change or is not yet in), weight (1 / probability of being looked at), n
        (requests that the row stands for) and arm (how the request came to be looked at; "" where all were).
    basis : how failure was determined, in a sentence or two.
    sampled : whether only a sample was looked at, so that counts are to be scaled up.
    ok : whether the failure could be assessed at all; if not, `frame` is empty.
    reason : why it could not be assessed, in a sentence; else "".
    would_allow : what would make an assessment possible, or better; "" when nothing is missing.
    all_arms : `frame` with the requests that were looked at for a reason (targeted, escalated); never for prevalence.
    matures_after : how long after receipt an outcome is taken to be final; ``None`` where it is at once.
    """

    name: str
    phrase: str
    unit_label: str
    frame: pd.DataFrame
    basis: str
    sampled: bool = False
    ok: bool = True
    reason: str = ""
    would_allow: str = ""
    all_arms: pd.DataFrame | None = None
    matures_after: pd.Timedelta | None = None

    @property
    def failed_ids(self) -> tuple[str, ...]:
        """Requests known to have failed, in any arm, in order of receipt."""
        frame = self.frame if self.all_arms is None else self.all_arms
        return tuple(dict.fromkeys(frame.loc[frame["failed"], "request_id"].tolist()))


def outcome_of(
    tables: Tables,
    failure_mode: str | None,
    *,
    as_of: Any,
    config: Any = None,
    outcomes: Mapping[str, pd.DataFrame] | None = None,
) -> Outcome:
    """Decide which requests were at risk of a failure and which of them failed.

    The rule follows the failure mode: an outcome that the source names itself; lateness from deadlines; reopening; an
    assessed item that fails in this way; and, where none of these can be read, the requests that were escalated.

    Parameters
    ----------
    tables : tables of the data contract that were supplied.
    failure_mode : a code of the taxonomy, ``"reopened"``, the name of an outcome of ``source.toml``, or missing.
    as_of : nothing recorded later is used; a request open then is open.
    config : settings of the source (timezone, working_days, outcomes).
    outcomes : evaluated outcomes of the source by name: request_id, failed.
    """
    as_of = as_moment(as_of)
    name = "" if failure_mode is None or pd.isna(failure_mode) else str(failure_mode)
    requests = tables.get("requests")
    if requests is None or requests.empty:
        return _not_assessed(
            name,
            "No requests were supplied, so there is nothing to compare the failure with.",
            "A table of requests, including those that did not fail, would allow it.",
        )
    requests = requests[requests["received_at"] <= as_of]
    if requests.empty:
        return _not_assessed(
            name, f"No request was received by {_date(as_of)}.", "Requests received before that day would allow it."
        )
    if outcomes is not None and name in outcomes:
        return _named(name, outcomes[name], requests, as_of, config)
    missing = ""
    if name == "LAT":
        found, missing = _late(tables, requests, as_of, config)
    elif name == REOPENED:
        found, missing = _reopened(tables, requests, as_of)
    else:
        found, missing = _assessed(tables, name, requests, as_of)
    return found or _escalated(tables, name, requests, as_of, missing)


def _named(name: str, rows: pd.DataFrame, requests: pd.DataFrame, as_of: pd.Timestamp, config: Any) -> Outcome:
    rule = (getattr(config, "outcomes", None) or {}).get(name)
    lag = getattr(rule, "matures_after", None)
    # What came to be known later is not known yet, whichever way it went.
    rows = rows[~(moments(rows, "known_at") > as_of)]
    failed = rows.groupby("request_id")["failed"].max().astype("boolean")
    failed = failed.reindex(requests["request_id"]).set_axis(requests.index)
    at_risk = failed.notna()
    frame = _frame(requests[at_risk], failed[at_risk].to_numpy(dtype=bool))
    words = name.replace("_", " ")
    if frame.empty:
        return _not_assessed(
            name,
            f"The outcome “{words}” applies to none of the requests supplied.",
            "A condition in source.toml that applies to these requests would allow it.",
        )
    frame["mature"] = True if lag is None else (frame["at"] <= as_of - lag)
    wait = "" if lag is None else f" It is taken as final {_days(lag)} after receipt."
    return Outcome(
        name,
        getattr(rule, "phrase", None) or failure_phrase(name),
        "requests",
        frame,
        f"Failure is the condition that the source names “{words}”, read for every request that it applies to.{wait}",
        matures_after=None if lag is None else pd.Timedelta(lag),
    )


def _late(tables: Tables, requests: pd.DataFrame, as_of: pd.Timestamp, config: Any) -> tuple[Outcome | None, str]:
    closed_at = moments(requests, "closed_at")
    if not bool(closed_at.notna().any()):
        return None, "no request has a closing time"
    events = tables.get("events")
    spans = None if events is None else pauses(events, as_of=as_of)
    settings = deadline_settings(config)
    due = deadlines(requests, policies=tables.get("sla_policies"), spans=spans, **settings)
    if not bool(due["due_at"].notna().any()):
        return None, "requests carry no deadline and no service targets apply to them"
    result = text_column(requests, "outcome")
    closed = closed_at <= as_of
    failed = (closed_at.where(closed, as_of) > due["due_at"]).to_numpy()
    ended_unseen = closed_at.isna() & result.isin(["full", "partial", "rejected", "no_data"])
    withdrawn = (result == "withdrawn") & (closed | closed_at.isna()) & ~(failed & closed)
    at_risk = (due["due_at"].notna() & (closed | (due["due_at"] <= as_of)) & ~ended_unseen & ~withdrawn).to_numpy()
    if not bool(at_risk.any()):
        return None, f"no request fell due by {_date(as_of)}"
    lag = span_quantile(due["due_at"] - requests["received_at"], 0.95)
    frame = _frame(requests[at_risk], failed[at_risk], mature_by=as_of - lag)
    rules = set(due.loc[at_risk, "rule"])
    outcome = Outcome(
        "LAT",
        failure_phrase("LAT"),
        "requests that fell due",
        frame,
        _late_basis(rules, as_of, spans is not None and not spans.empty, settings["working_days"]),
        matures_after=lag,
    )
    return outcome, ""


def _late_basis(rules: set[str], as_of: pd.Timestamp, paused: bool, working_days: str | None) -> str:
    parts = [
        f"A request is late when it was closed after its deadline, or was still open past it on {_date(as_of)}; "
        "requests withdrawn in time are left out."
    ]
    if rules == {"given"}:
        parts.append("The deadline is the one on the request.")
    else:
        source = "The deadline is the service target for the process type"
        parts.append(source + (" where the request carries none." if "given" in rules else "."))
        parts.append(
            "Time in which the clock was paused does not count towards a target."
            if paused
            else "No pauses of the clock are on record, so all time counts towards a target."
        )
    if "working days" in rules:
        calendar = (
            f"by the {working_days} holiday calendar" if working_days else "as Monday to Friday, without holidays"
        )
        parts.append(f"Working days are counted {calendar}.")
    return " ".join(parts)


def _reopened(tables: Tables, requests: pd.DataFrame, as_of: pd.Timestamp) -> tuple[Outcome | None, str]:
    closed_at = moments(requests, "closed_at")
    closed = closed_at <= as_of
    first = text_column(requests, "reopened_from")
    again = [pd.DataFrame({"request_id": first, "ts": requests["received_at"]})[first != ""]]
    events = tables.get("events")
    if events is not None:
        again.append(events.loc[(events["activity"] == "reopen") & (events["ts"] <= as_of), ["request_id", "ts"]])
    reopenings = pd.concat(again, ignore_index=True)
    if reopenings.empty:
        return None, "no reopening is on record"
    if not bool(closed.any()):
        return None, "no request has a closing time"
    closings = closed_at.set_axis(requests["request_id"])
    # A request that is worked again under its own id closes after it was reopened, which counts as well.
    wait = reopenings["ts"] - reopenings["request_id"].map(closings[~closings.index.duplicated()])
    ids = reopenings.loc[~(wait > REOPEN_WINDOW), "request_id"]
    hit = requests["request_id"].isin(ids).to_numpy()
    at_risk = closed.to_numpy() | hit
    frame = _frame(requests[at_risk], hit[at_risk])
    frame["mature"] = ~frame["request_id"].isin(requests.loc[closed_at > as_of - REOPEN_WINDOW, "request_id"])
    outcome = Outcome(
        REOPENED,
        f"were reopened within {_days(REOPEN_WINDOW)} of closing",
        "requests closed",
        frame,
        f"A request counts as reopened when it was taken up again within {_days(REOPEN_WINDOW)} of closing; requests "
        "closed more recently than that are shown as unfinished.",
        matures_after=REOPEN_WINDOW,
    )
    return outcome, ""


def _assessed(tables: Tables, mode: str, requests: pd.DataFrame, as_of: pd.Timestamp) -> tuple[Outcome | None, str]:
    found = assessed_requests(tables, mode, requests, as_of=as_of)
    return (_assessed_outcome(mode, found.rows, found.items, as_of), "") if found.items else (None, found.missing)


def _assessed_outcome(mode: str, rows: pd.DataFrame, tied: tuple[str, ...], as_of: pd.Timestamp) -> Outcome:
    arms = set(rows["arm"])
    chosen = rows["arm"] == "random" if "random" in arms else pd.Series(True, index=rows.index)
    unweighted = bool(rows.loc[chosen, "weight"].isna().any())
    rows["weight"] = rows["weight"].fillna(1.0)
    lag = span_quantile(rows.loc[chosen, "assessed_at"] - rows.loc[chosen, "at"], 0.9)
    rows["mature"] = rows["at"] <= as_of - lag
    rows = rows.sort_values(["at", "request_id", "arm"], kind="stable")[list(COLUMNS)].reset_index(drop=True)
    frame = (
        rows[rows["arm"] == "random"].reset_index(drop=True) if "random" in arms else rows.drop_duplicates("request_id")
    )
    what = f"item {tied[0]}" if len(tied) == 1 else f"items {', '.join(tied[:-1])} and {tied[-1]}"
    parts = [f"A request counts as failed when an assessment that stands failed it in this way on {what}."]
    would_allow = ""
    if "random" in arms:
        parts.append("Rates rest on the random sample alone; targeted assessments are kept apart.")
    elif arms == {""}:
        parts.append(
            "How the assessed requests were chosen is not on record, so the rate may not hold for all requests."
        )
        would_allow = (
            "The sample arm and inclusion probability of each assessment would allow it to be estimated for all."
        )
    else:
        parts.append("The assessed requests were chosen for a reason, so the rate does not hold for all requests.")
        would_allow = "A random sample of assessments would allow the rate of all requests to be estimated."
    if unweighted:
        parts.append("Where the chance of being sampled is not on record, each request counts once.")
        would_allow = would_allow or "The inclusion probability of each assessment would allow counts to be scaled up."
    return Outcome(
        mode,
        failure_phrase(mode),
        "requests assessed at random" if "random" in arms else "requests assessed",
        frame.reset_index(drop=True),
        " ".join(parts),
        sampled=True,
        would_allow=would_allow,
        all_arms=rows,
        matures_after=lag,
    )


def _escalated(tables: Tables, mode: str, requests: pd.DataFrame, as_of: pd.Timestamp, missing: str) -> Outcome:
    escalations, links = tables.get("escalations"), tables.get("escalation_requests")
    better = _would_be_better(mode)
    why = f"{missing[:1].upper()}{missing[1:]}" if missing else "Nothing else was supplied"
    if escalations is None or links is None or escalations.empty or links.empty:
        return _not_assessed(mode, f"{why}, and no escalation is tied to its requests.", better)
    opened = escalations[escalations["opened_at"] <= as_of]
    if mode:
        opened = opened[text_column(opened, "failure_mode") == mode]
    index_rows = links[
        links["escalation_id"].isin(opened["escalation_id"]) & text_column(links, "role").isin(["", "index"])
    ]
    hit = requests["request_id"].isin(index_rows["request_id"]).to_numpy()
    if not bool(hit.any()):
        return _not_assessed(mode, f"{why}, and no escalation of this kind is tied to a request.", better)
    first = (
        index_rows.merge(opened[["escalation_id", "opened_at"]], on="escalation_id")
        .groupby("request_id")["opened_at"]
        .min()
    )
    received = requests[hit].drop_duplicates("request_id").set_index("request_id")["received_at"]
    lag = span_quantile(first.reindex(received.index) - received, 0.9)
    frame = _frame(requests, hit, mature_by=as_of - lag)
    return Outcome(
        mode or "escalated",
        f"were escalated because they {failure_phrase(mode)}" if mode else "were escalated",
        "requests received",
        frame,
        f"{why}, so failures are counted from escalations; those that nobody escalated are not seen.",
        would_allow=better,
        matures_after=lag,
    )


def _would_be_better(mode: str) -> str:
    if mode == "LAT":
        return "Deadlines (due_at) or service targets (sla_policies), and closing times, would show every late request."
    if mode == REOPENED:
        return "Closing times and reopened_from would show every reopening."
    if mode in FAILURE_MODES or not mode:
        return "Assessments with item results that name the failure mode would show how often it happens."
    return f"An outcome “{mode}” in source.toml would show every request that fails in this way."


def _frame(
    requests: pd.DataFrame, failed: npt.NDArray[np.bool_], *, mature_by: pd.Timestamp | None = None
) -> pd.DataFrame:
    at = requests["received_at"]
    frame = pd.DataFrame(
        {
            "request_id": requests["request_id"],
            "at": at,
            "failed": failed,
            "mature": True if mature_by is None else (at <= mature_by),
            "weight": 1.0,
            "n": multiplicity(requests),
            "arm": pd.Series("", index=requests.index, dtype="str"),
        }
    )
    frame = frame.sort_values(["at", "request_id"], kind="stable")
    return frame.drop_duplicates("request_id").reset_index(drop=True)


def _not_assessed(name: str, reason: str, would_allow: str) -> Outcome:
    blank = pd.DataFrame(
        {
            "request_id": pd.Series(dtype="str"),
            "at": pd.Series(dtype="datetime64[us, UTC]"),
            "failed": pd.Series(dtype="bool"),
            "mature": pd.Series(dtype="bool"),
            "weight": pd.Series(dtype="float64"),
            "n": pd.Series(dtype="int64"),
            "arm": pd.Series(dtype="str"),
        }
    )
    phrase = f"were reopened within {_days(REOPEN_WINDOW)} of closing" if name == REOPENED else failure_phrase(name)
    return Outcome(
        name,
        phrase if name else "were escalated",
        "requests",
        blank,
        "",
        ok=False,
        reason=reason,
        would_allow=would_allow,
    )


def _date(moment: pd.Timestamp) -> str:
    return f"{moment.day} {moment:%B %Y}"


def _days(span: timedelta) -> str:
    days = round(span.total_seconds() / 86_400)
    return "1 day" if days == 1 else f"{days} days"
