"""The words of the public pages around the form, in English and Spanish.

What a tenant agrees to stands in ``consent.wording``, where every version is kept; what is here
only leads to it and away from it. Long letters (terms, privacy) are templates of their own.
"""

from __future__ import annotations

from typing import Any, Final

Words = dict[str, Any]

_ENGLISH: Final[Words] = {
    "skip": "Skip to the content",
    "language": "Language",
    "office": "Office",
    "program": "About our texts",
    "terms": "Texting terms",
    "privacy": "Privacy",
    "and": "and",
    "services": {
        "chat": "Two-way texting with the office",
        "statements": "Statements",
        "notices": "Account notices",
    },
    # the form
    "please_fix": "Please look at this again",
    "wrong": {
        "version": "The words of this form changed while it was open. Please read them again.",
        "services": "Choose at least one kind of text.",
        "agree": "Tick the last box to agree; it is required.",
    },
    "read_first": "Before you agree",
    "required": "Required",
    "more": "The rules in full:",
    "already": "You have filled in this form before.",
    "to_last_step": "Go to the last step",
    "sending_again": "Sending it again replaces your earlier choice.",
    "active_now": "You now receive:",
    "unticked_end": "This form states your whole wish: what you leave unticked ends at once.",
    "text_us": "Your last step: text",
    "to": "to",
    # the last step
    "one_step": "One last step",
    "start_now": "Text START now, even if you have sent it before.",
    "start_why": "It tells us that this phone is yours. Until then you get no texts from us.",
    "start_from": "Send it from the phone with the number",
    "start_button": "Open my texting app",
    "start_filled": "START is filled in already; you only press send.",
    "by_hand": "Nothing opens? Write a new text with the one word START to this number:",
    "you_chose": "You chose",
    "until": "We keep your choice until",
    "until_then": "If START has not come by then, ask the office for a new form.",
    "sent_it": "I have sent START: look again",
    "change_choice": "Change my choice",
    "all_set": "You are signed up",
    "all_set_more": "Your START has arrived. You need do nothing else.",
    "you_get": "You will get",
    "still_waiting": "Still waiting for your START",
    "stop_help": "To end all texts, reply STOP to any of them, or tell the office in any way you "
    "like. Reply HELP for help.",
    "stopped": "Texts to your number are stopped",
    "stopped_more": "You told us to stop, so we text you nothing. If you would like texts again, "
    "please ask the office.",
    "ended": "There is nothing to confirm any more",
    "ended_more": "Your choice is no longer waiting. If you would like texts, ask the office for a "
    "new form.",
    # this is not my number
    "not_mine": "This is not my number",
    "not_mine_ask": "Is this number not yours?",
    "not_mine_more": "If you tell us so, the office is told, this link stops working, and nobody "
    "is signed up for texts by it.",
    "not_mine_yes": "Yes, this is not my number",
    "not_mine_no": "No, go back to the form",
    # at the counter
    "counter": {
        "choose": "Choose your language to open the form.",
        "more": "The form asks what we may text you about. You decide; agreeing is not a condition "
        "of renting.",
        "type_title": "Your code from the counter",
        "type": "Type the code that the office shows you.",
        "code": "Code",
        "go": "Go on",
        "step": "One last step, with your own phone",
        "scan": "Point your phone's camera at this code.",
        "scan_too": "Is the texting phone another one? Point its camera at this code.",
        "scan_alt": "Code that opens a text with the word START to",
        "by_hand": "Or write a new text with the one word START to this number:",
        "from_phone": "Send it from the phone whose number stood on the form.",
        "back": "Thank you. Now please hand this device back to the office.",
        "device": "This device belongs to the office.",
        "staff": "Staff: sign in",
    },
    # dead links
    "gone": {
        "expired": (
            "This link has expired",
            "A link works for 30 days. Ask the office for a new one; it comes by e-mail. If you "
            "have filled in the form already, texting START still works for 30 days after you did.",
        ),
        "newer": (
            "There is a newer link",
            "We gave you another link after this one. Please use the newest: the one in our last "
            "e-mail, or the code that you got at the counter.",
        ),
        "number_changed": (
            "The number on file has changed",
            "This link was for an earlier mobile number. Ask the office for a new form, or look "
            "for a newer e-mail from us.",
        ),
        "email_changed": (
            "The e-mail address on file has changed",
            "This link went to an earlier e-mail address. Ask the office for a new form, or look "
            "for a newer e-mail from us.",
        ),
        "disowned": (
            "Thank you for telling us",
            "We were told that this number does not belong to the person we wrote to. The office "
            "has been told, and nobody was signed up for texts by this link.",
        ),
        "no_line": (
            "We cannot take forms just now",
            "Our texting number is being changed. Please try again later, or ask the office.",
        ),
        "closed": (
            "This form is closed",
            "A form from the counter is open for 30 minutes, or until the office closes it. If you "
            "have sent it already, texting START still works for 30 days after you did. If not, "
            "ask at the counter for a new code.",
        ),
        "unknown": (
            "We do not know this link",
            "Part of it may be missing. Open it from the e-mail itself, or copy the whole address, "
            "or type the code from the counter again. If it still does not work, ask the office "
            "for a new one.",
        ),
        "too_many": (
            "Please wait a minute",
            "Too many codes or links that do not exist were tried from here. Wait a minute, look "
            "at the code again, or ask the office for a new one.",
        ),
        "no_facility": (
            "There is no such facility",
            "The address may have a slip in it. Here is the list of all facilities.",
        ),
    },
    "call": "Call the office",
    "ask": "Please ask at the office.",
    "nothing_sent": "This page changed nothing, and no text is sent because of it.",
    # the programme
    "line_to_come": "our texting number",
    "programs_title": "Texting programs",
    "programs_more": "Each facility texts only its own tenants, from its own number, and only "
    "those who have signed up. Choose a facility to see its program and its sign-up form.",
    "no_facilities": "There is no facility here yet.",
    "sample": "Sample",
    "copy_of": "Sign-up form, version",
    "copy_note": "This is a sample, so it cannot be filled in. Tenants open theirs from a personal "
    "link. Every box is empty until the tenant ticks it.",
    "sample_kinds": {
        "confirmation": "After START",
        "statement": "Statement",
        "notice": "Account notice",
        "chat": "Reply from the office",
        "help": "Answer to HELP",
    },
}

_SPANISH: Final[Words] = {
    "skip": "Ir al contenido",
    "language": "Idioma",
    "office": "Oficina",
    "program": "Sobre nuestros mensajes",
    "terms": "Condiciones de mensajes",
    "privacy": "Privacidad",
    "and": "y",
    "services": {
        "chat": "Conversación por texto con la oficina",
        "statements": "Estados de cuenta",
        "notices": "Avisos de cuenta",
    },
    "please_fix": "Por favor, revise esto",
    "wrong": {
        "version": "El texto de este formulario cambió mientras estaba abierto. Léalo de nuevo, "
        "por favor.",
        "services": "Elija al menos un tipo de mensaje.",
        "agree": "Marque la última casilla para aceptar; es obligatoria.",
    },
    "read_first": "Antes de aceptar",
    "required": "Obligatorio",
    "more": "Las reglas completas:",
    "already": "Ya llenó este formulario antes.",
    "to_last_step": "Ir al último paso",
    "sending_again": "Si lo envía otra vez, reemplaza su elección anterior.",
    "active_now": "Ahora recibe:",
    "unticked_end": "Este formulario expresa todo lo que desea: lo que deje sin marcar termina de "
    "inmediato.",
    "text_us": "Su último paso: mande",
    "to": "al",
    "one_step": "Un último paso",
    "start_now": "Mande START ahora, aunque ya lo haya enviado antes.",
    "start_why": "Así sabemos que este teléfono es suyo. Hasta entonces no le enviaremos mensajes.",
    "start_from": "Envíelo desde el teléfono con el número",
    "start_button": "Abrir mis mensajes",
    "start_filled": "START ya está escrito; solo tiene que enviarlo.",
    "by_hand": "¿No se abre nada? Escriba un mensaje nuevo con la palabra START a este número:",
    "you_chose": "Usted eligió",
    "until": "Guardamos su elección hasta el",
    "until_then": "Si START no llega antes, pida un formulario nuevo en la oficina.",
    "sent_it": "Ya mandé START: revisar de nuevo",
    "change_choice": "Cambiar mi elección",
    "all_set": "Ya está inscrito",
    "all_set_more": "Recibimos su START. No tiene que hacer nada más.",
    "you_get": "Recibirá",
    "still_waiting": "Todavía esperamos su START",
    "stop_help": "Para terminar todos los mensajes, responda STOP a cualquiera, o avise a la "
    "oficina como prefiera. Responda HELP para ayuda.",
    "stopped": "Los mensajes a su número están detenidos",
    "stopped_more": "Nos pidió terminar, así que no le enviamos nada. Si quiere recibir mensajes "
    "otra vez, pregunte en la oficina.",
    "ended": "Ya no hay nada que confirmar",
    "ended_more": "Su elección ya no está en espera. Si quiere recibir mensajes, pida un "
    "formulario nuevo en la oficina.",
    "not_mine": "Este no es mi número",
    "not_mine_ask": "¿Este número no es suyo?",
    "not_mine_more": "Si nos lo dice, avisamos a la oficina, este enlace deja de funcionar y nadie "
    "queda inscrito por él.",
    "not_mine_yes": "Sí, este no es mi número",
    "not_mine_no": "No, volver al formulario",
    "counter": {
        "choose": "Elija su idioma para abrir el formulario.",
        "more": "El formulario pregunta sobre qué podemos escribirle. Usted decide; aceptar no es "
        "condición para rentar.",
        "type_title": "Su código del mostrador",
        "type": "Escriba el código que le muestra la oficina.",
        "code": "Código",
        "go": "Seguir",
        "step": "Un último paso, con su propio teléfono",
        "scan": "Apunte la cámara de su teléfono a este código.",
        "scan_too": "¿Es otro el teléfono que recibirá mensajes? Apunte su cámara a este código.",
        "scan_alt": "Código que abre un mensaje con la palabra START al",
        "by_hand": "O escriba un mensaje nuevo con la palabra START a este número:",
        "from_phone": "Envíelo desde el teléfono cuyo número estaba en el formulario.",
        "back": "Gracias. Ahora devuelva este equipo a la oficina, por favor.",
        "device": "Este equipo es de la oficina.",
        "staff": "Personal: iniciar sesión",
    },
    "gone": {
        "expired": (
            "Este enlace ha vencido",
            "Un enlace funciona 30 días. Pida uno nuevo en la oficina; llega por correo "
            "electrónico. Si ya llenó el formulario, START sigue funcionando 30 días después.",
        ),
        "newer": (
            "Hay un enlace más nuevo",
            "Después de este le dimos otro enlace. Use el más reciente: el de nuestro último "
            "correo, o el código que recibió en el mostrador.",
        ),
        "number_changed": (
            "El número registrado ha cambiado",
            "Este enlace era para un celular anterior. Pida un formulario nuevo en la oficina, o "
            "busque un correo nuestro más reciente.",
        ),
        "email_changed": (
            "El correo registrado ha cambiado",
            "Este enlace se envió a un correo anterior. Pida un formulario nuevo en la oficina, o "
            "busque un correo nuestro más reciente.",
        ),
        "disowned": (
            "Gracias por avisarnos",
            "Nos avisaron que este número no es de la persona a quien escribimos. La oficina ya lo "
            "sabe, y nadie quedó inscrito por este enlace.",
        ),
        "no_line": (
            "Ahora no podemos recibir formularios",
            "Estamos cambiando nuestro número de mensajes. Intente más tarde o pregunte en la "
            "oficina.",
        ),
        "closed": (
            "Este formulario está cerrado",
            "Un formulario del mostrador está abierto 30 minutos, o hasta que la oficina lo "
            "cierre. Si ya lo envió, START sigue funcionando 30 días después. Si no, pida un "
            "código nuevo en el mostrador.",
        ),
        "unknown": (
            "No conocemos este enlace",
            "Puede que le falte una parte. Ábralo desde el correo mismo, copie la dirección "
            "completa, o escriba otra vez el código del mostrador. Si aún no funciona, pida uno "
            "nuevo en la oficina.",
        ),
        "too_many": (
            "Espere un minuto",
            "Desde aquí se probaron demasiados códigos o enlaces que no existen. Espere un minuto, "
            "mire otra vez el código, o pida uno nuevo en la oficina.",
        ),
        "no_facility": (
            "No existe ese sitio",
            "Puede haber un error en la dirección. Aquí está la lista de todos los sitios.",
        ),
    },
    "call": "Llamar a la oficina",
    "ask": "Pregunte en la oficina, por favor.",
    "nothing_sent": "Esta página no cambió nada, y no se envía ningún mensaje por ella.",
    "line_to_come": "nuestro número de mensajes",
    "programs_title": "Programas de mensajes",
    "programs_more": "Cada sitio escribe solo a sus propios inquilinos, desde su propio número, y "
    "solo a quienes se han inscrito. Elija un sitio para ver su programa y su formulario.",
    "no_facilities": "Todavía no hay ningún sitio aquí.",
    "sample": "Muestra",
    "copy_of": "Formulario de inscripción, versión",
    "copy_note": "Es una muestra, así que no se puede llenar. Cada inquilino abre el suyo desde un "
    "enlace personal. Toda casilla está vacía hasta que el inquilino la marca.",
    "sample_kinds": {
        "confirmation": "Después de START",
        "statement": "Estado de cuenta",
        "notice": "Aviso de cuenta",
        "chat": "Respuesta de la oficina",
        "help": "Respuesta a HELP",
    },
}

WORDS: Final[dict[str, Words]] = {"en": _ENGLISH, "es": _SPANISH}
