"""The statement page: nothing before two right answers, five wrong ones, dead links (R13)."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest

from tenantline.consent import actions as consent
from tenantline.consent import erasure
from tenantline.facilities.scope import EVERYWHERE
from tenantline.kernel import clock
from tenantline.statements import issuing
from tenantline.statements.models import Link
from tests import cast
from tests.statements import people

pytestmark = pytest.mark.django_db
RIGHT = {"surname": "agreed", "unit": "b-12"}
WRONG = {"surname": "Agreed", "unit": "B13"}
SECRETS = ("Olive", "Agreed", "B12", "$", "129.00", "+1737", "(737)")


@pytest.fixture
def issued():
    who = people.agreed(cast.site(), clock.now())
    cast.entry(who, cents=12_900, memo="Rent B12")
    return people.issue(who, clock.now())


@pytest.fixture
def address(issued):
    return f"/s/{people.token_of(issued)}/"


def answered(client, address, **answers):
    return client.post(address, RIGHT | answers, follow=True)


def reveals_nothing(response) -> bool:
    body = response.content.decode()
    return not any(secret in body for secret in SECRETS)


def test_before_the_answers_nothing_is_shown(client, address):
    response = client.get(address)
    assert response.status_code == 200
    assert reveals_nothing(response)


def test_the_right_answers_show_the_statement(client, address):
    response = answered(client, address)
    body = response.content.decode()
    assert "Olive Agreed" in body
    assert "$129.00" in body
    assert Link.objects.get().opened_times == 1


def test_looking_changes_nothing_and_does_not_count_as_opened(client, address):
    before = Link.objects.values().get()
    for _ in range(3):
        client.get(address)
        client.head(address)
        client.get(f"{address}pdf/")
    assert Link.objects.values().get() == before


def test_a_wrong_answer_does_not_say_which_one_it_was(client, address):
    texts = {
        re.sub(r'value="[^"]*"|\d', "", client.post(address, tried).content.decode())
        for tried in ({"surname": "Agreed", "unit": "X"}, {"surname": "X", "unit": "B12"})
    }
    assert len(texts) == 1


def test_the_fifth_wrong_answer_locks_the_link_also_for_the_right_one(client, address):
    for _ in range(4):
        assert client.post(address, WRONG).status_code == 422
    assert client.post(address, WRONG).status_code == 423
    response = client.post(address, RIGHT)
    assert response.status_code == 423
    assert reveals_nothing(response)
    assert Link.objects.get().opened_at is None


@pytest.mark.parametrize("blank", [{}, {"surname": " ", "unit": "B12"}, RIGHT | {"unit": "-"}])
def test_an_empty_answer_is_no_wrong_one(client, address, blank):
    response = client.post(address, blank)
    assert (response.status_code, Link.objects.get().wrong) == (422, 0)
    assert b"answer both" in response.content


def test_a_locked_link_closes_what_was_open(client, address):
    answered(client, address)
    for _ in range(5):
        client.post(address, WRONG)
    assert client.get(address).status_code == 423


def test_staff_send_a_new_link_in_place_of_a_locked_one(client, address, issued):
    for _ in range(5):
        client.post(address, WRONG)
    again = issuing.send_again(statement=issued.statement, by=cast.TESTER, now=clock.now())
    token = people.token_of(issuing.Issued(issued.statement, again))
    assert client.get(address).status_code == 410
    assert "$129.00" in answered(client, f"/s/{token}/").content.decode()


def test_a_visit_opens_one_link_only(client, address, issued):
    answered(client, address)
    other = people.agreed(issued.statement.facility, clock.now(), "Otto Other")
    token = people.token_of(people.issue(other, clock.now()))
    client.cookies["statement"]["path"] = "/"
    response = client.get(f"/s/{token}/")
    assert b"Otto" not in response.content


def test_a_visit_ends_by_itself(client, address, time_machine):
    answered(client, address)
    value = client.cookies["statement"].value
    time_machine.move_to(clock.now() + timedelta(minutes=31))
    client.cookies["statement"] = value
    assert reveals_nothing(client.get(address))


def test_the_pdf_needs_the_answers(client, address):
    assert client.get(f"{address}pdf/").status_code == 302
    answered(client, address)
    response = client.get(f"{address}pdf/")
    assert response["Content-Type"] == "application/pdf"
    assert response.content.startswith(b"%PDF-")
    assert "Agreed" not in response["Content-Disposition"]


def test_neither_page_nor_pdf_stays_in_caches_indexes_or_referrers(client, address):
    for response in (client.get(address), answered(client, address), client.get(f"{address}pdf/")):
        assert response["Cache-Control"] == "no-store"
        assert response["Referrer-Policy"] == "no-referrer"
        assert "noindex" in response["X-Robots-Tag"]


def expired(issued):
    Link.objects.update(expires_at=clock.now())


def number_changed(issued):
    cast.change_number(issued.statement.tenant, cast.mobile())


def corrected(issued):
    cast.entry(issued.statement.tenant, cents=100)
    people.issue(issued.statement.tenant, clock.now(), correction=True)


def erased(issued):
    who, number = issued.statement.tenant, cast.mobile_of(issued.statement.tenant)
    consent.record_revocation(tenant=who, medium="phone", note="", by=cast.TESTER, now=clock.now())
    erasure.erase(
        number=number,
        why="asked",
        early=True,
        scope=EVERYWHERE,
        by=cast.TESTER,
        now=clock.now(),
    )


@pytest.mark.parametrize("die", [expired, number_changed, corrected, erased])
def test_a_dead_link_says_so_and_reveals_nothing(client, address, issued, die):
    answered(client, address)
    die(issued)
    for response in (
        client.get(address),
        client.post(address, RIGHT),
        client.get(f"{address}pdf/"),
    ):
        assert response.status_code == 410
        assert reveals_nothing(response)


def test_an_unknown_link_is_told_apart_from_none(client):
    response = client.get("/s/no-such-token/")
    assert response.status_code == 404
    assert b"We do not know this link" in response.content


def test_the_page_speaks_spanish(client, address):
    assert "Su apellido" in client.get(f"{address}?lang=es").content.decode()
    body = client.post(address, RIGHT | {"lang": "es"}, follow=True).content.decode()
    assert "Saldo final" in body
