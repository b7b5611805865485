"""Audit entries in words: what was done, and the details worth reading."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from tenantline.kernel import phone

if TYPE_CHECKING:
    from tenantline.audit.models import Entry

_ACTS: Final = {
    "automation.added": "added an automation",
    "automation.changed": "changed an automation",
    "automation.ended": "removed an automation",
    "automation.switched": "switched an automation",
    "consent.erased": "erased what stood beside a number's consent events",
    "consent.exported": "exported a list of consent",
    "consent.form_ended": "closed an opt-in form at the counter",
    "consent.form_issued": "issued the opt-in form",
    "consent.proof_made": "made a proof packet",
    "consent.revoked": "recorded a revocation",
    "consent.not_theirs": "found a number to be the tenant's no more",
    "consent.same_person": "found a number to be still the tenant's",
    "consent.unclear_was_message": "found an unclear text to be just a message",
    "conversation.assigned": "assigned a conversation",
    "conversation.linked": "linked a conversation to a tenant",
    "facility.added": "added a facility",
    "facility.changed": "changed a facility",
    "facility.returned_fee_set": "set the fee for a returned payment",
    "autopay.changed": "changed AutoPay",
    "autopay.draft_cancelled": "cancelled a draft",
    "autopay.draft_done": "recorded that a draft was drawn",
    "autopay.draft_planned": "recorded a pending draft",
    "installation.restored": "restored a backup",
    "ledger.charge": "recorded a charge",
    "ledger.credit": "recorded a credit",
    "ledger.imported": "imported ledger entries",
    "ledger.payment": "recorded a payment",
    "ledger.reversal": "reversed an entry",
    "letter.changed": "changed what a letter is about or how it goes",
    "letter.created": "made a letter",
    "letters.printed": "gave letters to the printer",
    "letter.retired": "took a letter out of use",
    "letter.revised": "gave a letter new words",
    "line.connected": "connected a line",
    "line.token_changed": "changed the Auth Token of another line of the same account",
    "line.disconnected": "disconnected a line",
    "line.help_answered": "had HELP to a line answered by us",
    "line.help_left": "left HELP to a line to the carrier",
    "line.pace_set": "set the pace of a line",
    "line.price_set": "set the price of a line's segments",
    "line.paused": "paused a line",
    "line.resumed": "resumed a line",
    "mailing_list.exported": "exported a mailing list",
    "messages.exported": "exported texts",
    "notice.issued": "issued a letter",
    "notice.withdrawn": "took a notice back",
    "recovery.confirmed": "confirmed what a backup cannot know",
    "recovery.ended": "saw the recovery end",
    "recovery.line_left_out": "went on without reading a line back",
    "returns.applied": "applied a return file",
    "returns.cancelled": "put a return file away",
    "returns.recorded": "recorded that a payment came back",
    "returns.set_aside": "set a return aside",
    "statement.issued": "issued a statement",
    "statement.sent_again": "sent a statement again",
    "staff.added": "added a staff member",
    "staff.deactivated": "deactivated a staff member",
    "staff.granted": "said where a staff member works",
    "staff.link_made": "made a new-password link",
    "staff.password_changed": "changed a password",
    "staff.reactivated": "reactivated a staff member",
    "staff.role_changed": "changed a role",
    "tenant.added": "added a tenant",
    "tenant.changed": "changed a tenant",
    "run.exported": "exported the results of a run",
    "tenants.exported": "exported a list of tenants",
    "tenant.moved_in": "recorded a move-in",
    "tenant.moved_out": "recorded a move-out",
    "tenant.move_out_called_off": "called off a move-out",
    "tenant.number_changed": "changed a mobile number",
    "tenant.number_question_answered": "said whose number it is",
    "text.arrived": "said that an unknown text was sent",
    "text.refused": "was refused a text",
    "text.sent_again": "had an unknown text sent again",
    "token.created": "made an API token",
    "token.granted": "said where an API token works",
    "token.revoked": "revoked an API token",
}


def act_words(act: str) -> str:
    """Return an act in words; one that is new here keeps its own name."""
    return _ACTS.get(act, act.replace(".", ": ").replace("_", " "))


def detail_words(entry: Entry) -> str:
    """Return the details of an entry, e.g. ``unit A12`` or ``name, email``."""
    detail: dict[str, Any] = entry.detail
    return "; ".join(filter(None, (_one(name, detail[name]) for name in sorted(detail))))


def _one(name: str, value: Any) -> str:
    if value in ("", None, [], {}):
        return ""
    if name == "number":
        return phone.national(phone.Number(str(value)))
    if isinstance(value, list):
        value = ", ".join(str(item).replace("_", " ") for item in value)
    if name in {"fields", "username", "name", "code"}:
        return str(value)
    return f"{name.replace('_', ' ')} {str(value).replace('_', ' ')}"
