"""What a notebook imports: `open_case`, with blocks that show themselves in JupyterLab."""

from __future__ import annotations

from pathlib import Path

from rca_lib.data.source import Source
from rca_lib.render.display import register
from rca_lib.review.case import Case
from rca_lib.review.case import open_case as _open_case

__all__ = ["open_case"]


def open_case(
    escalation_id: str,
    source: str | Path | Source = "examples/lert",
    as_of: str | None = None,
    cases: str | Path | None = None,
) -> Case:
    """Open one escalation, ready to be asked."""
    register()
    return _open_case(escalation_id, source, as_of, cases)


open_case.__doc__ = _open_case.__doc__
