"""Files to take along: whose rows, which rows, when they are read, and who is told."""

from __future__ import annotations

import csv
import io
from datetime import UTC, datetime

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tenantline.audit.models import Entry
from tenantline.conversations.models import Conversation, Message
from tenantline.exports import slices
from tenantline.intake import actions as intake
from tenantline.intake.actions import Inbound, Status
from tenantline.kernel.clock import now
from tenantline.kernel.phone import Number
from tenantline.tenants.actions import add_tenant
from tenantline.tenants.models import Tenant
from tests import cast
from tests.desk.conftest import House, signed_in

ALL_DAYS = "/inbox/export.csv?from=2020-01-01&to=2099-12-31"
FILES = ["/tenants/export.csv", "/tenants/consent.csv", ALL_DAYS]


def rows(client, address: str) -> list[dict[str, str]]:
    """Return an export's rows by column."""
    answer = client.get(address)
    assert answer.status_code == 200, answer.content
    text = b"".join(answer.streaming_content).decode("utf-8-sig")
    return list(csv.DictReader(io.StringIO(text, newline=""), strict=True))


def names(client, address: str) -> list[str]:
    return [row.get("name", row.get("tenant", "")) for row in rows(client, address)]


@pytest.mark.parametrize("address", FILES)
def test_an_export_holds_my_facilities_and_no_other(house: House, address: str):
    for site, name in ((house.lamar, "Lena Lamar"), (house.mesa, "Mona Mesa")):
        cast.write(cast.opted_in(site, name))
    assert set(names(house.clerk, address)) == {"Lena Lamar"}
    assert set(names(house.owner, address)) == {"Lena Lamar", "Mona Mesa"}
    sign = "&" if "?" in address else "?"
    assert set(names(house.owner, f"{address}{sign}facility=MESA")) == {"Mona Mesa"}
    assert house.clerk.get(f"{address}{sign}facility=MESA").status_code == 404


@pytest.mark.parametrize("address", FILES)
def test_who_is_not_signed_in_gets_nothing(client, house: House, address: str):
    assert client.get(address).headers["Location"].startswith("/sign-in/")
    assert not Entry.objects.filter(act__endswith=".exported").exists()


@pytest.mark.parametrize("address", FILES)
def test_an_export_is_a_file_that_stays_in_no_cache(house: House, address: str):
    answer = house.clerk.get(address)
    assert answer.headers["Content-Type"] == "text/csv; charset=utf-8"
    assert answer.headers["Content-Disposition"].startswith("attachment; filename=")
    assert "no-store" in answer.headers["Cache-Control"]
    assert answer.headers["X-Content-Type-Options"] == "nosniff"


def test_a_tenants_row_tells_what_the_desk_shows(house: House):
    who = cast.tenant(house.lamar, external_id="T-1", number=Number("+15125550143"), units=["A1"])
    Tenant.objects.filter(pk=who.pk).update(balance_cents=-1250, paid_through="2026-11-30")
    [row] = rows(house.clerk, "/tenants/export.csv")
    assert row["name"] == "Dana Whitfield"
    assert (row["external id"], row["facility"], row["units"]) == ("T-1", "LAMAR", "A1")
    assert (row["mobile"], row["balance"]) == ("(512) 555-0143", "(12.50)")
    assert (row["paid through"], row["opt-in status"]) == ("2026-11-30", "No opt-in")


def test_a_consent_row_tells_each_service_and_since_when(house: House):
    at = cast.at_noon()
    cast.opted_in(house.lamar, "Anna Agreed", "chat", now=at)
    [row] = rows(house.clerk, "/tenants/consent.csv")
    services = (row["chat"], row["statements"], row["notices"])
    assert (row["opt-in status"], services) == ("Opted in", ("yes", "no", "no"))
    assert datetime.fromisoformat(row["since"]) == at
    assert row["since"].endswith(("-06:00", "-05:00"))
    assert row["last form submitted"] > row["last form issued"]


def test_who_stopped_or_was_never_asked_has_no_service(house: House):
    cast.stopped(house.lamar)
    cast.tenant(house.lamar)
    found = rows(house.clerk, "/tenants/consent.csv")
    assert [row["opt-in status"] for row in found] == ["Opted out", "No opt-in"]
    assert {row[service] for row in found for service in ("chat", "statements")} == {"no"}


def test_the_lists_filters_hold_for_its_files(house: House):
    cast.opted_in(house.lamar, "Anna Agreed")
    cast.tenant(house.lamar, "Nora None")
    for address in FILES[:2]:
        assert names(house.clerk, f"{address}?status=opted_in") == ["Anna Agreed"]
        assert names(house.clerk, f"{address}?q=nora") == ["Nora None"]


def test_the_lists_links_keep_its_filters_and_not_its_page(house: House):
    cast.tenant(house.lamar)
    page = house.clerk.get("/tenants/?q=dana&page=1").content.decode()
    assert 'href="/tenants/export.csv?q=dana"' in page
    assert 'href="/tenants/consent.csv?q=dana"' in page
    assert 'href="/inbox/export/"' in house.clerk.get("/inbox/").content.decode()


def test_texts_both_ways_are_told_with_their_numbers_and_state(house: House):
    who = cast.opted_in(house.lamar, "Anna Agreed")
    cast.receive(cast.mobile_of(who), house.lamar, "Is my unit\nready?")
    cast.write(who, "Yes, it is.")
    *_, came, went = rows(house.clerk, ALL_DAYS)
    assert (came["direction"], came["status"], came["text"]) == (
        *("in", "Received"),
        "Is my unit\nready?",
    )
    assert (went["direction"], went["status"], went["text"]) == ("out", "Queued", "Yes, it is.")
    assert came["from"] == went["to"] != ""
    assert went["sent by"] == "tester"


def test_days_are_the_facilitys_own(house: House):
    """23:30 on the 10th in Austin is the 11th in London, and the 10th it is."""
    who = cast.opted_in(house.lamar, now=datetime(2026, 3, 1, 18, tzinfo=UTC))
    at = datetime(2026, 3, 11, 4, 30, tzinfo=UTC)
    cast.receive(cast.mobile_of(who), house.lamar, "Late", now=at)
    address = "/inbox/export.csv?from={0}&to={0}"
    [row] = rows(house.clerk, address.format("2026-03-10"))
    assert (row["text"], row["time"]) == ("Late", "2026-03-10T23:30:00-05:00")
    assert rows(house.clerk, address.format("2026-03-11")) == []


BAD_DAYS = [
    *("", "from=2026-01-02", "from=2026-02-30&to=2026-03-01", "from=x&to=y"),
    *("from=2026-01-02&to=2026-01-01", "from=0001-01-01&to=2026-01-01"),
    "from=2026-01-01&to=9999-12-31",
]


@pytest.mark.parametrize("query", BAD_DAYS)
def test_days_that_cannot_be_used_are_asked_for_again(house: House, query: str):
    answer = house.clerk.get(f"/inbox/export.csv?{query}")
    assert answer.status_code == 400
    assert 'aria-invalid="true"' in answer.content.decode()
    assert not Entry.objects.filter(act="messages.exported").exists()


def test_the_page_offers_this_month(house: House):
    with time_machine.travel(datetime(2026, 4, 1, 3, tzinfo=UTC), tick=False):
        session = signed_in(cast.member("clara", "clerk", house.lamar))
        page = session.get("/inbox/export/").content.decode()
    assert 'value="2026-03-01"' in page
    assert 'value="2026-03-31"' in page


@pytest.mark.parametrize("name", ["=cmd|' /C calc'!A0", "+1", "-2+3", "@SUM(A1)", '"=1","x'])
def test_a_hostile_name_is_only_a_name(house: House, name: str):
    who = cast.opted_in(house.lamar, name)
    cast.receive(cast.mobile_of(who), house.lamar, "=1+1\r\n=2")
    shown = f"'{name}" if name[0] in "=+-@" else name
    for address in FILES:
        assert names(house.clerk, address)[-1] == shown
    assert rows(house.clerk, ALL_DAYS)[-1]["text"].startswith("'=1+1")


def test_an_export_is_told_to_each_facility_it_may_hold_rows_of(house: House):
    house.owner.get("/tenants/export.csv?q=Dana Whitfield&status=opted_in")
    told = Entry.objects.filter(act="tenants.exported")
    assert {entry.facility_id for entry in told} == {house.lamar.pk, house.mesa.pk}
    assert {entry.actor_name for entry in told} == {"olive"}
    assert all(entry.detail["status"] == "opted_in" for entry in told)
    assert "Dana" not in str([entry.detail for entry in told])


def test_the_first_bytes_leave_before_the_last_row_is_read(house: House):
    many(house, slices.ROWS * 3)
    answer = house.clerk.get("/tenants/export.csv")
    content = iter(answer)
    with CaptureQueriesContext(connection) as asked:
        assert next(content).startswith(b"\xef\xbb\xbfid,")
        assert len(asked) == 0
        assert b"Person 0\r\n" not in next(content)
        of_one_slice = len(asked)
    add_tenant(facility=house.lamar, name="Latecomer", by=cast.TESTER, now=now())
    assert 0 < of_one_slice < 6
    assert b"Latecomer" in b"".join(content)


@pytest.mark.parametrize("address", FILES[:2])
def test_ten_thousand_rows_are_told_once_each(house: House, address: str):
    many(house, 10_000)
    found = [row["id"] for row in rows(house.clerk, address)]
    assert len(found) == len(set(found)) == 10_000


def many(house: House, number: int) -> None:
    made = now()
    Tenant.objects.bulk_create(
        Tenant(facility=house.lamar, name=f"Person {n}", created_at=made, created_by="test")
        for n in range(number)
    )


def test_more_texts_of_one_instant_than_a_slice_holds_are_told_once_each(house: House):
    who = cast.opted_in(house.lamar)
    thread, line = Conversation.objects.get(), house.lamar.lines.get()
    calls: list[Inbound | Status] = [
        Inbound(
            message_sid=f"SM{n:032x}",
            account_sid=cast.ACCOUNT,
            line_id=line.pk,
            sender=cast.mobile_of(who),
            recipient=line.number,
            body="Hello",
            params={},
        )
        for n in range(slices.ROWS * 2 + 7)
    ]
    Message.objects.bulk_create(
        Message(
            conversation=thread, direction="in", at=now(), body="Hello", call_id=call, line=line
        )
        for call in intake.store(calls, now=now())
    )
    Message.objects.update(at=now())
    found = [row["id"] for row in rows(house.clerk, ALL_DAYS)]
    assert len(found) == thread.messages.count() == len(set(found)) > slices.ROWS * 2
