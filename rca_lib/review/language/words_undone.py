"""Words that tell what did not happen as if it explained what did."""

from __future__ import annotations

from rca_lib.review.language.family import Family
from rca_lib.review.language.people import A_PERSON

__all__ = ["COUNTERFACTUAL"]

_WHO = (
    r"(?:(?:(?:the|an?|our|one|any|either|both|their|his|her|every|each|this|that|some|no)(?: of)? |(?:the |"
    r"these |those )?(?:two|three|four|five) )?"
    r"(?:[\w-]+ ){0,2}?" + A_PERSON + r"s?|they|she|he|we|you|i|anyone|anybody|someone|somebody|everyone|people|"
    r"nobody|no one|either of them|"
    r"both of them)"
)
_BETTER = (
    r"(?:better|more|earlier|closer|quicker|faster|slower|wiser|safer|another|greater|clearer|simpler|longer|"
    r"a second|a third|a different|"
    r"proper|due|a little|a moment's|a minute's|one more)"
)
_ADVERBS = r"(?:(?:\w+ly|even|first|also|really|then|ever|again|once|at any point|at all|actually|once) )*"
_PARTICIPLE = (
    r"(?:been|seen|known|done|gone|taken|given|made|found|caught|kept|held|sent|told|set|run|come|become|"
    r"begun|written|shown|thought|met|led|left|"
    r"lost|said|paid|put|cut|let|got|gotten|had|heard|felt|spoken|chosen|drawn|understood|stood|brought|"
    r"sought|taught|hidden|risen|broken|spent|"
    r"dealt|meant|read|built|fallen|overseen|foreseen|picked|spotted|"
    r"(?!(?:dedicated|limited|automated|shared|detailed|fixed|restricted) [a-z]+)[a-z-]{2,}ed)"
)
_OMITTED = (
    r"(?:check(?:ed)?|double-?check(?:ed)?|cross-?check(?:ed)?|re-?check(?:ed)?|notic(?:e|ed)|verif(?:y|"
    r"ied)|compar(?:e|ed)|confirm(?:ed)?|re-?read|read|look(?:ed)?|"
    r"review(?:ed)?|see|seen|spot(?:ted)?|catch|caught|detect(?:ed)?|flag(?:ged)?|ask(?:ed)?|call(?:ed)?|"
    r"escalat(?:e|ed)|report(?:ed)?|follow(?:ed)?|us(?:e|ed)|appl(?:y|ied)|"
    r"open(?:ed)?|record(?:ed)?|log(?:ged)?|tell|told|inform(?:ed)?|notif(?:y|ied)|warn(?:ed)?|"
    r"reali[sz](?:e|ed)|recogni[sz](?:e|ed)|consider(?:ed)?|consult(?:ed)?|test(?:ed)?|"
    r"validat(?:e|ed)|document(?:ed)?|updat(?:e|ed)|respond(?:ed)?|react(?:ed)?|act(?:ed)?|complet(?:e|"
    r"ed)|perform(?:ed)?|do|done|carr(?:y|ied) out|take|taken|"
    r"attach(?:ed)?|extend(?:ed)?|renew(?:ed)?|redact(?:ed)?|remov(?:e|ed)|stop(?:ped)?|rais(?:e|ed)|"
    r"question(?:ed)?|pay|paid|communicat(?:e|ed)|coordinat(?:e|ed)|"
    r"monitor(?:ed)?|hand(?:ed)? over|pass(?:ed)?|think|thought|remember(?:ed)?|identif(?:y|ied)|find|"
    r"found|ensur(?:e|ed)|mak(?:e)|made|challeng(?:e|ed)|correct(?:ed)?|"
    r"seek|sought|obtain(?:ed)?|wait(?:ed)?|plan(?:ned)?|supervis(?:e|ed)|prepar(?:e|ed)|provid(?:e|ed)|"
    r"interven(?:e|ed)|acknowledg(?:e|ed)|"
    r"prioriti[sz](?:e|ed)|anticipat(?:e|ed)|inspect(?:ed)?|examin(?:e|ed)|investigat(?:e|ed)|"
    r"scan(?:ned)?|search(?:ed)?|discuss(?:ed)?|mention(?:ed)?|observ(?:e|ed)|stud(?:y|ied)|"
    r"send|sent|mark(?:ed)?|forward(?:ed)?|watch(?:ed)?|keep|kept|enter(?:ed)?|contact(?:ed)?|"
    r"cancel(?:led)?|clos(?:e|ed)|pick(?:ed)? up|speak|assess(?:ed)?|train(?:ed)?|heed(?:ed)?)"
)
_PAST = (
    r"(?:checked|double-checked|cross-checked|noticed|verified|compared|confirmed|looked|reviewed|spotted|"
    r"caught|detected|flagged|asked|called|escalated|reported|"
    r"reali[sz]ed|recogni[sz]ed|questioned|saw|informed|told|warned|tested|followed|raised|responded|"
    r"acted|monitored|challenged|read|thought|picked|remembered|"
    r"considered|bothered|intervened|stopped|paid)"
)
_DONE_TO = (
    r"(?:checked|double-?checked|cross-?checked|noticed|verified|spotted|caught|questioned|challenged|"
    r"picked up|acted (?:up)?on|followed up|heeded|double checked|"
    r"reali[sz]ed|recogni[sz]ed|detected|escalated)"
)
_TECHNICAL = (
    r"(?:start|load|run|connect|open|parse|compile|render|finish|complete|upload|save|respond|resolve|"
    r"sync|import|export|write|restart|update|deploy|"
    r"authenticate|log in|boot|build|install|fire|reach|arrive|execute|refresh|download|match)"
)
_HAPPENED = r"(?:happened|occurred|been|gone|come|arisen|failed|reached|led|left|seen|known|taken place)"

COUNTERFACTUAL = (
    Family(
        (
            r"(?:should(?:n't| not)?|ought(?:n't| not)? to)(?: not)? (?:\w+ ){0,2}?have (?:\w+ly |at least |also |"
            r"never |not |first |then )?" + _PARTICIPLE,
            r"(?:could|might)(?!n't| not| never) (?:\w+ ){0,2}?have (?:\w+ly |also |just |at least )?(?!failed\b)"
            + _PARTICIPLE,
            r"(?:should|could|ought|would)(?:'ve| of) (?:\w+ )?" + _PARTICIPLE,
            r"should (?:we|they|she|he|i|someone|(?:the|our) \w+(?: \w+)?) (?:not )?have " + _PARTICIPLE,
            r"(?:was|were|is|are|had been) (?:\w+ )?supposed to|(?:was|were) expected to have",
            r"should have known|(?:could|should) (?:easily|simply|just) (?:have|be) \w+",
            r"(?:needed|had) to have " + _PARTICIPLE,
            r"need(?:ed)?(?:n't| not| never) (?:\w+ )?have (?:\w+ly )?" + _PARTICIPLE,
            r"why (?:did|do|does|had|has|have|was|were|could|would)(?:n't)? " + _WHO + r" (?:\w+ly )?(?:not|never)\b",
            r"why (?:did|had|have|has|was|were|could|would)n't " + _WHO + r"\b",
            r"why (?:did|had|has|was) (?:no one|nobody|"
            r"no (?:[\w-]+ )?" + A_PERSON + r"|none of (?:the|our) [\w-]+s)\b",
        ),
        "Say what was done and what was visible at that moment; put what is to change into an action.",
        unless="defining",
    ),
    Family(
        (
            r"would(?:n't| not| never)? (?:\w+ )?have (?:\w+ly )?(?:been )?(?:\w+ly )?(?:prevent|avoid|avert|"
            r"stopp|notic|detect|discover|spott|identifi|flagg|block|reveal|sav|"
            r"reduc|expos|mitigat|contain|correct)ed",
            r"would(?: \w+)? have (?:been )?(?:\w+ly )?(?:caught|found|seen|shown|made (?:a|the|all the) "
            r"difference|kept \w+ from|been (?:\w+ )?(?:enough|sufficient|possible|better|different|wiser|"
            r"safer|faster|simple|easy|obvious|apparent|clear|on time|in time|correct|right)|taken (?:only|just)|"
            r"helped|worked|known|come to light)",
            r"would(?:n't| not| never) have (?:\w+ly )?" + _PARTICIPLE + r"(?![^.;]*\bwithout\b)",
            r"would (?:easily |probably |surely |certainly |likely |still )?have "
            + _PARTICIPLE
            + r"(?=[^.;]*\b(?:if|had)\b)",
            r"if only",
            r"were it not for|(?:had it not|hadn't it|if it (?:had not|hadn't)) been for|if it (?:were|"
            r"was)(?: not|n't) for|"
            r"but for (?=[^.;]{0,160}?\b(?:would|could|might)\b)",
            r"(?<!what )it would(?:n't| not)? (?:\w+ )?have (?:taken|cost|required|needed|been)(?! (?:sent|set|"
            r"run|read|"
            r"held|made) (?:by|at|on)\b)",
            _BETTER + r" (?:[\w-]+ ){1,6}?(?:would|could|might) (?:\w+ )?have " + _PARTICIPLE,
            r"had (?!been\b|to\b|a\b(?! (?:\w+ )?(?:specialist|reviewer|colleague|person|check|warning|alert|"
            r"second))|no\b)(?:\w+(?:'s)? ){1,5}?(?:\w+ly |not |ever )?"
            + _PARTICIPLE
            + r"[^.;]{0,160}?(?:\bwould|\bcould|\bmight|'d)(?:n't)?",
            r"if [^.;,]{0,120}?\bhad(?:n't| not)? (?:\w+ly |been |ever |only |first )?"
            + _PARTICIPLE
            + r"[^.;]{0,160}?\b(?:would|could|might)(?:n't)?",
            r"(?:would|could|might)(?:n't)? [^.;]{0,160}?\bif [^.;,]{0,120}?\bhad(?:n't| not)? (?:\w+ly |been |"
            r"ever |only |"
            r"first )?" + _PARTICIPLE,
            r"(?:in|with)(?: the benefit of)? hindsight|in retrospect|hindsight shows",
            r"(?:easily |entirely |wholly |perfectly |clearly |was |were |been )(?:avoidable|preventable)|(?:an? |"
            r"this )(?:avoidable|preventable)|easily (?:been )?(?:avoided|prevented)",
            r"(?:might|may|could) (?:well )?have (?:been )?(?:prevented|avoided|averted)",
        ),
        "Say what did happen, and what led to it; what another course would have brought is not known.",
    ),
    Family(
        (
            r"(?<!few )(?<!few requests )(?<!few of them )(?<!must )(?:fail(?:ed|s|ing)?|failure|failures) to "
            r"(?:\w+ly )?(?!" + _TECHNICAL + r"\b)(?!\w+ed\b)[a-z-]+",
            r"fail(?:ed|s|ing) (?:\w+ ){1,3}?to (?:check|update|tell|notice|ask|read|verify|confirm|escalate|call|"
            r"act|review|report|test|follow|extend|compare|inform)|(?:neglect(?:ed|s|ing)?|forgot(?:ten)?|"
            r"forget(?:s|ting)?|omitt(?:ed|ing)|omits?) to",
            r"(?:miss(?:ed|es|ing)?|without (?:taking|using)|passed up|let slip|skipped|wasted|squandered|"
            r"threw away|ignored) (?:the |an? |this |that |every |"
            r"several |another )?(?:\w+ )?(?:chance|opportunity|opportunities|chances)",
            r"(?<!how long it )(?<!how long this )(?:went|gone|go|going|left|remained|passed) (?:\w+ly "
            r")?(?:unnoticed|unchecked|unread|undetected|unverified|unquestioned|unchallenged|unheeded)",
            r"overlook(?:ed|ing)",
            r"without (?:the |an? |any |our |their |either |"
            r"both )?(?:[\w-]+ ){0,2}?(?:" + A_PERSON + r"s?|anyone|anybody|someone|somebody|"
            r"them|her|him|us) (?:ever |even |first |\w+ly )*(?:having|being|(?!according|including|"
            r"during)[a-z-]+ing)\b",
            r"without having (?:\w+ly |first |even |ever )*" + _PARTICIPLE,
            r"(?:(?:was|were|is|are|been)(?:n't| not| never)|(?:had|has|have)(?:n't| not|"
            r" never) been) "
            + _ADVERBS
            + r"(?!given it\b)"
            + _PARTICIPLE
            + r"(?: \w+)? by "
            + _WHO
            + r"(?! (?:screen|page|view|form|tool|list|queue|mailbox|template|export|table|record|"
            r"directory|plan|rota))",
        ),
        "Say what was done in its place and why that made sense: what was shown, asked for or known at that moment.",
    ),
    Family(
        (
            r"(?:fail(?:ed|s|ing)?|failure|failures) to " + _TECHNICAL,
            r"forg(?:ot|otten|ets|etting)(?= (?:about|that|the|an?|his|her|their|its|our|it|this|these|both|"
            r"every|all|one|two|\w+ing|step)\b)",
            r"neglect(?:ed|s|ing)(?= (?:the|an?|his|her|their|its|our|it|this|these|both|every|all|one|two|step)\b)",
            r"without (?:first |even |ever |\w+ly )*(?:checking|verifying|reading|comparing|"
            r"confirming|looking|noticing|asking|reviewing|double-?checking|consulting|testing|reali[sz]ing|"
            r"considering|questioning|validating|informing|telling)",
        ),
        "Say what was done in its place and why that made sense: what was shown, asked for or known at that moment.",
        unless="system",
    ),
    Family(
        (
            r"(?:did not|didn't|did never|had not|hadn't|have not|haven't|has not|hasn't|"
            r"never) " + _ADVERBS + _OMITTED,
            r"(?:was|were|had been) expected to (?!be\b|arrive\b|last\b|end\b)[a-z]+",
            r"(?:had|has|having) (?:the|an?|every|ample|plenty of|several|enough) (?:[\w-]+ )?(?:chances?|"
            r"opportunit(?:y|ies)|time|means|"
            r"power) to|(?:was|were) in a position to|(?:was|were) free to",
            r"(?:was|were|been)(?:n't| not|"
            r" never) " + _ADVERBS + r"(?:asked|told|informed|consulted|called|notified|warned|invited|involved|"
            r"contacted|briefed|alerted|reminded|brought in|kept informed)",
            r"(?:did|does) nothing|(?:took|take|taken) no (?:action|steps?|notice)|made no (?:attempt|effort)|"
            r"gave (?:it )?no (?:thought|attention)",
            r"missed (?:the|a|an|this|that|these|it|both|every|all)(?! (?:\w+ )?(?:deadline|due|target|date due|"
            r"return|hearing|term|meeting|bus|train|limit|call|shift|day|course))",
        ),
        "Say what {who} did see and do, and what the screen, the task or the rule asked for.",
        unless="not people",
    ),
    Family(
        (
            r"(?:(?<!that )(?<!which )(?:nobody|no one|no-one)|(?<!that )(?<!which )none of (?:the|us|them|"
            r"our)(?: (?!is|are|was|were)\w+){0,2}|(?<!that )(?<!which )no (?:specialist|reviewer|analyst|"
            r"engineer|manager|assessor|team|lead|colleague|person)s?"
            r"|neither (?:\w+ ){1,4}?(?:nor (?:\w+ ){1,4}?)?) ?(?:had |has |have |ever |then |even |\w+ly )*" + _PAST,
            r"(?<!that )(?<!which )(?:nobody|no one|no-one)(?: (?:at|in|on|from|of) (?:the |"
            r"our )?(?:[\w-]+ ){0,2}?[\w-]+)? "
            r"(?:ever |even |\w+ly )?(?:rang|phoned|opened|wrote|replied|answered|objected|tried|sought|did|came|"
            r"had|went)",
            r"(?:(?:was|were|been)(?:n't| not| never)|had(?:n't| not| never) been) "
            + _ADVERBS
            + _DONE_TO
            + r"(?! by (?:the )?(?:parser|tool|filter|rule|system|scan))",
        ),
        "Say what was checked, by which step, and what that step was set up to look at.",
        unless="system",
    ),
)
