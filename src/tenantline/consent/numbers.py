"""R4, R12, R15: a changed mobile number as one event, and whose a number is that several name.

What a change will end is said before it happens; where another tenant holds or held the new
number, the same act says whether one phone is shared or the number was passed on. Only who may
see both tenants can say that (R10): for the others the question waits.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from tenantline.consent import actions, ledger, rules
from tenantline.facilities.scope import Scope
from tenantline.kernel.actor import Actor
from tenantline.kernel.errors import BadInput, Conflict, Forbidden
from tenantline.kernel.phone import Number
from tenantline.tenants import actions as tenant_actions
from tenantline.tenants import queries as tenants
from tenantline.tenants.models import NumberPeriod, NumberQuestion, Tenant


@dataclass(frozen=True)
class Other:
    """Another tenant, in the asker's scope, who holds a number or held it until ``until``.

    ``agreed`` tells that a consent of theirs would end with "passed on".
    """

    tenant: Tenant
    until: datetime | None
    agreed: bool


@dataclass(frozen=True)
class Others:
    """Everyone else who holds or held a number; of those outside the scope only the count."""

    inside: tuple[Other, ...] = ()
    elsewhere: int = 0


class Unanswered(BadInput):
    """The new number is another tenant's too, and nobody has said what that means."""

    code = "number_question"


def others(*, tenant: Tenant, number: str, scope: Scope, now: datetime) -> Others:
    """R15: return who else holds or held this number, before a tenant is given it."""
    found = tenants.periods_of_others(number=number, tenant_id=tenant.pk)
    inside = [row for row in found if scope.covers(row.tenant.facility_id)]
    shown = tuple(Other(row.tenant, row.ended_at, _agreed(row, now)) for row in inside)
    return Others(shown, len(found) - len(inside))


def change(
    *,
    tenant: Tenant,
    number: Number | None,
    shown: str,
    answers: Mapping[int, str],
    scope: Scope,
    by: Actor,
    now: datetime,
) -> int:
    """R4: change a tenant's number, and say of every other tenant in scope who names it, why.

    ``shown`` is the number on file that the person saw, ``answers`` maps the others' ids to
    ``shared`` or ``passed_on``. Returns how many questions wait for somebody who sees more.

    Raises:
        Conflict: the number on file is not ``shown`` any more.
        Unanswered: another tenant in scope holds or held the number, and no answer is given.
    """
    with transaction.atomic():
        tenant_actions.lock(_concerned(tenant, number, scope, now))
        period = tenants.current_period(tenant.pk)
        on_file = period.number if period else ""
        if on_file != shown:
            raise Conflict(
                "Somebody has changed this tenant's number meanwhile; look at it again.",
                code="number_moved",
            )
        if number is None or number == on_file:
            actions.change_number(tenant=tenant, number=number, by=by, now=now)
            return 0
        for other in others(tenant=tenant, number=number, scope=scope, now=now).inside:
            if other.tenant.pk not in answers:
                raise Unanswered(
                    f"Say whether {other.tenant.name} shares this phone, or the number was "
                    "passed on.",
                    field=f"other_{other.tenant.pk}",
                )
        actions.change_number(tenant=tenant, number=number, by=by, now=now)
        return _answer_all(tenant, answers, by, now)


def answer(
    *, question: NumberQuestion, answer: str, scope: Scope, by: Actor, now: datetime
) -> None:
    """R15: say whether two tenants share a number or it was passed on.

    Raises:
        Forbidden: one of the two is outside the scope.
        BadInput, Conflict: as ``actions.answer_number_question``.
    """
    if not may_answer(question, scope):
        raise Forbidden(
            "The other tenant is at a facility where you do not work. Someone who works at both "
            "answers this."
        )
    actions.answer_number_question(question=question, answer=answer, by=by, now=now)


def may_answer(question: NumberQuestion, scope: Scope) -> bool:
    """R10: tell whether somebody with this scope sees both tenants, and so can judge."""
    both = (question.tenant.facility_id, question.other.facility_id)
    return all(scope.covers(facility_id) for facility_id in both)


def _concerned(tenant: Tenant, number: str | None, scope: Scope, now: datetime) -> set[int]:
    found = others(tenant=tenant, number=number, scope=scope, now=now) if number else Others()
    return {tenant.pk} | {other.tenant.pk for other in found.inside}


def _answer_all(tenant: Tenant, answers: Mapping[int, str], by: Actor, now: datetime) -> int:
    waiting = 0
    for question in tenants.open_questions(tenant.pk):
        if question.tenant_id != tenant.pk:
            continue
        said = answers.get(question.other_id)
        if said is None:
            waiting += 1
        else:
            actions.answer_number_question(question=question, answer=said, by=by, now=now)
    return waiting


def _agreed(period: NumberPeriod, now: datetime) -> bool:
    if period.ended_at is not None:
        return False
    return rules.status_at(rules.fold(ledger.facts_of(period)), now) == "opted_in"
