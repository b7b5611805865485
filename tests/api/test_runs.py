"""``/statement-runs``: preview, issue, steer, read; in scope, once for everybody."""

from __future__ import annotations

import pytest

from tenantline.kernel import clock
from tenantline.statements.models import Statement
from tests import cast
from tests.api.conftest import Api
from tests.runs.batches import town, work
from tests.statements import people

RUNS = "/statement-runs"


@pytest.fixture
def month(site):
    town(site)
    return {"facility": site.code, "period": people.period_of(clock.now())}


def made(api: Api, body, **more):
    status, run = api.post(RUNS, body | more)
    assert status == 201, run
    return run


def worked(run):
    from tenantline.runs.models import Run

    return work(Run.objects.get(pk=run["id"]), until=("done", "planned", "paused"))


def test_a_preview_says_who_gets_it_how_and_who_is_held_why(api, month):
    run = made(api, month, preview=True)
    assert api.answer["Location"].endswith(f"{RUNS}/{run['id']}")
    assert (run["state"], run["items"]) == ("planned", {"waiting": 3, "skipped": 1})
    assert run["methods"] == {"sms": 1, "email": 1, "print": 1}
    assert [(one["code"], one["count"]) for one in run["held"]] == [("zero_balance", 1)]
    assert [(one["code"], one["count"]) for one in run["fallbacks"]] == [("no_consent", 1)]
    assert run["segments"] >= 1
    assert run["estimated_price_cents"] >= 1
    assert run["last_leaves_at"]
    assert not Statement.objects.exists()


def test_a_previewed_run_is_issued_on_a_word(api, month):
    run = made(api, month, preview=True)
    assert api.post(f"{RUNS}/{run['id']}/issue")[1]["state"] == "running"
    worked(run)
    done = api.get(f"{RUNS}/{run['id']}")
    assert (done["state"], done["items"]) == ("done", {"issued": 3, "skipped": 1})
    assert done["texts"] == {"queued": 1}
    assert done["started_at"] <= done["finished_at"]


def test_without_preview_it_is_issued_at_once_and_twice_issues_nobody_twice(api, month):
    first, second = made(api, month), made(api, month)
    assert worked(first).state == worked(second).state == "done"
    assert api.get(f"{RUNS}/{second['id']}")["items"] == {"skipped": 4}
    assert Statement.objects.count() == 3


def test_its_items_say_what_became_of_each_tenant(api, month):
    run = made(api, month, preview=True)
    found = api.get(f"{RUNS}/{run['id']}/items?limit=3")
    rest = api.get(f"{RUNS}/{run['id']}/items?cursor={found['next_cursor']}")
    items = found["items"] + rest["items"]
    assert len({one["tenant"] for one in items}) == 4
    assert {one["code"] for one in items} == {None, "no_consent", "zero_balance"}


def test_a_selection_is_issued_to_nobody_else(api, site, month):
    who = cast.tenant(site, "Wanda Wanted")
    cast.entry(who)
    assert made(api, month, tenants=[str(who.pk)], preview=True)["items"] == {"waiting": 1}


def test_the_same_key_gives_the_same_run_and_another_body_a_refusal(api, month):
    key = {"Idempotency-Key": "november"}
    _, first = api.post(RUNS, month, **key)
    assert api.post(RUNS, month, **key)[1]["id"] == first["id"]
    assert api.answer.status_code == 200
    other = month | {"preview": True}
    assert api.refusal("POST", RUNS, other, **key) == (422, "idempotency_mismatch")


@pytest.mark.parametrize("period", ["2026-13", "2099-01", "november", "", "2026-1", "0000-00"])
def test_a_period_that_is_no_month_is_refused(api, month, period):
    assert api.culprits("POST", RUNS, month | {"period": period}) == ["period"]


def test_tenants_who_are_not_of_the_facility_are_refused(api, elsewhere, month):
    foreign = str(cast.tenant(elsewhere).pk)
    for ids in ([foreign], [], ["x"]):
        assert api.culprits("POST", RUNS, month | {"tenants": ids}) == ["tenants"]


def test_a_clerk_sees_a_run_and_issues_none(api, site, month):
    run = made(api, month, preview=True)
    clerk = Api(cast.token("clerk", site)[1])
    assert clerk.get(f"{RUNS}/{run['id']}")["id"] == run["id"]
    assert clerk.refusal("POST", RUNS, month) == (403, "forbidden")
    assert clerk.refusal("POST", f"{RUNS}/{run['id']}/issue") == (403, "forbidden")


def test_another_facilitys_run_does_not_exist(api, stranger, month):
    run = made(api, month, preview=True)
    path = f"{RUNS}/{run['id']}"
    assert stranger.get(RUNS)["items"] == []
    assert stranger.refusal("GET", path) == (404, "not_found")
    assert stranger.refusal("POST", f"{path}/cancel") == (404, "not_found")
    assert stranger.culprits("POST", RUNS, month) == ["facility"]


def test_a_word_that_comes_at_the_wrong_time_is_refused(api, month):
    path = f"{RUNS}/{made(api, month, preview=True)['id']}"
    assert api.refusal("POST", f"{path}/pause") == (409, "run_state")
    assert api.post(f"{path}/cancel")[1]["state"] == "cancelled"
    assert api.refusal("POST", f"{path}/issue") == (409, "run_state")
    assert api.refusal("POST", f"{path}/retry") == (409, "nothing_failed")
