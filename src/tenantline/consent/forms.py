"""The opt-in form: issued as a link, shown, submitted, disowned (R2, R13).

The link's token is random and kept as a hash; a link is bound to a tenant, a number period and
the e-mail address it went to, or to a form shown at the counter (``counter``). Looking at a form
changes nothing: mail scanners follow links.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from django.conf import settings
from django.db import transaction

from tenantline.audit import actions as audit
from tenantline.consent import form_email, ledger, rules
from tenantline.consent.ledger import Evidence
from tenantline.consent.models import OptInForm
from tenantline.consent.projection import refresh
from tenantline.consent.services import SERVICES, Service
from tenantline.consent.wording import (
    FORM,
    FORM_VERSION,
    filled,
    form_wording,
    known_language,
    words_hash,
)
from tenantline.facilities import queries as facilities
from tenantline.facilities.models import Line
from tenantline.feed import actions as feed
from tenantline.kernel import phone
from tenantline.kernel.actor import Actor
from tenantline.kernel.crypto import new_token
from tenantline.kernel.errors import BadInput, NotFound, Refused
from tenantline.mail import actions as mail
from tenantline.tenants import queries as tenants
from tenantline.tenants.models import NumberPeriod, Tenant

Gone = Literal[
    "expired", "newer", "number_changed", "email_changed", "disowned", "no_line", "closed"
]


@dataclass(frozen=True)
class OpenForm:
    """A form that can be filled in now, with all that its page shows.

    ``number`` and ``line`` are in national format; ``words`` are the wording of ``version`` in
    ``language`` with names filled in.
    """

    form: OptInForm
    tenant: Tenant
    number: str
    line: str
    line_e164: str
    language: str
    version: str
    words: dict[str, Any]
    submitted: bool


class FormIncomplete(BadInput):
    """The form cannot be taken as it is. ``fields`` are the culprits, in the page's order."""

    def __init__(self, problems: dict[str, str]) -> None:
        first = next(iter(problems))
        super().__init__(problems[first], field=first)
        self.problems = problems

    @property
    def fields(self) -> tuple[str, ...]:
        """Return what is wrong: any of version, services, agree."""
        return tuple(self.problems)


class FormGone(NotFound):
    """The link is known but no longer works; ``why`` says what to tell the person.

    ``handed_over``: it was opened on the office's own device.
    """

    code = "form_gone"

    def __init__(self, why: Gone, tenant: Tenant, *, handed_over: bool = False) -> None:
        super().__init__("This link no longer works; ask the office for a new one.")
        self.why = why
        self.tenant = tenant
        self.handed_over = handed_over


def obstacle(tenant: Tenant, now: datetime) -> Refused | None:
    """Return why no form can be e-mailed to this tenant, or None where it can."""
    if not tenant.email:
        return Refused("no_email", "There is no e-mail address on file; add one first.")
    refused = obstacle_to_any(tenant, now)
    if refused is None and not (settings.EMAIL_IS_SET or settings.DEMO):
        return Refused("no_mail_server", "E-mail is not set up; the installer must set EMAIL_URL.")
    return refused


def obstacle_to_any(tenant: Tenant, now: datetime) -> Refused | None:
    """Return why no form can be issued to this tenant in any way, or None where one can."""
    if tenants.current_period(tenant.pk) is None:
        return Refused("no_mobile", "There is no mobile number on file; add one first.")
    if facilities.sending_line(tenant.facility_id) is None:
        return Refused("no_line", "The facility has no line yet; an owner can connect one.")
    if not tenants.tenancy(tenant.pk, now).renting:
        return Refused("moved_out", "The tenant has moved out; a new rental is needed first.")
    return None


def issue(*, tenant: Tenant, by: Actor, now: datetime) -> OptInForm:
    """R13: e-mail the opt-in form to a tenant. Links issued before it die.

    Raises:
        Refused: something is missing (``obstacle`` says what).
    """
    refused = obstacle(tenant, now)
    if refused is not None:
        raise refused
    token = new_token(24)
    with transaction.atomic():
        form, line = create(
            tenant=tenant, token=token, until=now + rules.FORM_WAITS, by=by, now=now
        )
        _queue_email(form, line, token, now)
        refresh(tenant, now=now)
    return form


def create(
    *,
    tenant: Tenant,
    token: str,
    until: datetime,
    by: Actor,
    now: datetime,
    medium: Literal["email", "counter"] = "email",
    handed_over: bool = False,
) -> tuple[OptInForm, Line]:
    """R13: keep a form whose link bears this token; links before it die, of either kind.

    Needs the caller's transaction, which also brings the link to the tenant and refreshes the fold.
    """
    Tenant.objects.select_for_update(no_key=True).get(pk=tenant.pk)
    period = tenants.current_period(tenant.pk)
    line = facilities.sending_line(tenant.facility_id)
    if period is None or line is None:
        raise Refused("no_mobile", "The number or the line was removed just now; look again.")
    OptInForm.objects.filter(tenant=tenant, dead_at=None).update(dead_at=now, dead_because="newer")
    form = OptInForm.objects.create(
        tenant=tenant,
        period=period,
        medium=medium,
        email=tenant.email if medium == "email" else "",
        digest=digest(token),
        wording=form_wording(tenant.language, now=now),
        issued_at=now,
        issued_by=by.name,
        expires_at=until,
        handed_over=handed_over,
    )
    _record_issue(form, line, by, now)
    return form, line


def peek(token: str, *, now: datetime, language: str = "") -> OpenForm:
    """Return the form behind a link, in its language or another. Changes nothing.

    Raises:
        NotFound: there is no such link.
        FormGone: it expired, was replaced, or its number or e-mail address has changed.
    """
    form = by_token(token)
    return _open_form(form, language=language, now=now)


def submit(
    *,
    token: str,
    services: list[str],
    agreed: bool,
    language: str,
    ip: str,
    user_agent: str,
    now: datetime,
    version: str = FORM_VERSION,
) -> OpenForm:
    """R2: the first act. Returns the form as shown, for the page that asks for START.

    ``version`` is that of the words that were on the screen: what is recorded is what was read.

    Raises:
        NotFound, FormGone: as ``peek``.
        FormIncomplete: no service was ticked, the required box was not, or the words were
            changed while the page was open.
    """
    chosen: list[Service] = [service for service in SERVICES if service in services]
    with transaction.atomic():
        shown = _open_form(by_token(token, lock=True), language=language, now=now)
        problems = _problems(chosen, agreed=agreed, version=version)
        if problems:
            raise FormIncomplete(problems)
        form = shown.form
        wording = form_wording(shown.language, now=now)
        if form.handed_over and form.submitted_at is not None:
            raise FormGone("closed", form.tenant, handed_over=True)
        form.submitted_at, form.wording = now, wording
        form.save(update_fields=["submitted_at", "wording"])
        ledger.append(
            kind="form_submitted",
            at=now,
            evidence=Evidence(number=form.period.number, ip=ip, user_agent=user_agent),
            period=form.period,
            body={
                "services": chosen,
                "agreed": True,
                "form": form.pk,
                "medium": form.medium,
                "handed_over": form.handed_over,
                "issued_by": form.issued_by,
                "token": form.digest,
                "wording": wording.pk,
                "words_sha256": words_hash(wording.words),
                "version": wording.version,
                "language": wording.language,
                "facility": form.tenant.facility.name,
                "line": shown.line_e164,
            },
        )
        refresh(form.tenant, now=now)
    return shown


def _problems(chosen: list[Service], *, agreed: bool, version: str) -> dict[str, str]:
    problems = {}
    if version != FORM_VERSION:
        problems["version"] = "The words of this form changed while it was open; read them again."
    if not chosen:
        problems["services"] = "Choose at least one kind of text."
    if not agreed:
        problems["agree"] = "Tick the last box to agree; it is required."
    return problems


def disown(*, token: str, ip: str, user_agent: str, now: datetime) -> Tenant:
    """R13: "This is not my number": staff are told, nothing is consented to, the link dies."""
    with transaction.atomic():
        form = _open_form(by_token(token, lock=True), language="", now=now).form
        form.dead_at, form.dead_because = now, "disowned"
        form.save(update_fields=["dead_at", "dead_because"])
        ledger.append(
            kind="form_disowned",
            at=now,
            evidence=Evidence(number=form.period.number, ip=ip, user_agent=user_agent),
            period=form.period,
            body={"form": form.pk},
        )
        refresh(form.tenant, now=now)
        feed.tell(facility_id=form.tenant.facility_id, topic="tenant", ref=form.tenant_id, now=now)
    return form.tenant


def submitted_for(period: NumberPeriod) -> OptInForm | None:
    """Return the newest submitted form of a number period: what a START rests on."""
    rows = OptInForm.objects.filter(period=period, submitted_at__isnull=False)
    return rows.order_by("-submitted_at").first()


def by_token(token: str, *, lock: bool = False) -> OptInForm:
    """Return the form whose link bears this token, or raise ``NotFound``."""
    rows = OptInForm.objects.select_related("tenant__facility", "period", "wording")
    if lock:
        rows = rows.select_for_update(of=("self",))
    found = rows.filter(digest=digest(token)).first()
    if found is None:
        raise NotFound("This link is not known; ask the office for a new one.")
    return found


def _open_form(form: OptInForm, *, language: str, now: datetime) -> OpenForm:
    tenant = form.tenant
    line = facilities.sending_line(tenant.facility_id)
    why = _why_gone(form, line, now)
    if why is not None:
        raise FormGone(why, tenant, handed_over=form.handed_over)
    assert line is not None  # noqa: S101 - _why_gone has said so
    language = known_language(language or form.wording.language)
    shown_line = phone.national(phone.Number(line.number))
    return OpenForm(
        form=form,
        tenant=tenant,
        number=phone.national(phone.Number(form.period.number)),
        line=shown_line,
        line_e164=line.number,
        language=language,
        version=FORM_VERSION,
        words=filled(FORM[language], facility=tenant.facility.name, line=shown_line),
        submitted=form.submitted_at is not None,
    )


def _why_gone(form: OptInForm, line: Line | None, now: datetime) -> Gone | None:
    if form.dead_at is not None:
        # One who has moved out and comes back is told the same as after thirty days.
        dead: dict[str, Gone] = {
            "newer": "newer",
            "disowned": "disowned",
            "moved_out": "expired",
            "ended": "closed",
        }
        return dead.get(form.dead_because, "number_changed")
    if form.period.ended_at is not None:
        return "number_changed"
    if form.medium == "email" and form.email != form.tenant.email:
        return "email_changed"
    if now >= form.expires_at:
        return "closed" if form.medium == "counter" else "expired"
    if not tenants.tenancy(form.tenant_id, now).renting:
        return "expired"  # R15: it ended by date, and nobody has noted it yet
    return "no_line" if line is None else None


def _record_issue(form: OptInForm, line: Line, by: Actor, now: datetime) -> None:
    ledger.append(
        kind="form_issued",
        at=now,
        evidence=Evidence(number=form.period.number, text=form.email),
        period=form.period,
        body={
            "form": form.pk,
            "medium": form.medium,
            "handed_over": form.handed_over,
            "until": form.expires_at.isoformat(),
            "by": by.name,
            "line": line.number,
            "wording": form.wording_id,
            "words_sha256": words_hash(form.wording.words),
        },
    )
    audit.record(
        act="consent.form_issued",
        by=by,
        now=now,
        facility_id=form.tenant.facility_id,
        subject=f"tenant:{form.tenant_id}",
        medium=form.medium,
    )


def _queue_email(form: OptInForm, line: Line, token: str, now: datetime) -> None:
    tenant = form.tenant
    letter = form_email.compose(
        facility=tenant.facility,
        tenant_name=tenant.name,
        line=phone.national(phone.Number(line.number)),
        link=f"{settings.PUBLIC_URL}/opt-in/{token}/",
        expires_at=form.expires_at,
        language=tenant.language,
    )
    draft = mail.Draft(
        recipient=form.email,
        from_name=tenant.facility.name,
        reply_to=tenant.facility.email,
        subject=letter.subject,
        text=letter.text,
        html=letter.html,
        reference=f"form:{form.pk}",
        facility_id=tenant.facility_id,
    )
    mail.queue(draft, now=now)


def digest(token: str) -> str:
    """Return what is kept of a link's token."""
    return hashlib.sha256(token.encode()).hexdigest()
