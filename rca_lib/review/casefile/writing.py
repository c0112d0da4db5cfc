"""Write a case file: a new one with the evidence filled in, or new evidence merged into one that a person has worked on.

Merging adds lines and changes none, so that what was typed, comments included, stays byte for byte.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from rca_lib.review.casefile.mistakes import CaseFileError, Mistake
from rca_lib.review.casefile.reading import Tree, parse_case_file, read_tree

__all__ = ["SCHEMA_NAME", "Filled", "Merged", "merge_case_file", "new_case_file", "scalar"]

SCHEMA_NAME = "case_file.schema.json"
"""The JSON Schema beside the case files, with which an editor completes and explains keys."""

_PLAIN = re.compile(r"[A-Za-z][A-Za-z0-9 ,.;()/+%'’“”–…=_-]*")
_UNSEEN = re.compile("[^\x20-\x7e\xa0-\u2027\u202a-\ud7ff\ue000-\ufefe\uff00-\ufffd\U00010000-\U0010ffff]")
_TAKEN = re.compile(r"(?i)(true|false|null|yes|no|on|off|~)$")


@dataclass(frozen=True)
class Filled:
    """What is known of an escalation before anyone has judged it.

    Attributes
    ----------
    case, title : the escalation.
    as_of : the day until which evidence was taken in.
    hypotheses : for each explanation that the counts suggest, its statement and its ``about`` as YAML.
    evidence : for each piece of evidence to be weighed, its id and what it says.
    claims : the same for claims of the review that can tell explanations apart. They are offered once: one that was taken
        out of a file does not come back.
    barriers : for each control that guards against the failure, its name and what it is there for.
    actions : for each action on record, its id and description.
    consulted : role and day of each interview.
    codings : suggested codes: evidence, code, phrase, score.
    """

    case: str
    title: str
    as_of: date
    hypotheses: tuple[tuple[str, str], ...] = ()
    evidence: tuple[tuple[str, str], ...] = ()
    claims: tuple[tuple[str, str], ...] = ()
    barriers: tuple[tuple[str, str], ...] = ()
    actions: tuple[tuple[str, str], ...] = ()
    consulted: tuple[tuple[str, date | None], ...] = ()
    codings: tuple[tuple[str, str, str, float], ...] = ()


@dataclass(frozen=True)
class Merged:
    """The text of a case file after merging.

    Attributes
    ----------
    text : the whole file.
    added : what came in, by part: ids, or names of parts that were missing.
    """

    text: str
    added: tuple[str, ...]


def scalar(text: str) -> str:
    """Write a text as one YAML value: plain where that is safe, else in quotation marks.

    >>> print(scalar("It rose in June"), scalar("Note: see 4.2"))
    It rose in June "Note: see 4.2"
    """
    line = " ".join(text.split())
    plain = _PLAIN.fullmatch(line) and not _TAKEN.match(line) and line == line.strip()
    return line if plain else _quoted(line)


def _quoted(text: str) -> str:
    """Write a text in quotation marks, with what YAML does not take as it is written as an escape."""
    return _UNSEEN.sub(lambda found: f"\\U{ord(found[0]):08x}", json.dumps(text, ensure_ascii=False))


def new_case_file(filled: Filled) -> str:
    """Return a new case file with the evidence filled in and the judgement left open."""
    parts = "\n".join(write(filled) for write in _PARTS.values())
    return f"{_HEAD.format(case=scalar(filled.case), title=_comment(filled.title), as_of=filled.as_of)}\n{parts}"


def merge_case_file(text: str, name: str, filled: Filled) -> Merged:
    """Add what has come in since to a case file.

    Parameters
    ----------
    text : the file as it stands.
    name : what to call it in a message.
    filled : what is known now.

    Raises
    ------
    CaseFileError : when the file holds a mistake, or a list that lines cannot be added to; nothing is changed then.
    """
    file = parse_case_file(text, name, case=filled.case)
    tree = read_tree(text, name)
    rated = {piece.id for piece in file.evidence}
    acted = {action.id for action in file.actions}
    names = [each.id for each in file.hypotheses]
    pieces = [(one, what) for one, what in filled.evidence if one not in rated]
    actions = [(one, what) for one, what in filled.actions if one not in acted]
    added: list[str] = []
    lines = text.splitlines(keepends=True)
    # From the end of the file to its beginning, so that lines found earlier keep their numbers.
    jobs = [("evidence", _evidence_items(pieces, names), [one for one, _ in pieces])]
    jobs.append(("actions", _action_items(actions), [one for one, _ in actions]))
    for part, items, ids in sorted(jobs, key=lambda job: -tree.line((job[0],))):
        if items and (part,) in tree.lines:
            _insert(lines, tree, part, items, name)
            added += ids
    joined = "".join(lines)
    for part, write in _PARTS.items():
        if (part,) not in tree.lines:
            joined = f"{joined.rstrip()}\n\n{write(filled)}"
            added.append(part)
    parse_case_file(joined, name, case=filled.case)
    return Merged(joined, tuple(added))


def _insert(lines: list[str], tree: Tree, part: str, items: Sequence[str], name: str) -> None:
    """Add items at the end of a list, before the comments that lead up to the next part."""
    start = tree.line((part,))
    row = lines[start - 1]
    if not tree.values[part]:
        # An empty list, as [] or as nothing: the items follow the key.
        head = re.sub(r":\s*(\[\s*\])?", ":", row, count=1)
        lines[start - 1 : start] = [head if head.endswith("\n") else f"{head}\n", *(f"  {line}\n" for line in items)]
        return
    first = tree.line((part, 0))
    lead = lines[first - 1]
    if first == start or not lead.lstrip().startswith("-"):
        fix = "write each item on a line of its own that begins with a dash"
        raise CaseFileError(name, [Mistake(start, part, "new items cannot be added to a list in brackets", fix)])
    indent = " " * (len(lead) - len(lead.lstrip()))
    below = [tree.line((key,)) for key in tree.values if tree.line((key,)) > start]
    end = min(below, default=len(lines) + 1) - 1
    while end > first and (not lines[end - 1].strip() or lines[end - 1].startswith("#")):
        end -= 1
    if not lines[end - 1].endswith("\n"):
        lines[end - 1] += "\n"
    lines[end:end] = [f"{indent}{line}\n" for line in items]


def _comment(text: str) -> str:
    return _UNSEEN.sub("", " ".join(text.split()))


def _block(lines: Iterable[str]) -> str:
    return "".join(f"  {line}\n" for line in lines)


def _part(key: str, comment: str, items: Sequence[str], example: str = "") -> str:
    """Write one part: comments that teach, the key, and its items or an empty list with an example to copy."""
    said = "".join(f"# {line}\n" for line in comment.strip().splitlines())
    shown = "".join(f"#   {line}\n" for line in example.strip("\n").splitlines())
    body = f"{key}:\n{_block(items)}" if items else f"{key}: []\n"
    return f"{said}{shown}{body}"


def _evidence_items(pieces: Iterable[tuple[str, str]], hypotheses: Sequence[str]) -> list[str]:
    ratings = ", ".join(f"{one}: " for one in hypotheses)
    return [
        line
        for name, what in pieces
        for line in (f"- id: {scalar(name)}", f"  what: {scalar(what)}", f"  ratings: {{{ratings}}}")
    ]


def _action_items(actions: Iterable[tuple[str, str]]) -> list[str]:
    return [
        line
        for name, what in actions
        for line in (f"# {_comment(what)}", f"- id: {scalar(name)}", "  cause:", "  means:")
    ]


def _hypotheses(filled: Filled) -> str:
    items = [
        line
        for at, (statement, about) in enumerate(filled.hypotheses, start=1)
        for line in (
            f"- id: H{at}",
            f"  statement: {scalar(statement)}",
            *([f"  about: {about}"] if about else []),
            "  predicts: []",
            "  verdict: open",
        )
    ]
    return _part("hypotheses", _ABOUT["hypotheses"], items, _EXAMPLES["hypotheses"])


def _evidence(filled: Filled) -> str:
    names = [f"H{at}" for at in range(1, len(filled.hypotheses) + 1)]
    return _part("evidence", _ABOUT["evidence"], _evidence_items((*filled.evidence, *filled.claims), names))


def _chart(filled: Filled) -> str:
    items = ["- id: E", "  kind: event", f"  what: {scalar(filled.title.strip() or filled.case)}"]
    return _part("chart", _ABOUT["chart"], items, _EXAMPLES["chart"])


def _barriers(filled: Filled) -> str:
    items = [
        line
        for barrier, expected in filled.barriers
        for line in (f"- barrier: {scalar(barrier)}", f"  expected: {scalar(expected)}", "  state:", "  because:")
    ]
    return _part("barriers", _ABOUT["barriers"], items)


def _actions(filled: Filled) -> str:
    return _part("actions", _ABOUT["actions"], _action_items(filled.actions), _EXAMPLES["actions"])


def _consulted(filled: Filled) -> str:
    items = [
        line
        for role, day in filled.consulted
        for line in (
            f"- role: {scalar(role)}",
            "  how: interview",
            *([f"  on: {day}"] if day else []),
            "  involved: false",
        )
    ]
    return _part("consulted", _ABOUT["consulted"], items)


def _codings(filled: Filled) -> str:
    items = [
        line
        for evidence, code, phrase, score in filled.codings
        for line in (
            f"# score {score:.2f}",
            f"- evidence: {scalar(evidence)}",
            f"  code: {scalar(code)}",
            f"  phrase: {_quoted(phrase)}",
            "  decision:",
        )
    ]
    return _part("codings", _ABOUT["codings"], items)


def _fixed(key: str) -> Callable[[Filled], str]:
    return lambda _: _part(key, _ABOUT[key], (), _EXAMPLES.get(key, ""))


_HEAD = """\
# yaml-language-server: $schema=case_file.schema.json
# {title}
#
# This file holds what a person judges about the case; the evidence is filled in. Figures stand in the review: point to a
# claim by its id (extent.after) and never type a number that was counted. Write roles, not names; say what was so, not what
# somebody should have done. Run rca new {case} again at any time: it adds new evidence and changes nothing that you wrote.
case: {case}

# Your judgement rests on what was recorded until this day. A review that looks at an earlier moment leaves this file out.
as_of: {as_of}
"""

_ABOUT = {
    "hypotheses": """\
Competing explanations, at least three, one of which should be that nothing in the work changed (chance, another mix of
requests, another way of measuring). about ties one to a candidate of the counts: {change: CHG-1}, {segment: {team_id: A}} or
{kind: mix}. predicts: what one would see if it were true, and would not see otherwise. verdict: open, leading, contributes
(true as well) or rejected, with the reason.""",
    "evidence": """\
Each piece against each explanation: CC strongly consistent, C consistent, N says nothing, I inconsistent, II strongly
inconsistent. Work across: one piece against all explanations. What fits them all tells nothing; look for what does not fit.
repeats: the id of a piece that this one only repeats.""",
    "causes": """\
Causal statements: <cause> increased the likelihood of <effect>, which led to <event>. The five rules: show cause and effect;
exact words, nothing vague or negative; behind a slip or a departure from a procedure say what made it likely (preceded_by);
a failure to act counts only where there was a duty to act (duty). The grade follows from the evidence; you can lower it.""",
    "no_cause": "If the conclusion is that no cause can be stated, say why here and leave causes empty.",
    "chart": """\
The cause chart, from the event down: event, condition (what was so), action (what was done), cause (with its level and the
statement that it stands for) and question (what is not known yet). leads_to points to the effect. Under each box ask why twice:
what set it off, and what made it possible? One chain is not a chart; several things had to come together.""",
    "factors": "What shaped the work (SEIPS): person, tasks, tools, organisation, environment, external. helps: true for what helped.",
    "barriers": """\
Controls that stood between cause and event. state: held, absent, failed, bypassed or not used; because: what the check looks
at, when it runs, who has it. This is the escape point: why it was not caught.""",
    "went_well": "What went well: who noticed, what stopped it from going further.",
    "luck": "Where luck helped, so that it is not taken for a control.",
    "containment": "What was done at once for other requests that might be affected.",
    "actions": """\
For each action: the cause that it acts on, and how it works (means), from which its strength follows. Stronger: change of
structure, forcing function, standard equipment or process, simpler process, leadership takes part, usability test.
Intermediate: redundancy, software change, workload or staffing, fewer distractions, checklist or aid, no look-alikes,
simulation training, read-back, better record. Weaker: double check, warning, new rule or memo, training. baseline: the claim
that states the figure before. What the actions table holds need not be written again.""",
    "consulted": "Who was asked, by role. involved: true for those who worked on the request or the tool.",
    "content_note": "What a reader should know before reading (graphic matter, self-harm), or: none needed",
    "codings": "Codes that a small model suggests. decision: accept or refuse. Nothing counts until you decide.",
    "reviewers": "Who read it critically, by role. independent: true for someone who took no part in work or review.",
    "sign_off": """\
Signatures by role and date: first reviewed, then approved by another role. of is the mark of what is signed, which rca new
prints; when the judgement changes, so does its mark, and it is signed again. Approval counts only while nothing stands against it.""",
    "timeline": "Moments that the records lack or have otherwise, in UTC.",
}

_EXAMPLES = {
    "timeline": """
- when: 2025-07-22T19:05
  what: A help-desk ticket described the same thing and was closed
  corrects: The escalation is the first sign
  evidence: [EV-1]""",
    "hypotheses": """
- id: H9
  statement: The share rose because assessors read the item more strictly, with the work unchanged
  predicts: [Old records scored again under the new wording fail as often as new ones]
  verdict: rejected
  reason: Records of before, scored again, fail as rarely as they did""",
    "causes": """
- id: C1
  hypothesis: H1
  cause: The export form starts each range at midnight UTC and shows no time zone
  effect: exports that begin on the evening before the first day of the warrant
  event: the disclosure of messages from outside its dates
  level: tool
  evidence: [EV-1, why.candidate_1]""",
    "chart": """
- id: N1
  kind: condition
  what: The cover sheet takes its dates from the form
  leads_to: [E]
  evidence: [EV-4]""",
    "factors": """
- element: tools
  what: The preset line is folded away
  evidence: [EV-2]""",
    "went_well": """
- what: The agency stopped its review of the files on the day it was told
  evidence: [EV-8]""",
    "containment": """
- what: Every export made with the template was checked again
  done: 2025-11-07""",
    "actions": """
- id: NEW-1
  cause: C1
  means: forcing function
  description: The export refuses what lies outside the scope on file
  domain: system
  owner_role: tooling lead
  due: 2025-10-10
  metric: share of assessed productions with items outside the dates
  baseline: extent.after
  target: 0.006""",
    "reviewers": """
- role: quality lead of another team
  independent: true
  on: 2025-10-01""",
    "sign_off": """
- state: reviewed
  role: quality lead
  on: 2025-10-01
  of: J-3f2a91c0""",
}


def _scope(_: Filled) -> str:
    return (
        "# What is looked into and over which time, what is left out and why, and the questions that the review answers.\n"
        "scope:\n  covers:\n  leaves_out:\n  questions: []\n"
    )


def _text(key: str) -> Callable[[Filled], str]:
    return lambda _: f"# {_ABOUT[key]}\n{key}:\n"


_PARTS: dict[str, Callable[[Filled], str]] = {
    "scope": _scope,
    "timeline": _fixed("timeline"),
    "hypotheses": _hypotheses,
    "evidence": _evidence,
    "causes": _fixed("causes"),
    "no_cause": _text("no_cause"),
    "chart": _chart,
    "factors": _fixed("factors"),
    "barriers": _barriers,
    "went_well": _fixed("went_well"),
    "luck": _fixed("luck"),
    "containment": _fixed("containment"),
    "actions": _actions,
    "consulted": _consulted,
    "content_note": _text("content_note"),
    "codings": _codings,
    "reviewers": _fixed("reviewers"),
    "sign_off": _fixed("sign_off"),
}
"""Every part of a case file after its head, in order, and how it is written anew."""
