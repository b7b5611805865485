"""The e-mail that carries a statement as a PDF, queued in the caller's transaction.

The PDF is made when the e-mail is sent, from what was kept when the statement was issued: ten
thousand of them would swell the database and every backup of it.
"""

from __future__ import annotations

from datetime import datetime

from django.conf import settings
from django.template.loader import render_to_string

from tenantline.kernel import phone
from tenantline.mail import actions as mail
from tenantline.mail.actions import Attachment
from tenantline.mail.models import Email
from tenantline.statements import content, pdf, phrases, words
from tenantline.statements.content import Content
from tenantline.statements.models import Statement
from tenantline.tenants.delivery import NO_EMAIL, Refusal
from tenantline.tenants.models import Tenant

_NO_SERVER = Refusal("no_mail_server", "E-mail is not set up; the installer must set EMAIL_URL.")


def obstacle(tenant: Tenant) -> Refusal | None:
    """Return why nothing can be e-mailed to a tenant, None where it can."""
    if not tenant.email:
        return NO_EMAIL
    return None if settings.EMAIL_IS_SET or settings.DEMO else _NO_SERVER


def queue(statement: Statement, said: Content, *, now: datetime) -> Email:
    """Queue a statement's e-mail to the tenant's address as it is now."""
    facility, tenant = statement.facility, statement.tenant
    shown, say = phrases.of(said), words.of(said.language)
    month = phrases.month_of(said)
    context = {
        "language": shown["language"],
        "facility": facility,
        "office": phone.national(phone.Number(facility.phone)) if facility.phone else "",
        "hello": say["hello"].format(name=said.tenant.name),
        "attached": say["attached"].format(month=month),
        "due": shown["due"],
        "autopay": shown["autopay"],
        "questions": shown["questions"],
    }
    lines = [context[name] for name in ("hello", "attached", "due", "autopay", "questions")]
    draft = mail.Draft(
        recipient=tenant.email,
        from_name=facility.name,
        reply_to=facility.email,
        subject=say["subject"].format(facility=facility.name, month=month),
        text="\n\n".join([*filter(None, lines), facility.name]) + "\n",
        html=render_to_string("statements/email.html", context),
        reference=f"statement:{statement.pk}",
        facility_id=facility.pk,
        attachment=f"statement:{statement.pk}",
    )
    return mail.queue(draft, now=now)


def attachment(name: str) -> Attachment:
    """Make the document that an e-mail names, ``statement:12``.

    Raises:
        LookupError: it is no statement.
    """
    kind, _, pk = name.partition(":")
    statement = Statement.objects.filter(pk=int(pk)).first() if kind == "statement" else None
    if statement is None:
        raise LookupError(f"there is no document {name}")
    said = content.from_json(statement.content)
    return Attachment(file_name(said), pdf.render(said), "application/pdf")


def file_name(said: Content) -> str:
    """Return the name of a statement's file: it says no more than what and when."""
    return f"{words.of(said.language)['file']}-{said.period}.pdf"
