"""The *Account* tab of a tenant: entries, and what is done to them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_http_methods

from tenantline.automations import queries as automations
from tenantline.billing import actions, autopay, queries, returned, returns
from tenantline.billing.actions import NewEntry
from tenantline.billing.reasons import REASONS
from tenantline.desk import figures, problems, sheets
from tenantline.desk.access import DeskRequest, demand, staff_page
from tenantline.desk.forms import Form, typed
from tenantline.desk.views import tenant_statements
from tenantline.desk.views.tenant import header
from tenantline.kernel.crypto import new_token
from tenantline.kernel.errors import BadInput, NotFound, TenantlineError
from tenantline.kernel.money import format_cents

if TYPE_CHECKING:
    from tenantline.billing.models import Entry
    from tenantline.tenants.models import Tenant

_PER_PAGE = 50
_KINDS = [("payment", "Payment"), ("charge", "Charge"), ("credit", "Credit")]
_REASONS = [("", "Choose…")] + [
    (one.code, f"{one.code}: {one.words[:1].upper()}{one.words[1:]}") for one in REASONS.values()
]


@require_http_methods(["GET", "POST"])
@staff_page
def page(request: DeskRequest, tenant_id: int) -> HttpResponse:
    """Show a tenant's account, and add a charge, a payment or a credit."""
    context = header(request, tenant_id, "account")
    tenant = context["tenant"]
    today = queries.today(tenant.facility, request.desk.now)
    form = Form({"kind": "payment", "date": today.isoformat()})
    if request.method == "POST":
        demand(request, "edit_tenants")
        try:
            entry = _added(request, tenant)
        except TenantlineError as error:
            form = typed(request.POST, error)
        else:
            kind, amount = entry.get_kind_display().lower(), format_cents(entry.amount_cents)
            problems.say(request, f"The {kind} of {amount} was recorded.")
            return problems.see_other("desk:account", tenant.pk)
    context |= _account(request, tenant) | {
        "form": form,
        "key": request.POST.get("key", "")[:64] or new_token(12),
        "kinds": _KINDS,
        "today": today,
    }
    context |= tenant_statements.listed(request, tenant)
    status = 400 if form.error else 200
    return render(request, "desk/tenant_account.html", context, status=status)


def _added(request: DeskRequest, tenant: Tenant) -> Entry:
    said = request.POST
    new = NewEntry(
        kind=said.get("kind", "") if said.get("kind") != "reversal" else "",
        amount_cents=figures.cents(said.get("amount", ""), field="amount"),
        day=figures.day(said.get("date", ""), field="date"),
        due_on=_due(request),
        memo=said.get("memo", ""),
    )
    desk = request.desk
    try:
        return actions.record(
            tenant=tenant,
            new=new,
            by=desk.actor,
            now=desk.now,
            request_key=f"desk:{desk.member.pk}\x1f{said['key'][:64]}" if said.get("key") else "",
        ).entry
    except BadInput as error:
        if error.field == "amount_cents":
            raise BadInput("The amount must be above zero.", field="amount") from error
        raise


def _due(request: DeskRequest) -> Any:
    if request.POST.get("kind") != "charge":
        return None
    return figures.day(request.POST.get("due_date", ""), field="due_date")


def _account(request: DeskRequest, tenant: Tenant) -> dict[str, Any]:
    paginator = Paginator(queries.of_tenant(tenant), _PER_PAGE)
    shown = paginator.get_page(request.GET.get("page"))
    entries = list(shown.object_list)
    balance = queries.before(entries[-1]) if entries else 0
    rows = []
    for entry in reversed(entries):
        balance += entry.effect_cents
        rows.append({"entry": entry, "balance": balance, "undone": _undone(entry)})
    back = [one for one in returned.of_tenant(tenant) if one.payment_id]
    today = queries.today(tenant.facility, request.desk.now)
    failed = automations.failed_corrections([one.pk for one in back])
    return {
        "shown": shown,
        "rows": rows[::-1],
        "oldest_due": queries.oldest_due(tenant.pk),
        "pending": autopay.pending(tenant.pk),
        "came_back": [
            {
                "back": one,
                "words": returned.words(one),
                "no_retry": no_retry,
                "not_corrected": failed.get(one.pk, ""),
            }
            for one in back
            for no_retry in [returned.why_no_retry(one, today=today)]
        ],
    }


def _undone(entry: Entry) -> bool:
    return getattr(entry, "reversal", None) is not None


def _entry(request: DeskRequest, tenant_id: int, entry_id: int) -> Entry:
    entry = queries.entry(scope=request.desk.scope, entry_id=entry_id)
    if entry.tenant_id != tenant_id:
        raise NotFound("There is no such entry.")
    return entry


@require_http_methods(["GET", "POST"])
@staff_page
def reverse(request: DeskRequest, tenant_id: int, entry_id: int) -> HttpResponse:
    """Say what undoing an entry does, then undo it."""
    demand(request, "edit_tenants")
    context = header(request, tenant_id, "account")
    entry = _entry(request, tenant_id, entry_id)
    actions.refuse_undoing(entry)
    if request.method == "POST":
        desk = request.desk
        memo = request.POST.get("memo", "")
        actions.reverse(entry=entry, memo=memo, by=desk.actor, now=desk.now)
        problems.say(request, f"The {entry.get_kind_display().lower()} was reversed.")
        return sheets.done(request, "desk:account", tenant_id)
    after = context["tenant"].balance_cents - entry.effect_cents
    return sheets.show(request, "entry_reverse", context | {"entry": entry, "after": after})


@require_http_methods(["GET", "POST"])
@staff_page
def came_back(request: DeskRequest, tenant_id: int, entry_id: int) -> HttpResponse:
    """Ask why a payment came back, say what follows, then do it."""
    demand(request, "edit_tenants")
    context = header(request, tenant_id, "account")
    entry = _entry(request, tenant_id, entry_id)
    code = (request.POST if request.method == "POST" else request.GET).get("reason", "")
    context |= {"entry": entry, "reasons": _REASONS, "form": Form({"reason": code})}
    if code:
        context["follows"] = returns.follows(payment=entry, code=code)
        context["after"] = (
            context["tenant"].balance_cents + entry.amount_cents + context["follows"].fee_cents
        )
    if request.method == "POST":
        returns.record(payment=entry, code=code, by=request.desk.actor, now=request.desk.now)
        problems.say(request, "The payment was reversed.")
        return sheets.done(request, "desk:account", tenant_id)
    return sheets.show(request, "entry_returned", context)


@require_http_methods(["GET", "POST"])
@staff_page
def retry(request: DeskRequest, tenant_id: int, returned_id: int) -> HttpResponse:
    """Plan to draw a returned payment again, where the rules allow it."""
    demand(request, "edit_tenants")
    context = header(request, tenant_id, "account")
    row = returned.get(scope=request.desk.scope, returned_id=returned_id)
    if row.tenant_id != tenant_id:
        raise NotFound("There is no such returned payment.")
    form = Form({})
    if request.method == "POST":
        try:
            wanted = figures.day(request.POST.get("date", ""), field="date")
            if wanted is None:
                raise BadInput("Say on which day it is drawn again.", field="date")
            desk = request.desk
            returns.retry(returned=row, draws_on=wanted, by=desk.actor, now=desk.now)
        except TenantlineError as error:
            form = typed(request.POST, error)
        else:
            problems.say(request, "The draft is pending.")
            return sheets.done(request, "desk:account", tenant_id)
    return sheets.show(request, "draft_retry", context | {"returned": row, "form": form})
