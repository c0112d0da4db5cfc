"""Begin a case file, or merge new evidence into one; and check the case files of a source."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from rca_lib.data.problems import Problem
from rca_lib.review.casefile.mistakes import CaseFileError
from rca_lib.review.casefile.model import case_file_schema
from rca_lib.review.casefile.place import CASES, case_file_path
from rca_lib.review.casefile.reading import read_case_file
from rca_lib.review.casefile.writing import SCHEMA_NAME, merge_case_file, new_case_file
from rca_lib.run.publish import write_whole

if TYPE_CHECKING:
    from rca_lib.data.source import Source
    from rca_lib.review.standing import Reason

__all__ = ["Begun", "begin_case_file", "case_file_problems"]


@dataclass(frozen=True)
class Begun:
    """What became of a case file.

    Attributes
    ----------
    path : where it stands.
    made : whether it is new.
    added : ids and parts that were merged into one that was there.
    state : draft, reviewed or approved.
    reasons : what stands before approval.
    mark : what a signature writes under ``of``, as the file stands.
    """

    path: Path
    made: bool
    added: tuple[str, ...]
    state: str
    reasons: tuple[Reason, ...]
    mark: str

    def as_json(self) -> dict[str, Any]:
        """Return the record for machine-readable output."""
        return {
            "path": str(self.path),
            "made": self.made,
            "added": list(self.added),
            "state": self.state,
            "mark": self.mark,
            "reasons": [{"key": each.key, "text": each.text, "fix": each.fix} for each in self.reasons],
        }


def begin_case_file(
    escalation_id: str, source: Source, *, cases: str | Path | None = None, as_of: str | None = None
) -> Begun:
    """Write the case file of an escalation, or merge new evidence into the one that is there.

    Parameters
    ----------
    cases : the folder for case files; ``cases`` in the source by default. It is made where it is missing.
    as_of : nothing recorded later is taken in.

    Raises
    ------
    UsageError : for an unknown escalation or a moment that is not one.
    CaseFileError : when the file that is there holds a mistake; it is left as it is.
    """
    from rca_lib.review.case import open_case
    from rca_lib.review.evidence_at_hand import evidence_at_hand

    path = case_file_path(source.path, escalation_id, cases)
    folder = None if cases is None or not path.parent.is_dir() else path.parent
    # A folder that is still to be made holds no case files yet.
    case = open_case(escalation_id, source, as_of, folder if cases is None or folder else source.path)
    filled = evidence_at_hand(case)
    there = path.is_file()
    if there:
        before = path.read_bytes().decode("utf-8-sig")
        merged = merge_case_file(before, path.name, filled)
        text, added = merged.text, merged.added
    else:
        text, added = new_case_file(filled), ()
    path.parent.mkdir(parents=True, exist_ok=True)
    if not there or added:
        write_whole(path, text.encode())
    write_whole(
        path.parent / SCHEMA_NAME, (json.dumps(case_file_schema(), indent=1, ensure_ascii=False) + "\n").encode()
    )
    case = case.reread(path.parent)
    mark = case.written_case_file.mark if case.written_case_file is not None else ""
    return Begun(path, not there, added, case.state, case.reasons, mark)


def case_file_problems(source: Source, cases: str | Path | None = None) -> Iterator[Problem]:
    """Give the mistakes of every case file of a source, as the checks of its tables are given."""
    folder = source.path / CASES if cases is None else Path(cases)
    known = {row.escalation_id for row in source.escalations()}
    for path in sorted(folder.glob("*.yaml")) if folder.is_dir() else ():
        try:
            file = read_case_file(path)
        except CaseFileError as error:
            for mistake in error.mistakes:
                yield _problem(path, mistake.key, mistake.line, mistake.problem, mistake.fix)
            continue
        if case_file_path(source.path, file.case, folder).name != path.name or file.case not in known:
            fix = "name the file after an escalation of this source, and write the same id under case"
            yield _problem(path, "case", 1, f"it is about {file.case}", fix)


def _problem(path: Path, key: str, line: int, problem: str, fix: str) -> Problem:
    return Problem(
        table=f"{CASES}/{path.name}",
        column=key,
        rule="a case file is YAML with the keys of its schema",
        severity="error",
        count=1,
        rows=({"line": line},),
        message=f"line {line}: {problem}",
        fix=f"{fix[:1].upper()}{fix[1:]}.",
        check="case_file",
    )
