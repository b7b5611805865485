"""What can go wrong between us and the carrier."""

from __future__ import annotations

from tenantline.kernel.errors import TenantlineError


class CarrierProblem(TenantlineError):
    """The carrier did not do what it was asked; one sentence says why, for a person to act on.

    ``code`` is one of ``carrier_credentials``, ``carrier_suspended``, ``carrier_not_found``,
    ``carrier_busy``, ``carrier_unreachable``, ``carrier_refused`` and ``carrier_answer``.
    Reading again later is always safe; nothing was sent to anybody.
    """

    code = "carrier_answer"


class NothingLeftError(Exception):
    """No byte of the request reached the carrier: asking again is safe."""


class TooLateError(NothingLeftError):
    """Whoever asked had said until when the request may be written, and that time had passed."""


class OutcomeUnclearError(Exception):
    """Bytes may have reached the carrier and no usable answer came: it may have acted, or not."""
