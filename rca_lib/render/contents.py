"""The index page over all reviews of a reports folder."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from rca_lib.render.audience import audiences, load_audience
from rca_lib.render.page import page_template
from rca_lib.review.format import format_value

__all__ = ["render_index"]

_LABELS = {".html": "HTML", ".slides.pdf": "Slides", ".pdf": "PDF", ".pptx": "PowerPoint"}
"""What a reader is told of a file, by the end of its name; the longer ends come first."""


def render_index(reports: Sequence[Mapping[str, Any]]) -> str:
    """Return the index page.

    Parameters
    ----------
    reports : manifests, each with the name of its folder under ``folder``.
    """
    titles = {name: load_audience(name).title for name in audiences()}
    return page_template("index.html.j2").render(rows=[_row(report, titles) for report in reports])


def _row(report: Mapping[str, Any], titles: Mapping[str, str]) -> dict[str, Any]:
    folder = report["folder"]
    found: dict[str, list[dict[str, str]]] = {}
    for name in report.get("files", {}):
        ending = next((ending for ending in _LABELS if name.endswith(ending)), None)
        if ending is not None:
            found.setdefault(name.removesuffix(ending), []).append(
                {"label": _LABELS[ending], "href": f"{folder}/{name}"}
            )
    return {
        "id": report.get("escalation_id", folder),
        "title": report.get("title") or "",
        "severity": str(report.get("severity") or "").split(" ")[0],
        "state": report.get("state") or "draft",
        "as_of": format_value(report["as_of"], "date") if report.get("as_of") else "",
        "simulated": bool(report.get("simulated")),
        "reviews": [{"title": titles.get(stem, stem), "files": files} for stem, files in sorted(found.items())],
    }
