"""Words that put fault on people."""

from __future__ import annotations

from rca_lib.review.language.family import Family
from rca_lib.review.language.people import A_PERSON

__all__ = ["BLAME"]

_LAPSE = (
    r"(?:mistake|error|fault|failing|failure|oversight|lapse|slip|blunder|negligence|carelessness|"
    r"inattention|misconduct|wrongdoing)s?"
)


_HARM = (
    r"(?:failures?|errors?|mistakes?|incidents?|breach(?:es)?|delays?|disclosures?|problems?|leaks?|harms?|"
    r"misses|damage|loss(?:es)?|"
    r"escalations?|outages?|mess|fiasco|wrong \w+|(?:late|missed|lapsed|lost) \w+|what (?:happened|went wrong)|"
    r"lapses?|oversights?)"
)
_STAFF = A_PERSON.replace("user|", "").replace("human|", "").replace("|group", "")
_RULES = (
    r"(?:rules?|polic(?:y|ies)|procedures?|protocols?|guidelines?|instructions?|codes?|law|trust|ranks|promise|"
    r"dut(?:y|ies)|obligations?|"
    r"confidentiality|confidence)"
)

_CONDITIONS = (
    "Say what was done, and what made it the likely thing to do: what the screen, the rule or the load "
    "was at that moment."
)

BLAME = (
    Family(
        (
            r"careless(?:ly|ness)?",
            r"negligen(?:t|tly|ce)",
            r"slopp(?:y|ily|iness|ier)",
            r"incompeten(?:t|tly|ce|cy)",
            r"inept(?:ly|itude|ness)?",
            r"laz(?:y|ily|iness|ier)",
            r"complacen(?:t|tly|ce|cy)",
            r"reckless(?:ly|ness)?|rash(?:ly|ness)|foolhard(?:y|iness)|indisciplined?|ashamed|shirk(?:ed|ing|s|er)?",
            r"(?:turn(?:ed|s|ing)?) a deaf ear|rubber-?stamp(?:ed|s|ing)|(?:caught|found) (?:napping|sleeping|"
            r"dozing)|half asleep|"
            r"(?:sat|sitting|sits) on (?:his|her|their) hands|(?:couldn't|could not) care less|"
            r"going through the motions",
            r"irresponsib(?:le|ly|ility)",
            r"unprofessional(?:ly|ism)?",
            r"inattenti(?:ve|vely|on|veness)",
            r"(?:forgetful|heedless|thoughtless|clums[yi]|indifferen[tc]|arrogan[tc]|overconfiden[tc]|"
            r"ignoran[tc])(?:e|ly|ness|ily|iness)?",
            r"half-?hearted(?:ly)?",
            r"absent-?minded(?:ly)?",
            r"slipshod|slapdash|cavalier|amateurish(?:ly)?|slack(?:ed|ing|ness)?(?: off)?",
            r"(?:stupid|foolish|idiotic|dumb)(?:ly|ness|ity)?",
            r"(?:inexcusabl|unforgivabl|indefensibl)[ey]|disgraceful(?:ly)?|shameful(?:ly)?",
            r"derelict(?:ion)?|malpractice|misconduct|wrongdo(?:ing|er)s?|misdeeds?",
            r"culprits?|scapegoats?|bad apples?|weak(?:est)? links?",
            r"culpab(?:le|ly|ility)",
            r"(?:rookie|beginner's|careless|stupid|silly|basic|elementary) (?:mistake|error)s?",
            r"(?:poor|low|weak|under-?)[ -]?perform(?:er|ers|ing)",
            r"lack(?:s|ed|ing)?(?: of| in)? (?:due )?(?:care|diligence|effort|commitment|professionalism|"
            r"competence|interest|conscientiousness)",
            r"not (?:being )?(?:careful|attentive|diligent|thorough|conscientious|vigilant)(?: enough)?",
            r"(?:did not|didn't|do not|don't|does not|doesn't|not) (?:really )?(?:care|bother|pay(?:ing)? "
            r"(?:enough |close |proper |any )?attention|"
            r"(?:take|taking) (?:it|this|the \w+) seriously|do(?:ing)? (?:his|her|their) jobs?)",
            r"(?:couldn't|could not|can't) be bothered",
            r"asleep (?:at|on|behind) the \w+",
            r"(?:know|knew|known) better",
            r"(?:idle|sleepy|unthinking|hapless|feckless|lax|hasty|impatient|stubborn|dishonest|untrustworthy|"
            r"disengaged|uncaring|"
            r"wayward|errant|delinquent|rogue|offending|guilty|unmotivated|undisciplined|disobedient|tired-out|"
            r"sullen|timid|work-shy|"
            r"gullible|naive|overzealous|over-eager|"
            r"unreliable) (?:[\w-]+ ){0,2}?" + _STAFF + r"s?(?! (?:mail|list|screen|page|form|queue|login))",
            r"(?:the|an?|any|repeat|main|real|chief|worst) offenders?(?= (?:here|was|were|is|are|in (?:this|the|"
            r"our)|on (?:the|our) (?:team|desk|shift))\b"
            r"(?:[^.;]{0,40}?\b(?:is|was|were|are))? (?:[\w']+ ){0,3}?" + _STAFF + r")",
        ),
        _CONDITIONS,
        unless="denied",
    ),
    Family(
        (
            r"(?:at|in) fault",
            r"blam(?:e|ed|es|ing|eworthy|able)",
            r"(?<!pleaded )(?<!plead )(?<!pled )guilt(?:y|ily)?(?! (?:plea|verdict))",
            r"(?:his|her|their|your|my|someone's|somebody's|\w+'s|"
            r"\w+s') (?:own )?(?:" + _LAPSE + r")(?<!tool's fault)",
            r"faults? (?:of|lies with|lay with|rests with|rested with) (?:the |a |an |our |one )?(?:\w+ )?"
            + A_PERSON
            + "s?",
            r"fault (?:for (?:the |this |that |what )?(?:[\w-]+ ){1,3}?)?(?:lies|lay|rests|rested) (?:with|"
            r"entirely|solely|squarely)",
        ),
        _CONDITIONS,
        unless="denied",
    ),
    Family(
        (
            r"(?:made|makes?|making|committed|commits|committing) (?:(?:an?|the|this|that|another|some|several|"
            r"his|her|their|too many|many)"
            r" )?(?:\w+ )?(?:mistake|error|blunder)s?",
            r"ignor(?:ed|es|ing)(?= (?:the|an?|this|that|these|those|his|her|their|our|all|every|it|any|both|"
            r"repeated|\w+s)\b)",
            r"(?:was|were|been|being) (?:\w+ly )?(?:ignored|disregarded|neglected|violated|flouted)",
            r"neglect(?:ed|s|ing|ful)?",
            r"disregard(?:ed|s|ing)?",
            r"(?:broke|breaks|breaking|broken|bent|bends|bending) (?:with )?(?:the |an? |our |every |all |these |"
            r"this |that |their |his |her |its |"
            r"most )?(?:[\w-]+ ){0,2}?" + _RULES,
            r"breach(?:ed|es|ing)? (?:of )?(?:the |an? |our |every |this |that |their |his |her |its |"
            r"your )?(?:[\w-]+ ){0,2}?" + _RULES,
            r"(?:violat(?:e|ed|es|ing)|flout(?:ed|s|ing)?|disobey(?:ed|s|ing)?|defied)",
        ),
        _CONDITIONS,
        unless="system",
    ),
    Family(
        (
            r"(?:human|operator|user|pilot|personal|individual|clerical|"
            + A_PERSON
            + r") (?:error|mistake|failing|fault)s?(?! (?:messages?|codes?|logs?|pages?|reports?))",
            _LAPSE
            + r" (?:made |committed )?(?:by|on the part of|of) (?:the |an? |our |one |one of the |his |her )?(?:\w+ "
            r")?" + A_PERSON + "s?",
            r"violations? (?:made |committed )?by (?:the |an? |our |one )?(?:\w+ )?" + A_PERSON + "s?",
            r"(?:erred|errs|erring)|mistakes? (?:was|were|been|being) made|mistaken(?:ly)?|(?:his|her|their|this|"
            r"the) (?:\w+ )?mistakes?",
        ),
        _CONDITIONS,
        unless="denied",
    ),
    Family(
        (
            r"(?:screwed|messed|slipped|cocked|stuffed|fouled|messing|screwing) up",
            r"(?:botch|bungl|blunder|fumbl|goof)(?:e?d|ing|es|s|e)?(?: up)?",
            r"drop(?:ped|ping|s)? the ball|the ball was dropped|fell down on|let(?:s|ting)? (?:us|them|everyone|"
            r"users?|people|"
            r"(?:the|our|its|their|his|her|an?) [\w-]+(?: [\w-]+)?) down",
            r"(?:was|were|is|are|been|being|be|feel|feels|felt) (?:\w+ly )?let down",
            r"(?:cut(?:ting)?|cuts) corners|corner-cutting|corners (?:was|were|are|is|had been|have been|being|"
            r"got) (?:\w+ )?cut|"
            r"short-?cuts? (?:was|were|had been|have been|are) (?:\w+ )?taken|(?:took|take|taking|takes) (?:a |"
            r"the |several )?short-?cuts?",
            r"(?:turned|turning|turn) a blind eye|(?:looked|looking) the other way|(?:passed|passing) the buck",
            r"(?:acted|acting|worked|working|proceeded|clicked|signed|approved|handled|sent|delivered|typed) "
            r"(?:\w+ )?without (?:due )?(?:care|thinking|thought)",
        ),
        _CONDITIONS,
        unless="system",
    ),
    Family(
        (
            r"(?:responsible|accountable|answerable|liable) for (?:the |this |that |these |causing |an? |his |her "
            r"|their )?(?:\w+ ){0,2}?" + _HARM,
            r"(?:responsibility|accountability|liability) for (?:the |this |that |these |causing |all |an? |his |"
            r"her |their )?(?:\w+ ){0,2}?"
            + _HARM
            + r"(?=[^.;,]{0,40}?\b(?:lies?|lay|rests?|rested|sits?|belongs?|falls?|fell|is|was|must|has to|should) )",
            r"(?:full|sole|entire|chief|main|primary|personal|shared) responsibility (?:for|lies|lay|rests|"
            r"rested|falls|fell)(?= )"
            r"(?=[^.;]{0,160}?\b" + _HARM + r")",
            r"(?:held|hold|holding|be) (?:\w+ ){0,3}?(?:accountable|responsible|to account)",
            r"(?:bears?|bore|bearing|carries|accepts?|accepted|takes?|took|shares?) (?:\w+ "
            r"){0,2}?(?:responsibility|blame|guilt)",
            r"(?:be|been|was|were|being|get|got) (?:\w+ly )?(?:disciplined|punished|reprimanded|sanctioned|sacked|"
            r"scolded|named and shamed)",
            r"(?:should|must|ought to|needs? to|will) be (?:fired|dismissed|removed from|replaced by someone|let "
            r"go|demoted|warned formally|retrained)",
            r"disciplin(?:e (?:the|him|her|them|those|all|any|staff)|ary)|reprimands?|punish(?:ment|ments|ing)?|"
            r"written warnings?|warning letters?",
            r"(?:caused|brought about|brought on|created) by (?:the |an? |our |one |one of the |some |his |her "
            r")?(?:\w+ ){0,2}?(?:specialist|reviewer|analyst|"
            r"assessor|manager|engineer|staff|employee|colleague|person|supervisor|operator|clerk|trainee|intern|"
            r"contractor|team lead)s?(?!['\w]| (?:screen|view|tool|page|form|queue))",
            r"(?:wilful|willful)(?:ly)?|through (?:his|her|their) own doing|(?:name|naming) and sham(?:e|ing)",
        ),
        "Name the condition that led to it and the owner of the action that changes it; a review assigns no "
        "fault and no penalty.",
        unless="denied",
    ),
)
