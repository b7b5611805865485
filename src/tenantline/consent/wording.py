"""The words a tenant agrees to. Every version shown is kept in full (R11).

To change a word: raise ``FORM_VERSION`` and edit; versions that were shown live on in the table.
``{facility}`` and ``{line}`` are filled in when shown; what was filled in stands in the form's
ledger event.
"""

from __future__ import annotations

import hashlib
import json
from datetime import datetime
from typing import Final

from tenantline.consent.models import Wording

FORM_VERSION: Final = "2026-11.2"

FORM: Final[dict[str, dict[str, object]]] = {
    "en": {
        "title": "Text messages from {facility}",
        "number_label": "Your mobile number",
        "number_help": "This is the number that will receive texts. Leave it as it is; if it is "
        "not yours, say so below.",
        "choose": "What may we text you about? Choose one or more.",
        "chat": "Two-way texting with the office: answers to your questions about your rental.",
        "statements": "Statements: a text when your statement is ready, with a link to it.",
        "notices": "Account notices: due dates, payments, late fees and changes to your account.",
        "agree": "I agree to receive recurring, automated and typed text messages of the kinds I "
        "ticked from {facility}, sent from {line}, at the mobile number above. I am its user or "
        "may agree for it. My agreement is not a condition of renting or buying anything.",
        "button": "Opt in to Text/Messaging",
        "important": "IMPORTANT",
        "last_step": "After you submit this form, text START to {line} from the phone that has the "
        "number above. Texts begin only after that. Text START then even if you have sent it "
        "before.",
        "disclosures": [
            "Who: {facility}. Texts come from {line}.",
            "What: only the kinds you tick above, about your own rental and account.",
            "How often: message frequency varies; usually fewer than ten a month, more when "
            "you write to us.",
            "Cost: message and data rates may apply.",
            "To stop: reply STOP at any time, or tell the office in any way you like: by phone, "
            "by e-mail, on paper or in person, in any words.",
            "For help: reply HELP, or call or visit the office.",
            "Agreeing to texts is not a condition of renting or buying anything.",
            "We do not sell or share your mobile number or your agreement with anyone for "
            "marketing.",
            "You may ask for anything on paper instead, and withdraw at any time at no cost. "
            "To read our texts and pages you need a phone that receives SMS and has a web "
            "browser.",
        ],
        "disown": "This is not my number",
    },
    "es": {
        "title": "Mensajes de texto de {facility}",
        "number_label": "Su número de celular",
        "number_help": "Este es el número que recibirá los mensajes. Déjelo como está; si no es "
        "suyo, indíquelo abajo.",
        "choose": "¿Sobre qué podemos escribirle? Elija una o más opciones.",
        "chat": "Conversación por texto con la oficina: respuestas a sus preguntas sobre su renta.",
        "statements": "Estados de cuenta: un mensaje cuando su estado de cuenta esté listo, con "
        "un enlace.",
        "notices": "Avisos de cuenta: vencimientos, pagos, recargos y cambios en su cuenta.",
        "agree": "Acepto recibir mensajes de texto recurrentes, automatizados y escritos por el "
        "personal, de los tipos que marqué, de {facility}, enviados desde {line}, al número de "
        "arriba. Soy su usuario o puedo aceptar por él. Mi consentimiento no es condición para "
        "rentar ni comprar nada.",
        "button": "Opt in to Text/Messaging (acepto recibir mensajes)",
        "important": "IMPORTANTE",
        "last_step": "Después de enviar este formulario, mande START por texto al {line} desde el "
        "teléfono que tiene el número de arriba. Los mensajes comienzan solo después de eso. Mande "
        "START entonces aunque ya lo haya enviado antes.",
        "disclosures": [
            "Quién: {facility}. Los mensajes llegan desde el {line}.",
            "Qué: solo los tipos que marque arriba, sobre su propia renta y cuenta.",
            "Frecuencia: la frecuencia de los mensajes varía; por lo general menos de diez al "
            "mes, más cuando usted nos escribe.",
            "Costo: pueden aplicarse tarifas de mensajes y datos.",
            "Para dejar de recibir: responda STOP en cualquier momento, o avise a la oficina "
            "como prefiera: por teléfono, por correo, por escrito o en persona, con sus palabras.",
            "Para ayuda: responda HELP, o llame o visite la oficina.",
            "Aceptar mensajes no es condición para rentar ni comprar nada.",
            "No vendemos ni compartimos su número ni su consentimiento con nadie para fines "
            "comerciales.",
            "Puede pedir cualquier documento en papel y retirar su consentimiento en cualquier "
            "momento sin costo. Para leer nuestros mensajes y páginas necesita un teléfono que "
            "reciba SMS y tenga navegador.",
        ],
        "disown": "Este no es mi número",
    },
}

# The Spanish texts below do without á, í, ó and ú: one of them would make every text twice as dear.
CONFIRMATION: Final[dict[str, str]] = {
    "en": "{facility}: You are signed up for recurring texts about your rental ({services}). Msg "
    "frequency varies. Msg & data rates may apply. Reply HELP for help. To stop, reply STOP or "
    "tell the office in any way.",
    "es": "{facility}: Acepta recibir mensajes recurrentes sobre su renta ({services}). Su "
    "frecuencia es variable. Pueden aplicarse tarifas de mensajes y datos. Responda HELP para "
    "ayuda. Para terminar, responda STOP o avise a la oficina como prefiera.",
}

SERVICE_NAMES: Final[dict[str, dict[str, str]]] = {
    "en": {"chat": "chat", "statements": "statements", "notices": "account notices"},
    "es": {"chat": "chat", "statements": "estados de cuenta", "notices": "avisos"},
}

HELP: Final[dict[str, str]] = {
    "en": "{facility}: Help with texts about your rental: call {office}. Msg & data rates may "
    "apply. To stop, reply STOP or tell us in any way.",
    "es": "{facility}: Para ayuda con los mensajes sobre su renta, llame al {office}. Pueden "
    "aplicarse tarifas de mensajes y datos. Para terminar, responda STOP o avise a la oficina.",
}


def form_wording(language: str, *, now: datetime) -> Wording:
    """Return the stored row of the form's current words in this language (English otherwise)."""
    language = known_language(language)
    row, _ = Wording.objects.get_or_create(
        kind="form",
        version=FORM_VERSION,
        language=language,
        defaults={"words": FORM[language], "created_at": now},
    )
    return row


def words_hash(words: object) -> str:
    """Return the SHA-256 (hex) of words as they are stored: of their JSON, its keys in order.

    Every event that rests on words keeps it, so that the words cannot be changed afterwards.
    """
    plain = json.dumps(words, sort_keys=True, separators=(",", ":"), ensure_ascii=True)
    return hashlib.sha256(plain.encode()).hexdigest()


def known_language(language: str) -> str:
    """Return the language if the form is written in it, else English."""
    return language if language in FORM else "en"


def filled(words: dict[str, object], *, facility: str, line: str) -> dict[str, object]:
    """Return a form's words with the facility's name and the line's number put in."""

    def put(value: object) -> object:
        if isinstance(value, list):
            return [put(item) for item in value]
        return str(value).replace("{facility}", facility).replace("{line}", line)

    return {name: put(value) for name, value in words.items()}
