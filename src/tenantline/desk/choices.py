"""The words for what the lower rooms accept, as the desk's lists and pages show them."""

from __future__ import annotations

from typing import Final

from tenantline.letters import rules as letters

Choices = list[tuple[str, str]]

LANGUAGES: Final[Choices] = [("en", "English"), ("es", "Spanish")]
DELIVERY: Final[Choices] = [("print", "Print"), ("email", "E-mail"), ("sms", "SMS")]
AUTOPAY: Final[Choices] = [
    ("NET", "NET (no AutoPay)"),
    ("card", "Card"),
    ("bank", "Bank account (ACH)"),
]
MEDIA: Final[Choices] = [
    ("phone", "By phone"),
    ("email", "By e-mail"),
    ("counter", "At the counter"),
    ("letter", "By letter"),
    ("other", "Another way"),
]
ROLES: Final[Choices] = [("clerk", "Clerk"), ("manager", "Manager"), ("owner", "Owner")]
STATUSES: Final[Choices] = [
    ("opted_in", "Opted in"),
    ("waiting_for_start", "Waiting for START"),
    ("form_sent", "Form sent"),
    ("none", "No opt-in"),
    ("opted_out", "Opted out"),
    ("number_changed", "Number changed"),
]
METHODS: Final[Choices] = [("sms", "SMS"), ("email", "E-mail"), ("print", "Print")]
CATEGORIES: Final[Choices] = [(key, one.name) for key, one in letters.CATEGORIES.items()]
LEGAL_CLASSES: Final[Choices] = [(key, name) for key, name in letters.LEGAL_NAMES.items()]
HELD: Final = "held"

# What the texts of a zone are called in lists; any IANA zone can be typed.
COMMON_ZONES: Final = (
    "America/New_York",
    "America/Chicago",
    "America/Denver",
    "America/Phoenix",
    "America/Los_Angeles",
    "America/Anchorage",
    "Pacific/Honolulu",
    "America/Puerto_Rico",
)
