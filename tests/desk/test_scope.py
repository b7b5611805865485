"""R10: nobody reaches what belongs to another facility, by whatever address takes an id.

The addresses are taken from the urls themselves, so that a new page cannot be forgotten.
"""

from __future__ import annotations

from contextlib import closing
from typing import Any

import pytest
from django.urls import URLPattern, reverse

from tenantline.automations import actions as automations
from tenantline.billing import returns
from tenantline.consent import queries as consent
from tenantline.conversations import queries as conversations
from tenantline.desk.urls import urlpatterns
from tenantline.facilities import queries as facilities
from tenantline.facilities.models import Facility
from tenantline.facilities.scope import EVERYWHERE
from tenantline.imports import actions as imports
from tenantline.kernel import clock
from tenantline.kernel.phone import Number
from tenantline.tenants import queries as tenants
from tenantline.tenants.models import Tenant
from tests import cast
from tests.billing.returnfile import Back, written
from tests.desk.conftest import House
from tests.desk.test_files import keep, text_with_file
from tests.runs.batches import issued, statements
from tests.statements import people

# Addresses that need no scope: a widget's name, and what a one-time link itself permits.
_OPEN = {"widget", "choose_password"}
# What concerns the whole installation is for owners of everything: others are told so.
_FOR_OWNERS_OF_ALL = {"recovery_leave_out"}


def _all() -> list[URLPattern]:
    return [pattern for pattern in urlpatterns if isinstance(pattern, URLPattern)]


def _patterns() -> list[URLPattern]:
    return [p for p in _all() if p.pattern.converters and p.name not in _OPEN]


def _ids_of_mesa(house: House) -> dict[str, Any]:
    """Return, for every name in an address, something real that belongs to Mesa alone."""
    who = cast.opted_in(house.mesa, "Mona Mesa")
    cast.receive(cast.mobile_of(who), house.mesa, "hello")
    cast.tenant(house.mesa, "Mike Mesa", number=Number(cast.mobile_of(who)))
    thread = conversations.with_number(house.mesa.pk, cast.mobile_of(who))
    line = facilities.sending_line(house.mesa.pk)
    assert thread is not None
    assert line is not None
    file = text_with_file(house.mesa)
    keep(file)
    submitted = next(e for e in consent.history(who.pk) if e.kind == "form_submitted")
    return {
        "tenant_id": who.pk,
        "event_id": submitted.pk,
        "question_id": tenants.open_questions(who.pk)[0].pk,
        "conversation_id": thread.pk,
        "message_id": conversations.messages(thread)[0].pk,
        "text_id": cast.outgoing(cast.write(who)).pk,
        "file_id": file.pk,
        "code": house.mesa.code,
        "line_id": line.pk,
        "staff_id": cast.member("mesaperson", "clerk", house.mesa).pk,
        "token_id": cast.token("clerk", house.mesa)[0].pk,
        "job_id": _upload(house.mesa),
        "letter_id": cast.letter("Of Mesa", facility=house.mesa).pk,
        "notice_id": _notice(who),
        "period_id": who.periods.latest("pk").pk,
        **_account(who),
        **_run(who),
        "automation_id": _automation(house.mesa),
    }


def _notice(who: Tenant) -> int:
    cast.entry(who)
    return cast.notice(who).pk


def _account(who: Tenant) -> dict[str, int]:
    """Return a payment, one that came back, and the file of a bank that says so of another."""
    back = returns.record(
        payment=cast.entry(who, "payment", 500), code="R01", by=cast.TESTER, now=clock.now()
    )
    file = returns.upload(
        facility=who.facility,
        name="back.ach",
        content=written([Back()]),
        by=cast.TESTER,
        now=clock.now(),
    )
    payment = cast.entry(who, "payment", 700)
    return {"entry_id": payment.pk, "returned_id": back.pk, "return_file_id": file.pk}


def _run(who: Tenant) -> dict[str, Any]:
    """Return a run that has issued one statement on paper, a sheet of it and its month."""
    run = issued(statements(who.facility, chosen=[who.pk], method="print"))
    made = who.statements.get()
    word = {"part": 1, "word": "pause", "period": people.period_of(clock.now())}
    return {"run_id": run.pk, "statement_id": made.pk, **word}


def _automation(site: Facility) -> int:
    letter = cast.letter("When it is due", facility=site)
    return automations.add(
        when="charge_due", days=0, letter=letter, facility=site, by=cast.TESTER, now=clock.now()
    ).pk


def _upload(site: Facility) -> int:
    now = clock.now()
    pieces = [b"name\nMona Mesa\n"]
    return imports.upload(
        facility=site, name="people.csv", pieces=pieces, by=cast.TESTER, now=now
    ).pk


def _address(pattern: URLPattern, ids: dict[str, Any]) -> str:
    args = {name: ids[name] for name in pattern.pattern.converters}
    return reverse(f"desk:{pattern.name}", kwargs=args)


@pytest.mark.parametrize("pattern", _patterns(), ids=lambda pattern: pattern.name)
def test_what_is_of_another_facility_is_not_there(pattern: URLPattern, house: House):
    ids = _ids_of_mesa(house)
    unknown = set(pattern.pattern.converters) - set(ids)
    assert not unknown, f"say in _ids_of_mesa what {unknown} is at Mesa"
    address = _address(pattern, ids)
    answers = [house.owner_of_lamar.get(address), house.owner_of_lamar.post(address)]
    absent = 403 if pattern.name in _FOR_OWNERS_OF_ALL else 404
    assert {answer.status_code for answer in answers} - {405} == {absent}
    for_clerks = [house.clerk.get(address), house.clerk.post(address)]
    assert {answer.status_code for answer in for_clerks} <= {403, 404, 405}


@pytest.mark.parametrize("pattern", _patterns(), ids=lambda pattern: pattern.name)
def test_the_same_addresses_are_there_for_who_may_see_them(pattern: URLPattern, house: House):
    ids = _ids_of_mesa(house)
    with closing(house.owner.get(_address(pattern, ids))) as answer:  # it may hold a file open
        assert answer.status_code in {200, 302, 405}


def test_every_page_but_the_ways_in_asks_for_a_sign_in(house: House, client):
    ids = _ids_of_mesa(house) | {"name": "unread"}
    for pattern in _all():
        if pattern.name in {"sign_in", "sign_out", "choose_password"}:
            continue
        address = _address(pattern, ids)
        for answer in (client.get(address), client.post(address)):
            assert answer.status_code in {302, 405}, address


def test_lists_and_search_show_the_own_facility_only(house: House):
    cast.tenant(house.mesa, "Mona Mesa")
    cast.tenant(house.lamar, "Lena Lamar")
    for address in ("/tenants/", "/search/?q=a", "/tenants/?q=a"):
        page = house.clerk.get(address).content.decode()
        assert "Lena Lamar" in page
        assert "Mona Mesa" not in page


def test_a_facility_out_of_scope_cannot_be_switched_to(house: House):
    assert house.clerk.get("/tenants/?facility=MESA").status_code == 404
    assert house.owner.get("/tenants/?facility=MESA").status_code == 200


def test_the_switch_is_remembered_and_can_be_left(house: House):
    cast.tenant(house.mesa, "Mona Mesa")
    house.owner.get("/?facility=LAMAR")
    assert "Mona Mesa" not in house.owner.get("/tenants/").content.decode()
    assert "Mona Mesa" in house.owner.get("/tenants/?facility=all").content.decode()


def test_a_shared_phone_reveals_only_a_count_of_others_elsewhere(house: House):
    who = cast.tenant(house.lamar, "Lena Lamar")
    cast.tenant(house.mesa, "Mona Mesa", number=Number(cast.mobile_of(who)))
    page = house.clerk.get(f"/tenants/{who.pk}/").content.decode()
    assert "1 tenant outside your facilities" in page
    assert "Mona Mesa" not in page


def test_a_revocation_recorded_elsewhere_is_told_without_name_and_note(house: House):
    who = cast.opted_in(house.lamar, "Lena Lamar")
    twin = cast.tenant(house.mesa, "Mona Mesa", number=Number(cast.mobile_of(who)))
    house.owner.post(f"/tenants/{twin.pk}/revocation/", {"medium": "phone", "note": "Mona called"})
    page = house.clerk.get(f"/tenants/{who.pk}/consent/").content.decode()
    assert "Revocation recorded" in page
    assert "Mona called" not in page
    assert "olive" not in page


def test_an_owner_of_one_facility_cannot_reach_an_owner_of_all(house: House):
    page = house.owner_of_lamar.get("/settings/staff/").content.decode()
    assert "carla" in page
    assert "olive" not in page
    assert house.owner_of_lamar.get("/settings/add-facility/").status_code == 403


def test_a_selection_leaves_out_what_is_out_of_scope(house: House):
    stranger = cast.tenant(house.mesa, "Mona Mesa")
    house.clerk.post("/tenants/opt-in/", {"tenant": [stranger.pk]})
    assert consent.latest_form(stranger.pk) is None
    assert tenants.get(scope=EVERYWHERE, tenant_id=stranger.pk).name == "Mona Mesa"
