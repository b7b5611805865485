"""R15: how long chat goes on after a move-out, as facility and tenant see it."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from tenantline.audit.models import Entry
from tenantline.consent import actions, queries, tenancies
from tenantline.facilities.models import Facility, Line
from tenantline.facilities.scope import EVERYWHERE
from tenantline.kernel import clock
from tenantline.kernel.errors import BadInput
from tests import cast

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


def moved_out(where: Facility) -> Any:
    who = cast.opted_in(where)
    actions.move_out(tenant=who, at=clock.now(), by=cast.TESTER, now=clock.now())
    return who


def set_days(where: Facility, days: int) -> int:
    return tenancies.set_chat_days(facility=where, days=days, by=cast.TESTER, now=clock.now())


def chats(who: Any, after: timedelta) -> bool:
    who = type(who).objects.select_related("facility").get(pk=who.pk)
    found = queries.of(tenant=who, scope=EVERYWHERE, now=clock.now() + after)
    return found.services["chat"]


def test_fewer_days_end_chat_sooner_for_who_has_left_already():
    site = cast.site()
    who = moved_out(site)
    assert set_days(site, 10) == 1
    assert (chats(who, 9 * DAY), chats(who, 11 * DAY)) == (True, False)


def test_more_days_give_nothing_back_to_who_has_left():
    site = cast.site()
    set_days(site, 10)
    who = moved_out(site)
    assert set_days(site, 60) == 0
    assert not chats(who, 11 * DAY)


def test_no_days_end_chat_with_the_last_day():
    site = cast.site()
    set_days(site, 0)
    assert not chats(moved_out(site), timedelta(0))


@pytest.mark.parametrize("days", [61, -1, 9000, True])
def test_chat_never_goes_on_for_more_than_sixty_days(days: int):
    with pytest.raises(BadInput, match="0 to 60 days"):
        set_days(cast.site(), days)


def test_the_days_that_are_left_are_counted():
    who = moved_out(cast.site())
    found = tenancies.ending_of(tenant=who, now=clock.now() + 20 * DAY)
    assert found is not None
    assert (found.planned, found.days_left) == (False, 40)


def test_a_move_out_to_come_is_planned_and_can_be_called_off():
    who = cast.opted_in(cast.site())
    now = clock.now()
    actions.move_out(tenant=who, at=now + 5 * DAY, by=cast.TESTER, now=now)
    found = tenancies.ending_of(tenant=who, now=now)
    assert found is not None
    assert (found.planned, found.days_left) == (True, 5)


def test_who_rents_on_has_no_ending():
    assert tenancies.ending_of(tenant=cast.tenant(cast.site()), now=clock.now()) is None


def test_the_days_and_who_set_them_stand_in_the_audit_log():
    set_days(cast.site(), 30)
    entry = Entry.objects.get(act="facility.changed")
    assert entry.detail["fields"] == ["chat_days_after_move_out"]
    assert Line.objects.get().facility.chat_days_after_move_out == 30
