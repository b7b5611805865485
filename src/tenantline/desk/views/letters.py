"""Letters: the list, and one with its words and a live preview on a real tenant."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from tenantline.desk import problems
from tenantline.desk.access import DeskRequest, demand, staff_page
from tenantline.desk.choices import CATEGORIES, LEGAL_CLASSES, METHODS
from tenantline.desk.forms import Form, typed
from tenantline.desk.prints import LETTERS
from tenantline.kernel.errors import BadInput, Conflict
from tenantline.letters import actions, preview, queries
from tenantline.letters.composing import LANGUAGES, Bodies
from tenantline.letters.fields import FIELDS
from tenantline.letters.rules import Standing
from tenantline.printing import queries as printing
from tenantline.tenants import queries as tenants

if TYPE_CHECKING:
    from tenantline.facilities.models import Facility
    from tenantline.letters.models import Letter
    from tenantline.tenants.models import Tenant

_PLACES = ("sms", "subject", "email", "print")
_STANDING = ("name", "category", "legal_class", "method")


@require_GET
@staff_page
def page(request: DeskRequest) -> HttpResponse:
    """List the letters that may be issued in scope."""
    desk = request.desk
    facility_id = desk.facility.pk if desk.facility else None
    rows = list(queries.letters(scope=desk.scope, facility_id=facility_id))
    numbers = queries.current_numbers(rows)
    shown = [{"letter": row, "version": numbers[row.pk], **_names(row)} for row in rows]
    context = {"rows": shown, "to_print": printing.count_waiting(LETTERS.papers, scope=desk.view)}
    return render(request, "desk/letters.html", context)


def _names(row: Letter) -> dict[str, str]:
    method = dict(METHODS).get(row.method, "the tenant's own method")
    legal = dict(LEGAL_CLASSES)[row.legal_class]
    return {"category": dict(CATEGORIES)[row.category], "method": method, "legal": legal}


@require_http_methods(["GET", "POST"])
@staff_page
def add(request: DeskRequest) -> HttpResponse:
    """Write a new letter."""
    demand(request, "edit_letters")
    form = Form({"category": "past_due", "legal_class": "courtesy"})
    if request.method == "POST":
        try:
            made = _make(request)
        except (BadInput, Conflict) as error:
            form = typed(request.POST, error)
        else:
            problems.say(request, f"The letter {made.name} can be issued now.")
            return problems.see_other("desk:letter", made.pk)
    return _shown(request, form, None)


def _make(request: DeskRequest) -> Letter:
    desk = request.desk
    facility = _facility(request)
    queries.demand_may_change(scope=desk.scope, facility_id=facility.pk if facility else None)
    return actions.create(
        standing=_standing(request),
        bodies=_bodies(request),
        facility=facility,
        by=desk.actor,
        now=desk.now,
    )


def _facility(request: DeskRequest) -> Facility | None:
    """Return the facility that was chosen, None for all."""
    code = request.POST.get("facility", "")
    found = next((site for site in request.desk.facilities if site.code == code), None)
    if code and found is None:
        raise BadInput("Choose one of your facilities.", field="facility")
    return found


@require_http_methods(["GET", "POST"])
@staff_page
def one(request: DeskRequest, letter_id: int) -> HttpResponse:
    """Show and change a letter. Saved words are a new version; those before stay."""
    desk = request.desk
    letter = queries.letter(scope=desk.scope, letter_id=letter_id)
    form = _form_of(letter)
    if request.method == "POST":
        demand(request, "edit_letters")
        queries.demand_may_change(scope=desk.scope, facility_id=letter.facility_id)
        try:
            bodies = _bodies(request)
            actions.change(letter=letter, standing=_standing(request), by=desk.actor, now=desk.now)
            actions.revise(letter=letter, bodies=bodies, by=desk.actor, now=desk.now)
        except (BadInput, Conflict) as error:
            form = typed(request.POST, error)
        else:
            problems.say(request, f"The letter {letter.name} was saved.")
            return problems.see_other("desk:letter", letter.pk)
    return _shown(request, form, letter)


def _form_of(letter: Letter) -> Form:
    version = queries.current(letter)
    values: dict[str, str | list[str]] = {name: getattr(letter, name) for name in _STANDING}
    for language in LANGUAGES:
        own = queries.bodies(version, language)
        values |= {f"{language}_{place}": getattr(own, place) for place in _PLACES}
    return Form(values)


def _shown(request: DeskRequest, form: Form, letter: Letter | None) -> HttpResponse:
    desk = request.desk
    everywhere = desk.scope.facility_ids is None
    places = [("", "All facilities")] if everywhere else []
    context: dict[str, Any] = {
        "form": form,
        "letter": letter,
        "versions": queries.versions(letter) if letter else [],
        "categories": CATEGORIES,
        "classes": LEGAL_CLASSES,
        "methods": [("", "The tenant's own"), *METHODS],
        "places": [*places, *((site.code, site.name) for site in desk.facilities)],
        "fields": FIELDS.values(),
        "own_email": form.value_of("en_subject") or form.value_of("en_email"),
        "may_change": desk.may("edit_letters")
        and (letter is None or everywhere or letter.facility_id is not None),
    }
    return render(request, "desk/letter.html", context, status=400 if form.error else 200)


@require_POST
@staff_page
def look(request: DeskRequest) -> HttpResponse:
    """Show how the words being written would reach a real tenant; nothing is stored."""
    desk = request.desk
    tenant = _sample(request)
    context: dict[str, Any] = {"tenant": tenant, "methods": dict(METHODS)}
    if tenant is not None:
        try:
            context["preview"] = preview.of_draft(
                standing=_standing(request),
                bodies=_bodies(request),
                tenant=tenant,
                method=request.POST.get("method") or None,
                now=desk.now,
            )
        except BadInput as error:
            context["error"] = error.sentence
    return render(request, "desk/parts/letter_preview.html", context)


def _sample(request: DeskRequest) -> Tenant | None:
    """Return the tenant whom the preview is for: the first who is found by these words."""
    words = request.POST.get("who", "")[:200]
    return tenants.listing(scope=request.desk.view, search=words).first()


@require_POST
@staff_page
def retire(request: DeskRequest, letter_id: int) -> HttpResponse:
    """Take a letter out of use; what was issued of it stays."""
    letter = queries.letter(scope=request.desk.scope, letter_id=letter_id)
    demand(request, "edit_letters")
    queries.demand_may_change(scope=request.desk.scope, facility_id=letter.facility_id)
    actions.retire(letter=letter, by=request.desk.actor, now=request.desk.now)
    problems.say(request, f"The letter {letter.name} is no longer issued.")
    return problems.see_other("desk:letters")


def _standing(request: DeskRequest) -> Standing:
    said = {name: request.POST.get(name, "") for name in _STANDING}
    return Standing(**said)


def _bodies(request: DeskRequest) -> dict[str, Bodies]:
    """Return the words as typed; a language without words for print is left out."""
    found = {}
    for language in LANGUAGES:
        said = {place: request.POST.get(f"{language}_{place}", "") for place in _PLACES}
        if language == "en" or any(text.strip() for text in said.values()):
            found[language] = Bodies(**said)
    return found
