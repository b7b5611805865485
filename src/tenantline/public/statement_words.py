"""The words of the statement page's door and of its dead links, in English and Spanish."""

from __future__ import annotations

from typing import Any, Final

WORDS: Final[dict[str, dict[str, Any]]] = {
    "en": {
        "title": "Your statement",
        "ask": "So that nobody else reads it, please answer two questions.",
        "surname": "Your last name",
        "surname_help": "As it stands on your rental agreement. A company: its name.",
        "unit": "Your unit",
        "unit_help": "One of your units, as it stands on its door.",
        "open": "Open the statement",
        "wrong": "That does not match. Look at your rental agreement and try again.",
        "missing": "Please answer both questions.",
        "left_one": "You have 1 more try; then this link is locked.",
        "left": "You have {count} more tries; then this link is locked.",
        "download": "Download PDF",
        "private": "This page closes by itself after 30 minutes.",
        "gone": {
            "expired": (
                "This link has expired",
                "A link to a statement works for 60 days. Ask the office to send it again.",
            ),
            "newer": (
                "There is a newer one",
                "After this link we sent you another one, or a corrected statement. Please use our "
                "latest message, or ask the office.",
            ),
            "number_changed": (
                "This link no longer works",
                "It was for an earlier mobile number. Ask the office for your statement.",
            ),
            "erased": (
                "This link no longer works",
                "What it belonged to was erased. Ask the office if you need your statement.",
            ),
            "locked": (
                "This link is locked",
                "It was answered wrongly five times, so it opens nothing any more. Ask the office "
                "to send you a new one.",
            ),
            "unknown": (
                "We do not know this link",
                "Part of it may be missing. Open it from the text itself, or ask the office to "
                "send it again.",
            ),
        },
    },
    "es": {
        "title": "Su estado de cuenta",
        "ask": "Para que nadie más lo lea, responda dos preguntas, por favor.",
        "surname": "Su apellido",
        "surname_help": "Como está en su contrato de renta. Una empresa: su nombre.",
        "unit": "Su unidad",
        "unit_help": "Una de sus unidades, como está en su puerta.",
        "open": "Abrir el estado de cuenta",
        "wrong": "No coincide. Vea su contrato de renta e intente de nuevo.",
        "missing": "Responda las dos preguntas, por favor.",
        "left_one": "Le queda 1 intento; después este enlace se bloquea.",
        "left": "Le quedan {count} intentos; después este enlace se bloquea.",
        "download": "Descargar PDF",
        "private": "Esta página se cierra sola después de 30 minutos.",
        "gone": {
            "expired": (
                "Este enlace ha vencido",
                "Un enlace a un estado de cuenta funciona 60 días. Pida a la oficina que lo envíe "
                "otra vez.",
            ),
            "newer": (
                "Hay uno más nuevo",
                "Después de este enlace le enviamos otro, o un estado de cuenta corregido. Use "
                "nuestro último mensaje o pregunte en la oficina.",
            ),
            "number_changed": (
                "Este enlace ya no funciona",
                "Era para un celular anterior. Pida su estado de cuenta en la oficina.",
            ),
            "erased": (
                "Este enlace ya no funciona",
                "Se borró aquello a lo que pertenecía. Pregunte en la oficina si necesita su "
                "estado de cuenta.",
            ),
            "locked": (
                "Este enlace está bloqueado",
                "Se respondió mal cinco veces, así que ya no abre nada. Pida a la oficina que le "
                "envíe uno nuevo.",
            ),
            "unknown": (
                "No conocemos este enlace",
                "Puede que le falte una parte. Ábralo desde el mensaje mismo, o pida a la oficina "
                "que lo envíe otra vez.",
            ),
        },
    },
}


def tries_left(count: int, *, language: str) -> str:
    """Return in words how many wrong answers a link still takes."""
    said = WORDS[language]
    return str(said["left_one"] if count == 1 else said["left"].format(count=count))
