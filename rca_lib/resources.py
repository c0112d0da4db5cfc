"""Where the files that are not code lie: notebooks and templates.

In a checkout they stand at the root of the repository; in an installed package they stand inside `rca_lib`.
"""

from __future__ import annotations

from pathlib import Path

from rca_lib.errors import RcaError

__all__ = ["notebooks", "templates"]

_PACKAGE = Path(__file__).resolve().parent


def _folder(name: str) -> Path:
    for base in (_PACKAGE, _PACKAGE.parent):
        folder = base / name
        if folder.is_dir():
            return folder
    raise RcaError(f"The folder {name!r} is missing from this installation of rca-suite; install the package again.")


def templates() -> Path:
    """Return the folder that holds `audiences`, `html` and `typst`.

    Raises
    ------
    RcaError
        When the installation lacks the folder.

    Examples
    --------
    >>> (templates() / "audiences" / "leadership.toml").is_file()
    True
    """
    return _folder("templates")


def notebooks() -> Path:
    """Return the folder that holds the parameterised notebooks.

    Raises
    ------
    RcaError
        When the installation lacks the folder.
    """
    return _folder("notebooks")
