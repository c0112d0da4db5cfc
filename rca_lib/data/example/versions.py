"""Which version of policy, tool and template was in force, when and where."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from rca_lib.data.example.calendar import TEAM_SITES, FloatArray, hours_at

__all__ = [
    "FIRST_RUBRIC",
    "RUBRIC_CHANGE",
    "SECOND_RUBRIC",
    "policy_versions",
    "rubric_versions",
    "template_versions",
    "tool_versions",
]

FIRST_RUBRIC, SECOND_RUBRIC = "2024.1", "2025.1"
RUBRIC_CHANGE = "2025-01-06"

_POLICY = (("2024.1", "2023-10-02"), ("2024.2", "2024-06-03"), ("2025.1", "2025-01-20"), ("2025.2", "2025-08-04"))
_TOOL_EVERYWHERE = (("4.0", "2023-08-01"), ("4.1", "2024-05-20"), ("4.1.2", "2025-01-13"))
_TOOL_42 = {
    "TEAM-A": "2025-06-02",
    "TEAM-R": "2025-06-02",
    "TEAM-B": "2025-06-09",
    "TEAM-C": "2025-06-16",
    "TEAM-D": "2025-06-23",
    "TEAM-E": "2025-06-23",
}
"""Tool 4.2 went to the teams one after another."""

_TOOL_43 = "2025-11-17"
_CONTENT = (("content-6.1", "2023-08-01"), ("content-6.2", "2024-09-30"))
_CONTENT_71 = "2025-10-20"
_RECORDS = (("records-5.0", "2023-08-01"), ("records-5.1", "2025-01-20"))

Text = NDArray[np.object_]


def _in_force(versions: tuple[tuple[str, str], ...], moments: FloatArray) -> Text:
    names = np.array([name for name, _ in versions], dtype=object)
    since = np.array([hours_at(day) for _, day in versions])
    return np.asarray(names[np.searchsorted(since, moments, side="right") - 1])


def policy_versions(moments: FloatArray) -> Text:
    """Policy in force at moments."""
    return _in_force(_POLICY, moments)


def rubric_versions(moments: FloatArray) -> Text:
    """Rubric in force at moments."""
    return _in_force(((FIRST_RUBRIC, "2023-01-01"), (SECOND_RUBRIC, RUBRIC_CHANGE)), moments)


def tool_versions(moments: FloatArray, team: Text) -> Text:
    """Tool version that a team worked with at moments."""
    version = _in_force(_TOOL_EVERYWHERE, moments)
    for name in TEAM_SITES:
        version[(team == name) & (moments >= hours_at(_TOOL_42[name]))] = "4.2"
    version[moments >= hours_at(_TOOL_43)] = "4.3"
    return version


def template_versions(moments: FloatArray, tool: Text, content: NDArray[np.bool_]) -> Text:
    """Export template in use: content-7.0 came with tool 4.2, content-7.1 replaced it; records have their own."""
    template = np.where(content, _in_force(_CONTENT, moments), _in_force(_RECORDS, moments))
    template[content & np.isin(tool, ("4.2", "4.3"))] = "content-7.0"
    template[content & (moments >= hours_at(_CONTENT_71))] = "content-7.1"
    return template
