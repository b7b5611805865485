"""The letter that tells of a returned payment: there is always one, so that a "thank you" that was
texted for it can be taken back.
"""

from __future__ import annotations

from datetime import datetime
from typing import Final

from django.db.models import Q, QuerySet

from tenantline.facilities.models import Facility
from tenantline.kernel.actor import Actor
from tenantline.kernel.errors import Conflict
from tenantline.letters import actions
from tenantline.letters.composing import Bodies
from tenantline.letters.models import Letter
from tenantline.letters.rules import Standing

NAME: Final = "Payment returned"
_CATEGORY: Final = "payment_returned"
_OTHER_NAME: Final = "Payment returned, correction"  # where a letter on something else has it
_BODIES: Final = {
    "en": Bodies(
        sms="Your payment has come back unpaid; please disregard our thanks for it. Your balance "
        "is now {{account.balance}}. Please call the office.",
        print="Dear {{tenant.name}},\n\nA payment of yours has come back unpaid. If we have "
        "thanked you for it, please disregard that. Your balance is now {{account.balance}}.\n\n"
        "Please call the office or come by.\n\n{{facility.name}}",
    ),
    "es": Bodies(
        sms="Su pago fue devuelto sin pagarse; ignore nuestro agradecimiento. Su saldo es ahora de "
        "{{account.balance}}. Llame a la oficina.",
        subject="Pago devuelto",
        print="Estimado(a) {{tenant.name}}:\n\nUn pago suyo fue devuelto sin pagarse. Si se lo "
        "agradecimos, ignore ese mensaje. Su saldo es ahora de {{account.balance}}.\n\nLlame a la "
        "oficina o visítenos.\n\n{{facility.name}}",
    ),
}


def letter_for(facility: Facility, *, by: Actor, now: datetime) -> Letter:
    """Return the letter named *Payment returned* of a facility, else the one for all.

    Where there is none, one for all is made from the words above, for the office to change.
    """
    known = _known(facility)
    if known is not None:
        return known
    for name in (NAME, _OTHER_NAME):
        standing = Standing(name=name, category=_CATEGORY)
        try:
            return actions.create(standing=standing, bodies=_BODIES, facility=None, by=by, now=now)
        except Conflict:
            known = _known(facility)  # another worker was first, or the name is taken
            if known is not None:
                return known
    raise Conflict(f"Two letters named {NAME!r} are about something else; rename one.")


def _known(facility: Facility) -> Letter | None:
    rows: QuerySet[Letter] = Letter.objects.filter(
        Q(facility=facility) | Q(facility=None),
        category=_CATEGORY,
        name__in=(NAME, _OTHER_NAME),
        retired_at=None,
    )
    own = [letter for letter in rows.order_by("name", "id") if letter.facility_id is not None]
    return own[0] if own else rows.order_by("name", "id").first()
