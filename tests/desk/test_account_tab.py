"""The Account tab: entries by hand, reversals and returns that say first what they do, AutoPay."""

from __future__ import annotations

import pytest

from tenantline.billing import actions, autopay, queries, returned
from tenantline.billing.models import Draft, Entry
from tenantline.facilities.scope import EVERYWHERE
from tenantline.kernel import clock
from tenantline.tenants.models import Tenant
from tests import cast
from tests.billing.returnfile import Back, written

pytestmark = pytest.mark.django_db


@pytest.fixture
def dana(house):
    return cast.tenant(house.lamar, "Dana Whitfield", external_id="T-1", units=["A1"])


def text(answer):
    return " ".join(answer.content.decode().split())


def test_an_entry_is_added_by_hand_and_moves_the_balance(house, dana):
    typed = {"kind": "charge", "amount": "$1,129.50", "date": "2026-11-01", "memo": "Rent"}
    answer = house.clerk.post(f"/tenants/{dana.pk}/account/", typed, follow=True)
    entry = Entry.objects.get()
    assert (entry.amount_cents, entry.memo, entry.by_kind) == (112_950, "Rent", "staff")
    assert "Charge: Rent" in text(answer)
    assert "Balance <strong>$1,129.50" in text(answer)


@pytest.mark.parametrize("wrong", [{"amount": ""}, {"amount": "0"}, {"amount": "-5"},
                                   {"kind": "reversal"}, {"date": "soon"}])  # fmt: skip
def test_what_cannot_be_an_entry_is_shown_again_with_what_is_wrong(house, dana, wrong):
    typed = {"kind": "payment", "amount": "5", "date": "2026-11-01", "memo": "kept"} | wrong
    answer = house.clerk.post(f"/tenants/{dana.pk}/account/", typed)
    assert answer.status_code == 400
    assert 'value="kept"' in answer.content.decode()
    assert not Entry.objects.exists()


def test_a_reversal_says_what_it_does_before_it_does_it(house, dana):
    entry = cast.entry(dana, cents=5_000)
    path = f"/tenants/{dana.pk}/account/{entry.pk}/reverse/"
    asked = text(house.clerk.get(path))
    assert "goes from" in asked
    assert queries.balance_of(dana.pk) == 5_000
    house.clerk.post(path, {"memo": "slip"})
    assert queries.balance_of(dana.pk) == 0
    assert house.clerk.post(path).status_code == 409


def test_a_payment_that_came_back_says_what_follows_and_then_does_it(house, dana):
    actions.set_returned_fee(facility=house.lamar, cents=2_500, by=cast.TESTER, now=clock.now())
    draft, payment = cast.draft(dana), cast.entry(dana, "payment", 5_000)
    path = f"/tenants/{dana.pk}/account/{payment.pk}/returned/"
    assert "R02: The account is closed" in text(house.clerk.get(path))
    shown = text(house.clerk.get(path, {"reason": "R02"}))
    assert all(w in shown for w in ("fee of $25.00", "switched to NET", "draft of $129.00"))
    answer = house.clerk.post(path, {"reason": "R02"}, follow=True)
    assert "AutoPay was switched to NET" in text(answer)
    draft.refresh_from_db()
    assert (queries.balance_of(dana.pk), draft.state) == (2_500, "cancelled")


def test_ten_thousand_entries_come_in_pages(house, dana):
    for cents in range(1, 61):
        cast.entry(dana, cents=cents)
    first = house.clerk.get(f"/tenants/{dana.pk}/account/")
    assert "of 60" in text(first)
    second = text(house.clerk.get(f"/tenants/{dana.pk}/account/?page=2"))
    assert "$0.55" in second  # the tenth entry and all before it: 1 + 2 + … + 10 cents


@pytest.mark.parametrize(("answer", "state"), [("cancel", "cancelled"), ("keep", "pending")])
def test_ending_autopay_with_a_draft_pending_asks_whether_to_cancel_it(house, dana, answer, state):
    draft = cast.draft(dana)
    typed = {"name": "Dana W. Whitfield", "language": "en", "delivery_method": "print",
             "autopay_method": "NET"}  # fmt: skip
    asked = house.clerk.post(f"/tenants/{dana.pk}/", typed)
    assert "Cancel it, too?" in text(asked)
    assert 'value="Dana W. Whitfield"' in asked.content.decode()
    assert Tenant.objects.get(pk=dana.pk).autopay_method == "bank"
    house.clerk.post(f"/tenants/{dana.pk}/", typed | {"pending_draft": answer})
    draft.refresh_from_db()
    saved = Tenant.objects.get(pk=dana.pk)
    assert (saved.autopay_method, saved.name, draft.state) == ("NET", "Dana W. Whitfield", state)


def test_a_draft_is_planned_and_its_payment_recorded(house, dana):
    cast.on_autopay(dana)
    path = f"/tenants/{dana.pk}/account/draft/"
    house.clerk.post(path, {"amount": "129", "date": "2026-12-05"})
    assert "Pending" in text(house.clerk.get(f"/tenants/{dana.pk}/account/"))
    assert "A draft of" in text(house.clerk.get(f"/tenants/{dana.pk}/"))
    house.clerk.post(f"{path}done/")
    assert (Draft.objects.get().state, queries.balance_of(dana.pk)) == ("done", -12_900)
    assert autopay.pending(dana.pk) is None


def test_a_return_file_is_looked_at_applied_and_leaves_what_waits(house, dana):
    payment = cast.entry(dana, "payment", 12_900)
    from django.core.files.uploadedfile import SimpleUploadedFile

    content = written([Back(), Back(who="T-9", trace="091000010000002")])
    day = payment.date.strftime("%y%m%d").encode()
    content = content.replace(b"2611201200A094101", day + b"1200A094101")
    sent = {"site": "LAMAR", "file": SimpleUploadedFile("back.ach", content)}
    looked = house.owner.post("/settings/returns/", sent, follow=True)
    assert "Apply: 1 payment reversed" in text(looked)
    assert queries.balance_of(dana.pk) == -12_900
    done = house.owner.post(looked.request["PATH_INFO"], follow=True)
    assert "The file was applied" in text(done)
    assert queries.balance_of(dana.pk) == 0
    row = returned.waiting(EVERYWHERE).get()
    asked = house.owner.post(f"/settings/returns/{row.pk}/", {"payment": ""})
    assert (asked.status_code, returned.waiting(EVERYWHERE).count()) == (400, 1)
    house.owner.post(f"/settings/returns/{row.pk}/", {"aside": "1"})
    assert not returned.waiting(EVERYWHERE).exists()


def test_a_damaged_file_is_refused_with_line_and_reason(house):
    from django.core.files.uploadedfile import SimpleUploadedFile

    file = SimpleUploadedFile("back.ach", written([Back()])[:-96] + b"x\n")
    answer = house.owner.post("/settings/returns/", {"site": "LAMAR", "file": file})
    assert answer.status_code == 400
    assert "Line " in text(answer)
    assert "refused whole" in text(answer)


def test_accounts_elsewhere_are_nobodys_and_files_are_the_managers(house):
    far = cast.tenant(cast.facility("FAR"), "Far")
    entry = cast.entry(far)
    for path in ("", f"{entry.pk}/reverse/", f"{entry.pk}/returned/"):
        assert house.clerk.get(f"/tenants/{far.pk}/account/{path}").status_code == 404
    assert house.clerk.get("/settings/returns/").status_code == 403
