"""Columns are guessed by their names, shown, and overridden."""

from __future__ import annotations

import pytest

from tenantline.imports.columns import TENANTS, guess, guessed
from tenantline.imports.errors import Unusable
from tenantline.imports.headers import places, read_map

NAMES = {
    "external_id": ["Tenant ID", "TenantID", "Customer #", "Acct No", "account number", "ID"],
    "name": ["Name", "TENANT NAME", "Customer", "Nombre", "full_name", "Tenant"],
    "first_name": ["First Name", "sFName", "firstname", "FIRST"],
    "last_name": ["Last Name", "sLName", "Surname", "Apellido"],
    "unit": ["Unit", "Unit #", "UnitName", "Space", "units", "Unidad"],
    "mobile": ["Mobile", "Cell Phone", "sMobile", "CELL#", "Phone", "Phone Number", "Celular",
               "Phone (Mobile)", "Primary Phone"],
    "home_phone": ["Home Phone", "Landline", "HomePhone", "Phone (home)", "Work Phone",
                   "Office Phone", "Teléfono de casa"],
    "email": ["E-mail", "Email Address", "sEmail", "Correo electrónico"],
    "balance": ["Balance", "Amount Due", "dcBalance", "Current Balance", "Total Due", "Saldo"],
    "move_in": ["Move In", "Move-In Date", "dMovedIn", "Lease Start"],
    "move_out": ["Move Out", "Moved Out", "MoveOutDate", "Lease End"],
    "paid_through": ["Paid Through", "Paid Thru Date", "dPaidThru", "Paid To"],
    "language": ["Language", "Preferred Language", "Lang", "Idioma"],
    "sms_allowed": ["SMS OK?", "SMS Allowed", "Text Opt-In", "OK to Text", "SMS Opt-In Status",
                    "Texting Consent", "Allow SMS", "Opt In"],
    "sms_refused": ["Do Not Text", "SMS Opt-Out", "Opted Out", "No SMS", "Unsubscribed",
                    "Opt out of texts"],
    "notes": ["Notes", "Comments", "Note"],
}  # fmt: skip


@pytest.mark.parametrize(("field", "header"), [(f, h) for f, hs in NAMES.items() for h in hs])
def test_common_names_are_recognised(field, header):
    found = guess(header)
    assert found is not None
    assert found[0] == field


@pytest.mark.parametrize(
    "header",
    ["Alternate Phone", "Emergency Contact Cell", "Spouse Mobile", "Fax", "Lien Holder Phone",
     "Mobile Carrier", "Gate Code", "Unit Size", "Rent", "Email Opt Out", "Phone 2", "Insurance",
     "SMS Opt-In Date", "Facility Phone"],
)  # fmt: skip
def test_other_peoples_numbers_and_other_things_are_left_alone(header):
    assert guess(header) is None


def test_a_plain_phone_beside_a_cell_is_kept_as_home_phone():
    columns = guessed(["Name", "Phone", "Cell"])
    assert columns.chosen == {"name": 0, "home_phone": 1, "mobile": 2}


def test_a_plain_phone_beside_a_home_phone_is_the_mobile_candidate():
    assert guessed(["Name", "Home Phone", "Phone"]).chosen["mobile"] == 2


def test_rivals_for_a_field_are_shown():
    columns = guessed(["Name", "Mobile", "Cell", "Mobile"])
    shown = {words: (label, rivals) for words, label, rivals in columns.shown()}
    assert shown["Mobile number"] == ("Mobile (column 2)", ["Cell", "Mobile (column 4)"])


def test_a_choice_overrides_the_guess_and_an_empty_one_reads_no_column():
    headers = ["Name", "Mobile", "Ring"]
    wanted = read_map(["mobile=Ring", "Home-Phone=mobile"], TENANTS)
    columns = guessed(headers).with_choices(places(headers, wanted))
    assert columns.chosen == {"name": 0, "mobile": 2, "home_phone": 1}
    nothing = guessed(headers).with_choices(places(headers, read_map(["mobile="], TENANTS)))
    assert "mobile" not in nothing.chosen


def test_a_column_can_be_named_by_its_number_where_names_repeat():
    headers = ["Name", "Phone", "Phone"]
    assert places(headers, {"mobile": "3"}) == {"mobile": 2}
    with pytest.raises(Unusable, match="Several columns"):
        places(headers, {"mobile": "Phone"})


@pytest.mark.parametrize("word", ["colour=Name", "mobile", "=Name"])
def test_a_map_that_names_no_field_is_refused(word):
    with pytest.raises(Unusable):
        read_map([word], TENANTS)
