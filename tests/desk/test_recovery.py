"""The desk while the installation recovers from a restore: the banner, the list, the owner (R7)."""

from __future__ import annotations

from datetime import timedelta
from typing import Literal

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.test import Client
from playwright.sync_api import Page

from tenantline.audit.models import Entry
from tenantline.facilities.models import Line
from tenantline.intake import hearing
from tenantline.kernel import clock
from tenantline.recovery import actions, queries, rules
from tests import cast
from tests.desk.conftest import House
from tests.desk.screen import Screen

ADDRESS = "/settings/recovery/"
BANNER = "A backup was restored."
THEMES: tuple[Literal["light", "dark"], ...] = ("light", "dark")
EVERYTHING = [item.key for item in rules.UNKNOWABLE]


@pytest.fixture
def restored(house: House) -> House:
    now = clock.now()
    made_at = now - timedelta(hours=3)
    actions.begin(backup_id="b", made_at=made_at, texts=2, by=cast.TESTER, now=now)
    return house


def words(client: Client, address: str = ADDRESS) -> str:
    return client.get(address).content.decode()


@pytest.mark.parametrize("address", ["/", "/inbox/", "/tenants/", "/settings/lines/", ADDRESS])
def test_every_page_says_that_a_backup_was_restored(restored: House, address: str):
    assert BANNER in words(restored.clerk, address)


def test_a_chat_window_says_so_too(restored: House):
    who = cast.opted_in(restored.lamar)
    address = f"/tenants/{who.pk}/chat/"
    assert BANNER in restored.clerk.get(address, follow=True).content.decode()


def test_nothing_is_said_where_nothing_was_restored(house: House):
    assert BANNER not in words(house.owner, "/")
    assert "No backup was ever restored here." in words(house.owner)


def test_an_owner_confirms_the_list(restored: House):
    answer = restored.owner.post(ADDRESS, {"done": EVERYTHING}, follow=True)
    assert "Automatic texts leave once every line is read back." in answer.content.decode()
    found = queries.current()
    assert found is not None
    assert found.confirmed_by == "olive"
    assert Entry.objects.filter(act="recovery.confirmed", actor_name="olive").exists()


def test_a_list_that_is_not_finished_keeps_its_ticks(restored: House):
    answer = restored.owner.post(ADDRESS, {"done": EVERYTHING[:2]})
    assert answer.status_code == 400
    shown = answer.content.decode()
    assert "Go through the whole list first" in shown
    assert shown.count("checked") == 2


@pytest.mark.parametrize("who", ["clerk", "manager", "owner_of_lamar"])
def test_nobody_but_an_owner_of_everything_confirms(restored: House, who: str):
    answer = getattr(restored, who).post(ADDRESS, {"done": EVERYTHING})
    assert answer.status_code == 403
    found = queries.current()
    assert found is not None
    assert found.confirmed_at is None


def test_lines_elsewhere_are_counted_and_not_named(restored: House):
    shown = words(restored.clerk)
    assert "Storage LAMAR" in shown
    assert "Storage MESA" not in shown
    assert "1 more at other facilities." in shown


def test_a_line_that_cannot_be_read_can_be_left_out_with_a_trace(restored: House):
    line = Line.objects.get(facility=restored.mesa)
    long_ago = clock.now() - timedelta(days=1)
    hearing.note_reading(line_id=line.pk, began_at=long_ago, now=clock.now())
    hearing.note_problem(line_id=line.pk, problem="Twilio closed the account.", now=clock.now())
    assert "Go on without it" in words(restored.owner)
    restored.owner.post(f"{ADDRESS}lines/{line.pk}/")
    assert "Not waited for" in words(restored.owner)
    assert Entry.objects.filter(act="recovery.line_left_out", subject=f"line:{line.pk}").exists()


def test_what_was_restored_stays_to_be_seen_when_it_is_over(restored: House):
    found = queries.current()
    assert found is not None
    actions.end(recovery_id=found.pk, now=clock.now())
    assert "The installation has recovered." in words(restored.owner)
    assert BANNER not in words(restored.owner, "/")


def test_who_texted_start_in_vain_since_is_named_as_one_whose_form_may_be_lost(restored: House):
    lost = cast.tenant(restored.lamar, "Lost Form")
    cast.receive(cast.mobile_of(lost), restored.lamar, "START")
    cast.opted_in(restored.lamar, "Fine Form")
    elsewhere = cast.tenant(restored.mesa, "Else Where")
    cast.receive(cast.mobile_of(elsewhere), restored.mesa, "START")
    shown = words(restored.clerk)
    assert "Lost Form" in shown
    assert "Fine Form" not in shown
    assert "Else Where" not in shown


@pytest.mark.browser
@pytest.mark.slow
def test_the_page_is_clean_in_light_and_dark_and_fits_a_phone(page: Page, restored: House):
    screen = Screen(page, restored.owner)
    screen.open(ADDRESS)
    for theme in THEMES:
        page.emulate_media(color_scheme=theme, reduced_motion="reduce")
        found = Axe().run(page)
        assert found.violations_count == 0, found.generate_report()
    page.set_viewport_size({"width": 390, "height": 844})
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    assert screen.complaints == []
