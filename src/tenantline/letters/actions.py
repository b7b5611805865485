"""Writing letters: making one, a new version of its words, issuing it to a tenant."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from datetime import datetime

from django.db import IntegrityError, transaction

from tenantline.audit import actions as audit
from tenantline.conversations import actions as conversations
from tenantline.conversations.actions import Draft
from tenantline.conversations.models import Message
from tenantline.facilities.models import Facility
from tenantline.kernel.actor import Actor
from tenantline.kernel.crypto import new_token
from tenantline.kernel.errors import BadInput, Conflict, NotFound, Refused
from tenantline.letters import account, composing, letter_email, preview, queries, rules
from tenantline.letters.composing import Bodies, Words
from tenantline.letters.models import Letter, LetterVersion, Notice
from tenantline.letters.preview import Preview
from tenantline.letters.rules import Standing
from tenantline.mail import actions as mail
from tenantline.mail.models import Email
from tenantline.tenants.delivery import Refusal, checked_method
from tenantline.tenants.models import Tenant

DUE_TO_A_CHARGE = ("payment_due", "past_due")
_PASSING = ("unread_inbound",)  # a text has just come in: whoever issues tries again


@dataclass(frozen=True, slots=True)
class Issued:
    """A notice. ``repeated``: it was issued for this occasion before."""

    notice: Notice
    repeated: bool = False


def create(
    *,
    standing: Standing,
    bodies: Mapping[str, Bodies],
    facility: Facility | None,
    by: Actor,
    now: datetime,
) -> Letter:
    """Make a letter with its first words, for a facility or (None) for all.

    Raises:
        BadInput: the standing or the words cannot be used.
        Conflict: a letter in use has this name.
    """
    words = composing.checked(bodies)
    letter = Letter(facility=facility, created_at=now)
    _put(letter, standing)
    with transaction.atomic():
        _save(letter)
        _add_version(letter, words, by, now)
        _tell("letter.created", letter, by, now)
    return letter


def change(*, letter: Letter, standing: Standing, by: Actor, now: datetime) -> Letter:
    """Change what a letter is about or how it goes; not its words.

    Raises:
        BadInput: the standing cannot be used.
        Conflict: another letter in use has this name.
    """
    _put(letter, standing)
    with transaction.atomic():
        _save(letter)
        _tell("letter.changed", letter, by, now, **asdict(standing))
    return letter


def revise(
    *, letter: Letter, bodies: Mapping[str, Bodies], by: Actor, now: datetime
) -> LetterVersion:
    """Give a letter new words; those before stay as a version. The same words make none.

    Raises:
        BadInput: the words cannot be used.
    """
    words = composing.checked(bodies)
    with transaction.atomic():
        Letter.objects.select_for_update(of=("self",)).get(pk=letter.pk)
        last = queries.current(letter)
        if last.bodies == words:
            return last
        version = _add_version(letter, words, by, now)
        _tell("letter.revised", letter, by, now, version=version.number)
    return version


def retire(*, letter: Letter, by: Actor, now: datetime) -> None:
    """Take a letter out of use; what was issued of it stays."""
    with transaction.atomic():
        retired = Letter.objects.filter(pk=letter.pk, retired_at=None).update(retired_at=now)
        if retired:
            _tell("letter.retired", letter, by, now)


def issue(
    *,
    letter: Letter,
    tenant: Tenant,
    by: Actor,
    now: datetime,
    method: str | None = None,
    occasion: str = "",
    cause: str = "",
    key: str = "",
) -> Issued:
    """Issue a letter to one tenant, by the method that ``rules.decide`` says.

    ``occasion`` makes it once: the same letter to the same tenant for the same occasion is not
    issued again. ``key`` names one request (whose, and their key): a repeat gives the same notice.
    ``cause`` is what must still hold when a text leaves (``outbox.causes``); a
    reminder that names none is due to the oldest open charge.

    Raises:
        BadInput: a field stands for nothing, there is no such method; ``idempotency_mismatch``: the
            key was used otherwise.
        NotFound: the letter is not one of the tenant's facility, or has been retired.
        Refused: a text from this number is being read just now, or the cause no longer holds.
    """
    if letter.retired_at is not None or letter.facility_id not in (None, tenant.facility_id):
        raise NotFound("There is no such letter at this facility.")
    occasion = occasion or (f"key:{_digest(key)}" if key else f"by_hand:{new_token(12)}")
    known = _known(letter, tenant, method, occasion)
    if known is not None:
        return Issued(known, repeated=True)
    try:
        with transaction.atomic():
            return Issued(_issue(letter, tenant, method, occasion, cause, by, now))
    except IntegrityError:
        known = _known(letter, tenant, method, occasion)
        if known is None:
            raise
        return Issued(known, repeated=True)


def _known(letter: Letter, tenant: Tenant, method: str | None, occasion: str) -> Notice | None:
    """Return what was issued for an occasion before; a key names one request and no other."""
    if not occasion.startswith("key:"):
        return queries.issued_for(letter_id=letter.pk, tenant_id=tenant.pk, occasion=occasion)
    known = queries.with_key(occasion)
    if known is None:
        return None
    said = known.wanted if known.say == "issue" else None
    if (known.letter_id, known.tenant_id, said) != (letter.pk, tenant.pk, method):
        raise BadInput(
            "This idempotency key was used for another notice.",
            code="idempotency_mismatch",
            field="Idempotency-Key",
        )
    return known


def _digest(key: str) -> str:
    return hashlib.sha256(key.encode()).hexdigest()


def withdraw(*, notice: Notice, reason: str, by: Actor, now: datetime) -> bool:
    """Take a notice back: text and e-mail are withheld if they have not left, print is not printed.

    Returns whether it had not been taken back before.
    """
    with transaction.atomic():
        rows = Notice.objects.filter(pk=notice.pk, withdrawn_at=None)
        if not rows.update(withdrawn_at=now, withdrawn_because=reason[:300]):
            return False
        if notice.message is not None:
            conversations.withdraw(messages=[notice.message], reason=reason, now=now)
        if notice.email_id is not None:
            mail.withhold(email_id=notice.email_id, reason=reason)
        _tell_notice("notice.withdrawn", notice, by, now, reason=reason[:300])
    return True


# --- issuing ---


def _issue(
    letter: Letter,
    tenant: Tenant,
    method: str | None,
    occasion: str,
    cause: str,
    by: Actor,
    now: datetime,
) -> Notice:
    version = queries.current(letter)
    words = preview.words_for(letter.name, version.bodies, tenant, now)
    planned = preview.of(letter=letter, version=version, tenant=tenant, method=method, now=now)
    preview.demand_complete(planned)
    notice = Notice(
        letter=letter,
        version=version,
        tenant=tenant,
        facility_id=tenant.facility_id,
        language=planned.language,
        occasion=occasion,
        cause=cause or _cause_of(letter, tenant),
        issued_at=now,
        issued_by=by.name,
    )
    if "sms" in planned.words:
        planned = _texted(notice, words, planned, method, by, now)
    _put_decision(notice, planned)
    if planned.decision.method == "email":
        notice.email = _email(notice, planned.words, now)
    notice.save(force_insert=True)
    _tell_notice("notice.issued", notice, by, now, method=notice.method, letter=letter.pk)
    return notice


def _cause_of(letter: Letter, tenant: Tenant) -> str:
    charge = account.oldest_open_charge(tenant.pk) if letter.category in DUE_TO_A_CHARGE else None
    return f"charge:{charge}" if charge is not None else ""


def _texted(
    notice: Notice, words: Words, planned: Preview, method: str | None, by: Actor, now: datetime
) -> Preview:
    """Ask for the text; where it is refused after all, return how the letter goes instead."""
    sent = _text(notice, words, planned.words["sms"], by, now)
    if isinstance(sent, Message):
        notice.message = sent
        return planned
    if planned.decision.courtesy_copy:
        return preview.shown(words, replace(planned.decision, courtesy_copy=False))
    case = preview.case(notice.letter, words, notice.tenant, method, sent)
    instead = preview.shown(words, rules.decide(case))
    preview.demand_complete(instead)
    return instead


def _text(notice: Notice, words: Words, body: str, by: Actor, now: datetime) -> Message | Refusal:
    draft = Draft(
        body=body,
        purpose="notice",
        automatic=True,
        cause=notice.cause,
        money=words.text.has_money,
    )
    try:
        return conversations.send(tenant=notice.tenant, draft=draft, by=by, now=now).message
    except Refused as refused:
        if refused.code in _PASSING or refused.code == "cause_gone":
            raise
        return Refusal(refused.code, refused.sentence)


def _put_decision(notice: Notice, planned: Preview) -> None:
    decision = planned.decision
    notice.method, notice.wanted, notice.say = decision.method, decision.wanted, decision.say
    notice.skipped = [asdict(one) for one in decision.skipped]
    notice.words = dict(planned.words)


def _email(notice: Notice, words: Mapping[str, str], now: datetime) -> Email:
    return letter_email.queue(
        tenant=notice.tenant,
        subject=words["subject"],
        body=words["email"],
        reference=f"letter:{notice.letter_id}",
        language=notice.language,
        now=now,
    )


# --- letters ---


def _put(letter: Letter, standing: Standing) -> None:
    name = " ".join(standing.name.replace("\x00", "").split())
    if not 0 < len(name) <= rules.LONGEST_NAME:
        raise BadInput(f"A name of 1 to {rules.LONGEST_NAME} characters, please.", field="name")
    letter.name = name
    letter.category = rules.checked_category(standing.category)
    letter.legal_class = rules.checked_legal_class(standing.legal_class, category=letter.category)
    letter.method = checked_method(standing.method) if standing.method else ""


def _save(letter: Letter) -> None:
    taken = Letter.objects.filter(name=letter.name, facility=letter.facility, retired_at=None)
    if taken.exclude(pk=letter.pk).exists():
        raise Conflict("A letter has this name already.")
    try:
        with transaction.atomic():
            letter.save()
    except IntegrityError as error:
        raise Conflict("A letter has this name already.") from error


def _add_version(
    letter: Letter, words: dict[str, dict[str, str]], by: Actor, now: datetime
) -> LetterVersion:
    return LetterVersion.objects.create(
        letter=letter,
        number=queries.next_number(letter),
        bodies=words,
        created_at=now,
        created_by=by.name,
    )


def _tell(act: str, letter: Letter, by: Actor, now: datetime, **detail: object) -> None:
    audit.record(
        act=act,
        by=by,
        now=now,
        facility_id=letter.facility_id,
        subject=f"letter:{letter.pk}",
        **{"name": letter.name} | detail,
    )


def _tell_notice(act: str, notice: Notice, by: Actor, now: datetime, **detail: object) -> None:
    audit.record(
        act=act,
        by=by,
        now=now,
        facility_id=notice.facility_id,
        subject=f"tenant:{notice.tenant_id}",
        notice=notice.pk,
        **detail,
    )
