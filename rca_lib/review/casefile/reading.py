"""Read a case file: YAML to typed records, every mistake at once with its line and its key."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime
from difflib import get_close_matches
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from rca_lib.review.casefile.links import find_broken_links
from rca_lib.review.casefile.mistakes import CaseFileError, Mistake
from rca_lib.review.casefile.model import CaseFile

__all__ = ["Place", "Tree", "key_of", "parse_case_file", "read_case_file", "read_tree"]

Place = tuple[str | int, ...]
"""Where a value stands: keys and positions from the top."""


@dataclass(frozen=True)
class Tree:
    """A parsed file: plain values, and the line of every key and item.

    Attributes
    ----------
    values : mappings, lists, texts, numbers, dates and ``None``.
    lines : the line, from 1, of each place.
    """

    values: Any
    lines: dict[Place, int]

    def line(self, place: Place) -> int:
        """Return the line of a place, or of the nearest place around it."""
        while place and place not in self.lines:
            place = place[:-1]
        return self.lines.get(place, 1)


def read_case_file(path: Path, *, case: str = "") -> CaseFile:
    """Read a case file.

    Parameters
    ----------
    path : the file.
    case : the escalation that it should be about; any by default.

    Raises
    ------
    CaseFileError : when it cannot be read or holds a mistake; all of them are named.
    """
    try:
        text = path.read_bytes().decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = error.object[: error.start].count(b"\n") + 1
        problem = Mistake(line, "", "the file is not UTF-8 text", "save it as UTF-8")
        raise CaseFileError(path.name, [problem]) from None
    except OSError as error:
        problem = Mistake(1, "", f"the file cannot be read ({error.strerror})", "check its path and permissions")
        raise CaseFileError(path.name, [problem]) from None
    return parse_case_file(text, path.name, case=case)


def parse_case_file(text: str, name: str, *, case: str = "") -> CaseFile:
    """Read the text of a case file.

    Raises
    ------
    CaseFileError : when it holds a mistake; all that can be told at once are named.

    Examples
    --------
    >>> parse_case_file("case: ESC-1\\nas_of: 2025-10-01\\n", "ESC-1.yaml").case
    'ESC-1'
    """
    tree = read_tree(text, name)
    if not isinstance(tree.values, dict):
        problem = "the file is empty" if tree.values is None else "the file is not a mapping of keys to values"
        raise CaseFileError(name, [Mistake(1, "", problem, "make it anew with rca new, or begin with case: ID")])
    try:
        found = CaseFile.model_validate(tree.values)
    except ValidationError as error:
        raise CaseFileError(name, _ordered(_explained(error, tree))) from None
    mistakes = [
        Mistake(tree.line(place), key_of(place), problem, fix) for place, problem, fix in find_broken_links(found)
    ]
    if case and found.case != case:
        fix = f"write case: {case}, or name the file after {found.case}"
        mistakes.append(Mistake(tree.line(("case",)), "case", f"it is about {found.case}", fix))
    if mistakes:
        raise CaseFileError(name, _ordered(mistakes))
    return found


def read_tree(text: str, name: str) -> Tree:
    """Parse YAML into plain values and the line of each.

    Raises
    ------
    CaseFileError : when the text is not YAML, or a key stands twice.
    """
    from ruamel.yaml import YAML
    from ruamel.yaml.constructor import DuplicateKeyError
    from ruamel.yaml.error import MarkedYAMLError, YAMLError

    try:
        loaded = YAML(typ="rt").load(text)
    except DuplicateKeyError as error:
        key = re.search(r'duplicate key "([^"]+)"', str(error))
        line = error.problem_mark.line + 1 if error.problem_mark else 1
        said = f"the key {key[1]} stands twice" if key else "a key stands twice"
        raise CaseFileError(name, [Mistake(line, key[1] if key else "", said, "keep one of them")]) from None
    except MarkedYAMLError as error:
        raise CaseFileError(name, [_not_yaml(error, text)]) from None
    except ValueError:
        # The parser read something as a date that the calendar does not have, and says nothing of where.
        raise CaseFileError(name, [_no_such_day(text)]) from None
    except YAMLError as error:
        problem = f"this is not YAML ({' '.join(str(error).split())[:120]})"
        raise CaseFileError(name, [Mistake(1, "", problem, "correct it there")]) from None
    lines: dict[Place, int] = {}
    return Tree(_plain(loaded, (), lines), lines)


def _key_in(row: str) -> str:
    """Return the key that a line begins with, or an empty text."""
    found = re.match(r"\s*-?\s*\{?\s*(\w+)\s*:", row)
    return found[1] if found else ""


def _no_such_day(text: str) -> Mistake:
    for line, row in enumerate(text.splitlines(), start=1):
        for found in re.finditer(r"\b(\d{4})-(\d{1,2})-(\d{1,2})", row):
            try:
                date(*map(int, found.groups()))
            except ValueError:
                return Mistake(line, _key_in(row), f"there is no day {found[0]}", "write it as 2025-10-01")
    return Mistake(1, "", "a value cannot be read", "put texts that look like dates or numbers in quotation marks")


def _not_yaml(error: Any, text: str) -> Mistake:
    """Say what a parser's message means for the one who typed."""
    mark = error.problem_mark or error.context_mark
    line = mark.line + 1 if mark else 1
    rows = text.splitlines()
    at = rows[line - 1] if line <= len(rows) else ""
    said = str(error.problem or error.context or "")
    key = _key_in(at)
    if "\t" in at[: len(at) - len(at.lstrip())] or "'\\t'" in said:
        return Mistake(line, key, "a tab stands at the beginning of the line", "indent with spaces")
    if "mapping values are not allowed" in said:
        return Mistake(line, key, "a colon followed by a space stands inside a text", "put the text in quotation marks")
    if "scanning a quoted scalar" in str(error.context or "") or "unexpected end of stream" in said:
        start = error.context_mark.line + 1 if error.context_mark else line
        first = rows[start - 1] if start <= len(rows) else ""
        return Mistake(start, _key_in(first), "a quotation mark is not closed", "close it, or leave both away")
    if "expected ',' or" in said or "flow" in str(error.context or ""):
        return Mistake(line, key, "a bracket is not closed, or a comma is missing", "close the bracket")
    if "expected <block end>" in said or "could not find expected ':'" in said or "block" in str(error.context or ""):
        return Mistake(
            line, key, "the indentation does not fit, or a colon is missing", "line it up with the keys beside it"
        )
    return Mistake(line, key, f"this is not YAML ({said or 'it cannot be parsed'})", "correct that line")


def _plain(value: Any, place: Place, lines: dict[Place, int]) -> Any:
    """Turn round-trip values into plain ones, and note the line of each key and item."""
    position: Any = getattr(value, "lc", None)
    if isinstance(value, dict):
        made = {}
        for key, part in value.items():
            below = (*place, str(key))
            lines[below] = position.key(key)[0] + 1
            made[str(key)] = _plain(part, below, lines)
        return made
    if isinstance(value, list):
        for at in range(len(value)):
            lines[(*place, at)] = position.item(at)[0] + 1
        return [_plain(part, (*place, at), lines) for at, part in enumerate(value)]
    if type(value).__name__ == "ScalarBoolean":
        return bool(value)
    if type(value).__name__ == "TimeStamp":
        return _moment(value)
    for kind in (bool, str, int, float):
        if isinstance(value, kind):
            return kind(value)
    return value


def _moment(value: Any) -> datetime:
    """Return a moment in UTC; the parser has taken the offset into account."""
    return datetime(value.year, value.month, value.day, value.hour, value.minute, value.second, tzinfo=UTC)


def key_of(place: Iterable[str | int]) -> str:
    """Write a place as a reader counts.

    >>> key_of(("causes", 1, "effect"))
    'causes[2].effect'
    """
    return re.sub(r"\.\[", "[", ".".join(f"[{part + 1}]" if isinstance(part, int) else part for part in place))


def _ordered(mistakes: Iterable[Mistake]) -> list[Mistake]:
    return sorted(dict.fromkeys(mistakes), key=lambda each: (each.line, each.key))


def _explained(error: ValidationError, tree: Tree) -> Iterator[Mistake]:
    """Say each mistake of the records in words; of a value that could be one of several kinds, once."""
    seen: set[Place] = set()
    for found in error.errors():
        place = _in_file(found["loc"], tree.values)
        if place in seen and found["type"] != "extra_forbidden":
            continue
        seen.add(place)
        problem, fix = _one(found, place)
        yield Mistake(tree.line(place), key_of(place), problem, fix)


def _in_file(loc: tuple[int | str, ...], values: Any) -> Place:
    """Return the part of a location that is in the file: pydantic adds the kinds that it tried."""
    place: list[str | int] = []
    for position, part in enumerate(loc):
        if isinstance(values, dict):
            if part == "[key]":
                break
            place.append(str(part))
            if part not in values:
                break
            values = values[part]
        elif isinstance(values, list) and isinstance(part, int) and part < len(values):
            place.append(part)
            values = values[part]
        elif position == len(loc) - 1 or not isinstance(part, str):
            break
    return tuple(place)


def _one(found: Any, place: Place) -> tuple[str, str]:
    kind, value, context = found["type"], found.get("input"), found.get("ctx") or {}
    shown = f"“{value}”" if isinstance(value, str) else f"{value}"
    last = str(place[-1]) if place else ""
    if kind == "extra_forbidden":
        return f"{last} is not a key here", _nearest_key(last, place)
    if kind == "missing":
        return f"{last} is missing", _describe(place)
    if kind == "literal_error":
        expected = context.get("expected", "")
        choices = re.findall(r"'([^']*)'", expected)
        near = get_close_matches(str(value), choices, n=1)
        meant = f"did you mean {near[0]}? " if near else ""
        return f"{shown} is not one of its words", f"{meant}write {', '.join(choices)}"
    if kind.startswith(("date", "datetime")):
        return f"{shown} is not a date", "write it as 2025-10-01"
    if kind in ("tuple_type", "list_type"):
        return (
            f"{shown} is one value where a list belongs",
            f"write it as [{value}], or as lines that begin with a dash",
        )
    if kind in ("dict_type", "model_type", "model_attributes_type"):
        model = _model_at(place)
        keys = f": {', '.join(model.model_fields)}" if model is not None else ""
        return f"{shown} stands where keys and values belong", f"write keys below it{keys}"
    if kind == "string_type":
        said = "a list" if isinstance(value, list) else "keys and values" if isinstance(value, dict) else shown
        return (
            f"{said} stands where a text belongs",
            "write a text, in quotation marks if it looks like a number or date",
        )
    if kind == "string_pattern_mismatch":
        return f"{shown} is not an id of its kind", f"write {_SHAPES.get(context.get('pattern', ''), 'an id')}"
    if kind == "string_too_short":
        return "it is empty", _describe(place)
    if kind in ("less_than", "greater_than", "float_parsing", "float_type"):
        return f"{shown} is not a share between 0 and 1", "write a number such as 0.006 for 0.6%"
    if kind.startswith("bool"):
        return f"{shown} is neither true nor false", "write true or false"
    if kind == "value_error":
        return str(context.get("error", found["msg"])), "keep one and take the others out"
    return f"{shown} cannot be read here ({found['msg'][0].lower()}{found['msg'][1:]})", _describe(place)


_SHAPES = {
    r"^H\d+$": "H and a number, such as H1",
    r"^C\d+$": "C and a number, such as C1",
    r"^J-[0-9a-f]{8}$": "the mark that rca new prints, such as J-3f2a91c0",
    r"^[A-Z][A-Z0-9]*$": "capital letters and digits, such as N3",
}


def _model_at(place: Place) -> Any:
    """Return the record that stands at a place, or ``None``."""
    from typing import get_args

    model: Any = CaseFile
    for part in place:
        if isinstance(part, int):
            continue
        field = getattr(model, "model_fields", {}).get(part)
        if field is None:
            return None
        options = [field.annotation, *get_args(field.annotation)]
        model = next((each for each in options if hasattr(each, "model_fields")), None)
        if model is None:
            return None
    return model


def _nearest_key(key: str, place: Place) -> str:
    model = _model_at(place[:-1])
    known = list(model.model_fields) if model is not None else []
    near = get_close_matches(key, known, n=1)
    return (f"did you mean {near[0]}? " if near else "") + f"there are: {', '.join(known)}"


def _describe(place: Place) -> str:
    """Say what belongs at a place, from the description of its field."""
    model = _model_at(place[:-1])
    field = model.model_fields.get(str(place[-1])) if model is not None and place else None
    said = _WHAT.get(str(place[-1]) if place else "", "") or getattr(field, "description", None)
    return f"write {said[0].lower()}{said[1:]}" if said else "write a value, or take the key out"


_WHAT = {
    "as_of": "the day until which what was recorded is weighed, such as 2025-10-01",
    "case": "the escalation's id",
    "id": "an id of its own",
    "level": "the level at which it lies, such as tool or process",
    "hypothesis": "the id of the hypothesis that it states as the cause, such as H1",
    "what": "what it is, in a sentence",
    "kind": "event, condition, action, cause or question",
    "element": "person, tasks, tools, organisation, environment or external",
    "state": "the state, one of its words",
    "role": "a role, never a name",
    "on": "the date, such as 2025-10-01",
}
