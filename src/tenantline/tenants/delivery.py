"""By which method something reaches a tenant: what statements and letters share. Pure.

A method that is not possible gives way to the next of SMS, e-mail, print; print always is.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final, Literal, get_args

from tenantline.kernel.errors import BadInput

Method = Literal["sms", "email", "print"]
METHODS: Final[tuple[Method, ...]] = get_args(Method)
METHOD_NAMES: Final[dict[Method, str]] = {"sms": "SMS", "email": "E-mail", "print": "Print"}


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why a method is not possible: a stable code, and a sentence for the preview."""

    code: str
    sentence: str


@dataclass(frozen=True, slots=True)
class Way:
    """By which method something goes; ``skipped`` are those passed over, each with the reason."""

    method: Method
    skipped: tuple[tuple[Method, Refusal], ...] = ()

    @property
    def why(self) -> Refusal | None:
        """Return why it does not go by the method that was wanted, None where it does."""
        return self.skipped[0][1] if self.skipped else None


NO_EMAIL: Final = Refusal("no_email", "There is no e-mail address on file.")


def way(wanted: Method, why_not: Callable[[Method], Refusal | None]) -> Way:
    """Return the first possible method from ``wanted`` on: SMS, e-mail, print.

    ``why_not`` is asked for SMS and e-mail alone.
    """
    skipped: list[tuple[Method, Refusal]] = []
    for method in METHODS[METHODS.index(wanted) :]:
        refusal = why_not(method) if method != "print" else None
        if refusal is None:
            return Way(method, tuple(skipped))
        skipped.append((method, refusal))
    raise AssertionError("print is always possible")


def checked_method(method: str) -> Method:
    """Return the delivery method, or raise ``BadInput``."""
    for known in METHODS:
        if method == known:
            return known
    raise BadInput("The method is one of sms, email, print.", field="method")
