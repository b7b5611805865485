"""Facilities, units, lines and who works where: what cannot be used changes nothing."""

from __future__ import annotations

from datetime import UTC, time

import pytest

from tenantline.facilities import actions, queries
from tenantline.facilities.models import Facility, Line, Membership, Unit
from tenantline.facilities.scope import EVERYWHERE
from tenantline.kernel import clock
from tenantline.kernel.errors import BadInput, Conflict, NotFound
from tests import cast

pytestmark = pytest.mark.django_db


def change(where: Facility, **details: object) -> None:
    actions.change_facility(facility=where, by=cast.TESTER, now=clock.now(), **details)


BAD = [
    {"name": ""},
    {"name": "x" * 81},
    {"name": None},
    {"timezone": "Austin"},
    {"timezone": "UTC"},
    {"timezone": "../etc/passwd"},
    {"phone": "12"},
    {"phone": "call me"},
    {"email": "nobody"},
    {"email": "a\x00b@example.com"},
    {"email": "a@example.com\nBcc: x@example.com"},
    {"street": "s" * 121},
    {"window_opens": time(7, 59)},
    {"window_closes": time(20, 1)},
    {"window_opens": time(12), "window_closes": time(12, 59)},
    {"window_opens": "07:00"},
    {"window_opens": time(9, tzinfo=UTC)},
    {"texts_on_sunday": "no"},
    {"code": "OTHER"},
    {"chat_days_after_move_out": 9000},
]


@pytest.mark.parametrize("details", BAD, ids=str)
def test_what_cannot_be_used_changes_nothing(details):
    where = cast.site()
    before = Facility.objects.filter(pk=where.pk).values().get()
    with pytest.raises(BadInput):
        change(where, **details)
    assert Facility.objects.filter(pk=where.pk).values().get() == before


def test_hours_can_be_narrowed_and_the_phone_removed():
    where = cast.site()
    change(where, window_opens=time(9), window_closes=time(17), phone="", name=" A\x00  B ")
    where.refresh_from_db()
    assert (where.window_opens, where.window_closes, where.phone) == (time(9), time(17), "")
    assert where.name == "A B"


@pytest.mark.parametrize("code", ["", " ", "a b", "x" * 25, "-a", "ä", "a/b"])
def test_a_code_that_cannot_be_used_adds_no_facility(code):
    with pytest.raises(BadInput):
        cast.facility(code)
    assert not Facility.objects.exists()


def test_a_code_is_taken_in_any_case():
    cast.facility("LAMAR")
    with pytest.raises(Conflict):
        cast.facility("lamar")


def test_a_number_belongs_to_one_facility():
    here, there = cast.site("HERE"), cast.facility("THERE")
    with pytest.raises(Conflict):
        cast.line(there, cast.number_of(here))
    assert Line.objects.get().facility == here


def test_a_new_line_takes_over_sending_and_the_old_one_stays():
    where = cast.site()
    old = Line.objects.get()
    new = cast.line(where)
    assert queries.sending_line(where.pk) == new
    old.refresh_from_db()
    assert (old.sending, queries.auth_token(old)) == (False, cast.AUTH_TOKEN)


def test_a_disconnected_line_sends_nothing_and_keeps_its_credentials():
    where = cast.site()
    line = Line.objects.get()
    actions.disconnect_line(line=line, by=cast.TESTER, now=clock.now())
    assert queries.sending_line(where.pk) is None
    assert queries.auth_token(line) == cast.AUTH_TOKEN


def test_a_token_never_stands_in_the_clear():
    cast.site()
    assert cast.AUTH_TOKEN not in str(Line.objects.values().get())


@pytest.mark.parametrize("name", ["", "  ", "\x00", "u" * 41])
def test_a_unit_needs_a_name_of_forty_characters_at_most(name):
    with pytest.raises(BadInput):
        actions.unit_named(facility=cast.facility(), name=name)
    assert not Unit.objects.exists()


def test_only_an_owner_may_work_nowhere_in_particular():
    clerk, owner = cast.member("clara", "clerk", cast.site()), cast.member("olive", "owner")
    with pytest.raises(BadInput):
        actions.grant(member=clerk, facilities=[], by=cast.TESTER, now=clock.now())
    assert Membership.objects.get().staff == clerk
    assert queries.scope_of(owner) == EVERYWHERE


def test_a_facility_out_of_scope_looks_absent():
    here = cast.site("HERE")
    cast.site("THERE")
    scope = queries.scope_of(cast.member("clara", "clerk", here))
    with pytest.raises(NotFound):
        queries.facility(scope=scope, code="THERE")
    assert queries.in_scope(scope) == [here]
