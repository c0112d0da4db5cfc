"""Mistakes in a case file: what is wrong, on which line, at which key, and what to write instead."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

from rca_lib.errors import RcaError

__all__ = ["CaseFileError", "Mistake"]

MOST_TOLD = 5


@dataclass(frozen=True)
class Mistake:
    """One mistake.

    Attributes
    ----------
    line : where it stands, from 1.
    key : the key, written as ``causes[2].effect``; empty for the file as a whole.
    problem : what is wrong.
    fix : what to write.
    """

    line: int
    key: str
    problem: str
    fix: str

    def __str__(self) -> str:
        where = f"line {self.line}" + (f", {self.key}" if self.key else "")
        return f"{where}: {self.problem}; {self.fix}"

    def as_json(self) -> dict[str, Any]:
        """Return the mistake as plain values."""
        return asdict(self)


class CaseFileError(RcaError):
    """Raised when a case file cannot be used; the message names each mistake with its line, its key and the fix."""

    def __init__(self, name: str, mistakes: Sequence[Mistake]) -> None:
        self.name = name
        self.mistakes = tuple(mistakes)
        told = [str(each) for each in self.mistakes[:MOST_TOLD]]
        more = len(self.mistakes) - len(told)
        super().__init__(f"{name}, {'; '.join(told)}" + (f"; and {more} more" if more else "") + ".")

    def __reduce__(self) -> tuple[Any, ...]:
        return type(self), (self.name, self.mistakes)
