"""Charts for readers from whom small counts are withheld."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Any

from rca_lib.render.privacy.cells import few_did_not_fail, few_in_all, is_small, same_requests, tell_column
from rca_lib.review.blocks import Figure

__all__ = ["mask_figure", "withheld_requests"]

_COUNTS = ("n", "failed", "n_before", "failed_before", "n_after", "failed_after")
_BY_ROWS = ("rows", "steps")
_WITHOUT_COUNTS = frozenset({"cause_chart", "case_timeline", "evidence_matrix"})
"""Charts that show no counts of requests, whoever draws them."""


def mask_figure(figure: Figure, limit: int, *, elsewhere: Collection[tuple[Any, ...]] = ()) -> Figure | None:
    """Return `figure` without what rests on a small count; the same object if there is nothing of the kind.

    The place of a mark is its rate, and its interval the number of requests, so a mark gives its count away as a number would.
    ``None`` means that nothing is left to draw, or that nobody can say whether the chart gives a small count away: one of
    another shape than rows, steps, groups of rows or periods with their counts states in ``masked`` what such readers
    see, or that it is not drawn from counts.

    Parameters
    ----------
    elsewhere : requests whose counts another table or chart withholds; see `rca_lib.render.privacy.cells.same_requests`.
    """
    if not figure.counts or figure.chart in _WITHOUT_COUNTS:
        return figure
    said = figure.masked
    if said is not None:
        figure = figure.model_copy(update={**(said or {"data": {}}), "masked": None})
    data, declared = figure.data, "data" in (said or {})
    if not data:
        return None
    if "periods" in data:
        return _with_periods(figure, limit, declared=declared)
    if any(key in data for key in _BY_ROWS) or ("groups" in data and all("rows" in group for group in data["groups"])):
        return _with_rows(figure, limit, elsewhere, plain="title" in (said or {}))
    return figure if declared else None


def withheld_requests(figure: Figure, limit: int, elsewhere: Collection[tuple[Any, ...]] = ()) -> set[tuple[Any, ...]]:
    """Return the requests, as `rca_lib.render.privacy.cells.same_requests` tells them, whose marks a chart leaves out."""
    found = set()
    for rows in _row_lists(figure.data):
        found |= {same_requests(rows[at], figure.parts) for at in _left_out(rows, figure, limit, elsewhere)}
    return {each for each in found if each is not None}


def _with_periods(figure: Figure, limit: int, *, declared: bool) -> Figure | None:
    periods = figure.data["periods"]
    known = all(period.get("failed") is not None for period in periods if period.get("rate") is not None)
    if not known and not declared:
        return None
    few = any(_rests_on_few(period, limit) or few_did_not_fail(period, limit) for period in periods)
    return None if few else figure


def _with_rows(figure: Figure, limit: int, elsewhere: Collection[tuple[Any, ...]], *, plain: bool) -> Figure | None:
    """Leave rows out; ``plain`` says that the title tells no figures, so that it may stand without the row that it tells of."""
    data = figure.data
    masked: dict[str, Any] = dict(data)
    for key in _BY_ROWS:
        if key in data:
            masked[key] = _kept(data[key], figure, limit, elsewhere)
    if "groups" in data:
        groups = [{**group, "rows": _kept(group["rows"], figure, limit, elsewhere)} for group in data["groups"]]
        masked["groups"] = [group for group in groups if group["rows"]]
    dropped = sum(map(len, _row_lists(data))) - sum(map(len, _row_lists(masked)))
    if not dropped:
        return figure
    if _flags(data) > _flags(masked) and not plain:
        # The title tells of a row that is flagged; without the row, it would tell what is withheld.
        return None
    for rows in _row_lists(masked):
        rows[:] = [{**row, **{key: None for key in _COUNTS if key in row}} for row in rows]
    if "overall" in masked:
        masked["overall"] = None
    if not any(_row_lists(masked)):
        return None
    note = f"Rows that rest on 1 to {limit} requests or failures, and others that would give them away, are left out."
    caption = f"{figure.caption} {note}" if figure.caption else note
    return figure.model_copy(update={"data": masked, "caption": caption})


def _row_lists(data: Mapping[str, Any]) -> list[list[dict[str, Any]]]:
    """The rows of a chart, those of each group by themselves."""
    return [data[key] for key in _BY_ROWS if key in data] + [group["rows"] for group in data.get("groups") or ()]


def _kept(
    rows: list[dict[str, Any]], figure: Figure, limit: int, elsewhere: Collection[tuple[Any, ...]]
) -> list[dict[str, Any]]:
    out = _left_out(rows, figure, limit, elsewhere)
    return [row for at, row in enumerate(rows) if at not in out]


def _left_out(
    rows: Sequence[Mapping[str, Any]], figure: Figure, limit: int, elsewhere: Collection[tuple[Any, ...]]
) -> set[int]:
    """Positions of the rows that rest on a small count, or would give one away."""
    parts = figure.parts
    if few_in_all(parts, limit):
        return set(range(len(rows)))
    if parts is not None and parts.by is not None:
        # The rows of one group share no request, whatever the group is called.
        rows = [{parts.by: True, **row} for row in rows]
    out = {
        at
        for at, row in enumerate(rows)
        if row.get("withhold")
        or _rests_on_few(row, limit)
        or few_did_not_fail(row, limit)
        or same_requests(row, parts) in elsewhere
    }
    while True:
        more = set(out)
        for key in _COUNTS:
            more |= tell_column(rows, key, limit, parts=parts, apart=figure.apart, kept_back=out).keys()
        if more == out:
            return out
        out = more


def _flags(data: Mapping[str, Any]) -> int:
    return sum(bool(row.get("flag")) for rows in _row_lists(data) for row in rows)


def _rests_on_few(row: Mapping[str, Any], limit: int) -> bool:
    return any(is_small(row.get(key), limit) for key in _COUNTS)
