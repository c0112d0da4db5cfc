"""Members of the staff named in a text: by id, by title or role and name, by handle, by e-mail address."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import lru_cache

from rca_lib.review.language.people import noun_kind
from rca_lib.review.language.sentences import plain_marks, word_set

__all__ = ["find_named"]

_NOT_A_NAME = word_set(
    """
    January February March April May June July August September October November December Monday Tuesday
    Wednesday Thursday Friday Saturday Sunday Dublin London Paris Berlin Madrid Rome Singapore Tokyo Sydney
    Warsaw Bangalore Hyderabad Austin Seattle Chicago Boston Ireland Germany France Spain Italy Poland India
    Japan Brazil Canada Mexico Europe America Asia Texas California Virginia Washington York English Spanish
    Italian German French Portuguese Japanese Polish Dutch Hindi Arabic Chinese Korean Turkish Irish American
    British European The A An In On At Of And Or But For From To By With After Before Since When While Where
    Which That This These Those It Its He She They We You I If As So No Not Nor Then There Here Who What How Why
    Because Both Each Every All Any Some One Two Three Four Five Nobody Several Queue Policy Template Release
    Tool Portal Team Step Item Section Stage Check Review Reviewer Specialist Analyst Lead Manager Engineer
    Counsel Legal Quality Scope Intake Training Plan Guide Checklist Update Meeting Notes Note Handbook Manual
    Board Group Desk Shift Office Operations Response Support Policy Process Product Security Privacy Trust
    Safety Compliance Audit Notice Night Day Week Month Year Access Export Import Case Claim Request Order
    Warrant Subpoena Emergency Language Translation Report Figure Table Column Form Field Screen Page Version
    View Role Roles Level Grade Action Actions Interview Statement Feedback Survey Rota Roster Schedule
    Directory Register Workbook Slack Jira Excel Word Outlook Teams Windows Google Microsoft Python Papermill
    Jupyter Confluence Zendesk Salesforce Office365 SQL Project General Department Advocate Ministry Court
    Agency Bureau Act Law Code Directive Regulation Article Rule Amendment Title Chapter Part North South East
    West Central Upper Lower Internal External New Old First Second Third Senior Junior Principal Chief Deputy
    Head Global Regional Local Summary Overview Details Method Methods Results Limits Yes Default Preset Content
    Archive Index Resolver Timer Cache Christmas Easter Sunday Q1 Q2 Q3 Q4 Wilson Krippendorff Cohen Fleiss Gwet
    Kaplan Cox Poisson Bayes Shapley Laney Fisher Newcombe Bonferroni Tooling Technical Data Coverage Workload
    Performance Calibration Sample Random Number Count Id ID Name Names Date Time Area Region
    """
)
"""Capitalised words after a role or a title that do not name a person."""

_EPONYM = re.compile(
    r"(?:['’]s)?\s+(?:interval|alpha|kappa|test|method|law|act|street|road|avenue|county|hospital|"
    r"university|court|alert|score|limits?|chart|rule|"
    r"regression|correction|ac1|pi|model|estimator|plot|bay|island|beach|square|centre|center)s?\b",
    re.IGNORECASE,
)
_PLACE = re.compile(r"(?:\b(?:San|Santa|Saint|St\.?|Fort|Port|Lake|Mount|v\.|vs\.?|United States v\.)\s)$")
_PART = r"(?:(?:[A-Z]\.\s?)+)?(?:(?:Mc|Mac|O['’]|D['’])?[A-ZÀ-Þ][a-zß-ÿ'’]*[a-zß-ÿ](?:-[A-ZÀ-Þ][a-zß-ÿ]+)?)"
_FULL = rf"({_PART})((?:\s+(?:(?:van|von|de|der|da|di|del|la|bin|al)\s+)*{_PART})*)"
_TITLE = re.compile(
    r"\b(?:(?:M(?:r|rs|s|x|iss)|Dr|Prof|Sgt|Lt|Capt|Det|Messrs)\b\.?|(?:MR|MRS|DR)\b\.?|(?:Professor|"
    r"Doctor|Officer|Detective|Sergeant|Lieutenant|"
    rf"Captain|Inspector|Judge|Justice|Agent)\b)\s+({_PART}|(?:[A-Z]{{3,}}))((?:\s+{_PART})*)"
)
_LOWER_TITLE = re.compile(r"\b(?:mr|mrs|ms|dr|prof)\.?\s+([a-z]{3,})\b")
_SHOUTED_TITLE = re.compile(r"\bMS\.?\s+(?!WORD|EXCEL|OFFICE|TEAMS|WINDOWS|SQL|PROJECT|ACCESS|OUTLOOK)[A-Z]{3,}\b")
_ROLES = (
    r"(?:[Ss]pecialist|[Rr]eviewer|[Aa]nalyst|[Aa]ssessor|(?:[Tt]eam|[Qq]uality|[Tt]ooling|[Ee]mergency|"
    r"[Ss]hift|[Pp]olicy|[Pp]rocess|[Ll]egal|[Tt]ech|[Tt]echnical|"
    r"[Ii]ntake|[Oo]perations|[Qq][Aa]|[Oo]ur|[Tt]he|[Aa]) [Ll]ead|[Mm]anager|[Ee]ngineer|[Cc]ounsel|"
    r"[Cc]olleagues?|[Ss]upervisor|[Oo]perator|[Aa]gent|[Oo]fficer|[Cc]lerk|"
    r"[Tt]rainee|[Ii]ntern|[Cc]ontractor|[Dd]irector|[Cc]oordinator|[Dd]eveloper|[Tt]rainer|[Aa]uditor|"
    r"[Ii]nvestigator|[Ll]awyer|[Aa]ttorney|[Pp]aralegal|[Tt]ranslator|"
    r"[Tt]eammate|[Cc]o-?worker|[Ee]mployee|[Nn]ewcomer|[Bb]oss|[Pp]artner|[Ll]iaison|[Aa]dministrator|"
    r"[Aa]pprover|[Rr]eader|[Ss]igner|[Ss]ignatory|[Dd]rafter|[Rr]edactor|[Tt]ypist|[Aa]ssignee|[Dd]eputy|"
    r"[Ss]ecretary|"
    r"(?:[Qq]ueue|[Pp]rocess|[Pp]roduct|[Aa]ction|[Tt]icket|[Rr]equest|[Pp]olicy|[Tt]ool|[Cc]hange) [Oo]wner|"
    r"[Ss]taff member|[Tt]eam member|[Ee]scalation owner|[Cc]ase owner)"
)
_ROLE_NAME = re.compile(rf"\b{_ROLES}s?\s+(?:named\s+|called\s+)?{_FULL}")
_ROLE_APPOSED = re.compile(rf"\b{_ROLES}(?:,\s+|\s+\(){_FULL}(?=[,)])|\b{_ROLES},\s+({_PART}\s+{_PART})(?=[.;:]|$)")
_NAME_ROLE = re.compile(
    rf"(?<![\w’'])({_PART})((?:\s+{_PART})*),\s+(?:who\s|(?:the|a|an|our|one of|his|her|"
    rf"their)\s+(?:\w+\s+){{0,2}}?{_ROLES}\b)"
)
_CODED = re.compile(
    rf"\b(?:{_ROLES}|[Ss]taff|[Bb]adge|[Pp]erson)\s+(?:(?:id|ID|Id|number|no\.?|"
    rf"#)\s*:?\s*[A-Za-z]{{0,5}}[-_]?\d{{2,}}|[A-Z]{{1,5}}[-_]?\d{{3,}}|[a-z]{{1,4}}[-_]\d{{3,}}|#\d{{2,}})"
)
_INNER_CAPITAL = re.compile(r"(?<=[\s(])[A-ZÀ-Þ]|^[^,]*,")
_DIGIT = re.compile(r"\d")
_ANY_ROLE = re.compile(
    rf"\b(?:{_ROLES}|[Ss]taff|[Bb]adge|[Pp]erson)s?(?=,? (?:[A-ZÀ-Þ(#]|id|number|no|named|called|"
    rf"[a-z]{{1,4}}[-_]\d)|[,.;:)]|$| who\b|$)"
)
_HANDLE = re.compile(r"(?<![\w.@/+-])@(?!media\b|import\b|property\b|dataclass\b|pytest\b)[A-Za-z_][\w.-]*\w(?![/@])")
_MAIL = re.compile(r"\b([\w.+-]+)@[\w-]+(?:\.[\w-]+)+")
_SHARED_BOX = re.compile(
    r"(?:info|support|no-?reply|help|help-?desk|service-?desk|legal|records|admin|contact|office|team|"
    r"lert|intake|privacy|security|abuse|postmaster|"
    r"notices?|subpoenas?|emergency|law-?enforcement|compliance|press|feedback|hello|mail|requests?|"
    r"lawenforcement)(?:[-_.]?[a-z]*)?",
    re.IGNORECASE,
)
_GIVEN_NAMES = word_set(
    """
    Aaron Adam Ahmed Aisha Alan Alejandro Alexander Ali Alice Alison Amanda Amy Ana Andrea Andrew Andy Angela
    Anita Anna Anne Anthony Antonio Arjun Ashley Barbara Ben Benjamin Beth Brian Carlos Carol Caroline Catherine
    Chris Christina Christine Christopher Claire Clara Craig Cynthia Daniel Dave David Deborah Denise Dennis
    Diana Diane Diego Donna Dorothy Doug Edward Elena Elizabeth Ella Emily Emma Eric Erin Ethan Eva Fatima Fiona
    Francesca Gary George Greg Hannah Harry Heather Helen Henry Ian Ingrid Isabel Ivan Jacob James Jan Jane
    Janet Jason Javier Jeff Jennifer Jenny Jeremy Jessica Jill Jim Joan Joanna Joe John Johnny Jonathan Jose
    Joseph Josh Joshua José Juan Judith Julie Karen Karl Kate Katherine Kathleen Katie Keith Kelly Ken Kenneth
    Kevin Kim Kumar Laura Lauren Leila Liam Linda Lisa Louise Lucas Lucy Luis Maria Marie Mario Marta Martha
    Matt Matthew Megan Mei Melissa Michael Michelle Miguel Mike Mohammed Muhammad Nancy Natalie Nathan Neil
    Nicholas Nick Nicole Nina Noah Nora Olga Oliver Olivia Pamela Patricia Patrick Paul Paula Pedro Peter Phil
    Philip Priya Rachel Rahul Raj Rebecca Richard Robert Roger Ronald Rosa Ryan Samantha Samuel Sandra Sara
    Sarah Scott Sean Sergey Sharon Simon Sofia Sophie Stephanie Stephen Steve Steven Susan Tanya Ted Teresa
    Thomas Tim Timothy Tina Tom Tony Tracy Wei William Yuki Yusuf Zoe
    """
)
"""Given names that are hardly ever another word."""

_CAPITALISED = re.compile(r"[A-Z][a-zé]+")
_GIVEN = re.compile(
    rf"(?<![\w'’.-])(?:{'|'.join(sorted(_GIVEN_NAMES, key=lambda name: (-len(name), name)))})"
    r"(?:\s+(?:[A-Z]\.\s)?[A-Z][a-z]+(?:-[A-Z][a-z]+)?)?(?![\w-])"
)
_PRODUCTS = word_set("Word Excel Office Teams Windows General")
_COMMON = frozenset(
    {
        "May",
        "June",
        "April",
        "August",
        "Will",
        "Mark",
        "Grant",
        "Rose",
        "Hope",
        "Grace",
        "Bill",
        "Faith",
        "Joy",
        "Frank",
        "Art",
        "Page",
    }
)


def find_named(sentence: str, names: Iterable[str] = ()) -> list[tuple[str, str]]:
    """Find the people that a sentence names.

    Parameters
    ----------
    sentence : one sentence, as written.
    names : ids and names of the staff; a name is found whole, and by each of its parts that is not a common word.

    Returns
    -------
    Pairs of the words found and how to word it, in the order of the sentence.

    Examples
    --------
    >>> [found for found, _ in find_named("Ms Rivera asked specialist Jane Doe, and S-014 replied.", ["S-014"])]
    ['Ms Rivera', 'specialist Jane Doe', 'S-014']
    >>> find_named("The specialist in Dublin used a Wilson interval in May 2024.")
    []
    """
    written, sentence = sentence, plain_marks(sentence)
    spans = [
        *_given_names(sentence, frozenset(names)),
        *_titles(sentence),
        *_roles(sentence),
        *_addresses(sentence),
        *_bare(sentence),
    ]
    kept: list[tuple[int, int, str]] = []
    for start, end, better in sorted(spans, key=lambda span: (span[0], -span[1], span[2])):
        if not kept or start >= kept[-1][1]:
            kept.append((start, end, better))
    return [(written[start:end], better) for start, end, better in kept]


@lru_cache(maxsize=32)
def _staff(names: frozenset[str]) -> tuple[re.Pattern[str] | None, re.Pattern[str] | None]:
    whole = sorted({" ".join(name.split()) for name in names if name.strip()}, key=lambda name: (-len(name), name))
    if not whole:
        return None, None
    parts = sorted({part.strip(".,") for name in whole for part in name.split() if _is_part(part.strip(".,"), name)})
    ids = "|".join(re.escape(name).replace(r"\ ", r"\s+") for name in whole)
    exact = re.compile(rf"(?<![\w-])(?:{ids})(?!\w|-\w)", re.IGNORECASE)
    return exact, re.compile(rf"(?<![\w-])(?:{'|'.join(map(re.escape, parts))})(?![\w-])") if parts else None


def _is_part(part: str, name: str) -> bool:
    return (
        " " in name and len(part) > 2 and part[0].isupper() and part[1:].islower() and part not in _NOT_A_NAME | _COMMON
    )


def _given_names(sentence: str, names: frozenset[str]) -> list[tuple[int, int, str]]:
    exact, parts = _staff(names)
    found = []
    for pattern in (exact, parts):
        if pattern is None:
            continue
        for hit in pattern.finditer(sentence):
            single = hit[0] in _COMMON or hit[0].lower() in {
                "may",
                "will",
                "mark",
                "grant",
                "rose",
                "hope",
                "bill",
                "page",
                "june",
                "april",
                "august",
            }
            if _EPONYM.match(sentence, hit.end()) or (
                single and (hit[0][0].islower() or re.match(r"\s+\d", sentence[hit.end() :]))
            ):
                continue
            found.append((hit.start(), hit.end(), _by_role(hit[0])))
    return found


def _by_role(found: str) -> str:
    return f"Name the role in place of “{found}”: “the specialist”, “the reviewer”, “the team lead”."


def _titles(sentence: str) -> list[tuple[int, int, str]]:
    found = [
        (hit.start(), _end(hit, 1, 2), _by_role(hit[0]))
        for hit in _TITLE.finditer(sentence)
        if hit[1] not in _NOT_A_NAME and hit[1].capitalize() not in _PRODUCTS
    ]
    found.extend((hit.start(), hit.end(), _by_role(hit[0])) for hit in _LOWER_TITLE.finditer(sentence))
    found.extend((hit.start(), hit.end(), _by_role(hit[0])) for hit in _SHOUTED_TITLE.finditer(sentence))
    return found


def _end(hit: re.Match[str], first: int, rest: int) -> int:
    """Where a name ends: its later words count up to the first that is no name."""
    end = hit.end(first)
    for word in re.finditer(r"\S+", hit[rest] or ""):
        if word[0].strip(".,'’") in _NOT_A_NAME:
            break
        end = hit.start(rest) + word.end()
    return end


def _named_by(word: str) -> bool:
    bare = re.split(r"['’]s$", word)[0]
    return bare not in _NOT_A_NAME and not word.isupper() and (bare in _COMMON or not noun_kind(bare.lower()))


def _roles(sentence: str) -> list[tuple[int, int, str]]:
    found: list[tuple[int, int, str]] = []
    if _INNER_CAPITAL.search(sentence) is None and _DIGIT.search(sentence) is None:
        return found
    if _ANY_ROLE.search(sentence) is None:
        return found
    for hit in _ROLE_NAME.finditer(sentence):
        if _named_by(hit[1]) and not _EPONYM.match(sentence, hit.end(1)):
            role = sentence[hit.start() : hit.start(1)].strip().removesuffix("named").removesuffix("called").strip()
            found.append((hit.start(), _end(hit, 1, 2), f"Write “{role}” in place of “{hit[0]}”."))
    for hit in _ROLE_APPOSED.finditer(sentence):
        name = hit[1] or hit[3]
        if _named_by(name.split()[0]):
            found.append((hit.start(), hit.end(), _by_role(hit[0])))
    found.extend(
        (hit.start(), hit.end(), _by_role(hit[0]))
        for hit in _NAME_ROLE.finditer(sentence)
        if _named_by(hit[1]) and not hit[0].endswith("who ")
    )
    found.extend(
        (hit.start(), hit.end(), "Name the role alone; an id of a person points at that person.")
        for hit in _CODED.finditer(sentence)
    )
    return found


def _addresses(sentence: str) -> list[tuple[int, int, str]]:
    if "@" not in sentence:
        return []
    found = [
        (hit.start(), hit.end(), _by_role(hit[0]))
        for hit in _MAIL.finditer(sentence)
        if not _SHARED_BOX.fullmatch(hit[1])
    ]
    return found + [(hit.start(), hit.end(), _by_role(hit[0])) for hit in _HANDLE.finditer(sentence)]


def _bare(sentence: str) -> list[tuple[int, int, str]]:
    found: list[tuple[int, int, str]] = []
    if _GIVEN_NAMES.isdisjoint(_CAPITALISED.findall(sentence)):
        return found
    for hit in _GIVEN.finditer(sentence):
        if _EPONYM.match(sentence, hit.end()) or _PLACE.search(sentence[: hit.start()]):
            continue
        if re.match(
            r"(?:['’]s)?\s+(?:[Ll]aw|[Aa]ct|[A-Z]\w+ (?:Act|Street|Centre|Center|"
            r"University))\b",
            sentence[hit.end() :],
        ) or re.search(r"\b(?:Act|Street|Law|University|Centre|County|Airport|Hospital|Walsh)$", hit[0]):
            continue
        words = hit[0].split()
        last = len(words) > 1 and words[-1] in _NOT_A_NAME
        found.append(
            (
                hit.start(),
                hit.end() - (len(words[-1]) + 1 if last else 0),
                _by_role(" ".join(words[:-1]) if last else hit[0]),
            )
        )
    return found
