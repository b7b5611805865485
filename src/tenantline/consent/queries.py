"""Reading consent. Screens and the API use these; the gate folds the ledger by itself."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Case, CharField, Count, F, Q, QuerySet, Value, When

from tenantline.consent import ledger, rules
from tenantline.consent.models import LedgerEvent, OptInForm, Standing, Status
from tenantline.consent.services import SERVICES
from tenantline.facilities.scope import Scope
from tenantline.tenants import queries as tenants
from tenantline.tenants.models import Tenant


@dataclass(frozen=True)
class Consent:
    """A tenant's consent as screens and the API show it.

    ``services`` maps chat, statements and notices to whether each is active. ``waiting`` are
    those that START would make active, if it comes before ``waits_until``. ``shared_with`` are ids
    in the asker's scope. ``held``: automatic texts wait, for a person or, where the consent fell
    ``silent``, for START; ``parked``: all texts wait until somebody has said whose phone it is.
    """

    status: str
    held: bool
    number: str
    services: dict[str, bool]
    since: datetime | None
    waiting: tuple[str, ...] = ()
    form: OptInForm | None = None
    shared_with: tuple[int, ...] = ()
    shared_elsewhere: int = 0
    ends: dict[str, datetime] = field(default_factory=dict)
    waits_until: datetime | None = None
    parked: bool = False
    silent: bool = False

    @property
    def label(self) -> str:
        """Return the status in words."""
        return Status(self.status).label


def of(*, tenant: Tenant, scope: Scope, now: datetime) -> Consent:
    """Return a tenant's consent at ``now``, folded from the ledger."""
    period = tenants.current_period(tenant.pk)
    form = OptInForm.objects.select_related("wording").filter(tenant=tenant).order_by("-id").first()
    if period is None:
        status = "number_changed" if ledger.ever_closed(tenant.pk) else "none"
        return Consent(status, False, "", dict.fromkeys(SERVICES, False), None, form=form)
    standing = rules.fold([*ledger.facts_of(period), *ending_of(tenant, now)])
    status, since = status_of(standing, ledger.number_was_closed(period), now)
    others = [p.tenant for p in tenants.holders(period.number) if p.tenant_id != tenant.pk]
    waiting = tuple(sorted(_waiting(standing, now)))
    inside = tuple(other.pk for other in others if scope.covers(other.facility_id))
    return Consent(
        status=status,
        held=standing.waits,
        number=period.number,
        services={s: standing.covers(s, now) for s in SERVICES},
        since=since,
        waiting=waiting,
        form=form,
        shared_with=inside,
        shared_elsewhere=len(others) - len(inside),
        ends={"chat": standing.chat_ends_at} if standing.chat_ends_at else {},
        waits_until=rules.waits_until(standing.waiting_since)
        if waiting and standing.waiting_since
        else None,
        parked=standing.parked,
        silent=standing.silent,
    )


def status_of(
    standing: rules.Standing, number_was_closed: bool, now: datetime
) -> tuple[str, datetime | None]:
    """Return the status shown at ``now`` and since when."""
    if standing.since is None:
        return ("number_changed" if number_was_closed else "none"), None
    return rules.status_at(standing, now), rules.since_at(standing, now)


def ending_of(tenant: Tenant, now: datetime) -> list[rules.Fact]:
    """R15: return the end of a tenancy that is over as a fact, whether it was noted or not."""
    tenancy = tenants.tenancy(tenant.pk, now)
    if tenancy.renting or tenancy.ended_at is None:
        return []
    until = tenancy.ended_at + timedelta(days=tenant.facility.chat_days_after_move_out)
    return [rules.Fact(ref=0, kind="tenancy_ended", at=now, until=until)]


def _waiting(standing: rules.Standing, now: datetime) -> Iterable[str]:
    submitted = standing.waiting_since
    if submitted is not None and now < rules.waits_until(submitted):
        return standing.waiting
    return ()


def with_status(rows: QuerySet[Tenant], now: datetime) -> QuerySet[Tenant]:
    """Annotate tenants with ``consent_status`` and ``consent_held`` from the kept fold."""
    lapsed = Q(standing__lapses_at__lte=now)
    return rows.annotate(
        consent_status=Case(
            When(
                Q(standing__isnull=True) | Q(standing__then_lapses_at__lte=now) & lapsed,
                then=Value("none"),
            ),
            When(lapsed, then=F("standing__then")),
            default=F("standing__status"),
            output_field=CharField(),
        ),
        consent_held=F("standing__held"),
    )


def counts(scope: Scope, now: datetime) -> dict[str, int]:
    """Return how many tenants in scope stand in each status."""
    rows = with_status(scope.narrow(Tenant.objects.all()), now).order_by()
    found = dict(rows.values_list("consent_status").annotate(n=Count("pk")))  # type: ignore[misc]
    return {status: found.get(status, 0) for status in Status.values}


def history(tenant_id: int) -> list[LedgerEvent]:
    """Return the ledger events that concern a tenant, newest first."""
    return ledger.events_of(tenant_id)[::-1]


def standing_row(tenant_id: int) -> Standing | None:
    """Return the kept fold of a tenant, None before the first event."""
    return Standing.objects.filter(pk=tenant_id).first()


def latest_form(tenant_id: int) -> OptInForm | None:
    """Return the tenant's newest form, None where none was issued."""
    return OptInForm.objects.filter(tenant_id=tenant_id).order_by("-id").first()


def form_dict(form: OptInForm | None) -> dict[str, Any] | None:
    """Return a form as the API shows it: version, language and times."""
    if form is None:
        return None
    return {
        "version": form.wording.version,
        "language": form.wording.language,
        "issued_at": form.issued_at,
        "expires_at": form.expires_at,
        "submitted_at": form.submitted_at,
        "dead_because": form.dead_because or None,
    }
