"""Errors that a user may meet, each said in one sentence with the thing, the place and the remedy.

::

    RcaError                 anything below; exit code 1
    ├── UsageError           the call is wrong: unknown id, unknown parameter, no such folder; exit code 2
    ├── SourceError          a source cannot be opened or read
    ├── ExecutionError       a notebook cell failed; the notebook so far is kept
    ├── RenderError          a review could not be rendered as the standards demand
    ├── GateError            a rendered file holds something its reader may not see
    └── ConsistencyError     a rendered file does not read as the findings do, or as another review of the case does
"""

from __future__ import annotations

__all__ = ["ConsistencyError", "ExecutionError", "GateError", "RcaError", "RenderError", "SourceError", "UsageError"]


class RcaError(Exception):
    """Base of every error that this package raises on purpose."""

    exit_code = 1


class UsageError(RcaError):
    """Raised when the call itself is wrong: an unknown escalation, parameter, audience or folder."""

    exit_code = 2


class SourceError(RcaError):
    """Raised when a source, or one of its files or queries, cannot be read."""


class ExecutionError(RcaError):
    """Raised when a notebook cell fails; the message names the cell and where the notebook was kept."""


class RenderError(RcaError):
    """Raised when a review cannot be rendered, for example for a missing alternative text."""


class GateError(RcaError):
    """Raised when a rendered file holds something that its audience may not see; nothing is published."""


class ConsistencyError(RcaError):
    """Raised when a rendered file does not read as the findings do, or as another review does; nothing is published."""
