"""From what the rooms below return to the API's documents."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tenantline.api import consent_shapes, shapes
from tenantline.api.problems import PREFIX
from tenantline.consent import queries as consent_queries
from tenantline.kernel import segments
from tenantline.kernel.digits import whole_number
from tenantline.tenants import queries as tenants

if TYPE_CHECKING:
    from datetime import datetime

    from tenantline.consent.models import OptInForm
    from tenantline.conversations.models import Message
    from tenantline.intake.models import CallFile, InboundCall
    from tenantline.outbox.models import Text
    from tenantline.tenants.models import Rental


def tenant(row: Any, now: datetime) -> shapes.Tenant:
    """Show a tenant as ``consent.people.listing`` loads one."""
    number = row.current_periods[0].number if row.current_periods else None
    return shapes.Tenant(
        id=str(row.pk),
        external_id=row.external_id,
        name=row.name,
        facility=row.facility.code,
        units=tenants.unit_names(row.all_rentals, now),
        email=row.email or None,
        mobile=number,
        home_phone=row.home_phone or None,
        street=row.street or None,
        city=row.city or None,
        state=row.state or None,
        postal_code=row.postal_code or None,
        language=row.language,
        delivery_method=row.delivery_method,
        statements_by_sms=row.statements_by_sms,
        legal_email=row.legal_email,
        autopay_method=row.autopay_method,
        autopay_day=row.autopay_day,
        balance_cents=row.balance_cents,
        opt_in_status=row.consent_status,
        created_at=row.created_at,
        moved_out_at=_moved_out_at(row.all_rentals),
    )


def _moved_out_at(rentals: list[Rental]) -> datetime | None:
    ends = [rental.ended_at for rental in rentals]
    known = [end for end in ends if end is not None]
    return max(known) if known and len(known) == len(ends) else None


def consent(found: consent_queries.Consent) -> consent_shapes.Consent:
    """Show a tenant's consent."""
    return consent_shapes.Consent.model_validate(
        {
            "status": found.status,
            "held": found.held,
            "parked": found.parked,
            "number": found.number or None,
            "services": found.services,
            "since": found.since,
            "form": consent_queries.form_dict(found.form),
            "shared_with": [str(pk) for pk in found.shared_with],
            "shared_elsewhere": found.shared_elsewhere,
        }
    )


def form(row: OptInForm) -> consent_shapes.Form:
    """Show a form; its link is nobody's but the tenant's."""
    return consent_shapes.Form.model_validate(consent_queries.form_dict(row))


def message(row: Message) -> shapes.Message:
    """Show a text as ``conversations.queries.detailed`` loads one."""
    holders = sorted(row.tenants.all(), key=lambda holder: holder.pk)
    ids = [str(holder.pk) for holder in holders]
    shared: dict[str, Any] = {
        "id": str(row.pk),
        "direction": row.direction,
        "body": row.body,
        "created_at": row.at,
        "facility": row.conversation.facility.code,
        "tenant": ids[0] if len(ids) == 1 else None,
        "tenants": ids,
        "media": [] if row.call is None else [_file(row, file) for file in row.call.files.all()],
    }
    more = _outgoing(row.text) if row.text is not None else _incoming(row.call, row.body)
    return shapes.Message.model_validate(shared | more)


def _file(row: Message, file: CallFile) -> dict[str, Any]:
    content = file.content
    return {
        "type": content.kind if content else file.declared,
        "url": file.url,
        "state": file.state,
        "file": f"{PREFIX}messages/{row.pk}/media/{file.nth}" if content else None,
    }


def _outgoing(text: Text) -> dict[str, Any]:
    return {
        "purpose": text.clearance.purpose,
        "status": text.state,
        "segments": text.segments,
        "sent_at": text.sent_at,
        "delivered_at": text.delivered_at,
        "staff": text.author_name if text.author_kind == "staff" else None,
        "error": _error(text),
        "from": text.line.number if text.line else None,
        "to": text.clearance.number,
        "not_before": text.not_before,
        "reason": _reason(text),
    }


def _error(text: Text) -> dict[str, Any] | None:
    if not text.error_code and not text.error_words:
        return None
    return {"code": whole_number(text.error_code), "text": text.error_words}


def _reason(text: Text) -> dict[str, str] | None:
    return {"code": text.reason_code, "text": text.reason} if text.state == "withheld" else None


def _incoming(call: InboundCall | None, body: str) -> dict[str, Any]:
    counted = whole_number(call.params.get("NumSegments", "")) if call else None
    return {
        "purpose": "chat",
        "status": "received",
        "segments": segments.measure(body).segments if counted is None else counted,
        "sent_at": None,
        "delivered_at": None,
        "staff": None,
        "error": None,
        "from": call.sender if call else None,
        "to": call.recipient if call else "",
        "not_before": None,
        "reason": None,
    }
