"""Texts for the registration with the carriers, filled with an installation's own words.

One for a 10DLC campaign, one for the verification of a toll-free number. Names and limits are those
of Twilio's API (``UsAppToPerson`` and ``TollfreeVerification`` of its OpenAPI description); where
it states no limit the field has none. Nothing here decides or sends anything.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from tenantline.consent.wording import CONFIRMATION, HELP, SERVICE_NAMES

# What the texts look like, in the shape in which they go out; ``{link}`` is a statement's address.
SAMPLES: Final[dict[str, dict[str, str]]] = {
    "en": {
        "statement": "{facility}: Your November 2026 statement is ready: {link} Payment due "
        "December 1, 2026. Reply STOP to stop.",
        "notice": "{facility}: We received your payment of $128.00 for unit B12. Thank you. Reply "
        "STOP to stop.",
        "chat": "Hi Maria, this is Sam at {facility}. Yes, the gate is open until 9 PM tonight. "
        "Reply STOP to stop.",
    },
    "es": {
        "statement": "{facility}: Su estado de cuenta de noviembre de 2026 ya se puede ver: {link} "
        "Pago antes del fin del 1 de diciembre de 2026. Para terminar, responda STOP.",
        "notice": "{facility}: Recibimos su pago de $128.00 por la unidad B12. Gracias. Responda "
        "STOP para terminar.",
        "chat": "Hola, soy Sam de {facility}. El acceso cierra hoy a las 9 PM. Responda STOP para "
        "terminar.",
    },
}
OPT_IN_KEYWORDS: Final = "START,UNSTOP"
OPT_OUT_KEYWORDS: Final = "STOP,STOPALL,UNSUBSCRIBE,CANCEL,END,QUIT,REVOKE,OPTOUT"
HELP_KEYWORDS: Final = "HELP,INFO"

_OPT_OUT_REPLY = (
    "{facility}: You are unsubscribed and get no more texts from us. To sign up again, text START "
    "or ask the office. Questions? Call {office}."
)
_DESCRIPTION = (
    "{facility} rents self-storage units. It texts its own tenants who signed up for it: "
    "two-way conversations with the office about their rental, a link when their statement is "
    "ready, and notices about their own account, such as due dates, payments, late fees and "
    "changes. Each kind is chosen separately. There is no advertising and there are no mass "
    "texts. Texts come from {line} and begin only after the tenant has submitted the sign-up "
    "form and then texted START from that very phone."
)
_FLOW = (
    "Only tenants who rent a unit at {facility} can sign up. There are two ways to the same web "
    "form. (1) The office e-mails the tenant a personal link. (2) At the counter the tenant "
    "scans a QR code with their own phone, or fills the form in on a tablet. The form shows the "
    "tenant's mobile number and three boxes that are never ticked in advance: two-way texting, "
    "statements, account notices. A further required box, also not ticked, holds the agreement: "
    "recurring, automated and typed texts from {facility}, sent from {line}; not a condition of "
    "renting or buying anything. It is separate from the terms and from the rental agreement. "
    "The form says: message frequency varies, usually fewer than ten a month; message and data "
    "rates may apply; reply STOP to stop or tell the office in any way; reply HELP for help; "
    "mobile numbers and consent are not sold or shared with third parties for marketing. After "
    "the form the tenant must text START to {line} from that very phone; only then does consent "
    "take effect, and one text confirms it. The form without START starts nothing, START "
    "without the form starts nothing, and staff cannot sign anybody up. The form, its words in "
    "English and Spanish and sample texts are public, without a sign-in: {program} Terms: "
    "{terms} Privacy: {privacy}"
)
_SUMMARY = (
    "{facility} rents self-storage units and texts its own tenants who signed up: conversations "
    "with the office, a link to their statement, notices about their own account (due dates, "
    "payments, late fees). No advertising, no mass texts. Consent takes effect only after a web "
    "form and START from that very phone."
)
_ADDITIONAL = (
    "The form is reached by a personal link, e-mailed or shown as a QR code at the counter. A "
    "public sample of it, with all disclosures and sample texts, stands at {program} After the "
    "form the tenant texts START to {line}. Opting out: STOP, or telling the office in any way."
)
# What Twilio takes as an estimate of texts a month.
_VOLUMES: Final = (10, 100, 1_000, 10_000, 100_000, 250_000, 500_000, 750_000)
_TEXTS_A_MONTH = 10  # for each tenant; the form says that it is usually fewer


@dataclass(frozen=True, slots=True)
class Program:
    """One facility's texting program. Numbers are in national format, addresses in full."""

    facility: str
    line: str
    office: str
    program: str
    terms: str
    privacy: str
    tenants: int = 0


@dataclass(frozen=True, slots=True)
class Field:
    """One field to fill in: its name on the form, in the API, the text, and Twilio's limits.

    ``least`` and ``most`` are characters, 0 where Twilio states none; ``note`` is for the reader.
    """

    name: str
    parameter: str
    text: str
    least: int = 0
    most: int = 0
    note: str = ""

    @property
    def fits(self) -> bool:
        """Tell whether the text is as long as Twilio asks for."""
        return self.least <= len(self.text) <= (self.most or len(self.text))


def campaign(of: Program) -> list[Field]:
    """Return what a 10DLC campaign's registration asks for, in its order."""
    samples = [
        Field(f"Sample message {number}", "MessageSamples", text, 20, 1024)
        for number, text in enumerate(samples_of(of, "en").values(), start=1)
    ]
    return [
        Field("Use case", "UsAppToPersonUsecase", "LOW_VOLUME", note=_USE_CASE),
        Field("Campaign description", "Description", _put(_DESCRIPTION, of), 40, 4096),
        *samples,
        Field("Texts hold links", "HasEmbeddedLinks", "Yes", note="Statements hold a link."),
        Field("Texts hold phone numbers", "HasEmbeddedPhone", "Yes", note="The HELP reply does."),
        Field("Age-gated content", "AgeGated", "No"),
        Field("Direct lending", "DirectLending", "No"),
        Field("How do users consent (message flow)", "MessageFlow", _put(_FLOW, of), 40, 2048),
        *_keywords(of),
        Field("Privacy policy", "PrivacyPolicyUrl", of.privacy),
        Field("Terms and conditions", "TermsAndConditionsUrl", of.terms),
    ]


def toll_free(of: Program) -> list[Field]:
    """Return what the verification of a toll-free number asks for."""
    samples = samples_of(of, "en")
    return [
        Field("Business name", "BusinessName", of.facility, note=_BUSINESS),
        Field("Use case categories", "UseCaseCategories", "CUSTOMER_CARE, ACCOUNT_NOTIFICATIONS"),
        Field("Use case summary", "UseCaseSummary", _put(_SUMMARY, of)),
        Field(
            "Production message sample",
            "ProductionMessageSample",
            "\n".join((samples["notice"], samples["statement"])),
        ),
        Field("How users opt in", "OptInType", "WEB_FORM", note=_OPT_IN_TYPE),
        Field("Opt-in image or page", "OptInImageUrls", of.program, note=_IMAGE),
        Field("Texts a month", "MessageVolume", volume(of.tenants), note=_VOLUME),
        Field("Additional information", "AdditionalInformation", _put(_ADDITIONAL, of)),
        Field("Opt-in keywords", "OptInKeywords", OPT_IN_KEYWORDS),
        Field("Opt-in confirmation", "OptInConfirmationMessage", confirmation(of)),
        Field("Reply to HELP", "HelpMessageSample", _help(of)),
        Field("Privacy policy", "PrivacyPolicyUrl", of.privacy),
        Field("Terms and conditions", "TermsAndConditionsUrl", of.terms),
    ]


def samples_of(of: Program, language: str) -> dict[str, str]:
    """Return a sample of each kind of text: confirmation, statement, notice, chat, help."""
    link = of.program.partition("/program/")[0] + "/s/Xk7Qm2"
    shown = {
        name: text.format(facility=of.facility, link=link)
        for name, text in SAMPLES[language].items()
    }
    return {"confirmation": confirmation(of, language), **shown, "help": _help(of, language)}


def confirmation(of: Program, language: str = "en") -> str:
    """Return the text that answers START, to one who ticked every box."""
    services = ", ".join(SERVICE_NAMES[language].values())
    return CONFIRMATION[language].format(facility=of.facility, services=services)


def volume(tenants: int) -> str:
    """Return the smallest of Twilio's estimates that is enough for so many tenants."""
    texts = tenants * _TEXTS_A_MONTH
    fitting = next((f"{one:,}" for one in _VOLUMES if one >= texts), "")
    return fitting or "1,000,000+"


def _keywords(of: Program) -> list[Field]:
    opt_out = _OPT_OUT_REPLY.format(facility=of.facility, office=of.office)
    return [
        Field("Opt-in keywords", "OptInKeywords", OPT_IN_KEYWORDS, most=255, note=_START),
        Field("Opt-in reply", "OptInMessage", confirmation(of), 20, 320),
        Field("Opt-out keywords", "OptOutKeywords", OPT_OUT_KEYWORDS, most=255, note=_DEFAULT),
        Field("Opt-out reply", "OptOutMessage", opt_out, 20, 320, note=_STOP),
        Field("Help keywords", "HelpKeywords", HELP_KEYWORDS, most=255),
        Field("Help reply", "HelpMessage", _help(of), 20, 320),
    ]


def _help(of: Program, language: str = "en") -> str:
    return HELP[language].format(facility=of.facility, office=of.office)


def _put(text: str, of: Program) -> str:
    return text.format(
        facility=of.facility,
        line=of.line,
        program=of.program,
        terms=of.terms,
        privacy=of.privacy,
    )


_USE_CASE = (
    "Customer care and account notifications. Take MIXED with the same words for a standard brand."
)
_START = "START counts here only after the form; it is the second step of the opt-in."
_DEFAULT = (
    "Twilio's own list. Tenantline also hears any other wording that withdraws consent, and ends "
    "every text at once."
)
_STOP = (
    "Tenantline sends nothing after a STOP: Twilio does. Set this reply up under Advanced Opt-Out, "
    "or leave the field empty and keep Twilio's default, which does not name you."
)
_BUSINESS = "Put your legal name here, exactly as it is registered with your tax number."
_OPT_IN_TYPE = "The form is a web form in both ways; its QR code at the counter leads to the same."
_IMAGE = "A reviewer can open this page. If a picture is asked for, take one of the form on it."
_VOLUME = "At ten texts a tenant, the most that the form announces."
