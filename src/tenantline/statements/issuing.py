"""Issuing a statement: once for a tenant and a period, by one method, in one transaction."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import datetime

from django.conf import settings
from django.db import transaction

from tenantline.audit import actions as audit
from tenantline.billing import queries as billing
from tenantline.conversations import actions as conversations
from tenantline.conversations.actions import Draft
from tenantline.conversations.models import Message
from tenantline.feed import actions as feed
from tenantline.kernel.actor import Actor
from tenantline.kernel.crypto import new_token
from tenantline.kernel.errors import Conflict, Refused
from tenantline.mail.models import Email
from tenantline.statements import content, emailing, gathering, queries, rules, texting
from tenantline.statements.content import Content
from tenantline.statements.gathering import NOTHING, Account
from tenantline.statements.models import Delivery, Link, Statement
from tenantline.tenants import queries as tenants
from tenantline.tenants.delivery import Method, Refusal, Way
from tenantline.tenants.models import Tenant

_PASSING = ("unread_inbound",)  # a text has just come in: whoever issues tries again


@dataclass(frozen=True, slots=True)
class Issued:
    """A statement on its way. ``repeated``: it was issued for this period before."""

    statement: Statement
    delivery: Delivery
    repeated: bool = False


def issue(
    *,
    tenant: Tenant,
    period: str,
    by: Actor,
    now: datetime,
    chosen: Method | None = None,
    correction: bool = False,
    unless_empty: bool = False,
) -> Issued:
    """Issue a tenant's statement for a month: keep what it says, and send it on its way.

    For a period that has one already nothing is issued again, unless as a ``correction``, which
    gets the next number; links to those before it die, and texts that wait are taken back.

    Raises:
        BadInput: the period is no month, or has not begun.
        Conflict: ``already_issued``; or ``unchanged``, a correction would say the same.
        Refused: a text from this number is being read just now; or ``zero_balance``, nothing
            was owed, charged or paid, where the caller wants it ``unless_empty``.
    """
    with transaction.atomic():
        tenant = locked(tenant.pk)
        content.checked_period(period, today=billing.today(tenant.facility, now))
        known = queries.latest(tenant.pk, period)
        if known is not None and not correction:
            raise _issued_already(known)
        [account] = gathering.accounts([tenant], period=period, now=now)
        if unless_empty and account.says_nothing:
            raise Refused(NOTHING.code, NOTHING.sentence)
        number = known.number + 1 if known else 1
        said = gathering.made(account, period=period, number=number, now=now)
        if known is not None:
            _replace(known, said, now)
        statement = _keep(tenant, said, by, now)
        delivery = _send(statement, account, said, chosen, by, now)
        _tell("statement.issued", statement, by, now, method=delivery.method, period=period)
    return Issued(statement, delivery)


def send_again(
    *, statement: Statement, by: Actor, now: datetime, chosen: Method | None = None
) -> Delivery:
    """R13: send an issued statement once more; its link before dies, also one that is locked.

    The statement says what it said. A text that still waits with the old link is taken back.

    Raises:
        Conflict: ``corrected``, there is a newer statement for its period.
        Refused: a text from this number is being read just now.
    """
    with transaction.atomic():
        account = _again(statement, now)
        said = queries.content_of(statement)
        delivery = _send(statement, account, said, chosen, by, now)
        _tell("statement.sent_again", statement, by, now, method=delivery.method)
    return delivery


def send_in_place_of_text(
    *, statement: Statement, code: str, why: str, by: Actor, now: datetime
) -> Delivery:
    """Send a statement whose text was withheld by e-mail or print; ``code`` and ``why`` say so.

    Raises:
        Conflict: ``corrected``, there is a newer statement for its period.
    """
    with transaction.atomic():
        account = _again(statement, now)
        way = queries.decided(account, chosen="sms", no_sms=Refusal(code, why))
        delivery = _send_without_text(statement, queries.content_of(statement), way, by, now)
        _tell("statement.sent_again", statement, by, now, method=delivery.method)
    return delivery


def _again(statement: Statement, now: datetime) -> Account:
    """Lock a statement's tenant and end its link, so that it can be sent once more."""
    tenant = locked(statement.tenant_id)
    newest = queries.latest(tenant.pk, statement.period)
    if newest is not None and newest.pk != statement.pk:
        raise Conflict(
            "There is a correction of this statement; send that one.",
            existing=str(newest.pk),
            code="corrected",
        )
    _end_links([statement], now, "A newer link was sent.")
    [account] = gathering.accounts([tenant], period=statement.period, now=now)
    return account


def locked(tenant_id: int) -> Tenant:
    """Return the tenant, whom nobody else issues anything to before this transaction ends."""
    rows = Tenant.objects.select_for_update(of=("self",), no_key=True)
    return rows.select_related("facility").get(pk=tenant_id)


def _issued_already(known: Statement) -> Conflict:
    return Conflict(
        "This tenant's statement for the month was issued already; issue a correction, or send it "
        "again.",
        existing=str(known.pk),
        code="already_issued",
    )


def _replace(known: Statement, said: Content, now: datetime) -> None:
    if queries.same(queries.content_of(known), said):
        raise Conflict(
            "Nothing has changed since the statement was issued; send that one again.",
            existing=str(known.pk),
            code="unchanged",
        )
    earlier = Statement.objects.filter(tenant_id=known.tenant_id, period=known.period)
    _end_links(list(earlier), now, "A corrected statement was issued.")


def _end_links(statements: list[Statement], now: datetime, why: str) -> None:
    Link.objects.filter(statement__in=statements, dead_at=None).update(dead_at=now)
    sent = Delivery.objects.filter(statement__in=statements, message__isnull=False)
    messages = [one.message for one in sent.select_related("message") if one.message is not None]
    conversations.withdraw(messages=messages, reason=why, now=now)


def _keep(tenant: Tenant, said: Content, by: Actor, now: datetime) -> Statement:
    kept = content.to_json(said)
    return Statement.objects.create(
        tenant=tenant,
        facility=tenant.facility,
        period=said.period,
        number=said.number,
        content=kept,
        digest=content.digest(kept),
        closing_cents=said.closing_cents,
        issued_at=now,
        by_kind=by.kind,
        by_ref=by.ref,
        by_name=by.name,
    )


def _send(
    statement: Statement,
    account: Account,
    said: Content,
    chosen: Method | None,
    by: Actor,
    now: datetime,
) -> Delivery:
    """Send a statement by the method that the rules say; where a text is refused, by the next."""
    refusal = queries.no_sms(account.tenant, said.units, now)
    way = queries.decided(account, chosen=chosen, no_sms=refusal)
    if way.method == "sms":
        sent = _text(statement, said, by, now)
        if not isinstance(sent, Refusal):
            return _delivered(statement, way, by, now, message=sent)
        way = queries.decided(account, chosen=chosen, no_sms=sent)
    return _send_without_text(statement, said, way, by, now)


def _send_without_text(
    statement: Statement, said: Content, way: Way, by: Actor, now: datetime
) -> Delivery:
    if way.method == "email":
        email = emailing.queue(statement, said, now=now)
        return _delivered(statement, way, by, now, email=email)
    return _delivered(statement, way, by, now)


def _text(statement: Statement, said: Content, by: Actor, now: datetime) -> Message | Refusal:
    """Ask for the text and keep its link; return why not where it is refused after all."""
    token = new_token(texting.TOKEN_BYTES)
    link = texting.address(settings.PUBLIC_URL, token)
    draft = Draft(
        body=texting.body(said, link=link),
        purpose="statement",
        automatic=True,
        cause=f"statement:{statement.pk}",
        money=True,
    )
    try:
        message = conversations.send(tenant=statement.tenant, draft=draft, by=by, now=now).message
    except Refused as refused:
        if refused.code in _PASSING:
            raise
        return Refusal(refused.code, refused.sentence)
    period = tenants.current_period(statement.tenant_id)
    assert period is not None, "the gate cleared it for the current number"  # noqa: S101
    Link.objects.create(
        statement=statement,
        period=period,
        digest=digest(token),
        issued_at=now,
        expires_at=now + rules.LINK_WORKS,
    )
    return message


def _delivered(
    statement: Statement,
    way: Way,
    by: Actor,
    now: datetime,
    *,
    message: Message | None = None,
    email: Email | None = None,
) -> Delivery:
    why = way.why
    return Delivery.objects.create(
        statement=statement,
        method=way.method,
        why_code=why.code if why else "",
        why=why.sentence[:300] if why else "",
        message=message,
        email=email,
        at=now,
        by_name=by.name,
    )


def digest(token: str) -> str:
    """Return what is kept of a link's token."""
    return hashlib.sha256(token.encode()).hexdigest()


def _tell(act: str, statement: Statement, by: Actor, now: datetime, **detail: str) -> None:
    audit.record(
        act=act,
        by=by,
        now=now,
        facility_id=statement.facility_id,
        subject=f"tenant:{statement.tenant_id}",
        statement=str(statement.pk),
        **detail,
    )
    feed.tell(facility_id=statement.facility_id, topic="tenant", ref=statement.tenant_id, now=now)
