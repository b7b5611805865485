"""Reading who works where, for the owners who decide it (R10).

An owner may see and change people and tokens whose facilities all lie within their own scope:
nobody can lift themselves by taking over an account that reaches further.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Generic, TypeVar

from tenantline.facilities.models import Facility, Membership
from tenantline.facilities.scope import Scope
from tenantline.kernel.errors import Forbidden, NotFound
from tenantline.staff import queries as staff
from tenantline.staff.models import Role, Staff, Token

M = TypeVar("M", Staff, Token)


@dataclass(frozen=True)
class Member(Generic[M]):
    """A person or token with where they work; ``everywhere`` is an owner named at no facility."""

    who: M
    facilities: list[Facility]
    everywhere: bool


def staff_within(scope: Scope) -> list[Member[Staff]]:
    """Return the staff whose facilities lie within the scope, active first, by username."""
    return _within(scope, staff.everyone(), "staff")


def tokens_within(scope: Scope) -> list[Member[Token]]:
    """Return the API tokens whose facilities lie within the scope, newest first."""
    return _within(scope, staff.tokens(), "token")


def staff_member(*, scope: Scope, staff_id: int) -> Member[Staff]:
    """Return a staff member within the scope, or raise ``NotFound``."""
    return _one(staff_within(scope), staff_id)


def token(*, scope: Scope, token_id: int) -> Member[Token]:
    """Return a token within the scope, or raise ``NotFound``."""
    return _one(tokens_within(scope), token_id)


def demand_everywhere(scope: Scope) -> None:
    """Raise ``Forbidden`` unless the scope is every facility: some acts concern the operator."""
    if scope.facility_ids is not None:
        raise Forbidden("Only an owner of all facilities can do this.")


def _within(scope: Scope, everyone: list[M], kind: str) -> list[Member[M]]:
    places: dict[int, list[Facility]] = {}
    rows = Membership.objects.select_related("facility").exclude(**{kind: None})
    for row in rows.order_by("facility__name"):
        places.setdefault(getattr(row, f"{kind}_id"), []).append(row.facility)
    found = [_member(who, places.get(who.pk, [])) for who in everyone]
    return [member for member in found if _lies_within(member, scope)]


def _member(who: M, facilities: list[Facility]) -> Member[M]:
    return Member(who, facilities, everywhere=who.role == Role.OWNER and not facilities)


def _lies_within(member: Member[M], scope: Scope) -> bool:
    if scope.facility_ids is None:
        return True
    ids = {facility.pk for facility in member.facilities}
    return bool(ids) and ids <= scope.facility_ids


def _one(found: list[Member[M]], wanted: int) -> Member[M]:
    for member in found:
        if member.who.pk == wanted:
            return member
    raise NotFound("There is no such person or token.")
