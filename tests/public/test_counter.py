"""Opt-in at the counter as the tenant meets it: a code, a language, the same form (R13)."""

from __future__ import annotations

from datetime import timedelta

import pytest

from tenantline.consent import counter
from tenantline.consent import queries as consent
from tenantline.consent.models import LedgerEvent, OptInForm, Wording
from tenantline.consent.wording import FORM_VERSION
from tenantline.facilities.scope import Scope
from tenantline.kernel import clock
from tests import cast
from tests.public import reading

pytestmark = pytest.mark.django_db
FILLED_IN = {"services": ["chat"], "agree": "yes", "version": FORM_VERSION}


@pytest.fixture
def where():
    return cast.site()


@pytest.fixture
def who(where):
    return cast.tenant(where, "Walter Without", email="")


def issue(who, **how):
    return counter.issue(tenant=who, by=cast.TESTER, now=clock.now(), **how).code


def status(who):
    return consent.of(tenant=who, scope=Scope(frozenset()), now=clock.now()).status


def words(client, path):
    return reading.words(client.get(path).content.decode())


def test_the_code_leads_to_the_same_form_with_the_same_boxes(client, who):
    code = issue(who)
    answer = client.post(f"/c/{code}/", {"lang": "es"})
    assert (answer.status_code, answer["Location"]) == (303, f"/opt-in/{code}/?lang=es")
    page = client.get(answer["Location"]).content.decode()
    assert reading.boxes(page) == dict.fromkeys(["chat", "statements", "notices", "yes"], False)
    assert "Acepto recibir mensajes" in page


@pytest.mark.parametrize("handed_over", [False, True])
def test_form_then_start_from_that_phone_opts_in_without_an_e_mail(client, where, who, handed_over):
    code = issue(who, handed_over=handed_over)
    assert status(who) == "form_sent"
    client.post(f"/opt-in/{code}/", FILLED_IN)
    assert status(who) == "waiting_for_start"
    cast.receive(cast.mobile(), where, "START")
    assert status(who) == "waiting_for_start"
    cast.receive(cast.mobile_of(who), where, "START")
    assert status(who) == "opted_in"


def test_the_ledger_keeps_medium_staff_device_address_and_browser(client, who):
    client.post(f"/opt-in/{issue(who, handed_over=True)}/", FILLED_IN, headers={"User-Agent": "T"})
    submitted = LedgerEvent.objects.get(kind="form_submitted")
    for said in ('"medium":"counter"', '"issued_by":"tester"', '"handed_over":true'):
        assert said in submitted.body
    assert submitted.particulars is not None
    assert (submitted.particulars.ip, submitted.particulars.user_agent) == ("127.0.0.1", "T")


def state():
    rows = OptInForm.objects.values_list("opened_at", "submitted_at", "dead_at")
    return list(LedgerEvent.objects.values_list("hash")), list(rows), Wording.objects.count()


@pytest.mark.parametrize("path", ["/c/{}/", "/c/{}/?lang=es", "/opt-in/{}/", "/opt-in/{}/done/"])
@pytest.mark.parametrize("method", ["get", "head"])
def test_a_camera_that_looks_ahead_changes_nothing(client, who, path, method):
    code = issue(who)
    before = state()
    getattr(client, method)(path.format(code))
    assert state() == before


def test_the_button_says_that_the_form_is_open_once(client, who):
    code = issue(who)
    client.post(f"/c/{code}/", {"lang": "en"})
    opened = OptInForm.objects.get().opened_at
    client.post(f"/c/{code}/", {"lang": "es"})
    assert opened is not None
    assert OptInForm.objects.get().opened_at == opened


@pytest.mark.parametrize("typed", ["{0}-{1}", "{0} {1}", " {0}{1} "])
def test_a_code_may_be_typed_as_people_type(client, who, typed):
    code = issue(who)
    typed = typed.format(code[:4].upper(), code[4:])
    assert client.get("/c/", {"code": typed})["Location"] == f"/c/{code}/"
    assert client.get(f"/c/{counter.for_reading(code)}/").status_code == 200


def test_the_page_before_the_form_shows_neither_name_nor_number(client, who):
    page = words(client, f"/c/{issue(who)}/")
    assert "Walter" not in page
    assert str(cast.mobile_of(who))[-4:] not in page


def newer_code(who):
    issue(who)


def newer_e_mail(who):
    type(who).objects.filter(pk=who.pk).update(email="w@example.com")
    who.refresh_from_db()
    cast.issue_form(who)


def another_number(who):
    cast.change_number(who, cast.mobile())


def ended(who):
    assert counter.end(tenant=who, by=cast.TESTER, now=clock.now())


@pytest.mark.parametrize("die", [newer_code, newer_e_mail, another_number, ended])
def test_a_link_from_the_counter_dies(client, who, die):
    code = issue(who)
    die(who)
    assert client.get(f"/c/{code}/").status_code == 410
    assert client.post(f"/c/{code}/", {"lang": "en"}).status_code == 410
    assert client.post(f"/opt-in/{code}/", FILLED_IN).status_code == 410
    assert not LedgerEvent.objects.filter(kind="form_submitted").exists()


def test_it_lives_for_half_an_hour_and_then_says_so(client, who):
    before = clock.now() - timedelta(minutes=30)
    code = counter.issue(tenant=who, by=cast.TESTER, now=before).code
    assert "This form is closed" in words(client, f"/opt-in/{code}/")
    assert "Este formulario está cerrado" in words(client, f"/opt-in/{code}/?lang=es")
    assert status(who) == "none"


def test_a_code_kills_the_link_that_was_e_mailed(client, where):
    who = cast.tenant(where)
    mailed = cast.issue_form(who)
    issue(who)
    assert client.get(f"/opt-in/{mailed}/").status_code == 410


def test_half_an_hours_form_hides_no_stop(where):
    who = cast.stopped(where)
    issue(who)
    assert status(who) == "opted_out"


def test_on_the_offices_device_nothing_of_the_tenant_stays_after_submitting(client, where, who):
    code = issue(who, handed_over=True)
    client.post(f"/opt-in/{code}/", FILLED_IN)
    for path in ("", "not-mine/", "done/"):
        page = reading.words(client.get(f"/opt-in/{code}/{path}", follow=True).content.decode())
        assert "with your own phone" in page
        assert str(cast.mobile_of(who))[-4:] not in page
        assert "Two-way texting" not in page


def test_on_the_offices_device_the_form_is_filled_in_once(client, who):
    code = issue(who, handed_over=True)
    client.post(f"/opt-in/{code}/", FILLED_IN)
    client.post(f"/opt-in/{code}/", FILLED_IN | {"services": ["notices"]})
    assert LedgerEvent.objects.filter(kind="form_submitted").count() == 1


def test_handing_over_again_ends_what_was_handed_over_before(client, where, who):
    first = issue(who, handed_over=True)
    issue(cast.tenant(where), handed_over=True)
    assert client.get(f"/opt-in/{first}/").status_code == 410
    assert status(who) == "none"


def test_on_the_tenants_phone_the_last_step_is_as_ever(client, where, who):
    code = issue(who)
    client.post(f"/opt-in/{code}/", FILLED_IN)
    page = client.get(f"/opt-in/{code}/done/").content.decode()
    assert f"sms:{cast.number_of(where)}?&amp;body=START" in page
    assert "belongs to the office" not in page


def test_pages_at_the_counter_run_no_script_and_set_no_cookie(client, who):
    code = issue(who, handed_over=True)
    client.post(f"/opt-in/{code}/", FILLED_IN)
    for path in ("/c/", f"/c/{issue(who)}/", f"/opt-in/{code}/done/"):
        answer = client.get(path)
        found = reading.elements(answer.content.decode())
        assert not answer.cookies
        assert not [e for e in found if e.name in ("script", "style") or "style" in e.attributes]


def test_who_tries_code_after_code_waits_even_with_a_right_one(client, who):
    code = counter.issue(tenant=who, by=cast.TESTER, now=clock.now()).code
    wrong = [f"234567{a}{b}" for a in "89" for b in counter.ALPHABET[:15]]
    statuses = [client.get(f"/c/{one}/").status_code for one in wrong]
    assert set(statuses) == {404}
    refused = [client.get(f"{path}/{code}/") for path in ("/c", "/opt-in")]
    assert [answer.status_code for answer in refused] == [429, 429]
    assert 0 < int(refused[0]["Retry-After"]) <= 10
    assert "Please wait a minute" in refused[0].content.decode()
    other = client.get(f"/c/{code}/", REMOTE_ADDR="198.51.100.9")
    assert other.status_code == 200


def test_links_that_nobody_could_guess_are_never_waited_for(client, who):
    statuses = {client.get(f"/opt-in/{'x' * n}/").status_code for n in range(9, 50)}
    assert statuses == {404}
    assert client.get(f"/c/{issue(who)}/").status_code == 200
