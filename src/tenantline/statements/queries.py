"""Reading statements: what was issued to whom, how it went out, whether it was opened."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from functools import cached_property

from django.conf import settings
from django.db.models import Prefetch, QuerySet

from tenantline.billing import queries as billing
from tenantline.facilities.scope import Scope
from tenantline.kernel.errors import NotFound
from tenantline.kernel.segments import Measure
from tenantline.outbox import queries as outbox
from tenantline.statements import content, emailing, gathering, rules, texting
from tenantline.statements.content import Content
from tenantline.statements.gathering import Account
from tenantline.statements.models import Delivery, Link, Statement
from tenantline.tenants.delivery import Method, Refusal, Way
from tenantline.tenants.models import Tenant

_CANNOT_ASK = Refusal(
    "cannot_ask",
    "The page asks for surname and unit, and this tenant has no unit or no name in letters.",
)


@dataclass(frozen=True, slots=True)
class Preview:
    """What would be issued to a tenant: the statement, by which method and why, and what it costs.

    ``known`` is the statement that was issued for the period before, if any; ``text`` the words of
    the text (its link stands for the one to come) and ``measure`` its segments, where one goes.
    """

    said: Content
    way: Way
    known: Statement | None
    text: str = ""
    measure: Measure | None = None

    @property
    def is_unchanged(self) -> bool:
        """Tell whether a new statement would say what the one issued last says."""
        return self.known is not None and same(content.from_json(self.known.content), self.said)


def preview(*, tenant: Tenant, period: str, chosen: Method | None, now: datetime) -> Preview:
    """Return what ``issuing.issue`` would do for a tenant (facility loaded); changes nothing.

    Raises:
        BadInput: the period is no month, or has not begun.
    """
    content.checked_period(period, today=billing.today(tenant.facility, now))
    [account] = gathering.accounts([tenant], period=period, now=now)
    known = latest(tenant.pk, period)
    number = known.number + 1 if known else 1
    said = gathering.made(account, period=period, number=number, now=now)
    way = decided(account, chosen=chosen, no_sms=no_sms(tenant, account.units, now))
    if way.method != "sms":
        return Preview(said, way, known)
    text = texting.body(said, link=texting.address(settings.PUBLIC_URL, "…"))
    cost = texting.cost(said, public_url=settings.PUBLIC_URL)
    return Preview(said, way, known, text, cost)


def decided(account: Account, *, chosen: Method | None, no_sms: Refusal | None) -> Way:
    """Return by which method an account's statement goes."""
    tenant = account.tenant
    of_tenant: Method = "email" if tenant.delivery_method != "print" else "print"
    return rules.decide(
        rules.Case(
            chosen=chosen,
            of_tenant=of_tenant,
            by_sms=tenant.statements_by_sms,
            no_sms=no_sms,
            no_email=emailing.obstacle(tenant),
        )
    )


def no_sms(tenant: Tenant, units: tuple[str, ...], now: datetime) -> Refusal | None:
    """Return why no text can carry a tenant's statement now, None where one can (R1)."""
    refused = outbox.refusals(asked=[tenant], purpose="statement", now=now).get(tenant.pk)
    if refused is not None:
        return Refusal(refused.code, refused.sentence)
    return cannot_ask(tenant, units)


def cannot_ask(tenant: Tenant, units: tuple[str, ...]) -> Refusal | None:
    """Return why the page could ask a tenant nothing, None where it can."""
    return None if rules.can_be_asked(tenant.name, units) else _CANNOT_ASK


def switch_reason(*, tenant: Tenant, now: datetime) -> str:
    """Return why *Statements by SMS* does nothing just now, empty where it works (R1)."""
    refused = outbox.refusals(asked=[tenant], purpose="statement", now=now).get(tenant.pk)
    return refused.sentence if refused is not None else ""


def latest(tenant_id: int, period: str) -> Statement | None:
    """Return the tenant's newest statement for a period, None where none was issued."""
    rows = Statement.objects.filter(tenant_id=tenant_id, period=period)
    return rows.order_by("-number").first()


def get(*, scope: Scope, statement_id: int) -> Statement:
    """Return a statement in scope with tenant and facility, or raise ``NotFound``."""
    rows = scope.narrow(Statement.objects.select_related("tenant__facility", "facility"))
    found = rows.filter(pk=statement_id).first()
    if found is None:
        raise NotFound("There is no such statement.")
    return found


def content_of(statement: Statement) -> Content:
    """Return a statement as it was issued."""
    return content.from_json(statement.content)


def same(one: Content, other: Content) -> bool:
    """Tell whether two statements for a period say the same of the account."""
    return (one.opening_cents, one.lines, one.closing_cents) == (
        other.opening_cents,
        other.lines,
        other.closing_cents,
    )


@dataclass(frozen=True)
class Issued:
    """A statement as lists show it: how it last went out, and its link."""

    statement: Statement
    deliveries: list[Delivery]
    link: Link | None
    now: datetime

    @property
    def delivery(self) -> Delivery | None:
        """Return how it went out last."""
        return self.deliveries[-1] if self.deliveries else None

    @property
    def goes_by_print(self) -> bool:
        """Tell whether it went out on paper last, or waits for the printer."""
        return self.delivery is not None and self.delivery.method == "print"

    @property
    def opened_at(self) -> datetime | None:
        """Return when somebody first answered rightly, None where nobody did."""
        links = self.statement.links.all()
        times = [link.opened_at for link in links if link.opened_at is not None]
        return min(times) if times else None

    @cached_property
    def link_state(self) -> str:
        """Return how its link stands: none, works, locked, expired or dead."""
        if self.link is None:
            return "none"
        if self.link.locked_at is not None:
            return "locked"
        if self.link.period.ended_at is not None:
            return "number_changed"
        return "expired" if self.now >= self.link.expires_at else "works"


def of_tenant(tenant: Tenant, *, now: datetime) -> list[Issued]:
    """Return a tenant's statements, newest period first, corrections above what they correct."""
    return [_issued(row, now) for row in _loaded().filter(tenant=tenant)]


def one_of_tenant(statement: Statement, *, now: datetime) -> Issued:
    """Return a statement as lists show it."""
    return _issued(_loaded().get(pk=statement.pk), now)


def _loaded() -> QuerySet[Statement]:
    deliveries = Delivery.objects.select_related("message__text", "email").order_by("id")
    links = Link.objects.select_related("period").order_by("id")
    return (
        Statement.objects.select_related("tenant__facility", "facility")
        .prefetch_related(
            Prefetch("deliveries", queryset=deliveries), Prefetch("links", queryset=links)
        )
        .order_by("-period", "-number")
    )


def _issued(row: Statement, now: datetime) -> Issued:
    living = [link for link in row.links.all() if link.dead_at is None]
    return Issued(row, list(row.deliveries.all()), living[-1] if living else None, now)
