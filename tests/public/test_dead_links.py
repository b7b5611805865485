"""Links that no longer work: a calm page for each reason, and what to do next (R13)."""

from __future__ import annotations

from datetime import timedelta

import pytest

from tenantline.consent.models import LedgerEvent
from tenantline.consent.wording import FORM_VERSION
from tenantline.facilities import actions as facilities
from tenantline.kernel import clock
from tenantline.tenants import actions as tenants
from tests import cast

pytestmark = pytest.mark.django_db
FILLED_IN = {"services": ["chat"], "agree": "yes", "version": FORM_VERSION}


@pytest.fixture
def who():
    return cast.tenant(cast.site())


def expired(who):
    return cast.issue_form(who, now=clock.now() - timedelta(days=30))


def replaced(who):
    token = cast.issue_form(who)
    cast.issue_form(who)
    return token


def number_changed(who):
    token = cast.issue_form(who)
    cast.change_number(who, cast.mobile())
    return token


def email_changed(who):
    token = cast.issue_form(who)
    tenants.change_details(
        tenant=who, by=cast.TESTER, now=clock.now(), email="dana.new@example.com"
    )
    return token


def without_line(who):
    token = cast.issue_form(who)
    line = who.facility.lines.get()
    facilities.disconnect_line(line=line, by=cast.TESTER, now=clock.now())
    return token


DEAD = [
    (expired, "This link has expired", "Este enlace ha vencido"),
    (replaced, "There is a newer link", "Hay un enlace más nuevo"),
    (number_changed, "The number on file has changed", "El número registrado ha cambiado"),
    (email_changed, "The e-mail address on file has changed", "El correo registrado ha cambiado"),
    (without_line, "We cannot take forms just now", "Ahora no podemos recibir formularios"),
]


@pytest.mark.parametrize(("die", "english", "spanish"), DEAD)
@pytest.mark.parametrize("tail", ["", "done/", "not-mine/"])
def test_a_dead_link_says_why_and_whom_to_call(client, who, die, english, spanish, tail):
    path = f"/opt-in/{die(who)}/{tail}"
    answer = client.get(path)
    assert answer.status_code == 410
    assert english in answer.content.decode()
    assert "(512) 555-0100" in answer.content.decode()
    assert spanish in client.get(f"{path}?lang=es").content.decode()


@pytest.mark.parametrize("die", [row[0] for row in DEAD])
def test_a_dead_link_takes_nothing(client, who, die):
    answer = client.post(f"/opt-in/{die(who)}/", FILLED_IN)
    assert answer.status_code == 410
    assert not LedgerEvent.objects.filter(kind="form_submitted").exists()


@pytest.mark.parametrize("method", ["get", "post"])
def test_an_unknown_link_is_404_and_says_what_to_try(client, method):
    answer = getattr(client, method)("/opt-in/nobody-sent-this/", FILLED_IN)
    assert answer.status_code == 404
    assert "We do not know this link" in answer.content.decode()


def test_this_is_not_my_number_asks_first(client, who):
    path = f"/opt-in/{cast.issue_form(who)}/not-mine/"
    assert "Is this number not yours?" in client.get(path).content.decode()
    assert not LedgerEvent.objects.filter(kind="form_disowned").exists()


def test_this_is_not_my_number_tells_staff_thanks_and_ends_the_link(client, who):
    path = f"/opt-in/{cast.issue_form(who)}/"
    answer = client.post(f"{path}not-mine/", follow=True)
    assert answer.status_code == 200
    assert "Thank you for telling us" in answer.content.decode()
    assert LedgerEvent.objects.filter(kind="form_disowned").count() == 1
    assert client.get(path).status_code == 410


def test_disowning_twice_is_told_once(client, who):
    path = f"/opt-in/{cast.issue_form(who)}/not-mine/"
    client.post(path)
    assert client.post(path).status_code == 410
    assert LedgerEvent.objects.filter(kind="form_disowned").count() == 1
