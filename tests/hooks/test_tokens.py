"""Whose signature counts: account, line and token belong together; two tokens while one changes."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.conf import settings

from tenantline.carrier.webhooks import PROOF_HEADER, probe_form, proof
from tenantline.facilities.actions import OLD_TOKEN_AFTER_NEW, OLD_TOKEN_AT_MOST
from tenantline.facilities.models import Line
from tenantline.hooks import verify
from tenantline.hooks.verify import Asked
from tenantline.intake.actions import Inbound
from tenantline.intake.models import InboundCall
from tenantline.kernel import clock
from tests import cast
from tests.hooks.test_hooks import post, signed, sms

db = pytest.mark.django_db
fresh = pytest.mark.usefixtures("fresh_database")  # the door has threads of its own
NEW = "c3" * 16


def exchange(site) -> None:
    """Connect the line again with a new token."""
    cast.line(site, cast.number_of(site), token=NEW)


def accepts(site, token: str, *, days: float = 0) -> bool:
    """Tell whether a call signed with a token is taken some days from now."""
    form = sms(site)
    asked = Asked("/twilio/sms", form, signed(form, token=token))
    [found] = verify.verified([asked], now=clock.now() + timedelta(days=days))
    return isinstance(found, Inbound)


@db
def test_while_a_token_is_exchanged_both_verify():
    site = cast.site()
    exchange(site)
    assert accepts(site, cast.AUTH_TOKEN)
    assert accepts(site, NEW)


@db
def test_the_old_token_ends_soon_after_the_new_one_has_signed():
    site = cast.site()
    exchange(site)
    accepts(site, NEW)
    line = Line.objects.get()
    assert line.previous_token_until is not None
    assert line.previous_token_until <= clock.now() + OLD_TOKEN_AFTER_NEW
    assert accepts(site, cast.AUTH_TOKEN)
    assert not accepts(site, cast.AUTH_TOKEN, days=1)


@db
def test_the_old_token_ends_even_if_the_new_one_never_signs():
    site = cast.site()
    exchange(site)
    longest = OLD_TOKEN_AT_MOST / timedelta(days=1)
    assert accepts(site, cast.AUTH_TOKEN, days=longest - 1)
    assert not accepts(site, cast.AUTH_TOKEN, days=longest + 1)


@db
def test_the_same_token_again_changes_nothing():
    site = cast.site()
    cast.line(site, cast.number_of(site))
    assert Line.objects.get().previous_token_sealed == ""


@db
def test_a_new_token_counts_for_every_line_of_its_account():
    here = cast.site("HERE")
    there = cast.site("THERE")
    exchange(here)
    assert accepts(there, NEW)


@db
def test_connecting_anew_does_not_forget_what_came_before():
    site = cast.site()
    before = Line.objects.get().connected_at
    exchange(site)
    assert Line.objects.get().connected_at == before


@fresh
def test_a_line_of_another_account_of_ours_is_a_stray():
    site = cast.site("HERE")
    there = cast.facility("THERE")
    cast.line(there, account="AC" + "c3" * 16, token=NEW)
    assert post(sms(site, to=cast.number_of(there))).status == 200
    assert InboundCall.objects.get().line is None


@fresh
def test_a_probe_is_answered_with_a_proof_and_leaves_nothing():
    cast.site()
    form = probe_form(account_sid=cast.ACCOUNT, nonce="n1")
    reply = post(form)
    assert (reply.status, reply.headers[PROOF_HEADER]) == (200, proof("n1"))
    assert not InboundCall.objects.exists()


@fresh
def test_an_unsigned_probe_gets_no_proof():
    cast.site()
    form = probe_form(account_sid=cast.ACCOUNT, nonce="n1")
    reply = post(form, signature=signed(form, token="d" * 32))
    assert reply.status == 403
    assert PROOF_HEADER not in reply.headers
    assert settings.SECRET_KEY not in str(reply)
