"""Names of files and folders, made from ids that may hold anything."""

from __future__ import annotations

import re

__all__ = ["folder_name"]


def folder_name(escalation_id: str) -> str:
    """Return the name of an escalation's folder or file: its id, with what a path would read otherwise spelled out.

    Ids are opaque, so one may hold a slash or begin with a dot; two ids never share a folder.

    Examples
    --------
    >>> folder_name("ESC-0042"), folder_name("2024/17"), folder_name("..")
    ('ESC-0042', '2024=2F17', '=2E.')
    """
    return re.sub(r"[^\w.-]|^\.", lambda found: "".join(f"={byte:02X}" for byte in found[0].encode()), escalation_id)
