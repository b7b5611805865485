"""The value that opens the door. Only the gate makes one; a test looks for others."""

from __future__ import annotations

from dataclasses import dataclass

from tenantline.kernel.phone import Number


@dataclass(frozen=True, slots=True)
class Cleared:
    """The gate's yes, valid for the next two seconds.

    ``number`` is where the text may go, ``clearance_id`` the recorded yes it repeats.
    """

    clearance_id: int
    tenant_id: int
    facility_id: int
    number: Number
    purpose: str


@dataclass(frozen=True, slots=True)
class Refusal:
    """The gate's no: a stable code and one sentence for the person who asked."""

    code: str
    sentence: str
