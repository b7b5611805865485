"""Accounts by API: entries, reversals, repeats, what others may not see; AutoPay's drafts."""

from __future__ import annotations

import pytest

from tenantline.tenants.models import Tenant
from tests import cast

pytestmark = pytest.mark.django_db
RENT = {"kind": "charge", "amount_cents": 12_900, "date": "2026-11-01", "memo": "Rent"}


@pytest.fixture
def dana(site):
    return cast.tenant(site, "Dana")


def post(api, who, **said):
    status, entry = api.post(f"/tenants/{who.pk}/ledger-entries", said)
    assert status == 201, entry
    return entry


def test_an_entry_is_kept_as_it_was_said_and_moves_the_balance(api, dana):
    entry = post(api, dana, **RENT)
    assert {name: entry[name] for name in RENT} == RENT
    assert api.answer["Location"] == f"/api/v1/ledger-entries/{entry['id']}"
    assert api.get(f"/ledger-entries/{entry['id']}") == entry
    assert api.get(f"/tenants/{dana.pk}")["balance_cents"] == 12_900


def test_a_reversal_undoes_an_entry_once(api, dana):
    entry = post(api, dana, **RENT)
    undone = post(api, dana, kind="reversal", reverses=entry["id"])
    assert (undone["amount_cents"], undone["balance_effect_cents"]) == (12_900, -12_900)
    assert api.get(f"/ledger-entries/{entry['id']}")["reversed_by"] == undone["id"]
    path = f"/tenants/{dana.pk}/ledger-entries"
    again = {"kind": "reversal", "reverses": entry["id"]}
    assert api.refusal("POST", path, again) == (409, "already_reversed")
    of_it = {"kind": "reversal", "reverses": undone["id"]}
    assert api.refusal("POST", path, of_it) == (409, "not_reversible")


@pytest.mark.parametrize(
    ("said", "culprit"),
    [
        ({"amount_cents": 0}, "amount_cents"),
        ({"amount_cents": -5}, "amount_cents"),
        ({"amount_cents": 12.5}, "amount_cents"),
        ({"amount_cents": "129.00"}, "amount_cents"),
        ({"amount_cents": None}, "amount_cents"),
        ({"kind": "refund"}, "kind"),
        ({"date": "11/01/2026"}, "date"),
        ({"date": "2026-02-30"}, "date"),
        ({"date": "2206-11-01"}, "date"),
        ({"reverses": "1"}, "reverses"),
        ({"kind": "reversal", "reverses": "nobody's"}, "reverses"),
        ({"kind": "payment", "due_date": "2026-11-01"}, "due_date"),
    ],
)
def test_what_cannot_be_an_entry_is_refused_by_name(api, dana, said, culprit):
    path = f"/tenants/{dana.pk}/ledger-entries"
    assert api.culprits("POST", path, RENT | said) == [culprit]
    assert api.get(path)["items"] == []


def test_the_same_key_gives_the_same_entry(api, dana):
    path, key = f"/tenants/{dana.pk}/ledger-entries", {"Idempotency-Key": "rent-11"}
    first, again = api.post(path, RENT, **key), api.post(path, RENT, **key)
    assert (first[0], again) == (201, (200, first[1]))
    assert api.refusal("POST", path, RENT | {"amount_cents": 1}, **key) == (
        422,
        "idempotency_mismatch",
    )
    assert Tenant.objects.get(pk=dana.pk).balance_cents == 12_900


def test_an_external_id_that_is_taken_names_the_entry(api, dana):
    entry = post(api, dana, **RENT, external_id="L-1")
    path = f"/tenants/{dana.pk}/ledger-entries"
    status, problem = api.post(path, RENT | {"external_id": "L-1"})
    assert (status, problem["code"], problem["id"]) == (409, "duplicate", entry["id"])


def test_accounts_elsewhere_look_as_if_there_were_none(api):
    far = cast.tenant(cast.facility("HARBOR"), "Far")
    entry, draft = cast.entry(far), cast.draft(far)
    for path in (f"/tenants/{far.pk}/ledger-entries", f"/tenants/{far.pk}/drafts",
                 f"/ledger-entries/{entry.pk}", f"/drafts/{draft.pk}"):  # fmt: skip
        assert api.refusal("GET", path) == (404, "not_found")


def test_a_draft_that_is_done_is_a_payment(api, dana):
    post(api, dana, **RENT)
    cast.on_autopay(dana)
    status, draft = api.post(f"/tenants/{dana.pk}/drafts", {"amount_cents": 12_900,
                                                             "date": "2026-12-05"})  # fmt: skip
    assert (status, draft["state"], draft["method"]) == (201, "pending", "bank")
    _, done = api.patch(f"/drafts/{draft['id']}", {"state": "done"})
    paid = api.get(f"/ledger-entries/{done['payment']}")
    assert (done["state"], paid["kind"], paid["source"]) == ("done", "payment", "autopay")
    assert api.get(f"/tenants/{dana.pk}")["balance_cents"] == 0
    path = f"/drafts/{draft['id']}"
    assert api.refusal("PATCH", path, {"state": "cancelled"}) == (409, "not_pending")


def test_there_is_one_pending_draft_and_none_without_autopay(api, dana):
    path, wanted = f"/tenants/{dana.pk}/drafts", {"amount_cents": 1, "date": "2026-12-05"}
    assert api.refusal("POST", path, wanted) == (409, "no_autopay")
    cast.on_autopay(dana)
    assert api.post(path, wanted)[0] == 201
    assert api.refusal("POST", path, wanted) == (409, "draft_pending")


@pytest.mark.parametrize(("cancel", "state"), [(True, "cancelled"), (False, "pending")])
def test_a_pending_draft_outlives_its_method_unless_it_is_to_be_cancelled(api, dana, cancel, state):
    draft = cast.draft(dana)
    said = {"autopay_method": "NET"} | ({"cancel_pending_draft": True} if cancel else {})
    status, tenant = api.patch(f"/tenants/{dana.pk}", said)
    assert (status, tenant["autopay_method"]) == (200, "NET")
    assert api.get(f"/drafts/{draft.pk}")["state"] == state
