"""Audiences: who reads a review, and what they may see. A profile is a TOML file; adding one takes no code."""

from __future__ import annotations

import hashlib
import re
import tomllib
from difflib import get_close_matches
from fnmatch import fnmatchcase
from functools import lru_cache
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from rca_lib.errors import UsageError
from rca_lib.resources import templates
from rca_lib.review.claims import SENSITIVITIES, Sensitivity

__all__ = ["Audience", "SectionChoice", "audiences", "load_audience"]

_ONE = r"[a-z0-9_*]+(\.[a-z0-9_*]+)*"
Pattern = Annotated[str, Field(pattern=rf"^{_ONE}(\|{_ONE})*$")]
"""The id of a block, or several by ``*``: ``extent.chart``, ``extent.*``. Of ``a.b|c.d`` the first that is there is shown."""


FieldName = Annotated[str, Field(pattern=r"^[a-z_*]+\.[a-z0-9_*]+$")]
"""A text column of the source, ``table.column``, or several by ``*``."""

IdentifierKind = Literal["request", "agency", "staff"]
"""What an identifier stands for."""


class SectionChoice(BaseModel):
    """One section of a review: its heading, and the blocks that it may hold, in reading order."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    id: str = Field(pattern=r"^[a-z][a-z0-9_]*$")
    title: str = Field(min_length=1)
    blocks: tuple[Pattern, ...] = Field(min_length=1)

    def picks(self, pattern: str, block_id: str) -> bool:
        """Return whether `pattern`, one of `blocks` or one of its alternatives, names the block."""
        return any(fnmatchcase(block_id, one) for one in pattern.split("|"))


class Audience(BaseModel):
    """A profile: which sections a reader gets, in what order, and what they may see. What is not named is not shown.

    Attributes
    ----------
    name : the word used on the command line and in file names.
    title : what stands over the title of the review.
    reader : who it is for, in a line; shown where audiences are listed.
    sensitivity : the kinds of statement that this reader may see, see `rca_lib.review.claims.Sensitivity`.
    small_cells : ``withhold`` writes counts from 1 to the source's limit as a range, ``show`` prints them.
    identifiers : for each kind of identifier (``request``, ``agency``, ``staff``) whether it is ``shown``, stands under an
        ``alias``, or is left out (``none``, as for every kind that is not named).
    dates : how closely the moments of a request are told: by the ``week`` or the ``day``, or ``exact``, to the minute in UTC.
    fields : text columns of the source whose own words may stand in this review, such as ``actions.description``; patterns with
        ``*`` are allowed. The words of every other text column are kept out.
    detail : how closely harmful material may be told: 0 as a code, 1 in a neutral line, 2 as the facts need it, which a call
        has to ask for.
    support : a line about support for readers, shown with the content note.
    code : whether the cells of the notebook are printed beside what they gave.
    formats : what is made of it, when the call does not say: a web page, a document, slides as PDF, or slides to edit.
    max_pages : how many pages the PDF may have.
    max_rows : how many rows of a table are printed; a line below says how many more there are.
    spare : blocks that the PDF may leave out, in this order, when it would have more pages than ``max_pages``; a line says
        which, and that the web page has them.
    facts : keys of the facts under the title, in order; ``*`` patterns are allowed.
    sections : what is shown, in reading order.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: str = Field(pattern=r"^[a-z][a-z0-9_]*$")
    title: str = Field(min_length=1)
    reader: str = ""
    sensitivity: tuple[Sensitivity, ...] = Field(min_length=1)
    small_cells: Literal["withhold", "show"] = "withhold"
    identifiers: dict[IdentifierKind, Literal["none", "alias", "shown"]] = Field(default_factory=dict)
    dates: Literal["week", "day", "exact"] = "week"
    fields: tuple[FieldName, ...] = ()
    detail: Literal[0, 1, 2] = 1
    support: str = ""
    code: bool = False
    formats: tuple[Literal["html", "pdf", "slides", "pptx"], ...] = ("html", "pdf")
    max_pages: int | None = Field(default=None, ge=1)
    max_rows: int | None = Field(default=None, ge=1)
    spare: tuple[Pattern, ...] = ()
    facts: tuple[str, ...] = ()
    sections: tuple[SectionChoice, ...] = Field(min_length=1)

    @model_validator(mode="after")
    def _sections_are_told_apart(self) -> Audience:
        ids = [section.id for section in self.sections]
        twice = sorted({name for name in ids if ids.count(name) > 1})
        if twice:
            raise ValueError(f"the section id {twice[0]!r} is used twice; give each section its own id")
        return self

    @property
    def digest(self) -> str:
        """SHA-256 of what the profile says; how its file is laid out does not matter."""
        return hashlib.sha256(self.model_dump_json().encode()).hexdigest()

    def may_see(self, sensitivity: str) -> bool:
        """Return whether this reader may see a statement of that sensitivity.

        Examples
        --------
        >>> load_audience("leadership").may_see("case")
        False
        """
        return sensitivity in self.sensitivity

    def at_detail(self, detail: int) -> Audience:
        """Return the profile told of harmful matter no more closely than `detail`, and never more closely than it allows.

        Examples
        --------
        >>> load_audience("leadership").at_detail(2).detail
        1
        """
        return self if detail >= self.detail else self.model_copy(update={"detail": detail})

    def identifier(self, kind: IdentifierKind) -> str:
        """Return whether identifiers of that kind are ``shown``, stand under an ``alias``, or are left out (``none``).

        Examples
        --------
        >>> load_audience("leadership").identifier("request")
        'none'
        """
        return self.identifiers.get(kind, "none")


def audiences() -> tuple[str, ...]:
    """Return the names of the audiences that come with the package, in alphabetical order.

    Examples
    --------
    >>> audiences()
    ('analyst', 'leadership', 'specialists')
    """
    return tuple(sorted(path.stem for path in _folder().glob("*.toml")))


def load_audience(name_or_path: str | Path) -> Audience:
    """Return the audience of that name, or the one that a TOML file describes.

    Raises
    ------
    UsageError
        When there is no such audience or file, or when the profile holds a mistake; the message names the file, the key
        and what to write.

    Examples
    --------
    >>> load_audience("leadership").title
    'Leadership briefing'
    """
    path = Path(name_or_path)
    if path.suffix != ".toml":
        known = audiences()
        if str(name_or_path) not in known:
            raise UsageError(
                f"There is no audience {str(name_or_path)!r}{_nearest(str(name_or_path), known)}; "
                f"choose from {', '.join(known)}, or give the path of a profile that ends in .toml."
            )
        path = _folder() / f"{name_or_path}.toml"
    try:
        stamp = path.stat().st_mtime_ns
    except OSError as error:
        raise UsageError(
            f"The audience profile {path.name} cannot be read ({error.strerror}); check its path."
        ) from error
    return _load(path, stamp)


def _folder() -> Path:
    return templates() / "audiences"


@lru_cache(maxsize=64)
def _load(path: Path, stamp: int) -> Audience:  # noqa: ARG001, a changed file is read again
    try:
        profile = tomllib.loads(path.read_text(encoding="utf-8"))
    except UnicodeDecodeError as error:
        raise UsageError(f"The audience profile {path.name} is not UTF-8 text; save it as UTF-8.") from error
    except tomllib.TOMLDecodeError as error:
        raise UsageError(f"The audience profile {path.name} is not valid TOML: {error}; correct that line.") from error
    try:
        return Audience.model_validate(profile)
    except ValidationError as error:
        raise UsageError(f"The audience profile {path.name} has a mistake: {_explain(error)}.") from None


def _explain(error: ValidationError) -> str:
    """Return the mistakes of a profile as one sentence: each with its key and what to write there."""
    said = [_explain_one(found) for found in error.errors()[:3]]
    more = error.error_count() - len(said)
    return "; ".join(said) + (f"; and {more} more" if more > 0 else "")


def _explain_one(found: Any) -> str:
    key = _key(found["loc"])
    kind, value = found["type"], found.get("input")
    if kind == "extra_forbidden":
        last = str(found["loc"][-1])
        fields = (
            SectionChoice.model_fields
            if "sections" in found["loc"][:1] and len(found["loc"]) > 1
            else Audience.model_fields
        )
        return f"{key} is not a key of a profile{_nearest(last, tuple(fields))}; use one of {', '.join(fields)}"
    if kind == "missing":
        return f"{key} is missing; add it"
    if kind == "literal_error":
        return f"{key} is {value!r}{_nearest(str(value), SENSITIVITIES)}; write {found['ctx']['expected']}"
    if kind == "value_error":
        return str(found["ctx"]["error"])
    if kind == "string_pattern_mismatch":
        return f"{key} is {value!r}; {_shape(found['loc'])}"
    return f"{key} is {value!r}: {found['msg'][0].lower()}{found['msg'][1:]}"


def _shape(loc: tuple[int | str, ...]) -> str:
    if "blocks" in loc:
        return "write the id of a block such as 'extent.chart', or a pattern such as 'extent.*'"
    return "use lower-case letters, digits and underscores"


def _key(loc: tuple[int | str, ...]) -> str:
    key = ".".join(f"[{part + 1}]" if isinstance(part, int) else part for part in loc)
    return re.sub(r"\.\[", "[", key) or "the profile"


def _nearest(word: str, known: tuple[str, ...]) -> str:
    near = get_close_matches(word, known, n=1)
    return f" (did you mean {near[0]!r}?)" if near else ""
