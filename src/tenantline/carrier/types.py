"""The plain values that go to the carrier and come back from it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final, Literal

from tenantline.carrier.codes import Kind
from tenantline.kernel.phone import Number

SANDBOX_ACCOUNT_SID: Final = "AC5a4db0a5a4db0a5a4db0a5a4db0a5a4d"
"""The account that demo data uses; no such account exists at Twilio."""

SHORTEST_VALIDITY: Final = 1
LONGEST_VALIDITY: Final = 36_000


@dataclass(frozen=True, slots=True)
class Account:
    """Whose credentials a call uses, and who carries: Twilio or the built-in sandbox."""

    sid: str
    auth_token: str = field(repr=False)
    carrier: Literal["twilio", "sandbox"] = "twilio"


@dataclass(frozen=True, slots=True)
class Parcel:
    """What is sent and from where; the address comes from the gate's ``Cleared`` alone.

    ``validity_seconds`` is how long the carrier may hold the text in its queue (1 to 36,000; None
    leaves the carrier's ten hours). ``status_callback`` is a full URL, or empty for none.
    """

    body: str
    account: Account
    sender: Number
    messaging_service_sid: str | None = None
    status_callback: str = ""
    validity_seconds: int | None = None

    def __post_init__(self) -> None:
        seconds = self.validity_seconds
        if seconds is not None and not SHORTEST_VALIDITY <= seconds <= LONGEST_VALIDITY:
            raise ValueError(f"validity is 1 to 36,000 seconds, not {seconds}")


@dataclass(frozen=True, slots=True)
class Accepted:
    """The carrier took the text. ``segments`` is None while the carrier has not said."""

    sid: str
    status: str
    segments: int | None


@dataclass(frozen=True, slots=True)
class Rejected:
    """The carrier provably did not take the text. ``kind`` says what follows from it."""

    code: int | None
    http_status: int
    words: str
    kind: Kind


@dataclass(frozen=True, slots=True)
class RetryLater:
    """The text was provably not processed; the same attempt may be made again.

    ``after_seconds`` is the carrier's own wish, if it named one. ``at_once``: nothing was wrong
    but our own delay, so there is nothing to wait for.
    """

    after_seconds: float | None
    words: str
    code: int | None
    at_once: bool = False


@dataclass(frozen=True, slots=True)
class Unclear:
    """Nobody knows whether the carrier took the text. Never send again without looking there."""

    words: str


Outcome = Accepted | Rejected | RetryLater | Unclear
