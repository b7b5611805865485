"""The order of words: which rows of class letters are a revocation, and which are unclear.

``lexicon`` says what each letter stands for. A gap never runs over the end of a sentence, and most
not over a word that names something else to be stopped (``O``) or another channel (``E``).
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final, Literal

Verdict = Literal["revoke", "ask"]


@dataclass(frozen=True, slots=True)
class Pattern:
    """One order of words: what it is called in reports, and what it decides."""

    name: str
    verdict: Verdict
    shape: re.Pattern[str]


def _p(name: str, verdict: Verdict, shape: str) -> Pattern:
    return Pattern(name, verdict, re.compile(shape))


_END = r"(?=$|[.,])"
# "don't stop", "do not unsubscribe me", "never said stop": what is denied is not done.
DENIED: Final = re.compile(
    r"[nj][WcMPkDdTx]{0,3}(?:[Sge]|[UuCR][^.,]*)|[nj]W[^.,]{0,3}[Sg]|b[^.]{0,4}[SU]|[SU]{1,2}[^.]{0,2}b"
)
# These are decided before anything is denied or narrowed.
FIRST: Final = (
    _p("if you don't stop", "revoke", r"i[^.,]{0,2}n[^.,]{0,1}S"),
    _p("won't stop texting", "revoke", r"h?jS[^.,OE]{0,2}(?:T|KM)|Tj[^.,OE]{0,1}S"),
    _p("would rather you did not", "revoke", r"W[^.,]{0,3}j[^.,O]{0,1}[TK]"),
    _p("do-not-call list", "revoke", r"!"),
    _p(
        "threat",
        "revoke",
        r"(?:1|[TK][^.]{0,3}[1X]|[TKd].{0,6}[nS0]).{0,12}[HB]|H.{0,6}[dm]T|[dm]T[^.,]{0,3}H"
        r"|[HB].{0,8}(?:1|[TK]M?[X1]|i[^.,]{0,3}[TVG]M?T?)|TM1",
    ),
    _p("stop or else", "revoke", r"(?:^|[.,])[Wc]{0,2}S&(?:x|H|B|c)"),
)
REVOKING: Final = (
    _p("told you to stop", "revoke", r"P[zXTMxv]{0,2}[Se](?![OEx])|[TV]S(?![OEx])"),
    _p("stop texting", "revoke", r"[Sge][^.,OEknT]{0,4}(?:T|K|[Aa])(?![OE])"),
    _p(
        "stop calls and texts",
        "revoke",
        r"[SgUCn0R]X?[MmWF]{0,2}E[M,]?(?:[&,]?E[M,]?)?&[^.,O]{0,1}[TK]",
    ),
    _p(
        "stop sending",
        "revoke",
        r"[Sg][MmcX]{0,1}V(?:M|[dDXTA]|[^.,OEkx]{0,3}[TAN]|[^.,E]{0,4}N|" + _END + r")(?!E)",
    ),
    _p("stop this", "revoke", r"(?:^|[.,&])[cWhPMidDX0]{0,4}(?:S[SDdXMNLf0F]{0,3}&?|eD)" + _END),
    _p("stop these", "revoke", r"S[^.,OEk]{0,2}d(?:[DXLN]|" + _END + ")"),
    _p("these texts to stop", "revoke", r"[Td][^.,OEj]{0,3}[WcG]?S" + _END),
    _p("want this stopped", "revoke", r"[WG][^.,OE]{0,4}[Td][^.,OE]{0,3}[Ss]" + _END),
    _p("stop, at the end", "revoke", r"^[^OEF]{0,8}S[SDdXMN]{0,2}\.?$"),
    _p("do not text", "revoke", r"n[XcMW]{0,3}(?:EM?,?&)?(?:[TK])(?=[MmNDdXFVSyUEzT0.,&]|$)"),
    _p("do not send", "revoke", r"[n0]X?[cM]{0,2}V(?:[MN]?X?[TAXd]|X?" + _END + r"|M" + _END + ")"),
    _p(
        "ya no escriban",
        "revoke",
        r"[n0]X?M?X?K(?=[MNX.,&]|$)|nX[M]?[VTK](?=[MNXTA.,&]|$)|K[^.,OE]{0,3}nX",
    ),
    _p("no vuelvan a escribir", "revoke", r"[n0]M?X[^.,OE]{0,1}[KV]"),
    _p("no more texts", "revoke", r"0X[^.,OE]{0,2}[TKAd]"),
    _p("no texts", "revoke", r"0[^.,OEMGVx0TW]{0,1}[TK](?=[.,MmFNDdXSy0n]|$)(?!X?[xO])"),
    _p("no more", "revoke", r"(?:^|[.,])[MD]?(?:0X{1,2}|nXX)(?:[DdFL]{0,2})" + _END),
    _p("do not want texts", "revoke", r"[n0j]X?[McW&]{0,3}[WI][^.,OE]{0,5}[TKAV]"),
    _p("do not want these", "revoke", r"[n0]X?[McW]{0,3}W[GF]{0,2}(?:d|D(?=X))0?X?" + _END),
    _p("not hear from", "revoke", r"[n0][^.,OE]{0,3}W[^.,OE]{0,3}GF"),
    _p("prefer not to get these", "revoke", r"W[^.,OE]{0,2}[n0][^.,OE]{0,3}[TKdA]"),
    _p("no consent", "revoke", r"[nj0][^.,O]{0,3}J|CM?m?J|J[^.,O]{0,2}C"),
    _p("unsubscribe", "revoke", r"U(?![^.]{0,4}[OE](?![^.]{0,4}T))"),
    _p("be unsubscribed", "revoke", r"W[^.,]{0,2}u|^u" + _END),
    _p("cancel the texts", "revoke", r"^C$|C[^.,OEkxn]{0,3}[TAL](?!O)|C[md]?N(?!O)"),
    _p(
        "turn these off",
        "revoke",
        r"tf[^.,OE]{0,3}[TAd]|t[^.,OE]{0,3}[TAd][^.,OE]{0,2}f|T.*?[tC]Df?" + _END,
    ),
    _p("off the list", "revoke", r"(?:R|G|W|^|[.,])[^.,OE]{0,3}[fo]F?[^.,OE]{0,2}[LTA]|Wf" + _END),
    _p(
        "take me off",
        "revoke",
        r"[RG][MNd][^.,OE]{0,1}f(?:F?[dDLNTA]{0,2})" + _END + r"|[hPW]c?Rf" + _END,
    ),
    _p("take my number off", "revoke", r"R[mdD]?[^.,OEyx]{0,1}N(?![^.]{0,3}O)|BM" + _END + "|BmN"),
    _p(
        "remove me",
        "revoke",
        r"(?:R|r)M?(?:F?[dLTA]{0,2})" + _END + r"|[rR]M?F?[^.,OEyx]{0,2}[LTAN](?![^.]{0,3}O)|RMFd",
    ),
    _p("be removed", "revoke", r"[WPhN][^.,OE]{0,3}R(?=$|[.,FL])(?!F[^.]{0,2}O)"),
    _p("leave me alone", "revoke", r"Z(?!O)|(?:^|[.,])Y(?=[.,M&]|$)"),
    _p("tired of texts", "revoke", r"w[^.,OE]{0,3}[TKA]|w[dG]{1,2}" + _END),
    _p("harassment", "revoke", r"^[^.,O]{0,3}a(?![^.]*[Ox])"),
    _p("blocking you", "revoke", r"(?:^|[.,])[cWId]{0,2}B[B&]{0,2}[DdNM]{0,3}(?=$|[.,iX])"),
)
DOUBTFUL: Final = (
    _p("wrong person", "ask", r"Q(?![^.]{0,3}O)"),
    _p("who is this", "ask", r"q"),
    _p("too many texts", "ask", r"v[^.,OE]{0,2}[TA]|[TA][^.,OE]{0,3}[vw]"),
    _p("only", "ask", r"^[^E]*y[^.,O]{0,2}T|T[^.,O]{0,2}yE|Ey[^.,O]?T$"),
    _p("keep texting", "ask", r"l[^.,OE]{0,2}(?:[TVKAGd]|$)"),
    _p("stop, last of all", "ask", r"S\.?$"),
    _p("stop with something", "ask", r"^[cWh]{0,2}S[^.,OE]{0,1}M" + _END),
    _p("not interested", "ask", r"[n0]XI|n[WcM]{0,1}I" + _END),
    _p("opted out", "ask", r"u"),
    _p("no contact", "ask", r"[n0][^.,OE]{0,2}[K]"),
)
_NARROWED_AFTER: Final = re.compile(r"[MmNTVdD]{0,2}[xF]{0,1}[zyv]")
_NARROWED_BEFORE: Final = re.compile(r"[iy][^.,&]*\Z")
_KEEPS: Final = re.compile(r"k[mdF]?[TAL](?!M)")


def narrowed(letters: str, start: int, end: int) -> bool:
    """Tell whether a match is only part of a wish: at night, until, only, if, but keep."""
    return bool(
        _NARROWED_AFTER.match(letters, end)
        or _NARROWED_BEFORE.search(letters[:start])
        or _KEEPS.search(letters)
    )
