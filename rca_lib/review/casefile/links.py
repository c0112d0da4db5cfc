"""What must hold between the parts of a case file: ids are told apart and lead somewhere, and the chart has one event."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from difflib import get_close_matches

from rca_lib.review.casefile.model import CaseFile, Node

__all__ = ["Broken", "find_broken_links", "same_role"]

Broken = tuple[tuple[str | int, ...], str, str]
"""Where it stands, what is wrong, and what to write."""


def find_broken_links(file: CaseFile) -> Iterator[Broken]:
    """Give every mistake that shows only when the parts of a file are seen together."""
    for part in ("hypotheses", "evidence", "causes", "chart", "actions"):
        yield from _twice(file, part)
    yield from _hypotheses(file)
    yield from _causes(file)
    yield from _chart(file.chart)
    yield from _signatures(file)


def _twice(file: CaseFile, part: str) -> Iterator[Broken]:
    seen: set[str] = set()
    for at, item in enumerate(getattr(file, part)):
        if item.id in seen:
            yield (part, at, "id"), f"{item.id} stands twice", "give each its own id"
        seen.add(item.id)


def _hypotheses(file: CaseFile) -> Iterator[Broken]:
    known = [each.id for each in file.hypotheses]
    for at, each in enumerate(file.hypotheses):
        if each.verdict == "rejected" and not each.reason:
            yield ("hypotheses", at, "reason"), f"{each.id} is rejected without a reason", "say what speaks against it"
    pieces = {each.id for each in file.evidence}
    for at, piece in enumerate(file.evidence):
        for name in piece.ratings:
            if name not in known:
                yield ("evidence", at, "ratings", name), *_unknown("hypothesis", name, known)
        if piece.repeats and (piece.repeats not in pieces or piece.repeats == piece.id):
            yield ("evidence", at, "repeats"), *_unknown("piece of evidence", piece.repeats, pieces - {piece.id})


def _causes(file: CaseFile) -> Iterator[Broken]:
    known = [each.id for each in file.hypotheses]
    stated = [each.id for each in file.causes]
    for at, cause in enumerate(file.causes):
        if cause.hypothesis not in known:
            yield ("causes", at, "hypothesis"), *_unknown("hypothesis", cause.hypothesis, known)
        else:
            hypothesis = file.hypothesis(cause.hypothesis)
            if hypothesis is not None and hypothesis.verdict == "rejected":
                problem = f"{cause.id} states {hypothesis.id}, which is rejected"
                yield ("causes", at, "hypothesis"), problem, "state another, or take the verdict back"
        if cause.grade is not None and not cause.lowered_because:
            problem = f"{cause.id} has its grade set by hand without a reason"
            yield (
                ("causes", at, "lowered_because"),
                problem,
                "say why it is lowered (it cannot be raised), or leave grade empty",
            )
    if file.causes and file.no_cause:
        yield ("no_cause",), "causes are stated and said not to be", "take one of the two out"
    for at, action in enumerate(file.actions):
        if action.cause is not None and action.cause not in stated:
            yield ("actions", at, "cause"), *_unknown("cause", action.cause, stated)


def _chart(nodes: tuple[Node, ...]) -> Iterator[Broken]:
    if not nodes:
        return
    known = [node.id for node in nodes]
    events = [at for at, node in enumerate(nodes) if node.kind == "event"]
    if len(events) != 1:
        at = events[1] if events else 0
        yield (
            ("chart", at, "kind"),
            f"the chart has {len(events)} events",
            "let one box be the event, the others lead to it",
        )
    for at, node in enumerate(nodes):
        for position, effect in enumerate(node.leads_to):
            if effect not in known or effect == node.id:
                yield (
                    ("chart", at, "leads_to", position),
                    *_unknown("box", effect, [one for one in known if one != node.id]),
                )
        if node.kind != "event" and not node.leads_to:
            yield ("chart", at, "leads_to"), f"{node.id} leads nowhere", "name the box that it leads to"
        if node.kind == "event" and node.leads_to:
            yield (
                ("chart", at, "leads_to"),
                f"{node.id} is the event and leads on",
                "turn the arrow round: causes lead to it",
            )
        if node.kind == "cause" and node.level is None:
            yield (
                ("chart", at, "level"),
                f"{node.id} is a cause without a level",
                "write its level, such as tool or process",
            )
    circle = _circle(nodes)
    if circle:
        at = known.index(circle[0])
        yield ("chart", at, "leads_to"), f"{' leads to '.join([*circle, circle[0]])}: a circle", "take one arrow out"


def _circle(nodes: tuple[Node, ...]) -> list[str]:
    """Return the boxes of a circle of arrows, or nothing."""
    effects = {node.id: node.leads_to for node in nodes}
    done: set[str] = set()

    def walk(name: str, way: list[str]) -> list[str]:
        if name in way:
            return way[way.index(name) :]
        if name in done:
            return []
        for effect in effects.get(name, ()):
            if effect != name and (found := walk(effect, [*way, name])):
                return found
        done.add(name)
        return []

    for node in nodes:
        if found := walk(node.id, []):
            return found
    return []


def _signatures(file: CaseFile) -> Iterator[Broken]:
    day = file.as_of
    for at, signature in enumerate(file.sign_off):
        if signature.on < file.as_of:
            problem = f"it was signed on {signature.on}, before the evidence of {file.as_of} was in"
            yield ("sign_off", at, "on"), problem, "sign again, or set as_of to an earlier day"
        elif signature.on < day:
            yield (
                ("sign_off", at, "on"),
                "it stands after a later signature",
                "put signatures in the order of their dates",
            )
        day = max(day, signature.on)
        if signature.state == "approved" and not any(
            each.state == "reviewed" and not same_role(each.role, signature.role) for each in file.sign_off[:at]
        ):
            problem = "it is approved without having been reviewed by another role"
            yield ("sign_off", at, "state"), problem, "let another role review it first"


def same_role(one: str, other: str) -> bool:
    """Say whether two roles are the same, however they are spaced and capitalised.

    >>> same_role("Quality  lead", "quality lead")
    True
    """
    return " ".join(one.casefold().split()) == " ".join(other.casefold().split())


def _unknown(what: str, name: str, known: Iterable[str]) -> tuple[str, str]:
    listed = sorted(known)
    near = get_close_matches(name, listed, n=1)
    meant = f"did you mean {near[0]}? " if near else ""
    return f"there is no {what} {name}", f"{meant}there are: {', '.join(listed) or 'none yet'}"
