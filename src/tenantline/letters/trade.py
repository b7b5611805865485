"""What runs are told about letters: who would get one and how, and issuing it to one of them."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from datetime import datetime
from typing import TYPE_CHECKING, Final

from tenantline.billing import queries as billing
from tenantline.consent import cleared
from tenantline.facilities.models import Facility
from tenantline.kernel.errors import NotFound, Refused
from tenantline.letters import account, actions, preview, queries, rules
from tenantline.letters.models import Letter, LetterVersion, Notice
from tenantline.outbox import queries as outbox
from tenantline.runs.actions import Order, actor_of
from tenantline.runs.rules import LETTER_CHANGED
from tenantline.runs.trades import Held, Issued, Planned, Trade
from tenantline.tenants import queries as tenants
from tenantline.tenants.delivery import Refusal, checked_method
from tenantline.tenants.models import Tenant

if TYPE_CHECKING:
    from tenantline.runs.models import Item, Run

_TOGETHER: Final = 250
_DONE: Final = Refusal(
    "already_issued", "A run has issued this letter to the tenant on this day already."
)
_NOTHING_DUE: Final = Refusal("zero_balance", "Nothing is owed; there is nothing to remind of.")
_NOT_LATE: Final = Refusal("not_overdue", "Nothing is overdue.")


def order(
    *,
    letter: Letter,
    facility: Facility,
    chosen: Collection[int] | None = None,
    method: str = "",
    key: str = "",
) -> Order:
    """Return what ``runs.actions.prepare`` takes, for a letter in its words as they are now.

    Raises:
        BadInput: there is no such method.
        NotFound: the letter is not one of the facility, or has been retired.
    """
    if letter.retired_at is not None or letter.facility_id not in (None, facility.pk):
        raise NotFound("There is no such letter at this facility.")
    if method:
        checked_method(method)
    return Order(
        kind="letters",
        facility=facility,
        subject=str(queries.current(letter).pk),
        chosen=chosen,
        method=method,
        key=key,
    )


def plan(run: Run, now: datetime) -> Iterator[Planned]:
    """Yield what a run would do for each of its tenants, in the order of their ids.

    Without a selection that is everybody who rents.
    """
    version = version_of(run)
    after = 0
    while some := _next(run, after):
        after = some[-1].pk
        yield from _of(some, run, version, now)


def version_of(run: Run) -> LetterVersion:
    """Return the words that a run issues, with their letter."""
    return LetterVersion.objects.select_related("letter").get(pk=int(run.subject))


def _next(run: Run, after: int) -> list[Tenant]:
    rows = Tenant.objects.filter(facility=run.facility_id, pk__gt=after).order_by("pk")
    if run.chosen is not None:
        rows = rows.filter(pk__in=sorted(pk for pk in run.chosen if pk > after)[:_TOGETHER])
    return list(rows.select_related("facility")[:_TOGETHER])


def _of(some: list[Tenant], run: Run, version: LetterVersion, now: datetime) -> Iterator[Planned]:
    refused = outbox.refusals(asked=some, purpose="notice", now=now)
    tenancies = tenants.tenancies([tenant.pk for tenant in some], now)
    issued = Notice.objects.filter(
        tenant__in=some, letter=version.letter_id, occasion=_occasion(run)
    )
    known = set(issued.values_list("tenant_id", flat=True))
    for tenant in some:
        if run.chosen is None and not tenancies[tenant.pk].renting:
            continue
        why = _DONE if tenant.pk in known else _no_reason(version.letter.category, tenant, now)
        if why is not None:
            yield Planned(tenant.pk, None, why.code, why.sentence)
        else:
            yield _going(tenant, run, version, refused.get(tenant.pk), now)


def _no_reason(category: str, tenant: Tenant, now: datetime) -> Refusal | None:
    """Return why a reminder has nothing to remind of, None where it has."""
    if category not in actions.DUE_TO_A_CHARGE:
        return None
    view = account.view(tenant, now)
    if view.due_date is None:
        return _NOTHING_DUE
    return _NOT_LATE if category == "past_due" and not view.overdue_cents else None


def _going(
    tenant: Tenant,
    run: Run,
    version: LetterVersion,
    refused: cleared.Refusal | None,
    now: datetime,
) -> Planned:
    words = preview.words_for(version.letter.name, version.bodies, tenant, now)
    not_cleared = Refusal(refused.code, refused.sentence) if refused else None
    case = preview.case(version.letter, words, tenant, run.method or None, not_cleared)
    shown = preview.shown(words, rules.decide(case))
    if shown.missing:
        missing = ", ".join(shown.missing)
        return Planned(tenant.pk, None, "empty_field", f"There is nothing to put in for {missing}.")
    skipped = shown.decision.skipped
    return Planned(
        tenant.pk,
        checked_method(shown.decision.method),
        skipped[0].code if skipped else "",
        skipped[0].sentence if skipped else "",
        shown.measure.segments if shown.measure and "sms" in shown.words else 0,
    )


def issue_item(item: Item, now: datetime) -> Issued | Held:
    """Issue the letter to one tenant. Needs the transaction that marks the item.

    Raises:
        Refused: ``letter_changed``: its words are others than those of the preview; or the line
            was paused after the run was confirmed: nobody is sent paper because of that.
    """
    run = item.run
    version = version_of(run)
    letter = version.letter
    if letter.retired_at is not None or queries.current(letter).pk != version.pk:
        raise Refused(
            LETTER_CHANGED,
            "The letter was changed after this run was prepared; prepare a run anew.",
        )
    why = _no_reason(letter.category, item.tenant, now)
    if why is not None:
        return Held(why.code, why.sentence)
    made = actions.issue(
        letter=letter,
        tenant=item.tenant,
        by=actor_of(run),
        now=now,
        method=run.method or None,
        occasion=_occasion(run),
    )
    if made.repeated:
        return Held(_DONE.code, _DONE.sentence)
    return _issued(made.notice, item)


def _issued(notice: Notice, item: Item) -> Issued:
    why = notice.skipped[0] if notice.skipped else {"code": "", "sentence": ""}
    if item.method == "sms" and why["code"] == "line_paused":
        raise Refused(why["code"], why["sentence"])
    message = notice.message
    return Issued(
        method=checked_method(notice.method),
        ref=f"notice:{notice.pk}",
        why_code=why["code"],
        why=why["sentence"],
        segments=message.text.segments if message is not None and message.text else 0,
        message_id=notice.message_id,
        email_id=notice.email_id,
    )


def _occasion(run: Run) -> str:
    """Return what makes it once: a letter goes to a tenant once a day, however often it is run."""
    return f"run:{_day(run.facility, run.created_at)}"


def _day(facility: Facility, at: datetime) -> str:
    return billing.today(facility, at).isoformat()


TRADE: Final = Trade(plan=plan, issue=issue_item)
