"""Words of a causal statement: vague descriptors, human errors, departures from a procedure, failures to act."""

from __future__ import annotations

import re

from rca_lib.review.language.people import A_PERSON

__all__ = ["DESCRIPTOR", "DUTY", "HUMAN_ERROR", "PROCEDURE", "SLIP", "SLOT"]

DESCRIPTOR = re.compile(
    r"\b(?:unclear(?:ly)?|confusing(?:ly)?|mess(?:y|ily)|chaotic(?:ally)?|hectic|cumbersome|bad|worse|"
    r"worst|weak(?:ly|ness|nesses)?|unreliable|unhelpful|clunky|ineffective(?:ly)?|inefficient(?:ly)?|"
    r"inconsistent(?:ly)?|too (?:complex|complicated|difficult|hard|vague|loose|lax)|overly \w+|"
    r"overcomplicated|user-?unfriendly|unintuitive|counter-?intuitive|low[- ]quality|wrongly|incorrectly|"
    r"haphazard(?:ly)?|sub-?optimal|immature|broken|dysfunctional|toxic|problematic|difficult|hard to use|"
    r"vague(?:ly)?|mislead(?:ing|ingly)|superficial(?:ly)?|cursor(?:y|ily)|perfunctor(?:y|ily)|rushed|hast(?:y|"
    r"ily)|hurried(?:ly)?|"
    r"lack-?lust(?:re|er)|inexperienced|untrained|unskilled|unqualified|inexpert|half-?hearted|awkward(?:ly)?|"
    r"fiddly|unwieldy|unfortunate(?:ly)?|"
    r"erratic(?:ally)?|flaky|shaky|patchy|sketchy|muddled|hazy|woolly|disorgani[sz]ed|disorderly|neglected|"
    r"unprepared|overworked|"
    r"overloaded|stressed|tired|ill-\w+|over-?(?:hasty|complex|confident|reliant)|illogical(?:ly)?|nonsensical|"
    r"useless|unusable|"
    r"faulty (?:\w+ )?(?:understanding|knowledge|reading|grasp|judge?ment|reasoning|assumptions?|process(?:es)?|"
    r"procedures?|practices?|thinking|view|"
    r"design|planning|handling|communications?|memory|work|interpretations?)|"
    r"(?:incomplete|limited|imperfect|partial|shallow|scant|false|little|thin|weak|"
    r"insecure) (?:\w+ )?(?:understanding|knowledge|grasp|"
    r"familiarity|experience|awareness|insight)|"
    r"(?:not enough|too little|too few|too much|scant|hardly any|little|no real|insufficient) (?:care|thought|"
    r"effort|time|attention|rigou?r|interest|"
    r"diligence|focus|patience|discipline|support|guidance|supervision|training|preparation|planning|concern|"
    r"commitment|staff|people|"
    r"resources?|consideration|respect|urgency|haste|trust|pressure|work)|"
    r"failing (?:supervision|oversight|discipline|communications?|leadership|controls?|management|process(?:es)?|"
    r"standards?|morale|"
    r"procedures?|practices?|culture|coordination|governance|quality|attention|memory)|"
    r"(?:lack|absence|want|shortage) of (?:an? |any |the )?(?:clear|proper|real|good|sound|strong|effective|"
    r"consistent|reliable|"
    r"formal|robust|shared|solid|firm|adequate|defined|explicit|coherent|common) [a-z]+)\b"
)
_ERROR_VERB = (
    r"(?:click|press|typ|enter|pick|select|cho?os|chose|open|attach|tick|key|past|cop[yi]|dial|mark|highlight|"
    r"put|filed?|tagg?|fill|"
    r"wr[io]t|sav|delet|upload|address)(?:ted|ed|ing|ting|led|ling|e[dns]?|s|ten|d)?"
)
_TOKEN = (
    r"(?:[\w.:/-]*\d[\w.:/-]*|[\"'“”]?·+[\"'“”]?|[a-z]|january|february|march|april|may|june|july|august|"
    r"september|october|november|december|am|pm)"
)
_GLYPH = (
    r"(?:digits?|letters?|characters?|words?|lines?|rows?|zero(?:e?s)?|dots?|hyphens?|dash(?:es)?|figures?|"
    r"commas?|spaces?|signs?|pages?|initials?)"
)
SLOT = re.compile(
    r"(?:state|county|city|town|country|agency|court|name|first[- ]name|surname|number|date|address|street|month|"
    r"day|year|account|docket|badge|"
    r"case|start|end|subject|from|to|cc|receipt|return|issue|due|amount|phone|postcode|zip|email|e-mail|notes?|"
    r"title|rank|unit|range)"
)
"""What a field of a form is for."""

SLIP = re.compile(
    rf"(?<!\w)(?:wrong(?:ly)?|{_ERROR_VERB} (?:[^,;.]{{1,60}}? )?(?:instead of|rather than|in place of|in lieu of)|"
    r"(?:thought|believed|supposed|assumed|presumed|imagined|understood|felt sure|took it|(?:was|were) (?:sure|"
    r"certain|convinced|confident))(?: that)? [^.;]{3,80}? "
    r"(?:when|but|while|although|though|whereas|yet)|"
    r"(?:took|taken|taking) (?:the |an? |this |that |one )[\w' -]{1,40}? for (?:an?|another|"
    r"the other) (?!(?:\w+ )?(?:hour|day|week|moment|while|"
    r"second|reason|minute|month|year|time|fee)s?\b)[\w-]+|"
    r"(?:hit|press|click|sen[dt]|clos|releas|sign|approv|submitt|sav)(?:ed|ing)? [^.;,]{0,40}?too (?:soon|early|"
    r"quickly|fast)|"
    r"(?:scroll|click|pag|flick|swip|leaf)(?:ed|ing) (?:right |straight |quickly )?past|"
    r"(?:fil|put|sav|stor|log|enter|record|book|plac|regist|past)(?:g?ed|ered|ing|e)? [^.,;]{1,40} (?:under|in|"
    r"into|to|on|with) (?:the |an? )?"
    r"(?:previous|former|neighbouring|adjacent|unrelated|preceding) [\w-]+|"
    r"(?:enter|typ|put|wr[io]t|key|past|cop[yi]|fill)(?:t?ed|e[dns]?|ing|ting|ten|ied|s)? (?:the |an? |his |"
    r"her )?(?P<what>(?:[\w'-]+ ){1,6}?)(?:in|into|under|to) the "
    rf"(?P<field>{SLOT.pattern}) (?:field|box|column|line|cell|slot|row))(?!\w)"
)
"""What is a slip where people do it: the wrong one, one in place of another, a belief that was not so, words in another field."""

_WORK_STEP = (
    r"(?:procedures?|checklists?|steps?|polic(?:y|ies)|protocols?|instructions?|guidelines?|guidance|"
    r"rules?|manuals?|playbooks?|process(?:es)?|workflows?|sops?|standards?|guides?|runbooks?|routines?|"
    r"requirements?|"
    r"scripts?|handbooks?|directives?|work instructions?|rotas?|rosters?|code of (?:conduct|practice))"
)
_RULE_ID = (
    r"(?:(?:pol|sop|lr|proc|std|wi|gl|op|gd)-?\d+[\w.-]*|(?:rule|step|section|clause|article|paragraph|"
    r"item|chapter) (?:\d+|[ivx]+|one|two|three|four|five|six|seven|eight|nine|ten)\b)"
)
_RULE = rf"(?:{_WORK_STEP}|{_RULE_ID})"
_ASKS = (
    r"(?:requires?|required|demands?|demanded|prescribes?|prescribed|asks?(?: for)?|asked(?: for)?|calls? for|"
    r"called for|mandates?|mandated|lays? down|"
    r"laid down|stipulates?|specif(?:y|ies|ied)|sets? out|insists?(?: on)?|says|said|provides?(?: for)?|orders|"
    r"wants?|foresees?|tells?|names?)"
)
_AS_ASKED = (
    rf"(?:(?:that|which|as) (?:the |our |its |an? )?(?:[\w-]+ ){{0,2}}?{_RULE} {_ASKS}\b|(?:(?:that|which) (?:is|"
    rf"was|are|were) )?(?:required|prescribed|demanded|"
    rf"mandated|laid down|set out|set|stipulated|specified|called for|foreseen|provided for|named) (?:by|in|"
    rf"under) (?:the |our |its |an? )?"
    rf"(?:[\w-]+ ){{0,2}}?{_RULE}\b)"
)
_MUST = r"(?:required|mandatory|prescribed|obligatory|compulsory|mandated|statutory|stipulated)"
_CHECK = (
    r"(?:checks?|reviews?|verifications?|confirmations?|calls?|call-?backs?|approvals?|sign-?offs?|tests?|"
    r"comparisons?|looks?|controls?|hand-?overs?|oversight|supervision|follow-?ups?|monitoring|"
    r"inspections?|audits?|escalations?|read-?backs?|assessments?|validations?|double-?checks?|reminders?|"
    r"replies|reply|action|actions|response|notification|answers?|acknowledge?ments?|read-?throughs?|checking|"
    r"cross-?checks?|sampling|"
    r"proof-?reading|sign-?ing)"
)
_PART = r"(?:steps?|signatures?|counts?|waits?|waiting times?|pauses?|" + _CHECK + r"|" + _WORK_STEP + r")"
_OMIT = (
    r"(?:omit(?:s|ted|ting)?|left out|leav(?:es?|ing) out|miss(?:ed|es|ing)? out|pass(?:ed|es|ing) over|"
    r"jump(?:ed|s|ing)(?: over)?|drop(?:ped|s|ping)?|"
    r"waiv(?:ed?|es|ing)|suspend(?:ed|s|ing)?|evad(?:ed?|es|ing)|dodg(?:ed?|es|ing)|duck(?:ed|ing|s)|shirk(?:ed|"
    r"ing|s)|elud(?:ed|ing)|avoid(?:ed|s|ing)?|"
    r"g[eo]t(?:s|ting)? (?:a?round|out of)|neglect(?:ed|s|ing)?|disregard(?:ed|s|ing)?|ignor(?:ed|es|ing)|"
    r"abandon(?:ed|s|ing)|"
    r"flout(?:ed|s|ing)|defied|disobey(?:ed|ing)|forwent|forgone|dispens(?:ed|es|ing) with|did away with|cut out|"
    r"brushed aside|set aside|"
    r"stopped doing|left undone)"
)
HUMAN_ERROR = re.compile(
    r"(?<!\w)(?:mis-?(?:cod|cit|nam|number|sort|tag|direct|report|stat(?=e)|quot|appli|apply|assign|assess|"
    r"estimat|gaug|handl|deliver|send|sent|"
    r"categor|classif|link|attribut|translat|diagnos|tim|typ|read|enter|ke(?:y|yed)|click|hear|heard|count|judg|"
    r"interpret|underst|rememb|"
    r"identif|label|fil|plac|rout|address|dial|spel[lt]|calculat|cop|match|dat|transcri|recogni|perceiv|"
    r"took|take|apprehen|wr[io]t)\w*|"
    r"over-?look\w*|forg[eo]t\w*|miss(?:ed|es|ing) (?=the|a|an|this|that|it|one|two|his|her|their|its|"
    r"both|every|when|while|\w+s\b)|missed(?= by)|(?:was|were|been|being|got) (?:\w+ly )?missed|"
    r"missed(?! [\w-]+s (?:are|is|have|go|appear|stay)\b)|"
    rf"(?:typed|keyed|entered|wrote|written|read|put|heard|dialled|took|taken|copied|typing|reading|writing|"
    rf"keying|hearing) (?:an? |the )?{_TOKEN} (?:for|as|instead of) (?:an? |the )?{_TOKEN}|"
    r"(?:past|cop[yi]|typ|enter|wr[io]t|key|attach|fill|dial|put|quot|cit|stamp)(?:t?ed|e[dns]?|ing|ting|led|ten|"
    r"s|d)?(?: down| in)? (?:the |an? |his |her |their )?"
    r"(?:[\w-]+ (?:of|from|for) (?:the |an? |his |her )?)?(?:previous|prior|preceding|last|former|old|older|"
    r"neighbouring|adjacent|other|another|different|"
    r"unrelated|outdated|obsolete|similar) [\w'-]+|"
    r"\w+(?:ed|en|read|put|sent|set|t)(?: (?:down|in|out|over|up|off))? (?:incorrectly|wrongly|mistakenly|"
    r"erroneously|inaccurately|in error)|"
    r"skim(?:med|ming|s)?(?: over| past| through| across)?|gloss(?:ed|ing) over|(?:passed|scrolled|looked|read|"
    r"clicked|paged|flicked|jumped|skipped)(?: right| straight)? "
    rf"(?:over|past) (?=(?:the |an? |one |two |its |his |her )?(?:[\w'-]+ ){{0,2}}?(?:lines?|pages?|notes?|"
    rf"banner|seal|stamp|entry|entries|rows?|dates?|names?|warnings?|"
    r"words?|sentences?|paragraphs?|limits?|ends?)\b)|"
    rf"(?:omit(?:ted|ting|s)?|dropped|dropping|left out|left off|leaving out|added|adding|doubled|lost|inserted|"
    rf"cut off|repeated) (?:an?|one|two|the|some|his|her) (?:[\w-]+ ){{0,2}}?{_GLYPH}|"
    rf"(?:an?|one|two|three|the|some) (?:[\w-]+ ){{0,2}}?{_GLYPH} (?:of [\w' -]{{1,30}}? )?(?:was|were|got|being|"
    rf"had been) (?:\w+ly )?(?:left out|left off|dropped|omitted|added|doubled|lost|missed|swapped|changed|"
    rf"cut off|repeated|"
    r"inserted|exchanged)|"
    r"(?:unintended|unwitting|stray|mis-?timed|premature|involuntary|unmeant|accidental|double|"
    r"hasty) (?:press(?:es|ing)?|clicks?|taps?|keys?|key-?strokes?|key-?presses?|"
    r"double-clicks?|drags?|drops?|scrolls?|sends?|sending|entr(?:y|ies)|touch(?:es)?|hits?|selections?|strokes?|"
    r"ticks?|pastes?)|"
    r"unwittingly|unknowingly|(?:under|had|in|with|on) (?:the|a|an) (?:\w+ )?(?:impression|belief|assumption|"
    r"idea)(?= that| of)|"
    r"(?:got|get|gets|getting) (?:the |an? |his |her |their |it |them |both |two )(?:[\w' -]{1,50}? )?(?:wrong|"
    r"mixed up|muddled|confused|backwards|the other way round)|"
    r"(?:the |an? )?(?:\w+ )?wrong (?:\w+ ){1,3}?(?:was|were|got|being|had been) (?:\w+ly )?(?:entered|"
    r"typed|picked|chosen|selected|clicked|sent|attached|used|opened|pasted|copied|ticked|set|keyed|put|"
    r"written|dialled|marked|assigned|taken|applied|uploaded)|"
    r"(?:typ|pick|choos|chos|select|click|send|sent|attach|us|open|past|copi|copy|enter|tak|took|tick|key|"
    r"put|wr[io]t|dial|mark|assign|upload|chose|set|appl)(?:ed|ied|es|s|ing|e|en|ting|te|ying|y|ked)?\b "
    r"(?:in )?(?:the |an? |his |her |their )?(?:\w+ )?wrong(?:ly)?|"
    r"(?:wrongly|incorrectly|mistakenly|erroneously) (?:entered|typed|picked|chosen|selected|clicked|sent|"
    r"attached|used|copied|ticked|keyed|read|marked|set|assumed|believed|recorded|dated|addressed)|"
    r"(?:entered|typed|keyed|recorded|copied|written|set|read) (?:wrongly|incorrectly|mistakenly)|"
    r"slip(?:s|ped)?(?: of (?!paper)\w+| up|-ups?|s)?|lapses?|lapsed concentration|"
    r"(?:human |typing |user |operator |manual |clerical |data[- ]entry |copying |transcription |keying |"
    r"judge?ment |reading |copy-paste |personal )?errors?(?! (?:messages?|codes?|logs?|pages?|rates?|"
    r"handling|texts?|screens?|reports?|dialogs?|budgets?|margins?|bars?|types?|class(?:es)?|states?))|"
    r"typos?|mistakes?|mistaken(?:ly)?|by mistake|blunders?|"
    r"confus(?:ed|es)|confusi(?:on|ng) (?:of|between|the \w+ with|\w+ with|by|among)|mix(?:ed|es|ing|"
    r"-?ups?)(?: \w+)*? ?(?:up|with)|mix-?ups?|mixups?|(?:swapp|transpos|exchang|interchang|invert|"
    r"revers)(?:ed|es|ing|e)|transpositions?|swaps?|"
    r"inadverten(?:t|tly|ce)|accidental(?:ly)?|by accident|unintentional(?:ly)?|absent-?minded\w*|"
    r"inattenti\w+|distract(?:ed|ion)|lost (?:track|count|sight|(?:his|her|their|the) (?:place|way|thread))|"
    r"(?:jumped|drew) to (?:the )?(?:\w+ "
    r")?conclusions?|"
    r"(?:did not|didn't|failed to|fails to|failing to|never) (?:\w+ly )?(?:notice|spot|see|reali[sz]e|"
    r"recogni[sz]e|remember)|(?:unnoticed|oversights?)|assumed (?:wrongly|incorrectly))(?!\w|-\w)"
)
_THE = r"(?:the |an? |our |its |his |her |their |all |this |that |every |each |any |one )?"
_NAMED = r"(?:[\w'-]+ ){0,5}?"
_NOT_DONE = (
    r"(?:(?:was|were|is|are|had been|has been|have been)(?: not|n't| never)|(?:had|has|have)(?: not|n't|"
    r" never) been)"
)

_UNDONE = (
    r"un(?!til\b|der|ion|ique|it|iform|like|usual|sealed|locked|related|marked\b|limited|restricted)(?:[a-z]+ed|"
    r"read|seen|heard|met|done|sent|told|said|kept|set|made|sought|written|known|spoken|taken|"
    r"said|paid|watched|run|built|drawn)"
)
_LEFT = (
    rf"(?:left|leaving) (?:\w+ly )?{_UNDONE}|(?:left|leaving) (?:the |an? |all |both |this |that |its |their |"
    rf"it |them |two |three )(?:[\w'-]+ ){{0,5}}?{_UNDONE}|"
    rf"(?:went|remained|stayed|left|lay|sat|stood) {_UNDONE}"
)

PROCEDURE = re.compile(
    r"(?<!\w)(?:"
    + "|".join(
        (
            # Not following, in the words of following.
            r"(?:did not|didn't|not|never|failed to|fails to|failing to|failure to|without|refused to|nobody|"
            r"no one|had not|hadn't) "
            r"(?:\w+ly |having )?(?:follow(?:ed|ing|s)?|compl(?:y|ied|ying)(?: with)?|adher(?:e|ed|ing)(?: to)?|"
            r"observ(?:e|ed|ing)|"
            r"stick(?:ing)?(?: to)?|stuck(?: to)?|ke?pt? to|abid(?:e|ed|ing)(?: by)?|obey(?:ed|ing)?|"
            r"respect(?:ed|ing)?)",
            r"(?:no one|nobody|none|neither|not one|no [\w-]+)(?: [\w-]+){0,6}? (?:followed|kept to|kept|"
            r"complied|stuck to|adhered|observed|obeyed|"
            rf"respected|honoured) {_THE}{_NAMED}{_RULE}",
            rf"{_RULE}(?: (?:on|for|of|about|in|at|to|that|which|"
            rf"from)(?: [\w'-]+){{1,6}}?)? {_NOT_DONE} (?:\w+ly )?(?:applied|used|followed|carried out|kept|"
            r"observed|respected|honoured|obeyed|complied|adhered|enforced|performed|done|gone through|"
            r"worked through|consulted|met)",
            r"(?:stopp(?:ed|ing)|ceas(?:ed|ing)|g[ai]ve(?:n|s)? up|giving up|no longer|quit|abandon(?:ed|s|ing)|"
            r"discontinu(?:ed|ing)|drifted (?:away )?from|"
            rf"moved away from|turned away from|fell away from) (?:\w+ly )?(?:follow(?:s|ed|ing)?|us(?:es|ed|"
            rf"ing)|keep(?:s|ing)? to|kept to|apply(?:ing)?|applied|"
            rf"doing|observing|working (?:by|to|with|from)|consulting|filling in|ticking|"
            rf"reading)? ?{_THE}{_NAMED}{_RULE}",
            # Going past a step or a rule.
            r"skip(?:ped|ping|s)?|by-?pass(?:ed|ing|es)?|circumvent(?:ed|ing|s|ion)?|side-?step(?:ped|ping|s)?|"
            r"short-?circuit(?:ed|ing)?|"
            r"deviat(?:e|ed|es|ing|ions?)|depart(?:ed|ing|s|ures?) from|work-?arounds?|(?:work(?:ed|ing|s)?|went|"
            r"going|go|got|get) a?round(?= )",
            r"non-?complian(?:ce|t)|not (?:in )?complian(?:ce|t)|non-?adheren(?:ce|t)|non-?observance|"
            r"non-?conform\w+|violat(?:e|ed|es|ing|ions?)",
            rf"(?:breach(?:ed|es|ing)?|infring(?:ed|ement|ing)|contraven(?:ed|tion|ing)|transgress(?:ed|ing|"
            rf"ion)) (?:of )?{_THE}{_NAMED}{_RULE}",
            rf"(?:broke|breaking|breaks|broken|bent|bending|bends|flout(?:ed|ing|s)?|disobey(?:ed|ing)?|defied|"
            rf"overrode|overruled) (?:with )?{_THE}{_NAMED}{_RULE}",
            rf"{_OMIT} {_THE}{_NAMED}{_PART}",
            rf"{_OMIT} {_THE}{_NAMED}[\w'-]+ {_AS_ASKED}|{_OMIT} {_THE}(?:[\w'-]+ ){{0,2}}?{_MUST} [\w'-]+",
            rf"(?:{_PART})(?: (?:for|of|on|to|in|at|with|between|that|before|after|"
            rf"by)(?: [\w'-]+){{1,6}}?)? (?:was|were|had been|has been|being|is|got) (?:\w+ly )?"
            r"(?:skipped|omitted|left out|bypassed|missed out|passed over|avoided|waived|dropped|evaded|dodged|"
            r"neglected|disregarded|ignored|abandoned|"
            r"forgone|suspended|left undone|brushed aside|cut short|set aside|put aside|overruled|rushed through)",
            rf"{_RULE} (?:was|were|had been|has been) (?:\w+ly )?(?:set aside|put aside|overruled|waived|broken|"
            rf"flouted|overridden|bent)",
            r"(?:his|her|their|its|our) own (?:ways?|methods?|manner|order|version) of (?:[a-z]+ing|the)|"
            r"in an order other than",
            r"(?:was|were|been|being) (?:\w+ly )?(?:ignored|disregarded|overridden|circumvented)",
            r"(?:take|took|taking|taken|takes) (?:a |the |several )?short-?cuts?|short-?cuts? (?:was|were|taken|"
            r"by)|(?:cut|cutting|cuts) corners|corners were cut",
            rf"(?:overrode|overrid(?:e|den|ing)|disabl(?:ed|ing)|switched off|turned off|muted|silenced|"
            rf"clicked (?:through|past|away)|dismissed) {_THE}"
            rf"(?:[\w-]+ ){{0,2}}?(?:warnings?|blocks?|alerts?|safeguards?|prompts?|locks?|{_CHECK})",
            # Work without what a rule asks for.
            r"without (?:\w+ly )?(?:doing|making|carrying out|performing|completing|running|obtaining|getting|"
            r"awaiting|waiting for|having|taking|using|"
            rf"following|going through|working through|ticking|filling in|seeking) {_THE}(?:[\w-]+ ){{0,3}}?{_PART}",
            rf"without {_THE}{_NAMED}[\w'-]+ {_AS_ASKED}|without {_THE}(?:[\w-]+ ){{0,2}}?{_MUST} [\w'-]+",
            rf"{_MUST} (?:[\w'-]+ ){{1,4}}?(?:for [\w' -]{{1,30}}? )?{_NOT_DONE} [\w-]+",
            r"(?:did not|didn't|failed to|fails to|failing to|failure to|never|had not|hadn't|"
            r"not) (?:\w+ly )?(?:carr(?:y|ied) out|perform(?:ed)?|do|did|done|make|made|"
            r"complet(?:e|ed)|obtain(?:ed)?|r[ua]n|tak(?:e|en)|us(?:e|ed)|appl(?:y|ied)|get|got|ask(?:ed)? for|"
            r"seek|sought|wait(?:ed)? for|fill(?:ed)? in|go through|work through|"
            rf"tick(?:ed)?|consult(?:ed)?|read|open(?:ed)?|enter(?:ed)?) {_THE}(?:(?:[\w'-]+ ){{0,3}}?{_MUST}|"
            rf"{_NAMED}[\w'-]+ {_AS_ASKED}|(?:[\w'-]+ ){{0,2}}?"
            rf"(?:steps?|checklists?|procedures?)\b)",
            # Against a rule, or another way than its own.
            r"(?:contrary to|in breach of|in violation of|in contravention of|against|outside|departure from|"
            r"out of line with|not according to|not as per|"
            rf"not in line with|not in accordance with|in disregard of|regardless of|in spite of|despite|"
            rf"in defiance of) (?:the |a |an |our |prescribed |required |written |"
            rf"standard |documented |set )*(?:[\w-]+ ){{0,2}}?{_RULE}",
            rf"(?:instead|rather than|not|in place of|never|without)\b[^.;]{{0,60}}?\b(?:as|where|though|"
            rf"although|while|when|whereas|which|but) (?:the |our |its )?(?:[\w-]+ )"
            rf"{{0,2}}?{_RULE} {_ASKS}\b",
            rf"(?:that|which) (?:the |our |no |its )?(?:[\w-]+ ){{0,2}}?{_RULE} (?:(?:does|do|did)(?: not|"
            rf"n't) (?:allow|permit|provide for|foresee|sanction|approve)|forbids?|"
            r"forbade|prohibits?|prohibited|rules? out|bars?|disallows?|allows?(?<=no))",
            rf"{_WORK_STEP}[- ](?:breaking|bending|breach(?:es)?|violations?|breakers?|dodging|avoidance|"
            rf"skipping|evasion)",
            r"out of (?:sequence|order)|in (?:the )?wrong (?:order|sequence)|(?:instead of|in place of|"
            r"rather than|in lieu of) (?:the |an? |following the |using the )?"
            r"(?:prescribed|required|approved|standard|official|set|written|documented|agreed|mandated|"
            r"authori[sz]ed|designated|sanctioned)",
            r"(?:non-?standard|unofficial|unapproved|unauthori[sz]ed|unsanctioned|irregular|off-the-books?|"
            r"ad[- ]hoc|home-?made|home-?grown|informal|makeshift|forbidden|"
            r"prohibited|banned|self-made|private) (?:[\w-]+ ){0,2}?(?:methods?|routes?|ways?|process(?:es)?|"
            r"templates?|lists?|use|practices?|channels?|spreadsheets?|"
            r"tools?|cop(?:y|ies)|steps?|procedures?|order|short-?cuts?|routines?|forms?|scripts?|accounts?|"
            r"log-?ins?|sharing|access|changes?|edits?|workflows?|e-?mails?|mailbox(?:es)?)",
            r"unauthori[sz]ed|off-?(?:script|procedure|process|policy|protocol|guide|book|plan|rota|channel)|"
            r"improvis(?:ed|ing|ation)",
            r"(?:his|her|their|its|our|your) own (?:[\w-]+ )?(?:methods?|ways?|process(?:es)?|templates?|"
            r"spreadsheets?|lists?|notes?|order|forms?|mail(?:box)?|e-?mail|copy|"
            r"sheet|routine) (?:instead|in place|rather|for)",
        )
    )
    + r")(?!\w)"
)
DUTY = re.compile(
    r"(?<!\w)(?:"
    + "|".join(
        (
            r"did not|didn't|did nothing|had not|hadn't|have not|haven't|has not|hasn't|nobody|no[ -]one|"
            r"none of (?:the|us|them)|neither",
            r"(?<!has )(?<!have )(?<!had )(?<!with )(?<!is )(?<!was )(?<!on )(?<!to )(?<!names )(?<!for )no (?:[\w-]+ )??(?:"
            + A_PERSON.replace("|user", "").replace("|group", "")
            + r"|member)s?(?! (?:id|name|field|number|list|code|names|view)s?\b)",
            r"not (?:one|a single one|a single|any|even one)(?: of (?:the|our|these|"
            r"those))?(?: [\w-]+){0,2}? " + A_PERSON + r"s?",
            r"(?:was|were|been)(?:n't| not| never) (?!the\b|an?\b|in\b|on\b|for\b|to\b|at\b|"
            r"part\b)(?:\w+ly )?(?:\w+ed|done|made|taken|given|told|sent|"
            r"run|kept|set|read|held|seen|caught|found|carried out|put|drawn|shown|written)",
            r"had(?:n't| not| never) been|never(?= \w)|omi(?:t|ts|tted|tting|ssions?)(?: of)?|fail(?:ed|s|"
            r"ing)? to|failures? to|neglect(?:ed|s|ing)?(?: to)?|"
            r"forgot(?:ten)? to",
            r"failure (?:of|by|on the part of) (?:the |an? |our |any |one )?(?:[\w-]+ ){0,3}?" + A_PERSON + r"s?",
            r"(?:absence|lack|want|omission) of (?:an? |any |the )?(?:\w+[- ]){0,3}?" + _CHECK,
            r"(?:missing|absent|omitted|skipped) (?:\w+[- ]){0,3}?" + _CHECK,
            r"no (?:\w+[- ]){0,3}?" + _CHECK + r"(?: (?:of|for|on|to|from|with|by|in|"
            r"at)(?: [\w'-]+){1,5}?)? (?:\w+ )?(?:was|were|had been|took place|happened|"
            r"occurred|came|followed|done|made|went out|reached|was given)",
            r"no (?:[\w'-]+ ){1,8}?(?:was|were|had been|has been|have been) (?:\w+ly )?[\w-]+(?: (?:out|up|down|"
            r"in|off|over))? by (?:the |an? |any |our |either |one )?"
            r"(?:[\w-]+ ){0,2}?" + A_PERSON + r"s?",
            r"without (?:first |even |ever )?(?:\w+ing)(?<!without warning)(?<!nothing)(?<!anything)",
            r"without (?:the |an? |any |our |their |either |"
            r"both )?(?:[\w-]+ ){0,2}?(?:" + A_PERSON + r"s?|anyone|anybody|someone|somebody|them|her|him|"
            r"us) (?:\w+ly )?"
            r"(?:having|being|[a-z-]+ing)",
            r"without (?:an? |any |the )?(?:\w+[- ]){0,2}?" + _CHECK,
            r"(?:stayed|remained|went|was left|were left|stood|lay|sat|waited) (?:\w+ )?(?:without|"
            r"with no) (?:an? |any |the )?(?:[\w-]+ ){0,2}?(?:owner|" + _CHECK + r")",
            r"(?:let|lets|letting) (?:the |an? |this |that |its |their |it |them )?(?:[\w-]+ ){0,3}?(?:lapse|"
            r"expire|run out|pass|slide|slip|lie|sit|go by|drop)",
            r"(?:sat|sitting|sits) on (?:the |an? |this |that )?(?:[\w-]+ ){0,2}?(?:requests?|letters?|orders?|"
            r"cases?|tickets?|files?|reports?|"
            r"alerts?|fax(?:es)?|extensions?|reminders?|it|them)",
            r"inaction|(?:took|take|taken|taking) no \w+|made no \w+|gave no \w+|sent no \w+|raised no \w+",
            _LEFT,
            r"left out|(?:were|was|had|been|being) (?:\w+ly )?(?:omitted|skipped|neglected|forgotten|left undone|"
            r"ignored|disregarded|overlooked)",
            r"(?:ignor(?:ed|ing)|disregard(?:ed|ing)) (?:the |an? |both |all |every |each |two |"
            r"three )?(?:[\w-]+ ){0,3}?(?:reminders?|alerts?|alarms?|messages?|notices?|"
            r"calls?|letters?|e-?mails?|mails?|requests?|tickets?|prompts?|warnings?|bounces?|queries|query|flags?)",
            r"not (?:checking|doing|asking|calling|telling|reading|reviewing|escalating|verifying|comparing|"
            r"confirming|having|acting|performing|"
            r"completing|following|notifying|informing|looking|testing|updating|reporting|opening|renewing|"
            r"extending|answering|replying|recording|logging|making|"
            r"sending|passing|taking|using|keeping|watching|stopping|waiting|raising)",
            r"non-?(?:renewal|extension|completion|performance|attendance|verification|notification|escalation|"
            r"reply|response|review|execution|observance|"
            r"fulfilment|inspection|recording|answering|action|intervention|involvement)(?! (?:code|page|report|"
            r"form|letter|field|notice|list|clause|period)s?\b)",
        )
    )
    + r")(?!\w)"
)
