"""Words that judge against a norm that is not stated, and words that say nothing exact."""

from __future__ import annotations

from rca_lib.review.language.family import Family

__all__ = ["NORMATIVE", "VAGUE"]

_STANDARD = (
    "Name the standard and what was so: “{found}” → “[what was so], where [the rule or target] asks for [what]”."
)

NORMATIVE = (
    Family(
        (
            r"inadequa(?:te|tely|cy|cies)",
            r"insufficien(?:t|tly|cy|cies)",
            r"improper(?:ly)?(?! fractions?)|impropriet(?:y|ies)",
            r"mis-?manag(?:ed?|es|ing|ement)|mis-?handl(?:ed?|es|ing)|mis-?judg(?:ed?|es|ing|e?ments?)",
            r"inappropriate(?:ly|ness)?",
            r"unaccept(?:able|ably|ability)|intolerabl[ey]|unreasonabl[ey]|unsuitabl[ey]|unjustifi(?:ed|able|ably)",
            r"sub-?standard|sub-?par|below (?:par|standard|(?:the )?(?:\w+ )?(?:standards?|expectations?|level))",
            r"unsatisfactor(?:y|ily)|unprofessional(?:ly)?|undisciplined|unsound|imprudent(?:ly)?|unwise(?:ly)?",
            r"deficien(?:t|tly|cy|cies)",
            r"sub-?optimal(?:ly)?|mediocre|shoddy|shoddily|lax(?:ly|ity|ness)?|lousy|flawed|disappointing(?:ly)?|"
            r"lamentabl[ey]|regrettabl[ey]|woeful(?:ly)?",
            r"(?:terribl[ey]|awful(?:ly)?|dreadful(?:ly)?|appalling(?:ly)?|abysmal(?:ly)?|dismal(?:ly)?|"
            r"atrocious(?:ly)?|deplorabl[ey])",
            r"ill-(?:advised|considered|conceived|judged|prepared|thought-out|timed)|misguided|questionable|dubious",
            r"ineffectual(?:ly)?|ineffective(?:ly|ness)?|inefficien(?:t|tly|cy|cies)|incompetently|unfit|"
            r"unfitting|unworthy|"
            r"unwarranted|undul?[ey]|excessive(?:ly)?|misplaced (?:trust|confidence|faith|reliance|priorit\w+|"
            r"zeal|optimism)|"
            r"weakness(?:es)?|short-?comings?|failings|laxness|half-baked|unimpressive|second-rate|third-rate|"
            r"pitiful(?:ly)?|"
            r"laughabl[ey]|risible|sorry state|scandalously|inexcusabl[ey]|unbecoming|unseemly",
        ),
        _STANDARD,
    ),
    Family(
        (
            r"poor(?:er|est)?(?! (?:man|woman|person|people|families))",
            r"wrong (?:decisions?|choices?|judge?ments?|approach(?:es)?|conclusions?|assumptions?|priorit(?:y|"
            r"ies)|calls?|attitude|thing to do)|wrongly (?:assumed|decided|judged|chose|thought)",
            r"bad(?! (?:weather|luck|news|light)\b)|worse than (?:expected|acceptable|it (?:should|need))",
            r"(?:weak|faulty|flawed) (?:decisions?|choices?|judge?ments?|calls?|practices?|ideas?|habits?|"
            r"planning|management|communication|handling|work|leadership|"
            r"supervision|oversight|discipline|quality|performance|attitude|process(?:es)?|procedures?|culture|"
            r"design|workmanship)",
            r"(?:not|n't|never|hardly|barely|nowhere near) (?:\w+ )?(?:good|thorough|careful|carefully|clear|fast|"
            r"quick|quickly|strict|rigorous|robust|strong|detailed|precise|attentive|"
            r"well|safe|reliable|tight) enough",
            r"(?:not|n't|never|hardly|barely|un) ?worthy of|"
            r"(?:was|were|is|be) (?:plainly |simply |clearly |quite )?wrong (?:of [\w' -]{1,30} )?to (?!the\b)[a-z]+|"
            r"(?:far from|anything but|nowhere near|less than) (?:being )?(?:thorough|careful|complete|perfect|"
            r"exemplary|clear|rigorous|diligent|solid|sound)",
            r"(?:not|n't|never|hardly|barely|less than|far from|short of) (?:be |been |being |considered |deemed |"
            r"at all |an? |the |quite |really |entirely |very |up to an? )*"
            r"(?:acceptable|adequate|adequately|appropriate|satisfactory|proper|ideal|optimal|suitable|reasonable|"
            r"professional|sufficient|sufficiently|good|best|desired|desirable|right decision|right choice|right "
            r"call)"
            r"(?! (?:enough|faith|for|as|time|to tell))",
            r"(?:controls?|safeguards?|oversight|supervision|management|leadership|discipline|process(?:es)?|"
            r"procedures?|checks?|"
            r"handling|planning|communications?|practices?|performance|governance|work|reviews?|judge?ment|"
            r"documentation|guidance|"
            r"training|defences|barriers?|follow-?up)(?: (?:of|on|in|at|for|around|over|by|with|between|"
            r"behind)(?: [\w'-]+){1,6}?)? "
            r"(?:is|are|was|were|be|been|seems?|seemed|looks?|looked|proved|remained|remains) (?:too |very |"
            r"rather |quite |\w+ly )?"
            r"(?:weak|lax|loose|thin|patchy|uneven|spotty|slack|low|shaky|hollow)",
            r"(?:is|are|was|were|be|been|being|found|proved|seemed|remained) (?:sadly |badly |sorely |very |"
            r"rather |\w+ly |somewhat )?(?:lacking|wanting)"
            r"(?! (?:an?|the|in (?:the|one|a) (?:field|row|file))\b)",
            r"(?:not|n't|hardly|barely|never|no longer) (?:\w+ )?fit for (?:\w+ )?(?:purpose|use|service|"
            r"the (?:job|task|work))|"
            r"(?:standards?|level|quality|degree|bar)(?: of (?:[\w-]+ ){1,2}?)?(?: ?(?:at|in|on|"
            r"for) (?:[\w'-]+ ){1,4}?)? ?(?:was|were|is|are|had been|stayed|remained) "
            r"(?:too |very |rather |far |quite |unduly |surprisingly )+(?:low|lax|loose|lenient|poor|weak)",
            r"too (?:lax|lenient|casual|relaxed|trusting|hasty|loose|trustful|easy-going|forgiving|sloppy|"
            r"superficial|generous|timid|eager)"
            r"(?:ly)?",
            r"with(?:out)? (?:all )?(?:the |due )?(?:\w+ )?(?:seriousness|care|respect|attention|urgency|"
            r"priority|weight|gravity|caution|rigou?r) "
            r"(?:that |which )?(?:it|they|this|that|he|she|such [\w ]+?|the \w+|an? \w+)? ?(?:deserve[sd]?|"
            r"merit(?:s|ed)?|warrant(?:s|ed)?|"
            r"call(?:s|ed) for|due)",
            r"(?:more|most|less|least) (?:appropriate|suitable|adequate|sensible|reasonable|prudent|professional|"
            r"acceptable|fitting|"
            r"proper|responsible|sound|judicious|diligent)(?:ly)?(?! (?:of|than the (?:null|simple))\b)|"
            r"(?:better|wiser|safer|best) (?:course|response|choice|option|way|approach|decision|judge?ment)s?"
            r"(?= (?:of action )?(?:was|were|would|had|could|is|lay|existed)\b)",
            r"(?:an?|the|such an?|pure|total|complete|utter) (?:\w+ )?(?:disgrace|scandal|shambles|mess|fiasco|"
            r"farce|debacle|embarrassment|"
            r"joke|catastrophe|travesty|outrage|let-?down|black mark|low point|sham|mockery)",
            r"(?:left|leaves?|leaving) (?:much|a lot|something|a great deal|plenty|a little) to be desired",
            r"(?:not|n't|never) (?:be |been |being )?up to (?:the )?(?:standards?|scratch|par|mark|the mark|"
            r"expectations?|the job|the task|it)",
            r"(?:fell|falls?|fallen|falling) (?:far |well )?(?:short|below)(?: of)?(?= (?:the |our |an? )?(?:\w+ "
            r")?(?:standards?|expectations?|expected|level|what|par|required|bar|good))",
            r"(?:did|does|do|has|have|had)(?:n't| not) (?:meet|met|live up to|lived up to|reach|come up to) "
            r"(?:the |our |an? |its |any )?(?:\w+ )?(?:standards?|expectations?|bar|level expected)",
            r"(?:lack(?:s|ed|ing)?|want|absence)(?: of| in)? (?:the |any |all |due )?(?:discipline|rigou?r|"
            r"professionalism|diligence|good "
            r"judge?ment|judge?ment|seriousness|urgency)",
            r"(?:unnecessar(?:y|ily)) (?:slow|long|complex|complicated|late|high|low|"
            r"delays?|time|errors?|workload|risks?|lenient|strict|casual)",
            r"should not be (?:tolerated|accepted)|room for improvement",
        ),
        _STANDARD,
    ),
)

_ISSUES = (
    r"(?:issues?|problems?|difficult(?:y|ies)|concerns?|challenges?|troubles?|hiccups?|irregularit(?:y|"
    r"ies)|inconsistenc(?:y|ies)|discrepanc(?:y|ies)|shortcomings?|weaknesses|gaps?)"
)
_ABSTRACT = (
    r"(?:awareness|attention|training|communications?|understanding|knowledge|clarity|focus|experience|"
    r"coordination|co-ordination|collaboration|resources?|guidance|oversight|"
    r"supervision|ownership|accountability|leadership|support|information|transparency|time|planning|"
    r"preparation|engagement|motivation|expertise|skills?|"
    r"visibility|alignment|consistency|standardi[sz]ation|documentation|control|controls|procedures?|"
    r"process|processes|staff|staffing|capacity|familiarity|follow-?up|quality|confidence|teamwork|"
    r"structure)"
)

VAGUE = (
    Family(
        (r"in a(?:n)? (?:\w+ )?(?:timely|prompt|speedy|swift|efficient) (?:manner|fashion|way)|on a timely basis",),
        "within [time]",
        swap=True,
        at_end=True,
    ),
    Family(
        (
            r"as soon as (?:possible|practicable|feasible|they can|we can)|as quickly as possible|as fast as "
            r"possible|a\.?s\.?a\.?p|at the earliest (?:\w+ )?(?:opportunity|convenience|moment|date)|in due "
            r"(?:course|time)|"
            r"in the near future|at a later (?:date|stage|time|point)|sooner or later|within a reasonable time|in "
            r"a short time|before long",
        ),
        "by [date]",
        swap=True,
        at_end=True,
    ),
    Family(
        (
            r"(?<!more )(?<!most )recently|lately|nowadays|(?:in|over|during) (?:the )?(?:recent|past few|"
            r"last few) (?:\w+ )?(?:days?|weeks?|months?|years?|times?)|in the recent past|not long ago|some time "
            r"ago|a while ago|"
            r"the other day|a (?:few|couple of) (?:days|weeks|months|years|hours|minutes) ago|at some (?:point|"
            r"stage|time)|sometime",
        ),
        "on [date]",
        swap=True,
        at_end=True,
    ),
    Family(
        (
            r"regularly|periodically|frequently|infrequently|occasionally|(?:on|at) (?:a )?(?:regular|frequent|"
            r"periodic) (?:basis|intervals)|from time to time|now and (?:then|again)|every so often|once in a "
            r"while|sometimes|at times|"
            r"(?<!more )(?<!most )(?<!less )(?<!least )(?<!how )(?<!as )(?<!so )(?<!twice )often(?! (?:than|"
            r"not)\b)",
        ),
        "every [interval]",
        swap=True,
        at_end=True,
    ),
    Family(
        (
            r"a (?:small |large |good |great |fair |significant |considerable |substantial |limited |growing |"
            r"certain |high |low |huge )?(?:number|amount|handful|couple|variety|host|multitude|lot|majority "
            r"share) of|"
            r"lots of|plenty of|loads of|tons of|quite a (?:few|lot)(?: of)?|a (?:wide |broad |whole )(?:range|"
            r"array|variety|series|set) of|(?:dozens|hundreds|thousands|tons) of|a great (?:deal|many)(?: of)?|"
            r"(?:several|numerous|countless)|various|"
            r"(?<!how )(?<!as )(?<!so )(?<!too )(?<!that )(?<!times )many(?= (?:(?:more|other|"
            r"late|open|such|small|new|old|large) )?(?!to\b)[a-z-]+s\b)|(?<!only )(?<!too )(?<!so )(?<!very )a few|"
            r"some (?:of )?(?:many|number)",
        ),
        "[number]",
        swap=True,
        unless="contrasted",
    ),
    Family(
        (
            r"(?:some|any|many|multiple|certain|other|minor|major|general|technical|communication|quality|system|"
            r"performance|staffing|process|workflow|data|it|software|similar|known|serious|ongoing) " + _ISSUES,
            r"(?:there )?(?:was|were|are|is|had|have|has|with|experienced|encountered|caused|having|due to) "
            r"(?:an? |some |the |many |few |minor |major |serious )?(?:issues?|problems?|trouble|difficulties|"
            r"challenges)(?! (?:of|that|which|in|number|tracker|date|is|was)\b)",
            r"(?:issues?|problems?|challenges?) (?:with|around|concerning|regarding|related to|relating to)",
            r"something (?:went|had gone|goes|was|is) (?:\w+ )?(?:wrong|off|amiss|broken|odd)|things? went wrong",
            r"some (?:kind|sort|type|form|degree|level|extent|confusion|errors?|mistakes?|delays?|things?|"
            r"aspects?|improvements?|reason|circumstances|respects?|way|ways|instances|occasions)"
            r"|(?:to|in) (?:some|a certain|a large|a great) (?:extent|degree|way|respect)",
            r"in (?:certain|some|many|most) cases|(?:in )?(?:certain|some|many|most) (?:circumstances|situations|"
            r"instances|aspects|areas|points|respects|ways)|(?:unforeseen|certain|special) circumstances|(?<!a "
            r")certain (?!is\b|was\b|has\b|as\b|this\b|its\b)[a-z]+s|"
            r"(?:various|other|many|multiple|a combination of|external) factors",
            r"(?:hiccups?|hitch(?:es)?|snags?|niggles?)|"
            r"multiple (?:people|(?!of\b)[a-z-]+s\b)|(?<!as )(?<!how )(?<!so )(?<!too )(?:much|many) of (?:the|"
            r"this|that|these|those|it|them|our|their)|"
            r"a (?:whole )?lot(?! (?:of \d|numbers?|size))|a (?:good|great) deal",
        ),
        "Name which, how many and where: “{found}” → “[each one, or the claim that counts them]”.",
    ),
    Family(
        (
            r"(?<!different )(?<!\d )things|stuff|whatnot|(?:and|or) (?:something|anything|so|"
            r"whatever)(?: like that| similar| "
            r"else)?(?=[.,;)!?]|$)|(?:and|or) (?:the like|similar|such|so on|so forth)(?=[.,;)!?]|$)|and "
            r"more(?=[.,;)!?]|$)|and so (?:on|forth)|etc|et ?cetera|among other things|"
            r"or thereabouts|and things like that",
        ),
        "Name each one; leave out what you cannot name.",
    ),
    Family(
        (
            r"poorly|badly|properly|adequate(?:ly)?|appropriately|sufficiently|suitably|correctly enough|"
            r"reasonably well|not well|"
            r"(?:as|where|if|when|whenever) (?:\w+ )?(?:appropriate|needed|necessary)(?! (?:by|for|to|under)\b)|"
            r"as and when(?: \w+)?|"
            r"(?:proper|adequate|appropriate|sufficient|reasonable|due|necessary|suitable|relevant) "
            r"(?:training|care|attention|checks?|steps?|measures?|actions?|procedures?|process(?:es)?|handling|"
            r"supervision|communication|review|controls?|documentation|diligence|oversight|safeguards?|channels?|"
            r"guidance|support|manner|time|precautions?|resources)|"
            r"(?:measures|steps|actions?) (?:have been|has been|were|was|will be|are being|is being|must be) taken",
        ),
        "Say what was done, or is to be done, so that a reader could check it.",
    ),
    Family(
        (
            r"(?:mis-?communicat(?:ion|ions|ed|ing|e)|misunderstandings?|communication (?:breakdown|failure|gap|"
            r"lapse|error)s?|break-?downs? (?:of|in) (?:the )?(?:\w+ )?(?:communications?|process|coordination|"
            r"trust|teamwork)|"
            r"(?:communications?|process|coordination)(?: between (?:\w+ ){1,5}?)?(?: ?)(?:broke|breaks|had "
            r"broken|has broken) down|poor communications?|(?:\w+ )?crossed wires)",
            r"(?:was|were|some|much|caused|causing|led to|due to|general|of) confusion(?! (?:of|between|matrix))|"
            r"(?:was|were) confused",
        ),
        "Say who told whom what, when and by which way, and what did not arrive.",
    ),
    Family(
        (
            r"(?:lack|lacks|lacked|lacking|shortage|want|absence|deficit)(?: of| in)? (?:(?!a |an |any |the |one "
            r")[a-z-]+ )?" + _ABSTRACT,
            r"(?:not enough|little|limited|low|too little|no real|insufficient|poor|weak) (?:awareness|attention|"
            r"training|communication|understanding|knowledge|clarity|focus|coordination|guidance|oversight|"
            r"supervision|support)",
            r"(?:was|were|is|are|be|been) (?:not (?:fully |really |\w+ly )?|un)aware(?! (?:of|that))",
            r"(?:un|not (?:very |quite |fully |always |entirely )?)clear (?:\w+ )?(?:process(?:es)?|procedures?|"
            r"roles?|responsibilit(?:y|ies)|ownership|"
            r"instructions?|guidance|communications?|rules?|lines?|expectations?|wording|documentation|polic(?:y|"
            r"ies)|requirements?|"
            r"priorit(?:y|ies)|accountabilit(?:y|ies)|structures?|criteria|goals?)",
            r"(?:grey|gray|blurred|blurry) (?:areas?|lines|zones?)",
            r"(?:under-?staffed|short-?staffed|under-?resourced|over-?stretched|short of (?:people|staff|hands|"
            r"time|resources|capacity))",
        ),
        "Say what was not there, for whom and since when: “{found}” → “[which instruction, person or time] "
        "was not there for [whom]”.",
    ),
    Family(
        (
            r"(?:be |being |been |is |are |were |was |exercise |exercising |take |taking |use |using |show |"
            r"with |apply |applying )?"
            r"(?:more|greater|extra|better|increased|improved|heightened|enhanced|renewed|closer|special|"
            r"utmost) (?:care|careful|"
            r"carefully|caution|cautious|attention|attentive|vigilant|vigilance|diligent|diligence|mindful|"
            r"thorough|thoroughly|"
            r"conscientious|rigorous|rigou?r|effort|efforts|focus|alert|discipline|aware|awareness|consistent|"
            r"consistently)",
            r"(?:communications?|training|awareness|attention|vigilance|coordination|cooperation|collaboration|"
            r"quality|oversight|supervision|"
            r"guidance|documentation|performance|process(?:es)?|procedures?|controls?|teamwork|planning|"
            r"monitoring|efficiency|handling|follow-?up)"
            r"(?: (?:between|of|in|on|at|for|among|across|with|within|around|to|by)(?: [\w'-]+){1,6}?)? (?:will|"
            r"is to|are to|must|should|needs? to|can|"
            r"could|has|have|had|shall|ought to|may|was|were|is|are)(?: (?:to|be|been|being))* (?:\w+ly |"
            r"further )?(?:improved|strengthened|enhanced|"
            r"increased|stepped up|tightened|reinforced|optimi[sz]ed|streamlined|intensified|boosted|bettered|"
            r"looked at|worked on|addressed)",
            r"(?:more|better) (?:robust|streamlined|holistic|proactive|seamless|user-friendly|effective|"
            r"efficient)(?:ly)?|could do with|"
            r"(?:will|to|shall|should|must) look into (?:it|this|that|the matter)|"
            r"(?:earlier|later|sooner|longer|more|less|slower|faster) than (?:it|they|we|he|she) should|"
            r"best practices?|lessons (?:will be|were|have been|are being|must be) learn(?:ed|t)",
            r"be (?:careful|cautious|vigilant|mindful|attentive|diligent)|take care(?! of)|pay (?:more |closer |"
            r"better |greater |close |special |particular )?attention|(?:do|try|work|perform) (?:better|harder)|"
            r"double down|step up",
            r"(?:better|more|additional|further|extra|improved|enhanced|increased|regular|ongoing|continuous|"
            r"stronger|closer|clearer|tighter) (?:staff |user |team |general )?(?:training|trainings|"
            r"communication|supervision|guidance|oversight|coordination|collaboration|awareness|education|"
            r"controls?|monitoring|support|procedures?|processes|documentation|quality|planning|resources|"
            r"cooperation)",
            r"(?:rais|increas|improv|creat|heighten|build|promot|strengthen|enhanc)(?:e|ed|es|ing)? (?:\w+ "
            r"){0,2}?awareness|awareness (?:\w+ ){0,5}?(?:raised|increased|improved|heightened|strengthened)|"
            r"communicat(?:e|es|ed|ing) (?:\w+ )?(?:better|more|clearly|clearer|effectively)|(?:training|"
            r"communication|awareness|"
            r"quality|process(?:es)?|coordination|procedures?) (?:needs?|must|should|has|have|"
            r"ought) (?:to )?(?:be )?(?:further )?"
            r"(?:improv|strengthen|enhanc|optimi[sz]|streamlin|tighten|reinforc)\w*|awareness[- ](?:raising|"
            r"campaigns?)",
            r"(?:improv|strengthen|enhanc|optimi[sz]|tighten|streamlin|reinforc|review)(?:e|ed|es|ing)?(?: up)? "
            r"(?:the |our |staff |team |overall |internal |all )*(?:communications?|quality|process|processes|"
            r"collaboration|coordination|efficiency|performance|oversight|controls?|"
            r"procedures?|workflows?|supervision|training|culture|teamwork|quality assurance|practices?|"
            r"documentation)(?=[.,;]|$| (?:of|in|across|between|for|within|among|where|and|to|so)\b)",
        ),
        "Name the change to the tool, the rule or the step, its owner and its date; asking for care changes little.",
    ),
    Family(
        (
            r"(?:relatively|comparatively) [a-z]+|(?<!statistically )(?:in)?significantly|considerably|"
            r"substantially|markedly|dramatically|"
            r"noticeably|appreciably|drastically|greatly|hugely|vastly|tremendously|marginally|"
            r"(?<!more )(?<!most )(?:generally|mostly|largely|mainly|broadly|commonly)|by and large|on the whole|"
            r"for the most part|as a general rule|more often than not|(?:not|n't) always [a-z]+",
            r"(?:behav|act|work|perform|react|respond|function)(?:e|ed|es|s|ing)? (?:\w+ly )?(?:oddly|strangely|"
            r"weirdly|funny|strange|up|unexpectedly|"
            r"inconsistently)(?! to\b)|oddly|strangely|weirdly|erratically|unreliably|unpredictably|quirk(?:s|y)|"
            r"glitch(?:y|es)?",
            r"(?:work|go|perform|behav|function|r[ua]n|went|turn(?:ed)? out|operat|go(?:es|ne))(?:e|s|es|ed|"
            r"ing)? (?:[\w-]+ ){0,3}?(?:as|than) (?:expected|intended|"
            r"hoped|desired|anticipated|it should|they should)(?! (?:by|in|under|from)\b)",
            r"(?:for|after|over) (?:an? |quite an? |some |quite some |far too |too )?(?:very |rather |fairly |"
            r"so )?(?:long|short|considerable|good|extended|prolonged|"
            r"little) (?:time|while|period|spell)(?! (?:of|from) [\d·]| zones?)|for (?:ages|so long|too long|"
            r"years on end|days on end|months on end)",
            r"(?:not |n't |all |both |everyone |were |was |got |are )(?:quite |really )?on the same page(?! of)|"
            r"on the same page (?:about|on|over|with|as|regarding)|"
            r"(?:f[ae]ll|falls|fallen|slip(?:ped|s)?|drop(?:ped)?) (?:through|between) the (?:cracks?|net|gaps?|"
            r"stools?)|(?:out of|in|into|kept in) the loop|"
            r"(?:brought |got |get |bring |up )?(?:\w+ )?up to speed|lost in (?:the shuffle|translation)|"
            r"under the radar|loose ends|"
            r"at the end of the day(?=,)|when all is said|the wrong end of the stick|teething (?:troubles?|"
            r"problems?)|"
            r"(?:had|has|with) (?:much|too much|a full plate|plenty|enough) (?:to do|going on|"
            r"on (?:\w+ )?(?:plate|desk|hands|mind))|"
            r"(?:extremely |quite |rather |too |so |awfully )busy|(?:very |rather |extremely |quite |"
            r"so )?(?:hectic|stressful)(?: (?:day|week|shift|time|hour)s?)?|"
            r"under (?:a lot of |great |heavy |some |considerable |much |high )?(?:time )?pressure",
            r"somehow|somewhat|someway|apparently|seemingly|supposedly|presumably|basically|essentially|more or "
            r"less|kind of(?= \w+(?:ed|y|ly)\b)|sort of(?= \w+(?:ed|y|ly)\b)|for (?:some|whatever|one) reason(?: "
            r"or another)?|for (?:some time|a while)|one way or another|"
            r"it (?:would )?(?:seems?|seemed|appears?|appeared|looks like(?! an?\b)|looked like(?! an?\b))(?: "
            r"that| as if| as though| like| likely)?|seem(?:s|ed)? (?:to|that|like)|appear(?:s|ed)? to (?:have|"
            r"be)|"
            r"(?:fairly|rather|quite|pretty) (?:\w+ly|often|late|long|slow|fast|quickly|high|low|many|big|small|"
            r"complex|complicated|common|rare|busy)|to be honest|going forward|"
            r"timely|promptly|(?<!how )(?<!so )(?<!too )(?<!as )soon(?! (?:as|after)\b)|shortly|eventually|in a "
            r"while|quickly(?=[.,;]|$)|swiftly",
        ),
        "Say what is known, from which record, and with which date or number.",
    ),
)
