"""The index page: every review in a reports folder, the newest first."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from rca_lib.run.publish import read_manifest, write_whole

__all__ = ["reports_in", "write_index"]


def reports_in(out: Path) -> list[dict[str, Any]]:
    """Return the manifests of the report folders in ``out``, by escalation id; folders without one are passed over."""
    folders = (
        sorted(path for path in out.iterdir() if path.is_dir() and not path.name.startswith("."))
        if out.is_dir()
        else []
    )
    found = [(folder, read_manifest(folder)) for folder in folders]
    return [{**manifest, "folder": folder.name} for folder, manifest in found if manifest is not None]


def write_index(out: Path) -> Path:
    """Write ``index.html`` over the reports in ``out`` and return its path."""
    from rca_lib.render.contents import render_index

    path = out / "index.html"
    write_whole(path, render_index(reports_in(out)).encode())
    return path
