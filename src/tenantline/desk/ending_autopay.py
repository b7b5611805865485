"""AutoPay in the contact data: its day, and the question about a draft that is pending."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from django.http import HttpResponse, QueryDict

from tenantline.billing import autopay
from tenantline.desk import sheets
from tenantline.desk.access import DeskRequest
from tenantline.kernel.digits import whole_number
from tenantline.kernel.errors import BadInput

if TYPE_CHECKING:
    from tenantline.tenants.models import Tenant

ANSWER: Final = "pending_draft"
CANCEL: Final = "cancel"


def must_ask(said: QueryDict, tenant: Tenant) -> bool:
    """Tell whether AutoPay is to end while a draft is pending, and nobody has said what of it."""
    ends = said.get("autopay_method") == autopay.NONE != tenant.autopay_method
    return ends and ANSWER not in said and autopay.pending(tenant.pk) is not None


def ask(request: DeskRequest, context: dict[str, Any]) -> HttpResponse:
    """Ask whether the pending draft is to be cancelled; what was typed comes along."""
    said = [
        (name, value)
        for name in request.POST
        if name != "csrfmiddlewaretoken"
        for value in request.POST.getlist(name)
    ]
    draft = autopay.pending(context["tenant"].pk)
    return sheets.show(request, "autopay_end", context | {"draft": draft, "said": said})


def day_said(said: QueryDict) -> int | None:
    """Return the day of the month that was typed, None where there is none.

    Raises:
        BadInput: it is no number.
    """
    typed_day = said.get("autopay_day", "").strip()
    if not typed_day:
        return None
    day = whole_number(typed_day, most=3)
    if day is None:
        raise BadInput("The AutoPay day is a day of the month, 1 to 31.", field="autopay_day")
    return day
