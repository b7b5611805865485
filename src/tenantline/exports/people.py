"""Tenants, and how their consent stands, as files. Rows are those of the desk's list."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any, Final

from django.db.models import OuterRef, Prefetch, QuerySet, Subquery

from tenantline.consent.models import OptInForm, Standing, Status
from tenantline.consent.services import SERVICES
from tenantline.exports.sheet import moment, money, written, yes
from tenantline.exports.slices import by_id
from tenantline.kernel import phone
from tenantline.tenants import queries as tenants_queries
from tenantline.tenants.models import NumberPeriod, Tenant

_TENANTS: Final = (
    *("id", "external id", "facility", "name", "units", "e-mail", "mobile", "home phone"),
    *("language", "delivery method", "statements by SMS", "AutoPay method", "balance"),
    *("paid through", "opt-in status", "automatic texts held", "added", "moved out"),
)
_CONSENT: Final = (
    *("id", "external id", "facility", "name", "mobile", "opt-in status", "since"),
    *SERVICES,
    *("automatic texts held", "last form issued", "last form submitted"),
)


def tenants(*, rows: QuerySet[Tenant], now: datetime) -> Iterator[bytes]:
    """Return a file of tenants as ``consent.queries.with_status`` annotates them."""
    slices = by_id(rows)
    return written(_TENANTS, ([_tenant(row, now) for row in found] for found in slices))


def consent(*, rows: QuerySet[Tenant]) -> Iterator[bytes]:
    """Return a file that says of each tenant how consent stands; rows as for ``tenants``."""
    current = NumberPeriod.objects.filter(ended_at=None)
    number = Prefetch("periods", queryset=current, to_attr="current_periods")
    rows = rows.select_related("facility", "standing").prefetch_related(None)
    slices = by_id(_with_forms(rows.prefetch_related(number)))  # rentals are not asked for
    return written(_CONSENT, ([_consent(row) for row in found] for found in slices))


def _tenant(row: Any, now: datetime) -> list[str]:
    zone = row.facility.timezone
    return [
        *_who(row),
        ", ".join(tenants_queries.unit_names(row.all_rentals, now)),
        row.email,
        _mobile(row),
        row.home_phone,
        row.get_language_display(),
        row.get_delivery_method_display(),
        yes(row.statements_by_sms),
        row.autopay_method,
        money(row.balance_cents),
        row.paid_through.isoformat() if row.paid_through else "",
        Status(row.consent_status).label,
        yes(bool(row.consent_held)),
        moment(row.created_at, zone),
        moment(_moved_out_at(row), zone),
    ]


def _consent(row: Any) -> list[str]:
    standing: Standing | None = getattr(row, "standing", None)
    zone = row.facility.timezone
    # What has lapsed since it was kept is not granted, and has no beginning.
    current = standing if row.consent_status != Status.NONE else None
    granted = current if row.consent_status == Status.OPTED_IN else None
    return [
        *_who(row),
        _mobile(row),
        Status(row.consent_status).label,
        moment(current.since if current else None, zone),
        *(yes(granted is not None and getattr(granted, service)) for service in SERVICES),
        yes(bool(row.consent_held)),
        moment(row.form_issued_at, zone),
        moment(row.form_submitted_at, zone),
    ]


def _who(row: Tenant) -> list[str]:
    return [str(row.pk), row.external_id or "", row.facility.code, row.name]


def _mobile(row: Any) -> str:
    periods = row.current_periods
    return phone.national(phone.Number(periods[0].number)) if periods else ""


def _moved_out_at(row: Any) -> datetime | None:
    ends = [rental.ended_at for rental in row.all_rentals]
    return max(ends) if ends and None not in ends else None


def _with_forms(rows: QuerySet[Tenant]) -> QuerySet[Tenant]:
    last = OptInForm.objects.filter(tenant=OuterRef("pk")).order_by("-pk")
    return rows.annotate(
        form_issued_at=Subquery(last.values("issued_at")[:1]),
        form_submitted_at=Subquery(last.values("submitted_at")[:1]),
    )
