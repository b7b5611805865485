"""Automations at the desk: adding one, trying it simulated, switching it on, who may."""

from __future__ import annotations

from datetime import timedelta

import pytest
import time_machine

from tenantline.automations.models import Automation
from tenantline.automations.working import Shift
from tenantline.letters.models import Letter, Notice
from tests import cast
from tests.desk.conftest import House

PAGE = "/settings/automations/"


@pytest.fixture(autouse=True)
def _at_noon():
    with time_machine.travel(cast.at_noon(), tick=False):
        yield


def content(answer) -> str:
    return answer.content.decode()


def said(**more: str) -> dict[str, str]:
    known = Letter.objects.first()
    letter = known or cast.letter("Due soon", text="Dear {{tenant.name}}, rent is due.")
    values = {"when": "charge_due", "days": "3", "letter": str(letter.pk), "facility": "LAMAR"}
    return values | more


def scan() -> None:
    shift = Shift()
    while shift.step():
        pass


def test_a_manager_adds_one_sees_whom_it_is_for_and_switches_it_on(house: House):
    cast.entry(cast.tenant(house.lamar, "Olive Owes"))
    answer = house.manager.post(PAGE, said(), follow=True)
    assert "3 days before a charge is due" in content(answer)
    assert "Olive Owes" in content(answer)
    scan()
    assert not Notice.objects.exists()
    mine = f"{PAGE}{Automation.objects.get().pk}/"
    house.manager.post(f"{mine}switch/", {"mode": "on"})
    scan()
    page = content(house.manager.get(mine))
    assert "Issued, Print" in page
    assert "Nobody, as things stand." in page
    house.manager.post(f"{mine}end/")
    assert "No automation yet." in content(house.manager.get(PAGE))


def test_what_is_wrong_stays_typed_and_is_named(house: House):
    answer = house.manager.post(PAGE, said(days="many"))
    assert answer.status_code == 400
    assert "A number of days from 0 to 60, please." in content(answer)
    assert house.manager.post(PAGE, said(letter="", days="3")).status_code == 400


def test_a_manager_changes_none_that_acts_at_all_facilities(house: House):
    made = said()
    assert house.manager.post(PAGE, made | {"facility": ""}).status_code == 400
    house.owner.post(PAGE, made | {"facility": ""})
    mine = f"{PAGE}{Automation.objects.get().pk}/"
    assert house.manager.post(f"{mine}switch/", {"mode": "on"}).status_code == 403
    assert "an owner of all of them changes it" in content(house.manager.get(mine))
    assert Automation.objects.get().mode == "off"


def test_a_clerk_and_people_of_elsewhere_reach_none(house: House):
    house.owner.post(PAGE, said(facility="MESA"))
    mine = f"{PAGE}{Automation.objects.get().pk}/"
    assert house.clerk.get(PAGE).status_code == 403
    assert house.manager.get(mine).status_code == 404
    assert house.manager.post(f"{mine}switch/", {"mode": "on"}).status_code == 404


def test_a_change_shows_whom_it_would_write_to_before_it_is_done(house: House):
    noon = cast.at_noon()
    cast.entry(cast.tenant(house.lamar, "Olive Owes"), due_on=(noon - timedelta(days=2)).date())
    house.manager.post(PAGE, said(when="charge_late", days="9"))
    made = Automation.objects.get()
    mine = f"{PAGE}{made.pk}/"
    house.manager.post(f"{mine}switch/", {"mode": "on"})
    Automation.objects.update(since=noon - timedelta(days=5))
    new = {"days": "1", "letter": str(made.letter_id)}
    page = content(house.manager.post(f"{mine}change/", new | {"act": "look"}))
    assert "Olive Owes" in page
    assert "Change, and leave these alone" in page
    assert Automation.objects.get().days == 9
    answer = house.manager.post(f"{mine}change/", new | {"act": "leave"}, follow=True)
    assert "1 cause is left alone." in content(answer)
    assert "When a charge is 1 day late" in content(answer)
    assert house.clerk.get(f"{mine}change/").status_code == 403
    assert house.manager.post(f"{mine}change/", new | {"days": "x"}).status_code == 400
