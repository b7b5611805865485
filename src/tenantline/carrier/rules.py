"""What Twilio's identifiers look like. Pure."""

from __future__ import annotations

import re
from typing import Final

from tenantline.kernel.errors import BadInput

_ACCOUNT: Final = re.compile(r"AC[0-9a-fA-F]{32}")
_SERVICE: Final = re.compile(r"MG[0-9a-fA-F]{32}")
_TOKEN: Final = re.compile(r"[!-~]{16,128}")


def checked_account_sid(sid: str) -> str:
    """Return an Account SID, or raise ``BadInput``."""
    sid = sid.strip()
    if not _ACCOUNT.fullmatch(sid):
        raise BadInput(
            "An Account SID is AC and 32 hexadecimal characters; API keys (SK) cannot be used.",
            field="account_sid",
        )
    return sid


def checked_service_sid(sid: str) -> str:
    """Return a Messaging Service SID (or an empty string for none), or raise ``BadInput``."""
    sid = sid.strip()
    if sid and not _SERVICE.fullmatch(sid):
        raise BadInput(
            "A Messaging Service SID is MG and 32 hexadecimal characters.",
            field="messaging_service_sid",
        )
    return sid


def checked_token(token: str) -> str:
    """Return an Auth Token, or raise ``BadInput`` for what can be none. Never says what it was."""
    token = token.strip()
    if not _TOKEN.fullmatch(token):
        raise BadInput(
            "The Auth Token has not the form of one; copy it from Twilio's console.",
            field="auth_token",
        )
    return token
