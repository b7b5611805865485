"""By which method a letter goes (R5, R14): its category, its legal class, who has a say. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, Literal, get_args

from tenantline.kernel.errors import BadInput
from tenantline.tenants import delivery
from tenantline.tenants.delivery import NO_EMAIL, Method, Refusal

LegalClass = Literal["courtesy", "contractual", "statutory"]
Say = Literal["issue", "letter", "tenant"]
LEGAL_CLASSES: Final[tuple[LegalClass, ...]] = get_args(LegalClass)
LONGEST_NAME: Final = 80

LEGAL_NAMES: Final[dict[LegalClass, str]] = {
    "courtesy": "Courtesy",
    "contractual": "Contractual",
    "statutory": "Statutory",
}


@dataclass(frozen=True, slots=True)
class Category:
    """What letters are about. R5: only one ``about_account`` may go by SMS.

    ``demands`` is the legal class that no letter of this category may be without.
    """

    name: str
    about_account: bool
    demands: LegalClass | None = None


CATEGORIES: Final[Mapping[str, Category]] = {
    "payment_due": Category("Payment due", about_account=True),
    "past_due": Category("Past due", about_account=True),
    "payment_received": Category("Payment received", about_account=True),
    "payment_returned": Category("Payment returned", about_account=True),
    "autopay": Category("AutoPay", about_account=True),
    "fee": Category("Fee charged", about_account=True),
    "rent_change": Category("Change of rent", about_account=True),
    "account_change": Category("Change of the account", about_account=True),
    "lien": Category("Lien and auction", about_account=True, demands="statutory"),
    "welcome": Category("Welcome", about_account=False),
    "facility": Category("The facility", about_account=False),
    "announcement": Category("Announcement", about_account=False),
}


@dataclass(frozen=True, kw_only=True, slots=True)
class Standing:
    """What a letter is about and how it goes; ``method`` empty: by the tenant's own."""

    name: str
    category: str
    legal_class: str = "courtesy"
    method: str = ""


def checked_category(category: str) -> str:
    """Return the category, or raise ``BadInput``."""
    if category not in CATEGORIES:
        raise BadInput("Choose what the letter is about.", field="category")
    return category


def checked_legal_class(legal_class: str, *, category: str) -> LegalClass:
    """R14: return the legal class of a letter of this category, or raise ``BadInput``."""
    found = next((known for known in LEGAL_CLASSES if known == legal_class), None)
    if found is None:
        raise BadInput("Choose courtesy, contractual or statutory.", field="legal_class")
    demanded = CATEGORIES[category].demands
    if demanded is not None and found != demanded:
        name = CATEGORIES[category].name.lower()
        raise BadInput(f"A letter on {name} is always {demanded}.", field="legal_class")
    return found


def may_be_sms(*, category: str, has_account_field: bool) -> Refusal | None:
    """R5: say why a letter's text may not go by SMS, None where it may."""
    if not CATEGORIES[category].about_account:
        return Refusal(
            "not_account", "A letter that is not about the tenant's account goes by no text."
        )
    if not has_account_field:
        return Refusal(
            "no_account_field", "The text holds no field of the tenant's account; add one."
        )
    return None


@dataclass(frozen=True, kw_only=True, slots=True)
class Case:
    """All that decides by which method a letter goes to a tenant.

    ``at_issue`` and ``of_letter`` may have no say (None). ``no_sms`` is why this text may not leave
    to this tenant now (R5, or the tenant is not cleared), None where it may. ``legal_email`` is
    what the tenant's record says: the rental agreement permits legal notices by e-mail.
    """

    legal_class: LegalClass
    at_issue: Method | None
    of_letter: Method | None
    of_tenant: Method
    no_sms: Refusal | None
    has_email: bool
    legal_email: bool


@dataclass(frozen=True, slots=True)
class Skipped:
    """A method that was wanted, or came next, and why the letter does not go by it."""

    method: Method
    code: str
    sentence: str


@dataclass(frozen=True, slots=True)
class Decision:
    """By which method a letter goes. ``wanted`` and whose say that was; what was passed over.

    ``courtesy_copy``: a text goes beside it, which replaces nothing (R14).
    """

    method: Method
    wanted: Method
    say: Say
    skipped: tuple[Skipped, ...] = ()
    courtesy_copy: bool = False

    @property
    def is_fallback(self) -> bool:
        """Tell whether the letter goes by another method than the one wanted."""
        return self.method != self.wanted


_NOT_AGREED: Final = Refusal(
    "email_not_agreed",
    "The tenant's record does not say that the rental agreement permits legal notices by e-mail.",
)
# R14: of a legal notice a text is a courtesy copy, whoever asks for it.
_NEVER_ALONE: Final[Mapping[LegalClass, Refusal]] = {
    "contractual": Refusal(
        "contractual",
        "The rental agreement asks for this letter: a text can only be a copy beside it.",
    ),
    "statutory": Refusal(
        "statutory", "The law asks for this letter: a text can only be a copy beside it."
    ),
}


def decide(case: Case) -> Decision:
    """Return by which method a letter goes: chosen at issue, else the letter's, else the tenant's.

    Where it cannot go by SMS or e-mail, the next of e-mail, print. R14: of a legal notice, one that
    is contractual or statutory, a text is only a copy; a statutory one goes by print, or by e-mail
    where the rental agreement permits it.
    """
    wanted, say = _wanted(case)
    way = delivery.way(wanted, lambda method: _why_not(method, case))
    skipped = (Skipped(method, why.code, why.sentence) for method, why in way.skipped)
    copy = wanted == "sms" and case.legal_class in _NEVER_ALONE and case.no_sms is None
    return Decision(way.method, wanted, say, tuple(skipped), copy)


def _wanted(case: Case) -> tuple[Method, Say]:
    if case.at_issue is not None:
        return case.at_issue, "issue"
    if case.of_letter is not None:
        return case.of_letter, "letter"
    return case.of_tenant, "tenant"


def _why_not(method: Method, case: Case) -> Refusal | None:
    if method == "sms":
        return _NEVER_ALONE.get(case.legal_class, case.no_sms)
    if method == "email" and not case.has_email:
        return NO_EMAIL
    if method == "email" and case.legal_class == "statutory" and not case.legal_email:
        return _NOT_AGREED
    return None
