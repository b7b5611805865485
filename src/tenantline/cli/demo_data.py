"""Builds the demo: two facilities, their staff, and each tenant's story, through actions only.

Everybody who is opted in got there the real way: a form issued, submitted, and START received.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import datetime, time, timedelta
from typing import TYPE_CHECKING, Final
from zoneinfo import ZoneInfo

from django.db import transaction

from tenantline.carrier.types import SANDBOX_ACCOUNT_SID
from tenantline.cli import demo_accounts
from tenantline.cli.demo_people import PEOPLE, Person, Step
from tenantline.cli.start import BY
from tenantline.consent import actions as consent
from tenantline.consent import forms, people
from tenantline.consent.people import Wanted
from tenantline.conversations import actions as conversations
from tenantline.conversations import queries as threads
from tenantline.conversations.actions import Draft
from tenantline.facilities import actions as facilities
from tenantline.facilities.actions import LineDetails
from tenantline.kernel.crypto import new_token
from tenantline.kernel.phone import Number
from tenantline.letters import actions as letter_actions
from tenantline.letters.starters import STARTERS
from tenantline.mail import actions as mail
from tenantline.mail import queries as letters
from tenantline.sandbox import history
from tenantline.staff import actions as staff
from tenantline.staff.queries import actor_for
from tenantline.tenants import queries as tenant_queries

if TYPE_CHECKING:
    from tenantline.facilities.models import Facility, Line
    from tenantline.kernel.actor import Actor
    from tenantline.tenants.models import Tenant

_OPENED: Final = timedelta(days=400)
_PHONE: Final = "Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X) AppleWebKit/605.1.15"
_TOKEN: Final = re.compile(r"/opt-in/([\w-]+)/")


@dataclass(frozen=True)
class SignIn:
    """Somebody who can sign in to the demo."""

    role: str
    username: str
    password: str


@dataclass(frozen=True)
class _Site:
    facility: Facility
    line: Line
    clerk: Actor


@dataclass
class _Tenancy:
    """A person of the cast as the story goes on. Somebody unknown has no ``tenant``."""

    person: Person
    site: _Site
    tenant: Tenant | None = None
    mobile: str = ""
    token: str = field(default="", repr=False)


_SIGN_INS: Final = (
    ("owner", "olivia", "Olivia Marsh", ()),
    ("manager", "marcus", "Marcus Bell", ("LAMAR", "HARBOR")),
    ("clerk", "carmen", "Carmen Ortiz", ("LAMAR",)),
    ("clerk", "henry", "Henry Pike", ("HARBOR",)),
)
_SITES: Final[dict[str, dict[str, str]]] = {
    "LAMAR": {
        # A plain hyphen: a dash would cost every automatic text a segment.
        "name": "Bluebonnet Storage - Lamar",
        "timezone": "America/Chicago",
        "street": "2210 South Lamar Boulevard",
        "city": "Austin",
        "state": "TX",
        "postal_code": "78704",
        "phone": "+15125550101",
        "email": "lamar@bluebonnet.example.com",
        "line": "+15125550100",
        "clerk": "carmen",
    },
    "HARBOR": {
        "name": "Harbor Point Storage",
        "timezone": "America/New_York",
        "street": "48 Commercial Street",
        "city": "Portland",
        "state": "ME",
        "postal_code": "04101",
        "phone": "+12075550101",
        "email": "office@harborpoint.example.com",
        "line": "+12075550100",
        "clerk": "henry",
    },
}


def build(*, now: datetime) -> list[SignIn]:
    """Fill an empty database with the demo, in one transaction; return who can sign in."""
    with transaction.atomic():
        places = _open_facilities(now - _OPENED)
        sign_ins, actors = _hire(places, now - _OPENED)
        sites = _connect(places, actors, now - _OPENED)
        _write_letters(now - _OPENED)
        for at, tenancy, step in sorted(_timeline(sites, now), key=lambda entry: entry[0]):
            _STEPS[step.does](tenancy, step, at)
        demo_accounts.build(facilities=places, by=actors["marcus"], now=now)
    return sign_ins


def _write_letters(at: datetime) -> None:
    for standing, bodies in STARTERS:
        letter_actions.create(standing=standing, bodies=bodies, facility=None, by=BY, now=at)


def _open_facilities(at: datetime) -> dict[str, Facility]:
    return {
        code: facilities.add_facility(
            code=code,
            by=BY,
            now=at,
            **{name: value for name, value in site.items() if name not in {"line", "clerk"}},
        )
        for code, site in _SITES.items()
    }


def _hire(places: dict[str, Facility], at: datetime) -> tuple[list[SignIn], dict[str, Actor]]:
    sign_ins, actors = [], {}
    for role, username, name, codes in _SIGN_INS:
        password = f"{new_token(9)}-demo"
        member = staff.add_staff(
            username=username, password=password, role=role, name=name, by=BY, now=at
        )
        where = [places[code] for code in codes]
        facilities.grant(member=member, facilities=where, by=BY, now=at)
        sign_ins.append(SignIn(role, username, password))
        actors[username] = actor_for(member)
    return sign_ins, actors


def _connect(
    places: dict[str, Facility], actors: dict[str, Actor], at: datetime
) -> dict[str, _Site]:
    token = new_token(24)
    sites = {}
    for code, facility in places.items():
        details = LineDetails(
            number=_SITES[code]["line"],
            carrier="sandbox",
            account_sid=SANDBOX_ACCOUNT_SID,
            auth_token=token,
        )
        line = facilities.connect_line(facility=facility, details=details, by=BY, now=at)
        sites[code] = _Site(facility, line, actors[_SITES[code]["clerk"]])
    return sites


def _timeline(sites: dict[str, _Site], now: datetime) -> list[tuple[datetime, _Tenancy, Step]]:
    entries = []
    for person in PEOPLE:
        tenancy = _Tenancy(person, sites[person.facility], mobile=person.mobile)
        if person.name:
            tenancy.tenant = _move_in(tenancy, now - timedelta(days=person.since_days))
        entries += [(_instant(step, tenancy, now), tenancy, step) for step in person.story]
    return entries


def _instant(step: Step, tenancy: _Tenancy, now: datetime) -> datetime:
    if step.minutes is not None:
        return now - timedelta(minutes=step.minutes)
    zone = ZoneInfo(tenancy.site.facility.timezone)
    day = now.astimezone(zone).date() - timedelta(days=step.days)
    return datetime.combine(day, time.fromisoformat(step.clock), tzinfo=zone)


def _move_in(tenancy: _Tenancy, at: datetime) -> Tenant:
    person = tenancy.person
    details = {"email": person.email, "language": person.language}
    account = {"balance_cents": person.balance_cents, "autopay_method": person.autopay_method}
    wanted = Wanted(
        details=details | account,
        number=Number(person.mobile) if person.mobile else None,
        units=person.units,
    )
    by = tenancy.site.clerk
    return people.add(
        facility=tenancy.site.facility, name=person.name, wanted=wanted, by=by, now=at
    )


def _known(tenancy: _Tenancy) -> Tenant:
    if tenancy.tenant is None:
        raise ValueError("the demo's cast has a stranger do what only tenants can")
    return tenancy.tenant


def _form(tenancy: _Tenancy, step: Step, at: datetime) -> None:
    forms.issue(tenant=_known(tenancy), by=tenancy.site.clerk, now=at)
    # The link is kept nowhere but in the e-mail, so the demo reads it there, as the tenant did.
    found = _TOKEN.search(letters.latest(limit=1)[0].text)
    tenancy.token = found[1] if found else ""
    for email in mail.claim(now=at):
        mail.deliver(email, now=at)


def _submit(tenancy: _Tenancy, step: Step, at: datetime) -> None:
    forms.submit(
        token=tenancy.token,
        services=step.words.split(),
        agreed=True,
        language=tenancy.person.language,
        ip="203.0.113.24",
        user_agent=_PHONE,
        now=at,
    )


def _texts(tenancy: _Tenancy, step: Step, at: datetime) -> None:
    line = tenancy.site.line
    history.text_from(
        Number(tenancy.mobile),
        line=Number(line.number),
        line_id=line.pk,
        account_sid=line.account_sid,
        body=step.words,
        at=at,
    )
    history.deliver_due(at + timedelta(seconds=2))
    if step.minutes is None:
        _read(tenancy, at + timedelta(seconds=30))


def _office(tenancy: _Tenancy, step: Step, at: datetime) -> None:
    site = tenancy.site
    _read(tenancy, at)
    conversations.send(tenant=_known(tenancy), draft=Draft(body=step.words), by=site.clerk, now=at)
    history.deliver_due(at + timedelta(seconds=2))


def _read(tenancy: _Tenancy, at: datetime) -> None:
    site = tenancy.site
    thread = threads.with_number(site.facility.pk, tenancy.mobile)
    if thread is not None:
        conversations.mark_read(conversation=thread, by=site.clerk, now=at)


def _revoked(tenancy: _Tenancy, step: Step, at: datetime) -> None:
    consent.record_revocation(
        tenant=_known(tenancy),
        medium=step.words,
        note="Asked us by phone not to text any more.",
        by=tenancy.site.clerk,
        now=at,
    )


def _number(tenancy: _Tenancy, step: Step, at: datetime) -> None:
    number = Number(step.words)
    consent.change_number(tenant=_known(tenancy), number=number, by=tenancy.site.clerk, now=at)
    tenancy.mobile = number


def _moves_out(tenancy: _Tenancy, step: Step, at: datetime) -> None:
    consent.move_out(tenant=_known(tenancy), at=at, by=tenancy.site.clerk, now=at)


def _shared(tenancy: _Tenancy, step: Step, at: datetime) -> None:
    for question in tenant_queries.open_questions(_known(tenancy).pk):
        consent.answer_number_question(
            question=question, answer="shared", by=tenancy.site.clerk, now=at
        )


_STEPS: Final = {
    "form": _form,
    "submit": _submit,
    "texts": _texts,
    "office": _office,
    "revoked": _revoked,
    "number": _number,
    "moves_out": _moves_out,
    "shared": _shared,
}
