"""Fields: what is read, what is refused, what is put in."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tenantline.kernel.errors import BadInput
from tenantline.letters import fields
from tenantline.letters.fields import FIELDS, AccountView, People

PEOPLE = People(
    tenant_name="Dana {{account.balance}}",
    tenant_units=("A12", "B3"),
    tenant_email="dana@example.com",
    tenant_address="1 Elm St, Austin, TX 78701",
    facility_name="Lamar Storage",
    facility_phone="(512) 555-0100",
    facility_email="lamar@example.com",
    facility_address="",
)
ACCOUNT = AccountView(
    balance_cents=12_950,
    overdue_cents=9_500,
    due_date=date(2026, 11, 1),
    paid_through=None,
    autopay="NET",
)
TODAY = date(2026, 11, 22)
VALUES = fields.values(PEOPLE, ACCOUNT, today=TODAY, language="en")
words = st.text(
    st.characters(exclude_characters="{}\r\x00", exclude_categories=["Cs"]), max_size=20
)
names = st.sampled_from(sorted(FIELDS))


def read(text):
    return fields.read(text)


def test_each_field_stands_for_something_or_is_empty():
    assert VALUES.keys() == FIELDS.keys()


@settings(max_examples=100, deadline=None)
@given(st.lists(st.tuples(words, names), max_size=5), words, st.data())
def test_words_stay_and_fields_are_put_in(pairs, last, data):
    blanks = st.text(" ", max_size=2)
    holes = [f"{{{{{data.draw(blanks)}{name}{data.draw(blanks)}}}}}" for _, name in pairs]
    text = "".join(word + hole for (word, _), hole in zip(pairs, holes, strict=True)) + last
    values = {name: f"<{name}>" for name in FIELDS}
    expected = "".join(word + values[name] for word, name in pairs) + last
    template = read(text)
    assert template.filled(values) == expected
    assert {field.name for field in template.fields} == {name for _, name in pairs}


@settings(max_examples=150, deadline=None)
@given(st.text(st.sampled_from("{}. acountble_\n%"), max_size=30))
def test_whatever_has_double_braces_is_a_field_or_refused(text):
    try:
        template = read(text)
    except BadInput:
        assert "{{" in text or "}}" in text
    else:
        assert template.parts == (text,)


@pytest.mark.parametrize(
    "text",
    [
        "{{account.owed}}",
        "{{Account.balance}}",
        "{{account.balance|upper}}",
        "{{account.balance",
        "account.balance}}",
        "{{}}",
        "{{ tenant.name }} {{",
        "{{{tenant.name}}}",
        "{{tenant.name.first}}",
        "{{tenant\n.name}}",
        "{{__class__.__init__}}",
        "{% if tenant.name %}{{",
    ],
)
def test_anything_else_in_double_braces_is_refused(text):
    with pytest.raises(BadInput):
        read(text)


def test_what_a_field_stands_for_is_not_read_again():
    assert read("Dear {{tenant.name}},").filled(VALUES) == "Dear Dana {{account.balance}},"


def test_an_empty_field_is_refused_and_named():
    template = read("Paid through {{account.paid_through}}, {{facility.address}}.")
    assert [field.name for field in template.missing(VALUES)] == [
        "account.paid_through",
        "facility.address",
    ]
    with pytest.raises(BadInput, match=r"account\.paid_through, facility\.address"):
        template.filled(VALUES)


@pytest.mark.parametrize(
    ("text", "filled"),
    [
        ("{{tenant.unit}}", "A12, B3"),
        ("{{account.balance}}", "$129.50"),
        ("{{account.overdue}}", "$95.00"),
        ("{{account.due_date}}", "November 1, 2026"),
        ("{{account.days_late}}", "21"),
        ("{{letter.date}}", "November 22, 2026"),
    ],
)
def test_a_field_is_written_as_people_read_it(text, filled):
    assert read(text).filled(VALUES) == filled


def test_days_are_written_in_the_letters_language():
    values = fields.values(PEOPLE, ACCOUNT, today=TODAY, language="es")
    assert read("{{account.due_date}}").filled(values) == "1 de noviembre de 2026"


@pytest.mark.parametrize("name", FIELDS)
def test_amounts_are_money_and_the_accounts_fields_the_accounts(name):
    template = read(f"{{{{{name}}}}}")
    assert template.has_money == (name in {"account.balance", "account.overdue"})
    assert template.has_account_field == name.startswith("account.")
