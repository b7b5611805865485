"""The cast of the suite: makers of valid objects, in the way a user would come by them.

Two facilities; an owner, a clerk and a stranger; tenants at every step of consent. Nobody here
writes a table directly: a tenant is opted in by a form that was issued and submitted and a START
that came in.
"""

from __future__ import annotations

import itertools
import re
import uuid
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, TypeVar

from tenantline.billing import actions as billing
from tenantline.billing import autopay, returns
from tenantline.billing.actions import NewEntry
from tenantline.billing.models import Draft as AutoPayDraft
from tenantline.billing.models import Entry, ReturnedPayment
from tenantline.consent import actions as consent
from tenantline.consent import forms
from tenantline.conversations import actions as conversations
from tenantline.conversations import inbound
from tenantline.conversations.actions import Draft
from tenantline.conversations.models import Message
from tenantline.facilities import actions as facilities
from tenantline.facilities.actions import LineDetails
from tenantline.facilities.models import Facility, Line
from tenantline.intake import actions as intake
from tenantline.intake import hearing
from tenantline.intake.actions import Inbound
from tenantline.kernel import clock
from tenantline.kernel.actor import Actor, system
from tenantline.kernel.phone import Number
from tenantline.letters import actions as letters
from tenantline.letters.composing import Bodies
from tenantline.letters.models import Letter, Notice
from tenantline.letters.rules import Standing
from tenantline.mail import queries as mail
from tenantline.outbox import claiming
from tenantline.outbox.claiming import Job
from tenantline.outbox.models import Text
from tenantline.staff import actions as staff
from tenantline.staff.models import Staff, Token
from tenantline.tenants import actions as tenants
from tenantline.tenants.models import Tenant

TESTER = system("tester")
ACCOUNT = "AC" + "a1" * 16
AUTH_TOKEN = "b2" * 16
PASSWORD = "correct horse battery"
_serial = itertools.count(100)
T = TypeVar("T")


def known(value: T | None) -> T:
    """Return what a test counts on being there; the test fails when it is not."""
    assert value is not None
    return value


def at_noon() -> datetime:
    """Return today's noon in Austin, well inside everybody's texting hours, as UTC."""
    now = clock.now()
    return now.replace(hour=18, minute=0, second=0, microsecond=0) - timedelta(days=1)


def facility(code: str = "LAMAR", *, zone: str = "America/Chicago", name: str = "") -> Facility:
    """Add a facility without a line."""
    return facilities.add_facility(
        code=code,
        name=name or f"Storage {code}",
        timezone=zone,
        by=TESTER,
        now=clock.now(),
        phone="+15125550100",
        email=f"{code.lower()}@example.com",
    )


def line(
    where: Facility, number: str = "", *, account: str = ACCOUNT, token: str = AUTH_TOKEN
) -> Line:
    """Connect a line at Twilio's (nothing is asked of Twilio)."""
    details = LineDetails(
        number=number or f"+1512555{next(_serial):04d}",
        carrier="twilio",
        account_sid=account,
        auth_token=token,
    )
    return facilities.connect_line(facility=where, details=details, by=TESTER, now=clock.now())


def site(code: str = "LAMAR", **details: str) -> Facility:
    """Add a facility with a sending line."""
    where = facility(code, **details)
    line(where)
    return where


def number_of(where: Facility) -> str:
    """Return the facility's sending line's number."""
    return Line.objects.get(facility=where, sending=True).number


def member(username: str, role: str, *where: Facility) -> Staff:
    """Add a staff member who works at these facilities."""
    person = staff.add_staff(
        username=username, password=PASSWORD, role=role, by=TESTER, now=clock.now()
    )
    facilities.grant(member=person, facilities=where, by=TESTER, now=clock.now())
    return person


def token(role: str, *where: Facility) -> tuple[Token, str]:
    """Create an API token; return it with its secret."""
    made, secret = staff.create_token(name=f"{role} token", role=role, by=TESTER, now=clock.now())
    facilities.grant(member=made, facilities=where, by=TESTER, now=clock.now())
    return made, secret


def mobile() -> Number:
    """Return a mobile number that nobody else has."""
    return Number(f"+1737555{next(_serial):04d}")


def tenant(
    where: Facility,
    name: str = "Dana Whitfield",
    *,
    number: Number | None = None,
    **details: object,
) -> Tenant:
    """Add a tenant with e-mail, mobile number and unit, and no consent."""
    serial = next(_serial)
    values: dict[str, object] = {"email": f"t{serial}@example.com", "units": [f"U{serial}"]}
    return tenants.add_tenant(
        facility=where,
        name=name,
        number=number or mobile(),
        by=TESTER,
        now=clock.now(),
        **(values | details),  # type: ignore[arg-type]
    )


def mobile_of(who: Tenant) -> Number:
    """Return the tenant's current mobile number."""
    return Number(who.periods.get(ended_at=None).number)


def issue_form(who: Tenant, *, now: datetime | None = None) -> str:
    """E-mail the opt-in form; return the token in its link."""
    form = forms.issue(tenant=who, by=TESTER, now=now or clock.now())
    letter = next(e for e in mail.latest() if e.reference == f"form:{form.pk}")
    found = re.search(r"/opt-in/([\w-]+)/", letter.text)
    assert found is not None
    return found[1]


def submit_form(link: str, *services: str, now: datetime | None = None) -> None:
    """Fill the form in as a tenant would: these services, the required box, the button."""
    forms.submit(
        token=link,
        services=list(services) or ["chat", "statements", "notices"],
        agreed=True,
        language="en",
        ip="203.0.113.7",
        user_agent="a phone",
        now=now or clock.now(),
    )


@dataclass(frozen=True)
class Arrived:
    """An inbound text that was stored and worked on."""

    sid: str
    call_id: int


def receive(
    sender: str,
    where: Facility,
    body: str,
    *,
    now: datetime | None = None,
    work: bool = True,
    to: Line | None = None,
) -> Arrived:
    """Let a text come in to the facility's line (or ``to`` one of its lines); work on it."""
    now = now or clock.now()
    sid = f"SM{uuid.uuid4().hex}"
    to = to or Line.objects.get(facility=where, sending=True)
    call = Inbound(
        message_sid=sid,
        account_sid=to.account_sid,
        line_id=to.pk,
        sender=sender,
        recipient=to.number,
        body=body,
        params={"Body": body},
    )
    [call_id] = intake.store([call], now=now)
    assert call_id is not None
    if work:
        inbound.work(call_id=call_id, now=now)
    return Arrived(sid, call_id)


def opted_in(
    where: Facility,
    name: str = "Olive Agreed",
    *services: str,
    number: Number | None = None,
    now: datetime | None = None,
) -> Tenant:
    """Add a tenant who submitted the form (all services unless named) and texted START."""
    who = tenant(where, name, number=number)
    opt_in(who, *services, now=now)
    return who


def opt_in(who: Tenant, *services: str, now: datetime | None = None) -> None:
    """Take a tenant through form and START."""
    now = now or clock.now()
    link = issue_form(who, now=now - timedelta(minutes=2))
    submit_form(link, *services, now=now - timedelta(minutes=1))
    receive(mobile_of(who), who.facility, "START", now=now)


def stopped(where: Facility, name: str = "Sam Stopped") -> Tenant:
    """Add a tenant who opted in and then texted STOP."""
    who = opted_in(where, name)
    receive(mobile_of(who), where, "STOP")
    return who


def write(
    who: Tenant,
    body: str = "Your unit is ready.",
    *,
    by: Actor = TESTER,
    now: datetime | None = None,
    reason: str = "a test at any hour",
) -> Message:
    """Write a chat text to a tenant as a person would, at any hour."""
    draft = Draft(body=body, quiet_hours_reason=reason)
    return conversations.send(tenant=who, draft=draft, by=by, now=now or clock.now()).message


def outgoing(message: Message) -> Text:
    """Return the outbox row of a text that was written."""
    assert message.text is not None
    return message.text


def claim(*, now: datetime | None = None, limit: int = 20) -> list[Job]:
    """Claim what may leave, as a worker does while a web process listens and lists are read."""
    now = now or clock.now()
    lines = Line.objects.values_list("pk", flat=True)
    hearing.assume_known(name="tests", line_ids=lines, now=now)
    return claiming.claim(worker="tests", limit=limit, now=now)


def change_number(who: Tenant, number: Number | None) -> None:
    """Give a tenant another mobile number."""
    consent.change_number(tenant=who, number=number, by=TESTER, now=clock.now())


def entry(of: Tenant, kind: str = "charge", cents: int = 12_900, **more: Any) -> Entry:
    """Record an entry of a tenant's account; ``more`` as ``billing.actions.NewEntry``."""
    new = NewEntry(kind=kind, amount_cents=cents, **more)
    return billing.record(tenant=of, new=new, by=TESTER, now=clock.now()).entry


def on_autopay(of: Tenant, method: str = "bank") -> Tenant:
    """Say that a tenant pays by AutoPay."""
    autopay.change_method(tenant=of, method=method, by=TESTER, now=clock.now())
    return of


def draft(of: Tenant, cents: int = 12_900, *, in_days: int = 5) -> AutoPayDraft:
    """Put a tenant on AutoPay, with a draft that is pending."""
    day = (clock.now() + timedelta(days=in_days)).date()
    on_autopay(of)
    return autopay.plan(tenant=of, amount_cents=cents, draws_on=day, by=TESTER, now=clock.now())


def came_back(of: Tenant, code: str = "R01") -> ReturnedPayment:
    """Let a payment of a tenant's come back from the bank."""
    paid = entry(of, "payment")
    return returns.record(payment=paid, code=code, by=TESTER, now=clock.now())


def letter(
    name: str = "Past due",
    *,
    category: str = "past_due",
    legal_class: str = "courtesy",
    sms: str = "{{account.balance}} has been due since {{account.due_date}}.",
    text: str = "Dear {{tenant.name}},\n\nYou owe {{account.balance}}.",
    facility: Facility | None = None,
) -> Letter:
    """Make a letter for a facility or all, about a charge that is open unless told otherwise."""
    standing = Standing(name=name, category=category, legal_class=legal_class)
    bodies = {"en": Bodies(print=text, sms=sms)}
    return letters.create(
        standing=standing, bodies=bodies, facility=facility, by=TESTER, now=clock.now()
    )


def notice(to: Tenant, **how: Any) -> Notice:
    """Issue a letter to a tenant; ``how`` as ``letters.actions.issue``."""
    return letters.issue(letter=letter(), tenant=to, by=TESTER, now=clock.now(), **how).notice
