"""People, texts and stored history of the installation that is measured.

People and texts come about by the rooms' own actions, as they would for a user: the first ones.
The others are written after them (``twins``). Only the long history of ``store`` is multiplied by
SQL from one true example.
"""

from __future__ import annotations

import random
import re
import string
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, Final

from tenantline.bench import history, others, twins
from tenantline.bench.caller import ACCOUNT, AUTH_TOKEN, LINE_A_SECOND
from tenantline.bench.others import OptIn, Person, Site
from tenantline.bench.twins import Noticed
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
from tenantline.kernel.crypto import new_token
from tenantline.kernel.phone import Number
from tenantline.mail import queries as mail
from tenantline.outbox import pacing
from tenantline.staff import actions as staff
from tenantline.tenants import actions as tenants
from tenantline.tenants import queries as people

if TYPE_CHECKING:
    from tenantline.facilities.models import Facility, Line
    from tenantline.tenants.models import Tenant

BY: Final = system("benchmark")
PASSWORD: Final = "a long walk along the harbour"  # noqa: S105 - of a place that lives for minutes
PLAYED = 2
"""How many the product does itself: the first makes what all share, the second is the example."""
_chance = random.Random(11)  # noqa: S311 - invented words


def lines(number: int) -> list[str]:
    """Add so many facilities, each with a line; return the lines' numbers."""
    example = _played(number, _connected)
    twins.write(example.rows, others.sites(PLAYED - 1, range(PLAYED, number)))
    return [Site.nth(nth).line for nth in range(number)]


def crowd(number: int) -> int:
    """Opt one tenant in at each of the first so many facilities; return how many there are."""
    example = _played(number, _opted_in)
    form, call = example.one("consent.optinform"), example.one("intake.inboundcall")
    played = OptIn(PLAYED - 1, call.line, call.message_sid, _link(form.pk))
    rest = [OptIn(nth, _line(nth), _sid(), new_token(24)) for nth in range(PLAYED, number)]
    twins.write(example.rows, others.people(played, rest))
    return number


def texts(each: int) -> int:
    """Let the office write so many texts to every tenant; return how many they are.

    The whole queue is held until ``release``.
    """
    everybody = list(people.listing(scope=EVERYWHERE))
    wanted = [(who, _words()) for _ in range(each) for who in everybody]
    example = _played(len(wanted), lambda nth: _written(*wanted[nth]))
    twins.write(example.rows, others.texts(example, wanted[PLAYED:]))
    history.last_written(example.one("conversations.message").at)
    history.put_off(clock.now() + timedelta(days=1))
    history.look_over()
    return len(wanted)


def release(_: int) -> int:
    """Let what is in the queue leave from now on; return how many texts that are."""
    return history.put_off(clock.now())


def read(_: int) -> int:
    """Return of how many lines everything that came in is known (R8)."""
    now = clock.now()
    known = hearing.knowledge(now)
    return sum(known.is_fresh(line_id, now) for line_id in known.readings)


def mails(_: int) -> int:
    """Return how many e-mails have not left yet."""
    return history.count("mail_email", "state = 'queued'")


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
        _written(_opted_in(0), _words())
    return f"/chat/{history.fill(total)}/"


def _played(number: int, play: Callable[[int], object]) -> Noticed:
    """Let the product do it for the first ones; return what it added for the last of them."""
    added = Noticed()
    for nth in range(min(number, PLAYED)):
        added = Noticed()
        with added:
            play(nth)
    return added


def _connected(nth: int) -> None:
    """Add the nth facility with its line."""
    names, now = Site.nth(nth), clock.now()
    where = facilities.add_facility(
        code=names.code, name=names.name, timezone="America/Chicago", by=BY, now=now
    )
    details = facilities.LineDetails(names.line, "twilio", ACCOUNT, AUTH_TOKEN)
    line = facilities.connect_line(facility=where, details=details, by=BY, now=now)
    pacing.set_pace(line=line, a_second=LINE_A_SECOND, a_day=None, by=BY, now=now)


def _written(who: Tenant, body: str) -> None:
    draft = Draft(body=body, quiet_hours_reason="a measurement at any hour")
    conversations.send(tenant=who, draft=draft, by=BY, now=clock.now())


def _line(nth: int) -> Line:
    """Return the line of the nth facility."""
    line = sites.sending_line(sites.facility(scope=EVERYWHERE, code=Site.nth(nth).code).pk)
    if line is None:
        raise LookupError("the facility has no line")
    return line


def _opted_in(nth: int) -> Tenant:
    """Take a new tenant of the nth facility through form and START."""
    names, where = Person.nth(nth), _line(nth).facility
    who = tenants.add_tenant(
        facility=where, name=names.name, number=names.number, units=[names.unit],
        email=names.email, by=BY, now=clock.now(),
    )  # fmt: skip
    agree(where, who, names.number)
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
        message_sid=_sid(),
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


def _sid() -> str:
    return f"SM{_chance.getrandbits(128):032x}"


def _words() -> str:
    """Return a sentence that is never the same twice (R5 ignores digits)."""
    words = ["".join(_chance.choices(string.ascii_lowercase, k=12)) for _ in range(3)]
    return f"About your unit: {' '.join(words)}."


DOES: Final[dict[str, Callable[[int], Any]]] = {
    "lines": lines, "crowd": crowd, "texts": texts, "clerk": clerk,
    "stored": stored, "raw": raw, "store": store, "release": release, "read": read,
    "mails": mails,
}  # fmt: skip
