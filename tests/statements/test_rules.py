"""Who may open a statement, and which way one goes: pure."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tenantline.statements import rules
from tenantline.statements.rules import Case
from tenantline.tenants.delivery import NO_EMAIL, Refusal

NO_CONSENT = Refusal("no_consent", "Not agreed.")


def case(**changes):
    plain = {"chosen": None, "of_tenant": "print", "by_sms": True, "no_sms": None, "no_email": None}
    return Case(**(plain | changes))


def opens(name, surname, unit="B12", units=("B12",)):
    return rules.may_open(name=name, units=units, surname=surname, unit=unit)


@pytest.mark.parametrize(
    ("name", "surname"),
    [
        ("Dana Whitfield", "whitfield"),
        ("Dana Whitfield", "  WHITFIELD "),
        ("Dana Whitfield", "Dana Whitfield"),
        ("Whitfield, Dana", "Whitfield"),
        ("Whitfield, Dana", "Dana Whitfield"),
        ("Dana Whitfield Jr.", "Whitfield"),
        ("Dana Whitfield, Jr.", "Whitfield"),
        ("Dana Whitfield", "Whitfield Jr"),
        ("Siobhán O\N{RIGHT SINGLE QUOTATION MARK}Brien", "o'brien"),
        ("Mia Smith-Jones", "smith jones"),
        ("José García López", "Garcia"),
        ("José García López", "Lopez"),
        ("José García López", "García López"),
        ("Ana de la Cruz", "de la cruz"),
        ("Ana de la Cruz", "Cruz"),
        ("Cher", "cher"),
        ("Acme Movers LLC", "Acme"),
        ("Acme Movers LLC", "Acme Movers, LLC"),
        ("Straße Müller", "Muller"),
    ],
)
def test_a_surname_is_known_as_people_write_it(name, surname):
    assert opens(name, surname)


@pytest.mark.parametrize(
    ("name", "surname"),
    [
        ("Dana Whitfield", "Dana"),
        ("Dana Whitfield", "White"),
        ("Dana Whitfield", ""),
        ("Dana Whitfield", "   "),
        ("Dana Whitfield", "Whitfield Dana"),
        ("Whitfield, Dana", "Dana"),
        ("Ana de la Cruz", "la"),
        ("Dana Whitfield", "%"),
        ("\N{GRINNING FACE}", ""),
        ("\N{GRINNING FACE}", "\N{GRINNING FACE}"),
    ],
)
def test_another_name_opens_nothing(name, surname):
    assert not opens(name, surname)


@pytest.mark.parametrize("unit", ["B12", "b-12", "Unit B12", " b 012 ", "#B12", "No. B12"])
def test_a_unit_is_known_as_people_write_it(unit):
    assert opens("Dana Whitfield", "Whitfield", unit)


@pytest.mark.parametrize("unit", ["", "12", "B1", "B120", "B21", "unit"])
def test_another_unit_opens_nothing(unit):
    assert not opens("Dana Whitfield", "Whitfield", unit)


def test_any_of_the_tenants_units_will_do():
    assert opens("Dana Whitfield", "Whitfield", "C3", ("B12", "C3"))


@given(st.text(max_size=30), st.text(max_size=30), st.text(max_size=12))
def test_whatever_is_on_file_and_typed_in_nothing_breaks(name, surname, unit):
    assert opens(name, surname, unit, (unit,)) in {True, False}


def test_what_cannot_be_answered_is_not_asked():
    assert not rules.can_be_asked("Dana Whitfield", ())
    assert not rules.can_be_asked("\N{GRINNING FACE}", ("B12",))
    assert rules.can_be_asked("Dana Whitfield", ("B12",))


@pytest.mark.parametrize(
    ("changes", "method", "code"),
    [
        ({}, "sms", ""),
        ({"no_sms": NO_CONSENT}, "email", "no_consent"),
        ({"no_sms": NO_CONSENT, "no_email": NO_EMAIL}, "print", "no_consent"),
        ({"by_sms": False}, "print", ""),
        ({"by_sms": False, "of_tenant": "email"}, "email", ""),
        ({"by_sms": False, "of_tenant": "email", "no_email": NO_EMAIL}, "print", "no_email"),
        ({"chosen": "print"}, "print", ""),
        ({"chosen": "email"}, "email", ""),
        ({"chosen": "sms", "by_sms": False}, "sms", ""),
        ({"chosen": "sms", "by_sms": False, "no_sms": NO_CONSENT}, "email", "no_consent"),
    ],
)
def test_a_statement_goes_by_the_switch_then_by_the_next_possible_method(changes, method, code):
    way = rules.decide(case(**changes))
    assert (way.method, way.why.code if way.why else "") == (method, code)
