"""Tokens: who may come in, and that nobody sees another facility's (R10)."""

from __future__ import annotations

from datetime import timedelta

import pytest
import time_machine
from django.test import Client

from tenantline.kernel import clock
from tenantline.staff import actions as staff
from tenantline.staff.models import Token
from tests import cast
from tests.api.conftest import Api

pytestmark = pytest.mark.django_db


def of_somebody_elses(who, text):
    body = {"body": "Hello"}
    return [
        ("GET", f"/tenants/{who.pk}", None),
        ("PATCH", f"/tenants/{who.pk}", {"name": "Mine"}),
        ("POST", f"/tenants/{who.pk}/opt-in", None),
        ("GET", f"/tenants/{who.pk}/consent", None),
        ("POST", f"/tenants/{who.pk}/revocation", {"medium": "phone"}),
        ("GET", f"/tenants/{who.pk}/messages", None),
        ("POST", f"/tenants/{who.pk}/messages", body),
        ("GET", f"/messages/{text.pk}", None),
    ]


def test_a_token_sees_and_touches_nothing_of_another_facility(stranger, site):
    who = cast.opted_in(site)
    for method, path, body in of_somebody_elses(who, cast.write(who)):
        assert stranger.refusal(method, path, body) == (404, "not_found"), path
    who.refresh_from_db()
    assert who.name == "Olive Agreed"


def test_absent_and_out_of_scope_look_the_same(stranger, site):
    who = cast.tenant(site)
    _, hidden = stranger.call("GET", f"/tenants/{who.pk}")
    _, absent = stranger.call("GET", "/tenants/987654321")
    assert hidden == absent


def test_a_token_for_two_facilities_sees_both(site, elsewhere):
    cast.tenant(site)
    cast.tenant(elsewhere)
    both = Api(cast.token("clerk", site, elsewhere)[1])
    assert {item["facility"] for item in both.get("/tenants")["items"]} == {"LAMAR", "CONGRESS"}
    assert len(both.get("/tenants?facility=lamar")["items"]) == 1


def test_an_owners_token_without_facilities_sees_all(site, elsewhere):
    cast.tenant(site)
    cast.tenant(elsewhere)
    assert len(Api(cast.token("owner")[1]).get("/tenants")["items"]) == 2


@pytest.mark.parametrize(
    "header",
    [None, "", "Bearer", "Bearer ", "Bearer x", "Basic eDp5", "tl_x", "Bearer é", "Bearer a b"],
)
def test_without_a_live_token_nobody_comes_in(db, header):
    headers = {} if header is None else {"Authorization": header}
    answer = Client().get("/api/v1/tenants", headers=headers)
    assert (answer.status_code, answer.json()["code"]) == (401, "unauthorized")
    assert answer["Content-Type"] == "application/problem+json"
    assert answer["WWW-Authenticate"].startswith("Bearer")


def test_a_revoked_token_ends_at_once(site):
    token, secret = cast.token("manager", site)
    api = Api(secret)
    api.get("/tenants")
    staff.revoke_token(token=token, by=cast.TESTER, now=clock.now())
    assert api.refusal("GET", "/tenants") == (401, "unauthorized")


def test_a_signed_in_person_is_nobody_here_without_a_token(site):
    client = Client()
    client.force_login(cast.member("mara", "manager", site), backend="axes.backends.AxesBackend")
    assert client.get("/api/v1/tenants").status_code == 401


def test_a_role_that_may_not_text_is_told_so(api, site):
    who = cast.opted_in(site)
    Token.objects.update(role="")
    for method, path, body in of_somebody_elses(who, cast.write(who)):
        if (method, path) != ("GET", f"/tenants/{who.pk}"):
            assert api.refusal(method, path, body) == (403, "forbidden"), path


def test_use_of_a_token_is_noted_once_a_minute(api):
    start = clock.now()
    noted = []
    for seconds in (0, 59, 61):
        with time_machine.travel(start + timedelta(seconds=seconds), tick=False):
            api.get("/tenants")
        noted.append(Token.objects.get().last_used_at)
    assert noted == [start, start, start + timedelta(seconds=61)]


def test_the_description_is_open_to_anybody(db):
    answer = Client().get("/api/v1/openapi.json")
    assert answer.status_code == 200
    assert answer.json()["openapi"].startswith("3.1")
