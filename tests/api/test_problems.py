"""Whatever goes wrong below /api/v1 is answered by a problem document."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test import Client, override_settings
from django.urls import path
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tenantline.api import reading
from tests import cast

pytestmark = pytest.mark.django_db

TENANT = b'{"facility": "LAMAR", "name": "Dana", "balance_cents": %s}'


def crash(request):
    raise RuntimeError("a secret")


urlpatterns = [path("api/v1/crash", crash)]


@pytest.mark.parametrize("where", ["/", "/x", "/tenants/", "/tenants/1/x", "//tenants", "/%00"])
def test_an_unknown_address_is_not_found(api, where):
    assert api.refusal("GET", where) == (404, "not_found")


@pytest.mark.parametrize("who", ["x", "0", "-1", "1.0", "9" * 30, "%00", "é", "1 "])
def test_an_id_that_cannot_be_ours_is_not_found(api, who):
    assert api.refusal("GET", f"/tenants/{who}") == (404, "not_found")
    assert api.refusal("GET", f"/messages/{who}") == (404, "not_found")


@pytest.mark.parametrize(
    ("method", "where", "allowed"),
    [
        ("DELETE", "/tenants/1", {"GET", "PATCH"}),
        ("PUT", "/tenants", {"GET", "POST"}),
        ("GET", "/tenants/1/opt-in", {"POST"}),
        ("TRACE", "/messages", {"GET"}),
        ("POST", "/openapi.json", {"GET", "HEAD"}),
    ],
)
def test_another_method_is_told_which_ones_there_are(api, method, where, allowed):
    assert api.refusal(method, where) == (405, "method_not_allowed")
    assert set(api.answer["Allow"].split(", ")) == allowed


@pytest.mark.parametrize("body", ["{", "", " ", "{'a': 1}", b"\xff\xfe{", "[" * 100_000, "NaN"])
def test_a_body_that_is_not_json_is_malformed(api, body):
    status, code = api.refusal("POST", "/tenants", body)
    assert (status, code) in {(400, "malformed"), (422, "invalid")}


@pytest.mark.parametrize("kind", ["text/plain", "application/x-www-form-urlencoded", "x"])
def test_a_body_that_is_not_sent_as_json_is_not_read(api, kind):
    body = '{"facility": "LAMAR", "name": "Dana"}'
    refusal = api.refusal("POST", "/tenants", body, **{"Content-Type": kind})
    assert refusal == (415, "unsupported_media_type")


def test_a_body_of_more_than_1_mib_is_too_large(api):
    body = {"facility": "LAMAR", "name": "x" * 1024 * 1024}
    assert api.refusal("POST", "/tenants", body) == (413, "too_large")


def test_every_culprit_is_named(api):
    body = {"name": 5, "units": ["A", 7], "language": "de", "x": 1}
    found = api.culprits("POST", "/tenants", body)
    assert set(found) == {"facility", "name", "units.1", "language", "x"}


@pytest.mark.parametrize(
    "number", [b"1e2", b"1.5", b'"5"', b"true", b"null", b"1" * 40, b"9" * 5000, b"1e999", b"[]"]
)
def test_money_is_whole_cents(api, number):
    assert api.culprits("POST", "/tenants", TENANT % number) == ["balance_cents"]


@pytest.mark.parametrize("body", [b"[]", b"5", b"null", b'"x"', b"true"])
def test_a_body_must_be_an_object(api, body):
    assert api.refusal("POST", "/tenants", body) == (422, "invalid")


def test_half_a_character_is_refused_and_named_in_ascii(api):
    for body in (rb'{"facility": "LAMAR", "name": "\ud800"}', rb'{"\udfff": 1}'):
        assert api.refusal("POST", "/tenants", body) == (422, "invalid")


def test_a_crash_says_nothing_of_itself(api):
    with override_settings(ROOT_URLCONF=__name__):
        assert api.refusal("GET", "/crash") == (500, "internal")
    assert b"secret" not in api.answer.content


def test_a_lost_table_is_a_crash_too(api):
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE tenants_tenant RENAME TO lost")
    assert api.refusal("GET", "/tenants") == (500, "internal")


def test_a_foreign_host_is_refused_by_a_problem_too(db):
    answer = Client().get("/api/v1/tenants", headers={"Host": "evil.example"})
    assert (answer.status_code, answer["Content-Type"]) == (400, "application/problem+json")


def test_answers_are_kept_by_nobody(api):
    api.get("/tenants")
    assert api.answer["Cache-Control"] == "no-store"


def test_every_sentence_names_its_field_and_ends():
    for template in reading._SENTENCES.values():
        assert template.endswith((".", "(NUL)."))


ANY_JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(st.characters(codec=None), max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner),
    max_leaves=5,
)
NAMES = ["facility", "name", "external_id", "units", "unit", "email", "mobile", "home_phone"]
NAMES += ["language", "balance_cents", "moved_out_at", "statements_by_sms", "body", "medium"]


@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
@given(said=st.dictionaries(st.sampled_from(NAMES), ANY_JSON, max_size=4), new=st.booleans())
def test_no_body_makes_the_api_crash(api, site, said, new):
    who = cast.tenant(site)
    paths = (
        ["/tenants"] if new else [f"/tenants/{who.pk}/revocation", f"/tenants/{who.pk}/messages"]
    )
    base = {"facility": "LAMAR", "name": "Dana"} if new else {}
    for where in paths:
        status, _ = api.post(where, base | said)
        assert status in {201, 400, 409, 422}
    assert api.patch(f"/tenants/{who.pk}", said)[0] in {200, 400, 409, 422}
