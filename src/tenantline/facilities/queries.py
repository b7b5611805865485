"""Reading facilities, lines and who works where."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from functools import lru_cache

from tenantline.facilities.models import Facility, Line, Membership, Unit
from tenantline.facilities.scope import EVERYWHERE, Scope
from tenantline.kernel.crypto import Vault
from tenantline.kernel.errors import NotFound
from tenantline.kernel.secrets import vault
from tenantline.staff.models import Role, Staff, Token


def scope_of(member: Staff | Token) -> Scope:
    """R10: return the facilities this person or token may see and touch.

    An owner named at no facility in particular has all of them, later ones too.
    """
    field = "staff" if isinstance(member, Staff) else "token"
    ids = frozenset(
        Membership.objects.filter(**{field: member}).values_list("facility_id", flat=True)
    )
    if not ids and member.role == Role.OWNER:
        return EVERYWHERE
    return Scope(ids)


def in_scope(scope: Scope) -> list[Facility]:
    """Return the facilities in the scope, by name."""
    return list(scope.narrow(Facility.objects.order_by("name", "id"), "id"))


def facility(*, scope: Scope, code: str) -> Facility:
    """Return the facility of this code, or raise ``NotFound``."""
    found = scope.narrow(Facility.objects.filter(code__iexact=code.strip()), "id").first()
    if found is None:
        raise NotFound(f"There is no facility with the code {code[:24]}.")
    return found


def units(facility_id: int) -> list[Unit]:
    """Return a facility's units, by name."""
    return list(Unit.objects.filter(facility_id=facility_id).order_by("name"))


def lines(scope: Scope) -> list[Line]:
    """Return all lines in the scope with their facilities, sending ones first."""
    rows = Line.objects.select_related("facility").order_by("-sending", "facility__name", "id")
    return list(scope.narrow(rows))


def sending_line(facility_id: int) -> Line | None:
    """Return the line that the facility's texts leave by, or None where there is none yet."""
    return Line.objects.filter(facility_id=facility_id, sending=True).first()


def paused_lines(scope: Scope) -> list[Line]:
    """Return sending lines in the scope by which nothing leaves until somebody resumes them."""
    rows = Line.objects.select_related("facility").filter(sending=True)
    return list(scope.narrow(rows.exclude(paused_at=None)).order_by("paused_at", "id"))


def heard_lines(*, only: Collection[int] | None = None) -> list[Line]:
    """Return connected lines, also those that were replaced: their STOPs count. None: all."""
    rows = Line.objects.select_related("facility").filter(disconnected_at=None)
    return list((rows if only is None else rows.filter(pk__in=only)).order_by("id"))


def heard_line_ids() -> list[int]:
    """Return the ids of all connected lines."""
    rows = Line.objects.filter(disconnected_at=None)
    return list(rows.order_by("id").values_list("id", flat=True))


def line_by_number(number: str) -> Line | None:
    """Return the line with this number, connected or not."""
    return Line.objects.select_related("facility").filter(number=number).first()


def lines_of_account(account_sid: str) -> list[Line]:
    """Return every line of a carrier account.

    Replaced and disconnected ones too; none for an empty id.
    """
    rows = Line.objects.select_related("facility").filter(account_sid=account_sid)
    return list(rows) if account_sid else []


def lines_of_accounts(account_sids: Collection[str], *, numbers: Collection[str]) -> list[Line]:
    """Return the lines of these carrier accounts with one of these numbers, without facilities.

    Replaced and disconnected ones too; none for an empty id.
    """
    named = [sid for sid in account_sids if sid]
    return list(Line.objects.filter(account_sid__in=named, number__in=numbers))


def auth_token(line: Line) -> str:
    """Return a line's auth token in the clear, for a call or a signature; never shown or logged."""
    return _opened(vault(), line.auth_token_sealed)


def auth_tokens(line: Line, *, now: datetime | None = None) -> list[str]:
    """Return the tokens that Twilio may sign with: a line's own, and for a while the one before.

    While a token is exchanged at Twilio there are two, and it signs with the old one until the new
    one is made the account's primary. Without ``now`` the one before is returned in any case.
    """
    until = line.previous_token_until
    tokens = [auth_token(line)]
    if line.previous_token_sealed and until is not None and (now is None or now < until):
        tokens.append(_opened(vault(), line.previous_token_sealed))
    return tokens


@lru_cache(maxsize=1024)
def _opened(keys: Vault, sealed: str) -> str:
    # Hundreds of calls and texts a second want the same few.
    return keys.open(sealed)


def line(*, scope: Scope, line_id: int) -> Line:
    """Return a line in scope, or raise ``NotFound``."""
    rows = scope.narrow(Line.objects.select_related("facility"))
    found = rows.filter(pk=line_id).first()
    if found is None:
        raise NotFound("There is no such line.")
    return found


def members(facility_id: int) -> list[Staff]:
    """Return the active staff who work at a facility, owners of everything included."""
    everywhere = Staff.objects.filter(role=Role.OWNER, membership__isnull=True)
    here = Staff.objects.filter(membership__facility_id=facility_id)
    return list((everywhere | here).filter(is_active=True).distinct().order_by("username"))
