"""Statistics typed by hand, as against dates, times, versions, ids and settings."""

from __future__ import annotations

import re
from collections.abc import Sequence

__all__ = ["find_figures"]

_WORDS = (
    r"(?:one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|thirteen|fourteen|fifteen|sixteen|"
    r"seventeen|"
    r"eighteen|nineteen|twenty|thirty|forty|fifty|sixty|seventy|eighty|ninety|(?:a |one )?hundred)"
    r"(?:-(?:one|two|three|four|five|six|seven|eight|nine))?"
)
_DIGITS = r"\d[\d,]{0,12}(?:\.\d{1,9})?"
_NUMBER = rf"(?:{_DIGITS}|{_WORDS})"
_MONTH = r"(?:january|february|march|april|may|june|july|august|september|october|november|december)"
_CASES = (
    r"(?:requests?|cases?|failures?|errors?|users?|accounts?|productions?|escalations?|records?|orders?|"
    r"warrants?|files?|"
    r"assessments?|tickets?|incidents?|deliver(?:y|ies)|disclosures?|notices?|reports?|specialists?|"
    r"reviewers?|agencies|"
    r"agency|samples?|exports?|e-?mails?|messages?|breaches|misses|complaints?|people|teams?|emergenc(?:y|ies)|"
    r"preservations?|holds?|items?|translations?|letters?|returns?|answers?|replies|faxes|fax|extensions?|subpoenas?)"
)
_LATE = (
    r"(?:late|failed|affected|wrong|missed|overdue|delayed|incomplete|faulty|incorrect|breached|impacted|"
    r"misrouted|disclosed|concerned)"
)
_MEASURE = (
    r"(?:rate|share|proportion|probability|odds|risk|mean|median|average|ratio|prevalence|accuracy|"
    r"precision|recall|"
    r"agreement|kappa|alpha|score|percentage|likelihood|chance|incidence|frequency|backlog|volume|"
    r"turnaround|failures?|"
    r"errors?|misses|number of (?:failures|errors|requests|cases|misses|late \w+|wrong \w+|disclosures|"
    r"escalations|complaints))"
)
_LEVEL = (
    r"(?:rate|number|share|usual|level|time|odds|volume|risk|amount|load|frequency|average|median|mean|"
    r"expected|figure|"
    r"failures|errors|requests|count|likelihood|chance|backlog|normal|baseline|proportion)"
)
_MOVED = (
    r"(?:rose|fell|grew|climbed|dropped|increased|decreased|declined|jumped|went|moved|shrank|sank|came "
    r"down|went up|"
    r"went down|soared|improved|worsened|rises|falls|has risen|has fallen)"
)
_ABOUT = r"(?:about |nearly |almost |over |more than |less than |under |roughly |around |only |just |some |up to )?"
_THESE = r"(?:the |all |our |these |those |every )?"
_DURATION = r"(?:days?|hours?|weeks?|months?|minutes?|years?|seconds?|steps?|stages?|waves?|languages?|places?)"

_NOT_SAID = (
    r"(?! (?:[a-z]+ ){0,2}?(?:defined|shown|given|computed|calculated|taken|stated|named|described|drawn|plotted|"
    r"listed|explained|in claim|in the claim)\b)"
    r"(?! (?:[a-z]+ ){0,3}?\{)"
)
"""A measure that is explained, or given by a claim, is no statistic typed by hand."""

_AFTER_NUMBER = (
    r" (?:per ?cents?|percent|percentage points?)\b",
    rf" out of {_THESE}(?:\w+ )?{_NUMBER}\b",
    rf" of {_THESE}(?:\w+ )?{_NUMBER} {_CASES}\b",
    r" in (?:every )?(?:two|three|four|five|six|seven|eight|nine|ten|twelve|twenty|fifty|(?:a |one )?hundred|"
    r"(?:a |one )?thousand|1,?000|10,?000|100|\d{1,2})\b"
    rf"(?! {_DURATION}\b)(?! \w+ {_DURATION}\b)(?![.:/-]\d)(?= |[.,;]|$)",
    r" times (?:as|more|higher|greater|larger|longer|lower|fewer|less|likelier|faster|slower|worse|better|"
    r"what|that|those|"
    rf"the (?:\w+ )?{_LEVEL})\b",
    r"-?fold\b(?![ -]cross)",
    rf" {_CASES} (?:in|out of) (?:every )?(?:two|three|four|five|six|seven|eight|nine|ten|twenty|(?:a |one "
    rf")?hundred|\d{{1,2}}|100)\b(?! {_DURATION}\b)(?= \w|[.,;]|$)(?! (?:{_MONTH}|teams?|queues?|files?|"
    rf"languages?|(?!was\b|is\b)\w+s)\b)",
    rf" (?:\w+ )?{_CASES} (?:have |had )?(?:were |was |been |are )?{_LATE}\b",
)
"""What makes a statistic of a number, in digits or in words."""

_AFTER_DIGITS = (
    rf"(?:\s?(?:to|-|–|and)\s?{_DIGITS})?\s?(?:%|‰|(?:per ?cents?|percentage points?|percent(?:ile)?s?|pct|"
    rf"pp|basis points)\b)",
    r"(?:th|st|nd|rd) percentile\b",
    rf" of {_THESE}(?!{_MONTH})(?:\w+ )?{_DIGITS}(?!\.?\d)\b(?! {_MONTH}\b)",
    rf"/\d[\d,]* (?:of )?(?:the )?{_CASES}\b",
    r" ?[x×] (?:more|as|higher|the|lower|greater|faster|slower|fewer|rise|increase|jump|growth)\b",
    rf" (?:\w+ )?{_CASES} (?:per|a|an|each|every) (?:day|week|month|hour|shift|specialist|year|reviewer)\b",
    rf" (?:\w+ )?(?:failures|errors|breaches|misses|complaints|{_LATE} (?!(?:by|in|on|to|for|and|at|of|"
    rf"with)\b)\w+)\b",
)

_TERMS = (
    r"outnumber(?:ed|s|ing)?\b",
    rf"(?:by|at|about|roughly|nearly|almost) {_NUMBER} to {_NUMBER}\b(?! (?:{_DURATION}|{_MONTH})\b)(?= ?[.,;]|$|"
    rf" (?:among|in|against|over|for)\b)",
    rf"(?:by )?(?:a|the) factor (?:of|was|is) {_ABOUT}{_NUMBER}\b",
    r"(?:slope|coefficient|intercept|residual|effect size|standardi[sz]ed difference|test statistic|cohen's d|"
    r"deviance|bayes factor|"
    r"likelihood)s? (?:[a-z]+ ){0,4}?(?:was|is|were|are|of|=|:|at) (?:about )?[-−+]?\d[\d,]*(?:\.\d+)?",
    rf"(?:ratio|rate|share|proportion|percentage|probability|odds|frequency|fraction) (?:of|for|among|in|"
    rf"between) (?:[a-z-]+ ){{1,8}}?"
    rf"(?:was|is|were|are|stood at|equals|came to|reached|rose to|"
    rf"fell to) {_ABOUT}[-−]?{_DIGITS}\b(?!-)(?! {_MONTH}\b)",
    rf"of (?:the |our |these |those |all )?{_NUMBER} (?:[a-z-]+ ){{1,4}}?(?<= ){_CASES}, (?:only |just |about |"
    rf"some )?{_NUMBER}\b(?! {_MONTH}\b)",
    rf"of (?:the |our |these |those |all )?{_NUMBER} {_CASES}, (?:only |just |about |"
    rf"some )?{_NUMBER}\b(?! {_MONTH}\b)",
    r"half as (?:many|much|often|likely|high|long)\b",
    rf"(?:twice|half again|double|triple|treble|quadruple|thrice) (?:as|the (?:\w+ )?{_LEVEL}|that of|what|"
    rf"more|less)\b",
    r"(?:doubl|tripl|trebl|quadrupl|halv|quintupl)(?:ed|ing)\b(?!-)",
    r"(?:two|three|four|five|six|seven|eight|nine|ten|hundred|many|several)-?fold\b(?![ -]cross)",
    r"by (?:about |nearly |almost |over |more than )?(?:an?|one|two|three) (?:third|quarter|half|fifth|"
    r"tenth|sixth|eighth)s?\b|by half\b",
    rf"(?<!first )(?<!second )(?<!third )(?<!fourth )(?<!last )(?<!next )(?<!this )(?<!that )(?<!each )(?<!latter )(?<!previous )(?<!same )"
    rf"{_ABOUT}(?:(?:an?|one|two|three|four)[ -])?(?:half|thirds?|quarters?|fifths?|tenths?) of "
    r"(?!(?:19|20)\d\d\b|an? |the (?:day|year|month|week|hour|page|screen|sheet|file|document|form|working|"
    r"morning|text|"
    r"quarter|way)\b)\w+",
    r"(?:nearly|almost|more than|less than|over|under|fewer than|about|roughly|around|only|well over) half\b"
    r"(?! (?:an?|past|the (?:day|page|year|month)|hour)\b)|half (?:the|all|our|these|those) [a-z]+s\b",
    r"(?:odds|risks?|hazards?|rates?|likelihood|prevalence|incidence) ratios?\b|relative risks?\b|"
    r"(?:confidence (?:interval|level|limit)|credible interval|standard (?:deviation|error)|p-?[ -]?value|"
    r"regression coefficient)s?\b|"
    r"statistically (?:in)?significant(?:ly)?\b|statistical significance\b|significance level\b|"
    r"correlation (?:coefficient )?(?:of|was|is)\b|chi-?squared?\b|interquartile\b|z-?scores?\b|t-?tests?\b",
    r"p ?[<>=≤≥] ?0?\.\d+|[nr] ?= ?\d[\d,.]*|(?:or|rr|hr|ci|sd|se|iqr|irr) ?(?:=|:|of|was|is)? "
    r"?\d+\.\d+(?!\.\d)(?! (?:and|or|is|was)\b)|"
    r"(?:or|rr|hr|irr) ?= ?\d+|±\s?\d[\d.]*",
    r"(?:kappa|alpha|ac1|correlation|f1|auc|r2|r²) ?(?:was|is|were|of|=|:|at|fell to|rose to)? ?-?0?\.\d+",
    rf"{_MEASURE}s? (?:[a-z]+ ){{0,4}}?(?:of|was|were|is|are|at|to|stood at|reached|hit|=|:|by|exceeded|"
    rf"below|above|under|over) "
    rf"{_ABOUT}{_DIGITS}\b(?![\d.]*(?:\.\d+){{2}})(?! (?:{_MONTH}|clicks?|steps?|fields?|boxes|days? "
    rf"(?:ago|later|before|after))\b)(?![-:/]\d)",
    rf"{_MEASURE}s?\b[^.;,]{{0,40}} {_MOVED} (?:by |from |to )?{_ABOUT}{_NUMBER}\b(?! {_MONTH}\b)",
    rf"(?<!the )(?<!at )(?<!'s )most (?:of (?:the|these|those|all|our|them|it|its|their)\b|(?:(?:late|open|"
    rf"urgent|other|such|bulk|sealed|routine|emergency|failed|wrong|of our) )?{_CASES}(?<=s)\b|"
    r"(?:people|days|weeks|months|staff|queues|dates|shifts|forms|checks|delays|steps|segments|periods|"
    r"emergencies)\b)",
    r"(?:the |an? |vast |great |overwhelming |large |clear |slim |small )(?:vast |great |overwhelming |"
    r"large |clear |slim |small |tiny )?"
    r"(?:majority|minority)\b(?! (?:opinion|vote|rule|view|decision|leader|shareholder|language)s?\b)|"
    r"(?:majority|minority) of\b|"
    r"the (?:bulk|lion's share) of\b",
    r"(?:nearly|almost|virtually|practically|hardly) (?:all|every|any|none|no)(?= (?:of )?(?:the |these |"
    r"our )?\w+)",
    rf"on average\b|(?:an|the|our) average (?:of|time|wait|delay|request|case|age|number|rate|turnaround|"
    rf"handling|duration|was|is)\b{_NOT_SAID}|"
    rf"averag(?:ed|es|ing) (?:about )?(?={_NUMBER}|an?\b)|(?:mean|median|average) (?:\w+ ){{0,2}}?(?:of|"
    rf"was|is|were|time|wait|delay|age|turnaround)\b{_NOT_SAID}",
    r"per (?:1,?000|10,?000|100,?000|100|thousand|hundred|million)\b",
    rf"(?:about|approximately|roughly|nearly|almost|around|an estimated|estimated|circa) {_DIGITS} (?:\w+ "
    rf")?{_CASES}\b",
    rf"(?:probability|chance|likelihood|odds|risk) (?:of|was|is) (?:about )?(?:{_DIGITS}|{_WORDS} (?:in|"
    rf"to) {_WORDS})\b|"
    rf"(?:odds|chances) (?:of|are|were) {_NUMBER} (?:to|in) {_NUMBER}\b|fifty-fifty\b",
    rf"(?:affect|impact)(?:s|ed|ing) {_ABOUT}{_DIGITS}\b",
    rf"{_ABOUT}(?:an?|one|two|three|four)[ -](?:thirds?|quarters?|fifths?|tenths?) (?:were|was|are|is|had|"
    rf"have|failed|waited|came)\b",
    rf"every (?:second|third|fourth|fifth|tenth) {_CASES}\b",
)

_ALL_AFTER_DIGITS = "|".join([*_AFTER_NUMBER, *_AFTER_DIGITS])
_BY_DIGIT = re.compile(rf"(?<![\w.])(?:\d+\.\d+ ?(?:times|x|×)(?!\w)|50[/-]50\b|{_DIGITS}(?:{_ALL_AFTER_DIGITS}))")
_BY_WORD = re.compile(
    rf"(?<![\w.-])(?:(?!(?:one|two) of (?:the )?(?:two|three)\b){_WORDS} of (?:the |all |our |these )?{_WORDS}\b|"
    rf"(?!one of)(?:{_WORDS}|every)(?:{'|'.join(_AFTER_NUMBER)}))"
)
_BY_TERM = re.compile(rf"(?<![\w.])(?:{'|'.join(_TERMS)})")
_STARTS_WITH_NUMBER = re.compile(rf"{_NUMBER}\b")
_HAS_DIGIT = re.compile(r"\d")
_VALUE_ELSEWHERE = re.compile(
    r"(?: (?:(?:confidence |credible )?intervals?|ci|ratios?|of|is|was|from|"
    r"at))* ?[(:=]? ?(?:\[n\]|\{)"
)
"""What follows a level or a measure whose value is left out or comes from a claim."""

_PLACE_IN_ORDER = re.compile(
    r"\b(?:page|step|part|item|phase|figure|table|slide|row|line|box|volume|sheet|stage|wave|number|no\.|"
    r"version|section|"
    r"chapter|paragraph|question|field|release|round|draft|annex|level|v|article|clause|rule|option|"
    r"column|test|day|week|"
    r"month|tier|screen|form|file|copy|attempt|batch|tranche|lot|job|call|try|run|message|attachment)s? $"
)
_SETTING = re.compile(
    r"\b(?:(?:limit|cap|maximum|minimum|threshold|up to|at most|at least|zoom|font|set to|quota)\b[^.;]{0,20}|"
    r"(?:after|than|to|most|every) )$"
)


def find_figures(lowered: str) -> Sequence[tuple[int, int]]:
    """Find the statistics in a sentence.

    Parameters
    ----------
    lowered : one sentence in lower case, with plain marks; quotations hidden.

    Returns
    -------
    Where each one starts and ends.

    Examples
    --------
    >>> text = "the rate doubled: 3 of 40 requests failed"
    >>> [text[start:end] for start, end in find_figures(text)]
    ['doubled', '3 of 40 requests']
    >>> find_figures("release 4.1.2 of 2 june 2025 holds for 90 days, see step 3 of 5")
    []
    """
    spans = [hit.span() for pattern in (_BY_WORD, _BY_TERM) for hit in pattern.finditer(lowered)]
    if _HAS_DIGIT.search(lowered):
        spans += [hit.span() for hit in _BY_DIGIT.finditer(lowered) if not _is_a_setting(lowered, hit)]
    kept: list[tuple[int, int]] = []
    for start, end in sorted(spans, key=lambda span: (span[0], -span[1])):
        numbered = _STARTS_WITH_NUMBER.match(lowered, start, end) is not None and "%" not in lowered[start:end]
        counted = numbered and _PLACE_IN_ORDER.search(lowered, max(0, start - 14), start) is not None
        elsewhere = _VALUE_ELSEWHERE.match(lowered, end) is not None
        if not counted and not elsewhere and (not kept or start >= kept[-1][1]):
            kept.append((start, end))
    return kept


def _is_a_setting(lowered: str, hit: re.Match[str]) -> bool:
    """Tell whether a number is one that somebody set: a limit, a size, what happens after so many errors."""
    if "%" in hit[0] or " of " in hit[0] or "cent" in hit[0]:
        return False
    return _SETTING.search(lowered, max(0, hit.start() - 32), hit.start()) is not None
