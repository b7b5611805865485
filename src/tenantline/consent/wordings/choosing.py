"""Two plain wishes that the order of words hides: to use the stop option, and one made before.

"I'd like to use the STOP thing in your message" names our instruction without quoting it; "you said
you took me off, but here's another one" complains of a wish that was not honoured.
"""

from __future__ import annotations

import re
from typing import Final, Literal

from tenantline.consent.wordings.plain import spelled

_SURE_KEY: Final = r"(?:stop|opt[\s-]?out|opting\s+out|un\s?subscribe|unsub)"
_KEY: Final = rf"[\"“'*]?(?:{_SURE_KEY}|cancel|quit|end|alto|baja|parar)[\"”'*]?"
_THING: Final = (
    r"(?:option|thing|thingy|word|keyword|command|choice|link|feature|reply"
    r"|instruction|alternative)"
)
_TEXTS: Final = r"(?:texts?|txts?|messages?|msgs?|sms|text\s+messages?|reminders?|alerts?)"
_USE: Final = (
    r"(?:use|using|do|doing|take|taking|choose|choosing|pick|picking|select|selecting|elect|electing"
    r"|exercise|exercising|go\s+with|going\s+with|have|get|want|like|need|apply|invoke|activate|click"
    r"|press|hit|prefer|try|sign\s+me\s+up\s+for|put\s+me\s+(?:on|in|down\s+for)|give\s+me)"
)
_THE: Final = r"(?:(?:the|that|this|your|ur|ya|an?)\s+)"
# What may follow: where the option stands, what it is for, courtesies; then the clause ends.
_TAIL: Final = (
    r"(?:\s+(?:you\s+(?:guys\s+)?(?:mention\w*|offer\w*|list\w*|have|put|gave|give|sent)"
    rf"|(?:in|from|of|on|at|to|with|for|below|above|under)\s+(?:(?:the|your|ur|this|that|these|those|my"
    rf"|our|all|any|end|bottom|of|last)\s+)*(?:{_TEXTS}|number|phone|cell|line|one|me|us|myself|end|bottom)"
    r"|please|pls|plz|now|thanks|thank\s+you|thx|ty|today|instead|right|away|asap|here|there|too|for"
    r"|me|us))*\s*(?:\Z|[.,;:!?\n)]|\b(?:and|so|because|cuz|cause|bc|since|if\s+possible)\b)"
)
_OPTION: Final = re.compile(
    rf"\b{_USE}\s+{_THE}?{_KEY}\s+{_THING}{_TAIL}"
    rf"|\b{_USE}\s+{_THE}(?:option|choice|link|chance)\s+(?:to|for|of)\s+{_SURE_KEY}{_TAIL}"
    rf"|\A\W*(?:(?:yes|ok|okay|please|pls|the|that|your)\s+)*{_SURE_KEY}\s+{_THING}{_TAIL}"
    r"|\b(?:usar|uso|quiero|elijo|escojo|tomo|tomar|hacer|prefiero|necesito)\s+(?:la|esa|el|ese|su)\s+"
    r"(?:opcion|palabra|cosa|comando|enlace)\s+(?:de\s+|del\s+|para\s+)?[\"“']?(?:stop|alto|baja"
    r"|darme\s+de\s+baja|no\s+recibir\w*|dejar\s+de\s+recibir\w*|cancelar\s+(?:los\s+)?mensajes)\b"
)
_CLAUSE: Final = re.compile(r"[.!;\n]")
_DENIED: Final = re.compile(
    r"\b(?:not|never|no|dont|didnt|doesnt|cant|wont|wouldnt|isnt|if|when|whether|what|why|does|did"
    r"|is|was|accident\w*|mistake\w*|unless|without|before|instead\s+of|ni|nunca|si)\b"
)
_MAY_I: Final = re.compile(r"\A\W*(?:hi|hello|hey|please|pls)?\W*(?:can|could|may|how)\b")
# Words of which one is in whatever the longer search below may find: few texts need it
_OPTION_SAID: Final = re.compile(
    r"(?i)option|thing|word|command|choice|link|feature|reply|instruction|alternative|chance|opci"
    r"|palabra|cosa|comando|enlace"
)
_COMPLAINT_SAID: Final = re.compile(
    r"(?i)\b(?:told|asked|said|answered|replied|texted|t[ao]ken?|taking|took|remov|dropped|deleted"
    r"|promised|thought|supposed|assured|agreed|how\s+many\s+times)"
)
_LONGEST: Final = 400  # letters of a text that is looked at
_END_OF_SENTENCE: Final = re.compile(r"[.!?;\n]")

_AGAIN: Final = (
    r"(?:(?:and|but|again|seriously|really|wow|omg|ugh|hello|what|another\s+one|come\s+on|still|no|excuse"
    r"\s+me|guys|yall|look|hey|not\s+again|wtf|smh)\W+)*"
)
_TOLD: Final = (
    r"(?:i|we)(?:ve|\s+have)?\s+(?:just\s+)?(?:already\s+)?"
    r"(?:told|asked|said|answered|replied|texted)"
)
_COMPLAINTS: Final = tuple(
    re.compile(pattern, re.DOTALL)
    for pattern in (
        # "I already told you", "again?! I said no"; nothing else stands in the text
        rf"\A\W*{_AGAIN}(?=.*\b(?:already|again|before|times|twice|no)\b){_TOLD}"
        r"(?:\s+(?:to|you|u|ya|yall|guys|people|them|all|no|this|that|so|it|already|before|again|twice"
        r"|once|nicely|many|several|[a-z0-9]{1,6}\s+times|last\s+(?:week|month|time)|yesterday))+"
        r"(?:\W+(?:stop|no|again|please|why|and|so|already|seriously))*\W*\Z",
        r"\bhow\s+many\s+times\b.{0,30}\b(?:tell|ask|say|told|asked|said)"
        r"(?:\s+(?:to|you|u|ya|yall|guys|people|them|all|no|this|that|it|stop))*\W*\Z",
        # "she took me off but here's another one"
        r"\b(?:take|took|taken|taking|remove|removed|removing|dropped|deleted)\s+"
        r"(?:me|us|my\s+(?:number|phone|name)|this\s+number)(?:\s+(?:off|out))?"
        rf"(?:\s+(?:of|from)?\s*(?:the|this|your|that|these)\s+(?:list|system|database|{_TEXTS}))?"
        r"(?=\s*(?:\Z|[^\w\s]|(?:but|and|yet|so|last|yesterday|today|already|then|months?|weeks?|ages"
        r"|a\s+(?:week|month)|on\s+(?:mon|tue|wed|thu|fri|sat|sun)\w*)\b))"
        r".{0,80}\b(?:another|again|still|yet|one\s+more|what\s+is\s+this|whats\s+this|for\s+real)\b",
        # "you said I'd be off, and here comes another text"
        r"\A(?=.*\b(?:said|told|promised|thought|supposed|asked|assured|agreed|took\s+care|removed)\b)"
        r"(?!.*\b(?:fix\w*|leak\w*|locks?|bills?|charges?|fees?|mouse|mice|bugs?|roach\w*|pics?|photos?"
        r"|units?|pa(?:y|id)\w*|invoices?|doors?|keys?|codes?|receipts?|forms?|cars?|box\w*)\b)"
        r".*\b(?:heres|here\s+is|here\s+comes|got|get|came|comes|received|sent)\s+(?:me\s+)?(?:yet\s+)?"
        rf"another\s+(?:one|{_TEXTS})\b",
        r"\A(?=.*\b(?:said|told|promised|thought|supposed|asked)\b)"
        rf".*\bhere\s+(?:you|u|we)\s+(?:are|r|go)\b.*\b(?:again|{_TEXTS})\b",
    )
)


def of_the_option(text: str) -> Literal["revoke", "ask", ""]:
    """Tell whether a text wishes to use the stop option that our messages offer.

    A question whether one may ("can I use the stop option?") asks; other questions, and what is
    denied ("I don't want the stop option"), are nothing.
    """
    if not _OPTION_SAID.search(text):
        return ""
    plain = spelled(text[:_LONGEST])
    for found in _OPTION.finditer(plain):
        before = _CLAUSE.split(plain[: found.start()])[-1]
        if _DENIED.search(before):
            continue
        end = _END_OF_SENTENCE.search(plain, max(found.start(), found.end() - 1))
        if end is None or end[0] != "?":
            return "revoke"
        if _MAY_I.match(before):
            return "ask"
    return ""


def of_an_earlier_wish(text: str) -> bool:
    """Tell whether a text complains that something said before was not heeded."""
    if not _COMPLAINT_SAID.search(text):
        return False
    plain = spelled(text[:_LONGEST])
    return any(complaint.search(plain) for complaint in _COMPLAINTS)
