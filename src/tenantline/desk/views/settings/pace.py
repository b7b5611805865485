"""How fast a line sends and what a segment costs: chosen from a list or typed."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_http_methods

from tenantline.desk import pace as paces
from tenantline.desk import problems
from tenantline.desk.access import DeskRequest, demand, staff_page
from tenantline.desk.forms import Form, typed
from tenantline.facilities import pace as prices
from tenantline.facilities import queries as facilities
from tenantline.kernel.digits import whole_number
from tenantline.kernel.errors import BadInput, TenantlineError
from tenantline.outbox import pacing

OWN = "own"
_KINDS = [(one.key, one.words) for one in pacing.PRESETS] + [(OWN, "Figures of my own, below")]


@require_http_methods(["GET", "POST"])
@staff_page
def page(request: DeskRequest, line_id: int) -> HttpResponse:
    """Show a line's pace, or set it."""
    demand(request, "edit_lines")
    line = facilities.line(scope=request.desk.scope, line_id=line_id)
    found = paces.of([line], request.desk.now)[line.pk]
    form = _form(found, line.segment_price)
    if request.method == "POST":
        try:
            a_second, a_day = _wanted(request)
            hundredths = _price(request, line.segment_price)
            pacing.set_pace(
                line=line,
                a_second=a_second,
                a_day=a_day,
                by=request.desk.actor,
                now=request.desk.now,
            )
            prices.set_price(
                line=line, hundredths=hundredths, by=request.desk.actor, now=request.desk.now
            )
        except TenantlineError as error:
            form = typed(request.POST, error)
        else:
            problems.say(request, "The pace is set. Texts that wait follow it at once.")
            return problems.see_other("desk:line", line.pk)
    context = {"tab": "lines", "line": line, "pace": found, "form": form, "kinds": _KINDS}
    status = 400 if form.error else 200
    return render(request, "desk/settings/line_pace.html", context, status=status)


def _form(found: paces.Pace, hundredths: int) -> Form:
    return Form(
        {
            "kind": pacing.preset_of(found.a_second, found.day.limit) or OWN,
            "a_second": f"{found.a_second:g}",
            "a_day": "" if found.day.limit is None else str(found.day.limit),
            "price": f"{hundredths / 100:g}",
        }
    )


def _wanted(request: DeskRequest) -> tuple[float, int | None]:
    kind = request.POST.get("kind", "")
    chosen = pacing.preset(kind)
    if chosen is not None:
        return chosen.a_second, chosen.a_day
    if kind != OWN:
        raise BadInput("Choose what kind of number it is.", field="kind")
    return _number(request, "a_second"), _whole(request, "a_day")


def _number(request: DeskRequest, name: str) -> float:
    try:
        return float(request.POST.get(name, "").strip().replace(",", "."))
    except ValueError:
        raise BadInput("Write a number, such as 1 or 3.75.", field=name) from None


def _price(request: DeskRequest, before: int) -> int:
    """Return the price in hundredths of a cent; it is typed in cents, empty to leave it."""
    if not request.POST.get("price", "").strip():
        return before
    cents = _number(request, "price")
    if not 0 <= cents <= prices.DEAREST / 100:  # NaN is outside too
        raise BadInput("A segment costs between 0 and 100 cents.", field="price")
    return round(cents * 100)


def _whole(request: DeskRequest, name: str) -> int | None:
    digits = request.POST.get(name, "").strip().replace(",", "")
    if not digits:
        return None
    number = whole_number(digits, most=9)
    if number is None:
        raise BadInput("Write a whole number, or leave it empty.", field=name)
    return number
