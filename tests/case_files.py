"""A case file of the small source: complete, in fair words, and not signed. Tests change it as they need."""

from __future__ import annotations

from pathlib import Path

from rca_lib.review.casefile import CaseFileError, parse_case_file

CASE = "ESC-0003"

COMPLETE = """\
# A complete judgement on the planted rise.
case: ESC-0003
as_of: 2025-12-01
scope:
  covers: Productions under search warrants since the new export tool
  leaves_out: Productions to other agencies that used the earlier tool
  questions:
    - Which part of a production was left out
    - What the second check looks at
timeline:
  - when: 2025-08-04
    what: The export tool 4.2 came into use
    evidence: [EVD-3]
hypotheses:
  - id: H1
    statement: The export tool 4.2 leaves out a field that the warrant names
    about: {change: CHG-4}
    predicts: [Only exports made with the tool lack the field]
    verdict: leading
  - id: H2
    statement: The rubric reads completeness more strictly than before
    about: {change: CHG-6}
    predicts: [Records of before fail as often when scored again]
    verdict: rejected
    reason: The rise began before the wording of the rubric changed
  - id: H3
    statement: The second check opens the files that are there and not the list of what was asked
    predicts: [Productions that were checked lack fields as often as others]
    verdict: contributes
evidence:
  - id: EVD-1
    ratings: {H1: C, H2: N, H3: C}
  - id: EVD-2
    ratings: {H1: CC, H2: I, H3: N}
  - id: EVD-3
    ratings: {H1: C, H2: I, H3: C}
  - id: since_when.point_1
    ratings: {H1: C, H2: II, H3: N}
causes:
  - id: C1
    hypothesis: H1
    cause: The export of tool 4.2 leaves the attachments field unticked by default
    effect: productions without attachments
    event: the delivery of incomplete productions under search warrants
    level: tool
    evidence: [EVD-2, why.candidate_1]
  - id: C2
    hypothesis: H3
    cause: The second check opens the files that are there and does not show the list of what the warrant names
    effect: an incomplete production passing the check
    event: the delivery of incomplete productions under search warrants
    level: process
    began: 2025-01-06
    evidence: [EVD-1, EVD-3]
chart:
  - {id: E, kind: event, what: Productions under search warrants left out data}
  - {id: N1, kind: action, what: The export was made with the settings as they stood, leads_to: [E], evidence: [EVD-1]}
  - {id: N2, kind: cause, cause: C1, level: tool, what: The attachments field is unticked, leads_to: [N1], evidence: [EVD-2]}
  - {id: N3, kind: cause, cause: C2, level: process, what: The check opens the files that are there, leads_to: [E], evidence: [EVD-3]}
  - {id: Q1, kind: question, what: Who was asked before the default was set, leads_to: [N2]}
  - {id: R1, kind: condition, what: The rubric reads more strictly, leads_to: [E], evidence: [EVD-3], ruled_out: true}
factors:
  - {element: tools, what: The field stands below the fold of the form, evidence: [EVD-2]}
  - {element: person, what: Specialists ask one another when an export looks short, helps: true, evidence: [EVD-1]}
barriers:
  - barrier: qc
    expected: a second person checks the production
    state: failed
    because: It opens the files and not the warrant
    evidence: [EVD-3]
went_well:
  - {what: The agency asked within a week, evidence: [EVD-1]}
luck:
  - {what: The hearing was still ahead}
containment:
  - {what: Productions of the autumn were checked again, done: 2025-11-14}
actions:
  - {id: ACT-1, cause: C1, means: forcing function, metric: share that lacks data, baseline: extent.after, target: 0.03}
  - {id: ACT-2, cause: C2, means: software change, metric: share of checked productions that lack data}
consulted:
  - {role: specialist, how: interview, on: 2025-10-14, involved: true}
content_note: none needed
reviewers:
  - {role: quality lead of another team, independent: true, on: 2025-12-02}
"""

MARK = "J-00000000"
"""Stands for the mark of what is signed, which `signed` puts in its place."""

SIGNED = f"""{COMPLETE}sign_off:
  - {{state: reviewed, role: quality lead of another team, on: 2025-12-02, of: {MARK}}}
  - {{state: approved, role: head of operations, on: 2025-12-03, of: {MARK}}}
"""


def signed(text: str, name: str = CASE) -> str:
    """Return a case file whose signatures are for what it holds; one with a mistake as it is."""
    try:
        return text.replace(MARK, parse_case_file(text, name).mark)
    except CaseFileError:
        return text


def write_case_file(folder: Path, text: str = COMPLETE, name: str = CASE) -> Path:
    """Write a case file into the ``cases`` of a source, or into a folder of case files, and return its path."""
    cases = folder if folder.name == "cases" else folder / "cases"
    cases.mkdir(parents=True, exist_ok=True)
    path = cases / f"{name}.yaml"
    path.write_text(signed(text, name), encoding="utf-8")
    return path
