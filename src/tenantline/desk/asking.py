"""What staff are asked about a number that two tenants name, as pages show it (R12, R15).

Whoever is outside the reader's scope stays unnamed (R10), and only who sees both can answer.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from tenantline.consent import numbers
from tenantline.desk.access import Desk
from tenantline.tenants import queries as tenants

if TYPE_CHECKING:
    from tenantline.tenants.models import NumberQuestion, Tenant


@dataclass(frozen=True)
class AskedNumber:
    """One open question: ``to`` was given the number that ``of`` holds, or held (``holds``).

    Each is None where out of scope; ``seen`` is one who is not. ``answerable``: both are in scope.
    """

    question: NumberQuestion
    to: Tenant | None
    of: Tenant | None
    holds: bool
    answerable: bool

    @property
    def seen(self) -> Tenant:
        """Return a tenant of the two whom the reader may see."""
        seen = self.to or self.of
        assert seen is not None  # noqa: S101 - a question is found by a tenant in scope
        return seen


def about(desk: Desk, *tenant_ids: int) -> list[AskedNumber]:
    """Return the open questions on the numbers of these tenants, each once."""
    found = {asked.pk: asked for pk in tenant_ids for asked in tenants.open_questions(pk)}
    return shown(desk, found.values())


def shown(desk: Desk, questions: Iterable[NumberQuestion]) -> list[AskedNumber]:
    """Return questions as this person may read them."""
    questions = list(questions)
    held = tenants.current_periods([question.other_id for question in questions])
    return [
        AskedNumber(
            question=question,
            to=_seen(desk, question.tenant),
            of=_seen(desk, question.other),
            holds=question.other_id in held and held[question.other_id].number == question.number,
            answerable=numbers.may_answer(question, desk.scope),
        )
        for question in questions
    ]


def _seen(desk: Desk, tenant: Tenant) -> Tenant | None:
    return tenant if desk.scope.covers(tenant.facility_id) else None
