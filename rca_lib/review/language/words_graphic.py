"""Graphic and demeaning words."""

from __future__ import annotations

from rca_lib.review.language.family import Family

__all__ = ["GRAPHIC"]

_NEUTRAL = (
    "Use the neutral code word: CSAM, sexual abuse, serious violence, graphic material; leave the detail in the record."
)

GRAPHIC = (
    Family(
        (
            r"(?:child|kiddie|kiddy|kid|teen|underage|infant|baby|toddler|juvenile|minor)[ -]?(?:porn|"
            r"pornograph(?:y|ic)(?: (?:images?|videos?|material|content|files?|pictures?))?)(?: (?:images?|"
            r"videos?|material|content|files?|pictures?))?|"
            r"(?:porn|pornographic (?:images?|videos?|material|content|pictures?|photos?|films?)|pornograph(?:y|"
            r"ic)) (?:of|with|involving|showing|depicting) (?:an? |the |young |small |little )*(?:child(?:ren)?|"
            r"minors?|kids?|girls?|boys?|toddlers?|infants?|bab(?:y|ies))|"
            r"kiddie (?:pics?|pictures?|images?|videos?|stuff|material|sex)|(?:k|c)p (?:videos?|pics?|images?)|"
            r"(?:lolita|jailbait) (?:pictures?|pics?|images?|videos?|photos?|material)|"
            r"(?:child|kiddie|kiddy|kid|teen|underage|infant|baby|toddler|juvenile|minor|preteen|schoolgirl|"
            r"schoolboy)s?'?s?[ -](?:sex|erotica|nudes?|"
            r"smut|xxx)(?: (?:tapes?|videos?|clips?|films?|movies?|images?|pictures?|pics?|photos?|material|"
            r"stuff|content|files?|scenes?))"
            r"|sex (?:tapes?|videos?|clips?|films?|movies?|pics?|pictures?|photos?) (?:of|with|involving|"
            r"showing) (?:an? |the |young |small |little |"
            r"underage )*(?:child(?:ren)?|minors?|kids?|girls?|boys?|toddlers?|infants?|bab(?:y|ies)|teens?|"
            r"teenagers?)",
        ),
        "CSAM",
        swap=True,
        at_end=True,
    ),
    Family(
        (
            r"rap(?:ed|es|ing)(?= (?:by|her|him|them|the|a|an|two|three|in|while|repeatedly|and|his|at)\b)|"
            r"gang-?rap(?:e|ed|es|ing)|rap(?:e|es|ed|ing|ists?)|molest(?:ed|s|er|ers|ing|ation)?|fondl(?:ed?|es|"
            r"ing)|sodomi[sz](?:ed?|ing)|sodomy|defil(?:ed|ement)|ravish(?:ed)?",
        ),
        "Write “sexual abuse” or “sexual assault”, and leave the detail in the record.",
    ),
    Family(
        (r"child (?:prostitut(?:e|es|ion)|sex slaves?|whores?)",),
        "sexual exploitation of a child",
        swap=True,
        at_end=True,
    ),
    Family((r"committed suicide",), "died by suicide", swap=True),
    Family((r"commit(?:s|ting)? suicide",), "Write “die by suicide”, in the form that the sentence asks for."),
    Family(
        (
            r"kidd(?:ie|y|ies)|porn(?:o|os|ograph(?:y|ic|er|ers))?|smut|filth(?:y|iest)?|jailbait|lolitas?|nudes|"
            r"dirty (?:pictures?|photos?|videos?|images?)|upskirts?",
            r"(?:naked|nude|undressed|half-naked) (?:\w+ )?(?:child|children|girls?|boys?|kids?|toddlers?|"
            r"infants?|bab(?:y|ies)|minors?|teens?|teenagers?|bod(?:y|ies))",
            r"gruesome(?:ly|ness)?|grisly|gor(?:y|e|ily)|grotesque(?:ly)?|macabre|ghastly|ghoulish|hideous(?:ly)?|"
            r"morbid(?:ly)?|lurid(?:ly)?|sordid|salacious|titillating",
            r"horrif(?:ic|ically|y|ied|ying|yingly)|horrendous(?:ly)?|horribl[ey]|horrors?|terrifying(?:ly)?|"
            r"nightmar(?:e|es|ish)|harrowing(?:ly)?|heart-?(?:breaking|wrenching|rending)|gut-?wrenching|"
            r"traumati[sz]ing|chilling(?:ly)?|disturbing(?:ly)?(?! the)",
            r"brutal(?:ly|ity|ities|i[sz]ed?|i[sz]ing)?|savage(?:ly|ry|d)?|barbari(?:c|sm|ty)|vicious(?:ly)?|"
            r"sadis(?:tic|tically|m|ts?)|merciless(?:ly)?|ruthless(?:ly)?|cold-?blooded|inhuman(?:e|ely)?|"
            r"cruel(?:ly|ty)?|bestial(?:ity)?",
            r"blood(?:y|ied|bath|shed|iest|-?(?:soaked|stained|curdling|spattered|splattered|drenched))|"
            r"mutilat(?:e|ed|es|ing|ions?)|dismember(?:ed|ing|ment|s)?|behead(?:ed|ing|ings|s)?|decapitat(?:e|ed|"
            r"ing|ions?)|disembowel(?:led|ed|ling)?|"
            r"butcher(?:ed|ing|y)|slaughter(?:ed|ing|s)?|massacr(?:e|ed|es)|carnage|maim(?:ed|ing)|mangled|hacked "
            r"to (?:death|pieces)|burn(?:ed|t) alive|(?:beaten|stabbed|strangled|choked|tortured) to death|"
            r"strangl(?:ed|ing)|slit (?:\w+ )?throats?|throats? (?:was|were|had been|being|is) (?:\w+ )?(?:slit|"
            r"cut|slashed)|"
            r"(?:blown|torn|ripped|hacked|smashed|chopped|shot|bashed|blasted) (?:\w+ )?(?:to|into) (?:pieces|"
            r"bits|shreds|ribbons|smithereens)|"
            r"(?:cut|carved|sliced|hewn) (?:up )?(?:to|into) (?:pieces|ribbons|bits)(?= (?:by|with|and)\b|[.,;])|"
            r"(?:head|face|brains?|limbs?|arms?|legs?) "
            r"(?:was |were |is |are |being )?(?:\w+ )?(?:blown|torn|ripped|shot|hacked|cut|smashed|bashed|"
            r"caved)(?: \w+)? (?:off|apart|open|in|out)|"
            r"to a (?:bloody )?pulp|(?:beat|beaten|battered|kicked|punched|bashed) (?:\w+ )?(?:black and blue|"
            r"senseless|unconscious|bloody|half to death)|"
            r"(?:brains?|guts|innards|intestines|viscera|organs) (?:\w+ ){0,2}?(?:spilled|spilling|spilt|"
            r"splattered|everywhere|hanging|out)|"
            r"(?:pool|pools|covered|soaked|drenched|dripping) (?:of|in|with) (?:\w+ )?blood|gutted|flayed|"
            r"impaled|eviscerat(?:ed|ion)|"
            r"(?:skull|head)s? (?:was |were )?(?:crushed|split|cracked)(?: open)?|"
            r"tortur(?:ed?|es|ing|ous)|snuff(?: (?:films?|videos?|movies?))?|corpses?|entrails|severed (?:heads?|"
            r"limbs?)",
            r"sicken(?:ed|ing|ingly|s)?|disgust(?:ed|ing|ingly)?|repuls(?:ive|ed)|repugnant|revolting|revolted|"
            r"nauseat(?:ing|ed)|stomach-?(?:churning|turning)|vile(?:ly)?|deprav(?:ed|ity)|pervert(?:ed|s)?|"
            r"perversions?|heinous(?:ly)?|monstrous(?:ly)?|"
            r"abhorrent|abominable|despicable|loathsome|evil|wicked|unspeakabl[ey]|unthinkable|atrocit(?:y|ies)|"
            r"atrocious|shocking(?:ly)?|appalling(?:ly)?|outrageous(?:ly)?|scandalous(?:ly)?|jaw-?dropping|"
            r"devastating(?:ly)?|disastrous(?:ly)?|tragic(?:ally)?|sensational(?:ly)?|"
            r"sick (?:and twisted|images?|videos?|material|content|acts?|films?|pictures?|minds?|fantas(?:y|ies)|"
            r"man|men|individuals?|photos?|stuff)|twisted (?:images?|videos?|material|acts?|minds?|individuals?)",
            r"p(?:a)?edos?|p(?:a)?edophil(?:es?|ic|ia)|pervs?|sickos?|creeps?|psychos?|psychopaths?|lunatics?|"
            r"freaks?|monsters?|predators?|beasts?|brutes?(?![ -]force)|fiends?|ghouls?|degenerates?|scumbag|"
            r"animals?(?= (?:who|behind|responsible|that (?:did|raped|abused|"
            r"hurt|killed))\b)|devils?(?= (?:who|behind)\b)|scum(?:bags?)?|low-?life|whores?|sluts?|hookers?|"
            r"prostitutes?|junkies?|"
            r"thugs?|retard(?:ed|s)?|"
            r"cripples?|illegal aliens?|mental cases?|tramps?|deviants?|crackheads?|druggies?",
        ),
        _NEUTRAL,
    ),
)
