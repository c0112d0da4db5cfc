"""Terms of art, codes and proper names: words that look like a judgement and are none."""

from __future__ import annotations

import re

__all__ = ["hide_codes", "hide_names", "hide_terms"]

_MATTER = (
    r"(?:claims?|actions?|suits?|lawsuits?|cases?|charges?|counts?|proceedings?|petitions?|matters?|laws?|"
    r"statutes?)"
)

_TERMS = re.compile(
    r"(?<![\w-])(?:"
    # Offences, claims and grounds in law: the matter of a request, not the work on it.
    r"(?:reckless|careless|negligent|dangerous|inattentive)[ -](?:driving|endangerment|homicide|manslaughter|"
    r"operation|"
    r"discharge|misrepresentation|entrustment|infliction)|"
    rf"(?:(?:gross|criminal|contributory|comparative|medical|professional) )?(?:negligence|malpractice|"
    rf"misconduct|neglect)[ -]{_MATTER}|"
    rf"{_MATTER} (?:for|in|of|about|based on|alleging) (?:(?:gross|criminal|medical|professional|child|elder) )?"
    r"(?:negligence|malpractice|misconduct|neglect|mistaken identity|wrongful \w+|culpable \w+)|"
    r"(?:child|elder|animal|medical)[ -](?:neglect|cruelty)|cruelty to (?:animals|children)|official misconduct|"
    r"mistaken identity|"
    r"culpable homicide|wrongful (?:death|dismissal|termination|conviction)|dereliction of duty charges?|"
    r"(?:improper|defective|insufficient) (?:venue|service|joinder|process)|"
    r"unreasonable searches?(?: and seizures?)?|"
    r"searches? and seizures?|(?:reasonable|unreasonable) (?:doubt|suspicion|cause)|undue (?:influence|burden|"
    r"hardship)|"
    r"excessive (?:force|bail|fines?)|insufficient (?:funds?|postage|evidence)|inadequate assistance|"
    r"ineffective assistance(?: of counsel)?|joint and several(?: liability)?|jointly and severally|"
    r"cruel and unusual punishments?|bad (?:faith|debts?|che(?:ck|que)s?|character)|good[ -]faith|"
    r"(?:timely|prompt)[ -](?:filing|payment|trial|notice|appeal)s?(?: (?:rules?|acts?|laws?|provisions?|terms?))?|"
    r"disciplinary (?:boards?|committees?|counsel|tribunals?|authorit(?:y|ies)|panels?|commissions?|courts?|"
    r"bod(?:y|ies))|"
    r"guilty (?:pleas?|verdicts?)|(?:not )?guilty(?= (?:plea|verdict))|pleas? of (?:not )?guilty|"
    r"without fault rules?|no-fault|"
    r"(?:probation|parole|traffic|parking|code|sanctions?) violations?|"
    r"(?:statutory|mandatory) (?:rape|reporting) (?:law|statute|charge)s?|"
    # Fixed names of papers, codes and groups of a form or a register.
    r"deficienc(?:y|ies)[ -](?:letters?|codes?|notices?|judge?ments?|lists?|reports?|memos?|fields?)|"
    r"notices? of deficiency|"
    r"tax deficienc(?:y|ies)|"
    r"(?:inappropriate|graphic|offensive|sensitive|harmful)[ -](?:content|material|use) (?:categor(?:y|ies)|"
    r"reports?|forms?|"
    r"polic(?:y|ies)|flags?|labels?|queues?|options?|codes?)|"
    r"poor (?:box(?:es)?|laws?|relief|house)|standard & poor's|"
    r"missed[ -](?:calls?|payments?|deliver(?:y|ies))(?: (?:lists?|logs?|tabs?|notices?))?|"
    r"lost[ -](?:and[ -]found|property)|"
    r"(?:forgotten|lost)[ -]passwords?(?:[ -](?:pages?|links?|forms?))?|"
    # Words of computing.
    r"lazy[ -](?:load(?:ing|ed|s)?|evaluation|imports?|initiali[sz]ation)|greedy match(?:ing)?|"
    r"violat(?:ed|es|ing|e|ions? of) (?:the |an? )?(?:[\w-]+ ){0,3}?(?:constraints?|schemas?|index|type checks?|"
    r"format)|"
    r"(?:constraint|key|schema|integrity|rule|access) violations?|bad[ -](?:requests?|gateways?|sectors?|blocks?|"
    r"certificates?)|"
    r"broken (?:links?|pipes?|images?)|idle (?:time-?outs?|sessions?|states?|connections?)|dumb terminals?|"
    r"multiple (?:choice|regression|comparisons?|testing|imputation)|many-to-(?:many|one)|one-to-many|"
    r"insufficient (?:memory|space|disk space|privileges?|permissions?)|weak (?:references?|ciphers?|hash(?:es)?)"
    r")(?![\w-])"
)
_CODE = re.compile(r"(?<![\w-])[A-Z]{2,}(?:[-_][A-Z0-9]+)+(?![\w-])")
_SMALL_LETTERS = re.compile(r"[a-z]{2}")

_NAMED_AFTER = re.compile(
    r"(?:(?<=[\w,;:)’'] )|^(?=[A-Z][a-z]+ [A-Z][a-z]))(?:Savages?|Slaughter|Torture|Monsters?|Butchers?|Gore|"
    r"Hooker|Horrors?|Cruelty|Evil|"
    r"Beasts?|Tramps?|"
    r"Predators?|Blood|Bloody|Wicked|Vile|Massacre|Atrocities|Creeps?|Thugs?|Lurid|Bestial|Hideous|Sodom|Brutal|"
    r"Fiends?|Grisly|"
    r"Rape|Pornography|Prostitution|Suicide)\b"
)


def hide_terms(lowered: str) -> str:
    """Put a neutral character for each one of a term of art in a sentence in lower case; no character moves.

    >>> hide_terms("the statute on reckless driving.")
    'the statute on ················.'
    """
    return _TERMS.sub(lambda found: "·" * len(found[0]), lowered)


def hide_codes(text: str, lowered: str) -> str:
    """Hide the codes in capitals of a sentence as written in the same sentence in lower case; no character moves.

    >>> hide_codes("It returns BAD-ADDR.", "it returns bad-addr.")
    'it returns ········.'
    """
    if _SMALL_LETTERS.search(text):  # In a sentence all in capitals they mark no code.
        for code in _CODE.finditer(text):
            lowered = lowered[: code.start()] + "·" * len(code[0]) + lowered[code.end() :]
    return lowered


def hide_names(text: str, lowered: str) -> str:
    """Hide words that are a place, a law or a company here, as a capital inside the sentence shows; no character moves.

    >>> hide_names("The town of Savage is listed.", "the town of savage is listed.")
    'the town of ······ is listed.'
    """
    for name in _NAMED_AFTER.finditer(text):
        lowered = lowered[: name.start()] + "·" * len(name[0]) + lowered[name.end() :]
    return lowered
