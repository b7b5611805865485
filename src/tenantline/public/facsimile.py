"""The form as its template shows it: the true one, and the copy on the programme page."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from tenantline.consent.services import SERVICES
from tenantline.consent.wording import FORM, FORM_VERSION, filled
from tenantline.public.words import WORDS, Words

if TYPE_CHECKING:
    from tenantline.consent.forms import OpenForm


@dataclass(frozen=True, slots=True)
class Phrase:
    """A sentence whose first words, up to the colon, stand out."""

    lead: str
    rest: str


@dataclass(frozen=True, slots=True)
class Box:
    """One of the three service boxes."""

    name: str
    phrase: Phrase
    ticked: bool


@dataclass(frozen=True, slots=True)
class FormView:
    """What the form's template needs. ``prefix`` keeps ids apart where a page shows two forms.

    ``wrong`` names the fields with a mistake; ``copy`` is true for a form that cannot be sent.
    """

    language: str
    version: str
    words: dict[str, Any]
    ui: Words
    number: str
    line: str
    boxes: Sequence[Box]
    disclosures: Sequence[Phrase]
    agreed: bool = False
    wrong: Collection[str] = ()
    prefix: str = ""
    copy: bool = False


def form_view(
    shown: OpenForm,
    *,
    ticked: Collection[str] = (),
    agreed: bool = False,
    wrong: Collection[str] = (),
) -> FormView:
    """Return the form behind a link; nothing is ticked but what the person has just ticked."""
    return FormView(
        language=shown.language,
        version=shown.version,
        words=shown.words,
        ui=WORDS[shown.language],
        number=shown.number,
        line=shown.line,
        boxes=_boxes(shown.words, ticked),
        disclosures=[_phrase(line) for line in shown.words["disclosures"]],
        agreed=agreed,
        wrong=wrong,
    )


def facsimile(*, facility: str, line: str, language: str) -> FormView:
    """Return the form as any tenant of the facility sees it, for those who have no link."""
    words: dict[str, Any] = filled(FORM[language], facility=facility, line=line)
    return FormView(
        language=language,
        version=FORM_VERSION,
        words=words,
        ui=WORDS[language],
        number="(555) 555-0123",
        line=line,
        boxes=_boxes(words, ()),
        disclosures=[_phrase(text) for text in words["disclosures"]],
        prefix=f"{language}-",
        copy=True,
    )


def _boxes(words: dict[str, Any], ticked: Collection[str]) -> list[Box]:
    return [Box(name, _phrase(words[name]), name in ticked) for name in SERVICES]


def _phrase(sentence: str) -> Phrase:
    """Split at the first colon, which stays; without one nothing stands out."""
    lead, colon, rest = sentence.partition(": ")
    return Phrase(lead + ":", rest) if colon else Phrase("", sentence)
