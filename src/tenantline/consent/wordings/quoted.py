# ruff: noqa: RUF001 - the quotation marks are the point
"""Quotations: what the sender did not write is not theirs to be held to.

A phone's reaction ("Liked “…”", also in Spanish, from iPhone and Android), a forwarded or quoted
text of ours, and our own "Reply STOP to opt out" are taken away before anything is judged.
"""

from __future__ import annotations

import re
from typing import Final

_OPEN: Final = '“”"«„‟＂❝'
_CLOSE: Final = '”“"»‟＂❞'
_EMOJI: Final = (
    r"[\u200b\ufeff\s]*(?:[\u2190-\u2bff\u3030\u303d\U0001f000-\U0001faff]"
    r"[\ufe0f\u200d\u20e3\U0001f3fb-\U0001f3ff]*)+[\u200b\ufeff\s]*"
)
_ENGLISH: Final = (
    r"(?:dis)?liked|loved|laughed\s+at|emphasi[sz]ed|questioned|hearted|thumbs[\s-]upped"
    r"|reacted(?:\s+with)?\s+\S{1,12}\s+to|removed\s+(?:an?\s+)?[^“”\"«»\n]{1,24}?\s+from"
)
_SPANISH: Final = (
    r"(?:a\s+[^“”\"«»\n]{1,40}?\s+)?(?:no\s+)?(?:le|les|te|me|nos)\s+"
    r"(?:gust[oóa]|encant[oóa]|dio\s+risa|hizo\s+gracia|divirti[oó])"
    r"|(?:se\s+)?ri[oó]\s+(?:de|con)|se\s+rio\s+de|destac[oó]|enfatiz[oó]|exclam[oó]|resalt[oó]"
    r"|(?:se\s+)?pregunt[oó]|cuestion[oó]|puso\s+en\s+duda"
    r"|(?:ha\s+)?reaccion(?:[oó]|ado)(?:\s+con)?\s+\S{1,12}\s+a"
    r"|(?:quit[oó]|elimin[oó]|retir[oó])\s+[^“”\"«»\n]{1,40}?\s+(?:de|a)"
    r"|marc[oó]\s+como\s+\S{1,20}"
)
_REACTION: Final = re.compile(
    rf"\A\s*(?:{_ENGLISH}|{_SPANISH}|{_EMOJI}(?:to|a|de|from|to\s+your\s+message))\s*:?"
    rf"[\u200b\u200a\ufeff\s]*[{_OPEN}](?P<rest>.*)\Z",
    re.IGNORECASE | re.DOTALL,
)
_REACTION_TO_FILE: Final = re.compile(
    rf"\A\s*(?:{_ENGLISH}|{_SPANISH}|{_EMOJI}(?:to|a))\s+(?:an?|una?|your|tu|su)\s+"
    r"(?:image|photo|picture|movie|video|message|attachment|audio\s+message|link|sticker"
    r"|imagen|foto|pel[ií]cula|v[ií]deo|mensaje|archivo|enlace)s?\.?\s*\Z",
    re.IGNORECASE,
)
_QUOTED_LINE: Final = re.compile(r"(?m)^\s*(?:>|\|).*$")
_WROTE: Final = re.compile(
    r"(?ims)^\s*(?:on\s[^\n]{4,80}\swrote:|el\s[^\n]{4,80}\sescribi[oó]:"
    r"|-{2,}\s*(?:forwarded|original)\s+message[^\n]*|(?:fwd?|fw|rv)\s*:)[^\n]*(?:\n|\Z)"
)
# "stop -----Original Message----- From: …" and "[Quoted: …] stop", all in one line
_QUOTED_IN_LINE: Final = re.compile(
    r"(?is)(?<=\w)[^\w\n]*\s-{2,}\s*(?:forwarded|original)\s+message\b.*\Z|\[quoted:[^\]]*\]"
)
_SIGNATURE: Final = re.compile(
    r"(?i)[\s\-–—]*\b(?:sent\s+(?:from|via)\s+(?:my|outlook|yahoo|gmail|aol)\b|get\s+outlook\s+for\b"
    r"|enviado\s+desde\s+mi\b)[^\n]{0,40}\s*\Z"
)
# What a machine adds: legal footers, footers of newsletters, a phone's answer while driving
_MACHINE: Final = re.compile(
    r"(?is)\bsent\s+from\s+my\s+(?:iphone|ipad|phone|android|samsung\s+\w+)\b"
    r"|\bto\s+unsubscribe\b[^.!?\n]{0,40}\bclick\b.*\Z|\bunsubscribe\s*\|.*\Z"
    r"|\bconfidential(?:ity)?(?:\s+notice)?\s*:.*\Z|\bthis\s+(?:e-?mail|message)\s+(?:and\s|may\s"
    r"contain|is\s(?:confidential|intended)).*\Z"
    r"|\bif\s+(?:you\s+(?:have\s+)?)?received\s+(?:this\s+)?(?:\w+\s+)?in\s+error\b.{0,30}\bdelete\b.*\Z"
    r"|i['’]?m\s+(?:driving|not\s+receiving\s+notifications)[^\n]{0,160}"
    r"\breply\s+[\"“']?urgent\b.*\Z"
)
_LONG_QUOTE: Final = re.compile(
    r"[“«„❝](?P<a>[^”»❞]{24,1600})[”»❞]|(?<!\w)\"(?P<b>[^\"]{24,1600})\"(?!\w)"
)
_KEY: Final = (
    r"[\"'“‘«]?(?:stop|start|end|quit|help|alto|ayuda|baja|cancel|parar|unsubscribe)[\"'”’»]?"
)
_VERB: Final = (
    r"\b(?:reply|text|txt|send|respond|type|answer|responda|responde|env[ií][eao]|conteste|escriba"
    r"|manda|mande)(?:\s+(?:with|back|con))?\s+"
)
# What our key word is for ("to opt out of these messages"): what follows it is the sender's own.
_USE: Final = (
    r"\s*(?:,|\.|;)?\s*(?:to|for|para|[24])\s+(?:(?:no\s+longer|stop|dejar\s+de|no)\s+"
    r"(?:receiv\w+|get\w*|recibir)|opt[\s-]?out|un\s?subscribe|unsub|cancel(?:ar)?|end|stop|quit|leave"
    r"|discontinue|help|info\w*|ayuda|salir|terminar|parar|detener|join|start)\b"
    r"(?:\s+(?:of|from|all|any|the|these|our|future|further|more|texts?|txts?|messages?|msgs?|alerts?"
    r"|notifications?|sms|mensajes|m[aá]s|de|los|messaging|texting|subscription)\b){0,5}"
)
_WORDS_OF_OURS: Final = re.compile(
    rf"(?:\b(?:please|to)\s+)?{_VERB}{_KEY}(?:{_USE}|\s*(?:,|\.|;)?\s*"
    r"(?:to|for|para|and\s+you\s+will|at\s+any\s+time|anytime|any\s+time|if\s+you)\b"
    r"(?:[^\S\n]+(?!so\b|then\b|and\b|but\b|or\b|pero\b)(?:[a-z0-9áéíóúñ]+)){0,4})"
    rf"(?:\s*(?:[,;./|]|\b(?:or|and|o|y)\b)?\s*(?:{_VERB})?{_KEY}{_USE})*"
    r"|\bms?g\s?(?:&|and)\s?data\s+rates\s+(?:may\s+)?apply\b",
    re.IGNORECASE,
)
# "Reply STOP to end. Doing that."
_DOES_SO: Final = re.compile(
    r"(?:\A|[\n.,;:!>\"”»\])^–—-])\W*"
    r"(?:(?:yes|yeah|ok|okay|please|pls|i|im|i['’]m|we|will|i['’]?ll|to|want|like|would|id|i['’]d|so"
    r"|now|then|just|lets|consider)\s+)*"
    r"(?:do(?:ing)?|did|choose|choosing|pick)\s+(?:that|this|so|it|exactly\s+that)"
    r"(?:\W+(?:now|please|pls|thanks|thank\s+you|thx|then))*\W*\Z",
    re.IGNORECASE,
)
# "Where it says reply STOP, I want that", "Reply STOP to opt out: me", "the second one please"
_TAKES_IT: Final = re.compile(
    r"(?:\A|[\n.,;:!>\"”»\])^–—-])[^\w?]*"
    r"(?:(?:yes|yeah|yep|yup|ok|okay|please|pls|plz|so|and|then|just|lets|hi|hello|now)[^\w?]+)*"
    r"(?:(?:i|we)(?:['’]?d|['’]?ll|['’]?m|\s+will|\s+would|\s+am)?\s+)?(?:(?:would|also|just)\s+)?"
    r"(?:(?:want|like|need|take|taking|choose|choosing|pick|prefer|have|do|doing|using|use|want\s+to\s+do"
    r"|wanna\s+do|like\s+to\s+do|want\s+to\s+use|(?:go|going)\s+with|select|selecting)\s+)?"
    r"(?:(?:that|this|same|it)(?:\s+(?:one|option|thing|part|choice))?|me(?:\s+too)?|that['’]?s\s+me"
    r"|the\s+(?:second|last|latter|stop|opt[\s-]?out|2nd)(?:\s+(?:one|option|thing|part))?)"
    r"(?:\W+(?:now|please|pls|plz|thanks|thank\s+you|thx|then|yes|for\s+(?:me|my\s+number|us)))*[^\w?]*\Z",
    re.IGNORECASE,
)
# What else "that one" may be: where we offered something beside the instruction
_OFFER: Final = re.compile(
    r"(?i)\?|\d\s?x\s?\d|\b(?:units?\s+\S+\s+is|available|open(?:ed|ing|s)?|free|offers?|discount|deals?"
    r"|special|sale|promo\w*|upgrade|size|reserv\w+|you\s+want|interested|would\s+you|insurance"
    r"|drive[\s-]up|ready|autopay|sign\s+up|enroll|spot|space)\b"
)
_LETTER: Final = re.compile(r"[^\W_]")
_FORWARDED: Final = re.compile(r"(?i)\s*(?:fwd?|fw|rv)\b")
_FIRST_SENTENCE: Final = re.compile(r"\A[^.!?]*[.!?]*\s*")
_SHORT: Final = 6  # words
_LONG_LINE: Final = 60  # letters


def own_words(body: str) -> str:
    """Return what the sender wrote: without reactions, quotations and our own instructions."""
    found = _REACTION.match(body)
    if found:
        return _after_quote(found["rest"])
    if _REACTION_TO_FILE.match(body):
        return ""
    text = _QUOTED_IN_LINE.sub(" ", _MACHINE.sub(" ", _SIGNATURE.sub("", body)))
    text = _WROTE.sub(_dropped_with_ours, text)
    own = _QUOTED_LINE.sub("\n", text)
    # All in one line after a mark: the line breaks were lost, and an answer may stand in it.
    text = own if _LETTER.search(own) else text.replace(">", " . ")
    outside = _LONG_QUOTE.sub(" … . ", text)
    if _LETTER.search(outside):
        text = outside
    return _WORDS_OF_OURS.sub(" . ", text)


def is_instruction(body: str) -> bool:
    """Tell whether a text is little more than our own "Reply STOP to opt out", typed."""
    return (
        bool(_WORDS_OF_OURS.search(body))
        and not _REACTION.match(body)
        and len(body.split()) <= _SHORT
    )


def does_so(body: str, own: str) -> bool:
    """Tell whether a text quotes our "Reply STOP" and says that this is hereby done, or wished."""
    said = (found[0].casefold() for found in _WORDS_OF_OURS.finditer(body))
    if not any("stop" in words or "alto" in words for words in said):
        return False
    return bool(_DOES_SO.search(own)) or (takes_it(own) and not _OFFER.search(body))


def takes_it(own: str) -> bool:
    """Tell whether a text ends by wishing for what stands beside it ("I want that")."""
    return bool(_TAKES_IT.search(own))


def _dropped_with_ours(found: re.Match[str]) -> str:
    """Keep what follows "Fwd:", a quotation or the last ">" in its line, if short and not ours.

    Of a longer forwarded line all but its first sentence is kept: that is what was forwarded.
    """
    line = _LONG_QUOTE.sub(" ", found[0].partition(":")[2]).rpartition(">")[2].strip()
    ours = list(_WORDS_OF_OURS.finditer(line))
    if ours:  # all in one line: an answer may stand behind our instruction
        line = line[ours[-1].end() :]
        return f"\n{line}\n" if len(line) <= _LONG_LINE else "\n"
    if len(line) > _LONG_LINE:
        line = _FIRST_SENTENCE.sub("", line) if _FORWARDED.match(found[0]) else ""
    return f"\n{line}\n"


def _after_quote(rest: str) -> str:
    """Return what stands after the last closing quotation mark, nothing where it never closes."""
    last = max(rest.rfind(mark) for mark in set(_CLOSE))
    return rest[last + 1 :].strip(" .\u200a\u200b\ufeff") if last >= 0 else ""
