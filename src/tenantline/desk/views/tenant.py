"""One tenant: the header that every tab shares, and the tabs."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET, require_http_methods

from tenantline.billing import autopay as drafts
from tenantline.consent import history, people, unclear
from tenantline.consent import queries as consent
from tenantline.consent.people import Wanted
from tenantline.consent.tenancies import ending_of
from tenantline.conversations import queries as conversations
from tenantline.desk import asking, ending_autopay, problems
from tenantline.desk.access import DeskRequest, demand, staff_page
from tenantline.desk.choices import AUTOPAY, COMMON_ZONES, DELIVERY, LANGUAGES
from tenantline.desk.forms import Form, typed
from tenantline.evidence import queries as evidence
from tenantline.kernel import phone
from tenantline.kernel.errors import BadInput, Conflict
from tenantline.outbox import waiting
from tenantline.statements import queries as statements
from tenantline.tenants import queries as tenants
from tenantline.tenants.queries import Sharing

if TYPE_CHECKING:
    from tenantline.tenants.models import Tenant

_PER_PAGE = 50
_DETAILS = (
    "name",
    "email",
    "home_phone",
    "street",
    "city",
    "state",
    "postal_code",
    "timezone",
    "external_id",
    "language",
    "delivery_method",
    "autopay_method",
    "notes",
)
_SWITCHES = ("statements_by_sms", "legal_email")


def header(request: DeskRequest, tenant_id: int, tab: str) -> dict[str, Any]:
    """Return what the header of a tenant's page shows; ``NotFound`` out of scope (R10)."""
    desk = request.desk
    tenant = tenants.get(scope=desk.scope, tenant_id=tenant_id)
    standing = consent.of(tenant=tenant, scope=desk.scope, now=desk.now)
    return {
        "tenant": tenant,
        "zone": tenant.facility.timezone,
        "units": tenants.units(tenant.pk, desk.now),
        "consent": standing,
        "sharing": _sharing(request, tenant, standing.number),
        "tab": tab,
    }


def _sharing(request: DeskRequest, tenant: Tenant, number: str) -> Sharing:
    """R12: return who else is on the tenant's phone."""
    found = tenants.sharing(numbers=[number], scope=request.desk.scope)
    return found.get(number, Sharing()).without(tenant.pk)


@require_http_methods(["GET", "POST"])
@staff_page
def info(request: DeskRequest, tenant_id: int) -> HttpResponse:
    """Show and change contact data; show opt-in status, units and open questions."""
    context = header(request, tenant_id, "info")
    tenant = context["tenant"]
    form = _details_of(tenant)
    if request.method == "POST":
        demand(request, "edit_tenants")
        if ending_autopay.must_ask(request.POST, tenant):
            return ending_autopay.ask(request, context)
        try:
            _change(request, tenant)
        except (BadInput, Conflict) as error:
            form = typed(request.POST, error)
        else:
            problems.say(request, _saved(request, tenant))
            return problems.see_other("desk:tenant", tenant.pk)
    context |= {"form": form, "languages": LANGUAGES, "delivery": DELIVERY, "autopay": AUTOPAY}
    context["zones"] = COMMON_ZONES
    context |= _opt_in(request, tenant, context["consent"])
    context["pending"] = drafts.pending(tenant.pk)
    context["no_statements"] = statements.switch_reason(tenant=tenant, now=request.desk.now)
    return render(request, "desk/tenant_info.html", context, status=400 if form.error else 200)


def _details_of(tenant: Tenant) -> Form:
    values: dict[str, str | list[str]] = {
        name: str(getattr(tenant, name) or "") for name in _DETAILS
    }
    values["autopay_day"] = str(tenant.autopay_day or "")
    for name in _SWITCHES:
        values[name] = ["on"] if getattr(tenant, name) else []
    return Form(values)


def _change(request: DeskRequest, tenant: Tenant) -> None:
    details: dict[str, Any] = {
        name: request.POST[name] for name in _DETAILS if name in request.POST
    }
    details |= {name: name in request.POST for name in _SWITCHES}
    if "autopay_day" in request.POST:
        details["autopay_day"] = ending_autopay.day_said(request.POST)
    cancels = request.POST.get(ending_autopay.ANSWER) == ending_autopay.CANCEL
    wanted = Wanted(details=details, cancel_pending_draft=cancels)
    people.change(tenant=tenant, wanted=wanted, by=request.desk.actor, now=request.desk.now)


def _saved(request: DeskRequest, tenant: Tenant) -> str:
    """Say that it was saved, and whether a confirmed zone went with the old address."""
    now = tenants.get(scope=request.desk.scope, tenant_id=tenant.pk)
    if now.timezone or not request.POST.get("timezone", "").strip():
        return "The contact data was saved."
    return (
        "The contact data was saved. The time zone had been confirmed for the old address; "
        "fill it in again if it still holds."
    )


def _opt_in(request: DeskRequest, tenant: Tenant, standing: consent.Consent) -> dict[str, Any]:
    desk = request.desk
    states = [
        state
        if state.state != "active" or standing.services[state.service]
        else replace(state, state="none", since=None)
        for state in history.services(tenant=tenant, now=desk.now)
    ]
    return {
        "services": states,
        "ending": ending_of(tenant=tenant, now=desk.now),
        "rentals": tenants.rentals(tenant.pk),
        "asked": unclear.question(tenant=tenant) if standing.held else None,
        "questions": asking.about(desk, tenant.pk),
        "textable": not standing.number or phone.textable(phone.Number(standing.number)),
    }


@require_GET
@staff_page
def messages(request: DeskRequest, tenant_id: int) -> HttpResponse:
    """Show the tenant's texts, newest first."""
    context = header(request, tenant_id, "messages")
    paginator = Paginator(conversations.for_tenant(tenant=context["tenant"]), _PER_PAGE)
    shown = paginator.get_page(request.GET.get("page"))
    texts = [message.text for message in shown if message.text is not None]
    context |= {"shown": shown, "waits": waiting.of(texts, now=request.desk.now)}
    part = "#texts" if request.htmx else ""
    return render(request, f"desk/tenant_messages.html{part}", context)


@require_GET
@staff_page
def consent_history(request: DeskRequest, tenant_id: int) -> HttpResponse:
    """Show every event of the consent ledger that concerns the tenant's numbers."""
    context = header(request, tenant_id, "consent")
    context["entries"] = history.entries(tenant=context["tenant"], scope=request.desk.scope)
    context["held_numbers"] = evidence.numbers_of(tenant_id=tenant_id)
    return render(request, "desk/tenant_consent.html", context)


@require_GET
@staff_page
def words(request: DeskRequest, tenant_id: int, event_id: int) -> HttpResponse:
    """Show in full the words that a submitted form had shown."""
    context = header(request, tenant_id, "consent")
    context["words"] = history.words_shown(tenant=context["tenant"], event_id=event_id)
    return render(request, "desk/tenant_words.html", context)
