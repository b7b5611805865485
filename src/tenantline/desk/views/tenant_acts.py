"""What staff do to a tenant. Each act says what will happen before the button with its verb."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_http_methods, require_POST

from tenantline.consent import actions as consent
from tenantline.consent import forms
from tenantline.desk import problems
from tenantline.desk.access import DeskRequest, demand, staff_page
from tenantline.desk.choices import MEDIA
from tenantline.desk.forms import Form, typed
from tenantline.desk.views.tenant import header
from tenantline.kernel import phone
from tenantline.kernel.errors import BadInput, Forbidden
from tenantline.tenants import queries as tenants


@require_http_methods(["GET", "POST"])
@staff_page
def opt_in(request: DeskRequest, tenant_id: int) -> HttpResponse:
    """Ask before the opt-in form is e-mailed; *Issue* sends it."""
    demand(request, "text")
    context = header(request, tenant_id, "info")
    if request.method == "POST":
        form = forms.issue(tenant=context["tenant"], by=request.desk.actor, now=request.desk.now)
        problems.say(request, f"The opt-in form is on its way to {form.email}.")
        return problems.see_other("desk:tenant", tenant_id)
    context["obstacle"] = forms.obstacle(context["tenant"], request.desk.now)
    return _sheet(request, "opt_in", context)


@require_http_methods(["GET", "POST"])
@staff_page
def number(request: DeskRequest, tenant_id: int) -> HttpResponse:
    """R4: say what a new mobile number will end, then change it. An empty field removes it."""
    demand(request, "edit_tenants")
    context = header(request, tenant_id, "info")
    old = context["consent"].number
    form = Form({"mobile": phone.national(old)})
    if request.method == "POST":
        try:
            asked = request.POST.get("mobile", "").strip()
            new = phone.parse(asked) if asked else None
            consent.change_number(
                tenant=context["tenant"], number=new, by=request.desk.actor, now=request.desk.now
            )
        except BadInput as error:
            form = typed(request.POST, error)
        else:
            problems.say(request, _about_number(new, old))
            return problems.see_other("desk:tenant", tenant_id)
    return _sheet(request, "number", context | {"form": form})


def _about_number(new: phone.Number | None, old: str) -> str:
    if new == old:
        return "That is the number on file already; nothing was changed."
    if new is None:
        return "The mobile number was removed."
    return f"The mobile number is now {phone.national(new)}; it needs an opt-in of its own."


@require_http_methods(["GET", "POST"])
@staff_page
def revocation(request: DeskRequest, tenant_id: int) -> HttpResponse:
    """R3: record that the tenant withdrew consent in another way than by text."""
    demand(request, "text")
    context = header(request, tenant_id, "info")
    form = Form({"medium": "phone"})
    if request.method == "POST":
        try:
            consent.record_revocation(
                tenant=context["tenant"],
                medium=request.POST.get("medium", ""),
                note=request.POST.get("note", "").strip(),
                by=request.desk.actor,
                now=request.desk.now,
            )
        except BadInput as error:
            form = typed(request.POST, error)
        else:
            problems.say(request, "The revocation was recorded; no text goes to this number.")
            return problems.see_other("desk:tenant", tenant_id)
    return _sheet(request, "revocation", context | {"form": form, "media": MEDIA})


@require_POST
@staff_page
def end_hold(request: DeskRequest, tenant_id: int) -> HttpResponse:
    """R3: a person has looked; automatic texts to the number go on."""
    demand(request, "text")
    tenant = tenants.get(scope=request.desk.scope, tenant_id=tenant_id)
    consent.end_hold(tenant=tenant, by=request.desk.actor, now=request.desk.now)
    problems.say(request, "Automatic texts to this number go on.")
    return problems.see_other("desk:tenant", tenant_id)


@require_POST
@staff_page
def answer(request: DeskRequest, tenant_id: int, question_id: int) -> HttpResponse:
    """R15: is a number that two tenants name one shared phone, or was it passed on?"""
    demand(request, "edit_tenants")
    scope = request.desk.scope
    tenants.get(scope=scope, tenant_id=tenant_id)
    question = tenants.question(scope=scope, question_id=question_id)
    said = request.POST.get("answer", "")
    if said == "passed_on" and not scope.covers(question.other.facility_id):
        raise Forbidden("The other tenant is not at your facility; ask someone who works at both.")
    consent.answer_number_question(
        question=question, answer=said, by=request.desk.actor, now=request.desk.now
    )
    problems.say(request, "Thank you; the answer was recorded.")
    return problems.see_other("desk:tenant", tenant_id)


@require_POST
@staff_page
def move_in(request: DeskRequest, tenant_id: int) -> HttpResponse:
    """Begin a rental of a unit."""
    demand(request, "edit_tenants")
    tenant = tenants.get(scope=request.desk.scope, tenant_id=tenant_id)
    rental = consent.move_in(
        tenant=tenant,
        unit=request.POST.get("unit", ""),
        by=request.desk.actor,
        now=request.desk.now,
    )
    problems.say(request, f"Unit {rental.unit} is now rented by {tenant.name}.")
    return problems.see_other("desk:tenant", tenant_id)


@require_http_methods(["GET", "POST"])
@staff_page
def move_out(request: DeskRequest, tenant_id: int) -> HttpResponse:
    """R15: say what moving out ends, then end the rental of a unit (or the tenancy)."""
    demand(request, "edit_tenants")
    context = header(request, tenant_id, "info")
    unit = (request.POST if request.method == "POST" else request.GET).get("unit", "")
    if unit and unit not in context["units"]:
        raise BadInput("The tenant does not rent this unit.", field="unit")
    if request.method == "POST":
        desk = request.desk
        consent.move_out(
            tenant=context["tenant"], at=desk.now, by=desk.actor, now=desk.now, unit=unit
        )
        problems.say(request, f"{context['tenant'].name} has moved out{unit and f' of {unit}'}.")
        return problems.see_other("desk:tenant", tenant_id)
    chat_days = context["tenant"].facility.chat_days_after_move_out
    context |= {
        "unit": unit,
        "last": not unit or context["units"] == [unit],
        "chat_ends": request.desk.now + timedelta(days=chat_days),
    }
    return _sheet(request, "move_out", context)


def _sheet(request: DeskRequest, name: str, context: dict[str, Any]) -> HttpResponse:
    """Show a question in the dialog where htmx asked for it, else as a page of its own."""
    form = context.get("form")
    status = 400 if form is not None and form.error else 200
    if request.htmx:
        return render(request, f"desk/sheets/{name}.html", context, status=200)
    return render(
        request,
        "desk/sheet_page.html",
        context | {"sheet": f"desk/sheets/{name}.html"},
        status=status,
    )
