"""What each role may do."""

from __future__ import annotations

from typing import Final, Literal

from tenantline.kernel.errors import Forbidden

Act = Literal[
    "text",  # read and write texts, issue opt-in forms, record revocations
    "edit_tenants",
    "issue",  # letters, to one tenant
    "run",  # statements and letters, to many
    "edit_letters",
    "edit_facility",  # units, quiet hours
    "edit_lines",
    "edit_facilities",
    "edit_staff",
    "edit_tokens",
    "read_audit",
    "confirm_recovery",  # R7: after a restore
    "prove",  # R11: take a proof packet along
    "erase",  # R11: erase what stands beside a number's events
]

_CLERK: Final[frozenset[Act]] = frozenset({"text", "edit_tenants", "issue"})
_MANAGER: Final[frozenset[Act]] = _CLERK | {
    "edit_facility",
    "edit_letters",
    "read_audit",
    "prove",
    "run",
}
_OWNER: Final[frozenset[Act]] = _MANAGER | {
    "edit_lines",
    "edit_facilities",
    "edit_staff",
    "edit_tokens",
    "confirm_recovery",
    "erase",
}
ACTS: Final[dict[str, frozenset[Act]]] = {"clerk": _CLERK, "manager": _MANAGER, "owner": _OWNER}


def may(role: str, act: Act) -> bool:
    """Tell whether this role allows the act."""
    return act in ACTS.get(role, frozenset())


def demand(role: str, act: Act) -> None:
    """Raise ``Forbidden`` unless this role allows the act."""
    if not may(role, act):
        raise Forbidden("Your role does not allow this; ask a manager or an owner.")
