"""Secrets at rest, keyed hashes and tokens, all from the installation's secret strings.

Every use has a key of its own, derived by HKDF-SHA256 with its purpose as the context, so that
nothing learnt from one use says anything about another.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import secrets
from collections.abc import Sequence
from typing import Final

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from tenantline.kernel.errors import TenantlineError

_KEY_BYTES: Final = 32
_SEALING: Final = b"tenantline/seal/1"
_MAC: Final = b"tenantline/mac/1/"


class WrongKey(TenantlineError):
    """What is stored cannot be opened with the secret keys that are set."""

    code = "wrong_key"


class Vault:
    """Seals, opens and signs with ``keys``: the first makes, all of them open and verify.

    ``keys`` are the installation's secret strings, newest first. Raises ``ValueError`` for none
    or an empty one, because an installation without a secret must not start.
    """

    def __init__(self, keys: Sequence[str]) -> None:
        if not keys or not all(keys):
            raise ValueError("a vault needs at least one key, and none may be empty")
        self._keys = tuple(key.encode() for key in keys)
        sealing = (_derive(key, _SEALING) for key in self._keys)
        self._fernet = MultiFernet([Fernet(base64.urlsafe_b64encode(key)) for key in sealing])

    def seal(self, plain: str) -> str:
        """Encrypt under the first key; the same text gives another result each time."""
        return self._fernet.encrypt(plain.encode()).decode("ascii")

    def open(self, sealed: str) -> str:
        """Decrypt what any of the keys has sealed, or raise ``WrongKey``."""
        try:
            return self._fernet.decrypt(sealed.encode()).decode()
        except InvalidToken:
            raise WrongKey(
                "A stored secret cannot be opened with this TENANTLINE_SECRET_KEY."
            ) from None

    def mac(self, purpose: str, data: bytes) -> bytes:
        """Return HMAC-SHA256 (32 bytes) of ``data`` under the first key, for this purpose only."""
        return _mac(self._keys[0], purpose, data)

    def macs(self, purpose: str, data: bytes) -> list[bytes]:
        """Return the mac under every key, first key first, to verify what an older one signed."""
        return [_mac(key, purpose, data) for key in self._keys]


def new_token(nbytes: int = 24) -> str:
    """Return an unguessable, URL-safe token of ``nbytes`` random bytes (24 give 32 characters)."""
    return secrets.token_urlsafe(nbytes)


def _mac(key: bytes, purpose: str, data: bytes) -> bytes:
    return hmac.digest(_derive(key, _MAC + purpose.encode()), data, hashlib.sha256)


def _derive(key: bytes, info: bytes) -> bytes:
    # No salt: the keys are long random strings, and every process must derive the same.
    return HKDF(algorithm=SHA256(), length=_KEY_BYTES, salt=None, info=info).derive(key)
