"""Files of ledger entries: columns guessed, every row in or told why not, nothing taken twice."""

from __future__ import annotations

from datetime import date

import pytest

from tenantline.billing.models import Entry
from tenantline.imports.accounts import taking
from tenantline.imports.accounts.columns import LEDGER, guess
from tenantline.imports.errors import Unusable
from tenantline.imports.headers import read_map
from tenantline.kernel import clock
from tenantline.tenants.models import Tenant
from tests import cast
from tests.imports.offices import outcomes, written

HEAD = "Transaction ID,Tenant ID,Type,Amount,Date,Due Date,Description,Reverses\n"


@pytest.fixture
def office(db):
    where = cast.site()
    cast.tenant(where, "Dana Whitfield", external_id="T-1", units=["A1"])
    cast.tenant(where, "Ana Diaz", external_id="T-2", units=["A2"])
    return where


def take(path, facility, *choices, dry=False):
    prepared = taking.prepare(path, facility=facility, wanted=read_map(choices, LEDGER))
    if dry:
        found = taking.dry_run(prepared, now=clock.now())
    else:
        found = taking.take(prepared, by=cast.TESTER, now=clock.now(), rest=0)
    return [line for some in found for line in some]


def balance(external_id):
    return Tenant.objects.get(external_id=external_id).balance_cents


@pytest.mark.parametrize(
    ("header", "field"),
    [
        ("Trans #", "entry_id"),
        ("Ledger ID", "entry_id"),
        ("Tenant ID", "tenant_id"),
        ("tenant_external_id", "tenant_id"),
        ("Account Number", "tenant_id"),
        ("Unit #", "unit"),
        ("Transaction Type", "kind"),
        ("kind", "kind"),
        ("dcAmount", "amount"),
        ("amount_cents", "amount_cents"),
        ("Charges", "charge"),
        ("Payments", "payment"),
        ("Posted On", "date"),
        ("Due", "due_date"),
        ("memo", "memo"),
        ("reverses", "reverses"),
        ("Tenant Name", "name"),
    ],
)
def test_columns_are_guessed_by_their_names(header, field):
    assert cast.known(guess(header))[0] == field


def test_charges_payments_and_reversals_go_in(office, tmp_path):
    rows = (
        "1,T-1,Charge,$129.00,2026-11-01,2026-11-05,Rent,\n2,T-1,Payment,(129.00),11/04/2026,,,\n"
    )
    path = written(tmp_path, HEAD + rows + "3,T-1,Void,,2026-11-20,,bounced,2\n")
    # The day with slashes could be two days: it alone is refused, and so is what undoes it.
    assert outcomes(take(path, office)) == ["added", "refused", "refused"]
    path = written(tmp_path, (HEAD + rows).replace("11/04/2026", "11/14/2026")
                   + "3,T-1,Void,,2026-11-20,,bounced,2\n")  # fmt: skip
    assert outcomes(take(path, office)) == ["unchanged", "added", "added"]
    assert balance("T-1") == 12_900
    assert Entry.objects.get(external_id="1").due_on == date(2026, 11, 5)


@pytest.mark.parametrize("own_id", ["17", ""])
def test_the_same_file_again_changes_nothing(office, tmp_path, own_id):
    row = f"{own_id},T-1,charge,5.00,2026-11-01,,Lock,\n"
    path = written(tmp_path, HEAD + row + ("" if own_id else row))
    first, again = take(path, office), take(path, office)
    assert set(outcomes(first)) == {"added"}
    assert set(outcomes(again)) == {"unchanged"}
    assert balance("T-1") == 500 * len(first)


def test_an_entry_on_record_is_not_changed_by_a_file(office, tmp_path):
    take(written(tmp_path, HEAD + "1,T-1,charge,5.00,2026-11-01,,,\n"), office)
    lines = take(written(tmp_path, HEAD + "1,T-1,charge,6.00,2026-11-01,,,\n"), office)
    assert outcomes(lines) == ["refused"]
    assert "other content" in lines[0][2]
    assert balance("T-1") == 500


@pytest.mark.parametrize(
    ("row", "why"),
    [
        ("1,T-9,charge,5.00,2026-11-01,,,", "no tenant with the id"),
        ("1,T-1,gift,5.00,2026-11-01,,,", "none of charge"),
        ("1,T-1,charge,,2026-11-01,,,", "no amount"),
        ("1,T-1,charge,0.00,2026-11-01,,,", "zero"),
        ("1,T-1,charge,-5.00,2026-11-01,,,", "credit"),
        ("1,T-1,charge,five,2026-11-01,,,", "not an amount"),
        ("1,T-1,charge,5.00,,,,", "no date"),
        ("1,T-1,charge,5.00,2206-11-01,,,", "cannot be right"),
        ("1,T-1,reversal,5.00,2026-11-01,,,", "names the id"),
        ("1,T-1,reversal,5.00,2026-11-01,,,77", "no entry 77"),
        ("1,,charge,5.00,2026-11-01,,,", "whose entry"),
    ],
)
def test_a_row_that_cannot_be_used_is_refused_with_its_reason(office, tmp_path, row, why):
    (line,) = take(written(tmp_path, HEAD + row + "\n"), office)
    assert line[1] == "refused"
    assert why in line[2]
    assert not Entry.objects.exists()


@pytest.mark.parametrize(
    ("amounts", "became"),
    [
        (["-5.00", "(6.00)", "7.00 CR"], ["added", "added", "added"]),
        (["5.00", "6.00", "-5.00"], ["added", "added", "refused"]),
        (["5.00", "-6.00", "-5.00"], ["refused", "added", "added"]),
        (["5.00", "-5.00"], ["added", "refused"]),
    ],
)
def test_a_payment_with_the_rarer_sign_may_undo_one_and_is_refused(
    office, tmp_path, amounts, became
):
    rows = "".join(f",T-1,payment,{one},2026-11-01,,,\n" for one in amounts)
    assert outcomes(take(written(tmp_path, HEAD + rows), office)) == became


def test_a_reversal_may_stand_beside_what_it_undoes_and_undoes_it_once(office, tmp_path):
    rows = "1,T-1,charge,5.00,2026-11-01,,,\n2,T-1,reversal,,2026-11-02,,,1\n"
    path = written(tmp_path, HEAD + rows + "3,T-1,reversal,,2026-11-02,,,1\n")
    assert outcomes(take(path, office, dry=True)) == ["added", "added", "refused"]
    assert not Entry.objects.exists()
    assert outcomes(take(path, office)) == ["added", "added", "refused"]
    assert outcomes(take(path, office)) == ["unchanged", "unchanged", "refused"]
    assert balance("T-1") == 0


def test_a_reversal_of_an_earlier_slice_is_found(office, tmp_path):
    many = "".join(f"{n},T-2,charge,1.00,2026-11-01,,,\n" for n in range(100, 300))
    path = written(tmp_path, HEAD + many + "r,T-2,reversal,,2026-11-02,,,100\n")
    assert set(outcomes(take(path, office, dry=True))) == {"added"}
    assert set(outcomes(take(path, office))) == {"added"}
    assert balance("T-2") == 19_900


def test_amounts_may_stand_in_columns_of_their_own_and_units_say_whose_they_are(office, tmp_path):
    rows = ["A1,2026-11-01,129.00,", "A2,2026-11-02,,50", "A3,2026-11-02,1,", "A1,2026-11-03,1,1"]
    path = written(tmp_path, "\n".join(["Unit,Date,Charges,Payments", *rows]))
    lines = take(path, office)
    assert outcomes(lines) == ["added", "added", "refused", "refused"]
    assert "not rented now" in lines[2][2]
    assert (balance("T-1"), balance("T-2")) == (12_900, -5_000)


def test_a_file_in_the_words_of_the_api_goes_in(office, tmp_path):
    path = written(
        tmp_path, "external_id,kind,amount_cents,date,memo\nT-1,charge,12900,2026-11-01,\n"
    )
    assert outcomes(take(path, office)) == ["added"]
    assert balance("T-1") == 12_900


def test_a_column_can_be_named(office, tmp_path):
    path = written(tmp_path, "Who,What,Sum,Day\nT-1,charge,5.00,2026-11-01\n")
    with pytest.raises(Unusable):
        take(path, office)
    chosen = take(path, office, "tenant=Who", "type=What", "amount=Sum")
    assert outcomes(chosen) == ["added"]


def test_tenants_and_entries_of_elsewhere_are_nobodys(office, tmp_path):
    far = cast.site("HARBOR")
    cast.tenant(far, "Far", external_id="T-7")
    path = written(tmp_path, HEAD + "1,T-7,charge,5.00,2026-11-01,,,\n")
    assert outcomes(take(path, office)) == ["refused"]
    assert outcomes(take(path, far)) == ["added"]
