"""R10: nobody reaches what belongs to another facility, by whatever address takes an id.

The addresses are taken from the urls themselves, so that a new page cannot be forgotten.
"""

from __future__ import annotations

from typing import Any

import pytest
from django.test import override_settings
from django.urls import URLPattern, reverse

from tenantline.automations import actions as automations
from tenantline.billing import returns
from tenantline.consent import queries as consent
from tenantline.conversations import queries as conversations
from tenantline.desk.urls import urlpatterns
from tenantline.facilities import queries as facilities
from tenantline.facilities.models import Facility
from tenantline.imports import actions as imports
from tenantline.kernel import clock
from tenantline.kernel.phone import Number
from tenantline.letters.paper import PAPERS as LETTERS
from tenantline.printing import actions as printing
from tenantline.statements.paper import PAPERS as STATEMENTS
from tenantline.tenants import queries as tenants
from tenantline.tenants.models import Tenant
from tests import cast
from tests.billing.returnfile import Back, written
from tests.desk.conftest import House, Street, street
from tests.runs.batches import issued, statements
from tests.support.files import keep, text_with_file

# Addresses that need no scope: a widget's name, and what a one-time link itself permits.
_OPEN = {"widget", "choose_password"}
# What concerns the whole installation is for owners of everything: others are told so.
_FOR_OWNERS_OF_ALL = {"recovery_leave_out"}


def _all() -> list[URLPattern]:
    return [pattern for pattern in urlpatterns if isinstance(pattern, URLPattern)]


def _patterns() -> list[URLPattern]:
    return [p for p in _all() if p.pattern.converters and p.name not in _OPEN]


@pytest.fixture(scope="module")
def _lived_in(shared_rows: None) -> tuple[Street, dict[str, Any]]:
    """Made once, for there are many addresses."""
    with override_settings(DEMO=True):
        made = street()
        return made, _ids_of_mesa(made)


@pytest.fixture
def ids(_lived_in: tuple[Street, dict[str, Any]]) -> dict[str, Any]:
    """For every name in an address, something real that belongs to Mesa alone."""
    return _lived_in[1]


@pytest.fixture
def house(_lived_in: tuple[Street, dict[str, Any]], db: None, settings) -> House:
    """The house where all of that is."""
    settings.DEMO = True
    return _lived_in[0].house()


def _ids_of_mesa(house: Street) -> dict[str, Any]:
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
        "letters": _notice(who),
        "period_id": who.periods.latest("pk").pk,
        **_account(who),
        **_run(who),
        "automation_id": _automation(house.mesa),
    }


def _notice(who: Tenant) -> dict[str, int]:
    """Return a letter on paper, and the printing in which it was printed."""
    cast.entry(who)
    notice = cast.notice(who, method="print")
    made = printing.print_again(LETTERS, paper=notice, by=cast.TESTER, now=clock.now())
    return {"notice_id": notice.pk, "paper_id": notice.pk, "printing_id": made.pk}


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
    """Return a run that has issued one statement on paper, and the printing of that."""
    run = issued(statements(who.facility, chosen=[who.pk], method="print"))
    made = who.statements.get()
    printed = printing.print_again(STATEMENTS, paper=made, by=cast.TESTER, now=clock.now())
    return {
        "run_id": run.pk,
        "statement_id": made.pk,
        "statements": {"paper_id": made.pk, "printing_id": printed.pk},
        "part": 1,
        "word": "pause",
    }


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


def _known(pattern: URLPattern, ids: dict[str, Any]) -> dict[str, Any]:
    """Return the ids with those of the kind of papers that an address is for."""
    kind = pattern.default_args.get("kind")
    return ids | ids["letters"] | (ids[kind.papers.kind] if kind else {})


def _address(pattern: URLPattern, ids: dict[str, Any]) -> str:
    known = _known(pattern, ids)
    args = {name: known[name] for name in pattern.pattern.converters}
    return reverse(f"desk:{pattern.name}", kwargs=args)


@pytest.mark.parametrize("pattern", _patterns(), ids=lambda pattern: pattern.name)
def test_what_is_of_another_facility_is_not_there(
    pattern: URLPattern, house: House, ids: dict[str, Any]
):
    unknown = set(pattern.pattern.converters) - set(_known(pattern, ids))
    assert not unknown, f"say in _ids_of_mesa what {unknown} is at Mesa"
    address = _address(pattern, ids)
    answers = [house.owner_of_lamar.get(address), house.owner_of_lamar.post(address)]
    absent = 403 if pattern.name in _FOR_OWNERS_OF_ALL else 404
    assert {answer.status_code for answer in answers} - {405} == {absent}
    for_clerks = [house.clerk.get(address), house.clerk.post(address)]
    assert {answer.status_code for answer in for_clerks} <= {403, 404, 405}


@pytest.mark.parametrize("pattern", _patterns(), ids=lambda pattern: pattern.name)
def test_the_same_addresses_are_there_for_who_may_see_them(
    pattern: URLPattern, house: House, ids: dict[str, Any]
):
    answer = house.owner.get(_address(pattern, ids))
    assert answer.status_code in {200, 302, 405}
    if answer.streaming:
        assert b"".join(answer)  # a file that was open is closed at its end


def test_every_page_but_the_ways_in_asks_for_a_sign_in(house: House, ids, client):
    ids = ids | {"name": "unread"}
    for pattern in _all():
        if pattern.name in {"sign_in", "sign_out", "choose_password"}:
            continue
        address = _address(pattern, ids)
        for answer in (client.get(address), client.post(address)):
            assert answer.status_code in {302, 405}, address


_NAMES = (
    *("page", "open", "before", "tenant", "line", "letter", "run", "site", "facility", "period"),
    *("q", "status", "sort", "filter", "match", "only", "unit", "older", "newer", "after", "about"),
    *(
        "sides",
        "seen",
        "payment",
        "version",
        "code",
        "kind",
        "method",
        "on",
        "date",
        "days",
        "lang",
    ),
)


@pytest.mark.parametrize("words", ["²", "9" * 5000, "-1\x00"])
def test_an_address_with_something_else_than_was_meant_is_answered(
    house: House, ids: dict[str, Any], words: str
):
    ids, asked = ids | {"name": "unread", "token": "none"}, dict.fromkeys(_NAMES, words)
    for pattern in _all():
        answer = house.owner.get(_address(pattern, ids), asked)
        assert answer.status_code < 500, pattern.name
