# ruff: noqa: RUF001 - the apostrophes are the point
"""Texts of somebody else: they say that the person whom we mean is not there, or unknown.

Names are told by their capital, so these are read from the text itself and not from its classes.
"Wrong number" and "who is this", which need no name, stand with the other phrases.
"""

from __future__ import annotations

import re
from typing import Final

_NAME: Final = (
    r"(?:the\s+|la\s+|el\s+)?(?:(?:mr|mrs|ms|se[ñn]ora?|sr|sra)\.?\s+)?(?-i:[A-ZÁÉÍÓÚÑ][\w’']+)"
)
_WHOM: Final = rf"(?:{_NAME}|him|her|them|(?:his|her|their)(?=\s))"
_IS_NOT: Final = r"(?:\s+is\s+not|['’]?s\s+not|\s+is\s?n['’]?t|\s+aint|\s+ain['’]t)"
_NOT: Final = r"(?:not|n['’]?t|no\s+longer|never)"
_PHONE: Final = r"(?:number|phone|cell|#)"
_END: Final = r"(?:\s+any\s?more|\s+now|\s+here|\s+sorry)?\s*(?:\Z|[.,;!?\n])"

_ENGLISH: Final = (
    rf"\b(?:this|that|it){_IS_NOT}\s+{_WHOM}(?:\s+{_PHONE})?{_END}",
    rf"\bi(?:['’]?m|\s+am)\s+not\s+{_WHOM}{_END}",
    rf"\b(?:no|not|nobody|no\s?one)\s+(?:{_NAME}|named\s+{_NAME})\s+(?:here|at\s+this\s+{_PHONE})",
    r"\bno\s?(?:body|one)\s+(?:here\s+)?(?:by|with|of)\s+that\s+name",
    r"\bno\s?(?:body|one)\s+named\b",
    rf"\b{_NAME}\s+(?:is|does|has|do|did)\s?{_NOT}\s+"
    rf"(?:(?:at|on)\s+this|have\s+this|own\s+this|use\s+this|live\s+here|here)\b",
    rf"\b{_NAME}\s+no\s+longer\s+(?:has|owns|uses|lives)\b",
    rf"\b{_PHONE}\s+(?:is\s+not|isn['’]?t)\s+(?:his|hers|theirs){_END}",
    r"\bnever\s+heard\s+of\s+(?:you|this|your)\b",
    r"\blooking\s+for\s+someone\s+else\b",
    r"\b(?:i|we)\s+(?:do\s?n['’o]?\s?t|do\s+not|never)\s+(?:even\s+)?(?:have|had|own|rent|rented)\s+"
    rf"(?:a\s+|any\s+)?(?:storage|unit)(?:\s+unit)?(?:\s+(?:there|here|anywhere|with\s+(?:you|u)))?{_END}",
    r"\bi(?:['’]?ve|\s+have)\s+never\s+rented\b",
    rf"\A\W*(?:that['’]?s\s+)?not\s+me{_END}",
    rf"\A\W*i\s?d\s?k\s+(?:u|you|who\b.{{0,20}}){_END}",
    rf"\b(?:who['’]?s|whose)\s+(?:{_PHONE}|this)\b",
)
_OTHERS: Final = (
    r"\b(?:aqu[ií]\s+no\s+(?:vive|est[aá]|hay)\b|no\s+es\s+(?:aqu[ií]|este\s+n[uú]mero))",
    rf"\b(?:yo\s+)?no\s+soy\s+{_NAME}",
    r"\b(?:yo\s+)?(?:no|nunca)\s+(?:he\s+)?(?:tengo|rento|rentado|renté)\s+(?:\w+\s+)?"
    rf"(?:bodegas?|unidad|con\s+ustedes){_END}",
    rf"\A\W*(?:est[aá][ns]?\s+)?equivocad[oa]s?{_END}",
    r"\bqui[eé]n\s+(?:me\s+)?(?:escribe|manda|habla)",
    r"\bqui\s+(?:est-ce|êtes-vous|es-tu)\b|\bmauvais\s+num[eé]ro\b",
    r"\bfalsche\s+nummer\b|\bwer\s+ist\s+(?:da|das)\b",
    r"\bn[uú]mero\s+errado\b|\bquem\s+[eé]\b|\bnumero\s+sbagliato\b|\bchi\s+[eè]\b",
    r"\bnh[aầ]m\s+s[oố]\b|\bai\s+v[aậ]y\b|\bmali(?:ng)?\s+(?:ang\s+)?(?:po\s+ang\s+)?number",
    r"\bsino\s+(?:po\s+)?(?:to|ito|ka)\b|\bmove\s+nimewo\b|\bki\s+moun\s+sa\b",
    r"не\s+туда|ошиблись|кто\s+это|打错|發錯|发错|你是谁|你是誰|누구세요|잘못\s?보내|الرقم\s+خطأ|من\s+هذا",
)
_STRANGER: Final = re.compile("|".join((*_ENGLISH, *_OTHERS)), re.IGNORECASE)


def says_so(text: str) -> bool:
    """Tell whether a text says that somebody else has the phone."""
    return bool(_STRANGER.search(text))
