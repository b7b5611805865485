"""The installation's vault: what seals Twilio credentials and the ledger's key."""

from __future__ import annotations

from functools import lru_cache

from django.conf import settings

from tenantline.kernel.crypto import Vault


def vault() -> Vault:
    """Return the vault for the configured keys: the first seals, all of them open."""
    return _vault((settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS))


@lru_cache(maxsize=4)
def _vault(keys: tuple[str, ...]) -> Vault:
    return Vault(keys)
