"""Headers, CSRF, escaping: what holds for every page."""

from __future__ import annotations

import re

import pytest
from django.test import Client
from django.urls import URLPattern, reverse

from tenantline.consent import queries as consent
from tenantline.desk.urls import urlpatterns
from tenantline.kernel.clock import now
from tenantline.tenants.actions import add_tenant
from tests import cast
from tests.desk.conftest import House

HOSTILE = '"><script>alert(1)</script><b>Söhne & Ünï</b>'
PAGES = [
    "/",
    "/sign-in/",
    "/tenants/",
    "/tenants/add/",
    "/tenants/opt-in/issued/",
    "/me/password/",
    "/settings/",
    "/settings/facilities/LAMAR/",
    "/settings/lines/",
    "/settings/connect-line/",
    "/settings/staff/",
    "/settings/add-staff/",
    "/settings/tokens/",
    "/settings/audit/",
    "/no-such-page/",
]
OF_A_TENANT = ["", "messages/", "consent/", "opt-in/", "number/", "revocation/", "move-out/"]


def all_pages(house: House) -> list[str]:
    who = cast.opted_in(house.lamar, HOSTILE)
    cast.receive(cast.mobile_of(who), house.lamar, HOSTILE)
    house.clerk.post(f"/tenants/{who.pk}/revocation/", {"medium": "phone", "note": HOSTILE})
    return PAGES + [f"/tenants/{who.pk}/{tail}" for tail in OF_A_TENANT]


def test_no_page_holds_inline_scripts_styles_or_handlers(house: House):
    for address in all_pages(house):
        page = house.owner.get(address, follow=True).content.decode()
        assert not re.search(r"<script(?![^>]*\bsrc=)", page), address
        assert "<style" not in page, address
        assert not re.search(r"<[^>]*\s(?:style|on[a-z]+)=", page), address


def test_what_people_typed_is_never_markup(house: House):
    for address in all_pages(house):
        page = house.owner.get(address, follow=True).content.decode()
        assert "<script>alert" not in page, address
        assert "<b>S" not in page, address


def test_the_policy_is_strict_and_pages_are_not_kept_by_the_browser(house: House):
    answer = house.clerk.get("/tenants/")
    policy = answer.headers["Content-Security-Policy"]
    assert "unsafe" not in policy
    assert "no-store" in answer.headers["Cache-Control"]


def test_every_post_needs_the_token(house: House):
    guarded = Client(enforce_csrf_checks=True)
    guarded.cookies = house.owner.cookies
    who = cast.tenant(house.lamar)
    ids = {"tenant_id": who.pk, "code": "LAMAR", "name": "unread"}
    for pattern in urlpatterns:
        assert isinstance(pattern, URLPattern)
        args = {name: ids.get(name, 1) for name in pattern.pattern.converters}
        answer = guarded.post(reverse(f"desk:{pattern.name}", kwargs=args))
        assert answer.status_code in {403, 405}, pattern.name


@pytest.mark.parametrize("tail", ["opt-in/", "number/", "revocation/", "move-out/"])
def test_looking_at_a_question_changes_nothing(house: House, tail: str):
    who = cast.opted_in(house.lamar)
    before = consent.history(who.pk)
    house.clerk.get(f"/tenants/{who.pk}/{tail}")
    assert consent.history(who.pk) == before


def test_a_first_page_is_light(house: House):
    for n in range(60):
        add_tenant(facility=house.lamar, name=f"Tenant {n}", by=cast.TESTER, now=now())
    assert len(house.owner.get("/tenants/").content) < 120_000
