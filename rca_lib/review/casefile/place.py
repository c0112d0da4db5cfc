"""Where case files stand: ``cases/ID.yaml`` in the source, or a folder that the user names."""

from __future__ import annotations

from pathlib import Path

from rca_lib.data.naming import folder_name
from rca_lib.errors import UsageError

__all__ = ["CASES", "case_file_path", "find_case_file"]

CASES = "cases"
"""The folder of case files in a source."""


def case_file_path(source: Path, escalation_id: str, cases: str | Path | None = None) -> Path:
    """Return where the case file of an escalation stands, or would.

    Examples
    --------
    >>> case_file_path(Path("examples/lert"), "ESC-0042").as_posix()
    'examples/lert/cases/ESC-0042.yaml'
    """
    folder = source / CASES if cases is None else Path(cases).expanduser()
    return folder / f"{folder_name(escalation_id)}.yaml"


def find_case_file(source: Path, escalation_id: str, cases: str | Path | None = None) -> Path | None:
    """Return the case file of an escalation, or ``None`` where there is none.

    Raises
    ------
    UsageError : when the folder that was named does not exist, since every case would then be without its file.
    """
    if cases is not None and not Path(cases).expanduser().is_dir():
        raise UsageError(
            f"There is no folder {cases} for case files; check the path, or make it with rca new ID --cases {cases}."
        )
    path = case_file_path(source, escalation_id, cases)
    return path if path.is_file() else None
