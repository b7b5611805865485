"""Requests at the same moment: what is to happen once happens once."""

from __future__ import annotations

from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from django.db import connections

from tests import cast
from tests.api.conftest import Api

AT_ONCE = 4


@pytest.fixture
def site(fresh_database):
    return cast.site("LAMAR")


@pytest.fixture
def secret(site):
    return cast.token("manager", site)[1]


def at_once(secret, requests):
    """Return how often each (status, code) was answered to these POSTs."""
    start = Barrier(len(requests))

    def ask(request):
        path, body, headers = request
        start.wait()
        try:
            status, document = Api(secret).post(path, body, **headers)
            return status, document.get("code")
        finally:
            connections.close_all()

    with ThreadPoolExecutor(len(requests)) as pool:
        return Counter(pool.map(ask, requests))


def text(who):
    return f"/tenants/{who.pk}/messages", {"body": "Once only."}, {"Idempotency-Key": "k"}


def test_repeats_of_a_key_at_the_same_moment_make_one_text(site, secret):
    who = cast.opted_in(site)
    answers = at_once(secret, [text(who)] * AT_ONCE)
    assert answers == {(201, None): 1, (200, None): AT_ONCE - 1}
    assert Api(secret).get("/messages?status=queued")["items"][0]["body"] == "Once only."


def test_a_key_for_several_tenants_at_the_same_moment_makes_one_text(site, secret):
    answers = at_once(secret, [text(cast.opted_in(site)) for _ in range(AT_ONCE)])
    assert answers == {(201, None): 1, (422, "idempotency_mismatch"): AT_ONCE - 1}


def test_an_external_id_at_the_same_moment_is_taken_once(site, secret):
    body = {"facility": "LAMAR", "name": "Dana", "external_id": "T-1"}
    answers = at_once(secret, [("/tenants", body, {})] * AT_ONCE)
    assert answers == {(201, None): 1, (409, "duplicate"): AT_ONCE - 1}
