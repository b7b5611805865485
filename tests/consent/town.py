"""What the town of ``world`` knows: what texts mean, and how a carrier may answer."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

from tenantline.carrier.codes import meaning_of
from tenantline.carrier.types import Accepted, Rejected, RetryLater, Unclear
from tenantline.consent.rules import Kind
from tenantline.consent.services import Service
from tests.consent import naive

COVERED_BY: dict[str, tuple[Service, ...]] = {
    "chat": ("chat",),
    "statement": ("statements",),
    "notice": ("notices",),
    "confirmation": naive.SERVICES,
}
Outcome = Accepted | Rejected | RetryLater | Unclear
CHAT_GOES_ON = timedelta(days=60)
MEANINGS: dict[str, str] = {
    "START": "start",
    "“Unstop.”": "start",
    "STOP": "stop",
    "Rent is paid. Take me off your list!": "stop",
    "ya no me manden mensajes": "stop",
    "wrong number": "person",
    "who is this?": "person",
    "only text me about my bill": "wish",
    "YES": "",
    "I will stop by the office": "",
}
SIGNS = {"person": {"parked", "form_disowned"}, "wish": {"held"}}
ENDS: dict[str, Kind] = {"person": "park_ended", "wish": "hold_ended"}

REFUSALS = {"says 21610": 21610, "says 30005": 30005, "says 30006": 30006}


def _refusing(code: int) -> Callable[[str], Outcome]:
    meaning = meaning_of(code)
    return lambda sid: Rejected(code, 400, meaning.words, meaning.kind)


OUTCOMES: dict[str, Callable[[str], Outcome]] = {
    "takes it": lambda sid: Accepted(sid, "queued", 1),
    "is busy": lambda sid: RetryLater(None, "busy", 20429),
    "is unclear": lambda sid: Unclear("timed out"),
    **{words: _refusing(code) for words, code in REFUSALS.items()},
}
CARRIERS = ["takes it", "takes it", "takes it", "kills the sender", *list(OUTCOMES)[1:]]
