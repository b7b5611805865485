"""Consent as the API shows it, the form, and revocations."""

from __future__ import annotations

import pytest
from django.test import override_settings

from tenantline.consent.wording import FORM_VERSION
from tenantline.mail import queries as mail
from tests import cast

pytestmark = pytest.mark.django_db

NOTHING = {"chat": False, "statements": False, "notices": False}


def test_a_tenant_without_a_form_has_agreed_to_nothing(api, site):
    who = cast.tenant(site)
    assert api.get(f"/tenants/{who.pk}/consent") == {
        "status": "none",
        "held": False,
        "parked": False,
        "number": cast.mobile_of(who),
        "services": NOTHING,
        "since": None,
        "form": None,
        "shared_with": [],
        "shared_elsewhere": 0,
    }


@override_settings(DEMO=True)
def test_a_form_is_issued_by_e_mail_and_its_link_is_not_shown(api, site):
    who = cast.tenant(site)
    status, form = api.post(f"/tenants/{who.pk}/opt-in")
    assert status == 201
    assert form.keys() == {
        *("version", "language", "issued_at", "expires_at", "submitted_at", "dead_because")
    }
    assert (form["version"], form["submitted_at"]) == (FORM_VERSION, None)
    assert mail.latest()[0].recipient == who.email
    assert api.get(f"/tenants/{who.pk}/consent")["status"] == "form_sent"


def test_a_submitted_form_waits_for_start(api, site):
    who = cast.tenant(site)
    cast.submit_form(cast.issue_form(who), "chat")
    consent = api.get(f"/tenants/{who.pk}/consent")
    assert (consent["status"], consent["services"]) == ("waiting_for_start", NOTHING)
    assert consent["form"]["submitted_at"] is not None


def test_start_makes_what_was_ticked_active(api, site):
    consent = api.get(f"/tenants/{cast.opted_in(site, 'O', 'chat').pk}/consent")
    assert (consent["status"], consent["services"]) == ("opted_in", NOTHING | {"chat": True})
    assert consent["since"].endswith("Z")


@pytest.mark.parametrize("medium", ["phone", "email", "counter", "letter", "other"])
def test_a_revocation_ends_consent(api, site, medium):
    who = cast.opted_in(site)
    body = {"medium": medium, "note": "Asked us to stop."}
    status, consent = api.post(f"/tenants/{who.pk}/revocation", body)
    assert (status, consent["status"], consent["services"]) == (201, "opted_out", NOTHING)


@pytest.mark.parametrize(
    ("body", "culprit"),
    [
        ({"medium": "fax"}, "medium"),
        ({}, "medium"),
        ({"medium": "phone", "note": "x" * 2001}, "note"),
        ({"medium": "phone", "by": "me"}, "by"),
    ],
)
def test_a_revocation_that_cannot_be_used_changes_nothing(api, site, body, culprit):
    who = cast.opted_in(site)
    assert api.culprits("POST", f"/tenants/{who.pk}/revocation", body) == [culprit]
    assert api.get(f"/tenants/{who.pk}/consent")["status"] == "opted_in"


def test_a_shared_number_names_tenants_in_scope_and_counts_the_others(api, site, elsewhere):
    number = cast.mobile()
    one, two = (cast.tenant(site, number=number) for _ in range(2))
    cast.tenant(elsewhere, number=number)
    consent = api.get(f"/tenants/{one.pk}/consent")
    assert (consent["shared_with"], consent["shared_elsewhere"]) == ([str(two.pk)], 1)


def opt_in_refusal(api, who):
    return api.refusal("POST", f"/tenants/{who.pk}/opt-in")


@override_settings(DEMO=True)
def test_why_no_form_can_be_issued_is_said(api, site):
    assert opt_in_refusal(api, cast.tenant(site, email="")) == (409, "no_email")
    without = cast.tenant(site)
    cast.change_number(without, None)
    assert opt_in_refusal(api, without) == (409, "no_mobile")
    gone = cast.tenant(site)
    api.patch(f"/tenants/{gone.pk}", {"units": []})
    assert opt_in_refusal(api, gone) == (409, "moved_out")


@override_settings(DEMO=True)
def test_a_facility_without_a_line_can_issue_no_form(db):
    from tests.api.conftest import Api

    where = cast.facility("BARE")
    api = Api(cast.token("clerk", where)[1])
    assert opt_in_refusal(api, cast.tenant(where)) == (409, "no_line")


@override_settings(DEMO=False, EMAIL_IS_SET=False)
def test_without_a_mail_server_no_form_can_be_issued(api, site):
    assert opt_in_refusal(api, cast.tenant(site)) == (409, "no_mail_server")


def test_an_unclear_text_holds_the_number_until_start(api, site):
    who = cast.opted_in(site)
    address = f"/tenants/{who.pk}/consent"
    cast.receive(cast.mobile_of(who), site, "only text me about my bill")
    shown = api.get(address)
    assert (shown["status"], shown["held"], shown["parked"]) == ("opted_in", True, False)
    cast.receive(cast.mobile_of(who), site, "START")
    assert api.get(address)["held"] is False


def test_a_wrong_person_parks_the_number_until_start(api, site):
    who = cast.opted_in(site)
    address = f"/tenants/{who.pk}/consent"
    cast.receive(cast.mobile_of(who), site, "sorry, wrong number")
    shown = api.get(address)
    assert (shown["status"], shown["held"], shown["parked"]) == ("opted_in", True, True)
    cast.receive(cast.mobile_of(who), site, "START")
    assert (api.get(address)["held"], api.get(address)["parked"]) == (False, False)


def test_nothing_can_be_texted_to_a_parked_number(api, site):
    who = cast.opted_in(site)
    cast.receive(cast.mobile_of(who), site, "who is this?")
    refused = api.refusal("POST", f"/tenants/{who.pk}/messages", {"body": "The storage office."})
    assert refused == (409, "held")


def test_a_revocation_in_any_words_opts_out(api, site):
    who = cast.opted_in(site)
    cast.receive(cast.mobile_of(who), site, "pls quit txting me")
    assert api.get(f"/tenants/{who.pk}/consent")["status"] == "opted_out"
