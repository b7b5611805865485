"""Staff accounts and tokens: what cannot be used changes nothing, what ended stays ended."""

from __future__ import annotations

import pytest

from tenantline.kernel import clock
from tenantline.kernel.errors import BadInput, Conflict, Forbidden, NotFound, Refused
from tenantline.staff import actions, links, queries, rules
from tenantline.staff.models import Staff, Token
from tests import cast

db = pytest.mark.django_db


def add(username="clara", password=cast.PASSWORD, role="clerk", **details):
    return actions.add_staff(
        username=username, password=password, role=role, by=cast.TESTER, now=clock.now(), **details
    )


BAD = [
    {"username": ""},
    {"username": "x"},
    {"username": "a b"},
    {"username": "x" * 61},
    {"username": "clära"},
    {"role": "boss"},
    {"role": ""},
    {"password": ""},
    {"password": "short"},
    {"password": "password1234"},
    {"username": "clara.the.clerk", "password": "clara.the.clerk"},
    {"name": "n" * 121},
]


@db
@pytest.mark.parametrize("details", BAD, ids=str)
def test_what_cannot_be_used_adds_nobody(details):
    with pytest.raises(BadInput):
        add(**details)
    assert not Staff.objects.exists()


@db
def test_a_username_is_taken_in_any_case():
    add("clara")
    with pytest.raises(Conflict):
        add(" CLARA ")


@db
def test_nobody_can_deactivate_or_demote_themselves():
    owner = add("olive", role="owner")
    by = queries.actor_for(owner)
    with pytest.raises(Refused):
        actions.set_active(staff=owner, active=False, by=by, now=clock.now())
    with pytest.raises(Refused):
        actions.set_role(staff=owner, role="clerk", by=by, now=clock.now())
    owner.refresh_from_db()
    assert (owner.is_active, owner.role) == (True, "owner")


@db
def test_one_who_left_is_no_longer_found():
    clara = add()
    actions.set_active(staff=clara, active=False, by=cast.TESTER, now=clock.now())
    assert queries.by_username("clara") is None
    assert queries.active(str(clara.pk)) is None


@db
def test_a_token_is_kept_as_a_hash_and_ends_when_revoked():
    token, secret = cast.token("clerk", cast.site())
    assert secret not in str(Token.objects.values().get())
    assert queries.token_for(secret) == token
    actions.revoke_token(token=token, by=cast.TESTER, now=clock.now())
    assert queries.token_for(secret) is None


@db
@pytest.mark.parametrize("name", ["", "  ", "\x00", "n" * 121])
def test_a_token_needs_a_name(name):
    with pytest.raises(BadInput):
        actions.create_token(name=name, role="clerk", by=cast.TESTER, now=clock.now())
    assert not Token.objects.exists()


@db
def test_a_one_time_link_works_once_and_not_for_a_bad_password():
    clara = add()
    token = links.make(staff=clara, by=cast.TESTER, now=clock.now())
    use = {"staff_id": clara.pk, "token": token, "by": cast.TESTER, "now": clock.now()}
    with pytest.raises(BadInput):
        links.choose_password(password="short", **use)
    links.choose_password(password="another long phrase", **use)
    with pytest.raises(NotFound):
        links.choose_password(password="a third long phrase", **use)


@pytest.mark.parametrize("role", ["", "boss", "OWNER", "clerk "])
def test_an_unknown_role_may_do_nothing(role):
    with pytest.raises(Forbidden):
        rules.demand(role, "text")


def test_each_role_may_do_what_the_one_below_may():
    assert rules.ACTS["clerk"] < rules.ACTS["manager"] < rules.ACTS["owner"]
