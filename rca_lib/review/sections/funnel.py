"""Funnel: the levels of a dimension against what their size, and the spread between them, allow."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from rca_lib.analysis.funnel import FEWEST_PER_LEVEL, Funnel, funnel_curve, funnel_of_shares
from rca_lib.analysis.trials import tally, trials
from rca_lib.review.draft import SectionDraft, finite, records
from rca_lib.review.wording import counted, dimension_label, in_words, is_few, joined

if TYPE_CHECKING:
    from rca_lib.review.case import Case

__all__ = ["about", "add_funnel"]

MOST_NAMED = 3
FEWEST_REQUESTS = 20


def add_funnel(case: Case, draft: SectionDraft, by: str) -> None:
    """Add what the levels of a dimension show against what their size allows: a sentence and a funnel plot."""
    if case.requests is None:
        return
    rows = trials(case.outcome)
    values = case.requests.drop_duplicates("request_id").set_index("request_id")[by]
    level = values.reindex(rows["request_id"]).astype("str").fillna("not recorded").to_numpy()
    names, group = np.unique(level, return_inverse=True)
    counts = tally(rows, np.asarray(group, dtype=np.int64), len(names))
    n = counts["n_effective"].to_numpy(float)
    labels = [in_words(name) or "not recorded" for name in names]
    found = funnel_of_shares(np.nan_to_num(counts["rate"].to_numpy(float)) * n, n, labels)
    if not found.ok or len(rows) < FEWEST_REQUESTS:
        reason = found.reason or "Too few requests to compare."
        text = f"{dimension_label(by)} was not compared: {reason[:1].lower()}{reason[1:]} {found.would_allow}".strip()
        draft.prose("funnel_summary", [[draft.say("funnel", text, value="not assessed")]], title=dimension_label(by))
        return
    raw = dict(zip(labels, counts["failed"].to_numpy(float), strict=True))
    limit = case.source.config.small_cell
    hidden = any(is_few(round(raw.get(row["level"], row["failed"])), limit) for row in records(found.frame))
    told = _funnel_told(by, found, left_out=int((n > 0).sum() - (~found.frame["pooled"]).sum()))
    draft.prose(
        "funnel_summary",
        [
            [
                draft.say(
                    "funnel",
                    told,
                    value=int(found.frame["outside_998"].sum()),
                    unit="levels",
                    n=len(found.frame),
                    method=found.method,
                )
            ]
        ],
        title=dimension_label(by),
    )
    beyond = found.frame.loc[found.frame["outside_998"].astype(bool), "level"].tolist()
    allowed = "size and spread allow" if found.adjusted else "its size allows"
    title = (
        f"{dimension_label(by)}: {joined(beyond[:MOST_NAMED])} beyond what {allowed}"
        if beyond
        else f"{dimension_label(by)}: no level lies beyond what {allowed}"
    )
    sizes = np.unique(np.geomspace(max(found.frame["n"].min() * 0.5, 2), found.frame["n"].max() * 1.08, 60))
    draft.figure(
        "funnel_chart",
        "funnel",
        {
            "rows": [
                {"label": row["level"], "n": float(row["n"]), "rate": float(row["value"])}
                | {"failed": round(raw.get(row["level"], row["failed"])), "flag": bool(row["outside_998"])}
                for row in records(found.frame)
            ],
            "curve": [
                {key: finite(value) for key, value in row.items()} for row in records(funnel_curve(found, sizes))
            ],
            "target": found.target,
            "y_label": f"share that {case.outcome.phrase}",
            "x_label": f"requests; {found.method}",
        },
        title=title,
        alt=f"{title}. {counted(len(found.frame), 'level')} by number of requests, between 95% and 99.8% limits.",
        caption=f"Levels with fewer than {FEWEST_PER_LEVEL} requests stand together, or are left out.",
        sensitivity="case" if hidden else "operational",
    )


def _funnel_told(by: str, found: Funnel, *, left_out: int) -> str:
    frame = found.frame
    beyond, plain = frame["outside_998"].astype(bool), frame["unadjusted_998"].astype(bool)
    named = int((~frame["pooled"]).sum())
    count = int(beyond.sum())
    lie = "none lies" if count == 0 else "1 lies" if count == 1 else f"{count} lie"
    text = f"Of {counted(named, 'level')} of {dimension_label(by).lower()}, {lie} beyond the 99.8% limits"
    if found.adjusted:
        text += f" once the spread between levels is allowed for ({int(plain.sum())} without that; dispersion {found.dispersion.phi:.1f})"
    text += f"; by chance at least one would do so {about(found.false_alarm)} of the time."
    if left_out > 0:
        verb = "is" if left_out == 1 else "are"
        text += f" {counted(left_out, 'level')} with fewer than {FEWEST_PER_LEVEL} requests {verb} not shown alone."
    return text


def about(chance: float) -> str:
    """Write how often something happens by chance.

    >>> about(0.053), about(0.0004)
    ('about 5%', 'less than 1%')
    """
    return f"about {chance:.0%}" if chance >= 0.01 else "less than 1%"
