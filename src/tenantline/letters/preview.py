"""How a letter would go to a tenant, and in which words: asked before and when it is issued."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from tenantline.billing import queries as billing
from tenantline.kernel.errors import BadInput
from tenantline.kernel.segments import Measure
from tenantline.letters import account, composing, fields, rules
from tenantline.letters.composing import Bodies, Words
from tenantline.letters.models import Letter, LetterVersion
from tenantline.letters.rules import Case, Decision, Standing
from tenantline.outbox import queries as outbox
from tenantline.tenants.delivery import Method, Refusal, checked_method
from tenantline.tenants.models import Tenant


@dataclass(frozen=True, slots=True)
class Preview:
    """How a letter would go. ``words`` are as issued, empty where a field is ``missing``.

    ``text`` is its text message, whether it goes by one or not, and ``measure`` what that costs to
    send; empty and None where it has none, or a field of it stands for nothing.
    """

    decision: Decision
    words: Mapping[str, str]
    missing: tuple[str, ...]
    text: str
    measure: Measure | None
    language: str


def of(
    *,
    letter: Letter,
    version: LetterVersion,
    tenant: Tenant,
    method: str | None,
    now: datetime,
) -> Preview:
    """Return how a letter's version would go to a tenant, who is any real one.

    Raises:
        BadInput: there is no such method.
    """
    words = words_for(letter.name, version.bodies, tenant, now)
    not_cleared = _not_cleared(tenant, now)
    return shown(words, rules.decide(case(letter, words, tenant, method, not_cleared)))


def of_draft(
    *,
    standing: Standing,
    bodies: Mapping[str, Bodies],
    tenant: Tenant,
    method: str | None,
    now: datetime,
) -> Preview:
    """Return how a letter that is being written would go to a tenant; nothing is stored.

    Raises:
        BadInput: the standing or the words cannot be used.
    """
    rules.checked_category(standing.category)
    words = words_for(standing.name, composing.checked(bodies), tenant, now)
    return shown(
        words, rules.decide(case(standing, words, tenant, method, _not_cleared(tenant, now)))
    )


def _not_cleared(tenant: Tenant, now: datetime) -> Refusal | None:
    refused = outbox.refusals(asked=[tenant], purpose="notice", now=now).get(tenant.pk)
    return Refusal(refused.code, refused.sentence) if refused else None


def shown(words: Words, decision: Decision) -> Preview:
    """Return the words that a decision needs, filled in as far as that is possible."""
    needed: list[Method] = [decision.method, *(["sms"] if decision.courtesy_copy else [])]  # type: ignore[list-item]
    missing = tuple(dict.fromkeys(f.name for method in needed for f in words.missing(method)))
    has_text = bool(words.bodies.sms) and not words.missing("sms")
    filled = {n: t for method in needed for n, t in words.by(method).items()} if not missing else {}
    return Preview(
        decision=decision,
        words=filled,
        missing=missing,
        text=words.sms() if has_text else "",
        measure=words.measure() if has_text else None,
        language=words.language,
    )


def words_for(name: str, bodies: Mapping[str, Any], tenant: Tenant, now: datetime) -> Words:
    """Return a letter's words for a tenant, in the tenant's language if it is written in it."""
    language, own = composing.in_language(bodies, tenant.language)
    values = fields.values(
        account.people(tenant, now),
        account.view(tenant, now),
        today=billing.today(tenant.facility, now),
        language=language,
    )
    return Words(language, name, own, values, tenant.facility.name)


def case(
    letter: Letter | Standing,
    words: Words,
    tenant: Tenant,
    method: str | None,
    not_cleared: Refusal | None,
) -> Case:
    """Return all that decides how a letter goes. R5's own reason comes before the tenant's."""
    return Case(
        legal_class=rules.checked_legal_class(letter.legal_class, category=letter.category),
        at_issue=checked_method(method) if method else None,
        of_letter=checked_method(letter.method) if letter.method else None,
        of_tenant=checked_method(tenant.delivery_method),
        no_sms=_no_text(letter, words) or not_cleared,
        has_email=bool(tenant.email),
        legal_email=tenant.legal_email,
    )


def _no_text(letter: Letter | Standing, words: Words) -> Refusal | None:
    if not words.bodies.sms:
        return Refusal("no_words", "The letter has no words for a text.")
    return rules.may_be_sms(
        category=letter.category, has_account_field=words.text.has_account_field
    )


def demand_complete(preview: Preview) -> None:
    """Raise ``BadInput`` where a field stands for nothing: such a letter is not issued."""
    if preview.missing:
        raise BadInput(
            f"There is nothing to put in for {', '.join(preview.missing)}.", code="empty_field"
        )
