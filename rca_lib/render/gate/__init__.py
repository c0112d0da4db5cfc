"""The gate: reads what was rendered, before anyone else does, and lets nothing out that its audience may not see.

The allow-list decides what goes in; the gate checks what came out, by other means, and fails closed. Each file is read as a
reader could and as a program could (`rca_lib.render.gate.within` names the readers), and searched for the identifiers of the
case, the words of the source, paths of this machine, code and hidden content (`rca_lib.render.gate.search`).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from rca_lib.errors import GateError
from rca_lib.render.gate.passages import Budget, Passage, UnreadableError
from rca_lib.render.gate.search import Find, Search
from rca_lib.render.gate.within import kind_of, read_as, suffix_kind

__all__ = ["Passage", "check_file", "check_passages", "read_file"]

_REMEDIES = {
    "content that no reader sees": "take it out of the template or the drawing that it comes from.",
    "code or parameters": "take it out of the text that it comes from, or let the profile ask for code.",
}
_REMEDY = "look for it in the titles, descriptions and actions of the escalation, and take it out there."


def check_file(
    name: str,
    content: bytes,
    *,
    shows: Any,
    identifiers: Iterable[str],
    forbidden: Iterable[str] = (),
    headed: str = "",
    forbidden_texts: Iterable[str] = (),
    code: bool = False,
) -> list[Passage]:
    """Let a rendered file pass, or raise; return what was read in it.

    Parameters
    ----------
    name : the file's name, for the message; it is searched too.
    content : the file, as it would be published.
    shows : the view that it was rendered from; words that a file holds only as shapes are searched here.
    identifiers : identifiers of the case that this audience may not see.
    forbidden : other texts that may not appear, such as the folder of the source.
    headed : the escalation's own id, which stands at the head of every review; it is not searched, so a source should
        never make it from the id of a request.
    forbidden_texts : words of the source that this audience may not read.
    code : whether code may stand in the file, as in the analyst's; everything else is looked for there too.

    Raises
    ------
    GateError : names the file, what kind of thing was found and where, without repeating it.

    Examples
    --------
    >>> page = b"<!doctype html><html><body><p>About REQ-00413.</p></body></html>"
    >>> check_file("leadership.html", page, shows={}, identifiers=["REQ-00413"])
    Traceback (most recent call last):
        ...
    rca_lib.errors.GateError: Nothing was published: leadership.html holds an identifier of the case, in the text of the page, \
which its audience may not see; look for it in the titles, descriptions and actions of the escalation, and take it out there.
    """
    passages = read_file(name, content)
    # A page is its words; of a PDF's words, what is read is what the file says that its shapes stand for.
    viewed = _viewed(shows) if content.startswith(b"%PDF") else ()
    check_passages(
        name,
        [*passages, *viewed],
        Search(identifiers, forbidden_texts, forbidden, headed=headed, code=code),
    )
    return passages


def read_file(name: str, content: bytes) -> list[Passage]:
    """Return everything that a file says, and its name.

    Raises
    ------
    GateError : when it cannot be read to its end, or is not what its name says it is.
    """
    try:
        wanted, kind = suffix_kind(name), kind_of(content)
        if wanted is None:
            raise UnreadableError("a kind of content that no review has")
        if wanted != kind:
            raise UnreadableError("another kind of content than its name says")
        found = read_as(kind, content, Budget())
    except UnreadableError as problem:
        raise GateError(
            f"Nothing was published: {name} cannot be read completely, since it holds {problem}; "
            "render it again, and if that does not help, take out what was added to its template."
        ) from None
    return [Passage("its name", Path(name).name, "aside"), *found]


def check_passages(name: str, passages: list[Passage], search: Search) -> None:
    """Raise when something that may not be there stands in what was read of a file.

    Raises
    ------
    GateError : names the file, what kind of thing was found and where, without repeating it.
    """
    found = search.first(passages)
    if found is not None:
        raise GateError(_message(name, found))


def _message(name: str, found: Find) -> str:
    return (
        f"Nothing was published: {name} holds {found.what}, in {found.where}, which its audience may not see; "
        f"{_REMEDIES.get(found.what, _REMEDY)}"
    )


def _viewed(shows: Any) -> Iterator[Passage]:
    """Give the words of the view that a file was rendered from; drawings in it are read in the file."""
    if isinstance(shows, str):
        yield Passage("what it was made from", shows, "alt")
    elif isinstance(shows, dict):
        for key, value in shows.items():
            if key != "svg":
                yield from _viewed(value)
    elif isinstance(shows, list | tuple):
        for value in shows:
            yield from _viewed(value)
