"""Check a notebook's parameters before a kernel starts.

Papermill only warns about a name that the notebook does not know and runs on with the default, and it injects whatever type it
is given. Here a notebook declares its parameters in the cell tagged ``parameters`` as annotated assignments, and every value is
checked against them.
"""

from __future__ import annotations

import ast
import datetime as dt
import difflib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from rca_lib.errors import UsageError

if TYPE_CHECKING:
    from nbformat import NotebookNode

__all__ = ["Parameter", "check_parameters", "declared_parameters", "nearest"]

_TYPES: dict[str, tuple[type, ...]] = {
    "str": (str,),
    "int": (int,),
    "float": (float, int),
    "bool": (bool,),
    "list": (list,),
    "dict": (dict,),
    "None": (type(None),),
}


@dataclass(frozen=True)
class Parameter:
    """One declared parameter of a notebook.

    Attributes
    ----------
    name : as the notebook's code uses it.
    types : the names of the types that its annotation allows, such as ``("str", "None")``.
    default : the value that the notebook holds.
    """

    name: str
    types: tuple[str, ...]
    default: Any

    def accepts(self, value: object) -> bool:
        """Say whether ``value`` is of a declared type; a truth value is never taken for a number."""
        if isinstance(value, bool):
            return "bool" in self.types
        return any(isinstance(value, _TYPES[name]) for name in self.types)


def declared_parameters(notebook: NotebookNode, name: str) -> dict[str, Parameter]:
    """Read the parameters that a notebook declares.

    Parameters
    ----------
    notebook : the parsed notebook.
    name : what to call it in an error.

    Raises
    ------
    UsageError : when there is no cell tagged ``parameters``, or a line of it is not ``name: type = literal``.
    """
    cells = [cell for cell in notebook.cells if "parameters" in cell.metadata.get("tags", [])]
    if len(cells) != 1:
        raise UsageError(
            f"{name} has {len(cells)} cells tagged “parameters”; tag exactly one cell so that its values can be set."
        )
    try:
        lines = ast.parse(cells[0].source).body
    except SyntaxError as error:
        raise UsageError(
            f"{name}, parameters cell: line {error.lineno} is not Python ({error.msg}); write it as “name: type = literal”."
        ) from None
    found: dict[str, Parameter] = {}
    for line in lines:
        parameter = _declaration(line)
        if parameter is None:
            text = ast.unparse(line)
            raise UsageError(
                f"{name}, parameters cell: “{text}” is not of the form “name: type = literal”; write it that way."
            )
        found[parameter.name] = parameter
    return found


def _declaration(line: ast.stmt) -> Parameter | None:
    if not (isinstance(line, ast.AnnAssign) and isinstance(line.target, ast.Name) and line.value is not None):
        return None
    types = tuple(part.strip() for part in ast.unparse(line.annotation).split("|"))
    try:
        default = ast.literal_eval(line.value)
    except ValueError:
        return None
    return Parameter(line.target.id, types, default) if all(part in _TYPES for part in types) else None


def check_parameters(given: Mapping[str, Any], declared: Mapping[str, Parameter], name: str) -> dict[str, Any]:
    """Return what to inject: every given value, checked, with dates written as ISO text.

    Raises
    ------
    UsageError : for an unknown name (with the nearest known one) or a value of another type.

    Examples
    --------
    >>> check_parameters({"as_of": "2025-03-01"}, {"as_of": Parameter("as_of", ("str", "None"), None)}, "case_review")
    {'as_of': '2025-03-01'}
    """
    checked: dict[str, Any] = {}
    for key, raw in given.items():
        value = raw.isoformat() if isinstance(raw, dt.date | dt.datetime) else raw
        if key not in declared:
            hint = nearest(key, declared, 1)
            meant = f"did you mean “{hint[0]}”?" if hint else "it has none."
            raise UsageError(f"{name} has no parameter “{key}”; {meant} It takes: {', '.join(declared) or 'nothing'}.")
        if not declared[key].accepts(value):
            wanted = " or ".join("nothing" if part == "None" else part for part in declared[key].types)
            raise UsageError(f"{name}, parameter “{key}”: {value!r} is a {type(value).__name__}; give {wanted}.")
        checked[key] = value
    return checked


def nearest(word: str, known: Mapping[str, Any] | list[str], count: int) -> list[str]:
    """Return up to ``count`` known words in order of likeness to ``word``.

    >>> nearest("ESC-024", ["ESC-0042", "ESC-0007", "X"], 2)
    ['ESC-0042', 'ESC-0007']
    """
    return difflib.get_close_matches(word, list(known), n=count, cutoff=0.0)
