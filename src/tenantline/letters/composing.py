"""A letter's words: checked when they are written, filled in for one tenant. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any, Final

from tenantline.conversations import framing
from tenantline.kernel import segments
from tenantline.kernel.errors import BadInput
from tenantline.kernel.segments import Measure
from tenantline.letters import fields
from tenantline.letters.fields import Field, Template
from tenantline.tenants.delivery import Method

LANGUAGES: Final = ("en", "es")
_LONGEST: Final = {"sms": 1_500, "subject": 200, "email": 20_000, "print": 20_000}
_PLACES: Final = {"sms": "text", "subject": "subject", "email": "e-mail", "print": "print"}


@dataclass(frozen=True, slots=True)
class Bodies:
    """A letter's words in one language. Without ``sms`` it goes by no text.

    Without ``email`` the words for print are e-mailed; without ``subject`` its name is the subject.
    """

    print: str
    sms: str = ""
    email: str = ""
    subject: str = ""


def checked(bodies: Mapping[str, Bodies]) -> dict[str, dict[str, str]]:
    """Return a letter's words as they are stored.

    Raises:
        BadInput: there are no English words for print, words are too long, or a field is wrong.
    """
    if "en" not in bodies:
        raise BadInput("A letter needs English words.", field="en_print")
    return {language: _checked(language, bodies[language]) for language in bodies}


def _checked(language: str, bodies: Bodies) -> dict[str, str]:
    if language not in LANGUAGES:
        raise BadInput("Letters are written in English and Spanish.", field="language")
    words = {name: _plain(text) for name, text in asdict(bodies).items()}
    words["subject"] = " ".join(words["subject"].split())
    if not words["print"]:
        raise BadInput(
            "A letter needs words for print, which is always possible.", field=f"{language}_print"
        )
    for name, text in words.items():
        place = f"{language}_{name}"
        if len(text) > _LONGEST[name]:
            raise BadInput(f"At most {_LONGEST[name]:,} characters: {_PLACES[name]}.", field=place)
        fields.read(text, field=place)
    return words


def _plain(text: str) -> str:
    return text.replace("\r\n", "\n").replace("\r", "\n").replace("\x00", "").strip()


@dataclass(frozen=True, slots=True)
class Words:
    """A letter's words for one tenant, before it is decided how it goes.

    ``values`` are what its fields stand for, ``facility`` the name that its text begins with.
    """

    language: str
    name: str
    bodies: Bodies
    values: Mapping[str, str]
    facility: str

    @property
    def text(self) -> Template:
        """Return the text message, read; without words where the letter has none."""
        return fields.read(self.bodies.sms)

    def missing(self, method: Method) -> tuple[Field, ...]:
        """Return the fields that stand for nothing, of the words that this method needs."""
        found = (field for part in self._parts(method) for field in part.missing(self.values))
        return tuple(dict.fromkeys(found))

    def by(self, method: Method) -> dict[str, str]:
        """Return the words by this method, filled in.

        Raises:
            BadInput: a field stands for nothing.
        """
        if method == "sms":
            return {"sms": self.sms()}
        [*heading, body] = [part.filled(self.values) for part in self._parts(method)]
        return {"subject": " ".join((heading[0] or self.name).split()), method: body}

    def sms(self) -> str:
        """Return the text as it would leave, or raise ``BadInput`` where a field is empty."""
        filled = self.text.filled(self.values)
        return framing.framed(filled, facility=self.facility, language=self.language)

    def measure(self) -> Measure:
        """Return what the text costs to send."""
        return segments.measure(self.sms())

    def _parts(self, method: Method) -> list[Template]:
        if method == "sms":
            return [self.text]
        said = self.bodies.email if method == "email" else ""
        return [fields.read(self.bodies.subject), fields.read(said or self.bodies.print)]


def in_language(stored: Mapping[str, Any], wanted: str) -> tuple[str, Bodies]:
    """Return a version's words in this language, else in English, and in which they are."""
    language = wanted if wanted in stored else "en"
    return language, Bodies(**stored[language])
