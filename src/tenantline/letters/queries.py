"""Reading letters and notices. Every way to one takes the asker's ``Scope`` (R10)."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from django.db.models import Max, Q, QuerySet

from tenantline.facilities.scope import Scope
from tenantline.kernel.digits import whole_number
from tenantline.kernel.errors import Forbidden, NotFound
from tenantline.letters.composing import Bodies
from tenantline.letters.models import Letter, LetterVersion, Notice
from tenantline.tenants.models import Tenant


def letters(*, scope: Scope, facility_id: int | None = None) -> QuerySet[Letter]:
    """Return letters in use that may be issued in scope (at a facility), by name."""
    rows = _visible(scope).filter(retired_at=None)
    if facility_id is not None:
        rows = rows.filter(Q(facility=None) | Q(facility=facility_id))
    return rows.order_by("name", "id")


def letter(*, scope: Scope, letter_id: int | str) -> Letter:
    """Return a letter in scope, or raise ``NotFound``."""
    pk = _pk(letter_id)
    found = _visible(scope).filter(pk=pk).first() if pk is not None else None
    if found is None:
        raise NotFound("There is no such letter.")
    return found


def demand_may_change(*, scope: Scope, facility_id: int | None) -> None:
    """Raise ``Forbidden`` where a letter for all facilities is not this person's to change."""
    if facility_id is None and scope.facility_ids is not None:
        raise Forbidden("A letter for all facilities is changed by an owner of all of them.")


def bodies(version: LetterVersion, language: str) -> Bodies:
    """Return a version's words in a language, empty ones where it is not written in it."""
    stored = version.bodies.get(language)
    return Bodies(**stored) if stored else Bodies(print="")


def _visible(scope: Scope) -> QuerySet[Letter]:
    rows = Letter.objects.select_related("facility")
    return rows.filter(facility=None) | scope.narrow(rows)


def _pk(value: int | str) -> int | None:
    return value if isinstance(value, int) else whole_number(value)


def current(letter: Letter) -> LetterVersion:
    """Return a letter's words as they are now."""
    return letter.versions.order_by("-number")[0]


def current_numbers(letters: Collection[Letter]) -> dict[int, int]:
    """Return the number of the newest version of each of these letters, by letter id."""
    rows = LetterVersion.objects.filter(letter__in=letters).values_list("letter_id")
    return dict(rows.annotate(Max("number")))


def versions(letter: Letter) -> list[LetterVersion]:
    """Return all versions of a letter, newest first."""
    return list(letter.versions.order_by("-number"))


def next_number(letter: Letter) -> int:
    """Return the number of a letter's next version."""
    return (letter.versions.aggregate(last=Max("number"))["last"] or 0) + 1


def notices(*, tenant: Tenant) -> QuerySet[Notice]:
    """Return what was issued to a tenant, newest first."""
    return _detailed().filter(tenant=tenant).order_by("-issued_at", "-id")


def all_notices(*, scope: Scope) -> QuerySet[Notice]:
    """Return what was issued to tenants in scope, newest first."""
    return scope.narrow(_detailed()).order_by("-id")


def notice(*, scope: Scope, notice_id: int | str) -> Notice:
    """Return a notice in scope, or raise ``NotFound``."""
    rows = scope.narrow(_detailed())
    pk = _pk(notice_id)
    found = rows.filter(pk=pk).first() if pk is not None else None
    if found is None:
        raise NotFound("There is no such notice.")
    return found


def issued_for(*, letter_id: int, tenant_id: int, occasion: str) -> Notice | None:
    """Return the notice of a letter to a tenant for an occasion, None where there is none."""
    return _detailed().filter(letter=letter_id, tenant=tenant_id, occasion=occasion).first()


def with_key(occasion: str) -> Notice | None:
    """Return the notice that a request's key has made, whosever letter, None where none has."""
    return _detailed().filter(occasion=occasion).order_by("id").first()


def state(notice: Notice) -> tuple[str, datetime | None]:
    """Return how far a notice has come, and since when if that is known.

    ``withdrawn``; ``to_print`` or ``printed``; for the others what their text or e-mail says:
    ``queued``, ``sending``, ``sent``, ``delivered``, ``withheld``, ``failed`` …
    """
    if notice.withdrawn_at is not None:
        return "withdrawn", notice.withdrawn_at
    if notice.method == "print":
        return ("printed" if notice.printed_at else "to_print"), notice.printed_at
    if notice.method == "email" and notice.email is not None:
        return notice.email.state, notice.email.sent_at
    text = notice.message.text if notice.message else None
    return (text.state, text.delivered_at or text.sent_at) if text else ("failed", None)


def _detailed() -> QuerySet[Notice]:
    return Notice.objects.select_related(
        "letter", "version", "tenant", "facility", "message__text", "email"
    )
