"""Signing in and out, the lock-out, passwords, links to choose one."""

from __future__ import annotations

import re

import pytest
from django.test import Client

from tenantline.audit import queries as audit
from tests import cast
from tests.desk.conftest import House, signed_in

pytestmark = pytest.mark.django_db
GOOD = "a garage full of boxes"


def sign_in(client: Client, username: str, password: str):
    return client.post("/sign-in/", {"username": username, "password": password})


def test_a_person_signs_in_whatever_the_case_of_the_username(client):
    cast.member("olive", "owner")
    answer = sign_in(client, "OLIVE", cast.PASSWORD)
    assert (answer.status_code, answer.headers["Location"]) == (302, "/")
    assert client.get("/").status_code == 200


def test_after_signing_in_one_is_where_one_wanted_to_be(house: House, client):
    answer = client.get("/tenants/?q=smith")
    assert answer.headers["Location"] == "/sign-in/?next=/tenants/%3Fq%3Dsmith"


def test_a_wrong_password_is_told_in_one_sentence_and_the_username_stays(client):
    cast.member("olive", "owner")
    page = sign_in(client, "olive", "wrong").content.decode()
    assert "do not belong together" in page
    assert 'value="olive"' in page


def test_five_wrong_passwords_lock_the_username_even_for_the_right_one(client):
    cast.member("olive", "owner")
    answers = [sign_in(client, "olive", "wrong") for _ in range(5)]
    answer = answers[-1]
    assert answer.status_code == 429
    assert "Too many tries" in answer.content.decode()
    assert sign_in(client, "olive", cast.PASSWORD).status_code == 429


def test_signing_out_takes_a_post(house: House):
    assert house.clerk.get("/sign-out/").status_code == 405
    house.clerk.post("/sign-out/")
    assert house.clerk.get("/").status_code == 302


def test_a_deactivated_person_is_out_at_once(house: House):
    person = cast.member("dan", "clerk", house.lamar)
    theirs = signed_in(person)
    house.owner.post(f"/settings/staff/{person.pk}/active/", {"active": "no"})
    assert theirs.get("/").status_code == 302
    house.owner.post(f"/settings/staff/{person.pk}/active/", {"active": "yes"})
    assert sign_in(Client(), "dan", cast.PASSWORD).status_code == 302


def test_nobody_can_deactivate_themselves(house: House):
    own = next(e for e in audit.latest(facility_ids=None) if e.detail.get("username") == "olive")
    pk = own.subject.removeprefix("staff:")
    answer = house.owner.post(f"/settings/staff/{pk}/active/", {"active": "no"})
    assert answer.status_code == 409
    assert house.owner.get("/").status_code == 200


def test_changing_the_password_keeps_this_session_and_ends_others(house: House):
    person = cast.member("dan", "clerk", house.lamar)
    here, there = signed_in(person), signed_in(person)
    typed = {"current_password": cast.PASSWORD, "password": GOOD, "password_again": GOOD}
    assert here.post("/me/password/", typed).status_code == 302
    assert here.get("/").status_code == 200
    assert there.get("/").status_code == 302


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        (("wrong", GOOD, GOOD), "not your current password"),
        ((cast.PASSWORD, GOOD, GOOD + "!"), "not the same"),
        ((cast.PASSWORD, "short", "short"), "at least 12 characters"),
        ((cast.PASSWORD, "password1234", "password1234"), "too common"),
    ],
)
def test_a_bad_new_password_changes_nothing(house: House, typed, sentence):
    names = ("current_password", "password", "password_again")
    answer = house.clerk.post("/me/password/", dict(zip(names, typed, strict=True)))
    assert answer.status_code == 400
    assert sentence in answer.content.decode()
    assert sign_in(Client(), "carla", cast.PASSWORD).status_code == 302


def link_shown(answer) -> str:
    found = re.search(r'value="https?://[^/]+(/choose-password/[^"]+)"', answer.content.decode())
    assert found is not None
    return found[1]


def choose(link: str, password: str = GOOD):
    return Client().post(link, {"password": password, "password_again": password})


def test_a_new_person_chooses_a_password_by_the_link_that_is_shown_once(house: House):
    typed = {"username": "nina", "name": "Nina", "role": "clerk", "facility": ["LAMAR"]}
    link = link_shown(house.owner.post("/settings/add-staff/", typed))
    assert choose(link).status_code == 302
    assert sign_in(Client(), "nina", GOOD).status_code == 302


def test_a_link_works_once(house: House):
    person = cast.member("dan", "clerk", house.lamar)
    link = link_shown(house.owner.post(f"/settings/staff/{person.pk}/link/"))
    assert Client().get(link).status_code == 200
    assert choose(link).status_code == 302
    assert choose(link, "another garage of boxes").status_code == 404


def test_a_link_with_a_bad_password_still_works_afterwards(house: House):
    person = cast.member("dan", "clerk", house.lamar)
    link = link_shown(house.owner.post(f"/settings/staff/{person.pk}/link/"))
    assert choose(link, "short").status_code == 400
    assert choose(link).status_code == 302
