"""Publish a report folder whole or not at all, with a manifest that proves what it holds."""

from __future__ import annotations

import hashlib
import importlib.metadata
import json
import os
import platform
import shutil
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from rca_lib import __version__

__all__ = [
    "MANIFEST",
    "package_versions",
    "published_folder",
    "read_manifest",
    "write_manifest",
    "write_whole",
]

MANIFEST = "manifest.json"
_PACKAGES = (
    "pandas",
    "numpy",
    "scipy",
    "statsmodels",
    "matplotlib",
    "seaborn",
    "papermill",
    "nbconvert",
    "typst",
    "duckdb",
    "ibis-framework",
)


@contextmanager
def published_folder(final: Path) -> Iterator[Path]:
    """Give a folder to fill; it takes the place of ``final`` when the block ends, and vanishes when the block fails.

    The folder always holds one run: what an earlier run left there goes with it.
    """
    final.parent.mkdir(parents=True, exist_ok=True)
    staging = Path(tempfile.mkdtemp(prefix=f".{final.name}.", dir=final.parent))
    try:
        yield staging
        staging.chmod(0o755)
        _take_place(staging, final)
    finally:
        shutil.rmtree(staging, ignore_errors=True)


def _take_place(staging: Path, final: Path) -> None:
    """Move a finished folder to its place; what stood there goes, or comes back when the move fails."""
    if not final.exists():
        staging.replace(final)
        return
    aside = Path(tempfile.mkdtemp(prefix=f".{final.name}.old.", dir=final.parent))
    try:
        final.replace(aside / final.name)
        try:
            staging.replace(final)
        except BaseException:
            (aside / final.name).replace(final)
            raise
    finally:
        shutil.rmtree(aside, ignore_errors=True)


def write_whole(path: Path, content: bytes) -> None:
    """Write a file so that a reader sees the old one or the new one, never a part."""
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(prefix=f".{path.name}.", dir=path.parent)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
        Path(name).chmod(0o644)
        Path(name).replace(path)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise


def package_versions() -> dict[str, str]:
    """Return the versions that a result may depend on."""
    versions = {"python": platform.python_version(), "rca-suite": __version__}
    for name in _PACKAGES:
        try:
            versions[name] = importlib.metadata.version(name)
        except importlib.metadata.PackageNotFoundError:
            continue
    return versions


def write_manifest(folder: Path, details: Mapping[str, Any]) -> dict[str, Any]:
    """Write ``manifest.json``: the SHA-256 of every file beside it, and the details given."""
    files = {
        path.name: hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(folder.iterdir())
        if path.is_file() and path.name != MANIFEST
    }
    manifest = {**details, "files": files}
    (folder / MANIFEST).write_text(json.dumps(manifest, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    return manifest


def read_manifest(folder: Path) -> dict[str, Any] | None:
    """Return the manifest of a report folder, or ``None`` when it has none that can be read."""
    try:
        found = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None
    return found if isinstance(found, dict) else None
