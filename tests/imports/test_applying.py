"""What an import writes, and what it never writes."""

from __future__ import annotations

from datetime import date

import pytest

from tenantline.consent import queries as consent
from tenantline.consent.models import LedgerEvent
from tenantline.facilities.scope import EVERYWHERE
from tenantline.kernel import clock
from tenantline.kernel.phone import Number
from tenantline.tenants import actions, postal, queries
from tenantline.tenants.models import NumberQuestion, Tenant
from tests import cast
from tests.imports.offices import imported, outcomes, tenant, would, written

pytestmark = pytest.mark.django_db
HEAD = "Tenant ID,Name,Unit,Cell,E-mail,Balance,SMS OK?,Move Out\n"
ANA = "T1,Ana Diaz,A1,512-555-0143,ana@example.com,12.50,,\n"


def status(who):
    return consent.of(tenant=who, scope=EVERYWHERE, now=clock.now()).status


def test_a_row_becomes_a_tenant_with_number_unit_and_balance(tmp_path):
    where = cast.site()
    assert outcomes(imported(written(tmp_path, HEAD + ANA), where)) == ["added"]
    ana = tenant("T1")
    assert (ana.name, ana.email, ana.balance_cents) == ("Ana Diaz", "ana@example.com", 1250)
    assert cast.mobile_of(ana) == "+15125550143"
    assert queries.units(ana.pk, clock.now()) == ["A1"]


def test_a_second_run_changes_nothing(tmp_path):
    where = cast.site()
    text = (
        HEAD + ANA + "T2,Bo,B1,,,,No,2026-01-31\n,Cy Noid,C1,5125550190,,,No,\n,Only Name,,,,,,\n"
    )
    path = written(tmp_path, text)
    imported(path, where)
    before = list(Tenant.objects.order_by("pk").values()), LedgerEvent.objects.count()
    assert outcomes(imported(path, where)) == ["unchanged"] * 4
    assert (list(Tenant.objects.order_by("pk").values()), LedgerEvent.objects.count()) == before


def test_a_known_id_is_updated_and_empty_cells_change_nothing(tmp_path):
    where = cast.site()
    imported(written(tmp_path, HEAD + ANA), where)
    path = written(tmp_path, HEAD + "T1,Ana Diaz-Hill,A2,,,(3.00),,\n")
    assert outcomes(imported(path, where)) == ["updated"]
    ana = tenant("T1")
    assert (ana.name, ana.email, ana.balance_cents) == ("Ana Diaz-Hill", "ana@example.com", -300)
    assert cast.mobile_of(ana) == "+15125550143"
    assert queries.units(ana.pk, clock.now()) == ["A1", "A2"]
    assert "a2" in ana.search_text


def test_a_changed_number_closes_the_period_and_its_consent(tmp_path):
    where = cast.site()
    imported(written(tmp_path, HEAD + ANA), where)
    ana = tenant("T1")
    cast.opt_in(ana)
    imported(written(tmp_path, HEAD + ANA.replace("0143", "0177")), where)
    assert cast.mobile_of(ana) == "+15125550177"
    assert status(ana) == "number_changed"


@pytest.mark.parametrize("said", ["Yes", "y", "Opted in", "1", "OK", "true", "sí"])
def test_nobody_is_ever_opted_in(tmp_path, said):
    where = cast.site()
    imported(written(tmp_path, HEAD + f"T1,Ana,A1,5125550143,,,{said},\n"), where)
    assert status(tenant("T1")) == "none"
    assert not LedgerEvent.objects.exists()


def test_a_no_takes_consent_away_as_staff_would(tmp_path):
    where = cast.site()
    imported(written(tmp_path, HEAD + ANA), where)
    ana = tenant("T1")
    cast.opt_in(ana)
    imported(written(tmp_path, HEAD + ANA.replace(",12.50,,", ",12.50,No,")), where)
    assert status(ana) == "opted_out"
    event = LedgerEvent.objects.get(kind="revoked")
    assert event.particulars is not None
    assert "Import of export.csv" in event.particulars.text
    assert '"medium":"other"' in event.body


def test_a_no_that_goes_on_does_not_undo_a_later_opt_in(tmp_path):
    where = cast.site()
    path = written(tmp_path, HEAD + ANA.replace(",12.50,,", ",12.50,No,"))
    imported(path, where)
    cast.opt_in(tenant("T1"))
    assert outcomes(imported(path, where)) == ["unchanged"]
    assert status(tenant("T1")) == "opted_in"


def test_a_no_after_a_yes_counts_again(tmp_path):
    where = cast.site()
    no = written(tmp_path, HEAD + ANA.replace(",12.50,,", ",12.50,No,"), "no.csv")
    yes = written(tmp_path, HEAD + ANA.replace(",12.50,,", ",12.50,Yes,"), "yes.csv")
    imported(no, where)
    cast.opt_in(tenant("T1"))
    imported(yes, where)
    assert status(tenant("T1")) == "opted_in"
    imported(no, where)
    assert status(tenant("T1")) == "opted_out"


def test_a_number_that_another_tenant_holds_becomes_a_question(tmp_path):
    where, mesa = cast.site(), cast.site("MESA", zone="America/Denver")
    other = cast.tenant(mesa, "Otto Other", number=Number("+15125550143"))
    [(_, _, reason, _)] = imported(written(tmp_path, HEAD + ANA), where)
    question = NumberQuestion.objects.get()
    assert (question.tenant, question.other) == (tenant("T1"), other)
    assert "staff are asked" in reason
    assert "Otto" not in reason


def test_a_move_out_ends_the_rental_at_midnight_there(tmp_path):
    where = cast.site()
    imported(written(tmp_path, HEAD + ANA), where)
    cast.opt_in(tenant("T1"))
    imported(written(tmp_path, HEAD + ANA.replace(",,\n", ",,2026-01-31\n")), where)
    ana = tenant("T1")
    [rental] = queries.rentals(ana.pk)
    assert rental.ended_at is not None
    assert rental.ended_at.isoformat() == "2026-01-31T06:00:00+00:00"
    assert status(ana) == "none"


def test_a_move_out_recorded_here_is_not_taken_back_by_an_older_list(tmp_path):
    where = cast.site()
    path = written(tmp_path, HEAD + ANA)
    imported(path, where)
    actions.end_rentals(tenant=tenant("T1"), at=clock.now(), now=clock.now())
    [(_, outcome, reason, _)] = imported(path, where)
    assert outcome == "unchanged"
    assert "stays moved out" in reason


def test_a_tenant_added_by_hand_gets_the_files_id(tmp_path):
    where = cast.site()
    ana = cast.tenant(where, "Ana Diaz", number=Number("+15125550143"), units=[])
    [(_, outcome, reason, pk)] = imported(written(tmp_path, HEAD + ANA), where)
    assert (outcome, reason, pk) == ("updated", "recognised by name and mobile number", ana.pk)
    assert tenant("T1") == ana


def test_several_who_could_be_meant_refuse_the_row(tmp_path):
    where = cast.site()
    for _ in range(2):
        cast.tenant(where, "Ana Diaz", email="ana@example.com", units=[])
    path = written(tmp_path, "Name,E-mail\nAna Diaz,ana@example.com\n")
    [(_, outcome, reason, _)] = imported(path, where)
    assert (outcome, "Several tenants" in reason) == ("refused", True)


def test_the_same_id_at_another_facility_is_another_tenant(tmp_path):
    where, mesa = cast.site(), cast.site("MESA", zone="America/Denver")
    other = cast.tenant(mesa, "Somebody Else", external_id="T1")
    imported(written(tmp_path, HEAD + ANA), where)
    other.refresh_from_db()
    assert other.name == "Somebody Else"
    assert Tenant.objects.filter(external_id="T1").count() == 2


def test_a_dry_run_says_what_would_happen_and_changes_nothing(tmp_path):
    where = cast.site()
    path = written(tmp_path, HEAD + ANA + "T2,,B1,,,,,\n")
    assert [outcome for _, outcome, _, _ in would(path, where)] == ["added", "refused"]
    assert not Tenant.objects.exists()


def test_home_phones_are_kept_and_paid_through_too(tmp_path):
    where = cast.site()
    text = "Tenant ID,Name,Landline,Paid Thru\nT1,Ana,512-555-0100 x4,11/30/2026\n"
    imported(written(tmp_path, text), where)
    ana = tenant("T1")
    assert (ana.home_phone, ana.paid_through) == ("512-555-0100 x4", date(2026, 11, 30))
    assert queries.current_period(ana.pk) is None


HOME = "Tenant ID,Name,Address,Address 2,City,State,Zip,Legal notices by e-mail\n"


def test_an_address_is_taken_in_and_says_where_paper_goes(tmp_path):
    where = cast.site()
    path = written(tmp_path, HOME + "T1,Ana,12 Oak St,Apt 4,Portland,ME,4101,yes\n")
    assert outcomes(imported(path, where)) == ["added"]
    ana = tenant("T1")
    assert postal.lines(ana) == ("12 Oak St, Apt 4", "Portland, ME 04101")
    assert ana.legal_email
    assert outcomes(imported(path, where)) == ["unchanged"]


def test_legal_notices_by_email_end_with_a_no_and_not_with_silence(tmp_path):
    where = cast.site()
    imported(written(tmp_path, HOME + "T1,Ana,,,,,,yes\n"), where)
    imported(written(tmp_path, HOME + "T1,Ana,9 New Rd,,,,,\n"), where)
    assert (tenant("T1").street, tenant("T1").legal_email) == ("9 New Rd", True)
    imported(written(tmp_path, HOME + "T1,Ana,,,,,,no\n"), where)
    assert (tenant("T1").street, tenant("T1").legal_email) == ("9 New Rd", False)
