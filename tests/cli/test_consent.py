"""``tenantline consent``."""

from __future__ import annotations

from tests.support.installation import Installation


def test_a_new_ledger_verifies(home: Installation):
    assert home.must("consent", "verify") == "The consent ledger is empty; it verifies."
