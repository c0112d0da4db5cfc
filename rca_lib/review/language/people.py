"""Who a clause is about: people, or a part of the system."""

from __future__ import annotations

import re
from typing import Literal

from rca_lib.review.language.sentences import word_set

__all__ = ["A_PERSON", "PEOPLE", "SYSTEM", "Actor", "actor", "clause_before", "noun_kind", "nouns"]

Actor = Literal["people", "system", ""]

PEOPLE = word_set(
    """
    specialist reviewer analyst assessor lead leader manager engineer team staff employee colleague person
    people someone somebody anyone anybody nobody everyone everybody counsel supervisor operator agent officer
    clerk trainee newcomer intern contractor shift desk crew group department management leadership director
    head owner author coordinator developer trainer worker individual human personnel auditor investigator
    member qa he she they we i you who lawyer attorney paralegal administrator adviser advisor responder handler
    translator expert partner teammate night-shift day-shift starter joiner leaver drafter approver signer
    signatory assignee deputy reader redactor preparer novice beginner sender typist copyist
    proofreader receptionist secretary apprentice temp substitute stand-in delegate custodian executive official
    co-worker coworker boss volunteer consultant
    """
)
"""Words, in the singular, for those who do the work."""

SYSTEM = word_set(
    """
    tool system screen page form field template export exporter parser script rule filter timer job service
    queue alert alarm banner warning report dashboard list checklist policy procedure process step software
    program resolver cache index directory macro message release version setting default preset button menu
    dialog box column table file log link portal api database workflow path router task ticket view model engine
    pipeline integration feed import importer calendar converter algorithm query search browser function code
    control design layout wording text translation document order warrant request production check sheet cover
    interface server clock date data row value account record notification mailbox app application platform
    product update contract guidance monitor sample sampling loader scanner scheduler reminder display preview
    tick label font header footer tab window format rubric guide manual routing bot robot program automation
    validator validation upload download sync backup network connection machine device computer template's
    disclosure delivery user agency vendor court judge provider company law statute amendment plan roster
    schedule rollout roll-out letter letterhead fax stamp seal statute motion docket number code counter
    clause section regulation line list picker folder archive exhibit attachment cell insert key
    constraint filename spreadsheet formula trigger flag icon pop-up popup tooltip panel pane dashboard widget toolbar
    console workspace gateway endpoint service-level token certificate mail email e-mail server mailer
    print-out printout printer copier toner catalogue glossary wiki rubric mask overlay pdf
    variable parameter option toggle switch checkbox dropdown drop-down keyboard mouse phone handset headset
    """
)
"""Words, in the singular, for what is not a member of the staff."""

A_PERSON = (
    r"(?:specialist|reviewer|analyst|assessor|lead|leader|manager|engineer|team|staff|employee|colleague|person|"
    r"counsel|"
    r"supervisor|operator|agent|officer|clerk|trainee|intern|contractor|shift|group|individual|member|worker|"
    r"human|user|handler|"
    r"developer|owner|approver|reader|signer|drafter|redactor|assignee|desk|author|coordinator|director|deputy|"
    r"auditor|paralegal|"
    r"attorney|lawyer|administrator)"
)
"""A pattern for one of those who do the work, in the singular, to be part of a longer one."""

_BOUND = re.compile(
    r"[,;:()–—]|\s-\s|\b(?:and|but|or|because|so|when|while|which|that|if|although|though|where|whereas|until|"
    r"since|as|than)\b"
)
_WORD = re.compile(r"[a-z][a-z-]*(?:'s|s')?")
_LETTERED = re.compile(r"(?<=\w)-[a-z]?\d*$")
_JOINS = frozenset({",", "and", "but", "or", "(", ")", "–", "—"})
_OTHER_SUBJECT = re.compile(r"(?:the|an?|it|this|these|those|its|their|his|her|our|no)\b")
_OPENS = word_set(
    """
    on in at after with for from during under upon before by despite given to through without within of
    """
)


def noun_kind(word: str) -> Actor:
    """Tell what a word in lower case stands for, in the singular or the plural.

    >>> noun_kind("reviewers"), noun_kind("screen"), noun_kind("evening")
    ('people', 'system', '')
    """
    word = _LETTERED.sub("", word)
    for form in (
        word,
        word[:-1] if word.endswith("s") and len(word) > 3 else word,
        word[:-2] if word.endswith("es") else word,
    ):
        if form in PEOPLE:
            return "people"
        if form in SYSTEM:
            return "system"
    return "system" if word.endswith("ies") and word[:-3] + "y" in SYSTEM else ""


def clause_before(text: str, end: int) -> tuple[str, re.Match[str] | None]:
    """Cut the part of a clause that stands before a position, with the word or mark that opens it.

    >>> clause_before("the page that the reviewer ignored", 27)[0]
    'the reviewer '
    """
    opening = None
    for bound in _BOUND.finditer(text, 0, end):
        opening = bound
    return text[opening.end() if opening else 0 : end].lstrip(), opening


def actor(text: str, end: int) -> Actor:
    """Tell whether the clause that leads up to a verb has people or a part of the system as its subject.

    The first known noun of the clause decides, or the nearest one where the clause opens with a preposition. In a compound the last
    word decides: a "specialist screen" is a screen, a "review team" is people.

    Parameters
    ----------
    text : a sentence in lower case.
    end : where the verb begins.

    Returns
    -------
    ``"people"``, ``"system"``, or ``""`` when the clause names neither.

    Examples
    --------
    >>> actor("the tool used by the specialist ignored the zone", 32), actor("the reviewer ignored it", 13)
    ('system', 'people')
    """
    while True:
        clause, opening = clause_before(text, end)
        words = _WORD.findall(clause)
        kinds = _kinds(words)
        if kinds:
            return kinds[-1] if words[0] in _OPENS else kinds[0]
        # "The reviewer opened the file and ignored the note": the subject stands in the part before.
        if opening is None or opening[0] not in _JOINS or _OTHER_SUBJECT.match(clause):
            return ""
        end = opening.start()


def nouns(text: str) -> list[Actor]:
    """List the known nouns of a text in lower case, in their order, each by what it stands for.

    >>> nouns("the tool shows the reviewer a page")
    ['system', 'people', 'system']
    """
    return _kinds(_WORD.findall(text))


def _kinds(words: list[str]) -> list[Actor]:
    kinds: list[Actor] = []
    previous_known = False
    for word in words:
        if word.endswith(("'s", "s'")):
            previous_known = False
            continue
        kind = noun_kind(word)
        if kind and previous_known:
            kinds[-1] = kind
        elif kind:
            kinds.append(kind)
        previous_known = bool(kind)
    return kinds
