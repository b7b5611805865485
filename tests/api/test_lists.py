"""Lists: pages that do not shift, filters, and nobody else's rows."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests import cast

pytestmark = pytest.mark.django_db


def walk(api, path, *, between=lambda: None):
    """Return the ids of all pages, doing something between them."""
    joint = "&" if "?" in path else "?"
    page = api.get(path)
    ids = [item["id"] for item in page["items"]]
    while page["next_cursor"]:
        between()
        page = api.get(f"{path}{joint}cursor={page['next_cursor']}")
        ids += [item["id"] for item in page["items"]]
    return ids


def ids(api, path):
    return [item["id"] for item in api.get(path)["items"]]


def test_pages_show_each_row_once_though_rows_are_added_between_them(api, site):
    known = [str(cast.tenant(site).pk) for _ in range(7)]
    found = walk(api, "/tenants?limit=3", between=lambda: cast.tenant(site))
    assert found == known[::-1]


def test_pages_of_texts_show_each_text_once(api, site):
    who = cast.opted_in(site)
    cast.write(who)
    known = ids(api, "/messages")

    def receive():
        cast.receive(cast.mobile_of(who), site, "Hello")

    assert walk(api, "/messages?limit=1", between=receive) == known
    assert walk(api, f"/tenants/{who.pk}/messages?limit=2")[-len(known) :] == known


def test_the_last_page_has_no_cursor(api, site):
    cast.tenant(site)
    assert api.get("/tenants?limit=1")["next_cursor"] is None


@pytest.mark.parametrize("cursor", ["x", "W10:1:a", "%00", "NULL", "é", ":::", "1"])
def test_a_cursor_that_is_not_ours_is_refused(api, cursor):
    assert api.culprits("GET", f"/tenants?cursor={cursor}") == ["cursor"]


def test_a_cursor_of_another_list_is_refused(api, site):
    for _ in range(2):
        cast.tenant(site)
    cursor = api.get("/tenants?limit=1")["next_cursor"]
    assert api.culprits("GET", f"/messages?cursor={cursor}") == ["cursor"]
    assert api.culprits("GET", f"/tenants?cursor={cursor[:-1]}") == ["cursor"]


@pytest.mark.parametrize("limit", ["0", "201", "-1", "x", "", "1.5", "1e2", "9" * 5000])
def test_a_limit_is_1_to_200(api, limit):
    assert api.culprits("GET", f"/tenants?limit={limit}") == ["limit"]


def test_a_parameter_that_does_not_exist_or_stands_there_twice_is_refused(api):
    assert api.culprits("GET", "/tenants?facilty=LAMAR") == ["facilty"]
    assert api.culprits("GET", "/messages?limit=1&limit=2") == ["limit"]


def test_tenants_are_found_by_words_units_and_digits(api, site):
    dana = cast.tenant(site, "Dana Whitfield", units=["Q77"], external_id="T-9")
    cast.tenant(site, "Somebody Else")
    number = cast.mobile_of(dana)
    for words in ("whitfield", "q77", number[-7:], dana.email, "t-9"):
        assert ids(api, f"/tenants?search={words}") == [str(dana.pk)]
    assert ids(api, "/tenants?external_id=T-9") == [str(dana.pk)]
    assert ids(api, "/tenants?external_id=t-99") == []


def test_tenants_are_found_by_opt_in_status(api, site):
    agreed, stopped, new = cast.opted_in(site), cast.stopped(site), cast.tenant(site)
    assert ids(api, "/tenants?opt_in_status=opted_in") == [str(agreed.pk)]
    assert ids(api, "/tenants?opt_in_status=opted_out") == [str(stopped.pk)]
    assert ids(api, "/tenants?opt_in_status=none") == [str(new.pk)]
    assert api.culprits("GET", "/tenants?opt_in_status=yes") == ["opt_in_status"]


def test_a_list_shows_only_the_tokens_facilities(api, stranger, site):
    who = cast.opted_in(site)
    cast.receive("+15125550199", site, "Who is this?")
    assert ids(stranger, "/tenants") == ids(stranger, "/messages") == []
    assert ids(stranger, f"/tenants?search={cast.mobile_of(who)}") == []
    assert len(ids(api, "/messages")) == 3


def test_everything_that_came_to_the_facility_is_listed(api, site, elsewhere):
    cast.receive("+15125550199", site, "Who is this?")
    cast.receive("72345", site, "Your code is 1234")
    cast.receive("+15125550199", elsewhere, "To another site")
    unknown, code = api.get("/messages?facility=LAMAR")["items"][::-1]
    assert (unknown["from"], unknown["tenant"], unknown["tenants"]) == ("+15125550199", None, [])
    assert (code["from"], code["to"], code["status"]) == ("72345", cast.number_of(site), "received")


def test_texts_are_found_by_status(api, site):
    who = cast.opted_in(site)
    queued = cast.write(who)
    assert str(queued.pk) in ids(api, "/messages?status=queued")
    assert len(ids(api, "/messages?status=received")) == 1
    assert ids(api, "/messages?status=failed") == []
    assert api.culprits("GET", "/messages?status=lost") == ["status"]


def test_since_keeps_what_came_then_or_later(api, site):
    cast.receive("+15125550199", site, "One")
    at = api.get("/messages")["items"][0]["created_at"]
    assert len(ids(api, f"/messages?since={at}")) == 1
    assert ids(api, "/messages?since=2099-01-01T00:00:00%2B02:00") == []
    # A plus sign that was not escaped is a blank by now.
    assert ids(api, "/messages?since=2099-01-01T00:00:00+02:00") == []
    for bad in ("2026-01-01T00:00:00", "2026-01-01", "yesterday", "now%00"):
        assert api.culprits("GET", f"/messages?since={bad}") == ["since"]


@pytest.mark.parametrize("path", ["/tenants", "/messages"])
def test_longer_lists_ask_the_database_no_more_often(api, site, path):
    def asked():
        with CaptureQueriesContext(connection) as queries:
            api.get(path)
        return len(queries)

    cast.write(cast.opted_in(site), "First")
    api.get(path)
    few = asked()
    cast.write(cast.opted_in(site), "Second")
    assert asked() == few
