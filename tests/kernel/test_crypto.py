"""Secrets at rest: sealed, opened after a change of key, and never by a stranger's."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tenantline.kernel.crypto import Vault, WrongKey, new_token

OLD, NEW = "the key of last year", "the key of this year"


@given(st.text())
@settings(max_examples=50)
def test_what_is_sealed_opens_again(plain: str) -> None:
    vault = Vault([NEW])
    sealed = vault.seal(plain)
    assert vault.open(sealed) == plain
    assert plain not in sealed or len(plain) < 4


def test_an_older_key_still_opens_what_it_sealed() -> None:
    assert Vault([NEW, OLD]).open(Vault([OLD]).seal("token")) == "token"


@pytest.mark.parametrize(
    "sealed",
    [pytest.param(Vault([OLD]).seal("token"), id="another key"), "", "no seal", "\u00e9"],
)
def test_another_key_or_damage_is_said_in_one_sentence(sealed: str) -> None:
    with pytest.raises(WrongKey, match="TENANTLINE_SECRET_KEY") as wrong:
        Vault([NEW]).open(sealed)
    assert wrong.value.code == "wrong_key"


def test_a_mac_belongs_to_its_purpose_and_key() -> None:
    both = Vault([NEW, OLD])
    assert both.mac("link", b"x") == Vault([NEW]).mac("link", b"x")
    assert both.mac("link", b"x") != both.mac("ledger", b"x")
    assert both.macs("link", b"x") == [both.mac("link", b"x"), Vault([OLD]).mac("link", b"x")]


@pytest.mark.parametrize("keys", [[], [""], [NEW, ""]])
def test_a_vault_without_a_key_is_refused(keys: list[str]) -> None:
    with pytest.raises(ValueError, match="key"):
        Vault(keys)


def test_tokens_are_long_and_never_the_same() -> None:
    tokens = {new_token() for _ in range(100)}
    assert len(tokens) == 100
    assert {len(token) for token in tokens} == {32}
