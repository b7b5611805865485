"""People, texts and stored history of the installation that is measured.

People and texts come about by the rooms' own actions, as they would
for a user. Only the long history of ``store`` is multiplied by SQL from one true example.
"""

from __future__ import annotations

import random
import re
import string
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, Final

from tenantline.bench import history
from tenantline.bench.caller import ACCOUNT, AUTH_TOKEN, LINE_A_SECOND
from tenantline.consent import forms
from tenantline.conversations import actions as conversations
from tenantline.conversations import inbound
from tenantline.conversations.actions import Draft
from tenantline.facilities import actions as facilities
from tenantline.facilities import queries as sites
from tenantline.facilities.scope import EVERYWHERE
from tenantline.intake import actions as intake
from tenantline.intake import hearing
from tenantline.kernel import clock
from tenantline.kernel.actor import system
from tenantline.kernel.phone import Number
from tenantline.mail import queries as mail
from tenantline.outbox import pacing
from tenantline.staff import actions as staff
from tenantline.tenants import actions as tenants
from tenantline.tenants import queries as people

if TYPE_CHECKING:
    from tenantline.facilities.models import Facility
    from tenantline.tenants.models import Tenant

BY: Final = system("benchmark")
PASSWORD: Final = "a long walk along the harbour"  # noqa: S105 - of a place that lives for minutes
_chance = random.Random(11)  # noqa: S311 - invented words


def lines(number: int) -> list[str]:
    """Add so many facilities, each with a line; return the lines' numbers."""
    made = []
    for nth in range(number):
        now = clock.now()
        where = facilities.add_facility(
            code=f"F{nth:03}", name=f"Bench {nth}", timezone="America/Chicago", by=BY, now=now
        )
        details = facilities.LineDetails(f"+1512555{1000 + nth}", "twilio", ACCOUNT, AUTH_TOKEN)
        line = facilities.connect_line(facility=where, details=details, by=BY, now=now)
        pacing.set_pace(line=line, a_second=LINE_A_SECOND, a_day=None, by=BY, now=now)
        made.append(line.number)
    return made


def crowd(number: int) -> int:
    """Opt one tenant in at each of the first so many facilities; return how many there are."""
    for nth in range(number):
        _opted_in(_facility(nth), nth)
    return number


def texts(each: int) -> int:
    """Let the office write so many texts to every tenant; return how many they are.

    The whole queue is held until ``release``.
    """
    everybody = list(people.listing(scope=EVERYWHERE))
    for _ in range(each):
        for who in everybody:
            draft = Draft(body=_words(), quiet_hours_reason="a measurement at any hour")
            conversations.send(tenant=who, draft=draft, by=BY, now=clock.now())
    history.put_off(clock.now() + timedelta(days=1))
    return each * len(everybody)


def release(_: int) -> int:
    """Let what is in the queue leave from now on; return how many texts that are."""
    return history.put_off(clock.now())


def read(_: int) -> int:
    """Return of how many lines everything that came in is known (R8)."""
    now = clock.now()
    known = hearing.knowledge(now)
    return sum(known.is_fresh(line_id, now) for line_id in known.readings)


def clerk(_: int) -> dict[str, str]:
    """Add an owner; return how to sign in."""
    staff.add_staff(username="bench", password=PASSWORD, role="owner", by=BY, now=clock.now())
    return {"username": "bench", "password": PASSWORD}


def stored(_: int) -> int:
    """Return how many inbound texts are stored."""
    return history.count("intake_inboundcall")


def raw(seconds: int) -> float:
    """Insert a stored text again and again, each with its commit; return how many a second."""
    return history.commits(seconds)


def store(total: int) -> str:
    """Fill the store up to so many texts, twenty to a conversation; return a chat's address."""
    if not history.count("conversations_conversation"):
        who = _opted_in(_facility(0), 0)
        draft = Draft(body=_words(), quiet_hours_reason="a measurement at any hour")
        conversations.send(tenant=who, draft=draft, by=BY, now=clock.now())
    return f"/chat/{history.fill(total)}/"


def _facility(nth: int) -> Facility:

    return sites.facility(scope=EVERYWHERE, code=f"F{nth:03}")


def _opted_in(where: Facility, nth: int) -> Tenant:
    """Take a new tenant through form and START."""
    now, number = clock.now(), Number(f"+1737556{nth:04}")
    who = tenants.add_tenant(
        facility=where, name=f"Tenant {nth}", number=number, units=[f"U{nth}"],
        email=f"t{nth}@example.com", by=BY, now=now,
    )  # fmt: skip
    agree(where, who, number)
    return who


def agree(where: Facility, who: Tenant, number: Number) -> None:
    """Take a tenant with an e-mail address and this number through form and START."""
    now = clock.now()
    form = forms.issue(tenant=who, by=BY, now=now - timedelta(minutes=2))
    forms.submit(
        token=_link(form.pk),
        services=["chat", "statements", "notices"],
        agreed=True,
        language="en",
        ip="203.0.113.7",
        user_agent="benchmark",
        now=now - timedelta(minutes=1),
    )
    _hear(where, number, "START", now)


def _link(form_id: int) -> str:

    letter = next(one for one in mail.latest() if one.reference == f"form:{form_id}")
    found = re.search(r"/opt-in/([\w-]+)/", letter.text)
    if found is None:
        raise LookupError("the opt-in e-mail holds no link")
    return found[1]


def _hear(where: Facility, sender: Number, body: str, now: datetime) -> None:

    to = sites.sending_line(where.pk)
    if to is None:
        raise LookupError("the facility has no line")
    call = intake.Inbound(
        message_sid=f"SM{_chance.getrandbits(128):032x}",
        account_sid=ACCOUNT,
        line_id=to.pk,
        sender=sender,
        recipient=to.number,
        body=body,
        params={"Body": body},
    )
    [call_id] = intake.store([call], now=now)
    if call_id is None:
        raise LookupError("the text was there before")
    inbound.work(call_id=call_id, now=now)


def _words() -> str:
    """Return a sentence that is never the same twice (R5 ignores digits)."""
    words = ["".join(_chance.choices(string.ascii_lowercase, k=12)) for _ in range(3)]
    return f"About your unit: {' '.join(words)}."


DOES: Final[dict[str, Callable[[int], Any]]] = {
    "lines": lines, "crowd": crowd, "texts": texts, "clerk": clerk,
    "stored": stored, "raw": raw, "store": store, "release": release, "read": read,
}  # fmt: skip
